"""Slips of the one-stop desk (TT 01/2018/TT-VPCP), from the receipt to the control sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.chassis.capacity import Capacity, capacity_in
from services.dossiers import storage
from services.dossiers.adapters.papers.fields import (
    ApologySlip,
    ControlSheet,
    FeeLine,
    HandingOver,
    MissingItem,
    PaymentSlip,
    Receipt,
    ReceivedDocument,
    RefusalSlip,
    StopNotice,
    SupplementSlip,
    Timeliness,
)
from services.dossiers.domain import acts
from services.dossiers.domain.acts import Party, act_named
from services.dossiers.domain.fees import EXEMPTION_ARTICLE, EXEMPTIONS, in_dong
from services.dossiers.domain.fields import title_of
from services.dossiers.domain.handover import Delivery, asked_for
from services.dossiers.domain.procedures import DocumentMode, Procedure
from services.dossiers.domain.states import Status
from services.dossiers.domain.verdict import ended
from services.dossiers.tables import DocumentRow, DossierRow, FeeRow, HistoryRow
from services.dossiers.use_cases.dossier import Dossier
from services.dossiers.use_cases.fees.assessment import lines_of
from services.dossiers.use_cases.fees.request import is_owed
from services.dossiers.use_cases.opened import tracking_key_of
from services.dossiers.use_cases.papers.parts import about, tracking_url
from services.dossiers.use_cases.unit import Unit

COLLECTION = "Nhận tại Bộ phận Tiếp nhận và Trả kết quả của phường"
#: As the applicant asked for it.
COLLECTED_AS_ASKED = {
    Delivery.OFFICE: COLLECTION,
    Delivery.POST: "Phường gửi qua bưu chính đến địa chỉ ghi trong tờ khai; người nhận trả cước",
    Delivery.ELECTRONIC: "Bản điện tử trong tài khoản của người nộp",
}
#: The result may be sent if nobody has to sign the register, and the applicant was not asked or did not answer.
COLLECTION_OR_SENT = f"{COLLECTION}; muốn nhận qua bưu chính hoặc bản điện tử thì báo phường"
COLLECTION_OR_POSTED = f"{COLLECTION}; muốn nhận qua bưu chính thì báo phường"
#: The ways to settle a fee, in words.
_METHODS = {"counter": "Tại Bộ phận Một cửa", "provider": "Qua cổng thanh toán", "exempt": "Được miễn"}


def receipt(unit: Unit, opened: Dossier) -> Receipt:
    """The receipt as issued at acceptance: later pauses do not change the promised time."""
    row, procedure = opened.row, opened.procedure
    line = _taking_in(unit, row)
    received = [each for each in opened.documents if each.filed_at is not None and each.filed_at <= line.at]
    assert line.due_at is not None
    return Receipt(
        **about(unit, opened),
        tracking_url=tracking_url(unit),
        tracking_key=tracking_key_of(unit.cell, row),
        documents=tuple(
            ReceivedDocument(title=title, form="Tệp đính kèm", copies=count)
            for title, count in _kept_documents(procedure, received)
        ),
        received_at=line.at,
        due_at=line.due_at,
        subject_name=row.subject_name,
        time_limit=procedure.time_limit.text,
        fee=_fee_text(opened.fees) or procedure.fee.text,
        collection=_collection(opened),
        receiver_name=line.officer,
    )


def _collection(opened: Dossier) -> str:
    if delivery := asked_for(opened.procedure, opened.answers.form, has_account=bool(opened.row.applicant_id)):
        return COLLECTED_AS_ASKED[delivery]
    if not opened.procedure.handover.remote:
        return COLLECTION
    return COLLECTION_OR_SENT if opened.row.applicant_id else COLLECTION_OR_POSTED


def _taking_in(unit: Unit, row: DossierRow) -> HistoryRow:
    """The history line of the acceptance: the act itself, or the payment that it waited for."""
    taken = (acts.ACCEPTANCE.name, acts.PAYMENT.name)
    lines = storage.history(unit.session, row.id)
    return next(line for line in lines if line.act in taken and line.status == Status.ACCEPTED)


def _kept_documents(version: Procedure, documents: Sequence[DocumentRow]) -> list[tuple[str, int]]:
    """Title and number of files for each kind of document, in the procedure's order."""
    counts = {each.kind: 0 for each in version.documents if each.mode is DocumentMode.FILE}
    for row in documents:
        counts[row.kind] = counts.get(row.kind, 0) + 1
    titles = {each.kind: each.title for each in version.documents}
    return [(titles.get(kind, kind), count) for kind, count in counts.items() if count]


def _fee_text(fees: Sequence[FeeRow]) -> str:
    """The fee that was paid for the acceptance; empty if there was none."""
    paid = [each for each in fees if each.settled_at is not None]
    return f"{in_dong(paid[0].total)}. {_paid_by(paid[0])}." if paid else ""


def supplement(unit: Unit, opened: Dossier) -> SupplementSlip:
    asked = opened.supplements[-1]
    return SupplementSlip(
        **about(unit, opened),
        items=tuple(
            MissingItem(title=title_of(opened.procedure, item["field"]) or item["field"], text=item["text"])
            for item in asked.items
        ),
        reason=asked.reason,
        requested_at=asked.requested_at,
        officer_name=storage.last_line(unit.session, opened.row.id, acts.SUPPLEMENT_REQUEST).officer,
        tracking_url=tracking_url(unit),
    )


