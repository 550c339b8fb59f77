"""What all pages are looked at with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy.local.stack import Stack
from tests.browser.scene import Scene, set_scene


@pytest.fixture(scope="module")
def scene(url: str) -> Scene:
    return set_scene(url)


@pytest.fixture(scope="module")
def secret(request: pytest.FixtureRequest) -> str:
    """The key of the gateway's cookies: of the tests' stack, or of the one that runs for quick rounds by hand."""
    if "CAUNOI_TEST_URL" in os.environ:
        return (Path(os.environ["CAUNOI_TEST_HOME"]) / "keys" / "cookie.key").read_text()
    stack: Stack = request.getfixturevalue("stack")
    return (stack.places.keys / "cookie.key").read_text()
