"""The ward's registers: searches, dated notes, and books."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2

from gateway import rpc, rpcs
from gateway.api import register_answers as answers
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.requests import (
    BookYear,
    Closing,
    NewMinistryNumber,
    NewNote,
    NoteDecision,
    PaperBook,
    RegisterSearch,
    WaitingNotes,
)
from gateway.notes import refuse_incomplete
from gateway.wards import WardClient
from services.chassis.refusal import not_found

_ENTRY = "/wards/<ward>/registers/<register>/entries/<uuid:entry>"
_BOOK = "/wards/<ward>/books/<register>/<int(min=1900,max=9999):year>"

api.relay(
    "POST",
    "/wards/<ward>/registers/<register>/searches",
    rpcs.SEARCH_REGISTER,
    id="searchRegister",
    tag="registers",
    summary="Search a register by name, number or day; the reason is recorded",
    body=RegisterSearch,
    answer=answers.FoundEntries,
)


@api.operation(
    "GET",
    _ENTRY,
    id="getEntry",
    calls=(rpcs.GET_ENTRY,),
    tag="registers",
    summary="An entry with its whole content and its notes; recorded as a look at people's data",
    answer=answers.Entry,
)
def get_entry(ward: WardClient, register: str, entry: str) -> Json:
    return encode(answers.Entry, _entry(ward, register, entry))


@api.operation(
    "POST",
    _ENTRY + "/notes",
    id="noteEntry",
    calls=(rpcs.GET_ENTRY, rpcs.NOTE_ENTRY),
    by=rpc.OFFICER,
    tag="registers",
    summary="Write a dated note: a divorce, an annulment, a correction. The entry itself never changes",
    description="It waits for a signer, and counts once confirmed.",
    body=NewNote,
    answer=answers.Entry,
    status=201,
    location="/wards/{ward}/registers/{register}/entries/{entry}",
    creates=True,
)
def note_entry(ward: WardClient, register: str, entry: str, body: NewNote) -> Json:
    note = dossiers_pb2.NoteEntryRequest(entry_id=entry, **body.model_dump())
    refuse_incomplete(_entry(ward, register, entry), note)
    return encode(answers.Entry, ward.send(rpcs.NOTE_ENTRY, note))


@api.operation(
    "POST",
    _ENTRY + "/notes/<uuid:proposed_note>/decision",
    id="decideNote",
    calls=(rpcs.GET_ENTRY, rpcs.DECIDE_NOTE),
    by=rpc.SIGNER,
    tag="registers",
    summary="Confirm a note that an officer wrote, or send it back, as the signer",
    description="When a note is confirmed, papers with the former content of the entry are no longer in force.",
    body=NoteDecision,
    answer=answers.Entry,
    creates=True,
)
def decide_note(ward: WardClient, register: str, entry: str, proposed_note: str, body: NoteDecision) -> Json:
    _entry(ward, register, entry)
    return encode(
        answers.Entry, ward.call(rpcs.DECIDE_NOTE, entry_id=entry, proposed_note_id=proposed_note, **body.model_dump())
    )


@api.operation(
    "DELETE",
    _ENTRY + "/notes/<uuid:proposed_note>",
    id="dropNote",
    calls=(rpcs.GET_ENTRY, rpcs.DROP_NOTE),
    by=rpc.OFFICER,
    tag="registers",
    summary="Drop a note that nobody has confirmed: one that was sent back, or written by mistake",
    answer=answers.Entry,
    unversioned="the note is named by its id, and one that has been decided by now is not found.",
)
def drop_note(ward: WardClient, register: str, entry: str, proposed_note: str) -> Json:
    _entry(ward, register, entry)
    return encode(answers.Entry, ward.call(rpcs.DROP_NOTE, entry_id=entry, proposed_note_id=proposed_note))


@api.operation(
    "PUT",
    _ENTRY + "/ministry-number",
    id="setMinistryNumber",
    calls=(rpcs.GET_ENTRY, rpcs.SET_MINISTRY_NUMBER),
    by=rpc.OFFICER,
    tag="registers",
    summary="Record the number that the Ministry's software gave an entry, or correct it with a reason",
    description="The former number stays in `ministry_numbers`.",
    body=NewMinistryNumber,
    answer=answers.Entry,
    unversioned="an existing number is corrected only with a reason, and stays in `ministry_numbers`.",
)
def set_ministry_number(ward: WardClient, register: str, entry: str, body: NewMinistryNumber) -> Json:
    _entry(ward, register, entry)
    return encode(answers.Entry, ward.call(rpcs.SET_MINISTRY_NUMBER, entry_id=entry, **body.model_dump()))


api.relay(
    "GET",
    "/wards/<ward>/waiting-notes",
    rpcs.LIST_PROPOSED_NOTES,
    id="listWaitingNotes",
    tag="registers",
    summary="Entries with notes that wait for a signer, or that were sent back, the longest wait first",
    query=WaitingNotes,
    answer=answers.WaitingNotes,
)


def _entry(ward: WardClient, register: str, entry: str) -> dossiers_pb2.FoundEntry:
    """An entry of this register. Refusal NOT_FOUND `unknown-entry`."""
    found = ward.call(rpcs.GET_ENTRY, entry_id=entry)
    if found.register != register:
        raise not_found("unknown-entry", "Không tìm thấy mục này trong sổ đã nêu.")
    return found


api.relay(
    "GET",
    "/wards/<ward>/books",
    rpcs.LIST_BOOKS,
    id="listBooks",
    tag="registers",
    summary="The books of a year, with their closed volumes",
    query=BookYear,
    answer=answers.Books,
)
api.relay(
    "POST",
    _BOOK + "/beginning",
    rpcs.BEGIN_BOOK,
    id="beginBook",
    tag="registers",
    summary="Take over a year that was begun on paper: numbers continue after the paper book's last",
    description="Only before the first entry of the year.",
    body=PaperBook,
    answer=answers.Book,
    creates=True,
)
api.relay(
    "POST",
    _BOOK + "/closing",
    rpcs.CLOSE_BOOK,
    id="closeBook",
    tag="registers",
    summary="Close the open volume: after a full one the next follows, at the end of the year none",
    body=Closing,
    answer=answers.Book,
    creates=True,
)
api.relay(
    "GET",
    _BOOK + "/volumes/<int(min=1,max=9999):volume>/statement",
    rpcs.GET_CLOSING_STATEMENT,
    id="getClosingStatement",
    tag="registers",
    summary="The closing statement of a volume as PDF",
    media_types=("application/pdf",),
)
