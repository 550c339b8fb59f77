"""Reads people's files in a process of its own: if a file takes too much time or memory, only that process is ended,
and the service goes on.

A picture of 80 kB can keep its decoder busy for a minute (a progressive JPEG of thousands of scans), and no limit of
pixels or bytes tells it apart. Decoders written in C cannot be interrupted, but a process can be.
"""

from __future__ import annotations

import atexit
import copy
import ctypes
import gc
import hashlib
import math
import multiprocessing
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
from pebble import ProcessExpired, ProcessFuture, ProcessPool

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
_RETRY_AFTER_EARLIER = 3  # seconds
#: How long somebody waits with the next file whose file took all its processor time, crashed its decoder, needed too
#: much memory or was not finished `MOST_TRIES` times.
PAUSE_SECONDS = 60.0
#: The processor time of one sender's files in `PAUSE_SECONDS`, whatever became of them: 40 pages A4 at 300 dpi
#: take half. Nobody has more than this third of the only process for long.
SENDER_CPU_SECONDS = 20.0
_SENDER_SHARE = SENDER_CPU_SECONDS / PAUSE_SECONDS
#: One file at a time, whatever the number of RPC threads: the memory of a picture is the limit.
PLACES = Places(1, longest_wait=10)
#: Of one sender: the file that is read and those that wait for it. A button pressed twice sends two.
MOST_AT_ONCE = 3
#: Signals by which a file ends its process: it used its processor time, or its decoder crashed or got no more memory.
#: Any other end, such as the kernel's when the machine's memory is short, says nothing about the file.
_BY_THE_FILE = {
    *(signal.SIGXCPU, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP)
}


@dataclass(slots=True)
class _Sender:
    """How many files of a sender are being read or wait, and whose turn it is: they wait for each other, so that a
    stranger waits for one file of each sender.
    """

    files: int = 0
    turn: Places = field(default_factory=lambda: Places(1, longest_wait=10))


log = structlog.get_logger()
_lock = threading.Lock()
_senders = threading.Lock()
_pool: ProcessPool | None = None
# Of the senders, in each process of the service; times are monotonic seconds.
_sending: dict[str, _Sender] = {}  # whoever has files here
_paused: dict[str, float] = {}  # until when
_spent: dict[str, tuple[float, float]] = {}  # seconds of processor that count, and when they were reckoned
_unfinished: dict[tuple[str, bytes], int] = {}  # how often, by sender and the file's SHA-256


def run(function: Callable[[bytes], Result], content: bytes, sender: str = "") -> Result:
    """Calls `function` with a file's content, and returns its result or raises its refusal.

    `function` is at the top of its module. `sender` is the id of the account whose file it is; without one it is the
    caller's, or else the network from which the call comes.

    Refuses `file-too-complex` (INVALID) if it takes more than `CPU_SECONDS` or `MEMORY_BYTES`, if its decoder crashes,
    or if it was begun and not finished `MOST_TRIES` times; `too-many-complex-files` (THROTTLED) if the sender's last
    such file was less than `PAUSE_SECONDS` ago, or the sender's files have taken more than `SENDER_CPU_SECONDS` in that
    time, since everybody else waits while one is read; `earlier-file-not-read` (THROTTLED) while `MOST_AT_ONCE` files
    of the sender are read or wait; UNAVAILABLE if other files, or a busy machine, take too long, or if something else
    ends the process.
    """
    sender = sender or current_caller_id() or current_source()
    with _turn_of(sender), PLACES.one():
        until = time.monotonic() + min(LONGEST_SECONDS + _TO_BEGIN, max(0.1, seconds_left() - _TO_ANSWER))
        try:
            return _read(function, content, until, sender)
        except BrokenProcessPool:  # the process had been ended while it had no file; this one was not begun
            log.warning("file-worker-was-gone")
            stop()
        try:
            return _read(function, content, until, sender)
        except BrokenProcessPool:
            raise unavailable() from None


def _read(function: Callable[[bytes], Result], content: bytes, until: float, sender: str) -> Result:
    left = max(0.1, until - time.monotonic())
    reading = _scheduled(function, content, min(LONGEST_SECONDS, left))
    try:
        outcome, seconds = reading.result(left)
    except ProcessExpired as ended:
        log.warning("file-worker-ended", sender=sender, exit_code=ended.exitcode, bytes=len(content))
        if -ended.exitcode not in _BY_THE_FILE:
            raise _not_finished(content, sender) from ended
        raise _too_complex(sender) from ended
    except MemoryError:
        log.warning("file-worker-without-memory", sender=sender, bytes=len(content))
        stop()
        raise _too_complex(sender) from None
    except TookTooLong:
        log.warning("file-worker-slow", sender=sender, bytes=len(content))
        is_begun = reading.running() or reading.done()
        if not reading.done():  # Pebble ends only what has had its whole time
            stop()
        raise (_not_finished(content, sender) if is_begun else unavailable()) from None
    except BrokenProcessPool:
        raise
    except Exception:  # a fault of ours, which somebody may have found
        _charge(sender, CPU_SECONDS)
        raise
    _charge(sender, seconds)
    if _unfinished:
        _unfinished.pop(_tried(content, sender), None)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _scheduled(
    function: Callable[[bytes], Result], content: bytes, longest: float
) -> ProcessFuture[tuple[Result | Refusal, float]]:
    try:
        return _workers().schedule(_limited, args=(function, content, CPU_SECONDS), timeout=longest)
    except RuntimeError as broken:  # so Pebble says that its process had ended before
        raise BrokenProcessPool from broken


