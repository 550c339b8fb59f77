"""What is registered changes what later checks see of people, and which papers are still in force."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from services.chassis.database.connection import Database
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from services.dossiers import registers
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import content_of_proposed_note, proposal_of, proposed_note_context
from tests.race import race
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    HOA,
    NAM_DUONG,
    OFFICER_AND_SIGNER,
    SAU,
    Person,
    World,
    birth_form,
    just_before,
    refused,
    until,
)
from tests.unit.dossiers.copy_forms import COPY, copy_form_of
from tests.unit.dossiers.death_forms import DEATH, YEAR_ONLY
from tests.unit.dossiers.marital_status_forms import DIVORCED, MARITAL_STATUS, MARRIED, OTHER_PURPOSE, PERIOD
from tests.unit.dossiers.marriage_forms import MARRIAGE, divorced, widowed
from tests.unit.dossiers.worlds import changed

MARRY, DIE, CONFIRM, COPY_OUT = "1.000894", "1.000656", "1.004873", "2.000635"
OTHER_BRIDE = {
    "/wife/full_name": "Phạm Thị Bích Ngọc",
    "/wife/birth_date": "1997-01-15",
    "/wife/identity_number": "048197000777",
}


def _married(world: World, changes: dict[str, Any] | None = None) -> pb.Dossier:
    return world.registered(MARRY, changed(MARRIAGE.form, changes))


def _status(world: World, certificate_id: str) -> str:
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate_id))
    return str(answer.status)


def test_nobody_marries_while_an_earlier_marriage_exists(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2: the second groom is the first one, by the number of his paper."""
    _married(world)
    second = world.filed_as(MARRY, changed(MARRIAGE.form, OTHER_BRIDE))
    world.take_in(second)
    no = refused(partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=second), DUNG))
    assert (no.kind, no.type) == (Kind.INVALID, "not-registrable")
    assert any("Luật HNGĐ 2014" in fault.text for fault in no.fields)
    assert world.get(second).status == 2


ASKED = "Công văn 45/UBND ngày 02/10/2020 của Ủy ban nhân dân xã Điện Phong"


def test_nobody_marries_before_the_officer_has_asked_about_marriages_elsewhere(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c: a ward's books hold nothing of what another office registered."""
    id = world.filed_as(MARRY, MARRIAGE.form)
    world.take_in(id)
    told = [each for each in world.get(id, DUNG).findings if each.check == "marriage-elsewhere"]
    assert [each.field for each in told] == ["/wife/full_name", "/husband/full_name"]
    assert not {"marriage-elsewhere"} & {each.check for each in world.get(id, SAU).findings}
    lacks: list[tuple[dict[str, Any], list[str]]] = [
        ({"wife_elsewhere": " "}, ["wife_elsewhere", "husband_elsewhere"]),
        ({"wife_elsewhere": "paper"}, ["husband_elsewhere"]),
        ({"wife_elsewhere": "paper", "husband_elsewhere": "he-said-so"}, ["husband_elsewhere"]),
        ({"wife_elsewhere": "paper", "husband_elsewhere": "answer"}, ["elsewhere"]),
        ({"wife_elsewhere": "database", "husband_elsewhere": "only-here", "elsewhere": " "}, ["elsewhere"]),
    ]
    for said, lacking in lacks:
        request = pb.ApproveDossierRequest(dossier_id=id, **said)
        no = refused(partial(world.call, "ApproveDossier", request, DUNG))
        assert (no.type, [fault.field for fault in no.fields]) == ("missing-field", lacking)
    assert world.get(id).status == 2

    answered: dict[str, Any] = {"wife_elsewhere": "paper", "husband_elsewhere": "answer", "elsewhere": ASKED}
    proposed = world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **answered), DUNG).proposed_entry
    assert {name: getattr(proposed, name) for name in answered} == answered
    signing = world.call("GetSigning", pb.GetSigningRequest(dossier_id=id), CHAIR)
    read = [each.text for each in signing.findings if each.check == "marriage-elsewhere-asked"]
    assert len(read) == 2
    assert ASKED in read[1]
    assert DUNG.name in read[0]
    assert world.sign(id, register_signed=True).status == 9
    kept = [each.text for each in world.get(id, DUNG).findings if each.check == "marriage-elsewhere-asked"]
    assert kept == read, "the record stays with the dossier"
    assert not [each for each in world.get(id, SAU).findings if "elsewhere" in each.check]


