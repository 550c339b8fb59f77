"""The books of the registers: a year begins in the last book of the year before, or in a new one; a full book is
followed by the next; each is closed with a statement.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from services.chassis.capacity import Capacity, capacity_in
from services.chassis.clock import day_in_vietnam
from services.chassis.database import audit
from services.chassis.database.connection import UNREACHABLE
from services.chassis.refusal import conflict, faulty, not_found
from services.dossiers import register_books
from services.dossiers.adapters.papers.fields import ClosingStatement
from services.dossiers.adapters.papers.rendering import Printed, render
from services.dossiers.domain.register import GENESIS, REGISTERS
from services.dossiers.register_tables import RegisterBookRow, RegisterVolumeRow
from services.dossiers.use_cases.unit import Unit, Workplace

log = structlog.get_logger()
#: For entries written on paper before, the paper book has the day of opening and the number of entries; nobody enters
#: them here.
_ON_PAPER = "Quyển này mở và ghi trên giấy đến số {}; tổng số việc nêu trên chưa gồm các việc ghi trên giấy."
LOOK_SECONDS = 60  # the books are open at the latest this long after midnight of New Year


@dataclass(frozen=True, slots=True)
class ListBooks:
    year: int  # 0: this year


@dataclass(frozen=True, slots=True)
class BeginBook:
    register: str
    year: int
    paper_number: int


@dataclass(frozen=True, slots=True)
class CloseBook:
    register: str
    year: int
    full: bool


@dataclass(frozen=True, slots=True)
class GetClosingStatement:
    register: str
    year: int
    volume: int


def list_books(unit: Unit, query: ListBooks) -> list[RegisterBookRow]:
    """The books of a year, in the order of the registers; those that have not begun have no number yet."""
    rows = {row.register: row for row in register_books.books(unit.session, query.year or unit.today.year)}
    return [rows[name] for name in REGISTERS if name in rows]


def begin(unit: Unit, command: BeginBook) -> RegisterBookRow:
    """Takes over a year that was begun on paper: numbers go on after the paper book's last.

    Only before the first entry. Refusals: INVALID `invalid-field`, CONFLICT `book-begun`.
    """
    register, year, paper_number = command.register, command.year, command.paper_number
    _known(register)
    if paper_number < 0 or not 1900 < year <= unit.today.year:
        text = "Xin xem lại năm của sổ và số cuối đã ghi trên giấy."
        raise faulty("paper_number", text)
    row = register_books.locked_book(unit.session, register, year, GENESIS, unit.now)
    if row.last_digest != GENESIS or row.closed_at is not None:
        raise conflict("book-begun", "Sổ này đã có mục ghi trên hệ thống hoặc đã khóa nên không đặt lại số đầu được.")
    row.first_number, row.last_number = paper_number + 1, paper_number
    audit.record(unit.session, "begin-book", f"book:{register}:{year}")
    return row


def close(unit: Unit, command: CloseBook) -> RegisterBookRow:
    """Closes the open volume with its statement: a full one is followed by the next; at the year's end none follows.

    The year is closed on 31 December or later (NĐ 123/2015 Đ12). Refusals: NOT_FOUND `unknown-book`,
    CONFLICT `book-closed`, `year-not-over`, `book-empty`.
    """
    register, year, full = command.register, command.year, command.full
    row = _existing(unit, register, year)
    if row.closed_at is not None:
        raise conflict("book-closed", f"Sổ năm {year} đã khóa.")
    if not full and (unit.today.year, unit.today.month, unit.today.day) < (year, 12, 31):
        raise conflict("year-not-over", "Sổ năm chỉ khóa vào ngày 31/12 hoặc sau đó (Nghị định 123/2015 Điều 12).")
    first = register_books.first_of_open_volume(unit.session, row)
    if full and row.last_number < first:
        raise conflict("book-empty", "Quyển đang mở chưa có mục nào nên chưa thể hết.")
    unit.session.add(
        RegisterVolumeRow(
            register=register,
            year=year,
            volume=row.volume,
            first_number=first,
            last_number=row.last_number,
            closed_at=unit.now,
            closed_by=unit.caller.signs_as,
            closed_by_title=unit.caller.title,
            closed_by_capacity=unit.caller.capacity or "",
            last_digest=row.last_digest,
        )
    )
    if full:
        row.volume += 1
    else:
        row.closed_at = unit.now
    audit.record(unit.session, "close-book", f"book:{register}:{year}")
    return row


def statement(place: Workplace, query: GetClosingStatement) -> Printed:
    """The closing statement of a volume as PDF: from its first event, and up to its last if it is full (TT 04/2020
    Đ36).

    Refusal NOT_FOUND `unknown-book`.
    """
    register, year, volume = query.register, query.year, query.volume
    with place.unit() as unit:
        row = _existing(unit, register, year)
        closed = register_books.volume(unit.session, register, year, volume)
        if closed is None:
            raise _unknown()
        entries = closed.last_number - closed.first_number + 1
        is_full = volume < row.volume or row.closed_at is None
        last = register_books.entered_at(unit.session, register, year, closed.last_number) if is_full else None
        on_paper = register_books.begun_on_paper(unit.session, row, volume)
        label = register_books.label_of_volume(row, volume, REGISTERS[register].suffix)
        paper = ClosingStatement(
            office=place.office(unit.cell.ward),
            book_label=label,
            register_name=f"Sổ {REGISTERS[register].title}",
            year=year,
            is_full=is_full,
            opened_on=None
            if on_paper
            else day_in_vietnam(register_books.began_at(unit.session, row, volume) or row.opened_at),
            closed_on=day_in_vietnam(last or closed.closed_at),
            entries=entries,
            first_number=closed.first_number if entries else None,
            last_number=closed.last_number if entries else None,
            clerk_name="",
            signer_name=closed.closed_by.split(",")[0],
            signs_as=_capacity(closed),
            remark=_ON_PAPER.format(on_paper) if on_paper else "",
        )
        audit.record(unit.session, "view-closing-statement", f"book:{register}:{year}")
    return Printed(f"khoa-so-{label.replace('/', '-')}.pdf", render(paper))


def _capacity(closed: RegisterVolumeRow) -> Capacity:
    """The capacity in which a volume was closed.

    A version before migration 0007 writes only the title, into `closed_by`.
    """
    return capacity_in(closed.closed_by_capacity, closed.closed_by_title or closed.closed_by.partition(", ")[2])


def keep_open(place: Workplace, ward: str) -> Callable[[threading.Event], None]:
    """The ward's loop: opens the year's registers as soon as the year has begun (TT 04/2020 Đ29–36)."""

    def run(stopped: threading.Event) -> None:
        opened = 0
        while not stopped.is_set():
            now = place.clock.now()
            year = day_in_vietnam(now).year
            try:
                if year != opened:
                    with place.cells[ward].database.transaction() as session:
                        for register in REGISTERS:
                            register_books.locked_book(session, register, year, GENESIS, now)
                    opened = year
            except UNREACHABLE as fault:
                log.warning("books-wait-for-database", ward=ward, error=type(fault).__name__)
            stopped.wait(LOOK_SECONDS)

    return run


def _existing(unit: Unit, register: str, year: int) -> RegisterBookRow:
    _known(register)
    row = register_books.book(unit.session, register, year, locked=True)
    if row is None:
        raise _unknown()
    return row


def _known(register: str) -> None:
    if register not in REGISTERS:
        raise _unknown()


def _unknown() -> Exception:
    return not_found("unknown-book", "Phường không có sổ này.")
