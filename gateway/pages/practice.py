"""Tập thử: everything of a ward, tried as an invented person (docs/decisions/0036).

The pages of a practice are those of every ward, under the practice ward's address. This module has what only practice
needs: its start, its end, and the phone that shows its messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from caunoi.dossiers.v1.dossiers_pb2 import Procedure
from caunoi.notifications.v1.notifications_pb2 import PracticeMessage
from flask import Blueprint, current_app, flash, has_request_context, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import count, limited
from gateway.pages import asking, documents, identity, kept, requested
from gateway.pages.dossier import open_dossier
from gateway.pages.kiosk import kiosk
from gateway.pages.plain import TROUBLE
from gateway.pages.public import by_use
from gateway.pages.refusals import SHOWN_OF_WHAT_IS_NAMED, raise_unless
from gateway.texts import FINAL, Status, is_draft
from services.chassis.district import Ward
from services.chassis.refusal import Kind, Refusal

pages = Blueprint("practice", __name__)

DOSSIERS_ASKED = 20
#: Pages of a real ward that the practice ward does not have, under an address that names a ward.
_NOT_HERE = ("pages.opening", "pages.stations")
SAMPLE, SAMPLE_NAME = "practice-paper.jpg", "giấy mẫu.jpg"
MESSAGES_SHOWN = 3
_PHONE = "tap_thu/phone.html"
_BY = ("chính tay ông/bà làm", "có người làm giúp")  # whether it was with help → how


@dataclass(frozen=True, slots=True)
class Shown:
    """What every page of a practice shows: the invented person, the phone with its newest messages, and the ward."""

    person: identity.Person | None
    messages: Sequence[PracticeMessage]
    slug: str


def shown() -> Shown | None:
    """The practice, on pages of the practice ward; None on any other page."""
    if not has_request_context() or not identity.in_practice():
        return None
    ward = asking.district().practice
    return Shown(identity.practising(), _messages(ward) if requested.asks_for_a_page() else (), ward.slug)


def has_no(blueprint: str) -> bool:
    """Whether the requested page is one that the practice ward does not have."""
    return blueprint in _NOT_HERE and identity.in_practice()


def _messages(ward: Ward) -> Sequence[PracticeMessage]:
    if identity.practising() is None:
        return ()
    try:
        return asking.services_of(ward).call(rpcs.LIST_PRACTICE_MESSAGES).messages[:MESSAGES_SHOWN]
    except Refusal:
        return ()  # the page works without it, and asks again


@pages.get("/tap-thu")
def start() -> ResponseReturnValue:
    """What practising is, the procedures, and what this browser has begun."""
    ward = asking.district().practice
    procedures: Sequence[Procedure] = ()
    with suppress(Refusal):
        procedures = sorted(asking.services_of(ward).call(rpcs.LIST_PROCEDURES).procedures, key=by_use)
    own = _own(ward) if identity.practising() else ()
    return render_template(
        "tap_thu/start.html",
        ward=ward,
        procedures=procedures,
        asks_first=any(_unsettled(own)),
        drafts=[one for one in own if is_draft(one)],
        filed=[one for one in own if not is_draft(one)],
    )


@pages.post("/tap-thu")
@limited("drafts")
def begin() -> ResponseReturnValue:
    """Begins to practise a procedure, as an invented person, who is created if there is none yet."""
    ward = asking.district().practice
    if identity.practising() is None:
        count("practices")
        identity.remember_practice(asking.services_of(ward).call(rpcs.OPEN_PRACTICE))
    draft = asking.services_of(ward).call(rpcs.CREATE_DRAFT, procedure=request.form.get("procedure", ""))
    return redirect(url_for("pages.drafting.overview", slug=ward.slug, id=draft.id), 303)


@pages.route("/tap-thu/thoi", methods=["GET", "POST"])
def leave() -> ResponseReturnValue:
    """Asks once more, and ends the practice of this browser."""
    if request.method == "GET":
        if identity.practising() is None:
            flash("Ở máy này không có lần tập thử nào đang làm.", TROUBLE)
            return redirect(url_for(".start"), 303)
        is_open, uncounted = _unsettled(_own(asking.district().practice))
        return render_template("tap_thu/leave.html", open=is_open, uncounted=uncounted)
    identity.forget_practice()
    flash("Đã thôi tập thử. Những gì đã điền sẽ bị xóa, chậm nhất sau 7 ngày.")
    return redirect(url_for(".start"), 303)


def _own(ward: Ward) -> Sequence[Any]:
    """What this browser has begun; empty where the ward does not answer."""
    try:
        found: Sequence[Any] = asking.services_of(ward).call(rpcs.LIST_OWN_DOSSIERS, page_size=DOSSIERS_ASKED).dossiers
    except Refusal as refusal:
        if refusal.kind is Kind.UNAUTHENTICATED:
            raise
        return ()
    return found


def _unsettled(own: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """What would be lost with the practice: what is unfinished, and what is finished but counted for nobody."""
    done = [one for one in own if one.status == Status.HANDED_OVER]
    who = identity.account_holder() if done else None
    counted = _counted_by(who)
    return [one for one in own if one.status not in FINAL], [one for one in done if one.id not in counted]


@pages.get("/tap-thu/dien-thoai")
def phone() -> ResponseReturnValue:
    """The phone alone, for the script of a page that waits for news."""
    return render_template(_PHONE, messages=_messages(asking.district().practice))


@pages.post("/tap-thu/giay-mau/<uuid:id>/<kind>")
@limited("documents")
def sample(id: UUID, kind: str) -> ResponseReturnValue:
    """A sample in place of a paper: a person who practises has none, and must not send a real one."""
    ward = asking.district().practice
    opened = open_dossier(ward.slug, id)
    content = (Path(current_app.static_folder or "") / SAMPLE).read_bytes()
    opened.services.part("sample").call(
        rpcs.ADD_DOCUMENT, dossier_id=str(id), kind=kind, filename=SAMPLE_NAME, content=content
    )
    documents.add_chosen(opened, kind)
    flash("Đã dùng giấy mẫu. Khi làm thật, ông/bà chụp hoặc quét giấy của mình.")
    came_from = documents.came_from()
    return redirect(url_for("pages.documents.kind", slug=ward.slug, id=id, kind=kind, tu=came_from), 303)


@pages.get("/tap-thu/xong/<uuid:id>")
def done(id: UUID) -> ResponseReturnValue:
    """A practice is over: what came of it, and the way to the real thing."""
    ward = asking.district().practice
    opened = open_dossier(ward.slug, id)
    if opened.dossier.status not in FINAL:
        return redirect(url_for("pages.dossier.show", slug=ward.slug, id=id), 303)
    home = _home()
    real = (
        url_for("pages.public.procedure", slug=home.slug, code=opened.dossier.procedure)
        if home
        else url_for("pages.public.start", _anchor="chon-phuong")
    )
    is_done = opened.dossier.status == Status.HANDED_OVER
    who = identity.account_holder()
    if is_done and who is None:
        kept.finished.write(kept.Finished(str(id)))
    return render_template(
        "tap_thu/done.html",
        opened=opened,
        dossier=opened.dossier,
        real=real,
        is_done=is_done,
        who=who,
        counted=_counted(who, id) if is_done else "",
        open_account=url_for("pages.opening.start", slug=home.slug) if home else real,
    )


@pages.post("/tap-thu/xong/<uuid:id>")
@limited("drafts")
def count_it(id: UUID) -> ResponseReturnValue:
    """Counts the practice in the signed-in account: that account's ward gets the practice ward's statement."""
    who, ward = identity.account_holder(), asking.district().practice
    back = url_for(".done", id=id)
    if who is None:
        return _sign_in_to_count(back)
    if before := _counted(who, id):  # counted in another tab, perhaps with another answer
        flash(f"Lần tập thử này đã ghi từ trước: {_BY[before == 'helped']}. Không ghi gì thêm.", TROUBLE)
        return redirect(back, 303)
    proof = asking.services_of(ward).call(rpcs.PROVE_PRACTICE, dossier_id=str(id)).proof
    by_own_hands = request.form.get("by") == "own"
    try:
        asking.services_in(who.ward).call(rpcs.RECORD_PRACTICE, proof=proof, by_own_hands=by_own_hands)
    except Refusal as refusal:
        if refusal.kind is Kind.UNAUTHENTICATED:  # the account's session has ended, not the practice
            return _sign_in_to_count(back)
        raise_unless(SHOWN_OF_WHAT_IS_NAMED, refusal)
        flash(refusal.text, TROUBLE)
    else:
        kept.finished.drop()
        flash("Đã ghi lần tập thử này vào tài khoản của ông/bà.")
    return redirect(back, 303)


def _sign_in_to_count(back: str) -> ResponseReturnValue:
    """Goes to the sign-in page and back, with the practice; the person who was signed in no longer is."""
    identity.end_sign_in()
    flash("Chưa ghi lần tập thử này. Xin đăng nhập rồi chọn lại.", TROUBLE)
    return redirect(url_for("pages.account.sign_in", ve=back), 303)


def _counted(who: identity.Person | None, id: UUID) -> str:
    """How the practice was done, if it is counted for the signed-in person; empty if it is not, or if unknown."""
    return _counted_by(who).get(str(id), "")


def _counted_by(who: identity.Person | None) -> Mapping[str, str]:
    """How each dossier was done that counts for the signed-in person; empty if unknown."""
    if who is None or not who.is_citizen:
        return {}
    try:
        steps = asking.services_in(who.ward).call(rpcs.GET_OWN_LEARNING).steps
    except Refusal:
        return {}
    return {one.dossier_id: one.assistance for one in steps}


def _home() -> Ward | None:
    """The real ward in which to go on: the account holder's, or the station's."""
    who, here = identity.account_holder(), kiosk()
    code = who.ward if who else here.ward if here else ""
    return asking.district().wards.get(code)
