"""The call that is being served: its caller, ward and request id."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass

from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Principal, unauthenticated

METADATA_WARD = "x-caunoi-ward"
METADATA_REQUEST_ID = "x-request-id"
METADATA_IDEMPOTENCY_KEY = "idempotency-key"
METADATA_AUTHORIZATION = "authorization"
METADATA_KIOSK = "x-caunoi-kiosk"
METADATA_SOURCE = "x-caunoi-source"


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    ward: str
    request_id: str
    principal: Principal | None = None
    token: str = ""
    idempotency_key: str = ""
    deadline: float = float("inf")  # monotonic seconds
    kiosk: Principal | None = None  # the station's computer from which the call comes
    # The client's network, keyed by the gateway, which alone sees it: equal for equal networks, otherwise opaque.
    source: str = ""

    @property
    def caller(self) -> Principal:
        """The caller. Raises if the RPC is public and nobody is signed in."""
        if self.principal is None:
            raise unauthenticated()
        return self.principal


_current: ContextVar[Call | None] = ContextVar("call", default=None)
set_current = _current.set
reset_current = _current.reset


def current_call() -> Call:
    call = _current.get()
    if call is None:
        raise LookupError("no call is being served")
    return call


def current_request_id() -> str:
    call = _current.get()
    return call.request_id if call else ""


def current_source() -> str:
    call = _current.get()
    return call.source if call else ""


def current_caller_id() -> str:
    """The id of the caller; empty without a call, or if nobody is signed in."""
    call = _current.get()
    return call.principal.id if call and call.principal else ""


def seconds_left() -> float:
    """Seconds until the deadline of the call that is being served; infinite without a call."""
    call = _current.get()
    return call.deadline - time.monotonic() if call else float("inf")


def forbidden(text: str = "Tài khoản này không được làm việc đó.") -> Refusal:
    return Refusal(Kind.FORBIDDEN, "not-allowed", text)
