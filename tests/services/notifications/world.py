"""A ward's notifications service with what surrounds it: accounts (a real gRPC server), mail server, SMS provider."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from caunoi.dossiers.v1 import events_pb2 as dossiers
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import select

from deploy.local.catcher import Catcher
from services.chassis.cells import Cell, Cells
from services.chassis.clock import Clock
from services.chassis.database.connection import Database
from services.chassis.database.tables import OutboxRow
from services.chassis.events.envelope import Event, event_type, to_record
from services.chassis.events.inbox import Inbox
from services.notifications.domain.delivery import Lane
from services.notifications.service import ChannelOf, Notifications, channel_of
from services.notifications.settings import Settings
from services.notifications.tables import AttemptRow, MessageRow
from services.notifications.use_cases.delivery import Courier
from tests.district import DISTRICT
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock

CODE = "009.01.01.H17-201006-0001"
NAM_DUONG, THANH_BINH = "20248", "20227"
PHONE, ADDRESS = FakeAccounts.PHONE, FakeAccounts.ADDRESS


class World:
    """One replica of the service in ward 20248, and the test's hands on it."""

    def __init__(
        self,
        settings: Settings,
        cell: Cell,
        clock: Clock,
        catcher: Catcher,
        accounts: FakeAccounts,
        channel_of: ChannelOf = channel_of,
    ) -> None:
        self.settings = settings
        self.cell = cell
        self.clock = clock
        self.catcher = catcher
        self.accounts = accounts
        self.cells = Cells({cell.ward.code: cell})
        self.parts = Notifications(settings, self.cells, clock, channel_of)
        self.watch = self.parts.watch(cell.ward.code)
        self.couriers: dict[Lane, Courier] = dict(
            zip(Lane, self.parts.couriers(cell.ward.code, self.watch), strict=True)
        )
        self.inbox = Inbox(
            "caunoi.notifications.20248",
            cell.ward.code,
            cell.database,
            self.parts.handlers(cell.ward.code),
            clock,
            DISTRICT,
        )

    def replica(self, channel_of: ChannelOf = channel_of) -> World:
        """Another process on the same database."""
        cell = Cell(self.cell.ward, Database(self.cell.database.url), self.cell.issuer, self.cell.cipher)
        return World(self.settings, cell, self.clock, self.catcher, self.accounts, channel_of)

    def tell(self, payload: Message, *, event_id: str = "") -> Event:
        """An event of the ward's dossiers arrives."""
        facts: dossiers.DossierFacts = payload.facts  # type: ignore[attr-defined]  # every event of a dossier has them
        event = Event(
            event_id or str(uuid4()),
            event_type(type(payload)),
            "/wards/20248/dossiers",
            facts.dossier_id,
            self.clock.now(),
            payload.SerializeToString(),
            request_id="req-1",
        )
        assert self.inbox.take(to_record(event)) == []
        return event

    def deliver(self, *lanes: Lane) -> int:
        """Tries all due messages; returns the number of tries."""
        return sum(self.couriers[lane].deliver_due() for lane in lanes or tuple(Lane))

    def pass_time(self, **by: float) -> None:
        assert isinstance(self.clock, SettableClock)
        self.clock.advance(timedelta(**by))

    def rows(self) -> list[MessageRow]:
        with self.cell.database.transaction() as session:
            return list(session.scalars(select(MessageRow).order_by(MessageRow.seq)))

    def row(self, channel: str) -> MessageRow:
        (found,) = [row for row in self.rows() if row.channel == channel]
        return found

    def attempts(self, row: MessageRow) -> list[tuple[bool | None, str]]:
        with self.cell.database.transaction() as session:
            tries = session.scalars(
                select(AttemptRow).where(AttemptRow.message_id == row.id).order_by(AttemptRow.number)
            ).all()
        return [(one.succeeded, one.answer) for one in tries]

    def outbox(self) -> list[OutboxRow]:
        with self.cell.database.transaction() as session:
            return list(session.scalars(select(OutboxRow).order_by(OutboxRow.seq)))

    def received(self, to: str) -> list[str]:
        """The messages to a recipient, oldest first."""
        return [message.text for message in self.catcher.store.newest(to, 1000)[::-1]]

    @contextmanager
    def running(self) -> Iterator[None]:
        """The loops run, as they do in the service."""
        stopped = threading.Event()
        loops = [self.watch.run, *(courier.run for courier in self.couriers.values())]
        with ThreadPoolExecutor(len(loops)) as pool:
            ended = [pool.submit(loop, stopped) for loop in loops]
            try:
                yield
            finally:
                stopped.set()
                for loop in ended:
                    loop.result(10)

    def close(self) -> None:
        self.parts.close()
        self.cell.database.close()


def facts(account_id: str, dossier_id: str = "", **more: Any) -> dossiers.DossierFacts:
    values = {
        "dossier_id": dossier_id or str(uuid4()),
        "ward": NAM_DUONG,
        "dossier_code": CODE,
        "procedure": "1.001193",
        "procedure_version": "2020-09-15",
        "status": 1,
        "applicant_account_id": account_id,
        "applicant_ward": THANH_BINH,
        "sequence": 1,
    }
    return dossiers.DossierFacts(**{**values, **more})


def stamp(moment: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp
