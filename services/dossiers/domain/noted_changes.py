"""The changes that notes make to entries of registers, member by member (TT 04/2020 Đ23; Luật Hộ tịch 2014 Đ28–29)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.dossiers.domain.dates import EARLIEST, in_digits, read_day
from services.dossiers.domain.people import NATIONALITY, SEX
from services.dossiers.domain.register import BIRTH, DEATH, LONG_AGO_PAPER, MARRIAGE
from services.dossiers.domain.words import date_in_words, month_in_words, number_in_words

#: Pointer into the entry → `was` and `now`; an empty text is blank in the register.
Changes = Mapping[str, Mapping[str, str]]
MOST_LETTERS = 300


class Value(StrEnum):
    """How what changes is written."""

    NAME = "name"  # in capitals
    DAY = "day"  # ISO
    DAY_OR_YEAR = "day-or-year"  # ISO day; or month and year, or the year, if no more is known
    YEAR = "year"
    SEX = "sex"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Changeable:
    """A member of entries that a note may change, with its name for people and the person it belongs to."""

    title: str
    value: Value
    may_be_empty: bool = True


def _person(part: str, who: str, *members: tuple[str, str, Value]) -> dict[str, Changeable]:
    known = part not in {"mother", "father"}  # whose name and births of others are never blank
    return {
        f"{part}/{name}": Changeable(
            f"{title} của {who}", value, not known or value not in {Value.NAME, Value.DAY, Value.DAY_OR_YEAR}
        )
        for name, title, value in members
    }


_NAME = ("full_name", "Họ, chữ đệm, tên", Value.NAME)
_BORN = ("birth_date", "Ngày, tháng, năm sinh", Value.DAY_OR_YEAR)
_SEX = ("sex", "Giới tính", Value.SEX)
_ETHNICITY = ("ethnicity", "Dân tộc", Value.TEXT)
_NATIONALITY = ("nationality", "Quốc tịch", Value.TEXT)
_RESIDENCE = ("residence", "Nơi cư trú", Value.TEXT)
_PAPER = ("identity_paper", "Giấy tờ tùy thân", Value.TEXT)
_NUMBER = ("personal_identification_number", "Số định danh cá nhân", Value.TEXT)
_PARENT = (_NAME, ("birth_year", "Năm sinh", Value.YEAR), _ETHNICITY, _NATIONALITY, _RESIDENCE)
_SPOUSE = (_NAME, _BORN, _ETHNICITY, _NATIONALITY, _RESIDENCE, _PAPER)
_CHILD = (
    _NAME,
    ("birth_date", "Ngày, tháng, năm sinh", Value.DAY),
    _SEX,
    _ETHNICITY,
    _NATIONALITY,
    ("place_of_birth", "Nơi sinh", Value.TEXT),
    ("home_town", "Quê quán", Value.TEXT),
    _NUMBER,
)
_DEAD = (_NAME, _BORN, _SEX, _ETHNICITY, _NATIONALITY, ("last_residence", "Nơi cư trú cuối cùng", Value.TEXT), _PAPER)

#: By register; in the order of the entry.
CHANGEABLE: Mapping[str, Mapping[str, Changeable]] = {
    BIRTH: {
        **_person("child", "người được khai sinh", *_CHILD),
        **_person("mother", "mẹ", *_PARENT),
        **_person("father", "cha", *_PARENT),
    },
    MARRIAGE: {**_person("wife", "vợ", *_SPOUSE), **_person("husband", "chồng", *_SPOUSE)},
    DEATH: {
        **_person("deceased", "người đã mất", *_DEAD, _NUMBER),
        "death/date": Changeable("Ngày chết", Value.DAY_OR_YEAR, may_be_empty=False),
        "death/place": Changeable("Nơi chết", Value.TEXT),
    },
}
#: The people that `renamed` of a note may mean, by register.
RENAMED: Mapping[str, tuple[str, ...]] = {
    register: tuple(at.partition("/")[0] for at in members if at.endswith("/full_name"))
    for register, members in CHANGEABLE.items()
}


def written(one: Changeable, typed: str, today: date) -> str | None:
    """The typed value in the form that the register uses; None if it is not valid. Empty means blank from now on."""
    text = " ".join(typed.split())
    if not text:
        return "" if one.may_be_empty else None
    return _WRITERS[one.value](text, today)


def written_day(typed: str, today: date) -> str | None:
    """A typed day; or month and year, or the year, if no more is known; None if it is none of these."""
    return _day_or_year(typed.strip(), today)


def _name(text: str, _: date) -> str | None:
    return None if any(letter.isdigit() for letter in text) else text.upper()


def _sex(text: str, _: date) -> str | None:
    return SEX.get(text) or (text if text in SEX.values() else None)


def _year(text: str, today: date) -> str | None:
    return text if _is_year(text, today) else None


def _day(text: str, today: date) -> str | None:
    day = read_day(text)
    return text if day is not None and EARLIEST <= day <= today else None


def _day_or_year(text: str, today: date) -> str | None:
    return _day(text, today) or (text if _is_part(text, today) else None)


_WRITERS: Mapping[Value, Callable[[str, date], str | None]] = {
    Value.NAME: _name,
    Value.SEX: _sex,
    Value.YEAR: _year,
    Value.DAY: _day,
    Value.DAY_OR_YEAR: _day_or_year,
    Value.TEXT: lambda text, _: NATIONALITY.get(text, text),
}


def _is_year(text: str, today: date) -> bool:
    return re.fullmatch(r"\d{4}", text, re.ASCII) is not None and EARLIEST.year <= int(text) <= today.year


def _is_part(text: str, today: date) -> bool:
    """A year, or a year with its month."""
    year, _, month = text.partition("-")
    if not _is_year(year, today):
        return False
    return text == year or (re.fullmatch(r"0[1-9]|1[0-2]", month, re.ASCII) is not None)


def needs_whole_day(content: Mapping[str, Any], at: str) -> bool:
    """Whether the value at a pointer has to be a day although its kind may be a year: that of a death, unless the entry
    has the paper of one long ago, or has no day already (TT 04/2020 Đ29.9).
    """
    long_ago = stands_at(content, "death_paper/kind") == LONG_AGO_PAPER
    return at == "death/date" and not long_ago and read_day(stands_at(content, at)) is not None


def stands_at(content: Mapping[str, Any], at: str) -> str:
    """The value at a pointer; empty if it is blank."""
    part, _, member = at.partition("/")
    value = content.get(part, {}).get(member)
    return "" if value is None else str(value)


def text_of_changes(register: str, changes: Changes) -> str:
    """The changes in words, each with the earlier value: `Giới tính của … trước ghi Nữ, nay là Nam.`"""
    return " ".join(_said(CHANGEABLE[register][at], **change) for at, change in changes.items())


def _said(one: Changeable, now: str, was: str = "") -> str:
    dated = one.value in {Value.DAY, Value.DAY_OR_YEAR}
    before, after = (in_digits(each) if dated else each for each in (was, now))
    former = f" trước ghi {before}," if before else " trước để trống,"
    return f"{one.title}{former} nay {f'là {after}' if after else 'để trống'}."


def applied(content: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """An entry with these changes and their consequences: days in words, which parents are recorded."""
    now = dict(content)
    for at, change in changes.items():
        part, _, member = at.partition("/")
        now[part] = {**now.get(part, {}), member: change["now"], **_beside(now, at, change["now"])}
    if any(at in changes for at in ("mother/full_name", "father/full_name")):
        now["parentage"] = _parentage(now)
    return now


def _beside(content: Mapping[str, Any], at: str, value: str) -> dict[str, str]:
    """Values that repeat a member in another form."""
    if at.endswith("/birth_date"):
        return {"birth_date_words": _in_words(value)}
    if at == "death/date":
        day = read_day(value)
        if day is None:
            return {"at": f"{'Tháng' if '-' in value else 'Năm'} {in_digits(value)}", "at_words": _in_words(value)}
        hour, hour_in_words = (_hour(stands_at(content, f"death/{name}")) for name in ("at", "at_words"))
        digits, words = f"ngày {day:%d/%m/%Y}", date_in_words(day)
        return {
            "at": f"{hour}, {digits}" if hour else _capital(digits),
            "at_words": f"{hour_in_words}, {words[0].lower()}{words[1:]}" if hour_in_words else words,
        }
    return {}


def _hour(said: str) -> str:
    """Such as “17 giờ 30 phút”, from a moment of death in digits or words; empty if no hour is known."""
    before, comma, _ = said.partition(" phút, ")
    return f"{before} phút" if comma else ""


def _capital(said: str) -> str:
    return said[0].upper() + said[1:]


def _in_words(value: str) -> str:
    day = read_day(value)
    if day is not None:
        return date_in_words(day)
    year, _, month = value.partition("-")
    if not year:
        return ""
    return month_in_words(int(year), int(month)) if month else f"Năm {number_in_words(int(year))}"


def _parentage(content: Mapping[str, Any]) -> str:
    mother, father = (bool(stands_at(content, f"{parent}/full_name")) for parent in ("mother", "father"))
    if mother and father:
        return "both"
    if mother or father:
        return "father-unknown" if mother else "mother-unknown"
    unknown = content.get("parentage") in {"abandoned", "both-unknown"}
    return str(content["parentage"]) if unknown else "both-unknown"
