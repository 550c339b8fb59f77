"""The office's work list: open dossiers, most urgent first; drafts that the desk enters for others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.chassis.clock import VIETNAM
from services.chassis.database import audit
from services.chassis.database.pagination import Page, page_size
from services.chassis.refusal import FieldFault, invalid
from services.dossiers import deadlines, listing, storage
from services.dossiers.access import DESK
from services.dossiers.domain.search import words
from services.dossiers.domain.states import OPEN, Status
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.lists import after, page
from services.dossiers.use_cases.unit import Unit, printable

MOST_WORDS = 12
MOST_COUNTED = 100  # of overdue dossiers: who reads that many knows what to do
DRAFTS_SHOWN = timedelta(days=30)
_FILED = frozenset(Status) - {Status.DRAFT}
_CODE = re.compile(r"(?:\S+-)?\d{6}-\d{4,}")


@dataclass(frozen=True, slots=True)
class ListDesk:
    statuses: Sequence[int]
    due: str
    query: str
    page_size: int
    cursor: str
    assigned: str


@dataclass(frozen=True, slots=True)
class WorkList:
    page: Page[DossierRow]
    overdue: int = 0  # in the whole ward, counted to MOST_COUNTED; on the first page alone


def work_list(unit: Unit, query: ListDesk) -> WorkList:
    """The work list, most urgent first; a search for a dossier code finds it in whatever status it is."""
    if list(query.statuses) == [Status.DRAFT]:
        return _drafts(unit)
    found_by = words(printable(query.query))[:MOST_WORDS]
    statuses: Sequence[int] = query.statuses
    if any(status not in _FILED for status in statuses):
        text = "Trạng thái là số từ 1 đến 10."
        raise invalid("invalid-field", text, FieldFault("status", text))
    if not statuses:
        by_code = any(_CODE.fullmatch(word) for word in found_by)
        statuses = sorted(_FILED if by_code else OPEN)
    due_from, due_before = _due(unit, query.due)
    limit = page_size(query.page_size)
    rows = listing.desk(
        unit.session,
        statuses=statuses,
        words=found_by,
        due_from=due_from,
        due_before=due_before,
        assigned=_assigned(unit, query.assigned),
        limit=limit + 1,
        after=after(query.cursor),
    )
    audit.record(unit.session, "list-desk", "desk")
    overdue = 0 if query.cursor else deadlines.overdue_count(unit.session, unit.now, most=MOST_COUNTED)
    return WorkList(page(rows, limit, lambda row: row.urgent_at), overdue)


def _drafts(unit: Unit) -> WorkList:
    """The drafts of the last month that the desk is entering for others; for those who may go on with them."""
    if not unit.caller.has(*DESK):
        return WorkList(Page([], ""))
    rows = storage.desk_drafts(unit.session, unit.now - DRAFTS_SHOWN, page_size(0))
    audit.record(unit.session, "list-desk", "desk")
    return WorkList(Page(list(rows), ""))


def _assigned(unit: Unit, assigned: str) -> str | None:
    """`me`: the caller's; `none`: nobody's; empty: whosever. As `listing.desk` takes it."""
    meant = {"": None, "me": unit.caller.id, "none": ""}
    if assigned not in meant:
        text = "Lọc theo người xử lý chỉ có: me (của tôi), none (chưa ai nhận)."
        raise invalid("invalid-field", text, FieldFault("assigned", text))
    return meant[assigned]


def _due(unit: Unit, due: str) -> tuple[datetime | None, datetime | None]:
    """`overdue`: before now; `today`: within this day in Việt Nam; empty: whenever."""
    if due == "overdue":
        return None, unit.now
    if due == "today":
        begins = datetime.combine(unit.today, time(), VIETNAM)
        return begins, begins + timedelta(days=1)
    if due:
        text = "Lọc theo hạn chỉ có: overdue (quá hạn), today (hôm nay)."
        raise invalid("invalid-field", text, FieldFault("due", text))
    return None, None
