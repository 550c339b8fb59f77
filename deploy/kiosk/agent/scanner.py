"""The scanner, through SANE's `scanimage`: pages one by one as they come, and what went wrong."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from .settings import Settings

#: Exit status of `scanimage`, that is SANE_Status (sane.h) → fault as in docs/api.md.
_FAULTS = {3: "device-busy", 6: "jammed", 7: "no-paper", 8: "cover-open"}
_NO_DOCUMENTS = 7  # also how a feeder usually ends, when it is empty
_END_OF_PAGE = 5  # the end of a complete page
_STATUS = re.compile(r"\(scanner status = (\d+)\)")
_STOP_SECONDS = 10.0  # also the time that a scanner gets to end after it has reported a fault
_LOOK_SECONDS = 0.2  # between two checks whether somebody has left


class Fault(Exception):
    """Why pages are missing: `no-paper`, `jammed`, `cover-open`, `device-busy` or `device-gone`."""

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(f"{name}: {detail}" if detail else name)
        self.name = name


class Left(Exception):
    """The person who asked for the scan has left the computer."""


def scan(
    settings: Settings, source: str, folder: Path, left: threading.Event | None = None
) -> Generator[Path, None, None]:
    """Scans one page from the `flatbed`, or all from the `feeder`, into the folder; yields each file when it is
    complete.

    Scanning goes on while the caller works on a page. It stops when the caller stops, or as soon as `left` is set.
    Raises Left; raises Fault after the pages that came before it.
    """
    pages = 0
    said = folder / "scanimage.err"
    with said.open("wb") as errors, _started(command(settings, source, folder), errors) as process:
        try:
            for line in _lines(process, said, settings.page_seconds, left or threading.Event()):
                pages += 1
                yield Path(line)
            status = process.wait(_STOP_SECONDS)
        except (TimeoutError, subprocess.TimeoutExpired):
            status = _last_status(said)  # a driver that hangs at the end has reported the fault before
            if status in (0, _END_OF_PAGE):
                raise Fault("device-gone", f"no page within {settings.page_seconds:g} seconds") from None
        finally:
            _stop(process)
    detail = said.read_text("utf-8", "replace").strip().rpartition("\n")[2]
    last = _last_status(said)
    if status == 0 and last != _END_OF_PAGE:
        status = last  # a signal from its own driver makes scanimage lose the status that it has just reported
    if status == 0 or (status == _NO_DOCUMENTS and pages):
        if not pages:
            raise Fault("no-paper", detail)
        return
    busy = "Device busy" in detail  # if opening the scanner fails, the exit status is always 1
    raise Fault("device-busy" if busy else _FAULTS.get(status, "device-gone"), f"status {status}, {detail}")


def _last_status(said: Path) -> int:
    """The last SANE_Status that `scanimage` has written; 0 if it has written none."""
    found = _STATUS.findall(said.read_text("utf-8", "replace"))
    return int(found[-1]) if found else 0


def command(settings: Settings, source: str, folder: Path) -> list[str]:
    """The command line of `scanimage`."""
    name = settings.feeder if source == "feeder" else settings.flatbed
    return [
        settings.program,
        *(["-d", settings.device] if settings.device else []),
        *(["--source", name] if name else []),
        "--format=jpeg",
        "--mode",
        settings.mode,
        "--resolution",
        str(settings.resolution),
        *settings.options,
        f"--batch={folder}/page-%d.jpg",
        "--batch-print",
        *([] if source == "feeder" else ["--batch-count=1"]),
    ]


def found(settings: Settings) -> str:
    """What `scanimage -A` says of the scanner: its options, with the names of its sources. Raises Fault."""
    which = ["-d", settings.device] if settings.device else []
    try:
        answer = subprocess.run([settings.program, *which, "-A"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise Fault("device-gone", str(fault)) from fault
    if answer.returncode != 0:
        raise Fault("device-gone", answer.stderr.decode("utf-8", "replace").strip())
    return answer.stdout.decode("utf-8", "replace")


def _started(call: list[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        english = {**os.environ, "LC_ALL": "C"}
        return subprocess.Popen(
            call,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=english,
            start_new_session=True,
        )
    except OSError as fault:
        raise Fault("device-gone", str(fault)) from fault


def _lines(process: subprocess.Popen[bytes], said: Path, seconds: float, left: threading.Event) -> Iterator[str]:
    """Each line of the process's output. Raises TimeoutError if none comes for this time, and Left."""
    assert process.stdout is not None
    descriptor = process.stdout.fileno()
    rest = b""
    while True:
        until = time.monotonic() + seconds
        is_over = False
        while not select.select([descriptor], [], [], _LOOK_SECONDS)[0]:
            _refuse_left(left)
            if not is_over and _last_status(said) not in (0, _END_OF_PAGE):
                is_over, until = True, min(until, time.monotonic() + _STOP_SECONDS)
            if time.monotonic() > until:
                raise TimeoutError
        piece = os.read(descriptor, 4096)
        if not piece:
            return
        *whole, rest = (rest + piece).split(b"\n")
        for line in filter(None, whole):
            _refuse_left(left)
            yield os.fsdecode(line)


def _refuse_left(left: threading.Event) -> None:
    if left.is_set():
        raise Left


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that still runs; `scanimage` releases the scanner when it is asked to end. A driver's own process
    (SANE forks one to read) may not end with it, and would hold the scanner for ever, so it is killed.
    """
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
