"""The divorce or annulment of a marriage is withdrawn after one of the two has married again."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from tests.services.dossiers.people import QUASHED, read_entry, register_marriage, status_of
from tests.services.dossiers.world import World, refused

DIVORCED: dict[str, Any] = {"text": "Ly hôn.", "basis": "Bản án"}
ANNULLED: dict[str, Any] = {"text": "Hủy kết hôn.", "basis": "Quyết định hủy việc kết hôn trái pháp luật"}
OTHER_MAN = {
    "/husband/full_name": "Lê Văn Bình",
    "/husband/birth_date": "1990-05-05",
    "/husband/identity_number": "201777888",
}
#: The wife marries again after a judgment.
AGAIN = OTHER_MAN | {
    "/wife/marriage_count": 2,
    "/wife/judgment_number": "1/2020",
    "/wife/judgment_date": "2020-09-01",
    "/wife/judgment_court": "Tòa án",
    "/wife/judgment_in_force_on": "2020-10-01",
    "/wife/divorced_abroad": False,
}
NAMESAKE = AGAIN | {"/wife/identity_number": "048196000555"}


def _again(world: World, changes: dict[str, Any], status: str) -> str:
    return register_marriage(world, changes | {"/wife/marital_status": status}).register_entry.id


@pytest.mark.parametrize(
    ("kind", "said", "status"), [("divorce", DIVORCED, "divorced"), ("annulment", ANNULLED, "annulled")]
)
@pytest.mark.parametrize(("again", "of_spouse"), [(AGAIN, True), (NAMESAKE, False)])
def test_a_marriage_stands_again_beside_a_later_one_only_after_somebody_has_said_whose_that_is(
    world: World, kind: str, said: dict[str, Any], status: str, again: dict[str, Any], of_spouse: bool
) -> None:
    """Luật HNGĐ 2014 Đ5.2c; until then the papers of the earlier marriage do not count again."""
    one = register_marriage(world).register_entry
    world.noted(one.id, kind, **said)
    ended = status_of(world, one.certificate_id)
    later = _again(world, again, status)
    assert [each.entry_id for each in read_entry(world, one.id).remarriages_to_ask] == [later]
    withdrawing = partial(world.propose_note, one.id, "note-withdrawn", withdraws=1, **QUASHED)
    written = withdrawing()
    no = refused(partial(world.decide_note, written, confirmed=True))
    assert (no.type, read_entry(world, later).label in no.text) == ("note-decided", True)
    assert status_of(world, one.certificate_id) == ended
    back = world.decide_note(written, reason="Xin trả lời.").proposed_notes[0].id
    answer = pb.SpouseRemarried(entry_id=later, of_spouse=of_spouse)
    written = withdrawing(instead_of=back, remarriages=[answer])
    [shown] = written.proposed_notes[0].remarriages
    assert (shown.entry_id, shown.of_spouse) == (later, of_spouse), "the signer reads it"
    [_, note] = world.decide_note(written, confirmed=True).notes
    assert [(each.entry_id, each.of_spouse) for each in note.remarriages] == [(later, of_spouse)], "the answer stays"


def test_a_later_marriage_that_does_not_stand_is_not_asked_about(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c: only one marriage stands once the divorce is withdrawn."""
    one = register_marriage(world).register_entry.id
    world.noted(one, "divorce", **DIVORCED)
    later = _again(world, AGAIN, "divorced")
    world.noted(later, "annulment", **ANNULLED)
    assert not read_entry(world, one).remarriages_to_ask
    world.noted(one, "note-withdrawn", withdraws=1, **QUASHED)
    assert not read_entry(world, one).remarriages_to_ask, "the marriage stands"
