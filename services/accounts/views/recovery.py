"""Recovery, changes and the desk's view of an account, as the contract's messages."""

from __future__ import annotations

from caunoi.accounts.v1 import recovery_pb2

from services.accounts.adapters.sending import IssuedCode
from services.accounts.domain.identity import masked_email, masked_phone
from services.accounts.use_cases.desk import AtDesk
from services.accounts.use_cases.phones import Requested
from services.accounts.use_cases.unit import Unit
from services.accounts.views.people import account
from services.chassis.timestamps import stamp


def requested(code: IssuedCode) -> recovery_pb2.RequestRecoveryResponse:
    """Without the phone: if there is no account, there is no phone to mask."""
    return recovery_pb2.RequestRecoveryResponse(recovery_id=code.challenge_id, expires_at=stamp(code.expires_at))


def change_to_codes(change: Requested) -> recovery_pb2.PhoneChange:
    return recovery_pb2.PhoneChange(
        change_id=change.change_id,
        old_phone_masked=masked_phone(change.old.phone) if change.old else "",
        new_phone_masked=masked_phone(change.new.phone),
        expires_at=stamp(change.new.expires_at),
    )


def replacement(_: Unit, change: Requested) -> recovery_pb2.PhoneChange:
    return change_to_codes(change)


def found(_: Unit, seen: AtDesk) -> recovery_pb2.AccountAtDesk:
    return at_desk(seen)


def at_desk(seen: AtDesk) -> recovery_pb2.AccountAtDesk:
    papers = (
        recovery_pb2.SeenPaper(
            at=stamp(row.at),
            who=row.officer,
            identity_kind=row.kind,
            purpose=row.purpose,
            ground=row.ground,
            replaced_kind=row.replaced_kind,
        )
        for row in seen.papers
    )
    shown = account(seen.profile)
    email, shown.email = shown.email, ""  # the desk must know that there is an address, but not which one
    return recovery_pb2.AccountAtDesk(account=shown, papers=papers, email_masked=masked_email(email))
