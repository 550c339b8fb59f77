"""A written reply that the office has already stands in for the letter: nobody is asked, and the clock runs on."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2 as pb

from tests.services.dossiers.people import MARRY
from tests.services.dossiers.timing import (
    INQUIRY,
    WIFE,
    approving,
    checks,
    former_resident,
    not_taken,
    reply,
    verify,
)
from tests.services.dossiers.world import CHAIR, DUNG, SAU, World, refused
from tests.unit.dossiers.marriage_forms import MARRIAGE, divorced


def keep(world: World, id: str, **said: Any) -> pb.Dossier:
    """A written reply about the bride that is there already."""
    has: dict[str, Any] = {"kind": "in-hand", "recipient": "Ủy ban nhân dân xã Điện Phong", "about": WIFE}
    has |= {"document_number": "45/UBND", "document_date": "2020-09-02", "text": "Chưa kết hôn.", "finding": "agrees"}
    kept = world.call("RequestVerification", pb.RequestVerificationRequest(dossier_id=id, **{**has, **said}), DUNG)
    assert isinstance(kept, pb.Dossier)
    return kept


def test_a_reply_in_hand_counts_without_a_letter_and_the_clock_runs_on(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c; NĐ 123/2015 Đ3.4: nobody was asked, so no time is left out and no letter is invented."""
    id = world.accepted(MARRY, MARRIAGE.form)
    before, events = world.get(id), len(world.events(key=id))
    kept = keep(world, id)
    assert (kept.status, kept.due_at, kept.HasField("paused_at")) == (2, before.due_at, False)
    assert len(world.events(key=id)) == events, "nobody is told that somebody was asked"
    (one,) = kept.verifications
    assert (one.kind, one.state, one.letter_number, one.document_number) == ("in-hand", "replied", "", "45/UBND")
    assert (one.person, one.document_date, list(one.outcomes)) == ("Trần Thị Lan", "2020-09-02", ["withdrawn"])
    approve = approving(world, id)
    assert approve().status == 4
    signing = world.call("GetSigning", pb.GetSigningRequest(dossier_id=id), CHAIR)
    wife = next(each.text for each in signing.findings if each.check == "marriage-elsewhere-asked")
    assert "số 45/UBND ngày 2/9/2020 của Ủy ban nhân dân xã Điện Phong" in wife

    reply(world, id, outcome="withdrawn", text="Văn bản của người khác", verification_id=one.id)
    (one,) = world.get(id, DUNG).verifications
    assert (one.state, one.answer, list(one.outcomes)) == ("withdrawn", "", [])
    assert (world.get(id).due_at, world.get(id).HasField("paused_at")) == (before.due_at, False)
    no = refused(partial(world.call, "GetSigning", pb.GetSigningRequest(dossier_id=id), CHAIR))
    assert no.type == "approval-incomplete", "the entry was prepared on it"
    not_taken(approve)


def test_a_reply_in_hand_says_what_a_recorded_reply_says(world: World) -> None:
    id = world.accepted(MARRY, MARRIAGE.form)
    lacks: list[tuple[str, dict[str, Any]]] = [
        *((field, {field: ""}) for field in ("recipient", "document_number", "document_date", "text", "finding")),
        ("person", {"about": ""}),
    ]
    for field, without in lacks:
        no = refused(partial(keep, world, id, **without))
        assert (no.type, [each.field for each in no.fields]) == ("missing-field", [field])
    no = refused(partial(keep, world, id, document_date="2020-10-07"))
    assert (no.type, [each.field for each in no.fields]) == ("invalid-field", ["document_date"])
    assert not world.get(id, DUNG).verifications
    keep(world, id, finding="contradicts", text="Đã kết hôn năm 2014")
    no = refused(approving(world, id))
    assert (no.type, "Đã kết hôn năm 2014" in no.fields[0].text) == ("not-registrable", True)


