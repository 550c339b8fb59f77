"""Dated notes on entries: who writes and who signs them, what they change, and what takes them back."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind
from services.chassis.tokens import Role
from tests.services.dossiers.people import (
    CONFIRM,
    COPY_OUT,
    DIE,
    DIED_ON_THE_SIXTH,
    MARRY,
    OTHER_BRIDE,
    QUASHED,
    findings_of,
    marriage_and_death,
    read_entry,
    register_marriage,
    status_of,
    withdraw_note,
)
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    HOA,
    OFFICER_AND_SIGNER,
    Person,
    World,
    refused,
)
from tests.unit.dossiers.copy_forms import copy_form_of
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE, divorced
from tests.unit.dossiers.worlds import changed


@pytest.mark.parametrize(
    ("kind", "fields", "at"),
    [
        ("correction", {"renamed": "wife"}, "new_name"),
        ("correction", {"new_name": "Trần Thị Lan Anh"}, "renamed"),
        ("correction", {"new_name": "Trần Thị Lan Anh", "renamed": "child"}, "renamed"),
        ("divorce", {"new_name": "Trần Thị Lan Anh", "renamed": "wife"}, "new_name"),
    ],
)
def test_a_note_gives_a_new_name_to_somebody_of_its_entry_where_it_can(
    world: World, kind: str, fields: dict[str, str], at: str
) -> None:
    married = register_marriage(world).register_entry.id
    no = refused(lambda: world.propose_note(married, kind, **fields))
    assert (no.kind, no.fields[0].field) == (Kind.INVALID, at)


RENAMED_BRIDE = {"/wife/full_name": "Trần Thị Lan Anh", "/wife/identity_number": "048190000888"}


def test_who_has_a_new_name_by_a_note_is_found_by_it_wherever_entries_are_looked_up(world: World) -> None:
    """TT 04/2020 Đ23; Luật HNGĐ 2014 Đ5.2, Đ65: under the new name with another number, the first marriage is found."""
    married = register_marriage(world).register_entry
    world.noted(married.id, "correction", text="Đổi tên.", renamed="wife", new_name="Trần Thị Lan Anh")
    second = world.filed_as(MARRY, changed(MARRIAGE.form, RENAMED_BRIDE | {
        "/husband/full_name": "Phạm Văn Khác", "/husband/birth_date": "1991-02-03",
        "/husband/identity_number": "048091000777",
    }))  # fmt: skip
    asked = findings_of(world, second)["standing-marriage"]
    assert asked.kind == pb.FINDING_KIND_ASKS_OFFICER
    assert "ghi chú thay đổi" in asked.text, "the officer is told why another name stands there"
    same_number = RENAMED_BRIDE | {"/wife/identity_number": MARRIAGE.form["wife"]["identity_number"]}
    again = world.filed_as(MARRY, changed(MARRIAGE.form, same_number))
    assert findings_of(world, again)["standing-marriage"].kind == pb.FINDING_KIND_STOPS

    never = {
        "/person/full_name": "Trần Thị Lan Anh",
        "/person/birth_date": MARRIAGE.form["wife"]["birth_date"],
        "/requester/full_name": "Trần Thị Lan Anh",
        "/requester/identity_number": "048190000888",
    }
    confirm = world.filed_as(CONFIRM, changed(MARITAL_STATUS.form, never))
    assert "marital-status-register" in findings_of(world, confirm)

    dead = {
        "/deceased/full_name": "Trần Thị Lan Anh",
        "/deceased/sex": "female",
        "/deceased/birth_date": MARRIAGE.form["wife"]["birth_date"],
        "/deceased/identity_number": "048190000888",
        "/copies/wanted": False,
        **DIED_ON_THE_SIXTH,
    }
    dies = world.filed_as(DIE, changed(DEATH.form, dead))
    assert "marriage-ends-with-death" in findings_of(world, dies)


def test_a_name_that_a_note_gave_in_one_register_is_followed_into_the_others(world: World) -> None:
    """The death of somebody whom a note on the marriage renamed is registered under the former name and another
    number.
    """
    married = register_marriage(world).register_entry
    world.noted(married.id, "correction", text="Đổi tên.", renamed="wife", new_name="Trần Thị Lan Anh")
    wife = MARRIAGE.form["wife"]
    died = {
        "/deceased/full_name": wife["full_name"],
        "/deceased/sex": "female",
        "/deceased/birth_date": wife["birth_date"],
        "/deceased/identity_number": "201666777",
        "/copies/wanted": False,
    }
    world.registered(DIE, changed(DEATH.form, died))
    renamed = {"/deceased/full_name": "Trần Thị Lan Anh", "/deceased/identity_number": "201666888"}
    again = world.filed_as(DIE, changed(DEATH.form, died | renamed))
    assert findings_of(world, again)["earlier-death"].kind == pb.FINDING_KIND_ASKS_OFFICER
    other = {"/deceased/full_name": "Trần Thị Khác", "/deceased/identity_number": "201666999"}
    assert "earlier-death" not in findings_of(world, world.filed_as(DIE, changed(DEATH.form, died | other)))


def test_a_register_is_searched_by_a_name_that_a_note_gave_and_the_list_says_so(world: World) -> None:
    married = register_marriage(world).register_entry
    world.noted(married.id, "correction", text="Đổi tên.", renamed="wife", new_name="Trần Thị Mận")
    for typed in ("man tran", MARRIAGE.form["wife"]["full_name"]):
        request = pb.SearchRegisterRequest(register="marriage", query=typed, reason="Tra cứu", page_size=10)
        (found,) = world.call("SearchRegister", request, DUNG).entries
        assert found.id == married.id
        assert "(nay là TRẦN THỊ MẬN · 08/03/1996)" in found.names[0]
    kept = json.loads(read_entry(world, married.id).content_json)
    assert kept["wife"]["full_name"] == MARRIAGE.form["wife"]["full_name"].upper(), "the entry itself is as it was"


def test_a_note_changes_the_name_of_the_person_it_states(world: World) -> None:
    """Luật Hộ tịch 2014 Đ28: the mother's correction is not the child's."""
    birth = world.signed().register_entry.id
    child = json.loads(read_entry(world, birth).content_json)["child"]["full_name"]
    world.noted(birth, "correction", text="Cải chính.", renamed="mother", new_name="Trần Thị Mẹ")
    now = {each.at: each for each in read_entry(world, birth).changeable}
    assert (now["child/full_name"].value, now["mother/full_name"].value) == (child, "TRẦN THỊ MẸ")
    assert now["mother/full_name"].title == "Họ, chữ đệm, tên của mẹ"


@pytest.mark.parametrize(
    ("kind", "at", "value", "member"),
    [
        ("divorce", "wife/residence", "Phường Hải Châu I", "at"),
        ("correction", "child/full_name", "Nguyễn Văn A", "at"),
        ("correction", "wife/birth_date", "11/11/1996", "value"),
        ("correction", "wife/birth_date", "2999-01-01", "value"),
        ("correction", "wife/full_name", "", "value"),
        ("correction", "wife/full_name", "Trần Thị 2", "value"),
    ],
)
def test_a_note_changes_what_its_kind_may_change_of_its_register(
    world: World, kind: str, at: str, value: str, member: str
) -> None:
    married = register_marriage(world).register_entry.id
    change = [pb.EntryChange(at=at, value=value)]
    no = refused(lambda: world.propose_note(married, kind, basis_date="2020-10-06", changes=change))
    assert (no.type, no.fields[0].field) == ("invalid-field", f"changes/0/{member}")


def test_a_wrong_change_is_named_by_its_place_and_one_place_is_not_changed_twice(world: World) -> None:
    married = register_marriage(world).register_entry.id
    good = pb.EntryChange(at="wife/residence", value="Phường Hải Châu I")

    def told(*changes: pb.EntryChange, **more: str) -> str:
        no = refused(lambda: world.propose_note(married, "correction", changes=changes, **more))
        assert no.type == "invalid-field"
        return no.fields[0].field

    assert told(good, pb.EntryChange(at="wife/birth_date", value="hôm qua")) == "changes/1/value"
    assert told(good, good, pb.EntryChange(at="wife/residence", value="Phường Hải Châu II")) == "changes/2/value"
    renamed = pb.EntryChange(at="wife/full_name", value="Trần Thị Hai")
    assert told(good, renamed, renamed="wife", new_name="Trần Thị Ba") == "changes/1/value"
    same = pb.EntryChange(at="wife/full_name", value="TRẦN THỊ BA")
    world.propose_note(married, "correction", changes=[good, good, same], renamed="wife", new_name="Trần Thị Ba")


def test_a_note_that_a_later_one_has_overtaken_has_to_be_rewritten(world: World) -> None:
    married = register_marriage(world).register_entry.id
    one, two = ([pb.EntryChange(at="wife/residence", value=f"Phường Hải Châu {each}")] for each in ("I", "II"))
    first = world.propose_note(married, "correction", changes=one)
    both = world.propose_note(married, "correction", changes=two)
    (second,) = [each.id for each in both.proposed_notes if each.id != first.proposed_notes[0].id]
    request = pb.DecideNoteRequest(entry_id=married, proposed_note_id=second, confirmed=True)
    request.no_conflict_of_interest = True
    world.call("DecideNote", request, CHAIR)
    assert refused(partial(world.decide_note, first, confirmed=True)).type == "note-decided"


def test_a_signer_cannot_confirm_a_note_that_names_themselves(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.1h: a signer who is recognised as the father."""
    birth = world.signed().register_entry.id
    father = [pb.EntryChange(at="father/full_name", value=CHAIR.name)]
    written = world.propose_note(birth, "parentage", changes=father)
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, no.fields[0].field) == ("conflict-of-interest", "namesake")


