"""The ward's register books: those of a year, taking over a book kept on paper, closing, and closing statements."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.files import shown_file
from gateway.pages import beside, identity
from gateway.pages.asking import services_of
from gateway.pages.identity import own_ward
from gateway.pages.plain import shown_fields
from gateway.pages.refusals import errors_from
from gateway.questions import question, whole
from gateway.texts import REGISTERS
from services.chassis.refusal import Refusal, not_found
from services.chassis.tokens import Role

pages = Blueprint("books", __name__)
pages.before_request(identity.require_office)

PAPER = (
    question("paper_number", "Số cuối đã ghi trên sổ giấy", hint="Sổ giấy chưa có mục nào thì ghi 0.", widget="number"),
)
_BOOK = "/can-bo/cac-quyen-so/<register>/<int(min=1900,max=9999):year>"


@pages.get("/can-bo/cac-quyen-so")
def of_year() -> ResponseReturnValue:
    return _books(request.args.get("nam", ""))


def _books(
    year: str, register: str = "", errors: dict[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The books of a year, with what was typed, by the book's register, and the errors of beginning one."""
    errors, typed = errors or {}, typed or {}
    ward, roles = own_ward(), identity.signed_in().roles
    found = services_of(ward).call(rpcs.LIST_BOOKS, year=min(whole(year), 9999)).books
    views = []
    for one in found:
        own = one.register == register
        number = typed.get(one.register, "")
        (paper,) = beside.named(one.register, shown_fields(PAPER, {"paper_number": number}, errors if own else {}))
        paper["params"]["id"] = f"paper-{one.register}"  # a form for each book: unique ids
        before = one.closed_volumes[-1].last_number if one.closed_volumes else one.first_number - 1
        views.append(
            {
                "book": one,
                "paper": paper,
                "open": own or bool(number),
                "error": errors.get("", "") if own else "",
                "written": one.last_number > before,  # an empty volume is not full
            }
        )
    content = render_template(
        "registers/books.html",
        ward=ward,
        year=found[0].year if found else whole(year),
        views=views,
        unsaved=any(typed.values()),
        may_begin=Role.CIVIL_STATUS_OFFICER in roles,
        may_close=Role.SIGNER in roles,
        summary=[{"text": text, "href": f"#paper-{register}"} for text in errors.values()],
    )
    return content, 422 if errors else 200


@pages.post(f"{_BOOK}/so-giay")
def begin(register: str, year: int) -> ResponseReturnValue:
    """Takes over a year that was begun on paper. What was typed for other books comes along, and stays."""
    forms = {one: beside.typed_for(one, request.form, register) for one in REGISTERS}
    sent = {one: own.get("paper_number", "").strip() for one, own in forms.items()}
    typed = sent.get(register, "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 8):
        errors = {"paper_number": "Xin ghi số cuối của sổ giấy bằng chữ số."}
        return _books(str(year), register, errors, sent)
    try:
        services_of(own_ward()).call(rpcs.BEGIN_BOOK, register=register, year=year, paper_number=int(typed))
    except Refusal as refusal:
        return _books(str(year), register, errors_from(refusal), sent)
    flash(f"Sổ tiếp theo số {int(typed)} của sổ giấy. Mục đầu tiên ghi trên hệ thống mang số {int(typed) + 1}.")
    rest = {one: number for one, number in sent.items() if number and one != register}
    return _books(str(year), typed=rest) if rest else redirect(url_for(".of_year", nam=year), 303)


@pages.route(f"{_BOOK}/khoa/<any(quyen, nam):what>", methods=["GET", "POST"])
def close(register: str, year: int, what: str) -> ResponseReturnValue:
    """Closes the open volume (`quyen`: it is full) or the year (`nam`), after a page that says what this means."""
    ward, errors = own_ward(), {}
    if request.method == "POST":
        try:
            services_of(ward).call(rpcs.CLOSE_BOOK, register=register, year=year, full=what == "quyen")
        except Refusal as refusal:
            errors = errors_from(refusal)
        else:
            flash("Đã khóa. Bản khóa sổ ở dưới, in ra để ký và đóng vào sổ.")
            return redirect(url_for(".of_year", nam=year), 303)
    found = services_of(ward).call(rpcs.LIST_BOOKS, year=year).books
    book = next((one for one in found if one.register == register), None)
    if book is None:
        raise not_found("unknown-book", "Phường không có sổ này.")
    summary = [{"text": text, "href": "#khoa"} for text in errors.values()]
    content = render_template("registers/close.html", ward=ward, book=book, full=what == "quyen", summary=summary)
    return content, 422 if errors else 200


@pages.get(f"{_BOOK}/quyen/<int(min=1,max=9999):volume>")
def statement(register: str, year: int, volume: int) -> ResponseReturnValue:
    """The closing statement of a volume as PDF."""
    paper = services_of(own_ward()).call(rpcs.GET_CLOSING_STATEMENT, register=register, year=year, volume=volume)
    return shown_file(paper.content, "application/pdf", paper.filename)
