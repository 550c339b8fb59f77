"""How somebody leaves a household, for every cause, and who becomes head then."""

from __future__ import annotations

from uuid import UUID

from services.accounts.domain.households import successor
from services.accounts.storage import households as storage
from services.accounts.storage import people
from services.accounts.tables import AccountRow, ConsentRow, HouseholdMemberRow
from services.accounts.use_cases.telling import tell
from services.chassis import unit as chassis
from services.chassis.database import audit


def leave_of(unit: chassis.Unit, account_id: UUID, consent_id: UUID | None = None) -> bool:
    """Takes an account out of its household, if it is in one; with a `consent_id`, only if the membership has this
    consent. Returns whether the account was in one.
    """
    found = storage.own(unit.session, account_id, locked=True)
    if found is None or consent_id not in (None, found.member.consent_id):
        return False
    leave(unit, found.member, "leave-household")
    return True


def leave(unit: chassis.Unit, member: HouseholdMemberRow, action: str) -> None:
    """Ends a membership and its consent. The caller holds the lock of the household.

    If the head leaves, the next member becomes head, and the code that the head has read out is not good any more.
    """
    session, was_head = unit.session, member.is_head
    member.left_at, member.is_head = unit.now, False
    session.flush()
    consent = session.get_one(ConsentRow, member.consent_id, with_for_update=True, populate_existing=True)
    consent.withdrawn_at = consent.withdrawn_at or unit.now
    audit.record(session, action, f"household-member:{member.id}", str(member.account_id))
    if was_head:
        storage.forget_code(session, member.household_id)
        _follow(unit, member.household_id)


def make_head(unit: chassis.Unit, member: HouseholdMemberRow) -> None:
    """Makes this member head, and tells them. The caller holds the lock of the household, which has no head."""
    member.is_head = True
    unit.session.flush()
    audit.record(unit.session, "become-head-of-household", f"household-member:{member.id}")
    tell_owner(unit, member.account_id, "account-household-head")


def tell_owner(unit: chassis.Unit, account_id: UUID, template: str, other_ward: str = "") -> None:
    """Tells the owner of an account, by phone and e-mail, as `tell` does."""
    account = unit.session.get_one(AccountRow, account_id)
    phone, email = (people.unseal(unit.cell.cipher, account, column) for column in ("phone", "email"))
    tell(unit, account, template, phone=phone, email=email, other_ward=other_ward)


def _follow(unit: chassis.Unit, household_id: UUID) -> None:
    heir = successor(storage.members(unit.session, household_id))
    if heir is not None:
        make_head(unit, heir)
