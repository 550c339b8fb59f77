"""Papers of phường Nam Dương, filled in."""

from __future__ import annotations

import pytest

from services.dossiers.adapters.papers.fields import Receipt, RefusalSlip, SupplementSlip
from services.dossiers.adapters.papers.results import BirthCertificate
from tests.services.dossiers_papers.samples import ORDINARY


@pytest.fixture
def receipt() -> Receipt:
    paper: Receipt = ORDINARY["receipt"]
    return paper


@pytest.fixture
def supplement_slip() -> SupplementSlip:
    paper: SupplementSlip = ORDINARY["supplement"]
    return paper


@pytest.fixture
def refusal_slip() -> RefusalSlip:
    paper: RefusalSlip = ORDINARY["refusal"]
    return paper


@pytest.fixture
def certificate() -> BirthCertificate:
    paper: BirthCertificate = ORDINARY["birth_certificate"]
    return paper
