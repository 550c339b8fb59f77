"""The office's lists and the pages that people open from them: the way back leads to the list as it was.

What narrows a list, and its page, are parameters of its address. A page that was opened from it has these as one
parameter, `ve`, which every address within these pages takes along, also through a form and the redirect after it.
Nothing personal is in it: what was typed to find somebody stands for itself in the list's address as a sealed id.
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
            "pages.registers.search",  # for a dossier that was opened from the list; its answer is the other list
        }
    ),
    REGISTERS: frozenset(
        {
            "pages.registers.entry",
            "pages.registers.note",
            "pages.registers.decide",
            "pages.registers.drop",
            "pages.registers.ministry_number",
        }
    ),
}


def here(listing: str) -> dict[str, str]:
    """What narrows the list that is shown, as its address has it."""
    return {name: value for name in PARAMETERS[listing] if (value := request.args.get(name, ""))}


def back_to(listing: str) -> str:
    """The address of the list from which this page was opened, as it was; of the whole list where it was not."""
    return address(listing, dict(parse_qsl(request.args.get(BACK, ""))))


def address(listing: str, chosen: Mapping[str, str | None]) -> str:
    """The address of a list that is narrowed so; what is no parameter of its is left out."""
    named: dict[str, Any] = {name: chosen[name] for name in PARAMETERS[listing] if chosen.get(name)}
    return url_for(listing, **named)


def carry(endpoint: str, values: dict[str, Any]) -> None:
    """Before an address is made: it takes the way back along where it leads from a list to a page, or on from one."""
    if not has_request_context() or BACK in values:
        return
    for listing, pages in _FROM.items():
        if endpoint not in pages:
            continue
        if request.endpoint == listing and endpoint != listing:
            values[BACK] = urlencode(here(listing)) or None
        elif request.endpoint in pages or (listing == DESK and request.endpoint == REGISTERS):
            values[BACK] = request.args.get(BACK)
