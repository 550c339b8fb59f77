"""Registers are books: labels, and the chain that shows a changed, missing or doubled page.

Numbers run from 1 through the year, across its volumes (NĐ 123/2015 Đ11–12; TT 04/2020 Đ29–36). Each entry
carries the digest of the one before, so the chain, too, runs through the year.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.dossiers.domain.birth_checks import is_late
from services.dossiers.domain.canonical import canonical
from services.dossiers.domain.checking import day_of
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.words import date_in_words

# What stands before the first entry of a year.
GENESIS = bytes(32)


class RegistrationKind(StrEnum):
    """How a birth came into the register: loaiDangKy 1 and 4 of the Ministry's code list."""

    ON_TIME = "on-time"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the office adds to the form when it registers."""

    book: str
    year: int
    number: int
    registered_on: date
    place: str  # such as "Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"
    signer_name: str
    signer_title: str
    prepared_by: str = ""
    personal_identification_number: str = ""  # from the national database only (NĐ 87/2020 Đ10–11)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as stored, for checking the chain."""

    number: int
    previous: bytes
    digest: bytes
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Something wrong at one number of a year's entries; `text` is Vietnamese, for the operator."""

    number: int
    text: str


def book_label(year: int, suffix: str, volume: int = 1) -> str:
    """Such as `01-TP/HT-2020-KS`: volume, year and kind of the book (TT 04/2020 Đ29–36)."""
    if volume < 1:
        raise ValueError("the first book of a year is volume 1")
    return f"{volume:02d}-TP/HT-{year}-{suffix}"


def entry_digest(previous: bytes, content: Mapping[str, Any]) -> bytes:
    """SHA-256 over the digest of the entry before (32 bytes, `GENESIS` before the first) and the canonical content."""
    if len(previous) != len(GENESIS):
        raise ValueError("the digest of the entry before has 32 bytes")
    return hashlib.sha256(previous + canonical(dict(content))).digest()


def verify_chain(entries: Iterable[Entry]) -> list[ChainFault]:
    """The faults in the entries of one year, given in order of number from 1; none where the books are whole.

    Finds a gap, a double, an entry whose content was changed, and one that does not follow the one before it.
    The number in the content has to be the entry's own.
    """
    faults: list[ChainFault] = []
    expected, previous = 1, GENESIS
    for entry in entries:
        if entry.number != expected:
            faults.append(ChainFault(entry.number, f"Số {entry.number} đứng ở chỗ của số {expected}."))
        if entry.content.get("number") != entry.number:
            faults.append(ChainFault(entry.number, f"Nội dung của số {entry.number} ghi một số khác."))
        if entry.previous != previous:
            faults.append(ChainFault(entry.number, f"Số {entry.number} không nối tiếp mục đứng trước."))
        if entry.digest != entry_digest(entry.previous, entry.content):
            faults.append(ChainFault(entry.number, f"Nội dung của số {entry.number} đã bị thay đổi."))
        expected, previous = entry.number + 1, entry.digest
    return faults


def registration_kind(birth_date: date, filed_on: date) -> RegistrationKind:
    """On time up to 60 days after birth, late from the 61st (Luật Hộ tịch 2014 Đ15)."""
    return RegistrationKind.LATE if is_late(birth_date, filed_on) else RegistrationKind.ON_TIME


def birth_entry_content(form: Mapping[str, Any], registration: Registration, filed_on: date) -> dict[str, Any]:
    """The fields of the birth register and of the giấy khai sinh, in the words they are written in.

    `form` is what was filed (asked-for fields only, free of findings that stop); `filed_on` the day of filing in
    Đà Nẵng. Names in capitals, the date of birth in digits and in words (TT 04/2020); what is not known is an empty
    text, never a dash; a parent who is not recorded has only empty texts (NĐ 123/2015 Đ14–15).
    """
    born = day_of(value_at(form, "/child/birth_date"))
    if born is None:
        raise ValueError("a birth cannot be registered without its date")
    situation = _text(form, "/child/situation")
    with_parents = situation == "usual"
    mother = _parent(form, "mother", recorded=with_parents)
    father = _parent(form, "father", recorded=with_parents)
    return {
        "register": "birth",
        "book": registration.book,
        "year": registration.year,
        "number": registration.number,
        "registered_on": registration.registered_on.isoformat(),
        "place_of_registration": registration.place,
        "registration_kind": registration_kind(born, filed_on).value,
        "parentage": _parentage(situation, bool(mother["full_name"]), bool(father["full_name"])),
        "child": {
            "full_name": _text(form, "/child/full_name").upper(),
            "birth_date": born.isoformat(),
            "birth_date_words": date_in_words(born),
            "sex": _SEX.get(_text(form, "/child/sex"), ""),
            "ethnicity": _ethnicity(form, "child") if with_parents else "",
            # A child found here, or whose parents are not known, is Vietnamese (NĐ 123/2015 Đ14).
            "nationality": _NATIONALITY.get(_text(form, "/child/nationality") or "vietnamese", ""),
            "place_of_birth": _place_of_birth(form),
            "home_town": _text(form, "/child/home_town") if with_parents else "",
            "personal_identification_number": registration.personal_identification_number,
        },
        "mother": mother,
        "father": father,
        "requester": {
            "full_name": _text(form, "/requester/full_name").upper(),
            "relation": _RELATION.get(_text(form, "/requester/relation"), ""),
            "identity_paper": _identity_paper(form),
        },
        "signer": {"full_name": registration.signer_name, "title": registration.signer_title},
        "prepared_by": registration.prepared_by,
        "notes": [note for note in (_NOTE.get(situation, ""), registration.note) if note],
    }


