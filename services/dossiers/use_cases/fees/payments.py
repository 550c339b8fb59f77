"""Payments: recorded at the counter, or made online and reported by the provider; the day's reconciliation.

Money is settled once, whoever reports it first: a transaction is noted once, and the dossier is locked meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import structlog

from services.chassis.clock import VIETNAM, today_in_vietnam
from services.chassis.database import audit
from services.chassis.database.connection import UNREACHABLE
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid
from services.chassis.service import acting_as_service
from services.dossiers import storage
from services.dossiers.adapters.payment_provider import Provider, ProviderFault
from services.dossiers.domain import acts
from services.dossiers.domain.fees import EXEMPTION_ARTICLE, EXEMPTIONS, Assessment, exempted, in_dong
from services.dossiers.domain.payments import Payment, is_genuine, told
from services.dossiers.domain.states import Status
from services.dossiers.tables import DossierRow, FeeRow, PaymentRow
from services.dossiers.use_cases.accepted_version import accept_now
from services.dossiers.use_cases.fees.assessment import lines_of
from services.dossiers.use_cases.perform import leads_to, perform, promise
from services.dossiers.use_cases.unit import Unit, Workplace, desk_dossier, own_dossier, written

log = structlog.get_logger()
RECONCILES_AT = time(1)  # in Việt Nam: the day before is over, and nobody works
RETRY_SECONDS = 600


@dataclass(frozen=True, slots=True)
class StartPayment:
    dossier_id: str
    expected_version: int = 0


@dataclass(frozen=True, slots=True)
class NotePayment:
    body: bytes
    timestamp: str
    signature: str


@dataclass(frozen=True, slots=True)
class RecordPayment:
    dossier_id: str
    receipt: str
    exemption: str
    reason: str
    article: str
    expected_version: int


def record(unit: Unit, command: RecordPayment) -> DossierRow:
    """Records a payment at the counter, with the number of its receipt, or an exemption that was proven there.

    An exemption frees from the fees of registration; what is left, such as copies, is paid at the same time.
    Refusals: INVALID `missing-field`, `not-exempt`, CONFLICT `wrong-state`, NOT_FOUND, STALE.
    """
    receipt = written("receipt", command.receipt)
    reason, article = written("reason", command.reason), written("article", command.article)
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.PAYMENT)
    fee = storage.fees(unit.session, row.id)[-1]
    if command.exemption:
        owed = _proven(fee, command.exemption, reason, article)
        fee.lines, fee.total, fee.exemption = [asdict(line) for line in owed.lines], owed.total, owed.exemption
    if fee.total and not receipt:
        text = f"Còn phải thu {in_dong(fee.total)}. Xin ghi số biên lai đã giao cho người nộp."
        raise invalid("missing-field", text, FieldFault("receipt", text))
    if fee.total:
        settle(unit, row, fee, "counter", receipt, by=unit.caller.name, reason=reason, article=article)
    else:
        settle(unit, row, fee, "exempt", "", by=unit.caller.name, reason=reason, article=article)
    return row


def _proven(fee: FeeRow, exemption: str, reason: str, article: str) -> Assessment:
    faults = []
    if not reason:
        faults.append(FieldFault("reason", "Xin ghi giấy tờ chứng minh được miễn: tên giấy, số, ngày, nơi cấp."))
    if not article:
        faults.append(FieldFault("article", f"Xin ghi điều, khoản làm căn cứ, ví dụ {EXEMPTION_ARTICLE}."))
    if faults:
        raise invalid("missing-field", "Miễn lệ phí cần có lý do và căn cứ.", *faults)
    owed = exempted(lines_of(fee), exemption)
    if not owed.exemption:
        raise _not_exempt()
    return owed


def _not_exempt() -> Refusal:
    kinds = ", ".join(EXEMPTIONS.values())
    text = f"Diện này không miễn được khoản nào ở đây. Lệ phí đăng ký miễn cho {kinds}; phí bản sao không miễn."
    return invalid("not-exempt", text, FieldFault("exemption", text))


def settle(
    unit: Unit,
    row: DossierRow,
    fee: FeeRow,
    method: str,
    receipt: str,
    *,
    by: str = "",
    at: datetime | None = None,
    reason: str = "",
    article: str = "",
) -> None:
    """Settles the fee of a locked dossier: the clock resumes, or begins (NĐ 87/2020 Đ12).

    A dossier that waited for acceptance is accepted now, when the appointment is sent, even if the money came earlier
    (`at`).
    """
    leads_to(unit, row, acts.PAYMENT)
    fee.settled_at, fee.method, fee.receipt, fee.settled_by = at or unit.now, method, receipt or None, by or None
    if row.accepted_at is None:
        accept_now(unit, row)
    promise(unit, row)
    perform(unit, row, acts.PAYMENT, reason=reason, article=article)


def start(place: Workplace, command: StartPayment) -> str:
    """The address of the provider's page for the fee that the caller's dossier waits for; asking again returns the same
    order.

    The provider is asked first whether the fee is paid already, in case its callback was lost or is still on its way.
    If it is paid, the payment is noted and settled, and there is no address, so that nobody pays twice. In the practice
    ward no money moves: the fee is settled at once, so there is no address either.

    Refusals: CONFLICT `wrong-state`, `no-online-payment`, `payment-mismatch` if another sum was paid, UNAVAILABLE
    `payment-provider-unavailable`, NOT_FOUND, STALE.
    """
    with place.unit() as unit:
        row = own_dossier(unit, command.dossier_id, expected_version=command.expected_version)
        leads_to(unit, row, acts.PAYMENT)
        fee = storage.fees(unit.session, row.id)[-1]
        provider = place.providers.get(unit.ward)
        if provider is None:
            raise conflict(
                "no-online-payment",
                "Phường chưa thu qua mạng. Xin chuyển khoản theo mã QR, hoặc nộp tại Bộ phận Một cửa của phường.",
            )
        audit.record(unit.session, "start-payment", f"dossier:{row.id}", row.applicant_id)
    base = place.settings.public_base_url.rstrip("/")
    return_url = f"{base}/ho-so/{unit.cell.ward.slug}/{row.id}/nop-phi"
    try:
        order = provider.open_order(fee.reference, fee.total, return_url)
    except ProviderFault as fault:
        log.warning("payment-provider-away", ward=unit.ward, error=str(fault))
        raise Refusal(
            Kind.UNAVAILABLE,
            "payment-provider-unavailable",
            "Cổng thanh toán tạm thời chưa trả lời. Xin thử lại sau ít phút, hoặc chuyển khoản, hoặc nộp tại phường.",
            retry_after=30,
        ) from fault
    if unit.cell.ward.is_practice:
        payment = Payment(f"TAPTHU{fee.reference}", fee.reference, fee.total, unit.now)
        take(place, unit.ward, payment, "callback")
        return ""
    if order.payment is None:
        return order.url
    _refuse_mismatch(take(place, unit.ward, order.payment, "order"))
    return ""


def note(place: Workplace, command: NotePayment) -> Noted:
    """Accepts the provider's report of a payment if its signature is valid (HMAC-SHA256, five minutes).

    Refusals: UNAUTHENTICATED `wrong-signature`, INVALID `unreadable-payment`, CONFLICT `payment-mismatch` if the amount
    is not the sum owed. The report stays on record all the same.
    """
    ward = place.ward
    key = place.settings.for_ward("payment_key", ward)
    if not is_genuine(key, command.timestamp, command.signature, command.body, place.clock.now()):
        log.warning("payment-not-genuine", ward=ward)
        raise Refusal(
            Kind.UNAUTHENTICATED, "wrong-signature", "Chữ ký của thông báo không đúng, hoặc thông báo đã quá cũ."
        )
    try:
        payment = told(command.body, place.settings.for_ward("payment_merchant", ward))
    except ValueError as fault:
        log.warning("payment-unreadable", ward=ward)
        raise invalid("unreadable-payment", "Thông báo không nói về một khoản thu của phường này.") from fault
    noted = take(place, ward, payment, "callback")
    _refuse_mismatch(noted)
    return noted


def _refuse_mismatch(noted: Noted) -> None:
    if noted.outcome == Outcome.MISMATCH:
        raise conflict("payment-mismatch", "Số tiền không đúng số phải nộp. Phường sẽ đối chiếu với người nộp.")


class Outcome(StrEnum):
    """The outcome of a payment."""

    SETTLED = "settled"
    LATE = "late"  # to be paid back
    MISMATCH = "mismatch"  # another sum than is owed
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Noted:
    """A payment and its `Outcome`; `is_new` if nobody had reported it yet."""

    payment: Payment
    outcome: str
    is_new: bool


def take(place: Workplace, ward: str, payment: Payment, told_by: str) -> Noted:
    """Notes a payment once and settles its fee, in one transaction, under the service's own name."""
    with acting_as_service("NotePayment", place.cells[ward], uuid4().hex), place.unit() as unit:
        return _take(unit, payment, told_by)


