"""The ward's registers at the office: looking into them, an entry with its notes, and the books of a year."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import routing, rpcs
from gateway.acts import NAMESAKE, NO_CONFLICT
from gateway.files import shown_file
from gateway.notes import refuse_incomplete
from gateway.pages import beside, desk, identity, lists
from gateway.pages.asking import services_of
from gateway.pages.entry_lines import sections
from gateway.pages.identity import own_ward
from gateway.pages.plain import error_list, posted_texts, shown_fields
from gateway.pages.refusals import errors_from
from gateway.questions import Field, question, whole
from gateway.texts import (
    ANNULS_AN_ENTRY,
    ENDS_BY_DEATH,
    NOTES,
    REGISTERS,
    SPOUSE_ELSEWHERE,
    SPOUSES,
    TAKES_BACK_A_DEATH,
    day,
    short_moment,
)
from services.chassis.ids import read_uuid
from services.chassis.refusal import Refusal, not_found
from services.chassis.tokens import Role

pages = Blueprint("registers", __name__)
pages.before_request(identity.require_office)

PAGE_SIZE = 30
_NOTE, _NUMBER = "note", "ministry"  # forms of an entry's page; a waiting note's form is named by its id
_TICKS = (NO_CONFLICT[0], NAMESAKE[0])
_SHORT = 160  # characters shown of an earlier note in a list
SEARCH = (
    question("register", "Sổ", widget="select", choices=tuple(REGISTERS.items())),
    question("query", "Họ tên", hint="Gõ không dấu, đảo thứ tự đều được.", widget="name", optional=True),
    question("number", "Số đăng ký", widget="number", optional=True),
    question("year", "Năm đăng ký", widget="number", optional=True),
    question("from_day", "Đăng ký từ ngày", widget="date", optional=True),
    question("to_day", "Đến ngày", widget="date", optional=True),
    question("reason", "Lý do tra cứu", hint="Hoặc mã hồ sơ đang giải quyết. Lý do được lưu lại."),
)
_KIND = question("kind", "Loại ghi chú", widget="radios", choices=tuple(NOTES.items()))
NOTE = (
    _KIND,
    question("text", "Nội dung thay đổi", hint="Ghi đúng như sẽ đứng trong sổ.", widget="textarea"),
    question("basis", "Văn bản làm căn cứ", hint="Tên văn bản, như Quyết định công nhận thuận tình ly hôn."),
    question("basis_number", "Số của văn bản"),
    question("basis_agency", "Cơ quan ban hành và người ký"),
    question("basis_date", "Ngày của văn bản", widget="date"),
)
# Which earlier note a new one withdraws: asked if the entry has notes in force.
_NONE_WITHDRAWN = ("", "Không: ghi chú này không bỏ ghi chú nào")
_WITHDRAWS = question("withdraws", "Ghi chú nào không còn giá trị?", widget="radios", optional=True)
# Asked of a marriage with a note of a death, which may have been written in the wrong entry.
_NOT_THIS_PERSON = question(
    "not_this_person",
    "Vì sao ghi chú một bên chết không còn giá trị?",
    hint="Chỉ chọn khi hủy bỏ ghi chú một bên chết. Chọn người khác thì giấy tờ đó, mục khai tử đó không dùng lại cho "
    "hôn nhân này.",
    widget="radios",
    choices=(("", "Giấy tờ không còn giá trị, hoặc ghi chú khác"), ("yes", "Người chết là người khác")),
    optional=True,
)
# For a death that is taken back (Luật HNGĐ 2014 Đ67): asked in the book of deaths.
_OF_SPOUSE = (
    question(
        "spouse_elsewhere",
        "Vợ hoặc chồng của người này ở nơi khác thế nào?",
        hint="Khi hủy việc khai tử, xin hỏi nơi cư trú của vợ hoặc chồng: nếu đã kết hôn với người khác, hoặc "
        "đã ly hôn, thì hôn nhân cũ không được khôi phục.",
        widget="radios",
        choices=(("", "Ghi chú này không hủy việc khai tử"), *SPOUSE_ELSEWHERE.items()),
        optional=True,
    ),
    question(
        "spouse_elsewhere_text",
        "Đăng ký hoặc xét xử ở đâu, số, ngày nào?",
        hint="Chỉ công chức và người ký đọc; không in trên giấy.",
        optional=True,
    ),
)
# For a death that ended a marriage (Luật HNGĐ 2014 Đ65): asked in the book of marriages. An entry of this ward's own
# says the rest.
_DEATH = question(
    "death_entry",
    "Việc chết này có trong sổ khai tử của phường không?",
    hint="Chỉ chọn khi hôn nhân chấm dứt do một bên chết. Chọn một mục thì căn cứ, ngày chết, ai chết lấy theo mục đó: "
    "xin để trống các câu ấy.",
    widget="radios",
    optional=True,
)
_NOT_HERE = ("", "Không: đăng ký ở nơi khác, hoặc ghi chú khác")
_WHO_DIED = question(
    "who_died",
    "Ai chết?",
    hint="Chỉ chọn khi hôn nhân chấm dứt do một bên chết, đăng ký ở nơi khác.",
    widget="radios",
    optional=True,
)
_NOT_ELSEWHERE = ("", "Không: việc chết có trong sổ của phường, hoặc ghi chú khác")
_BY_THIS_DEATH = (
    ("yes", "Phải: ghi chú đó viết do chính việc khai tử này"),
    ("no", "Không phải"),
    ("", "Ghi chú này không hủy việc khai tử"),
)
_REMARRIED = (
    ("yes", "Phải: người đó đã kết hôn với người khác"),
    ("no", "Không phải: người khác, cùng tên"),
    ("", "Ghi chú này không khôi phục hôn nhân"),
)
_DIED = question(
    "died_on",
    "Ngày chết của vợ hoặc chồng",
    hint="Chỉ ghi khi hôn nhân chấm dứt do một bên chết, theo giấy tờ về việc chết. Giấy tờ không ghi ngày thì ghi "
    "tháng, năm, hoặc chỉ ghi năm.",
    widget="date",
    optional=True,
)
# The field for a changed value, by the `value_kind` of the changeable member.
_WIDGETS = {"name": "name", "day": "date", "day-or-year": "date", "year": "number", "sex": "radios"}
_SEXES = (("male", "Nam"), ("female", "Nữ"), ("", "Không đổi"))
_PARENTS = {"mother": "Mẹ", "father": "Cha"}
_NOBODY = ("", "Không để trống phần nào")
_BLANK = question(
    "blank",
    "Để trống phần ghi về",
    hint="Khi văn bản xác định người đang ghi trong sổ không phải là cha hoặc mẹ.",
    widget="radios",
    optional=True,
)
MINISTRY = (
    question("number", "Số do phần mềm của Bộ Tư pháp cấp", hint="Ghi đúng như trên phần mềm."),
    question("reason", "Vì sao sửa số", hint="Chỉ ghi khi sửa số đã có.", optional=True),
)
DECISION = (question("reason", "Vì sao trả lại", widget="textarea"),)
PAPER = (
    question("paper_number", "Số cuối đã ghi trên sổ giấy", hint="Sổ giấy chưa có mục nào thì ghi 0.", widget="number"),
)


@pages.get("/can-bo/so-ho-tich")
def look() -> ResponseReturnValue:
    """The form, and the results of a search; if it came from a dossier, to pick an entry for it."""
    chosen = lists.here(lists.REGISTERS)
    if "tim" not in chosen:
        return _searching({"register": next(iter(REGISTERS))}, {})
    try:
        found = services_of(own_ward()).call(
            rpcs.SEARCH_REGISTER, search=chosen["tim"], page_size=PAGE_SIZE, cursor=chosen.get("sau", "")
        )
    except Refusal as refusal:
        if refusal.type != "search-expired":
            raise
        return _searching({"register": next(iter(REGISTERS))}, {"": refusal.text}, status=410)
    asked = {one.name: getattr(found.asked, one.name) or "" for one in SEARCH}
    return _searching({name: str(value) for name, value in asked.items()}, {}, found)


@pages.post("/can-bo/so-ho-tich")
def search() -> ResponseReturnValue:
    """Looks for entries of a register: what was typed is posted and sealed, since names do not belong in an address."""
    posted = beside.typed_for("search", request.form) or request.form  # from a dossier's screen, or this page's form
    typed = posted_texts(SEARCH, posted)
    wrong = {name: "Xin ghi bằng chữ số." for name in ("year", "number") if typed[name] and not whole(typed[name])}
    if wrong:
        return _searching(typed, wrong)
    numbers: dict[str, Any] = {name: whole(typed[name]) for name in ("year", "number")}
    try:
        started = services_of(own_ward()).call(rpcs.START_SEARCH, **{**typed, **numbers})
    except Refusal as refusal:
        return _searching(typed, errors_from(refusal))
    dossier = read_uuid(posted.get("dossier", ""))
    if dossier is None:
        return redirect(lists.address(lists.REGISTERS, {"tim": started.id}), 303)
    for_dossier = {"ho-so": str(dossier), lists.BACK: request.args.get(lists.BACK)}
    response = redirect(lists.address(lists.REGISTERS, {"tim": started.id, **for_dossier}), 303)
    return desk.leave_for(response, dossier)


def _searching(
    typed: dict[str, str],
    errors: dict[str, str],
    found: dossiers_v1.SearchRegisterResponse | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    form = request.form
    dossier = _dossier_id(form.get("search.dossier") or form.get("dossier") or request.args.get("ho-so", ""))
    waiting, returned = ([], []) if found or dossier else _proposed_notes()
    onward = {**lists.here(lists.REGISTERS), "sau": found.next_cursor} if found and found.next_cursor else {}
    content = render_template(
        "registers/search.html",
        ward=own_ward(),
        waiting=waiting,
        returned=returned,
        registers=REGISTERS,
        kinds=NOTES,
        fields=shown_fields(SEARCH, typed, errors),
        summary=error_list(SEARCH, errors),
        found=found,
        onward=lists.address(lists.REGISTERS, onward) if onward else "",
        dossier=dossier,
    )
    return content, 422 if errors and status == 200 else status


def _proposed_notes() -> tuple[Sequence[dossiers_v1.FoundEntry], Sequence[dossiers_v1.FoundEntry]]:
    """Entries with notes that wait for the signer; for the officer, also entries with notes that were sent back."""
    services = services_of(own_ward())
    waiting = services.call(rpcs.LIST_PROPOSED_NOTES).entries
    if Role.CIVIL_STATUS_OFFICER not in identity.signed_in().roles:
        return waiting, []
    return waiting, services.call(rpcs.LIST_PROPOSED_NOTES, returned=True).entries


def _dossier_id(text: str) -> str:
    """The id of the dossier that a copy is searched for; empty for a text that is not an id."""
    return str(read_uuid(text) or "")


@pages.get("/can-bo/so-ho-tich/muc/<uuid:id>")
def entry(id: UUID) -> ResponseReturnValue:
    """An entry; with `viet-lai`, the form to rewrite a note that was sent back, with its former content."""
    return _shown(id, {}, {}, anew=str(read_uuid(request.args.get("viet-lai", "")) or ""))


@pages.post("/can-bo/so-ho-tich/muc/<uuid:id>")
def note(id: UUID) -> ResponseReturnValue:
    """Writes a dated note, which waits for the signer; if it is refused, what was typed stays."""
    found = read_entry(str(id))
    sent = _sent(found, _NOTE)
    typed, anew = sent.get(_NOTE, _no_note(found)), _anew()
    asked: dict[str, Any] = {one.name: typed[one.name] for one in (*NOTE, *_OF_SPOUSE, _DEATH, _WHO_DIED)}
    asked |= {"withdraws": whole(typed["withdraws"]), "instead_of": anew, "died_on": _as_known(typed[_DIED.name])}
    asked["not_this_person"] = typed[_NOT_THIS_PERSON.name] == "yes"
    changes = _changed(found, typed) + _blanked(found, typed)
    said = _said_of_marriages(found, asked["kind"], typed)
    ended = [dossiers_v1.EndedBy(entry_id=id, by_this_death=one == "yes") for id, one in said.items()]
    again = {one.entry_id: typed[_of_remarriage(one)] for one in found.remarriages_to_ask if typed[_of_remarriage(one)]}
    asked["remarriages"] = [
        dossiers_v1.SpouseRemarried(entry_id=id, of_spouse=one == "yes") for id, one in again.items()
    ]
    of_death = {name: asked[name] for name in ("death_entry", "who_died", "died_on")}
    try:
        refuse_incomplete(found, asked["kind"], **of_death, answered=said, remarriages=again)
        services_of(own_ward()).call(rpcs.NOTE_ENTRY, entry_id=str(id), **asked, changes=changes, ended_marriages=ended)
    except Refusal as refusal:
        return _shown(id, sent, _errors_of_note(refusal, found, changes, said, again), at=_NOTE, anew=anew)
    flash("Đã viết ghi chú. Ghi chú có giá trị khi người có thẩm quyền ký xác nhận.")
    return _done(found, sent, _NOTE)


@pages.get("/can-bo/so-ho-tich/muc/<uuid:id>/so-bo-tu-phap")
@pages.get("/can-bo/so-ho-tich/muc/<uuid:id>/ghi-chu/<uuid:proposed_note>/<any(ky, tra, bo):what>")
def pressed(id: UUID, **_: object) -> ResponseReturnValue:
    """A button that shows the entry again leaves its address in the bar: opened again, that leads to the entry."""
    return redirect(url_for(".entry", id=id), 303)


@pages.post("/can-bo/so-ho-tich/muc/<uuid:id>/so-bo-tu-phap")
def ministry_number(id: UUID) -> ResponseReturnValue:
    """Records the number of the Ministry's software, or corrects it; if it is refused, what was typed stays."""
    found = read_entry(str(id))
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
    found = read_entry(str(id))
    sent = _sent(found, str(proposed_note))
    own = sent.get(str(proposed_note), {})
    ticked: dict[str, Any] = {name: own.get(name) == "yes" for name in _TICKS}
    confirmed = what == "ky"
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
    flash(
        "Đã ký ghi chú vào sổ. Giấy tờ đã cấp theo mục này không còn như trước; trang kiểm tra giấy tờ đã báo."
        if confirmed
        else "Đã trả lại ghi chú cho công chức."
    )
    return _done(found, sent, str(proposed_note))


