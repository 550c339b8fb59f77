"""Accepting a dossier: from then on its legal clock runs, under the law of that day."""

from __future__ import annotations

from dataclasses import dataclass

from services.dossiers.domain import acts
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.accepted_version import accept_now
from services.dossiers.use_cases.fees.assessment import assessed
from services.dossiers.use_cases.fees.request import ask_for, note_exempt
from services.dossiers.use_cases.perform import leads_to, perform, promise
from services.dossiers.use_cases.unit import Unit, desk_dossier


@dataclass(frozen=True, slots=True)
class AcceptDossier:
    dossier_id: str
    expected_version: int


def accept(unit: Unit, command: AcceptDossier) -> DossierRow:
    """Takes a dossier in: the result's legal clock begins (NĐ 123/2015 Đ3: the receipt states day and hour).

    If a fee is owed, the dossier is accepted once it is paid (NĐ 87/2020 Đ12); until then it waits in status 6.
    """
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.ACCEPTANCE)
    owed = assessed(unit, row)
    if owed.total:
        ask_for(unit, row, owed)
        return row
    note_exempt(unit, row, owed)
    accept_now(unit, row)
    promise(unit, row)
    perform(unit, row, acts.ACCEPTANCE)
    return row
