"""Checks of the period that a confirmation of marital status (1.004873) covers, and of the status in that period."""

from __future__ import annotations

from datetime import date, timedelta

from services.dossiers.domain.checking import CheckContext, ask_officer, check, day_of, stop
from services.dossiers.domain.entries.marital_status import confirms_own_time_only
from services.dossiers.domain.entries.writing import MARRIAGE_LAW_OF_1986, YOUNGEST_OF_FACT, born_from
from services.dossiers.domain.findings import Finding

NOT_MARRIED_THEN = ("unmarried", "divorced", "widowed")  # answers about the period, beside "as-now" and "married"
_ENDED = ("divorced", "widowed", "annulled")
_FORMULAE = "TT 04/2020 Đ33"


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
    born = born_from(context.form, "/person")
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
    if then in {"married", *NOT_MARRIED_THEN} and until >= began:
        text = f"Khoảng thời gian không kết thúc trước {what}. Xin sửa ngày cuối, hoặc chọn lại."
        return stop(field, name, text, _FORMULAE)
    return None


def _for_the_officer(context: CheckContext) -> Finding | None:
    """The cases that the dates of the form leave open: a marriage that counts from a day before its certificate, or
    that never counted.
    """
    then, field, name = context.text("/status/then"), "/status/then", "marital-status-then"
    if then in NOT_MARRIED_THEN and _may_count_from_before_1987(context):
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
    born, registered = born_from(context.form, "/person"), context.day("/status/certificate_date")
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
    if context.text("/status/then") not in NOT_MARRIED_THEN or context.text("/status/now") not in _ENDED:
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
