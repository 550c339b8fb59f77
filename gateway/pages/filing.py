"""Sending a dossier: checking the answers, declaring, confirming with the one-time code, and what happens next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import asking, identity
from gateway.pages.dossier import Opened, open_dossier, title_of
from gateway.pages.drafting import CHECK, address, likely_files, open_draft, own_account, save, step_of
from gateway.pages.form_pages import read_posted, shown, value_at
from gateway.pages.own_questions import OTP
from gateway.pages.plain import TROUBLE, error_list, shown_fields
from gateway.pages.refusals import SHOWN, raise_unless, text_of
from gateway.pages.scanning import waiting_pages
from services.chassis.refusal import Kind, Refusal

pages = Blueprint("filing", __name__)
pages.before_request(identity.require_signed_in)

PAPER_NOT_NEEDED, FILED_BY_ANOTHER = "paper-not-needed", "filed-by-another"  # the checks that find it
_UNDECLARED = "Xin đọc lời cam đoan và đánh dấu vào ô nếu ông/bà đồng ý."
_UNSIGNED = "Xin đánh dấu khi người nộp đã xem lại và ký tờ khai bản giấy."
#: After these refusals a code cannot be tried again: the draft has changed, or the code is used up or too old.
_NEW_CODE_NEEDED = (Kind.CONFLICT, Kind.STALE, Kind.NOT_FOUND)


@pages.route("/ho-so/<slug>/<uuid:id>/kiem-tra", methods=["GET", "POST"])
@limited("activation", methods=["POST"])
def check(slug: str, id: UUID) -> ResponseReturnValue:
    """All answers on one page, each with a link to change it. After the declaration, the code is sent."""
    opened = open_dossier(slug, id) if request.method == "GET" else open_draft(slug, id)
    if not opened.is_draft:  # by the back button, from the page that says that it is filed
        return redirect(url_for("pages.dossier.show", slug=slug, id=id), 303)
    errors: dict[str, str] = {}
    if request.method == "POST":
        if request.form.get("declared") != "yes":
            errors = {"declared": _UNSIGNED if opened.at_desk else _UNDECLARED}
        else:
            try:
                return redirect(_onward(_with_declaration(opened)), 303)
            except Refusal as refusal:
                raise_unless(SHOWN, refusal)
                errors = {"": refusal.text}
    content = render_template(
        "draft/check.html",
        opened=opened,
        step=step_of(opened, CHECK),
        warning=" ".join(page.hint for page in opened.form.pages if set(page.fields) & set(opened.declared)),
        sections=answers(opened),
        papers=_papers(opened),
        waiting=waiting_pages(opened),
        stops=_stops(opened),
        own_account=own_account(opened),
        notes=_notes(opened),
        errors=errors,
        summary=[{"text": text, "href": f"#{name}" if name else None} for name, text in errors.items()],
    )
    return content, 422 if errors else 200


@pages.route("/ho-so/<slug>/<uuid:id>/ma-xac-nhan", methods=["GET", "POST"])
@limited("activation", methods=["POST"])
def confirm(slug: str, id: UUID) -> ResponseReturnValue:
    """The one-time code, and the button that sends the dossier."""
    sent = session.get("confirmation")
    if not sent or sent["dossier"] != str(id):
        return _without_code(slug, id)
    ward = asking.ward_of(slug)
    errors: dict[str, str] = {}
    if request.method == "POST":
        otp = "".join(request.form.get("otp", "").split())
        own = asking.services_of(ward)
        try:
            own.call(rpcs.SUBMIT_DOSSIER, dossier_id=str(id), confirmation_id=sent["id"], otp=otp)
        except Refusal as refusal:
            if refusal.kind in _NEW_CODE_NEEDED:
                session.pop("confirmation")
                flash(refusal.text, TROUBLE)
                return redirect(url_for("pages.dossier.show", slug=slug, id=id), 303)
            errors = {"otp": text_of(refusal)}
        else:
            session.pop("confirmation")
            return redirect(url_for(".filed", slug=slug, id=id), 303)
    content = render_template(
        "draft/confirm.html",
        ward=ward,
        id=id,
        sent=sent,
        fields=shown_fields(OTP, {}, errors),
        summary=error_list(OTP, errors),
    )
    return content, 422 if errors else 200


def _without_code(slug: str, id: UUID) -> ResponseReturnValue:
    """No code waits in this browser: it was used in another tab, or it was lost when a sign-in ended."""
    if not open_dossier(slug, id).is_draft:
        return redirect(url_for(".filed", slug=slug, id=id), 303)
    flash("Hồ sơ chưa gửi: không còn mã nào đang chờ. Xin xem lại rồi lấy mã khác.", TROUBLE)
    return redirect(url_for(".check", slug=slug, id=id), 303)


@pages.post("/ho-so/<slug>/<uuid:id>/ma-khac")
@limited("activation")
def resend(slug: str, id: UUID) -> ResponseReturnValue:
    """Sends another code; if it is too soon for that, the page still asks for the first code, which counts."""
    opened = open_draft(slug, id)
    try:
        _ask_for_code(opened)
    except Refusal as refusal:
        raise_unless((Kind.THROTTLED, Kind.UNAVAILABLE), refusal)
        flash(refusal.text, TROUBLE)
    else:
        flash("Đã gửi một mã khác. Mã gửi trước không còn dùng được.")
    return redirect(url_for(".confirm", slug=slug, id=id), 303)


@pages.get("/ho-so/<slug>/<uuid:id>/da-gui")
def filed(slug: str, id: UUID) -> ResponseReturnValue:
    """What was filed, what happens next and when. It reads the dossier, so the page can be opened again."""
    opened = open_dossier(slug, id)
    if opened.is_draft:
        return redirect(url_for(".check", slug=slug, id=id), 303)
    return render_template(
        "dossier/filed.html", opened=opened, dossier=opened.dossier, first_alone=_is_first_alone(opened)
    )


def _is_first_alone(opened: Opened) -> bool:
    """Whether this is the first filing or practice that its applicant did without help. It is counted seconds later."""
    if opened.ward.is_practice or opened.at_desk or opened.dossier.assistance not in ("alone", "station"):
        return False
    try:
        own = asking.services_of(identity.own_ward()).call(rpcs.GET_OWN_LEARNING)
    except Refusal:
        return False  # the page is there all the same
    return not own.able_alone or own.able_since.seconds >= opened.dossier.submitted_at.seconds


def _with_declaration(opened: Opened) -> Opened:
    """The dossier with the declarations that the tick on the check page affirms."""
    patch = read_posted(opened.declared, {one.name: "true" for one in opened.declared})
    if all(value_at(opened.values, one.pointer) is True for one in opened.declared):
        return opened
    return save(opened, patch, {"version": str(opened.dossier.version)})


def _onward(opened: Opened) -> str:
    """Files a dossier that the desk entered, whose paper form is signed; asks everybody else for the one-time code."""
    if not opened.at_desk:
        _ask_for_code(opened)
        return url_for(".confirm", **opened.where)
    draft = opened.dossier
    opened.services.call(rpcs.SUBMIT_AT_COUNTER, dossier_id=draft.id, form_signed=True, expected_version=draft.version)
    flash("Đã nhận hồ sơ. Xin tiếp nhận, rồi in giấy tiếp nhận có mã hồ sơ và mã tra cứu để giao cho người nộp.")
    return url_for("pages.desk.dossier", id=draft.id)


def _ask_for_code(opened: Opened) -> None:
    sent = opened.services.call(rpcs.REQUEST_CONFIRMATION, dossier_id=opened.dossier.id)
    session["confirmation"] = {
        "dossier": opened.dossier.id,
        "id": sent.id,
        "phone": sent.phone_masked,
        "until": sent.expires_at.seconds,
    }


def answers(opened: Opened) -> list[dict[str, Any]]:
    """The answers by section: rows of question, answer and the page that asks."""
    sections: list[dict[str, Any]] = []
    for page in opened.pages:
        title = opened.form.sections.get(page.section, "") or "Tờ khai"
        if not sections or sections[-1]["title"] != title:
            sections.append({"title": title, "rows": []})
        for one in opened.asked_of(page):
            text = shown(one, value_at(opened.values, one.pointer))
            href = address(opened.where, page, one, CHECK)
            sections[-1]["rows"].append({"title": one.title, "text": text, "href": href, "field": one})
    return sections


def _papers(opened: Opened) -> list[dict[str, Any]]:
    return [
        {
            "title": requirement.title,
            "kind": requirement.kind,
            "files": [one.filename for one in opened.dossier.documents if one.kind == requirement.kind],
        }
        for requirement in likely_files(opened)
    ]


def _stops(opened: Opened) -> list[dict[str, Any]]:
    """The findings that still stop the filing, each with a link to the place where it is corrected. That another person
    files is found at several questions, of which one has to change: it is said once, with links to the others.
    """
    declared = [one.pointer for one in opened.declared]
    stops: list[dict[str, Any]] = []
    by_another = None
    for finding in opened.dossier.findings:
        if finding.kind != dossiers_v1.FINDING_KIND_STOPS or finding.field in declared:
            continue
        href = place_of(opened, finding.field)
        if by_another is not None and finding.check == FILED_BY_ANOTHER:
            by_another["others"].append((title_of(opened, finding.field), href))
            continue
        stops.append({"text": finding.text, "href": href, "others": []})
        if finding.check == FILED_BY_ANOTHER:
            by_another = stops[-1]
    return stops


def _notes(opened: Opened) -> list[dict[str, str]]:
    """What the applicant should know, each with its question, since with two parties it concerns one of them."""
    kinds = (dossiers_v1.FINDING_KIND_WARNS, dossiers_v1.FINDING_KIND_INFORMS)
    fields = opened.form.fields
    return [
        {
            "title": fields[finding.field].title if finding.field in fields else "",
            "text": finding.text,
            "paper": place_of(opened, finding.field) if finding.check == PAPER_NOT_NEEDED else "",
        }
        for finding in opened.dossier.findings
        if finding.kind in kinds
    ]


def place_of(opened: Opened, field: str) -> str:
    """The address of the page that asks for a field or document."""
    if field.startswith("documents/"):
        return url_for("pages.documents.kind", kind=field.partition("/")[2], tu=CHECK, **opened.where)
    page = opened.form.page_of(field)
    if page is None:
        return url_for("pages.drafting.overview", **opened.where)
    one = opened.form.fields.get(field)
    return address(opened.where, page, one or page.fields[0], CHECK)
