"""Closed vocabularies of answers, as their schemas list them. The services define them; tests keep both equal.

Answers are not checked against them: a service that is newer than this gateway may know another word, and a client
should ignore a word that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from caunoi.dossiers.v1 import events_pb2

from gateway import texts
from gateway.acts import ACTS
from services.chassis.capacity import Capacity
from services.chassis.events.names import past_action
from services.chassis.tokens import UNKNOWN, Role

REGISTERS, PAPERS, EXEMPTIONS = tuple(texts.REGISTERS), tuple(texts.PAPERS), tuple(texts.EXEMPTIONS)
NOTE_KINDS, MESSAGE_TEMPLATES = tuple(texts.NOTES), tuple(texts.TEMPLATES)
STATUSES = tuple(range(11))  # of the national portal; 0 is a draft
ACTIONS = ("submission", *ACTS)
#: `DossierHandedOver`, an event, is `handed-over`; a part of events has no `facts`.
PAST_ACTIONS = tuple(
    past_action(name)
    for name, event in events_pb2.DESCRIPTOR.message_types_by_name.items()
    if name.startswith("Dossier") and "facts" in event.fields_by_name
)
CHANNELS = ("online", "counter", "post")
ASSISTANCE = ("alone", "station", "helped", "counter")
MODES = ("file", "present")
APPROVAL_FIELDS = (
    *("personal_identification_number", "statement", "source_entry_id"),
    *("wife_elsewhere", "wife_elsewhere_note", "husband_elsewhere", "husband_elsewhere_note"),
    "note",
)
RESIDENCE_SOURCES = ("population", "residence", "paper")
RESIDENCE_RESULTS = ("as-declared", "otherwise", "not-possible")
METHODS = ("counter", "provider", "exempt")
OUTCOMES_OF_PAYMENTS = ("settled", "late", "unknown")
VERIFICATION_KINDS = ("inquiry", "own", "notice", "in-hand")
VERIFICATION_ABOUT = tuple(texts.VERIFIED_ABOUT)
VERIFICATION_OUTCOMES = ("replied", "no-result", "timed-out", "commitment", "done", "withdrawn")
VERIFICATION_FINDINGS = ("agrees", "contradicts")
VERIFICATION_STATES = ("sent", *VERIFICATION_OUTCOMES)
#: What an officer records; the last one takes back a wrong record.
VERIFICATION_RESULTS = ("replied", "no-result", "commitment", "done", "withdrawn")
RESULT_PAPER_STATUSES = ("valid", "expired", "superseded", "revoked")
CERTIFICATE_STATUSES = (*RESULT_PAPER_STATUSES, "annulled", "practice")
VERDICTS = ("early", "on-time", "late", "running")
MEDIA_TYPES = ("image/jpeg", "image/png", "application/pdf")
MESSAGE_CHANNELS = ("sms", "email")
CAPACITIES = tuple(Capacity)
SPOUSE_ELSEWHERE = tuple(texts.SPOUSE_ELSEWHERE)
SPOUSES = tuple(texts.SPOUSES)
ELSEWHERE = ("paper", "answer", "database", "only-here")
ROLES = tuple(role for role in Role if role not in UNKNOWN | {Role.SERVICE})
IDENTITY_KINDS = ("cccd", "cmnd", "passport")
PURPOSES_OF_LOOKS = ("confirm-identity", "replace-phone", "replace-identity-paper", "close-account")
DEVICE_KINDS = ("kiosk", "scanner")
SCAN_SOURCES = ("flatbed", "feeder")
CAPTURE_SOURCES = ("scanner", "phone")
CAPTURE_STATES = ("waiting", "receiving", "ended", "kept", "discarded", "expired")
CAPTURE_FAULTS = ("no-paper", "jammed", "cover-open", "device-busy", "device-gone", "too-many-pages")
GUIDANCE_KINDS = ("point", "phrase", "term", "explained")
GUIDED_STATES = ("waiting", "open", "ended")
BECAUSE = ("citizen", "volunteer", "time", "code-expired", "signed-out", "duty-ended", "consent-withdrawn")
BLANKS = ("birth-certificate", "birth-copy", "marriage-certificate")
AUTHENTICATOR_KINDS = ("totp", "webauthn")
FACTOR_KINDS = (*AUTHENTICATOR_KINDS, "recovery-code")
LEARNING_KINDS = ("filed", "practised")


def one_of(words: Iterable[object], *, empty: bool = False, null: bool = False) -> dict[str, Any]:
    """For `json_schema_extra` of a member: one of the words, or empty, or null."""
    return {"enum": [*words, *([""] if empty else []), *([None] if null else [])]}


def some_of(words: Iterable[object]) -> dict[str, Any]:
    """For `json_schema_extra` of a list."""
    return {"items": {"type": "string", "enum": list(words)}}
