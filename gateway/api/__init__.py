"""The JSON API under /api/v1 (DESIGN §6)."""

from __future__ import annotations

from flask import Blueprint, Flask


def register_api(app: Flask) -> None:
    app.register_blueprint(Blueprint("api", __name__, url_prefix="/api/v1"))
