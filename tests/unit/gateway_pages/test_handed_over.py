"""The applicant's own page once the result was handed over: where the paper is, and who fetched it."""

from __future__ import annotations

import pytest

from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier
from tests.unit.gateway_pages.ward import Ward


@pytest.fixture
def given(browser: Browser, ward: Ward) -> str:
    """The page of a dossier whose result was handed over."""
    browser.signed_in()
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.status, dossier.status_text = 10, "Đã trả kết quả"
    dossier.papers[:] = ["receipt", "certificate"]
    return where


def test_an_electronic_paper_is_opened_with_a_button(browser: Browser, ward: Ward, given: str) -> None:
    """It was told of in the third person, and lay further down among receipt and slip."""
    (dossier,) = ward.dossiers.values()
    dossier.handover.given = "electronic"
    browser.get(given)
    (button,) = [one for one in browser.page.all("a", role="button") if "certificate" in one["href"]]
    assert button["href"] == f"{given}/ban-giay/certificate"
    dossier.handover.given = "post"
    browser.get(given)
    assert not [one for one in browser.page.all("a", role="button") if "certificate" in one["href"]]


def test_the_applicant_reads_who_fetched_the_paper(browser: Browser, ward: Ward, given: str) -> None:
    """That is how they find out that it was a stranger."""
    (dossier,) = ward.dossiers.values()
    dossier.handover.given, dossier.handover.recipient_name = "office", "Lê Văn Con"
    assert "Người nhận kết quả: Lê Văn Con. Ông/bà không nhờ người này" in browser.get(given).text
    dossier.handover.recipient_name = dossier.applicant_name = "Trần Thị Bông"
    text = browser.get(given).text
    assert "Người nhận kết quả: Trần Thị Bông." in text
    assert "không nhờ người này" not in text
