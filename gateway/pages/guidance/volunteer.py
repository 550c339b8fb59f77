"""A volunteer's pages: duties, joining a session by its code, guiding, and sheets of what to bring."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from caunoi.accounts.v1 import accounts_pb2, guidance_pb2, stations_pb2
from caunoi.dossiers.v1.dossiers_pb2 import Procedure
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import asking, identity, requested
from gateway.pages.form_pages import Form
from gateway.pages.guidance import wording
from gateway.pages.guidance.stream import stream_url
from gateway.pages.guidance.subjects import HERE, title_of
from gateway.pages.own_questions import GUIDANCE_CODE, OPENING_STEPS
from gateway.pages.plain import TROUBLE, error_list, shown_fields
from gateway.pages.refusals import SHOWN_OF_WHAT_IS_NAMED, errors_from, raise_unless
from gateway.texts import local
from gateway.wards import WardClient
from services.chassis.clock import SystemClock, day_in_vietnam
from services.chassis.refusal import Kind, Refusal

pages = Blueprint("volunteer", __name__)

DAYS_SHOWN = 30


pages.before_request(identity.require_volunteer)


def services() -> WardClient:
    return asking.services_of(identity.own_ward())


@pages.route("/tinh-nguyen", methods=["GET", "POST"])
@limited("guidance", methods=["POST"])
def today() -> ResponseReturnValue:
    """The duties of today and the next weeks, the sessions that are open, and the way into another by its code."""
    errors: dict[str, str] = {}
    code = request.form.get("code", "")
    if request.method == "POST":
        try:
            joined = services().call(rpcs.JOIN_GUIDED_SESSION, code=code, duty_id=request.form.get("duty_id", ""))
            return redirect(url_for(".guide", id=joined.id), 303)
        except Refusal as refusal:
            faults = errors_from(refusal, SHOWN_OF_WHAT_IS_NAMED)
            errors = {name if name in ("code", "duty_id") else "code": text for name, text in faults.items()}
    now = SystemClock().now()
    duties, this_day = _duties(now), day_in_vietnam(now)
    sunday = this_day + timedelta(days=6 - this_day.weekday())
    content = render_template(
        "volunteer/today.html",
        ward=identity.own_ward(),
        today=[one for one in duties if _day(one) == this_day],
        this_week=[one for one in duties if this_day < _day(one) <= sunday],
        later=[one for one in duties if _day(one) > sunday],
        running=_running(duties, now),
        sessions=services().call(rpcs.LIST_GUIDED_SESSIONS).sessions,
        fields=shown_fields(GUIDANCE_CODE, {"code": code}, errors),
        errors=errors,
        summary=error_list(GUIDANCE_CODE, errors),
    )
    return content, 422 if errors else 200


def _duties(now: datetime) -> list[stations_pb2.Duty]:
    since = day_in_vietnam(now)
    until = since + timedelta(days=DAYS_SHOWN)
    found = services().call(rpcs.LIST_DUTIES, since=since.isoformat(), until=until.isoformat())
    return [one for one in found.duties if not one.taken_off_at.seconds]


def _day(duty: stations_pb2.Duty) -> date:
    return local(duty.opening.starts_at).date()


def _running(duties: Sequence[stations_pb2.Duty], now: datetime) -> list[stations_pb2.Duty]:
    """The opening sessions that run now, one for each station: where one follows another, the later one."""
    return list({one.station_id: one for one in duties if _is_running(one, now)}.values())


def _is_running(duty: stations_pb2.Duty, now: datetime) -> bool:
    """Whether this duty allows codes now; it starts a little before the opening session (accounts decides)."""
    opening = duty.opening
    begun = duty.on_duty_from.seconds <= now.timestamp()
    return begun and now.timestamp() < opening.ends_at.seconds and not opening.cancelled_at.seconds


# A session


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the citizen's page, or a question elsewhere that needs another look."""

    subject: str
    title: str
    remark: str = ""

    @property
    def is_named(self) -> bool:
        return self.subject != HERE


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done in the session, as the volunteer reads it."""

    at: Any
    text: str


@dataclass(frozen=True, slots=True)
class Guiding:
    """A session as the volunteer's page shows it."""

    session: guidance_pb2.GuidedSession
    page: str
    procedure: str
    here: tuple[Question, ...]
    elsewhere: tuple[Question, ...]
    done: tuple[Done, ...]
    before: tuple[str, ...]
    explained: frozenset[str]
    stream: str
    ended: str

    @property
    def seconds(self) -> int:
        return int(time.time() - self.session.joined_at.seconds)

    @property
    def seconds_left(self) -> int:
        return max(0, int(self.session.ends_at.seconds - time.time()))

    @property
    def seconds_silent(self) -> int:
        return int(time.time() - self.session.citizen_seen_at.seconds)


@pages.get("/tinh-nguyen/buoi/<uuid:id>")
def guide(id: UUID) -> ResponseReturnValue:
    """Where the citizen is, what needs another look, and what the volunteer can do."""
    found = services().call(rpcs.GET_GUIDED_SESSION, session_id=str(id))
    return render_template(
        "volunteer/guide.html",
        guiding=_guiding(found),
        phrases=services().call(rpcs.LIST_PHRASES).phrases,
        terms=services().call(rpcs.LIST_TERMS).terms,
    )


