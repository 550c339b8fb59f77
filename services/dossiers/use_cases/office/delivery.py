"""The applicant asks for the result in another way than they had said, and the desk writes it down."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.refusal import FieldFault, faulty, invalid
from services.dossiers.domain import acts
from services.dossiers.domain.fields import filer_name
from services.dossiers.domain.handover import NO_ACCOUNT, Delivery, address_at, address_for_post, asked_for
from services.dossiers.domain.pointers import parts
from services.dossiers.domain.search import folded
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
    """Changes the answer in the form; the history says from which way to which, who asked for it, and how (NĐ 87/2020
    Đ12). It is not sealed, so it has no address, and says where the present one stands: in the form
    (docs/decisions/0052).

    The applicant is told, so that nobody sends a paper elsewhere unseen. Refusals: INVALID `invalid-field` for what is
    missing, what there is not, or is so already, and for an address without the post, `text-too-long`, CONFLICT
    `wrong-state`, NOT_FOUND, STALE.
    """
    who = written("asked_by", command.asked_by)
    address = written("address", command.address)
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.DELIVERY_CHANGE)
    refuse_if(InTheWay(unit, row).of_delivery_change())
    procedure = unit.place.procedure_of(row)
    before = unit.form(row)
    _refuse_unknown(command, who, address, has_account=bool(row.applicant_id))
    way = Delivery(command.delivery)
    changes = {procedure.handover.asked: way.value, address_at(procedure): address or None}
    form = asked(procedure, merge(before, _patch(changes)))
    known = asked(procedure, before)
    way_before = asked_for(procedure, known, has_account=True)
    if way_before is way and address_for_post(procedure, known) == address_for_post(procedure, form):
        text = "Hồ sơ đã ghi đúng cách nhận này."
        raise faulty("delivery", text)
    unit.seal_form(row, form)
    asker = _asker(who, command.asked_how, applicants={row.applicant_name, filer_name(form)})
    reason = f"{_change(way_before or Delivery.OFFICE, way)} {asker}"
    perform(unit, row, acts.DELIVERY_CHANGE, reason=reason, told={"delivery": way.value})
    return row


def _change(before: Delivery, now: Delivery) -> str:
    where = " Địa chỉ đang ghi: xem mục “Nhận kết quả” của hồ sơ." if now is Delivery.POST else ""
    if before is now:
        return f"{WAYS[now]}: đổi địa chỉ nhận thư.{where}" if now is Delivery.POST else f"{WAYS[now]}."
    return f"Từ {WAYS[before].lower()} sang {WAYS[now].lower()}.{where}"


def _asker(who: str, how: str, *, applicants: Collection[str]) -> str:
    """Who asked; if it is not the applicant by name, what to do about it. Applicant and office read it."""
    if folded(who) in {folded(name) for name in applicants}:
        return f"Người xin đổi: {who}, {HOW[how]}."
    return f"Có người xin đổi cách nhận: {who}, {HOW[how]}. Không nhờ người này thì xin báo phường ngay."


def _refuse_unknown(command: ChangeDelivery, who: str, address: str, *, has_account: bool) -> None:
    faults = []
    if command.delivery not in set(Delivery):
        faults.append(("delivery", "Cách trả kết quả chỉ có: tại phường, qua bưu chính, bản điện tử."))
    elif command.delivery == Delivery.ELECTRONIC and not has_account:
        faults.append(("delivery", NO_ACCOUNT))
    if command.delivery == Delivery.POST and not address:
        faults.append(("address", "Xin ghi địa chỉ để phường gửi kết quả đến."))
    if not who:
        faults.append(("asked_by", "Xin ghi họ tên người xin đổi."))
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
