"""The events that accounts handles."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy.orm import Session

from services.accounts.events import change_of, claim_of, closing_of, code_of, filing_of, home_of_filing, sign_out_of
from services.accounts.storage.people import note_code_elsewhere
from services.accounts.use_cases.directory import settle, settle_change, settle_closing
from services.accounts.use_cases.ending import end_of_account
from services.accounts.use_cases.learning import note_filing
from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.chassis.events.envelope import Event
from services.chassis.events.inbox import Handler, Selective
from services.chassis.service import acting_as_service
from services.chassis.unit import Unit


def on_account_activated(cell: Cell, clock: Clock) -> Handler:
    """Enters an account that a ward of the district, possibly this one, has activated into the resident directory."""

    def handle(session: Session, event: Event) -> None:
        fingerprint, claim = claim_of(event)
        with acting_as_service("on-account-activated", cell, event.request_id) as call:
            settle(Unit(cell, session, call, clock.now()), fingerprint, claim)

    return handle


def on_account_closed(cell: Cell, clock: Clock) -> Handler:
    """Takes an account that a ward of the district, possibly this one, has closed out of the resident directory."""

    def handle(session: Session, event: Event) -> None:
        told = closing_of(event)
        with acting_as_service("on-account-closed", cell, event.request_id) as call:
            unit = Unit(cell, session, call, clock.now())
            settle_closing(unit, told.identity_fingerprint, told.account_id, told.ward, told.closed_at.ToDatetime(UTC))

    return handle


def on_code_issued(cell: Cell) -> Handler:
    """Counts a code that another ward of the district has sent to a phone."""

    def handle(session: Session, event: Event) -> None:
        ward, phone, at = code_of(event)
        if ward != cell.ward.code:  # its own are in its own table
            note_code_elsewhere(session, phone, at)

    return handle


def on_account_identity_changed(cell: Cell, clock: Clock) -> Handler:
    """Enters another number of an account that a ward of the district, possibly this one, has noted."""

    def handle(session: Session, event: Event) -> None:
        former, fingerprint, claim = change_of(event)
        with acting_as_service("on-account-identity-changed", cell, event.request_id) as call:
            settle_change(Unit(cell, session, call, clock.now()), former, fingerprint, claim)

    return handle


def on_account_signed_out(cell: Cell, clock: Clock) -> Handler:
    """Ends the guided sessions, at this ward's stations, of an account whose sessions have all ended."""

    def handle(session: Session, event: Event) -> None:
        told = sign_out_of(event)
        with acting_as_service("on-account-signed-out", cell, event.request_id) as call:
            unit = Unit(cell, session, call, clock.now())
            end_of_account(unit, told.account_id, told.ward, before=told.signed_out_at.ToDatetime(UTC))

    return handle


def on_dossier_submitted(cell: Cell) -> Handler:
    """Counts what an account holder of this ward has filed in any ward."""

    def handle(session: Session, event: Event) -> None:
        filing = filing_of(event)
        if filing.account_ward == cell.ward.code:  # a parked event comes here without the check of `concerns`
            note_filing(session, filing)

    # Every ward hears every filing of the district, and most are by people of other wards.
    return Selective(lambda payload: home_of_filing(payload) in (cell.ward.code, None), handle)
