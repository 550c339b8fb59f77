"""Verifications before the result: whom the ward asks, what waits for the answer, the notice of a found child."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind
from tests.services.dossiers.timing import INQUIRY, STATUS, accepted, acts, at, checks, printed, shown, sweep, verify
from tests.services.dossiers.world import (
    BIRTH,
    CHAIR,
    DUNG,
    HOA,
    SAU,
    Person,
    World,
    birth_form,
    refused,
)
from tests.unit.dossiers.combined_birth_forms import COMBINED
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import LOST, MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import FORM as MARRIAGE_FORM
from tests.unit.dossiers.worlds import changed

MARRIAGE = "1.000894"


NOTICE: dict[str, Any] = {
    "kind": "notice",
    "recipient": "Trung tâm Bảo trợ xã hội Đà Nẵng",
    "place": "Trước cổng chùa Pháp Lâm",
    "from_day": "05/10/2020",
    "question": "Bé trai khoảng 5 ngày tuổi, quấn khăn trắng",
}


REPLY: dict[str, Any] = {
    "outcome": "replied",
    "finding": "agrees",
    "text": "Chưa đăng ký kết hôn với ai",
    "document_number": "45/UBND",
    "document_date": "2020-10-06",
}


DATED = {name: REPLY[name] for name in ("document_number", "document_date")}


ABANDONED = {
    "situation": "abandoned",
    "found_on": "2020-10-05",
    "birth_date_from": "paper",
    "full_name": "Võ Thành Nam",
}


def reply(world: World, id: str, who: Person = DUNG, **fields: Any) -> Any:
    return world.call("RecordVerificationReply", pb.RecordVerificationReplyRequest(dossier_id=id, **fields), who)


def test_the_ward_asks_an_earlier_residence_that_cannot_be_proved_before_the_confirmation(world: World) -> None:
    """NĐ 123/2015 Đ22: the chairman writes to each former commune."""
    elsewhere = {
        "lived": True,
        "places": "Xã Điện Phong, thị xã Điện Bàn, từ 2013 đến 2016",
        "proof": False,
        "abroad": False,
    }
    id = accepted(world, STATUS, {**MARITAL_STATUS.form, "elsewhere": elsewhere})
    no = refused(lambda: world.approve(id, number=""))
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "not-registrable", "/elsewhere/proof")
    assert "NĐ 123/2015 Đ22" in no.fields[0].text
    verify(world, id, **INQUIRY, document_number="12/CV-UBND")
    reply(world, id, **REPLY)
    (asked,) = world.get(id, DUNG).verifications
    assert (asked.letter_number, asked.document_number) == ("12/CV-UBND", "45/UBND"), "the letter, and the reply to it"
    assert world.approve(id, number="").status == 4


def test_every_former_commune_is_asked_and_one_answer_is_not_enough(world: World) -> None:
    """NĐ 123/2015 Đ22.4: the chairman writes to each; a reminder asks nobody else."""
    places = "Xã Điện Phong, thị xã Điện Bàn, từ 2013 đến 2016\nXã Hòa Tiến, từ 2016 đến 2018"
    elsewhere = {"lived": True, "places": places, "proof": False, "abroad": False}
    id = accepted(world, STATUS, {**MARITAL_STATUS.form, "elsewhere": elsewhere})
    for recipient in ("Ủy ban nhân dân xã Điện Phong", "ỦY BAN NHÂN DÂN XÃ ĐIỆN PHONG"):
        verify(world, id, **{**INQUIRY, "recipient": recipient})
        reply(world, id, **REPLY)
        no = refused(lambda: world.approve(id, number=""))
        assert (no.type, no.fields[0].field) == ("not-registrable", "/elsewhere/proof")
        assert "thiếu 1 văn bản" in no.fields[0].text
        assert "inquiry-needed" in checks(world.get(id, DUNG))
    verify(world, id, **{**INQUIRY, "recipient": "Ủy ban nhân dân xã Hòa Tiến"})
    assert "inquiry-needed" not in checks(world.get(id, DUNG))
    assert refused(lambda: world.approve(id, number="")).type == "verification-open"
    reply(world, id, **REPLY)
    assert world.approve(id, number="").status == 4


@pytest.mark.parametrize(
    ("places", "missing"),
    [
        ("Xã Điện Phong, thị xã Điện Bàn, từ 2013 đến 2016; xã Hòa Tiến, huyện Hòa Vang, đến 2018", 2),
        ("Từ 2013 đến 2016:\nXã Điện Phong, thị xã Điện Bàn", 1),
        ("2013-2014: xã Điện Phong, thị xã Điện Bàn\n2016-2018: xã Điện Phong", 1),
        ("Phường Nam Dương, từ 2011 đến 2013\nXã Điện Phong, từ 2013", 1),
    ],
)
def test_one_letter_is_due_for_each_named_commune_except_this_ward(world: World, places: str, missing: int) -> None:
    """NĐ 123/2015 Đ22.4: communes count, not the lines in which they were written."""
    elsewhere = {"lived": True, "places": places, "proof": False, "abroad": False}
    id = accepted(world, STATUS, {**MARITAL_STATUS.form, "elsewhere": elsewhere})
    assert f"thiếu {missing} văn bản" in refused(lambda: world.approve(id, number="")).fields[0].text
    for time in ({"from_day": "2013"}, {"from_day": "2016"}):  # two letters to one commune ask one
        verify(world, id, **{**INQUIRY, "recipient": "Ủy ban nhân dân xã Điện Phong", **time})
    assert ("inquiry-needed" in checks(world.get(id, DUNG))) is (missing == 2)


def test_the_place_of_marriage_that_a_lost_paper_named_is_asked_before_a_new_one(world: World) -> None:
    """TT 04/2020 Đ12.1, Đ4: without a result, on the requester's commitment."""
    id = accepted(world, STATUS, changed(MARITAL_STATUS.form, LOST))
    no = refused(lambda: world.approve(id, number=""))
    assert (no.type, no.fields[0].field) == ("not-registrable", "/earlier/for_marriage")
    assert "TT 04/2020 Đ12" in no.fields[0].text
    question = "Hai bên đã đăng ký kết hôn ở quý cơ quan chưa?"
    place = {"recipient": LOST["/earlier/place"], "place": "", "from_day": "", "until_day": "", "question": question}
    verify(world, id, **{**INQUIRY, **place})
    letter = printed(world, id, "verification-request")
    assert (
        f"Điều 12 Thông tư số 04/2020/TT-BTP, đề nghị Quý cơ quan kiểm tra và trả lời bằng văn bản: {question}"
        in letter
    )
    assert "đã đăng ký thường trú" not in letter
    reply(world, id, **{**REPLY, "outcome": "no-result"})
    assert refused(lambda: world.approve(id, number="")).type == "verification-open"
    reply(world, id, outcome="commitment", document_date="2020-10-06")
    assert world.approve(id, number="").status == 4


