"""Queries of the registers: entries, their people, numbers and notes.

`register_books` has books and volumes, `register_papers` the papers of entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    and_,
    false,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from services.dossiers.domain.notes import ANNULLING, counting
from services.dossiers.domain.register import COPIES
from services.dossiers.register_tables import (
    REPLACED,
    WRITTEN,
    MinistryNumberRow,
    ProposedNoteRow,
    RegisterEntryRow,
    RegisterNoteRow,
    RegisterPersonRow,
)
from services.dossiers.tables import DossierRow

_PEOPLE_LOCK = 4_870_301  # any number that nothing else in the database locks


def entry(session: Session, id: UUID, *, locked: bool = False, kept: bool = False) -> RegisterEntryRow | None:
    """An entry. Until the transaction ends, `locked` (exclusive) or `kept` (shared) prevents new notes by others."""
    query = select(RegisterEntryRow).where(RegisterEntryRow.id == id)
    return session.scalar(query.with_for_update(read=not locked) if locked or kept else query)


def entry_of(session: Session, dossier_id: UUID) -> RegisterEntryRow | None:
    """The entry that a dossier led to. If copies were asked for with it, not the entry of these copies."""
    query = select(RegisterEntryRow).where(RegisterEntryRow.dossier_id == dossier_id)
    return session.scalars(query.order_by(RegisterEntryRow.register == COPIES).limit(1)).first()


def copies_of(session: Session, dossier_id: UUID) -> RegisterEntryRow | None:
    """The entry in the book of copies for the copies that were asked for together with a dossier's registration."""
    found = session.scalars(select(RegisterEntryRow).where(RegisterEntryRow.dossier_id == dossier_id)).all()
    return next((each for each in found if each.register == COPIES), None) if len(found) > 1 else None


def newest_entry_of(session: Session, register: str, applicant_id: str) -> RegisterEntryRow | None:
    """The newest entry of a register from a dossier of this applicant."""
    query = select(RegisterEntryRow).join(DossierRow, DossierRow.id == RegisterEntryRow.dossier_id)
    query = query.where(RegisterEntryRow.register == register, DossierRow.applicant_id == applicant_id)
    newest = (RegisterEntryRow.year.desc(), RegisterEntryRow.number.desc())
    return session.scalars(query.order_by(*newest).limit(1)).first()


def applicant_of(session: Session, entry: RegisterEntryRow) -> str:
    """The applicant's id of the dossier of an entry; empty if it came over the counter or by post."""
    return session.scalars(select(DossierRow.applicant_id).where(DossierRow.id == entry.dossier_id)).one()


class Known(NamedTuple):
    """An entry that may be about a person.

    `part`: which of its people. `certain`: the number of a paper matched, and nothing contradicts it.

    `number_alone`: the number matched, but name and birth are different. `noted`: it matched only by values that a note
    has changed.
    """

    entry: RegisterEntryRow
    part: str
    certain: bool
    number_alone: bool = False
    noted: bool = False


def entries_about(
    session: Session,
    register: str,
    *,
    numbers: Sequence[bytes],
    name: str,
    birth_date: date | None,
    birth_year: int | None,
) -> Sequence[Known]:
    """Entries of a register about a person; those that are certain come first, then the oldest.

    Name and birth together also match, because people change papers; if either side knows only the year, the years are
    compared. If a note of any register has changed a person's data, the search uses all names, births and numbers that
    they had. It does not use data of people who only share a number with them (docs/law.md §2.2).
    """
    asked = (name, birth_date, birth_year)
    others = _also_known_as(session, numbers, asked)
    person = RegisterPersonRow
    by_number: ColumnElement[bool] = person.numbers.overlap(list(numbers)) if numbers else false()
    matches = or_(by_number, *(_is_called(person, each) for each in {asked, *others}))
    query = (
        select(RegisterEntryRow, person, by_number)
        .join(person, person.entry_id == RegisterEntryRow.id)
        .where(person.register == register, person.version != REPLACED, matches)
        .order_by(RegisterEntryRow.year, RegisterEntryRow.number, person.part, person.version)
    )
    found: dict[tuple[UUID, str], list[tuple[RegisterEntryRow, RegisterPersonRow, bool]]] = {}
    for entry, row, numbered in session.execute(query):
        found.setdefault((entry.id, row.part), []).append((entry, row, bool(numbered)))
    known = [_known(rows, asked, others) for rows in found.values()]
    return sorted(known, key=lambda each: not each.certain)


_Called = tuple[str, date | None, int | None]  # folded name, day and year of birth


