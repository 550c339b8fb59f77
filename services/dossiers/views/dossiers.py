"""Dossiers as the contract's messages, as far as the caller may see them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from caunoi.dossiers.v1 import dossiers_pb2
from google.protobuf.empty_pb2 import Empty

from services.chassis.database.pagination import Page
from services.chassis.timestamps import stamp
from services.dossiers import captures, register_papers, registers, storage
from services.dossiers.access import of_office
from services.dossiers.domain import acts
from services.dossiers.domain.assistance import Assistance
from services.dossiers.domain.elsewhere import FIELDS, NOTE, NOTES, note_of
from services.dossiers.domain.entries.marital_status import statement
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.handover import Delivery, address_for_post, asked_for, have_to_come, to_compare
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import Harmless, Procedure
from services.dossiers.domain.register import MARITAL_STATUS
from services.dossiers.domain.residence import looked_up
from services.dossiers.domain.states import STATUS_TEXT, Status
from services.dossiers.domain.tracking import waits_for
from services.dossiers.forms import about_filer, asked, renewed, tellable
from services.dossiers.register_tables import CertificateRow, RegisterEntryRow
from services.dossiers.storage import Seen
from services.dossiers.tables import DocumentRow, DossierRow, ToldRow
from services.dossiers.use_cases.clock.timekeeping import draft_kept_until, verdict_of
from services.dossiers.use_cases.dossier import Dossier, whole
from services.dossiers.use_cases.findings import findings_of
from services.dossiers.use_cases.in_the_way import replies_may_be_withdrawn
from services.dossiers.use_cases.intake.filing import Confirmation, Filed
from services.dossiers.use_cases.office import residence
from services.dossiers.use_cases.office.next_dossier import Next
from services.dossiers.use_cases.office.queues import Waiting
from services.dossiers.use_cases.office.work_list import WorkList
from services.dossiers.use_cases.opened import (
    changes_of,
    given_of,
    proposal_of,
    right_as_it_is_of,
    tracking_key_of,
    verified,
)
from services.dossiers.use_cases.originals import sent_on_request
from services.dossiers.use_cases.papers.blanks import blank_of
from services.dossiers.use_cases.papers.issuing import available
from services.dossiers.use_cases.practice.proof import Proof
from services.dossiers.use_cases.registers.copies import copied_register
from services.dossiers.use_cases.searches import Started
from services.dossiers.use_cases.unit import Unit, is_edited_by_caller
from services.dossiers.views.clock import extension_message, verification_message
from services.dossiers.views.fees import charge, fee
from services.dossiers.views.papers import in_force
from services.dossiers.views.permissions import actions, approval_asks, comparable

_KINDS = {kind: dossiers_pb2.FindingKind.Value(f"FINDING_KIND_{kind.name}") for kind in FindingKind}


def _document(row: DocumentRow) -> dossiers_pb2.Document:
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


def dossier(unit: Unit, row: DossierRow) -> dossiers_pb2.Dossier:
    """A dossier as the caller may see it."""
    unit.session.flush()  # so that the version shown is the one committed
    return _dossier(unit, whole(unit, row))


def seen(unit: Unit, found: Seen) -> dossiers_pb2.Dossier:
    """A dossier that is looked at, as the caller may see it."""
    return _dossier(unit, whole(unit, found.row, found.documents), told=found.told)


def empty(_: Unit, __: None) -> Empty:
    return Empty()


def proof(_: Unit, proof: Proof) -> dossiers_pb2.PracticeProof:
    return dossiers_pb2.PracticeProof(proof=proof.statement, expires_at=stamp(proof.expires_at))


def submitted(unit: Unit, filed: Filed) -> dossiers_pb2.SubmitDossierResponse:
    unit.session.flush()
    message = _dossier(unit, whole(unit, filed.row, filed.documents), told=())
    return dossiers_pb2.SubmitDossierResponse(dossier=message, tracking_key=filed.key)


def _shown_form(unit: Unit, opened: Dossier) -> str:
    form = unit.form(opened.row)
    shown = renewed(opened.procedure, form)
    return unit.form_json(opened.row) if shown is form else json.dumps(shown, ensure_ascii=False)


def _dossier(unit: Unit, opened: Dossier, told: Sequence[ToldRow] | None = None) -> dossiers_pb2.Dossier:
    row, kept = opened.row, opened.procedure
    entry = registers.entry_of(unit.session, row.id) if row.status >= Status.DONE else None
    message = dossiers_pb2.Dossier(
        id=str(row.id),
        ward=unit.ward,
        code=row.code or "",
        procedure=row.procedure,
        procedure_version=kept.version,
        procedure_name=kept.name,
        result_name=kept.paper,
        status=row.status,
        status_text=STATUS_TEXT[Status(row.status)],
        waits_for=waiting_for(unit, row, own=_is_applicant(unit, row)),
        version=row.version,
        form_json=_shown_form(unit, opened),
        documents=[_document(each) for each in opened.documents],
        findings=[finding(each, unit.finding_text(each), kept.harmless) for each in findings_of(unit, opened)],
        created_at=stamp(row.created_at),
        submitted_at=stamp(row.submitted_at),
        accepted_at=stamp(row.accepted_at),
        due_at=stamp(row.due_at),
        overdue=overdue(row, unit.now),
        paused_at=stamp(row.paused_at),
        supplement_request=_supplement(unit, opened) if opened.supplements else None,
        applicant_account_id=row.applicant_id,
        applicant_name=row.applicant_name,
        channel=row.channel,
        assistance=row.assistance,
        register_entry=None if entry is None else _register_entry(unit, opened, entry),
        papers=available(unit, opened),
        tracking_key=_tracking_key(unit, row),
        actions=actions(unit, row),
        proposed_entry=_proposed(unit, opened),
        fees=[fee(unit, row, each) for each in opened.fees],
        handover=_handover(unit, opened),
        proposed_statement=_proposed_statement(opened),
        register=kept.register.name,
        copied_register=copied_register(kept, opened.form),
        subject_name=row.subject_name,
        extension=extension_message(opened.clock.extension),
        verifying_until=opened.clock.verifying_until,
        kept_until=draft_kept_until(unit, row),
        asked=opened.answers.by_pointer,
        comparable=comparable(unit, row),
        approval_asks=approval_asks(unit, row),
        result_annulled=has_annulled_result(row),
    )
    signed = None if entry is None else unit.session.get(CertificateRow, entry.certificate_id)
    if signed is not None:
        message.result_paper_status = in_force(unit, signed)
        if signed.changed_at is not None:
            message.result_paper_changed_at.FromDatetime(signed.changed_at)
    if is_edited_by_caller(unit, row):
        message.tellable.extend(tellable(kept))
        if row.status in (Status.DRAFT, Status.SUPPLEMENT_ASKED):
            message.about_filer.extend(about_filer(kept, opened.answers))
            if row.status == Status.DRAFT and row.prefilled is not None:
                message.prefilled_known = True
                message.prefilled.extend(row.prefilled)
            for id, kind, pages in captures.open_captures(unit.session, row.id):
                message.open_captures.add(id=str(id), kind=kind, pages=pages)
    if acts.FEE_REQUEST.name in message.actions:
        message.chargeable.extend(charge(each) for each in unit.place.fees.chargeable(kept.fee.charges, unit.today))
    if row.status != Status.DRAFT:
        told = storage.told(unit.session, row.id) if told is None else told
        message.told.extend(_told(each) for each in told)
        message.assisted.CopyFrom(_assisted(unit, row))
        message.verdict = verdict_of(unit, row, opened.clock, opened.supplements).value
    if opened.at_the_office:
        _add_what_the_office_sees(unit, opened, message)
    return message


def _add_what_the_office_sees(unit: Unit, opened: Dossier, message: dossiers_pb2.Dossier) -> None:
    row = opened.row
    message.assigned_to, message.assigned_to_id = row.assigned_to or "", row.assigned_to_id or ""
    message.comparisons.extend(comparisons(opened))
    message.residences.extend(_residences(unit, opened))
    message.verifications.extend(
        verification_message(each, commits=opened.procedure.commits, withdrawable=replies_may_be_withdrawn(row))
        for each in verified(unit.cell, opened.clock.verifications)
    )
    if row.reminded_at is not None:
        message.reminded_at.FromDatetime(row.reminded_at)


def own(unit: Unit, page: Page[DossierRow]) -> dossiers_pb2.ListDossiersResponse:
    return dossiers_pb2.ListDossiersResponse(
        dossiers=[_summary(unit, row) for row in page.items], next_cursor=page.next_cursor, cursors=page.cursors
    )


def work_list(unit: Unit, found: WorkList) -> dossiers_pb2.ListDossiersResponse:
    message = own(unit, found.page)
    message.ClearField("cursors")  # nobody merges work lists
    message.overdue = found.overdue
    message.query = found.query
    message.statuses.extend(status_names())
    return message


def next_dossier(unit: Unit, found: Next) -> dossiers_pb2.FindNextDossierResponse:
    summary = None if found.row is None else _summary(unit, found.row)
    return dossiers_pb2.FindNextDossierResponse(dossier=summary, act=found.act)


def queues(_: Unit, found: Sequence[Waiting]) -> dossiers_pb2.ListQueuesResponse:
    return dossiers_pb2.ListQueuesResponse(
        queues=[
            dossiers_pb2.Queue(name=each.name, text=each.text, role=each.role or "", count=each.count) for each in found
        ]
    )


def started_search(_: Unit, started: Started) -> dossiers_pb2.StartSearchResponse:
    return dossiers_pb2.StartSearchResponse(id=started.id, expires_at=stamp(started.expires_at))


def status_names() -> list[dossiers_pb2.StatusName]:
    """The statuses of filed dossiers, in the order of the portal's codes."""
    return [
        dossiers_pb2.StatusName(status=status, text=text)
        for status, text in STATUS_TEXT.items()
        if status != Status.DRAFT
    ]


