"""Queues say what waits for whom, and the desk's list is narrowed and turned page by page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from services.chassis.database.tables import AuditRow
from services.chassis.refusal import Kind
from services.dossiers.domain.queues import NOTES_RETURNED, NOTES_TO_SIGN, QUEUES
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.clock.sweep import sweep_once
from tests.services.dossiers.timing import INQUIRY, REPLY, reply, verify
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    HOA,
    NAM_DUONG,
    OFFICER_AND_SIGNER,
    SAU,
    Person,
    World,
    birth_form,
    refused,
)
from tests.unit.dossiers.marriage_forms import MARRIAGE


def _waiting(world: World, who: Person) -> dict[str, int]:
    found = world.call("ListQueues", pb.ListQueuesRequest(), who).queues
    return {each.name: each.count for each in found}


def _answered(world: World, id: str, who: Person = DUNG) -> None:
    """The applicant was asked for the child's name, and has answered."""
    world.ask(id, "/child/full_name", who=who)
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})


def test_each_role_sees_what_waits_for_it_and_who_has_two_sees_both(world: World) -> None:
    common = {"overdue", "due-soon"}
    of_reception = {"to-accept", "supplemented", "to-hand-over"}
    of_officer = {"answered", "returned", "to-decide", "annulled", "notes-returned"}
    of_signer = {"to-sign", "to-stop", "notes-to-sign"}
    assert _waiting(world, HOA).keys() == common | of_reception
    assert _waiting(world, DUNG).keys() == common | of_officer
    assert _waiting(world, CHAIR).keys() == common | of_signer
    assert _waiting(world, OFFICER_AND_SIGNER).keys() == common | of_officer | of_signer
    assert refused(lambda: _waiting(world, SAU)).kind is Kind.FORBIDDEN
    assert QUEUES.keys() | {NOTES_TO_SIGN[0], NOTES_RETURNED[0]} == common | of_reception | of_officer | of_signer


def test_a_note_that_was_sent_back_waits_for_the_officer_until_rewritten_or_dropped(world: World) -> None:
    """NĐ 123/2015 Đ13.1: a note counts once it is signed, so one that was sent back is still to be done."""
    entry = world.registered(MARRIAGE.procedure.code, MARRIAGE.form).register_entry.id
    assert (_waiting(world, DUNG)["notes-returned"], _waiting(world, CHAIR)["notes-to-sign"]) == (0, 0)
    back = world.decide_note(world.propose_note(entry, "divorce"), reason="Bản án chưa có hiệu lực")
    assert (_waiting(world, DUNG)["notes-returned"], _waiting(world, CHAIR)["notes-to-sign"]) == (1, 0)
    [listed] = world.call("ListProposedNotes", pb.ListProposedNotesRequest(returned=True), DUNG).entries
    [note] = listed.proposed_notes
    assert (listed.id, note.returned_because) == (entry, "Bản án chưa có hiệu lực")
    assert json.loads(note.asked_json)["basis_number"] == "88/2020/QĐST-HNGĐ"
    assert not world.call("ListProposedNotes", pb.ListProposedNotesRequest(), CHAIR).entries
    anew = world.propose_note(entry, "divorce", instead_of=note.id)
    assert [each.returned_because for each in anew.proposed_notes] == [""]
    assert (_waiting(world, DUNG)["notes-returned"], _waiting(world, CHAIR)["notes-to-sign"]) == (0, 1)
    assert refused(partial(world.propose_note, entry, "divorce", instead_of=note.id)).type == "unknown-note"
    world.decide_note(anew, reason="Vẫn chưa có hiệu lực")
    [left] = world.call("GetEntry", pb.GetEntryRequest(entry_id=back.id), DUNG).proposed_notes
    dropped = pb.DropNoteRequest(entry_id=entry, proposed_note_id=left.id)
    assert refused(partial(world.call, "DropNote", dropped, CHAIR)).kind is Kind.FORBIDDEN
    assert not world.call("DropNote", dropped, DUNG).proposed_notes
    assert _waiting(world, DUNG)["notes-returned"] == 0
    with world.cells[NAM_DUONG].database.transaction() as session:
        assert "drop-note-divorce" in session.scalars(sa.select(AuditRow.action)).all()


