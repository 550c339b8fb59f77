"""Calls to other services: each has a deadline, and carries the request id, trace and ward."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

import grpc
import structlog
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from services.chassis.call import (
    METADATA_AUTHORIZATION,
    METADATA_IDEMPOTENCY_KEY,
    METADATA_KIOSK,
    METADATA_REQUEST_ID,
    METADATA_SOURCE,
    METADATA_WARD,
    current_request_id,
    current_source,
    seconds_left,
)
from services.chassis.refusal import FieldFault, Kind, Refusal
from services.chassis.tracing import TRACEPARENT, current_traceparent

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)
Stub = TypeVar("Stub")

log = structlog.get_logger()

ERROR_DOMAIN = "caunoi.vn"
VERSION = "version"  # in ErrorInfo's metadata: the present version, if the caller expected another
LARGEST_MESSAGE = 12 * 1024 * 1024  # a document of 10 MB and the rest of the message
TRIES = 4

KIND_OF = {
    grpc.StatusCode.INVALID_ARGUMENT: Kind.INVALID,
    grpc.StatusCode.UNAUTHENTICATED: Kind.UNAUTHENTICATED,
    grpc.StatusCode.PERMISSION_DENIED: Kind.FORBIDDEN,
    grpc.StatusCode.NOT_FOUND: Kind.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION: Kind.CONFLICT,
    grpc.StatusCode.ALREADY_EXISTS: Kind.EXISTS,
    grpc.StatusCode.ABORTED: Kind.STALE,
    grpc.StatusCode.RESOURCE_EXHAUSTED: Kind.THROTTLED,
    grpc.StatusCode.UNAVAILABLE: Kind.UNAVAILABLE,
}

CHANNEL_OPTIONS: list[tuple[str, Any]] = [
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    ("grpc.max_send_message_length", LARGEST_MESSAGE),
    ("grpc.keepalive_time_ms", 20000),
    ("grpc.keepalive_timeout_ms", 5000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 2000),  # the time for one connection; a busy machine needs more than a moment
    ("grpc.max_reconnect_backoff_ms", 400),  # less than all waits of a repeatable call together
    ("grpc.lb_policy_name", "round_robin"),
]


class Peer(Generic[Stub]):
    """Another service, in any ward; wards at one address share a channel. Create it after forking."""

    def __init__(self, stub: Callable[[grpc.Channel], Stub], address_of: Callable[[str], str]) -> None:
        self._make = stub
        self._address_of = address_of
        self._channels: dict[str, grpc.Channel] = {}
        self._stubs: dict[str, Stub] = {}
        self._lock = threading.Lock()

    def stub(self, ward: str) -> Stub:
        address = self._address_of(ward)
        with self._lock:  # otherwise two first calls at once would leave a channel that nobody closes
            if address not in self._stubs:
                channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
                self._channels[address] = channel
                self._stubs[address] = self._make(cast("grpc.Channel", _DeadlineRequired(channel)))
            return self._stubs[address]

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()


class AsyncPeer(Generic[Stub]):
    """A `Peer` for asyncio: its stubs' calls are awaited, and raise grpc.RpcError unchanged."""

    def __init__(self, stub: Callable[[grpc.aio.Channel], Stub], address_of: Callable[[str], str]) -> None:
        self._make = stub
        self._address_of = address_of
        self._channels: dict[str, grpc.aio.Channel] = {}

    def stub(self, ward: str) -> Stub:
        address = self._address_of(ward)
        if address not in self._channels:
            self._channels[address] = grpc.aio.insecure_channel(address, options=CHANNEL_OPTIONS)
        return self._make(cast("grpc.aio.Channel", _DeadlineRequired(self._channels[address])))

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()


class _DeadlineRequired:
    """A channel that refuses calls without a deadline, because they can hang for ever.

    A gRPC interceptor would do the same at ten times the cost.
    """

    def __init__(self, channel: grpc.Channel | grpc.aio.Channel) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def unary_unary(self, method: str, *arguments: Any, **options: Any) -> Any:
        return _UnaryUnary(self._channel.unary_unary(method, *arguments, **options), method)


class _UnaryUnary:
    def __init__(self, callable: Any, method: str) -> None:
        self._callable = callable
        self._method = method

    def __call__(self, request: Message, timeout: float | None = None, **options: Any) -> Any:
        return self._callable(request, timeout=self._known(timeout), **options)

    def future(self, request: Message, timeout: float | None = None, **options: Any) -> Any:
        return self._callable.future(request, timeout=self._known(timeout), **options)

    def _known(self, timeout: float | None) -> float:
        if timeout is None:
            raise ValueError(f"{self._method} is called without a deadline")
        return timeout


