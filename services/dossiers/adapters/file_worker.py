"""Reads people's files in a process of its own: if a file takes too much time or memory, only that process is ended,
and the service goes on.

A picture of 80 kB can keep its decoder busy for a minute (a progressive JPEG of thousands of scans), and no limit of
pixels or bytes tells it apart. Decoders written in C cannot be interrupted, but a process can be.
"""

from __future__ import annotations

import atexit
import math
import multiprocessing
import resource
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from services.chassis.call import current_caller_id, current_source, seconds_left
from services.chassis.grpc.client import unavailable
from services.chassis.places import Places
from services.chassis.refusal import Kind, Refusal, invalid

Result = TypeVar("Result")

#: For one file. Of the largest that are accepted, a PNG of noise in 16 colours needs most: about three seconds.
CPU_SECONDS = 5
#: A busy machine gives a file less of a core than it would need; the caller waits 15 seconds.
LONGEST_SECONDS = 12.0
#: A process that has just been started takes its first file after 0.3 s of processor time, later on a busy machine.
_TO_BEGIN = 20.0
#: What is left of the caller's deadline for the answer that nothing came in time.
_TO_ANSWER = 1.0
#: How long somebody whose file took all its processor time, or crashed its decoder, waits with the next file.
PAUSE_SECONDS = 60.0
#: One file at a time, whatever the number of RPC threads: the memory of a picture is the limit.
PLACES = Places(1, longest_wait=10)
#: Signals by which a file ends its process: it used its processor time, or its decoder crashed. Any other end, such as
#: the kernel's when memory is short, says nothing about the file.
_BY_THE_FILE = {signal.SIGXCPU, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL}

log = structlog.get_logger()
_lock = threading.Lock()
_pool: ProcessPool | None = None
_paused: dict[
    str, float
] = {}  # until when, in monotonic seconds, by the caller's id or network; in each process of the service


def run(function: Callable[[bytes], Result], content: bytes) -> Result:
    """Calls `function` with a file's content, and returns its result or raises its refusal.

    `function` is at the top of its module.

    Refuses `file-too-complex` (INVALID) if it takes more than `CPU_SECONDS` or its decoder crashes;
    `too-many-complex-files` (THROTTLED) if the caller's last such file was less than `PAUSE_SECONDS` ago, since
    everybody else waits while one is read; UNAVAILABLE if other files, or a busy machine, take too long, or if
    something else ends the process.
    """
    caller = current_caller_id() or current_source()  # a phone at a station has no account
    _refuse_in_pause(caller)
    with PLACES.one():
        until = time.monotonic() + min(LONGEST_SECONDS + _TO_BEGIN, max(0.1, seconds_left() - _TO_ANSWER))
        try:
            return _read(function, content, until, caller)
        except BrokenProcessPool:  # the process had been ended while it had no file; this one was not begun
            log.warning("file-worker-was-gone")
            stop()
        try:
            return _read(function, content, until, caller)
        except BrokenProcessPool:
            raise unavailable() from None


def _read(function: Callable[[bytes], Result], content: bytes, until: float, caller: str) -> Result:
    left = max(0.1, until - time.monotonic())
    try:
        reading = _workers().schedule(
            _limited, args=(function, content, CPU_SECONDS), timeout=min(LONGEST_SECONDS, left)
        )
    except RuntimeError as broken:  # so Pebble says that its process had ended before
        raise BrokenProcessPool from broken
    try:
        result: Result = reading.result(left)
    except ProcessExpired as ended:
        log.warning("file-worker-ended", caller=caller, exit_code=ended.exitcode, bytes=len(content))
        if -ended.exitcode not in _BY_THE_FILE:
            raise unavailable() from ended
        _pause(caller)
        raise invalid(
            "file-too-complex",
            "Không mở được tệp này trong thời gian cho phép: tệp quá phức tạp hoặc bị hỏng. Xin chụp lại bằng máy "
            "ảnh của điện thoại, hoặc xuất lại tệp PDF.",
        ) from ended
    except TookTooLong:
        log.warning("file-worker-slow", caller=caller, bytes=len(content))
        if not reading.done():  # the process has not taken the file, so Pebble does not count its time
            stop()
        raise unavailable() from None
    return result


def _refuse_in_pause(caller: str) -> None:
    left = _paused.get(caller, 0.0) - time.monotonic()
    if left > 0:
        log.warning("file-refused-in-pause", caller=caller, seconds_left=math.ceil(left))
        raise Refusal(
            Kind.THROTTLED,
            "too-many-complex-files",
            "Tệp vừa gửi quá phức tạp nên máy phải dừng. Xin đợi một phút rồi gửi tệp khác; điều đã lưu vẫn còn.",
            retry_after=math.ceil(left),
        )


def _pause(caller: str) -> None:
    """Nobody who sends such files one after the other keeps the only process busy for everybody."""
    now = time.monotonic()
    for each, until in list(_paused.items()):
        if until < now:
            _paused.pop(each, None)
    if caller:
        _paused[caller] = now + PAUSE_SECONDS


def start() -> None:
    """Starts the process, and does not wait until it is ready. It ends when this process ends."""
    _workers().schedule(_limited, args=(len, b"", CPU_SECONDS))


def stop() -> None:
    """Ends the process; the next file starts another one."""
    global _pool  # noqa: PLW0603  one for all wards of a process
    with _lock:
        if _pool is not None:
            _pool.stop()
            _pool.join()
            _pool = None


def _workers() -> ProcessPool:
    global _pool  # noqa: PLW0603  as above
    with _lock:
        if _pool is None:
            # Not forked: the service has threads, and a child would hold copies of its connections and keys.
            _pool = ProcessPool(max_workers=1, context=multiprocessing.get_context("spawn"))
            atexit.register(stop)
        return _pool


def _limited(function: Callable[[bytes], Result], content: bytes, seconds: int) -> Result:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return function(content)
