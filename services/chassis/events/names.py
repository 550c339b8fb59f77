"""Names derived from the name of an event's message."""

from __future__ import annotations

import re

_BEFORE_A_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def hyphenated(message: str) -> str:
    """`DossierHandedOver` → `dossier-handed-over`, the name of its template."""
    return _BEFORE_A_WORD.sub("-", message).lower()


def past_action(message: str) -> str:
    """`DossierHandedOver` → `handed-over`, its stable name in the history that the API shows."""
    return hyphenated(message).removeprefix("dossier-")
