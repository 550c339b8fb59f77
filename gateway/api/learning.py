"""Who can do it alone: the caller's own record, a practice to be counted, and the ward's report."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import learning_answers as answers
from gateway.api.operations import api
from gateway.api.requests import FinishedPractice

_FIGURES = "For the ward's administrator. Null: the figure is under five, or would disclose another one that is."


api.relay(
    "GET",
    "/me/learning",
    rpcs.GET_OWN_LEARNING,
    id="getMyLearning",
    tag="me",
    summary="What the caller has filed and practised, with help and without",
    answer=answers.OwnLearning,
)
api.relay(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/proof",
    rpcs.PROVE_PRACTICE,
    id="provePractice",
    tag="practice",
    summary="A signed statement that a practice is finished, which does not say by whom",
    description="Only in the practice ward; good for ten minutes. A person with an account sends it to their own ward "
    "(`recordPractice`), with their own token.",
    answer=answers.PracticeProof,
)


api.relay(
    "POST",
    "/me/practices",
    rpcs.RECORD_PRACTICE,
    id="recordPractice",
    tag="me",
    summary="Count a finished practice for the caller",
    description="Once for each practice: 409 `practice-counted` if another account of the ward was first.",
    body=FinishedPractice,
    answer=answers.OwnLearning,
    limit="drafts",
)
api.relay(
    "GET",
    "/wards/<ward>/learning",
    rpcs.GET_LEARNING_REPORT,
    id="getLearningReport",
    tag="stations",
    summary="The ward's figures: households that are covered, and people who can do it alone",
    description=_FIGURES,
    answer=answers.LearningReport,
)
api.relay(
    "GET",
    "/wards/<ward>/learning/questions",
    rpcs.LIST_EXPLAINED_QUESTIONS,
    id="listExplainedQuestions",
    tag="stations",
    summary="What volunteers had to explain in the last year, by question; only questions explained to five people or "
    "more",
    description="For the ward's administrator, to improve the forms.",
    answer=answers.ExplainedQuestions,
)
