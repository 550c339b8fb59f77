"""The address at which both screens of a guided session learn of changes."""

from __future__ import annotations

from flask import current_app

from gateway.sealer import Sealer
from gateway.settings import Settings


def stream_url(ward: str, session_id: str, side: str, presence_key: bytes = b"") -> str:
    """The stream of a session. The ticket in the address names the session and the side, and gives access to nothing
    else. With the citizen's key (`presence_key` of OwnGuidedSession) the citizen's page says there that it is still
    open.
    """
    settings: Settings = current_app.extensions["settings"]
    sealer: Sealer = current_app.extensions["stream_tickets"]
    ticket = sealer.seal({"ward": ward, "session": session_id, "side": side, "presence": presence_key.hex()})
    return f"{settings.streams_url}/streams/guidance?ticket={ticket}"
