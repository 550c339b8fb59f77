"""The session cookie, the renewal of tokens, forged requests, and what a shared computer is left with."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from flask import Flask

from gateway.pages.session import COOKIE
from gateway.sealer import Sealer
from services.chassis.call import forbidden
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import unauthenticated
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser, Page
from tests.unit.gateway_pages.dossiers import PHOTO, a_draft
from tests.unit.gateway_pages.stations import INITIAL_PASSWORD
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import PASSWORD, Ward

SECRET = "a secret of tests, 32 characters long"


def test_what_is_sealed_is_opened_only_whole_fresh_and_for_its_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = Sealer(SECRET, "session")
    sealed = sealer.seal({"who": "Trần Thị Bông"})
    assert sealer.open(sealed, within=60) == {"who": "Trần Thị Bông"}
    assert Sealer(SECRET, "carried form").open(sealed, within=60) is None
    assert Sealer(SECRET[::-1], "session").open(sealed, within=60) is None
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    assert sealer.open(changed, within=60) is None
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 61)
    assert sealer.open(sealed, within=60) is None


@pytest.mark.parametrize("nonsense", ["", "x", "é", "AAAA", "A" * 3000])
def test_a_foreign_cookie_signs_nobody_in(app: Flask, nonsense: str) -> None:
    client = app.test_client()
    client.set_cookie(COOKIE, nonsense)
    assert client.get("/ho-so").status_code == 303


def test_the_cookie_ends_with_the_browser_and_shows_nothing(browser: Browser) -> None:
    browser.get("/dang-nhap")
    browser.post("/dang-nhap", login="0905123456", password="con thuyền trên sông Hàn")
    cookie = browser.response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie
    assert "access-" not in cookie
    assert len(cookie) < 4096


def test_a_form_from_another_site_is_refused(app: Flask, browser: Browser, wards: FakeWards) -> None:
    browser.signed_in()
    before = len(wards.asked)
    response = browser.client.post("/phuong/nam-duong/thu-tuc/1.001193", data={"csrf_token": "forged"})
    assert response.status_code == 400
    assert len(wards.asked) == before


SCRIPT = {"Sec-Fetch-Dest": "empty", "X-Requested-With": "fetch"}


def _about_to_end(browser: Browser) -> None:
    with browser.client.session_transaction() as held:
        held["access_until"] = time.time() + 60


@pytest.mark.parametrize("dest", ["document", "empty"])
def test_tokens_are_renewed_before_they_end_by_pages_and_their_scripts(
    browser: Browser, ward: Ward, wards: FakeWards, dest: str
) -> None:
    """A volunteer who guides, or a person who thinks for ten minutes, has a page where only the script makes
    requests.
    """
    browser.signed_in()
    _about_to_end(browser)
    renewed = ward.session(ward.people["0905123456"])
    ward.refresh_answer = renewed
    browser.client.get("/tai-khoan", headers={"Sec-Fetch-Dest": "image"})
    assert wards.asked[-1].token != renewed.access_token
    browser.client.get("/tai-khoan", headers={"Sec-Fetch-Dest": dest})
    assert wards.asked[-1].token == renewed.access_token
    assert [asked.rpc for asked in wards.asked].count("RefreshSession") == 1


def test_a_form_that_the_worker_of_a_stations_computer_passes_on_renews_them_too(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-name")
    token, version = browser.page.hidden("csrf_token"), browser.page.hidden("version")
    _about_to_end(browser)
    ward.refresh_answer = renewed = ward.session(ward.people["0905123456"])
    fields = {"asked": "child.full_name", "child.full_name": "Nguyễn Minh An", "version": version, "csrf_token": token}
    browser.client.post(f"{where}/to-khai/child-name", data=fields, headers={"Sec-Fetch-Dest": "empty"})
    with browser.client.session_transaction() as held:
        assert held["access"] == renewed.access_token


def test_a_part_that_is_refused_signs_nobody_out(browser: Browser, wards: FakeWards) -> None:
    """The page that the script then loads renews the sign-in, or says that it has ended."""
    browser.signed_in()
    wards.answers("GetOwnAccount", unauthenticated())
    answer = browser.client.get("/tai-khoan", headers={"Sec-Fetch-Dest": "empty"})
    assert answer.status_code == 401
    with browser.client.session_transaction() as held:
        assert held["refresh"]


def test_a_renewal_that_is_refused_leads_to_signing_in_and_keeps_what_was_typed(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-name")
    token, version = browser.page.hidden("csrf_token"), browser.page.hidden("version")
    with browser.client.session_transaction() as held:
        held["access_until"] = time.time() - 5
    ward.refresh_answer = unauthenticated()
    fields = {"asked": "child.full_name", "child.full_name": "Nguyễn Minh An", "version": version, "csrf_token": token}
    browser.show(browser.client.post(f"{where}/to-khai/child-name", data=fields))
    assert browser.response.status_code == 401
    assert "những gì vừa nhập vẫn còn." in browser.page.text
    carried = browser.page.hidden("carried")
    browser.post("/dang-nhap", login="0905123456", password="con thuyền trên sông Hàn", carried=carried)
    assert browser.page.hidden("child.full_name") == "Nguyễn Minh An"
    action = browser.page.all("form")[-1]["action"]
    browser.post(action, **{"asked": "child.full_name", "child.full_name": "Nguyễn Minh An", "version": version})
    assert browser.response.status_code == 303
    assert '"Nguyễn Minh An"' in next(iter(ward.dossiers.values())).form_json


def _ended(browser: Browser, ward: Ward) -> None:
    with browser.client.session_transaction() as held:
        held["access_until"] = time.time() - 5
    ward.refresh_answer = unauthenticated()


def test_what_was_chosen_for_some_weeks_is_sent_for_those_after_a_new_sign_in(browser: Browser, ward: Ward) -> None:
    browser.signed_in("quantri.nam-duong")
    where = f"/quan-tri/tinh-nguyen-vien/{ward.volunteers[0].id}/truc?tuan=2030-01-07"
    browser.get(where)
    token = browser.page.hidden("csrf_token")
    _ended(browser, ward)
    browser.show(browser.client.post(where, data={"days": ["0", "3"], "csrf_token": token}))
    browser.post("/dang-nhap", login="quantri.nam-duong", password=PASSWORD, carried=browser.page.hidden("carried"))
    (form,) = [one for one in browser.page.all("form") if "data-unsaved" in one]
    assert form["action"] == where
    assert [one["value"] for one in browser.page.all("input", name="days")] == ["0", "3"]


def test_a_chosen_file_is_named_that_does_not_come_along_through_a_new_sign_in(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = f"{a_draft(ward)}/giay-to/birth-certificate-of-hospital"
    browser.get(where)
    token = browser.page.hidden("csrf_token")
    _ended(browser, ward)
    chosen = {"file": (io.BytesIO(PHOTO), "chứng sinh.jpg"), "csrf_token": token}
    browser.show(browser.client.post(where, data=chosen, content_type="multipart/form-data"))
    assert browser.response.status_code == 401
    assert "“chứng sinh.jpg” chưa gửi được" in browser.page.text


def test_a_form_that_waits_for_a_new_sign_in_is_guarded_and_one_that_only_signs_in_is_not(
    browser: Browser, ward: Ward
) -> None:
    browser.get("/dang-nhap")
    assert "data-finds" in browser.page.all("form", action="/dang-nhap")[0]
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-name")
    token = browser.page.hidden("csrf_token")
    _ended(browser, ward)
    browser.show(
        browser.client.post(f"{where}/to-khai/child-name", data={"child.full_name": "An", "csrf_token": token})
    )
    assert "data-unsaved" in browser.page.all("form", action="/dang-nhap")[0]


def test_a_volunteers_code_is_not_carried_through_a_new_sign_in(browser: Browser, ward: Ward) -> None:
    browser.signed_in("tinhnguyen.nam-duong")
    browser.get("/tinh-nguyen")
    token = browser.page.hidden("csrf_token")
    _ended(browser, ward)
    browser.show(browser.client.post("/tinh-nguyen", data={"code": "123456", "csrf_token": token}))
    login = "tinhnguyen.nam-duong"
    assert "riêng mật khẩu và mã thì phải gõ lại" in browser.page.text
    browser.post("/dang-nhap", login=login, password=PASSWORD, carried=browser.page.hidden("carried"))
    assert browser.page.headings == ["Làm tiếp việc đang dở"]
    assert not browser.page.all("input", name="code")
    assert "riêng mật khẩu và mã thì phải gõ lại" in browser.page.text


def test_a_refused_form_is_marked_as_kept_nowhere(browser: Browser) -> None:
    browser.signed_in()
    browser.get("/tai-khoan/noi-o")
    assert "data-refused" not in browser.page.all("body")[0]
    browser.post("/tai-khoan/noi-o", address="7 Lê Đình Dương", password="")
    assert "data-refused" in browser.page.all("body")[0]
    assert "data-anew" in browser.page.all("input", name="password")[0]


def test_somebody_else_who_signs_in_then_sees_nothing_of_what_was_typed(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-name")
    token = browser.page.hidden("csrf_token")
    with browser.client.session_transaction() as held:
        held["access_until"] = time.time() - 5
    ward.refresh_answer = unauthenticated()
    fields = {"asked": "child.full_name", "child.full_name": "Nguyễn Minh An", "csrf_token": token}
    browser.show(browser.client.post(f"{where}/to-khai/child-name", data=fields))
    carried = browser.page.hidden("carried")
    assert "Nguyễn" not in browser.response.get_data(as_text=True)
    browser.post("/dang-nhap", login="motcua.nam-duong", password="con thuyền trên sông Hàn", carried=carried)
    assert browser.response.headers["Location"] == "/can-bo"


def _typed_before_signing_out(browser: Browser, ward: Ward) -> tuple[str, dict[str, str]]:
    """A form page of a draft, and what its reader sends after signing out in another tab."""
    browser.signed_in()
    where = a_draft(ward)
    page = browser.get(f"{where}/to-khai/child-name")
    hidden = {name: page.hidden(name) for name in ("csrf_token", "reader", "version")}
    browser.post("/dang-xuat")
    return f"{where}/to-khai/child-name", hidden | {"asked": "child.full_name", "child.full_name": "Nguyễn Minh An"}


def test_what_was_typed_is_kept_for_who_signed_out_in_another_tab(browser: Browser, ward: Ward) -> None:
    path, fields = _typed_before_signing_out(browser, ward)
    browser.show(browser.client.post(path, data=fields))
    assert browser.response.status_code == 401
    assert "Nguyễn" not in browser.response.get_data(as_text=True)
    carried = browser.page.hidden("carried")
    browser.post("/dang-nhap", login="0905123456", password="con thuyền trên sông Hàn", carried=carried)
    assert browser.page.hidden("child.full_name") == "Nguyễn Minh An"


def test_who_signed_in_again_in_another_tab_sends_it_with_one_more_click(browser: Browser, ward: Ward) -> None:
    path, fields = _typed_before_signing_out(browser, ward)
    browser.sign_in()
    browser.show(browser.client.post(path, data=fields))
    assert browser.page.hidden("child.full_name") == "Nguyễn Minh An"
    assert next(iter(ward.dossiers.values())).form_json == "{}", "nothing is saved by itself"


def test_who_has_walked_away_since_is_offered_it_after_a_new_sign_in(browser: Browser, ward: Ward) -> None:
    """A form under an older protection shows nothing of what it holds to whoever sits there now."""
    path, fields = _typed_before_signing_out(browser, ward)
    browser.sign_in()
    with browser.client.session_transaction() as held:
        held["access_until"] = time.time() - 3600
    browser.show(browser.client.post(path, data=fields))
    assert browser.response.status_code == 401
    assert "Nguyễn" not in browser.response.get_data(as_text=True)
    assert browser.page.hidden("carried")


@pytest.mark.parametrize("why", ["somebody else", "another site", "no page of ours"])
def test_nobody_else_is_offered_it(browser: Browser, ward: Ward, why: str) -> None:
    path, fields = _typed_before_signing_out(browser, ward)
    headers = {"Sec-Fetch-Site": "cross-site"} if why == "another site" else {}
    if why == "somebody else":
        browser.signed_in("motcua.nam-duong")
    if why == "no page of ours":
        fields["reader"] = "x"
    browser.show(browser.client.post(path, data=fields, headers=headers))
    assert browser.response.status_code == 400
    assert "Nguyễn" not in browser.response.get_data(as_text=True)
    assert not browser.page.all("input", name="carried")


def test_a_page_knows_when_its_reader_will_be_signed_out_and_asks_before(browser: Browser, ward: Ward) -> None:
    browser.get("/dang-nhap")
    assert not browser.page.all("dialog")
    browser.signed_in()
    _about_to_end(browser)
    ward.refresh_answer = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.")
    browser.get("/ho-so")
    (dialog,) = browser.page.all("dialog", id="session-clock")
    assert 1250 < int(dialog["data-ends"]) <= 1260
    ward.refresh_answer = ward.session(ward.people["0905123456"])
    asked = browser.client.get(dialog["data-at"], headers=SCRIPT)
    assert 1250 < int(asked.text) <= 1260, "to ask renews nothing"
    renewed = browser.client.post(dialog["data-at"], headers={**SCRIPT, "X-CSRFToken": dialog["data-token"]})
    assert 1790 < int(renewed.text) <= 1800


def test_a_person_who_is_not_signed_in_cannot_stay(browser: Browser) -> None:
    answer = browser.client.get("/tai-khoan/phien", headers=SCRIPT)
    assert answer.status_code == 401


def test_who_has_walked_away_is_signed_out(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in()
    with browser.client.session_transaction() as held:
        held["access_until"] = time.time() - 3600
    browser.get("/ho-so")
    assert browser.response.headers["Location"] == "/dang-nhap?ve=/ho-so"
    assert wards.asked[-1].rpc == "EndSession"


def test_a_person_whose_sign_in_has_ended_is_told_why_to_sign_in_again(browser: Browser, ward: Ward) -> None:
    browser.get("/ho-so")
    assert "đã đăng xuất ở nơi khác" not in browser.follow().text, "nobody was signed in"
    browser.signed_in()
    with browser.client.session_transaction() as held:
        held["access_until"] = 0
    ward.refresh_answer = Refusal(Kind.UNAUTHENTICATED, "session-ended", "Phiên làm việc đã kết thúc.")
    browser.get("/ho-so")
    assert browser.response.headers["Location"] == "/dang-nhap?ve=/ho-so"
    assert "đã đăng xuất ở nơi khác" in browser.follow().text


def test_signing_out_leaves_nothing_even_while_the_ward_is_down(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in()
    browser.get("/ho-so")
    assert browser.response.headers["Cache-Control"] == "no-store"
    wards.down = {"20248"}
    browser.post("/dang-xuat")
    assert browser.response.headers["Clear-Site-Data"] == '"cache"'
    with browser.client.session_transaction() as held:
        assert not set(held) - {"csrf_token"}
    browser.get("/ho-so")
    assert browser.response.status_code == 303


def test_the_api_needs_no_form_protection(browser: Browser) -> None:
    response = browser.client.post("/api/v1/tracking", json={"code": "x", "key": "y"})
    assert response.mimetype == "application/problem+json"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("login", "home", "menu"),
    [
        ("0905123456", "/ho-so", ["/ho-so", "/tai-khoan"]),
        (
            "motcua.nam-duong",
            "/can-bo",
            ["/can-bo", "/can-bo/so-ho-tich", "/can-bo/cac-quyen-so", "/theo-doi", "/tai-khoan"],
        ),
        ("quantri.nam-duong", "/quan-tri", ["/quan-tri", "/quan-tri/lich", "/theo-doi", "/tai-khoan"]),
        ("tinhnguyen.nam-duong", "/tinh-nguyen", ["/tinh-nguyen", "/theo-doi", "/tai-khoan"]),
    ],
)
def test_everybody_starts_at_their_own_work_and_is_offered_nothing_else(
    browser: Browser, wards: FakeWards, login: str, home: str, menu: list[str]
) -> None:
    """The dossiers services of every ward refuse everybody who is neither a citizen nor of the office."""
    if home in ("/quan-tri", "/tinh-nguyen"):
        for rpc in ("ListOwnDossiers", "ListDesk"):
            wards.answers(rpc, forbidden())
    browser.sign_in(login)
    assert browser.response.status_code == 200
    assert browser.response.request.path == home
    page = browser.response.get_data(as_text=True)
    bar = Page(page[page.index('<nav class="app-bar"') : page.index("</nav>")])
    assert [link["href"] for link in bar.all("a")] == menu


def test_a_refusal_is_not_told_as_silence(browser: Browser, wards: FakeWards) -> None:
    """A volunteer's log has only looks at their account; the page waits for no ward in vain."""
    log = wards.scripts["ListOwnAccessLog"]

    def looks(ward: str, request: Any) -> Any:
        if isinstance(request, accounts_v1.ListOwnAccessLogRequest):
            return log(ward, request)
        raise forbidden()

    wards.answers("ListOwnAccessLog", looks)
    wards.answers("ListOwnDossiers", forbidden())
    browser.signed_in("tinhnguyen.nam-duong")
    seen = browser.get("/tai-khoan/ai-da-xem").text
    assert "Lê Thị Hoa, công chức" in seen
    assert "Chưa nhận được trả lời" not in seen
    assert "Chưa nhận được trả lời" not in browser.get("/ho-so").text
    assert browser.response.status_code == 403


