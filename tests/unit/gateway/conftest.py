"""The gateway on fake wards."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from gateway.app import create_app
from gateway.limits import register_limits
from gateway.settings import Settings
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards

COMPILED = Path(__file__).parent / "__pycache__"


def settings_for(**changes: Any) -> Settings:
    values: dict[str, Any] = {
        "accounts_address": "127.0.0.1:1",
        "dossiers_address": "127.0.0.1:1",
        "notifications_address": "127.0.0.1:1",
        "secret_key": "only for tests, but 32 characters long",
        "limits_enabled": False,
    }
    return Settings(**(values | changes))


@cache
def application(**changes: Any) -> Flask:
    """The gateway with these settings, on fake wards; made once, which takes longer than most tests on it.

    Its templates are kept compiled beside the bytecode of these tests, as that is: until they change.
    """
    settings = settings_for(**changes)
    app = create_app(settings, FakeWards(settings))
    COMPILED.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(COMPILED))
    return app


def with_limits(**limits: Any) -> Flask:
    """The gateway with these limits and fresh wards, and nothing counted yet."""
    app = application(limits_enabled=True)
    app.extensions["settings"] = settings_for(limits_enabled=True, **limits)
    app.extensions["wards"] = FakeWards(app.extensions["settings"])
    register_limits(app)
    return app


@pytest.fixture
def app() -> Flask:
    return application()


@pytest.fixture
def wards(app: Flask) -> FakeWards:
    """Fresh wards, which the application asks from now on."""
    fresh = FakeWards(app.extensions["settings"])
    app.extensions["wards"] = fresh
    return fresh


@pytest.fixture
def client(app: Flask, wards: FakeWards) -> FlaskClient:
    return app.test_client()


def bearer(ward: str = NAM_DUONG, who: str = "") -> dict[str, str]:
    """The header of a citizen at home in a ward. The gateway reads the claims and leaves the proof to the services."""
    told = {"ward": ward, "roles": ["citizen"], "exp": 4102444800, "sub": who}
    claims = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    return {"Authorization": f"Bearer e30.{claims}.c2ln"}


def editing() -> dict[str, str]:
    """The headers of a caller who changes any version."""
    return bearer() | {"If-Match": "*"}
