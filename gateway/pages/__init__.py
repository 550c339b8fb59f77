"""The pages: server-rendered, Vietnamese, whole without JavaScript."""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response, current_app, redirect, request, url_for
from flask.templating import Environment
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from gateway import acts, texts
from gateway.pages import (
    account,
    account_changes,
    accounts_at_desk,
    admin,
    asking,
    authenticators,
    blanks,
    books,
    captures,
    counter,
    desk,
    documents,
    done_at_desk,
    dossier,
    drafting,
    entries,
    failures,
    filing,
    first_administrator,
    household,
    identity,
    kiosk,
    kiosk_pages,
    learning,
    lists,
    opening,
    payments,
    practice,
    public,
    recovery,
    registers,
    second_factor,
    signing,
    staff_account,
    stations,
    supplement,
    tracking,
)
from gateway.pages.guidance import bar, citizen, volunteer
from gateway.pages.headers import nonce, secured
from gateway.pages.session import EncryptedSessions
from gateway.problems import problem_of
from gateway.sealer import STREAM_TICKETS, Sealer
from gateway.settings import Settings
from services.chassis.call import current_request_id
from services.chassis.refusal import Refusal

__all__ = ["register_pages"]

_csrf = CSRFProtect()
_VIEWS = (
    public,
    practice,
    stations,
    account,
    account_changes,
    second_factor,
    authenticators,
    household,
    learning,
    recovery,
    opening,
    tracking,
    dossier,
    drafting,
    documents,
    captures,
    filing,
    supplement,
    payments,
    desk,
    counter,
    signing,
    done_at_desk,
    accounts_at_desk,
    registers,
    entries,
    books,
    blanks,
    kiosk_pages,
    first_administrator,
    staff_account,
    *admin.VIEWS,
    citizen,
    volunteer,
)


def register_pages(app: Flask) -> None:
    """Adds the pages to the gateway: templates, sessions, protection against forged requests, and the views.

    Reads `app.extensions["settings"]`; adds `error_page` for the problems that no view has shown.
    """
    settings: Settings = app.extensions["settings"]
    app.jinja_environment = _Templates
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the API's callers carry tokens; the pages are checked below
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session, so that slow readers do not lose a page
    _csrf.init_app(app)
    app.session_interface = EncryptedSessions(settings.cookie_key, secure=settings.session_cookie_secure)
    app.extensions["carry"] = Sealer(settings.cookie_key, "carried form")
    app.extensions["known"] = Sealer(settings.cookie_key, "known device")
    app.extensions["typed"] = Sealer(settings.cookie_key, "typed values")
    app.extensions["given_out_password"] = Sealer(settings.cookie_key, "given-out password")
    app.extensions["new_password"] = Sealer(settings.cookie_key, "new password")
    app.extensions["second_factor"] = Sealer(settings.cookie_key, "second factor")
    app.extensions["used"] = Sealer(settings.cookie_key, "last use")
    app.extensions["stream_tickets"] = Sealer(settings.cookie_key, STREAM_TICKETS)
    app.extensions["error_page"] = failures.error_page
    _teach_templates(app)
    bar.register_guidance(app)
    app.after_request(_secure_pages)
    pages = Blueprint("pages", __name__)
    pages.before_request(_prepare)
    pages.after_request(_note_used)
    pages.register_error_handler(CSRFError, _forged_or_old)
    for module in _VIEWS:
        pages.register_blueprint(module.pages)
    pages.register_blueprint(captures.phone)
    app.register_blueprint(pages)


def _prepare() -> Response | None:
    if kiosk.is_refused():
        return kiosk.refused_page()
    if kiosk.is_left():
        return kiosk.leave(idle=True)
    if request.endpoint not in kiosk_pages.UNPROTECTED:
        _csrf.protect()
    second_factor.note_kept()
    if practice.has_no(request.blueprint or ""):
        return current_app.make_response(redirect(url_for("pages.practice.start"), 303))
    if (request.endpoint, request.method) != ("pages.account.session_left", "GET"):
        identity.keep_fresh()
    return None


def _forged_or_old(fault: CSRFError) -> ResponseReturnValue:
    """Comes before the page's own look at the sign-in: nobody whose sign-in has ended is shown anything of it here."""
    try:
        identity.keep_fresh()
    except Refusal as refusal:
        return failures.error_page(problem_of(refusal))
    again = second_factor.codes_or_over() if request.endpoint == "pages.second_factor.confirm" else None
    return again or failures.forged_or_old(fault)


def _note_used(response: Response) -> Response:
    kiosk.note_used(response)
    return response


class _Templates(Environment):
    """All templates have the same globals. By default Jinja puts a map of its own before them for each template, and
    compares these chains at every import of a macro, which takes a twentieth of the time of a page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def _secure_pages(response: Response) -> Response:
    return secured(response) if response.mimetype == "text/html" else response


def _teach_templates(app: Flask) -> None:
    own = app.jinja_loader
    loaders = [*([own] if own else []), PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})]
    app.jinja_env.loader = ChoiceLoader(loaders)
    app.jinja_env.filters.update(
        day_and_hour=texts.day_and_hour,
        short_moment=texts.short_moment,
        day=texts.day,
        weekday=texts.weekday,
        weekday_of=texts.weekday_of,
        hours=texts.hours,
        came_about=texts.came_about,
        day_of=texts.day_of,
        hour=texts.hour,
        exact_time=texts.exact_time,
        dong=texts.dong,
        file_size=texts.file_size,
        first_sentence=texts.first_sentence,
        in_sentence=texts.in_sentence,
        tag_class=texts.tag_class,
        role_name=texts.role_name,
        level_name=texts.level_name,
        paper_name=texts.paper_name,
        due_label=texts.due_label,
        due_short=texts.due_short,
        late_text=texts.late_text,
        status_tone=texts.status_tone,
        unremembered=kiosk.unremembered,
    )

    app.jinja_env.globals.update(
        sealed_reader=failures.sealed_reader,
        csrf=generate_csrf,
        new_key=partial(secrets.token_urlsafe, 16),
        desk_list=partial(lists.back_to, lists.DESK),
        texts=texts,
        acts=acts,
    )

    @app.context_processor
    def offered() -> dict[str, Any]:
        return {
            "person": identity.person(),
            "session_left": identity.seconds_left(),
            "ward_here": asking.ward_here(),
            "practice": practice.shown(),
            "kiosk": kiosk.kiosk(),
            "kiosk_clock": kiosk.clock(),
            "opening_begun": opening.is_begun(),
            "asks_here": request.blueprint == "pages.opening",
            "recovery_begun": recovery.is_begun(),
            "csp_nonce": nonce(),
            "request_id": current_request_id(),
        }
