"""The fields of slips, letters, notices and statements; those of certificates and extracts are in `results`.

Times are aware and printed in Vietnam's zone; an unknown field is an empty text and prints as a blank, never as a dash
(TT 04/2020). Dates that a register may know only in part (the year) are texts: in digits, such as 05/10/2020, and in
words. Money is in đồng. Numbers of papers are texts as printed, such as "07/2020" or "12/TLKT-BS".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.chassis.capacity import Capacity

ONE_STOP_DESK = "Bộ phận Tiếp nhận và Trả kết quả"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The ward office that issues the paper, such as Phường Nam Dương, Quận Hải Châu, Thành phố Đà Nẵng."""

    ward_name: str
    district_name: str
    province: str
    address: str = ""
    phone: str = ""
    is_practice: bool = False  # the practice ward: every page says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who filed (người nộp hồ sơ); `identity` is one line, such as "CCCD số 048… do … cấp ngày …"."""

    full_name: str
    address: str = ""
    phone: str = ""
    email: str = ""
    identity: str = ""


# Slips of the one-stop desk (TT 01/2018/TT-VPCP) ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """The common fields of slips: whose dossier it is, and who issues it."""

    office: Office
    dossier_code: str
    applicant: Applicant
    procedure_name: str
    desk: str = ONE_STOP_DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedDocument:
    """A line of the receipt; `form` is such as "Bản chính", "Bản chụp", "Tệp đính kèm"."""

    title: str
    form: str = ""
    copies: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Slip):
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả (TT 01/2018/TT-VPCP, mẫu 01); day and hour by NĐ 123/2015 Đ3.

    `tracking_url` carries no personal data and no key; `tracking_key` is printed as text beside it.
    """

    tracking_url: str
    tracking_key: str
    documents: tuple[ReceivedDocument, ...]
    received_at: datetime
    due_at: datetime
    subject_name: str = ""  # chủ hồ sơ, if not the applicant
    time_limit: str = ""  # in words
    fee: str = ""  # in words
    collection: str = ""  # how the result is collected, in words
    receiver_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingItem:
    """One line of the supplement slip: what is missing or wrong, and what to do."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementSlip(Slip):
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ (TT 01/2018/TT-VPCP, mẫu 02).

    It lists what is missing, with the officer's name and signature (TT 04/2020 Đ3).
    """

    items: tuple[MissingItem, ...]
    reason: str
    requested_at: datetime
    officer_name: str
    officer_phone: str = ""
    number: str = ""  # of "Số: …/HDHS"; blank if the office numbers by hand
    tracking_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalSlip(Slip):
    """Phiếu từ chối tiếp nhận giải quyết hồ sơ (TT 01/2018/TT-VPCP, mẫu 03)."""

    reason: str
    article: str
    refused_at: datetime
    officer_name: str
    officer_phone: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologySlip(Slip):
    """Phiếu xin lỗi và hẹn lại ngày trả kết quả (TT 01/2018/TT-VPCP, mẫu 04)."""

    received_at: datetime
    due_at: datetime  # as promised before
    reason: str
    new_due_at: datetime
    apologised_at: datetime
    officer_name: str  # whom to ask
    officer_phone: str = ""
    signer_name: str = ""
    signs_as: Capacity = Capacity.HEAD
    number: str = ""
    tracking_url: str = ""


Timeliness = Literal["early", "on-time", "late", ""]  # empty: the step is not over


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingOver:
    """A row of the control sheet: who gave the dossier to whom, when, and the timeliness of the step before."""

    giver: str
    receiver: str
    at: datetime
    timeliness: Timeliness = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSheet(Slip):
    """Phiếu kiểm soát quá trình giải quyết hồ sơ (TT 01/2018/TT-VPCP, mẫu 05)."""

    steps: tuple[HandingOver, ...]
    received_at: datetime
    due_at: datetime
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedDossier:
    """A row of the tracking book; the recipient of the result signs on the printed page."""

    dossier_code: str
    procedure_name: str
    applicant: Applicant
    handled_by: str  # cơ quan giải quyết
    received_at: datetime
    due_at: datetime | None = None
    returned_at: datetime | None = None
    delivery: str = ""  # phương thức nhận kết quả, in words
    note: str = ""
    sets: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingBook:
    """Sổ theo dõi hồ sơ (TT 01/2018/TT-VPCP, mẫu 06), of dossiers received in a span of days, both ends included."""

    office: Office
    from_day: date
    to_day: date
    dossiers: tuple[TrackedDossier, ...]
    made_at: datetime
    desk: str = ONE_STOP_DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """`amount` is charged: 0 if exempt, whatever count and unit price are."""

    title: str
    count: int
    unit_price: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSlip(Slip):
    """Phiếu nộp phí, lệ phí hộ tịch; with `paid_at` it is the receipt of the payment."""

    lines: tuple[FeeLine, ...]
    made_at: datetime
    exemption: str = ""  # why something is not charged, with the article
    vietqr: str = ""  # payload of the bank-transfer code; no code is printed without it or after payment
    transfer: tuple[tuple[str, str], ...] = ()  # label and value: bank, account, holder, message of the transfer
    paid_at: datetime | None = None
    paid_by: str = ""  # in words, such as "Tiền mặt tại quầy"
    officer_name: str = ""  # of the cashier
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopNotice(Slip):
    """Thông báo dừng giải quyết hồ sơ: status 8, with reason and article."""

    reason: str
    article: str
    stopped_at: datetime
    officer_name: str
    paid: str = ""  # such as "16.000 đồng"; empty if nothing was paid
    officer_phone: str = ""
    signer_name: str = ""
    signs_as: Capacity = Capacity.HEAD
    number: str = ""


# Letters, notices and statements of the civil-status office ----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequest:
    """Công văn đề nghị xác minh tình trạng hôn nhân: the former commune answers in 3 working days (NĐ 123/2015 Đ22).

    If a lost paper named a place of marriage, that place is asked whether they married there (TT 04/2020 Đ12.1).
    """

    office: Office
    number: str
    recipient: str  # such as "Ủy ban nhân dân xã Điện Phong, thị xã Điện Bàn, tỉnh Quảng Nam"
    full_name: str
    birth_date: str
    identity_paper: str
    lived_at: str
    lived_from: str
    lived_until: str
    sent_on: date
    signer_name: str
    signs_as: Capacity
    sex: str = ""
    residence: str = ""  # today's
    question: str = ""  # replaces the residence: the question to the place of marriage that a lost paper named
    officer_name: str = ""
    officer_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNotice:
    """Thông báo niêm yết về việc trẻ bị bỏ rơi: 7 days in a row at the ward office (NĐ 123/2015 Đ14)."""

    office: Office
    number: str
    found_at: str  # place
    found_on: str  # date in digits, with the hour if known
    sex: str
    description: str  # looks, health, clothes and belongings, as in the record (biên bản)
    keeper: str  # who takes care of the child now
    posted_on: date
    posted_until: date
    signer_name: str
    signs_as: Capacity
    estimated_birth_date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingStatement:
    """Trang khóa sổ of a register book (NĐ 123/2015 Đ12; TT 04/2020 Đ29-36), of its entries of one year."""

    office: Office
    book_label: str  # such as "01-TP/HT-2020-KS"
    register_name: str  # such as "Sổ đăng ký khai sinh"
    year: int
    is_full: bool  # else only the year is closed, and the next one continues the book
    opened_on: date | None  # None for a book that was begun on paper: the day is written there
    closed_on: date
    entries: int
    first_number: int | None  # None in a book without entries
    last_number: int | None
    clerk_name: str  # công chức tư pháp - hộ tịch
    signer_name: str
    signs_as: Capacity
    remark: str = ""  # such as voided numbers, or that the book was begun on paper
