"""The wards' services as the gateway reaches them.

Each ward has a bulkhead and, for each of its services, a breaker. A ward that hangs holds a few threads for a few
seconds, until its breakers open, and then none (docs/architecture.md, Ward cells).
"""

from __future__ import annotations

import contextlib
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Generic, NoReturn, Self, TypeVar, cast

import grpc
from caunoi.accounts.v1.accounts_pb2_grpc import AccountsServiceStub
from caunoi.accounts.v1.guidance_pb2_grpc import GuidanceServiceStub
from caunoi.accounts.v1.households_pb2_grpc import HouseholdsServiceStub
from caunoi.accounts.v1.learning_pb2_grpc import LearningServiceStub
from caunoi.accounts.v1.recovery_pb2_grpc import RecoveryServiceStub
from caunoi.accounts.v1.staff_pb2_grpc import StaffServiceStub
from caunoi.accounts.v1.stations_pb2_grpc import StationsServiceStub
from caunoi.dossiers.v1.captures_pb2_grpc import CapturesServiceStub
from caunoi.dossiers.v1.dossiers_pb2_grpc import DossiersServiceStub
from caunoi.notifications.v1.notifications_pb2_grpc import NotificationsServiceStub
from flask import current_app
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway import ended_marks
from gateway.bulkhead import Breaker, Bulkhead, Outcome, Place, State
from gateway.ended_sessions import EndedSessions
from gateway.rpc import Fields, Rpc
from gateway.rpcs import GET_OWN_SESSION, ISSUE_WARD_TOKENS, LIST_OWN_WARDS
from gateway.settings import Settings
from gateway.ward_tokens import WardTokens, told_by
from services.chassis.call import forbidden, seconds_left
from services.chassis.district import District, Ward
from services.chassis.grpc.client import Peer, call, metadata_for, refusal_of, unavailable, went_unanswered
from services.chassis.refusal import Kind, Refusal, not_found
from services.chassis.tokens import unauthenticated

Response = TypeVar("Response", bound=Message)

#: Name of a service → the classes of its contracts' stubs.
STUBS: Mapping[str, Sequence[Callable[[grpc.Channel], Any]]] = {
    "accounts": (
        AccountsServiceStub,
        StationsServiceStub,
        GuidanceServiceStub,
        RecoveryServiceStub,
        HouseholdsServiceStub,
        LearningServiceStub,
        StaffServiceStub,
    ),
    "dossiers": (DossiersServiceStub, CapturesServiceStub),
    "notifications": (NotificationsServiceStub,),
}
#: Questions to a home ward about its people: how many at once, how many wait behind them, and for how many seconds.
QUESTIONS = (8, 8, 0.25)
LEAST_SECONDS = 0.02  # with less time left, a call would blame the ward for our own delay
MOST_BEHIND = 1000  # threads that wait for a place in a ward: as many as a process may have
SPREAD_SECONDS = 1.5  # for questions to several wards, at once or one after another


class _Service:
    """A service's RPCs by their names, of all its contracts, and the health service on the same channel."""

    def __init__(self, stubs: Sequence[Callable[[grpc.Channel], Any]], channel: grpc.Channel) -> None:
        self.rpcs: dict[str, Any] = {name: rpc for make in stubs for name, rpc in vars(make(channel)).items()}
        self.health: Any = health_pb2_grpc.HealthStub(channel)


@dataclass(frozen=True, slots=True)
class WardClient:
    """The services of one ward, called for one person. `token` says who, `key` makes a change happen only once, and
    `kiosk` is the token of the station's computer at which the person sits.
    """

    wards: Wards
    code: str
    token: str = ""
    key: str = ""
    kiosk: str = ""

    def part(self, name: object) -> Self:
        """The same client for one of several changes of one form: its key makes that change happen once, however often
        the form is sent.
        """
        return replace(self, key=f"{self.key}-{name}" if self.key else "")

    def call(self, rpc: Rpc[Fields, Response], *args: Fields.args, **fields: Fields.kwargs) -> Response:
        """Calls the RPC with these fields of its request. Raises as `send`."""
        return self.send(rpc, rpc.request(*args, **fields))

    def send(self, rpc: Rpc[..., Response], request: Message) -> Response:
        """Returns the response to a request. Raises the service's Refusal.

        Refusals of its own: UNAVAILABLE `ward-busy` if the ward's places are taken or its breaker is open;
        `temporarily-unavailable` if there is no response within the RPC's deadline.
        """
        key = self.key if rpc.keyed else ""
        return self.wards.send(self.code, rpc, request, token=self.token, key=key, kiosk=self.kiosk)