def test_a_marriage_that_was_prepared_before_that_was_asked_is_not_signed(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c: the signer sends it back, and the officer asks."""
    id, cell = world.ready_to_sign(MARRY, MARRIAGE.form), world.cells[NAM_DUONG]
    seen = world.seen(id)
    with cell.database.transaction() as session:
        row = session.get(DossierRow, UUID(id))
        assert row is not None
        old = {name: text for name, text in proposal_of(cell, row).items() if "elsewhere" not in name}
        row.proposal = cell.cipher.encrypt(json.dumps(old), f"proposal:{id}")
    for act in (partial(world.seen, id), partial(world.sign, id, register_signed=True, seen=seen)):
        no = refused(act)
        assert (no.type, no.fields[0].field) == ("missing-field", "wife_elsewhere")
    world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason="Xin hỏi nơi khác"), CHAIR)
    world.approve(id, number="")
    assert world.sign(id, register_signed=True).status == 9


def test_typing_a_name_does_not_reveal_the_register(world: World) -> None:
    _married(world)
    second = world.filed_as(MARRY, changed(MARRIAGE.form, OTHER_BRIDE))
    checks_of = [{each.check for each in world.get(second, who).findings} for who in (SAU, DUNG)]
    only_the_office = checks_of[1] - checks_of[0]
    assert any("marri" in check for check in only_the_office), checks_of


def test_a_registered_dossier_does_not_contradict_itself(world: World) -> None:
    """The marriage that now stands in the register is the one of this dossier, not another."""
    married = _married(world)
    stopping = [each for each in world.get(married.id, DUNG).findings if each.kind == pb.FINDING_KIND_STOPS]
    assert stopping == []


def test_two_marriages_of_one_person_at_the_same_moment_give_one(world: World) -> None:
    """The check stands under the lock that both signatures take."""
    ids = [
        world.ready_to_sign(MARRY, MARRIAGE.form),
        world.ready_to_sign(MARRY, changed(MARRIAGE.form, OTHER_BRIDE)),
    ]
    requests = [
        pb.SignDossierRequest(dossier_id=id, register_signed=True, no_conflict_of_interest=True, seen=world.seen(id))
        for id in ids
    ]
    answers = race(*(partial(world.call, "SignDossier", each, CHAIR) for each in requests))
    refusals = [each for each in answers if isinstance(each, Refusal)]
    assert len(refusals) == 1, answers
    assert refusals[0].type == "not-registrable"


def test_spouses_sign_the_register_before_the_signer_does(world: World) -> None:
    """TT 04/2020 Đ32: the marriage is registered on the day both sign."""
    id = world.ready_to_sign(MARRY, MARRIAGE.form)
    no = refused(partial(world.sign, id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "register-not-signed")
    assert world.get(id).status == 4


def test_after_a_divorce_is_noted_a_new_marriage_is_possible(world: World) -> None:
    first = _married(world)
    world.noted(first.register_entry.id, "divorce")
    again = {**OTHER_BRIDE, **divorced("husband")}
    assert _married(world, again).status == 9


@pytest.mark.parametrize("month", [None, 3])
def test_a_former_spouse_of_whose_birth_no_day_is_known_is_found_again(world: World, month: int | None) -> None:
    """TTLT 01/2016 Đ2 (quoted): registers that hold a year alone, or month and year, are searched for kinship too."""
    no_day = {"/wife/birth_date": None, "/wife/birth_year": 1955, "/wife/birth_month": month}
    first = _married(world, no_day)
    world.noted(first.register_entry.id, "divorce")
    same = world.filed_as(MARRY, changed(MARRIAGE.form, no_day | divorced("husband") | divorced("wife")))
    found = {each.check for each in world.get(same, DUNG).findings}
    assert "kinship-in-registers" not in found
    assert _married(world, OTHER_BRIDE | divorced("husband")).status == 9


def test_a_divorce_shows_at_once_on_the_certificate_and_an_annulment_revokes_it(world: World) -> None:
    first = _married(world)
    certificate = first.register_entry.certificate_id
    assert _status(world, certificate) == "valid"
    world.noted(first.register_entry.id, "divorce")
    assert _status(world, certificate) == "superseded"
    entry = world.noted(first.register_entry.id, "annulment", text="Hủy việc đăng ký kết hôn.")
    assert _status(world, certificate) == "revoked"
    assert [(note.sequence, note.kind) for note in entry.notes] == [(1, "divorce"), (2, "annulment")]
    told = [event.type for event in world.events(key=entry.id)]
    assert told[-2:] == ["vn.caunoi.civil-status.entry.noted.v1"] * 2


def test_a_divorce_that_is_noted_ends_the_force_of_what_was_confirmed_before(world: World) -> None:
    """NĐ 123/2015 Đ23: a confirmation is in force until the status changes; here that she is married."""
    person = MARITAL_STATUS.form["person"]
    bride = {f"/wife/{name}": person[name] for name in ("full_name", "birth_date")}
    bride["/wife/identity_number"] = MARITAL_STATUS.form["requester"]["identity_number"]
    married = _married(world, bride).register_entry
    form = changed(MARITAL_STATUS.form, OTHER_PURPOSE | MARRIED)
    confirmed = world.registered(CONFIRM, form).register_entry.certificate_id
    written = world.propose_note(married.id, "divorce")
    assert _status(world, confirmed) == "valid"
    world.decide_note(written, confirmed=True)
    assert _status(world, confirmed) == "superseded"


def test_the_check_tells_a_paper_whose_entry_was_noted_from_a_confirmation_that_is_no_longer_in_force(
    world: World,
) -> None:
    """An original stays genuine as of its day; a confirmation lasts until the status changes (NĐ 123/2015 Đ23)."""

    def checked(certificate: str) -> tuple[str, bool]:
        answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate))
        return answer.status, answer.entry_changed

    confirmed = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    again = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    married = _married(world).register_entry
    assert [checked(one) for one in (married.certificate_id, again)] == [("valid", False)] * 2
    assert checked(confirmed) == ("superseded", False)
    copied = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married.id).register_entry
    world.noted(married.id, "divorce")
    assert [checked(one.certificate_id) for one in (married, copied)] == [("superseded", True)] * 2
    world.noted(married.id, "annulment", text="Hủy việc đăng ký kết hôn.")
    assert [checked(one.certificate_id) for one in (married, copied)] == [("revoked", False)] * 2


def test_a_confirmation_is_in_force_for_six_months_and_no_longer_than_the_status(world: World) -> None:
    """NĐ 123/2015 Đ23."""
    confirmed = world.registered(CONFIRM, MARITAL_STATUS.form)
    paper = confirmed.register_entry.certificate_id
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=paper))
    assert (answer.status, answer.valid_until, answer.number) == ("valid", "2021-04-06", "1/UBND-XNTTHN")
    person = MARITAL_STATUS.form["person"]
    bride = {
        "/wife/full_name": person["full_name"],
        "/wife/birth_date": person["birth_date"],
        "/wife/identity_number": MARITAL_STATUS.form["requester"]["identity_number"],
    }
    _married(world, bride)
    assert _status(world, paper) == "superseded"


def test_a_confirmation_of_who_has_died_since_is_no_longer_in_force(world: World) -> None:
    """NĐ 123/2015 Đ23: until the status changes, also of who was never married."""
    paper = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    person = {f"/deceased/{name}": MARITAL_STATUS.form["person"][name] for name in ("full_name", "birth_date", "sex")}
    number = {"/deceased/identity_number": MARITAL_STATUS.form["requester"]["identity_number"]}
    world.registered(DIE, changed(DEATH.form, person | number | {"/copies/wanted": False}))
    assert _status(world, paper) == "superseded"


def test_a_marriage_at_the_moment_of_a_confirmation_leaves_no_false_paper_in_force(world: World) -> None:
    """NĐ 123/2015 Đ23: the signatures of one ward that change people's status come one after the other."""
    person = MARITAL_STATUS.form["person"]
    bride = {f"/wife/{name}": person[name] for name in ("full_name", "birth_date")}
    bride["/wife/identity_number"] = MARITAL_STATUS.form["requester"]["identity_number"]
    confirmation = world.ready_to_sign(CONFIRM, MARITAL_STATUS.form)
    marriage = world.ready_to_sign(MARRY, changed(MARRIAGE.form, bride))
    database = world.cells[NAM_DUONG].database
    with ThreadPoolExecutor(1) as other:
        signed: list[Future[pb.Dossier]] = []

        def marry() -> None:
            signed.append(other.submit(world.sign, marriage, register_signed=True))
            until(lambda: signed[0].done() or _waits_for_lock(database))

        with just_before(database, "INSERT INTO register_entries", marry):
            paper = world.sign(confirmation).register_entry.certificate_id
        assert signed[0].result(20).status == 9
    assert _status(world, paper) == "superseded"


def test_a_confirmation_expires(world: World) -> None:
    """NĐ 123/2015 Đ23: six months from the day of issue; a last day off is followed by a working day (BLDS Đ148.5)."""
    paper = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    world.clock.set(datetime(2021, 4, 6, 12, tzinfo=VIETNAM))
    assert _status(world, paper) == "valid"
    world.clock.set(datetime(2021, 4, 7, 0, 0, 1, tzinfo=VIETNAM))
    assert _status(world, paper) == "expired"


def test_a_confirmation_whose_last_day_is_a_sunday_is_in_force_on_monday(world: World) -> None:
    """BLDS 2015 Đ148.5."""
    world.clock.set(datetime(2020, 11, 9, 9, tzinfo=VIETNAM))  # six months later is Sunday 9 May 2021
    paper = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    world.clock.set(datetime(2021, 5, 10, 16, tzinfo=VIETNAM))
    assert _status(world, paper) == "valid"
    world.clock.set(datetime(2021, 5, 11, 8, tzinfo=VIETNAM))
    assert _status(world, paper) == "expired"


def test_a_copy_has_the_entrys_current_content_and_is_superseded_when_it_changes(world: World) -> None:
    """TT 04/2020 Đ23: a copy carries what was noted."""
    first = _married(world)
    world.noted(first.register_entry.id, "divorce")
    form = copy_form_of(MARRIAGE.form["wife"])
    copied = world.registered(COPY_OUT, form, source_entry_id=first.register_entry.id)
    certificate = copied.register_entry.certificate_id
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate))
    assert (answer.status, answer.number) == ("valid", "1/TLKH-BS")
    world.noted(first.register_entry.id, "correction", text="Cải chính nơi cư trú của chồng.")
    assert _status(world, certificate) == "superseded"


