"""Papers of a dossier as PDF: slips with the data at the time of the act, and the sealed certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.clock import VIETNAM
from services.chassis.database import audit
from services.chassis.refusal import Refusal, not_found
from services.dossiers import storage
from services.dossiers.adapters.papers import (
    FeeLine,
    MissingItem,
    Paper,
    PaymentSlip,
    Printed,
    Receipt,
    ReceivedDocument,
    RefusalSlip,
    SupplementSlip,
    render,
)
from services.dossiers.domain import acts
from services.dossiers.domain.fees import EXEMPTION_ARTICLE, EXEMPTIONS, in_dong
from services.dossiers.domain.fields import title_of
from services.dossiers.domain.procedures import DocumentMode, Procedure
from services.dossiers.domain.states import Status
from services.dossiers.tables import DocumentRow, DossierRow, FeeRow, HistoryRow, SupplementRow
from services.dossiers.use_cases.dossier import whole
from services.dossiers.use_cases.office.fees import is_owed, lines_of
from services.dossiers.use_cases.opened import tracking_key_of
from services.dossiers.use_cases.papers.availability import CERTIFICATE, FILENAMES, available
from services.dossiers.use_cases.papers.certificates import made
from services.dossiers.use_cases.papers.letters import (
    apology_slip,
    control_sheet,
    public_notice,
    stop_notice,
    verification_request,
)
from services.dossiers.use_cases.papers.parts import applicant_of, last_line, tracking_url
from services.dossiers.use_cases.unit import Unit, Workplace, visible_dossier

COLLECTION = "Nhận tại Bộ phận Tiếp nhận và Trả kết quả của phường"


@dataclass(frozen=True, slots=True)
class GetPaper:
    dossier_id: str
    kind: str


def paper(place: Workplace, query: GetPaper) -> Printed:
    """A paper that the caller may fetch now; recorded as a look at the person's data.

    Refusals: NOT_FOUND `unknown-dossier`, and `no-such-paper` if the dossier has none of this kind (yet).
    """
    kind = query.kind
    with place.unit() as unit:
        row = visible_dossier(unit, query.dossier_id)
        opened = whole(unit, row)
        if kind not in available(unit, opened):
            raise _no_such_paper()
        audit.record(unit.session, f"view-paper-{kind}", f"dossier:{row.id}", row.applicant_id)
        if kind == CERTIFICATE:
            entry = storage.entry_of(unit.session, row.id)
            assert entry is not None
            certificate_id = entry.certificate_id
        else:
            data = SLIPS[kind](unit, row, opened.supplements)
    # Rendering takes longer than a transaction should.
    content = made(place, unit.cell, certificate_id) if kind == CERTIFICATE else render(data)
    return Printed(f"{FILENAMES[kind]}-{row.code}.pdf", content)


def _no_such_paper() -> Refusal:
    return not_found("no-such-paper", "Hồ sơ này không có, hoặc chưa có, giấy tờ đó.")


def _receipt(unit: Unit, row: DossierRow, _: Sequence[SupplementRow]) -> Paper:
    """The receipt as issued at acceptance: later pauses do not change the promised time."""
    procedure = unit.place.procedure_of(row)
    line = _taking_in(unit, row)
    received = [each for each in storage.documents(unit.session, row.id) if _filed_by(each.filed_at, line.at)]
    assert line.due_at is not None
    return Receipt(
        office=unit.place.office(unit.cell.ward),
        dossier_code=row.code or "",
        tracking_url=tracking_url(unit),
        tracking_key=tracking_key_of(unit.cell, row),
        applicant=applicant_of(unit, row),
        procedure_name=procedure.name,
        documents=tuple(
            ReceivedDocument(title=title, form="Tệp đính kèm", copies=count)
            for title, count in _kept_documents(procedure, received)
        ),
        received_at=line.at.astimezone(VIETNAM),
        due_at=line.due_at.astimezone(VIETNAM),
        subject_name=row.subject_name,
        time_limit=procedure.time_limit.text,
        fee=_fee_text(unit, row) or procedure.fee.text,
        collection=COLLECTION,
        receiver_name=line.officer,
    )


def _kept_documents(version: Procedure, documents: Sequence[DocumentRow]) -> list[tuple[str, int]]:
    """Title and number of files of each kind of document, in the procedure's order."""
    counts = {each.kind: 0 for each in version.documents if each.mode is DocumentMode.FILE}
    for row in documents:
        counts[row.kind] = counts.get(row.kind, 0) + 1
    titles = {each.kind: each.title for each in version.documents}
    return [(titles.get(kind, kind), count) for kind, count in counts.items() if count]


