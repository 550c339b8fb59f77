"""Common to every request: bad input, faults, ids and headers."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from functools import partial
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2, stations_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import RootModel

from gateway.api.operations import Operation, api, pointing
from gateway.context import POLLS
from services.chassis.call import current_call, current_request_id
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import application, bearer, editing, with_limits
from tests.unit.gateway.fakes import STATUSES, FakeWards

DOSSIER = "0191f7a2-6a3e-7c51-9d0f-3b2c1a0e9f88"
FORM = f"/api/v1/wards/{NAM_DUONG}/dossiers/{DOSSIER}/form"
DOSSIERS = f"/api/v1/wards/{NAM_DUONG}/dossiers"
DOCUMENTS = f"/api/v1/wards/{NAM_DUONG}/dossiers/{DOSSIER}/documents"


def problem(answer: Any, status: int, type: str) -> dict[str, Any]:
    """The problem document of an answer; it must have this status and type."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    found: dict[str, Any] = answer.get_json()
    assert found["type"] == f"https://caunoi.vn/problems/{type}"
    assert found["status"] == status
    assert found["title"]
    assert found["detail"]
    assert found["request_id"] == answer.headers["X-Request-ID"]
    for fault in found.get("fields", ()):
        _counts_what_was_sent(fault["field"], answer)
    return found


def _counts_what_was_sent(pointer: str, answer: Any) -> None:
    """A position in a list counts what the client has sent (docs/api.md)."""
    if not re.search(r"^/.*/[0-9]+(/|$)", pointer):
        return
    body = answer.request.environ["wsgi.input"]
    body.seek(0)
    within = json.loads(body.read())
    for name in pointer.split("/")[1:]:
        if isinstance(within, list):
            assert int(name) < len(within), f"{pointer} is not in what was sent"
            within = within[int(name)]
        else:
            within = within.get(name, {})


def fields(found: dict[str, Any]) -> set[str]:
    return {each["field"] for each in found["fields"]}


def upload(client: FlaskClient, content: bytes) -> Any:
    """A large file, sent from memory: the test client's own way leaves a temporary file behind."""
    head = b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nk\r\n'
    head += b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    body = head + content + b"\r\n--x--\r\n"
    return client.post(DOCUMENTS, data=body, content_type="multipart/form-data; boundary=x", headers=bearer())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"procedure": NaN}',
        b"\xff\xfe{}",
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        '{"procedure": "1.001193"}'.encode("utf-16"),
        b"{'procedure': 1}",
    ],
)
def test_malformed_json_is_told_apart_from_wrong_content(client: FlaskClient, body: bytes) -> None:
    answer = client.post(DOSSIERS, data=body, content_type="application/json", headers=bearer())
    problem(answer, 400, "malformed-json")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"procedure": "a", "procedure": "b"}', "/procedure"),
        (b'{"a": 1, "person": {"full_name": "a", "full_name": "b"}}', "/person/full_name"),
        (b'{"changes": [{}, {"a/b": 1, "a/b": 2}]}', "/changes/1/a~1b"),
        (b'{"a": {"b": 1, "b": 2}, "a": 3}', "/a"),
        (b'{"\\ud800": {"b": 1, "b": 2}}', "/?/b"),
    ],
)
def test_a_member_given_twice_is_named_by_its_pointer(client: FlaskClient, body: bytes, where: str) -> None:
    answer = client.post(DOSSIERS, data=body, content_type="application/json", headers=bearer())
    assert fields(problem(answer, 400, "malformed-json")) == {where}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 900 + b"0," * 75_000 + b'{"a": 0, "a": 0}' + b"]" * 900,
        b"[" * 31 + b"0," * 60_000 + b"0" + b"]" * 31,
        b'{"a": [' + b'"\\u0000",' * 100_000 + b"0]}",
    ],
    ids=["a member given twice, far inside", "a long list, far inside", "many faults"],
)
def test_no_body_takes_many_times_its_size_to_be_refused(client: FlaskClient, body: bytes) -> None:
    """A path for each member made half a gigabyte of 150 KB, and nobody had to be signed in."""
    tracemalloc.start()
    answer = client.post(DOSSIERS, data=body, content_type="application/json", headers=bearer())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 400
    assert most < 60 * len(body)