def test_a_sex_is_not_re_determined_before_the_birth(world: World) -> None:
    """TT 04/2020 Đ29.6c."""
    birth = world.signed().register_entry.id
    born = json.loads(read_entry(world, birth).content_json)["child"]["birth_date"]
    before = (date.fromisoformat(born) - timedelta(days=1)).isoformat()
    no = refused(lambda: world.propose_note(birth, "sex", basis_date=before))
    assert (no.type, no.fields[0].field) == ("invalid-field", "basis_date")
    world.propose_note(birth, "sex", basis_date=born)


def test_a_note_needs_what_it_says_and_on_which_paper_it_rests(world: World) -> None:
    """NĐ 123/2015 Đ13: content, number, date, issuer, signatory."""
    entry = register_marriage(world).register_entry.id
    for changes, field in (
        ({"text": " "}, "text"),
        ({"basis": ""}, "basis"),
        ({"basis_number": ""}, "basis_number"),
        ({"basis_agency": " "}, "basis_agency"),
        ({"basis_date": "hôm qua"}, "basis_date"),
        ({"basis_date": "2020-10-07"}, "basis_date"),
    ):
        no = refused(partial(world.propose_note, entry, "divorce", **changes))
        assert (no.kind, no.fields[0].field) == (Kind.INVALID, field)
    no = refused(partial(world.propose_note, entry, "rumour"))
    assert no.fields[0].field == "kind"
    no = refused(partial(world.propose_note, "0c000000-0000-4000-8000-000000000009", "divorce"))
    assert (no.kind, no.type) == (Kind.NOT_FOUND, "unknown-entry")


