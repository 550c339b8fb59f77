"""Compares an entry with the declaration, line by line, for the signer to read before the signature.

A line has the declared and the entered text. If they differ, it says what made the difference: only the writing of
names, the law, or the officer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.dossiers.domain.checking import day_of
from services.dossiers.domain.dates import in_digits
from services.dossiers.domain.entries import marital_status
from services.dossiers.domain.entries.writing import text
from services.dossiers.domain.names import differ_in_marks, is_same_name
from services.dossiers.domain.notes import former
from services.dossiers.domain.people import NATIONALITY, SEX
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.register import (
    BIRTH,
    COPIES,
    DEATH,
    MARITAL_STATUS,
    MARRIAGE,
    Registration,
    RegistrationKind,
)


class Difference(StrEnum):
    """Why a line says something else than was declared."""

    NONE = ""
    CAPITALS = "capitals"  # the same name in the writing of the registers
    LAW = "law"
    OFFICE = "office"  # the officer added or changed it


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an entry. `fields` are the pointers of what was declared; `declared` and `entered` may be empty."""

    title: str
    fields: tuple[str, ...]
    declared: str
    entered: str
    difference: Difference = Difference.NONE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Written:
    """The place of a line in the content, and the answers that it comes from; `law` says why the line may differ from
    them.
    """

    title: str
    at: str  # such as `child/full_name`
    fields: tuple[str, ...]
    law: str = ""
    only: tuple[str, ...] = ()  # further answers that are used with them, but need not appear in the line


Labels = Callable[[str, object], str]  # pointer and answer → as people read it

_CAPITALS = "Họ tên viết chữ in hoa (TT 04/2020)."
_BLANK_SEX = "Giới tính chưa xác định thì để trống (TT 04/2020 Đ29.9)."
_BLANK_PLACE = "Nơi chết không rõ thì để trống (TT 04/2020 Đ29.9)."
_FOUNDLING = "Trẻ bị bỏ rơi hoặc chưa rõ cha, mẹ (NĐ 123/2015 Đ14–15)."
_DEAD = "Cha hoặc mẹ đã chết thì ghi “Đã chết” (TT 04/2020 Đ10.2)."
_OTHERS = frozenset({"other", "foreign"})  # choices behind which the answer itself is written
_OTHER_LAW = "Ghi theo quy định về ghi sổ."
_NUMBER_BY_OFFICE = "Công chức ghi từ cơ sở dữ liệu quốc gia về dân cư (NĐ 87/2020 Đ10–11)."


def compared(
    register: str, form: Mapping[str, Any], registration: Registration, content: Mapping[str, Any], labels: Labels
) -> list[Line]:
    """The lines of an entry's `content`, which was written from `form` (only fields that are asked for) and
    `registration`.
    """
    lines = [_line(each, form, content, labels) for each in _WRITTEN[register](form)]
    return [*lines, *_added(register, form, registration, content)]


def _line(written: _Written, form: Mapping[str, Any], content: Mapping[str, Any], labels: Labels) -> Line:
    entered = _entered(content, written.at)
    answers = [(pointer, value_at(form, pointer)) for pointer in written.fields]
    given = [(pointer, value) for pointer, value in answers if value not in (None, "") and value not in _OTHERS]
    parts = [_said(pointer, value, labels) for pointer, value in given]
    shown = [(one, value_at(form, one)) for one in written.only]
    beside = [_said(pointer, value, labels) for pointer, value in shown if value not in (None, "")]
    declared = ", ".join([*beside, *parts])
    composed = len(written.fields) > 1 or bool(written.only)
    names = written.at.endswith("/full_name")
    difference, reason = _difference(parts, entered, written.law, composed=composed, names=names)
    return Line(written.title, (*written.only, *written.fields), declared, entered, difference, reason)


def _difference(
    parts: Sequence[str], entered: str, law: str, *, composed: bool = False, names: bool = False
) -> tuple[Difference, str]:
    single = parts[0] if len(parts) == 1 else None
    if single == entered or (not parts and not entered):
        return Difference.NONE, ""
    if single is not None and single.casefold() == entered.casefold():
        return (Difference.CAPITALS, _CAPITALS) if names else (Difference.NONE, "")
    if composed and parts and all(_stands_in(part, entered) for part in parts):
        return Difference.NONE, ""
    return Difference.LAW, law or _OTHER_LAW


def _stands_in(part: str, entered: str) -> bool:
    """Whether an answer appears in a line that is made of several; dates may have leading zeros there or not."""
    day = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", part)
    short = f"{int(day[1])}/{int(day[2])}/{day[3]}" if day else part
    return part.casefold() in entered.casefold() or short in entered


