"""Computers and scanners of stations: enrolment, credentials, revocation, and the scans that are given out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from typing import Any
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import stations_pb2
from sqlalchemy import func, select, text

from deploy.local.waiting import wait_until
from services.accounts.domain.enrolment import code_text
from services.accounts.storage import devices, people, tries
from services.accounts.tables import DeviceRow, EnrolmentCodeRow, ScanRow, TryRow
from services.chassis.database.connection import Database
from services.chassis.database.tables import IdempotencyRow
from services.chassis.refusal import Kind
from services.chassis.tokens import Role, load_verifier
from tests.fakes.clock import SettableClock
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts
from tests.services.accounts.ward import Ward, at_once, refused

WRONG = "22222-22222"


@pytest.fixture
def ward(accounts: Accounts) -> Ward:
    return Ward(accounts)


@pytest.fixture
def station(ward: Ward) -> str:
    return str(ward.station().id)


def scanners(ward: Ward, kiosk: str, token: str = "") -> Any:
    return ward.call("ListScanners", stations_pb2.ListScannersRequest(), token or ward.citizen, kiosk=kiosk).scanners


def request_scan(here: Ward, scanner: str, kiosk: str, ticket: str = "vé", token: str = "", **changes: str) -> None:
    values = {"scanner_id": scanner, "ward": NAM_DUONG, "ticket": ticket, "source": "flatbed", **changes}
    here.call("RequestScan", stations_pb2.RequestScanRequest(**values), token or here.citizen, kiosk=kiosk)


def take_scan(ward: Ward, token: str, begun: str = "") -> Any:
    return ward.call("TakeScan", stations_pb2.TakeScanRequest(begun=begun), token)


# --- enrolment


def test_a_device_is_enrolled_by_its_code_and_known_by_its_credential(ward: Ward, station: str, keys: Any) -> None:
    added = ward.device(station)
    assert not added.device.HasField("enrolled_at")
    enrolled = ward.enrol(added.code.lower().replace("-", " "))
    assert enrolled.credential.startswith(f"{NAM_DUONG}.")
    session = ward.session(enrolled.credential)
    assert (session.device.id, session.station.id, session.expires_in) == (added.device.id, station, 600)
    principal = load_verifier(keys / "trusted.json").verify(session.token)
    assert (principal.id, principal.ward, principal.roles) == (added.device.id, NAM_DUONG, frozenset({Role.KIOSK}))
    (seen,) = ward.call("ListDevices", stations_pb2.ListDevicesRequest()).devices
    assert (seen.name, seen.HasField("enrolled_at"), seen.HasField("last_seen_at")) == ("Máy 1", True, True)


def test_a_closed_station_gets_no_devices(ward: Ward) -> None:
    station = ward.station(closed=True).id
    assert refused("station-closed", ward.device, station).kind is Kind.CONFLICT


def test_a_new_computer_stands_beside_no_other(ward: Ward, station: str) -> None:
    first = ward.device(station).device.id
    no = refused("invalid-field", ward.device, station, name="Máy 2", kiosk=first)
    assert [fault.field for fault in no.fields] == ["kiosk_id"]


def test_neither_code_nor_credential_is_stored(ward: Ward, station: str) -> None:
    added = ward.device(station, key="k")
    assert ward.device(station, key="k") == added
    credential = ward.enrol(added.code).credential
    with ward.accounts.cells[NAM_DUONG].database.transaction() as session:
        stored = b"".join(session.scalars(select(IdempotencyRow.response)).all())
        stored += b"".join(session.scalars(select(EnrolmentCodeRow.digest)).all())
        stored += b"".join(filter(None, session.scalars(select(DeviceRow.credential_digest)).all()))
    for secret in (added.code, added.code.replace("-", ""), credential, credential.partition(".")[2]):
        assert secret.encode() not in stored


def test_of_two_who_enrol_with_one_code_at_once_one_succeeds(ward: Ward, station: str) -> None:
    code = ward.device(station).code
    came = at_once(lambda: ward.enrol(code), 4)
    (won,) = [each for each in came if isinstance(each, stations_pb2.EnrolledDevice)]
    assert [each.type for each in came if each is not won] == ["code-used"] * 3
    assert ward.session(won.credential).device.id == won.device.id


def is_waiting(database: Database) -> bool:
    """Whether a transaction waits for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.transaction() as session:
        return bool(session.scalar(text(query)))


