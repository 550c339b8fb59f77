"""Ethnicity, cause of death, abandoned, surrogacy, father unknown: only for the office and the applicant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from tests.services.dossiers.world import BIRTH, DUNG, SAU, World, birth_form
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.worlds import changed

ABANDONED = birth_form(
    child={"situation": "abandoned", "ethnicity": None, "found_on": "2020-10-05", "birth_date_from": "paper"},
    requester={"relation": "carer"},
)
SURROGACY = birth_form(child={"surrogacy": True, "ethnicity": "Cơ-tu"})
FATHERLESS = birth_form(father={"known": False}, child={"full_name": "Trần Minh An"}, parents={"husband_lately": False})
HUSBANDS = birth_form(
    father={"known": False},
    child={"full_name": "Trần Minh An"},
    parents={"husband_lately": True, "mother_had_husband": True, "court_refused": "refused"},
)
JUDGED = changed(HUSBANDS, {"/parents/court_refused": "decided"})
EXECUTED = changed(DEATH.form, {"/death/circumstance": "execution", "/death/cause": "Thi hành án tử hình"})


@pytest.mark.parametrize(
    ("procedure", "form", "words"),
    [
        (BIRTH, ABANDONED, ["bỏ rơi", "abandon"]),
        (BIRTH, SURROGACY, ["mang thai hộ", "surrogacy", "Cơ-tu", "hỗ trợ sinh sản"]),
        (BIRTH, FATHERLESS, ["chưa xác định", "không rõ cha"]),
        (BIRTH, HUSBANDS, ["Tòa án", "court", "giám định", "relation-test", "chồng"]),
        (BIRTH, JUDGED, ["Tòa án", "bản án", "judgment", "chồng"]),
        ("1.000656", DEATH.form, ["Nhồi máu cơ tim"]),
        ("1.000656", EXECUTED, ["án tử hình", "execution"]),
    ],
)
def test_what_is_restricted_is_told_to_nobody_outside_the_office(
    world: World, procedure: str, form: Mapping[str, Any], words: list[str]
) -> None:
    """docs/architecture.md, rule 7: not on the tracking page, and in no event, so in no message."""
    world.clock.set(datetime(2020, 10, 6, 9, 0, tzinfo=VIETNAM))
    id = world.accepted(procedure, form)
    own = world.get(id, SAU)
    kinds = [f"documents/{each.kind}" for each in own.documents]
    world.ask(id, *kinds)
    tracked = world.track(own.code, own.tracking_key)
    assert len(tracked.asked_for) == len(kinds), "something is asked for, and how much, can be read"
    told = str(tracked).encode().decode("unicode_escape").encode("latin-1").decode() + str(tracked)
    payloads = b"".join(event.payload for event in world.events(key=id)).decode(errors="replace")
    for word in words:
        assert word.lower() not in told.lower()
        assert word.lower() not in payloads.lower()
    assert {item.field for item in world.get(id, DUNG).supplement_request.items} == set(kinds)


def test_an_ordinary_paper_that_is_asked_for_is_named(world: World) -> None:
    id = world.filed().dossier.id
    world.ask(id, "documents/birth-certificate-of-hospital")
    own: pb.Dossier = world.get(id, SAU)
    assert list(world.track(own.code, own.tracking_key).asked_for) == ["Giấy chứng sinh"]
