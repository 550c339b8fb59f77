"""Reads the handled events as steps of which people are notified, and makes the events of the notifications stream from
rows.

The templates alone decide which events are notified: `DossierSubmitted` uses the template `dossier-submitted`, and an
event without a template sends no message.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from caunoi.dossiers.v1 import events_pb2 as dossiers
from caunoi.notifications.v1 import events_pb2
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.events.envelope import Event, unpack
from services.chassis.events.names import hyphenated
from services.chassis.timestamps import stamp
from services.notifications.domain.delivery import Status
from services.notifications.domain.steps import Step
from services.notifications.domain.templates import Templates
from services.notifications.tables import MessageRow

#: Events that follow from a note, whose time they have.
_OF_NOTES = (dossiers.DossierResultAnnulled, dossiers.DossierResultRestored)
NEW = 1  # the status of a dossier before its reception


def steps(templates: Templates) -> Mapping[type[Any], str]:
    """Event of a dossier → its template."""
    events = dossiers.DESCRIPTOR.message_types_by_name
    named = {getattr(dossiers, name): hyphenated(name) for name in events}
    return {event: template for event, template in named.items() if template in templates.named}


def step_of(templates: Templates, payload: type[Any], template: str, event: Event) -> Step:
    """The step of which an event notifies. Some templates have another template for a dossier that is not accepted yet.
    A result has one for each way in which it is requested or was given. An event to which none of these applies uses
    the template itself. What happened to an entry happened when it was noted, also if the dossier was marked later.
    """
    event_of = unpack(event, payload)
    facts: dossiers.DossierFacts = event_of.facts
    before_reception = templates.named[template].before_reception if facts.status == NEW else ""
    by_way = f"{template}-{event_of.delivery}" if "delivery" in payload.DESCRIPTOR.fields_by_name else ""
    noted = payload in _OF_NOTES and event_of.HasField("noted_at")
    happened_at: Timestamp = event_of.noted_at if noted else facts.happened_at
    data = {"code": facts.dossier_code}
    data |= {"happened_at": _iso(happened_at)} if noted or facts.HasField("happened_at") else {}
    data |= {"due_at": _iso(facts.due_at)} if facts.HasField("due_at") else {}
    if payload is dossiers.DossierHandedOver and event_of.posted_number:
        data |= {"posted": event_of.posted_number}
    return Step(
        event_id=event.id,
        template=before_reception or (by_way if by_way in templates.named else template),
        account_id=facts.applicant_account_id,
        account_ward=facts.applicant_ward or facts.ward,
        dossier_id=facts.dossier_id,
        data=data,
    )


def is_known(payload: type[Any], event: Event) -> bool:
    """Whether the event repeats what the applicant was told: an approval after a return. The return was told to
    nobody.
    """
    return payload is dossiers.DossierApproved and unpack(event, dossiers.DossierApproved).renewed


def settled(ward: str, row: MessageRow, status: Status, now: datetime) -> Message | None:
    """The event that a message was delivered or has failed; None for another status."""
    facts = {
        "message_id": str(row.id),
        "ward": ward,
        "dossier_id": row.dossier_id,
        "channel": row.channel,
        "template": row.template,
    }
    if status is Status.DELIVERED:
        return events_pb2.MessageDelivered(**facts, delivered_at=stamp(now))
    if status is Status.FAILED:
        return events_pb2.MessageFailed(**facts, failed_at=stamp(now))
    return None


def _iso(moment: Timestamp) -> str:
    return moment.ToDatetime(UTC).isoformat()
