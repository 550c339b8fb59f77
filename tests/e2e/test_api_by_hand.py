"""The examples of docs/api.md, run as they are printed."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.local.process import ROOT
from tests.e2e.birth import photograph
from tests.e2e.drafts import Draft

#: Stands between a command and what it prints.
ARROW = "# → "
#: Stands behind what each command prints; no answer has it.
END = "\x1e"
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


@dataclass(frozen=True)
class Step:
    """A command of the chapter, with the answer that follows it; None if it prints nothing."""

    command: str
    printed: str | None

    def is_answered(self, answer: str) -> bool:
        """Whether it printed the answer that follows it; `…` stands for text that differs each time."""
        if self.printed is None:
            return answer == ""
        assert self.printed.strip("… "), f"compared with nothing: {self.command}"
        pattern = ".+".join(re.escape(part) for part in self.printed.split("…"))
        return re.fullmatch(pattern, answer) is not None


def steps(script: str) -> list[Step]:
    """The commands of a script one by one, each as many lines as bash needs for it."""
    found, lines = [], []
    for line in script.splitlines():
        lines.append(line)
        command = "\n".join(lines)
        if not line.endswith("\\") and is_whole(command):
            _, arrow, printed = line.partition(ARROW)
            found.append(Step(command, printed.strip() if arrow else None))
            lines = []
    assert not lines, lines
    return found


def is_whole(command: str) -> bool:
    return subprocess.run(["bash", "-n", "-c", command], capture_output=True, check=False).returncode == 0


def test_the_problem_that_is_printed_is_what_is_answered(draft: Draft) -> None:
    printed = json.loads(GUIDE.partition("(RFC 9457):\n")[2].partition("\n`type` is stable")[0])
    real = draft.citizen.send("PUT", f"{draft.path}/form", json={"child": {"full_name": ["Lê"]}}).json()
    assert shape(printed) == shape(real)
    in_words = ("detail", "request_id", "fields")
    assert [printed[name] for name in printed if name not in in_words] == [
        real[name] for name in real if name not in in_words
    ]
    assert printed["fields"][0]["field"] == real["fields"][0]["field"]


def test_every_example_prints_what_stands_behind_it(url: str, tmp_path: Path) -> None:
    """Each command runs as it is printed, and prints the answer that follows it, or nothing if no answer follows."""
    (tmp_path / "page.jpg").write_bytes(photograph())
    script = blocks().replace("http://127.0.0.1:8080", url)
    assert url in script
    told = steps(script)
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "".join(f"{step.command}\nprintf '{END}'\n" for step in told)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,  # a busy machine is slow, not wrong
    )
    answers = [answer.strip() for answer in ran.stdout.split(END)]
    assert (ran.returncode, ran.stderr) == (0, ""), (told[len(answers) - 1].command, answers[-1])
    assert answers.pop() == ""
    assert len(answers) == len(told)
    ran_so = list(zip(told, answers, strict=True))
    assert [(step.command, step.printed, answer) for step, answer in ran_so if not step.is_answered(answer)] == []
    compared = [step for step in told if step.printed is not None]
    print(f"{len(told)} commands, {len(compared)} printed answers compared")
    assert len(compared) == script.count(ARROW)
