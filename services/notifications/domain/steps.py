"""Steps of a dossier that its applicant is notified of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`data` is what the template needs: the dossier's code, moments in ISO form (UTC)."""

    event_id: str
    template: str
    account_id: str  # empty if nobody with an account filed it
    account_ward: str
    dossier_id: str
    data: Mapping[str, str]
