"""How many segments an SMS takes."""

from __future__ import annotations

import math

#: GSM 03.38, the default alphabet; each character takes seven bits.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Its extension: each character takes an escape before it.
_EXTENDED = frozenset("^{}\\[~]|€\f")


def segments(text: str) -> int:
    """How many SMS the text takes: 160 characters one, more 153 each (GSM-7); else 70, or 67 each (UCS-2)."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        length, whole, part = len(text) + sum(letter in _EXTENDED for letter in text), 160, 153
    else:
        length, whole, part = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= whole else math.ceil(length / part)
