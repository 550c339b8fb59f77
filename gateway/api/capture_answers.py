"""The API's answers about captures (see `answers`)."""

from __future__ import annotations

from pydantic import Field

from gateway.api import words
from gateway.api.answers import Answer, Moment, Uuid
from gateway.api.words import one_of


class CapturePage(Answer):
    id: Uuid
    added_at: Moment | None
    turned: int = Field(description="Degrees clockwise.")


class Capture(Answer):
    id: Uuid
    kind: str
    source: str = Field(json_schema_extra=one_of(words.CAPTURE_SOURCES), description="`scanner` or `phone`.")
    state: str = Field(
        json_schema_extra=one_of(words.CAPTURE_STATES),
        description="`waiting`, `receiving`, `ended`, `kept`, `discarded`, or `expired`: no page came in time.",
    )
    fault: str = Field(
        json_schema_extra=one_of(words.CAPTURE_FAULTS, empty=True),
        description="Why it ended without all pages: `no-paper`, `jammed`, `cover-open`, `device-busy`, `device-gone`, "
        "`too-many-pages`; empty if nothing is wrong.",
    )
    expires_at: Moment | None = Field(description="Until when the ticket is good.")
    pages: list[CapturePage]
    scanning: bool = Field(
        description="A scanner is sending pages. Meanwhile no other ticket is given out, and the pages cannot be kept."
    )


class OpenCapture(Answer):
    id: str
    kind: str = Field(description="Kind of the document.")
    pages: int = Field(description="Pages that have come; at least one.")


class StartedCapture(Answer):
    capture: Capture
    ticket: str = Field(description="Secret: it allows adding pages and nothing else.")


class CaptureTicket(Answer):
    title: str = Field(description="Title of the paper.")
    expires_at: Moment | None
    pages: int
    most_pages: int
