"""The kept part of a provider's answer names no recipient (docs/architecture.md, rule 7)."""

from __future__ import annotations

import pytest

from services.notifications.adapters.channels import LONGEST_ANSWER, without_recipient


@pytest.mark.parametrize(
    ("answer", "to", "kept"),
    [
        ("550 5.1.1 <bay@example.vn>: unknown", "bay@example.vn", "550 5.1.1 <…>: unknown"),
        ("550 Bay@Example.VN unknown", "bay@example.vn", "550 … unknown"),
        ("forwarded to other@example.vn", "bay@example.vn", "forwarded to …"),
        ('400 {"to":"+84905123456"}', "+84905123456", '400 {"to":"…"}'),
        ("400 0905 123 456 is barred", "+84905123456", "400 … is barred"),
        ("250 2.0.0 Ok: queued", "bay@example.vn", "250 2.0.0 Ok: queued"),
        ("250\r\n two  lines", "", "250 two lines"),
    ],
)
def test_the_recipient_is_taken_out_of_an_answer(answer: str, to: str, kept: str) -> None:
    assert without_recipient(answer, to) == kept


def test_a_long_answer_is_cut() -> None:
    assert len(without_recipient("x" * 1000, "")) == LONGEST_ANSWER
