"""Texts of guided sessions that are data: the terms that volunteers explain, and what citizens agree to."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

_TEXTS = Path(__file__).parents[1] / "texts"


@dataclass(frozen=True, slots=True)
class Term:
    """A term of civil status, explained in plain words."""

    key: str
    name: str
    explanation: str


@dataclass(frozen=True, slots=True)
class ConsentPart:
    heading: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A version of what people agree to for a purpose, with the version before it."""

    purpose: str
    version: str  # the day from which it is in force, such as `2026-11-28`
    title: str
    parts: Sequence[ConsentPart]
    in_short: Sequence[str] = ()
    counted: bool = False  # whether it says that figures are made of what is noted
    before: ConsentText | None = None

    def in_force(self, on: date) -> ConsentText:
        """This version, or the one before it that is in force on a day; the first one also before its own day."""
        text = self
        while text.before is not None and text.version > on.isoformat():
            text = text.before
        return text

    def counting(self) -> list[str]:
        """The versions that say that figures are made of what is noted."""
        earlier = self.before.counting() if self.before else []
        return [*earlier, self.version] if self.counted else earlier


def _terms() -> dict[str, Term]:
    terms = [Term(**each) for each in _read("terms.toml")["terms"]]
    found = {term.key: term for term in terms}
    if len(found) < len(terms):
        raise ValueError("terms.toml: a key stands there twice")
    return found


def _consents() -> dict[str, ConsentText]:
    """By purpose the newest version; the file has the versions of a purpose in the order of their days."""
    found: dict[str, ConsentText] = {}
    for each in _read("consents.toml")["consents"]:
        parts = tuple(ConsentPart(part["heading"], tuple(part["lines"])) for part in each.pop("parts"))
        before = found.get(each["purpose"])
        if before is not None and before.version >= each["version"]:
            raise ValueError(f"consents.toml: {each['version']} does not follow {before.version}")
        found[each["purpose"]] = ConsentText(parts=parts, before=before, **each)
    return found


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_TEXTS / name).read_text("utf-8"))


TERMS: Mapping[str, Term] = _terms()
CONSENTS: Mapping[str, ConsentText] = _consents()
