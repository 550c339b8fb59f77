"""Takes pictures of a paper page by page, from a scanner or a phone that has a ticket, and makes one document of the
pages that the citizen keeps.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from services.chassis.call import seconds_left
from services.chassis.database import audit
from services.chassis.grpc.client import unavailable
from services.chassis.ids import read_uuid
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid, not_found
from services.dossiers import captures, storage
from services.dossiers.adapters import file_worker
from services.dossiers.adapters.page_pictures import document_of, turned
from services.dossiers.adapters.uploads import accepted_page
from services.dossiers.domain.captures import MOST_PAGES, TICKET_LIFE, Fault, Source, State, is_scanning, state_of
from services.dossiers.tables import CapturePageRow, CaptureRow, DocumentRow, DossierRow
from services.dossiers.use_cases.intake import documents
from services.dossiers.use_cases.intake.documents import AddDocument, StoredFile
from services.dossiers.use_cases.unit import Unit, Workplace, own_dossier


@dataclass(frozen=True, slots=True)
class StartCapture:
    dossier_id: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class GetCapture:
    dossier_id: str
    capture_id: str


@dataclass(frozen=True, slots=True)
class GetCapturePage(GetCapture):
    page_id: str


@dataclass(frozen=True, slots=True)
class TurnCapturePage(GetCapturePage):
    pass


@dataclass(frozen=True, slots=True)
class RemoveCapturePage(GetCapturePage):
    pass


@dataclass(frozen=True, slots=True)
class KeepCapture(GetCapture):
    pass


@dataclass(frozen=True, slots=True)
class DiscardCapture(GetCapture):
    pass


@dataclass(frozen=True, slots=True)
class GetCaptureTicket:
    ticket: str


@dataclass(frozen=True, slots=True)
class AddCapturePage:
    ticket: str
    content: bytes
    number: int


@dataclass(frozen=True, slots=True)
class EndCapture:
    ticket: str
    fault: str


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture with its pages in order of arrival; the ticket only if it was just made."""

    row: CaptureRow
    pages: Sequence[CapturePageRow]
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Ticketed:
    """What the holder of a ticket may know: the title of the paper, and the capture."""

    title: str
    capture: Capture


@dataclass(frozen=True, slots=True)
class Joined:
    """A capture's pages as one stored file; `pages` tells whether they have changed since."""

    file: StoredFile
    filename: str
    pages: Sequence[tuple[UUID, int]]


def start(unit: Unit, command: StartCapture) -> Capture:
    """The paper's open capture, or a new one, with a new ticket; an earlier ticket no longer works.

    Refusals: NOT_FOUND, INVALID `unknown-source`, CONFLICT `scanner-at-work`, and those of `documents.refuse_unasked`.
    """
    dossier = own_dossier(unit, command.dossier_id, locked=True)
    documents.refuse_unasked(unit, dossier, command.kind, "kind")
    if command.source not in set(Source):
        text = "Trang giấy tờ đến từ máy quét (scanner) hoặc điện thoại (phone)."
        raise invalid("unknown-source", text, FieldFault("source", text))
    ticket = secrets.token_urlsafe(32)
    row = captures.open_capture(unit.session, dossier.id, command.kind)
    if row is None:
        row = CaptureRow(id=uuid4(), dossier_id=dossier.id, kind=command.kind, kept_at=None, discarded_at=None)
    else:
        _refuse_while_scanning(unit, row, "quét hoặc chụp thêm")
    row.source = command.source
    row.ticket_digest = _digest(ticket.encode())
    row.started_at, row.expires_at = unit.now, unit.now + TICKET_LIFE
    row.ended_at, row.fault = None, ""
    row.pages_before = captures.last_position(unit.session, row.id)
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit.session, "start-capture", f"dossier:{dossier.id}", dossier.applicant_id)
    return Capture(row, captures.pages(unit.session, row.id), ticket)


def capture(unit: Unit, query: GetCapture) -> Capture:
    """A capture of the caller's own. Refusal NOT_FOUND."""
    dossier = own_dossier(unit, query.dossier_id)
    return _capture(unit, dossier, query.capture_id)


