"""The one apology and new appointment that a dossier can have (TT 01/2018/TT-VPCP, mẫu 04)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis.refusal import faulty
from services.dossiers.domain import acts
from services.dossiers.domain.dates import moment_text
from services.dossiers.domain.deadlines import is_working_moment
from services.dossiers.tables import DossierRow, ExtensionRow
from services.dossiers.use_cases.in_the_way import InTheWay, refuse_if
from services.dossiers.use_cases.perform import leads_to, perform, set_due
from services.dossiers.use_cases.unit import Unit, desk_dossier, written

#: A new time that is further away is a mistyped one.
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class ExtendDossier:
    dossier_id: str
    new_due_at: datetime | None
    reason: str
    expected_version: int


def extend(unit: Unit, command: ExtendDossier) -> DossierRow:
    """Apologises and names a new day and hour, once. It is in time if it is done before the old time is over.

    A late apology is accepted, too: then the citizen needs a new day all the more. It is shown as late, and the verdict
    stays late (docs/decisions/0014). Refusals: CONFLICT `already-extended`, `clock-stands-still`, `wrong-state`;
    INVALID for a time that is not later than the old one, outside working hours or more than a year away; NOT_FOUND,
    STALE.
    """
    reason = written("reason", command.reason, needed="Xin ghi rõ lý do chậm để người dân hiểu.")
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.EXTENSION)
    refuse_if(InTheWay(unit, row).of_extension())
    assert row.due_at is not None
    due_before = row.due_at
    appointed = _appointed(unit, command.new_due_at, due_before)
    unit.session.add(
        ExtensionRow(
            dossier_id=row.id,
            at=unit.now,
            due_before=due_before,
            due_after=appointed,
            reason=reason,
            officer=unit.caller.signs_as,
        )
    )
    set_due(row, appointed)
    row.promised_at = appointed
    perform(unit, row, acts.EXTENSION, reason=reason)
    return row


def _appointed(unit: Unit, asked: datetime | None, due_before: datetime) -> datetime:
    """The new time, on a full minute; INVALID `invalid-field` if it is not possible."""
    text = ""
    appointed = (asked or due_before).replace(second=0, microsecond=0)
    if asked is None:
        text = "Xin ghi ngày và giờ hẹn trả mới."
    elif appointed > unit.now + FURTHEST:
        text = "Hạn mới phải trong vòng một năm kể từ hôm nay. Xin xem lại năm."
    elif appointed <= due_before:
        text = f"Hạn mới phải sau hạn cũ ({moment_text(due_before)})."
    elif appointed <= unit.now:
        text = "Hạn mới phải sau lúc này."
    elif not is_working_moment(appointed, unit.place.hours[unit.ward], unit.place.calendar):
        text = "Hạn mới phải trong giờ làm việc của phường, không vào ngày nghỉ, ngày lễ."
    if text:
        raise faulty("new_due_at", text)
    return appointed
