"""The practice ward: its office answers by its own acts within a minute, its papers say so, and it forgets in a week.

docs/decisions/0036.
"""

from __future__ import annotations

import io
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pypdfium2
import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import select, text

from services.accounts.domain.practice import invent
from services.chassis.clock import VIETNAM
from services.chassis.practice import KEPT, require_practice, wiping
from services.chassis.refusal import Kind, Refusal, stale
from services.chassis.tokens import PRACTICE_AUDIENCE, Role, load_verifier
from services.dossiers import registers
from services.dossiers.domain.fields import title_of
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.residence import looked_up
from services.dossiers.forgotten import delete_dossiers
from services.dossiers.forms import asked
from services.dossiers.settings import Settings
from services.dossiers.tables import Base, DossierRow, HistoryRow, ResidenceLookupRow
from services.dossiers.use_cases.office import acceptance, desk, handover
from services.dossiers.use_cases.office.residence import note_of
from services.dossiers.use_cases.practice import office
from services.dossiers.use_cases.practice.forgetting import wipe
from services.dossiers.use_cases.practice.office import (
    DESK,
    OFFICER,
    SIGNER,
    THINKS,
    Held,
    answer,
    answering,
    items_by_procedure,
)
from tests.district import PRACTICE
from tests.e2e.birth import whole_form
from tests.e2e.forms import (
    BIRTH,
    COMBINED_BIRTH,
    CONFIRM,
    COPY_OUT,
    DIE,
    MARRY,
    combined_birth,
    copy_of_marriage,
    death_of_husband,
    late_birth,
    marital_status,
    marriage,
)
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock
from tests.services.dossiers.world import NAM_DUONG, Person, World, refused
from tests.services.wiped import all_tables, rows, wiped_tables
from tests.unit.dossiers.worlds import changed as with_changes

PUPIL = Person("0c000000-0000-4000-8000-000000000001", "Nguyễn Thị Tập Mai", (Role.CITIZEN,), PRACTICE)
OTHER_PUPIL = Person("0c000000-0000-4000-8000-000000000002", "Trần Văn Tập An", (Role.CITIZEN,), PRACTICE)
SECONDS_WITHIN = 60
#: Tables that nothing in practice writes.
NOT_IN_PRACTICE = {"blank_offsets"}


