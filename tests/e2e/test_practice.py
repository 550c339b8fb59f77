"""A practice over the API: from nothing to a paper that is not real, without a trace in any real ward, or of real wards
in practice.

docs/decisions/0036. The rows of each table of each database are counted before and after.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
from psycopg import sql

from deploy.local.keys import SERVICES
from deploy.local.stack import Stack
from services.accounts.events import SUBMITTED, home_of_filing
from tests.district import DISTRICT, PRACTICE
from tests.e2e.api import CODE, Api, Phone, Staff, accepted, connection_to, pause, sign_in
from tests.e2e.birth import practice_form
from tests.e2e.cases import text_of
from tests.e2e.drafts import APPLICANT, Draft, begin, refused

CHILD = "Nguyễn Tập Thử Khôi"
FELLOW = "0905209202"  # of the same ward as the applicant
SECONDS_WITHIN = 60
Counts = Mapping[tuple[str, str, str], int]  # service, ward, table → rows
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
_EVENTS = "SELECT id::text, type, payload, published_at IS NULL FROM outbox"
_QUEUED = "SELECT FROM message WHERE status = 'queued' AND try_at < now() + interval '5 seconds' LIMIT 1"


def counts(stack: Stack, wards: list[str]) -> Counts:
    """Rows of every table of these wards, once nothing that went before is still on its way."""

    def now() -> Counts:
        found: dict[tuple[str, str, str], int] = {}
        for service in SERVICES:
            for ward in wards:
                url = stack.database_url(service, ward).replace("+psycopg", "")
                with psycopg.connect(url) as connection:
                    names = [name for (name,) in connection.execute(_TABLES)]
                    count = sql.SQL("SELECT {}, count(*) FROM {}")
                    each = [count.format(name, sql.Identifier(name)) for name in names]
                    rows = connection.execute(sql.SQL(" UNION ALL ").join(each)).fetchall()
                    found |= {(service, ward, name): number for name, number in rows}
        return found

    until = time.monotonic() + SECONDS_WITHIN
    while on_their_way(stack, wards):
        assert time.monotonic() < until, "the wards do not come to rest"
        pause()
    return now()


def on_their_way(stack: Stack, wards: list[str]) -> bool:
    """Whether an event is not published yet, or not handled by a service that handles its type, or a message is not
    sent. Accounts hear of the accounts of all wards, and of filings of their own people; the others of their own ward.
    """
    told: dict[str, tuple[str, str, list[str]]] = {}  # id of an event → its ward and type, and whose accounts hear it
    heard: dict[tuple[str, str], set[str]] = {}  # service, ward → ids of the events that it has handled
    for service in SERVICES:
        for ward in wards:
            with psycopg.connect(stack.database_url(service, ward).replace("+psycopg", "")) as connection:
                for id, kind, payload, waits in connection.execute(_EVENTS):
                    if waits:
                        return True
                    told[id] = ward, kind, [home_of_filing(payload) or ""] if kind == SUBMITTED else wards
                heard[service, ward] = {id for (id,) in connection.execute("SELECT event_id FROM inbox")}
                if service == "notifications" and connection.execute(_QUEUED).fetchone():
                    return True
    handled = {(service, kind) for id, (_, kind, _) in told.items() for (service, _), ids in heard.items() if id in ids}
    return any(
        id not in heard[service, reader]
        for id, (ward, kind, homes) in told.items()
        for service, type in handled
        if type == kind
        for reader in (homes if service == "accounts" else [ward])
        if reader in wards
    )


@pytest.fixture
def pupil(url: str) -> Api:
    session = Api(url).post("/practice")
    assert session["ward"] == PRACTICE
    return Api(url, session["access_token"])


def shown_code(pupil: Api) -> str:
    """The one-time code on the page that replaces the phone."""
    for _ in range(200):
        for message in pupil.get("/practice/messages")["messages"]:
            if found := CODE.search(message["text"]):
                return found.group()
        pause()
    raise AssertionError("no code was shown")


def practise(pupil: Api, form: dict[str, Any]) -> tuple[Draft, dict[str, Any]]:
    """Files a birth, answers what the office asks, and waits for the result."""
    draft = begin(pupil, ward=PRACTICE, form=form)
    sent = pupil.post(f"{draft.path}/confirmations")
    pupil.post(f"{draft.path}/submission", {"confirmation": sent["confirmation"], "otp": shown_code(pupil)})
    until = time.monotonic() + SECONDS_WITHIN
    while (dossier := pupil.get(draft.path))["status"] != 10:
        assert time.monotonic() < until, dossier["status_text"]
        if dossier["status"] == 5:
            (item,) = dossier["supplement_request"]["items"]
            assert item["field"] == "/child/home_town"
            town = dossier["form"]["child"]["home_town"]
            pupil.post(f"{draft.path}/supplement", {"form": {"child": {"home_town": f"{town}, tỉnh Quảng Nam"}}})
        pause()
    return draft, dossier


def test_a_practice_leaves_nothing_in_any_real_ward_and_is_done_in_a_minute(
    stack: Stack, url: str, pupil: Api, citizen: Api, staff: Staff
) -> None:
    real = list(DISTRICT.wards)
    before, sent_before = counts(stack, real), sent(url)
    draft, dossier = practise(pupil, practice_form(CHILD))
    certificate = accepted(pupil.send("GET", f"{draft.path}/papers/certificate")).content
    assert "TẬP THỬ – không có giá trị" in text_of(certificate)
    assert "TẬP THỬ" in text_of(accepted(pupil.send("GET", f"{draft.path}/papers/receipt")).content)
    told = [message["text"] for message in pupil.get("/practice/messages")["messages"]]
    assert told
    assert all(text.startswith("TAP THU: ") for text in told)
    # Somebody who looks on the other side finds nothing; and looking writes only looks.
    assert counts(stack, real) == before
    assert sent(url) == sent_before
    body = {"q": CHILD, "reason": "thử"}
    assert staff.officer.post("/wards/20248/registers/birth/searches", body)["entries"] == []
    search = staff.officer.post("/wards/20248/desk/searches", {"q": CHILD})["id"]
    assert staff.officer.get("/wards/20248/desk", params={"search": search})["dossiers"] == []
    assert draft.path.rpartition("/")[2] not in {each["id"] for each in citizen.get("/me/dossiers")["dossiers"]}
    verified = Api(url).get(f"/verify/{dossier['register_entry']['certificate_id']}")
    assert (verified["practice"], verified["status"]) == (True, "practice")
    tracking = {"code": dossier["code"], "key": dossier["tracking_key"]}
    refused(Api(url).send("POST", "/tracking", json=tracking), 404, "unknown-tracking")
    assert PRACTICE not in {ward["code"] for ward in Api(url).get("/wards")["wards"]}
    # A statement that somebody carries over themselves counts there, once (docs/decisions/0039).
    brought: dict[str, Any] = {"proof": pupil.post(f"{draft.path}/proof")["proof"], "by_own_hands": True}
    assert pupil.send("POST", "/me/practices", json=brought).status_code == 403
    steps = citizen.post("/me/practices", brought)["steps"]
    assert [(step["kind"], step["ward"]) for step in steps if step["dossier_id"] == dossier["id"]] == [
        ("practised", PRACTICE)
    ]
    refused(sign_in(url, FELLOW).send("POST", "/me/practices", json=brought), 409, "practice-counted")


def sent(url: str) -> int:
    """How many SMS and e-mails have left the system."""
    answer = accepted(connection_to(url).get("/dev/messages?limit=500", headers={"Accept": "application/json"}))
    return len(answer.json()["messages"])


def test_a_real_filing_leaves_nothing_in_practice(stack: Stack, url: str, citizen: Api) -> None:
    before = counts(stack, [PRACTICE])
    begin(citizen).file(url)
    assert counts(stack, [PRACTICE]) == before


#: Request → method, path in a ward, body.
CALLS: Mapping[str, tuple[str, str, Any]] = {
    "a draft": ("POST", "dossiers", {"procedure": "1.001193"}),
    "a dossier": ("GET", "dossiers/11111111-2222-4333-8444-555555555555", None),
    "a desk": ("GET", "desk", None),
    "a register": ("POST", "registers/birth/searches", {"q": "Lê", "reason": "thử"}),
    "devices": ("GET", "devices", None),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_token_of_one_side_is_worth_nothing_on_the_other(pupil: Api, citizen: Api, staff: Staff, call: str) -> None:
    method, path, body = CALLS[call]
    for who, ward in ((pupil, "20248"), (citizen, PRACTICE), (staff.officer, PRACTICE), (staff.chairman, PRACTICE)):
        refused(who.send(method, f"/wards/{ward}/{path}", json=body), 401, "not-signed-in")


def test_an_invented_person_signs_in_nowhere_and_nobody_opens_an_account_in_practice(url: str, pupil: Api) -> None:
    own = pupil.get("/me")
    assert re.fullmatch(r"•+\d{3}", own["identity_number_masked"])
    refused(
        Api(url).send("POST", "/sessions", json={"login": "0510123456", "password": "x", "ward": PRACTICE}),
        401,
        "wrong-login",
    )
    phone = Phone(url, APPLICANT)
    application = {
        "full_name": "Nguyễn Thị Sáu", "date_of_birth": "1955-03-08", "identity_kind": "cccd",
        "identity_number": "048155999999", "phone": APPLICANT, "email": "", "password": "sông Hàn mùa nước lớn",
        "address": "Số 12",
    }  # fmt: skip
    refused(Api(url).send("POST", f"/wards/{PRACTICE}/accounts", json=application), 403, "not-allowed")
    assert "TAP THU" not in " ".join(message["text"] for message in phone.messages())


def test_a_practice_is_renewed_and_ended_as_any_session(url: str) -> None:
    session = Api(url).post("/practice")
    renewed = Api(url).post("/sessions/refresh", {"refresh_token": session["refresh_token"]})
    pupil = Api(url, renewed["access_token"])
    assert pupil.get("/me/dossiers") == {"dossiers": [], "next_cursor": None, "unanswered": []}
    assert pupil.get("/me/access-log")["unanswered"] == []
    Api(url).post("/sessions/end", {"refresh_token": renewed["refresh_token"]})
    again = Api(url).send("POST", "/sessions/refresh", json={"refresh_token": renewed["refresh_token"]})
    refused(again, 401, "session-ended")
