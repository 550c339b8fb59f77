"""Sổ theo dõi hồ sơ (TT 01/2018/TT-VPCP, mẫu 06): the dossiers accepted in a span of days, as PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.chassis.clock import VIETNAM
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, faulty, invalid
from services.dossiers import storage
from services.dossiers.adapters.papers.fields import TrackedDossier, TrackingBook
from services.dossiers.adapters.papers.rendering import Printed, render
from services.dossiers.domain.handover import Delivery, asked_for
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.states import STATUS_TEXT, Status
from services.dossiers.forms import asked
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import given_of
from services.dossiers.use_cases.papers.parts import applicant_of
from services.dossiers.use_cases.unit import Unit, Workplace, written_day

_OFFICE = "Công chức tư pháp – hộ tịch"
MOST_DAYS = 31
MOST_DOSSIERS = 500  # about 50 pages, made in a second or two


@dataclass(frozen=True, slots=True)
class GetTrackingBook:
    from_day: str
    to_day: str


def tracking_book(place: Workplace, query: GetTrackingBook) -> Printed:
    """The book of a span of days, both ends included, by the time of acceptance.

    Refusals: INVALID `invalid-field` for invalid days, `range-too-long` for more than 31 days or 500 dossiers.
    """
    first, last = written_day("from", query.from_day), written_day("to", query.to_day)
    if last < first:
        text = "Ngày cuối phải sau hoặc trùng ngày đầu."
        raise faulty("to", text)
    if last - first >= timedelta(days=MOST_DAYS):
        text = f"Mỗi lần in nhiều nhất {MOST_DAYS} ngày. Xin thu hẹp khoảng ngày."
        raise invalid("range-too-long", text, FieldFault("to", text))
    with place.unit() as unit:
        rows = storage.accepted_between(
            unit.session, _midnight(first), _midnight(last + timedelta(days=1)), MOST_DOSSIERS + 1
        )
        if len(rows) > MOST_DOSSIERS:
            text = f"Có hơn {MOST_DOSSIERS} hồ sơ trong những ngày này. Xin thu hẹp khoảng ngày."
            raise invalid("range-too-long", text, FieldFault("to", text))
        audit.record(unit.session, "print-tracking-book", f"days:{first}/{last}")
        book = TrackingBook(
            office=place.office(unit.cell.ward),
            from_day=first,
            to_day=last,
            dossiers=tuple(_tracked(unit, row) for row in rows),
            made_at=unit.now.astimezone(VIETNAM),
        )
    return Printed(f"so-theo-doi-ho-so-{first}-{last}.pdf", render(book))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


_WAYS = {
    Delivery.OFFICE: "Tại Bộ phận Một cửa",
    Delivery.POST: "Qua bưu chính",
    Delivery.ELECTRONIC: "Bản điện tử",
}


def _delivery(unit: Unit, row: DossierRow, procedure: Procedure) -> str:
    """How the result was given, or how the applicant wants it; empty if nobody has said."""
    if given := given_of(unit.cell, row):
        return _WAYS[given.delivery]
    if not procedure.handover.remote:
        return _WAYS[Delivery.OFFICE]
    wanted = asked_for(procedure, asked(procedure, unit.form(row)), has_account=bool(row.applicant_id))
    return _WAYS[wanted] if wanted else ""


def _tracked(unit: Unit, row: DossierRow) -> TrackedDossier:
    procedure = unit.place.procedure_of(row)
    assert row.accepted_at is not None
    returned = row.updated_at if row.status == Status.HANDED_OVER else None
    return TrackedDossier(
        dossier_code=row.code or "",
        procedure_name=procedure.name,
        applicant=applicant_of(unit, row),
        handled_by=_OFFICE,
        received_at=row.accepted_at.astimezone(VIETNAM),
        due_at=row.promised_at.astimezone(VIETNAM) if row.promised_at else None,
        returned_at=returned.astimezone(VIETNAM) if returned else None,
        delivery=_delivery(unit, row, procedure),
        note="" if returned else STATUS_TEXT[Status(row.status)],
    )
