"""The public timetable: when a ward's stations are open, week by week, and as a calendar to subscribe to."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import feeds, rpcs
from gateway.pages import asking, identity
from gateway.pages.weeks import week_of
from services.chassis.clock import SystemClock, day_in_vietnam

pages = Blueprint("stations", __name__)


@pages.get("/lich")
def choose() -> ResponseReturnValue:
    """The wards, for a visitor who has not chosen one; the person's own ward first."""
    wards = asking.district().wards
    who = identity.person()
    return render_template("stations/choose.html", wards=wards.values(), home=wards.get(who.ward) if who else None)


@pages.get("/lich/<slug>")
def timetable(slug: str) -> ResponseReturnValue:
    ward = asking.ward_of(slug)
    week = week_of(request.args.get("tuan", ""))
    days = {"since": week.monday.isoformat(), "until": week.sunday.isoformat()}
    stations = asking.services_of(ward).call(rpcs.LIST_STATIONS, **days).stations
    return render_template("stations/timetable.html", ward=ward, week=week, stations=stations, days=week.days(stations))


@pages.get("/lich/<slug>.ics")
def calendar(slug: str) -> Response:
    ward = asking.ward_of(slug)
    now = SystemClock().now()
    since, until = feeds.days(day_in_vietnam(now))
    stations = asking.services_of(ward).call(rpcs.LIST_STATIONS, since=since, until=until).stations
    return Response(feeds.calendar(ward, stations, now), content_type=feeds.MEDIA_TYPE)


@pages.get("/phuong/<slug>/diem-ho-tro")
def earlier(slug: str) -> ResponseReturnValue:
    """The former address of the list of stations; leads to the timetable."""
    return redirect(url_for(".timetable", slug=asking.ward_of(slug).slug), 301)
