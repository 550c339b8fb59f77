"""The data of a guided session and of a capture in a browser's session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, json, session

from gateway.pages import kept
from gateway.pages.kept import Capture, Guidance, Here, ShownDossier

GUIDANCE = Guidance(
    ward="20194",
    id="g1",
    consent="c1",
    code="407312",
    noted=("d1", "d2"),
    here=Here("form", "mother", "/mother/full_name", "d1", since=3),
    pointed={3: "/father/full_name"},
    dossier=ShownDossier("nam-duong", "d1", "1.001193", "2020-01-01"),
)


@pytest.fixture(autouse=True)
def request_of_a_page(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def test_a_record_comes_back_from_a_cookie_as_it_was() -> None:
    kept.guidance.write(GUIDANCE)
    kept.capture.write(Capture("c1", "ticket", "20194"))
    cookie = json.loads(json.dumps(dict(session)))
    session.clear()
    session.update(cookie)
    assert (kept.guidance.read(), kept.capture.read()) == (GUIDANCE, Capture("c1", "ticket", "20194"))


def test_what_does_not_change_sends_no_cookie() -> None:
    kept.guidance.write(GUIDANCE)
    session.modified = False
    kept.guidance.write(GUIDANCE)
    assert not session.modified


@pytest.mark.parametrize(
    "other", [None, "text", {}, {"ward": "20194"}, {"ward": "20194", "id": "g1", "here": ["form"]}]
)
def test_a_record_of_another_shape_counts_as_none(other: object) -> None:
    session["guidance"] = other
    assert kept.guidance.read() is None


def test_a_record_that_was_dropped_is_gone() -> None:
    kept.capture.write(Capture("c1", "ticket", "20194"))
    kept.capture.drop()
    assert kept.capture.read() is None
    assert "capture" not in session
