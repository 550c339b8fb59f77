"""Whose address a client address is, and which addresses are our proxies."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address, ip_network


def network(address: str) -> str:
    """The address; for IPv6 its /64, which belongs to one customer."""
    with suppress(ValueError):
        found = ip_address(address)
        if found.version == 6:
            return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return address


class Networks:
    """Networks, written `10.8.0.0/16, fd00:8::/32`. Raises ValueError for any other text."""

    def __init__(self, written: str = "") -> None:
        self._networks = tuple(ip_network(each.strip()) for each in written.split(",") if each.strip())

    def __bool__(self) -> bool:
        return bool(self._networks)

    def has(self, address: str) -> bool:
        with suppress(ValueError):
            found = ip_address(address)
            plain = getattr(found, "ipv4_mapped", None) or found
            return any(plain in each for each in self._networks)
        return False


NOWHERE = Networks()
