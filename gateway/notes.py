"""What a dated note needs, where only the gateway asks for it: a service takes what the gateway of the release before
sends, which does not ask for it yet. The release after this one may ask for it in the service.
"""

from __future__ import annotations

from collections.abc import Collection

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from gateway.texts import ANNULS_AN_ENTRY, ENDS_BY_DEATH, RESTORES_A_MARRIAGE, TAKES_BACK_A_DEATH
from services.chassis.refusal import FieldFault, invalid


def refuse_incomplete(
    found: dossiers_v1.FoundEntry,
    kind: str,
    *,
    death_entry: str,
    who_died: str,
    died_on: str,
    answered: Collection[str],
    remarriages: Collection[str],
) -> None:
    """Raises a Refusal (INVALID, `missing-field`) for a note that leaves open what it has to say of a death.

    A note of a death elsewhere says who died, and when. A note that annuls a death says of each of the entry's
    `marriages_to_ask` whether its note is about this death: `answered` has the ids of those marriages. Where a marriage
    may stand again, it says of each of the entry's `remarriages_to_ask` whether it is of the spouse: `remarriages` has
    their ids.
    """
    faults = []
    if kind == ENDS_BY_DEATH and not death_entry:
        if not who_died:
            faults.append(FieldFault("who_died", "Xin chọn ai chết: vợ hay chồng."))
        if not died_on.strip():
            text = "Xin ghi ngày chết theo giấy tờ về việc chết; giấy tờ không ghi đủ thì ghi tháng, năm, hoặc năm."
            faults.append(FieldFault("died_on", text))
    if kind in ANNULS_AN_ENTRY:
        faults += [
            FieldFault(f"ended_marriages/{place}", f"Xin trả lời về ghi chú chết ở mục kết hôn {one.label}.")
            for place, one in enumerate(found.marriages_to_ask)
            if one.entry_id not in answered
        ]
    if kind == RESTORES_A_MARRIAGE or (kind in ANNULS_AN_ENTRY and TAKES_BACK_A_DEATH in found.note_kinds):
        faults += [
            FieldFault(f"remarriages/{place}", f"Xin trả lời mục kết hôn {one.label} có phải của vợ hoặc chồng không.")
            for place, one in enumerate(found.remarriages_to_ask)
            if one.entry_id not in remarriages
        ]
    if faults:
        raise invalid("missing-field", faults[0].text, *faults)
