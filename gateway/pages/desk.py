"""The ward office's desk: the work list, and one dossier on one screen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.pages import asking, identity
from gateway.pages.dossier import Opened, with_procedure
from gateway.pages.filing import answers
from gateway.pages.office_acts import ACTS, act_errors, act_views, command
from gateway.pages.texts import STATUSES
from services.chassis.district import Ward
from services.chassis.refusal import Kind, Refusal, not_found

pages = Blueprint("desk", __name__)
pages.before_request(identity.require_office)

PAGE_SIZE = 30
DUE = (("", "Mọi hạn"), ("overdue", "Đã quá hạn"), ("today", "Đến hạn hôm nay"))
#: Kinds of findings as the officer reads them: word and colour of the tag.
FINDINGS = {
    dossiers_v1.FINDING_KIND_STOPS: ("Chặn nộp", "govuk-tag--red"),
    dossiers_v1.FINDING_KIND_WARNS: ("Lưu ý", "govuk-tag--orange"),
    dossiers_v1.FINDING_KIND_ASKS_OFFICER: ("Cần xem", "govuk-tag--yellow"),
    dossiers_v1.FINDING_KIND_INFORMS: ("Cho biết", "govuk-tag--blue"),
}


def own_ward() -> Ward:
    """The ward whose desk the signed-in officer works at."""
    return asking.district().wards[identity.signed_in().ward]


@pages.get("/can-bo")
def work_list() -> ResponseReturnValue:
    """Open dossiers, most urgent first; what was searched for is not kept anywhere but in this page's address."""
    ward = own_ward()
    status, due = request.args.get("trang-thai", ""), request.args.get("han", "")
    return _work_list(ward, status, due, "", request.args.get("sau", ""))


@pages.post("/can-bo")
def search() -> ResponseReturnValue:
    """A search by name: posted, since a name does not belong in an address."""
    form = request.form
    return _work_list(
        own_ward(), form.get("trang-thai", ""), form.get("han", ""), form.get("q", ""), form.get("sau", "")
    )


def _work_list(ward: Ward, status: str, due: str, query: str, cursor: str) -> ResponseReturnValue:
    statuses = [int(status)] if status.isascii() and status.isdigit() and int(status) in STATUSES else []
    asked = dossiers_v1.ListDeskRequest(
        statuses=statuses,
        due=due if due in dict(DUE) else "",
        query=query.strip(),
        page_size=PAGE_SIZE,
        cursor=cursor,
    )
    found = asking.read(ward.code, asking.dossiers(ward.code).ListDesk, asked)
    return render_template(
        "desk/list.html",
        ward=ward,
        dossiers=found.dossiers,
        next_cursor=found.next_cursor,
        status=str(statuses[0]) if statuses else "",
        due=due,
        query=query,
        cursor=cursor,
        statuses=STATUSES,
        dues=DUE,
    )


@pages.get("/can-bo/ho-so/<uuid:id>")
def dossier(id: UUID) -> ResponseReturnValue:
    return show(read_at_desk(id), {}, "", {})


@pages.post("/can-bo/ho-so/<uuid:id>/<act>")
def perform(id: UUID, act: str) -> ResponseReturnValue:
    """Does one act on the version that the screen showed; where it is refused, shows the screen as it is now."""
    if act not in ACTS:
        raise not_found("unknown-act", "Không có thao tác này.")
    opened = read_at_desk(id)
    picked = request.form.getlist("pick")
    asked = command(act, str(id), opened, request.form, picked)
    ward, key = opened.ward.code, request.form.get("key", "")
    try:
        asking.write(ward, ACTS[act].rpc(asking.dossiers(ward)), asked, key=key, seconds=asking.FILE_SECONDS)
    except Refusal as refusal:
        if refusal.kind in (Kind.UNAUTHENTICATED, Kind.NOT_FOUND, Kind.BROKEN):
            raise
        typed = {**request.form, "pick": picked}
        return show(read_at_desk(id), act_errors(refusal), act, typed, 412 if refusal.kind is Kind.STALE else 422)
    flash(ACTS[act].done)
    return redirect(url_for(".dossier", id=id), 303)


def read_at_desk(id: UUID) -> Opened:
    """A dossier of the officer's ward. Raises a Refusal."""
    ward = own_ward()
    asked = dossiers_v1.GetDossierRequest(dossier_id=str(id))
    return with_procedure(ward, asking.read(ward.code, asking.dossiers(ward.code).GetDossier, asked))


def show(
    opened: Opened, errors: dict[str, str], act: str, typed: dict[str, Any], status: int = 200
) -> ResponseReturnValue:
    """The screen of a dossier; with what was typed and what is wrong with it, where an act was refused."""
    ward = opened.ward
    asked = dossiers_v1.GetHistoryRequest(dossier_id=opened.dossier.id)
    history = asking.read(ward.code, asking.dossiers(ward.code).GetHistory, asked)
    content = render_template(
        "desk/dossier.html",
        opened=opened,
        dossier=opened.dossier,
        sections=answers(opened.form, opened),
        documents=_documents(opened),
        findings=[
            (*FINDINGS.get(one.kind, ("", "")), one, title_of(opened, one.field)) for one in opened.dossier.findings
        ],
        history=history.entries,
        acts=act_views(opened, act, typed, errors),
        asked=[(title_of(opened, item.field), item.text) for item in opened.dossier.supplement_request.items],
        refused=act,
        summary=[
            {"text": text, "href": f"#{act}-{name}" if name and act in ACTS else f"#act-{act}"}
            for name, text in errors.items()
        ],
    )
    return content, status


def _documents(opened: Opened) -> list[dict[str, Any]]:
    titles = {one.kind: one.title for one in opened.procedure.documents}
    return [
        {
            "title": titles.get(one.kind, one.kind),
            "document": one,
            "href": url_for("pages.documents.content", document=one.id, **opened.where),
        }
        for one in opened.dossier.documents
    ]


def title_of(opened: Opened, field: str) -> str:
    """What a field or document is called; empty where the procedure has none such."""
    if field.startswith("documents/"):
        kind = field.partition("/")[2]
        return next((one.title for one in opened.procedure.documents if one.kind == kind), "")
    one = opened.form.fields.get(field)
    return one.title if one else opened.form.sections.get(field.strip("/"), "")