@pages.post("/can-bo/so-ho-tich/muc/<uuid:id>/ghi-chu/<uuid:proposed_note>/bo")
def drop(id: UUID, proposed_note: UUID) -> ResponseReturnValue:
    """The officer drops a note that was sent back."""
    found = read_entry(str(id))
    sent = _sent(found, str(proposed_note))
    try:
        services_of(own_ward()).call(rpcs.DROP_NOTE, entry_id=str(id), proposed_note_id=str(proposed_note))
    except Refusal as refusal:
        return _shown(id, sent, errors_from(refusal), at=str(proposed_note), anew=_anew())
    flash("Đã bỏ ghi chú. Sổ không ghi gì thêm.")
    return _done(found, sent, str(proposed_note))


def read_entry(id: str) -> dossiers_v1.FoundEntry:
    """An entry of the officer's ward; the look is recorded. Raises a Refusal."""
    return services_of(own_ward()).call(rpcs.GET_ENTRY, entry_id=id)


def _anew() -> str:
    """The note that was sent back and is rewritten on the page that was sent."""
    return str(read_uuid(request.form.get("instead_of", "")) or "")


def _no_note(found: dossiers_v1.FoundEntry) -> dict[str, str]:
    return posted_texts(_asked_of(found), {})


def _asked_of(found: dossiers_v1.FoundEntry) -> tuple[Field, ...]:
    """All that a note on this entry may be asked for."""
    of_death = (*_OF_SPOUSE, _DEATH, _WHO_DIED, _DIED, *_of_marriages(found), *_of_remarriages(found))
    return (*NOTE, _WITHDRAWS, _NOT_THIS_PERSON, *of_death, *_changes(found))


