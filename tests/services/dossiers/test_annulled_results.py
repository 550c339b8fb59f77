"""A registered dossier while its entry is annulled, and after the entry is valid again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import UTC, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from caunoi.dossiers.v1 import events_pb2
from sqlalchemy import select

from services.chassis.refusal import Kind
from services.dossiers import register_papers, registers
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.in_the_way import InTheWay
from services.dossiers.use_cases.registers import annulments
from tests.services.dossiers.timing import sweep
from tests.services.dossiers.world import CHAIR, DUNG, HOA, NAM_DUONG, SAU, Person, World, just_before, refused, until
from tests.unit.dossiers.copy_forms import copy_form_of
from tests.unit.dossiers.marriage_forms import MARRIAGE

MARRY, COPY_OUT = "1.000894", "2.000635"
ANNULMENT = {"text": "Hủy việc đăng ký.", "basis": "Quyết định hủy giấy tờ cấp trái pháp luật"}


def _propose_stop(world: World, id: str) -> pb.Dossier:
    request = pb.ProposeStopRequest(dossier_id=id, reason="Mục đã bị hủy", article="Luật Hộ tịch 2014 Đ70")
    answer = world.call("ProposeStop", request, DUNG)
    assert isinstance(answer, pb.Dossier)
    return answer


def _annulled(world: World) -> pb.Dossier:
    """A birth that was registered and compared, and then annulled."""
    signed = world.signed()
    world.compare_all(signed.id)
    world.noted(signed.register_entry.id, "annulment", **ANNULMENT)
    return signed


@pytest.mark.parametrize("proposed", [False, True])
def test_the_paper_of_an_annulled_entry_is_not_handed_over(world: World, proposed: bool) -> None:
    """Luật Hộ tịch 2014 Đ12.2, Đ70.1h: it is withdrawn, the desk is not offered to, and the rejection is possible."""
    signed = _annulled(world)
    if proposed:
        _propose_stop(world, signed.id)
    shown = world.get(signed.id, HOA)
    assert "handover" not in shown.actions
    assert "entry-annulled" in {each.check for each in shown.findings}, "the desk reads why"
    no = refused(partial(world.hand_over, signed.id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "wrong-state")
    assert "thu hồi" in no.text
    if not proposed:
        _propose_stop(world, signed.id)
    assert world.call("StopDossier", pb.StopDossierRequest(dossier_id=signed.id), CHAIR).status == 8


def _paper(world: World, id: str) -> tuple[str, bool]:
    """The status of the result's paper, and whether the dossier tells when it changed."""
    shown = world.get(id)
    assert world.get(id, HOA).result_paper_status == shown.result_paper_status, "the desk reads the same"
    return shown.result_paper_status, shown.HasField("result_paper_changed_at")


