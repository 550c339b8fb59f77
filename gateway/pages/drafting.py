"""Filling in a draft: the overview, and one page after another, each saved when it is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from google.protobuf.timestamp_pb2 import Timestamp

from gateway import rpcs
from gateway.pages import identity, leaving
from gateway.pages.dossier import Opened, open_dossier, with_procedure
from gateway.pages.form_pages import Page, Values, errors_of, filled, progress, read_posted, value_at
from gateway.pages.kiosk import kiosk
from gateway.pages.own_answers import account_of, is_of_account, offered, prefilled, still_own, still_requester
from gateway.pages.refusals import SHOWN, raise_unless
from gateway.pages.widgets import label_text, widget
from gateway.questions import DECLARATION, Field, whole
from gateway.texts import paper_name
from services.chassis.refusal import Refusal, conflict, not_found

pages = Blueprint("drafting", __name__)
pages.before_request(identity.require_signed_in)

CHECK = "kiem-tra"  # in ?tu=: the person came from the check page and goes straight back to it
STATES = {
    "open": "Chưa làm",
    "half": "Làm dở",
    "wrong": "Cần xem lại",
    "done": "Đã xong",
    "prefilled": "Đã điền sẵn",
    "optional": "Không bắt buộc",
}
#: Where the answers come from that a page has before somebody has typed one.
OF_ACCOUNT, OF_DRAFT = "account", "draft"
TO_DO = ("open", "half", "wrong")


def open_draft(slug: str, id: UUID) -> Opened:
    """Raises a Refusal; CONFLICT for what has been filed already."""
    opened = open_dossier(slug, id)
    if not opened.is_draft:
        raise conflict("already-filed", "Hồ sơ này đã gửi rồi nên tờ khai không sửa ở đây được nữa.")
    return opened


#: The questions that people answer from an identity paper; somebody who practises has no paper of the invented person.
_ON_A_CARD = frozenset({"identity_paper", "identity_number", "identity_issued_on", "identity_issued_by"})


@pages.get("/ho-so/<slug>/<uuid:id>/to-khai")
def overview(slug: str, id: UUID) -> ResponseReturnValue:
    """Which parts of a draft are done and which are left."""
    opened = open_dossier(slug, id)
    if not opened.is_draft:
        return redirect(url_for("pages.dossier.show", slug=slug, id=id), 303)
    tasks = _tasks(opened)
    left = [task for section in tasks for task in section["tasks"] if task["state"] in TO_DO]
    remarks = [finding.text for finding in opened.dossier.findings if not finding.field]
    return render_template(
        "draft/overview.html",
        opened=opened,
        sections=tasks,
        left=left,
        remarks=remarks,
        own_account=own_account(opened),
    )


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What the applicant's account says that matters for a draft."""

    #: When its phone has just changed: the time from which it can confirm filings. The applicant learns it early.
    filing_from: Timestamp | None = None
    #: Its identity paper, if the draft has another one, and the address of the question.
    paper: str = ""
    paper_href: str = ""


def own_account(opened: Opened) -> OwnAccount:
    account = account_of(opened)
    if account is None:  # the page that asks for the code says again that filings wait
        return OwnAccount()
    waits_until = account.filing_from if account.HasField("filing_from") else None
    page = _page_of_other_number(opened, account.identity_number_masked)
    if page is None:
        return OwnAccount(waits_until)
    return OwnAccount(waits_until, paper_name(account), url_for("pages.drafting.page", name=page.name, **opened.where))


def _page_of_other_number(opened: Opened, masked: str) -> Page | None:
    """The page that asks for the number of the applicant's identity paper, if the draft has another number than the
    account: the draft was begun before the desk noted a new paper, or another paper was typed. The length and the last
    characters are compared, since the account shows no more.
    """
    for page in opened.pages:
        for one in opened.asked_of(page):
            number = "".join(filter(str.isalnum, str(value_at(opened.values, one.pointer) or "")))
            if one.prefilled and one.name.endswith("identity_number") and number:
                return None if (len(number), number[-3:].upper()) == (len(masked), masked[-3:]) else page
    return None


