"""Every field of every version of every form, with everything that people, machines and mischief put into fields."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.chassis.refusal import Kind, Refusal
from services.dossiers import forms as filled
from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import Procedure
from services.dossiers.forms import Answers, asked, findings, leaves, merge, refuse_impossible
from tests.unit.dossiers.birth_forms import birth_form
from tests.unit.dossiers.combined_birth_forms import COMBINED
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import CATALOGUE, Filing, changed

COMPLETE = {
    "1.001193": Filing(CATALOGUE.get("1.001193", MARRIAGE.day), birth_form(), MARRIAGE.day),
    "1.000894": MARRIAGE,
    "1.000656": DEATH,
    "1.004873": MARITAL_STATUS,
    "2.000635": COPY,
    "1.000689": COMBINED,
}


def _under(version: Procedure) -> Filing:
    """The complete form of the procedure, filed under one of its versions."""
    filing = COMPLETE[version.code]
    return replace(filing, procedure=version, form=complete(version, filing.form))


#: Members of a field that may stay empty, at least beside others.
OPTIONAL = {"x-optional", "x-optional-with", "x-optional-unless"}


def complete(version: Procedure, form: Mapping[str, Any]) -> dict[str, Any]:
    """The form with what it leaves open: answered with the field's own example, or its first choice."""
    fields = leaves(version.form)
    form = asked(version, form)
    while open_fields := [
        pointer
        for pointer in filled.answers(version, form).by_pointer
        if value_at(form, pointer) is None and not OPTIONAL & set(fields[pointer])
    ]:
        form = changed(form, {pointer: _example(fields[pointer]) for pointer in open_fields})
    return form


def _example(leaf: Mapping[str, Any]) -> Any:
    return (*leaf.get("examples", ()), *leaf.get("enum", ()), True)[0]


FILINGS = {f"{each.code}/{each.version}": _under(each) for each in CATALOGUE}
each_version = pytest.mark.parametrize("name", FILINGS)

#: Wrong in a field of this type: it stays saved as it was typed, and an error is shown beside the field.
WRONG: dict[str, list[object]] = {
    "string": [7, True, "x" * 500],
    "integer": ["hai", True, -1, 10**9],
    "boolean": ["Có", 1, "true"],
}
DATES = ["2020-02-30", "2021-02-29", "30/9/2020", "20200912", "2020-W37-6", "hôm qua", "2020-9-1"]
#: Values that no page can send: refused as a whole, and saved data do not change.
IMPOSSIBLE: list[object] = [[], ["a"], {"a": "b"}, 1.5, "x" * 501, 10**13]
MARKUP = ["<script>alert(1)</script>'; DROP TABLE dossiers; --", "{{7*7}} #text(red)[x] =HYPERLINK(1)"]
MIXED = ["Nguyễn Vаn An", "Lê ２ 安 🙂"]  # the second а is Cyrillic


def _tried(name: str, pointer: str, value: object) -> tuple[dict[str, Any], Filing]:
    """The form after the field was saved with the value, as the use case saves it."""
    filing = FILINGS[name]
    *groups, field = pointer.removeprefix("/").split("/")
    patch: dict[str, Any] = {field: value}
    for group in reversed(groups):
        patch = {group: patch}
    form = merge(filing.form, patch)
    refuse_impossible(filing.procedure, form)
    return form, filing


def _stopped(form: dict[str, Any], filing: Filing, pointer: str, given: Answers | None = None) -> list[str]:
    """What stops the filing at this field; `given` are the form's answers, if already computed."""
    return _stops(form, filing, given).get(pointer, [])


def _stops(form: dict[str, Any], filing: Filing, given: Answers | None = None) -> dict[str, list[str]]:
    """What stops the filing, by field."""
    every_paper = {each.kind for each in filing.procedure.documents}
    found = findings(filing.procedure, form, every_paper, filing.day, given=given)
    assert all(each.text.strip() for each in found), "no finding without what to do next"
    stops: dict[str, list[str]] = {}
    for each in found:
        if each.kind is FindingKind.STOPS:
            stops.setdefault(each.field, []).append(each.text)
    return stops


@each_version
def test_a_value_of_the_wrong_kind_is_kept_and_told_beside_its_field(name: str) -> None:
    for pointer, leaf in leaves(FILINGS[name].procedure.form).items():
        values = DATES if leaf.get("format") == "date" else WRONG[leaf["type"]]
        for value in values:
            form, filing = _tried(name, pointer, value)
            assert value_at(form, pointer) == value
            given = filled.answers(filing.procedure, form)
            if pointer not in given.by_pointer:
                continue  # a question that is not asked now cannot be answered wrongly
            fits = value == "x" * 500 and "maxLength" not in leaf and "enum" not in leaf and "pattern" not in leaf
            assert bool(_stopped(form, filing, pointer, given)) != fits, (pointer, value)


