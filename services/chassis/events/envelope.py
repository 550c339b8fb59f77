"""Events as records: a protobuf payload with CloudEvents 1.0 attributes (docs/architecture.md, Events)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from caunoi.events.v1 import options_pb2
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event
from cloudevents.core.v1.event import CloudEvent
from google.protobuf.message import Message

from services.chassis.events.broker import Record

CONTENT_TYPE = "application/protobuf"
Payload = TypeVar("Payload", bound=Message)
_TYPE = re.compile(r"vn\.caunoi(\.[a-z-]+){3}\.v\d+")
_SOURCE = re.compile(r"/wards/\d{5}/[a-z-]+")


@dataclass(frozen=True, slots=True)
class Event:
    """A fact: `source` is /wards/<code>/<service>, `key` the aggregate whose events are ordered."""

    id: str
    type: str
    source: str
    key: str
    time: datetime
    payload: bytes
    traceparent: str = ""
    request_id: str = ""

    @property
    def ward(self) -> str:
        return self.source.split("/")[2]


def unpack(event: Event, message: type[Payload]) -> Payload:
    """The event's payload. Raises google.protobuf.message.DecodeError."""
    return message.FromString(event.payload)


def event_type(message: type[Message]) -> str:
    """The type of the event whose payload `message` is, as the contract names it (option caunoi.events.v1.type)."""
    name: str = message.DESCRIPTOR.GetOptions().Extensions[options_pb2.type]
    if not name:
        raise LookupError(f"{message.DESCRIPTOR.full_name} is no event")
    return name


def topic_of(ward: str, stream: str) -> str:
    return f"caunoi.{ward}.{stream}.v1"


def ward_of(topic: str) -> str:
    """The ward that writes a topic; empty if `topic_of` does not make such a name."""
    parts = topic.split(".")
    return parts[1] if len(parts) == 4 else ""


def stream_of(type: str) -> str:
    """vn.caunoi.civil-status.birth.registered.v1 → civil-status"""
    return type.split(".")[2]


def to_record(event: Event) -> Record:
    attributes: dict[str, Any] = {
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.key,
        "time": event.time.astimezone(UTC),
        "datacontenttype": CONTENT_TYPE,
    }
    # The distributed tracing extension of CloudEvents, and the request id that people quote.
    attributes |= {"traceparent": event.traceparent} if event.traceparent else {}
    attributes |= {"requestid": event.request_id} if event.request_id else {}
    message = to_binary_event(CloudEvent(attributes=attributes, data=event.payload))
    headers = {name: raw.decode() for name, raw in message.headers.items()}
    return Record(topic_of(event.ward, stream_of(event.type)), event.key, event.payload, headers)


def type_of(record: Record) -> str:
    """The type of the event in a record, without parsing the rest; empty if there is none."""
    return record.headers.get("ce_type", "")


def from_record(record: Record) -> Event:
    """The event of a record. Raises ValueError if it is no CloudEvent of this system, or is in the wrong topic.

    The broker lets a ward write only its own topics, so the topic proves the ward; the record's own `source` does not.
    """
    headers = {name: text.encode() for name, text in record.headers.items()}
    try:
        parsed = from_binary_event(KafkaMessage(headers=headers, key=None, value=record.value))
    except Exception as fault:  # the library raises exception groups of its own
        raise ValueError(f"no CloudEvent: {type(fault).__name__}") from fault
    time = parsed.get_time()
    if time is None:
        raise ValueError("no CloudEvent of this system: it does not say when it happened")
    event = Event(
        id=parsed.get_id(),
        type=parsed.get_type(),
        source=parsed.get_source(),
        key=record.key,
        time=time,
        payload=record.value,
        traceparent=parsed.get_extension("traceparent") or "",
        request_id=parsed.get_extension("requestid") or "",
    )
    if not _TYPE.fullmatch(event.type) or not _SOURCE.fullmatch(event.source):
        raise ValueError("no CloudEvent of this system: its type or source is none of ours")
    if record.topic != topic_of(event.ward, stream_of(event.type)):
        raise ValueError("a ward speaks for itself only, and in the topic of the stream")
    return event
