"""Turns the services' messages into the API's JSON, with one function over the answer's model and the message's
descriptor.

A member comes from the message's field of the same name, or of its `validation_alias`, or from the caller. Moments get
the offset of Đà Nẵng, enums their words. A member that may be null is null if the message has nothing for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import NoneType
from typing import Any, TypeAlias, get_args, get_origin

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import AliasPath, BaseModel

from services.chassis.clock import VIETNAM

Json: TypeAlias = dict[str, Any]
Known: TypeAlias = Mapping[str, Any]
_Read: TypeAlias = Callable[[Any, Known], Any]


def encode(model: type[BaseModel], message: Message, **known: Any) -> Json:
    """Returns the members of an answer. `known` are values that no message has, such as the ward; they also fill its
    parts.
    """
    return {name: read(message, known) for name, read in _plan(model, message.DESCRIPTOR)}


@lru_cache(maxsize=256)
def _plan(model: type[BaseModel], message: Descriptor) -> list[tuple[str, _Read]]:
    """How each member is read, in the order of the model."""
    return [
        (field.serialization_alias or name, _reading(field.annotation, field.validation_alias or name, message))
        for name, field in model.model_fields.items()
    ]


def _reading(annotation: Any, source: str | AliasPath | Any, message: Descriptor) -> _Read:
    if isinstance(source, AliasPath):
        part, name = map(str, source.path)
        within = message.fields_by_name[part].message_type
        assert within is not None
        inner = _reading(annotation, name, within)
        return lambda whole, known: inner(getattr(whole, part), known)
    name = str(source)
    field = message.fields_by_name.get(name)
    if field is None:
        return lambda _, known: known[name]
    choices = get_args(annotation)
    optional = NoneType in choices
    kind = choices[0] if optional else annotation
    return (_value if field.message_type is None else _part)(kind, field, optional)


def _value(kind: Any, field: FieldDescriptor, optional: bool) -> _Read:
    name = field.name
    if field.enum_type is not None:
        words = _words(field.enum_type)
        return lambda owner, _: words[getattr(owner, name)]
    if field.is_repeated:
        return lambda owner, _: list(getattr(owner, name))
    if get_origin(kind) in (dict, list):  # JSON within the message
        empty = "{}" if get_origin(kind) is dict else "[]"
        return lambda owner, _: json.loads(getattr(owner, name) or empty)
    if optional and field.has_presence:  # there 0 is a value
        return lambda owner, _: getattr(owner, name) if owner.HasField(name) else None
    return (lambda owner, _: getattr(owner, name) or None) if optional else lambda owner, _: getattr(owner, name)


def _part(kind: Any, field: FieldDescriptor, optional: bool) -> _Read:
    name = field.name
    if field.is_repeated:
        (item,) = get_args(kind)
        plan = _plan(item, field.message_type)
        return lambda owner, known: [
            {member: read(each, known) for member, read in plan} for each in getattr(owner, name)
        ]
    if field.message_type is Timestamp.DESCRIPTOR:
        return lambda owner, _: _moment(getattr(owner, name)) if owner.HasField(name) else None
    plan = _plan(kind, field.message_type)

    def read_part(owner: Message, known: Known) -> Json | None:
        if optional and not owner.HasField(name):
            return None
        part = getattr(owner, name)
        return {member: read(part, known) for member, read in plan}

    return read_part


def _words(enum: EnumDescriptor) -> dict[int, str]:
    """`ACCOUNT_STATUS_ACTIVE` of the enum AccountStatus → `active`; the unspecified value has no word."""
    (unspecified,) = (value.name for value in enum.values if value.number == 0)
    prefix = unspecified.removesuffix("UNSPECIFIED")
    return {value.number: value.name.removeprefix(prefix).lower() for value in enum.values if value.number}


def _moment(at: Timestamp) -> str:
    """ISO 8601, in milliseconds."""
    return datetime.fromtimestamp(at.seconds, VIETNAM).replace(microsecond=at.nanos // 1_000_000 * 1000).isoformat()