def _sent(found: dossiers_v1.FoundEntry, pressed: str) -> dict[str, dict[str, str]]:
    """What was typed on the page of an entry when the button of one form was `pressed`, by its forms: a note, the
    Ministry's number, and by their ids the notes that wait for the signer.
    """
    asked = {
        _NOTE: _asked_of(found),
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
        return redirect(url_for(".entry", id=found.id, **reopened), 303)
    return _shown(UUID(found.id), rest, {}, anew=anew)


def _said(found: dossiers_v1.FoundEntry, sent: dict[str, dict[str, str]], anew: str) -> dict[str, dict[str, str]]:
    """The sent forms in which something was typed that the page had not filled in."""
    sent_back = next((one for one in found.proposed_notes if one.id == anew), None)
    shown = {_NUMBER: {"number": found.ministry_number}, _NOTE: _filled_in(found, sent_back)}
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
    found = read_entry(str(id))
    sent_back = next((one for one in found.proposed_notes if one.id == anew and one.returned_because), None)
    said = _said(found, sent, anew)
    typed = sent.get(_NOTE) or _filled_in(found, sent_back)
    of_note = errors if at == _NOTE else {}
    content: dict[str, Any] = json.loads(found.content_json or "{}")
    roles = identity.signed_in().roles
    counting = [one for one in found.notes if one.counts]
    kinds = [name for name in found.note_kinds if name != "note-withdrawn" or counting]
    kind = replace(_KIND, choices=tuple((name, NOTES.get(name, name)) for name in kinds))
    earlier = tuple((str(one.sequence), _named_note(one)) for one in counting)
    withdraws = replace(_WITHDRAWS, choices=(*earlier, _NONE_WITHDRAWN))
    changes = _changes(found)
    of_spouse = _OF_SPOUSE if TAKES_BACK_A_DEATH in found.note_kinds else ()
    of_death, died = _of_death(found)
    plain = (
        *(kind, *([withdraws] if counting else []), *_of_withdrawal(counting), *of_death, *NOTE[1:], *died),
        *(*of_spouse, *_of_marriages(found), *_of_remarriages(found)),
    )
    questions = (*plain, *changes)
    waiting = []
    for one in found.proposed_notes:
        own, wrong = sent.get(one.id, {}), errors if one.id == at else {}
        (field,) = beside.named(one.id, shown_fields(DECISION, own, wrong))
        field["params"]["id"] = f"reason-{one.id}"  # a form for each note: unique ids
        is_open = bool(own.get("reason")) or (bool(wrong) and not wrong.keys() & {*_TICKS})
        checks = _declarations(one.id, own, wrong)
        waiting.append({"note": one, "reason": field, "open": is_open, "checks": checks})
    rendered = render_template(
        "registers/entry.html",
        back=lists.back_to(lists.REGISTERS),
        entry=found,
        register=REGISTERS.get(found.register, ""),
        sections=sections(content),
        source=content.get("source", {}),
        certificate=routing.verify(found.certificate_id) if found.certificate_id else None,
        kinds=NOTES,
        spouses=SPOUSE_ELSEWHERE,
        waiting=waiting,
        may_note=Role.CIVIL_STATUS_OFFICER in roles,
        may_sign=Role.SIGNER in roles,
        fields=beside.named(_NOTE, shown_fields(plain, typed, of_note)),
        changes=beside.named(_NOTE, shown_fields(changes, typed, of_note)),
        changing=any(typed.get(one.name) or one.name in of_note for one in changes),
        noting=at == _NOTE or _NOTE in said or sent_back is not None,
        sent_back=sent_back,
        ministry=_ministry(found, sent.get(_NUMBER), errors if at == _NUMBER else {}),
        numbering=at == _NUMBER or _NUMBER in said,
        unsaved=bool(said),
        summary=error_list(questions, errors)
        if at in ("", _NOTE)
        else [{"text": text, "href": f"#ministry-{name or 'number'}"} for name, text in errors.items()]
        if at == _NUMBER
        else [{"text": text, "href": f"#{name or 'reason'}-{at}"} for name, text in errors.items()],
    )
    return rendered, 422 if errors else 200


def _filled_in(found: dossiers_v1.FoundEntry, sent_back: dossiers_v1.ProposedNote | None) -> dict[str, str]:
    """What the form of a note has before anything is typed: the last answers about marriages, and the content of a note
    that was sent back.
    """
    return _answered(found) | (_asked_before(sent_back) if sent_back is not None else {})


def _answered(found: dossiers_v1.FoundEntry) -> dict[str, str]:
    """What was last said of marriages, by the names of the questions."""
    return {_of_marriage(one): _yes_or_no(one.by_this_death) for one in found.marriages_to_ask if one.answered}


def _said_of_marriages(found: dossiers_v1.FoundEntry, kind: str, typed: Mapping[str, str]) -> dict[str, str]:
    """The answers about marriages, by their ids. A note that annuls nothing leaves out what the page had filled in."""
    filled = {} if kind in ANNULS_AN_ENTRY else _answered(found)
    answers = {one.entry_id: (_of_marriage(one), typed[_of_marriage(one)]) for one in found.marriages_to_ask}
    return {id: said for id, (name, said) in answers.items() if said and said != filled.get(name)}


def _yes_or_no(answer: bool) -> str:
    return "yes" if answer else "no"


def _asked_before(note: dossiers_v1.ProposedNote) -> dict[str, str]:
    """What was typed for a note, by the names of the questions."""
    asked = json.loads(note.asked_json or "{}")
    ended = {f"ended-{one['entry_id']}": _yes_or_no(one["by_this_death"]) for one in asked.pop("ended_marriages", [])}
    again = {f"remarried-{one['entry_id']}": _yes_or_no(one["of_spouse"]) for one in asked.pop("remarriages", [])}
    asked["not_this_person"] = "yes" if asked.get("not_this_person") else ""
    changes = {one["at"].replace("/", "-"): one["value"] for one in asked.pop("changes", [])}
    return {"kind": note.kind, **{name: str(one) for name, one in asked.items()}, **changes, **ended, **again}


def _errors_of_note(
    refusal: Refusal,
    found: dossiers_v1.FoundEntry,
    changes: Sequence[dossiers_v1.EntryChange],
    said: Mapping[str, str],
    again: Mapping[str, str],
) -> dict[str, str]:
    """The errors by the names of the questions. The page asks for one change: `changes.0.value`."""
    names = {
        f"changes.{place}.{member}": each.at.replace("/", "-")
        for place, each in enumerate(changes)
        for member in ("at", "value")
    }
    names |= {f"ended_marriages.{place}": _of_marriage(one) for place, one in enumerate(found.marriages_to_ask)}
    names |= {f"ended_marriages.{place}.entry_id": f"ended-{id}" for place, id in enumerate(said)}
    names |= {f"remarriages.{place}": _of_remarriage(one) for place, one in enumerate(found.remarriages_to_ask)}
    names |= {f"remarriages.{place}.entry_id": f"remarried-{id}" for place, id in enumerate(again)}
    return {names.get(name, name): text for name, text in errors_from(refusal).items()}


def _of_death(found: dossiers_v1.FoundEntry) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """What is asked of a death that ends a marriage: which of this ward's entries it may be; who died, and when."""
    if ENDS_BY_DEATH not in found.note_kinds:
        return (), ()
    names = {one.at: one.value for one in found.changeable}
    who = tuple((part, f"{title}: {names.get(f'{part}/full_name', '')}") for part, title in SPOUSES.items())
    who = (*who, _NOT_ELSEWHERE)
    here = tuple(
        (one.entry_id, f"Mục {one.label}: {SPOUSES[one.who].lower()} chết {day(one.died_on)}")
        for one in found.likely_deaths
    )
    entries = (replace(_DEATH, choices=(*here, _NOT_HERE)),) if here else ()
    return entries, (replace(_WHO_DIED, choices=who), _DIED)


def _of_marriages(found: dossiers_v1.FoundEntry) -> tuple[Field, ...]:
    """Of each marriage that may have been ended by the death of this entry, whether it was (Luật HNGĐ 2014 Đ67)."""
    return tuple(
        question(
            _of_marriage(one),
            f"Ghi chú một bên chết ở mục kết hôn {one.label} có phải do việc khai tử này không?",
            hint=f"Căn cứ của ghi chú đó: {one.basis}. Xin trả lời khi hủy việc khai tử.",
            widget="radios",
            choices=_BY_THIS_DEATH,
            optional=True,
        )
        for one in found.marriages_to_ask
    )


def _of_marriage(one: dossiers_v1.EndedMarriage) -> str:
    return f"ended-{one.entry_id}"


def _of_remarriages(found: dossiers_v1.FoundEntry) -> tuple[Field, ...]:
    """Of each later marriage that may be of the spouse, whether it is (Luật HNGĐ 2014 Đ67)."""
    return tuple(
        question(
            _of_remarriage(one),
            f"Mục kết hôn {one.label} có phải của vợ hoặc chồng người chết không?",
            hint="Cùng họ tên, ngày sinh. Xin đối chiếu khi hủy việc khai tử hoặc khôi phục hôn nhân: đã kết hôn với "
            "người khác thì hôn nhân trước không khôi phục.",
            widget="radios",
            choices=_REMARRIED,
            optional=True,
        )
        for one in found.remarriages_to_ask
    )


def _of_remarriage(one: dossiers_v1.Remarriage) -> str:
    return f"remarried-{one.entry_id}"


def _of_withdrawal(counting: Sequence[dossiers_v1.EntryNote]) -> tuple[Field, ...]:
    return (_NOT_THIS_PERSON,) if any(one.kind == ENDS_BY_DEATH for one in counting) else ()


def _changes(found: dossiers_v1.FoundEntry) -> tuple[Field, ...]:
    """What a note may change in an entry, each with the person concerned and the present value."""
    filled = {one.at.partition("/")[0] for one in found.changeable if one.value}
    parents = tuple(one for one in _PARENTS.items() if one[0] in filled)
    blank = replace(_BLANK, choices=(*parents, _NOBODY) if parents else ())
    asked = [
        question(
            one.at.replace("/", "-"),
            one.title,
            hint=f"Trong sổ: {day(one.value)}." if one.value else "Trong sổ để trống.",
            widget=_WIDGETS.get(one.value_kind, "text"),
            choices=_SEXES if one.value_kind == "sex" else (),
            optional=True,
        )
        for one in found.changeable
    ]
    return (*asked, *([blank] if blank.choices else []))


def _changed(found: dossiers_v1.FoundEntry, typed: Mapping[str, str]) -> list[dossiers_v1.EntryChange]:
    """What was typed; for a date, its known parts."""
    changes = []
    for one in found.changeable:
        text = typed.get(one.at.replace("/", "-"), "")
        if text and _WIDGETS.get(one.value_kind) == "date":
            text = _as_known(text)
        if text:
            changes.append(dossiers_v1.EntryChange(at=one.at, value=text))
    return changes


def _as_known(date: str) -> str:
    """A date without unknown parts at its end: the page reads a year alone as `1955--`.

    A day without a month keeps the gap, so that the service refuses it.
    """
    return "-".join(part and part.zfill(2) for part in date.rstrip("-").split("-"))


def _blanked(found: dossiers_v1.FoundEntry, typed: Mapping[str, str]) -> list[dossiers_v1.EntryChange]:
    """The changes that empty the members of the parent chosen in `_BLANK`, except members that were typed."""
    parent = typed.get(_BLANK.name)
    of_parent = [one.at for one in found.changeable if one.value and one.at.partition("/")[0] == parent]
    left = [at for at in of_parent if parent in _PARENTS and not typed.get(at.replace("/", "-"))]
    return [dossiers_v1.EntryChange(at=at) for at in left]


def _named_note(note: dossiers_v1.EntryNote) -> str:
    """An earlier note in one line, to distinguish it from the others."""
    text = f"{NOTES.get(note.kind, 'Ghi chú')}, ghi ngày {short_moment(note.at)}: {note.text}"
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()}…"


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


