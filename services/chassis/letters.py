"""Unicode's normal forms of a typed text, in a time that grows with its length alone."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, TypeAlias

Form: TypeAlias = Literal["NFC", "NFD", "NFKC"]

#: As many marks on one letter as Unicode's stream-safe format allows (UAX #15, D4); no language needs more than a few.
MOST_MARKS = 30
#: Where more of them could be: no ASCII, no Latin letter with its marks composed.
_SUSPECT = re.compile(rf"[^\x00-\u02ff\u1e00-\u1eff]{{{MOST_MARKS + 1},}}")


def normalised(text: str, form: Form = "NFC") -> str:
    """The text in a normal form, without the marks that a letter has beyond `MOST_MARKS`.

    Marks are put in order by sorting, in quadratic time and without letting another thread run: 400,000 of them on one
    letter would stop a process for a minute.
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
