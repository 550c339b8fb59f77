"""Helpers to write forms into any register."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.dossiers.domain.checking import day_of
from services.dossiers.domain.people import NATIONALITY
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.search import folded
from services.dossiers.domain.words import date_in_words, month_in_words, number_in_words

_IDENTITY_PAPER = {
    "citizen-card": "Căn cước công dân",
    "identity-card": "Chứng minh nhân dân",
    "passport": "Hộ chiếu",
    "other": "Giấy tờ tùy thân",
}


#: From this day on, living together is a marriage only if it is registered (NĐ 123/2015 Đ44; TT 04/2020 Đ33).
MARRIAGE_LAW_OF_1986 = date(1987, 1, 3)
#: People born from this year on were not of age to marry before that day.
YOUNGEST_OF_FACT = 1970


def text(form: Mapping[str, Any], pointer: str) -> str:
    """The text at the pointer; empty if there is none."""
    value = value_at(form, pointer)
    return value if isinstance(value, str) else ""


def ethnicity(form: Mapping[str, Any], group: str) -> str:
    """The ethnicity of the person at a pointer such as `/child`."""
    chosen = text(form, f"{group}/ethnicity")
    return text(form, f"{group}/ethnicity_other") if chosen == "other" else chosen


def nationality(form: Mapping[str, Any], group: str) -> str:
    """The nationality of the person at a pointer such as `/person`; for foreigners, as the form names it."""
    chosen = text(form, f"{group}/nationality")
    return text(form, f"{group}/nationality_name") if chosen == "foreign" else NATIONALITY.get(chosen, "")


def birth(form: Mapping[str, Any], group: str) -> tuple[str, str]:
    """A person's date of birth as ISO text and in words; or month and year, or its year, if no more is known."""
    born, year = day_of(value_at(form, f"{group}/birth_date")), value_at(form, f"{group}/birth_year")
    month = value_at(form, f"{group}/birth_month")
    if born is not None:
        return born.isoformat(), date_in_words(born)
    if not isinstance(year, int):
        return "", ""
    if isinstance(month, int) and 1 <= month <= 12:
        return f"{year}-{month:02d}", month_in_words(year, month)
    return str(year), f"Năm {number_in_words(year)}"


def born_from(form: Mapping[str, Any], group: str) -> date | None:
    """The day from which a person's age counts; if only the year is known, 1 January; if only the month, its first day
    (TTLT 01/2016 Đ2).
    """
    born, year = day_of(value_at(form, f"{group}/birth_date")), value_at(form, f"{group}/birth_year")
    return born or first_day(year, value_at(form, f"{group}/birth_month"))


def first_day(year: object, month: object = None, day: object = None) -> date | None:
    """The first day that an incomplete date may mean; None without a year, or if there is no such day."""
    if not isinstance(year, int):
        return None
    month = month if isinstance(month, int) else 1
    return day_of(f"{year:04d}-{month:02d}-{day if isinstance(day, int) else 1:02d}")


def short_date(day: date) -> str:
    """Such as 20/05/2018: two digits, as everywhere on papers."""
    return f"{day:%d/%m/%Y}"


def identity_paper(form: Mapping[str, Any], group: str) -> str:
    """Such as “Căn cước công dân số 048064000123, Công an thành phố Đà Nẵng cấp ngày 20/05/2018”."""
    kind = _IDENTITY_PAPER.get(text(form, f"{group}/identity_paper"), "")
    number = text(form, f"{group}/identity_number")
    issued_by = text(form, f"{group}/identity_issued_by")
    issued_on = day_of(value_at(form, f"{group}/identity_issued_on"))
    paper = f"{kind} số {number}" if number else kind
    issued = f"{issued_by} cấp" if issued_by else "cấp"
    if issued_on is not None:
        issued += f" ngày {short_date(issued_on)}"
    return f"{paper}, {issued}" if issued != "cấp" else paper


def court_paper(number: str) -> str:
    """`decision` or `judgment`, as courts number them (“45/2019/QĐST-HNGĐ”, “12/2019/HNGĐ-ST”); empty if it is neither.

    Forms have both with a slash between them, for the office to choose (TT 04/2020 Đ33).
    """
    signs = set(re.split(r"[^a-z]+", folded(number)))
    if any(sign.startswith("qd") or sign.endswith("tttlh") for sign in signs):
        return "decision"
    return "judgment" if signs & _COURTS_INSTANCES else ""


# The part of a judgment's number that names the court's instance: first, on appeal, on review; old numbers may also
# name divorce.
_COURTS_INSTANCES = {"st", "pt", "gdt", "lhst", "lhpt", "hngdst", "hngdpt", "dsst", "dspt"}
