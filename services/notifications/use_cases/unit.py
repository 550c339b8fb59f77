"""The base of every use case: the service's parts, and one unit of work per call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.chassis import unit as chassis
from services.chassis.call import current_call
from services.chassis.cells import Cells
from services.chassis.clock import Clock
from services.notifications.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Workplace:
    """The parts of the running service."""

    cells: Cells
    clock: Clock
    catalogue: Catalogue
    sms_per_day: Callable[[str], int]  # by the ward's code

    @contextmanager
    def unit(self, *, snapshot: bool = False, apart: bool = False) -> Iterator[Unit]:
        """The unit of work of the call that is being served: one transaction."""
        call = current_call()
        cell = self.cells[call.ward]
        with cell.database.session(snapshot=snapshot, apart=apart) as session:
            yield Unit(cell, session, call, self.clock.now(), self)


@dataclass(frozen=True, slots=True)
class Unit(chassis.Unit):
    """One call's work, with the service's parts at hand."""

    place: Workplace