def test_a_dossier_moves_from_queue_to_queue_as_the_office_works_on_it(world: World) -> None:
    id = world.filed().dossier.id
    assert (_waiting(world, HOA)["to-accept"], world.listed(queue="to-accept")) == (1, [id])
    world.compare_all(id)
    world.accept(id)
    assert _waiting(world, HOA)["to-accept"] == 0
    assert (_waiting(world, DUNG)["to-decide"], _waiting(world, DUNG)["answered"]) == (1, 0)
    world.ask(id, "/child/full_name")
    assert _waiting(world, DUNG)["to-decide"] == 0, "the applicant is waited for"
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert (_waiting(world, DUNG)["answered"], world.listed(queue="answered")) == (1, [id])
    world.accounts.staff = []
    world.approve(id)
    assert (_waiting(world, DUNG)["answered"], _waiting(world, DUNG)["to-decide"]) == (0, 0)
    assert (_waiting(world, CHAIR)["to-sign"], world.listed(CHAIR, queue="to-sign")) == (1, [id])
    assert _waiting(world, OFFICER_AND_SIGNER)["to-sign"] == 1
    with world.cells[NAM_DUONG].database.transaction() as session:
        session.execute(sa.update(DossierRow).values(proposed_by_id=OFFICER_AND_SIGNER.id))
    assert _waiting(world, OFFICER_AND_SIGNER)["to-sign"] == 0, "who has prepared an entry does not sign it"
    assert world.listed(OFFICER_AND_SIGNER, queue="to-sign") == []
    world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason="Xem lại tên mẹ"), CHAIR)
    assert (_waiting(world, DUNG)["returned"], world.listed(queue="returned")) == (1, [id])
    world.approve(id)
    world.sign(id)
    assert _waiting(world, CHAIR)["to-sign"] == 0
    assert (_waiting(world, HOA)["to-hand-over"], world.listed(queue="to-hand-over")) == (1, [id])


def test_assignments_and_acts_of_the_clock_do_not_mark_an_answer_as_seen(world: World) -> None:
    id = world.accepted()
    _answered(world, id)
    world.assign(id, DUNG)
    assert world.listed(queue="answered") == [id]


def test_what_a_pod_of_the_version_before_did_stands_in_the_right_queue_after_the_sweep(world: World) -> None:
    """Its statements do not name the column, which is there from the migration on: it stays as it was."""
    cell = world.cells[NAM_DUONG]

    def answered() -> list[datetime | None]:
        with cell.database.transaction() as session:
            return list(session.scalars(sa.select(DossierRow.answered_at)))

    def by_the_version_before(act: Callable[[], object]) -> None:
        before = answered()
        act()
        with cell.database.transaction() as session:
            session.execute(sa.update(DossierRow).values(answered_at=before[0]))

    id = world.accepted()
    world.ask(id, "/child/full_name")
    by_the_version_before(lambda: world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}}))
    by_the_version_before(lambda: world.assign(id, DUNG))
    assert world.listed(queue="answered") == []
    sweep_once(world.parts.place, cell)
    assert world.listed(queue="answered") == [id]
    seen = answered()
    sweep_once(world.parts.place, cell)
    assert answered() == seen

    world.accounts.staff = []
    by_the_version_before(lambda: world.approve(id))
    world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason="Xem lại tên mẹ"), CHAIR)
    with cell.database.transaction() as session:
        session.execute(sa.update(DossierRow).values(answered_at=seen[0]))
    assert world.listed(queue="answered") == [id], "gone on with, and still shown as new"
    sweep_once(world.parts.place, cell)
    assert (world.listed(queue="answered"), world.listed(queue="returned")) == ([], [id])


