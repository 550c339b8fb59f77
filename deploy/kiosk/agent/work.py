"""The agent's work: takes scans, sends their pages, and keeps nothing of a person who has gone."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from .gateway import Away, Gateway, Refused, Scan
from .scanner import Fault, Left, scan
from .settings import Settings

log = logging.getLogger("agent")

ASK_SECONDS = 1.0
_LONGEST_WAIT = 10.0  # a scanner counts as unreachable after 15 seconds
#: The longest wait that the gateway may ask for (`Retry-After`): its own limits end within a minute, and whoever sits
#: at the computer does not wait longer for a mistake in an answer.
MOST_ASKED_SECONDS = 60.0
_REVOKED_WAIT = 60.0
_LOOK_SECONDS = 0.2
_CUPS_SECONDS = 10.0  # meanwhile the agent does not ask for work
#: What lies there for longer belongs to nobody who still sits at the computer.
OLD_SECONDS = 3600.0
#: A ticket is good for ten minutes after the last page that came.
TICKET_SECONDS = 600.0
_SCANS = "caunoi-scan-"
#: Why the gateway takes no page → the fault to end with; empty if the ticket is over. Any other refused page is
#: unusable.
_FAULTS = {"too-many-pages": "too-many-pages", "ticket-over": "", "unknown-ticket": "", "wrong-state": ""}


class Over(Exception):
    """The ticket takes no more pages; `fault` is what to end it with, unless it is over already."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault


