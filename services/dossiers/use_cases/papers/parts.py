"""Shared parts of a dossier's papers."""

from __future__ import annotations

from typing import Any

from services.dossiers.adapters.papers.fields import Applicant
from services.dossiers.domain.pointers import value_at
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.dossier import Dossier
from services.dossiers.use_cases.unit import Unit


def about(unit: Unit, opened: Dossier) -> dict[str, Any]:
    """The common fields of every slip."""
    return {
        "office": unit.place.office(unit.cell.ward),
        "dossier_code": opened.row.code or "",
        "applicant": applicant_of(unit, opened.row),
        "procedure_name": opened.procedure.name,
    }


def tracking_url(unit: Unit) -> str:
    return f"{unit.place.settings.public_base_url.rstrip('/')}/theo-doi"


def applicant_of(unit: Unit, row: DossierRow) -> Applicant:
    """The applicant, from the form."""
    form = unit.form(row)

    def text(pointer: str) -> str:
        value: Any = value_at(form, pointer)
        return value if isinstance(value, str) else ""

    return Applicant(
        full_name=text("/requester/full_name") or row.applicant_name,
        address=text("/requester/residence"),
        phone=text("/requester/phone"),
    )