class PracticeWorld(World):
    """Called in the practice ward, for any ward that its steps name."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.held = Held()

    def call(self, rpc: str, request: Any, who: Person | None = None, **how: Any) -> Any:
        return super().call(rpc, request, who, **{**how, "ward": PRACTICE})

    def round(self) -> int:
        """The office thinks, and looks once."""
        assert isinstance(self.clock, SettableClock)
        self.clock.advance(THINKS)
        return answer(self.parts.place, self.cells[PRACTICE], self.held)

    def forget(self) -> int:
        return wipe(self.parts.place, PRACTICE)(self.clock.now() - KEPT)


@pytest.fixture
def today() -> SettableClock:
    """Makes the rows that the database dated by its own clock as old as the rest."""
    return SettableClock(datetime.now(VIETNAM))


@pytest.fixture
def practice(
    settings: Settings,
    database_url: Callable[..., str],
    service_environment: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    keys: Path,
    today: SettableClock,
) -> Iterator[PracticeWorld]:
    """Beside a real ward in one process, under settings that would take real money and close a procedure."""
    accounts = FakeAccounts(keys, today, [NAM_DUONG, PRACTICE])
    for name, value in {
        "WARDS": f"{NAM_DUONG},{PRACTICE}",
        "DATABASE_URL": database_url("dossiers", NAM_DUONG, PRACTICE),
        "ACCOUNTS_ADDRESS": accounts.address,
        "PAYMENT_URL": "http://127.0.0.1:1",
        "PAYMENT_KEY": "a real one",
        "BANK_BIN": "970436",
        "BANK_ACCOUNT": "0011223344",
        "BANK_HOLDER": "UBND",
        "PROCEDURES_NOT_ONLINE": MARRY,
    }.items():
        monkeypatch.setenv(name, value)
    world = PracticeWorld(Settings(), today, keys, accounts)
    yield world
    world.stop()
    accounts.stop()


def practised(world: PracticeWorld, procedure: str, form: Mapping[str, Any], who: Person = PUPIL) -> pb.Dossier:
    """Files, answers what the office asks, pays, until nothing waits; holds that it all takes less than a minute."""
    id = world.filed_as(procedure, form, who)
    began = world.clock.now()
    while True:
        done = world.round()
        dossier = world.get(id, who)
        if dossier.status == 5:
            (item,) = dossier.supplement_request.items
            world.supplement(id, added(dossier, item), who)
        elif dossier.status == 6:
            world.call("StartPayment", pb.StartPaymentRequest(dossier_id=id), who)
        elif not done:
            break
    assert world.clock.now() - began < timedelta(seconds=SECONDS_WITHIN)
    return dossier


def added(dossier: pb.Dossier, item: Any) -> Any:
    """The answer with the example of what is asked for at its end."""
    patch: Any = f"{value_at(json.loads(dossier.form_json), item.field)}, {example_of(item)}"
    for name in reversed(item.field.strip("/").split("/")):
        patch = {name: patch}
    return patch


def example_of(item: Any) -> str:
    found = re.search("“(.+)”", item.text)
    assert found, item.text
    return found[1]


def acts_of(world: PracticeWorld, dossier: pb.Dossier) -> list[str]:
    with world.cells[PRACTICE].database.transaction() as session:
        query = select(HistoryRow.act).where(HistoryRow.dossier_id == dossier.id).order_by(HistoryRow.sequence)
        return list(session.scalars(query))


COUPLE = marriage()
WITH_FEE = ["submission", "supplement-request", "supplement", "fee-request", "payment"]
TO_THE_END = ["approval", "signature", "handover"]
JOURNEYS = {
    "birth": (BIRTH, whole_form(), ["submission", "supplement-request", "supplement", "acceptance", *TO_THE_END]),
    "late birth, with a fee": (BIRTH, late_birth(), [*WITH_FEE, *TO_THE_END]),
    "birth with recognition": (
        COMBINED_BIRTH,
        combined_birth(),
        ["submission", "supplement-request", "supplement", "acceptance", *TO_THE_END],
    ),
    "marriage": (MARRY, COUPLE, ["submission", "supplement-request", "supplement", "acceptance", *TO_THE_END]),
    "death": (DIE, death_of_husband(COUPLE), [*WITH_FEE, *TO_THE_END]),
    "marital status, with an inquiry": (
        CONFIRM,
        marital_status(),
        [*WITH_FEE, "verification-request", "verification-reply", *TO_THE_END],
    ),
    "marital status, with two": (
        CONFIRM,
        with_changes(marital_status(), {"/elsewhere/places": "Thuận Phước, đến 2016\nHòa Tiến, đến 2018"}),
        [*WITH_FEE, *["verification-request"] * 2, *["verification-reply"] * 2, *TO_THE_END],
    ),
}


@pytest.mark.parametrize("journey", JOURNEYS)
def test_the_office_answers_each_procedure_by_the_acts_of_every_office(practice: PracticeWorld, journey: str) -> None:
    procedure, form, acts = JOURNEYS[journey]
    dossier = practised(practice, procedure, form)
    assert dossier.status == 10
    assert "Kết thúc lần tập thử này" in dossier.waits_for
    assert acts_of(practice, dossier) == acts
    with practice.cells[PRACTICE].database.transaction() as session:
        lines = session.scalars(select(HistoryRow).where(HistoryRow.dossier_id == dossier.id)).all()
        entry = registers.entry_of(session, UUID(dossier.id))
        assert entry is not None
    by = {line.act: line.actor_id for line in lines}
    assert (by["supplement-request"], by["approval"], by["signature"]) == (DESK.id, OFFICER.id, SIGNER.id)
    assert entry.certificate_id.startswith(f"{PRACTICE}-")


@pytest.mark.parametrize("way", ["office", "post", "electronic"])
def test_the_result_is_handed_over_as_it_was_asked_for(practice: PracticeWorld, way: str) -> None:
    """As at a real ward; the number of what was posted is an invented one."""
    wanted = {"/delivery/way": way} | ({"/delivery/address": "9 Núi Thành, phường Tập Thử"} if way == "post" else {})
    dossier = practised(practice, CONFIRM, with_changes(marital_status(), wanted))
    number = "TAPTHU000000VN" if way == "post" else ""
    assert (dossier.status, dossier.handover.given, dossier.handover.posted_number) == (10, way, number)
    assert (number in dossier.waits_for, "Kết thúc lần tập thử này" in dossier.waits_for) == (True, True)


def test_the_office_records_that_residence_was_looked_up_and_that_nothing_was_asked(practice: PracticeWorld) -> None:
    """NĐ 104/2022 Đ14: each declared residence once, also of a form that was supplemented; no look-up is left open."""
    dossier = practised(practice, MARRY, COUPLE)
    assert dossier.status == 10
    place, cell = practice.parts.place, practice.cells[PRACTICE]
    with cell.database.transaction() as session:
        row = session.get(DossierRow, UUID(dossier.id))
        assert row is not None
        procedure = place.procedure_of(row)
        declared = looked_up(procedure, asked(procedure, json.loads(dossier.form_json)))
        lookups = session.scalars(select(ResidenceLookupRow).where(ResidenceLookupRow.dossier_id == row.id)).all()
        assert len(declared) > 1
        assert sorted(each.field for each in lookups) == sorted(declared)
        assert {(each.officer_id, each.result) for each in lookups} == {(OFFICER.id, "as-declared")}
        assert all("không tra cứu cơ sở dữ liệu nào" in note_of(cell, each) for each in lookups)


def test_one_dossier_that_breaks_or_is_refused_holds_up_no_other(
    practice: PracticeWorld, monkeypatch: pytest.MonkeyPatch, log_lines: list[Any]
) -> None:
    faults = [RuntimeError("a key that is gone"), stale()]
    bad = [practice.filed_as(BIRTH, whole_form(), PUPIL) for _ in faults]
    assert isinstance(practice.clock, SettableClock)
    practice.clock.advance(timedelta(seconds=1))
    good = practice.filed_as(BIRTH, whole_form(), OTHER_PUPIL)
    ask = office._ask

    def ask_or_break(unit: Any, row: Any, item: Any) -> None:
        if str(row.id) in bad:
            tried.append(str(row.id))
            raise faults[bad.index(str(row.id))]
        ask(unit, row, item)

    tried: list[str] = []
    monkeypatch.setattr(office, "_ask", ask_or_break)
    monkeypatch.setattr(office, "BATCH", 2)  # as a hundred that are stuck
    assert [practice.round(), practice.round()] == [0, 1]
    assert practice.get(good, OTHER_PUPIL).status == 5
    events = {line["event"]: line["id"] for line in log_lines if line["event"].startswith("practice-office")}
    assert events == {"practice-office-broke": bad[0], "practice-office-refused": bad[1]}
    for _ in range(20):  # two minutes
        practice.round()
    assert 2 * 3 <= len(tried) <= 2 * 5, "each time later"
    monkeypatch.setattr(office, "_ask", ask)
    practice.clock.advance(timedelta(minutes=5))
    assert practice.round() == 2
    assert practice.held.waits == {}


def test_what_somebody_else_has_changed_meanwhile_does_not_count_as_acted_on(
    practice: PracticeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = practice.filed_as(BIRTH, whole_form(), PUPIL)
    following = office._next

    def overtaken(unit: Any, row: Any) -> Any:
        steps = following(unit, row)
        row.version -= 1
        unit.session.expunge(row)
        return steps

    monkeypatch.setattr(office, "_next", overtaken)
    assert practice.round() == 0
    assert practice.get(id, PUPIL).status == 1


def test_each_act_of_the_office_is_done_under_the_rule_of_its_own_rpc(
    practice: PracticeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    under: set[tuple[str, str]] = set()
    for module, name in (
        (acceptance, "accept"),
        (desk, "request_supplement"),
        (desk, "approve"),
        (handover, "compare"),
        (handover, "hand_over"),
    ):
        done = getattr(module, name)

        def noting(unit: Any, command: Any, done: Any = done) -> Any:
            under.add((type(command).__name__, unit.call.method))
            return done(unit, command)

        monkeypatch.setattr(module, name, noting)
    practised(practice, MARRY, COUPLE)
    assert {command for command, _ in under} == {
        "AcceptDossier",
        "RequestSupplement",
        "ApproveDossier",
        "CompareDocument",
        "HandOverDossier",
    }
    assert all(command == rpc for command, rpc in under)


def test_in_practice_people_get_copies_only_of_entries_they_registered_themselves(
    practice: PracticeWorld,
) -> None:
    copy = copy_of_marriage(COUPLE, "1")
    stopped = practised(practice, COPY_OUT, copy, OTHER_PUPIL)
    assert (stopped.status, acts_of(practice, stopped)[-1]) == (8, "stop")
    practised(practice, MARRY, COUPLE)
    assert practised(practice, COPY_OUT, copy, OTHER_PUPIL).status == 8
    assert practised(practice, COPY_OUT, copy).status == 10


def test_every_procedure_has_something_harmless_that_is_asked_for(practice: PracticeWorld) -> None:
    catalogue = practice.parts.place.catalogue
    today = practice.clock.now().date()
    listed = {each.code for each in catalogue.in_force(today)}
    assert set(items_by_procedure()) == listed
    for code, items in items_by_procedure().items():
        for item in items:
            assert title_of(catalogue.get(code, today), item.field), (code, item.field)
            assert item.text.startswith("Xin ")


COMPLETE = {
    BIRTH: whole_form(),
    COMBINED_BIRTH: combined_birth(),
    MARRY: COUPLE,
    DIE: death_of_husband(COUPLE),
    CONFIRM: marital_status(),
    COPY_OUT: copy_of_marriage(COUPLE, "1"),
}


def answered(form: Any, pointer: str, answer: str) -> Any:
    changed = deepcopy(form)
    *groups, name = pointer.strip("/").split("/")
    reduce(getitem, groups, changed)[name] = answer
    return changed


@pytest.mark.parametrize("procedure", COMPLETE)
def test_the_office_asks_for_nothing_that_is_written_already_and_the_example_answers_it(procedure: str) -> None:
    form, asked = COMPLETE[procedure], []
    while item := office.item_for(procedure, form):
        answer, words = str(value_at(form, item.field)), example_of(item)
        assert words.lower() not in answer.lower()
        assert len(answer) + len(words) < 500
        asked.append(item)
        form = answered(form, item.field, f"{answer}, {words}")
        assert not item.fits(form), "the example is what is asked for"
    assert asked
    assert set(COMPLETE) == set(items_by_procedure())


@pytest.mark.parametrize(
    ("town", "field"),
    [
        ("Xã Điện Hòa, thị xã Điện Bàn", "/child/home_town"),
        ("Xã Điện Hòa, thị xã Điện Bàn, TỈNH Quảng Nam", "/requester/residence"),
        ("Phường Hòa Hải, TP. Đà Nẵng", "/requester/residence"),
        ("Phường Hòa Hải, tha\u0300nh phô\u0301 Đà Nẵng", "/requester/residence"),
    ],
)
def test_a_home_town_is_asked_for_again_only_without_its_province(town: str, field: str) -> None:
    item = office.item_for(BIRTH, answered(whole_form(), "/child/home_town", town))
    assert item
    assert item.field == field


def test_what_was_filled_in_for_an_invented_person_is_not_called_wrong(practice: PracticeWorld) -> None:
    person = invent(secrets.randbelow, practice.clock.now().date())
    form = whole_form()
    form["requester"] |= {
        "full_name": person.full_name,
        "residence": person.address,
        "phone": person.phone,
        "identity_number": person.identity_number,
    }
    found = {each.field for each in practice.ready_as(BIRTH, form, PUPIL).findings}
    assert found & {f"/requester/{name}" for name in ("full_name", "residence", "phone", "identity_number")} == set()


def test_no_money_of_anybody_moves_whatever_the_settings_say(practice: PracticeWorld) -> None:
    place = practice.parts.place
    assert set(place.banks) == {NAM_DUONG}
    id = practice.filed_as(BIRTH, late_birth(), PUPIL)
    practice.round()
    asked = practice.get(id, PUPIL)
    practice.supplement(id, added(asked, asked.supplement_request.items[0]), PUPIL)
    practice.round()
    owing = practice.get(id, PUPIL)
    assert (owing.status, owing.fees[0].transfer.vietqr, owing.fees[0].online) == (6, "", True)
    started = practice.call("StartPayment", pb.StartPaymentRequest(dossier_id=id), PUPIL)
    assert started.url == "", "it is paid: nobody is sent to a page to pay"
    assert practice.get(id, PUPIL).fees[0].settled_at.seconds
    told = pb.NotePaymentRequest(body=b"{}", timestamp="1", signature="x")
    assert refused(lambda: practice.call("NotePayment", told)).kind is Kind.FORBIDDEN


def test_a_practice_certificate_says_on_its_page_that_it_is_not_real(practice: PracticeWorld) -> None:
    dossier = practised(practice, BIRTH, whole_form())
    paper = practice.call("GetPaper", pb.GetPaperRequest(dossier_id=dossier.id, kind="certificate"), PUPIL)
    document = pypdfium2.PdfDocument(io.BytesIO(paper.content))
    for page in document:
        words = page.get_textpage().get_text_range()
        assert "TẬP THỬ – không có giá trị" in words
        assert words.count("TẬP THỬ") >= 2
    assert document.get_metadata_dict()["Title"].startswith("TẬP THỬ: ")
    assert b"T\xe1\xba\xacP TH\xe1\xbb\xac: Ph\xc6\xb0\xe1\xbb\x9dng" in seal_of(paper.content)


def seal_of(pdf: bytes) -> bytes:
    """The bytes of the signature, which contain the signer's name."""
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    return bytes.fromhex(pdf[start : pdf.index(b">", start)].decode())