def call(
    rpc: Callable[..., Response],
    request: Message,
    *,
    ward: str,
    seconds: float,
    token: str = "",
    idempotency_key: str = "",
    kiosk: str = "",
    repeatable: bool = False,
) -> Response:
    """Calls `rpc` of a `Peer`'s stub and returns its answer, or raises a Refusal.

    The deadline is `seconds`, or the time left for the call that is being served if that is less. If the peer is away,
    calls that are `repeatable` (reads) or carry an idempotency key are retried while time is left. A refusal is not
    retried: it says itself when to try again, and the peer may have retried already.
    """
    metadata = metadata_for(ward, token, idempotency_key, kiosk)
    until = time.monotonic() + min(seconds, seconds_left())
    for attempt in range(1, TRIES + 1):
        try:
            return rpc(request, timeout=max(0.001, until - time.monotonic()), metadata=metadata)
        except grpc.RpcError as fault:
            again = _is_not_there(fault) and (repeatable or bool(idempotency_key))
            pause = 0.05 * 2**attempt * random.uniform(0.7, 1.3)
            if not again or attempt == TRIES or time.monotonic() + pause >= until:
                raise refusal_of(fault) from fault
            # The caller has nothing else to do; the pause ends before its deadline.
            time.sleep(pause)
    raise AssertionError("unreachable")


def metadata_for(ward: str, token: str = "", idempotency_key: str = "", kiosk: str = "") -> list[tuple[str, str]]:
    """The metadata of a call: ward, request id, trace and caller."""
    metadata = [(METADATA_WARD, ward), (METADATA_REQUEST_ID, current_request_id())]
    metadata += [(METADATA_AUTHORIZATION, f"Bearer {token}")] if token else []
    metadata += [(METADATA_IDEMPOTENCY_KEY, idempotency_key)] if idempotency_key else []
    metadata += [(METADATA_KIOSK, kiosk)] if kiosk else []
    source = current_source()
    metadata += [(METADATA_SOURCE, source)] if source else []
    traceparent = current_traceparent()
    metadata += [(TRACEPARENT, traceparent)] if traceparent else []
    return metadata


def went_unanswered(refusal: Refusal) -> bool:
    """Whether the peer was away or too slow. The peer's own refusal is an answer."""
    fault = refusal.__cause__
    if not isinstance(fault, grpc.RpcError):
        return False
    return _is_not_there(fault) or fault.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def _is_not_there(fault: grpc.RpcError) -> bool:
    return fault.code() is grpc.StatusCode.UNAVAILABLE and rpc_status.from_call(cast("grpc.Call", fault)) is None


def refusal_of(fault: grpc.RpcError) -> Refusal:
    """The refusal that a server of this system sent; for other faults, a refusal that fits."""
    code = fault.code()
    status = rpc_status.from_call(cast("grpc.Call", fault))
    info = error_details_pb2.ErrorInfo()
    localized = error_details_pb2.LocalizedMessage()
    retry = error_details_pb2.RetryInfo()
    faults: tuple[FieldFault, ...] = ()
    for detail in status.details if status else ():
        if detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
            violations = error_details_pb2.BadRequest.FromString(detail.value).field_violations
            faults = tuple(FieldFault(item.field, item.description) for item in violations)
        for known in (info, localized, retry):
            if detail.Is(known.DESCRIPTOR):
                detail.Unpack(known)
    if info.domain == ERROR_DOMAIN and code in KIND_OF:
        type = info.reason.lower().replace("_", "-")
        return Refusal(
            KIND_OF[code],
            type,
            localized.message,
            fields=faults,
            retry_after=retry.retry_delay.seconds or None,
            version=int(info.metadata[VERSION]) if VERSION in info.metadata else None,
        )
    if code is grpc.StatusCode.CANCELLED:
        return unavailable()
    if code is grpc.StatusCode.UNIMPLEMENTED:
        # A peer of the version before, during a roll-out: people try again later, and an event waits instead of being
        # parked.
        log.warning("call-unknown-there", detail=fault.details())
        return unavailable()
    if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED):
        return unavailable()
    return Refusal(Kind.BROKEN, "internal-error", "Hệ thống gặp lỗi. Điều đã lưu vẫn còn; xin thử lại sau.")


def unavailable() -> Refusal:
    return Refusal(
        Kind.UNAVAILABLE,
        "temporarily-unavailable",
        "Hệ thống của phường tạm thời chưa trả lời. Điều đã lưu vẫn còn; xin thử lại sau ít phút.",
        retry_after=5,
    )
