"""Where a citizen is, for the volunteer beside them: names of pages, questions and checks, never an answer.

A page, question or paper that is asked because of an answer is not named (`Dossier.tellable`) and is not a place of its
own: the volunteer can point at it as `/here`, which means what the screen shows. A finding that could reveal an answer
is not told at all, since only some answers make it appear (docs/decisions/0031).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from caunoi.accounts.v1 import guidance_pb2
from caunoi.dossiers.v1.dossiers_pb2 import FINDING_KIND_STOPS
from flask import request

from gateway.pages.dossier import Opened
from gateway.pages.form_pages import Page
from gateway.pages.guidance.subjects import HERE, paper
from gateway.pages.own_questions import OPENING_STEPS
from gateway.questions import whole
from gateway.texts import is_draft

MOST_FIELDS, MOST_POINTS = 60, 120  # of a place (accounts refuses more)
_OF = {"form": "page", "documents": "documents"}  # a place's page → the name of its parts in `Dossier.tellable`
PAGES = {
    "pages.public.start": "start",
    "pages.public.ward_start": "start",
    "pages.kiosk.start": "start",
    "pages.public.procedure": "procedure",
    "pages.account.own": "account",
    "pages.opening.start": "account",
    "pages.opening.ask": "account",
    "pages.opening.check": "account",
    "pages.opening.password": "account",
    "pages.opening.activate": "account",
    "pages.opening.opened": "account",
    "pages.drafting.overview": "overview",
    "pages.drafting.page": "form",
    "pages.filing.check": "check",
    "pages.filing.confirm": "code",
    "pages.filing.filed": "filed",
}
#: Pages where nothing is typed or chosen: without a script they reload by themselves.
RELOADED = {"start", "procedure", "overview", "filed", "guidance"}


@dataclass(frozen=True, slots=True)
class Where:
    """The page that the browser shows, to which the volunteer's words refer; its members are sent in an address."""

    page: str = "elsewhere"
    part: str = ""
    fields: str = ""  # pointers of its questions, separated by commas
    slug: str = ""
    dossier: str = ""
    procedure: str = ""
    version: str = ""
    path: str = "/"
    answers: str = ""  # the id of the form that keeps what is typed; links are its buttons
    since: int = 0  # the number of the last thing done before the page was shown

    @property
    def shows(self) -> tuple[str, str, str, str]:
        """What distinguishes it from another page."""
        return self.page, self.part, self.fields, self.dossier

    @property
    def digest(self) -> str:
        """Its name in the count of pages; empty outside a dossier."""
        return sha256(f"{self.dossier}/{self.page}/{self.part}".encode()).hexdigest() if self.dossier else ""

    def query(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in own.items() if value}

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Where:
        """The page from an address's query; text that is not a number counts as no number."""
        own: dict[str, Any] = {name: sent[name] for name in cls.__slots__ if name in sent}
        return cls(**{**own, "since": whole(own.get("since", ""))})


def where_of(endpoint: str, context: Mapping[str, Any]) -> Where:
    """The page that is being rendered, from its view and its template's context."""
    page = PAGES.get(endpoint, "elsewhere")
    opened, shown = context.get("opened"), context.get("page")
    path = context.get("here") or (request.full_path.rstrip("?") if request.method == "GET" else request.path)
    answers = context.get("answers", "")
    if isinstance(opened, Opened):
        part = fields = ""
        if page == "form" and isinstance(shown, Page):
            part, fields = shown.name, ",".join("/" + name.replace(".", "/") for name in context["names"])
        elif "requirement" in context:  # a kind of paper, taken with a scanner or a phone
            page, part = "documents", context["requirement"].kind
            fields = paper(part)
        dossier = opened.dossier
        of = (opened.ward.slug, dossier.id, dossier.procedure, dossier.procedure_version)
        return Where(page, part, fields, *of, path, answers)
    procedure = context.get("procedure") if page == "procedure" else None
    if procedure is not None:
        return Where(page, procedure=procedure.code, version=procedure.version, path=path)
    ids = request.view_args or {}
    if page == "code":
        return Where(page, slug=ids.get("slug", ""), dossier=str(ids.get("id", "")), path=path)
    if "step" in context:  # a step of opening an account: everybody is asked all of them
        fields = ",".join("/" + name for name in context["names"])
        return Where(page, OPENING_STEPS[context["step"] - 1], fields, ids.get("slug", ""), path=path, answers=answers)
    return Where(page if page in ("start", "account") else "elsewhere", path=path)


def place_of(
    where: Where, opened: Opened | None, *, points: Sequence[guidance_pb2.OpenPoint] = (), one_a_page: bool
) -> guidance_pb2.Place:
    """What a volunteer may know about the page: the same for any two people who differ only in their answers.

    A question that only some people are asked is not a place of its own, or its appearance would reveal an answer. The
    place stays at the last question or paper before it that everybody is asked for, and nobody sees a change.
    """
    place = guidance_pb2.Place(page=where.page, procedure=where.procedure, procedure_version=where.version)
    if opened is None:
        place.part = where.part
        place.fields.extend([*where.fields.split(","), HERE] if where.fields else [])
        place.open_points.extend(points)
        return place
    dossier, tellable = opened.dossier, frozenset(opened.dossier.tellable)
    if where.part:
        place.part, fields = _named(where, opened, one_a_page=one_a_page)
        place.fields.extend([*fields[: MOST_FIELDS - 1], HERE])
    if is_draft(dossier):
        place.open_points.extend(
            guidance_pb2.OpenPoint(field=one.field, check=one.check)
            for one in dossier.findings
            if one.kind == FINDING_KIND_STOPS and one.harmless and one.field in tellable
        )
        del place.open_points[MOST_POINTS:]
    return place


def _named(where: Where, opened: Opened, *, one_a_page: bool) -> tuple[str, Sequence[str]]:
    """Part and subjects of a page: those on it that everybody is asked for, else the nearest one before, else after."""
    if where.page == "documents":
        every = [(one.kind, paper(one.kind)) for one in opened.procedure.documents]
    else:
        every = [(page.name, one.pointer) for page in opened.form.pages for one in page.fields]
    tellable, shown = frozenset(opened.dossier.tellable), where.fields.split(",")
    told = [at for at, (part, subject) in enumerate(every) if {subject, f"{_OF[where.page]}/{part}"} <= tellable]
    here = [at for at, (_, subject) in enumerate(every) if subject in shown]
    if not told or not here:
        return "", ()
    named = max((at for at in told if at <= here[-1]), default=told[0])
    part, subject = every[named]
    return part, [subject] if one_a_page else [each for of, each in (every[at] for at in told) if of == part]
