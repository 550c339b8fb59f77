"""Register books and entries as the contract's messages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.timestamps import stamp
from services.dossiers import register_books, registers
from services.dossiers.access import RULES
from services.dossiers.adapters.records import label_of
from services.dossiers.domain.dates import in_digits
from services.dossiers.domain.noted_changes import CHANGEABLE, stands_at
from services.dossiers.domain.notes import NOTE_KINDS, counting, kinds_in
from services.dossiers.domain.register import DEATH, MARRIAGE, REGISTERS
from services.dossiers.register_tables import RegisterBookRow, RegisterEntryRow, RegisterVolumeRow
from services.dossiers.use_cases.opened import (
    content_of,
    content_of_note,
    content_of_proposed_note,
    current_content_of,
)
from services.dossiers.use_cases.registers import annulments, deaths, revivals, withdrawals
from services.dossiers.use_cases.registers.search import Found, record_shown
from services.dossiers.use_cases.unit import Unit


def found(unit: Unit, found: Found) -> dossiers_pb2.SearchRegisterResponse:
    return dossiers_pb2.SearchRegisterResponse(
        entries=_summaries(unit, found.page.items),
        next_cursor=found.page.next_cursor,
        asked=dossiers_pb2.StartSearchRequest(**asdict(found.asked)),
    )


def entry(unit: Unit, row: RegisterEntryRow) -> dossiers_pb2.FoundEntry:
    (message,) = _summaries(unit, [row])
    message.content_json = json.dumps(content_of(unit.cell, row), ensure_ascii=False)
    written = registers.notes(unit.session, row.id)
    still = set(counting([each.withdraws for each in written]))
    for each in written:
        note = content_of_note(unit.cell, each)
        message.notes.append(
            dossiers_pb2.EntryNote(
                sequence=each.sequence,
                kind=each.kind,
                text=note["text"],
                basis=note["basis"],
                at=stamp(each.at),
                signer_name=note["signer_name"],
                withdraws=each.withdraws or 0,
                counts=each.sequence in still,
                supplements=note.get("supplements", 0),
                **_told(unit, each.kind, note),
            )
        )
    for had in registers.ministry_numbers_of(unit.session, row.id):
        message.ministry_numbers.append(
            dossiers_pb2.MinistryNumber(number=had.number, reason=had.reason, at=stamp(had.at), by=had.by_name)
        )
    message.note_kinds.extend(kinds_in(row.register))
    now = current_content_of(unit.session, unit.cell, row)
    message.changeable.extend(
        dossiers_pb2.Changeable(at=at, title=each.title, value_kind=each.value, value=stands_at(now, at))
        for at, each in CHANGEABLE.get(row.register, {}).items()
    )
    message.proposed_notes.extend(_proposed(unit, row))
    if any(RULES[rpc].allows(unit.caller, unit.ward) for rpc in ("NoteEntry", "DecideNote")):
        _add_likely(unit, row, message)
    shown = [each.entry_id for each in message.likely_deaths]
    shown += [each.entry_id for each in message.marriages_to_ask]
    shown += [each.entry_id for each in message.remarriages_to_ask]
    shown += [each.entry_id for each in message.marriages_noted]
    shown += [each.entry_id for each in message.marriages_standing]
    shown += [id for noted in message.notes for id in _shown_by(noted)]
    shown += [id for proposed in message.proposed_notes for id in _shown_by(proposed)]
    record_shown(unit, shown)
    return message


def _add_likely(unit: Unit, row: RegisterEntryRow, message: dossiers_pb2.FoundEntry) -> None:
    """Other entries that may be of the same people: who writes a note chooses from them, who decides it compares."""
    if row.register == MARRIAGE and _may_tell_of_a_death(unit, row):
        message.likely_deaths.extend(
            dossiers_pb2.LikelyDeath(
                entry_id=str(each.entry.id), label=label_of(each.entry), who=each.who, died_on=each.died_on
            )
            for each in deaths.likely(unit, row)
        )
    if row.register == DEATH and not registers.is_annulled(unit.session, [row.id]):
        message.marriages_to_ask.extend(
            dossiers_pb2.EndedMarriage(
                entry_id=str(each.entry.id),
                label=label_of(each.entry),
                basis=each.noted.note["basis"],
                by_this_death=bool(each.answer),
                answered=each.answer is not None,
            )
            for each in deaths.to_ask(unit, row)
        )
        message.marriages_noted.extend(_noted(deaths.marriages_ended_by(unit, row)))
        message.marriages_standing.extend(_noted(deaths.standing_marriages(unit, row)))
    if row.register == MARRIAGE or not registers.is_annulled(unit.session, [row.id]):
        message.remarriages_to_ask.extend(
            dossiers_pb2.Remarriage(entry_id=str(each.id), label=label_of(each)) for each in revivals.to_ask(unit, row)
        )


def _noted(marriages: Sequence[RegisterEntryRow]) -> list[dossiers_pb2.NotedMarriage]:
    return [dossiers_pb2.NotedMarriage(entry_id=str(each.id), label=label_of(each)) for each in marriages]


def _may_tell_of_a_death(unit: Unit, marriage: RegisterEntryRow) -> bool:
    """Whether a note may say of a marriage that a spouse died: it stands, or the note that says so is not complete."""
    return deaths.stands(unit, marriage) or deaths.completes(unit, marriage) is not None


def _told(unit: Unit, kind: str, note: Mapping[str, Any]) -> dict[str, Any]:
    """What a note tells in members of its own, which the message of a note that waits has, too."""
    return {
        **{name: note[name] for name in _PLAIN if name in note},
        "died_on": note.get("died_on") or _day_by_entry(unit, kind, note),
        "ended_marriages": _ended(unit, note),
        "remarriages": _remarried(unit, note),
    }


_PLAIN = ("spouse_elsewhere", "spouse_elsewhere_text", "who_died", "death_entry", "not_this_person")


def _day_by_entry(unit: Unit, kind: str, note: Mapping[str, Any]) -> str:
    """The day of the death, or the year, by this ward's entry that a note of a death refers to; else empty."""
    if not NOTE_KINDS[kind].tells_of_death or "death_entry" not in note:
        return ""
    death = registers.entry(unit.session, UUID(note["death_entry"]))
    return "" if death is None else unit.records.day_of(death)


