"""Computers, scanners and scans as the contract's messages."""

from __future__ import annotations

from collections.abc import Sequence

from caunoi.accounts.v1 import stations_pb2
from google.protobuf.empty_pb2 import Empty

from services.accounts.tables import DeviceRow
from services.accounts.use_cases.devices import Code, Enrolled, Opened, Scanner, Taken
from services.accounts.use_cases.unit import Unit
from services.accounts.views.stations import station
from services.chassis.timestamps import stamp
from services.chassis.tokens import ACCESS_SECONDS


def device(row: DeviceRow) -> stations_pb2.Device:
    return stations_pb2.Device(
        id=str(row.id),
        kind=row.kind,
        station_id=str(row.station_id),
        kiosk_id=str(row.kiosk_id) if row.kiosk_id else "",
        name=row.name,
        enrolled_at=stamp(row.enrolled_at),
        revoked_at=stamp(row.revoked_at),
        last_seen_at=stamp(row.last_seen_at),
    )


def changed_device(_: Unit, row: DeviceRow) -> stations_pb2.Device:
    return device(row)


def devices(_: Unit, rows: Sequence[DeviceRow]) -> stations_pb2.ListDevicesResponse:
    return stations_pb2.ListDevicesResponse(devices=map(device, rows))


def code(_: Unit, made: Code) -> stations_pb2.EnrolmentCode:
    return stations_pb2.EnrolmentCode(device=device(made.device), code=made.code, expires_at=stamp(made.expires_at))


def enrolled(made: Enrolled) -> stations_pb2.EnrolledDevice:
    return stations_pb2.EnrolledDevice(credential=made.credential, device=device(made.device))


def session(opened: Opened) -> stations_pb2.DeviceSession:
    return stations_pb2.DeviceSession(
        token=opened.token,
        expires_in=ACCESS_SECONDS,
        device=device(opened.device),
        station=station(opened.station),
    )


def scanners(_: Unit, found: Sequence[Scanner]) -> stations_pb2.ListScannersResponse:
    return stations_pb2.ListScannersResponse(
        scanners=[
            stations_pb2.Scanner(id=str(each.device.id), name=each.device.name, trouble=each.trouble) for each in found
        ]
    )


def requested(_: Unit, __: None) -> Empty:
    return Empty()


def taken(taken: Taken) -> stations_pb2.TakeScanResponse:
    answer = stations_pb2.TakeScanResponse(cleared_at=stamp(taken.cleared_at))
    if taken.scan is not None:
        scan = taken.scan
        answer.scan.id, answer.scan.ward, answer.scan.ticket = str(scan.id), scan.ward, taken.ticket
        answer.scan.source = scan.source
    return answer