def page(place: Workplace, query: GetCapturePage) -> bytes:
    """The picture of a page, turned as chosen. Refusal NOT_FOUND."""
    with place.unit() as unit:
        dossier = own_dossier(unit, query.dossier_id)
        found = _page(_capture(unit, dossier, query.capture_id), query.page_id)
        audit.record(unit.session, "view-capture-page", f"dossier:{dossier.id}", dossier.applicant_id)
    return turned(place.files[unit.ward].get(found.path), found.turned)


def turn(unit: Unit, command: TurnCapturePage) -> Capture:
    """Turns a page by a quarter, clockwise. Refusals: NOT_FOUND, CONFLICT `capture-over`."""
    found, _ = _open(unit, command.dossier_id, command.capture_id)
    chosen = _page(found, command.page_id)
    chosen.turned = (chosen.turned + 90) % 360
    unit.session.flush()
    return found


def remove(unit: Unit, command: RemoveCapturePage) -> Capture:
    """Takes a page out; `stray_files` deletes its file. Repeating it changes nothing.

    Refusals: NOT_FOUND, CONFLICT `capture-over`.
    """
    found, dossier = _open(unit, command.dossier_id, command.capture_id)
    id = read_uuid(command.page_id)
    if id is not None and captures.is_removed(unit.session, found.row.id, id):
        return found
    _page(found, command.page_id).path = ""
    unit.session.flush()
    audit.record(unit.session, "remove-capture-page", f"dossier:{dossier.id}", dossier.applicant_id)
    return Capture(found.row, captures.pages(unit.session, found.row.id))


def discard(unit: Unit, command: DiscardCapture) -> Capture:
    """Discards the pages. Their files then have no row, and `stray_files` deletes them. Repeating it changes nothing.

    Refusals: NOT_FOUND, CONFLICT `capture-over` for a capture that was kept.
    """
    dossier = own_dossier(unit, command.dossier_id, locked=True)
    found = _capture(unit, dossier, command.capture_id)
    if found.row.discarded_at is not None:
        return found
    _refuse_over(found.row)
    captures.discard_pages(unit.session, found.row.id)
    found.row.discarded_at = unit.now
    unit.session.flush()
    audit.record(unit.session, "discard-capture", f"dossier:{dossier.id}", dossier.applicant_id)
    return Capture(found.row, ())


def may_keep(unit: Unit, command: KeepCapture) -> Capture:
    """The capture to make a document of.

    Refusals: NOT_FOUND, CONFLICT `capture-over`, `scanner-at-work`, `no-pages`, and those of
    `documents.refuse_unasked`.
    """
    found, dossier = _open(unit, command.dossier_id, command.capture_id)
    documents.refuse_unasked(unit, dossier, found.row.kind, f"documents/{found.row.kind}")
    _refuse_while_scanning(unit, found.row, "dùng các trang này")
    if not found.pages:
        raise conflict("no-pages", "Chưa có trang nào. Xin quét hoặc chụp giấy tờ trước.")
    return found


def join(place: Workplace, command: KeepCapture, found: Capture) -> Joined:
    """Makes a document of the pages and stores it, with one page in memory at a time. Refusals of `uploads.accept`."""
    files = place.files[place.ward]

    def pictures() -> Iterator[tuple[bytes, int]]:
        for each in found.pages:
            _refuse_too_late()
            yield files.get(each.path), each.turned

    file = document_of(pictures(), len(found.pages))
    with place.unit() as unit:
        dossier = own_dossier(unit, command.dossier_id)
        title = _title(unit, dossier, found.row.kind)
    return Joined(documents.store_file(place, file, dossier), f"{title}.{file.extension}", _seen(found))


def keep(unit: Unit, command: KeepCapture, joined: Joined) -> DocumentRow:
    """Adds the document to the dossier.

    Refusals as for `may_keep`, STALE if pages have come or gone, and those of `documents.attach`.
    """
    _refuse_too_late()
    found = may_keep(unit, command)
    if _seen(found) != joined.pages:
        text = "Vừa có trang thêm vào hoặc lấy ra. Xin xem lại các trang rồi làm lại."
        raise Refusal(Kind.STALE, "stale-version", text)
    row = found.row
    document, paper = AddDocument(command.dossier_id, row.kind, joined.filename, b""), f"documents/{row.kind}"
    added = documents.attach(unit, document, joined.file, paper, paper)
    captures.discard_pages(unit.session, row.id)
    row.kept_at = unit.now
    row.ended_at = row.ended_at or unit.now
    unit.session.flush()
    return added


