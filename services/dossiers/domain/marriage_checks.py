"""Checks of marriage registration (1.000894): conditions of the Luật Hôn nhân và gia đình 2014, by the form.

`earlier_marriage_checks` has the parties' earlier marriages, `marriage_register_checks` what the ward's registers say.
"""

from __future__ import annotations

from services.dossiers.domain.checking import CheckContext, ask_officer, check, inform, stop, warn
from services.dossiers.domain.dates import birthday, full_years
from services.dossiers.domain.entries.marriage import together_since
from services.dossiers.domain.entries.writing import MARRIAGE_LAW_OF_1986, born_from
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.people import PARTIES

CONDITIONS = "Luật HNGĐ 2014 Đ8"
_PROHIBITED = "Luật HNGĐ 2014 Đ5.2"


@check("filing-alone", "/requester/relation")
def filing_alone(context: CheckContext) -> list[Finding]:
    """One party may file the papers; nobody else can be authorised, and both come to sign (TT 04/2020 Đ2, Đ3.5)."""
    if not context.text("/requester/relation"):
        return []
    text = (
        "Một bên nộp hồ sơ là được, không cần giấy ủy quyền của bên kia. "
        "Khi ký sổ và nhận giấy chứng nhận, cả hai bên phải cùng có mặt ở phường."
    )
    return [inform("/requester/relation", "filing-alone", text, "TT 04/2020 Đ2, Đ3.5")]


@check("one-woman-one-man", "/wife/sex", "/husband/sex")
def one_woman_one_man(context: CheckContext) -> list[Finding]:
    """The State does not recognise marriage of people of the same sex (Luật HNGĐ 2014 Đ8.2)."""
    wife, husband = context.text("/wife/sex"), context.text("/husband/sex")
    if not wife or not husband or (wife, husband) == ("female", "male"):
        return []
    if wife == husband:
        text = "Nhà nước không thừa nhận hôn nhân giữa hai người cùng giới tính. Nếu chọn nhầm giới tính, xin sửa lại."
        return [stop("/husband/sex", "one-woman-one-man", text, "Luật HNGĐ 2014 Đ8.2")]
    text = "Hai bên đang khai ngược: xin ghi người nữ ở phần bên nữ, người nam ở phần bên nam."
    return [stop("/wife/sex", "one-woman-one-man", text)]


@check(
    "marriage-born",
    *(f"/{party}/{field}" for party in PARTIES for field in ("birth_date", "birth_year", "birth_month")),
)
def born_known(context: CheckContext) -> list[Finding]:
    """The date of birth; or month and year, or the year, if the papers have no more (TTLT 01/2016 Đ2, quoted)."""
    found = []
    for party, who in PARTIES.items():
        day, year = context.day(f"/{party}/birth_date"), context.number(f"/{party}/birth_year")
        if day is None and year is None:
            text = f"Xin ghi ngày sinh của {who}, hoặc năm sinh nếu giấy tờ không ghi ngày."
            found.append(stop(f"/{party}/birth_date", "marriage-born", text))
        elif day is not None and year is not None and day.year != year:
            text = f"Ngày sinh và năm sinh của {who} không khớp. Có ngày sinh thì xin để trống năm sinh."
            found.append(stop(f"/{party}/birth_year", "marriage-born", text))
        elif year is not None and year > context.today.year:
            text = "Năm này chưa đến. Xin xem lại năm sinh."
            found.append(stop(f"/{party}/birth_year", "marriage-born", text))
    return found


@check(
    "marriage-age",
    *(f"/{party}/{field}" for party in PARTIES for field in ("birth_date", "birth_year", "birth_month")),
    parameters=("wife_years", "husband_years"),
)
def marriage_age(context: CheckContext) -> list[Finding]:
    """The man has completed 20 years, the woman 18, on the day of registration (Luật HNGĐ 2014 Đ8.1a).

    Until that day is known, the age counts on the day of filing. If only the year of birth is known, 1 January counts;
    if month and year are known, the first of the month (TTLT 01/2016 Đ2, quoted).
    """
    on = context.registered_on or context.today
    found = []
    for party, who in PARTIES.items():
        needed, born = context.parameter(f"{party}_years"), born_from(context.form, f"/{party}")
        if born is None or born > on or full_years(born, on) >= needed:
            continue
        old_enough = birthday(born, needed)
        text = (
            f"Chưa đủ tuổi kết hôn: vào ngày đăng ký, {who} phải đủ {needed} tuổi. "
            f"Theo ngày sinh đã khai thì đủ tuổi từ ngày {old_enough.day}/{old_enough.month}/{old_enough.year}."
        )
        field = "birth_date" if context.day(f"/{party}/birth_date") else "birth_year"
        found.append(stop(f"/{party}/{field}", "marriage-age", text, "Luật HNGĐ 2014 Đ8.1"))
    return found


