"""Queries: procedures, dossiers, their history, their papers' validity.

Each look at a person's data is recorded (docs/architecture.md, rule 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.clock import today_in_vietnam
from services.chassis.database import audit
from services.chassis.refusal import not_found
from services.dossiers import register_papers, storage
from services.dossiers.domain.procedures import Procedure
from services.dossiers.register_tables import CertificateRow, RegisterEntryRow
from services.dossiers.storage import Seen
from services.dossiers.tables import DossierRow, HistoryRow
from services.dossiers.use_cases.unit import (
    Unit,
    Workplace,
    printable,
    read_id,
    tracking_fingerprint,
    visible,
    visible_dossier,
    written_day,
)


@dataclass(frozen=True, slots=True)
class ListProcedures:
    on: str  # ISO date; empty: today


@dataclass(frozen=True, slots=True)
class GetProcedure:
    code: str
    on: str
    version: str


@dataclass(frozen=True, slots=True)
class GetDossier:
    dossier_id: str


@dataclass(frozen=True, slots=True)
class GetHistory:
    dossier_id: str


@dataclass(frozen=True, slots=True)
class TrackDossier:
    code: str
    key: str


@dataclass(frozen=True, slots=True)
class VerifyCertificate:
    certificate_id: str


def procedures(place: Workplace, query: ListProcedures) -> Sequence[tuple[Procedure, bool]]:
    """The procedures in force on a day, each with whether the ward takes it online today.

    Refusal INVALID `invalid-field` for an invalid day.
    """
    return [(each, place.takes_online(each.code)) for each in place.catalogue.in_force(_day(place, query.on))]


def procedure(place: Workplace, query: GetProcedure) -> tuple[Procedure, bool]:
    """The named version of a procedure, or the one in force on a day; and whether the ward takes it online today.

    Refusals: NOT_FOUND `unknown-procedure`, INVALID `invalid-field` for an invalid day.
    """
    if query.version:
        found = place.catalogue.version(query.code, query.version)
    else:
        found = place.catalogue.get(query.code, _day(place, query.on))
    return found, place.takes_online(found.code)


def _day(place: Workplace, on: str) -> date:
    return written_day("on", on) if on else today_in_vietnam(place.clock)


def dossier(unit: Unit, query: GetDossier) -> Seen:
    """A dossier. Refusal NOT_FOUND `unknown-dossier`, also if the caller may not see it."""
    found = storage.seen(unit.session, read_id(query.dossier_id))
    row = visible(unit, None if found is None else found.row)
    assert found is not None
    audit.record(unit.session, "view-dossier", f"dossier:{row.id}", row.applicant_id)
    return found


def history(unit: Unit, query: GetHistory) -> Sequence[HistoryRow]:
    """The history of a dossier, oldest first. Refusal as for `dossier`."""
    row = visible_dossier(unit, query.dossier_id)
    audit.record(unit.session, "view-history", f"dossier:{row.id}", row.applicant_id)
    return storage.history(unit.session, row.id)


def tracked(unit: Unit, query: TrackDossier) -> DossierRow:
    """The dossier with this code and tracking key.

    Refusal NOT_FOUND `unknown-tracking`, the same for an unknown code and for a wrong key.
    """
    row = storage.tracked(unit.session, tracking_fingerprint(unit.cell, query.code, query.key))
    if row is None:
        raise not_found(
            "unknown-tracking",
            "Không tìm thấy hồ sơ với mã hồ sơ và mã tra cứu này. Xin xem lại hai dòng đó trên giấy tiếp nhận.",
        )
    return row


def certificate(unit: Unit, query: VerifyCertificate) -> tuple[CertificateRow, RegisterEntryRow, DossierRow]:
    """A paper that the ward issued, its entry and its dossier. Refusal NOT_FOUND `unknown-certificate`."""
    found = register_papers.certificate(unit.session, printable(query.certificate_id).strip())
    if found is None:
        raise not_found("unknown-certificate", "Phường này không cấp giấy nào có mã đó.")
    return found
