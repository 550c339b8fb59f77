"""The obstacles to an act on a dossier, apart from its status and from what is typed.

An act is offered only if there is no obstacle; its use case raises the obstacle as a refusal. Objections to a
registration from the form, the papers or the book are not among them: the findings of the opened dossier show these,
and the act names each reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from services.chassis.call import forbidden
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, faulty, invalid, not_found
from services.chassis.tokens import Role
from services.dossiers import register_papers, storage
from services.dossiers.access import of_office, roles_of
from services.dossiers.domain import acts, verification
from services.dossiers.domain.acts import Act, acts_in
from services.dossiers.domain.dates import moment_text
from services.dossiers.domain.states import OPEN, STATUS_TEXT, Status
from services.dossiers.domain.verification import MOST_VERIFICATIONS, State, state_of
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.unit import Unit, is_edited_by_caller


def possible_acts(unit: Unit, row: DossierRow) -> list[Act]:
    """The acts that the caller may do now, in the order of a dossier's life."""
    caller, found = unit.caller, InTheWay(unit, row)
    own, at_the_office = is_edited_by_caller(unit, row), of_office(caller, unit.ward)
    return [
        act
        for act in acts_in(Status(row.status))
        if (own and act.of_applicant) or (at_the_office and caller.has(*roles_of(act)))
        if is_proposed(row, act) and (act not in _OF_ACT or _OF_ACT[act](found) is None)
    ]


def refuse_if(found: Refusal | None) -> None:
    """Raises the obstacle, if there is one."""
    if found is not None:
        raise found


class InTheWay:
    """The obstacle to each act on a dossier now; None if there is none.

    The data it needs is read once, and only when needed.
    """

    def __init__(self, unit: Unit, row: DossierRow) -> None:
        self._unit, self._row = unit, row
        self._procedure = unit.place.procedure_of(row)

    @cached_property
    def _verifications(self) -> list[tuple[verification.Kind, State]]:
        found = storage.verifications(self._unit.session, self._row.id)
        return [(verification.Kind(each.kind), state_of(each.outcome)) for each in found]

    @cached_property
    def _is_annulled(self) -> bool:
        """By the notes: an annulment by a version before `annulled_at` is marked only by the next sweep."""
        return register_papers.annulment_of_result(self._unit.session, self._row.id).annulled

    def of_signature(self) -> Refusal | None:
        """One person prepares, another signs; the signer needs a name to sign with."""
        unprepared = not_proposed(self._row, acts.SIGNATURE)
        if unprepared is not None:
            return unprepared
        if self._row.proposed_by_id == self._unit.caller.id:
            return _own("hồ sơ")
        return None if self._unit.caller.name else forbidden("Tài khoản này không có họ tên nên không ký được.")

    def of_stop(self) -> Refusal | None:
        unprepared = not_proposed(self._row, acts.STOP)
        if unprepared is not None:
            return unprepared
        if self._row.stop_proposed_by_id == self._unit.caller.id:
            return _own("từ chối")
        return self._standing_entry("Xin trả lại hồ sơ cho công chức để trả kết quả.")

    def of_stop_proposal(self) -> Refusal | None:
        """A rejection can be proposed once: the person who proposed it may not sign it, and a second proposal would
        change who that is.
        """
        if self._row.stop_proposed_at is not None:
            text = (
                "Hồ sơ này đã trình từ chối, đang chờ lãnh đạo phường. Muốn trình lại với lý do khác, xin lãnh đạo trả "
                "lại hồ sơ trước."
            )
            return conflict("wrong-state", text)
        return self._standing_entry()

    def _standing_entry(self, then: str = "") -> Refusal | None:
        """A registered dossier can be rejected only while its entry is annulled."""
        if self._row.status != Status.DONE or self._is_annulled:
            return None
        text = (
            "Việc đã ký và vào sổ. Chỉ dừng khi mục trong sổ đã có ghi chú hủy: giấy tờ cấp sai do Ủy ban nhân dân "
            "quận thu hồi, hủy bỏ, việc kết hôn do Tòa án hủy (Luật Hộ tịch 2014 Đ12.2, Đ70; Luật HNGĐ 2014 Đ11)."
        )
        return conflict("wrong-state", f"{text} {then}".strip())

    def of_handover(self) -> Refusal | None:
        """The paper of an annulled entry is not handed over, but withdrawn (Luật Hộ tịch 2014 Đ12.2, Đ70.1h)."""
        if self._row.status == Status.DONE and self._is_annulled:
            return conflict("wrong-state", _ANNULLED)
        return None

    def of_delivery_change(self) -> Refusal | None:
        """Only a way that the form asks for can be changed; else it is the office, or is chosen at the hand-over.

        What is not handed over any more is delivered in no way.
        """
        if withdrawn := self.of_handover():
            return withdrawn
        rules = self._procedure.handover
        if rules.asked and rules.remote:
            return None
        text = (
            "Thủ tục này không hỏi trước cách nhận kết quả. Khi trả, xin chọn cách người nhận muốn."
            if rules.remote
            else "Kết quả của thủ tục này chỉ trả tại phường, vì phải ký vào sổ hộ tịch (NĐ 87/2020 Đ12)."
        )
        return faulty("delivery", text)

    def of_fee_request(self) -> Refusal | None:
        """The acceptance assesses the fees first; later only the procedure's own charges can be asked for."""
        if self._row.accepted_at is None:
            text = "Hồ sơ chưa được tiếp nhận. Phí, lệ phí được tính khi bấm tiếp nhận; xin tiếp nhận trước."
            return conflict("wrong-state", text)
        if not self._unit.place.fees.chargeable(self._procedure.fee.charges, self._unit.today):
            text = "Thủ tục này không có khoản nào thu thêm được."
            return invalid("unknown-charge", text, FieldFault("items", text))
        return None

    def of_assignment(self) -> Refusal | None:
        """If somebody works on the dossier, only that person or a signer may hand it on."""
        caller = self._unit.caller
        if self._row.assigned_to_id in (None, caller.id) or caller.has(Role.SIGNER):
            return None
        return conflict(
            "held-by-another",
            f"{self._row.assigned_to} đang xử lý hồ sơ này. Xin đề nghị người đó, hoặc lãnh đạo phường, chuyển hồ sơ.",
        )

    def of_extension(self) -> Refusal | None:
        """Once, and only a time that runs."""
        if self._row.due_at is None:
            return conflict(
                "clock-stands-still",
                "Thời hạn của hồ sơ đang tạm ngừng nên chưa phải hẹn lại. Khi tính tiếp, hạn sẽ tự lùi theo thời gian "
                "chờ.",
            )
        earlier = storage.extension(self._unit.session, self._row.id)
        if earlier is None:
            return None
        return conflict(
            "already-extended",
            "Hồ sơ này đã xin lỗi và hẹn lại một lần; mỗi hồ sơ chỉ được hẹn lại một lần. "
            f"Hạn đã hẹn lại: {moment_text(earlier.due_after)}. Xin giải quyết ngay và báo lãnh đạo phường.",
        )

    def of_verification_request(self) -> Refusal | None:
        if len(self._verifications) < MOST_VERIFICATIONS:
            return None
        return conflict("too-many-verifications", f"Nhiều nhất {MOST_VERIFICATIONS} lần xác minh một hồ sơ.")

    def of_verification_reply(self) -> Refusal | None:
        """Something is waited for, or was recorded and may be taken back; else there is none, or nothing to add."""
        commits, taken_back = self._procedure.commits, replies_may_be_withdrawn(self._row)
        if any(
            verification.goes_on(kind, state, commits=commits) or (taken_back and verification.may_be_withdrawn(state))
            for kind, state in self._verifications
        ):
            return None
        if not self._verifications:
            return no_such_verification()
        text = "Các việc xác minh của hồ sơ này đã có kết quả; lúc này không ghi thêm được."
        return conflict("verification-state", text)

    def of_registration(self) -> Refusal | None:
        """An open verification is the obstacle."""
        commits = self._procedure.commits
        for kind, state in self._verifications:
            reason = verification.stands_in_the_way(kind, state, commits=commits)
            if reason:
                return conflict("verification-open", reason)
        return None


