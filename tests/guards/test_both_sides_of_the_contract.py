"""Values that the gateway and a service each define, because neither may import the other, are the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest
from annotated_types import MaxLen, MinLen
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException

from gateway import models, staff_links, texts
from gateway.api import guidance_requests, requests, staff_requests, station_requests
from gateway.pages import second_factor as second_factor_pages
from services.accounts.adapters import security_keys
from services.accounts.domain import guidance, opening, second_factor, stations
from services.accounts.use_cases import devices, staff
from services.dossiers.domain import noted_changes, notes
from services.dossiers.use_cases import searches, unit
from services.dossiers.use_cases.office import desk
from tests.guards.parts import nodes
from tests.unit.gateway.conftest import application

# --- limits: what the document allows, the service takes

LIMITS: list[tuple[type[BaseModel], str, int]] = [
    (guidance_requests.OpenPoint, "check", guidance._LONGEST_NAME),
    (guidance_requests.Place, "fields", guidance.MOST_FIELDS),
    (guidance_requests.Place, "open_points", guidance.MOST_POINTS),
    (guidance_requests.Place, "part", guidance._LONGEST_NAME),
    (models.SupplementAsked, "items", desk.MOST_ITEMS),
    (requests.ChangedAddress, "address", opening.LONGEST_ADDRESS),
    (requests.ChangedEmail, "email", opening.LONGEST_EMAIL),
    (requests.ConfirmedIdentity, "full_name", opening.LONGEST_NAME),
    (requests.EntryChange, "value", noted_changes.MOST_LETTERS),
    (requests.OpenAccount, "address", opening.LONGEST_ADDRESS),
    (requests.OpenAccount, "email", opening.LONGEST_EMAIL),
    (requests.OpenAccount, "full_name", opening.LONGEST_NAME),
    (requests.RegisterSearch, "q", searches.LONGEST_QUERY),
    (staff_requests.ChangedStaff, "email", opening.LONGEST_EMAIL),
    (staff_requests.ChangedStaff, "full_name", stations.LONGEST_PERSON_NAME),
    (staff_requests.ChangedStaff, "title", staff.LONGEST_TITLE),
    (staff_requests.FactorReset, "reason", staff.LONGEST_REASON),
    (staff_requests.NewAuthenticator, "name", second_factor.LONGEST_NAME),
    (staff_requests.ShownFactor, "assertion", security_keys._LONGEST),
    (station_requests.Cancellation, "note", stations.LONGEST_NOTE),
    (station_requests.NewDevice, "name", stations.LONGEST_DEVICE_NAME),
    (station_requests.NewScan, "ticket", devices._LONGEST_TICKET),
    (station_requests.NewVolunteer, "full_name", stations.LONGEST_PERSON_NAME),
    (station_requests.SavedOpening, "note", stations.LONGEST_NOTE),
    (station_requests.SavedPhrase, "text", stations.LONGEST_PHRASE),
    *((station_requests.NewStation, name, longest) for name, longest in stations.LONGEST.items()),
]
#: Whose texts go through `written` of dossiers.
WRITTEN: list[type[BaseModel]] = [
    *(value for value in vars(models).values() if isinstance(value, type) and issubclass(value, models.Body)),
    models.Assignment,
    requests.Compared,
    requests.LookedUp,
    requests.NewMinistryNumber,
    requests.NewNote,
    requests.NoteDecision,
    requests.RegisterSearch,
]


def longest(model: type[BaseModel], name: str) -> int | None:
    return next((one.max_length for one in model.model_fields[name].metadata if isinstance(one, MaxLen)), None)


@pytest.mark.parametrize(("model", "name", "limit"), LIMITS)
def test_a_text_may_be_as_long_as_the_service_takes(model: type[BaseModel], name: str, limit: int) -> None:
    assert longest(model, name) == limit


@pytest.mark.parametrize("model", WRITTEN)
def test_no_text_for_a_dossier_may_be_longer_than_the_service_takes(model: type[BaseModel]) -> None:
    limits = {name: longest(model, name) or 0 for name in model.model_fields if name != "cursor"}
    assert {name for name, limit in limits.items() if limit > unit.LONGEST_TEXT} == set()


def test_the_reason_of_a_reset_has_to_say_as_much_as_the_service_asks_for() -> None:
    (least,) = [one for one in staff_requests.FactorReset.model_fields["reason"].metadata if isinstance(one, MinLen)]
    assert least.min_length == staff.SHORTEST_REASON


def test_the_notes_that_annul_an_entry_are_those_of_the_service() -> None:
    assert frozenset(notes.ANNULLING) == texts.ANNULS_AN_ENTRY
    assert {texts.TAKES_BACK_A_DEATH, texts.ENDS_BY_DEATH} <= set(notes.NOTE_KINDS)


def test_a_page_between_two_factors_is_good_as_long_as_its_ticket() -> None:
    assert timedelta(seconds=second_factor_pages.SECONDS) == second_factor.TICKET_LIFE


# --- refusals: nobody is to learn from the words which side, or which ward, has refused

SAME_WORDS = {"second-factor-over", "session-ended", "unknown-authenticator", "unknown-book"}
#: Beside the words of the wards the gateway has its own for the practice ward, which are no secret.
SAME_AMONG_OTHERS = {"unknown-tracking"}


@cache
def refusals(folder: str) -> frozenset[tuple[str, str]]:
    """Type and text of each refusal whose two are written out, the text also as a name in the same function."""
    functions = (node for _, node in nodes(folder) if isinstance(node, ast.FunctionDef))
    return frozenset(found for function in functions for found in refusals_of(function))


def refusals_of(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    named = {
        ast.unparse(node.targets[0]): node.value.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            said = [one.value if isinstance(one, ast.Constant) else named.get(ast.unparse(one)) for one in node.args]
            yield from pairwise(one for one in said if isinstance(one, str))


def texts_of(folder: str, type: str) -> set[str]:
    return {text for one, text in refusals(folder) if one == type}


@pytest.mark.parametrize("type", sorted(SAME_WORDS | SAME_AMONG_OTHERS))
def test_both_sides_refuse_in_the_same_words(type: str) -> None:
    own, of_services = texts_of("gateway", type), texts_of("services", type)
    assert own & of_services
    if type in SAME_WORDS:
        assert own | of_services == own & of_services


# --- addresses: what a service writes into a text or a paper is a page of the gateway


FILLED = "11111111-2222-4333-8444-555555555555"


def addresses_of_services() -> Iterator[str]:
    """Path of each address below the public one, with `FILLED` for what is filled in."""
    for _, node in nodes("services"):
        if isinstance(node, ast.JoinedStr):
            head, *rest = node.values
            if isinstance(head, ast.FormattedValue) and "base" in ast.unparse(head.value):
                filled = (one.value if isinstance(one, ast.Constant) else FILLED for one in rest)
                yield "".join(map(str, filled)).partition("#")[0]


def test_each_address_that_a_service_writes_is_a_page() -> None:
    adapter = application().url_map.bind("localhost")
    found, lost = list(addresses_of_services()), []
    for path in found:
        try:
            adapter.match(path, "GET")
        except HTTPException:
            lost.append(path)
    assert lost == []
    assert {f"{staff_links.PATH}/{FILLED}", "/theo-doi", f"/gt/{FILLED}"} <= set(found)
