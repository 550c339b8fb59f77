"""docs/api.md names every path of the API and every problem that it returns, with its status."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.api.document import path_of
from gateway.api.operations import PREFIX, api
from gateway.ended_sessions import SECONDS
from gateway.settings import Settings
from services.accounts.use_cases.sessions import REUSE_GRACE
from tests.e2e.test_api_by_hand import ARROW, blocks, steps
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


def test_the_guide_says_of_each_post_without_a_key_what_sending_it_once_more_does() -> None:
    without = {
        path_of(each.rule).removeprefix(PREFIX)
        for each in api.operations
        if each.method == "POST" and not (each.creates and all(rpc.keyed or rpc.repeatable for rpc in each.rpcs))
    }
    table = GUIDE.partition("| Sent once more | |\n")[2].partition("\n\n")[0]
    assert set(paths_in_guide(table)) == without


def test_the_guide_says_how_often_an_address_may_call_what_is_limited() -> None:
    """A client that files for many people from one address must know at which limit it is stopped."""
    chapter = GUIDE.partition("### How often\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+`) \| (.+) \|$", chapter, re.MULTILINE)
    said = {call: figure for calls, figure in rows for call in re.findall(r"`([^`]+)`", calls)}
    limits = {name: field.default for name, field in Settings.model_fields.items()}
    assert said == {
        f"{one.method} {path_of(one.rule).removeprefix(PREFIX)}": limits[f"limit_{one.limit}"]
        for one in api.operations
        if one.limit
    }
    assert len(rows) == len({one.limit for one in api.operations if one.limit}), "what counts together stands in a row"
    assert f"at most {limits['limit_phone_codes']}," in chapter


def test_the_guide_says_how_long_a_session_that_ended_is_still_let_in_and_how_long_a_refresh_is_repeated() -> None:
    (row,) = [
        line for line in GUIDE.splitlines() if line.startswith("| `POST /sessions/refresh`") and "sign out" in line
    ]
    assert f"within {SECONDS:.0f} seconds:" in row
    assert f"within {REUSE_GRACE.seconds} seconds, while" in row


def test_each_printed_answer_of_the_guide_stands_behind_a_command_and_can_be_compared() -> None:
    """tests/e2e runs the commands; an answer that it passed over would be true of nothing."""
    script = blocks()
    printed = [step.printed for step in steps(script) if step.printed is not None]
    assert len(printed) == script.count(ARROW) >= 35
    assert [each for each in printed if not each.strip("… ")] == [], "compared with nothing"
    assert [line for line in script.splitlines() if re.search(r"\S.*\s{2}# (?!→ )", line)] == [], (
        "an answer in disguise"
    )


def paths_in_guide(text: str = GUIDE) -> Iterator[str]:
    """The first cells of its tables; `…/refusal` shares the folder of the path before it."""
    for cell in re.findall(r"^\| (`.+?) \|", text, re.MULTILINE):
        folder = ""
        for quoted in re.findall(r"`([^`]+)`", cell):
            path = re.split(r"[?\[]", quoted.split()[-1])[0]
            if path.startswith("…"):
                path = folder + path.removeprefix("…")
            if path.startswith("/"):
                folder = path.rpartition("/")[0]
                yield path
