"""The link with which a member of staff sets their password. The ticket stands behind the #, which no browser sends."""

from __future__ import annotations

from flask import current_app

from gateway.settings import Settings
from services.chassis.district import Ward

PATH = "/can-bo/lan-dau"


def staff_link(ward: Ward, ticket: str) -> str:
    settings: Settings = current_app.extensions["settings"]
    return f"{settings.public_base_url.rstrip('/')}{PATH}/{ward.slug}#{ticket}"


def ticket_in(typed: str) -> str:
    """The ticket of a link; people without scripts paste the whole link."""
    return typed.rpartition("#")[2].strip()
