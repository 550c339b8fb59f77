"""Accepts one-time codes for delivery."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from services.chassis.database import audit
from services.chassis.refusal import FieldFault, invalid
from services.notifications import storage
from services.notifications.catalogue import CODE_PREFIX, seal_pair
from services.notifications.domain.delivery import Channel, Lane
from services.notifications.use_cases import budget
from services.notifications.use_cases.unit import Unit

PHONE = re.compile(r"\+[1-9]\d{7,14}")
_OTP = re.compile(r"\d{4,8}")


@dataclass(frozen=True, slots=True)
class SendOneTimeCode:
    challenge_id: str
    phone: str = field(repr=False)
    otp: str = field(repr=False)
    purpose: str
    expires_at: datetime | None
    account_id: str


def accept(unit: Unit, command: SendOneTimeCode) -> UUID:
    """Queues a one-time code for immediate delivery; a repeated challenge gets the first message's id.

    Raises a Refusal: INVALID for a code that cannot be sent, THROTTLED (`sms-budget-used-up`).
    """
    _check(unit, command)
    message_id = uuid4()
    added = storage.queue_sealed(
        unit.session,
        id=message_id,
        lane=Lane.CODE,
        channel=Channel.SMS,
        template=CODE_PREFIX + command.purpose,
        template_version=unit.place.catalogue.current.version,
        event_id=None,
        challenge_id=command.challenge_id,
        account_id="",  # no list shows codes; in the practice ward `data` says whose page does
        account_ward="",
        dossier_id="",
        data={"account_id": command.account_id} if unit.cell.ward.is_practice else {},
        sealed=seal_pair(unit.cell.cipher, message_id, command.phone, command.otp),
        expires_at=command.expires_at,
        try_at=unit.now,
        created_at=unit.now,
        request_id=unit.call.request_id,
    )
    if added is None:
        return storage.id_of_challenge(unit.session, command.challenge_id)
    budget.take_for_code(unit.session, unit.cell, unit.place.sms_per_day(unit.ward), command.purpose, unit.now)
    audit.record(unit.session, "accept-code", f"message:{message_id}")
    return message_id


def _check(unit: Unit, command: SendOneTimeCode) -> None:
    checks = {
        "challenge_id": (bool(command.challenge_id), "không được để trống"),
        "phone": (PHONE.fullmatch(command.phone) is not None, "phải có dạng E.164, ví dụ +84905123456"),
        "otp": (_OTP.fullmatch(command.otp) is not None, "phải gồm 4 đến 8 chữ số"),
        "purpose": (command.purpose in unit.place.catalogue.purposes(), "không phải mục đích đã biết"),
        "expires_at": (command.expires_at is not None and command.expires_at > unit.now, "đã qua"),
    }
    faults = [FieldFault(name, text) for name, (good, text) in checks.items() if not good]
    if faults:
        raise invalid("invalid-one-time-code", "Yêu cầu gửi mã xác nhận không đúng.", *faults)
