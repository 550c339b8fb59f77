"""Rate limits. Per client address: what strangers may try (sign-in, accounts, codes, tracking, verification), and what
takes room (drafts, documents). Per officer: what the desk does to accounts.

The counts are kept in each worker's memory: N workers let through up to N times a limit, and a restart forgets. They
only blunt floods; guessing is stopped in the services, which count tries per account and code in their databases
(docs/decisions/0008).
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request
from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.network import network
from gateway.settings import Settings
from services.chassis.refusal import Kind, Refusal

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")

_parsed = functools.cache(parse_many)


def limited(
    what: str, methods: Sequence[str] = ()
) -> Callable[[Callable[Parameters, Answer]], Callable[Parameters, Answer]]:
    """Decorates a view: its requests count towards the limit `limit_<what>` of the settings, together with those of all
    views that name the same `what`. `methods` says which methods count, such as ["POST"] for a page with a form.

    Above the limit it raises a Refusal (THROTTLED `too-many-requests`) that says when to come again.
    """

    def decorate(view: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
        @functools.wraps(view)
        def counted(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
            if not methods or request.method in methods:
                count(what)
            return view(*args, **kwargs)

        return counted

    return decorate


def count(what: str, whose: str = "") -> None:
    """Counts the request towards `limit_<what>`, as `limited` does, for views of which only some requests count.
    `whose` is the person to count by, where that is better known than by the address.
    """
    settings: Settings = current_app.extensions["settings"]
    if not settings.limits_enabled:
        return
    limiter: MovingWindowRateLimiter = current_app.extensions["limits"]
    who = whose or network(request.remote_addr or "")
    for limit in _parsed(getattr(settings, f"limit_{what}")):
        if not limiter.hit(limit, what, who):
            again = limiter.get_window_stats(limit, what, who).reset_time - time.time()
            raise Refusal(
                Kind.THROTTLED,
                "too-many-requests",
                "Vừa có quá nhiều yêu cầu liên tiếp. Xin chờ một lát rồi làm lại. Điều đã lưu vẫn còn.",
                retry_after=max(1, int(again)),
            )


def count_phone(typed: str) -> None:
    """Counts a code for a phone that somebody types, over all wards. The wards count one another's codes as well, but a
    burst is over before they hear of them (docs/decisions/0043). Raises as `limited`.
    """
    digits = "".join(sign for sign in typed if sign.isdecimal())
    if digits:
        count("phone_codes", digits[-9:])


def register_limits(app: Flask) -> None:
    app.extensions["limits"] = MovingWindowRateLimiter(MemoryStorage())
