"""What citizens send in: recognised by content, opened, made harmless or refused."""

from __future__ import annotations

from dataclasses import dataclass

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_FILES = 20


@dataclass(frozen=True, slots=True)
class AcceptedFile:
    """A file as it is stored. `extension` is `jpg`, `png` or `pdf`; `sha256` is hex, of `content`."""

    media_type: str
    content: bytes
    sha256: str
    extension: str


def accept(content: bytes) -> AcceptedFile:
    """The file as it may be stored, or a Refusal that says what to do."""
    raise NotImplementedError


def safe_filename(name: str) -> str:
    """A name fit for a download header and a list: NFC, no path, no control characters, at most 120 characters."""
    raise NotImplementedError
