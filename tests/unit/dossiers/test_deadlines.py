"""Deadlines: the 15:00 rule, working days, pauses; and properties that always hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.clock import VIETNAM
from services.dossiers.domain.deadlines import (
    SAME_DAY,
    Pause,
    TimeLimit,
    WorkingHours,
    reception_due,
    result_due,
    working_time,
)
from tests.unit.dossiers.worlds import CALENDAR

HOURS = WorkingHours.parse("7:30-11:30,13:30-17:30")
THREE_DAYS = TimeLimit("working-days", working_days=3)


def at(text: str) -> datetime:
    """A moment in Đà Nẵng, such as 2020-10-06 14:59."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def due(accepted: str, *pauses: tuple[str, str], limit: TimeLimit = SAME_DAY) -> str:
    spans = [Pause(at(start), at(end)) for start, end in pauses]
    return f"{result_due(limit, at(accepted), spans, HOURS, CALENDAR):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("2020-10-06 14:59", "2020-10-06 17:30:00"),
        ("2020-10-06 15:00", "2020-10-06 17:30:00"),
        ("2020-10-06 15:00:59.999999", "2020-10-06 17:30:00"),  # the receipt prints 15:00
        ("2020-10-06 15:01", "2020-10-07 17:30:00"),
        ("2020-10-06 06:10", "2020-10-06 17:30:00"),  # before opening: counts as 7:30
        ("2020-10-06 12:15", "2020-10-06 17:30:00"),  # at noon: counts as 13:30
        ("2020-10-06 17:30", "2020-10-07 17:30:00"),
        ("2020-10-06 22:00", "2020-10-07 17:30:00"),
        ("2020-10-09 15:01", "2020-10-12 17:30:00"),  # Friday afternoon: Monday
        ("2020-10-10 10:00", "2020-10-12 17:30:00"),  # Saturday counts as Monday 7:30
    ],
)
def test_a_result_is_due_the_same_working_day_until_15_00_and_the_next_after(accepted: str, expected: str) -> None:
    """Domain §9.4: received by 15:00 the same working day, later the next."""
    assert due(accepted) == expected


def test_before_tet_2020_the_next_working_day_is_after_the_holiday() -> None:
    """Tết 2020 was off from Thursday 23 to Wednesday 29 January (Bộ luật Lao động 2012)."""
    assert due("2020-01-22 15:01") == "2020-01-30 17:30:00"
    assert due("2020-01-22 15:00") == "2020-01-22 17:30:00"


def test_a_saturday_that_is_worked_counts_and_the_monday_given_for_it_does_not() -> None:
    """2026: Saturday 22/8 worked, Monday 31/8 off (swap); 1–2/9 National Day."""
    assert due("2026-08-21 15:30") == "2026-08-22 17:30:00"
    assert due("2026-08-22 09:00") == "2026-08-22 17:30:00"
    assert due("2026-08-28 15:30") == "2026-09-03 17:30:00"


def test_the_day_of_culture_is_a_holiday_from_2026() -> None:
    assert due("2026-11-23 16:00") == "2026-11-25 17:30:00"
    assert due("2025-11-24 10:00") == "2025-11-24 17:30:00"


def test_a_limit_in_working_days_does_not_count_the_day_of_acceptance() -> None:
    """BLDS 2015 Đ147.2; three working days as for giấy xác nhận tình trạng hôn nhân (NĐ 123/2015 Đ22)."""
    assert due("2020-10-06 09:00", limit=THREE_DAYS) == "2020-10-09 17:30:00"
    assert due("2020-10-08 09:00", limit=THREE_DAYS) == "2020-10-13 17:30:00"
    assert due("2020-10-06 18:00", limit=THREE_DAYS) == "2020-10-09 17:30:00"  # after closing it is still that day


def test_waiting_for_a_supplement_is_added_in_working_minutes() -> None:
    """QĐ 766/QĐ-TTg: 10:30 to 16:30 the next day are 5 + 7 working hours, and the due time moves by twelve."""
    assert due("2020-10-06 10:00", ("2020-10-06 10:30", "2020-10-07 16:30")) == "2020-10-08 11:30:00"


def test_waiting_overnight_costs_nobody_time() -> None:
    """NĐ 123/2015 Đ3.4: a pause stops only working time."""
    assert due("2020-10-06 10:00", ("2020-10-06 17:30", "2020-10-07 07:30")) == "2020-10-06 17:30:00"
    assert due("2020-10-09 10:00", ("2020-10-09 17:00", "2020-10-12 08:00")) == "2020-10-12 08:30:00"


