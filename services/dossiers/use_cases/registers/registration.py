"""The signature: a number from the ward's book of the year, an immutable entry, and a certificate made later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy.orm import Session

from services.chassis.capacity import Capacity
from services.chassis.cells import Cell
from services.chassis.events import outbox
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid
from services.dossiers import events, register_books, registers, storage
from services.dossiers.domain import acts
from services.dossiers.domain.conflict_of_interest import DECLARED, DECLARED_NAMESAKE, refusal_of
from services.dossiers.domain.dates import months_after
from services.dossiers.domain.entries import PEOPLE, entry_content
from services.dossiers.domain.entries.copy import form_of_copies
from services.dossiers.domain.handover import asked_for
from services.dossiers.domain.procedures import Procedure, RegisterSigned
from services.dossiers.domain.register import (
    COPIES,
    GENESIS,
    REGISTERS,
    CertificateStatus,
    ChainFault,
    Entry,
    NotNumbered,
    Registration,
    RegistrationKind,
    entry_digest,
    seen_digest,
    verify_chain,
)
from services.dossiers.forms import asked
from services.dossiers.register_tables import CertificateRow, RegisterBookRow, RegisterEntryRow, RegisterNoteRow
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.fees.assessment import copies_with_registration
from services.dossiers.use_cases.in_the_way import InTheWay, refuse_if
from services.dossiers.use_cases.opened import content_of, content_of_note, proposal_of
from services.dossiers.use_cases.perform import leads_to, perform
from services.dossiers.use_cases.registers import entries, people_chain
from services.dossiers.use_cases.registers.copies import named_in, source_of
from services.dossiers.use_cases.registers.obstacles import refuse_prepared_unasked, refuse_unregistrable
from services.dossiers.use_cases.unit import Unit, desk_dossier, kept_day

_NOT_NUMBERED = NotNumbered()


@dataclass(frozen=True, slots=True)
class SignDossier:
    dossier_id: str
    expected_version: int
    register_signed: bool
    no_conflict_of_interest: bool
    namesake: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a signature registers: the form as it is read, the office's additions, and the content of the entry from
    both.
    """

    form: Mapping[str, Any]
    registration: Registration
    content: Mapping[str, Any]
    copies: int = 0  # copies of the entry, which are numbered and signed with it

    @property
    def seen(self) -> str:
        """The digest of all that the signer sees and that the signature makes."""
        return seen_digest({**self.content, "copies_with_it": self.copies} if self.copies else self.content)


def sign(unit: Unit, command: SignDossier) -> DossierRow:
    """Registers and signs in one transaction.

    The book stays locked until it ends, so numbers run 1, 2, 3 … without gap.

    An empty personal identification number does not prevent the signature: the national database issues it (NĐ 87/2020
    Đ10–11), and the signer was shown that it is missing. Exactly what the signer has `seen` is signed. Refusals:
    FORBIDDEN `signer-prepared-it`, CONFLICT `wrong-state`, `not-approved`, `register-not-signed`, `verification-open`,
    `approval-incomplete`, INVALID `not-registrable`, `conflict-of-interest`, `missing-field`, NOT_FOUND, STALE (also
    as `paper-changed`).
    """
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    refuse_other_signer(unit, row)
    procedure = unit.place.procedure_of(row)
    register = procedure.register.name
    if REGISTERS[register].changes_status:
        registers.hold_people(unit.session)  # before the look at whose entries the signature changes
    _refuse_undeclared(unit, row, command)
    if not command.seen:
        text = "Xin xem bản giấy trước khi ký: chỉ ký được bản vừa xem."
        raise invalid("missing-field", text, FieldFault("seen", text))
    book = register_books.locked_book(unit.session, register, unit.today.year, GENESIS, unit.now)
    refuse_unregistrable(unit, row)  # after the lock, to see entries of a moment ago
    refuse_prepared_unasked(unit, row, proposal_of(unit.cell, row))
    entry = _enter(unit, row, procedure, book, command.seen)
    declared = DECLARED_NAMESAKE if command.namesake else DECLARED
    perform(unit, row, acts.SIGNATURE, reason=declared, told=_told(unit, row, procedure, entry))
    outbox.tell(unit.session, events.registered(unit.ward, entry, unit.now), key=str(entry.id))
    if copied := _copy(unit, row, procedure, entry):
        outbox.tell(unit.session, events.registered(unit.ward, copied, unit.now), key=str(copied.id))
    return row


