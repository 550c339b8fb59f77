"""Guided sessions: their states by time, their codes, and what a volunteer may learn of where a citizen is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.accounts.domain.digits import Digits
from services.chassis.refusal import FieldFault, Refusal, invalid

CODE_LIFE = timedelta(minutes=5)
SESSION_LIFE = timedelta(minutes=30)
#: How long the citizen is still told that a session has ended, and why.
AFTERGLOW = timedelta(minutes=1)
#: After this time without news from the browser a citizen is silent: their network is lost, or they have left.
SILENCE = timedelta(seconds=150)
PURPOSE = "guided-session"
#: Length of the key with which the citizen's side says that it is still there.
PRESENCE = "guidance-presence"


class State(StrEnum):
    WAITING = "waiting"  # for a volunteer who types the code
    OPEN = "open"
    ENDED = "ended"


class Because(StrEnum):
    """Why a session ended."""

    CITIZEN = "citizen"
    VOLUNTEER = "volunteer"
    TIME = "time"
    CODE_EXPIRED = "code-expired"
    SIGNED_OUT = "signed-out"
    DUTY_ENDED = "duty-ended"
    CONSENT_WITHDRAWN = "consent-withdrawn"


@dataclass(frozen=True, slots=True)
class Ending:
    at: datetime
    because: Because | None  # None: a reason that this release does not know


def read_because(text: str) -> Because | None:
    """The reason that is stored. A newer release, which works on the same rows, may have written another one."""
    return Because(text) if text in list(Because) else None


@dataclass(frozen=True, slots=True)
class Times:
    """The stored times of a session. `duty_over_at` is when its volunteer's duty ended or will end."""

    code_expires_at: datetime
    joined_at: datetime | None = None
    ends_at: datetime | None = None
    duty_over_at: datetime | None = None
    ended: Ending | None = None


def ending(times: Times, now: datetime) -> Ending | None:
    """When and why a session ended; None while it continues. A session whose time is over has ended, also if nobody has
    noted it.
    """
    if times.ended is not None:
        return times.ended
    if times.joined_at is None:
        due = [Ending(times.code_expires_at, Because.CODE_EXPIRED)]
    else:
        due = [Ending(times.ends_at, Because.TIME)] if times.ends_at else []
        due += [Ending(times.duty_over_at, Because.DUTY_ENDED)] if times.duty_over_at else []
    return min((each for each in due if each.at <= now), key=lambda each: each.at, default=None)


def state(times: Times, now: datetime) -> State:
    if ending(times, now):
        return State.ENDED
    return State.WAITING if times.joined_at is None else State.OPEN


def wrong_code(text: str) -> Refusal:
    return invalid("wrong-code", text, FieldFault("code", text))


_CODES = Digits(6, wrong_code, "Xin nhờ người dân đọc lại mã trên màn hình.")
make_code, read_code = _CODES.make, _CODES.read


def code_text(station_id: str, code: str) -> str:
    """The input of the keyed digest: a code is valid at its own station only."""
    return f"guidance-code:{station_id}:{code}"


# --- where the citizen is

PAGES = frozenset(
    {
        "start",
        "account",
        "procedure",
        "overview",
        "form",
        "documents",
        "check",
        "code",
        "filed",
        "guidance",
        "elsewhere",
    }
)
_POINTER = re.compile(r"(/[a-z][a-z_]{0,39}){1,4}")
_NAME = re.compile(r"[a-z]+(-[a-z]+){0,7}")  # of a page, a kind of document or a check: words without digits
_LONGEST_NAME = 60
_PROCEDURE = re.compile(r"[0-9]\.[0-9]{6}")
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
MOST_FIELDS = 60
MOST_POINTS = 120
_DOCUMENTS = "documents/"


