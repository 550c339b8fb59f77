"""Drafts: begun, filled in over several saves, and given documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from sqlalchemy.exc import IntegrityError

from services.chassis.database import audit
from services.chassis.grpc.call import forbidden
from services.chassis.grpc.client import call as call_peer
from services.chassis.grpc.tokens import Role
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid, not_found
from services.dossiers import storage
from services.dossiers.access import DESK, DESK_CHANNELS
from services.dossiers.adapters.files import content_key
from services.dossiers.adapters.uploads import MAX_FILES, AcceptedFile, accept, safe_filename
from services.dossiers.domain import acts
from services.dossiers.domain.fields import prefilled
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import DocumentMode, Procedure
from services.dossiers.domain.states import Status
from services.dossiers.forms import known, merge, refuse_impossible
from services.dossiers.tables import NEVER, DocumentRow, DossierRow
from services.dossiers.use_cases.perform import leads_to
from services.dossiers.use_cases.unit import Unit, Workplace, day_of, edited_dossier, form_of, seal_form, touch
from services.dossiers.views import dossiers as encoding

#: How long a new draft waits for the account's data: it begins empty rather than late.
PREFILL_SECONDS = 0.8
ONLINE = "online"
LARGEST_FORM = 64 * 1024  # bytes of JSON


def create(place: Workplace, request: dossiers_pb2.CreateDraftRequest) -> dossiers_pb2.Dossier:
    """Begins a draft: of the caller's, filled in with what their account knows of them, or one of the desk's.

    The desk enters for somebody who came in or wrote, and who may have no account: such a draft is nobody's own.
    Refusals: NOT_FOUND `unknown-procedure`, INVALID `invalid-field`, FORBIDDEN, CONFLICT `too-many-drafts`.
    """
    procedure = place.catalogue.get(request.procedure, day_of(place.clock.now()))
    with place.unit() as unit:
        channel = _channel(unit, request.channel)
        earlier = unit.first_answer(request, dossiers_pb2.Dossier)
        if earlier is not None:
            return earlier
    account = None if channel in DESK_CHANNELS else _own_account(place, unit)  # asked outside any transaction
    form = prefilled(procedure, account)
    with place.unit() as unit:
        return unit.once(request, dossiers_pb2.Dossier, lambda: _begin(unit, procedure, form, channel))


def _channel(unit: Unit, asked: str) -> str:
    """How the dossier comes in. Refusals: INVALID `invalid-field`, FORBIDDEN for a channel that is not the caller's."""
    channel = asked or ONLINE
    if channel not in {ONLINE, *DESK_CHANNELS}:
        text = "Cách nộp chỉ có: online (trực tuyến), counter (tại quầy), post (bưu chính)."
        raise invalid("invalid-field", text, FieldFault("channel", text))
    if channel == ONLINE and not unit.caller.has(Role.CITIZEN):
        raise forbidden("Cán bộ nhận hồ sơ tại quầy hoặc qua bưu chính, không nộp trực tuyến thay người dân.")
    if channel in DESK_CHANNELS and not unit.caller.has(*DESK):
        raise forbidden("Hồ sơ tại quầy và qua bưu chính do Bộ phận Một cửa nhập.")
    return channel


def _own_account(place: Workplace, unit: Unit) -> accounts_pb2.Account | None:
    home = unit.caller.ward
    try:
        return call_peer(
            place.accounts.stub(home).GetOwnAccount,
            accounts_pb2.GetOwnAccountRequest(unmasked=True),
            ward=home,
            seconds=PREFILL_SECONDS,
            token=unit.call.token,
        )
    except Refusal:
        return None  # the person types it themself