def test_a_dossier_says_that_the_paper_was_revoked_after_the_hand_over(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.2; docs/decisions/0053: its status stays, and the paper has one of its own."""
    signed = world.signed()
    world.compare_all(signed.id)
    assert _paper(world, signed.id) == ("valid", False)
    assert world.hand_over(signed.id).status == 10
    world.noted(signed.register_entry.id, "annulment", **ANNULMENT)
    assert (_paper(world, signed.id), world.get(signed.id).status) == (("revoked", True), 10)
    world.noted(signed.register_entry.id, "note-withdrawn", text="Quyết định hủy bị bãi bỏ.", withdraws=1)
    assert _paper(world, signed.id) == ("valid", False)


def test_a_dossier_says_that_a_note_came_after_the_signature_and_is_handed_over(world: World) -> None:
    signed = world.signed()
    world.compare_all(signed.id)
    world.noted(signed.register_entry.id, "correction", text="Sửa nơi sinh.", basis="Quyết định cải chính")
    assert _paper(world, signed.id) == ("superseded", True)
    assert world.hand_over(signed.id).status == 10


def _waiting_for_me(world: World, who: Person) -> dict[str, int]:
    return {each.name: each.count for each in world.call("ListQueues", pb.ListQueuesRequest(), who).queues}


def _texts(world: World, id: str) -> list[str]:
    """What everybody reads about a dossier: its applicant on its page and in the list, who follows it by its code, and
    the desk.
    """
    shown = world.get(id)
    listed = world.call("ListOwnDossiers", pb.ListOwnDossiersRequest(), SAU).dossiers
    desk = world.call("ListDesk", pb.ListDeskRequest(), HOA).dossiers
    each = [shown, *(one for one in [*listed, *desk] if one.id == id), world.track(shown.code, shown.tracking_key)]
    assert len(each) == 4
    assert len({one.result_annulled for one in each}) == 1
    return [one.waits_for for one in each]


def test_nobody_is_told_to_come_for_the_paper_of_an_annulled_entry(world: World) -> None:
    """docs/law.md §2.1: the page, the lists and the tracking page say so, and the applicant gets a message."""
    signed = world.signed()
    assert all("nhận" in each and "không còn" not in each for each in _texts(world, signed.id))
    assert not world.get(signed.id).result_annulled
    before = _waiting_for_me(world, DUNG)
    world.noted(signed.register_entry.id, "annulment", **ANNULMENT)
    assert world.get(signed.id).result_annulled
    assert all("không còn giấy tờ để nhận" in each for each in _texts(world, signed.id))
    event = world.events(key=signed.id)[-1]
    assert event.type.endswith("dossier.result-annulled.v1")
    assert events_pb2.DossierResultAnnulled.FromString(event.payload).facts.status == 9
    history = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=signed.id), SAU).entries
    assert (history[-1].action, history[-1].status) == ("result-annulled", 9)
    after = _waiting_for_me(world, DUNG)
    assert after["annulled"] == before["annulled"] + 1, "the officer finds what has to be ended"
    assert _waiting_for_me(world, HOA)["to-hand-over"] == 0


def test_who_was_told_of_an_annulment_is_told_that_it_was_withdrawn(world: World) -> None:
    signed = _annulled(world)
    world.noted(signed.register_entry.id, "note-withdrawn", text="Quyết định hủy bị bãi bỏ.", withdraws=1)
    assert not world.get(signed.id).result_annulled
    assert all("không còn" not in each for each in _texts(world, signed.id))
    assert world.events(key=signed.id)[-1].type.endswith("dossier.result-restored.v1")
    assert _waiting_for_me(world, HOA)["to-hand-over"] == 1


def test_a_note_that_annuls_nothing_tells_nobody(world: World) -> None:
    signed = world.signed()
    told = len(world.events(key=signed.id))
    world.noted(signed.register_entry.id, "correction", text="Sửa nơi sinh.", basis="Quyết định cải chính")
    assert len(world.events(key=signed.id)) == told


def test_an_annulment_after_the_hand_over_leaves_the_dossier_as_it_is(world: World) -> None:
    signed = world.signed()
    world.compare_all(signed.id)
    world.hand_over(signed.id)
    told = len(world.events(key=signed.id))
    world.noted(signed.register_entry.id, "annulment", **ANNULMENT)
    assert world.get(signed.id).status == 10
    assert len(world.events(key=signed.id)) == told


def test_a_copy_that_tells_of_the_annulment_is_handed_over(world: World) -> None:
    """docs/law.md §7: an annulled entry is never copied without its note; one from before has to be ended."""
    entry = world.registered(MARRY, MARRIAGE.form).register_entry.id
    earlier = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=entry)
    world.noted(entry, "annulment", **ANNULMENT)
    world.clock.advance(timedelta(minutes=1))
    later = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=entry)
    assert [world.get(each.id).result_annulled for each in (earlier, later)] == [True, False]
    sweep(world)
    assert [world.get(each.id).result_annulled for each in (earlier, later)] == [True, False]
    world.compare_all(later.id)
    assert world.hand_over(later.id, delivery="office").status == 10


def test_an_entry_that_stands_again_is_handed_over(world: World) -> None:
    """docs/law.md §2.2: an annulment that was withdrawn has no effect."""
    signed = _annulled(world)
    world.noted(signed.register_entry.id, "note-withdrawn", text="Quyết định hủy bị bãi bỏ.", withdraws=1)
    assert world.hand_over(signed.id).status == 10


@pytest.mark.parametrize("copy", [False, True])
def test_a_dossier_that_was_stopped_for_an_annulment_is_handed_over_after_its_withdrawal(
    world: World, copy: bool
) -> None:
    """docs/decisions/0053: by the system, with a line, an event and a message; its stop notice is no longer issued."""
    entry = world.registered(MARRY, MARRIAGE.form).register_entry.id if copy else ""
    form = copy_form_of(MARRIAGE.form["wife"])
    signed = world.registered(COPY_OUT, form, source_entry_id=entry) if copy else world.signed()
    world.compare_all(signed.id)
    entry = entry or signed.register_entry.id
    world.noted(entry, "annulment", **ANNULMENT)
    _propose_stop(world, signed.id)
    assert world.call("StopDossier", pb.StopDossierRequest(dossier_id=signed.id), CHAIR).status == 8
    no = refused(partial(world.hand_over, signed.id))
    assert "đã kết thúc" in no.text
    world.noted(entry, "note-withdrawn", text="Quyết định hủy bị bãi bỏ.", withdraws=1)
    shown = world.get(signed.id, HOA)
    assert (shown.status, shown.result_annulled) == (9, False)
    assert "certificate" in shown.papers
    assert "stop-notice" not in shown.papers
    history = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=signed.id), SAU).entries
    assert (history[-1].action, history[-1].status) == ("result-restored", 9)
    event = world.events(key=signed.id)[-1]
    assert event.type.endswith("dossier.result-restored.v1")
    assert events_pb2.DossierResultRestored.FromString(event.payload).facts.status == 9
    assert _waiting_for_me(world, HOA)["to-hand-over"] == 1 + copy
    delivery: dict[str, Any] = {"delivery": "office"} if copy else {}
    assert world.hand_over(signed.id, **delivery).status == 10


def test_a_copy_of_an_annulled_entry_is_not_handed_over_and_the_dossier_can_be_ended(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.2: what was signed before the annulment says nothing of it."""
    entry = world.registered(MARRY, MARRIAGE.form).register_entry.id
    copied = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=entry)
    world.compare_all(copied.id)
    world.noted(entry, "annulment", **ANNULMENT)
    no = refused(partial(world.hand_over, copied.id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "wrong-state")
    _propose_stop(world, copied.id)
    assert world.call("StopDossier", pb.StopDossierRequest(dossier_id=copied.id), CHAIR).status == 8


def test_a_registered_dossier_whose_entry_counts_again_is_not_rejected(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.2, Đ70: the proposal goes with its ground; nothing waits for the signer, and the result is
    handed over.
    """
    signed = _annulled(world)
    _propose_stop(world, signed.id)
    world.noted(signed.register_entry.id, "note-withdrawn", text="Quyết định hủy bị bãi bỏ.", withdraws=1)
    assert "stop" not in world.get(signed.id, CHAIR).actions
    no = refused(partial(world.call, "StopDossier", pb.StopDossierRequest(dossier_id=signed.id), CHAIR))
    assert (no.kind, no.type) == (Kind.CONFLICT, "not-approved")
    assert _waiting_for_me(world, CHAIR)["to-stop"] == 0
    assert world.hand_over(signed.id).status == 10


@contextmanager
def _before_the_mark() -> Iterator[None]:
    """Works as the version before `annulled_at`, which lets a dossier be stopped for any annulment of its entry or of
    the entry that was copied.
    """

    def is_void(found: InTheWay) -> bool:
        entry = registers.entry_of(found._unit.session, found._row.id)
        return entry is not None and register_papers.is_void(found._unit.session, entry)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(annulments, "follow", lambda *_: None)
        patch.setattr(annulments, "catch_up", lambda *_: None)
        patch.setattr(InTheWay, "_is_annulled", property(is_void))
        yield


def _noted_before_the_mark(world: World, entry: str, kind: str, **note: Any) -> None:
    with _before_the_mark():
        world.noted(entry, kind, **note)


def _stop(world: World, id: str) -> None:
    assert world.call("StopDossier", pb.StopDossierRequest(dossier_id=id), CHAIR).status == 8


WITHDRAWAL: dict[str, Any] = {"text": "Quyết định hủy bị bãi bỏ.", "withdraws": 1}


@pytest.mark.parametrize("copied", [False, True])
def test_an_annulment_without_the_mark_is_refused_at_the_hand_over_and_marked_by_the_sweep(
    world: World, copied: bool
) -> None:
    """Luật Hộ tịch 2014 Đ12.2: as a process of the version before leaves it during a roll-out."""
    done = world.registered(MARRY, MARRIAGE.form)
    entry = done.register_entry.id
    if copied:
        done = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=entry)
    world.compare_all(done.id)
    _noted_before_the_mark(world, entry, "annulment", **ANNULMENT)
    assert not world.get(done.id).result_annulled
    assert "handover" not in world.get(done.id, HOA).actions
    no = refused(partial(world.hand_over, done.id, delivery="office"))
    assert (no.kind, no.type) == (Kind.CONFLICT, "wrong-state")
    assert "thu hồi" in no.text
    told = len(world.events(key=done.id))
    sweep(world)
    sweep(world)
    assert world.get(done.id).result_annulled
    assert [each.type for each in world.events(key=done.id)[told:]] == ["vn.caunoi.dossiers.dossier.result-annulled.v1"]
    last = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=done.id), SAU).entries[-1]
    assert (last.action, last.actor) == ("result-annulled", "Hệ thống")


def test_the_proposal_to_reject_marks_what_the_sweep_has_not_marked_yet(world: World) -> None:
    signed = world.signed()
    _noted_before_the_mark(world, signed.register_entry.id, "annulment", **ANNULMENT)
    assert _propose_stop(world, signed.id).result_annulled
    told = [each.type for each in world.events(key=signed.id)]
    assert "vn.caunoi.dossiers.dossier.result-annulled.v1" in told
    assert world.call("StopDossier", pb.StopDossierRequest(dossier_id=signed.id), CHAIR).status == 8


def test_a_mark_that_outlives_the_annulment_rejects_nothing_and_the_sweep_clears_it(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.2, Đ70: a process of the version before withdraws the annulment, and leaves the mark."""
    signed = _annulled(world)
    withdrawn = {"text": "Quyết định hủy bị bãi bỏ.", "withdraws": 1}
    _noted_before_the_mark(world, signed.register_entry.id, "note-withdrawn", **withdrawn)
    assert world.get(signed.id).result_annulled
    no = refused(partial(_propose_stop, world, signed.id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "wrong-state")
    sweep(world)
    assert not world.get(signed.id).result_annulled
    assert world.events(key=signed.id)[-1].type.endswith("dossier.result-restored.v1")
    assert world.hand_over(signed.id).status == 10


@pytest.mark.parametrize("copied", [False, True])
@pytest.mark.parametrize("by", ["a process of the version before", "this version"])
@pytest.mark.parametrize("stopped_by", ["a process of the version before", "this version"])
def test_a_dossier_that_was_stopped_for_an_annulment_comes_back_whichever_version_stopped_it(
    world: World, copied: bool, by: str, stopped_by: str
) -> None:
    """docs/decisions/0053: with the mark or without it; the history and the notes tell why it was stopped."""
    done = world.registered(MARRY, MARRIAGE.form)
    entry = done.register_entry.id
    if copied:
        done = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=entry)
    world.compare_all(done.id)
    with nullcontext() if stopped_by == "this version" else _before_the_mark():
        world.noted(entry, "annulment", **ANNULMENT)
        _propose_stop(world, done.id)
        _stop(world, done.id)
    sweep(world)
    assert world.get(done.id).status == 8
    told = len(world.events(key=done.id))
    world.clock.advance(timedelta(minutes=1))
    with nullcontext() if by == "this version" else _before_the_mark():
        world.noted(entry, "note-withdrawn", **WITHDRAWAL)
    sweep(world)
    sweep(world)
    assert (world.get(done.id).status, world.get(done.id).result_annulled) == (9, False)
    assert [each.type for each in world.events(key=done.id)[told:]] == ["vn.caunoi.dossiers.dossier.result-restored.v1"]
    assert "handover" in world.get(done.id, HOA).actions


def test_the_stop_marks_what_the_sweep_has_not_marked_yet(world: World) -> None:
    """The applicant is told why, before the dossier ends."""
    signed = world.signed()
    with _before_the_mark():
        world.noted(signed.register_entry.id, "annulment", **ANNULMENT)
        _propose_stop(world, signed.id)
    _stop(world, signed.id)
    told = [each.type.split(".")[-2] for each in world.events(key=signed.id)]
    assert told[-2:] == ["result-annulled", "stopped"]


def test_a_copy_that_told_of_the_annulment_and_was_stopped_stays_stopped(world: World) -> None:
    """The version before stopped it for another reason: the entry was annulled before it was signed, and it says so."""
    entry = world.registered(MARRY, MARRIAGE.form).register_entry.id
    world.noted(entry, "annulment", **ANNULMENT)
    world.clock.advance(timedelta(minutes=1))
    copied = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=entry)
    with _before_the_mark():
        _propose_stop(world, copied.id)
        _stop(world, copied.id)
    world.clock.advance(timedelta(minutes=1))
    world.noted(entry, "note-withdrawn", **WITHDRAWAL)
    sweep(world)
    assert world.get(copied.id).status == 8
    world.noted(entry, "note-withdrawn", text="Lại có hiệu lực.", withdraws=2)
    sweep(world)
    assert world.get(copied.id).status == 8


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_the_sweep_marks_tells_the_time_of_the_note(world: World, withdrawn: bool) -> None:
    signed = _annulled(world) if withdrawn else world.signed()
    noted_at = world.clock.now()
    kind, note = ("note-withdrawn", WITHDRAWAL) if withdrawn else ("annulment", ANNULMENT)
    _noted_before_the_mark(world, signed.register_entry.id, kind, **note)
    world.clock.advance(timedelta(days=30))
    sweep(world)
    with world.cells[NAM_DUONG].database.transaction() as session:
        marked = session.scalars(select(DossierRow.annulled_at).where(DossierRow.id == UUID(signed.id))).one()
    assert marked == (None if withdrawn else noted_at)
    told = world.events(key=signed.id)[-1]
    payload: Any = events_pb2.DossierResultRestored if withdrawn else events_pb2.DossierResultAnnulled
    event = payload.FromString(told.payload)
    assert event.noted_at.ToDatetime(UTC) == noted_at
    assert event.facts.happened_at.ToDatetime(UTC) == world.clock.now()


def test_an_annulment_at_the_moment_of_the_hand_over_waits_for_it(world: World) -> None:
    """Either the note is there, and nothing is handed over; or it comes after what was handed over."""
    signed = world.signed()
    world.compare_all(signed.id)
    written = world.propose_note(signed.register_entry.id, "annulment", **ANNULMENT)
    database = world.cells[NAM_DUONG].database
    with ThreadPoolExecutor(1) as other:
        notes: list[Future[Any]] = []
        waited: list[bool] = []

        def annul() -> None:
            notes.append(other.submit(world.decide_note, written, confirmed=True))
            until(lambda: notes[0].done() or _waits_for_lock(world))
            waited.append(not notes[0].done())

        with just_before(database, "UPDATE dossiers", annul):
            assert world.hand_over(signed.id).status == 10
        assert waited == [True]
        assert notes[0].result(20).notes[0].kind == "annulment"


def _waits_for_lock(world: World) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with world.cells[NAM_DUONG].database.engine.connect() as connection:
        return bool(connection.exec_driver_sql(query).scalar_one())
