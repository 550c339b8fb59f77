"""A dossier's time as it is shown: new appointment, verifications, verdict, and the office's findings about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.chassis.clock import VIETNAM, day_in_vietnam
from services.dossiers import storage
from services.dossiers.domain.deadlines import last_day
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.states import Status
from services.dossiers.domain.verdict import Verdict, verdict
from services.dossiers.domain.verification import Answer, Kind, State, state_of
from services.dossiers.tables import DossierRow, ExtensionRow, SupplementRow, VerificationRow
from services.dossiers.use_cases.opened import answer_of, day_answered
from services.dossiers.use_cases.unit import Unit, Workplace


def draft_kept_until(unit: Unit, row: DossierRow) -> str:
    """ISO date of the last day of an untouched draft; empty if the dossier is no draft."""
    if row.status != Status.DRAFT:
        return ""
    return (day_in_vietnam(row.updated_at) + timedelta(days=unit.place.settings.drafts_kept_days)).isoformat()


def abandoned_before(place: Workplace, now: datetime) -> datetime:
    """Drafts last touched before this moment are deleted (`draft_kept_until`)."""
    return datetime.combine(day_in_vietnam(now) - timedelta(days=place.settings.drafts_kept_days), time(), VIETNAM)


@dataclass(frozen=True, slots=True)
class TimeKept:
    """All that affects a dossier's time; empty before acceptance."""

    extension: ExtensionRow | None = None
    verifications: Sequence[VerificationRow] = ()

    @property
    def verifying_until(self) -> str:
        """ISO date of the last day of the longest wait; empty without a wait."""
        ends = [each.times_out_at for each in self.verifications if each.ended_at is None and each.times_out_at]
        return last_day(max(ends)).isoformat() if ends else ""


def time_kept(unit: Unit, row: DossierRow) -> TimeKept:
    if row.accepted_at is None:
        return TimeKept()
    return TimeKept(storage.extension(unit.session, row.id), storage.verifications(unit.session, row.id))


def verdict_of(unit: Unit, row: DossierRow, kept: TimeKept, supplements: Sequence[SupplementRow]) -> Verdict:
    """The verdict by QĐ 766/QĐ-TTg. A dossier that was never accepted is judged by the time of the desk's check."""
    reached: dict[Status, datetime] = {}
    if row.finished_at is not None:
        status = Status(row.status)
        reached[Status.DONE if status is Status.HANDED_OVER else status] = row.finished_at
    return verdict(
        row.promised_at or _time_of_the_check(unit, row),
        unit.now,
        reached=reached,
        paused_at=row.paused_at,
        supplement_requests=len(supplements),
        apologised_late=kept.extension is not None and was_late(kept.extension),
    )


def _time_of_the_check(unit: Unit, row: DossierRow) -> datetime | None:
    if row.due_at is not None:
        return row.due_at
    dues = [line.due_at for line in storage.history(unit.session, row.id) if line.due_at is not None]
    return dues[-1] if dues else None


def was_late(extension: ExtensionRow) -> bool:
    """Whether the apology came after the time had run out."""
    return extension.at > extension.due_before


def office_findings(unit: Unit, row: DossierRow, procedure: Procedure, kept: TimeKept) -> list[Finding]:
    """The office's findings about the dossier's time; none once the work is done."""
    if row.status == Status.NEW:
        return _reception_findings(unit, row)
    if row.status not in (Status.ACCEPTED, Status.IN_PROGRESS, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED):
        return []
    found = [finding for each in kept.verifications for finding in _verification_findings(unit, row, each)]
    if (
        procedure.notice
        and procedure.notice_needed(unit.form(row))
        and not any(v.kind == "notice" for v in kept.verifications)
    ):
        text = f"Trẻ bị bỏ rơi: phải niêm yết {procedure.notice.days} ngày liên tục trước khi đăng ký."
        found.append(_asks("notice-needed", text, procedure.notice.article))
    return found + _clock_findings(unit, row, kept)


