"""A signed statement about a finished practice for the person who did it: what it was and when, but not by whom.

No identity comes to the practice ward, and no token crosses its border: the person takes the statement to their own
ward themselves (docs/decisions/0039).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis.practice import require_practice
from services.chassis.refusal import conflict
from services.chassis.tokens import PRACTICE_AUDIENCE
from services.dossiers import storage
from services.dossiers.domain.states import FINAL, Status
from services.dossiers.use_cases.unit import Unit, own_dossier

LIFE = timedelta(minutes=10)
_GOES_ON = "Lần tập thử này chưa đến lúc trả kết quả. Xin làm tiếp đến hết rồi bấm lại."
_ENDED = "Lần tập thử này đã dừng mà không có kết quả nên không được tính. Xin tập thử lại từ đầu."


@dataclass(frozen=True, slots=True)
class ProvePractice:
    dossier_id: str


@dataclass(frozen=True, slots=True)
class Proof:
    statement: str
    expires_at: datetime


def prove(unit: Unit, query: ProvePractice) -> Proof:
    """The statement. Refusals: NOT_FOUND `unknown-dossier`, CONFLICT `practice-not-finished`."""
    require_practice(unit.cell)
    row = own_dossier(unit, query.dossier_id)
    if row.status != Status.HANDED_OVER:
        ended = Status(row.status) in FINAL
        raise conflict("practice-not-finished", _ENDED if ended else _GOES_ON)
    told = {
        "dossier": str(row.id),
        "procedure": row.procedure,
        "finished_at": int(storage.history(unit.session, row.id)[-1].at.timestamp()),
    }
    return Proof(unit.cell.issuer.state(PRACTICE_AUDIENCE, told, unit.now, LIFE), unit.now + LIFE)
