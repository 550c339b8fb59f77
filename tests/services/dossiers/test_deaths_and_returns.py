"""A death ends a marriage; a declared death that is taken back may bring it back."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from services.chassis.refusal import Kind
from services.dossiers import registers
from services.dossiers.sealed import seal_json
from services.dossiers.use_cases.opened import content_of_proposed_note
from tests.services.dossiers.people import (
    CAME_BACK,
    DIE,
    DIED_ON_THE_SEVENTH,
    HUSBAND_DIED,
    MARRY,
    OTHER_BRIDE,
    QUASHED,
    WIDOW,
    findings_of,
    kinds_of_notes,
    marriage_and_death,
    read_entry,
    register_marriage,
    status_of,
    withdraw_note,
)
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    NAM_DUONG,
    World,
    refused,
)
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marriage_forms import MARRIAGE, widowed
from tests.unit.dossiers.worlds import changed


def test_the_death_of_somebody_of_the_same_name_and_birth_ends_no_marriage(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the note is written where the number of a paper says who it was; else the officer looks."""
    married = register_marriage(world).register_entry
    namesake = HUSBAND_DIED | {"/deceased/identity_number": "201000999"}
    world.registered(DIE, changed(DEATH.form, namesake))
    assert (list(read_entry(world, married.id).notes), status_of(world, married.certificate_id)) == ([], "valid")


def test_a_death_ends_the_marriage_and_the_force_of_its_papers(world: World) -> None:
    """The widow's marriage has ended; the dead person gets no confirmation, marriage or second death registration."""
    married = register_marriage(world)
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED))
    assert status_of(world, married.register_entry.certificate_id) == "superseded"
    entry = world.call("GetEntry", pb.GetEntryRequest(entry_id=married.register_entry.id), DUNG)
    [note] = entry.notes
    assert (note.kind, "khai tử số 01/2020" in note.basis) == ("death", True)
    assert note.text.endswith(" Chết: 06/10/2020.")
    assert died.register_entry.number == 1

    again = world.filed_as(DIE, changed(DEATH.form, HUSBAND_DIED))
    world.take_in(again)
    no = refused(partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=again), DUNG))
    assert no.type == "not-registrable"

    widow = {
        "/wife/marriage_count": 2,
        **widowed("wife"),
        "/husband/full_name": "Đặng Quốc Bảo",
        "/husband/birth_date": "1990-06-01",
        "/husband/identity_number": "201777888",
    }
    assert register_marriage(world, widow).status == 9


def test_a_marriage_that_was_registered_after_the_death_does_not_end_by_it(world: World) -> None:
    """Luật HNGĐ 2014 Đ65; TT 04/2020 Đ32: both signed the book of marriages, so one of the two papers is wrong."""
    married = register_marriage(world).register_entry
    before = {"/death/date": "2020-10-05", "/death_paper/issued_on": "2020-10-05"}
    died = world.filed_as(DIE, changed(DEATH.form, HUSBAND_DIED | before))
    world.take_in(died)
    asked = findings_of(world, died)["marriage-ends-with-death"]
    assert (asked.kind, asked.field) == (pb.FINDING_KIND_ASKS_OFFICER, "/death/date")
    assert ("05/10/2020" in asked.text, "06/10/2020" in asked.text) == (True, True)
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=died), DUNG)
    entry = world.sign(died).register_entry
    assert (list(read_entry(world, married.id).notes), status_of(world, married.certificate_id)) == ([], "valid")
    corrected = [pb.EntryChange(at="death/date", value="2020-10-06")]
    world.noted(entry.id, "correction", text="Cải chính ngày chết.", changes=corrected)
    [note] = read_entry(world, married.id).notes
    assert (note.kind, note.death_entry, note.died_on) == ("death", entry.id, "2020-10-06"), "it ends by the correction"
    assert status_of(world, married.certificate_id) == "superseded"


def test_a_death_of_somebody_with_the_same_name_and_birthday_changes_nothing_by_itself(world: World) -> None:
    """Likely is for the officer to find out: another number is another person until somebody says otherwise."""
    married = register_marriage(world)
    husband = MARRIAGE.form["husband"]
    alike = {
        "/deceased/full_name": husband["full_name"],
        "/deceased/birth_date": husband["birth_date"],
        "/deceased/identity_number": "201000001",
        "/copies/wanted": False,
    }
    world.registered(DIE, changed(DEATH.form, alike))
    assert status_of(world, married.register_entry.certificate_id) == "valid"