def test_after_seven_days_nothing_is_left_in_any_table_or_in_the_store(
    practice: PracticeWorld, today: SettableClock, tmp_path: Path
) -> None:
    practised(practice, MARRY, COUPLE)
    practised(practice, COPY_OUT, copy_of_marriage(COUPLE, "1"))
    practised(practice, BIRTH, whole_form())
    practice.ready_as(BIRTH, late_birth(), PUPIL)  # a draft
    practice.call(
        "GetPaper",
        pb.GetPaperRequest(dossier_id=practised(practice, DIE, death_of_husband(COUPLE)).id, kind="certificate"),
        PUPIL,
    )
    cell = practice.cells[PRACTICE]
    with cell.database.transaction() as session:
        session.execute(text("INSERT INTO inbox (subscriber, event_id) VALUES ('test', 'e-1')"))
        session.execute(
            text(
                "INSERT INTO inbox_parked (subscriber, topic, key, event_id, headers_json, value, error)"
                " VALUES ('test', 'a topic', 'a key', 'e-2', '{}', '', 'why')"
            )
        )
    before = rows(cell, Base.metadata)
    assert {"dossiers", "register_entries", "history", "certificates", "payments", "outbox", "audit"} <= {
        name for name, count in before.items() if count
    }
    assert files(tmp_path)

    today.advance(timedelta(days=6, hours=23))
    assert practice.forget() == 0
    assert rows(cell, Base.metadata) == before

    today.advance(timedelta(hours=2))
    assert practice.forget() == 5
    assert {name: count for name, count in rows(cell, Base.metadata).items() if count} == {}
    assert files(tmp_path) == []
    with psycopg.connect(cell.database.url.replace("+psycopg", "")) as connection:
        off = connection.execute("SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'").fetchall()
    assert off == [], "what is append-only is so again"


