"""JSON pointers (RFC 6901) into a form, and the conditions that hang on them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

# A condition: every pointer has exactly this value. Empty always holds.
Condition = Mapping[str, "str | int | bool"]


@lru_cache(maxsize=4096)
def parts(pointer: str) -> tuple[str, ...]:
    """The member names of a pointer, outermost first; the empty pointer has none."""
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f"not a JSON pointer: {pointer!r}")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def value_at(form: object, pointer: str) -> object:
    """What stands at the pointer; None where nothing does."""
    found = form
    for part in parts(pointer):
        if not isinstance(found, dict | Mapping) or part not in found:
            return None
        found = found[part]
    return found


def holds(form: object, condition: Condition) -> bool:
    """Whether the form has exactly the values that the condition names (true is not 1)."""
    for pointer, wanted in condition.items():
        found = value_at(form, pointer)
        if type(found) is not type(wanted) or found != wanted:
            return False
    return True
