"""Registers are books: numbers without gap, entries that stay, certificates that are one file for ever."""

from __future__ import annotations

import argparse
import hashlib
import io
import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
import sqlalchemy as sa
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from caunoi.notifications.v1.events_pb2 import MessageDelivered, MessageFailed
from prometheus_client import REGISTRY
from pypdf import PdfReader
from sqlalchemy.exc import DBAPIError

from services.chassis.capacity import Capacity
from services.chassis.cells import Cell
from services.chassis.clock import VIETNAM
from services.chassis.events.envelope import Event, event_type, to_record
from services.chassis.events.inbox import Inbox
from services.chassis.refusal import Refusal
from services.dossiers.domain.register import GENESIS
from services.dossiers.register_papers import missing_certificates
from services.dossiers.register_tables import CertificateRow, RegisterEntryRow
from services.dossiers.service import SERVICE, verify_register
from services.dossiers.settings import Settings
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import content_of
from services.dossiers.use_cases.papers import certificates
from services.dossiers.use_cases.papers.certificates import made, make_missing, make_round
from services.dossiers.use_cases.unit import Workplace
from tests.district import DISTRICT
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock
from tests.race import race
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    NAM_DUONG,
    OFFICER_AND_SIGNER,
    SAU,
    World,
    just_before,
    refused,
    until,
)


@pytest.fixture
def cell(world: World) -> Cell:
    return world.cells[NAM_DUONG]


def _entries(cell: Cell) -> list[RegisterEntryRow]:
    with cell.database.transaction() as session:
        return list(session.scalars(sa.select(RegisterEntryRow).order_by(RegisterEntryRow.number)))


def _verified(world: World, *options: str) -> int:
    parser = argparse.ArgumentParser()
    SERVICE.commands["register-verify"].options(parser)
    return verify_register(parser.parse_args(["--ward", NAM_DUONG, *options]), world.settings, world.cells, world.clock)


def _verify(world: World, capsys: pytest.CaptureFixture[str], year: int = 2020) -> tuple[int, str]:
    return _verified(world, "--register", "birth", "--year", str(year)), capsys.readouterr().out


def _ready_to_sign(world: World, count: int) -> list[str]:
    ids = []
    for _ in range(count):
        id = world.accepted()
        world.approve(id)
        ids.append(id)
    return ids


@pytest.fixture
def roomy_world(settings: Settings, clock: SettableClock, keys: Path, accounts: FakeAccounts) -> Iterator[World]:
    """With a connection for each thread and time to wait, so that no waiting call is refused."""
    room = {"database_pool_size": settings.rpc_threads, "database_statement_timeout_ms": 120_000}
    service = World(settings.model_copy(update=room), clock, keys, accounts)
    yield service
    service.stop()


def test_two_hundred_signatures_at_once_give_the_numbers_one_to_two_hundred(
    roomy_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """NĐ 123/2015 Đ11–12"""
    world, cell = roomy_world, roomy_world.cells[NAM_DUONG]
    first = _ready_to_sign(world, 1)[0]
    ids = [first, *_copies(cell, first, 199)]
    answers = race(*[lambda each=each: world.sign(each).register_entry.number for each in ids])
    assert sorted(answers, key=str) == sorted(range(1, 201), key=str), [a for a in answers if isinstance(a, Refusal)]
    entries = _entries(cell)
    assert [entry.number for entry in entries] == list(range(1, 201))
    assert entries[0].previous_digest == GENESIS
    assert all(after.previous_digest == before.digest for before, after in itertools.pairwise(entries))
    registered = [event for event in world.events() if "birth.registered" in event.type]
    assert len(registered) == 200
    assert _verify(world, capsys) == (0, "birth 2020, ward 20248: 200 entries, 0 faults\n")


def _copies(cell: Cell, dossier_id: str, count: int) -> list[str]:
    """Dossiers like one that waits for the signer: two hundred of them through the front door take too long."""
    made_ids = []
    with cell.database.transaction() as session:
        source = session.get_one(DossierRow, UUID(dossier_id))
        form = cell.cipher.decrypt(source.form, f"dossier:{dossier_id}")
        assert source.proposal is not None
        proposal = cell.cipher.decrypt(source.proposal, f"proposal:{dossier_id}")
        columns = [column.key for column in sa.inspect(DossierRow).column_attrs if column.key != "search"]
        for _ in range(count):
            id = uuid4()
            values = {name: getattr(source, name) for name in columns} | {
                "id": id,
                "code": str(id),
                "tracking_fingerprint": None,
                "form": cell.cipher.encrypt(form, f"dossier:{id}"),
                "proposal": cell.cipher.encrypt(proposal, f"proposal:{id}"),
            }
            session.execute(sa.insert(DossierRow).values(**values))
            made_ids.append(str(id))
    return made_ids


def test_a_signature_that_is_rolled_back_leaves_no_gap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = _ready_to_sign(world, 2)

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("as if the process had been killed here")

    with monkeypatch.context() as broken:
        broken.setattr("services.dossiers.use_cases.registers.registration.perform", crash)
        refused(lambda: world.sign(one))
    assert world.get(one).status == 4
    assert world.sign(two).register_entry.number == 1
    assert world.sign(one).register_entry.number == 2


def test_signing_twice_at_once_registers_once(world: World, cell: Cell) -> None:
    id = _ready_to_sign(world, 1)[0]
    answers = race(*[lambda: world.sign(id)] * 3)
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True, True]
    assert len(_entries(cell)) == 1