def _tasks(opened: Opened) -> list[dict[str, Any]]:
    """The sections of the form with their pages, then the documents."""
    sections: list[dict[str, Any]] = []
    for page in opened.pages:
        title = opened.form.sections.get(page.section, "") or "Tờ khai"
        if not sections or sections[-1]["title"] != title:
            sections.append({"title": title, "tasks": []})
        fields = opened.asked_of(page)
        state = progress(fields, opened.values, opened.dossier.findings, prefilled(opened, fields))
        text = STATES[state]
        if state == "done" and still_own(opened, fields):
            state, text = "wrong", "Vẫn là tên của ông/bà"
        href = url_for(".page", name=page.name, **opened.where)
        sections[-1]["tasks"].append({"title": page.title, "href": href, "state": state, "text": text})
    papers = [_paper_task(opened, requirement) for requirement in likely_files(opened)]
    if papers:
        sections.append({"title": "Giấy tờ tải lên", "tasks": papers})
    return sections


def step_of(opened: Opened, name: str) -> str:
    """For a form's page, a kind of document, or `CHECK`: `, bước 3 trong 12`; empty for what is not a step now."""
    names = [*(page.name for page in opened.pages), *(one.kind for one in likely_files(opened)), CHECK]
    return f", bước {names.index(name) + 1} trong {len(names)}" if name in names else ""


def likely_files(opened: Opened) -> list[dossiers_v1.DocumentRequirement]:
    """Those of the uploaded documents that this dossier needs or has."""
    named = {finding.field for finding in opened.dossier.findings}
    here = {one.kind for one in opened.dossier.documents}
    return [
        one for one in required_files(opened) if one.required or one.kind in here or f"documents/{one.kind}" in named
    ]


def _paper_task(opened: Opened, requirement: dossiers_v1.DocumentRequirement) -> dict[str, Any]:
    here = [one for one in opened.dossier.documents if one.kind == requirement.kind]
    missing = any(
        finding.field == f"documents/{requirement.kind}" and finding.kind == dossiers_v1.FINDING_KIND_STOPS
        for finding in opened.dossier.findings
    )
    if here:
        state, text = "half" if missing else "done", f"Đã có {len(here)} tệp"
    elif missing or requirement.required:
        state, text = "open", "Chưa có"
    else:
        state, text = "optional", STATES["optional"]
    href = url_for("pages.documents.kind", **opened.where, kind=requirement.kind)
    return {"title": requirement.title, "href": href, "state": state, "text": text, "hint": requirement.condition}


def required_files(opened: Opened) -> list[dossiers_v1.DocumentRequirement]:
    """The documents that are uploaded, not those shown at the office."""
    return [one for one in opened.procedure.documents if one.mode == "file"]


@pages.route("/ho-so/<slug>/<uuid:id>/xoa", methods=["GET", "POST"])
def delete(slug: str, id: UUID) -> ResponseReturnValue:
    """Asks once more, and deletes the draft."""
    opened = open_draft(slug, id)
    if request.method == "GET":
        return render_template("draft/delete.html", opened=opened)
    opened.services.call(rpcs.DELETE_DRAFT, dossier_id=str(id))
    flash("Đã xóa tờ khai cùng các tệp đã tải lên.")
    lists = "pages.practice.start" if opened.ward.is_practice else "pages.dossier.own"
    return redirect(url_for("pages.desk.work_list" if opened.at_desk else lists), 303)


