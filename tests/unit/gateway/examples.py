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
WORDS = {
    "caunoi.dossiers.v1.Handover.register_signed": "at-handover",
    "caunoi.dossiers.v1.CertificateStatus.status": "superseded",
    "caunoi.dossiers.v1.EntryNote.kind": "divorce",
}
#: Parts that are always there.
ALWAYS = {
    "caunoi.accounts.v1.Session.account",
    "caunoi.accounts.v1.AccountAtDesk.account",
    "caunoi.dossiers.v1.SubmitDossierResponse.dossier",
}
JSON = {"form_pages_json": '[{"name": "child", "fields": ["/child/sex"]}]'}


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
            if field.message_type is None:
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
        elif field.full_name in WORDS:
            setattr(made, field.name, WORDS[field.full_name])
        elif field.name.endswith("_json"):
            setattr(made, field.name, "[]" if field.name in JSON else "{}")
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
        return 1000 + field.number
    word = WORDS.get(field.full_name) or JSON.get(field.name)
    return word or ('{"child": {"sex": null, "tên": "Ân \\"x\\""}, "n": 3}' if "_json" in field.name else field.name)
