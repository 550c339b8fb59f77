"""Opening an account, one question a page: nothing typed is lost, and nothing of it is left."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask import Flask
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.pages.names import capitals
from gateway.pages.own_questions import OPENING
from gateway.pages.typed import COOKIE
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.test_leaving import leave, ways
from tests.unit.gateway_pages.ward import OTP, PASSWORD, Ward

START = "/phuong/nam-duong/mo-tai-khoan"
ANSWERS: dict[str, dict[str, str]] = {
    "ho-ten": {"full_name": "Trần Thị Bông"},
    "ngay-sinh": {"date_of_birth-day": "27", "date_of_birth-month": "3", "date_of_birth-year": "1956"},
    "loai-giay-to": {"identity_kind": "cccd"},
    "so-giay-to": {"identity_number": "048 056 000123"},
    "dien-thoai": {"phone": "0905 123 456"},
    "thu-dien-tu": {"email": ""},
    "noi-o": {"address": "12 Lê Đình Dương"},
}
AWAY = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Phường chưa trả lời.")


def answer(browser: Browser, name: str, **others: str) -> None:
    """Opens a question, answers it and presses the button."""
    browser.get(f"{START}/{name}")
    browser.post(f"{START}/{name}", **{**ANSWERS[name], **others})


def answer_all(browser: Browser, start: str = START) -> None:
    """Each button leads to the next question, the last to the check, which is shown; the others need not be."""
    token = browser.get(f"{start}/ho-ten").hidden("csrf_token")
    for (name, fields), after in zip(ANSWERS.items(), [*ANSWERS, "kiem-tra"][1:], strict=True):
        browser.show(browser.client.post(f"{start}/{name}", data={"csrf_token": token, **fields}))
        assert browser.response.headers["Location"] == f"{start}/{after}"
    browser.follow()


def correct(browser: Browser, question: str, **fields: str) -> None:
    """Answers a question anew from the page where everything is looked at again."""
    browser.get(f"{START}/{question}?tu=kiem-tra")
    browser.post(f"{START}/{question}", tu="kiem-tra", **fields)
    browser.follow()


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie(COOKIE)
    return found.value if found else ""


def test_an_answer_that_cannot_be_kept_beside_what_is_kept_stays_on_its_page(
    app: Flask, browser: Browser, ward: Ward
) -> None:
    browser.signed_in()
    other = {"/ho-so/x/bo-sung": {"at": time.time(), "values": {"x": "x" * 2700}}}
    sealed = app.extensions["typed"].seal({"who": ward.people["0905123456"].id, "pages": other})
    browser.client.set_cookie(COOKIE, sealed)
    answer(browser, "ho-ten")
    assert browser.response.status_code == 422
    check(browser)
    assert "Chưa lưu được điều vừa nhập" in browser.page.text
    assert browser.page.all("input", name="full_name")[0]["value"] == ANSWERS["ho-ten"]["full_name"]
    assert cookie(browser) == sealed


def test_an_account_is_opened_question_by_question(browser: Browser, wards: FakeWards) -> None:
    browser.get(START)
    (begin,) = browser.page.all("a", **{"class": "govuk-button govuk-button--start"})
    browser.get(begin["href"])
    steps = []
    for name, fields in ANSWERS.items():
        check(browser)
        steps.append(browser.page.text.partition("Mở tài khoản: bước ")[2][:10])
        browser.post(f"{START}/{name}", **fields)
        browser.follow()
    assert steps == [f"{number} trong 10" for number in range(1, 8)]
    check(browser)
    for text in (
        "Trần Thị Bông",
        "27/03/1956",
        "Căn cước công dân (12 số)",
        "048 056 000123",
        "0905 123 456",
        "Không ghi",
    ):
        assert text in browser.page.text
    browser.get(f"{START}/mat-khau")
    check(browser)
    key = browser.page.hidden("key")
    browser.post(f"{START}/mat-khau", key=key, password=PASSWORD)
    asked = wards.asked[-1]
    assert (asked.rpc, asked.idempotency_key, asked.request.date_of_birth) == ("OpenAccount", key, "1956-03-27")
    assert (asked.request.full_name, asked.request.password) == ("Trần Thị Bông", PASSWORD)
    browser.follow()
    check(browser)
    assert "•••••••456" in browser.page.text
    browser.post(f"{START}/ma-xac-nhan", otp="000000")
    assert "Mã chưa đúng" in browser.page.text
    browser.post(f"{START}/ma-xac-nhan", otp="271 828")
    assert not cookie(browser), "nothing is left at the end"
    browser.follow()
    assert "Tài khoản đã mở" in browser.page.text
    assert "Số điện thoại cũng được, nếu không ai khác mở tài khoản bằng số ấy." in browser.page.text
    assert "Người nhà dùng chung số thì từ nay ai cũng đăng nhập bằng số giấy tờ" in browser.page.text
    assert "điền dở" not in browser.get(START).text


@pytest.mark.parametrize(("kind", "warned"), [("cmnd", True), ("cccd", False), ("passport", False)])
def test_who_opens_with_an_old_identity_card_is_warned_and_not_stopped(
    browser: Browser, kind: str, warned: bool
) -> None:
    answer(browser, "loai-giay-to", identity_kind=kind)
    browser.get(f"{START}/so-giay-to")
    assert ("Giấy này có thể đã hết hạn." in browser.page.text) == warned
    if warned:
        answer(browser, "so-giay-to", identity_number="201234567")
        assert browser.response.status_code == 303


def test_the_pages_are_those_of_the_questions(app: Flask) -> None:
    assert list(OPENING) == list(ANSWERS)
    fixed = {
        rule.rule.rpartition("/")[2] for rule in app.url_map.iter_rules() if rule.endpoint.startswith("pages.opening")
    }
    assert not fixed & set(OPENING), "a page of its own would hide the question"


@pytest.mark.parametrize(
    ("name", "wrong", "told"),
    [
        ("ho-ten", {"full_name": "Bông"}, "cả họ và tên"),
        ("ngay-sinh", {"date_of_birth-day": "31", "date_of_birth-month": "2"}, "ngày sinh có thật"),
        ("loai-giay-to", {"identity_kind": ""}, "Xin chọn loại giấy tờ"),
        ("so-giay-to", {"identity_number": "12"}, "gồm đúng 12 chữ số"),
        ("dien-thoai", {"phone": "0236 3821 000"}, "gồm 10 chữ số"),
        ("thu-dien-tu", {"email": "bông"}, "thư điện tử đầy đủ"),
        ("noi-o", {"address": ""}, "Xin nhập nơi ở"),
    ],
)
def test_a_wrong_answer_is_told_at_its_question_and_stays(
    browser: Browser, name: str, wrong: dict[str, str], told: str
) -> None:
    answer(browser, "loai-giay-to")
    answer(browser, name, **wrong)
    page, one = browser.page, OPENING[name]
    assert browser.response.status_code == 422
    assert page.title.strip().startswith("Lỗi:")
    assert page.text.count(told) == 2, "in the summary and at the question"
    assert page.all("a", href=f"#{one.anchor}")
    check(browser)
    shown = {
        tag["name"]: tag["value"] for tag in page.all("input") if tag.get("type", "text") not in ("radio", "hidden")
    }
    typed = {field: text for field, text in wrong.items() if field != "identity_kind"}
    assert {field: shown[field] for field in typed} == typed
    browser.get(f"{START}/{name}")
    kept = {tag["name"]: tag.get("value", "") for tag in browser.page.all("input")}
    assert {field: kept[field] for field in typed} == typed


def test_answers_are_counted_and_a_flood_of_them_reaches_no_ward(
    browser: Browser, app: Flask, wards: FakeWards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ward judges each answer, and needs to know nobody for that."""
    limited = {"limits_enabled": True, "limit_questions": "3 per minute"}
    monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(update=limited))
    monkeypatch.setitem(app.extensions, "limits", MovingWindowRateLimiter(MemoryStorage()))
    statuses = []
    for _ in range(4):
        answer(browser, "ho-ten")
        statuses.append(browser.response.status_code)
    assert statuses == [303, 303, 303, 422]
    assert "Vừa có quá nhiều yêu cầu liên tiếp" in browser.page.text
    assert 'value="Trần Thị Bông"' in browser.response.get_data(as_text=True), "what was typed is still there"
    assert sum(one.rpc == "VerifyApplication" for one in wards.asked) == 3


