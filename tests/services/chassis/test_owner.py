"""A database says whose it is, and is served for nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from services.accounts.service import SERVICE
from services.accounts.settings import Settings
from services.chassis.database.connection import UNREACHABLE, Database
from services.chassis.database.migrations import migrate
from services.chassis.database.owner import NotOurs, Owner
from services.chassis.database.tables import OwnerRow
from services.chassis.service import cells_of, main, subscriber_name
from tests.postgres import Postgres
from tests.race import race

NAM_DUONG, THANH_BINH, PRACTICE = "20248", "20227", "00000"
OURS, ANOTHERS = Owner("accounts", NAM_DUONG), Owner("accounts", PRACTICE)


Opening = Callable[..., Database]


@pytest.fixture
def opened() -> Iterator[Opening]:
    """Opens databases, and closes them after the test."""
    made: list[Database] = []

    def open_database(url: str, owner: Owner | None = None) -> Database:
        made.append(Database(url, owner=owner))
        return made[-1]

    yield open_database
    for each in made:
        each.close()


def reaches(database: Database) -> bool:
    try:
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
    except UNREACHABLE:
        return False
    return True


def owner_of(database: Database) -> Owner:
    with database.transaction() as session:
        row = session.scalars(select(OwnerRow)).one()
        return Owner(row.service, row.ward)


def test_the_first_service_of_a_new_database_records_its_owner(database: Database, opened: Opening) -> None:
    ours = opened(database.url, OURS)
    assert reaches(ours)
    assert owner_of(database) == OURS


@pytest.mark.parametrize("other", [ANOTHERS, Owner("dossiers", NAM_DUONG)])
def test_a_database_of_another_is_like_one_that_is_away(database: Database, other: Owner, opened: Opening) -> None:
    reaches(opened(database.url, OURS))
    theirs = opened(database.url, other)
    assert not reaches(theirs)
    with pytest.raises(UNREACHABLE, match="not of"), theirs.transaction() as session:
        session.execute(text("SELECT 1"))
    with pytest.raises(NotOurs):
        theirs.connect()
    assert owner_of(database) == OURS


def test_what_is_wrong_is_logged_once_a_minute(database: Database, log_lines: list[Any], opened: Opening) -> None:
    reaches(opened(database.url, OURS))
    theirs = opened(database.url, Owner("notifications", NAM_DUONG))
    for _ in range(3):
        assert not reaches(theirs)
    (line,) = (each for each in log_lines if each["event"] == "database-of-another-ward")
    assert (line["log_level"], line["service"], line["found"]) == ("error", "notifications", OURS.subscriber)


def test_if_two_claim_a_database_at_once_one_gets_it(database: Database, opened: Opening) -> None:
    def claim(owner: Owner) -> bool:
        return reaches(opened(database.url, owner))

    assert sorted(map(bool, race(partial(claim, OURS), partial(claim, ANOTHERS)))) == [False, True]


def test_an_older_database_is_claimed_only_by_the_ward_whose_events_it_has_handled(
    database: Database, opened: Opening
) -> None:
    with database.transaction() as session:
        name = subscriber_name("accounts", NAM_DUONG)
        session.execute(text("INSERT INTO inbox (subscriber, event_id) VALUES (:name, 'e-1')"), {"name": name})
    assert not reaches(opened(database.url, ANOTHERS))
    assert reaches(opened(database.url, OURS))
    assert owner_of(database) == OURS


def test_a_database_that_is_not_migrated_is_like_one_that_is_away(postgres: Postgres, opened: Opening) -> None:
    postgres.create(["owner_of_nothing"])
    with pytest.raises(OperationalError, match="migrated first"):
        opened(postgres.url("owner_of_nothing"), OURS).engine.connect()


def test_a_copy_for_another_ward_is_made_of_a_database_that_is_nobodys(postgres: Postgres, opened: Opening) -> None:
    """As the local stack makes the databases of all wards from the first one."""
    first, second = (postgres.url(name) for name in ("owner_first", "owner_second"))
    postgres.create(["owner_first"])
    migrate("accounts", first)
    ours = opened(first, OURS)
    assert reaches(ours)
    ours.close()
    postgres.disown("owner_first")
    postgres.create(["owner_second"], template="owner_first")
    assert reaches(opened(second, ANOTHERS))
    assert reaches(opened(first, OURS))


@pytest.fixture
def settings(database_url: Callable[..., str], service_environment: Callable[..., None]) -> Callable[..., Settings]:
    def make(**more: str) -> Settings:
        url = database_url("accounts", NAM_DUONG, THANH_BINH)
        service_environment("accounts", WARDS=f"{NAM_DUONG},{THANH_BINH}", DATABASE_URL=url, **more)
        return Settings()

    return make


def test_migrating_records_the_owner_of_each_database_and_does_not_touch_another_ward_s(
    settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str], opened: Opening
) -> None:
    own = settings()
    assert main(SERVICE, ["migrate"]) == 0
    url = own.for_ward("database_url", NAM_DUONG)
    assert owner_of(opened(url)) == OURS
    settings(**{f"DATABASE_URL_{THANH_BINH}": url})
    assert main(SERVICE, ["migrate"]) == 1
    assert f"ward {THANH_BINH} is not migrated" in capsys.readouterr().out
    assert owner_of(opened(url)) == OURS


def test_a_service_serves_its_other_wards_where_one_secret_is_wrong(
    settings: Callable[..., Settings], keys: Path
) -> None:
    own = settings()
    assert main(SERVICE, ["migrate"]) == 0
    wrong = settings(**{f"DATABASE_URL_{THANH_BINH}": own.for_ward("database_url", NAM_DUONG)})
    cells = cells_of(SERVICE, wrong)
    assert [reaches(cells[ward].database) for ward in (NAM_DUONG, THANH_BINH)] == [True, False]
    for cell in cells.values():
        cell.database.close()
