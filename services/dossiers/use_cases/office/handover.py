"""Originals are compared one by one, and the result is handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.database import audit
from services.chassis.refusal import FieldFault, faulty, invalid
from services.dossiers import storage
from services.dossiers.domain import acts
from services.dossiers.domain.handover import NO_ACCOUNT, Delivery, Handing, handover_faults, posted_number
from services.dossiers.domain.procedures import DocumentMode
from services.dossiers.forms import asked
from services.dossiers.sealed import seal_json
from services.dossiers.tables import ComparisonRow, DossierRow
from services.dossiers.use_cases.in_the_way import InTheWay, has_ended, refuse_if
from services.dossiers.use_cases.originals import papers_to_compare
from services.dossiers.use_cases.perform import leads_to, perform
from services.dossiers.use_cases.unit import Unit, desk_dossier, touch, written


@dataclass(frozen=True, slots=True)
class CompareDocument:
    dossier_id: str
    kind: str
    agrees: bool
    note: str
    expected_version: int
    certified: bool = False


@dataclass(frozen=True, slots=True)
class HandOverDossier:
    dossier_id: str
    recipient_name: str
    register_signed: bool
    expected_version: int
    present: Sequence[str]  # those who came: JSON pointers, or names
    delivery: str
    delivery_note: str
    authorised: bool


def compare(unit: Unit, command: CompareDocument) -> DossierRow:
    """Records that the original of a paper was shown: it agrees with the upload or the declaration, or the note says
    what differs.

    The record has the officer's name and the time (NĐ 123/2015 Đ3; TT 04/2020 Đ3); comparing again replaces it. A
    certified copy of a filed paper replaces the original; the note says who certified it. Refusals: INVALID
    `unknown-document-kind` for a paper that this dossier does not need, `missing-field` for a difference or a certified
    copy without a note, `invalid-field` for a certified copy of a paper that is only shown, CONFLICT `wrong-state` once
    the dossier has ended, NOT_FOUND, STALE.
    """
    needed = "" if command.agrees else "Xin ghi bản chính khác ở điểm nào."
    if command.certified and command.agrees:
        needed = "Xin ghi ai chứng thực bản sao, số và ngày chứng thực."
    note = written("note", command.note, needed=needed)
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    refuse_if(has_ended(row, "đối chiếu giấy tờ"))
    paper = next((each for each in papers_to_compare(unit, row) if each.kind == command.kind), None)
    if paper is None:
        text = "Hồ sơ này không cần loại giấy tờ đó."
        raise invalid("unknown-document-kind", text, FieldFault("kind", text))
    if command.certified and paper.mode is DocumentMode.PRESENT:
        text = (
            "Giấy tờ chỉ xuất trình thì xem bản chính; bản sao có chứng thực là của giấy tờ phải nộp (NĐ 123/2015 Đ3)."
        )
        raise faulty("certified", text)
    done = ComparisonRow(
        dossier_id=row.id,
        kind=command.kind,
        at=unit.now,
        officer_id=unit.caller.id,
        officer=unit.caller.signs_as,
        agrees=command.agrees,
        note=f"Bản sao có chứng thực: {note}" if command.certified else note,
    )
    unit.session.merge(done)
    touch(row, unit.now)
    audit.record(unit.session, "compare-document", f"dossier:{row.id}", row.applicant_id)
    return row


def hand_over(unit: Unit, command: HandOverDossier) -> DossierRow:
    """The result reaches people as the procedure says: at the office, by post, electronically.

    The recipient and the way of delivery are stored sealed. Refusals: INVALID `text-too-long`, `not-complete`
    with each obstacle, CONFLICT `wrong-state`, also if the entry was annulled, NOT_FOUND, STALE.
    """
    handing = Handing(
        delivery=command.delivery,
        recipient=written("recipient_name", command.recipient_name),
        note=written("delivery_note", command.delivery_note),
        authorised=command.authorised,
        register_signed=command.register_signed,
        present=frozenset(command.present),
    )
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    leads_to(unit, row, acts.HANDOVER)
    refuse_if(InTheWay(unit, row).of_handover())
    _refuse(unit, row, handing)
    delivery = handing.delivery or Delivery.OFFICE
    kept = {
        "name": handing.recipient,
        "authorised": handing.authorised,
        "delivery": delivery,
        "note": posted_number(handing.note) if delivery == Delivery.POST else handing.note,
    }
    seal_json(unit.cell, row, "recipient", kept)
    told = {"delivery": delivery, "posted_number": kept["note"] if delivery == Delivery.POST else ""}
    perform(unit, row, acts.HANDOVER, told=told)
    return row


def _refuse(unit: Unit, row: DossierRow, handing: Handing) -> None:
    procedure = unit.place.procedure_of(row)
    form = asked(procedure, unit.form(row))
    compared = {kind: done.agrees for kind, done in storage.comparisons(unit.session, row.id).items()}
    papers, has_account = papers_to_compare(unit, row), bool(row.applicant_id)
    faults = handover_faults(procedure, form, papers, compared, handing, has_account=has_account)
    if handing.delivery == Delivery.ELECTRONIC and not has_account:
        faults.append(("delivery", NO_ACCOUNT))
    if faults:
        text = "Chưa trả kết quả được. Xin xem từng điều được nêu."
        raise invalid("not-complete", text, *(FieldFault(field, fault) for field, fault in faults))
