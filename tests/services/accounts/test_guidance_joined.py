"""A volunteer joins a guided session by its code: once, in time, on duty, at the station; guesses are throttled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2

from services.accounts.tables import (
    DutyRow,
    GuidedSessionRow,
    OpeningRow,
)
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.services.accounts.service import THANH_BINH
from tests.services.accounts.station import Stations, forward, refusal


def test_of_two_volunteers_with_one_code_exactly_one_joins(stations: Stations) -> None:
    others = [stations.add_volunteer(f"nam{n}") for n in range(5)]
    for each in others:
        stations.put_on_duty(each, stations.station)
    code = stations.request(stations.citizen()).code

    def join(volunteer: UUID) -> str:
        try:
            return stations.join(code, volunteer).state
        except Refusal as no:
            return no.type

    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(join, others))
    assert sorted(results) == ["code-used"] * 4 + ["open"]


def test_a_volunteer_who_types_the_code_again_gets_the_same_session(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    first = stations.join(code)
    again = stations.join(f"{code[:3]} {code[3:]}")
    assert (again.id, again.version) == (first.id, first.version)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "一二三四五六"])
def test_what_cannot_be_a_code_is_a_slip_and_costs_no_try(stations: Stations, typed: str) -> None:
    for _ in range(11):
        assert refusal(stations.join, typed).type == "wrong-code"
    assert stations.join(stations.request(stations.citizen()).code).state == "open"


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_ten_wrong_codes_keep_a_volunteer_out_for_ten_minutes_also_with_the_right_one(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    second = stations.add_volunteer("nam")
    stations.put_on_duty(second, stations.station)
    for _ in range(10):
        no = refusal(stations.join, wrong(code))
        assert (no.kind, no.type) == (Kind.INVALID, "wrong-code")
    no = refusal(stations.join, code)
    assert (no.kind, no.type) == (Kind.THROTTLED, "too-many-codes-tried")
    assert no.retry_after is not None
    assert 0 < no.retry_after <= 600
    forward(stations.clock, minutes=4)
    assert stations.join(code, second).state == "open"  # the others of the station go on
    forward(stations.clock, minutes=6, seconds=1)
    assert refusal(stations.join, code).type == "code-used"


def test_sixty_wrong_codes_close_the_station_and_no_other(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    third = stations.add_volunteer("hoa")
    stations.put_on_duty(third, stations.add_station("Trạm y tế"))
    for number in range(6):
        guesser = stations.add_volunteer(f"nam{number}")
        stations.put_on_duty(guesser, stations.station)
        for _ in range(10):
            assert refusal(stations.join, wrong(code), guesser).type == "wrong-code"
    assert refusal(stations.join, code).type == "too-many-codes-tried"
    assert refusal(stations.join, "000001", third).type == "wrong-code"


def test_a_code_that_somebody_was_given_is_no_guess(stations: Stations) -> None:
    second = stations.add_volunteer("nam")
    stations.put_on_duty(second, stations.station)
    used = stations.request(stations.citizen()).code
    stations.join(used, second)
    for _ in range(11):
        assert refusal(stations.join, used).type == "code-used"


def test_parallel_guesses_are_counted_one_by_one(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    guesses = [f"{(int(code) + n) % 10**6:06}" for n in range(1, 31)]
    with ThreadPoolExecutor(6) as pool:
        kinds = list(pool.map(lambda guess: refusal(stations.join, guess).type, guesses))
    assert (kinds.count("wrong-code"), kinds.count("too-many-codes-tried")) == (10, 20)


def test_a_code_is_good_for_five_minutes(stations: Stations) -> None:
    citizen = stations.citizen()
    asked = stations.request(citizen)
    forward(stations.clock, minutes=5)
    assert refusal(stations.join, asked.code).type == "code-expired"
    own = stations.own(citizen)
    assert (own.state, own.ended_because, own.version) == ("ended", "code-expired", 2)


def test_a_code_whose_citizen_has_stopped_says_so(stations: Stations) -> None:
    citizen = stations.citizen()
    asked = stations.request(citizen)
    stations.end(citizen, asked.session.id)
    assert refusal(stations.join, asked.code).type == "guided-session-ended"


def test_a_code_of_another_station_of_the_ward_is_refused_as_such(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    elsewhere = stations.add_volunteer("nam")
    stations.put_on_duty(elsewhere, stations.add_station("Trạm y tế"))
    assert refusal(stations.join, code, elsewhere).type == "code-of-other-station"
    assert stations.join(code).state == "open"


@pytest.mark.parametrize("why", ["no-duty", "taken-off", "cancelled", "before", "after"])
def test_a_volunteer_who_is_not_on_duty_cannot_join(stations: Stations, why: str) -> None:
    code = stations.request(stations.citizen()).code
    now = stations.clock.now()
    if why == "no-duty":
        stations.volunteer = stations.add_volunteer("nam")
    opening = stations.rows(OpeningRow)[0]
    if why == "taken-off":
        stations.change(DutyRow, stations.duty, taken_off_at=now)
    if why == "cancelled":
        stations.change(OpeningRow, opening.id, cancelled_at=now)
    if why == "before":
        stations.change(OpeningRow, opening.id, starts_at=now + timedelta(minutes=16))
    if why == "after":
        stations.change(OpeningRow, opening.id, ends_at=now)
    no = refusal(stations.join, code)
    assert (no.kind, no.type) == (Kind.FORBIDDEN, "not-on-duty")


def test_of_two_consecutive_duties_at_a_station_the_later_one_counts(stations: Stations) -> None:
    """The next session may start a quarter of an hour early; nobody is asked which, and the first one cuts nothing
    short.
    """
    now = stations.clock.now()
    (first,) = stations.rows(OpeningRow)
    stations.change(OpeningRow, first.id, ends_at=now + timedelta(minutes=10))
    next_one = stations.put_on_duty(stations.volunteer, stations.station)
    opening = next(each for each in stations.rows(OpeningRow) if each.id != first.id)
    stations.change(OpeningRow, opening.id, starts_at=now + timedelta(minutes=10))
    _, session = stations.opened()
    (row,) = stations.rows(GuidedSessionRow)
    assert row.duty_id == next_one
    forward(stations.clock, minutes=11)
    assert stations.guided(session).state == "open"


def test_a_volunteer_with_two_duties_at_once_says_which(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    stations.put_on_duty(stations.volunteer, stations.add_station("Trạm y tế"))
    assert refusal(stations.join, code).type == "which-duty"
    another = stations.put_on_duty(stations.add_volunteer("nam"), stations.station)
    for duty in (str(another), str(uuid4()), "ca tối"):
        wrong = refusal(stations.join, code, duty=duty)
        assert (wrong.type, [fault.field for fault in wrong.fields]) == ("which-duty", ["duty_id"])
        assert "không phải ca đang diễn ra" in wrong.text
    assert stations.join(code, duty=str(stations.duty)).state == "open"


def test_a_visitor_of_another_ward_reads_in_the_stations_ward_who_guided_them(stations: Stations) -> None:
    citizen, session = stations.opened()
    stations.end(stations.token_of(), session)
    request = accounts_pb2.ListOwnAccessLogRequest()
    looks = stations.call("ListOwnAccessLog", request, citizen).entries
    assert [(each.action, each.role) for each in looks] == [
        ("end-guidance", "volunteer"),
        ("join-guidance", "volunteer"),
    ]
    assert {each.subject for each in looks} == {f"guided-session:{session}"}
    assert list(stations.call("ListOwnAccessLog", request, stations.citizen()).entries) == []
    for stranger in (Role.VOLUNTEER, Role.WARD_ADMIN, Role.RECEPTIONIST):
        token = stations.accounts.token(str(uuid4()), stranger, ward=THANH_BINH)
        assert refusal(stations.call, "ListOwnAccessLog", request, token).type == "not-allowed"
