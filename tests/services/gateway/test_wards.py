"""The gateway and real gRPC services: what goes over the wire, and what a ward that fails does to the others."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from flask import Flask
from google.protobuf.empty_pb2 import Empty

from gateway import ended_marks
from gateway.rpcs import FIND_HOME_WARD, GET_PROCEDURE
from services.chassis import probes
from services.chassis.call import current_call
from services.chassis.clock import SystemClock
from services.chassis.district import District
from services.chassis.grpc.client import unavailable
from services.chassis.refusal import FieldFault, Kind, Refusal
from services.chassis.tokens import Principal, Role, load_issuers, load_verifier
from tests.conftest import NAM_DUONG
from tests.district import PRACTICE
from tests.services.gateway.conftest import HAI_CHAU_1, Start
from tests.unit.gateway.fakes import STATUSES

DOSSIER = "0191f7a2-6a3e-7c51-9d0f-3b2c1a0e9f88"
Gateway = Callable[..., Flask]
Headers = Callable[..., dict[str, str]]
THREADS = 40  # of one gunicorn worker


def path(ward: str = NAM_DUONG) -> str:
    return f"/api/v1/wards/{ward}/dossiers/{DOSSIER}"


def answered(ward: str = NAM_DUONG) -> Callable[[Any], Any]:
    return lambda request: dossiers_pb2.Dossier(id=DOSSIER, ward=ward, version=1)


def wrong_login(_: Any) -> Any:
    raise Refusal(Kind.UNAUTHENTICATED, "wrong-login", "Tên đăng nhập hoặc mật khẩu không đúng.")


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Asks until it is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"


def get(app: Flask, url: str, headers: dict[str, str]) -> Any:
    return app.test_client().get(url, headers=headers)


@pytest.mark.parametrize(
    ("kind", "status"),
    STATUSES.items(),
)
def test_a_refusal_crosses_the_wire_whole(
    start: Start, gateway: Gateway, headers: Headers, kind: Kind, status: int
) -> None:
    def refuse(_: Any) -> Any:
        raise Refusal(kind, "a-reason", "Xin làm khác đi.", fields=(FieldFault("/child", "sai"),), retry_after=9)

    start("dossiers", NAM_DUONG).scripts["GetDossier"] = refuse
    answer = get(gateway(), path(), headers())
    assert answer.status_code == status
    if kind is not Kind.BROKEN:
        found = answer.get_json()
        assert found["type"] == "https://caunoi.vn/problems/a-reason"
        assert found["detail"] == "Xin làm khác đi."
        assert found["fields"] == [{"field": "/child", "text": "sai"}]
        assert answer.headers["Retry-After"] == "9"


def test_a_volunteers_token_opens_no_dossier_and_without_a_token_nothing_opens(
    start: Start, gateway: Gateway, headers: Headers
) -> None:
    service = start("dossiers", NAM_DUONG)
    service.scripts["GetDossier"] = answered()
    app = gateway()
    assert get(app, path(), headers(Role.VOLUNTEER)).status_code == 403
    assert get(app, path(), {}).status_code == 401
    forged = headers()["Authorization"][:-4] + "AAAA"
    assert get(app, path(), {"Authorization": forged}).status_code == 401
    assert service.calls == []
    assert get(app, path(), headers()).status_code == 200


def test_the_service_sees_who_calls_under_which_request_id_and_key(
    start: Start, gateway: Gateway, headers: Headers
) -> None:
    service = start("dossiers", NAM_DUONG)
    service.scripts["CreateDraft"] = answered()
    own = headers() | {"X-Request-ID": "request-0001", "Idempotency-Key": "key-1"}
    client = gateway().test_client()
    answer = client.post(f"/api/v1/wards/{NAM_DUONG}/dossiers", json={"procedure": "1.001193"}, headers=own)
    assert answer.status_code == 201
    (call,) = service.calls
    assert (call.ward, call.request_id, call.idempotency_key) == (NAM_DUONG, "request-0001", "key-1")
    assert call.caller.has(Role.CITIZEN)
    assert call.deadline - time.monotonic() < 3


def test_a_service_that_is_too_slow_is_503_and_its_breaker_counts(
    start: Start, gateway: Gateway, headers: Headers
) -> None:
    start("dossiers", NAM_DUONG).hang("GetDossier")
    app = gateway(request_seconds=0.3, breaker_failures=1, breaker_open_seconds=60)
    first = get(app, path(), headers())
    assert first.status_code == 503
    assert first.get_json()["type"].endswith("/temporarily-unavailable")
    second = get(app, path(), headers())
    assert second.status_code == 503
    assert second.get_json()["type"].endswith("/ward-busy")
    assert int(second.headers["Retry-After"]) > 5


def test_a_refusal_is_an_answer_and_opens_no_breaker(start: Start, gateway: Gateway, headers: Headers) -> None:
    def database_away(_: Any) -> Any:
        raise unavailable()

    start("dossiers", NAM_DUONG).scripts["GetDossier"] = database_away
    app = gateway(breaker_failures=1, breaker_open_seconds=60)
    types = [get(app, path(), headers()).get_json()["type"].rsplit("/")[-1] for _ in range(3)]
    assert types == ["temporarily-unavailable"] * 3


def test_what_a_ward_of_the_version_before_does_not_know_can_be_asked_again_later_and_all_else_goes_on(
    start: Start, gateway: Gateway, headers: Headers
) -> None:
    """A roll-out in the wrong order, or a ward that has gone back (docs/runbook.md): a call that is not there shuts
    nobody off from what is, and a field that is not known there changes nothing of the rest.
    """
    service = start("dossiers", NAM_DUONG, lacks=("GetHistory",))
    service.scripts["GetDossier"] = answered()
    app = gateway(breaker_failures=1, breaker_open_seconds=60)
    for _ in range(3):
        no = get(app, f"{path()}/history", headers())
        assert (no.status_code, no.get_json()["type"].rsplit("/")[-1]) == (503, "temporarily-unavailable")
        assert int(no.headers["Retry-After"]) > 0
        assert get(app, path(), headers()).status_code == 200


def test_a_service_that_comes_back_is_used_again(start: Start, gateway: Gateway, headers: Headers) -> None:
    service = start("dossiers", NAM_DUONG)
    service.scripts["GetDossier"] = answered()
    app = gateway(breaker_failures=2, breaker_open_seconds=0.2)
    assert get(app, path(), headers()).status_code == 200
    service.stop()
    until(lambda: get(app, path(), headers()).get_json().get("type", "").endswith("/ward-busy"))
    again = start("dossiers", NAM_DUONG, listen=service.address)
    again.scripts["GetDossier"] = answered()
    until(lambda: get(app, path(), headers()).status_code == 200)


def test_the_first_call_after_a_service_came_back_is_answered(start: Start, gateway: Gateway, headers: Headers) -> None:
    """However long it was away and was asked for meanwhile: a channel tries again sooner than a call gives up."""
    service = start("dossiers", NAM_DUONG)
    app = gateway(breaker_failures=1000)
    service.stop()
    gone = time.monotonic()
    until(lambda: get(app, path(), headers()).status_code == 503 and time.monotonic() - gone > 6, seconds=20)
    again = start("dossiers", NAM_DUONG, listen=service.address)
    again.scripts["GetDossier"] = answered()
    assert get(app, path(), headers()).status_code == 200


def test_a_ward_that_hangs_takes_neither_the_threads_nor_the_answers_of_another(
    start: Start, gateway: Gateway, headers: Headers
) -> None:
    start("accounts", NAM_DUONG)
    start("dossiers", NAM_DUONG).hang("GetDossier")
    start("dossiers", HAI_CHAU_1).scripts["GetDossier"] = answered(HAI_CHAU_1)
    app, own = gateway(), headers()
    with ThreadPoolExecutor(THREADS) as pool:
        hanging = [pool.submit(get, app, path(), own) for _ in range(THREADS * 3)]
        others = [pool.submit(get, app, path(HAI_CHAU_1), own) for _ in range(40)]
        # Long before the first hanging call reaches its deadline of three seconds.
        done, late = wait(others, timeout=2.5)
        assert not late
        assert Counter(each.result().status_code for each in done) == {200: 40}
        assert {each.result().status_code for each in hanging} == {503}


def test_a_hanging_service_leaves_the_wards_other_services_reachable(
    start: Start, gateway: Gateway, headers: Headers
) -> None:
    start("dossiers", NAM_DUONG).hang("GetDossier")
    own_account = accounts_pb2.Account(id="a", ward=NAM_DUONG, status=accounts_pb2.ACCOUNT_STATUS_ACTIVE)
    start("accounts", NAM_DUONG).scripts["GetOwnAccount"] = lambda _: own_account
    app = gateway(request_seconds=0.2, breaker_failures=2, breaker_open_seconds=60)
    for _ in range(3):
        assert get(app, path(), headers()).status_code == 503
    assert get(app, "/api/v1/me", headers()).status_code == 200


def test_a_list_over_all_wards_names_the_hanging_and_the_dead(
    start: Start, gateway: Gateway, headers: Headers, district: District
) -> None:
    started = SystemClock().now()
    start("accounts", NAM_DUONG)
    start("dossiers", NAM_DUONG).hang("ListOwnDossiers")
    summary = dossiers_pb2.DossierSummary(id="1", ward=HAI_CHAU_1)
    listed = dossiers_pb2.ListDossiersResponse(dossiers=[summary])
    start("dossiers", HAI_CHAU_1).scripts["ListOwnDossiers"] = lambda _: listed
    found = get(gateway(), "/api/v1/me/dossiers", headers()).get_json()
    assert [each["id"] for each in found["dossiers"]] == ["1"]
    assert {each["code"] for each in found["unanswered"]} == set(district.wards) - {HAI_CHAU_1}
    assert (SystemClock().now() - started).total_seconds() < 10


def test_a_sign_in_finds_its_ward_while_another_hangs(start: Start, gateway: Gateway, district: District) -> None:
    start("accounts", NAM_DUONG).hang("FindHomeWard")
    home = start("accounts", HAI_CHAU_1)
    home.scripts["FindHomeWard"] = lambda _: accounts_pb2.FindHomeWardResponse(ward=HAI_CHAU_1)
    own_account = accounts_pb2.Account(id="a", ward=HAI_CHAU_1, status=accounts_pb2.ACCOUNT_STATUS_ACTIVE)
    home.scripts["CreateSession"] = lambda _: accounts_pb2.Session(access_token="t", account=own_account)
    answer = gateway().test_client().post("/api/v1/sessions", json={"login": "0905123456", "password": "p"})
    assert answer.status_code == 201
    assert answer.get_json()["ward"] == HAI_CHAU_1


def test_a_ward_that_answers_slowly_does_not_delay_all_sign_ins(start: Start, gateway: Gateway) -> None:
    slow, home = start("accounts", NAM_DUONG), start("accounts", HAI_CHAU_1)
    lock, waiting = threading.Lock(), [0, 0]  # now, and at most

    def slowly(_: Any) -> Any:
        with lock:
            waiting[0] += 1
            waiting[1] = max(waiting)
        # Below the deadline, so that no breaker opens; and no longer than somebody waits.
        time.sleep(max(0.0, min(0.8, current_call().deadline - time.monotonic())))
        with lock:
            waiting[0] -= 1
        return accounts_pb2.FindHomeWardResponse()

    slow.scripts["FindHomeWard"] = slowly
    slow.scripts["CreateSession"] = wrong_login  # where the home ward was too busy to say that it is it
    home.scripts["FindHomeWard"] = lambda _: accounts_pb2.FindHomeWardResponse(ward=HAI_CHAU_1)
    own_account = accounts_pb2.Account(id="a", ward=HAI_CHAU_1, status=accounts_pb2.ACCOUNT_STATUS_ACTIVE)
    home.scripts["CreateSession"] = lambda _: accounts_pb2.Session(access_token="t", account=own_account)
    app = gateway(call_wait_seconds=30, calls_waiting_per_ward=1000)

    def sign_in() -> int:
        return app.test_client().post("/api/v1/sessions", json={"login": "0905123456", "password": "p"}).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        found = Counter(each.result() for each in [pool.submit(sign_in) for _ in range(THREADS * 3)])
    assert 4 <= waiting[1] <= 20, "16 places, and what a ward has not yet put down; of 40 threads"
    assert found.keys() <= {201, 503}
    assert found[201] > 20, "who finds no place goes on without that ward"


def test_a_hanging_ward_is_skipped_after_a_few_sign_ins_and_named(start: Start, gateway: Gateway) -> None:
    start("accounts", NAM_DUONG).hang("FindHomeWard")
    other = start("accounts", HAI_CHAU_1)
    other.scripts["FindHomeWard"] = lambda _: accounts_pb2.FindHomeWardResponse()

    other.scripts["CreateSession"] = wrong_login
    app = gateway(breaker_open_seconds=60)

    def sign_in() -> tuple[float, Any]:
        began = time.monotonic()
        answer = app.test_client().post("/api/v1/sessions", json={"login": "0905123456", "password": "p"})
        return time.monotonic() - began, answer

    for _ in range(5):
        sign_in()
    seconds, answer = sign_in()
    assert seconds < 1.0
    assert (answer.status_code, answer.get_json()["type"].rpartition("/")[2]) == (503, "wards-unavailable")
    assert "Nam Dương" in answer.get_json()["detail"]


def test_a_call_that_a_fan_out_gave_up_is_not_counted_against_a_ward(start: Start, gateway: Gateway) -> None:
    start("accounts", NAM_DUONG).hang("FindHomeWard")
    start("accounts", HAI_CHAU_1).scripts["FindHomeWard"] = lambda _: accounts_pb2.FindHomeWardResponse(ward="20236")
    app = gateway(breaker_failures=1, breaker_open_seconds=60)
    wards = app.extensions["wards"]
    request = accounts_pb2.FindHomeWardRequest(login="0905123456")
    requests = {NAM_DUONG: request, HAI_CHAU_1: request}
    for _ in range(3):
        found = wards.send_all(FIND_HOME_WARD, requests, seconds=5, enough=lambda answer: bool(answer.ward))
        assert set(found.answered) == {HAI_CHAU_1}
    until(lambda: wards.statuses()[NAM_DUONG] == "degraded")


def test_the_status_of_a_ward_is_what_its_services_say_of_themselves(start: Start, gateway: Gateway) -> None:
    for name in ("accounts", "dossiers", "notifications"):
        start(name, NAM_DUONG)
    start("accounts", HAI_CHAU_1)
    found = gateway().test_client().get("/api/v1/wards").get_json()["wards"]
    statuses = {each["code"]: each["status"] for each in found}
    assert (statuses[NAM_DUONG], statuses[HAI_CHAU_1], statuses["20227"]) == ("up", "degraded", "down")


def test_the_catalogue_comes_from_whichever_ward_answers(start: Start, gateway: Gateway, district: District) -> None:
    listed = dossiers_pb2.ListProceduresResponse(procedures=[dossiers_pb2.Procedure(code="1.001193")])
    service = start("dossiers", *sorted(district.wards)[:11])  # two of thirteen are dead: one of three tries hits
    service.scripts["ListProcedures"] = lambda _: listed
    app = gateway()
    for _ in range(10):
        found = app.test_client().get("/api/v1/procedures").get_json()
        assert [each["code"] for each in found["procedures"]] == ["1.001193"]


def test_what_reaches_a_ward_is_good_in_that_ward_alone(
    start: Start, gateway: Gateway, headers: Headers, keys: Path
) -> None:
    """docs/decisions/0047: somebody who reads it there can use it nowhere else."""
    home = start("accounts", NAM_DUONG)
    there = start("dossiers", HAI_CHAU_1)
    there.scripts["GetDossier"] = answered(HAI_CHAU_1)
    own = start("dossiers", NAM_DUONG)
    own.scripts["GetDossier"] = answered()
    app, header = gateway(), headers()
    for _ in range(3):
        assert get(app, path(HAI_CHAU_1), header).status_code == 200
        assert get(app, path(), header).status_code == 200
    verifier = load_verifier(keys / "trusted.json")
    assert {verifier.verify(call.token).good_in for call in there.calls} == {HAI_CHAU_1}
    assert {verifier.verify(call.token).good_in for call in own.calls} == {NAM_DUONG}
    assert [call.method for call in home.calls] == ["IssueWardTokens"], "once, then it is kept"
    stolen = {"Authorization": f"Bearer {there.calls[0].token}"}
    assert get(app, path(), stolen).status_code == 403
    assert get(app, "/api/v1/me/access-log", stolen).status_code == 403


def test_a_computers_token_beside_a_persons_is_good_in_the_ward_that_is_called_alone(
    start: Start, gateway: Gateway, headers: Headers, keys: Path
) -> None:
    start("accounts", NAM_DUONG)
    there = start("dossiers", HAI_CHAU_1)
    there.scripts["GetDossier"] = answered(HAI_CHAU_1)
    issuer = load_issuers(keys / "signing-accounts.json", "accounts")[NAM_DUONG]
    kiosk = Principal("k-1", NAM_DUONG, frozenset({Role.KIOSK}), station="s-1")
    beside = headers() | {"X-Caunoi-Kiosk": issuer.issue(kiosk)}
    assert get(gateway(), path(HAI_CHAU_1), beside).status_code == 200
    (call,) = there.calls
    assert call.kiosk == kiosk
    assert call.kiosk is not None
    assert call.kiosk.good_in == HAI_CHAU_1


def test_a_list_asks_the_wards_alone_that_have_something_of_the_person(
    start: Start, gateway: Gateway, headers: Headers
) -> None:
    home = start("accounts", NAM_DUONG)
    home.scripts["ListOwnWards"] = lambda _: accounts_pb2.ListOwnWardsResponse(wards=[NAM_DUONG, HAI_CHAU_1])
    dossiers = {ward: start("dossiers", ward) for ward in (NAM_DUONG, HAI_CHAU_1, "20227")}
    for service in dossiers.values():
        service.scripts["ListOwnDossiers"] = lambda _: dossiers_pb2.ListDossiersResponse()
    found = get(gateway(), "/api/v1/me/dossiers", headers()).get_json()
    assert found == {"dossiers": [], "next_cursor": None, "unanswered": []}
    assert {ward for ward, service in dossiers.items() if service.calls} == {NAM_DUONG, HAI_CHAU_1}


def test_a_list_of_who_works_in_a_ward_asks_that_ward_alone(
    start: Start, gateway: Gateway, headers: Headers, district: District
) -> None:
    wards = {ward: start("accounts", ward) for ward in (NAM_DUONG, HAI_CHAU_1)}
    get(gateway(), "/api/v1/me/access-log", headers(Role.SIGNER))
    assert not wards[HAI_CHAU_1].calls


def test_while_the_home_ward_is_away_a_list_names_every_ward_that_is_missing(
    start: Start, gateway: Gateway, headers: Headers, district: District
) -> None:
    start("dossiers", NAM_DUONG).scripts["ListOwnDossiers"] = lambda _: dossiers_pb2.ListDossiersResponse()
    start("dossiers", HAI_CHAU_1)
    found = get(gateway(), "/api/v1/me/dossiers", headers()).get_json()
    assert found["dossiers"] == []
    assert {each["code"] for each in found["unanswered"]} == set(district.wards) - {NAM_DUONG}


@pytest.mark.parametrize(
    ("claim", "value"), [("ward", "99999"), ("ward", "２０２４８"), ("sid", "\ud800"), ("sub", "\ud800")], ids=ascii
)
def test_a_token_that_no_ward_here_can_have_issued_is_refused_before_a_ward_is_called(
    start: Start, gateway: Gateway, headers: Headers, claim: str, value: str
) -> None:
    """Its ward used to be looked up, and its session to be counted, before anybody had verified it: a 500."""
    services = [start("accounts", NAM_DUONG), start("dossiers", NAM_DUONG)]
    told = {"ward": NAM_DUONG, "roles": ["citizen"], "exp": 4102444800, "sid": "s-1", "sub": "a-1", claim: value}
    forged = f"e30.{base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip('=')}.c2ln"
    app = gateway()
    for url in ("/api/v1/me", "/api/v1/me/dossiers", path()):
        answer = get(app, url, {"Authorization": f"Bearer {forged}"})
        assert (answer.status_code, answer.get_json()["type"].rpartition("/")[2]) == (401, "not-signed-in"), url
    answer = app.test_client().post(
        f"/api/v1/wards/{NAM_DUONG}/dossiers",
        json={"procedure": "1.001193"},
        headers=headers() | {"X-Caunoi-Kiosk": forged},
    )
    assert answer.get_json()["type"].rpartition("/")[2] == "kiosk-token-expired"
    assert not [call for service in services for call in service.calls]


@pytest.mark.parametrize("role", [Role.SIGNER, Role.WARD_ADMIN, Role.VOLUNTEER])
def test_a_token_of_staff_does_not_reach_another_ward(
    start: Start, gateway: Gateway, headers: Headers, role: Role
) -> None:
    """That ward would have read it before it refused it."""
    there = start("dossiers", HAI_CHAU_1)
    procedure = dossiers_pb2.Procedure(code="1.001193")
    there.scripts["GetProcedure"] = lambda _: procedure
    app, header = gateway(), headers(role)
    assert get(app, path(HAI_CHAU_1), header).status_code == 403
    assert there.calls == []
    app.extensions["wards"].client(HAI_CHAU_1, header["Authorization"][7:]).call(GET_PROCEDURE, code="1.001193")
    assert [call.token for call in there.calls] == [""], "what is open to everybody is asked for by nobody"


def test_a_home_ward_that_is_slow_about_its_people_takes_no_threads_of_others(
    start: Start, gateway: Gateway, keys: Path
) -> None:
    issuers = load_issuers(keys / "signing-accounts.json", "accounts")

    def header(ward: str) -> dict[str, str]:
        person = Principal("0191f7a2-0000-7000-8000-000000000001", ward, frozenset({Role.CITIZEN}), session=f"s-{ward}")
        return {"Authorization": f"Bearer {issuers[ward].issue(person)}"}

    slow, quick = start("accounts", NAM_DUONG), start("accounts", HAI_CHAU_1)

    def slowly(_: Any) -> Any:
        time.sleep(0.9)  # below the deadline, so no breaker opens
        return accounts_pb2.GetOwnSessionResponse(open=True)

    slow.scripts["GetOwnSession"] = slowly
    quick.scripts["GetOwnSession"] = lambda _: accounts_pb2.GetOwnSessionResponse(open=True)
    for ward in (NAM_DUONG, HAI_CHAU_1):
        start("dossiers", ward).scripts["GetDossier"] = answered(ward)
    app = gateway()
    with ThreadPoolExecutor(THREADS) as pool:
        slowed = [pool.submit(get, app, path(), header(NAM_DUONG)) for _ in range(THREADS * 3)]
        others = [pool.submit(get, app, path(HAI_CHAU_1), header(HAI_CHAU_1)) for _ in range(40)]
        done, late = wait(others, timeout=5)
        assert not late
        assert Counter(each.result().status_code for each in done) == {200: 40}
        assert Counter(each.result().status_code for each in slowed)[200] > 0


@pytest.mark.parametrize(("home", "ward"), [(NAM_DUONG, PRACTICE), (PRACTICE, NAM_DUONG)])
def test_no_token_is_sent_across_the_border_of_practice(
    start: Start, gateway: Gateway, headers: Headers, home: str, ward: str
) -> None:
    """docs/decisions/0036: not even public answers go to the other side."""
    there = start("dossiers", ward)
    app, header = gateway(), headers(ward=home)
    assert get(app, path(ward), header).status_code == 401
    client = app.extensions["wards"].client(ward, header["Authorization"][7:])
    with pytest.raises(Refusal) as no, app.app_context():
        client.call(GET_PROCEDURE, code="1.001193")
    assert no.value.kind is Kind.UNAUTHENTICATED
    assert there.calls == []


def test_after_a_sign_out_in_one_worker_a_copied_token_opens_nothing_in_another(
    start: Start, gateway: Gateway, keys: Path
) -> None:
    accounts = start("accounts", NAM_DUONG)
    session = "0191f7a2-0000-7000-8000-00000000000a"
    is_open = [True]
    accounts.scripts["GetOwnSession"] = lambda _: accounts_pb2.GetOwnSessionResponse(open=is_open[0])
    start("dossiers", NAM_DUONG).scripts["GetDossier"] = answered()

    def end(_: Any) -> Any:
        is_open[0] = False
        return Empty()

    accounts.scripts["EndSession"] = end
    issuer = load_issuers(keys / "signing-accounts.json", "accounts")[NAM_DUONG]
    person = Principal("0191f7a2-0000-7000-8000-000000000001", NAM_DUONG, frozenset({Role.CITIZEN}), session=session)
    copied = {"Authorization": f"Bearer {issuer.issue(person)}"}
    one, another = gateway(), gateway()
    assert {get(app, path(), copied).status_code for app in (one, another)} == {200}
    refresh = f"{NAM_DUONG}.{NAM_DUONG}.{session.replace('-', '')}.secret"
    assert one.test_client().post("/api/v1/sessions/end", json={"refresh_token": refresh}).status_code == 204
    assert {get(app, path(), copied).status_code for app in (one, another)} == {401}


def test_a_name_server_that_is_away_holds_up_no_sign_out(
    start: Start, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    start("accounts", NAM_DUONG).scripts["EndSession"] = lambda _: Empty()
    body = {"refresh_token": f"{NAM_DUONG}.{NAM_DUONG}.{'a' * 32}.secret"}
    app = gateway(gateway_peers="peers.example:1")
    found = socket.getaddrinfo

    def slowly(host: Any, *more: Any, **named: Any) -> Any:
        if host == "peers.example":
            time.sleep(4)
            raise socket.gaierror
        return found(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    began = time.monotonic()
    assert app.test_client().post("/api/v1/sessions/end", json=body).status_code == 204
    assert time.monotonic() - began < 3


def test_another_pod_is_told_of_a_sign_out_and_one_that_is_away_holds_it_up_for_less_than_a_second(
    start: Start, gateway: Gateway
) -> None:
    start("accounts", NAM_DUONG).scripts["EndSession"] = lambda _: Empty()
    body = {"refresh_token": f"{NAM_DUONG}.{NAM_DUONG}.{'a' * 32}.secret"}
    told: list[str] = []

    def hear(query: str) -> probes.Answer:
        told.append(query)
        return probes.Answer(HTTPStatus.NO_CONTENT, b"")

    listener = probes.listening("127.0.0.1:0")
    port = listener.getsockname()[1]
    stop = probes.serve(listener, {}, {ended_marks.PATH: hear})
    app = gateway(gateway_peers=f"127.0.0.1:{port}")
    assert app.test_client().post("/api/v1/sessions/end", json=body).status_code == 204
    assert told == [str(ended_marks.number_of("a" * 32))]
    stop()
    with probes.listening(f"127.0.0.1:{port}"):  # takes connections and says nothing
        began = time.monotonic()
        assert app.test_client().post("/api/v1/sessions/end", json=body).status_code == 204
        assert time.monotonic() - began < 2
    assert (
        gateway(gateway_peers="nowhere.invalid:1").test_client().post("/api/v1/sessions/end", json=body).status_code
        == 204
    )
