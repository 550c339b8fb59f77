"""Papers of phường Nam Dương, filled in."""

from __future__ import annotations

from typing import Any

import pytest

from services.dossiers.papers import BirthCertificate, Receipt, RefusalSlip, SupplementSlip
from tests.unit.dossiers_papers.samples import ORDINARY


@pytest.fixture
def receipt() -> Receipt:
    return _ordinary("receipt")


@pytest.fixture
def supplement_slip() -> SupplementSlip:
    return _ordinary("supplement")


@pytest.fixture
def refusal_slip() -> RefusalSlip:
    return _ordinary("refusal")


@pytest.fixture
def certificate() -> BirthCertificate:
    return _ordinary("birth_certificate")


def _ordinary(name: str) -> Any:
    return ORDINARY[name]
