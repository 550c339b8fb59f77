"""Every page is tried in the browser: for a screen reader, by keyboard, on small screens, in large type, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

from werkzeug.routing import MapAdapter, RequestRedirect

from tests.browser.every_page.behind import BEHIND
from tests.browser.scene import IN_STORIES, NO_PAGES, PAGES, Scene
from tests.guards.parts import ROOT
from tests.unit.gateway.conftest import application

ID = "11111111-2222-4333-8444-555555555555"
_PARAMETER = re.compile(r"<(?:[^:<>]+(?:\([^<>]*\))?:)?(\w+)>")
_SCENE = Scene(**dict.fromkeys(Scene.__dataclass_fields__, ID) | {"day": "2020-10-06", "year": "2020"})


def _plain(rule: str) -> str:
    return _PARAMETER.sub(r"{\1}", rule)


def _addresses() -> Iterator[str]:
    """The names of everything that a browser can open, except the API, files and the tools of a laptop."""
    for rule in application().url_map.iter_rules():
        if rule.endpoint.startswith("pages.") and "GET" in (rule.methods or ()):
            yield _plain(rule.rule)


def _tried() -> set[str]:
    adapter: MapAdapter = application().url_map.bind("localhost")
    found = set()
    for page in PAGES:
        if page.status == 200 and not page.address.startswith("/dev/"):
            try:
                rule, _ = adapter.match(page.path(_SCENE).partition("?")[0], return_rule=True)
            except RequestRedirect as elsewhere:
                raise AssertionError(f"{page.name} leads to {elsewhere.new_url}") from elsewhere
            found.add(_plain(rule.rule))
    return found


def test_every_page_is_in_one_list_of_those_that_are_tried() -> None:
    listed = [*_tried(), *IN_STORIES, *NO_PAGES]
    assert sorted(set(_addresses()) - set(listed)) == [], "enter them in tests/browser/scene.py"
    assert sorted(set(listed) - set(_addresses())) == []
    assert sorted(address for address in set(listed) if listed.count(address) > 1) == []


def test_the_pages_of_stories_are_tried_in_a_story() -> None:
    told = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "browser").rglob("test_*.py"))
    assert [name for name in IN_STORIES.values() if f'"{name}")' not in told] == []


def test_the_pages_of_stories_are_tried_with_what_people_do_wrong() -> None:
    assert sorted(page.name for page in BEHIND) == sorted(IN_STORIES.values()), "say in behind.py how each is reached"


def test_names_of_pages_are_their_own() -> None:
    names = [page.name for page in PAGES] + list(IN_STORIES.values())
    assert len(names) == len(set(names))
