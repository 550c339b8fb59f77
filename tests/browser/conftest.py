"""A browser, and people who sit down at it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from deploy.local.stack import Stack
from tests.browser.chromium import NAMES, find_chromium, running_chromium
from tests.browser.visitor import Visit, Visitor


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for these tests, gone before other tests run: its driver keeps an event loop in this thread."""
    path = find_chromium()
    if path is None:
        missing = f"the pages are not tested: none of {', '.join(NAMES)} is on this machine's path"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with running_chromium(path) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visit]:
    """Sits somebody down at a computer of their own; at the end none of them may have met a fault of the pages."""
    visitors: list[Visitor] = []

    def sit_down(**how: Any) -> Visitor:
        visitors.append(Visitor(browser, url, **how))
        return visitors[-1]

    yield sit_down
    for visitor in visitors:
        visitor.leave()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


@pytest.fixture(scope="module")
def secret(request: pytest.FixtureRequest) -> str:
    """The key of the gateway's cookies: of the tests' stack, or of the one that runs for quick rounds by hand."""
    if "CAUNOI_TEST_URL" in os.environ:
        return (Path(os.environ["CAUNOI_TEST_HOME"]) / "keys" / "cookie.key").read_text()
    stack: Stack = request.getfixturevalue("stack")
    return (stack.places.keys / "cookie.key").read_text()
