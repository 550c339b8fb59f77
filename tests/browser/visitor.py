"""One person at one browser: does what people do, and remembers every address and every complaint of the browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Locator, Response

from tests.e2e.api import PASSWORD

DESKTOP, PHONE = (1280, 900), (360, 740)
#: A draft has about thirty pages; more than this is going round in circles.
MOST_PAGES = 60


class Visitor:
    """A browser with nothing in it, on a desktop unless `size` says otherwise, scripted or not."""

    def __init__(self, browser: Browser, url: str, *, scripted: bool = True, size: tuple[int, int] = DESKTOP) -> None:
        self.url = url
        self.context = browser.new_context(
            base_url=url,
            java_script_enabled=scripted,
            viewport={"width": size[0], "height": size[1]},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        self.context.set_default_timeout(20_000)
        self.addresses: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.addresses.append(request.url))
        self.context.on("response", self._look)
        self.page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda fault: self.complaints.append(f"{self.page.url}: {fault}"))

    def leave(self) -> None:
        self.context.close()

    def _look(self, answer: Response) -> None:
        if answer.status >= 500:
            self.complaints.append(f"{answer.request.method} {answer.url}: {answer.status}")

    def _listen(self, message: ConsoleMessage) -> None:
        """Scripts that fail, files that are missing, what the content security policy stops. A page may answer 4xx."""
        is_the_page_itself = message.text.startswith("Failed to load resource") and (
            message.location["url"] == self.page.url
        )
        if message.type in ("error", "warning") and not is_the_page_itself:
            self.complaints.append(f"{self.page.url}: {message.text}")

    # Moving about

    def go(self, path: str) -> None:
        self.page.goto(path)

    def press(self, button: str) -> None:
        """Presses a button, or a link that looks like one, and waits for the page that comes."""
        self.onward(self.page.get_by_role("button", name=button, exact=True))

    def press_first(self, beginning: str) -> None:
        """Presses the first button whose words begin so."""
        self.onward(self.page.get_by_role("button", name=re.compile(f"^{re.escape(beginning)}")).first)

    def follow(self, link: str) -> None:
        self.onward(self.page.get_by_role("link", name=link, exact=True))

    def onward(self, what: Locator) -> None:
        """Presses what leads to another page, and waits for it: a page on its way cuts off the next address."""
        with self.page.expect_navigation():
            what.click()

    def back(self) -> None:
        """Back by the browser's button, to a page that is there.

        One that the browser has kept whole, also with `no-store` as long as no cookie has changed, is shown again and
        not loaded: no load is ever reported, and `go_back` alone would wait for one until its time is over.
        """
        told: list[str] = []
        browser = self.context.new_cdp_session(self.page)
        browser.send("Page.enable")
        browser.on(
            "Page.frameNavigated", lambda each: told.extend([each["type"]] if "parentId" not in each["frame"] else [])
        )
        self.page.go_back(wait_until="commit")
        while not told:
            self.page.wait_for_timeout(20)
        browser.detach()
        if told[-1] != "BackForwardCacheRestore":
            self.page.wait_for_load_state()

    # Reading

    @property
    def title(self) -> str:
        return self.page.title()

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def text(self) -> str:
        """The page's text, in one line."""
        return " ".join(self.page.locator("body").inner_text().split())

    def row(self, key: str) -> str:
        """The value beside a key of a summary list."""
        rows = self.page.locator(".govuk-summary-list__row")
        found = rows.filter(has=self.page.locator("dt").get_by_text(key, exact=True))
        return " ".join(found.locator(".govuk-summary-list__value").inner_text().split())

    # Filling in

    def asks(self) -> bool:
        """Whether this is a page of a procedure's form."""
        return self.page.locator("input[name=asked]").count() > 0

    def asks_for_file(self) -> bool:
        """Whether this is the page of a paper that is sent in."""
        return self.page.locator("main input[type=file]").count() > 0

    def fill(self, answers: Mapping[str, Any]) -> None:
        """Enters the answers (JSON pointer → value) that the page asks for, each by its kind of control."""
        controls = self.page.locator("main form [name]")
        kinds = dict(controls.evaluate_all("all => all.map(one => [one.name, one.type])"))
        for pointer, value in answers.items():
            name = pointer.strip("/").replace("/", ".")
            text = str(value).lower() if isinstance(value, bool) else str(value)
            if f"{name}-day" in kinds:
                for part, digits in zip(("year", "month", "day"), text.split("-"), strict=True):
                    self._control(f"{name}-{part}").fill(digits.lstrip("0"))
            elif kinds.get(name) in ("radio", "checkbox"):
                self.page.locator(f'main [name="{name}"][value="{text}"]').check()
            elif kinds.get(name) == "select-one":
                self._control(name).select_option(text)
            elif name in kinds:
                self._control(name).fill(text)

    def _control(self, name: str) -> Locator:
        return self.page.locator(f'main [name="{name}"]')

    def fill_pages(self, answers: Mapping[str, Any], *, until: str = "") -> list[str]:
        """Fills page after page, up to the one headed `until` or after the last; returns the headings on the way."""
        headings: list[str] = []
        while self.asks() and self.heading != until:
            headings.append(self.heading)
            assert len(headings) < MOST_PAGES, headings
            self.fill(answers)
            self.press("Tiếp tục")
            assert self.page.locator(".govuk-error-summary").count() == 0, self.text
        return headings

    # The common beginning of several tests

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        self.go("/dang-nhap")
        self.fill({"login": login, "password": password})
        self.press("Đăng nhập")

    def upload(self, name: str, content: bytes) -> None:
        """Adds a file to the page that asks for one."""
        payload = FilePayload(name=name, mimeType="image/jpeg", buffer=content)
        self.page.set_input_files("main input[type=file]", payload)
        self.press("Tải lên")

    def picture(self, path: Path, *, whole: bool = True) -> None:
        self.page.screenshot(path=path, full_page=whole)


Visit = Callable[..., Visitor]


def by_pointer(form: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """A form as JSON pointer → value, as `Visitor.fill` takes it."""
    flat: dict[str, Any] = {}
    for name, value in form.items():
        flat.update(by_pointer(value, f"{above}/{name}") if isinstance(value, dict) else {f"{above}/{name}": value})
    return flat
