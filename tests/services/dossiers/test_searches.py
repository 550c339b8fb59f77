"""A search is an id that says nothing; names and numbers find a dossier, and no number is kept."""

from __future__ import annotations

import argparse
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.database.tables import AuditRow
from services.chassis.refusal import Kind
from services.dossiers.service import make_findable
from services.dossiers.tables import DossierRow
from tests.services.dossiers.world import (
    DUNG,
    HOA,
    NAM_DUONG,
    Person,
    World,
    birth_form,
    refused,
)
from tests.unit.dossiers.marriage_forms import MARRIAGE


def _found(world: World, query: str, who: Person = HOA, **request: Any) -> list[str]:
    id = world.call("StartSearch", pb.StartSearchRequest(query=query), who).id
    return world.listed(who, search=id, **request)


def test_a_name_finds_a_dossier_in_whatever_status(world: World) -> None:
    id = world.filed().dossier.id
    refusal = pb.RefuseDossierRequest(dossier_id=id, reason="Ngoài thẩm quyền", article="Luật Hộ tịch 2014 Đ13")
    world.call("RefuseDossier", refusal, HOA)
    assert world.listed(HOA) == []
    assert _found(world, "nguyen minh an") == [id]
    assert _found(world, "nguyen minh an", statuses=[1]) == []


@pytest.mark.parametrize(
    ("query", "found"), [("B1234567", True), ("b 1234567", True), ("4567", True), ("C1234567", False)]
)
def test_a_passport_is_found_by_its_whole_number(world: World, query: str, found: bool) -> None:
    requester = {**birth_form()["requester"], "identity_paper": "passport", "identity_number": "B1234567"}
    id = world.filed(requester=requester).dossier.id
    assert _found(world, query) == [id] * found


def test_a_search_opens_for_who_started_it_for_half_an_hour_and_says_nothing(world: World) -> None:
    id = world.filed(child={"full_name": "Đặng Thị Hoà"}).dossier.id
    started = world.call("StartSearch", pb.StartSearchRequest(query="dang hoa"), HOA)
    again = world.call("StartSearch", pb.StartSearchRequest(query="dang hoa"), HOA)
    assert started.id != again.id
    assert len(started.id) == len(world.call("StartSearch", pb.StartSearchRequest(query="an"), HOA).id), "nor how long"
    answer = world.call("ListDesk", pb.ListDeskRequest(search=started.id), HOA)
    assert ([each.id for each in answer.dossiers], answer.query) == ([id], "dang hoa")
    for who, search in (
        (DUNG, started.id),
        (HOA, started.id[:-6] + "AAAAAA"),
        (HOA, "x"),
        (HOA, "é"),
        (HOA, "A" * 900),
    ):
        no = refused(partial(world.listed, who, search=search))
        assert (no.kind, no.type) == (Kind.INVALID, "search-expired")
    world.clock.advance(timedelta(minutes=14))
    assert world.listed(HOA, search=started.id) == [id]
    world.clock.advance(timedelta(minutes=2))
    assert refused(lambda: world.listed(HOA, search=started.id)).type == "search-expired"


def test_a_search_of_a_register_is_an_id_with_its_reason_and_no_other_lists(world: World) -> None:
    wanted: dict[str, Any] = {"register": "birth", "query": "an", "year": 2020, "reason": "hồ sơ 0001"}
    id = world.call("StartSearch", pb.StartSearchRequest(**wanted), DUNG).id
    found = world.call("SearchRegister", pb.SearchRegisterRequest(search=id), DUNG)
    assert found.asked == pb.StartSearchRequest(**wanted)
    assert refused(lambda: world.listed(DUNG, search=id)).type == "search-expired"
    for wrong, field in (({"reason": ""}, "reason"), ({"register": "x"}, "register"), ({"from_day": "x"}, "from_day")):
        no = refused(partial(world.call, "StartSearch", pb.StartSearchRequest(**{**wanted, **wrong}), DUNG))
        assert [fault.field for fault in no.fields] == [field]
    with world.cells[NAM_DUONG].database.transaction() as session:
        looks = session.scalars(sa.select(AuditRow.subject).where(AuditRow.action == "search-register")).all()
    assert "register:birth: hồ sơ 0001" in looks


