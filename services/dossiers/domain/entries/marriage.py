"""The marriage register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.dossiers.domain.checking import CheckContext, day_of
from services.dossiers.domain.entries.writing import birth, ethnicity, first_day, identity_paper, short_date, text
from services.dossiers.domain.people import NATIONALITY, SPOUSES, Person
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.register import Registration


def content(form: Mapping[str, Any], registration: Registration) -> dict[str, Any]:
    """The fields of the marriage register and of the giấy chứng nhận kết hôn.

    The marriage is established on the day of registration, when both sign (TT 04/2020 Đ32.1); for a couple since before
    3/1/1987, it is the day from which they live together (NĐ 123/2015 Đ44.2; TT 04/2020 Đ32.2). Dated notes on the
    entry record its end.
    """
    return {
        **{spouse: _spouse(form, spouse) for spouse in SPOUSES},
        "marriage_established_on": (together_since(form) or registration.registered_on).isoformat(),
    }


def together_since(form: Mapping[str, Any]) -> date | None:
    """The day from which a couple from before 3/1/1987 lives together; unknown days and months count as the first
    (Đ32.2).
    """
    return first_day(*(value_at(form, f"/marriage/together_{part}") for part in ("year", "month", "day")))


def people(form: Mapping[str, Any], registration: Registration) -> dict[str, Person]:
    """Wife and husband, with the numbers of their papers."""
    context = CheckContext(form, registration.registered_on)
    return {spouse: context.person(f"/{spouse}") for spouse in SPOUSES}


_BEFORE = {
    "never": "Chưa đăng ký kết hôn",
    "divorced": "Đã ly hôn",
    "widowed": "Vợ hoặc chồng trước đã chết",
    "annulled": "Việc kết hôn trước đã bị hủy",
    "together": "Sống chung như vợ chồng từ trước ngày 3/1/1987",
}


def _spouse(form: Mapping[str, Any], spouse: str) -> dict[str, str]:
    born, born_words = birth(form, f"/{spouse}")
    if not born:
        raise ValueError(f"a marriage cannot be registered without the birth date of the {spouse}")
    count = value_at(form, f"/{spouse}/marriage_count")
    return {
        "full_name": text(form, f"/{spouse}/full_name").upper(),
        "birth_date": born,
        "birth_date_words": born_words,
        "ethnicity": ethnicity(form, f"/{spouse}"),
        "nationality": NATIONALITY.get(text(form, f"/{spouse}/nationality"), ""),
        "residence": text(form, f"/{spouse}/residence"),
        "identity_paper": identity_paper(form, f"/{spouse}"),
        "marriage_count": str(count) if isinstance(count, int) else "",
        "before": _before(form, spouse),
    }


def _before(form: Mapping[str, Any], spouse: str) -> str:
    """The spouse's marital status before, with the paper that proves it."""
    status = text(form, f"/{spouse}/marital_status")
    said = _BEFORE.get(status, "")
    if status in {"divorced", "annulled"}:
        number, court = text(form, f"/{spouse}/judgment_number"), text(form, f"/{spouse}/judgment_court")
        in_force = _day(form, spouse, "judgment_in_force_on")
        judgment = f"số {number} ngày {_day(form, spouse, 'judgment_date')} của {court}"
        return f"{said} theo bản án, quyết định {judgment}{f', có hiệu lực từ ngày {in_force}' if in_force else ''}"
    if status == "widowed":
        number = text(form, f"/{spouse}/death_extract_number")
        return f"{said}, giấy tờ số {number} ngày {_day(form, spouse, 'death_extract_date')}"
    return said


def _day(form: Mapping[str, Any], spouse: str, name: str) -> str:
    day = day_of(value_at(form, f"/{spouse}/{name}"))
    return "" if day is None else short_date(day)
