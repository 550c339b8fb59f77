"""The book of marital-status confirmations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.dossiers.domain.checking import CheckContext, day_of
from services.dossiers.domain.entries.writing import (
    SEX,
    birth,
    ethnicity,
    identity_paper,
    nationality,
    short_date,
    text,
)
from services.dossiers.domain.people import Person
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.register import Registration

NEVER = "chưa đăng ký kết hôn với ai"


def content(form: Mapping[str, Any], registration: Registration) -> dict[str, Any]:
    """The fields of the giấy xác nhận tình trạng hôn nhân; texts are empty if nothing is known.

    For a marriage there is exactly one copy, which names the intended spouse and the place (TT 04/2020 Đ12).
    """
    born, born_words = birth(form, "/person")
    if not born:
        raise ValueError("nothing can be confirmed of a person without the date or year of birth")
    for_marriage = value_at(form, "/purpose/marriage") is True
    own = _own(form)
    return {
        "person": {
            "full_name": text(form, "/person/full_name").upper(),
            "birth_date": born,
            "birth_date_words": born_words,
            "sex": SEX.get(text(form, "/person/sex"), ""),
            "birth_place": text(form, "/person/birth_place"),
            "ethnicity": ethnicity(form, "/person"),
            "nationality": nationality(form, "/person"),
            "identity_paper": identity_paper(form, own),
            "residence": text(form, f"{own}/residence"),
        },
        "requester": {"full_name": text(form, "/requester/full_name").upper(), "relation": _relation(form)},
        "period": {part: text(form, f"/period/{part}") for part in ("place", "from", "to")},
        "status": registration.statement or statement(form),
        "for_marriage": for_marriage,
        "purpose": "Đăng ký kết hôn" if for_marriage else text(form, "/purpose/text"),
        "intended_spouse": _intended_spouse(form, for_marriage),
        "marriage_place": text(form, "/purpose/place") if for_marriage else "",
        "copies": 1 if for_marriage else value_at(form, "/copies/count") or 1,
        "notes": [],
    }


def people(form: Mapping[str, Any], registration: Registration) -> dict[str, Person]:
    """The person whose status is confirmed; not the intended spouse, whose status the paper does not state."""
    return {"person": person(CheckContext(form, registration.registered_on))}


def person(context: CheckContext) -> Person:
    """The person whose status is confirmed, with the numbers of their own papers."""
    numbers = context.person(_own(context.form)).identity_numbers
    return replace(context.person("/person"), identity_numbers=numbers)


def statement(form: Mapping[str, Any]) -> str:
    """The statement that the office confirms, in the wording of TT 04/2020 Đ33; the officer may change it.

    Empty if the form does not state the status.
    """
    now = text(form, "/status/now")
    if now not in _WORDINGS:
        return ""
    period = _period(form)
    if now == "married" and period and value_at(form, "/status/unmarried_then") is True:
        said = f"{period}{NEVER}; hiện tại {_married(form)}"
    else:
        said = period + _WORDINGS[now](form)
    return f"{said[0].upper()}{said[1:]}."


def _married(form: Mapping[str, Any]) -> str:
    certificate = _paper(
        "Giấy chứng nhận kết hôn",
        text(form, "/status/certificate_number"),
        text(form, "/status/certificate_office"),
        day_of(value_at(form, "/status/certificate_date")),
    )
    return f"đang có {_spouse(form, '/status/spouse_name')} ({certificate})"


def _together_before_1987(form: Mapping[str, Any]) -> str:
    partner = _spouse(form, "/status/partner_name")
    return f"đang có {partner}, chung sống với nhau như vợ chồng từ trước ngày 3/1/1987, chưa đăng ký kết hôn"


def _divorced(form: Mapping[str, Any]) -> str:
    number, court = text(form, "/status/judgment_number"), text(form, "/status/court")
    given_on = day_of(value_at(form, "/status/judgment_date"))
    judgment = " ".join(
        part
        for part in (
            "Bản án/Quyết định",
            f"số {number}" if number else "",
            f"ngày {short_date(given_on)}" if given_on else "",
            f"của {court}" if court else "",
        )
        if part
    )
    return f"đã đăng ký kết hôn, nhưng đã ly hôn theo {judgment}; từ đó đến nay {NEVER}"


def _widowed(form: Mapping[str, Any]) -> str:
    paper = _paper(
        "Trích lục khai tử/Giấy chứng tử",
        text(form, "/status/death_paper_number"),
        text(form, "/status/death_paper_office"),
        day_of(value_at(form, "/status/death_paper_date")),
    )
    return f"đã đăng ký kết hôn, nhưng {_spouse_word(form)[0]} đã chết ({paper}); từ đó đến nay {NEVER}"


_WORDINGS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "never": lambda _form: NEVER,
    "married": _married,
    "spouses-before-1987": _together_before_1987,
    "divorced": _divorced,
    "widowed": _widowed,
}
_RELATION = {
    "spouse": "Vợ hoặc chồng",
    "parent": "Cha hoặc mẹ",
    "child": "Con",
    "grandparent": "Ông hoặc bà",
    "sibling": "Anh, chị, em ruột",
    "other": "Người được ủy quyền",
}


def _own(form: Mapping[str, Any]) -> str:
    """The group with the person's residence and identity paper: `/requester` if they ask for themselves."""
    return "/requester" if value_at(form, "/requester/for_self") is True else "/person"


