"""Cursors of lists."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.database.pagination import mark_of, page_size, read_cursor, write_cursor
from services.chassis.refusal import Kind, Refusal

MARK = mark_of("a list")


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_cursor_leads_back_to_its_position(position: list[str]) -> None:
    assert read_cursor(write_cursor(MARK, *position), MARK, len(position)) == position


@given(st.text(), st.text())
def test_a_cursor_of_another_list_is_refused_and_says_so(one: str, other: str) -> None:
    cursor = write_cursor(mark_of("list", one), "1")
    if one == other:
        assert read_cursor(cursor, mark_of("list", other), 1) == ["1"]
        return
    with pytest.raises(Refusal) as no:
        read_cursor(cursor, mark_of("list", other), 1)
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "invalid-cursor")
    assert "danh sách khác" in no.value.text


def test_a_cursor_of_before_there_were_marks_is_refused() -> None:
    for position in (["1"], ["2026-11-29T08:00:00+07:00", "b0a4b9a4-8a5c-4f0f-9d6e-0d5a8f1f4c11"]):
        cursor = base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")
        with pytest.raises(Refusal) as no:
            read_cursor(cursor, MARK, len(position))
        assert no.value.type == "invalid-cursor"


def is_a_position(text: str) -> bool:
    try:
        return all(isinstance(part, str) for part in read_cursor(text, MARK, 2))
    except Refusal as no:
        return no.kind is Kind.INVALID and no.fields[0].field == "cursor"


@given(st.text())
def test_a_cursor_that_this_system_did_not_write_is_refused_and_breaks_nothing(text: str) -> None:
    assert is_a_position(text)


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        f'["{MARK}", "\\ud800", "a"]',
        f'["{MARK}", "a", "b\\udfff"]',
        f'["{MARK}", ["a"], "b"]',
        '{"a": "b"}',
        f'["{MARK}", 1, 2]',
        f'["{MARK}"]',
        "[]",
    ],
)
def test_a_cursor_whose_json_nobody_can_hold_is_refused(content: str) -> None:
    """Nested beyond what Python reads, or with halves of characters, which no service takes as text."""
    cursor = base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")
    with pytest.raises(Refusal) as no:
        read_cursor(cursor, MARK, 2)
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "invalid-cursor")


@pytest.mark.parametrize(("asked", "given_size"), [(0, 50), (-3, 50), (7, 7), (1000, 100)])
def test_a_page_is_never_larger_than_a_hundred(asked: int, given_size: int) -> None:
    assert page_size(asked) == given_size
