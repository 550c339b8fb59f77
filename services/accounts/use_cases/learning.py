"""Who can do it alone: what each account holder has filed and practised, and the ward's figures about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from services.accounts.adapters.wording import CONSENTS, TERMS
from services.accounts.domain import guidance, learning
from services.accounts.events import Filing
from services.accounts.storage import guidance as guided
from services.accounts.storage import households, people
from services.accounts.storage import learning as storage
from services.accounts.tables import LearningStepRow
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.database.writing import write
from services.chassis.ids import read_uuid
from services.chassis.refusal import FieldFault, Refusal, conflict, invalid
from services.chassis.tokens import PRACTICE_AUDIENCE

_BY_PERSONS = (learning.ALONE, learning.STATION, learning.HELPED)


@dataclass(frozen=True, slots=True)
class GetOwnLearning:
    pass


@dataclass(frozen=True, slots=True)
class RecordPractice:
    proof: str = field(repr=False)
    by_own_hands: bool


@dataclass(frozen=True, slots=True)
class GetLearningReport:
    pass


@dataclass(frozen=True, slots=True)
class ListExplainedQuestions:
    pass


@dataclass(frozen=True, slots=True)
class Own:
    """A person's steps, newest first, and since when they can do it alone."""

    able_since: datetime | None
    steps: Sequence[LearningStepRow]


@dataclass(frozen=True, slots=True)
class Report:
    households: learning.Households
    people: learning.People


@dataclass(frozen=True, slots=True)
class Explained:
    """A subject that was explained to at least five people; `term` is the name of a term."""

    procedure: str
    subject: str
    term: str
    people: int


def note_filing(session: Session, filing: Filing) -> None:
    """Counts a filing once, even if its event arrives twice or late. A filing that the desk entered is not counted as
    anybody's own, but its ward is noted, because it holds data of the person.
    """
    account_id = read_uuid(filing.account_id)
    if account_id is None:
        return
    writings = []
    if filing.ward != filing.account_ward:
        writings.append(people.noting_other_wards(account_id, [filing.ward]))
    if filing.assistance in _BY_PERSONS:
        step = storage.noting_filing(
            account_id,
            at=filing.at,
            assistance=filing.assistance,
            procedure=filing.procedure,
            ward=filing.ward,
            dossier_id=filing.dossier_id,
        )
        writings.append(step)
    if writings:
        write(session, *writings)


def own(unit: Unit, _: GetOwnLearning) -> Own:
    id = UUID(unit.caller.id)
    return Own(storage.able_since(unit.session, id), storage.steps(unit.session, id))


def record_practice(place: Workplace, command: RecordPractice) -> Own:
    """Counts a finished practice by the practice ward's statement. The statement does not name the person, so it counts
    for the first account that brings it. Whether they did it alone is the person's own word; they can correct it with
    the same statement.

    Raises a Refusal: INVALID (`wrong-practice-proof`), CONFLICT (`practice-counted`, `account-not-active`).
    """
    with place.unit() as unit:
        return _record(unit, command)


def _record(unit: Unit, command: RecordPractice) -> Own:
    account = people.account(unit.session, unit.caller.id)
    if account is None or account.status != people.ACTIVE:
        raise conflict("account-not-active", "Tài khoản này không còn dùng ở phường này.")
    row = _stated(unit, command, account.id)
    if storage.note(unit.session, row) != account.id:
        text = "Lần tập thử này đã được ghi cho một tài khoản khác. Xin tập thử lần nữa để ghi cho ông/bà."
        raise conflict("practice-counted", text)
    audit.record(unit.session, "record-practice", f"account:{account.id}", str(account.id))
    return own(unit, GetOwnLearning())


def report(unit: Unit, _: GetLearningReport) -> Report:
    """The ward's figures; none of them tells about fewer than five people. They are read in a snapshot, so they
    agree.
    """
    months = learning.months(unit.today)
    groups = [
        learning.Group(found.residential_group, found.households, found.covered)
        for found in households.coverage(unit.session)
    ]
    return Report(
        households=learning.households(groups),
        people=learning.people(storage.people(unit.session, months), unit.today),
    )


def explained(unit: Unit, _: ListExplainedQuestions) -> list[Explained]:
    """The subjects that volunteers had to explain in the last year, by the number of people, most first."""
    since = unit.now - guided.KEPT
    texts = CONSENTS[guidance.PURPOSE].counting()
    found = storage.explained(unit.session, unit.ward, since, learning.FEW, texts)
    return [
        Explained(procedure, subject, TERMS[subject].name if subject in TERMS else "", people)
        for procedure, subject, people in found
    ]


def _stated(unit: Unit, command: RecordPractice, account_id: UUID) -> LearningStepRow:
    practice = unit.place.settings.district.practice.code
    try:
        told = unit.place.verifier.stated(command.proof, f"dossiers/{practice}", PRACTICE_AUDIENCE, unit.now)
        return LearningStepRow(
            id=uuid4(),
            account_id=account_id,
            at=datetime.fromtimestamp(told["finished_at"], UTC),
            kind=learning.PRACTISED,
            assistance=learning.ALONE if command.by_own_hands else learning.HELPED,
            procedure=str(told["procedure"]),
            dossier_ward=practice,
            dossier_id=str(told["dossier"]),
        )
    except (Refusal, KeyError, TypeError, ValueError, OverflowError) as fault:
        text = "Lời xác nhận tập thử không đúng, hoặc đã quá 10 phút. Xin mở lại trang kết thúc tập thử rồi bấm lại."
        raise invalid("wrong-practice-proof", text, FieldFault("proof", text)) from fault
