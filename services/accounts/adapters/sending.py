"""Sends one-time codes and notices through notifications, by gRPC: no code or address is in an event or a log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from caunoi.notifications.v1 import notifications_pb2, notifications_pb2_grpc
from google.protobuf.message import Message

from services.accounts.settings import Settings
from services.chassis.cells import Cell
from services.chassis.grpc.client import Peer, call

#: The time for handing one message over, with all tries.
SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code whose challenge is in the database, which stores only the code's HMAC."""

    challenge_id: str
    phone: str = field(repr=False)  # E.164
    code: str = field(repr=False)
    purpose: str
    expires_at: datetime
    account_id: str = ""  # whose page shows it, in the practice ward


@dataclass(frozen=True, slots=True)
class Notice:
    """What the owner of an account is told, and where; either address may be empty."""

    id: str
    template: str
    account_id: str
    phone: str = field(repr=False)  # E.164
    email: str = field(repr=False)
    full_name: str = field(repr=False)
    happened_at: datetime
    other_ward: str = ""  # GSO code of another ward that it names


class Sender:
    def __init__(self, settings: Settings) -> None:
        self._peer = Peer(
            notifications_pb2_grpc.NotificationsServiceStub,
            lambda ward: settings.for_ward("notifications_address", ward),
        )

    def send(self, cell: Cell, issued: IssuedCode) -> None:
        """Hands a code over for delivery; repeated calls for a challenge id send it once.

        Raises a Refusal if notifications does not accept it.
        """
        request = notifications_pb2.SendOneTimeCodeRequest(
            challenge_id=issued.challenge_id,
            phone=issued.phone,
            otp=issued.code,
            purpose=issued.purpose,
            account_id=issued.account_id,
        )
        request.expires_at.FromDatetime(issued.expires_at)
        self._hand_over(cell, self._peer.stub(cell.ward.code).SendOneTimeCode, request)

    def tell(self, cell: Cell, notice: Notice) -> None:
        """Hands a notice over for delivery; repeated calls for its id send it once.

        Raises a Refusal if notifications does not accept it.
        """
        request = notifications_pb2.SendNoticeRequest(
            notice_id=notice.id,
            template=notice.template,
            account_id=notice.account_id,
            phone=notice.phone,
            email=notice.email,
            full_name=notice.full_name,
            other_ward=notice.other_ward,
        )
        request.happened_at.FromDatetime(notice.happened_at)
        self._hand_over(cell, self._peer.stub(cell.ward.code).SendNotice, request)

    def close(self) -> None:
        self._peer.close()

    def _hand_over(self, cell: Cell, rpc: Callable[..., Message], request: Message) -> None:
        token = cell.issuer.service_token()
        call(rpc, request, ward=cell.ward.code, seconds=SECONDS, token=token, repeatable=True)
