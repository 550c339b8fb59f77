"""Keeps programs running: starts them, restarts them when they die, and ends them all in order."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psutil

from deploy.local.leftovers import Pids
from deploy.local.process import end, kill_group, spawn
from deploy.local.waiting import wait_until

_ROUND_SECONDS = 0.1  # how soon a death is noticed
_ASK_SECONDS = 0.2  # between two probes of a program
_SHORTEST_PAUSE = 0.2  # before a program that died restarts; doubles up to
_LONGEST_PAUSE = 10.0
_SETTLED_SECONDS = 30  # after this lifetime the next death counts as the first
_DEATHS_BEFORE_READY = 3  # after this many deaths before it was ever ready, a program is given up
Answer = TypeVar("Answer")


class StartFault(Exception):
    """A program does not start; the text shows the end of its log."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program to run. `ready` probes whether it works; `prepare` runs before each start."""

    name: str
    command: Callable[[], Sequence[str]]
    ready: Callable[[], bool]
    environment: Callable[[], Mapping[str, str]] = dict
    prepare: Callable[[], object] = lambda: None
    user: Callable[[], str | None] = lambda: None
    parting: signal.Signals = signal.SIGTERM
    seconds_to_stop: float = 25
    drags: tuple[str, ...] = ()  # programs that have to restart once this one is back


@dataclass(slots=True)
class _Kept:
    program: Program
    log: Path
    process: subprocess.Popen[bytes] | None = None
    wanted: bool = True
    was_ready: bool = False
    deaths: int = 0
    began: float = 0
    begin_at: float = 0
    drags_due: bool = False
    history: list[int] = field(default_factory=list)  # exit codes, latest last


