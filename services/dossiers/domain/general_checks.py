"""Checks that serve any procedure: names, dates, identity papers, foreign element, residence, the declaration.

Their parameters name the fields. The rules for numbers are from memory (docs/law.md §14), so those checks warn, never
stop, and can be switched off.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from services.chassis.letters import normalised
from services.dossiers.domain.checking import CheckContext, ask_officer, check, day_of, stop, warn
from services.dossiers.domain.dates import birthday
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.pointers import holds

_NAME_ARTICLE = "TT 04/2020 Đ6"
# Names of several peoples of Việt Nam contain these: H'Hen Niê, Y-Bham.
_INSIDE_NAMES = frozenset(" '’-")
# The 63 provinces of 2020, by the General Statistics Office's codes.
_CODES = """
01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 49
51 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96
"""
_PROVINCES = frozenset(f"0{code}" for code in _CODES.split())
_CITIZEN_NUMBER = re.compile(r"[0-9]{12}")
_IDENTITY_CARD_NUMBER = re.compile(r"[0-9]{9}|[0-9]{12}")  # 12 since TT 57/2013
_PASSPORT_NUMBER = re.compile(r"[A-Z][0-9]{7}")
_MOBILE = re.compile(r"0(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}")
_LANDLINE = re.compile(r"02[0-9]{9}")  # such as 0236 and seven digits in Đà Nẵng
# Data of the invented people of practice (docs/decisions/0036): a phone that belongs to nobody, a province that does
# not exist.
_INVENTED_PHONE = re.compile(r"0510[0-9]{6}")
_INVENTED_PROVINCE = "000"
# Answers that mean a foreign element in a registration, whatever the question.
_FOREIGN = frozenset({"foreign", "stateless", "abroad"})


@check("person-names", parameters=("fields", "long"))
def person_names(context: CheckContext) -> list[Finding]:
    """Names have no digits and no symbols; very long ones get a warning (TT 04/2020 Đ6).

    The law has no greatest length, only "không quá dài, khó sử dụng", so length never stops. Letters have to be
    Latin: Vietnamese, or a language of another people of Việt Nam as its names are written in papers.
    """
    found: list[Finding] = []
    for field in context.parameters["fields"]:
        name = context.text(field)
        if not name:
            continue
        if not _is_name(name):
            text = "Tên chỉ dùng chữ cái, không dùng chữ số hay ký hiệu. Xin ghi lại."
            found.append(stop(field, "person-names", text, _NAME_ARTICLE))
        elif len(name) > context.parameter("long"):
            text = "Tên này khá dài, có thể khó dùng về sau. Xin xem lại; nếu đúng thì cứ để như vậy."
            found.append(
                warn(
                    field, "person-names", text, _NAME_ARTICLE, to_office="Tên này khá dài. Xin đối chiếu với giấy tờ."
                )
            )
        elif " " not in name:
            text = "Xin xem lại: thường phải ghi đủ cả họ và tên."
            found.append(warn(field, "person-names", text, _NAME_ARTICLE))
    return found


@check("dates-not-in-future", parameters=("fields",))
def dates_not_in_future(context: CheckContext) -> list[Finding]:
    """No date of a past event is after the day of filing."""
    return [
        stop(field, "dates-not-in-future", "Ngày này chưa đến. Xin xem lại ngày, tháng, năm.")
        for field in context.parameters["fields"]
        if (day := context.day(field)) is not None and day > context.today
    ]


@check("dates-not-long-ago", parameters=("fields", "years"))
def dates_not_long_ago(context: CheckContext) -> list[Finding]:
    """A year so long ago that it must be a typing error, such as 0202 for 2020 (our own check, no law)."""
    return [
        stop(field, "dates-not-long-ago", "Năm này quá xa. Xin xem lại, ghi đủ bốn chữ số của năm.")
        for field in context.parameters["fields"]
        if (day := context.day(field)) is not None and day.year < context.today.year - context.parameter("years")
    ]


@check("identity-number", parameters=("people",))
def identity_number(context: CheckContext) -> list[Finding]:
    """The number of an identity paper has the form of its kind; only warns, because papers were corrected.

    `people` has an object for each person: the `group` of the form, such as `/wife`, and, if known, the `sex` (`male`,
    `female` or a pointer to it) and `born` (pointer to the date or year of birth), which the number has to fit. `when`
    is a condition; of several objects with the same group, the first whose condition holds counts. CCCD and số định
    danh cá nhân: 12 digits: province, sex and century, year of birth, six more; no check digit is published. CMND: 9
    digits, since TT 57/2013 12 as well. Passport of a citizen: a letter and seven digits.
    """
    found: list[Finding] = []
    for person in _people(context):
        group = person["group"]
        found += _paper_number(context, person, f"{group}/identity_number", context.text(f"{group}/identity_paper"))
        field = f"{group}/personal_identification_number"
        found += _paper_number(context, person, field, "citizen-card")
    return found


@check("identity-card-expired", parameters=("groups", "years", "last_day"))
def identity_card_expired(context: CheckContext) -> list[Finding]:
    """A chứng minh nhân dân is valid for `years` (15) from its issue, and never after `last_day` [from memory]."""
    found: list[Finding] = []
    last_day = day_of(context.parameters["last_day"])
    for group in context.parameters["groups"]:
        issued = context.day(f"{group}/identity_issued_on")
        if context.text(f"{group}/identity_paper") != "identity-card" or issued is None or issued > context.today:
            continue
        ends = [birthday(issued, context.parameter("years")), *([last_day] if last_day else [])]
        if context.today > min(ends):
            text = "Chứng minh nhân dân này có thể đã hết hạn. Nếu có thẻ căn cước hoặc hộ chiếu, xin dùng thay."
            found.append(
                warn(
                    f"{group}/identity_issued_on",
                    "identity-card-expired",
                    text,
                    "NĐ 123/2015 Đ2",
                    to_office="Chứng minh nhân dân này có thể đã hết hạn. Xin xem "
                    "bản chính, hoặc giấy tờ khác còn hạn.",
                )
            )
    return found


@check("phone-number", parameters=("fields",))
def phone_number(context: CheckContext) -> list[Finding]:
    """A number that can be called: mobile (10 digits since 2018) or landline (11 digits)."""
    found: list[Finding] = []
    for field in context.parameters["fields"]:
        number = re.sub(r"[ .()-]", "", context.text(field))
        number = re.sub(r"^\+84", "0", number)
        invented = context.practice and _INVENTED_PHONE.fullmatch(number)
        if number and not (invented or _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number)):
            text = "Số điện thoại có vẻ chưa đúng: số di động có 10 chữ số, như 0905 123 456. Xin xem lại."
            found.append(
                warn(
                    field,
                    "phone-number",
                    text,
                    to_office="Số điện thoại có vẻ chưa đúng. Xin hỏi lại khi gặp người yêu cầu.",
                )
            )
    return found


@check("foreign-element", parameters=("fields", "event"))
def foreign_element(context: CheckContext) -> list[Finding]:
    """A case with a foreign element belongs to the district (Luật Hộ tịch 2014 chương III).

    That is: a person who is foreign, stateless, or a citizen settled abroad; a birth abroad. `event` is its name, such
    as "khai sinh". The exception of border communes (NĐ 123/2015 Đ18) does not occur in Hải Châu.
    """
    text = (
        f"Việc {context.parameters['event']} có yếu tố nước ngoài làm ở Ủy ban nhân dân quận, không làm ở phường. "
        "Xin đến Bộ phận Một cửa của quận Hải Châu, mang theo các giấy tờ đang có."
    )
    return [
        stop(field, "foreign-element", text, "Luật Hộ tịch 2014 chương III")
        for field in context.parameters["fields"]
        if context.text(field) in _FOREIGN
    ]


@check("residence-in-ward", parameters=("fields", "elsewhere", "article"))
def residence_in_ward(context: CheckContext) -> list[Finding]:
    """The ward where one of the people at `fields` resides is competent.

    The officer compares the declaration with the papers; if it names another ward, the citizen is warned with the text
    of `elsewhere`. The dead do not reside anywhere: if all these people have died, the officer decides.
    """
    answers = {field: answer for field in context.parameters["fields"] if (answer := context.text(field))}
    given = {field: answer for field, answer in answers.items() if answer != "dead"}
    article = str(context.parameters["article"])
    here = [field for field, answer in given.items() if answer == "this-ward"]
    if here:
        text = "Công chức đối chiếu nơi cư trú đã khai với giấy tờ hoặc dữ liệu dân cư."
        return [ask_officer(here[0], "residence-in-ward", text, article)]
    if answers and not given:
        text = "Những người này đã mất: công chức xem phường nơi trẻ đang ở có đăng ký được không."
        return [ask_officer(next(iter(answers)), "residence-in-ward", text, article)]
    return [warn(field, "residence-in-ward", context.parameters["elsewhere"], article) for field in list(given)[:1]]


@check("declaration", "/declaration/truthful")
def declaration(context: CheckContext) -> list[Finding]:
    """No form is filed without the declaration that it is true (TT 04/2020 Đ5)."""
    if not context.is_("/declaration/truthful", False):
        return []
    text = "Phải cam đoan lời khai là đúng sự thật thì mới nộp được. Nếu còn chỗ chưa đúng, xin quay lại sửa."
    return [stop("/declaration/truthful", "declaration", text, "TT 04/2020 Đ5")]


def _is_name(name: str) -> bool:
    has_letter = False
    for letter in normalised(name, "NFD"):
        if letter in _INSIDE_NAMES or unicodedata.category(letter) == "Mn":
            continue
        if not unicodedata.name(letter, "").startswith("LATIN "):
            return False
        if not letter.isalpha():
            return False
        has_letter = True
    return has_letter


def _people(context: CheckContext) -> Iterator[Mapping[str, Any]]:
    seen: set[str] = set()
    for person in context.parameters["people"]:
        if person["group"] not in seen and holds(context.form, person.get("when", {})):
            seen.add(person["group"])
            yield person


def _paper_number(context: CheckContext, person: Mapping[str, Any], field: str, paper: str) -> list[Finding]:
    number = context.text(field).replace(" ", "")
    if not number:
        return []
    if paper == "citizen-card":
        if not _CITIZEN_NUMBER.fullmatch(number):
            text = "Số căn cước công dân, số định danh cá nhân có 12 chữ số. Xin xem lại trên thẻ."
            return [warn(field, "identity-number", text)]
        return _citizen_number(context, person, field, number)
    if paper == "identity-card" and not _IDENTITY_CARD_NUMBER.fullmatch(number):
        return [warn(field, "identity-number", "Số chứng minh nhân dân có 9 hoặc 12 chữ số. Xin xem lại.")]
    citizen = context.text(f"{person['group']}/nationality") in {"", "vietnamese"}
    if paper == "passport" and citizen and not _PASSPORT_NUMBER.fullmatch(number.upper()):
        text = "Số hộ chiếu Việt Nam gồm một chữ cái và 7 chữ số. Xin xem lại."
        return [warn(field, "identity-number", text)]
    return []


def _citizen_number(context: CheckContext, person: Mapping[str, Any], field: str, number: str) -> list[Finding]:
    found: list[Finding] = []
    invented = context.practice and number[:3] == _INVENTED_PROVINCE
    if number[:3] not in _PROVINCES and not invented:
        # People born abroad have a country's code there, which is rare but valid.
        text = "Ba số đầu không phải mã một tỉnh, thành phố. Nếu trên thẻ ghi như vậy thì để nguyên."
        found.append(ask_officer(field, "identity-number", text))
    sex = "female" if int(number[3]) % 2 else "male"
    year = 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])
    if sex != (_said_sex(context, person) or sex) or year != (_said_year(context, person) or year):
        text = "Số căn cước không khớp với giới tính hoặc năm sinh đã khai. Xin xem lại cả hai; nếu đúng thì cứ để."
        found.append(
            warn(
                field,
                "identity-number",
                text,
                to_office="Số căn cước không khớp với giới tính hoặc năm sinh đã khai. Xin đối chiếu với thẻ.",
            )
        )
    elif year > context.today.year:
        text = "Theo số căn cước thì năm sinh chưa đến. Xin xem lại trên thẻ."
        found.append(warn(field, "identity-number", text))
    return found


def _said_sex(context: CheckContext, person: Mapping[str, Any]) -> str:
    sex = str(person.get("sex", ""))
    said = context.text(sex) if sex.startswith("/") else sex
    return said if said in {"male", "female"} else ""  # undetermined contradicts no number


def _said_year(context: CheckContext, person: Mapping[str, Any]) -> int | None:
    born = str(person.get("born", ""))
    day = context.day(born)
    return day.year if day is not None else context.number(born)
