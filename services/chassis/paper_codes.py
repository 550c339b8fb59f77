"""The code of a paper, which people type from the paper or hear over a telephone: `20248-k7pm-3xdn-w9fh`.

It has the ward's code, then eleven random letters and a check letter, in groups of four. Case, blanks and hyphens do
not matter. Only one of several letters that look alike is used (2 and not z, 5 and not s, 8 and not b, 9 and not g or
q; 0, o, 1, i and l are not used at all).

It cannot be guessed: a ward has 23^11 = 9.5e14 codes, and fifty years use some 60,000 of them. The public check answers
one address 60 times a minute (`LIMIT_VERIFY`), 32 million times a year, so a guesser finds a paper in 500 years; and
what they find names nobody.
"""

from __future__ import annotations

import secrets

LETTERS = "23456789acdehkmnprtvwxy"  # 23, a prime: see `_check`
_RANDOM = 11
_GROUP = 4
#: The number of letters of older codes: they have no check letter, and stay valid.
_WITHOUT_CHECK = 16
#: Fewer letters are no attempt at a code.
_FEWEST = 10


class MistypedError(ValueError):
    """A code that no paper can have: a letter is wrong, missing, doubled or in the wrong place."""


def new_code(ward: str) -> str:
    """A new paper's code."""
    random = "".join(secrets.choice(LETTERS) for _ in range(_RANDOM))
    return _grouped(ward, random + _check(ward, random))


def read_code(ward: str, typed: str) -> str:
    """The whole code, in the form of papers, from the text that was typed after the ward's code. Raises MistypedError.

    A text that is too short, or as long as an older code, is returned as it is: it may or may not belong to a paper.
    """
    bare = "".join(letter for letter in typed.lower() if not letter.isspace() and letter not in ".-–−_")
    if len(bare) < _FEWEST:
        return f"{ward}-{typed.strip()}"
    if len(bare) == _WITHOUT_CHECK:
        return f"{ward}-{bare}"
    if len(bare) != _RANDOM + 1 or set(bare) - set(LETTERS) or _check(ward, bare[:-1]) != bare[-1]:
        raise MistypedError
    return _grouped(ward, bare)


def _grouped(ward: str, letters: str) -> str:
    return "-".join([ward, *(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))])


def _check(ward: str, letters: str) -> str:
    """The sum of the letters, each times its place, modulo a prime greater than the number of places: it changes if any
    letter changes, or if any two change places.
    """
    values = [ord(digit) - ord("0") for digit in ward] + [LETTERS.index(letter) for letter in letters]
    return LETTERS[sum(place * value for place, value in enumerate(values, start=1)) % len(LETTERS)]
