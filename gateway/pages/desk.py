"""The ward office's desk: the work list, and one dossier on one screen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from caunoi.accounts.v1.accounts_pb2 import StaffMember
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.acts import ACTS, APPROVAL, HANDOVER, SIGNATURE, SUPPLEMENT_REQUEST
from gateway.pages import identity, lists
from gateway.pages.act_forms import (
    COLLEAGUES,
    ENTRY,
    act_errors,
    act_form,
    act_forms,
    asks_for,
    command,
    offered,
    places_of_faults,
    says_something,
)
from gateway.pages.asking import services_of
from gateway.pages.dossier import Opened, title_of, with_procedure
from gateway.pages.filing import answers
from gateway.pages.forms import shown, value_at
from gateway.pages.identity import own_ward
from gateway.pages.plain import TROUBLE
from gateway.pages.refusals import DONE_WITHOUT, SHOWN, raise_unless, text_of
from gateway.questions import whole
from gateway.texts import DRAFTS_AT_THE_DESK, role_name
from gateway.wards import WardClient
from services.chassis.refusal import Kind, Refusal, not_found

pages = Blueprint("desk", __name__)
pages.before_request(identity.require_office)
pages.app_url_defaults(lists.carry)

PAGE_SIZE = 30
DUE = (("", "Mọi hạn"), ("overdue", "Đã quá hạn"), ("soon", "Sắp đến hạn"), ("today", "Đến hạn hôm nay"))
ASSIGNED = (("", "Tất cả"), ("me", "Hồ sơ của tôi"), ("none", "Chưa ai nhận"))
#: What a person chooses in the list's form, by its name there and in the list's address.
_FILTERS = ("trang-thai", "han", "thu-tuc", "nguoi")
MOST_COUNTED = 100  # as the service counts: that many stand for more
RESIDENCE = "residence:"  # before the pointer of a declared residence, in names of faults
LOOKUP_SOURCES = {
    "population": "Cơ sở dữ liệu quốc gia về dân cư",
    "residence": "Cơ sở dữ liệu về cư trú",
    "paper": "Giấy tờ đã xuất trình",
}
LOOKUP_RESULTS = {"as-declared": "Đúng như khai", "otherwise": "Khác lời khai", "not-possible": "Không tra được"}
LACKS_NUMBER = "no-personal-identification-number"  # the check that finds it
#: Kinds of findings as the officer reads them: word and colour of the tag.
FINDINGS = {
    dossiers_v1.FINDING_KIND_STOPS: ("Chặn nộp", "govuk-tag--red"),
    dossiers_v1.FINDING_KIND_WARNS: ("Lưu ý", "govuk-tag--orange"),
    dossiers_v1.FINDING_KIND_ASKS_OFFICER: ("Cần xem", "govuk-tag--yellow"),
    dossiers_v1.FINDING_KIND_INFORMS: ("Cho biết", "govuk-tag--blue"),
}


@pages.get("/can-bo")
def work_list() -> ResponseReturnValue:
    """What waits for whom, counted, and a list of open dossiers, most urgent first.

    A search that is over finds nothing: the page says so, with whatever else the list was narrowed by.
    """
    ward, chosen = own_ward(), lists.here(lists.DESK)
    services = services_of(ward)
    procedures = {one.code: one.name for one in services.call(rpcs.LIST_PROCEDURES).procedures}
    if chosen.get("thu-tuc", "") not in procedures:
        chosen.pop("thu-tuc", None)
    try:
        found, fault, status = _listed(services, chosen), "", 200
    except Refusal as refusal:
        if refusal.type != "search-expired":
            raise
        chosen.pop("tim"), chosen.pop("sau", None)
        found, fault, status = _listed(services, chosen, size=1), refusal.text, 410
    content = render_template(
        "desk/list.html",
        ward=ward,
        dossiers=[] if fault else found.dossiers,
        onward=lists.address(lists.DESK, {**chosen, "sau": found.next_cursor})
        if found.next_cursor and not fault
        else "",
        chosen=chosen,
        query=found.query,
        fault=fault,
        summary=[{"text": fault, "href": "#q"}] if fault else [],
        queues=_queues(services),
        most=MOST_COUNTED,
        statuses=DRAFTS_AT_THE_DESK | {one.status: one.text for one in found.statuses},
        dues=DUE,
        procedures=list(procedures.items()),
        assignments=ASSIGNED,
    )
    return content, status


def _listed(services: WardClient, chosen: Mapping[str, str], size: int = PAGE_SIZE) -> dossiers_v1.ListDossiersResponse:
    """A page of the list. Of what stands in an address and means nothing, nothing is asked."""
    status, due, assigned = (chosen.get(name, "") for name in ("trang-thai", "han", "nguoi"))
    return services.call(
        rpcs.LIST_DESK,
        statuses=[whole(status)] if status.isdigit() else [],
        due=due if due in dict(DUE) else "",
        assigned=assigned if assigned in dict(ASSIGNED) else "",
        procedure=chosen.get("thu-tuc", ""),
        queue=chosen.get("viec", ""),
        search=chosen.get("tim", ""),
        page_size=size,
        cursor=chosen.get("sau", ""),
    )


def _queues(services: WardClient) -> list[tuple[str, list[dossiers_v1.Queue]]]:
    """By role, with its name as the group's heading; what is everybody's first."""
    groups: dict[str, list[dossiers_v1.Queue]] = {}
    for one in services.call(rpcs.LIST_QUEUES).queues:
        groups.setdefault(one.role, []).append(one)
    return [(role_name(role) if role else "Hạn giải quyết", queues) for role, queues in groups.items()]


@pages.post("/can-bo/tim")
def search() -> ResponseReturnValue:
    """Narrows the list. What was typed is posted and sealed: a name or a number does not belong in an address."""
    form = request.form
    chosen = {name: form[name] for name in _FILTERS if form.get(name)}
    if form.get("viec") and "trang-thai" not in chosen:  # a queue has statuses of its own
        chosen["viec"] = form["viec"]
    if query := form.get("q", "").strip():
        try:
            chosen["tim"] = services_of(own_ward()).call(rpcs.START_SEARCH, query=query).id
        except Refusal as refusal:
            flash(text_of(refusal), TROUBLE)
    return redirect(lists.address(lists.DESK, chosen), 303)


@pages.get("/can-bo/ho-so/<uuid:id>")
def dossier(id: UUID) -> ResponseReturnValue:
    return show(read_at_desk(id), {}, "", {})


@pages.post("/can-bo/ho-so/<uuid:id>/<act>")
def perform(id: UUID, act: str) -> ResponseReturnValue:
    """Does one act on the version that the screen showed; where it is refused, shows the screen as it is now."""
    if act not in ACTS or not ACTS[act].button or ACTS[act] is SIGNATURE:  # signed where the paper is seen
        raise not_found("unknown-act", "Không có thao tác này.")
    opened = read_at_desk(id)
    picked = request.form.getlist("pick")
    try:
        done = opened.services.send(ACTS[act].rpc, command(ACTS[act], opened, request.form, picked))
    except Refusal as refusal:
        raise_unless(SHOWN, refusal)
        beside = {"notes": typed_notes(request.form), "lookups": typed_lookups(request.form)}
        typed = {**request.form, "pick": picked, **beside}
        return show(read_at_desk(id), act_errors(refusal), act, typed, 412 if refusal.kind is Kind.STALE else 422)
    if ACTS[act] is APPROVAL or any(kind in done.papers for kind in ACTS[act].papers):
        return redirect(url_for("pages.done_at_desk.show", id=id, act=act), 303)
    flash(ACTS[act].done)
    return redirect(url_for(".dossier", id=id), 303)


def read_at_desk(id: UUID) -> Opened:
    """A dossier of the officer's ward. Raises a Refusal."""
    ward = own_ward()
    return with_procedure(ward, services_of(ward).call(rpcs.GET_DOSSIER, dossier_id=str(id)))


