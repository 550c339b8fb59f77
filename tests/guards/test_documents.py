"""Everything that code, tests and documents cite is in the repository, and every document and decision is in
its index.
"""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from services.dossiers.catalogue import EXTENSIONS, PROCEDURES, WIDGETS
from services.dossiers.domain.acts import ACTS
from tests.guards.parts import ROOT

DOCS = ROOT / "docs"
#: Where a name without its folder is looked for, besides the folder of the file that cites it.
PLACES = (".", "docs", "docs/decisions")
TEXTS = {".md", ".py", ".proto", ".toml", ".yaml", ".yml", ".json", ".sh", ".html", ".typ", ".js", ".css", ""}
#: Made by the set-up from other people's packages.
FOREIGN = {"package-lock.json", "uv.lock"}


@cache
def tracked() -> tuple[str, ...]:
    """Paths of the repository: what git tracks and what is about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(path for path in listed.splitlines() if (ROOT / path).is_file())


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Path and text of everything that can cite a document, except this guard, which names texts that must not
    occur.
    """
    return tuple(
        (path, (ROOT / path).read_text("utf-8", errors="ignore"))
        for path in tracked()
        if Path(path).suffix in TEXTS and Path(path).name not in FOREIGN and path != "tests/guards/test_documents.py"
    )


def headings(document: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", (ROOT / document).read_text("utf-8"), re.MULTILINE)


def anchors(document: str) -> set[str]:
    """The ids that GitHub gives the headings."""
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings(document)}


def test_the_glossary_has_every_act() -> None:
    words = set(re.findall(r"`([\w-]+)`", (DOCS / "glossary.md").read_text("utf-8")))
    assert ACTS.keys() - words == set()


def test_every_document_that_is_named_exists() -> None:
    lost = []
    for path, text in texts():
        for name in re.findall(r"(?<![\w./*<>-])((?:[\w.-]+/)*[\w-]+\.md)\b", text):
            places = [(ROOT / path).parent, *(ROOT / place for place in PLACES)]
            if not any((place / name).is_file() for place in places):
                lost.append(f"{path}: {name}")
    assert lost == []


def test_every_file_that_a_document_names_exists() -> None:
    """Decisions are of their day: they may name files that have moved since."""
    folders = {path.partition("/")[0] for path in tracked() if "/" in path}
    named = {
        (path, name)
        for path, text in texts()
        if path.endswith(".md") and not path.startswith("docs/decisions/")
        for name in re.findall(r"`([\w.]+/[\w./*-]*?)/?(?:::\w+)?`", text)
        if name.partition("/")[0] in folders
    }
    assert named
    lost = [
        f"{path}: {name}"
        for path, name in named
        if not any(ROOT.glob(name)) and not any((ROOT / path).parent.glob(name))
    ]
    assert sorted(lost) == []


def test_every_link_between_documents_leads_somewhere() -> None:
    lost = []
    for path, text in texts():
        if not path.endswith(".md"):
            continue
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", link):
                continue
            file, _, anchor = link.partition("#")
            target = ((ROOT / path).parent / file).resolve() if file else ROOT / path
            if not target.exists() or (anchor and anchor not in anchors(str(target.relative_to(ROOT)))):
                lost.append(f"{path}: {link}")
    assert lost == []


def test_every_rule_and_section_that_is_cited_exists() -> None:
    rules = set(re.findall(r"^(\d+)\. \*\*", (ROOT / "docs/architecture.md").read_text("utf-8"), re.MULTILINE))
    sections = {heading.split()[0] for heading in headings("docs/law.md") if heading.startswith("§")}
    assert len(rules) == 10
    assert "§9.4" in sections
    cited = {
        (path, *citation)
        for path, text in texts()
        for citation in (
            *(("rule", number) for number in re.findall(r"architecture\.md\)?, rule (\d+)", text)),
            *(("section", number) for number in re.findall(r"law\.md\)? (§\d+(?:\.\d+)?)", text)),
        )
    }
    assert {kind for _, kind, _ in cited} == {"rule", "section"}
    assert sorted(each for each in cited if each[2] not in (rules if each[1] == "rule" else sections)) == []


@pytest.mark.parametrize("elsewhere", ["DESIGN §", "DESIGN.md", "practice §", "practice.md", "domain.md", "domain §"])
def test_nothing_cites_a_document_that_is_kept_elsewhere(elsewhere: str) -> None:
    assert [path for path, text in texts() if re.search(rf"(?<!\w){re.escape(elsewhere)}", text)] == []


def test_every_document_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text("utf-8")
    documents = {path.name for path in (*DOCS.glob("*.md"), *DOCS.glob("*.yaml"))} - {"README.md"}
    assert sorted(name for name in documents if f"({name})" not in index) == []


def test_every_decision_is_in_the_index_with_title_status_and_date() -> None:
    rows = re.findall(
        r"^\| (\d{4}) \| \[(.+)\]\((\1-[\w-]+\.md)\) "
        r"\| (accepted|(?:amended|superseded) by \d+) \| (\d{4}-\d\d-\d\d) \|$",
        (DOCS / "decisions/README.md").read_text("utf-8"),
        re.MULTILINE,
    )
    records = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [file for _, _, file, _, _ in rows] == [path.name for path in records]
    assert [f"# {int(number)}. {title}" for number, title, *_ in rows] == [
        path.read_text("utf-8").splitlines()[0] for path in records
    ]
    numbers = [int(number) for number, *_ in rows]
    assert numbers == sorted(set(numbers)), "each number once"
    later = {int(number): int(status.split()[-1]) for number, _, _, status, _ in rows if status != "accepted"}
    assert all(other in numbers and other > number for number, other in later.items())
    assert all(date.fromisoformat(day) for *_, day in rows)


def first_cells(document: str, section: str) -> set[str]:
    """The names in the first cells of the table of a section."""
    text = (DOCS / document).read_text("utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    return {
        name for cell in re.findall(r"^\| (`.+?) \|", text, re.MULTILINE) for name in re.findall(r"`([^`]+)`", cell)
    }


def test_the_guide_has_every_member_of_a_procedure_and_no_other() -> None:
    files = (json.loads(path.read_text("utf-8")) for path in PROCEDURES.glob("*/*.json"))
    assert first_cells("adding-a-procedure.md", "Members") == {member for file in files for member in file}


def test_the_glossary_has_every_extension_of_the_forms_and_every_widget() -> None:
    named = first_cells("glossary.md", "Words of a procedure file")
    assert {name for name in named if name.startswith("x-")} == EXTENSIONS
    [line] = [
        each for each in (DOCS / "glossary.md").read_text("utf-8").splitlines() if each.startswith("| `x-widget`")
    ]
    assert set(re.findall(r"`([a-z]+)`", line)) == {widget for widgets in WIDGETS.values() for widget in widgets}


def test_the_targets_say_how_long_the_tests_take_as_the_makefile_does() -> None:
    (row,) = re.findall(r"^\| all tests \| (.+) \|$", (DOCS / "architecture.md").read_text("utf-8"), re.MULTILINE)
    taken = re.findall(r"about (\d+ \w+) on two cores", (ROOT / "Makefile").read_text("utf-8"))
    assert len(taken) == 2
    assert [time for time in taken if time not in row] == []