@dataclass(frozen=True, slots=True)
class Answers(Generic[Response]):
    """The answers to a question to several wards, by ward code; `silent` are the wards that gave none."""

    answered: Mapping[str, Response]
    refused: Mapping[str, Refusal]
    silent: tuple[Ward, ...] = field(default=())

    def at_least_one(self) -> Answers[Response]:
        """Returns itself; if no ward answered, raises a ward's refusal, or UNAVAILABLE naming the silent wards."""
        if self.answered:
            return self
        if self.refused:
            raise next(iter(self.refused.values()))
        raise no_answer_from(self.silent)

    def missing(self, district: District) -> tuple[Ward, ...]:
        """The wards whose part is missing: silent, or at fault. A ward that forbids has nothing for the caller."""
        at_fault = (district.cells[ward] for ward, no in self.refused.items() if no.kind is not Kind.FORBIDDEN)
        return (*self.silent, *at_fault)


class Wards:
    """Calls into the wards. Channels are made at the first call, so after gunicorn has forked."""

    def __init__(self, settings: Settings) -> None:
        self.district: District = settings.district
        self._peers = {
            service: Peer(partial(_Service, stubs), partial(settings.for_ward, f"{service}_address"))
            for service, stubs in STUBS.items()
        }
        self._bulkheads = {
            ward: Bulkhead(
                settings.calls_in_flight_per_ward, settings.calls_waiting_per_ward, settings.call_wait_seconds
            )
            for ward in self.district.cells
        }
        self.spreads = {
            ward: Bulkhead(settings.spread_calls_in_flight_per_ward, MOST_BEHIND, 0) for ward in self.district.cells
        }
        self._spread_wait = settings.spread_wait_seconds
        self.breakers = {
            (ward, service): Breaker(settings.breaker_failures, settings.breaker_open_seconds)
            for ward in self.district.cells
            for service in STUBS
        }
        self._questions = {ward: Bulkhead(*QUESTIONS) for ward in self.district.cells}
        self._tokens = WardTokens(partial(self._ask_tokens, for_list=False))
        self._tokens_of_lists = WardTokens(partial(self._ask_tokens, for_list=True))
        tell = partial(ended_marks.tell, settings.gateway_peers) if settings.gateway_peers else (lambda _: None)
        self._ended = EndedSessions(self._ask_session, tell=tell)
        self._statuses = _Remembered(5.0, self._ask_statuses)

    def ward(self, code: str) -> Ward:
        """The ward of a GSO code, which may be the practice ward. Raises a Refusal (NOT_FOUND `unknown-ward`)."""
        ward = self.district.cells.get(code)
        if ward is None:
            raise not_found("unknown-ward", "Không có phường này trong hệ thống.")
        return ward

    def client(self, code: str, token: str = "", key: str = "", kiosk: str = "") -> WardClient:
        """The services of a ward by its GSO code. Raises a Refusal (NOT_FOUND `unknown-ward`)."""
        return WardClient(self, self.ward(code).code, token, key, kiosk)

    def send(
        self,
        ward: str,
        rpc: Rpc[..., Response],
        request: Message,
        *,
        token: str = "",
        key: str = "",
        kiosk: str = "",
        seconds: float | None = None,
    ) -> Response:
        """See `WardClient.send`; `seconds` is given if it is less than the RPC's own deadline."""
        if token and rpc is not GET_OWN_SESSION:
            self._ended.refuse(token)
        own = token
        token, kiosk = (self._token_in(ward, rpc, one) if one else "" for one in (token, kiosk))
        with self._place(ward, rpc.service) as record:
            try:
                answer = call(
                    self.method(ward, rpc),
                    request,
                    ward=ward,
                    seconds=seconds or rpc.seconds,
                    token=token,
                    idempotency_key=key,
                    kiosk=kiosk,
                    repeatable=rpc.repeatable,
                )
            except Refusal as no:
                silent = went_unanswered(no)
                record(Outcome.UNANSWERED if silent else Outcome.ANSWERED)
                if silent:
                    self._ended.note(rpc.name, request, own)  # it may have been done all the same
                raise
            record(Outcome.ANSWERED)
        self._ended.note(rpc.name, request, own)
        return answer

    def send_all(
        self,
        rpc: Rpc[..., Response],
        requests: Mapping[str, Message],
        *,
        seconds: float = SPREAD_SECONDS,
        token: str = "",
        enough: Callable[[Response], bool] = lambda _: False,
    ) -> Answers[Response]:
        """Asks several wards at the same time; `requests` by ward.

        Returns after `seconds` at the latest, or as soon as one answer is `enough`; wards that have not answered by
        then are `silent`. It takes only the caller's thread, however many wards are asked. A ward that hangs holds as
        many threads as it has places. A caller who finds these taken waits a moment, once for all wards, and goes on
        without that ward.
        """
        codes = [self.ward(code).code for code in requests]
        if token and rpc not in (GET_OWN_SESSION, ISSUE_WARD_TOKENS):
            self._ended.refuse(token)
        tokens = self._tokens_for(codes, rpc, token)
        until = time.monotonic() + min(seconds, max(seconds_left(), LEAST_SECONDS))
        question = _Question(self, rpc, until, min(until, time.monotonic() + self._spread_wait))
        for code in codes:
            question.ask(code, requests[code], tokens[code])
        answered: dict[str, Response] = {}
        refused: dict[str, Refusal] = {}
        silent = set(codes)
        for code, result in question.results():
            if not isinstance(result, Refusal):
                answered[code] = result
                silent.discard(code)
                if enough(result):
                    break
            elif result.kind not in (Kind.UNAVAILABLE, Kind.BROKEN):
                refused[code] = result
                silent.discard(code)
        question.cancel()
        return Answers(
            {code: answered[code] for code in codes if code in answered},
            refused,
            tuple(self.ward(code) for code in codes if code in silent),
        )

    def of(self, token: str) -> Sequence[str]:
        """The wards that may have something of the token's holder: for staff their own, for residents those that their
        home ward knows. If it does not answer, all wards, so that the caller learns what is missing.

        Raises a Refusal (UNAUTHENTICATED).
        """
        told = told_by(token)
        if told is None:
            raise unauthenticated()
        if told.ward == self.district.practice.code or not told.is_good_elsewhere:
            return [told.ward]
        try:
            return self.send(told.ward, LIST_OWN_WARDS, LIST_OWN_WARDS.request(), token=token).wards
        except Refusal as no:
            if no.kind not in (Kind.UNAVAILABLE, Kind.BROKEN):
                raise
            return list(self.district.wards)

    def send_any(self, rpc: Rpc[..., Response], request: Message) -> Response:
        """The first answer of up to three wards, for data that is the same in every ward, such as the catalogue."""
        codes = list(self.district.wards)
        random.shuffle(codes)
        codes.sort(key=lambda ward: self.breakers[ward, rpc.service].state is not State.CLOSED)
        for code in codes[:2]:
            try:
                return self.send(code, rpc, request, seconds=SPREAD_SECONDS)
            except Refusal as no:
                if no.kind is not Kind.UNAVAILABLE:
                    raise
        return self.send(codes[2], rpc, request, seconds=SPREAD_SECONDS)

    def statuses(self) -> Mapping[str, str]:
        """Ward → `up`, `degraded` (a service does not answer) or `down` (none does), at most five seconds old."""
        return self._statuses.get()

    def close(self) -> None:
        for peer in self._peers.values():
            peer.close()

    def _token_in(self, ward: str, rpc: Rpc[..., Any], token: str) -> str:
        """The token with which to call an RPC of a ward; "" if the RPC is open to everybody and the holder may not use
        that ward. Raises a Refusal: FORBIDDEN if its holder may not use the ward, UNAUTHENTICATED between practice and
        real wards, or the home ward's own.
        """
        told = told_by(token)
        if told is None or told.ward == ward:
            return token
        if not self.district.on_one_side(told.ward, ward):
            raise unauthenticated()  # as that side itself would say (docs/decisions/0036)
        if rpc.by.public:
            return ""
        return self._tokens.good_in([ward], token)[ward] or _forbid()

    def _tokens_for(self, codes: Sequence[str], rpc: Rpc[..., Any], token: str) -> Mapping[str, str | Refusal]:
        """Ward → the token to call it with for a list, or the reason why there is none."""
        told = told_by(token)
        if told is None:
            return dict.fromkeys(codes, token)
        try:
            issued = self._tokens_of_lists.good_in(codes, token)
        except Refusal as no:
            return {code: token if code == told.ward else no for code in codes}
        return {code: issued[code] or ("" if rpc.by.public else forbidden()) for code in codes}

    def _ask_session(self, home: str, token: str) -> bool:
        """Asks a home ward. The breaker does not count these calls: they are far more frequent, and have less time,
        than the calls that it would stop.
        """
        if self.breakers[home, GET_OWN_SESSION.service].state is State.OPEN:
            raise unavailable()
        method, request = self.method(home, GET_OWN_SESSION), GET_OWN_SESSION.request()
        with self._question(home):
            answer = call(method, request, ward=home, seconds=GET_OWN_SESSION.seconds, token=token, repeatable=True)
        return answer.open

    def _ask_tokens(self, home: str, token: str, wards: Sequence[str], *, for_list: bool) -> Mapping[str, str]:
        request = ISSUE_WARD_TOKENS.request(wards=wards, for_list=for_list)
        with self._question(home):
            answers = self.send_all(ISSUE_WARD_TOKENS, {home: request}, token=token)
        return dict(answers.at_least_one().answered[home].tokens)

    @contextlib.contextmanager
    def _question(self, home: str) -> Iterator[None]:
        """A place to ask a home ward about a person. These places are few, and separate from those of the ward's other
        calls: a slow home ward takes no more threads than these, and a ward whose dossiers service hangs keeps nobody
        out of other wards.
        """
        place = self._questions[self.ward(home).code]
        if not place.enter():
            raise busy(self.ward(home).name, 2)
        try:
            yield
        finally:
            place.leave()

    def method(self, ward: str, rpc: Rpc[..., Response]) -> Callable[..., Response]:
        return cast("Callable[..., Response]", self._peers[rpc.service].stub(ward).rpcs[rpc.name])

    @contextlib.contextmanager
    def _place(self, ward: str, service: str) -> Iterator[Callable[[Outcome], None]]:
        name = self.ward(ward).name
        bulkhead, breaker = self._bulkheads[ward], self.breakers[ward, service]
        if seconds_left() < LEAST_SECONDS:
            raise unavailable()
        if not bulkhead.enter():
            raise busy(name, 2)
        try:
            if not breaker.admit():
                raise busy(name, breaker.retry_after)
            outcome = Outcome.ABANDONED

            def record(what: Outcome) -> None:
                nonlocal outcome
                outcome = what

            try:
                yield record
            finally:
                breaker.record(outcome)
        finally:
            bulkhead.leave()

    def _ask_statuses(self) -> Mapping[str, str]:
        asked = {
            (ward, service): self._peers[service]
            .stub(ward)
            .health.Check.future(health_pb2.HealthCheckRequest(), timeout=0.5, metadata=metadata_for(ward))
            for (ward, service), breaker in self.breakers.items()
            if breaker.state is not State.OPEN and ward in self.district.wards
        }
        serving = health_pb2.HealthCheckResponse.SERVING
        well = {
            key for key, future in asked.items() if future.exception() is None and future.result().status == serving
        }
        words = {0: "down", len(STUBS): "up"}
        return {
            ward: words.get(sum((ward, service) in well for service in STUBS), "degraded")
            for ward in self.district.wards
        }


