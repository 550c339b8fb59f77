"""The Chromium that is on the machine, headless and quiet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Chromium's engine without the browser around it: a page costs it half as much. It has no viewer of PDFs and nothing
#: else that belongs to the browser, so what people see of that is looked at in one of the others.
ENGINE = "chromium-headless-shell"
#: Without a sandbox it runs as root too; the rest keeps it from asking its maker for anything.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """The path of a Chromium; None if there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def find_engine() -> str | None:
    """The path of Chromium's engine alone; None if it is not installed."""
    return shutil.which(ENGINE)


@contextmanager
def launched(playwright: Playwright, path: str) -> Iterator[Browser]:
    """A browser that keeps pages for its back button, as people's do."""
    browser = playwright.chromium.launch(
        executable_path=path, args=list(FLAGS), ignore_default_args=["--disable-back-forward-cache"]
    )
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def running_chromium(path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright, launched(playwright, path) as browser:
        yield browser
