"""What a browser's session keeps that hangs on the person: their guided session, the visit of one without an account,
the account that they open, the ticket of a capture, the invented person as whom they practise, what they finished as
such, and what waits for a code from a phone.

Records, each read and written here alone. One of another shape, as an older gateway wrote it, counts as none.
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
    """The page that is shown, and the number of the last thing that was done before it was shown."""

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
    """An invented person of the practice ward, beside whoever is signed in: their id and name, their tokens, and until
    when the access token is valid, in seconds since the epoch.
    """

    id: str
    name: str
    access: str
    until: float
    refresh: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A practice that whoever signs in next may count in their account."""

    dossier: str


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery that was asked for (`routing.Recovery`), with what was typed, so that another code can be; the names
    of the wards that did not answer; and until when it is kept, in seconds since the epoch.
    """

    sealed: str
    typed: Mapping[str, str]
    silent: tuple[str, ...]
    until: float


@dataclass(frozen=True, slots=True)
class PhoneChange:
    """Another phone that waits for its codes: the change's id, the phones (masked), and until when it is kept. `old` is
    empty and `account` is whose it is where the desk replaces a phone that was lost; `without_email` where the e-mail
    address is taken out with it.
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

#: Longer than a code lives, and short enough that nothing of it is left for who sits there next.
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
        """Leaves the session as it is where nothing changes, so that no cookie is sent for it."""
        if record != self.read():
            session[self._name] = self._form.dump_python(record, mode="json")

    def drop(self) -> None:
        session.pop(self._name, None)


class _Passing(_Kept[Passing]):
    """One that counts as none once its time is over."""

    def read(self) -> Passing | None:
        record = super().read()
        return record if record is not None and time.time() < record.until else None


def until() -> float:
    """Until when what is asked for now is kept."""
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
