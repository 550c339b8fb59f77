"""Handing over a result: which originals are compared, who has to come, and other ways of delivery."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.dossiers.domain.names import as_compared
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import DocumentMode, DocumentRequirement, Procedure, RegisterSigned

Fault = tuple[str, str]  # field, and what to do


NO_ACCOUNT = "Người nộp không có tài khoản để nhận bản điện tử; xin chọn nhận tại phường hoặc gửi qua bưu chính."


class Delivery(StrEnum):
    """How a result reaches people (NĐ 87/2020 Đ12)."""

    OFFICE = "office"
    POST = "post"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True)
class Handing:
    """The desk's record of a hand-over."""

    delivery: str  # empty: nobody said, so at the office
    recipient: str  # name
    note: str = ""  # number of the posted item
    authorised: bool = False  # the recipient is not the applicant, but authorised by them
    register_signed: bool = False
    present: frozenset[str] = frozenset()  # who came, of those who have to come: pointers, or names as in the form


def to_compare(procedure: Procedure, form: Mapping[str, Any], requested: Collection[str]) -> list[DocumentRequirement]:
    """The papers of this dossier whose originals have to be compared: those that the form needs, or that the office
    asked for.

    If a paper was uploaded for an answer that has changed since, it proves nothing that is declared now, and nobody has
    to show its original. `form` has only the fields that are asked for; `requested` are kinds of documents that were
    sent in because the office asked for them. NĐ 123/2015 Đ3, TT 04/2020 Đ3.
    """
    return [each for each in procedure.documents if each.needed_for(form) or each.kind in requested]


def original_faults(
    papers: Collection[DocumentRequirement], compared: Mapping[str, bool], *, at_the_counter: bool
) -> list[Fault]:
    """The objections from the originals to a registration now, each with its article.

    A difference that somebody has noted always prevents it. People who file at the counter show the originals then (NĐ
    123/2015 Đ3); people who file online or by post show them when the result is handed over (NĐ 87/2020 Đ12).
    """
    faults = []
    for paper in papers:
        if compared.get(paper.kind) is False:
            text = (
                f"Bản chính khác bản đã nộp hoặc lời khai: {paper.title}. Xin yêu cầu bổ sung rồi đối chiếu lại; không "
                "đủ điều kiện thì trình từ chối (NĐ 123/2015 Đ3)."
            )
            faults.append((f"documents/{paper.kind}", text))
        elif at_the_counter and paper.kind not in compared:
            what = "bản chính" if paper.mode is DocumentMode.PRESENT else "bản chính hoặc xem bản sao có chứng thực"
            faults.append((f"documents/{paper.kind}", f"Chưa đối chiếu {what}: {paper.title} (NĐ 123/2015 Đ3)."))
    return faults


_POSTED = re.compile(r"[A-Z0-9]{3,20}")  # goes into an SMS of one segment


def posted_number(note: str) -> str:
    """The number of a posted item as the post writes it."""
    return re.sub(r"[ .-]", "", note).upper()


def address_at(procedure: Procedure) -> str:
    """The pointer to the postal address, beside the question about the way of delivery."""
    return f"{procedure.handover.asked.rpartition('/')[0]}/address"


def address_for_post(procedure: Procedure, form: Mapping[str, Any]) -> str:
    """The address to which the post delivers the result; empty if the result is not wanted by post."""
    address = value_at(form, address_at(procedure))
    return address if isinstance(address, str) and _way_in(procedure, form) == Delivery.POST else ""


def asked_for(procedure: Procedure, form: Mapping[str, Any], *, has_account: bool) -> Delivery | None:
    """The way in which the applicant wants the result (NĐ 87/2020 Đ12.4–6).

    None, which means at the office, if they were not asked or said nothing, or if there is no account to send it to.

    `form` has only the fields that are asked for.
    """
    if reaches_nobody(procedure, form, has_account=has_account):
        return None
    way = _way_in(procedure, form)
    return Delivery(way) if way in set(Delivery) else None


def reaches_nobody(procedure: Procedure, form: Mapping[str, Any], *, has_account: bool) -> bool:
    """Whether the result is wanted in an account although the person came to the counter or wrote, and so has no
    account.
    """
    return not has_account and _way_in(procedure, form) == Delivery.ELECTRONIC


def _way_in(procedure: Procedure, form: Mapping[str, Any]) -> str:
    way = value_at(form, procedure.handover.asked) if procedure.handover.asked else None
    return way if isinstance(way, str) else ""


def have_to_come(procedure: Procedure, form: Mapping[str, Any]) -> tuple[str, ...]:
    """Pointers to the names of those who have to come, without people whom the form does not name or who have died.

    `form` has only the fields that are asked for.
    """
    return tuple(
        who
        for who in procedure.handover.present
        if value_at(form, who) and value_at(form, f"{who.rpartition('/')[0]}/lives_in") != "dead"
    )


