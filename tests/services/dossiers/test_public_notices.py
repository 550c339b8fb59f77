"""The notice of an abandoned child, which hangs out before its birth is registered."""

from __future__ import annotations

from services.chassis.refusal import Kind
from tests.services.dossiers.timing import NOTICE, abandoned, at, checks, printed, reply, shown, sweep, verify
from tests.services.dossiers.world import BIRTH, DUNG, SAU, World, birth_form, refused


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
    id = world.accepted(BIRTH, form)
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
