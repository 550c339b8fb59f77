"""What the caller may do with a dossier now, and which of its papers they can get."""

from __future__ import annotations

from services.dossiers.access import DESK, of_office
from services.dossiers.domain.register import REGISTERS
from services.dossiers.domain.states import OPEN, Status
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.in_the_way import possible_acts
from services.dossiers.use_cases.unit import Unit


def actions(unit: Unit, row: DossierRow) -> list[str]:
    """The acts that the caller may do now, in the order of a dossier's life."""
    return [act.name for act in possible_acts(unit, row)]


def comparable(unit: Unit, row: DossierRow) -> bool:
    """Whether the caller may compare originals now: the desk may, until the dossier has ended."""
    return row.status in OPEN and unit.caller.ward == unit.ward and unit.caller.has(*DESK)


def approval_asks(unit: Unit, row: DossierRow) -> list[str]:
    """The fields that an approval asks for; for the office only."""
    if row.status == Status.DRAFT or not of_office(unit.caller, unit.ward):
        return []
    return [*REGISTERS[unit.place.procedure_of(row).register.name].approval_asks, "note"]
