"""The API gives an account back, and tells no stranger who has one."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2, recovery_pb2
from flask.testing import FlaskClient
from google.protobuf.empty_pb2 import Empty

from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_api import HAI_CHAU_1, home_is
from tests.unit.gateway.test_requests import problem

ASKED = {"login": "0905123456", "date_of_birth": "1956-03-27"}
ID = "11111111-2222-4333-8444-555555555555"
NOWHERE = accounts_pb2.FindHomeWardResponse()


@pytest.fixture
def answered(wards: FakeWards) -> FakeWards:
    found = recovery_pb2.RequestRecoveryResponse(recovery_id=ID)
    found.expires_at.FromJsonString("2020-10-06T02:10:00Z")
    wards.answers("RequestRecovery", found)
    wards.answers("RecoverAccount", Empty())
    wards.answers("FindHomeWard", home_is(NAM_DUONG))
    return wards


def ask(client: FlaskClient) -> Any:
    answer = client.post("/api/v1/recoveries", json=ASKED)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def test_a_recovery_is_asked_for_and_completed_in_the_home_ward(client: FlaskClient, answered: FakeWards) -> None:
    asked = ask(client)
    assert (asked["expires_at"], asked["unanswered"]) == ("2020-10-06T09:10:00.000+07:00", [])
    assert NAM_DUONG not in asked["recovery"]
    body = {"recovery": asked["recovery"], "otp": "123456", "new_password": "mùa xuân ở Sơn Trà"}
    assert client.post("/api/v1/recoveries/completion", json=body).status_code == 204
    last = answered.asked[-1]
    assert (last.ward, last.request.recovery_id, last.request.otp) == (NAM_DUONG, ID, "123456")


def test_a_login_of_nobody_gets_an_answer_of_the_same_kind(client: FlaskClient, answered: FakeWards) -> None:
    known = ask(client)
    answered.answers("FindHomeWard", NOWHERE)
    unknown = ask(client)
    assert known.keys() == unknown.keys()
    assert len(known["recovery"]) == len(unknown["recovery"])
    assert (known["expires_at"], known["unanswered"]) == (unknown["expires_at"], unknown["unanswered"])


def test_a_login_of_nobody_goes_to_one_and_the_same_ward_whose_throttle_counts_it(
    client: FlaskClient, answered: FakeWards
) -> None:
    answered.answers("FindHomeWard", NOWHERE)
    for _ in range(5):
        ask(client)
    assert len({each.ward for each in answered.asked if each.rpc == "RequestRecovery"}) == 1


def test_every_ward_that_knows_the_login_is_asked_and_the_one_with_the_code_sets_the_password(
    client: FlaskClient, wards: FakeWards, answered: FakeWards
) -> None:
    """A household shares a phone over two wards, or a stranger has begun an account with somebody's phone."""

    def home_in_two(ward: str, _: Any) -> Any:
        return accounts_pb2.FindHomeWardResponse(ward=ward) if ward in (NAM_DUONG, HAI_CHAU_1) else NOWHERE

    answered.answers("FindHomeWard", home_in_two)
    asked = ask(client)
    assert {each.ward for each in answered.asked if each.rpc == "RequestRecovery"} == {NAM_DUONG, HAI_CHAU_1}

    def in_nam_duong(ward: str, _: Any) -> Any:
        if ward != NAM_DUONG:
            raise invalid("wrong-code", "Mã không đúng.")
        return Empty()

    answered.answers("RecoverAccount", in_nam_duong)
    body = {"recovery": asked["recovery"], "otp": "123456", "new_password": "mùa xuân ở Sơn Trà"}
    assert client.post("/api/v1/recoveries/completion", json=body).status_code == 204
    answered.answers("RecoverAccount", invalid("wrong-code", "Mã không đúng."))
    problem(client.post("/api/v1/recoveries/completion", json=body), 400, "wrong-code")


def test_all_wards_are_waited_for_whether_one_knows_the_login_or_not(
    client: FlaskClient, answered: FakeWards, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, Any]] = []
    ask_all = type(answered).send_all

    def send_all(self: Any, rpc: Any, requests: Any, **how: Any) -> Any:
        given.append(how)
        return ask_all(self, rpc, requests, **how)

    monkeypatch.setattr(type(answered), "send_all", send_all)
    ask(client)
    assert given == [{}], "a ward that knows it must not end the wait"


