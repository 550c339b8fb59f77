"""The unit of work of one call: caller, cell, moment and transaction."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import BytesValue
from sqlalchemy.orm import Session

from services.chassis.call import Call
from services.chassis.cells import Cell
from services.chassis.clock import day_in_vietnam
from services.chassis.database import idempotency
from services.chassis.tokens import Principal

Answer = TypeVar("Answer", bound=Message)


@dataclass(frozen=True, slots=True)
class Unit:
    """What a use case works with; each service adds its own parts."""

    cell: Cell
    session: Session
    call: Call
    now: datetime

    @property
    def caller(self) -> Principal:
        """The caller; raises UNAUTHENTICATED if the RPC is public and nobody is signed in."""
        return self.call.caller

    @property
    def ward(self) -> str:
        return self.cell.ward.code

    @property
    def today(self) -> date:
        return day_in_vietnam(self.now)

    def first_answer(self, request: Message, kind: type[Answer]) -> Answer | None:
        """The earlier answer to this request, if it is a repetition (docs/architecture.md, rule 1)."""
        kept = idempotency.answered(self.session, self.call, request)
        return None if kept is None else self.opened(kept, kind)

    def once(self, request: Message, kind: type[Answer], act: Callable[[], Answer]) -> Answer:
        """Runs `act`; for a repeated request, returns the first answer instead."""
        return idempotency.once(
            self.session, self.call, request, kind, act, kept=self.kept, opened=lambda kept: self.opened(kept, kind)
        )

    def kept(self, answer: Message) -> bytes:
        """An answer as it is stored for a repetition."""
        return answer.SerializeToString(deterministic=True)

    def opened(self, kept: bytes, kind: type[Answer]) -> Answer:
        """The answer from the bytes of `kept`."""
        return kind.FromString(kept)


@dataclass(frozen=True, slots=True)
class SealingUnit(Unit):
    """For services whose answers contain people's data: answers that are stored for a repetition are encrypted."""

    def kept(self, answer: Message) -> bytes:
        plain = base64.b64encode(answer.SerializeToString(deterministic=True)).decode()
        return BytesValue(value=self.cell.cipher.encrypt(plain, self._answer_context)).SerializeToString()

    def opened(self, kept: bytes, kind: type[Answer]) -> Answer:
        sealed = BytesValue.FromString(kept).value
        return kind.FromString(base64.b64decode(self.cell.cipher.decrypt(sealed, self._answer_context)))

    @property
    def _answer_context(self) -> str:
        return f"answer:{self.caller.id}:{self.call.method}:{self.call.idempotency_key}"
