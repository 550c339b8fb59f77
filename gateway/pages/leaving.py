"""Leaving a page on which something is typed: links are buttons of its form, so that what was typed is kept first.

The form is posted with `next`, the address of the link. The page's view keeps what was typed, without checking it, and
then goes there (`go`), if it is one of the places below.
"""

from __future__ import annotations

from flask import current_app, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from gateway.pages import requested
from gateway.pages.plain import local_path

#: The id of the form of a page with such links.
ANSWERS = "answers"
LOST = "Chưa lưu được điều vừa nhập, nên trang này còn mở. Nếu vẫn rời trang, điều vừa nhập ở đây sẽ mất."

_PAGES = frozenset(
    {
        "pages.account.own",
        "pages.account.sign_in",
        "pages.captures.tray",
        "pages.desk.work_list",
        "pages.documents.content",
        "pages.documents.first",
        "pages.documents.kind",
        "pages.dossier.own",
        "pages.dossier.show",
        "pages.drafting.overview",
        "pages.drafting.page",
        "pages.filing.check",
        "pages.guidance.here",
        "pages.opening.check",
        "pages.opening.ask",
        "pages.opening.start",
        "pages.practice.start",
        "pages.public.start",
        "pages.books.of_year",
        "pages.registers.look",
        "pages.stations.choose",
        "pages.supplement.answer",
        "pages.tracking.track",
    }
)
#: Posted with the same form.
_ACTS = frozenset({"pages.account.sign_out", "pages.guidance.stop", "pages.kiosk.leave"})


def destination() -> str:
    """Where the posted form goes after what was typed is kept; empty if it names no such place."""
    to = local_path(request.form.get("next", ""))
    return to if to and (_leads_to(to, "GET", _PAGES) or _is_act(to)) else ""


def go(to: str) -> Response:
    """Goes to a `destination`; an act is posted."""
    return redirect(to, 307 if _is_act(to) else 303)


def ends() -> bool:
    """Whether somebody leaves a station's computer: nothing stops them, not even something that cannot be saved."""
    try:
        asks = request.method == "POST" and request.form.get("next", "") == url_for("pages.kiosk.leave")
    except HTTPException:  # what was posted is too large to be read
        return False
    return asks and not requested.is_from_elsewhere()


def _is_act(to: str) -> bool:
    return _leads_to(to, "POST", _ACTS)


def _leads_to(to: str, method: str, endpoints: frozenset[str]) -> bool:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None, "within a request"
    try:
        endpoint, _ = adapter.match(to.partition("?")[0].partition("#")[0], method=method)
    except HTTPException:
        return False
    return endpoint in endpoints