@pages.get("/tinh-nguyen/buoi/<uuid:id>/phan")
def part(id: UUID) -> ResponseReturnValue:
    """The part of the session's page that changes; the page's script puts it in."""
    found = services().call(rpcs.GET_GUIDED_SESSION, session_id=str(id))
    return render_template("volunteer/part.html", guiding=_guiding(found))


@pages.post("/tinh-nguyen/buoi/<uuid:id>")
def act(id: UUID) -> ResponseReturnValue:
    """Points, sends a phrase, explains a term, or notes what was explained."""
    kind, _, subject = request.form.get("what", "").partition(":")
    try:
        found = services().call(rpcs.GUIDE, session_id=str(id), kind=kind, subject=subject)
    except Refusal as refusal:
        raise_unless(SHOWN_OF_WHAT_IS_NAMED, refusal)
        if refusal.kind is Kind.NOT_FOUND:
            flash("Buổi hướng dẫn này không còn mở cho bạn.", TROUBLE)
            return redirect(url_for(".today"), 303)
        return _answered(id, services().call(rpcs.GET_GUIDED_SESSION, session_id=str(id)), refusal.text)
    return _answered(id, found, wording.TOLD[kind])


def _answered(id: UUID, found: guidance_pb2.GuidedSession, told: str) -> ResponseReturnValue:
    """The changed part for the page's script; the whole page for a browser without one."""
    if requested.is_script():
        return render_template("volunteer/part.html", guiding=_guiding(found), told=told)
    flash(told)
    return redirect(url_for(".guide", id=id), 303)


@pages.post("/tinh-nguyen/buoi/<uuid:id>/ket-thuc")
def end(id: UUID) -> ResponseReturnValue:
    services().call(rpcs.END_GUIDED_SESSION, session_id=str(id))
    flash("Đã kết thúc buổi hướng dẫn.")
    return redirect(url_for(".today"), 303)


def _guiding(session: guidance_pb2.GuidedSession) -> Guiding:
    procedure, form = _procedure(session.place)
    is_open = session.state == "open"
    remarks = {point.field: wording.remark_of(point.check) for point in session.place.open_points}
    page = form.page(session.place.part) if form and session.place.page == "form" else None
    here = tuple(
        Question(field, title_of(field, procedure, form), remarks.get(field, "")) for field in session.place.fields
    )
    elsewhere = tuple(
        Question(field, title_of(field, procedure, form), remark)
        for field, remark in remarks.items()
        if field not in session.place.fields
    )
    explained = {one.subject for one in session.guidance if one.kind == "explained"} | set(session.explained_before)
    return Guiding(
        session=session,
        page=page.title if page else _page_of(session.place),
        procedure=procedure.name if procedure else "",
        here=here,
        elsewhere=elsewhere,
        done=tuple(_done(one, procedure, form) for one in reversed(session.guidance)),
        before=_before(session.explained_before),
        explained=frozenset(explained),
        stream=stream_url(identity.own_ward().code, session.id, "volunteer") if is_open else "",
        ended="" if is_open else wording.VOLUNTEER_ENDS.get(session.ended_because, wording.ENDED),
    )


def _page_of(place: guidance_pb2.Place) -> str:
    """A page that does not belong to a form, in words."""
    if place.page == "account" and place.part in OPENING_STEPS:
        step = f"Mở tài khoản, bước {OPENING_STEPS.index(place.part) + 1} trong {len(OPENING_STEPS)}"
        return wording.OPENING.get(place.part, step)
    return wording.PLACES.get(place.page, wording.PLACES["elsewhere"])


def _procedure(place: guidance_pb2.Place) -> tuple[Procedure | None, Form | None]:
    if not place.procedure:
        return None, None
    try:
        return asking.procedure_version(identity.own_ward(), place.procedure, place.procedure_version)
    except Refusal:
        return None, None  # titles are missing, but the session goes on


def _before(keys: Sequence[str]) -> tuple[str, ...]:
    """The terms that were explained in earlier sessions, in words."""
    terms = services().call(rpcs.LIST_TERMS).terms if keys else ()
    return tuple(f"Từ “{one.name}”" for one in terms if one.key in keys)


def _done(one: guidance_pb2.Guidance, procedure: Procedure | None, form: Form | None) -> Done:
    title = one.title or title_of(one.subject, procedure, form)
    return Done(
        one.at,
        {
            "point": f"Chỉ vào câu “{title}”",
            "phrase": f"Gửi câu mẫu: {one.text}",
            "term": f"Giải thích từ “{title}”",
        }.get(one.kind, f"Đã giải thích “{title}”"),
    )


# What to bring


@pages.get("/tinh-nguyen/giay-to")
def sheets() -> ResponseReturnValue:
    found = services().call(rpcs.LIST_PROCEDURES).procedures
    return render_template("volunteer/sheets.html", procedures=sorted(found, key=lambda one: one.name))


@pages.get("/tinh-nguyen/giay-to/<code>")
def sheet(code: str) -> ResponseReturnValue:
    """What to bring for a procedure, to print."""
    found = services().call(rpcs.GET_PROCEDURE, code=code)
    return render_template("volunteer/sheet.html", procedure=found, ward=identity.own_ward(), stations=_stations())


def _stations() -> list[accounts_pb2.Station]:
    """Where to bring it: the stations where the volunteer is on duty today, else all stations of the ward."""
    now = SystemClock().now()
    today = {one.station_id for one in _duties(now) if _day(one) == day_in_vietnam(now)}
    stations = services().call(rpcs.LIST_STATIONS).stations
    return [one for one in stations if one.id in today] or list(stations)
