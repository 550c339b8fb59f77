"""JSON pointers (RFC 6901) into a form, and conditions on their values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

# A condition: every pointer has exactly this value, or one of these. Empty always holds.
Condition = Mapping[str, "str | int | bool | list[str]"]
_OBJECTS = (dict, Mapping)  # dict first, as the most frequent: a check for the abstract class is slower


@lru_cache(maxsize=4096)
def parts(pointer: str) -> tuple[str, ...]:
    """The member names of a pointer, outermost first; the empty pointer has none."""
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f"not a JSON pointer: {pointer!r}")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def value_at(form: object, pointer: str) -> object:
    """The value at the pointer; None if there is no value."""
    found = form
    for part in parts(pointer):
        if not isinstance(found, _OBJECTS) or part not in found:
            return None
        found = found[part]
    return found


def holds(form: object, condition: Condition) -> bool:
    """Whether the form has exactly the values that the condition names."""
    return all(is_wanted(value_at(form, pointer), wanted) for pointer, wanted in condition.items())


def is_wanted(found: object, wanted: object) -> bool:
    """Whether the value equals the wanted one, or one of a list; the types have to be equal, since true is not 1."""
    if isinstance(wanted, list):
        return any(is_wanted(found, each) for each in wanted)
    return type(found) is type(wanted) and found == wanted