class Agent:
    """Works until `stopped` is set."""

    def __init__(self, settings: Settings, gateway: Gateway, stopped: threading.Event, folder: Path) -> None:
        """`folder` is private: pages wait in it until they are sent."""
        self._settings = settings
        self._gateway = gateway
        self._stopped = stopped
        self._folder = folder
        self._begun = ""  # id of a scan
        self._left = threading.Event()  # the person who asked for the present scan has left
        self._cleared: str | None = None  # when the computer was last cleared; the first value heard counts as done
        self._jobs: set[str] = set()  # print jobs at the last hourly clearing
        self._clear_after = time.monotonic() + OLD_SECONDS

    def run(self) -> None:
        """Asks for work all the time, also while it scans: so the ward sees that it is there, and it learns that
        somebody left.
        """
        self._forget_leftovers()
        serving: threading.Thread | None = None
        wait = ASK_SECONDS
        away = False
        while not self._stopped.is_set():
            try:
                found, cleared = self._gateway.take_scan(self._begun)
            except Away as fault:
                wait = _pause(fault, min(wait * 2, _LONGEST_WAIT))
                if not away:
                    log.warning("the gateway is away (%s); asking again", fault)
                away = True
            except Refused as no:
                wait = _REVOKED_WAIT
                log.error("the gateway refuses this scanner (%s): pair it again", no)
            else:
                if away:
                    log.info("the gateway is back")
                wait, away = ASK_SECONDS, False
                if self._cleared is not None and cleared != self._cleared:
                    self._left.set()
                    clear(self._settings)
                self._cleared = cleared
                if found is not None and not (serving and serving.is_alive()):
                    self._begun = found.id
                    self._left.clear()
                    serving = threading.Thread(target=self.serve, args=(found,))
                    serving.start()
                    continue
            self._clear_what_is_old()
            self._stopped.wait(wait)
        if serving:
            serving.join()

    def serve(self, wanted: Scan) -> None:
        """Makes one scan and sends its pages as they come; does not scan for a ticket that is no longer valid."""
        with (
            self._private_folder() as folder,
            closing(scan(self._settings, wanted.source, folder, self._left)) as scanning,
        ):
            pages, fault = 0, ""
            until = time.monotonic() + TICKET_SECONDS
            try:
                self._sent(partial(self._gateway.check_ticket, wanted), until)
                for page in scanning:
                    pages += 1
                    self._sent(partial(self._gateway.add_page, wanted, pages, page.read_bytes()), until)
                    page.unlink()
                    until = time.monotonic() + TICKET_SECONDS
            except Fault as found:
                fault = found.name
                log.warning("%s after %d pages", found, pages)
            except Left:
                fault = "device-gone"
                log.warning("somebody left after %d pages: stopped", pages)
            except OSError as found:  # such as a full disk
                fault = "device-gone"
                log.warning("page %d cannot be read: %s", pages, found)
            except Over as over:
                log.warning("the ticket takes no more pages: %d were sent", max(0, pages - 1))
                if not over.fault:
                    return
                fault = over.fault
            try:
                self._sent(partial(self._gateway.end, wanted, fault), until)
            except (Over, Left):
                return
            log.info("%d pages sent", pages)

    def _sent(self, send: Callable[[], None], until: float) -> None:
        """Sends a page, again and again while the gateway is away, but not before the time that it names. Raises Left,
        and Over if the ticket is no longer valid.
        """
        wait = ASK_SECONDS
        while True:
            try:
                return send()
            except Away as fault:
                pause = _pause(fault, wait)
                if time.monotonic() + pause > until or self._is_over_within(pause):
                    raise (Left if self._left.is_set() else Over) from fault
                wait = min(wait * 2, _LONGEST_WAIT)
            except Refused as no:
                log.warning("not taken: %s", no)
                raise Over(_FAULTS.get(no.type, "device-gone")) from no

    def _is_over_within(self, seconds: float) -> bool:
        """Waits; returns True as soon as the agent is stopped or somebody has left."""
        until = time.monotonic() + seconds
        while not self._stopped.is_set() and not self._left.is_set():
            if time.monotonic() >= until:
                return False
            self._stopped.wait(_LOOK_SECONDS)
        return True

    @contextmanager
    def _private_folder(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(prefix=_SCANS, dir=self._folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _clear_what_is_old(self) -> None:
        """Each hour, clears what has lain there for an hour, since the message that somebody has left may get lost."""
        if time.monotonic() < self._clear_after:
            return
        jobs = {line.split()[0] for line in _cups("lpstat", "-o").splitlines() if line.strip()}
        clear(self._settings, jobs & self._jobs, OLD_SECONDS)
        self._jobs, self._clear_after = jobs, time.monotonic() + OLD_SECONDS

    def _forget_leftovers(self) -> None:
        """Removes the pages of an agent that was killed: nobody has their tickets any more."""
        for left in self._folder.glob(f"{_SCANS}*"):
            shutil.rmtree(left, ignore_errors=True)


def _pause(fault: Away, wait: float) -> float:
    """Seconds until the next try: `wait`, or longer if the gateway asks for it, which the log then tells."""
    asked = min(fault.retry_after, MOST_ASKED_SECONDS)
    if asked <= wait:
        return wait
    log.warning(
        "the gateway asks to wait (%s): next try at %s", fault, time.strftime("%X", time.localtime(time.time() + asked))
    )
    return asked


def clear(settings: Settings, jobs: Collection[str] = ("-a",), older_than: float = 0) -> None:
    """Clears the computer after somebody has left: nothing of theirs may be printed or stay.

    Cancels print jobs, by default all, and deletes downloads that are older than this many seconds.
    """
    if jobs:
        _cups("cancel", *jobs)
    try:
        for each in settings.downloads.iterdir() if settings.downloads else ():
            if time.time() - each.lstat().st_mtime >= older_than:
                _remove(each)
    except OSError as fault:
        log.error("downloads are not cleared: %s", fault)
    log.info("cleared")


def _remove(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as fault:
        log.error("not cleared: %s", fault)


def _cups(*command: str) -> str:
    """The output of a CUPS command; empty if it hangs or there is no CUPS."""
    if not shutil.which(command[0]):
        return ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_CUPS_SECONDS, check=False)
    except (subprocess.TimeoutExpired, OSError) as fault:
        log.error("the print queue does not answer: %s", fault)
        return ""
    return done.stdout


def private_place() -> Path:
    """The folder where pages wait: in memory and only for this user, if the system offers that."""
    offered = os.environ.get("XDG_RUNTIME_DIR", "")
    if offered and Path(offered).is_dir():
        return Path(offered)
    place = Path(tempfile.gettempdir()) / f"caunoi-agent-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    if place.stat().st_uid != os.getuid() or place.stat().st_mode & 0o077:
        raise PermissionError(f"{place} belongs to somebody else or is open to others")
    return place
