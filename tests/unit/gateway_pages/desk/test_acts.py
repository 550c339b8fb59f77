"""What each act of the desk sends, and what the page shows if it is refused."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from gateway.act import OfferedAct
from gateway.acts import ACTS, AT_THE_DESK
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid, stale
from services.dossiers.domain.acts import ACTS as SERVICE_ACTS
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.desk.conftest import Offer
from tests.unit.gateway_pages.dossiers import another_like
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward


@pytest.mark.parametrize(
    ("act", "rpc", "fields", "sent"),
    [
        ("acceptance", "AcceptDossier", {}, {}),
        (
            "refusal",
            "RefuseDossier",
            {"reason": "Sai phường", "article": "Đ13"},
            {"reason": "Sai phường", "article": "Đ13"},
        ),
        ("approval", "ApproveDossier", {"personal_identification_number": "048220000001", "note": ""}, {"note": ""}),
        (
            "handover",
            "HandOverDossier",
            {"recipient_name": "Trần Thị Bông", "register_signed": "yes", "authorised": "yes"},
            {"recipient_name": "Trần Thị Bông", "register_signed": True, "authorised": True},
        ),
        (
            "delivery-change",
            "ChangeDelivery",
            {"delivery": "post", "address": "12 Lê Lợi", "asked_by": "Trần Thị Bông", "asked_how": "called"},
            {"delivery": "post", "address": "12 Lê Lợi", "asked_by": "Trần Thị Bông", "asked_how": "called"},
        ),
        ("assignment", "AssignDossier", {"to": "dung", "note": "Xin xem giúp"}, {"to": "dung", "note": "Xin xem giúp"}),
        ("assignment", "AssignDossier", {"note": ""}, {"to": ""}),
        ("withdrawal", "WithdrawDossier", {"request_signed": "yes"}, {"request_signed": True, "reason": ""}),
        (
            "stop-proposal",
            "ProposeStop",
            {"reason": "Người nộp đã mất", "article": "Đ5"},
            {"reason": "Người nộp đã mất"},
        ),
        ("stop", "StopDossier", {"reason": "", "article": ""}, {"reason": ""}),
        ("return", "ReturnDossier", {"reason": "Xem lại tên mẹ"}, {"reason": "Xem lại tên mẹ"}),
    ],
)
def test_an_act_is_sent_once_on_the_version_that_was_shown(
    browser: Browser,
    path: str,
    offer: Offer,
    wards: FakeWards,
    act: str,
    rpc: str,
    fields: dict[str, str],
    sent: dict[str, object],
) -> None:
    offer(act)
    key, version = browser.page.hidden("key"), browser.page.hidden("version")
    browser.do(path, act, key=key, version=version, **fields)
    assert browser.response.headers["Location"] == path + (f"/xong/{act}" if act == "approval" else "")
    (asked,) = [asked for asked in wards.asked if asked.rpc == rpc]
    assert asked.idempotency_key == key
    assert asked.request.expected_version == int(version)
    assert {name: getattr(asked.request, name) for name in sent} == sent


@pytest.mark.parametrize("act", AT_THE_DESK, ids=lambda act: act.name)
def test_the_desk_asks_for_all_that_an_act_requires(act: OfferedAct) -> None:
    dossier = dossiers_v1.Dossier(chargeable=[dossiers_v1.Charge(item="copy")])
    asked = {one.name for one in act.questions(dossier)} | {name for name, _ in act.checks(dossier)}
    typed = dict.fromkeys(asked, "1") | {"new_day": "8/10/2020", "new_hour": "10:00"}
    request = act.rpc.request()
    act.read(request, typed)
    asked |= {field.name for field, _ in request.ListFields()} | ({"items"} if act.picks else set())
    members = act.body.model_fields.items()
    assert asked >= {one.serialization_alias or name for name, one in members if one.is_required()}


def test_what_was_paid_at_the_counter_is_recorded_by_its_receipt(
    browser: Browser, path: str, offer: Offer, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    ward.ask_for_fee(dossier)
    offer("payment")
    for words in ("24.000 đồng", "HT20248K7M2P9QX", "Chưa nộp"):
        assert words in browser.page.text
    browser.do(path, "payment", receipt="", exemption="")
    assert browser.page.all("a", href="#payment-receipt")
    browser.do(path, "payment", receipt="BL 0012", exemption="poor", reason="Giấy số 12", article="Đ11")
    (*_, asked) = [asked.request for asked in wards.asked if asked.rpc == "RecordPayment"]
    assert (asked.receipt, asked.exemption, asked.reason, asked.article) == ("BL 0012", "poor", "Giấy số 12", "Đ11")


def test_more_is_asked_for_by_what_the_procedure_charges_for(
    browser: Browser, path: str, offer: Offer, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.chargeable.add(item="birth-registration", text="Lệ phí đăng ký", price=8000)
    dossier.chargeable.add(item="copy", text="Phí bản sao", price=8000)
    offer("fee-request")
    browser.do(path, "fee-request", reason="Xin thêm bản sao", **{"count-copy": "0"})
    assert "Xin chọn ít nhất một khoản" in browser.page.text
    browser.do(path, "fee-request", reason="Xin thêm bản sao", **{"count-copy": "3", "count-birth-registration": ""})
    (*_, asked) = [asked.request for asked in wards.asked if asked.rpc == "RequestFee"]
    assert [(item.item, item.count) for item in asked.items] == [("copy", 3)]
    assert asked.reason == "Xin thêm bản sao"


def test_what_is_missing_is_told_at_the_act_and_nothing_typed_is_lost(
    browser: Browser, path: str, offer: Offer
) -> None:
    offer("refusal", "handover")
    browser.do(path, "refusal", reason="Không thuộc phường này", article="")
    assert browser.response.status_code == 422
    assert browser.page.title.strip().startswith("Lỗi:")
    assert browser.page.all("a", href="#refusal-article")
    assert "Không thuộc phường này" in browser.page.text
    browser.do(path, "handover", recipient_name="Trần Thị Bông")
    assert browser.page.all("a", href="#handover-register_signed")
    assert browser.page.all("input", id="handover-recipient_name")[0]["value"] == "Trần Thị Bông"


def test_a_changed_dossier_is_shown_again_with_the_typed_values(
    browser: Browser, path: str, offer: Offer, ward: Ward, wards: FakeWards
) -> None:
    offer("stop")
    (dossier,) = ward.dossiers.values()
    dossier.version, dossier.status_text = 9, "Được tiếp nhận"
    wards.answers("StopDossier", stale())
    browser.do(path, "stop", reason="Trùng hồ sơ", article="Đ5", version="3")
    assert browser.response.status_code == 412
    assert "vừa được thay đổi ở nơi khác" in browser.page.text
    assert "Được tiếp nhận" in browser.page.text
    assert "Trùng hồ sơ" in browser.page.text
    assert browser.page.hidden("version") == "9"


def test_what_was_typed_for_an_act_that_is_over_stays_to_be_read(
    browser: Browser, path: str, offer: Offer, ward: Ward, wards: FakeWards
) -> None:
    offer("assignment")
    browser.get(path)
    to = next(one["value"] for one in browser.page.all("input", name="assignment.to") if one["value"])
    (dossier,) = ward.dossiers.values()
    dossier.actions[:], dossier.assigned_to_id = [], to
    wards.answers("AssignDossier", stale())
    browser.do(path, "assignment", to=to, note="Xin gọi cho gia đình", version="3")
    assert browser.response.status_code == 412
    check(browser)
    assert "chưa gửi" in browser.page.text
    assert browser.page.all("input", name="assignment.note")[0]["value"] == "Xin gọi cho gia đình"
    assert [one["value"] for one in browser.page.all("input", name="assignment.to") if "checked" in one] == [to]
    assert not browser.page.all("button", formaction=f"{path}/assignment")
    browser.do(path, "assignment", to="", note="", version="3")
    assert "chưa gửi" not in browser.page.text


def test_an_act_that_nobody_knows_is_not_found(browser: Browser, path: str) -> None:
    browser.get(path)
    browser.post(f"{path}/deletion")
    assert browser.response.status_code == 404


def test_after_trinh_ky_comes_the_next_dossier(browser: Browser, path: str, offer: Offer, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    other = another_like(ward, dossier).id
    dossier.actions[:] = ["approval"]
    browser.get(path)
    browser.do(path, "approval")
    assert browser.response.headers["Location"] == f"{path}/xong/approval"
    browser.follow()
    assert browser.page.all("a", href=f"/can-bo/ho-so/{other}")


def test_a_new_appointment_is_typed_as_day_and_hour_of_da_nang(
    browser: Browser, path: str, offer: Offer, wards: FakeWards
) -> None:
    offer("extension")
    browser.do(path, "extension", new_day="8/10/2020", new_hour="10:00", reason="Máy hỏng")
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "ExtendDossier"]
    assert asked.new_due_at.ToDatetime() == datetime(2020, 10, 8, 3, 0)  # UTC, as protobuf has it
    assert asked.reason == "Máy hỏng"


def test_a_marriage_asks_how_the_office_checked_for_marriages_elsewhere_and_keeps_the_choice(
    browser: Browser, path: str, offer: Offer, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    offer("approval")
    assert not browser.page.all("input", name="approval.wife_elsewhere"), "of a birth nothing of it is asked"
    ward.moves_to(dossier, "marriage")
    offer("approval")
    check(browser)
    for party in ("wife", "husband"):
        choices = [one["value"] for one in browser.page.all("input", name=f"approval.{party}_elsewhere")]
        assert choices == ["answer", "database", "only-here"], "there is no paper of this party"
    assert browser.page.text.count("Hồ sơ không có giấy xác nhận tình trạng hôn nhân của bên") == 2
    dossier.documents.add(id=str(uuid4()), kind="wife-marital-status-confirmation", filename="a.jpg")
    dossier.comparisons.add(kind="husband-mission-confirmation", agrees=True).compared_at.FromSeconds(1)
    offer("approval")
    for party in ("wife", "husband"):
        choices = [one["value"] for one in browser.page.all("input", name=f"approval.{party}_elsewhere")]
        assert choices == ["paper", "answer", "database", "only-here"]
    fault = FieldFault("husband_elsewhere", "Xin chọn.")
    wards.answers("ApproveDossier", invalid("missing-field", "Chưa ghi.", fault))
    browser.do(path, "approval", wife_elsewhere="paper", wife_elsewhere_note="Công văn 45")
    assert browser.response.status_code == 422
    check(browser)
    asked = [each.request for each in wards.asked if each.rpc == "ApproveDossier"][-1]
    assert (asked.wife_elsewhere, asked.wife_elsewhere_note) == ("paper", "Công văn 45")
    assert (asked.husband_elsewhere, asked.husband_elsewhere_note, asked.elsewhere) == ("", "", "")
    assert [one["value"] for one in browser.page.all("input", name="approval.wife_elsewhere") if "checked" in one] == [
        "paper"
    ]
    assert browser.page.all("a", href="#approval-husband_elsewhere")


def test_an_hour_that_cannot_be_read_is_told_at_the_day_and_stays_as_it_was_typed(
    browser: Browser, path: str, offer: Offer, wards: FakeWards
) -> None:
    offer("extension")
    wards.answers("ExtendDossier", invalid("invalid-field", "Xin ghi.", FieldFault("new_due_at", "Xin ghi ngày giờ.")))
    browser.do(path, "extension", new_day="1/1/0001", new_hour="00:00", reason="Máy hỏng")
    assert browser.response.status_code == 422
    wards.asked.clear()
    browser.do(path, "extension", new_day="mai", new_hour="sáng", reason="Máy hỏng")
    assert browser.response.status_code == 422
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "ExtendDossier"]
    assert not asked.HasField("new_due_at")
    assert browser.page.all("a", href="#extension-new_day")
    assert browser.page.all("input", id="extension-new_hour")[0]["value"] == "sáng"


@pytest.mark.parametrize(
    ("act", "kind", "fields"),
    [
        ("acceptance", "receipt", {}),
        ("acceptance", "payment-slip", {}),
        ("refusal", "refusal", {"reason": "Sai phường", "article": "Đ13"}),
        ("supplement-request", "supplement-request", {}),
        ("extension", "apology", {}),
        ("verification-request", "public-notice", {}),
        ("stop", "stop-notice", {"reason": "Đã mất", "article": "Đ5"}),
    ],
)
def test_an_act_that_makes_a_paper_leads_to_it_and_to_the_next_dossier(
    browser: Browser, path: str, offer: Offer, ward: Ward, act: str, kind: str, fields: dict[str, str]
) -> None:
    (dossier,) = ward.dossiers.values()
    other = another_like(ward, dossier).id
    dossier.papers[:] = [kind]
    dossier.actions[:] = [act]
    browser.get(path)
    browser.do(path, act, **fields)
    assert browser.response.headers["Location"] == f"{path}/xong/{act}"
    browser.follow()
    assert browser.page.all("a", href=f"/ho-so/nam-duong/{dossier.id}/ban-giay/{kind}", target="_blank")
    assert browser.page.all("a", href=f"/can-bo/ho-so/{other}")
    assert browser.page.all("a", href=path)


def test_receiving_goes_on_to_what_waits_to_be_received_and_says_where_nothing_does(
    browser: Browser, path: str, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.papers[:] = ["receipt"]
    for act, waits_for in (("acceptance", "acceptance"), ("refusal", "acceptance"), ("stop", "")):
        browser.get(f"{path}/xong/{act}")
        (*_, asked) = [asked.request for asked in wards.asked if asked.rpc == "FindNextDossier"]
        assert (asked.act, asked.after_dossier_id) == (waits_for, dossier.id)
    assert "Không còn hồ sơ nào đang chờ." in browser.page.text
    wards.answers("FindNextDossier", Refusal(Kind.UNAVAILABLE, "ward-busy", "Bận."))
    assert browser.get(f"{path}/xong/acceptance").headings == [dossier.subject_name or dossier.applicant_name]
    assert browser.get(f"{path}/xong/return").title
    assert browser.response.status_code == 404


def test_what_is_still_to_be_paid_is_not_called_received(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.papers[:] = ["payment-slip"]
    dossier.ClearField("accepted_at")
    ward.ask_for_fee(dossier)
    dossier.actions[:] = ["payment"]
    said = browser.get(f"{path}/xong/acceptance").text
    assert "Đã tiếp nhận hồ sơ." not in said
    assert dossier.status_text in said
    assert browser.page.all("a", href=f"{path}#act-payment")


def test_each_paper_that_an_act_of_the_service_makes_is_printed_after_it() -> None:
    made = {act.name: act.paper for act in SERVICE_ACTS.values() if act.paper and act.rpc}
    assert {name: paper for name, paper in made.items() if paper not in ACTS[name].papers} == {}