def _summary(unit: Unit, row: DossierRow) -> dossiers_pb2.DossierSummary:
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
        waits_for=waiting_for(unit, row, is_listed=True),
        updated_at=stamp(row.updated_at),
        version=row.version,
        assigned_to=(row.assigned_to or "") if inside else "",
        assigned_to_id=(row.assigned_to_id or "") if inside else "",
        channel=row.channel,
        result_annulled=has_annulled_result(row),
    )


def document(unit: Unit, row: DocumentRow) -> dossiers_pb2.Document:
    """A document that was added, with the dossier's new version."""
    unit.session.flush()
    owner = storage.dossier(unit.session, row.dossier_id)
    assert owner is not None
    message = _document(row)
    message.dossier_version = owner.version
    return message


def document_content(found: tuple[DocumentRow, bytes]) -> dossiers_pb2.DocumentContent:
    row, content = found
    return dossiers_pb2.DocumentContent(document=_document(row), content=content)


def confirmation(_: Unit, noted: Confirmation) -> dossiers_pb2.Confirmation:
    return dossiers_pb2.Confirmation(
        id=str(noted.id),
        digest=noted.digest.hex(),
        phone_masked=noted.challenge.phone_masked,
        expires_at=stamp(noted.challenge.expires_at),
    )


def has_annulled_result(row: DossierRow) -> bool:
    """Whether what was registered was annulled before the result was handed over."""
    return row.status == Status.DONE and row.annulled_at is not None


