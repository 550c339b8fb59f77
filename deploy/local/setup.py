"""Brings a fresh checkout to where everything runs: Python packages, stubs, assets, the jars of Kafka.

Run by make with the machine's own Python, so it imports the standard library alone. A step whose inputs have not
changed since it last succeeded is skipped: when there is nothing to do, all of it takes a tenth of a second.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDS_NETWORK = (
    "Set-up needs the package registries of Python, npm and (for Kafka) Maven the first time; later starts need no\n"
    "network. If this machine reaches them through a proxy or a mirror, set it up for pip, npm and mvn as usual."
)
NEEDS_ROOM = "The disk is full: free some space and start again; set-up goes on where it stopped."
LEAST_FREE_BYTES = 1_500_000_000  # for all the packages
_FULL = ("No space left", "ENOSPC")  # as pip, uv, mvn and npm have it


class SetupFault(Exception):
    """Set-up cannot go on; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class Step:
    """Something set-up makes: done again when `inputs` differ from last time or `output` is not there."""

    name: str
    inputs: Sequence[str]  # files and glob patterns, from the checkout's root
    output: str
    make: Callable[[Path], None]
    after: Sequence[str] = ()  # steps that have to be done before
    lacks: Callable[[], str] = str  # what it needs and this machine has not, and how to get it; else empty


class Stamps:
    """Which inputs each step was last made from. `path` is a small JSON file; safe for several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._digests: dict[str, str] = json.loads(path.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            self._digests = {}

    def is_current(self, step: Step, digest: str, root: Path) -> bool:
        return self._digests.get(step.name) == digest and (root / step.output).exists()

    def note(self, step: Step, digest: str | None) -> None:
        """Remembers, or with None forgets, what the step was made from."""
        with self._lock:
            if digest is None:
                self._digests.pop(step.name, None)
            else:
                self._digests[step.name] = digest
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside = self._path.with_suffix(".new")
            beside.write_text(json.dumps(self._digests, indent=1))
            beside.replace(self._path)


def digest_of(step: Step, root: Path) -> str:
    """SHA-256 over names and contents of the step's inputs, and the Python that runs them."""
    digest = hashlib.sha256(f"{platform.python_version()} {root}\n".encode())
    for pattern in step.inputs:
        for path in sorted(root.glob(pattern)):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def run_steps(steps: Sequence[Step], root: Path, stamps: Stamps, say: Callable[[str], None]) -> None:
    """Makes what is not current, side by side where no step waits for another.

    Raises SetupFault with the faults of all the steps that failed; those that succeeded are not done again.
    """
    finished = {step.name: threading.Event() for step in steps}
    faults: dict[str, str] = {}

    def work(step: Step) -> None:
        for name in step.after:
            finished[name].wait()
        try:
            if not any(name in faults for name in step.after):
                _make(step, root, stamps, say)
            else:
                faults[step.name] = ""
        except SetupFault as fault:
            faults[step.name] = str(fault)
        except OSError as fault:
            hint = f" {NEEDS_ROOM}" if fault.errno == errno.ENOSPC else ""
            faults[step.name] = f"{step.name}: {fault}.{hint}"
        finally:
            finished[step.name].set()

    with ThreadPoolExecutor(len(steps)) as pool:
        for outcome in [pool.submit(work, step) for step in steps]:
            outcome.result()
    if faults:
        raise SetupFault("\n\n".join(text for text in faults.values() if text))


def _make(step: Step, root: Path, stamps: Stamps, say: Callable[[str], None]) -> None:
    digest = digest_of(step, root)
    if stamps.is_current(step, digest, root):
        return
    stamps.note(step, None)
    started = time.monotonic()
    step.make(root)
    if not (root / step.output).exists():
        raise SetupFault(f"{step.name}: finished, but {step.output} is not there")
    stamps.note(step, digest)
    say(f"  {step.name:<28} {time.monotonic() - started:5.1f} s")


