"""Computers and scanners of stations: enrolled with a code, recognised by a credential, revoked at once.

A device's token is valid for up to ten minutes, like a person's. So each act that reveals or starts something at a
station looks up the device again (`kiosk_here`, `own_device`) and refuses a revoked device at once. The token is good
for nothing else.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from services.accounts.domain import enrolment
from services.accounts.domain.enrolment import KINDS, KIOSK, SCANNER
from services.accounts.domain.guidance import Because
from services.accounts.domain.stations import LONGEST_DEVICE_NAME, read_text
from services.accounts.storage import devices as storage
from services.accounts.storage import guidance
from services.accounts.storage.rows import by_id
from services.accounts.tables import DeviceRow, EnrolmentCodeRow, ScanRow, StationRow
from services.accounts.use_cases import tries
from services.accounts.use_cases.ending import end_sessions
from services.accounts.use_cases.stations import Listed, find_station, refuse_closed
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, faulty, invalid, not_found
from services.chassis.tokens import Principal, Role

#: A scanner's agent asks for work each second; if it has not asked for this long, it cannot be reached.
REACHABLE = timedelta(seconds=15)
#: How often the time when a device was last seen is written; an agent asks each second, which would be too often.
_SEEN_APART = timedelta(seconds=5)
_TRIES = "enrolment"
_ROLES = {KIOSK: Role.KIOSK, SCANNER: Role.SCANNER}
_SOURCES = ("flatbed", "feeder")
_LONGEST_TICKET = 2000


@dataclass(frozen=True, slots=True)
class AddDevice:
    kind: str
    station_id: str
    kiosk_id: str
    name: str


@dataclass(frozen=True, slots=True)
class RenewEnrolmentCode:
    device_id: str


@dataclass(frozen=True, slots=True)
class RevokeDevice:
    device_id: str


@dataclass(frozen=True, slots=True)
class ListDevices:
    pass


@dataclass(frozen=True, slots=True)
class EnrolDevice:
    code: str = field(repr=False)
    kind: str


@dataclass(frozen=True, slots=True)
class OpenDeviceSession:
    credential: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClearKiosk:
    pass


@dataclass(frozen=True, slots=True)
class ListScanners:
    pass


@dataclass(frozen=True, slots=True)
class RequestScan:
    scanner_id: str
    ward: str
    ticket: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class TakeScan:
    begun: str


@dataclass(frozen=True, slots=True)
class Code:
    """A device and its enrolment code."""

    device: DeviceRow
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Enrolled:
    device: DeviceRow
    credential: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    device: DeviceRow
    station: Listed
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Scanner:
    device: DeviceRow
    trouble: str  # why it cannot scan now, in words for people; empty if it is ready


@dataclass(frozen=True, slots=True)
class Taken:
    """The scan that a scanner should do now, and when somebody last left its computer."""

    scan: ScanRow | None
    ticket: str = field(repr=False)
    cleared_at: datetime | None


# --- for the administrator


def add_device(unit: Unit, command: AddDevice) -> Code:
    """Adds a computer or scanner.

    Raises a Refusal: INVALID (`invalid-field`), NOT_FOUND (`unknown-station`), CONFLICT (`station-closed`).
    """
    name = read_text("name", command.name, LONGEST_DEVICE_NAME)
    _check_kind(command.kind)
    station = find_station(unit, command.station_id)
    refuse_closed(station, "Xin mở lại trước khi thêm máy.")
    if command.kind == KIOSK and command.kiosk_id:
        raise faulty("kiosk_id", "Chỉ máy quét mới đứng cạnh một máy tính.")
    kiosk = by_id(unit.session, DeviceRow, command.kiosk_id) if command.kind == SCANNER else None
    if command.kind == SCANNER and not _stands_at(kiosk, station):
        raise faulty("kiosk_id", "Xin chọn máy tính của điểm hỗ trợ mà máy quét đứng cạnh.")
    row = DeviceRow(
        id=uuid4(),
        kind=command.kind,
        station_id=station.id,
        kiosk_id=kiosk.id if kiosk else None,
        name=name,
        added_at=unit.now,
    )
    unit.session.add(row)
    audit.record(unit.session, "add-device", f"device:{row.id}")
    return new_code(unit, row)


def renew_enrolment_code(unit: Unit, command: RenewEnrolmentCode) -> Code:
    """A new code for a device; its credential and its earlier codes become invalid.

    Raises a Refusal: NOT_FOUND (`unknown-device`), CONFLICT (`device-revoked`).
    """
    row = _device(unit, command.device_id)
    if row.revoked_at is not None:
        raise conflict("device-revoked", "Máy này đã bị thu hồi. Xin thêm máy mới.")
    row.credential_digest, row.enrolled_at = None, None
    storage.forget_codes(unit.session, row.id)
    audit.record(unit.session, "renew-enrolment-code", f"device:{row.id}")
    return new_code(unit, row)


def revoke_device(unit: Unit, command: RevokeDevice) -> DeviceRow:
    """Revokes a device for good. Raises a Refusal (NOT_FOUND, `unknown-device`)."""
    row = _device(unit, command.device_id)
    if row.revoked_at is None:
        row.revoked_at, row.credential_digest = unit.now, None
        storage.forget_codes(unit.session, row.id)
        audit.record(unit.session, "revoke-device", f"device:{row.id}")
    return row


def devices(unit: Unit, _: ListDevices) -> Sequence[DeviceRow]:
    return storage.devices(unit.session)


def new_code(unit: Unit, row: DeviceRow) -> Code:
    code, expires_at = enrolment.make_code(), unit.now + enrolment.LIFE
    unit.session.flush()
    unit.session.add(
        EnrolmentCodeRow(digest=code_digest(unit, code), device_id=row.id, issued_at=unit.now, expires_at=expires_at)
    )
    return Code(row, enrolment.shown(code), expires_at)


def code_digest(unit: Unit, code: str) -> bytes:
    return unit.cell.cipher.fingerprint(enrolment.code_text(code))


def _stands_at(kiosk: DeviceRow | None, station: StationRow) -> bool:
    return kiosk is not None and (kiosk.kind, kiosk.station_id, kiosk.revoked_at) == (KIOSK, station.id, None)


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise faulty("kind", "Xin chọn máy tính (kiosk) hoặc máy quét (scanner).")


def _device(unit: Unit, device_id: str) -> DeviceRow:
    row = by_id(unit.session, DeviceRow, device_id, locked=True)
    if row is None:
        raise not_found("unknown-device", "Phường không có máy này.")
    return row


# --- for the devices


def enrol_device(place: Workplace, command: EnrolDevice) -> Enrolled:
    """Exchanges a code, once, for a credential.

    The right code is always accepted, so that a stranger who guesses keeps nobody out. It has 50 bits, and guesses are
    few. Raises a Refusal: INVALID (`wrong-code`, `invalid-field`), CONFLICT (`code-expired`, `code-used`), THROTTLED
    (`too-many-codes-tried`).
    """
    _check_kind(command.kind)
    enrolled: Enrolled | None = None
    with place.unit() as unit:
        code = enrolment.read_code(command.code)
        row, device = storage.enrolment_code(unit.session, code_digest(unit, code)) if code else (None, None)
        seconds = 0
        if row is None or device is None or device.kind != command.kind:
            seconds = tries.wait(unit, _TRIES)
            if not seconds:
                tries.count(unit, _TRIES)
        else:
            enrolled = _enrol(unit, row, device)
    # A wrong try counts: it is committed before it is refused.
    if enrolled is not None:
        return enrolled
    if seconds:
        raise tries.too_many_codes_tried(seconds)
    text = "Mã ghi danh không đúng. Xin xem lại mã mà quản trị viên của phường đã đưa cho loại máy này."
    raise invalid("wrong-code", text, FieldFault("code", text))


def _enrol(unit: Unit, row: EnrolmentCodeRow, device: DeviceRow) -> Enrolled:
    if row.used_at is not None:
        raise conflict("code-used", "Mã này đã dùng rồi. Xin nhờ quản trị viên của phường cấp mã mới.")
    if unit.now >= row.expires_at:
        raise conflict("code-expired", "Mã này đã hết hạn. Xin nhờ quản trị viên của phường cấp mã mới.")
    # The ward is the prefix, so that the holder of the credential knows which ward it belongs to.
    credential = f"{unit.ward}.{secrets.token_urlsafe(32)}"
    row.used_at = device.enrolled_at = device.last_seen_at = unit.now
    device.credential_digest = _digest(credential)
    audit.record(unit.session, "enrol-device", f"device:{device.id}")
    return Enrolled(device, credential)


def open_device_session(place: Workplace, command: OpenDeviceSession) -> Opened:
    """A token of ten minutes for a device's credential. Raises a Refusal (UNAUTHENTICATED, `device-not-enrolled`)."""
    with place.unit() as unit:
        row = storage.by_credential(unit.session, _digest(command.credential))
        station = unit.session.get(StationRow, row.station_id) if row else None
        if row is None or station is None:
            text = "Máy này chưa được ghi danh, hoặc đã bị thu hồi. Xin nhờ quản trị viên của phường."
            raise Refusal(Kind.UNAUTHENTICATED, "device-not-enrolled", text)
        _note_seen(unit, row)
        principal = Principal(
            str(row.id),
            unit.ward,
            frozenset({_ROLES[row.kind]}),
            row.name,
            station=str(row.station_id),
            enrolment=_enrolment_of(row),
        )
        return Opened(row, Listed(station), unit.cell.issuer.issue(principal))


