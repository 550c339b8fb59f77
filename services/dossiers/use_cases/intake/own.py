"""The caller's own dossiers, and who has looked at their data."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database import audit
from services.chassis.database.audit import Look
from services.chassis.database.pagination import Page, list_mark, page_size
from services.dossiers import storage
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.lists import after, page
from services.dossiers.use_cases.unit import Unit


@dataclass(frozen=True, slots=True)
class ListOwnDossiers:
    page_size: int
    cursor: str


@dataclass(frozen=True, slots=True)
class ListOwnAccessLog:
    page_size: int
    cursor: str


def own_dossiers(unit: Unit, query: ListOwnDossiers) -> Page[DossierRow]:
    """Newest first."""
    limit, mark = page_size(query.page_size), list_mark(unit.caller.id)
    rows = storage.own_dossiers(unit.session, unit.caller.id, limit + 1, after(query.cursor, mark))
    return page(rows, limit, mark, lambda row: row.created_at)


def own_access_log(unit: Unit, query: ListOwnAccessLog) -> Page[Look]:
    """Who has looked at the caller's data here, newest first."""
    mark = list_mark(unit.cell.issuer.service, unit.caller.id)
    return audit.looks(unit.session, unit.caller.id, page_size(query.page_size), query.cursor, mark)
