"""Computers and scanners of stations, the codes that enrol them, and the scans that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session, aliased

from services.accounts.domain.enrolment import SCANNER
from services.accounts.tables import DeviceRow, EnrolmentCodeRow, ScanRow
from services.chassis.database.encryption import Cipher
from services.chassis.database.resealing import Sealed

#: How long a scan waits for its scanner: as long as the capture's ticket is good.
SCAN_LIFE = timedelta(minutes=10)


def devices(session: Session) -> Sequence[DeviceRow]:
    """By station and name, computers before scanners."""
    return session.scalars(select(DeviceRow).order_by(DeviceRow.station_id, DeviceRow.kind, DeviceRow.name)).all()


def scanners(session: Session, kiosk_id: UUID) -> Sequence[DeviceRow]:
    """The enrolled scanners beside a computer, by name."""
    query = select(DeviceRow).where(
        DeviceRow.kind == SCANNER,
        DeviceRow.kiosk_id == kiosk_id,
        DeviceRow.enrolled_at.is_not(None),
        DeviceRow.revoked_at.is_(None),
    )
    return session.scalars(query.order_by(DeviceRow.name, DeviceRow.id)).all()


def by_credential(session: Session, digest: bytes) -> DeviceRow | None:
    """The device that holds a credential and is not revoked."""
    query = select(DeviceRow).where(DeviceRow.credential_digest == digest, DeviceRow.revoked_at.is_(None))
    return session.scalar(query)


# --- enrolment codes


def enrolment_code(session: Session, digest: bytes) -> tuple[EnrolmentCodeRow | None, DeviceRow | None]:
    """A code and its device, which is locked: if two enrol with one code at once, only one succeeds."""
    found = session.get(EnrolmentCodeRow, digest)
    if found is None:
        return None, None
    device = session.get(DeviceRow, found.device_id, with_for_update=True, populate_existing=True)
    return session.get(EnrolmentCodeRow, digest, populate_existing=True), device


def forget_codes(session: Session, device_id: UUID) -> None:
    session.execute(delete(EnrolmentCodeRow).where(EnrolmentCodeRow.device_id == device_id))


# --- scans


def _context(scan_id: UUID) -> str:
    return f"scans.ticket:{scan_id}"


#: The encrypted columns (`reseal` in docs/runbook.md).
SEALED = [Sealed(ScanRow, "ticket", lambda row: _context(row.id))]


def seal_ticket(cipher: Cipher, scan_id: UUID, ticket: str) -> bytes:
    return cipher.encrypt(ticket, _context(scan_id))


def unseal_ticket(cipher: Cipher, scan: ScanRow) -> str:
    return cipher.decrypt(scan.ticket, _context(scan.id))


def waiting_scans(session: Session, scanner_id: UUID, now: datetime) -> Sequence[ScanRow]:
    """The scans that a scanner has not started, oldest first."""
    query = (
        select(ScanRow)
        .where(ScanRow.scanner_id == scanner_id, ScanRow.taken_at.is_(None), ScanRow.requested_at > now - SCAN_LIFE)
        .where(ScanRow.requested_at > _cleared_at(scanner_id, now - SCAN_LIFE))
        .order_by(ScanRow.requested_at, ScanRow.id)
    )
    return session.scalars(query).all()


def forget_waiting_scans(session: Session, kiosk_id: UUID) -> None:
    """Deletes what waits for the scanners beside a computer."""
    beside = select(DeviceRow.id).where(DeviceRow.kiosk_id == kiosk_id)
    session.execute(delete(ScanRow).where(ScanRow.scanner_id.in_(beside), ScanRow.taken_at.is_(None)))


def _cleared_at(scanner_id: UUID, otherwise: datetime) -> ColumnElement[datetime]:
    """When somebody last left the computer beside which a scanner stands."""
    kiosk, scanner = aliased(DeviceRow), aliased(DeviceRow)
    query = select(kiosk.cleared_at).join(scanner, scanner.kiosk_id == kiosk.id).where(scanner.id == scanner_id)
    return func.coalesce(query.scalar_subquery(), otherwise)


def purge(session: Session, now: datetime) -> None:
    """Deletes codes a day after they expired, and scans, with their tickets, after an hour."""
    session.execute(delete(EnrolmentCodeRow).where(EnrolmentCodeRow.expires_at < now - timedelta(days=1)))
    session.execute(delete(ScanRow).where(ScanRow.requested_at < now - timedelta(hours=1)))
