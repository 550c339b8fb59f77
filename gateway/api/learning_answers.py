"""What the API answers about who can do it alone (see `answers`)."""

from __future__ import annotations

from pydantic import Field

from gateway.api import words
from gateway.api.answers import Answer, Moment
from gateway.api.words import one_of


class LearningStep(Answer):
    at: Moment | None
    kind: str = Field(json_schema_extra=one_of(words.LEARNING_KINDS), description="`filed` or `practised`.")
    assistance: str = Field(
        json_schema_extra=one_of(words.ASSISTANCE),
        description="`alone`, `station` (at a station's computer, without a volunteer) or `helped`; of a practice the "
        "person's own word.",
    )
    procedure: str
    ward: str = Field(description="Where it was filed; of a practice the practice ward.")
    dossier_id: str


class OwnLearning(Answer):
    able_alone: bool = Field(description="Whether anything was filed, or practised to the end, without help.")
    able_since: Moment | None
    steps: list[LearningStep] = Field(description="Newest first, 100 at most.")


class PracticeProof(Answer):
    proof: str = Field(description="For one `recordPractice`, by whoever brings it first.")
    expires_at: Moment | None


class HouseholdGroups(Answer):
    since: int
    until: int | None = Field(description="Null: and all above, and households that name no residential group.")
    households: int
    covered: int


class FirstMonths(Answer):
    since: str | None = Field(description="`YYYY-MM`; null: from the beginning.")
    until: str
    people: int


class LearningReport(Answer):
    households: int | None
    covered: int | None = Field(description="Households of which a member can do it alone.")
    groups: list[HouseholdGroups] = Field(
        description="Neighbouring residential groups, put together until there are five covered and five other "
        "households; together they are the whole ward. Empty where the ward has fewer."
    )
    people: int | None = Field(description="Who has ever filed or practised.")
    alone: int | None = Field(description="Who of them can do it alone.")
    helped_before: int | None = Field(description="Who of these was helped before.")
    median_days: int | None = Field(description="Half of these did it alone within so many days of the first help.")
    months: list[FirstMonths] = Field(
        description="When they did it alone for the first time, neighbouring months put together until there are five."
    )


class ExplainedQuestion(Answer):
    procedure: str | None = Field(description="TTHC code; null outside a procedure.")
    subject: str = Field(description="JSON pointer of a question, `documents/<kind>`, or the key of a term.")
    term: str | None = Field(description="The name of a term; null of anything else.")
    people: int = Field(description="How many different people, five or more.")


class ExplainedQuestions(Answer):
    questions: list[ExplainedQuestion] = Field(description="By the number of people, most first.")