def show(
    opened: Opened, errors: dict[str, str], act: str, typed: dict[str, Any], status: int = 200
) -> ResponseReturnValue:
    """The screen of a dossier; with what was typed and what is wrong with it, where an act was refused."""
    history = opened.services.call(rpcs.GET_HISTORY, dossier_id=opened.dossier.id)
    colleagues = _colleagues(opened, act, typed)
    forms = act_forms(opened, act, typed, errors, colleagues)
    lapsed = None  # what was typed for an act that is no longer offered: somebody else has done it meanwhile
    if act in ACTS and all(form["act"] is not ACTS[act] for form in forms) and says_something(ACTS[act], opened, typed):
        lapsed = act_form(opened, ACTS[act], typed, {}, colleagues)
    marks = {pick["field"]: pick for form in forms for pick in form["picks"]}
    sections, papers = answers(opened), _papers(opened, marks)
    rows = {line["field"].pointer for section in sections for line in section["rows"]}
    content = render_template(
        "desk/dossier.html",
        back=lists.back_to(lists.DESK),
        back_text="Quay lại danh sách",
        opened=opened,
        dossier=opened.dossier,
        sections=sections,
        papers=papers,
        beside=_beside(opened),
        marks=marks,
        old=_before_the_supplement(opened, sections),
        other_marks=[pick for field, pick in marks.items() if field not in rows and not field.startswith("documents/")],
        findings=[
            (*FINDINGS.get(one.kind, ("", "")), one, title_of(opened, one.field)) for one in opened.dossier.findings
        ],
        remarks=_remarks(opened),
        lacks_number=any(one.check == LACKS_NUMBER for one in opened.dossier.findings),
        searches=opened.dossier.copied_register and any(asks_for(act, opened, ENTRY) for act in offered(opened)),
        history=history.entries,
        act_forms=forms,
        lapsed=lapsed,
        carrier=_carrier(opened),
        signs=SIGNATURE.offered(opened.dossier),
        comparisons=_comparisons(opened, errors, typed.get("notes", {})),
        residences=_residences(opened, errors, typed.get("lookups", {})),
        lookup_sources=LOOKUP_SOURCES,
        lookup_results=LOOKUP_RESULTS,
        source=_source(opened, typed),
        asked=[(title_of(opened, item.field), item.text) for item in opened.dossier.supplement_request.items],
        refused=act,
        summary=_summary(act, errors, places_of_faults(forms)),
    )
    return content, status


