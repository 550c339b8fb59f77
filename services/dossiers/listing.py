"""The lists of the desk and the registers: their cost depends on the rows shown, not on the size of the ward.

An index gives the rows in the order of display. No index gives both that order and the words of a search, so the number
of matching rows decides: first a limited number of rows in order is scanned, which is enough if many match; else the
matching rows are gathered and sorted, which is cheap if they are few (docs/decisions/0025).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, time
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, String, Uuid, and_, cast, func, literal, or_, select, tuple_, type_coerce, union_all
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, aggregate_order_by
from sqlalchemy.orm import Session, defer
from sqlalchemy.sql.base import ColumnCollection
from sqlalchemy.sql.elements import ColumnElement

from services.chassis.clock import VIETNAM
from services.chassis.database.tables import table_of
from services.dossiers.domain.queues import Queue
from services.dossiers.domain.states import Status
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.tables import URGENCY, DossierRow

Row = TypeVar("Row", DossierRow, RegisterEntryRow)
Columns = ColumnCollection[str, Any]
Condition = Callable[[Columns], ColumnElement[bool]]

#: Rows that are scanned first, and the most that are gathered.
LOOKED_THROUGH, GATHERED = 500, 5000
#: Encrypted, long columns that no list shows.
_UNREAD = {
    DossierRow: [defer(each) for each in (DossierRow.form, DossierRow.proposal, DossierRow.recipient)],
    RegisterEntryRow: [],
}


def desk(
    session: Session,
    *,
    statuses: Sequence[int],
    words: Sequence[str],
    due_from: datetime | None,
    due_before: datetime | None,
    assigned: str | None,
    limit: int,
    after: tuple[datetime, datetime, UUID] | None,
    procedure: str = "",
    queue: Queue | None = None,
    caller: str = "",
) -> Sequence[DossierRow]:
    """Filed dossiers, most urgent first; those without a running clock last; equally urgent ones by reception.

    `assigned` is the id of a colleague, empty for unassigned dossiers, None for all. `queue` filters by the fields that
    its dossiers have and lack, and by whether they wait for `caller`, an account's id; `statuses` and due times are
    parameters of their own.
    """

    def wanted(of: Columns) -> list[ColumnElement[bool]]:
        conditions = _waits(of, queue, caller) if queue else []
        if procedure:
            conditions.append(of.procedure == procedure)
        if assigned is not None:
            conditions.append(of.assigned_to_id == assigned if assigned else of.assigned_to_id.is_(None))
        if due_from is not None:
            conditions.append(of.urgent_at >= due_from)
        if due_before is not None:
            conditions.append(of.urgent_at < due_before)
        if after is not None:
            conditions.append(tuple_(*(of[name] for name in URGENCY)) > tuple_(*map(literal, after)))
        return conditions

    # The planner does not see that unassigned dossiers are one range of an index, unless the order names the column.
    order = [*([] if assigned is None else ["assigned_to_id"]), *URGENCY]
    by_status = ("status", sorted({int(status) for status in statuses}))
    narrowing = (*queue.has, *queue.lacks, *filter(None, [queue.by_another])) if queue else ()
    columns = ("id", "status", "assigned_to_id", "urgent_at", "submitted_at", "search", "procedure", *narrowing)
    return _List(session, DossierRow, columns, by_status, wanted, order, limit).page(words)


def first_waiting(session: Session, queue: Queue, after: DossierRow | None, *, caller: str) -> DossierRow | None:
    """The most urgent dossier of a queue; with `after`, the next one after it, or the first if there is none."""
    of = table_of(DossierRow).c
    waits = (DossierRow.status.in_(queue.statuses), *_waits(of, queue, caller))
    query = select(DossierRow).where(*waits).options(*_UNREAD[DossierRow])
    order = [of[name] for name in URGENCY]
    query = query.order_by(*order).limit(1)
    if after is None:
        return session.scalars(query).one_or_none()
    place = tuple_(*(literal(getattr(after, name)) for name in URGENCY))
    behind = query.where(tuple_(*order) > place)
    return (
        session.scalars(behind).one_or_none() or session.scalars(query.where(DossierRow.id != after.id)).one_or_none()
    )


def counted(
    session: Session, queues: Mapping[str, tuple[Queue, datetime | None, datetime | None]], *, most: int, caller: str
) -> dict[str, int]:
    """The number of dossiers that wait for a caller in each queue, between its due times (from, before); counted up to
    `most`.
    """
    of = table_of(DossierRow).c
    counts = []
    for name, (queue, due_from, due_before) in queues.items():
        conditions = _waits(of, queue, caller)
        conditions += [of.urgent_at >= due_from] if due_from else []
        conditions += [of.urgent_at < due_before] if due_before else []
        scans = [
            select(of.id).where(of.status == _in_statement(int(status)), *conditions, *_INDEXED[DossierRow])
            for status in queue.statuses
        ]
        # Each is limited, so that a count reads `most` rows of an index for each status, and no more.
        rows = union_all(*(select(scan.limit(_in_statement(most)).subquery()) for scan in scans)).subquery()
        shown = select(rows).limit(_in_statement(most)).subquery()
        counts.append(select(func.count()).select_from(shown).scalar_subquery().label(name))
    return dict(session.execute(select(*counts)).mappings().one()) if counts else {}


def _waits(of: Columns, queue: Queue, caller: str) -> list[ColumnElement[bool]]:
    conditions = [*(of[name].is_not(None) for name in queue.has), *(of[name].is_(None) for name in queue.lacks)]
    return [*conditions, of[queue.by_another] != caller] if queue.by_another else conditions


def found_entries(
    session: Session,
    register: str,
    *,
    words: Sequence[str],
    year: int | None,
    number: int | None,
    since: datetime | None,
    before: datetime | None,
    after: tuple[datetime, int] | None,
    limit: int,
) -> Sequence[RegisterEntryRow]:
    """Entries of a register that match all the words and the other filters, newest first."""
    if year is not None and not MINYEAR <= year < MAXYEAR:
        return []
    if year is not None:
        since, before = _within(year, since, before)

    def wanted(of: Columns) -> list[ColumnElement[bool]]:
        conditions = [
            of.registered_at >= since if since else None,
            of.registered_at < before if before else None,
            tuple_(of.registered_at, of.number) < tuple_(*map(literal, after)) if after else None,
        ]
        return [each for each in conditions if each is not None]

    columns = ("id", "register", "number", "registered_at", "search")
    order, one = ("registered_at", "number"), ("register", (register,))
    found = _List(session, RegisterEntryRow, columns, one, wanted, order, limit, newest_first=True)
    if number is None:
        return found.page(words)

    def has_number(of: Columns) -> ColumnElement[bool]:
        return and_(of.register == register, of.number == number, *([_has(of, words)] if words else []))

    # A number exists once a year: these few rows are gathered, because in the order of days they are far apart.
    return found.gathered(has_number) or []


def _within(year: int, since: datetime | None, before: datetime | None) -> tuple[datetime, datetime]:
    """The part of a span within a year of the registers: all entries of a year's book are made in that year."""
    begins, ends = (datetime.combine(date(each, 1, 1), time(), VIETNAM) for each in (year, year + 1))
    return max(begins, since or begins), min(ends, before or ends)


