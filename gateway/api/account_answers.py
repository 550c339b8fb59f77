"""The API's answers about accounts, staff, messages and looks at data (see `answers`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from gateway.api import words
from gateway.api.answers import Answer, Date, Moment, WardName
from gateway.api.words import one_of, some_of
from gateway.texts import LOOKS
from services.chassis.tokens import Role


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


class OpenedAccount(Answer):
    id: str = Field(validation_alias="account_id")
    ward: str
    status: Literal["pending", "active", "closed"]
    phone_masked: str
    code_expires_at: Moment | None


class Account(Answer):
    id: str
    ward: str = Field(description="Home ward.")
    status: Literal["pending", "active", "closed"]
    full_name: str
    roles: list[str] = Field(json_schema_extra=some_of(words.ROLES))
    phone_masked: str
    email: str
    identity_kind: str = Field(
        json_schema_extra=one_of(words.IDENTITY_KINDS, empty=True),
        description="`cccd`, `cmnd` or `passport`; empty for staff.",
    )
    identity_number_masked: str
    date_of_birth: Date | None
    address: str
    created_at: Moment | None
    identity_level: int = Field(
        json_schema_extra=one_of((0, 1, 2)),
        description="1: declared by the person alone; 2: the ward office has seen the original of the identity paper. "
        "Both may file every procedure. 0 for staff.",
    )
    identity_seen_at: Moment | None = Field(description="When the original was seen.")
    filing_from: Moment | None = Field(
        description="Until then no code confirms a filing, since the phone has just changed; null if there is no wait."
    )


class Recovery(Answer):
    recovery: str = Field(description="Continues the recovery. It does not show whether there is such an account.")
    expires_at: Moment | None
    unanswered: list[WardName] = Field(description="Wards that did not answer; an account there got no code.")


class PhoneChange(Answer):
    change: str = Field(validation_alias="change_id")
    old_phone_masked: str = Field(description="The phone that got the first code; empty if that phone was lost.")
    new_phone_masked: str
    expires_at: Moment | None


class SeenPaper(Answer):
    at: Moment | None
    who: str = Field(description="Name and title of the person who saw it.")
    identity_kind: str = Field(
        json_schema_extra=one_of(words.IDENTITY_KINDS), description="`cccd`, `cmnd` or `passport`."
    )
    purpose: str = Field(
        json_schema_extra=one_of(words.PURPOSES_OF_LOOKS),
        description="`confirm-identity`, `replace-phone`, `replace-identity-paper` or `close-account`.",
    )
    ground: str = Field(
        description="As in the request: for `replace-identity-paper` what links the papers, for `close-account` the "
        "reason."
    )
    replaced_kind: str = Field(
        json_schema_extra=one_of(words.IDENTITY_KINDS, empty=True),
        description="For `replace-identity-paper`: the kind of the old paper.",
    )


class AccountAtDesk(Answer):
    account: Account
    papers: list[SeenPaper] = Field(description="Originals that were seen, newest first.")
    email_masked: str = Field(description="Empty if there is none.", examples=["t•••@example.com"])


class Session(Answer):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="Seconds for which the access token is valid.")
    refresh_token: str = Field(description="Good for one `refreshSession`.")
    ward: str = Field(description="Home ward.")
    account: Account


class SecondFactor(Answer):
    ticket: str = Field(
        description="Identifies the person for `completeSession`, for `startAuthenticator`, or for one change of their "
        "authenticators; it opens nothing else."
    )
    expires_at: Moment | None
    kinds: list[str] = Field(
        json_schema_extra=some_of(words.FACTOR_KINDS),
        description="The factors that the person has, `recovery-code` included.",
    )
    to_enrol: bool = Field(
        description="The person needs a second factor and has none: `startAuthenticator` and `confirmAuthenticator` "
        "set one up and sign them in."
    )
    webauthn_options: dict[str, Any] | None = Field(
        description="For `navigator.credentials.get` (`PublicKeyCredential.parseRequestOptionsFromJSON`); null if "
        "there is no security key."
    )


class CreatedSession(Answer):
    access_token: str | None = Field(description="Null, like the members that follow, if a second factor is due.")
    token_type: Literal["Bearer"] | None
    expires_in: int | None = Field(description="Seconds for which the access token is valid.")
    refresh_token: str | None = Field(description="Good for one `refreshSession`.")
    ward: str = Field(description="Home ward.")
    account: Account | None
    second_factor: SecondFactor | None = Field(
        description="Only for staff: the password was right, and this is needed before there are tokens."
    )


class StartedAuthenticator(Answer):
    id: str = Field(validation_alias="authenticator_id")
    secret: str | None = Field(description="For `totp`: the secret in Base32, to be typed into an app.")
    otpauth_uri: str | None = Field(description="For `totp`: the same secret, for a QR code.")
    webauthn_options: dict[str, Any] | None = Field(
        description="For `webauthn`: for `navigator.credentials.create` "
        "(`PublicKeyCredential.parseCreationOptionsFromJSON`)."
    )


class Authenticator(Answer):
    id: str
    kind: str = Field(json_schema_extra=one_of(words.AUTHENTICATOR_KINDS))
    name: str
    added_at: Moment | None
    last_used_at: Moment | None


class ConfirmedAuthenticator(Answer):
    authenticator: Authenticator
    recovery_codes: list[str] = Field(description="Only with the first authenticator; shown once.")
    session: Session | None = Field(description="Set if it was set up while signing in.")


class Authenticators(Answer):
    authenticators: list[Authenticator]
    recovery_codes_left: int
    compulsory: bool = Field(description="Whether one of the caller's roles needs a second factor.")


class RecoveryCodes(Answer):
    recovery_codes: list[str] = Field(description="Shown once; earlier ones no longer work.")


class AdministeredStaff(Answer):
    id: str
    username: str
    full_name: str
    title: str = Field(description="As papers show it.")
    roles: list[str] = Field(json_schema_extra=some_of(words.ROLES))
    capacity: str = Field(
        json_schema_extra=one_of(words.CAPACITIES, empty=True),
        description='The capacity in which a signer signs: `head`, `acting` ("Q. CHỦ TỊCH") or `deputy` ("KT. CHỦ '
        'TỊCH"); empty for anybody else.',
    )
    phone_masked: str
    email_masked: str
    opened: bool = Field(description="Whether they have set their password.")
    ended_at: Moment | None = Field(description="Null while they work for the ward.")
    authenticators: int
    version: int = Field(description="The version for `If-Match`, where it has quotation marks.")
    added_at: Moment | None
    duties_ahead: int = Field(
        description="For a volunteer: the opening sessions that are not over and for which they are on duty."
    )
    administrator_since: Moment | None = Field(
        description="When an administrator became one: when they were added as one, got the role, or set their first "
        "password; null for anybody else."
    )


class Workload(Answer):
    dossiers: int = Field(description="Number of unfinished dossiers. It is not shown which ones they are.")


class AllStaff(Answer):
    staff: list[AdministeredStaff]
    administrator_link_until: Moment | None = Field(
        description="Until when an operator's link can open the account of one more administrator; null if there is no "
        "such link."
    )


class StaffLink(Answer):
    member: AdministeredStaff
    link: str = Field(description="The address where the person sets their password, once; shown once.")
    expires_at: Moment | None


class OpenedStaffAccount(Answer):
    username: str = Field(description="As typed to sign in.")


class StaffMember(Answer):
    id: str
    full_name: str
    title: str
    roles: list[str] = Field(json_schema_extra=some_of(words.ROLES))
    capacity: str = Field(
        json_schema_extra=one_of(words.CAPACITIES, empty=True), description="The capacity in which a signer signs."
    )


class Staff(Answer):
    staff: list[StaffMember]


class AccessLogEntry(Answer):
    at: Moment | None
    ward: str = Field(description="GSO code of the ward that keeps it.")
    who: str = Field(description="Name and title of the person, or the part of the system.")
    role: str = Field(
        description=f"{_listed(Role)}, or several, separated by commas; `public` if nobody was signed in."
    )
    action: str = Field(
        description="An act by the name of its path (`acceptance` …; one that asks for a fee is `fee-request`), "
        "`view-paper-<kind>`, `note-entry-<kind>`, "
        "`propose-note-<kind>`, `return-note-<kind>`, `drop-note-<kind>`, or one "
        f"of {_listed(LOOKS)}."
    )
    subject: str = Field(
        description="Kind and id: `dossier:<id>`, `account:<id>`, `guided-session:<id>`, `entry:<id>` of a register, "
        "`challenge:<id>` of a code."
    )


class AccessLog(Answer):
    entries: list[AccessLogEntry]
    next_cursor: str | None
    unanswered: list[WardName]


class Attempt(Answer):
    at: Moment | None
    succeeded: bool
    answer: str


class Message(Answer):
    id: str
    ward: str
    channel: str = Field(json_schema_extra=one_of(words.MESSAGE_CHANNELS))
    template: str = Field(json_schema_extra=one_of(words.MESSAGE_TEMPLATES), description="The kind of the message.")
    subject: str
    text: str
    dossier_id: str | None
    status: Literal["queued", "delivered", "failed", "skipped"] = Field(
        description="True for an e-mail that was not sent because the person gave no address."
    )
    created_at: Moment | None
    delivered_at: Moment | None
    attempts: list[Attempt]


class Messages(Answer):
    messages: list[Message]


class PracticeMessage(Answer):
    id: str
    at: Moment | None
    text: str
    dossier_id: str | None = Field(description="Null for one-time codes.")


class PracticeMessages(Answer):
    messages: list[PracticeMessage]


class OwnMessages(Messages):
    next_cursor: str | None
    unanswered: list[WardName]


class HouseholdMember(Answer):
    id: str = Field(description="Id of the membership, for `removeHouseholdMember` and `handOverHousehold`.")
    full_name: str
    joined_at: Moment | None
    able_alone: bool = Field(
        description="Whether they have filed or practised without help; it does not say what or when."
    )
    is_head: bool
    is_caller: bool


class Household(Answer):
    started_at: Moment | None
    members: list[HouseholdMember] = Field(description="The head first, then by the moment of joining.")
    covered: bool = Field(description="Whether a member has filed or practised without help.")
    residential_group: int | None = Field(description="For the head only; null if it is not known.")


class HouseholdCode(Answer):
    code: str = Field(description="Eight digits.", examples=["48291307"])
    expires_at: Moment | None
