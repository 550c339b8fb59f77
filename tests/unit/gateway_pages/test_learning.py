"""Who can do it alone, in the pages: one's own record, a practice that is counted, and the administrator's figures."""

from __future__ import annotations

import re
from typing import Any

import pytest
from caunoi.accounts.v1 import learning_pb2
from caunoi.dossiers.v1 import dossiers_pb2

from gateway.texts import Status
from services.chassis.refusal import conflict, invalid
from services.chassis.tokens import unauthenticated
from tests.conftest import NAM_DUONG
from tests.district import PRACTICE
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.admin import ADMIN
from tests.unit.gateway_pages.conftest import Browser, Page
from tests.unit.gateway_pages.dossiers import a_draft
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.test_practice import BIRTH, begin
from tests.unit.gateway_pages.ward import PASSWORD, Ward, at

OWN, REPORT, QUESTIONS = "/tai-khoan/tu-lam", "/quan-tri/bao-cao", "/quan-tri/bao-cao/cau-hoi"
PROOF = "a-statement-of-the-practice-ward"


class Learning:
    """The account holder's steps, as the home ward keeps them; the practice ward makes statements of finished
    practices.
    """

    def __init__(self, wards: FakeWards) -> None:
        self.own = learning_pb2.OwnLearning()
        self.report = learning_pb2.LearningReport()
        self.questions: list[learning_pb2.ExplainedQuestion] = []
        self.proven = ""
        wards.answers("GetOwnLearning", lambda *_: self.own)
        wards.answers("ProvePractice", self._prove)
        wards.answers("RecordPractice", self._record)
        wards.answers("GetLearningReport", lambda *_: self.report)
        wards.answers(
            "ListExplainedQuestions", lambda *_: learning_pb2.ListExplainedQuestionsResponse(questions=self.questions)
        )

    def _prove(self, _: str, request: Any) -> dossiers_pb2.PracticeProof:
        self.proven = request.dossier_id
        return dossiers_pb2.PracticeProof(proof=PROOF, expires_at=at(10))

    def _record(self, _: str, request: Any) -> learning_pb2.OwnLearning:
        assert request.proof == PROOF
        self.step("practised", "alone" if request.by_own_hands else "helped", self.proven)
        return self.own

    def step(self, kind: str, assistance: str, dossier: str = "", ward: str = PRACTICE) -> None:
        step = {"kind": kind, "assistance": assistance, "procedure": BIRTH, "ward": ward, "dossier_id": dossier}
        self.own.steps.add(at=at(9), **step)
        if assistance != "helped":
            self.own.able_alone = True
            self.own.able_since.CopyFrom(at(9))


@pytest.fixture
def learning(wards: FakeWards, ward: Ward) -> Learning:
    assert ward  # its answers come first
    return Learning(wards)


def finished(browser: Browser, ward: Ward) -> str:
    """Practises to the end; returns the address of the last page."""
    id = begin(browser).split("/")[3]
    ward.dossiers[id].status = Status.HANDED_OVER
    return f"/tap-thu/xong/{id}"


# --- one's own


def test_what_somebody_did_stands_there_with_help_and_without(browser: Browser, learning: Learning) -> None:
    browser.signed_in()
    assert any(tag["href"] == OWN for tag in browser.get("/tai-khoan").all("a"))
    page = browser.get(OWN)
    check(browser)
    assert "Chưa có lần nào" in page.text
    learning.step("filed", "helped", ward=NAM_DUONG)
    assert browser.get(OWN).headings[0] == "Tự làm được"
    learning.step("practised", "alone")
    page = browser.get(OWN)
    check(browser)
    assert page.headings[0].strip() == "Ông/bà đã tự làm được"
    assert "Có người giúp – Phường Nam Dương" in page.text
    assert "Tập thử: Đăng ký khai sinh" in page.text


