"""Checks of marriage registration (1.000894): conditions of the Luật Hôn nhân và gia đình 2014 and papers about them.

If the ward's registers find somebody by the number of a paper, that is certain and stops. If they find somebody by name
and birth only, it may be another person, so the officer decides. They do not show what was registered elsewhere; the
parties declare that, and the officer asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.dossiers.domain.checking import CheckContext, ask_officer, check, inform, stop, warn
from services.dossiers.domain.dates import birthday, full_years, months_after
from services.dossiers.domain.entries.marriage import together_since
from services.dossiers.domain.entries.writing import MARRIAGE_LAW_OF_1986, born_from
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.people import PARTIES, FoundEntry, Match, Person, Records, Relative, match
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.register import MARRIAGE
from services.dossiers.domain.search import folded

_CONDITIONS = "Luật HNGĐ 2014 Đ8"
_PROHIBITED = "Luật HNGĐ 2014 Đ5.2"
_PAPER = "NĐ 123/2015 Đ23; TT 04/2020 Đ12"
_KIN = "có họ trong phạm vi ba đời, hoặc là cha, mẹ nuôi với con nuôi"
_OF_DESCENT = (
    "Mục đã hủy không còn là chứng cứ, nhưng việc hủy đăng ký không tự làm mất quan hệ: xin xem vì sao hủy, và giấy tờ "
    "khác, rồi mới kết luận."
)
_OF_NO_SPOUSES = (
    "Tòa án hủy việc kết hôn thì hai người đó không phải là vợ chồng (Luật HNGĐ 2014 Đ12.1), nên không có quan hệ này "
    "theo mục đó; hủy vì lý do khác thì có thể có: xin xem quyết định hủy rồi mới kết luận."
)
_BY_COURT = ("divorced", "annulled")


#: The question who files, where a filing by neither party is refused.
WHO_FILES = "/requester/relation"


def filed_by_neither(form: Mapping[str, Any], account: str) -> str:
    """Why the holder of an account with this name cannot file the marriage; empty if they may be one of the two.

    One party files, and nobody can be authorised (TT 04/2020 Đ2; Luật Hộ tịch 2014 Đ6.2). The names decide, without
    their marks; as long as a party has no name, nobody is sent away.
    """
    names = {who: str(value_at(form, f"/{party}/full_name") or "") for party, who in PARTIES.items()}
    if not all(names.values()) or folded(account) in {folded(name) for name in names.values()}:
        return ""
    parties = " hay ".join(f"{who}, {name}" for who, name in names.items())
    return (
        f"Tài khoản này là của {account}, không phải của {parties}. Đăng ký kết hôn không nộp thay được: xin để một "
        "trong hai bên nộp bằng tài khoản của mình, hoặc hai bên đến phường. Tên trong tài khoản ghi sai thì xin nhờ "
        "Bộ phận Một cửa sửa, rồi đăng nhập lại."
    )


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


@check("married-already", "/wife/marital_status", "/husband/marital_status")
def married_already(context: CheckContext) -> list[Finding]:
    """A married person does not marry another (Luật HNGĐ 2014 Đ5.2c)."""
    return [
        stop(
            f"/{party}/marital_status",
            "married-already",
            "Người đang có vợ hoặc chồng thì không đăng ký kết hôn với người khác được. "
            f"Nếu {who} đã ly hôn, hoặc vợ hay chồng đã chết, xin chọn câu đó.",
            _PROHIBITED,
        )
        for party, who in PARTIES.items()
        if context.text(f"/{party}/marital_status") == "married"
    ]


@check(
    "judgment-in-force",
    *(
        f"/{party}/{field}"
        for party in PARTIES
        for field in ("marital_status", "divorced_abroad", "judgment_date", "judgment_in_force_on")
    ),
    parameters=("appeal_days",),
)
def judgment_in_force(context: CheckContext) -> list[Finding]:
    """A divorce counts once the judgment is in force, on the day of filing (Luật HNGĐ 2014 Đ3.14, Đ57.1).

    If the form itself names a later day, they are still married, and it stops (Đ5.2c); else it only warns.

    A judgment of first instance is open to appeal and protest for `appeal_days` [from memory]. A decision that
    recognises a divorce by consent is in force at once.
    """
    article, name = "Luật HNGĐ 2014 Đ57.1", "judgment-in-force"
    found = []
    for party in PARTIES:
        given, force = context.day(f"/{party}/judgment_date"), context.day(f"/{party}/judgment_in_force_on")
        field = f"/{party}/judgment_in_force_on"
        if context.text(f"/{party}/marital_status") not in _BY_COURT or given is None:
            continue
        if force is not None and force < given:
            text = "Ngày có hiệu lực trước ngày của bản án, quyết định. Xin xem lại cả hai ngày."
            found.append(warn(field, name, text))
        elif force is not None and force > context.today:
            text = "Bản án, quyết định chưa có hiệu lực nên hôn nhân trước còn tồn tại. Xin nộp khi đã có hiệu lực."
            found.append(stop(field, name, text, f"{article}, Đ5.2c"))
        elif force is None and (context.today - given).days <= context.parameter("appeal_days"):
            text = (
                "Bản án sơ thẩm còn trong thời gian kháng cáo thì chưa có hiệu lực. "
                "Xin mang giấy của Tòa án ghi bản án, quyết định đã có hiệu lực."
            )
            found.append(
                warn(
                    field,
                    name,
                    text,
                    article,
                    to_office="Bản án sơ thẩm còn trong thời gian kháng cáo thì chưa có hiệu lực. Cần "
                    "giấy của Tòa án ghi bản án, quyết định đã có hiệu lực.",
                )
            )
        else:
            text = "Công chức xem bản án, quyết định đã có hiệu lực pháp luật vào ngày nộp hồ sơ."
            found.append(ask_officer(f"/{party}/judgment_date", name, text, article))
    return found


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


@check("marriage-count", *(f"/{party}/{field}" for party in PARTIES for field in ("marriage_count", "marital_status")))
def marriage_count(context: CheckContext) -> list[Finding]:
    """A second marriage follows a divorce or a death, and a divorce or death follows a marriage (our own check)."""
    found = []
    for party in PARTIES:
        count, status = context.number(f"/{party}/marriage_count"), context.text(f"/{party}/marital_status")
        if count is None:
            continue
        if count > 1 and status in {"never", "together"}:
            text = (
                "Kết hôn từ lần thứ hai thì phải có ly hôn, hủy kết hôn, hoặc vợ hay chồng trước đã chết. Xin xem lại."
            )
        elif count == 1 and status in {"divorced", "widowed"}:
            text = "Đã từng kết hôn thì lần này là lần thứ hai trở lên. Xin xem lại."
        else:
            continue
        found.append(warn(f"/{party}/marriage_count", "marriage-count", text))
    return found


@check(
    "marital-status-paper",
    *(
        f"/{party}/{field}"
        for party in PARTIES
        for field in (
            "works_abroad",
            "judgment_date",
            "judgment_in_force_on",
            "death_extract_date",
            "marital_status_paper/issued_on",
            "marital_status_paper/purpose_marriage",
            "marital_status_paper/names_spouse",
            "marital_status_paper/names_ward",
        )
    ),
    parameters=("months",),
)
def marital_status_paper(context: CheckContext) -> list[Finding]:
    """The giấy xác nhận tình trạng hôn nhân fits this marriage (NĐ 123/2015 Đ23; TT 04/2020 Đ12, Đ33).

    On the day of filing it is at most six months old, and the status has not changed since; it names this spouse and
    this place.
    """
    return [finding for party in PARTIES for finding in (*_validity(context, party), *_purpose(context, party))]


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
    return [ask_officer("/declaration/truthful", "free-will", text, f"{_CONDITIONS}; Đ5.2")]


@check("standing-marriage", "/wife/full_name", "/husband/full_name", records=True)
def standing_marriage(context: CheckContext) -> list[Finding]:
    """No marriage while an earlier one exists in the register (Luật HNGĐ 2014 Đ5.2c).

    Nor on a confirmation from before the day of the death that ended it: they were married then (NĐ 123/2015 Đ23).
    Where only month or year of the death is known, the officer looks which of the two was first.
    """
    standing = [
        _by_register(
            field,
            "standing-marriage",
            entry,
            f"Sổ của phường còn ghi hôn nhân {entry.label} của {who}, chưa có ghi chú ly hôn, chết hay hủy.",
            "Nếu hôn nhân đó đã chấm dứt, phải ghi chú vào sổ trước.",
            _PROHIBITED,
        )
        for field, who, person, records in _parties(context)
        for entry in records.standing_marriages(person)
    ]
    return [*standing, *_paper_from_before_the_death(context)]


def _paper_from_before_the_death(context: CheckContext) -> Iterator[Finding]:
    for field, who, person, records in _parties(context):
        paper = _paper(field.split("/")[1], "issued_on")
        issued = context.day(paper)
        for entry in records.entries(MARRIAGE, person) if issued is not None else ():
            if issued is None or entry.died is None or entry.died[1] <= issued:
                continue
            article = f"{_PAPER}; Luật HNGĐ 2014 Đ65"
            ended = f"Theo sổ của phường, hôn nhân trước {entry.label} của {who} chấm dứt do một bên chết"
            if entry.died[0] <= issued:
                text = (
                    f"{ended} {entry.day_of_death}: có thể sau ngày cấp giấy xác nhận tình trạng hôn nhân. Xin xem "
                    "giấy tờ về việc chết; giấy xác nhận cấp trước ngày chết thì phải có giấy mới."
                )
                yield ask_officer(paper, "standing-marriage", text, article)
                continue
            yield _by_register(
                paper,
                "standing-marriage",
                entry,
                f"{ended} {entry.day_of_death}, sau ngày cấp giấy xác nhận tình trạng hôn nhân.",
                "Phải có giấy mới, cấp sau đó.",
                article,
            )


@check("party-is-dead", "/wife/full_name", "/husband/full_name", records=True)
def party_is_dead(context: CheckContext) -> list[Finding]:
    """A party who has died by the registers: somebody else uses their papers, or a register is wrong (Luật HNGĐ 2014
    Đ8).

    Of a death elsewhere the ward's registers have a note on the marriage.
    """
    return [
        _by_register(
            field,
            "party-is-dead",
            entry,
            f"Về {who}: {entry.of_death}.",
            "Xin kiểm tra giấy tờ của người đến đăng ký.",
            _CONDITIONS,
        )
        for field, who, person, records in _parties(context)
        for entry in records.deaths(person)
    ]


@check("kinship-in-registers", "/wife/full_name", "/husband/full_name", records=True)
def kinship_in_registers(context: CheckContext) -> list[Finding]:
    """Prohibited kinship, as far as the ward's registers show it (Luật HNGĐ 2014 Đ5.2d, Đ3.17–18).

    Within three generations: the parties, their parents and grandparents have a person in common. By marriage: one
    party is a parent or child of somebody whom the other is or was married to. An entry that was annulled is no proof,
    but descent does not end with its registration, whereas a court's annulment of a marriage leaves no spouses (Luật
    HNGĐ 2014 Đ12.1): the officer is told so, and asks.
    """
    records = context.records
    if records is None:
        return []
    wife, husband = (Relative(context.person(f"/{party}"), certain=True) for party in PARTIES)
    ways = [
        (_nearest(_ancestry(records, wife), _ancestry(records, husband)), _KIN),
        (_nearest(_parents_in_law(records, wife), [husband]), "là cha chồng và con dâu"),
        (_nearest([wife], _parents_in_law(records, husband)), "là mẹ vợ và con rể"),
        (_nearest(_step_parents(records, wife), [husband]), "là cha dượng và con riêng của vợ"),
        (_nearest([wife], _step_parents(records, husband)), "là mẹ kế và con riêng của chồng"),
    ]
    found = []
    for (sure, annulled), relation in ways:
        if annulled:
            text = (
                f"Theo mục {annulled.annulled}, đã có ghi chú hủy, có thể hai bên {relation}. "
                f"{_OF_NO_SPOUSES if annulled.no_spouses else _OF_DESCENT}"
            )
            found.append(ask_officer("/husband/full_name", "kinship-in-registers", text, _PROHIBITED))
        elif sure is Match.CERTAIN:
            text = f"Theo sổ hộ tịch của phường, hai bên {relation}: pháp luật cấm kết hôn."
            found.append(stop("/husband/full_name", "kinship-in-registers", text, _PROHIBITED))
        elif sure is Match.LIKELY:
            text = f"Theo tên và năm sinh trong sổ hộ tịch của phường, có thể hai bên {relation}. Xin đối chiếu."
            found.append(ask_officer("/husband/full_name", "kinship-in-registers", text, _PROHIBITED))
    return found


def _validity(context: CheckContext, party: str) -> Iterator[Finding]:
    field, issued = _paper(party, "issued_on"), context.day(_paper(party, "issued_on"))
    if context.is_(f"/{party}/works_abroad", True):
        text = (
            "Công chức đối chiếu giấy xác nhận tình trạng hôn nhân của cơ quan đại diện Việt Nam: ngày cấp, mục đích."
        )
        yield ask_officer(f"/{party}/works_abroad", "marital-status-paper", text, "NĐ 123/2015 Đ10, Đ23")
    if issued is None or issued > context.today:
        return
    last = months_after(issued, context.parameter("months"))
    divorced, widowed = context.day(f"/{party}/judgment_date"), context.day(f"/{party}/death_extract_date")
    force = context.day(f"/{party}/judgment_in_force_on")
    if (context.kept or context.today) > last:
        text = (
            f"Giấy có giá trị {context.parameter('months')} tháng, đến hết ngày {last.day}/{last.month}/{last.year}; "
            "ngày nộp hồ sơ thì đã hết. Xin đến phường, xã nơi thường trú xin giấy mới."
        )
        yield stop(field, "marital-status-paper", text, _PAPER)
    elif divorced is not None and divorced > issued:
        text = "Giấy cấp trước bản án, quyết định của Tòa án nên không còn giá trị. Phải có giấy mới, cấp sau đó."
        yield stop(field, "marital-status-paper", text, _PAPER)
    elif divorced is not None and force is not None and force > issued:
        text = "Giấy cấp trước khi bản án, quyết định có hiệu lực nên không còn giá trị. Phải có giấy mới, cấp sau đó."
        yield stop(field, "marital-status-paper", text, f"{_PAPER}; Luật HNGĐ 2014 Đ57.1")
    elif divorced is not None and force is None:
        text = "Công chức xem bản án, quyết định có hiệu lực từ ngày nào: giấy phải cấp từ ngày đó trở đi."
        yield ask_officer(field, "marital-status-paper", text, f"{_PAPER}; Luật HNGĐ 2014 Đ57.1")
    elif widowed is not None and widowed > issued:
        text = "Giấy cấp trước trích lục khai tử của vợ hoặc chồng trước: công chức xem giấy có ghi việc chết không."
        yield ask_officer(field, "marital-status-paper", text, _PAPER)


def _purpose(context: CheckContext, party: str) -> Iterator[Finding]:
    wrong = {
        "purpose_marriage": "Giấy cấp để dùng vào việc khác thì không dùng để kết hôn được.",
        "names_spouse": "Giấy dùng để kết hôn phải ghi đúng tên người sẽ kết hôn.",
        "names_ward": "Giấy phải ghi đăng ký kết hôn ở phường này.",
    }
    then = "Xin đến phường, xã nơi thường trú đổi giấy này lấy giấy mới."
    for name, text in wrong.items():
        if context.is_(_paper(party, name), False):
            yield stop(_paper(party, name), "marital-status-paper", f"{text} {then}", f"{_PAPER}, Đ33")


def _paper(party: str, name: str) -> str:
    return f"/{party}/marital_status_paper/{name}"


def _parties(context: CheckContext) -> Iterator[tuple[str, str, Person, Records]]:
    if context.records is not None:
        for party, who in PARTIES.items():
            yield f"/{party}/full_name", who, context.person(f"/{party}"), context.records


def _by_register(field: str, name: str, entry: FoundEntry, said: str, then: str, article: str) -> Finding:
    if entry.certain:
        return stop(field, name, f"{said} {then}", article)
    return ask_officer(field, name, f"{said} Xin đối chiếu có đúng người không: {entry.likeness}.", article)


def _ancestry(records: Records, person: Relative) -> Sequence[Relative]:
    """The person, their parents and grandparents: two people who share one of them are within three generations."""
    parents = _parents(records, person)
    return [person, *parents, *(each for parent in parents for each in _parents(records, parent))]


def _parents_in_law(records: Records, person: Relative) -> Sequence[Relative]:
    return [each for spouse in _spouses(records, person) for each in _parents(records, spouse)]


def _step_parents(records: Records, person: Relative) -> Sequence[Relative]:
    """The current and former spouses of the parents, except the parents themselves."""
    parents = _parents(records, person)
    return [
        each
        for parent in parents
        for each in _spouses(records, parent)
        if all(match(each.person, own.person) is Match.NO for own in parents)
    ]


def _parents(records: Records, person: Relative) -> Sequence[Relative]:
    return [_seen_through(person, each) for each in records.parents(person.person)]


def _spouses(records: Records, person: Relative) -> Sequence[Relative]:
    return [_seen_through(person, each) for each in records.spouses(person.person)]


def _seen_through(person: Relative, other: Relative) -> Relative:
    """A chain is as certain as its weakest link."""
    certain, weakest = person.certain and other.certain, _weaker(other, person)
    return Relative(other.person, certain, annulled=weakest.annulled, no_spouses=weakest.no_spouses)


def _weaker(one: Relative, other: Relative) -> Relative:
    """Of two links the one whose annulment takes more away; the first where there is no difference."""
    return max(one, other, key=lambda each: (each.no_spouses, bool(each.annulled)))


def _nearest(some: Sequence[Relative], others: Sequence[Relative]) -> tuple[Match, Relative | None]:
    """How certain it is that somebody is in both; and if they are by annulled entries alone, who is by such a one."""
    annulled = []
    sure = Match.NO
    for one in some:
        for other in others:
            found = match(one.person, other.person)
            if found is Match.NO:
                continue
            if found is Match.CERTAIN and one.certain and other.certain:
                return Match.CERTAIN, None
            sure = Match.LIKELY
            annulled.append(_weaker(one, other))
    by_annulled = bool(annulled) and all(each.annulled for each in annulled)
    return sure, min(annulled, key=lambda each: each.no_spouses) if by_annulled else None
