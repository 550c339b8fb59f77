"""Delivery: claims what is due, hands it over, records how that went.

At least once: the provider may take a message and the process die before that is recorded; when the lease has run out
the message is handed over again under the same id, by which the provider (SMS) or the mailbox (Message-ID) drops it.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy import make_url

from services.chassis.clock import Clock
from services.chassis.database import UNREACHABLE
from services.chassis.refusal import Refusal
from services.chassis.service import Cell, acting_as_service
from services.notifications import storage
from services.notifications.catalogue import Catalogue, open_code
from services.notifications.channels import Channel, Outgoing, PermanentFault, TemporaryFault
from services.notifications.contacts import Contact
from services.notifications.domain.delivery import Lane, Outcome, Result, Schedule, Status
from services.notifications.tables import MessageRow
from services.notifications.use_cases import Messages

log = structlog.get_logger()

NOTIFICATION = "messages"  # PostgreSQL's, sent by a trigger at each insert
LONGEST_PAUSE = 15.0  # between two looks where nothing is known to be due: in case a notification was lost
HELD_PAUSE = 2.0  # where a message is due but waits for an earlier one, perhaps of another process
SHORTEST_PAUSE = 0.05
TRIES = Counter("caunoi_message_tries", "Tries to deliver a message", ["ward", "lane", "outcome"])
SECONDS = Histogram(
    "caunoi_message_seconds",
    "From the writing of a message to its delivery",
    ["lane"],
    buckets=(0.02, 0.05, 0.1, 0.3, 1, 3, 10, 60, 600, 3600, 86400),
)


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """How a lane delivers; `lease` is longer than any one try lasts."""

    schedule: Schedule
    lease: timedelta
    patience: timedelta


class Alarm:
    """Wakes the lanes of a ward when its database tells of a new message."""

    def __init__(self, cell: Cell, lanes: tuple[Lane, ...] = tuple(Lane)) -> None:
        self._cell = cell
        self.woken: Mapping[Lane, threading.Event] = {lane: threading.Event() for lane in lanes}

    def ring(self) -> None:
        for event in self.woken.values():
            event.set()

    def run(self, stopped: threading.Event) -> None:
        """Listens until stopped; over again where the database went away."""
        url = make_url(self._cell.database.url).set(drivername="postgresql").render_as_string(hide_password=False)
        while not stopped.is_set():
            try:
                with psycopg.connect(url, autocommit=True, connect_timeout=3) as connection:
                    connection.execute(f"LISTEN {NOTIFICATION}")
                    self.ring()  # what was written while nobody listened
                    while not stopped.is_set():
                        if any(True for _ in connection.notifies(timeout=2, stop_after=1)):
                            self.ring()
            except psycopg.OperationalError as fault:
                log.warning("delivery-waits-for-database", ward=self._cell.ward.code, error=type(fault).__name__)
                stopped.wait(1)
        self.ring()


class Courier:
    """Delivers the messages of one lane of one ward, one after the other."""

    def __init__(
        self,
        cell: Cell,
        lane: Lane,
        settings: LaneSettings,
        *,
        messages: Messages,
        catalogue: Catalogue,
        channel: Channel,
        find_contact: Callable[[str, str], Contact],
        woken: threading.Event,
        clock: Clock,
    ) -> None:
        self._cell = cell
        self._lane = lane
        self._settings = settings
        self._messages = messages
        self._catalogue = catalogue
        self._channel = channel
        self._find_contact = find_contact
        self._woken = woken
        self._clock = clock
        self._stopped = threading.Event()

    def run(self, stopped: threading.Event) -> None:
        """Delivers until stopped: at once when woken, and when the next message falls due."""
        self._stopped = stopped
        while not stopped.is_set():
            self._woken.clear()
            try:
                while not stopped.is_set() and self.deliver_next():
                    pass
                pause = self._pause()
            except UNREACHABLE as fault:
                log.warning("delivery-waits-for-database", ward=self._cell.ward.code, error=type(fault).__name__)
                pause = HELD_PAUSE
            self._wait(pause)

    def deliver_next(self) -> bool:
        """Tries the message that is due longest; False where none is. Raises UNREACHABLE without a database."""
        settings = self._settings
        with self._cell.database.transaction() as session:
            claimed = storage.claim(session, self._lane, self._clock.now(), settings.lease, settings.patience)
        if claimed is None:
            return False
        lease_ends = time.monotonic() + settings.lease.total_seconds()
        with acting_as_service("deliver-message", self._cell, claimed.request_id or str(claimed.id)):
            outcome = self._try(claimed)
            status = self._settle(claimed, outcome, lease_ends)
        self._count(claimed, outcome, status)
        return True

    def _try(self, row: MessageRow) -> Outcome:
        try:
            if row.sealed is not None:
                return self._send_code(row, row.sealed)
            contact = self._find_contact(row.account_ward, row.account_id)
            return self._send(row, contact)
        except Refusal as fault:
            # Not whatever was not found: `unknown-ward` comes of an address that is wrong while a ward moves.
            gone = fault.type == "unknown-account"
            answer = "không còn tài khoản này" if gone else f"dịch vụ tài khoản chưa trả lời ({fault.type})"
            return Outcome(Result.PERMANENT if gone else Result.TEMPORARY, answer)
        except TemporaryFault as fault:
            return Outcome(Result.TEMPORARY, str(fault))
        except PermanentFault as fault:
            return Outcome(Result.PERMANENT, str(fault))
        except Exception:
            # Whatever it is, it is this message's fault or ours: the others of the lane must not wait behind it.
            log.exception("delivery-broke", message_id=str(row.id), lane=self._lane)
            return Outcome(Result.TEMPORARY, "hệ thống gặp lỗi khi gửi")

    def _send_code(self, row: MessageRow, sealed: bytes) -> Outcome:
        if row.expires_at is not None and self._clock.now() >= row.expires_at:
            return Outcome(Result.PERMANENT, "mã đã hết hạn trước khi gửi được")
        phone, otp = open_code(self._cell.cipher, row.id, sealed)
        text = self._catalogue.render(row, self._cell.ward, otp=otp).text
        return Outcome(Result.DELIVERED, self._channel.send(Outgoing(str(row.id), phone, text)))

    def _send(self, row: MessageRow, contact: Contact) -> Outcome:
        if self._lane is Lane.EMAIL and not contact.email:
            return Outcome(Result.SKIPPED, "người nộp không có địa chỉ thư điện tử")
        if self._lane is not Lane.EMAIL and not contact.phone:
            return Outcome(Result.PERMANENT, "người nộp không có số điện thoại")
        to = contact.email if self._lane is Lane.EMAIL else contact.phone
        rendered = self._catalogue.render(row, self._cell.ward, name=contact.full_name)
        answer = self._channel.send(Outgoing(str(row.id), to, rendered.text, rendered.subject))
        return Outcome(Result.DELIVERED, answer)

    def _settle(self, claimed: MessageRow, outcome: Outcome, lease_ends: float) -> Status:
        """Records the outcome; a database that is away for a moment does not make a delivered message go twice."""
        while True:
            try:
                jitter = random.uniform(0.8, 1.2)
                return self._messages.settle(self._cell, claimed, outcome, self._settings.schedule, jitter)
            except UNREACHABLE:
                if self._stopped.is_set() or time.monotonic() >= lease_ends:
                    raise
                self._stopped.wait(0.5)

    def _count(self, row: MessageRow, outcome: Outcome, status: Status) -> None:
        TRIES.labels(self._cell.ward.code, self._lane, outcome.result).inc()
        if status is Status.DELIVERED:
            SECONDS.labels(self._lane).observe(max(0.0, (self._clock.now() - row.created_at).total_seconds()))
        log.info(
            "message-tried",
            message_id=str(row.id),
            lane=self._lane,
            number=row.tries,
            outcome=outcome.result,
            status=status,
        )

    def _pause(self) -> float:
        with self._cell.database.transaction() as session:
            due_in, held = storage.seconds_to_next(session, self._lane, self._clock.now())
        pauses = [LONGEST_PAUSE]
        pauses += [HELD_PAUSE] if held else []
        pauses += [max(due_in, SHORTEST_PAUSE)] if due_in is not None else []
        return min(pauses)

    def _wait(self, pause: float) -> None:
        """Until woken, stopped or `pause` seconds are over; looks for the stop every second."""
        until = time.monotonic() + pause
        while not self._stopped.is_set() and (left := until - time.monotonic()) > 0:
            if self._woken.wait(min(left, 1.0)):
                return
