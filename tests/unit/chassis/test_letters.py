"""Normal forms: as Unicode has them, except for more marks on a letter than any language needs."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.letters import MOST_MARKS, Form, normalised

MARKS = "\u0300\u0316"


@given(st.text(max_size=200))
def test_a_text_is_normalised_as_unicode_says(text: str) -> None:
    assert normalised(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
@pytest.mark.parametrize("name", ["Nguyễn Thị Sáu", "H'Hen Niê", "Trần Đức Ân"])
def test_names_are_spelled_alike_however_they_are_typed(name: str, form: Form) -> None:
    for typed in (unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)):
        assert normalised(typed, form) == unicodedata.normalize(form, name)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_marks_without_end_are_cut_before_they_are_sorted(form: Form) -> None:
    """Sorting 400,000 of them took a minute, in which the process did nothing else."""
    text = normalised("a" + MARKS * 200_000 + " b" + MARKS, form)
    assert len(unicodedata.normalize("NFD", text)) == len("a") + MOST_MARKS + len(" b" + MARKS)


def test_letters_of_other_scripts_are_kept_whole() -> None:
    text = "หนังสือเดินทาง" * 20 + "ཧཱུྃ" * 20 + "漢字" * 40
    assert normalised(text) == unicodedata.normalize("NFC", text)
