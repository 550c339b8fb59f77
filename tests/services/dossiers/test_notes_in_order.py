"""Notes on an entry keep the order of events, build on valid notes, and are signed only by those who may."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from services.dossiers.register_tables import ProposedNoteRow
from services.dossiers.sealed import seal_json
from services.dossiers.use_cases.opened import content_of_proposed_note
from tests.services.dossiers.people import kinds_of_notes, register_marriage
from tests.services.dossiers.world import CHAIR, DUNG, NAM_DUONG, OFFICER_AND_SIGNER, World, birth_form, refused
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS, PERIOD, WIDOWED
from tests.unit.dossiers.marriage_forms import MARRIAGE, widowed
from tests.unit.dossiers.worlds import changed

MARRY, DIE, BIRTH, COPY_OUT, CONFIRM = "1.000894", "1.000656", "1.001193", "2.000635", "1.004873"
_NAMED = ("full_name", "birth_date", "sex", "identity_paper", "identity_number", "identity_issued_on")
HUSBAND_DIED = {f"/deceased/{name}": MARRIAGE.form["husband"][name] for name in _NAMED} | {"/copies/wanted": False}
FATHERLESS: dict[str, Any] = {
    "child": {"full_name": "Trần Minh An"},
    "father": {"known": False},
    "parents": {"husband_lately": False},
}


def _entry(world: World, entry_id: str) -> pb.FoundEntry:
    answer = world.call("GetEntry", pb.GetEntryRequest(entry_id=entry_id), DUNG)
    assert isinstance(answer, pb.FoundEntry)
    return answer


def _changes(at: Mapping[str, str]) -> list[pb.EntryChange]:
    return [pb.EntryChange(at=pointer, value=value) for pointer, value in at.items()]


def _on(world: World, day: int) -> None:
    world.clock.set(datetime(2020, 10, day, 9, tzinfo=VIETNAM))


def _widowed(world: World) -> str:
    """Married on the 6th; the husband dies on the 8th, which is registered on the 14th."""
    married = world.registered(MARRY, MARRIAGE.form).register_entry.id
    _on(world, 14)
    died = {"/death/date": "2020-10-08", "/death_paper/issued_on": "2020-10-09"}
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED | died))
    assert kinds_of_notes(world, married) == ["death"]
    return str(married)


@pytest.mark.parametrize(
    ("day", "said"), [("", "Xin ghi ngày"), ("2020-02-31", "Không có ngày này"), ("2020-10-14", "chưa đến")]
)
def test_the_day_of_a_paper_that_is_missing_impossible_or_to_come_is_told_apart(
    world: World, day: str, said: str
) -> None:
    married = register_marriage(world).register_entry.id
    world.clock.set(datetime(2020, 10, 13, 9, tzinfo=VIETNAM))
    no = refused(partial(world.propose_note, married, "divorce", basis_date=day))
    assert (no.fields[0].field, said in no.fields[0].text) == ("basis_date", True)


def test_nobody_is_divorced_from_the_dead_between_the_death_and_its_note(world: World) -> None:
    """Luật HNGĐ 2014 Đ57, Đ65: the day of death counts, not the day of the note."""
    married = _widowed(world)
    for day in ("2020-10-12", "2020-10-09"):
        no = refused(partial(world.propose_note, married, "divorce", basis_date=day))
        assert (no.type, no.fields[0].field) == ("invalid-field", "basis_date"), day
        assert "08/10/2020" in no.text
    world.noted(married, "divorce", basis_date="2020-10-07")
    assert kinds_of_notes(world, married) == ["death", "divorce"]


def test_a_divorce_that_was_written_before_the_death_was_known_is_looked_at_again(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: when it is signed, the marriage has ended before."""
    married = world.registered(MARRY, MARRIAGE.form).register_entry.id
    _on(world, 13)
    written = world.propose_note(married, "divorce", basis_date="2020-10-12")
    died = {"/death/date": "2020-10-08", "/death_paper/issued_on": "2020-10-09"}
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED | died))
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert no.type == "note-decided"
    assert kinds_of_notes(world, married) == ["death"]


