"""A browser, and people who sit down at it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from deploy.local.stack import Stack
from tests.browser.chromium import NAMES, find_chromium, find_engine, launched
from tests.browser.visitor import Visit, Visitor


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """The driver of these tests' browsers. It ends before other tests run, because it keeps an event loop in this
    thread.
    """
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for these tests."""
    with launched(playwright, _chromium()) as running:
        yield running


@pytest.fixture(scope="package")
def engine(playwright: Playwright) -> Iterator[Browser]:
    """For tests that load hundreds of pages and check no picture: Chromium's engine alone, if it is installed."""
    with launched(playwright, find_engine() or _chromium()) as running:
        yield running


def _chromium() -> str:
    path = find_chromium()
    if path is None:
        missing = f"the pages are not tested: none of {', '.join(NAMES)} is on this machine's path"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path


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