def _too_complex(sender: str) -> Refusal:
    """The refusal of a file that is at fault; its sender waits with the next one."""
    _pause(sender, PAUSE_SECONDS)
    return invalid(
        "file-too-complex",
        "Không mở được tệp này trong thời gian cho phép: tệp quá phức tạp hoặc bị hỏng. Xin chụp lại bằng máy "
        "ảnh của điện thoại, hoặc xuất lại tệp PDF.",
    )


def _not_finished(content: bytes, sender: str) -> Refusal:
    """The answer about a file that was begun and not finished, through no fault that can be seen: to send it again.

    The last of `MOST_TRIES` times it asks for another file, since this one may never be finished here. Nobody knows
    what it took of the processor: it counts as all that it might have.
    """
    _charge(sender, CPU_SECONDS)
    tried = _tried(content, sender)
    tries = _unfinished.pop(tried, 0) + 1
    if tries < MOST_TRIES:
        _unfinished[tried] = tries
        for oldest in list(_unfinished)[:-_MOST_UNFINISHED]:
            _unfinished.pop(oldest, None)
        return unavailable()
    _pause(sender, PAUSE_SECONDS)
    return invalid(
        "file-too-complex",
        f"Máy đã {MOST_TRIES} lần không đọc xong tệp này. Xin gửi tệp khác, nhỏ hơn: chụp lại ở cỡ ảnh nhỏ hơn, hoặc "
        "tách tệp PDF thành nhiều tệp.",
    )


def _tried(content: bytes, sender: str) -> tuple[str, bytes]:
    return sender, hashlib.sha256(content).digest()


@contextmanager
def _turn_of(sender: str) -> Iterator[None]:
    """Waits for the sender's earlier files. Refuses in a pause, which an earlier file may have begun, and while
    `MOST_AT_ONCE` files of the sender are here: so whoever sends many at once holds neither the threads of the service
    nor the place of everybody else's next file.
    """
    with _senders:
        _refuse_in_pause(sender)
        here = _sending.setdefault(sender, _Sender())
        if sender and here.files >= MOST_AT_ONCE:
            log.warning("file-refused-beside-another", sender=sender)
            raise Refusal(
                Kind.THROTTLED,
                "earlier-file-not-read",
                "Máy còn đang đọc tệp gửi trước. Xin đợi vài giây rồi gửi lại tệp này; điều đã lưu vẫn còn.",
                retry_after=_RETRY_AFTER_EARLIER,
            )
        here.files += 1
    try:
        with here.turn.one():
            _refuse_in_pause(sender)
            yield
    finally:
        with _senders:
            here.files -= 1
            if not here.files:
                del _sending[sender]


def _refuse_in_pause(sender: str) -> None:
    left = _paused.get(sender, 0.0) - time.monotonic()
    if left > 0:
        log.warning("file-refused-in-pause", sender=sender, seconds_left=math.ceil(left))
        raise Refusal(
            Kind.THROTTLED,
            "too-many-complex-files",
            "Tệp vừa gửi quá phức tạp, máy mất nhiều thời gian để đọc. Xin đợi một phút rồi gửi tệp khác; điều đã lưu "
            "vẫn còn.",
            retry_after=math.ceil(left),
        )


def _charge(sender: str, seconds: float) -> None:
    """Counts processor time against its sender, who waits with the next file if that is more than
    `SENDER_CPU_SECONDS`. What was counted before has gone down by the sender's share of the time since.
    """
    now = time.monotonic()
    spent, since = _spent.get(sender, (0.0, now))
    spent = max(0.0, spent - (now - since) * _SENDER_SHARE) + seconds
    _spent[sender] = spent, now
    for each, (before, at) in list(_spent.items()):
        if before < (now - at) * _SENDER_SHARE:
            _spent.pop(each, None)
    if spent > SENDER_CPU_SECONDS:
        _pause(sender, (spent - SENDER_CPU_SECONDS) / _SENDER_SHARE)


def _pause(sender: str, seconds: float) -> None:
    """Nobody who sends such files one after the other keeps the only process busy for everybody."""
    now = time.monotonic()
    for each, until in list(_paused.items()):
        if until < now:
            _paused.pop(each, None)
    if sender:
        _paused[sender] = max(now + seconds, _paused.get(sender, 0.0))


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


def _limited(function: Callable[[bytes], Result], content: bytes, seconds: int) -> tuple[Result | Refusal, float]:
    """The result or the refusal, and the seconds of processor that it took."""
    began = _processor_seconds()
    resource.setrlimit(resource.RLIMIT_CPU, (int(began) + 1 + seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    outcome = _outcome(function, content)
    gc.collect()  # pypdf's readers refer to themselves, and hold the file
    return outcome, _processor_seconds() - began


def _outcome(function: Callable[[bytes], Result], content: bytes) -> Result | Refusal:
    try:
        return function(content)
    except Refusal as no:
        return copy.copy(no)  # without its traceback, which holds the file too


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
