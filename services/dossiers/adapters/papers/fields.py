"""The fields of each paper.

Times are aware and printed in Vietnam's zone; an unknown field is an empty text and prints as a blank, never as a dash
(TT 04/2020). Dates that a register may know only in part (the year) are texts: in digits, such as 05/10/2020, and in
words. Money is in đồng. Numbers of papers are texts as printed, such as "07/2020" or "12/TLKT-BS".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

ONE_STOP_DESK = "Bộ phận Tiếp nhận và Trả kết quả"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The ward office that issues the paper, such as Phường Nam Dương, Quận Hải Châu, Thành phố Đà Nẵng."""

    ward_name: str
    district_name: str
    province: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who filed (người nộp hồ sơ); `identity` is one line, such as "CCCD số 048… do … cấp ngày …"."""

    full_name: str
    address: str = ""
    phone: str = ""
    email: str = ""
    identity: str = ""


# Results: certificates, confirmations, extracts and copies ----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A dated note of a later change (ghi chú), such as "Đã ly hôn theo Bản án số …" (TT 04/2020 Đ23)."""

    text: str
    basis: str
    on: date
    signer_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The common fields of results: the signer, the check by QR code, and later changes."""

    office: Office
    signer_name: str
    signs_for_chairman: bool  # the vice-chairman signs "KT. CHỦ TỊCH"
    certificate_id: str
    verification_url: str
    amendments: tuple[Amendment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    full_name: str = ""
    birth_year: str = ""
    ethnicity: str = ""
    nationality: str = ""
    residence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthFields(Result):
    """The content of the register of births: names in capitals (TT 04/2020); an unknown parent stays blank (Đ15)."""

    full_name: str
    birth_date: str
    birth_date_in_words: str
    sex: str
    ethnicity: str
    nationality: str
    birth_place: str
    home_town: str
    personal_identification_number: str
    mother: Parent
    father: Parent
    requester_name: str
    requester_identity: str
    registered_at: str  # the office, as written in the register
    registered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthCertificate(BirthFields):
    """Giấy khai sinh, the original: its number is that of the register entry (TT 04/2020)."""

    number: int
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthCopy(BirthFields):
    """Bản sao giấy khai sinh: content of the register with its later changes (TT 04/2020 Đ23)."""

    number: str  # of the copy, such as "31/TLKS-BS"
    registered_number: str  # of the entry, such as "07/2020"
    extracted_from: str  # such as "Sổ đăng ký khai sinh năm 2020" or "Cơ sở dữ liệu hộ tịch điện tử"
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Spouse:
    full_name: str = ""
    birth_date: str = ""
    birth_date_in_words: str = ""
    ethnicity: str = ""
    nationality: str = ""
    residence: str = ""
    identity_paper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarriageCertificate(Result):
    """Giấy chứng nhận kết hôn: both sign it on the day of registration (Luật Hộ tịch 2014 Đ18; TT 04/2020 Đ32)."""

    number: str  # such as "07/2020"
    wife: Spouse
    husband: Spouse
    registered_at: str
    registered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MarriageExtract(Result):
    """Trích lục kết hôn (bản sao); after a divorce its notes say so (TT 04/2020 Đ23)."""

    number: str  # such as "31/TLKH-BS"
    wife: Spouse
    husband: Spouse
    registered_at: str
    registered_number: str
    registered_on: date
    extracted_from: str
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathExtract(Result):
    """Trích lục khai tử, and its copy: the cause of death is not printed and has no field here."""

    number: str  # such as "05/TLKT"; of a copy "05/TLKT-BS"
    full_name: str
    birth_date: str
    birth_date_in_words: str
    sex: str
    ethnicity: str
    nationality: str
    personal_identification_number: str
    identity_paper: str
    died_at: str  # in digits, such as "17 giờ 30 phút, ngày 04/10/2020"; only the date if the hour is unknown
    died_at_in_words: str
    death_place: str
    registered_at: str
    registered_number: str
    registered_on: date
    extracted_from: str
    issued_on: date
    is_copy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IntendedSpouse:
    """The intended spouse (TT 04/2020 Đ12)."""

    full_name: str
    birth_date: str
    nationality: str
    identity_paper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaritalStatusConfirmation(Result):
    """Giấy xác nhận tình trạng hôn nhân: valid 6 months, for the purpose printed alone (NĐ 123/2015 Đ23).

    For a marriage it names the intended spouse and where they will register; without an intended spouse it says that
    it cannot be used to register a marriage (TT 04/2020 Đ12).
    """

    number: str  # such as "12/UBND-XNTTHN"
    requester_name: str
    full_name: str
    birth_date: str
    birth_date_in_words: str
    sex: str
    ethnicity: str
    nationality: str
    identity_paper: str
    residence: str
    status: str  # in the wording of TT 04/2020 Đ33
    purpose: str
    issued_on: date
    # The confirmed period; dates in digits.
    lived_at: str = ""
    lived_from: str = ""
    lived_until: str = ""
    intended_spouse: IntendedSpouse | None = None
    marriage_place: str = ""  # the office where the marriage is to be registered


# Slips of the one-stop desk (TT 01/2018/TT-VPCP) ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedDocument:
    """A line of the receipt; `form` is such as "Bản chính", "Bản chụp", "Tệp đính kèm"."""

    title: str
    form: str = ""
    copies: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả (TT 01/2018/TT-VPCP, mẫu 01); day and hour by NĐ 123/2015 Đ3.

    `tracking_url` carries no personal data and no key; `tracking_key` is printed as text beside it.
    """

    office: Office
    dossier_code: str
    tracking_url: str
    tracking_key: str
    applicant: Applicant
    procedure_name: str
    documents: tuple[ReceivedDocument, ...]
    received_at: datetime
    due_at: datetime
    subject_name: str = ""  # chủ hồ sơ, if not the applicant
    time_limit: str = ""  # in words
    fee: str = ""  # in words
    collection: str = ""  # how the result is collected, in words
    receiver_name: str = ""
    desk: str = ONE_STOP_DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingItem:
    """One line of the supplement slip: what is missing or wrong, and what to do."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementSlip:
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ (TT 01/2018/TT-VPCP, mẫu 02).

    It lists what is missing, with the officer's name and signature (TT 04/2020 Đ3).
    """

    office: Office
    dossier_code: str
    applicant: Applicant
    procedure_name: str
    items: tuple[MissingItem, ...]
    reason: str
    requested_at: datetime
    officer_name: str
    officer_phone: str = ""
    number: str = ""  # of "Số: …/HDHS"; blank if the office numbers by hand
    tracking_url: str = ""
    desk: str = ONE_STOP_DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalSlip:
    """Phiếu từ chối tiếp nhận giải quyết hồ sơ (TT 01/2018/TT-VPCP, mẫu 03)."""

    office: Office
    dossier_code: str
    applicant: Applicant
    procedure_name: str
    reason: str
    article: str
    refused_at: datetime
    officer_name: str
    officer_phone: str = ""
    number: str = ""
    desk: str = ONE_STOP_DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologySlip:
    """Phiếu xin lỗi và hẹn lại ngày trả kết quả (TT 01/2018/TT-VPCP, mẫu 04)."""

    office: Office
    dossier_code: str
    applicant: Applicant
    procedure_name: str
    received_at: datetime
    due_at: datetime  # as promised before
    reason: str
    new_due_at: datetime
    apologised_at: datetime
    officer_name: str  # whom to ask
    officer_phone: str = ""
    signer_name: str = ""
    signs_for_chairman: bool = False
    number: str = ""
    tracking_url: str = ""
    desk: str = ONE_STOP_DESK


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
class ControlSheet:
    """Phiếu kiểm soát quá trình giải quyết hồ sơ (TT 01/2018/TT-VPCP, mẫu 05)."""

    office: Office
    dossier_code: str
    applicant: Applicant
    procedure_name: str
    steps: tuple[HandingOver, ...]
    received_at: datetime
    due_at: datetime
    made_at: datetime
    desk: str = ONE_STOP_DESK


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
class PaymentSlip:
    """Phiếu nộp phí, lệ phí hộ tịch; with `paid_at` it is the receipt of the payment."""

    office: Office
    dossier_code: str
    applicant: Applicant
    procedure_name: str
    lines: tuple[FeeLine, ...]
    made_at: datetime
    exemption: str = ""  # why something is not charged, with the article
    vietqr: str = ""  # payload of the bank-transfer code; no code is printed without it or after payment
    transfer: tuple[tuple[str, str], ...] = ()  # label and value: bank, account, holder, message of the transfer
    paid_at: datetime | None = None
    paid_by: str = ""  # in words, such as "Tiền mặt tại quầy"
    officer_name: str = ""  # of the cashier
    number: str = ""
    desk: str = ONE_STOP_DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class StopNotice:
    """Thông báo dừng giải quyết hồ sơ: status 8, with reason and article."""

    office: Office
    dossier_code: str
    applicant: Applicant
    procedure_name: str
    reason: str
    article: str
    stopped_at: datetime
    officer_name: str
    officer_phone: str = ""
    signer_name: str = ""
    signs_for_chairman: bool = False
    number: str = ""
    desk: str = ONE_STOP_DESK


