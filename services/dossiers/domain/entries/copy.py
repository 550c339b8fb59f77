"""The book of copies of extracts ("Sổ cấp bản sao trích lục"): what was copied, how often, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.dossiers.domain.checking import CheckContext
from services.dossiers.domain.entries.writing import identity_paper, text
from services.dossiers.domain.people import Person
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.register import BIRTH, DEATH, MARRIAGE, Registration

#: The name of a copy, by the register of its entry.
EXTRACTS = {
    BIRTH: "Bản sao Giấy khai sinh",
    MARRIAGE: "Trích lục kết hôn (bản sao)",
    DEATH: "Trích lục khai tử (bản sao)",
}


def content(form: Mapping[str, Any], registration: Registration) -> dict[str, Any]:
    """The book's columns, and the copied entry with its later notes, such as a divorce.

    Missing values of the entry stay blank (TT 04/2020 Đ23); values that are for the register only are left out.
    ValueError if there is no entry to copy, or if it is of another register than the one requested.
    """
    kind = text(form, "/copy/kind")
    source = registration.source
    if kind not in EXTRACTS or source is None or source.get("register") != kind:
        raise ValueError(f"a copy needs the entry that is copied, here one of the register {kind!r}")
    return {
        "copy_of": kind,
        "extract": EXTRACTS[kind],
        "source": {name: _blank(value) for name, value in source.items() if name not in _NEVER_COPIED},
        "copies": value_at(form, "/copies/count") or 1,
        "subject": {"full_name": text(form, "/subject/full_name").upper()},
        "requester": {
            "full_name": text(form, "/requester/full_name").upper(),
            "relation": _relation(form),
            "identity_paper": identity_paper(form, "/requester"),
            "residence": text(form, "/requester/residence"),
        },
        "organisation": {part: text(form, f"/organisation/{part}") for part in ("name", "address", "reason")},
        "notes": [],
    }


def form_of_copies(register: str, form: Mapping[str, Any], subject_name: str, count: int) -> dict[str, Any]:
    """A form for copies that were asked for together with a registration, as if the requester had filled in a form for
    copies.
    """
    return {
        "copy": {"kind": register},
        "copies": {"count": count},
        "subject": {"full_name": subject_name},
        "requester": dict(form.get("requester", {})),
    }


def people(form: Mapping[str, Any], registration: Registration) -> dict[str, Person]:
    """The people of the copied entry, as the requester named them."""
    return {"subject": subject(CheckContext(form, registration.registered_on))}


def subject(context: CheckContext) -> Person:
    """The person of the entry to be copied; with the requester's own number if it is their own entry."""
    named = context.person("/subject")
    if context.text("/requester/relation") != "self":
        return named
    return replace(named, identity_numbers=named.identity_numbers | context.person("/requester").identity_numbers)


# Values of the register only. The giấy báo tử is named on the original extract, never on a copy (TT 04/2020 Đ34.3–4).
_NEVER_COPIED = {"cause_of_death", "death_paper"}
_RELATION = {
    "self": "Bản thân",
    "spouse": "Vợ hoặc chồng",
    "child": "Con",
    "parent": "Cha hoặc mẹ",
    "guardian": "Người đại diện theo pháp luật",
    "relative": "Người thân",
    "heir": "Người thừa kế",
    "other": "Người khác",
}


def _relation(form: Mapping[str, Any]) -> str:
    """The requester, as the book describes them; for an organisation, its name."""
    if text(form, "/requester/kind") == "agent":
        return "Người được ủy quyền"
    return _RELATION.get(text(form, "/requester/relation") or text(form, "/requester/kinship"), "")


def _blank(value: Any) -> Any:
    """The content with an empty text for each missing member (an entry from a paper book may have gaps)."""
    if isinstance(value, Mapping):
        return {name: _blank(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_blank(member) for member in value]
    return "" if value is None else value