class _Question(Generic[Response]):
    """One question to several wards, from one thread. If a ward's places are taken, it waits for one, in all such wards
    at once and until `behind`, while the other wards answer.
    """

    def __init__(self, wards: Wards, rpc: Rpc[..., Response], until: float, behind: float) -> None:
        self._wards, self._rpc, self._until, self._behind = wards, rpc, until, behind
        #: A ward's answer; or None, if a place in it has become free.
        self._heard: queue.SimpleQueue[tuple[str, Response | Refusal | None]] = queue.SimpleQueue()
        self._in_line: dict[str, tuple[Place, Message, str]] = {}
        self._calls: list[Callable[[], object]] = []
        self._open = 0

    def ask(self, ward: str, request: Message, token: str | Refusal) -> None:
        self._open += 1
        breaker = self._wards.breakers[ward, self._rpc.service]
        if isinstance(token, Refusal):
            self._heard.put((ward, token))
        elif breaker.is_shut:
            self._refuse(ward, breaker.retry_after)
        else:
            place = Place(lambda: self._heard.put((ward, None)))
            if not self._wards.spreads[ward].line_up(place):
                self._refuse(ward, 2)
            elif place.given.is_set():
                self._call(ward, request, token)
            else:
                self._in_line[ward] = (place, request, token)

    def results(self) -> Iterator[tuple[str, Response | Refusal]]:
        """Takes the answers as they come, until the time is over."""
        while self._open:
            until = self._behind if self._in_line else self._until + 0.05
            try:
                ward, result = self._heard.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                if not self._in_line:
                    return
                self._step_out()
                continue
            if result is not None:
                self._open -= 1
                yield ward, result
            elif ward in self._in_line:
                _, request, token = self._in_line.pop(ward)
                self._call(ward, request, token)

    def cancel(self) -> None:
        self._step_out()
        for cancel in self._calls:
            cancel()

    def _step_out(self) -> None:
        """Stops waiting for places."""
        for ward, (place, _, _) in self._in_line.items():
            if not self._wards.spreads[ward].withdraw(place):
                self._wards.spreads[ward].leave()
            self._refuse(ward, 2)
        self._in_line = {}

    def _refuse(self, ward: str, retry_after: int) -> None:
        self._heard.put((ward, busy(self._wards.ward(ward).name, retry_after)))

    def _call(self, ward: str, request: Message, token: str) -> None:
        """Begins the call in a place that it will give back. Its result is put into the queue."""
        bulkhead, breaker = self._wards.spreads[ward], self._wards.breakers[ward, self._rpc.service]
        if not breaker.admit():
            bulkhead.leave()
            self._refuse(ward, breaker.retry_after)
            return
        method = cast("grpc.UnaryUnaryMultiCallable[Message, Response]", self._wards.method(ward, self._rpc))
        seconds = max(LEAST_SECONDS, self._until - time.monotonic())
        future = method.future(request, timeout=seconds, metadata=tuple(metadata_for(ward, token)))

        def finish(ended: Any) -> None:
            result, outcome = _result_of(ended)
            if outcome is Outcome.ABANDONED and time.monotonic() >= self._until:
                outcome = Outcome.UNANSWERED  # the ward had all its time: we cancelled just before the deadline
            breaker.record(outcome)
            bulkhead.leave()
            self._heard.put((ward, result))

        future.add_done_callback(finish)
        self._calls.append(future.cancel)


