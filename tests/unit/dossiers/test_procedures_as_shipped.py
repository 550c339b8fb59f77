"""Properties of every shipped procedure, in each of its versions, for any input."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.dossiers import forms as filled
from services.dossiers.domain.canonical import canonical
from services.dossiers.domain.pointers import holds
from services.dossiers.domain.procedures import DocumentMode, Procedure
from services.dossiers.forms import asked, findings, leaves, merge, refuse_impossible, tellable
from tests.unit.dossiers.worlds import CATALOGUE, Registers, changed

VERSIONS = {f"{each.code}/{each.version}": each for each in CATALOGUE}
COPIES = "2.000635"  # a requester of a copy shows a paper with a photograph and nothing else
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.dates().map(date.isoformat),
    st.from_regex(r"[0-9]{9,12}", fullmatch=True),
)


def answers(procedure: Procedure, pointers: Iterable[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Any answers to these questions: mostly valid ones, so that checks have findings."""
    leaf_of = leaves(procedure.form)
    fields = {}
    for pointer in pointers:
        leaf = leaf_of[pointer]
        choices = list(leaf.get("enum", [True, False] if leaf["type"] == "boolean" else []))
        right = [st.sampled_from(choices)] * 3 if choices else [TEXTS]
        fields[pointer] = st.one_of(*right, st.integers(-5, 3000), st.booleans())
    return st.fixed_dictionaries({}, optional=fields)


def texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for name, member in node.items():
            yield from (name, *texts(member))
    elif isinstance(node, list | tuple):
        for member in node:
            yield from texts(member)


@pytest.mark.parametrize("name", VERSIONS)
@settings(max_examples=8)
@given(data=st.data())
def test_whatever_is_typed_is_kept_and_answered(name: str, data: st.DataObject) -> None:
    """No check breaks on incomplete answers, with or without open registers."""
    procedure = VERSIONS[name]
    form = merge({}, changed({}, data.draw(answers(procedure, leaves(procedure.form)))))
    refuse_impossible(procedure, form)
    first_day = procedure.valid_from
    found = findings(procedure, form, set(), first_day, Registers(), first_day)
    assert all(each.text and each.check and each.field for each in found)
    filed = asked(procedure, form)
    assert asked(procedure, filed) == filed
    assert canonical(filed)


@pytest.mark.parametrize("name", VERSIONS)
@settings(max_examples=15)
@given(data=st.data())
def test_a_page_is_shown_by_its_own_condition_alone(name: str, data: st.DataObject) -> None:
    """Conditions in the file name all fields that they depend on, so pages need not follow chains."""
    procedure = VERSIONS[name]
    fields = leaves(procedure.form)
    conditions = [page.when for page in procedure.pages] + [leaf.get("x-when", {}) for leaf in fields.values()]
    deciding = sorted({pointer for condition in conditions for pointer in condition})
    form = merge({}, changed({}, data.draw(answers(procedure, deciding))))
    shown = {
        field
        for page in procedure.pages
        if holds(form, page.when)
        for field in page.fields
        if holds(form, fields[field].get("x-when", {}))
    }
    assert shown == set(filled.answers(procedure, form).by_pointer)


@pytest.mark.parametrize("name", VERSIONS)
def test_its_texts_are_composed(name: str) -> None:
    """NFC, no doubled spaces."""
    procedure = VERSIONS[name]
    every = [*texts(dict(procedure.form)), *texts(procedure.pages_json()), *texts(dict(procedure.texts))]
    every += [procedure.name, procedure.summary, procedure.fee.text, procedure.time_limit.text, *procedure.steps]
    every += [text for each in procedure.documents for text in (each.title, each.hint, each.condition)]
    assert [each for each in every if unicodedata.normalize("NFC", each) != each or "  " in each] == []
    assert {"before_you_start", "declaration", "at_handover"} <= set(procedure.texts)


@pytest.mark.parametrize("name", VERSIONS)
def test_its_questions_say_what_to_do_if_they_are_left_open(name: str) -> None:
    """Otherwise people read the question's title again."""
    fields = leaves(VERSIONS[name].form).items()
    needed = {pointer: leaf for pointer, leaf in fields if not any(each.startswith("x-optional") for each in leaf)}
    assert [pointer for pointer, leaf in needed.items() if "missing" not in leaf.get("x-errors", {})] == []


@pytest.mark.parametrize("name", VERSIONS)
def test_the_declaration_is_asked_last(name: str) -> None:
    """TT 04/2020 Đ5. A page that an amendment adds lands behind it (docs/contributing.md, To add a field to a form)."""
    assert VERSIONS[name].pages[-1].fields == ("/declaration/truthful",)


