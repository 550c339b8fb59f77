"""What is registered of marriages and deaths changes what later checks see of people, and which papers are in force."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from services.chassis.refusal import Kind, Refusal
from services.dossiers import registers
from services.dossiers.domain.elsewhere import missing
from services.dossiers.sealed import seal_json
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import content_of_proposed_note, proposal_of
from tests.race import race
from tests.services.dossiers.people import (
    CONFIRM,
    COPY_OUT,
    DIE,
    MARRY,
    OTHER_BRIDE,
    QUASHED,
    findings_of,
    read_entry,
    register_marriage,
    status_of,
    waits_for_lock,
    withdraw_note,
)
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    NAM_DUONG,
    SAU,
    World,
    just_before,
    refused,
    until,
)
from tests.unit.dossiers.copy_forms import COPY, copy_form_of
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import DIVORCED, MARITAL_STATUS, MARRIED, OTHER_PURPOSE, PERIOD
from tests.unit.dossiers.marriage_forms import MARRIAGE, annulled, divorced, widowed
from tests.unit.dossiers.worlds import changed


def test_nobody_marries_while_an_earlier_marriage_exists(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2: the second groom is the first one, by the number of his paper."""
    register_marriage(world)
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
        ({"wife_elsewhere": "only-here"}, ["husband_elsewhere"]),
        ({"wife_elsewhere": "only-here", "husband_elsewhere": "he-said-so"}, ["husband_elsewhere"]),
        ({"wife_elsewhere": "only-here", "husband_elsewhere": "answer"}, ["elsewhere"]),
        ({"wife_elsewhere": "database", "husband_elsewhere": "paper", "elsewhere": " "}, ["elsewhere"]),
    ]
    for said, lacking in lacks:
        request = pb.ApproveDossierRequest(dossier_id=id, **said)
        no = refused(partial(world.call, "ApproveDossier", request, DUNG))
        assert (no.type, [fault.field for fault in no.fields]) == ("missing-field", lacking)
    assert world.get(id).status == 2

    answered: dict[str, Any] = {"wife_elsewhere": "only-here", "husband_elsewhere": "answer", "elsewhere": ASKED}
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


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ({"/wife/lives_in": "elsewhere"}, "cư trú ở nơi khác"),
        ({"/wife/permanent_here": False}, "không có hộ khẩu thường trú ở phường này"),
        ({"/wife/works_abroad": True}, "đang học, làm việc ở nước ngoài"),
        (divorced("wife") | {"/wife/divorced_abroad": True}, "đã ly hôn, hủy kết hôn ở nước ngoài"),
    ],
)
def test_nobody_has_lived_here_alone_of_whom_the_form_declares_a_life_elsewhere(
    declared: dict[str, Any], says: str
) -> None:
    """Luật HNGĐ 2014 Đ5.2c: then this ward's books are not all that there is to ask, and the record is refused."""
    said = {"wife_elsewhere": "only-here", "husband_elsewhere": "paper"}
    papers = {"husband-marital-status-confirmation"}
    assert not list(missing(said, papers, MARRIAGE.form))
    ((field, why),) = missing(said, papers, changed(MARRIAGE.form, declared))
    assert (field, says in why) == ("wife_elsewhere", True)
    answered = {**said, "wife_elsewhere": "answer", "elsewhere": ASKED}
    assert not list(missing(answered, papers, changed(MARRIAGE.form, declared)))
    unasked: dict[str, Any] = {**MARRIAGE.form, "wife": {"full_name": "Trần Thị Lan"}}
    assert not list(missing(said, papers, unasked)), "what a dossier was not asked contradicts nothing"


