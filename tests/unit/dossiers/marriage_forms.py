"""A marriage registration as the bride files it: she lives in the ward, the groom's household is in Hòa Tiến."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.dossiers.domain.people import Person
from tests.unit.dossiers.worlds import CATALOGUE, Filing

TODAY = date(2020, 10, 6)

FORM: dict[str, Any] = {
    "requester": {"relation": "wife", "phone": "0905 123 456"},
    "wife": {
        "full_name": "Trần Thị Lan",
        "birth_date": "1996-03-08",
        "sex": "female",
        "ethnicity": "Kinh",
        "nationality": "vietnamese",
        "foreign_ties": "none",
        "lives_in": "this-ward",
        "residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        "permanent_here": True,
        "works_abroad": False,
        "identity_paper": "citizen-card",
        "identity_number": "048196000123",
        "identity_issued_on": "2018-05-20",
        "identity_issued_by": "Cục Cảnh sát ĐKQL cư trú và DLQG về dân cư",
        "marriage_count": 1,
        "marital_status": "never",
    },
    "husband": {
        "full_name": "Nguyễn Văn Hùng",
        "birth_date": "1994-11-20",
        "sex": "male",
        "ethnicity": "Kinh",
        "nationality": "vietnamese",
        "foreign_ties": "none",
        "lives_in": "elsewhere",
        "residence": "Thôn Lệ Sơn Nam, xã Hòa Tiến, huyện Hòa Vang, thành phố Đà Nẵng",
        "permanent_here": False,
        "works_abroad": False,
        "identity_paper": "identity-card",
        "identity_number": "201654321",
        "identity_issued_on": "2012-06-11",
        "identity_issued_by": "Công an thành phố Đà Nẵng",
        "marriage_count": 1,
        "marital_status": "never",
        "marital_status_paper": {
            "number": "45/UBND-XNTTHN",
            "issued_on": "2020-09-21",
            "issued_by": "Ủy ban nhân dân xã Hòa Tiến, huyện Hòa Vang, thành phố Đà Nẵng",
            "purpose_marriage": True,
            "names_spouse": True,
            "names_ward": True,
        },
    },
    "marriage": {"related": False},
    "exemption": {"kind": "none"},
    "copies": {"wanted": False},
    "declaration": {"truthful": True},
}

MARRIAGE = Filing(CATALOGUE.get("1.000894", TODAY), FORM, TODAY)
PARTIES = ("wife", "husband")
PAPER = "/husband/marital_status_paper"

#: The parties as a register knows them: by the numbers of their papers.
LAN = Person("Trần Thị Lan", date(1996, 3, 8), frozenset({"048196000123"}))
HUNG = Person("Nguyễn Văn Hùng", date(1994, 11, 20), frozenset({"201654321"}))


def divorced(party: str) -> dict[str, Any]:
    """The answers about a party who was divorced by a court here."""
    return {
        f"/{party}/marital_status": "divorced",
        f"/{party}/marriage_count": 2,
        f"/{party}/divorced_abroad": False,
        f"/{party}/judgment_number": "125/2018/QĐST-HNGĐ",
        f"/{party}/judgment_date": "2018-07-16",
        f"/{party}/judgment_court": "Tòa án nhân dân quận Hải Châu",
    }


def annulled(party: str) -> dict[str, Any]:
    """The answers about a party whose earlier marriage was annulled by court."""
    return divorced(party) | {
        f"/{party}/marital_status": "annulled",
        f"/{party}/judgment_number": "03/2019/QĐST-HNGĐ",
        f"/{party}/judgment_date": "2019-07-02",
    }


#: They live together since before 3/1/1987; of the beginning they know the month.
TOGETHER: dict[str, Any] = {
    "/wife/birth_date": "1962-03-08",
    "/husband/birth_date": "1960-11-20",
    "/wife/marital_status": "together",
    "/husband/marital_status": "together",
    "/marriage/together_year": 1984,
    "/marriage/together_month": 2,
}


def widowed(party: str) -> dict[str, Any]:
    """The answers about a party whose spouse died."""
    return {
        f"/{party}/marital_status": "widowed",
        f"/{party}/marriage_count": 2,
        f"/{party}/death_extract_number": "25/TLKT",
        f"/{party}/death_extract_date": "2017-05-09",
    }