def _is_called(person: Any, called: _Called) -> ColumnElement[bool]:
    name, birth_date, birth_year = called
    if not name or birth_year is None:
        return false()
    same_day = or_(person.birth_date.is_(None), literal(birth_date is None), person.birth_date == birth_date)
    return and_(person.name == name, person.birth_year == birth_year, same_day)


def _also_known_as(session: Session, numbers: Sequence[bytes], asked: _Called) -> set[_Called]:
    """The other names and births that this person has by notes, or had before them; empty for nearly everybody.

    Entries that have the person's number but another name and another birth are left out: a typing error in a number,
    which a note has corrected since, does not make two people one.
    """
    one, other = aliased(RegisterPersonRow), aliased(RegisterPersonRow)
    by_number: ColumnElement[bool] = one.numbers.overlap(list(numbers)) if numbers else false()
    query = select(one, other.name, other.birth_date, other.birth_year)
    query = query.join(other, and_(one.entry_id == other.entry_id, one.part == other.part))
    query = query.where(or_(by_number, _is_called(one, asked)), or_(one.version > WRITTEN, other.version > WRITTEN))
    query = query.where(one.version != REPLACED, other.version != REPLACED)
    return {(*called,) for row, *called in session.execute(query) if not is_denied(row, asked)} - {asked}


def _known(
    rows: Sequence[tuple[RegisterEntryRow, RegisterPersonRow, bool]], asked: _Called, others: set[_Called]
) -> Known:
    entry, first, _ = rows[0]
    numbered = [row for _, row, by_number in rows if by_number]
    fits = any(not is_denied(row, each) for row in numbered for each in {asked, *others})
    called = [row for _, row, _ in rows if _same(row, asked)]
    return Known(
        entry,
        first.part,
        certain=bool(numbered) and fits,
        number_alone=bool(numbered) and not fits,
        noted=all(row.version > WRITTEN for row in called) if called else bool(others),
    )


def is_denied(row: RegisterPersonRow, called: _Called) -> bool:
    """Whether this person has another name and another birth, as far as both sides know the birth."""
    return bool(called[0]) and row.name != called[0] and _born_otherwise(row, called)


def _same(row: RegisterPersonRow, called: _Called) -> bool:
    return row.name == called[0] and not _born_otherwise(row, called)


def _born_otherwise(row: RegisterPersonRow, called: _Called) -> bool:
    _, birth_date, birth_year = called
    if row.birth_date is not None and birth_date is not None:
        return row.birth_date != birth_date
    return None not in {row.birth_year, birth_year} and row.birth_year != birth_year


def entries_like(session: Session, register: str, person: RegisterPersonRow) -> Sequence[Known]:
    """Entries of a register about a person of another entry; see `entries_about`."""
    return entries_about(
        session,
        register,
        numbers=person.numbers,
        name=person.name,
        birth_date=person.birth_date,
        birth_year=person.birth_year,
    )


def find_entry_by(session: Session, entry_id: UUID, words: ColumnElement[str]) -> None:
    """Lets searches find an entry by further words; its content stays."""
    session.execute(text("SELECT set_config('caunoi.finding', 'on', true)"))
    search = RegisterEntryRow.search.op("||")(words)
    session.execute(
        update(RegisterEntryRow).where(RegisterEntryRow.id == entry_id).values(search=search),
        execution_options={"synchronize_session": False},
    )
    session.execute(text("SELECT set_config('caunoi.finding', 'off', true)"))


