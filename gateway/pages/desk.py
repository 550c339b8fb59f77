"""The ward office's desk: the work list, and one dossier on one screen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from caunoi.accounts.v1.accounts_pb2 import StaffMember
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, after_this_request, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gateway import rpcs
from gateway.acts import ACTS, APPROVAL, AT_THE_DESK, SIGNATURE
from gateway.pages import identity, lists, typed
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
    typed_for,
)
from gateway.pages.asking import services_of
from gateway.pages.dossier import Opened, title_of, with_procedure
from gateway.pages.filing import answers
from gateway.pages.form_pages import shown, value_at
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
#: What a person chooses in the list's form: its name there → its name in the list's address.
_FILTERS = ("trang-thai", "han", "thu-tuc", "nguoi")
MOST_COUNTED = 100  # the service counts no further: this number means "or more"
RESIDENCE = "residence:"  # in names of faults, before the pointer of a declared residence
LOOKUP_SOURCES = {
    "population": "Cơ sở dữ liệu quốc gia về dân cư",
    "residence": "Cơ sở dữ liệu về cư trú",
    "paper": "Giấy tờ đã xuất trình",
}
LOOKUP_RESULTS = {"as-declared": "Đúng như khai", "otherwise": "Khác lời khai", "not-possible": "Không tra được"}
_TOO_LONG = (
    "Chưa sang trang tìm trong sổ: phần đã nhập ở trang này, cùng phần còn nhập dở ở hồ sơ khác nếu có, dài quá, sang "
    "trang khác thì không giữ được. Xin rút ngắn, làm xong hồ sơ còn nhập dở, hoặc mở Sổ hộ tịch ở thẻ khác."
)
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
    """How many dossiers wait for each role, and a list of open dossiers, most urgent first.

    A search that has expired finds nothing: the page says so, and keeps the list's other filters.
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
    """A page of the list. Parameters of the address that mean nothing are ignored."""
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
    """The queues by role, with its name as the group's heading; those of all roles first."""
    groups: dict[str, list[dossiers_v1.Queue]] = {}
    for one in services.call(rpcs.LIST_QUEUES).queues:
        groups.setdefault(one.role, []).append(one)
    return [(role_name(role) if role else "Hạn giải quyết", queues) for role, queues in groups.items()]


@pages.post("/can-bo/tim")
def search() -> ResponseReturnValue:
    """Filters the list. What was typed is posted and sealed: a name or a number does not belong in an address."""
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


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed on the screen of a dossier: for acts, by their names; for originals that differ, by the kind of
    paper; for residences that were looked up, by their pointers.
    """

    acts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    lookups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, posted: MultiDict[str, str], act: str = "") -> Typed:
        return cls(
            typed_for(AT_THE_DESK, posted, act or posted.get("beside", "")),
            _typed_notes(posted),
            _typed_lookups(posted),
        )

    @classmethod
    def kept(cls, found: Mapping[str, Any]) -> Typed:
        """What was kept, perhaps by the release before: members unknown to this release are left out."""
        acts = {name: own for name, own in found.get("acts", {}).items() if name in ACTS}
        return cls(acts, found.get("notes", {}), found.get("lookups", {}))

    def __bool__(self) -> bool:
        return bool(self.acts or self.notes or self.lookups)

    def without(self, sent: str) -> Typed:
        """What is left after the act, the paper's note or the residence of that name is done."""
        return Typed(
            {name: own for name, own in self.acts.items() if name != sent},
            {name: note for name, note in self.notes.items() if name != sent},
            {name: one for name, one in self.lookups.items() if name != sent},
        )

    def beside(self, opened: Opened) -> Typed:
        """Only the parts in which something was typed. Where to look up a residence is preselected, so it does not
        count.
        """
        begun = {name: one for name, one in self.lookups.items() if one.get("result") or one.get("found")}
        acts = {name: own for name, own in self.acts.items() if says_something(ACTS[name], opened, own)}
        return Typed(acts, {name: note for name, note in self.notes.items() if note}, begun)


@pages.get("/can-bo/ho-so/<uuid:id>")
def dossier(id: UUID) -> ResponseReturnValue:
    """The screen of a dossier, with what was typed on it before a search in the registers."""
    return show(read_at_desk(id), {}, "", Typed.kept(typed.kept()))


@pages.get("/can-bo/ho-so/<uuid:id>/<act>")
def performed(id: UUID, act: str) -> ResponseReturnValue:
    """A button that shows the screen again leaves its address in the bar: opened again, that leads to the screen."""
    if act not in ACTS:
        raise not_found("unknown-page", "Không có trang này.")
    return redirect(url_for(".dossier", id=id), 303)


