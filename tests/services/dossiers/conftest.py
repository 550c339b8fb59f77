"""The dossiers service on real PostgreSQL and real gRPC, in two wards, beside an accounts service that remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from services.dossiers.catalogue import Catalogue
from services.dossiers.settings import Settings
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock
from tests.services.dossiers.world import NAM_DUONG, WARDS, World


@pytest.fixture(scope="package", autouse=True)
def _procedures_are_read_once() -> Iterator[None]:
    """To read and check them takes longer than most tests, and nothing changes them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Catalogue, "load", cache(Catalogue.load))
        yield


@pytest.fixture
def accounts(keys: Path, clock: SettableClock) -> Iterator[FakeAccounts]:
    service = FakeAccounts(keys, clock, WARDS)
    yield service
    service.stop()


@pytest.fixture
def settings(
    database_url: Callable[..., str],
    service_environment: Callable[..., None],
    accounts: FakeAccounts,
    keys: Path,
    tmp_path: Path,
) -> Settings:
    service_environment(
        "dossiers",
        WARDS=NAM_DUONG,
        DATABASE_URL=database_url("dossiers", NAM_DUONG),
        ACCOUNTS_ADDRESS=accounts.address,
        FILES_URL=f"file://{tmp_path}/files/{{ward}}",
        PUBLIC_BASE_URL="http://127.0.0.1:8080",
        SEALS_DIRECTORY=str(keys / "seals"),
        SEALS_ROOT_FILE=str(keys / "root.pem"),
    )
    return Settings()


@pytest.fixture
def world(settings: Settings, clock: SettableClock, keys: Path, accounts: FakeAccounts) -> Iterator[World]:
    service = World(settings, clock, keys, accounts)
    yield service
    service.stop()
