"""Verifications before the result: an inquiry to another office, the ward's own, a public notice, or a reply that the
office has already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from services.chassis.capacity import Capacity
from services.chassis.clock import day_in_vietnam
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, conflict, invalid
from services.dossiers import storage
from services.dossiers.domain import acts
from services.dossiers.domain.dates import NO_SUCH_DAY, read_day
from services.dossiers.domain.deadlines import days_end, last_day, reply_due
from services.dossiers.domain.elsewhere import is_same_party, party_of
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import MARRIAGE
from services.dossiers.domain.verification import (
    INQUIRY_DAYS,
    OF_OFFICES,
    About,
    Answer,
    Kind,
    State,
    goes_on,
    matter_of,
    may_be_withdrawn,
    next_state,
    state_of,
)
from services.dossiers.forms import answers, asked
from services.dossiers.sealed import seal_json
from services.dossiers.tables import DossierRow, VerificationRow
from services.dossiers.use_cases.in_the_way import InTheWay, no_such_verification, refuse_if
from services.dossiers.use_cases.opened import answer_of, changes_of, question_of, verified
from services.dossiers.use_cases.perform import leads_to, perform, run_on
from services.dossiers.use_cases.unit import Unit, desk_dossier, touch, written

#: The fields that each kind needs, and the text if one is missing.
_NEEDED = {
    Kind.INQUIRY: {
        "recipient": "Xin ghi cơ quan được hỏi, ví dụ: Ủy ban nhân dân xã Điện Phong, thị xã Điện Bàn.",
        "person": "Xin ghi họ tên người cần xác minh.",
        "question": "Xin ghi điều cần xác minh.",
    },
    Kind.OWN: {"question": "Xin ghi điều phường cần xác minh."},
    Kind.NOTICE: {
        "recipient": "Xin ghi người, tổ chức đang nuôi dưỡng trẻ.",
        "place": "Xin ghi nơi phát hiện trẻ, theo biên bản.",
        "from_day": "Xin ghi ngày phát hiện trẻ, theo biên bản.",
        "question": "Xin ghi đặc điểm nhận dạng của trẻ, theo biên bản.",
    },
    Kind.IN_HAND: {
        "recipient": "Xin ghi cơ quan đã trả lời, ví dụ: Ủy ban nhân dân xã Điện Phong, thị xã Điện Bàn.",
        "person": "Xin ghi họ tên người mà văn bản nói đến.",
    },
}
_QUESTION = (
    *("recipient", "person", "birth_date", "identity_paper", "place", "from_day", "until_day"),
    *("question", "document_number", "signer_capacity"),
)
#: The fields that each outcome recorded by the officer needs.
_ANSWERS = {
    State.REPLIED: ("document_number", "document_date", "text"),
    State.NO_RESULT: ("document_number", "document_date", "text"),
    State.COMMITMENT: ("document_date",),
    State.DONE: ("text",),
}
_MISSING = {
    "document_number": "Xin ghi số văn bản trả lời.",
    "document_date": "Xin ghi ngày của văn bản.",
    "text": "Xin ghi nội dung trả lời hoặc kết quả.",
}


@dataclass(frozen=True, slots=True)
class RequestVerification:
    dossier_id: str
    kind: str
    recipient: str
    person: str
    birth_date: str
    identity_paper: str
    place: str
    from_day: str
    until_day: str
    question: str
    document_number: str
    expected_version: int
    signer_capacity: str = ""
    about: str = ""
    document_date: str = ""
    text: str = ""
    finding: str = ""
    contradicted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RecordVerificationReply:
    dossier_id: str
    verification_id: str
    outcome: str
    text: str
    document_number: str
    document_date: str
    expected_version: int
    finding: str = ""
    contradicted: Sequence[str] = ()


def request(unit: Unit, command: RequestVerification) -> DossierRow:
    """Begins a verification. An inquiry or a notice stops the clock; an own one applies the longer limit.

    A register entry that was prepared has to be prepared again. A reply in hand is only recorded: see `_keep`.
    Refusals: INVALID for fields that are missing or do not belong to the procedure, or contradict its form, CONFLICT
    `verification-running`, `too-many-verifications`, `wrong-state`, NOT_FOUND, STALE.
    """
    kind = _kind(command.kind)
    if command.signer_capacity not in {"", *Capacity}:
        fault = "Chỉ có: head (Chủ tịch), acting (Quyền Chủ tịch), deputy (Phó Chủ tịch ký thay)."
        raise invalid("invalid-field", fault, FieldFault("signer_capacity", fault))
    about = _about(command.about)
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.VERIFICATION_REQUEST)
    procedure = unit.place.procedure_of(row)
    refuse_if(InTheWay(unit, row).of_verification_request())
    _refuse_unsuitable(unit, row, procedure, kind, about)
    question = _question(unit, row, command, kind, about)
    began = VerificationRow(
        id=uuid4(), dossier_id=row.id, kind=kind.value, sent_at=unit.now, ended_at=None, outcome=None, answer=None
    )
    began.reply_due_at = began.times_out_at = None
    if kind is Kind.IN_HAND:
        _keep(unit, row, began, question, command)
        return row
    seal_json(unit.cell, began, "question", question)
    if kind is Kind.INQUIRY:
        began.reply_due_at = reply_due(unit.now, unit.place.hours[unit.ward], unit.place.calendar)
        if procedure.commits:
            began.times_out_at = days_end(unit.now, INQUIRY_DAYS, unit.place.calendar)
    elif kind is Kind.NOTICE:
        assert procedure.notice is not None
        began.times_out_at = days_end(unit.now, procedure.notice.days, unit.place.calendar)
    unit.session.add(began)
    run_on(unit, row)
    perform(unit, row, acts.VERIFICATION_REQUEST, reason=_reason(began), told={"verification_id": str(began.id)})
    return row


def _keep(
    unit: Unit, row: DossierRow, kept: VerificationRow, question: dict[str, str], command: RequestVerification
) -> None:
    """Records a written reply that the office has without a letter of this dossier.

    Nobody is asked and nothing is waited for, so the clock runs on and the citizen is not told. The signer reads the
    reply, and the signature judges the dossier by it.
    """
    answer = _answer(unit, command, State.REPLIED)
    seal_json(unit.cell, kept, "question", {**question, "document_number": ""})
    finding = _finding(command.finding, Kind.IN_HAND, State.REPLIED)
    against = _contradicted(unit, row, command, finding, question)
    seal_json(unit.cell, kept, "answer", {**answer, "finding": finding, "contradicted": against})
    kept.outcome, kept.ended_at = State.REPLIED.value, unit.now
    unit.session.add(kept)
    touch(row, unit.now)
    audit.record(unit.session, "record-reply-in-hand", f"dossier:{row.id}", row.applicant_id)


def _about(text: str) -> About | None:
    if not text:
        return None
    if text not in set(About):
        fault = "Chỉ có: wife-marital-status (tình trạng hôn nhân bên nữ), husband-marital-status (bên nam)."
        raise invalid("invalid-field", fault, FieldFault("about", fault))
    return About(text)


def _question(
    unit: Unit, row: DossierRow, command: RequestVerification, kind: Kind, about: About | None
) -> dict[str, str]:
    """The members of the question, as texts. Of a party of a marriage, name, birth and identity paper are declared."""
    declared = {} if about is None else party_of(asked(unit.place.procedure_of(row), unit.form(row)), about)
    question = {
        name: written(name, getattr(command, name) or declared.get(name, ""), needed=_NEEDED[kind].get(name, ""))
        for name in _QUESTION
    }
    if not is_same_party(question, declared):
        wrong = [name for name, said in declared.items() if not is_same_party(question, {name: said})]
        text = "Hỏi về một bên kết hôn thì ghi đúng tờ khai. Xin để trống mục này, hoặc ghi: {}."
        faults = [FieldFault(name, text.format(declared[name] or "(không khai)")) for name in wrong]
        raise invalid("invalid-field", "Mục ghi về người được hỏi khác tờ khai.", *faults)
    return question | {"about": about or ""}


def _kind(text: str) -> Kind:
    if text not in set(Kind):
        fault = (
            "Chỉ có: inquiry (hỏi cơ quan khác), own (phường tự xác minh), notice (niêm yết), in-hand (văn bản trả lời "
            "đã có sẵn)."
        )
        raise invalid("invalid-field", fault, FieldFault("kind", fault))
    return Kind(text)


def _refuse_unsuitable(unit: Unit, row: DossierRow, procedure: Procedure, kind: Kind, about: About | None) -> None:
    text = ""
    if kind is Kind.OWN and not (procedure.verification and procedure.verification.working_days):
        text = "Thủ tục này không có thời hạn riêng để phường tự xác minh."
    if kind is Kind.NOTICE and not procedure.notice_needed(unit.form(row)):
        text = "Chỉ niêm yết khi đăng ký khai sinh cho trẻ bị bỏ rơi (NĐ 123/2015 Đ14)."
    if text:
        raise invalid("invalid-field", text, FieldFault("kind", text))
    if about is not None and (kind not in OF_OFFICES or procedure.register.name != MARRIAGE):
        text = "Chỉ hỏi, ghi trả lời của cơ quan khác về tình trạng hôn nhân một bên khi đăng ký kết hôn."
        raise invalid("invalid-field", text, FieldFault("about", text))
    earlier = storage.verifications(unit.session, row.id)
    if kind not in OF_OFFICES and any(each.kind == kind.value and each.ended_at is None for each in earlier):
        raise conflict("verification-running", "Hồ sơ này đang được xác minh hoặc niêm yết rồi. Xin chờ kết quả.")


def _reason(began: VerificationRow) -> str:
    """For the citizen and the tracking page: names no office, and does not say that a child was abandoned."""
    if began.times_out_at is None and began.kind == Kind.INQUIRY:
        return "Chờ trả lời của nơi được hỏi; thời gian chờ không tính vào hạn."
    if began.times_out_at is None:
        return "Phường cần xác minh thêm theo quy định của thủ tục."
    return f"Chờ kết quả xác minh chậm nhất đến hết ngày {last_day(began.times_out_at):%d/%m/%Y}."


def record_reply(unit: Unit, command: RecordVerificationReply) -> DossierRow:
    """Records the outcome of a verification; the clock resumes if no other wait is left.

    An outcome that was recorded wrongly is withdrawn: see `_withdraw`. Refusals: INVALID for missing fields, NOT_FOUND
    `unknown-verification`, CONFLICT `verification-state` if the outcome is not possible (yet), `wrong-state`,
    NOT_FOUND, STALE.
    """
    if command.outcome == State.WITHDRAWN:
        return _withdraw(unit, command)
    outcome = _outcome(command.outcome)
    answer = _answer(unit, command, outcome)
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.VERIFICATION_REPLY)
    refuse_if(InTheWay(unit, row).of_verification_reply())
    found = _meant(unit, row, command.verification_id)
    if found.ended_at is None and found.times_out_at is not None and found.times_out_at <= unit.now:
        end_wait(found)  # the sweep had not come by yet
    if outcome in (State.REPLIED, State.NO_RESULT):
        _refuse_before_letter(found, answer["document_date"])
    commits = unit.place.procedure_of(row).commits
    finding = _finding(command.finding, Kind(found.kind), outcome)
    against = _contradicted(unit, row, command, finding, question_of(unit.cell, found))
    found.outcome = next_state(Kind(found.kind), state_of(found.outcome), outcome, commits=commits).value
    found.ended_at = found.ended_at or unit.now
    withdrawn = answer_of(unit.cell, found).get("withdrawn", [])
    recorded = {**answer, "finding": finding, "contradicted": against, "withdrawn": withdrawn}
    seal_json(unit.cell, found, "answer", recorded)
    run_on(unit, row)
    perform(unit, row, acts.VERIFICATION_REPLY, told={"verification_id": str(found.id)})
    return row


def _withdraw(unit: Unit, command: RecordVerificationReply) -> DossierRow:
    """Takes back a wrong outcome, such as the reply to another dossier's letter, with the reason (`text`).

    The verification is open again as if nothing had been recorded. So the clock counts as stopped since it was sent (NĐ
    123/2015 Đ3.4), and a prepared entry has to be prepared again. The earlier outcome stays stored with it, sealed. For
    a reply in hand nobody was asked: nothing is waited for, and it counts no more.
    """
    reason = written("text", command.text, needed="Xin ghi vì sao rút lại kết quả đã ghi.")
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.VERIFICATION_REQUEST)
    recorded = [
        each for each in storage.verifications(unit.session, row.id) if may_be_withdrawn(state_of(each.outcome))
    ]
    meant = [each for each in recorded if command.verification_id in ("", str(each.id))]
    if len(meant) > 1:
        text = "Hồ sơ có nhiều việc xác minh đã có kết quả. Xin chọn việc nào ghi nhầm."
        raise invalid("missing-field", text, FieldFault("verification_id", text))
    if not meant:
        raise no_such_verification()
    found = meant[0]
    before = answer_of(unit.cell, found)
    gone = {name: before.get(name, "") for name in (*_MISSING, "finding", "recorded_at", "recorded_by")}
    gone |= {"outcome": found.outcome or "", "reason": reason, "at": unit.now.isoformat(), "by": unit.caller.name}
    seal_json(unit.cell, found, "answer", {"withdrawn": [*before.get("withdrawn", []), gone]})
    audit.record(unit.session, "withdraw-verification-reply", f"dossier:{row.id}")
    if found.kind == Kind.IN_HAND:
        found.outcome = State.WITHDRAWN.value
        touch(row, unit.now)
        return row
    found.outcome = found.ended_at = None
    if found.times_out_at is not None and found.times_out_at <= unit.now:
        end_wait(found)
    run_on(unit, row)
    told = "Kết quả xác minh đã ghi nhầm được rút lại. Phường tiếp tục chờ kết quả."
    perform(unit, row, acts.VERIFICATION_REQUEST, reason=told, told={"verification_id": str(found.id)})
    return row


def _finding(text: str, kind: Kind, outcome: State) -> str:
    """What a reply says about the declaration; if the office could not tell, the outcome is `no-result`."""
    answers = outcome is State.REPLIED or (outcome is State.DONE and kind is Kind.OWN)
    if not answers:
        return ""
    if text not in set(Answer):
        fault = "Xin chọn: kết quả khớp với lời khai (agrees), hay trái với lời khai (contradicts)."
        raise invalid("missing-field", fault, FieldFault("finding", fault))
    return text


def _contradicted(
    unit: Unit,
    row: DossierRow,
    command: RecordVerificationReply | RequestVerification,
    finding: str,
    question: Mapping[str, str],
) -> dict[str, object]:
    """The answers that a reply contradicts, by pointer, as the form had them when it was first recorded; None is an
    open question.

    A reply about a party of a marriage is about the party's marriages, so nothing is named.
    """
    named = command.contradicted
    if named and (question.get("about") or finding != Answer.CONTRADICTS):
        fault = "Chỉ chọn mục khi kết quả trái với lời khai, và không về tình trạng hôn nhân của một bên kết hôn."
        raise invalid("invalid-field", fault, FieldFault("contradicted", fault))
    declared = _declared_at(unit, row, _first_recorded(unit, row, command, question)) if named else {}
    if not declared.keys() >= {*named}:
        fault = "Tờ khai này không hỏi mục đó. Xin chọn mục có trong tờ khai."
        raise invalid("invalid-field", fault, FieldFault("contradicted", fault))
    if any(declared[pointer] is None for pointer in named):
        fault = "Mục đó chưa được khai, nên kết quả không trái với gì. Xin chọn mục đã có trả lời."
        raise invalid("invalid-field", fault, FieldFault("contradicted", fault))
    return {pointer: declared[pointer] for pointer in named}


def _declared_at(unit: Unit, row: DossierRow, at: datetime) -> dict[str, object]:
    """The answers of the form by pointer as they were then: each supplement keeps the earlier values."""
    declared = dict(answers(unit.place.procedure_of(row), unit.form(row)).by_pointer)
    for each in reversed(storage.supplements(unit.session, row.id)):
        if each.answered_at is not None and each.answered_at > at:
            declared |= changes_of(unit.cell, each)
    return declared


def _first_recorded(
    unit: Unit, row: DossierRow, command: RecordVerificationReply | RequestVerification, question: Mapping[str, str]
) -> datetime:
    """When a contradicting reply was first recorded: earlier than now if it was taken back and is recorded again, on
    the same matter, with the same number and date; what the ward found itself has no number, and its text is compared.
    """
    said = {name: written(name, getattr(command, name)) for name in _MISSING}
    earlier = [
        datetime.fromisoformat(gone["recorded_at"])
        for each in verified(unit.cell, storage.verifications(unit.session, row.id))
        if matter_of(each.question) == matter_of(question)
        for gone in each.answer.get("withdrawn", ())
        if gone.get("finding") == Answer.CONTRADICTS
        if _identity_of(gone) == _identity_of(said)
    ]
    return min(earlier, default=unit.now)


def _identity_of(answer: Mapping[str, str]) -> tuple[str, str]:
    return answer["document_number"] or answer["text"], answer["document_date"]


def _outcome(text: str) -> State:
    if text not in {state.value for state in _ANSWERS}:
        fault = (
            "Chỉ có: replied (đã trả lời), no-result (không xác minh được), commitment (cam đoan), done (đã xong), "
            "withdrawn (rút lại kết quả ghi nhầm)."
        )
        raise invalid("invalid-field", fault, FieldFault("outcome", fault))
    return State(text)


def _refuse_before_letter(inquiry: VerificationRow, day: str) -> None:
    """The reply to an inquiry is not older than the letter; one that is was in hand."""
    sent = day_in_vietnam(inquiry.sent_at)
    if inquiry.kind == Kind.INQUIRY and day and date.fromisoformat(day) < sent:
        text = (
            f"Văn bản có ngày trước khi gửi hỏi ({sent:%d/%m/%Y}) nên không trả lời văn bản hỏi đó. Văn bản đã có sẵn "
            "thì ghi ở “Xác minh hoặc niêm yết”, cách “Đã có sẵn văn bản trả lời”."
        )
        raise invalid("invalid-field", text, FieldFault("document_date", text))


def _answer(unit: Unit, command: RecordVerificationReply | RequestVerification, outcome: State) -> dict[str, str]:
    needed = _ANSWERS[outcome]
    answer = {
        name: written(name, getattr(command, name), needed=_MISSING[name] if name in needed else "")
        for name in _MISSING
    }
    if answer["document_date"]:
        on = read_day(answer["document_date"])
        if on is None or on > unit.today:
            text = NO_SUCH_DAY if on is None else "Ngày của văn bản chưa đến. Xin xem lại."
            raise invalid("invalid-field", text, FieldFault("document_date", text))
    return {**answer, "recorded_at": unit.now.isoformat(), "recorded_by": unit.caller.name}


def _meant(unit: Unit, row: DossierRow, verification_id: str) -> VerificationRow:
    """The verification that is named; if none is named, the only open one."""
    candidates = storage.verifications(unit.session, row.id)
    if verification_id:
        found = [each for each in candidates if str(each.id) == verification_id]
    else:
        commits = unit.place.procedure_of(row).commits
        found = [each for each in candidates if goes_on(Kind(each.kind), state_of(each.outcome), commits=commits)]
        if len(found) > 1:
            text = "Hồ sơ có nhiều việc xác minh chưa xong. Xin chọn việc nào có kết quả."
            raise invalid("missing-field", text, FieldFault("verification_id", text))
    if not found:
        raise no_such_verification()
    return found[0]


def time_out(unit: Unit, row: DossierRow, verification: VerificationRow) -> None:
    """The wait is over without a reply (TT 04/2020 Đ4), or the notice was posted for its full time (NĐ 123/2015
    Đ14).
    """
    end_wait(verification)
    run_on(unit, row)
    perform(unit, row, acts.VERIFICATION_REPLY, told={"verification_id": str(verification.id)})


def end_wait(verification: VerificationRow) -> None:
    """The verification ends at the moment when its time was over, not when this was noticed (docs/architecture.md, rule
    4).
    """
    verification.outcome = next_state(Kind(verification.kind), State.SENT, State.TIMED_OUT, commits=True).value
    verification.ended_at = verification.times_out_at
