"""Staff and their second factors as the contract's messages."""

from __future__ import annotations

from collections.abc import Sequence

from caunoi.accounts.v1 import staff_pb2

from services.accounts.domain.identity import masked_email, masked_phone
from services.accounts.tables import AuthenticatorRow
from services.accounts.use_cases.second_factor import Confirmed, Own, Started
from services.accounts.use_cases.staff import Administered, Link, Member
from services.accounts.use_cases.unit import Unit
from services.accounts.views import people
from services.chassis.timestamps import stamp


def started(started: Started) -> staff_pb2.StartAuthenticatorResponse:
    return staff_pb2.StartAuthenticatorResponse(
        authenticator_id=str(started.id),
        secret=started.secret,
        otpauth_uri=started.otpauth_uri,
        webauthn_options=started.webauthn_options,
    )


def confirmed(confirmed: Confirmed) -> staff_pb2.ConfirmAuthenticatorResponse:
    return staff_pb2.ConfirmAuthenticatorResponse(
        authenticator=_authenticator(confirmed.authenticator),
        recovery_codes=confirmed.recovery_codes,
        session=people.session(confirmed.session) if confirmed.session else None,
    )


def own(_: Unit, own: Own) -> staff_pb2.ListAuthenticatorsResponse:
    return staff_pb2.ListAuthenticatorsResponse(
        authenticators=map(_authenticator, own.authenticators),
        recovery_codes_left=own.recovery_codes_left,
        compulsory=own.compulsory,
    )


def recovery_codes(codes: Sequence[str]) -> staff_pb2.RecoveryCodes:
    return staff_pb2.RecoveryCodes(recovery_codes=codes)


def _authenticator(row: AuthenticatorRow) -> staff_pb2.Authenticator:
    return staff_pb2.Authenticator(
        id=str(row.id),
        kind=row.kind,
        name=row.name,
        added_at=stamp(row.confirmed_at),
        last_used_at=stamp(row.last_used_at),
    )


def administered(_: Unit, found: Administered) -> staff_pb2.ListAdministeredStaffResponse:
    return staff_pb2.ListAdministeredStaffResponse(
        staff=map(_member, found.members), administrator_link_until=stamp(found.link_until)
    )


def member(_: Unit, member: Member) -> staff_pb2.AdministeredStaff:
    return _member(member)


def link(_: Unit, link: Link) -> staff_pb2.StaffLink:
    return staff_pb2.StaffLink(member=_member(link.member), ticket=link.ticket, expires_at=stamp(link.expires_at))


def opened(username: str) -> staff_pb2.OpenStaffAccountResponse:
    return staff_pb2.OpenStaffAccountResponse(username=username)


def _member(member: Member) -> staff_pb2.AdministeredStaff:
    row = member.row
    return staff_pb2.AdministeredStaff(
        id=str(row.id),
        username=row.username,
        full_name=row.full_name,
        title=row.title,
        roles=row.roles,
        capacity=row.capacity or "",
        phone_masked=masked_phone(member.phone) if member.phone else "",
        email_masked=masked_email(member.email),
        opened=member.opened,
        ended_at=stamp(row.work_ended_at),
        authenticators=member.authenticators,
        version=row.version,
        added_at=stamp(row.created_at),
        duties_ahead=member.duties_ahead,
        administrator_since=stamp(row.administrator_since),
    )