def test_the_number_is_asked_in_the_words_of_the_paper(browser: Browser) -> None:
    for kind, words in (("cccd", "Số căn cước"), ("cmnd", "Số chứng minh nhân dân"), ("passport", "Số hộ chiếu")):
        answer(browser, "loai-giay-to", identity_kind=kind)
        assert browser.follow().headings[0].strip() == words


def test_an_answer_that_is_changed_comes_straight_back_to_the_check(browser: Browser) -> None:
    answer_all(browser)
    for link in browser.page.all("a"):
        if "tu=kiem-tra" in link.get("href", ""):
            assert browser.get(link["href"]).hidden("tu") == "kiem-tra"
    correct(browser, "noi-o", address="14 Lê Đình Dương")
    assert browser.response.request.path == f"{START}/kiem-tra"
    assert "14 Lê Đình Dương" in browser.page.text


def test_another_kind_of_paper_asks_for_its_number(browser: Browser) -> None:
    answer_all(browser)
    correct(browser, "loai-giay-to", identity_kind="passport")
    assert browser.page.headings[0].strip() == "Số hộ chiếu"
    browser.post(f"{START}/so-giay-to", tu="kiem-tra", identity_number="C1234567")
    browser.follow()
    assert "C1234567" in browser.page.text


def test_nothing_is_sent_before_every_question_is_answered(browser: Browser, wards: FakeWards) -> None:
    answer(browser, "ho-ten")
    browser.get(f"{START}/kiem-tra")
    check(browser)
    assert browser.page.text.count("Chưa trả lời") == 5
    assert not browser.page.all("a", href=f"{START}/mat-khau")
    browser.get(f"{START}/mat-khau")
    assert browser.response.headers["Location"] == f"{START}/kiem-tra"
    assert {one.rpc for one in wards.asked} == {"VerifyApplication"}