def test_a_ward_that_refuses_a_good_token_is_missing_from_the_list(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in()
    own = wards.scripts["ListOwnDossiers"]

    def dossiers(ward: str, request: Any) -> Any:
        if ward == "20227":
            raise unauthenticated()
        return own(ward, request)

    wards.answers("ListOwnDossiers", dossiers)
    assert "Chưa nhận được trả lời của: Phường Thanh Bình" in browser.get("/ho-so").text


# Passwords


def test_a_password_is_changed_and_this_browser_stays_signed_in(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.sign_in("motcua.nam-duong")
    browser.get("/tai-khoan")
    assert browser.page.all("a", href="/tai-khoan/mat-khau")
    browser.get("/tai-khoan/mat-khau")
    check(browser)
    for typed, fault in (
        ({"password": "", "new_password": ""}, "#f-password"),
        ({"password": "sai rồi", "new_password": "mùa xuân ở Sơn Trà"}, "#f-password"),
        ({"password": PASSWORD, "new_password": "ngắn"}, "#f-new-password"),
    ):
        browser.post("/tai-khoan/mat-khau", **typed)
        assert browser.response.status_code == 422
        check(browser)
        assert browser.page.all("a", href=fault), typed
        assert "ngắn" not in str(browser.page.all("input"))
        if not any(typed.values()):
            assert "Xin nhập mật khẩu đang dùng." in browser.page.text
            assert "Xin nhập mật khẩu mới." in browser.page.text
    before = wards.asked[-1].token
    browser.post("/tai-khoan/mat-khau", password=PASSWORD, new_password="mùa xuân ở Sơn Trà")
    browser.follow()
    assert "Đã đổi mật khẩu." in browser.page.text
    assert wards.asked[-1].token not in ("", before), "of the new session"


def test_who_signs_in_with_a_given_password_sets_their_own_first(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.get("/dang-nhap/mat-khau-moi")
    browser.follow()
    assert browser.page.headings == ["Đăng nhập"]
    browser.post("/dang-nhap", login="tinhnguyen.nam-duong", password=INITIAL_PASSWORD, ve="/tinh-nguyen/giay-to")
    check(browser)
    assert browser.page.headings == ["Đặt mật khẩu của riêng mình"]
    assert not browser.page.all("input", value=INITIAL_PASSWORD)
    with browser.client.session_transaction() as held:
        assert not held.keys() & {"who", "first"}, "nobody is signed in yet, and nothing is left in the browser"
    first = browser.page.hidden("first")
    browser.get("/dang-nhap/mat-khau-moi")
    assert browser.response.headers["Location"] == "/dang-nhap", "whoever comes next"
    browser.get("/dang-nhap")
    for new in ("", "ngắn"):
        browser.post("/dang-nhap/mat-khau-moi", new_password=new, first=first)
        assert browser.response.status_code == 422
        assert browser.page.all("a", href="#f-new-password")
    browser.post("/dang-nhap/mat-khau-moi", new_password="mùa xuân ở Sơn Trà", first=browser.page.hidden("first"))
    sent = wards.asked[-1].request
    assert (sent.login, sent.password, sent.new_password) == (
        "tinhnguyen.nam-duong",
        INITIAL_PASSWORD,
        "mùa xuân ở Sơn Trà",
    )
    assert browser.response.headers["Location"] == "/tinh-nguyen/giay-to"
    with browser.client.session_transaction() as held:
        assert "first" not in held
        assert held["who"]["name"] == "Phan Thị Chín"


def _first_password(browser: Browser) -> str:
    """The page of a password of one's own; returns what it holds of the one that was given out."""
    browser.get("/dang-nhap")
    browser.post("/dang-nhap", login="tinhnguyen.nam-duong", password=INITIAL_PASSWORD)
    return browser.page.hidden("first")


def test_a_first_password_that_comes_too_late_is_said_not_to_be_written(
    browser: Browser, wards: FakeWards, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _first_password(browser)
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 601)
    before = len(wards.asked)
    browser.post("/dang-nhap/mat-khau-moi", new_password="mùa xuân ở Sơn Trà", first=first)
    assert browser.response.headers["Location"] == "/dang-nhap"
    assert "mật khẩu mới chưa được ghi" in browser.follow().text
    assert len(wards.asked) == before


def test_a_given_out_password_that_no_longer_works_leads_to_a_sign_in_with_the_new_one(
    browser: Browser, wards: FakeWards
) -> None:
    first = _first_password(browser)
    wards.answers("CreateSession", Refusal(Kind.UNAUTHENTICATED, "wrong-credentials", "Chưa đúng."))
    browser.post("/dang-nhap/mat-khau-moi", new_password="mùa xuân ở Sơn Trà", first=first)
    assert "Mật khẩu phường cấp không còn dùng được." in browser.follow().text
    assert browser.page.headings == ["Đăng nhập"]


def test_a_new_password_does_not_wait_for_the_next_sign_in(app: Flask, browser: Browser, ward: Ward) -> None:
    """A form's content is kept when its session is over, and shown after signing in again, but no password is."""
    browser.signed_in()
    browser.get("/tai-khoan/mat-khau")
    ward_away = unauthenticated()
    browser.client.application.extensions["wards"].answers("ChangePassword", ward_away)
    browser.post("/tai-khoan/mat-khau", password=PASSWORD, new_password="mùa xuân ở Sơn Trà")
    assert browser.response.status_code == 401
    carried = app.extensions["carry"].open(browser.page.hidden("carried"), within=60)
    assert carried["typed"] == {}