def overdue(row: DossierRow, now: datetime) -> bool:
    return row.due_at is not None and row.due_at < now


def waiting_for(unit: Unit, row: DossierRow, *, is_listed: bool = False, own: bool = False) -> str:
    """`is_listed`: without the form, which a list does not read; `own`: for the applicant's own page of the dossier."""
    procedure = unit.place.procedure_of(row)
    looks = row.status == Status.DONE and not is_listed
    given = None if is_listed else given_of(unit.cell, row)
    text = waits_for(
        Status(row.status),
        annulled=has_annulled_result(row),
        proposed=row.proposed_at is not None,
        verifying=row.status == Status.IN_PROGRESS and row.paused_at is not None,
        handover=procedure.handover,
        delivery=_asked_way(unit, row, procedure) if looks else None,
        given=given.delivery if given else None,
        posted=given.posted_number if given else "",
        is_listed=is_listed,
        practice=unit.cell.ward.is_practice,
        has_account=bool(row.applicant_id),
        own=own,
    )
    return unit.worded(text)


def _is_applicant(unit: Unit, row: DossierRow) -> bool:
    return bool(row.applicant_id) and unit.caller.id == row.applicant_id


def _asked_way(unit: Unit, row: DossierRow, procedure: Procedure) -> Delivery | None:
    return asked_for(procedure, asked(procedure, unit.form(row)), has_account=bool(row.applicant_id))


def _tracking_key(unit: Unit, row: DossierRow) -> str:
    """The tracking key, for the applicant only; if they came in or wrote, for the desk, which prints it."""
    if row.tracking_key is None or not is_edited_by_caller(unit, row):
        return ""
    return tracking_key_of(unit.cell, row)


def _register_entry(unit: Unit, opened: Dossier, row: RegisterEntryRow) -> dossiers_pb2.RegisterEntry:
    on_blank = opened.at_the_office and blank_of(unit, opened) is not None
    numbers = registers.ministry_numbers(unit.session, [row.id]) if opened.at_the_office else {}
    printed, last = register_papers.blank_prints(unit.session, row.id) if on_blank else (0, None)
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
        ministry_number=numbers.get(row.id, ""),
        printed_on_blank=printed,
        last_printed_on_blank_at=stamp(last),
    )


