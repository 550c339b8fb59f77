"""Opening an account: one question a page, then a check of the answers, a password, and the code from the phone.

Nothing is stored before the end: until then what was typed lies sealed in a cookie (`typed`), so people can leave any
page and come back. A password is never kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import guidance_pb2
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import count, count_phone, limited
from gateway.pages import asking, kept, leaving, typed
from gateway.pages.drafting import CHECK
from gateway.pages.form_pages import shown
from gateway.pages.names import capitals
from gateway.pages.own_questions import OPENING, OPENING_STEPS, OTP, PASSWORD, of_kind
from gateway.pages.plain import TROUBLE, digits, error_list, posted_texts, shown_fields
from gateway.pages.refusals import SHOWN_TO_STRANGERS, errors_from, raise_unless, text_of
from gateway.pages.widgets import label_text, widget
from gateway.questions import Field
from services.chassis.district import Ward
from services.chassis.refusal import Refusal, not_found

pages = Blueprint("opening", __name__)

_TYPED = "opening"  # what was typed is kept under this name, for every ward


def is_begun() -> bool:
    """Whether somebody is filling this in."""
    return bool(_typed())


@pages.route("/phuong/<slug>/mo-tai-khoan", methods=["GET", "POST"])
def start(slug: str) -> ResponseReturnValue:
    """What is needed, and the way to the first question. A POST forgets what was typed before."""
    ward = asking.ward_of(slug)
    if request.method == "GET":
        before = _typed()
        name = next((name for name, one in OPENING.items() if one.name not in before), CHECK)
        goes_on = url_for(".check", slug=slug) if name == CHECK else url_for(".ask", slug=slug, question=name)
        return render_template(
            "opening/start.html", ward=ward, goes_on=goes_on, is_begun=bool(before), steps=len(OPENING_STEPS)
        )
    response = redirect(url_for(".ask", slug=slug, question=next(iter(OPENING))), 303)
    typed.let_go(response, _TYPED)
    return response


@pages.route("/phuong/<slug>/mo-tai-khoan/<question>", methods=["GET", "POST"])
def ask(slug: str, question: str) -> ResponseReturnValue:
    """One question. What is sent is kept first, and then checked, unless somebody only leaves the page."""
    ward, name = asking.ward_of(slug), question
    if name not in OPENING:
        raise not_found("unknown-page", "Không có trang này.")
    before = _typed()
    if request.method == "GET":
        return _show(ward, name, before)
    values = {**before, **posted_texts([OPENING[name]], request.form)}
    onward = leaving.destination()
    if onward == url_for("pages.kiosk.leave"):  # that page asks first: what is typed here is saved nowhere
        answer: ResponseReturnValue = redirect(onward, 303)
    elif onward:
        answer = leaving.go(onward)
    elif "guidance" in request.form:  # without a script: the same question again, with the volunteer's new words
        answer = redirect(_address(ward, name), 303)
    else:
        answer = _judged(ward, name, values, is_new=values[OPENING[name].name] != before.get(OPENING[name].name))
    response = make_response(answer)
    if not typed.keep(response, values, _TYPED) and (onward or response.status_code == 303):
        return _show(ward, name, values, trouble=leaving.LOST, left=bool(onward))
    return response


def _judged(ward: Ward, name: str, values: Mapping[str, str], *, is_new: bool) -> ResponseReturnValue:
    """The page again with its error, or what follows."""
    try:
        count("questions")  # counted here, where what was typed is kept and shown again
        faults = _faults(ward, values)
    except Refusal as refusal:
        return _show(ward, name, values, trouble=text_of(refusal))
    if OPENING[name].name in faults:
        return _show(ward, name, values, faults[OPENING[name].name])
    if _from() and is_new and OPENING[name].name == "identity_kind":  # its number is another one, too
        return redirect(_to_change(ward, "identity_number"), 303)
    if _from():
        return redirect(_first_fault(ward, faults) or url_for(".check", slug=ward.slug), 303)
    return redirect(_step(ward, OPENING_STEPS[OPENING_STEPS.index(name) + 1]), 303)


def _show(
    ward: Ward,
    name: str,
    values: Mapping[str, str],
    fault: accounts_v1.ApplicationFault | None = None,
    *,
    trouble: str = "",
    left: bool = False,
) -> ResponseReturnValue:
    one = of_kind(OPENING[name], values.get("identity_kind", ""), ward.name)
    errors = {one.name: fault.text} if fault else {}
    wrong = {f"/{field}": text for field, text in errors.items()}
    summary = error_list([one], errors) + ([{"text": trouble}] if trouble else [])
    content = render_template(
        "opening/question.html",
        ward=ward,
        name=name,
        heading=label_text(one),
        view=widget(one, dict(values), wrong, heading=label_text(one)),
        names=[one.name],
        open_points=_points([fault] if fault else []),
        step=OPENING_STEPS.index(name) + 1,
        steps=len(OPENING_STEPS),
        summary=summary,
        answers="" if left else leaving.ANSWERS,
        unsaved=bool(trouble),
        here=_address(ward, name),
        came_from=_from(),
        back=_back(ward, name),
    )
    return content, 422 if summary else 200


@pages.route(f"/phuong/<slug>/mo-tai-khoan/{CHECK}", methods=["GET", "POST"])
def check(slug: str) -> ResponseReturnValue:
    """The answers, and what is still missing or worth a second look. A POST writes the name with capitals, as the page
    has proposed.
    """
    ward = asking.ward_of(slug)
    values = _typed()
    if request.method == "POST":
        proposed = capitals(values.get("full_name", ""))
        response = make_response(redirect(url_for(".check", slug=slug), 303))
        if proposed:
            typed.keep(response, {**values, "full_name": proposed}, _TYPED)
        return response
    if not values and _is_opened(ward):
        return redirect(url_for(".opened", slug=slug), 303)
    verified = _verified(ward, values)
    faults = _in_order(verified.faults)
    return render_template(
        "opening/check.html",
        ward=ward,
        rows=[_row(ward, one, values) for one in OPENING.values()],
        stops=[{"text": one.text, "href": _to_change(ward, one.field)} for one in faults.values()],
        doubts=[{"text": one.text, "href": _to_change(ward, one.field)} for one in verified.doubts],
        proposed="" if "full_name" in faults else capitals(values.get("full_name", "")),
        names=[],
        open_points=_points(faults.values()),
        step=OPENING_STEPS.index(CHECK) + 1,
        steps=len(OPENING_STEPS),
    )


@pages.route("/phuong/<slug>/mo-tai-khoan/mat-khau", methods=["GET", "POST"])
@limited("accounts", methods=["POST"])
def password(slug: str) -> ResponseReturnValue:
    """The password. With it everything is sent."""
    ward = asking.ward_of(slug)
    values = _typed()
    if not values and _is_opened(ward):  # by the back button, or in another tab
        return redirect(url_for(".opened", slug=slug), 303)
    summary: list[dict[str, str]] = []
    errors: dict[str, str] = {}
    if request.method == "POST":
        sent = {one.name: values.get(one.name, "") for one in OPENING.values()} | posted_texts(PASSWORD, request.form)
        try:
            count_phone(sent["phone"])
            answer = asking.services_of(ward).call(rpcs.OPEN_ACCOUNT, **sent)
        except Refusal as refusal:
            errors = errors_from(refusal, SHOWN_TO_STRANGERS)
            summary = _told(ward, errors)
        else:
            _await_code(ward, answer)
            return redirect(url_for(".activate", slug=slug), 303)
    elif _faults(ward, values):
        return redirect(url_for(".check", slug=slug), 303)
    content = render_template(
        "opening/password.html",
        ward=ward,
        fields=shown_fields(PASSWORD, {}, errors),
        summary=summary,
        names=[one.name for one in PASSWORD],
        step=OPENING_STEPS.index("mat-khau") + 1,
        steps=len(OPENING_STEPS),
    )
    return content, 422 if errors else 200


def _told(ward: Ward, errors: Mapping[str, str]) -> list[dict[str, str]]:
    """The lines of the error summary; an error of an earlier page links to that page."""
    asked = {one.name for one in OPENING.values()}
    here = {name: text for name, text in errors.items() if name not in asked}
    before = [{"text": text, "href": _to_change(ward, name)} for name, text in errors.items() if name in asked]
    return before + error_list(PASSWORD, here)


@pages.route("/phuong/<slug>/mo-tai-khoan/ma-xac-nhan", methods=["GET", "POST"])
@limited("activation", methods=["POST"])
def activate(slug: str) -> ResponseReturnValue:
    ward = asking.ward_of(slug)
    awaited = kept.awaited.read()
    if awaited is None or awaited.ward != ward.code:
        return _none_waits(ward)
    errors: dict[str, str] = {}
    if request.method == "POST":
        otp = digits(request.form, "otp")
        try:
            asking.services_of(ward).call(rpcs.ACTIVATE_ACCOUNT, account_id=awaited.account, otp=otp)
        except Refusal as refusal:
            errors = {"otp": errors_from(refusal, SHOWN_TO_STRANGERS).popitem()[1]}
        else:
            return _activated(ward, awaited.account)
    content = render_template(
        "opening/activate.html",
        ward=ward,
        phone=awaited.phone,
        fields=shown_fields(OTP, {}, errors),
        summary=error_list(OTP, errors),
        correct=url_for(".ask", slug=slug, question=_name_of("phone"), tu=CHECK),
        can_correct=is_begun(),
        names=[one.name for one in OTP],
        step=len(OPENING_STEPS),
        steps=len(OPENING_STEPS),
    )
    return content, 422 if errors else 200


def _activated(ward: Ward, account: str) -> ResponseReturnValue:
    kept.awaited.drop()
    kept.opened.write(kept.Opened(ward.code, account))
    response = redirect(url_for(".opened", slug=ward.slug), 303)
    typed.let_go(response, _TYPED)
    return response


@pages.post("/phuong/<slug>/mo-tai-khoan/ma-khac")
@limited("activation")
def resend(slug: str) -> ResponseReturnValue:
    """Sends another code; if none can be sent now, the page of the code says why."""
    ward = asking.ward_of(slug)
    awaited = kept.awaited.read()
    if awaited is None or awaited.ward != ward.code:
        return _none_waits(ward)
    try:
        sent = asking.services_of(ward).call(rpcs.RESEND_ACTIVATION_CODE, account_id=awaited.account)
    except Refusal as refusal:
        raise_unless(SHOWN_TO_STRANGERS, refusal)
        flash(refusal.text, TROUBLE)
    else:
        _await_code(ward, sent)
        flash("Đã gửi một mã khác. Mã gửi trước không còn dùng được.")
    return redirect(url_for(".activate", slug=slug), 303)


@pages.get("/phuong/<slug>/mo-tai-khoan/xong")
def opened(slug: str) -> ResponseReturnValue:
    ward = asking.ward_of(slug)
    if not _is_opened(ward):
        return _none_waits(ward)
    practised = kept.finished.read()
    back = url_for("pages.practice.done", id=practised.dossier) if practised else None
    return render_template("opening/opened.html", ward=ward, back=back)


def _is_opened(ward: Ward) -> bool:
    """Whether the account that was opened in this browser last is of this ward."""
    last = kept.opened.read()
    return last is not None and last.ward == ward.code


def _none_waits(ward: Ward) -> ResponseReturnValue:
    """No code waits in this browser: it was used in another tab, or somebody has signed in since."""
    if _is_opened(ward):
        return redirect(url_for(".opened", slug=ward.slug), 303)
    flash("Ở máy này không có tài khoản nào đang chờ mã. Đã mở tài khoản rồi thì xin đăng nhập.", TROUBLE)
    return redirect(url_for(".start", slug=ward.slug), 303)


def _await_code(ward: Ward, answer: accounts_v1.OpenAccountResponse) -> None:
    kept.awaited.write(kept.Awaited(ward.code, answer.account_id, answer.phone_masked))


def _typed() -> dict[str, str]:
    return typed.kept(_TYPED)


def _faults(ward: Ward, values: Mapping[str, str]) -> dict[str, accounts_v1.ApplicationFault]:
    """By field, in the order of the pages."""
    return _in_order(_verified(ward, values).faults)


def _verified(ward: Ward, values: Mapping[str, str]) -> accounts_v1.VerifyApplicationResponse:
    asked = {one.name: values.get(one.name, "") for one in OPENING.values()}
    answer: accounts_v1.VerifyApplicationResponse = asking.services_of(ward).call(rpcs.VERIFY_APPLICATION, **asked)
    return answer


def _in_order(faults: Iterable[accounts_v1.ApplicationFault]) -> dict[str, accounts_v1.ApplicationFault]:
    by_field = {one.field: one for one in faults}
    return {one.name: by_field[one.name] for one in OPENING.values() if one.name in by_field}


def _points(faults: Iterable[accounts_v1.ApplicationFault]) -> list[guidance_pb2.OpenPoint]:
    """What a volunteer is told about it: only what says nothing about the person (docs/decisions/0031)."""
    return [guidance_pb2.OpenPoint(field=f"/{one.field}", check=one.check) for one in faults if one.check]


def _row(ward: Ward, one: Field, values: Mapping[str, str]) -> dict[str, Any]:
    text = shown(one, values.get(one.name))
    return {"title": one.title, "text": text, "optional": one.optional, "href": _to_change(ward, one.name)}


def _name_of(field: str) -> str:
    """The name of the page that asks for a field."""
    return next(name for name, one in OPENING.items() if one.name == field)


def _to_change(ward: Ward, field: str) -> str:
    return url_for(".ask", slug=ward.slug, question=_name_of(field), tu=CHECK)


def _first_fault(ward: Ward, faults: Mapping[str, Any]) -> str:
    return next((_to_change(ward, field) for field in faults), "")


def _address(ward: Ward, name: str) -> str:
    return url_for(".ask", slug=ward.slug, question=name, tu=_from() or None)


def _step(ward: Ward, name: str) -> str:
    return url_for(".check", slug=ward.slug) if name == CHECK else url_for(".ask", slug=ward.slug, question=name)


def _from() -> str:
    return CHECK if request.values.get("tu") == CHECK else ""


def _back(ward: Ward, name: str) -> str:
    if _from():
        return url_for(".check", slug=ward.slug)
    at = OPENING_STEPS.index(name)
    return _step(ward, OPENING_STEPS[at - 1]) if at else url_for(".start", slug=ward.slug)
