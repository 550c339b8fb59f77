"""The volunteer's words on the citizen's pages: what is pointed at, lit, named and linked."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from gateway.pages.guidance import wording
from gateway.sealer import STREAM_TICKETS, Sealer
from tests.conftest import NAM_DUONG
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_draft, a_full_draft
from tests.unit.gateway_pages.guidance import PRESENCE_KEY, SESSION, Guided, agree, bar, begin, sit_down
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward


def guided_to_the_name(browser: Browser, ward: Ward, guided: Guided) -> str:
    """A guided session has begun, and the question for the child's name is shown; returns the draft's address."""
    begin(browser, guided)
    draft = a_draft(ward)
    browser.get(f"{draft}/to-khai/child-name")
    return draft


@pytest.mark.parametrize(
    ("path", "lit", "part", "before"),
    [
        ("to-khai/mother", "f-mother-full-name", "birth-place", "/birth_place/address"),
        (
            "giay-to/birth-certificate-of-hospital",
            "papers",
            "requester-identity",
            "documents/requester-identity",
        ),
    ],
)
def test_what_is_asked_because_of_an_answer_is_pointed_at_without_its_name(
    browser: Browser, ward: Ward, guided: Guided, path: str, lit: str, part: str, before: str
) -> None:
    begin(browser, guided)
    draft = a_full_draft(ward)
    guided.point("/here")
    browser.get(f"{draft}/{path}")
    place = guided.asked("ShowPlace")[-1].place
    assert (place.part, list(place.fields), list(place.open_points)) == (part, [before, "/here"], [])
    assert bar(browser)["data-lit"] == "", "it was pointed at another page"
    fragment = bar(browser)["data-part"]
    guided.point("/here")
    for address in (fragment, f"{draft}/{path}"):
        browser.get(address)
        assert bar(browser)["data-lit"] == lit, "on its page, also after a reload"
    browser.get(f"{draft}/to-khai/father")
    assert bar(browser)["data-lit"] == ""


def test_the_question_pointed_at_is_lit_on_its_page_and_linked_elsewhere(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    begin(browser, guided)
    draft = a_draft(ward)
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
    guided_to_the_name(browser, ward, guided)
    address = bar(browser)["data-part"]
    guided.point("/child/full_name")
    browser.get(address)
    assert "caunoi=" not in browser.response.headers.get("Set-Cookie", "")
    assert browser.response.headers["Cache-Control"] == "no-store"
    assert bar(browser)["data-lit"] == "f-child-full-name"
    assert "Phan Thị Chín" in browser.page.text


def test_the_part_brings_tokens_that_were_renewed_for_it(browser: Browser, ward: Ward, guided: Guided) -> None:
    guided_to_the_name(browser, ward, guided)
    address = bar(browser)["data-part"]
    with browser.client.session_transaction() as held:
        held["access_until"] = time.time() + 60
    ward.refresh_answer = renewed = ward.session(ward.people["0905123456"])
    browser.client.get(address, headers={"Sec-Fetch-Dest": "empty"})
    with browser.client.session_transaction() as held:
        assert held["access"] == renewed.access_token


def test_after_a_mistake_the_session_is_shown_and_told_also_where_the_worker_sends_the_form(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    draft = guided_to_the_name(browser, ward, guided)
    token, version = browser.page.hidden("csrf_token"), browser.page.hidden("version")
    fields = {"asked": "child.full_name", "child.full_name": "12345", "version": version, "csrf_token": token}
    before = len(guided.asked("ShowPlace"))
    browser.show(browser.client.post(f"{draft}/to-khai/child-name", data=fields, headers={"Sec-Fetch-Dest": "empty"}))
    assert browser.response.status_code == 422
    assert "Dừng hướng dẫn" in browser.page.text
    assert len(guided.asked("ShowPlace")) == before + 1


def test_the_bar_says_what_was_said_on_this_page_and_the_list_the_rest(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    draft = guided_to_the_name(browser, ward, guided)
    guided.point("/child/full_name")

    def said() -> bool:
        return bool(browser.page.all("p", **{"class": "govuk-body app-guided__word"}))

    for path, here in (
        (f"{draft}/to-khai/child-name", True),
        (f"{draft}/to-khai", False),
        ("/huong-dan", False),
        (f"{draft}/to-khai/child-name", True),  # it lights up here
    ):
        browser.get(path)
        assert said() is here, path
        assert "Họ, chữ đệm, tên của trẻ" in browser.page.text, path


def test_the_same_question_pointed_at_again_is_lit_and_told_again(browser: Browser, ward: Ward, guided: Guided) -> None:
    begin(browser, guided)
    draft = a_draft(ward)
    seen = []
    for _ in range(2):
        guided.point("/child/full_name")
        browser.get(f"{draft}/to-khai/child-name")
        seen.append([bar(browser)[f"data-{name}"] for name in ("lit", "pointed", "number")])
        assert browser.page.all("div", **{"class": "app-pointed"}), "without script too"
        assert browser.page.text.count("Tình nguyện viên chỉ vào câu này") == 1
        check(browser)
    assert seen == [["f-child-full-name", "1", "1"], ["f-child-full-name", "2", "2"]]


def test_what_was_pointed_at_is_named_and_linked_from_every_page(browser: Browser, ward: Ward, guided: Guided) -> None:
    """Also a question that the volunteer knows only as the one on the screen, and a paper."""
    begin(browser, guided)
    draft = a_full_draft(ward)
    browser.get(f"{draft}/to-khai/mother?cau=2")
    guided.point("/here")
    browser.get(bar(browser)["data-part"])
    guided.point("/child/full_name")
    guided.point("documents/birth-certificate-of-hospital")
    for path in (f"{draft}/to-khai", "/ho-so", "/tai-khoan", "/huong-dan"):
        browser.get(path)
        part = bar(browser)["data-part"]
        for address in (path, part):
            browser.get(address)
            links = [one["href"] for one in browser.page.all("a") if one["href"].startswith(draft)]
            for href in (
                f"{draft}/to-khai/mother?cau=2",
                f"{draft}/to-khai/child-name?cau=1",
                f"{draft}/giay-to/birth-certificate-of-hospital",
            ):
                assert href in links, (address, links)
            for words in ("Họ, chữ đệm, tên của trẻ", "Giấy chứng sinh"):
                assert words in browser.page.text, address
            assert wording.A_QUESTION not in browser.page.text, address


def test_the_page_of_the_code_tells_by_itself_that_the_volunteer_has_come(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    assert guided.asked("ShowPlace")[-1].place.page == "guidance"
    assert '<noscript><meta http-equiv="refresh" content="5">' in browser.response.get_data(as_text=True)


def test_a_citizens_ticket_names_the_session_and_holds_its_key_and_nothing_else(
    app: Flask, browser: Browser, guided: Guided
) -> None:
    sit_down(browser)
    agree(browser)
    address = urlsplit(bar(browser)["data-stream"])
    assert address.path == "/streams/guidance"
    (ticket,) = parse_qs(address.query)["ticket"]
    opened = Sealer(app.extensions["settings"].cookie_key, STREAM_TICKETS).open(ticket, within=60)
    assert opened == {"ward": NAM_DUONG, "session": SESSION, "side": "citizen", "presence": PRESENCE_KEY.hex()}


def test_an_address_with_a_wrong_number_shows_the_part_all_the_same(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    guided_to_the_name(browser, ward, guided)
    guided.point("/here")
    browser.get("/huong-dan/phan?page=form&fields=/a&since=x")
    assert browser.response.status_code == 200


def test_without_script_only_pages_on_which_nothing_is_typed_come_by_themselves(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    begin(browser, guided)
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
    draft = guided_to_the_name(browser, ward, guided)
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
