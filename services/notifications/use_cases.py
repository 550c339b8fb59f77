"""What the service does, one transaction each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

from caunoi.dossiers.v1 import events_pb2 as dossiers
from caunoi.notifications.v1 import events_pb2 as events
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy.orm import Session

from services.chassis.call import current_call
from services.chassis.cells import Cell, Cells
from services.chassis.clock import Clock
from services.chassis.database import audit
from services.chassis.database.audit import Look
from services.chassis.database.pagination import Page, page_size
from services.chassis.events import outbox
from services.chassis.events.envelope import Event
from services.chassis.refusal import FieldFault, invalid
from services.notifications import storage
from services.notifications.catalogue import CODE_PREFIX, Catalogue, seal_code
from services.notifications.domain.delivery import Channel, Lane, Outcome, Result, Schedule, Status, after
from services.notifications.domain.templates import Rendered
from services.notifications.storage import Settlement
from services.notifications.tables import AttemptRow, MessageRow

_PHONE = re.compile(r"\+[1-9]\d{7,14}")
_OTP = re.compile(r"\d{4,8}")


@dataclass(frozen=True, slots=True)
class Told:
    """A message as people see it: its row, its text, and for the staff its attempts."""

    row: MessageRow
    rendered: Rendered
    attempts: Sequence[AttemptRow] = ()


@dataclass(frozen=True, slots=True)
class Try:
    """A try of a claimed message; `jitter` as in `Schedule`."""

    message: MessageRow
    outcome: Outcome
    jitter: float = 1.0


_WAYS = ((Lane.SMS, Channel.SMS), (Lane.EMAIL, Channel.EMAIL))
_MESSAGES = UUID("5b1f3a52-6a0e-4c1b-9d0f-0d6f1e0c7a11")  # the namespace of ids of messages


def id_of(event_id: str, channel: Channel) -> UUID:
    """The same for the same event, also after the database was restored to a moment before it: what went out already
    goes out under the id that it had, and is dropped by the provider, the mailbox and the dossier."""
    return uuid5(_MESSAGES, f"{event_id}:{channel}")


class Messages:
    """Queues, shows and settles messages."""

    def __init__(self, cells: Cells, catalogue: Catalogue, clock: Clock) -> None:
        self._cells = cells
        self._catalogue = catalogue
        self._clock = clock

    def queue_step(self, session: Session, event: Event, template: str, facts: dossiers.DossierFacts) -> None:
        """Writes the SMS and the e-mail about a step of a dossier, in the transaction of the event's inbox row.

        Nobody is asked and nothing is sent here: a fault of accounts or of a provider holds up no event.
        """
        if not facts.applicant_account_id:
            return  # nobody with an account filed it; who came to the counter got the paper
        data = {"code": facts.dossier_code}
        data |= {"happened_at": _iso(facts.happened_at)} if facts.HasField("happened_at") else {}
        data |= {"due_at": _iso(facts.due_at)} if facts.HasField("due_at") else {}
        storage.queue(
            session,
            [(id_of(event.id, channel), lane, channel) for lane, channel in _WAYS],
            template=template,
            template_version=self._catalogue.current.version,
            event_id=event.id,
            account_id=facts.applicant_account_id,
            account_ward=facts.applicant_ward or facts.ward,
            dossier_id=facts.dossier_id,
            data=data,
            now=self._clock.now(),
            request_id=event.request_id,
        )

    def accept_one_time_code(self, challenge_id: str, phone: str, otp: str, purpose: str, expires_at: datetime) -> UUID:
        """Queues a one-time code for delivery at once; the same challenge again answers the first message's id.

        Raises a Refusal (INVALID) for what cannot be sent.
        """
        call = current_call()
        now = self._clock.now()
        self._check_code(challenge_id, phone, otp, purpose, expires_at)
        cell = self._cells.current()
        with cell.database.transaction() as session:
            message_id = uuid4()
            added = storage.queue_code(
                session,
                id=message_id,
                lane=Lane.CODE,
                channel=Channel.SMS,
                template=CODE_PREFIX + purpose,
                template_version=self._catalogue.current.version,
                challenge_id=challenge_id,
                account_id="",
                account_ward="",
                dossier_id="",
                data={},
                sealed=seal_code(cell.cipher, message_id, phone, otp),
                expires_at=expires_at,
                try_at=now,
                created_at=now,
                request_id=call.request_id,
            )
            if added is None:
                return storage.id_of_challenge(session, challenge_id)
            audit.record(session, "accept-code", f"message:{message_id}")
            return message_id

    def _check_code(self, challenge_id: str, phone: str, otp: str, purpose: str, expires_at: datetime) -> None:
        checks = {
            "challenge_id": (bool(challenge_id), "không được để trống"),
            "phone": (_PHONE.fullmatch(phone) is not None, "phải có dạng E.164, ví dụ +84905123456"),
            "otp": (_OTP.fullmatch(otp) is not None, "phải gồm 4 đến 8 chữ số"),
            "purpose": (purpose in self._catalogue.purposes(), "không phải mục đích đã biết"),
            "expires_at": (expires_at > self._clock.now(), "đã qua"),
        }
        faults = [FieldFault(name, text) for name, (good, text) in checks.items() if not good]
        if faults:
            raise invalid("invalid-one-time-code", "Yêu cầu gửi mã xác nhận không đúng.", *faults)

    def own(self, asked_size: int, cursor: str) -> Page[Told]:
        """The caller's messages in this ward, newest first. Raises a Refusal (INVALID) for a strange cursor."""
        cell = self._cells.current()
        with cell.database.transaction() as session:
            page = storage.of_account(session, current_call().caller.id, page_size(asked_size), cursor)
            return Page([self._told(cell, row) for row in page.items], page.next_cursor)

    def own_access_log(self, asked_size: int, cursor: str) -> Page[Look]:
        """Who has read what the caller was told, newest first. Raises a Refusal (INVALID) for a strange cursor."""
        with self._cells.current().database.transaction() as session:
            return audit.looks(session, current_call().caller.id, page_size(asked_size), cursor)

    def of_dossier(self, dossier_id: str) -> list[Told]:
        """The messages about a dossier with their attempts, oldest first; the look is recorded."""
        cell = self._cells.current()
        with cell.database.transaction() as session:
            rows = storage.of_dossier(session, dossier_id)
            attempts = storage.attempts(session, [row.id for row in rows])
            person = rows[0].account_id if rows else ""
            audit.record(session, "view-messages", f"dossier:{dossier_id}", person)
            return [self._told(cell, row, attempts[row.id]) for row in rows]

    def _told(self, cell: Cell, row: MessageRow, attempts: Sequence[AttemptRow] = ()) -> Told:
        return Told(row, self._catalogue.render(row, cell.ward), attempts)

    def settle(self, session: Session, cell: Cell, tries: Sequence[Try], schedule: Schedule) -> list[Status]:
        """Records how tries ended and what follows; a message that is settled tells of it by an event.

        Where the lease had run out and another process has taken a message over, this try's failure is recorded
        and changes nothing else; its success counts, and the other's try is recorded behind it.
        """
        now = self._clock.now()
        settlements = []
        for each in tries:
            row, outcome = each.message, each.outcome
            status, again = after(outcome, schedule, row.tries, now, row.expires_at, each.jitter)
            delivered = outcome.result is Result.DELIVERED
            settlements.append(Settlement(row, status, delivered, outcome.answer, again))
        changed = storage.settle(session, settlements, now)
        told = [_event(cell, each, now) for each in settlements if each.message.id in changed]
        outbox.tell_all(session, [event for event in told if event is not None])
        return [
            each.status if each.message.id in changed else storage.status_of(session, each.message.id)
            for each in settlements
        ]


