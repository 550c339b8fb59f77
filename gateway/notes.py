"""What a dated note needs, where only the gateway asks for it: a service takes what the gateway of the release before
sends, which does not ask for it yet. The release after this one may ask for it in the service.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from gateway.texts import (
    ANNULS_AN_ENTRY,
    ENDS_BY_DEATH,
    ENDS_FOR_BOTH,
    RESTORES_A_MARRIAGE,
    TAKES_BACK_A_DEATH,
    WITHDRAWS_A_NOTE,
)
from services.chassis.refusal import FieldFault, invalid


class Unanswered(NamedTuple):
    """A question that a note leaves open: the member of the request that should answer it. A list answers it about each
    of several entries: then `entry_id` is the one that it leaves out.
    """

    member: str
    text: str
    entry_id: str = ""


def unanswered(found: dossiers_v1.FoundEntry, note: dossiers_v1.NoteEntryRequest) -> Iterator[Unanswered]:
    """What a note leaves open of what it has to say of a death.

    A note of a death elsewhere says who died, and when. A note that annuls a death says of each of the entry's
    `marriages_to_ask` whether its note is about this death. Where a marriage may stand again, it says of each of the
    entry's `remarriages_to_ask` whether it is of the spouse.
    """
    if note.kind == ENDS_BY_DEATH and not note.death_entry:
        if not note.who_died:
            yield Unanswered("who_died", "Xin chọn ai chết: vợ hay chồng.")
        if not note.died_on.strip():
            text = "Xin ghi ngày chết theo giấy tờ về việc chết; giấy tờ không ghi đủ thì ghi tháng, năm, hoặc năm."
            yield Unanswered("died_on", text)
    if note.kind in ANNULS_AN_ENTRY:
        answered = {each.entry_id for each in note.ended_marriages}
        for one in found.marriages_to_ask:
            if one.entry_id not in answered:
                text = f"Xin trả lời về ghi chú một bên chết ở mục kết hôn {one.label}."
                yield Unanswered("ended_marriages", text, one.entry_id)
    if _may_stand_again(found, note):
        answered = {each.entry_id for each in note.remarriages}
        for later in found.remarriages_to_ask:
            if later.entry_id not in answered:
                text = f"Xin trả lời mục kết hôn {later.label} có phải của vợ hoặc chồng không."
                yield Unanswered("remarriages", text, later.entry_id)


def _may_stand_again(found: dossiers_v1.FoundEntry, note: dossiers_v1.NoteEntryRequest) -> bool:
    """Whether a marriage may stand again by a note: it restores the marriage, takes a death back, or withdraws a
    divorce or annulment.
    """
    withdrawn = {one.kind for one in found.notes if one.sequence == note.withdraws}
    return (
        note.kind == RESTORES_A_MARRIAGE
        or (note.kind in ANNULS_AN_ENTRY and TAKES_BACK_A_DEATH in found.note_kinds)
        or (note.kind == WITHDRAWS_A_NOTE and not withdrawn.isdisjoint(ENDS_FOR_BOTH))
    )


def refuse_incomplete(found: dossiers_v1.FoundEntry, note: dossiers_v1.NoteEntryRequest) -> None:
    """Raises a Refusal (INVALID, `missing-field`) for a note that leaves something `unanswered`. A fault is at the
    member: a list that leaves several entries out has one for each, whose text names the entry.
    """
    faults = [FieldFault(one.member, one.text) for one in unanswered(found, note)]
    if faults:
        raise invalid("missing-field", faults[0].text, *faults)
