"""Searches the registers: by name in any order and without diacritics, by number, by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from uuid import UUID

from services.chassis.clock import VIETNAM
from services.chassis.database import audit
from services.chassis.database.pagination import Page, page_of, page_size, read_cursor, unreadable_cursor
from services.chassis.refusal import faulty
from services.dossiers import listing, registers
from services.dossiers.domain.search import words
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.use_cases import searches
from services.dossiers.use_cases.registers.entries import entry_to_read
from services.dossiers.use_cases.searches import StartSearch
from services.dossiers.use_cases.unit import Unit, printable, written, written_day

MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class SearchRegister:
    register: str
    query: str
    year: int
    number: int
    from_day: str
    to_day: str
    reason: str
    page_size: int
    cursor: str
    search: str = ""


@dataclass(frozen=True, slots=True)
class GetEntry:
    entry_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """Entries, and what they were searched for by."""

    page: Page[RegisterEntryRow]
    asked: StartSearch


def search(unit: Unit, query: SearchRegister) -> Found:
    """Entries of a register, newest first; the reason for the search is recorded (docs/law.md §18).

    Refusals: INVALID `missing-field` without a reason, `invalid-field` for an invalid register or day,
    `search-expired`.
    """
    if query.search:
        asked = searches.opened(unit, query.search, of_register=True)
    else:
        asked = StartSearch(**{each.name: getattr(query, each.name) for each in fields(StartSearch)})
        if not asked.register:
            raise faulty("register", "Phường không có sổ này.")
        searches.refuse_unfit(asked)
    limit = page_size(query.page_size)
    mark = searches.mark(unit, asked.query, asked.register, asked.year, asked.number, asked.from_day, asked.to_day)
    rows = listing.found_entries(
        unit.session,
        asked.register,
        words=words(printable(asked.query))[:MOST_WORDS],
        year=asked.year or None,
        number=asked.number or None,
        since=_moment("from_day", asked.from_day, after=False),
        before=_moment("to_day", asked.to_day, after=True),
        after=_after(query.cursor, mark),
        limit=limit + 1,
    )
    reason = written("reason", asked.reason)
    audit.record(unit.session, "search-register", f"register:{asked.register}: {reason}")
    return Found(page_of(rows, limit, mark, lambda row: (row.registered_at.isoformat(), str(row.number))), asked)


def entry(unit: Unit, query: GetEntry) -> RegisterEntryRow:
    """An entry of the ward; its applicant can read who looked. Refusal NOT_FOUND `unknown-entry`."""
    row = entry_to_read(unit, query.entry_id)
    _record_look(unit, row)
    return row


def record_shown(unit: Unit, entry_ids: Iterable[str]) -> None:
    """Records the look at other entries of which an answer tells (docs/law.md §18), each once."""
    for id in dict.fromkeys(entry_ids):
        row = registers.entry(unit.session, UUID(id))
        assert row is not None  # it is shown, and no entry is ever deleted
        _record_look(unit, row)


def _record_look(unit: Unit, row: RegisterEntryRow) -> None:
    audit.record(unit.session, "view-entry", f"entry:{row.id}", registers.applicant_of(unit.session, row))


def _moment(field: str, text: str, *, after: bool) -> datetime | None:
    """The start of a day in Việt Nam, or of the next; None if nothing was given."""
    if not text:
        return None
    return datetime.combine(written_day(field, text) + timedelta(days=1 if after else 0), time(), VIETNAM)


def _after(cursor: str, mark: str) -> tuple[datetime, int] | None:
    if not cursor:
        return None
    moment, number = read_cursor(cursor, mark, 2)
    try:
        return datetime.fromisoformat(moment), int(number)
    except ValueError:
        raise unreadable_cursor() from None
