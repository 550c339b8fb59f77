"""A volunteer is told the same about a page for any two people who differ only in their choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import pytest
from caunoi.accounts.v1 import guidance_pb2 as guidance_v1
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from gateway.pages.dossier import Opened
from gateway.pages.form_pages import read_form
from gateway.pages.guidance.place import Where, place_of
from services.chassis.district import load_district
from services.dossiers import forms as filled
from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.procedures import Procedure
from services.dossiers.forms import findings, leaves, tellable
from services.dossiers.views.procedures import procedure as procedure_message
from tests.conftest import NAM_DUONG
from tests.unit.dossiers.test_every_field import FILINGS, complete
from tests.unit.dossiers.worlds import changed

PEOPLE = 40
DISTRICT = load_district(Path("deploy/district.toml"))


def chosen(procedure: Procedure, by: Random) -> dict[str, Any]:
    """An answer to each question that is answered by a choice."""
    choices = {
        pointer: leaf.get("enum") or (True, False)
        for pointer, leaf in leaves(procedure.form).items()
        if "enum" in leaf or leaf.get("type") == "boolean"
    }
    return {pointer: by.choice(tuple(of)) for pointer, of in choices.items() if pointer != "/declaration/truthful"}


def draft_of(name: str, form: Mapping[str, Any]) -> dossiers_v1.Dossier:
    """The draft with that form and without papers, as the dossiers service shows it."""
    filing = FILINGS[name]
    procedure = filing.procedure
    dossier = dossiers_v1.Dossier(asked=filled.answers(procedure, form).by_pointer, tellable=tellable(procedure))
    for one in findings(procedure, form, set(), filing.day):
        dossier.findings.add(
            field=one.field,
            check=one.check,
            kind=dossiers_v1.FINDING_KIND_STOPS if one.kind is FindingKind.STOPS else dossiers_v1.FINDING_KIND_WARNS,
            harmless=procedure.harmless.covers(one.check, one.field),
        )
    return dossier


def steps(procedure: Procedure, opened: Opened, by: Random, *, one: bool) -> Iterator[guidance_v1.Place]:
    """What is told from the first question to the filing, page by page or (`one`) question by question, through the
    questions that this person is asked and the papers of everybody and of some.
    """
    asked, tellable = set(opened.dossier.asked), set(opened.dossier.tellable)
    for page in procedure.pages:
        fields = [pointer for pointer in page.fields if pointer in asked]
        for shown in [[pointer] for pointer in fields] if one else [fields] if fields else []:
            yield place_of(Where("form", page.name, ",".join(shown), dossier="d"), opened, one_a_page=one)
    for paper in procedure.documents:
        name = f"documents/{paper.kind}"
        if name in tellable or by.random() < 0.5:
            yield place_of(Where("documents", paper.kind, name, dossier="d"), opened, one_a_page=one)
    for whole in ("overview", "check"):
        yield place_of(Where(whole, dossier="d"), opened, one_a_page=one)


@pytest.mark.parametrize("whole", [True, False], ids=["all answered", "the choices alone"])
@pytest.mark.parametrize("name", FILINGS)
def test_no_choice_changes_what_a_volunteer_is_told_nor_when_it_changes(name: str, whole: bool) -> None:
    """Neither if a page shows all of its questions, nor if it shows one."""
    filing = FILINGS[name]
    message = procedure_message(filing.procedure)
    pages = read_form(message.form_schema_json, message.form_pages_json)
    by = Random(name)
    told: dict[tuple[bool, str], str] = {}
    asked, found = set(), set()
    for _ in range(PEOPLE):
        choices = chosen(filing.procedure, by)
        form = complete(filing.procedure, changed(filing.form, choices)) if whole else changed({}, choices)
        dossier = draft_of(name, form)
        opened = Opened(DISTRICT.wards[NAM_DUONG], dossier, message, pages, {})
        for one in (False, True):
            places = steps(filing.procedure, opened, by, one=one)
            told.setdefault((one, "\n".join(str(place) for place, _ in groupby(places))), str(form))
        asked.add(tuple(dossier.asked))
        found.add(tuple((one.field, one.check) for one in dossier.findings))
    assert len(asked) > 1 or filing.procedure.code == "2.000635", "their choices decide what else they are asked"
    assert len(found) > 1, "and what is found"
    assert len(told) == 2, told
    assert whole or all("open_points" in seen for _, seen in told), "what is not answered yet is told"