@pytest.mark.parametrize(
    ("said", "above"),
    [
        ("", "CHỦ TỊCH"),
        ("head", "CHỦ TỊCH"),
        ("acting", "Q. CHỦ TỊCH"),
        ("deputy", "KT. CHỦ TỊCH PHÓ CHỦ TỊCH"),
    ],
)
def test_letters_and_notices_are_signed_in_the_capacity_that_the_officer_names(
    world: World, said: str, above: str
) -> None:
    """NĐ 30/2020: by hand, in the capacity that results have; who does not say has the head in mind."""
    letters = []
    for id, asked, kind in (
        (accepted(world, STATUS, MARITAL_STATUS.form), INQUIRY, "verification-request"),
        (abandoned(world), NOTICE, "public-notice"),
    ):
        verify(world, id, **asked, signer_capacity=said)
        letters.append(printed(world, id, kind))
    for letter in letters:
        before, stands, _ = letter.rpartition(above)
        assert stands
        assert not before.endswith(("Q. ", "KT. ", "PHÓ "))
        assert letter.count("CHỦ TỊCH") == above.count("CHỦ TỊCH")
    no = refused(lambda: verify(world, id, **INQUIRY, signer_capacity="emperor"))
    assert (no.type, no.fields[0].field) == ("invalid-field", "signer_capacity")


