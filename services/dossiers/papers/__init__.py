"""Papers of the ward office as PDF: data in, bytes out."""

from services.dossiers.papers.fields import (
    Amendment,
    Applicant,
    BirthCertificate,
    MissingItem,
    Office,
    Paper,
    Parent,
    Receipt,
    ReceivedDocument,
    RefusalSlip,
    SupplementSlip,
)
from services.dossiers.papers.rendering import render

__all__ = [
    "Amendment",
    "Applicant",
    "BirthCertificate",
    "MissingItem",
    "Office",
    "Paper",
    "Parent",
    "Receipt",
    "ReceivedDocument",
    "RefusalSlip",
    "SupplementSlip",
    "render",
]
