"""A note of a death on a marriage says who died, and refers to this ward's entry of that death where there is one."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from services.dossiers.adapters.records import WardRecords, basis_of_death
from services.dossiers.domain.findings import FindingKind
from services.dossiers.use_cases.opened import content_of, notes_of
from services.dossiers.use_cases.registers import chained_notes
from tests.services.dossiers.people import (
    ALIKE,
    CAME_BACK,
    DIE,
    ELSEWHERE,
    FROM_HERE,
    HUSBAND_DIED,
    OTHER_BRIDE,
    QUASHED,
    WIDOW,
    findings_of,
    kinds_of_notes,
    marriage_and_death,
    read_entry,
    register_death,
    register_marriage,
    withdraw_note,
)
from tests.services.dossiers.world import DUNG, NAM_DUONG, World, refused
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

STOPS, ASKS, INFORMS = FindingKind.STOPS, FindingKind.ASKS_OFFICER, FindingKind.INFORMS
HUSBAND, WIFE = MARRIAGE.form["husband"], MARRIAGE.form["wife"]


def _told(world: World, who: dict[str, Any]) -> dict[str, tuple[FindingKind, str]]:
    """What the ward's registers say of one of the spouses where the dead are stopped, by the check."""
    names = ("full_name", "birth_date", "identity_number")
    part = "husband" if who is HUSBAND else "wife"
    other = {f"/{each}/{name}": None for each in ("husband", "wife") if each != part for name in names}
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        records = WardRecords(
            session, cell.cipher, lambda entry: content_of(cell, entry), lambda entry: notes_of(session, cell, entry)
        )
        found = [
            *MARRIAGE.found(other, records=records),
            *MARITAL_STATUS.found(
                {f"/{group}/{name}": who[name] for group in ("person", "requester") for name in names}, records=records
            ),
            *DEATH.found({f"/deceased/{name}": who[name] for name in names}, records=records),
            *COPY.found(
                {"/requester/kind": "kin", **{f"/subject/{name}": who[name] for name in names}}, records=records
            ),
        ]
    of_deaths = {
        ("party-is-dead", f"/{part}/full_name"),
        ("marital-status-register", "/person/full_name"),
        ("earlier-death", "/deceased/full_name"),
        ("copy-of-the-dead", "/requester/kind"),
    }
    told = {each.check: (each.kind, each.text) for each in found if (each.check, each.field) in of_deaths}
    return {check: said for check, said in told.items() if "không có người này" not in said[1]}


