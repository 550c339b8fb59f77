"""What accounts asks of notifications, answered from memory. Held to the real one by test_fake_notifications.py."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from uuid import uuid4

from caunoi.notifications.v1 import notifications_pb2 as pb

from services.chassis.clock import Clock
from services.chassis.grpc.client import unavailable
from services.chassis.refusal import FieldFault, invalid
from services.notifications.access import RULES
from tests.fakes.serving import serve


class FakeNotifications:
    """Takes one-time codes: one message for a challenge, however often it comes."""

    def __init__(self, keys: Path, clock: Clock, wards: Iterable[str]) -> None:
        self.sent: dict[str, pb.SendOneTimeCodeRequest] = {}  # by challenge, in the order they came in
        self.away = False
        self._ids: dict[str, str] = {}
        self._clock = clock
        contract = pb.DESCRIPTOR.services_by_name["NotificationsService"]
        self._server = serve([contract], RULES, {"SendOneTimeCode": self._send}, wards, keys)
        self.address = f"127.0.0.1:{self._server.port}"

    def last(self) -> pb.SendOneTimeCodeRequest:
        return list(self.sent.values())[-1]

    def stop(self) -> None:
        self._server.stop(0)

    def _send(self, request: pb.SendOneTimeCodeRequest) -> pb.SendOneTimeCodeResponse:
        if self.away:
            raise unavailable()
        checks = {
            "challenge_id": request.challenge_id,
            "phone": re.fullmatch(r"\+[1-9]\d{7,14}", request.phone),
            "otp": re.fullmatch(r"\d{4,8}", request.otp),
            "purpose": request.purpose in ("activate-account", "file-dossier"),
            "expires_at": request.expires_at.ToDatetime(UTC) > self._clock.now(),
        }
        faults = [FieldFault(name, "sai") for name, good in checks.items() if not good]
        if faults:
            raise invalid("invalid-one-time-code", "Yêu cầu gửi mã xác nhận không đúng.", *faults)
        self.sent.setdefault(request.challenge_id, request)
        return pb.SendOneTimeCodeResponse(message_id=self._ids.setdefault(request.challenge_id, str(uuid4())))
