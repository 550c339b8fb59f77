"""Ids from outside."""

from __future__ import annotations

from uuid import UUID


def read_uuid(text: str) -> UUID | None:
    """The UUID of a text; None if the text cannot be parsed. Such an id is not found."""
    try:
        return UUID(text)
    except ValueError:
        return None