def test_a_note_that_comes_while_a_copy_is_signed_takes_the_copy_out_of_force(world: World) -> None:
    """Either the copy carries the note, or the note waits for the signature, and finds the copy."""
    entry = _married(world).register_entry.id
    form = copy_form_of(MARRIAGE.form["wife"])
    id = world.ready_to_sign(COPY_OUT, form, source_entry_id=entry)
    database = world.cells[NAM_DUONG].database
    with ThreadPoolExecutor(1) as other:
        notes: list[Future[pb.FoundEntry]] = []

        def note() -> None:
            notes.append(other.submit(world.noted, entry, "divorce"))
            until(lambda: notes[0].done() or _waits_for_lock(database))

        with just_before(database, "INSERT INTO register_entries", note):
            copied = world.sign(id)
        assert [each.kind for each in notes[0].result(20).notes] == ["divorce"]
    assert _status(world, copied.register_entry.certificate_id) == "superseded"


def _waits_for_lock(database: Database) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.engine.connect() as connection:
        return bool(connection.exec_driver_sql(query).scalar_one())


def test_a_copy_needs_an_entry_of_the_register_asked_for(world: World) -> None:
    birth = world.signed()
    id = world.filed_as(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]))
    world.take_in(id)
    for source in ("", birth.register_entry.id):
        no = refused(
            partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, source_entry_id=source), DUNG)
        )
        assert (no.kind, no.fields[0].field) == (Kind.INVALID, "source_entry_id")
    assert world.get(id, HOA).status == 2


def test_a_copy_is_made_of_the_entry_of_whom_the_form_names_and_of_nobody_elses(world: World) -> None:
    """Luật Hộ tịch 2014 Đ61: an officer's slip at the search does not hand over a stranger's entry."""
    married = _married(world).register_entry.id
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


def test_of_whose_birth_the_entry_has_the_year_alone_the_year_has_to_be_that_of_the_form(world: World) -> None:
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
    married = _married(world).register_entry.id
    renamed = {f"/{who}/full_name": "Trần Thị Lan Phương" for who in ("subject", "requester")}
    by_number = changed(copy_form_of(MARRIAGE.form["wife"]), renamed)
    assert world.registered(COPY_OUT, by_number, source_entry_id=married).status == 9


def test_after_a_change_of_name_a_copy_is_given_in_the_new_name_and_in_the_former_and_in_nobody_elses(
    world: World,
) -> None:
    """TT 04/2020 Đ23: the entry as its notes have changed it; Luật Hộ tịch 2014 Đ61: of nobody else."""
    married = _married(world).register_entry.id
    text = "Thay đổi tên của vợ theo lời đề nghị của bà Hồ Thị Lạ."
    world.noted(married, "correction", text=text, renamed="wife", new_name="Trần Thị  Lan Anh")
    (note,) = _read(world, married).notes
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
        source = json.loads(_read(world, copied.id).content_json)["source"]
        assert source["wife"]["full_name"] == "TRẦN THỊ LAN ANH", "as updated, by whichever name it was asked"
        assert source["husband"]["full_name"] == MARRIAGE.form["husband"]["full_name"].upper()
    husbands = {"/subject/birth_date": MARRIAGE.form["husband"]["birth_date"]}
    for id in (asked_of("Hồ Thị Lạ"), asked_of("Trần Thị Lan Anh", **husbands)):
        pick = pb.ApproveDossierRequest(dossier_id=id, source_entry_id=married)
        no = refused(partial(world.call, "ApproveDossier", pick, DUNG))
        assert (no.kind, no.fields[0].field) == (Kind.INVALID, "source_entry_id")


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
    married = _married(world).register_entry.id
    no = refused(lambda: world.propose_note(married, kind, **fields))
    assert (no.kind, no.fields[0].field) == (Kind.INVALID, at)


RENAMED_BRIDE = {"/wife/full_name": "Trần Thị Lan Anh", "/wife/identity_number": "048190000888"}


def _findings(world: World, dossier_id: str) -> dict[str, pb.Finding]:
    return {each.check: each for each in world.get(dossier_id, DUNG).findings}


def test_who_has_a_new_name_by_a_note_is_found_by_it_wherever_entries_are_looked_up(world: World) -> None:
    """TT 04/2020 Đ23; Luật HNGĐ 2014 Đ5.2, Đ65: by the new name with another number, the first marriage stands."""
    married = _married(world).register_entry
    world.noted(married.id, "correction", text="Đổi tên.", renamed="wife", new_name="Trần Thị Lan Anh")
    second = world.filed_as(MARRY, changed(MARRIAGE.form, RENAMED_BRIDE | {
        "/husband/full_name": "Phạm Văn Khác", "/husband/birth_date": "1991-02-03",
        "/husband/identity_number": "048091000777",
    }))  # fmt: skip
    asked = _findings(world, second)["standing-marriage"]
    assert asked.kind == pb.FINDING_KIND_ASKS_OFFICER
    assert "ghi chú thay đổi" in asked.text, "the officer is told why another name stands there"
    same_number = RENAMED_BRIDE | {"/wife/identity_number": MARRIAGE.form["wife"]["identity_number"]}
    again = world.filed_as(MARRY, changed(MARRIAGE.form, same_number))
    assert _findings(world, again)["standing-marriage"].kind == pb.FINDING_KIND_STOPS

    never = {
        "/person/full_name": "Trần Thị Lan Anh",
        "/person/birth_date": MARRIAGE.form["wife"]["birth_date"],
        "/requester/full_name": "Trần Thị Lan Anh",
        "/requester/identity_number": "048190000888",
    }
    confirm = world.filed_as(CONFIRM, changed(MARITAL_STATUS.form, never))
    assert "marital-status-register" in _findings(world, confirm)

    dead = {
        "/deceased/full_name": "Trần Thị Lan Anh",
        "/deceased/sex": "female",
        "/deceased/birth_date": MARRIAGE.form["wife"]["birth_date"],
        "/deceased/identity_number": "048190000888",
        "/copies/wanted": False,
    }
    dies = world.filed_as(DIE, changed(DEATH.form, dead))
    assert "marriage-ends-with-death" in _findings(world, dies)