@check(
    "foreign-ties",
    *(f"/{party}/{field}" for party in PARTIES for field in ("nationality", "foreign_ties", "works_abroad")),
)
def foreign_ties(context: CheckContext) -> list[Finding]:
    """With another nationality, or a foreign residence permit, the district is competent (Luật Hộ tịch 2014 Đ37).

    A person who works or studies abroad for a limited time still belongs to the ward (NĐ 123/2015 Đ10.2) and has a
    permit for that time, so the officer looks at it. A dossier from before this was asked has no answer: the officer
    asks.
    """
    article = "Luật Hộ tịch 2014 Đ37; TT 04/2020 Đ11"
    found = []
    for party, who in PARTIES.items():
        field, ties = f"/{party}/foreign_ties", context.text(f"/{party}/foreign_ties")
        if ties == "nationality" or (ties == "permit" and not context.is_(f"/{party}/works_abroad", True)):
            text = (
                "Kết hôn của người có thêm quốc tịch nước khác, hoặc có giấy cho cư trú ở nước khác, làm ở Ủy ban nhân "
                "dân quận, không làm ở phường. Xin đến Bộ phận Một cửa của quận Hải Châu, mang theo giấy tờ đang có."
            )
            found.append(stop(field, "foreign-ties", text, article))
        elif ties == "permit":
            text = "Công chức xem giấy cho cư trú ở nước ngoài: có thời hạn để học, làm việc, hay là thường trú."
            found.append(ask_officer(field, "foreign-ties", text, f"{article}; NĐ 123/2015 Đ10"))
        elif not ties and context.text(f"/{party}/nationality") == "vietnamese":
            text = f"Lúc nộp chưa hỏi: {who} có thêm quốc tịch nước khác hoặc giấy cho cư trú ở nước khác không."
            found.append(ask_officer(f"/{party}/nationality", "foreign-ties", text, article))
    return found


@check("permanent-residence", *(f"/{party}/{field}" for party in PARTIES for field in ("lives_in", "permanent_here")))
def permanent_residence(context: CheckContext) -> list[Finding]:
    """A person with permanent residence in the ward does not reside elsewhere: one of the two answers is wrong."""
    text = "Hai câu trả lời không khớp: nơi cư trú đã chọn không phải phường này. Xin xem lại cả hai."
    return [
        warn(f"/{party}/permanent_here", "permanent-residence", text)
        for party in PARTIES
        if context.is_(f"/{party}/permanent_here", True) and context.text(f"/{party}/lives_in") not in {"", "this-ward"}
    ]


@check(
    "together-before-1987",
    *(f"/{party}/marital_status" for party in PARTIES),
    *(f"/marriage/together_{part}" for part in ("year", "month", "day")),
)
def together_before_1987(context: CheckContext) -> list[Finding]:
    """A couple since before 3/1/1987 registers as any other; the marriage counts from the beginning of living together.

    NĐ 123/2015 Đ44.2; TT 04/2020 Đ32.2: for an unknown day the 1st counts, for an unknown month January.
    """
    name, article = "together-before-1987", "NĐ 123/2015 Đ44; TT 04/2020 Đ32"
    said = {party: context.text(f"/{party}/marital_status") for party in PARTIES}
    if "together" not in said.values():
        return []
    if set(said.values()) != {"together"}:
        party = next(party for party, status in said.items() if status != "together")
        text = "Hai câu trả lời không khớp: sống chung từ trước ngày 3/1/1987 là cả hai bên. Xin chọn lại một bên."
        return [stop(f"/{party}/marital_status", name, text, article)] if said[party] else []
    if context.number("/marriage/together_year") is None:
        return []
    since = together_since(context.form)
    if since is None:
        text = "Ngày, tháng bắt đầu sống chung không có thật. Xin xem lại; không nhớ thì để trống."
        return [stop("/marriage/together_day", name, text)]
    if since >= MARRIAGE_LAW_OF_1986:
        text = "Sống chung từ ngày 3/1/1987 thì hôn nhân tính từ ngày đăng ký. Xin chọn lại: chưa đăng ký kết hôn."
        return [stop("/marriage/together_year", name, text, article)]
    text = "Công chức xem giấy tờ hoặc hỏi người làm chứng: sống chung từ ngày nào, trước ngày 3/1/1987."
    return [ask_officer("/marriage/together_year", name, text, article)]


@check("kinship-declared", "/marriage/related")
def kinship_declared(context: CheckContext) -> list[Finding]:
    """No marriage in the direct line, within three generations, or of family by adoption or marriage (Đ5.2d)."""
    if not context.is_("/marriage/related", True):
        return []
    text = (
        "Pháp luật cấm kết hôn giữa những người này: cùng dòng máu trực hệ, có họ trong phạm vi ba đời, "
        "cha mẹ nuôi với con nuôi, cha chồng với con dâu, mẹ vợ với con rể, cha dượng hay mẹ kế với con riêng, "
        "kể cả đã từng là như vậy."
    )
    return [stop("/marriage/related", "kinship-declared", text, _PROHIBITED)]


@check("free-will", "/declaration/truthful")
def free_will(context: CheckContext) -> list[Finding]:
    """Both marry of their own will and know what they do; no sham, force or deceit: the officer asks them.

    Luật HNGĐ 2014 Đ5.2a–b, Đ8.1b–c.
    """
    if not context.is_("/declaration/truthful", True):
        return []
    text = (
        "Công chức hỏi hai bên: có tự nguyện không, có ai bị mất năng lực hành vi dân sự, bị ép buộc, lừa dối, "
        "hay kết hôn giả tạo không."
    )
    return [ask_officer("/declaration/truthful", "free-will", text, f"{CONDITIONS}; Đ5.2")]
