"""The calls of accounts to notifications, answered from memory. test_fake_notifications.py compares it with the real
one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import uuid4

from caunoi.notifications.v1 import notifications_pb2 as pb

from services.chassis.clock import Clock
from services.chassis.grpc.client import unavailable
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid
from services.notifications.access import RULES
from tests.fakes.serving import serve

PURPOSES = (
    "activate-account",
    "file-dossier",
    "recover-account",
    "change-phone-old",
    "change-phone-new",
    "replace-phone",
)


class FakeNotifications:
    """Takes one-time codes and notices: one message for a challenge or notice, however often it comes."""

    def __init__(self, keys: Path, clock: Clock, wards: Iterable[str]) -> None:
        self.sent: dict[str, pb.SendOneTimeCodeRequest] = {}  # by challenge, in the order they came in
        self.notices: dict[str, pb.SendNoticeRequest] = {}  # by their ids
        self.away = False
        self.used_up = False  # the ward's SMS of the day
        self._ids: dict[str, str] = {}
        self._clock = clock
        contract = pb.DESCRIPTOR.services_by_name["NotificationsService"]
        rpcs: dict[str, Callable[[Any], Any]] = {"SendOneTimeCode": self._send, "SendNotice": self._notice}
        self._server = serve([contract], RULES, rpcs, wards, keys)
        self.address = f"127.0.0.1:{self._server.port}"

    def last(self) -> pb.SendOneTimeCodeRequest:
        return list(self.sent.values())[-1]

    def code(self, phone: str, purpose: str) -> str:
        """The last code that went to a phone for a purpose; empty where none did."""
        codes = [sent.otp for sent in self.sent.values() if (sent.phone, sent.purpose) == (phone, purpose)]
        return codes[-1] if codes else ""

    def told(self) -> list[tuple[str, str, str]]:
        """The template, phone and e-mail address of each notice."""
        return sorted((one.template, one.phone, one.email) for one in self.notices.values())

    def stop(self) -> None:
        self._server.stop(0)

    def _send(self, request: pb.SendOneTimeCodeRequest) -> pb.SendOneTimeCodeResponse:
        if self.away:
            raise unavailable()
        checks = {
            "challenge_id": request.challenge_id,
            "phone": re.fullmatch(r"\+[1-9]\d{7,14}", request.phone),
            "otp": re.fullmatch(r"\d{4,8}", request.otp),
            "purpose": request.purpose in PURPOSES,
            "expires_at": request.expires_at.ToDatetime(UTC) > self._clock.now(),
        }
        faults = [FieldFault(name, "sai") for name, good in checks.items() if not good]
        if faults:
            raise invalid("invalid-one-time-code", "Yêu cầu gửi mã xác nhận không đúng.", *faults)
        if self.used_up and request.challenge_id not in self.sent:
            text = "Phường đã gửi hết số tin nhắn của hôm nay."
            raise Refusal(Kind.THROTTLED, "sms-budget-used-up", text, retry_after=36000)
        self.sent.setdefault(request.challenge_id, request)
        return pb.SendOneTimeCodeResponse(message_id=self._ids.setdefault(request.challenge_id, str(uuid4())))

    def _notice(self, request: pb.SendNoticeRequest) -> pb.SendNoticeResponse:
        if self.away:
            raise unavailable()
        checks = {
            "notice_id": request.notice_id,
            "template": request.template.startswith("account-"),
            "account_id": request.account_id,
            "phone": not request.phone or re.fullmatch(r"\+[1-9]\d{7,14}", request.phone),
            "happened_at": request.HasField("happened_at"),
            "other_ward": bool(request.other_ward) == (request.template == "account-moved"),
        }
        faults = [FieldFault(name, "sai") for name, good in checks.items() if not good]
        if faults:
            raise invalid("invalid-notice", "Yêu cầu gửi tin báo không đúng.", *faults)
        self.notices.setdefault(request.notice_id, request)
        return pb.SendNoticeResponse()
