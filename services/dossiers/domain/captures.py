"""Captures: pictures of a paper that come page by page, from a station's scanner or the citizen's phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

MOST_PAGES = 60
TICKET_LIFE = timedelta(minutes=10)
SILENCE = timedelta(minutes=1)  # after it a scanner is not waited for
KEPT = timedelta(days=1)  # pages that nobody keeps as a document or discards


class Source(StrEnum):
    SCANNER = "scanner"
    PHONE = "phone"


class Fault(StrEnum):
    """Why a capture ended without all of its pages."""

    NO_PAPER = "no-paper"
    JAMMED = "jammed"
    COVER_OPEN = "cover-open"
    DEVICE_BUSY = "device-busy"
    DEVICE_GONE = "device-gone"
    TOO_MANY_PAGES = "too-many-pages"


class State(StrEnum):
    WAITING = "waiting"
    RECEIVING = "receiving"
    ENDED = "ended"
    KEPT = "kept"
    DISCARDED = "discarded"
    EXPIRED = "expired"  # its ticket ran out before a page came; with pages it is `ended`


def is_scanning(source: str, now: datetime, expires_at: datetime, ended_at: datetime | None) -> bool:
    """Whether a scanner is sending pages: the capture has not ended, and the scanner was started or has sent a page
    within the last minute.
    """
    return source == Source.SCANNER and ended_at is None and now < expires_at - TICKET_LIFE + SILENCE


def state_of(
    *,
    pages: int,
    now: datetime,
    expires_at: datetime,
    ended_at: datetime | None,
    kept_at: datetime | None,
    discarded_at: datetime | None,
) -> State:
    """The state of a capture with this number of pages."""
    if discarded_at is not None:
        return State.DISCARDED
    if kept_at is not None:
        return State.KEPT
    if ended_at is not None:
        return State.ENDED
    if expires_at <= now:
        return State.ENDED if pages else State.EXPIRED
    return State.RECEIVING if pages else State.WAITING