def test_a_note_is_refused_once_with_every_field_at_fault(world: World) -> None:
    """The officer mends it at once. What depends on something wrong is looked at when that is right."""
    married = register_marriage(world).register_entry.id
    changes = [
        pb.EntryChange(at="wife/birth_date", value="hôm qua"),
        pb.EntryChange(at="wife/residence", value="Phường Hải Châu I"),
        pb.EntryChange(at="child/full_name", value="Nguyễn Văn A"),
    ]
    wrong: dict[str, Any] = {
        "text": " ",
        "basis": "",
        "basis_number": " ",
        "basis_agency": "",
        "basis_date": "hôm qua",
        "withdraws": 1,
        "not_this_person": True,
        "changes": changes,
        "renamed": "child",
        "died_on": "2020-10-06",
        "who_died": "wife",
    }
    no = refused(partial(world.propose_note, married, "correction", **wrong))
    assert (no.type, [each.field for each in no.fields]) == (
        "invalid-field",
        [
            *("text", "basis", "basis_number", "basis_agency", "basis_date", "withdraws", "not_this_person"),
            *("new_name", "renamed", "changes/0/value", "changes/2/at", "died_on", "who_died"),
        ],
    )
    assert all(each.text for each in no.fields)
    no = refused(partial(world.propose_note, married, "rumour", **wrong))
    assert [each.field for each in no.fields] == ["text", "kind"], "the rest depends on the kind"
    no = refused(partial(world.propose_note, married, "divorce", basis="", text=""))
    assert (no.type, [each.field for each in no.fields]) == ("missing-field", ["text", "basis"])
    assert not read_entry(world, married).proposed_notes


