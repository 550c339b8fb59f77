"""Notices to the owner of an account, and codes that no caller waits for: both are handed over to notifications later.

A notice is written in the transaction of the change that it reports. It is handed over after the commit, again and
again until notifications accepts it. So nobody can take over an account unnoticed by stopping one call. It goes to the
addresses of that moment. The account may lose them, so the notice holds them, sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog

from services.accounts.adapters.sending import IssuedCode, Notice
from services.accounts.storage import recovery as storage
from services.accounts.storage import staff
from services.accounts.tables import AccountRow, OutgoingRow, StaffRow
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis import unit as chassis
from services.chassis.cells import Cell
from services.chassis.clock import Clock
from services.chassis.refusal import Refusal
from services.chassis.service import acting_as_service

log = structlog.get_logger()

_CODE = "code-"
#: A notice that notifications has refused for this long is given up.
_GIVEN_UP = timedelta(days=7)
_PAUSES = (1, 2, 5, 10, 30, 60, 300)  # seconds between tries; the last repeats


def tell(
    unit: chassis.Unit, account: AccountRow, template: str, *, phone: str = "", email: str = "", other_ward: str = ""
) -> None:
    """Tells the owner of an account; an empty address is not used. `other_ward` is another ward that the notice names
    beside this one.
    """
    if phone or email:
        values = {"phone": phone, "email": email, "name": account.full_name, "other_ward": other_ward}
        _write(unit, str(account.id), template, values)


def tell_staff(unit: chassis.Unit, member: StaffRow, template: str, at: staff.Contacts | None = None) -> bool:
    """Tells a member of staff what happened to their account, `at` the given addresses or at their present ones;
    returns whether there is any address.
    """
    phone, email = at or staff.contacts(unit.cell.cipher, member)
    if phone or email:
        values = {"phone": phone, "email": email, "name": member.full_name, "other_ward": ""}
        _write(unit, str(member.id), template, values)
    return bool(phone or email)


def tell_administrators(unit: chassis.Unit, template: str, *, but: UUID | None = None) -> list[StaffRow]:
    """Tells all administrators of the ward except the one that it is about (`but`); returns those who could not be
    told.
    """
    others = (one for one in staff.administrators(unit.session) if one.id != but)
    return [one for one in others if not tell_staff(unit, one, template)]


def send_later(unit: Unit, code: IssuedCode, account_id: str) -> None:
    """Sends a code without letting the caller wait for it; a code for no account is dropped when it is due."""
    _write(unit, account_id, _CODE + code.purpose, {"phone": code.phone, "otp": code.code}, code)


def _write(
    unit: chassis.Unit, account_id: str, template: str, values: Mapping[str, str], code: IssuedCode | None = None
) -> None:
    id = UUID(code.challenge_id) if code else uuid4()
    unit.session.add(
        OutgoingRow(
            id=id,
            account_id=account_id,
            template=template,
            sealed=storage.seal_outgoing(unit.cell.cipher, id, values),
            written_at=unit.now,
            expires_at=code.expires_at if code else None,
            try_at=unit.now,
            tries=0,
        )
    )
    if isinstance(unit, Unit):  # rows that an event handler writes are found within seconds
        unit.wrote_outgoing.append(template)


def send_due(place: Workplace, cell: Cell) -> bool:
    """Hands over the due rows; returns whether something was put off and is due again soon.

    Each row is sent outside any transaction and deleted after that. If it is sent twice, it is still delivered once.
    """
    with cell.database.transaction() as session:
        due = storage.due_outgoing(session, place.clock.now())
    waits = False
    for row in due:
        with acting_as_service("send-outgoing", cell, f"outgoing-{row.id.hex}"):
            again = _send(place, cell, row)
        with cell.database.transaction() as session:
            if again is None:
                storage.drop_outgoing(session, row.id)
            else:
                storage.put_off(session, row.id, again)
                waits = True
    return waits


def _send(place: Workplace, cell: Cell, row: OutgoingRow) -> datetime | None:
    """Sends a row; returns when to try again, or None if the row is finished."""
    now = place.clock.now()
    if not row.account_id or (row.expires_at is not None and now >= row.expires_at):
        return None
    try:
        values = storage.open_outgoing(cell.cipher, row)
        if row.expires_at is not None:
            purpose = row.template.removeprefix(_CODE)
            place.sender.send(cell, IssuedCode(str(row.id), values["phone"], values["otp"], purpose, row.expires_at))
        else:
            place.sender.tell(cell, _notice(row, values))
    except Refusal as fault:
        log.warning("outgoing-not-accepted", outgoing_id=str(row.id), template=row.template, error=fault.type)
        return _next_try(row, place.clock)
    except Exception:
        # The other rows must not wait for a fault of this one.
        log.exception("outgoing-broke", outgoing_id=str(row.id), template=row.template)
        return _next_try(row, place.clock)
    return None


def _notice(row: OutgoingRow, values: Mapping[str, str]) -> Notice:
    addresses = (values["phone"], values["email"], values["name"])
    other_ward = values.get("other_ward", "")  # older rows have none
    return Notice(str(row.id), row.template, row.account_id, *addresses, row.written_at, other_ward)


def _next_try(row: OutgoingRow, clock: Clock) -> datetime | None:
    now = clock.now()
    if now - row.written_at > _GIVEN_UP:
        log.error("outgoing-given-up", outgoing_id=str(row.id), template=row.template)
        return None
    return now + timedelta(seconds=_PAUSES[min(row.tries, len(_PAUSES) - 1)])
