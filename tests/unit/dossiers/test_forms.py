"""Forms: what is kept, what is refused, what is missing; nothing typed is lost."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.refusal import Kind, Refusal
from services.dossiers import forms as filled
from services.dossiers.domain.canonical import canonical
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.pointers import value_at
from services.dossiers.forms import (
    KEYWORDS,
    _error_text,
    _missing_text,
    about_filer,
    asked,
    findings,
    known,
    leaves,
    merge,
    refuse_impossible,
)
from tests.unit.dossiers.birth_forms import BIRTH, TODAY, birth_form, found


def texts(form: dict[str, Any]) -> dict[str, str]:
    """The messages about values that are not valid yet."""
    of_values = {*filled._CHECK.values()}
    return {each.field: each.text for each in findings(BIRTH, form, set(), TODAY) if each.check in of_values}


def missing_in(form: dict[str, Any], documents: set[str]) -> list[Finding]:
    """The fields and papers that are missing."""
    found = findings(BIRTH, form, documents, TODAY)
    return [each for each in found if each.check in ("required", "document-required")]


def refused(form: object) -> dict[str, str]:
    with pytest.raises(Refusal) as caught:
        refuse_impossible(BIRTH, form)
    assert (caught.value.kind, caught.value.type) == (Kind.INVALID, "invalid-form")
    return {each.field: each.text for each in caught.value.fields}


def test_a_patch_replaces_what_it_names_and_leaves_the_rest() -> None:
    """RFC 7396."""
    saved = {"child": {"full_name": "A", "sex": "male"}, "copies": {"wanted": False}}
    patch = {"child": {"full_name": "B", "sex": None}, "copies": None, "mother": {"known": True, "full_name": None}}
    assert merge(saved, patch) == {"child": {"full_name": "B"}, "mother": {"known": True}}
    assert saved == {"child": {"full_name": "A", "sex": "male"}, "copies": {"wanted": False}}


def test_texts_are_kept_in_nfc_without_outer_spaces_and_what_storage_cannot_hold() -> None:
    typed = unicodedata.normalize("NFD", "  Nguyễn\x00 Minh An\ud800 ")
    assert merge({}, {"child": {"full_name": typed}}) == {"child": {"full_name": "Nguyễn Minh An"}}
    assert merge({}, {"birth_place": {"address": "12 Lê Lợi\nĐà Nẵng"}})["birth_place"]["address"].count("\n") == 1


def test_whole_numbers_written_with_a_point_are_whole_numbers() -> None:
    merged = merge({}, {"mother": {"birth_year": 1994.0}})
    assert canonical(merged) == b'{"mother":{"birth_year":1994}}'


@pytest.mark.parametrize("patch", [[], "x", 3, None, True])
def test_a_patch_that_is_no_object_is_refused(patch: object) -> None:
    with pytest.raises(Refusal, match="invalid-form"):
        merge({}, patch)


def test_a_patch_nested_beyond_sense_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"child": deep}
    with pytest.raises(Refusal, match="invalid-form"):
        merge({}, deep)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ([], ""),
        ({"grandmother": {}}, "/grandmother"),
        ({"child": {"nickname": "Bi"}}, "/child/nickname"),
        ({"child": {"nick/name~": "Bi"}}, "/child/nick~1name~0"),
        ({"child": "An"}, "/child"),
        ({"child": {"full_name": {"first": "An"}}}, "/child/full_name"),
        ({"child": {"full_name": ["An"]}}, "/child/full_name"),
        ({"child": {"full_name": "A" * 501}}, "/child/full_name"),
        ({"mother": {"birth_year": 1994.5}}, "/mother/birth_year"),
        ({"mother": {"known": 0.5}}, "/mother/known"),
        ({"child": {"sex": 1.5}}, "/child/sex"),
        ({"child": {"full_name": 1.5}}, "/child/full_name"),
        ({"child": {"sex": [5]}}, "/child/sex"),
        ({"mother": {"birth_year": float("nan")}}, "/mother/birth_year"),
        ({"mother": {"birth_year": 10**13}}, "/mother/birth_year"),
    ],
)
def test_what_no_field_can_hold_is_refused_by_field(form: object, field: str) -> None:
    assert set(refused(form)) == {field}


def test_all_faults_are_named_at_once() -> None:
    assert set(refused({"child": {"nickname": "Bi", "full_name": []}, "x" * 200: 1})) == {
        "/child/nickname",
        "/child/full_name",
        "/" + "x" * 60,
    }


@pytest.mark.parametrize(
    ("field", "value", "check"),
    [
        ("/child/birth_date", "12/9/2020", "date"),
        ("/child/birth_date", "2020-02-30", "date"),
        ("/child/birth_date", "20200912", "date"),
        ("/child/birth_date", "2020-W37-6", "date"),
        ("/child/birth_date", 20200912, "type"),
        ("/child/sex", "boy", "choice"),
        ("/child/sex", 5, "type"),
        ("/child/sex", True, "type"),
        ("/mother/known", 1, "type"),
        ("/child/full_name", 5, "type"),
        ("/child/full_name", "A" * 101, "length"),
        ("/mother/birth_year", "1994", "type"),
        ("/mother/birth_year", 94, "range"),
        ("/mother/birth_year", 2994, "range"),
        ("/mother/known", "yes", "type"),
        ("/requester/identity_number", "số 12", "pattern"),
    ],
)
def test_a_value_that_is_not_right_yet_is_kept_and_comes_back_as_one_finding(
    field: str, value: object, check: str
) -> None:
    form = birth_form({field: value})
    refuse_impossible(BIRTH, form)
    assert value_at(merge({}, form), field) == value
    [finding] = [each for each in findings(BIRTH, form, set(), TODAY) if each.field == field]
    assert (finding.check, finding.kind) == (check, FindingKind.STOPS)
    assert len(finding.text) > 10


def test_texts_say_what_to_do() -> None:
    form = birth_form({"/copies/wanted": True, "/copies/count": 70, "/mother/birth_year": "chín tư"})
    assert texts(form) == {
        "/copies/count": "Xin ghi số bản sao từ 1 đến 50.",
        "/mother/birth_year": "Năm sinh của mẹ: xin ghi bằng chữ số, như 1992.",
    }


def test_every_field_has_a_text_for_every_way_to_be_wrong() -> None:
    for pointer, leaf in leaves(BIRTH.form).items():
        assert _missing_text(leaf), pointer
        assert all(_error_text(leaf, keyword) for keyword in KEYWORDS & set(leaf)), pointer


def test_an_empty_form_is_asked_for_what_does_not_depend_on_an_answer() -> None:
    missing = missing_in({}, set())
    assert [each.field for each in missing] == [
        "/requester/relation",
        "/requester/full_name",
        "/requester/residence",
        "/requester/identity_paper",
        "/requester/identity_number",
        "/requester/identity_issued_on",
        "/requester/identity_issued_by",
        "/child/situation",
        "/child/full_name",
        "/child/birth_date",
        "/child/sex",
        "/birth_place/kind",
        "/birth_place/address",
        "/copies/wanted",
        "/declaration/truthful",
    ]
    assert missing[8].text == "Xin ghi họ, chữ đệm, tên của trẻ."


def test_an_emptied_field_is_a_missing_one() -> None:
    assert [
        each.field for each in missing_in(birth_form({"/child/full_name": ""}), {"birth-certificate-of-hospital"})
    ] == ["/child/full_name"]


def test_answers_to_questions_that_a_later_version_lacks_are_left_out_and_all_others_stay() -> None:
    schema = dict(BIRTH.form)
    schema["properties"] = {name: group for name, group in schema["properties"].items() if name != "copies"}
    form = birth_form({"/copies/wanted": True, "/father/known": False, "/father/full_name": "Chưa hỏi đến"})
    rest = known(replace(BIRTH, form=schema), form)
    assert "copies" not in rest
    assert rest == {name: group for name, group in form.items() if name != "copies"}
    assert known(BIRTH, form) == form


def test_each_field_is_asked_for_only_when_its_page_is() -> None:
    unknown_father = birth_form({"/father/known": False})
    pointers = filled.answers(BIRTH, unknown_father).by_pointer
    assert "/father/full_name" not in pointers
    assert "/parents/married" not in pointers
    assert "/parents/husband_lately" in pointers
    filed = asked(BIRTH, unknown_father)
    assert filed["father"] == {"known": False}
    assert "parents" not in filed
    assert unknown_father["father"]["full_name"] == "Nguyễn Văn Hùng"


def test_an_answer_left_behind_on_a_page_that_is_not_asked_decides_nothing() -> None:
    pages = [
        replace(page, when={"/parents/married": True}) if page.name == "copies-count" else page for page in BIRTH.pages
    ]
    procedure = replace(BIRTH, pages=tuple(pages))
    assert "/copies/count" in filled.answers(procedure, birth_form()).by_pointer
    left_behind = birth_form({"/father/known": False, "/parents/married": True})
    assert "/copies/count" not in filled.answers(procedure, left_behind).by_pointer


def test_a_number_or_a_word_is_no_yes() -> None:
    for value in (1, "true"):
        assert "/mother/full_name" not in filled.answers(BIRTH, birth_form({"/mother/known": value})).by_pointer
    assert "/mother/full_name" in filled.answers(BIRTH, birth_form()).by_pointer


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "birth-certificate-of-hospital"),
        ({"/child/birth_paper": "witness"}, "witness-statement"),
        ({"/child/birth_paper": "commitment"}, "birth-commitment"),
        ({"/child/situation": "abandoned"}, "abandonment-report"),
    ],
)
def test_one_paper_about_the_birth_is_asked_for(changes: dict[str, Any], kind: str) -> None:
    """NĐ 123/2015 Đ9: giấy chứng sinh, else a witness's statement, else a commitment; Đ14: the report."""
    wanted = [each for each in missing_in(birth_form(changes), set()) if each.field.startswith("documents/")]
    assert [each.field for each in wanted] == [f"documents/{kind}"]
    assert "NĐ 123/2015 Đ9" in wanted[0].article


