"""The set phrases that volunteers send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from services.accounts.domain.stations import LONGEST_PHRASE, read_text
from services.accounts.storage import stations as storage
from services.accounts.storage.rows import by_id
from services.accounts.tables import PhraseRow
from services.accounts.use_cases.unit import Unit
from services.chassis.database import audit
from services.chassis.refusal import Refusal, conflict, faulty, not_found, stale

MOST = 100
LAST_POSITION = 9999


@dataclass(frozen=True, slots=True)
class ListPhrases:
    pass


@dataclass(frozen=True, slots=True)
class SavePhrase:
    id: str
    text: str
    position: int
    expected_version: int = 0


@dataclass(frozen=True, slots=True)
class RetirePhrase:
    id: str


def phrases(unit: Unit, _: ListPhrases) -> Sequence[PhraseRow]:
    """The phrases in use, in their order."""
    return storage.phrases(unit.session)


def save_phrase(unit: Unit, command: SavePhrase) -> PhraseRow:
    """Adds or changes a phrase; sessions in which it was sent keep the words as they were sent.

    Raises a Refusal: INVALID (`invalid-field`), NOT_FOUND (`unknown-phrase`), CONFLICT (`too-many-phrases`), STALE.
    """
    text = read_text("text", command.text, LONGEST_PHRASE)
    if not 0 <= command.position <= LAST_POSITION:
        raise faulty("position", f"Thứ tự từ 0 đến {LAST_POSITION}.")
    if command.id:
        row = _phrase(unit, command.id)
        if row.retired_at is not None:
            raise _unknown_phrase()
        if command.expected_version not in (0, row.version):
            raise stale(row.version)
        row.text, row.position = text, command.position
    else:
        if storage.phrases_in_use(unit.session) >= MOST:
            raise conflict("too-many-phrases", f"Nhiều nhất {MOST} câu soạn sẵn. Xin bỏ bớt câu không dùng.")
        row = PhraseRow(id=uuid4(), text=text, position=command.position)
        unit.session.add(row)
    audit.record(unit.session, "save-phrase", f"phrase:{row.id}")
    return row


def retire_phrase(unit: Unit, command: RetirePhrase) -> PhraseRow:
    """Takes a phrase out of the list; repeating it changes nothing. Raises a Refusal (NOT_FOUND, `unknown-phrase`)."""
    row = _phrase(unit, command.id)
    if row.retired_at is None:
        row.retired_at = unit.now
        audit.record(unit.session, "retire-phrase", f"phrase:{row.id}")
    return row


def _phrase(unit: Unit, phrase_id: str) -> PhraseRow:
    row = by_id(unit.session, PhraseRow, phrase_id, locked=True)
    if row is None:
        raise _unknown_phrase()
    return row


def _unknown_phrase() -> Refusal:
    return not_found("unknown-phrase", "Không có câu soạn sẵn này.")
