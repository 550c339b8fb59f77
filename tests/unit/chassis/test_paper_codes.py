"""The code of a paper that a person types: a slip says so, and case, blanks and hyphens do not matter."""

from __future__ import annotations

import itertools

import pytest

from services.chassis.paper_codes import LETTERS, MistypedError, new_code, read_code

CODE = "20248-k7pm-3xdn-w9h2"


@pytest.mark.parametrize(
    "typed", ["k7pm-3xdn-w9h2", "K7PM 3XDN W9H2", "k7pm3xdnw9h2", " k7 pm3x.dn–w9h2 ", "K7PM-3XDN-W9H2"]
)
def test_a_code_is_read_however_it_is_written(typed: str) -> None:
    assert read_code("20248", typed) == CODE


def test_every_letter_that_is_another_is_a_slip() -> None:
    letters = CODE.partition("-")[2].replace("-", "")
    for at, letter in itertools.product(range(len(letters)), LETTERS):
        typed = letters[:at] + letter + letters[at + 1 :]
        if typed != letters:
            with pytest.raises(MistypedError):
                read_code("20248", typed)


def test_two_letters_that_have_changed_places_are_a_slip() -> None:
    letters = CODE.partition("-")[2].replace("-", "")
    for one, other in itertools.combinations(range(len(letters)), 2):
        typed = list(letters)
        typed[one], typed[other] = typed[other], typed[one]
        if "".join(typed) != letters:
            with pytest.raises(MistypedError):
                read_code("20248", "".join(typed))


@pytest.mark.parametrize("ward", ["20284", "20246", "00000"])
def test_a_code_of_another_ward_is_a_slip(ward: str) -> None:
    with pytest.raises(MistypedError):
        read_code(ward, CODE.partition("-")[2])


@pytest.mark.parametrize("typed", ["k7pm-3xdn-w9h", "k7pm-3xdn-w9h22", "k7pm-3xdn-w9hl", "k7pm-3xdn-w9ho"])
def test_a_letter_too_few_too_many_or_that_no_code_has_is_a_slip(typed: str) -> None:
    with pytest.raises(MistypedError):
        read_code("20248", typed)


def test_a_code_of_before_stays_as_it_is() -> None:
    assert read_code("20248", "7KQ2m9xw4tbc3fhp") == "20248-7kq2m9xw4tbc3fhp"


def test_new_codes_are_read_differ_and_have_no_letters_that_look_alike() -> None:
    codes = {new_code("20248") for _ in range(500)}
    assert len(codes) == 500
    for code in codes:
        assert read_code("20248", code.partition("-")[2]) == code
        assert not set(code.partition("-")[2]) & set("01oilzsbgqufj")
