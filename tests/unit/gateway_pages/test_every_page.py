"""Properties of every page: a title, Vietnamese, one h1, nothing from other hosts, nothing inline without its nonce."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from deploy.local.process import ROOT
from gateway.pages.guidance import place
from gateway.pages.own_questions import OPENING
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_draft, a_filed_dossier, a_full_draft
from tests.unit.gateway_pages.ward import CODE, KEY, TODAY, Ward

TEMPLATES = ROOT / "gateway" / "templates"
PUBLIC = (
    "/",
    "/phuong/nam-duong",
    "/lich",
    "/lich/nam-duong",
    "/phuong/nam-duong/thu-tuc/1.001193",
    "/phuong/nam-duong/mo-tai-khoan",
    *(f"/phuong/nam-duong/mo-tai-khoan/{name}" for name in (*OPENING, "kiem-tra")),
    "/dang-nhap",
    "/quen-mat-khau",
    "/da-dang-xuat",
    "/theo-doi",
    "/xac-minh/20248-genuine",
    "/xac-minh/20248-forged",
    "/khong-co-trang-nay",
    "/phuong/khong-co-phuong-nay",
)


def check(browser: Browser) -> None:
    page, response = browser.page, browser.response
    assert response.mimetype == "text/html"
    assert page.title.strip().endswith("– Cầu Nối")
    assert len(page.title.strip()) > len("– Cầu Nối") + 3
    assert [tag["lang"] for tag in page.all("html")] == ["vi"]
    assert len(page.headings) == 1, page.headings
    assert page.headings[0].strip()
    policy = response.headers["Content-Security-Policy"]
    nonces = re.findall(r"'nonce-([^']+)'", policy)
    assert len(nonces) == 1
    assert "unsafe" not in policy
    assert page.all("script")
    assert all(script.get("nonce") == nonces[0] for script in page.all("script"))
    assert not [tag for _, tag in page.tags if any(name.startswith("on") or name == "style" for name in tag)]
    assert not page.all("style")
    for name in ("src", "href", "action"):
        assert not [tag[name] for _, tag in page.tags if tag.get(name, "").startswith(("http", "//"))]
    assert "<" not in page.text, "markup shows as text"
    ids = [tag["id"] for _, tag in page.tags if "id" in tag]
    assert len(ids) == len(set(ids)), sorted(ids)
    labelled = {tag["for"] for tag in page.all("label")}
    for tag in page.all("input") + page.all("select") + page.all("textarea"):
        if tag.get("type") not in ("hidden", "submit"):
            assert tag.get("id") in labelled or tag.get("aria-label"), tag
    if page.all("input", name="version"):
        assert page.all("input", name="key"), "sent twice by a double click, a change is made once"
    for form in page.all("form"):
        assert form.get("method") in ("post", "get"), form


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_whole(browser: Browser, path: str) -> None:
    browser.get(path)
    check(browser)


def test_a_page_of_a_ward_says_where_its_office_is_reached(browser: Browser) -> None:
    """Every place where people are asked to call or to come."""
    browser.get("/phuong/nam-duong")
    assert "Trụ sở UBND Phường Nam Dương, 0236 3822 409" in browser.page.text
    assert browser.page.all("a", href="tel:02363822409")
    browser.get("/phuong/thanh-binh")
    assert "0236 3822 401" in browser.page.text
    browser.get("/")
    assert "Bộ phận Một cửa của phường" in browser.page.text
    browser.sign_in()
    browser.get("/tai-khoan")
    assert "0236 3822 409" in browser.page.text, "one's own"


def test_every_page_of_a_draft_is_whole(browser: Browser, ward: Ward) -> None:
    browser.sign_in()
    check(browser)
    where = a_draft(ward)
    for path in ("/ho-so", f"{where}/to-khai", f"{where}/kiem-tra", "/tai-khoan", "/tai-khoan/ai-da-xem"):
        browser.get(path)
        check(browser)
    procedure = ward.catalogue.get("1.001193", TODAY)
    for page in procedure.pages[:-1]:  # the last is the declaration, which the check page has
        browser.get(f"{where}/to-khai/{page.name}")
        assert browser.response.status_code == 200
        check(browser)
    for document in procedure.documents:
        browser.get(f"{where}/giay-to/{document.kind}")
        check(browser)


def test_every_page_of_filing_is_whole(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    browser.get(f"{where}/kiem-tra")
    check(browser)
    browser.post(f"{where}/kiem-tra")
    check(browser)
    assert browser.page.title.strip().startswith("Lỗi:")
    browser.post(f"{where}/kiem-tra", declared="yes")
    browser.follow()
    check(browser)


def test_every_page_of_a_filed_dossier_is_whole(browser: Browser, ward: Ward) -> None:
    browser.signed_in()
    where = a_filed_dossier(ward)
    dossier = next(iter(ward.dossiers.values()))
    dossier.actions[:] = ["supplement", "withdrawal"]
    dossier.papers.extend(["receipt", "supplement-request", "certificate"])
    dossier.told.add(channel="sms", template="dossier-accepted", delivered=True)
    dossier.supplement_request.items.add(field="/child/full_name", text="Xin ghi đủ chữ đệm.")
    dossier.supplement_request.items.add(field="documents/birth-certificate-of-hospital", text="Ảnh bị mờ.")
    dossier.register_entry.number, dossier.register_entry.year = 1, 2020
    ward.ask_for_fee(dossier)
    dossier.actions.append("payment")
    for path in ("", "/da-gui", "/bo-sung", "/rut", "/nop-phi"):
        browser.get(where + path)
        assert browser.response.status_code == 200
        check(browser)
    browser.get("/theo-doi")
    browser.post("/theo-doi", code=CODE, key=KEY)
    check(browser)


def test_the_pages_of_the_desk_are_whole(browser: Browser, ward: Ward) -> None:
    browser.sign_in()
    a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = [
        *("acceptance", "refusal", "supplement-request", "verification-request", "verification-reply", "extension"),
        *("payment", "fee-request", "approval", "signature", "handover", "assignment", "withdrawal", "stop"),
    ]
    dossier.proposed_entry.prepared_by = "Lê Thị Hoa"
    dossier.chargeable.add(item="copy", text="Phí bản sao", price=8000)
    ward.ask_for_fee(dossier)
    browser.post("/dang-xuat")
    browser.follow()
    check(browser)
    browser.sign_in("motcua.nam-duong")
    assert "Danh sách việc" in browser.page.text
    check(browser)
    browser.get(f"/can-bo/ho-so/{dossier.id}")
    check(browser)
    for act in dossier.actions:
        there = browser.page.all("button", formaction=f"/can-bo/ho-so/{dossier.id}/{act}")
        assert bool(there) == (act != "signature"), act
    dossier.papers.extend(["receipt"])
    dossier.actions.append("return")
    for path in ("/ky", "/xong/acceptance", "/xong/stop"):
        browser.get(f"/can-bo/ho-so/{dossier.id}{path}")
        assert browser.response.status_code == 200
        check(browser)
    for path in (f"/can-bo/ky?sau={dossier.id}", "/can-bo/ky"):
        browser.get(path)
        if browser.response.status_code == 303:
            browser.follow()
        check(browser)


def test_every_address_that_a_template_names_is_one_of_ours(app: Flask) -> None:
    """A template that links to a removed page fails only when somebody reaches it."""
    named = {
        (str(path.relative_to(TEMPLATES)), endpoint)
        for path in TEMPLATES.rglob("*.html")
        for call in re.findall(r"url_for\(([^)]*)", path.read_text(encoding="utf-8"))
        for endpoint in re.findall(r"['\"]((?:pages|dev|static)(?:\.\w+)*)['\"]", call)
    }
    assert len(named) > 100
    assert sorted((path, name) for path, name in named if name not in app.view_functions) == []


def test_every_page_whose_place_a_volunteer_is_told_is_one_of_ours(app: Flask) -> None:
    assert sorted(set(place.PAGES) - set(app.view_functions)) == []
