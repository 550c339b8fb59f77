"""The API gives an account back, and tells no stranger who has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2, recovery_pb2
from flask.testing import FlaskClient
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message

from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_api import HAI_CHAU_1
from tests.unit.gateway.test_requests import problem

ASKED = {"login": "0905123456", "date_of_birth": "1956-03-27"}
ID = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def answered(wards: FakeWards) -> FakeWards:
    found = recovery_pb2.RequestRecoveryResponse(recovery_id=ID)
    found.expires_at.FromJsonString("2020-10-06T02:10:00Z")
    wards.answers("RequestRecovery", found)
    wards.answers("RecoverAccount", Empty())
    return wards


def ask(client: FlaskClient) -> Any:
    answer = client.post("/api/v1/recoveries", json=ASKED)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


WRONG = invalid("wrong-code", "Mã không đúng.", FieldFault("otp", "Mã không đúng."))
AWAY = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.", retry_after=5)


def complete(client: FlaskClient, recovery: str) -> Any:
    body = {"recovery": recovery, "otp": "123456", "new_password": "mùa xuân ở Sơn Trà"}
    return client.post("/api/v1/recoveries/completion", json=body)


def said(of: Mapping[str, Refusal | Message], others: Refusal | Message = WRONG) -> Callable[[str, Any], Message]:
    """The answer of each ward to the same request."""

    def script(ward: str, _: Any) -> Message:
        answer = of.get(ward, others)
        if isinstance(answer, Refusal):
            raise answer
        return answer

    return script


def test_every_ward_is_asked_and_the_one_that_has_sent_the_code_sets_the_password(
    client: FlaskClient, answered: FakeWards
) -> None:
    asked = ask(client)
    assert (asked["expires_at"], asked["unanswered"]) == ("2020-10-06T09:10:00.000+07:00", [])
    assert {each.ward for each in answered.asked} == set(answered.district.wards)
    assert NAM_DUONG not in asked["recovery"]
    answered.asked.clear()
    answered.answers("RecoverAccount", said({NAM_DUONG: Empty()}))
    assert complete(client, asked["recovery"]).status_code == 204
    sent = {each.ward: each.request for each in answered.asked}
    assert set(sent) == set(answered.district.wards)
    assert (sent[NAM_DUONG].recovery_id, sent[NAM_DUONG].otp) == (ID, "123456")


def test_no_ward_is_asked_first_who_has_an_account(client: FlaskClient, answered: FakeWards) -> None:
    """A difference would reveal the account: which wards are asked, how many ids are sealed, whom the answer names."""
    ask(client)
    assert {each.rpc for each in answered.asked} == {"RequestRecovery"}


def test_what_is_sealed_has_every_ward_in_it_whichever_answer(client: FlaskClient, answered: FakeWards) -> None:
    sealer = client.application.extensions["recoveries"]
    found = sealer.open(ask(client)["recovery"], within=60)
    assert list(found) == list(answered.district.wards)
    assert set(found.values()) == {ID}
    answered.down.add(NAM_DUONG)
    found = sealer.open(ask(client)["recovery"], within=60)
    assert list(found) == list(answered.district.wards)
    assert [ward for ward, id in found.items() if not id] == [NAM_DUONG]


def test_wards_that_do_not_answer_are_named_and_not_asked_for_what_they_have_not_sent(
    client: FlaskClient, answered: FakeWards
) -> None:
    answered.down.add(NAM_DUONG)
    asked = ask(client)
    assert asked["unanswered"] == [{"code": NAM_DUONG, "name": "Phường Nam Dương"}]
    answered.down.clear()
    answered.asked.clear()
    answered.answers("RecoverAccount", WRONG)
    problem(complete(client, asked["recovery"]), 400, "wrong-code")
    assert NAM_DUONG not in {each.ward for each in answered.asked}


def test_with_two_homes_and_one_away_at_the_request_the_other_recovers_the_account(
    client: FlaskClient, answered: FakeWards
) -> None:
    """A household shares a phone over two wards."""
    answered.down.add(HAI_CHAU_1)
    asked = ask(client)
    answered.answers("RecoverAccount", said({NAM_DUONG: Empty()}))
    assert complete(client, asked["recovery"]).status_code == 204


def test_with_two_homes_and_one_away_at_the_end_the_other_recovers_the_account(
    client: FlaskClient, answered: FakeWards
) -> None:
    asked = ask(client)
    answered.answers("RecoverAccount", said({HAI_CHAU_1: AWAY, NAM_DUONG: Empty()}))
    assert complete(client, asked["recovery"]).status_code == 204


def test_a_code_is_not_called_wrong_while_a_ward_that_may_have_sent_it_is_away(
    client: FlaskClient, answered: FakeWards
) -> None:
    asked = ask(client)
    answered.answers("RecoverAccount", said({HAI_CHAU_1: AWAY}))
    told = problem(complete(client, asked["recovery"]), 503, "wards-unavailable")
    assert "Phường Hải Châu I" in told["detail"]
    assert "mã chưa đúng, hoặc" in told["detail"]


@pytest.mark.parametrize(
    ("of", "type", "status"),
    [
        ({}, "wrong-code", 400),
        ({HAI_CHAU_1: conflict("too-many-tries", "Xin yêu cầu mã mới.")}, "wrong-code", 400),
        ({NAM_DUONG: conflict("code-used", "Mã này đã dùng rồi.")}, "code-used", 409),
        ({NAM_DUONG: conflict("code-used", "Mã này đã dùng rồi."), HAI_CHAU_1: AWAY}, "code-used", 409),
        (
            {NAM_DUONG: invalid("invalid-password", "Mật khẩu có số điện thoại."), HAI_CHAU_1: AWAY},
            "invalid-password",
            400,
        ),
    ],
)
def test_the_most_helpful_refusal_of_several_wards_is_returned(
    client: FlaskClient, answered: FakeWards, of: Mapping[str, Refusal], type: str, status: int
) -> None:
    recovery = ask(client)["recovery"]
    answered.answers("RecoverAccount", said(of))
    problem(complete(client, recovery), status, type)


def test_one_ward_that_throttles_keeps_nobody_from_the_others(client: FlaskClient, answered: FakeWards) -> None:
    found = recovery_pb2.RequestRecoveryResponse(recovery_id=ID)
    throttled = Refusal(Kind.THROTTLED, "too-many-codes", "Xin chờ.", retry_after=60)
    answered.answers("RequestRecovery", said({NAM_DUONG: throttled}, found))
    assert ask(client)["unanswered"] == []
    answered.answers("RequestRecovery", throttled)
    answered.down.add(HAI_CHAU_1)
    problem(client.post("/api/v1/recoveries", json=ASKED), 429, "too-many-codes")


def test_where_no_ward_answers_all_are_named(client: FlaskClient, answered: FakeWards) -> None:
    answered.down.update(answered.district.wards)
    told = problem(client.post("/api/v1/recoveries", json=ASKED), 503, "wards-unavailable")
    assert told["detail"].count("Phường") == len(answered.district.wards)


@pytest.mark.parametrize("no", [
    invalid("invalid-recovery", "Xin nhập ngày sinh.", FieldFault("date_of_birth", "Xin nhập ngày sinh.")),
    Refusal(Kind.THROTTLED, "too-many-codes", "Xin chờ.", retry_after=60),
])  # fmt: skip
def test_what_is_refused_is_told(client: FlaskClient, answered: FakeWards, no: Refusal) -> None:
    answered.answers("RequestRecovery", no)
    status = 400 if no.kind is Kind.INVALID else 429
    problem(client.post("/api/v1/recoveries", json=ASKED), status, no.type)


@pytest.mark.parametrize("recovery", ["x", ID, "A" * 200])
def test_a_recovery_that_we_did_not_issue_asks_no_ward(client: FlaskClient, wards: FakeWards, recovery: str) -> None:
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
