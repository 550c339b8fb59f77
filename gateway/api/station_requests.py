"""The bodies and queries about stations, their volunteers and devices (see `requests`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.requests import Query, WardCode
from gateway.models import Body, IsoDate, Uuid

Hour = Annotated[str, Field(pattern=r"^\d{2}:\d{2}$", description="In Đà Nẵng.", examples=["18:00"])]

_CLOSED = "Takes no opening sessions and no devices; closing calls off the sessions to come."
_FOLDED = "White space is folded, so that one line is stored."


class StationDays(Query):
    since: IsoDate | None = Field(
        default=None,
        description="Opening sessions from this day on. Give both days or neither; without them, no "
        "opening sessions are returned.",
    )
    until: IsoDate | None = Field(
        default=None, description="Up to and including this day; not before `since`, at most 62 days."
    )


class DutyDays(Query):
    since: IsoDate
    until: IsoDate = Field(description="Included; not before `since`, at most 62 days.")


class NewStation(Body):
    name: str = Field(min_length=1, max_length=200, examples=["Điểm hỗ trợ Nhà văn hóa tổ 12"])
    venue: str = Field(default="", max_length=200, examples=["Nhà văn hóa tổ 12"])
    address: str = Field(min_length=1, max_length=250)
    residential_group: str = Field(default="", max_length=100, examples=["Tổ 12"])
    directions: str = Field(default="", max_length=1000, description=f"How to get there, in plain words. {_FOLDED}")
    step_free: bool = False
    contact_name: str = Field(default="", max_length=100)
    contact_phone: str = Field(default="", max_length=40)
    opening_hours: str = Field(default="", max_length=200, description="The usual hours, in words.")
    closed: bool = Field(default=False, description=_CLOSED)


class SavedStation(NewStation):
    closed: bool = Field(description=_CLOSED)


class SavedOpening(Body):
    on: IsoDate
    starts: Hour
    ends: Hour = Field(examples=["20:00"])
    note: str = Field(default="", max_length=500, description=_FOLDED)


class Cancellation(Body):
    note: str = Field(
        min_length=1, max_length=500, description=f"Why, for the public timetable. {_FOLDED}", examples=["Cúp điện."]
    )


class NewVolunteer(Body):
    full_name: str = Field(min_length=1, max_length=100)
    username: str = Field(
        min_length=1,
        max_length=80,
        description="Letters without diacritics, digits and dots; the ward's slug is appended.",
        examples=["lan.tran"],
    )


class NewDuty(Body):
    opening_id: Uuid = Field(description="Id of the opening session.")
    volunteer_id: Uuid = Field(description="Id of the volunteer.")


class NewDevice(Body):
    kind: Literal["kiosk", "scanner"]
    station_id: Uuid = Field(description="Id of the station.")
    kiosk_id: Uuid | None = Field(
        default=None, description="Only for a scanner: id of the computer that it stands beside."
    )
    name: str = Field(min_length=1, max_length=60, examples=["Máy 1"])


class Enrolment(Body):
    code: str = Field(min_length=1, max_length=40, examples=["K7QF2-9XMRT"])
    kind: Literal["kiosk", "scanner"] = Field(
        description="The kind of the device; a code is good only for its own kind."
    )


class DeviceCredential(Body):
    credential: str = Field(min_length=1, max_length=200)


class NewScan(Body):
    scanner_id: Uuid = Field(description="One of `listScanners`.")
    ward: WardCode = Field(description="GSO code of the dossier's ward.")
    ticket: str = Field(min_length=1, max_length=2000, description="Ticket of the capture to which pages are added.")
    source: Literal["flatbed", "feeder"] = Field(description="One page from the glass, or all from the feeder.")


class BegunScan(Body):
    begun: Uuid | None = Field(default=None, description="Id of the scan that was begun last.")


class SavedPhrase(Body):
    text: str = Field(min_length=1, max_length=300, description=_FOLDED)
    position: int = Field(ge=0, le=9999, description="Order in the list, ascending.")
