"""How marriages in other offices were asked about, and what an approval asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind
from services.dossiers.domain.elsewhere import Reply, contradicted, elsewhere_findings, missing, party_of, reply_about
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import proposal_of
from tests.services.dossiers.people import CONFIRM, COPY_OUT, DIE, MARRY
from tests.services.dossiers.timing import ASKED, WIFE, approving, not_taken
from tests.services.dossiers.world import CHAIR, DUNG, NAM_DUONG, SAU, World, refused
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE, annulled, divorced, widowed
from tests.unit.dossiers.worlds import changed

HUSBAND = "husband-marital-status"


HER_COMMUNE_S = Reply(
    WIFE, party_of(MARRIAGE.form, WIFE), "Ủy ban nhân dân xã Điện Phong", "45/UBND", date(2020, 10, 2)
)


def test_nobody_marries_before_the_officer_has_asked_about_marriages_elsewhere(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c: a ward's books hold nothing of what another office registered."""
    id = world.accepted(MARRY, MARRIAGE.form)
    told = [each for each in world.get(id, DUNG).findings if each.check == "marriage-elsewhere"]
    assert [each.field for each in told] == ["/wife/full_name", "/husband/full_name"]
    assert not {"marriage-elsewhere"} & {each.check for each in world.get(id, SAU).findings}
    lacks: list[tuple[dict[str, Any], list[str]]] = [
        ({"wife_elsewhere": " "}, ["wife_elsewhere", "husband_elsewhere"]),
        ({"wife_elsewhere": "only-here"}, ["husband_elsewhere"]),
        ({"wife_elsewhere": "only-here", "husband_elsewhere": "he-said-so"}, ["husband_elsewhere"]),
        (
            {"wife_elsewhere": "database", "husband_elsewhere": "paper", "wife_elsewhere_note": " "},
            ["wife_elsewhere_note"],
        ),
        ({"wife_elsewhere": "only-here", "husband_elsewhere": "database"}, ["husband_elsewhere_note"]),
    ]
    for said, lacking in lacks:
        request = pb.ApproveDossierRequest(dossier_id=id, **said)
        no = refused(partial(world.call, "ApproveDossier", request, DUNG))
        assert (no.type, [fault.field for fault in no.fields]) == ("missing-field", lacking)
    assert world.get(id).status == 2

    one_for_both = pb.ApproveDossierRequest(
        dossier_id=id, wife_elsewhere="only-here", husband_elsewhere="database", elsewhere=ASKED
    )
    no = refused(partial(world.call, "ApproveDossier", one_for_both, DUNG))
    assert (no.type, [fault.field for fault in no.fields]) == ("invalid-field", ["elsewhere"])
    answered: dict[str, Any] = {"wife_elsewhere": "only-here", "husband_elsewhere": "database"}
    answered |= {"husband_elsewhere_note": ASKED}
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
def test_only_here_is_refused_if_the_form_declares_a_residence_elsewhere(declared: dict[str, Any], says: str) -> None:
    """Luật HNGĐ 2014 Đ5.2c: then this ward's books are not all that there is to ask, and the record is refused."""
    said = {"wife_elsewhere": "only-here", "husband_elsewhere": "paper"}
    papers = {"husband-marital-status-confirmation"}
    assert not [*contradicted(said, papers, MARRIAGE.form), *missing(said, MARRIAGE.form)]
    ((field, why),) = contradicted(said, papers, changed(MARRIAGE.form, declared))
    assert (field, says in why) == ("wife_elsewhere", True)
    answered = {**said, "wife_elsewhere": "answer"}
    form = changed(MARRIAGE.form, declared)
    assert not [*contradicted(answered, papers, form, [HER_COMMUNE_S]), *missing(answered, form)]
    unasked: dict[str, Any] = {**MARRIAGE.form, "wife": {"full_name": "Trần Thị Lan"}}
    assert not [*contradicted(said, papers, unasked), *missing(said, unasked)], (
        "what a dossier was not asked contradicts nothing"
    )