@pytest.mark.parametrize(
    ("place", "asks"),
    [
        ("Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng", False),
        ("UBND phường Nam Dương", False),
        ("phường Nam Dương, Hải Châu, TP. Đà Nẵng", False),
        ("Ủy ban nhân dân xã Nam Dương, huyện Lục Ngạn, tỉnh Bắc Giang", True),
        ("Ủy ban nhân dân phường Nam Dương, quận Ba Đình, thành phố Hà Nội", True),
    ],
)
def test_no_ward_writes_to_itself_about_a_lost_paper(world: World, place: str, asks: bool) -> None:
    """TT 04/2020 Đ12.1: its own registers are searched."""
    id = accepted(world, STATUS, changed(MARITAL_STATUS.form, LOST | {"/earlier/place": place}))
    assert ("inquiry-needed" in checks(world.get(id, DUNG))) is asks
    if asks:
        assert refused(lambda: world.approve(id, number="")).type == "not-registrable"
    else:
        assert world.approve(id, number="").status == 4


def test_a_marriage_waits_for_the_answer_and_no_silence_and_no_commitment_stands_in_for_it(world: World) -> None:
    """TT 04/2020 Đ4: 20 days without a reply open the way for five kinds of inquiry only, not for a marriage."""
    id = accepted(world, MARRIAGE, MARRIAGE_FORM)
    sent = verify(world, id, **INQUIRY)
    assert (sent.HasField("due_at"), sent.verifying_until, sent.verifications[0].waits_until) == (False, "", "")
    assert list(sent.verifications[0].outcomes) == ["replied", "no-result"]
    world.clock.set(at("2020-11-05 08:00"))
    sweep(world)
    waiting = world.get(id, DUNG)
    assert (waiting.verifications[0].state, waiting.HasField("due_at")) == ("sent", False)
    no = refused(lambda: reply(world, id, outcome="commitment", document_date="2020-11-05"))
    assert (no.type, "TT 04/2020 Đ4" in no.text) == ("verification-state", True)
    assert refused(lambda: world.approve(id)).type == "verification-open"
    reply(world, id, **REPLY)
    assert world.approve(id).status == 4


@pytest.mark.parametrize(
    ("procedure", "form"),
    [("1.000656", DEATH.form), ("1.000689", COMBINED.form), (BIRTH, birth_form()), ("2.000635", COPY.form)],
    ids=["death", "birth with recognition", "birth", "copy"],
)
def test_only_marital_status_continues_after_twenty_days_without_an_answer(
    world: World, procedure: str, form: dict[str, Any]
) -> None:
    """TT 04/2020 Đ4: the other four kinds are inquiries of procedures that are not offered here, or of a lost paper."""
    id = accepted(world, procedure, form)
    sent = verify(world, id, **INQUIRY)
    assert (sent.HasField("due_at"), list(sent.verifications[0].outcomes)) == (False, ["replied", "no-result"])
    world.clock.set(at("2020-11-05 08:00"))
    sweep(world)
    assert world.get(id, DUNG).verifications[0].state == "sent"
    no = refused(lambda: reply(world, id, outcome="commitment", document_date="2020-11-05"))
    assert (no.type, "TT 04/2020 Đ4" in no.text) == ("verification-state", True)
    assert refused(lambda: world.approve(id)).type in {"verification-open", "invalid-field"}
    told = reply(world, id, outcome="no-result", text="Không xác minh được", **DATED)
    assert "commitment" not in told.verifications[0].outcomes
    no = refused(lambda: reply(world, id, outcome="commitment", document_date="2020-11-05"))
    assert (no.type, "không thay bằng văn bản cam đoan" in no.text) == ("verification-state", True)