def test_who_died_elsewhere_by_a_note_is_dead_and_the_other_is_not(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ8; NĐ 123/2015 Đ22: a death that another office registered is in no other book here."""
    married = register_marriage(world).register_entry
    world.noted(married.id, "death", **ELSEWHERE)
    told = _told(world, HUSBAND)
    assert {check: kind for check, (kind, _) in told.items()} == {
        "party-is-dead": STOPS,
        "marital-status-register": STOPS,
        "earlier-death": ASKS,  # a note is no registration of the death
        "copy-of-the-dead": INFORMS,
    }
    assert all("sổ kết hôn" in text and "mục số 01/2020" in text for _, text in told.values())
    assert all("người này đã chết (ngày 6/10/2020)" in text for _, text in told.values())
    assert _told(world, WIFE) == {}


def test_the_text_of_a_note_of_a_death_names_who_died(world: World) -> None:
    married = register_marriage(world).register_entry
    written = world.propose_note(married.id, "death", **ELSEWHERE)
    [waits] = written.proposed_notes
    said = f"Người chết: chồng {HUSBAND['full_name'].upper()}. Chết: 06/10/2020."
    assert (waits.who_died, said in waits.text) == ("husband", True), "the signer reads it"
    [note] = world.decide_note(written, confirmed=True).notes
    assert (note.who_died, note.death_entry, said in note.text) == ("husband", "", True)


def test_who_died_is_one_of_the_spouses_and_asked_of_a_death_alone(world: World) -> None:
    married = register_marriage(world).register_entry
    for kind, said in (("death", ELSEWHERE | {"who_died": "child"}), ("divorce", {"who_died": "wife"})):
        no = refused(partial(world.propose_note, married.id, kind, **said))
        assert (no.type, no.fields[0].field) == ("invalid-field", "who_died"), kind


def test_a_note_without_who_died_is_taken_from_the_gateway_of_the_release_before_and_not_confirmed(
    world: World,
) -> None:
    """Luật HNGĐ 2014 Đ65: once it is in the chain, nobody can add it."""
    married = register_marriage(world).register_entry
    written = world.propose_note(married.id, "death", **ELSEWHERE | {"who_died": ""})
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, "ai chết" in no.text, "ngày chết" in no.text) == ("note-decided", True, False)
    assert kinds_of_notes(world, married.id) == []


def test_of_a_note_from_before_it_was_asked_who_died_the_officer_is_asked_about_both(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing says which of the two is dead, so nobody is stopped and nobody passes unseen."""
    married = register_marriage(world).register_entry
    with monkeypatch.context() as before:
        before.setattr("services.dossiers.use_cases.registers.notes.TOLD", ("died_on",))
        world.noted(married.id, "death", **ELSEWHERE)
    for who in (HUSBAND, WIFE):
        told = _told(world, who)
        assert {check: kind for check, (kind, _) in told.items()} == {
            "party-is-dead": ASKS,
            "marital-status-register": ASKS,
            "earlier-death": ASKS,
            "copy-of-the-dead": ASKS,
        }
        assert all("một bên đã chết" in text and "chưa hỏi ai chết" in text for _, text in told.values())


def test_a_note_refers_to_this_wards_entry_of_the_death_and_is_taken_back_with_it(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: also where the officer had to find out whose death it was."""
    married, died = marriage_and_death(world, ALIKE)
    assert kinds_of_notes(world, married) == [], "only likely: the officer compares"
    [likely] = read_entry(world, married).likely_deaths
    assert (likely.entry_id, likely.who, likely.died_on) == (died, "husband", "2020-10-06")
    no = refused(partial(world.propose_note, married, "death", **ELSEWHERE, death_entry=died))
    assert (no.type, {each.field for each in no.fields}) == (
        "invalid-field",
        {"died_on", "basis", "basis_number", "basis_agency", "basis_date"},
    ), "the entry is the basis"
    world.noted(married, "death", **FROM_HERE, death_entry=died)
    found = read_entry(world, married)
    [note] = found.notes
    assert (note.death_entry, note.who_died, "khai tử số 01/2020" in note.basis) == (died, "husband", True)
    assert note.died_on == "2020-10-06", "by the entry"
    assert "Người chết: chồng" in note.text
    assert not found.likely_deaths, "the marriage has ended"
    [wrong] = refused(partial(world.propose_note, married, "note-withdrawn", withdraws=1, **QUASHED)).fields
    assert wrong.field == "withdraws", "it is taken back at the death"

    unasked = {name: value for name, value in CAME_BACK.items() if name != "spouse_elsewhere"}
    no = refused(partial(world.propose_note, died, "declaration-annulled", **unasked))
    assert (no.type, no.fields[0].field) == ("missing-field", "spouse_elsewhere")
    world.noted(died, "declaration-annulled", **CAME_BACK)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored"]
    assert _told(world, HUSBAND) == {}, "he is alive"
    withdraw_note(world, died, 1)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored", "note-withdrawn"], (
        "the annulment was quashed"
    )


def test_who_has_another_number_in_the_book_of_deaths_is_stopped_once_a_note_says_that_it_is_him(world: World) -> None:
    """Luật HNGĐ 2014 Đ8: officer and signer have compared the two entries."""
    married, died = marriage_and_death(world, ALIKE)
    assert _told_of_the_dead(world) == (ASKS, True)
    world.noted(married, "death", **FROM_HERE, death_entry=died)
    assert _told_of_the_dead(world) == (STOPS, True)
    assert _told(world, WIFE) == {}


def _told_of_the_dead(world: World) -> tuple[FindingKind, bool]:
    kind, text = _told(world, HUSBAND)["party-is-dead"]
    return kind, "sổ khai tử của phường có mục số 01/2020" in text


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("divorce", {"basis_date": "2020-10-06"}, "death_entry"),
        ("death", FROM_HERE | {"who_died": "wife"}, "who_died"),
        ("death", FROM_HERE | {"died_on": "2020-10-06"}, "died_on"),
    ],
)
def test_a_death_of_this_ward_is_that_of_a_spouse_and_says_the_rest_itself(
    world: World, kind: str, said: dict[str, Any], field: str
) -> None:
    married, died = marriage_and_death(world, ALIKE)
    no = refused(partial(world.propose_note, married, kind, **said, death_entry=died))
    assert (no.type, no.fields[0].field) == ("invalid-field", field)


def test_a_death_from_before_the_marriage_is_not_noted_on_it_and_its_day_is_named(world: World) -> None:
    married = register_marriage(world).register_entry
    before = {"/death/date": "2020-10-01", "/death_paper/issued_on": "2020-10-01"}
    died = world.registered(DIE, changed(DEATH.form, ALIKE | before)).register_entry
    assert not read_entry(world, married.id).likely_deaths
    no = refused(partial(world.propose_note, married.id, "death", **FROM_HERE, death_entry=died.id))
    assert (no.type, no.fields[0].field) == ("invalid-field", "death_entry")
    assert "chết 01/10/2020, trước ngày đăng ký kết hôn" in no.fields[0].text


def test_a_death_that_a_note_tells_of_from_before_the_marriage_is_not_bound_to_that_note(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: as an officer cannot refer to it; the officer looks which day is wrong."""
    married = register_marriage(world).register_entry.id
    world.noted(married, "death", **ELSEWHERE)
    before = {"/death/date": "2020-10-05", "/death_paper/issued_on": "2020-10-05"}
    died = world.filed_as(DIE, changed(DEATH.form, HUSBAND_DIED | before))
    world.take_in(died)
    asked = findings_of(world, died)["earlier-death"]
    assert (asked.kind, "05/10/2020, trước ngày đăng ký kết hôn" in asked.text) == (pb.FINDING_KIND_ASKS_OFFICER, True)
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=died), DUNG)
    world.sign(died)
    assert kinds_of_notes(world, married) == ["death"]


