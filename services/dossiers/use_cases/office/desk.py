"""What the ward office does to a dossier between acceptance and signature: refuses, asks, stops, approves, returns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from services.chassis.letters import normalised
from services.chassis.refusal import FieldFault, faulty, invalid
from services.dossiers import storage
from services.dossiers.domain import acts
from services.dossiers.domain.elsewhere import FIELDS, NOTE, NOTES
from services.dossiers.domain.entries.marital_status import statement
from services.dossiers.domain.fields import DOCUMENTS, is_restricted, stand_ins, title_of
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import MARITAL_STATUS, REGISTERS
from services.dossiers.forms import asked
from services.dossiers.sealed import seal_json
from services.dossiers.tables import DossierRow, SupplementRow
from services.dossiers.use_cases.in_the_way import InTheWay, not_proposed, refuse_if
from services.dossiers.use_cases.office import residence
from services.dossiers.use_cases.perform import leads_to, perform
from services.dossiers.use_cases.registers import annulments
from services.dossiers.use_cases.registers.copies import refuse_wrong_source
from services.dossiers.use_cases.registers.obstacles import (
    contradictions,
    refuse_unasked_elsewhere,
    refuse_unregistrable,
)
from services.dossiers.use_cases.unit import Unit, desk_dossier, written

MOST_ITEMS = 50
#: What an approval has beside a note where the register asks for it; the entry to be copied is `refuse_wrong_source`'s.
_ASKED_BY_SOME = ("personal_identification_number", "statement", *FIELDS, *NOTES.values(), NOTE)


@dataclass(frozen=True, slots=True)
class RefuseDossier:
    dossier_id: str
    reason: str
    article: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class ProposeStop:
    dossier_id: str
    reason: str
    article: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class StopDossier:
    dossier_id: str
    reason: str
    article: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class ReturnDossier:
    dossier_id: str
    reason: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class SupplementItem:
    field: str  # a JSON pointer, or `documents/<kind>`
    text: str


@dataclass(frozen=True, slots=True)
class RequestSupplement:
    dossier_id: str
    items: Sequence[SupplementItem]
    reason: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class ApproveDossier:
    dossier_id: str
    personal_identification_number: str
    note: str
    expected_version: int
    statement: str
    source_entry_id: str
    wife_elsewhere: str = ""
    husband_elsewhere: str = ""
    elsewhere: str = ""  # one note for both, of a caller from before each party had its own: refused
    wife_elsewhere_note: str = ""
    husband_elsewhere_note: str = ""


def refuse(unit: Unit, command: RefuseDossier) -> DossierRow:
    """Refuses to accept a dossier, such as one at the wrong office (Luật Hộ tịch 2014 Đ9.3; TT 01/2018, mẫu 03).

    Reason and article are needed.
    """
    reason, article = _why(command)
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    perform(unit, row, acts.REFUSAL, reason=reason, article=article)
    return row


def propose_stop(unit: Unit, command: ProposeStop) -> DossierRow:
    """Prepares the rejection of a dossier for the signer; reason and article are needed.

    Refusals: INVALID `missing-field`, CONFLICT `wrong-state`, also for a registered dossier whose entry was not
    annulled, and if a rejection already waits for the signer, NOT_FOUND, STALE.
    """
    reason, article = _why(command)
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.STOP_PROPOSAL)
    refuse_if(InTheWay(unit, row).of_stop_proposal())
    annulments.catch_up(unit, row)
    row.stop_proposed_at, row.stop_proposed_by_id = unit.now, unit.caller.id
    perform(unit, row, acts.STOP_PROPOSAL, reason=reason, article=article)
    return row


def stop(unit: Unit, command: StopDossier) -> DossierRow:
    """The head of the registry rejects, in writing and with the reason, what cannot be registered (Luật Hộ tịch Đ5.2).

    An officer has prepared it; the officer's reason and article are used if the signer writes no others. Refusals:
    FORBIDDEN `signer-prepared-it`, CONFLICT `wrong-state`, also for a registered dossier whose entry is not (or no
    longer) annulled, `not-approved`, NOT_FOUND, STALE.
    """
    reason, article = written("reason", command.reason), written("article", command.article)
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.STOP)
    refuse_if(InTheWay(unit, row).of_stop())
    annulments.catch_up(unit, row)
    proposed = storage.last_line(unit.session, row.id, acts.STOP_PROPOSAL)
    perform(unit, row, acts.STOP, reason=reason or proposed.reason, article=article or proposed.article)
    return row


def _why(command: RefuseDossier | ProposeStop) -> tuple[str, str]:
    reason = written("reason", command.reason, needed="Xin ghi rõ lý do để người dân hiểu.")
    return reason, written("article", command.article, needed="Xin ghi điều, khoản của văn bản làm căn cứ.")


def request_supplement(unit: Unit, command: RequestSupplement) -> DossierRow:
    """Asks for what is missing, one item (field, text) each; the clock stands still.

    Nothing outside the procedure's own fields and papers may be asked for (TT 04/2020 Đ3), nor a paper about residence
    where that can be looked up (NĐ 104/2022 Đ14): INVALID `unknown-field`. A register entry that was prepared has to be
    prepared again.
    """
    reason = written("reason", command.reason)
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.SUPPLEMENT_REQUEST)
    procedure = unit.place.procedure_of(row)
    wanted = _items(unit, row, procedure, command.items)
    unit.session.add(
        SupplementRow(
            id=uuid4(), dossier_id=row.id, items=wanted, reason=reason, requested_at=unit.now, answered_at=None
        )
    )
    open_items = [item for item in wanted if not is_restricted(procedure, item["field"])]
    # People who follow the dossier by its code see the reason, so it must not name a restricted paper.
    told = reason or "; ".join(item["text"] for item in open_items) or _ON_THE_SLIP
    fields = [item["field"] for item in open_items]
    perform(unit, row, acts.SUPPLEMENT_REQUEST, reason=told, told={"fields": fields})
    return row


_ON_THE_SLIP = "Xin bổ sung giấy tờ ghi trên phiếu yêu cầu bổ sung."


def _items(unit: Unit, row: DossierRow, procedure: Procedure, items: Sequence[SupplementItem]) -> list[dict[str, str]]:
    if not 0 < len(items) <= MOST_ITEMS:
        text = "Xin nêu ít nhất một mục cần bổ sung." if not items else f"Nhiều nhất {MOST_ITEMS} mục mỗi lần."
        raise invalid("missing-field", text, FieldFault("items", text))
    wanted: dict[str, str] = {}
    faults = []
    for place, item in enumerate(items):
        field = item.field
        if title_of(procedure, field) is None:
            faults.append(FieldFault(f"items/{place}/field", "Thủ tục không có mục hoặc giấy tờ này."))
        elif too_early := residence.refusal_to_ask(unit, row, procedure, field.removeprefix(DOCUMENTS)):
            faults.append(FieldFault(f"items/{place}/field", too_early))
        elif field in wanted:
            faults.append(FieldFault(f"items/{place}/field", "Mục này đã nêu ở trên."))
        wanted[field] = written(f"items/{place}/text", item.text, needed="Xin ghi cần sửa hoặc bổ sung gì.")
    if faults:
        raise invalid("unknown-field", "Có mục không được yêu cầu. Xin xem lý do ở từng mục.", *faults)
    for field in list(wanted):  # an applicant without it can fill in the field that replaces it
        for other in stand_ins(procedure, field):
            wanted.setdefault(other, f"Chỉ điền khi không có: {title_of(procedure, field)}.")
    return [{"field": field, "text": text} for field, text in wanted.items()]


def approve(unit: Unit, command: ApproveDossier) -> DossierRow:
    """The officer finds the dossier right and prepares the register entry for the signer.

    The personal identification number is the national database's (NĐ 87/2020 Đ10–11): taken over as 12 digits or left
    empty, never made up here. Refusals: INVALID `not-registrable` for objections to the registration, `missing-field`
    if the statement to be confirmed is missing, or how the office asked about marriages elsewhere, `invalid-field` for
    a field that this register does not have or that the dossier contradicts, CONFLICT `verification-open`,
    `wrong-state`, NOT_FOUND, STALE.
    """
    number = re.sub(r"\s", "", normalised(command.personal_identification_number, "NFKC"))
    if number and not re.fullmatch(r"[0-9]{12}", number):
        text = "Số định danh cá nhân gồm 12 chữ số; chưa được cấp thì để trống."
        raise faulty("personal_identification_number", text)
    proposal = {
        "personal_identification_number": number,
        "note": written("note", command.note),
        "statement": written("statement", command.statement),
        "source_entry_id": command.source_entry_id,
        **{field: written(field, getattr(command, field)) for field in (*FIELDS, *NOTES.values(), NOTE)},
    }
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.APPROVAL)
    procedure = unit.place.procedure_of(row)
    _refuse_unasked(procedure, proposal)
    refuse_wrong_source(unit, procedure, unit.form(row), command.source_entry_id)
    refuse_unregistrable(unit, row)
    _refuse_without_statement(unit, row, proposal["statement"])
    refuse_unasked_elsewhere(unit, row, proposal)
    renewed = row.proposal is not None  # the applicant knows that it waits for the signer, and not of the return
    seal_json(unit.cell, row, "proposal", proposal)
    row.proposed_at = unit.now
    row.proposed_by_id = unit.caller.id
    row.proposed_by = unit.caller.name
    perform(unit, row, acts.APPROVAL, told={"renewed": renewed})
    return row


def _refuse_unasked(procedure: Procedure, proposal: Mapping[str, str]) -> None:
    """A number for a marriage is meant for another dossier, or for something that no paper of this dossier prints."""
    register = REGISTERS[procedure.register.name]
    text = f"Mục này không có trong việc {register.title}. Xin bỏ trống."
    unasked = [name for name in _ASKED_BY_SOME if name not in register.approval_asks]
    faults = [FieldFault(name, text) for name in unasked if proposal[name]]
    if faults:
        raise invalid("invalid-field", text, *faults)


def _refuse_without_statement(unit: Unit, row: DossierRow, written_by_officer: str) -> None:
    """There is no paper without a statement: if the form does not support one, the officer asks and writes it."""
    procedure = unit.place.procedure_of(row)
    if procedure.register.name != MARITAL_STATUS:
        return
    declared = statement(asked(procedure, unit.form(row)))
    contradicting = [*contradictions(unit, row).values()]
    if contradicting and written_by_officer in {"", declared}:
        text = (
            f"Kết quả xác minh trái với lời khai: “{contradicting[-1]}”. Không xác nhận theo lời khai: xin ghi lời xác "
            "nhận khác, yêu cầu bổ sung, hoặc trình từ chối (NĐ 123/2015 Đ22; TT 04/2020 Đ33)."
        )
        raise invalid("missing-field", text, FieldFault("statement", text))
    if written_by_officer or declared:
        return
    text = (
        "Tờ khai chưa đủ để ghi lời xác nhận. Xin hỏi người yêu cầu về tình trạng hôn nhân trong thời gian xin "
        "xác nhận, rồi ghi lời xác nhận (TT 04/2020 Đ33)."
    )
    raise invalid("missing-field", text, FieldFault("statement", text))


def give_back(unit: Unit, command: ReturnDossier) -> DossierRow:
    """The signer gives a dossier back to the officer, who sees what was prepared and prepares it again.

    Refusals: INVALID `missing-field` without a reason, CONFLICT `wrong-state`, `not-approved` if neither an entry nor a
    rejection waits for the signer, NOT_FOUND, STALE.
    """
    reason = written("reason", command.reason, needed="Xin ghi rõ lý do để công chức biết phải xem lại gì.")
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.RETURN)
    refuse_if(not_proposed(row, acts.RETURN))
    perform(unit, row, acts.RETURN, reason=reason)
    return row