def clear_kiosk(place: Workplace, _: ClearKiosk) -> None:
    """Somebody has signed out at a computer, or has left it: their waiting scans are deleted, and their guided session
    there ends.
    """
    with place.unit() as unit:
        kiosk = own_device(unit, unit.caller)
        kiosk.cleared_at = unit.now
        storage.forget_waiting_scans(unit.session, kiosk.id)
        end_sessions(unit, guidance.unended(unit.session, kiosk.id), Because.SIGNED_OUT)


def take_scan(place: Workplace, command: TakeScan) -> Taken:
    """Gives a scan to the scanner's agent until the agent has started it; never a scan whose ticket has expired."""
    with place.unit() as unit:
        scanner = own_device(unit, unit.caller)
        _note_seen(unit, scanner)
        kiosk = unit.session.get(DeviceRow, scanner.kiosk_id) if scanner.kiosk_id else None
        begun = by_id(unit.session, ScanRow, command.begun, locked=True)
        if begun is not None and begun.scanner_id == scanner.id:
            begun.taken_at = begun.taken_at or unit.now
            unit.session.flush()
        scan = next(iter(storage.waiting_scans(unit.session, scanner.id, unit.now)), None)
        ticket = storage.unseal_ticket(unit.cell.cipher, scan) if scan else ""
        return Taken(scan, ticket, kiosk.cleared_at if kiosk else None)


