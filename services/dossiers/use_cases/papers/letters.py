"""Letters and notices of the office, signed by hand: a request for verification, a public notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from services.chassis.capacity import Capacity, capacity_in
from services.chassis.clock import day_in_vietnam
from services.dossiers import storage
from services.dossiers.adapters.papers.fields import PublicNotice, VerificationRequest
from services.dossiers.domain import acts
from services.dossiers.domain.deadlines import last_day
from services.dossiers.domain.pointers import value_at
from services.dossiers.forms import leaves
from services.dossiers.tables import VerificationRow
from services.dossiers.use_cases.dossier import Dossier
from services.dossiers.use_cases.opened import question_of
from services.dossiers.use_cases.unit import Unit


def verification_request(unit: Unit, opened: Dossier) -> VerificationRequest:
    """The letter of the last inquiry (NĐ 123/2015 Đ22); if it is not about a residence, it has the question itself (TT
    04/2020 Đ12.1).
    """
    sent = _last(opened, "inquiry")
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
        question="" if asked["place"] else asked["question"],
        sent_on=day_in_vietnam(sent.sent_at),
        signer_name="",
        signs_as=_signs_as(asked),
        officer_name=storage.last_line(unit.session, opened.row.id, acts.VERIFICATION_REQUEST).officer,
    )


def public_notice(unit: Unit, opened: Dossier) -> PublicNotice:
    """The notice that is posted at the office for 7 days (NĐ 123/2015 Đ14)."""
    posted = _last(opened, "notice")
    asked = question_of(unit.cell, posted)
    assert posted.times_out_at is not None
    sex = str(value_at(opened.form, "/child/sex") or "")
    labels = leaves(opened.procedure.form).get("/child/sex", {}).get("x-labels", {})
    born = value_at(opened.form, "/child/birth_date")
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
        signs_as=_signs_as(asked),
        estimated_birth_date=f"{date.fromisoformat(born):%d/%m/%Y}" if isinstance(born, str) and born else "",
    )


def _signs_as(asked: Mapping[str, str]) -> Capacity:
    """The capacity in which it is signed by hand, as the officer chose it; without a choice, the head."""
    return capacity_in(asked.get("signer_capacity", ""), "")


def _last(opened: Dossier, kind: str) -> VerificationRow:
    return [each for each in opened.clock.verifications if each.kind == kind][-1]
