"""The applicant changes their mind about how they get the result, and tells the desk (NĐ 87/2020 Đ12)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from caunoi.dossiers.v1 import events_pb2

from tests.services.dossiers.world import DUNG, HOA, SAU, World, refused
from tests.unit.dossiers.marital_status_forms import ADDRESS
from tests.unit.dossiers.marital_status_forms import FORM as CONFIRMATION

CONFIRM = "1.004873"
WHERE = "Địa chỉ đang ghi: xem mục “Nhận kết quả” của hồ sơ."
POSTED = {"delivery": "post", "address": ADDRESS}


def changed(world: World, id: str, **how: str) -> pb.Dossier:
    fields: dict[str, Any] = {"asked_by": "Trần Thị Mỹ Duyên", "asked_how": "called", **how}
    answer = world.call("ChangeDelivery", pb.ChangeDeliveryRequest(dossier_id=id, **fields), HOA)
    assert isinstance(answer, pb.Dossier)
    return answer


def signed(world: World, **delivery: str) -> str:
    form: dict[str, Any] = CONFIRMATION | ({"delivery": delivery} if delivery else {})
    id = world.accepted(CONFIRM, form)
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id), DUNG)
    world.sign(id)
    return id


def test_who_chose_the_office_and_cannot_come_is_sent_it_after_all(world: World) -> None:
    """The question promises it, and the desk could do nothing: who had answered was worse off than who had not."""
    id = signed(world, way="office")
    send = partial(world.hand_over, id, delivery="post", delivery_note="EB123456789VN")
    assert "Đổi cách nhận kết quả" in refused(send).fields[0].text
    assert "delivery-change" in world.get(id, HOA).actions
    assert "delivery-change" not in world.get(id).actions
    now = changed(world, id, **POSTED)
    assert (now.status, now.handover.asked, now.handover.address) == (9, "post", ADDRESS)
    assert send().handover.given == "post"


def test_who_asked_for_the_change_and_how_stands_in_the_history_and_the_applicant_is_told(world: World) -> None:
    id = signed(world, way="office")
    changed(world, id, **POSTED)
    line = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), SAU).entries[-1]
    assert line.text == "Phường đã ghi cách nhận kết quả khác."
    change, asker = (
        f"Từ nhận tại phường sang nhận qua bưu chính. {WHERE}",
        "Người xin đổi: Trần Thị Mỹ Duyên, gọi điện.",
    )
    assert line.reason == f"{change} {asker}", "the form's applicant asked; no address, since this is not sealed"
    (event,) = [each for each in world.events(key=id) if "delivery-changed" in each.type]
    assert events_pb2.DossierDeliveryChanged.FromString(event.payload).delivery == "post"


def test_the_history_says_that_somebody_else_asked_and_what_to_do_about_it(world: World) -> None:
    id = signed(world, way="post", address=ADDRESS)
    other = "7 Trần Phú, phường Hải Châu I, quận Hải Châu, thành phố Đà Nẵng"
    changed(world, id, delivery="post", address=other, asked_by="Người Lạ", asked_how="wrote")
    for who in (SAU, HOA):
        line = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), who).entries[-1]
        assert line.reason == (
            f"Nhận qua bưu chính: đổi địa chỉ nhận thư. {WHERE} Có người xin đổi cách nhận: Người Lạ, gửi văn bản. "
            "Không nhờ người này thì xin báo phường ngay."
        )


def test_the_new_address_is_in_the_form_and_in_no_line_of_the_history(world: World) -> None:
    """docs/decisions/0052: who packs the envelope and whose it is read it; the history, which is not sealed, has
    neither address.
    """
    id = signed(world, way="post", address=ADDRESS)
    other = "7 Trần Phú, phường Hải Châu I, quận Hải Châu, thành phố Đà Nẵng"
    changed(world, id, delivery="post", address=other)
    for who in (SAU, HOA, DUNG):
        shown = world.get(id, who)
        assert (shown.handover.asked, shown.handover.address) == ("post", other)
        lines = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), who).entries
        assert (WHERE in lines[-1].reason, "Trần Phú" in str(lines), ADDRESS in str(lines)) == (True, False, False)
    tracked = world.track(world.get(id).code, world.get(id).tracking_key)
    assert not any(said in str(tracked) for said in ("Trần Phú", "Duyên", WHERE))


def test_all_that_is_missing_is_told_at_once(world: World) -> None:
    id = world.filed_as(CONFIRM, CONFIRMATION | {"delivery": {"way": "office"}})
    empty = partial(changed, world, id, delivery="", asked_by="", asked_how="")
    assert [each.field for each in refused(empty).fields] == ["delivery", "asked_by", "asked_how"]
    nowhere = partial(changed, world, id, delivery="post", asked_by="", asked_how="")
    assert [each.field for each in refused(nowhere).fields] == ["address", "asked_by", "asked_how"]


def test_a_hand_over_by_post_misses_the_name_and_the_number_at_once(world: World) -> None:
    id = signed(world, way="post", address=ADDRESS)
    fields = [each.field for each in refused(partial(world.hand_over, id, delivery="post", recipient_name="")).fields]
    assert sorted(fields) == ["delivery_note", "recipient_name"]


def test_the_address_goes_with_the_post(world: World) -> None:
    id = signed(world, way="post", address=ADDRESS)
    assert changed(world, id, delivery="office").handover.address == ""
    assert changed(world, id, delivery="electronic").handover.asked == "electronic"
    no = refused(partial(changed, world, id, delivery="post"))
    assert (no.type, no.fields[0].field) == ("invalid-field", "address")
    other = "7 Trần Phú, phường Hải Châu I, quận Hải Châu, thành phố Đà Nẵng"
    changed(world, id, **POSTED)
    assert changed(world, id, delivery="post", address=other).handover.address == other


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"delivery": "office"}, "delivery"),
        ({"delivery": "pigeon"}, "delivery"),
        ({"delivery": "electronic", "address": ADDRESS}, "address"),
        ({"delivery": "electronic", "asked_by": " "}, "asked_by"),
        ({"delivery": "electronic", "asked_how": "dreamt"}, "asked_how"),
    ],
)
def test_what_says_nothing_new_or_not_who_asked_changes_nothing(world: World, how: dict[str, str], field: str) -> None:
    id = world.filed_as(CONFIRM, CONFIRMATION | {"delivery": {"way": "office"}})
    before = world.get(id).version
    assert [each.field for each in refused(partial(changed, world, id, **how)).fields] == [field]
    assert world.get(id).version == before


def test_nothing_is_sent_into_an_account_that_nobody_has(world: World) -> None:
    draft = world.ready_as(CONFIRM, CONFIRMATION | {"delivery": {"way": "office"}}, HOA, "counter")
    id = world.submit_at_counter(draft.id).dossier.id
    assert [each.field for each in refused(partial(changed, world, id, delivery="electronic")).fields] == ["delivery"]
    assert changed(world, id, **POSTED).handover.asked == "post"


def test_a_birth_certificate_is_handed_over_only_at_the_office(world: World) -> None:
    """The requester signs the register (TT 04/2020 Đ3): neither offered nor accepted."""
    id = world.filed().dossier.id
    assert "delivery-change" not in world.get(id, HOA).actions
    assert "ký vào sổ hộ tịch" in refused(partial(changed, world, id, **POSTED)).text


def test_a_paper_that_is_not_handed_over_any_more_is_sent_in_no_other_way(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.2, Đ70.1h: neither offered nor done, and the applicant is told nothing of it."""
    id = signed(world, way="office")
    assert "delivery-change" in world.get(id, HOA).actions
    world.noted(world.get(id, HOA).register_entry.id, "annulment", text="Hủy.", basis="Quyết định hủy giấy tờ")
    shown = world.get(id, HOA)
    assert "delivery-change" not in shown.actions
    no = refused(partial(changed, world, id, **POSTED))
    assert (no.type, "thu hồi" in no.text) == ("wrong-state", True)
    assert (world.get(id).version, world.get(id).handover.asked) == (shown.version, "office")
    assert not [each for each in world.events(key=id) if "delivery-changed" in each.type]
