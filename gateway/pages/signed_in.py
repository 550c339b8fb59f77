"""After somebody has signed in: what they had typed is offered again, and they start at the page of their role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from caunoi.accounts.v1.accounts_pb2 import Session
from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.pages import identity, known, typed, visits
from gateway.pages.failures import carried, resumed


def enter(
    answer: Session,
    back: str,
    page: Callable[[str, dict[str, Any]], str] | None = None,
) -> ResponseReturnValue:
    """Signs the person into this browser and goes to `back` or to their start page. With a `page`, shows that first: it
    gets the address to go on to, and what was typed before the sign-in (as `resumed` returns it) or nothing.
    """
    form = carried(request.form.get("carried", ""))
    own = resumed(form) if form and form["account"] == answer.account.id else {}
    visit = visits.of_account(answer.account.id)
    identity.take_over(answer.account.id)  # somebody who signs in to have a practice counted keeps it
    identity.remember(answer)
    if visit:
        visit.take_over()
    onward = back or home_of(identity.signed_in())
    if page is not None:
        answered: ResponseReturnValue = page(onward, own)
    elif own:
        answered = render_template("account/resume.html", **own)
    else:
        answered = redirect(onward, 303)
    response = current_app.make_response(answered)
    typed.drop_strangers(response)
    known.keep(response, answer.device)
    return response


def home_of(who: identity.Person) -> str:
    """Somebody's start page: their work, their dossiers, or, if they have neither here, their account."""
    if who.is_office:
        return url_for("pages.desk.work_list")
    if who.is_admin:
        return url_for("pages.admin.start")
    if who.is_volunteer:
        return url_for("pages.volunteer.today")
    return url_for("pages.dossier.own") if who.is_citizen else url_for("pages.account.own")