@pages.get("/can-bo/cac-quyen-so")
def books() -> ResponseReturnValue:
    return _books(request.args.get("nam", ""))


def _books(
    year: str, register: str = "", errors: dict[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The books of a year, with what was typed, by the book's register, and the errors of beginning one."""
    errors, typed = errors or {}, typed or {}
    ward, roles = own_ward(), identity.signed_in().roles
    found = services_of(ward).call(rpcs.LIST_BOOKS, year=min(whole(year), 9999)).books
    views = []
    for one in found:
        own = one.register == register
        number = typed.get(one.register, "")
        (paper,) = beside.named(one.register, shown_fields(PAPER, {"paper_number": number}, errors if own else {}))
        paper["params"]["id"] = f"paper-{one.register}"  # a form for each book: unique ids
        before = one.closed_volumes[-1].last_number if one.closed_volumes else one.first_number - 1
        views.append(
            {
                "book": one,
                "paper": paper,
                "open": own or bool(number),
                "error": errors.get("", "") if own else "",
                "written": one.last_number > before,  # an empty volume is not full
            }
        )
    content = render_template(
        "registers/books.html",
        ward=ward,
        year=found[0].year if found else whole(year),
        views=views,
        unsaved=any(typed.values()),
        may_begin=Role.CIVIL_STATUS_OFFICER in roles,
        may_close=Role.SIGNER in roles,
        summary=[{"text": text, "href": f"#paper-{register}"} for text in errors.values()],
    )
    return content, 422 if errors else 200


_BOOK = "/can-bo/cac-quyen-so/<register>/<int(min=1900,max=9999):year>"


@pages.post(f"{_BOOK}/so-giay")
def begin(register: str, year: int) -> ResponseReturnValue:
    """Takes over a year that was begun on paper. What was typed for other books comes along, and stays."""
    forms = {one: beside.typed_for(one, request.form, register) for one in REGISTERS}
    sent = {one: own.get("paper_number", "").strip() for one, own in forms.items()}
    typed = sent.get(register, "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 8):
        errors = {"paper_number": "Xin ghi số cuối của sổ giấy bằng chữ số."}
        return _books(str(year), register, errors, sent)
    try:
        services_of(own_ward()).call(rpcs.BEGIN_BOOK, register=register, year=year, paper_number=int(typed))
    except Refusal as refusal:
        return _books(str(year), register, errors_from(refusal), sent)
    flash(f"Sổ tiếp theo số {int(typed)} của sổ giấy. Mục đầu tiên ghi trên hệ thống mang số {int(typed) + 1}.")
    rest = {one: number for one, number in sent.items() if number and one != register}
    return _books(str(year), typed=rest) if rest else redirect(url_for(".books", nam=year), 303)


@pages.route(f"{_BOOK}/khoa/<any(quyen, nam):what>", methods=["GET", "POST"])
def close(register: str, year: int, what: str) -> ResponseReturnValue:
    """Closes the open volume (`quyen`: it is full) or the year (`nam`), after a page that says what this means."""
    ward, errors = own_ward(), {}
    if request.method == "POST":
        try:
            services_of(ward).call(rpcs.CLOSE_BOOK, register=register, year=year, full=what == "quyen")
        except Refusal as refusal:
            errors = errors_from(refusal)
        else:
            flash("Đã khóa. Bản khóa sổ ở dưới, in ra để ký và đóng vào sổ.")
            return redirect(url_for(".books", nam=year), 303)
    found = services_of(ward).call(rpcs.LIST_BOOKS, year=year).books
    book = next((one for one in found if one.register == register), None)
    if book is None:
        raise not_found("unknown-book", "Phường không có sổ này.")
    summary = [{"text": text, "href": "#khoa"} for text in errors.values()]
    content = render_template("registers/close.html", ward=ward, book=book, full=what == "quyen", summary=summary)
    return content, 422 if errors else 200


@pages.get(f"{_BOOK}/quyen/<int(min=1,max=9999):volume>")
def statement(register: str, year: int, volume: int) -> ResponseReturnValue:
    """The closing statement of a volume as PDF."""
    paper = services_of(own_ward()).call(rpcs.GET_CLOSING_STATEMENT, register=register, year=year, volume=volume)
    return shown_file(paper.content, "application/pdf", paper.filename)
