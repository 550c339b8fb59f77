"""The supervisor on real processes: dead ones restart, stopped ones stay so, nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.leftovers import Pids
from deploy.local.process import end, spawn
from deploy.local.supervisor import Program, StartFault, Supervisor
from deploy.local.waiting import wait_until

SECONDS = 20
#: Writes its id where it is told, then waits; ends at once on SIGTERM.
PATIENT = "import os, signal, sys; open(sys.argv[1], 'w').write(str(os.getpid())); signal.pause()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + PATIENT


class Bench:
    """A supervisor and programs for it, in a directory of their own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.said: list[str] = []
        self.pids = Pids(directory / "run")
        self.supervisor = Supervisor(directory / "logs", self.pids, self.said.append)

    def program(
        self, name: str, code: str = PATIENT, seconds_to_stop: float = 10, drags: tuple[str, ...] = ()
    ) -> Program:
        sign = self.directory / f"{name}.up"
        return Program(
            name,
            command=lambda: [sys.executable, "-c", code, str(sign)],
            ready=lambda: sign.exists() and sign.read_text() == str(self.supervisor.pid(name)),
            seconds_to_stop=seconds_to_stop,
            drags=drags,
        )

    def run(self, program: Program) -> int:
        self.supervisor.start(program)
        self.supervisor.wait_ready(program.name, SECONDS)
        return self.pid(program.name)

    def pid(self, name: str) -> int:
        pid = self.supervisor.pid(name)
        assert pid is not None
        return pid


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.supervisor.stop_all()


def test_a_killed_program_restarts(bench: Bench) -> None:
    first = bench.run(bench.program("a"))
    assert bench.supervisor.kill("a") == first
    bench.supervisor.wait_ready("a", SECONDS)
    assert bench.pid("a") != first
    assert bench.said == ["a ended (killed by SIGKILL); restarts in 0.2 s"]


def test_killing_a_program_kills_its_children(bench: Bench) -> None:
    code = "import subprocess, sys; subprocess.Popen(['sleep', '600']);" + PATIENT
    first = bench.run(bench.program("a", code))
    (child,) = psutil.Process(first).children()
    bench.supervisor.kill("a")
    assert wait_until(lambda: not _lives(child.pid), SECONDS)


def test_children_of_a_dead_program_end_before_it_restarts(bench: Bench) -> None:
    code = "import subprocess, sys; subprocess.Popen(['sleep', '600']);" + PATIENT
    first = bench.run(bench.program("a", code))
    (child,) = psutil.Process(first).children()
    os.kill(first, signal.SIGKILL)
    bench.supervisor.wait_ready("a", SECONDS)
    assert wait_until(lambda: not _lives(child.pid), SECONDS)


def test_a_stopped_program_stays_away_until_it_is_resumed(bench: Bench) -> None:
    first = bench.run(bench.program("a"))
    bench.supervisor.stop("a")
    assert not wait_until(lambda: bench.supervisor.pid("a") is not None, 1)
    assert bench.said == []
    bench.supervisor.resume("a")
    bench.supervisor.wait_ready("a", SECONDS)
    assert bench.pid("a") != first


def test_a_program_that_never_starts_is_a_fault_that_shows_its_log(bench: Bench) -> None:
    bench.supervisor.start(bench.program("a", "raise SystemExit('the file of keys is missing')"))
    with pytest.raises(StartFault, match=r"(?s)exit code 1.*the file of keys is missing"):
        bench.supervisor.wait_ready("a", SECONDS)


def test_a_program_that_is_never_ready_is_a_fault(bench: Bench) -> None:
    bench.supervisor.start(bench.program("a", "import signal; print('hangs', flush=True); signal.pause()"))
    with pytest.raises(StartFault, match=r"(?s)not ready after 1 s.*hangs"):
        bench.supervisor.wait_ready("a", 1)


def test_a_program_that_will_not_stop_is_killed(bench: Bench) -> None:
    pid = bench.run(bench.program("a", DEAF, seconds_to_stop=0.3))
    bench.supervisor.stop("a")
    assert not _lives(pid)
    assert bench.said == ["a did not stop in 0 s and was killed"]


def test_programs_are_ended_group_by_group(bench: Bench) -> None:
    note = bench.directory / "order"
    code = (
        "import os, signal, sys; "
        f"signal.signal(signal.SIGTERM, lambda *_: (open({str(note)!r}, 'a').write(sys.argv[1][-4]), os._exit(0))); "
    )
    for name in ("a", "b", "c"):
        bench.run(bench.program(name, code + PATIENT))
    bench.supervisor.stop_all(["c"], ["a"])
    assert note.read_text() == "cab"


def test_nothing_starts_once_all_were_stopped(bench: Bench) -> None:
    bench.supervisor.stop_all()
    with pytest.raises(StartFault, match="stopped"):
        bench.supervisor.start(bench.program("late"))


def test_a_program_that_restarts_on_another_port_has_others_restarted(bench: Bench) -> None:
    reader = bench.run(bench.program("reader"))
    bench.run(bench.program("broker", drags=("reader",)))
    bench.supervisor.kill("broker")
    assert wait_until(lambda: bench.supervisor.pid("reader") not in (None, reader), SECONDS)


def test_memory_is_told_by_program(bench: Bench) -> None:
    bench.run(bench.program("a"))
    assert 1_000_000 < bench.supervisor.memory()["a"] < 100_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends them (test below)")
def test_programs_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = f"""
        import sys
        from pathlib import Path
        from tests.services.local.test_supervisor import Bench
        bench = Bench(Path({str(tmp_path)!r}))
        print(bench.run(bench.program("a")), flush=True)
        sys.stdin.read()
    """
    supervisor = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        assert _lives(pid)
        supervisor.kill()
    assert wait_until(lambda: not _lives(pid), SECONDS)


def test_the_next_start_ends_what_an_earlier_one_left(tmp_path: Path) -> None:
    left = spawn(["sleep", "600"], tmp_path / "log")
    assert wait_until(lambda: psutil.Process(left.pid).name() == "sleep", SECONDS)
    Pids(tmp_path / "run").note("a", left.pid)
    assert Pids(tmp_path / "run").end_all() == 1
    left.wait(SECONDS)
    assert not _lives(left.pid)
    assert Pids(tmp_path / "run").end_all() == 0


def test_an_id_that_went_to_another_process_is_let_be(tmp_path: Path) -> None:
    other = spawn(["sleep", "600"], tmp_path / "log")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "a.pid").write_text(f"{other.pid} 1000.0")
    assert Pids(tmp_path / "run").end_all() == 0
    assert other.poll() is None
    end(other, signal.SIGTERM, SECONDS)


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