def test_a_name_that_a_note_gave_in_one_register_is_followed_into_the_others(world: World) -> None:
    """The death of who was renamed by a note on the marriage stands under the former name and another number."""
    married = _married(world).register_entry
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
    assert _findings(world, again)["earlier-death"].kind == pb.FINDING_KIND_ASKS_OFFICER
    other = {"/deceased/full_name": "Trần Thị Khác", "/deceased/identity_number": "201666999"}
    assert "earlier-death" not in _findings(world, world.filed_as(DIE, changed(DEATH.form, died | other)))


def test_a_register_is_searched_by_a_name_that_a_note_gave_and_the_list_says_so(world: World) -> None:
    married = _married(world).register_entry
    world.noted(married.id, "correction", text="Đổi tên.", renamed="wife", new_name="Trần Thị Mận")
    for typed in ("man tran", MARRIAGE.form["wife"]["full_name"]):
        request = pb.SearchRegisterRequest(register="marriage", query=typed, reason="Tra cứu", page_size=10)
        (found,) = world.call("SearchRegister", request, DUNG).entries
        assert found.id == married.id
        assert "(nay là TRẦN THỊ MẬN · 08/03/1996)" in found.names[0]
    kept = json.loads(_read(world, married.id).content_json)
    assert kept["wife"]["full_name"] == MARRIAGE.form["wife"]["full_name"].upper(), "the entry itself is as it was"


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
        source = json.loads(_read(world, copied.id).content_json)["source"]
        assert source["child"]["birth_date"] == "2020-09-11"
        assert source["child"]["birth_date_words"].startswith("Ngày mười một, tháng chín")
        assert source["child"]["sex"] == "Nam"
        assert source["father"] == {
            "full_name": "LÊ VĂN CHA", "birth_year": "1990", "ethnicity": "Kinh", "nationality": "Việt Nam",
            "residence": "",
        }  # fmt: skip
        assert source["parentage"] == "both"


def test_a_name_in_an_entry_is_that_of_whom_the_note_says(world: World) -> None:
    """Luật Hộ tịch 2014 Đ28: the mother's correction is not the child's."""
    birth = world.signed().register_entry.id
    child = json.loads(_read(world, birth).content_json)["child"]["full_name"]
    world.noted(birth, "correction", text="Cải chính.", renamed="mother", new_name="Trần Thị Mẹ")
    now = {each.at: each for each in _read(world, birth).changeable}
    assert (now["child/full_name"].value, now["mother/full_name"].value) == (child, "TRẦN THỊ MẸ")
    assert now["mother/full_name"].title == "Họ, chữ đệm, tên của mẹ"


@pytest.mark.parametrize(
    ("kind", "at", "value"),
    [
        ("divorce", "wife/residence", "Phường Hải Châu I"),
        ("correction", "child/full_name", "Nguyễn Văn A"),
        ("correction", "wife/birth_date", "11/11/1996"),
        ("correction", "wife/birth_date", "2999-01-01"),
        ("correction", "wife/full_name", ""),
        ("correction", "wife/full_name", "Trần Thị 2"),
    ],
)
def test_a_note_changes_what_its_kind_may_change_of_its_register(world: World, kind: str, at: str, value: str) -> None:
    married = _married(world).register_entry.id
    change = [pb.EntryChange(at=at, value=value)]
    no = refused(lambda: world.propose_note(married, kind, basis_date="2020-10-06", changes=change))
    assert (no.type, no.fields[0].field) == ("invalid-field", at)


def test_a_note_that_a_later_one_has_overtaken_is_written_anew(world: World) -> None:
    married = _married(world).register_entry.id
    one, two = ([pb.EntryChange(at="wife/residence", value=f"Phường Hải Châu {each}")] for each in ("I", "II"))
    first = world.propose_note(married, "correction", changes=one)
    both = world.propose_note(married, "correction", changes=two)
    (second,) = [each.id for each in both.proposed_notes if each.id != first.proposed_notes[0].id]
    request = pb.DecideNoteRequest(entry_id=married, proposed_note_id=second, confirmed=True)
    request.no_conflict_of_interest = True
    world.call("DecideNote", request, CHAIR)
    assert refused(partial(world.decide_note, first, confirmed=True)).type == "note-decided"


def test_who_signs_a_note_is_not_whom_it_writes_into_the_entry(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.1h: a signer who is recognised as the father."""
    birth = world.signed().register_entry.id
    father = [pb.EntryChange(at="father/full_name", value=CHAIR.name)]
    written = world.propose_note(birth, "parentage", changes=father)
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, no.fields[0].field) == ("conflict-of-interest", "namesake")


def test_a_marriage_ends_once_and_after_it_began(world: World) -> None:
    """Luật HNGĐ 2014 Đ57, Đ65: no divorce by a paper of before the marriage, no second one, none of the dead."""
    married = _married(world).register_entry.id
    no = refused(lambda: world.propose_note(married, "divorce", basis_date="2020-10-04"))
    assert (no.type, no.fields[0].field) == ("invalid-field", "basis_date")
    first = world.propose_note(married, "divorce")
    both = world.propose_note(married, "divorce")
    (second,) = [each.id for each in both.proposed_notes if each.id != first.proposed_notes[0].id]
    world.decide_note(first, confirmed=True)
    request = pb.DecideNoteRequest(entry_id=married, proposed_note_id=second, confirmed=True)
    request.no_conflict_of_interest = True
    assert refused(partial(world.call, "DecideNote", request, CHAIR)).type == "note-decided"
    for kind in ("divorce", "death"):
        no = refused(partial(world.propose_note, married, kind))
        assert (no.type, no.fields[0].field) == ("invalid-field", "kind"), kind
    assert [note.kind for note in _read(world, married).notes] == ["divorce"]


def test_a_divorce_of_after_a_death_is_refused_and_one_of_before_is_noted(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67.1."""
    married = _married(world).register_entry.id
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED))
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    no = refused(lambda: world.propose_note(married, "divorce", basis_date="2020-10-07"))
    assert (no.type, no.fields[0].field) == ("invalid-field", "basis_date")
    world.noted(married, "divorce", basis_date="2020-10-06")
    assert [note.kind for note in _read(world, married).notes] == ["death", "divorce"]


def test_a_sex_is_not_determined_anew_before_the_birth(world: World) -> None:
    """TT 04/2020 Đ29.6c."""
    birth = world.signed().register_entry.id
    born = json.loads(_read(world, birth).content_json)["child"]["birth_date"]
    before = (date.fromisoformat(born) - timedelta(days=1)).isoformat()
    no = refused(lambda: world.propose_note(birth, "sex", basis_date=before))
    assert (no.type, no.fields[0].field) == ("invalid-field", "basis_date")
    world.propose_note(birth, "sex", basis_date=born)


