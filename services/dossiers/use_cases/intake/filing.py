"""Filing: the applicant's own confirmation, bound to exactly what is filed, and what comes after."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.clock import VIETNAM
from services.chassis.database import audit
from services.chassis.grpc.client import call as call_peer
from services.chassis.refusal import FieldFault, conflict, invalid, not_found
from services.chassis.service import Cell
from services.dossiers import storage
from services.dossiers.domain import acts
from services.dossiers.domain.digest import filing_digest
from services.dossiers.domain.fields import filer_name
from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.search import folded, words
from services.dossiers.domain.tracking import shown_key
from services.dossiers.forms import asked, findings
from services.dossiers.tables import ConfirmationRow, DocumentRow, DossierRow
from services.dossiers.use_cases.intake.drafts import put_form
from services.dossiers.use_cases.perform import leads_to, perform, reception_time, set_due
from services.dossiers.use_cases.unit import (
    Unit,
    Workplace,
    as_answered_first,
    edited_dossier,
    filing_day,
    form_of,
    kept_day,
    own_dossier,
)
from services.dossiers.views import dossiers as encoding

PURPOSE = "file-dossier"
ACCOUNTS_SECONDS = 4.0
#: No letters or digits that are taken for one another when read out or typed from paper.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_KEY_LETTERS = 12  # 31^12: about 59 bits


def request_confirmation(
    place: Workplace, request: dossiers_pb2.RequestConfirmationRequest
) -> dossiers_pb2.Confirmation:
    """Sends the applicant a one-time code for exactly what now stands in the draft.

    Refusals: INVALID `not-complete` with the fields at fault, CONFLICT `wrong-state`, those of accounts (THROTTLED).
    """
    return as_answered_first(place, request, dossiers_pb2.Confirmation, lambda: _confirm(place, request))


def _confirm(place: Workplace, request: dossiers_pb2.RequestConfirmationRequest) -> dossiers_pb2.Confirmation:
    with place.unit() as unit:
        earlier = unit.first_answer(request, dossiers_pb2.Confirmation)
        if earlier is not None:
            return earlier
        row = own_dossier(unit, request.dossier_id)
        digest = _filable(unit, row, storage.documents(unit.session, row.id))
    home = unit.caller.ward
    challenge = call_peer(
        place.accounts.stub(home).IssueOneTimeCode,
        accounts_pb2.IssueOneTimeCodeRequest(purpose=PURPOSE, binding=digest),
        ward=home,
        seconds=ACCOUNTS_SECONDS,
        token=unit.call.token,
        idempotency_key=unit.call.idempotency_key,
    )
    with place.unit() as unit:
        return unit.once(request, dossiers_pb2.Confirmation, lambda: _note(unit, row.id, digest, challenge))


def _note(
    unit: Unit, dossier_id: UUID, digest: bytes, challenge: accounts_pb2.OneTimeCodeChallenge
) -> dossiers_pb2.Confirmation:
    noted = ConfirmationRow(
        id=uuid4(),
        dossier_id=dossier_id,
        challenge_id=challenge.challenge_id,
        digest=digest,
        expires_at=challenge.expires_at.ToDatetime(tzinfo=VIETNAM),
        used_at=None,
    )
    unit.session.add(noted)
    audit.record(unit.session, "request-confirmation", f"dossier:{dossier_id}", unit.caller.id)
    return dossiers_pb2.Confirmation(
        id=str(noted.id),
        digest=digest.hex(),
        phone_masked=challenge.phone_masked,
        expires_at=challenge.expires_at,
    )


def submit(place: Workplace, request: dossiers_pb2.SubmitDossierRequest) -> dossiers_pb2.SubmitDossierResponse:
    """Files the draft: the code is redeemed at accounts first, then everything is written at once.

    Redeeming again for the same confirmation answers as the first time, so whoever repeats the filing after a crash
    in between loses nothing. Refusals: INVALID for a wrong code, CONFLICT `draft-changed`, `wrong-state`,
    NOT_FOUND `unknown-confirmation`, STALE.
    """
    return as_answered_first(place, request, dossiers_pb2.SubmitDossierResponse, lambda: _submit(place, request))


def _submit(place: Workplace, request: dossiers_pb2.SubmitDossierRequest) -> dossiers_pb2.SubmitDossierResponse:
    with place.unit() as unit:
        row = own_dossier(unit, request.dossier_id, expected_version=request.expected_version)
        documents = storage.documents(unit.session, row.id)
        challenge, digest = _confirmed(unit, row, request.confirmation_id, documents, _filed_form(unit, row))
    home = unit.caller.ward
    call_peer(
        place.accounts.stub(home).RedeemOneTimeCode,
        accounts_pb2.RedeemOneTimeCodeRequest(
            challenge_id=challenge,
            otp=request.otp,
            binding=digest,
            redemption=str(UUID(request.confirmation_id)),
        ),
        ward=home,
        seconds=ACCOUNTS_SECONDS,
        token=unit.call.token,
        repeatable=True,  # for one redemption a code counts once
    )
    with place.unit() as unit:
        return unit.once(request, dossiers_pb2.SubmitDossierResponse, lambda: _file(unit, request))


def _file(unit: Unit, request: dossiers_pb2.SubmitDossierRequest) -> dossiers_pb2.SubmitDossierResponse:
    row = own_dossier(unit, request.dossier_id, locked=True, expected_version=request.expected_version)
    documents = storage.documents(unit.session, row.id)
    form = _filed_form(unit, row)
    _confirmed(unit, row, request.confirmation_id, documents, form, used_at=unit.now)
    return _put_on_file(unit, row, documents, form)


def submit_at_counter(unit: Unit, request: dossiers_pb2.SubmitAtCounterRequest) -> dossiers_pb2.SubmitDossierResponse:
    """The desk files what it entered for somebody, whose signature on the paper form stands for the one-time code.

    Refusals: INVALID `missing-field` without the signature, `not-complete`, CONFLICT `wrong-state`, NOT_FOUND for
    whatever the desk did not enter, STALE.
    """
    if not request.form_signed:
        text = "Người nộp phải ký tờ khai bản giấy trước khi nộp."
        raise invalid("missing-field", text, FieldFault("form_signed", text))
    row = edited_dossier(unit, request.dossier_id, locked=True, expected_version=request.expected_version)
    documents = storage.documents(unit.session, row.id)
    form = form_of(unit.cell, row)
    leads_to(row, acts.SUBMISSION)
    refuse_incomplete(unit, row, form, documents)
    row.applicant_name = filer_name(form) or row.subject_name
    row.received_by_id = unit.caller.id
    return _put_on_file(unit, row, documents, asked(unit.place.procedure_of(row), form))


def _filed_form(unit: Unit, row: DossierRow) -> dict[str, Any]:
    """What of a draft's form is filed: the answers to what the version in force asks for."""
    return asked(unit.place.procedure_of(row), form_of(unit.cell, row))


