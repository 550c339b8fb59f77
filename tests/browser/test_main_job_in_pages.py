"""The main job through the pages, in a browser whose JavaScript is off: from the first page to the certificate."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from tests.browser.people import Person
from tests.browser.steps import Filed, answer_questions, compare_all, open_at_desk, send, sign_what_is_seen
from tests.browser.visitor import Visit, Visitor, by_pointer
from tests.e2e.api import Phone
from tests.e2e.birth import photograph, whole_form
from tests.e2e.cases import text_of

WARD_NAME, SLUG = "Phường Nam Dương", "nam-duong"
CHILD, MOTHER, MOTHER_AS_ON_PAPER = "Lê Minh Khôi", "Phạm Thị Hạnh", "Phạm Thị Thúy Hạnh"
DUE = re.compile(r"(\d{1,2}) giờ(?: (\d{2}))? ngày (\d{2}/\d{2}/\d{4})")


def open_account(visitor: Visitor, person: Person, phone: Phone) -> None:
    """From the first page, only by links, to the page of the procedure, signed in."""
    visitor.go("/")
    visitor.follow(WARD_NAME)
    visitor.press("Mở tài khoản")
    answer_questions(visitor, person.answers)
    visitor.fill(person.answers)
    visitor.press("Mở tài khoản và gửi mã")
    visitor.fill({"/otp": phone.next_code()})
    visitor.press("Tiếp tục")
    assert visitor.heading == "Tài khoản đã mở"
    visitor.press("Đăng nhập")
    visitor.fill({"/login": person.phone, "/password": person.password})
    visitor.onward(visitor.page.locator("main").get_by_role("button", name="Đăng nhập"))
    assert visitor.heading == WARD_NAME


def come_back(visitor: Visitor, person: Person) -> None:
    """To the draft, from a browser that has not seen it."""
    visitor.sign_in(person.phone, person.password)
    assert visitor.heading == "Hồ sơ của tôi"
    visitor.onward(visitor.page.locator("main .app-cards a").first)


def change_an_answer(visitor: Visitor) -> None:
    """`Thay đổi` leads to the page that asked, and that page straight back to the check."""
    assert visitor.heading == "Xem lại trước khi gửi"
    assert visitor.row("Số của giấy chứng sinh") == "0315"
    visitor.follow("Thay đổi Số của giấy chứng sinh")
    visitor.fill({"/child/birth_paper_number": "0316"})
    visitor.press("Tiếp tục")
    assert visitor.heading == "Xem lại trước khi gửi"
    assert visitor.row("Số của giấy chứng sinh") == "0316"


def fill_and_file(visitor: Visitor, person: Person, phone: Phone, elsewhere: Visitor) -> tuple[Filed, Visitor]:
    """Fills half of the form, goes home, comes back at another computer, and files there."""
    answers = by_pointer(whole_form(CHILD))
    visitor.follow("Đăng ký khai sinh")
    visitor.press_first("Bắt đầu ")
    visitor.press("Làm tiếp: Ông/bà là ai với trẻ?")
    half = visitor.fill_pages(answers, until="Thông tin về mẹ")
    visitor.fill(answers)
    visitor.press("Lưu, để làm sau")
    visitor.press("Đăng xuất")

    come_back(elsewhere, person)
    elsewhere.follow("Thông tin về mẹ")
    kept = elsewhere.page.get_by_label("Họ và tên của mẹ")
    assert kept.input_value() == MOTHER
    rest = elsewhere.fill_pages(answers)
    assert len(half) + len(rest) >= 20
    assert elsewhere.heading == "Giấy chứng sinh"
    elsewhere.upload("giấy chứng sinh.jpg", photograph())
    assert "giấy chứng sinh.jpg" in elsewhere.text
    elsewhere.press("Tiếp tục")
    change_an_answer(elsewhere)
    return send(elsewhere, phone), elsewhere


def track(visitor: Visitor, filed: Filed) -> str:
    """The name of the dossier's status, which is all that somebody without an account sees."""
    visitor.go("/")
    visitor.follow("Xem hồ sơ đến đâu")
    visitor.fill({"/code": filed.code, "/key": filed.key})
    visitor.press("Xem hồ sơ")
    assert visitor.heading == f"Hồ sơ {filed.code}"
    assert CHILD not in visitor.text
    return visitor.page.locator(".app-status__name").inner_text()


def ask_for_supplement(visitor: Visitor, filed: Filed) -> None:
    open_at_desk(visitor, filed)
    row = visitor.page.locator(".govuk-summary-list__row").filter(has_text="Họ và tên của mẹ")
    assert not row.locator("[id^=text-]").is_visible()
    row.get_by_label("Cần bổ sung").check()
    row.locator("[id^=text-]").fill("Chưa khớp giấy chứng sinh, xin ghi lại.")
    visitor.page.locator("summary", has_text="Yêu cầu bổ sung").click()
    visitor.press("Gửi yêu cầu bổ sung")
    assert "Đã gửi yêu cầu bổ sung" in visitor.text
    slip = visitor.page.get_by_role("button", name="In phiếu yêu cầu bổ sung").get_attribute("href") or ""
    assert "Chưa khớp giấy chứng sinh, xin ghi lại." in text_of(visitor.context.request.get(slip).body())


