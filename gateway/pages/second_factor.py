"""Staff sign in with a second factor, and set their first one up while they sign in.

Between password and factor, only the page holds the ticket, sealed: somebody who leaves the page leaves nothing that
another person could use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caunoi.accounts.v1.accounts_pb2 import SecondFactor, Session
from caunoi.accounts.v1.staff_pb2 import ConfirmAuthenticatorResponse, Factor, StartAuthenticatorResponse
from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.limits import limited
from gateway.pages import identity, signed_in
from gateway.pages.failures import carried, resumed, sign_in_fields
from gateway.pages.own_questions import AUTHENTICATOR, FACTOR_CODE, NEW_APP_CODE
from gateway.pages.plain import TROUBLE, error_list, left_out, posted_texts, shown_fields
from gateway.pages.qr import qr_code
from gateway.pages.refusals import SHOWN_TO_STRANGERS, errors_from
from gateway.sealer import Sealer
from gateway.wards import wards
from services.chassis.refusal import Refusal

pages = Blueprint("second_factor", __name__)

SECONDS = 600  # as long as a ticket lives
KEPT_SECONDS = 12 * 3600  # as long as a session lasts
OVER = "second-factor-over"
_NOT_BEGUN = (
    "Cách này không còn chờ thiết lập. Có trong danh sách dưới đây là đã xong; chưa chép mã dự phòng thì lấy mã mới "
    "ở đó."
)
_CODES_OVER = (
    "Phiên làm việc đã kết thúc, nên mã dự phòng không hiện lại ở đây nữa. Xin đăng nhập lại; chưa chép xong thì lấy "
    "mã mới."
)
_SENT_ON = "kept"  # in the form of the page of new codes, which also sends what was typed before
_KEPT = "new_codes"  # in the session, sealed: recovery codes that the owner has not yet confirmed to have kept


def go_on(answer: Session, ward: str, back: str) -> ResponseReturnValue:
    """After the right password: signs in, or shows the page of the step that is due first."""
    if not answer.HasField("second_factor"):
        return signed_in.enter(answer, back)
    due = answer.second_factor
    sealed = seal({**state_of(due, ward), "back": back})
    return _enrolment(sealed, {}, {}) if due.to_enrol else _asking(sealed, due.webauthn_options, {})


def state_of(due: SecondFactor, ward: str) -> dict[str, Any]:
    return {"ticket": due.ticket, "ward": ward, "options": due.webauthn_options}


@pages.route("/dang-nhap/xac-thuc", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def show() -> ResponseReturnValue:
    """Completes the sign-in with a code, or with a security key that a script has asked."""
    sealed, state = _sealed()
    if state is None:
        return _from_the_start()
    errors = missing_factor()
    if not errors:
        try:
            answer = (
                wards()
                .client(state["ward"])
                .call(rpcs.PASS_SECOND_FACTOR, ticket=state["ticket"], factor=posted_factor())
            )
        except Refusal as refusal:
            if refusal.type == OVER:
                return _over(refusal, state)
            errors = factor_errors(refusal)
        else:
            return signed_in.enter(answer, state["back"])
    return _asking(sealed, state["options"], errors)


@pages.route("/dang-nhap/thiet-lap", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def enrol() -> ResponseReturnValue:
    """Sets up the first authenticator of somebody who needs one, during sign-in."""
    sealed, state = _sealed()
    if state is None:
        return _from_the_start()
    if "other" in request.form:  # from the page of a factor that does not work here
        return _enrolment(sealed, {}, {})
    typed = posted_texts(AUTHENTICATOR, request.form)
    errors = left_out(AUTHENTICATOR, typed)
    if not errors:
        try:
            begun = (
                wards()
                .client(state["ward"])
                .call(rpcs.START_AUTHENTICATOR, ticket=state["ticket"], kind=typed["kind"], name=typed["name"])
            )
        except Refusal as refusal:
            if refusal.type == OVER:
                return _over(refusal, state)
            errors = errors_from(refusal, SHOWN_TO_STRANGERS)
        else:
            return set_up(state, begun, typed["kind"])
    return _enrolment(sealed, typed, errors)


def set_up(state: dict[str, Any], begun: StartAuthenticatorResponse, kind: str) -> str:
    """The page on which a new authenticator must show that it works."""
    started = {"id": begun.authenticator_id, "kind": kind, "secret": begun.secret, "uri": begun.otpauth_uri}
    return _set_up({**state, **started, "create": begun.webauthn_options}, {})


@pages.route("/dang-nhap/thiet-lap/xong", methods=["GET", "POST"])
@limited("sessions", methods=["POST"])
def confirm() -> ResponseReturnValue:
    """Completes the set-up, during sign-in or later."""
    again = codes_of_this_page()
    if again is not None:
        return again
    _, state = _sealed()
    if state is None or "id" not in state:
        return _from_the_start()
    is_app = state["kind"] == "totp"
    typed = posted_texts(NEW_APP_CODE, request.form)
    errors = left_out(NEW_APP_CODE, typed) if is_app else {}
    if not errors:
        try:
            done = (
                wards()
                .client(state["ward"])
                .call(
                    rpcs.CONFIRM_AUTHENTICATOR,
                    ticket=state["ticket"],
                    authenticator_id=state["id"],
                    code=typed["code"],
                    attestation=request.form.get("assertion", ""),
                )
            )
        except Refusal as refusal:
            if refusal.type == OVER:
                return _over(refusal, state)
            if refusal.type == "unknown-authenticator" and "back" not in state:
                flash(_NOT_BEGUN, TROUBLE)
                return redirect(url_for("pages.authenticators.own"), 303)
            errors = factor_errors(refusal)
        else:
            return _confirmed(done, state)
    content = _set_up(state, errors)
    return content, 422


def _confirmed(done: ConfirmAuthenticatorResponse, state: dict[str, Any]) -> ResponseReturnValue:
    if done.HasField("session"):
        return signed_in.enter(
            done.session,
            state["back"],
            lambda onward, typed: codes_page(done.recovery_codes, onward, typed, of=state["id"]),
        )
    own = url_for("pages.authenticators.own")
    if done.recovery_codes:
        return codes_page(done.recovery_codes, own, of=state["id"])
    flash("Đã thêm cách xác thực.")
    return redirect(own, 303)


def codes_page(codes: Any, onward: str, typed: Mapping[str, Any] | None = None, *, of: str = "") -> str:
    """The page of new recovery codes; it also sends on what was `typed` before the sign-in (`resumed`).

    Until the owner confirms that they are kept, this browser's session holds them, sealed: a reload shows them to the
    owner again, while they are signed in.
    """
    who = identity.account_holder()
    kept = {"codes": list(codes), "onward": onward, "of": of, "who": who.id if who else ""}
    session[_KEPT] = seal(kept)
    return _page_of(kept, typed)


def unconfirmed_codes() -> dict[str, Any] | None:
    """The signed-in person's new recovery codes, if they have not yet confirmed to have kept them."""
    who = identity.account_holder()
    kept: dict[str, Any] | None = _sealer().open(session.get(_KEPT, ""), within=KEPT_SECONDS)
    return kept if who and kept and "codes" in kept and kept.get("who") == who.id else None