def _filed_by(filed_at: datetime | None, moment: datetime) -> bool:
    return filed_at is not None and filed_at <= moment


def _supplement_slip(unit: Unit, row: DossierRow, supplements: Sequence[SupplementRow]) -> Paper:
    procedure = unit.place.procedure_of(row)
    asked = supplements[-1]
    line = last_line(unit, row, acts.SUPPLEMENT_REQUEST)
    return SupplementSlip(
        office=unit.place.office(unit.cell.ward),
        dossier_code=row.code or "",
        applicant=applicant_of(unit, row),
        procedure_name=procedure.name,
        items=tuple(
            MissingItem(title=title_of(procedure, item["field"]) or item["field"], text=item["text"])
            for item in asked.items
        ),
        reason=asked.reason,
        requested_at=asked.requested_at.astimezone(VIETNAM),
        officer_name=line.officer,
        tracking_url=tracking_url(unit),
    )


def _refusal_slip(unit: Unit, row: DossierRow, _: Sequence[SupplementRow]) -> Paper:
    line = last_line(unit, row, acts.REFUSAL)
    return RefusalSlip(
        office=unit.place.office(unit.cell.ward),
        dossier_code=row.code or "",
        applicant=applicant_of(unit, row),
        procedure_name=unit.place.procedure_of(row).name,
        reason=line.reason,
        article=line.article,
        refused_at=line.at.astimezone(VIETNAM),
        officer_name=line.officer,
    )


#: The ways to settle a fee, in words.
_METHODS = {"counter": "Tại Bộ phận Một cửa", "provider": "Qua cổng thanh toán", "exempt": "Được miễn"}


def _payment_slip(unit: Unit, row: DossierRow, _: Sequence[SupplementRow]) -> Paper:
    """The payment slip with the code of the transfer; after the payment, the receipt."""
    asked = storage.fees(unit.session, row.id)[-1]
    bank = unit.place.banks.get(unit.ward) if is_owed(row, asked) else None
    transfer: tuple[tuple[str, str], ...] = ()
    if bank is not None:
        parts = (
            ("Ngân hàng", bank.bank),
            ("Số tài khoản", bank.account),
            ("Chủ tài khoản", bank.holder),
            ("Nội dung", asked.reference),
        )
        transfer = tuple((label, value) for label, value in parts if value)
    return PaymentSlip(
        office=unit.place.office(unit.cell.ward),
        dossier_code=row.code or "",
        applicant=applicant_of(unit, row),
        procedure_name=unit.place.procedure_of(row).name,
        lines=tuple(
            FeeLine(title=line.text, count=line.count, unit_price=line.price, amount=line.amount)
            for line in lines_of(asked)
        ),
        made_at=(asked.settled_at or asked.asked_at).astimezone(VIETNAM),
        exemption=f"{EXEMPTIONS[asked.exemption]} ({EXEMPTION_ARTICLE})" if asked.exemption else "",
        vietqr=bank.vietqr(asked.total, asked.reference) if bank is not None else "",
        transfer=transfer,
        paid_at=asked.settled_at.astimezone(VIETNAM) if asked.settled_at else None,
        paid_by=_paid_by(asked),
        officer_name=asked.settled_by or "",
        number=asked.reference,
    )


def _paid_by(asked: FeeRow) -> str:
    return ", số ".join(filter(None, (_METHODS.get(asked.method or "", ""), asked.receipt)))


def _fee_text(unit: Unit, row: DossierRow) -> str:
    """The fee that was paid for the acceptance; empty if there was none."""
    paid = [each for each in storage.fees(unit.session, row.id) if each.settled_at is not None]
    return f"{in_dong(paid[0].total)}. {_paid_by(paid[0])}." if paid else ""


SLIPS: Mapping[str, Callable[[Unit, DossierRow, Sequence[SupplementRow]], Paper]] = {
    "receipt": _receipt,
    "supplement-request": _supplement_slip,
    "payment-slip": _payment_slip,
    "refusal": _refusal_slip,
    "apology": apology_slip,
    "stop-notice": stop_notice,
    "control-sheet": control_sheet,
    "verification-request": verification_request,
    "public-notice": public_notice,
}


def _taking_in(unit: Unit, row: DossierRow) -> HistoryRow:
    """The history line of the acceptance: the act itself, or the payment that it waited for."""
    taken = (acts.ACCEPTANCE.name, acts.PAYMENT.name)
    lines = storage.history(unit.session, row.id)
    return next(line for line in lines if line.act in taken and line.status == Status.ACCEPTED)
