"""Checks of birth registration (1.001193) that can be decided from the form.

The officer decides on competence, compares the giấy chứng sinh and posts the seven days' notice for abandoned children;
storage finds duplicates. docs/law.md §3 has the facts and says which of them were only remembered: checks on those only
warn or inform. `birth_parentage_checks` has the father.
"""

from __future__ import annotations

import re

from services.dossiers.domain import authorisation
from services.dossiers.domain.checking import CheckContext, ask_officer, check, day_of, inform, stop, warn
from services.dossiers.domain.dates import months_after
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.names import as_compared, how_they_differ, is_same_name
from services.dossiers.domain.search import folded

_WITH_PAPERS = "1.004772"  # đăng ký khai sinh cho người đã có hồ sơ, giấy tờ cá nhân
_WITHOUT_PARENTS = frozenset({"abandoned", "parents-unknown"})

_VIETNAMESE_SPEAKERS = frozenset({"Kinh"})
# A Vietnamese syllable without its marks: a consonant or none, one to three vowels, an ending or none.
_SYLLABLE = re.compile(
    "(b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|r|s|t|th|tr|v|x)?[aeiouy]{1,3}(c|ch|m|n|ng|nh|p|t)?"
)


@check("birth-date", "/child/birth_date", parameters=("oldest_years",))
def birth_date(context: CheckContext) -> list[Finding]:
    """Birth is on or before the day of filing, and not so long ago that the year must be a typing error."""
    born = context.day("/child/birth_date")
    if born is None:
        return []
    if born > context.today:
        text = "Ngày sinh chưa đến. Xin xem lại ngày, tháng, năm trên giấy chứng sinh."
        return [stop("/child/birth_date", "birth-date", text)]
    if born.year < context.today.year - context.parameter("oldest_years"):
        return [stop("/child/birth_date", "birth-date", "Năm sinh quá xa. Xin xem lại, ghi đủ bốn chữ số của năm.")]
    return []


@check("born-abroad", "/birth_place/kind")
def born_abroad(context: CheckContext) -> list[Finding]:
    """A child born abroad who lives here now belongs to the district (Luật Hộ tịch 2014 Đ35)."""
    field = "/birth_place/kind"
    if context.text(field) != "abroad":
        return []
    text = (
        "Trẻ sinh ở nước ngoài nay về sống ở Việt Nam thì làm ở Ủy ban nhân dân quận, huyện nơi cha hoặc mẹ cư trú, "
        "không làm ở phường: chưa khai sinh ở nước ngoài thì đăng ký khai sinh; đã khai sinh ở đó thì xin ghi vào sổ "
        "hộ tịch. Cha mẹ cư trú ở phường này xin đến Bộ phận Một cửa của quận Hải Châu."
    )
    return [stop(field, "born-abroad", text, "Luật Hộ tịch 2014 Đ35")]


@check("filer-relation", "/requester/relation", "/child/situation")
def filer_relation(context: CheckContext) -> list[Finding]:
    """Grandparents and relatives need no authorisation but the parents' agreement (TT 04/2020 Đ2).

    Others need one in writing by father or mother, certified unless the agent is close kin of the principal, and the
    officer looks who signed it; the procedure's documents ask for the paper itself. For a child that was abandoned, or
    whose parents are unknown, the person who cares for it files (NĐ 123/2015 Đ14, Đ15). If a parent files, or
    authorises somebody to file, that parent is known.
    """
    relation = context.text("/requester/relation")
    field = "/requester/relation"
    if context.text("/child/situation") in _WITHOUT_PARENTS and relation in {"father", "mother", "authorised"}:
        text = (
            "Người đang nuôi trẻ mới khai sinh cho trẻ bị bỏ rơi, trẻ chưa biết cha mẹ. Nếu ông/bà là cha, mẹ của trẻ, "
            "hoặc được cha mẹ ủy quyền, xin chọn “Biết mẹ hoặc cha của trẻ” ở trang “Trẻ thuộc trường hợp nào?”."
        )
        return [stop(field, "filer-relation", text, "NĐ 123/2015 Đ14, Đ15")]
    if relation in {"grandparent", "relative"} and context.text("/child/situation") in _WITHOUT_PARENTS:
        text = "Trẻ có ông bà, người thân thì có thể biết cha mẹ là ai. Công chức sẽ hỏi lại."
        return [ask_officer(field, "filer-relation", text, "NĐ 123/2015 Đ14, Đ15")]
    if relation in {"grandparent", "relative"}:
        text = (
            "Ông bà, người thân đi khai thì không cần giấy ủy quyền. "
            "Xin hỏi cha mẹ của trẻ và thống nhất mọi nội dung trước khi nộp."
        )
        return [
            inform(
                field,
                "filer-relation",
                text,
                "TT 04/2020 Đ2",
                to_office="Ông bà, người thân đi khai thì không cần giấy ủy quyền, nhưng "
                "phải thống nhất nội dung với cha mẹ của trẻ.",
            )
        ]
    if relation == "authorised":
        told = inform(field, "filer-relation", authorisation.needed_from("cha hoặc mẹ"), authorisation.ARTICLE)
        return [told, authorisation.look_into(field, "filer-relation", "cha hoặc mẹ của trẻ")]
    if relation == "carer" and context.text("/child/situation") == "usual":
        text = "Công chức sẽ hỏi vì sao cha mẹ, ông bà, người thân không đi khai được."
        return [ask_officer(field, "filer-relation", text, "Luật Hộ tịch 2014 Đ15")]
    return []


