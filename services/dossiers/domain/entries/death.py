"""The death register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.dossiers.domain.checking import CheckContext, day_of
from services.dossiers.domain.dates import full_years
from services.dossiers.domain.entries.writing import birth, court_paper, ethnicity, identity_paper, text
from services.dossiers.domain.people import NATIONALITY, SEX, Person
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.register import LONG_AGO_PAPER, Registration
from services.dossiers.domain.search import folded
from services.dossiers.domain.words import date_in_words, number_in_words


def content(form: Mapping[str, Any], registration: Registration) -> dict[str, Any]:
    """The fields of the death register and of the trích lục khai tử.

    `cause_of_death` is for the register only: no extract prints it and no tracking page shows it. The birth may be
    known by its year only, and so may a death long ago (TT 04/2020 Đ13, Đ29.9); the hour of death may be missing, and
    so may the place of a death long ago or declared by a court. A sex that is not determined stays blank. For an
    unidentified body, name, birth and residence are blank (TT 04/2020 Đ34.2).
    """
    told, died = died_on(form), day_of(value_at(form, "/death/date"))
    if not told:
        raise ValueError("a death cannot be registered without its date or year")
    born, born_words = birth(form, "/deceased")
    return {
        "deceased": {
            "full_name": text(form, "/deceased/full_name").upper(),
            "birth_date": born,
            "birth_date_words": born_words,
            "sex": SEX.get(text(form, "/deceased/sex"), ""),
            "ethnicity": ethnicity(form, "/deceased"),
            "nationality": NATIONALITY.get(text(form, "/deceased/nationality"), ""),
            "last_residence": text(form, "/deceased/last_residence"),
            "identity_paper": identity_paper(form, "/deceased"),
            "personal_identification_number": _number(form, registration),
        },
        "death": {
            "date": told,
            "at": f"Năm {told}" if died is None else _at(form, died, in_words=False),
            "at_words": f"Năm {number_in_words(int(told))}" if died is None else _at(form, died, in_words=True),
            "place": _place(form),
        },
        "cause_of_death": text(form, "/death/cause"),
        "age_class": "" if died is None else _age_class(form, died),
        "death_paper": _paper(form),
        "requester": {
            "full_name": text(form, "/requester/full_name").upper(),
            "relation": _RELATION.get(text(form, "/requester/relation"), ""),
            "identity_paper": identity_paper(form, "/requester"),
        },
    }


def died_on(form: Mapping[str, Any]) -> str:
    """The ISO day of the death, or the year if the form has no more; empty if it has neither yet."""
    died, year = day_of(value_at(form, "/death/date")), value_at(form, "/death/year")
    if died is not None:
        return died.isoformat()
    return str(year) if isinstance(year, int) else ""


def people(form: Mapping[str, Any], registration: Registration) -> dict[str, Person]:
    """The deceased, with the numbers of their papers."""
    return {"deceased": deceased(form, registration.registered_on, registration.personal_identification_number)}


def deceased(form: Mapping[str, Any], today: date, number: str) -> Person:
    """The deceased, with the numbers in the form and the personal identification `number` that the office adds, which
    may be empty.
    """
    person = CheckContext(form, today).person("/deceased")
    return replace(person, identity_numbers=person.identity_numbers | frozenset(filter(None, [number])))


_RELATION = {
    "spouse": "Vợ hoặc chồng",
    "child": "Con",
    "parent": "Cha hoặc mẹ",
    "relative": "Người thân",
    "representative": "Đại diện cơ quan, tổ chức, người có liên quan",
    "authorised": "Người được ủy quyền",
    "unidentified": "Đại diện cơ quan",
}
# The Ministry's loaiGiayBaoTu in words, by kind of death (NĐ 123/2015 Đ4.2).
_PAPER = {
    "facility": "Giấy báo tử của cơ sở y tế",
    "execution": "Giấy xác nhận việc thi hành án tử hình",
    "accident": "Văn bản của công an hoặc kết quả giám định pháp y",
    "elsewhere": "Giấy báo tử",
    "long-ago": LONG_AGO_PAPER,
    "abroad": "Giấy tờ của nước ngoài",
}
_COURT_PAPER = {
    "decision": "Quyết định tuyên bố chết của Tòa án",
    "judgment": "Bản án tuyên bố chết của Tòa án",
    "": "Văn bản tuyên bố chết của Tòa án",
}


def _place(form: Mapping[str, Any]) -> str:
    """Blank if it is not known, also if somebody typed that it is not known (TT 04/2020 Đ29.9)."""
    written = text(form, "/death/place")
    return "" if folded(written).strip(" .") in {"khong ro", "khong biet"} else written


def _number(form: Mapping[str, Any], registration: Registration) -> str:
    typed = text(form, "/deceased/personal_identification_number").replace(" ", "")
    return registration.personal_identification_number or typed


def _at(form: Mapping[str, Any], died: date, *, in_words: bool) -> str:
    """Such as “17 giờ 30 phút, ngày 04/10/2020”, or all of it in words; only the date if the hour is unknown."""
    day = date_in_words(died) if in_words else f"ngày {died:%d/%m/%Y}"
    hour, _, minute = text(form, "/death/time").partition(":")
    if not hour:
        return _capital(day)
    said = (number_in_words(int(hour)), number_in_words(int(minute))) if in_words else (f"{hour:>02}", minute)
    return _capital(f"{said[0]} giờ {said[1]} phút, {day[0].lower()}{day[1:]}")


def _capital(said: str) -> str:
    return said[0].upper() + said[1:]


def _age_class(form: Mapping[str, Any], died: date) -> str:
    """`under-1` or `1-to-4` full years, as the register counts deaths of children; else, and if unknown, empty."""
    born, year = day_of(value_at(form, "/deceased/birth_date")), value_at(form, "/deceased/birth_year")
    if born is not None:
        ages = {full_years(born, died)}
    elif isinstance(year, int):
        ages = {max(died.year - year - 1, 0), died.year - year}  # the birthday of that year may be after the death
    else:
        return ""
    classes = {"under-1" if age < 1 else "1-to-4" if age < 5 else "" for age in ages}
    return classes.pop() if len(classes) == 1 else ""


def _kind(form: Mapping[str, Any]) -> str:
    """The name of the paper; for a court's paper, its number shows which of the two kinds it is."""
    circumstance = text(form, "/death/circumstance")
    if circumstance == "court":
        return _COURT_PAPER[court_paper(text(form, "/death_paper/number"))]
    return _PAPER.get(circumstance, "")


def _paper(form: Mapping[str, Any]) -> dict[str, str]:
    """The paper that proved the death; blank if this office would have had to issue it (TT 04/2020 Đ13)."""
    if value_at(form, "/death_paper/have") is not True:
        return dict.fromkeys(("kind", "number", "issued_on", "issued_by"), "")
    issued = day_of(value_at(form, "/death_paper/issued_on"))
    return {
        "kind": _kind(form),
        "number": text(form, "/death_paper/number"),
        "issued_on": "" if issued is None else issued.isoformat(),
        "issued_by": text(form, "/death_paper/issued_by"),
    }
