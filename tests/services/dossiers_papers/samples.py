"""Papers of phường Nam Dương, filled in: as they are on an ordinary day, and as they are on the worst."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from services.chassis.capacity import Capacity
from services.chassis.clock import VIETNAM
from services.dossiers.adapters.papers.fields import (
    ApologySlip,
    Applicant,
    ClosingStatement,
    ControlSheet,
    FeeLine,
    HandingOver,
    MissingItem,
    Office,
    PaymentSlip,
    PublicNotice,
    Receipt,
    ReceivedDocument,
    RefusalSlip,
    StopNotice,
    SupplementSlip,
    TrackedDossier,
    TrackingBook,
    VerificationRequest,
)
from services.dossiers.adapters.papers.results import (
    Amendment,
    BirthCertificate,
    BirthCopy,
    DeathExtract,
    IntendedSpouse,
    MaritalStatusConfirmation,
    MarriageCertificate,
    MarriageExtract,
    Parent,
    Spouse,
)
from services.dossiers.domain.words import date_in_words

OFFICE = Office(
    ward_name="Phường Nam Dương",
    district_name="Quận Hải Châu",
    province="Thành phố Đà Nẵng",
    address="14 Lê Đình Dương",
    phone="0236 3 821 221",
)
APPLICANT = Applicant(
    full_name="Nguyễn Thị Bích Ngọc",
    address="K32/15 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
    phone="0905 123 456",
    email="ngoc@example.vn",
    identity="CCCD số 048186000123 do Cục Cảnh sát QLHC về TTXH cấp ngày 12/03/2018",
)
MORNING = datetime(2020, 10, 6, 9, 5, tzinfo=VIETNAM)
CODE = "009.01.01.H17-201006-0001"
LONG_ADDRESS = (
    "Căn hộ số 1205, tầng 12, khối nhà B, chung cư Hoàng Anh Gia Lai, số 72 đường Hàm Nghi và đường Nguyễn Văn Linh "
    "nối dài, tổ dân phố số 145 khu vực 3, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng, Việt Nam"
)
LONG_NAME = "Công Tằng Tôn Nữ Nguyễn Phước Thị Huyền Trân Phương Quỳnh Như"
IN_WARD = "Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"
ISSUED: dict[str, Any] = {
    "office": OFFICE,
    "signer_name": "Phạm Hồng Quang",
    "signs_as": Capacity.DEPUTY,
    "certificate_id": "20248-k7pm-3xdn-w9h2",
    "verification_url": "https://caunoi.example.vn/gt/20248-k7pm-3xdn-w9h2",
}
SLIP: dict[str, Any] = {
    "office": OFFICE,
    "dossier_code": CODE,
    "applicant": APPLICANT,
    "procedure_name": "Đăng ký khai sinh",
}
BIRTH: dict[str, Any] = {
    **ISSUED,
    "full_name": "Trần Nguyễn Khánh An",
    "birth_date": "05/10/2020",
    "birth_date_in_words": date_in_words(date(2020, 10, 5)),
    "sex": "Nữ",
    "ethnicity": "Kinh",
    "nationality": "Việt Nam",
    "birth_place": "Bệnh viện Phụ sản – Nhi Đà Nẵng, phường Khuê Mỹ, quận Ngũ Hành Sơn, thành phố Đà Nẵng",
    "home_town": "Xã Điện Phong, thị xã Điện Bàn, tỉnh Quảng Nam",
    "personal_identification_number": "048320001234",
    "mother": Parent(
        full_name="Nguyễn Thị Bích Thủy",
        birth_year="1992",
        ethnicity="Kinh",
        nationality="Việt Nam",
        residence="Tổ 14, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
    ),
    "father": Parent(
        full_name="Trần Quốc Việt",
        birth_year="1990",
        ethnicity="Tày",
        nationality="Việt Nam",
        residence="Tổ 15, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
    ),
    "requester_name": "Nguyễn Thị Bích Ngọc",
    "requester_identity": APPLICANT.identity,
    "registered_at": IN_WARD,
    "registered_on": date(2020, 10, 6),
}
WIFE = Spouse(
    full_name="Lê Thị Thanh Hằng",
    birth_date="14/02/1996",
    birth_date_in_words=date_in_words(date(1996, 2, 14)),
    ethnicity="Kinh",
    nationality="Việt Nam",
    residence="K120/7 Hoàng Diệu, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
    identity_paper="CMND số 201678345 do Công an thành phố Đà Nẵng cấp ngày 05/06/2013",
)
HUSBAND = Spouse(
    full_name="Đặng Văn Phước",
    birth_date="30/04/1993",
    birth_date_in_words=date_in_words(date(1993, 4, 30)),
    ethnicity="Kinh",
    nationality="Việt Nam",
    residence="Thôn Phú Thuận, xã Đại Thắng, huyện Đại Lộc, tỉnh Quảng Nam",
    identity_paper="CCCD số 049093004512 do Cục Cảnh sát QLHC về TTXH cấp ngày 20/08/2017",
)
MARRIED: dict[str, Any] = {
    **ISSUED,
    "wife": WIFE,
    "husband": HUSBAND,
    "registered_at": IN_WARD,
    "registered_on": date(2020, 10, 6),
}
PERSON: dict[str, Any] = {
    "full_name": "Đặng Văn Phước",
    "birth_date": "30/04/1993",
    "birth_date_in_words": date_in_words(date(1993, 4, 30)),
    "sex": "Nam",
    "ethnicity": "Kinh",
    "nationality": "Việt Nam",
    "identity_paper": HUSBAND.identity_paper,
}
DIVORCED = Amendment(
    text="Đã ly hôn theo Bản án số 112/2021/HNGĐ-ST ngày 18/06/2021 của Tòa án nhân dân quận Hải Châu",
    basis="Bản án đã có hiệu lực pháp luật ngày 19/07/2021",
    on=date(2021, 7, 26),
    signer_name="Phạm Hồng Quang",
)

#: An ordinary paper of each kind, by the name of its template, which tells the kind.
ORDINARY: dict[str, Any] = {
    "birth_certificate": BirthCertificate(**BIRTH, number=7, year=2020),
    "birth_copy": BirthCopy(
        **BIRTH,
        number="31/TLKS-BS",
        registered_number="07/2020",
        extracted_from="Sổ đăng ký khai sinh năm 2020",
        issued_on=date(2021, 8, 2),
    ),
    "marriage_certificate": MarriageCertificate(**MARRIED, number="12/2020"),
    "marriage_extract": MarriageExtract(
        **MARRIED | {"amendments": (DIVORCED,)},
        number="09/TLKH-BS",
        registered_number="12/2020",
        extracted_from="Sổ đăng ký kết hôn năm 2020",
        issued_on=date(2021, 8, 2),
    ),
    "death_extract": DeathExtract(
        **ISSUED,
        **PERSON
        | {"full_name": "Huỳnh Thị Lài", "sex": "Nữ", "birth_date": "1938"}
        | {"birth_date_in_words": "Năm một nghìn chín trăm ba mươi tám"},
        personal_identification_number="049138000457",
        number="05/TLKT",
        died_at="17 giờ 30 phút, ngày 04/10/2020",
        died_at_in_words="Mười bảy giờ ba mươi phút, ngày bốn, tháng mười, năm hai nghìn không trăm hai mươi",
        death_place="Bệnh viện Đa khoa Đà Nẵng, phường Thạch Thang, quận Hải Châu, thành phố Đà Nẵng",
        registered_at=IN_WARD,
        registered_number="05/2020",
        registered_on=date(2020, 10, 6),
        extracted_from="Sổ đăng ký khai tử năm 2020",
        issued_on=date(2020, 10, 6),
    ),
    "marital_status": MaritalStatusConfirmation(
        **ISSUED,
        **PERSON,
        number="21/UBND-XNTTHN",
        proposed_by="Phạm Văn Tâm",
        residence="K120/7 Hoàng Diệu, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        lived_at="phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        lived_from="01/09/2011",
        lived_until="06/10/2020",
        status="Hiện tại chưa đăng ký kết hôn với ai.",
        purpose="Đăng ký kết hôn",
        intended_spouse=IntendedSpouse(
            full_name="Lê Thị Thanh Hằng",
            birth_date="14/02/1996",
            nationality="Việt Nam",
            identity_paper=WIFE.identity_paper,
        ),
        marriage_place="Ủy ban nhân dân xã Đại Thắng, huyện Đại Lộc, tỉnh Quảng Nam",
        issued_on=date(2020, 10, 9),
    ),
    "receipt": Receipt(
        **SLIP,
        tracking_url="https://caunoi.example.vn/theo-doi",
        tracking_key="K7QX-2MFA-9TRD",
        documents=(
            ReceivedDocument(title="Tờ khai đăng ký khai sinh", form="Biểu mẫu điện tử"),
            ReceivedDocument(title="Giấy chứng sinh", form="Ảnh chụp"),
        ),
        received_at=MORNING,
        due_at=MORNING.replace(hour=17, minute=30),
        time_limit="Trong ngày làm việc; nhận sau 15 giờ thì ngày làm việc tiếp theo",
        fee="Không thu",
        collection="Tại Bộ phận Một cửa, mang theo bản chính",
        receiver_name="Lê Văn Tư",
    ),
    "supplement": SupplementSlip(
        **SLIP,
        items=(MissingItem(title="Giấy chứng sinh", text="Ảnh bị mờ. Xin chụp lại."),),
        reason="Chưa đối chiếu được ngày sinh.",
        requested_at=MORNING,
        officer_name="Lê Văn Tư",
    ),
    "refusal": RefusalSlip(
        **SLIP,
        reason="Cha của trẻ là công dân nước ngoài.",
        article="Luật Hộ tịch 2014, Điều 35",
        refused_at=MORNING,
        officer_name="Lê Văn Tư",
    ),
    "apology": ApologySlip(
        **SLIP | {"procedure_name": "Cấp giấy xác nhận tình trạng hôn nhân"},
        received_at=MORNING,
        due_at=MORNING.replace(day=9, hour=17, minute=30),
        reason="Chưa nhận được trả lời xác minh của Ủy ban nhân dân xã Đại Thắng, huyện Đại Lộc, tỉnh Quảng Nam.",
        new_due_at=MORNING.replace(day=15, hour=17, minute=30),
        apologised_at=MORNING.replace(day=8),
        officer_name="Lê Văn Tư",
        officer_phone="0236 3 821 221",
        signer_name="Phạm Hồng Quang",
        signs_as=Capacity.DEPUTY,
        number="03/PXL",
        tracking_url="https://caunoi.example.vn/theo-doi",
    ),
    "control_sheet": ControlSheet(
        **SLIP,
        received_at=MORNING,
        due_at=MORNING.replace(hour=17, minute=30),
        made_at=MORNING.replace(hour=16),
        steps=(
            HandingOver(giver="Nguyễn Thị Bích Ngọc (người nộp)", receiver="Lê Văn Tư (Một cửa)", at=MORNING),
            HandingOver(
                giver="Lê Văn Tư (Một cửa)",
                receiver="Võ Thị Kim Liên (Tư pháp – hộ tịch)",
                at=MORNING.replace(minute=20),
                timeliness="early",
            ),
            HandingOver(
                giver="Võ Thị Kim Liên (Tư pháp – hộ tịch)",
                receiver="Phạm Hồng Quang (Phó Chủ tịch)",
                at=MORNING.replace(hour=14),
                timeliness="on-time",
            ),
            HandingOver(
                giver="Phạm Hồng Quang (Phó Chủ tịch)",
                receiver="Lê Văn Tư (Một cửa)",
                at=MORNING.replace(hour=16),
                timeliness="late",
                note="Chờ cấp số định danh cá nhân",
            ),
        ),
    ),
    "tracking_book": TrackingBook(
        office=OFFICE,
        from_day=date(2020, 10, 1),
        to_day=date(2020, 10, 31),
        made_at=MORNING.replace(month=11, day=2),
        dossiers=(
            TrackedDossier(
                dossier_code=CODE,
                procedure_name="Đăng ký khai sinh",
                applicant=APPLICANT,
                handled_by="UBND phường Nam Dương",
                received_at=MORNING,
                due_at=MORNING.replace(hour=17, minute=30),
                returned_at=MORNING.replace(hour=16, minute=40),
                delivery="Tại Một cửa",
            ),
            TrackedDossier(
                dossier_code="009.01.01.H17-201006-0002",
                procedure_name="Cấp bản sao trích lục hộ tịch, bản sao giấy khai sinh",
                applicant=Applicant(full_name="Đặng Văn Phước", phone="0935 222 333"),
                handled_by="UBND phường Nam Dương",
                received_at=MORNING.replace(hour=15, minute=12),
                due_at=MORNING.replace(day=7, hour=17, minute=30),
                delivery="Qua bưu điện",
                note="Đã yêu cầu bổ sung",
            ),
        ),
    ),
    "payment": PaymentSlip(
        **SLIP | {"procedure_name": "Cấp bản sao trích lục hộ tịch, bản sao giấy khai sinh"},
        lines=(FeeLine(title="Phí cấp bản sao trích lục hộ tịch", count=5, unit_price=8000, amount=40000),),
        vietqr="00020101021238570010A00000072701270006970436011300410001234560208QRIBFTTA53037045405400005802VN"
        "62290825H17 201006 0001 LE PHI HT6304A1B2",
        transfer=(
            ("Ngân hàng", "Vietcombank, chi nhánh Đà Nẵng"),
            ("Số tài khoản", "0041000123456"),
            ("Chủ tài khoản", "UBND phường Nam Dương"),
            ("Nội dung", "H17 201006 0001 LE PHI HT"),
        ),
        made_at=MORNING,
        officer_name="Lê Văn Tư",
    ),
    "stop": StopNotice(
        **SLIP,
        reason="Ông/Bà không bổ sung giấy chứng sinh trong thời hạn đã hẹn.",
        article="Nghị định số 61/2018/NĐ-CP, Điều 19",
        stopped_at=MORNING,
        officer_name="Lê Văn Tư",
        paid="16.000 đồng",
        signer_name="Nguyễn Đức Hải",
        number="08/TB-UBND",
    ),
    "verification_request": VerificationRequest(
        office=OFFICE,
        number="15/UBND-HT",
        recipient="Ủy ban nhân dân xã Đại Thắng, huyện Đại Lộc, tỉnh Quảng Nam",
        full_name="Đặng Văn Phước",
        birth_date="30/04/1993",
        sex="Nam",
        identity_paper=HUSBAND.identity_paper,
        residence="K120/7 Hoàng Diệu, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        lived_at="thôn Phú Thuận, xã Đại Thắng, huyện Đại Lộc, tỉnh Quảng Nam",
        lived_from="30/04/2011",
        lived_until="15/08/2017",
        sent_on=date(2020, 10, 6),
        signer_name="Phạm Hồng Quang",
        signs_as=Capacity.DEPUTY,
        officer_name="Võ Thị Kim Liên",
        officer_phone="0236 3 821 221",
    ),
    "public_notice": PublicNotice(
        office=OFFICE,
        number="22/TB-UBND",
        found_at="Trước cổng chùa Pháp Lâm, số 574 Ông Ích Khiêm, phường Nam Dương",
        found_on="5 giờ 15 phút, ngày 05/10/2020",
        sex="Nữ",
        description="Cân nặng khoảng 2,9 kg, sức khỏe bình thường, quấn khăn màu hồng, có một túi vải đựng áo sơ sinh.",
        keeper="Trung tâm Bảo trợ xã hội thành phố Đà Nẵng",
        estimated_birth_date="khoảng ngày 03/10/2020",
        posted_on=date(2020, 10, 6),
        posted_until=date(2020, 10, 12),
        signer_name="Nguyễn Đức Hải",
        signs_as=Capacity.HEAD,
    ),
    "closing_statement": ClosingStatement(
        office=OFFICE,
        book_label="01-TP/HT-2020-KS",
        register_name="Sổ đăng ký khai sinh",
        year=2020,
        is_full=False,
        opened_on=date(2020, 1, 1),
        closed_on=date(2020, 12, 31),
        entries=153,
        first_number=1,
        last_number=153,
        clerk_name="Võ Thị Kim Liên",
        signer_name="Nguyễn Đức Hải",
        signs_as=Capacity.HEAD,
    ),
}

_LONG_PARENT = Parent(
    full_name="H'Hen Niê Ksor Y'Blô Mlô Duôn Du " * 2, ethnicity="Ba-na (Rơ Ngao)", residence=LONG_ADDRESS
)
_LONG_SPOUSE = Spouse(
    full_name=LONG_NAME,
    birth_date="1938",
    ethnicity="Ba-na (Rơ Ngao)",
    nationality="Việt Nam",
    residence=LONG_ADDRESS,
    identity_paper="Giấy xác nhận thay hộ chiếu số 0123456789/XN do Cục Quản lý xuất nhập cảnh cấp ngày 01/01/2020",
)
_LONG_APPLICANT = Applicant(full_name=LONG_NAME, address=LONG_ADDRESS, phone="0905 123 456 hoặc 0236 3 821 221")
_MANY_NOTES = tuple(replace(DIVORCED, text=f"{n}. {DIVORCED.text}", signer_name=LONG_NAME) for n in range(1, 4))
_REASON = "Giấy tờ chưa khớp với sổ hộ tịch, cần đối chiếu với nơi đã đăng ký trước đây. " * 6


def _worst(name: str, **changes: Any) -> Any:
    return replace(ORDINARY[name], **changes)


#: Long names and addresses, fields left empty, twenty rows.
AWKWARD: dict[str, Any] = {
    "birth_certificate": _worst(
        "birth_certificate",
        full_name=LONG_NAME,
        birth_place=LONG_ADDRESS,
        home_town=LONG_ADDRESS,
        personal_identification_number="",
        mother=_LONG_PARENT,
        father=_LONG_PARENT,
        requester_name=LONG_NAME,
        amendments=_MANY_NOTES,
    ),
    "birth_copy": _worst(
        "birth_copy",
        full_name=LONG_NAME,
        birth_place=LONG_ADDRESS,
        mother=_LONG_PARENT,
        father=Parent(),
        personal_identification_number="",
        amendments=_MANY_NOTES,
    ),
    "marriage_certificate": _worst(
        "marriage_certificate",
        wife=_LONG_SPOUSE,
        husband=_LONG_SPOUSE,
        signs_as=Capacity.HEAD,
        amendments=_MANY_NOTES,
    ),
    "marriage_extract": _worst(
        "marriage_extract", wife=_LONG_SPOUSE, husband=Spouse(full_name=LONG_NAME), amendments=_MANY_NOTES
    ),
    "death_extract": _worst(
        "death_extract",
        number="105/TLKT-BS",
        is_copy=True,
        full_name=LONG_NAME,
        birth_date="",
        birth_date_in_words="",
        ethnicity="",
        personal_identification_number="",
        identity_paper="",
        death_place=LONG_ADDRESS,
        signer_name=LONG_NAME,
        amendments=_MANY_NOTES,
    ),
    "marital_status": _worst(
        "marital_status",
        full_name=LONG_NAME,
        proposed_by=LONG_NAME,
        residence=LONG_ADDRESS,
        lived_at=LONG_ADDRESS,
        identity_paper="",
        status="Đang có vợ là bà LÊ THỊ THANH HẰNG (Giấy chứng nhận kết hôn số 12/2015, do Ủy ban nhân dân xã Đại "
        "Thắng, huyện Đại Lộc, tỉnh Quảng Nam cấp ngày 20/5/2015) trong thời gian cư trú tại phường Nam Dương, quận "
        "Hải Châu, thành phố Đà Nẵng từ ngày 1/6/2015 đến ngày 31/5/2018; đã đăng ký kết hôn, nhưng đã ly hôn "
        "theo Bản án ly hôn số 112/2018/HNGĐ-ST ngày 18/6/2018 của Tòa án nhân dân quận Hải Châu, "
        "thành phố Đà Nẵng; hiện tại chưa đăng ký kết hôn với ai.",
        purpose="Bổ túc hồ sơ vay vốn và mua bán nhà đất tại Ngân hàng Thương mại cổ phần Ngoại thương Việt Nam",
        intended_spouse=None,
        marriage_place="",
    ),
    "receipt": _worst(
        "receipt",
        applicant=_LONG_APPLICANT,
        documents=tuple(ReceivedDocument(title=f"Giấy tờ {n} {'kèm theo ' * 5}", copies=n) for n in range(1, 21)),
    ),
    "supplement": _worst(
        "supplement",
        applicant=_LONG_APPLICANT,
        items=tuple(MissingItem(title=f"Mục {n}.", text=f"Xin sửa lại mục {n}. " * 4) for n in range(1, 21)),
        number="17",
    ),
    "refusal": _worst("refusal", applicant=_LONG_APPLICANT, reason=_REASON),
    "apology": _worst(
        "apology",
        applicant=Applicant(full_name=LONG_NAME),
        reason=_REASON,
        number="",
        officer_phone="",
        signer_name="",
        tracking_url="",
    ),
    "control_sheet": _worst(
        "control_sheet",
        applicant=_LONG_APPLICANT,
        steps=tuple(
            HandingOver(giver=LONG_NAME, receiver=LONG_NAME, at=MORNING + timedelta(hours=n), timeliness="on-time")
            for n in range(20)
        ),
    ),
    "tracking_book": _worst(
        "tracking_book",
        dossiers=tuple(
            TrackedDossier(
                dossier_code=f"009.01.01.H17-201006-{n:04}",
                procedure_name="Cấp bản sao trích lục hộ tịch, bản sao giấy khai sinh",
                applicant=_LONG_APPLICANT,
                handled_by="Ủy ban nhân dân phường Nam Dương",
                received_at=MORNING,
            )
            for n in range(1, 21)
        ),
    ),
    "payment": _worst(
        "payment",
        applicant=_LONG_APPLICANT,
        lines=tuple(
            FeeLine(title=f"Phí cấp bản sao trích lục hộ tịch, lần {n}", count=n, unit_price=8000, amount=8000 * n)
            for n in range(1, 21)
        ),
        exemption="Miễn lệ phí đăng ký khai sinh đúng hạn (Luật Hộ tịch 2014, Điều 11)",
    ),
    "stop": _worst("stop", applicant=_LONG_APPLICANT, reason=_REASON, article="", number="", signer_name=""),
    "verification_request": _worst(
        "verification_request",
        recipient=f"Ủy ban nhân dân nơi có {LONG_ADDRESS}",
        full_name=LONG_NAME,
        birth_date="1938",
        sex="",
        identity_paper="",
        residence=LONG_ADDRESS,
        lived_at=LONG_ADDRESS,
        lived_until="",
        officer_name="",
        signs_as=Capacity.HEAD,
    ),
    "public_notice": _worst(
        "public_notice", found_at=LONG_ADDRESS, description=_REASON, keeper=LONG_ADDRESS, estimated_birth_date=""
    ),
    "closing_statement": _worst(
        "closing_statement",
        entries=0,
        first_number=None,
        last_number=None,
        clerk_name=LONG_NAME,
        signer_name=LONG_NAME,
        signs_as=Capacity.DEPUTY,
        remark="Các số 17, 18 viết hỏng đã hủy, lập lại ở số 19, 20.",
    ),
}