def test_what_a_note_says_of_several_entries_is_refused_at_once(world: World) -> None:
    married, died = marriage_and_death(world)
    about: dict[str, Any] = {
        "ended_marriages": [pb.EndedBy(entry_id=each, by_this_death=True) for each in (married, died)],
        "remarriages": [pb.SpouseRemarried(entry_id=each, of_spouse=True) for each in (married, died)],
        "spouse_elsewhere": "remarried",
    }
    no = refused(partial(world.propose_note, died, "declaration-annulled", **about, basis_agency=""))
    at = [f"{name}/{place}/entry_id" for name in ("ended_marriages", "remarriages") for place in (0, 1)]
    assert [each.field for each in no.fields] == ["basis_agency", "spouse_elsewhere_text", *at]
    no = refused(partial(world.propose_note, died, "declaration-annulled", basis_agency=""))
    assert [each.field for each in no.fields] == ["basis_agency", "spouse_elsewhere"], "and what is not answered"


OFFICER = Person(
    "0b000000-0000-4000-8000-000000000077", "Trần Thị Thu", (Role.CIVIL_STATUS_OFFICER,), title="công chức"
)


def test_a_signer_confirms_no_note_of_their_own_or_of_a_relative(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.1h: declared as with a signature, and who is named in the entry is looked at."""
    id = world.ready_to_sign(MARRY, changed(MARRIAGE.form, {"/husband/full_name": CHAIR.name}))
    named = world.sign(id, register_signed=True, namesake=True)
    written = world.propose_note(named.register_entry.id, "divorce")
    no = refused(partial(world.decide_note, written, confirmed=True, no_conflict_of_interest=False))
    assert (no.type, no.fields[0].field) == ("conflict-of-interest", "no_conflict_of_interest")
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, no.fields[0].field) == ("conflict-of-interest", "namesake")
    assert world.decide_note(written, confirmed=True, namesake=True).notes
    assert world.noted(world.signed().register_entry.id, "correction").notes, "to have signed the entry is no tie"


def test_a_note_counts_only_when_the_signer_has_confirmed_it(world: World) -> None:
    """NĐ 123/2015 Đ13.1: the officer writes it, the head of the registry signs and seals."""
    married = register_marriage(world).register_entry
    written = world.propose_note(married.id, "divorce")
    assert not written.notes
    [proposed] = written.proposed_notes
    assert (proposed.kind, proposed.prepared_by, proposed.returned_because) == ("divorce", DUNG.name, "")
    assert status_of(world, married.certificate_id) == "valid"
    again = world.filed_as(MARRY, changed(MARRIAGE.form, OTHER_BRIDE | divorced("husband")))
    world.take_in(again)
    no = refused(partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=again), DUNG))
    assert no.type == "not-registrable"
    [waits] = world.call("ListProposedNotes", pb.ListProposedNotesRequest(), CHAIR).entries
    assert (waits.id, [each.id for each in waits.proposed_notes]) == (married.id, [proposed.id])

    confirmed = world.decide_note(written, confirmed=True)
    assert not confirmed.proposed_notes
    [note] = confirmed.notes
    assert (note.kind, note.signer_name) == ("divorce", CHAIR.name)
    expected = "số 88/2020/QĐST-HNGĐ, Tòa án nhân dân quận Hải Châu, Thẩm phán Lê Văn Tư ký, ngày 06/10/2020"
    assert note.basis.endswith(expected)
    assert status_of(world, married.certificate_id) == "superseded"
    assert not world.call("ListProposedNotes", pb.ListProposedNotesRequest(), CHAIR).entries
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.kind, no.type) == (Kind.NOT_FOUND, "unknown-note")


def test_notes_of_one_moment_wait_in_the_order_in_which_they_were_written(world: World) -> None:
    """The notes of one entry, and entries among each other; the clock of this test does not move."""
    registered = (register_marriage(world), world.signed(), world.registered(DIE, DEATH.form))
    entries = [each.register_entry.id for each in registered]
    texts = [f"Cải chính nơi cư trú lần {at}." for at in range(6)]
    for entry in reversed(entries):
        for text in texts:
            written = world.propose_note(entry, "correction", text=text)
        assert [each.text for each in written.proposed_notes] == texts
    listed = world.call("ListProposedNotes", pb.ListProposedNotesRequest(), CHAIR).entries
    assert [each.id for each in listed] == [*reversed(entries)]
    assert all([each.text for each in entry.proposed_notes] == texts for entry in listed)


def test_nobody_confirms_a_note_alone(world: World) -> None:
    """NĐ 123/2015 Đ13.1: neither the officer, nor a signer who wrote it as an officer."""
    entry = register_marriage(world).register_entry.id
    written = world.propose_note(entry, "annulment")
    for officer in (DUNG, OFFICER, HOA):
        no = refused(partial(world.decide_note, written, officer, confirmed=True))
        assert (no.kind, no.type) == (Kind.FORBIDDEN, "not-allowed"), officer.name
    for other in (CHAIR, HOA):
        by_hand = pb.NoteEntryRequest(entry_id=entry, kind="annulment", text="Hủy", basis="Bản án")
        assert refused(partial(world.call, "NoteEntry", by_hand, other)).kind is Kind.FORBIDDEN, other.name
    request = pb.NoteEntryRequest(
        entry_id=entry, kind="annulment", text="Hủy", basis="Bản án", basis_number="4", basis_agency="Tòa án",
        basis_date="2020-10-06",
    )  # fmt: skip
    own = world.call("NoteEntry", request, OFFICER_AND_SIGNER)
    [mine] = [each.id for each in own.proposed_notes if each.prepared_by == OFFICER_AND_SIGNER.name]
    decision = pb.DecideNoteRequest(entry_id=entry, proposed_note_id=mine, confirmed=True)
    no = refused(partial(world.call, "DecideNote", decision, OFFICER_AND_SIGNER))
    assert (no.kind, no.type) == (Kind.FORBIDDEN, "signer-prepared-it")
    assert not read_entry(world, entry).notes


def test_a_note_that_goes_back_says_why_and_changes_nothing(world: World) -> None:
    married = register_marriage(world).register_entry
    written = world.propose_note(married.id, "divorce")
    no = refused(partial(world.decide_note, written, reason=" "))
    assert (no.type, no.fields[0].field) == ("missing-field", "reason")
    back = world.decide_note(written, reason="Bản án chưa có hiệu lực")
    assert [each.returned_because for each in back.proposed_notes] == ["Bản án chưa có hiệu lực"]
    assert not back.notes
    assert status_of(world, married.certificate_id) == "valid"
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.kind, no.type) == (Kind.CONFLICT, "note-decided")
    assert not world.call("ListProposedNotes", pb.ListProposedNotesRequest(), CHAIR).entries


def test_an_event_is_noted_in_its_own_register_alone(world: World) -> None:
    """TT 04/2020 Đ29.6: no divorce on a death, no declaration of death on a marriage."""
    died = world.registered(DIE, changed(DEATH.form, {"/copies/wanted": False})).register_entry.id
    married = register_marriage(world).register_entry.id
    for entry, kind in ((died, "divorce"), (died, "adoption"), (married, "declaration-annulled"), (married, "missing")):
        no = refused(partial(world.propose_note, entry, kind))
        assert (no.kind, no.fields[0].field) == (Kind.INVALID, "kind")
        assert "TT 04/2020 Đ29.6" in no.fields[0].text
    assert "declaration-annulled" in read_entry(world, died).note_kinds
    assert "divorce" not in read_entry(world, died).note_kinds


def test_an_annulment_that_was_quashed_no_longer_counts_and_both_notes_stay(world: World) -> None:
    """TT 04/2020 Đ35 (what is entered is never taken out), Đ23: check, block, public check, and the copy's words."""
    married = register_marriage(world).register_entry
    world.noted(married.id, "annulment", text="Hủy việc kết hôn trái pháp luật.")
    between = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married.id).register_entry
    entry = withdraw_note(world, married.id, 1)
    assert [(note.kind, note.withdraws, note.counts) for note in entry.notes] == [
        ("annulment", 0, False),
        ("note-withdrawn", 1, True),
    ]
    first, second = entry.notes
    assert (
        second.text
        == f"Bản án về việc ghi chú trước đã bị hủy. Ghi chú ngày 06/10/2020, theo {first.basis}, không còn giá trị."
    )
    after = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married.id).register_entry
    copied = json.loads(read_entry(world, after.id).content_json)["source"]["later_notes"]
    assert [note["text"] for note in copied] == [first.text, second.text]
    for certificate, status in ((married, "valid"), (between, "superseded"), (after, "valid")):
        answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate.certificate_id))
        assert (answer.status, answer.registration_annulled) == (status, False)
        assert answer.entry_changed == (status == "superseded")
    again = world.filed_as(MARRY, changed(MARRIAGE.form, OTHER_BRIDE))
    world.take_in(again)
    approve = partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=again), DUNG)
    assert refused(approve).type == "not-registrable", "the first marriage stands again"


