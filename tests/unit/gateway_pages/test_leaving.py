"""People who leave a page by one of its links keep the typed text, also without a script."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from gateway.pages import kiosk as kiosk_of
from gateway.pages.typed import COOKIE
from services.chassis.refusal import Kind, Refusal, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import PHOTO, a_draft, a_supplement
from tests.unit.gateway_pages.guidance import Guided, agree, sit_down
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward

AWAY = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Phường chưa trả lời.")
PAPER = "birth-certificate-of-hospital"


def ways(browser: Browser) -> dict[str, str]:
    """Where the buttons of the page's form lead, each with its words or class."""
    return {one["value"]: one["class"] for one in browser.page.all("button", form="answers", name="next")}


def leave(browser: Browser, to: str, **typed: Any) -> None:
    """Presses the button of the page's form that leads to an address."""
    assert to in ways(browser), (to, ways(browser))
    post(browser, to, **typed)


def post(browser: Browser, to: str, **typed: Any) -> None:
    page = browser.page
    (form,) = page.all("form", id="answers")
    hidden: dict[str, Any] = {
        name: page.hidden(name) for name in ("version", "key", "ve", "tu") if page.all("input", name=name)
    }
    hidden |= {"asked": [one["value"] for one in page.all("input", name="asked")]}
    browser.post(form.get("action", browser.response.request.path), **hidden, next=to, **typed)


def values(ward: Ward) -> Any:
    (draft,) = ward.dossiers.values()
    return json.loads(draft.form_json)


