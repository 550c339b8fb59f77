"""The Flask application."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.api import register_api
from gateway.context import register_context
from gateway.dev import register_dev
from gateway.health import health
from gateway.limits import register_limits
from gateway.pages import register_pages
from gateway.problems import register_problems
from gateway.sealer import Sealer
from gateway.settings import Settings
from gateway.transfer import register_transfer
from gateway.wards import Wards

LARGEST_REQUEST = 11 * 1024 * 1024  # a document of 10 MB and the multipart around it


class _Forwarded:
    """Believes X-Forwarded-… headers from our own proxies, and from nobody else."""

    def __init__(self, app: Callable[..., Iterable[bytes]], settings: Settings) -> None:
        hops = settings.trusted_proxies
        self._plain = app
        self._believing = ProxyFix(app, x_for=hops, x_proto=hops, x_host=hops)
        self._trusted = settings.proxies

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        app = self._believing if self._trusted.has(environ.get("REMOTE_ADDR", "")) else self._plain
        return app(environ, start_response)


def create_app(settings: Settings | None = None, wards: Wards | None = None) -> Flask:
    """The gateway: API, pages, health. Settings come from the environment if none are given.

    `app.extensions` holds `settings` (Settings) and `wards` (Wards; gateway.wards.wards() returns it). They make
    their channels at the first call, so the application may be made before a fork.
    """
    settings = settings or Settings()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.cookie_key,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_SECURE=settings.session_cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    # DefaultJSONProvider has these; the type that Flask declares does not.
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if settings.trusted_proxies:
        # Flask documents this assignment; mypy does not let a method be assigned to.
        app.wsgi_app = _Forwarded(app.wsgi_app, settings)  # type: ignore[method-assign]
    app.extensions["settings"] = settings
    app.extensions["wards"] = wards or Wards(settings)
    app.extensions["recoveries"] = Sealer(settings.cookie_key, "recovery")
    register_context(app, settings)
    register_transfer(app)
    register_problems(app)
    register_limits(app)
    app.register_blueprint(health)
    register_api(app, settings)
    register_pages(app)
    register_dev(app, settings)
    return app
