"""What every use case needs at hand."""

from __future__ import annotations

from dataclasses import dataclass

from services.accounts.hashing import Hasher
from services.accounts.sending import Sender
from services.accounts.settings import Settings
from services.chassis.cells import Cells
from services.chassis.clock import Clock


@dataclass(frozen=True, slots=True)
class Workshop:
    settings: Settings
    cells: Cells
    clock: Clock
    hasher: Hasher
    sender: Sender

    def ward_name(self, code: str) -> str:
        """For people: `phường Nam Dương`."""
        ward = self.settings.district.wards.get(code)
        return ward.name[:1].lower() + ward.name[1:] if ward else code