def handover_faults(
    procedure: Procedure,
    form: Mapping[str, Any],
    papers: Collection[DocumentRequirement],
    compared: Mapping[str, bool],
    handing: Handing,
    *,
    has_account: bool = True,
) -> list[Fault]:
    """Everything that prevents the hand-over, each with its article; empty if it is possible.

    `papers` are those `to_compare`; `compared` has for each compared kind whether the original agrees.
    """
    return [
        *_delivery_faults(procedure, handing, asked_for(procedure, form, has_account=has_account)),
        *_person_faults(procedure, form, handing),
        *_paper_faults(procedure, papers, compared, handing.delivery),
    ]


#: How the applicant wants the result, in the words of a refusal.
_ASKED = {
    Delivery.OFFICE: "nhận tại phường",
    Delivery.POST: "nhận qua bưu chính",
    Delivery.ELECTRONIC: "nhận bản điện tử",
}


def _delivery_faults(procedure: Procedure, handing: Handing, wanted: Delivery | None) -> Iterator[Fault]:
    """People who come get the result, whichever way they had asked for; it is sent only in the way that they asked for
    (NĐ 87/2020 Đ12.4–6).

    The form asks people who want it by post for the address. People who were never asked, or said nothing, may tell the
    desk.
    """
    if not handing.delivery:
        if wanted is not None and wanted != Delivery.OFFICE:
            yield "delivery", f"Người nộp xin {_ASKED[wanted]}. Xin ghi đã trả bằng cách nào."
    elif handing.delivery not in set(Delivery):
        yield "delivery", "Cách trả kết quả chỉ có: tại phường, qua bưu chính, bản điện tử."
    elif handing.delivery != Delivery.OFFICE and not procedure.handover.remote:
        yield "delivery", "Kết quả của thủ tục này chỉ trả tại phường, vì phải ký vào sổ hộ tịch (NĐ 87/2020 Đ12)."
    elif wanted is not None and handing.delivery not in {wanted, Delivery.OFFICE}:
        text = f"Người nộp xin {_ASKED[wanted]}. Nay xin cách khác thì ghi “Đổi cách nhận kết quả” trước, rồi trả"
        yield "delivery", f"{text} (NĐ 87/2020 Đ12)."
    if handing.delivery == Delivery.POST and not handing.note:
        yield "delivery_note", "Xin ghi số hiệu bưu gửi."
    elif handing.delivery == Delivery.POST and not _POSTED.fullmatch(posted_number(handing.note)):
        yield "delivery_note", "Số hiệu bưu gửi chỉ có chữ cái không dấu và chữ số, như EB123456789VN."


def _person_faults(procedure: Procedure, form: Mapping[str, Any], handing: Handing) -> Iterator[Fault]:
    if not handing.recipient:
        yield "recipient_name", "Xin ghi họ tên người nhận kết quả."
    rules = procedure.handover
    names = {who: str(value_at(form, who)) for who in have_to_come(procedure, form)}
    missing = [name for who, name in names.items() if not _came(who, names, handing.present)]
    if missing:
        yield (
            "present",
            f"Chỉ trả kết quả khi có mặt đủ những người phải đến; còn thiếu: {', '.join(missing)} (TT 04/2020 Đ3.5).",
        )
    if rules.present and handing.authorised:
        yield "authorised", "Việc này không được ủy quyền cho người khác nhận (TT 04/2020 Đ2)."
    if rules.register_signed is RegisterSigned.AT_HANDOVER and not handing.register_signed:
        yield (
            "register_signed",
            "Người yêu cầu phải kiểm tra nội dung và ký vào sổ hộ tịch trước khi nhận (TT 04/2020 Đ3).",
        )


def _came(who: str, names: Mapping[str, str], present: Collection[str]) -> bool:
    """Whether somebody is among those present, by the pointer or by a name that no other expected person has."""
    name = as_compared(names[who])
    is_own = [as_compared(each) for each in names.values()].count(name) == 1
    return who in present or (is_own and name in map(as_compared, present))


#: After the signature only these steps are possible: TT 04/2020 Đ35; Luật Hộ tịch 2014 Đ12.2, Đ28, Đ70.1h.
_WAY_ON = (
    "Người dân mang đúng bản chính đến thì đối chiếu lại. Sổ ghi sai thì cải chính, ghi chú vào mục trong sổ, rồi đối "
    "chiếu lại. Giấy tờ giả, khai sai thì báo Ủy ban nhân dân quận thu hồi, hủy bỏ; khi sổ đã có ghi chú hủy thì kết "
    "thúc hồ sơ."
)


def _paper_faults(
    procedure: Procedure, papers: Collection[DocumentRequirement], compared: Mapping[str, bool], delivery: str
) -> Iterator[Fault]:
    """A difference always prevents the hand-over; a missing comparison prevents it if the person comes with the
    originals.

    A result that may be sent needs no comparison of uploads; papers that are only shown are shown by the person who
    comes.
    """
    for paper in papers:
        shown_now = paper.mode is DocumentMode.PRESENT or not procedure.handover.remote
        if compared.get(paper.kind) is False:
            yield f"documents/{paper.kind}", f"Bản chính khác bản đã nộp hoặc lời khai: {paper.title}. {_WAY_ON}"
        elif paper.kind not in compared and shown_now and delivery in {"", Delivery.OFFICE}:
            yield f"documents/{paper.kind}", f"Chưa đối chiếu bản chính: {paper.title} (NĐ 87/2020 Đ12)."
