"""At a station's computer a form asks one question a page: saved, judged, and on to the next."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_draft, a_full_draft
from tests.unit.gateway_pages.ward import Ward


def asked(browser: Browser) -> list[str]:
    return [one["value"] for one in browser.page.all("input", name="asked")]


def answer(browser: Browser, **fields: Any) -> None:
    """Sends the question that is shown, as the page would send it."""
    page = browser.page
    action = page.all("form", method="post")[-1]["action"]
    hidden = {name: page.hidden(name) for name in ("version", "key", "asked")}
    came_from = {"tu": page.hidden("tu")} if page.all("input", name="tu") else {}
    browser.post(action, **hidden, **came_from, **fields)


def back(browser: Browser) -> str:
    (way,) = browser.page.all("button", **{"class": "app-link-button govuk-back-link"})
    return way["value"]


def values(ward: Ward) -> Any:
    (draft,) = ward.dossiers.values()
    return json.loads(draft.form_json)


def test_each_question_has_a_page_of_its_own(kiosk: Browser, ward: Ward) -> None:
    kiosk.sign_in()
    where = a_draft(ward)
    kiosk.get(f"{where}/to-khai/child-birth")
    assert asked(kiosk) == ["child.birth_date"]
    day = {"child.birth_date-day": "12", "child.birth_date-month": "9", "child.birth_date-year": "2020"}
    answer(kiosk, **day)
    assert kiosk.response.headers["Location"].endswith("/to-khai/child-birth?cau=2")
    kiosk.follow()
    assert asked(kiosk) == ["child.sex"]
    assert kiosk.page.title.startswith("Trẻ là trai hay gái?")
    assert len(kiosk.page.headings) == 1
    assert back(kiosk).endswith("/to-khai/child-birth?cau=1")
    answer(kiosk, **{"child.sex": "male"})
    assert "child-birth" not in kiosk.response.headers["Location"]
    assert values(ward)["child"] == {"birth_date": "2020-09-12", "sex": "male"}


def test_only_the_question_that_was_sent_is_judged(kiosk: Browser, ward: Ward) -> None:
    kiosk.sign_in()
    where = a_draft(ward)
    kiosk.get(f"{where}/to-khai/child-birth?cau=2")
    answer(kiosk)
    assert kiosk.response.status_code == 422
    assert asked(kiosk) == ["child.sex"]
    assert len(kiosk.page.all("a", href="#f-child-sex")) == 1
    assert kiosk.page.all("a", href="#f-child-birth-date-day") == []


def test_back_leads_question_by_question_to_the_page_before(kiosk: Browser, ward: Ward) -> None:
    kiosk.sign_in()
    where = a_full_draft(ward)
    kiosk.get(f"{where}/to-khai/mother?cau=2")
    assert back(kiosk).endswith("/to-khai/mother?cau=1")
    kiosk.get(back(kiosk))
    before = back(kiosk)
    assert "/to-khai/mother?" not in before
    assert "cau=" in before


def test_changing_an_answer_from_the_check_page_comes_straight_back(kiosk: Browser, ward: Ward) -> None:
    kiosk.sign_in()
    where = a_full_draft(ward)
    kiosk.get(f"{where}/kiem-tra")
    change = f"{where}/to-khai/child-birth?tu=kiem-tra&cau=2"
    assert len(kiosk.page.all("a", href=change)) == 1
    kiosk.get(change)
    assert asked(kiosk) == ["child.sex"]
    assert back(kiosk) == f"{where}/kiem-tra"
    answer(kiosk, **{"child.sex": "female"})
    assert kiosk.response.headers["Location"] == f"{where}/kiem-tra"
    assert values(ward)["child"]["sex"] == "female"


def test_a_number_that_no_question_has_shows_the_first(kiosk: Browser, ward: Ward) -> None:
    kiosk.sign_in()
    where = a_draft(ward)
    for number in ("0", "99", "x", "-1"):
        kiosk.get(f"{where}/to-khai/child-birth?cau={number}")
        assert asked(kiosk) == ["child.birth_date"]


def test_at_home_a_page_asks_all_its_questions(browser: Browser, ward: Ward) -> None:
    browser.sign_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-birth?cau=2")
    assert asked(browser) == ["child.birth_date", "child.sex"]