def test_each_year_has_its_own_series(world: World, cell: Cell) -> None:
    """TT 04/2020 Đ29–36: continuous from 1 January, in the year of the place, not of UTC."""
    world.clock.set(datetime(2020, 12, 31, 9, 0, tzinfo=VIETNAM))
    one, two = _ready_to_sign(world, 2)
    assert world.sign(one).register_entry.year == 2020
    world.clock.set(datetime(2021, 1, 1, 0, 30, tzinfo=VIETNAM))
    entry = world.sign(two).register_entry
    assert (entry.year, entry.number, entry.book) == (2021, 1, "01-TP/HT-2020-KS")
    check = pb.VerifyCertificateRequest(certificate_id=entry.certificate_id)
    assert world.call("VerifyCertificate", check).number == "01/2021", "the paper has the number of its entry"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_entries SET number = 7",
        "DELETE FROM register_entries",
        "TRUNCATE register_entries CASCADE",
        "UPDATE register_entries SET content = ''",
        "SET LOCAL caunoi.resealing = 'on'; UPDATE register_entries SET number = 7",
        "UPDATE register_notes SET kind = 'other'",
        "DELETE FROM register_notes",
        "TRUNCATE register_notes CASCADE",
        "SET LOCAL caunoi.resealing = 'on'; UPDATE register_notes SET kind = 'other'",
        "UPDATE history SET reason = ''",
        "DELETE FROM history",
    ],
)
def test_the_database_itself_keeps_entries_and_history_as_they_are(world: World, cell: Cell, statement: str) -> None:
    """TT 04/2020 Đ35, Đ37: another key may seal them again, and nothing else in them changes."""
    world.noted(world.signed().register_entry.id, "correction")
    with pytest.raises(DBAPIError, match="never changed"), cell.database.engine.begin() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("UPDATE register_entries SET number = 9 WHERE number = 2", "2020/9"),
        ("UPDATE register_entries SET digest = decode(repeat('00', 32), 'hex') WHERE number = 2", "2020/2"),
        ("UPDATE register_entries SET content = (SELECT content FROM register_entries WHERE number = 1)", "2020/2"),
        (
            "DELETE FROM certificates; DELETE FROM register_people; DELETE FROM register_entries WHERE number = 3",
            "số cuối là 3",
        ),
        (
            "DELETE FROM certificates; DELETE FROM register_people; DELETE FROM register_entries WHERE number = 1",
            "2020/2",
        ),
    ],
)
def test_a_change_of_a_book_behind_the_services_back_is_detected(
    world: World, cell: Cell, capsys: pytest.CaptureFixture[str], tampering: str, fault: str
) -> None:
    for id in _ready_to_sign(world, 3):
        world.sign(id)
    assert _verify(world, capsys)[0] == 0
    with cell.database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in tampering.split(";"):
            connection.exec_driver_sql(statement)
    code, printed = _verify(world, capsys)
    assert code == 1
    assert fault in printed


