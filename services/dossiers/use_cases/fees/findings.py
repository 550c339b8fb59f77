"""What the office reads about a dossier's fees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.dossiers import storage
from services.dossiers.domain.fees import EXEMPTION_ARTICLE, EXEMPTIONS, in_dong
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.states import Status
from services.dossiers.tables import DossierRow, FeeRow
from services.dossiers.use_cases.fees.assessment import assessed, copies_with_registration
from services.dossiers.use_cases.fees.payments import Outcome
from services.dossiers.use_cases.unit import Unit


def fee_findings(unit: Unit, row: DossierRow, fees: Sequence[FeeRow]) -> list[Finding]:
    """The findings for the office: the fees that acceptance will ask for, claims that need a look, payments that match
    no fee.
    """
    found = _before_acceptance(unit, row) if row.status == Status.NEW else []
    if row.status in (Status.ACCEPTED, Status.IN_PROGRESS, Status.DONE) and (
        copies := copies_with_registration(unit, row, fees)
    ):
        then = "Xin in và giao cùng kết quả." if row.status == Status.DONE else "Ký xong thì vào sổ cấp bản sao."
        text = f"Đã xin {copies} bản sao cùng lúc đăng ký. {then}"
        found.append(Finding("/copies/count", "copies-with-registration", FindingKind.INFORMS, text, "TT 04/2020 Đ23"))
    for payment in storage.payments(unit.session, [fee.reference for fee in fees]) if fees else ():
        if payment.outcome == Outcome.SETTLED:
            continue
        what = f"Cổng thanh toán đã thu {in_dong(payment.amount)} (giao dịch {payment.transaction})"
        ends: Mapping[str, str] = {
            Outcome.LATE: "khi khoản này đã xong hoặc hồ sơ đã kết thúc; xin hoàn lại cho người nộp.",
            Outcome.MISMATCH: "khác số phải nộp nên chưa tính là đã nộp; xin đối chiếu, ghi thu hoặc hoàn lại.",
        }
        found.append(Finding("", f"payment-{payment.outcome}", FindingKind.WARNS, f"{what}, {ends[payment.outcome]}"))
    return found


def _before_acceptance(unit: Unit, row: DossierRow) -> list[Finding]:
    owed = assessed(unit, row)
    found = []
    if owed.total:
        text = f"Tiếp nhận hồ sơ này thì người nộp phải nộp {in_dong(owed.total)} trước khi thời hạn được tính."
        found.append(Finding("", "fee", FindingKind.INFORMS, text, "NĐ 87/2020 Đ12"))
    if owed.exemption:
        text = f"Người nộp khai là {EXEMPTIONS[owed.exemption]} để được miễn lệ phí. Xin xem giấy chứng minh."
        found.append(Finding("/exemption/kind", "fee-exemption", FindingKind.ASKS_OFFICER, text, EXEMPTION_ARTICLE))
    guessed = [line for line in owed.lines if line.amount and not line.verified]
    found += [
        Finding(
            "", "fee-unverified", FindingKind.WARNS, f"{line.text}: mức {in_dong(line.price)} chưa được kiểm chứng."
        )
        for line in guessed
    ]
    return found
