"""Messages that were sent, and who has looked at them."""

from __future__ import annotations

from caunoi.notifications.v1 import notifications_pb2 as notifications_v1

from gateway.rpc import APPLICANT, BY_OFFICE, Rpc
from services.chassis.grpc.rules import of_practice, of_ward
from services.chassis.tokens import Role

LIST_OWN_MESSAGES = Rpc(
    notifications_v1.ListOwnMessagesRequest,
    notifications_v1.ListMessagesResponse,
    by=APPLICANT,
    refuses="400 invalid-cursor",
)
LIST_DOSSIER_MESSAGES = Rpc(
    notifications_v1.ListDossierMessagesRequest,
    notifications_v1.ListMessagesResponse,
    by=BY_OFFICE,
    refuses="400 missing-field",
)
LIST_PRACTICE_MESSAGES = Rpc(
    notifications_v1.ListPracticeMessagesRequest,
    notifications_v1.ListPracticeMessagesResponse,
    by=of_practice(of_ward(Role.CITIZEN)),
)
LIST_MESSAGES_LOG = Rpc(
    notifications_v1.ListOwnAccessLogRequest,
    notifications_v1.ListOwnAccessLogResponse,
    by=APPLICANT,
    refuses="400 invalid-cursor",
)