_OF_ACT: Mapping[Act, Callable[[InTheWay], Refusal | None]] = {
    acts.SIGNATURE: InTheWay.of_signature,
    acts.STOP: InTheWay.of_stop,
    acts.STOP_PROPOSAL: InTheWay.of_stop_proposal,
    acts.DELIVERY_CHANGE: InTheWay.of_delivery_change,
    acts.HANDOVER: InTheWay.of_handover,
    acts.FEE_REQUEST: InTheWay.of_fee_request,
    acts.ASSIGNMENT: InTheWay.of_assignment,
    acts.EXTENSION: InTheWay.of_extension,
    acts.VERIFICATION_REQUEST: InTheWay.of_verification_request,
    acts.VERIFICATION_REPLY: InTheWay.of_verification_reply,
    acts.APPROVAL: InTheWay.of_registration,
}
_ANNULLED = (
    "Mục trong sổ, hoặc mục đã được cấp bản sao, đã có ghi chú hủy: giấy tờ không trả nữa mà thu hồi (Luật Hộ tịch "
    "2014 Đ12.2, Đ70). Xin công chức trình từ chối giải quyết để kết thúc hồ sơ."
)


def has_ended(row: DossierRow, what: str) -> Refusal | None:
    """Refuses other work of the desk, named by `what`, once the dossier is no longer open."""
    if row.status in OPEN:
        return None
    return conflict("wrong-state", f"Hồ sơ đã kết thúc ({STATUS_TEXT[Status(row.status)]}) nên không {what} nữa.")


def is_proposed(row: DossierRow, act: Act) -> bool:
    """Whether the proposal that the act decides on waits for the signer; an act that decides on none needs none."""
    if not (act.on_proposal or act.on_stop_proposal):
        return True
    entry_waits = row.proposed_at is not None and row.status == Status.IN_PROGRESS  # the moment stays on what is signed
    return (act.on_proposal and entry_waits) or (act.on_stop_proposal and row.stop_proposed_at is not None)


def not_proposed(row: DossierRow, act: Act) -> Refusal | None:
    """Refuses an act on a proposal that the officer has not prepared for the signer."""
    if is_proposed(row, act):
        return None
    what = "mục ghi sổ" if act.on_proposal else "việc từ chối"
    return conflict("not-approved", f"Công chức chưa trình {what} của hồ sơ này nên chưa {act.label} được.")


def _own(proposed: str) -> Refusal:
    text = f"Người đã trình {proposed} không được tự ký. Xin chuyển người ký khác."
    return Refusal(Kind.FORBIDDEN, "signer-prepared-it", text)


def no_such_verification() -> Refusal:
    return not_found("unknown-verification", "Hồ sơ này không có việc xác minh đó, hoặc việc đó đã xong.")


def replies_may_be_withdrawn(row: DossierRow) -> bool:
    """Whether a wait for another office may begin again: not while the office waits for the citizen."""
    return row.status in acts.VERIFICATION_REQUEST.leads