def codes_of_this_page() -> str | None:
    """The page of such codes, if the form that made them is sent again, by a reload.

    That may be much later, and with the token of the page before the sign-in, which is no longer valid
    (`failures.forged_or_old`).
    """
    kept = unconfirmed_codes()
    state = _sealer().open(request.form.get("second", ""), within=KEPT_SECONDS)
    if kept is None or not state or not kept["of"] or kept["of"] != state.get("id"):
        return None
    form = carried(_typed_before())
    who = identity.person()
    return _page_of(kept, resumed(form) if form and who and form["account"] == who.id else None)


def codes_or_over() -> ResponseReturnValue | None:
    """As `codes_of_this_page`; if the sign-in has ended since, goes back to the sign-in instead."""
    if identity.account_holder() is None and session.pop("ended", False):
        return _anew(_CODES_OVER, url_for("pages.authenticators.own"))
    return codes_of_this_page()


def note_kept() -> None:
    """Somebody who goes on from the page of new codes, and sends what they had typed before the sign-in, has kept the
    codes.
    """
    if request.form.get("codes") == _SENT_ON:
        session.pop(_KEPT, None)


def codes_again() -> ResponseReturnValue | None:
    """The page of such codes, also if the form that made them is sent again, or the redirect that follows it; None if
    there are none.
    """
    kept = unconfirmed_codes()
    if kept is None:
        return None
    if request.form.get("kept") == "yes":
        del session[_KEPT]
        return redirect(kept["onward"], 303)
    return _page_of(kept)


