"""Codes that enrol devices, user names and texts of stations."""

from __future__ import annotations

import pytest

from services.accounts.domain import enrolment
from services.accounts.domain.passwords import fault_of
from services.accounts.domain.stations import LONGEST, make_password, one_line, read_station, read_username
from services.chassis.refusal import Refusal


def test_an_enrolment_code_is_read_however_it_is_typed() -> None:
    code = enrolment.make_code()
    for typed in (code, enrolment.shown(code), code.lower(), f" {code[:3]} {code[3:]} ", enrolment.shown(code) + "\n"):
        assert enrolment.read_code(typed) == code
    for typed in ("", code[:-1], code + "A", code[:-1] + "0", code[:-1] + "Ă", "K" * 10_000):
        assert enrolment.read_code(typed) is None


def test_enrolment_codes_have_fifty_bits_and_no_signs_that_look_alike() -> None:
    assert len(set(enrolment.ALPHABET)) ** enrolment.LENGTH == 2**50
    assert set("01IO").isdisjoint(enrolment.ALPHABET)
    assert len({enrolment.make_code() for _ in range(100)}) == 100


def test_a_user_name_ends_with_the_ward_that_the_sign_in_finds_it_in() -> None:
    assert read_username(" Lan.Tran ", "nam-duong") == "lan.tran.nam-duong"
    assert read_username("lan.tran.nam-duong", "nam-duong") == "lan.tran.nam-duong"
    for typed in ("lân", "0905201101", ".lan", "lan..tran", "lan tran", ""):
        with pytest.raises(Refusal):
            read_username(typed, "nam-duong")


def test_a_first_password_is_one_that_its_holder_could_choose() -> None:
    made = {make_password() for _ in range(100)}
    assert len(made) == 100
    assert {fault_of(password, phone=None, identity_number=None) for password in made} == {None}


def test_texts_are_kept_composed_on_one_line() -> None:
    assert one_line(" Tổ\r\n dân\tphố\x00 3 ") == "Tổ dân phố 3"


@pytest.mark.parametrize(
    "phone", ["", "0236 3822 333", "0905.123.456", "+84 905 123 456", "(0236) 3822333", "1022", "19001022"]
)
def test_a_station_has_a_telephone_that_can_be_rung_or_none(phone: str) -> None:
    texts = dict.fromkeys(LONGEST, "") | {"name": "Trạm tổ 12", "address": "3 Hoàng Diệu"}
    assert read_station({**texts, "contact_phone": phone})["contact_phone"] == phone
    for wrong in ("0236 12", "hỏi chị Hoa", "0905 123 456 789", "12"):
        with pytest.raises(Refusal) as refused:
            read_station({**texts, "contact_phone": wrong})
        assert [fault.field for fault in refused.value.fields] == ["contact_phone"]