def _reception_findings(unit: Unit, row: DossierRow) -> list[Finding]:
    """The finding that the decision on acceptance is late or nearly so (the same working day: NĐ 87/2020 Đ12)."""
    if row.due_at is not None and row.due_at < unit.now:
        text = "Đã quá thời gian trả lời về việc tiếp nhận. Xin tiếp nhận, yêu cầu bổ sung hoặc trả lời lý do ngay."
        return [_asks("overdue", text, "NĐ 87/2020 Đ12")]
    if row.reminded_at is not None:
        return [_asks("due-soon", "Sắp hết thời gian trả lời về việc tiếp nhận.", "NĐ 87/2020 Đ12")]
    return []


def _verification_findings(unit: Unit, row: DossierRow, verification: VerificationRow) -> list[Finding]:
    state, kind = state_of(verification.outcome), Kind(verification.kind)
    if state is State.SENT and verification.reply_due_at is not None and verification.reply_due_at < unit.now:
        text = "Quá 3 ngày làm việc nơi được hỏi chưa trả lời. Xin đôn đốc."
        return [_asks("verification-reply-late", text, "NĐ 123/2015 Đ22")]
    if state is State.TIMED_OUT and kind is Kind.NOTICE:
        text = "Đã hết thời gian niêm yết. Xin ghi kết quả: có ai nhận trẻ hay không."
        return [_asks("notice-ended", text, "NĐ 123/2015 Đ14")]
    if state is State.TIMED_OUT:
        text = "Đã hết 20 ngày mà nơi được hỏi chưa trả lời. Xin hướng dẫn người yêu cầu lập văn bản cam đoan."
        if not unit.place.procedure_of(row).commits:
            text = "Nơi được hỏi chưa trả lời. Thủ tục này phải chờ trả lời: xin đôn đốc."
        return [_asks("verification-timed-out", text, "TT 04/2020 Đ4")]
    answered_as = answer_of(unit.cell, verification)
    if answered_as.get("finding") == Answer.CONTRADICTS:
        text = f"Kết quả xác minh trái với lời khai: “{answered_as['text']}”. Không giải quyết theo lời khai."
        return [Finding("", "verification-contradicts", FindingKind.WARNS, text, "NĐ 123/2015 Đ22")]
    if state in (State.REPLIED, State.COMMITMENT) and row.proposed_at is None:
        answered = day_answered(unit.cell, verification)
        when = "hôm nay" if answered == unit.today else f"từ ngày {answered:%d/%m/%Y}"
        text = f"Đã có kết quả xác minh {when}. Khi đủ cơ sở thì giải quyết ngay trong ngày có kết quả."
        return [_asks("verification-answered", text, "NĐ 123/2015 Đ22")]
    return []


def _clock_findings(unit: Unit, row: DossierRow, kept: TimeKept) -> list[Finding]:
    article = "TT 01/2018/TT-VPCP, mẫu 04"
    found = []
    if kept.extension is not None and was_late(kept.extension):
        text = "Phiếu xin lỗi và hẹn lại lập khi đã quá hạn; hồ sơ vẫn tính là trễ hạn."
        found.append(Finding("", "apology-late", FindingKind.WARNS, text, article))
    if row.due_at is None:
        return found
    if row.due_at < unit.now:
        rest = (
            "Mỗi hồ sơ chỉ hẹn lại một lần, xin giải quyết ngay." if kept.extension else "Xin xin lỗi và hẹn lại ngay."
        )
        found.append(_asks("overdue", f"Hồ sơ đã quá hạn. {rest}", article))
    elif row.reminded_at is not None and kept.extension is None:
        text = "Sắp đến hạn. Nếu không kịp, xin lập phiếu xin lỗi và hẹn lại trước khi hết hạn."
        found.append(_asks("due-soon", text, article))
    return found


def _asks(check: str, text: str, article: str) -> Finding:
    return Finding("", check, FindingKind.ASKS_OFFICER, text, article)
