"""The API's calls to the services about people and their own lists, and its use of the answers."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2
from flask import Flask
from flask.testing import FlaskClient
from google.protobuf import empty_pb2

from gateway.metrics import exposition
from services.chassis.call import current_source
from services.chassis.district import District
from services.chassis.refusal import Kind, Refusal
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.dossiers import at
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_requests import DOSSIER, DOSSIERS, problem

HAI_CHAU_1 = "20236"


def test_the_wards_are_listed_with_their_status(client: FlaskClient, wards: FakeWards, district: District) -> None:
    wards.down.add(NAM_DUONG)
    found = client.get("/api/v1/wards").get_json()
    assert [each["code"] for each in found["wards"]] == list(district.wards)
    assert {each["code"]: each["status"] for each in found["wards"]}[NAM_DUONG] == "down"
    assert {each["status"] for each in found["wards"]} == {"up", "down"}


def test_the_gateway_is_ready_while_one_ward_is_up(client: FlaskClient, wards: FakeWards, district: District) -> None:
    wards.down |= set(district.wards) - {NAM_DUONG}
    assert client.get("/readyz").status_code == 200
    wards.down.add(NAM_DUONG)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_metrics_count_requests_by_route(client: FlaskClient) -> None:
    client.get("/api/v1/wards")
    text = exposition().decode()
    assert client.get("/metrics").status_code == 404, "they are not for everybody"
    assert 'caunoi_http_seconds_count{method="GET",route="/api/v1/wards",status="200"}' in text


def test_a_procedure_carries_form_and_pages_as_json(client: FlaskClient, wards: FakeWards) -> None:
    def get(ward: str, request: dossiers_pb2.GetProcedureRequest) -> dossiers_pb2.Procedure:
        assert (request.code, request.on) == ("1.001193", "2020-10-06")
        return dossiers_pb2.Procedure(
            code=request.code, version="2020-09-15", form_schema_json='{"type": "object"}', form_pages_json="[]"
        )

    wards.answers("GetProcedure", get)
    found = client.get("/api/v1/procedures/1.001193?on=2020-10-06").get_json()
    assert found["form_schema"] == {"type": "object"}
    assert found["form_pages"] == []


def test_whether_a_procedure_is_taken_online_is_told_of_the_ward_that_is_named(
    client: FlaskClient, wards: FakeWards
) -> None:
    """NĐ 87/2020 Đ24.3: the city decides; each ward has its own list, so any other ward's answer would mislead."""
    wards.answers("GetProcedure", lambda ward, _: dossiers_pb2.Procedure(not_online=ward == NAM_DUONG))
    path = "/api/v1/procedures/1.000894"
    told = {ward: client.get(f"{path}?ward={ward}").get_json()["not_online"] for ward in (NAM_DUONG, "20227")}
    assert told == {NAM_DUONG: True, "20227": False}
    assert client.get(path).get_json()["not_online"] is None
    assert client.get(f"{path}?ward=99999").get_json()["type"].endswith("/unknown-ward")


def test_the_list_says_of_the_ward_that_is_named_what_it_does_not_take_online(
    client: FlaskClient, wards: FakeWards
) -> None:
    """NĐ 87/2020 Đ24.3, as of one procedure."""

    def listed(ward: str, _: object) -> dossiers_pb2.ListProceduresResponse:
        one = dossiers_pb2.Procedure(code="1.000894", not_online=ward == NAM_DUONG)
        return dossiers_pb2.ListProceduresResponse(procedures=[one])

    wards.answers("ListProcedures", listed)
    path = "/api/v1/procedures"
    told = {ward: client.get(f"{path}?ward={ward}").get_json()["procedures"] for ward in (NAM_DUONG, "20227")}
    assert {ward: one["not_online"] for ward, (one,) in told.items()} == {NAM_DUONG: True, "20227": False}
    assert client.get(path).get_json()["procedures"][0]["not_online"] is None
    assert client.get(f"{path}?ward=99999").get_json()["type"].endswith("/unknown-ward")


