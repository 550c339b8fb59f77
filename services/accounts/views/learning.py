"""Who can do it alone, as the contract's messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from caunoi.accounts.v1 import learning_pb2

from services.accounts.tables import LearningStepRow
from services.accounts.use_cases.learning import Explained, Own, Report
from services.accounts.use_cases.unit import Unit
from services.chassis.timestamps import stamp


def own(_: Unit, own: Own) -> learning_pb2.OwnLearning:
    return recorded(own)


def recorded(own: Own) -> learning_pb2.OwnLearning:
    return learning_pb2.OwnLearning(
        able_alone=own.able_since is not None, able_since=stamp(own.able_since), steps=map(_step, own.steps)
    )


def _step(row: LearningStepRow) -> learning_pb2.LearningStep:
    return learning_pb2.LearningStep(
        at=stamp(row.at),
        kind=row.kind,
        assistance=row.assistance,
        procedure=row.procedure,
        ward=row.dossier_ward,
        dossier_id=row.dossier_id,
    )


def report(_: Unit, found: Report) -> learning_pb2.LearningReport:
    """Fields that are None are not set."""
    households, people = found.households, found.people
    return learning_pb2.LearningReport(
        households=households.total.whole,
        covered=households.total.part,
        groups=[
            learning_pb2.HouseholdGroups(
                since=each.since, until=each.until or 0, households=each.households, covered=each.covered
            )
            for each in households.groups
        ],
        people=people.total.whole,
        alone=people.total.part,
        helped_before=people.helped_before,
        median_days=people.median_days,
        months=[
            learning_pb2.FirstMonths(since=_month(each.since), until=_month(each.until), people=each.people)
            for each in people.months
        ],
    )


def explained(_: Unit, found: Sequence[Explained]) -> learning_pb2.ListExplainedQuestionsResponse:
    return learning_pb2.ListExplainedQuestionsResponse(
        questions=[
            learning_pb2.ExplainedQuestion(
                procedure=each.procedure, subject=each.subject, term=each.term, people=each.people
            )
            for each in found
        ]
    )


def _month(first: date | None) -> str:
    return f"{first:%Y-%m}" if first else ""
