"""Searches the registers: by name in any order and without diacritics, by number, by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.chassis.clock import VIETNAM
from services.chassis.database import audit
from services.chassis.database.pagination import Page, page_size, read_cursor, write_cursor
from services.chassis.refusal import FieldFault, Refusal, invalid
from services.dossiers import listing, registers
from services.dossiers.domain.register import REGISTERS
from services.dossiers.domain.search import words
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.use_cases.registers.notes import entry_to_read
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


@dataclass(frozen=True, slots=True)
class GetEntry:
    entry_id: str


def search(unit: Unit, query: SearchRegister) -> Page[RegisterEntryRow]:
    """Entries of a register, newest first; the reason for the search is recorded (docs/law.md §18).

    Refusals: INVALID `missing-field` without a reason, `invalid-field` for an invalid register or day.
    """
    reason = written("reason", query.reason, needed="Xin ghi lý do tra cứu hoặc mã hồ sơ đang giải quyết.")
    if query.register not in REGISTERS:
        raise _wrong("register", "Phường không có sổ này.")
    limit = page_size(query.page_size)
    rows = listing.found_entries(
        unit.session,
        query.register,
        words=words(printable(query.query))[:MOST_WORDS],
        year=query.year or None,
        number=query.number or None,
        since=_moment("from_day", query.from_day, after=False),
        before=_moment("to_day", query.to_day, after=True),
        after=_after(query.cursor),
        limit=limit + 1,
    )
    audit.record(unit.session, "search-register", f"register:{query.register}: {reason}")
    shown = list(rows[:limit])
    more = len(rows) > limit
    return Page(shown, write_cursor(shown[-1].registered_at.isoformat(), str(shown[-1].number)) if more else "")


def entry(unit: Unit, query: GetEntry) -> RegisterEntryRow:
    """An entry of the ward; its applicant can read who looked. Refusal NOT_FOUND `unknown-entry`."""
    row = entry_to_read(unit, query.entry_id)
    audit.record(unit.session, "view-entry", f"entry:{row.id}", registers.applicant_of(unit.session, row))
    return row


def _moment(field: str, text: str, *, after: bool) -> datetime | None:
    """The start of a day in Việt Nam, or of the next; None if nothing was given."""
    if not text:
        return None
    return datetime.combine(written_day(field, text) + timedelta(days=1 if after else 0), time(), VIETNAM)


def _after(cursor: str) -> tuple[datetime, int] | None:
    if not cursor:
        return None
    moment, number = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(moment), int(number)
    except ValueError:
        raise invalid("invalid-cursor", "Con trỏ trang không đọc được. Xin mở lại từ đầu.") from None


def _wrong(field: str, text: str) -> Refusal:
    return invalid("invalid-field", text, FieldFault(field, text))
