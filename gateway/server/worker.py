"""gunicorn's worker: a process that serves the gateway."""

from __future__ import annotations

import logging
import os
import resource
import socket
import time
from typing import Any, ClassVar

from gunicorn.workers.base import Worker as GunicornWorker
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from gateway.server.bounds import Bounds
from gateway.server.connections import Server
from services.chassis.probes import serve

SILENT = 30.0  # seconds without a turn of the loop after which the process counts as dead


class Worker(GunicornWorker):  # type: ignore[misc]
    """A process that serves the gateway. gateway/gunicorn.conf.py sets `bounds`, and `probes`, a socket shared by all
    workers.
    """

    bounds: ClassVar[Bounds] = Bounds()
    probes: ClassVar[socket.socket | None] = None

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._servers: list[Server] = []
        self._swept = 0.0

    def run(self) -> None:
        # The files of the metrics belong to this process, not to gunicorn's.
        from gateway.ended_marks import PATH
        from gateway.health import ended_session, pages
        from gateway.metrics import CONNECTIONS_ENDED

        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # having more requests than threads is not a fault
        logging.getLogger("waitress").setLevel(logging.WARNING)
        # A connection takes a file descriptor, and so does a large body or response.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        map: dict[int, Any] = {}
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(self.cfg.threads)
        self._servers = [
            Server(self.wsgi, each.sock, map, threads, self.bounds, lambda why: CONNECTIONS_ENDED.labels(why).inc())
            for each in self.sockets
        ]
        if self.probes is not None:
            serve(self.probes, pages(self.wsgi, self._reads_on), {PATH: ended_session})
        while self.alive and self.ppid == os.getppid():
            self._turn(map)
        for server in self._servers:
            server.stop(time.monotonic())
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until and [each for each in self._servers if not each.stopped(time.monotonic())]:
            self._turn(map)
        threads.shutdown(timeout=2)

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        for server in self._servers:
            server.pull_trigger()

    def _reads_on(self) -> bool:
        return time.monotonic() - self._swept < SILENT

    def _turn(self, map: dict[int, Any]) -> None:
        self.notify()
        wasyncore.poll2(0.5, map)
        now = time.monotonic()
        if now >= self._swept + 1:
            self._swept = now
            for server in self._servers:
                server.sweep(now)
