"""Stations and their devices over HTTP, on fake wards."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2, guidance_pb2, stations_pb2
from caunoi.dossiers.v1 import captures_pb2
from flask.testing import FlaskClient
from google.protobuf.empty_pb2 import Empty

from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.fakes import FakeWards

WARD = "/api/v1/wards/20248"
STATION = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
KIOSK = bearer()["Authorization"].removeprefix("Bearer ")[:-1]  # a ward's, and not the person's own


def test_the_token_of_the_computer_goes_beside_the_persons_own(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("RequestScan", Empty())
    headers = {**bearer(), "X-Caunoi-Kiosk": KIOSK, "Idempotency-Key": "k"}
    body = {"scanner_id": STATION, "ward": "20227", "ticket": "vé", "source": "feeder"}
    assert client.post(f"{WARD}/scans", json=body, headers=headers).status_code == 204
    (asked,) = wards.asked
    assert (asked.ward, asked.kiosk, asked.idempotency_key) == ("20248", KIOSK, "k")
    assert asked.request.ward == "20227"  # of the dossier, not of the station
    assert f"Bearer {asked.token}" == bearer()["Authorization"]


def test_it_goes_with_every_call_of_a_person_so_that_a_filing_says_where_it_was_made(
    client: FlaskClient, wards: FakeWards
) -> None:
    wards.answers("GetOwnGuidedSession", guidance_pb2.OwnGuidedSession())
    path = f"{WARD}/guided-sessions/own"
    client.get(path, headers=bearer() | {"X-Caunoi-Kiosk": KIOSK})
    client.get(path, headers=bearer())
    assert [asked.kiosk for asked in wards.asked] == [KIOSK, ""]
    unreadable = bearer() | {"X-Caunoi-Kiosk": "máy 1".encode().decode("latin-1")}
    assert client.get(path, headers=unreadable).status_code == 401


def test_nobody_who_calls_without_a_token_of_their_own_says_where(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("ListStations", accounts_pb2.ListStationsResponse())
    wards.answers("GetCaptureTicket", captures_pb2.CaptureTicket())
    client.get(f"{WARD}/stations", headers={"X-Caunoi-Kiosk": KIOSK})
    ticket = {"Authorization": "Capture a-ticket-that-only-adds-pages", "X-Caunoi-Kiosk": KIOSK}
    client.get(f"{WARD}/captures/ticket", headers=ticket)
    assert [asked.kiosk for asked in wards.asked] == ["", ""]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Capture short"}, bearer()])
def test_pages_without_a_ticket_are_refused_with_a_text_for_their_sender(
    client: FlaskClient, wards: FakeWards, headers: dict[str, str]
) -> None:
    no = client.get(f"{WARD}/captures/ticket", headers=headers)
    assert (no.status_code, no.get_json()["type"]) == (401, "https://caunoi.vn/problems/no-ticket")
    assert no.headers["WWW-Authenticate"] == "Capture"
    assert "đăng nhập" not in no.get_json()["detail"]
    assert wards.asked == []


def test_a_station_is_changed_on_the_version_that_was_read(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("SaveStation", accounts_pb2.Station(id=STATION, version=8))
    body = {"name": "Trạm tổ 12", "address": "12 Lê Đình Thám", "closed": False}
    no = client.put(f"{WARD}/stations/{STATION}", json=body, headers=bearer())
    assert (no.status_code, "hồ sơ" in no.get_json()["detail"]) == (428, False)
    changed = client.put(f"{WARD}/stations/{STATION}", json=body, headers={**bearer(), "If-Match": '"7"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"8"')
    (asked,) = wards.asked
    assert (asked.request.id, asked.request.expected_version) == (STATION, 7)


def test_a_station_that_is_changed_is_not_opened_again_by_what_was_left_out(
    client: FlaskClient, wards: FakeWards
) -> None:
    body = {"name": "Trạm tổ 12", "address": "12 Lê Đình Thám"}
    no = client.put(f"{WARD}/stations/{STATION}", json=body, headers={**bearer(), "If-Match": "*"})
    assert (no.status_code, [each["field"] for each in no.get_json()["fields"]]) == (400, ["/closed"])
    assert wards.asked == []


def test_an_unknown_choice_is_refused_in_vietnamese(client: FlaskClient, wards: FakeWards) -> None:
    body = {"kind": "printer", "station_id": STATION, "name": "Máy 1"}
    no = client.post(f"{WARD}/devices", json=body, headers=bearer()).get_json()
    assert [each["text"] for each in no["fields"]] == ["cần là một trong: 'kiosk' hoặc 'scanner'"]


def test_what_is_changed_on_its_version_is_read_with_it(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetStation", accounts_pb2.Station(id=STATION, version=8))
    wards.answers("GetOpening", accounts_pb2.Opening(id=STATION, version=3))
    station = client.get(f"{WARD}/stations/{STATION}")
    opening = client.get(f"{WARD}/stations/{STATION}/openings/{STATION}")
    assert [each.headers["ETag"] for each in (station, opening)] == ['"8"', '"3"']
    assert [asked.token for asked in wards.asked] == ["", ""], "everybody reads them"


def test_what_has_no_version_at_a_ward_of_the_release_before_has_no_etag(client: FlaskClient, wards: FakeWards) -> None:
    """`"0"` would be refused in If-Match, where the answer has said that it was received from here."""
    phrase = f"{WARD}/phrases/{STATION}"
    for version, tag in ((0, None), (4, '"4"')):
        one = stations_pb2.Phrase(id=STATION, text="Xin chờ một chút.", position=1, version=version)
        wards.answers("ListPhrases", stations_pb2.ListPhrasesResponse(phrases=[one]))
        found = client.get(phrase, headers=bearer())
        assert (found.status_code, found.headers.get("ETag")) == (200, tag)


def test_what_is_added_says_where_it_is(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("SaveStation", accounts_pb2.Station(id=STATION, version=1))
    wards.answers("SaveOpening", accounts_pb2.Opening(id=STATION, version=1))
    body = {"name": "Trạm tổ 12", "address": "12 Lê Đình Thám"}
    assert client.post(f"{WARD}/stations", json=body, headers=bearer()).headers["Location"] == (
        f"{WARD}/stations/{STATION}"
    )
    body = {"on": "2020-10-06", "starts": "18:00", "ends": "20:30"}
    added = client.post(f"{WARD}/stations/{STATION}/openings", json=body, headers=bearer())
    assert added.headers["Location"] == f"{WARD}/stations/{STATION}/openings/{STATION}"


def test_ids_in_bodies_are_uuids(client: FlaskClient, wards: FakeWards) -> None:
    for wrong in ("máy 1", "", 7, STATION.upper()):
        body = {"opening_id": wrong, "volunteer_id": STATION}
        no = client.post(f"{WARD}/duties", json=body, headers=bearer())
        assert (no.status_code, [each["field"] for each in no.get_json()["fields"]]) == (400, ["/opening_id"])
    assert wards.asked == []


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
    found = accounts_pb2.ListStationsResponse(stations=[accounts_pb2.Station(closed=True)])
    wards.answers("ListAdministeredStations", found)
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