def _page_of(kept: Mapping[str, Any], typed: Mapping[str, Any] | None = None) -> str:
    return render_template("account/recovery_codes.html", codes=kept["codes"], **(typed or {}))


# --- also used by the pages of a person's own authenticators


def posted_factor() -> Factor:
    form = request.form
    return Factor(code="" if form.get("assertion") else form.get("code", ""), assertion=form.get("assertion", ""))


def missing_factor() -> dict[str, str]:
    if request.form.get("assertion"):
        return {}
    return left_out(FACTOR_CODE, posted_texts(FACTOR_CODE, request.form))


def factor_errors(refusal: Refusal) -> dict[str, str]:
    """The error of any factor, shown at the code."""
    errors = errors_from(refusal, SHOWN_TO_STRANGERS)
    return {"code" if name in ("assertion", "attestation") else name: text for name, text in errors.items()}


def seal(state: dict[str, Any]) -> str:
    return _sealer().seal(state)


def opened() -> dict[str, Any] | None:
    """The sealed state of the posted page."""
    found: dict[str, Any] | None = _sealer().open(request.form.get("second", ""), within=SECONDS)
    return found if found and "ticket" in found else None


def _sealed() -> tuple[str, dict[str, Any] | None]:
    return request.form.get("second", ""), opened()


def _sealer() -> Sealer:
    sealer: Sealer = current_app.extensions["second_factor"]
    return sealer


def _from_the_start() -> ResponseReturnValue:
    if request.method == "POST":
        return _anew("Trang đã mở quá lâu. Xin đăng nhập lại từ đầu.", "")
    return redirect(url_for("pages.account.sign_in"), 303)


def _over(refusal: Refusal, state: dict[str, Any]) -> ResponseReturnValue:
    if "back" not in state:  # somebody who is signed in
        flash(refusal.text, TROUBLE)
        return redirect(url_for("pages.authenticators.own"), 303)
    return _anew(refusal.text, state["back"])


def _anew(text: str, back: str) -> ResponseReturnValue:
    """Goes to the beginning of the sign-in, where what was typed before it is offered again."""
    typed_before = _typed_before()
    if not carried(typed_before):
        flash(text, TROUBLE)
        return redirect(url_for("pages.account.sign_in", ve=back or None), 303)
    content = render_template(
        "account/sign_in.html",
        fields=sign_in_fields({}, {}),
        return_to=back,
        carried=typed_before,
        notice=f"{text} Những gì ông/bà nhập trước đó vẫn còn.",
    )
    return content, 401


def _typed_before() -> str:
    """What was typed before the sign-in, sealed (`failures.sign_in_again`); each page of the sign-in passes it on."""
    return request.form.get("carried", "")


def _asking(sealed: str, options: str, errors: dict[str, str]) -> ResponseReturnValue:
    content = render_template(
        "account/second_factor.html",
        second=sealed,
        options=options,
        fields=shown_fields(FACTOR_CODE, {}, errors),
        summary=error_list(FACTOR_CODE, errors),
        carried=_typed_before(),
    )
    return content, 422 if errors else 200


def _enrolment(sealed: str, typed: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    content = render_template(
        "account/enrol.html",
        second=sealed,
        fields=shown_fields(AUTHENTICATOR, typed, errors),
        summary=error_list(AUTHENTICATOR, errors),
        carried=_typed_before(),
    )
    return content, 422 if errors else 200


def _set_up(state: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "account/set_up.html",
        second=seal(state),
        is_app=state["kind"] == "totp",
        secret=state["secret"],
        drawing=qr_code(state["uri"]) if state["uri"] else "",
        uri=state["uri"],
        create=state["create"],
        fields=shown_fields(NEW_APP_CODE, {}, errors),
        summary=error_list(NEW_APP_CODE, errors),
        signing_in="back" in state,
        carried=_typed_before(),
    )
