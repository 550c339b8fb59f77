"""Findings: what the citizen and the officer have to know about a field or document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class FindingKind(Enum):
    """How much a finding weighs."""

    STOPS = "stops"  # filing is not possible as it stands
    WARNS = "warns"  # likely an error; the citizen may still file
    INFORMS = "informs"  # good to know
    ASKS_OFFICER = "asks-officer"  # cannot be decided from the form


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know.

    `field` is a JSON pointer into the form or `documents/<kind>`; `check` the stable name of the check; `text` is
    Vietnamese and says what to do; `article` names the law, empty if the rule is not from the law. `to_office` is the
    office's text if `text` tells the applicant something that only they can do; if it is empty, the office reads
    `text`, worded about the applicant.
    """

    field: str
    check: str
    kind: FindingKind
    text: str
    article: str = ""
    to_office: str = ""