@pytest.mark.parametrize("before", [divorced, widowed, annulled])
def test_where_somebody_was_married_before_the_record_says_where_that_was_looked_up(
    world: World, before: Callable[[str], dict[str, Any]]
) -> None:
    """Luật HNGĐ 2014 Đ5.2c: that registration stands in some book; the signer reads in which."""
    id = world.filed_as(MARRY, changed(MARRIAGE.form, before("wife")))
    world.take_in(id)
    said: dict[str, Any] = {"wife_elsewhere": "only-here", "husband_elsewhere": "only-here"}
    no = refused(partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **said), DUNG))
    assert (no.type, [each.field for each in no.fields]) == ("missing-field", ["husband_elsewhere", "elsewhere"])
    assert "bên nữ đã kết hôn trước đây" in no.fields[1].text
    where = "Sổ kết hôn năm 2010 của phường, số 31, ngày 12/05/2010"
    said = {"wife_elsewhere": "only-here", "husband_elsewhere": "paper", "elsewhere": where}
    assert world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **said), DUNG).status == 4
    signing = world.call("GetSigning", pb.GetSigningRequest(dossier_id=id), CHAIR)
    wife, husband = [each.text for each in signing.findings if each.check == "marriage-elsewhere-asked"]
    assert (where in wife, where in husband) == (True, False)


def test_a_party_s_confirmation_counts_only_where_the_dossier_has_it(world: World) -> None:
    """The signer reads the source as a fact; the groom's paper says nothing of the bride."""
    id = world.filed_as(MARRY, MARRIAGE.form)
    assert [each.kind for each in world.get(id).documents] == ["husband-marital-status-confirmation"]
    world.take_in(id)
    both: dict[str, Any] = {"wife_elsewhere": "paper", "husband_elsewhere": "paper"}
    no = refused(partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **both), DUNG))
    assert (no.type, [fault.field for fault in no.fields]) == ("missing-field", ["wife_elsewhere"])
    assert "bên nữ" in no.fields[0].text
    said = {**both, "wife_elsewhere": "only-here"}
    assert world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **said), DUNG).status == 4

    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:  # prepared before papers were asked after
        row = session.get(DossierRow, UUID(id))
        assert row is not None
        row.proposal = cell.cipher.encrypt(json.dumps({**proposal_of(cell, row), **both}), f"proposal:{id}")
    no = refused(partial(world.seen, id))
    assert (no.type, no.fields[0].field) == ("missing-field", "wife_elsewhere")


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
    register_marriage(world)
    second = world.filed_as(MARRY, changed(MARRIAGE.form, OTHER_BRIDE))
    checks_of = [{each.check for each in world.get(second, who).findings} for who in (SAU, DUNG)]
    only_the_office = checks_of[1] - checks_of[0]
    assert any("marri" in check for check in only_the_office), checks_of


def test_a_registered_dossier_does_not_contradict_itself(world: World) -> None:
    """The marriage that now stands in the register is the one of this dossier, not another."""
    married = register_marriage(world)
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
    first = register_marriage(world)
    world.noted(first.register_entry.id, "divorce")
    again = {**OTHER_BRIDE, **divorced("husband")}
    assert register_marriage(world, again).status == 9


@pytest.mark.parametrize("month", [None, 3])
def test_a_former_spouse_of_whose_birth_no_day_is_known_is_found_again(world: World, month: int | None) -> None:
    """TTLT 01/2016 Đ2 (quoted): registers that hold a year alone, or month and year, are searched for kinship too."""
    no_day = {"/wife/birth_date": None, "/wife/birth_year": 1955, "/wife/birth_month": month}
    first = register_marriage(world, no_day)
    world.noted(first.register_entry.id, "divorce")
    same = world.filed_as(MARRY, changed(MARRIAGE.form, no_day | divorced("husband") | divorced("wife")))
    found = {each.check for each in world.get(same, DUNG).findings}
    assert "kinship-in-registers" not in found
    assert register_marriage(world, OTHER_BRIDE | divorced("husband")).status == 9


