"""The audit: who read or changed a person's data.

Each look at a person's data is recorded, and the person can read that record (docs/architecture.md, rule 7).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.chassis.call import current_call
from services.chassis.database.pagination import Page, page_of, read_number_cursor
from services.chassis.database.tables import AuditRow
from services.chassis.database.writing import Writing, write

_RECORD = (
    "INSERT INTO audit (actor_id, actor, role, action, subject, person_id, request_id)"
    " VALUES (:actor_id, :actor, :role, :action, :subject, :person_id, :request_id)"
)

#: The role, in the log, of a caller without a token.
NOBODY = "public"
#: The name of a service in the citizen's access log.
_SERVICE_NAMES = {
    "service:notifications": "Hệ thống Cầu Nối: gửi tin báo",
    "service:dossiers": "Hệ thống Cầu Nối: xử lý hồ sơ",
    "service:accounts": "Hệ thống Cầu Nối: tài khoản",
}


@dataclass(frozen=True, slots=True)
class Look:
    """One act of somebody else with a person's data; `who` is a text for that person."""

    at: datetime
    who: str
    role: str
    action: str
    subject: str


def record(session: Session, action: str, subject: str, person_id: str = "") -> None:
    """Appends an audit row to the transaction; actor and request id come from the call that is being served."""
    write(session, recording(action, subject, person_id))


def recording(action: str, subject: str, person_id: str = "") -> Writing:
    """The statement that appends an audit row, to be written together with other rows."""
    call = current_call()
    principal = call.principal
    themself = principal is not None and principal.id == person_id
    values = {
        "actor_id": principal.id if principal else "",
        "actor": "" if principal is None or themself else principal.signs_as,
        "role": ",".join(sorted(principal.roles)) if principal else NOBODY,
        "action": action,
        "subject": subject,
        "person_id": person_id,
        "request_id": call.request_id,
    }
    return _RECORD, values


def had_recorded(session: Session, action: str, people: Collection[str], within: timedelta) -> set[str]:
    """Those of these people with whose data the caller did this within the given time, by the database's clock (as
    `AuditRow.at`).
    """
    principal = current_call().principal
    same = select(AuditRow.person_id).where(
        AuditRow.person_id.in_(people),
        AuditRow.actor_id == (principal.id if principal else ""),
        AuditRow.action == action,
        AuditRow.at > func.now() - within,
    )
    return set(session.scalars(same.distinct()))


def looks(session: Session, person_id: str, page_size: int, cursor: str, mark: str) -> Page[Look]:
    """What others did with a person's data, newest first; `mark` is the mark of the list. Raises a Refusal (INVALID)
    for a cursor of another list.
    """
    query = (
        select(AuditRow)
        .where(AuditRow.person_id == person_id, AuditRow.actor_id != person_id)
        .order_by(AuditRow.seq.desc())
        .limit(page_size + 1)
    )
    if cursor:
        query = query.where(AuditRow.seq < read_number_cursor(cursor, mark))
    rows = session.scalars(query).all()
    page = page_of(rows, page_size, mark, lambda row: (str(row.seq),))
    shown = [
        Look(row.at, row.actor or _SERVICE_NAMES.get(row.actor_id, row.actor_id), row.role, row.action, row.subject)
        for row in page.items
    ]
    return Page(shown, page.cursors, page.more)
