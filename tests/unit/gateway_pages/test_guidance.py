"""The guided session as the citizen sees it: consent, code, bar, the volunteer's words, the end."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from caunoi.accounts.v1 import guidance_pb2 as guidance_v1
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Flask

from gateway.pages import kiosk, wording
from gateway.sealer import STREAM_TICKETS, Sealer
from services.accounts.domain.guidance import Because
from services.chassis.refusal import Kind, Refusal, conflict
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import FORM, a_draft, a_filed_dossier, a_full_draft
from tests.unit.gateway_pages.guidance import CODE, SESSION, Guided, moment, sit_down
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward

AWAY = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.")


@pytest.fixture
def guided(wards: FakeWards, ward: Ward) -> Guided:
    return Guided(wards)


def agree(browser: Browser, back: str = "/ho-so") -> None:
    browser.get(f"/huong-dan?ve={back}")
    page = browser.page
    browser.post("/huong-dan", key=page.hidden("key"), text_version=page.hidden("text_version"), ve=page.hidden("ve"))
    browser.follow()


def bar(browser: Browser) -> dict[str, str]:
    (found,) = browser.page.all("aside", id="guidance")
    return found


def test_a_station_computer_offers_guidance_on_every_page_and_another_browser_on_none(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    browser.sign_in()
    assert not browser.page.all("aside", id="guidance")
    browser.get("/huong-dan")
    assert browser.page.headings == ["Nhờ hướng dẫn ở điểm hỗ trợ"]
    check(browser)
    browser.client.post("/dang-xuat", data={"csrf_token": browser.page.hidden("csrf_token")})
    sit_down(browser)
    draft = a_draft(ward)
    for path in ("/ho-so", f"{draft}/to-khai", f"{draft}/kiem-tra", "/tai-khoan"):
        browser.get(path)
        assert browser.page.all("a", href=f"/huong-dan?ve={path}"), path
        check(browser)


def test_who_agrees_has_read_the_text_in_force_and_gets_a_code(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    browser.get("/huong-dan?ve=/ho-so")
    check(browser)
    assert "Câu còn thiếu." in browser.page.text
    assert "Bản ngày 28/11/2026" in browser.page.text
    agree(browser)
    check(browser)
    asked = next(one for one in guided.wards.asked if one.rpc == "RequestGuidance")
    assert (asked.ward, asked.request.text_version) == (NAM_DUONG, "2026-11-28")
    assert asked.idempotency_key
    assert " ".join(CODE) in browser.page.text
    browser.get("/ho-so")
    assert " ".join(CODE) in browser.page.text, "it survives another page"
    assert bar(browser)["data-state"] == "waiting"


def test_a_text_that_was_changed_is_read_again(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    guided.wards.answers("RequestGuidance", conflict("text-changed", "Nội dung đồng ý vừa được sửa. Xin đọc lại."))
    agree(browser)
    assert browser.page.headings == ["Nhờ tình nguyện viên hướng dẫn"]
    assert "vừa được sửa" in browser.page.text


def test_each_page_tells_where_it_is_and_no_value(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    draft = a_full_draft(ward)
    (dossier,) = ward.dossiers
    for path, page, part in (
        ("/", "start", ""),
        ("/phuong/nam-duong/thu-tuc/1.001193", "procedure", ""),
        (f"{draft}/to-khai", "overview", ""),
        (f"{draft}/to-khai/mother", "form", "mother"),
        (f"{draft}/giay-to/birth-certificate-of-hospital", "documents", "birth-certificate-of-hospital"),
        (f"{draft}/kiem-tra", "check", ""),
        ("/theo-doi", "elsewhere", ""),
    ):
        browser.get(path)
        check(browser)
        told = guided.asked("ShowPlace")[-1]
        assert (told.session_id, told.place.page, told.place.part) == (SESSION, page, part)
        in_dossier = path.startswith(draft)
        assert (told.dossier_id, told.dossier_ward) == ((dossier, NAM_DUONG) if in_dossier else ("", ""))
        text = str(told)
        for value in (value for section in FORM.values() for value in section.values()):
            assert not (isinstance(value, str) and (" " in value or value[:1].isdigit()) and value in text), value
    browser.get(f"{draft}/to-khai/mother")
    assert list(guided.asked("ShowPlace")[-1].place.fields) == ["/mother/full_name"], "the one question that is shown"


def test_a_check_is_named_only_where_it_is_harmless(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    dossier = next(iter(ward.dossiers.values()))
    findings = [
        ("/child/full_name", "required", dossiers_v1.FINDING_KIND_STOPS, True),
        ("/mother/full_name", "mother-is-unmarried", dossiers_v1.FINDING_KIND_STOPS, False),
        ("/child/birth_date", "late-registration", dossiers_v1.FINDING_KIND_INFORMS, False),
    ]
    del dossier.findings[:]
    for name, check_name, kind, harmless in findings:
        dossier.findings.add(field=name, check=check_name, kind=kind, harmless=harmless, text="x")
    guided.wards.answers("GetDossier", dossier)
    browser.get(f"{draft}/to-khai")
    points = guided.asked("ShowPlace")[-1].place.open_points
    assert [(one.field, one.check) for one in points] == [("/child/full_name", "required"), ("/mother/full_name", "")]


def test_a_session_is_noted_on_a_draft_once(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    browser.get(f"{draft}/to-khai")
    assert guided.asked("NoteGuidance") == [], "nobody has guided yet"
    guided.state = "open"
    for _ in range(2):
        browser.get(f"{draft}/to-khai")
    (noted,) = guided.asked("NoteGuidance")
    assert (noted.dossier_id, noted.ward, noted.session_id) == (next(iter(ward.dossiers)), NAM_DUONG, SESSION)


def test_the_question_pointed_at_is_lit_on_its_page_and_linked_elsewhere(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    guided.state = "open"
    guided.point("/child/full_name")
    browser.get(f"{draft}/to-khai/child-name")
    assert bar(browser)["data-lit"] == "f-child-full-name"
    assert "Tình nguyện viên chỉ vào câu" in browser.page.text
    assert browser.page.all("a", href="#f-child-full-name")
    browser.get(f"{draft}/to-khai")
    assert bar(browser)["data-lit"] == ""
    assert browser.page.all("a", href=f"{draft}/to-khai/child-name?cau=1")


def test_the_part_says_the_same_as_the_page_and_writes_no_cookie(browser: Browser, ward: Ward, guided: Guided) -> None:
    """A page that renewed the tokens at the same time must not lose them to a part with the old ones."""
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    guided.state = "open"
    browser.get(f"{draft}/to-khai/child-name")
    address = bar(browser)["data-part"]
    guided.point("/child/full_name")
    browser.get(address)
    assert "caunoi=" not in browser.response.headers.get("Set-Cookie", "")
    assert browser.response.headers["Cache-Control"] == "no-store"
    assert bar(browser)["data-lit"] == "f-child-full-name"
    assert "Phan Thị Chín" in browser.page.text


def test_a_streams_ticket_names_the_session_and_nothing_else(app: Flask, browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    address = urlsplit(bar(browser)["data-stream"])
    assert address.path == "/streams/guidance"
    (ticket,) = parse_qs(address.query)["ticket"]
    opened = Sealer(app.extensions["settings"].cookie_key, STREAM_TICKETS).open(ticket, within=60)
    assert opened == {"ward": NAM_DUONG, "session": SESSION}


@pytest.mark.parametrize("because", list(Because))
def test_each_end_has_its_words_for_a_minute(browser: Browser, guided: Guided, because: str) -> None:
    sit_down(browser)
    agree(browser)
    guided.end(because, seconds_ago=20)
    browser.get("/ho-so")
    assert wording.CITIZEN_ENDS[because] in browser.page.text
    assert wording.VOLUNTEER_ENDS[because] != wording.ENDED
    assert bar(browser)["data-stream"] == ""
    guided.end(because, seconds_ago=70)
    browser.get("/ho-so")
    assert wording.CITIZEN_ENDS[because] not in browser.page.text
    assert browser.page.all("a", href="/huong-dan?ve=/ho-so"), "guidance is offered again"
    asked = len(guided.asked("ShowPlace"))
    browser.get("/ho-so")
    assert len(guided.asked("ShowPlace")) == asked


def test_where_the_ward_is_silent_the_page_goes_on(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.wards.answers("ShowPlace", AWAY)
    browser.get("/ho-so")
    assert browser.response.status_code == 200
    assert browser.page.headings == ["Hồ sơ của tôi"]
    assert "Chưa nối được với người hướng dẫn" in browser.page.text
    assert bar(browser)["data-part"], "the page goes on trying"


def test_the_citizen_stops_and_goes_on_where_they_were(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    browser.get("/tai-khoan")
    browser.post("/huong-dan/dung", key=browser.page.hidden("key"), ve="/tai-khoan")
    browser.follow()
    assert guided.state == "ended"
    assert "Đã dừng hướng dẫn" in browser.page.text
    assert browser.response.request.path == "/tai-khoan"


def test_signing_out_ends_the_session_as_that(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    browser.client.post("/kiosk/ket-thuc")
    (ended,) = guided.asked("EndGuidance")
    assert (ended.session_id, ended.because) == (SESSION, "signed-out")


def test_without_script_only_pages_on_which_nothing_is_typed_come_by_themselves(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    draft = a_full_draft(ward)

    def reloads() -> bool:
        return '<noscript><meta http-equiv="refresh" content="5">' in browser.response.get_data(as_text=True)

    for path, expected in (
        (f"{draft}/to-khai", True),
        ("/phuong/nam-duong/thu-tuc/1.001193", True),
        (f"{draft}/to-khai/mother", False),
        (f"{draft}/kiem-tra", False),
        (f"{draft}/giay-to/birth-certificate-of-hospital", False),
    ):
        browser.get(path)
        assert reloads() is expected, path
    browser.get(f"{draft}/to-khai/child-name")
    assert "Lưu và xem lời hướng dẫn mới" in browser.response.get_data(as_text=True)


def test_words_are_looked_for_without_losing_what_was_typed(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    draft = a_draft(ward)
    browser.get(f"{draft}/to-khai/child-name")
    page = browser.page
    browser.post(
        f"{draft}/to-khai/child-name",
        key=page.hidden("key"),
        version=page.hidden("version"),
        asked="child.full_name",
        guidance="yes",
        **{"child.full_name": "Nguyễn Minh"},
    )
    browser.follow()
    assert browser.response.request.path == f"{draft}/to-khai/child-name"
    assert browser.page.all("input", name="child.full_name")[0]["value"] == "Nguyễn Minh"
    assert not browser.page.all("div", **{"class": "govuk-error-summary"})


def test_guidance_is_refused_to_who_is_no_citizen(browser: Browser, guided: Guided) -> None:
    browser.sign_in("tinhnguyen.nam-duong")
    browser.get("/huong-dan")
    assert browser.response.status_code == 403


# Consents


def test_consents_are_listed_over_the_wards_and_withdrawn(browser: Browser, guided: Guided) -> None:
    consent = guidance_v1.Consent(
        id=SESSION,
        purpose="guided-session",
        text_version="2026-11-28",
        given_at=moment(-600),
        ward=NAM_DUONG,
        station_name="Trạm tổ 3",
    )

    def consents(ward: str, _: object) -> guidance_v1.ListOwnConsentsResponse:
        return guidance_v1.ListOwnConsentsResponse(consents=[consent] if ward == NAM_DUONG else [])

    guided.wards.answers("ListOwnConsents", consents)
    guided.wards.answers("WithdrawConsent", consent)
    guided.wards.down = {"20251"}
    browser.sign_in()
    browser.get("/toi/dong-y")
    check(browser)
    assert "Trạm tổ 3" in browser.page.text
    assert "Chưa nhận được trả lời của" in browser.page.text
    browser.post(f"/toi/dong-y/{NAM_DUONG}/{SESSION}/rut", key=browser.page.hidden("key"))
    browser.follow()
    (asked,) = guided.asked("WithdrawConsent")
    assert asked.id == SESSION
    consent.withdrawn_at.seconds = int(time.time())
    browser.get("/toi/dong-y")
    assert "Đã rút lại lúc" in browser.page.text
    assert not browser.page.all("form", action=f"/toi/dong-y/{NAM_DUONG}/{SESSION}/rut")
    browser.get("/tai-khoan")
    assert browser.page.all("a", href="/toi/dong-y")


def test_a_filed_dossier_is_shown_with_the_bar(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    where = a_filed_dossier(ward)
    browser.get(f"{where}/da-gui")
    check(browser)
    assert guided.asked("ShowPlace")[-1].place.page == "filed"
    assert not guided.asked("NoteGuidance"), "only drafts are noted"


def test_the_kiosk_cookie_alone_asks_for_nothing(browser: Browser, guided: Guided) -> None:
    browser.client.set_cookie(kiosk.COOKIE, f"{NAM_DUONG}.secret")
    browser.get("/huong-dan")
    assert browser.response.status_code == 303, "to the sign-in page"
    assert guided.asked("RequestGuidance") == []
