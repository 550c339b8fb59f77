"""The examples of docs/api.md, run as they are printed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from deploy.local.process import ROOT
from tests.e2e.birth import photograph
from tests.e2e.drafts import Draft

GUIDE = (ROOT / "docs/api.md").read_text("utf-8")


def blocks() -> str:
    """The blocks of the last chapter as one script."""
    chapter = GUIDE.partition("## The whole way, by hand\n")[2]
    return "".join(f"{line[4:]}\n" for line in chapter.splitlines() if line.startswith("    "))


def shape(value: object) -> object:
    """Members in their order, and what type each value has."""
    if isinstance(value, dict):
        return [(name, shape(member)) for name, member in value.items()]
    if isinstance(value, list):
        return [shape(each) for each in value]
    return type(value)


def printed_answers(script: str) -> list[str]:
    """What the comments behind commands say that they print: `# None`, `# ETag: "1"`."""
    return [each.partition(",")[0].strip() for each in re.findall(r"  # ((?:None|[\w-]+: ).*)$", script, re.MULTILINE)]


def test_the_problem_that_is_printed_is_what_is_answered(draft: Draft) -> None:
    printed = json.loads(GUIDE.partition("(RFC 9457):\n")[2].partition("\n`type` is stable")[0])
    real = draft.citizen.send("PUT", f"{draft.path}/form", json={"child": {"full_name": ["Lê"]}}).json()
    assert shape(printed) == shape(real)
    in_words = ("detail", "request_id", "fields")
    assert [printed[name] for name in printed if name not in in_words] == [
        real[name] for name in real if name not in in_words
    ]
    assert printed["fields"][0]["field"] == real["fields"][0]["field"]


def test_every_example_works_as_it_is_printed(url: str, tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_bytes(photograph())
    script = blocks().replace("http://127.0.0.1:8080", url)
    assert url in script
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "/problems/" not in ran.stdout
    printed = printed_answers(script)
    assert len(printed) >= 3, "an ETag, and two scans that are not there"
    lines = [line.strip().lower() for line in ran.stdout.splitlines()]
    for answer in set(printed):
        assert lines.count(answer.lower()) == printed.count(answer), answer
    last, _ = ran.stdout.splitlines()[-2:]
    assert last == "True", "the station is closed"
    assert re.search(r"^Trần Thị Lan\b", ran.stdout, re.MULTILINE), "the access log names who joined"
    assert re.search(r"^Mới đăng ký$", ran.stdout, re.MULTILINE), "the dossier is filed"
