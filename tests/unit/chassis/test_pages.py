"""Cursors of lists."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.database.pagination import page_size, read_cursor, write_cursor
from services.chassis.refusal import Kind, Refusal


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_cursor_leads_back_to_its_position(position: list[str]) -> None:
    assert read_cursor(write_cursor(*position), len(position)) == position


def is_a_position(text: str) -> bool:
    try:
        return all(isinstance(part, str) for part in read_cursor(text, 2))
    except Refusal as no:
        return no.kind is Kind.INVALID and no.fields[0].field == "cursor"


@given(st.text())
def test_a_cursor_that_this_system_did_not_write_is_refused_and_breaks_nothing(text: str) -> None:
    assert is_a_position(text)


@pytest.mark.parametrize(
    "content", ["[" * 100_000, '["\\ud800", "a"]', '["a", "b\\udfff"]', '[["a"], "b"]', '{"a": "b"}', "[1, 2]"]
)
def test_a_cursor_whose_json_nobody_can_hold_is_refused(content: str) -> None:
    """Nested beyond what Python reads, or with halves of characters, which no service takes as text."""
    cursor = base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")
    with pytest.raises(Refusal) as no:
        read_cursor(cursor, 2)
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "invalid-cursor")


@pytest.mark.parametrize(("asked", "given_size"), [(0, 50), (-3, 50), (7, 7), (1000, 100)])
def test_a_page_is_never_larger_than_a_hundred(asked: int, given_size: int) -> None:
    assert page_size(asked) == given_size
