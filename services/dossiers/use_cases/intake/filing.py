"""Filing: the applicant's own confirmation, bound to exactly the filed content, and the filing itself."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from services.chassis.database import audit
from services.chassis.ids import read_uuid
from services.chassis.refusal import FieldFault, conflict, invalid, not_found
from services.dossiers import storage
from services.dossiers.adapters.accounts import Challenge
from services.dossiers.domain import acts
from services.dossiers.domain.digest import filing_digest
from services.dossiers.domain.fields import filer_name
from services.dossiers.domain.filers import WHO_FILES, filed_by_none
from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.handover import NO_ACCOUNT, reaches_nobody
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.states import Status
from services.dossiers.domain.tracking import ALPHABET, shown_key
from services.dossiers.forms import answers, asked, findings
from services.dossiers.sealed import seal
from services.dossiers.tables import ConfirmationRow, DocumentRow, DossierRow
from services.dossiers.use_cases.findable import make_findable, phone_words
from services.dossiers.use_cases.intake.drafts import put_form
from services.dossiers.use_cases.intake.guided import Told, told_by_wards, write_down
from services.dossiers.use_cases.perform import leads_to, perform, reception_time, set_due
from services.dossiers.use_cases.unit import (
    Unit,
    Workplace,
    account_name,
    edited_dossier,
    filing_day,
    kept_day,
    own,
    own_dossier,
    read_id,
    tracking_fingerprint,
)

_KEY_LETTERS = 12  # 31^12: about 59 bits


@dataclass(frozen=True, slots=True)
class RequestConfirmation:
    dossier_id: str


@dataclass(frozen=True, slots=True)
class SubmitDossier:
    dossier_id: str
    confirmation_id: str
    otp: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class SubmitAtCounter:
    dossier_id: str
    form_signed: bool
    expected_version: int


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A one-time code that was sent, and its binding."""

    id: UUID
    digest: bytes
    challenge: Challenge


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Challenge and digest of a draft's confirmation, and the wards in which it was filled in with guidance."""

    challenge: str
    digest: bytes
    guided_in: frozenset[str]


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The digest to which a redeemed code was bound, and the wards' reports on guided sessions."""

    digest: bytes
    guided: Told


@dataclass(frozen=True, slots=True)
class Filed:
    """A dossier that was just filed; `key` is its tracking key as people read it."""

    row: DossierRow
    documents: Sequence[DocumentRow]
    key: str


def filable(unit: Unit, command: RequestConfirmation) -> bytes:
    """The digest of the content that would be filed.

    Refusals: INVALID `not-complete` with the wrong fields, CONFLICT `wrong-state`, NOT_FOUND.
    """
    row = own_dossier(unit, command.dossier_id)
    documents = storage.documents(unit.session, row.id)
    leads_to(unit, row, acts.SUBMISSION)
    refuse_incomplete(unit, row, unit.form(row), documents)
    return _digest(unit, row, _files(documents), _filed_form(unit, row))


def send_code(place: Workplace, _: RequestConfirmation, digest: bytes) -> tuple[bytes, Challenge]:
    """Sends the applicant a code for exactly the draft's content now. Refusals of accounts (THROTTLED)."""
    return digest, place.accounts.issue_code(digest)


def note_confirmation(unit: Unit, command: RequestConfirmation, sent: tuple[bytes, Challenge]) -> Confirmation:
    """Stores the binding of the code that was sent, and the search words for the phone to which it went."""
    digest, challenge = sent
    if challenge.phone:
        storage.note_phone(unit.session, UUID(command.dossier_id), phone_words(unit.cell, challenge.phone))
    noted = ConfirmationRow(
        id=uuid4(),
        dossier_id=UUID(command.dossier_id),
        challenge_id=challenge.id,
        digest=digest,
        expires_at=challenge.expires_at,
        used_at=None,
    )
    unit.session.add(noted)
    audit.record(unit.session, "request-confirmation", f"dossier:{noted.dossier_id}", unit.caller.id)
    return Confirmation(noted.id, digest, challenge)


