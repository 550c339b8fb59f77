"""The queues of dossiers that wait for each role of the office, on the desk's first page, most pressing first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.dossiers.domain.acts import Party
from services.dossiers.domain.states import OPEN, Status

_AT_WORK = (Status.ACCEPTED, Status.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Queue:
    """Dossiers in one of the statuses, in whose row the fields in `has` are set and those in `lacks` are not.

    `due` names the desk's filter by due time.
    """

    name: str
    text: str  # on the desk's page
    of: Party | None  # whom it waits for; None for anybody in the office
    statuses: tuple[Status, ...]
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    due: str = ""
    by_another: str = ""  # the row's field with the person who did the step before, and who may not do this one


#: `paused_at`: another office was asked, or a notice is posted. `proposed_at`, `stop_proposed_at`: an entry or a
#: rejection waits for the signer. `annulled_at`: there is no paper to hand over.
QUEUES: Mapping[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue("overdue", "Đã quá hạn", None, tuple(sorted(OPEN)), due="overdue"),
        Queue("due-soon", "Sắp đến hạn", None, tuple(sorted(OPEN)), due="soon"),
        Queue("to-accept", "Chờ tiếp nhận", Party.DESK, (Status.NEW,)),
        Queue("supplemented", "Đã bổ sung, chờ tiếp nhận", Party.DESK, (Status.NEW,), has=("answered_at",)),
        Queue("to-hand-over", "Chờ trả kết quả", Party.DESK, (Status.DONE,), lacks=("annulled_at",)),
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
            "annulled",
            "Mục đã bị hủy, chờ kết thúc hồ sơ",
            Party.OFFICER,
            (Status.DONE,),
            has=("annulled_at",),
            lacks=("stop_proposed_at",),
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
#: The notes that wait for the signer; they are not dossiers.
NOTES_TO_SIGN = ("notes-to-sign", "Ghi chú vào sổ chờ ký", Party.SIGNER)
#: The notes that the signer sent back; they wait for an officer to rewrite or drop them.
NOTES_RETURNED = ("notes-returned", "Ghi chú vào sổ bị trả lại", Party.OFFICER)
