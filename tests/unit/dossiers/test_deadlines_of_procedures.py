"""The five procedures around weekends, Tết, swaps and 24/11; extensions, waits and what must hold of them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.clock import VIETNAM
from services.dossiers.domain.deadlines import (
    Pause,
    TimeLimit,
    WorkingHours,
    days_end,
    extended_due,
    is_working_moment,
    near_until,
    reply_due,
    result_due,
    still_kept,
    working_time,
)
from services.dossiers.domain.verification import INQUIRY_DAYS
from tests.unit.dossiers.worlds import CALENDAR, CATALOGUE

HOURS = WorkingHours.parse("7:30-11:30,13:30-17:30")
BIRTH, MARRIAGE, DEATH, STATUS, COPY = "1.001193", "1.000894", "1.000656", "1.004873", "2.000635"
SAME_DAY = (BIRTH, MARRIAGE, DEATH, COPY)


def at(text: str) -> datetime:
    """A moment in Đà Nẵng, such as 2020-10-06 14:59."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def due(procedure: str, accepted: str, *pauses: tuple[str, str], verifying: bool = False) -> str:
    found = CATALOGUE.get(procedure, at(accepted).date())
    limit = found.time_limit
    if verifying:
        assert found.verification is not None
        limit = TimeLimit("working-days", working_days=found.verification.working_days)
    return shown(result_due(limit, at(accepted), [Pause(at(a), at(b)) for a, b in pauses], HOURS, CALENDAR))


@pytest.mark.parametrize("procedure", SAME_DAY)
@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("2020-10-06 15:00", "2020-10-06"),
        ("2020-10-06 15:01", "2020-10-07"),
        ("2020-10-09 15:01", "2020-10-12"),  # Friday: Monday
        ("2021-02-09 15:01", "2021-02-17"),  # Tết 2021: 10–12/2 and 15–16/2
        ("2022-04-08 16:00", "2022-04-12"),  # Giỗ Tổ of Sunday 10/4 is made up for on Monday
        ("2026-01-01 09:00", "2026-01-05"),  # 1/1, and 2/1 given for Saturday 10/1
        ("2026-01-09 15:01", "2026-01-10"),  # that Saturday is worked
        ("2026-01-10 15:00", "2026-01-10"),
        ("2026-01-10 15:01", "2026-01-12"),
        ("2026-02-13 15:01", "2026-02-23"),  # Tết 2026: 16–20/2
        ("2026-08-21 15:01", "2026-08-22"),  # the Saturday worked for Monday 31/8
        ("2026-08-28 15:01", "2026-09-03"),
        ("2026-11-23 15:01", "2026-11-25"),  # 24/11, Ngày Văn hóa Việt Nam since 2026
        ("2026-11-24 09:00", "2026-11-25"),
        ("2025-11-24 09:00", "2025-11-24"),  # not yet one
    ],
)
def test_births_marriages_deaths_and_copies_are_due_the_same_day_or_after_15_00_the_next(
    procedure: str, accepted: str, expected: str
) -> None:
    """docs/law.md §1, §9.4, §17."""
    assert due(procedure, accepted) == f"{expected} 17:30"


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("2020-10-06 09:00", "2020-10-09"),
        ("2020-10-06 16:59", "2020-10-09"),  # no 15:00 rule in a limit of days
        ("2020-10-08 09:00", "2020-10-13"),  # over a weekend
        ("2021-02-08 09:00", "2021-02-18"),  # over Tết 2021
        ("2026-02-12 09:00", "2026-02-24"),  # over Tết 2026
        ("2026-01-08 09:00", "2026-01-12"),  # Friday, the Saturday that is worked, Monday
        ("2025-12-31 09:00", "2026-01-07"),  # 1/1, 2/1 off
        ("2026-08-20 09:00", "2026-08-24"),  # Saturday 22/8 is worked
        ("2026-08-27 09:00", "2026-09-04"),  # 31/8–2/9 off
        ("2026-11-20 09:00", "2026-11-26"),  # 24/11 does not count
    ],
)
def test_a_confirmation_of_marital_status_takes_three_working_days(accepted: str, expected: str) -> None:
    """NĐ 123/2015 Đ22."""
    assert due(STATUS, accepted) == f"{expected} 17:30"


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("2020-10-09 16:30", "2020-10-14"),  # Friday before closing: Wednesday
        ("2020-10-09 19:00", "2020-10-14"),  # after closing
        ("2020-10-10 09:00", "2020-10-14"),  # Saturday: Wednesday, too
        ("2020-10-11 23:59", "2020-10-14"),  # Sunday
        ("2020-10-12 00:01", "2020-10-15"),  # Monday, such as the slip of what was filed online on Saturday: Thursday
        ("2021-02-10 09:00", "2021-02-19"),  # the first day of Tết 2021: 17, 18 and 19 February
        ("2026-01-10 09:00", "2026-01-14"),  # a Saturday that is worked does not count as the day of the receipt either
        ("2026-11-24 09:00", "2026-11-27"),  # Ngày Văn hóa
    ],
)
def test_a_receipt_on_a_day_off_is_due_as_one_of_the_working_day_before(accepted: str, expected: str) -> None:
    """BLDS 2015 Đ147.2; NĐ 123/2015 Đ22.3: that day is not counted, and the next working day is the first."""
    assert due(STATUS, accepted) == f"{expected} 17:30"


