"""Whether a dossier can be registered now, by the form and the ward's own registers of the day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from services.chassis.refusal import FieldFault, conflict, invalid
from services.dossiers import storage
from services.dossiers.domain.elsewhere import (
    FIELDS,
    Reply,
    contradicted,
    is_same_party,
    marriages_of,
    missing,
    party_of,
)
from services.dossiers.domain.fields import VERIFICATIONS
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.former_places import distinct
from services.dossiers.domain.procedures import Inquiry
from services.dossiers.domain.register import MARITAL_STATUS, MARRIAGE
from services.dossiers.domain.verification import MOST_VERIFICATIONS, OF_OFFICES, Answer, Kind, State, matter_of
from services.dossiers.forms import answers, asked, findings, for_filed
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.in_the_way import InTheWay, refuse_if
from services.dossiers.use_cases.opened import Verified, changes_of, question_of, verified
from services.dossiers.use_cases.originals import faults_of_originals
from services.dossiers.use_cases.unit import Unit, filing_day, kept_day

_Fault = tuple[str, str]  # a field, and what is wrong with it


def registration_findings(unit: Unit, row: DossierRow) -> list[Finding]:
    """All findings for a registration today: ages count on this day.

    Documents are not checked again: they were complete at the filing, and filed ones cannot be removed. The form was
    complete, too: a question without an answer was not asked then, and the officer asks it.
    """
    procedure = unit.place.procedure_of(row)
    kinds = {each.kind for each in procedure.documents}
    filed_on, kept = filing_day(unit, row), kept_day(unit, row)
    in_practice = unit.cell.ward.is_practice
    found = findings(procedure, unit.form(row), kinds, filed_on, unit.records, unit.today, kept, practice=in_practice)
    return for_filed(found)


def refuse_unregistrable(unit: Unit, row: DossierRow) -> None:
    """Refusals: CONFLICT `verification-open`, INVALID `not-registrable` naming each field, reason and article."""
    _refuse_unverified(unit, row)
    stopping = [each for each in registration_findings(unit, row) if each.kind is FindingKind.STOPS]
    faults = [FieldFault(each.field, _with_article(each)) for each in stopping]
    faults += [FieldFault(*each) for each in faults_of_originals(unit, row)]
    if unit.place.procedure_of(row).register.name != MARITAL_STATUS:  # whose statement the officer rewords
        faults += [
            FieldFault(f"{VERIFICATIONS}{id}", _CONTRADICTED.format(text=text))
            for id, text in contradictions(unit, row).items()
        ]
    if faults:
        raise invalid("not-registrable", "Chưa đăng ký được theo quy định. Xin xem từng lý do được nêu.", *faults)


_CONTRADICTED = (
    "Kết quả xác minh trái với lời khai: “{text}”. Xin yêu cầu sửa lời khai ở mục mà kết quả trái, ghi trả lời mới của "
    "nơi đó về đúng điều đã hỏi, hoặc trình từ chối; họ tên, ngày sinh, giấy tờ của người được hỏi đã sửa thì xin hỏi "
    "lại; kết quả ghi nhầm hoặc chưa chọn mục thì rút lại rồi ghi lại (Luật Hộ tịch 2014 Đ5)."
)


def refuse_unasked_elsewhere(unit: Unit, row: DossierRow, said: Mapping[str, str]) -> None:
    """Refuses to prepare a marriage if nobody has asked about the parties' marriages elsewhere.

    Refusals: INVALID `missing-field`; `invalid-field` if the dossier does not have the paper or the reply that was
    named, or if the form declares a life elsewhere and the ward's own books are named as enough. It also names what is
    missing.
    """
    wrong, lacking = _of_elsewhere(unit, row, said)
    text = "Chưa ghi đúng đã hỏi, tra cứu hôn nhân của hai bên ở nơi khác bằng cách nào."
    faults = [FieldFault(*said_of) for said_of in (*wrong, *lacking)]
    if wrong:
        raise invalid("invalid-field", text, *faults)
    if lacking:
        raise invalid("missing-field", text, *faults)


def refuse_prepared_unasked(unit: Unit, row: DossierRow, said: Mapping[str, str]) -> None:
    """Refuses to sign what was prepared before that was asked, or what the dossier contradicts by now.

    The signer cannot choose otherwise, and has sent none of it: only give it back. Refusal CONFLICT
    `approval-incomplete`.
    """
    wrong, lacking = _of_elsewhere(unit, row, said)
    if wrong or lacking:
        whom = ", ".join(dict.fromkeys(FIELDS[field][1] for field, _ in (*wrong, *lacking) if field in FIELDS))
        raise conflict("approval-incomplete", _PREPARED_UNASKED.format(of=f" của {whom}" if whom else ""))


_PREPARED_UNASKED = (
    "Chưa ký được: mục ghi sổ đã trình chưa ghi đúng việc hỏi, tra cứu hôn nhân{of} ở nơi khác (Luật HNGĐ 2014 Đ5.2c). "
    "Xin trả lại hồ sơ cho công chức để ghi lại."
)


def _of_elsewhere(unit: Unit, row: DossierRow, said: Mapping[str, str]) -> tuple[list[_Fault], list[_Fault]]:
    """What the record of marriages elsewhere says wrongly, and what it lacks; of a marriage alone."""
    procedure = unit.place.procedure_of(row)
    if procedure.register.name != MARRIAGE:
        return [], []
    form = asked(procedure, unit.form(row))
    replies = replies_of(unit, row)
    return list(contradicted(said, _papers_there(unit, row), form, replies)), list(missing(said, form))


def _papers_there(unit: Unit, row: DossierRow) -> set[str]:
    """The kinds of papers that are in the dossier, or whose original was shown and agreed."""
    compared = storage.comparisons(unit.session, row.id)
    filed = {each.kind for each in storage.documents(unit.session, row.id)}
    return filed | {kind for kind, done in compared.items() if done.agrees}


def replies_of(unit: Unit, row: DossierRow) -> list[Reply]:
    """The written replies of offices about a party of a marriage, oldest first, that agree with the declaration or were
    settled by it.
    """
    found = verified(unit.cell, storage.verifications(unit.session, row.id))
    settled = _settled(unit, row, found)
    return [
        Reply(
            about=each.question["about"],
            party=each.question,
            office=each.question["recipient"],
            number=each.answer["document_number"],
            on=date.fromisoformat(each.answer["document_date"]),
            settled=each.row.id in settled,
        )
        for each in found
        if each.row.kind in OF_OFFICES and each.row.outcome == State.REPLIED and each.question.get("about")
        if each.answer["finding"] == Answer.AGREES or each.row.id in settled
    ]


def contradictions(unit: Unit, row: DossierRow) -> dict[UUID, str]:
    """The replies that contradict the declaration, by their verification, without those that were settled since.

    A reply is settled once each answer that it contradicts is declared otherwise, or a newer reply of the same office
    on the same matter agrees, which has to say what was asked. The statement that the form is right as it is settles
    nothing, nor does another paper, or an answer that the reply does not contradict. If the officer named no answer,
    only a newer reply settles it. If the reply was wrong, the officer who recorded it takes it back, with the reason
    (NĐ 123/2015 Đ22). A reply from before answers were named is settled by a supplement that the office asked for after
    it and that declares something anew in the groups that replies of the procedure are about.

    A reply about a party of a marriage is about the party's marriages: a supplement that the office asked for after it
    has to declare them anew. A party who is declared by another name, birth or identity paper than the office was asked
    about settles nothing: the reply stops the dossier until a newer one, about the party as declared now, agrees.
    """
    found = verified(unit.cell, storage.verifications(unit.session, row.id))
    settled = _settled(unit, row, found)
    return {
        each.row.id: each.answer["text"]
        for each in found
        if _contradicts(each) and each.row.id not in settled and not _is_asked_anew(unit, row, each, found)
    }


def _contradicts(reply: Verified) -> bool:
    return bool(reply.answer.get("finding") == Answer.CONTRADICTS)


def _settled(unit: Unit, row: DossierRow, found: Sequence[Verified]) -> set[UUID]:
    """The verifications whose contradicting reply was settled by declaring anew what it contradicts."""
    contradicting = [each for each in found if _contradicts(each)]
    if not contradicting:
        return set()
    declared = answers(unit.place.procedure_of(row), unit.form(row)).by_pointer
    requests = [each for each in storage.supplements(unit.session, row.id) if each.answered_at]
    changed = [(each.requested_at, changes_of(unit.cell, each)) for each in requests]
    return {
        each.row.id
        for each in contradicting
        if (
            _is_declared_anew(_about(unit, row, each), each, changed)
            if each.question.get("about") or "contradicted" not in each.answer
            else _is_declared_otherwise(each.answer["contradicted"], declared)
        )
    }


def _about(unit: Unit, row: DossierRow, reply: Verified) -> tuple[str, ...]:
    """The parts of the form that a reply is about: the marriages of its party, or all groups that replies are about."""
    if reply.question.get("about"):
        return marriages_of(reply.question["about"])
    verification = unit.place.procedure_of(row).verification
    return verification.about if verification is not None else ()


def _is_declared_anew(
    about: tuple[str, ...], reply: Verified, changed: Iterable[tuple[datetime, Collection[str]]]
) -> bool:
    """Whether a supplement that was asked for after the reply changes something that it is about; without any parts,
    anything.
    """
    parts = tuple(f"{each}/" for each in about)
    return any(
        at >= _came(reply) and any(not about or f"{pointer}/".startswith(parts) for pointer in pointers)
        for at, pointers in changed
    )


def _is_declared_otherwise(contradicted: Mapping[str, object], declared: Mapping[str, object]) -> bool:
    """Whether none of the contradicted answers, by pointer as they were, is declared so any more; false without any."""
    return bool(contradicted) and all(declared.get(pointer) != was for pointer, was in contradicted.items())


def _is_asked_anew(unit: Unit, row: DossierRow, reply: Verified, found: Sequence[Verified]) -> bool:
    """Whether a newer reply that agrees replaces this one.

    One of the same office on the same matter, with its question: without one it may be about anything. Of a party of a
    marriage, one about the party as declared now, if this reply is about somebody else.
    """
    about = reply.question.get("about")
    newer = [
        each
        for each in found
        if each.question.get("about", "") == (about or "")
        and each.answer.get("finding") == Answer.AGREES
        and _came(each) > _came(reply)
    ]
    if not about:
        matter = matter_of(reply.question)
        return any(each.question.get("question") and matter_of(each.question) == matter for each in newer)
    declared = party_of(asked(unit.place.procedure_of(row), unit.form(row)), about)
    return not is_same_party(reply.question, declared) and any(is_same_party(each.question, declared) for each in newer)


def _came(reply: Verified) -> datetime:
    return datetime.fromisoformat(reply.answer["recorded_at"])


def _refuse_unverified(unit: Unit, row: DossierRow) -> None:
    procedure = unit.place.procedure_of(row)
    refuse_if(InTheWay(unit, row).of_registration())
    missing = letters_missing(unit, row)
    if missing:
        needed = _inquiries(unit, row)
        whom = "; ".join(f"{each.text} ({each.article})" for each in needed)
        text = f"Phải {whom}. Còn thiếu {missing} văn bản: xin gửi xác minh trước khi cấp."
        fields = [FieldFault([*each.when][-1], text) for each in needed]
        raise invalid("not-registrable", "Chưa cấp được: chưa hỏi đủ các nơi.", *fields)
    if procedure.notice is not None and procedure.notice_needed(unit.form(row)):
        verifications = storage.verifications(unit.session, row.id)
        posted = any(each.kind == Kind.NOTICE.value for each in verifications)
        if not posted:
            text = (
                f"Trẻ bị bỏ rơi: phải niêm yết {procedure.notice.days} ngày liên tục tại trụ sở Ủy ban nhân dân phường "
                f"trước khi đăng ký khai sinh ({procedure.notice.article}). Xin lập thông báo niêm yết."
            )
            field = next(iter(procedure.notice.when), "")
            raise invalid("not-registrable", "Chưa đăng ký được: chưa niêm yết.", FieldFault(field, text))


def letters_missing(unit: Unit, row: DossierRow) -> int:
    """How many offices still have to be asked: each former commune, and the place of marriage that a lost paper named.

    NĐ 123/2015 Đ22.4; TT 04/2020 Đ12.1. Offices are counted, not letters: a reminder, or a letter for another time to
    the same commune, asks nobody else. An office that is asked about a residence and about a marriage counts twice. A
    reply in hand is an office's that need not be asked.
    """
    questions = [
        question_of(unit.cell, each)
        for each in storage.verifications(unit.session, row.id)
        if each.kind in OF_OFFICES and each.outcome != State.WITHDRAWN
    ]
    sent = sum(
        len(distinct(each["recipient"] for each in questions if bool(each["place"]) is of_residence))
        for of_residence in (True, False)
    )
    form = asked(unit.place.procedure_of(row), unit.form(row))
    own = unit.place.office_name(unit.cell.ward)
    needed = sum(each.letters(form, own) for each in _inquiries(unit, row))
    return max(0, min(needed, MOST_VERIFICATIONS) - sent)


def _inquiries(unit: Unit, row: DossierRow) -> list[Inquiry]:
    """The inquiries that this form makes mandatory; instead of an inquiry to itself, this ward searches its own
    registers.
    """
    procedure = unit.place.procedure_of(row)
    if procedure.verification is None:
        return []
    form = asked(procedure, unit.form(row))
    own = unit.place.office_name(unit.cell.ward)
    return [each for each in procedure.verification.inquiries if each.letters(form, own)]


def _with_article(finding: Finding) -> str:
    return f"{finding.text} ({finding.article})" if finding.article else finding.text