def _shown_by(note: dossiers_pb2.EntryNote | dossiers_pb2.ProposedNote) -> list[str]:
    """The other entries of which a note tells, by their ids: also the one from which it has the day of a death."""
    ids = [note.death_entry] if note.death_entry and note.died_on else []
    ids += [each.entry_id for each in note.ended_marriages]
    if isinstance(note, dossiers_pb2.ProposedNote):
        ids += [each.entry_id for each in note.ends_marriages]
    return ids + [each.entry_id for each in note.remarriages]


def _remarried(unit: Unit, note: Mapping[str, Any]) -> Iterator[dossiers_pb2.Remarriage]:
    """What a note says of later marriages, with their labels."""
    for each in note.get("remarriages", ()):
        later = registers.entry(unit.session, UUID(each["entry_id"]))
        if later is not None:
            yield dossiers_pb2.Remarriage(label=label_of(later), **each)


def _ended(unit: Unit, note: Mapping[str, Any]) -> Iterator[dossiers_pb2.EndedMarriage]:
    """What a note that takes a death back says of marriages, with their labels and the papers of the notes there."""
    for each in note.get("ended_marriages", ()):
        marriage = registers.entry(unit.session, UUID(each["entry_id"]))
        if marriage is not None:
            about = content_of_note(unit.cell, registers.notes(unit.session, marriage.id)[each["sequence"] - 1])
            yield dossiers_pb2.EndedMarriage(
                entry_id=each["entry_id"],
                label=label_of(marriage),
                basis=about["basis"],
                by_this_death=each["by_this_death"],
                answered=True,
            )


def waiting(unit: Unit, found: tuple[Sequence[RegisterEntryRow], bool]) -> dossiers_pb2.ListProposedNotesResponse:
    """Entries with notes that wait for the signer, or were sent back, as a list: without content."""
    rows, returned = found
    answer = dossiers_pb2.ListProposedNotesResponse()
    for row, message in zip(rows, _summaries(unit, rows), strict=True):
        message.proposed_notes.extend(each for each in _proposed(unit, row) if bool(each.returned_because) is returned)
        record_shown(unit, (id for note in message.proposed_notes for id in _shown_by(note)))
        answer.entries.append(message)
    return answer


