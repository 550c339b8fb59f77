"""SMS text without diacritics, and how many segments it takes (docs/architecture.md, rule 10)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.sms import without_diacritics
from tests.unit.notifications.segments import segments


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Hồ sơ đã xong", "Ho so da xong"),
        ("ĐÀ NẴNG", "DA NANG"),
        ("Phường Hòa Thuận Đông", "Phuong Hoa Thuan Dong"),
        ("“mã” – 1…", '"ma" - 1...'),
        (unicodedata.normalize("NFD", "được"), "duoc"),
    ],
)
def test_an_sms_is_sent_without_diacritics(written: str, sent: str) -> None:
    assert without_diacritics(written) == sent


VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")  # ngang, huyền, sắc, ngã, hỏi, nặng
ACCENTED = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES)
VIETNAMESE = ACCENTED + ACCENTED.upper() + "đĐbcdghklmnpqrstvx 0123456789.,:"


@given(st.text(VIETNAMESE))
def test_whatever_is_written_in_vietnamese_is_sent_in_ascii(text: str) -> None:
    sent = without_diacritics(text)
    assert sent.isascii()
    assert len(sent) == len(text)
    assert without_diacritics(sent) == sent


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 159 + "€", 2),  # an escape before it
        ("ồ" * 70, 1),
        ("ồ" * 71, 2),
    ],
)
def test_segments_are_counted_as_the_network_counts_them(text: str, count: int) -> None:
    assert segments(text) == count
