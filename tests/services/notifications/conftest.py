"""A world for each test: a fresh database, a fresh catcher, accounts that answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.catcher import Catcher
from services.chassis.clock import SystemClock
from services.chassis.district import District
from services.chassis.service import cells_of
from services.notifications.service import SERVICE
from services.notifications.settings import Settings
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock
from tests.services.notifications.world import NAM_DUONG, World


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[Catcher]:
    catcher = Catcher(("127.0.0.1", 0), ("127.0.0.1", 0), tmp_path / "messages.jsonl", "local-catcher")
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture
def accounts(keys: Path, clock: SettableClock, district: District) -> Iterator[FakeAccounts]:
    accounts = FakeAccounts(keys, clock, district.wards)
    yield accounts
    accounts.stop()


@pytest.fixture
def settings(
    database_url: Callable[..., str],
    service_environment: Callable[..., None],
    catcher: Catcher,
    accounts: FakeAccounts,
) -> Settings:
    service_environment(
        "notifications",
        DATABASE_URL=database_url("notifications", NAM_DUONG),
        ACCOUNTS_ADDRESS=accounts.address,
        SMTP_URL=f"smtp://127.0.0.1:{catcher.smtp_port}",
        SMS_URL=f"http://127.0.0.1:{catcher.http_port}/sms",
        PUBLIC_BASE_URL="https://caunoi.example",
    )
    return Settings()


@pytest.fixture
def world(settings: Settings, clock: SettableClock, catcher: Catcher, accounts: FakeAccounts) -> Iterator[World]:
    """Its time does not move until the test moves it."""
    world = World(settings, cells_of(SERVICE, settings)[NAM_DUONG], clock, catcher, accounts)
    yield world
    world.close()


@pytest.fixture
def living_world(settings: Settings, catcher: Catcher, accounts: FakeAccounts) -> Iterator[World]:
    """Time passes in it, for tests that let the loops run."""
    world = World(settings, cells_of(SERVICE, settings)[NAM_DUONG], SystemClock(), catcher, accounts)
    yield world
    world.close()
