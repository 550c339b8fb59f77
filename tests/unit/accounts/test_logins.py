"""By what somebody signs in."""

from __future__ import annotations

import pytest

from services.accounts.adapters.phones import read_mobile
from services.accounts.domain.identity import masked, masked_phone
from services.accounts.domain.logins import LoginKey, login_keys


def keys(login: str) -> list[LoginKey]:
    return login_keys(login, read_mobile)


@pytest.mark.parametrize("spelling", ["0905201101", " 0905 201 101 ", "+84 905 201 101", "０９０５２０１１０１"])
def test_a_phone_is_understood_in_any_usual_spelling(spelling: str) -> None:
    assert LoginKey("phone", "+84905201101") in keys(spelling)


def test_an_identity_number_is_looked_for_by_its_normal_form() -> None:
    assert keys("048 155 001 001")[0] == LoginKey("identity", "048155001001")
    assert keys("b1234567") == [LoginKey("identity", "passport:B1234567")]


def test_nine_digits_mean_the_paper_before_the_phone() -> None:
    assert keys("905201101") == [
        LoginKey("identity", "905201101"),
        LoginKey("identity", "passport:905201101"),
        LoginKey("phone", "+84905201101"),
    ]


def test_a_user_name_is_read_without_case() -> None:
    assert LoginKey("username", "hotich.nam-duong") in keys("Hotich.Nam-Duong")


@pytest.mark.parametrize("login", ["", "   ", "'; DROP TABLE accounts;--", "x" * 5000])
def test_an_invalid_login_finds_nobody(login: str) -> None:
    assert keys(login) == []


def test_masks_leave_three_characters() -> None:
    assert masked_phone("+84905123456") == "•••••••456"
    assert masked("048155001001") == "•••••••••001"
