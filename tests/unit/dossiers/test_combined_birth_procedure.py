"""1.000689, birth combined with recognition of father or mother: a procedure that is only data."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.chassis.refusal import Refusal
from services.dossiers.catalogue import PROCEDURES, Catalogue
from services.dossiers.domain.deadlines import TimeLimit
from services.dossiers.domain.entries import entry_content
from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.handover import Handing, handover_faults, have_to_come
from services.dossiers.domain.procedures import RegisterSigned, Verification
from services.dossiers.forms import leaves
from tests.unit.dossiers.birth_forms import BIRTH
from tests.unit.dossiers.combined_birth_forms import COMBINED, TODAY
from tests.unit.dossiers.worlds import CATALOGUE, OFFICER, STOPS, WARNS, registration

CODE = "1.000689"
PROCEDURE = COMBINED.procedure


def stopped(changes: dict[str, Any]) -> set[str]:
    return {each.field for each in COMBINED.found(changes) if each.kind is STOPS}


def test_the_file_alone_makes_the_procedure(tmp_path: Path) -> None:
    """Without its folder there is no such procedure; with nothing but it and what forms share, there is."""
    shutil.copy(PROCEDURES / "definitions.json", tmp_path)
    shutil.copytree(PROCEDURES / BIRTH.code, tmp_path / BIRTH.code)
    with pytest.raises(Refusal):
        Catalogue.load(tmp_path).get(CODE, TODAY)
    shutil.copytree(PROCEDURES / CODE, tmp_path / CODE)
    assert Catalogue.load(tmp_path).get(CODE, TODAY).name == "Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con"


def test_the_guide_explains_every_member_that_procedures_have() -> None:
    guide = Path("docs/adding-a-procedure.md").read_text("utf-8")
    rows = [row.split("|")[1] for row in guide.split("## Members")[1].split("## ")[0].splitlines() if row[:1] == "|"]
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert explained == {name for file in PROCEDURES.glob("*/*.json") for name in json.loads(file.read_text("utf-8"))}


def test_its_register_and_its_checks_are_those_of_birth_registration() -> None:
    assert PROCEDURE.register == BIRTH.register
    assert {each.name for each in PROCEDURE.checks} <= {each.name for each in BIRTH.checks}


def test_a_complete_form_has_nothing_that_stops_or_warns() -> None:
    assert not [each for each in COMBINED.found() if each.kind in {STOPS, WARNS}]


def test_the_father_is_recorded_although_the_parents_are_not_married() -> None:
    """NĐ 123/2015 Đ15; TT 04/2020 Đ14."""
    entry = entry_content(PROCEDURE.register.name, COMBINED.filed(), registration("KS", 138))
    assert entry["parentage"] == "both"
    assert (entry["mother"]["full_name"], entry["father"]["full_name"]) == ("TRẦN THỊ LAN", "NGUYỄN VĂN HÙNG")
    assert entry["requester"]["relation"] == "Cha"


@pytest.mark.parametrize(("evidence", "paper"), [("test", "relation-test"), ("commitment", "relation-commitment")])
def test_the_relation_is_proved_by_a_medical_paper_or_a_commitment(evidence: str, paper: str) -> None:
    """NĐ 123/2015 Đ15; TT 04/2020 Đ14."""
    filed = {kind for kind, how in COMBINED.papers({"/recognition/evidence": evidence}).items() if how == "file"}
    assert filed == {"birth-certificate-of-hospital", paper}


@pytest.mark.parametrize("witness", ["/recognition/first_witness", "/recognition/second_witness"])
def test_a_commitment_has_two_witnesses_at_least(witness: str) -> None:
    """TT 04/2020 Đ14."""
    assert stopped({witness: None}) == {witness}
    assert stopped({witness: None, "/recognition/evidence": "test"}) == set()


HUSBAND = {
    "/parents/husband_lately": True,
    "/parents/mother_had_husband": True,
    "/parents/court_refused": "none",
}
ENDED = HUSBAND | {"/parents/mother_had_husband": False, "/parents/marriage_ended_by": "divorce"}


def test_a_man_who_has_died_recognises_nobody() -> None:
    """Luật HNGĐ 2014 Đ101.2, as remembered: the court decides."""
    assert COMBINED.told("recognition-of-the-dead", {"/father/lives_in": "dead"}) == {"/father/lives_in": WARNS}
    assert COMBINED.told("recognition-of-the-dead", {"/mother/lives_in": "dead"}) == {}


def test_another_man_does_not_recognise_a_child_of_the_mothers_husband() -> None:
    """TT 04/2020 Đ16.4; Luật HNGĐ 2014 Đ88.1: the court decides; the husband himself needs no recognition."""
    claim = COMBINED.finding("husband-is-the-father", HUSBAND)
    assert (claim.field, claim.kind) == ("/parents/mother_had_husband", STOPS)
    assert "Tòa án" in claim.text
    assert "1.001193" in claim.text
    assert stopped(HUSBAND | {"/father/known": False}) == {"/parents/mother_had_husband"}, "nor is he left blank"


@pytest.mark.parametrize(("ended", "stops"), [("2019-11-17", True), ("2019-11-16", False)])
def test_a_former_husband_is_the_father_until_the_300th_day(ended: str, stops: bool) -> None:
    """Luật HNGĐ 2014 Đ88.1: the child was born on 12/9/2020."""
    assert (date(2020, 9, 12) - date(2019, 11, 17)).days == 300
    found = COMBINED.told("husband-is-the-father", ENDED | {"/parents/marriage_ended_on": ended})
    assert found == ({"/parents/marriage_ended_on": STOPS} if stops else {})


def test_where_the_court_refused_the_case_an_experts_paper_proves_the_relation_and_no_witnesses() -> None:
    """TT 04/2020 Đ16.4, Đ14.1."""
    refused = HUSBAND | {"/parents/court_refused": "refused"}
    assert stopped(refused) == {"/recognition/evidence"}
    assert stopped(refused | {"/recognition/evidence": "test"}) == set()
    papers = COMBINED.papers(refused | {"/recognition/evidence": "test"})
    assert {"court-refusal", "relation-test"} <= {kind for kind, how in papers.items() if how == "file"}
    assert "court-refusal" not in COMBINED.papers(HUSBAND)


def test_the_man_whom_a_judgment_names_needs_no_other_proof_and_the_officer_compares_him() -> None:
    """Luật HNGĐ 2014 Đ88.2, Đ101.2; TT 04/2020 Đ14.1: the judgment in force is the proof."""
    decided = HUSBAND | {"/parents/court_refused": "decided"}
    named = decided | dict.fromkeys(f"/recognition/{each}" for each in ("evidence", "first_witness", "second_witness"))
    for more in (decided, named, ENDED | named | {"/parents/mother_had_husband": False}):
        changes = {"/parents/marriage_ended_on": "2020-06-01"} | more
        assert COMBINED.told("husband-is-the-father", changes) == {"/parents/court_refused": OFFICER}
        assert stopped(changes) == set()
    assert "nêu tên" in COMBINED.finding("husband-is-the-father", decided).text
    papers = {kind for kind, how in COMBINED.papers(named).items() if how == "file"}
    assert papers == {"birth-certificate-of-hospital", "fatherhood-judgment"}
    assert "fatherhood-judgment" not in COMBINED.papers(HUSBAND)
    assert stopped({"/recognition/evidence": None}) == {"/recognition/evidence"}, "without a judgment it is needed"


def test_a_claim_filed_with_yes_or_no_about_the_court_is_still_read() -> None:
    for before, now in ((True, "refused"), (False, "none")):
        old, new = (HUSBAND | {"/parents/court_refused": answer} for answer in (before, now))
        assert COMBINED.found(old) == COMBINED.found(new)
        assert COMBINED.filed(old) == COMBINED.filed(new)


def test_father_or_mother_files_in_person_and_both_come_to_sign() -> None:
    """TT 04/2020 Đ2: nobody can be authorised to recognise a child."""
    assert leaves(PROCEDURE.form)["/requester/relation"]["enum"] == ["father", "mother"]
    assert stopped({"/requester/relation": "authorised"}) == {"/requester/relation"}
    assert PROCEDURE.document("authorisation") is None
    assert PROCEDURE.handover.register_signed is RegisterSigned.AT_HANDOVER
    assert PROCEDURE.handover.present == ("/mother/full_name", "/father/full_name")
    assert not PROCEDURE.handover.remote


@pytest.mark.parametrize("relation", ["father", "mother"])
def test_a_filing_parent_has_the_name_given_for_father_or_mother(relation: str) -> None:
    found = COMBINED.told(
        "filer-is-the-parent", {"/requester/relation": relation, "/requester/full_name": "Lê Văn Tám"}
    )
    assert found == {f"/{relation}/full_name": WARNS}


def test_a_father_may_recognise_a_child_whose_mother_is_not_known_but_one_of_them_is() -> None:
    """NĐ 123/2015 Đ15."""
    assert stopped({"/mother/known": False}) == set()
    assert stopped({"/mother/known": False, "/father/known": False}) == {"/father/known"}


def test_a_parent_who_has_died_or_is_not_known_does_not_come_to_sign() -> None:
    """TT 04/2020 Đ3: those who can sign the register do."""
    both = ("/mother/full_name", "/father/full_name")
    assert have_to_come(PROCEDURE, COMBINED.filed()) == both
    for changes in ({"/mother/lives_in": "dead"}, {"/mother/known": False}):
        form = COMBINED.filed(changes)
        assert have_to_come(PROCEDURE, form) == ("/father/full_name",)
        present = Handing("office", "Nguyễn Văn Hùng", register_signed=True, present=frozenset({"/father/full_name"}))
        assert handover_faults(PROCEDURE, form, [], {}, present) == []


def test_a_foreign_element_belongs_to_the_district_here_too() -> None:
    """Luật Hộ tịch 2014 chương III."""
    assert stopped({"/father/nationality": "foreign"}) == {"/father/nationality"}
    assert stopped({"/birth_place/kind": "abroad"}) == {"/birth_place/kind"}


def test_late_only_after_60_days_and_then_with_the_fee_of_birth_registration() -> None:
    """Luật Hộ tịch 2014 Đ11, Đ15."""
    assert COMBINED.told("late-registration", day=date(2020, 11, 11)) == {}
    assert COMBINED.told("late-registration", day=date(2020, 11, 12)) == {"/child/birth_date": FindingKind.INFORMS}
    assert [(each.item, each.late_only, each.count) for each in PROCEDURE.fee.charges] == [
        ("birth-registration", True, ""),
        ("copy", False, "/copies/count"),
    ]


def test_three_working_days_as_remembered_which_the_text_says() -> None:
    assert PROCEDURE.time_limit == TimeLimit("working-days", working_days=3)
    assert PROCEDURE.verification == Verification(
        "NĐ 123/2015 Đ3", about=("/child", "/birth_place", "/mother", "/father", "/parents", "/recognition")
    )
    assert "chưa đối chiếu với văn bản" in PROCEDURE.time_limit.text


def test_from_2023_no_proof_of_residence_is_asked_for() -> None:
    """NĐ 104/2022."""
    before, after = (CATALOGUE.get(CODE, day) for day in (date(2022, 12, 31), date(2023, 1, 1)))
    assert (before.version, after.version) == ("2020-09-15", "2023-01-01")
    gone = {each.kind for each in before.documents} - {each.kind for each in after.documents}
    assert gone == {"residence-proof"}
    assert "Nghị định 104/2022/NĐ-CP" in after.legal_basis
    assert "hộ khẩu" not in str([after.form, after.pages, after.documents])
