"""An entry of a register at the office: its content, its number in the Ministry's software, and its notes, which are
written, signed, sent back or dropped here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import routing, rpcs
from gateway.acts import NAMESAKE, NO_CONFLICT
from gateway.pages import beside, identity, lists, note_questions
from gateway.pages.asking import services_of
from gateway.pages.entry_lines import sections
from gateway.pages.identity import own_ward
from gateway.pages.plain import error_list, posted_texts, shown_fields
from gateway.pages.refusals import errors_from
from gateway.questions import question
from gateway.texts import NOTES, REGISTERS, SPOUSE_ELSEWHERE, TAKES_BACK_A_DEATH
from services.chassis.ids import read_uuid
from services.chassis.refusal import Refusal
from services.chassis.tokens import Role

pages = Blueprint("entries", __name__)
pages.before_request(identity.require_office)

_NOTE, _NUMBER = "note", "ministry"  # forms of an entry's page; a waiting note's form is named by its id
_TICKS = (NO_CONFLICT[0], NAMESAKE[0])
MINISTRY = (
    question("number", "Số do phần mềm của Bộ Tư pháp cấp", hint="Ghi đúng như trên phần mềm."),
    question("reason", "Vì sao sửa số", hint="Chỉ ghi khi sửa số đã có.", optional=True),
)
DECISION = (question("reason", "Vì sao trả lại", widget="textarea"),)


@pages.get("/can-bo/so-ho-tich/muc/<uuid:id>")
def show(id: UUID) -> ResponseReturnValue:
    """An entry; with `viet-lai`, the form to rewrite a note that was sent back, with its former content."""
    return _shown(id, {}, {}, anew=str(read_uuid(request.args.get("viet-lai", "")) or ""))


@pages.post("/can-bo/so-ho-tich/muc/<uuid:id>")
def note(id: UUID) -> ResponseReturnValue:
    """Writes a dated note, which waits for the signer; if it is refused, what was typed stays."""
    found = _read(str(id))
    sent = _sent(found, _NOTE)
    typed, anew = sent.get(_NOTE) or posted_texts(note_questions.asked_of(found), {}), _anew()
    asked = note_questions.request_of(found, typed, anew)
    errors = note_questions.left_open(found, asked)
    if not errors:
        try:
            services_of(own_ward()).send(rpcs.NOTE_ENTRY, asked)
        except Refusal as refusal:
            errors = note_questions.errors_of(refusal, asked)
    if errors:
        return _shown(id, sent, errors, at=_NOTE, anew=anew)
    flash("Đã viết ghi chú. Ghi chú có giá trị khi người có thẩm quyền ký xác nhận.")
    return _done(found, sent, _NOTE)


@pages.get("/can-bo/so-ho-tich/muc/<uuid:id>/so-bo-tu-phap")
@pages.get("/can-bo/so-ho-tich/muc/<uuid:id>/ghi-chu/<uuid:proposed_note>/<any(ky, tra, bo):what>")
def pressed(id: UUID, **_: object) -> ResponseReturnValue:
    """A button that shows the entry again leaves its address in the bar: opened again, that leads to the entry."""
    return redirect(url_for(".show", id=id), 303)


@pages.post("/can-bo/so-ho-tich/muc/<uuid:id>/so-bo-tu-phap")
def ministry_number(id: UUID) -> ResponseReturnValue:
    """Records the number of the Ministry's software, or corrects it; if it is refused, what was typed stays."""
    found = _read(str(id))
    sent = _sent(found, _NUMBER)
    typed = posted_texts(MINISTRY, beside.typed_for(_NUMBER, request.form, _NUMBER))
    try:
        services_of(own_ward()).call(rpcs.SET_MINISTRY_NUMBER, entry_id=str(id), **typed)
    except Refusal as refusal:
        return _shown(id, sent, errors_from(refusal), at=_NUMBER, anew=_anew())
    flash("Đã ghi số của phần mềm Bộ Tư pháp.")
    return _done(found, sent, _NUMBER)


