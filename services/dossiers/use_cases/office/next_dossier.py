"""The next dossier that waits for the caller, so that nobody goes back to a list between two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.chassis.database import audit
from services.chassis.refusal import faulty
from services.dossiers import listing
from services.dossiers.access import role_of, roles_of
from services.dossiers.domain import acts
from services.dossiers.domain.acts import Act
from services.dossiers.domain.queues import QUEUES, Queue
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.unit import Unit, visible_dossier


@dataclass(frozen=True, slots=True)
class FindNextDossier:
    act: str
    after_dossier_id: str


@dataclass(frozen=True, slots=True)
class Next:
    """The dossier, and the act for which it waits; no dossier if nothing waits."""

    row: DossierRow | None
    act: str


#: The acts that dossiers wait for, each with its queue. Colleagues with several roles get the last step first.
_WAITS: Mapping[Act, Queue] = {
    acts.SIGNATURE: QUEUES["to-sign"],
    acts.APPROVAL: QUEUES["to-decide"],
    acts.ACCEPTANCE: QUEUES["to-accept"],
}


def find_next(unit: Unit, query: FindNextDossier) -> Next:
    """The most urgent dossier of the caller's own queues, or of a named act; after `after`, and then from the start.

    Refusals: INVALID `invalid-field` for an act that no list waits for, NOT_FOUND `unknown-dossier` for an unknown
    `after`.
    """
    named = {act.name: act for act in _WAITS}
    if query.act and query.act not in named:
        text = f"Chỉ có: {', '.join(named)}."
        raise faulty("act", text)
    wanted = [named[query.act]] if query.act else list(_WAITS)
    after = visible_dossier(unit, query.after_dossier_id) if query.after_dossier_id else None
    audit.record(unit.session, "list-desk", "desk")
    for act in wanted:
        # A caller who names no act gets the queues of their own role: an officer may accept dossiers, but that is the
        # desk's work.
        roles = roles_of(act) if query.act else [role_of(party) for party in [_WAITS[act].of] if party]
        if not unit.caller.has(*roles):
            continue
        row = listing.first_waiting(unit.session, _WAITS[act], after, caller=unit.caller.id)
        if row is not None:
            return Next(row, act.name)
    return Next(None, query.act)
