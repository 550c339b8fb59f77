"""The officer's screens: who may see them, and what each act sends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from gateway.act import Act
from gateway.acts import ACTS, AT_THE_DESK
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid, stale
from services.dossiers.domain.acts import ACTS as SERVICE_ACTS
from services.dossiers.domain.states import Status
from tests.unit.dossiers.birth_forms import birth_form
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier, another_like
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward, at

Offer = Callable[..., None]


@pytest.fixture
def path(browser: Browser, ward: Ward) -> str:
    """The address of a filed dossier, at the officer's desk; nothing can be done with it yet."""
    a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = []
    browser.signed_in("motcua.nam-duong")
    return f"/can-bo/ho-so/{dossier.id}"


@pytest.fixture
def offer(browser: Browser, ward: Ward, path: str) -> Offer:
    """Shows the page of the dossier with these acts on it."""

    def offered(*acts: str) -> None:
        (dossier,) = ward.dossiers.values()
        dossier.actions[:] = acts
        browser.get(path)

    return offered


def test_a_citizen_does_not_see_the_desk(browser: Browser) -> None:
    browser.signed_in()
    browser.get("/can-bo")
    assert browser.response.status_code == 403


def _listed(wards: FakeWards) -> Any:
    """The request of the last list."""
    return [asked.request for asked in wards.asked if asked.rpc == "ListDesk"][-1]


def test_a_searched_name_is_in_no_address_and_the_other_filters_are(
    browser: Browser, path: str, wards: FakeWards
) -> None:
    browser.get("/can-bo")
    (form,) = browser.page.all("form", role="search")
    assert form["method"] == "post"
    browser.post(form["action"], q="minh an", **{"trang-thai": "1", "han": "overdue", "thu-tuc": "1.001193"})
    found = browser.response.headers["Location"]
    assert found == "/can-bo?trang-thai=1&han=overdue&thu-tuc=1.001193&tim=sealed-0"
    browser.follow()
    asked = _listed(wards)
    assert (asked.search, asked.query) == ("sealed-0", "")
    assert (list(asked.statuses), asked.due, asked.procedure) == ([1], "overdue", "1.001193")
    assert browser.page.all("input", id="q")[0]["value"] == "minh an"
    (onward,) = [tag["href"] for tag in browser.page.all("a") if "sau=onward" in tag["href"]]
    browser.get(onward)
    asked = _listed(wards)
    assert (asked.cursor, asked.search, list(asked.statuses)) == ("onward", "sealed-0", [1])


def test_an_address_that_means_nothing_narrows_no_list_and_a_page_of_another_list_says_what_to_do(
    browser: Browser, path: str, wards: FakeWards
) -> None:
    browser.get("/can-bo?thu-tuc=nope")
    assert (browser.response.status_code, _listed(wards).procedure) == (200, "")
    other = FieldFault("cursor", "thuộc danh sách khác")
    wards.answers("ListDesk", invalid("invalid-cursor", "Con trỏ trang là của danh sách khác.", other))
    browser.get("/can-bo?trang-thai=2&sau=onward")
    assert browser.response.status_code == 400
    assert "Xin mở lại danh sách từ đầu" in browser.page.text
    assert "Con trỏ" not in browser.page.text


def test_the_way_back_from_a_dossier_leads_to_the_list_as_it_was(browser: Browser, path: str, offer: Offer) -> None:
    offer("acceptance")
    filtered = "/can-bo?trang-thai=1&nguoi=me&sau=onward"
    browser.get(filtered)
    (opened,) = [tag["href"] for tag in browser.page.all("a") if tag["href"].startswith(path)]
    browser.get(opened)
    assert browser.page.all("a", href=filtered)
    (button,) = [
        tag for tag in browser.page.all("button") if tag.get("formaction", "").startswith(f"{path}/acceptance")
    ]
    browser.post(button["formaction"], key=browser.page.hidden("key"), version=browser.page.hidden("version"))
    browser.follow()
    assert browser.page.all("a", href=filtered), "also after an act"
    assert "Quay lại danh sách" in browser.page.text


def test_every_button_of_a_dossier_takes_the_way_back_along(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.comparable = True
    dossier.actions[:] = ["approval", "refusal", "supplement-request"]
    dossier.comparisons.add(kind="judgment", title="Bản án", mode="present")
    dossier.residences.add(field="/mother/residence")
    filtered = "/can-bo?trang-thai=1&nguoi=me"
    browser.get(filtered)
    (opened,) = [tag["href"] for tag in browser.page.all("a") if tag["href"].startswith(path)]
    _, _, back = opened.partition("?")
    browser.get(opened)
    buttons = {tag["formaction"] for tag in browser.page.all("button") if "formaction" in tag}
    assert len(buttons) == 5
    assert [one for one in buttons if back not in one] == []
    browser.post(next(one for one in buttons if "tra-noi-cu-tru" in one).partition("#")[0], field="/mother/residence")
    browser.follow()
    assert browser.page.all("a", href=filtered)


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "next=//elsewhere.example", "sau", "%ff=%00"])
def test_the_way_back_leads_to_the_list_whatever_stands_in_the_address(browser: Browser, path: str, back: str) -> None:
    browser.get(f"{path}?ve={back}")
    assert [tag["href"] for tag in browser.page.all("a") if "govuk-back-link" in tag["class"]] == ["/can-bo"]


