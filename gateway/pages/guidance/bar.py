"""What the pages show of a guided session: a bar on each page, and the volunteer's words below the question.

While a citizen has a session, each page tells the station's ward where they are (`place.py`). `tell_place` alone does
this, before a template is rendered.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from caunoi.accounts.v1 import guidance_pb2
from caunoi.dossiers.v1.dossiers_pb2 import Procedure
from flask import Flask, before_render_template, request, url_for

from gateway import rpcs
from gateway.pages import asking, identity, kept, kiosk, requested
from gateway.pages.dossier import Opened
from gateway.pages.drafting import CHECK, address
from gateway.pages.form_pages import Form
from gateway.pages.guidance import wording
from gateway.pages.guidance.place import RELOADED, Where, place_of, where_of
from gateway.pages.guidance.stream import stream_url
from gateway.pages.guidance.subjects import HERE, kind_of, question_of, step_of, title_of
from gateway.pages.refusals import DONE_WITHOUT
from services.chassis.district import Ward
from services.chassis.refusal import Kind, Refusal

#: How long pages still say that a session has ended, and why.
TOLD_SECONDS = 60
MOST_REMEMBERED = 5


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
    pointed: int = 0  # number of the last pointing: pointing at the same question again counts anew
    stream: str = ""
    news: str = ""

    @property
    def part(self) -> str:
        """The address of the parts of the page that change."""
        return url_for("pages.guidance.part", **self.where.query())

    @property
    def says_here(self) -> bool:
        """Whether the last message belongs to the open page, or lights something up there; others are in the list."""
        return bool(self.words) and (self.words[0].number > self.where.since or self.words[0].number == self.pointed)

    @property
    def seconds_left(self) -> int:
        return max(0, int(self.until.seconds - time.time())) if self.until else 0

    @property
    def reloads(self) -> bool:
        """Whether the page reloads by itself if scripts do not run."""
        asks = self.where.fields if self.where.page == "account" else self.where.page not in RELOADED
        return self.state in ("waiting", "open", "silent") and not asks


@dataclass(frozen=True, slots=True)
class _Known:
    """The source of titles and links of questions: the dossier that is shown, or was shown last."""

    where: Where
    pointed: Mapping[int, str]  # number of a pointing at `/here` → what the page showed then
    dossier: kept.ShownDossier | None = None
    procedure: Procedure | None = None
    form: Form | None = None


def register_guidance(app: Flask) -> None:
    before_render_template.connect(_before_render, app)


def _before_render(_: Flask, *, context: dict[str, Any], **__: Any) -> None:
    if identity.in_practice():
        return  # volunteers see where somebody is in a real ward's dossier, and nothing of a practice
    own = kept.guidance.read()
    if own is None or "guidance" in context or not identity.guided_token() or not requested.asks_for_a_page():
        return
    where = where_of(request.endpoint or "", context)
    opened = context.get("opened")
    opened = opened if isinstance(opened, Opened) else None
    context["guidance"] = tell_place(own, where, opened, context.get("open_points", ()))


def tell_place(
    own: kept.Guidance, where: Where, opened: Opened | None = None, points: Sequence[guidance_pb2.OpenPoint] = ()
) -> Shown | None:
    """Tells the station's ward where the citizen is; returns the session as it is now, or None if there is none."""
    ward = asking.district().by_slug(where.slug) if where.slug and where.dossier else None
    try:
        answer = asking.guidance_in(own.ward).call(
            rpcs.SHOW_PLACE,
            session_id=own.id,
            place=place_of(where, opened, points=points, one_a_page=kiosk.kiosk() is not None),
            dossier_ward=ward.code if ward else "",
            dossier_id=where.dossier,
            dossier_page=where.digest,
        )
    except Refusal as refusal:
        return _silent(refusal, where)
    drafted = opened.is_draft if opened else where.page == "code"
    if answer.state != "ended" and ward and drafted:
        own = _noted(own, ward, where.dossier)
    own, since = _since_shown(own, answer, where)
    return shown(own, answer, replace(where, since=since))


def _since_shown(own: kept.Guidance, answer: guidance_pb2.OwnGuidedSession, where: Where) -> tuple[kept.Guidance, int]:
    """What is kept when the page is shown, and the number of the last thing done before: a reload shows the same page,
    and keeps what was pointed at.

    Keeps the dossier that is shown, and what `/here` meant when it was pointed at: other pages name and link it.
    """
    before = own.here
    if before is not None and (before.page, before.part, before.fields, before.dossier) == where.shows:
        return own, before.since
    done = answer.guidance[-1].sequence if answer.guidance else 0
    here = kept.Here(*where.shows, since=done)
    return replace(own, here=here, pointed=_pointed(own, answer), dossier=_dossier(where) or own.dossier), done


def _dossier(where: Where) -> kept.ShownDossier | None:
    if not (where.dossier and where.procedure):
        return None
    return kept.ShownDossier(where.slug, where.dossier, where.procedure, where.version)


