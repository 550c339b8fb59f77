"""The headers of every page: no foreign script runs, and nothing of a signed-in person stays in a cache."""

from __future__ import annotations

import secrets

from flask import Response, current_app, g, request

from gateway.pages import identity
from gateway.settings import Settings


def nonce() -> str:
    """The nonce of this request's scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    value: str = g.csp_nonce
    return value


def secured(response: Response) -> Response:
    """Adds the headers that the view has not set itself."""
    settings: Settings = current_app.extensions["settings"]
    streams = f" {settings.streams_url}" if settings.streams_url else ""
    policy = (
        f"default-src 'none'; base-uri 'none'; connect-src 'self'{streams}; font-src 'self'; form-action 'self'; "
        f"frame-ancestors 'none'; frame-src 'self'; img-src 'self'; script-src 'self' 'nonce-{nonce()}'; "
        "style-src 'self'; worker-src 'self'"
    )
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if identity.person() or request.method != "GET" or response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
    else:
        headers.setdefault("Cache-Control", "private, no-cache")
    return response