def _begin(unit: Unit, procedure: Procedure, form: Mapping[str, Any], channel: str) -> dossiers_pb2.Dossier:
    id = uuid4()
    own = channel == ONLINE
    if own:
        _refuse_too_many(unit)
    row = DossierRow(
        id=id,
        procedure=procedure.code,
        procedure_version=procedure.version,
        status=Status.DRAFT,
        applicant_id=unit.caller.id if own else "",
        applicant_ward=unit.caller.ward,
        applicant_name=unit.caller.name if own else "",
        channel=channel,
        assistance="counter" if channel == "counter" else "alone",  # who writes has filled the form in alone
        subject_name="",
        form=seal_form(unit.cell, id, form),
        created_at=unit.now,
        updated_at=unit.now,
        urgent_at=NEVER,
        sequence=0,
    )
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit.session, "create-draft", f"dossier:{id}", row.applicant_id)
    return encoding.dossier(unit, row, form)


def _refuse_too_many(unit: Unit) -> None:
    most = unit.place.settings.open_drafts_per_person
    if storage.count_drafts(unit.session, unit.caller.id) >= most:
        raise conflict(
            "too-many-drafts",
            f"Ông/bà đang có {most} hồ sơ chưa nộp ở phường này nên chưa bắt đầu thêm được. Xin mở mục Hồ sơ của tôi, "
            "điền tiếp và nộp một hồ sơ đã bắt đầu.",
        )


def save_form(unit: Unit, dossier_id: str, form_json: str, expected_version: int) -> DossierRow:
    """Merges what is given into the draft; unfinished values are kept.

    Refusals: INVALID for what no page can have sent, CONFLICT `wrong-state`, NOT_FOUND, STALE.
    """
    patch = read_form(form_json)
    row = edited_dossier(unit, dossier_id, locked=True, expected_version=expected_version)
    leads_to(row, acts.SUBMISSION)
    procedure = unit.place.procedure_of(row)
    saved = form_of(unit.cell, row)
    if procedure.version != row.procedure_version:
        saved = known(procedure, saved)
    form = merge(saved, patch)
    refuse_impossible(procedure, form)
    _hold_size(form)
    put_form(unit, row, procedure, form)
    audit.record(unit.session, "save-form", f"dossier:{row.id}", row.applicant_id)
    return row


def put_form(unit: Unit, row: DossierRow, procedure: Procedure, form: Mapping[str, Any]) -> None:
    """Stores a form, and beside it the name that lists show."""
    row.form = seal_form(unit.cell, row.id, form)
    name = value_at(form, procedure.subject_name)
    row.subject_name = name if isinstance(name, str) else ""
    row.updated_at = unit.now


def read_form(form_json: str) -> dict[str, Any]:
    """A form from outside. Refusal INVALID `malformed-json` or `invalid-form`."""
    try:
        form = json.loads(form_json or "{}", parse_constant=_no_number)
    except (ValueError, RecursionError):
        text = "Dữ liệu biểu mẫu không phải JSON hợp lệ."
        raise invalid("malformed-json", text, FieldFault("form", text)) from None
    if not isinstance(form, dict):
        text = "Biểu mẫu phải là một đối tượng JSON."
        raise invalid("invalid-form", text, FieldFault("form", text))
    return form


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _hold_size(form: Mapping[str, Any]) -> None:
    if len(json.dumps(form, ensure_ascii=False).encode()) > LARGEST_FORM:
        text = "Biểu mẫu quá dài. Xin viết ngắn lại."
        raise invalid("form-too-large", text, FieldFault("form", text))