def test_an_annulled_declaration_of_death_brings_back_the_person_and_the_marriage(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: the marriage is restored; a second note reverses the first, and no check finds the
    death.
    """
    married = register_marriage(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    assert kinds_of_notes(world, married.id) == ["death"]
    world.noted(died.id, "declared-dead")
    again = world.filed_as(DIE, changed(DEATH.form, HUSBAND_DIED))
    world.take_in(again)
    approve = partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=again), DUNG)
    assert refused(approve).type == "not-registrable"

    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert status_of(world, died.certificate_id) == "revoked"
    ended, revived = read_entry(world, married.id).notes
    assert (ended.kind, revived.kind) == ("death", "marriage-restored")
    assert (revived.signer_name, "số 04/2020/QĐDS-ST" in revived.basis) == (CHAIR.name, True)
    second = world.filed_as(MARRY, changed(MARRIAGE.form, WIDOW))
    world.take_in(second)
    no = refused(partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=second), DUNG))
    assert any("Luật HNGĐ 2014" in fault.text for fault in no.fields), "her first marriage stands again"
    assert approve().status == 4, "he can die a second time"
    world.sign(again)
    assert kinds_of_notes(world, married.id) == ["death", "marriage-restored", "death"]


def test_a_marriage_does_not_revive_after_a_divorce_nor_where_the_spouse_has_married_again(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1."""
    married, died = marriage_and_death(world)
    register_marriage(world, WIDOW)
    world.noted(died, "declaration-annulled", **CAME_BACK)
    assert kinds_of_notes(world, married) == ["death", "death-annulled"]


def test_a_marriage_revives_where_the_spouses_later_one_was_annulled(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1, Đ12: who was never married otherwise has not married again."""
    married, died = marriage_and_death(world)
    later = register_marriage(world, WIDOW).register_entry
    world.noted(later.id, "annulment", text="Hủy việc kết hôn trái pháp luật.")
    world.noted(died, "declaration-annulled", **CAME_BACK)
    assert kinds_of_notes(world, married) == ["death", "marriage-restored"]


@pytest.mark.parametrize("elsewhere", ["remarried", "divorced"])
def test_a_marriage_does_not_revive_where_another_office_has_the_spouses_remarriage_or_divorce(
    world: World, elsewhere: str
) -> None:
    """Luật HNGĐ 2014 Đ67.1: the officer asks that office before the declaration is annulled, and the record stays."""
    married = register_marriage(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    unasked = {name: text for name, text in CAME_BACK.items() if name != "spouse_elsewhere"}
    for said, kind, field in (
        ({}, "missing-field", "spouse_elsewhere"),
        ({"spouse_elsewhere": "who-knows"}, "invalid-field", "spouse_elsewhere"),
        ({"spouse_elsewhere": elsewhere, "spouse_elsewhere_text": " "}, "invalid-field", "spouse_elsewhere_text"),
    ):
        no = refused(partial(world.propose_note, died.id, "declaration-annulled", **unasked, **said))
        assert (no.type, no.fields[0].field) == (kind, field)
        assert not read_entry(world, died.id).proposed_notes, "what is refused leaves nothing"
    for entry, kind in ((died, "correction"), (married, "annulment")):
        no = refused(partial(world.propose_note, entry.id, kind, spouse_elsewhere="none"))
        assert (no.type, no.fields[0].field) == ("invalid-field", "spouse_elsewhere"), "of nothing else"
    where = "Ủy ban nhân dân phường Thanh Bình, số 12/2020, ngày 02/10/2020"
    said = {"spouse_elsewhere": elsewhere, "spouse_elsewhere_text": where}
    written = world.propose_note(died.id, "declaration-annulled", **unasked, **said)
    assert written.proposed_notes[0].spouse_elsewhere_text == where, "the signer reads it"
    [note] = world.decide_note(written, confirmed=True).notes
    assert (note.spouse_elsewhere, note.spouse_elsewhere_text) == (elsewhere, where)
    assert where not in note.text + note.basis, "no copy tells it"
    assert [each.kind for each in read_entry(world, married.id).notes] == ["death", "death-annulled"]
    man = {f"/husband/{name}": value for name, value in MARRIAGE.form["husband"].items()}
    since = {"/husband/marital_status_paper/issued_on": "2020-10-06"}
    assert register_marriage(world, OTHER_BRIDE | man | widowed("husband") | since).status == 9, "who came back is free"


def test_a_note_of_a_death_in_this_ward_is_taken_back_at_the_death_and_not_at_the_marriage(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67.1: there somebody asks whether the spouse has married again."""
    married, died = marriage_and_death(world)
    withdrawn = partial(world.propose_note, married, "note-withdrawn", withdraws=1, **QUASHED)
    no = refused(withdrawn)
    assert (no.type, [fault.field for fault in no.fields]) == ("invalid-field", ["withdraws"])
    remarried = {"spouse_elsewhere": "remarried", "spouse_elsewhere_text": "Phường Thanh Bình, số 12/2020"}
    written = world.propose_note(married, "marriage-restored", text="Khôi phục hôn nhân.")
    world.noted(died, "declaration-annulled", **CAME_BACK | remarried)
    assert refused(withdrawn).fields[0].field == "withdraws", "nor after it was taken back"
    assert refused(partial(world.decide_note, written, confirmed=True)).type == "note-decided", "nor as it is restored"
    no = refused(partial(world.propose_note, married, "marriage-restored", text="Khôi phục hôn nhân."))
    assert (no.type, no.fields[0].field) == ("invalid-field", "kind")
    assert kinds_of_notes(world, married) == ["death", "death-annulled"]
    withdraw_note(world, died, 1)
    world.noted(died, "declaration-annulled", **CAME_BACK)
    kinds = kinds_of_notes(world, married)
    assert kinds == ["death", "death-annulled", "note-withdrawn", "marriage-restored"], "said anew"


def test_a_marriage_that_stands_by_another_note_ends_again_with_the_death_that_counts_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Luật HNGĐ 2014 Đ65: where the note of the death was withdrawn by itself, as could be done before."""
    married, died = marriage_and_death(world)
    with monkeypatch.context() as before:
        before.setattr("services.dossiers.use_cases.registers.withdrawals._kept", lambda *_: "")
        withdraw_note(world, married, 1)
    world.noted(died, "declaration-annulled", **CAME_BACK)
    kinds = kinds_of_notes(world, married)
    assert kinds == ["death", "note-withdrawn"], "it stands already"
    withdraw_note(world, died, 1)
    assert kinds_of_notes(world, married) == [*kinds, "death"]
    assert register_marriage(world, WIDOW).status == 9, "she is a widow"


def test_a_death_that_counts_again_ends_no_marriage_from_after_its_corrected_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Luật HNGĐ 2014 Đ65: also where the note of the death was withdrawn by itself, as could be done before."""
    married, died = marriage_and_death(world)
    with monkeypatch.context() as before:
        before.setattr("services.dossiers.use_cases.registers.withdrawals._kept", lambda *_: "")
        withdraw_note(world, married, 1)
    corrected = [pb.EntryChange(at="death/date", value="2020-10-05")]
    world.noted(died, "correction", text="Cải chính ngày chết.", changes=corrected)
    world.noted(died, "declaration-annulled", **CAME_BACK)
    withdraw_note(world, died, 2)
    assert kinds_of_notes(world, married) == ["death", "note-withdrawn"]


def test_a_second_annulment_after_a_quashed_one_restores_the_marriage_again(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: the notes of the first one stay and count no longer; quashed too, all ends again."""
    married, died = marriage_and_death(world)
    for _ in range(2):
        annulled = world.noted(died, "declaration-annulled", **CAME_BACK)
        withdraw_note(world, died, annulled.notes[-1].sequence)
    assert [(note.kind, note.counts) for note in read_entry(world, married).notes] == [
        ("death", True),
        ("marriage-restored", False),
        ("note-withdrawn", True),
        ("marriage-restored", False),
        ("note-withdrawn", True),
    ]


def test_only_a_note_that_takes_a_death_back_answers_about_the_spouse(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: a note that withdraws a correction, or quashes an annulment, takes nobody's death back."""
    married, died = marriage_and_death(world)
    world.noted(died, "correction", text="Cải chính.", changes=[pb.EntryChange(at="death/place", value="Nơi khác")])
    world.noted(died, "declaration-annulled", **CAME_BACK)
    answers: list[dict[str, Any]] = [
        {"spouse_elsewhere": "none"},
        {"ended_marriages": [pb.EndedBy(entry_id=married, by_this_death=True)]},
        {"remarriages": [pb.SpouseRemarried(entry_id=married, of_spouse=False)]},
    ]
    for withdraws in (1, 2):
        for answer in answers:
            no = refused(partial(world.propose_note, died, "note-withdrawn", withdraws=withdraws, **QUASHED, **answer))
            assert (no.type, [each.field for each in no.fields]) == ("invalid-field", [*answer]), withdraws
    withdraw_note(world, died, 2)
    said = {"spouse_elsewhere": "remarried", "spouse_elsewhere_text": "Phường Thanh Bình, số 12/2020"}
    again = world.noted(died, "note-withdrawn", withdraws=3, **QUASHED, **said)
    assert again.notes[-1].spouse_elsewhere == "remarried", "the annulment counts again"
    kinds = kinds_of_notes(world, married)
    restored = ["death", "marriage-restored", "note-withdrawn"]
    assert kinds == [*restored, "death-annulled"], "the spouse has remarried elsewhere"


def test_no_death_is_taken_back_by_a_note_that_does_not_say_what_became_of_the_spouse(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: of a note from before that was asked, or where the marriage was noted since."""
    married, died = marriage_and_death(world)
    written = world.propose_note(died, "declaration-annulled", **CAME_BACK)
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        [row] = registers.proposed_notes(session, UUID(died))
        content = {
            name: value for name, value in content_of_proposed_note(cell, row).items() if name != "spouse_elsewhere"
        }
        seal_json(cell, row, "content", content)
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.kind, no.type) == (Kind.CONFLICT, "note-decided")
    assert not read_entry(world, died).notes
    assert [each.kind for each in read_entry(world, married).notes] == ["death"]
    back = world.decide_note(written, reason="Xin hỏi về người vợ.")
    anew = world.propose_note(died, "declaration-annulled", instead_of=back.proposed_notes[0].id, **CAME_BACK)
    world.decide_note(anew, confirmed=True)
    assert [each.kind for each in read_entry(world, married).notes] == ["death", "marriage-restored"]


def test_a_divorce_from_a_missing_person_stays(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1, Đ56.2."""
    married = register_marriage(world).register_entry
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED | DIED_ON_THE_SEVENTH)).register_entry
    world.noted(married.id, "divorce")
    world.noted(died.id, "declaration-annulled", **CAME_BACK | {"basis_date": "2020-10-08"})
    assert kinds_of_notes(world, married.id) == ["death", "divorce", "death-annulled"]


def test_a_person_whose_declared_death_counts_again_is_dead_and_the_marriage_has_ended_again(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67: what the annulled declaration had brought back goes with it; confirmations, too."""
    married = register_marriage(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert kinds_of_notes(world, married.id) == ["death", "marriage-restored"]
    withdraw_note(world, died.id, 1)
    notes = read_entry(world, married.id).notes
    assert [(note.kind, note.counts) for note in notes] == [
        ("death", True),
        ("marriage-restored", False),
        ("note-withdrawn", True),
    ]
    assert "02/2020/HNGĐ-GĐT" in notes[2].basis
    again = world.filed_as(DIE, changed(DEATH.form, HUSBAND_DIED))
    world.take_in(again)
    approve = partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=again), DUNG)
    assert refused(approve).type == "not-registrable", "nobody dies twice"
    assert register_marriage(world, WIDOW).status == 9
    withdraw_note(world, died.id, 2)
    kinds = kinds_of_notes(world, married.id)
    restored = ["death", "marriage-restored", "note-withdrawn"]
    assert kinds == [*restored, "death-annulled"], "the widow has married again (Đ67.1)"
