"""People as the contract's messages; identifying values are masked for everybody but themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caunoi.accounts.v1 import accounts_pb2
from google.protobuf.empty_pb2 import Empty

from services.accounts.adapters.phones import national
from services.accounts.adapters.sending import IssuedCode
from services.accounts.domain.changes import filing_from
from services.accounts.domain.identity import masked, masked_phone
from services.accounts.domain.opening import Fault
from services.accounts.storage import people as storage
from services.accounts.tables import AccountRow, StaffRow
from services.accounts.use_cases.directory import Home
from services.accounts.use_cases.factors import Asked
from services.accounts.use_cases.opening import Opened, Verified
from services.accounts.use_cases.people import Profile
from services.accounts.use_cases.sessions import SignedIn
from services.accounts.use_cases.unit import Unit
from services.chassis.database.audit import Look
from services.chassis.database.pagination import Page
from services.chassis.timestamps import stamp
from services.chassis.tokens import ACCESS_SECONDS, Role

_STATUS = {
    storage.PENDING: accounts_pb2.ACCOUNT_STATUS_PENDING,
    storage.ACTIVE: accounts_pb2.ACCOUNT_STATUS_ACTIVE,
    storage.MOVED: accounts_pb2.ACCOUNT_STATUS_CLOSED,
    storage.CLOSED: accounts_pb2.ACCOUNT_STATUS_CLOSED,
}


def own_session(_: Unit, is_open: bool) -> accounts_pb2.GetOwnSessionResponse:
    return accounts_pb2.GetOwnSessionResponse(open=is_open)


def ward_tokens(tokens: Mapping[str, str]) -> accounts_pb2.IssueWardTokensResponse:
    return accounts_pb2.IssueWardTokensResponse(tokens=tokens)


def own_wards(_: Unit, wards: Sequence[str]) -> accounts_pb2.ListOwnWardsResponse:
    return accounts_pb2.ListOwnWardsResponse(wards=wards)


def account(profile: Profile) -> accounts_pb2.Account:
    person = profile.person
    message = accounts_pb2.Account(
        id=str(person.id), ward=profile.ward, full_name=person.full_name, created_at=stamp(person.created_at)
    )
    if not isinstance(person, AccountRow):
        message.status = accounts_pb2.ACCOUNT_STATUS_ACTIVE
        message.roles.extend(person.roles)
        return message
    message.status = _STATUS[person.status]
    message.roles.append(Role.CITIZEN)
    message.phone_masked = masked_phone(profile.phone)
    message.email = profile.email
    message.identity_kind = person.identity_kind
    message.identity_number_masked = masked(profile.identity_number)
    message.date_of_birth = person.date_of_birth.isoformat()
    message.address = person.address
    message.identity_level = person.identity_level
    if person.identity_seen_at is not None:
        message.identity_seen_at.FromDatetime(person.identity_seen_at)
    waits_until = filing_from(person.phone_changed_at, profile.now) if profile.now else None
    if waits_until is not None:
        message.filing_from.FromDatetime(waits_until)
    if profile.unmasked:
        message.phone = national(profile.phone)
        message.identity_number = profile.identity_number
    return message


def verified(found: Verified) -> accounts_pb2.VerifyApplicationResponse:
    return accounts_pb2.VerifyApplicationResponse(faults=map(_fault, found.faults), doubts=map(_fault, found.doubts))


def _fault(one: Fault) -> accounts_pb2.ApplicationFault:
    return accounts_pb2.ApplicationFault(field=one.field, text=one.text, check=one.check)


def own_account(_: Unit, profile: Profile) -> accounts_pb2.Account:
    return account(profile)


def contact(_: Unit, profile: Profile) -> accounts_pb2.Contact:
    person = profile.person
    return accounts_pb2.Contact(
        account_id=str(person.id), full_name=person.full_name, phone=profile.phone, email=profile.email
    )


def opened(_: Unit, opened: Opened) -> accounts_pb2.OpenAccountResponse:
    return accounts_pb2.OpenAccountResponse(
        account_id=str(opened.account.id),
        status=accounts_pb2.ACCOUNT_STATUS_PENDING,
        phone_masked=masked_phone(opened.code.phone),
        code_expires_at=stamp(opened.code.expires_at),
    )


def session(signed_in: SignedIn | Asked) -> accounts_pb2.Session:
    if isinstance(signed_in, Asked):
        return accounts_pb2.Session(second_factor=second_factor(signed_in))
    return accounts_pb2.Session(
        access_token=signed_in.access_token,
        expires_in=ACCESS_SECONDS,
        refresh_token=signed_in.refresh_token,
        account=account(signed_in.profile),
        device=signed_in.device,
    )


def second_factor(asked: Asked) -> accounts_pb2.SecondFactor:
    return accounts_pb2.SecondFactor(
        ticket=asked.ticket,
        expires_at=stamp(asked.expires_at),
        kinds=asked.kinds,
        to_enrol=asked.to_enrol,
        webauthn_options=asked.webauthn_options,
    )


def administration(username: str) -> accounts_pb2.OpenAdministrationResponse:
    return accounts_pb2.OpenAdministrationResponse(username=username)


def done(_: None) -> Empty:
    return Empty()


def challenge(_: Unit, code: IssuedCode) -> accounts_pb2.OneTimeCodeChallenge:
    return accounts_pb2.OneTimeCodeChallenge(
        challenge_id=code.challenge_id,
        phone_masked=masked_phone(code.phone),
        expires_at=stamp(code.expires_at),
        phone=code.phone,
    )


def home_ward(_: Unit, home: Home) -> accounts_pb2.FindHomeWardResponse:
    return accounts_pb2.FindHomeWardResponse(ward=home.ward, rank=home.rank)


def staff(_: Unit, rows: Sequence[StaffRow]) -> accounts_pb2.ListStaffResponse:
    return accounts_pb2.ListStaffResponse(
        staff=[
            accounts_pb2.StaffMember(
                id=str(row.id), full_name=row.full_name, title=row.title, roles=row.roles, capacity=row.capacity or ""
            )
            for row in rows
        ]
    )


def looks(_: Unit, page: Page[Look]) -> accounts_pb2.ListOwnAccessLogResponse:
    return accounts_pb2.ListOwnAccessLogResponse(
        entries=[
            accounts_pb2.AccessLogEntry(
                at=stamp(look.at), who=look.who, role=look.role, action=look.action, subject=look.subject
            )
            for look in page.items
        ],
        next_cursor=page.next_cursor,
        cursors=page.cursors,
    )