def look_beside_the_form(visitor: Visitor) -> None:
    """The chosen paper is shown in the frame beside the form, and the typed text is still on the page."""
    visitor.page.locator("summary", has_text="Từ chối tiếp nhận").click()
    visitor.page.locator("#refusal-reason").fill("Chưa rõ")
    visitor.page.locator("#giay-to > summary").click()
    visitor.page.locator("#giay-to a").first.click()
    frame = visitor.page.locator("iframe")
    frame.scroll_into_view_if_needed()
    left, right = (visitor.page.locator(at).bounding_box() for at in ("#to-khai", "#giay-to"))
    assert left is not None
    assert right is not None
    assert right["x"] > left["x"] + 300
    assert visitor.page.locator("#refusal-reason").input_value() == "Chưa rõ"
    visitor.page.locator("#giay-to > summary").click()


def supply(visitor: Visitor, filed: Filed) -> None:
    visitor.go("/ho-so")
    visitor.follow(f"Đăng ký khai sinh: {CHILD}")
    assert visitor.heading == f"Hồ sơ {filed.code}"
    visitor.press("Bổ sung hồ sơ")
    assert "Chưa khớp giấy chứng sinh" in visitor.text
    visitor.fill({"/mother/full_name": MOTHER_AS_ON_PAPER})
    visitor.press("Gửi bổ sung")
    assert "Phường đã nhận phần bổ sung" in visitor.text


def decide(officer: Visitor, chairman: Visitor, reception: Visitor, filed: Filed) -> None:
    """The register entry prepared and signed; the parent comes and takes the certificate home."""
    open_at_desk(officer, filed)
    officer.fill({"/approval/personal_identification_number": "048220000124"})
    officer.press("Trình người ký")
    assert "Đã trình ký" in officer.text
    chairman.sign_in(f"chutich.{SLUG}")
    open_at_desk(chairman, filed)
    sign_what_is_seen(chairman, filed)
    open_at_desk(chairman, filed)
    assert chairman.row("Số đăng ký").endswith("-KS")
    open_at_desk(reception, filed)
    compare_all(reception)
    reception.fill({"/handover/recipient_name": "Nguyễn Thị Sáu", "/handover/register_signed": "yes"})
    reception.press("Đã trả kết quả")
    assert "Hồ sơ kết thúc" in reception.text


def certificate(visitor: Visitor) -> str:
    """The text of the certificate to which the citizen's page links."""
    link = visitor.page.get_by_role("link", name="Giấy khai sinh (PDF)", exact=True)
    answer = visitor.context.request.get(link.get_attribute("href") or "")
    assert answer.headers["content-type"] == "application/pdf"
    return text_of(answer.body())


def moments(text: str) -> list[str]:
    """The days and hours that a page names, as the work list writes them."""
    return [f"{day} {int(hour):02d}:{minutes or '00'}" for hour, minutes, day in DUE.findall(text)]


def test_a_birth_is_registered_through_the_pages_without_javascript(url: str, visit: Visit) -> None:
    person = Person()
    phone = Phone(url, person.phone)
    at_home, at_station, stranger = (visit(scripted=False) for _ in range(3))
    open_account(at_home, person, phone)
    filed, citizen = fill_and_file(at_home, person, phone, at_station)

    # The page with code and key is there again after a reload, and says when the ward's answer is due.
    (answered_by,) = moments(citizen.page.locator("main ol").inner_text())
    citizen.page.reload()
    assert "Hồ sơ đã gửi" in citizen.heading
    assert (filed.code in citizen.text, filed.key in citizen.text) == (True, True)
    assert track(stranger, filed) == "Mới đăng ký"

    # The desk sees it with its due day and hour, and accepts it.
    reception, officer, chairman = (visit(scripted=False) for _ in range(3))
    reception.sign_in(f"motcua.{SLUG}")
    officer.sign_in(f"hotich.{SLUG}")
    row = open_at_desk(reception, filed)
    assert (row[0], row[1], row[2], row[6].strip()) == (CHILD, person.full_name, filed.code, answered_by)
    look_beside_the_form(reception)
    framed = reception.page.locator("iframe").get_attribute("src") or ""
    paper = reception.context.request.get(framed.removesuffix("/khung"))
    assert (paper.status, paper.headers["content-type"]) == (200, "image/jpeg")
    reception.press("Tiếp nhận")
    receipt = reception.page.get_by_role("button", name="In giấy tiếp nhận").get_attribute("href") or ""
    assert filed.code in text_of(reception.context.request.get(receipt).body())
    assert "Hồ sơ tiếp theo" in reception.text
    assert track(stranger, filed) == "Được tiếp nhận"
    assert "Hẹn trả kết quả" in stranger.text
    assert filed.code in phone.wait_for("tiep nhan")["text"]

    # One supplement with the field named; the clock stops until it comes.
    ask_for_supplement(officer, filed)
    assert track(stranger, filed) == "Yêu cầu bổ sung giấy tờ"
    assert "Tạm dừng từ" in stranger.row("Thời hạn")
    phone.wait_for("bo sung")
    supply(citizen, filed)
    assert track(stranger, filed) == "Đang xử lý"

    decide(officer, chairman, reception, filed)
    assert track(stranger, filed) == "Đã trả kết quả"
    citizen.page.reload()
    assert citizen.page.locator(".app-status__name").inner_text() == "Đã trả kết quả"
    written = certificate(citizen)
    for words in (CHILD.upper(), MOTHER_AS_ON_PAPER.upper(), "048220000124", citizen.row("Số")):
        assert words in written

    everybody = (at_home, citizen, stranger, reception, officer, chairman)
    visited = [unquote_plus(address) for each in everybody for address in each.addresses]
    private = [person.full_name, person.phone, person.identity_number, person.email, person.address, person.password]
    private += [CHILD, MOTHER, MOTHER_AS_ON_PAPER, "048220000124", filed.code, filed.key]
    assert len(visited) > 100
    assert [(words, address) for words in private for address in visited if words in address] == []
