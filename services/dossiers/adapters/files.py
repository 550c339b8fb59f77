"""Files of dossiers in an object store: S3, a local directory, or memory."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from services.chassis.refusal import Kind, Refusal, not_found

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# The caller's deadline is a few seconds: an operation that takes longer is refused.
_CLIENT: ClientConfig = {"connect_timeout": timedelta(seconds=2), "timeout": timedelta(seconds=8)}
_RETRY: RetryConfig = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=10),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1), "base": 2},
}


@dataclass(frozen=True, slots=True)
class S3:
    """Where the bucket is, and our credentials; empty values come from the machine."""

    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret_key: str = field(default="", repr=False)


def content_key(ward: str, dossier_id: str, sha256: str) -> str:
    """The key of a file by its content: the same content of a dossier is stored once."""
    return f"{ward}/{dossier_id}/{sha256}"


class Files:
    """Puts, gets and deletes whole files; thread-safe.

    If the store does not answer: Refusal UNAVAILABLE `file-store-unavailable`.
    """

    def __init__(self, url: str, s3: S3 | None = None) -> None:
        """`url`: `file:///directory` (created if missing), `s3://bucket/prefix` or `memory:///`.

        What `s3` leaves out comes from the usual AWS_… variables. Raises ValueError for another kind of URL.
        """
        scheme = url.partition(":")[0]
        if scheme not in {"file", "s3", "memory"}:
            raise ValueError(f"FILES_URL is to start with file:, s3: or memory:, not {scheme}:")
        self._store: ObjectStore = _open(url, scheme, s3 or S3())
        self._directory = _directory_of(self._store)

    def put(self, key: str, content: bytes, media_type: str) -> None:
        """Stores durably: on return the file survives a power cut. The same key again replaces the whole file."""
        _check_key(key)
        attributes = {"Content-Type": media_type} if isinstance(self._store, S3Store) else None
        try:
            self._store.put(key, content, attributes=attributes, use_multipart=False)
            if self._directory is not None:
                _sync(self._directory, key)
        except (BaseError, OSError) as error:
            raise _unavailable() from error

    def get(self, key: str) -> bytes:
        """The content. Refusal NOT_FOUND `file-not-found` if there is none.

        If the key ends in a SHA-256, the content must match it: else Refusal BROKEN `file-altered`.
        """
        _check_key(key)
        try:
            content = bytes(self._store.get(key).bytes())
        except (NotFoundError, FileNotFoundError) as error:
            raise not_found("file-not-found", "Không tìm thấy tệp này trong kho lưu trữ.") from error
        except (BaseError, OSError) as error:
            raise _unavailable() from error
        name = key.rpartition("/")[2]
        if _SHA256.fullmatch(name) and hashlib.sha256(content).hexdigest() != name:
            raise Refusal(
                Kind.BROKEN, "file-altered", "Tệp lưu trữ không còn như lúc nộp. Xin báo cho Ủy ban nhân dân phường."
            )
        return content

    def modified(self, key: str) -> datetime | None:
        """When the file was stored; None if there is none."""
        _check_key(key)
        try:
            return self._store.head(key)["last_modified"]
        except (NotFoundError, FileNotFoundError):
            return None
        except (BaseError, OSError) as error:
            raise _unavailable() from error

    def listed(self, ward: str) -> Iterator[Mapping[str, datetime]]:
        """The keys of all files of a ward, each with the time when it was stored; some hundreds at a time."""
        try:
            for some in self._store.list(ward, chunk_size=500):
                yield {each["path"]: each["last_modified"] for each in some}
        except (BaseError, OSError) as error:
            raise _unavailable() from error

    def delete(self, key: str) -> None:
        """Removes the file; no error if there is none."""
        _check_key(key)
        try:
            self._store.delete(key)
        except (NotFoundError, FileNotFoundError):
            return
        except (BaseError, OSError) as error:
            raise _unavailable() from error


def _open(url: str, scheme: str, s3: S3) -> ObjectStore:
    if scheme == "file":
        # Photographs of identity papers: only the service's own user may read them.
        Path(unquote(urlsplit(url).path)).mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore.from_url(url)
    if scheme == "memory":
        return MemoryStore()
    given: S3Config = {
        "endpoint": s3.endpoint,
        "region": s3.region,
        "access_key_id": s3.access_key,
        "secret_access_key": s3.secret_key,
    }
    config = cast("S3Config", {name: value for name, value in given.items() if value})
    client: ClientConfig = {**_CLIENT, "allow_http": True} if s3.endpoint.startswith("http://") else _CLIENT
    return S3Store.from_url(url, config=config, client_options=client, retry_config=_RETRY)


def _directory_of(store: ObjectStore) -> Path | None:
    if not isinstance(store, LocalStore):
        return None
    assert store.prefix is not None, "a file URL names a directory"
    return Path(store.prefix)


def _sync(root: Path, key: str) -> None:
    """obstore's local store writes a temporary file and renames it, but leaves both in the page cache: a power cut
    would lose a file that was already confirmed. So the file and each directory above it are synced here.
    """
    path = root / key
    _fsync(path)
    for parent in path.parents:
        _fsync(parent)
        if parent == root:
            return


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise ValueError("A key is of letters, digits and . _ - between single slashes")


def _unavailable() -> Refusal:
    return Refusal(
        Kind.UNAVAILABLE,
        "file-store-unavailable",
        "Kho lưu trữ tệp tạm thời không trả lời. Xin thử lại sau ít phút; những gì đã lưu vẫn còn.",
        retry_after=30,
    )
