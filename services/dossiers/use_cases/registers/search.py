"""Looking into the registers: by name in any order and without diacritics, by number, by day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.clock import VIETNAM
from services.chassis.database import audit
from services.chassis.database.pagination import page_size, read_cursor, write_cursor
from services.chassis.refusal import FieldFault, Refusal, invalid
from services.dossiers import storage
from services.dossiers.adapters.records import label_of
from services.dossiers.domain.register import REGISTERS
from services.dossiers.domain.search import words
from services.dossiers.tables import RegisterEntryRow
from services.dossiers.use_cases.perform import stamp
from services.dossiers.use_cases.registers.notes import content_of_note, entry_to_read
from services.dossiers.use_cases.unit import Unit, content_of, printable, written, written_day

MOST_WORDS = 12


def search(unit: Unit, request: dossiers_pb2.SearchRegisterRequest) -> dossiers_pb2.SearchRegisterResponse:
    """Entries of a register, newest first; why somebody looks is recorded (docs/law.md §18).

    Refusals: INVALID `missing-field` without a reason, `invalid-field` for a register or day that is none.
    """
    reason = written("reason", request.reason, needed="Xin ghi lý do tra cứu hoặc mã hồ sơ đang giải quyết.")
    if request.register not in REGISTERS:
        raise _wrong("register", "Phường không có sổ này.")
    limit = page_size(request.page_size)
    rows = storage.found_entries(
        unit.session,
        request.register,
        words=words(printable(request.query))[:MOST_WORDS],
        year=request.year or None,
        number=request.number or None,
        since=_moment("from_day", request.from_day, after=False),
        before=_moment("to_day", request.to_day, after=True),
        after=_after(request.cursor),
        limit=limit + 1,
    )
    audit.record(unit.session, "search-register", f"register:{request.register}: {reason}")
    shown = rows[:limit]
    return dossiers_pb2.SearchRegisterResponse(
        entries=[summary(unit, row) for row in shown],
        next_cursor=write_cursor(shown[-1].registered_at.isoformat(), str(shown[-1].number))
        if len(rows) > limit
        else "",
    )


def entry(unit: Unit, entry_id: str) -> dossiers_pb2.FoundEntry:
    """An entry with all it says and its notes; its applicant can read who looked. Refusal NOT_FOUND `unknown-entry`."""
    row = entry_to_read(unit, entry_id)
    audit.record(unit.session, "view-entry", f"entry:{row.id}", storage.applicant_of(unit.session, row))
    return whole(unit, row)


def whole(unit: Unit, row: RegisterEntryRow) -> dossiers_pb2.FoundEntry:
    message = summary(unit, row)
    message.content_json = json.dumps(content_of(unit.cell, row), ensure_ascii=False)
    for each in storage.notes(unit.session, row.id):
        note = content_of_note(unit.cell, each)
        message.notes.append(
            dossiers_pb2.EntryNote(
                sequence=each.sequence,
                kind=each.kind,
                text=note["text"],
                basis=note["basis"],
                at=stamp(each.at),
                signer_name=note["signer_name"],
            )
        )
    return message


def summary(unit: Unit, row: RegisterEntryRow) -> dossiers_pb2.FoundEntry:
    content = content_of(unit.cell, row)
    return dossiers_pb2.FoundEntry(
        id=str(row.id),
        register=row.register,
        label=label_of(row),
        year=row.year,
        number=row.number,
        registered_at=stamp(row.registered_at),
        names=_names(content),
        dossier_id=str(row.dossier_id),
        certificate_id=row.certificate_id,
    )


def _names(content: dict[str, Any]) -> Sequence[str]:
    """Whom an entry is about, with date of birth, as a list shows them."""
    people = [
        content[part] for part in ("child", "wife", "husband", "deceased", "person", "subject") if part in content
    ]
    return [" · ".join(filter(None, (each["full_name"], _day(each.get("birth_date", ""))))) for each in people]


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}" if len(text) == len("2020-10-05") else text


def _moment(field: str, text: str, *, after: bool) -> datetime | None:
    """The beginning of a day in Việt Nam, or of the next; None where nothing was given."""
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