def test_an_account_is_opened_in_its_ward_with_the_idempotency_key(client: FlaskClient, wards: FakeWards) -> None:
    answer_id = "0191f7a2-0000-7000-8000-000000000001"
    wards.answers(
        "OpenAccount",
        accounts_pb2.OpenAccountResponse(
            account_id=answer_id,
            status=accounts_pb2.ACCOUNT_STATUS_PENDING,
            phone_masked="•••••••456",
            code_expires_at=at(2, 10),
        ),
    )
    body = {
        "full_name": "Trần Thị Mai",
        "date_of_birth": "1964-05-02",
        "identity_kind": "cccd",
        "identity_number": "048164000123",
        "phone": "0905 123 456",
        "password": "sông Hàn mùa nước lớn",
        "address": "12 Hoàng Diệu, tổ 7",
    }
    answer = client.post(f"/api/v1/wards/{NAM_DUONG}/accounts", json=body, headers={"Idempotency-Key": "k-1"})
    assert answer.status_code == 201
    assert answer.get_json() == {
        "id": answer_id,
        "ward": NAM_DUONG,
        "status": "pending",
        "phone_masked": "•••••••456",
        "code_expires_at": "2020-10-06T09:10:05.123000+07:00",
    }
    (asked,) = wards.asked
    assert (asked.ward, asked.idempotency_key, asked.repeatable) == (NAM_DUONG, "k-1", False)
    assert asked.request == accounts_pb2.OpenAccountRequest(**body)


def session_for(ward: str) -> accounts_pb2.Session:
    own = accounts_pb2.Account(id="a", ward=ward, status=accounts_pb2.ACCOUNT_STATUS_ACTIVE, roles=["citizen"])
    return accounts_pb2.Session(access_token="a.b.c", expires_in=600, refresh_token="r3fr.esh", account=own)


def home_is(home: str) -> Any:
    return lambda ward, _: accounts_pb2.FindHomeWardResponse(ward=home if ward in (home, HAI_CHAU_1) else "")


def known_in(*homes: str) -> Any:
    """Each of these wards has an account of the login."""
    return lambda ward, _: accounts_pb2.FindHomeWardResponse(ward=ward if ward in homes else "")


