"""The events of the accounts stream, made from rows. They carry ids, fingerprints and dates only."""

from __future__ import annotations

from datetime import UTC, datetime

from caunoi.accounts.v1 import events_pb2

from services.accounts.domain.directory import Claim
from services.accounts.tables import AccountRow
from services.chassis.events.envelope import Event, event_type, unpack
from services.chassis.timestamps import stamp

ACTIVATED = event_type(events_pb2.AccountActivated)


def opened(ward: str, row: AccountRow) -> events_pb2.AccountOpened:
    return events_pb2.AccountOpened(account_id=str(row.id), ward=ward, opened_at=stamp(row.created_at))


def activated(ward: str, row: AccountRow, at: datetime) -> events_pb2.AccountActivated:
    return events_pb2.AccountActivated(
        account_id=str(row.id), ward=ward, identity_fingerprint=row.identity_fingerprint, activated_at=stamp(at)
    )


def claim_of(event: Event) -> tuple[bytes, Claim]:
    """The content of an activation for the resident directory: the fingerprint of the identity number, and the claim.

    Raises ValueError if the event's ward is not its sender.
    """
    told = unpack(event, events_pb2.AccountActivated)
    if told.ward != event.ward:
        raise ValueError("a ward speaks for its own accounts only")
    return told.identity_fingerprint, Claim(told.activated_at.ToDatetime(UTC), told.ward, told.account_id)
