"""The ward office's desk: the work list, and one dossier on one screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from caunoi.accounts.v1.accounts_pb2 import ListStaffRequest, StaffMember
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.pages import asking, identity
from gateway.pages.dossier import Opened, title_of, with_procedure
from gateway.pages.filing import answers
from gateway.pages.office_acts import ACTS, act_errors, act_views, command
from gateway.pages.texts import STATUSES
from services.chassis.district import Ward
from services.chassis.grpc.tokens import Role
from services.chassis.refusal import Kind, Refusal, not_found

pages = Blueprint("desk", __name__)
pages.before_request(identity.require_office)

PAGE_SIZE = 30
DUE = (("", "Mọi hạn"), ("overdue", "Đã quá hạn"), ("today", "Đến hạn hôm nay"))
ASSIGNED = (("", "Tất cả"), ("me", "Hồ sơ của tôi"), ("none", "Chưa ai nhận"))
_FILTERS = ("trang-thai", "han", "nguoi")
#: Statuses in which originals may still be compared.
OPEN = (1, 2, 4, 5, 6, 9)
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
    chosen = {name: request.args.get(name, "") for name in _FILTERS}
    return _work_list(ward, chosen, "", request.args.get("sau", ""))


@pages.post("/can-bo")
def search() -> ResponseReturnValue:
    """A search by name: posted, since a name does not belong in an address."""
    form = request.form
    chosen = {name: form.get(name, "") for name in _FILTERS}
    return _work_list(own_ward(), chosen, form.get("q", ""), form.get("sau", ""))


def _work_list(ward: Ward, chosen: Mapping[str, str], query: str, cursor: str) -> ResponseReturnValue:
    status, due, assigned = (chosen[name] for name in _FILTERS)
    statuses = [int(status)] if status in map(str, (0, *STATUSES)) else []
    asked = dossiers_v1.ListDeskRequest(
        statuses=statuses,
        due=due if due in dict(DUE) else "",
        assigned=assigned if assigned in dict(ASSIGNED) else "",
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
        overdue=found.overdue,
        status=str(statuses[0]) if statuses else "",
        due=due,
        query=query,
        cursor=cursor,
        assigned=assigned,
        statuses={0: "Đang nhập tại quầy", **STATUSES},
        dues=DUE,
        assignments=ASSIGNED,
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
        remarks=_remarks(opened),
        history=history.entries,
        acts=act_views(opened, act, typed, errors, _colleagues(opened)),
        comparisons=_comparisons(opened, errors),
        source=_source(opened, typed),
        asked=[(title_of(opened, item.field), item.text) for item in opened.dossier.supplement_request.items],
        refused=act,
        summary=[{"text": text, "href": _place_of_fault(act, name)} for name, text in errors.items()],
    )
    return content, status


def _remarks(opened: Opened) -> dict[str, list[tuple[str, str]]]:
    """What there is to know of each field, to stand beside its answer: word of the kind, and text."""
    beside: dict[str, list[tuple[str, str]]] = {}
    for one in opened.dossier.findings:
        beside.setdefault(one.field, []).append((FINDINGS.get(one.kind, ("", ""))[0], one.text))
    return beside


def _source(opened: Opened, typed: Mapping[str, Any]) -> dossiers_v1.FoundEntry | None:
    """The entry that was picked to be copied: in what was typed, in the page's address, or in what was prepared."""
    dossier = opened.dossier
    chosen = typed.get("source_entry_id") or request.args.get("muc") or dossier.proposed_entry.source_entry_id
    if not dossier.copied_register or not chosen:
        return None
    ward = opened.ward.code
    return asking.read(ward, asking.dossiers(ward).GetEntry, dossiers_v1.GetEntryRequest(entry_id=chosen))


def place_of_comparison(kind: str) -> str:
    """The id of the place where a paper is compared."""
    return f"doi-chieu-{kind}"


def _place_of_fault(act: str, name: str) -> str:
    if name.startswith("documents."):
        return f"#{place_of_comparison(name.removeprefix('documents.'))}"
    return f"#{act}-{name}" if name and act in ACTS else f"#act-{act}"


def _comparisons(opened: Opened, errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The papers that the dossier needs, each with how its original was found; who may compare gets the buttons."""
    desk = identity.signed_in().roles & {Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER}
    return [
        {
            "paper": one,
            "id": place_of_comparison(one.kind),
            "error": errors.get(f"documents.{one.kind}", ""),
            "offered": bool(desk) and opened.dossier.status in OPEN,
        }
        for one in opened.dossier.comparisons
    ]


def _colleagues(opened: Opened) -> list[StaffMember]:
    """To whom the dossier may be handed on; nobody while the ward's accounts do not answer: it waits, nothing else."""
    if "assignment" not in opened.dossier.actions:
        return []
    ward, me = opened.ward.code, identity.signed_in().id
    try:
        staff = asking.read(ward, asking.accounts(ward).ListStaff, ListStaffRequest()).staff
    except Refusal as refusal:
        if refusal.kind is Kind.UNAUTHENTICATED:
            raise
        return []
    return [one for one in staff if one.id not in (me, opened.dossier.assigned_to_id)]


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
