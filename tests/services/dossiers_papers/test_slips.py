"""Slips of the one-stop desk (TT 01/2018), letters, notices and statements: their content."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from services.dossiers.adapters.papers.fields import FeeLine
from services.dossiers.adapters.papers.rendering import render
from tests.services.dossiers_papers.reading import awkward, margin_of, opened, ordinary, pages_of, pictures_of, words_of
from tests.services.dossiers_papers.samples import MORNING, ORDINARY


def test_the_apology_gives_the_reason_and_both_moments() -> None:
    """TT 01/2018, mẫu 04."""
    text = words_of(ordinary("apology"))

    assert "Thời điểm nhận hồ sơ: 09 giờ 05 phút, ngày 06 tháng 10 năm 2020" in text
    assert "Thời điểm đã hẹn trả kết quả: 17 giờ 30 phút, ngày 09 tháng 10 năm 2020" in text
    assert "Thời điểm hẹn trả kết quả mới: 17 giờ 30 phút, ngày 15 tháng 10 năm 2020" in text
    assert ORDINARY["apology"].reason in text
    assert "xin lỗi Ông/Bà" in text
    assert "KT. CHỦ TỊCH" in text


def test_the_control_sheet_tells_each_handing_over_and_how_it_stood_by_its_time() -> None:
    """TT 01/2018, mẫu 05."""
    text = words_of(ordinary("control_sheet"))

    assert "1 Nguyễn Thị Bích Ngọc (người nộp) Lê Văn Tư (Một cửa) 09:05 06/10/2020 2" in text
    assert "(Tư pháp – hộ tịch) 09:20 06/10/2020 Trước hạn 3" in text
    assert "(Phó Chủ tịch) 14:05 06/10/2020 Đúng hạn 4" in text
    assert "16:05 06/10/2020 Quá hạn Chờ cấp số định danh cá nhân" in text


def test_who_gives_and_who_receives_both_sign_the_control_sheet() -> None:
    """TT 01/2018, mẫu 05: người giao ký, người nhận ký."""
    text = words_of(ordinary("control_sheet"))

    assert "Người giao ký Người nhận ký" in text
    assert "Ký nhận" not in text


def test_moments_in_tables_are_those_of_vietnam() -> None:
    paper = ORDINARY["control_sheet"]
    elsewhere = replace(paper, steps=tuple(replace(step, at=step.at.astimezone(UTC)) for step in paper.steps))

    assert words_of(render(elsewhere)) == words_of(ordinary("control_sheet"))


def test_the_tracking_book_has_every_column_and_lies_on_its_side() -> None:
    """TT 01/2018, mẫu 06."""
    text = words_of(ordinary("tracking_book"))
    width, height = opened(ordinary("tracking_book"))[0].get_size()

    assert width > height
    columns = "STT, Mã hồ sơ, Thủ tục hành chính, Số bộ, Người nộp, Địa chỉ, Cơ quan giải quyết, Nhận hồ sơ, Hẹn trả"
    for column in [*columns.split(", "), "Trả kết quả", "Phương thức nhận", "Ký nhận", "Ghi chú"]:
        assert column in text
    assert "09:05 06/10/2020 17:30 06/10/2020 16:40 06/10/2020 Tại Một cửa" in text


def test_a_tracking_book_of_many_pages_repeats_its_head_and_loses_no_dossier() -> None:
    text = words_of(awkward("tracking_book"))

    assert text.count("Người nộp") == pages_of(awkward("tracking_book")) > 3
    assert all(f"201006-{n:04}" in text for n in range(1, 21))


def test_a_row_with_more_than_a_page_of_text_is_printed_to_its_end() -> None:
    paper = ORDINARY["control_sheet"]
    step = replace(paper.steps[0], note="Ghi chú rất dài. " * 250 + "Hết.")

    pdf = render(replace(paper, steps=(step,)))

    assert "Hết." in words_of(pdf)
    assert margin_of(pdf) >= 20


@pytest.mark.parametrize(
    ("name", "beginning", "end"),
    [("tracking_book", "Căn hộ số 1205", "0236 3"), ("control_sheet", "Công Tằng Tôn", "Quỳnh Như")],
)
def test_a_row_is_not_torn_between_two_pages(name: str, beginning: str, end: str) -> None:
    pages = [" ".join(page.get_textpage().get_text_range().split()) for page in opened(awkward(name))]

    assert len(pages) > 2
    assert all(page.count(beginning) == page.count(end) for page in pages)


def test_the_payment_slip_sums_in_digits_and_in_words() -> None:
    text = words_of(ordinary("payment"))

    assert "PHIẾU NỘP PHÍ, LỆ PHÍ" in text
    assert "1 Phí cấp bản sao trích lục hộ tịch 5 8.000 40.000 Tổng cộng 40.000" in text
    assert "Bằng chữ: Bốn mươi nghìn đồng" in text
    assert "Tổng cộng 1.680.000 Bằng chữ: Một triệu sáu trăm tám mươi nghìn đồng" in words_of(awkward("payment"))


def test_the_payment_slip_says_what_is_not_charged_and_why() -> None:
    """Luật Hộ tịch 2014 Đ11."""
    free = FeeLine(title="Lệ phí đăng ký khai sinh", count=1, unit_price=8000, amount=0)
    exemption = "Hộ nghèo (Luật Hộ tịch 2014, Điều 11)"

    pdf = render(replace(ORDINARY["payment"], lines=(free,), exemption=exemption, vietqr="", transfer=()))

    assert f"Bằng chữ: Không đồng Miễn, giảm: {exemption}" in words_of(pdf)
    assert "Xin nộp tại" not in words_of(pdf)


def test_a_transfer_is_made_with_a_code_until_it_is_paid() -> None:
    slip = ORDINARY["payment"]
    paid = render(replace(slip, paid_at=MORNING, paid_by="Chuyển khoản"))
    by_hand = render(replace(slip, vietqr=""))

    assert pictures_of(ordinary("payment")) == ["Mã VietQR để chuyển khoản 40.000 đồng"]
    assert "Số tài khoản: 0041000123456" in words_of(ordinary("payment"))
    assert pictures_of(paid) == pictures_of(by_hand) == []
    assert "GIẤY XÁC NHẬN ĐÃ NỘP PHÍ, LỆ PHÍ" in words_of(paid)
    assert "Đã nộp lúc: 09 giờ 05 phút, ngày 06 tháng 10 năm 2020 Hình thức nộp: Chuyển khoản" in words_of(paid)
    assert "Xin nộp tại Bộ phận Tiếp nhận và Trả kết quả" in words_of(by_hand)


def test_another_payload_is_another_code() -> None:
    assert render(replace(ORDINARY["payment"], vietqr="another")) != ordinary("payment")


def test_the_stop_notice_gives_reason_article_and_the_way_to_complain() -> None:
    text = words_of(ordinary("stop"))

    assert ORDINARY["stop"].reason in text
    assert "Căn cứ: Nghị định số 61/2018/NĐ-CP, Điều 19" in text
    assert "quyền khiếu nại" in text
    assert "Căn cứ" not in words_of(awkward("stop"))


def test_the_former_commune_is_asked_about_one_person_and_one_time_and_for_an_answer_in_three_days() -> None:
    """NĐ 123/2015 Đ22."""
    text = words_of(ordinary("verification_request"))

    assert "Kính gửi: Ủy ban nhân dân xã Đại Thắng, huyện Đại Lộc, tỉnh Quảng Nam" in text
    assert "Họ, chữ đệm, tên: ĐẶNG VĂN PHƯỚC Ngày, tháng, năm sinh: 30/04/1993" in text
    assert "tỉnh Quảng Nam, từ ngày 30/04/2011 đến ngày 15/08/2017." in text
    assert "trong thời hạn 3 ngày làm việc kể từ ngày nhận được văn bản này" in text
    assert "KT. CHỦ TỊCH PHÓ CHỦ TỊCH" in text
    assert "KT." not in words_of(awkward("verification_request"))


def test_an_abandoned_child_is_made_known_for_seven_days_in_a_row() -> None:
    """NĐ 123/2015 Đ14."""
    text = words_of(ordinary("public_notice"))

    assert "7 ngày liên tục, từ ngày 06/10/2020 đến hết ngày 12/10/2020" in text
    for part in ("chùa Pháp Lâm", "Giới tính: Nữ", "quấn khăn màu hồng", "Trung tâm Bảo trợ xã hội", "0236 3 821 221"):
        assert part in text


def test_a_closed_book_states_how_many_entries_it_has_and_from_which_number_to_which() -> None:
    """NĐ 123/2015 Đ12; TT 04/2020 Đ29-36."""
    text = words_of(ordinary("closing_statement"))

    assert "Ký hiệu quyển: 01-TP/HT-2020-KS" in text
    assert "việc của năm 2020 đã đăng ký trong quyển: 153 (bằng chữ: một trăm năm mươi ba)" in text
    assert "Từ số: 01 đến số 153" in text
    assert "CÔNG CHỨC TƯ PHÁP – HỘ TỊCH" in text


def test_the_statement_of_a_year_leaves_its_book_to_the_next_year_and_that_of_a_full_volume_does_not() -> None:
    """TT 04/2020 Đ29.3; NĐ 87/2020 Đ15.1."""
    of_year = words_of(ordinary("closing_statement"))
    assert "không ghi thêm việc đăng ký nào của năm đó; quyển chưa hết thì được ghi tiếp cho năm sau" in of_year
    of_volume = words_of(render(replace(ORDINARY["closing_statement"], is_full=True)))
    assert "không ghi thêm việc đăng ký nào vào quyển này; những thay đổi" in of_volume
    assert "ghi tiếp" not in of_volume


def test_a_book_without_entries_has_no_numbers() -> None:
    text = words_of(awkward("closing_statement"))

    assert "00 (bằng chữ: không)" in text
    assert "Từ số" not in text


@pytest.mark.parametrize("name", ["apology", "control_sheet", "payment", "stop"])
def test_every_slip_carries_the_code_of_its_dossier_on_each_page(name: str) -> None:
    assert words_of(awkward(name)).count(f"Mã hồ sơ: {ORDINARY[name].dossier_code}") >= pages_of(awkward(name))
