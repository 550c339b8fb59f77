"""The caller's own dossiers, and who has looked at their data."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database import audit
from services.chassis.database.audit import Look
from services.chassis.database.pagination import Page, page_size
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
    limit = page_size(query.page_size)
    rows = storage.own_dossiers(unit.session, unit.caller.id, limit + 1, after(query.cursor))
    return page(rows, limit, lambda row: row.created_at)


def own_access_log(unit: Unit, query: ListOwnAccessLog) -> Page[Look]:
    """Who has looked at the caller's data here, newest first."""
    return audit.looks(unit.session, unit.caller.id, page_size(query.page_size), query.cursor)