def test_a_death_of_somebody_else_ends_no_marriage(world: World) -> None:
    married = register_marriage(world).register_entry
    died = world.registered(DIE, DEATH.form).register_entry
    assert not read_entry(world, married.id).likely_deaths
    no = refused(partial(world.propose_note, married.id, "death", **FROM_HERE, death_entry=died.id))
    assert (no.type, no.fields[0].field) == ("invalid-field", "death_entry")


def test_a_note_that_refers_to_a_death_is_not_confirmed_after_that_was_annulled(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: nobody would take it back."""
    married, died = marriage_and_death(world, ALIKE)
    written = world.propose_note(married, "death", **FROM_HERE, death_entry=died)
    world.noted(died, "declaration-annulled", **CAME_BACK)
    assert refused(partial(world.decide_note, written, confirmed=True)).type == "note-decided"
    assert not read_entry(world, married).likely_deaths
    no = refused(partial(world.propose_note, married, "death", **FROM_HERE, death_entry=died))
    assert no.fields[0].field == "death_entry"


def _noted_by_hand(world: World) -> tuple[str, str]:
    """A marriage whose note of a death refers to no entry, and this ward's entry of a death that it may be about."""
    married, died = marriage_and_death(world, ALIKE)
    world.noted(married, "death", **ELSEWHERE)
    return married, died


def test_who_takes_a_death_back_says_whether_a_note_on_a_marriage_is_about_it(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: the note was written by hand because of this death, which only the officer knows."""
    married, died = _noted_by_hand(world)
    [asked] = read_entry(world, died).marriages_to_ask
    assert (asked.entry_id, "Trích lục khai tử" in asked.basis) == (married, True)
    unanswered = world.propose_note(died, "declaration-annulled", **CAME_BACK)
    no = refused(partial(world.decide_note, unanswered, confirmed=True))
    assert (no.type, asked.label in no.text) == ("note-decided", True), "the gateway of the release before does not ask"
    assert kinds_of_notes(world, died) == []
    sent_back = world.decide_note(unanswered, reason="Xin trả lời.").proposed_notes[0].id

    yes = [pb.EndedBy(entry_id=married, by_this_death=True)]
    unasked = {name: value for name, value in CAME_BACK.items() if name != "spouse_elsewhere"}
    no = refused(partial(world.propose_note, died, "declaration-annulled", **unasked, ended_marriages=yes))
    assert no.fields[0].field == "spouse_elsewhere", "it restores a marriage"
    written = world.propose_note(died, "declaration-annulled", **CAME_BACK, ended_marriages=yes, instead_of=sent_back)
    [waits] = written.proposed_notes
    [said] = waits.ended_marriages
    assert (said.entry_id, said.label, said.by_this_death) == (married, asked.label, True), "the signer reads it"
    [note] = world.decide_note(written, confirmed=True).notes
    assert [each.by_this_death for each in note.ended_marriages] == [True], "the answer stays"
    assert kinds_of_notes(world, married) == ["death", "marriage-restored"]
    assert _told(world, HUSBAND) == {}
    withdraw_note(world, died, 1)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored", "note-withdrawn"]


def test_a_note_that_is_about_another_death_stays_and_the_answer_is_kept(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the death that another office registered still counts."""
    married, died = _noted_by_hand(world)
    no = [pb.EndedBy(entry_id=married, by_this_death=False)]
    unasked = {name: value for name, value in CAME_BACK.items() if name != "spouse_elsewhere"}
    [note] = world.noted(died, "declaration-annulled", **unasked, ended_marriages=no).notes
    assert [(each.entry_id, each.by_this_death) for each in note.ended_marriages] == [(married, False)]
    assert kinds_of_notes(world, married) == ["death"]
    assert _told(world, HUSBAND)["party-is-dead"][0] == STOPS


@pytest.mark.parametrize("elsewhere", ["remarried", "divorced"])
def test_who_came_back_is_alive_although_the_note_on_the_former_marriage_stays(world: World, elsewhere: str) -> None:
    """Luật HNGĐ 2014 Đ67.1: the marriage is not restored, and the person is free."""
    married, died = _noted_by_hand(world)
    yes = [pb.EndedBy(entry_id=married, by_this_death=True)]
    said = CAME_BACK | {"spouse_elsewhere": elsewhere, "spouse_elsewhere_text": "Phường Thanh Bình, số 12/2020"}
    world.noted(died, "declaration-annulled", **said, ended_marriages=yes)
    assert kinds_of_notes(world, married) == ["death", "death-annulled"]
    assert _told(world, HUSBAND) == {}
    no = refused(partial(world.propose_note, married, "marriage-restored", text="Khôi phục hôn nhân."))
    assert no.fields[0].field == "kind"
    no = refused(partial(world.propose_note, married, "note-withdrawn", withdraws=1, **QUASHED))
    assert no.fields[0].field == "withdraws"


def test_only_marriages_that_were_asked_about_are_answered(world: World) -> None:
    married, died = _noted_by_hand(world)
    other = register_marriage(world, OTHER_BRIDE | _OTHER_GROOM).register_entry
    for entry, kind, about, field in (
        (died, "declaration-annulled", other.id, "ended_marriages/0/entry_id"),
        (died, "correction", married, "ended_marriages"),
    ):
        said = [pb.EndedBy(entry_id=about, by_this_death=True)]
        no = refused(partial(world.propose_note, entry, kind, ended_marriages=said))
        assert (no.type, no.fields[0].field) == ("invalid-field", field)


_OTHER_GROOM = {
    "/husband/full_name": "Đặng Quốc Bảo",
    "/husband/birth_date": "1990-06-01",
    "/husband/identity_number": "201777888",
}


def test_a_death_of_the_other_spouse_is_not_asked_about(world: World) -> None:
    married, died = marriage_and_death(world, ALIKE)
    world.noted(married, "death", **ELSEWHERE | {"text": "Vợ chết.", "who_died": "wife"})
    assert not read_entry(world, died).marriages_to_ask


def test_who_was_declared_dead_elsewhere_comes_back_while_the_marriage_stays_ended(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: the spouse has married again, so `marriage-restored` would be false; else nobody could
    free who came back.
    """
    married = register_marriage(world).register_entry
    no = refused(partial(world.propose_note, married.id, "death-annulled", text="Hủy tuyên bố chết."))
    assert (no.type, no.fields[0].field) == ("invalid-field", "kind"), "nobody is dead"
    world.noted(married.id, "death", **ELSEWHERE)
    world.noted(married.id, "death-annulled", text="Hủy tuyên bố chết.")
    assert kinds_of_notes(world, married.id) == ["death", "death-annulled"]
    assert _told(world, HUSBAND) == {}
    assert register_marriage(world, WIDOW).status == 9, "her marriage has ended all the same"


def test_a_death_of_this_ward_is_annulled_at_its_own_entry(world: World) -> None:
    married = register_marriage(world).register_entry
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED))
    [note] = read_entry(world, married.id).notes
    assert (note.who_died, "Người chết: chồng" in note.text) == ("husband", True)
    no = refused(partial(world.propose_note, married.id, "death-annulled", text="Hủy tuyên bố chết."))
    assert (no.type, no.fields[0].field, "mục khai tử" in no.text) == ("invalid-field", "kind", True)


def test_a_note_from_before_it_referred_to_the_death_is_known_by_its_basis(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notes of earlier releases are chained and cannot be changed."""
    married = register_marriage(world).register_entry
    with monkeypatch.context() as before:
        before.setattr("services.dossiers.use_cases.registers.people_chain._note_death", _as_before)
        died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    [note] = read_entry(world, married.id).notes
    assert (note.death_entry, note.who_died) == ("", "")
    assert not read_entry(world, died.id).marriages_to_ask
    assert _told(world, WIFE) == {}, "the basis names the husband's entry"
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert kinds_of_notes(world, married.id) == ["death", "marriage-restored"]


def _as_before(unit: Any, marriage: Any, death: Any, _: str) -> None:
    chained_notes.write(unit, marriage, "death", "Hôn nhân chấm dứt do một bên chết.", basis_of_death(death))


def test_a_marriage_is_found_by_the_reference_after_the_name_that_made_it_alike_was_withdrawn(world: World) -> None:
    """The officer chose the entry when both had one name; that correction was withdrawn since."""
    married = register_marriage(world).register_entry
    stranger = ALIKE | {"/deceased/full_name": "Ngô Văn Tám", "/deceased/birth_date": "1950-02-03"}
    died = world.registered(DIE, changed(DEATH.form, stranger)).register_entry
    as_husband = {"deceased/full_name": HUSBAND["full_name"], "deceased/birth_date": HUSBAND["birth_date"]}
    corrected = [pb.EntryChange(at=at, value=value) for at, value in as_husband.items()]
    world.noted(died.id, "correction", text="Cải chính.", changes=corrected)
    world.noted(married.id, "death", **FROM_HERE, death_entry=died.id)
    withdraw_note(world, died.id, 1)
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert kinds_of_notes(world, married.id) == ["death", "marriage-restored"]


def test_an_answer_that_a_waiting_note_lost_is_asked_for_again(world: World) -> None:
    """The marriage was noted after the officer had written that the death is taken back."""
    married, died = marriage_and_death(world, ALIKE)
    written = world.propose_note(died, "declaration-annulled", **CAME_BACK)
    world.noted(married, "death", **ELSEWHERE)
    assert refused(partial(world.decide_note, written, confirmed=True)).type == "note-decided"
    assert kinds_of_notes(world, died) == []


def test_a_death_that_a_note_tells_of_is_registered_and_the_note_is_bound_to_it(world: World) -> None:
    """Luật Hộ tịch 2014 Đ32–34: a note on a marriage is no registration; Luật HNGĐ 2014 Đ67.1: its annulment reaches
    the marriage.
    """
    married = register_marriage(world).register_entry.id
    world.noted(married, "death", **ELSEWHERE | {"basis": "Quyết định tuyên bố chết"})
    died = register_death(world)
    noted, bound = read_entry(world, married).notes
    assert (noted.kind, bound.kind, bound.supplements) == ("death", "death-supplemented", 1)
    assert (bound.death_entry, bound.who_died, "khai tử số 01/2020" in bound.basis) == (died, "husband", True)
    assert not read_entry(world, died).marriages_to_ask
    kind, text = _told(world, HUSBAND)["earlier-death"]
    assert (kind, "sổ của phường" in text) == (STOPS, True), "now it is registered"
    world.noted(died, "declaration-annulled", **CAME_BACK)
    assert kinds_of_notes(world, married) == ["death", "death-supplemented", "marriage-restored"]
    assert _told(world, HUSBAND) == {}


def test_a_wrong_answer_is_asked_again_once_its_note_no_longer_counts(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67.1: the note was about a death elsewhere all the time."""
    married, died = _noted_by_hand(world)
    yes, no = ([pb.EndedBy(entry_id=married, by_this_death=each)] for each in (True, False))
    [asked] = read_entry(world, died).marriages_to_ask
    assert not asked.answered
    world.noted(died, "declaration-annulled", **CAME_BACK, ended_marriages=yes)
    withdraw_note(world, died, 1)
    [asked] = read_entry(world, died).marriages_to_ask
    assert (asked.entry_id, asked.answered, asked.by_this_death) == (married, True, True), "with the last answer"
    unanswered = world.propose_note(died, "declaration-annulled", **CAME_BACK)
    assert refused(partial(world.decide_note, unanswered, confirmed=True)).type == "note-decided"
    back = world.decide_note(unanswered, reason="Xin trả lời.").proposed_notes[0].id
    unasked = {name: value for name, value in CAME_BACK.items() if name != "spouse_elsewhere"}
    world.noted(died, "declaration-annulled", **unasked, ended_marriages=no, instead_of=back)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored", "note-withdrawn"]
    assert _told(world, HUSBAND)["party-is-dead"][0] == STOPS


def test_the_day_of_a_notes_own_paper_stays_whatever_entry_it_is_said_to_be_about(world: World) -> None:
    married = register_marriage(world).register_entry.id
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    world.noted(married, "death", **ELSEWHERE | {"basis_date": "2020-10-07", "died_on": "2020-10-07"})
    died = register_death(world, ALIKE)
    said = CAME_BACK | {"spouse_elsewhere": "remarried", "spouse_elsewhere_text": "Phường Thanh Bình, số 12/2020"}
    yes = [pb.EndedBy(entry_id=married, by_this_death=True)]
    world.noted(died, "declaration-annulled", **said | {"basis_date": "2020-10-08"}, ended_marriages=yes)
    no = refused(partial(world.propose_note, married, "divorce", basis_date="2020-10-08"))
    assert "ngày 07/10/2020" in no.fields[0].text


def test_a_note_from_before_who_died_was_asked_is_completed_on_its_own_paper(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Luật HNGĐ 2014 Đ65: the chained note does not change, and stays in force."""
    married = register_marriage(world).register_entry.id
    with monkeypatch.context() as before:
        before.setattr("services.dossiers.use_cases.registers.notes.TOLD", ("died_on",))
        world.noted(married, "death", **ELSEWHERE)
    add: dict[str, Any] = FROM_HERE | {"text": "Bổ sung người chết."}
    supplement = partial(world.propose_note, married, "death-supplemented")
    for said, kind, field in (
        (add, "missing-field", "who_died"),
        (add | {"who_died": "husband", "died_on": "2020-10-05"}, "invalid-field", "died_on"),
        (add | {"who_died": "husband", "basis": "Giấy khác"}, "invalid-field", "basis"),
    ):
        no = refused(partial(supplement, **said))
        assert (no.type, no.fields[0].field) == (kind, field)
    late = supplement(**add, who_died="wife")
    written = supplement(**add, who_died="husband")
    first, added = world.decide_note(written, confirmed=True).notes
    assert (added.basis, added.supplements, added.who_died) == (first.basis, 1, "husband")
    assert (first.counts, "không còn giá trị" in added.text) == (True, False)
    assert _told(world, HUSBAND)["party-is-dead"][0] == STOPS
    assert _told(world, WIFE) == {}
    [wrong] = refused(partial(supplement, **add, who_died="wife")).fields
    assert wrong.field == "who_died", "it was said"
    late = read_entry(world, late.id)
    assert refused(partial(world.decide_note, late, confirmed=True)).type == "note-decided", "so was it meanwhile"


def test_a_note_of_a_death_is_completed_by_this_wards_entry(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: then nobody is asked about it when the death is taken back."""
    married, died = _noted_by_hand(world)
    assert [each.entry_id for each in read_entry(world, married).likely_deaths] == [died]
    world.noted(married, "death-supplemented", **FROM_HERE | {"text": "Bổ sung mục khai tử."}, death_entry=died)
    assert not read_entry(world, died).marriages_to_ask
    assert not read_entry(world, married).likely_deaths
    no = refused(partial(world.propose_note, married, "death-supplemented", text="Lần nữa.", who_died="husband"))
    assert (no.type, no.fields[0].field) == ("invalid-field", "kind"), "it says it all"
    world.noted(died, "declaration-annulled", **CAME_BACK)
    assert kinds_of_notes(world, married) == ["death", "death-supplemented", "marriage-restored"]