def test_a_note_that_withdraws_is_itself_withdrawn_and_the_first_one_counts_again(world: World) -> None:
    married = register_marriage(world).register_entry
    world.noted(married.id, "annulment", text="Hủy việc kết hôn trái pháp luật.")
    withdraw_note(world, married.id, 1)
    no = refused(partial(world.propose_note, married.id, "note-withdrawn", withdraws=1, **QUASHED))
    assert (no.kind, [fault.field for fault in no.fields]) == (Kind.INVALID, ["withdraws"])
    entry = withdraw_note(world, married.id, 2)
    assert [note.counts for note in entry.notes] == [True, False, True]
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=married.certificate_id))
    assert answer.registration_annulled


def test_a_name_that_a_withdrawn_note_had_given_is_nobodys(world: World) -> None:
    """TT 04/2020 Đ23: a copy has the entry as the notes that count have changed it, and all of them."""
    married = register_marriage(world).register_entry.id
    world.noted(married, "correction", text="Đổi tên vợ.", renamed="wife", new_name="Trần Thị Lan Anh")
    withdraw_note(world, married, 1)
    wife = MARRIAGE.form["wife"]["full_name"]
    copied = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married).register_entry
    source = json.loads(read_entry(world, copied.id).content_json)["source"]
    assert (source["wife"]["full_name"], len(source["later_notes"])) == (wife.upper(), 2)
    other = {"/subject/full_name": "Trần Thị Lan Anh", "/requester/full_name": "Trần Thị Lan Anh"}
    other |= {"/requester/identity_number": "048190000111"}
    id = world.filed_as(COPY_OUT, changed(copy_form_of(MARRIAGE.form["wife"]), other))
    world.take_in(id)
    no = refused(
        partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, source_entry_id=married), DUNG)
    )
    assert no.fields[0].field == "source_entry_id"


def test_a_note_is_withdrawn_by_officer_and_signer_as_it_was_written(world: World) -> None:
    """NĐ 123/2015 Đ13.1: with its basis; until it is signed the first one counts; two of them do not both count."""
    married = register_marriage(world).register_entry.id
    world.noted(married, "divorce")
    for changes in ({}, {"withdraws": 2}):
        no = refused(partial(world.propose_note, married, "note-withdrawn", **{**QUASHED, **changes}))
        assert [fault.field for fault in no.fields] == ["withdraws"]
    no = refused(partial(world.propose_note, married, "other", withdraws=1))
    assert [fault.field for fault in no.fields] == ["withdraws"]
    written = world.propose_note(married, "note-withdrawn", withdraws=1, **QUASHED)
    assert [note.counts for note in written.notes] == [True]
    twice = world.propose_note(married, "note-withdrawn", withdraws=1, **QUASHED)
    left = world.decide_note(twice, confirmed=True)
    no = refused(partial(world.decide_note, left, confirmed=True))
    assert (no.kind, no.type) == (Kind.CONFLICT, "note-decided")
