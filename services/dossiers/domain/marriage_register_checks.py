"""Checks of marriage registration (1.000894) by the ward's registers: marriages that stand, deaths, kinship.

If the ward's registers find somebody by the number of a paper, that is certain and stops. If they find somebody by name
and birth only, it may be another person, so the officer decides. They do not show what was registered elsewhere; the
parties declare that, and the officer asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.dossiers.domain.checking import CheckContext, ask_officer, check, stop
from services.dossiers.domain.earlier_marriage_checks import PAPER, PROHIBITED, paper_at
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.marriage_checks import CONDITIONS
from services.dossiers.domain.people import PARTIES, FoundEntry, Match, Person, Records, Relative, match
from services.dossiers.domain.register import MARRIAGE

_KIN = "có họ trong phạm vi ba đời, hoặc là cha, mẹ nuôi với con nuôi"
_OF_DESCENT = (
    "Mục đã hủy không còn là chứng cứ, nhưng việc hủy đăng ký không tự làm mất quan hệ: xin xem vì sao hủy, và giấy tờ "
    "khác, rồi mới kết luận."
)
_OF_NO_SPOUSES = (
    "Tòa án hủy việc kết hôn thì hai người đó không phải là vợ chồng (Luật HNGĐ 2014 Đ12.1), nên không có quan hệ này "
    "theo mục đó; hủy vì lý do khác thì có thể có: xin xem quyết định hủy rồi mới kết luận."
)


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
            PROHIBITED,
        )
        for field, who, person, records in _parties(context)
        for entry in records.standing_marriages(person)
    ]
    return [*standing, *_paper_from_before_the_death(context)]


def _paper_from_before_the_death(context: CheckContext) -> Iterator[Finding]:
    for field, who, person, records in _parties(context):
        paper = paper_at(field.split("/")[1], "issued_on")
        issued = context.day(paper)
        for entry in records.entries(MARRIAGE, person) if issued is not None else ():
            if issued is None or entry.died is None or entry.died[1] <= issued:
                continue
            article = f"{PAPER}; Luật HNGĐ 2014 Đ65"
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
            CONDITIONS,
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
            found.append(ask_officer("/husband/full_name", "kinship-in-registers", text, PROHIBITED))
        elif sure is Match.CERTAIN:
            text = f"Theo sổ hộ tịch của phường, hai bên {relation}: pháp luật cấm kết hôn."
            found.append(stop("/husband/full_name", "kinship-in-registers", text, PROHIBITED))
        elif sure is Match.LIKELY:
            text = f"Theo tên và năm sinh trong sổ hộ tịch của phường, có thể hai bên {relation}. Xin đối chiếu."
            found.append(ask_officer("/husband/full_name", "kinship-in-registers", text, PROHIBITED))
    return found


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
