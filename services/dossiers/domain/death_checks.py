"""Checks of death registration (1.000656): who files, where, with which paper about the death, and only once.

Articles of the Luật Hộ tịch 2014 are cited from memory: a check that rests on them alone warns or asks.
"""

from __future__ import annotations

from datetime import timedelta

from services.dossiers.domain import authorisation
from services.dossiers.domain.checking import CheckContext, ask_officer, check, inform, stop, warn
from services.dossiers.domain.dates import full_years, in_digits
from services.dossiers.domain.entries.death import died_on
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.notes import died_before
from services.dossiers.domain.register import DEATH

_COMPETENCE = "Luật Hộ tịch 2014 Đ32"
_PAPER = "NĐ 123/2015 Đ4; TT 04/2020 Đ13"
# The source of the paper about the death, by kind of death (NĐ 123/2015 Đ4.2; TT 04/2020 Đ13).
_ISSUERS = {
    "facility": "Xin đến bệnh viện, cơ sở y tế nơi người đó mất để nhận giấy báo tử trước.",
    "execution": "Cần giấy xác nhận việc thi hành án tử hình, do Chủ tịch Hội đồng thi hành án tử hình cấp.",
    "court": "Cần bản án hoặc quyết định của Tòa án tuyên bố là đã chết, đã có hiệu lực.",
    "accident": "Cần văn bản của công an xác nhận việc chết, hoặc kết quả giám định của cơ quan pháp y.",
    "elsewhere": "Xin đến Ủy ban nhân dân phường, xã nơi người đó mất để nhận giấy báo tử trước.",
    "long-ago": (
        "Không có giấy tờ của cơ quan có thẩm quyền chứng minh việc chết thì phường không đăng ký được. "
        "Xin tìm hồ sơ, giấy tờ nói đến việc chết, như giấy của đơn vị, bệnh viện, nghĩa trang, rồi nộp lại."
    ),
    "abroad": ("Cần giấy tờ của nước ngoài chứng minh việc chết, đã hợp pháp hóa lãnh sự và dịch ra tiếng Việt."),
}


@check("death-filer", "/requester/relation")
def death_filer(context: CheckContext) -> list[Finding]:
    """Spouse, child, parent or other kin file; otherwise, a representative of the office or person concerned (Đ33).

    Others need an authorisation in writing by one of these, certified unless the agent is close kin of the principal
    (TT 04/2020 Đ2), and the officer looks who signed it.
    """
    field, relation = "/requester/relation", context.text("/requester/relation")
    if relation == "representative":
        text = "Công chức sẽ hỏi vì sao vợ, chồng, con, cha, mẹ, người thân của người mất không đi khai được."
        return [ask_officer(field, "death-filer", text, "Luật Hộ tịch 2014 Đ33")]
    if relation == "authorised":
        told = authorisation.needed_from("người thân người mất")
        kin = "vợ, chồng, con, cha, mẹ hoặc người thân khác của người mất"
        look = authorisation.look_into(field, "death-filer", kin)
        return [inform(field, "death-filer", told, authorisation.ARTICLE), look]
    return []


