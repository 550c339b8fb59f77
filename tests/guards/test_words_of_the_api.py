"""The closed vocabularies that the API's document lists are those of the services."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from gateway.api import words
from services.accounts.domain import changes, enrolment, guidance, identity, learning, second_factor
from services.accounts.use_cases import devices
from services.chassis.capacity import Capacity
from services.chassis.events.names import past_action
from services.chassis.tokens import UNKNOWN, Role
from services.dossiers.access import DESK_CHANNELS, ONLINE
from services.dossiers.adapters.papers.blanks import SHIPPED, load_blanks
from services.dossiers.domain import acts, captures, elsewhere, residence, verification
from services.dossiers.domain.assistance import Assistance
from services.dossiers.domain.fees import EXEMPTIONS
from services.dossiers.domain.notes import NOTE_KINDS, SPOUSE_ELSEWHERE
from services.dossiers.domain.people import SPOUSES
from services.dossiers.domain.procedures import DocumentMode
from services.dossiers.domain.register import REGISTERS, CertificateStatus
from services.dossiers.domain.states import Status
from services.dossiers.domain.verdict import Verdict
from services.dossiers.use_cases.fees.payments import Outcome
from services.dossiers.use_cases.papers import issuing, slips
from services.notifications.catalogue import Catalogue
from services.notifications.domain.delivery import Channel
from tests.guards.parts import ROOT

UPLOADS = (ROOT / "services/dossiers/adapters/uploads.py").read_text(encoding="utf-8")

#: Clients store them: a rule that derives other names breaks the API.
PAST_ACTIONS = [
    *("submitted", "accepted", "refused", "supplement-requested", "supplemented", "fee-requested", "paid"),
    *("assigned", "released", "verification-requested", "verification-answered", "extended", "reminded"),
    *("marked-overdue", "approved", "signed", "returned", "stop-proposed", "stopped"),
    *("handed-over", "delivery-changed", "result-annulled", "result-restored", "withdrawn"),
]

HELD = [
    (words.STATUSES, Status),
    (words.ACTIONS, [act.name for act in acts.ACTS.values() if act.by != {acts.Party.SYSTEM}]),
    (words.PAST_ACTIONS, PAST_ACTIONS),
    (PAST_ACTIONS, [past_action(act.event) for act in acts.ACTS.values()]),
    (words.CHANNELS, [ONLINE, *DESK_CHANNELS]),
    (words.ASSISTANCE, Assistance),
    (words.MODES, DocumentMode),
    (words.RESIDENCE_SOURCES, residence.Source),
    (words.RESIDENCE_RESULTS, residence.Result),
    (words.EXEMPTIONS, EXEMPTIONS),
    (words.REGISTERS, REGISTERS),
    (words.VERIFICATION_KINDS, verification.Kind),
    (words.VERIFICATION_ABOUT, verification.About),
    (words.VERIFICATION_STATES, verification.State),
    (words.VERIFICATION_FINDINGS, verification.Answer),
    (words.RESULT_PAPER_STATUSES, {*CertificateStatus} - {CertificateStatus.ANNULLED}),  # that is said of a copy
    (words.CERTIFICATE_STATUSES, [*CertificateStatus, "practice"]),  # as the API says of those of the practice ward
    (words.VERDICTS, Verdict),
    (words.CAPTURE_SOURCES, captures.Source),
    (words.CAPTURE_STATES, captures.State),
    (words.CAPTURE_FAULTS, captures.Fault),
    (words.GUIDANCE_KINDS, guidance.GuidanceKind),
    (words.GUIDED_STATES, guidance.State),
    (words.BECAUSE, guidance.Because),
    (
        words.PAPERS,
        [*issuing.KINDS, issuing.CERTIFICATE, issuing.ON_BLANK, issuing.COPIES_ON_BLANK, issuing.COPIES_OF_ENTRY],
    ),
    (words.NOTE_KINDS, NOTE_KINDS),
    (words.SPOUSE_ELSEWHERE, SPOUSE_ELSEWHERE),
    (words.SPOUSES, SPOUSES),
    (words.ELSEWHERE, elsewhere.Source),
    (words.APPROVAL_FIELDS, {*(field for each in REGISTERS.values() for field in each.approval_asks), "note"}),
    (words.METHODS, slips._METHODS),
    (words.OUTCOMES_OF_PAYMENTS, set(Outcome) - {Outcome.MISMATCH}),  # which is a refusal
    (words.VERIFICATION_OUTCOMES, set(verification.State) - {verification.State.SENT}),
    (words.VERIFICATION_RESULTS, {*verification.RECORDED, verification.State.WITHDRAWN}),
    (words.MEDIA_TYPES, re.findall(r'_file\("([^"]+)"', UPLOADS)),
    (words.MESSAGE_CHANNELS, Channel),
    (words.MESSAGE_TEMPLATES, {name for each in Catalogue("").versions for name in each.named}),
    (words.ROLES, set(Role) - UNKNOWN - {Role.SERVICE}),
    (words.CAPACITIES, Capacity),
    (words.IDENTITY_KINDS, identity.KINDS),
    (
        words.PURPOSES_OF_LOOKS,
        (changes.CONFIRM, changes.REPLACE_PHONE, changes.REPLACE_PAPER, changes.CLOSE),
    ),
    (words.DEVICE_KINDS, enrolment.KINDS),
    (words.SCAN_SOURCES, devices._SOURCES),
    (words.LEARNING_KINDS, (learning.FILED, learning.PRACTISED)),
    (words.BLANKS, load_blanks(SHIPPED)),
    (words.AUTHENTICATOR_KINDS, second_factor.KINDS),
    (words.FACTOR_KINDS, (*second_factor.KINDS, second_factor.RECOVERY)),
]


@pytest.mark.parametrize(("said", "has"), HELD)
def test_a_vocabulary_has_every_word_of_the_service_and_no_other(said: Iterable[object], has: Iterable[object]) -> None:
    assert sorted(said, key=str) == sorted(set(has), key=str)


def test_each_vocabulary_is_held_to_its_service() -> None:
    said = {name: value for name, value in vars(words).items() if name.isupper() and not name.startswith("_")}
    held = {id(each) for each, _ in HELD}
    assert {name for name, value in said.items() if isinstance(value, tuple) and id(value) not in held} == set()
