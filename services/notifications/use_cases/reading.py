"""Shows people their messages, and shows the staff the delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.database import audit
from services.chassis.database.audit import Look
from services.chassis.database.pagination import Page, list_mark, page_size
from services.chassis.refusal import FieldFault, invalid
from services.notifications import storage
from services.notifications.domain.templates import Rendered
from services.notifications.tables import AttemptRow, MessageRow, PracticeMessageRow
from services.notifications.use_cases.unit import Unit

PRACTICE_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class ListOwnMessages:
    page_size: int
    cursor: str


@dataclass(frozen=True, slots=True)
class ListDossierMessages:
    dossier_id: str


@dataclass(frozen=True, slots=True)
class ListOwnAccessLog:
    page_size: int
    cursor: str


@dataclass(frozen=True, slots=True)
class ListPracticeMessages:
    pass


@dataclass(frozen=True, slots=True)
class Told:
    """A message as people see it: its row, its text and, for the staff, its attempts."""

    row: MessageRow
    rendered: Rendered
    attempts: Sequence[AttemptRow] = ()


def own_messages(unit: Unit, query: ListOwnMessages) -> Page[Told]:
    """The caller's messages in this ward, newest first. Raises a Refusal (INVALID) for a foreign cursor."""
    page = storage.of_account(unit.session, unit.caller.id, page_size(query.page_size), query.cursor)
    return Page([_told(unit, row) for row in page.items], page.cursors, page.more)


def practice_messages(unit: Unit, _: ListPracticeMessages) -> Sequence[PracticeMessageRow]:
    """The messages that a real ward would have sent to the caller's phone, newest first."""
    return storage.practice_messages(unit.session, unit.caller.id, PRACTICE_MESSAGES)


def own_access_log(unit: Unit, query: ListOwnAccessLog) -> Page[Look]:
    """Who has read the caller's messages, newest first. Raises a Refusal (INVALID) for a foreign cursor."""
    mark = list_mark(unit.cell.issuer.service, unit.caller.id)
    return audit.looks(unit.session, unit.caller.id, page_size(query.page_size), query.cursor, mark)


def dossier_messages(unit: Unit, query: ListDossierMessages) -> list[Told]:
    """The messages about a dossier with their attempts, oldest first; the look is recorded.

    Raises a Refusal (INVALID, `missing-field`) without an id: messages without a dossier are everybody's codes and
    notices.
    """
    if not query.dossier_id:
        text = "Xin ghi mã của hồ sơ."
        raise invalid("missing-field", text, FieldFault("dossier_id", text))
    rows = storage.of_dossier(unit.session, query.dossier_id)
    attempts = storage.attempts(unit.session, [row.id for row in rows])
    person = rows[0].account_id if rows else ""
    audit.record(unit.session, "view-messages", f"dossier:{query.dossier_id}", person)
    return [_told(unit, row, attempts[row.id]) for row in rows]


def _told(unit: Unit, row: MessageRow, attempts: Sequence[AttemptRow] = ()) -> Told:
    return Told(row, unit.place.catalogue.render(row, unit.cell.ward), attempts)
