"""The visit of somebody without an account at a station's computer. It begins with their first guided session. Once an
account that was opened during the visit signs in, the visit belongs to it (docs/decisions/0035).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from caunoi.accounts.v1 import guidance_pb2

from gateway import rpcs
from gateway.pages import asking, kept
from gateway.pages.kiosk import have_cleared, kiosk, renewed_token
from gateway.pages.kiosk import token as kiosk_token
from gateway.wards import wards
from services.chassis.refusal import Kind, Refusal


def begin(ward: str) -> None:
    """`ward` is the station's. Raises a Refusal."""
    opened = _open(ward)
    kept.visit.write(kept.Visit(ward, opened.token, time.time() + opened.expires_in))


def _open(ward: str) -> guidance_pb2.Visit:
    try:
        return wards().client(ward, kiosk_token()).call(rpcs.OPEN_VISIT)
    except Refusal as refusal:
        if refusal.kind is not Kind.UNAUTHENTICATED or not (token := renewed_token()):
            raise
        return wards().client(ward, token).call(rpcs.OPEN_VISIT)


@dataclass(frozen=True, slots=True)
class VisitOfAccount:
    """A visit during which an account was opened, and its guided session."""

    visit: kept.Visit
    guided: kept.Guidance | None

    def take_over(self) -> None:
        """Gives the visit to the account that has just signed in; if the station's ward refuses, the visit is over."""
        ward, guided = self.visit.ward, self.guided
        try:
            asking.services_in(ward).call(rpcs.CLAIM_VISIT, token=self.visit.token)
        except Refusal:
            here = kiosk()
            if guided and not _end(ward, guided.id, self.visit.token) and here is not None:
                have_cleared(here)  # the visit is over, so the computer's own token ends its guided session
        else:
            if guided:
                kept.guidance.write(guided)


def of_account(account: str) -> VisitOfAccount | None:
    """The visit of this browser, if the account was opened during it. Its guided session is taken out of the browser's
    session, so that emptying that session at the sign-in does not end it.
    """
    visit, opened = kept.visit.read(), kept.opened.read()
    if visit is None or opened is None or opened.account != account:
        return None
    guided = kept.guidance.read()
    kept.guidance.drop()
    return VisitOfAccount(visit, guided)


def _end(ward: str, id: str, token: str) -> bool:
    try:
        wards().client(ward, token).call(rpcs.END_GUIDED_SESSION, session_id=id, because="signed-out")
    except Refusal:
        return False
    return True
