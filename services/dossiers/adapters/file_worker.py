"""Reads people's files in a process of its own: if a file takes too much time or memory, only that process is ended,
and the service goes on.

A picture of 80 kB can keep its decoder busy for a minute (a progressive JPEG of thousands of scans), and no limit of
pixels or bytes tells it apart. Decoders written in C cannot be interrupted, but a process can be.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import hashlib
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
#: What the process may allocate (`RLIMIT_DATA`; its code is not counted). Of the files that are accepted, pages of a
#: scanner in 17 megapixels need most: 235 MB (tests/services/dossiers_papers/test_memory_of_photographs.py).
MEMORY_BYTES = 288 * 1024 * 1024
_M_MMAP_THRESHOLD = -3  # of glibc's malloc.h
#: A busy machine gives a file less of a core than it would need; the caller waits 15 seconds.
LONGEST_SECONDS = 12.0
#: A process that has just been started takes its first file after 0.3 s of processor time, later on a busy machine.
_TO_BEGIN = 20.0
#: What is left of the caller's deadline for the answer that nothing came in time.
_TO_ANSWER = 1.0
#: How often somebody is asked to send a file again that was begun and not finished, though it had processor time left.
#: The last time it is refused.
MOST_TRIES = 3
_MOST_UNFINISHED = 1000  # files whose tries are counted
#: How long somebody waits with the next file whose file took all its processor time, crashed its decoder, needed too
#: much memory or was not finished `MOST_TRIES` times.
PAUSE_SECONDS = 60.0
#: One file at a time, whatever the number of RPC threads: the memory of a picture is the limit.
PLACES = Places(1, longest_wait=10)
#: Signals by which a file ends its process: it used its processor time, or its decoder crashed or got no more memory.
#: Any other end, such as the kernel's when the machine's memory is short, says nothing about the file.
_BY_THE_FILE = {
    *(signal.SIGXCPU, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP)
}

log = structlog.get_logger()
_lock = threading.Lock()
_pool: ProcessPool | None = None
_paused: dict[
    str, float
] = {}  # until when, in monotonic seconds, by the caller's id or network; in each process of the service
_unfinished: dict[bytes, int] = {}  # how often, by the file's SHA-256; in each process of the service


def run(function: Callable[[bytes], Result], content: bytes) -> Result:
    """Calls `function` with a file's content, and returns its result or raises its refusal.

    `function` is at the top of its module.

    Refuses `file-too-complex` (INVALID) if it takes more than `CPU_SECONDS` or `MEMORY_BYTES`, if its decoder crashes,
    or if it was begun and not finished `MOST_TRIES` times; `too-many-complex-files` (THROTTLED) if the caller's last
    such file was less than `PAUSE_SECONDS` ago, since everybody else waits while one is read; UNAVAILABLE if other
    files, or a busy machine, take too long, or if something else ends the process.
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
            raise _not_finished(content, caller) from ended
        raise _too_complex(caller) from ended
    except MemoryError:
        log.warning("file-worker-without-memory", caller=caller, bytes=len(content))
        stop()
        raise _too_complex(caller) from None
    except TookTooLong:
        log.warning("file-worker-slow", caller=caller, bytes=len(content))
        is_begun = reading.running() or reading.done()
        if not reading.done():  # Pebble ends only what has had its whole time
            stop()
        raise (_not_finished(content, caller) if is_begun else unavailable()) from None
    if _unfinished:
        _unfinished.pop(hashlib.sha256(content).digest(), None)
    return result


def _too_complex(caller: str) -> Refusal:
    """The refusal of a file that is at fault; its sender waits with the next one."""
    _pause(caller)
    return invalid(
        "file-too-complex",
        "Không mở được tệp này trong thời gian cho phép: tệp quá phức tạp hoặc bị hỏng. Xin chụp lại bằng máy "
        "ảnh của điện thoại, hoặc xuất lại tệp PDF.",
    )


def _not_finished(content: bytes, caller: str) -> Refusal:
    """The answer about a file that was begun and not finished, through no fault that can be seen: to send it again.

    The last of `MOST_TRIES` times it asks for another file, since this one may never be finished here.
    """
    digest = hashlib.sha256(content).digest()
    tries = _unfinished.pop(digest, 0) + 1
    if tries < MOST_TRIES:
        _unfinished[digest] = tries
        for oldest in list(_unfinished)[:-_MOST_UNFINISHED]:
            _unfinished.pop(oldest, None)
        return unavailable()
    _pause(caller)
    return invalid(
        "file-too-complex",
        f"Máy đã {MOST_TRIES} lần không đọc xong tệp này. Xin gửi tệp khác, nhỏ hơn: chụp lại ở cỡ ảnh nhỏ hơn, hoặc "
        "tách tệp PDF thành nhiều tệp.",
    )


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
            _pool = ProcessPool(max_workers=1, initializer=_bound_memory, context=multiprocessing.get_context("spawn"))
            atexit.register(stop)
        return _pool


def _bound_memory() -> None:
    """Sets the limit of the process, and makes it return large blocks to the system when they are free.

    By default glibc keeps them after the first large PDF: the process stayed at 200 MB, and the next picture came on
    top.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 1024 * 1024)


def _limited(function: Callable[[bytes], Result], content: bytes, seconds: int) -> Result:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    gc.collect()  # pypdf's readers refer to themselves, and hold the file before
    return function(content)