def test_what_was_supplemented_before_it_was_taken_in_waits_for_the_desk(world: World) -> None:
    id = world.filed().dossier.id
    assert _waiting(world, HOA)["supplemented"] == 0
    _answered(world, id, HOA)
    assert (_waiting(world, HOA)["supplemented"], world.listed(HOA, queue="supplemented")) == (1, [id])
    world.accept(id)
    assert (_waiting(world, HOA)["supplemented"], _waiting(world, DUNG)["answered"]) == (0, 0)


def test_the_office_sees_what_a_supplement_changed_and_what_the_form_said_before(world: World) -> None:
    id = world.accepted()
    world.ask(id, "/child/full_name")
    assert world.get(id, DUNG).supplement_request.before_json == ""
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert json.loads(world.get(id, DUNG).supplement_request.before_json) == {"/child/full_name": "Nguyễn Minh An"}
    assert world.get(id, SAU).supplement_request.before_json == "", "they know what they wrote"


def test_a_payment_is_no_answer_and_leaves_one_that_came_unseen(world: World) -> None:
    asked = birth_form(copies={"wanted": True, "count": 2})
    paid = world.filed_as("1.001193", asked)
    world.accept(paid)
    world.call("RecordPayment", pb.RecordPaymentRequest(dossier_id=paid, receipt="BL 1"), HOA)
    assert world.get(paid, DUNG).status == 2
    assert world.listed(queue="answered") == []


def test_of_dossiers_due_at_the_same_time_the_one_received_first_is_shown_first(world: World) -> None:
    ids = []
    for minute in range(5):
        world.clock.set(datetime(2020, 10, 6, 9, minute, tzinfo=VIETNAM))
        ids.append(
            world.filed(child={**birth_form()["child"], "full_name": f"Nguyễn Minh {'ABCDE'[minute]}"}).dossier.id
        )
    assert len({world.get(id, HOA).due_at.seconds for id in ids}) == 1
    assert world.listed(HOA) == ids
    first = world.call("ListDesk", pb.ListDeskRequest(page_size=2), HOA)
    assert [each.id for each in first.dossiers] == ids[:2]
    assert world.listed(HOA, cursor=first.next_cursor) == ids[2:]
    after = pb.FindNextDossierRequest(act="acceptance", after_dossier_id=ids[1])
    assert world.call("FindNextDossier", after, HOA).dossier.id == ids[2]


def test_a_cursor_of_the_list_belongs_to_its_filters_and_its_search(world: World) -> None:
    for _ in range(3):
        world.filed()
    searched = {"search": world.call("StartSearch", pb.StartSearchRequest(query="Nguyen Minh An"), HOA).id}
    again = {"search": world.call("StartSearch", pb.StartSearchRequest(query="Nguyen Minh An"), HOA).id}
    other = {"search": world.call("StartSearch", pb.StartSearchRequest(query="Minh"), HOA).id}
    lists: list[dict[str, Any]] = [
        {},
        {"statuses": [1]},
        {"statuses": [1, 2]},
        {"due": "today"},
        {"assigned": "none"},
        {"procedure": "1.001193"},
        {"queue": "to-accept"},
        {"queue": "to-accept", "due": "today"},
        searched,
        other,
        {**searched, "procedure": "1.001193"},
    ]
    for narrowed in lists:
        found = world.call("ListDesk", pb.ListDeskRequest(page_size=1, **narrowed), HOA)
        cursor = found.next_cursor
        assert len(found.dossiers) == 1, narrowed
        assert cursor, narrowed
        assert len(world.listed(HOA, cursor=cursor, **narrowed)) == 2, "a page of another size goes on there"
        for otherwise in [*lists, {"statuses": [0]}]:
            if otherwise == narrowed:
                continue
            no = refused(partial(world.listed, HOA, cursor=cursor, **otherwise))
            assert (no.kind, no.type) == (Kind.INVALID, "invalid-cursor"), (narrowed, otherwise)
    cursor = world.call("ListDesk", pb.ListDeskRequest(page_size=1, **searched), HOA).next_cursor
    assert len(world.listed(HOA, cursor=cursor, **again)) == 2, "the same search started anew"
    cursor = world.call("ListDesk", pb.ListDeskRequest(page_size=1, statuses=[2, 1]), HOA).next_cursor
    assert len(world.listed(HOA, cursor=cursor, statuses=[1, 2])) == 2, "in another order"
    mine = world.call("ListDesk", pb.ListDeskRequest(page_size=1, assigned="none"), HOA).next_cursor
    own_list = partial(world.call, "ListOwnDossiers", pb.ListOwnDossiersRequest(cursor=mine), SAU)
    assert refused(own_list).type == "invalid-cursor"


