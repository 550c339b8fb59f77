"""The encrypted columns, each with the context that binds a text to its row; used to seal, open and reseal it.

Never change a context: a text that was sealed with another one cannot be opened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.chassis.cells import Cell
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
_CONTEXTS = {(each.row, each.column): each.context for each in SEALED}


def seal(cell: Cell, row: Any, column: str, text: str) -> None:
    """Sets an encrypted column of a row, which has its key."""
    setattr(row, column, cell.cipher.encrypt(text, _context(row, column)))


def seal_json(cell: Cell, row: Any, column: str, content: Mapping[str, Any]) -> None:
    seal(cell, row, column, json.dumps(content, ensure_ascii=False))


def opened(cell: Cell, row: Any, column: str) -> str:
    """The text of an encrypted column that is not empty."""
    return cell.cipher.decrypt(getattr(row, column), _context(row, column))


def opened_json(cell: Cell, row: Any, column: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(opened(cell, row, column))
    return content


def _context(row: Any, column: str) -> str:
    return _CONTEXTS[type(row), column](row)