@check(
    "filer-is-the-parent",
    "/requester/relation",
    "/requester/full_name",
    "/mother/known",
    *(f"/{parent}/{name}" for parent in ("mother", "father") for name in ("full_name", "lives_in")),
)
def filer_is_the_parent(context: CheckContext) -> list[Finding]:
    """A mother or father who files is alive and has the name that the form gives for her or him.

    If a mother files, the mother is known.
    """
    relation = context.text("/requester/relation")
    if relation not in {"mother", "father"}:
        return []
    who = "mẹ" if relation == "mother" else "cha"
    if relation == "mother" and context.is_("/mother/known", False):
        text = "Ông/bà khai mình là mẹ của trẻ, nên có ghi mẹ vào giấy khai sinh: xin chọn Có."
        return [stop("/mother/known", "filer-is-the-parent", text)]
    if context.text(f"/{relation}/lives_in") == "dead":
        text = f"Ông/bà khai mình là {who} của trẻ, nên không chọn “{who.capitalize()} đã mất”. Xin xem lại."
        return [stop(f"/{relation}/lives_in", "filer-is-the-parent", text)]
    own, parent = context.text("/requester/full_name"), context.text(f"/{relation}/full_name")
    if not own or not parent or is_same_name(own, parent):
        return []
    text = f"Ông/bà khai mình là {who} của trẻ, nhưng {how_they_differ(own, parent)}. Xin xem lại."
    to_office = f"Người yêu cầu khai mình là {who} của trẻ, nhưng {how_they_differ(own, parent)}. Xin xem giấy tờ."
    return [warn(f"/{relation}/full_name", "filer-is-the-parent", text, to_office=to_office)]


@check("child-without-parents", "/child/situation", "/mother/known", "/father/known")
def child_without_parents(context: CheckContext) -> list[Finding]:
    """Abandoned children (NĐ 123/2015 Đ14), and children both of whose parents are not known (Đ15)."""
    situation = context.text("/child/situation")
    field = "/child/situation"
    if situation == "abandoned":
        text = (
            "Trẻ bị bỏ rơi: phường niêm yết 7 ngày liên tục để tìm cha mẹ, sau đó mới đăng ký. "
            "Nơi sinh và quê quán là nơi tìm thấy trẻ; phần cha, mẹ, dân tộc để trống; sổ ghi “Trẻ bị bỏ rơi”."
        )
        return [ask_officer(field, "child-without-parents", text, "NĐ 123/2015 Đ14")]
    if situation == "parents-unknown":
        text = (
            "Không phải niêm yết. Quê quán là nơi sinh; phần cha, mẹ, dân tộc để trống; "
            "sổ ghi “Trẻ chưa xác định được cha, mẹ”."
        )
        return [ask_officer(field, "child-without-parents", text, "NĐ 123/2015 Đ15")]
    if context.is_("/mother/known", False) and context.is_("/father/known", False):
        text = (
            "Nếu chưa biết cả cha và mẹ, xin làm thủ tục “Đăng ký khai sinh” và chọn trường hợp đó "
            "ở trang “Trẻ thuộc trường hợp nào?”."
        )
        return [stop("/father/known", "child-without-parents", text, "NĐ 123/2015 Đ15")]
    return []


