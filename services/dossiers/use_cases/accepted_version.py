"""Which version of its procedure an accepted dossier keeps."""

from __future__ import annotations

from services.dossiers import storage
from services.dossiers.domain.findings import FindingKind
from services.dossiers.forms import findings
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.unit import Unit, filing_day, kept_day


def accept_now(unit: Unit, row: DossierRow) -> None:
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
    filed_on, kept = filing_day(unit, row), kept_day(unit, row)
    found = findings(today, unit.form(row), documents, filed_on, kept=kept, practice=unit.cell.ward.is_practice)
    if not any(each.kind is FindingKind.STOPS for each in found):
        row.procedure_version = today.version