def test_the_page_is_the_persons_own(browser: Browser, learning: Learning) -> None:
    browser.get(OWN)
    assert browser.response.headers["Location"].startswith("/dang-nhap")
    browser.signed_in(ADMIN)
    browser.get(OWN)
    assert browser.response.status_code == 403


@pytest.mark.parametrize(
    ("assistance", "before", "first"),
    [
        ("alone", "", True),
        ("station", "", True),
        ("alone", "helped", True),
        ("alone", "alone", False),
        ("helped", "", False),
    ],
)
def test_who_files_alone_for_the_first_time_reads_so(
    browser: Browser, ward: Ward, learning: Learning, assistance: str, before: str, first: bool
) -> None:
    browser.signed_in()
    where = a_draft(ward)
    (dossier,) = ward.dossiers.values()
    ward.file(dossier)
    dossier.assistance = assistance
    if before:
        learning.step("filed", before, ward=NAM_DUONG)
        learning.own.able_since.seconds -= 1 if before == "alone" else 0
    page = browser.get(f"{where}/da-gui")
    check(browser)
    assert ("lần đầu ông/bà tự gửi hồ sơ" in page.text) == first
    if first:  # the event of the filing has come, but it is still the first
        learning.step("filed", assistance, dossier.id, NAM_DUONG)
        assert "lần đầu ông/bà tự gửi hồ sơ" in browser.get(f"{where}/da-gui").text


# --- a practice


@pytest.mark.parametrize(("by", "told"), [("own", "ông/bà đã tự làm được"), ("other", "Có người làm giúp")])
def test_a_signed_in_person_has_a_finished_practice_counted_by_their_statement(
    browser: Browser, ward: Ward, wards: FakeWards, learning: Learning, by: str, told: str
) -> None:
    browser.signed_in()
    address = finished(browser, ward)
    page = browser.get(address)
    check(browser)
    assert [tag["value"] for tag in page.all("button", name="by")] == ["own", "other"]
    browser.post(address, by=by)
    page = browser.follow()
    check(browser)
    assert told in page.text
    assert not page.all("button", name="by"), "it is counted"
    asked = {each.rpc: each for each in wards.asked if each.rpc in ("ProvePractice", "RecordPractice")}
    assert {rpc: each.ward for rpc, each in asked.items()} == {"ProvePractice": PRACTICE, "RecordPractice": NAM_DUONG}
    assert asked["ProvePractice"].token.startswith("practice-")
    assert not asked["RecordPractice"].token.startswith("practice-")
    assert asked["RecordPractice"].request.by_own_hands == (by == "own")


def test_who_signs_in_for_it_comes_back_to_the_page(browser: Browser, ward: Ward, learning: Learning) -> None:
    address = finished(browser, ward)
    page = browser.get(address)
    check(browser)
    (way,) = [tag["href"] for tag in page.all("a") if tag["href"].startswith("/dang-nhap?ve=/tap-thu/xong")]
    browser.get(way)
    browser.post("/dang-nhap", login="0905123456", password=PASSWORD, ve=address)
    assert browser.response.headers["Location"] == address
    assert browser.follow().all("button", name="by")


def test_what_was_practised_before_signing_in_is_offered_until_it_is_counted(
    browser: Browser, ward: Ward, learning: Learning
) -> None:
    address = finished(browser, ward)
    browser.get(address)
    browser.signed_in()
    page = browser.get(OWN)
    check(browser)
    assert page.all("a", href=address)
    browser.get(address)
    browser.post(address, by="own")
    assert not browser.get(OWN).all("a", href=address)


def test_what_was_practised_is_not_offered_once_the_practice_is_left(
    browser: Browser, ward: Ward, learning: Learning
) -> None:
    address = finished(browser, ward)
    browser.get(address)
    browser.get("/tap-thu/thoi")
    browser.post("/tap-thu/thoi")
    browser.signed_in()
    assert not browser.get(OWN).all("a", href=address)


