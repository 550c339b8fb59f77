"""Staff sign in with a second factor, set one up, and change their own, on pages that need no script."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2, staff_pb2

from gateway.pages import identity
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.admin import ADMIN
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import PASSWORD, Ward

TICKET, SECRET = "the-ticket-of-this-sign-in", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = [f"abcde-fgh{n}{n}" for n in range(2, 8)]
OPTIONS = '{"challenge": "AAAA", "allowCredentials": [{"id": "AQID", "type": "public-key"}]}'
SHOW, ENROL, CONFIRM = "/dang-nhap/xac-thuc", "/dang-nhap/thiet-lap", "/dang-nhap/thiet-lap/xong"
OVER = Refusal(Kind.UNAUTHENTICATED, "second-factor-over", "Bước xác thực này đã quá lâu.")


def due(wards: FakeWards, *, to_enrol: bool = False, options: str = "") -> None:
    """The right password is not enough."""
    factor = accounts_pb2.SecondFactor(ticket=TICKET, to_enrol=to_enrol, webauthn_options=options)
    wards.answers("CreateSession", accounts_pb2.Session(second_factor=factor))


def typed_password(browser: Browser) -> None:
    browser.get("/dang-nhap")
    browser.post("/dang-nhap", login=ADMIN, password=PASSWORD)
    check(browser)


def session(ward: Ward) -> accounts_pb2.Session:
    with_roles: accounts_pb2.Session = ward.session(ward.people[ADMIN])
    return with_roles


def asked(wards: FakeWards, rpc: str) -> Any:
    return [each for each in wards.asked if each.rpc == rpc][-1].request


def is_signed_in(browser: Browser) -> bool:
    with browser.client.session_transaction() as held:
        return "access" in held


def test_the_right_password_opens_nothing_before_the_code(browser: Browser, wards: FakeWards, ward: Ward) -> None:
    due(wards)
    typed_password(browser)
    assert browser.page.headings == ["Xác thực lần hai"]
    assert not is_signed_in(browser)
    assert TICKET not in browser.response.get_data(as_text=True)
    assert PASSWORD not in browser.response.get_data(as_text=True)
    second = browser.page.hidden("second")
    browser.post(SHOW, second=second, code="")
    assert browser.response.status_code == 422
    check(browser)
    wards.answers("PassSecondFactor", invalid("wrong-second-factor", "Mã sai.", FieldFault("code", "Mã sai.")))
    browser.post(SHOW, second=second, code="000000")
    check(browser)
    assert "Mã sai." in browser.page.text
    assert browser.page.all("a", href="#f-code")
    assert not is_signed_in(browser)
    wards.answers("PassSecondFactor", session(ward))
    browser.post(SHOW, second=second, code="123456")
    assert browser.response.headers["Location"] == "/quan-tri"
    sent = asked(wards, "PassSecondFactor")
    assert (sent.ticket, sent.factor.code, sent.factor.assertion) == (TICKET, "123456", "")
    assert is_signed_in(browser)


def test_a_security_key_goes_beside_the_code_and_counts_before_it(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    due(wards, options=OPTIONS)
    typed_password(browser)
    assert [each["data-options"] for each in browser.page.all("div", **{"data-security-key": "get"})] == [OPTIONS]
    (script,) = [each for each in browser.page.all("script") if "security_keys.js" in each.get("src", "")]
    assert script["nonce"]
    wards.answers("PassSecondFactor", session(ward))
    browser.post(SHOW, second=browser.page.hidden("second"), code="", assertion='{"id": "AQID"}')
    assert asked(wards, "PassSecondFactor").factor.assertion == '{"id": "AQID"}'


def test_a_step_that_is_over_leads_back_to_the_sign_in(browser: Browser, wards: FakeWards) -> None:
    due(wards)
    typed_password(browser)
    wards.answers("PassSecondFactor", OVER)
    browser.post(SHOW, second=browser.page.hidden("second"), code="123456")
    page = browser.follow()
    assert page.headings == ["Đăng nhập"]
    assert OVER.text in page.text


@pytest.mark.parametrize("path", [SHOW, ENROL, CONFIRM])
def test_without_the_step_before_the_sign_in_starts_again(browser: Browser, path: str) -> None:
    browser.get(path)
    assert browser.response.headers["Location"].endswith("/dang-nhap")
    browser.get("/dang-nhap")
    browser.post(path, second="made up", code="123456", kind="totp", name="x")
    assert browser.response.headers["Location"].endswith("/dang-nhap")


def test_people_who_need_a_factor_set_up_an_app_and_get_recovery_codes_at_the_sign_in(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    due(wards, to_enrol=True)
    typed_password(browser)
    assert browser.page.headings == ["Thiết lập xác thực hai lớp"]
    second = browser.page.hidden("second")
    browser.post(ENROL, second=second, kind="", name="")
    assert browser.response.status_code == 422
    check(browser)
    browser.get("/can-bo")
    assert browser.response.status_code != 200  # no desk
    uri = f"otpauth://totp/x?secret={SECRET}"
    begun = staff_pb2.StartAuthenticatorResponse(authenticator_id="a1", secret=SECRET, otpauth_uri=uri)
    wards.answers("StartAuthenticator", begun)
    browser.get("/dang-nhap")
    browser.post(ENROL, second=second, kind="totp", name="Điện thoại")
    check(browser)
    assert " ".join(SECRET[at : at + 4] for at in range(0, 32, 4)) in browser.page.text
    assert "svg" in {name for name, _ in browser.page.tags}
    assert browser.page.all("a", href=uri), "on the phone itself nothing can be scanned"
    started = browser.page.hidden("second")
    wards.answers("ConfirmAuthenticator", invalid("wrong-second-factor", "Mã sai.", FieldFault("code", "Mã sai.")))
    browser.post(CONFIRM, second=started, code="000000")
    check(browser)
    assert "Mã sai." in browser.page.text
    assert not is_signed_in(browser)
    done = staff_pb2.ConfirmAuthenticatorResponse(recovery_codes=CODES, session=session(ward))
    wards.answers("ConfirmAuthenticator", done)
    browser.post(CONFIRM, second=browser.page.hidden("second"), code="123456")
    check(browser)
    assert all(code in browser.page.text for code in CODES)
    assert browser.response.headers["Cache-Control"] == "no-store"
    assert is_signed_in(browser)
    with browser.client.session_transaction() as held:
        assert not any(code in str(dict(held)) for code in (*CODES, SECRET, TICKET))
    assert (asked(wards, "ConfirmAuthenticator").ticket, asked(wards, "ConfirmAuthenticator").code) == (
        TICKET,
        "123456",
    )
    browser.post(f"{OWN}/ma-du-phong", kept="yes")
    assert browser.response.headers["Location"] == "/quan-tri"


def test_new_codes_are_shown_again_until_their_owner_has_kept_them(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    own(wards)
    browser.get(f"{OWN}/them")
    uri = f"otpauth://totp/x?secret={SECRET}"
    begun = staff_pb2.StartAuthenticatorResponse(authenticator_id=ID, secret=SECRET, otpauth_uri=uri)
    wards.answers("StartAuthenticator", begun)
    form = {"kind": "totp", "name": "Điện thoại", "password": PASSWORD}
    browser.post(f"{OWN}/them", second=browser.page.hidden("second"), **form)
    started = browser.page.hidden("second")
    wards.answers("ConfirmAuthenticator", staff_pb2.ConfirmAuthenticatorResponse(recovery_codes=CODES))
    browser.post(CONFIRM, second=started, code="123456")
    assert browser.page.all("button", **{"data-print": ""})
    gone = Refusal(Kind.NOT_FOUND, "unknown-authenticator", "Không có cách xác thực này.")
    wards.answers("ConfirmAuthenticator", gone)
    browser.post(CONFIRM, second=started, code="123456")  # the page reloaded
    check(browser)
    assert all(code in browser.page.text for code in CODES)
    own(wards, "Điện thoại")
    assert "chưa chép xong" in browser.get(OWN).text
    browser.get(f"{OWN}/ma-du-phong")
    check(browser)
    assert all(code in browser.page.text for code in CODES)
    browser.post(f"{OWN}/ma-du-phong", kept="yes")
    assert browser.response.headers["Location"] == OWN
    browser.get(f"{OWN}/ma-du-phong")
    assert CODES[0] not in browser.page.text
    browser.post(CONFIRM, second=started, code="123456")
    assert browser.response.headers["Location"] == OWN
    page = browser.follow()
    assert gone.text not in page.text
    assert "lấy mã mới ở đó" in page.text


def test_the_page_of_new_codes_can_be_reloaded_after_the_sign_in_that_made_them(
    browser: Browser, wards: FakeWards, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form is sent again as it was: with the protection of before the sign-in, and maybe much later."""
    form = set_up_while_signing_in(browser, wards, ward)
    now = time.time()
    for later in (0, 700, 3600):
        monkeypatch.setattr("gateway.sealer.time", SimpleNamespace(time=lambda later=later: now + later))
        browser.show(browser.client.post(CONFIRM, data=form))
        check(browser)
        assert browser.response.status_code == 200
        assert all(code in browser.page.text for code in CODES)
    browser.post(f"{OWN}/ma-du-phong", kept="yes")
    browser.show(browser.client.post(CONFIRM, data=form))
    assert browser.response.status_code != 200
    assert CODES[0] not in browser.page.text


