"""A filed dossier at the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier
from tests.unit.gateway_pages.ward import Ward

Offer = Callable[..., None]


@pytest.fixture
def path(browser: Browser, ward: Ward) -> str:
    """The address of a filed dossier, at the officer's desk; nothing can be done with it yet."""
    a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = []
    browser.signed_in("motcua.nam-duong")
    return f"/can-bo/ho-so/{dossier.id}"


@pytest.fixture
def offer(browser: Browser, ward: Ward, path: str) -> Offer:
    """Shows the page of the dossier with these acts on it."""

    def offered(*acts: str) -> None:
        (dossier,) = ward.dossiers.values()
        dossier.actions[:] = acts
        browser.get(path)

    return offered
