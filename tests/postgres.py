"""A server of PostgreSQL for tests."""

from __future__ import annotations

from pathlib import Path

from deploy.local.postgres import Cluster
from deploy.local.process import end, spawn
from deploy.local.waiting import wait_until

_SECONDS_TO_START = 60
_SECONDS_TO_STOP = 20


class Postgres(Cluster):
    """A running server; it ends by `stop`, or when the thread that created it ends for any reason."""

    def __init__(self, directory: Path, settings: dict[str, str] | None = None) -> None:
        super().__init__(directory, settings)
        self.prepare()
        log = directory.parent / "postgres.log"
        self._process = spawn(self.command, log, user=self.user, parting=self.parting)
        if not wait_until(lambda: self._process.poll() is not None or self.is_ready(), _SECONDS_TO_START):
            self.stop()
        if self._process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")

    @property
    def pid(self) -> int:
        """Process id of the postmaster."""
        return self._process.pid

    def stop(self) -> None:
        end(self._process, self.parting, _SECONDS_TO_STOP)
