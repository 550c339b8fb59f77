"""Counts acts that are limited in number, by subject: codes, requests, searches that find nobody."""

from __future__ import annotations

from datetime import timedelta

from services.accounts.domain.throttle import Limit, seconds_to_wait, spoken_wait
from services.accounts.storage.rows import lock
from services.accounts.storage.tries import tries
from services.accounts.tables import TryRow
from services.accounts.use_cases.unit import Unit
from services.chassis.refusal import Kind, Refusal

LIMIT = Limit(10, timedelta(minutes=10))  # for wrong codes


def wait(unit: Unit, subject: str, limit: Limit = LIMIT) -> int:
    """Seconds until the subject may try again; 0 if it may now. Locks the subject, so that parallel guesses count."""
    lock(unit.session, unit.cell.cipher.fingerprint(f"tries:{subject}"))
    return seconds_to_wait(limit, tries(unit.session, subject, unit.now - limit.window), unit.now)


def count(unit: Unit, subject: str) -> None:
    """Counts a try. If the try is wrong, the caller commits, then refuses."""
    unit.session.add(TryRow(subject=subject, at=unit.now))


def too_many_codes_tried(seconds: int) -> Refusal:
    text = f"Mã đã bị nhập sai nhiều lần. Xin chờ {spoken_wait(seconds)} rồi thử lại."
    return Refusal(Kind.THROTTLED, "too-many-codes-tried", text, retry_after=seconds)