def _put_on_file(
    unit: Unit, row: DossierRow, documents: Sequence[DocumentRow], form: Mapping[str, Any]
) -> dossiers_pb2.SubmitDossierResponse:
    """Files a draft with this form: with the ward's next code of the day, a tracking key, and the reception's time.

    It is filed under the version of the procedure that is in force, whichever it was begun under; uploads that this
    version does not ask for are left out.
    """
    procedure = unit.place.procedure_of(row)
    row.procedure_version = procedure.version
    for document in documents:
        document.filed_at = unit.now
        if procedure.document(document.kind) is None:
            unit.session.delete(document)
    documents = [document for document in documents if procedure.document(document.kind)]
    put_form(unit, row, procedure, form)
    row.code = code = _next_code(unit)
    key = "".join(secrets.choice(_ALPHABET) for _ in range(_KEY_LETTERS))
    row.tracking_key = unit.cell.cipher.encrypt(key, f"tracking:{row.id}")
    row.tracking_fingerprint = tracking_fingerprint(unit.cell, code, key)
    row.submitted_at = unit.now
    set_due(row, reception_time(unit))
    make_findable(unit, row, procedure, form)
    perform(unit, row, acts.SUBMISSION)
    return dossiers_pb2.SubmitDossierResponse(
        dossier=encoding.dossier(unit, row, form, documents=documents, told=()), tracking_key=shown_key(key)
    )


