"""Events of other services that concern dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from caunoi.accounts.v1.events_pb2 import StaffDeparted
from caunoi.notifications.v1.events_pb2 import MessageDelivered, MessageFailed
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.chassis.events.envelope import Event, event_type, unpack
from services.chassis.events.inbox import Handler
from services.chassis.service import acting_as_service
from services.dossiers.use_cases.office.assignment import release
from services.dossiers.use_cases.unit import Unit, Workplace

# A message that was given up may be delivered later, when an operator sends it again: the last event counts.
_NOTE = text(  # as text: SQLAlchemy would compile its insert each time
    "INSERT INTO told (message_id, dossier_id, channel, template, delivered, at)"
    " VALUES (:message_id, :dossier_id, :channel, :template, :delivered, :at)"
    " ON CONFLICT (message_id) DO UPDATE SET delivered = excluded.delivered, at = excluded.at"
)


def handlers(place: Workplace, ward: str) -> Mapping[str, Handler]:
    """Event type → handler, for the topics of the ward's own accounts and notifications."""
    return {
        event_type(MessageDelivered): on_delivered,
        event_type(MessageFailed): on_failed,
        event_type(StaffDeparted): partial(on_staff_departed, place, ward),
    }


def on_delivered(session: Session, event: Event) -> None:
    """Records on the dossier that a message reached its applicant."""
    message = unpack(event, MessageDelivered)
    _note(session, event, message, delivered=True)


def on_failed(session: Session, event: Event) -> None:
    """Records on the dossier that its applicant could not be reached, for the desk to see."""
    message = unpack(event, MessageFailed)
    _note(session, event, message, delivered=False)


def on_staff_departed(place: Workplace, ward: str, session: Session, event: Event) -> None:
    """Makes nobody's what somebody of the office works on who has left: colleagues leave alone what is taken.

    Raises ValueError if the event's ward is not its sender.
    """
    left = unpack(event, StaffDeparted)
    if left.ward != event.ward:
        raise ValueError("a ward speaks for itself only")
    cell = place.cells[ward]
    with acting_as_service("on-staff-departed", cell, event.request_id) as call:
        release(Unit(cell, session, call, place.clock.now(), place), left.staff_id)


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