class Supervisor:
    """Runs programs until `stop_all`. One thread starts and watches them all: they live as long as it does.

    `logs` is a directory, `pids` records the started processes; `say` prints a line on the console.
    """

    def __init__(self, logs: Path, pids: Pids, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._pids = pids
        self._say = say
        self._kept: dict[str, _Kept] = {}
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closing = threading.Event()  # no program starts any more
        self._over = threading.Event()  # the keeper ends
        logs.mkdir(parents=True, exist_ok=True)
        self._keeper = threading.Thread(target=self._keep, name="supervisor", daemon=True)
        self._keeper.start()

    def start(self, program: Program) -> None:
        """Starts a program; returns once its process exists, ready or not."""
        log = self._logs / f"{program.name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        kept = _Kept(program, log)

        def begin() -> None:
            self._begin(kept)
            self._kept[program.name] = kept

        self._in_keeper(begin)

    def wait_ready(self, name: str, seconds: float) -> None:
        """Returns when the program is ready.

        Raises StartFault if it takes longer than `seconds`, or dies repeatedly before it was ever ready.
        """
        kept = self._kept[name]

        def never_will() -> bool:
            return self._closing.is_set() or (not kept.was_ready and kept.deaths >= _DEATHS_BEFORE_READY)

        if not wait_until(lambda: never_will() or self.is_ready(name), seconds, _ASK_SECONDS):
            raise StartFault(f"{name} was not ready after {seconds:.0f} s.{self.tail(name)}")
        if self._closing.is_set():
            raise StartFault(f"{name} was stopped while it started.")
        if never_will():
            code = kept.history[-1] if kept.history else None
            raise StartFault(f"{name} ends as soon as it is started (exit code {code}).{self.tail(name)}")

    def is_ready(self, name: str) -> bool:
        kept = self._kept[name]
        process = kept.process
        if process is None or process.poll() is not None or not kept.program.ready():
            return False
        kept.was_ready = True
        return True

    def kill(self, name: str) -> int:
        """kill -9 of the program and its children; it restarts unless it was stopped. Returns its former id."""
        return self._in_keeper(lambda: self._kill(self._kept[name]))

    def stop(self, name: str) -> None:
        """Ends the program; it does not restart until `resume`."""
        self._stop(self._kept[name])

    def resume(self, name: str) -> None:
        """Starts a stopped program."""
        kept = self._kept[name]

        def begin() -> None:
            kept.wanted = True
            self._begin(kept)

        self._in_keeper(begin)

    def pid(self, name: str) -> int | None:
        process = self._kept[name].process
        return process.pid if process is not None and process.poll() is None else None

    def memory(self) -> dict[str, int]:
        """Bytes of memory by program, with its children; pages shared by several processes are counted once."""
        return {name: _memory_of(pid) for name in self._kept if (pid := self.pid(name)) is not None}

    def tail(self, name: str, lines: int = 15) -> str:
        log = self._kept[name].log
        last = log.read_text(errors="replace").splitlines()[-lines:] if log.exists() else []
        return f" The end of {log}:\n" + "\n".join("    " + line[:400] for line in last)

    def close(self) -> None:
        """Starts nothing any more; calls of `wait_ready` give up."""
        self._closing.set()

    def stop_all(self, *groups: Sequence[str]) -> None:
        """Ends the groups one after another, each group's programs in parallel; then the rest."""
        self._closing.set()
        if self._over.is_set():
            return
        for group in groups:
            self._stop_together([self._kept[name] for name in group if name in self._kept])
        self._stop_together(list(self._kept.values()))
        self._over.set()
        self._keeper.join()

    def _stop_together(self, group: Sequence[_Kept]) -> None:
        ending = [threading.Thread(target=self._stop, args=(kept,)) for kept in group]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join()

    def _stop(self, kept: _Kept) -> None:
        program = kept.program
        process = self._in_keeper(lambda: self._unwant(kept))
        if process is not None and not end(process, program.parting, program.seconds_to_stop):
            self._say(f"{program.name} did not stop in {program.seconds_to_stop:.0f} s and was killed")

    def abandon(self) -> None:
        """kill -9 of all, at once, without waiting for a stop in order."""
        self._closing.set()
        for kept in list(self._kept.values()):
            kept.wanted = False
            if kept.process is not None:
                kill_group(kept.process)
        self._over.set()

    def _in_keeper(self, task: Callable[[], Answer]) -> Answer:
        outcome: Future[Answer] = Future()

        def run() -> None:
            try:
                outcome.set_result(task())
            except BaseException as fault:  # it is raised in the caller of the task
                outcome.set_exception(fault)

        with self._gate:
            if self._over.is_set():
                raise StartFault("the stack was stopped")
            self._tasks.put(run)
        return outcome.result()

    def _keep(self) -> None:
        while True:
            try:
                self._tasks.get(timeout=_ROUND_SECONDS)()
            except queue.Empty:
                with self._gate:  # a caller that passed it before has queued its task, which the next round answers
                    if self._over.is_set() and self._tasks.empty():
                        return
                for kept in list(self._kept.values()):
                    self._look_after(kept)

    def _begin(self, kept: _Kept) -> None:
        if self._closing.is_set():
            raise StartFault("the stack was stopped")
        program = kept.program
        program.prepare()
        kept.process = spawn(
            program.command(),
            kept.log,
            environment=program.environment(),
            user=program.user(),
            parting=program.parting,
        )
        self._pids.note(program.name, kept.process.pid)
        kept.began = time.monotonic()
        kept.begin_at = 0

    def _look_after(self, kept: _Kept) -> None:
        if not kept.wanted or kept.process is None:
            return
        now = time.monotonic()
        if kept.process.poll() is not None and kept.begin_at == 0:
            self._note_death(kept, kept.process, now)
        if kept.begin_at and now >= kept.begin_at:
            self._begin_again(kept)
        elif kept.drags_due and kept.program.ready():
            self._drag(kept)

    def _note_death(self, kept: _Kept, process: subprocess.Popen[bytes], now: float) -> None:
        kill_group(process)  # children that it may have left
        kept.deaths = 1 if now - kept.began > _SETTLED_SECONDS else kept.deaths + 1
        kept.history.append(process.returncode)
        pause = min(_SHORTEST_PAUSE * 2 ** (kept.deaths - 1), _LONGEST_PAUSE)
        kept.begin_at = now + pause
        self._say(f"{kept.program.name} ended ({_manner(process.returncode)}); restarts in {pause:.1f} s")

    def _begin_again(self, kept: _Kept) -> None:
        try:
            self._begin(kept)
        except StartFault:
            return
        except (OSError, RuntimeError) as fault:
            kept.begin_at = time.monotonic() + _LONGEST_PAUSE
            self._say(f"{kept.program.name} cannot be started: {fault}")
            return
        kept.drags_due = bool(kept.program.drags)

    def _drag(self, kept: _Kept) -> None:
        kept.drags_due = False
        for name in kept.program.drags:
            other = self._kept.get(name)
            if other is not None and other.wanted and other.process is not None:
                other.process.send_signal(other.program.parting)

    def _kill(self, kept: _Kept) -> int:
        assert kept.process is not None, f"{kept.program.name} never started"
        pid = kept.process.pid
        kill_group(kept.process)
        return pid

    def _unwant(self, kept: _Kept) -> subprocess.Popen[bytes] | None:
        kept.wanted = False
        kept.begin_at = 0
        return kept.process


def _manner(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _memory_of(pid: int) -> int:
    total = 0
    try:
        first = psutil.Process(pid)
        for process in (first, *first.children(recursive=True)):
            info = process.memory_full_info() if os.name == "posix" else process.memory_info()
            total += getattr(info, "pss", 0) or info.rss
    except psutil.Error:
        return total  # it ended meanwhile
    return total
