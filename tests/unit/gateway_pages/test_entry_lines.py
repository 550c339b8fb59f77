"""An entry as lines: every member of every register's content has a name, every code its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.pages.entry_lines import UNNAMED, sections
from services.dossiers.domain.register import REGISTERS
from tests.unit.dossiers import (
    test_copy_entries,
    test_death_entries,
    test_marital_status_entries,
    test_marriage_entries,
    test_register,
)
from tests.unit.dossiers.marriage_forms import divorced, widowed

CHILD = {"/deceased/birth_date": "2020-01-02", "/deceased/birth_year": None}


def filled(content: Any) -> Any:
    """The same content with a text in every empty place, so that no member is missed."""
    if isinstance(content, dict):
        return {name: filled(value) for name, value in content.items()}
    return "đã ghi" if content in ("", None) else content


def entries() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "birth", test_register.content()
    for situation in ("abandoned", "parents-unknown"):
        yield "birth", test_register.content({"/child/situation": situation})
    yield "marriage", test_marriage_entries.content({**divorced("wife"), **widowed("husband")})
    yield "death", test_death_entries.content()
    yield "death", test_death_entries.content(CHILD)
    yield "marital-status", test_marital_status_entries.content()
    for of in (test_register.content(), test_marriage_entries.content(), test_death_entries.content()):
        form = {"/copy/kind": of["register"]}
        yield "copies", test_copy_entries.content(form, {**of, "entry_id": "0c", "later_notes": []})


ENTRIES = list(entries())


def test_every_register_is_looked_at() -> None:
    assert {register for register, _ in ENTRIES} == set(REGISTERS)


@pytest.mark.parametrize(("register", "content"), ENTRIES)
def test_no_member_is_without_its_name_and_no_code_is_shown(register: str, content: dict[str, Any]) -> None:
    shown = sections(filled(content))
    names = [section.title for section in shown] + [label for section in shown for label, _ in section.rows]
    assert not [name for name in names if UNNAMED in name]
    texts = [text for section in sections(content) for _, text in section.rows]
    assert not [text for text in texts if re.fullmatch(r"[a-z]+(-[a-z0-9]+)*|\d{4}-\d\d-\d\d|True|False", text)]


def test_a_member_that_this_page_does_not_know_shows_no_raw_name() -> None:
    (section,) = sections({"number": 7, "surrogacy_flag": "x"})
    assert section.rows == [("Số", "7"), (UNNAMED, "x")]


def test_unknown_values_take_no_line() -> None:
    """TT 04/2020: what is unknown is left blank; a page of blanks helps nobody."""
    content = test_register.content({"/father/known": False})
    assert "Cha" not in [section.title for section in sections(content)]


def test_the_copied_entry_is_under_its_own_titles() -> None:
    source = {**test_register.content(), "entry_id": "0c", "later_notes": []}
    titles = [section.title for section in sections(test_copy_entries.content(None, source))]
    assert {"Mục được sao", "Mục được sao: Người được khai sinh", "Người yêu cầu"} <= set(titles)