def test_an_enrolment_waits_for_another_one_with_the_same_code(ward: Ward, station: str) -> None:
    code = ward.device(station).code
    cell = ward.accounts.cells[NAM_DUONG]
    digest = cell.cipher.fingerprint(code_text(code.replace("-", "")))
    with ThreadPoolExecutor(1) as pool:
        with cell.database.transaction() as session:
            row, _ = devices.enrolment_code(session, digest)
            assert row is not None
            second = pool.submit(ward.enrol, code)
            assert wait_until(lambda: second.done() or is_waiting(cell.database), 20)
            row.used_at = ward.accounts.clock.now()
        refused("code-used", second.result)


def test_a_code_is_good_for_an_hour_for_its_own_kind_and_ward(ward: Ward, station: str, clock: SettableClock) -> None:
    added = ward.device(station)
    refused("wrong-code", ward.enrol, added.code, "scanner")
    refused("wrong-code", Ward(ward.accounts, THANH_BINH).enrol, added.code)
    refused("wrong-code", ward.enrol, "không phải mã")
    refused("invalid-field", ward.enrol, added.code, "tivi")
    assert added.expires_at.ToDatetime(UTC) == clock.now() + timedelta(hours=1)
    clock.advance(timedelta(hours=1))
    refused("code-expired", ward.enrol, added.code)


def test_ten_wrong_codes_in_ten_minutes_throttle_guesses_and_let_the_right_code_in(
    ward: Ward, station: str, clock: SettableClock
) -> None:
    """A stranger who guesses keeps nobody out."""
    code = ward.device(station).code
    for _ in range(10):
        refused("wrong-code", ward.enrol, WRONG)
    no = refused("too-many-codes-tried", ward.enrol, WRONG)
    assert (no.kind, no.retry_after) == (Kind.THROTTLED, 600)
    assert ward.enrol(code).credential
    clock.advance(timedelta(minutes=10, seconds=1))
    refused("wrong-code", ward.enrol, WRONG)


def test_guesses_at_once_all_count(ward: Ward) -> None:
    came = at_once(lambda: ward.enrol(WRONG), 14)
    types = [each.type for each in came]
    assert (types.count("wrong-code"), types.count("too-many-codes-tried")) == (10, 4)


def test_a_new_code_voids_the_credential_and_the_code_before(ward: Ward, station: str) -> None:
    added = ward.device(station)
    kiosk = ward.session(ward.enrol(added.code).credential)
    other = ward.device(station, name="Máy 2")

    def renew(device: str) -> Any:
        return ward.call("RenewEnrolmentCode", stations_pb2.RenewEnrolmentCodeRequest(device_id=device))

    credential = ward.enrol(renew(kiosk.device.id).code).credential
    renewed = renew(kiosk.device.id)
    refused("device-not-enrolled", ward.session, credential)
    refused("not-at-a-station", scanners, ward, kiosk.token)
    again = ward.enrol(renewed.code).credential
    refused("not-at-a-station", scanners, ward, kiosk.token)  # after it is enrolled again, its old token stays void
    assert list(scanners(ward, ward.session(again).token)) == []
    renew(other.device.id)
    refused("wrong-code", ward.enrol, other.code)
    assert ward.session(again).device.id == kiosk.device.id
    refused("unknown-device", renew, str(uuid4()))


def test_a_revoked_device_is_refused_at_once_though_its_token_lives(ward: Ward, station: str) -> None:
    code = ward.device(station)
    credential = ward.enrol(code.code).credential
    kiosk = ward.session(credential)
    scanner = ward.enrolled(station, "scanner", "Máy quét", kiosk.device.id)
    take_scan(ward, scanner.token)
    assert [each.trouble for each in scanners(ward, kiosk.token)] == [""]
    ward.revoke(scanner.device.id)
    assert list(scanners(ward, kiosk.token)) == []
    refused("device-not-enrolled", take_scan, ward, scanner.token)
    revoked = ward.revoke(kiosk.device.id)
    assert revoked == ward.revoke(kiosk.device.id)
    refused("device-not-enrolled", ward.session, credential)
    refused("not-at-a-station", scanners, ward, kiosk.token)
    refused("device-not-enrolled", ward.call, "ClearKiosk", stations_pb2.ClearKioskRequest(), kiosk.token)
    request = stations_pb2.RenewEnrolmentCodeRequest(device_id=kiosk.device.id)
    refused("device-revoked", ward.call, "RenewEnrolmentCode", request)


