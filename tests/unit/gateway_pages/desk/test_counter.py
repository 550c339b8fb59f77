"""The desk files for people who come in or write."""

from __future__ import annotations

import json

from tests.unit.dossiers.birth_forms import birth_form
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import TODAY, Ward


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


def test_by_post_the_desk_is_offered_only_what_need_not_be_filed_in_person(browser: Browser, ward: Ward) -> None:
    """NĐ 123/2015 Đ3.1: a marriage and a recognition are filed in person."""

    def offered() -> set[str]:
        return {one["value"] for one in browser.page.all("input", type="radio", name="procedure")}

    in_person = {one.code for one in ward.catalogue.in_force(TODAY) if one.in_person}
    assert in_person == {"1.000894", "1.000689"}
    browser.signed_in("motcua.nam-duong")
    browser.get("/can-bo/nhan-ho-so")
    check(browser)
    everything = offered()
    assert in_person < everything
    (by_post,) = browser.page.all("a", href="/can-bo/nhan-ho-so?channel=post")
    browser.get(by_post["href"])
    check(browser)
    assert offered() == everything - in_person
    assert "không nhận qua bưu chính (NĐ 123/2015 Đ3.1): Đăng ký" in " ".join(browser.page.text.split())
    browser.post(by_post["href"], channel=browser.page.hidden("channel"), procedure="1.000656")
    (draft,) = ward.dossiers.values()
    assert draft.channel == "post"


def test_a_page_of_the_release_before_sends_how_the_dossier_came_in(browser: Browser, ward: Ward) -> None:
    """It asks for both on one page."""
    browser.signed_in("motcua.nam-duong")
    browser.get("/can-bo/nhan-ho-so")
    browser.post("/can-bo/nhan-ho-so", channel="post", procedure="1.000656")
    (draft,) = ward.dossiers.values()
    assert draft.channel == "post"
