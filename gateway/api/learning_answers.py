"""The API's answers about who can do it alone (see `answers`)."""

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
        description="`alone`, `station` (at a station's computer, without a volunteer) or `helped`; for a practice, as "
        "the person stated.",
    )
    procedure: str
    ward: str = Field(description="The ward where it was filed; for a practice, the practice ward.")
    dossier_id: str


class OwnLearning(Answer):
    able_alone: bool = Field(description="Whether anything was filed, or practised to the end, without help.")
    able_since: Moment | None
    steps: list[LearningStep] = Field(description="Newest first, 100 at most.")


class PracticeProof(Answer):
    proof: str = Field(description="For one `recordPractice`: only the first account that sends it is counted.")
    expires_at: Moment | None


class HouseholdGroups(Answer):
    since: int
    until: int | None = Field(description="Null: all higher numbers, and households that name no residential group.")
    households: int
    covered: int


class FirstMonths(Answer):
    since: str | None = Field(description="`YYYY-MM`; null means from the beginning.")
    until: str
    people: int


class LearningReport(Answer):
    households: int | None
    covered: int | None = Field(description="Households with a member who can do it alone.")
    groups: list[HouseholdGroups] = Field(
        description="Neighbouring residential groups, merged until each has five covered and five other households; "
        "together they are the whole ward. Empty if the ward has fewer."
    )
    people: int | None = Field(description="People who have ever filed or practised.")
    alone: int | None = Field(description="Those of them who can do it alone.")
    helped_before: int | None = Field(description="Those of the latter who were helped before.")
    median_days: int | None = Field(
        description="Half of these people did it alone within this number of days after the first help."
    )
    months: list[FirstMonths] = Field(
        description="When they did it alone for the first time: neighbouring months, merged until each has five people."
    )


class ExplainedQuestion(Answer):
    procedure: str | None = Field(description="TTHC code; null outside a procedure.")
    subject: str = Field(description="JSON pointer of a question, `documents/<kind>`, or the key of a term.")
    term: str | None = Field(description="The name of a term; null for anything else.")
    people: int = Field(description="How many different people, five or more.")


class ExplainedQuestions(Answer):
    questions: list[ExplainedQuestion] = Field(description="By the number of people, most first.")
