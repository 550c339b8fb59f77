"""The book of marital-status confirmations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.dossiers.domain.checking import CheckContext, day_of
from services.dossiers.domain.entries.writing import (
    birth,
    court_paper,
    ethnicity,
    identity_paper,
    nationality,
    short_date,
    text,
)
from services.dossiers.domain.people import SEX, Person
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.register import Registration
from services.dossiers.domain.search import folded

_DIVORCE_PAPER = {
    "decision": "Quyết định ly hôn",
    "judgment": "Bản án ly hôn",
    "": "văn bản ly hôn",  # for an extract of a divorce abroad, or a number that does not show the kind
}
_EXTRACTS_SINCE = date(2016, 1, 1)  # the Luật Hộ tịch 2014; before it the paper was the giấy chứng tử
NEVER = "chưa đăng ký kết hôn với ai"
#: For a person who lives elsewhere now, the ward confirms only their time here (TT 04/2020 Đ33.2).
FORMER = ("formerly", "before-leaving")


def content(form: Mapping[str, Any], registration: Registration) -> dict[str, Any]:
    """The fields of the giấy xác nhận tình trạng hôn nhân; texts are empty if nothing is known.

    For a marriage there is exactly one copy, which names the intended spouse and the place (TT 04/2020 Đ12).
    """
    born, born_words = birth(form, "/person")
    if not born:
        raise ValueError("nothing can be confirmed of a person without the date or year of birth")
    for_marriage = value_at(form, "/purpose/marriage") is True
    own = own_group(form)
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
    numbers = context.person(own_group(context.form)).identity_numbers
    return replace(context.person("/person"), identity_numbers=numbers)


def statement(form: Mapping[str, Any]) -> str:
    """The statement that the office confirms, in the wording of TT 04/2020 Đ33; the officer may change it.

    Empty if the form does not support one: it gives no status; the status changed in the time asked about, or is not
    given for it; the person was married then and a marriage was annulled; or a former resident names no time.
    """
    now, period = _now(form), _period(form)
    if not now:
        return ""
    said = _of_period(form, period, now) if period else "" if confirms_own_time_only(form) else now
    return f"{said[0].upper()}{said[1:]}." if said else ""


def confirms_own_time_only(form: Mapping[str, Any]) -> bool:
    """Whether the person lives elsewhere now: the ward confirms the time here, and says nothing about today (Đ33.2)."""
    return text(form, "/person/lives_here") in FORMER


def _now(form: Mapping[str, Any]) -> str:
    """The present status in its wording; empty if the form does not state it."""
    if text(form, "/status/now") not in _STATUSES:
        return ""
    having, ended = _having(form), _ended(form)
    return f"hiện tại {having}" if having else "; ".join(part for part in (ended, f"hiện tại {NEVER}") if part)


def _of_period(form: Mapping[str, Any], period: str, now: str) -> str:
    """The statement about a time, which has one status from its beginning to its end; the present status follows it."""
    having, ended = _having(form), _ended(form)
    then = text(form, "/status/then") if text(form, "/status/now") != "never" else "unmarried"
    unmarried = f"không đăng ký kết hôn với ai trong thời gian cư trú{period}"
    if then == "unmarried" and having and not confirms_own_time_only(form):
        return f"trong thời gian{period[period.rindex(' từ ngày ') :]} {NEVER}; {now}"
    if then == "as-now" and having:
        return f"{having} trong thời gian cư trú{period}" if confirms_own_time_only(form) else now
    said = {
        "unmarried": unmarried,
        "as-now": f"{ended}; {unmarried}",
        "divorced": f"{_ended_by(form, 'divorced', '/status/then_')}; {unmarried}",
        "widowed": f"{_ended_by(form, 'widowed', '/status/then_')}; {unmarried}",
        "married": f"{_married(form, '/status/then_')} trong thời gian cư trú{period}",
    }.get(then, "")
    if then == "married" and text(form, "/status/now") == "annulled":  # by that marriage nobody has a wife (HNGĐ Đ12)
        return ""
    if not said or confirms_own_time_only(form):
        return said
    return f"{said}; hiện tại {NEVER}" if then == "as-now" else f"{said}; {now}"


def _having(form: Mapping[str, Any]) -> str:
    """Such as "đang có vợ là bà …"; empty without a spouse now."""
    now = text(form, "/status/now")
    if now == "married":
        return _married(form, "/status/")
    return f"đang có {_spouse(form, '/status/partner_name')}" if now == "spouses-before-1987" else ""


def _married(form: Mapping[str, Any], of: str) -> str:
    number, office = text(form, f"{of}certificate_number"), text(form, f"{of}certificate_office")
    issued_on = day_of(value_at(form, f"{of}certificate_date"))
    having = f"đang có {_spouse(form, f'{of}spouse_name')}"
    if not (number or office or issued_on):  # not registered, as before 3/1/1987
        return having
    return f"{having} ({_paper('Giấy chứng nhận kết hôn', number, office, issued_on, comma=True)})"


def _ended(form: Mapping[str, Any]) -> str:
    """How the last marriage ended; empty for somebody who has a spouse, or never had one."""
    now = text(form, "/status/now")
    return _ended_by(form, now, "/status/") if now in _ENDED else ""


def _ended_by(form: Mapping[str, Any], how: str, of: str) -> str:
    """How a marriage ended: the last one or, by the fields `/status/then_…`, the one before the time asked about."""
    was_registered = text(form, f"{of}ended_marriage") != "before-1987"
    began = "đã đăng ký kết hôn" if was_registered else f"đã có {_spouse_word(form)[0]}"
    return f"{began}, nhưng {_ENDED[how](form, of)}"


def _divorced(form: Mapping[str, Any], of: str) -> str:
    return f"đã ly hôn theo {_judgment(form, _DIVORCE_PAPER[court_paper(text(form, f'{of}judgment_number'))], of)}"


def _annulled(form: Mapping[str, Any], of: str) -> str:
    """TT 04/2020 Đ33 does not list this case: the text names the decision (our own wording)."""
    return f"việc kết hôn đã bị hủy theo {_judgment(form, 'Quyết định', of)}"


def _judgment(form: Mapping[str, Any], kind: str, of: str) -> str:
    number, court = text(form, f"{of}judgment_number"), text(form, f"{of}court")
    given_on = day_of(value_at(form, f"{of}judgment_date"))
    parts = (
        kind,
        f"số {number}" if number else "",
        f"ngày {short_date(given_on)}" if given_on else "",
        f"của {court}" if court else "",
    )
    return " ".join(part for part in parts if part)


def _widowed(form: Mapping[str, Any], of: str) -> str:
    paper = _paper(
        _death_paper(form, of),
        text(form, f"{of}death_paper_number"),
        text(form, f"{of}death_paper_office"),
        day_of(value_at(form, f"{of}death_paper_date")),
    )
    return f"{_spouse_word(form)[0]} đã chết ({paper})"


def _death_paper(form: Mapping[str, Any], of: str) -> str:
    """Which of the papers of TT 04/2020 Đ33 it is, by issuer and number; extracts have been issued since 2016."""
    number, office = text(form, f"{of}death_paper_number"), text(form, f"{of}death_paper_office")
    issued_on = day_of(value_at(form, f"{of}death_paper_date"))
    if folded(office).startswith("toa an"):
        return "Quyết định" if court_paper(number) == "decision" else "Bản án"
    if "tlkt" in folded(number):
        return "Trích lục khai tử"
    if issued_on is None:
        return "giấy tờ về việc chết"
    return "Giấy chứng tử" if issued_on < _EXTRACTS_SINCE else "Trích lục khai tử"


_ENDED: Mapping[str, Callable[[Mapping[str, Any], str], str]] = {
    "divorced": _divorced,
    "widowed": _widowed,
    "annulled": _annulled,
}
_STATUSES = {"never", "married", "spouses-before-1987", *_ENDED}
_RELATION = {
    "spouse": "Vợ hoặc chồng",
    "parent": "Cha hoặc mẹ",
    "child": "Con",
    "grandparent": "Ông hoặc bà",
    "sibling": "Anh, chị, em ruột",
    "other": "Người được ủy quyền",
}


def own_group(form: Mapping[str, Any]) -> str:
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
    """Such as " tại … từ ngày 1/6/2015 đến ngày 31/8/2019"; empty if none is stated."""
    since, until = (day_of(value_at(form, f"/period/{end}")) for end in ("from", "to"))
    if value_at(form, "/period/stated") is not True or since is None:
        return ""
    place = text(form, "/period/place")
    end = f"đến ngày {short_date(until)}" if until else "đến nay"
    return f"{f' tại {place}' if place else ''} từ ngày {short_date(since)} {end}"


def _paper(kind: str, number: str, office: str, issued_on: date | None, *, comma: bool = False) -> str:
    """Such as "Giấy chứng nhận kết hôn số 52/2016, do Ủy ban nhân dân … cấp ngày 12/8/2016"."""
    issued = " ".join(
        part
        for part in (f"do {office}" if office else "", "cấp", f"ngày {short_date(issued_on)}" if issued_on else "")
        if part
    )
    paper = f"{kind} số {number}" if number else kind
    return paper if issued == "cấp" else f"{paper}{',' if comma else ''} {issued}"


def _spouse(form: Mapping[str, Any], pointer: str) -> str:
    word, title = _spouse_word(form)
    return f"{word} là {title} {text(form, pointer).upper()}"


def _spouse_word(form: Mapping[str, Any]) -> tuple[str, str]:
    """What the spouse is to the person (vợ, chồng), and the spouse's title (bà, ông)."""
    return {"male": ("vợ", "bà"), "female": ("chồng", "ông")}.get(
        text(form, "/person/sex"), ("vợ hoặc chồng", "ông hoặc bà")
    )
