"""The procedures that the wards offer, read from files and checked before anything is served."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from services.dossiers.domain.procedures import Procedure

PROCEDURES = Path(__file__).parent / "procedures"


class Catalogue:
    """All versions of all procedures."""

    @classmethod
    def load(cls, directory: Path = PROCEDURES) -> Catalogue:
        """Reads `<code>/<version>.json`; ValueError names the file and what is wrong in it."""
        raise NotImplementedError

    def in_force(self, on: date) -> list[Procedure]:
        """The version of each procedure that is in force on the day, by code."""
        raise NotImplementedError

    def get(self, code: str, on: date) -> Procedure:
        """The version in force on the day; Refusal NOT_FOUND `unknown-procedure`."""
        raise NotImplementedError

    def version(self, code: str, version: str) -> Procedure:
        """One version, as a dossier keeps it; Refusal NOT_FOUND `unknown-procedure`."""
        raise NotImplementedError
