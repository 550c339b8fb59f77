"""Households, their present members, the code that lets somebody in, and the ward's counts.

Each change of a household locks its row. So it has one head, and nobody joins a household that its last member is
leaving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.accounts.domain.households import KEPT
from services.accounts.storage.learning import BY_OWN_HANDS
from services.accounts.tables import AccountRow, HouseholdCodeRow, HouseholdMemberRow, HouseholdRow, LearningStepRow


@dataclass(frozen=True, slots=True)
class Own:
    """Somebody's household, and their membership in it."""

    household: HouseholdRow
    member: HouseholdMemberRow


@dataclass(frozen=True, slots=True)
class Coverage:
    """The households of one residential group, or those without one: how many there are, and how many are covered."""

    residential_group: int | None
    households: int
    covered: int


def own(session: Session, account_id: UUID, *, locked: bool = False) -> Own | None:
    """The household in which an account is now. With `locked`, it is read after any other change has ended."""
    while (member := _current(session, account_id)) is not None:
        household = session.get_one(HouseholdRow, member.household_id, with_for_update=locked, populate_existing=locked)
        if not locked:
            return Own(household, member)
        now = _current(session, account_id)
        if now is not None and now.household_id == household.id:
            return Own(household, now)
    return None


def _current(session: Session, account_id: UUID) -> HouseholdMemberRow | None:
    query = select(HouseholdMemberRow).where(
        HouseholdMemberRow.account_id == account_id, HouseholdMemberRow.left_at.is_(None)
    )
    return session.scalar(query.execution_options(populate_existing=True))


def lock_household(session: Session, household_id: UUID) -> None:
    session.get_one(HouseholdRow, household_id, with_for_update=True, populate_existing=True)


def members(session: Session, household_id: UUID) -> Sequence[HouseholdMemberRow]:
    """The present members: the head first, then by the moment of joining."""
    query = (
        select(HouseholdMemberRow)
        .where(HouseholdMemberRow.household_id == household_id, HouseholdMemberRow.left_at.is_(None))
        .order_by(HouseholdMemberRow.is_head.desc(), HouseholdMemberRow.joined_at, HouseholdMemberRow.id)
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


def names(session: Session, accounts: Sequence[UUID]) -> dict[UUID, str]:
    query = select(AccountRow.id, AccountRow.full_name).where(AccountRow.id.in_(accounts))
    return dict(session.execute(query).tuples().all())


# --- codes


def code(session: Session, digest: bytes) -> HouseholdCodeRow | None:
    """The newest code of some household, whether or not it is still good."""
    query = select(HouseholdCodeRow).where(HouseholdCodeRow.code_digest == digest)
    return session.scalar(query.execution_options(populate_existing=True))


def forget_code(session: Session, household_id: UUID) -> None:
    session.execute(delete(HouseholdCodeRow).where(HouseholdCodeRow.household_id == household_id))


# --- the ward


def coverage(session: Session) -> list[Coverage]:
    """Counts by residential group, in the order of numbers; households without a group come last. Counted are the
    households with members, and those of them with a present member who has filed or practised without help.

    The caller hides small counts before they are shown.
    """
    able = select(LearningStepRow.id).where(LearningStepRow.account_id == HouseholdMemberRow.account_id, BY_OWN_HANDS)
    each = (
        select(HouseholdRow.residential_group, func.bool_or(able.exists()).label("covered"))
        .join(HouseholdMemberRow, HouseholdMemberRow.household_id == HouseholdRow.id)
        .where(HouseholdMemberRow.left_at.is_(None))
        .group_by(HouseholdRow.id)
        .subquery()
    )
    group = each.c.residential_group
    query = select(group, func.count(), func.count().filter(each.c.covered)).group_by(group)
    return [Coverage(*found) for found in session.execute(query.order_by(group.nulls_last())).tuples().all()]


def purge(session: Session, now: datetime) -> None:
    """Deletes codes an hour after they expired; memberships a month after somebody left; then households without
    members.
    """
    session.execute(delete(HouseholdCodeRow).where(HouseholdCodeRow.expires_at < now - timedelta(hours=1)))
    session.execute(delete(HouseholdMemberRow).where(HouseholdMemberRow.left_at < now - KEPT))
    inhabited = select(HouseholdMemberRow.id).where(HouseholdMemberRow.household_id == HouseholdRow.id).exists()
    session.execute(delete(HouseholdRow).where(~inhabited))