@pytest.mark.parametrize("answers", [True, False], ids=["the ward answers", "the ward is away"])
def test_new_codes_are_not_shown_again_once_the_sign_in_has_ended(
    browser: Browser, wards: FakeWards, ward: Ward, answers: bool
) -> None:
    """Whoever finds the browser open later, and sends the form again, has nothing with which they could sign in."""
    form = set_up_while_signing_in(browser, wards, ward)
    with browser.client.session_transaction() as held:
        held["access_until"] = time.time() - identity.IDLE_SECONDS - 1
    if not answers:
        wards.answers("EndSession", Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Phường chưa trả lời."))
    browser.show(browser.client.post(CONFIRM, data=form))
    assert not any(code in browser.page.text for code in CODES)
    assert browser.response.headers["Location"].startswith("/dang-nhap")
    page = browser.follow()
    assert "mã dự phòng không hiện lại" in page.text
    check(browser)
    browser.show(browser.client.post(CONFIRM, data=form))
    assert not any(code in browser.page.text for code in CODES)
    with browser.client.session_transaction() as held:
        assert "new_codes" not in held


def test_new_codes_are_not_shown_while_nobody_can_say_whether_the_sign_in_has_ended(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    form = set_up_while_signing_in(browser, wards, ward)
    with browser.client.session_transaction() as held:
        held["access_until"] = time.time() - 1
    ward.refresh_answer = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Phường chưa trả lời.")
    browser.show(browser.client.post(CONFIRM, data=form))
    assert (browser.response.status_code, CODES[0] in browser.page.text) == (503, False)
    check(browser)
    ward.refresh_answer = session(ward)
    browser.show(browser.client.post(CONFIRM, data=form))
    assert CODES[0] in browser.page.text, "they wait for their owner"


def test_new_codes_are_shown_to_nobody_else_who_is_signed_in(browser: Browser, wards: FakeWards, ward: Ward) -> None:
    form = set_up_while_signing_in(browser, wards, ward)
    with browser.client.session_transaction() as held:
        held["who"] = {**held["who"], "id": "0" * 32}
    own(wards, "Điện thoại")
    browser.show(browser.client.post(CONFIRM, data=form))
    assert CODES[0] not in browser.page.text
    browser.get(f"{OWN}/ma-du-phong")
    assert CODES[0] not in browser.page.text


def set_up_while_signing_in(browser: Browser, wards: FakeWards, ward: Ward) -> dict[str, str]:
    """Shows the recovery codes of a first app. Returns the form that made them, with the protection that it had."""
    due(wards, to_enrol=True)
    typed_password(browser)
    begun = staff_pb2.StartAuthenticatorResponse(authenticator_id="a1", secret=SECRET, otpauth_uri="otpauth://totp/x")
    wards.answers("StartAuthenticator", begun)
    browser.post(ENROL, second=browser.page.hidden("second"), kind="totp", name="Điện thoại")
    form = {name: browser.page.hidden(name) for name in ("second", "csrf_token")} | {"code": "123456"}
    wards.answers(
        "ConfirmAuthenticator", staff_pb2.ConfirmAuthenticatorResponse(recovery_codes=CODES, session=session(ward))
    )
    browser.show(browser.client.post(CONFIRM, data=form))
    assert all(code in browser.page.text for code in CODES)
    wards.answers("ConfirmAuthenticator", OVER)
    return form


def test_requested_new_codes_can_be_reloaded(
    browser: Browser, wards: FakeWards, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.signed_in(ADMIN)
    own(wards, "Điện thoại")
    browser.get(f"{OWN}/ma-du-phong")
    form = {"second": browser.page.hidden("second"), "code": "123456"}
    wards.answers("RenewRecoveryCodes", staff_pb2.RecoveryCodes(recovery_codes=CODES))
    browser.post(f"{OWN}/ma-du-phong", **form)
    wards.answers("RenewRecoveryCodes", OVER)
    now = time.time()
    monkeypatch.setattr("gateway.sealer.time", SimpleNamespace(time=lambda: now + 700))
    browser.post(f"{OWN}/ma-du-phong", **form)
    check(browser)
    assert all(code in browser.page.text for code in CODES)
    assert "quá lâu" not in browser.page.text


def test_what_keeps_new_codes_stands_for_no_step_of_a_sign_in(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    own(wards, "Điện thoại")
    browser.get(f"{OWN}/ma-du-phong")
    wards.answers("RenewRecoveryCodes", staff_pb2.RecoveryCodes(recovery_codes=CODES))
    browser.post(f"{OWN}/ma-du-phong", second=browser.page.hidden("second"), code="123456")
    with browser.client.session_transaction() as held:
        sealed = held["new_codes"]
    browser.post(SHOW, second=sealed, code="123456")
    assert browser.response.status_code == 303


def test_what_was_typed_before_the_sign_in_ended_is_sent_on_after_the_recovery_codes(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    """A factor has become compulsory meanwhile: nobody is signed in again without one, and nothing is lost."""
    where = typed_after_the_sign_in_ended(browser, ward)
    carried = browser.page.hidden("carried")
    due(wards, to_enrol=True)
    browser.post("/dang-nhap", login=ADMIN, password=PASSWORD, carried=carried)
    assert browser.page.headings == ["Thiết lập xác thực hai lớp"]
    assert leaving_is_asked_about(browser, ENROL)
    begun = staff_pb2.StartAuthenticatorResponse(authenticator_id="a1", secret=SECRET, otpauth_uri="otpauth://totp/x")
    wards.answers("StartAuthenticator", begun)
    browser.post(ENROL, **hidden(browser), kind="totp", name="Điện thoại")
    assert leaving_is_asked_about(browser, CONFIRM)
    done = staff_pb2.ConfirmAuthenticatorResponse(recovery_codes=CODES, session=session(ward))
    wards.answers("ConfirmAuthenticator", done)
    browser.post(CONFIRM, **hidden(browser), code="123456")
    check(browser)
    assert all(code in browser.page.text for code in CODES)
    (form,) = [one for one in browser.page.all("form") if "data-unsaved" in one]
    assert form["action"] == where
    assert [one["value"] for one in browser.page.all("input", name="days")] == ["0", "3"]
    browser.post(where, codes=browser.page.hidden("codes"), days=["0", "3"])
    browser.get(OWN)
    assert "chưa chép xong" not in browser.page.text, "who has sent it on has kept the codes"


@pytest.mark.parametrize("too_late", [True, False], ids=["the page is too old", "the ticket is over"])
@pytest.mark.parametrize("path", [SHOW, ENROL, CONFIRM])
def test_typed_text_stays_when_the_step_has_to_start_again(
    browser: Browser, wards: FakeWards, ward: Ward, path: str, too_late: bool
) -> None:
    typed_after_the_sign_in_ended(browser, ward)
    due(wards, to_enrol=path != SHOW)
    browser.post("/dang-nhap", login=ADMIN, password=PASSWORD, carried=browser.page.hidden("carried"))
    if path == CONFIRM:
        begun = staff_pb2.StartAuthenticatorResponse(authenticator_id="a1", secret=SECRET, otpauth_uri="otpauth://x")
        wards.answers("StartAuthenticator", begun)
        browser.post(ENROL, **hidden(browser), kind="totp", name="Điện thoại")
    for rpc in ("PassSecondFactor", "StartAuthenticator", "ConfirmAuthenticator"):
        wards.answers(rpc, OVER)
    sent = hidden(browser) | ({"second": "sealed too long ago"} if too_late else {})
    browser.post(path, **sent, code="123456", kind="totp", name="Điện thoại")
    check(browser)
    assert browser.page.headings == ["Đăng nhập"]
    assert "vẫn còn" in browser.page.text
    wards.answers("CreateSession", session(ward))
    browser.post("/dang-nhap", login=ADMIN, password=PASSWORD, carried=browser.page.hidden("carried"))
    assert browser.page.headings == ["Làm tiếp việc đang dở"]
    assert [one["value"] for one in browser.page.all("input", name="days")] == ["0", "3"]


@pytest.mark.parametrize("ended", [False, True], ids=["a first sign-in", "a sign-in that has ended"])
def test_a_step_goes_on_after_another_tab_was_led_to_the_sign_in(
    browser: Browser, wards: FakeWards, ward: Ward, ended: bool
) -> None:
    if ended:
        browser.signed_in(ADMIN)
        with browser.client.session_transaction() as held:
            held["access_until"] = 0
        ward.refresh_answer = OVER
        browser.get("/quan-tri")
    due(wards, to_enrol=True)
    typed_password(browser)
    sent = {name: browser.page.hidden(name) for name in ("csrf_token", "second")}
    browser.get("/can-bo")
    assert browser.response.headers["Location"].startswith("/dang-nhap")
    browser.follow()
    begun = staff_pb2.StartAuthenticatorResponse(authenticator_id="a1", secret=SECRET, otpauth_uri="otpauth://totp/x")
    wards.answers("StartAuthenticator", begun)
    browser.show(browser.client.post(ENROL, data=sent | {"kind": "totp", "name": "Điện thoại"}))
    assert browser.page.headings == ["Kết nối ứng dụng xác thực"]


def test_a_form_of_who_was_signed_in_is_not_taken_from_who_signs_in_next(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    browser.get("/quan-tri")
    with browser.client.session_transaction() as held:
        before = held["csrf_token"]
        held["access_until"] = 0
    ward.refresh_answer = OVER
    browser.get("/quan-tri")
    browser.follow()
    with browser.client.session_transaction() as held:
        assert held["csrf_token"] != before


def typed_after_the_sign_in_ended(browser: Browser, ward: Ward) -> str:
    """Leads to the sign-in with what was typed on a page, whose address is returned."""
    browser.signed_in(ADMIN)
    where = f"/quan-tri/tinh-nguyen-vien/{ward.volunteers[0].id}/truc?tuan=2030-01-07"
    browser.get(where)
    with browser.client.session_transaction() as held:
        held["access_until"] = 0
    ward.refresh_answer = OVER
    token = browser.page.hidden("csrf_token")
    browser.show(browser.client.post(where, data={"days": ["0", "3"], "csrf_token": token}))
    return where


def hidden(browser: Browser) -> dict[str, str]:
    """The data that a step of the sign-in passes to the next."""
    return {name: browser.page.hidden(name) for name in ("second", "carried")}


def leaving_is_asked_about(browser: Browser, action: str) -> bool:
    (form,) = browser.page.all("form", action=action)
    return "data-unsaved" in form


def own(wards: FakeWards, *names: str, compulsory: bool = False) -> None:
    found = [staff_pb2.Authenticator(id=ID, kind="totp", name=name) for name in names]
    left = 8 if names else 0
    answer = staff_pb2.ListAuthenticatorsResponse(authenticators=found, recovery_codes_left=left, compulsory=compulsory)
    wards.answers("ListAuthenticators", answer)
    wards.answers("AskSecondFactor", accounts_pb2.SecondFactor(ticket=TICKET))


ID = "11111111-2222-4333-8444-555555555555"
OWN = "/tai-khoan/xac-thuc"


def test_the_first_factor_of_a_signed_in_person_needs_the_password(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    own(wards)
    browser.get(OWN)
    check(browser)
    assert "chưa có cách xác thực nào" in browser.page.text
    browser.get(f"{OWN}/them")
    check(browser)
    begun = staff_pb2.StartAuthenticatorResponse(authenticator_id=ID, webauthn_options='{"challenge": "AAAA"}')
    wards.answers("StartAuthenticator", begun)
    form = {"kind": "webauthn", "name": "Khóa USB", "password": PASSWORD}
    browser.post(f"{OWN}/them", second=browser.page.hidden("second"), **form)
    check(browser)
    assert browser.page.all("div", **{"data-security-key": "create"})
    sent = asked(wards, "StartAuthenticator")
    assert (sent.ticket, sent.kind, sent.name, sent.password) == (TICKET, "webauthn", "Khóa USB", PASSWORD)
    wards.answers("ConfirmAuthenticator", staff_pb2.ConfirmAuthenticatorResponse(recovery_codes=CODES))
    browser.post(CONFIRM, second=browser.page.hidden("second"), assertion='{"id": "AQID"}')
    assert CODES[0] in browser.page.text
    assert asked(wards, "ConfirmAuthenticator").attestation == '{"id": "AQID"}'


def test_removing_one_and_new_codes_ask_for_a_factor(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    own(wards, "Điện thoại", compulsory=True)
    browser.get(OWN)
    check(browser)
    assert "Còn 8 mã dự phòng" in browser.page.text
    assert "bắt buộc" in browser.page.text
    browser.get(f"{OWN}/{ID}/go")
    check(browser)
    second = browser.page.hidden("second")
    browser.post(f"{OWN}/{ID}/go", second=second, code="")
    assert browser.response.status_code == 422
    refused = Refusal(Kind.CONFLICT, "last-authenticator", "Xin thêm cách khác trước.")
    wards.answers("RemoveAuthenticator", refused)
    browser.post(f"{OWN}/{ID}/go", second=second, code="123456")
    check(browser)
    assert refused.text in browser.page.text
    wards.answers("RemoveAuthenticator", OVER)
    browser.post(f"{OWN}/{ID}/go", second=second, code="123456")
    assert browser.response.headers["Location"] == f"{OWN}/{ID}/go"
    browser.get(f"{OWN}/ma-du-phong")
    wards.answers("RenewRecoveryCodes", staff_pb2.RecoveryCodes(recovery_codes=CODES))
    browser.post(f"{OWN}/ma-du-phong", second=browser.page.hidden("second"), code="123456")
    check(browser)
    assert CODES[-1] in browser.page.text
    sent = asked(wards, "RenewRecoveryCodes")
    assert (sent.ticket, sent.factor.code) == (TICKET, "123456")


def test_where_a_security_key_does_not_work_another_way_is_one_press_away(browser: Browser, wards: FakeWards) -> None:
    due(wards, to_enrol=True)
    typed_password(browser)
    begun = staff_pb2.StartAuthenticatorResponse(authenticator_id="a1", webauthn_options=OPTIONS)
    wards.answers("StartAuthenticator", begun)
    browser.post(ENROL, second=browser.page.hidden("second"), kind="webauthn", name="Khóa USB")
    check(browser)
    assert browser.page.headings == ["Kết nối khóa bảo mật"]
    browser.post(ENROL, second=browser.page.hidden("second"), other="yes")
    check(browser)
    assert browser.response.status_code == 200
    assert browser.page.headings == ["Thiết lập xác thực hai lớp"]
    wards.answers("StartAuthenticator", staff_pb2.StartAuthenticatorResponse(authenticator_id="a2", secret=SECRET))
    browser.post(ENROL, second=browser.page.hidden("second"), kind="totp", name="Điện thoại")
    assert browser.page.headings == ["Kết nối ứng dụng xác thực"]


def test_who_is_signed_in_and_whose_key_does_not_work_is_led_to_another_way(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    own(wards)
    browser.get(f"{OWN}/them")
    begun = staff_pb2.StartAuthenticatorResponse(authenticator_id="a1", webauthn_options=OPTIONS)
    wards.answers("StartAuthenticator", begun)
    second = browser.page.hidden("second")
    browser.post(f"{OWN}/them", second=second, kind="webauthn", name="Khóa", password=PASSWORD)
    assert browser.page.all("a", href=f"{OWN}/them")


def test_a_name_that_was_left_out_is_asked_for_in_a_sentence(browser: Browser, wards: FakeWards) -> None:
    due(wards, to_enrol=True)
    typed_password(browser)
    browser.post(ENROL, second=browser.page.hidden("second"), kind="totp", name="")
    assert "Xin ghi tên gọi để dễ nhận ra." in browser.page.text


REMOVED = staff_pb2.ListAuthenticatorsResponse()


@pytest.mark.parametrize(
    ("names", "compulsory", "before", "after"),
    [
        (("Điện thoại",), False, "chỉ cần mật khẩu là vào được", True),
        (("Điện thoại", "Khóa USB"), False, "không đăng nhập bằng cách này được nữa", False),
        (("Điện thoại",), True, "bắt buộc phải có: xin thêm cách khác trước", False),
    ],
)
def test_removing_the_last_one_says_that_the_password_is_enough_then_and_the_printed_codes_are_dead(
    browser: Browser, wards: FakeWards, names: tuple[str, ...], compulsory: bool, before: str, after: bool
) -> None:
    browser.signed_in(ADMIN)
    own(wards, *names, compulsory=compulsory)
    browser.get(f"{OWN}/{ID}/go")
    check(browser)
    assert before in browser.page.text
    assert ("mã dự phòng đã in hết hiệu lực" in browser.page.text) is after
    wards.answers("RemoveAuthenticator", REMOVED)
    browser.post(f"{OWN}/{ID}/go", second=browser.page.hidden("second"), code="123456")
    told = browser.follow().text
    assert "Đã gỡ “Điện thoại”." in told
    assert ("Từ nay chỉ cần mật khẩu" in told) is after
    assert ("mã dự phòng đã in hết hiệu lực" in told) is after


def test_a_citizen_has_no_such_page(browser: Browser) -> None:
    browser.signed_in()
    browser.get(OWN)
    assert browser.response.status_code == 403


def test_the_link_of_a_member_of_staff_sets_the_password(browser: Browser, wards: FakeWards) -> None:
    page = "/can-bo/lan-dau/nam-duong"
    browser.get(page)
    check(browser)
    browser.post(page, link_code="", password=PASSWORD)
    assert browser.response.status_code == 422
    check(browser)
    wards.answers("OpenStaffAccount", staff_pb2.OpenStaffAccountResponse(username="ha.le.nam-duong"))
    browser.post(page, link_code=TICKET, password=PASSWORD)
    assert [each.ward for each in wards.asked if each.rpc == "OpenStaffAccount"] == [NAM_DUONG]
    assert "ha.le.nam-duong" in browser.follow().text
    assert not is_signed_in(browser)


def test_the_ticket_is_taken_out_of_a_whole_link_that_was_pasted(browser: Browser, wards: FakeWards) -> None:
    page = "/can-bo/lan-dau/nam-duong"
    browser.get(page)
    wards.answers("OpenStaffAccount", staff_pb2.OpenStaffAccountResponse(username="ha.le.nam-duong"))
    browser.post(page, link_code=f"https://caunoi.example{page}#{TICKET} ", password=PASSWORD)
    assert asked(wards, "OpenStaffAccount").ticket == TICKET
