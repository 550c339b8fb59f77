"""The signer's page: the very paper that will be sealed, where it differs from the declaration, and the signature.

After a signature or a return comes the next dossier that waits for this signer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.acts import RETURN, SIGNATURE
from gateway.files import shown_file
from gateway.pages import desk, identity
from gateway.pages.act_forms import act_errors, act_form, command, typed_for
from gateway.pages.asking import services_of
from gateway.pages.dossier import Opened, title_of
from gateway.pages.identity import own_ward
from gateway.pages.plain import TROUBLE
from gateway.pages.refusals import DONE_WITHOUT, SHOWN, raise_unless
from gateway.texts import day_and_hour
from services.chassis.ids import read_uuid
from services.chassis.refusal import Kind, Refusal, not_found

pages = Blueprint("signing", __name__)
pages.before_request(identity.require_office)

_ACTS = {SIGNATURE.name: SIGNATURE, RETURN.name: RETURN}
#: Why a line differs, as the signer reads it: word and colour of the tag. Names written differently have their own tag.
DIFFERENCES = {"law": ("Theo quy định", "govuk-tag--blue"), "office": ("Công chức ghi", "govuk-tag--orange")}
#: What a signer must look at before signing.
_TO_LOOK_AT = (
    dossiers_v1.FINDING_KIND_STOPS,
    dossiers_v1.FINDING_KIND_WARNS,
    dossiers_v1.FINDING_KIND_ASKS_OFFICER,
)
#: The paper cannot be made now, and the page says why.
_IN_THE_WAY = (Kind.INVALID, Kind.CONFLICT, Kind.FORBIDDEN)


@pages.get("/can-bo/ky")
def following() -> ResponseReturnValue:
    """The next dossier that waits for this signer, or a page that says that none waits."""
    behind = str(read_uuid(request.args.get("sau", "")) or "")
    found = _next(behind)
    if found is not None:
        return redirect(url_for(".show", id=found.id), 303)
    return render_template("desk/nothing_to_sign.html", behind=behind)


@pages.get("/can-bo/ho-so/<uuid:id>/ky")
def show(id: UUID) -> ResponseReturnValue:
    """The paper and what differs, with the signature."""
    opened = desk.read_at_desk(id)
    if not SIGNATURE.offered(opened.dossier):
        flash(_signed(opened.dossier) or "Hồ sơ này không chờ ký, hoặc không do người đang đăng nhập ký.", TROUBLE)
        return redirect(url_for("pages.desk.dossier", id=id), 303)
    return _page(opened, "", {}, {})


@pages.get("/can-bo/ho-so/<uuid:id>/ky/<act>")
def performed(id: UUID, act: str) -> ResponseReturnValue:
    """Where a refused press leaves its address in the bar: opened anew it leads to the paper."""
    if act not in _ACTS:
        raise not_found("unknown-page", "Không có trang này.")
    return redirect(url_for(".show", id=id), 303)


@pages.post("/can-bo/ho-so/<uuid:id>/ky/<act>")
def perform(id: UUID, act: str) -> ResponseReturnValue:
    """Signs what was shown, or returns the dossier to the officer; if that is refused, shows the present state."""
    if act not in _ACTS:
        raise not_found("unknown-act", "Không có thao tác này.")
    opened, sent = desk.read_at_desk(id), typed_for(_ACTS.values(), request.form, act)
    own = {**sent.get(act, {}), "seen": request.form.get("seen", "")}
    ahead = _next(str(id))  # before this dossier leaves the list
    try:
        opened.services.send(_ACTS[act].rpc, command(_ACTS[act], opened, own, request.form.get("version", "")))
    except Refusal as refusal:
        raise_unless(SHOWN, refusal)
        changed = refusal.type == "paper-changed"
        stale = refusal.kind is Kind.STALE
        errors = {"": refusal.text} if changed else act_errors(refusal)
        if changed or stale or act != SIGNATURE.name:
            # The declaration was about the paper before, or another act. A stale version may have brought another
            # paper.
            sent.pop(SIGNATURE.name, None)
        was = request.form.get("was", "") if stale or refusal.type == "wrong-state" else None
        return _page(desk.read_at_desk(id), act, sent, errors, 412 if stale else 422, was=was)
    flash(f"Hồ sơ {opened.dossier.code}: {_ACTS[act].done[:1].lower()}{_ACTS[act].done[1:]}")
    return redirect(url_for(".show", id=ahead.id) if ahead is not None else url_for(".following"), 303)


@pages.get("/can-bo/ho-so/<uuid:id>/ky/trang/<int:page>")
def picture(id: UUID, page: int) -> ResponseReturnValue:
    """A page of the paper, as it is laid out for the seal."""
    found = _preview(id, page)
    return shown_file(found.content, "image/png", found.filename)


@pages.get("/can-bo/ho-so/<uuid:id>/ky/ban-giay")
def paper(id: UUID) -> ResponseReturnValue:
    """The paper as PDF."""
    found = _preview(id, 0)
    return shown_file(found.content, "application/pdf", found.filename)


def _preview(id: UUID, page: int) -> dossiers_v1.Paper:
    seen = request.args.get("ban", "")
    return services_of(own_ward()).call(rpcs.GET_PAPER_PREVIEW, dossier_id=str(id), seen=seen, page_number=page)


def _next(behind: str) -> dossiers_v1.DossierSummary | None:
    """The signer's next dossier; if it cannot be found, signing goes on without it."""
    try:
        found = services_of(own_ward()).call(rpcs.FIND_NEXT_DOSSIER, act=SIGNATURE.name, after_dossier_id=behind)
    except Refusal as refusal:
        raise_unless(DONE_WITHOUT, refusal)
        return None
    return found.dossier if found.dossier.id else None