@pytest.mark.parametrize("name", VERSIONS)
def test_who_files_shows_a_photo_paper_and_until_2022_where_they_live(name: str) -> None:
    """NĐ 123/2015 Đ2; NĐ 104/2022: of a marriage both, in any case, and nothing of it is kept."""
    version = VERSIONS[name]
    whose = ("wife-", "husband-") if version.code == "1.000894" else ("",)
    identity = {f"{who}identity" if who else "requester-identity" for who in whose}
    residence = {f"{who}residence-proof" for who in whose if version.code != COPIES}
    shown = {each.kind for each in version.documents if each.mode is DocumentMode.PRESENT and each.always}
    assert identity <= shown
    assert residence & shown == (residence if version.version < "2023-01-01" else set())


@pytest.mark.parametrize("code", sorted({each.code for each in VERSIONS.values()}))
def test_from_2023_nobody_shows_a_household_book(code: str) -> None:
    """NĐ 104/2022: the change of 1/1/2023 is a version of its own; what began before keeps asking."""
    before, changed = (CATALOGUE.get(code, day) for day in (date(2022, 12, 31), date(2023, 1, 1)))
    assert (before.version, changed.version) == ("2020-09-15", "2023-01-01")
    assert any("residence-proof" in each.kind for each in before.documents) or code == COPIES
    for after in (each for each in CATALOGUE if each.code == code and each.valid_from >= changed.valid_from):
        assert not any("residence-proof" in each.kind for each in after.documents)
        assert "Nghị định 104/2022/NĐ-CP" in after.legal_basis
        assert "hộ khẩu" not in str([after.form, after.pages, after.documents])
        asked_for = [each for each in after.documents if each.if_not_looked_up]
        own = [each.if_not_looked_up for each in asked_for if len(each.if_not_looked_up) == 1]
        declared = [each.at for each in after.residences]
        assert sorted(own) == sorted((at,) for at in declared), "each residence has a paper of its own"
        assert [each for each in asked_for if len(each.if_not_looked_up) > 1] == [
            each for each in asked_for if each.kind == "residence-paper"
        ], "and a household may have one for all, as a dossier was asked for before"
        assert bool(declared) is (code != COPIES)
        assert not any(each.always or each.needed_for({}) for each in asked_for)
    assert not before.residences


#: Checks that tell nothing about a person: something is missing, is written in another form, or cannot be at all.
TELL_NOTHING = {
    *("required", "document-required", "type", "choice", "date", "pattern", "length", "range"),
    *("person-names", "phone-number", "dates-not-in-future", "dates-not-long-ago", "birth-date", "death-and-birth"),
}
#: Questions and papers of few: a divorce, a death in the family, a father who is not married or not known.
OF_FEW = {
    "1.001193": {
        *(f"/parents/{name}" for name in ("husband_lately", "marriage_ended_on", "court_refused")),
        *("/parents/mother_had_husband", "/parents/both_acknowledge", "documents/abandonment-report"),
        *("documents/court-refusal", "documents/relation-test", "/child/found_on", "/child/birth_date_from"),
        "documents/fatherhood-judgment",
    },
    "1.000689": {
        *("/parents/husband_lately", "/parents/mother_had_husband", "/parents/marriage_ended_on"),
        *("/parents/court_refused", "documents/court-refusal", "documents/relation-test"),
        "documents/fatherhood-judgment",
    },
    "1.000894": {"/wife/judgment_date", "/husband/death_extract_date", "documents/wife-divorce-note"},
    "1.000656": {"documents/police-record", "documents/execution-report", "/death/registered_abroad"},
    "1.004873": {"/status/judgment_date", "/status/partner_name", "/spouse/full_name", "documents/divorce-judgment"},
    "2.000635": {"/organisation/reason"},
}


@pytest.mark.parametrize("name", VERSIONS)
def test_a_volunteer_is_told_no_check_that_tells_of_a_person(name: str) -> None:
    procedure = VERSIONS[name]
    assert set(procedure.harmless.checks) <= TELL_NOTHING
    assert "required" in procedure.harmless.checks
    places = [*leaves(procedure.form), *(f"documents/{document.kind}" for document in procedure.documents)]
    assert OF_FEW[procedure.code] <= set(places)
    for place in OF_FEW[procedure.code]:
        assert not any(procedure.harmless.covers(check, place) for check in TELL_NOTHING), place
    for place in places:
        assert not procedure.harmless.covers("late-registration", place)
    assert procedure.harmless.covers("required", places[0])


@pytest.mark.parametrize("name", VERSIONS)
def test_a_volunteer_is_told_only_what_everybody_is_asked(name: str) -> None:
    procedure = VERSIONS[name]
    told = set(tellable(procedure))
    assert not told & OF_FEW[procedure.code]
    nobody_answered = set(filled.answers(procedure, {}).by_pointer)
    assert {each for each in told if each.startswith("/")} <= nobody_answered
    pages = {f"page/{page.name}": set(page.fields) for page in procedure.pages}
    for page in told & set(pages):
        assert pages[page] & nobody_answered, page
    needed = {f"documents/{each.kind}" for each in procedure.documents if not each.when}
    assert {each for each in told if each.startswith("documents/")} <= needed
    assert "page/declaration" in told
