"""Delivery: claims due messages, hands them over, records the results.

Delivery is at least once: the process may die after the provider has accepted a message and before that is recorded.
After the lease the message is handed over again under the same id, and the provider (SMS) or the mailbox (Message-ID)
drops the copy. The lease is short and renewed during a try, so that the messages of a dead process are soon sent.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import psycopg
import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy.orm import Session

from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.chassis.database.connection import UNREACHABLE, Connection, notices
from services.chassis.refusal import Refusal
from services.chassis.service import acting_as_service
from services.notifications import storage
from services.notifications.adapters.channels import Channel, Outgoing, PermanentFault, TemporaryFault
from services.notifications.adapters.contacts import Contact
from services.notifications.catalogue import open_pair
from services.notifications.domain.budget import Use, next_day
from services.notifications.domain.delivery import Lane, Outcome, Result, Schedule, Status
from services.notifications.tables import MessageRow
from services.notifications.use_cases import budget
from services.notifications.use_cases.settling import Try, settle
from services.notifications.use_cases.unit import Workplace

log = structlog.get_logger()

CHANNEL = "messages"  # PostgreSQL's notification channel; a trigger sends the lane of a new message
LONGEST_PAUSE = 30.0  # between two looks while nothing is due, in case a notice was lost
HELD_PAUSE = 2.0  # while a due message waits for an earlier one, perhaps in another process
SHORTEST_PAUSE = 0.05
#: After this long a batch ends: its tries are recorded, and the messages that were not tried are given back.
LONG_SECONDS = 1.0
#: Longer than the time limits of our channels: after this time something hangs, and another process takes over the
#: message.
LONGEST_TRY = timedelta(minutes=3)
TRIES = Counter("caunoi_message_tries", "Tries to deliver a message", ["ward", "lane", "outcome"])
SECONDS = Histogram(
    "caunoi_message_seconds",
    "From the writing of a message to its delivery",
    ["lane"],
    buckets=(0.02, 0.05, 0.1, 0.3, 1, 3, 10, 60, 600, 3600, 86400),
)


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """How a lane delivers."""

    schedule: Schedule
    lease: timedelta
    patience: timedelta
    #: The most messages that are claimed at once and recorded together.
    batch: int = 20
    #: How long a courier that is woken waits for more messages, so that several share a transaction.
    gathering_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _InHand:
    messages: Sequence[MessageRow]  # `try_at` is the end of the lease
    since: datetime


class Watch:
    """Supports the couriers of a ward: wakes them at new messages, and renews the leases of their messages."""

    def __init__(self, cell: Cell, lease: timedelta, clock: Clock) -> None:
        self._cell = cell
        self._lease = lease
        self._clock = clock
        self._lock = threading.Lock()
        self._in_hand: dict[Lane, _InHand] = {}
        self.woken: Mapping[Lane, threading.Event] = {lane: threading.Event() for lane in Lane}

    def ring(self, *lanes: str) -> None:
        """Wakes the couriers of those lanes; all couriers if no lane is named, or if one is "", as revision 0001 sends
        it.
        """
        for lane, event in self.woken.items():
            if not lanes or "" in lanes or lane in lanes:
                event.set()

    def hold(self, lane: Lane, messages: Sequence[MessageRow]) -> None:
        """Notes the messages of a courier's current try; an empty list when it has ended."""
        with self._lock:
            self._in_hand[lane] = _InHand(messages, self._clock.now())

    def run(self, stopped: threading.Event) -> None:
        """Listens until stopped; reconnects if the database was away."""
        try:
            while not stopped.is_set():
                try:
                    with self._cell.database.connect() as connection:
                        connection.execute(f"LISTEN {CHANNEL}")
                        self.ring()  # what was written while nobody listened
                        self._watch_over(connection, stopped)
                except psycopg.OperationalError as fault:
                    log.warning("delivery-waits-for-database", ward=self._cell.ward.code, error=type(fault).__name__)
                    stopped.wait(1)
        finally:
            self.ring()

    def _watch_over(self, connection: Connection, stopped: threading.Event) -> None:
        while not stopped.is_set():
            came = notices(connection, stopped, self._lease.total_seconds() / 3)
            if came:
                self.ring(*(notice.payload for notice in came))
            self.renew(connection)

    def renew(self, connection: Connection) -> None:
        """Renews the lease of each message in delivery after a third of it is over."""
        now = self._clock.now()
        with self._lock:
            in_hand = [held for held in self._in_hand.values() if now - held.since <= LONGEST_TRY]
        due = [row for held in in_hand for row in held.messages if row.try_at - now <= self._lease * 2 / 3]
        if not due:
            return
        lease_ends = now + self._lease
        renewed = storage.renew(connection, due, lease_ends)
        for row in due:
            if row.id in renewed:
                row.try_at = lease_ends
                log.info("lease-renewed", message_id=str(row.id), lane=row.lane)


