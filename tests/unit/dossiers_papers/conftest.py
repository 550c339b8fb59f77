"""Papers of phường Nam Dương, filled in."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from services.chassis.clock import VIETNAM
from services.dossiers.papers import (
    Applicant,
    BirthCertificate,
    MissingItem,
    Office,
    Paper,
    Parent,
    Receipt,
    ReceivedDocument,
    RefusalSlip,
    SupplementSlip,
)

OFFICE = Office(
    ward_name="Phường Nam Dương",
    district_name="Quận Hải Châu",
    province="Thành phố Đà Nẵng",
    address="Số 14 Lê Đình Dương",
    phone="0236 3 821 221",
)
APPLICANT = Applicant(
    full_name="Nguyễn Thị Bích Ngọc", address="K32/15 Lê Đình Dương", phone="0905 123 456", email="ngoc@example.vn"
)
MORNING = datetime(2020, 10, 6, 9, 5, tzinfo=VIETNAM)
CODE = "009.01.01.H17-201006-0001"


@pytest.fixture
def receipt() -> Receipt:
    return Receipt(
        office=OFFICE,
        dossier_code=CODE,
        tracking_url="https://caunoi.example.vn/theo-doi",
        tracking_key="K7QX-2MFA-9TRD",
        applicant=APPLICANT,
        procedure_name="Đăng ký khai sinh",
        documents=(ReceivedDocument(title="Giấy chứng sinh", form="Ảnh chụp"),),
        received_at=MORNING,
        due_at=MORNING.replace(hour=17, minute=30),
        collection="Tại Bộ phận Một cửa, mang theo bản chính",
        receiver_name="Lê Văn Tư",
    )


@pytest.fixture
def supplement_slip() -> SupplementSlip:
    return SupplementSlip(
        office=OFFICE,
        dossier_code=CODE,
        applicant=APPLICANT,
        procedure_name="Đăng ký khai sinh",
        items=(MissingItem(title="Giấy chứng sinh", text="Ảnh bị mờ. Xin chụp lại."),),
        reason="Chưa đối chiếu được ngày sinh.",
        requested_at=MORNING,
        officer_name="Lê Văn Tư",
    )


@pytest.fixture
def refusal_slip() -> RefusalSlip:
    return RefusalSlip(
        office=OFFICE,
        dossier_code=CODE,
        applicant=APPLICANT,
        procedure_name="Đăng ký khai sinh",
        reason="Cha của trẻ là công dân nước ngoài.",
        article="Luật Hộ tịch 2014, Điều 35",
        refused_at=MORNING,
        officer_name="Lê Văn Tư",
    )


@pytest.fixture
def certificate() -> BirthCertificate:
    return BirthCertificate(
        office=OFFICE,
        number=7,
        year=2020,
        full_name="Trần Nguyễn Khánh An",
        birth_date="05/10/2020",
        birth_date_in_words="Ngày mùng năm, tháng mười, năm hai nghìn không trăm hai mươi",
        sex="Nữ",
        ethnicity="Kinh",
        nationality="Việt Nam",
        birth_place="Bệnh viện Phụ sản – Nhi Đà Nẵng",
        home_town="Xã Điện Phong, tỉnh Quảng Nam",
        personal_identification_number="048320001234",
        mother=Parent(full_name="Nguyễn Thị Bích Thủy", birth_year="1992", ethnicity="Kinh", residence="Tổ 14"),
        father=Parent(full_name="Trần Quốc Việt", birth_year="1990", ethnicity="Tày", residence="Tổ 15"),
        requester_name="Nguyễn Thị Bích Ngọc",
        requester_identity="CCCD số 048186000123",
        registered_at="Ủy ban nhân dân phường Nam Dương",
        registered_on=date(2020, 10, 6),
        signer_name="Phạm Hồng Quang",
        signs_for_chairman=True,
        certificate_id="20248-7F3K9QXM2R",
        verification_url="https://caunoi.example.vn/api/v1/verify/20248-7F3K9QXM2R",
    )


@pytest.fixture(params=["receipt", "supplement_slip", "refusal_slip", "certificate"])
def paper(request: pytest.FixtureRequest) -> Paper:
    found: Paper = request.getfixturevalue(request.param)
    return found
