"""The acts on a dossier as forms at the desk: made from their records, and read back into their requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from caunoi.accounts.v1.accounts_pb2 import StaffMember
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from werkzeug.datastructures import MultiDict

from gateway.act import OfferedAct, Rank
from gateway.acts import AT_THE_DESK, SIGNATURE
from gateway.pages import beside
from gateway.pages.dossier import Opened
from gateway.pages.form_pages import shown, value_at
from gateway.pages.plain import shown_fields
from gateway.pages.refusals import errors_from
from gateway.questions import Field, whole
from services.chassis.refusal import Kind, Refusal

COLLEAGUES, ENTRY = "colleagues", "entry"  # questions whose choices are not fixed texts: a colleague, an entry


def offered(opened: Opened) -> list[OfferedAct]:
    """What can be done now, in the order of the screen."""
    return [act for act in AT_THE_DESK if act.offered(opened.dossier)]


def asks_for(act: OfferedAct, opened: Opened, what: str) -> bool:
    """Whether one of an act's questions is of that kind."""
    return any(one.widget == what for one in act.questions(opened.dossier))


def typed_for(acts: Iterable[OfferedAct], posted: MultiDict[str, str], pressed: str) -> dict[str, dict[str, Any]]:
    """What a page sent for each of these acts, by its name, when the button of one was `pressed`: what was ticked
    stands under `pick`, as a list.
    """
    sent = {act.name: beside.typed_for(act.name, posted, pressed) for act in acts}
    return {name: {**own, "pick": own.getlist("pick")} for name, own in sent.items() if own}


def says_something(act: OfferedAct, opened: Opened, typed: Mapping[str, Any]) -> bool:
    """Whether anything was typed, chosen or ticked for an act, beside what the page had filled in."""
    entry = opened.dossier.proposed_entry.source_entry_id
    filled = dict.fromkeys((one.name for one in act.questions(opened.dossier) if one.widget == ENTRY), entry)
    return beside.says_something(typed, {**filled, **(act.prepared(opened.dossier) if act.prepared else {})})


def act_forms(
    opened: Opened,
    refused: str,
    typed: Mapping[str, Mapping[str, Any]],
    errors: Mapping[str, str],
    colleagues: Iterable[StaffMember] = (),
) -> list[dict[str, Any]]:
    """The acts offered now, for the template. The refused act, and any other for which something was typed, show what
    was typed.

    `typed` is by the act's name; `colleagues` are those who may take over the dossier.
    """
    choices = _named(colleagues)
    acts = [act for act in offered(opened) if act is not SIGNATURE]  # it has its own page, with the paper
    forms = []
    for act in acts:
        is_refused = act.name == refused
        form = _form(opened, act, typed.get(act.name, {}), errors if is_refused else {}, choices)
        is_first = not refused and not typed and act is acts[0] and act.rank is not Rank.ENDING
        forms.append({**form, "open": is_refused or is_first or act.name in typed})
    return forms


def act_form(
    opened: Opened,
    act: OfferedAct,
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
    colleagues: Iterable[StaffMember] = (),
) -> dict[str, Any]:
    """One act for the template; if it was refused, with what was typed."""
    return _form(opened, act, typed, errors, _named(colleagues))


def _form(
    opened: Opened,
    act: OfferedAct,
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
    colleagues: tuple[tuple[str, str], ...],
) -> dict[str, Any]:
    dossier = opened.dossier
    shown = typed or (act.prepared(dossier) if act.prepared else {})
    fields = shown_fields(
        _drawn(act.questions(dossier), colleagues), {key: str(value) for key, value in shown.items()}, errors
    )
    for view in fields:  # several acts on one screen ask for a reason, and an id must be unique
        view["params"]["idPrefix" if "idPrefix" in view["params"] else "id"] = f"{act.name}-{view['params']['name']}"
        if view["params"]["name"] == "article":
            view["params"]["attributes"] = {"list": "articles"}  # offers the articles of the procedure
    beside.named(act.name, fields)
    return {
        "act": act,
        "is_warning": act.rank is Rank.ENDING,
        "fields": fields,
        "picks_entry": asks_for(act, opened, ENTRY),
        "checks": [
            {
                "name": f"{act.name}.{name}",
                "id": f"{act.name}-{name}",
                "text": text,
                "checked": typed.get(name) == "yes",
                "error": errors.get(name, ""),
            }
            for name, text in act.checks(dossier)
        ],
        "persons": _persons(opened, typed) if "present" in act.rpc.descriptor.fields_by_name else [],
        "persons_error": errors.get("present", ""),
        "contradicted": _contradicted(opened, typed) if _names_answers(act) else [],
        "contradicted_error": errors.get("contradicted", ""),
        "picks": _with_faults(_picks(opened, typed), errors) if act.picks else [],
        "error": errors.get("", "") or errors.get("items", ""),
    }