def _confirmed(
    unit: Unit,
    row: DossierRow,
    confirmation_id: str,
    documents: Sequence[DocumentRow],
    form: Mapping[str, Any],
    *,
    used_at: datetime | None = None,
) -> tuple[str, bytes]:
    """Challenge and digest of the confirmation, where it is of this draft as it stands now: found complete when its
    code was sent. Notes when it was used, where that is given."""
    leads_to(row, acts.SUBMISSION)
    try:
        confirmation = storage.confirmation(unit.session, row.id, UUID(confirmation_id), used_at=used_at)
    except ValueError:
        confirmation = None
    if confirmation is None:
        raise not_found("unknown-confirmation", "Không tìm thấy lần xác nhận này. Xin yêu cầu mã xác nhận mới.")
    challenge, digest = confirmation
    if digest != _digest(unit, row, documents, form):
        raise conflict(
            "draft-changed",
            "Hồ sơ, hoặc quy định về thủ tục này, đã thay đổi sau khi mã được gửi nên mã đó không còn dùng được. "
            "Những gì đã điền vẫn còn; "
            "xin xem lại và yêu cầu mã xác nhận mới.",
        )
    return challenge, digest


def _digest(unit: Unit, row: DossierRow, documents: Sequence[DocumentRow], form: Mapping[str, Any]) -> bytes:
    procedure = unit.place.procedure_of(row)
    files = [(document.kind, document.sha256) for document in documents if procedure.document(document.kind)]
    return filing_digest(row.procedure, procedure.version, form, files)


def _filable(unit: Unit, row: DossierRow, documents: Sequence[DocumentRow]) -> bytes:
    """The digest of what would be filed. Refusal INVALID `not-complete`, CONFLICT `wrong-state`."""
    leads_to(row, acts.SUBMISSION)
    form = form_of(unit.cell, row)
    refuse_incomplete(unit, row, form, documents)
    return _digest(unit, row, documents, asked(unit.place.procedure_of(row), form))


def refuse_incomplete(unit: Unit, row: DossierRow, form: Mapping[str, Any], documents: Sequence[DocumentRow]) -> None:
    """Refusal INVALID `not-complete` naming every field that stops the filing."""
    procedure = unit.place.procedure_of(row)
    kinds = {document.kind for document in documents}
    kept = kept_day(unit, row)
    found = findings(procedure, form, kinds, filing_day(unit, row), kept=kept)
    stopping = tuple(FieldFault(each.field, each.text) for each in found if each.kind is FindingKind.STOPS)
    if stopping:
        raise invalid("not-complete", "Hồ sơ chưa nộp được. Xin xem và sửa những mục được nêu.", *stopping)


def _next_code(unit: Unit) -> str:
    """`<agency id>-<yyMMdd>-<NNNN>`: the sequence is the ward's, begun anew each day in Việt Nam."""
    with unit.session.no_autoflush:  # others who file wait for this number: all else is written at once, after it
        number = storage.next_dossier_number(unit.session, unit.today)
    return f"{unit.cell.ward.agency_id}-{unit.today:%y%m%d}-{number:04d}"


def make_findable(unit: Unit, row: DossierRow, procedure: Procedure, form: Mapping[str, Any]) -> None:
    """Sets the words that the desk's search finds, and the fingerprint of the event."""
    code = row.code or ""
    found_by = [*words(f"{row.subject_name} {row.applicant_name}"), folded(code), code.split("-", 1)[-1]]
    row.search = storage.word_vector(found_by)
    values = [value_at(form, pointer) for pointer in procedure.likeness]
    texts = [folded(value) for value in values if isinstance(value, str) and value]
    whole = bool(values) and len(texts) == len(values)
    row.likeness = unit.cell.cipher.fingerprint("likeness:" + "\x1f".join(texts)) if whole else None


def tracking_fingerprint(cell: Cell, code: str, key: str) -> bytes:
    """Of a code and key as somebody typed them: case, spaces and hyphens in the key do not matter."""
    plain = "".join(letter for letter in key.upper() if letter in _ALPHABET)
    return cell.cipher.fingerprint(f"tracking:{code.strip().upper()}:{plain}")
