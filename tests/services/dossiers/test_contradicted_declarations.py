"""An answer that contradicts a declaration stops the dossier until the declaration changes, or the answer was wrong."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Refusal
from services.dossiers.domain.fields import DOCUMENTS
from tests.services.dossiers.world import DUNG, SAU, World, photograph, refused
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE

STATUS, MARRY = "1.004873", "1.000894"
SAID = "Đã đăng ký kết hôn năm 2014"
ANSWER = {"outcome": "replied", "finding": "contradicts", "text": SAID, "document_number": "45/UBND"}
INQUIRY = {
    "kind": "inquiry",
    "recipient": "Ủy ban nhân dân xã Điện Phong, thị xã Điện Bàn, tỉnh Quảng Nam",
    "person": "Trần Thị Mỹ Duyên",
    "question": "Tình trạng hôn nhân trong thời gian cư trú",
}


def _answered(world: World, id: str, inquiry: dict[str, Any], answer: dict[str, Any]) -> str:
    """Accepted, verified, and answered; the verification's id."""
    asked = world.call("RequestVerification", pb.RequestVerificationRequest(dossier_id=id, **inquiry), DUNG)
    world.call("RecordVerificationReply", pb.RecordVerificationReplyRequest(dossier_id=id, **answer), DUNG)
    world.clock.advance(timedelta(minutes=5))
    return str(asked.verifications[0].id)


def _contradicted(world: World) -> tuple[str, str]:
    """Somebody says never married; the former commune says married."""
    id = world.accepted(STATUS, MARITAL_STATUS.form)
    return id, _answered(world, id, INQUIRY, ANSWER | {"document_date": "2020-10-06"})


def _approve(world: World, id: str, statement: str = "") -> pb.Dossier:
    answer = world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, statement=statement), DUNG)
    assert isinstance(answer, pb.Dossier)
    return answer


def _right_as_it_is(world: World, id: str) -> None:
    answer = pb.SupplementDossierRequest(dossier_id=id, right_as_it_is="Tôi khai đúng rồi.")
    world.call("SupplementDossier", answer, SAU)


def _still_contradicted(world: World, id: str) -> Refusal:
    no = refused(partial(_approve, world, id))
    assert SAID in no.text
    assert [fault.field for fault in no.fields] == ["statement"]
    return no


def test_that_it_is_right_as_it_is_takes_back_no_answer(world: World) -> None:
    """NĐ 123/2015 Đ22; Luật HNGĐ 2014 Đ5.2c: the ward still does not confirm as declared."""
    id, _ = _contradicted(world)
    world.ask(id, "/status/now")
    _right_as_it_is(world, id)
    _still_contradicted(world, id)
    assert _approve(world, id, "Đã đăng ký kết hôn năm 2014.").status == 4, "the officer words it anew"


def test_another_paper_takes_back_no_answer(world: World) -> None:
    """NĐ 123/2015 Đ22: a photograph that was unreadable says nothing of the marriage."""
    id, _ = _contradicted(world)
    kind = _some_paper(world, id)
    world.ask(id, f"{DOCUMENTS}{kind}")
    world.add(id, photograph(99), kind=kind)
    world.supplement(id)
    _still_contradicted(world, id)


def _some_paper(world: World, id: str) -> str:
    version = world.parts.place.catalogue.version(STATUS, world.get(id).procedure_version)
    return next(each.kind for each in version.documents if each.mode.value == "file")


def test_a_new_declaration_about_something_else_does_not_settle_an_answer(world: World) -> None:
    """NĐ 123/2015 Đ22."""
    id, _ = _contradicted(world)
    world.ask(id, "/requester/phone")
    world.supplement(id, {"requester": {"phone": "0905 111 222"}})
    _still_contradicted(world, id)


def test_a_new_declaration_of_the_status_is_confirmed(world: World) -> None:
    """NĐ 123/2015 Đ22; TT 04/2020 Đ33: what the form says now is what the answer says."""
    id, _ = _contradicted(world)
    world.ask(id, "/status", "/purpose", "/copies")
    married = {
        "now": "married",
        "spouse_name": "Phan Văn Tài",
        "certificate_number": "5/2014",
        "certificate_date": "2014-05-05",
        "certificate_office": "Ủy ban nhân dân xã Điện Phong",
    }
    other = {"marriage": False, "text": "Làm thủ tục mua bán nhà đất"}
    world.supplement(id, {"status": married, "purpose": other, "copies": {"count": 1}})
    assert "phan văn tài" in world.get(id, DUNG).proposed_statement.casefold()
    assert _approve(world, id).status == 4


def test_an_answer_that_was_wrong_is_taken_back_by_the_officer_with_the_reason(world: World) -> None:
    """NĐ 123/2015 Đ22: by an act about that very answer, which the signer reads."""
    id, asked = _contradicted(world)
    world.ask(id, "/status/now")
    _right_as_it_is(world, id)
    gone = {"outcome": "withdrawn", "text": "Xã đính chính: đó là người khác trùng tên."}
    agrees = ANSWER | {"finding": "agrees", "text": "Chưa kết hôn với ai", "document_date": "2020-10-06"}
    for answer in (gone, agrees):
        fields: dict[str, Any] = {"dossier_id": id, "verification_id": asked, **answer}
        world.call("RecordVerificationReply", pb.RecordVerificationReplyRequest(**fields), DUNG)
    assert _approve(world, id).status == 4


@pytest.mark.parametrize("inquiry", [INQUIRY, {"kind": "own", "question": "Hai bên có họ hay không"}])
def test_a_marriage_that_an_answer_speaks_against_is_not_registered_because_the_parties_insist(
    world: World, inquiry: dict[str, Any]
) -> None:
    """Luật HNGĐ 2014 Đ5.2; Luật Hộ tịch 2014 Đ5.2, Đ18."""
    id = world.accepted(MARRY, MARRIAGE.form)
    answer = ANSWER | {"document_date": "2020-10-06"} if inquiry is INQUIRY else {
        "outcome": "done", "finding": "contradicts", "text": SAID,
    }  # fmt: skip
    asked = _answered(world, id, inquiry, answer)
    world.ask(id, "/wife/residence")
    _right_as_it_is(world, id)
    no = refused(partial(_approve, world, id))
    assert (no.type, no.fields[0].field) == ("not-registrable", f"verifications/{asked}")
    assert SAID in no.fields[0].text
