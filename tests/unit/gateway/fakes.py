"""Wards without a network: the test scripts each RPC's answer, and reads the requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from gateway.settings import Settings
from gateway.ward_tokens import told_by
from gateway.wards import Answers, Wards
from services.chassis.refusal import Kind, Refusal

Script = Callable[[str, Any], Message]  # (ward, request) → answer, or raises a Refusal


#: The status with which the API answers each kind of refusal.
STATUSES = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.EXISTS: 409,
    Kind.STALE: 412,
    Kind.THROTTLED: 429,
    Kind.BROKEN: 500,
    Kind.UNAVAILABLE: 503,
}


@dataclass(frozen=True, slots=True)
class Asked:
    ward: str
    rpc: str
    request: Any
    token: str
    idempotency_key: str
    repeatable: bool
    kiosk: str = ""  # token of the station's computer


class FakeWards(Wards):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.scripts: dict[str, Script] = {}
        self.asked: list[Asked] = []
        self.down: set[str] = set()

    def answers(self, rpc: str, answer: Message | Refusal | Script) -> None:
        def script(ward: str, request: Any) -> Message:
            if isinstance(answer, Refusal):
                raise answer
            return answer if isinstance(answer, Message) else answer(ward, request)

        self.scripts[rpc] = script

    def send(
        self,
        ward: str,
        rpc: Any,
        request: Any,
        *,
        token: str = "",
        key: str = "",
        kiosk: str = "",
        seconds: float | None = None,
    ) -> Any:
        assert request.DESCRIPTOR is rpc.descriptor
        self.asked.append(Asked(self.ward(ward).code, rpc.name, request, token, key, rpc.repeatable, kiosk))
        if ward in self.down:
            raise Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.", retry_after=5)
        return self.scripts[rpc.name](ward, request)

    def of(self, token: str) -> Sequence[str]:
        told = told_by(token)
        practice = self.district.practice.code
        return [practice] if told and told.ward == practice else list(self.district.wards)

    def send_all(self, rpc: Any, requests: Any, *, seconds: float = 1.5, token: str = "", enough: Any = None) -> Any:
        answered: dict[str, Any] = {}
        refused: dict[str, Refusal] = {}
        silent = []
        for ward, own in requests.items():
            try:
                answered[ward] = self.send(ward, rpc, own, token=token)
            except Refusal as no:
                if no.kind is Kind.UNAVAILABLE:
                    silent.append(self.ward(ward))
                else:
                    refused[ward] = no
        return Answers(answered, refused, tuple(silent))

    def statuses(self) -> Mapping[str, str]:
        return {ward: "down" if ward in self.down else "up" for ward in self.district.wards}