@check(
    "last-residence",
    "/deceased/lives_in",
    "/deceased/last_residence",
    "/death/in_this_ward",
    "/death/circumstance",
)
def last_residence(context: CheckContext) -> list[Finding]:
    """The ward of the last residence is competent; if that is unknown, the ward of the death (Luật Hộ tịch Đ32).

    The same holds for an unidentified body, because nobody can tell its residence. The place of a death that a court
    declared, or that is long past, may be unknown too: then the officer looks.
    """
    lives_in = context.text("/deceased/lives_in") or (_UNKNOWN if _is_unidentified(context) else "")
    found = []
    if lives_in in {"this-ward", "elsewhere"} and not context.text("/deceased/last_residence"):
        found.append(stop("/deceased/last_residence", "last-residence", "Xin ghi địa chỉ nơi cư trú cuối cùng."))
    if lives_in == "this-ward":
        text = "Công chức đối chiếu nơi cư trú cuối cùng đã khai với giấy tờ hoặc dữ liệu dân cư."
        found.append(ask_officer("/deceased/lives_in", "last-residence", text, _COMPETENCE))
    elif lives_in == "unknown" and context.is_("/death/in_this_ward", True):
        text = "Không rõ nơi cư trú cuối cùng thì đăng ký ở nơi mất hoặc nơi tìm thấy thi thể. Công chức đối chiếu."
        found.append(ask_officer("/deceased/lives_in", "last-residence", text, _COMPETENCE))
    elif lives_in == "unknown" and _may_be_anywhere(context):
        text = "Không rõ nơi cư trú cuối cùng, cũng không rõ nơi mất: công chức xem phường có đăng ký được không."
        found.append(ask_officer("/deceased/lives_in", "last-residence", text, _COMPETENCE))
    elif lives_in == "elsewhere" or (lives_in == "unknown" and context.is_("/death/in_this_ward", False)):
        text = (
            "Khai tử làm ở phường nơi người mất cư trú cuối cùng; không rõ nơi đó thì ở nơi mất. "
            "Xin nộp ở phường, xã đó; hồ sơ nộp ở đây có thể không được tiếp nhận."
        )
        found.append(
            warn(
                "/deceased/lives_in",
                "last-residence",
                text,
                _COMPETENCE,
                to_office="Khai tử làm ở phường nơi người mất cư trú cuối cùng; không rõ nơi đó "
                "thì ở nơi mất. Hồ sơ này có thể không thuộc phường.",
            )
        )
    return found


@check(
    "unidentified-body",
    "/requester/relation",
    "/death/circumstance",
    "/deceased/full_name",
)
def unidentified_body(context: CheckContext) -> list[Finding]:
    """The police or a forensic office reports the death; unknown values stay blank (NĐ 123/2015 Đ4.2d; TT 04/2020
    Đ34.2). The officer registers it if nobody is obliged to declare it (Luật Hộ tịch 2014 Đ33.2).
    """
    if not _is_unidentified(context):
        return []
    article = "NĐ 123/2015 Đ4.2; Luật Hộ tịch 2014 Đ33.2"
    if context.text("/death/circumstance") not in {"", "accident"}:
        text = (
            "Thi thể chưa rõ là ai thì cần văn bản của công an hoặc kết quả giám định pháp y: xin chọn trường hợp chết "
            "do tai nạn, bị giết, đột ngột hoặc có nghi vấn."
        )
        return [stop("/death/circumstance", "unidentified-body", text, article)]
    if context.text("/deceased/full_name"):
        text = "Đã biết họ tên người mất thì xin xem lại câu “Ông/bà là ai với người mất?”."
        return [warn("/deceased/full_name", "unidentified-body", text, article)]
    text = "Thi thể chưa rõ là ai: những mục không biết để trống. Công chức đối chiếu văn bản của công an, pháp y."
    return [ask_officer("/requester/relation", "unidentified-body", text, article)]


@check("death-year", "/death/date", "/death/year", "/death/circumstance")
def death_year(context: CheckContext) -> list[Finding]:
    """For a death long ago, perhaps only the year is known (TT 04/2020 Đ13, Đ29.9); a day, if known, is better."""
    if context.text("/death/circumstance") != "long-ago":
        return []
    died, year = context.day("/death/date"), context.number("/death/year")
    if died is None and year is None:
        return [stop("/death/date", "death-year", "Xin ghi ngày mất; chỉ nhớ năm thì ghi năm mất.", _PAPER)]
    if year is not None and year > context.today.year:
        return [stop("/death/year", "death-year", "Năm mất chưa đến. Xin xem lại.")]
    if died is not None and year is not None and died.year != year:
        text = "Năm mất khác với năm trong ngày mất. Biết ngày mất thì để trống ô năm mất."
        return [stop("/death/year", "death-year", text)]
    return []


