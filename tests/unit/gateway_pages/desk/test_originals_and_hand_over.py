"""Originals are compared, residence is looked up, and the result is handed over, on one page."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Flask

from gateway.pages.typed import COOKIE
from services.chassis.refusal import FieldFault, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.desk.conftest import Offer
from tests.unit.gateway_pages.dossiers import a_filed_dossier
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import SEARCH, Ward


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


def test_a_certified_copy_is_recorded_with_the_person_who_certified_it(
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


def test_the_number_of_the_posted_item_is_required_and_the_address_is_shown_beside_it(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = ["handover"]
    dossier.handover.remote, dossier.handover.asked, dossier.handover.address = True, "post", "9 Núi Thành"
    browser.get(path)
    assert "Số hiệu bưu gửi (không bắt buộc)" not in browser.page.text
    assert "Trả qua bưu chính thì phải ghi, như EB123456789VN. Gửi đến: 9 Núi Thành" in browser.page.text


def test_the_desk_sees_who_got_the_result_and_the_number_of_the_posted_item(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.status, dossier.handover.given = 10, "post"
    dossier.handover.recipient_name, dossier.handover.posted_number = "Trần Thị Bảy", "EB123456789VN"
    browser.get(path)
    assert "Người nhận kết quả Trần Thị Bảy" in " ".join(browser.page.text.split())
    assert "Số hiệu bưu gửi EB123456789VN" in " ".join(browser.page.text.split())


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


def _search(dossier: str) -> dict[str, str]:
    """The fields of the search in the registers on the screen of a dossier."""
    typed = {"register": "birth", "query": "Minh An", "reason": "HS", "dossier": dossier}
    return {f"search.{name}": value for name, value in typed.items()}


def _looked_for(browser: Browser, dossier: str, note: str) -> None:
    """Looks in the registers from the screen of a dossier, with something typed on it."""
    browser.get(f"/can-bo/ho-so/{dossier}")
    browser.post(SEARCH, **{"approval.note": note}, **_search(dossier))


def _texts(browser: Browser) -> dict[str, str]:
    """The content of the shown page's fields, without those that nobody fills in."""
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
        browser.post(f"/can-bo/{where}", **sent, **_search(dossier.id))
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
    _looked_for(browser, dossier.id, "Đã hỏi")
    browser.get(path)
    assert _texts(browser)["approval.note"] == "Đã hỏi"
    browser.do(path, "approval", note="Đã hỏi")
    browser.get(path)
    assert _texts(browser)["approval.note"] == ""


