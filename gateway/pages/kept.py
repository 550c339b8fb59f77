"""What a browser's session keeps that hangs on the person: their guided session, the visit of one without an account,
the account that they open, the ticket of a capture, the invented person as whom they practise, and what they finished
as such.

Records, each read and written here alone. One of another shape, as an older gateway wrote it, counts as none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

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


Record = TypeVar("Record")


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


guidance = _Kept("guidance", Guidance)
visit = _Kept("visit", Visit)
awaited = _Kept("awaited", Awaited)
opened = _Kept("opened", Opened)
capture = _Kept("capture", Capture)
practice = _Kept("practice", Practice)
finished = _Kept("finished", Finished)