@pages.route("/ho-so/<slug>/<uuid:id>/to-khai/<name>", methods=["GET", "POST"])
def page(slug: str, id: UUID, name: str) -> ResponseReturnValue:
    """One page of the form. What is sent is saved first, and then checked, unless somebody only leaves the page."""
    opened = open_draft(slug, id)
    found = opened.form.page(name)
    if found is None:
        raise not_found("unknown-page", "Tờ khai không có trang này.")
    if all(one.widget == DECLARATION for one in found.fields):
        return redirect(url_for("pages.filing.check", slug=slug, id=id), 303)
    if request.method == "GET":
        fields = _fields_of(opened, found)
        mine = offered(opened, fields)
        shown = replace(opened, values=filled(opened.values, mine))
        of_account = is_of_account(shown, [one for one in fields if one.pointer in mine])
        begun = prefilled(opened, fields) and not opened.ward.is_practice  # where nobody has an account
        own = OF_ACCOUNT if (of_account if mine else begun) else OF_DRAFT if mine else ""
        return _show(opened, found, fields, shown.values, {}, own=own)
    fields = _posted_fields(opened, found)
    patch, leaves = read_posted(fields, request.form), bool(leaving.destination())
    is_new = any(value_at(patch, one.pointer) != value_at(opened.values, one.pointer) for one in fields)
    # Once sent, they are the person's own answers.
    is_new = is_new or (not leaves and any(one.pointer in opened.dossier.prefilled for one in fields))
    try:
        saved = save(opened, patch, request.form) if is_new else opened
    except Refusal as refusal:
        if leaving.ends():
            raise
        raise_unless(SHOWN, refusal)
        return _not_saved(opened, found, fields, patch, refusal, leaves=leaves)
    return _left(saved, found, fields) or (_after_one(saved, found, fields) if kiosk() else _after(saved, found))


def _left(saved: Opened, page: Page, fields: list[Field]) -> ResponseReturnValue | None:
    """Where somebody goes who does not want the page's answers checked now."""
    if onward := leaving.destination():
        return leaving.go(onward)
    if "later" in request.form:
        return redirect(url_for(".overview", **saved.where), 303)
    if "guidance" in request.form:  # without a script: the same questions again, with the volunteer's new words
        return redirect(address(saved.where, page, fields[0], _from()), 303)
    return None


def _after(saved: Opened, page: Page) -> ResponseReturnValue:
    """What follows a saved page: new questions that its answers have brought up, its errors, or the next page."""
    fields = saved.asked_of(page)
    errors = errors_of(fields, saved.dossier.findings)
    unseen = [one for one in fields if one.name not in request.form.getlist("asked")]
    if unseen:
        return redirect(url_for(".page", name=page.name, tu=_from(), **saved.where), 303)
    if errors:
        return _show(saved, page, fields, saved.values, errors)
    return redirect(_onward(saved, page), 303)


def _after_one(saved: Opened, page: Page, fields: list[Field]) -> ResponseReturnValue:
    """At a station's computer: the same question if it has an error, the page's next question, or the next page."""
    asked = saved.asked_of(page)
    shown = [one for one in fields if one in asked]
    errors = errors_of(shown, saved.dossier.findings)
    if errors:
        return _show(saved, page, shown, saved.values, errors)
    at = page.fields.index(fields[-1])
    ahead = [one for one in asked if page.fields.index(one) > at]
    return redirect(address(saved.where, page, ahead[0]) if ahead and not _from() else _onward(saved, page), 303)


def address(where: Mapping[str, Any], page: Page, one: Field, came_from: str = "") -> str:
    """The address of a question of a dossier (`Opened.where`): its page, at a station's computer with this question
    alone.
    """
    at: dict[str, Any] = {"cau": page.fields.index(one) + 1} if kiosk() else {"_anchor": one.anchor}
    return url_for("pages.drafting.page", name=page.name, tu=came_from or None, **where, **at)


def _fields_of(opened: Opened, page: Page) -> list[Field]:
    """The questions that are shown: all of the page, or at a station's computer only number `cau`, from 1."""
    asked = opened.asked_of(page)
    if not kiosk():
        return asked
    number = whole(request.args.get("cau", ""))
    named = [one for one in asked if page.fields.index(one) + 1 == number]
    return named or asked[:1] or list(page.fields[:1])