@check(
    "death-and-birth",
    "/deceased/birth_date",
    "/deceased/birth_year",
    "/death/date",
    "/death/year",
    parameters=("oldest_years",),
)
def death_and_birth(context: CheckContext) -> list[Finding]:
    """Nobody dies before their birth; a very great age is probably a typing error (our own check, no law)."""
    died, born, year = (
        context.day("/death/date"),
        context.day("/deceased/birth_date"),
        context.number("/deceased/birth_year"),
    )
    if died is None:
        return _by_years(context)
    if born is not None:
        before, age, field = died < born, full_years(born, died), "/deceased/birth_date"
    elif year is not None:
        before, age, field = died.year < year, died.year - year, "/deceased/birth_year"
    else:
        return []
    if before:
        text = "Ngày mất lại trước ngày sinh. Xin xem lại ngày sinh và ngày mất."
        return [stop("/death/date", "death-and-birth", text)]
    if age > context.parameter("oldest_years"):
        text = f"Theo lời khai thì người mất thọ {age} tuổi. Xin xem lại ngày sinh và ngày mất; nếu đúng thì cứ để."
        return [warn(field, "death-and-birth", text)]
    return []


@check(
    "death-notice",
    "/death/date",
    "/death/circumstance",
    "/death/in_this_ward",
    "/death_paper/have",
    "/death_paper/issued_on",
)
def death_notice(context: CheckContext) -> list[Finding]:
    """The giấy báo tử, or the paper that replaces it, by kind of death (NĐ 123/2015 Đ4.2; TT 04/2020 Đ13).

    If the registering office would have to issue it itself, it issues none, and the register's field stays blank. A
    death long ago without any evidence is refused.
    """
    field, circumstance = "/death_paper/have", context.text("/death/circumstance")
    issued, died = context.day("/death_paper/issued_on"), context.day("/death/date")
    if circumstance == "elsewhere" and context.is_("/death/in_this_ward", True):
        return _no_notice_from_own_ward(context, field)
    if circumstance in _ISSUERS and context.is_(field, False):
        if circumstance == "elsewhere" and not context.is_("/death/in_this_ward", False):
            return []  # not answered yet
        return [stop(field, "death-notice", _ISSUERS[circumstance], _PAPER)]
    if issued is not None and died is not None and issued < died:
        text = "Giấy cấp trước ngày mất. Xin xem lại ngày cấp giấy và ngày mất."
        return [warn("/death_paper/issued_on", "death-notice", text, _PAPER)]
    return []


@check(
    "declared-death-in-force",
    "/death/circumstance",
    "/death_paper/have",
    "/death_paper/issued_on",
    "/death_paper/in_force_on",
)
def declared_death_in_force(context: CheckContext) -> list[Finding]:
    """A declared death is registered on the judgment in force (NĐ 123/2015 Đ4.2c); the 15 days run from the day when it
    came into force.

    Without that day, as in dossiers filed before the question existed, it does not count as late: the officer looks.
    """
    field, article = "/death_paper/in_force_on", "NĐ 123/2015 Đ4.2c; Luật Hộ tịch 2014 Đ33.1"
    if context.text("/death/circumstance") != "court" or not context.is_("/death_paper/have", True):
        return []
    given, force = context.day("/death_paper/issued_on"), context.day(field)
    name = "declared-death-in-force"
    if force is None:
        text = (
            "Công chức xem bản án, quyết định đã có hiệu lực chưa, từ ngày nào: hạn 15 ngày tính từ ngày đó, "
            "không tính từ ngày mất ghi trong bản án, quyết định."
        )
        return [ask_officer(field, name, text, article)]
    if force > context.today:
        text = "Bản án, quyết định chưa có hiệu lực thì chưa đăng ký được. Xin nộp khi đã có hiệu lực."
        return [stop(field, name, text, article)]
    if given is not None and force < given:
        text = "Ngày có hiệu lực trước ngày của bản án, quyết định. Xin xem lại cả hai ngày."
        return [warn(field, name, text)]
    return [ask_officer(field, name, "Công chức đối chiếu ngày bản án, quyết định có hiệu lực.", article)]


