"""Checks of the confirmation of marital status (1.004873): the requester, the purpose, the papers to bring.

Wards confirm it to foreigners and stateless people residing here as well (NĐ 123/2015 Đ21), so there is no check of a
foreign element. The desk handles the answer of a former ward, and the commitment after 20 days of silence.
"""

from __future__ import annotations

from services.dossiers.domain import authorisation
from services.dossiers.domain.checking import CheckContext, ask_officer, check, inform, stop, warn
from services.dossiers.domain.dates import full_years
from services.dossiers.domain.entries.writing import born_from
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.names import differ_in_marks, how_they_differ, is_same_name

_MARRIED = ("married", "spouses-before-1987")
_FORMULAE = "TT 04/2020 Đ33"


@check(
    "marital-status-born",
    "/purpose/marriage",
    *(f"/{who}/birth_{known}" for who in ("person", "spouse") for known in ("date", "year")),
)
def born(context: CheckContext) -> list[Finding]:
    """The paper states the date of birth, or the year if papers have no more (TT 04/2020 Đ33)."""
    asked = ("person", "spouse") if context.is_("/purpose/marriage", True) else ("person",)
    text = "Xin ghi ngày sinh, hoặc năm sinh nếu giấy tờ chỉ ghi năm."
    return [
        stop(f"/{who}/birth_date", "marital-status-born", text, "TT 04/2020 Đ33")
        for who in asked
        if born_from(context.form, f"/{who}") is None
    ]


@check(
    "marital-status-filer", "/requester/for_self", "/requester/relation", "/requester/full_name", "/person/full_name"
)
def filer(context: CheckContext) -> list[Finding]:
    """A requester for another person needs that person's authorisation, certified unless they are close kin (TT 04/2020
    Đ2); the officer looks who signed it.
    """
    if context.is_("/requester/for_self", True):
        own, named = context.text("/requester/full_name"), context.text("/person/full_name")
        if not own or not named or is_same_name(own, named):
            return []
        text = f"Ông/bà xin giấy cho mình, nhưng {how_they_differ(own, named)}. Xin xem lại."
        to_office = f"Người yêu cầu xin giấy cho mình, nhưng {how_they_differ(own, named)}. Xin xem giấy tờ."
        return [warn("/person/full_name", "marital-status-filer", text, to_office=to_office)]
    relation = context.text("/requester/relation")
    if not relation:
        return []
    certified = "phải có chứng thực" if relation == "other" else "không cần chứng thực vì ông/bà là người thân"
    text = f"Xin giấy thay người khác thì cần văn bản ủy quyền; văn bản này {certified}."
    field, check_ = "/requester/relation", "marital-status-filer"
    look = authorisation.look_into(field, check_, "người được cấp giấy", is_kin=relation != "other")
    return [inform(field, check_, text, authorisation.ARTICLE), look]


@check("marital-status-competence", "/person/lives_here", "/purpose/marriage")
def competence(context: CheckContext) -> list[Finding]:
    """The ward of permanent residence confirms; without one, that of registered temporary residence.

    A former ward of permanent residence confirms its own time only (TT 04/2020 Đ33.2); a person who wants to marry
    needs the paper of the present ward.
    """
    lives, field, article = context.text("/person/lives_here"), "/person/lives_here", "NĐ 123/2015 Đ21"
    if lives == "elsewhere":
        text = (
            "Giấy này do phường, xã nơi thường trú cấp, không cấp ở nơi tạm trú. "
            "Xin nộp ở Ủy ban nhân dân phường, xã nơi người được cấp giấy thường trú."
        )
        return [stop(field, "marital-status-competence", text, article)]
    if lives == "formerly":
        text = "Công chức xem sổ, dữ liệu cư trú: đã thường trú ở phường từ ngày nào đến ngày nào."
        found = [ask_officer(field, "marital-status-competence", text, _FORMULAE)]
        if context.is_("/purpose/marriage", True):
            text = (
                "Phường chỉ xác nhận thời gian trước đây thường trú ở phường. "
                "Giấy để đăng ký kết hôn xin ở phường, xã nơi thường trú hiện nay."
            )
            found.append(
                warn(
                    "/purpose/marriage",
                    "marital-status-competence",
                    text,
                    article,
                    to_office="Phường chỉ xác nhận thời gian trước đây thường trú ở phường. Giấy "
                    "để đăng ký kết hôn do nơi thường trú hiện nay cấp.",
                )
            )
        return found
    texts = {
        "permanent": "Công chức đối chiếu nơi thường trú đã khai với giấy tờ hoặc dữ liệu dân cư.",
        "temporary": "Công chức xem sổ tạm trú và hỏi lại: đúng là không có nơi thường trú nào ở Việt Nam.",
    }
    return [ask_officer(field, "marital-status-competence", texts[lives], article)] if lives in texts else []


