"""The subjects that a volunteer points at and the citizen reads about: a question by its pointer, a paper by its kind,
or what the citizen's screen shows.
"""

from __future__ import annotations

from caunoi.dossiers.v1.dossiers_pb2 import Procedure

from gateway.pages.form_pages import Form
from gateway.pages.guidance import wording
from gateway.pages.own_questions import OPENING, OTP, PASSWORD
from gateway.questions import Field

#: The subject for whatever the citizen's screen shows, named or not.
HERE = "/here"
_PAPERS = "documents/"
_OF_AN_ACCOUNT = {one.pointer: one for one in (*OPENING.values(), *PASSWORD, *OTP)}


def paper(kind: str) -> str:
    """The subject of a kind of paper."""
    return _PAPERS + kind


def kind_of(subject: str) -> str:
    """The kind of paper of a subject; empty for a question."""
    return subject.removeprefix(_PAPERS) if subject.startswith(_PAPERS) else ""


def title_of(subject: str, procedure: Procedure | None, form: Form | None) -> str:
    """The title of a subject in its procedure; if that is unknown, a word for a question or a paper."""
    if subject == HERE:
        return wording.ON_SCREEN
    if kind := kind_of(subject):
        papers = procedure.documents if procedure else ()
        return next((one.title for one in papers if one.kind == kind), wording.A_PAPER)
    one = question_of(subject, form)
    return one.title if one else wording.A_QUESTION


def question_of(subject: str, form: Form | None) -> Field | None:
    """The question of a procedure's form, or of those that open an account."""
    return (form.fields.get(subject) if form else None) or _OF_AN_ACCOUNT.get(subject)


def step_of(subject: str) -> str:
    """The page of opening an account that asks it; empty for any other subject."""
    return next((name for name, one in OPENING.items() if one.pointer == subject), "")