def test_a_parent_has_a_copy_of_the_birth_entry_that_names_them_and_no_stranger_has(world: World) -> None:
    """Luật Hộ tịch 2014 Đ61, Đ63."""
    birth = world.signed().register_entry.id
    child = json.loads(_read(world, birth).content_json)["child"]
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
    mother = json.loads(_read(world, birth).content_json)["mother"]["full_name"]
    own = changed(COPY.form, asked | {"/requester/full_name": mother.title()})
    assert world.registered(COPY_OUT, own, source_entry_id=birth).status == 9


def test_a_number_alone_beside_another_name_and_birth_is_asked_about_and_stops_nobody(world: World) -> None:
    """A slip in either number: the officer compares, and the death can be registered."""
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED))
    other = HUSBAND_DIED | {"/deceased/full_name": "Người Khác Hẳn", "/deceased/birth_date": "1980-02-03"}
    second = world.filed_as(DIE, changed(DEATH.form, other))
    found = _findings(world, second)["earlier-death"]
    assert found.kind == pb.FINDING_KIND_ASKS_OFFICER
    assert "cùng số giấy tờ nhưng khác họ tên và ngày sinh" in found.text
    for same in ("full_name", "birth_date"):
        again = world.filed_as(
            DIE, changed(DEATH.form, other | {f"/deceased/{same}": HUSBAND_DIED[f"/deceased/{same}"]})
        )
        assert _findings(world, again)["earlier-death"].kind == pb.FINDING_KIND_STOPS, same


def test_a_copy_is_found_by_its_number_where_the_day_of_birth_is_forgotten(world: World) -> None:
    married = _married(world).register_entry.id
    forgotten = {"/subject/birth_date": None, "/registered/number": "01/2020", "/registered/date": "2020-10-06"}
    form = changed(copy_form_of(MARRIAGE.form["wife"]), forgotten | {"/requester/identity_number": "048190000111"})
    assert world.registered(COPY_OUT, form, source_entry_id=married).register_entry.number == 1


def test_the_officer_is_told_which_register_and_whom_a_copy_is_asked_of(world: World) -> None:
    id = world.filed_as(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]))
    shown = world.get(id, DUNG)
    assert (shown.register, shown.copied_register) == ("copies", "marriage")
    assert shown.subject_name == MARRIAGE.form["wife"]["full_name"]
    assert "copy-entry" in {each.check for each in shown.findings}
    assert "copy-entry" not in {each.check for each in world.get(id, SAU).findings}, "what the registers hold"


def test_the_office_is_told_what_an_approval_asks_for_and_nobody_else(world: World) -> None:
    for procedure, filing, asks in (
        (MARRY, MARRIAGE, ["wife_elsewhere", "husband_elsewhere", "elsewhere", "note"]),
        (DIE, DEATH, ["personal_identification_number", "note"]),
        (CONFIRM, MARITAL_STATUS, ["statement", "note"]),
        (COPY_OUT, COPY, ["source_entry_id", "note"]),
    ):
        id = world.filed_as(procedure, filing.form)
        assert list(world.get(id, DUNG).approval_asks) == asks
        assert list(world.get(id, SAU).approval_asks) == []


def test_an_approval_with_what_its_register_has_no_place_for_is_refused_and_keeps_nothing(world: World) -> None:
    """The document says of each field for which results it is; kept all the same it would stand beside the entry."""
    words: dict[str, Any] = {"statement": "Chưa đăng ký kết hôn với ai."}
    number: dict[str, Any] = {"personal_identification_number": "048220001234"}
    for procedure, filing, unasked in (
        (MARRY, MARRIAGE, (words, number, words | number)),
        (DIE, DEATH, (words,)),
        (CONFIRM, MARITAL_STATUS, (number,)),
        (COPY_OUT, COPY, (words, number)),
    ):
        id = world.filed_as(procedure, filing.form)
        world.compare_all(id)
        world.take_in(id)
        for given in unasked:
            approval = pb.ApproveDossierRequest(dossier_id=id, **given)
            no = refused(partial(world.call, "ApproveDossier", approval, DUNG))
            assert (no.kind, no.type) == (Kind.INVALID, "invalid-field"), (procedure, given)
            assert {each.field for each in no.fields} == given.keys()
        assert world.get(id, DUNG).status == 2
        assert not world.get(id, DUNG).HasField("proposed_entry")


def test_what_will_be_confirmed_is_proposed_to_the_officer_and_replaced_by_the_officers_words(world: World) -> None:
    """TT 04/2020 Đ33: the wording follows the form; the officer answers for it."""
    id = world.filed_as(CONFIRM, MARITAL_STATUS.form)
    assert "chưa đăng ký kết hôn với ai" in world.get(id, DUNG).proposed_statement.casefold()
    assert world.get(id, SAU).proposed_statement == ""
    world.take_in(id)
    own = "Hiện tại chưa đăng ký kết hôn với ai; trước năm 2019 không cư trú tại phường."
    approved = world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, statement=own), DUNG)
    assert approved.proposed_entry.statement == own
    signed = world.sign(id)
    entry = world.call("GetEntry", pb.GetEntryRequest(entry_id=signed.register_entry.id), DUNG)
    assert json.loads(entry.content_json)["status"] == own


def test_a_paper_for_another_period_stays_in_force_and_one_for_the_same_replaces_it(world: World) -> None:
    """TT 04/2020 Đ33; NĐ 123/2015 Đ22.6: each time has its own paper, and a paper to marry is the only one."""

    def paper(changes: dict[str, Any]) -> str:
        confirmed = world.registered(CONFIRM, changed(MARITAL_STATUS.form, changes))
        return str(confirmed.register_entry.certificate_id)

    then = OTHER_PURPOSE | PERIOD
    first, second = paper(then), paper(then | {"/period/from": "2016-08-12", "/period/to": "2019-01-01"})
    today = paper(OTHER_PURPOSE)
    assert [_status(world, each) for each in (first, second, today)] == ["valid"] * 3
    again = paper(then | {"/purpose/text": "Vay vốn ngân hàng"})
    assert [_status(world, each) for each in (first, second, today, again)] == ["superseded", *["valid"] * 3]
    to_marry, to_marry_again = paper(PERIOD), paper({})
    assert [_status(world, each) for each in (to_marry, to_marry_again)] == ["superseded", "valid"]
    assert [_status(world, each) for each in (second, today, again)] == ["valid", "superseded", "superseded"]