def test_who_opens_an_account_for_it_is_led_back(browser: Browser, ward: Ward, learning: Learning) -> None:
    address = finished(browser, ward)
    browser.get(address)
    with browser.client.session_transaction() as session:
        session["opened"] = {"ward": NAM_DUONG, "account": "a"}
    page = browser.get("/phuong/nam-duong/mo-tai-khoan/xong")
    check(browser)
    assert any(tag["href"] == f"/dang-nhap?ve={address}" for tag in page.all("a"))


def test_who_takes_over_the_browser_of_another_gets_no_practice_of_theirs(
    browser: Browser, ward: Ward, learning: Learning
) -> None:
    browser.signed_in()
    finished(browser, ward)
    assert "đang tập với tên" in browser.get("/tap-thu").text
    browser.get("/ho-so")
    browser.post("/dang-nhap", login="tinhnguyen.nam-duong", password=PASSWORD)
    assert "Phan Thị Chín" in browser.follow().text
    assert "đang tập với tên" not in browser.get("/tap-thu").text


def test_who_has_counted_a_practice_is_not_asked_before_leaving_it(
    browser: Browser, ward: Ward, learning: Learning
) -> None:
    browser.signed_in()
    address = finished(browser, ward)
    assert browser.get("/tap-thu").all("a", href="/tap-thu/thoi")
    browser.get(address)
    browser.post(address, by="own")
    assert not browser.get("/tap-thu").all("a", href="/tap-thu/thoi")


def test_staff_are_offered_nothing_to_count(browser: Browser, ward: Ward, learning: Learning) -> None:
    browser.signed_in(ADMIN)
    page = browser.get(finished(browser, ward))
    assert not page.all("button", name="by")


@pytest.mark.parametrize(
    "no",
    [conflict("practice-counted", "Đã ghi cho tài khoản khác."), invalid("wrong-practice-proof", "Không đúng.")],
    ids=["counted for another", "too late"],
)
def test_what_cannot_be_counted_is_said_on_the_page(
    browser: Browser, ward: Ward, wards: FakeWards, learning: Learning, no: Any
) -> None:
    browser.signed_in()
    address = finished(browser, ward)
    wards.answers("RecordPractice", no)
    browser.get(address)
    browser.post(address, by="own")
    assert no.text in browser.follow().text


def test_who_is_signed_out_meanwhile_signs_in_and_keeps_the_practice(
    browser: Browser, ward: Ward, wards: FakeWards, learning: Learning
) -> None:
    browser.signed_in()
    address = finished(browser, ward)
    wards.answers("RecordPractice", unauthenticated())
    browser.get(address)
    browser.post(address, by="own")
    assert browser.response.headers["Location"] == f"/dang-nhap?ve={address}"
    assert "Chưa ghi lần tập thử này. Xin đăng nhập rồi chọn lại." in browser.follow().text
    assert browser.page.headings == ["Đăng nhập"]
    browser.get(address)
    assert browser.response.status_code == 200


def test_a_second_tab_does_not_count_a_practice_otherwise(
    browser: Browser, ward: Ward, wards: FakeWards, learning: Learning
) -> None:
    browser.signed_in()
    address = finished(browser, ward)
    browser.get(address)
    browser.post(address, by="own")
    browser.get("/tai-khoan")
    browser.post(address, by="other")
    assert "đã ghi từ trước: chính tay ông/bà làm. Không ghi gì thêm." in browser.follow().text
    assert [each.rpc for each in wards.asked].count("RecordPractice") == 1


def test_the_page_is_there_when_the_home_ward_does_not_answer(
    browser: Browser, ward: Ward, wards: FakeWards, learning: Learning
) -> None:
    browser.signed_in()
    address = finished(browser, ward)
    wards.down.add(NAM_DUONG)
    assert browser.get(address).all("button", name="by")


# --- the report


