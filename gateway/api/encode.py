"""From the services' messages to what the API answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2
from google.protobuf.message import Message as ProtoMessage
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.access_log import Entry
from gateway.api import answers
from services.chassis.clock import VIETNAM
from services.chassis.district import Ward

_ACCOUNT_STATUS: dict[int, Literal["pending", "active", "closed"]] = {
    accounts_pb2.ACCOUNT_STATUS_PENDING: "pending",
    accounts_pb2.ACCOUNT_STATUS_ACTIVE: "active",
    accounts_pb2.ACCOUNT_STATUS_CLOSED: "closed",
}
_FINDING_KIND: dict[int, Literal["stops", "warns", "informs", "asks_officer"]] = {
    dossiers_pb2.FINDING_KIND_STOPS: "stops",
    dossiers_pb2.FINDING_KIND_WARNS: "warns",
    dossiers_pb2.FINDING_KIND_INFORMS: "informs",
    dossiers_pb2.FINDING_KIND_ASKS_OFFICER: "asks_officer",
}
_MESSAGE_STATUS: dict[int, Literal["queued", "delivered", "failed", "skipped"]] = {
    notifications_pb2.MESSAGE_STATUS_QUEUED: "queued",
    notifications_pb2.MESSAGE_STATUS_DELIVERED: "delivered",
    notifications_pb2.MESSAGE_STATUS_FAILED: "failed",
    notifications_pb2.MESSAGE_STATUS_SKIPPED: "skipped",
}


def moment(owner: ProtoMessage, name: str) -> datetime | None:
    """The time in a message's field, with the offset of Đà Nẵng; None where it is not set."""
    if not owner.HasField(name):
        return None
    value: Timestamp = getattr(owner, name)
    return value.ToDatetime(VIETNAM).replace(microsecond=value.nanos // 1_000_000 * 1000)


def plain(message: ProtoMessage, *names: str) -> dict[str, Any]:
    """Scalar fields as they are."""
    return {name: getattr(message, name) for name in names}


def ward_names(wards: Sequence[Ward]) -> list[answers.WardName]:
    return [answers.WardName(code=ward.code, name=ward.name) for ward in wards]


def station(message: accounts_pb2.Station) -> answers.Station:
    return answers.Station(**plain(message, "id", "name", "address", "opening_hours"))


def opened_account(message: accounts_pb2.OpenAccountResponse, ward: str) -> answers.OpenedAccount:
    return answers.OpenedAccount(
        id=message.account_id,
        ward=ward,
        status=_ACCOUNT_STATUS[message.status],
        phone_masked=message.phone_masked,
        code_expires_at=moment(message, "code_expires_at"),
    )


def account(message: accounts_pb2.Account) -> answers.Account:
    return answers.Account(
        **plain(message, "id", "ward", "full_name", "phone_masked", "email", "identity_number_masked", "address"),
        status=_ACCOUNT_STATUS[message.status],
        roles=list(message.roles),
        date_of_birth=message.date_of_birth or None,
        created_at=moment(message, "created_at"),
    )


def requirement(message: dossiers_pb2.DocumentRequirement) -> answers.DocumentRequirement:
    return answers.DocumentRequirement(**plain(message, "kind", "title", "hint", "mode", "required", "condition"))


def procedure_summary(message: dossiers_pb2.Procedure) -> answers.ProcedureSummary:
    return answers.ProcedureSummary(**_procedure(message))


def procedure(message: dossiers_pb2.Procedure) -> answers.Procedure:
    return answers.Procedure(
        **_procedure(message),
        **plain(message, "before_you_start", "declaration", "at_handover"),
        steps=list(message.steps),
        form_schema=json.loads(message.form_schema_json),
        form_pages=json.loads(message.form_pages_json),
    )


def _procedure(message: dossiers_pb2.Procedure) -> dict[str, Any]:
    return {
        **plain(message, "code", "version", "name", "summary", "time_limit", "fee"),
        "legal_basis": list(message.legal_basis),
        "documents": [requirement(each) for each in message.documents],
    }


def document(message: dossiers_pb2.Document) -> answers.Document:
    return answers.Document(
        **plain(message, "id", "kind", "filename", "media_type", "size", "sha256", "removable"),
        added_at=moment(message, "added_at"),
    )


def finding(message: dossiers_pb2.Finding) -> answers.Finding:
    return answers.Finding(**plain(message, "field", "check", "text", "article"), kind=_FINDING_KIND[message.kind])


def dossier(message: dossiers_pb2.Dossier) -> answers.Dossier:
    return answers.Dossier(
        **plain(message, "id", "ward", "procedure", "procedure_version", "procedure_name", "status", "status_text"),
        **plain(message, "waits_for", "version", "overdue", "applicant_account_id", "applicant_name"),
        **plain(message, "channel", "assistance", "result_name", "subject_name", "proposed_statement"),
        kind=message.register,
        copied_register=message.copied_register or None,
        code=message.code or None,
        form=json.loads(message.form_json or "{}"),
        documents=[document(each) for each in message.documents],
        findings=[finding(each) for each in message.findings],
        created_at=moment(message, "created_at"),
        submitted_at=moment(message, "submitted_at"),
        accepted_at=moment(message, "accepted_at"),
        due_at=moment(message, "due_at"),
        paused_at=moment(message, "paused_at"),
        supplement_request=(
            _supplement_request(message.supplement_request) if message.HasField("supplement_request") else None
        ),
        proposed_entry=_proposed_entry(message.proposed_entry) if message.HasField("proposed_entry") else None,
        register_entry=_register_entry(message.register_entry) if message.HasField("register_entry") else None,
        papers=list(message.papers),
        tracking_key=message.tracking_key or None,
        actions=list(message.actions),
        told=[
            answers.Told(**plain(each, "channel", "template", "delivered"), at=moment(each, "at"))
            for each in message.told
        ],
        assigned_to=message.assigned_to or None,
        comparisons=[_comparison(each) for each in message.comparisons],
        handover=_handover(message.handover) if message.HasField("handover") else None,
        fees=[_fee(each) for each in message.fees],
        chargeable=[answers.Charge(**plain(each, "item", "text", "price")) for each in message.chargeable],
        extension=_extension(message.extension) if message.HasField("extension") else None,
        verifications=[_verification(each) for each in message.verifications],
        verifying_until=message.verifying_until or None,
        verdict=message.verdict or None,
        reminded_at=moment(message, "reminded_at"),
        kept_until=message.kept_until or None,
    )


def _extension(message: dossiers_pb2.Extension) -> answers.Extension:
    return answers.Extension(
        **plain(message, "reason", "late"),
        at=moment(message, "at"),
        due_before=moment(message, "due_before"),
        due_after=moment(message, "due_after"),
    )


def _verification(message: dossiers_pb2.Verification) -> answers.Verification:
    return answers.Verification(
        **plain(message, "id", "kind", "state", "state_text", "recipient", "person", "question"),
        **plain(message, "document_number", "answer"),
        sent_at=moment(message, "sent_at"),
        reply_due_at=moment(message, "reply_due_at"),
        waits_until=message.waits_until or None,
        ended_at=moment(message, "ended_at"),
        document_date=message.document_date or None,
        outcomes=list(message.outcomes),
    )


def _fee(message: dossiers_pb2.Fee) -> answers.Fee:
    transfer = message.transfer if message.HasField("transfer") else None
    return answers.Fee(
        **plain(message, "total", "reference", "online"),
        lines=[answers.FeeLine(**plain(each, "item", "text", "count", "price", "amount")) for each in message.lines],
        exemption=message.exemption or None,
        asked_at=moment(message, "asked_at"),
        settled_at=moment(message, "settled_at"),
        method=message.method or None,
        receipt=message.receipt or None,
        transfer=transfer and answers.Transfer(**plain(transfer, "bank", "account", "holder", "message", "vietqr")),
    )


def _supplement_request(message: dossiers_pb2.SupplementRequest) -> answers.SupplementRequest:
    return answers.SupplementRequest(
        items=[answers.SupplementItem(field=item.field, text=item.text) for item in message.items],
        reason=message.reason,
        requested_at=moment(message, "requested_at"),
        answered_at=moment(message, "answered_at"),
    )


def _comparison(message: dossiers_pb2.Comparison) -> answers.Comparison:
    return answers.Comparison(
        **plain(message, "kind", "title", "mode", "officer", "agrees", "note"),
        compared_at=moment(message, "compared_at"),
    )


def _handover(message: dossiers_pb2.Handover) -> answers.HandoverRules:
    return answers.HandoverRules(
        register_signed=message.register_signed,
        present=[answers.PresentPerson(**plain(each, "field", "name")) for each in message.present],
        remote=message.remote,
    )


def staff_member(message: accounts_pb2.StaffMember) -> answers.StaffMember:
    return answers.StaffMember(**plain(message, "id", "full_name", "title"), roles=list(message.roles))


def _proposed_entry(message: dossiers_pb2.ProposedEntry) -> answers.ProposedEntry:
    return answers.ProposedEntry(
        **plain(message, "prepared_by", "personal_identification_number", "note", "statement"),
        source_entry_id=message.source_entry_id or None,
        prepared_at=moment(message, "prepared_at"),
    )


def _register_entry(message: dossiers_pb2.RegisterEntry) -> answers.RegisterEntry:
    return answers.RegisterEntry(
        **plain(message, "id", "book", "year", "number", "signer_name", "signer_title", "certificate_id"),
        kind=message.register,
        registered_at=moment(message, "registered_at"),
    )


def confirmation(message: dossiers_pb2.Confirmation) -> answers.Confirmation:
    return answers.Confirmation(
        confirmation=message.id,
        digest=message.digest,
        phone_masked=message.phone_masked,
        expires_at=moment(message, "expires_at"),
    )


def submitted(message: dossiers_pb2.SubmitDossierResponse) -> answers.Submitted:
    whole = dossier(message.dossier)
    return answers.Submitted(
        code=message.dossier.code,
        status=whole.status,
        status_text=whole.status_text,
        due_at=whole.due_at,
        tracking_key=message.tracking_key,
        version=whole.version,
        dossier=whole,
    )


def dossier_summary(message: dossiers_pb2.DossierSummary) -> answers.DossierSummary:
    return answers.DossierSummary(
        **plain(message, "id", "ward", "procedure", "procedure_name", "status", "status_text", "overdue"),
        **plain(message, "subject_name", "applicant_name", "waits_for", "version", "channel"),
        assigned_to=message.assigned_to or None,
        code=message.code or None,
        submitted_at=moment(message, "submitted_at"),
        due_at=moment(message, "due_at"),
        updated_at=moment(message, "updated_at"),
    )


def history_entry(message: dossiers_pb2.HistoryEntry) -> answers.HistoryEntry:
    return answers.HistoryEntry(
        **plain(message, "sequence", "action", "status", "text", "actor", "reason"), at=moment(message, "at")
    )


def tracked(message: dossiers_pb2.TrackedDossier) -> answers.Tracked:
    return answers.Tracked(
        **plain(message, "code", "procedure_name", "status", "status_text", "waits_for", "overdue", "reason"),
        owed=message.owed,
        extension=_extension(message.extension) if message.HasField("extension") else None,
        verifying_until=message.verifying_until or None,
        submitted_at=moment(message, "submitted_at"),
        accepted_at=moment(message, "accepted_at"),
        due_at=moment(message, "due_at"),
        paused_at=moment(message, "paused_at"),
        asked_for=list(message.asked_for),
        history=[history_entry(each) for each in message.history],
    )


def access_log_entry(message: Entry, ward: str) -> answers.AccessLogEntry:
    return answers.AccessLogEntry(
        **plain(message, "who", "role", "action", "subject"), ward=ward, at=moment(message, "at")
    )


def message(sent: notifications_pb2.Message, ward: str) -> answers.Message:
    return answers.Message(
        **plain(sent, "id", "channel", "template", "subject", "text"),
        ward=ward,
        dossier_id=sent.dossier_id or None,
        status=_MESSAGE_STATUS[sent.status],
        created_at=moment(sent, "created_at"),
        delivered_at=moment(sent, "delivered_at"),
        attempts=[
            answers.Attempt(**plain(each, "succeeded", "answer"), at=moment(each, "at")) for each in sent.attempts
        ],
    )


def certificate(message: dossiers_pb2.CertificateStatus) -> answers.Certificate:
    return answers.Certificate(
        **plain(message, "certificate_id", "status", "paper", "issuer", "number", "sha256"),
        issued_at=moment(message, "issued_at"),
        valid_until=message.valid_until or None,
        changed_at=moment(message, "changed_at"),
    )


def found_entry(message: dossiers_pb2.FoundEntry) -> answers.FoundEntry:
    return answers.FoundEntry(**_found_entry(message))


def entry(message: dossiers_pb2.FoundEntry) -> answers.Entry:
    return answers.Entry(
        **_found_entry(message),
        content=json.loads(message.content_json),
        notes=[
            answers.EntryNote(**plain(each, "sequence", "kind", "text", "basis", "signer_name"), at=moment(each, "at"))
            for each in message.notes
        ],
    )


def _found_entry(message: dossiers_pb2.FoundEntry) -> dict[str, Any]:
    return {
        **plain(message, "id", "label", "year", "number", "dossier_id", "certificate_id"),
        "kind": message.register,
        "registered_at": moment(message, "registered_at"),
        "names": list(message.names),
    }


def book(message: dossiers_pb2.Book) -> answers.Book:
    return answers.Book(
        **plain(message, "title", "year", "label", "first_number", "last_number"),
        kind=message.register,
        opened_at=moment(message, "opened_at"),
        closed_at=moment(message, "closed_at"),
        closed_volumes=[
            answers.ClosedVolume(
                **plain(each, "volume", "label", "first_number", "last_number", "closed_by"),
                closed_at=moment(each, "closed_at"),
            )
            for each in message.closed_volumes
        ],
    )