@pages.post("/can-bo/ho-so/<uuid:id>/<act>")
def perform(id: UUID, act: str) -> ResponseReturnValue:
    """Does one act on the version that the screen showed; if it is refused, shows the screen as it is now."""
    if act not in ACTS or not ACTS[act].button or ACTS[act] is SIGNATURE:  # signed where the paper is shown
        raise not_found("unknown-act", "Không có thao tác này.")
    opened, sent = read_at_desk(id), sent_from(id, act)
    wanted = command(ACTS[act], opened, sent.acts.get(act, {}), request.form.get("version", ""))
    try:
        done = opened.services.send(ACTS[act].rpc, wanted)
    except Refusal as refusal:
        raise_unless(SHOWN, refusal)
        status = 412 if refusal.kind is Kind.STALE else 422
        return show(read_at_desk(id), act_errors(refusal), act, sent, status)
    prints = ACTS[act] is APPROVAL or any(kind in done.papers for kind in ACTS[act].papers)
    onward = url_for("pages.done_at_desk.show", id=id, act=act) if prints else url_for(".dossier", id=id)
    elsewhere, rest = redirect(onward, 303), sent.without(act).beside(opened)
    is_kept = _is_kept(elsewhere, id, rest)
    if not (prints and is_kept):
        flash(ACTS[act].done)
    return elsewhere if is_kept else show(read_at_desk(id), {}, "", rest)


def sent_from(id: UUID, act: str = "") -> Typed:
    """What was typed on the screen of a dossier that was sent, by the button of an act or another one; what was kept of
    it before has come along.
    """
    after_this_request(partial(_let_go, _screen(id)))
    return Typed.of(request.form, act)


def with_the_rest(id: UUID, sent: Typed) -> ResponseReturnValue | None:
    """After an act: the screen with what else was typed on it; None if nothing was."""
    opened = read_at_desk(id)
    rest = sent.beside(opened)
    return show(opened, {}, "", rest) if rest else None


def leave_for(elsewhere: Response, id: UUID) -> ResponseReturnValue:
    """Leads away from the screen of a dossier: what was typed on it is kept until the screen is shown again. If that is
    too long to keep, the screen stays.
    """
    opened, sent = read_at_desk(id), Typed.of(request.form)
    if _is_kept(elsewhere, id, sent.beside(opened)):
        return elsewhere
    flash(_TOO_LONG, TROUBLE)
    return show(opened, {}, "", sent)


def _is_kept(response: Response, id: UUID, rest: Typed) -> bool:
    """Keeps what was typed in a cookie of the response; False if it is too long for that."""
    return not rest or typed.keep(response, asdict(rest), _screen(id))


def _let_go(screen: str, response: Response) -> Response:
    if not typed.is_kept_by(response):
        typed.let_go(response, screen)
    return response


def _screen(id: str | UUID) -> str:
    return url_for("pages.desk.dossier", id=id).partition("?")[0]


def read_at_desk(id: UUID) -> Opened:
    """A dossier of the officer's ward. Raises a Refusal."""
    ward = own_ward()
    return with_procedure(ward, services_of(ward).call(rpcs.GET_DOSSIER, dossier_id=str(id)))


def show(opened: Opened, errors: dict[str, str], act: str, sent: Typed, status: int = 200) -> ResponseReturnValue:
    """The screen of a dossier, with what was typed and, if an act was refused, the errors."""
    history = opened.services.call(rpcs.GET_HISTORY, dossier_id=opened.dossier.id)
    own, rest = sent.acts.get(act, {}), sent.beside(opened)
    acts = {**rest.acts, act: own} if own else rest.acts
    colleagues = _colleagues(opened, acts)
    forms = act_forms(opened, act, acts, errors, colleagues)
    offers = [form["act"].name for form in forms]
    lapsed = [  # typed for an act that is no longer offered, since somebody has done it or another act meanwhile
        act_form(opened, ACTS[name], one, {}, colleagues) for name, one in rest.acts.items() if name not in offers
    ]
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
        unsaved=bool(rest),
        signs=SIGNATURE.offered(opened.dossier),
        comparisons=_comparisons(opened, errors, sent.notes),
        residences=_residences(opened, errors, sent.lookups),
        lookup_sources=LOOKUP_SOURCES,
        lookup_results=LOOKUP_RESULTS,
        source=_source(opened, acts),
        asked=[(title_of(opened, item.field), item.text) for item in opened.dossier.supplement_request.items],
        refused=act,
        summary=_summary(act, errors, places_of_faults(forms)),
    )
    return content, status


