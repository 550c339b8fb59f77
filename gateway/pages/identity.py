"""Who is signed in in this browser, and the tokens that say so.

On pages of the practice ward that is an invented person, whose tokens are kept beside the real ones: neither are sent
to the other side, and nobody has to sign out to practise (docs/decisions/0036).

Pages load pictures of documents beside themselves, so several requests of one browser come at the same time: only a
request for a page renews the tokens, well before they end. Of two that do so at once, in whatever process, both are
given the same refresh token (docs/decisions/0019).
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
#: Someone who walks away from a shared computer is signed out this long after the last access token ended.
IDLE_SECONDS = 1200.0
PRACTICE_PAGES = "pages.practice"  # the blueprint of the pages that only practice has
_NO_ANSWER = (Kind.UNAVAILABLE, Kind.THROTTLED, Kind.BROKEN)  # refusals that do not say that the session has ended


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
        """Whether they see to residents' accounts at the desk, as accounts has it; who only signs does not."""
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
    """Whether somebody of a ward's office reads this page: texts about a dossier are not addressed to them."""
    who = person()
    return who is not None and who.is_office


def in_practice() -> bool:
    """Whether this request is for a page of the practice ward."""
    slug = wards().district.practice.slug
    return request.blueprint == PRACTICE_PAGES or (request.view_args or {}).get("slug") == slug


def person() -> Person | None:
    """Who is signed in, or, on a page of the practice ward, as whom they practise."""
    return practising() if in_practice() else account_holder()


def account_holder() -> Person | None:
    """Who is signed in with an account of their own, on whatever page."""
    who = session.get("who")
    return Person(who["id"], who["ward"], who["name"], frozenset(who["roles"])) if who else None


def practising() -> Person | None:
    """The invented person as whom somebody practises, on whatever page."""
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
    """The home ward of the signed-in person, of an officer the ward of the desk. Raises a Refusal (UNAUTHENTICATED)."""
    return wards().ward(signed_in().ward)


def require_signed_in() -> None:
    """For the views of a blueprint. Raises a Refusal (UNAUTHENTICATED)."""
    signed_in()


def require_citizen() -> None:
    """For the views of one's own account as a resident. Raises a Refusal (UNAUTHENTICATED, FORBIDDEN)."""
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
    """For the views of who guides at a station. Raises a Refusal (UNAUTHENTICATED, FORBIDDEN)."""
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
    """The token for calls of a ward: the invented person's in the practice ward, the account holder's in any other."""
    if not ward.is_practice:
        return access_token()
    own = kept.practice.read()
    return own.access if own else ""


def guided_token(*, for_seconds: int = 0) -> str:
    """The token for calls about the person's guided session: also of one who has no account yet, if their visit is
    valid for so long.
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
    """Keeps an invented person in this browser, beside whoever is signed in."""
    until = time.time() + answer.expires_in
    account = answer.account
    kept.practice.write(kept.Practice(account.id, account.full_name, answer.access_token, until, answer.refresh_token))


def forget_practice() -> None:
    """Ends the practice of this browser; who is signed in stays so."""
    own = kept.practice.read()
    kept.practice.drop()
    kept.finished.drop()
    _end_practice(own)


def _end_practice(own: kept.Practice | None) -> None:
    if own:
        with suppress(Refusal):  # it ends by itself
            wards().client(wards().district.practice.code).call(rpcs.END_SESSION, refresh_token=own.refresh)


def forget() -> None:
    """Signs out: ends the session at the ward, and a practice, and leaves nothing of the person in the browser: the
    cookie by which it is known again (`known`) says nothing of anybody.
    """
    who, refresh, practised = account_holder(), session.get("refresh", ""), kept.practice.read()
    empty()
    _end_practice(practised)
    if who and refresh:
        with suppress(Refusal):  # signing out here must work while the ward is down; its token ends by itself
            wards().client(who.ward).call(rpcs.END_SESSION, refresh_token=refresh)


def empty(*, but_practice: bool = False) -> None:
    """Leaves nothing of the person in the browser, and ends what hangs on it: a capture's ticket, a guided session.

    With `but_practice` the practice stays, and what was finished in it: it has nothing to do with a sign-in that has
    ended, and whoever signs in may count it.
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
        with suppress(Refusal):  # where the token does not count any more it ends by its time
            asked = wards().client(guided.ward, token)
            asked.call(rpcs.END_GUIDED_SESSION, session_id=guided.id, because="signed-out")


def end_sign_in(whose: str = "") -> str:
    """Leaves nothing of a sign-in that has ended but the practice and who it was, so that what they had typed or
    practised is offered to nobody else. Returns the account's id; `whose` is known where the session does not say it.
    """
    who = account_holder()
    was = whose or (who.id if who else str(session.get("was", "")))
    ended = who is not None or bool(session.get("ended"))
    # Where nobody was signed in, somebody may be signing in in another tab: what they send from there stays good.
    token = session.get("csrf_token") if session.keys() <= {"csrf_token", "was", "ended"} else None
    empty(but_practice=True)
    session["was"] = was
    if ended:
        session["ended"] = True  # until the sign-in page has said so
    if token:
        session["csrf_token"] = token
    return was


def end_capture(capture: kept.Capture | None) -> None:
    """Voids the ticket of a capture, so that neither scanner nor phone adds a page; those that have come stay."""
    if capture:
        with suppress(Refusal):  # it may be over already; else it ends by its time
            wards().client(capture.ward).call(rpcs.END_CAPTURE, ticket=capture.ticket)


def keep_fresh() -> None:
    """Renews tokens that are about to end; forgets the person where they cannot be renewed any more, and keeps in the
    session who they were: what they had typed is offered to nobody else (failures.py).

    Raises a Refusal (UNAVAILABLE, THROTTLED, BROKEN) where the token has ended and the ward does not answer.

    Whoever practises uses the browser: their own session goes on meanwhile, where its ward answers.
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
    """Before somebody signs in: leaves nothing of whoever was signed in before. A practice stays with who signs in
    again, or for the first time in this browser.
    """
    who = account_holder()
    same = (who.id if who else session.get("was", id)) == id
    if not same:
        forget_practice()
    empty(but_practice=same)


def seconds_left() -> int:
    """Until the person is signed out, if nothing is asked for meanwhile."""
    return max(0, int(float(session.get("access_until", 0)) + IDLE_SECONDS - time.time()))