def _take(unit: Unit, payment: Payment, told_by: str) -> Noted:
    dossier_id = storage.dossier_owing(unit.session, payment.reference)
    owing = None if dossier_id is None else _locked(unit, dossier_id, payment.reference)
    known = storage.payment(unit.session, payment.transaction)
    if known is None:
        outcome = _outcome(payment, owing).value
        row = PaymentRow(
            transaction=payment.transaction,
            reference=payment.reference,
            amount=payment.amount,
            paid_at=payment.paid_at,
            noted_at=unit.now,
            told_by=told_by,
            outcome=outcome,
        )
        if storage.note_payment(unit.session, row):
            if owing is not None and outcome == Outcome.SETTLED:
                dossier, fee = owing
                came = min(max(payment.paid_at, fee.asked_at), unit.now)
                settle(unit, dossier, fee, "provider", payment.transaction, at=came)
            else:
                log.warning("payment-unmatched", ward=unit.ward, outcome=outcome, transaction=payment.transaction)
            return Noted(payment, outcome, is_new=True)
        known = storage.payment(unit.session, payment.transaction)
    assert known is not None
    return Noted(payment, known.outcome, is_new=False)


def _locked(unit: Unit, dossier_id: UUID, reference: str) -> tuple[DossierRow, FeeRow]:
    """Locks the dossier until the transaction ends, and then reads its fee."""
    row = storage.dossier(unit.session, dossier_id, locked=True)
    assert row is not None
    return row, storage.fee(unit.session, reference)


