"""Registers are books: labels, and the chain that shows a changed, missing or doubled page.

Numbers run from 1 through the year, across its volumes (NĐ 123/2015 Đ11–12; TT 04/2020 Đ29–36). A book that is not full
is continued in the next year, under its own label. Each entry carries the digest of the one before, so the chain, too,
runs through the year.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.chassis.capacity import Capacity
from services.dossiers.domain.canonical import canonical

# The digest before the first entry of a year.
GENESIS = bytes(32)


BIRTH = "birth"
MARRIAGE = "marriage"
DEATH = "death"
MARITAL_STATUS = "marital-status"
COPIES = "copies"

#: What the book of deaths calls the paper of a death long ago (TT 04/2020 Đ13).
LONG_AGO_PAPER = "Giấy tờ chứng minh việc chết"


@dataclass(frozen=True, slots=True)
class Register:
    """A kind of book: what it is called, and the suffix of its labels (TT 04/2020 Đ29–36; suffixes from memory).

    `event` is the event of an entry (its message in caunoi.dossiers.v1 events.proto). Entries of a register that
    `changes_status` change what later checks find about a person, so a ward signs them one after the other.
    `approval_asks` names the fields of ApproveDossierRequest that the officer fills in, beside a note, when an entry is
    prepared.
    """

    title: str
    suffix: str
    event: str
    approval_asks: tuple[str, ...] = ()
    changes_status: bool = False


REGISTERS: Mapping[str, Register] = {
    BIRTH: Register("đăng ký khai sinh", "KS", "BirthRegistered", ("personal_identification_number",)),
    MARRIAGE: Register(
        "đăng ký kết hôn",
        "KH",
        "MarriageRegistered",
        ("wife_elsewhere", "wife_elsewhere_note", "husband_elsewhere", "husband_elsewhere_note"),
        True,
    ),
    DEATH: Register("đăng ký khai tử", "KT", "DeathRegistered", ("personal_identification_number",), True),
    MARITAL_STATUS: Register(
        "cấp giấy xác nhận tình trạng hôn nhân", "XNHN", "MaritalStatusConfirmed", ("statement",), True
    ),
    COPIES: Register("cấp bản sao trích lục hộ tịch", "BS", "CopyIssued", ("source_entry_id",)),
}


class NotNumbered(int):
    """The number of an entry that is not signed yet: 0, which prints as the dots of a form."""

    def __format__(self, _: str) -> str:
        return "……"


class CertificateStatus(StrEnum):
    """The status of an entry's paper. Valid, superseded and revoked are stored; the others are derived on the day."""

    VALID = "valid"
    EXPIRED = "expired"  # the last day of a limited validity is over
    SUPERSEDED = "superseded"  # genuine as of its day
    REVOKED = "revoked"
    ANNULLED = "annulled"  # a copy in force which says that its registration was annulled


class RegistrationKind(StrEnum):
    """The kind of registration: loaiDangKy 1 and 4 of the Ministry's code list."""

    ON_TIME = "on-time"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The values that the office adds to the form when it registers."""

    book: str
    year: int
    number: int
    registered_on: date
    place: str  # such as "Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"
    signer_name: str
    signer_title: str
    signer_capacity: Capacity
    kind: RegistrationKind = RegistrationKind.ON_TIME
    prepared_by: str = ""
    personal_identification_number: str = ""  # from the national database only (NĐ 87/2020 Đ10–11)
    statement: str = ""  # what the office confirms, in the wording of TT 04/2020 Đ33
    source: Mapping[str, Any] | None = None  # content of the entry that is copied, with its later notes
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
    """A fault at one number of a year's entries; `text` is Vietnamese, for the operator."""

    number: int
    text: str


def book_label(year: int, suffix: str, volume: int = 1) -> str:
    """Such as `01-TP/HT-2020-KS`: number, year of opening and kind of the book (TT 04/2020 Đ29–36)."""
    if volume < 1:
        raise ValueError("the first book of a year is volume 1")
    return f"{volume:02d}-TP/HT-{year}-{suffix}"


def entry_digest(previous: bytes, content: Mapping[str, Any]) -> bytes:
    """SHA-256 over the digest of the entry before (32 bytes, `GENESIS` before the first) and the canonical content."""
    if len(previous) != len(GENESIS):
        raise ValueError("the digest of the entry before has 32 bytes")
    return hashlib.sha256(previous + canonical(dict(content))).digest()


def seen_digest(content: Mapping[str, Any]) -> str:
    """The digest of an entry as the signer sees it before the signature: hex SHA-256 of all but number and book."""
    seen = {name: value for name, value in content.items() if name not in {"number", "book"}}
    return hashlib.sha256(canonical(seen)).hexdigest()


def verify_chain(entries: Iterable[Entry], first: int = 1) -> list[ChainFault]:
    """The faults in the entries of one year, which come in order of number; none if the books are intact.

    `first` is the number that the year began with here: 1, or the number after the last of a paper book. Finds a gap, a
    duplicate, an entry whose content was changed, and one that does not continue the chain. The number in the content
    has to be the entry's own.
    """
    faults: list[ChainFault] = []
    expected, previous = first, GENESIS
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
