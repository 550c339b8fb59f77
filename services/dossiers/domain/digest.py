"""The digest of a filing, to which the one-time code is bound."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from services.dossiers.domain.canonical import canonical


def filing_digest(
    procedure_code: str, version: str, form: Mapping[str, Any], documents: Iterable[tuple[str, str]]
) -> bytes:
    """SHA-256 over the procedure, its version, the form and the documents (kind, hex SHA-256 of the content).

    The order of members and of documents does not matter; everything else does.
    """
    content = {
        "documents": sorted([kind, sha256.lower()] for kind, sha256 in documents),
        "form": dict(form),
        "procedure": procedure_code,
        "version": version,
    }
    return hashlib.sha256(canonical(content)).digest()