def refusal(unit: Unit, opened: Dossier) -> RefusalSlip:
    line = storage.last_line(unit.session, opened.row.id, acts.REFUSAL)
    return RefusalSlip(
        **about(unit, opened),
        reason=line.reason,
        article=line.article,
        refused_at=line.at,
        officer_name=line.officer,
    )


def stop(unit: Unit, opened: Dossier) -> StopNotice:
    """The head of the registry signs it (Luật Hộ tịch 2014 Đ5.2); the person who prepared it can answer questions.

    A dossier that an earlier release stopped was prepared by nobody.
    """
    lines = {line.act: line for line in storage.history(unit.session, opened.row.id)}
    line = lines[acts.STOP.name]
    prepared = lines.get(acts.STOP_PROPOSAL.name)
    signer, _, title = line.officer.partition(", ") if prepared else ("", "", "")
    return StopNotice(
        **about(unit, opened),
        reason=line.reason,
        article=line.article,
        stopped_at=line.at,
        paid=_paid(opened),
        officer_name=(prepared or line).officer,
        signer_name=signer,
        signs_as=capacity_in(line.officer_capacity, title) if prepared else Capacity.HEAD,
    )


def _paid(opened: Dossier) -> str:
    """The sum that was paid for a dossier that ends without a result; empty if nothing was."""
    total = sum(each.total for each in opened.fees if each.settled_at is not None)
    return f"{total:,} đồng".replace(",", ".") if total else ""


def apology(unit: Unit, opened: Dossier) -> ApologySlip:
    extension, line = opened.clock.extension, storage.last_line(unit.session, opened.row.id, acts.EXTENSION)
    assert extension is not None
    assert opened.row.accepted_at is not None
    return ApologySlip(
        **about(unit, opened),
        received_at=opened.row.accepted_at,
        due_at=extension.due_before,
        reason=extension.reason,
        new_due_at=extension.due_after,
        apologised_at=extension.at,
        officer_name=extension.officer,
        signs_as=capacity_in(line.officer_capacity, ""),  # where an officer made it, the head signs by hand
        tracking_url=tracking_url(unit),
    )


def payment(unit: Unit, opened: Dossier) -> PaymentSlip:
    """The payment slip with the code of the transfer; after the payment, the receipt."""
    asked = opened.fees[-1]
    bank = unit.place.banks.get(unit.ward) if is_owed(opened.row, asked) else None
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
        **about(unit, opened),
        lines=tuple(
            FeeLine(title=line.text, count=line.count, unit_price=line.price, amount=line.amount)
            for line in lines_of(asked)
        ),
        made_at=asked.settled_at or asked.asked_at,
        exemption=f"{EXEMPTIONS[asked.exemption]} ({EXEMPTION_ARTICLE})" if asked.exemption else "",
        vietqr=bank.vietqr(asked.total, asked.reference) if bank is not None else "",
        transfer=transfer,
        paid_at=asked.settled_at,
        paid_by=_paid_by(asked),
        officer_name=asked.settled_by or "",
        number=asked.reference,
    )


def _paid_by(asked: FeeRow) -> str:
    return ", số ".join(filter(None, (_METHODS.get(asked.method or "", ""), asked.receipt)))


def control_sheet(unit: Unit, opened: Dossier) -> ControlSheet:
    """The control sheet: every transfer between people since the filing, with the timeliness of the step that it
    ends.
    """
    row = opened.row
    lines = storage.history(unit.session, row.id)
    assert row.accepted_at is not None
    assert row.promised_at is not None
    before = [None, *(line.due_at for line in lines)]
    return ControlSheet(
        **about(unit, opened),
        steps=tuple(
            _handing_over(line, due, _receiver(lines, at))
            for at, (line, due) in enumerate(zip(lines, before, strict=False))
            if act_named(line.act).holder
        ),
        received_at=row.accepted_at,
        due_at=row.promised_at,
        made_at=unit.now,
    )


def _receiver(lines: Sequence[HistoryRow], at: int) -> str:
    """Who has the dossier after a line: the name of the colleague if there is one; else the part of the office."""
    holder = act_named(lines[at].act).holder
    assert holder is not None
    onward = next((line for line in lines[at + 1 :] if act_named(line.act).holder), None)
    if onward is None or not onward.officer or holder in (Party.APPLICANT, Party.ASKED):
        return holder
    return onward.officer if act_named(onward.act).giver in (holder, None) else holder


def _handing_over(line: HistoryRow, due: datetime | None, receiver: str) -> HandingOver:
    act = act_named(line.act)
    return HandingOver(
        giver=act.giver if act.giver is Party.APPLICANT else line.officer or act.giver or line.actor,
        receiver=receiver,
        at=line.at,
        timeliness=_timeliness(line, due),
        note=line.reason if act.reason_is_internal else act.sheet_note,
    )


def _timeliness(line: HistoryRow, due: datetime | None) -> Timeliness:
    if due is None:
        return ""
    how: Timeliness = ended(line.at, due).value  # type: ignore[assignment]  # an end is never `running`
    return how
