"""The register books at the office: volumes, numbers of a year that started on paper, closing."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import BOOKS, OFFICER, SIGNER, Ward


def test_the_books_of_a_year_show_open_and_closed_volumes(browser: Browser, ward: Ward) -> None:
    book = ward.books[0]
    book.label, book.last_number = "02-TP/HT-2020-KS", 211
    book.closed_volumes.add(volume=1, label="01-TP/HT-2020-KS", first_number=1, last_number=200, closed_by="Võ Văn Nam")
    browser.signed_in(SIGNER)
    browser.get(f"{BOOKS}?nam=2020")
    check(browser)
    assert "từ số 1 đến số 200" in browser.page.text
    statement = f"{BOOKS}/birth/2020/quyen/1"
    assert browser.page.all("a", href=statement)
    browser.get(statement)
    assert browser.response.mimetype == "application/pdf"
    browser.get(f"{BOOKS}?nam=1999")
    assert "không có sổ nào" in browser.page.text


def test_a_year_that_started_on_paper_continues_after_its_last_number(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    """NĐ 123/2015 Đ11: numbers run through the year."""
    browser.signed_in(OFFICER)
    browser.get(BOOKS)
    check(browser)
    browser.send(f"{BOOKS}/birth/2020/so-giay", "birth", paper_number="hai trăm")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.all("input", id="paper-birth")[0]["value"] == "hai trăm"
    browser.send(f"{BOOKS}/birth/2020/so-giay", "birth", paper_number="211")
    assert wards.asked[-1].request.paper_number == 211
    assert "mang số 212" in browser.follow().text


def test_a_book_is_closed_after_a_look_at_what_that_means(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(SIGNER)
    browser.get(BOOKS)
    assert not [tag for tag in browser.page.all("a") if tag["href"].endswith("/khoa/quyen")], "nothing stands in it yet"
    ward.books[0].last_number = 3
    browser.get(BOOKS)
    (link,) = [tag["href"] for tag in browser.page.all("a") if tag["href"].endswith("/khoa/quyen")]
    browser.get(link)
    check(browser)
    assert "CloseBook" not in [each.rpc for each in wards.asked]
    browser.post(link, key="k")
    (asked,) = [each for each in wards.asked if each.rpc == "CloseBook"]
    assert (asked.request.full, asked.idempotency_key) == (True, "k")
    browser.follow()
    browser.get(f"{BOOKS}/birth/2020/khoa/nam")
    browser.post(f"{BOOKS}/birth/2020/khoa/nam")
    assert browser.response.status_code == 422
    check(browser)
    assert "31/12" in browser.page.text


def test_only_a_signer_closes_a_book(browser: Browser) -> None:
    browser.signed_in(OFFICER)
    browser.get(BOOKS)
    assert not [tag for tag in browser.page.all("a") if "/khoa/" in tag["href"]]


def test_what_was_typed_for_another_book_stays(browser: Browser, ward: Ward) -> None:
    book = dossiers_v1.Book(register="marriage", title="đăng ký kết hôn", year=2020, first_number=1)
    ward.books.append(book)
    browser.signed_in(OFFICER)
    browser.get(BOOKS)
    browser.post(f"{BOOKS}/birth/2020/so-giay", **{"birth.paper_number": "12", "marriage.paper_number": "34"})
    assert browser.response.status_code == 200
    check(browser)
    assert "Sổ tiếp theo số 12" in browser.page.text
    assert browser.page.all("input", id="paper-marriage")[0]["value"] == "34"
    browser.post(f"{BOOKS}/birth/2020/so-giay", **{"birth.paper_number": "x", "marriage.paper_number": "34"})
    assert browser.response.status_code == 422
    assert browser.page.all("input", id="paper-marriage")[0]["value"] == "34"