@pytest.mark.parametrize("home", [home_is(NAM_DUONG), NOWHERE])
def test_wards_that_do_not_answer_are_named_either_way(client: FlaskClient, answered: FakeWards, home: Any) -> None:
    answered.answers("FindHomeWard", home)
    answered.down.add("20227")
    assert ask(client)["unanswered"] == [{"code": "20227", "name": "Phường Thanh Bình"}]


def test_a_home_ward_that_is_down_looks_like_any_other_answer(client: FlaskClient, answered: FakeWards) -> None:
    answered.answers("FindHomeWard", lambda ward, _: accounts_pb2.FindHomeWardResponse(ward=NAM_DUONG))
    answered.down.add(NAM_DUONG)
    asked = ask(client)
    assert [ward["code"] for ward in asked["unanswered"]] == [NAM_DUONG]
    assert len(asked["recovery"]) > 100


@pytest.mark.parametrize("no", [
    invalid("invalid-recovery", "Xin nhập ngày sinh.", FieldFault("date_of_birth", "Xin nhập ngày sinh.")),
    Refusal(Kind.THROTTLED, "too-many-codes", "Xin chờ.", retry_after=60),
])  # fmt: skip
def test_what_is_refused_is_told(client: FlaskClient, answered: FakeWards, no: Refusal) -> None:
    answered.answers("RequestRecovery", no)
    status = 400 if no.kind is Kind.INVALID else 429
    problem(client.post("/api/v1/recoveries", json=ASKED), status, no.type)


@pytest.mark.parametrize("recovery", ["x", ID, "A" * 200])
def test_a_recovery_that_is_none_of_ours_asks_no_ward(client: FlaskClient, wards: FakeWards, recovery: str) -> None:
    body = {"recovery": recovery, "otp": "123456", "new_password": "mùa xuân ở Sơn Trà"}
    problem(client.post("/api/v1/recoveries/completion", json=body), 404, "unknown-recovery")
    assert not wards.asked


@pytest.mark.parametrize(
    ("method", "path", "rpc", "body"),
    [
        ("PUT", "/me/phone", "ChangePhone", {"change": "c-1", "old_otp": "111111", "new_otp": "222222"}),
        ("PUT", "/me/email", "ChangeEmail", {"password": "p", "email": "moi@example.com"}),
        ("PUT", "/me/address", "ChangeAddress", {"password": "p", "address": "Số 7, tổ 5"}),
    ],
)
def test_ones_own_account_is_changed_in_the_ward_of_the_token(
    client: FlaskClient, wards: FakeWards, method: str, path: str, rpc: str, body: dict[str, str]
) -> None:
    account = accounts_pb2.Account(id="a", ward=HAI_CHAU_1, status=accounts_pb2.ACCOUNT_STATUS_ACTIVE, identity_level=1)
    account.filing_from.FromJsonString("2020-10-07T02:00:00Z")
    wards.answers(rpc, account)
    answer = client.open(f"/api/v1{path}", method=method, json=body, headers=bearer(HAI_CHAU_1))
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["filing_from"] == "2020-10-07T09:00:00+07:00"
    (asked,) = wards.asked
    sent = {{"change": "change_id"}.get(name, name): value for name, value in body.items()}
    assert (asked.ward, {name: getattr(asked.request, name) for name in sent}) == (HAI_CHAU_1, sent)


def test_another_phone_is_asked_for(client: FlaskClient, wards: FakeWards) -> None:
    change = recovery_pb2.PhoneChange(change_id="c-1", old_phone_masked="•••456", new_phone_masked="•••888")
    wards.answers("RequestPhoneChange", change)
    body = {"password": "p", "phone": "0905 777 888"}
    answer = client.post("/api/v1/me/phone-changes", json=body, headers=bearer(NAM_DUONG))
    assert answer.status_code == 201
    assert (answer.get_json()["change"], answer.get_json()["new_phone_masked"]) == ("c-1", "•••888")


def test_a_filing_that_has_to_wait_is_a_conflict(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("RequestConfirmation", conflict("phone-just-changed", "Từ 9 giờ 00 ngày 07/10/2020."))
    path = f"/api/v1/wards/{NAM_DUONG}/dossiers/{ID}/confirmations"
    answer = client.post(path, headers=bearer(NAM_DUONG) | {"If-Match": "*"})
    assert "9 giờ 00" in problem(answer, 409, "phone-just-changed")["detail"]