@pages.post("/can-bo/so-ho-tich/muc/<uuid:id>/ghi-chu/<uuid:proposed_note>/<any(ky, tra):what>")
def decide(id: UUID, proposed_note: UUID, what: str) -> ResponseReturnValue:
    """The signer confirms a note, or sends it back; if that is refused, the typed reason stays."""
    found = _read(str(id))
    sent = _sent(found, str(proposed_note))
    own = sent.get(str(proposed_note), {})
    ticked: dict[str, Any] = {name: own.get(name) == "yes" for name in _TICKS}
    confirmed = what == "ky"
    effects = [_effect(found, one) for one in found.proposed_notes if one.id == str(proposed_note)]
    try:
        services_of(own_ward()).call(
            rpcs.DECIDE_NOTE,
            entry_id=str(id),
            proposed_note_id=str(proposed_note),
            confirmed=confirmed,
            reason=own.get("reason", ""),
            **ticked,
        )
    except Refusal as refusal:
        return _shown(id, sent, errors_from(refusal), at=str(proposed_note), anew=_anew())
    flash(" ".join(["Đã ký ghi chú vào sổ.", *effects]) if confirmed else "Đã trả lại ghi chú cho công chức.")
    return _done(found, sent, str(proposed_note))


@pages.post("/can-bo/so-ho-tich/muc/<uuid:id>/ghi-chu/<uuid:proposed_note>/bo")
def drop(id: UUID, proposed_note: UUID) -> ResponseReturnValue:
    """The officer drops a note that was sent back."""
    found = _read(str(id))
    sent = _sent(found, str(proposed_note))
    try:
        services_of(own_ward()).call(rpcs.DROP_NOTE, entry_id=str(id), proposed_note_id=str(proposed_note))
    except Refusal as refusal:
        return _shown(id, sent, errors_from(refusal), at=str(proposed_note), anew=_anew())
    flash("Đã bỏ ghi chú. Sổ không ghi gì thêm.")
    return _done(found, sent, str(proposed_note))


def _read(id: str) -> dossiers_v1.FoundEntry:
    """An entry of the officer's ward; the look is recorded. Raises a Refusal."""
    return services_of(own_ward()).call(rpcs.GET_ENTRY, entry_id=id)


def _anew() -> str:
    """The note that was sent back and is rewritten on the page that was sent."""
    return str(read_uuid(request.form.get("instead_of", "")) or "")


def _sent(found: dossiers_v1.FoundEntry, pressed: str) -> dict[str, dict[str, str]]:
    """What was typed on the page of an entry when the button of one form was `pressed`, by its forms: a note, the
    Ministry's number, and by their ids the notes that wait for the signer.
    """
    asked = {
        _NOTE: note_questions.asked_of(found),
        _NUMBER: MINISTRY,
        **{one.id: DECISION for one in found.proposed_notes},
    }
    sent = {}
    for form, questions in asked.items():
        if own := beside.typed_for(form, request.form, pressed):
            sent[form] = posted_texts(questions, own) | {name: own[name] for name in _TICKS if name in own}
    return sent


def _done(found: dossiers_v1.FoundEntry, sent: dict[str, dict[str, str]], done: str) -> ResponseReturnValue:
    """The page of the entry after one of its forms was handled, with what was typed in the others. A note that is being
    rewritten stays open, unless it is what was handled.
    """
    anew = "" if done in (_NOTE, _anew()) else _anew()
    rest = _said(found, {form: typed for form, typed in sent.items() if form != done}, _anew())
    if not rest:
        reopened: dict[str, Any] = {"viet-lai": anew} if anew else {}
        return redirect(url_for(".show", id=found.id, **reopened), 303)
    return _shown(UUID(found.id), rest, {}, anew=anew)


