"""A supplement whose answer asks for more: its questions may be answered, and its papers sent."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.services.dossiers.world import HOA, World, photograph, refused
from tests.unit.dossiers.marital_status_forms import ADDRESS
from tests.unit.dossiers.marital_status_forms import FORM as CONFIRMATION

CONFIRM = "1.004873"
DIVORCED: dict[str, Any] = {
    "status": {
        "now": "divorced",
        "ended_marriage": "registered",
        "judgment_number": "45/2019/QĐST-HNGĐ",
        "judgment_date": "2019-05-14",
        "court": "Tòa án nhân dân quận Hải Châu, thành phố Đà Nẵng",
    }
}


def asked(world: World, field: str) -> str:
    """A confirmation for somebody who never married and named no way to receive it; the desk asks for a field."""
    id = world.filed_as(CONFIRM, CONFIRMATION)
    world.ask(id, field, who=HOA)
    return id


def test_an_answer_of_a_supplement_brings_its_questions_and_papers_along(world: World) -> None:
    """The desk could ask only for the status, but the divorce needs its judgment: nobody could answer such a
    request.
    """
    id = asked(world, "/status/now")
    no = refused(partial(world.supplement, id, {"status": {"now": "divorced"}}))
    assert no.type == "not-complete"
    named = {each.field for each in no.fields}
    assert {"/status/judgment_number", "/status/court", "documents/divorce-judgment"} <= named
    assert world.add(id, photograph(), kind="divorce-judgment").removable
    done = world.supplement(id, DIVORCED)
    assert (done.status, [each.kind for each in done.documents]) == (1, ["divorce-judgment"])


def test_the_address_comes_along_with_the_post(world: World) -> None:
    id = asked(world, "/delivery/way")
    no = refused(partial(world.supplement, id, {"delivery": {"way": "post"}}))
    assert [each.field for each in no.fields] == ["/delivery/address"]
    world.supplement(id, {"delivery": {"way": "post", "address": ADDRESS}})
    assert world.get(id, HOA).handover.address == ADDRESS


def test_what_no_answer_of_the_supplement_leads_to_stays_as_it_was_filed(world: World) -> None:
    id = asked(world, "/status/now")
    for other in ({"person": {"full_name": "Trần Thị Khác"}}, {"delivery": {"way": "office"}}):
        no = refused(partial(world.supplement, id, {**other, **DIVORCED}))
        assert no.type == "not-asked-for"
    judgment = {"status": {"judgment_number": "45/2019/QĐST-HNGĐ"}}
    assert refused(partial(world.supplement, id, judgment)).type == "not-asked-for", "without the answer it belongs to"
    assert refused(partial(world.add, id, photograph(), kind="authorisation")).type == "not-asked-for"
