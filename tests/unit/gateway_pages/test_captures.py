"""Papers taken page by page: the tray, the scanner's question, the phone's page, with and without what can go wrong."""

from __future__ import annotations

from typing import Any

import pytest
import segno
from caunoi.accounts.v1 import stations_pb2 as stations_v1
from caunoi.dossiers.v1 import captures_pb2 as captures_v1
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Flask
from google.protobuf.empty_pb2 import Empty

from gateway.pages import kiosk
from gateway.pages.captures import FAULTS
from services.chassis.refusal import Kind, Refusal, conflict, invalid
from services.dossiers.domain.captures import Fault
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser, Page
from tests.unit.gateway_pages.dossiers import a_draft, a_full_draft
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward, at

KIND = "birth-certificate-of-hospital"
TICKET = "the-secret-ticket-of-a-capture"
CAPTURE, PAGE = "3f0c8f8e-3f3c-4f5c-9f0e-4a4a4a4a4a4a", "5a5a5a5a-3f3c-4f5c-9f0e-4a4a4a4a4a4a"
STATION_WARD = "20227"


@pytest.fixture
def capture(wards: FakeWards) -> captures_v1.Capture:
    """The capture that the ward has; a test changes it."""
    held = captures_v1.Capture(id=CAPTURE, kind=KIND, source="phone", state="waiting", expires_at=at(10))

    def start(_: str, request: Any) -> Any:
        held.source, held.state, held.fault = request.source, "waiting", ""
        held.scanning = request.source == "scanner"
        return captures_v1.StartCaptureResponse(capture=held, ticket=TICKET)

    wards.answers("StartCapture", start)
    for rpc in ("GetCapture", "TurnCapturePage", "RemoveCapturePage", "DiscardCapture"):
        wards.answers(rpc, held)
    picture = captures_v1.CapturePageContent(media_type="image/jpeg", content=b"\xff\xd8\xff the picture")
    wards.answers("GetCapturePage", picture)
    wards.answers("KeepCapture", dossiers_v1.Document(id="1", kind=KIND))
    return held


def come(capture: captures_v1.Capture, pages: int = 1, state: str = "ended", fault: str = "") -> None:
    del capture.pages[:]
    for number in range(pages):
        capture.pages.add(id=PAGE[:-1] + str(number), added_at=at(9), turned=0)
    capture.state, capture.fault = state, fault


@pytest.fixture
def at_station(app: Flask, browser: Browser, wards: FakeWards) -> stations_v1.ListScannersResponse:
    """The browser is a station's computer with a scanner beside it, in another ward than the dossier."""
    app.extensions.pop("kiosks", None)
    browser.client.set_cookie(kiosk.COOKIE, f"{STATION_WARD}.secret")
    browser.client.set_cookie(kiosk.USED_COOKIE, app.extensions["used"].seal({}))
    device = stations_v1.Device(id="d1", kind="kiosk", name="Máy 1")
    wards.answers(
        "OpenDeviceSession", stations_v1.DeviceSession(token="of-the-computer", expires_in=600, device=device)
    )
    scanners = stations_v1.ListScannersResponse(scanners=[stations_v1.Scanner(id="s1", name="Máy quét 1")])
    wards.answers("ListScanners", scanners)
    for rpc in ("RequestScan", "ClearKiosk"):
        wards.answers(rpc, Empty())
    return scanners


@pytest.fixture
def paper(browser: Browser, ward: Ward) -> str:
    """Where the page of a draft's paper lies; its applicant is signed in."""
    browser.signed_in()
    return f"{a_draft(ward)}/giay-to/{KIND}"


def asked(wards: FakeWards, rpc: str) -> list[Any]:
    return [one.request for one in wards.asked if one.rpc == rpc]


def forms(page: Page) -> list[str]:
    return [form["action"].partition("?")[0].rpartition("/")[2] for form in page.all("form") if "action" in form]


def test_leaving_a_stations_computer_voids_the_ticket(
    at_station: Any, browser: Browser, paper: str, wards: FakeWards, capture: captures_v1.Capture
) -> None:
    """Whether by its button, or by the clock: else the next citizen's papers come into this one's dossier."""
    wards.answers("EndCapture", captures_v1.CaptureTicket())
    browser.get(paper)
    browser.post(f"{paper}/dien-thoai", key="k")
    assert asked(wards, "EndCapture") == []
    browser.client.post("/kiosk/ket-thuc")
    assert [(one.ward, one.request.ticket) for one in wards.asked if one.rpc == "EndCapture"] == [(NAM_DUONG, TICKET)]