@check("marital-status-abroad", "/person/lives_here")
def abroad(context: CheckContext) -> list[Finding]:
    """For citizens abroad, the ward of their last residence confirms the time before they left [from memory]."""
    if context.text("/person/lives_here") != "before-leaving":
        return []
    text = (
        "Phường chỉ xác nhận thời gian trước khi xuất cảnh, nếu đây là nơi cư trú cuối cùng. "
        "Thời gian ở nước ngoài thì xin hỏi cơ quan đại diện Việt Nam ở nước đó."
    )
    return [
        warn(
            "/person/lives_here",
            "marital-status-abroad",
            text,
            "TT 04/2020 Đ33; NĐ 123/2015 Đ21",
            to_office="Phường chỉ xác nhận thời gian trước khi xuất cảnh, nếu đây là nơi "
            "cư trú cuối cùng; thời gian ở nước ngoài thì không.",
        )
    ]


@check("marital-status-purpose", "/person/sex", "/spouse/sex", "/spouse/nationality", "/purpose/place_kind")
def purpose(context: CheckContext) -> list[Finding]:
    """No confirmation for a same-sex marriage, or to marry a foreigner at a foreign mission here (TT 04/2020 Đ12)."""
    found: list[Finding] = []
    sex = context.text("/person/sex")
    if sex and sex == context.text("/spouse/sex"):
        text = (
            "Pháp luật Việt Nam không thừa nhận hôn nhân giữa những người cùng giới tính, nên phường không cấp giấy "
            "để kết hôn. Nếu chọn nhầm nam, nữ, xin sửa lại."
        )
        found.append(stop("/spouse/sex", "marital-status-purpose", text, "TT 04/2020 Đ12; Luật HNGĐ 2014 Đ8"))
    if context.text("/purpose/place_kind") == "foreign-mission":
        field, nationality = "/purpose/place_kind", context.text("/spouse/nationality")
        if nationality in {"foreign", "stateless"}:
            text = (
                "Không cấp giấy để kết hôn với người nước ngoài tại cơ quan đại diện của nước ngoài ở Việt Nam. "
                "Xin đăng ký kết hôn ở Ủy ban nhân dân quận, huyện và chọn lại nơi đăng ký."
            )
            found.append(stop(field, "marital-status-purpose", text, "TT 04/2020 Đ12"))
        elif nationality:
            text = "Công chức hỏi lại: hai công dân Việt Nam thường không kết hôn ở cơ quan đại diện của nước ngoài."
            found.append(ask_officer(field, "marital-status-purpose", text, "TT 04/2020 Đ12"))
    return found


