"""Checks of copies of extracts (2.000635): from the form, and whether the ward's own registers hold the entry.

By law any office that holds the register or manages the database may issue one (NĐ 87/2020 Đ8; TT 04/2020 Đ23); this
ward can copy only from its own registers. A person may have a copy about their own events, with an authorisation, or as
a legal representative; so may a competent agency (Luật Hộ tịch 2014 Đ6, Đ63–64); officers disclose nothing to others
(Đ61).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.dossiers.domain import authorisation
from services.dossiers.domain.checking import CheckContext, ask_officer, check, inform, stop, warn
from services.dossiers.domain.dates import full_years
from services.dossiers.domain.entries.copy import subject
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.names import how_they_differ, is_same_name
from services.dossiers.domain.register import BIRTH, DEATH, MARRIAGE

_ARTICLE = "NĐ 87/2020 Đ8; TT 04/2020 Đ23"
_WHO = "Luật Hộ tịch 2014 Đ6, Đ63–64"
OF_AGE = 18


@check("copy-kind", "/copy/kind")
def kind(context: CheckContext) -> list[Finding]:
    """The registers here hold births, marriages and deaths; the rest is in books on paper."""
    if context.text("/copy/kind") != "other":
        return []
    text = (
        "Qua mạng, phường mới cấp bản sao khai sinh, kết hôn, khai tử. "
        "Giấy hộ tịch khác (nhận cha, mẹ, con; giám hộ; cải chính…), xin hỏi ở Bộ phận Một cửa của phường."
    )
    return [stop("/copy/kind", "copy-kind", text)]


@check("copy-register", "/registered/place")
def register(context: CheckContext) -> list[Finding]:
    """A ward copies from its own registers; an entry of another office is copied there."""
    if context.text("/registered/place") != "elsewhere":
        return []
    text = (
        "Phường chỉ cấp được bản sao từ sổ của phường. "
        "Xin nộp ở cơ quan đã đăng ký: tên cơ quan ghi trên giấy cũ, ở dòng Nơi đăng ký."
    )
    return [stop("/registered/place", "copy-register", text, _ARTICLE)]


@check("copy-can-be-found", "/subject/birth_date", "/registered/number", "/registered/date")
def can_be_found(context: CheckContext) -> list[Finding]:
    """An entry is found by name with the date of birth, or by its number and date; with less, the officer asks."""
    numbered = context.text("/registered/number") and context.day("/registered/date")
    if context.day("/subject/birth_date") or numbered:
        return []
    text = (
        "Chỉ có tên thì khó tìm đúng trong sổ. Xin ghi thêm ngày sinh, hoặc số và ngày đăng ký; "
        "nếu không có, phường có thể phải hỏi thêm hoặc không tìm được."
    )
    return [
        warn(
            "/subject/birth_date",
            "copy-can-be-found",
            text,
            _ARTICLE,
            to_office="Chỉ có tên thì khó tìm đúng trong sổ. Cần hỏi thêm ngày sinh, hoặc số và ngày đăng ký.",
        )
    ]


@check(
    "copy-requester",
    "/requester/kind",
    "/requester/relation",
    "/requester/kinship",
    "/principal/relation",
    "/organisation/name",
    "/copy/kind",
    "/subject/birth_date",
    "/subject/full_name",
)
def requester(context: CheckContext) -> list[Finding]:
    """Everybody has copies of their own events; nobody has a stranger's (Luật Hộ tịch 2014 Đ6, Đ61, Đ63, Đ74.6).

    An agent needs an authorisation by somebody who may ask, certified unless the agent is close kin of the principal
    (TT 04/2020 Đ2). The form does not name the principal, so the officer looks into the authorisation. If the person
    has died, the officer decides by the relation (our own choice: no article names this case).
    """
    kind = context.text("/requester/kind")
    if kind == "agent":
        told = inform("/requester/kind", "copy-requester", authorisation.needed_from(), authorisation.ARTICLE)
        text = (
            "Công chức xem văn bản ủy quyền: người ủy quyền có đúng là người đã khai, và mục sẽ cấp có ghi người đó "
            "không. Không phải người có quyền xin bản sao này thì không cấp."
        )
        by_whom = ask_officer("/requester/kind", "copy-requester", text, _WHO)
        return [told, by_whom, *_entitled(context, "/principal/relation")]
    if kind == "organisation":
        text = (
            "Chỉ cơ quan có thẩm quyền mới được cấp. Công chức xem văn bản yêu cầu: cơ quan nào, lý do gì; "
            "việc xem sổ được ghi lại."
        )
        return [ask_officer("/organisation/name", "copy-requester", text, _WHO)]
    if kind == "kin":
        return _kin(context, "/requester/kinship")
    return _entitled(context, "/requester/relation") if kind == "person" else []


def _entitled(context: CheckContext, field: str) -> list[Finding]:
    """What a relation to the person of the entry gives a right to.

    `field` is the relation of the requester or of the principal.
    """
    relation, copied = context.text(field), context.text("/copy/kind")
    if copied not in {BIRTH, MARRIAGE, DEATH} or not relation:
        return []
    if relation not in {"self", "other"} and copied == DEATH:
        return _kin(context, field)
    return _RIGHTS.get((relation, copied), _RIGHTS.get((relation, ""), _nobody))(context, field)


def _nobody(context: CheckContext, field: str) -> list[Finding]:
    if context.registered_on is not None:  # filed before the form told the living from the dead
        text = (
            "Người nộp không phải người có tên trong sổ. Xin hỏi người đó còn sống hay đã mất: còn sống thì người đó "
            "tự xin hoặc ủy quyền; đã mất thì xem quan hệ."
        )
        return [ask_officer(field, "copy-requester", text, _WHO)]
    text = (
        "Bản sao này do chính người có tên trong sổ xin; làm thay thì cần văn bản ủy quyền. "
        "Nếu người đó đã mất, xin quay lại câu “Ai đứng tên xin bản sao?” và chọn người thân đã mất."
    )
    return [stop(field, "copy-requester", text, _WHO)]


def _own_death(_: CheckContext, field: str) -> list[Finding]:
    text = "Bản sao trích lục khai tử do người thân của người đã mất xin. Xin xem lại quan hệ đã chọn."
    return [stop(field, "copy-requester", text)]


def _guardian(_: CheckContext, field: str) -> list[Finding]:
    text = "Công chức xem giấy tờ cho biết người này đại diện theo pháp luật cho người có tên trong sổ."
    return [ask_officer(field, "copy-requester", text, "Luật Hộ tịch 2014 Đ6.3")]


def _spouse(_: CheckContext, _field: str) -> list[Finding]:
    """The marriage is an event of both spouses."""
    return []


def _own(context: CheckContext, field: str) -> list[Finding]:
    """People who ask for their own entry have the name in it, unless they have changed their name."""
    typed, named = context.text("/requester/full_name"), context.text("/subject/full_name")
    if field != "/requester/relation" or not typed or not named or is_same_name(typed, named):
        return []
    text = (
        f"Ông/bà chọn “Bản thân” nhưng {how_they_differ(typed, named)}. Xin xem lại; nếu ông/bà đã đổi tên thì cứ để, "
        "phường sẽ xem giấy tờ."
    )
    return [
        warn(
            "/subject/full_name",
            "copy-requester",
            text,
            _WHO,
            to_office=f"Người yêu cầu chọn “Bản thân” nhưng {how_they_differ(typed, named)}. Xin xem giấy tờ: có thể "
            "đã đổi tên.",
        )
    ]


def _parent(context: CheckContext, field: str) -> list[Finding]:
    """Both parents represent their child under 18 (Luật Hộ tịch 2014 Đ6.3); a grown child asks by itself."""
    born = context.day("/subject/birth_date")
    if context.registered_on is not None:  # filed, maybe before the form told the living from the dead
        text = (
            "Công chức đối chiếu: người này là cha hoặc mẹ ghi trong sổ khai sinh, và con chưa đủ 18 tuổi hoặc đã mất."
        )
        return [ask_officer(field, "copy-requester", text, "Luật Hộ tịch 2014 Đ6.3")]
    if born is not None and full_years(born, context.today) >= OF_AGE:
        text = (
            "Con đã đủ 18 tuổi thì tự xin bản sao, hoặc viết giấy ủy quyền cho cha, mẹ; giấy đó không cần chứng thực. "
            "Nếu con đã mất, xin quay lại câu “Ai đứng tên xin bản sao?” và chọn người thân đã mất."
        )
        return [stop(field, "copy-requester", text, "Luật Hộ tịch 2014 Đ6.3")]
    text = "Công chức đối chiếu: người này là cha hoặc mẹ ghi trong sổ khai sinh" + (
        "." if born is not None else ", và con chưa đủ 18 tuổi."
    )
    return [ask_officer(field, "copy-requester", text, "Luật Hộ tịch 2014 Đ6.3")]


def _kin(context: CheckContext, field: str) -> list[Finding]:
    if not context.text(field):
        return []
    text = (
        "Người nộp khai người có tên trong sổ đã mất: công chức xem giấy tờ về việc chết hoặc sổ khai tử, xem quan hệ "
        "với người đó rồi quyết định; việc xem sổ được ghi lại."
    )
    return [ask_officer(field, "copy-requester", text)]


def _stranger(context: CheckContext, field: str) -> list[Finding]:
    if context.registered_on is not None:
        return _nobody(context, field)
    text = (
        "Phường không cấp bản sao giấy hộ tịch của người khác. Người có tên trong sổ tự xin, hoặc viết giấy ủy quyền "
        "cho ông/bà; cơ quan có thẩm quyền thì gửi văn bản nêu lý do."
    )
    return [stop(field, "copy-requester", text, _WHO)]


# By relation and copied register (empty for any). A relation that is not listed gives no right to the entry of a living
# person.
_RIGHTS: Mapping[tuple[str, str], Callable[[CheckContext, str], list[Finding]]] = {
    ("self", ""): _own,
    ("self", DEATH): _own_death,
    ("spouse", MARRIAGE): _spouse,
    ("parent", BIRTH): _parent,
    ("guardian", ""): _guardian,
    ("kin", ""): _kin,
    ("other", ""): _stranger,
}


@check(
    "copy-of-the-dead",
    "/requester/kind",
    "/principal/relation",
    "/subject/full_name",
    "/subject/birth_date",
    records=True,
)
def of_the_dead(context: CheckContext) -> list[Finding]:
    """Somebody who asks as kin, or for kin, says that the person has died; this compares it with the ward's own
    register.
    """
    field = "/requester/kind"
    as_kin = "kin" in {context.text(field), context.text("/principal/relation")}
    if context.records is None or not as_kin or not context.text("/subject/full_name"):
        return []
    deaths = context.records.deaths(subject(context))
    if not deaths:
        text = (
            "Sổ khai tử của phường không có người này. Xin xem giấy tờ về việc chết; người đó còn sống thì không cấp."
        )
        return [ask_officer(field, "copy-of-the-dead", text, _WHO)]
    return [
        ask_officer(field, "copy-of-the-dead", f"Có thể đã chết: {each.of_death}, {each.doubt}.", _WHO)
        if each.doubt
        else inform(field, "copy-of-the-dead", f"Đã chết: {each.of_death}.", _WHO)
        for each in deaths
    ]


@check("copy-entry", "/copy/kind", "/subject/full_name", "/subject/birth_date", records=True)
def entry(context: CheckContext) -> list[Finding]:
    """Finds the entries of the register that may be meant. If there is none, the office says so before it takes money.

    Entries that exist only in paper books are copied from these books, not here.
    """
    kind, field = context.text("/copy/kind"), "/subject/full_name"
    if context.records is None or kind not in {BIRTH, MARRIAGE, DEATH} or not context.text(field):
        return []
    entries = context.records.entries(kind, subject(context))
    if not entries:
        text = (
            "Sổ điện tử của phường không có mục nào khớp. Xin làm rõ trước khi tiếp nhận và thu tiền: thiếu thông tin "
            "thì hỏi thêm; mục chỉ có trong sổ giấy thì ở đây chưa cấp bản sao được, xin nói ngay với người nộp và cấp "
            "từ sổ giấy."
        )
        return [ask_officer(field, "copy-entry", text, _ARTICLE)]
    return [
        inform(
            field,
            "copy-entry",
            f"Sổ của phường có mục {each.label}"
            + ("." if each.certain else f", {each.likeness}. Xin xem có đúng là một người không."),
            _ARTICLE,
        )
        for each in entries
    ]
