"""Where the citizen is, as each page tells the ward of the station."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from gateway.pages.guidance import place, wording
from gateway.pages.guidance.subjects import HERE
from services.accounts.domain.guidance import PAGES
from services.dossiers import forms as filled
from tests.conftest import NAM_DUONG
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import FORM, a_draft, a_filed_dossier, a_full_draft
from tests.unit.gateway_pages.guidance import SESSION, Guided, agree, bar, begin, sit_down
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import TODAY, Ward

#: Path, in a draft where it has no `/` → the page that is told, and its part: of what everybody is asked for.
PATHS = {
    "/": ("start", ""),
    "/phuong/nam-duong/thu-tuc/1.001193": ("procedure", ""),
    "to-khai": ("overview", ""),
    "to-khai/child-name": ("form", "child-name"),
    "to-khai/child-birth": ("form", "child-birth"),
    "giay-to/requester-identity": ("documents", "requester-identity"),
    "to-khai/mother": ("form", "birth-place"),
    "giay-to/birth-certificate-of-hospital": ("documents", "requester-identity"),
    "kiem-tra": ("check", ""),
    "/theo-doi": ("elsewhere", ""),
}


def walk(browser: Browser, guided: Guided, draft: str) -> dict[str, Any]:
    """What each of the pages reports."""
    told = {}
    for path in PATHS:
        browser.get(path if path.startswith("/") else f"{draft}/{path}")
        check(browser)
        assert bar(browser)["data-state"] == "open", "accounts takes the place"
        told[path] = guided.asked("ShowPlace")[-1]
    return told


def test_each_page_tells_where_it_is(browser: Browser, ward: Ward, guided: Guided) -> None:
    begin(browser, guided)
    draft = a_full_draft(ward)
    (dossier,) = ward.dossiers
    for path, told in walk(browser, guided, draft).items():
        assert (told.session_id, (told.place.page, told.place.part)) == (SESSION, PATHS[path])
        of = ("", "") if path.startswith("/") else (dossier, NAM_DUONG)
        assert (told.dossier_id, told.dossier_ward) == of
    browser.get(f"{draft}/to-khai/requester")
    assert list(guided.asked("ShowPlace")[-1].place.fields) == ["/requester/full_name", "/here"], (
        "the one question that is shown"
    )


#: Differs from FORM in every answer that does not change what is asked.
OTHER: dict[str, dict[str, Any]] = {
    "requester": {
        "relation": "relative",
        "full_name": "Lê Văn Tám",
        "residence": "7 Trần Phú, phường Hải Châu I",
        "identity_paper": "identity-card",
        "identity_number": "201234567",
        "identity_issued_on": "2015-01-31",
        "identity_issued_by": "Công an tỉnh Quảng Nam",
    },
    "child": {
        "situation": "usual",
        "full_name": "Trần Hoa",
        "birth_date": "2020-08-01",
        "sex": "female",
        "birth_paper": "hospital",
        "ethnicity": "Hoa",
        "nationality": "foreign",
        "home_town": "Thành phố Huế",
    },
    "birth_place": {"kind": "facility", "facility": "Trạm y tế phường", "address": "3 Hùng Vương, Huế"},
    "mother": {
        "known": True,
        "full_name": "Lê Hoa",
        "birth_year": 1985,
        "ethnicity": "Hoa",
        "nationality": "stateless",
        "lives_in": "elsewhere",
        "residence": "3 Hùng Vương, Huế",
    },
    "father": {
        "known": True,
        "full_name": "Trần Nam",
        "birth_year": 1980,
        "ethnicity": "Tày",
        "nationality": "foreign",
        "lives_in": "abroad",
        "residence": "Viêng Chăn",
    },
    "parents": {"married": True, "married_before_birth": True, "married_on": "2017-05-20"},
    "copies": {"wanted": False},
    "declaration": {"truthful": False},
}


def test_people_who_differ_in_their_answers_are_told_of_alike_and_in_names_of_the_catalogue(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    begin(browser, guided)
    draft = a_full_draft(ward)
    (dossier,) = ward.dossiers.values()
    procedure = ward.catalogue.get(dossier.procedure, TODAY)
    leaf_of = filled.leaves(procedure.form)
    conditions = [page.when for page in procedure.pages] + [paper.when for paper in procedure.documents]
    deciding = set().union(*conditions, *(leaf.get("x-when", ()) for leaf in leaf_of.values()))
    alike = {f"/{part}/{name}" for part in FORM for name in FORM[part] if FORM[part][name] == OTHER[part][name]}
    assert alike <= deciding, "all that can differ does"

    seen, asked = [], []
    for form in (FORM, OTHER):
        missing = {**form, "requester": {**form["requester"], "residence": ""}}
        ward.rpc_save_form(dossiers_v1.SaveFormRequest(dossier_id=dossier.id, form_json=json.dumps(missing)))
        asked.append(list(dossier.asked))
        seen.append(walk(browser, guided, draft))
    assert asked[0] == asked[1]
    assert seen[0] == seen[1]

    kinds = {each.kind for each in procedure.documents}
    fields = {*leaf_of, *(f"documents/{kind}" for kind in kinds)}
    for path, told in seen[0].items():
        place = told.place
        points = {(one.field, one.check) for one in place.open_points}
        assert points == (set() if path.startswith("/") else {("/requester/residence", "required")})
        assert place.page in PAGES
        assert place.part in {"", *kinds, *(each.name for each in procedure.pages)}
        assert set(place.fields) <= {*fields, HERE}
        assert points <= {(name, harmless) for name in fields for harmless in procedure.harmless.checks}
        assert (place.procedure, place.procedure_version) in {("", ""), (procedure.code, procedure.version)}


def test_every_side_knows_the_same_pages() -> None:
    """What a place may name, what the gateway tells, what the volunteer reads, and what the contract says."""
    contract = Path("proto/caunoi/accounts/v1/guidance.proto").read_text("utf-8")
    (listed,) = re.findall(r"// (.+)\n  string page = 1;", contract)
    of_a_view = {*place.PAGES.values(), "documents", "guidance", "elsewhere"}
    assert PAGES == of_a_view == wording.PLACES.keys() == set(re.findall("`(.+?)`", listed))
    assert place.RELOADED <= PAGES


def test_what_every_harmless_check_finds_has_its_words(ward: Ward) -> None:
    checks = {check for procedure in ward.catalogue for check in procedure.harmless.checks}
    assert {check for check in checks if wording.remark_of(check) == wording.remark_of("")} == set()


def test_a_question_that_few_are_asked_is_not_named_on_a_page_that_everybody_sees(
    browser: Browser, ward: Ward, guided: Guided, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, told = "/requester/relation", filled.tellable
    monkeypatch.setattr(filled, "tellable", lambda procedure: [one for one in told(procedure) if one != few])
    sit_down(browser)
    agree(browser)
    browser.get(f"{a_full_draft(ward)}/to-khai/requester-relation")
    place = guided.asked("ShowPlace")[-1].place
    assert (place.part, list(place.fields)) == ("requester", ["/requester/full_name", "/here"]), "the next of everybody"


def test_unnamed_pages_are_counted_each(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_full_draft(ward)
    for page in ("mother", "father", "mother"):
        browser.get(f"{draft}/to-khai/{page}")
    counted = [one.dossier_page for one in guided.asked("ShowPlace")[-3:]]
    assert counted[0] == counted[2] != counted[1]
    assert all(len(one) == 64 for one in counted)


def test_only_what_a_harmless_check_finds_is_told(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    dossier = next(iter(ward.dossiers.values()))
    findings = [
        ("/child/full_name", "required", dossiers_v1.FINDING_KIND_STOPS, True),
        ("/requester/relation", "mother-is-unmarried", dossiers_v1.FINDING_KIND_STOPS, False),
        ("/mother/full_name", "required", dossiers_v1.FINDING_KIND_STOPS, True),
        ("/child/birth_date", "late-registration", dossiers_v1.FINDING_KIND_INFORMS, False),
    ]
    del dossier.findings[:]
    for name, check_name, kind, harmless in findings:
        dossier.findings.add(field=name, check=check_name, kind=kind, harmless=harmless, text="x")
    guided.wards.answers("GetDossier", dossier)
    browser.get(f"{draft}/to-khai")
    points = guided.asked("ShowPlace")[-1].place.open_points
    assert [(one.field, one.check) for one in points] == [("/child/full_name", "required")]


def test_a_session_is_noted_on_a_draft_once(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    for state in ("waiting", "open"):
        guided.state = state
        browser.get(f"{draft}/to-khai")
    (noted,) = guided.asked("NoteGuidedSession")
    assert (noted.dossier_id, noted.ward, noted.session_id) == (next(iter(ward.dossiers)), NAM_DUONG, SESSION)


def test_the_page_of_the_code_notes_the_session_too(browser: Browser, ward: Ward, guided: Guided) -> None:
    """A person who asks for guidance at the last step has a volunteer for that step."""
    sit_down(browser)
    draft = a_full_draft(ward)
    (dossier,) = ward.dossiers
    agree(browser)
    with browser.client.session_transaction() as kept:
        kept["confirmation"] = {"dossier": dossier, "id": SESSION, "phone": "•••••••456"}
    browser.get(f"{draft}/ma-xac-nhan")
    told = guided.asked("ShowPlace")[-1]
    assert (told.place.page, told.dossier_id) == ("code", dossier)
    (noted,) = guided.asked("NoteGuidedSession")
    assert noted.dossier_id == dossier


def test_a_filed_dossier_is_shown_with_the_bar(browser: Browser, ward: Ward, guided: Guided) -> None:
    begin(browser, guided)
    where = a_filed_dossier(ward)
    browser.get(f"{where}/da-gui")
    check(browser)
    assert guided.asked("ShowPlace")[-1].place.page == "filed"
    assert not guided.asked("NoteGuidedSession"), "only drafts are noted"
