"""Paying online, at the payment provider of the local stack."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.e2e.api import Api, accepted, connection_to


def pay_online(citizen: Api, dossier: str, url: str, owed: int, callback: str = "send") -> dict[str, Any]:
    """Opens the dossier's payment page and pays there; returns the provider's page.

    `callback` is `send` or `lose`.
    """
    started = citizen.post(f"{dossier}/payment")
    assert started["url"] == citizen.post(f"{dossier}/payment")["url"]
    page = urlsplit(started["url"])
    provider = connection_to(url)
    (order,) = accepted(provider.get(f"{page.path}?{page.query}")).json()["orders"]
    assert (order["amount"], order["transaction"]) == (owed, "")
    paid: dict[str, Any] = accepted(
        provider.post("/dev/payments", data={"reference": order["reference"], "callback": callback})
    ).json()
    return paid
