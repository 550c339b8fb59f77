"""Files of dossiers in an object store: S3, a local directory, or memory."""

from __future__ import annotations


def content_key(ward: str, dossier_id: str, sha256: str) -> str:
    """Where a file of this content belongs."""
    return f"{ward}/{dossier_id}/{sha256}"


class Files:
    def __init__(self, url: str) -> None:
        """`url`: `file:///…`, `s3://bucket/prefix` or `memory:///`."""
        raise NotImplementedError

    def put(self, key: str, content: bytes, media_type: str) -> None:
        """Stores durably; the same key again replaces."""
        raise NotImplementedError

    def get(self, key: str) -> bytes:
        """The content; Refusal NOT_FOUND `file-not-found` where there is none."""
        raise NotImplementedError

    def delete(self, key: str) -> None:
        """Removes the file; no error where there is none."""
        raise NotImplementedError
