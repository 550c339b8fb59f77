"""Verifications before the result: how they are sent and stop the clock, and when the wait is over."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind
from tests.services.dossiers.people import MARRY
from tests.services.dossiers.timing import (
    INQUIRY,
    NOTICE,
    REPLY,
    STATUS,
    abandoned,
    acts,
    at,
    checks,
    inquired,
    printed,
    reply,
    shown,
    sweep,
    verify,
)
from tests.services.dossiers.world import BIRTH, CHAIR, DUNG, HOA, SAU, Person, World, birth_form, refused
from tests.unit.dossiers.combined_birth_forms import COMBINED
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE

DATED = {name: REPLY[name] for name in ("document_number", "document_date")}


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
        (world.accepted(STATUS, MARITAL_STATUS.form), INQUIRY, "verification-request"),
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


def test_a_marriage_waits_for_the_answer_and_no_silence_and_no_commitment_stands_in_for_it(world: World) -> None:
    """TT 04/2020 Đ4: 20 days without a reply open the way for five kinds of inquiry only, not for a marriage."""
    id = world.accepted(MARRY, MARRIAGE.form)
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
    [
        (MARRY, MARRIAGE.form),
        ("1.000656", DEATH.form),
        ("1.000689", COMBINED.form),
        (BIRTH, birth_form()),
        ("2.000635", COPY.form),
    ],
    ids=["marriage", "death", "birth with recognition", "birth", "copy"],
)
def test_only_marital_status_continues_after_twenty_days_without_an_answer(
    world: World, procedure: str, form: dict[str, Any]
) -> None:
    """TT 04/2020 Đ4: the other four kinds are inquiries of procedures that are not offered here, or of a lost paper."""
    id = world.accepted(procedure, form)
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
    id = world.accepted(STATUS, MARITAL_STATUS.form)
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


def test_the_citizen_learns_only_that_something_is_verified_and_until_when(world: World) -> None:
    id = inquired(world)
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
    id = inquired(world)
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
    id = inquired(world)
    world.clock.set(at("2020-11-05 08:00"))
    sweep(world)
    late = world.get(id, DUNG)
    assert (shown(late.due_at), late.overdue, late.verdict) == ("2020-10-30 16:00", True, "late")


def test_a_supplement_that_comes_in_does_not_start_a_clock_that_waits_for_an_answer(world: World) -> None:
    id = world.accepted()
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
    id = world.accepted(MARRY, MARRIAGE.form)
    assert shown(world.get(id).due_at) == "2020-10-06 17:30"
    looking = verify(world, id, kind="own", question="Hai bên có họ trong phạm vi ba đời hay không")
    assert (shown(looking.due_at), looking.verifying_until) == ("2020-10-13 17:30", "")
    assert refused(lambda: verify(world, id, kind="own", question="Lại hỏi")).type == "verification-running"
    done = reply(world, id, outcome="done", finding="agrees", text="Không có họ hàng")
    assert shown(done.due_at) == "2020-10-13 17:30"
    no = refused(lambda: verify(world, world.accepted(), kind="own", question="Nơi sinh"))
    assert (no.type, [fault.field for fault in no.fields]) == ("invalid-field", ["kind"])


def test_a_prepared_entry_is_prepared_again_after_a_verification(world: World) -> None:
    id = world.accepted()
    world.approve(id)
    sent = verify(world, id, **INQUIRY)
    assert not sent.HasField("proposed_entry")
    reply(world, id, **REPLY)
    assert refused(lambda: world.sign(id)).type == "not-approved"


def test_a_verification_says_what_it_lacks_and_changes_nothing(world: World) -> None:
    id = world.accepted()
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
    assert "chưa đến" in no.text
    assert refused(lambda: reply(world, id, outcome="timed-out")).type == "invalid-field", "that is the sweep's"
    assert world.get(id).version == version + 1


@pytest.mark.parametrize("who", [HOA, CHAIR, SAU])
def test_only_the_civil_status_officer_verifies(world: World, who: Person) -> None:
    id = world.accepted()
    assert refused(lambda: verify(world, id, who, **INQUIRY)).kind is Kind.FORBIDDEN
    verify(world, id, **INQUIRY)
    assert refused(lambda: reply(world, id, who, **REPLY)).kind is Kind.FORBIDDEN


def test_an_inquiry_records_office_person_limit_and_answer(world: World) -> None:
    """NĐ 123/2015 Đ22: an answer within three working days; TT 04/2020 Đ4: over after twenty days."""
    world.clock.set(at("2020-10-07 09:00"))
    id = world.accepted(STATUS, MARITAL_STATUS.form)
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
    id = inquired(world)
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
