"""The fields of results: certificates, confirmations, extracts and copies.

Texts, dates and numbers are as in `fields`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.chassis.capacity import Capacity
from services.dossiers.adapters.papers.fields import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A dated note of a later change (ghi chú), such as "Đã ly hôn theo Bản án số …" (TT 04/2020 Đ23)."""

    text: str
    basis: str
    on: date
    signer_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture on the first page, in mm from its upper left corner."""

    svg: str
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The common fields of results: the signer, the check by QR code, and later changes."""

    office: Office
    signer_name: str
    signs_as: Capacity
    certificate_id: str
    verification_url: str
    amendments: tuple[Amendment, ...] = ()
    emblem: Picture | None = None
    is_preview: bool = False  # for the signer: each page says that it is not signed, and it has no QR code


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
    recognised_from: str = ""  # of a couple since before 3/1/1987, printed on the back (NĐ 123/2015 Đ44.2)


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
    recognised_from: str = ""  # of a couple since before 3/1/1987


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathExtract(Result):
    """Trích lục khai tử, and its copy: the cause of death is not printed and has no field here.

    The original names the giấy báo tử or what replaces it, blank where this ward would have issued it; the copy has no
    such line (TT 04/2020 Đ34.4).
    """

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
    death_paper: str = ""  # of the original
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
    proposed_by: str  # the official who prepared it, after "Xét đề nghị của ông/bà"
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