def _event(cell: Cell, settled: Settlement, now: datetime) -> tuple[Message, str, str] | None:
    """What is told of a settled message, under which key and request id; nothing while it is to be tried again."""
    row = settled.message
    facts = {
        "message_id": str(row.id),
        "ward": cell.ward.code,
        "dossier_id": row.dossier_id,
        "channel": row.channel,
        "template": row.template,
    }
    moment = Timestamp()
    moment.FromDatetime(now)
    key, request_id = row.dossier_id or str(row.id), row.request_id or str(row.id)
    if settled.status is Status.DELIVERED:
        return events.MessageDelivered(**facts, delivered_at=moment), key, request_id
    if settled.status is Status.FAILED:
        return events.MessageFailed(**facts, failed_at=moment), key, request_id
    return None


def _iso(moment: Timestamp) -> str:
    return moment.ToDatetime(UTC).isoformat()


#: Event of a dossier → template. At each step the person is told.
STEPS: Mapping[type, str] = {
    dossiers.DossierSubmitted: "dossier-submitted",
    dossiers.DossierAccepted: "dossier-accepted",
    dossiers.DossierRefused: "dossier-refused",
    dossiers.DossierSupplementRequested: "dossier-supplement-requested",
    dossiers.DossierSupplemented: "dossier-supplemented",
    dossiers.DossierFeeRequested: "dossier-fee-requested",
    dossiers.DossierPaid: "dossier-paid",
    dossiers.DossierVerificationRequested: "dossier-verification-requested",
    dossiers.DossierVerificationAnswered: "dossier-verification-answered",
    dossiers.DossierExtended: "dossier-extended",
    dossiers.DossierMarkedOverdue: "dossier-marked-overdue",
    dossiers.DossierApproved: "dossier-approved",
    dossiers.DossierSigned: "dossier-signed",
    dossiers.DossierHandedOver: "dossier-handed-over",
    dossiers.DossierWithdrawn: "dossier-withdrawn",
    dossiers.DossierStopped: "dossier-stopped",
}
#: Template where the dossier is not taken in yet (status 1): then the answer is late, not the result.
STEPS_BEFORE_RECEPTION: Mapping[type, str] = {dossiers.DossierMarkedOverdue: "dossier-reception-overdue"}
_NEW = 1


def template_of(step: type, facts: dossiers.DossierFacts) -> str:
    """The template that tells of a step of a dossier."""
    before_reception = STEPS_BEFORE_RECEPTION.get(step) if facts.status == _NEW else None
    return before_reception or STEPS[step]
