"""Which offices the ward asks before a confirmation of marital status."""

from __future__ import annotations

import pytest

from services.chassis.refusal import Kind
from tests.services.dossiers.timing import (
    INQUIRY,
    REPLY,
    STATUS,
    checks,
    former_resident,
    printed,
    reply,
    verify,
)
from tests.services.dossiers.world import DUNG, World, refused
from tests.unit.dossiers.marital_status_forms import LOST, MARITAL_STATUS
from tests.unit.dossiers.worlds import changed


def test_the_ward_asks_an_earlier_residence_that_cannot_be_proved_before_the_confirmation(world: World) -> None:
    """NĐ 123/2015 Đ22: the chairman writes to each former commune."""
    id = former_resident(world, "Xã Điện Phong, thị xã Điện Bàn, từ 2013 đến 2016")
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
    id = former_resident(world, places)
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
    id = former_resident(world, places)
    assert f"thiếu {missing} văn bản" in refused(lambda: world.approve(id, number="")).fields[0].text
    for time in ({"from_day": "2013"}, {"from_day": "2016"}):  # two letters to one commune ask one
        verify(world, id, **{**INQUIRY, "recipient": "Ủy ban nhân dân xã Điện Phong", **time})
    assert ("inquiry-needed" in checks(world.get(id, DUNG))) is (missing == 2)


def test_the_place_of_marriage_that_a_lost_paper_named_is_asked_before_a_new_one(world: World) -> None:
    """TT 04/2020 Đ12.1, Đ4: without a result, on the requester's commitment."""
    id = world.accepted(STATUS, changed(MARITAL_STATUS.form, LOST))
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
    id = world.accepted(STATUS, changed(MARITAL_STATUS.form, LOST | {"/earlier/place": place}))
    assert ("inquiry-needed" in checks(world.get(id, DUNG))) is asks
    if asks:
        assert refused(lambda: world.approve(id, number="")).type == "not-registrable"
    else:
        assert world.approve(id, number="").status == 4
