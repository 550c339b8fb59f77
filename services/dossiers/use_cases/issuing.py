"""Papers of a dossier as PDF: slips from what stood when they were given, the certificate as it was sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis import audit
from services.chassis.clock import VIETNAM
from services.chassis.refusal import Refusal, not_found
from services.dossiers import encoding, storage
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.states import Act
from services.dossiers.papers import (
    Applicant,
    MissingItem,
    Paper,
    Receipt,
    ReceivedDocument,
    RefusalSlip,
    SupplementSlip,
    render,
)
from services.dossiers.tables import DossierRow, HistoryRow, SupplementRow
from services.dossiers.use_cases.base import Unit, Workplace, form_of, visible_dossier
from services.dossiers.use_cases.certificates import issuing_office, made
from services.dossiers.use_cases.fields import title_of

FILENAMES = {
    "receipt": "giay-tiep-nhan",
    "supplement-request": "phieu-yeu-cau-bo-sung",
    "refusal": "phieu-tu-choi",
    "certificate": "giay-to-ho-tich",
}
COLLECTION = "Nhận tại Bộ phận Tiếp nhận và Trả kết quả của phường"


def paper(place: Workplace, dossier_id: str, kind: str) -> dossiers_pb2.Paper:
    """A paper that the caller may fetch now; recorded as a look at the person's data.

    Refusals: NOT_FOUND `unknown-dossier`, and `no-such-paper` where the dossier has none of this kind (yet).
    """
    with place.unit() as unit:
        row = visible_dossier(unit, dossier_id)
        supplements = storage.supplements(unit.session, row.id)
        if kind not in encoding.papers(row, supplements, unit.caller):
            raise _no_such_paper()
        audit.record(unit.session, f"view-paper-{kind}", f"dossier:{row.id}", row.applicant_id)
        if kind == "certificate":
            entry = storage.entry_of(unit.session, row.id)
            assert entry is not None
            certificate_id = entry.certificate_id
        else:
            data = SLIPS[kind](unit, row, supplements)
    # Rendering takes longer than a transaction should.
    content = made(place, unit.cell, certificate_id) if kind == "certificate" else render(data)
    return dossiers_pb2.Paper(filename=f"{FILENAMES[kind]}-{row.code}.pdf", content=content)


def _no_such_paper() -> Refusal:
    return not_found("no-such-paper", "Hồ sơ này không có, hoặc chưa có, giấy tờ đó.")


def _receipt(unit: Unit, row: DossierRow, _: Sequence[SupplementRow]) -> Paper:
    """As it was given at acceptance: later pauses do not change what was promised then."""
    procedure = unit.place.procedure_of(row)
    line = _line(unit, row, Act.ACCEPTANCE)
    received = [each for each in storage.documents(unit.session, row.id) if _filed_by(each.filed_at, line.at)]
    assert line.due_at is not None
    return Receipt(
        office=issuing_office(unit.place, unit.cell),
        dossier_code=row.code or "",
        tracking_url=_tracking_url(unit),
        tracking_key=encoding.shown_tracking_key(unit.cell, row),
        applicant=_applicant(unit, row),
        procedure_name=procedure.name,
        documents=tuple(
            ReceivedDocument(title=title, form="Tệp đính kèm", copies=count)
            for title, count in encoding.kept_documents(procedure, received)
        ),
        received_at=line.at.astimezone(VIETNAM),
        due_at=line.due_at.astimezone(VIETNAM),
        subject_name=row.subject_name,
        time_limit=procedure.time_limit_text,
        fee=procedure.fee_text,
        collection=COLLECTION,
        receiver_name=line.officer,
    )


def _filed_by(filed_at: datetime | None, moment: datetime) -> bool:
    return filed_at is not None and filed_at <= moment


def _supplement_slip(unit: Unit, row: DossierRow, supplements: Sequence[SupplementRow]) -> Paper:
    procedure = unit.place.procedure_of(row)
    asked = supplements[-1]
    line = _line(unit, row, Act.SUPPLEMENT_REQUEST)
    return SupplementSlip(
        office=issuing_office(unit.place, unit.cell),
        dossier_code=row.code or "",
        applicant=_applicant(unit, row),
        procedure_name=procedure.name,
        items=tuple(
            MissingItem(title=title_of(procedure, item["field"]) or item["field"], text=item["text"])
            for item in asked.items
        ),
        reason=asked.reason,
        requested_at=asked.requested_at.astimezone(VIETNAM),
        officer_name=line.officer,
        tracking_url=_tracking_url(unit),
    )


def _refusal_slip(unit: Unit, row: DossierRow, _: Sequence[SupplementRow]) -> Paper:
    line = _line(unit, row, Act.REFUSAL)
    return RefusalSlip(
        office=issuing_office(unit.place, unit.cell),
        dossier_code=row.code or "",
        applicant=_applicant(unit, row),
        procedure_name=unit.place.procedure_of(row).name,
        reason=line.reason,
        article=line.article,
        refused_at=line.at.astimezone(VIETNAM),
        officer_name=line.officer,
    )


SLIPS: Mapping[str, Callable[[Unit, DossierRow, Sequence[SupplementRow]], Paper]] = {
    "receipt": _receipt,
    "supplement-request": _supplement_slip,
    "refusal": _refusal_slip,
}


def _line(unit: Unit, row: DossierRow, act: Act) -> HistoryRow:
    """The last line of the history with this act."""
    return [line for line in storage.history(unit.session, row.id) if line.act == act.value][-1]


def _tracking_url(unit: Unit) -> str:
    return f"{unit.place.settings.public_base_url.rstrip('/')}/theo-doi"


def _applicant(unit: Unit, row: DossierRow) -> Applicant:
    form = form_of(unit.cell, row)

    def text(pointer: str) -> str:
        value: Any = value_at(form, pointer)
        return value if isinstance(value, str) else ""

    return Applicant(
        full_name=text("/requester/full_name") or row.applicant_name,
        address=text("/requester/residence"),
        phone=text("/requester/phone"),
    )
