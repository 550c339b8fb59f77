"""Who of the office works on a dossier."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.grpc.client import call as call_peer
from services.chassis.grpc.tokens import Role
from services.chassis.refusal import FieldFault, conflict, invalid
from services.dossiers.domain import acts
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.perform import leads_to, perform
from services.dossiers.use_cases.unit import Unit, Workplace, desk_dossier, written

STAFF_SECONDS = 2.0


def colleague(place: Workplace, request: dossiers_pb2.AssignDossierRequest) -> tuple[str, str] | None:
    """Id and name of whom the dossier is handed on to; None where the caller takes it on themself.

    Asked of accounts, outside any transaction. Refusals: INVALID `unknown-colleague`, those of accounts.
    """
    with place.unit() as unit:
        caller, token, ward = unit.caller, unit.call.token, unit.ward
        done = unit.first_answer(request, dossiers_pb2.Dossier) is not None
    if done or request.to in ("", caller.id):
        return None
    rpc, asked = place.accounts.stub(ward).ListStaff, accounts_pb2.ListStaffRequest()
    found = call_peer(rpc, asked, ward=ward, seconds=STAFF_SECONDS, token=token)
    for each in found.staff:
        if each.id == request.to:
            return each.id, each.full_name
    text = "Không có cán bộ này ở phường. Xin chọn lại người xử lý."
    raise invalid("unknown-colleague", text, FieldFault("to", text))


def assign(unit: Unit, request: dossiers_pb2.AssignDossierRequest, to: tuple[str, str] | None) -> DossierRow:
    """Takes a dossier on, or hands it on, with a note for the colleague.

    What nobody works on, anybody of the office may take or give. What somebody works on, that person gives away, or
    a signer, who leads the office and steps in when somebody is ill: nobody's work is taken from under their hands.
    Working on a dossier is a promise among colleagues and no lock: others may still act on it, since a citizen does
    not wait for one person to come back. Refusals: CONFLICT `held-by-another`, `wrong-state`, NOT_FOUND, STALE.
    """
    note = written("note", request.note)
    row = desk_dossier(unit, request.dossier_id, expected_version=request.expected_version)
    leads_to(row, acts.ASSIGNMENT)
    caller = unit.caller
    if row.assigned_to_id not in (None, caller.id) and not caller.has(Role.SIGNER):
        raise conflict(
            "held-by-another",
            f"{row.assigned_to} đang xử lý hồ sơ này. Xin đề nghị người đó, hoặc lãnh đạo phường, chuyển hồ sơ.",
        )
    row.assigned_to_id, row.assigned_to = to or (caller.id, caller.name)
    told = f"Giao cho {row.assigned_to}" if to else f"{caller.name} nhận xử lý"
    perform(unit, row, acts.ASSIGNMENT, reason=f"{told}. {note}" if note else f"{told}.")
    return row
