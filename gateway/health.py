"""`/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from gateway.metrics import exposition
from gateway.wards import wards

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> ResponseReturnValue:
    """Whether the process responds; calls no service."""
    return jsonify(status="up")


@health.get("/readyz")
def ready() -> ResponseReturnValue:
    """Whether the gateway can be of use: at least one ward's services answer. One ward's trouble must not take the
    gateway away from the other twelve."""
    statuses = wards().statuses()
    is_ready = any(status != "down" for status in statuses.values())
    return jsonify(status="up" if is_ready else "down", wards=dict(statuses)), 200 if is_ready else 503


@health.get("/metrics")
def metrics() -> ResponseReturnValue:
    return Response(exposition(), content_type=CONTENT_TYPE_LATEST)