def test_a_paper_that_was_replaced_is_no_longer_valid(world: World) -> None:
    """NĐ 123/2015 Đ22.6: the earlier one is handed back; whoever checks it is told that another took its place."""
    first = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    other = {"/requester/identity_number": "048194000999", "/person/full_name": "Trần Thị Mỹ Linh"}
    theirs = world.registered(CONFIRM, changed(MARITAL_STATUS.form, other)).register_entry.certificate_id
    assert _status(world, first) == "valid"
    returned = {"/earlier/issued": True, "/earlier/returned": True}
    again = changed(MARITAL_STATUS.form, OTHER_PURPOSE | returned)
    second = world.registered(CONFIRM, again).register_entry.certificate_id
    assert [_status(world, one) for one in (first, second, theirs)] == ["superseded", "valid", "valid"]


def test_an_older_dossier_is_not_stopped_by_a_question_that_it_was_not_asked(world: World) -> None:
    """TT 04/2020 Đ33: nothing is confirmed by guess of a time, so the officer asks, and writes what is confirmed."""
    form = changed(MARITAL_STATUS.form, OTHER_PURPOSE | PERIOD | DIVORCED | {"/status/then": "unmarried"})
    form = changed(form, {"/period/to": "2016-08-11"})
    id = world.filed_as(CONFIRM, form)
    _unasked(world, id, changed(form, {"/status/then": None, "/status/unmarried_then": False}))
    world.take_in(id)
    shown = world.get(id, DUNG)
    assert {each.kind for each in shown.findings if each.field == "/status/then"} == {pb.FINDING_KIND_ASKS_OFFICER}
    assert shown.proposed_statement == ""
    no = refused(lambda: world.approve(id, number=""))
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "missing-field", "statement")
    own = "Không đăng ký kết hôn với ai từ ngày 01/06/2013 đến ngày 11/08/2016."
    request = pb.ApproveDossierRequest(dossier_id=id, statement=own)
    assert world.call("ApproveDossier", request, DUNG).proposed_entry.statement == own


def test_an_older_dossier_is_supplemented_without_the_questions_that_it_was_not_asked(world: World) -> None:
    form = changed(MARITAL_STATUS.form, OTHER_PURPOSE | PERIOD | DIVORCED | {"/status/then": "unmarried"})
    id = world.filed_as(CONFIRM, form)
    _unasked(world, id, changed(form, {"/status/then": None, "/status/unmarried_then": False}))
    world.take_in(id)
    world.ask(id, "/status/court")
    answered = world.supplement(id, {"status": {"court": "Tòa án nhân dân quận Sơn Trà, thành phố Đà Nẵng"}})
    assert answered.status == 4
    world.ask(id, "/status/then")
    no = refused(lambda: world.supplement(id, {"status": {"court": None}}))
    assert no.type == "not-asked-for"
    assert refused(lambda: world.supplement(id, {})).type == "nothing-supplemented"
    told = world.supplement(id, {"status": {"then": "unmarried"}})
    assert json.loads(told.form_json)["status"]["then"] == "unmarried"


def _unasked(world: World, id: str, form: dict[str, Any]) -> None:
    """The dossier as it was filed before a question was there."""
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        row = session.get_one(DossierRow, UUID(id))
        row.form = cell.cipher.encrypt(json.dumps(form, ensure_ascii=False), f"dossier:{row.id}")


def test_a_note_needs_what_it_says_and_on_which_paper_it_rests(world: World) -> None:
    """NĐ 123/2015 Đ13: content, number, date, issuer, signatory."""
    entry = _married(world).register_entry.id
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


def test_the_death_of_somebody_of_the_same_name_and_birth_ends_no_marriage(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the note is written where the number of a paper says who it was; else the officer looks."""
    married = _married(world).register_entry
    namesake = HUSBAND_DIED | {"/deceased/identity_number": "201000999"}
    world.registered(DIE, changed(DEATH.form, namesake))
    assert (list(_read(world, married.id).notes), _status(world, married.certificate_id)) == ([], "valid")


def test_a_death_ends_the_marriage_and_the_force_of_its_papers(world: World) -> None:
    """The widow's marriage no longer stands; who died is not confirmed, married or registered dead again."""
    husband = MARRIAGE.form["husband"]
    married = _married(world)
    of_the_husband = {
        f"/deceased/{field}": husband[field]
        for field in ("full_name", "birth_date", "sex", "identity_paper", "identity_number", "identity_issued_on")
    }
    died = world.registered(DIE, changed(DEATH.form, {**of_the_husband, "/copies/wanted": False}))
    assert _status(world, married.register_entry.certificate_id) == "superseded"
    entry = world.call("GetEntry", pb.GetEntryRequest(entry_id=married.register_entry.id), DUNG)
    [note] = entry.notes
    assert (note.kind, "khai tử số 01/2020" in note.basis) == ("death", True)
    assert died.register_entry.number == 1

    again = world.filed_as(DIE, changed(DEATH.form, {**of_the_husband, "/copies/wanted": False}))
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
    assert _married(world, widow).status == 9


def test_a_death_of_somebody_with_the_same_name_and_birthday_changes_nothing_by_itself(world: World) -> None:
    """Likely is for the officer to find out: another number is another person until somebody says otherwise."""
    married = _married(world)
    husband = MARRIAGE.form["husband"]
    alike = {
        "/deceased/full_name": husband["full_name"],
        "/deceased/birth_date": husband["birth_date"],
        "/deceased/identity_number": "201000001",
        "/copies/wanted": False,
    }
    world.registered(DIE, changed(DEATH.form, alike))
    assert _status(world, married.register_entry.certificate_id) == "valid"


OFFICER = Person(
    "0b000000-0000-4000-8000-000000000077", "Trần Thị Thu", (Role.CIVIL_STATUS_OFFICER,), title="công chức"
)
HUSBAND_DIED = {
    f"/deceased/{field}": MARRIAGE.form["husband"][field]
    for field in ("full_name", "birth_date", "sex", "identity_paper", "identity_number", "identity_issued_on")
} | {"/copies/wanted": False}
WIDOW = {
    "/wife/marriage_count": 2,
    **widowed("wife"),
    "/husband/full_name": "Đặng Quốc Bảo",
    "/husband/birth_date": "1990-06-01",
    "/husband/identity_number": "201777888",
}
CAME_BACK = {
    "text": "Hủy quyết định tuyên bố ông Lê Văn An là đã chết.",
    "basis": "Quyết định hủy quyết định tuyên bố một người là đã chết",
    "basis_number": "04/2020/QĐDS-ST",
    "spouse_elsewhere": "none",
}


def _read(world: World, entry_id: str) -> pb.FoundEntry:
    answer = world.call("GetEntry", pb.GetEntryRequest(entry_id=entry_id), DUNG)
    assert isinstance(answer, pb.FoundEntry)
    return answer


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


def test_nobody_gets_a_copy_of_a_marriage_as_a_spouse_who_is_not_in_it(world: World) -> None:
    """Luật Hộ tịch 2014 Đ61, Đ63: the entry has to name who asks, by number or by name."""
    entry = _married(world).register_entry.id
    of_the_wife = changed(copy_form_of(MARRIAGE.form["wife"]), {"/requester/relation": "spouse"})
    stranger = changed(of_the_wife, {"/requester/full_name": "Trần Văn Lạ", "/requester/identity_number": "201999888"})
    id = world.filed_as(COPY_OUT, stranger)
    world.take_in(id)
    approval = pb.ApproveDossierRequest(dossier_id=id, source_entry_id=entry)
    no = refused(partial(world.call, "ApproveDossier", approval, DUNG))
    assert (no.type, no.fields[0].field) == ("invalid-field", "source_entry_id")
    assert "vợ hoặc chồng" in no.fields[0].text
    husband = {f"/requester/{name}": MARRIAGE.form["husband"][name] for name in ("full_name", "identity_number")}
    for other in ({}, {"/requester/full_name": "Trần Văn Lạ"}, {"/requester/identity_number": "201999888"}):
        form = changed(of_the_wife, husband | other)
        assert world.registered(COPY_OUT, form, source_entry_id=entry).status == 9, other


def test_a_note_counts_only_when_the_signer_has_confirmed_it(world: World) -> None:
    """NĐ 123/2015 Đ13.1: the officer writes it, the head of the registry signs and seals."""
    married = _married(world).register_entry
    written = world.propose_note(married.id, "divorce")
    assert not written.notes
    [proposed] = written.proposed_notes
    assert (proposed.kind, proposed.prepared_by, proposed.returned_because) == ("divorce", DUNG.name, "")
    assert _status(world, married.certificate_id) == "valid"
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
    assert _status(world, married.certificate_id) == "superseded"
    assert not world.call("ListProposedNotes", pb.ListProposedNotesRequest(), CHAIR).entries
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.kind, no.type) == (Kind.NOT_FOUND, "unknown-note")


