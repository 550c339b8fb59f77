"""Events on the wire: CloudEvents 1.0 in Kafka headers (docs/architecture.md, Events), one golden file a type."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from caunoi.accounts.v1 import events_pb2 as accounts_events
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from services.chassis.events.broker import Record
from services.chassis.events.envelope import Event, event_type, from_record, stream_of, to_record, topic_of, unpack

GOLDEN = Path(__file__).parent / "golden"


def event_messages() -> Iterator[type[Message]]:
    for service in ("accounts", "dossiers", "notifications"):
        module = importlib.import_module(f"caunoi.{service}.v1.events_pb2")
        for descriptor in module.DESCRIPTOR.message_types_by_name.values():
            message: type[Message] = GetMessageClass(descriptor)
            try:
                event_type(message)
            except LookupError:
                continue
            yield message


EVENTS = {event_type(message): message for message in event_messages()}


def filled(message: type[Message]) -> Message:
    """A message in which every field has a value of its own."""
    example = message()
    fields = cast("Sequence[FieldDescriptor]", message.DESCRIPTOR.fields)
    for place, field in enumerate(fields, start=1):
        if field.message_type is not None and field.message_type.full_name == "google.protobuf.Timestamp":
            getattr(example, field.name).FromDatetime(datetime(2020, 10, 6, 2, place, tzinfo=UTC))
        elif field.message_type is not None and field.is_repeated:
            getattr(example, field.name).append(filled(GetMessageClass(field.message_type)))
        elif field.message_type is not None:
            getattr(example, field.name).CopyFrom(filled(GetMessageClass(field.message_type)))
        elif field.is_repeated:
            getattr(example, field.name).append(f"{field.name}-1")
        else:
            values = {FieldDescriptor.CPPTYPE_INT32: place, FieldDescriptor.CPPTYPE_STRING: f"{field.name}-{place}"}
            value = field.name.encode() if field.type == FieldDescriptor.TYPE_BYTES else values[field.cpp_type]
            setattr(example, field.name, value)
    return example


@pytest.mark.parametrize("type", sorted(EVENTS))
def test_the_bytes_of_an_event_type_stay_readable_for_ever(type: str) -> None:
    """Finds a field that was renamed, renumbered, retyped or dropped by accident; fields may be added.

    A new type's golden file (its bytes with every field filled, and the same as JSON) is written at the first run and
    fails that run, so that it is looked at and committed.
    """
    golden = GOLDEN / f"{type}.json"
    if not golden.exists():
        GOLDEN.mkdir(exist_ok=True)
        example = filled(EVENTS[type])
        fields = json_format.MessageToDict(example, preserving_proto_field_name=True)
        golden.write_text(json.dumps({"wire": example.SerializeToString().hex(), "fields": fields}, indent=2) + "\n")
        pytest.fail(f"{golden.name} was missing and is written now: look at it and commit it")
    kept = json.loads(golden.read_text())
    assert EVENTS[type].FromString(bytes.fromhex(kept["wire"])) == json_format.ParseDict(kept["fields"], EVENTS[type]())


@pytest.mark.parametrize("type", sorted(EVENTS))
def test_types_are_named_stream_subject_past_participle_and_version(type: str) -> None:
    assert re.fullmatch(r"vn\.caunoi\.[a-z-]+\.[a-z-]+\.([a-z-]+(ed|wn|-over|-out)|paid)\.v\d+", type)


def event() -> Event:
    payload = accounts_events.AccountOpened(account_id="a1", ward="20248").SerializeToString()
    return Event(
        id="11111111-2222-3333-4444-555555555555",
        type="vn.caunoi.accounts.account.opened.v1",
        source="/wards/20248/accounts",
        key="a1",
        time=datetime(2020, 10, 6, 2, 0, 0, 123000, tzinfo=UTC),
        payload=payload,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        request_id="r-1",
    )


def test_an_event_becomes_a_cloudevent_in_the_topic_of_its_ward_and_stream() -> None:
    record = to_record(event())
    assert (record.topic, record.key) == ("caunoi.20248.accounts.v1", "a1")
    assert record.headers["ce_id"] == event().id
    assert record.headers["ce_source"] == "/wards/20248/accounts"
    assert record.headers["ce_subject"] == "a1"
    assert record.headers["ce_specversion"] == "1.0"
    assert record.headers["content-type"] == "application/protobuf"


def test_what_was_sent_is_what_is_read() -> None:
    assert from_record(to_record(event())) == event()
    assert unpack(event(), accounts_events.AccountOpened).ward == "20248"


@pytest.mark.parametrize("headers", [{}, {"ce_id": "1"}, {"ce_specversion": "9", "ce_id": "1", "ce_type": "t"}])
def test_a_record_that_is_no_cloudevent_is_told_from_one(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no CloudEvent"):
        from_record(Record("caunoi.20248.accounts.v1", "a1", b"", headers))


@pytest.mark.parametrize(
    "topic", ["caunoi.20227.accounts.v1", "caunoi.20248.dossiers.v1", "caunoi.20248.accounts.v2", ""]
)
def test_a_record_is_an_event_in_the_topic_of_its_ward_and_stream_alone(topic: str) -> None:
    """The broker knows who may write a topic; what a record says of its source, anybody can write."""
    record = to_record(event())
    with pytest.raises(ValueError, match="a ward speaks for itself only"):
        from_record(Record(topic, record.key, record.value, record.headers))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ce_source", "accounts"),
        ("ce_source", "/wards/20248"),
        ("ce_source", "/wards/20248/accounts\n"),
        ("ce_type", "opened"),
        ("ce_type", "vn.caunoi.accounts.account.opened"),
    ],
)
def test_a_record_of_another_system_is_told_from_one_of_ours(name: str, text: str) -> None:
    record = to_record(event())
    with pytest.raises(ValueError, match="none of ours"):
        from_record(Record(record.topic, record.key, record.value, {**record.headers, name: text}))


def test_streams_and_topics_are_read_from_the_type() -> None:
    assert stream_of("vn.caunoi.civil-status.birth.registered.v1") == "civil-status"
    assert topic_of("20248", "civil-status") == "caunoi.20248.civil-status.v1"