def _told(unit: Unit, row: DossierRow, procedure: Procedure, entry: RegisterEntryRow) -> dict[str, str]:
    delivery = asked_for(procedure, asked(procedure, unit.form(row)), has_account=bool(row.applicant_id))
    return {"register_entry_id": str(entry.id), "delivery": delivery or ""}


def refuse_other_signer(unit: Unit, row: DossierRow) -> None:
    """Refuses a caller who could not sign, whatever they declare."""
    leads_to(unit, row, acts.SIGNATURE)
    refuse_if(InTheWay(unit, row).of_signature())


def _refuse_undeclared(unit: Unit, row: DossierRow, command: SignDossier) -> None:
    handover = unit.place.procedure_of(row).handover
    if handover.register_signed is RegisterSigned.AT_SIGNATURE and not command.register_signed:
        raise conflict(
            "register-not-signed",
            "Hai bên phải có mặt và ký vào sổ trước khi người có thẩm quyền ký (TT 04/2020 Đ3.5, Đ32). "
            "Xin xác nhận hai bên đã ký sổ.",
        )
    conflicting = refusal_of(
        named_in(unit, row), unit.caller.name, declared=command.no_conflict_of_interest, namesake=command.namesake
    )
    if conflicting is not None:
        raise conflicting


def refuse_unseen(seen: str, ready: Prepared) -> None:
    """Refuses if the entry, the number of its copies, or the signer whom it names is not what this signer has seen."""
    if seen != ready.seen:
        text = (
            "Bản giấy đã khác với bản vừa xem: nội dung hồ sơ, sổ hoặc người ký không còn như lúc xem. "
            "Xin xem lại bản giấy rồi mới ký."
        )
        raise Refusal(Kind.STALE, "paper-changed", text)


def prepared(
    unit: Unit, row: DossierRow, *, number: int = _NOT_NUMBERED, book: str = "", kept: bool = False
) -> Prepared:
    """What the caller's signature would register today, as the signer sees it before: without number and book.

    `kept`: a copied entry is locked, so that it stays the same until the signature is committed.
    """
    procedure = unit.place.procedure_of(row)
    form = asked(procedure, unit.form(row))
    proposal = proposal_of(unit.cell, row)
    late = procedure.late is not None and procedure.late.is_late(form, kept_day(unit, row))
    registration = Registration(
        book=book,
        year=unit.today.year,
        number=number,
        registered_on=unit.today,
        place=unit.place.office_name(unit.cell.ward),
        signer_name=unit.caller.name,
        signer_title=unit.caller.title,
        signer_capacity=_capacity(unit),
        kind=RegistrationKind.LATE if late else RegistrationKind.ON_TIME,
        prepared_by=row.proposed_by or "",
        personal_identification_number=proposal["personal_identification_number"],
        statement=proposal.get("statement", ""),
        source=source_of(unit, proposal.get("source_entry_id", ""), kept=kept),
        note=proposal["note"],
    )
    content = entry_content(procedure.register.name, form, registration)
    copies = copies_with_registration(unit, row, storage.fees(unit.session, row.id))
    return Prepared(form, registration, content, copies)


def _enter(unit: Unit, row: DossierRow, procedure: Procedure, book: RegisterBookRow, seen: str) -> RegisterEntryRow:
    _take_number(book)
    label = register_books.label_of_volume(book, book.volume, procedure.register.suffix)
    ready = prepared(unit, row, number=book.last_number, book=label, kept=True)
    refuse_unseen(seen, ready)
    people = PEOPLE[procedure.register.name](ready.form, ready.registration)
    entry = entries.append(unit, row, book, label, ready.content, people)
    _certify(unit, procedure, entry, ready)
    people_chain.follow(unit, entry, people)
    return entry


def _take_number(book: RegisterBookRow) -> None:
    if book.closed_at is not None:
        raise conflict("book-closed", f"Sổ năm {book.year} đã khóa nên không ghi thêm được.")
    book.last_number += 1


def _certify(unit: Unit, procedure: Procedure, entry: RegisterEntryRow, ready: Prepared) -> None:
    source = ready.registration.source
    certificate = CertificateRow(
        id=entry.certificate_id,
        entry_id=entry.id,
        number=procedure.register.paper_number(entry.number, entry.year, ready.form),
        status=CertificateStatus.VALID,
        valid_until=None if procedure.valid_months is None else months_after(unit.today, procedure.valid_months),
        source_entry_id=None if source is None else UUID(source["entry_id"]),
    )
    unit.session.add(certificate)


