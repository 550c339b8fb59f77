"""Events of the ward's dossiers become messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.events.envelope import Event, event_type, unpack
from services.chassis.events.inbox import Handler
from services.notifications.use_cases import STEPS, Messages, template_of


def handlers_of(messages: Messages) -> Mapping[str, Handler]:
    """Event type → handler, for the topic of the ward's dossiers."""
    return {event_type(payload): _handler(messages, payload) for payload in STEPS}


def _handler(messages: Messages, payload: Any) -> Handler:
    def handle(session: Session, event: Event) -> None:
        facts = unpack(event, payload).facts
        messages.queue_step(session, event, template_of(payload, facts), facts)

    return handle