def test_a_reply_by_which_the_form_was_corrected_is_an_answer(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c; NĐ 123/2015 Đ22: the declaration is now what the office said."""
    id = world.accepted(MARRY, MARRIAGE.form)
    keep(world, id, finding="contradicts", text="Đã ly hôn năm 2018")
    world.clock.advance(timedelta(minutes=5))
    approve = approving(world, id)
    assert refused(approve).type == "not-registrable"
    world.ask(id, "/husband/residence")
    world.supplement(id, {"husband": {"residence": "Thôn Lệ Sơn Bắc, xã Hòa Tiến, huyện Hòa Vang, Đà Nẵng"}})
    assert refused(approve).type == "not-registrable", "what he declares anew is not about her"
    world.ask(id, "/wife/ethnicity", "/wife/residence")
    moved = "31 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"
    world.supplement(id, {"wife": {"ethnicity": "Hoa", "residence": moved}})
    assert refused(approve).type == "not-registrable", "the office said nothing about her home"
    now = {pointer.removeprefix("/wife/"): value for pointer, value in divorced("wife").items()}
    world.ask(id, "/wife/marital_status", "/wife/marriage_count")
    world.supplement(id, {"wife": now})
    assert approve().status == 4
    signing = world.call("GetSigning", pb.GetSigningRequest(dossier_id=id), CHAIR)
    wife = next(each.text for each in signing.findings if each.check == "marriage-elsewhere-asked")
    assert "lời khai đã sửa theo" in wife


def test_a_corrected_number_beside_marriages_that_stay_settles_no_contradiction(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c; NĐ 123/2015 Đ22: the reply is about another person now, so a new one is needed."""
    id = world.accepted(MARRY, MARRIAGE.form)
    keep(world, id, finding="contradicts", text="Đã kết hôn năm 2014")
    world.clock.advance(timedelta(minutes=5))
    world.ask(id, "/wife/marital_status", "/wife/identity_number")
    number = json.dumps({"wife": {"identity_number": "048196000999"}})
    said = "Tình trạng hôn nhân như thế là đúng."
    answer = pb.SupplementDossierRequest(dossier_id=id, form_json=number, right_as_it_is=said)
    world.call("SupplementDossier", answer, SAU)
    approve = approving(world, id)
    no = refused(approve)
    assert (no.type, "Đã kết hôn năm 2014" in no.fields[0].text) == ("not-registrable", True)
    other: dict[str, Any] = {"wife_elsewhere": "only-here", "husband_elsewhere": "paper"}
    by_books = partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **other), DUNG)
    assert refused(by_books).type == "not-registrable", "the ward's own books say nothing against the reply"
    keep(world, id, document_number="46/UBND", document_date="2020-09-30")
    assert approve().status == 4
    signing = world.call("GetSigning", pb.GetSigningRequest(dossier_id=id), CHAIR)
    wife = next(each.text for each in signing.findings if each.check == "marriage-elsewhere-asked")
    assert ("số 46/UBND" in wife, "số 45/UBND" in wife, "sửa theo" in wife) == (True, False, False)


def test_a_settled_reply_counts_no_more_once_the_party_is_declared_otherwise(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c: her marriages were corrected by the reply, and then her number: it is about another."""
    id = world.accepted(MARRY, MARRIAGE.form)
    keep(world, id, finding="contradicts", text="Đã ly hôn năm 2018")
    world.clock.advance(timedelta(minutes=5))
    now = {pointer.removeprefix("/wife/"): value for pointer, value in divorced("wife").items()}
    world.ask(id, "/wife/marital_status", "/wife/marriage_count", "/wife/identity_number")
    world.supplement(id, {"wife": now | {"identity_number": "048196000999"}})
    approve = approving(world, id)
    not_taken(approve)
    keep(world, id, text="Đã ly hôn năm 2018", document_number="46/UBND")
    assert approve().status == 4


def test_a_reply_in_hand_stands_in_for_the_letter_to_that_commune(world: World) -> None:
    """NĐ 123/2015 Đ22.4: what a former commune has said in writing need not be asked again."""
    id = former_resident(world, "Xã Điện Phong, thị xã Điện Bàn")
    assert "inquiry-needed" in checks(world.get(id, DUNG))
    before = world.get(id).due_at
    kept = verify(
        world,
        id,
        **INQUIRY | {"kind": "in-hand", "document_number": "45/UBND", "text": "Chưa kết hôn."},
        document_date="2019-05-02",
        finding="agrees",
    )
    assert (kept.due_at, kept.status, "inquiry-needed" in checks(kept)) == (before, 2, False)
    assert world.approve(id).status == 4
    reply(world, id, outcome="withdrawn", text="Văn bản của người khác")
    assert "inquiry-needed" in checks(world.get(id, DUNG))
    assert refused(lambda: world.approve(id)).type == "not-registrable"
