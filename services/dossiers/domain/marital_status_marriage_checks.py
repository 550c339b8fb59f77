"""Checks of the marriages that a confirmation of marital status (1.004873) is about.

They read the form and the ward's own registers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from services.dossiers.domain.checking import CheckContext, ask_officer, check, stop, warn
from services.dossiers.domain.entries.marital_status import person
from services.dossiers.domain.entries.writing import MARRIAGE_LAW_OF_1986
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.marital_status_period_checks import NOT_MARRIED_THEN
from services.dossiers.domain.people import FoundEntry, Person
from services.dossiers.domain.register import MARITAL_STATUS, MARRIAGE

_FORMULAE = "TT 04/2020 Đ33"


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
    if since is None or then not in {"as-now", *NOT_MARRIED_THEN}:
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
