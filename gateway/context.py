"""What surrounds every request: its id, trace, deadline, log line, measurement and security headers."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import time
from collections.abc import Mapping
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from opentelemetry import context as tracing_context
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from gateway.metrics import HTTP_SECONDS
from gateway.network import network
from gateway.settings import Settings
from services.chassis.call import Call, reset_current, set_current
from services.chassis.tracing import TRACEPARENT, context_of, tracer

log = structlog.get_logger()

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_IDS = ("ward", "dossier", "account", "document")  # path parameters that a log line may carry
_CACHED = {  # answers that are the same for everybody: rule → seconds
    "/api/v1/wards": 5,
    "/api/v1/procedures": 60,
    "/api/v1/procedures/<code>": 60,
    "/api/v1/openapi.json": 60,
}
#: Rules that probes, scanners' agents and pages that wait for pictures call all the time; logged at debug.
POLLS = {
    *("/healthz", "/readyz"),
    "/api/v1/wards/<ward>/scans/next",
    "/ho-so/<slug>/<uuid:id>/giay-to/<kind>/trang/<uuid:capture>/moi",
}

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_TLS_ONLY = "max-age=31536000; includeSubDomains"
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
    "img-src 'self' data:"
)


def register_context(app: Flask, settings: Settings) -> None:
    """Hooks for the whole application. Call it first: then its headers are set last, and the pages' own headers win."""

    everywhere = _HEADERS | ({"Strict-Transport-Security": _TLS_ONLY} if settings.session_cookie_secure else {})

    source_key = hashlib.sha256(f"caunoi source {settings.cookie_key}".encode()).digest()

    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _WELL_FORMED.fullmatch(given) else uuid4().hex
        ids = {name: str(value) for name, value in (request.view_args or {}).items() if name in _IDS}
        route = _route()
        g.started = started = time.monotonic()
        g.request_id = request_id
        g.span = span = tracer.start_span(
            f"{request.method} {route}",
            context=context_of(request.headers.get(TRACEPARENT, "")),
            kind=SpanKind.SERVER,
        )
        g.span_token = tracing_context.attach(trace.set_span_in_context(span))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(service="gateway", request_id=request_id, **ids)
        deadline = started + settings.request_seconds
        source = _source(source_key, request.remote_addr or "")
        g.call_token = set_current(Call(route, ids.get("ward", ""), request_id, deadline=deadline, source=source))

    def finish(response: Response) -> Response:
        method, route, status = request.method, _route(), response.status_code
        _set_headers(response, {"X-Request-ID": g.request_id, **_headers_for(route, status), **everywhere})
        seconds = time.monotonic() - g.started
        HTTP_SECONDS.labels(method, route, str(status)).observe(seconds)
        level = logging.DEBUG if route in POLLS and status < 400 else logging.INFO
        log.log(level, "request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1))
        return response

    def end(_: BaseException | None) -> None:
        if "call_token" not in g:
            return
        reset_current(g.pop("call_token"))
        tracing_context.detach(g.pop("span_token"))
        g.pop("span").end()
        request.close()  # removes the temporary files of uploads
        structlog.contextvars.clear_contextvars()

    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(end)


def _source(key: bytes, address: str) -> str:
    """A key for the client's network: services count by it, and never see the address."""
    return hmac.digest(key, network(address).encode(), "sha256")[:16].hex() if address else ""


def _route() -> str:
    """The rule that matched, not the path, which may hold anything."""
    return request.url_rule.rule if request.url_rule else "(none)"


def _headers_for(route: str, status: int) -> dict[str, str]:
    if not request.path.startswith("/api/"):
        return {"Content-Security-Policy": _PAGE_POLICY}
    is_of_a_ward = "ward" in request.args  # which may close a procedure at any time (NĐ 87/2020 Đ24.3)
    seconds = _CACHED.get(route, 0) if status == 200 and not is_of_a_ward else 0
    return {
        "Content-Security-Policy": _API_POLICY,
        "Cache-Control": f"public, max-age={seconds}" if seconds else "no-store",
    }


def _set_headers(response: Response, headers: Mapping[str, str]) -> None:
    """Adds the headers that the view has not set itself."""
    own = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  werkzeug's Headers are no mapping
    response.headers.extend([(name, value) for name, value in headers.items() if name.lower() not in own])