def test_what_is_too_long_to_be_kept_stays_on_its_screen(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.actions[:], dossier.copied_register = ["approval"], "birth"
    _looked_for(browser, dossier.id, "dài " * 1500)
    check(browser)
    assert "Chưa sang trang tìm trong sổ" in browser.page.text
    assert _texts(browser)["approval.note"] == "dài " * 1500


def _two_screens(browser: Browser, path: str, ward: Ward) -> list[str]:
    first = dict(ward.dossiers)
    ward.dossiers.clear()  # a draft is filled in where there is one alone
    a_filed_dossier(ward)
    second = dict(ward.dossiers)
    ward.dossiers.clear()
    ward.dossiers.update(first | second)
    for dossier in ward.dossiers.values():
        dossier.actions[:], dossier.copied_register = ["approval"], "birth"
    browser.signed_in("motcua.nam-duong")
    browser.get(path)
    return [*first, *second]


def test_what_was_typed_on_one_screen_is_kept_beside_what_was_typed_on_another(
    browser: Browser, path: str, ward: Ward, wards: FakeWards
) -> None:
    ids = _two_screens(browser, path, ward)
    notes = {id: f"Đã hỏi {number}" for number, id in enumerate(ids)}
    for id, note in notes.items():
        _looked_for(browser, id, note)
        assert browser.response.status_code == 303
    browser.get("/phuong/nam-duong/mo-tai-khoan")
    browser.post("/phuong/nam-duong/mo-tai-khoan")  # begins anew there
    for id, note in notes.items():
        browser.get(f"/can-bo/ho-so/{id}")
        assert _texts(browser)["approval.note"] == note
    first, second = ids
    wards.answers("ApproveDossier", ward.dossiers[second])
    browser.do(f"/can-bo/ho-so/{second}", "approval", note="Đã hỏi")
    for id, note in ((second, ""), (first, notes[first])):
        browser.get(f"/can-bo/ho-so/{id}")
        assert _texts(browser)["approval.note"] == note, "one is sent, the other waits"


def test_what_was_kept_of_another_screen_is_not_pushed_out(browser: Browser, path: str, ward: Ward) -> None:
    first, second = _two_screens(browser, path, ward)
    long = "dài " * 300
    _looked_for(browser, first, long)
    _looked_for(browser, second, long)
    assert browser.response.status_code == 200
    check(browser)
    assert "hồ sơ khác" in browser.page.text
    assert _texts(browser)["approval.note"] == long
    browser.get(f"/can-bo/ho-so/{first}")
    assert _texts(browser)["approval.note"] == long


def test_what_was_kept_too_long_ago_takes_no_place(
    browser: Browser, path: str, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _two_screens(browser, path, ward)
    long, now = "dài " * 300, time.time()
    _looked_for(browser, first, long)
    with monkeypatch.context() as later:
        later.setattr("gateway.pages.typed.time", SimpleNamespace(time=lambda: now + 13 * 3600))
        _looked_for(browser, second, long)
        assert browser.response.status_code == 303
        browser.get(f"/can-bo/ho-so/{first}")
        assert _texts(browser)["approval.note"] == ""


@pytest.mark.parametrize("shape", ["of now", "of before"])
def test_what_was_kept_by_another_release_does_not_break_the_screen(
    app: Flask, browser: Browser, path: str, ward: Ward, shape: str
) -> None:
    _two_screens(browser, path, ward)
    typed = {"acts": {"approval": {"note": "Đã hỏi"}, "renamed": {"note": "x"}}, "notes": {}, "gone": {}}
    who = ward.people["motcua.nam-duong"].id
    kept = {"pages": {path: {"at": time.time(), "values": typed}}}
    sealed = app.extensions["typed"].seal(
        {"who": who, **(kept if shape == "of now" else {"page": path, "values": typed})}
    )
    browser.client.set_cookie(COOKIE, sealed)
    browser.get(path)
    assert browser.response.status_code == 200
    check(browser)
    assert _texts(browser)["approval.note"] == ("Đã hỏi" if shape == "of now" else "")


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


def test_a_result_that_is_sent_goes_to_the_applicant_and_to_nobody_authorised(
    browser: Browser, path: str, offer: Offer, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.applicant_name, dossier.handover.remote = "Trần Thị Bảy", True
    for way, recipient in (("post", "Trần Thị Bảy"), ("electronic", ""), ("office", "")):
        dossier.handover.asked = way
        offer("handover")
        (name,) = browser.page.all("input", name="handover.recipient_name")
        assert name.get("value", "") == recipient, way
        assert bool(browser.page.all("input", id="handover-authorised")) == (way == "office"), way


@pytest.mark.parametrize(
    ("press", "at"),
    [
        ("doi-chieu/judgment", "#doi-chieu-judgment"),
        ("tra-noi-cu-tru", ""),
        ("assignment", ""),
        ("approval", ""),
    ],
)
def test_the_address_that_a_press_leaves_in_the_bar_leads_to_the_dossier(
    browser: Browser, path: str, press: str, at: str
) -> None:
    browser.get(f"{path}/{press}")
    assert browser.response.status_code == 303
    assert browser.response.headers["Location"] == f"{path}{at}"


def test_the_address_that_a_refused_signature_leaves_in_the_bar_leads_to_the_paper(browser: Browser, path: str) -> None:
    browser.get(f"{path}/ky/signature")
    assert browser.response.headers["Location"] == f"{path}/ky"
    for nowhere in (f"{path}/ky/nothing", f"{path}/nothing"):
        browser.get(nowhere)
        assert browser.response.status_code == 404


NOTE = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize("press", ["so-bo-tu-phap", *(f"ghi-chu/{NOTE}/{what}" for what in ("ky", "tra", "bo"))])
def test_the_address_that_a_press_at_an_entry_leaves_in_the_bar_leads_to_the_entry(
    browser: Browser, path: str, press: str
) -> None:
    entry = f"/can-bo/so-ho-tich/muc/{NOTE}"
    browser.get(f"{entry}/{press}")
    assert browser.response.headers["Location"] == entry
