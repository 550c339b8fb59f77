"""Reading dossiers, lists, tracking. Each look at a person's data is recorded (docs/architecture.md, rule 7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.clock import VIETNAM
from services.chassis.database import audit
from services.chassis.database.pagination import page_size, read_cursor, write_cursor
from services.chassis.refusal import FieldFault, invalid, not_found
from services.dossiers import storage
from services.dossiers.access import DESK, of_office
from services.dossiers.domain.acts import ACTS
from services.dossiers.domain.deadlines import still_kept
from services.dossiers.domain.fields import is_restricted, title_of
from services.dossiers.domain.search import words
from services.dossiers.domain.states import OPEN, STATUS_TEXT, Status
from services.dossiers.tables import CertificateRow, DocumentRow, DossierRow, HistoryRow
from services.dossiers.use_cases.clock.timekeeping import extension_message, time_kept
from services.dossiers.use_cases.intake.drafts import find_document
from services.dossiers.use_cases.intake.filing import tracking_fingerprint
from services.dossiers.use_cases.perform import stamp
from services.dossiers.use_cases.registers.registration import office_name
from services.dossiers.use_cases.unit import Unit, Workplace, printable, visible_dossier, written_day
from services.dossiers.views import dossiers as encoding
from services.dossiers.views.procedures import procedure_message

MOST_WORDS = 12
MOST_COUNTED = 100  # of overdue dossiers: who reads that many knows what to do
DRAFTS_SHOWN = timedelta(days=30)
_CODE = re.compile(r"(?:\S+-)?\d{6}-\d{4,}")
#: Stands for a paper whose name alone would tell something restricted, where a dossier is followed by code and key.
_UNNAMED = "Một giấy tờ, ghi rõ trên phiếu yêu cầu bổ sung"


def procedures(place: Workplace, on: str) -> list[dossiers_pb2.Procedure]:
    return [procedure_message(each, whole=False) for each in place.catalogue.in_force(_day(place, on))]


def procedure(place: Workplace, code: str, on: str, version: str) -> dossiers_pb2.Procedure:
    """Refusal NOT_FOUND `unknown-procedure`, INVALID for a day that is none."""
    found = place.catalogue.version(code, version) if version else place.catalogue.get(code, _day(place, on))
    return procedure_message(found)


def _day(place: Workplace, on: str) -> date:
    if not on:
        return place.clock.now().astimezone(VIETNAM).date()
    return written_day("on", on)


def dossier(unit: Unit, dossier_id: str) -> dossiers_pb2.Dossier:
    row = visible_dossier(unit, dossier_id)
    audit.record(unit.session, "view-dossier", f"dossier:{row.id}", row.applicant_id)
    return encoding.dossier(unit, row)


def history(unit: Unit, dossier_id: str) -> list[dossiers_pb2.HistoryEntry]:
    row = visible_dossier(unit, dossier_id)
    audit.record(unit.session, "view-history", f"dossier:{row.id}", row.applicant_id)
    inside = of_office(unit.caller, unit.ward)
    return [encoding.history_entry(each, inside=inside) for each in storage.history(unit.session, row.id)]


def document(unit: Unit, dossier_id: str, document_id: str) -> DocumentRow:
    row = visible_dossier(unit, dossier_id)
    found = find_document(unit, row, document_id)
    audit.record(unit.session, "view-document", f"dossier:{row.id}", row.applicant_id)
    return found


def own_dossiers(unit: Unit, size: int, cursor: str) -> dossiers_pb2.ListDossiersResponse:
    """Newest first."""
    limit = page_size(size)
    rows = storage.own_dossiers(unit.session, unit.caller.id, limit + 1, _after(cursor))
    return _page(unit, rows, limit, lambda row: row.created_at)


def desk(unit: Unit, request: dossiers_pb2.ListDeskRequest) -> dossiers_pb2.ListDossiersResponse:
    """The work list, most urgent first; a search for a dossier code finds it in whatever status it is."""
    if list(request.statuses) == [Status.DRAFT]:
        return _desk_drafts(unit)
    found_by = words(printable(request.query))[:MOST_WORDS]
    statuses: Sequence[int] = request.statuses
    if any(status not in range(1, 11) for status in statuses):
        text = "Trạng thái là số từ 1 đến 10."
        raise invalid("invalid-field", text, FieldFault("status", text))
    if not statuses:
        by_code = any(_CODE.fullmatch(word) for word in found_by)
        statuses = range(1, 11) if by_code else sorted(OPEN)
    due_from, due_before = _due(unit, request.due)
    limit = page_size(request.page_size)
    rows = storage.desk(
        unit.session,
        statuses=statuses,
        words=found_by,
        due_from=due_from,
        due_before=due_before,
        assigned=_assigned(unit, request.assigned),
        limit=limit + 1,
        after=_after(request.cursor),
    )
    audit.record(unit.session, "list-desk", "desk")
    page = _page(unit, rows, limit, lambda row: row.urgent_at)
    if not request.cursor:
        page.overdue = storage.overdue_count(unit.session, unit.now, most=MOST_COUNTED)
    return page


def _desk_drafts(unit: Unit) -> dossiers_pb2.ListDossiersResponse:
    """The drafts of the last month that the desk is entering for others; for those who may go on with them."""
    if not unit.caller.has(*DESK):
        return dossiers_pb2.ListDossiersResponse()
    rows = storage.desk_drafts(unit.session, unit.now - DRAFTS_SHOWN, page_size(0))
    audit.record(unit.session, "list-desk", "desk")
    return dossiers_pb2.ListDossiersResponse(dossiers=[encoding.dossier_summary(unit, row) for row in rows])


def _assigned(unit: Unit, assigned: str) -> str | None:
    """`me`: the caller's; `none`: nobody's; empty: whosever. As `storage.desk` takes it."""
    meant = {"": None, "me": unit.caller.id, "none": ""}
    if assigned not in meant:
        text = "Lọc theo người xử lý chỉ có: me (của tôi), none (chưa ai nhận)."
        raise invalid("invalid-field", text, FieldFault("assigned", text))
    return meant[assigned]


def _due(unit: Unit, due: str) -> tuple[datetime | None, datetime | None]:
    """`overdue`: before now; `today`: within this day in Việt Nam; empty: whenever."""
    if due == "overdue":
        return None, unit.now
    if due == "today":
        begins = datetime.combine(unit.today, time(), VIETNAM)
        return begins, begins + timedelta(days=1)
    if due:
        text = "Lọc theo hạn chỉ có: overdue (quá hạn), today (hôm nay)."
        raise invalid("invalid-field", text, FieldFault("due", text))
    return None, None


def _after(cursor: str) -> tuple[datetime, UUID] | None:
    if not cursor:
        return None
    moment, id = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(moment), UUID(id)
    except ValueError:
        text = "Con trỏ trang không đọc được. Xin mở lại danh sách từ đầu."
        raise invalid("invalid-cursor", text, FieldFault("cursor", text)) from None


def _page(
    unit: Unit, rows: Sequence[DossierRow], limit: int, position: Callable[[DossierRow], datetime]
) -> dossiers_pb2.ListDossiersResponse:
    shown = rows[:limit]
    more = len(rows) > limit
    return dossiers_pb2.ListDossiersResponse(
        dossiers=[encoding.dossier_summary(unit, row) for row in shown],
        next_cursor=write_cursor(position(shown[-1]).isoformat(), str(shown[-1].id)) if more else "",
    )


def track(unit: Unit, code: str, key: str) -> dossiers_pb2.TrackedDossier:
    """Status for whoever holds code and key; names nobody and shows no value of the form.

    Refusal NOT_FOUND `unknown-tracking`, the same for an unknown code and for a wrong key.
    """
    row = storage.tracked(unit.session, tracking_fingerprint(unit.cell, code, key))
    if row is None:
        raise not_found(
            "unknown-tracking",
            "Không tìm thấy hồ sơ với mã hồ sơ và mã tra cứu này. Xin xem lại hai dòng đó trên giấy tiếp nhận.",
        )
    lines = storage.history(unit.session, row.id)
    clock = time_kept(unit, row)
    return dossiers_pb2.TrackedDossier(
        code=row.code or "",
        procedure_name=unit.place.procedure_of(row).name,
        status=row.status,
        status_text=STATUS_TEXT[Status(row.status)],
        waits_for=encoding.waiting_for(unit, row),
        submitted_at=stamp(row.submitted_at),
        accepted_at=stamp(row.accepted_at),
        due_at=stamp(row.due_at),
        overdue=encoding.overdue(row, unit.now),
        paused_at=stamp(row.paused_at),
        asked_for=_asked_for(unit, row),
        history=map(encoding.history_entry, lines),
        reason=_reason(lines),
        owed=_owed(unit, row),
        extension=extension_message(clock.extension),
        verifying_until=clock.verifying_until,
    )


def _asked_for(unit: Unit, row: DossierRow) -> list[str]:
    if row.status != Status.SUPPLEMENT_ASKED:
        return []
    procedure = unit.place.procedure_of(row)
    items = storage.supplements(unit.session, row.id)[-1].items
    return [
        _UNNAMED if is_restricted(procedure, item["field"]) else title_of(procedure, item["field"]) or item["field"]
        for item in items
    ]


def _owed(unit: Unit, row: DossierRow) -> int:
    return storage.fees(unit.session, row.id)[-1].total if row.status == Status.PAYMENT_ASKED else 0


def _reason(lines: Sequence[HistoryRow]) -> str:
    return lines[-1].reason if lines and ACTS[lines[-1].act].reason_is_told else ""


def own_access_log(unit: Unit, size: int, cursor: str) -> dossiers_pb2.ListOwnAccessLogResponse:
    """Who has looked at the caller's data here, newest first."""
    page = audit.looks(unit.session, unit.caller.id, page_size(size), cursor)
    return dossiers_pb2.ListOwnAccessLogResponse(
        entries=[
            dossiers_pb2.AccessLogEntry(
                at=stamp(look.at), who=look.who, role=look.role, action=look.action, subject=look.subject
            )
            for look in page.items
        ],
        next_cursor=page.next_cursor,
    )


def _in_force(unit: Unit, row: CertificateRow) -> str:
    """A paper that is in force for a time expires by itself (NĐ 123/2015 Đ23), as whoever takes it in reckons it."""
    until = row.valid_until
    if row.status == "valid" and until is not None and until < still_kept(unit.today, unit.place.calendar):
        return "expired"
    return row.status


def certificate(unit: Unit, certificate_id: str) -> dossiers_pb2.CertificateStatus:
    """Whether a certificate is genuine and in force; names nobody. Refusal NOT_FOUND `unknown-certificate`."""
    found = storage.certificate(unit.session, printable(certificate_id).strip())
    if found is None:
        raise not_found("unknown-certificate", "Phường này không cấp giấy nào có mã đó.")
    row, entry, dossier_row = found
    return dossiers_pb2.CertificateStatus(
        certificate_id=row.id,
        status=_in_force(unit, row),
        paper=unit.place.procedure_of(dossier_row).paper,
        issuer=office_name(unit.cell.ward, unit.place.settings.district),
        number=row.number,
        issued_at=stamp(entry.registered_at),
        sha256=row.sha256 or "",
        valid_until="" if row.valid_until is None else row.valid_until.isoformat(),
        changed_at=stamp(row.changed_at),
    )