def test_every_link_keeps_what_was_typed_unjudged(browser: Browser, wards: FakeWards) -> None:
    browser.get(f"{START}/dien-thoai")
    there = ways(browser)
    assert {"/dang-nhap", "/theo-doi", f"{START}/so-giay-to"} <= there.keys()
    before = len(wards.asked)
    leave(browser, "/theo-doi", phone="09051")
    assert browser.response.headers["Location"] == "/theo-doi"
    assert len(wards.asked) == before
    browser.get(f"{START}/dien-thoai")
    assert browser.page.all("input", name="phone")[0]["value"] == "09051"


def test_a_person_who_comes_back_continues_or_starts_again(browser: Browser) -> None:
    answer(browser, "ho-ten")
    answer(browser, "ngay-sinh")
    browser.get(START)
    check(browser)
    assert browser.page.all("a", href=f"{START}/loai-giay-to")
    browser.post(START)
    assert not cookie(browser)
    browser.follow()
    assert browser.page.all("input", name="full_name")[0].get("value", "") == ""
    assert "điền dở" not in browser.get(START).text


def test_what_is_kept_is_sealed_and_holds_no_password(browser: Browser) -> None:
    answer_all(browser)
    browser.get(f"{START}/mat-khau")
    before = cookie(browser)
    browser.post(f"{START}/mat-khau", password="ngắn")
    assert "ngắn" not in browser.response.get_data(as_text=True).replace("câu ngắn", "")
    assert cookie(browser) == before
    assert "Bông" not in before
    with browser.client.session_transaction() as held:
        assert PASSWORD not in str(dict(held))
        assert "Bông" not in str(dict(held))


def test_somebody_else_at_the_browser_does_not_see_it(browser: Browser) -> None:
    answer(browser, "ho-ten")
    browser.signed_in()
    browser.get(f"{START}/ho-ten")
    assert "Bông" not in "".join(one.get("value", "") for one in browser.page.all("input", name="full_name"))
    browser.post("/dang-xuat")
    assert not cookie(browser)


def test_an_hour_later_the_next_person_at_the_browser_does_not_see_it(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(browser, "ho-ten")
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 3590)
    assert "điền dở" in browser.get(START).text
    monkeypatch.setattr("time.time", lambda: now + 3610)
    assert "điền dở" not in browser.get(START).text


