"""Accepts notices to an account's owner, for an address that the account may not have any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.chassis.database import audit
from services.chassis.refusal import FieldFault, invalid
from services.notifications import storage
from services.notifications.catalogue import NOTICE_PREFIX, seal_pair
from services.notifications.domain.delivery import Channel, Lane
from services.notifications.use_cases.codes import PHONE
from services.notifications.use_cases.steps import id_of
from services.notifications.use_cases.unit import Unit


@dataclass(frozen=True, slots=True)
class SendNotice:
    notice_id: str
    template: str
    account_id: str
    phone: str = field(repr=False)
    email: str = field(repr=False)
    full_name: str = field(repr=False)
    happened_at: datetime | None
    other_ward: str


def accept(unit: Unit, command: SendNotice) -> None:
    """Queues a notice by SMS and by e-mail, if there is an address for it; a repeated notice queues nothing.

    The messages hold the sealed addresses until they are settled. Raises a Refusal (INVALID) for a notice that cannot
    be sent.
    """
    _check(unit, command)
    data = {"happened_at": command.happened_at.isoformat()} if command.happened_at else {}
    data |= {"other_ward": command.other_ward} if command.other_ward else {}
    for channel, lane, address in _ways(command):
        message_id = notice_message(command.notice_id, channel)
        storage.queue_sealed(
            unit.session,
            id=message_id,
            lane=lane,
            channel=channel,
            template=command.template,
            template_version=unit.place.catalogue.current.version,
            event_id=f"notice:{command.notice_id}",
            challenge_id=None,
            account_id=command.account_id,
            account_ward=unit.ward,
            dossier_id="",
            data=data,
            sealed=seal_pair(unit.cell.cipher, message_id, address, command.full_name),
            expires_at=None,
            try_at=unit.now,
            created_at=unit.now,
            request_id=unit.call.request_id,
        )
    audit.record(unit.session, "accept-notice", f"notice:{command.notice_id}", command.account_id)


def notice_message(notice_id: str, channel: Channel) -> UUID:
    return id_of(f"notice:{notice_id}", channel)


def _ways(command: SendNotice) -> Iterator[tuple[Channel, Lane, str]]:
    if command.phone:
        yield Channel.SMS, Lane.SMS, command.phone
    if command.email:
        yield Channel.EMAIL, Lane.EMAIL, command.email


def _check(unit: Unit, command: SendNotice) -> None:
    catalogue = unit.place.catalogue
    known = command.template.startswith(NOTICE_PREFIX) and command.template in catalogue.current.named
    checks = {
        "notice_id": (bool(command.notice_id), "không được để trống"),
        "template": (known, "không phải tin báo đã biết"),
        "account_id": (bool(command.account_id), "không được để trống"),
        "phone": (not command.phone or PHONE.fullmatch(command.phone) is not None, "phải có dạng E.164"),
        "happened_at": (command.happened_at is not None, "không được để trống"),
        "other_ward": (
            not known or catalogue.can_name(command.template, command.other_ward),
            "phải là mã một phường của quận, và chỉ ở tin báo có nêu phường khác",
        ),
    }
    faults = [FieldFault(name, text) for name, (good, text) in checks.items() if not good]
    if faults:
        raise invalid("invalid-notice", "Yêu cầu gửi tin báo không đúng.", *faults)
