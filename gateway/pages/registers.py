"""The ward's registers at the office: looking into them, and the notes that wait for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.pages import beside, desk, identity, lists
from gateway.pages.asking import services_of
from gateway.pages.identity import own_ward
from gateway.pages.plain import error_list, posted_texts, shown_fields
from gateway.pages.refusals import errors_from
from gateway.questions import question, whole
from gateway.texts import NOTES, REGISTERS
from services.chassis.ids import read_uuid
from services.chassis.refusal import Refusal
from services.chassis.tokens import Role

pages = Blueprint("registers", __name__)
pages.before_request(identity.require_office)

PAGE_SIZE = 30
SEARCH = (
    question("register", "Sổ", widget="select", choices=tuple(REGISTERS.items())),
    question("query", "Họ tên", hint="Gõ không dấu, đảo thứ tự đều được.", widget="name", optional=True),
    question("number", "Số đăng ký", widget="number", optional=True),
    question("year", "Năm đăng ký", widget="number", optional=True),
    question("from_day", "Đăng ký từ ngày", widget="date", optional=True),
    question("to_day", "Đến ngày", widget="date", optional=True),
    question("reason", "Lý do tra cứu", hint="Hoặc mã hồ sơ đang giải quyết. Lý do được lưu lại."),
)


@pages.get("/can-bo/so-ho-tich")
def look() -> ResponseReturnValue:
    """The form, and the results of a search; if it came from a dossier, to pick an entry for it."""
    chosen = lists.here(lists.REGISTERS)
    if "tim" not in chosen:
        return _searching({"register": next(iter(REGISTERS))}, {})
    try:
        found = services_of(own_ward()).call(
            rpcs.SEARCH_REGISTER, search=chosen["tim"], page_size=PAGE_SIZE, cursor=chosen.get("sau", "")
        )
    except Refusal as refusal:
        if refusal.type != "search-expired":
            raise
        return _searching({"register": next(iter(REGISTERS))}, {"": refusal.text}, status=410)
    asked = {one.name: getattr(found.asked, one.name) or "" for one in SEARCH}
    return _searching({name: str(value) for name, value in asked.items()}, {}, found)


@pages.post("/can-bo/so-ho-tich")
def search() -> ResponseReturnValue:
    """Looks for entries of a register: what was typed is posted and sealed, since names do not belong in an address."""
    posted = beside.typed_for("search", request.form) or request.form  # from a dossier's screen, or this page's form
    typed = posted_texts(SEARCH, posted)
    wrong = {name: "Xin ghi bằng chữ số." for name in ("year", "number") if typed[name] and not whole(typed[name])}
    if wrong:
        return _searching(typed, wrong)
    numbers: dict[str, Any] = {name: whole(typed[name]) for name in ("year", "number")}
    try:
        started = services_of(own_ward()).call(rpcs.START_SEARCH, **{**typed, **numbers})
    except Refusal as refusal:
        return _searching(typed, errors_from(refusal))
    dossier = read_uuid(posted.get("dossier", ""))
    if dossier is None:
        return redirect(lists.address(lists.REGISTERS, {"tim": started.id}), 303)
    for_dossier = {"ho-so": str(dossier), lists.BACK: request.args.get(lists.BACK)}
    response = redirect(lists.address(lists.REGISTERS, {"tim": started.id, **for_dossier}), 303)
    return desk.leave_for(response, dossier)


def _searching(
    typed: dict[str, str],
    errors: dict[str, str],
    found: dossiers_v1.SearchRegisterResponse | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    form = request.form
    dossier = _dossier_id(form.get("search.dossier") or form.get("dossier") or request.args.get("ho-so", ""))
    waiting, returned = ([], []) if found or dossier else _proposed_notes()
    onward = {**lists.here(lists.REGISTERS), "sau": found.next_cursor} if found and found.next_cursor else {}
    content = render_template(
        "registers/search.html",
        ward=own_ward(),
        waiting=waiting,
        returned=returned,
        registers=REGISTERS,
        kinds=NOTES,
        fields=shown_fields(SEARCH, typed, errors),
        summary=error_list(SEARCH, errors),
        found=found,
        onward=lists.address(lists.REGISTERS, onward) if onward else "",
        dossier=dossier,
    )
    return content, 422 if errors and status == 200 else status


def _proposed_notes() -> tuple[Sequence[dossiers_v1.FoundEntry], Sequence[dossiers_v1.FoundEntry]]:
    """Entries with notes that wait for the signer; for the officer, also entries with notes that were sent back."""
    services = services_of(own_ward())
    waiting = services.call(rpcs.LIST_PROPOSED_NOTES).entries
    if Role.CIVIL_STATUS_OFFICER not in identity.signed_in().roles:
        return waiting, []
    return waiting, services.call(rpcs.LIST_PROPOSED_NOTES, returned=True).entries


def _dossier_id(text: str) -> str:
    """The id of the dossier that a copy is searched for; empty for a text that is not an id."""
    return str(read_uuid(text) or "")