def ticketed(unit: Unit, query: GetCaptureTicket) -> Ticketed:
    """The paper and the capture of a ticket that is still good.

    Refusals: NOT_FOUND `unknown-ticket`, CONFLICT `ticket-over`, `wrong-state`.
    """
    row = _of_ticket(unit, query.ticket)
    dossier = _still_open(unit, row)
    return _ticketed(unit, row, dossier)


def may_add(unit: Unit, command: AddCapturePage) -> DossierRow | None:
    """The dossier that a page is for; None if the same page was sent under this number before.

    Refusals: INVALID `invalid-number`, those of `ticketed`, CONFLICT `too-many-pages`, `page-differs` for another
    picture under a number that was sent before.
    """
    if not 1 <= command.number <= 1000:
        text = "Số thứ tự của trang đếm từ 1."
        raise invalid("invalid-number", text, FieldFault("number", text))
    row = _of_ticket(unit, command.ticket)
    if _is_sent_again(unit, row, command):
        return None
    _refuse_more(captures.pages(unit.session, row.id))
    return _still_open(unit, row)


def store(place: Workplace, command: AddCapturePage, dossier: DossierRow | None) -> StoredFile | None:
    """Stores the page before its row is committed. Refusals of `uploads.accepted_page` and `file_worker.run`.

    A ticket has no account, and many phones and scanners share the network of a ward: the page is of the dossier's
    applicant, who has the ticket. What was sent before is neither read nor stored: whoever has a ticket that is used up
    costs the applicant nothing.
    """
    if dossier is None:
        return None
    file = file_worker.run(accepted_page, command.content, sender=dossier.applicant_id)
    return documents.store_file(place, file, dossier)


def add(unit: Unit, command: AddCapturePage, stored: StoredFile | None) -> Ticketed:
    """Adds the page. A page sent again under its number is stored only once, and stays removed if it was removed.

    Refusals as for `may_add`.
    """
    dossier = _dossier(unit, _of_ticket(unit, command.ticket), locked=True)
    row = _of_ticket(unit, command.ticket, locked=True)
    if _is_sent_again(unit, row, command) or stored is None:
        return _ticketed(unit, row, dossier)
    _refuse_more(captures.pages(unit.session, row.id))
    _still_open(unit, row)
    added = CapturePageRow(
        id=uuid4(),
        capture_id=row.id,
        position=row.pages_before + command.number,
        media_type=stored.file.media_type,
        size=len(stored.file.content),
        path=stored.path,
        sent_digest=_digest(command.content),
        turned=0,
        added_at=unit.now,
    )
    unit.session.add(added)
    if row.source == Source.PHONE:
        row.ended_at = unit.now
    else:
        row.expires_at = unit.now + TICKET_LIFE  # sixty pages take some scanners longer
    unit.session.flush()
    documents.ensure_stored(unit, stored)
    audit.record(unit.session, "add-capture-page", f"dossier:{dossier.id}")
    return _ticketed(unit, row, dossier)


def end(unit: Unit, command: EndCapture) -> Ticketed:
    """Uses a ticket up; repeating it changes nothing. Refusals: NOT_FOUND `unknown-ticket`, INVALID `unknown-fault`."""
    if command.fault and command.fault not in set(Fault):
        text = "Không có lỗi nào mang tên này."
        raise invalid("unknown-fault", text, FieldFault("fault", text))
    row = _of_ticket(unit, command.ticket, locked=True)
    if row.ended_at is None:
        row.ended_at, row.fault = unit.now, command.fault
        unit.session.flush()
    return _ticketed(unit, row, _dossier(unit, row))


def _refuse_too_late() -> None:
    """If the caller has gone, it has told the citizen that the scan failed. Raises a Refusal (UNAVAILABLE)."""
    if seconds_left() <= 0:
        raise unavailable()


def _capture(unit: Unit, dossier: DossierRow, capture_id: str) -> Capture:
    id = read_uuid(capture_id)
    row = captures.capture(unit.session, dossier.id, id) if id else None
    if row is None:
        raise not_found("unknown-capture", "Không tìm thấy các trang này. Xin quét hoặc chụp lại.")
    return Capture(row, captures.pages(unit.session, row.id))


