"""The wards of the district, read from the district file (TOML). A setting says which of them a process serves.

Beside them there is the practice ward, where people try everything as invented persons (docs/decisions/0036). Code that
asks all wards uses `wards`, which does not contain it; code that looks up one ward by address or setting uses `cells`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Office:
    """A ward's one-stop desk: Vietnamese address, phone and hours, as pages show them."""

    address: str
    phone: str
    hours: str


_LONGEST = 250  # the longest address that a form accepts
#: The words for places of each level in an address, the lowest level first.
_LEVELS = (
    re.compile(r"\b(phường|xã|thị trấn|p\.)", re.IGNORECASE),
    re.compile(r"\b(quận|huyện|thị xã|q\.)", re.IGNORECASE),
    re.compile(r"\b(thành phố|tỉnh|tp)\b", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward: its GSO code (five digits, text), official name, slug for URLs, agency id for dossier codes, office."""

    code: str
    name: str
    slug: str
    agency_id: str
    office: Office
    is_practice: bool = False


@dataclass(frozen=True, slots=True)
class District:
    name: str
    province: str
    wards: Mapping[str, Ward]  # the real ones
    practice: Ward
    cells: Mapping[str, Ward] = field(init=False)  # the wards and the practice ward, for looking up one of them

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", {**self.wards, self.practice.code: self.practice})

    def by_slug(self, slug: str) -> Ward | None:
        """The ward of a slug; it may be the practice ward."""
        return next((ward for ward in self.cells.values() if ward.slug == slug), None)

    def by_agency(self, agency_id: str) -> Ward | None:
        """The real ward that gave a dossier its code."""
        return next((ward for ward in self.wards.values() if ward.agency_id == agency_id), None)

    def on_one_side(self, ward: str, other: str) -> bool:
        """Whether two codes are both of real wards, or both of the practice ward. Between the two sides no token, event
        or call is valid (docs/decisions/0036).
        """
        return (ward == self.practice.code) == (other == self.practice.code)

    def whole_address(self, ward: str, said: str) -> str:
        """The full address of a person of the ward, as a letter needs it: people give accounts only house, street and
        group.

        A ward, district or province that they named stays as it is; the wider levels are added.
        """
        here = self.cells.get(ward)
        if here is None or not said.strip():
            return said
        names = (here.name, self.name, self.province)
        last = [part.strip().casefold() for part in said.split(",")][-1]
        named = [
            level
            for level, name in enumerate(names)
            if _LEVELS[level].search(said) or last in (name.casefold(), _bare(name))
        ]
        rest = names[max(named, default=-1) + 1 :]
        whole = ", ".join([said.strip().rstrip(",."), *(name[:1].lower() + name[1:] for name in rest)])
        return whole if rest and len(whole) <= _LONGEST else said

    def select(self, codes: str) -> tuple[Ward, ...]:
        """The wards of a `WARDS` setting: `all` (with the practice ward), or GSO codes separated by commas.

        Raises ValueError naming a code that the district does not have.
        """
        cells = self.cells
        if codes.strip() == "all":
            return tuple(cells.values())
        chosen = [code.strip() for code in codes.split(",") if code.strip()]
        unknown = [code for code in chosen if code not in cells]
        if unknown or not chosen:
            raise ValueError(f"WARDS names no ward of the district file: {', '.join(unknown) or '(empty)'}")
        return tuple(cells[code] for code in chosen)


def _bare(name: str) -> str:
    """A place's name without its level, in small letters: `đà nẵng`."""
    return re.sub(r"^(phường|xã|thị trấn|quận|huyện|thị xã|thành phố|tỉnh) ", "", name.casefold())


def load_district(path: Path) -> District:
    """Reads a district file; see deploy/district.toml for its form."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    wards = {entry["code"]: _ward(entry) for entry in data["wards"]}
    practice = _ward(data["practice"], is_practice=True)
    if practice.code in wards or any(practice.slug == ward.slug for ward in wards.values()):
        raise ValueError("The practice ward has the code or the slug of a real ward")
    return District(data["name"], data["province"], wards, practice)


def _ward(entry: Mapping[str, Any], *, is_practice: bool = False) -> Ward:
    return Ward(entry["code"], entry["name"], entry["slug"], entry["agency_id"], Office(**entry["office"]), is_practice)
