"""A guided session ends in every way, and both sides are told why."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from caunoi.accounts.v1 import guidance_pb2, stations_pb2

from services.accounts.domain.guidance import Because
from services.accounts.service import end_over
from services.accounts.tables import (
    CredentialRow,
    DutyRow,
    GuidedSessionRow,
    OpeningRow,
)
from services.chassis.tokens import Role
from tests.services.accounts.service import NAM_DUONG
from tests.services.accounts.station import Stations, forward, refusal


def end_in_the_rows(stations: Stations, why: str) -> None:
    """Changes elsewhere, and the passing of time, also end a session."""
    now, (opening,) = stations.clock.now(), stations.rows(OpeningRow)
    match why:
        case "time":
            forward(stations.clock, minutes=30)
        case "duty-ended":
            stations.change(DutyRow, stations.duty, taken_off_at=now)
        case "duty-over":
            stations.change(OpeningRow, opening.id, ends_at=now + timedelta(minutes=7))
            forward(stations.clock, minutes=7)
        case "duty-cancelled":
            stations.change(OpeningRow, opening.id, cancelled_at=now)


def end_by_call(stations: Stations, why: str, citizen: str, session: str) -> None:
    (opening,) = stations.rows(OpeningRow)
    admin = stations.accounts.token(str(uuid4()), Role.WARD_ADMIN)
    match why:
        case "citizen":
            stations.end(citizen, session)
        case "signed-out":
            stations.end(citizen, session, "signed-out")
        case "volunteer":
            stations.end(stations.token_of(), session)
        case "duty-by-rpc":
            stations.call("TakeOffDuty", stations_pb2.TakeOffDutyRequest(duty_id=str(stations.duty)), admin)
        case "opening-cancelled-by-rpc":
            asked = stations_pb2.CancelOpeningRequest(id=str(opening.id), note="Mưa to")
            stations.call("CancelOpening", asked, admin)
        case "consent-withdrawn":
            consent = stations.own(citizen).consent_id
            stations.call("WithdrawConsent", guidance_pb2.WithdrawConsentRequest(id=consent), citizen)


#: Way of ending → the reason that both are told. A code expires before anybody has joined (`test_guidance_joined.py`).
ENDS = {
    "citizen": Because.CITIZEN,
    "signed-out": Because.SIGNED_OUT,
    "volunteer": Because.VOLUNTEER,
    "time": Because.TIME,
    "duty-ended": Because.DUTY_ENDED,
    "duty-over": Because.DUTY_ENDED,
    "duty-cancelled": Because.DUTY_ENDED,
    "duty-by-rpc": Because.DUTY_ENDED,
    "opening-cancelled-by-rpc": Because.DUTY_ENDED,
    "consent-withdrawn": Because.CONSENT_WITHDRAWN,
}


@pytest.mark.parametrize(("how", "told"), ENDS.items())
def test_each_way_of_ending_is_told_to_both_and_stops_the_guidance(stations: Stations, how: str, told: str) -> None:
    citizen, session = stations.opened()
    stations.guide(session, "point", "/child/full_name")
    version, _ = stations.watch(session)[session]
    end_in_the_rows(stations, how)
    end_by_call(stations, how, citizen, session)
    own, guided = stations.own(citizen), stations.guided(session)
    assert (own.state, own.ended_because) == (guided.state, guided.ended_because) == ("ended", told)
    assert stations.watch(session)[session] == (version + 1, True)
    assert own.version == guided.version == version + 1
    assert not guided.HasField("place")
    assert refusal(stations.guide, session, "point", "/child/full_name").type == "guided-session-ended"
    assert stations.show(citizen, session).state == "ended"
    listed = stations.call("ListGuidedSessions", guidance_pb2.ListGuidedSessionsRequest(), stations.token_of())
    assert list(listed.sessions) == []
    end_over(stations.accounts.cells[NAM_DUONG], stations.clock)
    assert stations.watch(session)[session] == (version + 1, True)  # that it is written is no change
    (row,) = stations.rows(GuidedSessionRow)
    assert (row.ended_because, row.version, row.place) == (told, version + 1, {})
    assert stations.audited("end-guidance") == 1
    forward(stations.clock, minutes=1)
    assert refusal(stations.own, citizen).type == "no-guided-session"


def test_each_end_that_there_is_is_tried() -> None:
    assert {*ENDS.values(), Because.CODE_EXPIRED} == set(Because)


def test_an_end_that_a_newer_release_wrote_is_an_end_without_a_reason(stations: Stations) -> None:
    citizen, session = stations.opened()
    stations.change(GuidedSessionRow, UUID(session), ended_at=stations.clock.now(), ended_because="station-moved")
    own, guided = stations.own(citizen), stations.guided(session)
    assert (own.state, own.ended_because) == (guided.state, guided.ended_because) == ("ended", "")
    stations.end(citizen, session)
    assert refusal(stations.guide, session, "point", "/child/full_name").type == "guided-session-ended"
    assert stations.show(citizen, session).state == "ended"
    end_over(stations.accounts.cells[NAM_DUONG], stations.clock)
    assert [row.ended_because for row in stations.rows(GuidedSessionRow)] == ["station-moved"]


def test_an_ended_session_stays_ended_for_the_reason_it_ended(stations: Stations) -> None:
    citizen, session = stations.opened()
    stations.end(stations.token_of(), session)
    stations.end(citizen, session, "signed-out")
    forward(stations.clock, hours=1)
    end_over(stations.accounts.cells[NAM_DUONG], stations.clock)
    (row,) = stations.rows(GuidedSessionRow)
    assert row.ended_because == "volunteer"


def test_a_session_that_its_time_ended_before_somebody_did_ended_by_time(stations: Stations) -> None:
    citizen, session = stations.opened()
    forward(stations.clock, minutes=31)
    stations.end(citizen, session)
    (row,) = stations.rows(GuidedSessionRow)
    assert (row.ended_because, row.ended_at) == ("time", row.ends_at)


@pytest.mark.parametrize("what", ["duty-by-rpc", "opening-cancelled-by-rpc", "consent-withdrawn"])
def test_what_ends_a_session_after_its_time_was_over_does_not_change_why_it_ended(
    stations: Stations, what: str
) -> None:
    citizen, session = stations.opened()
    forward(stations.clock, minutes=30)
    forward(stations.clock, seconds=10)
    end_by_call(stations, what, citizen, session)
    (row,) = stations.rows(GuidedSessionRow)
    assert (row.ended_because, row.ended_at) == ("time", row.ends_at)
    assert stations.audited("end-guidance") == 1


def test_the_sweep_ends_what_is_over_and_nothing_else(stations: Stations) -> None:
    citizen, _session = stations.opened()
    second = stations.citizen()
    stations.request(second, stations.kiosk_token(stations.add_kiosk(stations.station, "Máy 2")))
    cell = stations.accounts.cells[NAM_DUONG]
    assert end_over(cell, stations.clock) == 0
    forward(stations.clock, minutes=6)
    assert end_over(cell, stations.clock) == 1
    assert stations.own(citizen).state == "open"
    forward(stations.clock, minutes=24)
    assert end_over(cell, stations.clock) == 1
    assert end_over(cell, stations.clock) == 0
    assert sorted(row.ended_because for row in stations.rows(GuidedSessionRow)) == ["code-expired", "time"]
    assert stations.audited("end-guidance") == 2


def test_a_volunteer_put_on_duty_again_does_not_get_the_ended_session_back(stations: Stations) -> None:
    citizen, session = stations.opened()
    admin = stations.accounts.token(str(uuid4()), Role.WARD_ADMIN)
    stations.call("TakeOffDuty", stations_pb2.TakeOffDutyRequest(duty_id=str(stations.duty)), admin)
    (opening,) = stations.rows(OpeningRow)
    stations.call(
        "PutOnDuty",
        stations_pb2.PutOnDutyRequest(opening_id=str(opening.id), volunteer_id=str(stations.volunteer)),
        admin,
    )
    assert stations.guided(session).state == "ended"
    assert stations.own(citizen).ended_because == "duty-ended"


def test_a_renewed_password_ends_what_its_volunteer_holds_and_nothing_else(stations: Stations) -> None:
    with stations.accounts.cells[stations.ward].database.transaction() as session:
        session.add(CredentialRow(person_id=stations.volunteer, password_hash="x", changed_at=stations.clock.now()))
    citizen, id = stations.opened()
    other = stations.citizen()
    stations.request(other, stations.kiosk_token(stations.add_kiosk(stations.station, "Máy 2")))
    administrator = stations.accounts.token(str(uuid4()), Role.WARD_ADMIN, ward=stations.ward)
    asked = stations_pb2.RenewPasswordRequest(volunteer_id=str(stations.volunteer))
    stations.call("RenewPassword", asked, administrator)
    assert (stations.own(citizen).state, stations.own(citizen).ended_because) == ("ended", "duty-ended")
    assert refusal(stations.guide, id, "point", "/child/full_name").type == "guided-session-ended"
    assert stations.own(other).state == "waiting", "who waits for anybody goes on waiting"


@pytest.mark.parametrize("joined", [True, False])
def test_no_session_remains_when_a_person_leaves_the_computer(stations: Stations, joined: bool) -> None:
    citizen, neighbour = stations.citizen(), stations.citizen()
    code = stations.request(citizen).code
    stations.request(neighbour, stations.kiosk_token(stations.add_kiosk(stations.station, "Máy 2")))
    if joined:
        stations.join(code)
    stations.call("ClearKiosk", stations_pb2.ClearKioskRequest(), stations.kiosk_token())
    assert (stations.own(citizen).state, stations.own(citizen).ended_because) == ("ended", "signed-out")
    assert stations.own(neighbour).state == "waiting", "that of another computer goes on"
    assert stations.audited("end-guidance") == 1
