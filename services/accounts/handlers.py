"""What accounts does when it hears of something."""

from __future__ import annotations

from datetime import UTC

from caunoi.accounts.v1 import events_pb2
from sqlalchemy.orm import Session

from services.accounts.domain.directory import Claim
from services.accounts.use_cases.directory import settle
from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.chassis.events.envelope import Event, unpack
from services.chassis.events.inbox import Handler
from services.chassis.service import acting_as_service


def on_account_activated(cell: Cell, clock: Clock) -> Handler:
    """A ward of the district, this one too, has activated an account: the resident directory takes it in."""

    def handle(session: Session, event: Event) -> None:
        told = unpack(event, events_pb2.AccountActivated)
        if told.ward != event.ward:
            raise ValueError("a ward speaks for its own accounts only")
        claim = Claim(told.activated_at.ToDatetime(UTC), told.ward, told.account_id)
        with acting_as_service("on-account-activated", cell, event.request_id):
            settle(session, told.identity_fingerprint, claim, clock.now())

    return handle
