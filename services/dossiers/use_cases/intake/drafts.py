"""Drafts: created, filled in over several saves, and deleted by their owner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from services.chassis.call import current_call, forbidden
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, conflict, faulty, invalid
from services.chassis.tokens import Role
from services.dossiers import storage
from services.dossiers.access import DESK, DESK_CHANNELS, ONLINE, POST
from services.dossiers.domain import acts
from services.dossiers.domain.assistance import assistance
from services.dossiers.domain.fields import leaves, prefilled
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.states import Status
from services.dossiers.follow_ups import is_within
from services.dossiers.forms import known, merge, refuse_impossible
from services.dossiers.tables import NEVER, DossierRow
from services.dossiers.use_cases.perform import leads_to
from services.dossiers.use_cases.unit import Unit, Workplace, account_name, edited_dossier

LARGEST_FORM = 64 * 1024  # bytes of JSON


@dataclass(frozen=True, slots=True)
class CreateDraft:
    procedure: str
    channel: str  # empty: online


@dataclass(frozen=True, slots=True)
class SaveForm:
    dossier_id: str
    form_json: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class DeleteDraft:
    dossier_id: str
    expected_version: int


def may_begin(unit: Unit, command: CreateDraft) -> Procedure:
    """The version of the procedure that is in force.

    The city decides what is filed online (NĐ 87/2020 Đ24.3). The desk takes in everything, by post
    what need not be filed in person (NĐ 123/2015 Đ3.1), and a draft that was begun
    before can be filed.

    Refusals: NOT_FOUND `unknown-procedure`, INVALID `invalid-field`, FORBIDDEN for a channel that the caller may not
    use, CONFLICT `not-online` for a citizen's draft of a procedure that the ward does not take online.
    """
    channel = command.channel or ONLINE
    if channel not in {ONLINE, *DESK_CHANNELS}:
        text = "Cách nộp chỉ có: online (trực tuyến), counter (tại quầy), post (bưu chính)."
        raise faulty("channel", text)
    if channel == ONLINE and not unit.caller.has(Role.CITIZEN):
        raise forbidden("Cán bộ nhận hồ sơ tại quầy hoặc qua bưu chính, không nộp trực tuyến thay người dân.")
    if channel in DESK_CHANNELS and not unit.caller.has(*DESK):
        raise forbidden("Hồ sơ tại quầy và qua bưu chính do Bộ phận Một cửa nhập.")
    procedure = unit.place.catalogue.get(command.procedure, unit.today)
    if channel == POST and procedure.in_person:
        text = (
            "Thủ tục này nộp trực tiếp, không nhận qua bưu chính (NĐ 123/2015 Đ3.1). Xin mời người yêu cầu đến phường."
        )
        raise faulty("channel", text)
    if channel == ONLINE and not unit.place.takes_online(procedure.code):
        raise conflict(
            "not-online",
            f"Phường này chưa nhận thủ tục này qua mạng. Xin ông/bà {procedure.filing_offline}. Giấy tờ cần có ghi ở "
            "trang của thủ tục này.",
        )
    return procedure


def fill_in_account(
    place: Workplace, command: CreateDraft, procedure: Procedure
) -> tuple[Procedure, Mapping[str, Any]]:
    """The procedure, and its form with the data of the caller's account; the desk's drafts start empty."""
    account = {} if command.channel in DESK_CHANNELS else dict(place.accounts.own())
    if said := account.get("address"):
        account["address"] = place.settings.district.whole_address(current_call().caller.ward, said)
    return procedure, prefilled(procedure, account)


def begin(unit: Unit, command: CreateDraft, begun: tuple[Procedure, Mapping[str, Any]]) -> DossierRow:
    """Creates a draft of the caller, prefilled from their account, or one of the desk.

    The desk enters drafts for people who came in or wrote, and who may have no account: these have no owner. Refusal
    CONFLICT `too-many-drafts`.
    """
    procedure, form = begun
    channel = command.channel or ONLINE
    own = channel == ONLINE
    if own:
        _refuse_too_many(unit)
    row = DossierRow(
        id=uuid4(),
        prefilled=[pointer for pointer, _ in leaves(form)],
        procedure=procedure.code,
        procedure_version=procedure.version,
        status=Status.DRAFT,
        applicant_id=unit.caller.id if own else "",
        applicant_ward=unit.caller.ward,
        applicant_name=unit.caller.name if own else "",
        channel=channel,
        assistance=assistance(channel, "", ()),
        subject_name="",
        created_at=unit.now,
        updated_at=unit.now,
        urgent_at=NEVER,
        sequence=0,
    )
    unit.seal_form(row, form)
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit.session, "create-draft", f"dossier:{row.id}", row.applicant_id)
    return row


def _refuse_too_many(unit: Unit) -> None:
    most = unit.place.settings.open_drafts_per_person
    if storage.count_drafts(unit.session, unit.caller.id) >= most:
        raise conflict(
            "too-many-drafts",
            f"Ông/bà đang có {most} hồ sơ chưa nộp ở phường này nên chưa bắt đầu thêm được. Xin mở mục Hồ sơ của tôi, "
            "điền tiếp một hồ sơ đã bắt đầu, hoặc xóa một hồ sơ không cần nữa.",
        )


def save_form(unit: Unit, command: SaveForm) -> DossierRow:
    """Merges the given values into the draft; unfinished values are stored.

    A value that came from the account counts as the person's own once they send it, changed or not. Of drafts that a
    version before `prefilled` began, nobody knows which those are.

    Refusals: INVALID for what no field can hold, CONFLICT `wrong-state`, NOT_FOUND, STALE.
    """
    patch = read_form(command.form_json)
    row = edited_dossier(unit, command.dossier_id, locked=True, expected_version=command.expected_version)
    leads_to(unit, row, acts.SUBMISSION, "sửa tờ khai")
    procedure = unit.place.procedure_of(row)
    saved = unit.form(row)
    if procedure.version != row.procedure_version:
        saved = known(procedure, saved)
    form = merge(saved, patch)
    refuse_impossible(procedure, form)
    sent = {pointer for pointer, _ in leaves(patch)}
    if row.prefilled is not None:
        row.prefilled = [pointer for pointer in row.prefilled if not is_within(pointer, sent)]
    row.applicant_name = account_name(unit, row)
    put_form(unit, row, procedure, form)
    audit.record(unit.session, "save-form", f"dossier:{row.id}", row.applicant_id)
    return row


def delete(unit: Unit, command: DeleteDraft) -> None:
    """Deletes a draft with its form, documents and pages; the files themselves go with `clock.stray_files`.

    Refusals: NOT_FOUND, STALE, CONFLICT `wrong-state` for a filed dossier, which can only be withdrawn.
    """
    row = edited_dossier(unit, command.dossier_id, locked=True, expected_version=command.expected_version)
    leads_to(unit, row, acts.SUBMISSION, "xóa hồ sơ")
    storage.delete_draft(unit.session, row.id)
    audit.record(unit.session, "delete-draft", f"dossier:{row.id}", row.applicant_id)


def put_form(unit: Unit, row: DossierRow, procedure: Procedure, form: Mapping[str, Any]) -> None:
    """Stores a form, and the name that lists show. Refusal INVALID `form-too-large`."""
    if unit.seal_form(row, form) > LARGEST_FORM:
        text = "Biểu mẫu quá dài. Xin viết ngắn lại."
        raise invalid("form-too-large", text, FieldFault("form_json", text))
    row.subject_name = procedure.about(form)
    row.updated_at = unit.now


def read_form(form_json: str) -> dict[str, Any]:
    """Parses a form from a request. Refusal INVALID `malformed-json` or `invalid-form`."""
    try:
        form = json.loads(form_json or "{}", parse_constant=_no_number)
    except (ValueError, RecursionError):
        text = "Dữ liệu biểu mẫu không phải JSON hợp lệ."
        raise invalid("malformed-json", text, FieldFault("form_json", text)) from None
    if not isinstance(form, dict):
        text = "Biểu mẫu phải là một đối tượng JSON."
        raise invalid("invalid-form", text, FieldFault("form_json", text))
    return form


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
