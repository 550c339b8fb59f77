"""The answers to a verification as the officer records them: late, wrong, without a result, against the declaration."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind
from tests.services.dossiers.people import MARRY
from tests.services.dossiers.timing import INQUIRY, REPLY, STATUS, at, inquired, reply, shown, verify
from tests.services.dossiers.world import CHAIR, DUNG, SAU, World, refused
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE


def test_the_result_of_a_verification_is_recorded_only_where_one_goes_on(world: World) -> None:
    id = world.accepted(STATUS, MARITAL_STATUS.form)
    assert world.ask(id, "/person/full_name").status == 5
    assert "verification-reply" not in world.get(id, DUNG).actions
    other = world.accepted(STATUS, MARITAL_STATUS.form)
    verify(world, other, **INQUIRY)
    assert "verification-reply" in world.get(other, DUNG).actions
    reply(world, other, **REPLY)
    [answered] = world.get(other, DUNG).verifications
    assert list(answered.outcomes) == ["withdrawn"], "taken back, where it was recorded wrongly"


def test_a_result_that_was_recorded_wrongly_is_taken_back_and_waited_for_again(world: World) -> None:
    """NĐ 123/2015 Đ3.4, Đ22: the letter is still open, so the clock has been stopped since it was sent."""
    id = inquired(world)
    world.clock.set(at("2020-10-08 09:00"))
    reply(world, id, **{**REPLY, "text": "Trả lời cho hồ sơ khác"})
    assert world.approve(id, number="").status == 4
    assert "signature" in world.get(id, CHAIR).actions
    no = refused(lambda: reply(world, id, outcome="withdrawn"))
    assert (no.type, no.fields[0].field) == ("missing-field", "text")
    back = reply(world, id, outcome="withdrawn", text="Ghi nhầm hồ sơ")
    [open_again] = back.verifications
    assert (open_again.state, open_again.answer, back.HasField("due_at")) == ("sent", "", False)
    [gone] = open_again.withdrawn
    assert (gone.outcome, gone.answer, gone.reason) == ("replied", "Trả lời cho hồ sơ khác", "Ghi nhầm hồ sơ")
    assert gone.by == DUNG.name
    assert "signature" not in world.get(id, CHAIR).actions, "what was prepared on it is prepared anew"
    assert refused(lambda: world.approve(id, number="")).type == "verification-open"
    assert refused(lambda: reply(world, id, outcome="withdrawn", text="Lần nữa")).type == "unknown-verification"
    own = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), SAU).entries[-1]
    assert "rút lại" in own.reason
    assert "hồ sơ khác" not in own.reason
    world.clock.set(at("2020-10-14 09:00"))
    right = reply(world, id, **{**REPLY, "document_date": "2020-10-13"})
    assert shown(right.due_at) == "2020-10-19 17:30", "as if nothing had been recorded in between"
    assert [each.reason for each in right.verifications[0].withdrawn] == ["Ghi nhầm hồ sơ"]
    assert world.approve(id, number="").status == 4


def test_what_is_taken_back_after_the_twenty_days_is_answered_by_a_commitment_again(world: World) -> None:
    """TT 04/2020 Đ4."""
    id = inquired(world)
    reply(world, id, **REPLY)
    world.clock.set(at("2020-10-30 09:00"))
    [open_again] = reply(world, id, outcome="withdrawn", text="Ghi nhầm").verifications
    assert open_again.state == "timed-out"
    reply(world, id, outcome="commitment", document_date="2020-10-30")
    assert world.approve(id, number="").status == 4


def test_a_second_reply_is_told_apart_from_one_to_nothing_also_while_the_citizen_is_waited_for(world: World) -> None:
    id = inquired(world)
    only = reply(world, id, **REPLY).verifications[0].id
    for status in (4, 5):
        assert world.get(id).status == status
        no = refused(partial(reply, world, id, verification_id=only, **REPLY))
        assert (no.kind, no.type) == (Kind.CONFLICT, "verification-state"), status
        if status == 4:
            world.ask(id, "/person/full_name")


def test_a_reply_that_comes_late_is_taken_and_one_that_cannot_tell_calls_for_a_commitment(world: World) -> None:
    id = inquired(world)
    world.clock.set(at("2020-10-28 08:00"))  # no sweep has come by
    assert reply(world, id, **REPLY).verifications[0].state == "replied"
    verify(world, id, **INQUIRY)
    none = reply(world, id, **{**REPLY, "outcome": "no-result", "document_date": "2020-10-28"})
    assert none.verifications[1].state == "no-result"
    assert refused(lambda: world.approve(id)).type == "verification-open"
    reply(world, id, outcome="commitment", document_date="2020-10-28")
    assert world.approve(id).status == 4


@pytest.mark.parametrize(("procedure", "form"), [(STATUS, MARITAL_STATUS.form), (MARRY, MARRIAGE.form)])
def test_a_late_answer_of_an_office_that_could_not_tell_before_counts(
    world: World, procedure: str, form: dict[str, Any]
) -> None:
    """NĐ 123/2015 Đ22: then nothing is open, and no commitment is needed."""
    id = world.accepted(procedure, form)
    verify(world, id, **INQUIRY)
    none = reply(world, id, **{**REPLY, "outcome": "no-result"})
    assert "replied" in none.verifications[0].outcomes
    after_all = reply(world, id, **REPLY)
    assert (after_all.verifications[0].state, list(after_all.verifications[0].outcomes)) == (
        "replied",
        ["withdrawn"],
    )
    assert world.approve(id).status == 4


def test_several_former_communes_are_asked_at_once_and_the_clock_waits_for_the_last(world: World) -> None:
    """NĐ 123/2015 Đ22: each place of residence is written to."""
    id = inquired(world)
    both = verify(world, id, **{**INQUIRY, "recipient": "Ủy ban nhân dân xã Hòa Tiến"})
    first, second = (one.id for one in both.verifications)
    assert refused(lambda: reply(world, id, **REPLY)).type == "missing-field"
    world.clock.set(at("2020-10-08 09:00"))
    half = reply(world, id, verification_id=first, **REPLY)
    assert (half.HasField("due_at"), half.verifying_until) == (False, "2020-10-26")
    world.clock.set(at("2020-10-09 09:00"))
    whole = reply(world, id, verification_id=second, **REPLY)
    assert shown(whole.due_at) == "2020-10-14 17:30", "the three days on which anybody was waited for count once"
    assert refused(lambda: reply(world, id, verification_id=second, **REPLY)).type == "verification-state"
    assert refused(lambda: reply(world, id, verification_id=id, **REPLY)).type == "unknown-verification"


def test_inquiries_of_one_moment_stay_in_the_order_in_which_they_were_sent(world: World) -> None:
    """For any of them that was answered since; the clock of this test does not move."""
    id = world.accepted(STATUS, MARITAL_STATUS.form)
    communes = [f"Ủy ban nhân dân xã Điện {name}" for name in ("Phong", "Trung", "Quang", "Hòa")]
    for commune in communes:
        sent = verify(world, id, **{**INQUIRY, "recipient": commune}).verifications
    for each in (sent[0], sent[2]):
        answered = reply(world, id, verification_id=each.id, **REPLY).verifications
    assert [each.recipient for each in answered] == communes


def test_an_answer_that_contradicts_the_declaration_is_not_confirmed_as_declared(world: World) -> None:
    """NĐ 123/2015 Đ22; TT 04/2020 Đ33"""
    id = inquired(world)
    said = "Đã đăng ký kết hôn với ông Phan Văn Tài, số 5/2012"
    answered = reply(world, id, **{**REPLY, "finding": "contradicts", "text": said})
    assert answered.verifications[0].finding == "contradicts"
    (told,) = [each for each in world.get(id, DUNG).findings if each.check == "verification-contradicts"]
    assert said in told.text
    declared = world.get(id, DUNG).proposed_statement
    for statement in ("", declared):
        approval = pb.ApproveDossierRequest(dossier_id=id, statement=statement)
        no = refused(partial(world.call, "ApproveDossier", approval, DUNG))
        assert (no.type, [fault.field for fault in no.fields]) == ("missing-field", ["statement"])
        assert said in no.text
    other = pb.ApproveDossierRequest(dossier_id=id, statement="Đang có chồng là ông PHAN VĂN TÀI.")
    assert world.call("ApproveDossier", other, DUNG).status == 4


def test_what_the_ward_finds_against_a_marriage_stops_it_until_it_is_supplemented(world: World) -> None:
    """Luật Hộ tịch 2014 Đ5.2, Đ18"""
    id = world.accepted(MARRY, MARRIAGE.form)
    verify(world, id, kind="own", question="Dân tộc của bên nữ")
    reply(
        world, id, outcome="done", finding="contradicts", text="Bên nữ là người Hoa", contradicted=["/wife/ethnicity"]
    )
    assert list(world.get(id, DUNG).verifications[0].contradicted) == ["/wife/ethnicity"]
    no = refused(lambda: world.approve(id, number=""))
    assert no.type == "not-registrable"
    assert "Bên nữ là người Hoa" in no.fields[0].text
    world.ask(id, "/wife/ethnicity")
    world.clock.advance(timedelta(minutes=5))
    world.supplement(id, {"wife": {"ethnicity": "Hoa"}})
    assert world.approve(id, number="").status == 4
