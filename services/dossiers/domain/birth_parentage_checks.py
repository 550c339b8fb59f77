"""Checks of who is a child's father (1.001193): the husband, a man who is not married to the mother, the court.

They are decided from the form; docs/law.md §3 has the facts.
"""

from __future__ import annotations

from datetime import timedelta

from services.dossiers.domain.checking import CheckContext, ask_officer, check, inform, stop, warn
from services.dossiers.domain.entries.writing import MARRIAGE_LAW_OF_1986, YOUNGEST_OF_FACT
from services.dossiers.domain.findings import Finding

_COMBINED = "1.000689"  # đăng ký khai sinh kết hợp nhận cha, mẹ, con
_HUSBAND = "Luật HNGĐ 2014 Đ88.1"
_REFUSED = "TT 04/2020 Đ16.4, Đ14.1"
_DECIDED = "Luật HNGĐ 2014 Đ88.2"
_AFTER_THE_MARRIAGE = timedelta(days=300)  # the day on which it ended is not counted (BLDS 2015 Đ147)


@check(
    "father-needs-marriage",
    "/mother/known",
    "/father/known",
    "/parents/married",
    "/parents/married_before_birth",
    "/parents/married_on",
    "/parents/both_acknowledge",
    "/parents/spouses_of_fact",
    "/parents/together_since",
    "/mother/birth_year",
    "/father/birth_year",
    "/child/birth_date",
)
def father_needs_marriage(context: CheckContext) -> list[Finding]:
    """A father is recorded when the parents are married, or after recognition (NĐ 123/2015 Đ15; TT 04/2020 Đ14, Đ16).

    If the parents are not married, the combined procedure 1.000689 applies. If they married after the birth, a written
    acknowledgement by both suffices (TT 04/2020 Đ16.3). If no mother is known, the father recognises his child first
    (NĐ 123/2015 Đ15). If they married within 300 days before the birth, a former husband may be the father as well
    (Luật HNGĐ 2014 Đ88.1). A couple that has lived together as spouses since before 3/1/1987 is married without a
    registration (TT 04/2020 Đ33).
    """
    if not context.is_("/father/known", True):
        return []
    route = (
        f"xin làm thủ tục “Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con” (mã {_COMBINED}) "
        "ở Bộ phận Một cửa của phường"
    )
    if context.is_("/mother/known", False):
        text = f"Chưa biết mẹ mà muốn ghi cha thì {route}."
        return [stop("/father/known", "father-needs-marriage", text, "NĐ 123/2015 Đ15")]
    if context.is_("/parents/married", False):
        return _born_without_a_registration(context, route)
    if context.is_("/parents/married", True) and context.is_("/parents/married_before_birth", False):
        return _born_before_marriage(context, route)
    if context.is_("/parents/married", True) and context.is_("/parents/married_before_birth", True):
        return _born_in_marriage(context)
    return []


@check(
    "husband-is-the-father",
    "/child/birth_date",
    "/father/known",
    *(
        f"/parents/{name}"
        for name in (
            "husband_lately",
            "mother_had_husband",
            "marriage_ended_by",
            "marriage_ended_on",
            "court_refused",
        )
    ),
    parameters=("evidence",),
)
def husband_is_the_father(context: CheckContext) -> list[Finding]:
    """The husband is the father of a child born in the marriage, or within 300 days after it ended.

    Luật HNGĐ 2014 Đ88.1. A marriage ends with a divorce or annulment in force (Đ57.1), with a death, or on the day of
    death that a declaration of death names (Đ65). So the husband's part is not left blank, and no other man recognises
    the child, unless a court decided so (Đ88.2): then the officer compares its judgment. Where the court refused the
    case, the ward registers on its written refusal and an expert's paper, not on witnesses (TT 04/2020 Đ16.4, Đ14.1).
    `evidence` points to the proof that the form asks for; empty if it asks for none.
    """
    field = _marriage_of_the_birth(context)
    if not field:
        return []
    court = context.text("/parents/court_refused")
    if court == "refused":
        return _court_refused(context)
    if court == "decided":
        return [_court_decided(context)]
    return [_of_the_husband(context, field)]