@each_version
def test_nothing_or_blanks_are_no_answer(name: str) -> None:
    for pointer, leaf in leaves(FILINGS[name].procedure.form).items():
        tried = [_tried(name, pointer, value) for value in ("", "   ", "\t\n", None)]
        given, *others = [filled.answers(filing.procedure, form) for form, filing in tried]
        assert others == [given] * 3, pointer
        if pointer in given.by_pointer and not OPTIONAL & set(leaf):
            assert _stopped(*tried[0], pointer, given), pointer


@each_version
def test_what_is_optional_stops_no_filing_where_it_is_empty(name: str) -> None:
    """Programs rely on `x-optional`: no other rule asks for such a field, for any choices."""
    filing = FILINGS[name]
    fields = leaves(filing.procedure.form)
    choices = [(pointer, value) for pointer, leaf in fields.items() for value in leaf.get("enum", ())]
    choices += [
        (pointer, value) for pointer, leaf in fields.items() if leaf["type"] == "boolean" for value in (True, False)
    ]
    # A choice that is made already, or is not asked for, leaves the form as it is: each form is tried once.
    forms: dict[str, tuple[dict[str, Any], str, object]] = {}
    for chosen, value in choices:
        form = asked(filing.procedure, changed(filing.form, {chosen: value}))
        forms.setdefault(json.dumps(form, sort_keys=True), (form, chosen, value))
    for form_so_far, chosen, value in forms.values():
        form = complete(filing.procedure, form_so_far)
        asked_now = filled.answers(filing.procedure, form).by_pointer
        optional = [pointer for pointer in asked_now if fields[pointer].get("x-optional")]
        stops = _stops(changed(form, dict.fromkeys(optional)), filing)
        stopped = [pointer for pointer in optional if pointer in stops]
        assert stopped == [], f"{stopped}, where {chosen} is {value}"


def test_one_of_several_alternative_fields_is_needed() -> None:
    for code in ("1.000894", "1.004873"):
        filing = COMPLETE[code]
        fields = leaves(filing.procedure.form)
        pairs = {
            pointer: leaf["x-optional-with"]
            for pointer, leaf in fields.items()
            if "x-optional-with" in leaf and pointer.endswith("birth_date")
        }
        assert len(pairs) == 2
        for pointer, others in pairs.items():
            assert [fields[other]["x-optional-with"] for other in others] == [[pointer]]
            none = changed(filing.form, dict.fromkeys([pointer, *others]))
            assert _stopped(none, filing, pointer), pointer
            (other,) = others
            assert not _stopped(changed(none, {other: 1990}), filing, pointer), "the year alone"


@each_version
def test_what_no_page_can_send_is_refused_and_changes_nothing(name: str) -> None:
    for pointer in leaves(FILINGS[name].procedure.form):
        before = json.dumps(FILINGS[name].form, ensure_ascii=False)
        for value in IMPOSSIBLE:
            with pytest.raises(Refusal) as refused:
                _tried(name, pointer, value)
            assert (refused.value.kind, refused.value.type) == (Kind.INVALID, "invalid-form")
            assert refused.value.fields[0].field.startswith(pointer)
            assert refused.value.fields[0].text
        assert json.dumps(FILINGS[name].form, ensure_ascii=False) == before


@each_version
def test_decomposed_letters_are_kept_composed(name: str) -> None:
    """docs/architecture.md, rule 10: NFC, so that one name is one text."""
    for pointer in leaves(FILINGS[name].procedure.form):
        form, _ = _tried(name, pointer, unicodedata.normalize("NFD", "Nguyễn Thị Ngọc Ánh"))
        assert value_at(form, pointer) == "Nguyễn Thị Ngọc Ánh"


@each_version
def test_markup_and_mixed_scripts_break_nothing_and_are_no_name(name: str) -> None:
    """Kept as typed: pages and papers escape what they show; a name of them stops the filing (TT 04/2020 Đ6)."""
    for pointer, leaf in leaves(FILINGS[name].procedure.form).items():
        for value in (*MARKUP, *MIXED):
            form, filing = _tried(name, pointer, value)
            assert value_at(form, pointer) == value
            given = filled.answers(filing.procedure, form)
            stopped = _stopped(form, filing, pointer, given)
            if leaf.get("x-widget") == "name" and pointer in given.by_pointer:
                assert stopped, (pointer, value)


@each_version
def test_a_field_that_does_not_exist_is_refused_beside_one_that_does(name: str) -> None:
    for pointer in leaves(FILINGS[name].procedure.form):
        with pytest.raises(Refusal) as refused:
            _tried(name, f"{pointer}x", "a")
        assert refused.value.type == "invalid-form"


@each_version
def test_every_form_as_it_is_meant_can_be_filed(name: str) -> None:
    filing = FILINGS[name]
    every_paper = {each.kind for each in filing.procedure.documents}
    found = findings(filing.procedure, filing.form, every_paper, filing.day)
    assert [each for each in found if each.kind is FindingKind.STOPS] == []
    assert asked(filing.procedure, changed(filing.form)) == asked(filing.procedure, filing.form)
