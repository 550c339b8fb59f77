"""Asking for fees: when the dossier is accepted, or later. The wait for the payment is a pause of the clock."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import uuid4

from services.chassis.refusal import FieldFault, invalid
from services.dossiers.domain import acts
from services.dossiers.domain.fees import Assessment, Line, Price, line_of
from services.dossiers.domain.states import Status
from services.dossiers.tables import DossierRow, FeeRow
from services.dossiers.use_cases.in_the_way import InTheWay, refuse_if
from services.dossiers.use_cases.perform import leads_to, perform
from services.dossiers.use_cases.unit import Unit, desk_dossier, written

MOST_OF_ONE = 100  # copies asked for at once
#: A reference is `HT`, the ward's code and letters from these, of which no two are easily confused when typed.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_REFERENCE_LETTERS = 8


def ask_for(unit: Unit, row: DossierRow, owed: Assessment, reason: str = "") -> None:
    """The dossier waits for its payment (status 6). Refusal CONFLICT `wrong-state`."""
    leads_to(unit, row, acts.FEE_REQUEST)
    unit.session.add(_row(unit, row, owed))
    perform(unit, row, acts.FEE_REQUEST, reason=reason)


def note_exempt(unit: Unit, row: DossierRow, owed: Assessment) -> None:
    """Records that fees would have been owed, and that an exemption freed from all of them."""
    if owed.exemption:
        noted = _row(unit, row, owed)
        noted.settled_at, noted.method = unit.now, "exempt"
        unit.session.add(noted)


def _row(unit: Unit, row: DossierRow, owed: Assessment) -> FeeRow:
    return FeeRow(
        id=uuid4(),
        dossier_id=row.id,
        lines=[asdict(line) for line in owed.lines],
        exemption=owed.exemption,
        total=owed.total,
        reference=f"HT{unit.ward}" + "".join(secrets.choice(_ALPHABET) for _ in range(_REFERENCE_LETTERS)),
        asked_at=unit.now,
        settled_at=None,
        method=None,
        receipt=None,
        settled_by=None,
    )


def is_owed(row: DossierRow, asked: FeeRow) -> bool:
    """Whether the dossier waits for it now."""
    return asked.settled_at is None and row.status == Status.PAYMENT_ASKED


@dataclass(frozen=True, slots=True)
class FeeItem:
    item: str
    count: int


@dataclass(frozen=True, slots=True)
class RequestFee:
    dossier_id: str
    items: Sequence[FeeItem]
    reason: str
    expected_version: int


def request(unit: Unit, command: RequestFee) -> DossierRow:
    """Asks for more than was assessed, such as more copies, or a fee whose exemption was not valid; with the reason.

    Refusals: INVALID `unknown-charge`, CONFLICT `wrong-state` (also before acceptance, which assesses the fees).
    """
    reason = written("reason", command.reason, needed="Xin ghi rõ lý do để người dân hiểu.")
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.FEE_REQUEST)
    refuse_if(InTheWay(unit, row).of_fee_request())
    chargeable = unit.place.fees.chargeable(unit.place.procedure_of(row).fee.charges, unit.today)
    ask_for(unit, row, Assessment(tuple(_asked(chargeable, command.items))), reason)
    return row


def _asked(prices: Sequence[Price], items: Sequence[FeeItem]) -> list[Line]:
    known = {price.item: price for price in prices}
    faults = [] if items else [FieldFault("items", "Xin chọn ít nhất một khoản phải nộp.")]
    for place, each in enumerate(items):
        if each.item not in known:
            faults.append(FieldFault(f"items/{place}/item", "Thủ tục này không có khoản thu đó."))
        elif each.item in [other.item for other in items[:place]]:
            faults.append(FieldFault(f"items/{place}/item", "Khoản này đã nêu ở trên."))
        if not 0 < each.count <= MOST_OF_ONE:
            faults.append(FieldFault(f"items/{place}/count", f"Số lượng từ 1 đến {MOST_OF_ONE}."))
    if faults:
        raise invalid("unknown-charge", "Có khoản không thu được ở thủ tục này. Xin xem từng mục.", *faults)
    return [line_of(known[each.item], each.count) for each in items]
