"""Messages of the services with every field filled, and with as little as they ever have."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp
from jsonschema import Draft202012Validator
from pydantic import BaseModel, TypeAdapter

Made = TypeVar("Made", bound=Message)

#: Fields whose text is one of a few words, or JSON.
WORDS: dict[str, str | int] = {
    "caunoi.dossiers.v1.DocumentRequirement.mode": "file",
    "caunoi.dossiers.v1.Document.media_type": "image/png",
    "caunoi.dossiers.v1.Assistance.how": "helped",
    "caunoi.dossiers.v1.RegisterEntry.register": "birth",
    "caunoi.dossiers.v1.ToldMessage.channel": "sms",
    "caunoi.dossiers.v1.ToldMessage.template": "dossier-signed",
    "caunoi.dossiers.v1.Comparison.mode": "present",
    "caunoi.dossiers.v1.ResidenceLookup.source": "population",
    "caunoi.dossiers.v1.ResidenceLookup.result": "as-declared",
    "caunoi.dossiers.v1.Verification.kind": "inquiry",
    "caunoi.dossiers.v1.Verification.state": "sent",
    "caunoi.dossiers.v1.Verification.outcomes": "replied",
    "caunoi.dossiers.v1.Verification.finding": "agrees",
    "caunoi.dossiers.v1.Verification.about": "wife-marital-status",
    "caunoi.dossiers.v1.Dossier.approval_asks": "note",
    "caunoi.dossiers.v1.Dossier.status": 4,
    "caunoi.dossiers.v1.Dossier.register": "copies",
    "caunoi.dossiers.v1.Dossier.channel": "online",
    "caunoi.dossiers.v1.Dossier.papers": "receipt",
    "caunoi.dossiers.v1.Dossier.actions": "withdrawal",
    "caunoi.dossiers.v1.DossierSummary.status": 5,
    "caunoi.dossiers.v1.DossierSummary.channel": "post",
    "caunoi.dossiers.v1.HistoryEntry.status": 2,
    "caunoi.dossiers.v1.TrackedDossier.status": 6,
    "caunoi.accounts.v1.Account.roles": "citizen",
    "caunoi.accounts.v1.Account.identity_level": 2,
    "caunoi.accounts.v1.SeenPaper.identity_kind": "cmnd",
    "caunoi.accounts.v1.SeenPaper.purpose": "confirm-identity",
    "caunoi.accounts.v1.StaffMember.roles": "signer",
    "caunoi.accounts.v1.StaffMember.capacity": "deputy",
    "caunoi.accounts.v1.AdministeredStaff.roles": "signer",
    "caunoi.accounts.v1.AdministeredStaff.capacity": "head",
    "caunoi.notifications.v1.Message.channel": "email",
    "caunoi.notifications.v1.Message.template": "account-closed",
    "caunoi.dossiers.v1.Book.register": "marriage",
    "caunoi.accounts.v1.Device.kind": "kiosk",
    "caunoi.accounts.v1.Scan.source": "feeder",
    "caunoi.accounts.v1.Guidance.kind": "term",
    "caunoi.accounts.v1.OwnGuidedSession.state": "open",
    "caunoi.accounts.v1.GuidedSession.state": "open",
    "caunoi.accounts.v1.ConsentText.purpose": "household",
    "caunoi.accounts.v1.Consent.purpose": "household",
    "caunoi.dossiers.v1.Capture.source": "phone",
    "caunoi.dossiers.v1.Capture.state": "ended",
    "caunoi.accounts.v1.LearningStep.kind": "filed",
    "caunoi.accounts.v1.LearningStep.assistance": "alone",
    "caunoi.dossiers.v1.Handover.asked": "post",
    "caunoi.dossiers.v1.Handover.given": "post",
    "caunoi.dossiers.v1.Handover.register_signed": "at-handover",
    "caunoi.dossiers.v1.CertificateStatus.status": "superseded",
    "caunoi.dossiers.v1.FoundEntry.register": "birth",
    "caunoi.dossiers.v1.EntryNote.kind": "divorce",
    "caunoi.dossiers.v1.WithdrawnResult.outcome": "replied",
    "caunoi.dossiers.v1.ProposedNote.kind": "annulment",
    "caunoi.dossiers.v1.FoundEntry.note_kinds": "correction",
    "caunoi.dossiers.v1.LikelyDeath.who": "wife",
    "caunoi.dossiers.v1.SigningLine.difference": "law",
    "caunoi.dossiers.v1.Blank.name": "birth-copy",
    "caunoi.accounts.v1.Authenticator.kind": "totp",
}
#: The same, where it may also be empty or null.
WORDS_OR_NONE: dict[str, str] = {
    "caunoi.dossiers.v1.ProposedEntry.wife_elsewhere": "paper",
    "caunoi.dossiers.v1.ProposedEntry.husband_elsewhere": "answer",
    "caunoi.dossiers.v1.EntryNote.spouse_elsewhere": "remarried",
    "caunoi.dossiers.v1.ProposedNote.spouse_elsewhere": "divorced",
    "caunoi.dossiers.v1.EntryNote.who_died": "husband",
    "caunoi.dossiers.v1.ProposedNote.who_died": "wife",
    "caunoi.dossiers.v1.Fee.exemption": "poor",
    "caunoi.dossiers.v1.Fee.method": "counter",
    "caunoi.dossiers.v1.Dossier.copied_register": "death",
    "caunoi.dossiers.v1.Dossier.assistance": "alone",
    "caunoi.dossiers.v1.Dossier.result_paper_status": "superseded",
    "caunoi.dossiers.v1.Dossier.verdict": "running",
    "caunoi.accounts.v1.Account.identity_kind": "cccd",
    "caunoi.accounts.v1.SeenPaper.replaced_kind": "cmnd",
    "caunoi.accounts.v1.OwnGuidedSession.ended_because": "time",
    "caunoi.accounts.v1.GuidedSession.ended_because": "time",
    "caunoi.dossiers.v1.Capture.fault": "jammed",
}
#: Parts that are always there.
ALWAYS = {
    "caunoi.accounts.v1.Session.account",
    "caunoi.accounts.v1.AccountAtDesk.account",
    "caunoi.accounts.v1.EnrolmentCode.device",
    "caunoi.accounts.v1.EnrolledDevice.device",
    "caunoi.accounts.v1.DeviceSession.device",
    "caunoi.accounts.v1.RequestGuidedSessionResponse.session",
    "caunoi.dossiers.v1.StartCaptureResponse.capture",
    "caunoi.dossiers.v1.SubmitDossierResponse.dossier",
}
JSON = {
    "when_json": '{"/child/situation": "abandoned"}',
    "form_pages_json": '[{"name": "child", "fields": ["/child/sex"]}]',
}


@cache
def validator(model: type[BaseModel]) -> Draft202012Validator:
    """The validator of an answer, from the API's document."""
    return Draft202012Validator(TypeAdapter(model).json_schema(mode="serialization"))


