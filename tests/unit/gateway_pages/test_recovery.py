"""A forgotten password, and another phone, e-mail address or address; nobody learns who has an account."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.pages import kept
from gateway.texts import CLOSINGS
from services.accounts.domain.changes import CLOSINGS as REASONS
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_full_draft
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import OTP, PASSWORD, Ward

NEW = "mùa xuân ở Sơn Trà"
BORN = {"date_of_birth-day": "27", "date_of_birth-month": "3", "date_of_birth-year": "1956"}


def ask(browser: Browser, login: str = "0905123456", **born: str) -> None:
    browser.get("/quen-mat-khau")
    browser.post("/quen-mat-khau", login=login, **(born or BORN))


def requests(wards: FakeWards, rpc: str) -> list[Any]:
    return [asked.request for asked in wards.asked if asked.rpc == rpc]


def test_the_way_to_it_is_on_the_page_of_signing_in_and_of_a_refused_sign_in(browser: Browser) -> None:
    browser.get("/dang-nhap")
    assert browser.page.all("a", href="/quen-mat-khau")
    browser.post("/dang-nhap", login="0905123456", password="sai rồi")
    assert browser.page.all("a", href="/quen-mat-khau")


def test_a_new_password_is_set_with_the_code(browser: Browser, wards: FakeWards) -> None:
    ask(browser)
    browser.follow()
    check(browser)
    browser.post("/quen-mat-khau/ma-xac-nhan", otp="271 828", new_password=NEW)
    (sent,) = requests(wards, "RecoverAccount")
    assert (sent.otp, sent.new_password) == (OTP, NEW)
    browser.follow()
    assert browser.page.headings == ["Đăng nhập"]
    assert "Đã đặt mật khẩu mới." in browser.page.text
    for send in (browser.get, browser.post):  # by the back button, and from another tab
        browser.get("/dang-nhap")
        send("/quen-mat-khau/ma-xac-nhan")
        assert browser.response.headers["Location"] == "/quen-mat-khau"
        assert "Đã đặt mật khẩu mới thì xin đăng nhập" in browser.follow().text


def test_who_has_only_a_year_of_birth_writes_the_same_day_at_both_forms(browser: Browser) -> None:
    for page in ("/quen-mat-khau", "/phuong/nam-duong/mo-tai-khoan/ngay-sinh"):
        browser.get(page)
        assert "Giấy tờ chỉ ghi năm sinh: xin ghi ngày 1 tháng 1 của năm ấy." in browser.page.text


def test_an_unknown_login_gets_the_same_pages(browser: Browser, wards: FakeWards) -> None:
    pages = []
    for login in ("0905123456", "0905999888"):
        ask(browser, login)
        assert browser.response.status_code == 303
        browser.follow()
        pages.append(browser.page.text)
    assert pages[0] == pages[1]
    asked = [one.ward for one in wards.asked if one.rpc == "RequestRecovery"]
    assert asked == 2 * list(wards.district.wards)


def test_a_wrong_code_loses_neither_code_nor_password(browser: Browser, wards: FakeWards) -> None:
    ask(browser)
    browser.follow()
    browser.post("/quen-mat-khau/ma-xac-nhan", otp="111111", new_password=NEW)
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-otp")
    assert browser.page.all("input", value="111111")
    assert NEW not in browser.response.get_data(as_text=True)
    browser.post("/quen-mat-khau/ma-xac-nhan", otp=OTP, new_password="", kept=browser.page.hidden("kept"))
    assert browser.response.status_code == 303
    assert requests(wards, "RecoverAccount")[-1].new_password == NEW


def test_a_bad_password_and_what_is_left_out_are_told_at_their_fields(browser: Browser) -> None:
    ask(browser)
    browser.follow()
    browser.post("/quen-mat-khau/ma-xac-nhan", otp=OTP, new_password="ngắn")
    assert browser.page.all("a", href="#f-new-password")
    browser.post("/quen-mat-khau/ma-xac-nhan", otp="", new_password="")
    assert browser.page.all("a", href="#f-otp")
    assert browser.page.all("a", href="#f-new-password")
    browser.get("/quen-mat-khau")
    browser.post("/quen-mat-khau", login="")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-login")
    assert browser.page.all("a", href="#f-date-of-birth-day")


def test_another_code_is_asked_for_with_what_was_typed_before(browser: Browser, wards: FakeWards) -> None:
    ask(browser)
    browser.follow()
    browser.post("/quen-mat-khau/ma-khac")
    browser.follow()
    first, *others = requests(wards, "RequestRecovery")
    assert others == (2 * len(wards.district.wards) - 1) * [first]
    assert (first.login, first.date_of_birth) == ("0905123456", "1956-03-27")
    wards.answers("RequestRecovery", Refusal(Kind.THROTTLED, "too-many-codes", "Xin chờ 40 phút.", retry_after=2400))
    browser.post("/quen-mat-khau/ma-khac")
    browser.follow()
    assert "Xin chờ 40 phút." in browser.page.text


def test_another_code_takes_a_kept_password_along_with_a_word(browser: Browser) -> None:
    ask(browser)
    browser.follow()
    browser.post("/quen-mat-khau/ma-xac-nhan", otp="111111", new_password=NEW)
    (form,) = browser.page.all("form", action="/quen-mat-khau/ma-khac")
    browser.post(form["action"], retyped=browser.page.hidden("retyped"))
    assert "xin gõ lại cùng với mã" in browser.follow().text
    browser.post("/quen-mat-khau/ma-khac")
    assert "xin gõ lại" not in browser.follow().text


def test_wards_that_do_not_answer_are_named_to_everybody(browser: Browser, wards: FakeWards) -> None:
    wards.down.add("20227")
    texts = []
    for login in ("0905123456", "0905999888"):
        ask(browser, login)
        browser.follow()
        assert "Chưa nhận được trả lời của: Phường Thanh Bình" in browser.page.text
        texts.append(browser.page.text)
    assert texts[0] == texts[1]


def test_a_code_and_a_password_stay_where_a_ward_does_not_answer_at_the_end(browser: Browser, wards: FakeWards) -> None:
    ask(browser)
    browser.follow()
    wards.answers("RecoverAccount", Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời."))
    browser.post("/quen-mat-khau/ma-xac-nhan", otp=OTP, new_password=NEW)
    assert browser.response.status_code == 422
    assert "mã chưa đúng, hoặc tài khoản ở nơi chưa trả lời" in browser.page.text
    assert browser.page.all("input", value=OTP)
    assert browser.page.hidden("kept")


def test_nothing_of_it_stays_readable_in_the_browser(browser: Browser) -> None:
    ask(browser)
    cookie = browser.response.headers["Set-Cookie"]
    assert "0905123456" not in cookie
    assert "20248" not in cookie


def test_the_next_person_at_the_computer_finds_nothing_of_it(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(browser)
    browser.get("/quen-mat-khau")
    assert browser.page.all("input", value="0905123456")
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 901)
    browser.get("/quen-mat-khau")
    assert not browser.page.all("input", value="0905123456")
    browser.get("/quen-mat-khau/ma-xac-nhan")
    assert browser.response.headers["Location"] == "/quen-mat-khau"


def test_a_stations_computer_forgets_it_when_it_is_left(kiosk: Browser) -> None:
    ask(kiosk)
    kiosk.follow()
    check(kiosk)
    assert kiosk.page.all("meta", **{"http-equiv": "refresh"}), "without script"
    kiosk.client.post("/kiosk/ket-thuc")
    kiosk.get("/quen-mat-khau")
    assert not kiosk.page.all("input", value="0905123456")


# One's own account


def test_the_account_shows_its_level_and_what_can_be_changed(browser: Browser, ward: Ward) -> None:
    browser.sign_in()
    browser.get("/tai-khoan")
    assert "Mức 1: tự khai" in browser.page.text
    assert "Cả hai mức đều nộp được mọi thủ tục" in browser.page.text
    for address in ("dien-thoai", "thu-dien-tu", "noi-o", "mat-khau"):
        assert browser.page.all("a", href=f"/tai-khoan/{address}")
    ward.people["0905123456"].identity_level = 2
    browser.get("/tai-khoan")
    assert "Mức 2: cán bộ đã xem bản chính" in browser.page.text


def test_only_residents_can_change_anything_there(browser: Browser) -> None:
    browser.sign_in("tinhnguyen.nam-duong")
    browser.get("/tai-khoan")
    assert not browser.page.all("a", href="/tai-khoan/dien-thoai")
    assert "Mức" not in browser.page.text
    browser.get("/tai-khoan/dien-thoai")
    assert browser.response.status_code == 403


def test_a_phone_changes_with_two_codes(browser: Browser, wards: FakeWards) -> None:
    browser.sign_in()
    browser.get("/tai-khoan/dien-thoai")
    check(browser)
    for typed, fault in (
        ({"phone": "", "password": PASSWORD}, "#f-phone"),
        ({"phone": "0905 777 888", "password": ""}, "#f-password"),
        ({"phone": "12", "password": PASSWORD}, "#f-phone"),
        ({"phone": "0905 777 888", "password": "sai"}, "#f-password"),
    ):
        browser.post("/tai-khoan/dien-thoai", **typed)
        assert browser.response.status_code == 422
        assert browser.page.all("a", href=fault)
        assert browser.page.all("input", name="phone", value=typed["phone"]) or not typed["phone"]
    browser.post("/tai-khoan/dien-thoai", phone="0905 777 888", password=PASSWORD)
    browser.follow()
    check(browser)
    assert "•••••••456" in browser.page.text
    assert "•••••••888" in browser.page.text
    browser.post("/tai-khoan/dien-thoai/ma-xac-nhan", old_otp="", new_otp=" ")
    assert [bool(browser.page.all("a", href=f"#f-{name}")) for name in ("old-otp", "new-otp")] == [True, True]
    assert "Xin ghi mã gửi đến số mới." in browser.page.text
    assert not requests(wards, "ChangePhone")
    browser.post("/tai-khoan/dien-thoai/ma-xac-nhan", old_otp=OTP, new_otp="111111")
    assert browser.page.all("a", href="#f-new-otp")
    assert browser.page.all("input", name="old_otp", value=OTP), "the right one stays"
    browser.post("/tai-khoan/dien-thoai/ma-xac-nhan", old_otp=OTP, new_otp=OTP)
    browser.follow()
    assert "số mới thì từ nay ai cũng đăng nhập bằng số giấy tờ tùy thân" in browser.page.text
    assert "Trong 24 giờ tới chưa nộp được hồ sơ" in browser.page.text
    assert "Nộp hồ sơ được từ" in browser.page.text
    for send in (browser.get, browser.post):  # by the back button, and from another tab
        browser.get("/tai-khoan")
        send("/tai-khoan/dien-thoai/ma-xac-nhan")
        assert browser.response.headers["Location"] == "/tai-khoan/dien-thoai"
        assert "Đổi xong rồi thì số mới đã ghi trong tài khoản" in browser.follow().text


def test_codes_that_no_longer_work_lead_back_with_the_reason(browser: Browser, wards: FakeWards) -> None:
    browser.sign_in()
    browser.get("/tai-khoan/dien-thoai")
    browser.post("/tai-khoan/dien-thoai", phone="0905 777 888", password=PASSWORD)
    browser.follow()
    wards.answers("ChangePhone", conflict("code-expired", "Mã đã hết hạn. Xin yêu cầu mã mới."))
    browser.post("/tai-khoan/dien-thoai/ma-xac-nhan", old_otp=OTP, new_otp=OTP)
    browser.follow()
    assert browser.page.headings == ["Đổi số điện thoại"]
    assert "Mã đã hết hạn." in browser.page.text


@pytest.mark.parametrize(
    ("address", "field", "value", "rpc"),
    [
        ("thu-dien-tu", "email", "moi@example.com", "ChangeEmail"),
        ("thu-dien-tu", "email", "", "ChangeEmail"),
        ("noi-o", "address", "7 Lê Đình Dương, tổ 5", "ChangeAddress"),
    ],
)
def test_email_and_address_change_with_the_password(
    browser: Browser, wards: FakeWards, address: str, field: str, value: str, rpc: str
) -> None:
    browser.sign_in()
    browser.get(f"/tai-khoan/{address}")
    check(browser)
    for password in ("", "sai"):
        browser.post(f"/tai-khoan/{address}", **{field: value, "password": password})
        assert browser.response.status_code == 422
        assert browser.page.all("a", href="#f-password")
        assert value == "" or browser.page.all("input", name=field, value=value)
    browser.post(f"/tai-khoan/{address}", **{field: value, "password": PASSWORD})
    assert getattr(requests(wards, rpc)[-1], field) == value
    browser.follow()
    assert browser.page.headings == ["Tài khoản của tôi"]


def test_an_email_address_that_was_emptied_is_said_to_be_gone(browser: Browser, ward: Ward) -> None:
    browser.sign_in()
    ward.people["0905123456"].email = "bong@example.com"
    browser.get("/tai-khoan/thu-dien-tu")
    browser.post("/tai-khoan/thu-dien-tu", email="", password=PASSWORD)
    browser.follow()
    assert "Đã bỏ địa chỉ thư điện tử." in browser.page.text
    assert "Đã ghi địa chỉ thư điện tử." not in browser.page.text


@pytest.mark.parametrize(("address", "field"), [("thu-dien-tu", "email"), ("noi-o", "address")])
def test_what_is_sent_as_it_came_is_not_said_to_be_saved(
    browser: Browser, ward: Ward, address: str, field: str
) -> None:
    browser.sign_in()
    browser.get(f"/tai-khoan/{address}")
    shown = browser.page.hidden("shown")
    browser.post(f"/tai-khoan/{address}", **{field: shown, "shown": shown, "password": PASSWORD})
    if shown or field == "email":
        browser.follow()
        assert "Chưa có gì thay đổi" in browser.page.text


def test_what_another_tab_has_saved_is_said_before_it_is_overwritten(browser: Browser, wards: FakeWards) -> None:
    browser.sign_in()
    browser.get("/tai-khoan/noi-o")
    before = {"shown": "9 Trần Phú", "password": PASSWORD}
    browser.post("/tai-khoan/noi-o", address="7 Lê Đình Dương", **before)
    assert browser.response.status_code == 422
    assert "vừa được đổi ở nơi khác" in browser.page.text
    assert browser.page.all("input", name="address", value="7 Lê Đình Dương")
    assert not requests(wards, "ChangeAddress")
    shown = browser.page.hidden("shown")
    browser.post("/tai-khoan/noi-o", address="7 Lê Đình Dương", shown=shown, password=PASSWORD)
    assert browser.response.status_code == 303
    assert len(requests(wards, "ChangeAddress")) == 1


def test_what_cannot_be_kept_is_told_at_its_field(browser: Browser, wards: FakeWards) -> None:
    browser.sign_in()
    browser.get("/tai-khoan/thu-dien-tu")
    wards.answers("ChangeEmail", invalid("invalid-account", "Sai.", FieldFault("email", "Địa chỉ chưa đủ.")))
    browser.post("/tai-khoan/thu-dien-tu", email="moi", password=PASSWORD)
    assert "Địa chỉ chưa đủ." in browser.page.text
    assert browser.page.all("a", href="#f-email")


# At the desk

NUMBER = "048156000123"
SEEN = {"identity_kind": "cccd", "identity_number": NUMBER, "original_seen": "yes"}


def at_desk(browser: Browser) -> str:
    """The address of the account, found by its number."""
    browser.sign_in("motcua.nam-duong")
    assert browser.page.all("a", href="/can-bo/tai-khoan")
    browser.get("/can-bo/tai-khoan")
    browser.post("/can-bo/tai-khoan", identity_kind="cccd", identity_number=NUMBER)
    where = str(browser.response.headers["Location"])
    assert NUMBER not in where
    browser.follow()
    check(browser)
    return where


def test_every_reason_to_close_an_account_has_its_words() -> None:
    assert tuple(CLOSINGS) == REASONS


def test_an_account_is_found_by_the_number_on_the_original(browser: Browser) -> None:
    browser.sign_in("motcua.nam-duong")
    browser.get("/can-bo/tai-khoan")
    check(browser)
    browser.post("/can-bo/tai-khoan", identity_kind="", identity_number="")
    assert browser.page.all("a", href="#f-identity-number")
    browser.post("/can-bo/tai-khoan", identity_kind="cccd", identity_number="048156000999")
    assert "Không có tài khoản nào mang số giấy tờ này." in browser.page.text
    assert browser.page.all("input", value="048156000999")


def test_the_desk_sees_whose_account_it_is_and_its_level(browser: Browser) -> None:
    at_desk(browser)
    assert browser.page.headings == ["Trần Thị Bông"]
    assert "Mức 1: tự khai" in browser.page.text


def test_the_level_is_raised_with_the_original_seen(browser: Browser, wards: FakeWards) -> None:
    where = at_desk(browser)
    browser.get(f"{where}/xac-nhan")
    check(browser)
    assert "Tôi đã xem bản chính còn giá trị sử dụng, ảnh và người trước mặt là một" in browser.page.text
    assert "sau ngày 31/12/2024 có thể không còn giá trị" in browser.page.text, "of a CMND"
    browser.post(f"{where}/xac-nhan", **(SEEN | {"original_seen": ""}))
    assert browser.page.all("a", href="#original-seen")
    check(browser)
    browser.post(f"{where}/xac-nhan", **(SEEN | {"identity_number": "048156000999"}))
    assert "Số trên bản chính không khớp." in browser.page.text
    assert requests(wards, "ConfirmIdentity")[-1].original_seen
    browser.post(f"{where}/xac-nhan", **SEEN)
    browser.follow()
    check(browser)
    assert "Mức 2: cán bộ đã xem bản chính giấy tờ tùy thân" in browser.page.text
    assert "Căn cước công dân – Lê Thị Hoa" in browser.page.text
    assert not browser.page.all("a", href=f"{where}/xac-nhan")


@pytest.mark.parametrize("drops", [{}, {"without_email": "yes"}])
def test_a_lost_phone_is_replaced_with_a_code_to_the_new_and_a_strange_email_with_it(
    browser: Browser, wards: FakeWards, drops: dict[str, str]
) -> None:
    where = at_desk(browser)
    browser.get(f"{where}/doi-dien-thoai")
    check(browser)
    assert "Số mà người dân đang cầm trên tay." in browser.page.text
    assert "Số di động của chính ông/bà." not in browser.page.text, "nobody means the officer's own"
    browser.post(f"{where}/doi-dien-thoai", **SEEN, phone="")
    assert browser.page.all("a", href="#f-phone")
    assert "b•••@example.com" in browser.page.text
    browser.post(f"{where}/doi-dien-thoai", **SEEN, phone="0905 777 888", **drops)
    browser.follow()
    check(browser)
    browser.post(f"{where}/ma-xac-nhan", otp="111111")
    assert browser.page.all("a", href="#f-otp")
    browser.post(f"{where}/ma-xac-nhan", otp=OTP)
    assert requests(wards, "ReplacePhone")[-1].remove_email == bool(drops)
    browser.follow()
    assert "•••••••888" in browser.page.text
    for send in (browser.get, browser.post):  # by the back button, and from another tab
        browser.get(where)
        send(f"{where}/ma-xac-nhan")
        assert browser.response.headers["Location"] == f"{where}/doi-dien-thoai"
        assert "Đổi xong rồi thì số mới đã ghi trong tài khoản" in browser.follow().text


def test_a_phone_that_is_changed_already_leads_on_and_not_to_its_beginning(browser: Browser, wards: FakeWards) -> None:
    where = at_desk(browser)
    browser.get(f"{where}/doi-dien-thoai")
    browser.post(f"{where}/doi-dien-thoai", **SEEN, phone="0905 777 888")
    browser.follow()
    done = conflict("code-used", "Số điện thoại này đã được ghi rồi.")
    wards.answers("ReplacePhone", done)
    browser.post(f"{where}/ma-xac-nhan", otp=OTP)
    assert browser.response.headers["Location"] == where
    assert "đã được ghi rồi" in browser.follow().text
    browser.signed_in()
    browser.get("/tai-khoan/dien-thoai")
    browser.post("/tai-khoan/dien-thoai", phone="0905 777 888", password=PASSWORD)
    browser.follow()
    wards.answers("ChangePhone", done)
    browser.post("/tai-khoan/dien-thoai/ma-xac-nhan", old_otp=OTP, new_otp=OTP)
    assert browser.response.headers["Location"] == "/tai-khoan"
    assert "đã được ghi rồi" in browser.follow().text


def test_codes_that_were_asked_for_a_quarter_of_an_hour_ago_are_nobodys_any_more(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.sign_in()
    browser.get("/tai-khoan/dien-thoai")
    browser.post("/tai-khoan/dien-thoai", phone="0905 777 888", password=PASSWORD)
    assert browser.get("/tai-khoan/dien-thoai/ma-xac-nhan").headings == ["Nhập hai mã vừa gửi"]
    monkeypatch.setattr(kept, "time", SimpleNamespace(time=lambda: time.time() + 901))
    browser.get("/tai-khoan/dien-thoai/ma-xac-nhan")
    assert browser.response.headers["Location"] == "/tai-khoan/dien-thoai"


@pytest.mark.parametrize(
    ("reason", "done"),
    [
        ("opened-by-other", "Số giấy tờ này mở được tài khoản mới ở mọi phường"),
        ("second-account", "Người ấy đăng nhập tài khoản kia như trước."),
    ],
)
def test_an_account_is_closed_for_the_reason_that_the_officer_chooses(
    browser: Browser, wards: FakeWards, reason: str, done: str
) -> None:
    where = at_desk(browser)
    browser.get(f"{where}/dong")
    check(browser)
    assert not browser.page.all("input", name="reason", checked=""), "neither is the usual one"
    browser.post(f"{where}/dong", **SEEN)
    check(browser)
    assert browser.page.all("a", href="#f-reason")
    assert "Xin chọn lý do đóng tài khoản này." in browser.page.text
    assert browser.page.all("input", name="identity_number", value=NUMBER)
    assert not requests(wards, "CloseAccount")
    browser.post(f"{where}/dong", **SEEN, reason=reason)
    assert [sent.reason for sent in requests(wards, "CloseAccount")] == [reason]
    browser.follow()
    assert done in browser.page.text
    assert f"Lý do: {CLOSINGS[reason]}" in browser.page.text
    assert "Đã đóng" in browser.page.text
    assert not browser.page.all("a", href=f"{where}/dong")
    browser.get(f"{where}/mo-lai")
    assert browser.response.status_code == 404


@pytest.mark.parametrize("login", ["0905123456", "tinhnguyen.nam-duong", "quantri.nam-duong", "chutich.nam-duong"])
def test_nobody_else_comes_to_the_desks_pages(browser: Browser, login: str) -> None:
    browser.signed_in(login)
    browser.get("/can-bo/tai-khoan")
    assert browser.response.status_code == 403


def test_a_signer_has_no_way_there(browser: Browser) -> None:
    browser.sign_in("chutich.nam-duong")
    assert not browser.page.all("a", href="/can-bo/tai-khoan")


# Filing


def test_a_filing_that_has_to_wait_says_until_when_and_loses_nothing(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    draft = a_full_draft(ward)
    browser.sign_in()
    for page in ("to-khai", "kiem-tra"):
        assert "mới nộp được" not in browser.get(f"{draft}/{page}").text
    ward.people["0905123456"].filing_from.FromJsonString("2020-10-07T02:00:00Z")
    for page in ("to-khai", "kiem-tra"):
        assert "ngày 07/10/2020 mới nộp được" in browser.get(f"{draft}/{page}").text, "before it is refused"
        check(browser)
    text = "Số điện thoại của tài khoản vừa đổi. Để giữ an toàn, từ 9 giờ 00 ngày 07/10/2020 mới nộp hồ sơ được."
    wards.answers("RequestConfirmation", conflict("phone-just-changed", text))
    browser.get(f"{draft}/kiem-tra")
    browser.post(f"{draft}/kiem-tra", declared="yes")
    assert browser.response.status_code == 422
    assert "từ 9 giờ 00 ngày 07/10/2020 mới nộp hồ sơ được" in browser.page.text
    check(browser)
    (kept,) = ward.dossiers.values()
    assert kept.status == 0