def _handover(unit: Unit, opened: Dossier) -> dossiers_pb2.Handover:
    rules = opened.procedure.handover
    form = opened.answers.form
    given = given_of(unit.cell, opened.row)
    present = [(pointer, value_at(form, pointer)) for pointer in have_to_come(opened.procedure, form)]
    return dossiers_pb2.Handover(
        register_signed=rules.register_signed.value,
        present=[
            dossiers_pb2.PresentPerson(field=pointer, name=name if isinstance(name, str) else "")
            for pointer, name in present
        ],
        remote=rules.remote,
        asked=asked_for(opened.procedure, form, has_account=bool(opened.row.applicant_id)) or "",
        address=address_for_post(opened.procedure, form),
        given=given.delivery if given else "",
        posted_number=given.posted_number if given else "",
        recipient_name=given.recipient if given and (opened.at_the_office or _is_applicant(unit, opened.row)) else "",
    )


def comparisons(opened: Dossier) -> Iterator[dossiers_pb2.Comparison]:
    requested = sent_on_request(opened.documents, opened.supplements)
    for paper in to_compare(opened.procedure, opened.answers.form, requested):
        message = dossiers_pb2.Comparison(kind=paper.kind, title=paper.title, mode=paper.mode.value)
        found = opened.comparisons.get(paper.kind)
        if found is not None:
            message.compared_at.FromDatetime(found.at)
            message.officer, message.agrees, message.note = found.officer, found.agrees, found.note
        yield message


def _residences(unit: Unit, opened: Dossier) -> Iterator[dossiers_pb2.Residence]:
    for field in looked_up(opened.procedure, opened.answers.form):
        lookups = [
            dossiers_pb2.ResidenceLookup(
                at=stamp(each.at),
                officer=each.officer,
                source=each.source,
                result=each.result,
                note=residence.note_of(unit.cell, each),
                holds=each.void_at is None,
            )
            for each in opened.lookups
            if each.field == field
        ]
        yield dossiers_pb2.Residence(field=field, lookups=lookups)


def _supplement(unit: Unit, opened: Dossier) -> dossiers_pb2.SupplementRequest:
    """The last supplement request; for the office, with the values before the answer."""
    row = opened.supplements[-1]
    old = changes_of(unit.cell, row) if opened.at_the_office else {}
    return dossiers_pb2.SupplementRequest(
        items=[dossiers_pb2.SupplementItem(field=item["field"], text=item["text"]) for item in row.items],
        reason=row.reason,
        requested_at=stamp(row.requested_at),
        answered_at=stamp(row.answered_at),
        before_json=json.dumps(old, ensure_ascii=False) if old else "",
        right_as_it_is=right_as_it_is_of(unit.cell, row),
    )


def _proposed(unit: Unit, opened: Dossier) -> dossiers_pb2.ProposedEntry | None:
    """The prepared entry, for the office only, until the signature."""
    row = opened.row
    if row.proposal is None or row.status != Status.IN_PROGRESS or not opened.at_the_office:
        return None
    proposal = proposal_of(unit.cell, row)
    return dossiers_pb2.ProposedEntry(
        prepared_at=stamp(row.proposed_at),
        prepared_by=row.proposed_by or "",
        personal_identification_number=proposal["personal_identification_number"],
        note=proposal["note"],
        statement=proposal.get("statement", ""),
        source_entry_id=proposal.get("source_entry_id", ""),
        **{field: proposal.get(field, "") for field in (*FIELDS, NOTE)},
        **{note: note_of(proposal, field) for field, note in NOTES.items()},
    )


def _proposed_statement(opened: Dossier) -> str:
    """The proposed statement, which the officer may change before the approval; empty if there is none."""
    if opened.procedure.register.name != MARITAL_STATUS or not opened.at_the_office:
        return ""
    return statement(opened.answers.form)


def _assisted(unit: Unit, row: DossierRow) -> dossiers_pb2.Assistance:
    """How the filing came about, with the guided sessions that their ward has confirmed."""
    guided = storage.guided_by(unit.session, row.id) if row.assistance == Assistance.HELPED else ()
    return dossiers_pb2.Assistance(
        how=row.assistance,
        station_ward=row.station_ward,
        station_id=row.station_id,
        guided=[
            dossiers_pb2.GuidedBy(ward=each.ward, session_id=each.session_id, minutes=each.minutes, pages=each.pages)
            for each in guided
            if each.minutes
        ],
    )


def _told(row: ToldRow) -> dossiers_pb2.ToldMessage:
    return dossiers_pb2.ToldMessage(
        channel=row.channel, template=row.template, delivered=row.delivered, at=stamp(row.at)
    )


def finding(found: Finding, text: str, harmless: Harmless) -> dossiers_pb2.Finding:
    """A finding; `text` is its text in this ward's wording."""
    return dossiers_pb2.Finding(
        field=found.field,
        check=found.check,
        kind=_KINDS[found.kind],
        text=text,
        article=found.article,
        harmless=harmless.covers(found.check, found.field),
    )


def workload(_: Unit, count: int) -> dossiers_pb2.Workload:
    return dossiers_pb2.Workload(dossiers=count)