def confirmed(unit: Unit, command: SubmitDossier) -> Confirmed:
    """The confirmation, if the draft has not changed since.

    Refusals: CONFLICT `draft-changed`, `wrong-state`, NOT_FOUND `unknown-confirmation`, STALE.
    """
    found = storage.confirmed_draft(unit.session, read_id(command.dossier_id), read_uuid(command.confirmation_id))
    row = own(unit, None if found is None else found.row, expected_version=command.expected_version)
    assert found is not None
    leads_to(unit, row, acts.SUBMISSION)
    if found.confirmation is None:
        raise not_found("unknown-confirmation", "Không tìm thấy lần xác nhận này. Xin yêu cầu mã xác nhận mới.")
    _refuse_changed(unit, row, found.confirmation[1], found.files, _filed_form(unit, row))
    return Confirmed(*found.confirmation, guided_in=found.guided_in)


def redeem(place: Workplace, command: SubmitDossier, confirmed: Confirmed) -> Redeemed:
    """Redeems the code at accounts, before anything is written; asks the wards of the guided sessions to report on
    them.

    Redeeming again for the same confirmation succeeds, so a filing can be repeated after a crash in between. Refusal
    INVALID for a wrong code.
    """
    redemption = str(UUID(command.confirmation_id))
    place.accounts.redeem_code(confirmed.challenge, command.otp, confirmed.digest, redemption)
    return Redeemed(confirmed.digest, told_by_wards(place, command.dossier_id, confirmed.guided_in))


def file(unit: Unit, command: SubmitDossier, redeemed: Redeemed) -> Filed:
    """Files the draft whose code was redeemed, all at once. Refusals as for `confirmed`."""
    row = own_dossier(unit, command.dossier_id, locked=True, expected_version=command.expected_version)
    documents = storage.file_documents(unit.session, row.id, unit.now, UUID(command.confirmation_id))
    form = _filed_form(unit, row)
    leads_to(unit, row, acts.SUBMISSION)
    _refuse_changed(unit, row, redeemed.digest, _files(documents), form)
    row.applicant_name = account_name(unit, row)
    return _put_on_file(unit, row, documents, form, write_down(unit, row, redeemed.guided))


def file_at_counter(unit: Unit, command: SubmitAtCounter) -> Filed:
    """The desk files a draft that it entered for somebody; the signature on the paper form replaces the one-time code.

    Refusals: INVALID `missing-field` without the signature, `not-complete`, CONFLICT `wrong-state`, NOT_FOUND for a
    draft that the desk did not enter, STALE.
    """
    if not command.form_signed:
        text = "Người nộp phải ký tờ khai bản giấy trước khi nộp."
        raise invalid("missing-field", text, FieldFault("form_signed", text))
    row = edited_dossier(unit, command.dossier_id, locked=True, expected_version=command.expected_version)
    documents = storage.file_documents(unit.session, row.id, unit.now)
    form = unit.form(row)
    leads_to(unit, row, acts.SUBMISSION)
    refuse_incomplete(unit, row, form, documents)
    row.applicant_name = filer_name(form) or row.subject_name
    row.received_by_id = unit.caller.id
    return _put_on_file(unit, row, documents, _filed_form(unit, row), write_down(unit, row, {}))


def _filed_form(unit: Unit, row: DossierRow) -> dict[str, Any]:
    """The part of a draft's form that is filed: the answers to the questions of the version in force."""
    return asked(unit.place.procedure_of(row), unit.form(row))


def _put_on_file(
    unit: Unit,
    row: DossierRow,
    documents: Sequence[DocumentRow],
    form: Mapping[str, Any],
    came_about: Mapping[str, Any],
) -> Filed:
    """Files a draft with this form: with the ward's next code of the day, a tracking key, and the time of reception.

    `came_about` are the fields of the event that tell how the filing came about. It is filed under the version of the
    procedure that is in force now, even if it was started under another. Uploads that this version does not ask for are
    left out.
    """
    procedure = unit.place.procedure_of(row)
    row.procedure_version = procedure.version
    for document in documents:
        if procedure.document(document.kind) is None:
            unit.session.delete(document)
    documents = [document for document in documents if procedure.document(document.kind)]
    put_form(unit, row, procedure, form)
    row.code = code = _next_code(unit)
    key = "".join(secrets.choice(ALPHABET) for _ in range(_KEY_LETTERS))
    seal(unit.cell, row, "tracking_key", key)
    row.tracking_fingerprint = tracking_fingerprint(unit.cell, code, key)
    row.submitted_at = unit.now
    set_due(row, reception_time(unit))
    make_findable(unit.cell, row, procedure, form)
    perform(unit, row, acts.SUBMISSION, told=came_about)
    return Filed(row, documents, shown_key(key))


