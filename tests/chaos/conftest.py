"""People who file while parts are killed."""

from __future__ import annotations

import pytest

from deploy.local.stack import Stack
from tests.chaos.journeys import PEOPLE
from tests.e2e.api import PASSWORD, accepted, close_connections, sign_in


@pytest.fixture(scope="session", autouse=True)
def _everybody_has_their_address(stack: Stack) -> None:
    """Other tests of the same stack may have changed it, as people do."""
    for phone, email in PEOPLE.items():
        body = {"password": PASSWORD, "email": email}
        accepted(sign_in(stack.urls["gateway"], phone).send("PUT", "/me/email", json=body))
    close_connections()
