"""From 1/1/2023 the office looks residence up; a paper only where that is impossible (NĐ 104/2022 Đ13–14)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import select

from services.dossiers.tables import ResidenceLookupRow
from tests.services.dossiers.test_change_of_law import BORN, FIRST_DAY, LAST_DAY
from tests.services.dossiers.world import CHAIR, DUNG, HOA, NAM_DUONG, SAU, World, photograph, refused

MOTHER = "/mother/residence"
PAPER = "documents/residence-paper"
CHECKS = {"residence-not-looked-up", "residence-differs", "residence-not-found"}


@pytest.fixture
def filed(world: World) -> str:
    world.clock.set(FIRST_DAY)
    return str(world.filed(child=BORN).dossier.id)


def record(world: World, id: str, field: str = MOTHER, who: Any = DUNG, **changes: str) -> pb.Dossier:
    fields: dict[str, Any] = {"source": "population", "result": "as-declared", **changes}
    answer = world.call("RecordResidence", pb.RecordResidenceRequest(dossier_id=id, field=field, **fields), who)
    assert isinstance(answer, pb.Dossier)
    return answer


def said(dossier: pb.Dossier) -> dict[str, str]:
    return {each.field: each.check for each in dossier.findings if each.check in CHECKS}


def of_mother(dossier: pb.Dossier) -> list[pb.ResidenceLookup]:
    return [lookup for each in dossier.residences if each.field == MOTHER for lookup in each.lookups]


def test_the_officer_is_asked_for_each_look_up_that_is_missing_until_it_is_recorded(world: World, filed: str) -> None:
    asked = said(world.get(filed, DUNG))
    assert MOTHER in asked
    assert set(asked.values()) == {"residence-not-looked-up"}
    assert {each.field for each in world.get(filed, DUNG).residences} == set(asked)
    (lookup,) = of_mother(record(world, filed, who=HOA))
    assert (lookup.source, lookup.result, lookup.note, lookup.holds) == ("population", "as-declared", "", True)
    assert lookup.officer.startswith(HOA.name)
    assert lookup.at.seconds
    assert MOTHER not in said(world.get(filed, DUNG))


def test_a_missing_record_stops_no_approval(world: World, filed: str) -> None:
    """The law asks for the look-up; no article makes its record a ground to refuse a registration."""
    world.accept(filed)
    assert MOTHER in said(world.approve(filed))


def test_what_was_found_otherwise_warns_and_what_could_not_be_looked_up_is_told(world: World, filed: str) -> None:
    found = "45 Trần Phú, phường Thạch Thang"
    differs = record(world, filed, result="otherwise", note=found)
    (warned,) = [each for each in differs.findings if each.check == "residence-differs"]
    assert warned.kind == pb.FINDING_KIND_WARNS
    assert found in warned.text
    assert said(record(world, filed, result="not-possible", note="Máy chủ hỏng"))[MOTHER] == "residence-not-found"
    assert [each.result for each in of_mother(world.get(filed, HOA))] == ["otherwise", "not-possible"], "each one stays"


def test_what_was_looked_up_is_for_the_office_alone_and_its_words_are_sealed(world: World, filed: str) -> None:
    record(world, filed, result="otherwise", note="45 Trần Phú")
    own = world.get(filed, SAU)
    assert (list(own.residences), said(own)) == ([], {})
    assert of_mother(world.get(filed, CHAIR))
    with world.cells[NAM_DUONG].database.transaction() as session:
        (kept,) = session.scalars(select(ResidenceLookupRow)).all()
        assert "Trần Phú".encode() not in kept.note


def test_a_residence_paper_is_asked_for_only_where_looking_up_was_impossible(world: World, filed: str) -> None:
    for before in (None, "as-declared", "otherwise"):
        if before is not None:
            record(world, filed, result=before, note="45 Trần Phú")
        no = refused(partial(world.ask, filed, PAPER))
        assert (no.type, [each.field for each in no.fields]) == ("unknown-field", ["items/0/field"])
    record(world, filed, result="not-possible", note="Máy chủ hỏng")
    assert world.ask(filed, PAPER).status == 5
    world.add(filed, photograph(90), kind="residence-paper")
    assert "residence-paper" in {each.kind for each in world.supplement(filed).documents}
    assert "residence-paper" in {each.kind for each in world.get(filed, HOA).comparisons}
    assert MOTHER not in said(record(world, filed, source="paper"))


def test_a_paper_is_asked_for_only_if_that_person_s_residence_could_not_be_looked_up(world: World, filed: str) -> None:
    """NĐ 104/2022 Đ14: each person has their own paper, so that one person's paper does not replace another's."""
    record(world, filed, result="not-possible", note="Máy chủ hỏng")
    for other in ("father", "requester"):
        no = refused(partial(world.ask, filed, f"documents/{other}-residence-paper"))
        assert (no.type, [each.field for each in no.fields]) == ("unknown-field", ["items/0/field"])
    world.ask(filed, "documents/mother-residence-paper")
    world.add(filed, photograph(90), kind="mother-residence-paper")
    sent = world.supplement(filed)
    titles = {each.kind: each.title for each in world.get(filed, HOA).comparisons}
    assert "mother-residence-paper" in {each.kind for each in sent.documents}
    assert titles["mother-residence-paper"] == "Giấy tờ về nơi cư trú của mẹ"


def test_a_paper_stands_in_for_no_database_that_was_not_asked(world: World, filed: str) -> None:
    for result in ("as-declared", "not-possible"):
        no = refused(partial(record, world, filed, source="paper", result=result, note="Xem căn cước"))
        assert (no.type, [each.field for each in no.fields]) == ("invalid-field", ["source"])


def test_another_residence_needs_a_new_look_up(world: World, filed: str) -> None:
    record(world, filed)
    world.ask(filed, "/child/full_name")
    world.supplement(filed, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert MOTHER not in said(world.get(filed, DUNG))
    world.clock.set(FIRST_DAY + timedelta(hours=1))
    world.ask(filed, MOTHER)
    world.supplement(filed, {"mother": {"residence": "45 Trần Phú, phường Thạch Thang"}})
    opened = world.get(filed, DUNG)
    assert said(opened)[MOTHER] == "residence-not-looked-up"
    assert [each.holds for each in of_mother(opened)] == [False]


@pytest.mark.parametrize(
    ("changes", "type", "field"),
    [
        ({"result": "otherwise"}, "missing-field", "note"),
        ({"result": "not-possible", "note": " "}, "missing-field", "note"),
        ({"result": "perhaps"}, "invalid-field", "result"),
        ({"source": "hearsay"}, "invalid-field", "source"),
        ({"field": "/child/full_name"}, "unknown-field", "field"),
    ],
)
def test_a_record_says_where_and_what(world: World, filed: str, changes: dict[str, str], type: str, field: str) -> None:
    no = refused(partial(record, world, filed, **changes))
    assert (no.type, [each.field for each in no.fields]) == (type, [field])


def test_until_2022_papers_prove_it_and_nothing_is_looked_up(world: World) -> None:
    world.clock.set(LAST_DAY)
    id = world.filed(child=BORN).dossier.id
    assert (list(world.get(id, DUNG).residences), said(world.get(id, DUNG))) == ([], {})
    assert refused(partial(record, world, id)).type == "unknown-field"


def test_nobody_adds_a_residence_paper_of_their_own_accord(world: World) -> None:
    world.clock.set(FIRST_DAY)
    draft = world.ready(child=BORN)
    assert PAPER not in {each.field for each in draft.findings}
    assert PAPER not in draft.tellable
    no = refused(lambda: world.add(draft.id, photograph(90), kind="residence-paper"))
    assert no.type == "unknown-document-kind"
