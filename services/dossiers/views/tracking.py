"""Public information: the status of a dossier, for anybody with code and key, and the validity of a paper."""

from __future__ import annotations

from collections.abc import Sequence

from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.timestamps import stamp
from services.dossiers import register_papers, registers, storage
from services.dossiers.domain.acts import act_named
from services.dossiers.domain.entries.copy import EXTRACTS
from services.dossiers.domain.fields import is_restricted, title_of
from services.dossiers.domain.register import MARITAL_STATUS, CertificateStatus
from services.dossiers.domain.states import STATUS_TEXT, Status
from services.dossiers.register_tables import CertificateRow, RegisterEntryRow
from services.dossiers.tables import DossierRow, ExtensionRow, HistoryRow
from services.dossiers.use_cases.clock.timekeeping import time_kept
from services.dossiers.use_cases.unit import Unit
from services.dossiers.views.clock import extension_message
from services.dossiers.views.dossiers import has_annulled_result, overdue, waiting_for
from services.dossiers.views.history import lines as shown
from services.dossiers.views.papers import in_force

#: Replaces the name of a paper that would disclose something restricted.
_UNNAMED = "Một giấy tờ, ghi rõ trên phiếu yêu cầu bổ sung"

#: Replaces what the office wrote to the applicant.
_WRITTEN = "Phường đã ghi rõ lý do. Xin đăng nhập, hoặc xem giấy phường đã giao, để đọc."


def tracked(unit: Unit, row: DossierRow) -> dossiers_pb2.TrackedDossier:
    """A dossier for anybody with code and key: without names and values of the form."""
    lines = storage.history(unit.session, row.id)
    clock = time_kept(unit, row)
    return dossiers_pb2.TrackedDossier(
        code=row.code or "",
        procedure_name=unit.place.procedure_of(row).name,
        status=row.status,
        status_text=STATUS_TEXT[Status(row.status)],
        waits_for=waiting_for(unit, row),
        submitted_at=stamp(row.submitted_at),
        accepted_at=stamp(row.accepted_at),
        due_at=stamp(row.due_at),
        overdue=overdue(row, unit.now),
        paused_at=stamp(row.paused_at),
        asked_for=_asked_for(unit, row),
        history=shown(lines, to_strangers=True),
        reason=_reason(lines),
        owed=_owed(unit, row),
        extension=_extension(clock.extension),
        verifying_until=clock.verifying_until,
        result_annulled=has_annulled_result(row),
    )


def _asked_for(unit: Unit, row: DossierRow) -> list[str]:
    if row.status != Status.SUPPLEMENT_ASKED:
        return []
    procedure = unit.place.procedure_of(row)
    items = storage.supplements(unit.session, row.id)[-1].items
    return [
        _UNNAMED if is_restricted(procedure, item["field"]) else title_of(procedure, item["field"]) or item["field"]
        for item in items
    ]


def _owed(unit: Unit, row: DossierRow) -> int:
    return storage.fees(unit.session, row.id)[-1].total if row.status == Status.PAYMENT_ASKED else 0


def _reason(lines: Sequence[HistoryRow]) -> str:
    """The reason for the dossier's status, without the office's own words, which may name somebody."""
    act = act_named(lines[-1].act) if lines else None
    if act is None or not act.reason_is_told or not lines[-1].reason:
        return ""
    return lines[-1].reason if act.reason_is_ours else _WRITTEN


def _extension(extension: ExtensionRow | None) -> dossiers_pb2.Extension | None:
    message = extension_message(extension)
    if message is not None:
        message.reason = _WRITTEN
    return message


def _paper(unit: Unit, row: CertificateRow, dossier: DossierRow) -> str:
    """The title of the paper; for a copy, it depends on the entry that was copied."""
    copied = None if row.source_entry_id is None else registers.entry(unit.session, row.source_entry_id)
    return unit.place.procedure_of(dossier).paper if copied is None else EXTRACTS[copied.register]


def certificate(
    unit: Unit, found: tuple[CertificateRow, RegisterEntryRow, DossierRow]
) -> dossiers_pb2.CertificateStatus:
    """Whether a certificate is genuine and valid, without names."""
    row, entry, dossier_row = found
    status = in_force(unit, row)
    annulled = register_papers.is_void(unit.session, entry)
    return dossiers_pb2.CertificateStatus(
        certificate_id=row.id,
        status=CertificateStatus.ANNULLED if annulled and status is CertificateStatus.VALID else status,
        paper=_paper(unit, row, dossier_row),
        issuer=unit.place.office_name(unit.cell.ward),
        number=row.number,
        issued_at=stamp(entry.registered_at),
        sha256=row.sha256 or "",
        valid_until="" if row.valid_until is None else row.valid_until.isoformat(),
        changed_at=stamp(row.changed_at),
        registration_annulled=annulled,
        entry_changed=status is CertificateStatus.SUPERSEDED and entry.register != MARITAL_STATUS,
    )
