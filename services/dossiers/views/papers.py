"""Papers as the contract's messages."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2

from services.dossiers.adapters.papers.rendering import Printed
from services.dossiers.domain.deadlines import still_kept
from services.dossiers.domain.register import CertificateStatus
from services.dossiers.register_tables import CertificateRow
from services.dossiers.use_cases.unit import Unit


def paper(printed: Printed) -> dossiers_pb2.Paper:
    return dossiers_pb2.Paper(filename=printed.filename, content=printed.content)


def in_force(unit: Unit, row: CertificateRow) -> CertificateStatus:
    """The validity of a paper; a limited one expires by itself (NĐ 123/2015 Đ23), by the day count of its recipient."""
    until = row.valid_until
    if (
        row.status == CertificateStatus.VALID
        and until is not None
        and until < still_kept(unit.today, unit.place.calendar)
    ):
        return CertificateStatus.EXPIRED
    return CertificateStatus(row.status)
