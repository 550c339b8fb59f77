"""Who reads a text: most are written for the person whose dossier it is, who is addressed as `ông/bà`.

The office reads the same text of that person. Vietnamese does not inflect: what is said to `ông/bà` is said of `người
yêu cầu` (as the law and its forms call them) in the same words, so that each text stands once. A text that speaks to
the office itself addresses nobody so.
"""

from __future__ import annotations


def for_office(text: str) -> str:
    """The text as the office reads it."""
    return text.replace("Ông/bà", "Người yêu cầu").replace("ông/bà", "người yêu cầu")
