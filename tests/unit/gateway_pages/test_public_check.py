"""The public check of a certificate."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from caunoi.dossiers.v1.dossiers_pb2 import CertificateStatus

from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward


@pytest.mark.parametrize(
    ("status", "said", "since"),
    [
        ("valid", "còn hiệu lực", "06/04/2021"),
        ("expired", "đã hết hạn", "06/04/2021"),
        ("superseded", "không còn hiệu lực", "01/10/2020"),
        ("revoked", "đã bị thu hồi", "01/10/2020"),
    ],
)
def test_the_public_check_says_in_plain_words_how_a_paper_stands_and_since_when(
    browser: Browser, ward: Ward, status: str, said: str, since: str
) -> None:
    ward.certificate.status = status
    if status in ("valid", "expired"):
        ward.certificate.valid_until = "2021-04-06"
    else:
        ward.certificate.changed_at.FromDatetime(datetime(2020, 10, 1, 3, tzinfo=UTC))
    browser.get("/xac-minh/20248-genuine")
    check(browser)
    assert said in browser.page.headings[0]
    assert since in browser.page.text
    assert not re.search(status, browser.page.text)


def test_the_public_check_of_a_paper_whose_entry_was_noted_says_that_it_is_genuine_as_of_its_day(
    browser: Browser, ward: Ward
) -> None:
    ward.certificate.MergeFrom(CertificateStatus(status="superseded", entry_changed=True))
    ward.certificate.changed_at.FromDatetime(datetime(2020, 10, 1, 3, tzinfo=UTC))
    browser.get("/xac-minh/20248-genuine")
    check(browser)
    assert (
        browser.page.headings[0].strip()
        == "Giấy tờ này do phường cấp, đúng với ngày cấp; sổ hộ tịch đã thay đổi sau đó"
    )
    for said in ("Giấy này là thật và đúng với sổ vào ngày cấp", "bản sao mới ghi theo sổ hiện nay", "Sổ thay đổi từ"):
        assert said in browser.page.text
    assert "đã được thay" not in browser.page.text, "nothing has replaced an original"


@pytest.mark.parametrize("status", ["revoked", "expired"])
def test_the_public_check_of_a_paper_whose_registration_was_annulled_says_that_it_is_no_longer_valid(
    browser: Browser, ward: Ward, status: str
) -> None:
    ward.certificate.MergeFrom(CertificateStatus(status=status, registration_annulled=True))
    browser.get("/xac-minh/20248-genuine")
    check(browser)
    assert browser.page.headings[0].strip() == "Giấy tờ này không còn giá trị"
    for said in ("Việc đăng ký ghi trong giấy này đã bị hủy.", "Xin không nhận giấy này."):
        assert said in browser.page.text


def test_the_public_check_of_a_copy_that_tells_of_the_annulment_says_what_it_is(browser: Browser, ward: Ward) -> None:
    ward.certificate.MergeFrom(CertificateStatus(status="annulled", registration_annulled=True))
    browser.get("/xac-minh/20248-genuine")
    check(browser)
    assert browser.page.headings[0].strip() == "Giấy tờ này do phường cấp, nhưng việc đăng ký ghi trong đó đã bị hủy"
    assert "không chứng minh việc đăng ký còn giá trị" in browser.page.text
