"""A station's computer: its credential and token, the clock, and what is left after signing out."""

from __future__ import annotations

import time
from typing import Any

import pytest
from caunoi.accounts.v1 import stations_pb2 as stations_v1
from flask import Flask
from google.protobuf.message import Message
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.pages import kiosk as pages_kiosk
from gateway.pages.kiosk import COOKIE, USED_COOKIE
from gateway.pages.session import COOKIE as SESSION_COOKIE
from services.chassis.district import District
from services.chassis.refusal import FieldFault, Kind, Refusal
from services.dossiers.views.procedures import procedure as procedure_message
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_full_draft
from tests.unit.gateway_pages.station import CREDENTIAL, TOKEN, put_station
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import TODAY, Ward

REVOKED = Refusal(Kind.UNAUTHENTICATED, "device-not-enrolled", "Máy này chưa được ghi danh.")
AWAY = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.")


@pytest.fixture(autouse=True)
def station(wards: FakeWards) -> None:
    put_station(wards)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the gateway reads: a list of one that the test changes."""
    moment = [time.time()]
    monkeypatch.setattr(time, "time", lambda: moment[0])
    return moment


def enrol(browser: Browser, code: str = "tryme-ksk22", ward: str = "nam-duong") -> None:
    browser.get("/kiosk/ghi-danh")
    browser.post("/kiosk/ghi-danh", phuong=ward, code=code)


def cookies(browser: Browser) -> set[str]:
    return {name for name in (SESSION_COOKIE, COOKIE, USED_COOKIE) if browser.client.get_cookie(name)}


def is_kiosk_page(browser: Browser) -> bool:
    return "app-kiosk" in browser.page.all("body")[0]["class"]


def asked(wards: FakeWards, rpc: str) -> list[tuple[str, str]]:
    """Person's and computer's token of each call."""
    return [(one.token, one.kiosk) for one in wards.asked if one.rpc == rpc]


# Enrolling


def test_a_code_makes_the_browser_a_stations_computer(browser: Browser, wards: FakeWards) -> None:
    browser.sign_in()
    assert not is_kiosk_page(browser)
    enrol(browser)
    browser.follow()
    assert is_kiosk_page(browser)
    assert "Trạm tổ 3" in browser.page.text
    (enrolled,) = [one for one in wards.asked if one.rpc == "EnrolDevice"]
    assert (enrolled.ward, enrolled.request.code, enrolled.request.kind) == (NAM_DUONG, "tryme-ksk22", "kiosk")
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie is not None
    assert (cookie.value, cookie.http_only, cookie.same_site, cookie.max_age) == (CREDENTIAL, True, "Lax", 31536000)
    browser.get("/ho-so")
    assert browser.response.headers["Location"].startswith("/kiosk")  # who set it up is not signed in there


def test_a_code_that_is_refused_is_told_beside_its_field(browser: Browser, wards: FakeWards) -> None:
    wards.answers("EnrolDevice", Refusal(Kind.INVALID, "wrong-code", "Sai.", fields=(FieldFault("code", "Mã sai."),)))
    enrol(browser)
    assert browser.response.status_code == 422
    assert "Mã sai." in browser.page.text
    wards.answers("EnrolDevice", Refusal(Kind.CONFLICT, "code-used", "Mã này đã dùng rồi."))
    enrol(browser)
    assert "Mã này đã dùng rồi." in browser.page.text
    enrol(browser, code="", ward="")
    assert ("Xin chọn phường" in browser.page.text, "Xin nhập mã" in browser.page.text) == (True, True)
    assert cookies(browser) == {SESSION_COOKIE}


def test_its_start_page_says_what_is_not_taken_online_as_it_is_now(
    kiosk: Browser, wards: FakeWards, ward: Ward, district: District
) -> None:
    """NĐ 87/2020 Đ24.3: a version of a procedure is kept from before, and says nothing of the ward's list of today."""
    address = district.wards[NAM_DUONG].office.address
    kiosk.get("/kiosk")
    said = f"Bộ phận Một cửa phường Nam Dương: {address}"
    assert ("(chưa nhận qua mạng)" in kiosk.page.text, kiosk.page.text.count(said)) == (False, 1), "at the foot"

    def closed(_: str, request: Any) -> Any:
        found = ward.rpc_list_procedures(request)
        for each in found.procedures:
            each.not_online = each.code == "1.001193"
        return found

    wards.answers("ListProcedures", closed)
    kiosk.get("/kiosk")
    check(kiosk)
    assert kiosk.page.text.count("(chưa nhận qua mạng)") == 1
    assert kiosk.page.text.count("hoặc gửi qua bưu chính") == 1
    assert kiosk.page.text.count(said) == 2
    assert "Giấy chứng sinh" in kiosk.page.text, "what to bring there"


