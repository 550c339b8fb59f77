"""The contract's RPCs: for each its command, its use case and its view. There is no logic here."""

from __future__ import annotations

from services.chassis.grpc.rpc import Command, Query, Table
from services.notifications.use_cases import codes, notices, reading
from services.notifications.views import messages

RPCS: Table = {
    "SendOneTimeCode": Command(codes.SendOneTimeCode, codes.accept, messages.accepted),
    "SendNotice": Command(notices.SendNotice, notices.accept, messages.noticed),
    "ListOwnMessages": Query(reading.ListOwnMessages, reading.own_messages, messages.page),
    "ListDossierMessages": Query(reading.ListDossierMessages, reading.dossier_messages, messages.whole),
    "ListPracticeMessages": Query(reading.ListPracticeMessages, reading.practice_messages, messages.practice),
    "ListOwnAccessLog": Query(reading.ListOwnAccessLog, reading.own_access_log, messages.looks),
}
