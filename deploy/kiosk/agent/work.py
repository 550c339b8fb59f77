"""The agent's work: takes scans, sends their pages, and leaves nothing of a person who has gone."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from .gateway import Away, Gateway, Refused, Scan
from .scanner import Fault, scan
from .settings import Settings

log = logging.getLogger("agent")

ASK_SECONDS = 1.0
_LONGEST_WAIT = 10.0  # a scanner is called unreachable after 15 seconds
_REVOKED_WAIT = 60.0
#: A ticket is good for ten minutes after the last page that came.
_TICKET_SECONDS = 600.0
_SCANS = "caunoi-scan-"
#: Why the gateway takes no page → the fault to end with; empty where the ticket is over. Any other page is unusable.
_FAULTS = {"too-many-pages": "too-many-pages", "ticket-over": "", "unknown-ticket": "", "wrong-state": ""}


class Over(Exception):
    """The ticket takes no more pages; `fault` is what to end it with, where it is not over altogether."""

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
        self._cleared = ""

    def run(self) -> None:
        self._forget_leftovers()
        wait = ASK_SECONDS
        away = False
        while not self._stopped.is_set():
            try:
                found, cleared = self._gateway.take_scan()
            except Away as fault:
                wait = min(wait * 2, _LONGEST_WAIT)
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
                if cleared != self._cleared:
                    self._cleared = cleared
                    clear(self._settings)
                if found is not None:
                    self.serve(found)
                    continue
            self._stopped.wait(wait)

    def serve(self, wanted: Scan) -> None:
        """Makes one scan and sends its pages as they come."""
        with self._private_folder() as folder, closing(scan(self._settings, wanted.source, folder)) as scanning:
            pages, fault = 0, ""
            until = time.monotonic() + _TICKET_SECONDS
            try:
                for page in scanning:
                    pages += 1
                    self._sent(partial(self._gateway.add_page, wanted, pages, page.read_bytes()), until)
                    page.unlink()
                    until = time.monotonic() + _TICKET_SECONDS
            except Fault as found:
                fault = found.name
                log.warning("%s after %d pages", found, pages)
            except OSError as found:  # such as a full disk
                fault = "device-gone"
                log.warning("page %d cannot be read: %s", pages, found)
            except Over as over:
                log.warning("the capture takes no more than %d pages", pages - 1)
                if not over.fault:
                    return
                fault = over.fault
            try:
                self._sent(partial(self._gateway.end, wanted, fault), until)
            except Over:
                return
            log.info("%d pages sent", pages)

    def _sent(self, send: Callable[[], None], until: float) -> None:
        """Sends, again and again while the gateway is away. Raises Over where the ticket is not good any more."""
        wait = ASK_SECONDS
        while True:
            try:
                return send()
            except Away as fault:
                if time.monotonic() + wait > until or self._stopped.wait(wait):
                    raise Over from fault
                wait = min(wait * 2, _LONGEST_WAIT)
            except Refused as no:
                log.warning("not taken: %s", no)
                raise Over(_FAULTS.get(no.type, "device-gone")) from no

    @contextmanager
    def _private_folder(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(prefix=_SCANS, dir=self._folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _forget_leftovers(self) -> None:
        """Of an agent that was killed: nobody has the tickets of its pages any more."""
        for left in self._folder.glob(f"{_SCANS}*"):
            shutil.rmtree(left, ignore_errors=True)


def clear(settings: Settings) -> None:
    """Somebody has left the computer: nothing of theirs is to be printed or lie about."""
    if shutil.which("cancel"):
        subprocess.run(["cancel", "-a"], capture_output=True, timeout=30, check=False)
    if settings.downloads is not None and settings.downloads.is_dir():
        for each in settings.downloads.iterdir():
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each, ignore_errors=True)
            else:
                each.unlink(missing_ok=True)
    log.info("cleared")


def private_place() -> Path:
    """Where pages wait: in memory and for this user alone, where the system offers that."""
    offered = os.environ.get("XDG_RUNTIME_DIR", "")
    if offered and Path(offered).is_dir():
        return Path(offered)
    place = Path(tempfile.gettempdir()) / f"caunoi-agent-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    if place.stat().st_uid != os.getuid() or place.stat().st_mode & 0o077:
        raise PermissionError(f"{place} belongs to somebody else or is open to others")
    return place