def _proposed(unit: Unit, row: RegisterEntryRow) -> Iterator[dossiers_pb2.ProposedNote]:
    annulled = registers.is_annulled(unit.session, [row.id])
    for each in registers.proposed_notes(unit.session, row.id):
        note = content_of_proposed_note(unit.cell, each)
        after = registers.is_annulled_after(unit.session, row.id, each.kind, note.get("withdraws"))
        yield dossiers_pb2.ProposedNote(
            id=str(each.id),
            kind=each.kind,
            text=note["text"],
            basis=note["basis"],
            at=stamp(each.at),
            prepared_by=note["prepared_by"],
            returned_because=note.get("returned_because", ""),
            asked_json=json.dumps(note.get("asked", {}), ensure_ascii=False),
            annuls=after and not annulled,
            ends_annulment=_ended_annulment(unit, row) if annulled and not after else None,
            ends_marriages=_noted(deaths.ended_by_note(unit, row, each.kind, note)),
            **_told(unit, each.kind, note),
        )


def _ended_annulment(unit: Unit, row: RegisterEntryRow) -> dossiers_pb2.EndedAnnulment:
    again = annulments.if_counted_again(unit, row)
    return dossiers_pb2.EndedAnnulment(
        papers=[each.number for each in again.papers],
        dossiers=[each.code or "" for each in again.dossiers],
        maybe_registered_again=[label_of(each) for each in withdrawals.maybe_registered_again(unit, row)],
    )


def _summaries(unit: Unit, rows: Sequence[RegisterEntryRow]) -> list[dossiers_pb2.FoundEntry]:
    numbers = registers.ministry_numbers(unit.session, [row.id for row in rows])
    return [_summary(unit, row, numbers.get(row.id, "")) for row in rows]


def _summary(unit: Unit, row: RegisterEntryRow, ministry_number: str) -> dossiers_pb2.FoundEntry:
    content, now = content_of(unit.cell, row), current_content_of(unit.session, unit.cell, row)
    return dossiers_pb2.FoundEntry(
        id=str(row.id),
        register=row.register,
        label=label_of(row),
        year=row.year,
        number=row.number,
        registered_at=stamp(row.registered_at),
        names=_names(content, now),
        dossier_id=str(row.dossier_id),
        certificate_id=row.certificate_id,
        ministry_number=ministry_number,
    )


def _names(content: dict[str, Any], now: dict[str, Any]) -> Sequence[str]:
    """The people of an entry with dates of birth, for a list, with the changes by notes."""
    parts = [part for part in ("child", "wife", "husband", "deceased", "person", "subject") if part in content]
    named = [(_named(content[part]), _named(now[part])) for part in parts]
    return [was if was == by_notes else f"{was} (nay là {by_notes})" for was, by_notes in named]


def _named(person: dict[str, Any]) -> str:
    return " · ".join(filter(None, (person["full_name"], in_digits(person.get("birth_date", "")))))


def books(unit: Unit, rows: Sequence[RegisterBookRow]) -> dossiers_pb2.ListBooksResponse:
    return dossiers_pb2.ListBooksResponse(books=[book(unit, row) for row in rows])


def book(unit: Unit, row: RegisterBookRow) -> dossiers_pb2.Book:
    kind = REGISTERS[row.register]
    closed: Sequence[RegisterVolumeRow] = register_books.volumes(unit.session, row.register, row.year)
    return dossiers_pb2.Book(
        register=row.register,
        title=kind.title,
        year=row.year,
        label=register_books.label_of_volume(row, row.volume, kind.suffix),
        first_number=row.first_number,
        last_number=row.last_number,
        opened_at=stamp(row.opened_at),
        closed_at=stamp(row.closed_at),
        closed_volumes=[
            dossiers_pb2.ClosedVolume(
                volume=each.volume,
                label=register_books.label_of_volume(row, each.volume, kind.suffix),
                first_number=each.first_number,
                last_number=each.last_number,
                closed_at=stamp(each.closed_at),
                closed_by=each.closed_by,
            )
            for each in closed
        ],
    )
