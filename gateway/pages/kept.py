"""What a browser's session keeps about the person: their guided session, their visit if they have no account, the
account that they open, the ticket of a capture, the invented person as whom they practise, what they finished as that
person, and what waits for a code from a phone.

Only this module reads and writes these records. A record of another shape, from an older gateway, counts as missing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from flask import session
from pydantic import TypeAdapter, ValidationError


@dataclass(frozen=True, slots=True)
class Here:
    """The page that is shown, and the number of the last thing done before that."""

    page: str
    part: str
    fields: str
    dossier: str
    since: int


@dataclass(frozen=True, slots=True)
class ShownDossier:
    """The dossier that was shown last: other pages name and link its questions."""

    slug: str
    id: str
    procedure: str
    version: str


@dataclass(frozen=True, slots=True)
class Guidance:
    """A guided session: its ward (GSO code), its id and that of its consent, and its code while it waits.

    `noted` are the drafts on which it is noted; `pointed` is what was pointed at as `/here`, by the number of the
    pointing.
    """

    ward: str
    id: str
    consent: str
    code: str = ""
    noted: tuple[str, ...] = ()
    here: Here | None = None
    pointed: Mapping[int, str] = field(default_factory=dict)
    dossier: ShownDossier | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody without an account at a station's computer: the station's ward (GSO code), their token, and until when
    it is valid, in seconds since the epoch.
    """

    ward: str
    token: str
    until: float


@dataclass(frozen=True, slots=True)
class Awaited:
    """An account that waits for the code sent to its phone (masked), in a ward (GSO code)."""

    ward: str
    account: str
    phone: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The account that was opened in this browser last, in a ward (GSO code)."""

    ward: str
    account: str


@dataclass(frozen=True, slots=True)
class Capture:
    """The capture that was started last: its id, its ticket, and the ward (GSO code) of its dossier."""

    id: str
    ticket: str
    ward: str


@dataclass(frozen=True, slots=True)
class Practice:
    """An invented person of the practice ward, beside the signed-in person: their id and name, their tokens, and until
    when the access token is valid, in seconds since the epoch.
    """

    id: str
    name: str
    access: str
    until: float
    refresh: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A practice that the next person who signs in may count in their account."""

    dossier: str


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery that was asked for (`routing.Recovery`), with what was typed, so that the person can ask for another
    code; the names of the wards that did not answer; and until when it is kept, in seconds since the epoch.
    """

    sealed: str
    typed: Mapping[str, str]
    silent: tuple[str, ...]
    until: float


@dataclass(frozen=True, slots=True)
class PhoneChange:
    """Another phone that waits for its codes: the change's id, the phones (masked), and until when it is kept. If the
    desk replaces a lost phone, `old` is empty and `account` is the account's id; `without_email` says that the e-mail
    address is removed, too.
    """

    id: str
    old: str
    new: str
    until: float
    account: str = ""
    without_email: bool = False


class _OfATime(Protocol):
    @property
    def until(self) -> float: ...


Record = TypeVar("Record")
Passing = TypeVar("Passing", bound="_OfATime")

#: Longer than a code is valid, and short enough that nothing is left for the next person at the computer.
CODES_KEPT_SECONDS = 900


class _Kept(Generic[Record]):
    """A record under its name in the session."""

    def __init__(self, name: str, record: type[Record]) -> None:
        self._name = name
        self._form = TypeAdapter(record)

    def read(self) -> Record | None:
        try:
            return self._form.validate_python(session.get(self._name))
        except ValidationError:
            return None

    def write(self, record: Record) -> None:
        """Does not touch the session if nothing changes, so that no cookie is sent."""
        if record != self.read():
            session[self._name] = self._form.dump_python(record, mode="json")

    def drop(self) -> None:
        session.pop(self._name, None)


class _Passing(_Kept[Passing]):
    """A record that counts as missing once its time is over."""

    def read(self) -> Passing | None:
        record = super().read()
        return record if record is not None and time.time() < record.until else None


def until() -> float:
    """Until when something asked for now is kept."""
    return time.time() + CODES_KEPT_SECONDS


guidance = _Kept("guidance", Guidance)
visit = _Kept("visit", Visit)
awaited = _Kept("awaited", Awaited)
opened = _Kept("opened", Opened)
capture = _Kept("capture", Capture)
practice = _Kept("practice", Practice)
finished = _Kept("finished", Finished)
recovery = _Passing("recovery", Recovery)
phone_change = _Passing("phone_change", PhoneChange)
phone_replacement = _Passing("phone_replacement", PhoneChange)
