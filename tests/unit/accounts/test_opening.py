"""The conditions for opening an account."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.adapters.phones import read_mobile
from services.accounts.domain.opening import Application, Details, Form, doubts_of, faults_of, read_application
from services.chassis.refusal import Kind, Refusal

TODAY = date(2020, 10, 6)
FORM = Form(
    full_name="Nguyễn Thị Sáu",
    date_of_birth="1955-03-08",
    identity_kind="cccd",
    identity_number="048155001001",
    phone="0905 201 101",
    email="sau@example.com",
    password="mùa thu ở Hội An",
    address="Số 12, tổ dân phố 3",
)


def read(**changes: str) -> Application:
    return read_application(replace(FORM, **changes), TODAY, read_mobile)


def faults(**changes: str) -> set[str]:
    with pytest.raises(Refusal) as no:
        read(**changes)
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "invalid-account")
    assert all(fault.text for fault in no.value.fields)
    return {fault.field for fault in no.value.fields}


def test_a_good_application_is_read_into_its_normal_form() -> None:
    application = read(full_name="  Nguyễn   Thị Sáu ", identity_number="048 155 001001", email=" sau@example.com ")
    assert application.full_name == "Nguyễn Thị Sáu"
    assert application.identity_number == "048155001001"
    assert application.phone == "+84905201101"
    assert application.email == "sau@example.com"
    assert application.date_of_birth == date(1955, 3, 8)


def test_every_field_at_fault_is_named_at_once() -> None:
    found = faults(
        full_name="Sáu 6",
        date_of_birth="2020-10-07",
        identity_number="12",
        phone="113",
        email="sau",
        password="ngắn",
        address=" ",
    )
    assert found == {"full_name", "date_of_birth", "identity_number", "phone", "email", "password", "address"}


@pytest.mark.parametrize(
    "name", ["Sáu", "Nguyễn Thị 6", "Nguyễn Sáu!", "Nguyễn <b>", "", "Nguyễn -Sáu", "Lê Văn 😀", "Lê ́a"]
)
def test_a_name_with_digits_or_symbols_or_of_one_word_is_refused(name: str) -> None:
    assert faults(full_name=name) == {"full_name"}


@pytest.mark.parametrize("name", ["H'Hen Niê", "Y-Bhiu Êban", "Jean-Pierre Lefèvre", "김 민수", "Đỗ Ỷ Lan"])
def test_names_of_every_people_are_accepted(name: str) -> None:
    assert read(full_name=name).full_name == name


@given(st.sampled_from(["Nguyễn Thị Sáu", "Đặng Hữu Phước", "Trần Thị Mỹ Hạnh"]))
def test_a_name_is_kept_in_nfc_however_the_keyboard_composed_it(name: str) -> None:
    assert read(full_name=unicodedata.normalize("NFD", name)).full_name == name


@pytest.mark.parametrize("born", ["2020-10-07", "2019-02-29", "08/03/1955", "", "1870-01-01", "19550308", "1955-13-01"])
def test_a_date_of_birth_that_cannot_be_is_refused(born: str) -> None:
    assert faults(date_of_birth=born) == {"date_of_birth"}


def test_who_turns_fourteen_today_may_open_an_account_and_who_does_tomorrow_not_yet() -> None:
    """Luật Căn cước công dân 2014, Điều 19: the card is issued from 14 on."""
    assert read(date_of_birth="2006-10-06").date_of_birth == date(2006, 10, 6)
    assert faults(date_of_birth="2006-10-07") == {"date_of_birth"}


@pytest.mark.parametrize(
    ("kind", "number", "good"),
    [
        ("cccd", "048155001001", True),
        ("cccd", "201234567", False),
        ("cmnd", "201 234 567", True),
        ("cmnd", "048155001001", False),
        ("passport", "b1234567", True),
        ("passport", "B12", False),
        ("cccd", "04815500100a", False),
        ("cccd", "٠٤٨١٥٥٠٠١٠٠١", False),
    ],
)
def test_each_kind_of_paper_has_its_form_of_number(kind: str, number: str, good: bool) -> None:
    if good:
        assert read(identity_kind=kind, identity_number=number).identity_kind == kind
    else:
        assert faults(identity_kind=kind, identity_number=number) == {"identity_number"}


def test_an_unknown_kind_of_paper_is_refused() -> None:
    assert faults(identity_kind="driving-licence") == {"identity_kind"}


@pytest.mark.parametrize(
    "phone", ["0236 3822 222", "113", "+1 202 555 0100", "0905ABCDEF", "", "090520110", "+84 0905 201 10", "19001234"]
)
def test_a_phone_that_gets_no_sms_is_refused(phone: str) -> None:
    assert faults(phone=phone) == {"phone"}


@pytest.mark.parametrize(
    "phone", ["0905201101", "0905.201.101", "+84 905 201 101", "84905201101", "(0905) 201-101", "905201101"]
)
def test_a_mobile_number_is_understood_in_every_usual_spelling(phone: str) -> None:
    assert read(phone=phone).phone == "+84905201101"


@pytest.mark.parametrize(
    "email",
    ["a@b", "a b@c.vn", "a@b.vn\nBcc: c@d.vn", "<a@b.vn>", "@b.vn", "a@.vn", "a@b..vn"],
)
def test_an_address_that_no_mail_reaches_is_refused(email: str) -> None:
    assert faults(email=email) == {"email"}


@pytest.mark.parametrize("unseen", ["\0", "\x1b", "\u202e", "\u200b"])
def test_an_address_with_signs_that_nobody_sees_is_refused(unseen: str) -> None:
    assert faults(email=f"a{unseen}b@c.vn") == {"email"}


def test_an_address_for_mail_is_optional() -> None:
    assert read(email="").email == ""


@pytest.mark.parametrize(
    "password",
    ["bảy ký", "12345678", "MatKhau123", "aaaaaaaaaaaa", "0905201101", "+84 905 201 101", "048155001001", "x" * 129],
)
def test_a_password_that_a_guesser_tries_first_is_refused(password: str) -> None:
    assert faults(password=password) == {"password"}


def test_a_password_is_never_in_a_representation() -> None:
    assert "mùa thu" not in repr(read())


# What pages are told, one question after another


def details(**changes: str) -> Details:
    typed = {name: getattr(FORM, name) for name in Details.__dataclass_fields__}
    return Details(**{**typed, **changes})


def test_a_good_application_has_no_faults_before_there_is_a_password() -> None:
    assert faults_of(details(), TODAY, read_mobile) == []


@pytest.mark.parametrize(
    ("changes", "checks"),
    [
        ({"full_name": ""}, {"full_name": "required"}),
        ({"full_name": "Sáu 6"}, {"full_name": "person-names"}),
        ({"date_of_birth": "--"}, {"date_of_birth": "date"}),
        ({"date_of_birth": "2055-03-08"}, {"date_of_birth": "dates-not-in-future"}),
        ({"date_of_birth": "1855-03-08"}, {"date_of_birth": "dates-not-long-ago"}),
        ({"identity_kind": ""}, {"identity_kind": "required"}),
        ({"identity_kind": "", "identity_number": ""}, {"identity_kind": "required", "identity_number": "required"}),
        ({"identity_number": "12"}, {"identity_number": "pattern"}),
        ({"phone": " "}, {"phone": "required"}),
        ({"phone": "0236 3821 000"}, {"phone": "phone-number"}),
        ({"email": "sau"}, {"email": "pattern"}),
        ({"address": "x" * 251}, {"address": "length"}),
    ],
)
def test_a_check_is_named_where_an_answer_is_missing_or_written_in_a_wrong_form(
    changes: dict[str, str], checks: dict[str, str]
) -> None:
    assert {one.field: one.check for one in faults_of(details(**changes), TODAY, read_mobile)} == checks


def test_that_somebody_is_too_young_is_told_to_nobody_else() -> None:
    (fault,) = faults_of(details(date_of_birth="2008-01-01"), TODAY, read_mobile)
    assert (fault.field, fault.check) == ("date_of_birth", "")


def test_a_citizens_number_of_another_year_of_birth_is_doubted_and_not_refused() -> None:
    """docs/law.md §14: how the numbers are made is from memory."""
    assert doubts_of(FORM) == []
    assert [one.field for one in doubts_of(replace(FORM, date_of_birth="1956-03-08"))] == ["identity_number"]
    assert read(date_of_birth="1956-03-08").date_of_birth == date(1956, 3, 8)
    assert doubts_of(replace(FORM, identity_number="048 255 001001")) != [], "255 is of 2055"
    assert doubts_of(replace(FORM, identity_kind="cmnd", identity_number="201456789")) == []