@check("foundling-birth-date", "/child/birth_date", "/child/found_on", "/child/birth_date_from")
def foundling_birth_date(context: CheckContext) -> list[Finding]:
    """If nothing shows when an abandoned child was born: day and month of the finding, year by its build.

    NĐ 123/2015 Đ14. If that is 29 February and the year does not have it, 28 February.
    """
    field, article = "/child/birth_date", "NĐ 123/2015 Đ14"
    born, found = context.day(field), context.day("/child/found_on")
    if born is None or found is None:
        return []
    if born > found:
        text = "Ngày sinh lại sau ngày tìm thấy trẻ. Xin xem lại cả hai ngày."
        return [stop(field, "foundling-birth-date", text, article)]
    same_day = months_after(found, 12 * (born.year - found.year))
    if context.text("/child/birth_date_from") == "build" and born != same_day:
        text = (
            "Không có gì cho biết ngày sinh thì ngày, tháng sinh là ngày, tháng tìm thấy trẻ "
            f"({same_day.day}/{same_day.month}); chỉ có năm là đoán theo thể trạng. Xin ghi lại."
        )
        return [stop(field, "foundling-birth-date", text, article)]
    return []


@check(
    "surrogacy-of-a-couple",
    "/child/surrogacy",
    "/mother/known",
    "/father/known",
    "/parents/married",
    "/parents/married_before_birth",
)
def surrogacy_of_a_couple(context: CheckContext) -> list[Finding]:
    """The parents of a child born by surrogacy are the married couple who asked for it; nobody can ask alone (NĐ
    123/2015 Đ16; Luật HNGĐ 2014 Đ93–95).
    """
    field = "/child/surrogacy"
    couple = ("/mother/known", "/father/known", "/parents/married", "/parents/married_before_birth")
    if not context.is_(field, True) or not any(context.is_(each, False) for each in couple):
        return []
    text = (
        "Chỉ vợ chồng đã kết hôn mới nhờ mang thai hộ được, và cả hai được ghi là cha, mẹ của trẻ. Xin xem lại các câu "
        "về cha mẹ; nếu trẻ không sinh ra nhờ mang thai hộ thì chọn Không."
    )
    return [stop(field, "surrogacy-of-a-couple", text, "NĐ 123/2015 Đ16; Luật HNGĐ 2014 Đ93–95")]


@check("registered-with-papers", "/child/situation", "/child/birth_date", parameters=("born_before",))
def registered_with_papers(context: CheckContext) -> list[Finding]:
    """A person who was born before 1/1/2016, was never registered and has personal papers needs another procedure, at
    the ward of present residence (TT 04/2020 Đ8; NĐ 123/2015 Đ26; its code is from memory).
    """
    article = "TT 04/2020 Đ8; NĐ 123/2015 Đ26"
    route = (
        f"xin làm thủ tục “Đăng ký khai sinh cho người đã có hồ sơ, giấy tờ cá nhân” (mã {_WITH_PAPERS}) "
        "ở phường nơi người đó đang cư trú"
    )
    if context.text("/child/situation") == "with-papers":
        text = f"Người sinh trước ngày 1/1/2016, chưa từng khai sinh và đã có giấy tờ thì {route}."
        return [stop("/child/situation", "registered-with-papers", text, article)]
    born, before = context.day("/child/birth_date"), day_of(context.parameters["born_before"])
    if born is None or before is None or born >= before:
        return []
    text = f"Nếu đã có giấy tờ như học bạ, bằng cấp, chứng minh nhân dân, {route}. Chưa có giấy tờ gì thì cứ tiếp tục."
    return [warn("/child/birth_date", "registered-with-papers", text, article)]


@check("name-in-vietnamese", "/child/situation", "/child/full_name", "/child/ethnicity")
def name_in_vietnamese(context: CheckContext) -> list[Finding]:
    """A citizen's name is Vietnamese or of another people of Việt Nam (BLDS 2015 Đ26.3; TT 04/2020 Đ6.1).

    Looks at the syllables of a Kinh child's given and middle names. Only warns: that a syllable is unusual does not
    prove that it is foreign, so the officer decides.
    """
    if context.text("/child/ethnicity") not in _VIETNAMESE_SPEAKERS:
        return []
    own = re.split("[ -]+", context.text("/child/full_name"))[1:]
    strange = [each for each in own if not _SYLLABLE.fullmatch(folded(each))]
    if not strange:
        return []
    text = (
        f"“{' '.join(strange)}” không giống tiếng Việt. Tên của công dân Việt Nam phải bằng tiếng Việt "
        "hoặc tiếng dân tộc khác của Việt Nam; tên bằng tiếng nước ngoài thì phường không đăng ký được. Xin xem lại."
    )
    return [warn("/child/full_name", "name-in-vietnamese", text, "BLDS 2015 Đ26.3; TT 04/2020 Đ6.1")]


