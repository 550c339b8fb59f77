"""The accounts service on real PostgreSQL and real gRPC, and a notifications service that remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.accounts.settings import Settings
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.services.accounts.family import NAMES, Family
from tests.services.accounts.office import Office
from tests.services.accounts.service import WARDS, Accounts
from tests.services.accounts.station import Stations


@pytest.fixture
def notifications(keys: Path, clock: SettableClock) -> Iterator[FakeNotifications]:
    service = FakeNotifications(keys, clock, WARDS)
    yield service
    service.stop()


@pytest.fixture
def databases(database_url: Callable[..., str]) -> str:
    """The settings of both wards, with `{ward}` in the URL."""
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


@pytest.fixture
def stations(accounts: Accounts, clock: SettableClock) -> Stations:
    return Stations(accounts, clock)


@pytest.fixture
def office(accounts: Accounts, clock: SettableClock) -> Office:
    return Office(accounts, clock)


@pytest.fixture
def family(accounts: Accounts, notifications: FakeNotifications) -> Family:
    """Five people of Nam Dương, in no household."""
    found = Family(accounts, notifications)
    found.add(*NAMES)
    return found
