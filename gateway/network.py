"""Whom a client address belongs to."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address, ip_network


def network(address: str) -> str:
    """The address; of IPv6 its /64, which is one customer's."""
    with suppress(ValueError):
        found = ip_address(address)
        if found.version == 6:
            return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return address
