"""Sends one-time codes through notifications, by gRPC: a code is never in an event or a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from caunoi.notifications.v1 import notifications_pb2, notifications_pb2_grpc

from services.accounts.settings import Settings
from services.chassis.cells import Cell
from services.chassis.grpc.client import Peer, call

_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code whose challenge is in the database, which stores only the code's HMAC."""

    challenge_id: str
    phone: str = field(repr=False)  # E.164
    code: str = field(repr=False)
    purpose: str
    expires_at: datetime


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
            challenge_id=issued.challenge_id, phone=issued.phone, otp=issued.code, purpose=issued.purpose
        )
        request.expires_at.FromDatetime(issued.expires_at)
        call(
            self._peer.stub(cell.ward.code).SendOneTimeCode,
            request,
            ward=cell.ward.code,
            seconds=_SECONDS,
            token=cell.issuer.service_token(),
            repeatable=True,
        )

    def close(self) -> None:
        self._peer.close()