def test_notes_of_one_moment_wait_in_the_order_in_which_they_were_written(world: World) -> None:
    """Both those of one entry, and entries among each other; the clock of this test stands still."""
    registered = (_married(world), world.signed(), world.registered(DIE, DEATH.form))
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
    entry = _married(world).register_entry.id
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
    assert not _read(world, entry).notes


def test_a_note_that_goes_back_says_why_and_changes_nothing(world: World) -> None:
    married = _married(world).register_entry
    written = world.propose_note(married.id, "divorce")
    no = refused(partial(world.decide_note, written, reason=" "))
    assert (no.type, no.fields[0].field) == ("missing-field", "reason")
    back = world.decide_note(written, reason="Bản án chưa có hiệu lực")
    assert [each.returned_because for each in back.proposed_notes] == ["Bản án chưa có hiệu lực"]
    assert not back.notes
    assert _status(world, married.certificate_id) == "valid"
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.kind, no.type) == (Kind.CONFLICT, "note-decided")
    assert not world.call("ListProposedNotes", pb.ListProposedNotesRequest(), CHAIR).entries


def test_an_event_is_noted_in_its_own_register_alone(world: World) -> None:
    """TT 04/2020 Đ29.6: no divorce on a death, no declaration of death on a marriage."""
    died = world.registered(DIE, changed(DEATH.form, {"/copies/wanted": False})).register_entry.id
    married = _married(world).register_entry.id
    for entry, kind in ((died, "divorce"), (died, "adoption"), (married, "declaration-annulled"), (married, "missing")):
        no = refused(partial(world.propose_note, entry, kind))
        assert (no.kind, no.fields[0].field) == (Kind.INVALID, "kind")
        assert "TT 04/2020 Đ29.6" in no.fields[0].text
    assert "declaration-annulled" in _read(world, died).note_kinds
    assert "divorce" not in _read(world, died).note_kinds