ABROAD_IN_TOWN: dict[str, Any] = {
    "text": "Chồng chết.",
    "basis": "Trích lục khai tử",
    "basis_date": "2020-10-13",
    "who_died": "husband",
}


def test_the_day_of_a_death_registered_elsewhere_is_asked_and_counts(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the marriage ended on that day, however late its paper was given and noted here."""
    married = world.registered(MARRY, MARRIAGE.form).register_entry.id
    _on(world, 14)
    for died, type, says in (
        ("hôm qua", "invalid-field", "ngày có thật"),
        ("2020--10", "invalid-field", "ngày có thật"),
        ("2020-10-15", "invalid-field", "không sau hôm nay"),
        ("2020-10-14", "invalid-field", "sau ngày của văn bản"),
        ("2020-10-05", "invalid-field", "trước ngày đăng ký kết hôn"),
        ("2019", "invalid-field", "trước ngày đăng ký kết hôn"),
    ):
        no = refused(partial(world.propose_note, married, "death", **ABROAD_IN_TOWN, died_on=died))
        assert (no.type, no.fields[0].field, says in no.text) == (type, "died_on", True), died
    no = refused(partial(world.propose_note, married, "divorce", basis_date="2020-10-07", died_on="2020-10-08"))
    assert (no.type, no.fields[0].field) == ("invalid-field", "died_on"), "of a divorce nobody dies"
    written = world.propose_note(married, "death", **ABROAD_IN_TOWN, died_on="2020-10-08")
    (waits,) = written.proposed_notes
    assert (waits.died_on, "Chết: 08/10/2020." in waits.text) == ("2020-10-08", True), "the signer reads it"
    (note,) = world.decide_note(written, confirmed=True).notes
    assert (note.died_on, "Chết: 08/10/2020." in note.text) == ("2020-10-08", True)
    no = refused(partial(world.propose_note, married, "divorce", basis_date="2020-10-12"))
    assert (no.fields[0].field, "08/10/2020" in no.text) == ("basis_date", True)
    world.noted(married, "divorce", basis_date="2020-10-07")


@pytest.mark.parametrize(("died", "last"), [("2020-10", "31/10/2020"), ("2020", "31/12/2020")])
def test_month_or_year_is_enough_for_a_death_elsewhere_without_its_day(world: World, died: str, last: str) -> None:
    """TT 04/2020 Đ13, Đ29.9: for an old death only the year; nobody is divorced after its last day."""
    married = world.registered(MARRY, MARRIAGE.form).register_entry.id
    world.clock.set(datetime(2021, 3, 2, 9, tzinfo=VIETNAM))
    world.noted(married, "death", **ABROAD_IN_TOWN | {"basis_date": "2021-02-01"}, died_on=died)
    no = refused(partial(world.propose_note, married, "divorce", basis_date="2021-02-02"))
    assert last in no.text
    world.noted(married, "divorce", basis_date="2020-10-30")


def test_a_note_of_a_death_elsewhere_is_taken_without_its_day_from_the_gateway_of_the_release_before(
    world: World,
) -> None:
    """Wards are upgraded before the gateway, which does not ask for the day until it is: the note waits for it."""
    married = world.registered(MARRY, MARRIAGE.form).register_entry.id
    _on(world, 14)
    written = world.propose_note(married, "death", **ABROAD_IN_TOWN)
    (waits,) = written.proposed_notes
    assert (waits.died_on, "Chết:" in waits.text) == ("", False)
    assert refused(partial(world.decide_note, written, confirmed=True)).type == "note-decided"
    world.noted(married, "death", **ABROAD_IN_TOWN, instead_of=waits.id, died_on="2020-10-08")
    assert kinds_of_notes(world, married) == ["death"]


def test_a_death_that_was_written_before_its_day_was_asked_is_sent_back_for_it(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: once it is in the chain, nobody can add the day."""
    married = world.registered(MARRY, MARRIAGE.form).register_entry.id
    _on(world, 14)
    written = world.propose_note(married, "death", **ABROAD_IN_TOWN, died_on="2020-10-08")
    cell, id = world.cells[NAM_DUONG], UUID(written.proposed_notes[0].id)
    with cell.database.transaction() as session:
        row = session.get(ProposedNoteRow, id)
        assert row is not None
        old = content_of_proposed_note(cell, row)
        del old["died_on"]
        seal_json(cell, row, "content", old)
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, "ngày chết" in no.text) == ("note-decided", True)
    assert kinds_of_notes(world, married) == []
    world.decide_note(written, confirmed=False, reason="Xin ghi ngày chết.")
    world.noted(married, "death", **ABROAD_IN_TOWN, instead_of=str(id), died_on="2020-10-08")
    assert kinds_of_notes(world, married) == ["death"]