def test_a_procedure_that_there_is_not_narrows_no_list(world: World) -> None:
    no = refused(partial(world.listed, HOA, procedure="nope"))
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "invalid-field", "procedure")


def test_what_would_be_refused_is_not_offered(world: World) -> None:
    id = world.accepted(MARRIAGE.procedure.code, MARRIAGE.form)

    def offered(who: Person = DUNG) -> set[str]:
        return set(world.get(id, who).actions)

    assert {"extension", "approval", "assignment"} <= offered()
    verify(world, id, **INQUIRY)
    assert not {"extension", "approval"} & offered(), "another office is waited for"
    told = refused(lambda: world.ask(id, "/no-such-field"))
    assert told.type == "unknown-field"
    reply(world, id, **REPLY)
    assert {"extension", "approval"} <= offered()
    later = pb.ExtendDossierRequest(dossier_id=id, reason="Máy chủ hỏng")
    later.new_due_at.FromDatetime(datetime(2020, 12, 8, 9, tzinfo=VIETNAM))
    world.call("ExtendDossier", later, DUNG)
    assert "extension" not in offered(), "once"
    world.assign(id, HOA)
    assert "assignment" not in offered(), "a colleague works on it"
    assert "assignment" in offered(HOA) & offered(CHAIR)
    refusal = refused(lambda: world.sign(id))
    text = refusal.text
    assert "hẹn lại" not in text


def test_an_officer_is_led_to_what_stands_in_their_own_queues(world: World) -> None:
    """An officer may accept, but what waits for acceptance is the desk's."""
    world.filed()
    assert world.call("FindNextDossier", pb.FindNextDossierRequest(), DUNG).dossier.id == ""
    assert world.call("FindNextDossier", pb.FindNextDossierRequest(), HOA).act == "acceptance"


def test_what_another_office_is_asked_waits_for_nobody_here_until_its_answer_comes(world: World) -> None:
    id = world.accepted(MARRIAGE.procedure.code, MARRIAGE.form)
    verify(world, id, **INQUIRY)
    assert _waiting(world, DUNG)["to-decide"] == 0
    reply(world, id, **REPLY)
    assert world.listed(queue="to-decide") == world.listed(queue="answered") == [id]


def test_what_is_due_soon_is_told_from_what_is_overdue(world: World) -> None:
    id = world.filed().dossier.id  # the check is due today at half past five
    assert _waiting(world, HOA)["due-soon"] == 0
    world.clock.set(datetime(2020, 10, 6, 16, 30, tzinfo=VIETNAM))
    assert (_waiting(world, HOA)["due-soon"], world.listed(queue="due-soon")) == (1, [id])
    assert world.listed(due="soon") == [id]
    world.clock.set(datetime(2020, 10, 7, 8, 0, tzinfo=VIETNAM))
    assert (_waiting(world, HOA)["due-soon"], _waiting(world, HOA)["overdue"]) == (0, 1)
    assert world.listed(queue="overdue") == [id]
    no = refused(lambda: world.listed(queue="whatever"))
    assert (no.kind, [fault.field for fault in no.fields]) == (Kind.INVALID, ["queue"])


def test_the_list_is_narrowed_to_a_procedure(world: World) -> None:
    birth, marriage = world.filed().dossier.id, world.filed_as(MARRIAGE.procedure.code, MARRIAGE.form)
    assert world.listed(procedure=MARRIAGE.procedure.code) == [marriage]
    assert world.listed(procedure="1.001193") == [birth]
    assert refused(lambda: world.listed(procedure="unknown")).type == "invalid-field"