def test_a_search_that_is_over_says_so_and_keeps_the_other_filters(browser: Browser, path: str) -> None:
    browser.get("/can-bo?trang-thai=1&tim=gone&sau=onward")
    assert browser.response.status_code == 410
    assert not [tag for tag in browser.page.all("a") if tag["href"].startswith(path)], "nothing is listed as found"
    assert browser.page.all("a", href="#q")
    assert browser.page.all("option", value="1", selected="")
    assert browser.page.all("a", href="/can-bo?trang-thai=1")


def test_the_first_page_counts_what_waits_for_each_role(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.overdue = True
    said = browser.get("/can-bo").text
    assert "Đã quá hạn 1 hồ sơ" in said
    assert "Chờ tiếp nhận 99+ hồ sơ" in said
    browser.get("/can-bo?viec=to-accept")
    (here,) = browser.page.all("a", href="/can-bo?viec=to-accept")
    assert here["aria-current"] == "page"
    assert browser.page.hidden("viec") == "to-accept"


def test_a_queue_is_a_filter_of_the_list(browser: Browser, path: str, wards: FakeWards) -> None:
    browser.get("/can-bo?viec=to-accept")
    assert _listed(wards).queue == "to-accept"
    browser.post("/can-bo/tim", viec="to-accept", nguoi="none")
    assert browser.response.headers["Location"] == "/can-bo?viec=to-accept&nguoi=none"
    browser.follow()
    browser.post("/can-bo/tim", viec="to-accept", **{"trang-thai": "9"})
    assert browser.response.headers["Location"] == "/can-bo?trang-thai=9", "a queue has statuses of its own"


def test_whom_a_dossier_is_about_leads_its_row(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.subject_name = "Trần Minh Khôi"
    browser.get("/can-bo")
    (opened,) = [tag for tag in browser.page.all("a") if tag["href"].startswith(path)]
    said = browser.page.text
    assert said.index("Trần Minh Khôi") < said.index(dossier.code)
    assert "app-name" in opened["class"]


def test_a_remark_stands_beside_the_answer_that_it_is_about(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    text = "Năm sinh của mẹ không khớp với sổ."
    warns = dossiers_v1.FINDING_KIND_WARNS
    dossier.findings.add(field="/mother/birth_year", check="parent-ages", kind=warns, text=text)
    said = browser.get(path).text
    beside = said.index("Năm sinh của mẹ", said.index("Tờ khai"))
    assert said.index(text, beside) - beside < 60


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
def test_the_desk_asks_for_all_that_an_act_requires(act: Act) -> None:
    dossier = dossiers_v1.Dossier(chargeable=[dossiers_v1.Charge(item="copy")])
    asked = {one.name for one in act.questions(dossier)} | {name for name, _ in act.checks(dossier)}
    typed = dict.fromkeys(asked, "1") | {"new_day": "8/10/2020", "new_hour": "10:00"}
    request = act.rpc.request()
    act.read(request, typed)
    asked |= {field.name for field, _ in request.ListFields()} | ({"items"} if act.picks else set())
    members = act.body.model_fields.items()
    assert asked >= {one.serialization_alias or name for name, one in members if one.is_required()}


def test_a_supplement_names_each_ticked_field_with_its_words(
    browser: Browser, path: str, offer: Offer, wards: FakeWards
) -> None:
    offer("supplement-request")
    pick = browser.page.all("input", name="supplement-request.pick", value="/child/full_name")[0]
    number = pick["id"].removeprefix("pick-")
    paper = browser.page.all("input", name="supplement-request.pick", value="documents/birth-certificate-of-hospital")[
        0
    ]
    browser.do(
        path,
        "supplement-request",
        pick=["/child/full_name", "documents/birth-certificate-of-hospital"],
        **{f"text-{number}": "Thiếu chữ đệm", f"text-{paper['id'].removeprefix('pick-')}": "Ảnh mờ", "text-0": "thừa"},
    )
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "RequestSupplement"]
    assert [(item.field, item.text) for item in asked.items] == [
        ("/child/full_name", "Thiếu chữ đệm"),
        ("documents/birth-certificate-of-hospital", "Ảnh mờ"),
    ]


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


def test_the_list_is_narrowed_by_the_statuses_that_the_service_names(
    browser: Browser, path: str, wards: FakeWards
) -> None:
    browser.get("/can-bo?trang-thai=5")
    assert list(_listed(wards).statuses) == [5]
    assert "5. Yêu cầu bổ sung giấy tờ" in browser.page.text
    assert "selected" in browser.page.all("option", value="5")[0]
    offered = [one["value"] for one in browser.page.all("option") if one["value"].isdigit()]
    assert offered == [str(int(status)) for status in Status]


def test_the_list_is_filtered_by_who_works_on_it(browser: Browser, path: str, wards: FakeWards) -> None:
    browser.get("/can-bo?nguoi=none")
    assert _listed(wards).assigned == "none"
    assert browser.page.all("option", value="none")[0]["selected"] is not None
    browser.post("/can-bo/tim", nguoi="me", q="")
    browser.follow()
    assert _listed(wards).assigned == "me"
    browser.get("/can-bo?nguoi=gi-do")
    assert _listed(wards).assigned == ""


def test_each_original_is_compared_with_a_click_and_a_difference_needs_its_words(
    browser: Browser, path: str, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.comparisons.add(kind="requester-identity", title="Giấy tờ tùy thân", mode="present")
    browser.get(path)
    assert "Chưa đối chiếu" in browser.page.text
    browser.post(f"{path}/doi-chieu/requester-identity", agrees="yes")
    assert browser.response.headers["Location"] == f"{path}#doi-chieu-requester-identity"
    browser.get(path)
    wards.answers("CompareDocument", invalid("missing-field", "Xin ghi.", FieldFault("note", "Xin ghi khác ở đâu.")))
    browser.post(f"{path}/doi-chieu/requester-identity", agrees="no", **{"note-requester-identity": "Khác ngày sinh"})
    assert browser.response.status_code == 422
    assert browser.page.all("input", name="note-requester-identity")[0]["value"] == "Khác ngày sinh"
    assert "Xin ghi khác ở đâu." in browser.page.text
    assert browser.page.all("a", href="#doi-chieu-requester-identity")
    sent = [asked.request for asked in wards.asked if asked.rpc == "CompareDocument"]
    assert [(each.kind, each.agrees) for each in sent] == [("requester-identity", True), ("requester-identity", False)]


def test_a_certified_copy_of_what_is_filed_is_recorded_with_who_certified_it(
    browser: Browser, path: str, ward: Ward, wards: FakeWards
) -> None:
    """NĐ 123/2015 Đ3: not offered for what is only shown."""
    (dossier,) = ward.dossiers.values()
    dossier.comparable = True
    for kind, mode in (("requester-identity", "present"), ("judgment", "file")):
        dossier.comparisons.add(kind=kind, title=kind, mode=mode)
    browser.get(path)
    (button,) = browser.page.all("button", name="agrees", value="certified")
    assert button["formaction"] == f"{path}/doi-chieu/judgment#doi-chieu-judgment"
    who = "Văn phòng công chứng Hải Châu, số 1204"
    browser.post(f"{path}/doi-chieu/judgment", agrees="certified", **{"note-judgment": who})
    (sent,) = [asked.request for asked in wards.asked if asked.rpc == "CompareDocument"]
    assert (sent.kind, sent.agrees, sent.certified, sent.note) == ("judgment", True, True, who)


def test_what_was_typed_for_the_hand_over_stays_while_originals_are_compared(
    browser: Browser, path: str, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.comparable = True
    dossier.actions[:] = ["handover"]
    for kind, title in (("requester-identity", "Giấy tờ tùy thân"), ("marriage", "Giấy kết hôn")):
        dossier.comparisons.add(kind=kind, title=title, mode="present")
    browser.get(path)
    buttons = browser.page.all("button", name="agrees")
    assert f"{path}/doi-chieu/marriage#doi-chieu-marriage" in [one["formaction"] for one in buttons]
    assert "disabled" in browser.page.all("button", **{"class": "app-default-button"})[0], "Enter hands nothing over"
    typed = {
        "handover.recipient_name": "Trần Thị Lan",
        "note-marriage": "Khác năm",
        "handover.register_signed": "yes",
    }
    for answer, status in ((dossier, 200), (invalid("missing-field", "Xin ghi.", FieldFault("note", "Xin ghi.")), 422)):
        wards.answers("CompareDocument", answer)
        browser.post(f"{path}/doi-chieu/requester-identity", agrees="yes", **typed)
        assert browser.response.status_code == status
        assert browser.page.all("input", name="handover.recipient_name")[0]["value"] == "Trần Thị Lan"
        assert browser.page.all("input", name="note-marriage")[0]["value"] == "Khác năm"
        assert "Đã ghi kết quả đối chiếu." in browser.page.text or status == 422


def test_the_hand_over_begins_with_the_way_that_was_asked_for(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = ["handover"]
    dossier.handover.remote = True
    for asked, marked in (("post", ["post"]), ("", [])):
        dossier.handover.asked = asked
        browser.get(path)
        ways = browser.page.all("input", type="radio", name="handover.delivery")
        assert [one["value"] for one in ways] == ["office", "post", "electronic"]
        assert [one["value"] for one in ways if "checked" in one] == marked


def test_the_number_of_what_is_posted_is_said_to_be_needed_and_the_address_stands_beside_it(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = ["handover"]
    dossier.handover.remote, dossier.handover.asked, dossier.handover.address = True, "post", "9 Núi Thành"
    browser.get(path)
    assert "Số hiệu bưu gửi (không bắt buộc)" not in browser.page.text
    assert "Trả qua bưu chính thì phải ghi, như EB123456789VN. Gửi đến: 9 Núi Thành" in browser.page.text


def test_the_desk_reads_who_got_the_result_and_the_number_of_what_was_posted(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.status, dossier.handover.given = 10, "post"
    dossier.handover.recipient_name, dossier.handover.posted_number = "Trần Thị Bảy", "EB123456789VN"
    browser.get(path)
    assert "Người nhận kết quả Trần Thị Bảy" in " ".join(browser.page.text.split())
    assert "Số hiệu bưu gửi EB123456789VN" in " ".join(browser.page.text.split())


def test_an_account_is_offered_only_to_who_has_one(browser: Browser, ward: Ward) -> None:
    """Neither when the desk fills in the form nor when it hands over: nobody would be reached there."""

    def ways(path: str, name: str) -> list[str]:
        browser.get(path)
        return [one["value"] for one in browser.page.all("input", type="radio", name=name)]

    browser.signed_in("motcua.nam-duong")
    browser.get("/can-bo/nhan-ho-so")
    browser.post("/can-bo/nhan-ho-so", channel="counter", procedure="1.004873")
    (draft,) = ward.dossiers.values()
    page = f"/ho-so/nam-duong/{draft.id}/to-khai/delivery"
    assert ways(page, "delivery.way") == ["office", "post"]
    draft.form_json = json.dumps({"delivery": {"way": "electronic"}})
    assert ways(page, "delivery.way") == ["office", "post", "electronic"], "what was chosen stays in sight"
    draft.status, draft.actions[:], draft.handover.remote = 9, ["handover"], True
    assert ways(f"/can-bo/ho-so/{draft.id}", "handover.delivery") == ["office", "post"]


def test_after_trinh_ky_comes_the_next_dossier(browser: Browser, path: str, offer: Offer, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    other = another_like(ward, dossier).id
    dossier.actions[:] = ["approval"]
    browser.get(path)
    browser.do(path, "approval")
    assert browser.response.headers["Location"] == f"{path}/xong/approval"
    browser.follow()
    assert browser.page.all("a", href=f"/can-bo/ho-so/{other}")


def test_what_was_asked_for_and_what_the_form_said_before_stand_beside_the_row(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    asked = dossier.supplement_request
    asked.items.add(field="/mother/full_name", text="Xin xem giấy chứng sinh.")
    asked.before_json = '{"/mother/full_name": "Trần Thị Lành", "/child/sex": "female", "/father/phone": null}'
    said = browser.get(path).text
    assert "Trước khi bổ sung: Trần Thị Lành" in said
    assert "Trước khi bổ sung: Nữ" in said
    assert "Đã yêu cầu bổ sung: Xin xem giấy chứng sinh." in said
    assert said.count("Đã sửa") == 2


def test_a_file_that_answers_the_request_is_marked(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    assert "Mới bổ sung" not in browser.get(path).text
    for document in dossier.documents:
        document.added_at.seconds = 2_000_000_000
    dossier.supplement_request.requested_at.seconds = 1_999_999_999
    dossier.supplement_request.answered_at.seconds = 2_000_000_001
    assert "Mới bổ sung" in browser.get(path).text


def test_each_residence_is_looked_up_on_the_page_and_what_was_refused_stays_typed(
    browser: Browser, path: str, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    residence = dossier.residences.add(field="/mother/residence")
    browser.get(path)
    assert "Chưa tra cứu" in browser.page.text
    at = "/mother/residence"
    typed = {"field": at, f"source-{at}": "residence", f"result-{at}": "not-possible"}
    wards.answers("RecordResidence", invalid("missing-field", "Xin ghi.", FieldFault("note", "Xin ghi vì sao.")))
    browser.post(f"{path}/tra-noi-cu-tru", **typed, **{f"found-{at}": ""})
    assert browser.response.status_code == 422
    assert "Xin ghi vì sao." in browser.page.text
    assert browser.page.all("a", href="#cu-tru-mother-residence")
    assert browser.page.all("option", value="not-possible")[0]["selected"] is not None
    residence.lookups.add(
        officer="Trần Thị Hoa", source="residence", result="not-possible", note="Máy hỏng", holds=True
    )
    browser.get(path)
    assert "Chưa tra cứu" not in browser.page.text
    assert "Máy hỏng" in browser.page.text
    (sent,) = [asked.request for asked in wards.asked if asked.rpc == "RecordResidence"]
    assert (sent.field, sent.source, sent.result) == tuple(typed.values())


def test_what_was_typed_for_the_hand_over_stays_while_residence_is_looked_up(
    browser: Browser, path: str, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.comparable = True
    dossier.actions[:] = ["handover"]
    dossier.comparisons.add(kind="marriage", title="Giấy kết hôn", mode="present")
    mother, father = "/mother/residence", "/father/residence"
    for field in (mother, father):
        dossier.residences.add(field=field)
    browser.get(path)
    buttons = browser.page.all("button", name="field")
    assert [one["value"] for one in buttons] == [mother, father]
    assert {one["formaction"].partition("#")[0] for one in buttons} == {f"{path}/tra-noi-cu-tru"}
    typed = {
        "handover.recipient_name": "Trần Thị Lan",
        "note-marriage": "Khác năm",
        "field": mother,
        f"source-{mother}": "residence",
        f"result-{mother}": "otherwise",
        f"found-{mother}": "4 Lê Duẩn",
        f"source-{father}": "population",
        f"result-{father}": "otherwise",
        f"found-{father}": "5 Lê Lợi",
    }
    for answer, status, kept in (
        (dossier, 200, ""),
        (invalid("missing-field", "Xin ghi.", FieldFault("note", "Xin ghi.")), 422, "4 Lê Duẩn"),
    ):
        wards.answers("RecordResidence", answer)
        browser.post(f"{path}/tra-noi-cu-tru", **typed)
        assert browser.response.status_code == status
        sent = [asked.request for asked in wards.asked if asked.rpc == "RecordResidence"][-1]
        assert (sent.field, sent.source, sent.result, sent.note) == (mother, "residence", "otherwise", "4 Lê Duẩn")
        shown = {one["name"]: one.get("value", "") for one in browser.page.all("input", type="text")}
        assert shown["handover.recipient_name"] == "Trần Thị Lan"
        assert shown["note-marriage"] == "Khác năm"
        assert (shown[f"found-{mother}"], shown[f"found-{father}"]) == (kept, "5 Lê Lợi")


@pytest.mark.parametrize("acts", [["acceptance", "supplement-request"], ["approval", "supplement-request"], []])
def test_what_was_typed_beside_stays_while_residence_is_looked_up_and_originals_are_compared(
    browser: Browser, path: str, ward: Ward, wards: FakeWards, acts: list[str]
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.comparable = True
    dossier.actions[:] = acts
    for kind in ("marriage", "judgment"):
        dossier.comparisons.add(kind=kind, title=kind, mode="present")
    mother, father = "/mother/residence", "/father/residence"
    for field in (mother, father):
        dossier.residences.add(field=field)
    browser.get(path)
    assert len([form for form in browser.page.all("form") if form.get("id") == "form-ho-so"]) == 1
    typed = {"field": mother, f"result-{mother}": "as-declared", f"result-{father}": "not-possible"}
    typed |= {f"found-{father}": "Máy hỏng", "note-marriage": "Khác năm"}
    if acts:
        typed |= {"version": "3", "supplement-request.reason": "Xin xem lại", "supplement-request.text-1": "Xin ghi rõ"}
        typed |= {"supplement-request.pick": "/child/sex"}
    for where, answers in (("tra-noi-cu-tru", "RecordResidence"), ("doi-chieu/judgment", "CompareDocument")):
        for answer, status in ((dossier, 200), (invalid("missing-field", "Xin ghi.", FieldFault("note", "Xin.")), 422)):
            wards.answers(answers, answer)
            browser.post(f"{path}/{where}", agrees="yes", **typed)
            assert browser.response.status_code == status
            shown = {one["name"]: one.get("value", "") for one in browser.page.all("input", type="text")}
            assert (shown["note-marriage"], shown[f"found-{father}"]) == ("Khác năm", "Máy hỏng")
            assert "selected" in browser.page.all("option", value="not-possible")[1]
            if acts:
                assert "Xin xem lại" in browser.page.text
                assert "Xin ghi rõ" in browser.response.text
                assert "checked" in browser.page.all("input", name="supplement-request.pick", value="/child/sex")[0]


def _texts(browser: Browser) -> dict[str, str]:
    """What stands in the fields of the page that is shown, but for what nobody fills in."""
    found = {one["name"]: one.get("value", "") for one in browser.page.all("input", type="text")}
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)<', browser.response.text)
    return found | dict(areas)


@pytest.mark.parametrize("where", ["tra-noi-cu-tru", "doi-chieu/judgment", "assignment", "so-ho-tich"])
def test_what_was_typed_for_every_act_stays_whichever_button_is_pressed(
    browser: Browser, path: str, ward: Ward, wards: FakeWards, where: str
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.comparable, dossier.copied_register = True, "birth"
    dossier.actions[:] = ["refusal", "approval", "assignment", "supplement-request"]
    for kind in ("marriage", "judgment"):
        dossier.comparisons.add(kind=kind, title=kind, mode="present")
    residence = "/mother/residence"
    dossier.residences.add(field=residence)
    browser.get(path)
    typed = {
        "refusal.reason": "Không phải việc của phường",
        "refusal.article": "Luật Hộ tịch Đ13",
        "approval.note": "Đã gọi hỏi bệnh viện",
        "supplement-request.reason": "Xin xem lại",
        "note-marriage": "Khác năm",
        f"found-{residence}": "4 Lê Duẩn",
    }
    if where == "tra-noi-cu-tru":
        typed.pop(f"found-{residence}")
    sent = {**typed, "field": residence, f"result-{residence}": "as-declared", "agrees": "yes"}
    sent |= {"version": browser.page.hidden("version")}
    if where == "so-ho-tich":
        search = {"register": "birth", "query": "Minh An", "reason": "HS", "dossier": dossier.id}
        browser.post(f"/can-bo/{where}", **sent, **search)
        browser.follow()
        browser.get(path)
    else:
        browser.post(f"{path}/{where}", **sent)
        if where == "assignment":
            browser.follow()
    assert browser.response.status_code == 200
    check(browser)
    shown = _texts(browser)
    assert {name: shown.get(name) for name in typed} == typed
    for act in ("refusal", "approval", "supplement-request"):
        assert "open" in browser.page.all("details", id=f"act-{act}")[0], act
    assert "data-unsaved" in browser.page.all("form", id="form-ho-so")[0], "whoever leaves is asked"


def test_what_was_typed_for_an_act_that_another_one_has_ended_stays_to_be_read(
    browser: Browser, path: str, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = ["refusal", "acceptance"]
    browser.get(path)

    def accept(*_: object) -> dossiers_v1.Dossier:
        dossier.actions[:] = ["approval"]
        return dossier

    wards.answers("AcceptDossier", accept)
    browser.post(f"{path}/acceptance", **{"refusal.reason": "Sai nơi", "version": "3"})
    browser.get(path)
    check(browser)
    assert "Sai nơi" in browser.response.text
    assert "chưa gửi" in browser.page.text
    assert "ông/bà" not in browser.page.text.lower()


def test_what_was_kept_of_a_screen_is_not_shown_again_once_it_was_sent(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.actions[:], dossier.copied_register = ["approval"], "birth"
    browser.get(path)
    search = {"register": "birth", "query": "Minh An", "reason": "HS", "dossier": dossier.id}
    browser.post("/can-bo/so-ho-tich", **{"approval.note": "Đã hỏi"}, **search)
    browser.get(path)
    assert _texts(browser)["approval.note"] == "Đã hỏi"
    browser.do(path, "approval", note="Đã hỏi")
    browser.get(path)
    assert _texts(browser)["approval.note"] == ""


def test_what_is_too_long_to_be_kept_stays_on_its_screen(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.actions[:], dossier.copied_register = ["approval"], "birth"
    browser.get(path)
    search = {"register": "birth", "query": "Minh An", "reason": "HS", "dossier": dossier.id}
    browser.post("/can-bo/so-ho-tich", **{"approval.note": "dài " * 1500}, **search)
    check(browser)
    assert "Chưa sang trang tìm trong sổ" in browser.page.text
    assert _texts(browser)["approval.note"] == "dài " * 1500


def test_people_who_have_to_come_are_ticked_by_name(
    browser: Browser, path: str, offer: Offer, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    couple = [
        dossiers_v1.PresentPerson(field=f"/{who}/full_name", name=name)
        for who, name in (("wife", "Trần Thị Lan"), ("husband", "Nguyễn Văn Hùng"))
    ]
    dossier.handover.CopyFrom(dossiers_v1.Handover(register_signed="at-signature", present=couple))
    offer("signature", "handover")
    assert "Nguyễn Văn Hùng" in browser.page.text
    assert not browser.page.all("input", id="handover-register_signed")
    assert not browser.page.all("input", id="handover-authorised"), "nobody comes in their place"
    browser.do(path, "handover", recipient_name="Trần Thị Lan", pick=["/wife/full_name", "/husband/full_name"])
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "HandOverDossier"]
    assert list(asked.present) == ["/wife/full_name", "/husband/full_name"]


def test_the_desk_enters_and_files_for_people_who_came_in(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in("motcua.nam-duong")
    browser.get("/can-bo/nhan-ho-so")
    browser.post("/can-bo/nhan-ho-so", channel="counter")
    assert browser.response.status_code == 422
    browser.post("/can-bo/nhan-ho-so", channel="counter", procedure="1.001193")
    (draft,) = ward.dossiers.values()
    assert draft.channel == "counter"
    draft.form_json = json.dumps(birth_form())
    del draft.findings[:]
    draft.documents.add(kind="birth-certificate-of-hospital", id="x", filename="a.jpg")
    check = f"/ho-so/nam-duong/{draft.id}/kiem-tra"
    browser.get(check)
    assert "ký tờ khai bản giấy" in browser.page.text
    assert "mã xác nhận đến điện thoại" not in browser.page.text
    browser.post(check)
    assert browser.response.status_code == 422
    browser.post(check, declared="yes", key="k")
    assert browser.response.headers["Location"] == f"/can-bo/ho-so/{draft.id}"
    (asked,) = [asked for asked in wards.asked if asked.rpc == "SubmitAtCounter"]
    assert (asked.request.form_signed, asked.idempotency_key) == (True, "k")
    browser.get(f"/can-bo/ho-so/{draft.id}")
    assert draft.tracking_key in browser.page.text


def test_a_new_appointment_is_typed_as_day_and_hour_of_da_nang(
    browser: Browser, path: str, offer: Offer, wards: FakeWards
) -> None:
    offer("extension")
    browser.do(path, "extension", new_day="8/10/2020", new_hour="10:00", reason="Máy hỏng")
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "ExtendDossier"]
    assert asked.new_due_at.ToDatetime() == datetime(2020, 10, 8, 3, 0)  # UTC, as protobuf has it
    assert asked.reason == "Máy hỏng"


def test_of_a_marriage_it_is_asked_how_marriages_elsewhere_were_asked_about_and_the_choice_stays(
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
    browser.do(path, "approval", wife_elsewhere="paper", elsewhere="Công văn 45")
    assert browser.response.status_code == 422
    check(browser)
    asked = [each.request for each in wards.asked if each.rpc == "ApproveDossier"][-1]
    assert (asked.wife_elsewhere, asked.husband_elsewhere, asked.elsewhere) == ("paper", "", "Công văn 45")
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


def test_a_verification_is_sent_as_it_was_written(browser: Browser, path: str, offer: Offer, wards: FakeWards) -> None:
    offer("verification-request")
    typed = {"kind": "inquiry", "recipient": "UBND xã Điện Phong", "person": "Trần Thị Lan", "question": "Hôn nhân"}
    browser.do(path, "verification-request", **typed)
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "RequestVerification"]
    assert {name: getattr(asked, name) for name in typed} == typed


def test_the_officer_names_the_verification_that_was_answered(
    browser: Browser, path: str, offer: Offer, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    for id, office in (("v1", "UBND xã Điện Phong"), ("v2", "UBND xã Hòa Tiến")):
        dossier.verifications.add(id=id, kind="inquiry", state="sent", recipient=office, outcomes=["replied"])
    offer("verification-reply")
    assert {radio["value"] for radio in browser.page.all("input", name="verification-reply.verification_id")} == {
        "v1",
        "v2",
    }
    browser.do(
        path,
        "verification-reply",
        verification_id="v2",
        outcome="replied",
        finding="contradicts",
        text="Độc thân",
        document_date="8/10/2020",
    )
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "RecordVerificationReply"]
    assert (asked.verification_id, asked.outcome, asked.document_date) == ("v2", "replied", "2020-10-08")
    assert asked.finding == "contradicts"


def test_the_desk_shows_what_is_verified_what_was_promised_and_how_it_stands(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.verdict = "late"
    dossier.extension.due_before.CopyFrom(at(17, 30))
    dossier.extension.due_after.CopyFrom(at(18))
    dossier.extension.late = True
    dossier.extension.reason = "Máy hỏng"
    dossier.verifications.add(
        id="v1",
        state="replied",
        state_text="đã có văn bản trả lời",
        recipient="UBND xã Điện Phong",
        answer="Độc thân",
        letter_number="12/CV-UBND",
    )
    browser.get(path)
    for part in ("Trễ hạn", "hẹn khi đã quá hạn", "Máy hỏng", "UBND xã Điện Phong", "số 12/CV-UBND", "Độc thân"):
        assert part in browser.page.text, part


def test_what_is_wanted_is_written_beside_the_row_and_goes_with_the_form_of_the_act(
    browser: Browser, path: str, offer: Offer
) -> None:
    offer("supplement-request")
    said = browser.page.text
    row = said.index("Năm sinh của mẹ", said.index("Tờ khai"))
    assert said.index("Cần bổ sung", row) - row < 60
    marks = browser.page.all("input", name="supplement-request.pick")
    assert browser.page.all("button", formaction=f"{path}/supplement-request")
    assert len({mark["value"] for mark in marks}) == len(marks), "each once"
    (paper,) = [mark for mark in marks if mark["value"] == "documents/birth-certificate-of-hospital"]
    assert len(browser.page.all("input", name=f"supplement-request.{paper['id'].replace('pick', 'text')}")) == 1


def test_rows_cannot_be_marked_where_no_supplement_can_be_asked_for(browser: Browser, path: str, offer: Offer) -> None:
    offer("stop")
    assert browser.page.all("input", name="supplement-request.pick") == []
    assert "Cần bổ sung" not in browser.page.text


def test_a_row_that_was_marked_without_words_says_so_itself(
    browser: Browser, path: str, offer: Offer, wards: FakeWards
) -> None:
    offer("supplement-request")
    fault = FieldFault("items/1/text", "Xin ghi cần sửa hoặc bổ sung gì.")
    wards.answers("RequestSupplement", invalid("missing-field", "Xin ghi.", fault))
    chosen = [browser.page.all("input", value=field)[0] for field in ("/child/full_name", "/mother/full_name")]
    first, second = (one["id"].replace("pick", "text") for one in chosen)
    fields = {first: "Thiếu chữ đệm", second: ""}
    browser.do(path, "supplement-request", pick=[one["value"] for one in chosen], **fields)
    assert browser.response.status_code == 422
    assert browser.page.all("a", href=f"#{second}")
    assert browser.page.all("input", id=first)[0]["value"] == "Thiếu chữ đệm"
    assert [one["value"] for one in browser.page.all("input", name="supplement-request.pick") if "checked" in one] == [
        "/child/full_name",
        "/mother/full_name",
    ]
    assert browser.page.text.count("Xin ghi cần sửa hoặc bổ sung gì.") == 2, "above, and at the row"


def test_a_paper_stands_beside_the_form_and_another_is_chosen_without_leaving_the_page(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    del dossier.documents[:]
    for id in ("mot", "hai"):
        dossier.documents.add(id=id, kind="birth-certificate-of-hospital", filename=f"{id}.jpg")
    browser.get(path)
    (frame,) = browser.page.all("iframe")
    assert frame["src"].endswith("/tep/mot/khung")
    assert "open" not in browser.page.all("details", id="giay-to")[0], "nobody has looked at it yet"
    assert frame["loading"] == "lazy"
    choices = browser.page.all("a", target=frame["name"])
    assert [one["href"].split("/")[-2] for one in choices] == ["mot", "hai"]
    browser.get(f"{path}?tep=hai")
    assert browser.page.all("iframe")[0]["src"].endswith("/tep/hai/khung")
    assert "open" in browser.page.all("details", id="giay-to")[0]


def test_a_picture_is_as_wide_as_its_frame_and_may_be_framed_by_our_pages_alone(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    del dossier.documents[:]
    for id, media_type in (("anh", "image/jpeg"), ("pdf", "application/pdf")):
        dossier.documents.add(id=id, kind="birth-certificate-of-hospital", filename=id, media_type=media_type)
    where = f"/ho-so/nam-duong/{dossier.id}/tep"
    browser.get(f"{where}/anh/khung")
    assert browser.page.all("img", src=f"{where}/anh")
    assert "frame-ancestors 'self'" in browser.response.headers["Content-Security-Policy"]
    assert browser.response.headers["X-Frame-Options"] == "SAMEORIGIN"
    browser.get(f"{where}/pdf/khung")
    assert browser.response.headers["Location"] == f"{where}/pdf"
    browser.get(f"{where}/nichts/khung")
    assert browser.response.status_code == 404


def test_a_dossier_without_papers_has_no_frame_for_them(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    del dossier.documents[:]
    browser.get(path)
    assert browser.page.all("iframe") == []
    assert "Không có tệp nào." in browser.page.text


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


@pytest.mark.parametrize("login", ["motcua.nam-duong", "chutich.nam-duong"])
def test_the_office_is_not_addressed_as_applicants_are(browser: Browser, ward: Ward, login: str) -> None:
    a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    entry = ward.entry("birth", {})
    browser.signed_in(login)
    desk = f"/can-bo/ho-so/{dossier.id}"
    for act in ("", *(act.name for act in AT_THE_DESK)):
        dossier.actions[:] = [act] if act else []
        assert "ông/bà" not in browser.get(desk).text.lower(), act
        if browser.page.all("form", action=f"{desk}/{act}"):
            refused = browser.post(f"{desk}/{act}", key="k", version=browser.page.hidden("version"))
            assert "ông/bà" not in refused.text.lower(), act
    for path in ("/can-bo", "/can-bo/nhan-ho-so", "/can-bo/so-ho-tich", f"/can-bo/so-ho-tich/muc/{entry.id}"):
        assert "ông/bà" not in browser.get(path).text.lower(), path


def test_the_desk_fills_in_a_form_that_speaks_of_the_applicant(browser: Browser, ward: Ward) -> None:
    """The same pages ask the applicant, who is addressed."""
    browser.signed_in("motcua.nam-duong")
    browser.get("/can-bo/nhan-ho-so")
    browser.post("/can-bo/nhan-ho-so", channel="counter", procedure="1.001193")
    (draft,) = ward.dossiers.values()
    overview = f"/ho-so/nam-duong/{draft.id}/to-khai"
    for path in (overview, f"{overview}/requester-relation", f"{overview}/requester-person"):
        assert "ông/bà" not in browser.get(path).text.lower(), path
    assert "Người yêu cầu là ai với trẻ?" in browser.get(f"{overview}/requester-relation").text
    draft.channel = "online"
    browser.signed_in()
    assert "Ông/bà là ai với trẻ?" in browser.get(f"{overview}/requester-relation").text
