"""The next state of a verification: every outcome from every state, of every kind."""

from __future__ import annotations

import pytest

from services.chassis.refusal import Kind as RefusalKind
from services.chassis.refusal import Refusal
from services.dossiers.domain.elsewhere import marriages_of
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.verification import (
    STATE_TEXT,
    About,
    Kind,
    State,
    may_be_withdrawn,
    next_state,
    outcomes,
    stands_in_the_way,
)
from services.dossiers.forms import leaves
from tests.unit.dossiers.worlds import CATALOGUE

MARRIAGES = [each for each in CATALOGUE if each.code == "1.000894"]

#: Kind → state → the outcomes that are possible, written out a second time.
TABLE: dict[str, dict[str, set[str]]] = {
    "inquiry": {
        "sent": {"replied", "no-result", "timed-out"},
        "replied": set(),
        "no-result": {"replied", "commitment"},
        "timed-out": {"replied", "no-result", "commitment"},
        "commitment": set(),
        "done": set(),
        "withdrawn": set(),
    },
    "own": {
        "sent": {"done"},
        "replied": set(),
        "no-result": set(),
        "timed-out": set(),
        "commitment": set(),
        "done": set(),
        "withdrawn": set(),
    },
    "notice": {
        "sent": {"timed-out"},
        "replied": set(),
        "no-result": set(),
        "timed-out": {"done"},
        "commitment": set(),
        "done": set(),
        "withdrawn": set(),
    },
    "in-hand": {
        "sent": {"replied"},
        "replied": set(),
        "no-result": set(),
        "timed-out": set(),
        "commitment": set(),
        "done": set(),
        "withdrawn": set(),
    },
}


@pytest.mark.parametrize("commits", [True, False])
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("state", list(State))
def test_each_outcome_is_possible_where_the_table_says_and_nowhere_else(
    kind: Kind, state: State, commits: bool
) -> None:
    """NĐ 123/2015 Đ14, Đ22; TT 04/2020 Đ4: a commitment about marital status only."""
    possible = {State(outcome) for outcome in TABLE[kind][state]} - (set() if commits else {State.COMMITMENT})
    for outcome in possible:
        assert next_state(kind, state, outcome, commits=commits) is outcome
    for outcome in set(State) - possible:
        with pytest.raises(Refusal) as refused:
            next_state(kind, state, outcome, commits=commits)
        assert (refused.value.kind, refused.value.type) == (RefusalKind.CONFLICT, "verification-state")


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("state", list(State))
def test_the_office_is_offered_what_is_possible_but_never_the_time_out(kind: Kind, state: State) -> None:
    assert {each.value for each in outcomes(kind, state, commits=True)} == TABLE[kind][state] - {"timed-out"}


def test_a_commitment_is_refused_with_the_article_while_the_answer_may_still_come() -> None:
    """TT 04/2020 Đ4: a commitment replaces an answer that did not come within 20 days."""
    with pytest.raises(Refusal, match="TT 04/2020 Đ4"):
        next_state(Kind.INQUIRY, State.SENT, State.COMMITMENT, commits=True)


def test_a_notice_is_not_done_before_its_seven_days_are_over() -> None:
    """NĐ 123/2015 Đ14."""
    with pytest.raises(Refusal, match="NĐ 123/2015 Đ14"):
        next_state(Kind.NOTICE, State.SENT, State.DONE, commits=False)


@pytest.mark.parametrize(
    ("kind", "state", "commits", "stands"),
    [
        ("inquiry", "sent", False, True),
        ("inquiry", "replied", True, False),
        ("inquiry", "timed-out", False, True),  # a marriage or a death waits for the reply (TT 04/2020 Đ4)
        ("inquiry", "timed-out", True, True),  # marital status: on the requester's commitment
        ("inquiry", "no-result", False, False),
        ("inquiry", "no-result", True, True),
        ("inquiry", "commitment", True, False),
        ("own", "sent", False, True),
        ("own", "done", False, False),
        ("notice", "sent", False, True),
        ("notice", "timed-out", False, True),
        ("notice", "done", False, False),
    ],
)
def test_what_prevents_a_registration(kind: str, state: str, commits: bool, stands: bool) -> None:
    """TT 04/2020 Đ4: silence lets the office go on about marital status only, on a commitment."""
    assert bool(stands_in_the_way(Kind(kind), State(state), commits=commits)) is stands


def test_what_somebody_recorded_may_be_taken_back_and_nothing_else() -> None:
    recorded = {State.REPLIED, State.NO_RESULT, State.COMMITMENT, State.DONE}
    assert {state for state in State if may_be_withdrawn(state)} == recorded


def test_every_state_has_words() -> None:
    assert set(STATE_TEXT) == set(State)


@pytest.mark.parametrize("version", MARRIAGES, ids=lambda each: each.version)
@pytest.mark.parametrize("about", list(About))
def test_what_an_offices_reply_is_about_is_asked_by_each_version(version: Procedure, about: About) -> None:
    """Luật HNGĐ 2014 Đ5.2c: the party's marriages; not who they are, their home or ethnicity."""
    members = set(marriages_of(about))
    assert members <= leaves(version.form).keys()
    others = ("/full_name", "/birth_date", "/identity_number", "/residence", "/ethnicity", "/lives_in")
    assert not {each for each in members if each.endswith(others)}
