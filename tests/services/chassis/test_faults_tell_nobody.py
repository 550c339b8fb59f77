"""Database faults reach logs and parked events without anybody's data (docs/architecture.md, rule 7)."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import structlog
from caunoi.accounts.v1 import accounts_pb2, accounts_pb2_grpc
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.accounts.tables import AccountRow
from services.chassis.clock import SystemClock
from services.chassis.database.connection import Database
from services.chassis.events.envelope import Event, to_record
from services.chassis.events.inbox import Inbox, parked
from services.chassis.grpc.client import Peer, call
from services.chassis.grpc.rules import PUBLIC
from services.chassis.logs import start_logging
from services.chassis.refusal import Refusal
from tests.district import DISTRICT
from tests.fakes.serving import serve

WARD = "20248"
NAME, BORN, ADDRESS = "TRẦN THỊ BÍ MẬT", date(1956, 3, 27), "12 HOÀNG DIỆU"
#: The whole day of birth is searched, as SQL and `repr` write it: any timestamp may contain "1956".
PERSONAL = (NAME, ADDRESS, "1956-03-27", "1956, 3, 27", "BÍ", "HOÀNG")
Fault = Callable[[Database], object]


def account(**changes: object) -> AccountRow:
    values: dict[str, object] = {
        "id": uuid4(),
        "status": "pending",
        "full_name": NAME,
        "date_of_birth": BORN,
        "identity_kind": "cccd",
        "identity_number": b"sealed",
        "identity_fingerprint": b"f",
        "phone": b"sealed",
        "phone_fingerprint": b"p",
        "email": None,
        "address": ADDRESS,
        "created_at": datetime.now(UTC),
    }
    return AccountRow(**values | changes)


def rename(session: Session, id: UUID) -> None:
    session.execute(update(AccountRow).where(AccountRow.id == id).values(full_name=NAME, address=ADDRESS))


def statement_timeout(database: Database) -> None:
    """The second of two accounts of a person waits for the first, which is not committed."""
    with database.transaction() as first:
        first.add(account())
        first.flush()
        with database.transaction() as second:
            second.add(account())


def deadlock(database: Database) -> None:
    """Two transactions rename two people in opposite orders; PostgreSQL ends one of them."""
    ids = uuid4(), uuid4()
    with database.transaction() as session:
        session.add_all([account(id=id, identity_fingerprint=id.bytes) for id in ids])
    has_first = threading.Barrier(2)

    def work(first: UUID, second: UUID) -> None:
        with patient.transaction() as session:
            rename(session, first)
            has_first.wait(10)
            rename(session, second)

    patient = Database(database.url, statement_timeout_ms=60_000)
    with ThreadPoolExecutor(2) as pool:
        ended = [pool.submit(work, *order) for order in (ids, ids[::-1])]
    patient.close()
    for each in ended:
        each.result()


def unique_violation(database: Database) -> None:
    """A fault of a constraint that the real table does not have, and that the rollback removes."""
    with database.transaction() as session:
        session.execute(text("CREATE UNIQUE INDEX one_of_a_name ON accounts (full_name, address)"))
        session.add_all([account(identity_fingerprint=bytes([number])) for number in range(2)])


def not_null_violation(database: Database) -> None:
    with database.transaction() as session:
        session.add(account(status=None))


def data_exception(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("SELECT CAST(:name AS uuid)"), {"name": NAME})


FAULTS: dict[str, tuple[Fault, str]] = {
    "timeout": (statement_timeout, "canceling statement due to statement timeout"),
    "deadlock": (deadlock, "deadlock detected"),
    "unique": (unique_violation, 'duplicate key value violates unique constraint "one_of_a_name"'),
    "not-null": (not_null_violation, 'null value in column "status" of relation "accounts"'),
    "data": (data_exception, "(InvalidTextRepresentation) SQLSTATE 22P02"),
}
each_fault = pytest.mark.parametrize(("fault", "told"), FAULTS.values(), ids=FAULTS)


@pytest.fixture
def database(database_url: Callable[..., str]) -> Iterator[Database]:
    database = Database(database_url("accounts", WARD).format(ward=WARD), statement_timeout_ms=300)
    yield database
    database.close()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """The log of one of our processes."""
    before, written = structlog.get_config(), io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        start_logging("accounts", "info")
    structlog.configure(cache_logger_on_first_use=False)  # loggers outlive this test
    yield written.getvalue
    structlog.configure(**before)


def tells_nobody(written: str) -> bool:
    # As it is, and as `repr` and JSON may write it.
    return not any(form in written for one in PERSONAL for form in (one, ascii(one)[1:-1]))


@each_fault
def test_a_call_that_breaks_logs_what_happened_and_nothing_that_somebody_wrote(
    database: Database, lines: Callable[[], str], keys: Path, fault: Fault, told: str
) -> None:
    def act(_: object) -> object:
        return fault(database)

    contract = accounts_pb2.DESCRIPTOR.services_by_name["AccountsService"]
    server = serve([contract], {"ListStations": PUBLIC}, {"ListStations": act}, [WARD], keys)
    peer = Peer(accounts_pb2_grpc.AccountsServiceStub, lambda _: f"127.0.0.1:{server.port}")
    with pytest.raises(Refusal) as no:
        call(peer.stub(WARD).ListStations, accounts_pb2.ListStationsRequest(), ward=WARD, seconds=30)
    peer.close()
    server.stop(1)
    written = lines()
    assert told in written.replace('\\"', '"')
    assert tells_nobody(written)
    assert tells_nobody(no.value.text)


@pytest.mark.parametrize("name", ["unique", "not-null", "data"])
def test_a_parked_event_has_its_reason_and_nothing_that_somebody_wrote(
    database: Database, lines: Callable[[], str], name: str
) -> None:
    fault, told = FAULTS[name]
    type = "vn.caunoi.accounts.account.opened.v1"

    def handle(_: Session, __: Event) -> None:
        fault(database)

    box = Inbox("test", WARD, database, {type: handle}, SystemClock(), DISTRICT)
    assert box.take(to_record(Event("e-1", type, f"/wards/{WARD}/accounts", "a-1", datetime.now(UTC), b""))) == []
    with database.transaction() as session:
        (row,) = parked(session, "test")
    assert told in row.error
    assert tells_nobody(row.error)
    assert tells_nobody(lines())


def test_the_fault_itself_still_says_which_constraint_was_broken(database: Database) -> None:
    """Code may tell one violation from another; what people wrote is in the detail, which nobody prints."""
    with pytest.raises(DBAPIError) as raised:
        unique_violation(database)
    assert raised.value.orig is not None
    assert raised.value.orig.diag.constraint_name == "one_of_a_name"  # type: ignore[attr-defined]  # psycopg's own