def test_a_divorce_shows_at_once_on_the_certificate_and_an_annulment_revokes_it(world: World) -> None:
    first = register_marriage(world)
    certificate = first.register_entry.certificate_id
    assert status_of(world, certificate) == "valid"
    world.noted(first.register_entry.id, "divorce")
    assert status_of(world, certificate) == "superseded"
    entry = world.noted(first.register_entry.id, "annulment", text="Hủy việc đăng ký kết hôn.")
    assert status_of(world, certificate) == "revoked"
    assert [(note.sequence, note.kind) for note in entry.notes] == [(1, "divorce"), (2, "annulment")]
    told = [event.type for event in world.events(key=entry.id)]
    assert told[-2:] == ["vn.caunoi.civil-status.entry.noted.v1"] * 2


def test_a_divorce_that_is_noted_ends_the_force_of_what_was_confirmed_before(world: World) -> None:
    """NĐ 123/2015 Đ23: a confirmation is in force until the status changes; here that she is married."""
    person = MARITAL_STATUS.form["person"]
    bride = {f"/wife/{name}": person[name] for name in ("full_name", "birth_date")}
    bride["/wife/identity_number"] = MARITAL_STATUS.form["requester"]["identity_number"]
    married = register_marriage(world, bride).register_entry
    form = changed(MARITAL_STATUS.form, OTHER_PURPOSE | MARRIED)
    confirmed = world.registered(CONFIRM, form).register_entry.certificate_id
    written = world.propose_note(married.id, "divorce")
    assert status_of(world, confirmed) == "valid"
    world.decide_note(written, confirmed=True)
    assert status_of(world, confirmed) == "superseded"


def test_the_check_tells_a_paper_whose_entry_was_noted_from_a_confirmation_that_is_no_longer_in_force(
    world: World,
) -> None:
    """An original stays genuine as of its day; a confirmation lasts until the status changes (NĐ 123/2015 Đ23)."""

    def checked(certificate: str) -> tuple[str, bool]:
        answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate))
        return answer.status, answer.entry_changed

    confirmed = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    again = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    married = register_marriage(world).register_entry
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
    register_marriage(world, bride)
    assert status_of(world, paper) == "superseded"


def test_a_confirmation_of_who_has_died_since_is_no_longer_in_force(world: World) -> None:
    """NĐ 123/2015 Đ23: until the status changes, also of who was never married."""
    paper = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    person = {f"/deceased/{name}": MARITAL_STATUS.form["person"][name] for name in ("full_name", "birth_date", "sex")}
    number = {"/deceased/identity_number": MARITAL_STATUS.form["requester"]["identity_number"]}
    world.registered(DIE, changed(DEATH.form, person | number | {"/copies/wanted": False}))
    assert status_of(world, paper) == "superseded"


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
            until(lambda: signed[0].done() or waits_for_lock(database))

        with just_before(database, "INSERT INTO register_entries", marry):
            paper = world.sign(confirmation).register_entry.certificate_id
        assert signed[0].result(20).status == 9
    assert status_of(world, paper) == "superseded"


def test_a_confirmation_expires(world: World) -> None:
    """NĐ 123/2015 Đ23: six months from the day of issue; a last day off is followed by a working day (BLDS Đ148.5)."""
    paper = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    world.clock.set(datetime(2021, 4, 6, 12, tzinfo=VIETNAM))
    assert status_of(world, paper) == "valid"
    world.clock.set(datetime(2021, 4, 7, 0, 0, 1, tzinfo=VIETNAM))
    assert status_of(world, paper) == "expired"


def test_a_confirmation_whose_last_day_is_a_sunday_is_in_force_on_monday(world: World) -> None:
    """BLDS 2015 Đ148.5."""
    world.clock.set(datetime(2020, 11, 9, 9, tzinfo=VIETNAM))  # six months later is Sunday 9 May 2021
    paper = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    world.clock.set(datetime(2021, 5, 10, 16, tzinfo=VIETNAM))
    assert status_of(world, paper) == "valid"
    world.clock.set(datetime(2021, 5, 11, 8, tzinfo=VIETNAM))
    assert status_of(world, paper) == "expired"


