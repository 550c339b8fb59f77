"""What a supplement has left as it was, of what the office asked for."""

from __future__ import annotations

import pytest

from services.dossiers.follow_ups import left_as_they_are
from tests.unit.dossiers.birth_forms import BIRTH, birth_form
from tests.unit.dossiers.marriage_forms import MARRIAGE

NAME, MOTHER = "/child/full_name", "/mother/full_name"


@pytest.mark.parametrize(
    ("changed", "left"),
    [([], [NAME, MOTHER]), ([NAME], [MOTHER]), ([NAME, MOTHER], []), (["/child/sex"], [NAME, MOTHER])],
)
def test_each_requested_field_has_to_change(changed: list[str], left: list[str]) -> None:
    assert left_as_they_are(BIRTH, birth_form(), [NAME, MOTHER], changed) == left


def test_a_change_within_a_requested_group_changes_it() -> None:
    assert left_as_they_are(BIRTH, birth_form(), ["/mother", "/child"], [MOTHER]) == ["/child"]


def test_papers_are_not_answers() -> None:
    assert left_as_they_are(BIRTH, birth_form(), ["documents/birth-certificate-of-hospital"], []) == []


def test_a_question_that_another_answer_ends_need_not_change() -> None:
    """Of an unknown mother no name is asked."""
    unknown = birth_form({"/mother/known": False})
    assert left_as_they_are(BIRTH, unknown, ["/mother/known", MOTHER], ["/mother/known"]) == []


def test_either_of_two_fields_that_stand_in_for_each_other_is_enough() -> None:
    """Who knows only the year of birth writes it instead of the date."""
    marriage, fields = MARRIAGE.procedure, ["/wife/birth_date", "/wife/birth_year"]
    assert left_as_they_are(marriage, MARRIAGE.form, fields, ["/wife/birth_year"]) == []
    assert left_as_they_are(marriage, MARRIAGE.form, fields, []) == ["/wife/birth_date"]
