"""Slips, letters and notices about a dossier's time: apology, control sheet, verification, notice, stop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.chassis.clock import VIETNAM, day_in_vietnam
from services.dossiers import storage
from services.dossiers.adapters.papers import (
    ApologySlip,
    ControlSheet,
    HandingOver,
    Paper,
    PublicNotice,
    StopNotice,
    VerificationRequest,
)
from services.dossiers.adapters.papers.fields import Timeliness
from services.dossiers.domain import acts
from services.dossiers.domain.acts import Party, act_named
from services.dossiers.domain.deadlines import last_day
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.verdict import ended
from services.dossiers.forms import leaves
from services.dossiers.tables import DossierRow, HistoryRow, SupplementRow, VerificationRow
from services.dossiers.use_cases.opened import question_of
from services.dossiers.use_cases.papers.parts import applicant_of, last_line, tracking_url
from services.dossiers.use_cases.unit import Unit


def apology_slip(unit: Unit, row: DossierRow, _: Sequence[SupplementRow]) -> Paper:
    extension = storage.extension(unit.session, row.id)
    assert extension is not None
    assert row.accepted_at is not None
    return ApologySlip(
        office=unit.place.office(unit.cell.ward),
        dossier_code=row.code or "",
        applicant=applicant_of(unit, row),
        procedure_name=unit.place.procedure_of(row).name,
        received_at=row.accepted_at.astimezone(VIETNAM),
        due_at=extension.due_before.astimezone(VIETNAM),
        reason=extension.reason,
        new_due_at=extension.due_after.astimezone(VIETNAM),
        apologised_at=extension.at.astimezone(VIETNAM),
        officer_name=extension.officer,
        tracking_url=tracking_url(unit),
    )


def stop_notice(unit: Unit, row: DossierRow, _: Sequence[SupplementRow]) -> Paper:
    line = last_line(unit, row, acts.STOP)
    return StopNotice(
        office=unit.place.office(unit.cell.ward),
        dossier_code=row.code or "",
        applicant=applicant_of(unit, row),
        procedure_name=unit.place.procedure_of(row).name,
        reason=line.reason,
        article=line.article,
        stopped_at=line.at.astimezone(VIETNAM),
        officer_name=line.officer,
    )


def control_sheet(unit: Unit, row: DossierRow, _: Sequence[SupplementRow]) -> Paper:
    """The control sheet: every handing over since the filing, with the timeliness of the step that it ends."""
    lines = storage.history(unit.session, row.id)
    due_at = row.promised_at
    assert row.accepted_at is not None
    assert due_at is not None
    before = [None, *(line.due_at for line in lines)]
    return ControlSheet(
        office=unit.place.office(unit.cell.ward),
        dossier_code=row.code or "",
        applicant=applicant_of(unit, row),
        procedure_name=unit.place.procedure_of(row).name,
        steps=tuple(
            _handing_over(line, due) for line, due in zip(lines, before, strict=False) if act_named(line.act).holder
        ),
        received_at=row.accepted_at.astimezone(VIETNAM),
        due_at=due_at.astimezone(VIETNAM),
        made_at=unit.now.astimezone(VIETNAM),
    )


def _handing_over(line: HistoryRow, due: datetime | None) -> HandingOver:
    act = act_named(line.act)
    assert act.holder is not None
    return HandingOver(
        giver=act.giver if act.giver is Party.APPLICANT else line.officer or act.giver or line.actor,
        receiver=act.holder,
        at=line.at.astimezone(VIETNAM),
        timeliness=_timeliness(line, due),
        note=line.reason if act.reason_is_internal else act.sheet_note,
    )


def _timeliness(line: HistoryRow, due: datetime | None) -> Timeliness:
    if due is None:
        return ""
    how: Timeliness = ended(line.at, due).value  # type: ignore[assignment]  # an end is never `running`
    return how


def verification_request(unit: Unit, row: DossierRow, _: Sequence[SupplementRow]) -> Paper:
    """The letter of the last inquiry, signed by hand (NĐ 123/2015 Đ22)."""
    sent = _last(unit, row, "inquiry")
    asked = question_of(unit.cell, sent)
    return VerificationRequest(
        office=unit.place.office(unit.cell.ward),
        number=asked["document_number"],
        recipient=asked["recipient"],
        full_name=asked["person"],
        birth_date=asked["birth_date"],
        identity_paper=asked["identity_paper"],
        lived_at=asked["place"],
        lived_from=asked["from_day"],
        lived_until=asked["until_day"],
        sent_on=day_in_vietnam(sent.sent_at),
        signer_name="",
        signs_for_chairman=False,
        officer_name=last_line(unit, row, acts.VERIFICATION_REQUEST).officer,
    )


def public_notice(unit: Unit, row: DossierRow, _: Sequence[SupplementRow]) -> Paper:
    """The notice that is posted at the office for 7 days, signed by hand (NĐ 123/2015 Đ14)."""
    posted = _last(unit, row, "notice")
    asked, form = question_of(unit.cell, posted), unit.form(row)
    assert posted.times_out_at is not None
    sex = str(value_at(form, "/child/sex") or "")
    labels = leaves(unit.place.procedure_of(row).form).get("/child/sex", {}).get("x-labels", {})
    born = value_at(form, "/child/birth_date")
    return PublicNotice(
        office=unit.place.office(unit.cell.ward),
        number=asked["document_number"],
        found_at=asked["place"],
        found_on=asked["from_day"],
        sex=labels.get(sex, ""),
        description=asked["question"],
        keeper=asked["recipient"],
        posted_on=day_in_vietnam(posted.sent_at),
        posted_until=last_day(posted.times_out_at),
        signer_name="",
        signs_for_chairman=False,
        estimated_birth_date=f"{date.fromisoformat(born):%d/%m/%Y}" if isinstance(born, str) and born else "",
    )


def _last(unit: Unit, row: DossierRow, kind: str) -> VerificationRow:
    return [each for each in storage.verifications(unit.session, row.id) if each.kind == kind][-1]
