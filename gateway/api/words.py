"""Closed vocabularies of answers, as their schemas list them. The services define them; tests keep both equal.

Answers are not checked against them: a service that is newer than this gateway may know another word, and a client
should ignore a word that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway import texts
from gateway.acts import ACTS
from services.chassis.capacity import Capacity
from services.chassis.tokens import UNKNOWN, Role

REGISTERS, PAPERS, EXEMPTIONS = tuple(texts.REGISTERS), tuple(texts.PAPERS), tuple(texts.EXEMPTIONS)
NOTE_KINDS = tuple(texts.NOTES)
STATUSES = tuple(range(11))  # of the national portal; 0 is a draft
ACTIONS = ("submission", *ACTS)
PAST_ACTIONS = (
    *("submitted", "accepted", "refused", "supplement-requested", "supplemented", "fee-requested", "paid", "assigned"),
    *("verification-requested", "verification-answered", "extended", "reminded", "marked-overdue", "approved"),
    *("signed", "released", "returned", "delivery-changed", "handed-over", "withdrawn", "stop-proposed", "stopped"),
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
VERIFICATION_KINDS = ("inquiry", "own", "notice")
VERIFICATION_OUTCOMES = ("replied", "no-result", "timed-out", "commitment", "done")
VERIFICATION_FINDINGS = ("agrees", "contradicts")
VERIFICATION_STATES = ("sent", *VERIFICATION_OUTCOMES)
#: What an officer records; the last one takes back a wrong record.
VERIFICATION_RESULTS = ("replied", "no-result", "commitment", "done", "withdrawn")
CERTIFICATE_STATUSES = ("valid", "expired", "superseded", "revoked", "annulled", "practice")
VERDICTS = ("early", "on-time", "late", "running")
MEDIA_TYPES = ("image/jpeg", "image/png", "application/pdf")
MESSAGE_CHANNELS = ("sms", "email")
_OF_CODES = (
    "activate-account",
    "file-dossier",
    "recover-account",
    "change-phone-old",
    "change-phone-new",
    "replace-phone",
)
_OF_ACCOUNTS = (
    *(
        "recovered",
        "phone-changed",
        "phone-replaced",
        "phone-shared",
        "email-changed",
        "address-changed",
        "identity-confirmed",
    ),
    *("details-corrected", "identity-replaced", "closed", "closed-second", "moved", "returned"),
    *("household-joined", "household-removed", "household-head"),
    *("factor-changed", "factor-reset", "recovery-code-used", "link-made", "roles-changed", "staff-ended"),
    *("factor-tried", "contact-changed", "administrator-link", "administrator-added"),
)
_OF_DOSSIERS = (
    *("submitted", "accepted", "refused", "supplement-requested", "supplemented", "fee-requested", "paid"),
    *("verification-requested", "verification-answered", "extended", "marked-overdue", "reception-overdue", "approved"),
    *("signed", "signed-office", "signed-post", "signed-electronic", "withdrawn", "stopped"),
    *("delivery-changed", "delivery-changed-office", "delivery-changed-post", "delivery-changed-electronic"),
    *("handed-over", "handed-over-post", "handed-over-electronic"),
)
MESSAGE_TEMPLATES = (
    *(f"code-{name}" for name in _OF_CODES),
    *(f"account-{name}" for name in _OF_ACCOUNTS),
    *(f"dossier-{name}" for name in _OF_DOSSIERS),
)
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
