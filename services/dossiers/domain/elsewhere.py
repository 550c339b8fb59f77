"""Marriages that other offices hold: of each party the officer records how they were asked about.

A ward knows its own registers. What another office registered it hears on paper, if at all (docs/decisions/0050), so no
marriage is signed before somebody has asked (Luật HNGĐ 2014 Đ5.2c). How it is asked and recorded is our own choice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import Any

from services.dossiers.domain.findings import Finding, FindingKind

ARTICLE = "Luật HNGĐ 2014 Đ5.2c"
PARTIES = {"wife_elsewhere": ("/wife/full_name", "bên nữ"), "husband_elsewhere": ("/husband/full_name", "bên nam")}
#: The kinds of papers of each party that confirm it: of a ward, or of a mission.
PAPERS = {
    "wife_elsewhere": frozenset({"wife-marital-status-confirmation", "wife-mission-confirmation"}),
    "husband_elsewhere": frozenset({"husband-marital-status-confirmation", "husband-mission-confirmation"}),
}
NOTE = "elsewhere"


class Source(StrEnum):
    """How it is known of a party that no marriage stands elsewhere."""

    PAPER = "paper"  # giấy xác nhận tình trạng hôn nhân, of a ward or of a mission
    ANSWER = "answer"  # written by an office that was asked
    DATABASE = "database"  # of civil status, looked into
    ONLY_HERE = "only-here"  # has lived nowhere else since they could marry: this ward's books hold it


TEXT: Mapping[Source, str] = {
    Source.PAPER: "theo giấy xác nhận tình trạng hôn nhân đã nộp",
    Source.ANSWER: "theo văn bản trả lời của nơi được hỏi",
    Source.DATABASE: "theo kết quả tra cứu cơ sở dữ liệu hộ tịch",
    Source.ONLY_HERE: "chỉ cư trú tại phường này từ khi đủ tuổi kết hôn",
}
#: Of which the record says which answer, or which look, it was.
_NAMED = frozenset({Source.ANSWER, Source.DATABASE})
#: Of whom the form declares that an earlier marriage was registered somewhere.
_MARRIED_BEFORE = frozenset({"divorced", "widowed", "annulled"})


def contradicted(
    said: Mapping[str, str], papers: Collection[str], form: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The fields in which the record says what the dossier contradicts, each with why.

    A party's paper is one of the dossier's `papers`: nobody has read one that is not there. Nor has anybody lived here
    alone of whom the `form` declares a home, or the end of a marriage, elsewhere.
    """
    for field, (_, who) in PARTIES.items():
        if said.get(field) == Source.PAPER and PAPERS[field].isdisjoint(papers):
            yield field, f"Hồ sơ không có giấy xác nhận tình trạng hôn nhân của {who}. Xin chọn cách khác ({ARTICLE})."
        elif said.get(field) == Source.ONLY_HERE and (declared := lived_elsewhere(field, form)):
            yield field, f"Tờ khai ghi {who} {declared}, nên sổ của phường chưa đủ. Xin chọn cách khác ({ARTICLE})."


def missing(said: Mapping[str, str], form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields in which the record lacks something, each with what is to be written."""
    for field, (_, who) in PARTIES.items():
        if said.get(field, "") not in set(Source):
            yield field, f"Xin chọn: đã hỏi, tra cứu hôn nhân của {who} ở nơi khác bằng cách nào ({ARTICLE})."
    if said.get(NOTE):
        return
    if any(said.get(field) in _NAMED for field in PARTIES):
        yield NOTE, "Xin ghi số, ngày, cơ quan của văn bản trả lời, hoặc ngày và kết quả tra cứu."
        return
    here = [field for field in PARTIES if said.get(field) == Source.ONLY_HERE and not lived_elsewhere(field, form)]
    if before := [field for field in here if married_before(field, form)]:
        who = " và ".join(PARTIES[field][1] for field in before)
        text = (
            f"Tờ khai ghi {who} đã kết hôn trước đây. Xin ghi đã tra cứu việc đó ở đâu: sổ nào của phường, số, ngày; "
            f"đăng ký ở nơi khác thì chọn cách khác ({ARTICLE})."
        )
        yield NOTE, text


def lived_elsewhere(field: str, form: Mapping[str, Any]) -> str:
    """What a form declares of a party that other offices may know of, in Vietnamese; empty where it declares nothing.

    What it was not asked about, as in a dossier from before a question, contradicts nothing.
    """
    party = _declared(field, form)
    if party.get("works_abroad") is True:
        return "đang học, làm việc ở nước ngoài"
    if party.get("lives_in", "this-ward") != "this-ward":
        return "cư trú ở nơi khác"
    if party.get("permanent_here") is False:
        return "không có hộ khẩu thường trú ở phường này"
    if party.get("divorced_abroad") is True and married_before(field, form):
        return "đã ly hôn, hủy kết hôn ở nước ngoài"
    return ""


def married_before(field: str, form: Mapping[str, Any]) -> bool:
    """Whether a form declares that the party was married before: that registration stands somewhere."""
    return _declared(field, form).get("marital_status") in _MARRIED_BEFORE


def _declared(field: str, form: Mapping[str, Any]) -> Mapping[str, Any]:
    party: Mapping[str, Any] = form.get(PARTIES[field][0].split("/")[1]) or {}
    return party


def elsewhere_findings(said: Mapping[str, str], by: str, form: Mapping[str, Any], *, signed: bool) -> Iterator[Finding]:
    """What the office has to know of marriages elsewhere: that it is to be asked, or what was recorded and `by` whom.

    Before the signature the signer looks at it; of one that was signed before this was asked there is nothing to say.
    """
    for field, (pointer, who) in PARTIES.items():
        if said.get(field, "") not in set(Source):
            if signed:
                continue
            text = (
                f"Sổ của phường không có việc đăng ký ở nơi khác. Khi trình ký, xin ghi đã hỏi, tra cứu hôn nhân của "
                f"{who} ở nơi khác bằng cách nào."
            )
            yield Finding(pointer, "marriage-elsewhere", FindingKind.ASKS_OFFICER, text, ARTICLE)
            continue
        named = said[field] in _NAMED or (said[field] == Source.ONLY_HERE and married_before(field, form))
        note = f" ({said[NOTE]})" if said.get(NOTE) and named else ""
        text = f"Không có hôn nhân nào khác của {who} ở nơi khác: {TEXT[Source(said[field])]}{note}. Người ghi: {by}."
        kind = FindingKind.INFORMS if signed else FindingKind.ASKS_OFFICER
        yield Finding(pointer, "marriage-elsewhere-asked", kind, text, ARTICLE)
