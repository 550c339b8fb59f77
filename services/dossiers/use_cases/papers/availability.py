"""Which papers a dossier has now, and what their files are called."""

from __future__ import annotations

from services.dossiers.domain import acts
from services.dossiers.domain.register import MARITAL_STATUS
from services.dossiers.domain.states import Status
from services.dossiers.use_cases.dossier import Dossier
from services.dossiers.use_cases.unit import Unit

CERTIFICATE = "certificate"
FILENAMES = {
    "receipt": "giay-tiep-nhan",
    "supplement-request": "phieu-yeu-cau-bo-sung",
    "payment-slip": "phieu-nop-le-phi",
    "refusal": "phieu-tu-choi",
    "apology": "phieu-xin-loi-va-hen-lai",
    "stop-notice": "thong-bao-dung",
    "control-sheet": "phieu-kiem-soat",
    "verification-request": "cong-van-xac-minh",
    "public-notice": "thong-bao-niem-yet",
    CERTIFICATE: "giay-to-ho-tich",
}


def available(unit: Unit, opened: Dossier) -> list[str]:
    """Papers that the caller can fetch now; the applicant gets the certificate only after the hand-over (TT 04/2020
    Đ3).
    """
    row = opened.row
    happened = {
        acts.ACCEPTANCE: row.accepted_at is not None,
        acts.SUPPLEMENT_REQUEST: bool(opened.supplements),
        acts.FEE_REQUEST: bool(opened.fees),
        acts.REFUSAL: row.status == Status.REFUSED,
        acts.STOP: row.status == Status.STOPPED,
        acts.EXTENSION: opened.clock.extension is not None,
    }
    kinds = [act.paper for act, has in happened.items() if has]
    if row.status == Status.HANDED_OVER or (row.status == Status.DONE and row.applicant_id != unit.caller.id):
        kinds.append(CERTIFICATE)
    if opened.at_the_office:
        kinds += _office_papers(opened)
    return kinds


def _office_papers(opened: Dossier) -> list[str]:
    """Papers that only the office prints: letters, notices, the control sheet.

    The letter has the wording of NĐ 123/2015 Đ22, so it exists only for inquiries about marital status.
    """
    sent = {each.kind for each in opened.clock.verifications}
    kinds = []
    if "inquiry" in sent and opened.procedure.register.name == MARITAL_STATUS:
        kinds.append("verification-request")
    if "notice" in sent:
        kinds.append("public-notice")
    return [*kinds, "control-sheet"] if opened.row.accepted_at is not None else kinds
