"""What the API answers about accounts, staff, messages and looks at data (see `answers`)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gateway.api.answers import Answer, Date, Moment, WardName


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
    roles: list[str]
    phone_masked: str
    email: str
    identity_number_masked: str
    date_of_birth: Date | None
    address: str
    created_at: Moment | None


class Session(Answer):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="Seconds for which the access token is valid.")
    refresh_token: str = Field(description="Good for one `refreshSession`.")
    ward: str = Field(description="Home ward.")
    account: Account


class StaffMember(Answer):
    id: str
    full_name: str
    title: str
    roles: list[str]


class Staff(Answer):
    staff: list[StaffMember]


class AccessLogEntry(Answer):
    at: Moment | None
    ward: str
    who: str
    role: str
    action: str
    subject: str


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
    channel: str
    template: str
    subject: str
    text: str
    dossier_id: str | None
    status: Literal["queued", "delivered", "failed", "skipped"] = Field(
        description="Skipped: an e-mail to somebody who gave no address."
    )
    created_at: Moment | None
    delivered_at: Moment | None
    attempts: list[Attempt]


class Messages(Answer):
    messages: list[Message]


class OwnMessages(Messages):
    next_cursor: str | None
    unanswered: list[WardName]