def _before_the_supplement(opened: Opened, sections: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The answers before the last supplement, by field, for each field whose answer has changed."""
    told = opened.dossier.supplement_request.before_json
    before = json.loads(told) if told else {}
    fields = [line["field"] for section in sections for line in section["rows"]]
    return {one.pointer: shown(one, before[one.pointer]) for one in fields if one.pointer in before}


def _remarks(opened: Opened) -> dict[str, list[tuple[str, str]]]:
    """The findings of each field, shown beside its answer: the word for the kind, and the text."""
    beside: dict[str, list[tuple[str, str]]] = {}
    for item in opened.dossier.supplement_request.items:
        beside.setdefault(item.field, []).append(("Đã yêu cầu bổ sung", item.text))
    for one in opened.dossier.findings:
        beside.setdefault(one.field, []).append((FINDINGS.get(one.kind, ("", ""))[0], one.text))
    return beside


def _source(opened: Opened, typed: Mapping[str, Mapping[str, Any]]) -> dossiers_v1.FoundEntry | None:
    """The entry that was picked to be copied: from the page's address, the typed values, or the prepared ones."""
    dossier = opened.dossier
    picked = next((own["source_entry_id"] for own in typed.values() if own.get("source_entry_id")), "")
    chosen = request.args.get("muc") or picked or dossier.proposed_entry.source_entry_id
    if not dossier.copied_register or not chosen:
        return None
    return opened.services.call(rpcs.GET_ENTRY, entry_id=chosen)


def _summary(act: str, errors: Mapping[str, str], at_rows: Mapping[str, str]) -> list[dict[str, str]]:
    """The errors, each with a link to its place."""
    lines = [{"text": text, "href": f"#{anchor}"} for anchor, text in at_rows.items()]
    there = set(at_rows.values())
    return lines + [
        {"text": text, "href": _place_of_fault(act, name)}
        for name, text in errors.items()
        if not (name.startswith("items.") and text in there)
    ]


def place_of_comparison(kind: str) -> str:
    """The id of the element where a paper is compared."""
    return f"doi-chieu-{kind}"


def place_of_residence(field: str) -> str:
    """The id of the element where a declared residence is looked up."""
    return f"cu-tru{field.replace('/', '-')}"


def _place_of_fault(act: str, name: str) -> str:
    if name.startswith(RESIDENCE):
        return f"#{place_of_residence(name.removeprefix(RESIDENCE))}"
    if name.startswith("documents."):
        return f"#{place_of_comparison(name.removeprefix('documents.'))}"
    return f"#{act}-{name}" if name and act in ACTS else f"#act-{act}"


def _comparisons(opened: Opened, errors: Mapping[str, str], notes: Mapping[str, str]) -> list[dict[str, Any]]:
    """The papers that the dossier needs, each with the result of comparing its original. Somebody who may compare gets
    the buttons, and for a kind whose note was refused, that note.
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


def _typed_notes(form: Mapping[str, str]) -> dict[str, str]:
    """By kind of paper, the typed note on how its original differs."""
    return {name.removeprefix("note-"): text for name, text in form.items() if name.startswith("note-")}


def _typed_lookups(posted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What was chosen and typed for each declared residence: `source`, `result` and `found`, by its pointer."""
    typed: dict[str, dict[str, str]] = {}
    for name, text in posted.items():
        what, _, field = name.partition("-")
        if what in ("source", "result", "found") and field.startswith("/"):
            typed.setdefault(field, {})[what] = text.strip()
    return typed


def _residences(
    opened: Opened, errors: Mapping[str, str], typed: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """The declared residences, each with the result of its look-up. Somebody who may look up gets the form, with what
    was typed.
    """
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


def _colleagues(opened: Opened, typed: Mapping[str, Mapping[str, Any]]) -> list[StaffMember]:
    """Colleagues who may take over the dossier, and the one chosen in what was typed. None while the ward's accounts do
    not respond: this act can wait.
    """
    acts = [*offered(opened), *(ACTS[name] for name in typed)]
    if not any(asks_for(act, opened, COLLEAGUES) for act in acts):
        return []
    try:
        staff = opened.services.call(rpcs.LIST_STAFF).staff
    except Refusal as refusal:
        raise_unless(DONE_WITHOUT, refusal)
        return []
    others = {identity.signed_in().id, opened.dossier.assigned_to_id} - {own.get("to") for own in typed.values()}
    return [one for one in staff if one.id not in others]


def _papers(opened: Opened, marks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The kinds of papers that have files, or all kinds if a supplement may be asked for; each with its files."""
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
    """The document beside the form: the one that the address names, else the first one, closed."""
    documents = list(opened.dossier.documents)
    if not documents:
        return None
    chosen = next((one for one in documents if one.id == request.args.get("tep", "")), None)
    return {"href": _file(opened, chosen or documents[0])["framed"], "open": chosen is not None}


def _file(opened: Opened, document: dossiers_v1.Document) -> dict[str, Any]:
    """A document with its two addresses: by itself, and for the frame beside the form."""
    where = {"document": document.id, **opened.where}
    href, framed = url_for("pages.documents.content", **where), url_for("pages.documents.framed", **where)
    return {"document": document, "href": href, "framed": framed, "is_new": _came_with_supplement(opened, document)}


def _came_with_supplement(opened: Opened, document: dossiers_v1.Document) -> bool:
    """Whether a document answers the last supplement request, so that the officer who asked need not look for it."""
    asked = opened.dossier.supplement_request
    return bool(asked.answered_at.seconds) and document.added_at.seconds >= asked.requested_at.seconds