# Its token


def test_the_computers_token_goes_beside_the_persons_own_and_is_got_once(kiosk: Browser, wards: FakeWards) -> None:
    kiosk.sign_in()
    assert {beside for _, beside in asked(wards, "ListProcedures")} <= {TOKEN}
    kiosk.get("/phuong/nam-duong")
    token, beside = asked(wards, "ListProcedures")[-1]
    assert (bool(token), beside) == (True, TOKEN)
    assert len(asked(wards, "OpenDeviceSession")) == 1


def test_the_token_is_renewed_before_it_ends(kiosk: Browser, wards: FakeWards, now: list[float]) -> None:
    kiosk.get("/kiosk")
    now[0] += 530
    kiosk.get("/kiosk")
    assert len(asked(wards, "OpenDeviceSession")) == 1
    now[0] += 20
    kiosk.get("/kiosk")
    assert len(asked(wards, "OpenDeviceSession")) == 2


EXPIRED = Refusal(Kind.UNAUTHENTICATED, "kiosk-token-expired", "Mã của máy đã hết hạn. Xin thử lại.")


def test_a_token_that_the_ward_does_not_take_any_more_is_renewed_within_the_request(
    kiosk: Browser, wards: FakeWards
) -> None:
    kiosk.sign_in()
    procedures = wards.scripts["ListProcedures"]

    def once(ward: str, request: object) -> Message:
        wards.scripts["ListProcedures"] = procedures
        raise EXPIRED

    wards.scripts["ListProcedures"] = once
    before = len(asked(wards, "OpenDeviceSession"))
    kiosk.get("/phuong/nam-duong")
    assert (kiosk.response.status_code, len(asked(wards, "OpenDeviceSession"))) == (200, before + 1)


def test_a_person_stays_signed_in_if_the_computers_token_is_refused_again(kiosk: Browser, wards: FakeWards) -> None:
    kiosk.sign_in()
    wards.answers("GetConsentText", EXPIRED)
    kiosk.get("/huong-dan")
    assert (kiosk.response.status_code, EXPIRED.text in kiosk.page.text) == (401, True)
    assert SESSION_COOKIE in cookies(kiosk)
    kiosk.get("/phuong/nam-duong")
    token, _ = asked(wards, "ListProcedures")[-1]
    assert (kiosk.response.status_code, bool(token)) == (200, True)


def test_a_refused_credential_is_not_asked_about_at_each_page(
    browser: Browser, wards: FakeWards, now: list[float]
) -> None:
    wards.answers("OpenDeviceSession", REVOKED)
    for seconds, times in ((0, 1), (20, 1), (11, 2)):
        now[0] += seconds
        browser.client.set_cookie(COOKIE, f"{NAM_DUONG}.guess")
        browser.get("/")
        assert (browser.response.status_code, len(asked(wards, "OpenDeviceSession"))) == (403, times)


