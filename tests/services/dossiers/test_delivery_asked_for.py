"""How the applicant asks for the result: receipt, signature's event, tracking and hand-over say what was asked."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from caunoi.dossiers.v1 import events_pb2
from sqlalchemy import select

from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import form_of
from tests.conftest import NAM_DUONG
from tests.services.dossiers.world import DUNG, HOA, SAU, World, refused
from tests.services.dossiers_papers.reading import words_of
from tests.unit.dossiers.marital_status_forms import ADDRESS
from tests.unit.dossiers.marital_status_forms import FORM as CONFIRMATION

CONFIRM = "1.004873"


def taken_in(world: World, **delivery: str) -> tuple[str, str]:
    """An accepted dossier with what was answered to the question, or without; its id and the receipt's words."""
    form: dict[str, Any] = CONFIRMATION | ({"delivery": delivery} if delivery else {})
    id = world.accepted(CONFIRM, form)
    receipt = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="receipt"), SAU)
    return id, " ".join(words_of(receipt.content).split())


@pytest.mark.parametrize(
    ("answer", "receipt", "tracked"),
    [
        ({"way": "office"}, "Nhận tại Bộ phận Tiếp nhận và Trả kết quả của phường Phí", "ông/bà đến nhận như đã chọn"),
        (
            {"way": "post", "address": ADDRESS},
            "gửi qua bưu chính đến địa chỉ ghi trong tờ khai",
            "Phường gửi qua bưu chính như ông/bà đã chọn",
        ),
        (
            {"way": "electronic"},
            "Bản điện tử trong tài khoản của người nộp",
            "gửi bản điện tử vào tài khoản như ông/bà đã chọn",
        ),
        ({}, "muốn nhận qua bưu chính hoặc bản điện tử thì báo phường", "không đến được thì xin báo phường"),
    ],
)
def test_each_paper_and_page_says_how_the_result_was_asked_for(
    world: World, answer: dict[str, str], receipt: str, tracked: str
) -> None:
    """NĐ 87/2020 Đ12.4–6. Who was never asked, or said nothing, is told of no choice of theirs."""
    id, words = taken_in(world, **answer)
    assert receipt in words
    way = answer.get("way", "")
    assert world.get(id, HOA).handover.asked == way
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id), DUNG)
    signed = world.sign(id, register_signed=True)
    (event,) = [one for one in world.events(key=id) if one.type == "vn.caunoi.dossiers.dossier.signed.v1"]
    assert events_pb2.DossierSigned.FromString(event.payload).delivery == way
    assert tracked in world.get(id).waits_for
    assert tracked in world.track(signed.code, world.get(id).tracking_key).waits_for
    listed = world.call("ListOwnDossiers", pb.ListOwnDossiersRequest(), SAU)
    (row,) = [one for one in listed.dossiers if one.id == id]
    assert row.waits_for == "Kết quả đã có. Xin mở hồ sơ để xem ông/bà nhận bằng cách nào."


POSTED = {"delivery": "post", "delivery_note": "EA123456789VN"}


@pytest.mark.parametrize(
    ("answer", "otherwise"),
    [
        ({"way": "office"}, [POSTED, {"delivery": "electronic"}]),
        ({"way": "electronic"}, [POSTED, {}]),
        ({"way": "post", "address": ADDRESS}, [{"delivery": "electronic"}, {}]),
    ],
)
def test_a_result_is_sent_as_the_applicant_asked_or_given_to_who_comes(
    world: World, answer: dict[str, str], otherwise: list[dict[str, Any]]
) -> None:
    """NĐ 87/2020 Đ12.4–6: nothing is posted to somebody who gave no address; the desk names the way if one was
    requested.
    """
    id, _ = taken_in(world, **answer)
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id), DUNG)
    world.sign(id, register_signed=True)
    for handing in otherwise:
        no = refused(partial(world.hand_over, id, register_signed=False, **handing))
        assert (no.type, next(fault.field for fault in no.fields)) == ("not-complete", "delivery")
    world.compare_all(id)
    assert world.hand_over(id, delivery="office", register_signed=False).status == 10


def test_the_tracking_book_says_how_a_result_is_wanted_and_then_how_it_was_given(world: World) -> None:
    today = world.clock.now().date().isoformat()

    def book() -> str:
        request = pb.GetTrackingBookRequest(from_day=today, to_day=today)
        return words_of(world.call("GetTrackingBook", request, DUNG).content)

    id, _ = taken_in(world, way="post", address=ADDRESS)
    assert "Qua bưu chính" in book()
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id), DUNG)
    world.sign(id, register_signed=True)
    world.compare_all(id)
    world.hand_over(id, delivery="office", register_signed=False)
    assert "Qua bưu chính" not in book()


