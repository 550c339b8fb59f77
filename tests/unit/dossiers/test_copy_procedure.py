"""The procedure 2.000635 as data: what it promises, how its papers are numbered, and what changed on 1/1/2023."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.dossiers.catalogue import PROCEDURES, Catalogue
from services.dossiers.domain.deadlines import SAME_DAY
from services.dossiers.domain.procedures import Charge, Handover, RegisterSigned
from tests.unit.dossiers.birth_forms import BIRTH
from tests.unit.dossiers.copy_forms import COPY, DEATH, MARRIAGE
from tests.unit.dossiers.worlds import CATALOGUE, put_procedure


@pytest.mark.parametrize(("changes", "number"), [({}, "31/TLKS-BS"), (MARRIAGE, "31/TLKH-BS"), (DEATH, "31/TLKT-BS")])
def test_the_number_of_a_copy_says_what_it_is_a_copy_of(changes: dict[str, Any], number: str) -> None:
    assert COPY.procedure.register.paper_number(31, 2020, COPY.filed(changes)) == number


def test_the_number_of_a_certificate_is_that_of_its_entry() -> None:
    """TT 04/2020 Đ29–36."""
    assert BIRTH.register.paper_number(7, 2020, {}) == "07/2020"


def test_a_copy_is_made_on_the_day_costs_by_the_piece_and_needs_nobody_to_come() -> None:
    """Luật Hộ tịch 2014; TT 281/2016/TT-BTC; NĐ 87/2020 Đ12."""
    assert COPY.procedure.time_limit == SAME_DAY
    assert COPY.procedure.fee.charges == (Charge("copy", count="/copies/count"),)
    assert COPY.procedure.handover == Handover(RegisterSigned.NEVER, remote=True, asked="/delivery/way")


def test_proof_of_residence_is_asked_for_neither_before_nor_after_2023() -> None:
    """NĐ 87/2020 Đ8: from any place of residence. From 2023 the version names NĐ 104/2022."""
    before, after = (CATALOGUE.get("2.000635", day) for day in (date(2022, 12, 31), date(2023, 1, 1)))
    assert (before.version, after.version) == ("2020-09-15", "2023-01-01")
    assert before.documents == after.documents
    assert before.document("residence-proof") is None
    assert set(after.legal_basis) - set(before.legal_basis) == {"Nghị định 104/2022/NĐ-CP"}


@pytest.mark.parametrize(
    ("slip", "wrong"),
    [
        ({"number_form": "{page}"}, "only {number}, {year}, {kind} stand for something"),
        ({"kinds": {}}, "only {number}, {year} stand for something"),
        ({"kinds": {}, "number_form": "{number}"}, "go together"),
        ({"kinds": {"birth": 7}}, "/register/kinds/birth: Input should be a valid string"),
        ({"kind_at": ""}, "/register/kind_at: String should have at least 1 character"),
        ({"kind_at": "/copy/sort"}, "no field /copy/sort"),
        ({"kinds": {"wedding": "TLKH"}}, "can never be 'wedding'"),
    ],
)
def test_a_slip_in_how_papers_are_numbered_is_refused(tmp_path: Path, slip: dict[str, Any], wrong: str) -> None:
    data = json.loads((PROCEDURES / "2.000635" / "2020-09-15.json").read_text("utf-8"))
    data["register"] |= slip
    put_procedure(tmp_path, "2.000635/2020-09-15.json", data)
    with pytest.raises(ValueError, match=r"2020-09-15\.json") as refused:
        Catalogue.load(tmp_path)
    assert wrong in str(refused.value)