def test_at_home_nothing_is_asked_and_pages_stay_as_they_are(browser: Browser, wards: FakeWards) -> None:
    browser.sign_in()
    assert not is_kiosk_page(browser)
    assert browser.page.all("dialog", id="con-do") == [], "the clock of a station's computer"
    assert asked(wards, "OpenDeviceSession") == []
    assert USED_COOKIE not in cookies(browser)
    browser.get("/kiosk")
    assert "chưa được ghi danh" in browser.page.text


def test_a_scanners_credential_makes_no_browser_a_stations_computer(browser: Browser, wards: FakeWards) -> None:
    device = stations_v1.Device(id="d2", kind="scanner", name="Máy quét 1")
    wards.answers("OpenDeviceSession", stations_v1.DeviceSession(token=TOKEN, expires_in=600, device=device))
    browser.client.set_cookie(COOKIE, CREDENTIAL)
    browser.get("/huong-dan")
    assert "không còn là máy của điểm hỗ trợ" in browser.page.text
    assert asked(wards, "GetConsentText") == []
    assert not is_kiosk_page(browser)


def test_a_revoked_computer_says_what_to_do_once_and_forgets_who_was_signed_in(
    kiosk: Browser, wards: FakeWards, now: list[float]
) -> None:
    kiosk.sign_in()
    wards.answers("OpenDeviceSession", REVOKED)
    now[0] += 100
    kiosk.get("/ho-so")
    assert kiosk.response.status_code == 200  # until its token is renewed; what it may start is refused by the ward
    now[0] += 500
    kiosk.get("/ho-so")
    assert kiosk.response.status_code == 403
    assert "không còn là máy của điểm hỗ trợ" in kiosk.page.text
    assert not is_kiosk_page(kiosk)
    assert cookies(kiosk) == set()
    kiosk.get("/")
    assert kiosk.response.status_code == 200


def test_a_credential_that_is_made_up_opens_nothing(browser: Browser, wards: FakeWards) -> None:
    wards.answers("OpenDeviceSession", REVOKED)
    for credential in (f"{NAM_DUONG}.guess", "guess", "99999.guess"):
        browser.client.set_cookie(COOKIE, credential)
        browser.get("/")
        assert (browser.response.status_code, cookies(browser)) == (403, set())


