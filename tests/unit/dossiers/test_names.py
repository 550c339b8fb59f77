"""Names are compared with their marks, however they are typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.dossiers.domain.names import as_compared, differ_in_marks, how_they_differ, is_same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hồ Thị Nữ", "HỒ  THỊ NỮ"),
        ("Trần Văn Hoà", "Trần Văn Hòa"),
        ("Nguyễn Thuý", "nguyễn thúy"),
        ("Đỗ Thị Quầy", unicodedata.normalize("NFD", "Đỗ Thị Quầy")),
        (" Lê Thị Nở ", "Lê Thị Nở"),
    ],
)
def test_capitals_spaces_form_and_place_of_the_tone_mark_make_no_difference(one: str, other: str) -> None:
    assert is_same_name(one, other)
    assert not differ_in_marks(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hồ Thị Nữ", "Hồ Thị Nử"),
        ("Trần Văn Bền", "Trần Văn Bễn"),
        ("Trần Văn Bền", "Tran Van Ben"),
        ("Lê Thị Tư", "Lê Thị Tu"),
        ("Đặng Đào", "Dặng Đào"),
        ("Hòa Á", "Hoá À"),
    ],
)
def test_a_tone_a_letter_s_mark_and_all_marks_are_a_difference_that_is_named(one: str, other: str) -> None:
    assert differ_in_marks(one, other)
    assert how_they_differ(one, other) == f"hai tên khác dấu: “{one}” và “{other}”"


def test_another_name_differs_in_more_than_marks() -> None:
    assert not is_same_name("Trần Thị Con", "Trần Thị Mẹ")
    assert how_they_differ("Trần Thị Con", "Trần Thị Mẹ") == "hai tên không giống nhau"


@given(st.text())
@example("ÌẬ")  # two tones in a word
def test_what_is_compared_is_compared_alike_again(name: str) -> None:
    assert is_same_name(name, as_compared(name))