def test_every_link_of_a_question_keeps_what_was_typed(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    path = f"{where}/to-khai/child-name"
    browser.get(path)
    check(browser)
    before = [one["href"] for one in browser.page.all("a")]
    assert [href for href in before if href.startswith("/")] == ["/"], "but for the name of the site"
    for number, to in enumerate(list(ways(browser))):
        browser.get(path)
        leave(browser, to, **{"child.full_name": f"An {number}"})
        assert browser.response.headers["Location"] == to
        assert values(ward)["child"]["full_name"] == f"An {number}"
    assert number >= 4


def test_what_is_left_is_saved_as_it_is_and_not_judged(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-birth")
    leave(browser, "/ho-so", **{"child.birth_date-day": "31", "child.birth_date-month": "hai"})
    assert browser.response.status_code == 303
    browser.get(f"{where}/to-khai/child-birth")
    shown = {one["name"]: one.get("value", "") for one in browser.page.all("input", type="text")}
    assert (shown["child.birth_date-day"], shown["child.birth_date-month"]) == ("31", "hai")


def test_nothing_is_saved_where_nothing_was_typed(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-name")
    wards.answers("SaveForm", AWAY)
    leave(browser, "/ho-so", **{"child.full_name": ""})
    assert browser.response.headers["Location"] == "/ho-so"


def test_a_question_that_is_sent_as_it_came_goes_on_and_is_not_saved_again(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """Another version would make what another tab has open stale."""
    browser.signed_in()
    where = a_draft(ward)
    sent = {"asked": "child.full_name", "child.full_name": "Nguyễn Minh An"}
    saved = []
    for _ in range(2):
        browser.get(f"{where}/to-khai/child-name")
        browser.post(f"{where}/to-khai/child-name", version=browser.page.hidden("version"), **sent)
        assert browser.response.status_code == 303
        saved.append([one.rpc for one in wards.asked].count("SaveForm"))
    assert saved == [1, 1]


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.com", "//example.com", "/\\example.com", "/quan-tri", "/toi/dong-y", "/dang-nhap/x", "x"],
)
def test_a_form_leads_to_no_place_that_is_not_offered(browser: Browser, ward: Ward, elsewhere: str) -> None:
    browser.signed_in()
    where = a_draft(ward)
    browser.get(f"{where}/to-khai/child-name")
    post(browser, elsewhere, **{"child.full_name": "Nguyễn Minh An"})
    assert browser.response.headers["Location"].startswith(where)


def test_what_cannot_be_saved_is_shown_again_and_said_and_nobody_is_kept(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in()
    where = a_draft(ward)
    for refusal in (AWAY, invalid("form-too-large", "Biểu mẫu quá dài.")):
        browser.get(f"{where}/to-khai/child-name")
        wards.answers("SaveForm", refusal)
        leave(browser, "/ho-so", **{"child.full_name": "Nguyễn Minh An"})
        assert browser.response.status_code == 422
        check(browser)
        assert browser.page.all("input", name="child.full_name")[0]["value"] == "Nguyễn Minh An"
        assert refusal.text in browser.page.text
        assert "điều vừa nhập ở đây sẽ mất" in browser.page.text
        assert ways(browser) == {}
        assert browser.page.all("a", href="/ho-so"), "who wants to goes all the same"
        assert "data-unsaved" in browser.page.all("form", id="answers")[0]


def test_the_enter_key_goes_on_and_leads_nowhere_else(kiosk: Browser, ward: Ward) -> None:
    """It presses the first button of the form, in any place on the page."""
    kiosk.sign_in()
    kiosk.get(f"{a_draft(ward)}/to-khai/child-name")
    first = next(tag for name, tag in kiosk.page.tags if name == "button" and tag.get("form") == "answers")
    assert "name" not in first
    assert (first["tabindex"], first["aria-hidden"]) == ("-1", "true")


# At a station's computer


def test_who_asks_for_guidance_or_stops_it_keeps_the_question(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    where = a_draft(ward)
    path = f"{where}/to-khai/child-birth?cau=2"
    browser.get(path)
    (to,) = [one for one in ways(browser) if one.startswith("/huong-dan?ve=")]
    assert parse_qs(urlsplit(to).query) == {"ve": [path]}
    leave(browser, to, **{"child.sex": "female"})
    assert values(ward)["child"] == {"sex": "female"}
    browser.follow()
    agree(browser, path)
    guided.state = "open"
    guided.point("/child/full_name")
    browser.get(path)
    leave(browser, f"{where}/to-khai/child-name?cau=1", **{"child.sex": "male"})
    assert values(ward)["child"] == {"sex": "male"}
    token = browser.get(path).hidden("csrf_token")
    leave(browser, "/huong-dan/dung", **{"child.sex": "female"})
    assert browser.response.status_code == 307, "the same form is posted there"
    browser.show(browser.client.post("/huong-dan/dung", data={"csrf_token": token, "key": "k", "ve": path}))
    assert (guided.state, browser.response.headers["Location"]) == ("ended", path)
    assert values(ward)["child"] == {"sex": "female"}


def test_the_part_that_changes_keeps_its_buttons(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    where = a_draft(ward)
    agree(browser)
    guided.state = "open"
    guided.point("/child/full_name")
    browser.get(f"{where}/to-khai/child-birth")
    (bar,) = browser.page.all("aside", id="guidance")
    browser.get(bar["data-part"])
    assert {"/huong-dan/dung", f"{where}/to-khai/child-name?cau=1"} <= ways(browser).keys()


def test_the_end_saves_and_leaves_whatever_happens(kiosk: Browser, ward: Ward, wards: FakeWards) -> None:
    kiosk.sign_in()
    where = a_draft(ward)
    kiosk.get(f"{where}/to-khai/child-name")
    leave(kiosk, "/kiosk/ket-thuc", **{"child.full_name": "Nguyễn Minh"})
    assert (kiosk.response.status_code, kiosk.response.headers["Location"]) == (307, "/kiosk/ket-thuc")
    assert values(ward)["child"]["full_name"] == "Nguyễn Minh"
    wards.answers("SaveForm", AWAY)
    kiosk.get(f"{where}/to-khai/child-name")
    post(kiosk, "/kiosk/ket-thuc", **{"child.full_name": "Nguyễn Minh An"})
    assert "Đã kết thúc" in kiosk.page.text
    assert kiosk.client.get_cookie("caunoi") is None
    answer = kiosk.client.post(f"{where}/to-khai/child-name", data={"next": "/kiosk/ket-thuc"})  # a page of any age
    assert "Đã kết thúc" in answer.get_data(as_text=True)


def test_the_start_says_why_the_session_before_ended(kiosk: Browser, ward: Ward) -> None:
    kiosk.sign_in()
    kiosk.show(kiosk.client.post("/kiosk/ket-thuc", data={"idle": "yes"}))
    start = f"/kiosk?vi={kiosk_of.IDLE}"
    assert f'location.replace("{start}")' in kiosk.response.get_data(as_text=True)
    kiosk.get(start)
    assert "vì 3 phút không có ai dùng" in kiosk.page.text
    assert "không có ai dùng" not in kiosk.get("/kiosk").text


def test_the_dialog_says_what_is_saved(kiosk: Browser, ward: Ward) -> None:
    kiosk.sign_in()
    assert "điều vừa nhập mà chưa gửi thì không" in kiosk.get("/tai-khoan").text
    kiosk.get(f"{a_draft(ward)}/to-khai/child-name")
    assert "máy lưu những gì ông/bà vừa điền" in kiosk.page.text
    assert "data-saved" in kiosk.page.all("dialog")[0]


def test_who_goes_on_after_all_comes_back_to_their_page(kiosk: Browser) -> None:
    kiosk.sign_in()
    for referrer, back in (
        ("http://localhost/ho-so?sau=x", "/ho-so?sau=x"),
        ("https://example.com/ho-so", "/kiosk"),
        ("http://localhost/kiosk/ket-thuc", "/kiosk"),
        ("", "/kiosk"),
    ):
        kiosk.show(kiosk.client.get("/kiosk/ket-thuc", headers={"Referer": referrer} if referrer else {}))
        assert kiosk.page.all("a", href=back), referrer


# Supplements and papers


@pytest.fixture
def asked(browser: Browser, ward: Ward) -> str:
    """The page of a supplement that asks for a name and a paper."""
    browser.signed_in()
    where = a_supplement(ward, {"/child/full_name": "Xin ghi đủ chữ đệm.", f"documents/{PAPER}": "Ảnh mờ."})
    return f"{where}/bo-sung"


def typed_name(browser: Browser) -> str:
    return browser.page.all("input", name="child.full_name")[0]["value"]


def test_a_supplement_is_as_it_was_typed_after_a_paper_was_added(
    browser: Browser, asked: str, wards: FakeWards
) -> None:
    browser.get(asked)
    check(browser)
    leave(
        browser, f"{asked.removesuffix('/bo-sung')}/giay-to/{PAPER}?tu=bo-sung", **{"child.full_name": "Nguyễn Bá An"}
    )
    browser.follow()
    browser.get(asked)
    assert typed_name(browser) == "Nguyễn Bá An"
    assert "SupplementDossier" not in [one.rpc for one in wards.asked]
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, "Bá" in cookie.value, cookie.expires) == (True, "Lax", False, None)
    browser.post(asked, version=browser.page.hidden("version"), **{"child.full_name": "Nguyễn Bá An"})
    assert browser.client.get_cookie(COOKIE) is None


def test_the_sentence_that_all_is_right_as_it_is_stays_too(browser: Browser, asked: str) -> None:
    said = "Họ của cháu viết như thế là đúng."
    for typed in (said, ""):
        browser.get(asked)
        leave(browser, "/ho-so", right_as_it_is=typed, **{"child.full_name": typed_name(browser)})
        assert browser.response.status_code == 303
        browser.get(asked)
        check(browser)
        assert (said in browser.page.text) == bool(typed), "what was taken out again does not come back"


def test_a_supplement_that_is_refused_shows_the_sentence_again(browser: Browser, asked: str, wards: FakeWards) -> None:
    version = browser.get(asked).hidden("version")
    wards.answers("SupplementDossier", AWAY)
    browser.post(asked, version=version, right="yes", right_as_it_is="Tên cháu đúng rồi.")
    assert browser.response.status_code == 422
    assert "Tên cháu đúng rồi." in browser.page.text


def test_a_supplement_that_is_too_long_to_be_kept_says_so(browser: Browser, asked: str) -> None:
    browser.get(asked)
    leave(browser, "/ho-so", **{"child.full_name": "An " * 2000})
    assert browser.response.status_code == 422
    check(browser)
    assert "điều vừa nhập ở đây sẽ mất" in browser.page.text
    assert browser.page.all("a", href="/ho-so")
    assert browser.client.get_cookie(COOKIE) is None


def test_what_was_typed_is_shown_to_nobody_else_and_leaves_with_the_person(browser: Browser, asked: str) -> None:
    browser.get(asked)
    leave(browser, "/ho-so", **{"child.full_name": "Nguyễn Bá An"})
    with browser.client.session_transaction() as held:
        held["who"] = {**held["who"], "id": "somebody-else"}
    browser.get(asked)
    assert typed_name(browser) != "Nguyễn Bá An"
    browser.post("/dang-xuat")
    assert browser.client.get_cookie(COOKIE) is None


def test_a_stations_computer_keeps_no_supplement_at_the_end(app: Flask, kiosk: Browser, asked: str, ward: Ward) -> None:
    kiosk.client.set_cookie(kiosk_of.USED_COOKIE, app.extensions["used"].seal({}))
    kiosk.get(asked)
    leave(kiosk, "/tai-khoan", **{"child.full_name": "Nguyễn Bá An"})
    assert kiosk.client.get_cookie(COOKIE)
    kiosk.show(kiosk.client.post("/kiosk/ket-thuc"))
    assert kiosk.client.get_cookie(COOKIE) is None


def test_who_goes_on_with_a_chosen_file_has_added_it(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_draft(ward)
    path = f"{where}/giay-to/{PAPER}"
    browser.get(path)
    check(browser)
    to = f"{where}/kiem-tra"
    assert to in ways(browser)
    browser.upload(path, PHOTO, "anh.jpg", next=to)
    assert browser.response.headers["Location"] == to
    (dossier,) = ward.dossiers.values()
    assert [one.filename for one in dossier.documents] == ["anh.jpg"]
    browser.get(path)
    browser.post(path, next=to)
    assert browser.response.headers["Location"] == to
    browser.get(path)
    browser.upload(path, b"MZ program", "anh.jpg", next=to)
    assert browser.response.status_code == 422
    post(browser, to)
    assert browser.response.headers["Location"] == to, "a file that is refused keeps nobody"


@pytest.mark.parametrize("press", ["/kiem-tra", "/bo", "/dien-thoai"])
def test_a_good_file_after_a_refused_one_is_added_whichever_button_is_pressed(
    browser: Browser, ward: Ward, press: str
) -> None:
    browser.signed_in()
    where = a_draft(ward)
    path, to = f"{where}/giay-to/{PAPER}", f"{where}/kiem-tra"
    (dossier,) = ward.dossiers.values()
    browser.get(path)
    browser.upload(path, PHOTO, "cu.jpg")
    browser.get(path)
    browser.upload(path, b"MZ program", "hong.jpg")
    assert browser.response.status_code == 422
    check(browser)
    if to.endswith(press):
        assert to in ways(browser)
        browser.upload(path, PHOTO + b" of another page", "moi.jpg", next=to)
        assert browser.response.headers["Location"] == to
    else:
        [action] = {
            one["formaction"] for one in browser.page.all("button") if one.get("formaction", "").endswith(press)
        }
        browser.upload(action, PHOTO + b" of another page", "moi.jpg")
    assert "moi.jpg" in [one.filename for one in dossier.documents]


def test_a_file_that_was_chosen_is_added_whichever_button_is_pressed(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in()
    wards.answers("StartCapture", Refusal(Kind.CONFLICT, "scanner-at-work", "Máy quét đang quét."))
    path = f"{a_draft(ward)}/giay-to/{PAPER}"
    (dossier,) = ward.dossiers.values()
    browser.get(path)
    browser.upload(path, PHOTO, "cu.jpg")
    (old,) = dossier.documents
    browser.get(path)
    check(browser)
    assert len(browser.page.all("form", action=path)) == 1
    buttons = {one["formaction"] for one in browser.page.all("button") if "formaction" in one}
    assert buttons == {f"{path}/dien-thoai", f"{path}/{old.id}/bo"}
    browser.upload(f"{path}/{old.id}/bo", PHOTO, "moi.jpg")
    assert [one.filename for one in dossier.documents] == ["moi.jpg"]
    browser.follow()
    assert "Đã bỏ tệp đó." in browser.page.text
    browser.upload(f"{path}/dien-thoai", PHOTO, "nua.jpg")
    assert [one.filename for one in dossier.documents] == ["moi.jpg", "nua.jpg"]
    browser.get(path)
    browser.upload(f"{path}/dien-thoai", b"MZ program", "hong.jpg")
    browser.follow()
    assert "Chưa tải lên được tệp “hong.jpg”. Chỉ nhận ảnh." in browser.page.text
    browser.get(path)
    seen = f"/ho-so/nam-duong/{dossier.id}/tep/{dossier.documents[0].id}"
    assert seen in ways(browser), "to look at another file"
    browser.upload(path, PHOTO, "ba.jpg", next=seen)
    assert browser.response.headers["Location"] == seen
    assert [one.filename for one in dossier.documents][-1] == "ba.jpg"


def test_a_file_is_added_even_if_what_the_button_does_is_refused(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in()
    path = f"{a_draft(ward)}/giay-to/{PAPER}"
    (dossier,) = ward.dossiers.values()
    browser.get(path)
    wards.answers("RemoveDocument", Refusal(Kind.NOT_FOUND, "unknown-document", "Hồ sơ không có tệp này."))
    browser.upload(f"{path}/x/bo", PHOTO, "moi.jpg")
    assert browser.response.status_code == 404
    assert [one.filename for one in dossier.documents] == ["moi.jpg"]
