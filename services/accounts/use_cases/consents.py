"""People list and withdraw their own consents (Luật Bảo vệ dữ liệu cá nhân 91/2025)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from services.accounts.adapters.wording import CONSENTS, ConsentText
from services.accounts.domain.guidance import PURPOSE, Because
from services.accounts.domain.households import PURPOSE as HOUSEHOLD
from services.accounts.storage import guidance as storage
from services.accounts.storage.rows import by_id
from services.accounts.tables import ConsentRow, StationRow
from services.accounts.use_cases import parting
from services.accounts.use_cases.ending import end_sessions
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.clock import today_in_vietnam
from services.chassis.database import audit
from services.chassis.refusal import conflict, not_found


@dataclass(frozen=True, slots=True)
class GetConsentText:
    purpose: str
    version: str


@dataclass(frozen=True, slots=True)
class ListOwnConsents:
    pass


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    id: str


def text(place: Workplace, query: GetConsentText) -> ConsentText:
    """The text in force today, or an earlier version. Raises a Refusal (NOT_FOUND, `unknown-text`)."""
    newest = CONSENTS.get(query.purpose or PURPOSE)
    found = newest.in_force(today_in_vietnam(place.clock)) if newest else None
    while found is not None and query.version not in ("", found.version):
        found = found.before
    if found is None:
        raise not_found("unknown-text", "Không có nội dung đồng ý này.")
    return found


def refuse_old_text(unit: Unit, purpose: str, version: str) -> None:
    """Raises a Refusal (CONFLICT, `text-changed`) if the text is not the one in force."""
    if version != CONSENTS[purpose].in_force(unit.today).version:
        raise conflict("text-changed", "Nội dung đồng ý vừa được sửa. Xin đọc lại rồi bấm đồng ý.")


def give(unit: Unit, purpose: str, version: str, station_id: UUID | None = None) -> ConsentRow:
    """The caller agrees to the text in force. Raises a Refusal (CONFLICT, `text-changed`)."""
    refuse_old_text(unit, purpose, version)
    row = ConsentRow(
        id=uuid4(),
        account_id=unit.caller.id,
        account_ward=unit.caller.ward,
        purpose=purpose,
        text_version=version,
        given_at=unit.now,
        station_id=station_id,
    )
    unit.session.add(row)
    unit.session.flush()
    return row


def consents(unit: Unit, _: ListOwnConsents) -> Sequence[tuple[ConsentRow, str]]:
    """With the names of the stations, newest first."""
    return storage.consents(unit.session, unit.caller.id, unit.caller.ward)


def withdraw(unit: Unit, command: WithdrawConsent) -> tuple[ConsentRow, str]:
    """Withdraws a consent; the guided session or household membership that depends on it ends. Repeating it changes
    nothing.

    Raises a Refusal (NOT_FOUND, `unknown-consent`).
    """
    _leave_household(unit, command.id)
    row = storage.consent(unit.session, command.id)
    if row is None or not _is_own(unit, row):
        raise not_found("unknown-consent", "Không có sự đồng ý này trong những gì ông/bà đã đồng ý.")
    if row.withdrawn_at is None:
        row.withdrawn_at = unit.now
        end_sessions(unit, storage.resting_on(unit.session, consent_id=row.id), Because.CONSENT_WITHDRAWN)
        audit.record(unit.session, "withdraw-consent", f"consent:{row.id}", unit.caller.id)
    station = unit.session.get(StationRow, row.station_id) if row.station_id else None
    return row, station.name if station else ""


def _leave_household(unit: Unit, consent_id: str) -> None:
    """Must run before the consent is locked: a person who leaves locks the household first, then the consent."""
    row = by_id(unit.session, ConsentRow, consent_id)
    if row is not None and row.purpose == HOUSEHOLD and _is_own(unit, row) and row.account_ward == unit.ward:
        parting.leave_of(unit, UUID(row.account_id), row.id)


def _is_own(unit: Unit, row: ConsentRow) -> bool:
    return (row.account_id, row.account_ward) == (unit.caller.id, unit.caller.ward)
