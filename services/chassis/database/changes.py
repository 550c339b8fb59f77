"""Waiting for changes of a ward's rows, which a trigger announces by NOTIFY: between two notices no query runs."""

from __future__ import annotations

import threading

import psycopg
import structlog

from services.chassis.database.connection import Database, notices

log = structlog.get_logger()

_LOOK_SECONDS = 60.0  # of listening, before it checks whether the connection still exists
#: The longest wait while nobody listens because the database is away: no notice would end it.
_DEAF_SECONDS = 0.3
#: The most waits at once, since each holds a thread. The streams need two or three; more would leave no threads for
#: other calls.
MOST_WAITING = 8


class Changes:
    """Counts the notices of one channel of a database."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database = database
        self._channel = channel
        self._heard = threading.Condition()
        self._count = 0
        self._waiting = 0
        self._listening = False

    @property
    def count(self) -> int:
        """The number of notices so far. Read it before the rows: a later change makes it higher."""
        return self._count

    def wait(self, count: int, seconds: float) -> None:
        """Waits for the next notice after `count`, at most `seconds`. It does not wait if the notice has come or
        `MOST_WAITING` others wait; while nobody listens it waits much less.
        """
        with self._heard:
            if self._waiting >= MOST_WAITING:
                return
            self._waiting += 1
            try:
                self._heard.wait_for(lambda: self._count != count, seconds if self._listening else _DEAF_SECONDS)
            finally:
                self._waiting -= 1

    def listen(self, stopped: threading.Event) -> None:
        """Listens until stopped, over a connection of its own."""
        while not stopped.is_set():
            try:
                with self._database.connect() as connection:
                    connection.execute(f"LISTEN {self._channel}")
                    self._note(listening=True)  # notices before this moment are lost
                    while not stopped.is_set():
                        if notices(connection, stopped, _LOOK_SECONDS):
                            self._note(listening=True)
            except psycopg.OperationalError as fault:
                log.warning("changes-unheard", channel=self._channel, error=type(fault).__name__)
            finally:
                self._note(listening=False)
            stopped.wait(1)

    def _note(self, *, listening: bool) -> None:
        with self._heard:
            self._listening = listening
            self._count += 1
            self._heard.notify_all()
