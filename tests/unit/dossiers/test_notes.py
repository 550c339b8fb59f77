"""Which note is written in which register, and what becomes of papers: written out a second time."""

from __future__ import annotations

import pytest

from services.dossiers.domain.notes import NOTE_KINDS, kinds_in

ALL = {"annulment", "note-withdrawn", "other"}
EVENTS = ALL | {"nationality", "correction"}
TABLE = {
    "birth": EVENTS
    | {"recognition", "parentage", "sex", "adoption", "adoption-ended"}
    | {"missing", "missing-annulled", "capacity", "capacity-restored"},
    "marriage": EVENTS | {"divorce", "marriage-recognised", "death", "marriage-restored"},
    "death": EVENTS | {"declared-dead", "declaration-annulled"},
    "marital-status": ALL,
    "copies": ALL,
}


@pytest.mark.parametrize("register", TABLE)
def test_each_register_has_the_notes_of_its_own_events(register: str) -> None:
    """TT 04/2020 Đ29.6: a change of nationality stands in each register with that person, a divorce with the marriage,
    a declaration of death among the deaths, the rest with the birth; Luật Hộ tịch 2014 Đ28–29: corrections.
    """
    assert set(kinds_in(register)) == TABLE[register]


def test_what_makes_an_entry_count_as_if_it_were_not_there_revokes_its_papers() -> None:
    revoking = {name for name, kind in NOTE_KINDS.items() if kind.papers == "revoked"}
    assert (
        revoking == {name for name, kind in NOTE_KINDS.items() if kind.annuls} == {"annulment", "declaration-annulled"}
    )
