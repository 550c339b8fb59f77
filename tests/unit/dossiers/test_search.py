"""Search ignores diacritics, case and the place of the tone mark."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.search import folded, words


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Hoà Thuận", "hoa thuan"),
        ("Hòa Thuận", "hoa thuan"),
        ("ĐẶNG  Thị\tƯớc", "dang thi uoc"),
        ("  Nguyễn Quỳnh Như ", "nguyen quynh nhu"),
        ("", ""),
    ],
)
def test_words_are_equal_without_their_marks(written: str, plain: str) -> None:
    assert folded(written) == plain
    assert folded(unicodedata.normalize("NFD", written)) == plain


def test_words_of_a_query_come_once_each() -> None:
    assert words(" An Nguyễn an ") == ("an", "nguyen")
    assert words("  ") == ()


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxy ̣́̀̉̃ ABCĐ"))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded(unicodedata.normalize("NFC", text)) == folded(text)