# Letters, notices and statements of the civil-status office ----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequest:
    """Công văn đề nghị xác minh tình trạng hôn nhân: the former commune answers in 3 working days (NĐ 123/2015 Đ22)."""

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
    signs_for_chairman: bool
    sex: str = ""
    residence: str = ""  # today's
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
    signs_for_chairman: bool
    estimated_birth_date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingStatement:
    """Trang khóa sổ of a register book (NĐ 123/2015 Đ12; TT 04/2020 Đ29-36)."""

    office: Office
    book_label: str  # such as "01-TP/HT-2020-KS"
    register_name: str  # such as "Sổ đăng ký khai sinh"
    opened_on: date
    closed_on: date
    entries: int
    first_number: int | None  # None in a book without entries
    last_number: int | None
    clerk_name: str  # công chức tư pháp - hộ tịch
    signer_name: str
    signs_for_chairman: bool
    remark: str = ""  # such as voided numbers


Paper = (
    BirthCertificate
    | BirthCopy
    | MarriageCertificate
    | MarriageExtract
    | DeathExtract
    | MaritalStatusConfirmation
    | Receipt
    | SupplementSlip
    | RefusalSlip
    | ApologySlip
    | ControlSheet
    | TrackingBook
    | PaymentSlip
    | StopNotice
    | VerificationRequest
    | PublicNotice
    | ClosingStatement
)
