"""The required state after a fault: every accepted dossier once, its events once and in order, its messages once."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from deploy.local.stack import Stack
from deploy.local.waiting import wait_until
from tests.chaos.journeys import BACK_SECONDS, PEOPLE, SETTLED_SECONDS, STEPS, WARD, Filing, Journey, Patient
from tests.topics import Told, reading

#: The work of a dead process continues within `BACK_SECONDS`; dossiers filed meanwhile have the same time again.
DELIVERY_SECONDS = 2 * BACK_SECONDS


def verify(stack: Stack, filing: Filing, seconds: float = DELIVERY_SECONDS) -> None:
    """Holds everything that was answered with a 2xx against what is there now, and prints how long messages took.

    Within `seconds` everybody must be told.
    """
    began = time.monotonic()
    journeys = filing.completed
    assert len(journeys) >= len(PEOPLE)
    broken = [hurdle for hurdle in filing.hurdles if ": 500 " in hurdle]
    assert not broken, broken  # a fault outside the service is answered as such: 503
    hold_dossiers(stack, journeys)
    hold_register(journeys)
    hold_events(stack, journeys)
    hold_messages(stack, journeys, began + seconds)
    print(f"{len(journeys)} dossiers: everybody was told everything within {time.monotonic() - began:.1f} s")


def hold_dossiers(stack: Stack, journeys: Sequence[Journey]) -> None:
    """Each exists as in the last answer; nobody has a dossier or draft without an answer about it."""
    assert Counter(each.code for each in journeys).most_common(1)[0][1] == 1
    for phone in PEOPLE:
        with signed_in(stack, phone) as citizen:
            own = [each for each in journeys if each.phone == phone]
            for journey in own:
                history = citizen.do("GET", f"/wards/{WARD}/dossiers/{journey.id}/history")["entries"]
                assert [entry["action"] for entry in history] == list(STEPS) == journey.steps
                tracked = {"code": journey.code, "key": journey.tracking_key}
                assert citizen.do("POST", "/tracking", json=tracked)["status"] == 9
            listed = _newest_dossiers(citizen, len(own))
            assert {row["id"] for row in listed} == {journey.id for journey in own}, "doubled or lost"


def _newest_dossiers(citizen: Patient, count: int) -> list[dict[str, Any]]:
    """As many as were filed in this run, by when they last changed; a doubled one would be among them."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while len(rows) < count:
        page = citizen.do("GET", "/me/dossiers", params={"limit": 100, "cursor": cursor})
        assert page["unanswered"] == []
        rows += page["dossiers"]
        cursor = page["next_cursor"] or ""
        if not cursor:
            break
    return rows[:count]


def hold_register(journeys: Sequence[Journey]) -> None:
    """Numbers without gap or double (docs/architecture.md, rule 5)."""
    numbers = sorted(each.number for each in journeys)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def hold_events(stack: Stack, journeys: Sequence[Journey]) -> None:
    """Once in effect: the same event may be delivered again under its own id. In order: by its first delivery."""
    expected = {
        each.id: [(n, f"vn.caunoi.dossiers.dossier.{step}.v1") for n, step in enumerate(STEPS, 1)] for each in journeys
    }
    with reading(stack.urls["kafka"], f"caunoi.{WARD}.dossiers.v1") as read:
        told: dict[str, dict[str, Told]] = defaultdict(dict)

        def all_came() -> bool:
            for key, event in read():
                told[key].setdefault(event.id, event)
            return all(len(told[journey.id]) >= len(STEPS) for journey in journeys)

        wait_until(all_came, SETTLED_SECONDS)
        all_came()  # and everything that came after the last one
    for journey in journeys:
        events = list(told[journey.id].values())
        assert [(event.sequence, event.type) for event in events] == expected[journey.id], journey
        assert {(event.code, event.source) for event in events} == {(journey.code, f"/wards/{WARD}/dossiers")}


def hold_messages(stack: Stack, journeys: Sequence[Journey], until: float) -> None:
    """One SMS and one e-mail a step, told apart by their texts; and the dossier knows that they were delivered."""
    for phone, mailbox in PEOPLE.items():
        own = [each for each in journeys if each.phone == phone]
        for to in (phone, mailbox):
            _hold_caught(stack, to, [each.code for each in own], until)
        with signed_in(stack, phone) as citizen:
            for journey in own:
                _hold_told(citizen, journey, until)


def _hold_caught(stack: Stack, to: str, codes: Sequence[str], until: float) -> None:
    def caught() -> dict[str, list[str]]:
        texts = [message["subject"] + message["text"] for message in _caught(stack, to)]
        return {code: [text for text in texts if code in text] for code in codes}

    wait_until(lambda: all(len(texts) >= len(STEPS) for texts in caught().values()), until - time.monotonic(), 0.5)
    for code, texts in caught().items():
        assert len(texts) == len(set(texts)) == len(STEPS), f"to {to} about {code}: {texts}"


def _hold_told(citizen: Patient, journey: Journey, until: float) -> None:
    expected = sorted((channel, f"dossier-{step}", True) for channel in ("sms", "email") for step in STEPS)

    found: dict[str, Any] = {}

    def told() -> list[tuple[str, str, bool]]:
        found.update(citizen.do("GET", f"/wards/{WARD}/dossiers/{journey.id}"))
        return sorted((each["channel"], each["template"], each["delivered"]) for each in found["told"])

    assert wait_until(lambda: told() == expected, until - time.monotonic(), 0.5), found["told"]
    assert (found["code"], found["status"], found["version"]) == (journey.code, 9, journey.version)
    assert len(found["documents"]) == 1


def _caught(stack: Stack, to: str) -> list[dict[str, str]]:
    answer = httpx.get(f"{stack.urls['catcher']}/messages", params={"to": to, "limit": 1000}, timeout=30)
    return list(answer.raise_for_status().json()["messages"])


@contextmanager
def signed_in(stack: Stack, login: str) -> Iterator[Patient]:
    client = Patient(stack.urls["gateway"], [])
    try:
        yield client.sign_in(login)
    finally:
        client.close()
