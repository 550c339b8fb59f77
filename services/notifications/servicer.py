"""gRPC: decode, use case, encode."""

from __future__ import annotations

from datetime import UTC, datetime

import grpc
from caunoi.notifications.v1 import notifications_pb2 as pb
from caunoi.notifications.v1 import notifications_pb2_grpc
from google.protobuf.timestamp_pb2 import Timestamp

from services.notifications.domain.delivery import Status
from services.notifications.use_cases import Messages, Told

_STATUS = {
    Status.QUEUED: pb.MESSAGE_STATUS_QUEUED,
    Status.DELIVERED: pb.MESSAGE_STATUS_DELIVERED,
    Status.FAILED: pb.MESSAGE_STATUS_FAILED,
    Status.SKIPPED: pb.MESSAGE_STATUS_SKIPPED,
}
NO_ANSWER = "chưa có câu trả lời"


class Servicer(notifications_pb2_grpc.NotificationsServiceServicer):
    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    def SendOneTimeCode(
        self, request: pb.SendOneTimeCodeRequest, context: grpc.ServicerContext
    ) -> pb.SendOneTimeCodeResponse:
        message_id = self._messages.accept_one_time_code(
            request.challenge_id, request.phone, request.otp, request.purpose, request.expires_at.ToDatetime(UTC)
        )
        return pb.SendOneTimeCodeResponse(message_id=str(message_id))

    def ListOwnMessages(
        self, request: pb.ListOwnMessagesRequest, context: grpc.ServicerContext
    ) -> pb.ListMessagesResponse:
        page = self._messages.own(request.page_size, request.cursor)
        return pb.ListMessagesResponse(messages=[_message(told) for told in page.items], next_cursor=page.next_cursor)

    def ListDossierMessages(
        self, request: pb.ListDossierMessagesRequest, context: grpc.ServicerContext
    ) -> pb.ListMessagesResponse:
        return pb.ListMessagesResponse(
            messages=[_message(told) for told in self._messages.of_dossier(request.dossier_id)]
        )

    def ListOwnAccessLog(
        self, request: pb.ListOwnAccessLogRequest, context: grpc.ServicerContext
    ) -> pb.ListOwnAccessLogResponse:
        page = self._messages.own_access_log(request.page_size, request.cursor)
        return pb.ListOwnAccessLogResponse(
            entries=[
                pb.AccessLogEntry(
                    at=_timestamp(look.at), who=look.who, role=look.role, action=look.action, subject=look.subject
                )
                for look in page.items
            ],
            next_cursor=page.next_cursor,
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
        created_at=_timestamp(row.created_at),
        delivered_at=_timestamp(row.settled_at) if status is Status.DELIVERED and row.settled_at else None,
        attempts=[
            pb.Attempt(at=_timestamp(one.at), succeeded=bool(one.succeeded), answer=one.answer or NO_ANSWER)
            for one in told.attempts
        ],
    )


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
