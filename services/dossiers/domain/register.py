"""Registers are books: labels, content of entries, and the chain that shows a changed page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

# What stands before the first entry of a year's series.
GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
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
    number: int
    text: str


def book_label(year: int, suffix: str, volume: int = 1) -> str:
    """Such as `01-TP/HT-2020-KS` (TT 04/2020)."""
    raise NotImplementedError


def entry_digest(previous: bytes, content: Mapping[str, Any]) -> bytes:
    """SHA-256 over the digest of the entry before and the canonical content."""
    raise NotImplementedError


def verify_chain(entries: Iterable[Entry]) -> list[ChainFault]:
    """The faults in a year's entries given in order of their numbers from 1; none where the book is whole."""
    raise NotImplementedError


def birth_entry_content(form: Mapping[str, Any], registration: Registration, filed_on: date) -> dict[str, Any]:
    """The fields of the birth register and of the giấy khai sinh."""
    raise NotImplementedError
