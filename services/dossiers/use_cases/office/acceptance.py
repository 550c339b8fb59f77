"""Accepting a dossier: from then on its legal clock runs, under the law of that day."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.clock import day_in_vietnam
from services.dossiers import storage
from services.dossiers.domain import acts
from services.dossiers.domain.deadlines import still_kept
from services.dossiers.domain.findings import FindingKind
from services.dossiers.forms import findings
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.fees import assessed
from services.dossiers.use_cases.office import fees
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
        fees.ask_for(unit, row, owed)
        return row
    fees.note_exempt(unit, row, owed)
    take_in(unit, row)
    promise(unit, row)
    perform(unit, row, acts.ACCEPTANCE)
    return row


def take_in(unit: Unit, row: DossierRow) -> None:
    """The dossier is accepted now; it keeps the version of its procedure from here on (docs/law.md §13).

    That is the version in force today. If today's version asks for something that the version of the filing did not,
    the earlier version stays: a dossier that was complete when it was filed is not sent back because of a change of
    law.
    """
    row.accepted_at = unit.now
    today = unit.place.catalogue.get(row.procedure, unit.today)
    if today.version == row.procedure_version:
        return
    documents = {document.kind for document in storage.documents(unit.session, row.id)}
    filed_on = day_in_vietnam(row.submitted_at or unit.now)
    kept = still_kept(filed_on, unit.place.calendar)
    found = findings(today, unit.form(row), documents, filed_on, kept=kept, practice=unit.cell.ward.is_practice)
    if not any(each.kind is FindingKind.STOPS for each in found):
        row.procedure_version = today.version
