"""The page before something that cannot be undone: what it is about, what it does, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from gateway.pages.plain import error_list, posted_texts, shown_fields
from gateway.pages.refusals import CHANGED_MEANWHILE, errors_from, is_stale
from gateway.questions import Field
from services.chassis.refusal import Refusal


def confirm(
    do: Callable[[dict[str, str]], ResponseReturnValue | str],
    *,
    title: str,
    text: str,
    button: str,
    back: str,
    about: Mapping[str, str],
    questions: Sequence[Field] = (),
    version: int = 0,
) -> ResponseReturnValue:
    """Shows the page; on POST does the act with what was typed.

    `do` returns the answer to show, or a text that the page at `back` shows. `version` is the version that the page
    shows: if somebody else has changed the thing meanwhile, the page shows its present state and asks again.
    """
    status = 422
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(questions, request.form)
        try:
            done = do(typed)
        except Refusal as refusal:
            errors = errors_from(refusal)
            if is_stale(refusal):
                errors, status = {"": CHANGED_MEANWHILE}, 412
        else:
            if not isinstance(done, str):
                return done
            flash(done)
            return redirect(back, 303)
    content = render_template(
        "admin/confirm.html",
        heading=title,
        text=text,
        button=button,
        back=back,
        about=about,
        version=version,
        fields=shown_fields(questions, typed, errors),
        summary=error_list(questions, errors),
    )
    return content, status if errors else 200