def test_an_inquiry_stops_the_clock_until_it_is_answered(world: World) -> None:
    """NĐ 123/2015 Đ3.4, Đ22: three working days for the confirmation, three for the commune that is asked."""
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    assert shown(world.get(id).due_at) == "2020-10-09 17:30"
    sent = verify(world, id, **INQUIRY)
    assert (sent.status, sent.HasField("due_at"), sent.verifying_until) == (4, False, "2020-10-26")
    assert [(one.state, shown(one.reply_due_at), one.waits_until) for one in sent.verifications] == [
        ("sent", "2020-10-09 17:30", "2020-10-26")
    ]
    assert "xác minh" in sent.waits_for
    no = refused(lambda: world.approve(id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "verification-open")
    world.clock.set(at("2020-10-14 09:00"))
    assert "verification-reply-late" in checks(world.get(id, DUNG))
    answered = reply(world, id, **{**REPLY, "document_date": "2020-10-13"})
    assert (answered.status, shown(answered.due_at), answered.verifying_until) == (4, "2020-10-19 17:30", "")
    assert "verification-answered" in checks(answered), "the paper is issued the same day"
    assert answered.verifications[0].answer == REPLY["text"]


def test_the_result_of_a_verification_is_recorded_only_where_one_goes_on(world: World) -> None:
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    assert world.ask(id, "/person/full_name").status == 5
    assert "verification-reply" not in world.get(id, DUNG).actions
    other = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, other, **INQUIRY)
    assert "verification-reply" in world.get(other, DUNG).actions
    reply(world, other, **REPLY)
    [answered] = world.get(other, DUNG).verifications
    assert list(answered.outcomes) == ["withdrawn"], "taken back, where it was recorded wrongly"


def test_a_result_that_was_recorded_wrongly_is_taken_back_and_waited_for_again(world: World) -> None:
    """NĐ 123/2015 Đ3.4, Đ22: the letter is still open, so the clock has been stopped since it was sent."""
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
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
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
    reply(world, id, **REPLY)
    world.clock.set(at("2020-10-30 09:00"))
    [open_again] = reply(world, id, outcome="withdrawn", text="Ghi nhầm").verifications
    assert open_again.state == "timed-out"
    reply(world, id, outcome="commitment", document_date="2020-10-30")
    assert world.approve(id, number="").status == 4


def test_a_second_reply_is_told_apart_from_one_to_nothing_also_while_the_citizen_is_waited_for(world: World) -> None:
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
    only = reply(world, id, **REPLY).verifications[0].id
    for status in (4, 5):
        assert world.get(id).status == status
        no = refused(partial(reply, world, id, verification_id=only, **REPLY))
        assert (no.kind, no.type) == (Kind.CONFLICT, "verification-state"), status
        if status == 4:
            world.ask(id, "/person/full_name")


def test_the_citizen_learns_only_that_something_is_verified_and_until_when(world: World) -> None:
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
    own = world.get(id, SAU)
    assert own.verifying_until == "2020-10-26"
    assert not own.verifications
    assert "verification-request" not in own.papers
    tracked = world.track(own.code, own.tracking_key)
    assert (tracked.verifying_until, tracked.HasField("due_at")) == ("2020-10-26", False)
    assert "Điện Phong" not in str(tracked)
    events = world.events(key=id)
    assert b"Phong" not in b"".join(event.payload for event in events)


def test_after_twenty_days_without_an_answer_only_a_commitment_opens_the_way(world: World) -> None:
    """TT 04/2020 Đ4; NĐ 123/2015 Đ22."""
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
    commitment: dict[str, Any] = {"outcome": "commitment", "document_date": "2020-10-06"}
    assert refused(lambda: reply(world, id, **commitment)).type == "verification-state"
    world.clock.set(at("2020-10-26 17:00"))
    sweep(world)
    assert world.get(id, DUNG).verifications[0].state == "sent", "the last day is not over"
    world.clock.set(at("2020-10-27 08:00"))
    sweep(world)
    over = world.get(id, DUNG)
    assert (over.verifications[0].state, shown(over.due_at)) == ("timed-out", "2020-10-30 16:00")
    assert "verification-timed-out" in checks(over)
    assert refused(lambda: world.approve(id)).type == "verification-open"
    assert list(over.verifications[0].outcomes) == ["replied", "no-result", "commitment"]
    done = reply(world, id, **commitment)
    assert (done.verifications[0].state, shown(done.due_at)) == ("commitment", "2020-10-30 16:00")
    assert world.approve(id).status == 4


