"""What a volunteer points at and the citizen reads of: a question by its pointer, a paper by its kind, or what the
citizen's screen shows.
"""

from __future__ import annotations

from caunoi.dossiers.v1.dossiers_pb2 import Procedure

from gateway.pages.forms import Form
from gateway.pages.guidance import wording

#: Stands in a place for what the citizen's screen shows, named or not.
HERE = "/here"
_PAPERS = "documents/"


def paper(kind: str) -> str:
    """The subject of a kind of paper."""
    return _PAPERS + kind


def kind_of(subject: str) -> str:
    """The kind of paper that a subject is; empty for a question."""
    return subject.removeprefix(_PAPERS) if subject.startswith(_PAPERS) else ""


def title_of(subject: str, procedure: Procedure | None, form: Form | None) -> str:
    """What a subject is called in its procedure; where that is not known, whether it is a question or a paper."""
    if subject == HERE:
        return wording.ON_SCREEN
    if kind := kind_of(subject):
        papers = procedure.documents if procedure else ()
        return next((one.title for one in papers if one.kind == kind), wording.A_PAPER)
    one = form.fields.get(subject) if form else None
    return one.title if one else wording.A_QUESTION