def _said(found: dossiers_v1.FoundEntry, sent: dict[str, dict[str, str]], anew: str) -> dict[str, dict[str, str]]:
    """The sent forms in which something was typed that the page had not filled in."""
    sent_back = next((one for one in found.proposed_notes if one.id == anew), None)
    shown = {_NUMBER: {"number": found.ministry_number}, _NOTE: note_questions.filled_in(found, sent_back)}
    return {form: typed for form, typed in sent.items() if beside.says_something(typed, shown.get(form))}


def _shown(
    id: UUID,
    sent: dict[str, dict[str, str]],
    errors: dict[str, str],
    *,
    at: str = "",
    anew: str = "",
) -> ResponseReturnValue:
    """The page of an entry, with what was typed in its forms (`_sent`), and either the errors `at` one of them or the
    note to write `anew`.
    """
    found = _read(str(id))
    sent_back = next((one for one in found.proposed_notes if one.id == anew and one.returned_because), None)
    said = _said(found, sent, anew)
    typed = sent.get(_NOTE) or note_questions.filled_in(found, sent_back)
    of_note = errors if at == _NOTE else {}
    parts = note_questions.parts_of(found)
    content: dict[str, Any] = json.loads(found.content_json or "{}")
    roles = identity.signed_in().roles
    waiting = []
    for one in found.proposed_notes:
        own, wrong = sent.get(one.id, {}), errors if one.id == at else {}
        (field,) = beside.named(one.id, shown_fields(DECISION, own, wrong))
        field["params"]["id"] = f"reason-{one.id}"  # a form for each note: unique ids
        is_open = bool(own.get("reason")) or (bool(wrong) and not wrong.keys() & {*_TICKS})
        checks = _declarations(one.id, own, wrong)
        waiting.append({"note": one, "reason": field, "open": is_open, "checks": checks, "effect": _effect(found, one)})
    rendered = render_template(
        "registers/entry.html",
        back=lists.back_to(lists.REGISTERS),
        entry=found,
        register=REGISTERS.get(found.register, ""),
        sections=sections(content),
        source=content.get("source", {}),
        certificate=routing.verify(found.certificate_id) if found.certificate_id else None,
        kinds=NOTES,
        unreferred=[one for one in found.marriages_to_ask if one.by_this_death or not one.answered],
        spouses=SPOUSE_ELSEWHERE,
        waiting=waiting,
        may_note=Role.CIVIL_STATUS_OFFICER in roles,
        may_sign=Role.SIGNER in roles,
        parts=[_part(found, one, typed, of_note) for one in parts],
        noting=at == _NOTE or _NOTE in said or sent_back is not None,
        sent_back=sent_back,
        ministry=_ministry(found, sent.get(_NUMBER), errors if at == _NUMBER else {}),
        numbering=at == _NUMBER or _NUMBER in said,
        unsaved=bool(said),
        summary=error_list([one for part in parts for one in part.questions], errors)
        if at in ("", _NOTE)
        else [{"text": text, "href": f"#ministry-{name or 'number'}"} for name, text in errors.items()]
        if at == _NUMBER
        else [{"text": text, "href": f"#{name or 'reason'}-{at}"} for name, text in errors.items()],
    )
    return rendered, 422 if errors else 200


def _effect(found: dossiers_v1.FoundEntry, note: dossiers_v1.ProposedNote) -> str:
    """What the signer's confirmation of a note does to papers, dossiers and other entries (Luật Hộ tịch 2014 Đ12.2;
    Luật HNGĐ 2014 Đ65, Đ67.1).
    """
    if note.HasField("ends_annulment"):
        return " ".join((_effect_of_ended_annulment(found, note.ends_annulment), *_ends_marriages(note)))
    if not note.annuls:
        return " ".join(("Giấy tờ đã cấp trước đó được báo là đã thay đổi.", *_ends_marriages(note)))
    effect = (
        "Giấy tờ đã cấp theo mục này, và bản sao cấp trước đó, bị thu hồi; hồ sơ đang chờ trả kết quả thì không còn "
        "giấy để trả."
    )
    ended = {one.entry_id: one.label for one in found.marriages_noted}
    ended |= {one.entry_id: one.label for one in note.ended_marriages if one.by_this_death}
    if note.spouse_elsewhere != "none" or not ended:
        return effect
    return (
        f"{effect} Hôn nhân ở mục kết hôn {', '.join(ended.values())} được khôi phục, trừ khi sổ ghi hai người đã ly "
        "hôn hoặc vợ, chồng người đã khai tử đã kết hôn với người khác."
    )