def _signed(dossier: dossiers_v1.Dossier) -> str:
    """By whom and when it was signed; empty if it was not."""
    entry = dossier.register_entry
    if not entry.number:
        return ""
    who, when = f"{entry.signer_title} {entry.signer_name}".strip(), day_and_hour(entry.registered_at)
    return f"Hồ sơ này đã được {who} ký lúc {when}, vào sổ số {entry.number:02d}/{entry.year}."


def _waiting(opened: Opened) -> int:
    """How many dossiers wait for this signer; 0 while they cannot be counted."""
    try:
        queues = opened.services.call(rpcs.LIST_QUEUES).queues
    except Refusal as refusal:
        raise_unless(DONE_WITHOUT, refusal)
        return 0
    return sum(one.count for one in queues if one.name == "to-sign")


def _last(opened: Opened) -> dossiers_v1.HistoryEntry | None:
    """What was last done to a dossier."""
    entries = opened.services.call(rpcs.GET_HISTORY, dossier_id=opened.dossier.id).entries
    return entries[-1] if entries else None


def _lines(signing: dossiers_v1.Signing) -> str:
    """The paper's lines, sent back with the signature: if the paper has changed since, the page shows where."""
    return json.dumps([[one.title, one.entered] for one in signing.lines], ensure_ascii=False)


def _changed(was: str, now: str) -> list[tuple[str, str, str]]:
    """Title, old text and new text of each line that differs from the page that was sent."""
    try:
        before, after = ({str(title): str(text) for title, text in json.loads(lines)} for lines in (was, now))
    except (ValueError, TypeError, RecursionError):
        return []
    return [
        (title, before.get(title, ""), after.get(title, ""))
        for title in dict.fromkeys([*before, *after])
        if before.get(title, "") != after.get(title, "")
    ]


def _page(
    opened: Opened,
    act: str,
    typed: Mapping[str, Mapping[str, Any]],
    errors: Mapping[str, str],
    status: int = 200,
    *,
    was: str | None = None,
) -> ResponseReturnValue:
    """`was`: the paper's lines on the page that was sent, if the dossier has changed since."""
    in_the_way: list[str] = []
    signing = dossiers_v1.Signing()
    try:
        signing = opened.services.call(rpcs.GET_SIGNING, dossier_id=opened.dossier.id)
    except Refusal as refusal:
        raise_unless(_IN_THE_WAY, refusal)
        in_the_way = [fault.text for fault in refusal.fields] or [refusal.text]
    forms = {
        name: act_form(opened, one, typed.get(name, {}), errors if name == act else {}) for name, one in _ACTS.items()
    }
    for check in forms[SIGNATURE.name]["checks"]:
        check["anew"] = True
    noted = opened.dossier if in_the_way else signing  # shown also if it cannot be signed
    content = render_template(
        "desk/signing.html",
        opened=opened,
        waits=SIGNATURE.offered(opened.dossier),
        waiting=_waiting(opened),
        signed=_signed(opened.dossier),
        meanwhile=None if was is None else _last(opened),
        was=_lines(signing),
        changed=_changed(was, _lines(signing)) if was and not in_the_way else [],
        noted=noted,
        findings=[
            (*desk.FINDINGS[one.kind], one, title_of(opened, one.field))
            for one in noted.findings
            if one.kind in _TO_LOOK_AT
        ],
        originals=[one for one in noted.comparisons if not (one.compared_at.seconds and one.agrees)],
        typed_reason=typed.get(RETURN.name, {}).get("reason", ""),
        dossier=opened.dossier,
        signing=signing,
        in_the_way=in_the_way,
        differing=[(*DIFFERENCES[one.difference], one) for one in signing.lines if one.difference in DIFFERENCES],
        in_capitals=[one for one in signing.lines if one.difference == "capitals"],
        forms=forms,
        refused=act,
        summary=[{"text": text, "href": f"#{act}-{name}" if name else f"#act-{act}"} for name, text in errors.items()],
    )
    return content, status