def add_document(place: Workplace, request: dossiers_pb2.AddDocumentRequest) -> dossiers_pb2.Document:
    """Adds a document to a draft, or to a dossier in which this kind of document was asked for.

    The same content for the same kind twice is one document. The file is stored before the row is committed: a
    file without a row is deleted some day, a row without its file would be a loss.
    """
    with place.unit() as unit:
        earlier = unit.first_answer(request, dossiers_pb2.Document)
        if earlier is not None:
            return earlier
        row = edited_dossier(unit, request.dossier_id)
        _may_add(unit, row, request.kind)
    file = accept(request.content)
    path = content_key(unit.ward, str(row.id), file.sha256)
    place.files[unit.ward].put(path, file.content, file.media_type)
    try:
        with place.unit() as unit:
            return unit.once(
                request, dossiers_pb2.Document, lambda: encoding.document(_attach(unit, request, file, path))
            )
    except IntegrityError as fault:  # only where two uploads of one file passed the lock: cannot be
        raise Refusal(Kind.CONFLICT, "document-exists", "Tệp này đã có trong hồ sơ.") from fault


def _attach(unit: Unit, request: dossiers_pb2.AddDocumentRequest, file: AcceptedFile, path: str) -> DocumentRow:
    row = edited_dossier(unit, request.dossier_id, locked=True)
    _may_add(unit, row, request.kind)
    present = storage.documents(unit.session, row.id)
    for each in present:
        if (each.kind, each.sha256) == (request.kind, file.sha256):
            return each
    if len(present) >= MAX_FILES:
        text = f"Mỗi hồ sơ có nhiều nhất {MAX_FILES} tệp. Xin bỏ bớt tệp không cần rồi thêm lại."
        raise invalid("too-many-files", text, FieldFault("file", text))
    added = DocumentRow(
        id=uuid4(),
        dossier_id=row.id,
        kind=request.kind,
        filename=safe_filename(request.filename),
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
    if unit.place.files[unit.ward].modified(path) is None:  # it was there before, as a stray, and was just deleted
        unit.place.files[unit.ward].put(path, file.content, file.media_type)
    audit.record(unit.session, "add-document", f"dossier:{row.id}", row.applicant_id)
    return added


def _may_add(unit: Unit, row: DossierRow, kind: str) -> None:
    requirement = unit.place.procedure_of(row).document(kind)
    if requirement is None or requirement.mode is not DocumentMode.FILE:
        text = "Thủ tục này không nhận tệp cho loại giấy tờ đó."
        raise invalid("unknown-document-kind", text, FieldFault("kind", text))
    if row.status == Status.DRAFT:
        return
    if row.status != Status.SUPPLEMENT_ASKED:
        raise _filed_already()
    asked = storage.supplements(unit.session, row.id)[-1]
    if f"documents/{kind}" not in {item["field"] for item in asked.items}:
        text = "Phường không yêu cầu bổ sung loại giấy tờ này."
        raise invalid("not-asked-for", text, FieldFault(f"documents/{kind}", text))


def remove_document(unit: Unit, dossier_id: str, document_id: str) -> DossierRow:
    """Takes out a document that was added since the dossier was last filed.

    Refusals: CONFLICT `document-filed`, NOT_FOUND.
    """
    row = edited_dossier(unit, dossier_id, locked=True)
    document = find_document(unit, row, document_id)
    if row.status not in (Status.DRAFT, Status.SUPPLEMENT_ASKED):
        raise _filed_already()
    if document.filed_at is not None:
        raise conflict("document-filed", "Tệp này đã nộp cùng hồ sơ nên không bỏ ra được; có thể thêm tệp khác.")
    unit.session.delete(document)
    touch(row, unit.now)
    unit.session.flush()
    audit.record(unit.session, "remove-document", f"dossier:{row.id}", row.applicant_id)
    return row


def find_document(unit: Unit, row: DossierRow, document_id: str) -> DocumentRow:
    """A document of the dossier. Refusal NOT_FOUND `unknown-document`."""
    try:
        found = storage.document(unit.session, row.id, UUID(document_id))
    except ValueError:
        found = None
    if found is None:
        raise not_found("unknown-document", "Không tìm thấy tệp này trong hồ sơ.")
    return found


def _filed_already() -> Refusal:
    return conflict("wrong-state", "Hồ sơ đã nộp nên không sửa được tệp; phường sẽ yêu cầu nếu cần bổ sung.")
