"""A dossier's time, as the contract's messages."""

from __future__ import annotations

from datetime import datetime

from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.timestamps import stamp
from services.dossiers.domain.deadlines import last_day
from services.dossiers.domain.verification import (
    STATE_TEXT,
    Kind,
    State,
    may_be_withdrawn,
    outcomes,
    state_of,
)
from services.dossiers.tables import ExtensionRow
from services.dossiers.use_cases.clock.timekeeping import was_late
from services.dossiers.use_cases.opened import Verified


def extension_message(extension: ExtensionRow | None) -> dossiers_pb2.Extension | None:
    if extension is None:
        return None
    return dossiers_pb2.Extension(
        at=stamp(extension.at),
        due_before=stamp(extension.due_before),
        due_after=stamp(extension.due_after),
        reason=extension.reason,
        late=was_late(extension),
    )


def verification_message(verified: Verified, *, commits: bool, withdrawable: bool) -> dossiers_pb2.Verification:
    """A verification, for the office only; `withdrawable`: a wrong outcome may be taken back now."""
    row, asked, answered = verified.row, verified.question, verified.answer
    state = state_of(row.outcome)
    return dossiers_pb2.Verification(
        id=str(row.id),
        kind=row.kind,
        state=state.value,
        state_text=STATE_TEXT[state],
        sent_at=stamp(row.sent_at),
        reply_due_at=stamp(row.reply_due_at),
        waits_until=last_day(row.times_out_at).isoformat() if row.times_out_at else "",
        ended_at=stamp(row.ended_at),
        recipient=asked["recipient"],
        person=asked["person"],
        question=asked["question"],
        letter_number=asked["document_number"],
        document_number=answered.get("document_number", ""),
        document_date=answered.get("document_date", ""),
        answer=answered.get("text", ""),
        finding=answered.get("finding", ""),
        about=asked.get("about", ""),
        contradicted=list(answered.get("contradicted", ())),
        withdrawn=[
            dossiers_pb2.WithdrawnResult(
                outcome=each["outcome"],
                document_number=each["document_number"],
                answer=each["text"],
                reason=each["reason"],
                at=stamp(datetime.fromisoformat(each["at"])),
                by=each["by"],
            )
            for each in answered.get("withdrawn", ())
        ],
        outcomes=[
            *(outcome.value for outcome in outcomes(Kind(row.kind), state, commits=commits)),
            *([State.WITHDRAWN.value] if withdrawable and may_be_withdrawn(state) else []),
        ],
    )
