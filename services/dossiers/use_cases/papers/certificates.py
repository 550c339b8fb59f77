"""Certificates: rendered and sealed after the signature is committed, stored once; missing ones are made later."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import update

from services.chassis.cells import Cell
from services.chassis.database.connection import UNREACHABLE
from services.chassis.metrics import PAPERS_WAIT
from services.chassis.refusal import Refusal, not_found
from services.dossiers import register_papers
from services.dossiers.adapters.files import content_key
from services.dossiers.adapters.papers.rendering import render
from services.dossiers.register_tables import CertificateRow, RegisterEntryRow
from services.dossiers.use_cases.opened import content_of
from services.dossiers.use_cases.papers.results import Issue, result_of
from services.dossiers.use_cases.unit import Workplace

log = structlog.get_logger()
BATCH = 50


def made(place: Workplace, cell: Cell, certificate_id: str) -> bytes:
    """The certificate as PDF, made now if it was not made yet.

    If two make it at the same moment, the first to commit wins, and both return its file, so that a certificate has one
    file for ever. Refusal NOT_FOUND `unknown-certificate`.
    """
    with cell.database.transaction() as session:
        found = register_papers.certificate(session, certificate_id)
    if found is None:
        raise not_found("unknown-certificate", "Phường này không cấp giấy nào có mã đó.")
    row, entry, _ = found
    if row.path is not None:
        return place.files[cell.ward.code].get(row.path)
    pdf = _sealed(place, cell, row, entry)
    sha256 = hashlib.sha256(pdf).hexdigest()
    path = content_key(cell.ward.code, str(entry.dossier_id), sha256)
    place.files[cell.ward.code].put(path, pdf, "application/pdf")
    with cell.database.transaction() as session:
        first = session.execute(
            update(CertificateRow)
            .where(CertificateRow.id == certificate_id, CertificateRow.sha256.is_(None))
            .values(sha256=sha256, path=path, size=len(pdf), made_at=place.clock.now())
            .returning(CertificateRow.id)
        ).first()
    if first is not None:
        log.info("certificate-made", certificate_id=certificate_id)
        return pdf
    place.files[cell.ward.code].delete(path)
    return made(place, cell, certificate_id)


def make_soon(place: Workplace, ward: str) -> None:
    """Wakes the loop that makes certificates. Call it after the signature is committed."""
    place.signed[ward].set()


def make_missing(place: Workplace, ward: str) -> Callable[[threading.Event], None]:
    """The ward's loop: makes certificates as soon as they are signed, and those that are missing after a stop."""

    def run(stopped: threading.Event) -> None:
        signed = place.signed[ward]
        while not stopped.is_set():
            signed.clear()
            try:
                make_round(place, place.cells[ward], stopped)
            except UNREACHABLE as fault:
                log.warning("certificates-wait-for-database", ward=ward, error=type(fault).__name__)
            _wait(signed, stopped, place.settings.certificate_seconds)

    return run


def _wait(signed: threading.Event, stopped: threading.Event, seconds: float) -> None:
    """Waits until something was signed, the time is over or the service stops."""
    left = seconds
    while left > 0 and not stopped.is_set() and not signed.wait(min(left, 1)):
        left -= 1


def make_round(place: Workplace, cell: Cell, stopped: threading.Event) -> None:
    """Tries each missing certificate once, and shows how long the first of those that are left has waited."""
    after = ""
    while not stopped.is_set():
        with cell.database.transaction() as session:
            missing = register_papers.missing_certificates(session, BATCH, after)
        if not _make(place, cell, missing) or len(missing) < BATCH:
            break
        after = missing[-1]
    with cell.database.transaction() as session:
        since = register_papers.missing_certificates_since(session)
    PAPERS_WAIT.labels(cell.ward.code).set((place.clock.now() - since).total_seconds() if since else 0)


def _make(place: Workplace, cell: Cell, missing: Sequence[str]) -> bool:
    """Makes the missing certificates.

    False if the file store or the seal is away, so that none of the others can be made now either. All are tried again
    in the next round.
    """
    for certificate_id in missing:
        try:
            made(place, cell, certificate_id)
        except Refusal as fault:  # the file store or the seal is away
            log.warning("certificate-waits", certificate_id=certificate_id, error=fault.type)
            return False
        except UNREACHABLE:
            raise
        except Exception:  # a fault of this paper alone, which must not stop the others
            log.exception("certificate-broke", certificate_id=certificate_id)
    return True


def verification_url(place: Workplace, certificate_id: str) -> str:
    """The address where people check whether a paper is genuine: scanned from its code, or typed."""
    return f"{place.settings.public_base_url.rstrip('/')}/gt/{certificate_id}"


def _sealed(place: Workplace, cell: Cell, certificate: CertificateRow, entry: RegisterEntryRow) -> bytes:
    issue = Issue(
        office=place.office(cell.ward),
        certificate_id=certificate.id,
        verification_url=verification_url(place, certificate.id),
        number=certificate.number,
        content=content_of(cell, entry),
        blanks=place.blanks[cell.ward.code],
    )
    return place.seals[cell.ward.code].sign(
        render(result_of(issue)),
        reason="Cấp giấy tờ hộ tịch",
        location=cell.ward.name,
        signed_at=entry.registered_at,
    )
