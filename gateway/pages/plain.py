"""Fields of the gateway's own pages, in the same terms as a procedure's, so that all pages look and err alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import flash

from gateway.pages.forms import Values, read_posted, value_at
from gateway.pages.widgets import widget
from gateway.questions import Field

#: Categories of `flash`: what was done, in green, as Flask has it where none is named; and what was not.
SUCCESS, TROUBLE = "message", "trouble"
#: Of a form that was sent with what is saved already: nothing is written, and nobody is told.
UNCHANGED = "Chưa có gì thay đổi nên không lưu gì thêm."


def posted_texts(fields: Iterable[Field], posted: Mapping[str, str]) -> dict[str, str]:
    """Name → text of every field, empty where nothing was typed; passwords as they are."""
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
    """The lines of an error summary, in the order of the page; those of no field last, without a link."""
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
    """A code as typed, without the blanks people put between its groups."""
    return "".join(posted.get(name, "").split())


def local_path(path: str) -> str:
    """A path on this site, or nothing: a link must not lead from our sign-in page to somebody else's."""
    fine = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if fine else ""


def differs(one: str, other: str) -> bool:
    """Whether two texts say something else: a browser sends the lines of a text with other ends than it got them."""
    return one.split() != other.split()


def flash_of_several(done: str | int, nothing: str, failed: str, left_out: Sequence[str]) -> None:
    """Of several things that were asked for at once: what was done (falsy: `nothing`), and what was left out."""
    if done:
        flash(str(done), SUCCESS)
    else:
        flash(nothing, TROUBLE)
    if left_out:
        flash(f"{failed}: {'; '.join(left_out)}.", TROUBLE)
