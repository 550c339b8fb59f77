"""Adds, removes and reads documents of a draft, or of a dossier that a supplement was requested for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from services.chassis.database import audit
from services.chassis.ids import read_uuid
from services.chassis.refusal import FieldFault, Refusal, conflict, invalid, not_found
from services.dossiers import storage
from services.dossiers.adapters import file_worker
from services.dossiers.adapters.files import content_key
from services.dossiers.adapters.uploads import MAX_FILES, AcceptedFile, accept, safe_filename
from services.dossiers.domain.procedures import DocumentMode
from services.dossiers.domain.states import Status
from services.dossiers.follow_ups import papers_about
from services.dossiers.tables import DocumentRow, DossierRow
from services.dossiers.use_cases.unit import Unit, Workplace, edited_dossier, touch, visible_dossier


@dataclass(frozen=True, slots=True)
class AddDocument:
    dossier_id: str
    kind: str
    filename: str
    content: bytes
    expected_version: int = 0


@dataclass(frozen=True, slots=True)
class RemoveDocument:
    dossier_id: str
    document_id: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class GetDocument:
    dossier_id: str
    document_id: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An upload in the file store; `stray_files` deletes it if it gets no row."""

    file: AcceptedFile
    path: str


def may_add(unit: Unit, command: AddDocument) -> DossierRow:
    """The draft, or the dossier for which this kind of document was requested.

    Refusals: NOT_FOUND, STALE, CONFLICT `wrong-state`, INVALID `unknown-document-kind`, `not-asked-for`.
    """
    row = edited_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    refuse_unasked(unit, row, command.kind, "kind")
    return row


def store(place: Workplace, command: AddDocument, row: DossierRow) -> StoredFile:
    """Stores the file before its row is committed, because a row without its file would be a loss.

    Refusals of `uploads.accept` and `file_worker.run`.
    """
    return store_file(place, file_worker.run(accept, command.content), row)


def store_file(place: Workplace, file: AcceptedFile, row: DossierRow) -> StoredFile:
    path = content_key(place.ward, str(row.id), file.sha256)
    place.files[place.ward].put(path, file.content, file.media_type)
    return StoredFile(file, path)


def add(unit: Unit, command: AddDocument, stored: StoredFile) -> DocumentRow:
    """Adds what was sent as `kind` and `file`. Refusals as for `attach`."""
    return attach(unit, command, stored, "kind", "file")


def attach(unit: Unit, command: AddDocument, stored: StoredFile, of_kind: str, of_file: str) -> DocumentRow:
    """Adds the stored file to the dossier; the same content for the same kind twice is one document.

    A refusal names the field of the kind (`of_kind`) or of the file (`of_file`). Refusals as for `may_add`,
    INVALID `too-many-files`, CONFLICT `document-exists` for a supplement with a file that the office already has.
    """
    row = edited_dossier(unit, command.dossier_id, locked=True, expected_version=command.expected_version)
    refuse_unasked(unit, row, command.kind, of_kind)
    file, path = stored.file, stored.path
    present = storage.documents(unit.session, row.id)
    for each in present:
        if (each.kind, each.sha256) == (command.kind, file.sha256):
            if each.filed_at is not None:
                text = "Tệp này giống hệt tệp phường đã nhận. Phường cần bản khác: xin chụp hoặc quét lại giấy tờ."
                raise conflict("document-exists", text)
            return each
    if len(present) >= MAX_FILES:
        text = f"Mỗi hồ sơ có nhiều nhất {MAX_FILES} tệp. Xin bỏ bớt tệp không cần rồi thêm lại."
        raise invalid("too-many-files", text, FieldFault(of_file, text))
    added = DocumentRow(
        id=uuid4(),
        dossier_id=row.id,
        kind=command.kind,
        filename=safe_filename(command.filename),
        media_type=file.media_type,
        size=len(file.content),
        sha256=file.sha256,
        path=path,
        added_at=unit.now,
        filed_at=None,
    )
    unit.session.add(added)
    touch(row, unit.now)
    unit.session.flush()
    ensure_stored(unit, stored)
    audit.record(unit.session, "add-document", f"dossier:{row.id}", row.applicant_id)
    return added


def ensure_stored(unit: Unit, stored: StoredFile) -> None:
    """Stores a file again that existed before without a row, and was just deleted; with the dossier locked."""
    if unit.place.files[unit.ward].modified(stored.path) is None:
        unit.place.files[unit.ward].put(stored.path, stored.file.content, stored.file.media_type)


def refuse_unasked(unit: Unit, row: DossierRow, kind: str, field: str) -> None:
    """Refuses a kind for which no file can be added; `field` is the name of the field that has the kind.

    Refusals: CONFLICT `wrong-state`, INVALID as for `may_add`.
    """
    requirement = unit.place.procedure_of(row).document(kind)
    if requirement is None or requirement.mode is not DocumentMode.FILE:
        text = "Thủ tục này không nhận tệp cho loại giấy tờ đó."
        raise invalid("unknown-document-kind", text, FieldFault(field, text))
    if row.status == Status.DRAFT and requirement.if_not_looked_up:
        text = "Giấy tờ này chỉ nộp khi phường yêu cầu."
        raise invalid("unknown-document-kind", text, FieldFault(field, text))
    if row.status == Status.DRAFT:
        return
    if row.status != Status.SUPPLEMENT_ASKED:
        raise _filed_already()
    asked = [item["field"] for item in storage.supplements(unit.session, row.id)[-1].items]
    if f"documents/{kind}" not in asked and kind not in papers_about(unit.place.procedure_of(row), asked):
        text = "Phường không yêu cầu bổ sung loại giấy tờ này."
        raise invalid("not-asked-for", text, FieldFault(f"documents/{kind}", text))


def remove(unit: Unit, command: RemoveDocument) -> DossierRow:
    """Removes a document that was added since the dossier was last filed.

    Refusals: CONFLICT `document-filed`, `wrong-state`, NOT_FOUND, STALE.
    """
    row = edited_dossier(unit, command.dossier_id, locked=True, expected_version=command.expected_version)
    document = _found(unit, row, command.document_id)
    if row.status not in (Status.DRAFT, Status.SUPPLEMENT_ASKED):
        raise _filed_already()
    if document.filed_at is not None:
        raise conflict("document-filed", "Tệp này đã nộp cùng hồ sơ nên không bỏ ra được; có thể thêm tệp khác.")
    unit.session.delete(document)
    touch(row, unit.now)
    unit.session.flush()
    audit.record(unit.session, "remove-document", f"dossier:{row.id}", row.applicant_id)
    return row


def read(place: Workplace, query: GetDocument) -> tuple[DocumentRow, bytes]:
    """A document that the caller may see, with its content. Refusal NOT_FOUND."""
    with place.unit() as unit:
        row = visible_dossier(unit, query.dossier_id)
        document = _found(unit, row, query.document_id)
        audit.record(unit.session, "view-document", f"dossier:{row.id}", row.applicant_id)
    return document, place.files[unit.ward].get(document.path)


def _found(unit: Unit, row: DossierRow, document_id: str) -> DocumentRow:
    id = read_uuid(document_id)
    found = storage.document(unit.session, row.id, id) if id else None
    if found is None:
        raise not_found("unknown-document", "Không tìm thấy tệp này trong hồ sơ.")
    return found


def _filed_already() -> Refusal:
    return conflict("wrong-state", "Hồ sơ đã nộp nên không sửa được tệp; phường sẽ yêu cầu nếu cần bổ sung.")