@check("recognition-of-the-dead", "/father/known", "/father/lives_in", parameters=("married",))
def recognition_of_the_dead(context: CheckContext) -> list[Finding]:
    """A man who has died recognises nobody: a court decides that he is the father (Luật HNGĐ 2014 Đ101.2, from memory).

    This does not apply if he was married to the mother. `married` points to that answer; empty if the form is for
    unmarried parents.
    """
    married = str(context.parameters["married"])
    if not context.is_("/father/known", True) or context.text("/father/lives_in") != "dead":
        return []
    if married and (not context.is_(married, False) or context.is_("/parents/spouses_of_fact", True)):
        return []
    text = (
        "Cha đã mất mà chưa kết hôn với mẹ thì không tự nhận con được nữa: Tòa án xác định cha trước. "
        "Chưa có quyết định của Tòa án thì phần cha để trống."
    )
    return [warn("/father/lives_in", "recognition-of-the-dead", text, "Luật HNGĐ 2014 Đ101.2")]


def _born_before_marriage(context: CheckContext, route: str) -> list[Finding]:
    field = "/parents/both_acknowledge"
    if context.is_(field, False):
        text = f"Trẻ sinh trước ngày kết hôn: cần văn bản cha mẹ cùng nhận con chung. Không có văn bản này thì {route}."
        return [stop(field, "father-needs-marriage", text, "TT 04/2020 Đ16.3")]
    if context.is_(field, True):
        text = "Cha được ghi ngay vào giấy khai sinh khi có văn bản cha mẹ cùng nhận con chung."
        another = (
            "Công chức hỏi: khi sinh trẻ, hoặc trong 300 ngày trước ngày sinh, mẹ có chồng là người khác không? "
            "Nếu có thì người đó là cha của trẻ, trừ khi Tòa án xác định khác."
        )
        return [
            inform(field, "father-needs-marriage", text, "TT 04/2020 Đ16.3"),
            ask_officer(field, "father-needs-marriage", another, f"{_HUSBAND}; TT 04/2020 Đ16.4"),
        ]
    return []


def _born_without_a_registration(context: CheckContext, route: str) -> list[Finding]:
    if context.is_("/parents/spouses_of_fact", True):
        return _born_to_spouses_of_fact(context)
    text = (
        f"Cha mẹ chưa đăng ký kết hôn thì phần cha để trống. Muốn ghi cha, {route}. "
        "Nếu chưa ghi cha lúc này, xin quay lại trang “Cha của trẻ” và chọn Không."
    )
    return [stop("/parents/married", "father-needs-marriage", text, "NĐ 123/2015 Đ15; TT 04/2020 Đ14")]


def _born_to_spouses_of_fact(context: CheckContext) -> list[Finding]:
    """They are spouses from the beginning of living together, if that was before 3/1/1987; the officer looks.

    TT 04/2020 Đ33 and NĐ 123/2015 Đ44.2 count them as spouses; it is our inference that their child has a father as in
    a marriage. People born from 1970 on were not of age to marry then.
    """
    field, name, article = "/parents/together_since", "father-needs-marriage", "TT 04/2020 Đ33; NĐ 123/2015 Đ44.2"
    since, born = context.number(field), context.day("/child/birth_date")
    for parent, who in (("mother", "mẹ"), ("father", "cha")):
        year = context.number(f"/{parent}/birth_year")
        if year is not None and year >= YOUNGEST_OF_FACT:
            text = f"Theo năm sinh thì trước ngày 3/1/1987 {who} chưa đủ tuổi kết hôn. Xin xem lại, hoặc chọn Không."
            return [stop("/parents/spouses_of_fact", name, text, article)]
    if since is not None and since > MARRIAGE_LAW_OF_1986.year:
        text = (
            "Sống chung từ ngày 3/1/1987 mà chưa đăng ký thì chưa phải vợ chồng. Xin xem lại năm này, hoặc chọn Không."
        )
        return [stop(field, name, text, article)]
    text = (
        "Công chức xem giấy tờ hoặc hỏi người làm chứng: cha mẹ sống chung như vợ chồng từ trước ngày 3/1/1987 và chưa "
        "chấm dứt khi sinh trẻ. Đúng vậy thì ghi cha như khi cha mẹ có đăng ký kết hôn."
    )
    found = [ask_officer("/parents/spouses_of_fact", name, text, article)]
    if since is not None and born is not None and born.year <= since:
        text = (
            "Trẻ có thể sinh trước khi cha mẹ sống chung: cha được ghi khi cha mẹ cùng viết giấy nhận con chung. Công "
            "chức hỏi và nhận giấy đó."
        )
        found.append(ask_officer(field, name, text, "TT 04/2020 Đ16.3"))
    return found