def _said(pointer: str, value: object, labels: Labels) -> str:
    """An answer in the words of the registers or, if these have none for it, in the words of the form."""
    day = day_of(value)
    if day is not None:
        return f"{day:%d/%m/%Y}"
    name = pointer.rpartition("/")[2]
    if isinstance(value, str) and name in {"sex", "nationality"}:
        return (SEX | NATIONALITY).get(value) or labels(pointer, value)
    return labels(pointer, value)


def _entered(content: Mapping[str, Any], at: str) -> str:
    found = value_at(content, f"/{at}")
    said = "" if found is None else str(found)
    return in_digits(said) if re.fullmatch(r"\d{4}(-\d\d){1,2}", said) else said


def _identity(group: str, title: str, at: str) -> _Written:
    seen = tuple(f"{group}/identity_{part}" for part in ("number", "issued_by", "issued_on"))
    return _Written(title, at, seen, only=(f"{group}/identity_paper",))


def _ethnicity(group: str) -> tuple[str, str]:
    return f"{group}/ethnicity", f"{group}/ethnicity_other"


def _nationality(group: str) -> tuple[str, str]:
    return f"{group}/nationality", f"{group}/nationality_name"


def _birth(form: Mapping[str, Any], title: str, at: str, group: str) -> _Written:
    """What is known about a birth: its day, or else its year, with the month if that is known."""
    if value_at(form, f"{group}/birth_date"):
        return _Written(title, at, (f"{group}/birth_date",))
    return _Written(title, at, (f"{group}/birth_year",), only=(f"{group}/birth_month",))


def _of_birth(_: Mapping[str, Any]) -> Iterator[_Written]:
    yield _Written("Họ, chữ đệm, tên", "child/full_name", ("/child/full_name",))
    yield _Written("Ngày, tháng, năm sinh", "child/birth_date", ("/child/birth_date",))
    yield _Written("Giới tính", "child/sex", ("/child/sex",), _BLANK_SEX)
    yield _Written("Dân tộc", "child/ethnicity", _ethnicity("/child"), _FOUNDLING)
    yield _Written("Quốc tịch", "child/nationality", ("/child/nationality",), _FOUNDLING)
    yield _Written("Nơi sinh", "child/place_of_birth", ("/birth_place/facility", "/birth_place/address"))
    yield _Written("Quê quán", "child/home_town", ("/child/home_town",), f"Quê quán ghi theo nơi sinh. {_FOUNDLING}")
    for parent, who in (("mother", "mẹ"), ("father", "cha")):
        yield _Written(f"Họ, chữ đệm, tên người {who}", f"{parent}/full_name", (f"/{parent}/full_name",))
        yield _Written(f"Năm sinh người {who}", f"{parent}/birth_year", (f"/{parent}/birth_year",))
        yield _Written(f"Dân tộc người {who}", f"{parent}/ethnicity", _ethnicity(f"/{parent}"))
        yield _Written(f"Quốc tịch người {who}", f"{parent}/nationality", (f"/{parent}/nationality",))
        yield _Written(f"Nơi cư trú người {who}", f"{parent}/residence", (f"/{parent}/residence",), _DEAD)
    yield _Written("Họ, chữ đệm, tên người đi khai sinh", "requester/full_name", ("/requester/full_name",))
    yield _identity("/requester", "Giấy tờ tùy thân người đi khai sinh", "requester/identity_paper")


def _of_marriage(form: Mapping[str, Any]) -> Iterator[_Written]:
    for spouse, who in (("wife", "vợ"), ("husband", "chồng")):
        at = f"/{spouse}"
        yield _Written(f"Họ, chữ đệm, tên {who}", f"{spouse}/full_name", (f"{at}/full_name",))
        yield _birth(form, f"Ngày, tháng, năm sinh {who}", f"{spouse}/birth_date", at)
        yield _Written(f"Dân tộc {who}", f"{spouse}/ethnicity", _ethnicity(at))
        yield _Written(f"Quốc tịch {who}", f"{spouse}/nationality", (f"{at}/nationality",))
        yield _Written(f"Nơi cư trú {who}", f"{spouse}/residence", (f"{at}/residence",))
        yield _identity(at, f"Giấy tờ tùy thân {who}", f"{spouse}/identity_paper")
        yield _Written(f"Số lần kết hôn {who}", f"{spouse}/marriage_count", (f"{at}/marriage_count",))


