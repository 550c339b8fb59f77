"""The base of every use case: the service's parts, and one unit of work per call."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from google.protobuf.message import Message

from services.accounts.adapters.hashing import Hasher
from services.accounts.adapters.sending import IssuedCode, Sender
from services.accounts.domain.codes import SPACED
from services.accounts.settings import Settings
from services.accounts.storage import people as storage
from services.chassis import unit as chassis
from services.chassis.call import current_call
from services.chassis.cells import Cells
from services.chassis.clock import Clock
from services.chassis.database.changes import Changes
from services.chassis.database.connection import UNREACHABLE
from services.chassis.database.idempotency import forget
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Verifier
from services.chassis.unit import Answer

log = structlog.get_logger()

#: Fields of requests with few enough possible values to try them all: a password, an identity number, a phone. A guard
#: checks that each request whose answer is stored has its guessable fields here (tests/guards/test_idempotency.py).
_GUESSABLE = ("password", "identity_number", "new_identity_number", "phone", "email", "date_of_birth")


@dataclass(frozen=True, slots=True)
class Workplace:
    """The parts of the running service."""

    settings: Settings
    cells: Cells
    clock: Clock
    hasher: Hasher
    sender: Sender
    guidance_changes: Mapping[str, Changes]  # by ward
    outgoing: Mapping[str, threading.Event]  # by ward: set where something waits for notifications
    verifier: Verifier  # verifies statements of other services
    second_factor_roles: Mapping[str, frozenset[str]]  # by ward: staff with one of them need a second factor

    def changes(self) -> Changes:
        """The changes of guided sessions in the called ward."""
        return self.guidance_changes[current_call().ward]

    @contextmanager
    def unit(self, *, snapshot: bool = False, apart: bool = False) -> Iterator[Unit]:
        """The unit of work of the call that is being served: one transaction.

        Codes that it has issued are sent after the commit. Raises a Refusal (UNAVAILABLE, `code-not-sent`) if
        notifications does not accept one: its challenge is voided and the stored answer to the request deleted, so that
        a repetition sends another code.
        """
        call = current_call()
        cell = self.cells[call.ward]
        with cell.database.session(snapshot=snapshot, apart=apart) as session:
            unit = Unit(cell, session, call, self.clock.now(), self)
            yield unit
        if unit.wrote_outgoing:
            self.outgoing[call.ward].set()
        for code in unit.issued:
            self._send(unit, code)

    def _send(self, unit: Unit, code: IssuedCode) -> None:
        try:
            self.sender.send(unit.cell, code)
            if code.purpose in SPACED:
                self._note_accepted(unit, code)
        except Refusal as fault:
            with unit.cell.database.transaction() as session:
                storage.void_code(session, code.challenge_id, self.clock.now())
                for request in unit.kept_requests:
                    forget(session, unit.call, request)
            text = "Chưa gửi được tin nhắn có mã. Điều đã lưu vẫn còn; xin chờ ít phút rồi bấm gửi lại."
            if fault.type == "sms-budget-used-up":
                text = (
                    "Hôm nay phường đã gửi hết số tin nhắn dành cho việc này. Điều đã lưu vẫn còn; xin làm tiếp vào "
                    "ngày mai, hoặc đến Bộ phận Một cửa của phường."
                )
            raise Refusal(Kind.UNAVAILABLE, "code-not-sent", text, retry_after=fault.retry_after or 5) from fault

    def _note_accepted(self, unit: Unit, code: IssuedCode) -> None:
        try:
            with unit.cell.database.transaction() as session:
                storage.note_accepted(session, code.challenge_id, self.clock.now())
        except UNREACHABLE as fault:  # the code is still sent; only, another can be requested a little sooner
            log.warning("code-not-noted", ward=unit.ward, challenge=code.challenge_id, error=type(fault).__name__)

    def ward_name(self, code: str) -> str:
        """For people: `phường Nam Dương`."""
        ward = self.settings.district.wards.get(code)
        return ward.name[:1].lower() + ward.name[1:] if ward else code


def _has_secret(answer: type[Message]) -> bool:
    return not {"password", "code", "ticket"}.isdisjoint(answer.DESCRIPTOR.fields_by_name)


@dataclass(frozen=True, slots=True)
class Unit(chassis.Unit):
    """One call's work, with the service's parts at hand."""

    place: Workplace
    issued: list[IssuedCode] = field(default_factory=list)
    wrote_outgoing: list[str] = field(default_factory=list)
    kept_requests: list[Message] = field(default_factory=list)  # whose answers this unit stores for a repetition

    def first_answer(self, request: Message, kind: type[Answer]) -> Answer | None:
        return chassis.Unit.first_answer(self, self._without_guessable(request), kind)

    def once(self, request: Message, kind: type[Answer], act: Callable[[], Answer]) -> Answer:
        keyed = self._without_guessable(request)
        self.kept_requests.append(keyed)
        return chassis.Unit.once(self, keyed, kind, act)

    def kept(self, answer: Message) -> bytes:
        """The answer as it is stored: encrypted if it contains a password or a code."""
        plain = chassis.Unit.kept(self, answer)
        if not _has_secret(type(answer)):
            return plain
        return self.cell.cipher.encrypt(base64.b64encode(plain).decode(), self._answer_context)

    def opened(self, kept: bytes, kind: type[Answer]) -> Answer:
        if not _has_secret(kind):
            return chassis.Unit.opened(self, kept, kind)
        return kind.FromString(base64.b64decode(self.cell.cipher.decrypt(kept, self._answer_context)))

    @property
    def _answer_context(self) -> str:
        return f"answer:{self.call.method}:{self.call.idempotency_key}"

    def _without_guessable(self, request: Message) -> Message:
        """The request as idempotency digests it: without the fields that could be guessed from a plain digest."""
        guessable = [name for name in _GUESSABLE if name in request.DESCRIPTOR.fields_by_name]
        if not guessable:
            return request
        keyed = type(request)()
        keyed.CopyFrom(request)
        for name in guessable:
            setattr(keyed, name, self.cell.cipher.fingerprint(f"idempotency:{getattr(request, name)}").hex())
        return keyed