@pytest.mark.parametrize(
    ("procedure", "accepted", "expected"),
    [
        (MARRIAGE, "2020-10-06 09:00", "2020-10-13"),  # 5 working days (Luật Hộ tịch 2014 Đ18)
        (MARRIAGE, "2026-02-12 09:00", "2026-02-26"),  # over Tết
        (MARRIAGE, "2026-11-20 09:00", "2026-11-30"),  # 24/11 does not count
        (DEATH, "2020-10-06 09:00", "2020-10-09"),  # 3 working days
        (DEATH, "2026-08-20 16:00", "2026-08-24"),  # Saturday 22/8 is worked
    ],
)
def test_what_the_ward_itself_verifies_has_the_longer_limit(procedure: str, accepted: str, expected: str) -> None:
    """Luật Hộ tịch 2014 Đ18; docs/law.md §1."""
    assert due(procedure, accepted, verifying=True) == f"{expected} 17:30"


def test_supplement_fee_and_verification_each_move_the_due_time_by_their_duration() -> None:
    """QĐ 766/QĐ-TTg; NĐ 123/2015 Đ3.4: three working days, and not a minute of the waits counts."""
    supplement = ("2020-10-06 10:00", "2020-10-07 10:00")  # 8 hours
    fee = ("2020-10-07 14:00", "2020-10-07 15:30")  # 1 hour 30
    inquiry = ("2020-10-08 08:00", "2020-10-28 08:00")  # 14 days of 8 hours
    assert due(STATUS, "2020-10-06 09:00", supplement, fee, inquiry) == "2020-11-02 09:00"
    assert due(STATUS, "2020-10-06 09:00", inquiry, supplement, fee) == "2020-11-02 09:00"


def test_waits_at_the_same_time_count_once() -> None:
    """The citizen is asked for a paper while a former commune is written to."""
    inquiry = ("2020-10-06 10:00", "2020-10-16 10:00")
    inside = ("2020-10-08 08:00", "2020-10-09 09:00")
    assert due(STATUS, "2020-10-06 09:00", inquiry, inside) == due(STATUS, "2020-10-06 09:00", inquiry)


@pytest.mark.parametrize(
    ("sent", "last"),
    [
        ("2020-10-06 09:00", "2020-10-26"),
        ("2020-10-05 23:59", "2020-10-26"),  # 25/10 is a Sunday: the next working day
        ("2021-01-22 09:00", "2021-02-17"),  # the twentieth day falls into Tết 2021
        ("2026-01-27 09:00", "2026-02-23"),  # into Tết 2026
        ("2026-11-04 09:00", "2026-11-25"),  # 24/11
        ("2025-12-21 09:00", "2026-01-10"),  # a Saturday that is worked
    ],
)
def test_twenty_days_are_calendar_days_and_end_on_a_working_day(sent: str, last: str) -> None:
    """TT 04/2020 Đ4; BLDS 2015 Đ147–148."""
    assert days_end(at(sent), INQUIRY_DAYS, CALENDAR) == at(f"{last} 00:00") + timedelta(days=1)


def test_a_notice_hangs_out_for_seven_whole_days_after_the_day_on_which_it_was_posted() -> None:
    """NĐ 123/2015 Đ14."""
    assert days_end(at("2020-10-06 09:00"), 7, CALENDAR) == at("2020-10-14 00:00")
    assert days_end(at("2020-12-25 09:00"), 7, CALENDAR) == at("2021-01-05 00:00")  # 1/1 is a Friday: Monday


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("2020-10-06 09:00", "2020-10-09"), ("2020-10-08 18:00", "2020-10-13"), ("2026-11-20 09:00", "2026-11-26")],
)
def test_a_former_commune_answers_within_three_working_days(sent: str, expected: str) -> None:
    """NĐ 123/2015 Đ22."""
    assert shown(reply_due(at(sent), HOURS, CALENDAR)) == f"{expected} 17:30"