def test_all_books_of_the_ward_are_verified_unless_one_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.signed()
    world.call("BeginBook", pb.BeginBookRequest(register="death", year=2019, paper_number=4), DUNG)

    def verified(*options: str) -> tuple[int, str]:
        code = _verified(world, *options)
        return code, capsys.readouterr().out

    births, deaths = "birth 2020, ward 20248: 1 entries, 0 faults\n", "death 2019, ward 20248: 0 entries, 0 faults\n"
    assert verified() == (0, deaths + births)
    assert verified("--register", "birth") == (0, births)
    assert verified("--year", "2019") == (0, deaths)
    assert verified("--register", "birth", "--year", "2019") == (1, "ward 20248 keeps no such book\n")
    with pytest.raises(SystemExit):
        verified("--register", "brith")


def test_a_fault_in_any_book_is_the_answer_also_if_the_book_has_lost_its_row(
    world: World, cell: Cell, capsys: pytest.CaptureFixture[str]
) -> None:
    world.signed()
    world.call("BeginBook", pb.BeginBookRequest(register="death", year=2019, paper_number=4), DUNG)
    with cell.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM register_books WHERE register = 'birth'")
    assert _verified(world) == 1
    assert "birth 2020/1: Sổ không còn dòng ghi số cuối" in capsys.readouterr().out


def test_a_signature_during_a_verification_causes_no_fault(
    world: World, cell: Cell, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, three = _ready_to_sign(world, 3)
    world.sign(one)
    with just_before(cell.database, "ORDER BY register_entries.number", lambda: world.sign(two)):
        assert _verify(world, capsys) == (0, "birth 2020, ward 20248: 1 entries, 0 faults\n")
    assert world.sign(three).register_entry.number == 3, "the next who gets the connection may write again"
    assert _verify(world, capsys) == (0, "birth 2020, ward 20248: 3 entries, 0 faults\n")


def test_a_book_is_verified_in_parts_however_long_it_is(
    world: World, cell: Cell, capsys: pytest.CaptureFixture[str]
) -> None:
    world.signed()
    in_parts: dict[str, bool] = {}

    def note(_connection: object, cursor: object, statement: str, *_: object) -> None:
        table = statement.partition("FROM ")[2].split()[0]
        in_parts[table] = isinstance(cursor, psycopg.ServerCursor)

    sa.event.listen(cell.database.engine, "before_cursor_execute", note)
    try:
        assert _verify(world, capsys)[0] == 0
    finally:
        sa.event.remove(cell.database.engine, "before_cursor_execute", note)
    assert in_parts == {"register_books": False, "register_entries": True, "register_notes": True}


def _certificate(cell: Cell) -> CertificateRow:
    with cell.database.transaction() as session:
        return session.scalars(sa.select(CertificateRow)).one()


def test_a_certificate_is_made_once_however_many_ask_for_it_at_once(world: World, cell: Cell) -> None:
    id = world.signed().id
    place = world.parts.place
    certificate = _certificate(cell)
    assert certificate.sha256 is None, "the signature does not wait for it"
    unmade = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate.id))
    assert (unmade.status, unmade.sha256) == ("valid", "")
    answers = race(*[lambda: made(place, cell, certificate.id)] * 4)
    assert len(set(map(str, answers))) == 1
    assert isinstance(answers[0], bytes)
    assert _certificate(cell).sha256 == hashlib.sha256(answers[0]).hexdigest()
    request = pb.GetPaperRequest(dossier_id=id, kind="certificate")
    assert world.call("GetPaper", request, DUNG).content == answers[0]
    assert refused(lambda: world.call("GetPaper", request, SAU)).type == "no-such-paper", "not before the hand-over"


def test_the_loop_makes_certificates_that_were_missed_and_those_just_signed_for(world: World, cell: Cell) -> None:
    first, second = _ready_to_sign(world, 2)
    world.sign(first)
    assert _certificate(cell).sha256 is None
    stopped = threading.Event()
    loop = threading.Thread(target=make_missing(world.parts.place, NAM_DUONG), args=(stopped,))
    loop.start()

    def made_count() -> int:
        with cell.database.transaction() as session:
            query = sa.select(sa.func.count()).where(CertificateRow.sha256.is_not(None))
            return session.scalar(query.select_from(CertificateRow)) or 0

    try:
        until(lambda: made_count() == 1)
        world.sign(second)
        until(lambda: made_count() == 2, world.settings.certificate_seconds / 2)  # woken, not waited for
    finally:
        stopped.set()
        loop.join(10)
    assert not loop.is_alive()