def test_what_was_paused_before_acceptance_does_not_count() -> None:
    assert due("2020-10-06 10:00", ("2020-10-05 09:00", "2020-10-05 16:00")) == "2020-10-06 17:30:00"


def test_the_desk_checks_what_was_filed_by_15_00_the_same_working_day() -> None:
    assert reception_due(at("2020-10-06 15:00"), HOURS, CALENDAR) == at("2020-10-06 17:30")
    assert reception_due(at("2020-10-06 15:01"), HOURS, CALENDAR) == at("2020-10-07 17:30")
    assert reception_due(at("2020-10-09 20:00"), HOURS, CALENDAR) == at("2020-10-12 17:30")


def test_utc_in_and_da_nang_out_are_the_same_moment() -> None:
    """Storage is in UTC: 08:00 UTC is 15:00 in Đà Nẵng."""
    answer = result_due(SAME_DAY, datetime(2020, 10, 6, 8, 0, tzinfo=UTC), (), HOURS, CALENDAR)
    assert answer == datetime(2020, 10, 6, 10, 30, tzinfo=UTC)
    assert answer.utcoffset() == timedelta(hours=7)
    late = datetime(2020, 10, 6, 8, 1, tzinfo=UTC)
    assert result_due(SAME_DAY, late, (), HOURS, CALENDAR) == at("2020-10-07 17:30")


def test_a_filing_at_closing_time_counts_as_the_next_working_day() -> None:
    """Also where a ward closes before 15:00."""
    mornings = WorkingHours.parse("7:30-11:30")
    assert result_due(SAME_DAY, at("2020-10-06 11:29"), (), mornings, CALENDAR) == at("2020-10-06 11:30")
    assert result_due(SAME_DAY, at("2020-10-06 11:30"), (), mornings, CALENDAR) == at("2020-10-07 11:30")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        result_due(SAME_DAY, datetime(2020, 10, 6, 9, 0), (), HOURS, CALENDAR)


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Pause(at("2020-10-06 10:00"), at("2020-10-06 09:59"))


def test_a_calendar_without_working_days_is_a_fault_and_not_an_endless_search() -> None:
    class Never:
        def is_working_day(self, day: date) -> bool:
            return False

    with pytest.raises(ValueError, match="no working day"):
        result_due(SAME_DAY, at("2020-10-06 09:00"), (), HOURS, Never())


def test_each_ward_sets_its_own_hours() -> None:
    hours = WorkingHours.parse(" 7:00-11:30 , 13:30-17:00 ")
    assert hours.sessions == ((time(7), time(11, 30)), (time(13, 30), time(17)))
    assert result_due(SAME_DAY, at("2020-10-06 09:00"), (), hours, CALENDAR) == at("2020-10-06 17:00")


@pytest.mark.parametrize(
    "text", ["", "7:30", "7:30-7:30", "13:30-17:30,7:30-11:30", "7-11", "7:5-11:30", "25:00-26:00"]
)
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        WorkingHours.parse(text)


def test_a_time_limit_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="cutoff"):
        TimeLimit("same-day")
    with pytest.raises(ValueError, match="at least one day"):
        TimeLimit("working-days")


# Properties that always hold: any moment of 2020 to 2026, any pauses to the microsecond.

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 12, 20)).map(lambda moment: moment.replace(tzinfo=VIETNAM))
LIMITS = st.sampled_from([SAME_DAY, THREE_DAYS, TimeLimit("working-days", working_days=1)])
SPANS = st.tuples(st.timedeltas(timedelta(0), timedelta(days=9)), st.timedeltas(timedelta(0), timedelta(days=12)))


def pauses_after(accepted_at: datetime, spans: list[tuple[timedelta, timedelta]]) -> list[Pause]:
    return [Pause(accepted_at + wait, accepted_at + wait + length) for wait, length in spans]


def full_minute(moment: datetime) -> datetime:
    """The moment, or the next full minute."""
    return moment + timedelta(microseconds=(-moment.second * 10**6 - moment.microsecond) % (60 * 10**6))


@given(LIMITS, MOMENTS, st.lists(SPANS, max_size=3))
def test_due_is_always_a_full_minute_of_working_time_and_never_before_acceptance(
    limit: TimeLimit, accepted_at: datetime, spans: list[tuple[timedelta, timedelta]]
) -> None:
    answer = result_due(limit, accepted_at, pauses_after(accepted_at, spans), HOURS, CALENDAR)
    assert answer >= accepted_at
    assert CALENDAR.is_working_day(answer.date())
    assert any(start < answer.time() <= end for start, end in HOURS.sessions)
    assert (answer.second, answer.microsecond) == (0, 0)


