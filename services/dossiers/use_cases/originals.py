"""The papers of a dossier whose originals are compared."""

from __future__ import annotations

from collections.abc import Iterable

from services.dossiers import storage
from services.dossiers.domain.fields import DOCUMENTS
from services.dossiers.domain.handover import Fault, original_faults, to_compare
from services.dossiers.domain.procedures import DocumentRequirement
from services.dossiers.forms import asked
from services.dossiers.tables import DocumentRow, DossierRow, SupplementRow
from services.dossiers.use_cases.unit import Unit


def papers_to_compare(unit: Unit, row: DossierRow) -> list[DocumentRequirement]:
    procedure = unit.place.procedure_of(row)
    sent = storage.documents(unit.session, row.id)
    requests = storage.supplements(unit.session, row.id)
    return to_compare(procedure, asked(procedure, unit.form(row)), sent_on_request(sent, requests))


def sent_on_request(documents: Iterable[DocumentRow], requests: Iterable[SupplementRow]) -> set[str]:
    """The kinds of papers that the office asked for and received."""
    asked_for = {item["field"] for each in requests for item in each.items}
    return {document.kind for document in documents if f"{DOCUMENTS}{document.kind}" in asked_for}


def faults_of_originals(unit: Unit, row: DossierRow) -> list[Fault]:
    """The objections from the originals to a registration now."""
    compared = {kind: done.agrees for kind, done in storage.comparisons(unit.session, row.id).items()}
    return original_faults(papers_to_compare(unit, row), compared, at_the_counter=row.channel == "counter")