def test_json_of_more_than_a_megabyte_is_refused_unread(client: FlaskClient) -> None:
    body = b"[" + b"[]," * 349_525 + b"0]"
    problem(client.post(DOSSIERS, data=body, content_type="application/json", headers=bearer()), 413, "file-too-large")


def test_every_member_at_fault_is_named_by_its_pointer(client: FlaskClient) -> None:
    answer = client.post(
        f"/api/v1/wards/{NAM_DUONG}/dossiers/{DOSSIER}/supplement-request",
        json={"items": [{"field": "/child/full_name", "text": 5}, {"text": "x", "more": 1}], "resaon": "a"},
        headers=bearer(),
    )
    assert fields(problem(answer, 400, "invalid-request")) == {
        "/items/0/text",
        "/items/1/field",
        "/items/1/more",
        "/reason",
        "/resaon",
    }


@pytest.mark.parametrize("body", [[], "text", 5, None, True])
def test_a_form_has_to_be_an_object(client: FlaskClient, body: object) -> None:
    answer = client.put(FORM, data=json.dumps(body), content_type="application/json", headers=bearer())
    problem(answer, 400, "invalid-request")


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_that_no_service_can_hold_is_refused_by_its_pointer(client: FlaskClient, text: str) -> None:
    body = json.dumps({"child": {"names": ["Mai", text]}})
    answer = client.put(FORM, data=body, content_type="application/json", headers=bearer())
    assert fields(problem(answer, 400, "invalid-request")) == {"/child/names/1"}


def test_nesting_without_end_is_refused(client: FlaskClient) -> None:
    deep: Any = 1
    for _ in range(60):
        deep = {"a": deep}
    problem(client.put(FORM, json=deep, headers=bearer()), 400, "invalid-request")


@pytest.mark.parametrize("day", ["2020-02-30", "06/10/2020", "2020-1-1", "", 20201006])
def test_an_invalid_day_is_refused(client: FlaskClient, day: object) -> None:
    body = {
        "full_name": "Trần Thị Mai",
        "date_of_birth": day,
        "identity_kind": "cccd",
        "identity_number": "048164000123",
        "phone": "0905123456",
        "password": "sông Hàn mùa nước lớn",
        "address": "12 Hoàng Diệu",
    }
    answer = client.post(f"/api/v1/wards/{NAM_DUONG}/accounts", json=body)
    assert fields(problem(answer, 400, "invalid-request")) == {"/date_of_birth"}


