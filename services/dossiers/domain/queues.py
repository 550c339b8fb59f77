"""What waits for each role of the office: the queues of the desk's first page, most pressing first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.dossiers.domain.acts import Party
from services.dossiers.domain.states import OPEN, Status

_AT_WORK = (Status.ACCEPTED, Status.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Queue:
    """Dossiers in one of the statuses that have what is named in `has` and nothing of `lacks` (fields of the dossier's
    row), and are due as `due` says (as the desk's filter of that name).
    """

    name: str
    text: str  # on the desk's page
    of: Party | None  # whom it waits for; None: whoever works in the office
    statuses: tuple[Status, ...]
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    due: str = ""
    by_another: str = ""  # the row's field for who did the step before, and may not do this one


#: `paused_at`: another office is asked, or a notice hangs out; `proposed_at`, `stop_proposed_at`: the
#: signer is waited for, with an entry or with a rejection.
QUEUES: Mapping[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue("overdue", "Đã quá hạn", None, tuple(sorted(OPEN)), due="overdue"),
        Queue("due-soon", "Sắp đến hạn", None, tuple(sorted(OPEN)), due="soon"),
        Queue("to-accept", "Chờ tiếp nhận", Party.DESK, (Status.NEW,)),
        Queue("supplemented", "Đã bổ sung, chờ tiếp nhận", Party.DESK, (Status.NEW,), has=("answered_at",)),
        Queue("to-hand-over", "Chờ trả kết quả", Party.DESK, (Status.DONE,)),
        Queue(
            "answered",
            "Đã có bổ sung hoặc trả lời",
            Party.OFFICER,
            _AT_WORK,
            has=("answered_at",),
            lacks=("proposed_at", "paused_at", "stop_proposed_at"),
        ),
        Queue(
            "returned",
            "Lãnh đạo trả lại",
            Party.OFFICER,
            (Status.IN_PROGRESS,),
            has=("proposal",),
            lacks=("proposed_at", "paused_at", "stop_proposed_at"),
        ),
        Queue(
            "to-decide",
            "Chờ xem xét, trình ký",
            Party.OFFICER,
            _AT_WORK,
            lacks=("proposed_at", "paused_at", "stop_proposed_at"),
        ),
        Queue(
            "to-sign", "Chờ ký", Party.SIGNER, (Status.IN_PROGRESS,), has=("proposed_at",), by_another="proposed_by_id"
        ),
        Queue(
            "to-stop",
            "Chờ ký từ chối",
            Party.SIGNER,
            (*_AT_WORK, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED, Status.DONE),
            has=("stop_proposed_at",),
            by_another="stop_proposed_by_id",
        ),
    )
}
#: The notes that wait for the signer, which are no dossiers.
NOTES_TO_SIGN = ("notes-to-sign", "Ghi chú vào sổ chờ ký", Party.SIGNER)
#: Those that the signer sent back, which wait for an officer to write them anew or to drop them.
NOTES_RETURNED = ("notes-returned", "Ghi chú vào sổ bị trả lại", Party.OFFICER)
