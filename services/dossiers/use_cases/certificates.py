"""Certificates: rendered and sealed after the signature is committed, stored once; those missed are made up for."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import structlog
from sqlalchemy import update

from services.chassis.database import UNREACHABLE
from services.chassis.refusal import Refusal, not_found
from services.chassis.service import Cell
from services.dossiers import storage
from services.dossiers.files import content_key
from services.dossiers.papers import BirthCertificate, Office, Paper, Parent, render
from services.dossiers.tables import CertificateRow, RegisterEntryRow
from services.dossiers.use_cases.base import Workplace
from services.dossiers.use_cases.entries import content_of

log = structlog.get_logger()
BATCH = 50


def made(place: Workplace, cell: Cell, certificate_id: str) -> bytes:
    """The certificate as PDF, made now where it was not made yet.

    Two makers at the same moment: the first to commit wins, and both answer its file, so that one certificate is one
    file for ever. Refusal NOT_FOUND `unknown-certificate`.
    """
    with cell.database.transaction() as session:
        found = storage.certificate(session, certificate_id)
    if found is None:
        raise not_found("unknown-certificate", "Phường này không cấp giấy nào có mã đó.")
    row, entry, _ = found
    if row.path is not None:
        return place.files[cell.ward.code].get(row.path)
    pdf = _sealed(place, cell, entry)
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


def make_missing(place: Workplace, ward: str) -> Callable[[threading.Event], None]:
    """The ward's loop: makes certificates as soon as they are signed for, and those that an earlier stop left out."""

    def run(stopped: threading.Event) -> None:
        signed = place.signed[ward]
        while not stopped.is_set():
            signed.clear()
            try:
                while make_batch(place, place.cells[ward]) == BATCH and not stopped.is_set():
                    pass
            except UNREACHABLE as fault:
                log.warning("certificates-wait-for-database", ward=ward, error=type(fault).__name__)
            _wait(signed, stopped, place.settings.certificate_seconds)

    return run


def _wait(signed: threading.Event, stopped: threading.Event, seconds: float) -> None:
    """Until something was signed, the time is over or the service stops, whichever comes first."""
    left = seconds
    while left > 0 and not stopped.is_set() and not signed.wait(min(left, 1)):
        left -= 1


def make_batch(place: Workplace, cell: Cell) -> int:
    """Makes up to BATCH certificates that are missing; answers how many it tried."""
    with cell.database.transaction() as session:
        missing = storage.missing_certificates(session, BATCH)
    for certificate_id in missing:
        try:
            made(place, cell, certificate_id)
        except Refusal as fault:  # the file store is away: the next round tries again
            log.warning("certificate-waits", certificate_id=certificate_id, error=fault.type)
            break
    return len(missing)


def _sealed(place: Workplace, cell: Cell, entry: RegisterEntryRow) -> bytes:
    paper = PAPERS[entry.register](place, cell, entry, content_of(cell, entry))
    return place.seals[cell.ward.code].sign(
        render(paper),
        reason="Cấp giấy tờ hộ tịch",
        location=cell.ward.name,
        signed_at=entry.registered_at,
    )


def issuing_office(place: Workplace, cell: Cell) -> Office:
    district = place.settings.district
    return Office(ward_name=cell.ward.name, district_name=district.name, province=district.province)


def _birth_certificate(place: Workplace, cell: Cell, entry: RegisterEntryRow, content: Mapping[str, Any]) -> Paper:
    """The giấy khai sinh says what the register says, number included (TT 04/2020)."""
    child, requester, signer = content["child"], content["requester"], content["signer"]
    base = place.settings.public_base_url.rstrip("/")
    return BirthCertificate(
        office=issuing_office(place, cell),
        number=entry.number,
        year=entry.year,
        full_name=child["full_name"],
        birth_date=f"{date.fromisoformat(child['birth_date']):%d/%m/%Y}",
        birth_date_in_words=child["birth_date_words"],
        sex=child["sex"],
        ethnicity=child["ethnicity"],
        nationality=child["nationality"],
        birth_place=child["place_of_birth"],
        home_town=child["home_town"],
        personal_identification_number=child["personal_identification_number"],
        mother=Parent(**content["mother"]),
        father=Parent(**content["father"]),
        requester_name=requester["full_name"],
        requester_identity=requester["identity_paper"],
        registered_at=content["place_of_registration"],
        registered_on=date.fromisoformat(content["registered_on"]),
        signer_name=signer["full_name"],
        signs_for_chairman="phó" in signer["title"].casefold(),
        certificate_id=entry.certificate_id,
        verification_url=f"{base}/api/v1/verify/{entry.certificate_id}",
    )


#: The certificate of each register.
PAPERS: Mapping[str, Callable[[Workplace, Cell, RegisterEntryRow, Mapping[str, Any]], Paper]] = {
    "birth": _birth_certificate
}