def _capacity(unit: Unit) -> Capacity:
    capacity = unit.caller.capacity
    assert capacity is not None  # of every signer (services/chassis/tokens.py)
    return capacity


def _copy(unit: Unit, row: DossierRow, procedure: Procedure, entry: RegisterEntryRow) -> RegisterEntryRow | None:
    """Enters the copies that were paid for with the registration in the book of copies; None if there are none.

    They are copies of the entry like any others, with a number of their own (TT 04/2020 Đ23).
    """
    count = copies_with_registration(unit, row, storage.fees(unit.session, row.id))
    if not count:
        return None
    issuing = next(each for each in unit.place.catalogue.in_force(unit.today) if each.register.name == COPIES)
    book = register_books.locked_book(unit.session, COPIES, unit.today.year, GENESIS, unit.now)
    _take_number(book)
    label = register_books.label_of_volume(book, book.volume, issuing.register.suffix)
    form = form_of_copies(entry.register, asked(procedure, unit.form(row)), row.subject_name, count)
    registration = Registration(
        book=label,
        year=unit.today.year,
        number=book.last_number,
        registered_on=unit.today,
        place=unit.place.office_name(unit.cell.ward),
        signer_name=unit.caller.name,
        signer_title=unit.caller.title,
        signer_capacity=_capacity(unit),
        prepared_by=row.proposed_by or "",
        source=source_of(unit, str(entry.id), kept=True),
    )
    ready = Prepared(form, registration, entry_content(COPIES, form, registration))
    copied = entries.append(unit, row, book, label, ready.content, PEOPLE[COPIES](form, registration))
    _certify(unit, issuing, copied, ready)
    return copied


def verify_book(cell: Cell, session: Session, register: str, year: int) -> tuple[int, list[ChainFault]]:
    """Verifies a whole book, in a snapshot: numbers, chain, content, and the book's last number and digest.

    Returns the number of entries, and the faults. Content that cannot be decrypted is a fault too, and so are entries
    whose book has lost its row.
    """
    book = session.get(RegisterBookRow, (register, year))
    first = 1 if book is None else book.first_number
    last, count = (first - 1, GENESIS), 0

    def walk() -> Iterator[Entry]:
        nonlocal last, count
        for row in session.scalars(register_books.book_entries(register, year)):
            last, count = (row.number, row.digest), count + 1
            yield Entry(row.number, row.previous_digest, row.digest, _readable(cell, row))

    faults = list(verify_chain(walk(), first))
    if book is not None and (book.last_number, book.last_digest) != last:
        faults.append(ChainFault(last[0], f"Sổ ghi số cuối là {book.last_number}, nhưng mục cuối là số {last[0]}."))
    if book is None and count:
        faults.append(ChainFault(last[0], "Sổ không còn dòng ghi số cuối của mình."))
    return count, faults + list(_faults_in_notes(cell, session, register, year))


def _faults_in_notes(cell: Cell, session: Session, register: str, year: int) -> Iterator[ChainFault]:
    """The faults in the chains of notes, which begin at their entries."""
    previous: tuple[UUID, int, bytes] | None = None
    for number, entry_digest_, note in session.execute(register_books.book_notes(register, year)):
        before = (note.entry_id, 0, entry_digest_) if previous is None or previous[0] != note.entry_id else previous
        whole = (note.sequence, note.previous_digest) == (before[1] + 1, before[2])
        if not whole or note.digest != entry_digest(note.previous_digest, _readable_note(cell, note)):
            yield ChainFault(
                number, f"Ghi chú thứ {note.sequence} của số {number} đã bị thay đổi hoặc thiếu ghi chú trước."
            )
        previous = (note.entry_id, note.sequence, note.digest)


def _readable_note(cell: Cell, note: RegisterNoteRow) -> Mapping[str, Any]:
    try:
        return content_of_note(cell, note)
    except (InvalidTag, KeyError, ValueError):
        return {}


def _readable(cell: Cell, row: RegisterEntryRow) -> Mapping[str, Any]:
    try:
        return content_of(cell, row)
    except (InvalidTag, KeyError, ValueError):
        return {}  # the digest then reports that the content has changed