# --- for citizens at a computer


def kiosk_here(unit: Unit) -> DeviceRow:
    """The computer from which the call comes. Raises a Refusal (FORBIDDEN, `not-at-a-station`), also if the computer
    was revoked or belongs to another ward.
    """
    kiosk = unit.call.kiosk
    row = by_id(unit.session, DeviceRow, kiosk.id) if kiosk and kiosk.ward == unit.ward else None
    if row is None or kiosk is None or not _is_enrolled(row, kiosk):
        text = "Việc này chỉ làm được trên máy của điểm hỗ trợ. Xin hỏi tình nguyện viên."
        raise Refusal(Kind.FORBIDDEN, "not-at-a-station", text)
    return row


def scanners(unit: Unit, _: ListScanners) -> list[Scanner]:
    """The scanners beside the computer from which the call comes. Raises as `kiosk_here`."""
    found = storage.scanners(unit.session, kiosk_here(unit).id)
    return [Scanner(row, _trouble(unit, row)) for row in found]


def request_scan(unit: Unit, command: RequestScan) -> None:
    """Asks a scanner beside this computer to scan for a capture; replaces waiting scans of this computer's scanners.

    Raises a Refusal: FORBIDDEN (`not-at-a-station`), INVALID (`invalid-field`), NOT_FOUND (`unknown-scanner`),
    UNAVAILABLE (`scanner-unreachable`).
    """
    kiosk = kiosk_here(unit)
    found = {str(row.id): row for row in storage.scanners(unit.session, kiosk.id)}
    if command.ward not in unit.place.settings.district.wards:
        raise faulty("ward", "Không có phường này trong hệ thống.")
    if command.source not in _SOURCES:
        raise faulty("source", "Xin chọn mặt kính (flatbed) hoặc khay nạp giấy (feeder).")
    if not 0 < len(command.ticket) <= _LONGEST_TICKET:
        raise faulty("ticket", "Thiếu vé của lần quét.")
    scanner = found.get(command.scanner_id)
    if scanner is None:
        raise not_found("unknown-scanner", "Máy này không có máy quét đó.")
    if trouble := _trouble(unit, scanner):
        raise Refusal(Kind.UNAVAILABLE, "scanner-unreachable", trouble, retry_after=5)
    storage.forget_waiting_scans(unit.session, kiosk.id)
    id = uuid4()
    unit.session.add(
        ScanRow(
            id=id,
            scanner_id=scanner.id,
            ward=command.ward,
            ticket=storage.seal_ticket(unit.cell.cipher, id, command.ticket),
            source=command.source,
            requested_at=unit.now,
        )
    )


def own_device(unit: Unit, caller: Principal) -> DeviceRow:
    """The calling device. Raises a Refusal (UNAUTHENTICATED) if it was revoked or enrolled again since."""
    row = by_id(unit.session, DeviceRow, caller.id)
    if row is None or not _is_enrolled(row, caller):
        text = "Máy này đã bị thu hồi. Xin nhờ quản trị viên của phường."
        raise Refusal(Kind.UNAUTHENTICATED, "device-not-enrolled", text)
    return row


def _is_enrolled(row: DeviceRow, token: Principal) -> bool:
    """Whether a token belongs to the device's present enrolment; a token of an earlier enrolment is invalid."""
    if row.credential_digest is None or row.revoked_at is not None:
        return False
    return token.enrolment == _enrolment_of(row)


def _enrolment_of(row: DeviceRow) -> str:
    """An id that differs for each enrolment of a device."""
    return (row.credential_digest or b"")[:8].hex()


def _trouble(unit: Unit, row: DeviceRow) -> str:
    if row.last_seen_at is not None and unit.now - row.last_seen_at <= REACHABLE:
        return ""
    return "Máy quét chưa sẵn sàng. Xin nhờ tình nguyện viên xem dây cắm và nguồn điện, hoặc chụp bằng điện thoại."


def _note_seen(unit: Unit, row: DeviceRow) -> None:
    if row.last_seen_at is None or unit.now - row.last_seen_at > _SEEN_APART:
        row.last_seen_at = unit.now


def _digest(credential: str) -> bytes:
    return hashlib.sha256(credential.encode()).digest()
