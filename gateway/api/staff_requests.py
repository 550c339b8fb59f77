"""The bodies about staff and their second factors (see `requests`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.requests import Phone
from gateway.models import Body, Uuid

Ticket = Annotated[str, Field(min_length=1, max_length=200, description="`second_factor.ticket` of the sign-in.")]
Code = Annotated[
    str,
    Field(max_length=40, description="Six digits of an authenticator app, or a recovery code.", examples=["482913"]),
]
Credential = Annotated[
    str, Field(max_length=20_000, description="The result of `navigator.credentials`, as JSON (`credential.toJSON()`).")
]
Capacity = Literal["", "head", "acting", "deputy"]
OfficeRole = Literal["receptionist", "civil_status_officer", "signer", "ward_admin"]


class ShownFactor(Body):
    """One of `code` and `assertion`."""

    ticket: Ticket
    code: Code = ""
    assertion: Credential = ""


class NewAuthenticator(Body):
    """With a ticket from `askSecondFactor`, a factor is required as well, or the password if there is no factor yet."""

    ticket: Ticket
    kind: Literal["totp", "webauthn"]
    name: str = Field(min_length=1, max_length=60, examples=["Điện thoại"])
    code: Code = ""
    assertion: Credential = ""
    password: str = Field(default="", max_length=1000)


class ShownAuthenticator(Body):
    """For `totp`, the `code` that it shows now; for `webauthn`, the `attestation`."""

    ticket: Ticket
    authenticator: Uuid = Field(serialization_alias="authenticator_id")
    code: Code = ""
    attestation: Credential = ""


class ChangedStaff(Body):
    full_name: str = Field(max_length=100, examples=["Trần Đình Quang"])
    title: str = Field(
        max_length=100,
        description="As papers show it; it has no effect on permissions.",
        examples=["Phó Chủ tịch UBND phường"],
    )
    roles: list[OfficeRole] = Field(
        max_length=4,
        description="All roles that they have from now on, at least one. Empty for a volunteer, who can be nothing "
        "else.",
        examples=[["signer"]],
    )
    capacity: Capacity = Field(
        default="",
        description='The capacity in which a signer signs: `head`, `acting` ("Q. CHỦ TỊCH") or `deputy` ("KT. CHỦ '
        'TỊCH"). Left out for anybody else.',
        examples=["deputy"],
    )
    phone: Phone = Field(default="", description="A Vietnamese mobile number. Left out, it stays as it is.")
    email: str = Field(default="", max_length=254, description="Left out, it stays as it is.")


class NewStaff(ChangedStaff):
    """Needs a phone or an e-mail address: notices about the account are sent there."""

    roles: list[OfficeRole] = Field(min_length=1, max_length=4, examples=[["signer"]])
    username: str = Field(
        max_length=60,
        description="Lower-case letters without marks, digits and dots; the ward's slug is appended.",
        examples=["quang.tran"],
    )


class FactorReset(Body):
    reason: str = Field(
        min_length=5, max_length=300, description="Recorded with the person who does it.", examples=["Mất điện thoại."]
    )


class ChosenPassword(Body):
    ticket: str = Field(min_length=1, max_length=200, description="The part of the link after the #.")
    password: str = Field(min_length=1, max_length=1000)
