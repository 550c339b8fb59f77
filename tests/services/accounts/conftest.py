"""The accounts service on real PostgreSQL and real gRPC, in two wards, and a notifications service that remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2, accounts_pb2_grpc, guidance_pb2_grpc, stations_pb2_grpc
from google.protobuf.message import Message

from services.accounts.service import SERVICE, AccountsParts
from services.accounts.settings import Settings
from services.chassis.grpc.client import Peer, call
from services.chassis.tokens import Principal, Role, load_issuers
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
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
            )
        ]
        self._keys = keys

    def call(
        self, rpc: str, request: Message, *, ward: str = NAM_DUONG, token: str = "", key: str = "", kiosk: str = ""
    ) -> Any:
        """Answers, or raises the Refusal that came over the wire."""
        method = next(found for peer in self._peers if (found := getattr(peer.stub(ward), rpc, None)))
        return call(method, request, ward=ward, seconds=PATIENCE, token=token, idempotency_key=key, kiosk=kiosk)

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

    def service_token(self, service: str, ward: str) -> str:
        return load_issuers(self._keys / f"signing-{service}.json", service)[ward].service_token()

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


@pytest.fixture
def notifications(keys: Path, clock: SettableClock) -> Iterator[FakeNotifications]:
    service = FakeNotifications(keys, clock, WARDS)
    yield service
    service.stop()


@pytest.fixture
def databases(database_url: Callable[..., str]) -> str:
    """Of both wards: `{ward}` stands in the URL."""
    return database_url("accounts", *WARDS)


@pytest.fixture
def settings(databases: str, service_environment: Callable[..., None], notifications: FakeNotifications) -> Settings:
    """Two wards, and hashes that cost next to nothing."""
    service_environment(
        "accounts",
        WARDS=",".join(WARDS),
        DATABASE_URL=databases,
        NOTIFICATIONS_ADDRESS=notifications.address,
        RPC_THREADS="8",  # no more than there are connections
        ARGON2_MEMORY_KIB="64",
    )
    return Settings()


@pytest.fixture
def accounts(settings: Settings, clock: SettableClock, keys: Path) -> Iterator[Accounts]:
    service = Accounts(settings, clock, keys)
    yield service
    service.stop()


@pytest.fixture
def citizen(accounts: Accounts, notifications: FakeNotifications) -> str:
    """The id of an active account in Nam Dương."""
    opened = accounts.open()
    accounts.activate(opened.account_id, notifications.last().otp)
    return opened.account_id
