"""Fields of the gateway's own pages, described like a procedure's, so that all pages and errors look alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import flash

from gateway.pages.form_pages import Values, read_posted, value_at
from gateway.pages.widgets import widget
from gateway.questions import Field

#: Categories of `flash`: what was done, in green (Flask's default category); and what was not.
SUCCESS, TROUBLE = "message", "trouble"
#: For a form that was sent unchanged: nothing is written, and nobody gets a message.
UNCHANGED = "Chưa có gì thay đổi nên không lưu gì thêm."


def posted_texts(fields: Iterable[Field], posted: Mapping[str, str]) -> dict[str, str]:
    """Name → text of every field, empty if nothing was typed; passwords exactly as typed."""
    fields = list(fields)
    values = read_posted(fields, posted)
    texts = {one.name: str(value_at(values, one.pointer) or "") for one in fields}
    texts.update({one.name: posted.get(one.name, "") for one in fields if one.widget == "password"})
    return texts


def shown_fields(fields: Iterable[Field], values: Mapping[str, str], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fields as their macros take them; `errors` by name. A password that was typed is not sent back."""
    kept: Values = dict(values)
    by_pointer = {f"/{name}": text for name, text in errors.items()}
    return [widget(one, {} if one.widget == "password" else kept, by_pointer) for one in fields]


def error_list(fields: Iterable[Field], errors: Mapping[str, str]) -> list[dict[str, str]]:
    """The lines of an error summary, in the order of the page; errors without a field come last, without a link."""
    fields = list(fields)
    lines = [{"text": errors[one.name], "href": f"#{one.anchor}"} for one in fields if one.name in errors]
    known = {one.name for one in fields}
    return lines + [{"text": text} for name, text in errors.items() if name not in known]


def left_out(fields: Iterable[Field], typed: Mapping[str, str]) -> dict[str, str]:
    """What to write at each question that needs an answer and has none."""
    return {
        one.name: f"Xin {'chọn' if one.choices else 'ghi'} {one.title[:1].lower()}{one.title[1:]}."
        for one in fields
        if not one.optional and not typed.get(one.name)
    }


def digits(posted: Mapping[str, str], name: str) -> str:
    """A code as typed, without the spaces between its groups."""
    return "".join(posted.get(name, "").split())


def local_path(path: str) -> str:
    """A path on this site, or nothing: a link must not lead from our sign-in page to somebody else's."""
    fine = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if fine else ""


def differs(one: str, other: str) -> bool:
    """Whether two texts differ in more than white space: browsers change the ends of lines."""
    return one.split() != other.split()


def flash_of_several(done: str | int, nothing: str, failed: str, left_out: Sequence[str]) -> None:
    """Says what was done of several things asked for at once (falsy: `nothing`), and what was left out."""
    if done:
        flash(str(done), SUCCESS)
    else:
        flash(nothing, TROUBLE)
    if left_out:
        flash(f"{failed}: {'; '.join(left_out)}.", TROUBLE)
