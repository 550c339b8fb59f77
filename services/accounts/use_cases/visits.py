"""A visit: a person at a station's computer who has no account yet and is guided while they open one.

A visit is a token with a random id; it has no row. Its guided sessions and consents are stored under that id, as a
citizen's are under the account's id. The opened account then takes them over (docs/decisions/0035).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from services.accounts.domain.guidance import Because
from services.accounts.storage import guidance as storage
from services.accounts.tables import ConsentRow
from services.accounts.use_cases.devices import kiosk_here, own_device
from services.accounts.use_cases.ending import end_sessions
from services.accounts.use_cases.guidance.guided_sessions import lock_requests
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, Refusal, invalid
from services.chassis.tokens import Principal, Role

SECONDS = 4 * 3600  # a sitting; near its end, a request for guidance gets another token


@dataclass(frozen=True, slots=True)
class OpenVisit:
    pass


@dataclass(frozen=True, slots=True)
class ClaimVisit:
    token: str = field(repr=False)


def open_visit(place: Workplace, _: OpenVisit) -> str:
    """A token for one sitting at the computer that calls. Raises a Refusal (UNAUTHENTICATED, `device-not-enrolled`)."""
    with place.unit() as unit:
        kiosk = own_device(unit, unit.caller)
        visitor = Principal(str(uuid4()), unit.ward, frozenset({Role.VISITOR}), station=str(kiosk.station_id))
        return unit.cell.issuer.issue(visitor, seconds=SECONDS)


def claim_visit(unit: Unit, command: ClaimVisit) -> None:
    """Makes the consents and guided sessions of a visit at this computer the caller's. Repeating it changes nothing.

    Raises a Refusal: FORBIDDEN (`not-at-a-station`), INVALID (`invalid-visit`).
    """
    kiosk = kiosk_here(unit)
    visitor = _visitor(unit, command.token)
    lock_requests(unit)
    others = [each for each in storage.of_citizen(unit.session, unit.caller.id) if each.row.kiosk_id != kiosk.id]
    end_sessions(unit, others, Because.CITIZEN)
    for row in storage.of_visit(unit.session, visitor, kiosk.id):
        row.account_id, row.account_ward = unit.caller.id, unit.caller.ward
        row.version += 1
        consent = unit.session.get_one(ConsentRow, row.consent_id)
        consent.account_id, consent.account_ward = row.account_id, row.account_ward
        audit.record(unit.session, "claim-visit", f"guided-session:{row.id}", unit.caller.id)
    unit.session.flush()


def _visitor(unit: Unit, token: str) -> str:
    """The random id of a visit in this ward."""
    text = "Lượt ngồi máy này không còn, hoặc không phải ở phường này."
    refusal = invalid("invalid-visit", text, FieldFault("token", text))
    try:
        named = unit.cell.issuer.named_by(token)
    except Refusal as fault:
        raise refusal from fault
    if not named.has(Role.VISITOR):
        raise refusal
    return named.id
