"""Events of other services that concern dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from caunoi.notifications.v1.events_pb2 import MessageDelivered, MessageFailed
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.chassis.events.envelope import Event, event_type, unpack
from services.chassis.events.inbox import Handler

# A message that was given up may be delivered later, when an operator sends it again: the last event counts.
_NOTE = text(  # as text: SQLAlchemy would compile its insert each time
    "INSERT INTO told (message_id, dossier_id, channel, template, delivered, at)"
    " VALUES (:message_id, :dossier_id, :channel, :template, :delivered, :at)"
    " ON CONFLICT (message_id) DO UPDATE SET delivered = excluded.delivered, at = excluded.at"
)


def handlers() -> Mapping[str, Handler]:
    return {event_type(MessageDelivered): on_delivered, event_type(MessageFailed): on_failed}


def on_delivered(session: Session, event: Event) -> None:
    """Records on the dossier that a message reached its applicant."""
    message = unpack(event, MessageDelivered)
    _note(session, event, message, delivered=True)


def on_failed(session: Session, event: Event) -> None:
    """Records on the dossier that its applicant could not be reached, for the desk to see."""
    message = unpack(event, MessageFailed)
    _note(session, event, message, delivered=False)


def _note(session: Session, event: Event, message: MessageDelivered | MessageFailed, *, delivered: bool) -> None:
    if not message.dossier_id:
        return  # about no dossier, such as a one-time code
    session.connection().execute(
        _NOTE,
        {
            "message_id": message.message_id,
            "dossier_id": UUID(message.dossier_id),
            "channel": message.channel,
            "template": message.template,
            "delivered": delivered,
            "at": event.time,
        },
    )
