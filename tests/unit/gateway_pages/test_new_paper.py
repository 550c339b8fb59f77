"""The desk's page on which a new identity paper gets into an account, and what the owner sees of it."""

from __future__ import annotations

import pytest

from gateway.texts import PAPER_GROUNDS
from services.accounts.domain.papers import GROUNDS
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_draft, a_full_draft
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.test_recovery import at_desk, requests
from tests.unit.gateway_pages.ward import Ward

FILLED = {
    "identity_kind": "cmnd",
    "identity_number": "201123456",
    "new_identity_kind": "cccd",
    "new_identity_number": "048156000007",
    "number_again": "048156000007",
    "ground": "old-paper",
    "original_seen": "yes",
}


def test_every_ground_has_its_words() -> None:
    assert tuple(PAPER_GROUNDS) == GROUNDS


def test_a_new_paper_is_noted_and_the_account_shows_it(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    ward.people["0905123456"].identity_kind = "cmnd"
    where = at_desk(browser)
    assert "Chứng minh nhân dân •••••••••123" in browser.page.text
    assert browser.page.all("a", href=f"{where}/giay-to-moi")
    browser.get(f"{where}/giay-to-moi")
    check(browser)
    assert "Trần Thị Bông" in browser.page.text
    assert "27/03/1956" in browser.page.text, "to compare with the paper"
    assert browser.page.all("input", name="identity_kind", value="cmnd", checked="")
    browser.post(f"{where}/giay-to-moi", **(FILLED | {"number_again": "048 156 000 007"}))
    (sent,) = requests(wards, "ReplaceIdentityPaper")
    assert (sent.identity_kind, sent.identity_number) == ("cmnd", "201123456")
    assert (sent.new_identity_kind, sent.new_identity_number) == ("cccd", "048156000007")
    assert (sent.ground, sent.original_seen) == ("old-paper", True)
    browser.follow()
    check(browser)
    assert "Đã ghi giấy tờ mới vào tài khoản." in browser.page.text
    assert "Căn cước công dân •••••••••007" in browser.page.text
    assert "Căn cước công dân thay chứng minh nhân dân – Lê Thị Hoa" in browser.page.text
    assert "Căn cứ: Đã xem giấy tờ cũ" in browser.page.text


def test_a_number_noted_wrongly_is_put_right_by_a_tick_that_is_offered_after_a_paper_was_noted(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    ward.people["0905123456"].identity_kind = "cmnd"
    where = at_desk(browser)
    browser.get(f"{where}/giay-to-moi")
    assert not browser.page.all("input", name="corrects")
    browser.post(f"{where}/giay-to-moi", **FILLED)
    browser.get(f"{where}/giay-to-moi")
    check(browser)
    assert browser.page.all("input", name="corrects")
    browser.post(f"{where}/giay-to-moi", **(FILLED | {"corrects": "yes"}))
    assert [each.corrects for each in requests(wards, "ReplaceIdentityPaper")] == [False, True]


@pytest.mark.parametrize(
    ("changed", "anchor", "text"),
    [
        ({"identity_number": ""}, "#f-identity-number", "Xin ghi số giấy tờ cũ."),
        ({"new_identity_kind": ""}, "#f-new-identity-kind", "Xin chọn loại giấy tờ mới."),
        ({"number_again": "048156000008"}, "#f-number-again", "Hai lần gõ số mới khác nhau."),
        ({"ground": ""}, "#f-ground", "Xin chọn căn cứ cho biết hai giấy tờ là của một người."),
        ({"original_seen": ""}, "#original-seen", "Xin xem bản chính giấy tờ mới và căn cứ"),
        ({"identity_number": "201123457"}, "#f-identity-number", "Số giấy tờ cũ không khớp."),
        (
            {"new_identity_number": "048156000999", "number_again": "048156000999"},
            "#f-new-identity-number",
            "Số giấy tờ mới đã có tài khoản khác ở phường này.",
        ),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_typed_is_lost(
    browser: Browser, changed: dict[str, str], anchor: str, text: str
) -> None:
    where = at_desk(browser)
    browser.get(f"{where}/giay-to-moi")
    typed = FILLED | changed
    browser.post(f"{where}/giay-to-moi", **typed)
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href=anchor)
    assert text in browser.page.text
    for name in ("identity_number", "new_identity_number", "number_again"):
        assert not typed[name] or browser.page.all("input", name=name, value=typed[name])
    for name in ("identity_kind", "new_identity_kind", "ground", "original_seen"):
        assert not typed[name] or browser.page.all("input", name=name, value=typed[name], checked="")


def test_two_numbers_that_differ_are_not_sent(browser: Browser, wards: FakeWards) -> None:
    where = at_desk(browser)
    browser.get(f"{where}/giay-to-moi")
    browser.post(f"{where}/giay-to-moi", **(FILLED | {"number_again": "048156000008"}))
    assert requests(wards, "ReplaceIdentityPaper") == []


def test_the_owner_sees_kind_last_digits_and_when_it_was_seen(browser: Browser, ward: Ward) -> None:
    account = ward.people["0905123456"]
    account.identity_kind, account.identity_level = "passport", 2
    account.identity_seen_at.FromJsonString("2020-10-06T02:00:00Z")
    browser.sign_in()
    browser.get("/tai-khoan")
    assert "Hộ chiếu •••••••••123" in browser.page.text
    assert "Mức 2: cán bộ đã xem bản chính giấy tờ tùy thân (9 giờ ngày 06/10/2020)" in browser.page.text


@pytest.mark.parametrize("login", ["0905123456", "tinhnguyen.nam-duong", "quantri.nam-duong", "chutich.nam-duong"])
def test_nobody_else_comes_to_the_page(browser: Browser, ward: Ward, login: str) -> None:
    browser.signed_in(login)
    browser.get(f"/can-bo/tai-khoan/{ward.people['0905123456'].id}/giay-to-moi")
    assert browser.response.status_code == 403


# Drafts that were started before

OTHER = "Số giấy tờ tùy thân của ông/bà trong tờ khai khác số đang ghi trong tài khoản"


def test_a_draft_with_the_old_number_says_so_with_the_way_to_its_question(browser: Browser, ward: Ward) -> None:
    draft = a_full_draft(ward)
    browser.sign_in()
    for page in ("to-khai", "kiem-tra"):
        assert OTHER not in browser.get(f"{draft}/{page}").text
    account = ward.people["0905123456"]
    for masked in ("•••••••••007", "••••••123"):
        account.identity_number_masked = masked
        for page in ("to-khai", "kiem-tra"):
            assert f"{OTHER} (Căn cước công dân {masked})" in browser.get(f"{draft}/{page}").text
            check(browser)
    browser.get(f"{draft}/to-khai")
    assert browser.page.all("a", href=f"{draft}/to-khai/requester-identity", **{"class": "govuk-link"})
    browser.get(f"{draft}/to-khai/requester-identity")
    assert browser.page.all("input", name="requester.identity_number", value="048056000123")


def test_a_draft_without_a_number_says_nothing_of_it(browser: Browser, ward: Ward) -> None:
    draft = a_draft(ward)
    browser.sign_in()
    assert OTHER not in browser.get(f"{draft}/to-khai").text
