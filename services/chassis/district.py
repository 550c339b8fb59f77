"""The wards of the district, read from the district file (TOML); which of them a process serves is a setting."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Office:
    """Where a ward's one-stop desk is reached: a Vietnamese address, phone and hours, as pages show them."""

    address: str
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward: its GSO code (five digits, text), official name, slug for URLs, agency id for dossier codes, office."""

    code: str
    name: str
    slug: str
    agency_id: str
    office: Office


@dataclass(frozen=True, slots=True)
class District:
    name: str
    province: str
    wards: Mapping[str, Ward]

    def by_slug(self, slug: str) -> Ward | None:
        return next((ward for ward in self.wards.values() if ward.slug == slug), None)

    def by_agency(self, agency_id: str) -> Ward | None:
        return next((ward for ward in self.wards.values() if ward.agency_id == agency_id), None)

    def select(self, codes: str) -> tuple[Ward, ...]:
        """The wards of a `WARDS` setting: `all`, or GSO codes separated by commas.

        Raises ValueError naming a code that the district does not have.
        """
        if codes.strip() == "all":
            return tuple(self.wards.values())
        chosen = [code.strip() for code in codes.split(",") if code.strip()]
        unknown = [code for code in chosen if code not in self.wards]
        if unknown or not chosen:
            raise ValueError(f"WARDS names no ward of the district file: {', '.join(unknown) or '(empty)'}")
        return tuple(self.wards[code] for code in chosen)


def load_district(path: Path) -> District:
    """Reads a district file; see deploy/district.toml for its form."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    wards = {
        entry["code"]: Ward(entry["code"], entry["name"], entry["slug"], entry["agency_id"], Office(**entry["office"]))
        for entry in data["wards"]
    }
    return District(data["name"], data["province"], wards)
