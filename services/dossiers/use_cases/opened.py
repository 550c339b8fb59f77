"""Opens the sealed columns of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.cells import Cell
from services.chassis.clock import day_in_vietnam
from services.dossiers import registers
from services.dossiers.domain.handover import Delivery
from services.dossiers.domain.notes import updated
from services.dossiers.domain.states import Status
from services.dossiers.domain.tracking import shown_key
from services.dossiers.register_tables import ProposedNoteRow, RegisterEntryRow, RegisterNoteRow
from services.dossiers.sealed import opened, opened_json
from services.dossiers.tables import DossierRow, SupplementRow, VerificationRow


def form_of(cell: Cell, row: DossierRow) -> dict[str, Any]:
    """What a dossier's form says."""
    return opened_json(cell, row, "form")


def content_of(cell: Cell, entry: RegisterEntryRow) -> dict[str, Any]:
    """What an entry of a register says."""
    return opened_json(cell, entry, "content")


def current_content_of(session: Session, cell: Cell, entry: RegisterEntryRow) -> dict[str, Any]:
    """The content of an entry, as its notes that count have changed it."""
    return updated(content_of(cell, entry), notes_of(session, cell, entry))


def notes_of(session: Session, cell: Cell, entry: RegisterEntryRow) -> list[dict[str, Any]]:
    """The content of the notes of an entry, including those that no longer count, oldest first."""
    return [content_of_note(cell, each) for each in registers.notes(session, entry.id)]


def counted_of(session: Session, cell: Cell, entry: RegisterEntryRow) -> list[dict[str, Any]]:
    """The content of the notes of an entry that count, oldest first."""
    return [content_of_note(cell, each) for each in registers.counting_notes(session, entry.id)]


def content_of_note(cell: Cell, note: RegisterNoteRow) -> dict[str, Any]:
    """The content of a note: kind, text, basis, on (ISO date), prepared_by, signer_name, sequence.

    With `changes` if it changes the entry (pointer → `was`, `now`); early notes have `renamed` and `new_name` instead.
    With `withdraws` if it withdraws an earlier note.
    """
    return opened_json(cell, note, "content")


def content_of_proposed_note(cell: Cell, note: ProposedNoteRow) -> dict[str, Any]:
    """The content of a note that waits for the signer: text, basis, prepared_by, returned_because; its effects as in
    `content_of_note`.
    """
    return opened_json(cell, note, "content")


def proposal_of(cell: Cell, row: DossierRow) -> Mapping[str, str]:
    """What the officer adds for the register, as `ApproveDossier` has it; any of it may be empty."""
    assert row.proposal is not None
    return opened_json(cell, row, "proposal")


def question_of(cell: Cell, verification: VerificationRow) -> Mapping[str, str]:
    """The question: the members of `RequestVerification`, as texts."""
    return opened_json(cell, verification, "question")


def answer_of(cell: Cell, verification: VerificationRow) -> Mapping[str, Any]:
    """The reply; empty if there is none. `withdrawn` are results that were recorded wrongly, oldest first."""
    if verification.answer is None:
        return {}
    return opened_json(cell, verification, "answer")


def changes_of(cell: Cell, supplement: SupplementRow) -> Mapping[str, Any]:
    """The earlier values of the fields that a supplement changed, by pointer; None if the field was empty."""
    return {} if supplement.changes is None else opened_json(cell, supplement, "changes")


@dataclass(frozen=True, slots=True)
class Verified:
    """A verification with its question and its reply."""

    row: VerificationRow
    question: Mapping[str, str]
    answer: Mapping[str, Any]  # empty where nothing came


def verified(cell: Cell, rows: Sequence[VerificationRow]) -> list[Verified]:
    return [Verified(each, question_of(cell, each), answer_of(cell, each)) for each in rows]


def right_as_it_is_of(cell: Cell, request: SupplementRow) -> str:
    """What the applicant wrote with a supplement: why nothing had to change, or a remark; may be empty."""
    return "" if request.right_as_it_is is None else opened(cell, request, "right_as_it_is")


def day_answered(cell: Cell, verification: VerificationRow) -> date | None:
    """The day on which the answer was recorded, in Việt Nam; None if there is none."""
    recorded = answer_of(cell, verification).get("recorded_at")
    return None if recorded is None else day_in_vietnam(datetime.fromisoformat(recorded))


@dataclass(frozen=True, slots=True)
class Given:
    """How a result was handed over."""

    delivery: Delivery
    recipient: str
    posted_number: str  # of what was posted


def given_of(cell: Cell, row: DossierRow) -> Given | None:
    """How the result was handed over; None if it was not."""
    if row.status != Status.HANDED_OVER or row.recipient is None:
        return None
    kept = opened_json(cell, row, "recipient")
    delivery = Delivery(kept.get("delivery") or Delivery.OFFICE)
    return Given(delivery, kept.get("name", ""), kept.get("note", "") if delivery is Delivery.POST else "")


def tracking_key_of(cell: Cell, row: DossierRow) -> str:
    """The tracking key of a filed dossier, as people read it."""
    assert row.tracking_key is not None
    return shown_key(opened(cell, row, "tracking_key"))