def test_a_new_appointment_moves_by_what_is_waited_for_after_it_and_not_by_what_was_before() -> None:
    appointed, made = at("2020-10-09 10:00"), at("2020-10-06 16:00")
    before = Pause(at("2020-10-06 08:00"), at("2020-10-06 15:00"))
    across = Pause(at("2020-10-06 15:00"), at("2020-10-06 16:30"))
    after = Pause(at("2020-10-07 08:00"), at("2020-10-07 10:00"))
    assert extended_due(appointed, made, [before], HOURS, CALENDAR) == appointed
    assert shown(extended_due(appointed, made, [before, across, after], HOURS, CALENDAR)) == "2020-10-09 14:30"


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2020-10-06 07:30", True),
        ("2020-10-06 07:29", False),
        ("2020-10-06 11:30", True),
        ("2020-10-06 12:00", False),
        ("2020-10-06 17:30", True),
        ("2020-10-06 17:31", False),
        ("2020-10-10 09:00", False),
        ("2026-01-10 09:00", True),
        ("2026-11-24 09:00", False),
    ],
)
def test_an_appointment_is_in_working_hours(moment: str, works: bool) -> None:
    assert is_working_moment(at(moment), HOURS, CALENDAR) is works


# Properties that always hold.

MOMENTS = st.datetimes(datetime(2020, 9, 15), datetime(2026, 12, 1)).map(lambda each: each.replace(tzinfo=VIETNAM))
SPANS = st.tuples(st.timedeltas(timedelta(0), timedelta(days=9)), st.timedeltas(timedelta(0), timedelta(days=25)))
PROCEDURES = st.sampled_from(["1.001193", "1.000894", "1.000656", "1.004873", "2.000635"])


@given(PROCEDURES, MOMENTS, st.lists(SPANS, max_size=4))
def test_no_sequence_of_waits_leaves_the_office_less_time_than_it_had(
    procedure: str, accepted: datetime, spans: list[tuple[timedelta, timedelta]]
) -> None:
    """docs/architecture.md, rule 4: outside the waits at least the limit's own working time passes until due."""
    limit = CATALOGUE.get(procedure, accepted.date()).time_limit
    pauses = [Pause(accepted + wait, accepted + wait + length) for wait, length in spans]
    own = working_time(accepted, result_due(limit, accepted, (), HOURS, CALENDAR), HOURS, CALENDAR)
    ends = result_due(limit, accepted, pauses, HOURS, CALENDAR)
    waited = timedelta()
    reached = accepted
    for pause in sorted(pauses, key=lambda each: each.start):
        start = max(pause.start, reached)
        if pause.end > start:
            waited += working_time(start, min(pause.end, ends), HOURS, CALENDAR)
            reached = max(reached, pause.end)
    assert working_time(accepted, ends, HOURS, CALENDAR) - waited >= own


@given(MOMENTS, st.integers(1, 40))
def test_days_end_at_a_midnight_after_a_working_day_never_early_and_later_for_what_began_later(
    since: datetime, days: int
) -> None:
    end = days_end(since, days, CALENDAR)
    assert end.time() == time.min
    assert CALENDAR.is_working_day(end.date() - timedelta(days=1))
    assert end.date() > since.date() + timedelta(days=days)
    assert days_end(since + timedelta(hours=7), days, CALENDAR) >= end


@given(MOMENTS, st.integers(0, 40))
def test_a_period_that_ends_on_a_day_off_is_kept_on_the_next_working_day(moment: datetime, earlier: int) -> None:
    """BLDS 2015 Đ148.5, for the 60 and 15 days of a registration and the six months of a paper."""
    day = moment.date()
    last = day - timedelta(days=earlier)
    ends = days_end(datetime.combine(last, time(12), tzinfo=VIETNAM), 0, CALENDAR).date() - timedelta(days=1)
    assert (still_kept(day, CALENDAR) <= last) == (day <= ends)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30)), st.integers(1, 600))
def test_a_warning_comes_when_at_most_the_set_working_time_is_left(
    now: datetime, ahead_of_due: timedelta, minutes: int
) -> None:
    """A dossier that is due by `near_until` has at most this working time left; one that is due later has at
    least it.
    """
    ahead = timedelta(minutes=minutes)
    until = near_until(now, ahead, HOURS, CALENDAR)
    moment = now + ahead_of_due
    left = working_time(now, moment, HOURS, CALENDAR)
    assert left <= ahead if moment <= until else left >= ahead


@given(PROCEDURES, MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(days=20)), st.lists(SPANS, max_size=3))
def test_a_new_appointment_never_comes_earlier_than_it_was_told(
    procedure: str, made: datetime, later: timedelta, spans: list[tuple[timedelta, timedelta]]
) -> None:
    limit = CATALOGUE.get(procedure, made.date()).time_limit
    appointed = result_due(limit, made + later, (), HOURS, CALENDAR)
    pauses = [Pause(made + wait, made + wait + length) for wait, length in spans]
    moved = extended_due(appointed, made, pauses, HOURS, CALENDAR)
    assert moved >= appointed
    assert is_working_moment(moved, HOURS, CALENDAR)
    assert extended_due(appointed, made, [*pauses, Pause(made, made + later)], HOURS, CALENDAR) >= moved