class _Remembered:
    """An answer that one thread refreshes when it is older than some seconds; the others get the last one."""

    def __init__(self, seconds: float, ask: Callable[[], Mapping[str, str]]) -> None:
        self._seconds = seconds
        self._ask = ask
        self._lock = threading.Lock()
        self._at = float("-inf")
        self._answer: Mapping[str, str] = {}

    def get(self) -> Mapping[str, str]:
        if not self._lock.acquire(blocking=not self._answer):
            return self._answer
        try:
            if time.monotonic() - self._at > self._seconds:
                self._answer, self._at = self._ask(), time.monotonic()
            return self._answer
        finally:
            self._lock.release()


def wards() -> Wards:
    """The wards of the running application."""
    return cast("Wards", current_app.extensions["wards"])


def _forbid() -> NoReturn:
    raise forbidden()


def busy(ward_name: str, retry_after: int) -> Refusal:
    return Refusal(
        Kind.UNAVAILABLE,
        "ward-busy",
        f"Hệ thống của {ward_name} đang bận hoặc tạm thời chưa trả lời. Điều đã lưu vẫn còn; xin thử lại sau ít phút.",
        retry_after=retry_after,
    )


def no_answer_from(wards: Sequence[Ward]) -> Refusal:
    """The refusal of a request that needs the answers of these wards."""
    names = ", ".join(ward.name for ward in wards)
    return Refusal(
        Kind.UNAVAILABLE,
        "wards-unavailable",
        f"Chưa nhận được trả lời của: {names}. Xin thử lại sau ít phút.",
        retry_after=5,
    )


def _result_of(ended: Any) -> tuple[Any, Outcome]:
    """The response or Refusal of a finished future, and what it says about the service."""
    if ended.cancelled():
        return unavailable(), Outcome.ABANDONED
    fault = ended.exception()
    if fault is None:
        return ended.result(), Outcome.ANSWERED
    refusal = refusal_of(fault)
    refusal.__cause__ = fault
    return refusal, Outcome.UNANSWERED if went_unanswered(refusal) else Outcome.ANSWERED
