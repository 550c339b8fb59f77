"""A marriage from the account of neither party (TT 04/2020 Đ2): told before it is filed, and to the office."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2 as pb

from tests.services.dossiers.world import CHAIR, HOA, MARRIAGE, SAU, World
from tests.unit.dossiers.marriage_forms import FORM

HERS = {**FORM, "wife": {**FORM["wife"], "full_name": "NGUYỄN Thị  Sáu"}}


def told(dossier: pb.Dossier) -> list[tuple[str, int]]:
    return [(each.field, each.kind) for each in dossier.findings if each.check == "filed-by-another"]


def test_a_filer_who_is_neither_party_is_told_before_filing_and_the_office_asks(world: World) -> None:
    """It lay before the signer, and nobody had noticed: nobody can be authorised to file a marriage."""
    draft = world.ready_as(MARRIAGE, FORM)
    assert told(world.get(draft.id)) == [("/requester/relation", pb.FINDING_KIND_WARNS)]
    id = world.submit(draft.id, world.confirm(draft.id).id).dossier.id
    for who in (HOA, CHAIR):
        assert told(world.get(id, who)) == [("/requester/relation", pb.FINDING_KIND_ASKS_OFFICER)]
    (finding,) = [each for each in world.get(id, HOA).findings if each.check == "filed-by-another"]
    assert SAU.name in finding.text
    assert "Trần Thị Lan" in finding.text


def test_a_party_s_own_filing_and_the_desk_s_say_nothing_of_it(world: World) -> None:
    own = world.filed_as(MARRIAGE, HERS)
    assert told(world.get(own)) == told(world.get(own, HOA)) == []
    draft = world.ready_as(MARRIAGE, FORM, HOA, "counter")
    assert told(world.get(draft.id, HOA)) == []
