"""Invented people have the form of real ones, by the rules for opening an account, and are nobody."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.accounts.adapters.phones import read_mobile
from services.accounts.domain.opening import Details, faults_of
from services.accounts.domain.practice import NOWHERE, PHONES, invent

TODAY = date(2026, 11, 28)


@given(st.randoms(use_true_random=False))
def test_an_invented_person_could_open_an_account_by_every_rule(random: object) -> None:
    person = invent(random.randrange, TODAY)  # type: ignore[attr-defined]
    details = Details(
        full_name=person.full_name,
        date_of_birth=person.date_of_birth.isoformat(),
        identity_kind="cccd",
        identity_number=person.identity_number,
        phone=person.phone,
        email="",
        address=person.address,
    )
    assert faults_of(details, TODAY, read_mobile) == []
    assert "tổ dân phố" not in person.address, "the practice office asks for it"
    assert 25 <= (TODAY - person.date_of_birth).days / 365.25 <= 70.1


@given(st.randoms(use_true_random=False))
def test_the_number_is_of_a_place_where_nobody_is_born_and_fits_sex_and_year(random: object) -> None:
    person = invent(random.randrange, TODAY)  # type: ignore[attr-defined]
    assert person.identity_number.startswith(NOWHERE)
    assert person.phone.startswith(PHONES)
    century, year = int(person.identity_number[3]), int(person.identity_number[4:6])
    assert year == person.date_of_birth.year % 100
    assert century // 2 == person.date_of_birth.year // 100 - 19
    assert (century % 2 == 1) == (" Thị " in person.full_name)
