"""Notifies of the steps of a dossier."""

from __future__ import annotations

from uuid import UUID, uuid5

from services.notifications import storage
from services.notifications.domain.delivery import Channel, Lane
from services.notifications.domain.steps import Step
from services.notifications.use_cases.unit import Unit

_WAYS = ((Lane.SMS, Channel.SMS), (Lane.EMAIL, Channel.EMAIL))
_MESSAGES = UUID("5b1f3a52-6a0e-4c1b-9d0f-0d6f1e0c7a11")  # the namespace of ids of messages


def queue_step(unit: Unit, step: Step) -> None:
    """Writes the SMS and the e-mail about a step.

    Nothing is read from accounts or sent here, so that a fault of accounts or of a provider delays no event.
    """
    if not step.account_id:
        return  # an applicant at the counter already got the paper
    storage.queue(
        unit.session,
        [(id_of(step.event_id, channel), lane, channel) for lane, channel in _WAYS],
        template=step.template,
        template_version=unit.place.catalogue.current.version,
        event_id=step.event_id,
        account_id=step.account_id,
        account_ward=step.account_ward,
        dossier_id=step.dossier_id,
        data=step.data,
        now=unit.now,
        request_id=unit.call.request_id,
    )


def id_of(event_id: str, channel: Channel) -> UUID:
    """The id of a message: the same for the same event, even after the database is restored to an earlier moment. A
    message that is sent a second time has its old id, so the provider, the mailbox and the dossier drop it.
    """
    return uuid5(_MESSAGES, f"{event_id}:{channel}")
