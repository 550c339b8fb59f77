"""Entries of the registers: found, written with their people, and what was done with them recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from services.chassis.database import audit
from services.chassis.ids import read_uuid
from services.chassis.paper_codes import new_code
from services.chassis.refusal import not_found
from services.dossiers import registers, storage
from services.dossiers.adapters.records import number_fingerprints
from services.dossiers.domain.people import Person
from services.dossiers.domain.register import entry_digest
from services.dossiers.domain.search import folded, words
from services.dossiers.register_tables import WRITTEN, RegisterBookRow, RegisterEntryRow, RegisterPersonRow
from services.dossiers.sealed import seal_json
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.unit import Unit


def append(
    unit: Unit,
    row: DossierRow,
    book: RegisterBookRow,
    label: str,
    content: Mapping[str, Any],
    people: Mapping[str, Person],
) -> RegisterEntryRow:
    """Writes the book's next entry, with the number that the caller has taken, and chains it to the one before."""
    digest = entry_digest(book.last_digest, content)
    entry = RegisterEntryRow(
        id=uuid4(),
        register=book.register,
        year=book.year,
        number=book.last_number,
        book=label,
        dossier_id=row.id,
        previous_digest=book.last_digest,
        digest=digest,
        registered_at=unit.now,
        signer_id=unit.caller.id,
        signer_name=unit.caller.name,
        signer_title=unit.caller.title,
        certificate_id=new_code(unit.ward),
        search=storage.word_vector(_found_by(book, people)),
    )
    seal_json(unit.cell, entry, "content", content)
    book.last_digest = digest
    unit.session.add(entry)
    unit.session.flush()
    unit.session.add_all(person_row(unit, entry, part, person) for part, person in people.items() if person.full_name)
    return entry


def _found_by(book: RegisterBookRow, people: Mapping[str, Person]) -> list[str]:
    number = book.last_number
    names = " ".join(person.full_name for person in people.values())
    return [*words(names), str(number), f"{number}/{book.year}", f"{number:02d}/{book.year}"]


def person_row(unit: Unit, entry: RegisterEntryRow, part: str, person: Person) -> RegisterPersonRow:
    """A person of an entry as the registration writes them."""
    return RegisterPersonRow(
        entry_id=entry.id,
        part=part,
        version=WRITTEN,
        register=entry.register,
        name=folded(person.full_name),
        birth_date=person.birth_date,
        birth_year=person.born_in,
        numbers=number_fingerprints(unit.cell.cipher, person.identity_numbers),
    )


def entry_to_read(unit: Unit, entry_id: str, *, locked: bool = False, kept: bool = False) -> RegisterEntryRow:
    """An entry of the ward. Refusal NOT_FOUND `unknown-entry`."""
    id = read_uuid(entry_id)
    entry = registers.entry(unit.session, id, locked=locked, kept=kept) if id else None
    if entry is None:
        raise not_found("unknown-entry", "Không tìm thấy mục này trong sổ hộ tịch của phường.")
    return entry


def record(unit: Unit, what: str, entry: RegisterEntryRow) -> None:
    """Records what was done with an entry, or a look at it, for its applicant to read."""
    audit.record(unit.session, what, f"entry:{entry.id}", registers.applicant_of(unit.session, entry))
