"""Canonical JSON: the same bytes for the same content, so that digests can be compared."""

from __future__ import annotations

import json

from services.chassis.letters import normalised


def canonical(content: object) -> bytes:
    """UTF-8 JSON with sorted members and no spaces; texts and names in NFC. No floats, which have no canonical form."""
    return json.dumps(
        _normal(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _normal(value: object) -> object:
    if isinstance(value, str):
        return normalised(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, dict):
        normal = {normalised(name): _normal(member) for name, member in value.items()}
        if len(normal) != len(value):
            raise ValueError("two member names are the same in NFC")
        return normal
    if isinstance(value, list | tuple):
        return [_normal(member) for member in value]
    raise TypeError(f"no canonical form for {type(value).__name__}")
