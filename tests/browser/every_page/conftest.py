"""The tools with which all pages are checked."""

from __future__ import annotations

import pytest

from tests.browser.scene import Scene, set_scene


@pytest.fixture(scope="module")
def scene(url: str) -> Scene:
    return set_scene(url)