def filled(kind: type[Made]) -> Made:
    """Every field has a value of its own; lists have an item that is filled and one that is not."""
    made = kind()
    for field in kind.DESCRIPTOR.fields:
        if field.is_repeated:
            items = getattr(made, field.name)
            if field.full_name in WORDS:
                items.append(WORDS[field.full_name])
            elif field.message_type is None:
                items.extend([f"{field.name} một", f"{field.name} hai"])
            else:
                items.add().CopyFrom(filled(_type_of(field)))
                items.add().CopyFrom(bare(_type_of(field)))
        elif field.message_type is Timestamp.DESCRIPTOR:
            getattr(made, field.name).FromJsonString(f"2020-10-06T23:59:{field.number % 60:02d}.123987654Z")
        elif field.message_type is not None:
            getattr(made, field.name).CopyFrom(filled(_type_of(field)))
        else:
            setattr(made, field.name, _value(field))
    return made


def bare(kind: type[Made]) -> Made:
    """Only what is never empty: enums, words of a few, and JSON."""
    made = kind()
    for field in kind.DESCRIPTOR.fields:
        if field.enum_type is not None:
            setattr(made, field.name, 2)
        elif field.full_name in ALWAYS:
            getattr(made, field.name).CopyFrom(bare(_type_of(field)))
        elif field.full_name in WORDS and not field.is_repeated:
            setattr(made, field.name, WORDS[field.full_name])
        elif field.name.endswith("_json"):
            setattr(made, field.name, "[]" if field.name == "form_pages_json" else "{}")
    return made


def _type_of(field: Any) -> type[Message]:
    return GetMessageClass(field.message_type)


def _value(field: Any) -> object:
    if field.type == FieldDescriptor.TYPE_BOOL:
        return True
    if field.enum_type is not None:
        return 1
    if field.type == FieldDescriptor.TYPE_BYTES:
        return field.name.encode()
    if field.type != FieldDescriptor.TYPE_STRING:
        return WORDS.get(field.full_name, 1000 + field.number)
    word = WORDS.get(field.full_name) or WORDS_OR_NONE.get(field.full_name) or JSON.get(field.name)
    return word or ('{"child": {"sex": null, "tên": "Ân \\"x\\""}, "n": 3}' if "_json" in field.name else field.name)