def test_the_wait_ends_when_it_is_over_not_when_the_sweep_comes_by(world: World) -> None:
    """A sweep that stood still for a week gives nobody a week more."""
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
    world.clock.set(at("2020-11-05 08:00"))
    sweep(world)
    late = world.get(id, DUNG)
    assert (shown(late.due_at), late.overdue, late.verdict) == ("2020-10-30 16:00", True, "late")


def test_a_reply_that_comes_late_is_taken_and_one_that_cannot_tell_calls_for_a_commitment(world: World) -> None:
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
    world.clock.set(at("2020-10-28 08:00"))  # no sweep has come by
    assert reply(world, id, **REPLY).verifications[0].state == "replied"
    verify(world, id, **INQUIRY)
    none = reply(world, id, **{**REPLY, "outcome": "no-result", "document_date": "2020-10-28"})
    assert none.verifications[1].state == "no-result"
    assert refused(lambda: world.approve(id)).type == "verification-open"
    reply(world, id, outcome="commitment", document_date="2020-10-28")
    assert world.approve(id).status == 4


@pytest.mark.parametrize(("procedure", "form"), [(STATUS, MARITAL_STATUS.form), (MARRIAGE, MARRIAGE_FORM)])
def test_a_late_answer_of_an_office_that_could_not_tell_before_counts(
    world: World, procedure: str, form: dict[str, Any]
) -> None:
    """NĐ 123/2015 Đ22: then nothing is open, and no commitment is needed."""
    id = accepted(world, procedure, form)
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
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
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


def test_a_supplement_that_comes_in_does_not_start_a_clock_that_waits_for_an_answer(world: World) -> None:
    id = accepted(world)
    verify(world, id, **INQUIRY)
    world.clock.set(at("2020-10-07 09:00"))
    world.ask(id, "/child/full_name")
    world.clock.set(at("2020-10-08 09:00"))
    back = world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert (back.status, back.HasField("due_at"), shown(back.paused_at)) == (4, False, "2020-10-06 09:00")
    world.ask(id, "/child/full_name")
    still = reply(world, id, **REPLY)
    assert (still.status, still.HasField("due_at"), shown(still.paused_at)) == (5, False, "2020-10-08 09:00")


def test_what_the_ward_looks_into_itself_makes_the_limit_five_working_days(world: World) -> None:
    """Luật Hộ tịch 2014 Đ18."""
    id = accepted(world, MARRIAGE, MARRIAGE_FORM)
    assert shown(world.get(id).due_at) == "2020-10-06 17:30"
    looking = verify(world, id, kind="own", question="Hai bên có họ trong phạm vi ba đời hay không")
    assert (shown(looking.due_at), looking.verifying_until) == ("2020-10-13 17:30", "")
    assert refused(lambda: verify(world, id, kind="own", question="Lại hỏi")).type == "verification-running"
    done = reply(world, id, outcome="done", finding="agrees", text="Không có họ hàng")
    assert shown(done.due_at) == "2020-10-13 17:30"
    no = refused(lambda: verify(world, accepted(world), kind="own", question="Nơi sinh"))
    assert (no.type, [fault.field for fault in no.fields]) == ("invalid-field", ["kind"])


def test_a_prepared_entry_is_prepared_again_after_a_verification(world: World) -> None:
    id = accepted(world)
    world.approve(id)
    sent = verify(world, id, **INQUIRY)
    assert not sent.HasField("proposed_entry")
    reply(world, id, **REPLY)
    assert refused(lambda: world.sign(id)).type == "not-approved"


def test_a_verification_says_what_it_lacks_and_changes_nothing(world: World) -> None:
    id = accepted(world)
    version = world.get(id).version
    tries: list[tuple[dict[str, Any], str]] = [
        ({"kind": "guess"}, "kind"),
        ({"kind": "inquiry", "person": "A", "question": "B"}, "recipient"),
        ({"kind": "notice", **{k: v for k, v in NOTICE.items() if k != "kind"}}, "kind"),  # not abandoned
    ]
    for fields, field in tries:
        no = refused(partial(verify, world, id, **fields))
        assert (no.kind, [fault.field for fault in no.fields]) == (Kind.INVALID, [field])
    assert refused(lambda: reply(world, id, **REPLY)).type == "wrong-state", "nothing was asked yet"
    verify(world, id, **INQUIRY)
    for change, field in (
        ({"document_number": ""}, "document_number"),
        ({"finding": ""}, "finding"),
        ({"finding": "maybe"}, "finding"),
        ({"document_date": "2020-10-32"}, "document_date"),
    ):
        no = refused(partial(reply, world, id, **{**REPLY, **change}))
        assert [fault.field for fault in no.fields] == [field]
    no = refused(lambda: reply(world, id, **{**REPLY, "document_date": "2020-10-08"}))
    assert "không sau hôm nay" in no.text
    assert refused(lambda: reply(world, id, outcome="timed-out")).type == "invalid-field", "that is the sweep's"
    assert world.get(id).version == version + 1


