"""Several forms of one page, sent as one: whichever button is pressed, the content of all forms is sent.

Each form has a name, which stands before the names of its fields: `refusal.reason`. After the act, whether it was done
or refused, the page shows what was typed in the other forms: nothing typed is lost, with and without a script.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from gateway.pages.plain import differs

#: Bare names on the pages of today, too: of the whole page, and of papers and residences, which have no form.
_OF_THE_PAGE = ("csrf_token", "key", "version", "seen", "was", "instead_of", "beside")
_OF_NO_FORM = ("note-", "source-", "result-", "found-")

Typed = Mapping[str, Any]  # name of the field → what was typed; ticks of one name as a list


def named(form: str, views: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields of a form (`plain.shown_fields`) under its name."""
    views = list(views)
    for view in views:
        params = view["params"]
        name = "namePrefix" if "namePrefix" in params else "name"
        params[name] = f"{form}.{params[name]}"
    return views


def typed_for(form: str, posted: MultiDict[str, str], pressed: str = "") -> MultiDict[str, str]:
    """What was sent of one form, by the names of its fields.

    A page of the release before has a form for each, with bare names. It lies open for hours, and the gateway is
    replaced meanwhile: what it sends is of the form whose button was `pressed`, and is read, not taken for nothing.
    """
    before = f"{form}."
    own = [(name, text) for name, text in posted.items(multi=True) if name.startswith(before)]
    if not own and form == pressed and not any("." in name for name in posted):
        own = [
            (name, text)
            for name, text in posted.items(multi=True)
            if name not in _OF_THE_PAGE and not name.startswith(_OF_NO_FORM)
        ]
    return MultiDict((name.removeprefix(before), text) for name, text in own)


def says_something(typed: Typed, shown: Typed | None = None) -> bool:
    """Whether anything was typed, chosen or ticked, beside what the page had filled in."""
    shown = shown or {}
    return any(
        bool(text) if isinstance(text, list) else differs(str(text), str(shown.get(name) or ""))
        for name, text in typed.items()
    )
