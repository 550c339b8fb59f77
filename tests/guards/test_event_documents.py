"""docs/events.md and docs/asyncapi.yaml say what the contracts say, all of it and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
import yaml
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from services.chassis.events.envelope import Event, stream_of, to_record, topic_of
from services.chassis.service import Service
from tests.guards.parts import EXTERNAL, ROOT, SERVICES, contracts_of_events, event_types

STREAMS = {stream: service for service in SERVICES.values() for stream in service.streams}
_NAMES = {
    FieldDescriptor.TYPE_STRING: "string",
    FieldDescriptor.TYPE_INT32: "int32",
    FieldDescriptor.TYPE_BYTES: "bytes",
    FieldDescriptor.TYPE_BOOL: "bool",
}

Fields = list[tuple[int, str, str]]  # number, name, type


def fields_of(payload: Descriptor) -> Fields:
    return [(field.number, field.name, _type_of(field)) for field in payload.fields]


def _type_of(field: FieldDescriptor) -> str:
    name = field.message_type.name if field.message_type else _NAMES[field.type]
    return f"repeated {name}" if field.is_repeated else name


def parts_of_events() -> dict[str, Descriptor]:
    """Messages that are parts of events."""
    payloads = set(event_types().values())
    return {
        name: descriptor
        for file in contracts_of_events()
        for name, descriptor in file.message_types_by_name.items()
        if descriptor not in payloads
    }


# docs/events.md


@cache
def sections() -> dict[str, str]:
    """Heading of the second or third level → the text under it."""
    text = (ROOT / "docs/events.md").read_text(encoding="utf-8")
    parts = re.split(r"^##+ (.+)$", text, flags=re.MULTILINE)
    headings, bodies = parts[1::2], parts[2::2]
    assert len(headings) == len(set(headings))
    return dict(zip(headings, bodies, strict=True))


def rows(section: str) -> list[list[str]]:
    lines = [line for line in sections()[section].splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_reference_has_a_section_for_every_topic_and_type_and_no_other() -> None:
    wanted = {f"`{type}`" for type in event_types()} | {f"`{topic_of('<ward>', stream)}`" for stream in STREAMS}
    assert {heading for heading in sections() if heading.startswith("`")} == wanted


@pytest.mark.parametrize("type", sorted(event_types()))
def test_the_reference_lists_the_fields_of_a_type(type: str) -> None:
    documented = rows(f"`{type}`")
    assert [(int(number), name, kind) for number, name, kind, _ in documented] == fields_of(event_types()[type])
    assert all(meaning for *_, meaning in documented)


@pytest.mark.parametrize("name", sorted(parts_of_events()))
def test_the_reference_lists_the_fields_of_what_events_share(name: str) -> None:
    assert [(int(number), field, kind) for number, field, kind, _ in rows(name)] == fields_of(parts_of_events()[name])


def test_types_stand_under_their_topic() -> None:
    topic = ""
    for heading in sections():
        if heading.startswith("`caunoi."):
            topic = heading.strip("`")
        elif heading.startswith("`vn."):
            assert topic == topic_of("<ward>", stream_of(heading.strip("`")))


@pytest.mark.parametrize(("stream", "service"), STREAMS.items(), ids=STREAMS)
def test_the_reference_says_who_writes_a_topic_and_whether_it_is_external(stream: str, service: Service) -> None:
    text = sections()[f"`{topic_of('<ward>', stream)}`"]
    assert f"Written by {service.name}." in text
    assert ("Read by: external" in text) == (stream in EXTERNAL)


def test_the_reference_lists_the_headers_that_records_have() -> None:
    assert {name for name, _ in rows("Headers")} == headers(everything=True)


def headers(*, everything: bool) -> set[str]:
    """The headers of a record; `everything`: the optional ones too."""
    more = ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "r-1") if everything else ("", "")
    type = next(iter(event_types()))
    return set(to_record(Event("e-1", type, "/wards/20248/accounts", "a-1", datetime.now(UTC), b"", *more)).headers)


# docs/asyncapi.yaml


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docs/asyncapi.yaml").read_text(encoding="utf-8"))
    return loaded


def resolved(reference: dict[str, str]) -> Any:
    """The target of a `$ref` within the document. Raises KeyError where there is none."""
    found: Any = document()
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_every_reference_points_at_something() -> None:
    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                resolved(node)
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    assert document()["asyncapi"].startswith("3.")
    walk(document())


def test_the_channels_are_the_topics() -> None:
    addresses = {name: channel["address"] for name, channel in document()["channels"].items()}
    assert addresses == {stream: topic_of("{ward}", stream) for stream in STREAMS}
    for channel in document()["channels"].values():
        assert set(channel["parameters"]) == {"ward"}


def test_each_channel_has_the_types_of_its_stream() -> None:
    for stream, channel in document()["channels"].items():
        types = {resolved(message)["name"] for message in channel["messages"].values()}
        assert types == {type for type in event_types() if stream_of(type) == stream}
    assert len(document()["components"]["messages"]) == len(event_types())


@pytest.mark.parametrize("type", sorted(event_types()))
def test_a_message_has_the_fields_headers_and_key_of_its_type(type: str) -> None:
    payload = event_types()[type]
    message = document()["components"]["messages"][payload.name]
    assert message["name"] == type
    assert _fields(message["payload"], payload) == fields_of(payload)
    (trait,) = [resolved(reference) for reference in message["traits"]]
    assert trait["contentType"] == document()["defaultContentType"]
    for path in message["bindings"]["kafka"]["key"]["x-fields"]:
        _find(payload, path)
        assert f"`{path}`" in sections()[f"`{topic_of('<ward>', stream_of(type))}`"], "the reference names the key too"


def test_what_events_share_has_the_fields_of_the_contract() -> None:
    for name, payload in parts_of_events().items():
        assert _fields(document()["components"]["schemas"][name], payload) == fields_of(payload)


def test_the_headers_are_those_that_records_have() -> None:
    schema = document()["components"]["schemas"]["Headers"]
    assert set(schema["properties"]) == headers(everything=True)
    assert set(schema["required"]) == headers(everything=False)


def test_who_writes_and_who_reads_stands_there() -> None:
    sends = [operation for operation in document()["operations"].values() if operation["action"] == "send"]
    assert sorted(operation["channel"]["$ref"] for operation in sends) == sorted(
        f"#/channels/{name}" for name in STREAMS
    )
    reads = {
        operation["channel"]["$ref"].rpartition("/")[2]
        for operation in document()["operations"].values()
        if operation["action"] == "receive"
    }
    assert reads == set(STREAMS) - EXTERNAL


def _fields(schema: dict[str, Any], payload: Descriptor) -> Fields:
    assert schema["x-protobuf-message"] == payload.full_name
    return [(each["x-protobuf-number"], name, _kind(each)) for name, each in schema["properties"].items()]


def _kind(schema: dict[str, Any]) -> str:
    if "allOf" in schema:
        name: str = schema["allOf"][0]["$ref"].rpartition("/")[2]
        return name
    if schema["type"] == "array":
        return f"repeated {_kind(schema['items'])}"
    kinds = {("string", "date-time"): "Timestamp", ("integer", "int32"): "int32", ("boolean", ""): "bool"}
    plain = "bytes" if "contentEncoding" in schema else "string"
    return kinds.get((schema["type"], schema.get("format", "")), plain)


def _find(payload: Descriptor, path: str) -> None:
    """Fails where a message has no such field."""
    *outer, last = path.split(".")
    for step in outer:
        inner = payload.fields_by_name[step].message_type
        assert inner is not None, f"{step} of {path} has no fields"
        payload = inner
    assert last in payload.fields_by_name, f"{payload.full_name} has no {path}"
