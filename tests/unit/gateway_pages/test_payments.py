"""The page where an applicant pays: how much, how, and what became of it."""

from __future__ import annotations

import pytest
from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.refusal import Kind, Refusal
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier
from tests.unit.gateway_pages.ward import Ward, at


@pytest.fixture
def path(browser: Browser, ward: Ward) -> str:
    """The payment page of a dossier that waits for its payment."""
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    ward.ask_for_fee(dossier)
    dossier.actions[:] = ["payment", "withdrawal"]
    return f"{where}/nop-phi"


def test_the_dossier_leads_to_the_sum_the_lines_and_the_code(browser: Browser, path: str) -> None:
    browser.get(path.removesuffix("/nop-phi"))
    assert "Ông/bà cần nộp 24.000 đồng" in browser.page.text
    assert browser.page.all("a", href=path)
    browser.get(path)
    for words in ("Phí bản sao", "16.000 đồng", "24.000 đồng", "000020248", "HT20248K7M2P9QX", "Ngân hàng chạy thử"):
        assert words in browser.page.text
    (code,) = browser.page.all("div", role="img")
    assert "24.000 đồng" in code["aria-label"]
    assert len(browser.page.all("path")) > 0


def test_the_button_leads_to_the_page_of_the_provider(browser: Browser, path: str, wards: FakeWards) -> None:
    browser.get(path)
    browser.post(path)
    assert browser.response.status_code == 200
    assert browser.page.all("a", href="https://pay.example/HT20248K7M2P9QX")
    assert [asked.rpc for asked in wards.asked].count("StartPayment") == 1


def test_what_turns_out_to_be_paid_already_is_not_offered_again(browser: Browser, path: str, wards: FakeWards) -> None:
    wards.answers("StartPayment", dossiers_pb2.StartedPayment())
    browser.get(path)
    browser.post(path)
    assert browser.response.headers["Location"] == path.removesuffix("/nop-phi")
    browser.get(path.removesuffix("/nop-phi"))
    assert "Ông/bà không phải nộp nữa" in browser.page.text


def test_where_the_provider_is_away_the_other_ways_stay(browser: Browser, path: str, wards: FakeWards) -> None:
    away = Refusal(Kind.UNAVAILABLE, "payment-provider-unavailable", "Cổng thanh toán tạm thời chưa trả lời.")
    wards.answers("StartPayment", away)
    browser.get(path)
    browser.post(path)
    assert browser.response.status_code == 422
    assert "Cổng thanh toán tạm thời chưa trả lời." in browser.page.text
    assert "000020248" in browser.page.text


def test_without_an_account_or_a_provider_there_is_the_counter(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.fees[-1].ClearField("transfer")
    dossier.fees[-1].online = False
    browser.get(path)
    assert not browser.page.all("div", role="img")
    assert not browser.page.all("form", method="post", novalidate="")
    assert "Tại phường" in browser.page.text


def test_once_it_is_settled_the_page_says_so_and_asks_for_nothing(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.fees[-1].settled_at.CopyFrom(at(10))
    dossier.fees[-1].method = "provider"
    dossier.actions[:] = []
    browser.get(path)
    assert "đã xong lúc 10 giờ ngày 06/10/2020" in browser.page.text
    assert "000020248" not in browser.page.text


def test_a_dossier_that_never_owed_anything_has_no_such_page(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    del dossier.fees[:]
    browser.get(path)
    assert browser.response.headers["Location"] == path.removesuffix("/nop-phi")
