"""The Ministry's printed forms as the contract's messages."""

from __future__ import annotations

from collections.abc import Sequence

from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.timestamps import stamp
from services.dossiers.use_cases.papers.blanks import CorrectedBlank
from services.dossiers.use_cases.unit import Unit


def blanks(unit: Unit, found: Sequence[CorrectedBlank]) -> dossiers_pb2.ListBlanksResponse:
    return dossiers_pb2.ListBlanksResponse(blanks=[blank(unit, each) for each in found])


def blank(_: Unit, found: CorrectedBlank) -> dossiers_pb2.Blank:
    return dossiers_pb2.Blank(
        name=found.blank.name,
        title=found.blank.title,
        dx=found.offset.dx,
        dy=found.offset.dy,
        changed_at=stamp(found.changed_at),
        changed_by=found.changed_by,
        version=found.version,
    )
