"""How people's names are written: the page proposes a change, and the person decides."""

from __future__ import annotations

import re

#: Between parts of a word, each with its capital: H'Hen, Y-Bhiu.
_JOINTS = re.compile(r"([ '’-])")


def capitals(name: str) -> str:
    """The name with a capital at the start of each word, if it was written without capitals or only in capitals; else
    empty, since somebody who writes K'sor or McKay means it.
    """
    words = " ".join(name.split())
    is_odd = words.isupper() or any(word[0].islower() for word in words.split(" ") if word)
    if not is_odd:
        return ""
    proposed = "".join(part[:1].upper() + part[1:].lower() for part in _JOINTS.split(words))
    return proposed if proposed != words else ""
