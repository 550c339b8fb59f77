"""Captures as the contract's messages."""

from __future__ import annotations

from caunoi.dossiers.v1 import captures_pb2

from services.chassis.timestamps import stamp
from services.dossiers.domain.captures import MOST_PAGES, is_scanning
from services.dossiers.use_cases.intake.captures import Capture, Ticketed, state
from services.dossiers.use_cases.unit import Unit


def started(unit: Unit, found: Capture) -> captures_pb2.StartCaptureResponse:
    return captures_pb2.StartCaptureResponse(capture=capture(unit, found), ticket=found.ticket)


def capture(unit: Unit, found: Capture) -> captures_pb2.Capture:
    row = found.row
    return captures_pb2.Capture(
        id=str(row.id),
        kind=row.kind,
        source=row.source,
        state=state(unit, found),
        fault=row.fault,
        expires_at=stamp(row.expires_at),
        pages=[
            captures_pb2.CapturePage(id=str(each.id), added_at=stamp(each.added_at), turned=each.turned)
            for each in found.pages
        ],
        scanning=is_scanning(row.source, unit.now, row.expires_at, row.ended_at),
    )


def page(picture: bytes) -> captures_pb2.CapturePageContent:
    return captures_pb2.CapturePageContent(media_type="image/jpeg", content=picture)


def ticket(_: Unit, found: Ticketed) -> captures_pb2.CaptureTicket:
    row, pages = found.capture.row, found.capture.pages
    return captures_pb2.CaptureTicket(
        title=found.title, expires_at=stamp(row.expires_at), pages=len(pages), most_pages=MOST_PAGES
    )