def test_an_annulled_declaration_of_death_brings_back_the_person_and_the_marriage(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: the marriage revives; a second note reverses the first, and no check finds the death."""
    married = _married(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    assert [note.kind for note in _read(world, married.id).notes] == ["death"]
    world.noted(died.id, "declared-dead")
    again = world.filed_as(DIE, changed(DEATH.form, HUSBAND_DIED))
    world.take_in(again)
    approve = partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=again), DUNG)
    assert refused(approve).type == "not-registrable"

    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert _status(world, died.certificate_id) == "revoked"
    ended, revived = _read(world, married.id).notes
    assert (ended.kind, revived.kind) == ("death", "marriage-restored")
    assert (revived.signer_name, "số 04/2020/QĐDS-ST" in revived.basis) == (CHAIR.name, True)
    second = world.filed_as(MARRY, changed(MARRIAGE.form, WIDOW))
    world.take_in(second)
    no = refused(partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=second), DUNG))
    assert any("Luật HNGĐ 2014" in fault.text for fault in no.fields), "her first marriage stands again"
    assert approve().status == 4, "he can die a second time"
    world.sign(again)
    assert [note.kind for note in _read(world, married.id).notes] == ["death", "marriage-restored", "death"]


def test_a_marriage_does_not_revive_after_a_divorce_nor_where_the_spouse_has_married_again(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1."""
    married = _married(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    _married(world, WIDOW)
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert [note.kind for note in _read(world, married.id).notes] == ["death"]


def test_a_marriage_revives_where_the_spouses_later_one_was_annulled(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1, Đ12: who was never married otherwise has not married again."""
    married = _married(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    later = _married(world, WIDOW).register_entry
    world.noted(later.id, "annulment", text="Hủy việc kết hôn trái pháp luật.")
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert [note.kind for note in _read(world, married.id).notes] == ["death", "marriage-restored"]


@pytest.mark.parametrize("elsewhere", ["remarried", "divorced"])
def test_a_marriage_does_not_revive_where_another_office_has_the_spouses_remarriage_or_divorce(
    world: World, elsewhere: str
) -> None:
    """Luật HNGĐ 2014 Đ67.1: the officer asks that office before the declaration is annulled, and the record stays."""
    married = _married(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    unasked = {name: text for name, text in CAME_BACK.items() if name != "spouse_elsewhere"}
    for said, kind, field in (
        ({}, "missing-field", "spouse_elsewhere"),
        ({"spouse_elsewhere": "who-knows"}, "invalid-field", "spouse_elsewhere"),
        ({"spouse_elsewhere": elsewhere, "spouse_elsewhere_text": " "}, "invalid-field", "spouse_elsewhere_text"),
    ):
        no = refused(partial(world.propose_note, died.id, "declaration-annulled", **unasked, **said))
        assert (no.type, no.fields[0].field) == (kind, field)
        assert not _read(world, died.id).proposed_notes, "what is refused leaves nothing"
    where = "Ủy ban nhân dân phường Thanh Bình, số 12/2020, ngày 02/10/2020"
    said = {"spouse_elsewhere": elsewhere, "spouse_elsewhere_text": where}
    written = world.propose_note(died.id, "declaration-annulled", **unasked, **said)
    assert written.proposed_notes[0].spouse_elsewhere_text == where, "the signer reads it"
    [note] = world.decide_note(written, confirmed=True).notes
    assert (note.spouse_elsewhere, note.spouse_elsewhere_text) == (elsewhere, where)
    assert where not in note.text + note.basis, "no copy tells it"
    assert [each.kind for each in _read(world, married.id).notes] == ["death"]
    man = {f"/husband/{name}": value for name, value in MARRIAGE.form["husband"].items()}
    assert _married(world, OTHER_BRIDE | man | widowed("husband")).status == 9, "who came back is free"


def test_no_death_is_taken_back_by_a_note_that_does_not_say_what_became_of_the_spouse(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: of a note from before that was asked, or where the marriage was noted since."""
    married = _married(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    written = world.propose_note(died.id, "declaration-annulled", **CAME_BACK)
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        [row] = registers.proposed_notes(session, UUID(died.id))
        content = {
            name: value for name, value in content_of_proposed_note(cell, row).items() if name != "spouse_elsewhere"
        }
        row.content = cell.cipher.encrypt(json.dumps(content), proposed_note_context(row.id))
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.kind, no.type) == (Kind.CONFLICT, "note-decided")
    assert not _read(world, died.id).notes
    assert [each.kind for each in _read(world, married.id).notes] == ["death"]
    back = world.decide_note(written, reason="Xin hỏi về người vợ.")
    anew = world.propose_note(died.id, "declaration-annulled", instead_of=back.proposed_notes[0].id, **CAME_BACK)
    world.decide_note(anew, confirmed=True)
    assert [each.kind for each in _read(world, married.id).notes] == ["death", "marriage-restored"]


def test_a_divorce_from_a_missing_person_stays(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1, Đ56.2."""
    married = _married(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    world.noted(married.id, "divorce")
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert [note.kind for note in _read(world, married.id).notes] == ["death", "divorce"]


def test_the_check_of_a_copy_says_that_its_registration_was_annulled(world: World) -> None:
    """No annulled entry is copied without its note, and no paper of it passes as the proof of a registration."""
    married = _married(world).register_entry
    before = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married.id).register_entry
    world.noted(married.id, "annulment", text="Hủy việc kết hôn trái pháp luật.")
    after = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married.id).register_entry
    copied = json.loads(_read(world, after.id).content_json)["source"]["later_notes"]
    assert [note["text"] for note in copied] == ["Hủy việc kết hôn trái pháp luật."]
    for certificate, status in (
        (married.certificate_id, "revoked"), (before.certificate_id, "revoked"), (after.certificate_id, "annulled"),
    ):  # fmt: skip
        answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate))
        assert (answer.status, answer.registration_annulled) == (status, True)
    other = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=other))
    assert (answer.status, answer.registration_annulled) == ("valid", False)


# A note that is withdrawn by a second one

QUASHED = {
    "text": "Bản án về việc ghi chú trước đã bị hủy.",
    "basis": "Quyết định giám đốc thẩm",
    "basis_number": "02/2020/HNGĐ-GĐT",
}


def _withdrawn(world: World, entry_id: str, sequence: int) -> pb.FoundEntry:
    return world.noted(entry_id, "note-withdrawn", withdraws=sequence, **QUASHED)


def test_an_annulment_that_was_quashed_no_longer_counts_and_both_notes_stay(world: World) -> None:
    """TT 04/2020 Đ35 (what is entered is never taken out), Đ23: check, block, public check, and the copy's words."""
    married = _married(world).register_entry
    world.noted(married.id, "annulment", text="Hủy việc kết hôn trái pháp luật.")
    between = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married.id).register_entry
    entry = _withdrawn(world, married.id, 1)
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
    copied = json.loads(_read(world, after.id).content_json)["source"]["later_notes"]
    assert [note["text"] for note in copied] == [first.text, second.text]
    for certificate, status in ((married, "superseded"), (between, "superseded"), (after, "valid")):
        answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate.certificate_id))
        assert (answer.status, answer.registration_annulled) == (status, False)
        assert answer.entry_changed == (status == "superseded")
    again = world.filed_as(MARRY, changed(MARRIAGE.form, OTHER_BRIDE))
    world.take_in(again)
    approve = partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=again), DUNG)
    assert refused(approve).type == "not-registrable", "the first marriage stands again"


def test_a_note_that_withdraws_is_itself_withdrawn_and_the_first_one_counts_again(world: World) -> None:
    married = _married(world).register_entry
    world.noted(married.id, "annulment", text="Hủy việc kết hôn trái pháp luật.")
    _withdrawn(world, married.id, 1)
    no = refused(partial(world.propose_note, married.id, "note-withdrawn", withdraws=1, **QUASHED))
    assert (no.kind, [fault.field for fault in no.fields]) == (Kind.INVALID, ["withdraws"])
    entry = _withdrawn(world, married.id, 2)
    assert [note.counts for note in entry.notes] == [True, False, True]
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=married.certificate_id))
    assert answer.registration_annulled


def test_a_person_whose_declared_death_counts_again_is_dead_and_the_marriage_has_ended_again(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67: what the annulled declaration had brought back goes with it; confirmations, too."""
    married = _married(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert [note.kind for note in _read(world, married.id).notes] == ["death", "marriage-restored"]
    _withdrawn(world, died.id, 1)
    notes = _read(world, married.id).notes
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
    assert _married(world, WIDOW).status == 9
    _withdrawn(world, died.id, 2)
    kinds = [note.kind for note in _read(world, married.id).notes]
    assert kinds == ["death", "marriage-restored", "note-withdrawn"], "the widow has married again (Đ67.1)"


def test_a_divorce_that_was_quashed_ends_the_confirmations_that_were_given_on_it(world: World) -> None:
    """NĐ 123/2015 Đ23: valid until the status changes."""
    wife = MARRIAGE.form["wife"]
    married = _married(world).register_entry
    world.noted(married.id, "divorce")
    of_the_wife = {f"/person/{name}": wife[name] for name in ("full_name", "birth_date", "sex")}
    of_the_wife |= {f"/requester/{name}": wife[name] for name in ("full_name", "identity_paper", "identity_number")}
    asked = OTHER_PURPOSE | DIVORCED | of_the_wife
    paper = world.registered(CONFIRM, changed(MARITAL_STATUS.form, asked)).register_entry.certificate_id
    assert _status(world, paper) == "valid"
    _withdrawn(world, married.id, 1)
    assert _status(world, paper) == "superseded"


def test_a_name_that_a_withdrawn_note_had_given_is_nobodys(world: World) -> None:
    """TT 04/2020 Đ23: a copy has the entry as the notes that count have changed it, and all of them."""
    married = _married(world).register_entry.id
    world.noted(married, "correction", text="Đổi tên vợ.", renamed="wife", new_name="Trần Thị Lan Anh")
    _withdrawn(world, married, 1)
    wife = MARRIAGE.form["wife"]["full_name"]
    copied = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married).register_entry
    source = json.loads(_read(world, copied.id).content_json)["source"]
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
    married = _married(world).register_entry.id
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