def test_a_sign_in_without_ward_goes_to_the_home_ward(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("FindHomeWard", home_is(NAM_DUONG))
    wards.answers("CreateSession", lambda ward, _: session_for(ward))
    answer = client.post("/api/v1/sessions", json={"login": "0905123456", "password": "p"})
    assert answer.status_code == 201
    assert answer.get_json()["ward"] == NAM_DUONG
    assert [each.ward for each in wards.asked if each.rpc == "CreateSession"] == [NAM_DUONG]


def test_a_sign_in_that_names_a_ward_still_goes_to_the_home_ward(client: FlaskClient, wards: FakeWards) -> None:
    """Else tries in the named ward and in the home ward would count apart, and tell which is which."""
    wards.answers("CreateSession", lambda ward, _: session_for(ward))
    for home, named, tried in (
        (NAM_DUONG, NAM_DUONG, NAM_DUONG),
        (NAM_DUONG, "20227", NAM_DUONG),
        (NAM_DUONG, HAI_CHAU_1, HAI_CHAU_1),  # of two that know it, as a phone, the named one
    ):
        wards.asked.clear()
        wards.answers("FindHomeWard", known_in(home, HAI_CHAU_1) if named == HAI_CHAU_1 else home_is(home))
        client.post("/api/v1/sessions", json={"login": "x", "password": "p", "ward": named})
        assert [each.ward for each in wards.asked if each.rpc == "CreateSession"] == [tried]
        assert len([each for each in wards.asked if each.rpc == "FindHomeWard"]) == 13


@pytest.mark.parametrize("named", ["", NAM_DUONG, "20227"])
def test_a_login_that_nobody_has_is_tried_in_the_ward_of_least_rank_whichever_is_named(
    client: FlaskClient, wards: FakeWards, named: str
) -> None:
    wards.answers(
        "FindHomeWard", lambda ward, _: accounts_pb2.FindHomeWardResponse(rank=b"1" if ward == "20236" else b"2")
    )
    wards.answers("CreateSession", Refusal(Kind.UNAUTHENTICATED, "wrong-login", "Tên hoặc mật khẩu chưa đúng."))
    body = {"login": "x", "password": "p"} | ({"ward": named} if named else {})
    problem(client.post("/api/v1/sessions", json=body), 401, "wrong-login")
    assert [each.ward for each in wards.asked if each.rpc == "CreateSession"] == ["20236"]


def test_a_sign_in_that_names_no_ward_of_the_district_is_refused(client: FlaskClient, wards: FakeWards) -> None:
    body = {"login": "x", "password": "p", "ward": "99999"}
    assert client.post("/api/v1/sessions", json=body).status_code in (404, 422, 400)
    assert not wards.asked


def test_known_and_unknown_logins_get_the_same_answer_in_the_same_headers_while_a_ward_is_away(
    client: FlaskClient, wards: FakeWards
) -> None:
    wards.answers("CreateSession", Refusal(Kind.UNAUTHENTICATED, "wrong-login", "Tên hoặc mật khẩu chưa đúng."))
    for down in (set(), {"20227"}):
        wards.down = down
        told = set()
        for home in ("", NAM_DUONG, HAI_CHAU_1):
            for named in ("", NAM_DUONG, "20242"):
                wards.asked.clear()
                wards.answers("FindHomeWard", known_in(home))
                answer = client.post(
                    "/api/v1/sessions", json={"login": "x", "password": "p"} | ({"ward": named} if named else {})
                )
                shown = answer.get_json()
                body = {name: shown[name] for name in shown if name != "request_id"}
                headers = sorted(name for name, _ in answer.headers)
                asked = sorted(each.rpc for each in wards.asked)
                told.add((answer.status_code, str(body), str(headers), answer.headers.get("Retry-After"), str(asked)))
        assert len(told) == 1, told


def test_services_are_told_the_clients_network_and_no_address(app: Flask, wards: FakeWards) -> None:
    sources = []

    def note(ward: str, _: object) -> accounts_pb2.Session:
        sources.append(current_source())
        return session_for(ward)

    wards.answers("FindHomeWard", home_is(NAM_DUONG))
    wards.answers("CreateSession", note)
    body = {"login": "x", "password": "p"}
    headers = {"X-Caunoi-Source": "made-up"}
    for address in (
        "2001:db8:1:2::3",
        "2001:db8:1:2:ffff::4",
        "2001:db8:1:3::3",
        "192.0.2.7",
        "192.0.2.8",
        "::ffff:192.0.2.8",
    ):
        client = app.test_client()
        client.post("/api/v1/sessions", json=body, headers=headers, environ_base={"REMOTE_ADDR": address})
    assert (sources[0], sources[4]) == (sources[1], sources[5])
    assert len(set(sources)) == 4
    assert not [source for source in sources if len(source) != 32 or "." in source or ":" in source]


def test_an_unknown_login_is_also_tried_so_that_its_answer_is_that_of_a_wrong_password(
    client: FlaskClient, wards: FakeWards
) -> None:
    wards.answers("FindHomeWard", accounts_pb2.FindHomeWardResponse())
    wards.answers("CreateSession", Refusal(Kind.UNAUTHENTICATED, "wrong-login", "Tên hoặc mật khẩu chưa đúng."))
    answer = client.post("/api/v1/sessions", json={"login": "x", "password": "p"})
    problem(answer, 401, "wrong-login")
    assert [each.rpc for each in wards.asked].count("CreateSession") == 1


def test_where_the_login_was_not_found_the_wards_that_did_not_answer_are_named(
    client: FlaskClient, wards: FakeWards
) -> None:
    wards.answers("FindHomeWard", accounts_pb2.FindHomeWardResponse())
    wards.answers("CreateSession", Refusal(Kind.UNAUTHENTICATED, "wrong-login", "Tên hoặc mật khẩu chưa đúng."))
    wards.down.add(NAM_DUONG)
    answer = client.post("/api/v1/sessions", json={"login": "x", "password": "p"})
    assert "Nam Dương" in problem(answer, 503, "wards-unavailable")["detail"]


def test_a_ward_that_is_down_does_not_keep_the_others_people_out(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("FindHomeWard", home_is(NAM_DUONG))
    wards.answers("CreateSession", lambda ward, _: session_for(ward))
    wards.down.add("20227")
    assert client.post("/api/v1/sessions", json={"login": "x", "password": "p"}).status_code == 201


def test_a_refresh_token_leads_back_to_the_ward_that_gave_it(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("CreateSession", lambda ward, _: session_for(ward))
    wards.answers("RefreshSession", lambda ward, _: session_for(ward))
    wards.answers("EndSession", empty_pb2.Empty())
    wards.answers("FindHomeWard", home_is(NAM_DUONG))
    body = {"login": "x", "password": "p", "ward": NAM_DUONG}
    token = client.post("/api/v1/sessions", json=body).get_json()["refresh_token"]
    assert client.post("/api/v1/sessions/refresh", json={"refresh_token": token}).status_code == 200
    ended = client.post("/api/v1/sessions/end", json={"refresh_token": token})
    assert (ended.status_code, ended.data, "Content-Type" in ended.headers) == (204, b"", False)
    assert [(each.ward, each.request.refresh_token) for each in wards.asked[14:]] == [(NAM_DUONG, "r3fr.esh")] * 2


@pytest.mark.parametrize("token", ["x", "99999.abc", "20248.", "."])
def test_a_refresh_token_of_nobody_opens_nothing_and_ends_quietly(
    client: FlaskClient, wards: FakeWards, token: str
) -> None:
    problem(client.post("/api/v1/sessions/refresh", json={"refresh_token": token}), 401, "session-ended")
    assert client.post("/api/v1/sessions/end", json={"refresh_token": token}).status_code == 204
    assert not wards.asked


def test_me_is_asked_of_the_ward_that_the_token_names(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetOwnAccount", session_for(HAI_CHAU_1).account)
    assert client.get("/api/v1/me", headers=bearer(HAI_CHAU_1)).get_json()["ward"] == HAI_CHAU_1
    (asked,) = wards.asked
    assert asked.ward == HAI_CHAU_1
    assert asked.token == bearer(HAI_CHAU_1)["Authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize("payload", ["e30", "bm8", "W10", "eyJ3YXJkIjogMX0", "____"])
def test_a_token_without_a_ward_is_invalid(client: FlaskClient, payload: str) -> None:
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer e30.{payload}.c2ln"})
    problem(answer, 401, "not-signed-in")


def own_dossiers(ward: str, request: dossiers_pb2.ListOwnDossiersRequest) -> dossiers_pb2.ListDossiersResponse:
    if ward == NAM_DUONG and not request.cursor:
        first = dossiers_pb2.DossierSummary(id="1", ward=ward, updated_at=at(1))
        return dossiers_pb2.ListDossiersResponse(dossiers=[first], next_cursor="more")
    if ward == NAM_DUONG:
        assert request.cursor == "more"
        older = dossiers_pb2.DossierSummary(id="3", ward=ward, updated_at=at(0))
        return dossiers_pb2.ListDossiersResponse(dossiers=[older])
    if ward == HAI_CHAU_1:
        newest = dossiers_pb2.DossierSummary(id="2", ward=ward, updated_at=at(2))
        return dossiers_pb2.ListDossiersResponse(dossiers=[newest])
    return dossiers_pb2.ListDossiersResponse()


def test_own_dossiers_come_from_all_wards_newest_first_page_by_page(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("ListOwnDossiers", own_dossiers)
    first = client.get("/api/v1/me/dossiers", headers=bearer()).get_json()
    assert [each["id"] for each in first["dossiers"]] == ["2", "1"]
    assert first["unanswered"] == []
    wards.asked.clear()
    second = client.get(
        "/api/v1/me/dossiers", query_string={"cursor": first["next_cursor"]}, headers=bearer()
    ).get_json()
    assert [each["id"] for each in second["dossiers"]] == ["3"]
    assert second["next_cursor"] is None
    assert [each.ward for each in wards.asked] == [NAM_DUONG]


def test_own_dossiers_name_the_wards_that_did_not_answer(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("ListOwnDossiers", own_dossiers)
    wards.down.add(HAI_CHAU_1)
    found = client.get("/api/v1/me/dossiers", headers=bearer()).get_json()
    assert [each["id"] for each in found["dossiers"]] == ["1"]
    assert found["unanswered"] == [{"code": HAI_CHAU_1, "name": "Phường Hải Châu I"}]


def test_a_volunteers_token_is_refused_by_the_services_and_the_caller_is_told(
    client: FlaskClient, wards: FakeWards
) -> None:
    refusal = Refusal(Kind.FORBIDDEN, "not-allowed", "Tài khoản này không được làm việc đó.")
    for rpc in ("ListOwnDossiers", "GetDossier", "CreateDraft", "ListOwnAccessLog"):
        wards.answers(rpc, refusal)
    problem(client.get("/api/v1/me/dossiers", headers=bearer()), 403, "not-allowed")
    problem(client.get("/api/v1/me/access-log", headers=bearer()), 403, "not-allowed")
    problem(client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer()), 403, "not-allowed")
    problem(client.post(DOSSIERS, json={"procedure": "1.001193"}, headers=bearer()), 403, "not-allowed")


def test_a_cursor_is_good_for_the_list_and_the_person_that_it_was_given_for(
    client: FlaskClient, wards: FakeWards
) -> None:
    """A ward from which nothing was shown has no cursor of its own, so its list would start again."""
    wards.answers("ListOwnDossiers", own_dossiers)
    cursor = client.get("/api/v1/me/dossiers?limit=1", headers=bearer()).get_json()["next_cursor"]
    wards.asked.clear()
    for path, who in (("messages", ""), ("access-log", ""), ("dossiers", "somebody else")):
        answer = client.get(f"/api/v1/me/{path}", query_string={"cursor": cursor}, headers=bearer(who=who))
        problem(answer, 400, "invalid-cursor")
    assert [each.rpc for each in wards.asked if each.rpc != "ListOwnWards"] == []


@pytest.mark.parametrize("cursor", ["zzz", "WyJ4Il0", "W10", "%00", "WyIyMDI0OCJd"])
def test_a_cursor_of_somebody_else_is_refused(client: FlaskClient, cursor: str) -> None:
    answer = client.get(f"/api/v1/me/dossiers?cursor={cursor}", headers=bearer())
    assert answer.status_code == 400
    assert answer.get_json()["fields"][0]["field"] == "cursor"


def test_the_access_log_joins_the_account_with_sessions_dossiers_and_messages_of_all_wards(
    client: FlaskClient, wards: FakeWards
) -> None:
    def log(ward: str, request: Any) -> Any:
        if isinstance(request, accounts_pb2.ListOwnAccessLogRequest):
            if request.cursor == "older":
                return accounts_pb2.ListOwnAccessLogResponse()
            if ward == HAI_CHAU_1:
                guided = accounts_pb2.AccessLogEntry(at=at(2), who="Phan Thị Chín", action="join-guidance")
                return accounts_pb2.ListOwnAccessLogResponse(entries=[guided])
            if ward != NAM_DUONG:
                return accounts_pb2.ListOwnAccessLogResponse()
            entry = accounts_pb2.AccessLogEntry(at=at(3), who="Dịch vụ thông báo", action="view-contact")
            return accounts_pb2.ListOwnAccessLogResponse(entries=[entry], next_cursor="older")
        if isinstance(request, notifications_pb2.ListOwnAccessLogRequest):
            read = [notifications_pb2.AccessLogEntry(at=at(5), who="Lê Văn An")] if ward == HAI_CHAU_1 else []
            return notifications_pb2.ListOwnAccessLogResponse(entries=read)
        entries = [dossiers_pb2.AccessLogEntry(at=at(4), who="Lê Thị Hoa")] if ward == HAI_CHAU_1 else []
        return dossiers_pb2.ListOwnAccessLogResponse(entries=entries)

    wards.answers("ListOwnAccessLog", log)
    first = client.get("/api/v1/me/access-log", headers=bearer()).get_json()
    assert [(each["who"], each["ward"]) for each in first["entries"]] == [
        ("Lê Văn An", HAI_CHAU_1),
        ("Lê Thị Hoa", HAI_CHAU_1),
        ("Dịch vụ thông báo", NAM_DUONG),
        ("Phan Thị Chín", HAI_CHAU_1),  # who guided the person at a station there
    ]
    second = client.get("/api/v1/me/access-log", query_string={"cursor": first["next_cursor"]}, headers=bearer())
    assert second.get_json() == {"entries": [], "next_cursor": None, "unanswered": []}
