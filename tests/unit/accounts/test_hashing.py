"""Passwords by argon2id."""

from __future__ import annotations

import threading
import unicodedata
from typing import Literal

import pytest

from services.accounts.adapters.hashing import Hasher
from services.accounts.domain.passwords import LONGEST, fault_of
from services.accounts.settings import Settings
from services.chassis.call import Call, reset_current, set_current
from services.chassis.refusal import Kind, Refusal


def settings(memory_kib: int = 64) -> Settings:
    return Settings.model_construct(argon2_memory_kib=memory_kib, argon2_time_cost=1, password_hashes_at_once=1)


def test_a_password_counts_however_the_keyboard_composed_it() -> None:
    hasher = Hasher(settings())
    stored = hasher.hash(unicodedata.normalize("NFC", "mùa thu ở Hội An"))
    assert hasher.verify(stored, unicodedata.normalize("NFD", "mùa thu ở Hội An"))
    assert not hasher.verify(stored, "mùa thu ở Huế")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_password_that_may_be_set_is_one_that_fits_however_the_keyboard_composed_it(
    form: Literal["NFC", "NFD"],
) -> None:
    longest = unicodedata.normalize(form, "ế" * (LONGEST - 1) + "a")
    hasher = Hasher(settings())
    assert fault_of(longest, phone=None, identity_number=None) is None
    assert hasher.verify(hasher.hash(longest), longest)
    assert fault_of(longest + "b", phone=None, identity_number=None)
    assert not hasher.verify(hasher.hash(longest + "b"), longest + "b")


def test_nobody_has_a_password() -> None:
    hasher = Hasher(settings())
    assert not hasher.verify(None, "mùa thu ở Hội An")
    assert not hasher.verify(None, "")


def test_a_hash_of_other_parameters_is_outdated() -> None:
    stored = Hasher(settings()).hash("mùa thu ở Hội An")
    assert not Hasher(settings()).outdated(stored)
    assert Hasher(settings(memory_kib=128)).outdated(stored)


def test_an_endless_password_is_wrong_without_being_hashed_whole() -> None:
    hasher = Hasher(settings())
    stored = hasher.hash("mùa thu ở Hội An")
    assert not hasher.verify(stored, "x" * 1_000_000)
    marks = "\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}" * 500_000  # hours of work, were they put in order
    assert not hasher.verify(stored, marks)
    assert fault_of(marks, phone=None, identity_number=None)


def test_a_caller_without_a_place_in_time_is_asked_to_come_again() -> None:
    hasher = Hasher(settings())
    entered, leave = threading.Event(), threading.Event()

    def occupy() -> None:
        with hasher._places.one():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=occupy)
    thread.start()
    entered.wait(10)
    token = set_current(Call("CreateSession", "20248", "r", deadline=0))  # its time is up
    try:
        with pytest.raises(Refusal) as no:
            hasher.hash("mùa thu ở Hội An")
    finally:
        reset_current(token)
        leave.set()
        thread.join()
    assert no.value.kind is Kind.UNAVAILABLE
    assert hasher.verify(hasher.hash("mùa thu"), "mùa thu")
