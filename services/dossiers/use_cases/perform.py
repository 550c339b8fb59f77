"""An act on a dossier: the change, its line in the history, its event and its audit row, together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.chassis.database import audit
from services.chassis.database.writing import Writing, write
from services.chassis.events import outbox
from services.chassis.tokens import Role
from services.dossiers import events, storage
from services.dossiers.access import office_of
from services.dossiers.domain.acts import Act, Clock, Prepared, next_status, wrong_state
from services.dossiers.domain.deadlines import (
    Pause,
    TimeLimit,
    extended_due,
    reception_due,
    result_due,
)
from services.dossiers.domain.states import Status
from services.dossiers.domain.verification import WAITS
from services.dossiers.tables import NEVER, DossierRow
from services.dossiers.use_cases.in_the_way import is_proposed, possible_acts
from services.dossiers.use_cases.unit import Unit

#: Statuses of a wait for the citizen, for which the status before is stored.
_WAITS_FOR_CITIZEN = {Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED}
#: Statuses without a deadline.
_ENDS_THE_CLOCK = {Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.DONE}


def leads_to(unit: Unit, row: DossierRow, act: Act, tried: str = "") -> Status:
    """The status after an act, or after the step before it; `tried` names the act in a refusal.

    Refusal CONFLICT `wrong-state` if the act is not possible in the dossier's status, with what the caller may do now.
    """
    if row.status not in act.leads:
        raise wrong_state(Status(row.status), tried or act.label, possible_acts(unit, row))
    before = None if row.status_before_pause is None else Status(row.status_before_pause)
    return next_status(Status(row.status), act, before)


def perform(
    unit: Unit, row: DossierRow, act: Act, *, reason: str = "", article: str = "", told: Mapping[str, Any] | None = None
) -> None:
    """Performs an act on a dossier that the unit has locked and whose other fields it has already changed.

    `told` are further fields of the event. Refusal CONFLICT `wrong-state`. All other refusals come from `in_the_way`,
    before.
    """
    assert is_proposed(row, act), act.name
    before, row.status = row.status, leads_to(unit, row, act)
    if act.clock is Clock.STOPS:
        row.status_before_pause, row.paused_at = before, unit.now
        set_due(row, None)
    elif row.status not in _WAITS_FOR_CITIZEN:
        row.status_before_pause = None
    if act.clock is Clock.RESUMES or row.status in _ENDS_THE_CLOCK:
        row.paused_at = None
    if act.clock is Clock.RESUMES and verifying_since(unit, row) is not None:
        stand_still(unit, row)
    if act.prepared is not Prepared.STAYS:
        row.proposed_at = row.proposed_by = row.proposed_by_id = None
    if act.prepared is Prepared.GOES:
        row.proposal = None
    if not act.keeps_stop_proposal:
        row.stop_proposed_at = row.stop_proposed_by_id = None
    if not act.is_aside:
        row.answered_at = unit.now if act.answers else None
    row.updated_at = unit.now
    row.sequence += 1
    if row.status in _ENDS_THE_CLOCK:
        set_due(row, None)
        row.finished_at = row.finished_at or unit.now  # it was in time or late when it was signed
    event = events.told(unit.ward, row, act, unit.now, told or {})
    write(
        unit.session,
        _line(unit, row, act, reason, article),
        outbox.telling([(event, str(row.id), unit.call.request_id)]),
        # Acts that the citizen is not told about are in the audit, but not in the citizen's list of looks.
        audit.recording(act.name, f"dossier:{row.id}", row.applicant_id if act.told else ""),
    )


def set_due(row: DossierRow, due: datetime | None) -> None:
    """Sets the running clock; None stops it. A new time gets its own warning."""
    if due != row.due_at:
        row.reminded_at = None
    row.due_at = due
    row.urgent_at = due or NEVER


def promise(unit: Unit, row: DossierRow) -> None:
    """Sets the running clock of an accepted dossier again, and with it the time that the applicant is promised."""
    set_due(row, result_time(unit, row))
    row.promised_at = row.due_at


def verifying_since(unit: Unit, row: DossierRow) -> datetime | None:
    """The start of the wait for another office, or for a reply to a public notice; None without a wait."""
    waits = [each for each in storage.verifications(unit.session, row.id) if each.kind in WAITS]
    return min((each.sent_at for each in waits if each.ended_at is None), default=None)


def stand_still(unit: Unit, row: DossierRow) -> None:
    """Stops the clock for a verification."""
    row.paused_at = verifying_since(unit, row)
    set_due(row, None)


def run_on(unit: Unit, row: DossierRow) -> None:
    """Sets the clock after a verification began or ended: it is stopped while any wait lasts."""
    if row.status in _WAITS_FOR_CITIZEN:
        return
    if verifying_since(unit, row) is not None:
        stand_still(unit, row)
        return
    row.paused_at = None
    promise(unit, row)


def reception_time(unit: Unit) -> datetime:
    """When the desk's check of a dossier filed now is due."""
    return reception_due(unit.now, unit.place.hours[unit.ward], unit.place.calendar)


def result_time(unit: Unit, row: DossierRow) -> datetime:
    """When the result is due, from all that has happened to the dossier since its acceptance.

    Waits for the applicant or another office do not count (QĐ 766/QĐ-TTg; NĐ 123/2015 Đ3.4). If the office itself
    verifies something, the procedure's longer limit applies (Luật Hộ tịch 2014 Đ18). A new appointment replaces the old
    one, and later waits move it, too.
    """
    accepted = row.accepted_at or unit.now
    procedure = unit.place.procedure_of(row)
    hours, calendar = unit.place.hours[unit.ward], unit.place.calendar
    verifications = storage.verifications(unit.session, row.id)
    limit = procedure.time_limit
    if procedure.verification and procedure.verification.working_days and any(v.kind == "own" for v in verifications):
        limit = TimeLimit("working-days", None, procedure.verification.working_days)
    waits = [(each.requested_at, each.answered_at) for each in storage.supplements(unit.session, row.id)]
    waits += [(each.asked_at, each.settled_at) for each in storage.fees(unit.session, row.id)]
    waits += [(each.sent_at, each.ended_at) for each in verifications if each.kind in WAITS]
    pauses = [Pause(start, end or unit.now) for start, end in waits if (end or unit.now) > accepted]
    due = result_due(limit, accepted, pauses, hours, calendar)
    extension = storage.extension(unit.session, row.id)
    if extension is None:
        return due
    return max(due, extended_due(extension.due_after, extension.at, pauses, hours, calendar))


def _line(unit: Unit, row: DossierRow, act: Act, reason: str, article: str) -> Writing:
    """The history line of an act, with the dossier's state after it."""
    caller = unit.caller
    return storage.adding_line(
        dossier_id=row.id,
        sequence=row.sequence,
        at=unit.now,
        act=act.name,
        status=row.status,
        actor=office_of(caller, act),
        actor_id=caller.id,
        officer="" if caller.has(Role.CITIZEN) else caller.signs_as,
        officer_capacity=caller.capacity or "",
        reason=reason,
        article=article,
        due_at=row.due_at,
    )
