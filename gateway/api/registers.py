"""The ward's registers: looking into them, dated notes, and their books."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2
from flask import Response

from gateway.api import answers, encode
from gateway.api.caller import idempotency_key, token
from gateway.api.files import file_response
from gateway.api.models import BookYear, Closing, NewNote, PaperBook, RegisterSearch
from gateway.api.operations import api
from gateway.cells import cells
from services.chassis.refusal import not_found

STATEMENT_SECONDS = 10.0
_ENTRY = "/wards/<ward>/registers/<register>/entries/<uuid:entry>"
_BOOK = "/wards/<ward>/books/<register>/<int(min=1900,max=9999):year>"


@api.operation(
    "POST",
    "/wards/<ward>/registers/<register>/searches",
    id="searchRegister",
    tag="registers",
    summary="Look into a register by name, number or day; the reason is recorded",
    body=RegisterSearch,
    answer=answers.FoundEntries,
)
def search_register(ward: str, register: str, body: RegisterSearch) -> answers.FoundEntries:
    request = dossiers_pb2.SearchRegisterRequest(
        register=register,
        query=body.q,
        year=body.year or 0,
        number=body.number or 0,
        from_day=body.from_day or "",
        to_day=body.to_day or "",
        reason=body.reason,
        page_size=body.limit,
        cursor=body.cursor,
    )
    found = cells().ask(ward, cells().dossiers(ward).SearchRegister, request, token=token(), repeatable=True)
    return answers.FoundEntries(
        entries=[encode.found_entry(each) for each in found.entries], next_cursor=found.next_cursor or None
    )


@api.operation(
    "GET",
    _ENTRY,
    id="getEntry",
    tag="registers",
    summary="An entry with all it says and its notes; recorded as a look at people's data",
    answer=answers.Entry,
)
def get_entry(ward: str, register: str, entry: str) -> answers.Entry:
    return encode.entry(_entry(ward, register, entry))


@api.operation(
    "POST",
    _ENTRY + "/notes",
    id="noteEntry",
    tag="registers",
    summary="Write a dated note: a divorce, an annulment, a correction. The entry itself never changes",
    description="Takes the papers that say what the entry said before out of force.",
    body=NewNote,
    answer=answers.Entry,
    status=201,
    creates=True,
)
def note_entry(ward: str, register: str, entry: str, body: NewNote) -> answers.Entry:
    key = idempotency_key()
    _entry(ward, register, entry)
    request = dossiers_pb2.NoteEntryRequest(
        entry_id=entry, kind=body.kind, text=body.text, basis=body.basis, basis_date=body.basis_date
    )
    rpc = cells().dossiers(ward).NoteEntry
    return encode.entry(cells().ask(ward, rpc, request, token=token(), idempotency_key=key))


def _entry(ward: str, register: str, entry: str) -> dossiers_pb2.FoundEntry:
    """An entry of this register. Refusal NOT_FOUND `unknown-entry`."""
    request = dossiers_pb2.GetEntryRequest(entry_id=entry)
    found = cells().ask(ward, cells().dossiers(ward).GetEntry, request, token=token(), repeatable=True)
    if found.register != register:
        raise not_found("unknown-entry", "Không tìm thấy mục này trong sổ đã nêu.")
    return found


@api.operation(
    "GET",
    "/wards/<ward>/books",
    id="listBooks",
    tag="registers",
    summary="The books of a year, with their closed volumes",
    query=BookYear,
    answer=answers.Books,
)
def list_books(ward: str, query: BookYear) -> answers.Books:
    request = dossiers_pb2.ListBooksRequest(year=query.year or 0)
    found = cells().ask(ward, cells().dossiers(ward).ListBooks, request, token=token(), repeatable=True)
    return answers.Books(books=[encode.book(each) for each in found.books])


@api.operation(
    "POST",
    _BOOK + "/beginning",
    id="beginBook",
    tag="registers",
    summary="Take over a year that was begun on paper: numbers go on after the paper book's last",
    description="Before the first entry only.",
    body=PaperBook,
    answer=answers.Book,
    creates=True,
)
def begin_book(ward: str, register: str, year: str, body: PaperBook) -> answers.Book:
    request = dossiers_pb2.BeginBookRequest(register=register, year=int(year), paper_number=body.paper_number)
    rpc, key = cells().dossiers(ward).BeginBook, idempotency_key()
    return encode.book(cells().ask(ward, rpc, request, token=token(), idempotency_key=key))


@api.operation(
    "POST",
    _BOOK + "/closing",
    id="closeBook",
    tag="registers",
    summary="Close the open volume: a full one is followed by the next, at the year's end by none",
    body=Closing,
    answer=answers.Book,
    creates=True,
)
def close_book(ward: str, register: str, year: str, body: Closing) -> answers.Book:
    request = dossiers_pb2.CloseBookRequest(register=register, year=int(year), full=body.full)
    rpc, key = cells().dossiers(ward).CloseBook, idempotency_key()
    return encode.book(cells().ask(ward, rpc, request, token=token(), idempotency_key=key))


@api.operation(
    "GET",
    _BOOK + "/volumes/<int(min=1,max=9999):volume>/statement",
    id="getClosingStatement",
    tag="registers",
    summary="The closing statement of a volume as PDF",
    media_types=("application/pdf",),
)
def get_closing_statement(ward: str, register: str, year: str, volume: str) -> Response:
    request = dossiers_pb2.GetClosingStatementRequest(register=register, year=int(year), volume=int(volume))
    rpc = cells().dossiers(ward).GetClosingStatement
    paper = cells().ask(ward, rpc, request, seconds=STATEMENT_SECONDS, token=token(), repeatable=True)
    return file_response(paper.content, "application/pdf", paper.filename)
