"""The events of the dossiers and civil-status streams, made from rows. They carry ids, codes and dates only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from caunoi.dossiers.v1 import events_pb2
from google.protobuf.message import Message

from services.chassis.timestamps import stamp
from services.dossiers.domain.acts import ACTS, Act
from services.dossiers.domain.register import REGISTERS
from services.dossiers.register_tables import RegisterEntryRow, RegisterNoteRow
from services.dossiers.tables import DossierRow

#: The event of each act, and of an entry in each register.
OF_ACTS: Mapping[Act, type[Any]] = {act: getattr(events_pb2, act.event) for act in ACTS.values()}
OF_REGISTERS: Mapping[str, type[Any]] = {name: getattr(events_pb2, each.event) for name, each in REGISTERS.items()}


def told(ward: str, row: DossierRow, act: Act, at: datetime, more: Mapping[str, Any]) -> Message:
    """The event of an act on a dossier, with the dossier's state after the act; `more` are further fields."""
    facts = events_pb2.DossierFacts(
        dossier_id=str(row.id),
        ward=ward,
        dossier_code=row.code or "",
        procedure=row.procedure,
        procedure_version=row.procedure_version,
        status=row.status,
        applicant_account_id=row.applicant_id,
        applicant_ward=row.applicant_ward,
        due_at=stamp(row.due_at) if row.accepted_at is not None else None,
        happened_at=stamp(at),
        sequence=row.sequence,
    )
    event: Message = OF_ACTS[act](facts=facts, **more)
    return event


def registered(ward: str, entry: RegisterEntryRow, at: datetime) -> Message:
    """The event of a new entry."""
    event: Message = OF_REGISTERS[entry.register](
        register_entry_id=str(entry.id),
        ward=ward,
        register=entry.register,
        year=entry.year,
        number=entry.number,
        dossier_id=str(entry.dossier_id),
        certificate_id=entry.certificate_id,
        registered_at=stamp(at),
    )
    return event


def noted(ward: str, entry: RegisterEntryRow, note: RegisterNoteRow) -> Message:
    """The event of a note added to an entry."""
    return events_pb2.EntryNoted(
        register_entry_id=str(entry.id),
        ward=ward,
        register=entry.register,
        sequence=note.sequence,
        kind=note.kind,
        noted_at=stamp(note.at),
    )