def call(
    what: str, command: Iterable[str | Path], root: Path, hint: str = "", more: Mapping[str, str] | None = None
) -> None:
    """Runs a command quietly. Raises SetupFault with the end of what it printed when it fails."""
    arguments = [str(part) for part in command]
    try:
        done = subprocess.run(
            arguments,
            cwd=root,
            env={**os.environ, **(more or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError as fault:
        raise SetupFault(f"{what}: {arguments[0]} is not on this machine. {hint}") from fault
    if done.returncode != 0:
        last = "\n".join("    " + line[:400] for line in done.stdout.strip().splitlines()[-15:])
        hint = NEEDS_ROOM if any(sign in done.stdout for sign in _FULL) else hint
        raise SetupFault(f"{what} failed ({' '.join(arguments[:4])} …):\n{last}\n{hint}")


def python_packages(root: Path) -> None:
    """The locked packages, by hash, into `.venv`: pip brings uv, uv the rest (several times faster).

    The environment is always a new one: one that was cut off in the middle, or made in another place, does not work.
    """
    venv = root / ".venv"
    call("Making the virtual environment", [sys.executable, "-m", "venv", "--clear", venv], root)
    python = venv / "bin" / "python"
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    bootstrap: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "--require-hashes",
        "-r",
        "requirements/bootstrap.txt",
    ]
    call("Installing uv", bootstrap, root, NEEDS_NETWORK, quiet)
    packages: list[str | Path] = [venv / "bin" / "uv", "pip", "install", "-q", "--python", python, "--require-hashes"]
    call("Installing the Python packages", [*packages, "-r", "requirements/development.txt"], root, NEEDS_NETWORK)
    for site in venv.glob("lib/python*/site-packages"):
        (site / "caunoi_generated.pth").write_text(f"{root / 'generated'}\n")


def stubs(root: Path) -> None:
    """Messages and gRPC stubs from proto/, with types, into `generated/`."""
    files = sorted(str(path.relative_to(root)) for path in root.glob("proto/**/*.proto"))
    beside = root / "generated.new"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    outputs = [f"--{kind}={option}{beside}" for kind, option in _OUTPUTS.items()]
    venv = root / ".venv" / "bin"
    command: list[str | Path] = [venv / "python", "-m", "grpc_tools.protoc", "-Iproto", *outputs, *files]
    call("Building the stubs", command, root, more={"PATH": f"{venv}{os.pathsep}{os.environ.get('PATH', '')}"})
    shutil.rmtree(root / "generated", ignore_errors=True)
    beside.rename(root / "generated")


_OUTPUTS = {"python_out": "", "grpc_python_out": "", "mypy_out": "quiet:", "mypy_grpc_out": "quiet:"}


def _lacks_venv() -> str:
    if importlib.util.find_spec("ensurepip") is not None:
        return ""
    return f"{sys.executable} makes no virtual environments. On Debian and Ubuntu: apt-get install python3-venv."


def node_packages(root: Path) -> None:
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    soon = ["--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=8000"]  # else it is silent for over a minute
    call("npm ci", ["npm", "ci", *quiet, *soon], root, NEEDS_NETWORK)


def _lacks_npm() -> str:
    if shutil.which("npm") is not None:
        return ""
    return "npm is not on this machine. Install Node.js with npm (Debian, Ubuntu: apt-get install npm)."


def assets(root: Path) -> None:
    """Styles and scripts of the pages, from node_modules to where the gateway serves them."""
    call("Copying the assets", [root / ".venv" / "bin" / "python", "-m", "deploy.local.assets"], root)


def kafka_jars(root: Path) -> None:
    target = root / ".local" / "kafka" / "lib"
    shutil.rmtree(target, ignore_errors=True)
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={target}"]
    call("Fetching Apache Kafka", ["mvn", "-q", "-B", "-f", "deploy/local/kafka/pom.xml", *goal], root, NEEDS_NETWORK)


def _lacks_maven() -> str:
    if shutil.which("mvn") is None:
        return "mvn is not on this machine (Debian, Ubuntu: apt-get install maven)."
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "mvn needs a Java, and none is on this machine (Debian, Ubuntu: apt-get install default-jre-headless)."
    return ""


STEPS = (
    Step("Python packages", ["requirements/*.txt"], ".venv/bin/pytest", python_packages, lacks=_lacks_venv),
    Step("gRPC stubs", ["proto/**/*.proto", "requirements/*.txt"], "generated/caunoi", stubs, ["Python packages"]),
    Step("Node packages", ["package.json", "package-lock.json"], "node_modules", node_packages, lacks=_lacks_npm),
    Step(
        "Assets of the pages",
        ["package-lock.json", "deploy/local/assets.py"],
        "gateway/static/govuk",
        assets,
        ["Python packages", "Node packages"],
    ),
)
KAFKA = Step("Apache Kafka", ["deploy/local/kafka/pom.xml"], ".local/kafka/lib", kafka_jars, lacks=_lacks_maven)


def main(root: Path = ROOT) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  that is what it is here to find out
        print(f"Cầu Nối needs Python 3.11 or newer; {sys.executable} is {platform.python_version()}.", file=sys.stderr)
        print("Install one, or name it: make run PYTHON=/path/to/python3.12", file=sys.stderr)
        return 1
    try:
        return _set_up(root)
    except SetupFault as fault:
        print(f"\nSet-up could not be finished.\n\n{fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up was stopped; the next start goes on with what is missing.", file=sys.stderr)
        return 130


def _set_up(root: Path) -> int:
    if not _due(root, [*STEPS, KAFKA]):
        return 0
    with alone(root):
        # Another set-up may have done it meanwhile.
        if due := _due(root, STEPS):
            require_means(root, due)
            print("Setting up this checkout; the first time that takes a minute or two:", flush=True)
        with ThreadPoolExecutor(1) as pool:
            stamps = Stamps(root / ".local" / "setup.json")
            kafka = pool.submit(_kafka, root, stamps)
            run_steps(STEPS, root, stamps, _say)
            missing = kafka.result()
    return 0 if not missing else _without_kafka(missing)


def _due(root: Path, steps: Sequence[Step]) -> list[Step]:
    stamps = Stamps(root / ".local" / "setup.json")
    return [step for step in steps if not stamps.is_current(step, digest_of(step, root), root)]


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """While no other set-up works in this checkout; waits for one that does."""
    try:
        (root / ".local").mkdir(exist_ok=True)
        lock = (root / ".local" / "setup.lock").open("w")
    except OSError as fault:
        raise SetupFault(f"{fault}. Set-up writes into the checkout: it has to be yours, and not read-only.") from fault
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up works in this checkout; waiting for it …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def require_means(root: Path, steps: Sequence[Step]) -> None:
    """Raises SetupFault with all that these steps need and do not find here, before anything is fetched."""
    faults = [text for step in steps if (text := step.lacks())]
    free = shutil.disk_usage(root).free
    if not (root / ".venv").exists() and free < LEAST_FREE_BYTES:
        faults.append(
            f"Only {free // 1_000_000} MB are free on the disk of {root}; the packages take "
            f"{LEAST_FREE_BYTES // 1_000_000} MB. Free some space."
        )
    if faults:
        raise SetupFault("\n".join(faults))


def _kafka(root: Path, stamps: Stamps) -> str:
    """Why Kafka's jars are not there; empty when they are."""
    try:
        if _due(root, [KAFKA]) and (lacking := KAFKA.lacks()):
            return lacking
        run_steps([KAFKA], root, stamps, _say)
    except SetupFault as fault:
        return str(fault)
    return ""


def _say(line: str) -> None:
    print(line, flush=True)


def _without_kafka(why: str) -> int:
    """On a laptop the stack can run on librdkafka's broker; in CI nothing may pass for the real thing."""
    print(f"Apache Kafka could not be set up: {why}", file=sys.stderr)
    if os.environ.get("CI") == "true":
        print("In CI the tests run on the real broker or not at all.", file=sys.stderr)
        return 1
    print("The stack will run on librdkafka's broker in memory instead.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