def test_papers_that_are_only_shown_are_never_demanded_as_files() -> None:
    """NĐ 123/2015 Đ3: of papers that are presented no copies may be demanded."""
    demanded = {each.field for each in found(documents=set())}
    assert not demanded & {
        "documents/requester-identity",
        "documents/residence-proof",
        "documents/marriage-certificate",
    }


def test_surrogacy_asks_for_the_facilitys_paper() -> None:
    """NĐ 123/2015 Đ9."""
    fields = {each.field for each in found({"/child/surrogacy": True}, documents=set())}
    assert "documents/surrogacy-confirmation" in fields


def test_findings_come_in_the_order_of_the_pages_with_documents_after_the_fields() -> None:
    form = birth_form({"/requester/full_name": None, "/child/sex": "boy", "/copies/wanted": None})
    basic = [each.field for each in findings(BIRTH, form, set(), TODAY) if each.kind is FindingKind.STOPS]
    assert basic == ["/requester/full_name", "/child/sex", "/copies/wanted", "documents/birth-certificate-of-hospital"]


# Forms as people leave them: any answers, on any pages, in any state.

LEAVES = leaves(BIRTH.form)


def values(leaf: dict[str, Any]) -> st.SearchStrategy[Any]:
    choices = list(leaf.get("enum", [True, False] if leaf["type"] == "boolean" else []))
    typed = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    return st.one_of(*([st.sampled_from(choices)] if choices else []), typed, st.integers(-5, 3000), st.booleans())