def test_a_clock_that_has_run_out_voids_the_ticket_also_while_its_ward_does_not_answer(
    at_station: Any, browser: Browser, paper: str, wards: FakeWards, capture: captures_v1.Capture
) -> None:
    wards.answers("EndCapture", Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời."))
    browser.get(paper)
    browser.post(f"{paper}/dien-thoai", key="k")
    browser.client.delete_cookie(kiosk.USED_COOKIE)
    browser.get(paper)
    assert "Đã kết thúc" in browser.page.text
    assert [one.ticket for one in asked(wards, "EndCapture")] == [TICKET]


def test_another_capture_at_a_stations_computer_voids_the_ticket_before(
    at_station: Any, browser: Browser, paper: str, wards: FakeWards, capture: captures_v1.Capture
) -> None:
    wards.answers("EndCapture", captures_v1.CaptureTicket())
    for _ in range(2):
        browser.get(paper)
        browser.post(f"{paper}/dien-thoai", key="k")
    assert [one.ticket for one in asked(wards, "EndCapture")] == [TICKET]


def test_the_code_opens_the_phones_page_with_the_ticket_behind_the_hash(
    browser: Browser, paper: str, wards: FakeWards, capture: captures_v1.Capture
) -> None:
    browser.get(paper)
    browser.post(f"{paper}/dien-thoai", key="k")
    tray = browser.response.headers["Location"]
    assert tray == f"{paper}/trang/{CAPTURE}?tu="
    browser.follow()
    check(browser)
    address = f"http://localhost:8080/chup/nam-duong#{TICKET}"
    drawn = segno.make_qr(address, error="m").svg_inline(scale=5, border=4, light="#fff", svgclass=None, lineclass=None)
    assert drawn in browser.response.get_data(as_text=True)
    assert TICKET not in browser.response.get_data(as_text=True), "it is drawn, and written nowhere"
    assert "đến 10 giờ, một lần" in browser.page.text
    assert asked(wards, "StartCapture")[0].source == "phone"
    browser.get(f"{paper}/trang/{CAPTURE}/moi")
    assert "</html>" not in browser.response.get_data(as_text=True)
    assert browser.response.headers["Cache-Control"] == "no-store"

    come(capture)
    browser.get(tray)
    assert not browser.page.all("svg", width="1"), "used up"
    assert drawn not in browser.response.get_data(as_text=True)


def test_a_code_of_another_browser_is_not_shown(browser: Browser, paper: str, capture: captures_v1.Capture) -> None:
    browser.get(f"{paper}/trang/{CAPTURE}")
    check(browser)
    assert not browser.page.all("div", **{"class": "app-qr"})


def test_pages_are_looked_at_turned_taken_out_kept_or_discarded(
    browser: Browser, paper: str, wards: FakeWards, capture: captures_v1.Capture
) -> None:
    come(capture, 2)
    capture.pages[1].turned = 90
    tray = f"{paper}/trang/{CAPTURE}"
    browser.get(tray)
    check(browser)
    pictures = [image["src"] for image in browser.page.all("img")]
    assert [source.partition("?")[2] for source in pictures] == ["v=0", "v=90"], "a turned page is fetched again"
    shown = browser.client.get(pictures[0])
    assert (shown.mimetype, shown.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert "Dùng 2 trang này" in browser.page.text
    page = capture.pages[0].id
    browser.get(f"{tray}/{page}")
    check(browser)
    assert [image["src"] for image in browser.page.all("img")] == pictures[:1]
    assert browser.page.all("a", href=f"{tray}?tu=")
    assert browser.client.get(f"{tray}/{CAPTURE}").status_code == 404
    for act, rpc in (("xoay", "TurnCapturePage"), ("bo", "RemoveCapturePage")):
        browser.post(f"{tray}/{page}/{act}", key=act)
        assert asked(wards, rpc)[0].page_id == page
        browser.follow()
    browser.post(f"{tray}/dung", key="d")
    assert browser.response.headers["Location"] == f"{paper}?tu="
    assert "Đã thêm giấy tờ" in browser.follow().text
    browser.post(f"{tray}/bo-het", key="e")
    assert browser.response.headers["Location"] == f"{paper}?tu="
    assert asked(wards, "DiscardCapture")


def test_a_refused_document_leaves_the_pages_where_they_are(
    browser: Browser, paper: str, wards: FakeWards, capture: captures_v1.Capture
) -> None:
    come(capture, 2)
    wards.answers("KeepCapture", invalid("too-many-files", "Mỗi hồ sơ có nhiều nhất 20 tệp."))
    browser.get(f"{paper}/trang/{CAPTURE}")
    browser.post(f"{paper}/trang/{CAPTURE}/dung", key="d")
    assert browser.response.status_code == 422
    check(browser)
    assert browser.page.title.strip().startswith("Lỗi: ")
    assert "Mỗi hồ sơ có nhiều nhất 20 tệp." in browser.page.text
    assert len(browser.page.all("img")) == 2


def test_every_fault_says_what_to_do_and_that_the_pages_are_still_there(
    browser: Browser, paper: str, capture: captures_v1.Capture
) -> None:
    assert FAULTS.keys() == set(Fault)
    capture.source = "scanner"
    for fault, text in FAULTS.items():
        come(capture, 3, fault=fault)
        browser.get(f"{paper}/trang/{CAPTURE}")
        assert text in browser.page.text
        assert "vẫn còn" in browser.page.text
        come(capture, 0, fault=fault)
        browser.get(f"{paper}/trang/{CAPTURE}")
        check(browser)
        assert "dung" not in forms(browser.page)
    come(capture, 0, "expired")
    assert "Đã quá mười phút" in browser.get(f"{paper}/trang/{CAPTURE}").text


def test_without_script_the_tray_reloads_while_pages_come(
    browser: Browser, paper: str, capture: captures_v1.Capture
) -> None:
    for state, pages, reloads in (("waiting", 0, True), ("receiving", 2, True), ("ended", 2, False)):
        come(capture, pages, state)
        browser.get(f"{paper}/trang/{CAPTURE}")
        assert [tag["content"] for tag in browser.page.all("meta", **{"http-equiv": "refresh"})] == ["5"] * reloads


def test_nothing_else_is_offered_while_a_scanner_sends_pages(
    browser: Browser,
    paper: str,
    wards: FakeWards,
    capture: captures_v1.Capture,
    at_station: stations_v1.ListScannersResponse,
) -> None:
    capture.source = "scanner"
    for scanning in (True, False):
        capture.scanning = scanning
        come(capture, 2, "receiving")
        browser.get(f"{paper}/trang/{CAPTURE}")
        check(browser)
        assert ("Quét thêm" not in browser.page.text, "dien-thoai" not in forms(browser.page)) == (scanning, scanning)
        assert ("chưa gửi thêm trang nào trong một phút" in browser.page.text) != scanning
        assert ("dung" in forms(browser.page)) != scanning, "half a paper is not used"
    text = "Máy quét còn đang gửi trang."
    wards.answers("StartCapture", Refusal(Kind.CONFLICT, "scanner-at-work", text))
    browser.get(f"{paper}/quet")
    browser.post(f"{paper}/quet", key="a", source="s1:feeder")
    assert (browser.response.status_code, text in browser.page.text) == (422, True)
    browser.post(f"{paper}/dien-thoai", key="b")
    browser.follow()
    assert text in browser.page.text, "with a way on, and not an error page"


def test_the_scanner_of_this_computer_scans_from_glass_or_feeder(
    browser: Browser,
    paper: str,
    wards: FakeWards,
    capture: captures_v1.Capture,
    at_station: stations_v1.ListScannersResponse,
) -> None:
    assert "Quét giấy tờ" in browser.get(paper).text
    browser.get(f"{paper}/quet")
    check(browser)
    assert [radio["value"] for radio in browser.page.all("input", type="radio")] == ["s1:flatbed", "s1:feeder"]
    browser.post(f"{paper}/quet", key="a")
    assert browser.page.title.strip().startswith("Lỗi: ")
    assert not asked(wards, "StartCapture")
    browser.post(f"{paper}/quet", key="b", source="s1:feeder")
    assert browser.response.headers["Location"] == f"{paper}/trang/{CAPTURE}?tu="
    (request,) = [one for one in wards.asked if one.rpc == "RequestScan"]
    assert request.ward == STATION_WARD, "the station's accounts, wherever the dossier is"
    assert (request.request.ward, request.request.ticket, request.request.source) == ("20248", TICKET, "feeder")
    browser.follow()
    check(browser)
    assert "Máy quét đang làm việc" in browser.page.text
    assert not browser.page.all("div", **{"class": "app-qr"}), "the scanner's ticket is shown to nobody"


def test_a_scanner_that_cannot_be_reached_is_told_on_the_page(
    browser: Browser,
    paper: str,
    wards: FakeWards,
    capture: captures_v1.Capture,
    at_station: stations_v1.ListScannersResponse,
) -> None:
    text = "Máy quét chưa sẵn sàng. Xin nhờ tình nguyện viên."
    wards.answers("RequestScan", Refusal(Kind.UNAVAILABLE, "scanner-unreachable", text))
    wards.answers("EndCapture", captures_v1.CaptureTicket())
    browser.get(f"{paper}/quet")
    browser.post(f"{paper}/quet", key="b", source="s1:flatbed")
    assert browser.response.status_code == 422
    check(browser)
    assert text in browser.page.text
    assert [request.ticket for request in asked(wards, "EndCapture")] == [TICKET], "the phone need not wait for it"
    at_station.scanners[0].trouble = "Máy quét chưa cắm điện."
    started = len(asked(wards, "StartCapture"))
    browser.post(f"{paper}/quet", key="c", source="s1:flatbed")
    assert browser.response.status_code == 422
    assert "Máy quét chưa cắm điện." in browser.page.text
    assert len(asked(wards, "StartCapture")) == started, "an earlier ticket goes on"
    wards.down.add(STATION_WARD)
    assert "Quét giấy tờ" not in browser.get(paper).text, "the paper can be sent all the same"


def test_pages_that_wait_are_told_where_the_paper_is_and_before_the_dossier_is_sent(
    browser: Browser, ward: Ward
) -> None:
    browser.signed_in()
    where = a_full_draft(ward)
    (dossier,) = ward.dossiers.values()
    dossier.open_captures.add(id=CAPTURE, kind=KIND, pages=2)
    tray = f"{where}/giay-to/{KIND}/trang/{CAPTURE}"
    browser.get(f"{where}/giay-to/{KIND}")
    check(browser)
    assert "2 trang vừa quét hoặc chụp chưa được dùng" in browser.page.text
    assert tray in [one.get("value") for one in browser.page.all("button")]
    browser.get(f"{where}/giay-to/requester-identity")
    assert "chưa được dùng" not in browser.page.text
    browser.get(f"{where}/kiem-tra")
    check(browser)
    assert "Giấy chứng sinh: 2 trang vừa quét hoặc chụp chưa được dùng" in browser.page.text
    assert browser.page.all("a", href=f"{tray}?tu=kiem-tra")
    assert browser.page.text.index("chưa được dùng") < browser.page.text.index("Gửi mã xác nhận")


def test_a_scan_is_offered_only_where_a_scanner_is(
    browser: Browser,
    paper: str,
    capture: captures_v1.Capture,
    at_station: stations_v1.ListScannersResponse,
) -> None:
    for pages, source, words in (
        (0, "phone", "Quét ở máy quét"),
        (0, "scanner", "Quét lại"),
        (2, "phone", "Quét thêm"),
    ):
        capture.source = source
        come(capture, pages, "ended")
        assert words in browser.get(f"{paper}/trang/{CAPTURE}").text
        del at_station.scanners[:]
        assert words not in browser.get(f"{paper}/trang/{CAPTURE}").text
        at_station.scanners.add(id="s1", name="Máy quét 1")


def test_at_home_there_is_no_scanner(browser: Browser, paper: str, capture: captures_v1.Capture) -> None:
    assert "Quét giấy tờ" not in browser.get(paper).text
    assert "không có máy quét" in browser.get(f"{paper}/quet").text


def test_the_phone_sends_a_picture_with_the_ticket_in_the_form(browser: Browser, wards: FakeWards) -> None:
    wards.answers("AddCapturePage", captures_v1.CaptureTicket(title="Giấy chứng sinh", pages=1))
    browser.get("/chup/nam-duong")
    check(browser)
    assert "JavaScript" in browser.page.text
    browser.upload("/chup/nam-duong", b"picture", "IMG_0001.jpg", ticket=TICKET)
    check(browser)
    assert "Xin nhìn lại máy tính." in browser.page.text
    (sent,) = asked(wards, "AddCapturePage")
    assert (sent.ticket, sent.number, sent.content) == (TICKET, 1, b"picture")


@pytest.mark.parametrize("gone", [conflict("ticket-over", "Mã này đã dùng rồi."), None], ids=["used", "no ticket"])
def test_a_ticket_that_is_over_has_a_page_that_says_what_to_do(
    browser: Browser, wards: FakeWards, gone: Refusal | None
) -> None:
    if gone:
        wards.answers("AddCapturePage", gone)
    browser.get("/chup/nam-duong")
    browser.upload("/chup/nam-duong", b"picture", "IMG_0001.jpg", ticket=TICKET if gone else "")
    assert browser.response.status_code == 410
    check(browser)
    assert "Xin lấy mã mới ở máy tính" in browser.page.text


def test_a_picture_that_cannot_be_used_is_taken_once_more_under_the_same_ticket(
    browser: Browser, wards: FakeWards
) -> None:
    wards.answers("AddCapturePage", invalid("file-type-not-accepted", "Đây là ảnh HEIC của điện thoại iPhone."))
    browser.get("/chup/nam-duong")
    browser.upload("/chup/nam-duong", b"picture", "IMG_0001.heic", ticket=TICKET)
    assert browser.response.status_code == 422
    check(browser)
    assert "HEIC" in browser.page.text
    assert browser.page.hidden("ticket") == TICKET
    browser.post("/chup/nam-duong", ticket=TICKET)
    assert "Chưa có ảnh nào" in browser.page.text


def test_the_desk_takes_no_pages_with_the_citizens_phone(browser: Browser, ward: Ward) -> None:
    browser.signed_in("motcua.nam-duong")
    where = a_draft(ward)
    assert "điện thoại của tôi" not in browser.get(f"{where}/giay-to/{KIND}").text