@pytest.mark.parametrize("who", [HOA, CHAIR, SAU])
def test_only_the_civil_status_officer_verifies(world: World, who: Person) -> None:
    id = accepted(world)
    assert refused(lambda: verify(world, id, who, **INQUIRY)).kind is Kind.FORBIDDEN
    verify(world, id, **INQUIRY)
    assert refused(lambda: reply(world, id, who, **REPLY)).kind is Kind.FORBIDDEN


def abandoned(world: World) -> str:
    return accepted(world, BIRTH, birth_form(child=ABANDONED, requester={"relation": "carer"}))


def test_an_abandoned_child_is_not_registered_before_the_notice_has_hung_out_for_seven_days(world: World) -> None:
    """NĐ 123/2015 Đ14."""
    id = abandoned(world)
    assert "notice-needed" in checks(world.get(id, DUNG))
    no = refused(lambda: world.approve(id))
    assert (no.kind, no.type) == (Kind.INVALID, "not-registrable")
    assert "NĐ 123/2015 Đ14" in no.fields[0].text
    posted = verify(world, id, **NOTICE)
    assert (posted.verifying_until, posted.HasField("due_at")) == ("2020-10-13", False)
    world.clock.set(at("2020-10-13 16:00"))
    assert refused(lambda: reply(world, id, outcome="done", text="Không ai nhận")).type == "verification-state"
    assert refused(lambda: world.approve(id)).type == "verification-open"
    world.clock.set(at("2020-10-14 07:45"))
    sweep(world)
    over = world.get(id, DUNG)
    assert "notice-ended" in checks(over)
    assert shown(over.due_at) == "2020-10-14 16:00", "six and a half hours of the first day had been left"
    assert refused(lambda: world.approve(id)).type == "verification-open"
    reply(world, id, outcome="done", text="Không ai nhận trẻ")
    assert world.approve(id, number="").status == 4


def test_a_child_whose_parents_are_unknown_is_registered_without_a_notice(world: World) -> None:
    """NĐ 123/2015 Đ15.1, Đ15.5: nobody looks for parents first."""
    form = birth_form(child={"situation": "parents-unknown"}, requester={"relation": "carer"})
    id = accepted(world, BIRTH, form)
    assert "notice-needed" not in checks(world.get(id, DUNG))
    assert world.approve(id, number="").status == 4
    assert world.sign(id).status == 9


def test_the_notice_tells_nobody_outside_that_a_child_was_abandoned(world: World) -> None:
    """docs/architecture.md, rule 7: no tracking page and no event has such flags."""
    id = abandoned(world)
    verify(world, id, **NOTICE)
    own = world.get(id, SAU)
    told = str(world.track(own.code, own.tracking_key))
    assert "bỏ rơi" not in told
    assert not own.verifications
    assert all(b"notice" not in event.payload for event in world.events(key=id))
    text = printed(world, id, "public-notice")
    assert "Pháp Lâm" in text
    assert "13/10/2020" in text


def test_inquiries_of_one_moment_stay_in_the_order_in_which_they_were_sent(world: World) -> None:
    """For any of them that was answered since; the clock of this test does not move."""
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    communes = [f"Ủy ban nhân dân xã Điện {name}" for name in ("Phong", "Trung", "Quang", "Hòa")]
    for commune in communes:
        sent = verify(world, id, **{**INQUIRY, "recipient": commune}).verifications
    for each in (sent[0], sent[2]):
        answered = reply(world, id, verification_id=each.id, **REPLY).verifications
    assert [each.recipient for each in answered] == communes


