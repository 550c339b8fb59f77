"""Practice in the pages: an invented person beside the signed-in person, and neither's token goes to the other side."""

from __future__ import annotations

import time

import pytest

from gateway.pages.kiosk import COOKIE as KIOSK_COOKIE
from gateway.pages.session import COOKIE
from gateway.texts import Status
from services.chassis.tokens import unauthenticated
from tests.conftest import NAM_DUONG
from tests.district import PRACTICE
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import PHOTO, a_draft
from tests.unit.gateway_pages.guidance import Guided, agree, sit_down
from tests.unit.gateway_pages.station import CREDENTIAL, TOKEN, put_station
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import OTP, Ward

BANNER = "hồ sơ này không gửi đến phường nào"
BIRTH = "1.001193"


def begin(browser: Browser) -> str:
    """Begins a practice; returns the draft's address."""
    browser.get("/tap-thu")
    browser.post("/tap-thu", procedure=BIRTH)
    browser.follow()
    return browser.response.request.path


def pages_of(draft: str) -> list[str]:
    dossier = draft.removesuffix("/to-khai")
    return [
        "/tap-thu",
        f"/phuong/tap-thu/thu-tuc/{BIRTH}",
        draft,
        f"{draft}/requester-relation",
        f"{dossier}/giay-to/birth-certificate-of-hospital",
        f"{dossier}/kiem-tra",
    ]


def test_nobody_needs_an_account_and_the_code_stands_on_the_page(browser: Browser) -> None:
    draft = begin(browser)
    assert draft.startswith("/ho-so/tap-thu/")
    for path in pages_of(draft):
        page = browser.get(path)
        check(browser)
        assert page.title.strip().startswith("TẬP THỬ: "), path
        assert BANNER in page.text, path
        assert OTP in page.text, path
        assert "Điện thoại tập thử" in page.text


def test_practising_says_that_a_ward_may_not_take_it_online(browser: Browser) -> None:
    """NĐ 87/2020 Đ24.3: the practice ward accepts every procedure, and knows no ward."""
    browser.get("/tap-thu")
    assert "Có việc phường chưa nhận qua mạng; ở đây vẫn tập được." in browser.page.text


def test_a_practice_goes_on_in_this_browser_alone(browser: Browser) -> None:
    text = browser.get(begin(browser)).text
    assert "làm tiếp sau, ở chính máy này." in text
    assert "ở máy khác" not in text


def test_no_page_of_a_real_ward_looks_like_practice(browser: Browser) -> None:
    begin(browser)
    browser.signed_in()
    for path in ("/", "/phuong/nam-duong", f"/phuong/nam-duong/thu-tuc/{BIRTH}", "/ho-so", "/tai-khoan", "/theo-doi"):
        page = browser.get(path)
        assert not page.title.strip().startswith("TẬP THỬ"), path
        assert BANNER not in page.text, path
        assert OTP not in page.text, path


def test_every_way_in_leads_to_the_start_of_practice(browser: Browser) -> None:
    for path in ("/", "/phuong/nam-duong", f"/phuong/nam-duong/thu-tuc/{BIRTH}"):
        links = [tag["href"] for tag in browser.get(path).all("a")]
        assert any(link.startswith("/tap-thu") for link in links), path
    browser.signed_in("tinhnguyen.nam-duong")
    assert any(tag["href"] == "/tap-thu" for tag in browser.get("/tinh-nguyen/giay-to").all("a"))


def test_the_start_of_a_station_s_computer_leads_there(kiosk: Browser) -> None:
    assert any(tag["href"] == "/tap-thu" for tag in kiosk.get("/kiosk").all("a"))


def test_each_side_gets_its_own_token_and_no_computers(browser: Browser, wards: FakeWards) -> None:
    """Signed in, at a station's computer, practising: over pages of both sides."""
    put_station(wards)
    sit_down(browser)
    draft = begin(browser)
    for path in (*pages_of(draft), "/", "/ho-so", "/tai-khoan", f"/phuong/nam-duong/thu-tuc/{BIRTH}", *pages_of(draft)):
        browser.get(path)
        assert browser.response.status_code == 200, path
    sides = {side: [each for each in wards.asked if (each.ward == PRACTICE) == side] for side in (True, False)}
    assert {each.token.startswith("practice-") for each in sides[True] if each.token} == {True}
    assert {each.kiosk for each in sides[True]} == {""}
    assert not any(each.token.startswith("practice-") for each in sides[False])
    assert any(each.kiosk == TOKEN for each in sides[False])
    assert any(each.token for each in sides[False])


