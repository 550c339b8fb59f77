"""docs/api.md names every path of the API and every problem that it returns, with its status."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.api.document import path_of
from gateway.api.operations import PREFIX, api
from tests.guards.parts import ROOT
from tests.guards.refusals import problem_types

GUIDE = (ROOT / "docs/api.md").read_text(encoding="utf-8")
_PROBLEM = re.compile(r"^\| `([a-z-]+)` \| (\d{3}) \| (.+) \|$", re.MULTILINE)


def test_every_problem_type_is_in_the_guide_with_its_status_and_no_other() -> None:
    documented = [(type, int(status)) for type, status, _ in _PROBLEM.findall(GUIDE)]
    assert len(documented) == len({type for type, _ in documented}), "a type stands there twice"
    assert sorted(documented) == sorted((type, status) for type, many in problem_types().items() for status in many)


def test_types_are_named_alike() -> None:
    for type in problem_types():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", type)


def test_the_guide_names_the_paths_of_the_api_all_of_them_and_no_other() -> None:
    known = {path_of(operation.rule).removeprefix(PREFIX) for operation in api.operations}
    assert set(paths_in_guide()) == known


def paths_in_guide() -> Iterator[str]:
    """The first cells of its tables; `…/refusal` shares the folder of the path before it."""
    for cell in re.findall(r"^\| (`.+?) \|", GUIDE, re.MULTILINE):
        folder = ""
        for quoted in re.findall(r"`([^`]+)`", cell):
            path = quoted.split()[-1].partition("[")[0]
            if path.startswith("…"):
                path = folder + path.removeprefix("…")
            if path.startswith("/"):
                folder = path.rpartition("/")[0]
                yield path
