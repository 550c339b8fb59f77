"""The form engine: what is asked, how posted text becomes values, and that nothing typed is lost."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from caunoi.dossiers.v1.dossiers_pb2 import FINDING_KIND_STOPS, Finding
from hypothesis import given
from hypothesis import strategies as st

from gateway.pages.dossier import Opened
from gateway.pages.form_pages import DATE_PARTS, Form, date_parts, progress, read_form, read_posted, shown, value_at
from gateway.pages.widgets import label_text, widget
from gateway.questions import DECLARATION, Field, question
from services.chassis.district import District
from services.dossiers import forms as filled
from services.dossiers.forms import merge
from services.dossiers.views.procedures import procedure as procedure_message
from tests.conftest import NAM_DUONG
from tests.unit.dossiers.worlds import CATALOGUE
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import FORM, a_full_draft
from tests.unit.gateway_pages.ward import TODAY, Ward


@pytest.fixture(scope="module")
def form() -> Form:
    procedure = procedure_message(CATALOGUE.get("1.001193", TODAY))
    return read_form(procedure.form_schema_json, procedure.form_pages_json)


DAY = question("day", "Ngày", widget="date")
NAME = question("name", "Tên", widget="name")
YES_NO = Field("/a/yes", "Có?", "", "radios", "boolean", (), False, "", ())
NUMBER = Field("/a/number", "Số", "", "number", "integer", (), True, "", ())


def posted_day(day: str, month: str, year: str) -> dict[str, str]:
    return dict(zip((f"day-{part}" for part in DATE_PARTS), (day, month, year), strict=True))


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_date_in_three_fields_becomes_an_iso_date_and_comes_back(day: date) -> None:
    patch = read_posted([DAY], posted_day(str(day.day), str(day.month), str(day.year)))
    assert patch == {"day": day.isoformat()}
    assert date_parts(patch["day"]) == {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


@given(st.lists(st.text("0123456789abcxyzđ/. ", max_size=4), min_size=3, max_size=3))
def test_an_unfinished_date_comes_back_as_it_was_typed(parts: list[str]) -> None:
    patch = read_posted([DAY], posted_day(*parts))
    back = date_parts(patch["day"])
    for part, typed in zip(DATE_PARTS, parts, strict=True):
        kept = " ".join(typed.split())
        assert back[part] == kept or (kept.isdigit() and int(back[part]) == int(kept))


@given(st.text(max_size=40))
def test_text_is_kept_in_nfc_on_one_line(text: str) -> None:
    value = read_posted([NAME], {"name": text})["name"]
    assert value is None or value == " ".join(unicodedata.normalize("NFC", text).split())
    assert (value is None) == (not text.split())


def test_an_emptied_field_is_taken_out_of_what_is_saved() -> None:
    assert merge({"name": "An"}, read_posted([NAME], {"name": " "})) == {}


@pytest.mark.parametrize(("typed", "value"), [("true", True), ("false", False), ("perhaps", "perhaps"), ("", None)])
def test_a_yes_or_no_becomes_a_boolean_or_stays_what_it_was(typed: str, value: object) -> None:
    assert read_posted([YES_NO], {"a.yes": typed}) == {"a": {"yes": value}}


@pytest.mark.parametrize(("typed", "value"), [("12", 12), ("mười hai", "mười hai"), ("9" * 30, "9" * 30), ("1²", "1²")])
def test_an_invalid_number_stays_as_typed(typed: str, value: object) -> None:
    assert read_posted([NUMBER], {"a.number": typed}) == {"a": {"number": value}}


def test_the_pages_ask_exactly_what_the_service_asks(form: Form, district: District) -> None:
    procedure = CATALOGUE.get("1.001193", TODAY)
    abandoned = merge(FORM, {"child": {"situation": "abandoned"}})
    for values in ({}, FORM, abandoned, merge(FORM, {"father": {"known": False}})):
        asked = filled.answers(procedure, values).by_pointer
        dossier = dossiers_v1.Dossier(asked=asked)
        opened = Opened(district.wards[NAM_DUONG], dossier, procedure_message(procedure), form, values)
        shown = [one.pointer for page in opened.pages for one in opened.asked_of(page)]
        assert [*shown, *(one.pointer for one in opened.declared)] == list(asked)


def test_a_page_shows_only_the_questions_that_are_asked(form: Form, district: District) -> None:
    page = next(page for page in form.pages if len(page.fields) > 1)
    dossier = dossiers_v1.Dossier(asked=[page.fields[-1].pointer])
    opened = Opened(district.wards[NAM_DUONG], dossier, dossiers_v1.Procedure(), form, {})
    assert opened.pages == [page]
    assert opened.asked_of(page) == [page.fields[-1]]


def test_an_answer_left_behind_on_a_page_no_longer_shown_asks_nothing(browser: Browser, ward: Ward) -> None:
    where = a_full_draft(ward)
    browser.signed_in()
    father = f"{where}/to-khai/father"
    assert browser.get(f"{where}/to-khai").all("a", href=father)
    (draft,) = ward.dossiers.values()
    found = '{"child": {"situation": "abandoned"}}'
    ward.rpc_save_form(dossiers_v1.SaveFormRequest(dossier_id=draft.id, form_json=found))
    assert json.loads(draft.form_json)["father"]["known"], "it is kept"
    assert not browser.get(f"{where}/to-khai").all("a", href=father)


def test_every_field_of_every_page_can_be_drawn_and_read_back(form: Form) -> None:
    for one in form.fields.values():
        if one.widget == DECLARATION:
            continue
        view = widget(one, FORM, {}, heading="")
        value = value_at(FORM, one.pointer)
        if view["macro"] == "date":
            posted = {f"{one.name}-{item['name']}": item["value"] for item in view["params"]["items"]}
        else:
            posted = {one.name: view["params"]["value"]}
        assert value_at(read_posted([one], posted), one.pointer) == value, one.pointer


def test_a_value_is_shown_in_the_words_of_its_choice(form: Form) -> None:
    assert shown(form.fields["/child/sex"], "male") == "Nam (con trai)"
    assert shown(form.fields["/mother/known"], False) == "Không"
    assert shown(form.fields["/child/birth_date"], "2020-09-02") == "02/09/2020"


NAMED = {"name": "Nguyễn Minh An"}


@pytest.mark.parametrize(
    ("fields", "values", "stopped_at", "prefilled", "state"),
    [
        ([NUMBER], {}, "", [], "optional"),
        ([NAME], {}, "", [], "open"),
        ([NAME], {}, NAME.pointer, [], "open"),
        ([NAME], NAMED, "", [], "done"),
        ([NAME], NAMED, NAME.pointer, [], "wrong"),
        ([NAME, NUMBER], NAMED, NUMBER.pointer, [], "half"),
        ([NAME], NAMED, "", [NAME.pointer], "prefilled"),
        ([NAME, NUMBER], NAMED, NUMBER.pointer, [NAME.pointer], "open"),
    ],
)
def test_a_page_nobody_has_opened_is_not_done(
    fields: list[Field], values: dict[str, Any], stopped_at: str, prefilled: list[str], state: str
) -> None:
    findings = [Finding(field=stopped_at, kind=FINDING_KIND_STOPS, text="Xin ghi.")] if stopped_at else []
    assert progress(fields, values, findings, prefilled) == state


def test_what_has_to_be_answered_in_some_case_is_not_said_to_be_left_at_will(form: Form) -> None:
    asked = {one.pointer: one for page in form.pages for one in page.fields}
    assert [pointer for pointer, one in asked.items() if one.conditional] == []
    procedure = procedure_message(CATALOGUE.get("1.004873", TODAY))
    own = read_form(procedure.form_schema_json, procedure.form_pages_json)
    labels = {one.pointer: label_text(one) for page in own.pages for one in page.fields}
    assert labels["/person/birth_date"] == "Ngày sinh"
    assert labels["/person/birth_place"] == "Nơi sinh (không bắt buộc)"
    receipt = question("receipt", "Số biên lai đã giao", optional=True, conditional=True)
    assert label_text(receipt) == "Số biên lai đã giao"
