"""Pages over the API: only the ticket lets them in, and it is checked before anything else is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from caunoi.dossiers.v1 import captures_pb2
from flask.testing import FlaskClient

from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_requests import DOSSIERS, problem

TICKET = "a-secret-ticket-of-a-capture"
HOLDER = {"Authorization": f"Capture {TICKET}"}
CAPTURES = f"/api/v1/wards/{NAM_DUONG}/captures"
OF_DOSSIER = f"{DOSSIERS}/0191f7a2-6a3e-7c51-9d0f-3b2c1a0e9f88/captures"
CAPTURE = PAGE = "0191f7a2-6a3e-7c51-9d0f-3b2c1a0e9f77"


@pytest.fixture(autouse=True)
def answering(wards: FakeWards) -> None:
    for rpc in ("GetCaptureTicket", "AddCapturePage", "EndCapture"):
        wards.answers(rpc, captures_pb2.CaptureTicket(title="Giấy chứng sinh", pages=1, most_pages=60))


def test_who_holds_the_ticket_sends_pages_and_ends(client: FlaskClient, wards: FakeWards) -> None:
    assert client.get(f"{CAPTURES}/ticket", headers=HOLDER).get_json()["title"] == "Giấy chứng sinh"
    sent = client.put(f"{CAPTURES}/pages/3", data=b"picture", content_type="image/jpeg", headers=HOLDER)
    assert sent.get_json()["pages"] == 1
    client.post(f"{CAPTURES}/end", json={"fault": "jammed"}, headers=HOLDER)
    client.post(f"{CAPTURES}/end", headers=HOLDER)
    requests = [one.request for one in wards.asked]
    assert {request.ticket for request in requests} == {TICKET}
    assert (requests[1].number, requests[1].content) == (3, b"picture")
    assert [request.fault for request in requests[2:]] == ["jammed", ""]
    assert {one.token for one in wards.asked} == {""}


@pytest.mark.parametrize("header", [{}, bearer(), {"Authorization": "Capture short"}, {"Authorization": "Capture "}])
def test_without_a_ticket_nothing_is_even_read(client: FlaskClient, wards: FakeWards, header: dict[str, str]) -> None:
    asks: tuple[Callable[[], Any], ...] = (
        lambda: client.get(f"{CAPTURES}/ticket", headers=header),
        lambda: client.put(f"{CAPTURES}/pages/1", data=b"{", content_type="text/plain", headers=header),
        lambda: client.post(f"{CAPTURES}/end", data=b"{", content_type="text/plain", headers=header),
    )
    for ask in asks:
        problem(ask(), 401, "no-ticket")
    assert not wards.asked


def test_a_ticket_opens_no_other_path(client: FlaskClient, wards: FakeWards) -> None:
    for path in (OF_DOSSIER + f"/{CAPTURE}", OF_DOSSIER + f"/{CAPTURE}/pages/{PAGE}", DOSSIERS + f"/{CAPTURE}"):
        problem(client.get(path, headers=HOLDER), 401, "not-signed-in")
    problem(client.post(OF_DOSSIER, json={"kind": "k", "source": "phone"}, headers=HOLDER), 401, "not-signed-in")
    assert not wards.asked


def test_a_page_is_a_picture(client: FlaskClient, wards: FakeWards) -> None:
    pdf = client.put(f"{CAPTURES}/pages/1", data=b"%PDF-", content_type="application/pdf", headers=HOLDER)
    problem(pdf, 415, "unsupported-media-type")
    problem(client.put(f"{CAPTURES}/pages/x", data=b"p", content_type="image/png", headers=HOLDER), 404, "not-found")
    assert not wards.asked


def test_a_page_is_shown_to_its_owner_and_kept_by_no_cache(client: FlaskClient, wards: FakeWards) -> None:
    picture = captures_pb2.CapturePageContent(media_type="image/jpeg", content=b"picture")
    wards.answers("GetCapturePage", picture)
    answer: Any = client.get(f"{OF_DOSSIER}/{CAPTURE}/pages/{PAGE}", headers=bearer())
    assert (answer.data, answer.mimetype, answer.headers["Cache-Control"]) == (b"picture", "image/jpeg", "no-store")
    asked = wards.asked[0].request
    assert (asked.capture_id, asked.page_id) == (CAPTURE, PAGE)