def test_a_ward_with_nothing_to_show_says_so(browser: Browser, learning: Learning) -> None:
    browser.signed_in(ADMIN)
    assert any(tag["href"] == REPORT for tag in browser.get("/quan-tri").all("a"))
    page = browser.get(REPORT)
    check(browser)
    assert page.text.count("dưới 5") >= 4
    assert re.search(r"Số liệu lúc \d+ giờ \d\d ngày \d\d/\d\d/\d{4}\.", page.text)
    assert "Chưa chia được theo tổ" in page.text
    page = browser.get(QUESTIONS)
    check(browser)
    assert "Chưa có câu nào" in page.text


def test_the_report_has_what_the_ward_gives_and_not_what_it_keeps_back(browser: Browser, learning: Learning) -> None:
    learning.report = learning_pb2.LearningReport(
        households=54, covered=22, people=40, alone=26, helped_before=6, median_days=9
    )
    learning.report.groups.add(since=1, until=2, households=18, covered=6)
    learning.report.groups.add(since=3, until=3, households=14, covered=6)
    learning.report.groups.add(since=4, until=0, households=22, covered=10)
    learning.report.months.add(since="", until="2025-12", people=11)
    learning.report.months.add(since="2026-01", until="2026-03", people=7)
    learning.report.months.add(since="2026-04", until="2026-04", people=8)
    browser.signed_in(ADMIN)
    page = browser.get(REPORT)
    check(browser)
    for name in (
        *("Tổ 1 đến 2", "Tổ 3", "Tổ 4 trở lên, và hộ không ghi tổ"),
        *("Đến hết tháng 12/2025", "Tháng 1/2026 đến 3/2026", "Tháng 4/2026"),
    ):
        assert name in page.words, name
    assert "dưới 5" not in figures(page)
    learning.report = learning_pb2.LearningReport(covered=22, alone=26)
    page = browser.get(REPORT)
    check(browser)
    assert figures(page) == ["22", "không nêu", "26", "không nêu", "không nêu"]
    learning.report = learning_pb2.LearningReport(people=30)
    assert figures(browser.get(REPORT)) == ["dưới 5", "dưới 5", "dưới 5", "30", "dưới 5"]


def figures(page: Page) -> list[str]:
    """The values after the names of figures."""
    names = ("Hộ đã", "Đã tự làm được", "Đã gửi hồ sơ", "Trước nhờ", "Từ lần đầu")
    words = [word.strip() for word in page.words if word.strip()]
    return [words[place + 1] for place, word in enumerate(words) if word.startswith(names)]


def test_questions_are_named_in_the_words_of_the_form(browser: Browser, learning: Learning) -> None:
    for procedure, subject, term in (
        (BIRTH, "/child/full_name", ""),
        (BIRTH, "documents/birth-certificate-of-hospital", ""),
        (BIRTH, "que-quan", "Quê quán"),
        ("", "/phone", ""),
        (BIRTH, "/no/such_question", ""),
    ):
        learning.questions.append(
            learning_pb2.ExplainedQuestion(procedure=procedure, subject=subject, term=term, people=7)
        )
    browser.signed_in(ADMIN)
    page = browser.get(QUESTIONS)
    check(browser)
    assert "Họ, chữ đệm, tên của trẻ Đăng ký khai sinh, trang “Tên của trẻ” /child/full_name" in page.text
    assert "Từ “Quê quán” Đăng ký khai sinh" in page.text
    assert "Số điện thoại di động Mở tài khoản" in page.text
    assert "Một câu trong tờ khai Đăng ký khai sinh /no/such_question" in page.text


def test_the_figures_are_the_administrators_alone(browser: Browser, learning: Learning) -> None:
    for login in ("0905123456", "motcua.nam-duong", "tinhnguyen.nam-duong"):
        browser.signed_in(login)
        for path in (REPORT, QUESTIONS):
            browser.get(path)
            assert browser.response.status_code == 403, (login, path)
