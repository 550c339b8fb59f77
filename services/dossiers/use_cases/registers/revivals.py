"""Whether a marriage that has ended may stand again, and what is asked about it (Luật HNGĐ 2014 Đ67.1, Đ5.2c)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.chassis.refusal import Faults, FieldFault, faulty, invalid
from services.dossiers import registers
from services.dossiers.adapters.records import label_of
from services.dossiers.domain.notes import NEITHER, NOTE_KINDS, SPOUSE_ELSEWHERE, marriage_stands
from services.dossiers.domain.register import DEATH, MARRIAGE
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.use_cases.opened import content_of_note, counted_of
from services.dossiers.use_cases.registers import deaths
from services.dossiers.use_cases.unit import Unit


@dataclass(frozen=True, slots=True)
class Remarriage:
    """Whether this later entry of a marriage is of the spouse of somebody who came back."""

    entry_id: str
    of_spouse: bool


def obstacle(unit: Unit, marriage: RegisterEntryRow, remarried: Mapping[str, bool]) -> str:
    """Why, by these books, a marriage that a death ended does not stand again; empty if it may.

    It does not if it also ended in another way, or if the spouse has married again: a number of a paper shows that, or
    the officer, of a marriage `to_ask`. `remarried`: the officer's answers, by its id.
    """
    kinds = registers.kinds_of(unit.session, marriage.id)
    if not marriage_stands([*kinds, "marriage-restored"]):
        return "Hôn nhân này còn chấm dứt vì ly hôn hoặc bị hủy nên không khôi phục (Luật HNGĐ 2014 Đ67.1)."
    for later in _later(unit, marriage):
        if later.certain or remarried.get(str(later.entry.id)):
            return (
                f"Vợ hoặc chồng của người này đã kết hôn với người khác: mục kết hôn {label_of(later.entry)}. Hôn nhân "
                "này không khôi phục, hôn nhân sau có hiệu lực (Luật HNGĐ 2014 Đ67.1, Đ5.2c)."
            )
    return ""


def unanswered(unit: Unit, marriage: RegisterEntryRow, remarried: Mapping[str, bool]) -> str:
    """Which marriage `to_ask` keeps this one from standing again until somebody has said whose it is; empty if none."""
    for later in _to_ask(unit, marriage):
        if str(later.id) not in remarried:
            if unit.records.noted_death(marriage) is None:
                whose = "của một bên trong hôn nhân này, đăng ký sau và còn giá trị"
                return f"Mục kết hôn {label_of(later)} có thể là {whose}; {_UNSAID} (Luật HNGĐ 2014 Đ5.2c)."
            whose = "của vợ hoặc chồng người này"
            return f"Mục kết hôn {label_of(later)} có thể là {whose}; {_UNSAID} (Luật HNGĐ 2014 Đ67.1)."
    return ""


_UNSAID = "chưa ai ghi có phải không"


def to_ask(unit: Unit, entry: RegisterEntryRow) -> list[RegisterEntryRow]:
    """The later marriages of which the officer says whether they are of a spouse, before the marriage of this entry, or
    one that the death of this entry ended, stands again.

    After a death, those that are only likely of the spouse whom it left behind: somebody else may have the name and
    birth. After a divorce or annulment, all that stand, of either spouse: the two marriages would stand together.
    """
    if entry.register == MARRIAGE:
        return _to_ask(unit, entry)
    if entry.register != DEATH:
        return []
    found: dict[UUID, RegisterEntryRow] = {}
    for marriage in deaths.marriages_of(unit, entry):
        noted = unit.records.noted_death(marriage)
        if noted is not None and (noted.entry == entry or not noted.named):
            found |= {each.id: each for each in _to_ask(unit, marriage)}
    return list(found.values())


def stands_again(unit: Unit, marriage: RegisterEntryRow, kind: str, withdraws: int | None) -> bool:
    """Whether an entry is of a marriage that has ended and that stands once this note counts, which may withdraw
    another.
    """
    kinds = registers.kinds_of(unit.session, marriage.id)
    left = registers.kinds_after(unit.session, marriage.id, kind, withdraws)
    return marriage.register == MARRIAGE and not marriage_stands(kinds) and marriage_stands(left)


def remarriages_of(
    unit: Unit, kind: str, entry: RegisterEntryRow, withdraws: int | None, answers: Sequence[Remarriage]
) -> dict[str, Any]:
    """What a note says of the marriages `to_ask`, to be kept with it. Refusals: INVALID `invalid-field`."""
    if not answers:
        return {}
    if not (deaths.takes_back(unit, kind, entry, withdraws) or stands_again(unit, entry, kind, withdraws)):
        raise faulty("remarriages", "Chỉ ghi khi hôn nhân có thể khôi phục. Loại ghi chú khác thì không chọn mục này.")
    left = {str(each.id) for each in to_ask(unit, entry)}
    faults = Faults()
    for place, each in enumerate(answers):
        with faults:
            if each.entry_id not in left:
                text = "Mục kết hôn này không phải mục cần hỏi, hoặc đã trả lời ở trên."
                raise faulty(f"remarriages/{place}/entry_id", text)
            left.remove(each.entry_id)
    faults.refuse()
    return {"remarriages": [{"entry_id": each.entry_id, "of_spouse": each.of_spouse} for each in answers]}


def refuse_unasked(unit: Unit, entry: RegisterEntryRow, answers: Mapping[str, Any]) -> None:
    """Refuses to annul a death that ended a marriage if the `answers` of the note do not say what other offices know
    about the spouse (Luật HNGĐ 2014 Đ67.1).

    Refusal INVALID `missing-field`.
    """
    if entry.register != DEATH or "spouse_elsewhere" in answers:
        return
    by_this = {each["entry_id"]: each["by_this_death"] for each in answers.get("ended_marriages", ())}
    if _to_restore(unit, entry, remarried_in(answers), by_this):
        text = (
            "Việc khai tử này đã chấm dứt một hôn nhân trong sổ. Xin hỏi nơi cư trú của vợ hoặc chồng người đó rồi "
            "ghi: đã kết hôn với người khác, hoặc ly hôn, ở nơi khác chưa (Luật HNGĐ 2014 Đ67)."
        )
        raise invalid("missing-field", text, FieldFault("spouse_elsewhere", text))


def _to_restore(
    unit: Unit, death: RegisterEntryRow, remarried: Mapping[str, bool], by_this: Mapping[str, bool]
) -> list[RegisterEntryRow]:
    """The marriages that this death ended and that may stand again (see `obstacle`).

    `remarried` says of later marriages whether they are of the spouse, `by_this` of notes on marriages whether they are
    about this death, if an officer is about to record that; each by the id of the marriage.
    """
    found = []
    for marriage in deaths.marriages_of(unit, death):
        noted = unit.records.noted_death(marriage)
        if noted is None:
            continue
        is_this = noted.entry == death
        if not noted.named:
            is_this = by_this.get(str(marriage.id), is_this)
        if is_this and not obstacle(unit, marriage, remarried):
            found.append(marriage)
    return found


def remarried_in(*contents: Mapping[str, Any]) -> dict[str, bool]:
    """What notes say of the marriages `to_ask`, by their ids; of several, the last counts."""
    return {each["entry_id"]: each["of_spouse"] for content in contents for each in content.get("remarriages", ())}


def barred(
    unit: Unit, kind: str, marriage: RegisterEntryRow, remarried: Mapping[str, bool], *, answered: bool = False
) -> str:
    """Why a note cannot take back the death that ended a marriage; empty if it can.

    A death of this ward is taken back at its own entry; once that is annulled, a note may say so here. A marriage is
    not restored against what these books say, nor if an officer found at the death that the spouse had married again or
    divorced elsewhere (Luật HNGĐ 2014 Đ67.1).
    `answered`: nor before somebody has answered about the marriages `to_ask`.
    """
    if NOTE_KINDS[kind].returns:
        noted = unit.records.noted_death(marriage)
        death = None if noted is None else noted.entry
        if death is not None and not registers.is_annulled(unit.session, [death.id]):
            return "Việc chết này có trong sổ khai tử của phường: xin ghi chú hủy vào mục khai tử đó."
    if not NOTE_KINDS[kind].restores_marriage:
        return ""
    for note in counted_of(unit.session, unit.cell, marriage):
        death = unit.records.death_of(marriage, note).entry if NOTE_KINDS[note["kind"]].reversible else None
        if death is not None and _spouse_found_elsewhere(unit, death):
            return (
                "Khi hủy việc khai tử đã chấm dứt hôn nhân này, công chức đã ghi vợ hoặc chồng người đó đã kết hôn "
                "hoặc ly hôn ở nơi khác, nên hôn nhân này không khôi phục (Luật HNGĐ 2014 Đ67). Nếu ghi nhầm, xin hủy "
                "bỏ ghi chú hủy ở mục khai tử rồi viết lại."
            )
    return obstacle(unit, marriage, remarried) or (unanswered(unit, marriage, remarried) if answered else "")


def follows(unit: Unit, kind: str, marriage: RegisterEntryRow) -> dict[str, str]:
    """The annulled death of this ward from which a note follows that restores a marriage, or says that the spouse is
    alive; to be kept with it.

    So that the note goes with that annulment if it is quashed. A note that restores the marriage while the death counts
    follows from none: the deceased is somebody else.
    """
    takes_back = NOTE_KINDS[kind].restores_marriage or NOTE_KINDS[kind].returns
    noted = unit.records.noted_death(marriage) if takes_back else None
    if noted is None or noted.entry is None or not registers.is_annulled(unit.session, [noted.entry.id]):
        return {}
    return {"death_entry": str(noted.entry.id)}


def _to_ask(unit: Unit, marriage: RegisterEntryRow) -> list[RegisterEntryRow]:
    if unit.records.noted_death(marriage) is None:
        kinds = registers.kinds_noted(unit.session, [marriage.id]).get(marriage.id, [])
        ends = [kind for kind in kinds if NOTE_KINDS[kind].ends_marriage and not NOTE_KINDS[kind].reversible]
        if len(ends) != 1:  # it stands, or stays ended without one of them
            return []
        found = [each.entry for each in _later(unit, marriage) if deaths.stands(unit, each.entry)]
    else:
        found = [] if obstacle(unit, marriage, {}) else [each.entry for each in _later(unit, marriage)]
    return list({each.id: each for each in found}.values())


def _later(unit: Unit, marriage: RegisterEntryRow) -> Iterable[registers.Known]:
    """The later marriages in these books that are, or may be, of a spouse, without annulled ones; not of the spouse
    whose death has ended the marriage.
    """
    noted = unit.records.noted_death(marriage)
    for spouse in registers.people_of(unit.session, marriage.id):
        if noted is not None and spouse.part == noted.who:
            continue
        for each in registers.entries_like(unit.session, MARRIAGE, spouse):
            later = (each.entry.year, each.entry.number) > (marriage.year, marriage.number)
            if later and not registers.is_annulled(unit.session, [each.entry.id]):
                yield each


def _spouse_found_elsewhere(unit: Unit, death: RegisterEntryRow) -> bool:
    """Whether the latest finding about the spouse, when this death was taken back, is a marriage or a divorce
    elsewhere.
    """
    if not registers.is_annulled(unit.session, [death.id]):
        return False
    findings = [
        content_of_note(unit.cell, each).get("spouse_elsewhere") for each in registers.notes(unit.session, death.id)
    ]
    return next(filter(None, reversed(findings)), NEITHER) in {each for each in SPOUSE_ELSEWHERE if each != NEITHER}
