"""Papers as PDF: their content, for any names and texts of people."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from services.chassis.capacity import Capacity
from services.dossiers.adapters.papers import rendering
from services.dossiers.adapters.papers.blanks import BlankLayer, Calibration
from services.dossiers.adapters.papers.fields import MissingItem, Receipt, ReceivedDocument, RefusalSlip, SupplementSlip
from services.dossiers.adapters.papers.rendering import Paper, render
from services.dossiers.adapters.papers.results import Amendment, BirthCertificate, Parent
from tests.services.dossiers_papers.reading import (
    awkward,
    lines_under,
    margin_of,
    metadata_of,
    opened,
    ordinary,
    pages_of,
    words_of,
)
from tests.services.dossiers_papers.samples import AWKWARD, LONG_ADDRESS, ORDINARY


def test_the_receipt_states_day_and_hour_of_reception_and_result(receipt: Receipt) -> None:
    """NĐ 123/2015 Đ3."""
    text = words_of(render(receipt))

    assert "Thời điểm nhận hồ sơ: 09 giờ 05 phút, ngày 06 tháng 10 năm 2020" in text
    assert "Thời điểm hẹn trả kết quả: 17 giờ 30 phút, ngày 06 tháng 10 năm 2020" in text
    assert "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ" in text
    for part in (receipt.dossier_code, receipt.tracking_key, receipt.tracking_url, receipt.applicant.full_name):
        assert part in text


def test_the_receipt_lists_each_paper_with_its_form_and_number(receipt: Receipt) -> None:
    """TT 01/2018, mẫu 01."""
    papers = (ReceivedDocument(title="Giấy chứng sinh", form="Tệp đính kèm", copies=3), receipt.documents[0])
    text = words_of(render(replace(receipt, documents=papers)))

    for number, paper in enumerate(papers, 1):
        assert f"{number} {paper.title} {paper.form} {paper.copies}" in text


def test_times_are_printed_as_clocks_in_vietnam_show_them(receipt: Receipt) -> None:
    text = words_of(render(replace(receipt, received_at=receipt.received_at.astimezone(UTC))))

    assert "Thời điểm nhận hồ sơ: 09 giờ 05 phút" in text


def test_the_tracking_key_is_not_in_the_qr_code(receipt: Receipt) -> None:
    other = replace(receipt, tracking_key="XXXX")

    assert _pictures(render(receipt)) == _pictures(render(other))
    assert _pictures(render(receipt)) != _pictures(render(replace(receipt, tracking_url="https://example.vn/")))


def _pictures(pdf: bytes) -> bytes:
    """The corner of the page with the QR code, as it looks."""
    image: Image.Image = opened(pdf)[0].render(scale=2).to_pil()
    return image.crop((900, 700, image.width, 1150)).tobytes()


def test_twenty_documents_run_on_to_a_second_page_with_the_head_of_the_table(receipt: Receipt) -> None:
    many = tuple(ReceivedDocument(title=f"Giấy tờ {n} {'kèm theo ' * 5}", copies=n) for n in range(1, 21))

    pdf = render(replace(receipt, documents=many))
    text = words_of(pdf)

    assert pages_of(pdf) == 2
    assert text.count("Tên giấy tờ") == 2
    assert all(f"Giấy tờ {n} " in text for n in range(1, 21))
    assert "Trang 2 / 2" in text


def test_the_supplement_slip_lists_all_forty_items(supplement_slip: SupplementSlip) -> None:
    many = tuple(MissingItem(title=f"Mục {n}.", text=f"Sửa {n}." * 20) for n in range(1, 41))

    text = words_of(render(replace(supplement_slip, items=many, number="17")))

    assert all(f"Mục {n}." in text and f"Sửa {n}." in text for n in range(1, 41))
    assert "17/HDHS" in text
    assert supplement_slip.officer_name in text  # TT 04/2020 Đ3


def test_the_refusal_slip_gives_reason_and_article(refusal_slip: RefusalSlip) -> None:
    text = words_of(render(refusal_slip))

    assert refusal_slip.reason in text
    assert "Căn cứ: Luật Hộ tịch 2014, Điều 35" in text


def test_the_certificate_carries_every_field(certificate: BirthCertificate) -> None:
    text = words_of(render(certificate))

    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 07/2020",
        "Họ, chữ đệm, tên: TRẦN NGUYỄN KHÁNH AN",  # in capitals: TT 04/2020
        "05/10/2020",
        certificate.birth_date_in_words,
        "Giới tính: Nữ",
        certificate.birth_place,
        certificate.home_town,
        certificate.personal_identification_number,
        "NGUYỄN THỊ BÍCH THỦY",
        "TRẦN QUỐC VIỆT",
        "NGUYỄN THỊ BÍCH NGỌC",
        certificate.requester_identity,
        "Ngày, tháng, năm đăng ký: 06/10/2020",
        "KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
        certificate.signer_name,
        certificate.certificate_id,
    ):
        assert part in text, part
    assert certificate.verification_url in text.replace(" ", "")


def test_the_chairman_signs_in_his_own_right(certificate: BirthCertificate) -> None:
    text = words_of(render(replace(certificate, signs_as=Capacity.HEAD)))

    assert "CHỦ TỊCH" in text
    assert "KT." not in text
    assert "PHÓ" not in text


def test_a_father_who_is_not_known_stays_blank(certificate: BirthCertificate) -> None:
    """NĐ 123/2015 Đ15; TT 04/2020: what is not known is left blank, never dashed."""
    text = words_of(render(replace(certificate, father=Parent(), personal_identification_number="")))

    assert re.search(r"tên người cha:\s+Năm sinh:\s+Dân tộc:\s+Quốc tịch:\s+Nơi cư trú:\s+Họ, chữ đệm", text)
    assert re.search(r"Số định danh cá nhân:\s+Họ, chữ đệm", text)


def test_long_names_and_addresses_stay_on_one_page(certificate: BirthCertificate) -> None:
    parent = Parent(
        full_name="H'Hen Niê Ksor Y'Blô Mlô Duôn Du " * 2, ethnicity="Ba-na (Rơ Ngao)", residence=LONG_ADDRESS
    )

    pdf = render(
        replace(
            certificate,
            full_name="Công Tằng Tôn Nữ Nguyễn Phước " + "Thị Huyền Trân " * 4,
            birth_place=LONG_ADDRESS,
            mother=parent,
            father=parent,
        )
    )

    assert pages_of(pdf) == 1
    assert certificate.signer_name in words_of(pdf)


def test_later_changes_stand_on_the_reverse(certificate: BirthCertificate) -> None:
    note = Amendment(text="Đổi họ", basis="QĐ 12/QĐ-UBND", on=date(2021, 3, 3), signer_name="Phạm Hồng Quang")

    pdf = render(replace(certificate, amendments=(note,)))

    assert pages_of(pdf) == 2
    assert "QĐ 12/QĐ-UBND 03/03/2021" in words_of(pdf)


MARKUP = (
    "#panic()",
    '#read("rendering.py")',
    "*đậm* _nghiêng_",
    "[ngoặc] ]]",
    "$x^2$",
    "\\ \\u{41} \\#",
    "\"ngoặc kép\" 'đơn'",
    "`raw` ```x```",
    "<nhãn> @nhãn",
    "// ghi chú /* nữa */",
    "= Tiêu đề",
    "- gạch + cộng / từ: nghĩa",
    "~ -- --- ...",
    '{"a": 1}',
    "https://example.vn/#a",
)


@pytest.mark.parametrize("text", MARKUP)
def test_what_people_write_is_printed_as_they_wrote_it(text: str, supplement_slip: SupplementSlip) -> None:
    items = (MissingItem(title=text, text="vậy"),)

    printed = words_of(render(replace(supplement_slip, items=items, reason=text, officer_name=text)))

    assert printed.count(text) >= 3


def test_a_line_break_breaks_the_line_and_nothing_more(refusal_slip: RefusalSlip) -> None:
    text = words_of(render(replace(refusal_slip, reason="Dòng một.\r\nDòng\x00 hai\u202e.\n\n#dòng()")))

    assert "Dòng một. Dòng hai. #dòng()" in text


def test_a_word_of_five_hundred_letters_stays_on_the_page(certificate: BirthCertificate) -> None:
    pdf = render(replace(certificate, birth_place="đ" * 500))
    page = opened(pdf)[0].get_textpage()

    rights = [page.get_charbox(place)[2] for place in range(page.count_chars())]
    assert max(rights) <= 595 - 1.8 * 28.35
    assert words_of(pdf).replace(" ", "").count("đ" * 500) == 1


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_keeps_a_paper_from_being_made(refusal_slip: RefusalSlip, text: str) -> None:
    applicant = replace(refusal_slip.applicant, full_name=text, address=text)

    assert render(replace(refusal_slip, applicant=applicant, reason=text)).startswith(b"%PDF-")


def test_a_letter_that_no_font_has_costs_the_archive_format_but_not_the_paper(refusal_slip: RefusalSlip) -> None:
    plain = render(refusal_slip)
    odd = render(replace(refusal_slip, reason="Cha là 李小龍 🙂, người nước ngoài."))

    assert b"<pdfaid:part>" in metadata_of(plain)
    assert b"<pdfaid:part>" not in metadata_of(odd)
    assert "người nước ngoài." in words_of(odd)


VIETNAMESE = "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"


def test_every_vietnamese_letter_has_its_shape_in_every_style(supplement_slip: SupplementSlip) -> None:
    letters = VIETNAMESE + VIETNAMESE.lower()

    pdf = render(replace(supplement_slip, officer_name=letters, reason=letters))

    # A letter that the font lacks would be printed as .notdef and could not be read back; PDF/A forbids it too.
    assert words_of(pdf).replace(" ", "").count(VIETNAMESE) >= 2


@pytest.mark.parametrize("name", ORDINARY)
def test_a_paper_is_archivable_tagged_titled_and_vietnamese(name: str) -> None:
    reader = PdfReader(io.BytesIO(ordinary(name)))
    catalogue = reader.root_object

    assert str(catalogue["/Lang"]) == "vi-VN"
    assert str(catalogue["/MarkInfo"]) == "{'/Marked': True, '/Suspects': False}"
    assert "/StructTreeRoot" in catalogue
    assert reader.metadata is not None
    assert reader.metadata.title
    assert b"<pdfuaid:part>1" in metadata_of(ordinary(name))
    assert b"<pdfaid:part>2" in metadata_of(ordinary(name))


@pytest.mark.parametrize("name", AWKWARD)
def test_nothing_is_printed_beside_the_page_however_long_it_is(name: str) -> None:
    assert margin_of(awkward(name)) >= 20


@pytest.mark.parametrize("name", ORDINARY)
def test_the_line_under_the_motto_is_as_long_as_its_words(name: str) -> None:
    """NĐ 30/2020: from memory."""
    (line,) = lines_under(ordinary(name), "Độc lập - Tự do - Hạnh phúc")

    assert all(abs(off) < 3 for off in line)


def test_every_kind_of_paper_has_a_layout_and_is_tried() -> None:
    assert set(rendering._LAYOUTS) == set(get_args(Paper))
    kinds = set(get_args(Paper)) - {BlankLayer, Calibration}  # tried in test_blanks
    assert {type(paper) for paper in ORDINARY.values()} == kinds
    assert {type(paper) for paper in AWKWARD.values()} == kinds


def test_the_same_paper_is_the_same_bytes_from_any_thread(certificate: BirthCertificate) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: render(certificate), range(6)))

    assert len(set(made)) == 1