def _relation(form: Mapping[str, Any]) -> str:
    if value_at(form, "/requester/for_self") is True:
        return "Bản thân"
    return _RELATION.get(text(form, "/requester/relation"), "")


def _intended_spouse(form: Mapping[str, Any], for_marriage: bool) -> dict[str, str]:
    if not for_marriage:
        return dict.fromkeys(("full_name", "birth_date", "nationality", "identity_paper"), "")
    return {
        "full_name": text(form, "/spouse/full_name").upper(),
        "birth_date": birth(form, "/spouse")[0],
        "nationality": nationality(form, "/spouse"),
        "identity_paper": identity_paper(form, "/spouse"),
    }


def _period(form: Mapping[str, Any]) -> str:
    """Such as "trong thời gian cư trú tại …, từ ngày 1/6/2015 đến ngày 31/8/2019 "; empty if none is stated."""
    since, until = (day_of(value_at(form, f"/period/{end}")) for end in ("from", "to"))
    if value_at(form, "/period/stated") is not True or since is None:
        return ""
    place = text(form, "/period/place")
    at = f"trong thời gian cư trú tại {place}, " if place else "trong thời gian "
    end = f"đến ngày {short_date(until)}" if until else "đến nay"
    return f"{at}từ ngày {short_date(since)} {end} "


def _paper(kind: str, number: str, office: str, issued_on: date | None) -> str:
    """Such as "Giấy chứng nhận kết hôn số 52/2016, do Ủy ban nhân dân … cấp ngày 12/8/2016"."""
    issued = " ".join(
        part
        for part in (f"do {office}" if office else "", "cấp", f"ngày {short_date(issued_on)}" if issued_on else "")
        if part
    )
    paper = f"{kind} số {number}" if number else kind
    return paper if issued == "cấp" else f"{paper}, {issued}"


def _spouse(form: Mapping[str, Any], pointer: str) -> str:
    word, title = _spouse_word(form)
    return f"{word} là {title} {text(form, pointer).upper()}"


def _spouse_word(form: Mapping[str, Any]) -> tuple[str, str]:
    """What the spouse is to the person (vợ, chồng), and the spouse's title (bà, ông)."""
    return {"male": ("vợ", "bà"), "female": ("chồng", "ông")}.get(text(form, "/person/sex"), ("vợ/chồng", "ông/bà"))
