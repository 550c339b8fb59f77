"""The acts on a dossier, one record each: who may do it, where it leads, its texts, and its consequences.

To add an act, add its record here, its RPC and event to the contract, and its use case (docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from services.chassis.refusal import Refusal, conflict
from services.dossiers.domain.states import FINAL, STATUS_TEXT, Status


class Party(StrEnum):
    """Who is dealing with a dossier, as people read it on the control sheet and in the history."""

    APPLICANT = "Người nộp hồ sơ"
    DESK = "Bộ phận Một cửa"
    OFFICER = "Công chức tư pháp – hộ tịch"
    SIGNER = "Lãnh đạo Ủy ban nhân dân phường"
    ASKED = "Nơi được hỏi hoặc niêm yết"
    SYSTEM = "Hệ thống"


class Clock(Enum):
    """What an act does to the legal clock, in addition to the effect of the new status."""

    RUNS = "runs"
    STOPS = "stops"  # the citizen is waited for
    RESUMES = "resumes"  # unless another wait goes on


class Prepared(Enum):
    """What an act does to the entry that the officer has prepared for the signer."""

    STAYS = "stays"
    RETURNS = "returns"  # nobody waits for the signer any more; the officer finds the entry and prepares it again
    GOES = "goes"  # it has to be prepared from the beginning


_DESK = frozenset({Party.DESK, Party.OFFICER})
_LEADS_BACK = None  # to where the dossier stood when the wait began


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Act:
    """What somebody, or the clock, does to a dossier."""

    name: str  # in the API's paths, the history's rows and the audit
    label: str  # what the office calls it
    leads: Mapping[Status, Status | None]  # status before → after; None leads back to the status before the wait
    by: frozenset[Party]  # who may do it
    event: str  # its message in caunoi.dossiers.v1 events.proto
    told: str = ""  # what the history tells the citizen; empty if the citizen is not told
    told_inside: str = ""  # what it tells the office, if the citizen is not told
    told_when_new: str = ""  # instead, before the dossier is accepted
    rpc: str = ""  # the office's RPC, whose caller has to be one of `by`
    clock: Clock = Clock.RUNS
    holder: Party | None = None  # who deals with the dossier afterwards; None if that does not change
    giver: Party | None = None  # who dealt with it before; None for the person who acted
    paper: str = ""  # the kind of paper that it makes available
    sheet_note: str = ""  # beside it on the control sheet
    reason_is_told: bool = False  # the applicant can read its reason until something else happens
    reason_is_ours: bool = False  # its reason is a set phrase that names nobody: anybody with the code may read it
    prepared: Prepared = Prepared.STAYS
    on_proposal: bool = False  # only while an entry that the officer prepared waits for the signer
    on_stop_proposal: bool = False  # only while a rejection that the officer prepared waits; both: while either does
    keeps_stop_proposal: bool = False  # the signer is still waited for with a rejection
    reason_is_internal: bool = False  # nobody outside the office reads its reason
    answers: bool = False  # what the office has waited for has come
    is_aside: bool = False  # leaves what has come as unseen as it was

    def text(self, status: Status, *, inside: bool = False) -> str:
        """The history's text for this act, which left the dossier in `status`: for the citizen or, with `inside`, for
        the office.

        Empty if the citizen is not told.
        """
        told = (self.told_when_new if status is Status.NEW else "") or self.told
        return told or (self.told_inside if inside else "")

    @property
    def of_applicant(self) -> bool:
        """Whether it is an act of the applicant. The desk does it for people who came in or wrote."""
        return Party.APPLICANT in self.by

    def __str__(self) -> str:
        return self.name


def _stays(*statuses: Status) -> dict[Status, Status | None]:
    return {status: status for status in statuses}


def _from(*statuses: Status, to: Status) -> dict[Status, Status | None]:
    return dict.fromkeys(statuses, to)


SUBMISSION = Act(
    name="submission",
    label="nộp hồ sơ",
    leads={Status.DRAFT: Status.NEW},
    by=frozenset({Party.APPLICANT}),
    event="DossierSubmitted",
    told="Ông/bà đã nộp hồ sơ.",
    giver=Party.APPLICANT,
    holder=Party.DESK,
)
ACCEPTANCE = Act(
    name="acceptance",
    label="tiếp nhận",
    leads={Status.NEW: Status.ACCEPTED},
    by=_DESK,
    rpc="AcceptDossier",
    event="DossierAccepted",
    told="Phường đã tiếp nhận hồ sơ và hẹn ngày giờ trả kết quả.",
    giver=Party.DESK,
    holder=Party.OFFICER,
    paper="receipt",
)
REFUSAL = Act(
    name="refusal",
    label="không tiếp nhận",
    leads={Status.NEW: Status.REFUSED},
    by=_DESK,
    rpc="RefuseDossier",
    event="DossierRefused",
    told="Phường không tiếp nhận hồ sơ, có ghi lý do.",
    giver=Party.DESK,
    holder=Party.APPLICANT,
    paper="refusal",
    sheet_note="Không tiếp nhận",
    reason_is_told=True,
)
SUPPLEMENT_REQUEST = Act(
    name="supplement-request",
    label="yêu cầu bổ sung",
    leads=_from(Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS, to=Status.SUPPLEMENT_ASKED),
    by=_DESK,
    rpc="RequestSupplement",
    event="DossierSupplementRequested",
    prepared=Prepared.GOES,
    told="Phường đề nghị bổ sung. Từ lúc này thời hạn tạm ngừng tính.",
    clock=Clock.STOPS,
    holder=Party.APPLICANT,
    paper="supplement-request",
    sheet_note="Yêu cầu bổ sung",
    reason_is_told=True,
)
SUPPLEMENT = Act(
    name="supplement",
    label="nộp bổ sung",
    leads={Status.SUPPLEMENT_ASKED: _LEADS_BACK},
    by=frozenset({Party.APPLICANT}),
    event="DossierSupplemented",
    told="Ông/bà đã nộp bổ sung. Thời hạn được tính tiếp.",
    clock=Clock.RESUMES,
    giver=Party.APPLICANT,
    holder=Party.DESK,
    answers=True,
)
FEE_REQUEST = Act(
    name="fee-request",
    label="yêu cầu nộp phí, lệ phí",
    leads=_from(Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS, to=Status.PAYMENT_ASKED),
    by=_DESK,
    rpc="RequestFee",
    event="DossierFeeRequested",
    told="Phường báo số tiền phí, lệ phí phải nộp. Từ lúc này thời hạn tạm ngừng tính.",
    clock=Clock.STOPS,
    holder=Party.APPLICANT,
    paper="payment-slip",
    sheet_note="Báo phí, lệ phí",
    reason_is_told=True,
)
PAYMENT = Act(
    name="payment",
    label="nộp phí, lệ phí",
    leads={Status.PAYMENT_ASKED: _LEADS_BACK},
    by=_DESK | {Party.APPLICANT},
    rpc="RecordPayment",
    event="DossierPaid",
    told="Đã nộp phí, lệ phí. Thời hạn được tính từ lúc này hoặc tính tiếp.",
    clock=Clock.RESUMES,
    giver=Party.APPLICANT,
    holder=Party.DESK,
    is_aside=True,  # money has come, and nothing to read
)
ASSIGNMENT = Act(
    name="assignment",
    label="nhận xử lý hoặc chuyển người xử lý",
    leads=_stays(Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED),
    by=_DESK | {Party.SIGNER},
    rpc="AssignDossier",
    event="DossierAssigned",
    told="Hồ sơ được giao cho người xử lý.",
    holder=Party.OFFICER,
    reason_is_internal=True,
    is_aside=True,
    keeps_stop_proposal=True,
)
RELEASE = Act(
    name="release",
    label="ghi chưa có người xử lý",
    leads=ASSIGNMENT.leads,
    by=frozenset({Party.SYSTEM}),
    event="DossierReleased",
    told_inside="Hồ sơ chưa có người xử lý.",
    reason_is_internal=True,
    is_aside=True,
    keeps_stop_proposal=True,
)
VERIFICATION_REQUEST = Act(
    name="verification-request",
    label="gửi xác minh",
    leads=_from(Status.ACCEPTED, Status.IN_PROGRESS, to=Status.IN_PROGRESS),
    by=frozenset({Party.OFFICER}),
    rpc="RequestVerification",
    event="DossierVerificationRequested",
    prepared=Prepared.GOES,
    told="Phường gửi xác minh trước khi giải quyết.",
    giver=Party.OFFICER,
    holder=Party.ASKED,
    sheet_note="Xác minh",
    reason_is_told=True,
    reason_is_ours=True,
)
VERIFICATION_REPLY = Act(
    name="verification-reply",
    label="ghi kết quả xác minh",
    leads=_stays(Status.IN_PROGRESS, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED),
    by=frozenset({Party.OFFICER}),
    rpc="RecordVerificationReply",
    event="DossierVerificationAnswered",
    told="Việc xác minh đã có kết quả hoặc đã hết thời hạn chờ. Hồ sơ được giải quyết tiếp.",
    giver=Party.ASKED,
    holder=Party.OFFICER,
    answers=True,
)
EXTENSION = Act(
    name="extension",
    label="xin lỗi và hẹn lại",
    leads=_stays(Status.ACCEPTED, Status.IN_PROGRESS),
    by=frozenset({Party.OFFICER, Party.SIGNER}),
    rpc="ExtendDossier",
    event="DossierExtended",
    told="Phường xin lỗi vì chưa kịp trả kết quả và hẹn lại ngày giờ, có ghi lý do.",
    paper="apology",
    reason_is_told=True,
    keeps_stop_proposal=True,
)
REMINDER = Act(
    name="reminder",
    label="nhắc sắp đến hạn",
    leads=_stays(Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS),
    by=frozenset({Party.SYSTEM}),
    event="DossierReminded",
    told="Hồ sơ sắp đến hạn trả kết quả.",
    # Before acceptance, the clock of a dossier runs for the desk's decision, not for the result (NĐ 87/2020 Đ12).
    told_when_new="Sắp hết thời gian phường kiểm tra và trả lời về việc tiếp nhận hồ sơ.",
    is_aside=True,
    keeps_stop_proposal=True,
)
OVERDUE = Act(
    name="overdue",
    label="ghi quá hạn",
    leads=_stays(Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS),
    by=frozenset({Party.SYSTEM}),
    event="DossierMarkedOverdue",
    told="Hồ sơ đã quá hạn trả kết quả. Phường xin lỗi ông/bà.",
    told_when_new="Đã hết thời gian phường phải trả lời về việc tiếp nhận hồ sơ. Phường xin lỗi ông/bà.",
    is_aside=True,
    keeps_stop_proposal=True,
)
APPROVAL = Act(
    name="approval",
    label="trình ký",
    leads=_from(Status.ACCEPTED, Status.IN_PROGRESS, to=Status.IN_PROGRESS),
    by=frozenset({Party.OFFICER}),
    rpc="ApproveDossier",
    event="DossierApproved",
    told="Công chức tư pháp – hộ tịch đã kiểm tra xong và trình lãnh đạo ký.",
    giver=Party.OFFICER,
    holder=Party.SIGNER,
)
SIGNATURE = Act(
    name="signature",
    label="ký và vào sổ",
    leads={Status.IN_PROGRESS: Status.DONE},
    by=frozenset({Party.SIGNER}),
    rpc="SignDossier",
    event="DossierSigned",
    on_proposal=True,
    told="Lãnh đạo Ủy ban nhân dân phường đã ký. Việc đã được ghi vào sổ hộ tịch.",
    giver=Party.SIGNER,
    holder=Party.DESK,
    reason_is_internal=True,
)
RETURN = Act(
    name="return",
    label="trả lại cho công chức",
    leads=_stays(
        *(Status.ACCEPTED, Status.IN_PROGRESS, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED, Status.DONE),
    ),
    by=frozenset({Party.SIGNER}),
    rpc="ReturnDossier",
    event="DossierReturned",
    prepared=Prepared.RETURNS,
    told_inside="Lãnh đạo phường đã trả lại hồ sơ cho công chức xem lại.",
    on_proposal=True,
    on_stop_proposal=True,
    giver=Party.SIGNER,
    holder=Party.OFFICER,
    reason_is_internal=True,
)
DELIVERY_CHANGE = Act(
    name="delivery-change",
    label="ghi cách nhận kết quả khác",
    leads=_stays(
        *(Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED, Status.DONE),
    ),
    by=_DESK,
    rpc="ChangeDelivery",
    event="DossierDeliveryChanged",
    told="Phường đã ghi cách nhận kết quả khác.",
    is_aside=True,
    keeps_stop_proposal=True,
)
RESULT_ANNULMENT = Act(
    name="result-annulment",
    label="ghi mục trong sổ đã bị hủy",
    leads=_stays(Status.DONE),
    by=frozenset({Party.SYSTEM}),
    event="DossierResultAnnulled",
    told="Mục trong sổ hộ tịch đã bị hủy, nên không còn giấy tờ để trả.",
    is_aside=True,
    keeps_stop_proposal=True,
    giver=Party.DESK,
    holder=Party.OFFICER,
)
RESULT_RESTORATION = Act(
    name="result-restoration",
    label="ghi việc hủy mục trong sổ không còn giá trị",
    leads=_from(Status.DONE, Status.STOPPED, to=Status.DONE),
    by=frozenset({Party.SYSTEM}),
    event="DossierResultRestored",
    told="Việc hủy mục trong sổ hộ tịch không còn giá trị. Giấy tờ lại trả được.",
    is_aside=True,
    giver=Party.OFFICER,
    holder=Party.DESK,
)
HANDOVER = Act(
    name="handover",
    label="trả kết quả",
    leads={Status.DONE: Status.HANDED_OVER},
    by=_DESK,
    rpc="HandOverDossier",
    event="DossierHandedOver",
    told="Phường đã trả kết quả.",
    giver=Party.DESK,
    holder=Party.APPLICANT,
)
WITHDRAWAL = Act(
    name="withdrawal",
    label="rút hồ sơ",
    leads=_from(
        *(Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED),
        to=Status.WITHDRAWN,
    ),
    by=frozenset({Party.APPLICANT}),
    event="DossierWithdrawn",
    told="Ông/bà đã rút hồ sơ.",
    giver=Party.DESK,
    holder=Party.APPLICANT,
    sheet_note="Rút hồ sơ",
)
STOP_PROPOSAL = Act(
    name="stop-proposal",
    label="trình từ chối giải quyết",
    leads=_stays(
        *(Status.ACCEPTED, Status.IN_PROGRESS, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED, Status.DONE),
    ),
    by=frozenset({Party.OFFICER}),
    rpc="ProposeStop",
    event="DossierStopProposed",
    prepared=Prepared.GOES,
    told_inside="Công chức tư pháp – hộ tịch đã trình lãnh đạo từ chối giải quyết hồ sơ.",
    keeps_stop_proposal=True,
    giver=Party.OFFICER,
    holder=Party.SIGNER,
    sheet_note="Trình từ chối giải quyết",
    reason_is_internal=True,
)
STOP = Act(
    name="stop",
    label="từ chối giải quyết, dừng xử lý",
    leads=_from(
        *(Status.ACCEPTED, Status.IN_PROGRESS, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED, Status.DONE),
        to=Status.STOPPED,
    ),
    by=frozenset({Party.SIGNER}),
    rpc="StopDossier",
    event="DossierStopped",
    told="Lãnh đạo Ủy ban nhân dân phường từ chối giải quyết và dừng xử lý hồ sơ, có ghi lý do.",
    on_stop_proposal=True,
    giver=Party.SIGNER,
    holder=Party.APPLICANT,
    paper="stop-notice",
    sheet_note="Dừng xử lý",
    reason_is_told=True,
)

#: By name, in the order of a dossier's life.
ACTS: Mapping[str, Act] = {act.name: act for act in tuple(globals().values()) if isinstance(act, Act)}


def act_named(name: str) -> Act:
    """The act of a line of the history.

    In a rolling update or before a rollback, a newer version may have written an act that this one does not know. Then
    the office reads the act's name, and the citizen nothing.
    """
    known = ACTS.get(name)
    if known is not None:
        return known
    nobody: frozenset[Party] = frozenset()
    return Act(name=name, label=name, leads={}, by=nobody, event="", told_inside=name, reason_is_internal=True)


def acts_in(status: Status) -> list[Act]:
    """The acts that this status allows, no matter who may do them, in the order of a dossier's life."""
    return [act for act in ACTS.values() if status in act.leads]


