"""Supplements and withdrawals of a filed dossier, by the applicant, or by the desk for people who came in or wrote."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.refusal import FieldFault, invalid
from services.dossiers import storage
from services.dossiers.access import DESK_CHANNELS
from services.dossiers.domain import acts
from services.dossiers.domain.fields import DOCUMENTS, changed, title_of
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import DocumentMode, Procedure
from services.dossiers.domain.states import Status
from services.dossiers.follow_ups import is_within, left_as_they_are, newly_asked
from services.dossiers.forms import asked, known, merge, refuse_impossible, unanswered
from services.dossiers.sealed import seal, seal_json
from services.dossiers.tables import DocumentRow, DossierRow
from services.dossiers.use_cases.findable import make_findable
from services.dossiers.use_cases.intake.drafts import put_form, read_form
from services.dossiers.use_cases.intake.filing import refuse_incomplete
from services.dossiers.use_cases.office import residence
from services.dossiers.use_cases.perform import leads_to, perform, promise, reception_time, set_due
from services.dossiers.use_cases.unit import Unit, edited_dossier, written


@dataclass(frozen=True, slots=True)
class SupplementDossier:
    dossier_id: str
    form_json: str
    expected_version: int
    right_as_it_is: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawDossier:
    dossier_id: str
    reason: str
    expected_version: int
    request_signed: bool


def supplement(unit: Unit, command: SupplementDossier) -> DossierRow:
    """Files the requested supplement; the clock resumes, and the due time moves by the time of the wait.

    Each requested field has to change, and only these may; open fields that are asked for because of the new answers
    may be filled in. If the applicant finds that what was asked for is right as it is, `right_as_it_is` has the reason:
    then it may stay, and the office looks again. A `remark` is kept for the office, and lets nothing stay. Refusals:
    INVALID `not-asked-for`, `nothing-supplemented`, `not-complete`, `text-too-long`, CONFLICT `wrong-state`, NOT_FOUND,
    STALE.
    """
    patch = read_form(command.form_json)
    right_as_it_is = written("right_as_it_is", command.right_as_it_is)
    remark = written("remark", command.remark)
    row = edited_dossier(unit, command.dossier_id, locked=True, expected_version=command.expected_version)
    status = leads_to(unit, row, acts.SUPPLEMENT)
    procedure = unit.place.procedure_of(row)
    requests = storage.supplements(unit.session, row.id)
    documents = storage.documents(unit.session, row.id)
    before = known(procedure, unit.form(row))
    form = merge(before, patch)
    refuse_impossible(procedure, form)
    follow = newly_asked(procedure, before, form)
    fields = [item["field"] for item in requests[-1].items]
    _refuse_not_asked_for(before, form, [*fields, *follow])
    if not right_as_it_is:
        _refuse_unchanged(procedure, before, form, documents, fields)
    _compare_anew(unit, row, procedure, documents, declared_anew=bool(changed(before, form)))
    residence.void(unit, row, changed(before, form))
    form = asked(procedure, form)
    open_before = {*unanswered(procedure, before), procedure.handover.asked}
    not_asked = [pointer for pointer in open_before if not is_within(pointer, fields)]
    refuse_incomplete(unit, row, form, documents, not_asked)
    requests[-1].answered_at = unit.now
    seal_json(unit.cell, requests[-1], "changes", _before(before, form))
    if said := " ".join(filter(None, (right_as_it_is, remark))):
        seal(unit.cell, requests[-1], "right_as_it_is", said)
    for document in documents:
        document.filed_at = document.filed_at or unit.now
    put_form(unit, row, procedure, form)
    make_findable(unit.cell, row, procedure, form)
    if status is Status.NEW:
        set_due(row, reception_time(unit))
    else:
        promise(unit, row)
    perform(unit, row, acts.SUPPLEMENT)
    return row


def _before(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The earlier values of the fields that changed, so that the colleague who asked sees the change."""
    return {pointer: value_at(before, pointer) for pointer in changed(before, after)}


def _refuse_not_asked_for(before: Mapping[str, Any], after: Mapping[str, Any], fields: Collection[str]) -> None:
    strange = [pointer for pointer in changed(before, after) if not is_within(pointer, fields)]
    if strange:
        text = "Phường không yêu cầu sửa mục này."
        raise invalid(
            "not-asked-for",
            "Chỉ những mục phường yêu cầu bổ sung mới được sửa.",
            *(FieldFault(pointer, text) for pointer in strange),
        )


def _refuse_unchanged(
    procedure: Procedure,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    documents: Sequence[DocumentRow],
    fields: Sequence[str],
) -> None:
    """Names each requested field that is as it was, and each requested paper that was not added."""
    added = {document.kind for document in documents if document.filed_at is None}
    missing = [field for field in fields if field.startswith(DOCUMENTS) and field.removeprefix(DOCUMENTS) not in added]
    left = left_as_they_are(procedure, after, fields, changed(before, after))
    faults = [FieldFault(each, _UNSENT) for each in missing]
    faults += [FieldFault(each, _LEFT.format(title=title_of(procedure, each))) for each in left]
    if missing:
        raise invalid("not-complete", "Còn thiếu giấy tờ được yêu cầu.", *faults)
    if left:
        raise invalid("nothing-supplemented", f"Còn mục được yêu cầu mà chưa sửa. {_OR_WHY}", *faults)


_UNSENT = (
    "Phường yêu cầu nộp thêm giấy tờ này. Xin tải tệp lên rồi gửi lại. Không có giấy này thì ghi một câu ở dưới cho "
    "phường biết và bấm “Tôi đã xem lại, như thế là đúng”."
)
_OR_WHY = "Nếu đã xem lại và thấy đúng rồi, xin ghi một câu cho phường biết và bấm “Tôi đã xem lại, như thế là đúng”."
_LEFT = f"Mục “{{title}}” chưa sửa gì so với lần trước. {_OR_WHY}"


def _compare_anew(
    unit: Unit, row: DossierRow, procedure: Procedure, documents: Sequence[DocumentRow], *, declared_anew: bool
) -> None:
    """Deletes comparisons whose content was replaced: an upload, or the declared data for a paper that is only
    shown.
    """
    kinds = {document.kind for document in documents if document.filed_at is None}
    if declared_anew:
        kinds |= {each.kind for each in procedure.documents if each.mode is DocumentMode.PRESENT}
    storage.forget_comparisons(unit.session, row.id, kinds)


def withdraw(unit: Unit, command: WithdrawDossier) -> DossierRow:
    """Withdraws a filed dossier, for any reason; a draft simply stays unfiled.

    If the desk enters it, the person must have asked for it in writing: else INVALID `missing-field`. Other refusals as
    for `supplement`.
    """
    row = edited_dossier(unit, command.dossier_id, locked=True, expected_version=command.expected_version)
    if row.channel in DESK_CHANNELS and not command.request_signed:
        text = "Chỉ rút hồ sơ khi người nộp đã ký đơn đề nghị rút."
        raise invalid("missing-field", text, FieldFault("request_signed", text))
    perform(unit, row, acts.WITHDRAWAL, reason=written("reason", command.reason))
    return row
