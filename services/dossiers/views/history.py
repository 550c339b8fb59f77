"""A dossier's history and access log, as the contract's messages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.database.audit import Look
from services.chassis.database.pagination import Page
from services.chassis.events.names import past_action
from services.chassis.timestamps import stamp
from services.chassis.wording import for_office
from services.dossiers import storage
from services.dossiers.access import of_office
from services.dossiers.domain.acts import act_named
from services.dossiers.domain.states import Status
from services.dossiers.tables import HistoryRow
from services.dossiers.use_cases.unit import Unit

_DOSSIER = "dossier:"  # before its id, in the audit


def history(unit: Unit, rows: Sequence[HistoryRow]) -> dossiers_pb2.GetHistoryResponse:
    """The history; acts that the applicant is not told about, and internal reasons, are for the office only."""
    inside = of_office(unit.caller, unit.ward)
    return dossiers_pb2.GetHistoryResponse(entries=lines(rows, inside=inside))


def lines(
    rows: Sequence[HistoryRow], *, inside: bool = False, to_strangers: bool = False
) -> list[dossiers_pb2.HistoryEntry]:
    """The lines that are shown, numbered from 1 without gap: a gap would disclose a hidden line.

    `to_strangers`: for anybody with the code and its key, without the office's own words, which may name somebody.
    """
    entries = [each for row in rows if (each := _line(row, inside=inside, to_strangers=to_strangers)).text]
    for number, entry in enumerate(entries, 1):
        entry.sequence = number
    return entries


def _line(row: HistoryRow, *, inside: bool, to_strangers: bool) -> dossiers_pb2.HistoryEntry:
    """A line of the history; the assigned colleague and the reason are shown only `inside` the office."""
    act = act_named(row.act)
    is_hidden = (act.reason_is_internal and not inside) or (to_strangers and not act.reason_is_ours)
    told = act.text(Status(row.status), inside=inside)
    return dossiers_pb2.HistoryEntry(
        at=stamp(row.at),
        action=past_action(act.event) or act.name,
        status=row.status,
        # Who follows a dossier need not be its applicant.
        text=for_office(told) if inside or to_strangers else told,
        actor=row.actor,
        reason="" if is_hidden else row.reason,
    )


def looks(unit: Unit, page: Page[Look]) -> dossiers_pb2.ListOwnAccessLogResponse:
    about = {
        look.subject: UUID(look.subject[len(_DOSSIER) :]) for look in page.items if look.subject.startswith(_DOSSIER)
    }
    codes = storage.codes_of(unit.session, set(about.values()))
    return dossiers_pb2.ListOwnAccessLogResponse(
        entries=[
            dossiers_pb2.AccessLogEntry(
                at=stamp(look.at),
                who=look.who,
                role=look.role,
                action=look.action,
                subject=look.subject,
                dossier_code=codes.get(about[look.subject], "") if look.subject in about else "",
            )
            for look in page.items
        ],
        next_cursor=page.next_cursor,
        cursors=page.cursors,
    )
