"""What stands on each paper.

Times are aware and printed in Vietnam's zone; an unknown field is an empty text and prints as a blank.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


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
    subject_name: str = ""  # chủ hồ sơ, where another than the applicant
    time_limit: str = ""  # in words
    fee: str = ""  # in words
    collection: str = ""  # how the result is fetched, in words
    receiver_name: str = ""
    desk: str = "Bộ phận Tiếp nhận và Trả kết quả"


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
    number: str = ""  # of "Số: …/HDHS"; blank where the office numbers by hand
    tracking_url: str = ""
    desk: str = "Bộ phận Tiếp nhận và Trả kết quả"


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
    desk: str = "Bộ phận Tiếp nhận và Trả kết quả"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    full_name: str = ""
    birth_year: str = ""
    ethnicity: str = ""
    nationality: str = ""
    residence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A dated note of a later change (ghi chú on the reverse)."""

    text: str
    basis: str
    on: date
    signer_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthCertificate:
    """Giấy khai sinh: names in capitals (TT 04/2020); an unknown parent stays blank (NĐ 123/2015 Đ15)."""

    office: Office
    number: int
    year: int
    full_name: str
    birth_date: str  # in digits, such as 05/10/2020
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
    signer_name: str
    signs_for_chairman: bool  # the vice-chairman signs "KT. CHỦ TỊCH"
    certificate_id: str
    verification_url: str
    amendments: tuple[Amendment, ...] = ()


Paper = Receipt | SupplementSlip | RefusalSlip | BirthCertificate
