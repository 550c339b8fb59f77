"""Events of the ward's dossiers become messages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.events.envelope import Event, event_type
from services.chassis.events.inbox import Handler
from services.chassis.service import acting_as_service
from services.notifications.events import is_known, step_of, steps
from services.notifications.use_cases.steps import queue_step
from services.notifications.use_cases.unit import Unit, Workplace


def handlers_of(place: Workplace, ward: str) -> Mapping[str, Handler]:
    """Event type → handler, for the topic of the ward's dossiers."""
    told = steps(place.catalogue.current)
    return {event_type(event): partial(_tell, place, ward, event, template) for event, template in told.items()}


def _tell(place: Workplace, ward: str, payload: type[Any], template: str, session: Session, event: Event) -> None:
    if is_known(payload, event):
        return
    step = step_of(place.catalogue.current, payload, template, event)
    cell = place.cells[ward]
    with acting_as_service("queue-step", cell, event.request_id) as call:
        queue_step(Unit(cell, session, call, place.clock.now(), place), step)
