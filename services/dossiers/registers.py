"""Queries of the registers: entries and their people, notes, books and volumes, certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased, load_only
from sqlalchemy.sql.elements import ColumnElement

from services.dossiers.domain.notes import ANNULLING, Annulment, annulment_of, counting
from services.dossiers.domain.register import COPIES, CertificateStatus, book_label
from services.dossiers.domain.states import Status
from services.dossiers.register_tables import (
    REPLACED,
    WRITTEN,
    BlankOffsetRow,
    BlankPrintRow,
    CertificateRow,
    MinistryNumberRow,
    ProposedNoteRow,
    RegisterBookRow,
    RegisterEntryRow,
    RegisterNoteRow,
    RegisterPersonRow,
    RegisterVolumeRow,
)
from services.dossiers.tables import DossierRow

#: The version of a printed form whose offset nobody has set, and which therefore has no row.
UNCORRECTED = 1
#: The statuses of a registered dossier whose result nobody has.
_NOT_HANDED_OVER = (Status.DONE, Status.STOPPED)
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


def is_void(session: Session, entry: RegisterEntryRow) -> bool:
    """Whether an entry, or the entry that it is a copy of, was annulled."""
    source = select(CertificateRow.source_entry_id).where(CertificateRow.entry_id == entry.id)
    return is_annulled(session, [entry.id, *filter(None, [session.scalar(source)])])


def annulment_of_result(session: Session, dossier_id: UUID, until: datetime | None = None) -> Annulment:
    """Whether the paper that a dossier led to was annulled after it was signed, by the notes up to `until`."""
    entry = entry_of(session, dossier_id)
    return Annulment(False, None) if entry is None else annulment_of_paper(session, entry, until)


def annulment_of_paper(session: Session, entry: RegisterEntryRow, until: datetime | None = None) -> Annulment:
    """Whether the paper of an entry was annulled after it was signed, by the notes (up to `until`) of the entry and of
    the entry that it is a copy of (Luật Hộ tịch 2014 Đ12.2, Đ70.1h).

    A copy of an entry that was annulled before has the annulment in it (docs/law.md §7).
    """
    note = RegisterNoteRow
    source = session.scalar(select(CertificateRow.source_entry_id).where(CertificateRow.entry_id == entry.id))
    query = select(note.kind, note.withdraws, note.at).order_by(note.sequence)
    if until is not None:
        query = query.where(note.at <= until)
    noted = (session.execute(query.where(note.entry_id == id)).tuples().all() for id in (entry.id, source) if id)
    found = [(annulled, since) for annulled, since in map(annulment_of, noted) if since is not None]
    began = [since for annulled, since in found if annulled and since >= entry.registered_at]
    if began:
        return Annulment(True, min(began))
    return Annulment(False, max((since for annulled, since in found if not annulled), default=None))


def annulled_results(
    session: Session, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[tuple[datetime, UUID]]:
    """Time and id of dossiers whose mark may be wrong, by their time.

    Those to hand over that are marked as annulled, or have a note that annuls among those of their entry and of the
    entry that it is a copy of; and stopped ones with a note there that withdraws another.
    """
    own, copy, note = RegisterEntryRow, CertificateRow, RegisterNoteRow
    of_either = or_(note.entry_id == own.id, note.entry_id == copy.source_entry_id)
    annulling = select(note.entry_id).where(of_either, note.kind.in_(ANNULLING)).exists()
    query = select(DossierRow.created_at, DossierRow.id).join(own, own.dossier_id == DossierRow.id)
    if after is not None:
        query = query.where(tuple_(DossierRow.created_at, DossierRow.id) > tuple_(*map(literal, after)))
    done = query.outerjoin(copy, copy.entry_id == own.id).where(_in_status(Status.DONE))
    done = done.where(or_(DossierRow.annulled_at.is_not(None), annulling))
    withdrawing = select(note.entry_id).where(note.withdraws.is_not(None))
    copied = select(copy.entry_id).where(copy.source_entry_id.in_(withdrawing))
    stopped = query.where(_in_status(Status.STOPPED), own.id.in_(withdrawing.union(copied)))
    found = session.execute(done.union(stopped).order_by("created_at", "id").limit(limit))
    return found.tuples().all()


def _in_status(status: Status) -> ColumnElement[bool]:
    return DossierRow.status == literal(int(status), literal_execute=True)  # so that a partial index may be used


def claimed_result(session: Session, dossier_id: UUID) -> DossierRow | None:
    """The dossier, locked, if its result still has to be handed over, or it was stopped, and nobody else has it
    locked.
    """
    query = select(DossierRow).where(DossierRow.id == dossier_id, DossierRow.status.in_(_NOT_HANDED_OVER))
    return session.scalar(query.with_for_update(skip_locked=True))


def results_to_hand_over(session: Session, entry: RegisterEntryRow) -> Sequence[DossierRow]:
    """The dossiers whose result is this entry's paper or a copy of it and has not been handed over yet, locked; also
    those that were stopped.
    """
    own, copy = RegisterEntryRow, CertificateRow
    copies = select(own.dossier_id).join(copy, copy.entry_id == own.id).where(copy.source_entry_id == entry.id)
    dossiers = or_(DossierRow.id == entry.dossier_id, DossierRow.id.in_(copies))
    query = select(DossierRow).where(dossiers, DossierRow.status.in_(_NOT_HANDED_OVER))
    return session.scalars(query.order_by(DossierRow.id).with_for_update()).all()


def stopped_results(session: Session, papers: Sequence[CertificateRow]) -> Sequence[DossierRow]:
    """The stopped dossiers whose results are these papers."""
    entries = select(RegisterEntryRow.dossier_id).where(RegisterEntryRow.id.in_([each.entry_id for each in papers]))
    query = select(DossierRow).where(DossierRow.id.in_(entries), DossierRow.status == Status.STOPPED)
    return session.scalars(query.order_by(DossierRow.code)).all()


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


def certificate(session: Session, id: str) -> tuple[CertificateRow, RegisterEntryRow, DossierRow] | None:
    """A certificate with its entry and dossier."""
    query = select(CertificateRow, RegisterEntryRow, DossierRow).where(CertificateRow.id == id)
    query = query.join(RegisterEntryRow, RegisterEntryRow.id == CertificateRow.entry_id)
    found = session.execute(query.join(DossierRow, DossierRow.id == RegisterEntryRow.dossier_id)).first()
    return None if found is None else (found[0], found[1], found[2])


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


def set_blank_offset(session: Session, blank: str, values: Mapping[str, Any], expected_version: int) -> bool:
    """Stores the ward's offset of a form if the stored one has this version (0: any); returns whether it had.

    It is one statement, so that of two concurrent calls the second sees what the first has stored.
    """
    offset = BlankOffsetRow
    if expected_version > UNCORRECTED:
        read = update(offset).where(offset.blank == blank, offset.version == expected_version)
        kept = session.execute(read.values(version=offset.version + 1, **values).returning(offset.blank))
        return kept.first() is not None
    row = insert(offset).values(blank=blank, version=UNCORRECTED + 1, **values)
    if expected_version == UNCORRECTED:
        row = row.on_conflict_do_nothing()
    else:
        row = row.on_conflict_do_update(index_elements=["blank"], set_={**values, "version": offset.version + 1})
    return session.execute(row.returning(offset.blank)).first() is not None


def blank_prints(session: Session, entry_id: UUID) -> tuple[int, datetime | None]:
    """The number of times that the paper of an entry was printed on its form, and the last time."""
    print_ = BlankPrintRow
    query = select(func.count(), func.max(print_.at)).where(print_.entry_id == entry_id)
    count, last = session.execute(query).one()
    return count, last


def missing_certificates(session: Session, limit: int, after: str = "") -> Sequence[str]:
    """Ids of certificates that were signed but not made yet, in their order."""
    query = select(CertificateRow.id).where(CertificateRow.sha256.is_(None), CertificateRow.id > after)
    return session.scalars(query.order_by(CertificateRow.id).limit(limit)).all()


def missing_certificates_since(session: Session) -> datetime | None:
    """When the first of those was signed; None if none is missing."""
    query = select(func.min(RegisterEntryRow.registered_at))
    return session.scalar(
        query.join(CertificateRow, CertificateRow.entry_id == RegisterEntryRow.id).where(
            CertificateRow.sha256.is_(None)
        )
    )


def makes_certificate(session: Session, dossier_id: UUID) -> bool:
    """Whether a certificate of the dossier is signed but not made yet: its file may be stored at any moment."""
    query = select(CertificateRow.id).join(RegisterEntryRow, RegisterEntryRow.id == CertificateRow.entry_id)
    query = query.where(RegisterEntryRow.dossier_id == dossier_id, CertificateRow.sha256.is_(None))
    return session.scalar(query) is not None


def supersede_papers(session: Session, entry_id: UUID, now: datetime, *, revoked: bool = True) -> None:
    """Ends the validity of the entry's certificate and of its copies so far.

    `revoked`: revoked ones are superseded, too, if their annulment is withdrawn later.
    """
    of_entry = _papers_of(entry_id)
    change = update(CertificateRow).where(of_entry, CertificateRow.status == CertificateStatus.VALID)
    session.execute(change.values(status=CertificateStatus.SUPERSEDED, changed_at=now))
    if revoked:
        change = update(CertificateRow).where(of_entry, CertificateRow.status == CertificateStatus.REVOKED)
        session.execute(change.where(CertificateRow.superseded_at.is_(None)).values(superseded_at=now))


def revoke_papers(session: Session, entry_id: UUID, now: datetime) -> None:
    """For an entry that has just been annulled: its certificate and its copies so far no longer count."""
    change = update(CertificateRow).where(_papers_of(entry_id), CertificateRow.status != CertificateStatus.REVOKED)
    revoked = {"status": CertificateStatus.REVOKED, "changed_at": now, "revoked_at": now}
    session.execute(change.values(**revoked, superseded_at=CertificateRow.changed_at))  # null if it was valid


def papers_count_again(session: Session, entry_id: UUID) -> None:
    """For an entry that is no longer annulled: its revoked papers are valid again, or superseded if anything else has
    ended their validity, or if nobody knows whether it has.

    A copy that was annulled itself stays revoked.
    """
    for row in papers_revoked_with(session, entry_id):
        superseded_at = superseded_besides(row)
        row.status = CertificateStatus.VALID if superseded_at is None else CertificateStatus.SUPERSEDED
        row.changed_at, row.revoked_at, row.superseded_at = superseded_at, None, None


def superseded_besides(revoked: CertificateRow) -> datetime | None:
    """When a revoked paper was superseded besides, and so is not valid if its annulment is withdrawn; None if it was
    not. Of one that the release before revoked nobody knows it, and the time of the revocation stands for it.
    """
    unknown = revoked.revoked_at != revoked.changed_at
    return revoked.superseded_at or (revoked.changed_at if unknown else None)


def papers_revoked_with(session: Session, entry_id: UUID) -> list[CertificateRow]:
    """The papers of an entry that are revoked for its annulment alone: neither the copy itself was annulled, nor what
    the entry is a copy of.
    """
    query = select(CertificateRow).where(_papers_of(entry_id), CertificateRow.status == CertificateStatus.REVOKED)
    revoked = session.scalars(query.order_by(CertificateRow.id)).all()
    others = [[id for id in (row.entry_id, row.source_entry_id) if id and id != entry_id] for row in revoked]
    return [row for row, ids in zip(revoked, others, strict=True) if not is_annulled(session, ids)]


def _papers_of(entry_id: UUID) -> ColumnElement[bool]:
    return or_(CertificateRow.entry_id == entry_id, CertificateRow.source_entry_id == entry_id)