class Courier:
    """Delivers the messages of one lane of one ward, one after the other, and records them in batches.

    A batch holds the messages that can be tried within LONG_SECONDS, so that another process can deliver the others.
    """

    def __init__(
        self,
        place: Workplace,
        cell: Cell,
        lane: Lane,
        settings: LaneSettings,
        *,
        channel: Channel,
        find_contact: Callable[[str, str], Contact],
        watch: Watch,
    ) -> None:
        self._cell = cell
        self._lane = lane
        self._settings = settings
        self._catalogue = place.catalogue
        self._channel = channel
        self._find_contact = find_contact
        self._watch = watch
        self._clock = place.clock
        self._is_budgeted = lane is Lane.SMS and not cell.ward.is_practice
        self._sms_per_day = place.sms_per_day(cell.ward.code)
        self._logged_day: date | None = None
        self._batch = settings.batch
        self._stopped = threading.Event()
        self._pause = 0.0  # until the next look; computed at the last look

    def run(self, stopped: threading.Event) -> None:
        """Delivers until stopped: at once when woken, else when the next message is due."""
        self._stopped = stopped
        woken = self._watch.woken[self._lane]
        while not stopped.is_set():
            woken.clear()
            try:
                self.deliver_due()
            except UNREACHABLE as fault:
                log.warning("delivery-waits-for-database", ward=self._cell.ward.code, error=type(fault).__name__)
                self._pause = HELD_PAUSE
            if not stopped.is_set() and woken.wait(min(self._pause, self._channel.release())):
                stopped.wait(self._settings.gathering_seconds)

    def deliver_due(self) -> int:
        """Tries all due messages, one after the other; returns how many. Raises UNREACHABLE."""
        count = 0
        with self._cell.database.transaction() as session:
            claimed = self._claim(session)
        while claimed:
            try:
                tried, claimed = self._deliver(claimed)
            finally:
                self._watch.hold(self._lane, [])
            count += tried
        return count

    def _claim(self, session: Session) -> Sequence[MessageRow]:
        """Claims the next messages; if none is due, sets how long to wait."""
        if self._stopped.is_set():
            return []
        settings, now = self._settings, self._clock.now()
        batch = self._batch
        if self._is_budgeted:
            batch = min(batch, budget.left_for_notices(session, self._cell, self._sms_per_day, now))
            if batch == 0:
                self._wait_for_next_day(now)
                return []
        claimed = storage.claim(session, self._lane, now, settings.lease, settings.patience, batch)
        if not claimed:
            self._pause = self._seconds_to_wait(session)
        return claimed

    def _wait_for_next_day(self, now: datetime) -> None:
        """Messages that wait for the budget use up no tries."""
        if self._logged_day != now.date():
            log.error("sms-budget-used-up", ward=self._cell.ward.code, use=Use.NOTICE)
        self._logged_day = now.date()
        self._pause = max(SHORTEST_PAUSE, min(LONGEST_PAUSE, (next_day(now) - now).total_seconds()))

    def _deliver(self, claimed: Sequence[MessageRow]) -> tuple[int, Sequence[MessageRow]]:
        """Tries messages until they take too long or the process stops; returns how many it tried, and the next claimed
        messages.
        """
        tries: list[Try] = []
        began = time.monotonic()
        takes_long = False
        self._watch.hold(self._lane, claimed)
        for row in claimed:
            if takes_long or self._stopped.is_set():
                break
            with acting_as_service("deliver-message", self._cell, row.request_id or str(row.id)):
                tries.append(Try(row, self._try(row), random.uniform(0.8, 1.2)))
            takes_long = time.monotonic() - began > LONG_SECONDS
        self._batch = len(tries) if takes_long else min(2 * self._batch, self._settings.batch)
        return len(tries), self._settle(tries, claimed[len(tries) :])

    def _try(self, row: MessageRow) -> Outcome:
        try:
            if row.sealed is not None:
                return self._send_sealed(row, row.sealed)
            contact = self._find_contact(row.account_ward, row.account_id)
            return self._send(row, contact)
        except Refusal as fault:
            # Only this one, not every NOT_FOUND: `unknown-ward` comes from a wrong address while a ward moves.
            gone = fault.type == "unknown-account"
            answer = "không còn tài khoản này" if gone else f"dịch vụ tài khoản chưa trả lời ({fault.type})"
            return Outcome(Result.PERMANENT if gone else Result.TEMPORARY, answer)
        except TemporaryFault as fault:
            return Outcome(Result.TEMPORARY, str(fault))
        except PermanentFault as fault:
            return Outcome(Result.PERMANENT, str(fault))
        except Exception:
            # The other messages of the lane must not wait for a fault of this one.
            log.exception("delivery-broke", message_id=str(row.id), lane=self._lane)
            return Outcome(Result.TEMPORARY, "hệ thống gặp lỗi khi gửi")

    def _send_sealed(self, row: MessageRow, sealed: bytes) -> Outcome:
        """Sends a one-time code or a notice to the address that the message holds."""
        if row.expires_at is not None and self._clock.now() >= row.expires_at:
            return Outcome(Result.PERMANENT, "mã đã hết hạn trước khi gửi được")
        address, second = open_pair(self._cell.cipher, row.id, sealed)
        named = {"name": second} if row.challenge_id is None else {"otp": second}
        rendered = self._catalogue.render(row, self._cell.ward, **named)
        whose = row.account_id or row.data.get("account_id", "")
        outgoing = Outgoing(str(row.id), address, rendered.text, rendered.subject, whose)
        return Outcome(Result.DELIVERED, self._channel.send(outgoing))

    def _send(self, row: MessageRow, contact: Contact) -> Outcome:
        if self._lane is Lane.EMAIL and not contact.email:
            return Outcome(Result.SKIPPED, "người nộp không có địa chỉ thư điện tử")
        if self._lane is not Lane.EMAIL and not contact.phone:
            return Outcome(Result.PERMANENT, "người nộp không có số điện thoại")
        to = contact.email if self._lane is Lane.EMAIL else contact.phone
        rendered = self._catalogue.render(row, self._cell.ward, name=contact.full_name)
        outgoing = Outgoing(str(row.id), to, rendered.text, rendered.subject, row.account_id, row.dossier_id)
        answer = self._channel.send(outgoing)
        return Outcome(Result.DELIVERED, answer)

    def _settle(self, tries: Sequence[Try], untried: Sequence[MessageRow]) -> Sequence[MessageRow]:
        """Records outcomes, gives untried messages back and claims the next, in one transaction.

        Retries while the database is away, so that a delivered message is not sent twice.
        """
        until = time.monotonic() + LONGEST_TRY.total_seconds()
        while True:
            try:
                with self._cell.database.transaction() as session:
                    ward, now = self._cell.ward.code, self._clock.now()
                    statuses = settle(session, ward, tries, self._settings.schedule, now)
                    if self._is_budgeted:
                        delivered = sum(each.outcome.result is Result.DELIVERED for each in tries)
                        budget.count_notices(session, self._cell, delivered, now)
                    if untried:
                        storage.give_back(session, self._lane, untried)
                    following = self._claim(session)
                break
            except UNREACHABLE:
                if self._stopped.is_set() or time.monotonic() >= until:
                    raise
                self._stopped.wait(0.5)
        for each, status in zip(tries, statuses, strict=True):
            self._count(each.message, each.outcome, status)
        return following

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

    def _seconds_to_wait(self, session: Session) -> float:
        due_in, held = storage.seconds_to_next(session, self._lane, self._clock.now())
        pauses = [LONGEST_PAUSE]
        pauses += [HELD_PAUSE] if held else []
        pauses += [max(due_in, SHORTEST_PAUSE)] if due_in is not None else []
        return min(pauses)