@dataclass(frozen=True, slots=True)
class OpenPoint:
    field: str
    check: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What a volunteer may know about the citizen's place: names of pages, questions and rules, but no answer.

    The citizen's client names only what everybody is asked for (dossiers, `forms.tellable`).
    """

    page: str = "elsewhere"
    procedure: str = ""
    procedure_version: str = ""
    part: str = ""
    fields: Sequence[str] = ()
    open_points: Sequence[OpenPoint] = ()

    @property
    def subjects(self) -> frozenset[str]:
        """What a volunteer can point at."""
        return frozenset((*self.fields, *(point.field for point in self.open_points)))

    @property
    def dossier_page(self) -> str:
        """The page of the dossier, such as `form/child-name` or `check`."""
        return f"{self.page}/{self.part}" if self.part else self.page


def refuse_values(place: Place) -> None:
    """Raises a Refusal (INVALID, `invalid-place`) for anything without the shape of the system's names.

    Only `page` is checked against a list: accounts does not know the procedures, so that a client could send other
    words of small letters as the name of a part, a question or a check. No such name holds a digit, a capital letter,
    a space or a letter with a mark, so none can carry a date, a number or a person's name as people write them.
    Lengths and counts are bounded.
    """
    faults = [
        ("page", place.page in PAGES),
        ("procedure", place.procedure == "" or _PROCEDURE.fullmatch(place.procedure)),
        ("procedure_version", place.procedure_version == "" or _VERSION.fullmatch(place.procedure_version)),
        ("part", place.part == "" or _is_name(place.part)),
        ("fields", len(place.fields) <= MOST_FIELDS and all(map(is_field, place.fields))),
        ("open_points", len(place.open_points) <= MOST_POINTS and all(map(_is_point, place.open_points))),
    ]
    wrong = [name for name, good in faults if not good]
    if wrong:
        text = "Chỗ này chỉ nhận tên trang, tên mục và tên quy tắc, không nhận điều người dân đã điền."
        raise invalid("invalid-place", text, *(FieldFault(f"place/{name}", text) for name in wrong))


def is_page_digest(text: str) -> bool:
    """Whether a text can stand for a page of a dossier in the count: hex SHA-256, or empty."""
    return text == "" or _DIGEST.fullmatch(text) is not None


def is_field(name: str) -> bool:
    """Whether a text can be the JSON pointer of a question, or `documents/<kind>`."""
    if name.startswith(_DOCUMENTS):
        return _is_name(name.removeprefix(_DOCUMENTS))
    return _POINTER.fullmatch(name) is not None


def _is_point(point: OpenPoint) -> bool:
    return is_field(point.field) and (point.check == "" or _is_name(point.check))


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


# --- what a volunteer does


class GuidanceKind(StrEnum):
    POINT = "point"
    PHRASE = "phrase"
    TERM = "term"
    EXPLAINED = "explained"


def read_kind(kind: str) -> GuidanceKind:
    """Raises a Refusal (INVALID, `invalid-guidance`)."""
    if kind not in list(GuidanceKind):
        raise refused_guidance("kind", "Chỉ có thể chỉ vào một mục, gửi câu mẫu, giải thích từ hoặc ghi đã giải thích.")
    return GuidanceKind(kind)


def refuse_subject(
    kind: GuidanceKind, subject: str, place: Place, phrases: Iterable[str], terms: Iterable[str]
) -> None:
    """Raises a Refusal (INVALID, `invalid-guidance`) for a subject that the citizen's page or the lists do not have."""
    known: frozenset[str]
    match kind:
        case GuidanceKind.POINT:
            known, text = place.subjects, "Trang người dân đang mở không có mục này. Xin chọn mục khác."
        case GuidanceKind.PHRASE:
            known, text = frozenset(phrases), "Câu mẫu này không còn trong danh sách. Xin chọn câu khác."
        case GuidanceKind.TERM:
            known, text = frozenset(terms), "Danh sách không có từ này."
        case GuidanceKind.EXPLAINED:
            known = place.subjects | frozenset(terms)
            text = "Chỉ ghi được mục trên trang người dân đang mở, hoặc từ trong danh sách."
    if subject not in known:
        raise refused_guidance("subject", text)


def refused_guidance(field: str, text: str) -> Refusal:
    return invalid("invalid-guidance", text, FieldFault(field, text))