def _of_death(form: Mapping[str, Any]) -> Iterator[_Written]:
    number = "/deceased/personal_identification_number"
    died = ("/death/date",) if value_at(form, "/death/date") else ("/death/year",)
    yield _Written("Họ, chữ đệm, tên", "deceased/full_name", ("/deceased/full_name",))
    yield _birth(form, "Ngày, tháng, năm sinh", "deceased/birth_date", "/deceased")
    yield _Written("Giới tính", "deceased/sex", ("/deceased/sex",), _BLANK_SEX)
    yield _Written("Dân tộc", "deceased/ethnicity", _ethnicity("/deceased"))
    yield _Written("Quốc tịch", "deceased/nationality", ("/deceased/nationality",))
    yield _Written("Nơi cư trú cuối cùng", "deceased/last_residence", ("/deceased/last_residence",))
    yield _identity("/deceased", "Giấy tờ tùy thân", "deceased/identity_paper")
    yield _Written("Số định danh cá nhân", "deceased/personal_identification_number", (number,), _NUMBER_BY_OFFICE)
    yield _Written("Đã chết vào lúc", "death/at", died, only=("/death/time",))
    yield _Written("Nơi chết", "death/place", ("/death/place",), _BLANK_PLACE)
    yield _Written("Nguyên nhân chết (chỉ ghi trong sổ)", "cause_of_death", ("/death/cause",))
    yield _Written("Số giấy báo tử hoặc giấy tờ thay thế", "death_paper/number", ("/death_paper/number",))
    yield _Written("Ngày cấp giấy báo tử", "death_paper/issued_on", ("/death_paper/issued_on",))
    yield _Written("Nơi cấp giấy báo tử", "death_paper/issued_by", ("/death_paper/issued_by",))
    yield _Written("Họ, chữ đệm, tên người khai", "requester/full_name", ("/requester/full_name",))
    yield _identity("/requester", "Giấy tờ tùy thân người khai", "requester/identity_paper")


def _of_marital_status(form: Mapping[str, Any]) -> Iterator[_Written]:
    own = marital_status.own_group(form)
    yield _Written("Họ, chữ đệm, tên", "person/full_name", ("/person/full_name",))
    yield _birth(form, "Ngày, tháng, năm sinh", "person/birth_date", "/person")
    yield _Written("Giới tính", "person/sex", ("/person/sex",))
    yield _Written("Dân tộc", "person/ethnicity", _ethnicity("/person"))
    yield _Written("Quốc tịch", "person/nationality", _nationality("/person"))
    yield _identity(own, "Giấy tờ tùy thân", "person/identity_paper")
    yield _Written("Nơi cư trú", "person/residence", (f"{own}/residence",))
    yield _Written("Trong thời gian cư trú tại", "period/place", ("/period/place",))
    yield _Written("Từ ngày", "period/from", ("/period/from",))
    yield _Written("Đến ngày", "period/to", ("/period/to",))
    if value_at(form, "/purpose/marriage") is not True:
        yield _Written("Giấy này được sử dụng để", "purpose", ("/purpose/text",))
    else:
        yield _Written("Dự định kết hôn với", "intended_spouse/full_name", ("/spouse/full_name",))
        yield _birth(form, "Ngày sinh của người đó", "intended_spouse/birth_date", "/spouse")
        yield _Written("Quốc tịch của người đó", "intended_spouse/nationality", _nationality("/spouse"))
        yield _identity("/spouse", "Giấy tờ tùy thân của người đó", "intended_spouse/identity_paper")
        yield _Written("Nơi dự định đăng ký kết hôn", "marriage_place", ("/purpose/place",))


def _of_copy(_: Mapping[str, Any]) -> Iterator[_Written]:
    yield _Written("Bản sao", "extract", ("/copy/kind",))
    yield _Written("Họ, chữ đệm, tên người yêu cầu", "requester/full_name", ("/requester/full_name",))
    yield _identity("/requester", "Giấy tờ tùy thân người yêu cầu", "requester/identity_paper")
    yield _Written("Nơi cư trú người yêu cầu", "requester/residence", ("/requester/residence",))
    yield _Written("Cơ quan yêu cầu", "organisation/name", ("/organisation/name",))
    yield _Written("Số bản", "copies", ("/copies/count",))


_WRITTEN: Mapping[str, Callable[[Mapping[str, Any]], Iterator[_Written]]] = {
    BIRTH: _of_birth,
    MARRIAGE: _of_marriage,
    DEATH: _of_death,
    MARITAL_STATUS: _of_marital_status,
    COPIES: _of_copy,
}


