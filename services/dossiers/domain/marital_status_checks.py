"""Checks of the confirmation of marital status (1.004873): from the form, and from the ward's own registers.

Wards confirm it to foreigners and stateless people residing here as well (NĐ 123/2015 Đ21), so there is no check of a
foreign element. The desk handles the answer of a former ward, and the commitment after 20 days of silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from services.dossiers.domain.checking import CheckContext, ask_officer, check, day_of, inform, stop, warn
from services.dossiers.domain.dates import full_years
from services.dossiers.domain.entries.marital_status import confirms_own_time_only, person
from services.dossiers.domain.entries.writing import MARRIAGE_LAW_OF_1986, YOUNGEST_OF_FACT, born_from
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.names import differ_in_marks, how_they_differ, is_same_name
from services.dossiers.domain.people import FoundEntry, Person
from services.dossiers.domain.register import MARITAL_STATUS, MARRIAGE

_MARRIED = ("married", "spouses-before-1987")
_NOT_MARRIED_THEN = ("unmarried", "divorced", "widowed")  # answers about the time, beside "as now"
_ENDED = ("divorced", "widowed", "annulled")
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
        if _born(context, who) is None
    ]


@check(
    "marital-status-filer", "/requester/for_self", "/requester/relation", "/requester/full_name", "/person/full_name"
)
def filer(context: CheckContext) -> list[Finding]:
    """A requester for another person needs an authorisation, certified unless they are close kin (TT 04/2020 Đ2)."""
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
    return [inform("/requester/relation", "marital-status-filer", text, "TT 04/2020 Đ2")]


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


@check("marital-status-own-time", "/person/lives_here", "/period/stated", "/period/to")
def own_time(context: CheckContext) -> list[Finding]:
    """For a person who lives elsewhere now, the ward confirms the time of residence here, from one day to another (TT
    04/2020 Đ33.2).

    A dossier from before this was required is not stopped: the officer asks (see also `forms.for_filed`).
    """
    if not confirms_own_time_only(context.form):
        return []
    missing = "/period/stated" if context.is_("/period/stated", False) else ""
    if not missing and context.day("/period/from") is not None and context.day("/period/to") is None:
        missing = "/period/to"
    if missing and context.registered_on is not None:
        text = "Lúc nộp chưa bắt buộc ghi: xin hỏi thời gian đã cư trú ở phường, từ ngày nào đến ngày nào, rồi tự ghi."
        return [ask_officer(missing, "marital-status-own-time", text, _FORMULAE)]
    if missing == "/period/stated":
        text = "Người nay không cư trú ở phường thì phường chỉ xác nhận thời gian đã cư trú ở đây. Xin chọn Có."
        return [stop("/period/stated", "marital-status-own-time", text, _FORMULAE)]
    if missing:
        text = "Xin ghi ngày cuối: phường chỉ xác nhận đến ngày chuyển khỏi phường."
        return [stop("/period/to", "marital-status-own-time", text, _FORMULAE)]
    return []


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
        born, sex = _born(context, who), context.text(f"/{who}/sex")
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


@check(
    "marital-status-period",
    "/period/from",
    "/period/to",
    "/person/birth_date",
    "/person/birth_year",
)
def period(context: CheckContext) -> list[Finding]:
    """A period begins after the birth and before its end."""
    since, until = context.day("/period/from"), context.day("/period/to")
    born = _born(context, "person")
    found: list[Finding] = []
    if since is None:
        return found
    if until is not None and until < since:
        found.append(stop("/period/to", "marital-status-period", "Ngày cuối trước ngày đầu. Xin xem lại cả hai ngày."))
    if born is not None and since < born:
        text = "Khoảng thời gian bắt đầu trước ngày sinh. Xin xem lại."
        found.append(stop("/period/from", "marital-status-period", text))
    return found


@check(
    "marital-status-then",
    "/period/from",
    "/period/to",
    *(
        f"/status/{name}"
        for name in (
            "now",
            "then",
            "then_certificate_date",
            "then_judgment_date",
            "then_death_paper_date",
            "certificate_date",
            "together_since",
            "judgment_date",
            "death_paper_date",
            "ended_marriage",
        )
    ),
    "/person/birth_date",
    "/person/birth_year",
)
def then(context: CheckContext) -> list[Finding]:
    """The paper has one status for the whole period, and the dates of the papers agree with it (TT 04/2020 Đ33).

    A person who is divorced now may have been unmarried, married or divorced then. The paper confirms nothing that the
    answers do not support. A dossier from before this was asked has no answer: the officer asks, and writes the
    statement.
    """
    since, now, then = context.day("/period/from"), context.text("/status/now"), context.text("/status/then")
    field, name = "/status/then", "marital-status-then"
    if since is None or now in {"", "never"}:
        return []
    if not then:
        text = "Xin hỏi tình trạng hôn nhân trong khoảng thời gian đã ghi rồi tự ghi lời xác nhận: lúc nộp chưa hỏi."
        return [ask_officer("/status/now", name, text, _FORMULAE)]
    if then == "changed":
        text = (
            "Giấy chỉ ghi được một tình trạng cho cả khoảng thời gian. Xin chọn khoảng thời gian không có thay đổi; "
            "cần nhiều khoảng thì mỗi khoảng xin một giấy, giấy của khoảng khác vẫn còn giá trị."
        )
        return [stop(field, name, text, _FORMULAE)]
    until = context.day("/period/to") or context.today
    contradicted = (
        _changed_within(context, since, until) or _for_the_officer(context) or _before_what_ended(context, until)
    )
    return [each for each in (contradicted, _married_later(context, since), _ended_later(context, since)) if each]


def _changed_within(context: CheckContext, since: date, until: date) -> Finding | None:
    """Finds what contradicts the status then: the day on which the present status began, by its paper."""
    then, field, name = context.text("/status/then"), "/status/then", "marital-status-then"
    began, what, is_exact = _present_since(context)
    if began is None:
        return None
    if then == "as-now" and since < began:
        text = f"Khoảng thời gian bắt đầu trước {what}, nên lúc đó chưa như hiện nay. Xin sửa ngày đầu, hoặc chọn lại."
        if _may_count_from_before_1987(context):
            return _counted_from(field)
        if is_exact:
            return stop(field, name, text, _FORMULAE)
        return ask_officer(field, name, f"Công chức xem ngày trong giấy tờ. {text}", _FORMULAE)
    if then in {"married", *_NOT_MARRIED_THEN} and until >= began:
        text = f"Khoảng thời gian không kết thúc trước {what}. Xin sửa ngày cuối, hoặc chọn lại."
        return stop(field, name, text, _FORMULAE)
    return None


def _for_the_officer(context: CheckContext) -> Finding | None:
    """The cases that the dates of the form leave open: a marriage that counts from a day before its certificate, or
    that never counted.
    """
    then, field, name = context.text("/status/then"), "/status/then", "marital-status-then"
    if then in _NOT_MARRIED_THEN and _may_count_from_before_1987(context):
        return _counted_from(field)
    if then == "married" and context.text("/status/now") == "annulled":
        text = (
            "Việc kết hôn đã bị hủy thì không xác nhận là đang có vợ, chồng theo việc đó. Công chức xem thời gian đã "
            "ghi thuộc cuộc hôn nhân nào rồi tự ghi lời xác nhận."
        )
        return ask_officer(field, name, text, f"Luật HNGĐ 2014 Đ12; {_FORMULAE}")
    return None


def _may_count_from_before_1987(context: CheckContext) -> bool:
    """Whether a couple of fact may have registered later, so that the certificate is of a later day than the
    marriage.
    """
    born, registered = _born(context, "person"), context.day("/status/certificate_date")
    if context.text("/status/now") != "married" or born is None or registered is None:
        return False
    return born.year < YOUNGEST_OF_FACT and registered >= MARRIAGE_LAW_OF_1986


def _counted_from(field: str) -> Finding:
    text = (
        "Công chức xem giấy chứng nhận kết hôn: hôn nhân có được tính từ ngày bắt đầu chung sống, trước ngày 3/1/1987, "
        "không. Có thì so khoảng thời gian đã ghi với ngày đó."
    )
    return ask_officer(field, "marital-status-then", text, f"{_FORMULAE}; NĐ 123/2015 Đ44")


def _before_what_ended(context: CheckContext, until: date) -> Finding | None:
    """If the person had no spouse then and a marriage since then has ended, the time has to end before that marriage
    began.

    For a marriage of fact from before 3/1/1987, the law gives the last day on which it can have begun. For a registered
    marriage, the form does not ask for the day, so the officer compares its papers (`register` finds marriages of the
    ward's own book).
    """
    if context.text("/status/then") not in _NOT_MARRIED_THEN or context.text("/status/now") not in _ENDED:
        return None
    field, name = "/status/then", "marital-status-then"
    if context.text("/status/ended_marriage") == "before-1987" and until >= MARRIAGE_LAW_OF_1986 - timedelta(days=1):
        text = (
            "Đã sống chung như vợ chồng từ trước ngày 3/1/1987, nên khoảng thời gian phải kết thúc trước khi bắt đầu "
            "sống chung. Xin sửa ngày cuối, hoặc chọn lại."
        )
        return stop(field, name, text, _FORMULAE)
    text = (
        "Công chức xem cuộc hôn nhân nay không còn bắt đầu từ ngày nào: khoảng thời gian đã ghi phải kết thúc trước "
        "ngày đó thì mới xác nhận là chưa kết hôn."
    )
    return ask_officer(field, name, text, _FORMULAE)


def _present_since(context: CheckContext) -> tuple[date | None, str, bool]:
    """The latest day on which the present status can have begun, what shows this, and whether it is the exact day."""
    paper, what, is_exact = {
        "married": ("certificate_date", "ngày kết hôn", True),
        "divorced": ("judgment_date", "ngày của bản án, quyết định", True),
        "annulled": ("judgment_date", "ngày của quyết định", True),
        "widowed": ("death_paper_date", "ngày của giấy tờ về việc chết", False),  # death comes before its paper
    }.get(context.text("/status/now"), ("", "", True))
    if context.text("/status/now") == "spouses-before-1987":
        return day_of(f"{context.number('/status/together_since')}-01-01"), "năm bắt đầu chung sống", True
    return context.day(f"/status/{paper}"), what, is_exact


def _married_later(context: CheckContext, since: date) -> Finding | None:
    """Stops if the marriage that is named for the whole period began after the period did."""
    married = context.day("/status/then_certificate_date")
    if context.text("/status/then") != "married" or married is None or married <= since:
        return None
    text = "Ngày kết hôn sau ngày đầu của khoảng thời gian. Xin sửa ngày đầu, hoặc chọn lại."
    return stop("/status/then_certificate_date", "marital-status-then", text, _FORMULAE)


def _ended_later(context: CheckContext, since: date) -> Finding | None:
    """Stops if the marriage before the time asked about ended after that time had begun; a judgment counts once it is
    in force.
    """
    name = "marital-status-then"
    divorced, dead = context.day("/status/then_judgment_date"), context.day("/status/then_death_paper_date")
    if context.text("/status/then") == "divorced" and divorced is not None:
        field = "/status/then_judgment_date"
        if divorced > since:
            text = "Khoảng thời gian bắt đầu trước ngày của bản án, quyết định. Xin sửa ngày đầu, hoặc chọn lại."
            return stop(field, name, text, _FORMULAE)
        text = "Công chức xem bản án, quyết định lần trước có hiệu lực trước ngày đầu của khoảng thời gian không."
        return ask_officer(field, name, text, f"Luật HNGĐ 2014 Đ57; {_FORMULAE}")
    if context.text("/status/then") == "widowed" and dead is not None and dead > since:
        text = "Công chức xem giấy tờ: vợ hoặc chồng trước chết trước ngày đầu của khoảng thời gian không."
        return ask_officer("/status/then_death_paper_date", name, text, _FORMULAE)
    return None


@check(
    "marital-status-ended",
    "/status/now",
    "/status/ended_marriage",
    "/status/judgment_date",
    "/status/judgment_in_force_on",
    parameters=("appeal_days",),
)
def ended(context: CheckContext) -> list[Finding]:
    """A marriage that ended was registered, or one of fact from before 3/1/1987; the paper says which (TT 04/2020 Đ33).

    A judgment counts once it is in force (Luật HNGĐ 2014 Đ57.1): before that, the person is not divorced. If the form
    itself names a later day, the check stops; within the time for appeal (`appeal_days`) [from memory] it warns.
    """
    now, field, name = context.text("/status/now"), "/status/ended_marriage", "marital-status-ended"
    found: list[Finding] = []
    if now in {"divorced", "annulled"}:
        found.append(_in_force(context))
    if now not in {"divorced", "widowed"}:
        return found
    if context.text(field) == "before-1987":
        text = "Công chức xem giấy tờ hoặc hỏi người làm chứng: đã chung sống từ trước ngày 3/1/1987."
        found.append(ask_officer(field, name, text, _FORMULAE))
    elif not context.text(field):
        text = (
            "Lúc nộp chưa hỏi: đã đăng ký kết hôn, hay chung sống từ trước ngày 3/1/1987. Xin hỏi và sửa lời xác nhận."
        )
        found.append(ask_officer("/status/now", name, text, _FORMULAE))
    return found


def _in_force(context: CheckContext) -> Finding:
    name, article = "marital-status-ended", "Luật HNGĐ 2014 Đ57; TT 04/2020 Đ33"
    given, force = context.day("/status/judgment_date"), context.day("/status/judgment_in_force_on")
    field = "/status/judgment_in_force_on"
    if given is not None and force is not None and force < given:
        return warn(field, name, "Ngày có hiệu lực trước ngày của bản án, quyết định. Xin xem lại cả hai ngày.")
    if force is not None and force > context.today:
        text = "Bản án, quyết định chưa có hiệu lực nên hôn nhân còn tồn tại. Xin nộp khi đã có hiệu lực."
        return stop(field, name, text, article)
    if given is not None and force is None and (context.today - given).days <= context.parameter("appeal_days"):
        text = "Bản án sơ thẩm còn trong thời gian kháng cáo thì chưa có hiệu lực."
        return warn(
            field,
            name,
            f"{text} Xin mang giấy của Tòa án ghi bản án, quyết định đã có hiệu lực.",
            article,
            to_office=f"{text} Cần giấy của Tòa án ghi bản án, quyết định đã có hiệu lực, rồi mới xác nhận đã ly hôn.",
        )
    text = "Công chức xem bản án, quyết định đã có hiệu lực pháp luật chưa; chưa thì hôn nhân còn tồn tại."
    return ask_officer("/status/now", name, text, article)


@check("marital-status-before-1987", "/status/together_since")
def before_1987(context: CheckContext) -> list[Finding]:
    """Living together counts without registration only where it began before 3/1/1987 (TT 04/2020 Đ33)."""
    year, field = context.number("/status/together_since"), "/status/together_since"
    if year is None:
        return []
    if year > MARRIAGE_LAW_OF_1986.year:
        text = "Chung sống từ ngày 3/1/1987 mà chưa đăng ký thì chưa phải vợ chồng. Xin chọn lại tình trạng hôn nhân."
        return [stop(field, "marital-status-before-1987", text, "TT 04/2020 Đ33")]
    text = "Công chức xem giấy tờ hoặc hỏi người làm chứng: phải chung sống từ trước ngày 3/1/1987."
    return [ask_officer(field, "marital-status-before-1987", text, "TT 04/2020 Đ33")]


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


@check(
    "marital-status-register",
    "/status/now",
    "/status/then",
    "/earlier/issued",
    "/period/from",
    "/period/to",
    "/person/full_name",
    "/person/birth_date",
    "/spouse/full_name",
    "/spouse/birth_date",
    records=True,
)
def register(context: CheckContext) -> list[Finding]:
    """Contradictions between the ward's registers and the form: an existing marriage, or the person's death.

    If the entry was found by the number of a paper, the check stops. If it was found by name and date of birth, which
    others may share, the officer decides. If the intended spouse is married, that does not change the person's own
    status: the officer tells them.
    """
    if context.records is None:
        return []
    whom = person(context)
    found: list[Finding] = []
    now = context.text("/status/now")
    if now not in {"", "married"}:
        text = (
            "Sổ của phường có việc kết hôn {label}, chưa ghi chú ly hôn hay khai tử, trái với lời khai. "
            "Nếu đã chấm dứt, xin ghi chú vào sổ trước khi cấp giấy."
        )
        marriages = context.records.standing_marriages(whom)
        found += _against("/status/now", marriages, text, "NĐ 123/2015 Đ22; Luật HNGĐ 2014 Đ5.2")
    found += _against_ended(context, whom)
    if context.is_("/earlier/issued", False):
        for earlier in context.records.entries(MARITAL_STATUS, whom):
            text = (
                f"Phường đã cấp giấy này cho người này: {earlier.label}. Xin nhận lại giấy cũ, kể cả đã hết hạn, "
                "trừ giấy của khoảng thời gian khác."
            )
            found.append(ask_officer("/earlier/issued", "marital-status-register", text, "NĐ 123/2015 Đ22"))
    text = "Theo sổ của phường, người này đã chết: {of_death}. Không cấp giấy cho người đã chết."
    found += _against("/person/full_name", context.records.deaths(whom), text, "NĐ 123/2015 Đ22")
    for marriage in context.records.standing_marriages(context.person("/spouse")):
        text = f"Người dự định kết hôn có thể đang có vợ hoặc chồng: sổ của phường có việc kết hôn {marriage.label}."
        article = "Luật HNGĐ 2014 Đ5.2"
        found.append(ask_officer("/spouse/full_name", "marital-status-register", text, article))
    return found


def _against_ended(context: CheckContext, whom: Person) -> list[Finding]:
    """Finds marriages of the register that ended, or began in the period (NĐ 123/2015 Đ44.2), and that the form does
    not name.
    """
    assert context.records is not None
    now, then = context.text("/status/now"), context.text("/status/then")
    marriages = context.records.entries(MARRIAGE, whom)
    standing = {each.id for each in context.records.standing_marriages(whom)}
    if now == "never":
        text = "Sổ của phường có việc kết hôn {label}, nay đã chấm dứt. Xin chọn đúng: đã ly hôn, đã chết hoặc đã hủy."
        return _against("/status/now", [each for each in marriages if each.id not in standing], text, "NĐ 123/2015 Đ22")
    found: list[Finding] = []
    if now == "married" and marriages and not standing:
        text = "Sổ của phường ghi việc kết hôn {label} đã chấm dứt: công chức xem người này có kết hôn lại không."
        found += [
            ask_officer("/status/now", "marital-status-register", text.format(label=each.label), "NĐ 123/2015 Đ22")
            for each in marriages
        ]
    since, until = context.day("/period/from"), context.day("/period/to") or context.today
    if since is None or then not in {"as-now", *_NOT_MARRIED_THEN}:
        return found
    first = date.min if then == "unmarried" else since + timedelta(days=1)
    within = [each for each in marriages if first <= each.counts_from <= until]
    text = "Sổ của phường có việc kết hôn {label}, trái với lời khai về khoảng thời gian đã ghi. Xin chọn lại."
    found += _against("/status/then", within, text, _FORMULAE)
    return found + _stood_at_first(marriages, within, since)


def _stood_at_first(marriages: Sequence[FoundEntry], told: Sequence[FoundEntry], since: date) -> list[Finding]:
    """Marriages that a death ended only after the time asked about had begun, other than those `told` of already.

    Where only month or year of the death is known, and the time began within, the officer looks which was first.
    """
    found: list[Finding] = []
    article = f"Luật HNGĐ 2014 Đ65; {_FORMULAE}"
    for each in marriages:
        if each in told or each.died is None or each.counts_from > since or each.died[1] <= since:
            continue
        ended = f"Theo sổ của phường, hôn nhân {{label}} chấm dứt do một bên chết {each.day_of_death}"
        if each.died[0] > since:
            text = f"{ended}, khi khoảng thời gian đã ghi đã bắt đầu. Xin sửa ngày đầu, hoặc chọn lại."
            found += _against("/status/then", [each], text, article)
        else:
            text = (
                f"{ended}: có thể khi khoảng thời gian đã ghi đã bắt đầu. Xin xem giấy tờ về việc chết; nếu vậy thì "
                "hướng dẫn sửa ngày đầu, hoặc chọn lại."
            )
            found.append(ask_officer("/status/then", "marital-status-register", text.format(label=each.label), article))
    return found


def _born(context: CheckContext, who: str) -> date | None:
    """The day of birth; 1 January if only the year is known, the first of the month if month and year are (TTLT 01/2016
    Đ2).
    """
    return born_from(context.form, f"/{who}")


def _against(field: str, entries: Sequence[FoundEntry], text: str, article: str) -> list[Finding]:
    found: list[Finding] = []
    for entry in entries:
        said = text.format(label=entry.label, of_death=entry.of_death)
        if entry.certain:
            found.append(stop(field, "marital-status-register", said, article))
        else:
            looked = f"{said} Xin đối chiếu có đúng người không: {entry.likeness}."
            found.append(ask_officer(field, "marital-status-register", looked, article))
    return found
