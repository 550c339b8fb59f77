"""The applicant asks for the result in another way than they had said, and the desk writes it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.refusal import FieldFault, faulty, invalid
from services.dossiers.domain import acts
from services.dossiers.domain.handover import NO_ACCOUNT, Delivery, address_at, address_for_post, asked_for
from services.dossiers.domain.pointers import parts
from services.dossiers.forms import asked, merge
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.in_the_way import InTheWay, refuse_if
from services.dossiers.use_cases.perform import leads_to, perform
from services.dossiers.use_cases.unit import Unit, desk_dossier, written

WAYS = {
    Delivery.OFFICE: "Nhận tại phường",
    Delivery.POST: "Nhận qua bưu chính",
    Delivery.ELECTRONIC: "Nhận bản điện tử trong tài khoản",
}
#: The ways in which people ask for the change.
HOW = {"came": "đến phường", "called": "gọi điện", "wrote": "gửi văn bản"}


@dataclass(frozen=True, slots=True)
class ChangeDelivery:
    dossier_id: str
    delivery: str
    address: str
    asked_by: str
    asked_how: str
    expected_version: int


def change(unit: Unit, command: ChangeDelivery) -> DossierRow:
    """Changes the answer in the form; the history says who asked for it, and how (NĐ 87/2020 Đ12).

    The applicant is told, so that nobody sends a paper elsewhere unseen. Refusals: INVALID `missing-field`,
    `invalid-field` for what there is not, or is so already, and for an address without the post, CONFLICT
    `wrong-state`, NOT_FOUND, STALE.
    """
    who = written("asked_by", command.asked_by, needed="Xin ghi họ tên người xin đổi.")
    needed = "Xin ghi địa chỉ để phường gửi kết quả đến." if command.delivery == Delivery.POST else ""
    address = written("address", command.address, needed=needed)
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.DELIVERY_CHANGE)
    refuse_if(InTheWay(unit, row).of_delivery_change())
    procedure = unit.place.procedure_of(row)
    before = unit.form(row)
    _refuse_unknown(command, address, has_account=bool(row.applicant_id))
    way = Delivery(command.delivery)
    changes = {procedure.handover.asked: way.value, address_at(procedure): address or None}
    form = asked(procedure, merge(before, _patch(changes)))
    known = asked(procedure, before)
    is_same = asked_for(procedure, known, has_account=True) is way
    if is_same and address_for_post(procedure, known) == address_for_post(procedure, form):
        text = "Hồ sơ đã ghi đúng cách nhận này."
        raise faulty("delivery", text)
    unit.seal_form(row, form)
    reason = f"{WAYS[way]}. Người xin đổi: {who}, {HOW[command.asked_how]}."
    perform(unit, row, acts.DELIVERY_CHANGE, reason=reason, told={"delivery": way.value})
    return row


def _refuse_unknown(command: ChangeDelivery, address: str, *, has_account: bool) -> None:
    faults = []
    if command.delivery not in set(Delivery):
        faults.append(("delivery", "Cách trả kết quả chỉ có: tại phường, qua bưu chính, bản điện tử."))
    elif command.delivery == Delivery.ELECTRONIC and not has_account:
        faults.append(("delivery", NO_ACCOUNT))
    if command.delivery != Delivery.POST and address:
        faults.append(
            ("address", "Chỉ ghi địa chỉ khi nhận qua bưu chính. Xin bỏ địa chỉ, hoặc chọn nhận qua bưu chính.")
        )
    if command.asked_how not in HOW:
        faults.append(("asked_how", "Xin chọn người xin đổi đã đến phường, gọi điện hay gửi văn bản."))
    if faults:
        text = "Chưa đổi được cách nhận kết quả. Xin xem từng điều được nêu."
        raise invalid("invalid-field", text, *(FieldFault(*each) for each in faults))


def _patch(changes: Mapping[str, object]) -> dict[str, Any]:
    """A merge patch of these values at their pointers."""
    patch: dict[str, Any] = {}
    for pointer, value in changes.items():
        *groups, name = parts(pointer)
        place = patch
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = value
    return patch
