"""The API of one's own household calls only the home ward that the token names."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.accounts.v1 import households_pb2
from flask.testing import FlaskClient
from google.protobuf.empty_pb2 import Empty

from services.chassis.refusal import FieldFault, invalid
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_requests import problem

ID = "11111111-2222-4333-8444-555555555555"
SHOWN = households_pb2.Household(members=[households_pb2.HouseholdMember(id=ID, full_name="Trần Thị Bông")])
AGREED = {"text_version": "2026-11-28"}
CODE = households_pb2.HouseholdCode(code="48291307")
#: Method, path, body, RPC, answer and status.
ACTS: list[tuple[str, str, Any, str, Any, int]] = [
    ("GET", "", None, "GetOwnHousehold", SHOWN, 200),
    ("POST", "", AGREED, "StartHousehold", SHOWN, 201),
    ("POST", "/codes", None, "IssueHouseholdCode", CODE, 201),
    ("POST", "/joining", AGREED | {"code": "4829 1307"}, "JoinHousehold", SHOWN, 200),
    ("POST", "/leaving", None, "LeaveHousehold", Empty(), 204),
    ("DELETE", f"/members/{ID}", None, "RemoveHouseholdMember", Empty(), 204),
    ("POST", f"/members/{ID}/handover", None, "HandOverHousehold", Empty(), 204),
    ("PUT", "/residential-group", {"residential_group": 12, "shown_group": 7}, "SetResidentialGroup", Empty(), 204),
]


@pytest.mark.parametrize(("method", "path", "body", "rpc", "answer", "status"), ACTS)
def test_each_path_is_one_rpc_of_the_home_ward(
    client: FlaskClient, wards: FakeWards, method: str, path: str, body: Any, rpc: str, answer: Any, status: int
) -> None:
    wards.answers(rpc, answer)
    headers = bearer(NAM_DUONG) | {"Idempotency-Key": "once"}
    answered = client.open(f"/api/v1/me/household{path}", method=method, json=body, headers=headers)
    assert answered.status_code == status, answered.text
    (asked,) = wards.asked
    assert (asked.ward, asked.rpc) == (NAM_DUONG, rpc)
    assert asked.idempotency_key == ("once" if method == "POST" and path != "/joining" else "")
    assert client.open(f"/api/v1/me/household{path}", method=method, json=body).status_code == 401


def test_a_group_that_is_not_known_is_null(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("SetResidentialGroup", Empty())
    path, headers = "/api/v1/me/household/residential-group", bearer(NAM_DUONG)
    assert client.put(path, json={"residential_group": None, "shown_group": 7}, headers=headers).status_code == 204
    assert client.put(path, json={"residential_group": 7, "shown_group": None}, headers=headers).status_code == 204
    sent = [(asked.request.residential_group, asked.request.shown_group) for asked in wards.asked]
    assert sent == [(0, 7), (7, 0)]
    assert wards.asked[1].request.HasField("shown_group")
    for wrong in (0, 301, "12"):
        for body in ({"residential_group": wrong, "shown_group": 7}, {"residential_group": 7, "shown_group": wrong}):
            assert client.put(path, json=body, headers=headers).status_code == 400


def test_a_group_is_not_changed_without_the_one_that_was_read(client: FlaskClient) -> None:
    """Else it would be overwritten unseen (docs/decisions/0016)."""
    path, headers = "/api/v1/me/household/residential-group", bearer(NAM_DUONG)
    found = problem(client.put(path, json={"residential_group": 7}, headers=headers), 400, "invalid-request")
    assert [each["field"] for each in found["fields"]] == ["/shown_group"]


def test_a_wrong_code_is_named_at_its_place_in_the_body(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("JoinHousehold", invalid("wrong-household-code", "Mã không đúng.", FieldFault("code", "Mã sai.")))
    body = AGREED | {"code": "48291307"}
    answer = client.post("/api/v1/me/household/joining", json=body, headers=bearer(NAM_DUONG))
    found = problem(answer, 400, "wrong-household-code")
    assert [each["field"] for each in found["fields"]] == ["/code"]
