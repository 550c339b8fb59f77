"""On the local stack only: what was sent by SMS and e-mail, as the catcher caught it."""

from __future__ import annotations

import httpx
from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from gateway.settings import Settings
from services.chassis.grpc_client import unavailable


def register_dev(app: Flask, settings: Settings) -> None:
    """Adds `/dev/messages` where a catcher is set; elsewhere the path does not exist."""
    if not settings.catcher_url:
        return

    @app.get("/dev/messages")
    def messages() -> ResponseReturnValue:
        """`?to=<phone or address>&limit=`: newest first, JSON or HTML by Accept."""
        wanted = {name: request.args[name] for name in ("to", "limit") if request.args.get(name)}
        try:
            answer = httpx.get(f"{settings.catcher_url}/messages", params=wanted, timeout=3.0)
            answer.raise_for_status()
        except httpx.HTTPError as fault:
            raise unavailable() from fault
        caught = answer.json()["messages"]
        best = request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json")
        if best == "text/html":
            return render_template("dev/messages.html", messages=caught, to=wanted.get("to", ""))
        return jsonify(messages=caught)