def _born_in_marriage(context: CheckContext) -> list[Finding]:
    """If the marriage is more than 300 days old, no earlier one ended within that time; else the officer asks."""
    field = "/parents/married_on"
    born, married = context.day("/child/birth_date"), context.day(field)
    if born is not None and married is not None and married > born:
        text = "Ngày kết hôn lại sau ngày sinh của trẻ. Xin xem lại ngày này và câu trả lời ở trên."
        return [stop(field, "father-needs-marriage", text)]
    if born is None or (married is not None and born - married > _AFTER_THE_MARRIAGE):
        return []
    text = (
        "Công chức xem ngày trên giấy chứng nhận kết hôn. Nếu cha mẹ kết hôn chưa quá 300 ngày trước ngày trẻ sinh thì "
        "hỏi: trong 300 ngày đó mẹ có ly hôn, hoặc có chồng trước đã mất không? Nếu có thì người chồng trước cũng có "
        "thể là cha của trẻ theo luật; có tranh chấp thì Tòa án xác định."
    )
    return [ask_officer(field, "father-needs-marriage", text, _HUSBAND)]


def _marriage_of_the_birth(context: CheckContext) -> str:
    """The answer that makes the mother's husband the father; empty if he is not, or if the question is not answered
    yet.
    """
    if not context.is_("/parents/husband_lately", True):
        return ""
    if context.is_("/parents/mother_had_husband", True):
        return "/parents/mother_had_husband"
    born, ended = context.day("/child/birth_date"), context.day("/parents/marriage_ended_on")
    if not context.is_("/parents/mother_had_husband", False) or born is None or ended is None:
        return ""
    return "/parents/marriage_ended_on" if born - ended <= _AFTER_THE_MARRIAGE else ""


def _of_the_husband(context: CheckContext, field: str) -> Finding:
    when = "Trẻ sinh khi mẹ đang có chồng"
    husband = "người chồng"
    if field == "/parents/marriage_ended_on":
        when = "Trẻ sinh trong 300 ngày từ ngày hôn nhân của mẹ chấm dứt"
        parted = context.text("/parents/marriage_ended_by") in {"divorce", "annulled"}
        husband = "người chồng cũ" if parted else "người chồng đã mất"
    if context.is_("/father/known", True):
        rest = (
            "Nếu cha của trẻ chính là người đó, xin làm thủ tục “Đăng ký khai sinh” (mã 1.001193). "
            "Nếu là người khác, phải nhờ Tòa án xác định cha trước."
        )
    else:
        rest = (
            "Xin quay lại trang “Cha của trẻ”, chọn Có và ghi người đó. "
            "Nếu người đó không phải là cha của trẻ thì phải nhờ Tòa án xác định trước."
        )
    text = f"{when} thì {husband} là cha của trẻ. {rest}"
    return stop(field, "husband-is-the-father", text, f"{_HUSBAND}; TT 04/2020 Đ16.4")


def _court_refused(context: CheckContext) -> list[Finding]:
    evidence = str(context.parameters["evidence"])
    if evidence and context.text(evidence) == "commitment":
        text = (
            "Khi Tòa án đã từ chối giải quyết thì cần văn bản của cơ quan y tế, cơ quan giám định hoặc cơ quan có thẩm "
            "quyền khác xác nhận quan hệ cha con; không dùng văn bản cam đoan có người làm chứng."
        )
        return [stop(evidence, "husband-is-the-father", text, _REFUSED)]
    text = (
        "Tòa án đã từ chối giải quyết: công chức đối chiếu văn bản từ chối của Tòa án và văn bản của cơ quan y tế, "
        "cơ quan giám định, rồi đăng ký theo lời khai."
    )
    return [ask_officer("/parents/court_refused", "husband-is-the-father", text, _REFUSED)]


def _court_decided(context: CheckContext) -> Finding:
    text = (
        "Tòa án đã xác định người chồng không phải là cha của trẻ: công chức đối chiếu bản án, quyết định và xem đã có "
        "hiệu lực chưa. "
    )
    text += (
        "Người cha đã ghi phải là người mà bản án, quyết định nêu tên; không nêu ai thì cần giấy tờ chứng minh quan hệ "
        "cha con."
        if context.is_("/father/known", True)
        else "Phần cha để trống."
    )
    return ask_officer("/parents/court_refused", "husband-is-the-father", text, _DECIDED)
