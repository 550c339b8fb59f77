"""Certificates, confirmations, extracts and copies: what the law requires on them, and what it does not allow."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import pytest

from services.chassis.capacity import Capacity
from services.dossiers.adapters.papers.rendering import render
from services.dossiers.adapters.papers.results import BirthCertificate, DeathExtract, Parent, Result
from tests.services.dossiers_papers.reading import (
    awkward,
    colours_of_text,
    ordinary,
    pages_of,
    pictures_of,
    words_of,
)
from tests.services.dossiers_papers.samples import AWKWARD, DIVORCED, LONG_ADDRESS, LONG_NAME, ORDINARY

RESULTS = [name for name, paper in ORDINARY.items() if isinstance(paper, Result)]


def test_there_are_six_results() -> None:
    assert len(RESULTS) == 6


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_can_be_checked_by_code_and_address(name: str) -> None:
    paper = ORDINARY[name]

    assert paper.certificate_id in words_of(ordinary(name))
    assert paper.verification_url in words_of(ordinary(name)).replace(" ", "")
    assert pictures_of(ordinary(name)) == [f"Mã QR mở trang kiểm tra giấy này: {paper.verification_url}"]


@pytest.mark.parametrize("name", RESULTS)
def test_the_vice_chairman_signs_for_the_chairman_and_the_chairman_for_himself(name: str) -> None:
    """NĐ 30/2020: the deputy signs KT. (ký thay)."""
    for_chairman = words_of(ordinary(name))
    himself = words_of(render(replace(ORDINARY[name], signs_as=Capacity.HEAD)))

    assert "KT. CHỦ TỊCH PHÓ CHỦ TỊCH" in for_chairman
    assert "CHỦ TỊCH" in himself
    assert "KT." not in himself
    assert "PHÓ" not in himself


@pytest.mark.parametrize("name", [*RESULTS, "verification_request", "public_notice", "apology", "closing_statement"])
def test_the_acting_chairman_signs_so(name: str) -> None:
    """NĐ 30/2020: quyền cấp trưởng is written Q. [from memory]."""
    acting = words_of(render(replace(ORDINARY[name], signs_as=Capacity.ACTING)))

    assert "Q. CHỦ TỊCH" in acting
    assert "KT." not in acting


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_of_long_names_and_addresses_stays_on_one_page_with_its_signature(name: str) -> None:
    reverse = name in {"birth_certificate", "marriage_certificate"}

    assert pages_of(awkward(name)) == (2 if reverse else 1)
    assert AWKWARD[name].signer_name.split()[0] in words_of(awkward(name))


@pytest.mark.parametrize("length", range(0, 180, 18))
def test_a_result_of_any_length_stays_on_one_page(length: int, certificate: BirthCertificate) -> None:
    """Between two sizes of type lies the danger: the height at the smaller one is reckoned, not seen."""
    address = (LONG_ADDRESS + ", ")[:length]
    parent = Parent(full_name=LONG_NAME[: length // 3], residence=address)

    assert pages_of(render(replace(certificate, birth_place=address, mother=parent, father=parent))) == 1


@pytest.mark.parametrize(
    ("name", "birth"),
    [
        ("birth_certificate", ("05/10/2020", "Ngày năm, tháng mười, năm hai nghìn không trăm hai mươi")),
        ("birth_copy", ("05/10/2020", "Ngày năm, tháng mười, năm hai nghìn không trăm hai mươi")),
        ("marriage_certificate", ("14/02/1996", "Ngày mười bốn, tháng hai, năm một nghìn chín trăm chín mươi sáu")),
        ("marriage_certificate", ("30/04/1993", "Ngày ba mươi, tháng tư, năm một nghìn chín trăm chín mươi ba")),
        ("marriage_extract", ("30/04/1993", "Ngày ba mươi, tháng tư, năm một nghìn chín trăm chín mươi ba")),
        ("death_extract", ("1938", "Năm một nghìn chín trăm ba mươi tám")),
        ("marital_status", ("30/04/1993", "Ngày ba mươi, tháng tư, năm một nghìn chín trăm chín mươi ba")),
    ],
)
def test_dates_of_birth_stand_in_digits_and_in_words(name: str, birth: tuple[str, str]) -> None:
    """TT 04/2020."""
    text = words_of(ordinary(name))

    assert f"Ngày, tháng, năm sinh: {birth[0]}" in text
    assert f"Ghi bằng chữ: {birth[1]}" in text


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("birth_copy", ("TRẦN NGUYỄN KHÁNH AN", "NGUYỄN THỊ BÍCH THỦY", "TRẦN QUỐC VIỆT", "NGUYỄN THỊ BÍCH NGỌC")),
        ("marriage_certificate", ("LÊ THỊ THANH HẰNG", "ĐẶNG VĂN PHƯỚC")),
        ("marriage_extract", ("LÊ THỊ THANH HẰNG", "ĐẶNG VĂN PHƯỚC")),
        ("death_extract", ("HUỲNH THỊ LÀI",)),
        ("marital_status", ("ĐẶNG VĂN PHƯỚC", "LÊ THỊ THANH HẰNG")),
    ],
)
def test_names_stand_in_capitals(name: str, people: tuple[str, ...]) -> None:
    """TT 04/2020."""
    text = words_of(ordinary(name))

    assert all(person in text for person in people)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("birth_certificate", "07/2020"),
        ("birth_copy", "31/TLKS-BS"),
        ("marriage_certificate", "12/2020"),
        ("marriage_extract", "09/TLKH-BS"),
        ("death_extract", "05/TLKT"),
        ("marital_status", "21/UBND-XNTTHN"),
    ],
)
def test_numbers_stand_as_the_registers_give_them(name: str, number: str) -> None:
    assert f"Số: {number} " in words_of(ordinary(name))


def test_the_marriage_certificate_has_room_for_three_signatures() -> None:
    """Luật Hộ tịch 2014 Đ18: both sign the certificate."""
    text = words_of(ordinary("marriage_certificate"))

    assert "GIẤY CHỨNG NHẬN KẾT HÔN" in text
    assert text.count("(Ký, ghi rõ họ, chữ đệm, tên)") == 2
    assert re.search(r"\bVỢ\b.*\bCHỒNG\b.*NGƯỜI KÝ GIẤY CHỨNG NHẬN KẾT HÔN", text)
    for part in ("Nơi đăng ký kết hôn: Ủy ban nhân dân phường Nam Dương", "Ngày, tháng, năm đăng ký: 06/10/2020"):
        assert part in text


def test_the_cause_of_death_has_no_place_on_the_extract() -> None:
    """docs/law.md §5: the extract in use does not print it."""
    assert not {each.name for each in fields(DeathExtract)} & {"cause", "death_cause", "cause_of_death"}
    for text in (words_of(ordinary("death_extract")), words_of(awkward("death_extract"))):
        assert "nguyên nhân" not in text.casefold()


def test_the_moment_of_death_is_in_digits_and_in_words() -> None:
    text = words_of(ordinary("death_extract"))

    assert "Đã chết vào lúc: 17 giờ 30 phút, ngày 04/10/2020" in text
    assert "Mười bảy giờ ba mươi phút, ngày bốn, tháng mười, năm hai nghìn không trăm hai mươi" in text


def test_an_extract_says_where_it_was_taken_from() -> None:
    assert "Thực hiện trích lục từ: Sổ đăng ký khai tử năm 2020" in words_of(ordinary("death_extract"))
    assert "Thực hiện trích lục từ: Sổ đăng ký kết hôn năm 2020" in words_of(ordinary("marriage_extract"))
    assert "Thực hiện trích lục từ: Sổ đăng ký khai sinh năm 2020" in words_of(ordinary("birth_copy"))


def test_copies_say_that_they_are_copies_and_the_first_extract_does_not() -> None:
    assert "(BẢN SAO)" not in words_of(ordinary("death_extract"))
    for text in (
        words_of(awkward("death_extract")),
        words_of(ordinary("birth_copy")),
        words_of(ordinary("marriage_extract")),
    ):
        assert "(BẢN SAO)" in text
    assert "Số: 105/TLKT-BS" in words_of(awkward("death_extract"))


@pytest.mark.parametrize("name", RESULTS)
def test_what_the_register_says_is_printed_in_black(name: str) -> None:
    """TT 04/2020 Đ29.1. A printer renders a dark grey in dots; the title of a certificate is red, hints are grey."""
    assert colours_of_text(ordinary(name)) <= {(0, 0, 0), (179, 0, 27), (107, 107, 107)}


def test_unknown_values_stay_blank_and_are_never_dashed() -> None:
    """TT 04/2020."""
    text = words_of(awkward("death_extract"))

    assert re.search(r"Ngày, tháng, năm sinh:\s+Ghi bằng chữ:\s+Giới tính: Nữ\s+Dân tộc:\s+Quốc tịch:", text)
    assert re.search(r"Số định danh cá nhân:\s+Giấy tờ tùy thân:\s+Đã chết vào lúc:", text)
    assert not re.search(r"--|——|\.{3}|…", text)


def test_a_copy_of_a_birth_certificate_says_what_the_register_says_with_later_changes() -> None:
    """TT 04/2020 Đ23."""
    text = words_of(awkward("birth_copy"))

    assert "Đăng ký khai sinh tại: Ủy ban nhân dân phường Nam Dương" in text
    assert "Số: 07/2020" in text
    assert text.count("Đã ly hôn theo Bản án số 112/2021/HNGĐ-ST") == 3
    assert "ghi chú ngày 26/07/2021" in text


def test_a_marriage_extract_after_a_divorce_says_so() -> None:
    """TT 04/2020 Đ23."""
    assert f"Ghi chú: {DIVORCED.text}" in words_of(ordinary("marriage_extract"))
    assert "Ghi chú: Thực hiện" in words_of(render(replace(ORDINARY["marriage_extract"], amendments=())))
    ends = replace(DIVORCED, text="Đã ly hôn.")
    assert "Ghi chú: Đã ly hôn (căn cứ" in words_of(render(replace(ORDINARY["marriage_extract"], amendments=(ends,))))


def test_a_confirmation_for_a_marriage_names_the_intended_spouse_and_the_place() -> None:
    """TT 04/2020 Đ12."""
    text = words_of(ordinary("marital_status"))

    assert "Dự định kết hôn với bà: LÊ THỊ THANH HẰNG" in text
    assert "CMND số 201678345" in text
    assert "Nơi dự định đăng ký kết hôn: Ủy ban nhân dân xã Đại Thắng" in text
    assert "không có giá trị sử dụng để đăng ký kết hôn" not in text


def test_where_a_form_has_two_words_with_a_slash_the_paper_has_the_one_that_is_meant() -> None:
    """TT 04/2020 Đ33, Đ34.4: what the forms leave to the office to choose."""
    of_a_woman = words_of(render(replace(ORDINARY["marital_status"], sex="Nữ")))
    assert "cho bà ĐẶNG VĂN PHƯỚC" in of_a_woman
    assert "Dự định kết hôn với ông: " in of_a_woman
    for paper, label in (
        ("Giấy báo tử của cơ sở y tế số 4", "Giấy báo tử: Giấy báo tử của cơ sở y tế số 4"),
        ("Bản án số 2, Tòa án nhân dân quận Hải Châu", "Giấy tờ thay giấy báo tử: Bản án số 2"),
    ):
        text = words_of(render(replace(ORDINARY["death_extract"], death_paper=paper, is_copy=False, amendments=())))
        assert label in text
        assert "Giấy tờ thay thế" not in text


def test_a_confirmation_for_another_purpose_cannot_be_used_for_a_marriage_and_says_so() -> None:
    """TT 04/2020 Đ12, 33."""
    text = words_of(awkward("marital_status"))

    assert "Giấy này không có giá trị sử dụng để đăng ký kết hôn." in text
    assert "Giấy này được sử dụng để: Bổ túc hồ sơ vay vốn" in text
    assert "Dự định kết hôn" not in text


@pytest.mark.parametrize("pdf", [ordinary, awkward])
def test_a_confirmation_is_valid_for_six_months(pdf: Any) -> None:
    """NĐ 123/2015 Đ23."""
    assert "có giá trị sử dụng 6 tháng kể từ ngày cấp" in words_of(pdf("marital_status"))


def test_a_confirmation_says_for_which_residence_and_time_it_speaks() -> None:
    text = words_of(ordinary("marital_status"))
    without = words_of(render(replace(ORDINARY["marital_status"], lived_at="", lived_from="", lived_until="")))

    at = "Trong thời gian cư trú tại: phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"
    assert f"{at} từ ngày 01/09/2011 đến ngày 06/10/2020" in text
    assert f"{at} từ ngày 01/09/2011 đến nay" in words_of(render(replace(ORDINARY["marital_status"], lived_until="")))
    assert "Tình trạng hôn nhân: Hiện tại chưa đăng ký kết hôn với ai" in text
    assert re.search(r"Trong thời gian cư trú tại:\s+Tình trạng hôn nhân:", without)


def test_a_confirmation_has_its_lines_in_the_order_of_the_print() -> None:
    """ "Xét đề nghị" is followed by the official who proposes it, then by the person for whom it is (prints in use)."""
    text = words_of(ordinary("marital_status"))
    lines = (
        "THÀNH PHỐ ĐÀ NẴNG QUẬN HẢI CHÂU UBND PHƯỜNG NAM DƯƠNG",
        "Số: 21/UBND-XNTTHN",
        "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN",
        "ỦY BAN NHÂN DÂN PHƯỜNG NAM DƯƠNG",
        "Xét đề nghị của ông/bà PHẠM VĂN TÂM, công chức tư pháp – hộ tịch, về việc cấp",
        "cho ông ĐẶNG VĂN PHƯỚC, XÁC NHẬN:",
        "Họ, chữ đệm, tên: ĐẶNG VĂN PHƯỚC",
        "Ngày, tháng, năm sinh: 30/04/1993",
        "Giới tính: Nam",
        "Dân tộc: Kinh",
        "Quốc tịch: Việt Nam",
        "Giấy tờ tùy thân:",
        "Nơi cư trú: K120/7 Hoàng Diệu",
        "Trong thời gian cư trú tại:",
        "Tình trạng hôn nhân:",
        "có giá trị sử dụng 6 tháng kể từ ngày cấp",
        "Giấy này được sử dụng để: Đăng ký kết hôn",
        "Dự định kết hôn với bà:",
        "NGƯỜI KÝ GIẤY XÁC NHẬN",
    )
    places = [text.find(line) for line in lines]
    assert -1 not in places, [line for line, place in zip(lines, places, strict=True) if place < 0]
    assert places == sorted(places)


def test_later_changes_stand_on_the_reverse_of_an_original() -> None:
    for name in ("birth_certificate", "marriage_certificate"):
        text = words_of(awkward(name))

        assert "GHI CHÚ NHỮNG THAY ĐỔI VỀ SAU" in text
        assert len(AWKWARD[name].amendments) == text.count("26/07/2021")
