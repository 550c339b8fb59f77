"""Rules for every RPC, a template for every event of a dossier, and settings that production must name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.chassis.tokens import Principal, Role
from services.dossiers.domain.acts import ACTS
from services.notifications.access import RULES
from services.notifications.catalogue import Catalogue
from services.notifications.events import steps
from services.notifications.settings import Settings

MUST: dict[str, Any] = {
    "database_url": "x",
    "kafka_bootstrap": "x",
    "signing_keys_file": Path("x"),
    "trusted_keys_file": Path("x"),
    "encryption_keys_file": Path("x"),
}
PROVIDERS: dict[str, Any] = {
    "smtp_url": "smtp://m",
    "sms_url": "https://s",
    "sms_key": "k",
    "public_base_url": "https://b",
}


def test_each_step_sends_a_message_except_those_within_the_office() -> None:
    told = {payload.DESCRIPTOR.name for payload in steps(Catalogue("").current)}
    in_history = {act.event for act in ACTS.values() if act.told}
    assert told | {"DossierAssigned", "DossierReminded"} == in_history


@pytest.mark.parametrize(
    ("method", "role", "ward", "allowed"),
    [
        ("SendOneTimeCode", Role.CITIZEN, "20248", False),
        ("ListOwnMessages", Role.CITIZEN, "20227", True),
        ("ListOwnMessages", Role.VOLUNTEER, "20248", False),
        ("ListDossierMessages", Role.RECEPTIONIST, "20248", True),
        ("ListDossierMessages", Role.SIGNER, "20227", False),
        ("ListDossierMessages", Role.VOLUNTEER, "20248", False),
        ("ListDossierMessages", Role.CITIZEN, "20248", False),
    ],
)
def test_who_may_call_what(method: str, role: Role, ward: str, allowed: bool) -> None:
    assert RULES[method].allows(Principal("somebody", ward, frozenset({role})), "20248") is allowed


def test_production_does_not_start_with_the_providers_of_a_laptop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROVIDERS, "environment"):
        monkeypatch.delenv(name.upper(), raising=False)
    with pytest.raises(ValidationError, match="SMTP_URL, SMS_URL, SMS_KEY, PUBLIC_BASE_URL"):
        Settings(**MUST)
    assert Settings(**MUST, **PROVIDERS).sms_url == "https://s"
    assert Settings(**MUST, environment="development").sms_url.startswith("http://127.0.0.1")


def test_secrets_of_providers_are_not_shown() -> None:
    shown = repr(Settings(**MUST, **{**PROVIDERS, "sms_key": "bimat", "smtp_url": "smtps://u:bimat@m"}))
    assert "bimat" not in shown
