"""Queries of the registers' books: years, volumes, their labels, and whole books in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    Select,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, load_only

from services.dossiers.domain.register import book_label
from services.dossiers.register_tables import (
    RegisterBookRow,
    RegisterEntryRow,
    RegisterNoteRow,
    RegisterVolumeRow,
)


def book(session: Session, register: str, year: int, *, locked: bool = False) -> RegisterBookRow | None:
    query = select(RegisterBookRow).where(RegisterBookRow.register == register, RegisterBookRow.year == year)
    return session.scalar(query.with_for_update() if locked else query)


def locked_book(session: Session, register: str, year: int, first_digest: bytes, now: datetime) -> RegisterBookRow:
    """The book of a kind and year, created if it is new, and locked until the transaction ends.

    A new year begins in the book of the year before, if that is not full (TT 04/2020 Đ29.3; NĐ 87/2020 Đ15.1).
    """
    query = select(RegisterBookRow).where(RegisterBookRow.register == register, RegisterBookRow.year == year)
    query = query.with_for_update()
    known = session.scalars(query).one_or_none()
    if known is not None:
        return known
    runs_on = _not_full(session, register, year - 1)
    opened = insert(RegisterBookRow).values(
        register=register,
        year=year,
        first_number=1,
        last_number=0,
        last_digest=first_digest,
        volume=1,
        runs_on_from_year=runs_on[0],
        runs_on_from_volume=runs_on[1],
        opened_at=now,
    )
    session.execute(opened.on_conflict_do_nothing())
    return session.scalars(query).one()


def _not_full(session: Session, register: str, year: int) -> tuple[int | None, int | None]:
    """Year and number on the book in which a year ended, if it has entries: an empty book does not count as begun."""
    row = book(session, register, year)
    if row is None:
        return None, None
    ran_on = row.volume == 1 and row.runs_on_from_year is not None
    closed = volume(session, register, year, row.volume)  # with the year: the book itself may have room
    first = first_of_open_volume(session, row) if closed is None else closed.first_number
    if not ran_on and row.last_number < first:
        return None, None
    return on_the_book(row, row.volume)


def on_the_book(row: RegisterBookRow, volume: int) -> tuple[int, int]:
    """Year and number on the label of a year's volume: those of its opening, which may be in an earlier year."""
    if row.runs_on_from_year is None or row.runs_on_from_volume is None:
        return row.year, volume
    return (row.runs_on_from_year, row.runs_on_from_volume) if volume == 1 else (row.year, volume - 1)


def label_of_volume(row: RegisterBookRow, volume: int, suffix: str) -> str:
    """Such as `01-TP/HT-2020-KS`, in 2021 too until that book is full."""
    year, number = on_the_book(row, volume)
    return book_label(year, suffix, number)


def books(session: Session, year: int) -> Sequence[RegisterBookRow]:
    return session.scalars(select(RegisterBookRow).where(RegisterBookRow.year == year)).all()


def volumes(session: Session, register: str, year: int) -> Sequence[RegisterVolumeRow]:
    """The closed volumes of a year, in order."""
    query = select(RegisterVolumeRow).where(RegisterVolumeRow.register == register, RegisterVolumeRow.year == year)
    return session.scalars(query.order_by(RegisterVolumeRow.volume)).all()


def volume(session: Session, register: str, year: int, volume: int) -> RegisterVolumeRow | None:
    return session.get(RegisterVolumeRow, (register, year, volume))


def first_of_open_volume(session: Session, row: RegisterBookRow) -> int:
    """The first number of the open volume of a book."""
    closed = volumes(session, row.register, row.year)
    return closed[-1].last_number + 1 if closed else row.first_number


def began_at(session: Session, row: RegisterBookRow, volume_: int) -> datetime | None:
    """When the first event of a volume was entered, perhaps in an earlier year (TT 04/2020 Đ36); None if there is
    none.
    """
    if volume_ == 1 and row.runs_on_from_year is not None:
        before = book(session, row.register, row.year - 1)
        return None if before is None else began_at(session, before, before.volume)
    closed = volume(session, row.register, row.year, volume_)
    first = first_of_open_volume(session, row) if closed is None else closed.first_number
    return entered_at(session, row.register, row.year, first)


def begun_on_paper(session: Session, row: RegisterBookRow, volume_: int) -> str:
    """The last number on paper of a volume that was begun on paper, such as 41/2020; empty for one that was begun
    here.
    """
    if volume_ == 1 and row.runs_on_from_year is not None:
        before = book(session, row.register, row.year - 1)
        return "" if before is None else begun_on_paper(session, before, before.volume)
    return f"{row.first_number - 1:02d}/{row.year}" if volume_ == 1 and row.first_number > 1 else ""


def entered_at(session: Session, register: str, year: int, number: int) -> datetime | None:
    """When the entry with this number was written; None if there is none."""
    entry = RegisterEntryRow
    query = select(entry.registered_at).where(entry.register == register, entry.year == year, entry.number == number)
    return session.scalar(query)


def all_books(session: Session) -> list[tuple[str, int]]:
    """Register and year of each book that has its row or entries, in order: a lost row does not hide its entries."""
    book, entry = RegisterBookRow, RegisterEntryRow
    kept = union(select(book.register, book.year), select(entry.register, entry.year)).order_by("year", "register")
    return [(register, year) for register, year in session.execute(kept)]


def book_entries(register: str, year: int) -> Select[tuple[RegisterEntryRow]]:
    """Selects a whole book in the order of its numbers, in batches: only the columns that verification needs."""
    entry = RegisterEntryRow
    query = select(entry).where(entry.register == register, entry.year == year).order_by(entry.number)
    looked_at = load_only(entry.number, entry.previous_digest, entry.digest, entry.content)
    return query.options(looked_at).execution_options(yield_per=500)


def book_notes(register: str, year: int) -> Select[tuple[int, bytes, RegisterNoteRow]]:
    """Selects the notes of a whole book with number and digest of their entries, in order and in batches."""
    entry = RegisterEntryRow
    query = select(entry.number, entry.digest, RegisterNoteRow).join(entry, entry.id == RegisterNoteRow.entry_id)
    query = query.where(entry.register == register, entry.year == year)
    return query.order_by(entry.number, RegisterNoteRow.sequence).execution_options(yield_per=500)
