"""Rows as the contract's messages; what is shown depends on who looks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2

from services.dossiers import storage
from services.dossiers.access import of_office
from services.dossiers.domain import acts
from services.dossiers.domain.acts import ACTS
from services.dossiers.domain.entries.marital_status import statement
from services.dossiers.domain.fees import Price
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.handover import to_compare
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.states import STATUS_TEXT, Status
from services.dossiers.domain.tracking import waits_for
from services.dossiers.forms import asked, asked_pointers
from services.dossiers.tables import (
    ComparisonRow,
    DocumentRow,
    DossierRow,
    FeeRow,
    HistoryRow,
    RegisterEntryRow,
    SupplementRow,
    ToldRow,
)
from services.dossiers.use_cases.clock.timekeeping import (
    draft_kept_until,
    extension_message,
    time_kept,
    verdict_of,
    verification_message,
)
from services.dossiers.use_cases.office import fees as charging
from services.dossiers.use_cases.perform import stamp
from services.dossiers.use_cases.registers.copies import copied_register
from services.dossiers.use_cases.unit import Unit, form_of, is_edited_by_caller, proposal_of, shown_tracking_key
from services.dossiers.views.findings import remarks
from services.dossiers.views.permissions import actions, approval_asks, comparable, papers

_KINDS = {
    FindingKind.STOPS: dossiers_pb2.FINDING_KIND_STOPS,
    FindingKind.WARNS: dossiers_pb2.FINDING_KIND_WARNS,
    FindingKind.INFORMS: dossiers_pb2.FINDING_KIND_INFORMS,
    FindingKind.ASKS_OFFICER: dossiers_pb2.FINDING_KIND_ASKS_OFFICER,
}


def document(row: DocumentRow) -> dossiers_pb2.Document:
    return dossiers_pb2.Document(
        id=str(row.id),
        kind=row.kind,
        filename=row.filename,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        added_at=stamp(row.added_at),
        removable=row.filed_at is None,
    )


def dossier(
    unit: Unit,
    row: DossierRow,
    form: Mapping[str, Any] | None = None,
    *,
    documents: Sequence[DocumentRow] | None = None,
    told: Sequence[ToldRow] | None = None,
) -> dossiers_pb2.Dossier:
    """A dossier as the caller may see it; reads what belongs to it unless it is given."""
    unit.session.flush()  # so that the version shown is the one committed
    kept = unit.place.procedure_of(row)
    form = form_of(unit.cell, row) if form is None else form
    documents = storage.documents(unit.session, row.id) if documents is None else documents
    supplements = storage.supplements(unit.session, row.id) if _may_have_supplements(row) else ()
    fees = storage.fees(unit.session, row.id) if _may_have_supplements(row) else ()
    entry = storage.entry_of(unit.session, row.id) if row.status >= Status.DONE else None
    at_the_office = row.status > 0 and of_office(unit.caller, unit.ward)
    compared = storage.comparisons(unit.session, row.id) if at_the_office else {}
    clock = time_kept(unit, row)
    summary = dossier_summary(unit, row)
    message = dossiers_pb2.Dossier(
        id=summary.id,
        ward=summary.ward,
        code=summary.code,
        procedure=row.procedure,
        procedure_version=kept.version,
        procedure_name=summary.procedure_name,
        result_name=kept.paper,
        status=row.status,
        status_text=summary.status_text,
        waits_for=summary.waits_for,
        version=row.version,
        form_json=json.dumps(form, ensure_ascii=False),
        documents=map(document, documents),
        findings=map(_finding, remarks(unit, row, kept, form, documents, supplements, fees, clock, compared)),
        created_at=stamp(row.created_at),
        submitted_at=stamp(row.submitted_at),
        accepted_at=stamp(row.accepted_at),
        due_at=stamp(row.due_at),
        overdue=summary.overdue,
        paused_at=stamp(row.paused_at),
        supplement_request=_supplement(supplements[-1]) if supplements else None,
        applicant_account_id=row.applicant_id,
        applicant_name=row.applicant_name,
        channel=row.channel,
        assistance=row.assistance,
        register_entry=None if entry is None else register_entry(entry),
        papers=papers(unit, row, supplements, fees, clock),
        tracking_key=tracking_key_for(unit, row),
        actions=actions(unit, row),
        proposed_entry=_proposed(unit, row),
        fees=[fee(unit, row, each) for each in fees],
        assigned_to=summary.assigned_to,
        assigned_to_id=summary.assigned_to_id,
        handover=_handover(kept, form),
        proposed_statement=_proposed_statement(unit, row, kept, form),
        register=kept.register.name,
        copied_register=copied_register(kept, form),
        subject_name=row.subject_name,
        extension=extension_message(clock.extension),
        verifying_until=clock.verifying_until,
        kept_until=draft_kept_until(unit, row),
        asked=asked_pointers(kept, form),
        comparable=comparable(unit, row),
        approval_asks=approval_asks(unit, row),
    )
    if acts.FEE_REQUEST.name in message.actions:
        message.chargeable.extend(map(_charge, charging.chargeable(unit, row)))
    if at_the_office:
        message.comparisons.extend(_comparisons(kept, form, documents, compared))
    if row.status > 0:
        message.told.extend(map(_told, storage.told(unit.session, row.id) if told is None else told))
        message.verdict = verdict_of(unit, row, clock, supplements).value
    if of_office(unit.caller, unit.ward):
        message.verifications.extend(verification_message(unit, each) for each in clock.verifications)
        if row.reminded_at is not None:
            message.reminded_at.FromDatetime(row.reminded_at)
    return message


def _may_have_supplements(row: DossierRow) -> bool:
    return row.sequence > 1


def dossier_summary(unit: Unit, row: DossierRow) -> dossiers_pb2.DossierSummary:
    inside = of_office(unit.caller, unit.ward)
    return dossiers_pb2.DossierSummary(
        id=str(row.id),
        ward=unit.ward,
        code=row.code or "",
        procedure=row.procedure,
        procedure_name=unit.place.procedure_of(row).name,
        status=row.status,
        status_text=STATUS_TEXT[Status(row.status)],
        submitted_at=stamp(row.submitted_at),
        due_at=stamp(row.due_at),
        overdue=overdue(row, unit.now),
        subject_name=row.subject_name,
        applicant_name=row.applicant_name,
        waits_for=waiting_for(unit, row),
        updated_at=stamp(row.updated_at),
        version=row.version,
        assigned_to=(row.assigned_to or "") if inside else "",
        assigned_to_id=(row.assigned_to_id or "") if inside else "",
        channel=row.channel,
    )


def overdue(row: DossierRow, now: datetime) -> bool:
    return row.due_at is not None and row.due_at < now


def waiting_for(unit: Unit, row: DossierRow) -> str:
    return waits_for(
        Status(row.status),
        proposed=row.proposed_at is not None,
        verifying=row.status == Status.IN_PROGRESS and row.paused_at is not None,
        handover=unit.place.procedure_of(row).handover,
    )


def tracking_key_for(unit: Unit, row: DossierRow) -> str:
    """The tracking key, for the applicant alone; where they came in or wrote, for the desk, which gives it on paper."""
    if row.tracking_key is None or not is_edited_by_caller(unit, row):
        return ""
    return shown_tracking_key(unit.cell, row)


def register_entry(row: RegisterEntryRow) -> dossiers_pb2.RegisterEntry:
    return dossiers_pb2.RegisterEntry(
        id=str(row.id),
        register=row.register,
        book=row.book,
        year=row.year,
        number=row.number,
        registered_at=stamp(row.registered_at),
        signer_name=row.signer_name,
        signer_title=row.signer_title,
        certificate_id=row.certificate_id,
    )


def history_entry(row: HistoryRow, *, inside: bool = False) -> dossiers_pb2.HistoryEntry:
    """A line of the history; who works on a dossier, and why, stays `inside` the office."""
    act = ACTS[row.act]
    return dossiers_pb2.HistoryEntry(
        sequence=row.sequence,
        at=stamp(row.at),
        action=act.past,
        status=row.status,
        text=act.text(Status(row.status)),
        actor=row.actor,
        reason="" if act.reason_is_internal and not inside else row.reason,
    )


def _handover(kept: Procedure, form: Mapping[str, Any]) -> dossiers_pb2.Handover:
    rules = kept.handover
    present = [(pointer, value_at(form, pointer)) for pointer in rules.present]
    return dossiers_pb2.Handover(
        register_signed=rules.register_signed.value,
        present=[
            dossiers_pb2.PresentPerson(field=pointer, name=name if isinstance(name, str) else "")
            for pointer, name in present
        ],
        remote=rules.remote,
    )


def _comparisons(
    kept: Procedure, form: Mapping[str, Any], documents: Sequence[DocumentRow], done: Mapping[str, ComparisonRow]
) -> Iterator[dossiers_pb2.Comparison]:
    for paper in to_compare(kept, asked(kept, form), {each.kind for each in documents}):
        message = dossiers_pb2.Comparison(kind=paper.kind, title=paper.title, mode=paper.mode.value)
        found = done.get(paper.kind)
        if found is not None:
            message.compared_at.FromDatetime(found.at)
            message.officer, message.agrees, message.note = found.officer, found.agrees, found.note
        yield message


def _supplement(row: SupplementRow) -> dossiers_pb2.SupplementRequest:
    return dossiers_pb2.SupplementRequest(
        items=[dossiers_pb2.SupplementItem(field=item["field"], text=item["text"]) for item in row.items],
        reason=row.reason,
        requested_at=stamp(row.requested_at),
        answered_at=stamp(row.answered_at),
    )


def fee(unit: Unit, row: DossierRow, asked: FeeRow) -> dossiers_pb2.Fee:
    message = dossiers_pb2.Fee(
        lines=[
            dossiers_pb2.FeeLine(item=line.item, text=line.text, count=line.count, price=line.price, amount=line.amount)
            for line in charging.lines_of(asked)
        ],
        exemption=asked.exemption,
        total=asked.total,
        reference=asked.reference,
        asked_at=stamp(asked.asked_at),
        settled_at=stamp(asked.settled_at),
        method=asked.method or "",
        receipt=asked.receipt or "",
    )
    if charging.is_owed(row, asked):
        message.online = unit.ward in unit.place.providers
        bank = unit.place.banks.get(unit.ward)
        if bank is not None:
            message.transfer.CopyFrom(
                dossiers_pb2.Transfer(
                    bank=bank.bank,
                    account=bank.account,
                    holder=bank.holder,
                    message=asked.reference,
                    vietqr=bank.vietqr(asked.total, asked.reference),
                )
            )
    return message


def _charge(price: Price) -> dossiers_pb2.Charge:
    return dossiers_pb2.Charge(item=price.item, text=price.text, price=price.amount)


def _proposed(unit: Unit, row: DossierRow) -> dossiers_pb2.ProposedEntry | None:
    """For the office alone, while the signer is waited for."""
    if row.proposal is None or row.status != Status.IN_PROGRESS or not of_office(unit.caller, unit.ward):
        return None
    proposal = proposal_of(unit, row)
    return dossiers_pb2.ProposedEntry(
        prepared_at=stamp(row.proposed_at),
        prepared_by=row.proposed_by or "",
        personal_identification_number=proposal["personal_identification_number"],
        note=proposal["note"],
        statement=proposal.get("statement", ""),
        source_entry_id=proposal.get("source_entry_id", ""),
    )


def _proposed_statement(unit: Unit, row: DossierRow, kept: Procedure, form: Mapping[str, Any]) -> str:
    """For the officer to change before the approval; empty where nothing is confirmed or the form does not say it."""
    if kept.register.name != "marital-status" or row.status == Status.DRAFT or not of_office(unit.caller, unit.ward):
        return ""
    return statement(asked(kept, form))


def _told(row: ToldRow) -> dossiers_pb2.ToldMessage:
    return dossiers_pb2.ToldMessage(
        channel=row.channel, template=row.template, delivered=row.delivered, at=stamp(row.at)
    )


def _finding(finding: Finding) -> dossiers_pb2.Finding:
    return dossiers_pb2.Finding(
        field=finding.field,
        check=finding.check,
        kind=_KINDS[finding.kind],
        text=finding.text,
        article=finding.article,
    )