def _added(
    register: str, form: Mapping[str, Any], registration: Registration, content: Mapping[str, Any]
) -> Iterator[Line]:
    """The lines that nobody declared: the office's number, statement and notes, what the law adds, the copied entry."""
    if register == BIRTH:
        yield _of_office("Số định danh cá nhân", "", registration.personal_identification_number, _NUMBER_BY_OFFICE)
    if register == MARITAL_STATUS:
        reason = "Công chức sửa câu soạn sẵn theo tờ khai (TT 04/2020 Đ33)."
        yield _of_office("Tình trạng hôn nhân", marital_status.statement(form), content["status"], reason)
        if content["for_marriage"]:
            yield Line("Giấy này được sử dụng để", ("/purpose/marriage",), content["purpose"], content["purpose"])
    if register == MARRIAGE and content["marriage_established_on"] != content["registered_on"]:
        together = tuple(f"/marriage/together_{part}" for part in ("day", "month", "year"))
        said = "/".join(str(value_at(form, each)) for each in together if value_at(form, each))
        since, reason = (
            in_digits(content["marriage_established_on"]),
            "Sống chung từ trước 3/1/1987 (NĐ 123/2015 Đ44.2).",
        )
        yield Line("Hôn nhân được công nhận từ", together, said, since, Difference.LAW, reason)
    if registration.kind is RegistrationKind.LATE:
        yield Line("Loại đăng ký", (), "", "Đăng ký quá hạn", Difference.LAW, "Khai sau thời hạn luật định.")
    if registration.source is not None:
        yield from _of_source(form, content["source"])
    for note in content["notes"]:
        if note == registration.note:
            yield _of_office("Ghi chú trong sổ", "", note, "Công chức ghi.")
        else:
            yield Line("Ghi chú trong sổ", (), "", note, Difference.LAW, _FOUNDLING)


def _of_office(title: str, proposed: str, entered: str, reason: str) -> Line:
    if proposed == entered:
        return Line(title, (), proposed, entered)
    return Line(title, (), proposed, entered, Difference.OFFICE, reason)


def _asking(form: Mapping[str, Any], source: Mapping[str, Any]) -> Iterator[Line]:
    """The requester, as a spouse or a parent, beside those of the entry, if none of them has this name.

    Searches find the entry without the marks of names, and by numbers.
    """
    asking, kin = text(form, "/requester/full_name"), _KIN.get(text(form, "/requester/relation"), {})
    parts = kin.get(source["register"], ())
    names = [name for part in parts if (name := str(source[part].get("full_name", "")))]
    before = [name for part in parts for name in former(source["later_notes"], f"{part}/full_name")]
    if not asking or not names or any(is_same_name(asking, each) for each in (*names, *before)):
        return
    alike = [name for name in names if differ_in_marks(asking, name)] or names
    reason = "Không ai trong mục có đúng họ tên của người yêu cầu: xin xem giấy tờ có phải là một người."
    field = "/requester/full_name"
    yield Line("Người yêu cầu trong sổ", (field,), asking, "; ".join(alike), Difference.LAW, reason)


#: The people of whom the requester claims to be one: relation, register, parts of the entry.
_KIN = {"spouse": {MARRIAGE: ("wife", "husband")}, "parent": {BIRTH: ("mother", "father")}}
#: The people whose names a copied entry has.
_NAMED = {BIRTH: ("child",), MARRIAGE: ("wife", "husband"), DEATH: ("deceased",)}


def _of_source(form: Mapping[str, Any], source: Mapping[str, Any]) -> Iterator[Line]:
    """The copied entry: its people, compared with the person whom the form names, its number, its later notes."""
    entry = f"số {source['number']:02d}/{source['year']}, quyển {source['book']}"
    yield _of_office("Sao từ mục", "", entry, "Công chức chọn mục trong sổ.")
    named, later = text(form, "/subject/full_name"), source["later_notes"]
    names = {part: source[part]["full_name"] for part in _NAMED[source["register"]]}
    was = {part: {each.casefold() for each in former(later, f"{part}/full_name")} for part in names}
    meant = next((each for each in names.values() if each.casefold() == named.casefold()), "")
    renamed = next((names[part] for part in names if named.casefold() in was[part]), "")
    law = "Mục trong sổ ghi tên khác với tờ khai."
    if renamed and not meant:
        law = "Tờ khai ghi tên cũ; ghi chú trong sổ đã đổi tên, bản sao ghi tên mới (TT 04/2020 Đ23)."
    meant = meant or renamed or "; ".join(names.values())
    difference, reason = _difference([named] if named else [], meant, law, names=True)
    yield Line("Người có tên trong sổ", ("/subject/full_name",), named, meant, difference, reason)
    yield from _asking(form, source)
    for note in source["later_notes"]:
        said = f"{note['text']} (ghi chú ngày {in_digits(note['on'])})"
        yield Line("Ghi chú về sau của mục", (), "", said, Difference.LAW, "Bản sao ghi cả thay đổi (TT 04/2020 Đ23).")
