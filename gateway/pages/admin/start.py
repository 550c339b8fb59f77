"""Where the ward's administrator begins: what is open today and who is on duty."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from gateway.pages import identity
from gateway.pages.admin import asked
from gateway.pages.weeks import week_of

pages = Blueprint("admin", __name__)
pages.before_request(identity.require_admin)


@pages.get("/quan-tri")
def start() -> ResponseReturnValue:
    week = week_of("")
    sessions = dict(week.days(asked.stations(week.today, week.today)))[week.today]
    duties = asked.duties(week.today, week.today)
    return render_template("admin/start.html", ward=identity.own_ward(), week=week, sessions=sessions, duties=duties)