@check(
    "marital-status-marriage-age",
    "/purpose/marriage",
    *(
        f"/{who}/{field}"
        for who in ("person", "spouse")
        for field in ("birth_date", "birth_year", "birth_month", "sex")
    ),
    parameters=("male", "female"),
)
def marriage_age(context: CheckContext) -> list[Finding]:
    """To marry, a man has completed `male` (20) years, a woman `female` (18): the person has to be that old now (NĐ
    123/2015 Đ22).

    The intended spouse has to be old enough on the day of the marriage, which may be later: only a warning. If only the
    year of birth is known, 1 January counts; if month and year are known, the first of the month (TTLT 01/2016 Đ2,
    quoted).
    """
    if not context.is_("/purpose/marriage", True):
        return []
    found: list[Finding] = []
    article = "NĐ 123/2015 Đ22; Luật HNGĐ 2014 Đ8"
    for who, make, then in (
        ("person", stop, "Xin nộp lại khi đã đủ tuổi; nếu dùng vào việc khác, xin chọn lại mục đích."),
        ("spouse", warn, "Người dự định kết hôn phải đủ tuổi vào ngày đăng ký kết hôn."),
    ):
        born, sex = born_from(context.form, f"/{who}"), context.text(f"/{who}/sex")
        if born is None or sex not in {"male", "female"}:
            continue
        if full_years(born, context.today) < context.parameter(sex):
            text = f"{'Nam' if sex == 'male' else 'Nữ'} phải đủ {context.parameter(sex)} tuổi mới kết hôn được. {then}"
            field = "birth_date" if context.day(f"/{who}/birth_date") else "birth_year"
            found.append(make(f"/{who}/{field}", "marital-status-marriage-age", text, article))
    return found


@check("marital-status-free-to-marry", "/purpose/marriage", "/status/now", "/status/partner_name", "/spouse/full_name")
def free_to_marry(context: CheckContext) -> list[Finding]:
    """A married person cannot marry (Luật HNGĐ 2014 Đ5.2); NĐ 123/2015 Đ22 requires this check already here.

    Spouses since before 3/1/1987 may register with each other.
    """
    now, field = context.text("/status/now"), "/status/now"
    if not context.is_("/purpose/marriage", True) or now not in _MARRIED:
        return []
    partner, intended = context.text("/status/partner_name"), context.text("/spouse/full_name")
    in_marks = differ_in_marks(partner, intended)
    if now == "spouses-before-1987" and partner and (is_same_name(partner, intended) or in_marks):
        text = (
            "Hai người đăng ký kết hôn với nhau sau nhiều năm chung sống: công chức xác định ngày bắt đầu chung sống."
        )
        found = [ask_officer(field, "marital-status-free-to-marry", text, "TT 04/2020 Đ33")]
        if in_marks:
            text = (
                "Hai người đăng ký kết hôn với nhau, nhưng tên người kia ghi ở hai chỗ khác dấu: "
                f"“{partner}” và “{intended}”. Xin xem lại."
            )
            found.append(warn("/spouse/full_name", "marital-status-free-to-marry", text))
        return found
    text = (
        "Người đang có vợ hoặc chồng thì không kết hôn được, nên phường không cấp giấy để kết hôn. "
        "Nếu cần giấy cho việc khác, xin quay lại trang “Giấy dùng để làm gì?” và chọn Không."
    )
    article = "NĐ 123/2015 Đ22; Luật HNGĐ 2014 Đ5.2"
    return [stop(field, "marital-status-free-to-marry", text, article)]


@check("marital-status-use", "/purpose/marriage")
def use(context: CheckContext) -> list[Finding]:
    """One copy for a marriage; for other purposes, a line that it cannot be used to marry (TT 04/2020 Đ12)."""
    if context.is_("/purpose/marriage", True):
        text = "Giấy dùng để kết hôn chỉ cấp một bản, ghi tên người dự định kết hôn và nơi đăng ký."
    elif context.is_("/purpose/marriage", False):
        text = "Giấy sẽ ghi rõ việc được dùng, và ghi rằng không dùng để đăng ký kết hôn được."
    else:
        return []
    return [inform("/purpose/marriage", "marital-status-use", text, "TT 04/2020 Đ12; NĐ 123/2015 Đ23")]


