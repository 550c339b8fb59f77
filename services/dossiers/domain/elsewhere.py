"""Marriages that other offices registered: for each party the officer records how the ward asked about them.

A ward knows its own registers. It learns on paper, if at all, what another office registered (docs/decisions/0050). So
no marriage is signed before somebody has asked about earlier ones (Luật HNGĐ 2014 Đ5.2c). How the office asks and
records this is our own choice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.dossiers.domain.entries.writing import birth, identity_paper
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.names import as_compared
from services.dossiers.domain.people import PARTIES
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.verification import About

ARTICLE = "Luật HNGĐ 2014 Đ5.2c"
#: The fields of the record: whose name in the form each is about, and who that is.
FIELDS = {f"{party}_elsewhere": (f"/{party}/full_name", who) for party, who in PARTIES.items()}
#: The kinds of papers that confirm it, for each party: issued by a ward, or by a mission.
PAPERS = {
    "wife_elsewhere": frozenset({"wife-marital-status-confirmation", "wife-mission-confirmation"}),
    "husband_elsewhere": frozenset({"husband-marital-status-confirmation", "husband-mission-confirmation"}),
}
#: What an office's reply about each party is about.
ABOUT = {"wife_elsewhere": About.WIFE, "husband_elsewhere": About.HUSBAND}
#: Which answer, look or book it was, of each party.
NOTES = {field: f"{field}_note" for field in FIELDS}
#: One note for both, from before each party had its own; it is read, and written no more.
NOTE = "elsewhere"


class Source(StrEnum):
    """How the office knows that a party has no marriage registered elsewhere."""

    PAPER = "paper"  # giấy xác nhận tình trạng hôn nhân, of a ward or of a mission
    ANSWER = "answer"  # written by an office that was asked
    DATABASE = "database"  # of civil status, looked into
    ONLY_HERE = "only-here"  # has lived only here since they could marry: this ward's books would have it


TEXT: Mapping[Source, str] = {
    Source.PAPER: "theo giấy xác nhận tình trạng hôn nhân đã nộp",
    Source.ANSWER: "theo văn bản trả lời của nơi được hỏi",
    Source.DATABASE: "theo kết quả tra cứu cơ sở dữ liệu hộ tịch",
    Source.ONLY_HERE: "chỉ cư trú tại phường này từ khi đủ tuổi kết hôn",
}
#: The ways of which one note for both parties says which reply, or which look-up, it was.
_NAMED = frozenset({Source.ANSWER, Source.DATABASE})
#: The parties for whom the form declares that an earlier marriage was registered somewhere.
_MARRIED_BEFORE = frozenset({"divorced", "widowed", "annulled"})


@dataclass(frozen=True, slots=True)
class Reply:
    """A written reply of an office about a party that agrees with the declaration, or that the declaration follows."""

    about: str  # one of `About`
    party: Mapping[str, str]  # as the office was asked: see `party_of`
    office: str
    number: str
    on: date
    settled: bool = False  # it contradicted an earlier declaration of the party's marriages

    @property
    def text(self) -> str:
        text = f"số {self.number} ngày {self.on.day}/{self.on.month}/{self.on.year} của {self.office}"
        return f"{text}, lời khai đã sửa theo" if self.settled else text


def group_of(about: str) -> str:
    """The group of the form that has the party, such as `/wife`."""
    return next(FIELDS[field][0].removesuffix("/full_name") for field, each in ABOUT.items() if each == about)


def marriages_of(about: str) -> tuple[str, ...]:
    """The pointers of a party's earlier marriages in the form: what an office's reply about the party is about."""
    return tuple(f"{group_of(about)}/{member}" for member in _MARRIAGES)


_MARRIAGES = (
    *("marital_status", "marriage_count", "divorced_abroad"),
    *("judgment_number", "judgment_date", "judgment_court", "judgment_in_force_on"),
    *("death_extract_number", "death_extract_date"),
)


def party_of(form: Mapping[str, Any], about: str) -> dict[str, str]:
    """Who the party is, as an inquiry about them names them and as declared: `person`, `birth_date` (as far as it is
    known, in digits) and `identity_paper` (kind, number, day and place of issue).
    """
    group = group_of(about)
    born, _ = birth(form, group)
    return {
        "person": str(value_at(form, f"{group}/full_name") or ""),
        "birth_date": "/".join(reversed(born.split("-"))),
        "identity_paper": identity_paper(form, group),
    }


def is_same_party(asked: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    """Whether somebody is described in the same words, with the marks of each name."""
    return all(as_compared(asked[name]) == as_compared(said) for name, said in declared.items())


def reply_about(field: str, replies: Iterable[Reply], form: Mapping[str, Any]) -> Reply | None:
    """The last of the replies that is about this party; None if there is none.

    One about a name, birth or identity paper that is declared otherwise by now says nothing about this party.
    """
    declared = party_of(form, ABOUT[field])
    own = [each for each in replies if each.about == ABOUT[field] and is_same_party(each.party, declared)]
    return own[-1] if own else None


def contradicted(
    said: Mapping[str, str], papers: Collection[str], form: Mapping[str, Any], replies: Collection[Reply] = ()
) -> Iterator[tuple[str, str]]:
    """The fields in which the dossier contradicts the record, each with why.

    A party's paper has to be one of the dossier's `papers`, and an office's answer one of its `replies`: what is not
    there cannot have been read. A party cannot have lived only here if the `form` declares a home, or the end of a
    marriage, elsewhere.
    """
    for field, (pointer, who) in FIELDS.items():
        if said.get(field) == Source.ANSWER and reply_about(field, replies, form) is None:
            name = value_at(form, pointer) or ""
            text = (
                f"Hồ sơ chưa có văn bản trả lời khớp với lời khai về tình trạng hôn nhân của {who}, {name}. Xin ghi ở "
                f"“Xác minh hoặc niêm yết”: hỏi cơ quan khác, hoặc văn bản đã có sẵn, và chọn {who}; hoặc chọn cách "
                f"khác ({ARTICLE})."
            )
            yield field, text
        elif said.get(field) == Source.PAPER and PAPERS[field].isdisjoint(papers):
            yield field, f"Hồ sơ không có giấy xác nhận tình trạng hôn nhân của {who}. Xin chọn cách khác ({ARTICLE})."
        elif said.get(field) == Source.ONLY_HERE and (declared := lived_elsewhere(field, form)):
            yield field, f"Tờ khai ghi {who} {declared}, nên sổ của phường chưa đủ. Xin chọn cách khác ({ARTICLE})."


def missing(said: Mapping[str, str], form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields that the record lacks, each with what has to be written there."""
    for field, (_, who) in FIELDS.items():
        if said.get(field, "") not in set(Source):
            yield field, f"Xin chọn: đã hỏi, tra cứu hôn nhân của {who} ở nơi khác bằng cách nào ({ARTICLE})."
        elif not note_of(said, field):
            yield from _missing_note(said[field], field, form)


