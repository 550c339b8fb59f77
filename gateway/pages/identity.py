"""Who is signed in in this browser, and their tokens.

On pages of the practice ward this is an invented person, whose tokens are kept beside the real ones. Neither are sent
to the other side, and nobody has to sign out to practise (docs/decisions/0036).

Pages load pictures of documents, so several requests of one browser come at the same time. Only a request for a page
renews the tokens, well before they end. If two requests renew at once, even in different processes, both get the same
refresh token (docs/decisions/0019).
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from caunoi.accounts.v1.accounts_pb2 import Session
from flask import request, session

from gateway import rpcs
from gateway.pages import kept, requested
from gateway.wards import wards
from services.chassis.call import forbidden
from services.chassis.district import Ward
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import OFFICE, Role, unauthenticated

RENEW_BEFORE = 120.0  # seconds before the access token ends
#: Somebody who walks away from a shared computer is signed out this long after the last access token has ended.
IDLE_SECONDS = 1200.0
PRACTICE_PAGES = "pages.practice"  # the blueprint of pages that only exist for practice
_NO_ANSWER = (Kind.UNAVAILABLE, Kind.THROTTLED, Kind.BROKEN)  # these refusals do not mean that the session has ended


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in: account, home ward (GSO code), full name, roles."""

    id: str
    ward: str
    name: str
    roles: frozenset[str]

    @property
    def is_office(self) -> bool:
        """Whether they do the ward office's work on dossiers; a ward's administrator does not."""
        return bool(self.roles & {str(role) for role in OFFICE})

    @property
    def is_desk(self) -> bool:
        """Whether they handle residents' accounts at the desk, by the rule of accounts; somebody who only signs does
        not.
        """
        return bool(self.roles & {str(role) for role in (Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER)})

    @property
    def is_admin(self) -> bool:
        """Whether they administer their ward: its stations, computers and volunteers."""
        return Role.WARD_ADMIN in self.roles

    @property
    def is_volunteer(self) -> bool:
        """Whether they guide residents at a station."""
        return Role.VOLUNTEER in self.roles

    @property
    def is_citizen(self) -> bool:
        """Whether they file dossiers of their own."""
        return Role.CITIZEN in self.roles


def is_read_by_office() -> bool:
    """Whether somebody of a ward's office reads this page: then texts about a dossier do not address the reader."""
    who = person()
    return who is not None and who.is_office


def in_practice() -> bool:
    """Whether this request is for a page of the practice ward."""
    slug = wards().district.practice.slug
    return request.blueprint == PRACTICE_PAGES or (request.view_args or {}).get("slug") == slug


def person() -> Person | None:
    """Who is signed in; on a page of the practice ward, the invented person."""
    return practising() if in_practice() else account_holder()


def account_holder() -> Person | None:
    """Who is signed in with an account of their own, on any page."""
    who = session.get("who")
    return Person(who["id"], who["ward"], who["name"], frozenset(who["roles"])) if who else None


def practising() -> Person | None:
    """The invented person as whom somebody practises, on any page."""
    own = kept.practice.read()
    ward = wards().district.practice.code
    return Person(own.id, ward, own.name, frozenset({str(Role.CITIZEN)})) if own else None


def signed_in() -> Person:
    """Raises a Refusal (UNAUTHENTICATED) where nobody is signed in."""
    who = person()
    if who is None:
        raise unauthenticated()
    return who


def own_ward() -> Ward:
    """The signed-in person's home ward; for an officer the ward of the desk. Raises a Refusal (UNAUTHENTICATED)."""
    return wards().ward(signed_in().ward)


def require_signed_in() -> None:
    """For the views of a blueprint. Raises a Refusal (UNAUTHENTICATED)."""
    signed_in()


def require_citizen() -> None:
    """For the views of a resident's own account. Raises a Refusal (UNAUTHENTICATED, FORBIDDEN)."""
    if not signed_in().is_citizen:
        raise forbidden("Trang này dành cho người dân có tài khoản.")


def require_staff() -> None:
    """For the views of second factors. Raises a Refusal (UNAUTHENTICATED, FORBIDDEN)."""
    if signed_in().is_citizen:
        raise forbidden("Trang này dành cho cán bộ và tình nguyện viên của phường.")