def test_a_scanner_stands_beside_a_computer_of_its_station(ward: Ward, station: str) -> None:
    elsewhere = ward.device(ward.station("Trạm khác").id).device.id
    revoked = ward.device(station).device.id
    ward.revoke(revoked)
    for kiosk in ("", elsewhere, revoked, str(uuid4())):
        no = refused("invalid-field", ward.device, station, "scanner", "Máy quét", kiosk)
        assert [fault.field for fault in no.fields] == ["kiosk_id"]
    refused("unknown-station", ward.device, str(uuid4()))
    refused("invalid-field", ward.device, station, name=" ")


# --- scans


@pytest.fixture
def kiosk(ward: Ward, station: str) -> Any:
    return ward.enrolled(station)


@pytest.fixture
def scanner(ward: Ward, station: str, kiosk: Any) -> Any:
    return ward.enrolled(station, "scanner", "Máy quét", kiosk.device.id)


def test_a_citizen_of_any_ward_has_a_scan_made_at_the_computer_where_they_sit(
    ward: Ward, kiosk: Any, scanner: Any
) -> None:
    visitor = Ward(ward.accounts, THANH_BINH).citizen
    (seen,) = scanners(ward, kiosk.token, visitor)
    assert (seen.id, seen.name, seen.trouble) == (scanner.device.id, "Máy quét", "")
    request_scan(ward, seen.id, kiosk.token, "vé bí mật", visitor, ward=THANH_BINH, source="feeder")
    scan = take_scan(ward, scanner.token).scan
    assert (scan.ward, scan.ticket, scan.source) == (THANH_BINH, "vé bí mật", "feeder")
    assert not take_scan(ward, scanner.token, scan.id).HasField("scan")


def test_a_scan_is_given_out_until_its_agent_has_begun_it(ward: Ward, kiosk: Any, scanner: Any) -> None:
    request_scan(ward, scanner.device.id, kiosk.token, "một")
    first = take_scan(ward, scanner.token).scan
    assert take_scan(ward, scanner.token).scan == first, "the answer before was lost"
    assert not take_scan(ward, scanner.token, first.id).HasField("scan")
    request_scan(ward, scanner.device.id, kiosk.token, "hai")
    assert take_scan(ward, scanner.token, first.id).scan.ticket == "hai"


def test_the_scan_of_a_person_who_left_the_computer_is_never_given_out(
    ward: Ward, station: str, kiosk: Any, scanner: Any, clock: SettableClock
) -> None:
    second = ward.enrolled(station, name="Máy 2")
    neighbour = ward.enrolled(station, "scanner", "Máy quét 2", second.device.id)
    request_scan(ward, scanner.device.id, kiosk.token, "của người trước")
    request_scan(ward, neighbour.device.id, second.token, "của máy bên")
    ward.call("ClearKiosk", stations_pb2.ClearKioskRequest(), kiosk.token)
    assert not take_scan(ward, scanner.token).HasField("scan")
    assert take_scan(ward, neighbour.token).scan.ticket == "của máy bên"
    request_scan(ward, scanner.device.id, kiosk.token, "lỡ đến sau")  # asked at the moment of leaving
    assert not take_scan(ward, scanner.token).HasField("scan")
    clock.advance(timedelta(seconds=1))
    request_scan(ward, scanner.device.id, kiosk.token, "của người sau")
    assert take_scan(ward, scanner.token).scan.ticket == "của người sau"


def test_a_scanner_begins_no_scan_of_another(ward: Ward, station: str, kiosk: Any, scanner: Any) -> None:
    other = ward.enrolled(station, "scanner", "Máy quét 2", kiosk.device.id)
    request_scan(ward, scanner.device.id, kiosk.token)
    scan = take_scan(ward, scanner.token).scan
    for begun in (scan.id, "not an id", str(uuid4())):
        assert not take_scan(ward, other.token, begun).HasField("scan")
    assert take_scan(ward, scanner.token).scan == scan


