"""An answer that contradicts a declaration stops the dossier until the declaration changes, or the answer was wrong."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Refusal
from services.dossiers import storage
from services.dossiers.domain.fields import DOCUMENTS
from services.dossiers.sealed import seal_json
from services.dossiers.use_cases.opened import answer_of
from tests.services.dossiers.world import DUNG, NAM_DUONG, SAU, World, photograph, refused
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE

STATUS, MARRY, DEATH_CODE = "1.004873", "1.000894", "1.000656"
SAID = "Đã đăng ký kết hôn năm 2014"
ANSWER: dict[str, Any] = {
    "outcome": "replied",
    "finding": "contradicts",
    "text": SAID,
    "document_number": "45/UBND",
    "contradicted": ["/status/now"],
}
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
    agrees = ANSWER | {
        "finding": "agrees",
        "contradicted": [],
        "text": "Chưa kết hôn với ai",
        "document_date": "2020-10-06",
    }
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
    answer = ANSWER | {"document_date": "2020-10-06", "contradicted": []} if inquiry is INQUIRY else {
        "outcome": "done", "finding": "contradicts", "text": SAID,
    }  # fmt: skip
    asked = _answered(world, id, inquiry, answer)
    world.ask(id, "/wife/residence")
    _right_as_it_is(world, id)
    no = refused(partial(_approve, world, id))
    assert (no.type, no.fields[0].field) == ("not-registrable", f"verifications/{asked}")
    assert SAID in no.fields[0].text


HOSPITAL = {
    "kind": "inquiry",
    "recipient": "Bệnh viện Đà Nẵng",
    "person": "Nguyễn Văn Tám",
    "question": "Ngày, giờ chết",
}
DAY_OF_DEATH = "/death/date"
OPEN = "/deceased/personal_identification_number"  # nobody has answered it


def _death_contradicted(world: World, *named: str) -> str:
    id = world.accepted(DEATH_CODE, DEATH.form)
    _answered(world, id, HOSPITAL, ANSWER | {"document_date": "2020-10-06", "text": SAID, "contradicted": named})
    return id


def _is_contradicted(world: World, id: str) -> bool:
    """Whether an answer keeps the officer from preparing the entry."""
    try:
        world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id), DUNG)
    except Refusal as no:
        return [fault.field.partition("/")[0] for fault in no.fields] == ["verifications"]
    return False


def _declare(world: World, id: str, pointer: str, value: str) -> None:
    group, name = pointer.strip("/").split("/")
    world.ask(id, pointer)
    world.supplement(id, {group: {name: value}})
    world.clock.advance(timedelta(minutes=5))


def test_only_a_change_of_what_an_office_contradicts_settles_its_answer(world: World) -> None:
    """Luật Hộ tịch 2014 Đ5.2, Đ34: a new ethnicity of the deceased says nothing of the day of the death."""
    id = _death_contradicted(world, DAY_OF_DEATH)
    for pointer, value in (("/deceased/ethnicity", "Hoa"), ("/death/place", "Tại nhà riêng")):
        _declare(world, id, pointer, value)
        assert _is_contradicted(world, id)
    declared = DEATH.form["death"]["date"]
    _declare(world, id, DAY_OF_DEATH, "2020-09-30")
    assert not _is_contradicted(world, id)
    _declare(world, id, DAY_OF_DEATH, declared)
    assert _is_contradicted(world, id), "it is declared again as the office contradicts it"


def test_without_a_named_answer_only_a_newer_reply_of_that_office_on_that_matter_settles_it(world: World) -> None:
    """Luật Hộ tịch 2014 Đ5.2, Đ34."""
    id = _death_contradicted(world)
    _declare(world, id, DAY_OF_DEATH, "2020-09-30")
    assert _is_contradicted(world, id)
    agrees = {"document_date": "2020-10-06", "document_number": "46", "finding": "agrees", "text": "Đúng như đã khai"}
    for changed, settles in (
        ({"recipient": "Bệnh viện C"}, False),
        ({"person": "Nguyễn Văn Chín"}, False),
        ({"place": "Phường Bình Hiên"}, False),
        ({"question": "Nơi chết"}, False),
        ({"question": ""}, False),
        ({"question": " ngày,  giờ CHẾT"}, True),
    ):
        kept: dict[str, Any] = HOSPITAL | {"kind": "in-hand"} | agrees | changed
        world.call("RequestVerification", pb.RequestVerificationRequest(dossier_id=id, **kept), DUNG)
        assert _is_contradicted(world, id) is not settles


def test_what_the_ward_finds_itself_is_settled_only_by_a_newer_finding_on_the_same_question(world: World) -> None:
    """Luật Hộ tịch 2014 Đ5.2, Đ34: an own verification names no office, person, place or time."""
    id = world.accepted(DEATH_CODE, DEATH.form)
    _answered(world, id, OWN, OF_WARD)
    for question, settles in (("Nơi chết", False), ("Ngày chết", True)):
        _answered(world, id, OWN | {"question": question}, OF_WARD | {"finding": "agrees"})
        assert _is_contradicted(world, id) is not settles


def test_a_reply_in_hand_without_a_question_settles_none(world: World) -> None:
    """Luật Hộ tịch 2014 Đ5.2: it may be about anything."""
    id = world.accepted(DEATH_CODE, DEATH.form)
    kept: dict[str, Any] = HOSPITAL | {"kind": "in-hand", "question": "", "document_date": "2020-10-06"}
    for number, finding in (("45", "contradicts"), ("46", "agrees")):
        said = kept | {"document_number": number, "text": SAID, "finding": finding}
        world.call("RequestVerification", pb.RequestVerificationRequest(dossier_id=id, **said), DUNG)
        world.clock.advance(timedelta(minutes=5))
        assert _is_contradicted(world, id)


LATER = "2020-09-30"
OWN = {"kind": "own", "question": "Ngày chết"}
OF_WARD: dict[str, Any] = {"outcome": "done", "finding": "contradicts", "text": SAID}
OF_HOSPITAL = ANSWER | {"document_date": "2020-10-06", "text": SAID, "contradicted": []}
NAMES_DAY = OF_HOSPITAL | {"contradicted": [DAY_OF_DEATH]}


def _take_back(world: World, id: str) -> None:
    gone = pb.RecordVerificationReplyRequest(dossier_id=id, outcome="withdrawn", text="Chưa chọn mục mà kết quả trái")
    world.call("RecordVerificationReply", gone, DUNG)
    world.clock.advance(timedelta(minutes=5))


def _record(world: World, id: str, answer: dict[str, Any]) -> None:
    world.call("RecordVerificationReply", pb.RecordVerificationReplyRequest(dossier_id=id, **answer), DUNG)
    world.clock.advance(timedelta(minutes=5))


def _keep(world: World, id: str, answer: dict[str, Any]) -> None:
    kept = HOSPITAL | answer | {"kind": "in-hand"}
    del kept["outcome"]
    world.call("RequestVerification", pb.RequestVerificationRequest(dossier_id=id, **kept), DUNG)
    world.clock.advance(timedelta(minutes=5))


@pytest.mark.parametrize("kind", ["inquiry", "own", "in-hand"])
def test_a_reply_that_is_recorded_again_contradicts_what_was_declared_when_it_first_came(
    world: World, kind: str
) -> None:
    """Luật Hộ tịch 2014 Đ5.2, Đ34: a supplement has corrected the day since; the officer only names it now."""
    id = world.accepted(DEATH_CODE, DEATH.form)
    reply = OF_WARD if kind == "own" else OF_HOSPITAL
    if kind == "in-hand":
        _keep(world, id, reply)
    else:
        _answered(world, id, OWN if kind == "own" else HOSPITAL, reply)
    for day in ("2020-09-29", LATER):
        _declare(world, id, DAY_OF_DEATH, day)
        assert _is_contradicted(world, id), "no answer is named"
    for _ in range(2):
        _take_back(world, id)
        (_keep if kind == "in-hand" else _record)(world, id, reply | {"contradicted": [DAY_OF_DEATH]})
        assert not _is_contradicted(world, id)
    _declare(world, id, DAY_OF_DEATH, DEATH.form["death"]["date"])
    assert _is_contradicted(world, id), "it is declared again as the office contradicts it"


@pytest.mark.parametrize(
    ("asked", "first", "then"),
    [
        (HOSPITAL, OF_HOSPITAL | {"finding": "agrees"}, NAMES_DAY),
        (HOSPITAL, OF_HOSPITAL, NAMES_DAY | {"document_number": "46/UBND"}),
        (HOSPITAL, OF_HOSPITAL, NAMES_DAY | {"document_date": "2020-10-07"}),
        (OWN, OF_WARD, OF_WARD | {"text": "Hàng xóm nói ngày khác", "contradicted": [DAY_OF_DEATH]}),
    ],
)
def test_another_reply_than_the_one_that_was_taken_back_contradicts_what_is_declared_now(
    world: World, asked: dict[str, Any], first: dict[str, Any], then: dict[str, Any]
) -> None:
    """Luật Hộ tịch 2014 Đ5.2, Đ34: the first was recorded wrongly, and a supplement followed it."""
    id = world.accepted(DEATH_CODE, DEATH.form)
    _answered(world, id, asked, first)
    _declare(world, id, DAY_OF_DEATH, LATER)
    _take_back(world, id)
    world.clock.advance(timedelta(days=1))
    _record(world, id, then)
    assert _is_contradicted(world, id)


def test_a_reply_from_before_answers_were_named_is_settled_by_a_later_supplement_on_what_replies_are_about(
    world: World,
) -> None:
    """Luật Hộ tịch 2014 Đ5.2, Đ34: such a reply does not have the list at all, which is not an empty list."""
    id = _death_contradicted(world)
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        [row] = storage.verifications(session, UUID(id))
        earlier = {name: value for name, value in answer_of(cell, row).items() if name != "contradicted"}
        seal_json(cell, row, "answer", earlier)
    _declare(world, id, "/requester/phone", "0905 111 222")
    assert _is_contradicted(world, id)
    _declare(world, id, "/deceased/ethnicity", "Hoa")
    assert not _is_contradicted(world, id)


@pytest.mark.parametrize(
    ("named", "finding"),
    [
        (DAY_OF_DEATH, "agrees"),
        ("/wife/full_name", "contradicts"),
        ("", "contradicts"),
        (OPEN, "contradicts"),
    ],
)
def test_only_answers_of_the_form_are_named_and_only_of_a_reply_that_contradicts(
    world: World, named: str, finding: str
) -> None:
    id = world.accepted(DEATH_CODE, DEATH.form)
    answer = ANSWER | {"document_date": "2020-10-06", "finding": finding, "contradicted": [named]}
    no = refused(partial(_answered, world, id, HOSPITAL, answer))
    assert (no.type, [fault.field for fault in no.fields]) == ("invalid-field", ["contradicted"])


def test_a_reply_about_a_party_names_no_answers(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c: it is about the party's marriages."""
    id = world.accepted(MARRY, MARRIAGE.form)
    about = {"kind": "inquiry", "recipient": "Ủy ban nhân dân xã Điện Phong", "question": "Tình trạng hôn nhân"}
    about["about"] = "wife-marital-status"
    answer = ANSWER | {"document_date": "2020-10-06", "contradicted": ["/wife/marital_status"]}
    no = refused(partial(_answered, world, id, about, answer))
    assert [fault.field for fault in no.fields] == ["contradicted"]