#: The condition of the partial indexes of these lists.
_INDEXED = {DossierRow: [DossierRow.status > literal(Status.DRAFT.value, literal_execute=True)], RegisterEntryRow: []}


@dataclass(frozen=True)
class _List(Generic[Row]):
    """Rows of a table in the order of an index, for each of the `values` of a column; `limit` are shown."""

    session: Session
    entity: type[Row]
    columns: Sequence[str]  # that conditions and order name
    values: tuple[str, Sequence[int | str]]
    wanted: Callable[[Columns], list[ColumnElement[bool]]]
    order: Sequence[str]
    limit: int
    newest_first: bool = False

    def page(self, words: Sequence[str]) -> Sequence[Row]:
        """The first rows that have all the words."""
        if not words:
            return self._read(self._in_order(self.limit))
        has = partial(_has, words=words)
        found = self._looked_through(has)
        if found is None:
            found = self.gathered(has)
        return self._read(self._in_order(self.limit, has)) if found is None else found

    def gathered(self, has: Condition) -> Sequence[Row] | None:
        """Gathers the rows that match and returns the first; None if too many match."""
        of = table_of(self.entity).c
        # In a separate query: else the planner would scan a whole index just for the order.
        chosen = select(*(of[name] for name in self.columns)).where(has(of), *_INDEXED[self.entity])
        gathered = chosen.limit(_in_statement(GATHERED)).cte("gathered").prefix_with("MATERIALIZED").c
        shown = and_(self._one_of(gathered), *self.wanted(gathered))
        ids = func.array_agg(aggregate_order_by(gathered.id, *self._ordered(gathered))).filter(shown)
        first = type_coerce(ids, ARRAY(Uuid))[1 : self.limit]
        count, found = self.session.execute(select(func.count(), first)).one()
        if count == GATHERED:
            return None
        query = select(of.id, *(of[name] for name in self.order)).where(of.id.in_(found or ()))
        return self._read(query) if found else []

    def _looked_through(self, has: Condition) -> Sequence[Row] | None:
        """Scans the first rows in order; None if more may match after them."""
        listed = self._in_order(LOOKED_THROUGH).subquery()
        place = func.row_number().over(order_by=self._ordered(listed.c)).label("place")
        looked = select(listed, place).subquery()
        fits, is_last = has(looked.c), looked.c.place == LOOKED_THROUGH
        query = select(looked, fits.label("fits")).where(or_(fits, is_last))
        found = self._rows(self._first(query, self.limit), "place", "fits")
        rows = [row for row, _, fits in found if fits]
        return None if len(rows) < self.limit and found and found[-1].place == LOOKED_THROUGH else rows

    def _in_order(self, most: int, has: Condition | None = None) -> Select[Any]:
        """The first rows: a scan for each value, merged, because an index has no order across values."""
        of = table_of(self.entity).c
        rows = select(*(of[name] for name in self.columns)).where(*self.wanted(of), *_INDEXED[self.entity])
        rows = rows if has is None else rows.where(has(of))
        column, values = self.values
        scans = [self._first(rows.where(of[column] == _in_statement(value)), most) for value in values]
        return self._first(select(union_all(*(select(scan.subquery()) for scan in scans)).subquery()), most)

    def _first(self, query: Select[Any], most: int) -> Select[Any]:
        return query.order_by(*self._ordered(query.selected_columns)).limit(_in_statement(most))

    def _ordered(self, of: Columns) -> list[ColumnElement[Any]]:
        return [of[name].desc() if self.newest_first else of[name] for name in self.order]

    def _one_of(self, of: Columns) -> ColumnElement[bool]:
        column, values = self.values
        chosen: ColumnElement[bool] = of[column].in_(values)
        return chosen

    def _read(self, page: Select[Any]) -> Sequence[Row]:
        return [row for (row,) in self._rows(page)]

    def _rows(self, page: Select[Any], *said: str) -> Sequence[Any]:
        """The rows of a page, each with its data for the page."""
        listed = page.subquery()
        query = select(self.entity, *(listed.c[name] for name in said)).join(listed, listed.c.id == self.entity.id)
        return self.session.execute(query.order_by(*self._ordered(listed.c)).options(*_UNREAD[self.entity])).all()


def _has(of: Columns, words: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row has every one of the words."""
    quoted = ("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words)
    wanted = cast(literal(" & ".join(quoted), String), TSQUERY)
    fits: ColumnElement[bool] = of.search.bool_op("@@")(wanted)
    return fits


def _in_statement(value: int | str) -> ColumnElement[Any]:
    """A literal that the planner sees: so it can use a partial index, and estimates the number of rows."""
    return literal(value, literal_execute=True)
