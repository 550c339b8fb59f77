"""Whether a dossier can be registered now, by the form and the ward's own registers of the day."""

from __future__ import annotations

from services.chassis.refusal import FieldFault, conflict, invalid
from services.dossiers import storage
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.pointers import holds
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import MARITAL_STATUS
from services.dossiers.domain.verification import Kind, stands_in_the_way, state_of
from services.dossiers.forms import asked, findings, for_filed
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.unit import Unit, filing_day, kept_day


def registration_findings(unit: Unit, row: DossierRow) -> list[Finding]:
    """All findings for a registration today: ages count on this day.

    Documents are not checked again: they were complete at the filing, and filed ones cannot be removed. So was the
    form: what it has no answer to was not asked then, and the officer asks.
    """
    procedure = unit.place.procedure_of(row)
    kinds = {each.kind for each in procedure.documents}
    filed_on, kept = filing_day(unit, row), kept_day(unit, row)
    in_practice = unit.cell.ward.is_practice
    found = findings(procedure, unit.form(row), kinds, filed_on, unit.records, unit.today, kept, practice=in_practice)
    return for_filed(found)


def refuse_unregistrable(unit: Unit, row: DossierRow) -> None:
    """Refusals: CONFLICT `verification-open`, INVALID `not-registrable` naming each field, reason and article."""
    _refuse_unverified(unit, row)
    stopping = [each for each in registration_findings(unit, row) if each.kind is FindingKind.STOPS]
    if stopping:
        faults = [FieldFault(each.field, _with_article(each)) for each in stopping]
        raise invalid("not-registrable", "Chưa đăng ký được theo quy định. Xin xem từng lý do được nêu.", *faults)


def _refuse_unverified(unit: Unit, row: DossierRow) -> None:
    procedure = unit.place.procedure_of(row)
    verifications = storage.verifications(unit.session, row.id)
    for each in verifications:
        reason = stands_in_the_way(
            Kind(each.kind), state_of(each.outcome), needs_commitment=procedure.register.name == MARITAL_STATUS
        )
        if reason:
            raise conflict("verification-open", reason)
    if inquiry_missing(unit, row):
        assert procedure.verification is not None
        text = (
            f"Phải hỏi nơi người đó từng thường trú trước khi cấp ({procedure.verification.article}). Xin gửi xác minh."
        )
        fields = [FieldFault(field, text) for field in procedure.verification.when]
        raise invalid("not-registrable", "Chưa cấp được: chưa gửi xác minh.", *fields[-1:])
    if procedure.notice is not None and procedure.notice_needed(unit.form(row)):
        posted = any(each.kind == Kind.NOTICE.value for each in verifications)
        if not posted:
            text = (
                f"Trẻ bị bỏ rơi: phải niêm yết {procedure.notice.days} ngày liên tục tại trụ sở Ủy ban nhân dân phường "
                f"trước khi đăng ký khai sinh ({procedure.notice.article}). Xin lập thông báo niêm yết."
            )
            field = next(iter(procedure.notice.when), "")
            raise invalid("not-registrable", "Chưa đăng ký được: chưa niêm yết.", FieldFault(field, text))


def inquiry_missing(unit: Unit, row: DossierRow) -> bool:
    """Whether a former place of residence has to be asked, and was not."""
    asked_already = any(each.kind == Kind.INQUIRY.value for each in storage.verifications(unit.session, row.id))
    return not asked_already and _inquiry_needed(unit, row, unit.place.procedure_of(row))


def _inquiry_needed(unit: Unit, row: DossierRow, procedure: Procedure) -> bool:
    """Whether a former place of residence has to be asked, because the person cannot prove their status (NĐ 123/2015
    Đ22).
    """
    verification = procedure.verification
    if verification is None or not verification.when:
        return False
    return holds(asked(procedure, unit.form(row)), verification.when)


def _with_article(finding: Finding) -> str:
    return f"{finding.text} ({finding.article})" if finding.article else finding.text
