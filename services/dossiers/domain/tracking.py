"""What a citizen reads about a dossier: what it waits for, who holds it, what happened."""

from __future__ import annotations

from services.dossiers.domain.states import Act, Status


def waits_for(status: Status, *, proposed: bool = False, receipt_overdue: bool = False) -> str:
    """What the dossier waits for and who holds it; `proposed`: an entry is prepared and waits for the signer."""
    raise NotImplementedError


# What the history tells the citizen about each act.
HISTORY_TEXT: dict[Act, str] = {}
# The stable name of each act in the history.
HISTORY_ACTION: dict[Act, str] = {}
