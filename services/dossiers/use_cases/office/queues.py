"""The queues of dossiers that wait for the caller's roles, counted as far as a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.tokens import Role
from services.dossiers import listing, registers
from services.dossiers.access import role_of
from services.dossiers.domain.queues import NOTES_RETURNED, NOTES_TO_SIGN, QUEUES
from services.dossiers.use_cases.office.work_list import MOST_COUNTED, due_span
from services.dossiers.use_cases.unit import Unit


@dataclass(frozen=True, slots=True)
class ListQueues:
    pass


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue and the number of dossiers in it, counted up to MOST_COUNTED. `role` is None if it is for everybody."""

    name: str
    text: str
    role: Role | None
    count: int


def waiting(unit: Unit, _: ListQueues) -> Sequence[Waiting]:
    """The queues of the caller's roles, in the order of `QUEUES`. The look is not recorded, because nobody is named."""
    own = {name: queue for name, queue in QUEUES.items() if queue.of is None or unit.caller.has(role_of(queue.of))}
    spans = {name: (queue, *due_span(unit, queue.due)) for name, queue in own.items()}
    counts = listing.counted(unit.session, spans, most=MOST_COUNTED, caller=unit.caller.id)
    found = [
        Waiting(name, queue.text, role_of(queue.of) if queue.of else None, counts[name]) for name, queue in own.items()
    ]
    for (name, text, party), returned in ((NOTES_TO_SIGN, False), (NOTES_RETURNED, True)):
        if unit.caller.has(role_of(party)):
            count = registers.count_proposed_notes(unit.session, MOST_COUNTED, returned=returned)
            found.append(Waiting(name, text, role_of(party), count))
    return found
