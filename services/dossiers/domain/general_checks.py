"""Checks that serve any procedure: names, dates, identity papers, copies, the declaration."""

from __future__ import annotations

import unicodedata

from services.dossiers.domain.checking import CheckContext, ask_officer, check, inform, stop, warn
from services.dossiers.domain.findings import Finding

_NAME_ARTICLE = "TT 04/2020 Đ6"
# Names of several peoples of Việt Nam are written with these: H'Hen Niê, Y-Bham.
_INSIDE_NAMES = frozenset(" '’-")
# The 63 provinces of 2020, by the General Statistics Office's codes.
_PROVINCES = frozenset(
    f"{code:03d}"
    for code in (
        *(
            1,
            2,
            4,
            6,
            8,
            10,
            11,
            12,
            14,
            15,
            17,
            19,
            20,
            22,
            24,
            25,
            26,
            27,
            30,
            31,
            33,
            34,
            35,
            36,
            37,
            38,
            40,
            42,
            44,
        ),
        *(
            45,
            46,
            48,
            49,
            51,
            52,
            54,
            56,
            58,
            60,
            62,
            64,
            66,
            67,
            68,
            70,
            72,
            74,
            75,
            77,
            79,
            80,
            82,
            83,
            84,
            86,
            87,
            89,
        ),
        *(91, 92, 93, 94, 95, 96),
    )
)
_CITIZEN_NUMBER_LENGTH = 12


@check("person-names", parameters=("fields", "long"))
def person_names(context: CheckContext) -> list[Finding]:
    """Names have no digits and no symbols; very long ones are asked about (TT 04/2020 Đ6).

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
            text = "Tên này khá dài, sau này có thể khó dùng. Nếu đúng ý gia đình thì cứ để như vậy."
            found.append(warn(field, "person-names", text, _NAME_ARTICLE))
        elif " " not in name:
            text = "Xin xem lại: thường phải ghi đủ cả họ và tên."
            found.append(warn(field, "person-names", text, _NAME_ARTICLE))
    return found


@check("dates-not-in-future", parameters=("fields",))
def dates_not_in_future(context: CheckContext) -> list[Finding]:
    """What has happened has happened by the day of filing."""
    return [
        stop(field, "dates-not-in-future", "Ngày này chưa đến. Xin xem lại ngày, tháng, năm.")
        for field in context.parameters["fields"]
        if (day := context.day(field)) is not None and day > context.today
    ]


@check(
    "identity-number",
    "/requester/identity_paper",
    "/requester/identity_number",
    "/requester/relation",
    "/mother/birth_year",
    "/father/birth_year",
)
def identity_number(context: CheckContext) -> list[Finding]:
    """The number of the requester's paper looks like one of its kind; all of it warns, for papers were corrected.

    CCCD: 12 digits: province, sex and century, year of birth, six more; no check digit is published.
    CMND: 9 digits, since TT 57/2013 12 as well [from memory].
    Where the requester is the mother or father, sex and year have to fit her or him.
    """
    field = "/requester/identity_number"
    number = context.text(field).replace(" ", "")
    paper = context.text("/requester/identity_paper")
    if not number:
        return []
    if paper == "identity-card" and not (number.isdecimal() and len(number) in {9, _CITIZEN_NUMBER_LENGTH}):
        return [warn(field, "identity-number", "Số chứng minh nhân dân có 9 hoặc 12 chữ số. Xin xem lại.")]
    if paper != "citizen-card":
        return []
    if not (number.isdecimal() and len(number) == _CITIZEN_NUMBER_LENGTH):
        return [warn(field, "identity-number", "Số căn cước công dân có 12 chữ số. Xin xem lại trên thẻ.")]
    return _citizen_number(context, number)


@check("copies-fee", "/copies/wanted", "/copies/count", parameters=("per_copy",))
def copies_fee(context: CheckContext) -> list[Finding]:
    """What the copies cost (TT 281/2016/TT-BTC: 8.000 đồng each)."""
    count = context.number("/copies/count")
    if not context.is_("/copies/wanted", True) or count is None or count < 1:
        return []
    price = f"{count * context.parameter('per_copy'):,}".replace(",", ".")
    text = f"{count} bản sao hết {price} đồng, nộp khi đến phường nhận."
    return [inform("/copies/count", "copies-fee", text, "TT 281/2016/TT-BTC")]


@check("declaration", "/declaration/truthful")
def declaration(context: CheckContext) -> list[Finding]:
    """Nothing is filed without the declaration that it is true (TT 04/2020 Đ5)."""
    if not context.is_("/declaration/truthful", False):
        return []
    text = "Phải cam đoan lời khai là đúng sự thật thì mới nộp được. Nếu còn chỗ chưa đúng, xin quay lại sửa."
    return [stop("/declaration/truthful", "declaration", text, "TT 04/2020 Đ5")]


def _is_name(name: str) -> bool:
    has_letter = False
    for letter in unicodedata.normalize("NFD", name):
        if letter in _INSIDE_NAMES or unicodedata.category(letter) == "Mn":
            continue
        if not unicodedata.name(letter, "").startswith("LATIN "):
            return False
        if not letter.isalpha():
            return False
        has_letter = True
    return has_letter


def _citizen_number(context: CheckContext, number: str) -> list[Finding]:
    field = "/requester/identity_number"
    found: list[Finding] = []
    if number[:3] not in _PROVINCES:
        # People born abroad have a country's code there: rare, and never wrong by itself.
        text = "Ba số đầu không phải mã một tỉnh, thành phố. Nếu trên thẻ ghi như vậy thì để nguyên."
        found.append(ask_officer(field, "identity-number", text))
    century_and_sex = int(number[3])
    year = 1900 + 100 * (century_and_sex // 2) + int(number[4:6])
    relation = context.text("/requester/relation")
    expected_sex = {"father": 0, "mother": 1}.get(relation)
    expected_year = context.number(f"/{relation}/birth_year") if expected_sex is not None else None
    if (
        (expected_sex is not None and century_and_sex % 2 != expected_sex)
        or (expected_year is not None and expected_year != year)
        or year > context.today.year
    ):
        text = "Số căn cước không khớp với giới tính hoặc năm sinh đã khai. Xin xem lại cả hai; nếu đúng thì cứ để."
        found.append(warn(field, "identity-number", text))
    return found
