"""Queues say what waits for whom; a search is an id that says nothing; numbers find a dossier without being kept."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from services.chassis.database.tables import AuditRow
from services.chassis.refusal import Kind
from services.dossiers.domain.queues import NOTES_RETURNED, NOTES_TO_SIGN, QUEUES
from services.dossiers.service import make_findable
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.clock.sweep import sweep_once
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


def _agreed(world: World, id: str) -> None:
    """The office that was asked has answered, and its answer agrees with the declaration."""
    reply = pb.RecordVerificationReplyRequest(
        dossier_id=id,
        outcome="replied",
        finding="agrees",
        text="Chưa",
        document_number="12",
        document_date="2020-10-06",
    )
    world.call("RecordVerificationReply", reply, DUNG)


def _waiting(world: World, who: Person) -> dict[str, int]:
    found = world.call("ListQueues", pb.ListQueuesRequest(), who).queues
    return {each.name: each.count for each in found}


def _listed(world: World, who: Person = DUNG, **request: Any) -> list[str]:
    return [each.id for each in world.call("ListDesk", pb.ListDeskRequest(**request), who).dossiers]


def _found(world: World, query: str, who: Person = HOA, **request: Any) -> list[str]:
    id = world.call("StartSearch", pb.StartSearchRequest(query=query), who).id
    return _listed(world, who, search=id, **request)


# Which dossiers wait for whom


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
    assert (_waiting(world, HOA)["to-accept"], _listed(world, queue="to-accept")) == (1, [id])
    world.compare_all(id)
    world.accept(id)
    assert _waiting(world, HOA)["to-accept"] == 0
    assert (_waiting(world, DUNG)["to-decide"], _waiting(world, DUNG)["answered"]) == (1, 0)
    world.ask(id, "/child/full_name")
    assert _waiting(world, DUNG)["to-decide"] == 0, "the applicant is waited for"
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert (_waiting(world, DUNG)["answered"], _listed(world, queue="answered")) == (1, [id])
    world.accounts.staff = []
    world.approve(id)
    assert (_waiting(world, DUNG)["answered"], _waiting(world, DUNG)["to-decide"]) == (0, 0)
    assert (_waiting(world, CHAIR)["to-sign"], _listed(world, CHAIR, queue="to-sign")) == (1, [id])
    assert _waiting(world, OFFICER_AND_SIGNER)["to-sign"] == 1
    with world.cells[NAM_DUONG].database.transaction() as session:
        session.execute(sa.update(DossierRow).values(proposed_by_id=OFFICER_AND_SIGNER.id))
    assert _waiting(world, OFFICER_AND_SIGNER)["to-sign"] == 0, "who has prepared an entry does not sign it"
    assert _listed(world, OFFICER_AND_SIGNER, queue="to-sign") == []
    world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason="Xem lại tên mẹ"), CHAIR)
    assert (_waiting(world, DUNG)["returned"], _listed(world, queue="returned")) == (1, [id])
    world.approve(id)
    world.sign(id)
    assert _waiting(world, CHAIR)["to-sign"] == 0
    assert (_waiting(world, HOA)["to-hand-over"], _listed(world, queue="to-hand-over")) == (1, [id])


def test_assignments_and_acts_of_the_clock_do_not_mark_an_answer_as_seen(world: World) -> None:
    id = world.filed().dossier.id
    world.compare_all(id)
    world.accept(id)
    world.ask(id, "/child/full_name")
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    world.assign(id, DUNG)
    assert _listed(world, queue="answered") == [id]


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

    id = world.filed().dossier.id
    world.take_in(id)
    world.ask(id, "/child/full_name")
    by_the_version_before(lambda: world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}}))
    by_the_version_before(lambda: world.assign(id, DUNG))
    assert _listed(world, queue="answered") == []
    sweep_once(world.parts.place, cell)
    assert _listed(world, queue="answered") == [id]
    seen = answered()
    sweep_once(world.parts.place, cell)
    assert answered() == seen

    world.accounts.staff = []
    by_the_version_before(lambda: world.approve(id))
    world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason="Xem lại tên mẹ"), CHAIR)
    with cell.database.transaction() as session:
        session.execute(sa.update(DossierRow).values(answered_at=seen[0]))
    assert _listed(world, queue="answered") == [id], "gone on with, and still shown as new"
    sweep_once(world.parts.place, cell)
    assert (_listed(world, queue="answered"), _listed(world, queue="returned")) == ([], [id])


def test_what_was_supplemented_before_it_was_taken_in_waits_for_the_desk(world: World) -> None:
    id = world.filed().dossier.id
    assert _waiting(world, HOA)["supplemented"] == 0
    world.ask(id, "/child/full_name", who=HOA)
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert (_waiting(world, HOA)["supplemented"], _listed(world, HOA, queue="supplemented")) == (1, [id])
    world.accept(id)
    assert (_waiting(world, HOA)["supplemented"], _waiting(world, DUNG)["answered"]) == (0, 0)


def test_the_office_sees_what_a_supplement_changed_and_what_the_form_said_before(world: World) -> None:
    id = world.filed().dossier.id
    world.accept(id)
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
    assert _listed(world, queue="answered") == []


def test_of_dossiers_due_at_the_same_time_the_one_received_first_is_shown_first(world: World) -> None:
    ids = []
    for minute in range(5):
        world.clock.set(datetime(2020, 10, 6, 9, minute, tzinfo=VIETNAM))
        ids.append(
            world.filed(child={**birth_form()["child"], "full_name": f"Nguyễn Minh {'ABCDE'[minute]}"}).dossier.id
        )
    assert len({world.get(id, HOA).due_at.seconds for id in ids}) == 1
    assert _listed(world, HOA) == ids
    first = world.call("ListDesk", pb.ListDeskRequest(page_size=2), HOA)
    assert [each.id for each in first.dossiers] == ids[:2]
    assert _listed(world, HOA, cursor=first.next_cursor) == ids[2:]
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
        assert len(_listed(world, HOA, cursor=cursor, **narrowed)) == 2, "a page of another size goes on there"
        for otherwise in [*lists, {"statuses": [0]}]:
            if otherwise == narrowed:
                continue
            no = refused(partial(_listed, world, HOA, cursor=cursor, **otherwise))
            assert (no.kind, no.type) == (Kind.INVALID, "invalid-cursor"), (narrowed, otherwise)
    cursor = world.call("ListDesk", pb.ListDeskRequest(page_size=1, **searched), HOA).next_cursor
    assert len(_listed(world, HOA, cursor=cursor, **again)) == 2, "the same search started anew"
    cursor = world.call("ListDesk", pb.ListDeskRequest(page_size=1, statuses=[2, 1]), HOA).next_cursor
    assert len(_listed(world, HOA, cursor=cursor, statuses=[1, 2])) == 2, "in another order"
    mine = world.call("ListDesk", pb.ListDeskRequest(page_size=1, assigned="none"), HOA).next_cursor
    own_list = partial(world.call, "ListOwnDossiers", pb.ListOwnDossiersRequest(cursor=mine), SAU)
    assert refused(own_list).type == "invalid-cursor"


def test_a_procedure_that_there_is_not_narrows_no_list(world: World) -> None:
    no = refused(partial(_listed, world, HOA, procedure="nope"))
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "invalid-field", "procedure")


def test_a_name_finds_a_dossier_in_whatever_status(world: World) -> None:
    id = world.filed().dossier.id
    refusal = pb.RefuseDossierRequest(dossier_id=id, reason="Ngoài thẩm quyền", article="Luật Hộ tịch 2014 Đ13")
    world.call("RefuseDossier", refusal, HOA)
    assert _listed(world, HOA) == []
    assert _found(world, "nguyen minh an") == [id]
    assert _found(world, "nguyen minh an", statuses=[1]) == []


@pytest.mark.parametrize(
    ("query", "found"), [("B1234567", True), ("b 1234567", True), ("4567", True), ("C1234567", False)]
)
def test_a_passport_is_found_by_its_whole_number(world: World, query: str, found: bool) -> None:
    requester = {**birth_form()["requester"], "identity_paper": "passport", "identity_number": "B1234567"}
    id = world.filed(requester=requester).dossier.id
    assert _found(world, query) == [id] * found


def test_what_would_be_refused_is_not_offered(world: World) -> None:
    id = world.filed_as(MARRIAGE.procedure.code, MARRIAGE.form)
    world.take_in(id)

    def offered(who: Person = DUNG) -> set[str]:
        return set(world.get(id, who).actions)

    assert {"extension", "approval", "assignment"} <= offered()
    asked = pb.RequestVerificationRequest(
        dossier_id=id, kind="inquiry", recipient="UBND xã Điện Phong", person="Trần Văn A", question="Đã kết hôn chưa?"
    )
    world.call("RequestVerification", asked, DUNG)
    assert not {"extension", "approval"} & offered(), "another office is waited for"
    told = refused(lambda: world.ask(id, "/no-such-field"))
    assert told.type == "unknown-field"
    _agreed(world, id)
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
    id = world.filed_as(MARRIAGE.procedure.code, MARRIAGE.form)
    world.take_in(id)
    asked = pb.RequestVerificationRequest(
        dossier_id=id, kind="inquiry", recipient="UBND xã Điện Phong", person="Trần Văn A", question="Đã kết hôn chưa?"
    )
    world.call("RequestVerification", asked, DUNG)
    assert _waiting(world, DUNG)["to-decide"] == 0
    _agreed(world, id)
    assert _listed(world, queue="to-decide") == _listed(world, queue="answered") == [id]


def test_what_is_due_soon_is_told_from_what_is_overdue(world: World) -> None:
    id = world.filed().dossier.id  # the check is due today at half past five
    assert _waiting(world, HOA)["due-soon"] == 0
    world.clock.set(datetime(2020, 10, 6, 16, 30, tzinfo=VIETNAM))
    assert (_waiting(world, HOA)["due-soon"], _listed(world, queue="due-soon")) == (1, [id])
    assert _listed(world, due="soon") == [id]
    world.clock.set(datetime(2020, 10, 7, 8, 0, tzinfo=VIETNAM))
    assert (_waiting(world, HOA)["due-soon"], _waiting(world, HOA)["overdue"]) == (0, 1)
    assert _listed(world, queue="overdue") == [id]
    no = refused(lambda: _listed(world, queue="whatever"))
    assert (no.kind, [fault.field for fault in no.fields]) == (Kind.INVALID, ["queue"])


def test_the_list_is_narrowed_to_a_procedure(world: World) -> None:
    birth, marriage = world.filed().dossier.id, world.filed_as(MARRIAGE.procedure.code, MARRIAGE.form)
    assert _listed(world, procedure=MARRIAGE.procedure.code) == [marriage]
    assert _listed(world, procedure="1.001193") == [birth]
    assert refused(lambda: _listed(world, procedure="unknown")).type == "invalid-field"


# A search is an id


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
        no = refused(partial(_listed, world, who, search=search))
        assert (no.kind, no.type) == (Kind.INVALID, "search-expired")
    world.clock.advance(timedelta(minutes=29))
    assert _listed(world, HOA, search=started.id) == [id]
    world.clock.advance(timedelta(minutes=2))
    assert refused(lambda: _listed(world, HOA, search=started.id)).type == "search-expired"


def test_a_search_of_a_register_is_an_id_with_its_reason_and_no_other_lists(world: World) -> None:
    wanted: dict[str, Any] = {"register": "birth", "query": "an", "year": 2020, "reason": "hồ sơ 0001"}
    id = world.call("StartSearch", pb.StartSearchRequest(**wanted), DUNG).id
    found = world.call("SearchRegister", pb.SearchRegisterRequest(search=id), DUNG)
    assert found.asked == pb.StartSearchRequest(**wanted)
    assert refused(lambda: _listed(world, DUNG, search=id)).type == "search-expired"
    for wrong, field in (({"reason": ""}, "reason"), ({"register": "x"}, "register"), ({"from_day": "x"}, "from_day")):
        no = refused(partial(world.call, "StartSearch", pb.StartSearchRequest(**{**wanted, **wrong}), DUNG))
        assert [fault.field for fault in no.fields] == [field]
    with world.cells[NAM_DUONG].database.transaction() as session:
        looks = session.scalars(sa.select(AuditRow.subject).where(AuditRow.action == "search-register")).all()
    assert "register:birth: hồ sơ 0001" in looks


# Words


def test_the_office_reads_of_the_applicant_what_the_applicant_is_told(world: World) -> None:
    filed = world.filed().dossier  # by a grandfather
    world.compare_all(filed.id)
    world.accept(filed.id)
    world.ask(filed.id, "/child/full_name")
    told = {
        who.name: [
            (shown := world.get(filed.id, who)).waits_for,
            *(each.text for each in shown.findings),
            *(each.text for each in world.call("GetHistory", pb.GetHistoryRequest(dossier_id=filed.id), who).entries),
        ]
        for who in (SAU, HOA)
    }
    agreement = "thống nhất mọi nội dung trước khi nộp", "phải thống nhất nội dung với cha mẹ của trẻ"
    for who, words in zip((SAU, HOA), agreement, strict=True):
        assert any(words in text for text in told[who.name]), told[who.name]
    assert "Đang chờ ông/bà bổ sung" in told[SAU.name][0]
    assert "Đang chờ người yêu cầu bổ sung" in told[HOA.name][0]
    assert "Ông/bà đã nộp hồ sơ." in told[SAU.name]
    assert "Người yêu cầu đã nộp hồ sơ." in told[HOA.name]
    assert not [text for text in told[HOA.name] if "ông/bà" in text.lower()]


def test_a_filing_at_the_counter_is_refused_in_words_for_the_office(world: World) -> None:
    draft = world.ready(HOA, "counter", requester={"relation": "mother", "full_name": "Lê Thị Khác", "residence": ""})
    said = [each.text for each in world.get(draft.id, HOA).findings]
    no = refused(lambda: world.submit_at_counter(draft.id))
    texts = [*said, *(fault.text for fault in no.fields)]
    assert "Người yêu cầu khai mình là mẹ của trẻ" in " ".join(texts)
    assert "Xin ghi nơi ở của người yêu cầu." in texts
    assert not [text for text in texts if "ông/bà" in text.lower()]


# Numbers


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
    world.compare_all(id)
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
