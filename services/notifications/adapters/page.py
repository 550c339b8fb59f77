"""The channel of the practice ward: a message is shown on its recipient's page instead of being sent."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.chassis.database.tables import table_of
from services.notifications.adapters.channels import Outgoing
from services.notifications.tables import PracticeMessageRow


class PageChannel:
    """Writes to the practice ward's own database, and to nowhere else."""

    def __init__(self, cell: Cell, clock: Clock) -> None:
        if not cell.ward.is_practice:
            raise ValueError("a real ward sends what it says")
        self._cell = cell
        self._clock = clock

    def send(self, message: Outgoing) -> str:
        shown = insert(table_of(PracticeMessageRow)).values(
            id=UUID(message.id),
            account_id=message.account_id,
            dossier_id=message.dossier_id,
            text=message.text,
            at=self._clock.now(),
        )
        with self._cell.database.transaction() as session:
            session.execute(shown.on_conflict_do_nothing())
        return "hiện trên trang tập thử"

    def release(self) -> float:
        return float("inf")

    def close(self) -> None:
        return
