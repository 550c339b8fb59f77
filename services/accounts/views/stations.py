"""Stations, their timetable, volunteers, duties and phrases as the contract's messages."""

from __future__ import annotations

from collections.abc import Sequence

from caunoi.accounts.v1 import accounts_pb2, stations_pb2

from services.accounts.domain.openings import GRACE
from services.accounts.storage.stations import Duty
from services.accounts.tables import OpeningRow, PhraseRow, StaffRow
from services.accounts.use_cases.duties import GivenOut
from services.accounts.use_cases.stations import Listed
from services.accounts.use_cases.unit import Unit
from services.chassis.timestamps import stamp


def station(listed: Listed) -> accounts_pb2.Station:
    row = listed.row
    return accounts_pb2.Station(
        id=str(row.id),
        name=row.name,
        venue=row.venue,
        address=row.address,
        residential_group=row.residential_group,
        directions=row.directions,
        step_free=row.step_free,
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        opening_hours=row.opening_hours,
        closed=row.closed_at is not None,
        version=row.version,
        openings=map(opening, listed.openings),
    )


def opening(row: OpeningRow) -> accounts_pb2.Opening:
    return accounts_pb2.Opening(
        id=str(row.id),
        version=row.version,
        starts_at=stamp(row.starts_at),
        ends_at=stamp(row.ends_at),
        note=row.note,
        cancelled_at=stamp(row.cancelled_at),
    )


def stations(_: Unit, listed: Sequence[Listed]) -> accounts_pb2.ListStationsResponse:
    return accounts_pb2.ListStationsResponse(stations=map(station, listed))


def saved_station(unit: Unit, listed: Listed) -> accounts_pb2.Station:
    unit.session.flush()  # the version grows when the row is written
    return station(listed)


def saved_opening(unit: Unit, row: OpeningRow) -> accounts_pb2.Opening:
    unit.session.flush()
    return opening(row)


def volunteer(row: StaffRow) -> stations_pb2.Volunteer:
    return stations_pb2.Volunteer(id=str(row.id), full_name=row.full_name, username=row.username)


def given_out(_: Unit, given: GivenOut) -> stations_pb2.FirstPassword:
    return stations_pb2.FirstPassword(volunteer=volunteer(given.volunteer), password=given.password)


def volunteers(_: Unit, rows: Sequence[StaffRow]) -> stations_pb2.ListVolunteersResponse:
    return stations_pb2.ListVolunteersResponse(volunteers=map(volunteer, rows))


def duty(duty: Duty) -> stations_pb2.Duty:
    return stations_pb2.Duty(
        id=str(duty.row.id),
        opening=opening(duty.opening),
        station_id=str(duty.station.id),
        station_name=duty.station.name,
        volunteer=volunteer(duty.volunteer),
        taken_off_at=stamp(duty.row.taken_off_at),
        on_duty_from=stamp(duty.opening.starts_at - GRACE),
    )


def changed_duty(_: Unit, changed: Duty) -> stations_pb2.Duty:
    return duty(changed)


def duties(_: Unit, found: Sequence[Duty]) -> stations_pb2.ListDutiesResponse:
    return stations_pb2.ListDutiesResponse(duties=map(duty, found))


def phrase(row: PhraseRow) -> stations_pb2.Phrase:
    return stations_pb2.Phrase(id=str(row.id), text=row.text, position=row.position, version=row.version)


def changed_phrase(unit: Unit, row: PhraseRow) -> stations_pb2.Phrase:
    unit.session.flush()
    return phrase(row)


def phrases(_: Unit, rows: Sequence[PhraseRow]) -> stations_pb2.ListPhrasesResponse:
    return stations_pb2.ListPhrasesResponse(phrases=map(phrase, rows))