def test_a_marriage_ends_once_and_after_it_began(world: World) -> None:
    """Luật HNGĐ 2014 Đ57, Đ65: no divorce by a paper of before the marriage, no second one, none of the dead."""
    married = register_marriage(world).register_entry.id
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
    assert [note.kind for note in read_entry(world, married).notes] == ["divorce"]


DIED_ON_THE_SEVENTH = {"/death/date": "2020-10-07", "/death_paper/issued_on": "2020-10-07"}


def test_a_divorce_of_after_a_death_is_refused_and_one_of_before_is_noted(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67.1."""
    married = register_marriage(world).register_entry.id
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED | DIED_ON_THE_SEVENTH))
    no = refused(lambda: world.propose_note(married, "divorce", basis_date="2020-10-08"))
    assert (no.type, no.fields[0].field) == ("invalid-field", "basis_date")
    world.noted(married, "divorce", basis_date="2020-10-06")
    assert [note.kind for note in read_entry(world, married).notes] == ["death", "divorce"]


def test_a_number_alone_beside_another_name_and_birth_is_asked_about_and_stops_nobody(world: World) -> None:
    """A slip in either number: the officer compares, and the death can be registered."""
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED))
    other = HUSBAND_DIED | {"/deceased/full_name": "Người Khác Hẳn", "/deceased/birth_date": "1980-02-03"}
    second = world.filed_as(DIE, changed(DEATH.form, other))
    found = findings_of(world, second)["earlier-death"]
    assert found.kind == pb.FINDING_KIND_ASKS_OFFICER
    assert "cùng số giấy tờ nhưng khác họ tên và ngày sinh" in found.text
    for same in ("full_name", "birth_date"):
        again = world.filed_as(
            DIE, changed(DEATH.form, other | {f"/deceased/{same}": HUSBAND_DIED[f"/deceased/{same}"]})
        )
        assert findings_of(world, again)["earlier-death"].kind == pb.FINDING_KIND_STOPS, same


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
    assert [status_of(world, each) for each in (first, second, today)] == ["valid"] * 3
    again = paper(then | {"/purpose/text": "Vay vốn ngân hàng"})
    assert [status_of(world, each) for each in (first, second, today, again)] == ["superseded", *["valid"] * 3]
    to_marry, to_marry_again = paper(PERIOD), paper({})
    assert [status_of(world, each) for each in (to_marry, to_marry_again)] == ["superseded", "valid"]
    assert [status_of(world, each) for each in (second, today, again)] == ["valid", "superseded", "superseded"]


def test_a_paper_that_was_replaced_is_no_longer_valid(world: World) -> None:
    """NĐ 123/2015 Đ22.6: the earlier one is handed back; whoever checks it is told that another took its place."""
    first = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    other = {"/requester/identity_number": "048194000999", "/person/full_name": "Trần Thị Mỹ Linh"}
    theirs = world.registered(CONFIRM, changed(MARITAL_STATUS.form, other)).register_entry.certificate_id
    assert status_of(world, first) == "valid"
    returned = {"/earlier/issued": True, "/earlier/returned": True}
    again = changed(MARITAL_STATUS.form, OTHER_PURPOSE | returned)
    second = world.registered(CONFIRM, again).register_entry.certificate_id
    assert [status_of(world, one) for one in (first, second, theirs)] == ["superseded", "valid", "valid"]


def test_an_older_dossier_is_not_stopped_by_a_question_that_it_was_not_asked(world: World) -> None:
    """TT 04/2020 Đ33: nothing is confirmed by guess of a time, so the officer asks, and writes what is confirmed."""
    form = changed(MARITAL_STATUS.form, OTHER_PURPOSE | PERIOD | DIVORCED | {"/status/then": "unmarried"})
    form = changed(form, {"/period/to": "2016-08-11"})
    id = world.filed_as(CONFIRM, form)
    leave_unasked(world, id, changed(form, {"/status/then": None, "/status/unmarried_then": False}))
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
    leave_unasked(world, id, changed(form, {"/status/then": None, "/status/unmarried_then": False}))
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


def leave_unasked(world: World, id: str, form: dict[str, Any]) -> None:
    """The dossier as it was filed before a question was there."""
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        row = session.get_one(DossierRow, UUID(id))
        row.form = cell.cipher.encrypt(json.dumps(form, ensure_ascii=False), f"dossier:{row.id}")


def test_the_death_of_somebody_of_the_same_name_and_birth_ends_no_marriage(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: the note is written where the number of a paper says who it was; else the officer looks."""
    married = register_marriage(world).register_entry
    namesake = HUSBAND_DIED | {"/deceased/identity_number": "201000999"}
    world.registered(DIE, changed(DEATH.form, namesake))
    assert (list(read_entry(world, married.id).notes), status_of(world, married.certificate_id)) == ([], "valid")


def test_a_death_ends_the_marriage_and_the_force_of_its_papers(world: World) -> None:
    """The widow's marriage no longer stands; who died is not confirmed, married or registered dead again."""
    husband = MARRIAGE.form["husband"]
    married = register_marriage(world)
    of_the_husband = {
        f"/deceased/{field}": husband[field]
        for field in ("full_name", "birth_date", "sex", "identity_paper", "identity_number", "identity_issued_on")
    }
    died = world.registered(DIE, changed(DEATH.form, {**of_the_husband, "/copies/wanted": False}))
    assert status_of(world, married.register_entry.certificate_id) == "superseded"
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
    assert register_marriage(world, widow).status == 9


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


def test_an_annulled_declaration_of_death_brings_back_the_person_and_the_marriage(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: the marriage revives; a second note reverses the first, and no check finds the death."""
    married = register_marriage(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    assert [note.kind for note in read_entry(world, married.id).notes] == ["death"]
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
    assert [note.kind for note in read_entry(world, married.id).notes] == ["death", "marriage-restored", "death"]


def test_a_marriage_does_not_revive_after_a_divorce_nor_where_the_spouse_has_married_again(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1."""
    married = register_marriage(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    register_marriage(world, WIDOW)
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert [note.kind for note in read_entry(world, married.id).notes] == ["death"]


def test_a_marriage_revives_where_the_spouses_later_one_was_annulled(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1, Đ12: who was never married otherwise has not married again."""
    married = register_marriage(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    later = register_marriage(world, WIDOW).register_entry
    world.noted(later.id, "annulment", text="Hủy việc kết hôn trái pháp luật.")
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert [note.kind for note in read_entry(world, married.id).notes] == ["death", "marriage-restored"]


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
    assert [each.kind for each in read_entry(world, married.id).notes] == ["death"]
    man = {f"/husband/{name}": value for name, value in MARRIAGE.form["husband"].items()}
    since = {"/husband/marital_status_paper/issued_on": "2020-10-06"}
    assert register_marriage(world, OTHER_BRIDE | man | widowed("husband") | since).status == 9, "who came back is free"


def test_a_note_of_a_death_in_this_ward_is_taken_back_at_the_death_and_not_at_the_marriage(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67.1: there somebody asks whether the spouse has married again."""
    married = register_marriage(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    withdrawn = partial(world.propose_note, married.id, "note-withdrawn", withdraws=1, **QUASHED)
    no = refused(withdrawn)
    assert (no.type, [fault.field for fault in no.fields]) == ("invalid-field", ["withdraws"])
    remarried = {"spouse_elsewhere": "remarried", "spouse_elsewhere_text": "Phường Thanh Bình, số 12/2020"}
    written = world.propose_note(married.id, "marriage-restored", text="Khôi phục hôn nhân.")
    world.noted(died.id, "declaration-annulled", **CAME_BACK | remarried)
    assert refused(withdrawn).fields[0].field == "withdraws", "nor after it was taken back"
    assert refused(partial(world.decide_note, written, confirmed=True)).type == "note-decided", "nor as it is restored"
    no = refused(partial(world.propose_note, married.id, "marriage-restored", text="Khôi phục hôn nhân."))
    assert (no.type, no.fields[0].field) == ("invalid-field", "kind")
    assert [(note.kind, note.counts) for note in read_entry(world, married.id).notes] == [("death", True)]
    withdraw_note(world, died.id, 1)
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert [note.kind for note in read_entry(world, married.id).notes] == ["death", "marriage-restored"], "said anew"


def test_a_marriage_that_stands_by_another_note_ends_again_with_the_death_that_counts_again(world: World) -> None:
    """Luật HNGĐ 2014 Đ65: also where the note of the death was withdrawn by itself, as could be done before."""
    married = register_marriage(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    world.noted(married.id, "marriage-restored", text="Khôi phục hôn nhân.")
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    kinds = [note.kind for note in read_entry(world, married.id).notes]
    assert kinds == ["death", "marriage-restored"], "it stands already"
    withdraw_note(world, died.id, 1)
    assert [note.kind for note in read_entry(world, married.id).notes] == [*kinds, "death"]
    assert register_marriage(world, WIDOW).status == 9, "she is a widow"


def test_no_death_is_taken_back_by_a_note_that_does_not_say_what_became_of_the_spouse(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: of a note from before that was asked, or where the marriage was noted since."""
    married = register_marriage(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    written = world.propose_note(died.id, "declaration-annulled", **CAME_BACK)
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        [row] = registers.proposed_notes(session, UUID(died.id))
        content = {
            name: value for name, value in content_of_proposed_note(cell, row).items() if name != "spouse_elsewhere"
        }
        seal_json(cell, row, "content", content)
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.kind, no.type) == (Kind.CONFLICT, "note-decided")
    assert not read_entry(world, died.id).notes
    assert [each.kind for each in read_entry(world, married.id).notes] == ["death"]
    back = world.decide_note(written, reason="Xin hỏi về người vợ.")
    anew = world.propose_note(died.id, "declaration-annulled", instead_of=back.proposed_notes[0].id, **CAME_BACK)
    world.decide_note(anew, confirmed=True)
    assert [each.kind for each in read_entry(world, married.id).notes] == ["death", "marriage-restored"]


def test_a_divorce_from_a_missing_person_stays(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1, Đ56.2."""
    married = register_marriage(world).register_entry
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED | DIED_ON_THE_SEVENTH)).register_entry
    world.noted(married.id, "divorce")
    world.noted(died.id, "declaration-annulled", **CAME_BACK | {"basis_date": "2020-10-08"})
    assert [note.kind for note in read_entry(world, married.id).notes] == ["death", "divorce"]


def test_a_person_whose_declared_death_counts_again_is_dead_and_the_marriage_has_ended_again(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67: what the annulled declaration had brought back goes with it; confirmations, too."""
    married = register_marriage(world).register_entry
    died = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    world.noted(died.id, "declaration-annulled", **CAME_BACK)
    assert [note.kind for note in read_entry(world, married.id).notes] == ["death", "marriage-restored"]
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
    kinds = [note.kind for note in read_entry(world, married.id).notes]
    assert kinds == ["death", "marriage-restored", "note-withdrawn"], "the widow has married again (Đ67.1)"


def test_a_divorce_that_was_quashed_ends_the_confirmations_that_were_given_on_it(world: World) -> None:
    """NĐ 123/2015 Đ23: valid until the status changes."""
    wife = MARRIAGE.form["wife"]
    married = register_marriage(world).register_entry
    world.noted(married.id, "divorce")
    of_the_wife = {f"/person/{name}": wife[name] for name in ("full_name", "birth_date", "sex")}
    of_the_wife |= {f"/requester/{name}": wife[name] for name in ("full_name", "identity_paper", "identity_number")}
    asked = OTHER_PURPOSE | DIVORCED | of_the_wife
    paper = world.registered(CONFIRM, changed(MARITAL_STATUS.form, asked)).register_entry.certificate_id
    assert status_of(world, paper) == "valid"
    withdraw_note(world, married.id, 1)
    assert status_of(world, paper) == "superseded"
