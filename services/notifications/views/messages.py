"""Messages as the contract's messages, with their text and delivery."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from caunoi.notifications.v1 import notifications_pb2 as pb

from services.chassis.database.audit import Look
from services.chassis.database.pagination import Page
from services.chassis.timestamps import stamp
from services.notifications.domain.delivery import Status
from services.notifications.tables import PracticeMessageRow
from services.notifications.use_cases.reading import Told
from services.notifications.use_cases.unit import Unit

_STATUS = {
    Status.QUEUED: pb.MESSAGE_STATUS_QUEUED,
    Status.DELIVERED: pb.MESSAGE_STATUS_DELIVERED,
    Status.FAILED: pb.MESSAGE_STATUS_FAILED,
    Status.SKIPPED: pb.MESSAGE_STATUS_SKIPPED,
}
NO_ANSWER = "chưa có câu trả lời"


def accepted(_: Unit, message_id: UUID) -> pb.SendOneTimeCodeResponse:
    return pb.SendOneTimeCodeResponse(message_id=str(message_id))


def noticed(_: Unit, __: None) -> pb.SendNoticeResponse:
    return pb.SendNoticeResponse()


def page(_: Unit, page: Page[Told]) -> pb.ListMessagesResponse:
    return pb.ListMessagesResponse(
        messages=[_message(told) for told in page.items], next_cursor=page.next_cursor, cursors=page.cursors
    )


def whole(_: Unit, told: list[Told]) -> pb.ListMessagesResponse:
    return pb.ListMessagesResponse(messages=[_message(each) for each in told])


def practice(_: Unit, rows: Sequence[PracticeMessageRow]) -> pb.ListPracticeMessagesResponse:
    return pb.ListPracticeMessagesResponse(
        messages=[
            pb.PracticeMessage(id=str(row.id), at=stamp(row.at), text=row.text, dossier_id=row.dossier_id)
            for row in rows
        ]
    )


def looks(_: Unit, page: Page[Look]) -> pb.ListOwnAccessLogResponse:
    return pb.ListOwnAccessLogResponse(
        entries=[
            pb.AccessLogEntry(at=stamp(look.at), who=look.who, role=look.role, action=look.action, subject=look.subject)
            for look in page.items
        ],
        next_cursor=page.next_cursor,
        cursors=page.cursors,
    )


def _message(told: Told) -> pb.Message:
    row = told.row
    status = Status(row.status)
    return pb.Message(
        id=str(row.id),
        channel=row.channel,
        template=row.template,
        subject=told.rendered.subject,
        text=told.rendered.text,
        dossier_id=row.dossier_id,
        status=_STATUS[status],
        created_at=stamp(row.created_at),
        delivered_at=stamp(row.settled_at) if status is Status.DELIVERED else None,
        attempts=[
            pb.Attempt(at=stamp(one.at), succeeded=bool(one.succeeded), answer=one.answer or NO_ANSWER)
            for one in told.attempts
        ],
    )
