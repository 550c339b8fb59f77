"""The gRPC server: it checks who may call, sets the request id, and writes refusals on the wire."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import grpc
import structlog
from google.protobuf import any_pb2, duration_pb2
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from grpc_status import rpc_status
from opentelemetry.trace import SpanKind

from services.chassis.call import (
    METADATA_AUTHORIZATION,
    METADATA_IDEMPOTENCY_KEY,
    METADATA_KIOSK,
    METADATA_REQUEST_ID,
    METADATA_SOURCE,
    METADATA_WARD,
    Call,
    forbidden,
    reset_current,
    set_current,
)
from services.chassis.database.connection import UNREACHABLE
from services.chassis.district import District
from services.chassis.grpc.client import ERROR_DOMAIN, KIND_OF, LARGEST_MESSAGE, VERSION, unavailable
from services.chassis.grpc.rules import Rule
from services.chassis.metrics import RPC_SECONDS
from services.chassis.refusal import Kind, Refusal, not_found
from services.chassis.tokens import Principal, Role, Verifier, kiosk_token_expired, unauthenticated
from services.chassis.tracing import TRACEPARENT, context_of, tracer

log = structlog.get_logger()

_STATUS_OF = {kind: code for code, kind in KIND_OF.items()} | {Kind.BROKEN: grpc.StatusCode.INTERNAL}
_NO_DEADLINE = 10**9  # seconds; time_remaining() is about 9e18 if the caller set no deadline


class CallInterceptor(grpc.ServerInterceptor):
    """Every call passes through here: identity, rule, request id, trace, log line, metric, refusal.

    An RPC without a rule is refused. A call is also refused at once if `calls_of_a_ward` calls of its ward are running:
    a call whose caller has gone keeps its thread until the database answers, and a ward whose database hangs would take
    all threads. RPCs that are called all the time (`polls`) are logged at debug, unless they are refused.
    """

    def __init__(
        self,
        rules: Mapping[str, Rule],
        wards: frozenset[str],
        verifier: Verifier,
        district: District,
        calls_of_a_ward: int | None = None,
        polls: Collection[str] = (),
        is_behind: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`is_behind` says whether a ward's database lacks tables; calls of that ward are refused before they
        use them.
        """
        self._is_behind = is_behind
        self._rules = rules
        self._polls = polls
        self._wards = wards
        self._verifier = verifier
        self._district = district
        self._places: dict[str, threading.Semaphore] = {}
        if calls_of_a_ward is not None:
            self._places = {ward: threading.Semaphore(calls_of_a_ward) for ward in wards}

    def intercept_service(self, continuation: Any, details: Any) -> Any:
        handler = continuation(details)
        if handler is None or not details.method.startswith("/caunoi."):
            return handler  # health and reflection
        method = details.method.rsplit("/", 1)[1]
        metadata = {item.key: item.value for item in details.invocation_metadata}

        def serve(request: Message, context: grpc.ServicerContext) -> Message:
            return self._serve(handler.unary_unary, method, metadata, request, context)

        return grpc.unary_unary_rpc_method_handler(
            serve,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _serve(
        self,
        behaviour: Callable[[Message, grpc.ServicerContext], Message],
        method: str,
        metadata: Mapping[str, str],
        request: Message,
        context: grpc.ServicerContext,
    ) -> Message:
        started = time.monotonic()
        ward = metadata.get(METADATA_WARD, "")
        request_id = metadata.get(METADATA_REQUEST_ID) or uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id, ward=ward)
        refusal: Refusal | None = None
        parent = context_of(metadata.get(TRACEPARENT, ""))
        with tracer.start_as_current_span(method, context=parent, kind=SpanKind.SERVER):
            try:
                call = self._admit(method, ward, request_id, metadata, context)
                with self._place(ward):
                    token = set_current(call)
                    try:
                        return behaviour(request, context)
                    finally:
                        reset_current(token)
            except Refusal as no:
                refusal = no
            except UNREACHABLE:
                log.exception("database-away", method=method)
                refusal = unavailable()
            except Exception:
                # Our own fault: the caller gets the request id and no internals; the log has the rest.
                log.exception("call-broke", method=method)
                refusal = Refusal(
                    Kind.BROKEN,
                    "internal-error",
                    f"Hệ thống gặp lỗi. Điều đã lưu vẫn còn. Mã sự cố: {request_id}",
                )
            finally:
                outcome = refusal.type if refusal else "ok"
                code = _STATUS_OF[refusal.kind].name if refusal else "OK"
                seconds = time.monotonic() - started
                RPC_SECONDS.labels(method, code).observe(seconds)
                level = logging.DEBUG if method in self._polls and refusal is None else logging.INFO
                log.log(level, "call", method=method, outcome=outcome, milliseconds=round(seconds * 1000, 1))
        context.abort_with_status(rpc_status.to_status(status_of(refusal)))
        raise AssertionError("unreachable")

    @contextmanager
    def _place(self, ward: str) -> Iterator[None]:
        places = self._places.get(ward)
        if places is None:
            yield
            return
        if not places.acquire(blocking=False):
            raise unavailable()
        try:
            yield
        finally:
            places.release()

    def _admit(
        self, method: str, ward: str, request_id: str, metadata: Mapping[str, str], context: grpc.ServicerContext
    ) -> Call:
        if ward not in self._wards:
            raise not_found("unknown-ward", "Không có phường này trong hệ thống.")
        if self._is_behind(ward):
            raise unavailable()
        rule = self._rules.get(method)
        is_there = rule and (rule.practice if ward == self._district.practice.code else rule.real)
        if rule is None or not is_there:
            raise forbidden()
        scheme, _, token = metadata.get(METADATA_AUTHORIZATION, "").partition(" ")
        named = self._verified(token, ward) if token and scheme == "Bearer" else None
        # A token that was issued for another ward names nobody here.
        principal = named if named and (named.good_in == ward or rule.passed_on) else None
        if not rule.allows(principal, ward):
            raise unauthenticated() if named is None else forbidden()
        left = context.time_remaining()
        return Call(
            method=method,
            ward=ward,
            request_id=request_id,
            principal=principal,
            token=token,
            idempotency_key=metadata.get(METADATA_IDEMPOTENCY_KEY, ""),
            deadline=time.monotonic() + min(left, _NO_DEADLINE) if left is not None else float("inf"),
            kiosk=self._kiosk(metadata.get(METADATA_KIOSK, ""), ward),
            source=metadata.get(METADATA_SOURCE, ""),
        )

    def _verified(self, token: str, ward: str) -> Principal:
        """The principal that a token names. A token from the other side of the border between real wards and practice
        is refused, even for RPCs that are open to everybody (docs/decisions/0036).
        """
        principal = self._verifier.verify(token)
        if not self._district.on_one_side(principal.ward, ward):
            raise unauthenticated()
        return principal

    def _kiosk(self, token: str, ward: str) -> Principal | None:
        """The computer that is named by a second token, beside the person's own.

        Raises a Refusal (UNAUTHENTICATED, `kiosk-token-expired`) for an invalid one.
        """
        if not token:
            return None
        try:
            kiosk = self._verified(token, ward)
        except Refusal as no:
            raise kiosk_token_expired() from no
        if not kiosk.has(Role.KIOSK) or kiosk.good_in != ward:
            raise kiosk_token_expired()
        return kiosk


