"""The people of the end-to-end tests: a citizen of phường Nam Dương and the ward's office; and drafts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.api import Api, Staff, sign_in, staff_of
from tests.e2e.drafts import APPLICANT, SLUG, WARD, Draft, begin


@pytest.fixture(scope="module")
def citizen(url: str) -> Api:
    return sign_in(url, APPLICANT)


@pytest.fixture(scope="module")
def staff(url: str) -> Staff:
    return staff_of(url, WARD, SLUG)


@pytest.fixture(scope="module")
def untouched(citizen: Api) -> Draft:
    return begin(citizen)


@pytest.fixture
def draft(untouched: Draft) -> Iterator[Draft]:
    """A draft that no wrong request may change: it is read again after each of them."""
    before = untouched.read()
    yield untouched
    assert untouched.read() == before


@pytest.fixture
def own(citizen: Api) -> Draft:
    """A draft to be changed and filed."""
    return begin(citizen)
