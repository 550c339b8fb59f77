"""Somebody without an account is guided at a station's computer, and the account that they open takes it over."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import guidance_pb2

from services.accounts.tables import ConsentRow, DeviceRow, GuidedSessionRow
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.services.accounts.service import THANH_BINH
from tests.services.accounts.station import Stations, consents


@pytest.fixture
def visitor(stations: Stations) -> str:
    return open_visit(stations)


def open_visit(stations: Stations) -> str:
    visit = stations.call("OpenVisit", guidance_pb2.OpenVisitRequest(), stations.kiosk_token())
    assert isinstance(visit, guidance_pb2.Visit)
    assert visit.expires_in == 4 * 3600
    return visit.token


def claim(stations: Stations, citizen: str, visit: str, kiosk: str = "") -> None:
    request = guidance_pb2.ClaimVisitRequest(token=visit)
    stations.call("ClaimVisit", request, citizen, kiosk or stations.kiosk_token())


def test_a_visitor_is_guided_as_a_citizen_is(stations: Stations, visitor: str) -> None:
    asked = stations.request(visitor)
    place = guidance_pb2.Place(page="account", part="ho-ten", fields=["/full_name", "/here"])
    stations.join(asked.code)
    stations.show(visitor, asked.session.id, place)
    stations.guide(asked.session.id, "point", "/full_name")
    own = stations.own(visitor)
    assert (own.state, own.guidance[0].subject) == ("open", "/full_name")
    (consent,), (session,) = stations.rows(ConsentRow), stations.rows(GuidedSessionRow)
    assert consent.account_id == session.account_id
    assert consent.text_version


def test_two_visitors_do_not_see_each_other(stations: Stations, visitor: str) -> None:
    asked = stations.request(visitor)
    other = open_visit(stations)
    for rpc, request in (
        ("GetOwnGuidedSession", guidance_pb2.GetOwnGuidedSessionRequest()),
        ("ShowPlace", guidance_pb2.ShowPlaceRequest(session_id=asked.session.id)),
        ("EndGuidedSession", guidance_pb2.EndGuidedSessionRequest(session_id=asked.session.id)),
        ("WithdrawConsent", guidance_pb2.WithdrawConsentRequest(id=asked.session.consent_id)),
    ):
        with pytest.raises(Refusal) as no:
            stations.call(rpc, request, other)
        assert no.value.kind is Kind.NOT_FOUND, rpc


def test_a_visitor_withdraws_and_the_session_ends(stations: Stations, visitor: str) -> None:
    asked = stations.request(visitor)
    stations.call("WithdrawConsent", guidance_pb2.WithdrawConsentRequest(id=asked.session.consent_id), visitor)
    assert stations.own(visitor).ended_because == "consent-withdrawn"


def test_only_a_computer_that_is_enrolled_opens_a_visit(stations: Stations, clock: SettableClock) -> None:
    for token, kind in (
        ("", Kind.UNAUTHENTICATED),
        (stations.citizen(), Kind.FORBIDDEN),
        (stations.token_of(), Kind.FORBIDDEN),
        (stations.kiosk_token(role=Role.SCANNER), Kind.FORBIDDEN),
        (stations.kiosk_token(ward=THANH_BINH), Kind.FORBIDDEN),
    ):
        with pytest.raises(Refusal) as no:
            stations.call("OpenVisit", guidance_pb2.OpenVisitRequest(), token)
        assert no.value.kind is kind
    stations.change(DeviceRow, stations.kiosk, revoked_at=clock.now())
    with pytest.raises(Refusal) as no:
        open_visit(stations)
    assert no.value.type == "device-not-enrolled"


def test_a_visitor_needs_the_computer_to_ask_for_guidance(stations: Stations, visitor: str) -> None:
    asked = guidance_pb2.RequestGuidedSessionRequest(text_version="2026-11-28")
    with pytest.raises(Refusal) as no:
        stations.call("RequestGuidedSession", asked, visitor)
    assert no.value.type == "not-at-a-station"


def test_the_account_takes_over_session_and_consent_once(stations: Stations, visitor: str) -> None:
    asked = stations.request(visitor)
    stations.join(asked.code)
    citizen = stations.citizen()
    before = stations.own(visitor).version
    claim(stations, citizen, visitor)
    claim(stations, citizen, visitor)
    own = stations.own(citizen)
    assert (own.id, own.state, own.version) == (asked.session.id, "open", before + 1)
    assert [one.id for one in consents(stations, citizen)] == [asked.session.consent_id]
    assert stations.audited("claim-visit") == 1
    with pytest.raises(Refusal):
        stations.own(visitor)
    other = stations.citizen()
    claim(stations, other, visitor)
    assert consents(stations, other) == []


def test_what_has_ended_is_taken_over_too(stations: Stations, visitor: str, clock: SettableClock) -> None:
    asked = stations.request(visitor)
    clock.set(clock.now() + timedelta(minutes=6))
    citizen = stations.citizen()
    claim(stations, citizen, visitor)
    assert [one.id for one in consents(stations, citizen)] == [asked.session.consent_id]


def test_a_session_of_the_account_elsewhere_ends(stations: Stations, visitor: str) -> None:
    citizen = stations.citizen()
    elsewhere = stations.add_kiosk(stations.station, "Máy 2")
    first = stations.request(citizen, stations.kiosk_token(elsewhere))
    asked = stations.request(visitor)
    claim(stations, citizen, visitor)
    ends = {str(row.id): row.ended_because for row in stations.rows(GuidedSessionRow)}
    assert ends == {first.session.id: "citizen", asked.session.id: ""}


def test_a_visit_is_claimed_with_its_token_at_its_computer_alone(stations: Stations, visitor: str) -> None:
    asked = stations.request(visitor)
    citizen = stations.citizen()
    elsewhere = stations.accounts.token(str(uuid4()), Role.VISITOR, ward=THANH_BINH)
    for token in ("", "x", citizen, stations.kiosk_token(), elsewhere):
        with pytest.raises(Refusal) as no:
            claim(stations, citizen, token)
        assert no.value.type == "invalid-visit"
    claim(stations, citizen, visitor, stations.kiosk_token(stations.add_kiosk(stations.station, "Máy 2")))
    assert stations.own(visitor).id == asked.session.id, "at another computer nothing is taken over"
    with pytest.raises(Refusal) as no:
        stations.call("ClaimVisit", guidance_pb2.ClaimVisitRequest(token=visitor), citizen)
    assert no.value.type == "not-at-a-station"