def test_an_inquiry_records_office_person_limit_and_answer(world: World) -> None:
    """NĐ 123/2015 Đ22: an answer within three working days; TT 04/2020 Đ4: over after twenty days."""
    world.clock.set(at("2020-10-07 09:00"))
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    (asked,) = verify(world, id, **INQUIRY, document_number="12/CV-UBND").verifications
    assert {name: getattr(asked, name) for name in ("kind", "recipient", "person", "question")} == {
        name: INQUIRY[name] for name in ("kind", "recipient", "person", "question")
    }
    assert (shown(asked.sent_at), asked.letter_number) == ("2020-10-07 09:00", "12/CV-UBND")
    assert (shown(asked.reply_due_at), asked.waits_until) == ("2020-10-12 17:30", "2020-10-27")
    letter = printed(world, id, "verification-request")
    for name in ("birth_date", "identity_paper", "place", "from_day", "until_day"):
        assert INQUIRY[name] in letter, (name, letter)
    (answered,) = reply(world, id, **REPLY | {"document_date": "2020-10-07"}).verifications
    assert (answered.state, answered.answer) == ("replied", REPLY["text"])
    assert (answered.document_number, answered.document_date) == (REPLY["document_number"], "2020-10-07")


def test_the_letter_asks_the_former_commune_and_a_stop_is_told_with_its_article(world: World) -> None:
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
    letter = printed(world, id, "verification-request")
    for part in ("Điện Phong", "TRẦN THỊ MỸ DUYÊN", "3 ngày làm việc"):
        assert part in letter, (part, letter)
    stop = pb.ProposeStopRequest(dossier_id=id, reason="Người yêu cầu đã mất", article="BLDS 2015 Đ16")
    world.call("ProposeStop", stop, DUNG)
    world.call("StopDossier", pb.StopDossierRequest(dossier_id=id), CHAIR)
    assert "BLDS 2015 Đ16" in printed(world, id, "stop-notice", SAU)
    world.clock.set(world.clock.now() + timedelta(days=40))
    sweep(world)
    assert acts(world, id)[-1] == "stopped", "nothing is waited for any more"


def test_an_answer_that_contradicts_the_declaration_is_not_confirmed_as_declared(world: World) -> None:
    """NĐ 123/2015 Đ22; TT 04/2020 Đ33"""
    id = accepted(world, STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
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
    id = accepted(world, MARRIAGE, MARRIAGE_FORM)
    verify(world, id, kind="own", question="Hai bên có họ trong phạm vi ba đời hay không")
    reply(world, id, outcome="done", finding="contradicts", text="Hai bên là anh em họ")
    no = refused(lambda: world.approve(id, number=""))
    assert no.type == "not-registrable"
    assert "Hai bên là anh em họ" in no.fields[0].text
    world.ask(id, "/wife/ethnicity")
    world.clock.advance(timedelta(minutes=5))
    world.supplement(id, {"wife": {"ethnicity": "Hoa"}})
    assert world.approve(id, number="").status == 4


def test_a_reply_in_hand_stands_in_for_the_letter_to_that_commune(world: World) -> None:
    """NĐ 123/2015 Đ22.4: what a former commune has said in writing need not be asked again."""
    elsewhere = {"lived": True, "places": "Xã Điện Phong, thị xã Điện Bàn", "proof": False, "abroad": False}
    id = accepted(world, STATUS, {**MARITAL_STATUS.form, "elsewhere": elsewhere})
    assert "inquiry-needed" in checks(world.get(id, DUNG))
    before = world.get(id).due_at
    kept = verify(
        world,
        id,
        **INQUIRY | {"kind": "in-hand", "document_number": "45/UBND", "text": "Chưa kết hôn."},
        document_date="2019-05-02",
        finding="agrees",
    )
    assert (kept.due_at, kept.status, "inquiry-needed" in checks(kept)) == (before, 2, False)
    assert world.approve(id).status == 4
    reply(world, id, outcome="withdrawn", text="Văn bản của người khác")
    assert "inquiry-needed" in checks(world.get(id, DUNG))
    assert refused(lambda: world.approve(id)).type == "not-registrable"