def _missing_note(source: str, field: str, form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    who = FIELDS[field][1]
    if source == Source.DATABASE:
        yield NOTES[field], f"Xin ghi ngày và kết quả tra cứu về {who}."
    elif source == Source.ONLY_HERE and married_before(field, form) and not lived_elsewhere(field, form):
        text = (
            f"Tờ khai ghi {who} đã kết hôn trước đây. Xin ghi đã tra cứu việc đó ở đâu: sổ nào của phường, số, ngày; "
            f"đăng ký ở nơi khác thì chọn cách khác ({ARTICLE})."
        )
        yield NOTES[field], text


def note_of(said: Mapping[str, str], field: str) -> str:
    """The note of a party; of a record from before each had its own, the one note where it can be of this party.

    That one named the answer or the look of whoever had one; only where neither had was it about this ward's books.
    """
    named = any(said.get(each) in _NAMED for each in FIELDS)
    of_both = said.get(field) in (_NAMED if named else {Source.ONLY_HERE})
    return said.get(NOTES[field], "") or (said.get(NOTE, "") if of_both else "")


def lived_elsewhere(field: str, form: Mapping[str, Any]) -> str:
    """The facts about a party, as the form declares them, that other offices may know, in Vietnamese; empty if there
    are none.

    A question that the form did not have yet, in an older dossier, contradicts nothing.
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
    party: Mapping[str, Any] = form.get(FIELDS[field][0].split("/")[1]) or {}
    return party


def elsewhere_findings(
    said: Mapping[str, str], by: str, form: Mapping[str, Any], *, signed: bool, replies: Collection[Reply] = ()
) -> Iterator[Finding]:
    """What the office has to know about marriages elsewhere: that it has to ask, or what was recorded and `by` whom.

    Before the signature the signer looks at it. If a marriage was signed before this was asked, there is no finding.
    """
    for field, (pointer, who) in FIELDS.items():
        if said.get(field, "") not in set(Source):
            if signed:
                continue
            text = (
                f"Sổ của phường không có việc đăng ký ở nơi khác. Khi trình ký, xin ghi đã hỏi, tra cứu hôn nhân của "
                f"{who} ở nơi khác bằng cách nào."
            )
            yield Finding(pointer, "marriage-elsewhere", FindingKind.ASKS_OFFICER, text, ARTICLE)
            continue
        needed = said[field] in _NAMED or (said[field] == Source.ONLY_HERE and married_before(field, form))
        note = note_of(said, field) if needed else said.get(NOTES[field], "")
        reply = reply_about(field, replies, form) if said[field] == Source.ANSWER else None
        named = "; ".join(text for text in (reply.text if reply else "", note) if text)
        source = f"{TEXT[Source(said[field])]} ({named})" if named else TEXT[Source(said[field])]
        text = f"Không có hôn nhân nào khác của {who} ở nơi khác: {source}. Người ghi: {by}."
        kind = FindingKind.INFORMS if signed else FindingKind.ASKS_OFFICER
        yield Finding(pointer, "marriage-elsewhere-asked", kind, text, ARTICLE)
