"""Filings of the desk for somebody who came in (channel 1) or wrote (channel 3), and who may change them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from caunoi.dossiers.v1 import events_pb2
from pypdf import PdfReader
from sqlalchemy import select

from services.chassis.refusal import Kind
from services.dossiers.tables import DossierRow
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    FOREIGN_OFFICER,
    HOA,
    HOSPITAL_PAPER,
    NAM_DUONG,
    SAU,
    VOLUNTEER,
    Person,
    World,
    birth_form,
    photograph,
    refused,
)


def drafts_at_desk(world: World, who: Person) -> list[str]:
    found = world.call("ListDesk", pb.ListDeskRequest(statuses=[0]), who)
    return [each.id for each in found.dossiers]


@pytest.mark.parametrize(("channel", "assistance"), [("counter", "counter"), ("post", "alone")])
def test_the_desk_files_for_people_who_come_in_or_write(world: World, channel: str, assistance: str) -> None:
    """NĐ 123/2015 Đ2–3: in person, by post, or online. Each dossier records how it came about."""
    filed = world.brought(channel=channel)
    dossier = filed.dossier
    assert (dossier.status, dossier.channel, dossier.assistance) == (1, channel, assistance)
    assert (dossier.applicant_account_id, dossier.applicant_name) == ("", "Nguyễn Thị Sáu")
    with world.cells[NAM_DUONG].database.transaction() as session:
        assert session.scalars(select(DossierRow.received_by_id)).one() == HOA.id
    facts = events_pb2.DossierSubmitted.FromString(world.events(key=dossier.id)[-1].payload).facts
    assert facts.applicant_account_id == "", "nobody is written to who left no account"
    history = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=dossier.id), HOA)
    assert history.entries[-1].actor == "Bộ phận Một cửa"
    assert world.track(dossier.code, filed.tracking_key).status == 1


@pytest.mark.parametrize("procedure", ["1.000894", "1.000689"])
def test_a_marriage_and_a_recognition_are_not_taken_in_by_post(world: World, procedure: str) -> None:
    """NĐ 123/2015 Đ3.1: they are filed in person."""
    no = refused(partial(world.draft, HOA, procedure=procedure, channel="post"))
    assert (no.type, no.fields[0].field) == ("invalid-field", "channel")
    assert "không nhận qua bưu chính" in no.text
    assert world.draft(HOA, procedure=procedure, channel="counter").status == 0


def test_code_and_key_are_on_the_receipt_that_the_person_takes_home(world: World) -> None:
    filed = world.brought()
    world.accept(filed.dossier.id)
    answer = world.call("GetPaper", pb.GetPaperRequest(dossier_id=filed.dossier.id, kind="receipt"), HOA)
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert filed.dossier.code in text
    assert filed.tracking_key in text


def test_a_colleague_goes_on_with_what_another_began(world: World) -> None:
    draft = world.draft(HOA, channel="counter")
    assert drafts_at_desk(world, DUNG) == [draft.id]
    assert drafts_at_desk(world, CHAIR) == []
    world.add(draft.id, photograph(), DUNG)
    world.save(draft.id, birth_form(), DUNG)
    world.submit_at_counter(draft.id, DUNG)
    assert drafts_at_desk(world, HOA) == []


def test_the_desks_drafts_are_listed_by_pages_and_narrowed_as_other_lists_are(world: World) -> None:
    drafts = []
    for _ in range(3):
        drafts.append(world.draft(HOA, channel="counter").id)
        world.clock.advance(timedelta(days=40))
    listed = partial(world.call, "ListDesk")

    def asking(**narrowed: Any) -> pb.ListDossiersResponse:
        answer = listed(pb.ListDeskRequest(statuses=[0], **narrowed), HOA)
        assert isinstance(answer, pb.ListDossiersResponse)
        return answer

    found, cursor = [], ""
    for _ in range(3):
        page = asking(page_size=1, cursor=cursor)
        found += [each.id for each in page.dossiers]
        cursor = page.next_cursor
    assert (found, cursor) == (drafts[::-1], ""), "newest first, each once, those of earlier months, too"
    first = asking(page_size=1).next_cursor
    procedure = asking().dossiers[0].procedure
    no = refused(partial(asking, cursor=first, procedure=procedure))
    assert no.type == "invalid-cursor"
    assert len(asking(procedure=procedure).dossiers) == len(asking(assigned="none").dossiers) == 3
    for narrowed in ({"procedure": "1.000894"}, {"due": "overdue"}, {"assigned": "me"}, {"queue": "to-accept"}):
        assert not asking(**narrowed).dossiers, narrowed
    for narrowed in ({"procedure": "1.0"}, {"due": "never"}, {"assigned": "all"}, {"queue": "nowhere"}):
        assert refused(partial(asking, **narrowed)).type == "invalid-field", narrowed
    both = refused(partial(listed, pb.ListDeskRequest(statuses=[0, 1]), HOA))
    assert both.fields[0].field == "status"
    assert "chỉ đi một mình" in both.text


def test_nobody_but_the_desk_of_the_ward_touches_its_drafts(world: World) -> None:
    """A signer has no part in them, and a volunteer never (docs/architecture.md, rule 3)."""
    draft = world.ready(HOA, "counter")
    acts: list[Callable[[Person], object]] = [
        lambda who: world.get(draft.id, who),
        lambda who: world.save(draft.id, {"child": {"full_name": "Trần Văn Khác"}}, who),
        lambda who: world.add(draft.id, photograph(9), who),
        lambda who: world.submit_at_counter(draft.id, who),
        lambda who: world.confirm(draft.id, who),
    ]
    for act in acts:
        for who in (SAU, CHAIR, FOREIGN_OFFICER, VOLUNTEER):
            no = refused(partial(act, who))
            assert (no.kind, no.type) in {(Kind.NOT_FOUND, "unknown-dossier"), (Kind.FORBIDDEN, "not-allowed")}
    assert world.get(draft.id, HOA).version == draft.version


def test_a_citizens_draft_stays_theirs_alone(world: World) -> None:
    draft = world.ready()
    for act in (
        lambda: world.get(draft.id, HOA),
        lambda: world.save(draft.id, {"child": {"full_name": "Trần Văn Khác"}}, HOA),
        lambda: world.submit_at_counter(draft.id),
        lambda: world.call("RemoveDocument", pb.RemoveDocumentRequest(dossier_id=draft.id, document_id=""), HOA),
    ):
        assert refused(act).type == "unknown-dossier"
    filed = world.submit(draft.id, world.confirm(draft.id).id).dossier.id
    world.ask(filed, "/child/full_name")
    assert refused(partial(world.supplement, filed, {"child": {"full_name": "Minh"}}, HOA)).type == "unknown-dossier"


@pytest.mark.parametrize(
    ("who", "channel", "kind"),
    [
        (HOA, "", Kind.FORBIDDEN),
        (HOA, "online", Kind.FORBIDDEN),
        (SAU, "counter", Kind.FORBIDDEN),
        (SAU, "post", Kind.FORBIDDEN),
        (CHAIR, "counter", Kind.FORBIDDEN),
        (VOLUNTEER, "counter", Kind.FORBIDDEN),
        (HOA, "fax", Kind.INVALID),
    ],
)
def test_each_channel_has_its_people(world: World, who: Person, channel: str, kind: Kind) -> None:
    assert refused(partial(world.draft, who, channel=channel)).kind is kind


def test_without_the_signed_form_or_what_is_needed_nothing_is_filed(world: World) -> None:
    draft = world.draft(HOA, channel="counter")
    world.save(draft.id, birth_form(), HOA)
    no = refused(partial(world.submit_at_counter, draft.id, form_signed=False))
    assert (no.type, no.fields[0].field) == ("missing-field", "form_signed")
    no = refused(partial(world.submit_at_counter, draft.id))
    assert (no.type, [fault.field for fault in no.fields]) == ("not-complete", [f"documents/{HOSPITAL_PAPER}"])
    world.add(draft.id, photograph(), HOA)
    world.submit_at_counter(draft.id)
    assert refused(partial(world.submit_at_counter, draft.id)).type == "wrong-state"


def test_a_repeated_filing_at_the_counter_is_one(world: World) -> None:
    draft = world.ready(HOA, "counter")
    request = pb.SubmitAtCounterRequest(dossier_id=draft.id, form_signed=True)
    answers = [world.call("SubmitAtCounter", request, HOA, key="k") for _ in range(2)]
    assert answers[0] == answers[1]


def test_the_desk_enters_what_the_person_brings_later(world: World) -> None:
    id = world.brought().dossier.id
    world.ask(id, "/child/full_name", f"documents/{HOSPITAL_PAPER}")
    assert {"supplement", "withdrawal"} <= set(world.get(id, HOA).actions)
    assert "supplement" not in world.get(id, CHAIR).actions
    world.add(id, photograph(7), DUNG)
    done = world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}}, HOA)
    assert done.status == 1
    assert len(done.documents) == 2


def test_the_desk_withdraws_only_what_was_asked_for_in_writing(world: World) -> None:
    id = world.brought().dossier.id
    no = refused(lambda: world.call("WithdrawDossier", pb.WithdrawDossierRequest(dossier_id=id), DUNG))
    assert (no.type, no.fields[0].field) == ("missing-field", "request_signed")
    request = pb.WithdrawDossierRequest(dossier_id=id, request_signed=True)
    assert world.call("WithdrawDossier", request, DUNG).status == 7
    mine = world.filed().dossier.id
    request = pb.WithdrawDossierRequest(dossier_id=mine, request_signed=True)
    assert refused(lambda: world.call("WithdrawDossier", request, DUNG)).type == "unknown-dossier"
    assert world.call("WithdrawDossier", pb.WithdrawDossierRequest(dossier_id=mine), SAU).status == 7
