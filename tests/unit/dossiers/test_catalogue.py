"""The catalogue: versions by date, and files refused before they are served."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from services.chassis.refusal import Kind, Refusal
from services.dossiers.catalogue import PROCEDURES, Catalogue
from services.dossiers.domain.deadlines import TimeLimit
from services.dossiers.domain.fields import prefilled
from services.dossiers.domain.procedures import DocumentMode, RegisterKind
from services.dossiers.forms import leaves
from tests.unit.dossiers.worlds import CATALOGUE, put_procedure

FILE = PROCEDURES / "1.001193" / "2020-09-15.json"
IN_FORCE = date(2020, 10, 6)


def put(directory: Path, data: dict[str, Any]) -> None:
    put_procedure(directory, f"{data['code']}/{data['valid_from']}.json", data)


@pytest.fixture
def data() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return read


def test_the_five_procedures_and_one_more_are_in_force_from_15_september_2020() -> None:
    """NĐ 87/2020. The additional one is birth combined with recognition (1.000689), added only as data."""
    codes = ["1.000656", "1.000689", "1.000894", "1.001193", "1.004873", "2.000635"]
    assert [each.code for each in CATALOGUE.in_force(date(2020, 9, 15))] == codes
    assert CATALOGUE.in_force(date(2020, 9, 14)) == []


def test_a_procedure_says_its_limit_its_register_and_its_paper() -> None:
    birth = CATALOGUE.get("1.001193", IN_FORCE)
    assert birth.time_limit == TimeLimit("same-day", time(15, 0))
    assert birth.register == RegisterKind("birth", "KS")
    assert birth.paper == "Giấy khai sinh"


def test_an_unknown_procedure_or_one_not_yet_in_force_is_refused() -> None:
    looks: list[Callable[[], object]] = [
        lambda: CATALOGUE.get("1.999999", IN_FORCE),
        lambda: CATALOGUE.get("1.001193", date(2020, 9, 14)),
        lambda: CATALOGUE.version("1.001193", "2020-09-16"),
        lambda: CATALOGUE.version("1.999999", "2020-09-15"),
    ]
    for look in looks:
        with pytest.raises(Refusal) as refused:
            look()
        assert (refused.value.kind, refused.value.type) == (Kind.NOT_FOUND, "unknown-procedure")


def test_a_dossier_keeps_its_version_when_a_new_one_comes(tmp_path: Path, data: dict[str, Any]) -> None:
    put(tmp_path, data)
    put(tmp_path, data | {"valid_from": "2022-02-18", "name": "Mới"})
    catalogue = Catalogue.load(tmp_path)
    assert catalogue.get("1.001193", date(2022, 2, 17)).version == "2020-09-15"
    assert catalogue.get("1.001193", date(2022, 2, 18)).name == "Mới"
    assert [each.version for each in catalogue.in_force(date(2023, 1, 1))] == ["2022-02-18"]
    assert catalogue.version("1.001193", "2020-09-15").name == "Đăng ký khai sinh"


def test_a_version_may_say_only_what_has_changed(tmp_path: Path, data: dict[str, Any]) -> None:
    put(tmp_path, data)
    change = {
        "code": "1.001193",
        "valid_from": "2023-01-01",
        "amends": "2020-09-15",
        "legal_basis": ["Nghị định 104/2022/NĐ-CP"],
        "documents": [{"kind": "residence-proof", "removed": True}, {"kind": "witness-statement", "title": "Mới"}],
        "late": None,
        "texts": {"at_handover": "Khác"},
    }
    put(tmp_path, change)
    catalogue = Catalogue.load(tmp_path)
    before, after = (catalogue.version("1.001193", version) for version in ("2020-09-15", "2023-01-01"))
    assert [each.kind for each in after.documents] == [
        each.kind for each in before.documents if each.kind != "residence-proof"
    ]
    changed = after.document("witness-statement")
    assert changed is not None
    assert (changed.title, changed.when) == ("Mới", {"/child/situation": "usual", "/child/birth_paper": "witness"})
    assert after.legal_basis == ("Nghị định 104/2022/NĐ-CP",)
    assert (before.late is not None, after.late) == (True, None)
    assert after.texts == {**before.texts, "at_handover": "Khác"}
    assert after.form == before.form


def test_an_added_page_goes_before_the_page_that_it_names(tmp_path: Path, data: dict[str, Any]) -> None:
    put(tmp_path, data)
    weight = {"type": "integer", "title": "Cân nặng", "x-widget": "number"}
    change = {
        "code": "1.001193",
        "valid_from": "2023-01-01",
        "amends": "2020-09-15",
        "pages": [{"name": "weight", "title": "Nặng?", "fields": ["/child/weight"], "before": "declaration"}],
        "form": {"properties": {"child": {"properties": {"weight": weight}}}},
    }
    put(tmp_path, change)
    names = [page["name"] for page in data["pages"]]
    assert [each.name for each in Catalogue.load(tmp_path).version("1.001193", "2023-01-01").pages] == [
        *names[:-1],
        "weight",
        "declaration",
    ]
    put(tmp_path, change | {"pages": [{"name": names[-2], "before": names[0]}], "form": {}})
    moved = Catalogue.load(tmp_path).version("1.001193", "2023-01-01").pages
    assert [each.name for each in moved] == [names[-2], *names[:-2], names[-1]]
    put(tmp_path, change | {"pages": [{"name": "weight", "before": "promise"}]})
    with pytest.raises(ValueError, match="/pages: weight cannot stand before 'promise', which is not there"):
        Catalogue.load(tmp_path)


def test_a_version_that_amends_what_is_not_there_is_refused(tmp_path: Path, data: dict[str, Any]) -> None:
    put(tmp_path, data)
    put(tmp_path, {"code": "1.001193", "valid_from": "2023-01-01", "amends": "2021-01-01"})
    with pytest.raises(ValueError, match=r"2023-01-01\.json: /amends: there is no earlier version '2021-01-01'"):
        Catalogue.load(tmp_path)


def test_the_form_is_served_without_references_and_with_a_label_for_every_choice() -> None:
    """A program that shows the form needs no resolver."""
    schema = CATALOGUE.get("1.001193", IN_FORCE).form
    assert "$ref" not in json.dumps(schema)
    assert "$defs" not in schema
    for leaf in leaves(schema).values():
        assert set(leaf.get("x-labels", {})) == set(leaf.get("enum", []))
    assert leaves(schema)["/mother/ethnicity"]["x-labels"]["Kinh"] == "Kinh"
    assert len(leaves(schema)["/child/ethnicity"]["enum"]) == 54 + 1


def test_what_the_account_knows_can_be_filled_in() -> None:
    schema = CATALOGUE.get("1.001193", IN_FORCE).form
    prefilled = {pointer: leaf["x-prefill"] for pointer, leaf in leaves(schema).items() if "x-prefill" in leaf}
    assert prefilled == {
        "/requester/full_name": "full_name",
        "/requester/residence": "address",
        "/requester/phone": "phone",
        "/requester/identity_paper": "identity_paper",
        "/requester/identity_number": "identity_number",
        **{f"/{parent}/full_name": "full_name" for parent in ("mother", "father")},
        **{f"/{parent}/residence": "address" for parent in ("mother", "father")},
    }


def test_nothing_of_the_account_is_taken_for_somebody_else() -> None:
    """A question that concerns the applicant only after another answer is not filled in when a draft starts."""
    account = {"full_name": "Phạm Thị Hạnh", "address": "12 Lê Đình Dương", "date_of_birth": "1994-03-21"}
    for procedure in CATALOGUE:
        groups = set(prefilled(procedure, account))
        assert groups <= {"requester", "delivery"}, procedure.code


def test_identity_residence_and_marriage_papers_are_only_shown() -> None:
    """NĐ 123/2015 Đ2, Đ9."""
    birth = CATALOGUE.get("1.001193", IN_FORCE)
    shown = {each.kind for each in birth.documents if each.mode is DocumentMode.PRESENT}
    assert shown == {"requester-identity", "residence-proof", "marriage-certificate"}


def change(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def apply(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = to

    return apply


NAME = ("form", "properties", "child", "properties", "full_name")


@pytest.mark.parametrize(
    ("slip", "wrong"),
    [
        (change("name", to=""), "/name: String should have at least 1 character"),
        (change("valid_from", to="15/9/2020"), "/valid_from: Input should be a valid date"),
        (change("steps", to=[]), "/: `legal_basis` and `steps` need at least one text"),
        (change("documents", to={}), "/documents: Input should be a valid array"),
        (change("documents", 0, "mode", to="scan"), "/documents/0/mode"),
        (change("documents", 0, "condition", to=""), "/documents/0/condition: String should have at least 1 character"),
        (change("documents", 0, "when", to={}), "/documents/0: `when` and `condition` (the same in words) go together"),
        (change("documents", 0, "kind", to="authorisation"), "authorisation stands there twice"),
        (change("documents", 0, "when", to={"/child/nickname": "x"}), "no field /child/nickname"),
        (change("documents", 0, "when", to={"/child/birth_paper": "none"}), "can never be 'none'"),
        (
            change("documents", 0, "when", to={"/child/birth_paper": None}),
            "/documents/0/when/~1child~1birth_paper/int: Input should be a valid integer",
        ),
        (change("documents", 0, "hints", to="x"), "/documents/0/hints: Unexpected keyword argument"),
        (change("time_limit", "kind", to="soon"), "/time_limit/kind"),
        (change("time_limit", "cutoff", to="25:00"), "/time_limit"),
        (change("fee", "charges", 0, "late_only", to="yes"), "/fee/charges/0/late_only"),
        (change("fee", "charges", 1, "count", to="/copies/many"), "no field /copies/many"),
        (change("fee", "per_copy", to=8000), "/fee/per_copy: Unexpected keyword argument"),
        (change("late", "since", to="/child/born"), "no field /child/born"),
        (change("handover", "register_signed", to="later"), "/handover/register_signed"),
        (change("register", "number_form", to="{page}"), "/register: `number_form`"),
        (change("likeness", to=["/child/name"]), "no field /child/name"),
        (change("register", to="birth"), "/register: Input should be an object"),
        (change("subject_name", to="/child/name"), "no field /child/name"),
        (change("checks", 0, "name", to="horoscope"), "no check 'horoscope'"),
        (change("checks", 0, "parameters", to={}), "takes the parameters"),
        (change("harmless", "checks", to=["horoscope"]), "/harmless/checks: the procedure has no check horoscope"),
        (
            change("harmless", "checks", to=["marriage-age"]),
            "/harmless/checks: the procedure has no check marriage-age",
        ),
        (change("harmless", "not_at", to=["/uncle"]), "/harmless/not_at: the form has no field /uncle"),
        (
            change("harmless", "not_at", to=["documents/uncle"]),
            "/harmless/not_at: the form has no field documents/uncle",
        ),
        (change("checks", 2, "parameters", "fields", to=["/child/nickname"]), "no field /child/nickname"),
        (change("checks", 3, "parameters", "people", to=[{"group": "/uncle"}]), "no field /uncle"),
        (
            change("checks", 3, "parameters", "people", to=[{"group": "/child", "when": {"/child/nick": "x"}}]),
            "no field /child/nick",
        ),
        (change("pages", 0, "fields", to=["/child/nickname"]), "no field /child/nickname"),
        (change("pages", 0, "fields", to=["/child/sex"]), "asked twice"),
        (change("pages", 4, "fields", to=["/child/sex"]), "asked twice"),
        (change("pages", 0, "when", to={"/mother/known": "yes"}), "can never be 'yes'"),
        (change("form", "properties", "child", "additionalProperties", to=True), "no additional properties"),
        (change("form", "properties", "child", "required", to=["full_name"]), "groups do not know required"),
        (change("form", "properties", "child", "properties", to=[]), "/form/child/properties: an object"),
        (change("form", "properties", "child", "properties", "sex", to=True), "/form/child/properties: an object"),
        (change("form", "properties", "child", "properties", "x", to={"type": "string"}), "does not show"),
        (change(*NAME, "$ref", to="#/$defs/nom"), "cannot resolve"),
        (change(*NAME, "title", to=""), "has a title"),
        (change(*NAME, "title", to=7), "/form/child/full_name: of another type than forms have: title"),
        (change(*NAME, "examples", to="An"), "/form/child/full_name: of another type than forms have: examples"),
        (change(*NAME, "type", to="name"), "/form/child/full_name: 'name' is not valid"),
        (change(*NAME, "minLength", to=2), "do not know minLength"),
        (change(*NAME, "maxLength", to="long"), "/form/child/full_name: 'long' is not of type"),
        (change(*NAME, "x-widget", to="slider"), "does not show"),
        (change(*NAME, "x-prefill", to="password"), "prefills"),
        (change(*NAME, "x-when", to={"/child/nickname": "x"}), "no field /child/nickname"),
        (change(*NAME, "x-formerly", to={"true": "An", "false": "Bình"}), "which choices yes and no were"),
    ],
)
def test_a_file_with_a_slip_is_refused_by_name(
    tmp_path: Path, data: dict[str, Any], slip: Callable[[dict[str, Any]], None], wrong: str
) -> None:
    slip(data)
    put_procedure(tmp_path, "1.001193/2020-09-15.json", data)
    with pytest.raises(ValueError, match=r"2020-09-15\.json") as refused:
        Catalogue.load(tmp_path)
    assert wrong in str(refused.value)


def test_a_field_that_no_page_asks_for_is_refused(tmp_path: Path, data: dict[str, Any]) -> None:
    data["pages"] = [page for page in data["pages"] if page["name"] != "copies-count"]
    put(tmp_path, data)
    with pytest.raises(ValueError, match="no page asks for /copies/count"):
        Catalogue.load(tmp_path)


def test_a_file_under_another_name_and_an_empty_directory_are_refused(tmp_path: Path, data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no procedures"):
        Catalogue.load(tmp_path)
    shutil.copy(PROCEDURES / "definitions.json", tmp_path)
    (tmp_path / "1.001193").mkdir()
    (tmp_path / "1.001193" / "2021-01-01.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(ValueError, match=r"says it is 1\.001193/2020-09-15"):
        Catalogue.load(tmp_path)
    (tmp_path / "1.001193" / "2021-01-01.json").write_text("{", "utf-8")
    with pytest.raises(ValueError, match=r"2021-01-01\.json"):
        Catalogue.load(tmp_path)


def test_each_procedure_says_how_it_is_filed_other_than_online() -> None:
    """In person, or by post with a certified copy of the identity paper (NĐ 123/2015 Đ3.1, Đ3.3; Luật Hộ tịch 2014
    Đ9.2); a marriage and a recognition in person alone.
    """
    for each in CATALOGUE:
        is_posted = "gửi qua bưu chính kèm bản sao có chứng thực giấy tờ tùy thân" in each.filing_offline
        assert is_posted == (each.code not in {"1.000894", "1.000689"}), each.code
        assert ("không nhận qua bưu chính" in each.filing_offline) != is_posted
        who_pays = (
            "phí, lệ phí (nếu có) và cước gửi do người gửi trả"  # Luật Hộ tịch 2014 Đ11.1b: often there is no fee
        )
        assert (who_pays in each.filing_offline) == is_posted