@check("marital-status-lived-elsewhere", "/elsewhere/lived", "/elsewhere/proof")
def lived_elsewhere(context: CheckContext) -> list[Finding]:
    """A person with former residence elsewhere proves the status there; if they cannot, the chairman asks by letter.

    The wards asked answer within 3 working days (NĐ 123/2015 Đ22); after 20 days of silence a commitment is enough (TT
    04/2020 Đ4).
    """
    field, check_name, article = "/elsewhere/proof", "marital-status-lived-elsewhere", "NĐ 123/2015 Đ22; TT 04/2020 Đ4"
    if not context.is_("/elsewhere/lived", True):
        return []
    if context.is_("/elsewhere/proof", True):
        text = "Công chức xem giấy của từng nơi: đủ mọi nơi và đủ thời gian từ khi đủ tuổi kết hôn."
        return [ask_officer(field, check_name, text, article)]
    if not context.is_("/elsewhere/proof", False):
        return []
    text = (
        "Phường gửi văn bản hỏi các nơi đó; thời gian chờ không tính vào hạn. "
        "Quá 20 ngày không có trả lời, ông/bà làm văn bản cam đoan thì phường cấp giấy."
    )
    officer = "Công chức soạn văn bản hỏi từng nơi đã khai, gửi trong ngày tiếp nhận."
    return [inform(field, check_name, text, article), ask_officer(field, check_name, officer, article)]


@check("marital-status-lived-abroad", "/elsewhere/abroad", "/elsewhere/mission_paper")
def lived_abroad(context: CheckContext) -> list[Finding]:
    """For a time abroad, the Vietnamese mission there confirms the status, as for a marriage (NĐ 123/2015 Đ10.2,
    Đ22.4).

    We infer from both articles that the mission's paper proves the status for a confirmation here. No article says so,
    and none lets the ward refuse without that paper, so the officer decides.
    """
    check_name, article = "marital-status-lived-abroad", "NĐ 123/2015 Đ10, Đ22"
    field = "/elsewhere/mission_paper"
    if not context.is_("/elsewhere/abroad", True):
        return []
    if context.is_(field, True):
        text = "Công chức xem giấy của cơ quan đại diện Việt Nam: đủ mọi nước và đủ thời gian đã khai."
        return [ask_officer(field, check_name, text, article)]
    if not context.is_(field, False):
        return []
    text = (
        "Xin hỏi Đại sứ quán hoặc Lãnh sự quán Việt Nam ở nước đó về giấy xác nhận cho thời gian ở đó. Chưa có giấy "
        "thì vẫn nộp được; phường sẽ hướng dẫn."
    )
    officer = (
        "Chưa có giấy của cơ quan đại diện Việt Nam cho thời gian ở nước ngoài. Xin hướng dẫn người yêu cầu xin giấy, "
        "hoặc gửi văn bản hỏi cơ quan đại diện; lời xác nhận chỉ ghi thời gian đã được chứng minh."
    )
    return [warn(field, check_name, text, article, to_office=officer), ask_officer(field, check_name, officer, article)]


@check("marital-status-reissue", "/earlier/issued", "/earlier/returned", "/earlier/for_marriage", "/purpose/marriage")
def reissue(context: CheckContext) -> list[Finding]:
    """The person gives back an earlier paper, even an expired one (NĐ 123/2015 Đ22.6), or states why not.

    For a marriage, the ward then asks the office that the earlier paper names, within 3 working days; without a result
    a commitment is enough (TT 04/2020 Đ12.1).
    """
    field = "/earlier/returned"
    if not context.is_("/earlier/issued", True):
        return []
    if context.is_(field, True):
        text = "Xin nộp lại bản gốc giấy cũ, kể cả giấy đã hết hạn, khi nhận giấy mới, hoặc gửi qua bưu điện."
        return [
            inform(
                field,
                "marital-status-reissue",
                text,
                "NĐ 123/2015 Đ22",
                to_office="Xin nhận lại bản gốc giấy cũ, kể cả giấy đã hết hạn, trước khi giao giấy mới.",
            )
        ]
    if not context.is_(field, False):
        return []
    text = "Công chức xem lý do không nộp lại giấy cũ."
    if context.is_("/purpose/marriage", True) and not context.is_("/earlier/for_marriage", False):
        text = (
            "Trong 3 ngày làm việc, công chức hỏi nơi giấy cũ ghi sẽ đăng ký kết hôn xem đã đăng ký chưa; nơi đó là "
            "phường này thì tra sổ của phường. Không có kết quả thì người yêu cầu làm văn bản cam đoan."
        )
    return [ask_officer(field, "marital-status-reissue", text, "TT 04/2020 Đ12")]
