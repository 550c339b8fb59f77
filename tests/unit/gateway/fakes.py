"""Ward cells without a network: the test scripts what each RPC answers, and reads what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from gateway.cells import Answers, Cells
from gateway.settings import Settings
from services.chassis.refusal import Kind, Refusal

Script = Callable[[str, Any], Message]  # (ward, request) → answer, or raises a Refusal


@dataclass(frozen=True, slots=True)
class Asked:
    ward: str
    rpc: str
    request: Any
    token: str
    idempotency_key: str
    repeatable: bool


class FakeRpc:
    def __init__(self, ward: str, name: str, scripts: Mapping[str, Script]) -> None:
        self.ward, self.name, self.scripts = ward, name, scripts

    def __call__(self, request: Any) -> Any:
        return self.scripts[self.name](self.ward, request)


class FakeStub:
    def __init__(self, ward: str, scripts: Mapping[str, Script]) -> None:
        self._ward, self._scripts = ward, scripts

    def __getattr__(self, name: str) -> FakeRpc:
        return FakeRpc(self._ward, name, self._scripts)


class FakeCells(Cells):
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

    def accounts(self, ward: str) -> Any:
        return FakeStub(self.ward(ward).code, self.scripts)

    dossiers = notifications = accounts

    def ask(
        self,
        ward: str,
        rpc: Any,
        request: Message,
        *,
        seconds: float = 3.0,
        token: str = "",
        idempotency_key: str = "",
        repeatable: bool = False,
    ) -> Any:
        self.asked.append(Asked(ward, rpc.name, request, token, idempotency_key, repeatable))
        if ward in self.down:
            raise Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.", retry_after=5)
        return rpc(request)

    def ask_all(self, rpc_of: Any, request: Any, *, seconds: float = 1.5, token: str = "", enough: Any = None) -> Any:
        requests = request if isinstance(request, Mapping) else dict.fromkeys(self.district.wards, request)
        answered: dict[str, Any] = {}
        refused: dict[str, Refusal] = {}
        silent = []
        for ward, own in requests.items():
            try:
                answered[ward] = self.ask(ward, rpc_of(ward), own, token=token)
            except Refusal as no:
                if no.kind is Kind.UNAVAILABLE:
                    silent.append(self.ward(ward))
                else:
                    refused[ward] = no
        return Answers(answered, refused, tuple(silent))

    def statuses(self) -> Mapping[str, str]:
        return {ward: "down" if ward in self.down else "up" for ward in self.district.wards}
