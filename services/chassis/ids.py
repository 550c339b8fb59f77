"""Ids as they come from outside."""

from __future__ import annotations

from uuid import UUID


def read_uuid(text: str) -> UUID | None:
    """The UUID of a text; None for a text that is none, which names nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None
