"""The administrator's pages change only their own fields, and leave all others as they are, also fields that no page
knows.
"""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.accounts.v1 import stations_pb2 as stations_v1
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway.pages.admin import asked
from gateway.rpc import Rpc
from gateway.wards import WardClient
from services.chassis.grpc.rules import of_ward
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.admin import ADMIN, PHRASES, STATIONS, WEEK, date_of
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.stations import day_from_now
from tests.unit.gateway_pages.ward import Ward


def added_later(*fields: str) -> tuple[Any, Any]:
    """A row, and the request that saves it, of a contract in which both have these fields."""
    file = FileDescriptorProto(name="later.proto", package="caunoi.accounts.later", syntax="proto3")
    for name in ("Row", "SaveRowRequest"):
        message = file.message_type.add(name=name)
        for number, field in enumerate(fields, start=1):
            message.field.add(name=field, number=number, type=FieldDescriptorProto.TYPE_STRING, label=1)
    file.message_type[0].field.add(name="version", number=50, type=FieldDescriptorProto.TYPE_INT32, label=1)
    types = {"input_type": ".caunoi.accounts.later.SaveRowRequest", "output_type": ".caunoi.accounts.later.Row"}
    file.service.add(name="LaterService").method.add(name="SaveRow", **types)
    pool = DescriptorPool()
    pool.Add(file)
    row, request = (pool.FindMessageTypeByName(f"caunoi.accounts.later.{name}") for name in ("Row", "SaveRowRequest"))
    return GetMessageClass(row), GetMessageClass(request)


def test_a_field_that_comes_later_is_not_erased_by_a_page_that_changes_another(wards: FakeWards) -> None:
    row, request = added_later("id", "text", "added")
    found = row(id="1", text="Xin chờ.", added="chỉ có ở đây", version=4)
    wards.answers("SaveRow", found)
    asked.change(WardClient(wards, NAM_DUONG), Rpc(request, row, by=of_ward()), found, text="Xin đợi.")
    assert wards.asked[-1].request == request(id="1", text="Xin đợi.", added="chỉ có ở đây")


def fill(row: Message) -> None:
    """Puts a value into every empty field of a row, for any fields."""
    for field in row.DESCRIPTOR.fields:
        if field.message_type is None and not getattr(row, field.name):
            by_type = {FieldDescriptor.TYPE_STRING: f"có {field.name}", FieldDescriptor.TYPE_BOOL: True}
            setattr(row, field.name, by_type.get(field.type, 7))


def unchanged(row: Message, request: Message, *changed: str) -> bool:
    """Whether the request has all values that it shares with the row, except these."""
    shared = set(row.DESCRIPTOR.fields_by_name.keys()) & set(request.DESCRIPTOR.fields_by_name.keys()) - {*changed}
    return all(getattr(row, name) == getattr(request, name) for name in shared)


def test_closing_a_station_sends_all_else_as_it_is(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    (station,) = ward.stations
    fill(station)
    station.closed = False
    browser.get(f"{STATIONS}/{station.id}/dong")
    for path, closed in (("dong", True), ("mo-lai", False)):
        browser.client.post(f"{STATIONS}/{station.id}/{path}", data={"csrf_token": browser.page.hidden("csrf_token")})
        sent = wards.asked[-1].request
        assert (sent.closed, sent.expected_version) == (closed, station.version - 1)
        assert unchanged(station, sent)


@pytest.mark.parametrize("way", ["len", "xuong"])
def test_the_arrows_of_phrases_send_all_else_as_it_is(browser: Browser, ward: Ward, wards: FakeWards, way: str) -> None:
    browser.signed_in(ADMIN)
    for phrase in ward.phrases:
        fill(phrase)
    before = {phrase.id: stations_v1.Phrase.FromString(phrase.SerializeToString()) for phrase in ward.phrases}
    browser.get(PHRASES)
    browser.post(f"{PHRASES}/{ward.phrases[way == 'len'].id}/{way}", key="k")
    moved = [one.request for one in wards.asked if one.rpc == "SavePhrase"]
    assert {one.id for one in moved} == before.keys()
    assert all(unchanged(before[one.id], one, "position") for one in moved)


def test_a_form_sends_what_it_does_not_ask_for_as_it_is(browser: Browser, ward: Ward, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    (station,), phrase = ward.stations, ward.phrases[0]
    on = day_from_now(2)
    opening = ward.open(on)
    for row in (station, phrase):
        fill(row)
    browser.get(f"{STATIONS}/{station.id}")
    browser.post(f"{STATIONS}/{station.id}", name="Trạm mới", step_free="no", address="3 Hoàng Diệu")
    assert (wards.asked[-1].request.id, wards.asked[-1].request.closed) == (station.id, True)
    browser.follow()
    browser.post(f"{PHRASES}/{phrase.id}", text="Xin chờ.")
    assert unchanged(phrase, wards.asked[-1].request)
    browser.follow()
    browser.post(f"{WEEK}/{on}/{opening.id}", starts="17:00", ends="19:00", **date_of(on))
    assert (wards.asked[-1].request.id, wards.asked[-1].request.station_id) == (opening.id, station.id)