def save(opened: Opened, patch: Values, posted: Mapping[str, str]) -> Opened:
    """Saves what a page was sent, once, on the version that it showed. Raises a Refusal."""
    saved = opened.services.call(
        rpcs.SAVE_FORM,
        dossier_id=opened.dossier.id,
        form_json=json.dumps(patch, ensure_ascii=False),
        expected_version=whole(posted.get("version", "")),
    )
    return with_procedure(opened.ward, saved)


def _posted_fields(opened: Opened, page: Page) -> list[Field]:
    """The fields that the sent page had shown; the others stay unchanged."""
    shown = request.form.getlist("asked")
    return [one for one in page.fields if one.name in shown] or _fields_of(opened, page)


def _not_saved(
    opened: Opened, page: Page, fields: list[Field], patch: Values, refusal: Refusal, *, leaves: bool
) -> ResponseReturnValue:
    """The page as it was shown, with what was typed, and why it was not saved; its links leave the page at once."""
    errors = {fault.field: fault.text for fault in refusal.fields if opened.form.page_of(fault.field) is page}
    return _show(opened, page, fields, patch, errors, refusal.text, unsaved=leaving.LOST if leaves else "")


def _show(
    opened: Opened,
    page: Page,
    fields: list[Field],
    values: Values,
    errors: Mapping[str, str],
    trouble: str = "",
    *,
    unsaved: str = "",
    own: str = "",
) -> ResponseReturnValue:
    fields = fields or list(page.fields)
    alone = len(fields) == 1
    heading = page.title if len(page.fields) == 1 or not kiosk() else label_text(fields[0])
    content = render_template(
        "draft/page.html",
        opened=opened,
        page=page,
        step=step_of(opened, page.name),
        fields=[widget(opened.with_choices(one), values, errors, heading=heading if alone else "") for one in fields],
        names=[one.name for one in fields],
        sample_card=opened.ward.is_practice and any(one.pointer.rpartition("/")[2] in _ON_A_CARD for one in fields),
        alone=alone,
        heading=heading,
        summary=[
            *(
                [{"text": errors[one.pointer], "href": f"#{one.anchor}"} for one in fields if one.pointer in errors]
                or ([{"text": trouble}] if trouble else [])
            ),
            *([{"text": unsaved}] if unsaved else []),
        ],
        answers="" if unsaved else leaving.ANSWERS,
        unsaved=bool(trouble),
        own=own,
        left_open=any(not one.optional and value_at(values, one.pointer) is None for one in fields),
        still_own=not own and still_own(opened, fields),
        still_requester=not own and still_requester(opened, fields),
        saved_at_end=True,
        here=address(opened.where, page, fields[0], _from()).partition("#")[0],
        back=_back(opened, page, fields),
        came_from=_from(),
    )
    return content, 422 if errors or trouble else 200


def _from() -> str:
    return CHECK if request.values.get("tu") == CHECK else ""


def _back(opened: Opened, page: Page, fields: list[Field]) -> str:
    if _from():
        return url_for("pages.filing.check", **opened.where)
    earlier = [one for one in opened.asked_of(page) if page.fields.index(one) < page.fields.index(fields[0])]
    if kiosk() and earlier:
        return address(opened.where, page, earlier[-1])
    before = _neighbour(opened, page, -1)
    if kiosk() and before:
        return address(opened.where, before, opened.asked_of(before)[-1])
    return url_for(".page", name=before.name, **opened.where) if before else url_for(".overview", **opened.where)


def _onward(opened: Opened, page: Page) -> str:
    """Goes back to the check page, to the next page, or after the last to the documents."""
    if _from():
        return url_for("pages.filing.check", **opened.where)
    after = _neighbour(opened, page, 1)
    return (
        url_for(".page", name=after.name, **opened.where) if after else url_for("pages.documents.first", **opened.where)
    )


def _neighbour(opened: Opened, page: Page, step: int) -> Page | None:
    """The page that is asked after this one, or with step -1 before it; None at the end."""
    pages, asked = opened.form.pages, opened.pages
    at = pages.index(page)
    others = pages[at + 1 :] if step > 0 else reversed(pages[:at])
    return next((other for other in others if other in asked), None)
