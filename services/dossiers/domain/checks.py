"""The checks that procedures name: what can be decided from the form alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.dossiers.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check may look at: the form's asked-for fields, the day of filing, the check's parameters."""

    form: Mapping[str, Any]
    today: date
    parameters: Mapping[str, Any] = field(default_factory=dict)


CHECKS: dict[str, Callable[[CheckContext], list[Finding]]] = {}
