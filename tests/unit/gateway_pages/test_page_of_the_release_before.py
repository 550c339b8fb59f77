"""A page of the release before lies open while the gateway is replaced: what it sends is read, or shown anew.

Its forms had bare names. What is not read must not be taken for nothing, and the act be done without it.
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import OFFICER, Ward

BLANK = "/can-bo/phoi/birth-certificate"


@pytest.fixture
def path(browser: Browser, ward: Ward) -> str:
    a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = ["approval", "stop", "assignment", "handover", "return", "signature"]
    browser.signed_in(OFFICER)
    path = f"/can-bo/ho-so/{dossier.id}"
    browser.get(path)
    return path


@pytest.mark.parametrize(
    ("act", "rpc", "typed", "sent"),
    [
        (
            "approval",
            "ApproveDossier",
            {"personal_identification_number": "048220000001", "note": "Xem lại"},
            {"personal_identification_number": "048220000001", "note": "Xem lại"},
        ),
        ("stop", "StopDossier", {"reason": "Trùng", "article": "Đ5"}, {"reason": "Trùng", "article": "Đ5"}),
        ("assignment", "AssignDossier", {"to": "dung", "note": ""}, {"to": "dung"}),
        (
            "handover",
            "HandOverDossier",
            {"recipient_name": "Trần Thị Bông", "register_signed": "yes", "pick": "/mother"},
            {"recipient_name": "Trần Thị Bông", "register_signed": True, "present": ["/mother"]},
        ),
        ("ky/return", "ReturnDossier", {"reason": "Xem lại tên mẹ"}, {"reason": "Xem lại tên mẹ"}),
    ],
)
def test_an_act_has_what_was_typed_for_it(
    browser: Browser,
    path: str,
    wards: FakeWards,
    act: str,
    rpc: str,
    typed: dict[str, str],
    sent: dict[str, object],
) -> None:
    browser.post(f"{path}/{act}", key="k", version="3", **typed)
    (asked,) = [one.request for one in wards.asked if one.rpc == rpc]
    assert {name: getattr(asked, name) for name in sent} == sent
    assert asked.expected_version == 3


def test_what_was_typed_stays_where_the_act_is_refused(browser: Browser, path: str) -> None:
    browser.post(f"{path}/stop", key="k", version="9", reason="Trùng hồ sơ", article="")
    assert browser.response.status_code == 412
    check(browser)
    assert "Trùng hồ sơ" in browser.page.text


def test_nothing_of_another_form_is_taken_for_the_one_that_was_sent(
    browser: Browser, ward: Ward, wards: FakeWards, path: str
) -> None:
    """What a page of today sends bare belongs to none of its forms, where one has nothing but a tick."""
    (dossier,) = ward.dossiers.values()
    dossier.copied_register = "birth"
    browser.get(path)
    bare = {tag["name"] for tag in browser.page.all("input") if tag.get("name") and "." not in tag["name"]}
    assert not bare & {"reason", "register", "query", "dossier", "article", "note", "to"}
    browser.post(f"{path}/stop", key="k", version="3", **{"approval.note": "x"}, reason="HS")
    assert not [one.request.reason for one in wards.asked if one.rpc == "StopDossier" and one.request.reason]


def test_the_number_of_a_paper_book_and_of_the_ministry_are_read(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    entry = ward.entry("birth", {})
    browser.signed_in(OFFICER)
    browser.get("/can-bo/phoi")
    browser.post("/can-bo/cac-quyen-so/birth/2020/so-giay", key="k", paper_number="12")
    browser.get("/can-bo/phoi")
    browser.post(f"/can-bo/so-ho-tich/muc/{entry.id}/so-bo-tu-phap", key="k", number="0007/KS/2020")
    sent = {one.rpc: one.request for one in wards.asked}
    assert sent["BeginBook"].paper_number == 12
    assert sent["SetMinistryNumber"].number == "0007/KS/2020"


def test_a_note_and_why_one_is_sent_back_are_read(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    entry = ward.entry("birth", {})
    waiting = entry.proposed_notes.add(id=str(uuid4()), kind="correction", text="x")
    ward.people[OFFICER].roles.append("signer")
    browser.signed_in(OFFICER)
    place = f"/can-bo/so-ho-tich/muc/{entry.id}"
    browser.get(place)
    browser.post(place, key="k", kind="correction", text="Đổi chữ đệm", basis="Quyết định số 4")
    browser.get(place)
    browser.post(f"{place}/ghi-chu/{waiting.id}/tra", key="k", reason="Thiếu số văn bản")
    sent = {one.rpc: one.request for one in wards.asked}
    assert (sent["NoteEntry"].text, sent["NoteEntry"].basis) == ("Đổi chữ đệm", "Quyết định số 4")
    assert sent["DecideNote"].reason == "Thiếu số văn bản"


def test_an_offset_is_read(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in(OFFICER)
    browser.get("/can-bo/phoi")
    browser.post(BLANK, key="k", version="1", dx="1,5", dy="0")
    (asked,) = [one.request for one in wards.asked if one.rpc == "SetBlankOffset"]
    assert (asked.dx, asked.dy, asked.expected_version) == (15, 0, 1)


@pytest.mark.parametrize("sent", [{}, {"birth-certificate.dx": "1,5"}, {"dx": "1,5", "dy": "0"}, {"other.dx": "2"}])
def test_an_offset_without_the_version_that_was_shown_is_shown_again(
    browser: Browser, ward: Ward, wards: FakeWards, sent: dict[str, str]
) -> None:
    ward.blanks[0].dx = 7
    browser.signed_in(OFFICER)
    browser.get("/can-bo/phoi")
    browser.post(BLANK, key="k", **sent)
    assert browser.response.status_code == 412
    check(browser)
    assert "SetBlankOffset" not in [one.rpc for one in wards.asked]
    assert "sang phải 0,7 mm" in browser.page.text
    if "1,5" in sent.values():
        assert browser.page.all("input", id="dx-birth-certificate")[0]["value"] == "1,5", "what was typed stays"


def test_a_search_from_a_dossier_of_the_release_before_leads_back_to_it(
    browser: Browser, ward: Ward, wards: FakeWards, path: str
) -> None:
    (dossier,) = ward.dossiers.values()
    browser.post("/can-bo/so-ho-tich", register="birth", query="An", reason="HS", dossier=dossier.id)
    assert browser.response.status_code == 303
    assert f"ho-so={dossier.id}" in browser.response.headers["Location"]
    (asked,) = [one.request for one in wards.asked if one.rpc == "StartSearch"]
    assert (asked.query, asked.reason) == ("An", "HS")