def test_lists_of_one_s_own_ask_the_real_wards_alone(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in()
    begin(browser)
    wards.asked.clear()
    browser.get("/ho-so")
    browser.get("/tai-khoan/ai-da-xem")
    assert PRACTICE not in {each.ward for each in wards.asked}


def test_signing_out_and_leaving_a_computer_forget_the_practice_too(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in()
    begin(browser)
    browser.get("/ho-so")
    browser.post("/dang-xuat")
    assert ended(wards) == [NAM_DUONG, PRACTICE]
    assert "đang tập với tên" not in browser.get("/tap-thu").text
    put_station(wards)
    browser.client.set_cookie(KIOSK_COOKIE, CREDENTIAL)
    begin(browser)
    wards.asked.clear()
    browser.show(browser.client.post("/kiosk/ket-thuc"))
    assert ended(wards) == [PRACTICE]
    assert "đang tập với tên" not in browser.get("/tap-thu").text


@pytest.mark.parametrize("how", ["refused at its renewal", "ended while nobody used it", "refused by a ward"])
def test_the_end_of_a_sign_in_leaves_the_practice_as_it_is(
    browser: Browser, wards: FakeWards, ward: Ward, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    browser.signed_in()
    draft = begin(browser)
    now = time.time()
    if how == "refused by a ward":
        wards.answers("ListOwnDossiers", unauthenticated())
        browser.get("/ho-so")
    else:
        with browser.client.session_transaction() as session:
            session["access_until"] = now - (1300 if how == "ended while nobody used it" else 1)
        wards.answers("RefreshSession", unauthenticated())
        browser.get("/ho-so")
    assert browser.response.headers["Location"].startswith("/dang-nhap")
    browser.get(draft)
    assert browser.response.status_code == 200
    assert ended(wards) == []
    browser.sign_in()
    browser.get(draft)
    assert browser.response.status_code == 200, "who signs in again goes on, too"


def test_who_signs_in_after_somebody_else_does_not_get_their_practice(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in()
    begin(browser)
    with browser.client.session_transaction() as session:
        session["access_until"] = time.time() - 1
    wards.answers("RefreshSession", unauthenticated())
    browser.get("/ho-so")
    browser.sign_in("tinhnguyen.nam-duong")
    assert PRACTICE in ended(wards)
    assert "đang tập với tên" not in browser.get("/tap-thu").text


def ended(wards: FakeWards) -> list[str]:
    return sorted((each.ward for each in wards.asked if each.rpc == "EndSession"), reverse=True)


def test_ending_a_practice_signs_nobody_out(browser: Browser) -> None:
    browser.signed_in()
    begin(browser)
    browser.get("/tap-thu/thoi")
    browser.post("/tap-thu/thoi")
    assert "Đã thôi tập thử" in browser.follow().text
    assert "Trần Thị Bông" in browser.get("/ho-so").text


def test_the_page_of_a_dossier_that_waits_for_the_office_says_how_long_and_can_offer_what_is_new(
    browser: Browser, ward: Ward
) -> None:
    id = begin(browser).split("/")[3]
    for status, waits in ((Status.NEW, True), (Status.HANDED_OVER, False)):
        ward.dossiers[id].status = status
        page = browser.get(f"/ho-so/tap-thu/{id}")
        check(browser)
        assert ("Phường tập thử trả lời trong vòng một phút" in page.text) == waits
        assert bool(page.all("p", id="practice-changed", hidden="")) == waits, "shown by the script"


def test_a_sample_card_stands_beside_the_questions_that_are_answered_from_one_and_nowhere_else(
    browser: Browser, ward: Ward
) -> None:
    draft = begin(browser)
    for name, shown in (("requester-identity", True), ("child-name", False)):
        page = browser.get(f"{draft}/{name}")
        check(browser)
        assert ("Thẻ mẫu để tập" in page.text) == shown, name
    browser.signed_in()
    assert "Thẻ mẫu" not in browser.get(f"{a_draft(ward)}/to-khai/requester-identity").text


def test_the_sample_card_is_a_right_answer(browser: Browser, ward: Ward) -> None:
    draft = begin(browser)
    browser.get(f"{draft}/requester-identity")
    fields = {
        tag["name"]: tag["value"] for tag in browser.page.all("input", type="hidden") if tag["name"] != "csrf_token"
    }
    names = [tag["value"] for tag in browser.page.all("input", name="asked")]
    card = {
        "requester.identity_paper": "citizen-card",
        "requester.identity_number": "000123456789",
        "requester.identity_issued_on-day": "20",
        "requester.identity_issued_on-month": "5",
        "requester.identity_issued_on-year": "2018",
        "requester.identity_issued_by": "Công an phường Tập Thử",
    }
    posted = {name: value for name, value in fields.items() if name != "asked"}
    browser.post(f"{draft}/requester-identity", **posted, asked=names, **card)
    assert browser.response.status_code == 303, browser.page.text


@pytest.mark.parametrize(
    ("status", "asks"), [(Status.DRAFT, True), (Status.NEW, True), (Status.HANDED_OVER, True), (Status.STOPPED, False)]
)
def test_who_leaves_something_open_or_uncounted_is_asked_first(
    browser: Browser, ward: Ward, status: Status, asks: bool
) -> None:
    id = begin(browser).split("/")[3]
    ward.dossiers[id].status = status
    page = browser.get("/tap-thu")
    check(browser)
    assert bool(page.all("a", href="/tap-thu/thoi")) == asks
    assert bool(page.all("form", action="/tap-thu/thoi")) != asks
    page = browser.get("/tap-thu/thoi")
    check(browser)
    assert ("Còn làm dở" in page.text) == (asks and status != Status.HANDED_OVER)
    assert bool(page.all("a", href=f"/tap-thu/xong/{id}")) == (status == Status.HANDED_OVER)
    browser.post("/tap-thu/thoi")
    assert "Đã thôi tập thử" in browser.follow().text
    browser.get("/tap-thu/thoi")
    assert browser.response.headers["Location"] == "/tap-thu"
    assert "không có lần tập thử nào đang làm" in browser.follow().text


def test_signing_out_says_that_the_practice_has_ended_too(browser: Browser) -> None:
    browser.signed_in()
    begin(browser)
    browser.get("/ho-so")
    browser.post("/dang-xuat")
    assert "Lần tập thử ở máy này cũng đã kết thúc." in browser.follow().text
    assert browser.client.get_cookie(COOKIE) is None
    browser.signed_in()
    browser.get("/ho-so")
    browser.post("/dang-xuat")
    assert "tập thử" not in browser.follow().text


def test_a_question_of_a_practice_that_ended_in_another_tab_says_that_its_answer_is_lost(browser: Browser) -> None:
    browser.signed_in()
    question = f"{begin(browser)}/child-name"
    page = browser.get(question)
    fields = {name: page.hidden(name) for name in ("csrf_token", "reader", "version")}
    browser.get("/ho-so")
    browser.post("/dang-xuat")
    browser.show(browser.client.post(question, data={**fields, "child.full_name": "Lê Tập Khôi"}))
    assert browser.response.headers["Location"] == "/tap-thu"
    assert "Điều vừa nhập không còn." in browser.follow().text


def test_an_ended_practice_leads_to_its_start_and_leaves_the_account_signed_in(
    browser: Browser, wards: FakeWards
) -> None:
    browser.signed_in()
    draft = begin(browser)
    wards.answers("GetDossier", unauthenticated())
    browser.get(draft)
    assert browser.response.headers["Location"] == "/tap-thu"
    assert "Lần tập thử ấy đã hết, hoặc làm ở máy khác" in browser.follow().text
    assert "Trần Thị Bông" in browser.get("/ho-so").text


def test_tokens_of_a_practice_are_renewed_on_its_pages(
    browser: Browser, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin(browser)
    ward.refresh_answer = ward.rpc_open_practice(None)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 550)
    browser.get(draft)
    assert browser.response.status_code == 200
    assert "caunoi" in browser.response.headers.get("Set-Cookie", "")


def test_nobody_is_guided_in_practice(kiosk: Browser, guided: Guided) -> None:
    kiosk.signed_in()
    kiosk.get("/ho-so")
    agree(kiosk)
    draft = begin(kiosk)
    before = len(guided.asked("ShowPlace"))
    page = kiosk.get(draft)
    assert not page.all("aside", id="guidance")
    assert len(guided.asked("ShowPlace")) == before


def test_what_practice_has_not_leads_to_its_start(browser: Browser) -> None:
    for path in (
        "/phuong/tap-thu",
        "/phuong/tap-thu/mo-tai-khoan",
        "/phuong/tap-thu/mo-tai-khoan/ho-ten",
        "/lich/tap-thu",
    ):
        browser.get(path)
        assert browser.response.headers["Location"] == "/tap-thu", path


def test_the_cookie_of_somebody_who_practises_beside_their_account_fits(browser: Browser) -> None:
    browser.signed_in()
    begin(browser)
    held = browser.client.get_cookie(COOKIE)
    assert held is not None
    assert len(held.value) < 3500


def test_a_sample_stands_in_for_a_paper(browser: Browser, wards: FakeWards) -> None:
    dossier = begin(browser).removesuffix("/to-khai")
    browser.get(f"{dossier}/giay-to/birth-certificate-of-hospital")
    browser.post(f"/tap-thu/giay-mau/{dossier.rpartition('/')[2]}/birth-certificate-of-hospital")
    assert "Đã dùng giấy mẫu" in browser.follow().text
    (added,) = [each for each in wards.asked if each.rpc == "AddDocument"]
    assert added.ward == PRACTICE
    assert added.request.content.startswith(b"\xff\xd8\xff")


def test_a_file_that_was_chosen_beside_the_sample_is_added_too(browser: Browser, wards: FakeWards) -> None:
    dossier = begin(browser).removesuffix("/to-khai")
    browser.get(f"{dossier}/giay-to/birth-certificate-of-hospital")
    sample = f"/tap-thu/giay-mau/{dossier.rpartition('/')[2]}/birth-certificate-of-hospital"
    assert browser.page.all("button", formaction=sample)
    browser.upload(sample, PHOTO, "anh.jpg", key=browser.page.hidden("key"))
    added = [each for each in wards.asked if each.rpc == "AddDocument"]
    assert [each.request.filename for each in added] == ["giấy mẫu.jpg", "anh.jpg"]
    assert len({each.idempotency_key for each in added}) == 2, "one key would be of one file"


def test_the_code_of_a_practice_is_tracked_nowhere(browser: Browser, wards: FakeWards) -> None:
    browser.get("/theo-doi")
    page = browser.post("/theo-doi", code="000.01.01.H17-201006-0001", key="ABCD-EFGH-JKMN")
    assert "tập thử" in page.text
    assert "TrackDossier" not in {each.rpc for each in wards.asked}


def test_who_leaves_a_question_of_a_practice_keeps_what_was_typed(browser: Browser, ward: Ward) -> None:
    draft = begin(browser)
    page = browser.get(f"{draft}/child-name")
    ways = [tag for tag in page.all("button", name="next") if tag["value"] == "/tap-thu"]
    assert ways, "the links of a question are buttons of its form"
    fields = {tag["name"]: tag["value"] for tag in page.all("input", type="hidden") if tag["name"] != "csrf_token"}
    browser.post(f"{draft}/child-name", **{**fields, "child.full_name": "Lê Tập Khôi", "next": "/tap-thu"})
    assert browser.response.headers["Location"] == "/tap-thu"
    (saved,) = ward.dossiers.values()
    assert "Lê Tập Khôi" in saved.form_json


def test_who_deletes_a_draft_of_a_practice_comes_back_to_its_start(browser: Browser) -> None:
    draft = begin(browser)
    address = next(tag["href"] for tag in browser.get(draft).all("a") if tag["href"].endswith("/xoa"))
    browser.get(address)
    browser.post(address)
    assert browser.response.headers["Location"] == "/tap-thu"
