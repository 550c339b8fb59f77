"""Unicode's normal forms of a typed text, in a time that depends only on its length."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, TypeAlias

Form: TypeAlias = Literal["NFC", "NFD", "NFKC"]

#: The most marks on one letter that Unicode's stream-safe format allows (UAX #15, D4); no language needs more than a
#: few.
MOST_MARKS = 30
#: Characters that could be such marks: not ASCII, and not Latin letters with composed marks.
_SUSPECT = re.compile(rf"[^\x00-\u02ff\u1e00-\u1eff]{{{MOST_MARKS + 1},}}")


def normalised(text: str, form: Form = "NFC") -> str:
    """The text in a normal form, without the marks that a letter has beyond `MOST_MARKS`.

    Normalising sorts the marks of a letter in quadratic time, while no other thread runs: 400,000 marks on one letter
    would stop a process for a minute.
    """
    return unicodedata.normalize(form, _SUSPECT.sub(_with_fewer_marks, text))


def _with_fewer_marks(found: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for letter in found[0]:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MOST_MARKS:
            kept.append(letter)
    return "".join(kept)
