"""How a guided session ends, for every cause; also the end of all sessions of an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.accounts import events
from services.accounts.domain.guidance import Because, Ending
from services.accounts.storage import guidance as storage
from services.accounts.storage.guidance import Guided
from services.accounts.tables import AccountRow
from services.chassis import unit as chassis
from services.chassis.database import audit
from services.chassis.events import outbox


def end_sessions(unit: chassis.Unit, sessions: Iterable[Guided], because: Because) -> None:
    """Ends sessions whose end is not written, for this reason; a session that was already over by itself keeps its own
    reason.

    Where the citizen was is not kept.
    """
    for guided in sessions:
        row, ended = guided.row, guided.ending(unit.now) or Ending(unit.now, because)
        row.ended_at, row.ended_because = ended.at, str(ended.because)
        row.version += 1
        row.place = {}
        unit.session.flush()
        audit.record(unit.session, "end-guidance", f"guided-session:{row.id}", row.account_id)


def end_of_account(unit: chassis.Unit, account_id: str, ward: str, *, before: datetime) -> None:
    """Ends the guided sessions of a ward's account that were asked for before it was signed out everywhere; later ones
    stay.
    """
    guided = storage.of_citizen(unit.session, account_id)
    theirs = [each for each in guided if each.row.account_ward == ward and each.row.requested_at <= before]
    end_sessions(unit, theirs, Because.SIGNED_OUT)


def sign_out_everywhere(unit: chassis.Unit, account: AccountRow) -> None:
    """After all sessions of an account have ended: ends its guided sessions, here and in other wards."""
    end_of_account(unit, str(account.id), unit.ward, before=unit.now)
    outbox.tell(unit.session, events.signed_out(unit.ward, account, unit.now), str(account.id))
