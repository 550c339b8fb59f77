"""The page on which a ward corrects its printer for the Ministry's printed forms."""

from __future__ import annotations

import pytest

from gateway.pages.blanks import millimetres, tenths
from gateway.pages.plain import UNCHANGED
from services.chassis.refusal import FieldFault, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import OFFICER, SIGNER, Ward

BLANKS = "/can-bo/phoi"
CORRECTING = f"{BLANKS}/birth-certificate"
ADMIN = "quantri.nam-duong"


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1,5", 15), ("-2", -20), ("0.3", 3), ("", 0), (" − 1,2 ", -12), ("+4", 40), ("29,9", 299)],
)
def test_millimetres_are_read_as_people_type_them(typed: str, value: int) -> None:
    assert tenths(typed) == value


@pytest.mark.parametrize("typed", ["một", "1,55", "1,", "--2", "1e3", "٣", "1 mm"])
def test_what_is_no_number_of_millimetres_is_told_apart(typed: str) -> None:
    assert tenths(typed) is None


def test_millimetres_are_shown_with_a_comma() -> None:
    assert [millimetres(one) for one in (15, -20, 0)] == ["1,5", "-2", "0"]


@pytest.mark.parametrize("who", [OFFICER, ADMIN])
def test_an_offset_is_typed_kept_and_shown(browser: Browser, wards: FakeWards, who: str) -> None:
    browser.signed_in(who)
    browser.get(BLANKS)
    check(browser)
    assert "Chưa chỉnh lần nào" in browser.page.text
    browser.send(CORRECTING, "birth-certificate", key="k", version="1", dx="-1,5", dy="2")
    (asked,) = [one.request for one in wards.asked if one.rpc == "SetBlankOffset"]
    assert (asked.blank, asked.dx, asked.dy) == ("birth-certificate", -15, 20)
    browser.follow()
    check(browser)
    assert "sang phải -1,5 mm, xuống dưới 2 mm" in browser.page.text
    assert browser.page.all("input", id="dx-birth-certificate")[0]["value"] == "-1,5"


def test_what_was_typed_wrongly_stays_with_what_to_do(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(OFFICER)
    browser.get(BLANKS)
    browser.send(CORRECTING, "birth-certificate", version="1", dx="hai", dy="2")
    assert browser.response.status_code == 422
    check(browser)
    assert "ví dụ 1,5" in browser.page.text
    assert [browser.page.all("input", id=f"{name}-birth-certificate")[0]["value"] for name in ("dx", "dy")] == [
        "hai",
        "2",
    ]
    wards.answers(
        "SetBlankOffset", invalid("invalid-field", "Nhiều nhất 30 mm.", FieldFault("dy", "Nhiều nhất 30 mm."))
    )
    browser.send(CORRECTING, "birth-certificate", version="1", dx="0", dy="99")
    assert browser.response.status_code == 422
    assert "Nhiều nhất 30 mm." in browser.page.text
    assert not ward.blanks[0].dy


def test_an_offset_sent_as_it_came_is_not_saved_again(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in(OFFICER)
    browser.get(BLANKS)
    version = browser.page.all("input", name="birth-certificate.version")[0]["value"]
    browser.send(CORRECTING, "birth-certificate", version=version, dx="0", dy="0,0")
    browser.follow()
    assert UNCHANGED in browser.page.text
    assert "SetBlankOffset" not in [one.rpc for one in wards.asked]


def test_an_offset_that_somebody_else_saved_meanwhile_is_not_overwritten_unseen(browser: Browser, ward: Ward) -> None:
    browser.signed_in(OFFICER)
    browser.get(BLANKS)
    version = browser.page.all("input", name="birth-certificate.version")[0]["value"]
    ward.blanks[0].dx, ward.blanks[0].version = 7, 2
    browser.send(CORRECTING, "birth-certificate", version=version, dx="1,5", dy="0")
    assert browser.response.status_code == 412
    check(browser)
    assert "Người khác đã chỉnh phôi này" in browser.page.text
    assert "sang phải 0,7 mm" in browser.page.text
    assert browser.page.all("input", id="dx-birth-certificate")[0]["value"] == "1,5"
    assert ward.blanks[0].dx == 7
    browser.send(
        CORRECTING, "birth-certificate", version=browser.page.hidden("birth-certificate.version"), dx="1,5", dy="0"
    )
    assert (browser.response.status_code, ward.blanks[0].dx) == (303, 15)


def test_what_was_typed_for_another_blank_stays_on_the_version_that_was_shown(browser: Browser, ward: Ward) -> None:
    browser.signed_in(OFFICER)
    browser.get(BLANKS)
    first, other = ward.blanks[:2]
    sent = {f"{one.name}.version": str(one.version) for one in (first, other)}
    sent |= {f"{first.name}.dx": "1", f"{first.name}.dy": "0", f"{other.name}.dx": "-2,5", f"{other.name}.dy": "0"}
    other.dy, other.version = 9, other.version + 1  # somebody else saves it meanwhile
    browser.post(f"{BLANKS}/{first.name}", **sent)
    assert browser.response.status_code == 200
    check(browser)
    assert browser.page.all("input", id=f"dx-{other.name}")[0]["value"] == "-2,5"
    assert first.dx == 10
    again = {
        tag["name"]: tag["value"] for tag in browser.page.all("input") if tag.get("name", "").startswith(other.name)
    }
    browser.post(f"{BLANKS}/{other.name}", **again)
    assert browser.response.status_code == 412
    assert (other.dx, other.dy) == (0, 9), "not overwritten unseen"


def test_a_signer_sees_the_offsets_and_changes_none(browser: Browser) -> None:
    browser.signed_in(SIGNER)
    browser.get(BLANKS)
    check(browser)
    assert not browser.page.all("form", action=CORRECTING)
    browser.get(f"{CORRECTING}/trang-chinh")
    assert browser.response.mimetype == "application/pdf"


def test_a_citizen_sees_no_printed_form(browser: Browser) -> None:
    browser.signed_in()
    for path in (BLANKS, f"{CORRECTING}/trang-chinh"):
        browser.get(path)
        assert browser.response.status_code == 403


def test_the_desk_shows_how_often_a_paper_was_printed(browser: Browser, ward: Ward) -> None:
    a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.papers[:] = ["certificate", "certificate-on-blank"]
    browser.signed_in(OFFICER)
    browser.get(f"/can-bo/ho-so/{dossier.id}")
    check(browser)
    assert "Chưa in." in browser.page.text
    dossier.register_entry.printed_on_blank = 2
    dossier.register_entry.last_printed_on_blank_at.GetCurrentTime()
    browser.get(f"/can-bo/ho-so/{dossier.id}")
    check(browser)
    assert "Đã mở để in 2 lần" in browser.page.text
    assert browser.page.all("a", href=BLANKS)