def _named(colleagues: Iterable[StaffMember]) -> tuple[tuple[str, str], ...]:
    return tuple((one.id, f"{one.full_name}, {one.title}") for one in colleagues)


def _drawn(questions: Sequence[Field], colleagues: tuple[tuple[str, str], ...]) -> list[Field]:
    return [
        replace(one, widget="radios", choices=(*one.choices, *colleagues)) if one.widget == COLLEAGUES else one
        for one in questions
        if one.widget != ENTRY
    ]


def _persons(opened: Opened, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The people who must all come before the result is handed over."""
    return [
        {"value": one.field, "id": f"present-{number}", "text": one.name, "checked": one.field in typed.get("pick", [])}
        for number, one in enumerate(opened.dossier.handover.present)
    ]


def _names_answers(act: OfferedAct) -> bool:
    return "contradicted" in act.rpc.descriptor.fields_by_name


def _contradicted(opened: Opened, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every answer of the form, by section; the officer ticks those that a reply contradicts."""
    chosen = typed.get("pick", [])
    sections: dict[str, list[dict[str, Any]]] = {}
    asked = [(page, one) for page in opened.pages for one in opened.asked_of(page)]
    for number, (page, one) in enumerate(asked):
        section = opened.form.sections.get(page.section, "")
        if declared := shown(one, value_at(opened.values, one.pointer)):
            sections.setdefault(section, []).append(
                {
                    "value": one.pointer,
                    "id": f"contradicted-{number}",
                    "title": one.title,
                    "declared": declared,
                    "section": section,
                    "checked": one.pointer in chosen,
                }
            )
    return [answer for answers in sections.values() for answer in answers]


def _picks(opened: Opened, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every field of the asked pages and every paper; the officer ticks those where something is missing."""
    places = [
        (one.pointer, one.title, opened.form.sections.get(page.section, ""))
        for page in opened.pages
        for one in page.fields
    ]
    places += [
        (f"documents/{one.kind}", one.title, "Giấy tờ") for one in opened.procedure.documents if one.mode == "file"
    ]
    chosen = typed.get("pick", [])
    return [
        {
            "field": field,
            "title": title,
            "section": section,
            "number": number,
            "checked": field in chosen,
            "text": typed.get(f"text-{number}", ""),
        }
        for number, (field, title, section) in enumerate(places)
    ]


def _with_faults(picks: list[dict[str, Any]], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The picks, each with the error of its item; the request has one item for each marked pick, in their order."""
    marked = [pick["number"] for pick in picks if pick["checked"]]
    faults = {
        marked[place]: text
        for place in range(len(marked))
        for text in (errors.get(f"items.{place}.text") or errors.get(f"items.{place}.field"),)
        if text
    }
    return [pick | {"error": faults.get(pick["number"], "")} for pick in picks]


def places_of_faults(forms: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What is wrong at a row of the declaration, by the anchor of the row."""
    return {f"text-{pick['number']}": pick["error"] for form in forms for pick in form["picks"] if pick["error"]}


def command(act: OfferedAct, opened: Opened, posted: Mapping[str, Any], version: str) -> Message:
    """The request of an act on the version that was shown, from what the screen sent for it; `pick` has the fields,
    papers or persons that were ticked.
    """
    picked = posted.get("pick", [])
    request: Any = act.rpc.request(dossier_id=opened.dossier.id, expected_version=whole(version))
    fields = act.rpc.descriptor.fields_by_name
    for one in act.questions(opened.dossier):
        if one.name in fields and fields[one.name].type == FieldDescriptor.TYPE_STRING:
            setattr(request, one.name, posted.get(one.name, "").strip())
    for name, _ in act.checks(opened.dossier):
        setattr(request, name, posted.get(name) == "yes")
    if "present" in fields:
        request.present.extend(picked)
    if _names_answers(act):
        request.contradicted.extend(picked)
    if act.picks:
        for pick in _picks(opened, posted):
            if pick["checked"]:
                request.items.add(field=pick["field"], text=pick["text"].strip())
    act.read(request, posted)
    found: Message = request
    return found


def act_errors(refusal: Refusal) -> dict[str, str]:
    """What is wrong, by the names of the screen's fields."""
    if refusal.kind is Kind.STALE:
        text = "Hồ sơ vừa được thay đổi ở nơi khác. Trạng thái mới ở trên; những gì vừa nhập vẫn còn dưới đây."
        return {"": text}
    errors = errors_from(refusal)
    shown = {"new_due_at": "new_day"}
    return {shown.get(name, name): text for name, text in errors.items()}
