"""What somebody of the office wants to find, sealed in an id: names and numbers stand in no address, log or history.

Nothing is stored: the id opens for the colleague who has started the search, in their ward, for fifteen minutes
(docs/decisions/0044).
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag

from services.chassis.database.pagination import list_mark
from services.chassis.refusal import FieldFault, Refusal, faulty, invalid
from services.dossiers.domain.register import REGISTERS
from services.dossiers.use_cases.unit import Unit, printable, written, written_day

LIVES = timedelta(minutes=15)
LONGEST_QUERY = 200  # characters
#: The length of a sealed text is a multiple of this many bytes, because the length of a name discloses something, too.
_BLOCK = 96


@dataclass(frozen=True, slots=True)
class StartSearch:
    query: str
    register: str = ""  # empty: the desk's list
    year: int = 0
    number: int = 0
    from_day: str = ""
    to_day: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    id: str
    expires_at: datetime


def start(unit: Unit, wanted: StartSearch) -> Started:
    """Seals a search. Refusals as for `refuse_unfit`, so that no search is sealed that a list would refuse."""
    refuse_unfit(wanted)
    until = unit.now + LIVES
    said = {name: value for name in _NAMES if (value := getattr(wanted, name))}
    text = json.dumps({"until": until.timestamp(), **said}, ensure_ascii=False)
    padded = text + " " * (-len(text.encode()) % _BLOCK)
    sealed = unit.cell.cipher.encrypt(padded, _context(unit))
    return Started(base64.urlsafe_b64encode(sealed).decode().rstrip("="), until)


def opened(unit: Unit, id: str, *, of_register: bool) -> StartSearch:
    """The content of a search. Refusal INVALID `search-expired`, also for an id that belongs to somebody else."""
    try:
        sealed = base64.b64decode(id + "=" * (-len(id) % 4), altchars=b"-_", validate=True)
        said = json.loads(unit.cell.cipher.decrypt(sealed, _context(unit)))
    except (binascii.Error, InvalidTag, KeyError, ValueError) as fault:
        raise _expired() from fault
    if said.pop("until") < unit.now.timestamp() or bool(said.get("register")) is not of_register:
        raise _expired()
    return StartSearch(**{"query": "", **said})


def refuse_unfit(wanted: StartSearch) -> None:
    """Refusals INVALID `missing-field` for a register without a reason, `invalid-field`, `text-too-long`."""
    if len(printable(wanted.query)) > LONGEST_QUERY:
        text = f"Xin viết ngắn hơn {LONGEST_QUERY} ký tự."
        raise invalid("text-too-long", text, FieldFault("query", text))
    if not wanted.register:
        return
    if wanted.register not in REGISTERS:
        text = "Phường không có sổ này."
        raise faulty("register", text)
    for field in ("from_day", "to_day"):
        if getattr(wanted, field):
            written_day(field, getattr(wanted, field))
    written("reason", wanted.reason, needed="Xin ghi lý do tra cứu hoặc mã hồ sơ đang giải quyết.")


def mark(unit: Unit, query: str, *narrowed: object) -> str:
    """The mark of the list that was found for `query` with these filters.

    A cursor is part of addresses and must not contain a name, so `query` goes into the mark as a keyed digest.
    """
    asked = unit.cell.cipher.key_for("list", printable(query)).hex() if query else ""
    return list_mark(asked, *map(str, narrowed))


_NAMES = tuple(field.name for field in fields(StartSearch))


def _context(unit: Unit) -> str:
    return f"search:{unit.ward}:{unit.caller.id}"


def _expired() -> Refusal:
    text = "Lần tìm này không còn mở được: mỗi lần tìm chỉ dùng được 15 phút, cho chính người đã tìm. Xin tìm lại."
    return invalid("search-expired", text, FieldFault("search", text))
