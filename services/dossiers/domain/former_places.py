"""Finds the communes that somebody names in their own words, with one place or several in a line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.dossiers.domain.search import folded, is_same_office

# A time beside a place: `8/2014 đến 6/2018`, `từ năm 2013`, `đến nay`. These words count only beside a number: not in
# “Nam Dương”.
_TIME = re.compile(
    r"(?:\b(?:tu|den|toi|khoang|cuoi|dau|giua|ngay|thang|nam)\s+(?:\d{1,2}\s+)?)*(?:\d{1,2}\s*[/.-]\s*)?(?:\d{1,2}\s*[/.-]\s*)?\b\d{4}\b"
    r"|\b(?:den|toi) (?:nay|gio)\b"
)
_COMMUNE = re.compile(r"\b(?:phuong|thi tran|(?<!thi )xa|p\.|tt\.|x\.)\s*(?=\w)")
_AROUND = " \t.,:;()[]–—-"


def communes(text: str) -> list[str]:
    """The communes of a text, folded, each once: found by the words phường, xã, thị trấn; without these words, one per
    line, as written.

    A line that has only a time belongs to the place beside it.
    """
    found: list[str] = []
    for part in re.split(r"[\n;]", text):
        plain = _TIME.sub(" ", folded(part))
        starts = [match.start() for match in _COMMUNE.finditer(plain)]
        ends = [*starts[1:], len(plain)]  # of none: the whole, below
        places = [plain[start:end] for start, end in zip(starts, ends, strict=False)] or [plain]
        found += [place for place in map(_name, places) if place]
    return distinct(found)


def distinct(offices: Iterable[str]) -> list[str]:
    """Offices or places, without repetitions of an earlier one: `An Hải Bắc` repeats `An Hải Bắc, quận Sơn Trà`."""
    found: list[str] = []
    for office in offices:
        if not any(is_same_office(office, each) or is_same_office(each, office) for each in found):
            found.append(office)
    return found


def _name(place: str) -> str:
    """A place without the words around it, such as the `và` before the next place; empty if no place is left."""
    return re.sub(r"\s+(?:va|roi|o|tai)$", "", " ".join(place.split()).strip(_AROUND)).strip(_AROUND)
