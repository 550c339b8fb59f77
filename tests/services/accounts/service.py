"""The accounts service as the gateway and the other services call it, in two wards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from caunoi.accounts.v1 import (
    accounts_pb2,
    accounts_pb2_grpc,
    guidance_pb2_grpc,
    households_pb2_grpc,
    learning_pb2_grpc,
    recovery_pb2_grpc,
    staff_pb2_grpc,
    stations_pb2_grpc,
)
from google.protobuf.message import Message

from gateway.ward_tokens import told_by
from services.accounts.service import SERVICE, AccountsParts
from services.accounts.settings import Settings
from services.accounts.use_cases.telling import send_due
from services.chassis.grpc.client import Peer, call
from services.chassis.refusal import Refusal
from services.chassis.tokens import Principal, Role, load_issuers, load_verifier
from tests.district import PRACTICE
from tests.fakes.clock import SettableClock
from tests.services.running import PATIENCE, RunningService

NAM_DUONG, THANH_BINH = "20248", "20227"
WARDS = (NAM_DUONG, THANH_BINH)
PASSWORD = "mùa thu ở Hội An"


class Accounts(RunningService[AccountsParts]):
    """Called as the gateway and the other services call it."""

    def __init__(self, settings: Settings, clock: SettableClock, keys: Path) -> None:
        super().__init__(SERVICE, AccountsParts, settings, clock, keys)
        self.settings = settings
        self._peers = [
            Peer(stub, lambda _: self.address)
            for stub in (
                accounts_pb2_grpc.AccountsServiceStub,
                stations_pb2_grpc.StationsServiceStub,
                guidance_pb2_grpc.GuidanceServiceStub,
                recovery_pb2_grpc.RecoveryServiceStub,
                households_pb2_grpc.HouseholdsServiceStub,
                learning_pb2_grpc.LearningServiceStub,
                staff_pb2_grpc.StaffServiceStub,
            )
        ]
        self._keys = keys
        self._verifier = load_verifier(keys / "trusted.json")

    def call(
        self, rpc: str, request: Message, *, ward: str = NAM_DUONG, token: str = "", key: str = "", kiosk: str = ""
    ) -> Any:
        """Answers, or raises the Refusal that came over the wire. In another ward a token is exchanged for one that is
        good there, as the gateway does.
        """
        token, kiosk = (self._good_in(ward, one) for one in (token, kiosk))
        method = next(found for peer in self._peers if (found := getattr(peer.stub(ward), rpc, None)))
        return call(method, request, ward=ward, seconds=PATIENCE, token=token, idempotency_key=key, kiosk=kiosk)

    def _good_in(self, ward: str, token: str) -> str:
        told = told_by(token)
        if told is None or told.ward == ward or PRACTICE in (told.ward, ward):
            return token
        try:
            who = self._verifier.verify(token)
        except Refusal:
            return token  # the service that is called says so
        if who.good_in != who.ward or who.has(Role.SERVICE):
            return token
        return load_issuers(self._keys / "signing-accounts.json", "accounts")[who.ward].issue(who, to=ward)

    def open(self, *, ward: str = NAM_DUONG, key: str = "", **changes: str) -> accounts_pb2.OpenAccountResponse:
        answer = self.call("OpenAccount", application(**changes), ward=ward, key=key)
        assert isinstance(answer, accounts_pb2.OpenAccountResponse)
        return answer

    def activate(self, account_id: str, otp: str, *, ward: str = NAM_DUONG) -> accounts_pb2.Account:
        request = accounts_pb2.ActivateAccountRequest(account_id=account_id, otp=otp)
        answer = self.call("ActivateAccount", request, ward=ward)
        assert isinstance(answer, accounts_pb2.Account)
        return answer

    def sign_in(self, login: str, password: str = PASSWORD, *, ward: str = NAM_DUONG) -> accounts_pb2.Session:
        request = accounts_pb2.CreateSessionRequest(login=login, password=password)
        answer = self.call("CreateSession", request, ward=ward)
        assert isinstance(answer, accounts_pb2.Session)
        return answer

    def hand_over(self) -> None:
        """Gives notifications what waits for it, as the loop of each ward does."""
        for cell in self.cells.values():
            send_due(self.parts.place, cell)

    def service_token(self, service: str, ward: str, to: str = NAM_DUONG) -> str:
        """A token of a service of the ward, for the called ward."""
        return load_issuers(self._keys / f"signing-{service}.json", service)[ward].service_token(to=to)

    def named_by(self, token: str) -> Principal:
        return self._verifier.verify(token)

    def token(self, account_id: str, *roles: Role, ward: str = NAM_DUONG) -> str:
        return self.cells[ward].issuer.issue(Principal(account_id, ward, frozenset(roles or {Role.CITIZEN})))

    def stop(self) -> None:
        for peer in self._peers:
            peer.close()
        super().stop()


def application(**changes: str) -> accounts_pb2.OpenAccountRequest:
    values = {
        "full_name": "Nguyễn Thị Sáu",
        "date_of_birth": "1955-03-08",
        "identity_kind": "cccd",
        "identity_number": "048155001001",
        "phone": "0905 201 101",
        "email": "sau@example.com",
        "password": PASSWORD,
        "address": "Số 12, tổ dân phố 3",
    }
    return accounts_pb2.OpenAccountRequest(**{**values, **changes})