def status_of(refusal: Refusal) -> status_pb2.Status:
    """google.rpc.Status with ErrorInfo (reason, domain, present `version`), BadRequest (fields), LocalizedMessage (vi)
    and RetryInfo.
    """
    details: list[Message] = [
        error_details_pb2.ErrorInfo(
            reason=refusal.type.upper().replace("-", "_"),
            domain=ERROR_DOMAIN,
            metadata={} if refusal.version is None else {VERSION: str(refusal.version)},
        ),
        error_details_pb2.LocalizedMessage(locale="vi", message=refusal.text),
    ]
    if refusal.fields:
        violation = error_details_pb2.BadRequest.FieldViolation
        details.append(
            error_details_pb2.BadRequest(
                field_violations=[violation(field=fault.field, description=fault.text) for fault in refusal.fields]
            )
        )
    if refusal.retry_after is not None:
        details.append(error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=refusal.retry_after)))
    packed = []
    for detail in details:
        wrapped = any_pb2.Any()
        wrapped.Pack(detail)
        packed.append(wrapped)
    code: int = code_pb2.Code.Value(_STATUS_OF[refusal.kind].name)
    return status_pb2.Status(code=code, message=refusal.type, details=packed)


class Server:
    """A gRPC server with health and, in development, reflection."""

    def __init__(
        self,
        *,
        service_names: Sequence[str],
        interceptor: CallInterceptor,
        listen: str,
        threads: int,
        reflected: bool,
    ) -> None:
        self._names = service_names
        self.grpc = grpc.server(
            ThreadPoolExecutor(threads, thread_name_prefix="rpc"),
            interceptors=[interceptor],
            options=[
                ("grpc.max_receive_message_length", LARGEST_MESSAGE),
                ("grpc.max_send_message_length", LARGEST_MESSAGE),
                ("grpc.keepalive_time_ms", 20000),
                ("grpc.http2.min_recv_ping_interval_without_data_ms", 10000),
                ("grpc.max_connection_age_ms", 600000),  # so that callers find new replicas
                ("grpc.max_connection_age_grace_ms", 30000),
                ("grpc.so_reuseport", 0),  # a port in use is an error, not a second server
            ],
            maximum_concurrent_rpcs=threads * 8,
        )
        self._health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self.grpc)
        if reflected:
            reflection.enable_server_reflection([*self._names, reflection.SERVICE_NAME], self.grpc)
        self.port = self.grpc.add_insecure_port(listen)

    def start(self) -> None:
        self.set_ready(False)
        self._health.set("liveness", health_pb2.HealthCheckResponse.SERVING)
        self.grpc.start()

    def set_ready(self, ready: bool) -> None:
        """Sets readiness (of the server and of each contract): the process and its dependencies. `liveness` is the
        process alone.
        """
        status = health_pb2.HealthCheckResponse.SERVING if ready else health_pb2.HealthCheckResponse.NOT_SERVING
        for name in ("", *self._names):
            self._health.set(name, status)

    def set_alive(self, alive: bool) -> None:
        status = health_pb2.HealthCheckResponse.SERVING if alive else health_pb2.HealthCheckResponse.NOT_SERVING
        self._health.set("liveness", status)

    def stop(self, grace: float) -> None:
        self._health.enter_graceful_shutdown()
        self.grpc.stop(grace).wait()
