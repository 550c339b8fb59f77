"""Encrypted values can always be opened: each column has one context, which never changes."""

from __future__ import annotations

from types import SimpleNamespace

from services.dossiers.sealed import SEALED


def test_each_column_keeps_the_context_with_which_all_was_sealed_that_is_kept() -> None:
    row = SimpleNamespace(id="ID", dossier_id="DOSSIER", entry_id="ENTRY", sequence=2)
    found = {f"{each.row.__tablename__}.{each.column}": each.context(row) for each in SEALED}
    assert found == {
        "dossiers.form": "dossier:ID",
        "dossiers.proposal": "proposal:ID",
        "dossiers.recipient": "recipient:ID",
        "dossiers.tracking_key": "tracking:ID",
        "supplement_requests.changes": "supplement:ID",
        "supplement_requests.right_as_it_is": "supplement-answer:ID",
        "verifications.question": "verification:ID",
        "verifications.answer": "verification-answer:ID",
        "residence_lookups.note": "residence-lookup:DOSSIER:2",
        "register_entries.content": "entry:ID",
        "proposed_notes.content": "proposed-note:ID",
        "register_notes.content": "note:ENTRY:2",
    }
