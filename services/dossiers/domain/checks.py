"""All checks, by the names that procedures use."""

from __future__ import annotations

from services.dossiers.domain import (
    birth_checks,
    birth_parentage_checks,
    copy_checks,
    death_checks,
    earlier_marriage_checks,
    general_checks,
    marital_status_checks,
    marital_status_marriage_checks,
    marital_status_period_checks,
    marriage_checks,
    marriage_register_checks,
)
from services.dossiers.domain.checking import CHECKS, READS, CheckContext

# Importing the modules registers their checks.
MODULES = (
    general_checks,
    birth_checks,
    birth_parentage_checks,
    marriage_checks,
    earlier_marriage_checks,
    marriage_register_checks,
    death_checks,
    marital_status_checks,
    marital_status_period_checks,
    marital_status_marriage_checks,
    copy_checks,
)

__all__ = ["CHECKS", "MODULES", "READS", "CheckContext"]
