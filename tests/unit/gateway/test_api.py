"""What the API asks of the services, and what it makes of their answers."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2
from flask import Flask
from flask.testing import FlaskClient
from google.protobuf import empty_pb2
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from gateway import rpcs
from gateway.acts import ACTS, RETURN
from gateway.metrics import exposition
from gateway.rpcs import Rpc
from services.chassis.call import current_source
from services.chassis.district import District
from services.chassis.refusal import Kind, Refusal
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer, editing
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_requests import DOCUMENTS, DOSSIER, DOSSIERS, problem

HAI_CHAU_1 = "20236"


def at(hour: int, minute: int = 0) -> Timestamp:
    """A moment of 6 October 2020, UTC."""
    stamp = Timestamp()
    stamp.FromDatetime(datetime(2020, 10, 6, hour, minute, 5, 123456, tzinfo=UTC))
    return stamp


def a_dossier(**changes: Any) -> dossiers_pb2.Dossier:
    values: dict[str, Any] = {
        "id": DOSSIER,
        "ward": NAM_DUONG,
        "procedure": "1.001193",
        "procedure_version": "2020-09-15",
        "version": 4,
        "form_json": '{"child": {"full_name": "Trần Minh Anh"}}',
        "findings": [
            dossiers_pb2.Finding(
                field="/mother/full_name",
                check="required",
                kind=dossiers_pb2.FINDING_KIND_STOPS,
                text="Xin ghi tên mẹ.",
            )
        ],
        "created_at": at(1),
    }
    return dossiers_pb2.Dossier(**(values | changes))


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


def test_a_sign_in_that_names_a_ward_goes_to_the_home_ward_all_the_same(client: FlaskClient, wards: FakeWards) -> None:
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


def test_an_unknown_login_is_tried_all_the_same_so_that_it_is_answered_like_a_wrong_password(
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
    """A ward of which nothing was shown has no cursor of its own that would tell: its list would begin anew."""
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


def test_a_draft_is_answered_with_its_place_and_version(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("CreateDraft", a_dossier(version=1))
    answer = client.post(DOSSIERS, json={"procedure": "1.001193"}, headers=bearer() | {"Idempotency-Key": "once"})
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{DOSSIERS}/{DOSSIER}"
    assert answer.headers["ETag"] == '"1"'
    assert wards.asked[0].idempotency_key == "once"


def test_a_dossier_is_answered_whole(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers(
        "GetDossier",
        a_dossier(
            code="008.01.01.H17-201006-0001",
            register_entry=dossiers_pb2.RegisterEntry(register="birth", year=2020, number=7, registered_at=at(4)),
            supplement_request=dossiers_pb2.SupplementRequest(reason="r", requested_at=at(2)),
            told=[dossiers_pb2.ToldMessage(channel="sms", template="dossier-accepted", delivered=True, at=at(3))],
            actions=["acceptance"],
        ),
    )
    answer = client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer())
    found = answer.get_json()
    assert answer.headers["ETag"] == '"4"'
    assert found["form"] == {"child": {"full_name": "Trần Minh Anh"}}
    assert found["findings"][0]["kind"] == "stops"
    assert found["register_entry"]["register"] == "birth"
    assert found["supplement_request"]["answered_at"] is None
    assert found["created_at"] == "2020-10-06T08:00:05.123000+07:00"
    assert (found["due_at"], found["tracking_key"], found["proposed_entry"]) == (None, None, None)


def test_a_draft_has_no_code_yet(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetDossier", a_dossier())
    assert client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer()).get_json()["code"] is None


@pytest.mark.parametrize(("header", "version"), [({"If-Match": '"4"'}, 4), ({"If-Match": "*"}, 0)])
def test_the_form_is_handed_on_as_json_with_the_expected_version(
    client: FlaskClient, wards: FakeWards, header: dict[str, str], version: int
) -> None:
    wards.answers("SaveForm", a_dossier())
    form = {"child": {"full_name": "Trần Minh Anh", "note": None}}
    answer = client.put(f"{DOSSIERS}/{DOSSIER}/form", json=form, headers=bearer() | header)
    assert answer.status_code == 200
    (asked,) = wards.asked
    assert json.loads(asked.request.form_json) == form
    assert asked.request.expected_version == version


def test_a_stale_version_is_412(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("SaveForm", Refusal(Kind.STALE, "stale-version", "Đã thay đổi ở nơi khác."))
    answer = client.put(f"{DOSSIERS}/{DOSSIER}/form", json={}, headers=bearer() | {"If-Match": '"3"'})
    problem(answer, 412, "stale-version")


def test_a_document_goes_up_with_its_kind_and_name_in_nfc(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("AddDocument", dossiers_pb2.Document(id=DOSSIER, kind="k", size=3, dossier_version=4))
    decomposed = "gia\u0302\u0301y.jpg"
    answer = client.post(DOCUMENTS, data={"kind": "k", "file": (io.BytesIO(b"abc"), decomposed)}, headers=bearer())
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{DOCUMENTS}/{DOSSIER}"
    assert (answer.headers["ETag"], answer.get_json()["dossier_version"]) == ('"4"', 4), "what a change names next"
    request = wards.asked[0].request
    assert (request.kind, request.filename, request.content) == ("k", "giấy.jpg", b"abc")


def test_a_long_name_of_a_file_keeps_its_extension(client: FlaskClient, wards: FakeWards) -> None:
    """The service cuts it where it knows what an extension is."""
    wards.answers("AddDocument", dossiers_pb2.Document(id=DOSSIER, kind="k", size=3, dossier_version=4))
    name = f"{'giấy ' * 60}.jpg"
    assert (
        client.post(DOCUMENTS, data={"kind": "k", "file": (io.BytesIO(b"abc"), name)}, headers=bearer()).status_code
        == 201
    )
    assert wards.asked[0].request.filename == name


def test_a_document_comes_down_to_be_saved_not_run(client: FlaskClient, wards: FakeWards) -> None:
    own = dossiers_pb2.Document(filename='giấy "1".pdf', media_type="application/pdf")
    wards.answers("GetDocument", dossiers_pb2.DocumentContent(document=own, content=b"%PDF"))
    answer = client.get(f"{DOCUMENTS}/{DOSSIER}", headers=bearer())
    assert answer.data == b"%PDF"
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''gi%E1%BA%A5y%20%221%22.pdf"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_filed_dossier_is_answered_with_code_and_tracking_key(client: FlaskClient, wards: FakeWards) -> None:
    filed = a_dossier(code="008.01.01.H17-201006-0001", status=1, due_at=at(10))
    wards.answers("SubmitDossier", dossiers_pb2.SubmitDossierResponse(dossier=filed, tracking_key="K7Q2"))
    answer = client.post(
        f"{DOSSIERS}/{DOSSIER}/submission", json={"confirmation": "c", "otp": "123456"}, headers=bearer()
    )
    found = answer.get_json()
    assert (found["code"], found["status"], found["tracking_key"]) == ("008.01.01.H17-201006-0001", 1, "K7Q2")
    assert found["dossier"]["id"] == DOSSIER
    assert answer.headers["ETag"] == '"4"'


EXAMPLES = [
    ("acceptance", "AcceptDossier", None, {}),
    ("refusal", "RefuseDossier", {"reason": "r", "article": "a"}, {"reason": "r", "article": "a"}),
    ("approval", "ApproveDossier", {"note": "n"}, {"note": "n", "personal_identification_number": ""}),
    (
        "signature",
        "SignDossier",
        {"no_conflict_of_interest": True},
        {"no_conflict_of_interest": True, "namesake": False},
    ),
    (
        "handover",
        "HandOverDossier",
        {"recipient_name": "Mai", "present": ["/wife/full_name"], "delivery": "post", "delivery_note": "EA1"},
        {"recipient_name": "Mai", "present": ["/wife/full_name"], "delivery": "post", "delivery_note": "EA1"},
    ),
    (
        "signature",
        "SignDossier",
        {"register_signed": True, "no_conflict_of_interest": True, "namesake": True},
        {"register_signed": True, "no_conflict_of_interest": True, "namesake": True},
    ),
    ("assignment", "AssignDossier", None, {"to": ""}),
    ("assignment", "AssignDossier", {"to": "x", "note": "n"}, {"to": "x", "note": "n"}),
    ("withdrawal", "WithdrawDossier", {"request_signed": True}, {"request_signed": True, "reason": ""}),
    ("stop-proposal", "ProposeStop", {"reason": "r", "article": "a"}, {"reason": "r", "article": "a"}),
    ("stop", "StopDossier", {"reason": "r", "article": "a"}, {"reason": "r", "article": "a"}),
    ("stop", "StopDossier", {}, {"reason": "", "article": ""}),
    (
        "verification-request",
        "RequestVerification",
        {"kind": "inquiry", "recipient": "UBND xã Điện Phong", "person": "Lan", "question": "q", "from_day": "2013"},
        {"kind": "inquiry", "recipient": "UBND xã Điện Phong", "person": "Lan", "question": "q", "from_day": "2013"},
    ),
    (
        "verification-reply",
        "RecordVerificationReply",
        {"verification": "v", "outcome": "replied", "finding": "agrees", "text": "t", "document_date": "2020-10-08"},
        {"verification_id": "v", "outcome": "replied", "finding": "agrees", "text": "t", "document_date": "2020-10-08"},
    ),
    ("verification-reply", "RecordVerificationReply", {"outcome": "done", "text": "t"}, {"document_date": ""}),
    ("extension", "ExtendDossier", {"new_due_at": "2020-10-08T10:00:00+07:00", "reason": "r"}, {"reason": "r"}),
    ("withdrawal", "WithdrawDossier", {"reason": "r"}, {"reason": "r"}),
    ("supplement", "SupplementDossier", {"form": {"a": 1}}, {"form_json": '{"a": 1}'}),
    ("supplement", "SupplementDossier", {"right_as_it_is": "Đúng rồi"}, {"right_as_it_is": "Đúng rồi"}),
    ("return", "ReturnDossier", {"reason": "r"}, {"reason": "r"}),
    (
        "supplement-request",
        "RequestSupplement",
        {"items": [{"field": "/child/full_name", "text": "t"}], "reason": "r"},
        {"items": [dossiers_pb2.SupplementItem(field="/child/full_name", text="t")], "reason": "r"},
    ),
    (
        "fee-request",
        "RequestFee",
        {"items": [{"item": "copy", "count": 2}], "reason": "r"},
        {"items": [dossiers_pb2.FeeItem(item="copy", count=2)], "reason": "r"},
    ),
]


def test_every_act_that_the_api_makes_from_its_record_is_tried_here() -> None:
    assert {path for path, *_ in EXAMPLES} == {act.name for act in ACTS.values() if act.summary}


@pytest.mark.parametrize(("path", "rpc", "body", "wanted"), EXAMPLES)
def test_each_act_reaches_its_rpc_with_version_and_key(
    client: FlaskClient, wards: FakeWards, path: str, rpc: str, body: Any, wanted: dict[str, Any]
) -> None:
    wards.answers(rpc, a_dossier())
    headers = bearer() | {"If-Match": '"4"', "Idempotency-Key": "k"}
    answer = (
        client.post(f"{DOSSIERS}/{DOSSIER}/{path}", json=body, headers=headers)
        if body is not None
        else (client.post(f"{DOSSIERS}/{DOSSIER}/{path}", headers=headers))
    )
    assert answer.status_code == 200, answer.get_json()
    (asked,) = wards.asked
    assert asked.rpc == rpc
    assert asked.idempotency_key == "k"
    assert (asked.request.dossier_id, asked.request.expected_version) == (DOSSIER, 4)
    assert {name: getattr(asked.request, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("rpc", "sent"),
    [
        (rpcs.SAVE_FORM, "k"),
        (RETURN.rpc, "k"),
        (rpcs.GET_DOSSIER, ""),
        (rpcs.CREATE_SESSION, ""),
        (rpcs.START_PAYMENT, ""),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_key_is_sent_only_with_an_rpc_that_keeps_it(wards: FakeWards, rpc: Rpc[..., Message], sent: str) -> None:
    wards.answers(rpc.name, rpc.answer())
    wards.client(NAM_DUONG, key="k").send(rpc, rpc.request())
    assert [asked.idempotency_key for asked in wards.asked] == [sent]


@pytest.mark.parametrize(("path", "rpc", "body", "wanted"), EXAMPLES)
def test_an_act_that_does_not_name_the_version_it_was_decided_on_is_428(
    client: FlaskClient, wards: FakeWards, path: str, rpc: str, body: Any, wanted: dict[str, Any]
) -> None:
    """docs/decisions/0016: nothing is overwritten, signed or decided on a version that nobody has read."""
    answer = client.post(f"{DOSSIERS}/{DOSSIER}/{path}", json=body or {}, headers=bearer() | {"Idempotency-Key": "k"})
    found = problem(answer, 428, "precondition-required")
    assert "If-Match: *" in found["detail"]
    assert [each["field"] for each in found["fields"]] == ["If-Match"]
    assert wards.asked == []


def test_a_form_is_not_saved_over_another_version_unseen(client: FlaskClient, wards: FakeWards) -> None:
    for header in ({}, {"If-Match": ""}):
        answer = client.put(f"{DOSSIERS}/{DOSSIER}/form", json={}, headers=bearer() | header)
        problem(answer, 428, "precondition-required")
    assert wards.asked == []


def test_the_desk_is_asked_with_everything_that_narrows_it(client: FlaskClient, wards: FakeWards) -> None:
    summary = dossiers_pb2.DossierSummary(id="1", subject_name="Trần Minh Anh", due_at=at(10))
    wards.answers("ListDesk", dossiers_pb2.ListDossiersResponse(dossiers=[summary], next_cursor="n"))
    narrowed = "status=1&status=2&due=today&procedure=1.001193&queue=to-accept&search=sealed&limit=20&cursor=c"
    path = f"/api/v1/wards/{NAM_DUONG}/desk?{narrowed}"
    found = client.get(path, headers=bearer()).get_json()
    assert found["next_cursor"] == "n"
    request = wards.asked[0].request
    assert (list(request.statuses), request.due, request.search) == ([1, 2], "today", "sealed")
    assert (request.procedure, request.queue) == ("1.001193", "to-accept")
    assert (request.page_size, request.cursor) == (20, "c")


def test_a_name_is_searched_for_by_a_post_and_found_by_an_id(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("StartSearch", dossiers_pb2.StartSearchResponse(id="sealed", expires_at=at(10)))
    path = f"/api/v1/wards/{NAM_DUONG}/desk"
    answer = client.post(f"{path}/searches", json={"q": "minh anh"}, headers=bearer())
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{path}?search=sealed")
    assert answer.get_json()["id"] == "sealed"
    assert wards.asked[0].request.query == "minh anh"
    found = problem(client.get(f"{path}?q=minh+anh", headers=bearer()), 400, "invalid-request")
    assert found["fields"][0]["field"] == "q"
    assert "/desk/searches" in found["fields"][0]["text"], "an old client is told how"


def test_what_waits_for_a_role_is_counted(client: FlaskClient, wards: FakeWards) -> None:
    queues = [
        dossiers_pb2.Queue(name="overdue", text="Đã quá hạn", count=2),
        dossiers_pb2.Queue(name="to-sign", text="Chờ ký", role="signer", count=100),
    ]
    wards.answers("ListQueues", dossiers_pb2.ListQueuesResponse(queues=queues))
    found = client.get(f"/api/v1/wards/{NAM_DUONG}/desk/queues", headers=bearer()).get_json()["queues"]
    assert [(one["name"], one["role"], one["count"]) for one in found] == [
        ("overdue", None, 2),
        ("to-sign", "signer", 100),
    ]


def test_messages_of_a_dossier_carry_their_attempts(client: FlaskClient, wards: FakeWards) -> None:
    attempt = notifications_pb2.Attempt(at=at(1), succeeded=False, answer="503")
    sent = notifications_pb2.Message(
        id="m", channel="sms", status=notifications_pb2.MESSAGE_STATUS_FAILED, attempts=[attempt]
    )
    wards.answers("ListDossierMessages", notifications_pb2.ListMessagesResponse(messages=[sent]))
    found = client.get(f"{DOSSIERS}/{DOSSIER}/messages", headers=bearer()).get_json()
    assert found["messages"][0]["status"] == "failed"
    assert found["messages"][0]["attempts"][0]["answer"] == "503"


def test_a_paper_is_a_pdf(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetPaper", dossiers_pb2.Paper(filename="bien-nhan.pdf", content=b"%PDF-1.7"))
    answer = client.get(f"{DOSSIERS}/{DOSSIER}/papers/receipt", headers=bearer())
    assert (answer.content_type, answer.data) == ("application/pdf", b"%PDF-1.7")


def test_tracking_goes_to_the_ward_whose_agency_opens_the_code(
    client: FlaskClient, wards: FakeWards, district: District
) -> None:
    wards.answers("TrackDossier", dossiers_pb2.TrackedDossier(code="x", status=1, submitted_at=at(2)))
    code = f"{district.wards[NAM_DUONG].agency_id}-201006-0001"
    answer = client.post("/api/v1/tracking", json={"code": f" {code.lower()} ", "key": "k"})
    assert answer.status_code == 200
    assert (wards.asked[0].ward, wards.asked[0].request.code) == (NAM_DUONG, code)


@pytest.mark.parametrize("code", ["999.01.01.H17-201006-0001", "x", "--", "-"])
def test_a_code_of_no_agency_is_a_dossier_that_is_not_found(client: FlaskClient, code: str) -> None:
    problem(client.post("/api/v1/tracking", json={"code": code, "key": "k"}), 404, "unknown-tracking")


def test_a_certificate_is_checked_in_the_ward_that_its_id_opens_with(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("VerifyCertificate", dossiers_pb2.CertificateStatus(certificate_id="20248-7K", status="valid"))
    assert client.get("/api/v1/verify/20248-7K").get_json()["status"] == "valid"
    assert wards.asked[0].ward == NAM_DUONG
    page = client.get("/api/v1/verify/20248-7K", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, page.headers["Location"]) == (303, "/xac-minh/20248-7K")
    problem(client.get("/api/v1/verify/99999-7K"), 404, "unknown-certificate")
    problem(client.get("/api/v1/verify/abc"), 404, "unknown-certificate")


def a_fee() -> dossiers_pb2.Fee:
    return dossiers_pb2.Fee(
        lines=[dossiers_pb2.FeeLine(item="copy", text="Phí bản sao", count=2, price=8000, amount=16_000)],
        total=16_000,
        reference="HT20248K7M2P9QX",
        asked_at=at(2),
        online=True,
    )


def test_an_applicant_is_told_where_to_pay_and_the_dossier_how_much(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("StartPayment", dossiers_pb2.StartedPayment(url="https://pay.example/1"))
    wards.answers("GetDossier", a_dossier(fees=[a_fee()], status=6))
    found = client.post(f"{DOSSIERS}/{DOSSIER}/payment", json={}, headers=bearer()).get_json()
    assert found["url"] == "https://pay.example/1"
    (fee,) = found["dossier"]["fees"]
    assert (fee["total"], fee["settled_at"], fee["transfer"], fee["method"]) == (16_000, None, None, None)
    assert [asked.rpc for asked in wards.asked] == ["StartPayment", "GetDossier"]


def test_what_the_desk_took_is_recorded_on_the_version_that_was_read(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("RecordPayment", a_dossier(status=2))
    headers = bearer() | {"Idempotency-Key": "k", "If-Match": '"4"'}
    answer = client.post(f"{DOSSIERS}/{DOSSIER}/payment", json={"receipt": "BL 1"}, headers=headers)
    assert (answer.status_code, answer.headers["ETag"], answer.get_json()["url"]) == (200, '"4"', None)
    (asked,) = wards.asked
    assert (asked.request.receipt, asked.request.expected_version, asked.idempotency_key) == ("BL 1", 4, "k")
    problem(
        client.post(f"{DOSSIERS}/{DOSSIER}/payment", json={"exemption": "rich"}, headers=headers),
        400,
        "invalid-request",
    )


def test_more_is_asked_for_item_by_item(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("RequestFee", a_dossier(status=6))
    body = {"items": [{"item": "copy", "count": 2}], "reason": "Xin thêm bản sao"}
    assert client.post(f"{DOSSIERS}/{DOSSIER}/fee-request", json=body, headers=editing()).status_code == 200
    (asked,) = wards.asked
    assert [(each.item, each.count) for each in asked.request.items] == [("copy", 2)]
    for wrong in ({**body, "items": []}, {**body, "reason": ""}, {**body, "items": [{"item": "copy", "count": 0}]}):
        problem(client.post(f"{DOSSIERS}/{DOSSIER}/fee-request", json=wrong, headers=editing()), 400, "invalid-request")


def test_what_the_provider_tells_reaches_the_ward_of_its_reference_byte_by_byte(
    client: FlaskClient, wards: FakeWards
) -> None:
    wards.answers("NotePayment", dossiers_pb2.NotedPayment(outcome="settled"))
    body = b'{ "reference":"HT20248K7M2P9QX",  "amount": 16000, "anything": ["more"] }'
    headers = {"Payment-Timestamp": "1601949600", "Payment-Signature": "ab12"}
    answer = client.post("/api/v1/payments/callback", data=body, content_type="application/json", headers=headers)
    assert answer.get_json() == {"outcome": "settled"}
    (asked,) = wards.asked
    assert (asked.ward, asked.token) == (NAM_DUONG, "")
    assert (asked.request.body, asked.request.timestamp, asked.request.signature) == (body, "1601949600", "ab12")


def test_a_payment_reference_without_a_ward_of_ours_goes_nowhere(client: FlaskClient, wards: FakeWards) -> None:
    def post(reference: object) -> Any:
        return client.post("/api/v1/payments/callback", json={"reference": reference})

    problem(post("HT99999K7M2P9QX"), 404, "unknown-ward")
    for wrong in ("", "HT", "20248", "HT20248", "HT2O248AAAA", 7, None):
        problem(post(wrong), 400, "invalid-request")
    problem(client.post("/api/v1/payments/callback", data=b"x", content_type="application/json"), 400, "malformed-json")
    assert all(asked.ward == "99999" for asked in wards.asked)


def test_the_desk_files_for_people_who_came_in_and_compares_papers_by_kind(
    client: FlaskClient, wards: FakeWards
) -> None:
    for rpc in ("CreateDraft", "CompareDocument"):
        wards.answers(rpc, a_dossier())
    wards.answers("SubmitAtCounter", dossiers_pb2.SubmitDossierResponse(dossier=a_dossier(), tracking_key="K7Q2"))
    wanted = {"procedure": "1.001193", "channel": "counter"}
    created = client.post(f"/api/v1/wards/{NAM_DUONG}/desk/dossiers", json=wanted, headers=bearer())
    assert (created.status_code, created.headers["Location"]) == (201, f"{DOSSIERS}/{DOSSIER}")
    place = f"{DOSSIERS}/{DOSSIER}"
    filed = client.post(f"{place}/counter-submission", json={"form_signed": True}, headers=editing())
    assert filed.get_json()["tracking_key"] == "K7Q2"
    compared = client.put(
        f"{place}/comparisons/requester-identity", json={"agrees": False, "note": "Khác số"}, headers=editing()
    )
    assert compared.status_code == 200
    draft, submission, comparison = (asked.request for asked in wards.asked)
    assert (draft.procedure, draft.channel) == ("1.001193", "counter")
    assert submission.form_signed
    assert (comparison.kind, comparison.agrees, comparison.note) == ("requester-identity", False, "Khác số")


def test_the_desk_records_where_a_residence_was_looked_up(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("RecordResidence", a_dossier())
    body = {"field": "/mother/residence", "source": "residence", "result": "not-possible", "note": "Máy chủ hỏng"}
    done = client.post(f"{DOSSIERS}/{DOSSIER}/residence-lookups", json=body, headers=editing())
    assert done.status_code == 200
    (asked,) = wards.asked
    assert {name: getattr(asked.request, name) for name in body} == body


def test_a_new_appointment_is_a_moment_with_its_offset(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("ExtendDossier", a_dossier())
    place = f"{DOSSIERS}/{DOSSIER}/extension"
    body = {"new_due_at": "2020-10-08T10:00:00+07:00", "reason": "Máy hỏng"}
    assert client.post(place, json=body, headers=editing()).status_code == 200
    assert wards.asked[0].request.new_due_at.ToDatetime(UTC) == datetime(2020, 10, 8, 3, tzinfo=UTC)
    for wrong in ("2020-10-08T10:00:00", "2020-10-32T10:00:00+07:00", "0001-01-01T00:00:00+07:00", "ngày mai", ""):
        answer = client.post(place, json=body | {"new_due_at": wrong}, headers=editing())
        assert [each["field"] for each in problem(answer, 400, "invalid-request")["fields"]] == ["/new_due_at"]


def test_an_outcome_that_only_time_brings_is_not_taken(client: FlaskClient) -> None:
    body = {"outcome": "timed-out"}
    problem(
        client.post(f"{DOSSIERS}/{DOSSIER}/verification-reply", json=body, headers=bearer()), 400, "invalid-request"
    )


def test_the_dossier_says_what_is_verified_until_when_and_how_it_stands(client: FlaskClient, wards: FakeWards) -> None:
    verification = dossiers_pb2.Verification(
        id="v", kind="inquiry", state="sent", state_text="đang chờ", sent_at=at(2), waits_until="2020-10-26"
    )
    extension = dossiers_pb2.Extension(at=at(2), due_before=at(3), due_after=at(4), reason="Máy hỏng", late=True)
    wards.answers(
        "GetDossier",
        a_dossier(verifications=[verification], verifying_until="2020-10-26", verdict="late", extension=extension),
    )
    found = client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer()).get_json()
    assert (found["verdict"], found["verifying_until"], found["reminded_at"]) == ("late", "2020-10-26", None)
    assert (found["extension"]["late"], found["extension"]["reason"]) == (True, "Máy hỏng")
    (shown,) = found["verifications"]
    assert (shown["state"], shown["waits_until"], shown["ended_at"]) == ("sent", "2020-10-26", None)


def test_a_draft_says_until_when_it_is_kept_and_what_is_filed_nothing_of_it(
    client: FlaskClient, wards: FakeWards
) -> None:
    for kept_until, said in (("2021-01-04", "2021-01-04"), ("", None)):
        wards.answers("GetDossier", a_dossier(kept_until=kept_until))
        assert client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer()).get_json()["kept_until"] == said


def test_the_tracking_book_is_a_pdf_of_two_days(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetTrackingBook", dossiers_pb2.Paper(filename="so.pdf", content=b"%PDF-1.7"))
    place = f"/api/v1/wards/{NAM_DUONG}/tracking-book"
    answer = client.get(f"{place}?from=2020-10-01&to=2020-10-06", headers=bearer())
    assert (answer.content_type, answer.data) == ("application/pdf", b"%PDF-1.7")
    request = wards.asked[0].request
    assert (request.from_day, request.to_day) == ("2020-10-01", "2020-10-06")
    problem(client.get(f"{place}?from=2020-10-01", headers=bearer()), 400, "invalid-request")
    problem(client.get(f"{place}?from=1/10/2020&to=2020-10-06", headers=bearer()), 400, "invalid-request")
