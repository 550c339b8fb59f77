"""Whether a dossier was in time, by QĐ 766/QĐ-TTg."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.clock import VIETNAM
from services.dossiers.domain.states import Status
from services.dossiers.domain.verdict import Verdict, ended, verdict

DUE = datetime(2020, 10, 6, 17, 30, tzinfo=VIETNAM)
BEFORE, AFTER = DUE - timedelta(minutes=1), DUE + timedelta(minutes=1)
ENDS = [Status.DONE, Status.HANDED_OVER, Status.STOPPED, Status.REFUSED, Status.WITHDRAWN]


@pytest.mark.parametrize("status", ENDS)
def test_the_moment_of_9_or_10_8_3_7_is_compared_with_the_due_time(status: Status) -> None:
    """QĐ 766/QĐ-TTg: status 9 where there is one, else 10, 8, 3 or 7."""
    assert verdict(DUE, AFTER, reached={status: DUE}) is Verdict.ON_TIME
    assert verdict(DUE, AFTER, reached={status: AFTER}) is Verdict.LATE
    assert verdict(DUE, AFTER, reached={status: DUE - timedelta(days=1)}) is Verdict.EARLY


@pytest.mark.parametrize(("counts", "other"), list(combinations(ENDS, 2)))
def test_completion_counts_and_not_when_the_result_was_fetched(counts: Status, other: Status) -> None:
    """A result that was ready in time is in time, though nobody came for weeks; QĐ 766/QĐ-TTg: 9, else 10, 8, 3, 7."""
    weeks = DUE + timedelta(days=40)
    assert verdict(DUE, weeks, reached={counts: BEFORE, other: weeks}) is Verdict.ON_TIME
    assert verdict(DUE, weeks, reached={counts: weeks, other: BEFORE}) is Verdict.LATE
    assert verdict(DUE, weeks, reached={other: weeks}) is Verdict.LATE


def test_an_open_dossier_is_running_until_it_is_late() -> None:
    assert verdict(DUE, DUE, reached={}) is Verdict.RUNNING
    assert verdict(DUE, AFTER, reached={}) is Verdict.LATE
    assert verdict(None, AFTER, reached={}) is Verdict.RUNNING


def test_while_the_applicant_is_waited_for_the_moment_of_the_request_is_the_end() -> None:
    """QĐ 766/QĐ-TTg: status 5 counts from the request."""
    weeks = DUE + timedelta(days=40)
    assert verdict(DUE, weeks, reached={}, paused_at=BEFORE, supplement_requests=1) is Verdict.RUNNING
    assert verdict(DUE, weeks, reached={}, paused_at=AFTER, supplement_requests=1) is Verdict.LATE


def test_more_than_one_supplement_request_counts_as_late() -> None:
    """QĐ 766/QĐ-TTg."""
    assert verdict(DUE, BEFORE, reached={Status.DONE: BEFORE}, supplement_requests=1) is Verdict.ON_TIME
    assert verdict(DUE, BEFORE, reached={Status.DONE: BEFORE}, supplement_requests=2) is Verdict.LATE
    assert verdict(DUE, BEFORE, reached={}, supplement_requests=2) is Verdict.LATE


def test_a_late_apology_does_not_make_a_broken_promise_kept() -> None:
    assert verdict(DUE, BEFORE, reached={Status.DONE: BEFORE}, apologised_late=True) is Verdict.LATE


@given(st.timedeltas(timedelta(days=-30), timedelta(days=30)))
def test_early_on_time_and_late_leave_no_gap_and_do_not_overlap(by: timedelta) -> None:
    """Early is a day in Đà Nẵng before the day on which it was due; late any moment after."""
    at = DUE + by
    how = ended(at, DUE)
    assert (how is Verdict.LATE) == (at > DUE)
    assert (how is Verdict.EARLY) == (at.astimezone(VIETNAM).date() < DUE.date())
    assert how is not Verdict.RUNNING
