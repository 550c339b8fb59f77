"""What a dated note needs, where only the gateway asks for it: a service takes what the gateway of the release before
sends, which does not ask for it yet. The release after this one may ask for it in the service.
"""

from __future__ import annotations

from gateway.texts import ENDS_BY_DEATH
from services.chassis.refusal import FieldFault, invalid


def refuse_without_day_of_death(kind: str, died_on: str) -> None:
    """Raises a Refusal (INVALID, `missing-field`) for a note of a death elsewhere that does not say when it was."""
    if kind == ENDS_BY_DEATH and not died_on.strip():
        text = "Xin ghi ngày chết theo giấy tờ về việc chết; giấy tờ không ghi đủ thì ghi tháng, năm, hoặc năm."
        raise invalid("missing-field", text, FieldFault("died_on", text))