def require_office() -> None:
    """For the views of the ward office. Raises a Refusal (UNAUTHENTICATED, FORBIDDEN)."""
    if not signed_in().is_office:
        raise forbidden("Trang này dành cho cán bộ của phường.")


def require_desk() -> None:
    """For the views of residents' accounts at the desk. Raises a Refusal (UNAUTHENTICATED, FORBIDDEN)."""
    if not signed_in().is_desk:
        raise forbidden("Trang này dành cho Bộ phận Một cửa và công chức tư pháp – hộ tịch.")


def require_volunteer() -> None:
    """For the views of volunteers. Raises a Refusal (UNAUTHENTICATED, FORBIDDEN)."""
    if not signed_in().is_volunteer:
        raise forbidden("Trang này dành cho tình nguyện viên của điểm hỗ trợ.")


def require_admin() -> None:
    """For the views of the ward's administrator. Raises a Refusal (UNAUTHENTICATED, FORBIDDEN)."""
    if not signed_in().is_admin:
        raise forbidden("Trang này dành cho quản trị viên của phường.")


def require_office_or_admin() -> None:
    """For views that the ward's administrator shares with the office. Raises a Refusal (UNAUTHENTICATED, FORBIDDEN)."""
    who = signed_in()
    if not (who.is_office or who.is_admin):
        raise forbidden("Trang này dành cho cán bộ và quản trị viên của phường.")


def access_token() -> str:
    """The account holder's token; empty where nobody is signed in."""
    return cast("str", session.get("access", ""))


def token_for(ward: Ward) -> str:
    """The token for calls of a ward: the invented person's for the practice ward, else the account holder's."""
    if not ward.is_practice:
        return access_token()
    own = kept.practice.read()
    return own.access if own else ""


def guided_token(*, for_seconds: int = 0) -> str:
    """The token for calls about the person's guided session; also for somebody without an account, while their visit is
    valid.
    """
    visit = kept.visit.read()
    return access_token() or (visit.token if visit and time.time() + for_seconds < visit.until else "")


def remember(answer: Session) -> None:
    """Signs the person into this browser."""
    account = answer.account
    session["access"] = answer.access_token
    session["access_until"] = time.time() + answer.expires_in
    session["refresh"] = answer.refresh_token
    session.pop("ended", None)
    session["who"] = {
        "id": account.id,
        "ward": account.ward,
        "name": account.full_name,
        "roles": sorted(account.roles),
    }


def remember_practice(answer: Session) -> None:
    """Keeps an invented person in this browser, beside the person who is signed in."""
    until = time.time() + answer.expires_in
    account = answer.account
    kept.practice.write(kept.Practice(account.id, account.full_name, answer.access_token, until, answer.refresh_token))


def forget_practice() -> None:
    """Ends the practice of this browser; a signed-in person stays signed in."""
    own = kept.practice.read()
    kept.practice.drop()
    kept.finished.drop()
    _end_practice(own)


def _end_practice(own: kept.Practice | None) -> None:
    if own:
        with suppress(Refusal):  # it ends by itself
            wards().client(wards().district.practice.code).call(rpcs.END_SESSION, refresh_token=own.refresh)


def forget() -> None:
    """Signs out: ends the session at the ward, and a practice, and leaves nothing about the person in the browser. The
    cookie by which the browser is recognised (`known`) says nothing about anybody.
    """
    who, refresh, practised = account_holder(), session.get("refresh", ""), kept.practice.read()
    empty()
    _end_practice(practised)
    if who and refresh:
        with suppress(Refusal):  # signing out here must work while the ward is down; its token ends by itself
            wards().client(who.ward).call(rpcs.END_SESSION, refresh_token=refresh)