@pytest.mark.parametrize(
    ("delivery", "note", "words"),
    [
        ("post", "eb 123456789 vn", "Số hiệu bưu gửi: EB123456789VN."),
        ("electronic", "", "gửi bản điện tử vào tài khoản"),
        ("office", "", "Đã trả kết quả tại phường"),
    ],
)
def test_everybody_reads_how_the_result_was_given(world: World, delivery: str, note: str, words: str) -> None:
    """The number of what was posted was asked for, kept, and shown to nobody."""
    address = {} if delivery == "electronic" else {"address": ADDRESS}
    id, _ = taken_in(world, way="post" if address else delivery, **address)
    assert world.get(id).handover.address == address.get("address", "")
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id), DUNG)
    world.compare_all(id)
    code = world.sign(id, register_signed=True).code
    assert world.get(id).handover.given == ""
    world.hand_over(id, recipient_name="Trần Thị Bảy", delivery=delivery, delivery_note=note, register_signed=False)
    number = "EB123456789VN" if note else ""
    (event,) = [one for one in world.events(key=id) if one.type == "vn.caunoi.dossiers.dossier.handed-over.v1"]
    told = events_pb2.DossierHandedOver.FromString(event.payload)
    assert (told.delivery, told.posted_number) == (delivery, number)
    own, desk = world.get(id), world.get(id, HOA)
    assert ("ngay trang này" if delivery == "electronic" else words) in own.waits_for
    assert words in desk.waits_for
    for each in (own, desk):
        assert (each.handover.given, each.handover.posted_number) == (delivery, number)
    assert own.handover.recipient_name == desk.handover.recipient_name == "Trần Thị Bảy", "they find out who fetched it"
    listed = world.call("ListOwnDossiers", pb.ListOwnDossiersRequest(), SAU).dossiers[0]
    assert listed.waits_for == "Đã trả kết quả. Xin mở hồ sơ để xem đã trả bằng cách nào."
    assert words in world.track(code, own.tracking_key).waits_for


def test_the_number_of_a_posted_item_must_have_the_right_form(world: World) -> None:
    """It goes into an SMS and an event: no name, no sentence."""
    id, _ = taken_in(world, way="post", address=ADDRESS)
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id), DUNG)
    world.sign(id, register_signed=True)
    post = partial(world.hand_over, id, delivery="post", register_signed=False)
    (fault,) = refused(partial(post, delivery_note="gửi chị Lan chiều nay")).fields
    assert (fault.field, "EB123456789VN" in fault.text) == ("delivery_note", True)


def test_without_an_account_the_electronic_way_is_not_possible(world: World) -> None:
    """Somebody who comes to the counter or writes would wait for ever: no page and no message could reach them."""
    draft = world.ready_as(CONFIRM, CONFIRMATION, HOA, "counter")
    saved = world.save(draft.id, {"delivery": {"way": "electronic"}}, HOA)
    (found,) = [each for each in saved.findings if each.check == "delivery-without-account"]
    assert found.field == "/delivery/way"
    (fault,) = refused(partial(world.submit_at_counter, draft.id)).fields
    assert fault.field == "/delivery/way"
    assert "nhận tại phường hoặc gửi qua bưu chính" in fault.text


def test_who_was_promised_an_account_without_having_one_is_promised_it_no_longer(world: World) -> None:
    """For dossiers that were filed in this way before: the desk is told, and nothing says that the result comes by
    itself.
    """
    id = world.submit_at_counter(world.ready_as(CONFIRM, CONFIRMATION, HOA, "counter").id).dossier.id
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        row = session.scalars(select(DossierRow).where(DossierRow.id == UUID(id))).one()
        form = {**form_of(cell, row), "delivery": {"way": "electronic"}}
        row.form = cell.cipher.encrypt(json.dumps(form), f"dossier:{id}")
    dossier = world.get(id, HOA)
    assert dossier.handover.asked == ""
    assert [each.field for each in dossier.findings if each.check == "delivery-without-account"] == ["/delivery/way"]


def test_who_asks_for_post_says_to_where(world: World) -> None:
    draft = world.ready_as(CONFIRM, CONFIRMATION)
    for way, missing in (("post", ["/delivery/address"]), ("electronic", []), ("office", [])):
        saved = world.save(draft.id, {"delivery": {"way": way, "address": None}})
        assert [each.field for each in saved.findings if each.check == "required"] == missing, way


def test_who_has_no_account_is_promised_the_post_alone(world: World) -> None:
    """The receipt and the tracking page offered an electronic paper, but without an account the desk cannot
    send one.
    """
    draft = world.ready_as(CONFIRM, CONFIRMATION, HOA, "counter")
    filed = world.submit_at_counter(draft.id)
    id = filed.dossier.id
    world.take_in(id)
    receipt = words_of(world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="receipt"), HOA).content)
    world.compare_all(id)
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id), DUNG)
    world.sign(id)
    for text in (receipt, world.get(id, HOA).waits_for, world.track(filed.dossier.code, filed.tracking_key).waits_for):
        assert "bưu chính" in text
        assert "điện tử" not in text
