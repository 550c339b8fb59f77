"""The practice ward's statement about a finished practice, signed as its dossiers service signs it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from services.chassis.tokens import PRACTICE_AUDIENCE, load_issuers
from tests.district import PRACTICE
from tests.fakes.clock import SettableClock

BIRTH = "1.001193"
LIFE = timedelta(minutes=10)


def statement(
    keys: Path,
    clock: SettableClock,
    *,
    service: str = "dossiers",
    ward: str = PRACTICE,
    audience: str = PRACTICE_AUDIENCE,
    **changes: Any,
) -> str:
    """A statement about a practice that was finished a minute ago; `changes` replaces claims, None removes one."""
    told = {
        "dossier": str(uuid4()),
        "procedure": BIRTH,
        "finished_at": int(clock.now().timestamp()) - 60,
        **changes,
    }
    issuer = load_issuers(keys / f"signing-{service}.json", service)[ward]
    stated = {name: value for name, value in told.items() if value is not None}
    return issuer.state(audience, stated, clock.now(), LIFE)
