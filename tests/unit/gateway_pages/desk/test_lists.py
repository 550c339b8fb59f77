"""The desk's lists: who may see them, what narrows them, and the way back to them."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis.refusal import FieldFault, invalid
from services.dossiers.domain.states import Status
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.desk.conftest import Offer
from tests.unit.gateway_pages.ward import Ward


def test_a_citizen_does_not_see_the_desk(browser: Browser) -> None:
    browser.signed_in()
    browser.get("/can-bo")
    assert browser.response.status_code == 403


def _listed(wards: FakeWards) -> Any:
    """The request of the last list."""
    return [asked.request for asked in wards.asked if asked.rpc == "ListDesk"][-1]


def test_a_searched_name_is_in_no_address_and_the_other_filters_are(
    browser: Browser, path: str, wards: FakeWards
) -> None:
    browser.get("/can-bo")
    (form,) = browser.page.all("form", role="search")
    assert form["method"] == "post"
    browser.post(form["action"], q="minh an", **{"trang-thai": "1", "han": "overdue", "thu-tuc": "1.001193"})
    found = browser.response.headers["Location"]
    assert found == "/can-bo?trang-thai=1&han=overdue&thu-tuc=1.001193&tim=sealed-0"
    browser.follow()
    asked = _listed(wards)
    assert (asked.search, asked.query) == ("sealed-0", "")
    assert (list(asked.statuses), asked.due, asked.procedure) == ([1], "overdue", "1.001193")
    assert browser.page.all("input", id="q")[0]["value"] == "minh an"
    (onward,) = [tag["href"] for tag in browser.page.all("a") if "sau=onward" in tag["href"]]
    browser.get(onward)
    asked = _listed(wards)
    assert (asked.cursor, asked.search, list(asked.statuses)) == ("onward", "sealed-0", [1])


def test_an_address_that_means_nothing_narrows_no_list_and_a_page_of_another_list_says_what_to_do(
    browser: Browser, path: str, wards: FakeWards
) -> None:
    browser.get("/can-bo?thu-tuc=nope")
    assert (browser.response.status_code, _listed(wards).procedure) == (200, "")
    other = FieldFault("cursor", "thuộc danh sách khác")
    wards.answers("ListDesk", invalid("invalid-cursor", "Con trỏ trang là của danh sách khác.", other))
    browser.get("/can-bo?trang-thai=2&sau=onward")
    assert browser.response.status_code == 400
    assert "Xin mở lại danh sách từ đầu" in browser.page.text
    assert "Con trỏ" not in browser.page.text


def test_the_way_back_from_a_dossier_leads_to_the_list_as_it_was(browser: Browser, path: str, offer: Offer) -> None:
    offer("acceptance")
    filtered = "/can-bo?trang-thai=1&nguoi=me&sau=onward"
    browser.get(filtered)
    (opened,) = [tag["href"] for tag in browser.page.all("a") if tag["href"].startswith(path)]
    browser.get(opened)
    assert browser.page.all("a", href=filtered)
    (button,) = [
        tag for tag in browser.page.all("button") if tag.get("formaction", "").startswith(f"{path}/acceptance")
    ]
    browser.post(button["formaction"], key=browser.page.hidden("key"), version=browser.page.hidden("version"))
    browser.follow()
    assert browser.page.all("a", href=filtered), "also after an act"
    assert "Quay lại danh sách" in browser.page.text


def test_every_button_of_a_dossier_takes_the_way_back_along(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.comparable = True
    dossier.actions[:] = ["approval", "refusal", "supplement-request"]
    dossier.comparisons.add(kind="judgment", title="Bản án", mode="present")
    dossier.residences.add(field="/mother/residence")
    filtered = "/can-bo?trang-thai=1&nguoi=me"
    browser.get(filtered)
    (opened,) = [tag["href"] for tag in browser.page.all("a") if tag["href"].startswith(path)]
    _, _, back = opened.partition("?")
    browser.get(opened)
    buttons = {tag["formaction"] for tag in browser.page.all("button") if "formaction" in tag}
    assert len(buttons) == 5
    assert [one for one in buttons if back not in one] == []
    browser.post(next(one for one in buttons if "tra-noi-cu-tru" in one).partition("#")[0], field="/mother/residence")
    browser.follow()
    assert browser.page.all("a", href=filtered)


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "next=//elsewhere.example", "sau", "%ff=%00"])
def test_the_way_back_leads_to_the_list_whatever_stands_in_the_address(browser: Browser, path: str, back: str) -> None:
    browser.get(f"{path}?ve={back}")
    assert [tag["href"] for tag in browser.page.all("a") if "govuk-back-link" in tag["class"]] == ["/can-bo"]


def test_a_search_that_is_over_says_so_and_keeps_the_other_filters(browser: Browser, path: str) -> None:
    browser.get("/can-bo?trang-thai=1&tim=gone&sau=onward")
    assert browser.response.status_code == 410
    assert not [tag for tag in browser.page.all("a") if tag["href"].startswith(path)], "nothing is listed as found"
    assert browser.page.all("a", href="#q")
    assert browser.page.all("option", value="1", selected="")
    assert browser.page.all("a", href="/can-bo?trang-thai=1")


def test_the_first_page_counts_what_waits_for_each_role(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.overdue = True
    said = browser.get("/can-bo").text
    assert "Đã quá hạn 1 hồ sơ" in said
    assert "Chờ tiếp nhận 99+ hồ sơ" in said
    browser.get("/can-bo?viec=to-accept")
    (here,) = browser.page.all("a", href="/can-bo?viec=to-accept")
    assert here["aria-current"] == "page"
    assert browser.page.hidden("viec") == "to-accept"


def test_a_queue_is_a_filter_of_the_list(browser: Browser, path: str, wards: FakeWards) -> None:
    browser.get("/can-bo?viec=to-accept")
    assert _listed(wards).queue == "to-accept"
    browser.post("/can-bo/tim", viec="to-accept", nguoi="none")
    assert browser.response.headers["Location"] == "/can-bo?viec=to-accept&nguoi=none"
    browser.follow()
    browser.post("/can-bo/tim", viec="to-accept", **{"trang-thai": "9"})
    assert browser.response.headers["Location"] == "/can-bo?trang-thai=9", "a queue has statuses of its own"


def test_a_row_begins_with_the_person_whom_the_dossier_is_about(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.subject_name = "Trần Minh Khôi"
    browser.get("/can-bo")
    (opened,) = [tag for tag in browser.page.all("a") if tag["href"].startswith(path)]
    said = browser.page.text
    assert said.index("Trần Minh Khôi") < said.index(dossier.code)
    assert "app-name" in opened["class"]


def test_an_annulled_result_is_not_shown_as_done(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    for annulled, colour in ((False, "green"), (True, "grey")):
        dossier.status, dossier.result_annulled = Status.DONE, annulled
        for page in ("/can-bo", path):
            tags = browser.get(page).all("strong", **{"class": f"govuk-tag govuk-tag--{colour}"})
            assert tags, (page, colour)


def test_a_row_without_a_due_time_has_an_empty_cell(browser: Browser, path: str, ward: Ward) -> None:
    """The style sheet hides an empty cell with its label on a phone; one with a space would stay."""
    (dossier,) = ward.dossiers.values()
    dossier.ClearField("due_at")
    browser.get("/can-bo")
    assert 'data-label="Hạn"></td>' in browser.response.text


def test_the_list_is_narrowed_by_the_statuses_that_the_service_names(
    browser: Browser, path: str, wards: FakeWards
) -> None:
    browser.get("/can-bo?trang-thai=5")
    assert list(_listed(wards).statuses) == [5]
    assert "5. Yêu cầu bổ sung giấy tờ" in browser.page.text
    assert "selected" in browser.page.all("option", value="5")[0]
    offered = [one["value"] for one in browser.page.all("option") if one["value"].isdigit()]
    assert offered == [str(int(status)) for status in Status]


def test_the_list_is_filtered_by_who_works_on_it(browser: Browser, path: str, wards: FakeWards) -> None:
    browser.get("/can-bo?nguoi=none")
    assert _listed(wards).assigned == "none"
    assert browser.page.all("option", value="none")[0]["selected"] is not None
    browser.post("/can-bo/tim", nguoi="me", q="")
    browser.follow()
    assert _listed(wards).assigned == "me"
    browser.get("/can-bo?nguoi=gi-do")
    assert _listed(wards).assigned == ""
