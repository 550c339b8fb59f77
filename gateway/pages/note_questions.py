"""The questions about a note on an entry, and what their answers ask the service to write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from gateway import notes
from gateway.pages.refusals import errors_from
from gateway.questions import Field, question, whole
from gateway.texts import (
    ANNULS_AN_ENTRY,
    ENDS_BY_DEATH,
    ENDS_FOR_BOTH,
    NOTES,
    RESTORES_A_MARRIAGE,
    SPOUSE_ELSEWHERE,
    SPOUSES,
    SUPPLEMENTS_A_DEATH,
    TAKES_BACK_A_DEATH,
    WITHDRAWS_A_NOTE,
    day,
    short_moment,
)
from services.chassis.refusal import Refusal

_SHORT = 160  # characters shown of an earlier note in a list
_KIND = question("kind", "Loại ghi chú", widget="radios", choices=tuple(NOTES.items()))
_TEXT = question("text", "Nội dung thay đổi", hint="Ghi đúng như sẽ đứng trong sổ.", widget="textarea")
_BASIS = question("basis", "Văn bản làm căn cứ", hint="Tên văn bản, như Quyết định, Bản án.")
_OF_BASIS = (
    question("basis_number", "Số của văn bản"),
    question("basis_agency", "Cơ quan ban hành và người ký"),
    question("basis_date", "Ngày của văn bản", widget="date"),
)


def _of_some_kinds(name: str, title: str, *, hint: str = "", widget: str = "radios") -> Field:
    """A question that notes of some kinds must answer, and others leave open."""
    return question(name, title, hint=hint, widget=widget, optional=True, conditional=True)


_WITHDRAWS = _of_some_kinds("withdraws", "Ghi chú nào không còn giá trị?")
_NONE_WITHDRAWN = ("", "Ghi chú này không bỏ ghi chú nào")
_NOT_THIS_PERSON = replace(
    _of_some_kinds(
        "not_this_person",
        "Vì sao ghi chú một bên chết không còn giá trị?",
        hint="Người chết là người khác thì giấy tờ đó, mục khai tử đó không dùng lại cho hôn nhân này.",
    ),
    choices=(("yes", "Người chết là người khác"), ("", "Vì lý do khác, hoặc không phải ghi chú một bên chết")),
)
_DEATH_ENTRY = _of_some_kinds(
    "death_entry",
    "Việc chết này có trong sổ khai tử của phường không?",
    hint="Chọn một mục thì căn cứ, người chết, ngày chết lấy theo mục đó: xin để trống các câu ấy.",
)
_NOT_HERE = ("", "Không: đăng ký ở nơi khác")
_WHO_DIED = _of_some_kinds("who_died", "Ai chết?")
_NOT_TOLD = ("", "Ghi chú này không ghi ai chết")
_DIED_ON = _of_some_kinds(
    "died_on",
    "Ngày chết",
    hint="Theo giấy tờ về việc chết. Giấy tờ không ghi ngày thì ghi tháng, năm, hoặc chỉ ghi năm.",
    widget="date",
)
_OF_SPOUSE = (
    replace(
        _of_some_kinds(
            "spouse_elsewhere",
            "Nơi khác cho biết gì về vợ hoặc chồng của người này?",
            hint="Xin hỏi nơi cư trú của vợ hoặc chồng: đã kết hôn với người khác, hoặc đã ly hôn, thì hôn nhân cũ "
            "không được khôi phục.",
        ),
        choices=(*SPOUSE_ELSEWHERE.items(), ("", "Không hỏi: việc chết này không chấm dứt hôn nhân nào")),
    ),
    _of_some_kinds(
        "spouse_elsewhere_text",
        "Đăng ký hoặc xét xử ở đâu, số, ngày nào?",
        hint="Ghi khi đã kết hôn với người khác, hoặc đã ly hôn. Chỉ công chức và người ký đọc; không in trên giấy.",
        widget="text",
    ),
)
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
_IN_BOTH = (
    ("yes", "Phải: người đó có cả hai hôn nhân"),
    ("no", "Không phải: người khác, cùng tên"),
    ("", "Ghi chú này không làm hôn nhân còn giá trị trở lại"),
)
#: The lists of a note that answer about each of several entries → what the name of each question begins with.
_ABOUT_EACH = {"ended_marriages": "ended", "remarriages": "remarried"}
#: The field for a changed value, by the `value_kind` of the changeable member.
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
#: The answers that are sent as they were typed.
_AS_TYPED = (_KIND, _TEXT, _BASIS, *_OF_BASIS, _DEATH_ENTRY, _WHO_DIED, *_OF_SPOUSE)


@dataclass(frozen=True, slots=True)
class Part:
    """Questions that stand together. Those under a `title` are folded until they are needed: if there are `kinds`, by
    notes of these kinds. `entries` are what the officer compares: the label of each, by its id.
    """

    questions: Sequence[Field]
    title: str = ""
    hint: str = ""
    kinds: frozenset[str] = frozenset()
    entries: Mapping[str, str] | None = None


def parts_of(found: dossiers_v1.FoundEntry) -> list[Part]:
    """What is asked about a note on this entry, in the order of the page."""
    counting = [one for one in found.notes if one.counts]
    kinds = [name for name in found.note_kinds if name != WITHDRAWS_A_NOTE or counting]
    kind = replace(_KIND, choices=tuple((name, NOTES.get(name, name)) for name in kinds))
    basis = _BASIS
    if ENDS_BY_DEATH in kinds:
        empty = "Đã chọn mục khai tử của phường, hoặc bổ sung ghi chú trước, thì để trống từ đây đến ngày của văn bản."
        basis = replace(basis, hint=f"{basis.hint} {empty}")
    parts = (
        Part([kind]),
        _of_withdrawal(counting),
        _of_death(found),
        _of_return(found),
        Part([_TEXT, basis, *_OF_BASIS]),
        Part(
            _of_changes(found),
            "Thông tin trong sổ đổi thành",
            "Chỉ ghi những gì văn bản đổi. Ghi chú nêu cả thông tin cũ; bản sao cấp từ nay ghi thông tin mới và sổ tìm "
            "được theo cả hai.",
        ),
    )
    return [part for part in parts if part.questions]


def asked_of(found: dossiers_v1.FoundEntry) -> list[Field]:
    """All that a note on this entry may answer. A page that lies open may send what is no longer asked: it is sent on,
    so that the service says why it cannot be.
    """
    return [*_AS_TYPED, _WITHDRAWS, _NOT_THIS_PERSON, _DIED_ON, *_of_marriages(found), *_of_changes(found)]


def filled_in(found: dossiers_v1.FoundEntry, sent_back: dossiers_v1.ProposedNote | None = None) -> dict[str, str]:
    """What the form of a note has before anything is typed, by the names of the questions: the last answers about
    marriages, and the content of a note that was sent back.
    """
    answered = {_about("ended_marriages", one.entry_id): one for one in found.marriages_to_ask if one.answered}
    last = {name: _yes_or_no(one.by_this_death) for name, one in answered.items()}
    return last | (_asked_before(sent_back) if sent_back is not None else {})


def request_of(
    found: dossiers_v1.FoundEntry, typed: Mapping[str, str], instead_of: str
) -> dossiers_v1.NoteEntryRequest:
    """What the answers, by the names of the questions (`asked_of`), ask the service to write."""
    remarriages = {one.entry_id: typed[_about("remarriages", one.entry_id)] for one in found.remarriages_to_ask}
    return dossiers_v1.NoteEntryRequest(
        entry_id=found.id,
        instead_of=instead_of,
        withdraws=whole(typed[_WITHDRAWS.name]),
        not_this_person=typed[_NOT_THIS_PERSON.name] == "yes",
        died_on=_as_known(typed[_DIED_ON.name]),
        ended_marriages=_ended(found, typed),
        remarriages=[
            dossiers_v1.SpouseRemarried(entry_id=id, of_spouse=said == "yes")
            for id, said in remarriages.items()
            if said
        ],
        changes=[*_changed(found, typed), *_blanked(found, typed)],
        **{one.name: typed[one.name] for one in _AS_TYPED},
    )


def left_open(found: dossiers_v1.FoundEntry, note: dossiers_v1.NoteEntryRequest) -> dict[str, str]:
    """What to say at each question that the note leaves unanswered."""
    return {_about(one.member, one.entry_id): one.text for one in notes.unanswered(found, note)}


def errors_of(refusal: Refusal, note: dossiers_v1.NoteEntryRequest) -> dict[str, str]:
    """What the service says against the note that was sent, by the names of the questions. Raises as `errors_from`."""
    names = {
        f"changes.{place}.{member}": _of_change(each.at)
        for place, each in enumerate(note.changes)
        for member in ("at", "value")
    }
    for member in _ABOUT_EACH:
        asked = [_about(member, each.entry_id) for each in getattr(note, member)]
        names |= {f"{member}.{place}.entry_id": name for place, name in enumerate(asked)}
        names[member] = next(iter(asked), member)
    return {names.get(name, name): text for name, text in errors_from(refusal).items()}


def _about(member: str, entry_id: str) -> str:
    """The name of the question that answers a member of a note: about one entry, where the member is a list."""
    return f"{_ABOUT_EACH[member]}-{entry_id}" if entry_id else member


def _of_change(at: str) -> str:
    """The name of the question about a value of the entry, such as `child-birth_date`."""
    return at.replace("/", "-")


def _yes_or_no(answer: bool) -> str:
    return "yes" if answer else "no"


def _asked_before(note: dossiers_v1.ProposedNote) -> dict[str, str]:
    asked = json.loads(note.asked_json or "{}")
    answers = {
        _about(member, one["entry_id"]): _yes_or_no(one[said])
        for member, said in (("ended_marriages", "by_this_death"), ("remarriages", "of_spouse"))
        for one in asked.pop(member, [])
    }
    asked["not_this_person"] = "yes" if asked.get("not_this_person") else ""
    changes = {_of_change(one["at"]): one["value"] for one in asked.pop("changes", [])}
    return {"kind": note.kind, **{name: str(one or "") for name, one in asked.items()}, **changes, **answers}


def _of_withdrawal(counting: Sequence[dossiers_v1.EntryNote]) -> Part:
    """Which earlier note a new one withdraws; for a note of a death, whether it was written in the wrong entry."""
    earlier = tuple((str(one.sequence), _named_note(one)) for one in counting)
    asked = [replace(_WITHDRAWS, choices=(*earlier, _NONE_WITHDRAWN))] if earlier else []
    if any(one.kind == ENDS_BY_DEATH for one in counting):
        asked.append(_NOT_THIS_PERSON)
    return Part(asked, "Khi hủy bỏ một ghi chú trước", kinds=frozenset({WITHDRAWS_A_NOTE}))


def _of_death(found: dossiers_v1.FoundEntry) -> Part:
    """Of a death that ends a marriage (Luật HNGĐ 2014 Đ65): which of this ward's entries it may be, which says the
    rest; else who died, and when.
    """
    if ENDS_BY_DEATH not in found.note_kinds:
        return Part([])
    names = {one.at: one.value for one in found.changeable}
    who = tuple((part, f"{title}: {names.get(f'{part}/full_name', '')}") for part, title in SPOUSES.items())
    asked = [replace(_WHO_DIED, choices=(*who, _NOT_TOLD)), _DIED_ON]
    here = tuple(
        (one.entry_id, f"Mục {one.label}: {SPOUSES[one.who].lower()} chết {day(one.died_on)}")
        for one in found.likely_deaths
    )
    if here:
        asked.insert(0, replace(_DEATH_ENTRY, choices=(*here, _NOT_HERE)))
    return Part(
        asked,
        "Khi vợ hoặc chồng chết: ai chết, ngày nào",
        "Trả lời khi ghi chú vợ hoặc chồng chết; bổ sung ghi chú đó thì chỉ trả lời điều còn thiếu.",
        frozenset({ENDS_BY_DEATH, SUPPLEMENTS_A_DEATH}),
        {one.entry_id: f"mục khai tử {one.label}" for one in found.likely_deaths},
    )


def _of_return(found: dossiers_v1.FoundEntry) -> Part:
    """Of a death that is taken back, or a marriage that is restored (Luật HNGĐ 2014 Đ67), or stands again because its
    divorce or annulment is withdrawn (Đ5.2c).
    """
    takes_back = TAKES_BACK_A_DEATH in found.note_kinds
    asked_about = {one.entry_id: one.label for one in found.marriages_to_ask}
    asked_about |= {one.entry_id: one.label for one in found.remarriages_to_ask}
    return Part(
        [*(_OF_SPOUSE if takes_back else ()), *_of_marriages(found)],
        f"Khi {'hủy việc khai tử' if takes_back else 'khôi phục hôn nhân'}: hôn nhân của vợ hoặc chồng",
        "Bỏ ghi chú ly hôn, hủy kết hôn thì hôn nhân này còn giá trị trở lại (Luật HNGĐ 2014 Đ5.2c)."
        if _ended_for_both(found)
        else "Người đã khai tử còn sống thì hôn nhân có thể được khôi phục (Luật HNGĐ 2014 Đ67).",
        frozenset({RESTORES_A_MARRIAGE, WITHDRAWS_A_NOTE, *(ANNULS_AN_ENTRY if takes_back else ())}),
        {id: f"mục kết hôn {label}" for id, label in asked_about.items()},
    )


def _of_marriages(found: dossiers_v1.FoundEntry) -> list[Field]:
    """Of each marriage that may have been ended by the death of this entry, whether it was; of each later marriage that
    may be of a spouse, whether it is (Luật HNGĐ 2014 Đ67, Đ5.2c).
    """
    ended = [
        replace(
            _of_some_kinds(
                _about("ended_marriages", one.entry_id),
                f"Ghi chú một bên chết ở mục kết hôn {one.label} có phải do việc khai tử này không?",
                hint=f"Căn cứ của ghi chú đó: {one.basis}.",
            ),
            choices=_BY_THIS_DEATH,
        )
        for one in found.marriages_to_ask
    ]
    remarried = [
        replace(
            _of_some_kinds(
                _about("remarriages", one.entry_id),
                f"Mục kết hôn {one.label} có phải của {_of_whom(found)} không?",
                hint="Hai hôn nhân của một người không được cùng còn giá trị (Luật HNGĐ 2014 Đ5.2c). Xin đối chiếu; "
                "người ký đọc câu trả lời."
                if _ended_for_both(found)
                else "Cùng họ tên, ngày sinh. Xin đối chiếu: đã kết hôn với người khác thì hôn nhân trước không được "
                "khôi phục.",
            ),
            choices=_IN_BOTH if _ended_for_both(found) else _REMARRIED,
        )
        for one in found.remarriages_to_ask
    ]
    return [*ended, *remarried]


def _ended_for_both(found: dossiers_v1.FoundEntry) -> bool:
    """Whether the marriage of this entry has ended by a divorce or annulment."""
    return any(one.counts and one.kind in ENDS_FOR_BOTH for one in found.notes if ENDS_BY_DEATH in found.note_kinds)


def _of_whom(found: dossiers_v1.FoundEntry) -> str:
    return "vợ hoặc chồng trong mục này" if _ended_for_both(found) else "vợ hoặc chồng người chết"


def _ended(found: dossiers_v1.FoundEntry, typed: Mapping[str, str]) -> list[dossiers_v1.EndedBy]:
    """The answers about marriages. A note that annuls nothing leaves out what the page had filled in."""
    filled = {} if typed[_KIND.name] in ANNULS_AN_ENTRY else filled_in(found)
    answers = []
    for one in found.marriages_to_ask:
        name = _about("ended_marriages", one.entry_id)
        if typed[name] and typed[name] != filled.get(name):
            answers.append(dossiers_v1.EndedBy(entry_id=one.entry_id, by_this_death=typed[name] == "yes"))
    return answers


def _of_changes(found: dossiers_v1.FoundEntry) -> list[Field]:
    """What a note may change in an entry, each with the person concerned and the present value."""
    filled = {one.at.partition("/")[0] for one in found.changeable if one.value}
    parents = tuple(one for one in _PARENTS.items() if one[0] in filled)
    asked = [
        question(
            _of_change(one.at),
            one.title,
            hint=f"Trong sổ: {day(one.value)}." if one.value else "Trong sổ để trống.",
            widget=_WIDGETS.get(one.value_kind, "text"),
            choices=_SEXES if one.value_kind == "sex" else (),
            optional=True,
        )
        for one in found.changeable
    ]
    return [*asked, *([replace(_BLANK, choices=(*parents, _NOBODY))] if parents else [])]


def _changed(found: dossiers_v1.FoundEntry, typed: Mapping[str, str]) -> list[dossiers_v1.EntryChange]:
    """What was typed; for a date, its known parts."""
    changes = []
    for one in found.changeable:
        text = typed.get(_of_change(one.at), "")
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
    left = [at for at in of_parent if parent in _PARENTS and not typed.get(_of_change(at))]
    return [dossiers_v1.EntryChange(at=at) for at in left]


def _named_note(note: dossiers_v1.EntryNote) -> str:
    """An earlier note in one line, to distinguish it from the others."""
    text = f"{NOTES.get(note.kind, 'Ghi chú')}, ghi ngày {short_moment(note.at)}: {note.text}"
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()}…"