def files(directory: Path) -> list[Path]:
    return [path for path in (directory / "files" / PRACTICE).rglob("*") if path.is_file()]


def test_each_table_is_wiped_or_cannot_have_a_row_in_practice(practice: PracticeWorld, today: SettableClock) -> None:
    """Each new table needs a decision: `delete_dossiers` deletes from it, or nothing in practice writes it."""
    practice.ready_as(BIRTH, late_birth(), PUPIL)
    today.advance(timedelta(days=8))
    gone = wiped_tables(practice.cells[PRACTICE], practice.forget, Base.metadata)
    assert gone & NOT_IN_PRACTICE == set()
    assert gone | NOT_IN_PRACTICE == all_tables(Base.metadata)


def test_another_wards_database_is_never_wiped_whatever_the_cell_is_called(
    practice: PracticeWorld, today: SettableClock
) -> None:
    place, real = practice.parts.place, practice.cells[NAM_DUONG]
    called_practice = replace(practice.cells[PRACTICE], database=real.database)
    with real.database.transaction() as session, pytest.raises(ValueError, match=f"that of {NAM_DUONG}"):
        delete_dossiers(called_practice, session, today.now() + timedelta(days=1))
    place.cells[PRACTICE] = called_practice
    with pytest.raises(ValueError, match=f"that of {NAM_DUONG}"):
        practice.forget()


