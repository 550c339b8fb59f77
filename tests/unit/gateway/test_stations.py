"""Stations and their devices over HTTP, on fake wards."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2, stations_pb2
from flask.testing import FlaskClient
from google.protobuf.empty_pb2 import Empty

from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.fakes import FakeWards

WARD = "/api/v1/wards/20248"
STATION = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
KIOSK = "a.bc.d"


def test_the_token_of_the_computer_goes_beside_the_persons_own(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("RequestScan", Empty())
    headers = {**bearer(), "X-Caunoi-Kiosk": KIOSK, "Idempotency-Key": "k"}
    body = {"scanner": STATION, "ward": "20227", "ticket": "vé", "source": "feeder"}
    assert client.post(f"{WARD}/scans", json=body, headers=headers).status_code == 204
    (asked,) = wards.asked
    assert (asked.ward, asked.kiosk, asked.idempotency_key) == ("20248", KIOSK, "k")
    assert asked.request.ward == "20227"  # of the dossier, not of the station
    assert f"Bearer {asked.token}" == bearer()["Authorization"]


def test_it_goes_with_every_call_so_that_a_filing_says_where_it_was_made(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("ListStations", accounts_pb2.ListStationsResponse())
    client.get(f"{WARD}/stations", headers={"X-Caunoi-Kiosk": KIOSK})
    client.get(f"{WARD}/stations")
    assert [asked.kiosk for asked in wards.asked] == [KIOSK, ""]
    assert (
        client.get(f"{WARD}/stations", headers={"X-Caunoi-Kiosk": "máy 1".encode().decode("latin-1")}).status_code
        == 401
    )


def test_a_station_is_changed_on_the_version_that_was_read(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("SaveStation", accounts_pb2.Station(id=STATION, version=8))
    body = {"name": "Trạm tổ 12", "address": "12 Lê Đình Thám"}
    assert client.put(f"{WARD}/stations/{STATION}", json=body, headers=bearer()).status_code == 428
    changed = client.put(f"{WARD}/stations/{STATION}", json=body, headers={**bearer(), "If-Match": '"7"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"8"')
    (asked,) = wards.asked
    assert (asked.request.id, asked.request.expected_version) == (STATION, 7)


def test_an_opening_session_is_changed_on_the_version_that_was_read(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("SaveOpening", accounts_pb2.Opening(id=STATION, version=3))
    path = f"{WARD}/stations/{STATION}/openings/{STATION}"
    body = {"on": "2020-10-06", "starts": "18:00", "ends": "20:30"}
    assert client.put(path, json=body, headers=bearer()).status_code == 428
    changed = client.put(path, json=body, headers={**bearer(), "If-Match": '"2"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"3"')
    (asked,) = wards.asked
    assert asked.request.expected_version == 2


def test_the_administrator_lists_closed_stations_with_their_own_token(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("ListStations", accounts_pb2.ListStationsResponse(stations=[accounts_pb2.Station(closed=True)]))
    assert client.get(f"{WARD}/administration/stations").status_code == 401
    (seen,) = client.get(f"{WARD}/administration/stations", headers=bearer()).get_json()["stations"]
    assert (seen["closed"], seen["version"]) == (True, 0)
    (asked,) = wards.asked
    assert asked.token


@pytest.mark.parametrize(
    ("path", "body", "rpc", "answer"),
    [
        ("enrolments", {"code": "K7QF2-9XMRT", "kind": "kiosk"}, "EnrolDevice", stations_pb2.EnrolledDevice()),
        ("device-sessions", {"credential": "20248.x"}, "OpenDeviceSession", stations_pb2.DeviceSession(token="t")),
    ],
)
def test_a_device_enrols_and_opens_its_session_without_a_person(
    client: FlaskClient, wards: FakeWards, path: str, body: dict[str, str], rpc: str, answer: Any
) -> None:
    wards.answers(rpc, answer)
    assert client.post(f"{WARD}/{path}", json=body).status_code == 201
    (asked,) = wards.asked
    assert (asked.rpc, asked.token, asked.idempotency_key) == (rpc, "", "")
