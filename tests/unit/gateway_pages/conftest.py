"""The pages on a ward in memory, and a browser without JavaScript that follows links and posts forms."""

from __future__ import annotations

from functools import cached_property
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.pages import identity
from gateway.pages.kiosk import COOKIE
from tests.unit.gateway.conftest import application
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.guidance import Guided
from tests.unit.gateway_pages.station import CREDENTIAL, put_station
from tests.unit.gateway_pages.ward import PASSWORD, Ward

VOID = {"input", "meta", "link", "br", "img", "hr", "path", "rect"}


class _Reader(HTMLParser):
    """Reads a whole page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.title = ""
        self.words: list[str] = []
        self._open: list[str] = []
        self.headings: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "h1":
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "svg" not in self._open:
            self.title += data
        elif "script" not in self._open:
            self.words.append(data)
        if "h1" in self._open:
            self.headings[-1] += data

    def updatepos(self, i: int, j: int) -> int:
        """Nobody asks for lines and columns."""
        return j


class Page:
    """A page's content: its tags with attributes in order, its title, its text. It is parsed when a test asks."""

    def __init__(self, html: str) -> None:
        self._html = html

    @cached_property
    def _read(self) -> _Reader:
        return _Reader(self._html)

    @property
    def tags(self) -> list[tuple[str, dict[str, str]]]:
        return self._read.tags

    @property
    def title(self) -> str:
        return self._read.title

    @property
    def words(self) -> list[str]:
        return self._read.words

    @property
    def headings(self) -> list[str]:
        return self._read.headings

    @cached_property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [found for name, found in self.tags if name == tag and attributes.items() <= found.items()]

    def hidden(self, name: str) -> str:
        """The last hidden value of a name: forms of the header come before the page's own."""
        return self.all("input", name=name)[-1]["value"]


class Browser:
    """A client of the pages. After each request `page` is what it shows."""

    def __init__(self, client: FlaskClient, ward: Ward) -> None:
        self.client = client
        self._ward = ward
        self.page = Page("")
        self.response: TestResponse

    def get(self, path: str) -> Page:
        return self.show(self.client.get(path))

    def post(self, path: str, **fields: Any) -> Page:
        """Posts a form with the protection of the page that is shown."""
        token = self.page.hidden("csrf_token")
        return self.show(self.client.post(path, data={"csrf_token": token, **fields}))

    def send(self, path: str, form: str, **fields: Any) -> Page:
        """Presses a button of a page that has several forms, with what was typed for one of them."""
        return self.post(path, **{one if one == "key" else f"{form}.{one}": fields[one] for one in fields})

    def do(self, path: str, act: str, **fields: Any) -> Page:
        """Presses an act's button on the screen of a dossier, with what was typed for the act."""
        plain = ("key", "version", "seen", "was")
        return self.post(f"{path}/{act}", **{one if one in plain else f"{act}.{one}": fields[one] for one in fields})

    def upload(self, path: str, content: bytes, filename: str, **fields: str) -> Page:
        return self.post(path, file=(BytesIO(content), filename), **fields)

    def follow(self) -> Page:
        """Follows the redirect of the last answer."""
        assert self.response.status_code == 303, self.page.text
        return self.get(self.response.headers["Location"])

    def sign_in(self, login: str = "0905123456") -> Page:
        """Through the page, to the first page after it."""
        self.get("/dang-nhap")
        self.post("/dang-nhap", login=login, password=PASSWORD)
        return self.follow()

    def signed_in(self, login: str = "0905123456") -> None:
        """From now on the browser holds what it holds after signing in; no page is shown yet."""
        with self.client.application.test_request_context():
            identity.remember(self._ward.session(self._ward.people[login]))
            signed_in = dict(session)
        with self.client.session_transaction() as held:
            held.update(signed_in)

    def show(self, response: TestResponse) -> Page:
        self.response = response
        self.page = Page(response.get_data(as_text=True)) if response.mimetype == "text/html" else Page("")
        return self.page


@pytest.fixture
def app() -> Flask:
    made = application(session_cookie_secure=False)
    made.extensions["wards"] = FakeWards(made.extensions["settings"])
    made.extensions.pop("procedure_versions", None)
    made.extensions.pop("kiosks", None)
    return made


@pytest.fixture
def wards(app: Flask) -> FakeWards:
    found: FakeWards = app.extensions["wards"]
    return found


@pytest.fixture
def ward(wards: FakeWards) -> Ward:
    return Ward(wards)


@pytest.fixture
def browser(app: Flask, ward: Ward) -> Browser:
    return Browser(app.test_client(), ward)


@pytest.fixture
def kiosk(browser: Browser, wards: FakeWards) -> Browser:
    """The browser of a station's computer that was enrolled before."""
    put_station(wards)
    browser.client.set_cookie(COOKIE, CREDENTIAL)
    return browser


@pytest.fixture
def guided(wards: FakeWards, ward: Ward) -> Guided:
    """The guided session that the ward of the station keeps."""
    return Guided(wards)
