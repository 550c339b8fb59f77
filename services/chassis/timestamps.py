"""Moments as the contracts carry them."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp


def stamp(moment: datetime | None) -> Timestamp | None:
    """A moment as a message takes it; None where there is none."""
    if moment is None:
        return None
    made = Timestamp()
    made.FromDatetime(moment)
    return made
