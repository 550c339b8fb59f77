"""What may be done with a dossier now, and which of its papers may be had, by whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from services.dossiers.access import DESK, of_office, roles_of
from services.dossiers.domain import acts
from services.dossiers.domain.acts import Act, acts_in
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import REGISTERS
from services.dossiers.domain.states import OPEN, Status
from services.dossiers.tables import DossierRow, FeeRow, SupplementRow
from services.dossiers.use_cases.clock.timekeeping import TimeKept
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
    """Whether what an act needs, beside the status, is there."""
    if act is acts.SIGNATURE:  # one prepares, another signs
        return row.proposed_at is not None and row.proposed_by_id != unit.caller.id
    if act is acts.FEE_REQUEST:  # the acceptance assesses what is owed
        return row.accepted_at is not None
    return True


def comparable(unit: Unit, row: DossierRow) -> bool:
    """Whether the caller may compare originals now: the desk, while the dossier has not ended."""
    return row.status in OPEN and unit.caller.ward == unit.ward and unit.caller.has(*DESK)


def approval_asks(unit: Unit, row: DossierRow) -> list[str]:
    """The fields that an approval asks for; for the office alone."""
    if row.status == Status.DRAFT or not of_office(unit.caller, unit.ward):
        return []
    return [*REGISTERS[unit.place.procedure_of(row).register.name].approval_asks, "note"]


def papers(
    unit: Unit, row: DossierRow, supplements: Sequence[SupplementRow], fees: Sequence[FeeRow], clock: TimeKept
) -> list[str]:
    """Papers that the caller can fetch now; the certificate is the applicant's once handed over (TT 04/2020 Đ3)."""
    kinds = []
    if row.accepted_at is not None:
        kinds.append("receipt")
    if supplements:
        kinds.append("supplement-request")
    if fees:
        kinds.append("payment-slip")
    if row.status == Status.REFUSED:
        kinds.append("refusal")
    if row.status == Status.STOPPED:
        kinds.append("stop-notice")
    if clock.extension is not None:
        kinds.append("apology")
    if row.status == Status.HANDED_OVER or (row.status == Status.DONE and row.applicant_id != unit.caller.id):
        kinds.append("certificate")
    if of_office(unit.caller, unit.ward):
        kinds += _office_papers(unit.place.procedure_of(row), row, clock)
    return kinds


def _office_papers(kept: Procedure, row: DossierRow, clock: TimeKept) -> list[str]:
    """What the office alone prints: letters, notices, the sheet that goes with the dossier.

    The letter's wording is that of NĐ 123/2015 Đ22: it asks about somebody's marital status.
    """
    sent = {each.kind for each in clock.verifications}
    kinds = []
    if "inquiry" in sent and kept.register.name == "marital-status":
        kinds.append("verification-request")
    if "notice" in sent:
        kinds.append("public-notice")
    return [*kinds, "control-sheet"] if row.accepted_at is not None else kinds
