"""The gateway before scripted ward services on loopback."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from gateway.app import create_app
from gateway.settings import Settings
from services.chassis.tokens import Principal, Role, load_issuers
from tests.conftest import NAM_DUONG
from tests.services.gateway.wards import WardService

HAI_CHAU_1 = "20236"
Start = Callable[..., WardService]


@pytest.fixture
def start(keys: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """`start("dossiers", NAM_DUONG)` runs a service of a ward; the gateway then calls it."""
    running: list[WardService] = []

    def begin(name: str, *wards: str, listen: str = "127.0.0.1:0", lacks: Collection[str] = ()) -> WardService:
        service = WardService(name, frozenset(wards), keys / "trusted.json", listen, lacks)
        running.append(service)
        for ward in wards:
            monkeypatch.setenv(f"{name.upper()}_ADDRESS_{ward}", service.address)
        return service

    yield begin
    for service in running:
        service.stop()


@pytest.fixture
def gateway() -> Iterator[Callable[..., Flask]]:
    """`gateway(breaker_failures=3)` makes the application. Wards that no test has started are at a closed port."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        values: dict[str, Any] = {
            "accounts_address": "127.0.0.1:1",
            "dossiers_address": "127.0.0.1:1",
            "notifications_address": "127.0.0.1:1",
            "secret_key": "only for tests, but 32 characters long",
            "limits_enabled": False,
        }
        app = create_app(Settings(**(values | changes)))
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["wards"].close()


@pytest.fixture
def headers(keys: Path) -> Callable[..., dict[str, str]]:
    """`headers(Role.VOLUNTEER)`: the bearer header of somebody in Nam Dương."""

    def make(role: Role = Role.CITIZEN, ward: str = NAM_DUONG) -> dict[str, str]:
        issuer = load_issuers(keys / "signing-accounts.json", "accounts")[ward]
        token = issuer.issue(Principal("0191f7a2-0000-7000-8000-000000000001", ward, frozenset({role})))
        return {"Authorization": f"Bearer {token}"}

    return make