def _effect_of_ended_annulment(found: dossiers_v1.FoundEntry, ended: dossiers_v1.EndedAnnulment) -> str:
    """What it does that an entry counts again (Luật Hộ tịch 2014 Đ12.2; docs/decisions/0053)."""
    again = f"Giấy tờ có giá trị trở lại: số {', số '.join(ended.papers)}."
    effects = ["Mục này có giá trị trở lại.", again if ended.papers else "Không giấy tờ nào có giá trị trở lại."]
    effects.append("Bản sao cấp khi mục này bị hủy được báo là đã thay đổi. Hồ sơ chờ trả kết quả lại có giấy để trả.")
    if ended.dossiers:
        effects.append(f"Hồ sơ đã dừng do việc hủy này được trả kết quả: {', '.join(ended.dossiers)}.")
    if ended.maybe_registered_again:
        effects.append(f"Có thể đã đăng ký lại: {'; '.join(ended.maybe_registered_again)}. Xin so sánh trước khi ký.")
    if TAKES_BACK_A_DEATH in found.note_kinds:
        effects.append("Hôn nhân đã khôi phục do việc hủy này chấm dứt lại, nếu mục còn ghi đúng người và ngày chết.")
    return " ".join(effects)


def _ends_marriages(note: dossiers_v1.ProposedNote) -> Iterator[str]:
    if note.ends_marriages:
        labels = ", ".join(one.label for one in note.ends_marriages)
        yield f"Hôn nhân ở mục kết hôn {labels} chấm dứt, theo người chết và ngày chết mà mục này ghi khi ký."


def _part(
    found: dossiers_v1.FoundEntry, part: note_questions.Part, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    """A part of the form of a note: unfolded for a note of its kinds, and where something was typed or is wrong."""
    filled = note_questions.filled_in(found)  # not sent by a browser for a kind of note that does not ask it
    own = {one.name: typed.get(one.name) or filled.get(one.name, "") for one in part.questions}
    said = beside.says_something(own, filled) or not errors.keys().isdisjoint(own)
    return {
        "title": part.title,
        "hint": part.hint,
        "kinds": sorted(part.kinds),
        "entries": part.entries or {},
        "open": said or typed.get("kind") in part.kinds,
        "fields": beside.named(_NOTE, shown_fields(part.questions, typed, errors)),
    }


def _ministry(
    found: dossiers_v1.FoundEntry, numbered: Mapping[str, str] | None, errors: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The fields of the Ministry's number; if there is a number already, also the reason for the correction."""
    asked = MINISTRY if found.ministry_number else MINISTRY[:1]
    typed = {"number": found.ministry_number} if numbered is None else numbered
    fields = beside.named(_NUMBER, shown_fields(asked, typed, errors))
    for field, one in zip(fields, asked, strict=True):
        field["params"]["id"] = f"ministry-{one.name}"  # a note that is sent back has a reason, too
    return fields


def _declarations(note: str, ticked: Mapping[str, str], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the signer declares about a note; if it was asked, also that somebody of the same name is another person."""
    asked = [NO_CONFLICT, *([NAMESAKE] if NAMESAKE[0] in errors or ticked.get(NAMESAKE[0]) else [])]
    return [
        {
            "name": f"{note}.{name}",
            "id": f"{name}-{note}",
            "text": text,
            "checked": ticked.get(name) == "yes",
            "error": errors.get(name, ""),
        }
        for name, text in asked
    ]
