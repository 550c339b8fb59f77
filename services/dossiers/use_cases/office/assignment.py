"""Assigns a dossier to a colleague of the office."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.call import current_call
from services.chassis.refusal import FieldFault, invalid
from services.dossiers import storage
from services.dossiers.domain import acts
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.in_the_way import InTheWay, refuse_if
from services.dossiers.use_cases.perform import leads_to, perform
from services.dossiers.use_cases.unit import Unit, Workplace, desk_dossier, written


@dataclass(frozen=True, slots=True)
class GetWorkload:
    staff_id: str


@dataclass(frozen=True, slots=True)
class AssignDossier:
    dossier_id: str
    to: str  # id of a colleague; empty: the caller
    note: str
    expected_version: int


def assignable(unit: Unit, command: AssignDossier) -> DossierRow:
    """The dossier, if it may be assigned now. Refusals: CONFLICT `held-by-another`, `wrong-state`, NOT_FOUND, STALE.

    If nobody works on a dossier, anybody in the office may take it or assign it. If somebody does, only that person may
    hand it on, or a signer, who leads the office and steps in when somebody is ill. So nobody loses work that they have
    begun.
    """
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.ASSIGNMENT)
    refuse_if(InTheWay(unit, row).of_assignment())
    return row


def colleague(place: Workplace, command: AssignDossier, _: DossierRow) -> tuple[str, str] | None:
    """Id and name of the colleague who gets the dossier; None if the caller takes it on themself.

    Refusals: INVALID `unknown-colleague`, those of accounts.
    """
    if command.to in ("", current_call().caller.id):
        return None
    name = place.accounts.colleague(command.to)
    if name is None:
        text = "Không có cán bộ này ở phường. Xin chọn lại người xử lý."
        raise invalid("unknown-colleague", text, FieldFault("to", text))
    return command.to, name


def assign(unit: Unit, command: AssignDossier, to: tuple[str, str] | None) -> DossierRow:
    """Takes a dossier on, or hands it on, with a note for the colleague.

    An assignment is a promise among colleagues, not a lock: others may still act on the dossier, because a citizen
    should not have to wait until one person comes back. Refusals as for `assignable`.
    """
    note = written("note", command.note)
    row = assignable(unit, command)
    caller = unit.caller
    row.assigned_to_id, row.assigned_to = to or (caller.id, caller.name)
    told = f"Giao cho {row.assigned_to}" if to else f"{caller.name} nhận xử lý"
    perform(unit, row, acts.ASSIGNMENT, reason=f"{told}. {note}" if note else f"{told}.")
    return row


def workload(unit: Unit, query: GetWorkload) -> int:
    """How many dossiers that are not finished a member of staff works on; which, the administrator is not told. Whose
    they are is not recorded: nobody is named.
    """
    return storage.count_held(unit.session, query.staff_id, acts.RELEASE.leads)


def release(unit: Unit, staff_id: str) -> None:
    """Makes nobody's what somebody works on who has left the office. What is finished keeps their name."""
    for row in storage.held(unit.session, staff_id, acts.RELEASE.leads):
        left = row.assigned_to
        row.assigned_to_id = row.assigned_to = None
        perform(unit, row, acts.RELEASE, reason=f"{left} không còn xử lý hồ sơ của phường.")