def test_one_scan_waits_for_a_ticket(ward: Ward, kiosk: Any, scanner: Any) -> None:
    request_scan(ward, scanner.device.id, kiosk.token, "một", source="flatbed")
    request_scan(ward, scanner.device.id, kiosk.token, "một", source="feeder")
    scan = take_scan(ward, scanner.token).scan
    assert scan.source == "feeder"
    assert not take_scan(ward, scanner.token, scan.id).HasField("scan")


def test_a_scan_older_than_its_captures_ten_minutes_is_never_given_out(
    ward: Ward, kiosk: Any, scanner: Any, clock: SettableClock
) -> None:
    request_scan(ward, scanner.device.id, kiosk.token)
    clock.advance(timedelta(minutes=10))
    assert not take_scan(ward, scanner.token).HasField("scan")


def test_a_ticket_is_stored_sealed(ward: Ward, kiosk: Any, scanner: Any) -> None:
    request_scan(ward, scanner.device.id, kiosk.token, "vé bí mật")
    with ward.accounts.cells[NAM_DUONG].database.transaction() as session:
        (row,) = session.scalars(select(ScanRow)).all()
        assert "vé bí mật".encode() not in row.ticket


def test_a_scanner_that_has_not_asked_for_15_seconds_cannot_be_reached(
    ward: Ward, kiosk: Any, scanner: Any, clock: SettableClock
) -> None:
    clock.advance(timedelta(seconds=16))
    (trouble,) = [each.trouble for each in scanners(ward, kiosk.token)]
    assert trouble.startswith("Máy quét chưa sẵn sàng.")
    refused("scanner-unreachable", request_scan, ward, scanner.device.id, kiosk.token)
    take_scan(ward, scanner.token)
    request_scan(ward, scanner.device.id, kiosk.token)


def test_a_scan_is_asked_of_a_scanner_beside_this_computer_alone(
    ward: Ward, station: str, kiosk: Any, scanner: Any
) -> None:
    second = ward.enrolled(station, name="Máy 2")
    neighbour = Ward(ward.accounts, THANH_BINH)
    foreign = neighbour.enrolled(neighbour.station().id)
    assert list(scanners(ward, second.token)) == []
    refused("unknown-scanner", request_scan, ward, scanner.device.id, second.token)
    for token in ("", foreign.token):
        refused("not-at-a-station", request_scan, ward, scanner.device.id, token)
    for changes in ({"ward": "99999"}, {"source": "máy ảnh"}, {"ticket": ""}):
        refused("invalid-field", request_scan, ward, scanner.device.id, kiosk.token, **changes)
    refused("kiosk-token-expired", scanners, ward, scanner.token)  # a scanner is no computer
    refused("not-allowed", take_scan, ward, kiosk.token)
    refused("not-allowed", take_scan, ward, ward.citizen)


def test_the_scanners_agent_learns_when_its_computer_was_cleared(
    ward: Ward, kiosk: Any, scanner: Any, clock: SettableClock
) -> None:
    assert not take_scan(ward, scanner.token).HasField("cleared_at")
    clock.advance(timedelta(seconds=3))
    ward.call("ClearKiosk", stations_pb2.ClearKioskRequest(), kiosk.token)
    assert take_scan(ward, scanner.token).cleared_at.ToDatetime(UTC) == clock.now()
    refused("not-allowed", ward.call, "ClearKiosk", stations_pb2.ClearKioskRequest(), ward.citizen)


def test_what_was_used_is_deleted_in_time(ward: Ward, kiosk: Any, scanner: Any, clock: SettableClock) -> None:
    request_scan(ward, scanner.device.id, kiosk.token)
    refused("wrong-code", ward.enrol, WRONG)
    database = ward.accounts.cells[NAM_DUONG].database

    def left(after: timedelta) -> list[int]:
        with database.transaction() as session:
            for storage in (people, devices, tries):
                storage.purge(session, clock.now() + after)
            kinds = (ScanRow, TryRow, EnrolmentCodeRow)
            return [session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds]

    assert left(timedelta(minutes=59)) == [1, 1, 2]
    assert left(timedelta(minutes=61)) == [0, 1, 2]
    assert left(timedelta(hours=26)) == [0, 0, 0]