def _carrier(opened: Opened) -> str:
    """The act with whose form comparisons and look-ups are sent: what is filled in while they are made."""
    acts = (HANDOVER, SUPPLEMENT_REQUEST) if opened.dossier.comparable else ()
    return next((act.name for act in acts if act.offered(opened.dossier)), "")


def _before_the_supplement(opened: Opened, sections: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the form said before the last supplement, by the field of each answer that says something else now."""
    told = opened.dossier.supplement_request.before_json
    before = json.loads(told) if told else {}
    fields = [line["field"] for section in sections for line in section["rows"]]
    return {one.pointer: shown(one, before[one.pointer]) for one in fields if one.pointer in before}


def _remarks(opened: Opened) -> dict[str, list[tuple[str, str]]]:
    """What there is to know of each field, to stand beside its answer: word of the kind, and text."""
    beside: dict[str, list[tuple[str, str]]] = {}
    for item in opened.dossier.supplement_request.items:
        beside.setdefault(item.field, []).append(("Đã yêu cầu bổ sung", item.text))
    for one in opened.dossier.findings:
        beside.setdefault(one.field, []).append((FINDINGS.get(one.kind, ("", ""))[0], one.text))
    return beside


def _source(opened: Opened, typed: Mapping[str, Any]) -> dossiers_v1.FoundEntry | None:
    """The entry that was picked to be copied: in what was typed, in the page's address, or in what was prepared."""
    dossier = opened.dossier
    chosen = typed.get("source_entry_id") or request.args.get("muc") or dossier.proposed_entry.source_entry_id
    if not dossier.copied_register or not chosen:
        return None
    return opened.services.call(rpcs.GET_ENTRY, entry_id=chosen)


def _summary(act: str, errors: Mapping[str, str], at_rows: Mapping[str, str]) -> list[dict[str, str]]:
    """What is wrong, each with a link to where it stands."""
    lines = [{"text": text, "href": f"#{anchor}"} for anchor, text in at_rows.items()]
    there = set(at_rows.values())
    return lines + [
        {"text": text, "href": _place_of_fault(act, name)}
        for name, text in errors.items()
        if not (name.startswith("items.") and text in there)
    ]


def place_of_comparison(kind: str) -> str:
    """The id of the place where a paper is compared."""
    return f"doi-chieu-{kind}"


def place_of_residence(field: str) -> str:
    """The id of the place where a declared residence is looked up."""
    return f"cu-tru{field.replace('/', '-')}"


def _place_of_fault(act: str, name: str) -> str:
    if name.startswith(RESIDENCE):
        return f"#{place_of_residence(name.removeprefix(RESIDENCE))}"
    if name.startswith("documents."):
        return f"#{place_of_comparison(name.removeprefix('documents.'))}"
    return f"#{act}-{name}" if name and act in ACTS else f"#act-{act}"


def _comparisons(opened: Opened, errors: Mapping[str, str], notes: Mapping[str, str]) -> list[dict[str, Any]]:
    """The papers that the dossier needs, each with how its original was found; who may compare gets the buttons, and
    by kind the note that was refused.
    """
    return [
        {
            "paper": one,
            "id": place_of_comparison(one.kind),
            "error": errors.get(f"documents.{one.kind}", ""),
            "note": notes.get(one.kind, ""),
            "offered": opened.dossier.comparable,
        }
        for one in opened.dossier.comparisons
    ]


def typed_notes(form: Mapping[str, str]) -> dict[str, str]:
    """By kind of paper, what was typed of how its original differs."""
    return {name.removeprefix("note-"): text for name, text in form.items() if name.startswith("note-")}


def typed_lookups(posted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What was chosen and typed of each declared residence: `source`, `result` and `found`, by its pointer."""
    typed: dict[str, dict[str, str]] = {}
    for name, text in posted.items():
        what, _, field = name.partition("-")
        if what in ("source", "result", "found") and field.startswith("/"):
            typed.setdefault(field, {})[what] = text.strip()
    return typed


def _residences(
    opened: Opened, errors: Mapping[str, str], typed: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """The declared residences, each with how it was looked up; who may look up gets the form, with what was typed."""
    sections = {one.pointer: opened.form.sections.get(page.section, "") for page in opened.pages for one in page.fields}
    return [
        {
            "field": one.field,
            "id": place_of_residence(one.field),
            "title": ": ".join(filter(None, (sections.get(one.field, ""), title_of(opened, one.field)))),
            "declared": value_at(opened.values, one.field),
            "lookups": one.lookups,
            "done": any(each.holds for each in one.lookups),
            "error": errors.get(RESIDENCE + one.field, ""),
            "typed": typed.get(one.field, {}),
            "offered": opened.dossier.comparable,
        }
        for one in opened.dossier.residences
    ]


def _colleagues(opened: Opened, refused: str, typed: Mapping[str, Any]) -> list[StaffMember]:
    """Colleagues who may take over the dossier, and who was chosen before it was refused; none while the
    ward's accounts do not respond: this act can wait.
    """
    acts = [*offered(opened), *([ACTS[refused]] if refused in ACTS else [])]
    if not any(asks_for(act, opened, COLLEAGUES) for act in acts):
        return []
    try:
        staff = opened.services.call(rpcs.LIST_STAFF).staff
    except Refusal as refusal:
        raise_unless(DONE_WITHOUT, refusal)
        return []
    others = {identity.signed_in().id, opened.dossier.assigned_to_id} - {typed.get("to")}
    return [one for one in staff if one.id not in others]


def _papers(opened: Opened, marks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The kinds of papers that there are files of; where a supplement may be asked for, all. Each with its files."""
    titles = {one.kind: one.title for one in opened.procedure.documents}
    for one in opened.dossier.documents:
        titles.setdefault(one.kind, one.kind)
    papers = [
        {
            "title": title,
            "mark": marks.get(f"documents/{kind}"),
            "files": [_file(opened, one) for one in opened.dossier.documents if one.kind == kind],
        }
        for kind, title in titles.items()
    ]
    return [one for one in papers if one["files"] or one["mark"]]


def _beside(opened: Opened) -> dict[str, Any] | None:
    """The document that stands beside the form: the one that the address names, else, closed, the first."""
    documents = list(opened.dossier.documents)
    if not documents:
        return None
    chosen = next((one for one in documents if one.id == request.args.get("tep", "")), None)
    return {"href": _file(opened, chosen or documents[0])["framed"], "open": chosen is not None}


def _file(opened: Opened, document: dossiers_v1.Document) -> dict[str, Any]:
    """A document with its addresses: by itself, and for the frame beside the form."""
    where = {"document": document.id, **opened.where}
    href, framed = url_for("pages.documents.content", **where), url_for("pages.documents.framed", **where)
    return {"document": document, "href": href, "framed": framed, "is_new": _came_with_supplement(opened, document)}


def _came_with_supplement(opened: Opened, document: dossiers_v1.Document) -> bool:
    """Whether a document answers the last request, so that whoever asked for it need not look for it."""
    asked = opened.dossier.supplement_request
    return bool(asked.answered_at.seconds) and document.added_at.seconds >= asked.requested_at.seconds
