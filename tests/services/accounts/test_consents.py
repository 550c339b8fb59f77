"""Consents: people list and withdraw their own; the texts are public."""

from __future__ import annotations

from uuid import uuid4

from caunoi.accounts.v1 import guidance_pb2

from services.chassis.refusal import Kind
from tests.services.accounts.service import NAM_DUONG
from tests.services.accounts.station import Stations, consents, forward, refusal


def test_consents_are_listed_newest_first_and_withdrawn_once(stations: Stations) -> None:
    citizen = stations.citizen()
    stations.request(citizen)
    forward(stations.clock, minutes=1)
    waiting = stations.request(citizen).session
    newest, oldest = consents(stations, citizen)
    assert newest.id == waiting.consent_id
    assert (newest.purpose, newest.text_version, newest.ward) == ("guided-session", "2026-11-28", NAM_DUONG)
    assert newest.station_name == "Nhà văn hóa tổ 12"
    assert newest.given_at.ToDatetime() > oldest.given_at.ToDatetime()
    asked = guidance_pb2.WithdrawConsentRequest(id=newest.id)
    first = stations.call("WithdrawConsent", asked, citizen)
    forward(stations.clock, seconds=5)
    assert stations.call("WithdrawConsent", asked, citizen).withdrawn_at == first.withdrawn_at
    assert stations.own(citizen).ended_because == "consent-withdrawn"
    assert stations.audited("withdraw-consent") == 1


def test_nobody_withdraws_or_reads_anothers_consent(stations: Stations) -> None:
    citizen, stranger = stations.citizen(), stations.citizen()
    consent = stations.request(citizen).session.consent_id
    for id in (consent, str(uuid4()), "nonsense"):
        no = refusal(stations.call, "WithdrawConsent", guidance_pb2.WithdrawConsentRequest(id=id), stranger)
        assert (no.kind, no.type) == (Kind.NOT_FOUND, "unknown-consent")
    assert consents(stations, stranger) == []
    assert stations.own(citizen).state == "waiting"


def test_the_text_agreed_to_and_the_terms_are_public(stations: Stations) -> None:
    text = stations.call("GetConsentText", guidance_pb2.GetConsentTextRequest(purpose="guided-session"))
    assert text.version == "2026-11-28"
    assert len(text.parts) > 4
    again = guidance_pb2.GetConsentTextRequest(purpose="guided-session", version=text.version)
    assert stations.call("GetConsentText", again) == text
    for unknown in ({"purpose": "spam"}, {"purpose": "guided-session", "version": "2000-01-01"}):
        asked = guidance_pb2.GetConsentTextRequest(**unknown)
        assert refusal(stations.call, "GetConsentText", asked).type == "unknown-text"
    terms = stations.call("ListTerms", guidance_pb2.ListTermsRequest()).terms
    assert len(terms) >= 20
    assert "que-quan" in {term.key for term in terms}
