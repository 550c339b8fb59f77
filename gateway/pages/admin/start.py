"""Where the ward's administrator begins: what is open today and who is on duty."""

from __future__ import annotations

import time
from typing import Any

from caunoi.accounts.v1.staff_pb2 import ListAdministeredStaffResponse
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.pages import identity
from gateway.pages.admin import asked
from gateway.pages.refusals import DONE_WITHOUT, raise_unless
from gateway.pages.weeks import week_of
from services.chassis.refusal import Refusal
from services.chassis.tokens import Role

pages = Blueprint("admin", __name__)
pages.before_request(identity.require_admin)

LATELY_SECONDS = 30 * 86_400


@pages.get("/quan-tri")
def start() -> ResponseReturnValue:
    week = week_of("")
    sessions = dict(week.days(asked.stations(week.today, week.today)))[week.today]
    return render_template(
        "admin/start.html",
        ward=identity.own_ward(),
        week=week,
        sessions=sessions,
        duties=asked.duties(week.today, week.today),
        **_administrators(),
    )


def _administrators() -> dict[str, Any]:
    """Who else has become an administrator lately, and whether a link waits for another: nobody becomes one unseen."""
    try:
        found = asked.services().call(rpcs.LIST_ADMINISTERED_STAFF)
    except Refusal as refusal:
        raise_unless(DONE_WITHOUT, refusal)
        found = ListAdministeredStaffResponse()
    lately, me = time.time() - LATELY_SECONDS, identity.signed_in().id
    return {
        "link_until": found.administrator_link_until,
        "new_administrators": [
            one
            for one in found.staff
            if Role.WARD_ADMIN in one.roles
            and one.id != me
            and not one.ended_at.seconds
            and (one.administrator_since.seconds or one.added_at.seconds) > lately
        ],
    }