def test_what_a_stranger_typed_ends_where_somebody_signs_in(browser: Browser) -> None:
    """Otherwise the next person would find it."""
    answer(browser, "ho-ten")
    browser.get("/dang-nhap")
    browser.post("/dang-nhap", login="0905123456", password=PASSWORD)
    assert browser.response.status_code == 303
    assert not cookie(browser)


def test_too_much_is_not_kept_and_the_page_says_so(browser: Browser) -> None:
    browser.get(f"{START}/noi-o")
    leave(browser, "/theo-doi", address="x" * 5000)
    assert browser.response.status_code == 422
    assert "Chưa lưu được điều vừa nhập" in browser.page.text
    assert browser.page.all("input", name="address")[0]["value"] == "x" * 5000


def test_a_ward_that_is_away_loses_nothing(browser: Browser, wards: FakeWards) -> None:
    wards.answers("VerifyApplication", AWAY)
    answer(browser, "ho-ten")
    assert browser.response.status_code == 422
    assert "Phường chưa trả lời." in browser.page.text
    browser.get(f"{START}/ho-ten")
    assert browser.page.all("input", name="full_name")[0]["value"] == "Trần Thị Bông"


@pytest.mark.parametrize(
    ("refusal", "told", "at"),
    [
        (Refusal(Kind.EXISTS, "account-exists", "Số giấy tờ này đã có tài khoản."), "đã có tài khoản", ""),
        (Refusal(Kind.UNAVAILABLE, "code-not-sent", "Chưa gửi được tin nhắn."), "Chưa gửi được", ""),
        (
            invalid("invalid-account", "Sai.", FieldFault("phone", "Số chưa đúng.")),
            "Số chưa đúng.",
            f"{START}/dien-thoai?tu=kiem-tra",
        ),
        (invalid("invalid-account", "Sai.", FieldFault("password", "Dài hơn.")), "Dài hơn.", "#f-password"),
    ],
)
def test_what_is_refused_at_the_end_is_told_with_the_way_to_mend_it(
    browser: Browser, wards: FakeWards, refusal: Refusal, told: str, at: str
) -> None:
    answer_all(browser)
    wards.answers("OpenAccount", refusal)
    browser.get(f"{START}/mat-khau")
    browser.post(f"{START}/mat-khau", password=PASSWORD)
    assert browser.response.status_code == 422
    assert told in browser.page.text
    assert not at or browser.page.all("a", href=at)
    check(browser)


def test_a_wrong_phone_is_corrected_from_the_page_of_the_code(browser: Browser) -> None:
    answer_all(browser)
    browser.get(f"{START}/mat-khau")
    browser.post(f"{START}/mat-khau", password=PASSWORD)
    browser.follow()
    browser.get(f"{START}/dien-thoai?tu=kiem-tra")
    browser.post(f"{START}/dien-thoai", tu="kiem-tra", phone="0905 123 457")
    assert "0905 123 457" in browser.follow().text


def _send(browser: Browser) -> None:
    """All is answered and sent; the page of the code is shown."""
    answer_all(browser)
    browser.get(f"{START}/mat-khau")
    browser.post(f"{START}/mat-khau", password=PASSWORD)
    browser.follow()


@pytest.mark.parametrize("page", ["kiem-tra", "mat-khau", "ma-xac-nhan"])
def test_who_goes_back_after_the_end_is_told_that_the_account_is_open(browser: Browser, page: str) -> None:
    _send(browser)
    browser.post(f"{START}/ma-xac-nhan", otp=OTP)
    browser.get(f"{START}/{page}")
    assert "Tài khoản đã mở" in browser.follow().text


@pytest.mark.parametrize("page", ["mat-khau", "ma-xac-nhan", "ma-khac"])
def test_a_second_tab_that_is_late_is_told_that_the_account_is_open(
    browser: Browser, wards: FakeWards, page: str
) -> None:
    _send(browser)
    browser.post(f"{START}/ma-xac-nhan", otp=OTP)
    asked = len(wards.asked)
    browser.get(START)
    browser.get("/dang-nhap")
    browser.post(f"{START}/{page}", password=PASSWORD, otp=OTP)
    assert "Tài khoản đã mở" in browser.follow().text
    assert not {one.rpc for one in wards.asked[asked:]} & {"OpenAccount", "ActivateAccount", "ResendActivationCode"}


