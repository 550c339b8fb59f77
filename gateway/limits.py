"""Rate limits per client address, on what strangers may try (sign-in, accounts, codes, tracking, verification) and on
what takes room: drafts and documents.

The counts are kept in each worker's memory: N workers let through up to N times a limit, and a restart forgets. They
only blunt floods; guessing is stopped in the services, which count tries per account and code in their databases
(docs/decisions/0008).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from gateway.settings import Settings

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window", headers_enabled=False)


def limited(
    what: str, methods: list[str] | None = None
) -> Callable[[Callable[Parameters, Answer]], Callable[Parameters, Answer]]:
    """Decorates a view: it counts towards the limit `limit_<what>` of the settings, together with all views that name
    the same; `methods` where only some count, such as ["POST"] for a page with a form."""

    def limit() -> str:
        settings: Settings = current_app.extensions["settings"]
        return str(getattr(settings, f"limit_{what}"))

    return limiter.shared_limit(limit, scope=what, methods=methods)


def seconds_to_wait() -> int:
    """After a limit was passed: whole seconds until the next try counts as one within it."""
    breached = limiter.current_limit
    return max(1, breached.reset_at - int(time.time())) if breached else 60


def register_limits(app: Flask, settings: Settings) -> None:
    app.config["RATELIMIT_ENABLED"] = settings.limits_enabled
    limiter.init_app(app)
