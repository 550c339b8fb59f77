"""A new password that was typed on a page with another error: the page carries it sealed, so that it stays."""

from __future__ import annotations

from flask import current_app

from gateway.routing import RECOVERY_SECONDS
from gateway.sealer import Sealer


def seal(password: str) -> str:
    """For the page's hidden field; empty without a password."""
    return _sealer().seal({"password": password}) if password else ""


def open_sealed(sealed: str) -> str:
    """The password; empty if the page carried none, or one that is too old."""
    found = _sealer().open(sealed, within=RECOVERY_SECONDS) if sealed else None
    return str(found["password"]) if found else ""


def _sealer() -> Sealer:
    sealer: Sealer = current_app.extensions["new_password"]
    return sealer
