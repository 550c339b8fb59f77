"""The JSON API under /api/v1. It needs no protection against CSRF: it uses bearer tokens and reads no cookie."""

from __future__ import annotations

import functools
from typing import Any

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

# Each declares its operations when it is imported; the order is that of the OpenAPI document.
from gateway.api import (
    accounts,
    captures,
    counter,
    desk,
    devices,
    dossiers,
    guidance,
    household,
    learning,
    me,
    papers,
    payments,
    practice,
    procedures,
    recovery,
    registers,
    sessions,
    staff,
    stations,
    tracking,
    verify,
    wards,
)
from gateway.api.document import document
from gateway.api.operations import PREFIX, api
from gateway.settings import Settings

__all__ = [
    "accounts",
    "captures",
    "counter",
    "desk",
    "devices",
    "dossiers",
    "guidance",
    "household",
    "learning",
    "me",
    "papers",
    "payments",
    "practice",
    "procedures",
    "recovery",
    "register_api",
    "registers",
    "sessions",
    "staff",
    "stations",
    "tracking",
    "verify",
    "wards",
]


def register_api(app: Flask, settings: Settings) -> None:
    app.register_blueprint(api.blueprint)

    @functools.cache
    def described() -> dict[str, Any]:
        limits = {name: str(limit) for name, limit in settings.model_dump().items() if name.startswith("limit_")}
        return document(api.operations, settings.public_base_url, limits)

    @app.get(f"{PREFIX}/openapi.json", provide_automatic_options=False)
    def openapi() -> ResponseReturnValue:
        return jsonify(described())
