"""Places for heavy work."""

from __future__ import annotations

import time

import pytest

from services.chassis.call import Call, reset_current, set_current
from services.chassis.places import Places
from services.chassis.refusal import Kind, Refusal


def test_a_call_whose_deadline_has_passed_gets_no_free_place() -> None:
    places = Places(1, longest_wait=10)
    token = set_current(Call("KeepCapture", "20248", "r", deadline=time.monotonic() - 1))
    try:
        with pytest.raises(Refusal) as caught, places.one():
            pass
    finally:
        reset_current(token)
    assert caught.value.kind is Kind.UNAVAILABLE
    with places.one():
        pass
