"""The lists that grow with a ward show the same as a plain scan of all rows, and read no more than they show."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from services.chassis.clock import VIETNAM
from services.chassis.database.connection import Database
from services.chassis.database.migrations import migrate
from services.chassis.database.tables import table_of
from services.dossiers import listing
from services.dossiers.domain.queues import QUEUES, Queue
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.storage import word_vector
from services.dossiers.tables import NEVER, DossierRow
from tests.services.conftest import EmptyDatabase

NOW = datetime(2020, 10, 6, 9, 0, tzinfo=VIETNAM)
OPEN, FINAL = (1, 2, 4, 5, 6, 9), (3, 7, 8, 10)
NAMES = ("nguyen", "tran", "van", "thi", "hoa", "a'b\\c")
LIMIT = 51
PAGE = 7


@pytest.fixture
def database(empty_database: EmptyDatabase) -> Iterator[Database]:
    """A dossiers database for these tests alone, so that their rows slow down no other tests."""
    database = Database(empty_database("dossiers_listing", partial(migrate, "dossiers")))
    with database.transaction() as session:
        session.execute(text("ALTER TABLE register_entries DROP CONSTRAINT IF EXISTS register_entries_dossier_id_fkey"))
    yield database
    database.close()


def _dossiers(dice: random.Random, count: int) -> list[dict[str, Any]]:
    """Rows with the same due time and the same words often enough for every tie to come up."""
    return [
        {
            "id": UUID(int=dice.getrandbits(128)),
            "version": 1,
            "procedure": dice.choice(("birth", "birth", "death")),
            "procedure_version": "",
            "applicant_id": "",
            "applicant_ward": "",
            "applicant_name": "",
            "channel": "",
            "assistance": "",
            "subject_name": "",
            "form": b"",
            "created_at": NOW,
            "updated_at": NOW,
            "submitted_at": NOW - timedelta(hours=dice.randrange(3)),
            "sequence": 1,
            "status": dice.randrange(11),
            "assigned_to_id": dice.choice((None, None, "an", "be")),
            "urgent_at": dice.choice((NEVER, NOW + timedelta(hours=dice.randrange(-5, 5)))),
            "proposal": dice.choice((None, b"sealed")),
            "proposed_by_id": dice.choice(("an", "be")),
            "stop_proposed_by_id": dice.choice(("an", "be")),
            **{
                name: dice.choice((None, NOW))
                for name in ("proposed_at", "stop_proposed_at", "paused_at", "answered_at", "annulled_at")
            },
            "words": dice.sample(NAMES, dice.randrange(1, 4)),
        }
        for _ in range(count)
    ]


def _write(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        values = {name: value for name, value in row.items() if name != "words"}
        session.execute(insert(table_of(table)).values(**values, search=word_vector(row["words"])))


def _every_way(monkeypatch: pytest.MonkeyPatch, dice: random.Random) -> None:
    """Small limits, so that some hundred rows are looked through, gathered, and met in order."""
    monkeypatch.setattr(listing, "LOOKED_THROUGH", dice.choice((PAGE, 2 * PAGE, 500)))
    monkeypatch.setattr(listing, "GATHERED", dice.choice((2, 40, 5000)))


@pytest.mark.parametrize("seed", range(3))
def test_the_desk_shows_what_a_look_over_all_dossiers_would(
    database: Database, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    rows = _dossiers(dice, 250)
    rows.sort(key=_place)
    with database.transaction() as session:
        _write(session, DossierRow, rows)
        for _ in range(150):
            _every_way(monkeypatch, dice)
            query: dict[str, Any] = {
                "statuses": dice.choice((OPEN, FINAL, (10,), range(1, 11))),
                "words": dice.choice(((), (), ("nguyen",), ("van", "hoa"), ("a'b\\c",), ("nobody",))),
                "assigned": dice.choice((None, None, "", "an", "nobody")),
                "due_from": dice.choice((None, NOW - timedelta(hours=2))),
                "due_before": dice.choice((None, NOW + timedelta(hours=2))),
                "after": dice.choice((None, *map(_place, dice.sample(rows, 2)))),
                "procedure": dice.choice(("", "", "birth", "death", "none")),
                "queue": dice.choice((None, None, *QUEUES.values())),
                "caller": dice.choice(("an", "nobody")),
            }
            shown = listing.desk(session, **query, limit=PAGE)
            assert [row.id for row in shown] == [row["id"] for row in rows if _on_desk(row, **query)][:PAGE], query


def _place(row: dict[str, Any]) -> tuple[datetime, datetime, UUID]:
    return row["urgent_at"], row["submitted_at"], row["id"]


def _on_desk(
    row: dict[str, Any],
    *,
    statuses: Sequence[int],
    words: Sequence[str],
    assigned: str | None,
    due_from: datetime | None,
    due_before: datetime | None,
    after: tuple[datetime, datetime, UUID] | None,
    procedure: str = "",
    queue: Queue | None = None,
    caller: str = "",
) -> bool:
    return (
        row["status"] in statuses
        and (not procedure or row["procedure"] == procedure)
        and (queue is None or all(row[name] for name in queue.has))
        and (queue is None or not any(row[name] for name in queue.lacks))
        and (queue is None or not queue.by_another or row[queue.by_another] != caller)
        and set(words) <= set(row["words"])
        and (assigned is None or (row["assigned_to_id"] or "") == assigned)
        and (due_from is None or row["urgent_at"] >= due_from)
        and (due_before is None or row["urgent_at"] < due_before)
        and (after is None or _place(row) > after)
    )


def test_what_waits_is_counted_as_it_would_be_listed_and_no_further_than_shown(database: Database) -> None:
    rows = _dossiers(random.Random(4), 250)
    spans = {name: (queue, None, NOW if queue.due == "overdue" else None) for name, queue in QUEUES.items()}
    with database.transaction() as session:
        _write(session, DossierRow, rows)
        for most in (3, 1000):
            found = listing.counted(session, spans, most=most, caller="an")
            for name, (queue, due_from, due_before) in spans.items():
                wanted: dict[str, Any] = {"words": (), "assigned": None, "after": None, "queue": queue, "caller": "an"}
                wanted |= {"statuses": queue.statuses, "due_from": due_from, "due_before": due_before}
                assert found[name] == min(most, sum(_on_desk(row, **wanted) for row in rows)), name


@pytest.mark.parametrize("seed", range(3))
def test_a_register_shows_what_a_look_over_all_its_entries_would(
    database: Database, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    rows = [_entry(dice, number) for number in range(250)]
    rows.sort(key=lambda row: (row["registered_at"], row["number"]), reverse=True)
    with database.transaction() as session:
        _write(session, RegisterEntryRow, rows)
        for _ in range(150):
            _every_way(monkeypatch, dice)
            query: dict[str, Any] = {
                "words": dice.choice(((), (), ("nguyen",), ("van", "hoa"), ("nobody",))),
                "year": dice.choice((None, None, 2018, 2019, 1, 9999)),
                "number": dice.choice((None, None, 7, 120)),
                "since": dice.choice((None, datetime(2018, 6, 1, tzinfo=VIETNAM))),
                "before": dice.choice((None, datetime(2019, 6, 1, tzinfo=VIETNAM))),
                "after": dice.choice((None, *((row["registered_at"], row["number"]) for row in dice.sample(rows, 2)))),
            }
            shown = listing.found_entries(session, "birth", **query, limit=PAGE)
            assert [row.id for row in shown] == [row["id"] for row in rows if _found(row, **query)][:PAGE], query


def _entry(dice: random.Random, number: int) -> dict[str, Any]:
    """Within a year of Việt Nam, whose first hours are still the year before by the clock of London."""
    at = dice.choice((datetime(2018, 1, 1, 0, 30, tzinfo=VIETNAM), NOW - timedelta(hours=dice.randrange(24 * 900))))
    return {
        "id": UUID(int=dice.getrandbits(128)),
        "book": "",
        "dossier_id": uuid4(),
        "certificate_id": str(uuid4()),
        "content": b"",
        "previous_digest": b"",
        "digest": b"",
        "signer_id": "",
        "signer_name": "",
        "signer_title": "",
        "year": at.astimezone(VIETNAM).year,
        "number": number % 125,
        "registered_at": at,
        "register": "birth" if number < 125 else "death",
        "words": dice.sample(NAMES, dice.randrange(1, 4)),
    }


def _found(
    row: dict[str, Any],
    *,
    words: Sequence[str],
    year: int | None,
    number: int | None,
    since: datetime | None,
    before: datetime | None,
    after: tuple[datetime, int] | None,
) -> bool:
    return (
        row["register"] == "birth"
        and set(words) <= set(row["words"])
        and (year is None or row["year"] == year)
        and (number is None or row["number"] == number)
        and (since is None or row["registered_at"] >= since)
        and (before is None or row["registered_at"] < before)
        and (after is None or (row["registered_at"], row["number"]) < after)
    )


COUNT = 30_000
#: A list without words may read one page of each status, and the page itself; for words see `listing`.
FEW = 11 * LIMIT
MANY = listing.LOOKED_THROUGH + listing.GATHERED + FEW

#: Nine of ten were handed over. Every second has the word `nguyen`, every fiftieth `tuan`, five `xuyen`.
_MANY_DOSSIERS = f"""
    INSERT INTO dossiers (
        id, version, procedure, procedure_version, status, applicant_id, applicant_ward, applicant_name, channel,
        assistance, subject_name, form, created_at, updated_at, submitted_at, sequence, assigned_to_id, urgent_at,
        search, proposed_at, paused_at, answered_at, proposed_by_id
    )
    SELECT gen_random_uuid(), 1, CASE WHEN n % 100 = 1 THEN 'rare' ELSE 'usual' END, '',
        CASE WHEN n % 10 > 0 THEN 10 ELSE n / 10 % 9 + 1 END, n::text, '', '', '',
        '', '', '', now(), now(), now() - n % 9 * interval '1 hour', 1,
        CASE WHEN n % 20 = 0 THEN NULL ELSE (n % 7)::text END,
        CASE WHEN n % 10 > 0 THEN '9999-01-01' ELSE timestamptz '2020-10-01' + n * interval '1 minute' END,
        array_to_tsvector(array_remove(ARRAY[n::text, CASE WHEN n % 20 < 10 THEN 'nguyen' END,
            CASE WHEN n / 10 % 50 = 1 THEN 'tuan' END, CASE WHEN n % 6000 = 7 THEN 'xuyen' END], NULL)),
        CASE WHEN n % 4 = 0 THEN now() END, CASE WHEN n % 3 > 0 THEN now() END, CASE WHEN n % 700 = 10 THEN now() END,
        'somebody'
    FROM generate_series(1, {COUNT}) AS n
