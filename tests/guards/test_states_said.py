"""The statuses that the API's document and its guide print with an act are those of the act's own table."""

from __future__ import annotations

import re

import pytest

from gateway.acts import ACTS
from services.dossiers.domain import acts
from services.dossiers.domain.states import Status
from tests.guards.parts import ROOT

_SAID = re.compile(r"(\d+(?:(?:, | or )\d+)*) → (\d+)")
#: The table has the acceptance of a dossier with an unpaid fee as an act of its own.
BY_ANOTHER_ACT = {"fee-request": {Status.NEW}}
#: Where else an act can lead than where its table says by itself.
OWES = {"acceptance": {(Status.NEW, Status.PAYMENT_ASKED)}}

each_that_says = pytest.mark.parametrize("name", [one.name for one in ACTS.values() if _SAID.search(one.summary)])


def said_of(name: str) -> list[tuple[set[int], int]]:
    """The statuses before and after, as the summary of the act prints them."""
    found = _SAID.findall(ACTS[name].summary)
    return [({int(each) for each in re.findall(r"\d+", before)}, int(after)) for before, after in found]


@each_that_says
def test_an_act_is_said_to_lead_where_its_table_leads_and_from_nowhere_else(name: str) -> None:
    table = {(int(before), after) for before, after in acts.ACTS[name].leads.items()}
    table = {pair for pair in table if pair[0] not in BY_ANOTHER_ACT.get(name, ())} | OWES.get(name, set())
    assert {(before, after) for many, after in said_of(name) for before in many} == table


def test_the_guide_prints_for_each_act_what_the_document_does() -> None:
    guide = (ROOT / "docs/api.md").read_text("utf-8")
    for name in ("supplement-request", "verification-request", "fee-request", "stop"):
        row = next(line for line in guide.splitlines() if line.startswith("| `POST") and name in line.split("|")[1])
        for said in _SAID.finditer(ACTS[name].summary):
            assert said[0] in row, name