def test_a_real_ward_has_neither_such_an_office_nor_a_way_to_forget(
    practice: PracticeWorld, today: SettableClock
) -> None:
    place, cell = practice.parts.place, practice.cells[NAM_DUONG]
    for act in (
        lambda: require_practice(cell),
        lambda: answer(place, cell, Held()),
        lambda: answering(place, NAM_DUONG),
        lambda: wipe(place, NAM_DUONG)(today.now()),
        lambda: wiping(cell, today, lambda _: 0),
    ):
        with pytest.raises(ValueError, match="no practice ward"):
            act()
    ordinary = len(practice.parts.loops(NAM_DUONG))
    assert len(practice.parts.loops(PRACTICE)) == ordinary + 2


# --- a finished practice is stated, and not by whom


def proof(world: PracticeWorld, id: str, who: Person = PUPIL) -> pb.PracticeProof:
    answer = world.call("ProvePractice", pb.ProvePracticeRequest(dossier_id=id), who)
    assert isinstance(answer, pb.PracticeProof)
    return answer


def test_a_finished_practice_is_stated_for_ten_minutes_and_names_nobody(practice: PracticeWorld, keys: Path) -> None:
    dossier = practised(practice, BIRTH, whole_form())
    finished = practice.clock.now()
    practice.clock.advance(timedelta(hours=1))
    made = proof(practice, dossier.id)
    assert made.expires_at.ToDatetime(UTC) == practice.clock.now() + timedelta(minutes=10)
    stated = load_verifier(keys / "trusted.json").stated(
        made.proof, f"dossiers/{PRACTICE}", PRACTICE_AUDIENCE, practice.clock.now()
    )
    assert set(stated) == {"dossier", "procedure", "finished_at", "iss", "aud", "iat", "exp"}
    told = (stated["dossier"], stated["procedure"], stated["finished_at"])
    assert told == (dossier.id, BIRTH, int((finished - THINKS).timestamp()))