_SEX = {"male": "Nam", "female": "Nữ"}
_NATIONALITY = {"vietnamese": "Việt Nam"}
_RELATION = {
    "father": "Cha",
    "mother": "Mẹ",
    "grandparent": "Ông hoặc bà",
    "relative": "Người thân",
    "carer": "Người nuôi dưỡng",
    "authorised": "Người được ủy quyền",
}
_IDENTITY_PAPER = {
    "citizen-card": "Căn cước công dân",
    "identity-card": "Chứng minh nhân dân",
    "passport": "Hộ chiếu",
    "other": "Giấy tờ tùy thân",
}
# What the register notes by itself (NĐ 123/2015 Đ14, Đ15).
_NOTE = {"abandoned": "Trẻ bị bỏ rơi", "parents-unknown": "Trẻ chưa xác định được cha, mẹ"}
_PARENT_FIELDS = ("full_name", "birth_year", "ethnicity", "nationality", "residence")


def _text(form: Mapping[str, Any], pointer: str) -> str:
    value = value_at(form, pointer)
    return value if isinstance(value, str) else ""


def _parent(form: Mapping[str, Any], parent: str, *, recorded: bool) -> dict[str, str]:
    if not recorded or value_at(form, f"/{parent}/known") is not True:
        return dict.fromkeys(_PARENT_FIELDS, "")
    year = value_at(form, f"/{parent}/birth_year")
    return {
        "full_name": _text(form, f"/{parent}/full_name").upper(),
        "birth_year": str(year) if isinstance(year, int) else "",
        "ethnicity": _ethnicity(form, parent),
        "nationality": _NATIONALITY.get(_text(form, f"/{parent}/nationality"), ""),
        "residence": _text(form, f"/{parent}/residence"),
    }


def _ethnicity(form: Mapping[str, Any], who: str) -> str:
    chosen = _text(form, f"/{who}/ethnicity")
    return _text(form, f"/{who}/ethnicity_other") if chosen == "other" else chosen


def _place_of_birth(form: Mapping[str, Any]) -> str:
    facility = _text(form, "/birth_place/facility") if _text(form, "/birth_place/kind") == "facility" else ""
    return ", ".join(part for part in (facility, _text(form, "/birth_place/address")) if part)


def _identity_paper(form: Mapping[str, Any]) -> str:
    """Such as “Căn cước công dân số 048064000123, Công an thành phố Đà Nẵng cấp ngày 20/5/2018”."""
    kind = _IDENTITY_PAPER.get(_text(form, "/requester/identity_paper"), "")
    number = _text(form, "/requester/identity_number")
    issued_by = _text(form, "/requester/identity_issued_by")
    issued_on = day_of(value_at(form, "/requester/identity_issued_on"))
    paper = f"{kind} số {number}" if number else kind
    issued = f"{issued_by} cấp" if issued_by else "cấp"
    if issued_on is not None:
        issued += f" ngày {issued_on.day}/{issued_on.month}/{issued_on.year}"
    return f"{paper}, {issued}" if issued != "cấp" else paper


def _parentage(situation: str, mother: bool, father: bool) -> str:
    """The Ministry's nksLoaiKhaiSinh in words: which parents are recorded, or that the child was abandoned."""
    if situation == "abandoned":
        return "abandoned"
    if mother and father:
        return "both"
    if mother:
        return "father-unknown"
    return "mother-unknown" if father else "both-unknown"
