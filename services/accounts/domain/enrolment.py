"""The code that enrols a computer or scanner: ten letters and digits, one use, one hour."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

#: 32 signs, without those that look alike: I and 1, O and 0. Ten of them have 50 bits.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 10
LIFE = timedelta(hours=1)
KIOSK, SCANNER = "kiosk", "scanner"
KINDS = (KIOSK, SCANNER)


def make_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str | None:
    """The code of what was typed, in small or capital letters and however it is grouped; None if it cannot be one."""
    code = re.sub(r"[\s.\-]+", "", typed[:100]).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def shown(code: str) -> str:
    """In two groups, as it is read out and typed: `K7QF2-9XMRT`."""
    return f"{code[:5]}-{code[5:]}"


def code_text(code: str) -> str:
    """The input of the keyed digest by which a code is kept."""
    return f"enrolment-code:{code}"
