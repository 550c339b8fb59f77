"""`/healthz` and `/readyz` for everybody; at METRICS_LISTEN the same and `/metrics`, for the operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue

from gateway import ended_marks
from gateway.metrics import exposition
from gateway.wards import Wards, wards
from services.chassis.probes import Answer, Pages, metrics_page, told

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> ResponseReturnValue:
    """Whether the process responds; calls no service."""
    return jsonify(status="up")


@health.get("/readyz")
def ready() -> ResponseReturnValue:
    """Whether the gateway is of use: at least one ward's services answer. One ward's trouble must not take the gateway
    away from the other twelve.
    """
    statuses = wards().statuses()
    is_ready = _is_ready(statuses)
    return jsonify(status="up" if is_ready else "down", wards=dict(statuses)), 200 if is_ready else 503


def pages(app: Flask, is_alive: Callable[[], bool]) -> Pages:
    """What a worker tells its operators, in threads of its own, since the threads that serve people may all be busy."""
    known: Wards = app.extensions["wards"]

    def ready() -> Answer:
        statuses = known.statuses()
        return told(_is_ready(statuses), wards=dict(statuses))

    return {"/healthz": lambda: told(is_alive()), "/readyz": ready, "/metrics": metrics_page(exposition)}


def ended_session(query: str) -> Answer:
    """Another pod has ended a session with this number (ended_marks.py)."""
    number = ended_marks.read_number(query)
    if number is None:
        return Answer(HTTPStatus.BAD_REQUEST, b"", "text/plain")
    ended_marks.SHARED.change(number)
    return Answer(HTTPStatus.NO_CONTENT, b"", "text/plain")


def _is_ready(statuses: Mapping[str, str]) -> bool:
    return any(status != "down" for status in statuses.values())
