"""Whose requests are counted together."""

from __future__ import annotations

from ipaddress import IPv6Address

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from gateway.limits import count
from services.chassis.refusal import Refusal
from tests.unit.gateway.conftest import application


@pytest.fixture(scope="module")
def app() -> Flask:
    return application(limits_enabled=True, limit_verify="1 per hour")


GLOBAL = st.integers(2**125, 2**126 - 1).map(IPv6Address)  # 2000::/3


def is_refused(app: Flask, address: str) -> bool:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        try:
            count("verify")
        except Refusal:
            return True
        return False


@given(GLOBAL, st.integers(0, 2**64 - 1))
def test_a_whole_ipv6_network_of_one_customer_counts_as_one(app: Flask, address: IPv6Address, host: int) -> None:
    is_refused(app, str(address))
    assert is_refused(app, str(IPv6Address((int(address) >> 64 << 64) | host)))


def test_addresses_of_ipv4_count_one_by_one(app: Flask) -> None:
    assert [is_refused(app, address) for address in ("192.0.2.1", "192.0.2.2", "::ffff:192.0.2.3", "192.0.2.1")] == [
        False,
        False,
        False,
        True,
    ]