@check("death-abroad", "/deceased/lives_in", "/death/circumstance", "/death/registered_abroad", "/death/in_this_ward")
def death_abroad(context: CheckContext) -> list[Finding]:
    """Which office registers the death of a person who lived or died abroad.

    Settled abroad and died here: the district (Luật Hộ tịch 2014 Đ51). Died abroad and registered there: the district
    where the declarant resides (Đ48.3). Died abroad, not registered there: the Vietnamese mission, if the deceased
    resided abroad (Đ53); for a resident on a journey, the officer decides (our own rule).
    """
    settled_abroad = context.text("/deceased/lives_in") == "abroad"
    if context.text("/death/circumstance") == "abroad":
        return _died_abroad(context, settled_abroad=settled_abroad)
    if not settled_abroad:
        return []
    text = (
        "Người định cư ở nước ngoài mất ở Việt Nam thì khai tử ở Ủy ban nhân dân quận, không làm ở phường. "
        "Xin đến Bộ phận Một cửa của quận Hải Châu, mang theo các giấy tờ đang có."
    )
    return [stop("/deceased/lives_in", "death-abroad", text, "Luật Hộ tịch 2014 Đ51")]


@check("lived-under-a-day", "/deceased/birth_date", "/death/date")
def lived_under_a_day(context: CheckContext) -> list[Finding]:
    """A child who lived under 24 hours has a birth and a death entry only if a parent asks (BLDS 2015 Đ30).

    The form has no hour of birth, so the day after may be either.
    """
    born, died = context.day("/deceased/birth_date"), context.day("/death/date")
    if born is None or died is None or not timedelta(0) <= died - born <= timedelta(days=1):
        return []
    text = (
        "Trẻ sống chưa được 24 giờ thì chỉ khai sinh, khai tử khi cha hoặc mẹ muốn. "
        "Trẻ sống từ 24 giờ trở lên thì phải khai sinh và khai tử."
    )
    return [inform("/death/date", "lived-under-a-day", text, "BLDS 2015 Đ30")]


@check("earlier-death", "/deceased/full_name", "/death/date", "/death/year", records=True)
def earlier_death(context: CheckContext) -> list[Finding]:
    """A death is registered once; people who need a second paper ask for a copy (our own check).

    A note on a marriage is no registration of the death (Luật Hộ tịch 2014 Đ32–34): the officer looks whether another
    office has registered it. If only the number matches, and name and birth differ, either entry may have a typing
    error: the officer looks, too.
    """
    found, died = [], died_on(context.form)
    for entry in context.records.deaths(context.person("/deceased")) if context.records else ():
        if entry.certain and entry.register != DEATH:
            text = (
                f"Việc chết này đã có ghi chú: {entry.of_death}. Ghi chú đó không phải là đăng ký khai tử. Xin đối "
                "chiếu: đã khai tử ở nơi khác thì không đăng ký lại, chưa khai tử ở đâu thì đăng ký."
            )
            if died_before(died, entry.registered_on):
                text += f" Tờ khai ghi chết {in_digits(died)}, trước ngày đăng ký kết hôn: {_ONE_IS_WRONG}"
            found.append(ask_officer("/deceased/full_name", "earlier-death", text, "Luật Hộ tịch 2014 Đ32–34"))
        elif entry.certain:
            text = f"Việc chết này đã ghi trong sổ của phường: {entry.label}. Nếu cần giấy, xin làm bản sao trích lục."
            found.append(stop("/deceased/full_name", "earlier-death", text))
        else:
            text = f"Việc chết này có thể đã ghi: {entry.of_death}, {entry.likeness}. Xin đối chiếu."
            found.append(ask_officer("/deceased/full_name", "earlier-death", text))
    return found