"""
_MANY_ENTRIES = f"""
    INSERT INTO register_entries (
        id, register, year, number, book, dossier_id, content, previous_digest, digest, registered_at, signer_id,
        signer_name, signer_title, certificate_id, search
    )
    SELECT gen_random_uuid(), 'birth', 1981 + n / 1500, n % 1500 + 1, '', gen_random_uuid(), '', '', '',
        make_timestamptz(1981 + n / 1500, 1, 2, 0, 0, 0) + n % 1500 * interval '5 hours', '', '', '', n::text,
        array_to_tsvector(array_remove(ARRAY[n::text, CASE WHEN n % 20 < 10 THEN 'nguyen' END,
            CASE WHEN n / 10 % 50 = 1 THEN 'tuan' END, CASE WHEN n % 6000 = 7 THEN 'xuyen' END], NULL))
    FROM generate_series(0, {COUNT - 1}) AS n
"""


@pytest.fixture(scope="module")
def large(empty_database: EmptyDatabase) -> Iterator[Database]:
    """A ward large enough to tell a plan that reads all rows from one that reads a page."""
    database = Database(empty_database("dossiers_large", partial(migrate, "dossiers")), statement_timeout_ms=0)
    with database.transaction() as session:
        session.execute(text("ALTER TABLE register_entries DROP CONSTRAINT IF EXISTS register_entries_dossier_id_fkey"))
        session.execute(text(_MANY_DOSSIERS))
        session.execute(text(_MANY_ENTRIES))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    yield database
    database.close()


def _rows_read(database: Database, look: Callable[[Session], Sequence[object]]) -> tuple[int, int]:
    """How many rows a list shows, and how many PostgreSQL took from tables and indexes for it."""
    read = 0

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        nonlocal read
        with cursor.connection.cursor() as own:
            own.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, parameters)
            plan = own.fetchone()[0]
        read += _scanned((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])

    event.listen(database.engine, "before_cursor_execute", explain)
    try:
        with database.transaction() as session:
            return len(look(session)), read
    finally:
        event.remove(database.engine, "before_cursor_execute", explain)


def _scanned(node: dict[str, Any]) -> int:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    is_scan = "Relation Name" in node
    own = (node["Actual Rows"] + removed) * node["Actual Loops"] if is_scan else 0
    return round(own) + sum(map(_scanned, node.get("Plans", ())))


def _desk(**changes: Any) -> Callable[[Session], Sequence[object]]:
    nothing: dict[str, Any] = {"due_from": None, "due_before": None, "assigned": None, "after": None, "words": ()}
    return lambda session: listing.desk(session, **{**nothing, "statuses": OPEN, "limit": LIMIT, **changes})


def _queue(name: str) -> Callable[[Session], Sequence[object]]:
    return _desk(queue=QUEUES[name], statuses=QUEUES[name].statuses)


def _counts(session: Session) -> Sequence[object]:
    spans = {name: (queue, None, NOW if queue.due == "overdue" else None) for name, queue in QUEUES.items()}
    return list(listing.counted(session, spans, most=100, caller=""))


def _births(**changes: Any) -> Callable[[Session], Sequence[object]]:
    names = ("year", "number", "since", "before", "after")
    query: dict[str, Any] = {**dict.fromkeys(names), "words": (), "limit": LIMIT, **changes}
    return lambda session: listing.found_entries(session, "birth", **query)


@pytest.mark.parametrize(
    ("look", "shown", "most"),
    [
        pytest.param(_desk(), LIMIT, FEW, id="all-in-work"),
        pytest.param(_desk(statuses=FINAL), LIMIT, FEW, id="several-final-statuses"),
        pytest.param(_desk(due_from=datetime(2020, 10, 10, tzinfo=UTC)), LIMIT, FEW, id="due"),
        pytest.param(_desk(assigned="3", statuses=range(1, 11)), LIMIT, FEW, id="somebodys"),
        pytest.param(_desk(assigned=""), LIMIT, FEW, id="nobodys"),
        pytest.param(_desk(assigned="nobody", statuses=FINAL), 0, 0, id="of-somebody-without-any"),
        pytest.param(_desk(words=("nguyen",), statuses=FINAL), LIMIT, 2 * FEW, id="common-word"),
        pytest.param(_desk(words=("tuan",), statuses=FINAL), LIMIT, MANY, id="less-common-word"),
        pytest.param(_desk(words=("xuyen",), statuses=FINAL), 5, listing.LOOKED_THROUGH + FEW, id="rare-word"),
        pytest.param(_desk(words=("nobody",), statuses=FINAL), 0, listing.LOOKED_THROUGH + FEW, id="absent-word"),
        pytest.param(_desk(procedure="rare", statuses=(10,)), LIMIT, FEW, id="procedure"),
        pytest.param(_desk(procedure="unknown", statuses=range(1, 11)), 0, 0, id="absent-procedure"),
        pytest.param(_queue("to-sign"), LIMIT, FEW, id="to-sign"),
        pytest.param(_queue("to-decide"), LIMIT, FEW, id="to-decide"),
        pytest.param(_queue("answered"), 4, FEW, id="answered"),
        pytest.param(_queue("returned"), 0, 0, id="returned"),
        pytest.param(_queue("supplemented"), 5, FEW, id="supplemented"),
        pytest.param(_counts, len(QUEUES), 12 * 100, id="counts"),
        pytest.param(_births(), LIMIT, FEW, id="newest-entries"),
        pytest.param(_births(year=1990), LIMIT, FEW, id="year"),
        pytest.param(_births(number=700), 20, FEW, id="number"),
        pytest.param(_births(words=("nguyen",)), LIMIT, FEW, id="entries-common-word"),
        pytest.param(_births(words=("xuyen",)), 5, listing.LOOKED_THROUGH + FEW, id="entries-rare-word"),
        pytest.param(_births(words=("nobody",)), 0, listing.LOOKED_THROUGH + FEW, id="entries-absent-word"),
        pytest.param(_births(words=("nobody",), year=1990), 0, listing.LOOKED_THROUGH + FEW, id="absent-in-a-year"),
    ],
)
def test_a_list_reads_little_more_than_it_shows(
    large: Database, look: Callable[[Session], Sequence[object]], shown: int, most: int
) -> None:
    count, read = _rows_read(large, look)
    assert count == shown
    assert read <= most
