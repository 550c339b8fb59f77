"""The events that accounts handles."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.accounts.events import claim_of
from services.accounts.use_cases.directory import settle
from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.chassis.events.envelope import Event
from services.chassis.events.inbox import Handler
from services.chassis.service import acting_as_service
from services.chassis.unit import Unit


def on_account_activated(cell: Cell, clock: Clock) -> Handler:
    """Enters an account that a ward of the district, possibly this one, has activated into the resident directory."""

    def handle(session: Session, event: Event) -> None:
        fingerprint, claim = claim_of(event)
        with acting_as_service("on-account-activated", cell, event.request_id) as call:
            settle(Unit(cell, session, call, clock.now()), fingerprint, claim)

    return handle
