"""Unit tests need no network: a socket that leaves this process is an error."""

from __future__ import annotations

from hypothesis import settings
from pytest_socket import disable_socket


def pytest_runtest_setup() -> None:
    """Asked for the tests of this folder alone; pytest-socket opens the network again after each test."""
    disable_socket(allow_unix_socket=True)


# The whole suite must finish within ten seconds: half of Hypothesis's examples; every run draws others.
settings.register_profile("unit", settings.get_profile("caunoi"), max_examples=50)
settings.load_profile("unit")