def test_a_paper_that_cannot_be_made_holds_up_no_other_and_is_seen_by_who_watches(
    world: World, cell: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours, with one entry: the others of the ward have their papers, and it is tried again."""
    for id in _ready_to_sign(world, 3):
        world.sign(id)
    with cell.database.transaction() as session:
        first, *others = missing_certificates(session, 10)
    sealed = certificates._sealed

    def broken(place: Workplace, cell: Cell, row: CertificateRow, entry: RegisterEntryRow) -> bytes:
        if row.id == first:
            raise KeyError(row.id)
        return sealed(place, cell, row, entry)

    def missing() -> list[str]:
        with cell.database.transaction() as session:
            return list(missing_certificates(session, 10))

    def waits() -> float | None:
        return REGISTRY.get_sample_value("caunoi_papers_wait_seconds", {"ward": NAM_DUONG})

    place = world.parts.place
    with monkeypatch.context() as patch:
        patch.setattr(certificates, "_sealed", broken)
        world.clock.advance(timedelta(minutes=10))
        make_round(place, cell, threading.Event())
        assert len(others) == 2
        assert missing() == [first]
        assert waits() == pytest.approx(600)
    make_round(place, cell, threading.Event())
    assert (missing(), waits()) == ([], 0)


def test_an_unknown_certificate_is_not_found(world: World) -> None:
    for each in ("20248-xyz", "", "' OR 1=1", "\x00"):
        request = pb.VerifyCertificateRequest(certificate_id=each)
        no = refused(partial(world.call, "VerifyCertificate", request))
        assert no.type == "unknown-certificate"


def test_a_vice_chairman_signs_for_the_chairman(world: World, cell: Cell) -> None:
    """docs/law.md §2.3: Phó Chủ tịch signs "KT. CHỦ TỊCH"."""
    one, two = _ready_to_sign(world, 2)
    texts = []
    for id, who in ((one, OFFICER_AND_SIGNER), (two, CHAIR)):
        world.sign(id, who)
        paper = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="certificate"), DUNG)
        texts.append(PdfReader(io.BytesIO(paper.content)).pages[0].extract_text())
    assert "KT." in texts[0]
    assert "KT." not in texts[1]


def test_a_signer_signs_in_their_capacity_whatever_their_title_says(world: World, cell: Cell) -> None:
    """NĐ 30/2020: KT. by capacity; a title is a text that somebody typed."""
    acting = replace(CHAIR, title="Phó Chủ tịch phụ trách")
    deputy = replace(CHAIR, title="P. Chủ tịch", capacity=Capacity.DEPUTY)
    for id, who in zip(_ready_to_sign(world, 2), (acting, deputy), strict=True):
        world.sign(id, who)
        paper = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="certificate"), DUNG)
        text = PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
        assert ("KT." in text) == (who is deputy)
        with cell.database.transaction() as session:
            entry = session.scalars(sa.select(RegisterEntryRow).where(RegisterEntryRow.dossier_id == UUID(id))).one()
            signer = content_of(cell, entry)["signer"]
        assert signer == {"full_name": "Võ Văn Nam", "title": who.title, "capacity": who.capacity}


def test_messages_to_the_applicant_are_shown_on_the_dossier(world: World, cell: Cell) -> None:
    id = world.filed().dossier.id
    inbox = Inbox(
        "caunoi.dossiers.20248", NAM_DUONG, cell.database, world.parts.handlers(NAM_DUONG), world.clock, DISTRICT
    )

    def tell(message: MessageDelivered | MessageFailed, event_id: str) -> bool:
        event = Event(
            event_id,
            event_type(message.__class__),
            f"/wards/{NAM_DUONG}/notifications",
            id,
            world.clock.now(),
            message.SerializeToString(),
        )
        return inbox.take(to_record(event)) == []

    sms = MessageDelivered(message_id="m1", ward=NAM_DUONG, dossier_id=id, channel="sms", template="dossier-submitted")
    mail = MessageFailed(message_id="m2", ward=NAM_DUONG, dossier_id=id, channel="email", template="dossier-submitted")
    code = MessageDelivered(message_id="m3", ward=NAM_DUONG, channel="sms", template="one-time-code")
    assert tell(sms, "e1")
    assert tell(sms, "e1"), "the same event again"
    assert tell(mail, "e2")
    assert tell(code, "e3")
    told = [(each.channel, each.template, each.delivered) for each in world.get(id).told]
    assert told == [("sms", "dossier-submitted", True), ("email", "dossier-submitted", False)]
