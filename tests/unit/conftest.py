"""Unit tests need no network: a socket that leaves this process is an error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


# The whole suite has to answer within ten seconds: half of Hypothesis's examples; every run draws others.
settings.register_profile("unit", settings.get_profile("caunoi"), max_examples=50)
settings.load_profile("unit")
