"""Adapts a text to its reader. Most texts are written for the person of the dossier, who is addressed as `ông/bà`.

The office reads the same text about that person. Vietnamese does not inflect, so a sentence to `ông/bà` has the same
words as a sentence about `người yêu cầu` (the term of the law and its forms). So each text is written once. A text for
the office itself does not use this address.
"""

from __future__ import annotations


def for_office(text: str) -> str:
    """The text as the office reads it."""
    return text.replace("Ông/bà", "Người yêu cầu").replace("ông/bà", "người yêu cầu")
