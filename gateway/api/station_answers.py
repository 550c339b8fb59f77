"""The API's answers about stations, their volunteers and devices (see `answers`)."""

from __future__ import annotations

from pydantic import Field

from gateway.api import words
from gateway.api.answers import Answer, Moment, Uuid
from gateway.api.words import one_of


class Opening(Answer):
    id: Uuid
    version: int = Field(description="As in the ETag of `getOpening`.")
    starts_at: Moment | None
    ends_at: Moment | None
    note: str = Field(description="Why it was called off, if it was.")
    cancelled_at: Moment | None = Field(description="Null unless it was called off.")


class Station(Answer):
    id: Uuid
    name: str
    address: str
    opening_hours: str = Field(description="The usual hours, in words.")
    venue: str
    residential_group: str
    directions: str = Field(description="How to get there.")
    step_free: bool
    contact_name: str
    contact_phone: str
    openings: list[Opening] = Field(description="The opening sessions of the requested days, by time.")
    closed: bool = Field(description="A closed station takes no opening sessions; future ones are called off.")
    version: int = Field(description="As in the ETag of `getStation`.")


class Stations(Answer):
    stations: list[Station]


class Volunteer(Answer):
    id: Uuid
    full_name: str
    username: str


class Volunteers(Answer):
    volunteers: list[Volunteer]


class FirstPassword(Answer):
    volunteer: Volunteer
    password: str = Field(description="Shown only this once; good once, to set another password.")


class Duty(Answer):
    id: Uuid
    opening: Opening
    station_id: Uuid
    station_name: str
    volunteer: Volunteer
    on_duty_from: Moment | None = Field(
        description="When the volunteer may start to guide; the duty lasts until the session ends."
    )
    taken_off_at: Moment | None = Field(description="Null while the duty is in force.")


class Duties(Answer):
    duties: list[Duty]


class Device(Answer):
    id: Uuid
    kind: str = Field(json_schema_extra=one_of(words.DEVICE_KINDS), description="`kiosk` or `scanner`.")
    station_id: Uuid
    kiosk_id: Uuid | None = Field(description="For a scanner: the computer that it stands beside.")
    name: str
    enrolled_at: Moment | None
    revoked_at: Moment | None
    last_seen_at: Moment | None


class Devices(Answer):
    devices: list[Device]


class EnrolmentCode(Answer):
    device: Device
    code: str = Field(description="Good once, for an hour.", examples=["K7QF2-9XMRT"])
    expires_at: Moment | None


class EnrolledDevice(Answer):
    credential: str = Field(description="Secret; before its first dot is the ward's code.")
    device: Device


class DeviceSession(Answer):
    token: str
    expires_in: int = Field(description="Seconds for which the token is valid.")
    device: Device
    station: Station


class Scanner(Answer):
    id: Uuid
    name: str
    trouble: str = Field(
        description="Why it cannot scan now, such as that its agent has not asked for work within the last 15 seconds. "
        "Empty if it is ready."
    )


class Scanners(Answer):
    scanners: list[Scanner]


class Scan(Answer):
    id: Uuid
    ward: str = Field(description="The ward that the pages go to.")
    ticket: str
    source: str = Field(json_schema_extra=one_of(words.SCAN_SOURCES), description="`flatbed` or `feeder`.")


class NextScan(Answer):
    scan: Scan | None = Field(description="Null if there is nothing to scan.")
    cleared_at: Moment | None = Field(description="When somebody last signed out at its computer, or left it.")


class Phrase(Answer):
    id: Uuid
    text: str
    position: int
    version: int = Field(
        description="The version for `If-Match`. It also grows when the phrase gets another place, for example because "
        "another phrase was moved."
    )


class Phrases(Answer):
    phrases: list[Phrase]