def test_nothing_is_stated_of_a_practice_that_goes_on_or_of_anothers(practice: PracticeWorld) -> None:
    draft = practice.ready_as(BIRTH, whole_form(), PUPIL).id
    filed = practice.filed_as(BIRTH, whole_form(), PUPIL)
    stopped = practised(practice, COPY_OUT, copy_of_marriage(COUPLE, "1"))
    for id in (draft, filed, stopped.id):
        assert refused(lambda: proof(practice, id)).type == "practice-not-finished"  # noqa: B023
    assert "làm tiếp đến hết" in refused(lambda: proof(practice, filed)).text
    assert "tập thử lại từ đầu" in refused(lambda: proof(practice, stopped.id)).text, "nothing is left to go on with"
    done = practised(practice, BIRTH, whole_form())
    for id, who in ((done.id, OTHER_PUPIL), ("nonsense", PUPIL), (str(uuid4()), PUPIL)):
        assert refused(lambda: proof(practice, id, who)).type == "unknown-dossier"  # noqa: B023


def test_a_statement_is_no_token(practice: PracticeWorld, keys: Path) -> None:
    made = proof(practice, practised(practice, BIRTH, whole_form()).id).proof
    with pytest.raises(Refusal):
        load_verifier(keys / "trusted.json").verify(made)