NUMBERS: dict[str, Any] = {"requester": {"phone": "0905 123 457", "identity_number": "048190006789"}}


@pytest.mark.parametrize(
    "query", ["6789", "3457", "048190006789", "0905123457", "0905 123 457", "+84905123457", "an minh 6789", "0001"]
)
def test_a_whole_number_or_its_last_four_digits_find_a_dossier_in_whatever_status(world: World, query: str) -> None:
    filed = world.filed(**NUMBERS)
    id = filed.dossier.id
    assert filed.dossier.code.endswith("0001")
    assert _found(world, query) == [id]
    world.call("RefuseDossier", pb.RefuseDossierRequest(dossier_id=id, reason="Sai phường", article="Đ13"), HOA)
    assert _found(world, query) == [id]


@pytest.mark.parametrize("query", ["3456", "0905123456", "+84905123456"])
def test_the_phone_of_the_account_finds_what_was_filed_with_another_one_or_none_in_the_form(
    world: World, query: str
) -> None:
    """Asked at the filing, and never at a search; kept only as fingerprints, also after a supplement."""
    id = world.filed(**NUMBERS).dossier.id
    assert _found(world, query) == [id]
    world.accept(id)
    world.ask(id, "/child/full_name")
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert _found(world, query) == _found(world, "3457") == [id]
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        session.execute(sa.text("UPDATE dossiers SET search = NULL"))
    make_findable(argparse.Namespace(ward=NAM_DUONG), world.settings, world.cells, world.clock)
    assert _found(world, query) == [id]
    with cell.database.transaction() as session:
        kept = session.execute(sa.text("SELECT search::text || found_by::text FROM dossiers")).scalar_one()
    assert "3456" not in kept


@pytest.mark.parametrize("query", ["9000", "123", "90006789", "048190006780", "#", "678", "hoa 6789"])
def test_other_digits_find_nothing(world: World, query: str) -> None:
    world.filed(**NUMBERS)
    assert _found(world, query) == []


def test_no_number_stands_where_the_desk_searches(world: World) -> None:
    world.filed(**NUMBERS)
    with world.cells[NAM_DUONG].database.transaction() as session:
        (kept,) = session.scalars(sa.select(sa.cast(DossierRow.search, sa.Text)))
    assert not [each for each in ("6789", "3457", "048190006789", "0905123457") if f"'{each}'" in kept], kept


def test_older_dossiers_are_found_by_numbers_once_the_operator_has_made_them_so(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    birth = world.filed(**NUMBERS).dossier
    marriage = world.filed_as(MARRIAGE.procedure.code, MARRIAGE.form)
    draft = world.draft()
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        session.execute(sa.text("UPDATE dossiers SET search = NULL, subject_name = 'x' WHERE status > 0"))
    assert _found(world, "6789") == []
    for _ in range(2):
        assert make_findable(argparse.Namespace(ward=NAM_DUONG), world.settings, world.cells, world.clock) == 0
        assert "2 dossiers" in capsys.readouterr().out
    assert _found(world, "6789") == _found(world, birth.code) == [birth.id]
    names = {each.id: each for each in world.call("ListDesk", pb.ListDeskRequest(), HOA).dossiers}
    assert names[birth.id].version == birth.version, "nobody's page is out of date"
    wife, husband = (MARRIAGE.form[who]["full_name"] for who in ("wife", "husband"))
    assert names[marriage].subject_name == f"{wife} và {husband}"
    assert draft.id not in names


def test_a_marriage_is_listed_and_found_by_both_names(world: World) -> None:
    id = world.filed_as(MARRIAGE.procedure.code, MARRIAGE.form)
    wife, husband = (MARRIAGE.form[who]["full_name"] for who in ("wife", "husband"))
    assert world.get(id).subject_name == f"{wife} và {husband}"
    assert _found(world, husband) == _found(world, wife) == [id]