ANSWERS = st.fixed_dictionaries({}, optional={pointer: values(leaf) for pointer, leaf in LEAVES.items()})


@settings(max_examples=50)
@given(ANSWERS)
def test_whatever_is_typed_is_kept_and_answered(answers: dict[str, Any]) -> None:
    form = merge({}, birth_form(answers))
    refuse_impossible(BIRTH, form)
    assert merge({}, form) == form
    answer = findings(BIRTH, form, set(), TODAY)
    assert all(each.text and each.check and each.field for each in answer)
    filed = asked(BIRTH, form)
    assert asked(BIRTH, filed) == filed
    assert canonical(filed)
    if not any(each.kind is FindingKind.STOPS for each in answer):
        assert all(
            value_at(filed, each) not in (None, "") or LEAVES[each].get("x-optional")
            for each in filled.answers(BIRTH, filed).by_pointer
        )


def of_filer(form: dict[str, Any]) -> list[str]:
    return about_filer(BIRTH, filled.answers(BIRTH, form))


def test_which_questions_are_about_the_filer_follows_from_the_answers_that_are_asked_for() -> None:
    mother = {"/mother/full_name", "/mother/residence"}
    assert mother <= set(of_filer(merge(birth_form(), {"requester": {"relation": "mother"}})))
    assert mother.isdisjoint(of_filer(merge(birth_form(), {"requester": {"relation": "grandparent"}})))
    assert of_filer({}) == []


def test_a_condition_about_the_filer_takes_one_of_several_values_and_no_number_for_true() -> None:
    def with_condition(condition: dict[str, Any], form: dict[str, Any]) -> list[str]:
        leaf = {"type": "string", "x-prefill": "full_name", "x-prefill-when": condition}
        procedure = replace(BIRTH, form={"properties": {"name": leaf}})
        return about_filer(procedure, filled.Answers({}, form))

    assert with_condition({"/relation": ["mother", "father"]}, {"relation": "father"}) == ["/name"]
    assert with_condition({"/relation": ["grandparent"]}, {"relation": "father"}) == []
    assert with_condition({"/for_self": True}, {"for_self": True}) == ["/name"]
    assert with_condition({"/for_self": True}, {"for_self": 1}) == []