@given(LIMITS, MOMENTS)
def test_without_pauses_due_is_the_closing_hour(limit: TimeLimit, accepted_at: datetime) -> None:
    assert result_due(limit, accepted_at, (), HOURS, CALENDAR).time() == HOURS.closing


@given(LIMITS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=12)), st.lists(SPANS, max_size=2))
def test_a_later_acceptance_is_never_due_earlier(
    limit: TimeLimit, accepted_at: datetime, later: timedelta, spans: list[tuple[timedelta, timedelta]]
) -> None:
    pauses = pauses_after(accepted_at + later, spans)
    first = result_due(limit, accepted_at, pauses, HOURS, CALENDAR)
    assert result_due(limit, accepted_at + later, pauses, HOURS, CALENDAR) >= first


@given(LIMITS, MOMENTS, st.lists(SPANS, max_size=2), SPANS)
def test_one_more_pause_never_makes_it_due_earlier(
    limit: TimeLimit,
    accepted_at: datetime,
    spans: list[tuple[timedelta, timedelta]],
    more: tuple[timedelta, timedelta],
) -> None:
    before = result_due(limit, accepted_at, pauses_after(accepted_at, spans), HOURS, CALENDAR)
    after = result_due(limit, accepted_at, pauses_after(accepted_at, [*spans, more]), HOURS, CALENDAR)
    assert after >= before


@given(LIMITS, MOMENTS, st.lists(SPANS, max_size=2), st.timedeltas(timedelta(0), timedelta(days=5)))
def test_a_pause_never_shortens_what_remains(
    limit: TimeLimit, accepted_at: datetime, spans: list[tuple[timedelta, timedelta]], length: timedelta
) -> None:
    """QĐ 766/QĐ-TTg: what was left when the clock stopped is left when it runs again, in the minutes papers print."""
    earlier = pauses_after(accepted_at, spans)
    start = max([accepted_at, *(each.end for each in earlier)])
    pause = Pause(start, start + length)
    due_before = result_due(limit, accepted_at, earlier, HOURS, CALENDAR)
    due_now = result_due(limit, accepted_at, [*earlier, pause], HOURS, CALENDAR)
    left_before = working_time(full_minute(start), due_before, HOURS, CALENDAR)
    assert working_time(full_minute(pause.end), due_now, HOURS, CALENDAR) >= left_before


@given(LIMITS, MOMENTS, SPANS)
def test_the_first_pause_never_shortens_what_remains_by_so_much_as_a_microsecond(
    limit: TimeLimit, accepted_at: datetime, span: tuple[timedelta, timedelta]
) -> None:
    [pause] = pauses_after(accepted_at, [span])
    left = working_time(pause.start, result_due(limit, accepted_at, (), HOURS, CALENDAR), HOURS, CALENDAR)
    due_now = result_due(limit, accepted_at, [pause], HOURS, CALENDAR)
    assert working_time(pause.end, due_now, HOURS, CALENDAR) >= left


@given(LIMITS, MOMENTS, SPANS, st.floats(0, 1))
def test_a_pause_in_two_adjacent_parts_is_the_same_pause(
    limit: TimeLimit, accepted_at: datetime, span: tuple[timedelta, timedelta], share: float
) -> None:
    [whole] = pauses_after(accepted_at, [span])
    middle = whole.start + (whole.end - whole.start) * share
    parts = [Pause(middle, whole.end), Pause(whole.start, middle)]
    together = result_due(limit, accepted_at, [whole], HOURS, CALENDAR)
    assert result_due(limit, accepted_at, parts, HOURS, CALENDAR) == together


@given(st.integers(0, 9 * 1440), st.integers(0, 5 * 1440))
def test_working_time_is_the_number_of_minutes_in_which_the_office_works(start: int, length: int) -> None:
    """Against counting minute by minute, over National Day and the swap of 2026."""
    begins = at("2026-08-27 00:00") + timedelta(minutes=start)
    minutes = (begins + timedelta(minutes=each) for each in range(length))
    counted = sum(
        CALENDAR.is_working_day(minute.date()) and any(opens <= minute.time() < ends for opens, ends in HOURS.sessions)
        for minute in minutes
    )
    ends_at = begins + timedelta(minutes=length)
    assert working_time(begins, ends_at, HOURS, CALENDAR) == timedelta(minutes=counted)
