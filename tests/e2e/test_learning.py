"""Filings count in the home ward, for any ward in which they are filed, and the ward's administrator reads only
figures.
"""

from __future__ import annotations

import time
from typing import Any

from tests.e2e.api import Api, pause, sign_in
from tests.e2e.drafts import NEIGHBOUR, SLUG, WARD, begin, refused

SECONDS_WITHIN = 30


def step_of(citizen: Api, dossier: str) -> dict[str, Any]:
    """The home ward's record of a filing, after its event has arrived."""
    until = time.monotonic() + SECONDS_WITHIN
    while time.monotonic() < until:
        for step in citizen.get("/me/learning")["steps"]:
            if step["dossier_id"] == dossier:
                found: dict[str, Any] = step
                return found
        pause()
    raise AssertionError("the home ward has not heard of the filing")


def test_a_filing_in_another_ward_counts_at_home(url: str, citizen: Api) -> None:
    draft = begin(citizen, ward=NEIGHBOUR)
    draft.file(url)
    step = step_of(citizen, draft.path.rpartition("/")[2])
    assert (step["kind"], step["assistance"], step["ward"]) == ("filed", "alone", NEIGHBOUR)
    assert citizen.get("/me/learning")["able_alone"] is True


def test_the_administrator_alone_reads_the_figures(url: str, citizen: Api) -> None:
    admin = sign_in(url, f"quantri.{SLUG}")
    for path in (f"/wards/{WARD}/learning", f"/wards/{WARD}/learning/questions"):
        admin.get(path)
        refused(citizen.send("GET", path), 403, "not-allowed")
        refused(admin.send("GET", path.replace(WARD, NEIGHBOUR)), 403, "not-allowed")