def inquire(world: World, id: str, about: str, **said: Any) -> str:
    asked: dict[str, Any] = {"kind": "inquiry", "recipient": "Ủy ban nhân dân xã Điện Phong", "about": about}
    asked |= {"question": "Đã đăng ký kết hôn với ai chưa.", "document_number": "12/CV-UBND"}
    request = pb.RequestVerificationRequest(dossier_id=id, **{**asked, **said})
    return str(world.call("RequestVerification", request, DUNG).verifications[-1].id)


def reply(world: World, id: str, **said: Any) -> None:
    answered: dict[str, Any] = {"document_number": "45/UBND", "document_date": "2020-10-06", "text": "Chưa kết hôn."}
    recorded = pb.RecordVerificationReplyRequest(dossier_id=id, **{**answered, **said})
    world.call("RecordVerificationReply", recorded, DUNG)


def test_the_answer_of_an_office_counts_only_as_the_recorded_reply_about_that_party(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c: else a note would do about which nobody can see whether anybody asked."""
    id = world.accepted(MARRY, MARRIAGE.form)
    approve = approving(world, id)
    not_taken(approve)
    inquire(world, id, HUSBAND)
    reply(world, id, outcome="replied", finding="agrees")
    not_taken(approve)
    inquire(world, id, "", recipient="Công an phường Nam Dương", person="Trần Thị Lan", question="Nơi thường trú.")
    reply(world, id, outcome="replied", finding="agrees")
    not_taken(approve)  # that one is about her home
    inquire(world, id, WIFE)
    reply(world, id, outcome="no-result")
    not_taken(approve)
    sent = inquire(world, id, WIFE)
    reply(world, id, outcome="replied", finding="agrees", verification_id=sent)
    assert approve().status == 4
    signing = world.call("GetSigning", pb.GetSigningRequest(dossier_id=id), CHAIR)
    wife = next(each.text for each in signing.findings if each.check == "marriage-elsewhere-asked")
    assert "số 45/UBND ngày 6/10/2020 của Ủy ban nhân dân xã Điện Phong" in wife
    gone = {"outcome": "withdrawn", "text": "Văn bản của người khác", "verification_id": sent}
    reply(world, id, document_number="", document_date="", **gone)
    reply(world, id, outcome="no-result", verification_id=sent)
    not_taken(approve)


def test_an_inquiry_about_a_party_names_that_party_as_declared(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c: a letter about somebody of nearly the same name says nothing about the party."""
    id = world.accepted(MARRY, MARRIAGE.form)
    wrong: dict[str, dict[str, Any]] = {
        "person": {"person": "Trần Thị Lân"},
        "birth_date": {"birth_date": "08/03/1966"},
        "identity_paper": {"identity_paper": "Hộ chiếu số B1234567"},
    }
    for field, said in wrong.items():
        no = refused(partial(inquire, world, id, WIFE, **said))
        assert (no.type, [each.field for each in no.fields]) == ("invalid-field", [field])
    for said in ({"kind": "own"}, {"about": "uncle-marital-status"}):
        no = refused(partial(world.call, "RequestVerification", _about_her(id, **said), DUNG))
        assert (no.type, [each.field for each in no.fields]) == ("invalid-field", ["about"])
    inquire(world, id, WIFE, person="TRẦN THỊ LAN")
    (sent,) = world.get(id, DUNG).verifications
    assert (sent.about, sent.person) == (WIFE, "TRẦN THỊ LAN")
    other = world.accepted(CONFIRM, MARITAL_STATUS.form)
    no = refused(partial(inquire, world, other, WIFE))
    assert (no.type, [each.field for each in no.fields]) == ("invalid-field", ["about"])


def _about_her(id: str, **said: Any) -> pb.RequestVerificationRequest:
    asked: dict[str, Any] = {"kind": "inquiry", "about": WIFE, "recipient": "Xã Điện Phong", "question": "Hôn nhân."}
    return pb.RequestVerificationRequest(dossier_id=id, **{**asked, **said})


def test_a_reply_about_whom_the_form_no_longer_declares_says_nothing_about_the_party() -> None:
    """Luật HNGĐ 2014 Đ5.2c: whatever the letter names of the party tells two people apart, down to a tone mark."""
    born = {"/wife/birth_date": None, "/wife/birth_year": 1966, "/wife/birth_month": 7}
    named: dict[str, tuple[dict[str, Any], Any]] = {
        "full_name": ({}, "Trần Thị Lân"),
        "birth_date": ({}, "1966-03-08"),
        "birth_year": (born, 1965),
        "birth_month": (born, 8),
        "identity_paper": ({}, "passport"),
        "identity_number": ({}, "048196000124"),
        "identity_issued_on": ({}, "2017-05-20"),
        "identity_issued_by": ({}, "Công an tỉnh Quảng Nam"),
    }
    for member, (first, value) in named.items():
        before = changed(MARRIAGE.form, first)
        asked = replace(HER_COMMUNE_S, party=party_of(before, WIFE))
        assert reply_about("wife_elsewhere", [asked], before) == asked
        after = changed(before, {f"/wife/{member}": value})
        for said in (asked, replace(asked, settled=True)):
            assert reply_about("wife_elsewhere", [said], after) is None, member
    assert reply_about("husband_elsewhere", [HER_COMMUNE_S], MARRIAGE.form) is None


def test_a_reply_is_not_older_than_its_letter(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c: a paper of 2011 answers no letter of today, but may be recorded as a reply in hand."""
    id = world.accepted(MARRY, MARRIAGE.form)
    inquire(world, id, WIFE)
    for said in ({"outcome": "replied", "finding": "agrees"}, {"outcome": "no-result"}):
        no = refused(partial(reply, world, id, document_date="2020-10-05", **said))
        assert (no.type, [each.field for each in no.fields]) == ("invalid-field", ["document_date"])
    reply(world, id, outcome="replied", finding="agrees", document_date="2020-10-06")
    assert approving(world, id)().status == 4


@pytest.mark.parametrize("before", [divorced, widowed, annulled])
def test_where_somebody_was_married_before_the_record_says_where_that_was_looked_up(
    world: World, before: Callable[[str], dict[str, Any]]
) -> None:
    """Luật HNGĐ 2014 Đ5.2c: that registration is in some book; the signer reads in which."""
    id = world.filed_as(MARRY, changed(MARRIAGE.form, before("wife")))
    world.take_in(id)
    said: dict[str, Any] = {"wife_elsewhere": "only-here", "husband_elsewhere": "only-here"}
    no = refused(partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **said), DUNG))
    assert (no.type, [each.field for each in no.fields]) == (
        "invalid-field",
        ["husband_elsewhere", "wife_elsewhere_note"],
    )
    assert "bên nữ đã kết hôn trước đây" in no.fields[1].text
    where = "Sổ kết hôn năm 2010 của phường, số 31, ngày 12/05/2010"
    said = {"wife_elsewhere": "only-here", "husband_elsewhere": "paper", "wife_elsewhere_note": where}
    assert world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **said), DUNG).status == 4
    signing = world.call("GetSigning", pb.GetSigningRequest(dossier_id=id), CHAIR)
    wife, husband = [each.text for each in signing.findings if each.check == "marriage-elsewhere-asked"]
    assert (where in wife, where in husband) == (True, False)


def test_what_was_asked_about_one_party_says_nothing_of_the_other() -> None:
    """Luật HNGĐ 2014 Đ5.2c: a widow who has lived here alone, and a groom about whom his commune has answered."""
    form = changed(MARRIAGE.form, widowed("wife"))
    said = {"wife_elsewhere": "only-here", "husband_elsewhere": "answer", "husband_elsewhere_note": ASKED}
    ((field, why),) = missing(said, form)
    assert (field, "bên nữ đã kết hôn trước đây" in why) == ("wife_elsewhere_note", True)
    where = "Sổ kết hôn năm 2010 của phường, số 31"
    both = {**said, "wife_elsewhere_note": where}
    assert not list(missing(both, form))
    wife, husband = [each.text for each in elsewhere_findings(both, "Dung", form, signed=False)]
    assert (where in wife, ASKED in wife, where in husband, ASKED in husband) == (True, False, False, True)


def test_a_common_note_of_both_parties_is_moved_to_the_party_with_an_answer() -> None:
    """Luật HNGĐ 2014 Đ5.2c: what was prepared so is signed where it can be of one party, and else sent back."""
    form = changed(MARRIAGE.form, widowed("wife"))
    old = {"wife_elsewhere": "only-here", "husband_elsewhere": "answer", "elsewhere": ASKED}
    assert [field for field, _ in missing(old, form)] == ["wife_elsewhere_note"]
    assert not list(missing(old, MARRIAGE.form))
    wife, husband = [each.text for each in elsewhere_findings(old, "Dung", form, signed=True)]
    assert (ASKED in wife, ASKED in husband) == (False, True)
    books = {"wife_elsewhere": "only-here", "husband_elsewhere": "only-here", "elsewhere": "Sổ năm 2010"}
    here = changed(form, {"/husband/lives_in": "this-ward", "/husband/permanent_here": True})
    assert not list(missing(books, here))
    wife, husband = [each.text for each in elsewhere_findings(books, "Dung", here, signed=True)]
    assert ("Sổ năm 2010" in wife, "Sổ năm 2010" in husband) == (True, False)


def test_a_party_s_confirmation_counts_only_where_the_dossier_has_it(world: World) -> None:
    """The signer reads the source as a fact; the groom's paper says nothing of the bride."""
    id = world.filed_as(MARRY, MARRIAGE.form)
    assert [each.kind for each in world.get(id).documents] == ["husband-marital-status-confirmation"]
    world.take_in(id)
    both: dict[str, Any] = {"wife_elsewhere": "paper", "husband_elsewhere": "paper"}
    no = refused(partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **both), DUNG))
    assert (no.type, [fault.field for fault in no.fields]) == ("invalid-field", ["wife_elsewhere"])
    assert "bên nữ" in no.fields[0].text
    said = {**both, "wife_elsewhere": "only-here"}
    assert world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **said), DUNG).status == 4

    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:  # prepared before papers were asked after
        row = session.get(DossierRow, UUID(id))
        assert row is not None
        row.proposal = cell.cipher.encrypt(json.dumps({**proposal_of(cell, row), **both}), f"proposal:{id}")
    for rpc in (pb.GetSigningRequest, pb.GetPaperPreviewRequest):
        no = refused(partial(world.call, rpc.__name__.removesuffix("Request"), rpc(dossier_id=id), CHAIR))
        assert (no.kind, no.type, no.fields) == (Kind.CONFLICT, "approval-incomplete", ())
        assert "bên nữ" in no.text


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
        assert (no.kind, no.type, no.fields) == (Kind.CONFLICT, "approval-incomplete", ())
        assert "Xin trả lại hồ sơ cho công chức" in no.text, "the signer can choose nothing else"
    world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason="Xin hỏi nơi khác"), CHAIR)
    world.approve(id, number="")
    assert world.sign(id, register_signed=True).status == 9


def test_the_office_is_told_what_an_approval_asks_for_and_nobody_else(world: World) -> None:
    for procedure, filing, asks in (
        (
            MARRY,
            MARRIAGE,
            ["wife_elsewhere", "wife_elsewhere_note", "husband_elsewhere", "husband_elsewhere_note", "note"],
        ),
        (DIE, DEATH, ["personal_identification_number", "note"]),
        (CONFIRM, MARITAL_STATUS, ["statement", "note"]),
        (COPY_OUT, COPY, ["source_entry_id", "note"]),
    ):
        id = world.filed_as(procedure, filing.form)
        assert list(world.get(id, DUNG).approval_asks) == asks
        assert list(world.get(id, SAU).approval_asks) == []


def test_an_approval_with_what_its_register_has_no_place_for_is_refused_and_keeps_nothing(world: World) -> None:
    """The document says for which results each field is; if such a value were kept, it would contradict the entry."""
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
