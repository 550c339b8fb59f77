"""The ward cells that a process serves."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.call import current_call
from services.chassis.database.connection import Database
from services.chassis.database.encryption import Cipher
from services.chassis.district import Ward
from services.chassis.tokens import Issuer


@dataclass(frozen=True, slots=True)
class Cell:
    """One ward of one service: its database and its keys."""

    ward: Ward
    database: Database
    issuer: Issuer
    cipher: Cipher


class Cells(dict[str, Cell]):
    """The cells that this process serves, by ward code."""

    def current(self) -> Cell:
        """The cell of the call that is being served."""
        return self[current_call().ward]
