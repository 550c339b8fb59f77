"""The signature: a number from the ward's book of the year, an entry that never changes, and a certificate to come."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from caunoi.dossiers.v1 import events_pb2
from cryptography.exceptions import InvalidTag
from sqlalchemy.orm import Session

from services.chassis import outbox
from services.chassis.call import forbidden
from services.chassis.district import District, Ward
from services.chassis.refusal import Kind, Refusal, conflict
from services.chassis.service import Cell
from services.dossiers import encoding, storage
from services.dossiers.domain.entries import entry_content
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import (
    GENESIS,
    ChainFault,
    Entry,
    Registration,
    RegistrationKind,
    book_label,
    entry_digest,
    verify_chain,
)
from services.dossiers.domain.states import Act
from services.dossiers.tables import CertificateRow, DossierRow, RegisterBookRow, RegisterEntryRow
from services.dossiers.use_cases.acts import leads_to, perform, stamp
from services.dossiers.use_cases.base import Unit, day_of, desk_dossier, form_of

#: The event that tells of an entry, by register.
EVENTS: Mapping[str, type[Any]] = {"birth": events_pb2.BirthRegistered}
CERTIFICATE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def sign(unit: Unit, dossier_id: str, expected_version: int) -> DossierRow:
    """Registers and signs in one transaction; the book is held to its end, so numbers run 1, 2, 3 … without gap.

    An empty personal identification number does not stop the signature: it is the national database's to give
    (NĐ 87/2020 Đ10–11), and the signer was shown that it is missing. Refusals: FORBIDDEN `signer-prepared-it`,
    CONFLICT `wrong-state`, `not-approved`, NOT_FOUND, STALE.
    """
    row = desk_dossier(unit, dossier_id, expected_version=expected_version)
    leads_to(row, Act.SIGNATURE)
    if row.proposal is None:
        raise conflict("not-approved", "Công chức chưa trình mục ghi sổ của hồ sơ này nên chưa ký được.")
    if row.proposed_by_id == unit.caller.id:
        raise Refusal(
            Kind.FORBIDDEN, "signer-prepared-it", "Người đã trình hồ sơ không được tự ký. Xin chuyển người ký khác."
        )
    if not unit.caller.name:
        raise forbidden("Tài khoản này không có họ tên nên không ký được.")
    procedure = unit.place.procedure_of(row)
    entry = _enter(unit, row, procedure)
    perform(unit, row, Act.SIGNATURE, told={"register_entry_id": str(entry.id)})
    event = EVENTS[entry.register](
        register_entry_id=str(entry.id),
        ward=unit.ward,
        register=entry.register,
        year=entry.year,
        number=entry.number,
        dossier_id=str(row.id),
        certificate_id=entry.certificate_id,
        registered_at=stamp(unit.now),
    )
    outbox.tell(unit.session, event, key=str(entry.id))
    return row


def _enter(unit: Unit, row: DossierRow, procedure: Procedure) -> RegisterEntryRow:
    form = form_of(unit.cell, row)
    proposal = encoding.proposal_of(unit, row)
    year = unit.today.year
    book = storage.locked_book(unit.session, procedure.register.name, year, GENESIS)
    book.last_number += 1
    label = book_label(year, procedure.register.suffix)
    late = procedure.late is not None and procedure.late.is_late(form, day_of(row.submitted_at or unit.now))
    registration = Registration(
        book=label,
        year=year,
        number=book.last_number,
        registered_on=unit.today,
        place=office_name(unit.cell.ward, unit.place.settings.district),
        signer_name=unit.caller.name,
        signer_title=unit.caller.title,
        kind=RegistrationKind.LATE if late else RegistrationKind.ON_TIME,
        prepared_by=row.proposed_by or "",
        personal_identification_number=proposal["personal_identification_number"],
        note=proposal["note"],
    )
    return _append(unit, row, book, label, entry_content(procedure.register.name, form, registration))


def _append(
    unit: Unit, row: DossierRow, book: RegisterBookRow, label: str, content: Mapping[str, Any]
) -> RegisterEntryRow:
    id = uuid4()
    digest = entry_digest(book.last_digest, content)
    certificate_id = f"{unit.ward}-" + "".join(secrets.choice(CERTIFICATE_LETTERS) for _ in range(16))
    entry = RegisterEntryRow(
        id=id,
        register=book.register,
        year=book.year,
        number=book.last_number,
        book=label,
        dossier_id=row.id,
        content=unit.cell.cipher.encrypt(json.dumps(content, ensure_ascii=False), f"entry:{id}"),
        previous_digest=book.last_digest,
        digest=digest,
        registered_at=unit.now,
        signer_id=unit.caller.id,
        signer_name=unit.caller.name,
        signer_title=unit.caller.title,
        certificate_id=certificate_id,
    )
    book.last_digest = digest
    unit.session.add(entry)
    unit.session.flush()
    unit.session.add(CertificateRow(id=certificate_id, entry_id=id, status="valid"))
    return entry


def office_name(ward: Ward, district: District) -> str:
    """As registers name the office: Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng."""
    places = (ward.name, district.name, district.province)
    return "Ủy ban nhân dân " + ", ".join(name[:1].lower() + name[1:] for name in places)


def content_of(cell: Cell, entry: RegisterEntryRow) -> dict[str, Any]:
    """What the entry says, opened."""
    content: dict[str, Any] = json.loads(cell.cipher.decrypt(entry.content, f"entry:{entry.id}"))
    return content


def verify_book(cell: Cell, session: Session, register: str, year: int) -> tuple[int, list[ChainFault]]:
    """Walks a whole book: numbers, chain, content, and that the book's own last line agrees.

    Answers how many entries there are, and the faults. Content that cannot be opened any more is a fault too.
    """
    last = (0, GENESIS)

    def walk() -> Iterator[Entry]:
        nonlocal last
        rows = session.scalars(storage.book_entries(register, year).execution_options(yield_per=500))
        for row in rows:
            last = (row.number, row.digest)
            yield Entry(row.number, row.previous_digest, row.digest, _readable(cell, row))

    faults = list(verify_chain(walk()))
    book = session.get(RegisterBookRow, (register, year))
    if book is not None and (book.last_number, book.last_digest) != last:
        faults.append(ChainFault(last[0], f"Sổ ghi số cuối là {book.last_number}, nhưng mục cuối là số {last[0]}."))
    return last[0], faults


def _readable(cell: Cell, row: RegisterEntryRow) -> Mapping[str, Any]:
    try:
        return content_of(cell, row)
    except (InvalidTag, KeyError, ValueError):
        return {}  # its digest tells that the content is not what it was
