"""What the pages show of a guided session: a bar on each page, and the volunteer's words after the question.

While a citizen has a session, each page tells the station's ward where they are, in one place (`tell_place`, before a
template is rendered): names of pages, questions and checks, never an answer. A page, question or paper that is asked
because of an answer is not named (`Dossier.tellable`) and is no place of its own: the volunteer can point at it as
`/here`, what the screen shows.
What a check finds that is not harmless is not told at all: only some answers make it appear (docs/decisions/0031).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from caunoi.accounts.v1 import guidance_pb2
from caunoi.dossiers.v1.dossiers_pb2 import FINDING_KIND_STOPS, Procedure
from flask import Flask, before_render_template, current_app, request, session, url_for

from gateway import rpcs
from gateway.pages import asking, identity, kiosk
from gateway.pages.dossier import Opened
from gateway.pages.drafting import address
from gateway.pages.forms import Form, Page
from gateway.pages.guidance import wording
from gateway.pages.identity import GUIDED
from gateway.questions import whole
from gateway.sealer import Sealer
from gateway.settings import Settings
from gateway.texts import is_draft
from gateway.wards import WardClient, wards
from services.chassis.refusal import Kind, Refusal

#: How long a page still tells that, and why, a session has ended.
TOLD_SECONDS = 60
MOST_FIELDS, MOST_POINTS = 60, 120  # of a place (accounts refuses more)
MOST_REMEMBERED = 5
#: Stands in a place for what the citizen's screen shows, named or not.
HERE = "/here"
_OF = {"form": "page", "documents": "documents"}  # of a place's page → what its parts are called in `Dossier.tellable`
PAGES = {
    "pages.public.start": "start",
    "pages.public.ward_start": "start",
    "pages.kiosk.start": "start",
    "pages.public.procedure": "procedure",
    "pages.account.own": "account",
    "pages.account.open_account": "account",
    "pages.account.activate": "account",
    "pages.account.opened": "account",
    "pages.drafting.overview": "overview",
    "pages.drafting.page": "form",
    "pages.filing.check": "check",
    "pages.filing.confirm": "code",
    "pages.filing.filed": "filed",
}
#: Pages where nothing is typed or chosen: without script they come again by themselves.
RELOADED = {"start", "procedure", "overview", "filed", "guidance"}


@dataclass(frozen=True, slots=True)
class Where:
    """The page that the browser shows, for what the volunteer's words are about; its parts travel in an address."""

    page: str = "elsewhere"
    part: str = ""
    fields: str = ""  # pointers of the questions that it asks, with commas between them
    slug: str = ""
    dossier: str = ""
    procedure: str = ""
    version: str = ""
    path: str = "/"
    answers: str = ""  # the id of the form that keeps what is typed on it; links are its buttons
    since: str = "0"  # the number of the last thing done before the page was shown

    @property
    def digest(self) -> str:
        """What stands for the page in the count of pages; empty outside a dossier."""
        return sha256(f"{self.dossier}/{self.page}/{self.part}".encode()).hexdigest() if self.dossier else ""

    def query(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in own.items() if value}

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Where:
        """From the query of an address; what is not a number counts as no number."""
        own = {name: sent[name] for name in cls.__slots__ if name in sent}
        return cls(**{**own, "since": str(whole(own.get("since", "")))})


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that the volunteer did, as the citizen reads it. `href` leads to the question pointed at."""

    kind: str
    at: Any
    number: int
    title: str = ""
    text: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A guided session as a page shows it. `lit` is the element of this page that the volunteer points at."""

    state: str  # `waiting`, `open`, `ended`, or `silent` where the station's ward does not answer
    where: Where
    version: int = -1
    volunteer: str = ""
    code: str = ""
    until: Any = None
    ended: str = ""
    words: tuple[Word, ...] = ()
    lit: str = ""
    pointed: int = 0  # number of the last pointing: the same question again is another one
    stream: str = ""
    news: str = ""

    @property
    def part(self) -> str:
        """The address of the parts of the page that change."""
        return url_for("pages.guidance.part", **self.where.query())

    @property
    def minutes_left(self) -> int:
        return max(0, -int((time.time() - self.until.seconds) // 60)) if self.until else 0

    @property
    def reloads(self) -> bool:
        """Whether the page comes again by itself where scripts do not run."""
        return self.state in ("waiting", "open", "silent") and self.where.page in RELOADED


@dataclass(frozen=True, slots=True)
class _Known:
    """What titles and links of questions are read from: the dossier that is shown, or was shown last."""

    where: Where = field(default_factory=Where)
    slug: str = ""
    dossier: str = ""
    procedure: Procedure | None = None
    form: Form | None = None
    pointed: Mapping[str, str] = field(default_factory=dict)  # number of a pointing at `/here` → what was shown then


def kept() -> Mapping[str, Any] | None:
    """Ward, id and code of this browser's guided session."""
    found: Mapping[str, Any] | None = session.get(GUIDED)
    return found


def keep(ward: str, id: str, code: str) -> None:
    session[GUIDED] = {"ward": ward, "id": id, "code": code, "noted": []}


def drop() -> None:
    session.pop(GUIDED, None)


def register_guidance(app: Flask) -> None:
    before_render_template.connect(_before_render, app)


def _before_render(_: Flask, *, context: dict[str, Any], **__: Any) -> None:
    own = kept()
    if own is None or "guidance" in context or identity.person() is None or not identity.asks_for_a_page():
        return
    where = where_of(request.endpoint or "", context)
    opened = context.get("opened")
    context["guidance"] = tell_place(own, where, opened if isinstance(opened, Opened) else None)


def where_of(endpoint: str, context: Mapping[str, Any]) -> Where:
    """The page that is being rendered, by its view and what its template is given."""
    page = PAGES.get(endpoint, "elsewhere")
    opened, shown = context.get("opened"), context.get("page")
    path = context.get("here") or (request.full_path.rstrip("?") if request.method == "GET" else request.path)
    answers = context.get("answers", "")
    if isinstance(opened, Opened):
        part = fields = ""
        if page == "form" and isinstance(shown, Page):
            part, fields = shown.name, ",".join("/" + name.replace(".", "/") for name in context["names"])
        elif "requirement" in context:  # a kind of paper, its pages from a scanner or a phone
            page, part = "documents", context["requirement"].kind
            fields = f"documents/{part}"
        dossier = opened.dossier
        of = (opened.ward.slug, dossier.id, dossier.procedure, dossier.procedure_version)
        return Where(page, part, fields, *of, path, answers)
    procedure = context.get("procedure") if page == "procedure" else None
    if procedure is not None:
        return Where(page, procedure=procedure.code, version=procedure.version, path=path)
    ids = request.view_args or {}
    if page == "code":
        return Where(page, slug=ids.get("slug", ""), dossier=str(ids.get("id", "")), path=path)
    return Where(page if page in ("start", "account") else "elsewhere", path=path)


def tell_place(own: Mapping[str, Any], where: Where, opened: Opened | None = None) -> Shown | None:
    """Tells the station's ward where the citizen is; returns the session as it is, or None where there is none."""
    ward = wards().district.by_slug(where.slug) if where.slug else None
    try:
        answer = _services(own["ward"]).call(
            rpcs.SHOW_PLACE,
            session_id=own["id"],
            place=place_of(where, opened, one_a_page=kiosk.kiosk() is not None),
            dossier_ward=ward.code if ward and where.dossier else "",
            dossier_id=where.dossier,
            dossier_page=where.digest,
        )
    except Refusal as refusal:
        return _silent(refusal, where)
    drafted = opened.is_draft if opened else where.page == "code"
    if answer.state != "ended" and ward and where.dossier and drafted:
        _note(own, ward.code, where.dossier)
    return shown(answer, _since_shown(answer, where))


def _since_shown(answer: guidance_pb2.OwnGuidedSession, where: Where) -> Where:
    """The page with what was done before it was shown: a reload shows the same page, and keeps what was pointed at.

    Remembers the dossier that is shown, and what `/here` was when it was pointed at: other pages name and link it.
    """
    done = answer.guidance[-1].sequence if answer.guidance else 0
    here = [where.page, where.part, where.fields, where.dossier]
    own = kept() or {}
    before = own.get("here", [])
    if before[:-1] != here:
        new = {**own, "here": [*here, str(done)], "pointed": _pointed(answer, own)}
        if where.procedure and where.dossier:
            new["of"] = [where.slug, where.dossier, where.procedure, where.version]
        session[GUIDED] = own = new
    return replace(where, since=own["here"][-1])


def _pointed(answer: guidance_pb2.OwnGuidedSession, own: Mapping[str, Any]) -> dict[str, str]:
    """Number → pointer, for what was pointed at as `/here` until now; a few, since a cookie holds them."""
    found: dict[str, str] = dict(own.get("pointed", {}))
    _, _, fields, _, since = own.get("here") or ("", "", "", "", "0")
    for each in answer.guidance:
        if each.kind == "point" and each.subject == HERE and each.sequence > int(since) and fields:
            found.setdefault(str(each.sequence), fields.split(",")[0])
    return dict(list(found.items())[-MOST_REMEMBERED:])


def _named(where: Where, opened: Opened, *, one_a_page: bool) -> tuple[str, Sequence[str]]:
    """Part and subjects of a page: those shown that everybody is asked for, else the nearest before, else after."""
    if where.page == "documents":
        every = [(one.kind, f"documents/{one.kind}") for one in opened.procedure.documents]
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


def _silent(refusal: Refusal, where: Where) -> Shown | None:
    """Where the ward gives no session: its own pages go on, and no fault of guidance keeps anybody from filing."""
    if refusal.kind is Kind.NOT_FOUND:
        drop()
        return None
    return Shown("silent", where) if refusal.kind is not Kind.UNAUTHENTICATED else None


def place_of(where: Where, opened: Opened | None, *, one_a_page: bool) -> guidance_pb2.Place:
    """What a volunteer may know of the page: the same for any two people who differ in their answers alone.

    What only some are asked is no place of its own, or its coming would tell who is asked: the place stays that of the
    question or paper before it that everybody is asked for, without a change that anybody could see.
    """
    place = guidance_pb2.Place(page=where.page, procedure=where.procedure, procedure_version=where.version)
    if opened is None:
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


def _note(own: Mapping[str, Any], ward: str, dossier: str) -> None:
    """Notes the session on the draft, once: so the filing can say how it came about.

    Also while it waits for the volunteer, who may join when no other page of the draft is shown; the station's ward
    says at the filing whether anybody did.
    """
    if dossier in own["noted"]:
        return
    try:
        _services(ward).call(rpcs.NOTE_GUIDED_SESSION, dossier_id=dossier, ward=own["ward"], session_id=own["id"])
    except Refusal:
        return  # the next page tries again
    session[GUIDED] = {**own, "noted": [*own["noted"], dossier]}


def shown(answer: guidance_pb2.OwnGuidedSession, where: Where) -> Shown | None:
    """A session as a page shows it; None for one that ended a while ago."""
    if answer.state == "ended" and time.time() - answer.ended_at.seconds > TOLD_SECONDS:
        drop()
        return None
    own = kept() or {}
    if answer.state != "waiting" and own.get("code"):
        session[GUIDED] = {**own, "code": ""}
    known = _known(where, own)
    points = [each for each in answer.guidance if each.kind == "point"]
    words = tuple(_word(each, known) for each in reversed(answer.guidance) if each.kind != "explained")
    lit = _anchor(_resolved(points[-1], known), known) if points and answer.state == "open" else ""
    ended = wording.CITIZEN_ENDS.get(answer.ended_because, wording.ENDED) if answer.state == "ended" else ""
    return Shown(
        state=answer.state,
        where=where,
        version=answer.version,
        volunteer=answer.volunteer_name,
        code=own.get("code", "") if answer.state == "waiting" else "",
        until=answer.code_expires_at if answer.state == "waiting" else answer.ends_at,
        ended=ended,
        words=words if answer.state == "open" else (),
        lit=lit,
        pointed=points[-1].sequence if lit else 0,
        stream="" if answer.state == "ended" else stream_url(own.get("ward", ""), answer.id, "citizen"),
        news=_news(answer, words, ended),
    )


def _known(where: Where, own: Mapping[str, Any]) -> _Known:
    """Of the page's own dossier, else of the one that was shown last; titles are missing where its ward is silent."""
    here = (where.slug, where.dossier, where.procedure, where.version)
    slug, dossier, code, version = here if (where.dossier and where.procedure) or "of" not in own else own["of"]
    ward = wards().district.by_slug(slug) if slug else None
    pointed = own.get("pointed", {})
    if ward is None or not code:
        return _Known(where, pointed=pointed)
    try:
        procedure, form = asking.procedure_version(ward, code, version)
    except Refusal:
        return _Known(where, pointed=pointed)
    return _Known(where, slug, dossier, procedure, form, pointed)


def _news(answer: guidance_pb2.OwnGuidedSession, words: tuple[Word, ...], ended: str) -> str:
    """What a screen reader is told when it changes."""
    if answer.state == "ended":
        return ended
    if answer.state == "open" and not words:
        return f"{answer.volunteer_name} đang hướng dẫn ông/bà."
    if answer.state == "open":
        last = words[0]
        return f"Tình nguyện viên chỉ vào câu: {last.title}" if last.kind == "point" else f"{last.title} {last.text}"
    return ""


def _word(one: guidance_pb2.Guidance, known: _Known) -> Word:
    if one.kind != "point":
        return Word(one.kind, one.at, one.sequence, one.title, one.text)
    subject = _resolved(one, known)
    return Word(one.kind, one.at, one.sequence, _title(subject, known), "", _href(subject, known))


def _resolved(one: guidance_pb2.Guidance, known: _Known) -> str:
    """What was pointed at; `/here` is the first question of the page that was shown then."""
    if one.subject != HERE:
        return one.subject
    is_shown_since = one.sequence > int(known.where.since)
    return known.where.fields.split(",")[0] if is_shown_since else known.pointed.get(str(one.sequence), "")


def _title(subject: str, known: _Known) -> str:
    if subject.startswith("documents/"):
        kind = subject.partition("/")[2]
        papers = known.procedure.documents if known.procedure else ()
        return next((one.title for one in papers if one.kind == kind), wording.A_PAPER)
    one = known.form.fields.get(subject) if known.form else None
    return one.title if one else wording.A_QUESTION


def _anchor(subject: str, known: _Known) -> str:
    """The id of the element on this page that a subject is asked in; empty where it is on another page."""
    if not subject or subject not in known.where.fields.split(","):
        return ""
    if subject.startswith("documents/"):
        return "papers" if kiosk.kiosk() else "file"
    one = known.form.fields.get(subject) if known.form else None
    return one.anchor if one else ""


def _href(subject: str, known: _Known) -> str:
    """The way to a question: on this page, or on its own."""
    anchor = _anchor(subject, known)
    if anchor:
        return f"#{anchor}"
    if not subject or not known.dossier or known.form is None:
        return ""
    at: dict[str, Any] = {"slug": known.slug, "id": known.dossier}
    if subject.startswith("documents/"):
        return url_for("pages.documents.kind", kind=subject.partition("/")[2], **at)
    page, one = known.form.page_of(subject), known.form.fields.get(subject)
    return address(at, page, one) if page and one else ""


def stream_url(ward: str, session_id: str, side: str) -> str:
    """Where a page hears of changes; the ticket in the address names the session and its side, and opens nothing."""
    settings: Settings = current_app.extensions["settings"]
    sealer: Sealer = current_app.extensions["stream_tickets"]
    ticket = sealer.seal({"ward": ward, "session": session_id, "side": side})
    return f"{settings.streams_url}/streams/guidance?ticket={ticket}"


def _services(ward: str) -> WardClient:
    return wards().client(ward, identity.access_token())