def kinds_noted(session: Session, entry_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """For each of these entries, the kinds of its notes that count, oldest first; entries without notes are left
    out.
    """
    if not entry_ids:
        return {}
    note = RegisterNoteRow
    query = select(note.entry_id, note.kind, note.withdraws).where(note.entry_id.in_(entry_ids))
    found: dict[UUID, list[tuple[str, int | None]]] = {}
    for entry_id, kind, withdraws in session.execute(query.order_by(note.entry_id, note.sequence)):
        found.setdefault(entry_id, []).append((kind, withdraws))
    return {
        entry_id: [noted[number - 1][0] for number in counting([withdraws for _, withdraws in noted])]
        for entry_id, noted in found.items()
    }


def kinds_of(session: Session, entry_id: UUID) -> list[str]:
    """The kinds of the notes of an entry that count, oldest first."""
    return kinds_noted(session, [entry_id]).get(entry_id, [])


def kinds_after(session: Session, entry_id: UUID, kind: str, withdraws: int | None) -> list[str]:
    """The kinds of the notes of an entry that count after one more of this kind, oldest first; it may withdraw the one
    of this number.
    """
    written = notes(session, entry_id)
    kinds = [*(each.kind for each in written), kind]
    return [kinds[number - 1] for number in counting([*(each.withdraws for each in written), withdraws])]


def is_annulled_after(session: Session, entry_id: UUID, kind: str, withdraws: int | None) -> bool:
    """Whether an entry is annulled once a note of this kind counts, which may withdraw the one of this number."""
    return not set(ANNULLING).isdisjoint(kinds_after(session, entry_id, kind, withdraws))


def is_annulled(session: Session, entry_ids: Sequence[UUID]) -> bool:
    """Whether one of these entries was annulled."""
    return any(kind in ANNULLING for kinds in kinds_noted(session, entry_ids).values() for kind in kinds)


def proposed_notes(session: Session, entry_id: UUID) -> Sequence[ProposedNoteRow]:
    """Notes of an entry that no signer has confirmed, oldest first, including those that were sent back."""
    query = select(ProposedNoteRow).where(ProposedNoteRow.entry_id == entry_id)
    return session.scalars(query.order_by(ProposedNoteRow.at, ProposedNoteRow.number)).all()


def entries_with_proposed_notes(session: Session, limit: int, *, returned: bool) -> Sequence[RegisterEntryRow]:
    """Entries with notes that wait for the signer, or that the signer sent back, the longest wait first."""
    note = ProposedNoteRow
    since, first = func.min(note.at).label("since"), func.min(note.number).label("first")
    waits = select(note.entry_id, since, first).where(_waits(returned))
    longest = waits.group_by(note.entry_id).order_by(since, first).limit(limit).subquery()
    query = select(RegisterEntryRow).join(longest, longest.c.entry_id == RegisterEntryRow.id)
    return session.scalars(query.order_by(longest.c.since, longest.c.first)).all()


def count_proposed_notes(session: Session, most: int, *, returned: bool) -> int:
    """The number of notes that wait for the signer, or were sent back; counted up to `most`."""
    waits = select(ProposedNoteRow.id).where(_waits(returned)).limit(most).subquery()
    return session.scalars(select(func.count()).select_from(waits)).one()


def _waits(returned: bool) -> ColumnElement[bool]:
    """A note that was sent back waits for the officer; any other waits for the signer."""
    at = ProposedNoteRow.returned_at
    return at.is_not(None) if returned else at.is_(None)


def people_of(session: Session, entry_id: UUID, *, replaced: bool = False) -> Sequence[RegisterPersonRow]:
    """The people of an entry; with `replaced`, also those whom a note has replaced by others."""
    person = RegisterPersonRow
    query = select(person).where(person.entry_id == entry_id)
    return session.scalars(query if replaced else query.where(person.version != REPLACED)).all()


def notes(session: Session, entry_id: UUID) -> Sequence[RegisterNoteRow]:
    """Oldest first."""
    query = select(RegisterNoteRow).where(RegisterNoteRow.entry_id == entry_id)
    return session.scalars(query.order_by(RegisterNoteRow.sequence)).all()


def counting_notes(session: Session, entry_id: UUID) -> Sequence[RegisterNoteRow]:
    """The notes of an entry that no later one has withdrawn, oldest first."""
    written = notes(session, entry_id)
    return [written[number - 1] for number in counting([each.withdraws for each in written])]


def marriages_noted(session: Session, death_id: UUID) -> Sequence[UUID]:
    """The entries with a note that refers to this entry of a death."""
    note = RegisterNoteRow
    return session.scalars(select(note.entry_id).where(note.death_entry_id == death_id).distinct()).all()


def hold_people(session: Session) -> None:
    """Locks, until the transaction ends, the signing of all entries of the ward that change people's status."""
    session.execute(select(func.pg_advisory_xact_lock(_PEOPLE_LOCK)))


def ministry_numbers(session: Session, entry_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The Ministry's numbers of these entries, as far as they have one."""
    if not entry_ids:
        return {}
    row = MinistryNumberRow
    query = select(row.entry_id, row.number).where(row.entry_id.in_(entry_ids), row.replaced_at.is_(None))
    return {found.entry_id: found.number for found in session.execute(query)}


def ministry_numbers_of(session: Session, entry_id: UUID) -> Sequence[MinistryNumberRow]:
    """The Ministry's numbers that an entry has had, oldest first; the last one is in force."""
    row = MinistryNumberRow
    return session.scalars(select(row).where(row.entry_id == entry_id).order_by(row.sequence)).all()


def entry_with_ministry_number(session: Session, entry: RegisterEntryRow, number: str) -> RegisterEntryRow | None:
    """The other entry of the same register and year that has this number."""
    row = MinistryNumberRow
    query = select(RegisterEntryRow).join(row, row.entry_id == RegisterEntryRow.id)
    same = (row.register == entry.register, row.year == entry.year, row.number == number, row.replaced_at.is_(None))
    return session.scalar(query.where(*same, row.entry_id != entry.id))
