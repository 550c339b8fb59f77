"""Forms against their JSON Schema: what is kept, what is refused, what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.dossiers.domain.findings import Finding
from services.dossiers.domain.procedures import Procedure


def merge(saved: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """JSON Merge Patch (RFC 7396) of what is saved; texts in NFC and without outer spaces."""
    raise NotImplementedError


def asked(procedure: Procedure, form: Mapping[str, Any]) -> dict[str, Any]:
    """The form with only the fields that are asked for as it stands: this is what is filed."""
    raise NotImplementedError


def refuse_impossible(procedure: Procedure, form: Mapping[str, Any]) -> None:
    """Refusal INVALID `invalid-form` for what no page can have sent: unknown fields, wrong containers, too long."""
    raise NotImplementedError


def type_findings(procedure: Procedure, form: Mapping[str, Any]) -> list[Finding]:
    """Values given that are not right yet."""
    raise NotImplementedError


def completeness(procedure: Procedure, form: Mapping[str, Any], document_kinds: set[str]) -> list[Finding]:
    """Fields and documents that are needed and missing."""
    raise NotImplementedError


def findings(procedure: Procedure, form: Mapping[str, Any], document_kinds: set[str], today: date) -> list[Finding]:
    """All there is to know about the form as it stands; `today` is the day of filing in Đà Nẵng."""
    raise NotImplementedError
