"""The office's lists and the pages opened from them: the way back leads to the list as it was.

A list's filters and its page are parameters of its address. A page that was opened from the list has them in one
parameter, `ve`, which every link within these pages takes along, also through a form and the redirect after it. It
holds nothing personal: in the list's address a sealed id replaces what was typed to find somebody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import has_request_context, request, url_for

BACK = "ve"
DESK, REGISTERS = "pages.desk.work_list", "pages.registers.look"
#: The list → the parameters of its address, in their order there.
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    DESK: ("viec", "trang-thai", "han", "thu-tuc", "nguoi", "tim", "sau"),
    REGISTERS: ("tim", "ho-so", "sau", BACK),
}
#: The list → the pages that lead back to it.
_FROM: Mapping[str, frozenset[str]] = {
    DESK: frozenset(
        {
            "pages.desk.dossier",
            "pages.desk.perform",
            "pages.signing.following",
            "pages.signing.show",
            "pages.signing.perform",
            "pages.done_at_desk.show",
            "pages.counter.compare",
            "pages.counter.look_up",
            "pages.supplement.answer",
            "pages.registers.search",  # for a dossier that was opened from the list; it leads to the other list
        }
    ),
    REGISTERS: frozenset(
        {
            "pages.entries.show",
            "pages.entries.note",
            "pages.entries.decide",
            "pages.entries.drop",
            "pages.entries.ministry_number",
        }
    ),
}


def here(listing: str) -> dict[str, str]:
    """The filters of the list that is shown, from its address."""
    return {name: value for name in PARAMETERS[listing] if (value := request.args.get(name, ""))}


def back_to(listing: str) -> str:
    """The address of the list from which this page was opened, as it was; without such a list, of the whole list."""
    return address(listing, dict(parse_qsl(request.args.get(BACK, ""))))


def address(listing: str, chosen: Mapping[str, str | None]) -> str:
    """The address of a list with these filters; unknown parameters are left out."""
    named: dict[str, Any] = {name: chosen[name] for name in PARAMETERS[listing] if chosen.get(name)}
    return url_for(listing, **named)


def carry(endpoint: str, values: dict[str, Any]) -> None:
    """Called before an address is made: adds the way back if the address leads from a list to a page, or on from such a
    page.
    """
    if not has_request_context() or BACK in values:
        return
    for listing, pages in _FROM.items():
        if endpoint not in pages:
            continue
        if request.endpoint == listing and endpoint != listing:
            values[BACK] = urlencode(here(listing)) or None
        elif request.endpoint in pages or (listing == DESK and request.endpoint == REGISTERS):
            values[BACK] = request.args.get(BACK)