def test_made_up_credentials_are_counted_and_push_out_no_computer(
    kiosk: Browser, wards: FakeWards, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_app = kiosk.client.application.extensions
    limited = {"limits_enabled": True, "limit_device_sessions": "5 per minute"}
    monkeypatch.setitem(of_app, "settings", of_app["settings"].model_copy(update=limited))
    monkeypatch.setitem(of_app, "limits", MovingWindowRateLimiter(MemoryStorage()))
    monkeypatch.setattr(pages_kiosk, "_MOST_KNOWN", 3)
    kiosk.get("/kiosk")
    wards.answers("OpenDeviceSession", REVOKED)
    stranger = kiosk.client.application.test_client()
    statuses = []
    for guess in range(7):
        stranger.set_cookie(COOKIE, f"{NAM_DUONG}.guess-{guess}")
        statuses.append(stranger.get("/kiosk").status_code)
    assert statuses[0] == 403
    assert statuses[-1] == 429
    kiosk.get("/kiosk")
    assert kiosk.response.status_code == 200, "it is still known"


def test_a_computer_stays_shared_while_accounts_is_away(
    kiosk: Browser, app: Flask, wards: FakeWards, now: list[float]
) -> None:
    kiosk.get("/kiosk")
    wards.answers("OpenDeviceSession", AWAY)
    now[0] += 550
    kiosk.get("/phuong/nam-duong")
    assert (is_kiosk_page(kiosk), asked(wards, "ListProcedures")[-1][1]) == (True, TOKEN)
    before = len(asked(wards, "OpenDeviceSession"))
    kiosk.get("/phuong/nam-duong")
    assert len(asked(wards, "OpenDeviceSession")) == before  # not at each page
    now[0] += 60
    kiosk.get("/phuong/nam-duong")
    assert (is_kiosk_page(kiosk), asked(wards, "ListProcedures")[-1][1]) == (True, "")
    assert "Trạm tổ 3" in kiosk.page.text

    app.extensions.pop("kiosks")  # a gateway that has just started
    kiosk.get("/phuong/nam-duong")
    assert (kiosk.response.status_code, is_kiosk_page(kiosk), COOKIE in cookies(kiosk)) == (200, True, True)
    assert asked(wards, "ListProcedures")[-1][1] == ""


# Leaving


def test_the_end_leaves_nothing_but_the_computers_own_cookie(kiosk: Browser, wards: FakeWards) -> None:
    kiosk.sign_in()
    assert cookies(kiosk) == {SESSION_COOKIE, COOKIE, USED_COOKIE}
    kiosk.get("/kiosk/ket-thuc")
    assert (kiosk.response.status_code, asked(wards, "EndSession")) == (200, [])  # it only asks
    kiosk.show(kiosk.client.post("/kiosk/ket-thuc"))  # from a page of any age: no token of the page is needed
    assert kiosk.response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert kiosk.response.headers["Cache-Control"] == "no-store"
    assert 'location.replace("/kiosk")' in kiosk.response.get_data(as_text=True)
    assert cookies(kiosk) == {COOKIE}
    assert len(asked(wards, "EndSession")) == 1
    assert asked(wards, "ClearKiosk") == [(TOKEN, "")]
    kiosk.get("/kiosk")
    assert cookies(kiosk) == {COOKIE}
    kiosk.get("/ho-so")  # by the back button
    assert kiosk.response.headers["Location"] == "/kiosk"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
@pytest.mark.parametrize("path", ["/kiosk/ket-thuc", "/ho-so/nam-duong/x/to-khai/child-name"])
def test_another_site_signs_nobody_out(browser: Browser, headers: dict[str, str], path: str) -> None:
    """Its form comes without our cookies, and the answer must not delete them."""
    for own in (SESSION_COOKIE, COOKIE):
        browser.client.delete_cookie(own)
    browser.show(browser.client.post(path, data={"next": "/kiosk/ket-thuc"}, headers=headers))
    assert "Clear-Site-Data" not in browser.response.headers
    assert not [one for one in browser.response.headers.getlist("Set-Cookie") if "Max-Age=0" in one]


def test_the_end_works_while_the_ward_is_away(kiosk: Browser, wards: FakeWards, log_lines: list[Any]) -> None:
    kiosk.sign_in()
    wards.down.add(NAM_DUONG)
    kiosk.show(kiosk.client.post("/kiosk/ket-thuc"))
    assert (kiosk.response.status_code, cookies(kiosk)) == (200, {COOKIE})
    (line,) = [line for line in log_lines if line["event"] == "kiosk-not-cleared"]
    assert (line["ward"], line["fault"]) == (NAM_DUONG, "temporarily-unavailable")


# The clock


def test_after_three_minutes_nobody_is_signed_in(kiosk: Browser, wards: FakeWards, now: list[float]) -> None:
    kiosk.sign_in()
    now[0] += 184
    kiosk.get("/ho-so")
    assert "Hồ sơ của tôi" in kiosk.page.text
    now[0] += 186
    kiosk.get("/ho-so")
    assert "Đã kết thúc" in kiosk.page.text
    assert cookies(kiosk) == {COOKIE}
    assert (len(asked(wards, "EndSession")), len(asked(wards, "ClearKiosk"))) == (1, 1)


def test_a_picture_or_a_page_that_reloads_by_itself_is_nobodys_doing(kiosk: Browser, now: list[float]) -> None:
    kiosk.sign_in()
    by_itself = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    for headers in ({"Sec-Fetch-Dest": "image"}, {"Sec-Fetch-Dest": "empty"}, by_itself):
        now[0] += 60
        kiosk.show(kiosk.client.get("/ho-so", headers=headers))
        assert "Hồ sơ của tôi" in kiosk.page.text
    now[0] += 6
    kiosk.get("/ho-so")
    assert "Đã kết thúc" in kiosk.page.text


def test_who_types_or_clicks_is_there(kiosk: Browser, now: list[float]) -> None:
    kiosk.sign_in()
    for _ in range(2):
        now[0] += 100
        answer = kiosk.client.post("/kiosk/con-day")
        assert answer.status_code == 204
        now[0] += 80
        clicked = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"}
        kiosk.show(kiosk.client.get("/ho-so", headers=clicked))
        assert "Hồ sơ của tôi" in kiosk.page.text


def test_at_home_nobody_is_forgotten_after_three_minutes(browser: Browser, now: list[float]) -> None:
    browser.sign_in()
    now[0] += 400
    browser.get("/ho-so")
    assert "Hồ sơ của tôi" in browser.page.text


def test_a_page_carries_the_clock_for_its_script_and_without_one(kiosk: Browser) -> None:
    kiosk.sign_in()
    (dialog,) = kiosk.page.all("dialog")
    assert (dialog["data-warn"], dialog["data-wipe"]) == ("120", "180")
    (reload,) = kiosk.page.all("meta", **{"http-equiv": "refresh"})
    assert reload["content"] == "186; url=/kiosk/ket-thuc"


# The pages


OPENING = "/phuong/nam-duong/mo-tai-khoan"


def test_what_to_bring_is_told_before_anybody_signs_in(kiosk: Browser, ward: Ward) -> None:
    kiosk.get("/kiosk")
    told = kiosk.page.text
    for procedure in ward.catalogue.in_force(TODAY):
        shown = procedure_message(procedure)
        assert shown.documents, procedure.code
        for words in (shown.name, shown.before_you_start, *(each.title for each in shown.documents)):
            assert " ".join(words.split()) in told, (procedure.code, words)
    assert "mang theo điện thoại để nhận mã" in told


def test_no_field_lets_the_browser_remember_what_was_typed(kiosk: Browser, ward: Ward) -> None:
    for path in (f"{OPENING}/ho-ten", f"{OPENING}/ngay-sinh", "/dang-nhap", "/theo-doi"):
        kiosk.get(path)
        typed = [one for one in kiosk.page.all("input") if one.get("type", "text") not in ("hidden", "radio")]
        assert typed
        assert {one.get("autocomplete") for one in typed} == {"off"}, path
    kiosk.sign_in()
    where = a_full_draft(ward)
    picked: dict[str, str | None] = {}
    for question in range(1, 8):
        kiosk.get(f"{where}/to-khai/mother?cau={question}")
        picked |= {one["name"]: one.get("autocomplete") for one in kiosk.page.all("select")}
    assert picked == {"mother.ethnicity": "off"}


def test_signing_in_is_explained_for_residents_and_without_words_of_other_computers(kiosk: Browser) -> None:
    kiosk.get("/dang-nhap")
    assert "Đăng xuất" not in kiosk.page.text
    assert "motcua" not in kiosk.page.text
    kiosk.post("/dang-nhap", login="0905123456", password="sai")
    assert "motcua" not in kiosk.page.text


def test_an_error_leads_to_the_start_by_one_way(kiosk: Browser) -> None:
    kiosk.get("/khong-co-trang-nay")
    assert kiosk.page.text.count("Về trang đầu") == 1
    kiosk.sign_in()
    kiosk.get("/khong-co-trang-nay")
    assert kiosk.page.text.count("Về trang đầu") == 1


def test_the_only_navigation_is_the_end(kiosk: Browser) -> None:
    kiosk.sign_in()
    assert [one.get("aria-label") for one in kiosk.page.all("nav")] in ([], ["Trang trước"])
    assert "Đăng xuất" not in kiosk.page.text
    assert kiosk.page.all("form")[0]["action"] == "/kiosk/ket-thuc"
    assert "Cầu Nối Việc hộ tịch ở phường" not in kiosk.page.text
