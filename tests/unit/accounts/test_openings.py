"""Hours of opening sessions, and when a volunteer is on duty (domain/openings.py)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.accounts.domain.openings import GRACE, Span, is_running, read_days, read_hours
from services.chassis.refusal import Refusal

NOW = datetime(2020, 10, 6, 2, tzinfo=UTC)  # nine o'clock in Đà Nẵng


def test_hours_are_those_of_da_nang() -> None:
    span = read_hours("2020-10-06", "18:00", "20:30", NOW)
    assert span == Span(datetime(2020, 10, 6, 11, tzinfo=UTC), datetime(2020, 10, 6, 13, 30, tzinfo=UTC))


def test_days_are_whole_and_both_included() -> None:
    span = read_days("2020-10-06", "2020-10-07")
    assert span == Span(datetime(2020, 10, 5, 17, tzinfo=UTC), datetime(2020, 10, 7, 17, tzinfo=UTC))


@pytest.mark.parametrize(("days", "missing"), [(("2020-10-06", ""), "until"), (("", "2020-10-06"), "since")])
def test_the_missing_one_of_two_days_is_named(days: tuple[str, str], missing: str) -> None:
    with pytest.raises(Refusal) as no:
        read_days(*days)
    assert [fault.field for fault in no.value.fields] == [missing]
    assert f"còn thiếu {missing}" in no.value.text


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(Refusal) as no:
        read_hours("6/10/2020", "sáng", "24:00", NOW)
    assert [fault.field for fault in no.value.fields] == ["on", "starts", "ends"]


@pytest.mark.parametrize("on", ["٢٠٢٠-١٠-٠٦", "2020-W41-2", "20201006", "0001-01-01", "9999-12-31", ""])
def test_other_spellings_of_days_and_days_outside_the_calendar_are_refused(on: str) -> None:
    with pytest.raises(Refusal):
        read_hours(on, "18:00", "20:30", NOW)
    with pytest.raises(Refusal):
        read_days(on, on)


def test_duty_begins_a_quarter_of_an_hour_early_and_ends_on_time() -> None:
    span = Span(NOW, NOW + timedelta(hours=2))
    second = timedelta(seconds=1)
    assert [is_running(span, at) for at in (NOW - GRACE - second, NOW - GRACE)] == [False, True]
    assert [is_running(span, at) for at in (span.ends_at - second, span.ends_at)] == [True, False]
