"""The content of the marriage register."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.dossiers.domain.canonical import canonical
from services.dossiers.domain.entries import PEOPLE, entry_content
from services.dossiers.domain.people import Person
from services.dossiers.domain.register import Registration
from services.dossiers.forms import asked
from tests.unit.dossiers.marriage_forms import FORM, MARRIAGE, TOGETHER, annulled, divorced, widowed
from tests.unit.dossiers.worlds import changed, registration

REGISTRATION = registration("KH", 88, signer_name="Võ Văn Nam", prepared_by="Đỗ Tiến Dũng")


def content(changes: dict[str, Any] | None = None, registration: Registration = REGISTRATION) -> dict[str, Any]:
    return entry_content("marriage", asked(MARRIAGE.procedure, changed(FORM, changes)), registration)


def test_an_entry_has_all_that_the_register_and_the_certificate_have() -> None:
    """Names in capitals, dates of birth in digits and words (TT 04/2020)."""
    assert content() == {
        "register": "marriage",
        "book": "01-TP/HT-2020-KH",
        "year": 2020,
        "number": 88,
        "registered_on": "2020-10-06",
        "place_of_registration": "Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        "registration_kind": "on-time",
        "signer": {"full_name": "Võ Văn Nam", "title": "Chủ tịch", "capacity": "head"},
        "prepared_by": "Đỗ Tiến Dũng",
        "wife": {
            "full_name": "TRẦN THỊ LAN",
            "birth_date": "1996-03-08",
            "birth_date_words": "Ngày tám, tháng ba, năm một nghìn chín trăm chín mươi sáu",
            "ethnicity": "Kinh",
            "nationality": "Việt Nam",
            "residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
            "identity_paper": (
                "Căn cước công dân số 048196000123, Cục Cảnh sát ĐKQL cư trú và DLQG về dân cư cấp ngày 20/05/2018"
            ),
            "marriage_count": "1",
            "before": "Chưa đăng ký kết hôn",
        },
        "husband": {
            "full_name": "NGUYỄN VĂN HÙNG",
            "birth_date": "1994-11-20",
            "birth_date_words": "Ngày hai mươi, tháng mười một, năm một nghìn chín trăm chín mươi bốn",
            "ethnicity": "Kinh",
            "nationality": "Việt Nam",
            "residence": "Thôn Lệ Sơn Nam, xã Hòa Tiến, huyện Hòa Vang, thành phố Đà Nẵng",
            "identity_paper": "Chứng minh nhân dân số 201654321, Công an thành phố Đà Nẵng cấp ngày 11/06/2012",
            "marriage_count": "1",
            "before": "Chưa đăng ký kết hôn",
        },
        "marriage_established_on": "2020-10-06",
        "notes": [],
    }


def test_the_marriage_is_established_on_the_day_of_registration() -> None:
    """TT 04/2020 Đ32: the day both sign."""
    later = content(registration=replace(REGISTRATION, registered_on=date(2020, 10, 9)))
    assert later["marriage_established_on"] == later["registered_on"] == "2020-10-09"


def test_the_entry_says_how_an_earlier_marriage_ended() -> None:
    """NĐ 123/2015 Đ10."""
    assert content(divorced("wife"))["wife"]["before"] == (
        "Đã ly hôn theo bản án, quyết định số 125/2018/QĐST-HNGĐ ngày 16/07/2018 của Tòa án nhân dân quận Hải Châu"
    )
    husband = content(widowed("husband"))["husband"]
    assert husband["before"] == "Vợ hoặc chồng trước đã chết, giấy tờ số 25/TLKT ngày 09/05/2017"
    assert husband["marriage_count"] == "2"


def test_the_entry_names_the_annulment_and_since_when_a_judgment_is_in_force() -> None:
    """Luật HNGĐ 2014 Đ57.1; TT 04/2020 Đ29.6đ."""
    wife = content(annulled("wife") | {"/wife/judgment_in_force_on": "2019-08-02"})["wife"]
    assert wife["before"] == (
        "Việc kết hôn trước đã bị hủy theo bản án, quyết định số 03/2019/QĐST-HNGĐ ngày 02/07/2019 "
        "của Tòa án nhân dân quận Hải Châu, có hiệu lực từ ngày 02/08/2019"
    )


@pytest.mark.parametrize(
    ("parts", "since"),
    [
        ({}, "1984-02-01"),
        ({"/marriage/together_day": 15}, "1984-02-15"),
        ({"/marriage/together_month": None}, "1984-01-01"),
    ],
)
def test_a_marriage_of_before_1987_counts_from_the_beginning_of_living_together(
    parts: dict[str, Any], since: str
) -> None:
    """NĐ 123/2015 Đ44.2; TT 04/2020 Đ32.2."""
    entry = content(TOGETHER | parts)
    assert (entry["marriage_established_on"], entry["registered_on"]) == (since, "2020-10-06")
    assert entry["wife"]["before"] == "Sống chung như vợ chồng từ trước ngày 3/1/1987"


def test_only_what_is_known_of_a_birth_is_written() -> None:
    """TTLT 01/2016 Đ2 (quoted); TT 04/2020 Đ29.9: unknown stays blank."""
    no_day = {"/wife/birth_date": None, "/wife/birth_year": 1955, "/husband/birth_date": None}
    entry = content(no_day | {"/husband/birth_year": 1952, "/husband/birth_month": 4})
    assert (entry["wife"]["birth_date"], entry["wife"]["birth_date_words"]) == (
        "1955",
        "Năm một nghìn chín trăm năm mươi lăm",
    )
    assert (entry["husband"]["birth_date"], entry["husband"]["birth_date_words"]) == (
        "1952-04",
        "Tháng tư, năm một nghìn chín trăm năm mươi hai",
    )
    form = asked(MARRIAGE.procedure, changed(FORM, no_day))
    assert PEOPLE["marriage"](form, REGISTRATION)["wife"].born_in == 1955


def test_both_are_found_again_by_name_birth_and_paper() -> None:
    assert PEOPLE["marriage"](FORM, REGISTRATION) == {
        "wife": Person("Trần Thị Lan", date(1996, 3, 8), frozenset({"048196000123"})),
        "husband": Person("Nguyễn Văn Hùng", date(1994, 11, 20), frozenset({"201654321"})),
    }


def test_a_marriage_without_a_birth_date_is_not_registered() -> None:
    with pytest.raises(ValueError, match="birth date of the husband"):
        content({"/husband/birth_date": "chưa rõ"})


def test_an_entry_is_ready_for_its_digest() -> None:
    assert canonical(content())