@check("marriage-ends-with-death", "/deceased/full_name", "/death/date", "/death/year", records=True)
def marriage_ends_with_death(context: CheckContext) -> list[Finding]:
    """A death ends the marriage: the marriage's entry needs a note (Luật HNGĐ 2014 Đ65).

    Not a marriage that was registered after that death: one of the two papers is wrong, and the officer looks which
    (our own rule).
    """
    article = "Luật HNGĐ 2014 Đ65"
    found, died = [], died_on(context.form)
    for entry in context.records.standing_marriages(context.person("/deceased")) if context.records else ():
        if died_before(died, entry.registered_on):
            whose = "là" if entry.certain else f"có thể là ({entry.likeness})"
            text = (
                f"Hôn nhân {entry.label} {whose} của người mất, đăng ký sau ngày chết ghi trong tờ khai "
                f"({in_digits(died)}), nên không tự chấm dứt khi ký: {_ONE_IS_WRONG}"
            )
            field = "/death/year" if context.day("/death/date") is None else "/death/date"
            found.append(ask_officer(field, "marriage-ends-with-death", text, article))
        elif entry.certain:
            text = f"Hôn nhân {entry.label} chấm dứt khi khai tử này được ký: sổ kết hôn phải có ghi chú."
            found.append(inform("/deceased/full_name", "marriage-ends-with-death", text, article))
        else:
            text = f"Hôn nhân {entry.label} có thể là của người mất ({entry.likeness}). Xin đối chiếu để ghi chú."
            found.append(ask_officer("/deceased/full_name", "marriage-ends-with-death", text, article))
    return found


_UNKNOWN = "unknown"
_ONE_IS_WRONG = (
    "một trong hai giấy tờ ghi sai. Xin đối chiếu giấy tờ về việc chết với mục kết hôn trước khi trình ký; tờ khai ghi "
    "sai thì yêu cầu bổ sung."
)


def _is_unidentified(context: CheckContext) -> bool:
    return context.text("/requester/relation") == "unidentified"


def _may_be_anywhere(context: CheckContext) -> bool:
    """Whether the form leaves the place of death open, and is allowed to."""
    told = context.is_("/death/in_this_ward", True) or context.is_("/death/in_this_ward", False)
    return not told and context.text("/death/circumstance") in {"court", "long-ago"}


def _by_years(context: CheckContext) -> list[Finding]:
    """`death_and_birth` if only the year of the death is known."""
    died, born = context.number("/death/year"), context.day("/deceased/birth_date")
    year = context.number("/deceased/birth_year") if born is None else born.year
    if died is None or year is None or died >= year:
        return []
    text = "Năm mất lại trước năm sinh. Xin xem lại năm sinh và năm mất."
    return [stop("/death/year", "death-and-birth", text)]


def _no_notice_from_own_ward(context: CheckContext, field: str) -> list[Finding]:
    if context.is_(field, False):
        text = (
            "Mất ở phường này thì phường không cấp giấy báo tử, mục đó trong sổ để trống. Công chức xác minh việc chết."
        )
        return [ask_officer(field, "death-notice", text, _PAPER)]
    if context.is_(field, True):
        text = "Mất ở nhà thuộc phường này, do già yếu, bệnh tật thì không cần giấy báo tử: có thể chọn Không."
        return [inform(field, "death-notice", text, _PAPER)]
    return []


def _died_abroad(context: CheckContext, *, settled_abroad: bool) -> list[Finding]:
    field = "/death/registered_abroad"
    if context.is_("/death/in_this_ward", True):
        text = "Mất ở nước ngoài thì không phải mất ở phường này. Xin xem lại hai câu trả lời."
        return [stop("/death/in_this_ward", "death-abroad", text)]
    if context.is_(field, True):
        text = (
            "Việc chết đã đăng ký ở nước ngoài thì được ghi vào sổ hộ tịch ở Ủy ban nhân dân quận, huyện nơi ông/bà cư "
            "trú, không làm ở phường. Xin đến Bộ phận Một cửa của quận, huyện đó."
        )
        return [stop(field, "death-abroad", text, "Luật Hộ tịch 2014 Đ48.3")]
    if not context.is_(field, False):
        return []
    if settled_abroad:
        text = (
            "Người cư trú ở nước ngoài, mất ở nước ngoài, thì khai tử ở cơ quan đại diện Việt Nam (đại sứ quán, "
            "lãnh sự quán) tại nước đó, không làm ở phường."
        )
        return [stop(field, "death-abroad", text, "Luật Hộ tịch 2014 Đ53")]
    text = "Người mất khi đang ở nước ngoài mà chưa đăng ký ở đó: công chức xem phường có đăng ký được không."
    return [ask_officer(field, "death-abroad", text, "Luật Hộ tịch 2014 Đ32, Đ53")]