def _refuse_changed(
    unit: Unit, row: DossierRow, digest: bytes, files: Sequence[tuple[str, str]], form: Mapping[str, Any]
) -> None:
    """Refusal CONFLICT `draft-changed` if the confirmed digest differs from the digest of the content to be filed
    now.
    """
    if digest != _digest(unit, row, files, form):
        raise conflict(
            "draft-changed",
            "Hồ sơ, hoặc quy định về thủ tục này, đã thay đổi sau khi mã được gửi nên mã đó không còn dùng được. "
            "Những gì đã điền vẫn còn; "
            "xin xem lại và yêu cầu mã xác nhận mới.",
        )


def _files(documents: Sequence[DocumentRow]) -> list[tuple[str, str]]:
    return [(document.kind, document.sha256) for document in documents]


def _digest(unit: Unit, row: DossierRow, files: Sequence[tuple[str, str]], form: Mapping[str, Any]) -> bytes:
    procedure = unit.place.procedure_of(row)
    asked_for = [(kind, sha256) for kind, sha256 in files if procedure.document(kind)]
    return filing_digest(row.procedure, procedure.version, form, asked_for)


def refuse_incomplete(
    unit: Unit,
    row: DossierRow,
    form: Mapping[str, Any],
    documents: Sequence[DocumentRow],
    not_asked: Collection[str] = (),
) -> None:
    """Refusal INVALID `not-complete` naming every field that stops the filing.

    Questions in `not_asked` may stay open: they are newer than the dossier, and the officer asks them. An answer about
    the way of delivery stays, too, if nobody asked to change it, even if the result cannot reach anybody in that way.
    """
    procedure = unit.place.procedure_of(row)
    kinds = {document.kind for document in documents}
    kept = kept_day(unit, row)
    found = findings(procedure, form, kinds, filing_day(unit, row), kept=kept, practice=unit.cell.ward.is_practice)
    stopping = tuple(
        FieldFault(each.field, unit.finding_text(each))
        for each in found
        if each.kind is FindingKind.STOPS and not (each.check == "required" and each.field in not_asked)
    )
    if not row.applicant_id and procedure.handover.asked not in not_asked:
        stopping += _unreachable(procedure, form)
    if row.applicant_id and row.status == Status.DRAFT:
        stopping += _filed_by_none(unit, row, procedure, form)
    if stopping:
        raise invalid("not-complete", "Hồ sơ chưa nộp được. Xin xem và sửa những mục được nêu.", *stopping)


def _filed_by_none(
    unit: Unit, row: DossierRow, procedure: Procedure, form: Mapping[str, Any]
) -> tuple[FieldFault, ...]:
    if unit.cell.ward.is_practice:
        return ()
    text = filed_by_none(procedure, answers(procedure, form).by_pointer, account_name(unit, row))
    return (FieldFault(WHO_FILES, text),) if text else ()


def _unreachable(procedure: Procedure, form: Mapping[str, Any]) -> tuple[FieldFault, ...]:
    if not reaches_nobody(procedure, asked(procedure, form), has_account=False):
        return ()
    return (FieldFault(procedure.handover.asked, NO_ACCOUNT),)


def _next_code(unit: Unit) -> str:
    """`<agency id>-<yyMMdd>-<NNNN>`: the ward's sequence, which restarts each day in Việt Nam."""
    with unit.session.no_autoflush:  # other filings wait for this number, so all the rest is done before it
        number = storage.next_dossier_number(unit.session, unit.today)
    return f"{unit.cell.ward.agency_id}-{unit.today:%y%m%d}-{number:04d}"