def test_a_note_of_a_death_elsewhere_from_before_its_day_was_asked_goes_by_its_paper(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Luật HNGĐ 2014 Đ65: the death was no later than its paper; of the time before it the officer is asked."""
    married = str(world.registered(MARRY, MARRIAGE.form).register_entry.id)
    _on(world, 14)
    with monkeypatch.context() as before:
        before.setattr("services.dossiers.use_cases.registers.notes.TOLD", ())
        world.noted(married, "death", **ABROAD_IN_TOWN, died_on="2020-10-08")
    assert not _entry(world, married).notes[0].died_on
    (told,) = _told_of_widow(world, "2020-10-07", until="2020-10-14")
    assert "trong khoảng từ 6/10/2020 đến 13/10/2020: có thể" in told
    assert _told_of_widow(world, "2020-10-13", until="2020-10-14") == []
    no = refused(partial(world.propose_note, married, "divorce", basis_date="2020-10-14"))
    assert "13/10/2020" in no.text
    world.noted(married, "divorce", basis_date="2020-10-12")


def _told_of_widow(world: World, since: str, *, until: str) -> list[str]:
    """What the officer is told of a widow's confirmation of the time since a day, of that time."""
    widow = WIDOWED | {f"/person/{name}": value for name, value in WIDOW.items()} | {"/person/sex": "female"}
    asks = widow | PERIOD | {"/period/from": since, "/period/to": until, "/status/then": "as-now"}
    id = world.filed_as(CONFIRM, changed(MARITAL_STATUS.form, asks | {"/status/death_paper_date": "2020-10-09"}))
    found = [each for each in world.get(id, DUNG).findings if each.check == "marital-status-register"]
    return [each.text for each in found if each.field == "/status/then"]


def test_a_death_of_which_the_month_alone_is_known_is_looked_at_by_the_officer(world: World) -> None:
    """TT 04/2020 Đ33; Luật HNGĐ 2014 Đ65: before that month she was married; within it nobody here knows."""
    married = str(world.registered(MARRY, MARRIAGE.form).register_entry.id)
    world.clock.set(datetime(2021, 3, 2, 9, tzinfo=VIETNAM))
    world.noted(married, "death", **ABROAD_IN_TOWN | {"basis_date": "2021-02-01"}, died_on="2020-11")
    for since, open_ in (("2020-10-31", False), ("2020-11-01", True), ("2020-11-29", True)):
        (told,) = _told_of_widow(world, since, until="2021-03-01")
        assert ("trong khoảng từ 1/11/2020 đến 30/11/2020" in told, "có thể khi" in told) == (True, open_), since
    assert _told_of_widow(world, "2020-11-30", until="2021-03-01") == []


MARRIED_ON = "2020-10-06"
WIDOW = {name: MARRIAGE.form["wife"][name] for name in ("full_name", "birth_date", "identity_number")}


@pytest.mark.parametrize("elsewhere", [True, False])
def test_the_day_of_a_death_bears_out_what_is_confirmed_of_the_time_before(world: World, *, elsewhere: bool) -> None:
    """TT 04/2020 Đ33: who says to have been a widow since before that day was still married then by the register."""
    married = str(world.registered(MARRY, MARRIAGE.form).register_entry.id)
    _on(world, 14)
    if elsewhere:
        world.noted(married, "death", **ABROAD_IN_TOWN, died_on="2020-10-08")
    else:
        died = {"/death/date": "2020-10-08", "/death_paper/issued_on": "2020-10-09"}
        world.registered(DIE, changed(DEATH.form, HUSBAND_DIED | died))
    widow = WIDOWED | {f"/person/{name}": value for name, value in WIDOW.items()} | {"/person/sex": "female"}
    for since, stops in (("2020-10-07", True), ("2020-10-08", False)):
        asks = widow | PERIOD | {"/period/from": since, "/period/to": "2020-10-14", "/status/then": "as-now"}
        asks |= {"/status/death_paper_date": "2020-10-09"}
        id = world.filed_as(CONFIRM, changed(MARITAL_STATUS.form, asks))
        found = [each for each in world.get(id, DUNG).findings if each.check == "marital-status-register"]
        told = [each for each in found if each.field == "/status/then"]
        assert bool(told) is stops, since
        assert not stops or "8/10/2020" in told[0].text


def test_a_confirmation_from_before_the_day_of_a_death_frees_nobody(world: World) -> None:
    """NĐ 123/2015 Đ23; Luật HNGĐ 2014 Đ65: its holder was married when it was given."""
    married = str(world.registered(MARRY, MARRIAGE.form).register_entry.id)
    world.clock.set(datetime(2021, 1, 12, 9, tzinfo=VIETNAM))
    world.noted(
        married,
        "death",
        **ABROAD_IN_TOWN | {"text": "Vợ chết.", "who_died": "wife", "basis_date": "2020-12-21"},
        died_on="2020-12-18",
    )
    bride = {"/wife/full_name": "Phạm Thị Bích Ngọc", "/wife/birth_date": "1997-01-15"}
    again = bride | {"/wife/identity_number": "048197000777"} | widowed("husband")
    again |= {"/husband/death_extract_date": "2020-12-21"}
    for issued, stops in (("2020-12-17", True), ("2020-12-28", False)):
        id = world.filed_as(MARRY, changed(MARRIAGE.form, again | {_ISSUED_ON: issued}))
        found = [each for each in world.get(id, DUNG).findings if each.check == "standing-marriage"]
        assert [(each.field, each.kind) for each in found] == (
            [(_ISSUED_ON, pb.FINDING_KIND_STOPS)] if stops else []
        ), issued
        assert not stops or "18/12/2020" in found[0].text


_ISSUED_ON = "/husband/marital_status_paper/issued_on"


def _recognised_and_corrected(world: World) -> str:
    """A father was recognised, and a slip in his name corrected since."""
    birth = str(world.registered(BIRTH, birth_form(**FATHERLESS)).register_entry.id)
    father = {"father/full_name": "Trần Văn B", "father/birth_year": "1990"}
    world.noted(birth, "recognition", text="Nhận con.", changes=_changes(father))
    world.noted(birth, "correction", text="Cải chính.", changes=_changes({"father/full_name": "Trần Văn Bảo"}))
    return birth


def test_what_a_later_note_builds_on_is_not_withdrawn_before_that(world: World) -> None:
    """docs/law.md §2.2: what was withdrawn names nobody; here the correction would still name a father."""
    birth = _recognised_and_corrected(world)
    quashed = {"text": "Bản án hủy việc nhận con.", "withdraws": 1}
    no = refused(partial(world.propose_note, birth, "note-withdrawn", **quashed))
    assert (no.type, no.fields[0].field) == ("invalid-field", "withdraws")
    assert "ghi chú số 2" in no.text.casefold()
    world.noted(birth, "note-withdrawn", text="Không còn cha để cải chính.", withdraws=2)
    world.noted(birth, "note-withdrawn", **quashed)
    now = _entry(world, birth)
    assert [note.kind for note in now.notes] == ["recognition", "correction", "note-withdrawn", "note-withdrawn"]
    again = refused(partial(world.propose_note, birth, "note-withdrawn", text="Án hủy bị bãi bỏ.", withdraws=3))
    assert again.fields[0].field == "withdraws", "the correction would name a father whom nothing names"
    world.noted(birth, "note-withdrawn", text="Án hủy bị bãi bỏ.", withdraws=4)
    world.noted(birth, "note-withdrawn", text="Cải chính trở lại.", withdraws=3)


def test_a_withdrawal_is_not_signed_once_something_was_built_on_what_it_withdraws(world: World) -> None:
    """It was written before the correction was, and is decided on after it."""
    birth = str(world.registered(BIRTH, birth_form(**FATHERLESS)).register_entry.id)
    father = {"father/full_name": "Trần Văn B", "father/birth_year": "1990"}
    world.noted(birth, "recognition", text="Nhận con.", changes=_changes(father))
    withdrawal = world.propose_note(birth, "note-withdrawn", text="Bản án hủy.", withdraws=1)
    corrected = _changes({"father/full_name": "Trần Văn Bảo"})
    both = world.propose_note(birth, "correction", text="Cải chính.", changes=corrected)
    (second,) = [each.id for each in both.proposed_notes if each.id != withdrawal.proposed_notes[0].id]
    request = pb.DecideNoteRequest(entry_id=birth, proposed_note_id=second, confirmed=True)
    request.no_conflict_of_interest = True
    world.call("DecideNote", request, CHAIR)
    assert refused(partial(world.decide_note, withdrawal, confirmed=True)).type == "note-decided"
    assert kinds_of_notes(world, birth) == ["recognition", "correction"]


def test_a_note_on_another_member_does_not_keep_one_from_being_withdrawn(world: World) -> None:
    birth = str(world.registered(BIRTH, birth_form(**FATHERLESS)).register_entry.id)
    father = {"father/full_name": "Trần Văn B", "father/birth_year": "1990"}
    world.noted(birth, "recognition", text="Nhận con.", changes=_changes(father))
    world.noted(birth, "correction", text="Cải chính.", changes=_changes({"child/sex": "male"}))
    world.noted(birth, "note-withdrawn", text="Bản án hủy.", withdraws=1)
    assert json.loads(_entry(world, birth).content_json)["father"]["full_name"] == ""


@pytest.mark.parametrize("kind", ["correction", "note-withdrawn"])
def test_who_stands_in_an_entry_by_an_earlier_note_signs_no_later_one_unasked(world: World, kind: str) -> None:
    """Luật Hộ tịch 2014 Đ12.1h, Đ12.2: the signer was recognised as the father, which another signed."""
    birth = str(world.registered(BIRTH, birth_form(**FATHERLESS)).register_entry.id)
    father = {"father/full_name": CHAIR.name, "father/birth_year": "1970"}
    recognised = world.propose_note(birth, "recognition", text="Nhận con.", changes=_changes(father))
    world.decide_note(recognised, OFFICER_AND_SIGNER, confirmed=True)
    later: dict[str, Any] = {"withdraws": 1} if kind == "note-withdrawn" else {
        "changes": _changes({"child/sex": "male"}),
    }  # fmt: skip
    written = world.propose_note(birth, kind, text="Ghi chú sau.", **later)
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, no.fields[0].field) == ("conflict-of-interest", "namesake")
    world.decide_note(written, confirmed=True, namesake=True)


