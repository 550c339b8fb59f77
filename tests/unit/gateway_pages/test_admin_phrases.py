"""The administrator's pages of set phrases."""

from __future__ import annotations

from typing import Any

from caunoi.accounts.v1 import stations_pb2 as stations_v1

from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.admin import ADMIN, PHRASES
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward


def test_phrases_are_added_changed_ordered_and_retired(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    browser.get(PHRASES)
    browser.post(PHRASES, text="")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("a", href="#f-text")
    browser.post(PHRASES, text="Xin nghỉ một chút.", key="k")
    browser.follow()
    last = ward.phrases[-1]
    assert last.position > max(one.position for one in ward.phrases[:-1])
    browser.post(f"{PHRASES}/{last.id}/len", key="k2")
    browser.follow()
    shown = [tag["id"] for tag in browser.page.all("li") if tag.get("id", "").startswith("cau-")]
    assert shown == [f"cau-{ward.phrases[place].id}" for place in (0, 2, 1)]
    calls = len([one for one in wards.asked if one.rpc == "SavePhrase"])
    browser.post(f"{PHRASES}/{last.id}/xuong", key="k3")
    assert len([one for one in wards.asked if one.rpc == "SavePhrase"]) == calls + 2, "only the two that change places"
    browser.get(f"{PHRASES}/{last.id}")
    check(browser)
    browser.post(f"{PHRASES}/{last.id}", text="Xin nghỉ năm phút.")
    browser.follow()
    assert "Xin nghỉ năm phút." in browser.page.text
    browser.get(f"{PHRASES}/{last.id}/bo")
    check(browser)
    browser.post(f"{PHRASES}/{last.id}/bo", key="k4")
    browser.follow()
    assert "Xin nghỉ năm phút." not in browser.page.text


def test_a_phrase_that_is_sent_as_it_came_is_not_saved_again(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    phrase = ward.phrases[0]
    browser.get(f"{PHRASES}/{phrase.id}")
    browser.post(f"{PHRASES}/{phrase.id}", text=phrase.text, shown=phrase.text)
    assert "SavePhrase" not in [one.rpc for one in wards.asked]
    browser.follow()
    assert "Chưa có gì thay đổi" in browser.page.text


def test_who_changes_a_phrase_later_sees_what_was_saved_meanwhile(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    phrase = ward.phrases[0]
    browser.get(f"{PHRASES}/{phrase.id}")
    before = browser.page.hidden("shown")
    browser.post(f"{PHRASES}/{phrase.id}", text="Xin đợi một phút.", shown=before)
    browser.get(f"{PHRASES}/{phrase.id}")
    browser.post(f"{PHRASES}/{phrase.id}", text="Xin đợi năm phút.", shown=before)
    assert browser.response.status_code == 412
    check(browser)
    assert "“Xin đợi một phút.”" in browser.page.text
    assert "Xin đợi năm phút." in browser.page.text
    assert ward.phrases[0].text == "Xin đợi một phút."
    browser.post(f"{PHRASES}/{phrase.id}", text="Xin đợi năm phút.", shown=browser.page.hidden("shown"))
    assert browser.response.status_code == 303
    assert ward.phrases[0].text == "Xin đợi năm phút."


def test_what_somebody_saves_at_the_same_moment_is_not_overwritten(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """Between the look and the saving: by the words of one, and by the arrows of another."""
    browser.signed_in(ADMIN)
    phrase = ward.phrases[0]
    listed = ward.rpc_list_phrases
    wordings = iter(["Xin đợi một phút.", "Xin đợi một phút.", "Xin đợi hai phút.", "Xin đợi hai phút."])

    def list_and_be_overtaken(_: str, request: Any) -> Any:
        found = stations_v1.ListPhrasesResponse.FromString(listed(request).SerializeToString())
        text = next(wordings, phrase.text)
        if text != phrase.text:
            phrase.text, phrase.version = text, phrase.version + 1
        return found

    browser.get(f"{PHRASES}/{phrase.id}")
    shown, before = browser.page.hidden("shown"), phrase.text
    wards.answers("ListPhrases", list_and_be_overtaken)
    browser.post(f"{PHRASES}/{phrase.id}", text="Xin đợi năm phút.", shown=shown)
    assert browser.response.status_code == 412
    check(browser)
    assert phrase.text == "Xin đợi một phút." != before
    assert "“Xin đợi một phút.”" in browser.page.text
    assert "Xin đợi năm phút." in browser.page.text
    browser.post(f"{PHRASES}/{phrase.id}/xuong", key="k")
    browser.follow()
    assert "Người khác vừa đổi danh sách này" in browser.page.text
    assert phrase.text == "Xin đợi hai phút."


def test_what_was_typed_for_a_new_phrase_stays_while_others_are_moved(browser: Browser, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    browser.get(PHRASES)
    (button,) = browser.page.all("button", formaction=f"{PHRASES}/{ward.phrases[1].id}/len")
    before = [one.id for one in ward.phrases]
    browser.post(button["formaction"], text="Xin xem lại ngày sinh.")
    assert browser.response.status_code == 200
    check(browser)
    assert "Xin xem lại ngày sinh." in browser.page.text
    (form,) = [tag for tag in browser.page.all("form") if tag.get("action") == PHRASES]
    assert "data-unsaved" in form
    assert [one.id for one in sorted(ward.phrases, key=lambda one: one.position)][:2] == [before[1], before[0]]