def _open(unit: Unit, dossier_id: str, capture_id: str) -> tuple[Capture, DossierRow]:
    """A capture of the caller's own that is neither kept nor discarded, with its dossier locked."""
    dossier = own_dossier(unit, dossier_id, locked=True)
    found = _capture(unit, dossier, capture_id)
    _refuse_over(found.row)
    return found, dossier


def _refuse_over(row: CaptureRow) -> None:
    if row.kept_at is not None or row.discarded_at is not None:
        raise conflict("capture-over", "Các trang này đã được dùng hoặc đã bỏ. Xin quay lại trang giấy tờ.")


def _refuse_while_scanning(unit: Unit, row: CaptureRow, what: str) -> None:
    """The rest of the paper is still to come."""
    if is_scanning(row.source, unit.now, row.expires_at, row.ended_at):
        text = f"Máy quét còn đang gửi trang của giấy tờ này. Xin đợi quét xong rồi hãy {what}."
        raise conflict("scanner-at-work", text)


def _page(found: Capture, page_id: str) -> CapturePageRow:
    chosen = next((each for each in found.pages if str(each.id) == page_id), None)
    if chosen is None:
        raise not_found("unknown-page", "Trang này không còn. Xin xem lại các trang đang có.")
    return chosen


def _seen(found: Capture) -> Sequence[tuple[UUID, int]]:
    return [(each.id, each.turned) for each in found.pages]


def _of_ticket(unit: Unit, ticket: str, *, locked: bool = False) -> CaptureRow:
    row = captures.capture_of_ticket(unit.session, _digest(ticket.encode()), locked=locked)
    if row is None:
        raise not_found("unknown-ticket", "Mã này không dùng được. Xin lấy mã mới ở máy tính.")
    return row


def _dossier(unit: Unit, row: CaptureRow, *, locked: bool = False) -> DossierRow:
    dossier = storage.dossier(unit.session, row.dossier_id, locked=locked)
    assert dossier is not None, "the foreign key holds it"
    return dossier


def _still_open(unit: Unit, row: CaptureRow) -> DossierRow:
    """The capture's dossier, if the ticket is still good and the dossier accepts the paper."""
    if row.ended_at or row.kept_at or row.discarded_at or row.expires_at <= unit.now:
        raise conflict("ticket-over", "Mã này đã dùng rồi hoặc đã quá mười phút. Xin lấy mã mới ở máy tính.")
    dossier = _dossier(unit, row)
    documents.refuse_unasked(unit, dossier, row.kind, f"documents/{row.kind}")
    return dossier


def _is_sent_again(unit: Unit, row: CaptureRow, command: AddCapturePage) -> bool:
    """Whether this page was sent under its number before. Refusal CONFLICT `page-differs`."""
    before = captures.page_at(unit.session, row.id, row.pages_before + command.number)
    if before is not None and before.sent_digest != _digest(command.content):
        raise conflict("page-differs", "Trang mang số này đã gửi với một ảnh khác. Xin gửi ảnh mới dưới số mới.")
    return before is not None


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _refuse_more(pages: Sequence[CapturePageRow]) -> None:
    if len(pages) >= MOST_PAGES:
        text = f"Mỗi giấy tờ nhận nhiều nhất {MOST_PAGES} trang; các trang đã gửi vẫn còn."
        raise Refusal(Kind.CONFLICT, "too-many-pages", text)


def _title(unit: Unit, dossier: DossierRow, kind: str) -> str:
    requirement = unit.place.procedure_of(dossier).document(kind)
    return requirement.title if requirement else kind


def _ticketed(unit: Unit, row: CaptureRow, dossier: DossierRow) -> Ticketed:
    return Ticketed(_title(unit, dossier, row.kind), Capture(row, captures.pages(unit.session, row.id)))


def state(unit: Unit, found: Capture) -> State:
    """The state of a capture now."""
    row = found.row
    return state_of(
        pages=len(found.pages),
        now=unit.now,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        kept_at=row.kept_at,
        discarded_at=row.discarded_at,
    )
