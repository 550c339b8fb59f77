"""SMS text without diacritics, so that it fits into as few segments as possible (docs/architecture.md, rule 10)."""

from __future__ import annotations

import unicodedata

from services.chassis.letters import normalised

_PLAIN = str.maketrans({"đ": "d", "Đ": "D", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "..."})


def without_diacritics(text: str) -> str:
    """`Hồ sơ đã xong` → `Ho so da xong`; typographic quotes and dashes become plain ones."""
    decomposed = normalised(text.translate(_PLAIN), "NFD")
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
