"""Where those who look at the pages sit."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from tests.browser.guiding import VOLUNTEER
from tests.browser.guiding import sit_down as guide
from tests.browser.scene import GUIDED, KIOSK, PageKind, Scene
from tests.browser.station import enrol
from tests.browser.visitor import Visitor
from tests.e2e.drafts import APPLICANT


class Seats:
    """The people who look at the pages, each signed in once, at their computers."""

    def __init__(self, browser: Browser, url: str, scene: Scene) -> None:
        self._browser, self._url, self._scene = browser, url, scene
        self._taken: dict[tuple[str, str], Visitor] = {}

    def of(self, page: PageKind) -> Visitor:
        if (page.who, page.at) not in self._taken:
            self._sit_down(page.who, page.at)
        return self._taken[page.who, page.at]

    def _sit_down(self, who: str, at: str) -> None:
        if at == GUIDED:
            pair = guide(self._visit, self._url, name="Máy 7")
            pair.begin()
            self._scene.session = urlsplit(pair.volunteer.page.url).path.rpartition("/")[2]
            self._taken |= {(APPLICANT, at): pair.citizen, (VOLUNTEER, at): pair.volunteer}
            return
        visitor = self._taken[who, at] = self._visit()
        if at == KIOSK:
            enrol(visitor)
        if who:
            visitor.sign_in(who)

    def _visit(self, **how: Any) -> Visitor:
        return Visitor(self._browser, self._url, **how)

    def leave(self) -> None:
        for visitor in self._taken.values():
            visitor.leave()