def _pointed(own: kept.Guidance, answer: guidance_pb2.OwnGuidedSession) -> dict[int, str]:
    """Number → pointer, for what was pointed at as `/here` until now; only a few, since a cookie holds them."""
    found, here = dict(own.pointed), own.here
    for each in answer.guidance:
        if here and here.fields and each.kind == "point" and each.subject == HERE and each.sequence > here.since:
            found.setdefault(each.sequence, here.fields.split(",")[0])
    return dict(list(found.items())[-MOST_REMEMBERED:])


def _silent(refusal: Refusal, where: Where) -> Shown | None:
    """If the ward returns no session, the citizen's pages go on: a fault of guidance must keep nobody from filing."""
    if refusal.kind is Kind.NOT_FOUND:
        kept.guidance.drop()
        return None
    return Shown("silent", where) if refusal.kind in DONE_WITHOUT else None


def _noted(own: kept.Guidance, ward: Ward, dossier: str) -> kept.Guidance:
    """Notes the session on the draft, once, so that the filing can say how it came about.

    It does so also while the session waits for the volunteer, who may join when no other page of the draft is shown. At
    the filing the station's ward says whether anybody joined.
    """
    if dossier in own.noted:
        return own
    try:
        asking.services_of(ward).call(rpcs.NOTE_GUIDED_SESSION, dossier_id=dossier, ward=own.ward, session_id=own.id)
    except Refusal:
        return own  # the next page tries again
    return replace(own, noted=(*own.noted, dossier))


def shown(own: kept.Guidance, answer: guidance_pb2.OwnGuidedSession, where: Where) -> Shown | None:
    """A session as a page shows it; None if it ended a while ago. Keeps what the next page needs."""
    if answer.state == "ended" and time.time() - answer.ended_at.seconds > TOLD_SECONDS:
        kept.guidance.drop()
        return None
    if answer.state != "waiting":
        own = replace(own, code="")
    kept.guidance.write(own)
    known = _known(own, where)
    points = [each for each in answer.guidance if each.kind == "point"]
    words = tuple(_word(each, known) for each in reversed(answer.guidance) if each.kind != "explained")
    lit = _anchor(_resolved(points[-1], known), known) if points and answer.state == "open" else ""
    ended = wording.CITIZEN_ENDS.get(answer.ended_because, wording.ENDED) if answer.state == "ended" else ""
    return Shown(
        state=answer.state,
        where=where,
        version=answer.version,
        volunteer=answer.volunteer_name,
        code=own.code,
        until=answer.code_expires_at if answer.state == "waiting" else answer.ends_at,
        ended=ended,
        words=words if answer.state == "open" else (),
        lit=lit,
        pointed=points[-1].sequence if lit else 0,
        stream="" if answer.state == "ended" else stream_url(own.ward, answer.id, "citizen", answer.presence_key),
        news=_news(answer, words, ended),
    )


def _known(own: kept.Guidance, where: Where) -> _Known:
    """The titles from the page's own dossier, else from the one that was shown last; missing if its ward is silent."""
    dossier = _dossier(where) or own.dossier
    ward = asking.district().by_slug(dossier.slug) if dossier else None
    if dossier is None or ward is None:
        return _Known(where, own.pointed)
    try:
        procedure, form = asking.procedure_version(ward, dossier.procedure, dossier.version)
    except Refusal:
        return _Known(where, own.pointed)
    return _Known(where, own.pointed, dossier, procedure, form)


def _news(answer: guidance_pb2.OwnGuidedSession, words: tuple[Word, ...], ended: str) -> str:
    """What a screen reader says when the session changes."""
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
    title = title_of(subject, known.procedure, known.form)
    return Word(one.kind, one.at, one.sequence, title, "", _href(subject, known))


def _resolved(one: guidance_pb2.Guidance, known: _Known) -> str:
    """What was pointed at; `/here` is the first question of the page that was shown then."""
    if one.subject != HERE:
        return one.subject
    is_shown_since = one.sequence > known.where.since
    return known.where.fields.split(",")[0] if is_shown_since else known.pointed.get(one.sequence, "")


def _anchor(subject: str, known: _Known) -> str:
    """The id of the element on this page that asks for a subject; empty if it is on another page."""
    if not subject or subject not in known.where.fields.split(","):
        return ""
    if kind_of(subject):
        return "papers" if kiosk.kiosk() else "file"
    one = question_of(subject, known.form)
    return one.anchor if one else ""


def _href(subject: str, known: _Known) -> str:
    """The link to a question: on this page, or on its own page."""
    anchor = _anchor(subject, known)
    if anchor:
        return f"#{anchor}"
    if known.where.page == "account" and known.where.slug and (name := step_of(subject)):
        return url_for("pages.opening.ask", slug=known.where.slug, question=name, tu=CHECK)
    if not subject or known.dossier is None or known.form is None:
        return ""
    at: dict[str, Any] = {"slug": known.dossier.slug, "id": known.dossier.id}
    if kind := kind_of(subject):
        return url_for("pages.documents.kind", kind=kind, **at)
    page, one = known.form.page_of(subject), known.form.fields.get(subject)
    return address(at, page, one) if page and one else ""
