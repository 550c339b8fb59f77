"""A filed certified copy replaces the original; a paper that is only shown must be the original."""

from __future__ import annotations

from functools import partial

from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind
from tests.services.dossiers.world import HOA, HOSPITAL_PAPER, World, refused

SAID = "Văn phòng công chứng Hải Châu, số 1204, ngày 01/10/2020"


def _certified(world: World, id: str, kind: str, note: str = SAID, *, agrees: bool = True) -> pb.Dossier:
    request = pb.CompareDocumentRequest(dossier_id=id, kind=kind, agrees=agrees, note=note, certified=True)
    answer = world.call("CompareDocument", request, HOA)
    assert isinstance(answer, pb.Dossier)
    return answer


def _brought(world: World) -> str:
    """Filed at the counter; all is compared but the paper of the hospital."""
    id = str(world.brought().dossier.id)
    for paper in world.get(id, HOA).comparisons:
        if paper.kind != HOSPITAL_PAPER:
            world.compare(id, paper.kind)
    world.accept(id)
    return id


def test_a_certified_copy_is_a_ground_to_register_at_the_counter(world: World) -> None:
    """NĐ 123/2015 Đ3; TT 04/2020 Đ3.3: certified, or compared with the original; nothing beyond that is demanded."""
    id = _brought(world)
    no = refused(partial(world.approve, id))
    assert "bản sao có chứng thực" in no.fields[0].text
    shown = _certified(world, id, HOSPITAL_PAPER)
    (found,) = [each for each in shown.comparisons if each.kind == HOSPITAL_PAPER]
    assert found.agrees
    assert found.note == f"Bản sao có chứng thực: {SAID}", "nobody says that the original was shown"
    assert world.approve(id).status == 4


def test_who_certified_a_copy_is_written_down(world: World) -> None:
    id = _brought(world)
    no = refused(partial(_certified, world, id, HOSPITAL_PAPER, ""))
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "missing-field", "note")


def test_what_is_only_shown_is_shown_itself(world: World) -> None:
    """NĐ 123/2015 Đ2.1, Đ3: of the photo paper that the filer shows no copy is filed."""
    id = str(world.brought().dossier.id)
    no = refused(partial(_certified, world, id, "requester-identity"))
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "invalid-field", "certified")


def test_a_certified_copy_may_differ_from_what_is_declared(world: World) -> None:
    """NĐ 123/2015 Đ3: then it stops the dossier as an original does."""
    id = _brought(world)
    _certified(world, id, HOSPITAL_PAPER, "Ngày sinh khác", agrees=False)
    assert refused(partial(world.approve, id)).type == "not-registrable"
