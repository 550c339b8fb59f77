"""Whether two names are one: with their marks, which papers state. `search.folded` finds people and decides nothing."""

from __future__ import annotations

from services.chassis.letters import normalised
from services.dossiers.domain.search import folded

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng


def is_same_name(one: str, other: str) -> bool:
    """Whether two names differ at most in capitals, spaces and the place of the tone mark: `Hoà` = `HÒA` ≠ `Hoa`."""
    return as_compared(one) == as_compared(other)


def as_compared(name: str) -> str:
    """A name in the writing in which it is compared: each word with its tone mark at the end."""
    return " ".join(_tone_last(word) for word in normalised(name.casefold(), "NFD").split())


def differ_in_marks(one: str, other: str) -> bool:
    """Whether two names are the same but for their marks, easily overlooked: `Nữ` and `Nử`, `Bền` and `Ben`."""
    return not is_same_name(one, other) and folded(one) == folded(other)


def how_they_differ(one: str, other: str) -> str:
    """What to tell of two names that are not the same."""
    if differ_in_marks(one, other):
        return f"hai tên khác dấu: “{one}” và “{other}”"
    return "hai tên không giống nhau"


def _tone_last(word: str) -> str:
    tones = "".join(sorted(letter for letter in word if letter in _TONES))  # of a slip with two, whatever their order
    return "".join(letter for letter in word if letter not in _TONES) + tones