@check("family-name", "/child/full_name", "/mother/full_name", "/father/full_name", "/father/known")
def family_name(context: CheckContext) -> list[Finding]:
    """The child bears the family name of father or mother (TT 04/2020 Đ6), or the mother's alone (NĐ 123/2015 Đ15).

    Warns only: some peoples of Việt Nam have the family name last, or none.
    """
    child = as_compared(context.text("/child/full_name")).split()
    parents = [as_compared(context.text(f"/{parent}/full_name")).split() for parent in ("father", "mother")]
    names = [parent for parent in parents if parent]
    if not child or not names or any(child[0] == parent[0] or child[-1] == parent[-1] for parent in names):
        return []
    if context.is_("/father/known", False):
        text = "Khi phần cha để trống, trẻ mang họ của mẹ. Xin xem lại họ của trẻ."
        return [warn("/child/full_name", "family-name", text, "NĐ 123/2015 Đ15")]
    text = "Họ của trẻ không giống họ cha, cũng không giống họ mẹ. Xin xem lại."
    return [warn("/child/full_name", "family-name", text, "TT 04/2020 Đ6")]


@check(
    "ethnicity",
    "/father/known",
    *(f"/{who}/ethnicity{other}" for who in ("child", "mother", "father") for other in ("", "_other")),
)
def ethnicity(context: CheckContext) -> list[Finding]:
    """The child's ethnicity is father's or mother's (TT 04/2020 Đ6), or the mother's alone (NĐ 123/2015 Đ15).

    Parents of two peoples agree on one. If they do not agree, custom decides; if the customs differ, the custom of the
    smaller group does.
    """
    child, mother, father = (_ethnicity(context, who) for who in ("child", "mother", "father"))
    field = "/child/ethnicity"
    if context.is_("/father/known", False):
        if not child or not mother or child == mother:
            return []
        text = "Khi phần cha để trống, dân tộc của trẻ theo mẹ. Xin chọn lại."
        return [stop(field, "ethnicity", text, "NĐ 123/2015 Đ15")]
    if not (child and mother and father):
        return []
    if child not in {mother, father}:
        text = "Dân tộc của trẻ không giống cha, cũng không giống mẹ. Xin xem lại."
        return [warn(field, "ethnicity", text, "TT 04/2020 Đ6")]
    if mother != father:
        text = (
            "Cha và mẹ khác dân tộc: trẻ theo dân tộc do cha mẹ thỏa thuận. Không thỏa thuận được thì theo tập quán; "
            "tập quán khác nhau thì theo dân tộc ít người hơn."
        )
        return [inform(field, "ethnicity", text, "TT 04/2020 Đ6")]
    return []


@check(
    "parent-ages",
    "/child/birth_date",
    "/mother/birth_year",
    "/father/birth_year",
    parameters=("mother_youngest", "mother_oldest", "father_youngest", "father_oldest"),
)
def parent_ages(context: CheckContext) -> list[Finding]:
    """Finds ages of the parents at the birth that are probably typing errors; never stops (our own check, no law)."""
    born = context.day("/child/birth_date")
    found: list[Finding] = []
    for parent, who in (("mother", "mẹ"), ("father", "cha")):
        year = context.number(f"/{parent}/birth_year")
        if born is None or year is None:
            continue
        age = born.year - year
        if not context.parameter(f"{parent}_youngest") <= age <= context.parameter(f"{parent}_oldest"):
            text = (
                f"Theo lời khai thì khi trẻ sinh, {who} {max(age, 0)} tuổi. Xin xem lại năm sinh của {who} và của trẻ."
            )
            found.append(warn(f"/{parent}/birth_year", "parent-ages", text))
    return found


def _ethnicity(context: CheckContext, who: str) -> str:
    chosen = context.text(f"/{who}/ethnicity")
    return folded(context.text(f"/{who}/ethnicity_other")) if chosen == "other" else chosen
