"""Who works for a ward over HTTP, on fake wards."""

from __future__ import annotations

from caunoi.accounts.v1 import staff_pb2
from flask.testing import FlaskClient

from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.fakes import FakeWards

STAFF = "/api/v1/wards/20248/administration/staff"
MEMBER = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
BODY = {"full_name": "Phan Thị Chín", "title": "Tình nguyện viên", "roles": list[str]()}


def test_a_volunteer_is_changed_without_roles(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("ChangeStaff", staff_pb2.AdministeredStaff(id=MEMBER, roles=["volunteer"]))
    changed = client.put(f"{STAFF}/{MEMBER}", json=BODY, headers=bearer() | {"If-Match": '"2"'})
    assert (changed.status_code, changed.get_json()["roles"]) == (200, ["volunteer"])
    (asked,) = wards.asked
    assert (asked.request.staff_id, list(asked.request.roles)) == (MEMBER, [])


def test_nobody_is_added_without_a_role(client: FlaskClient, wards: FakeWards) -> None:
    body = {**BODY, "username": "chin", "phone": "0905 300 300"}
    no = client.post(STAFF, json=body, headers=bearer() | {"Idempotency-Key": "k"})
    assert (no.status_code, [each["field"] for each in no.get_json()["fields"]]) == (400, ["/roles"])
    assert wards.asked == []


def test_a_text_is_as_long_as_it_is_kept_however_a_keyboard_writes_its_marks(
    client: FlaskClient, wards: FakeWards
) -> None:
    wards.answers("ResetSecondFactor", staff_pb2.AdministeredStaff(id=MEMBER))
    headers = bearer() | {"Idempotency-Key": "k"}
    path = f"{STAFF}/{MEMBER}/second-factor-reset"
    assert client.post(path, json={"reason": "e\u0302\u0301" * 300}, headers=headers).status_code == 200
    assert [asked.request.reason for asked in wards.asked] == ["ế" * 300]
    no = client.post(path, json={"reason": "e\u0302\u0301" * 301}, headers=headers)
    assert (no.status_code, [each["field"] for each in no.get_json()["fields"]]) == (400, ["/reason"])
