"""What account holders have filed or practised, and by whose hands."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.accounts.tables import LearningStepRow

HELPED = "helped"
BY_OWN_HANDS = LearningStepRow.assistance != HELPED


def able_alone(session: Session, accounts: Collection[UUID]) -> set[UUID]:
    """Of these accounts, those whose holders have filed, or practised to the end, without help."""
    able = select(LearningStepRow.account_id).where(LearningStepRow.account_id.in_(accounts), BY_OWN_HANDS)
    return set(session.scalars(able.distinct()))
