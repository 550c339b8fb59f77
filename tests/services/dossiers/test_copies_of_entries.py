"""Copies: of which entry, for whom, with what its notes have changed."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind
from tests.services.dossiers.people import (
    CONFIRM,
    COPY_OUT,
    DIE,
    read_entry,
    register_marriage,
    status_of,
    waits_for_lock,
)
from tests.services.dossiers.world import (
    DUNG,
    HOA,
    NAM_DUONG,
    SAU,
    World,
    birth_form,
    just_before,
    refused,
    until,
)
from tests.unit.dossiers.copy_forms import COPY, copy_form_of
from tests.unit.dossiers.death_forms import DEATH, YEAR_ONLY
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed


def test_a_copy_has_the_entrys_current_content_and_is_superseded_when_it_changes(world: World) -> None:
    """TT 04/2020 Đ23: a copy carries what was noted."""
    first = register_marriage(world)
    world.noted(first.register_entry.id, "divorce")
    form = copy_form_of(MARRIAGE.form["wife"])
    copied = world.registered(COPY_OUT, form, source_entry_id=first.register_entry.id)
    certificate = copied.register_entry.certificate_id
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate))
    assert (answer.status, answer.number) == ("valid", "1/TLKH-BS")
    world.noted(first.register_entry.id, "correction", text="Cải chính nơi cư trú của chồng.")
    assert status_of(world, certificate) == "superseded"


def test_a_note_that_comes_while_a_copy_is_signed_takes_the_copy_out_of_force(world: World) -> None:
    """Either the copy carries the note, or the note waits for the signature, and finds the copy."""
    entry = register_marriage(world).register_entry.id
    form = copy_form_of(MARRIAGE.form["wife"])
    id = world.ready_to_sign(COPY_OUT, form, source_entry_id=entry)
    database = world.cells[NAM_DUONG].database
    with ThreadPoolExecutor(1) as other:
        notes: list[Future[pb.FoundEntry]] = []

        def note() -> None:
            notes.append(other.submit(world.noted, entry, "divorce"))
            until(lambda: notes[0].done() or waits_for_lock(database))

        with just_before(database, "INSERT INTO register_entries", note):
            copied = world.sign(id)
        assert [each.kind for each in notes[0].result(20).notes] == ["divorce"]
    assert status_of(world, copied.register_entry.certificate_id) == "superseded"


def test_a_copy_needs_an_entry_of_the_register_asked_for(world: World) -> None:
    birth = world.signed()
    id = world.accepted(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]))
    for source in ("", birth.register_entry.id):
        no = refused(
            partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, source_entry_id=source), DUNG)
        )
        assert (no.kind, no.fields[0].field) == (Kind.INVALID, "source_entry_id")
    assert world.get(id, HOA).status == 2


def test_only_the_entry_of_the_person_named_in_the_form_is_copied(world: World) -> None:
    """Luật Hộ tịch 2014 Đ61: an officer's slip at the search does not hand over a stranger's entry."""
    married = register_marriage(world).register_entry.id
    for changes in (
        {"/subject/full_name": "Trần Thị Lan Anh", "/requester/identity_number": "048190000111"},
        {"/subject/birth_date": "1990-01-02", "/requester/identity_number": "048190000111"},
    ):
        id = world.filed_as(COPY_OUT, changed(copy_form_of(MARRIAGE.form["wife"]), changes))
        world.take_in(id)
        pick = pb.ApproveDossierRequest(dossier_id=id, source_entry_id=married)
        no = refused(partial(world.call, "ApproveDossier", pick, DUNG))
        assert (no.kind, no.fields[0].field) == (Kind.INVALID, "source_entry_id")
        assert "không phải của người ghi trong tờ khai" in no.fields[0].text
        assert world.get(id, HOA).status == 2


def test_if_the_entry_has_only_the_year_of_birth_the_form_must_have_the_same_year(world: World) -> None:
    """Luật Hộ tịch 2014 Đ61; of whose own number is known, the name may have been changed since."""
    died = world.registered(DIE, changed(DEATH.form, YEAR_ONLY | {"/copies/wanted": False})).register_entry.id
    kin = {"/copy/kind": "death", "/requester/kind": "kin", "/requester/kinship": "child", "/requester/relation": None}
    named = kin | {"/subject/full_name": DEATH.form["deceased"]["full_name"], "/subject/sex": None}
    other = world.filed_as(COPY_OUT, changed(COPY.form, named | {"/subject/birth_date": "1950-07-01"}))
    world.take_in(other)
    pick = pb.ApproveDossierRequest(dossier_id=other, source_entry_id=died)
    no = refused(partial(world.call, "ApproveDossier", pick, DUNG))
    assert (no.kind, no.fields[0].field) == (Kind.INVALID, "source_entry_id")
    same = changed(COPY.form, named | {"/subject/birth_date": "1941-07-01"})
    assert world.registered(COPY_OUT, same, source_entry_id=died).status == 9
    married = register_marriage(world).register_entry.id
    renamed = {f"/{who}/full_name": "Trần Thị Lan Phương" for who in ("subject", "requester")}
    by_number = changed(copy_form_of(MARRIAGE.form["wife"]), renamed)
    assert world.registered(COPY_OUT, by_number, source_entry_id=married).status == 9


def test_after_a_change_of_name_a_copy_is_given_in_the_new_name_and_in_the_former_and_in_nobody_elses(
    world: World,
) -> None:
    """TT 04/2020 Đ23: the entry as its notes have changed it; Luật Hộ tịch 2014 Đ61: of nobody else."""
    married = register_marriage(world).register_entry.id
    text = "Thay đổi tên của vợ theo lời đề nghị của bà Hồ Thị Lạ."
    world.noted(married, "correction", text=text, renamed="wife", new_name="Trần Thị  Lan Anh")
    (note,) = read_entry(world, married).notes
    before = MARRIAGE.form["wife"]["full_name"].upper()
    assert note.text == f"{text} Họ, chữ đệm, tên của vợ trước ghi {before}, nay là TRẦN THỊ LAN ANH."
    other_number = {"/requester/identity_number": "048190000111"}

    def asked_of(name: str, **changes: Any) -> str:
        named = {"/subject/full_name": name, "/requester/full_name": name} | other_number | changes
        id = world.filed_as(COPY_OUT, changed(copy_form_of(MARRIAGE.form["wife"]), named))
        world.take_in(id)
        return id

    for name in ("Trần Thị Lan Anh", MARRIAGE.form["wife"]["full_name"]):
        named = changed(
            copy_form_of(MARRIAGE.form["wife"]),
            {"/subject/full_name": name, "/requester/full_name": name, "/requester/relation": "spouse"} | other_number,
        )
        copied = world.registered(COPY_OUT, named, source_entry_id=married).register_entry
        source = json.loads(read_entry(world, copied.id).content_json)["source"]
        assert source["wife"]["full_name"] == "TRẦN THỊ LAN ANH", "as updated, by whichever name it was asked"
        assert source["husband"]["full_name"] == MARRIAGE.form["husband"]["full_name"].upper()
    husbands = {"/subject/birth_date": MARRIAGE.form["husband"]["birth_date"]}
    for id in (asked_of("Hồ Thị Lạ"), asked_of("Trần Thị Lan Anh", **husbands)):
        pick = pb.ApproveDossierRequest(dossier_id=id, source_entry_id=married)
        no = refused(partial(world.call, "ApproveDossier", pick, DUNG))
        assert (no.kind, no.fields[0].field) == (Kind.INVALID, "source_entry_id")


def test_a_copy_has_what_notes_have_changed_and_is_asked_for_with_the_new_or_the_former(world: World) -> None:
    """TT 04/2020 Đ23: birth, sex and a recognised father; Luật Hộ tịch 2014 Đ28: the correction stays in the entry."""
    fatherless = {"father": {"known": False}, "parents": {"husband_lately": False}}
    form = birth_form(child={"full_name": "Trần Minh An"}, **fatherless)
    birth = world.registered("1.001193", form).register_entry.id
    corrected = [
        pb.EntryChange(at="child/birth_date", value="2020-09-11"),
        pb.EntryChange(at="child/sex", value="male"),
    ]
    noted = world.noted(birth, "correction", text="Cải chính.", changes=corrected)
    assert (
        "Ngày, tháng, năm sinh của người được khai sinh trước ghi 12/09/2020, nay là 11/09/2020." in noted.notes[0].text
    )
    father = {"full_name": "Lê Văn Cha", "birth_year": "1990", "ethnicity": "Kinh", "nationality": "vietnamese"}
    recognised = [pb.EntryChange(at=f"father/{name}", value=value) for name, value in father.items()]
    world.noted(birth, "recognition", text="Nhận con.", changes=recognised)
    for born in ("2020-09-11", "2020-09-12"):
        asked = {"/copy/kind": "birth", "/subject/full_name": form["child"]["full_name"], "/subject/birth_date": born}
        parent = {"/requester/relation": "parent", "/requester/full_name": "Lê Văn Cha"}
        copied = world.registered(COPY_OUT, changed(COPY.form, asked | parent), source_entry_id=birth).register_entry
        source = json.loads(read_entry(world, copied.id).content_json)["source"]
        assert source["child"]["birth_date"] == "2020-09-11"
        assert source["child"]["birth_date_words"].startswith("Ngày mười một, tháng chín")
        assert source["child"]["sex"] == "Nam"
        assert source["father"] == {
            "full_name": "LÊ VĂN CHA", "birth_year": "1990", "ethnicity": "Kinh", "nationality": "Việt Nam",
            "residence": "",
        }  # fmt: skip
        assert source["parentage"] == "both"


def test_a_parent_has_a_copy_of_the_birth_entry_that_names_them_and_no_stranger_has(world: World) -> None:
    """Luật Hộ tịch 2014 Đ61, Đ63."""
    birth = world.signed().register_entry.id
    child = json.loads(read_entry(world, birth).content_json)["child"]
    asked = {
        "/copy/kind": "birth",
        "/subject/full_name": child["full_name"],
        "/subject/birth_date": child["birth_date"],
        "/requester/relation": "parent",
    }
    stranger = world.filed_as(COPY_OUT, changed(COPY.form, asked | {"/requester/full_name": "Kẻ Lạ Mặt"}))
    world.take_in(stranger)
    approval = pb.ApproveDossierRequest(dossier_id=stranger, source_entry_id=birth)
    no = refused(partial(world.call, "ApproveDossier", approval, DUNG))
    assert (no.type, no.fields[0].field) == ("invalid-field", "source_entry_id")
    assert "cha hoặc mẹ" in no.fields[0].text
    mother = json.loads(read_entry(world, birth).content_json)["mother"]["full_name"]
    own = changed(COPY.form, asked | {"/requester/full_name": mother.title()})
    assert world.registered(COPY_OUT, own, source_entry_id=birth).status == 9


def test_a_copy_is_found_by_its_number_where_the_day_of_birth_is_forgotten(world: World) -> None:
    married = register_marriage(world).register_entry.id
    forgotten = {"/subject/birth_date": None, "/registered/number": "01/2020", "/registered/date": "2020-10-06"}
    form = changed(copy_form_of(MARRIAGE.form["wife"]), forgotten | {"/requester/identity_number": "048190000111"})
    assert world.registered(COPY_OUT, form, source_entry_id=married).register_entry.number == 1


def test_the_officer_is_told_the_register_and_the_person_of_a_requested_copy(world: World) -> None:
    id = world.filed_as(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]))
    shown = world.get(id, DUNG)
    assert (shown.register, shown.copied_register) == ("copies", "marriage")
    assert shown.subject_name == MARRIAGE.form["wife"]["full_name"]
    assert "copy-entry" in {each.check for each in shown.findings}
    assert "copy-entry" not in {each.check for each in world.get(id, SAU).findings}, "what the registers hold"


def test_nobody_gets_a_copy_of_a_marriage_as_a_spouse_who_is_not_in_it(world: World) -> None:
    """Luật Hộ tịch 2014 Đ61, Đ63: the entry must name the requester, by number or by name."""
    entry = register_marriage(world).register_entry.id
    of_the_wife = changed(copy_form_of(MARRIAGE.form["wife"]), {"/requester/relation": "spouse"})
    stranger = changed(of_the_wife, {"/requester/full_name": "Trần Văn Lạ", "/requester/identity_number": "201999888"})
    id = world.accepted(COPY_OUT, stranger)
    approval = pb.ApproveDossierRequest(dossier_id=id, source_entry_id=entry)
    no = refused(partial(world.call, "ApproveDossier", approval, DUNG))
    assert (no.type, no.fields[0].field) == ("invalid-field", "source_entry_id")
    assert "vợ hoặc chồng" in no.fields[0].text
    husband = {f"/requester/{name}": MARRIAGE.form["husband"][name] for name in ("full_name", "identity_number")}
    for other in ({}, {"/requester/full_name": "Trần Văn Lạ"}, {"/requester/identity_number": "201999888"}):
        form = changed(of_the_wife, husband | other)
        assert world.registered(COPY_OUT, form, source_entry_id=entry).status == 9, other


def test_the_check_of_a_copy_says_that_its_registration_was_annulled(world: World) -> None:
    """No annulled entry is copied without its note, and no paper of it is accepted as proof of a registration."""
    married = register_marriage(world).register_entry
    before = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married.id).register_entry
    world.noted(married.id, "annulment", text="Hủy việc kết hôn trái pháp luật.")
    after = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married.id).register_entry
    copied = json.loads(read_entry(world, after.id).content_json)["source"]["later_notes"]
    assert [note["text"] for note in copied] == ["Hủy việc kết hôn trái pháp luật."]
    for certificate, status in (
        (married.certificate_id, "revoked"), (before.certificate_id, "revoked"), (after.certificate_id, "annulled"),
    ):  # fmt: skip
        answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate))
        assert (answer.status, answer.registration_annulled) == (status, True)
    other = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=other))
    assert (answer.status, answer.registration_annulled) == ("valid", False)
