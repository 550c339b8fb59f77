"""When a ward's loops begin and end."""

from __future__ import annotations

import threading
import time

from deploy.local.waiting import wait_until
from services.chassis.work import Work

SOON = 10


class Loops:
    """A loop that counts how often it was started, and how many of it run."""

    def __init__(self) -> None:
        self.begun = self.there = self.most = 0
        self.may_end = threading.Event()

    def __call__(self, stopped: threading.Event) -> None:
        self.begun += 1
        self.there += 1
        self.most = max(self.most, self.there)
        stopped.wait()
        self.may_end.wait()
        self.there -= 1


def goes_on(work: Work) -> bool:
    return work.since is not None


def test_the_work_goes_on_from_each_begin_to_the_next_end() -> None:
    loop = Loops()
    loop.may_end.set()
    work = Work({"loop": loop})
    for _ in range(2):
        work.begin()
        work.begin()
        assert goes_on(work)
        assert wait_until(lambda: loop.there == 1, SOON)
        work.end()
        assert not goes_on(work)
        assert wait_until(lambda: loop.there == 0, SOON)
    assert (loop.begun, loop.most) == (2, 1)


def test_a_loop_restarts_only_after_it_has_ended() -> None:
    loop = Loops()
    work = Work({"loop": loop})
    work.begin()
    assert wait_until(lambda: loop.there == 1, SOON)
    work.end()
    work.begin()
    loop.may_end.set()
    assert wait_until(lambda: loop.begun == 2, SOON)
    assert loop.most == 1
    work.close()
    work.join(SOON)
    assert loop.there == 0


def test_loops_that_hang_are_waited_for_together_and_not_one_after_the_other() -> None:
    """A database that hangs holds each of them: the process would be killed in the middle of what it does last."""
    loops = [Loops() for _ in range(8)]
    work = Work({str(number): loop for number, loop in enumerate(loops)})
    work.begin()
    assert wait_until(lambda: all(loop.there for loop in loops), SOON)
    work.close()
    began = time.monotonic()
    work.join(0.5)
    assert time.monotonic() - began < 2
    for loop in loops:
        loop.may_end.set()
    work.join(SOON)


def test_what_is_closed_does_not_begin_again() -> None:
    """A look at the database may come back when the process has stopped."""
    loop = Loops()
    work = Work({"loop": loop})
    work.close()
    work.begin()
    work.join(SOON)
    assert loop.begun == 0
    assert not goes_on(work)


def test_a_loop_that_breaks_is_begun_again() -> None:
    broken: list[int] = []

    def loop(stopped: threading.Event) -> None:
        broken.append(1)
        if len(broken) == 1:
            raise ValueError
        stopped.wait()

    told: list[int] = []
    work = Work({"loop": loop}, again_seconds=0, broken=lambda: told.append(len(broken)))
    work.begin()
    assert wait_until(lambda: len(broken) == 2, SOON)
    assert told == [1], "who watches is told of each time"
    work.close()
    work.join(SOON)