def next_status(status: Status, act: Act, before_pause: Status | None = None) -> Status:
    """Where the act leads; `before_pause` is where the dossier stood when a supplement or payment was asked for.

    Refusal CONFLICT `wrong-state` if the act is not possible now.
    """
    if status not in act.leads:
        raise wrong_state(status, act.label)
    after = act.leads[status]
    if after is not None:
        return after
    if before_pause is None:
        raise ValueError("what ends a wait needs the status in which it began")
    if act is PAYMENT:  # a dossier is accepted when it is paid for (NĐ 87/2020 Đ12)
        return Status.ACCEPTED if before_pause is Status.NEW else before_pause
    return Status.NEW if before_pause is Status.NEW else Status.IN_PROGRESS


def wrong_state(status: Status, tried: str, possible: Sequence[Act] = ()) -> Refusal:
    """The refusal of an act (`tried`) that the status does not allow; it says what the caller may do instead."""
    if possible:
        rest = f"Lúc này ông/bà có thể: {', '.join(each.label for each in possible)}."
    elif status in FINAL:
        rest = "Hồ sơ đã kết thúc, không thao tác được nữa."
    else:
        rest = "Lúc này ông/bà chưa phải làm gì."
    return conflict("wrong-state", f"Hồ sơ đang ở trạng thái “{STATUS_TEXT[status]}” nên không thể {tried}. {rest}")
