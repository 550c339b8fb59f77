"""Makes the events of the accounts stream from rows; they carry only ids, fingerprints and dates. Also reads the events
that accounts handles.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from caunoi.accounts.v1 import events_pb2
from caunoi.dossiers.v1 import events_pb2 as dossiers
from google.protobuf.message import DecodeError

from services.accounts.domain.directory import Claim
from services.accounts.tables import AccountRow, StaffRow
from services.chassis.events.envelope import Event, event_type, unpack
from services.chassis.timestamps import stamp

ACTIVATED = event_type(events_pb2.AccountActivated)
CODE_ISSUED = event_type(events_pb2.CodeIssued)
CLOSED = event_type(events_pb2.AccountClosed)
IDENTITY_CHANGED = event_type(events_pb2.AccountIdentityChanged)
SIGNED_OUT = event_type(events_pb2.AccountSignedOut)
SUBMITTED = event_type(dossiers.DossierSubmitted)


@dataclass(frozen=True, slots=True)
class Filing:
    """A dossier that was filed: where, by whose account, and how it came about."""

    ward: str
    dossier_id: str
    procedure: str
    account_id: str
    account_ward: str
    assistance: str
    at: datetime


def opened(ward: str, row: AccountRow) -> events_pb2.AccountOpened:
    return events_pb2.AccountOpened(account_id=str(row.id), ward=ward, opened_at=stamp(row.created_at))


def activated(ward: str, row: AccountRow, at: datetime) -> events_pb2.AccountActivated:
    return events_pb2.AccountActivated(
        account_id=str(row.id), ward=ward, identity_fingerprint=row.identity_fingerprint, activated_at=stamp(at)
    )


def signed_out(ward: str, row: AccountRow, at: datetime) -> events_pb2.AccountSignedOut:
    return events_pb2.AccountSignedOut(account_id=str(row.id), ward=ward, signed_out_at=stamp(at))


def closed(ward: str, row: AccountRow, fingerprint: bytes, at: datetime) -> events_pb2.AccountClosed:
    """`fingerprint` is of the account's former number: the account has no number any more."""
    return events_pb2.AccountClosed(
        account_id=str(row.id), ward=ward, closed_at=stamp(at), identity_fingerprint=fingerprint
    )


def code_issued(ward: str, account_id: str, phone_fingerprint: bytes, at: datetime) -> events_pb2.CodeIssued:
    return events_pb2.CodeIssued(
        account_id=account_id, ward=ward, issued_at=stamp(at), phone_fingerprint=phone_fingerprint
    )


def identity_changed(ward: str, row: AccountRow, former: bytes, at: datetime) -> events_pb2.AccountIdentityChanged:
    """`former` is the fingerprint of the account's number before the change."""
    return events_pb2.AccountIdentityChanged(
        account_id=str(row.id),
        ward=ward,
        changed_at=stamp(at),
        identity_fingerprint=row.identity_fingerprint,
        former_fingerprint=former,
    )


def departed(ward: str, row: StaffRow, at: datetime) -> events_pb2.StaffDeparted:
    return events_pb2.StaffDeparted(staff_id=str(row.id), ward=ward, departed_at=stamp(at))


def claim_of(event: Event) -> tuple[bytes, Claim]:
    """The content of an activation for the resident directory: the fingerprint of the identity number, and the claim.

    Raises ValueError if the event's ward is not its sender.
    """
    told = unpack(event, events_pb2.AccountActivated)
    _refuse_other_ward(event, told.ward)
    return told.identity_fingerprint, Claim(told.activated_at.ToDatetime(UTC), told.ward, told.account_id)


def closing_of(event: Event) -> events_pb2.AccountClosed:
    """Raises ValueError if the event's ward is not its sender."""
    told = unpack(event, events_pb2.AccountClosed)
    _refuse_other_ward(event, told.ward)
    return told


def code_of(event: Event) -> tuple[str, bytes, datetime]:
    """The ward that has sent a code, the fingerprint of the phone, and when.

    Raises ValueError if the event's ward is not its sender.
    """
    told = unpack(event, events_pb2.CodeIssued)
    _refuse_other_ward(event, told.ward)
    return told.ward, told.phone_fingerprint, told.issued_at.ToDatetime(UTC)


def change_of(event: Event) -> tuple[bytes, bytes, Claim]:
    """The content of a change for the resident directory: the fingerprints of the former and the new number, and the
    claim to the new one.

    Raises ValueError if the event's ward is not its sender.
    """
    told = unpack(event, events_pb2.AccountIdentityChanged)
    _refuse_other_ward(event, told.ward)
    claim = Claim(told.changed_at.ToDatetime(UTC), told.ward, told.account_id)
    return told.former_fingerprint, told.identity_fingerprint, claim


def sign_out_of(event: Event) -> events_pb2.AccountSignedOut:
    """Raises ValueError if the event's ward is not its sender."""
    told = unpack(event, events_pb2.AccountSignedOut)
    _refuse_other_ward(event, told.ward)
    return told


def home_of_filing(payload: bytes) -> str | None:
    """The home ward of the account that filed; None if the payload cannot be read."""
    try:
        return dossiers.DossierSubmitted.FromString(payload).facts.applicant_ward
    except DecodeError:
        return None


def filing_of(event: Event) -> Filing:
    """Raises ValueError if the event's ward is not its sender."""
    told = unpack(event, dossiers.DossierSubmitted)
    facts = told.facts
    _refuse_other_ward(event, facts.ward)
    return Filing(
        ward=facts.ward,
        dossier_id=facts.dossier_id,
        procedure=facts.procedure,
        account_id=facts.applicant_account_id,
        account_ward=facts.applicant_ward,
        assistance=told.assistance,
        at=facts.happened_at.ToDatetime(UTC),
    )


def _refuse_other_ward(event: Event, ward: str) -> None:
    if ward != event.ward:
        raise ValueError("a ward speaks for itself only")