def empty(*, but_practice: bool = False) -> None:
    """Leaves nothing about the person in the browser, and ends what depends on it: a capture's ticket, a guided
    session.

    With `but_practice` the practice and what was finished in it stay: they do not belong to the sign-in that has ended,
    and the next person who signs in may count them.
    """
    token, guided, capture = guided_token(), kept.guidance.read(), kept.capture.read()
    practised, finished = kept.practice.read(), kept.finished.read()
    session.clear()
    if but_practice and practised:
        kept.practice.write(practised)
        if finished:
            kept.finished.write(finished)
    end_capture(capture)
    if token and guided:
        with suppress(Refusal):  # if the token is no longer valid, the session ends by its time
            asked = wards().client(guided.ward, token)
            asked.call(rpcs.END_GUIDED_SESSION, session_id=guided.id, because="signed-out")


def end_sign_in(whose: str = "") -> str:
    """Leaves of an ended sign-in only the practice and whose it was, so that what this person had typed or practised is
    offered to nobody else. Returns the account's id; `whose` gives it if the session does not say it.
    """
    who = account_holder()
    was = whose or (who.id if who else str(session.get("was", "")))
    ended = who is not None or bool(session.get("ended"))
    # If nobody was signed in, somebody may be signing in in another tab: what that tab sends stays valid.
    token = session.get("csrf_token") if session.keys() <= {"csrf_token", "was", "ended"} else None
    empty(but_practice=True)
    session["was"] = was
    if ended:
        session["ended"] = True  # until the sign-in page has said so
    if token:
        session["csrf_token"] = token
    return was


def end_capture(capture: kept.Capture | None) -> None:
    """Voids the ticket of a capture, so that neither scanner nor phone adds a page; pages that have arrived stay."""
    if capture:
        with suppress(Refusal):  # it may have ended already; else it ends by its time
            wards().client(capture.ward).call(rpcs.END_CAPTURE, ticket=capture.ticket)


def keep_fresh() -> None:
    """Renews tokens that are about to end. If they can no longer be renewed, forgets the person and keeps in the
    session only who it was: what they had typed is offered to nobody else (failures.py).

    Raises a Refusal (UNAVAILABLE, THROTTLED, BROKEN) if the token has ended and the ward does not answer.

    Practising also counts as use of the browser: the person's own session goes on meanwhile, if its ward answers.
    """
    if not in_practice():
        _keep_account_fresh()
        return
    with suppress(Refusal):
        _keep_account_fresh()
    _keep_practice_fresh()


def _keep_practice_fresh() -> None:
    own = kept.practice.read()
    if own is None:
        return
    left = own.until - time.time()
    if left < -IDLE_SECONDS:
        forget_practice()
        return
    if left > RENEW_BEFORE or requested.is_picture():
        return
    ward = wards().client(wards().district.practice.code)
    try:
        remember_practice(ward.call(rpcs.REFRESH_SESSION, refresh_token=own.refresh))
    except Refusal as refusal:
        if left > 0:
            return
        if refusal.kind in _NO_ANSWER:
            raise
        kept.practice.drop()


def _keep_account_fresh() -> None:
    who = account_holder()
    if who is None:
        return
    left = float(session.get("access_until", 0)) - time.time()
    if left < -IDLE_SECONDS:
        if _is_practice_in_use():  # else nobody has been here
            empty(but_practice=True)
        else:
            forget()
        session["was"], session["ended"] = who.id, True
        return
    if left > RENEW_BEFORE or requested.is_picture():
        return
    try:
        remember(wards().client(who.ward).call(rpcs.REFRESH_SESSION, refresh_token=session["refresh"]))
    except Refusal as refusal:
        if left > 0:
            return  # the token at hand still counts
        if refusal.kind in _NO_ANSWER:
            raise
        empty(but_practice=True)
        session["was"], session["ended"] = who.id, True


def _is_practice_in_use() -> bool:
    own = kept.practice.read()
    return own is not None and own.until - time.time() >= -IDLE_SECONDS


def take_over(id: str) -> None:
    """Call it before somebody signs in: leaves nothing of the person who was signed in before. A practice stays if the
    same person signs in again, or if nobody had signed in in this browser.
    """
    who = account_holder()
    same = (who.id if who else session.get("was", id)) == id
    if not same:
        forget_practice()
    empty(but_practice=same)


def seconds_left() -> int:
    """Seconds until the person is signed out, if they request nothing meanwhile."""
    return max(0, int(float(session.get("access_until", 0)) + IDLE_SECONDS - time.time()))
