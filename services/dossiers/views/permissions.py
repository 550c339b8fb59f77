"""What the caller may do with a dossier now, and which of its papers they can get."""

from __future__ import annotations

from services.dossiers.access import DESK, of_office, roles_of
from services.dossiers.domain import acts
from services.dossiers.domain.acts import Act, acts_in
from services.dossiers.domain.register import REGISTERS
from services.dossiers.domain.states import OPEN, Status
from services.dossiers.domain.verification import Kind, goes_on, state_of
from services.dossiers.storage import verifications
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.unit import Unit, is_edited_by_caller


def actions(unit: Unit, row: DossierRow) -> list[str]:
    """The acts that the caller may do now, in the order of a dossier's life."""
    caller = unit.caller
    own, at_the_office = is_edited_by_caller(unit, row), of_office(unit.caller, unit.ward)
    return [
        act.name
        for act in acts_in(Status(row.status))
        if (own and act.of_applicant) or (at_the_office and caller.has(*roles_of(act)))
        if _is_open(unit, row, act)
    ]


def _is_open(unit: Unit, row: DossierRow, act: Act) -> bool:
    """Whether the conditions of an act are met, beside the status."""
    if act.on_proposal and row.proposed_at is None:
        return False
    if act is acts.SIGNATURE:  # one prepares, another signs
        return row.proposed_by_id != unit.caller.id
    if act is acts.FEE_REQUEST:  # the acceptance assesses what is owed
        return row.accepted_at is not None
    if act is acts.VERIFICATION_REPLY:
        commits = unit.place.procedure_of(row).commits
        sent = verifications(unit.session, row.id)
        return any(goes_on(Kind(each.kind), state_of(each.outcome), commits=commits) for each in sent)
    return True


def comparable(unit: Unit, row: DossierRow) -> bool:
    """Whether the caller may compare originals now: the desk may, until the dossier has ended."""
    return row.status in OPEN and unit.caller.ward == unit.ward and unit.caller.has(*DESK)


def approval_asks(unit: Unit, row: DossierRow) -> list[str]:
    """The fields that an approval asks for; for the office only."""
    if row.status == Status.DRAFT or not of_office(unit.caller, unit.ward):
        return []
    return [*REGISTERS[unit.place.procedure_of(row).register.name].approval_asks, "note"]
