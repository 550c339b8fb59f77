"""How a filing came about (docs/architecture.md, rule 3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Assistance(StrEnum):
    ALONE = "alone"
    STATION = "station"  # at a station's computer
    HELPED = "helped"  # with a volunteer's guidance
    COUNTER = "counter"  # entered by the desk


@dataclass(frozen=True, slots=True)
class GuidedBy:
    """A guided session in which a dossier was filled in: the station's ward, whole minutes, number of pages of the
    dossier.
    """

    ward: str
    session_id: str
    minutes: int
    pages: int


def assistance(channel: str, station_id: str, guided: Collection[GuidedBy]) -> Assistance:
    """The kind of assistance with the most help that a filing had.

    An applicant by post has filled in the form alone.
    """
    if channel == "counter":
        return Assistance.COUNTER
    if guided:
        return Assistance.HELPED
    return Assistance.STATION if station_id else Assistance.ALONE
