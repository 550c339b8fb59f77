"""Whether a process lives, and whether it may be used. The checks run beside its work, so that no check waits for
another.

A process is ready when at least one of its wards has its database, with the tables that this version needs. A ward
without them is answered 503 and does not affect the others (docs/decisions/0046).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from enum import Enum

import psycopg
import structlog

from services.chassis.database.connection import Connection, Database
from services.chassis.database.migrations import Revisions
from services.chassis.database.owner import NotMigrated, Owner
from services.chassis.events.outbox import oldest_age
from services.chassis.metrics import OUTBOX_OLDEST_AGE, WARD_READY
from services.chassis.work import Work

log = structlog.get_logger()

EVERY_SECONDS = 2.0
#: If a check has not returned after this time, the database hangs.
SILENT_SECONDS = 5.0
_SAY_AGAIN_SECONDS = 60.0
#: How often the age of the oldest unpublished event is measured.
OUTBOX_SECONDS = 15.0


class Condition(Enum):
    UP = "up"
    AWAY = "away"  # its database does not answer, or belongs to another ward
    BEHIND = "behind"  # its database answers, but lacks tables that this version needs


class WardHealth:
    """Checks the database of one ward every two seconds, over a connection of its own: the pool may be in use."""

    def __init__(self, owner: Owner, database: Database, revisions: Revisions, work: Work) -> None:
        """The ward's `work` begins when its tables are there, and ends when they are not. A database that is away does
        not end it, because each part of the work waits for the database by itself.
        """
        self._ward = owner.ward
        self._database = database
        self._revisions = revisions
        self._work = work
        self._found: tuple[Condition, float] = (Condition.AWAY, 0.0)  # and when
        self._said: tuple[Condition | None, float] = (None, 0.0)
        # Set from the present state, because a check that hangs in the database notes nothing.
        WARD_READY.labels(owner.service, owner.ward).set_function(lambda: float(self.condition is Condition.UP))
        self._outbox_age, self._outbox_at = 0.0, float("-inf")
        OUTBOX_OLDEST_AGE.labels(owner.service, owner.ward).set_function(self._waited)

    @property
    def condition(self) -> Condition:
        found, at = self._found
        return found if time.monotonic() - at < SILENT_SECONDS else Condition.AWAY

    def run(self, stopped: threading.Event) -> None:
        """Checks until stopped; a database that hangs holds up only this."""
        connection: Connection | None = None
        while not stopped.is_set():
            try:
                if connection is None:
                    connection = self._database.connect()
                revision = self._revisions.found(connection)
                if self._revisions.suffices(revision):
                    self._look_at_outbox(connection)
            except NotMigrated:
                self._note(Condition.BEHIND, "")
            except psycopg.Error as fault:
                if connection is not None:
                    connection.close()
                connection = None
                self._note(Condition.AWAY, type(fault).__name__)
            else:
                self._note(Condition.UP if self._revisions.suffices(revision) else Condition.BEHIND, revision)
            stopped.wait(EVERY_SECONDS)
        if connection is not None:
            connection.close()

    def _look_at_outbox(self, connection: Connection) -> None:
        """Its result does not change the ward's condition: the ward's people are served."""
        if time.monotonic() - self._outbox_at < OUTBOX_SECONDS:
            return
        try:
            self._outbox_age = oldest_age(connection)
        except psycopg.Error as fault:
            self._outbox_age = float("nan")
            log.warning("outbox-not-looked-at", ward=self._ward, error=type(fault).__name__)
        self._outbox_at = time.monotonic()

    def _waited(self) -> float:
        """Seconds that events have waited; unknown while the database is away, which WARD_READY shows."""
        return self._outbox_age if self.condition is Condition.UP else float("nan")

    def _note(self, condition: Condition, about: str) -> None:
        now = time.monotonic()
        if condition is Condition.UP:
            self._work.begin()
        elif condition is Condition.BEHIND:
            self._work.end()
        self._found = (condition, now)
        said, at = self._said
        if condition is said and (condition is Condition.UP or now - at < _SAY_AGAIN_SECONDS):
            return
        self._said = (condition, now)
        if condition is Condition.BEHIND:
            log.warning("schema-behind", ward=self._ward, found=about, wanted=self._revisions.head)
        elif condition is Condition.AWAY:
            log.warning("ward-away", ward=self._ward, error=about)
        else:
            log.info("ward-ready", ward=self._ward, revision=about)


def has_tables(database: Database, revisions: Revisions) -> bool:
    """Checks at once. False also if the database does not answer."""
    try:
        with database.connect() as connection:
            return revisions.suffices(revisions.found(connection))
    except psycopg.Error:
        return False


class Health:
    """The health of a process, from the checks of its wards."""

    def __init__(self, wards: Mapping[str, WardHealth]) -> None:
        self._wards = wards

    def is_ready(self) -> bool:
        return any(each.condition is Condition.UP for each in self._wards.values())

    def is_behind(self, ward: str) -> bool:
        """Whether calls of the ward would find tables of an older version."""
        return ward in self._wards and self._wards[ward].condition is Condition.BEHIND

    def conditions(self) -> dict[str, str]:
        return {ward: each.condition.value for ward, each in self._wards.items()}

    def begin(self, stopped: threading.Event) -> None:
        """Starts a thread for each ward. Nobody waits for them at the end, because a database that hangs would block
        that.
        """
        for ward, each in self._wards.items():
            threading.Thread(target=each.run, args=(stopped,), name=f"health-{ward}", daemon=True).start()
