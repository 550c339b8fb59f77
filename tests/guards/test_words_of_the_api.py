"""The closed vocabularies that the API's document lists are those of the services."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from gateway.api import words
from services.accounts.domain import guidance
from services.dossiers.access import DESK_CHANNELS, ONLINE
from services.dossiers.adapters.papers.blanks import SHIPPED, load_blanks
from services.dossiers.domain import acts, captures, verification
from services.dossiers.domain.assistance import Assistance
from services.dossiers.domain.fees import EXEMPTIONS
from services.dossiers.domain.procedures import DocumentMode
from services.dossiers.domain.register import REGISTERS
from services.dossiers.domain.states import Status
from services.dossiers.domain.verdict import Verdict


@pytest.mark.parametrize(
    ("said", "has"),
    [
        (words.STATUSES, Status),
        (words.ACTIONS, [act.name for act in acts.ACTS.values() if act.by != {acts.Party.SYSTEM}]),
        (words.CHANNELS, [ONLINE, *DESK_CHANNELS]),
        (words.ASSISTANCE, Assistance),
        (words.MODES, DocumentMode),
        (words.EXEMPTIONS, EXEMPTIONS),
        (words.REGISTERS, REGISTERS),
        (words.VERIFICATION_KINDS, verification.Kind),
        (words.VERIFICATION_STATES, verification.State),
        (words.VERDICTS, Verdict),
        (words.CAPTURE_SOURCES, captures.Source),
        (words.CAPTURE_STATES, captures.State),
        (words.CAPTURE_FAULTS, captures.Fault),
        (words.GUIDANCE_KINDS, guidance.GuidanceKind),
        (words.GUIDED_STATES, guidance.State),
        (words.BECAUSE, guidance.Because),
        (words.BLANKS, load_blanks(SHIPPED)),
    ],
)
def test_a_vocabulary_has_every_word_of_the_service_and_no_other(said: Iterable[object], has: Iterable[object]) -> None:
    assert sorted(said, key=str) == sorted(set(has), key=str)
