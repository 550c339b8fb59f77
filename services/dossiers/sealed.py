"""The encrypted columns (`reseal` in docs/runbook.md); each use case encrypts its own."""

from __future__ import annotations

from services.chassis.database.resealing import Sealed
from services.dossiers.register_tables import ProposedNoteRow, RegisterEntryRow, RegisterNoteRow
from services.dossiers.tables import DossierRow, ResidenceLookupRow, SupplementRow, VerificationRow

SEALED = [
    Sealed(DossierRow, "form", lambda row: f"dossier:{row.id}"),
    Sealed(DossierRow, "proposal", lambda row: f"proposal:{row.id}"),
    Sealed(DossierRow, "recipient", lambda row: f"recipient:{row.id}"),
    Sealed(DossierRow, "tracking_key", lambda row: f"tracking:{row.id}"),
    Sealed(SupplementRow, "changes", lambda row: f"supplement:{row.id}"),
    Sealed(SupplementRow, "right_as_it_is", lambda row: f"supplement-answer:{row.id}"),
    Sealed(VerificationRow, "question", lambda row: f"verification:{row.id}"),
    Sealed(VerificationRow, "answer", lambda row: f"verification-answer:{row.id}"),
    Sealed(ResidenceLookupRow, "note", lambda row: f"residence-lookup:{row.dossier_id}:{row.sequence}"),
    Sealed(RegisterEntryRow, "content", lambda row: f"entry:{row.id}"),
    Sealed(ProposedNoteRow, "content", lambda row: f"proposed-note:{row.id}"),
    Sealed(RegisterNoteRow, "content", lambda row: f"note:{row.entry_id}:{row.sequence}"),
]
