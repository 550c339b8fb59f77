"""What account holders have filed or practised, who did it, and what volunteers had to explain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import String, cast, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.accounts.domain.learning import FILED, HELPED, UNNAMED, Counted
from services.accounts.tables import AccountRow, ConsentRow, GuidanceRow, GuidedSessionRow, LearningStepRow
from services.chassis.database.writing import Writing

BY_OWN_HANDS = LearningStepRow.assistance != HELPED
MOST_STEPS = 100
MOST_QUESTIONS = 500

# Only accounts that are in use count. Months are those of Đà Nẵng's time.
_COUNTS = text("""
    WITH people AS (
        SELECT account_id,
            min(at) FILTER (WHERE assistance = :helped) AS helped,
            min(at) FILTER (WHERE assistance <> :helped) AS alone
        FROM learning_steps JOIN accounts ON accounts.id = account_id AND accounts.status = 'active'
        GROUP BY account_id
    )
    SELECT
        count(*) FILTER (WHERE alone <= coalesce(helped, alone)) AS at_once,
        count(*) FILTER (WHERE helped < alone) AS after_help,
        count(*) FILTER (WHERE alone IS NULL) AS only_helped,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM alone - helped) / 86400)
            FILTER (WHERE helped < alone) AS median_days
    FROM people
""").bindparams(helped=HELPED)
_MONTHS = text("""
    WITH firsts AS (
        SELECT min(at) AS alone
        FROM learning_steps JOIN accounts ON accounts.id = account_id AND accounts.status = 'active'
        WHERE assistance <> :helped
        GROUP BY account_id
    )
    SELECT date_trunc('month', alone AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS month, count(*) AS people
    FROM firsts GROUP BY 1
""").bindparams(helped=HELPED)

# As text, to be written with the ward of the filing in one statement: building and compiling queries cost more than the
# rest of a filing's handling.
_NOTE_FILING = """
    INSERT INTO learning_steps (id, account_id, at, kind, assistance, procedure, dossier_ward, dossier_id)
    SELECT :step_id, id, :at, :kind, :assistance, :procedure, :ward, :dossier_id FROM accounts WHERE id = :account_id
    ON CONFLICT DO NOTHING
"""


def able_alone(session: Session, accounts: Collection[UUID]) -> set[UUID]:
    """Those of these accounts whose holders have filed, or practised to the end, without help."""
    able = select(LearningStepRow.account_id).where(LearningStepRow.account_id.in_(accounts), BY_OWN_HANDS)
    return set(session.scalars(able.distinct()))


def noting_filing(
    account_id: UUID, *, at: datetime, assistance: str, procedure: str, ward: str, dossier_id: str
) -> Writing:
    """The statement that notes a filing as a step of the holder's own, once, if the account is of this ward."""
    return _NOTE_FILING, {
        "step_id": uuid4(),
        "account_id": account_id,
        "at": at,
        "kind": FILED,
        "assistance": assistance,
        "procedure": procedure,
        "ward": ward,
        "dossier_id": dossier_id,
    }


def note(session: Session, row: LearningStepRow) -> UUID:
    """Writes a step, unless its dossier is counted already; returns the account that it is counted for. If it is their
    own, the holder may correct who did it.
    """
    values = {column.key: getattr(row, column.key) for column in LearningStepRow.__table__.columns}
    session.execute(upsert(LearningStepRow).values(**values).on_conflict_do_nothing())
    own = (LearningStepRow.dossier_ward == row.dossier_ward) & (LearningStepRow.dossier_id == row.dossier_id)
    session.execute(
        update(LearningStepRow)
        .where(own, LearningStepRow.account_id == row.account_id, LearningStepRow.assistance != row.assistance)
        .values(assistance=row.assistance)
    )
    return session.scalars(select(LearningStepRow.account_id).where(own)).one()


def steps(session: Session, account_id: UUID) -> Sequence[LearningStepRow]:
    """Newest first."""
    query = select(LearningStepRow).where(LearningStepRow.account_id == account_id)
    return session.scalars(query.order_by(LearningStepRow.at.desc(), LearningStepRow.id).limit(MOST_STEPS)).all()


def able_since(session: Session, account_id: UUID) -> datetime | None:
    """When the holder did it without help for the first time."""
    return session.scalar(
        select(func.min(LearningStepRow.at)).where(LearningStepRow.account_id == account_id, BY_OWN_HANDS)
    )


def people(session: Session, months: Sequence[date]) -> Counted:
    """The counts of the ward's people. `months` are first days of months in their order, for those who did it alone for
    the first time.
    """
    counts = session.execute(_COUNTS).one()
    by_month: dict[date, int] = {row.month: row.people for row in session.execute(_MONTHS)}
    return Counted(
        at_once=counts.at_once,
        after_help=counts.after_help,
        only_helped=counts.only_helped,
        median_days=counts.median_days,
        before=sum(people for month, people in by_month.items() if month < months[0]),
        months=[by_month.get(month, 0) for month in months],
    )


def explained(
    session: Session, ward: str, since: datetime, least: int, texts: Collection[str]
) -> Sequence[tuple[str, str, int]]:
    """(procedure, subject, people) for each subject that was explained to at least this many different people, most
    first.

    A session counts only if its person has agreed to one of these texts and has not withdrawn the consent. If the
    person is of `ward` (this ward), they must also have an account that is in use: each visit has a random id, and a
    person whose account moved or was closed may have another one, so that one person could count several times.
    """
    of_account = (
        (GuidedSessionRow.account_ward == ward)
        & (cast(AccountRow.id, String) == GuidedSessionRow.account_id)
        & (AccountRow.status == "active")
    )
    people = func.count(func.distinct(func.concat(GuidedSessionRow.account_ward, "/", GuidedSessionRow.account_id)))
    query = (
        select(GuidanceRow.procedure, GuidanceRow.subject, people)
        .join(GuidedSessionRow, GuidanceRow.session_id == GuidedSessionRow.id)
        .join(ConsentRow, GuidedSessionRow.consent_id == ConsentRow.id)
        .outerjoin(AccountRow, of_account)
        .where(
            GuidanceRow.kind.in_(("explained", "term")),
            GuidanceRow.at > since,
            GuidanceRow.subject != UNNAMED,
            ConsentRow.withdrawn_at.is_(None),
            ConsentRow.text_version.in_(texts),
            (GuidedSessionRow.account_ward != ward) | AccountRow.id.is_not(None),
        )
        .group_by(GuidanceRow.procedure, GuidanceRow.subject)
        .having(people >= least)
        .order_by(people.desc(), GuidanceRow.procedure, GuidanceRow.subject)
        .limit(MOST_QUESTIONS)
    )
    return session.execute(query).tuples().all()
