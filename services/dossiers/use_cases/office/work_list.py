"""The office's work list: open dossiers, most urgent first; drafts that the desk enters for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.chassis.clock import VIETNAM
from services.chassis.database import audit
from services.chassis.database.pagination import Page, page_size
from services.chassis.refusal import faulty
from services.dossiers import deadlines, listing, storage
from services.dossiers.access import DESK
from services.dossiers.domain.deadlines import near_until
from services.dossiers.domain.queues import QUEUES, Queue
from services.dossiers.domain.states import OPEN, Status
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases import searches
from services.dossiers.use_cases.findable import wanted_words
from services.dossiers.use_cases.lists import after, after_received, by_urgency, page
from services.dossiers.use_cases.unit import Unit, printable

MOST_COUNTED = 100  # of overdue dossiers: a larger count would tell the office nothing more
_DUE = frozenset({"", "overdue", "today", "soon"})
_FILED = frozenset(Status) - {Status.DRAFT}


@dataclass(frozen=True, slots=True)
class ListDesk:
    statuses: Sequence[int]
    due: str
    query: str
    page_size: int
    cursor: str
    assigned: str
    search: str = ""
    procedure: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class WorkList:
    page: Page[DossierRow]
    query: str = ""  # what was searched for
    overdue: int = 0  # in the whole ward, counted to MOST_COUNTED; on the first page alone


def work_list(unit: Unit, query: ListDesk) -> WorkList:
    """The work list, most urgent first; a search finds dossiers in every status, because people who search by name,
    code or number do not know the status.
    """
    drafts = list(query.statuses) == [Status.DRAFT]
    asked = searches.opened(unit, query.search, of_register=False).query if query.search else query.query
    found_by = wanted_words(unit.cell, printable(asked))
    queue = _queue(query.queue)
    if query.procedure and not unit.place.catalogue.knows(query.procedure):
        text = "Hệ thống không có thủ tục này. Xin ghi mã của thủ tục, chẳng hạn 1.001193."
        raise faulty("procedure", text)
    statuses: Sequence[int] = query.statuses or (queue.statuses if queue else ())
    if not drafts and any(status not in _FILED for status in statuses):
        text = "Trạng thái là số từ 1 đến 10; 0 (hồ sơ nháp của phường) thì chỉ đi một mình."
        raise faulty("status", text)
    if not statuses:
        statuses = sorted(_FILED if found_by else OPEN)
    if query.due not in _DUE:
        text = "Lọc theo hạn chỉ có: overdue (quá hạn), today (hôm nay), soon (sắp đến hạn)."
        raise faulty("due", text)
    due_from, due_before = due_span(unit, query.due or (queue.due if queue else ""))
    assigned = _assigned(unit, query.assigned)
    mark = searches.mark(unit, asked, sorted(set(statuses)), query.due, assigned, query.procedure, query.queue)
    limit = page_size(query.page_size)
    if drafts:
        return _drafts(unit, query, asked, mark, limit)
    rows = listing.desk(
        unit.session,
        statuses=statuses,
        words=found_by,
        due_from=due_from,
        due_before=due_before,
        assigned=assigned,
        limit=limit + 1,
        after=after_received(query.cursor, mark),
        procedure=query.procedure,
        queue=queue,
        caller=unit.caller.id,
    )
    audit.record(unit.session, "list-desk", "desk")
    overdue = 0 if query.cursor else deadlines.overdue_count(unit.session, unit.now, most=MOST_COUNTED)
    return WorkList(by_urgency(rows, limit, mark), asked, overdue)


def _drafts(unit: Unit, query: ListDesk, asked: str, mark: str, limit: int) -> WorkList:
    """The drafts that the desk is entering for others, newest first; for those who may go on with them.

    Drafts have no due time, queue or assignee, and no words find them. Refusal INVALID `invalid-cursor`.
    """
    place = after(query.cursor, mark)
    if not unit.caller.has(*DESK):
        return WorkList(Page([], [], more=False))
    audit.record(unit.session, "list-desk", "desk")
    if asked or query.due or query.queue or query.assigned == "me":
        return WorkList(Page([], [], more=False), asked)
    rows = storage.desk_drafts(unit.session, limit + 1, place, query.procedure)
    return WorkList(page(rows, limit, mark, lambda row: row.created_at))


def _assigned(unit: Unit, assigned: str) -> str | None:
    """`me`: the caller's; `none`: unassigned ones; empty: all. Returns the parameter of `listing.desk`."""
    meant = {"": None, "me": unit.caller.id, "none": ""}
    if assigned not in meant:
        text = "Lọc theo người xử lý chỉ có: me (của tôi), none (chưa ai nhận)."
        raise faulty("assigned", text)
    return meant[assigned]


def _queue(name: str) -> Queue | None:
    if name and name not in QUEUES:
        text = f"Việc chờ chỉ có: {', '.join(QUEUES)}."
        raise faulty("queue", text)
    return QUEUES.get(name)


def due_span(unit: Unit, due: str) -> tuple[datetime | None, datetime | None]:
    """`overdue`: before now; `today`: within this day in Việt Nam; `soon`: from now until the working time of the
    office's warning is over; empty: any time.
    """
    if due == "overdue":
        return None, unit.now
    if due == "today":
        begins = datetime.combine(unit.today, time(), VIETNAM)
        return begins, begins + timedelta(days=1)
    if due == "soon":
        ahead = timedelta(minutes=unit.place.settings.remind_working_minutes)
        return unit.now, near_until(unit.now, ahead, unit.place.hours[unit.ward], unit.place.calendar)
    return None, None