def test_a_query_parameter_that_nobody_knows_is_named(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/wards/{NAM_DUONG}/desk?stauts=1&limit=1000&due=later", headers=bearer())
    assert fields(problem(answer, 400, "invalid-request")) == {"stauts", "limit", "due"}


def test_another_content_type_is_415(client: FlaskClient) -> None:
    problem(client.post(DOSSIERS, data="procedure=1", headers=bearer()), 415, "unsupported-media-type")
    problem(client.post(DOCUMENTS, json={"kind": "x"}, headers=bearer()), 415, "unsupported-media-type")


def test_a_body_that_is_too_large_is_413(client: FlaskClient) -> None:
    answer = upload(client, b"x" * (11 * 1024 * 1024))
    problem(answer, 413, "file-too-large")


def test_a_file_that_is_a_little_too_large_is_413_with_its_field(client: FlaskClient) -> None:
    answer = upload(client, b"x" * (10 * 1024 * 1024 + 1))
    assert fields(problem(answer, 413, "file-too-large")) == {"file"}


def test_missing_and_foreign_parts_of_an_upload_are_named(client: FlaskClient) -> None:
    answer = client.post(DOCUMENTS, data={"more": "1", "file": (io.BytesIO(b"x"), "a.jpg")}, headers=bearer())
    assert fields(problem(answer, 400, "invalid-request")) == {"more", "kind"}


def test_unknown_paths_and_methods_are_problems_too(client: FlaskClient) -> None:
    problem(client.get("/api/v1/nothing"), 404, "not-found")
    problem(client.get("/api/v1/wards/20248/dossiers/not-a-uuid", headers=bearer()), 404, "not-found")
    answer = client.delete("/api/v1/sessions")
    problem(answer, 405, "method-not-allowed")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/wards", "/openapi.json", "/sessions", f"/wards/{NAM_DUONG}/dossiers/{DOSSIER}"])
def test_what_is_no_operation_of_a_path_is_refused_options_too(client: FlaskClient, path: str) -> None:
    answer = client.options(f"/api/v1{path}")
    problem(answer, 405, "method-not-allowed")
    assert "OPTIONS" not in answer.headers["Allow"]
    assert answer.headers["Allow"]


def test_an_unknown_ward_is_404(client: FlaskClient) -> None:
    answer = client.post("/api/v1/wards/99999/dossiers", json={"procedure": "1.001193"}, headers=bearer())
    problem(answer, 404, "unknown-ward")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer abc", "Basic dTpw", "Bearer a.b", "Bearer a.b.c\u00e9"])
def test_without_a_token_nothing_is_even_read(client: FlaskClient, wards: FakeWards, header: str) -> None:
    answer = client.post(DOSSIERS, data=b"{", content_type="application/json", headers={"Authorization": header})
    problem(answer, 401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert not wards.asked


@pytest.mark.parametrize("header", ["7", 'W/"7"', '"x"', '"1", "2"', '"0"', "'7'"])
def test_a_malformed_if_match_is_refused(client: FlaskClient, header: str) -> None:
    answer = client.put(FORM, json={}, headers=bearer() | {"If-Match": header})
    assert fields(problem(answer, 400, "malformed-if-match")) == {"If-Match"}


@pytest.mark.parametrize("key", ["x" * 201, "with space", "\u00e9", ""])
def test_a_malformed_idempotency_key_is_refused(client: FlaskClient, key: str) -> None:
    answer = client.post(DOSSIERS, json={"procedure": "1"}, headers=bearer() | {"Idempotency-Key": key})
    problem(answer, 400, "malformed-idempotency-key")


@pytest.mark.parametrize(
    ("kind", "status"),
    STATUSES.items(),
)
def test_each_kind_of_refusal_has_its_status(client: FlaskClient, wards: FakeWards, kind: Kind, status: int) -> None:
    refusal = Refusal(kind, "some-reason", "Xin làm khác đi.", fields=(FieldFault("/child", "sai"),), retry_after=7)
    wards.answers("GetDossier", refusal)
    answer = client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer())
    found = problem(answer, status, "some-reason")
    assert found["detail"] == "Xin làm khác đi."
    assert found["fields"] == [{"field": "/child", "text": "sai"}]
    assert found["retry_after"] == 7
    assert answer.headers["Retry-After"] == "7"


def test_a_field_that_a_service_names_becomes_a_pointer_into_the_body(client: FlaskClient, wards: FakeWards) -> None:
    faults = (FieldFault("reason", "trống"), FieldFault("documents/x", "thiếu"), FieldFault("/mother", "thiếu"))
    wards.answers("RefuseDossier", Refusal(Kind.INVALID, "missing", "Thiếu.", fields=faults))
    answer = client.post(f"{DOSSIERS}/{DOSSIER}/refusal", json={"reason": "x", "article": "y"}, headers=editing())
    assert fields(problem(answer, 400, "missing")) == {"/reason", "documents/x", "/mother"}


@pytest.mark.parametrize("operation", api.operations, ids=lambda each: each.id)
def test_a_field_that_a_service_names_is_told_by_the_name_that_the_client_sent(operation: Operation) -> None:
    for model, prefix in ((operation.body, "/"), (operation.query, "")):
        if model is not None and issubclass(model, RootModel):
            told = pointing(operation, invalid("form-too-large", "", FieldFault("form_json", "")))
            assert told.fields[0].field == "", "the form is the whole body"
            continue
        for name, field in model.model_fields.items() if model else ():
            fault = FieldFault(field.serialization_alias or name, "sai")
            told = pointing(operation, Refusal(Kind.INVALID, "invalid-field", "Sai.", fields=(fault,)))
            assert [each.field for each in told.fields] == [prefix + (field.validation_alias or name)], name  # type: ignore[operator]


def test_the_fields_of_a_duty_are_those_of_the_body(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers(
        "JoinGuidedSession", Refusal(Kind.INVALID, "which-duty", "Xin chọn.", fields=(FieldFault("duty_id", "?"),))
    )
    path = f"/api/v1/wards/{NAM_DUONG}/guided-sessions/joining"
    answer = client.post(path, json={"code": "482913"}, headers=bearer())
    assert fields(problem(answer, 400, "which-duty")) == {"/duty_id"}


def test_a_computers_token_that_cannot_be_one_is_told_from_the_persons_own(client: FlaskClient) -> None:
    answer = client.get(f"{DOSSIERS}/{DOSSIER}", headers={**bearer(), "X-Caunoi-Kiosk": "nonsense"})
    problem(answer, 401, "kiosk-token-expired")


def test_a_fault_of_our_own_is_a_problem_without_its_details(
    client: FlaskClient, wards: FakeWards, log_lines: list[Any]
) -> None:
    def broken(ward: str, request: Any) -> Any:
        raise RuntimeError("secret of the house")

    wards.answers("GetDossier", broken)
    answer = client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer())
    found = problem(answer, 500, "internal-error")
    assert "secret" not in answer.get_data(as_text=True)
    assert found["request_id"] in found["detail"]
    assert [each["event"] for each in log_lines] == ["request-broke", "request"]


def test_a_request_id_is_kept_where_it_is_well_formed_and_made_where_not(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345"}).headers["X-Request-ID"] == "abc-12345"
    for bad in ("short", "x" * 65, "has space 123", "<script>alert"):
        given = client.get("/healthz", headers={"X-Request-ID": bad}).headers["X-Request-ID"]
        assert given != bad
        assert len(given) == 32


def test_the_call_is_set_while_a_request_is_served_and_gone_after_it(client: FlaskClient, wards: FakeWards) -> None:
    seen: list[str] = []

    def look(ward: str, request: Any) -> Any:
        assert current_call().ward == NAM_DUONG
        seen.append(current_request_id())
        return dossiers_pb2.Dossier(id=DOSSIER, ward=NAM_DUONG, version=1)

    wards.answers("GetDossier", look)
    answer = client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer())
    assert seen == [answer.headers["X-Request-ID"]]
    assert current_request_id() == ""


def test_a_log_line_carries_ids_and_nothing_that_was_typed(
    client: FlaskClient, wards: FakeWards, log_lines: list[Any]
) -> None:
    wards.answers("SaveForm", dossiers_pb2.Dossier(version=1))
    client.get(f"/api/v1/wards/{NAM_DUONG}/desk?q=Nguyễn+Văn+Bí+Mật&zz=1", headers=bearer())
    client.put(FORM, json={"child": "Bí Mật"}, headers=editing())
    client.get("/api/v1/Bí-Mật")
    assert "Mật" not in json.dumps(log_lines, ensure_ascii=False)
    assert log_lines[0]["ward"] == NAM_DUONG
    assert log_lines[0]["route"] == "/api/v1/wards/<ward>/desk"
    assert log_lines[-1]["route"] == "(none)"


def test_what_is_asked_all_the_time_is_logged_at_debug_unless_it_is_refused(
    app: Flask, client: FlaskClient, wards: FakeWards, log_lines: list[Any]
) -> None:
    assert {rule.rule for rule in app.url_map.iter_rules()} >= POLLS
    wards.answers("TakeScan", stations_pb2.TakeScanResponse())
    path = f"/api/v1/wards/{NAM_DUONG}/scans/next"
    client.get("/healthz")
    client.post(path, json={}, headers=bearer())
    client.post(path, json={"nonsense": 1}, headers=bearer())
    client.get("/api/v1/wards")
    levels = [(line["status"], line["log_level"]) for line in log_lines if line["event"] == "request"]
    assert levels == [(200, "debug"), (200, "debug"), (400, "info"), (200, "info")]


def test_security_headers_are_on_every_answer(client: FlaskClient) -> None:
    for path in ("/api/v1/openapi.json", "/api/v1/nothing", "/healthz"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" in headers


def test_only_what_is_the_same_for_everybody_may_be_cached(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("ListProcedures", dossiers_pb2.ListProceduresResponse())
    wards.answers("GetDossier", dossiers_pb2.Dossier(id=DOSSIER, version=1))
    for path in ("/api/v1/wards", "/api/v1/procedures", "/api/v1/openapi.json"):
        assert client.get(path).headers["Cache-Control"].startswith("public")
    assert client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer()).headers["Cache-Control"] == "no-store"
    assert client.get("/api/v1/procedures?on=x").headers["Cache-Control"] == "no-store"


def test_what_a_ward_takes_online_is_not_cached(client: FlaskClient, wards: FakeWards) -> None:
    """NĐ 87/2020 Đ24.3: a procedure may be closed at any time, and nobody shall be offered it for a minute more."""
    wards.answers("ListProcedures", dossiers_pb2.ListProceduresResponse())
    wards.answers("GetProcedure", dossiers_pb2.Procedure(form_schema_json="{}", form_pages_json="[]"))
    for path in ("/api/v1/procedures", "/api/v1/procedures/1.000894"):
        assert client.get(path).headers["Cache-Control"] == "public, max-age=60"
        assert client.get(f"{path}?ward=20248").headers["Cache-Control"] == "no-store"


def test_too_many_tries_are_told_when_to_come_again() -> None:
    app = with_limits(limit_tracking="2 per minute")
    app.extensions["wards"].answers("TrackDossier", Refusal(Kind.NOT_FOUND, "unknown-tracking", "Không tìm thấy."))
    client = app.test_client()
    body = {"code": "008.01.01.H17-201006-0001", "key": "x"}
    statuses = [client.post("/api/v1/tracking", json=body).status_code for _ in range(3)]
    assert statuses == [404, 404, 429]
    answer = client.post("/api/v1/tracking", json=body)
    found = problem(answer, 429, "too-many-requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert found["retry_after"] == int(answer.headers["Retry-After"])
    assert client.get("/api/v1/wards").status_code == 200


def test_codes_to_one_phone_are_counted_over_all_wards_and_addresses() -> None:
    app = with_limits(limit_phone_codes="2 per minute")
    opened = accounts_pb2.OpenAccountResponse(account_id="a", status=accounts_pb2.ACCOUNT_STATUS_PENDING)
    opened.code_expires_at.GetCurrentTime()
    app.extensions["wards"].answers("OpenAccount", opened)

    def open_account(ward: str, phone: str, address: str) -> int:
        body = {
            "full_name": "Trần Thị Mai",
            "date_of_birth": "1990-01-01",
            "identity_kind": "cccd",
            "identity_number": "048164000123",
            "phone": phone,
            "password": "sông Hàn mùa nước lớn",
            "address": "12 Hoàng Diệu",
        }
        client = app.test_client()
        path = f"/api/v1/wards/{ward}/accounts"
        return client.post(path, json=body, environ_base={"REMOTE_ADDR": address}).status_code

    assert open_account("20227", "0905 123 456", "192.0.2.1") == 201
    assert open_account("20230", "+84905123456", "192.0.2.2") == 201
    assert open_account("20233", "0905.123.456", "192.0.2.3") == 429
    assert open_account("20233", "0905 123 457", "192.0.2.3") == 201


def test_a_stranger_at_the_same_address_uses_up_nobodys_tries() -> None:
    """Residents at a station share one address with everybody in its network."""
    app = with_limits(limit_drafts="1 per second")
    app.extensions["wards"].answers("CreateDraft", dossiers_pb2.Dossier(id=DOSSIER, version=1))
    client = app.test_client()
    for _ in range(5):
        problem(client.post(DOSSIERS, json={"procedure": "1.001193"}), 401, "not-signed-in")
    assert client.post(DOSSIERS, json={"procedure": "1.001193"}, headers=bearer()).status_code == 201


def test_endless_drafts_and_uploads_are_throttled() -> None:
    app = with_limits(limit_drafts="2 per minute", limit_documents="1 per minute")
    app.extensions["wards"].answers("CreateDraft", dossiers_pb2.Dossier(id=DOSSIER, version=1))
    app.extensions["wards"].answers("AddDocument", dossiers_pb2.Document(id="d"))
    client = app.test_client()
    begin = partial(client.post, DOSSIERS, json={"procedure": "1.001193"}, headers=bearer())
    at_desk = {"procedure": "1.001193", "channel": "counter"}
    assert [begin().status_code, begin().status_code] == [201, 201]
    problem(begin(), 429, "too-many-requests")
    desk = f"/api/v1/wards/{NAM_DUONG}/desk/dossiers"
    problem(client.post(desk, json=at_desk, headers=bearer()), 429, "too-many-requests")
    files = [{"kind": "x", "file": (io.BytesIO(b"x"), "a.jpg")} for _ in range(2)]
    assert client.post(DOCUMENTS, data=files[0], headers=bearer()).status_code == 201
    problem(client.post(DOCUMENTS, data=files[1], headers=bearer()), 429, "too-many-requests")


def test_behind_a_proxy_each_client_has_its_own_count_and_without_one_nobody_can_pretend() -> None:
    body = {"code": "x-1-2", "key": "x"}

    def tries(trusted_proxies: int, trusted_networks: str = "") -> list[int]:
        limits = {"limits_enabled": True, "limit_tracking": "1 per hour"}
        networks = {"trusted_proxies": trusted_proxies, "trusted_networks": trusted_networks}
        client = application(**limits, **networks).test_client()
        addresses = ("198.51.100.1", "198.51.100.2")
        headers = [{"X-Forwarded-For": address} for address in addresses]
        return [client.post("/api/v1/tracking", json=body, headers=each).status_code for each in headers]

    assert tries(trusted_proxies=1, trusted_networks="10.0.0.0/8, 127.0.0.0/8") == [404, 404]
    assert tries(trusted_proxies=1, trusted_networks="10.0.0.0/8") == [404, 429]
    assert tries(trusted_proxies=0) == [404, 429]


def test_proxies_that_are_trusted_from_nowhere_stop_the_start() -> None:
    with pytest.raises(ValueError, match="TRUSTED_NETWORKS"):
        application(trusted_proxies=1)


def test_a_short_cookie_key_stops_the_start() -> None:
    with pytest.raises(ValueError, match="32"):
        application(secret_key="short")


@pytest.mark.parametrize(("setting", "path"), [("catcher_url", "/dev/messages"), ("payments_url", "/dev/payments")])
def test_what_is_there_to_try_is_shown_where_it_is_set_only(app: Flask, setting: str, path: str) -> None:
    assert app.test_client().get(path).status_code == 404
    answer = application(**{setting: "http://127.0.0.1:1"}).test_client().get(path)
    assert answer.status_code != 404


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(body=json_values)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_json_whatever_breaks_the_gateway(client: FlaskClient, wards: FakeWards, body: Any) -> None:
    wards.answers("SaveForm", lambda _, request: dossiers_pb2.Dossier(form_json=request.form_json, version=1))
    answer = client.put(FORM, data=json.dumps(body), content_type="application/json", headers=editing())
    if answer.status_code == 200:
        assert answer.get_json()["form"] == body
    else:
        problem(answer, 400, "invalid-request")


def test_asking_for_guidance_and_joining_count_together_and_apart_from_activations(wards: FakeWards) -> None:
    limits = {"limit_guidance": "2 per minute", "limit_activation": "1 per minute"}
    client = with_limits(**limits).test_client()
    sessions = f"/api/v1/wards/{NAM_DUONG}/guided-sessions"
    asking = {"text_version": "1", "place": {"page": "start"}}
    statuses = [
        client.post(f"{sessions}/joining", json={}, headers=bearer()).status_code,
        client.post(sessions, json={}, headers=bearer()).status_code,
        client.post(sessions, json=asking, headers=bearer()).status_code,
        client.post(f"/api/v1/wards/{NAM_DUONG}/accounts/{DOSSIER}/activation", json={}).status_code,
    ]
    assert statuses == [400, 400, 429, 400]