def _outcome(payment: Payment, owing: tuple[DossierRow, FeeRow] | None) -> Outcome:
    if owing is None:
        return Outcome.UNKNOWN
    row, fee = owing
    if fee.settled_at is not None or row.status != Status.PAYMENT_ASKED:
        return Outcome.LATE
    return Outcome.SETTLED if payment.amount == fee.total else Outcome.MISMATCH


def reconcile(place: Workplace, ward: str, day: date) -> Sequence[Noted]:
    """Goes through all payments of the provider on a day in Việt Nam and settles those that no callback reported.

    A payment that fails does not stop the others: it is logged, and the next round tries again. Raises ProviderFault,
    and LookupError if the ward has no provider.
    """
    noted, _ = _reconcile(place, ward, day)
    return noted


def _reconcile(place: Workplace, ward: str, day: date) -> tuple[list[Noted], bool]:
    """What was noted, and whether nothing failed."""
    provider: Provider = place.providers[ward]
    noted, whole = [], True
    for payment in provider.report(day):
        try:
            noted.append(take(place, ward, payment, "report"))
        except UNREACHABLE:
            raise
        except Exception:  # this payment's fault or ours: the others must not wait for it, and the day is tried again
            log.exception("reconciliation-broke", ward=ward, transaction=payment.transaction)
            whole = False
    log.info("reconciled", ward=ward, day=day.isoformat(), payments=len(noted), new=sum(one.is_new for one in noted))
    return noted, whole


def reconcile_daily(place: Workplace, ward: str) -> Callable[[threading.Event], None]:
    """The ward's loop: yesterday and today at the start, then each night all days since the last round that went well.

    Other processes of the ward do the same: a payment is noted once.
    """

    def run(stopped: threading.Event) -> None:
        since = today_in_vietnam(place.clock) - timedelta(days=1)
        while not stopped.is_set():
            today = today_in_vietnam(place.clock)
            try:
                days = [since + timedelta(days=ahead) for ahead in range((today - since).days + 1)]
                broken = [day for day in days if not _reconcile(place, ward, day)[1]]
                since = broken[0] if broken else today
                seconds = _seconds_to_next_round(place.clock.now())
            except (*UNREACHABLE, ProviderFault) as fault:
                log.warning("reconciliation-waits", ward=ward, error=type(fault).__name__)
                seconds = RETRY_SECONDS
            stopped.wait(seconds)

    return run


def _seconds_to_next_round(now: datetime) -> float:
    here = now.astimezone(VIETNAM)
    following = datetime.combine(here.date() + timedelta(days=1), RECONCILES_AT, VIETNAM)
    return (following - here).total_seconds()