def test_where_no_account_waits_for_a_code_the_page_says_so(browser: Browser) -> None:
    for page in ("ma-xac-nhan", "xong"):
        browser.get(f"{START}/{page}")
        assert browser.response.headers["Location"] == START
        assert "không có tài khoản nào đang chờ mã" in browser.follow().text


def test_a_code_that_is_asked_for_too_soon_leaves_the_page_of_the_first(browser: Browser, wards: FakeWards) -> None:
    _send(browser)
    wards.answers("ResendActivationCode", Refusal(Kind.THROTTLED, "too-many-codes", "Xin chờ 1 phút.", retry_after=60))
    browser.post(f"{START}/ma-khac")
    page = browser.follow()
    assert "Xin chờ 1 phút." in page.text
    assert "Mã gửi trước không còn dùng được." not in page.text
    assert page.all("input", name="otp")


# At a station's computer


def test_a_station_s_computer_asks_before_it_ends_and_then_keeps_nothing(kiosk: Browser) -> None:
    kiosk.get(f"{START}/ho-ten")
    answer(kiosk, "ho-ten")
    kiosk.follow()
    leave(kiosk, "/kiosk/ket-thuc", **ANSWERS["ngay-sinh"])
    assert kiosk.response.status_code == 303
    kiosk.follow()
    assert "Ông/bà chưa mở xong tài khoản" in kiosk.page.text
    assert cookie(kiosk), "not before it is said again"
    kiosk.client.post("/kiosk/ket-thuc")
    assert not cookie(kiosk)


def test_who_walks_away_leaves_nothing(kiosk: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(kiosk, "ho-ten")
    kiosk.follow()
    assert kiosk.page.all("meta", **{"http-equiv": "refresh"}), "without script the page ends by itself"
    assert "máy xóa" in kiosk.page.text
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 200)
    kiosk.get(f"{START}/ho-ten")
    assert not cookie(kiosk)
    assert "Bông" not in kiosk.response.get_data(as_text=True)


def test_the_questions_at_a_station_carry_nothing_in_their_addresses(kiosk: Browser) -> None:
    answer_all(kiosk)
    places: list[Any] = [*kiosk.page.all("a"), *kiosk.page.all("form")]
    assert not [one for one in places if "0905" in str(one) or "%" in one.get("href", "")]


def test_a_name_in_small_letters_is_rewritten_with_the_persons_word_alone(browser: Browser, wards: FakeWards) -> None:
    answer_all(browser)
    assert "Viết lại là" not in browser.page.text
    correct(browser, "ho-ten", full_name="nguyễn thị tư")
    check(browser)
    assert "nguyễn thị tư" in browser.page.text
    assert "Viết lại là Nguyễn Thị Tư" in browser.page.text
    assert browser.page.all("a", href=f"{START}/mat-khau"), "nobody has to"
    browser.post(f"{START}/kiem-tra")
    browser.follow()
    assert "Nguyễn Thị Tư" in browser.page.text
    assert "nguyễn thị tư" not in browser.page.text
    assert "Viết lại là" not in browser.page.text


def test_a_number_of_another_year_is_doubted_where_everything_is_looked_at_again(browser: Browser) -> None:
    answer_all(browser)
    assert "không khớp" not in browser.page.text
    correct(browser, "so-giay-to", identity_number="048158069901")
    check(browser)
    assert "Số căn cước và năm sinh không khớp nhau." in browser.page.text
    assert browser.page.all("a", href=f"{START}/mat-khau")


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [
        ("nguyễn thị tư", "Nguyễn Thị Tư"),
        ("NGUYỄN THỊ TƯ", "Nguyễn Thị Tư"),
        ("Nguyễn thị Tư", "Nguyễn Thị Tư"),
        ("h'hen niê", "H'Hen Niê"),
        ("Nguyễn Thị Tư", ""),
        ("Y-Bhiu Niê", ""),
        ("", ""),
    ],
)
def test_capitals_are_proposed_where_they_are_missing(typed: str, proposed: str) -> None:
    assert capitals(typed) == proposed
