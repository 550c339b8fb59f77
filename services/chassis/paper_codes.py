"""The code of a paper, as somebody types it from the paper or hears it over a telephone: `20248-k7pm-3xdn-w9fh`.

The ward's code, then eleven random letters and a check letter, in fours. Case, blanks and hyphens do not matter. Of
letters that look alike one is kept (2 and not z, 5 and not s, 8 and not b, 9 and not g or q; neither 0 nor o, 1, i, l).

It is not to be guessed: 23^11 = 9.5e14 codes a ward, of which fifty years fill some 60,000. The public check answers
one address 60 times a minute (`LIMIT_VERIFY`), 32 million times a year, which finds a paper in 500 years; and what is
found names nobody.
"""

from __future__ import annotations

import secrets

LETTERS = "23456789acdehkmnprtvwxy"  # 23, a prime: see `_check`
_RANDOM = 11
_GROUP = 4
#: Letters of codes of before: they have no check letter, and stay good.
_WITHOUT_CHECK = 16
#: Fewer are no attempt at a code.
_FEWEST = 10


class MistypedError(ValueError):
    """A code that no paper can have: a letter is wrong, missing, doubled or in another's place."""


def new_code(ward: str) -> str:
    """A new paper's code."""
    random = "".join(secrets.choice(LETTERS) for _ in range(_RANDOM))
    return _grouped(ward, random + _check(ward, random))


def read_code(ward: str, typed: str) -> str:
    """What was typed behind a ward's code, with it, as papers have it. Raises MistypedError.

    What is too short, or as long as a code of before, is returned as it is: there is, or is not, such a paper.
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
    """A sum of letters, each times its place, modulo a prime greater than the places: it changes with any one letter,
    and with any two that change places.
    """
    values = [ord(digit) - ord("0") for digit in ward] + [LETTERS.index(letter) for letter in letters]
    return LETTERS[sum(place * value for place, value in enumerate(values, start=1)) % len(LETTERS)]