@pytest.mark.parametrize("by_note", [False, True], ids=["as it was written", "by a note"])
def test_who_stands_in_an_entry_signs_no_copy_of_it_unasked(world: World, *, by_note: bool) -> None:
    """Luật Hộ tịch 2014 Đ12.1h: the form of a copy names the child and who asks, and not the father."""
    form = birth_form(**FATHERLESS) if by_note else birth_form(father={"full_name": CHAIR.name})
    birth = world.sign(world.ready_to_sign(BIRTH, form), OFFICER_AND_SIGNER).register_entry.id
    if by_note:
        father = {"father/full_name": CHAIR.name, "father/birth_year": "1970"}
        recognised = world.propose_note(birth, "recognition", text="Nhận con.", changes=_changes(father))
        world.decide_note(recognised, OFFICER_AND_SIGNER, confirmed=True)
    child, mother = form["child"], form["mother"]
    asked = {
        "/copy/kind": "birth",
        "/subject/full_name": child["full_name"],
        "/subject/birth_date": child["birth_date"],
        "/requester/full_name": mother["full_name"],
    }
    copied = world.ready_to_sign(COPY_OUT, changed(COPY.form, asked), source_entry_id=birth)
    assert "signer-named" in {each.check for each in world.get(copied, CHAIR).findings}
    no = refused(partial(world.sign, copied))
    assert (no.type, no.fields[0].field) == ("conflict-of-interest", "namesake")
    assert world.sign(copied, OFFICER_AND_SIGNER).status == 9, "to have signed the original is no tie"
