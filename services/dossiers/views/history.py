"""A dossier's history and access log, as the contract's messages."""

from __future__ import annotations

from collections.abc import Sequence

from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.database.audit import Look
from services.chassis.database.pagination import Page
from services.chassis.timestamps import stamp
from services.chassis.wording import for_office
from services.dossiers.access import of_office
from services.dossiers.domain.acts import act_named
from services.dossiers.domain.states import Status
from services.dossiers.tables import HistoryRow
from services.dossiers.use_cases.unit import Unit


def history(unit: Unit, rows: Sequence[HistoryRow]) -> dossiers_pb2.GetHistoryResponse:
    """The history; acts that the applicant is not told of, and internal reasons, are for the office only."""
    inside = of_office(unit.caller, unit.ward)
    return dossiers_pb2.GetHistoryResponse(entries=lines(rows, inside=inside))


def lines(rows: Sequence[HistoryRow], *, inside: bool = False) -> list[dossiers_pb2.HistoryEntry]:
    """The lines that are shown, numbered from 1 without gap: a gap would tell of one that is not."""
    entries = [each for row in rows if (each := _line(row, inside=inside)).text]
    for number, entry in enumerate(entries, 1):
        entry.sequence = number
    return entries


def _line(row: HistoryRow, *, inside: bool) -> dossiers_pb2.HistoryEntry:
    """A line of the history; who works on a dossier, and why, is shown only `inside` the office."""
    act = act_named(row.act)
    told = act.text(Status(row.status), inside=inside)
    return dossiers_pb2.HistoryEntry(
        at=stamp(row.at),
        action=act.past,
        status=row.status,
        text=for_office(told) if inside else told,
        actor=row.actor,
        reason="" if act.reason_is_internal and not inside else row.reason,
    )


def looks(_: Unit, page: Page[Look]) -> dossiers_pb2.ListOwnAccessLogResponse:
    return dossiers_pb2.ListOwnAccessLogResponse(
        entries=[
            dossiers_pb2.AccessLogEntry(
                at=stamp(look.at), who=look.who, role=look.role, action=look.action, subject=look.subject
            )
            for look in page.items
        ],
        next_cursor=page.next_cursor,
        cursors=page.cursors,
    )
