"""The volunteer's pages: duties, joining by a code, what is shown of the citizen's page, guiding, and the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import guidance_pb2 as guidance_v1
from caunoi.accounts.v1 import stations_pb2 as stations_v1

from gateway.pages.guidance import wording
from gateway.texts import weekday
from services.accounts.domain.guidance import Because
from services.chassis.district import District
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid, not_found
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.guidance import CODE, SESSION, Guided
from tests.unit.gateway_pages.stations import before, day_from_now
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward

VOLUNTEER = "tinhnguyen.nam-duong"
AT = f"/tinh-nguyen/buoi/{SESSION}"
ON_FORM = guidance_v1.Place(
    page="form",
    procedure="1.001193",
    procedure_version="2020-09-15",
    part="child-name",
    fields=["/child/full_name"],
    open_points=[
        guidance_v1.OpenPoint(field="/child/full_name", check="required"),
        guidance_v1.OpenPoint(field="/mother/full_name", check="required"),
        guidance_v1.OpenPoint(field="documents/birth-certificate-of-hospital", check="document-required"),
    ],
)


def put_on_duty(ward: Ward, days: int = 0, station: int = 0) -> stations_v1.Duty:
    """For a whole day, to its last second."""
    opening = ward.open(day_from_now(days), "00:00", "23:59")
    opening.ends_at.seconds += 60
    duty = stations_v1.Duty(
        id=f"duty-{len(ward.duties)}",
        opening=opening,
        station_id=ward.stations[station].id,
        station_name=ward.stations[station].name,
        volunteer=ward.volunteers[0],
        on_duty_from=before(opening),
    )
    ward.duties.append(duty)
    return duty


def join(browser: Browser, code: str = CODE, **more: str) -> None:
    browser.post("/tinh-nguyen", code=code, **more)


def test_a_volunteer_lands_at_todays_duties(browser: Browser, ward: Ward, guided: Guided) -> None:
    put_on_duty(ward)
    put_on_duty(ward, days=3)
    browser.sign_in(VOLUNTEER)
    check(browser)
    assert browser.page.headings == ["Trực hướng dẫn"]
    assert browser.page.text.count("Nhà văn hóa tổ 5") == 2
    assert browser.page.all("input", name="code")


def test_duties_begin_with_today_and_those_of_later_weeks_are_behind_a_summary(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    left = 6 - day_from_now(0).weekday()  # days of this week that are to come
    for days in (0, *([1] if left else []), left + 1, left + 3):
        put_on_duty(ward, days=days)
    browser.sign_in(VOLUNTEER)
    check(browser)
    content = browser.response.get_data(as_text=True)
    seen = [content.index(weekday(day_from_now(days))) for days in (0, *([1] if left else []), left + 1, left + 3)]
    assert seen == sorted(seen)
    assert "Xem thêm 2 buổi trực từ tuần sau" in browser.page.text
    details = content.index("<details", content.index("Hôm nay"))
    assert [place > details for place in seen] == [False, *([False] if left else []), True, True]


def test_without_a_duty_now_there_is_no_field_for_a_code(browser: Browser, ward: Ward, guided: Guided) -> None:
    put_on_duty(ward, days=2)
    browser.sign_in(VOLUNTEER)
    assert not browser.page.all("input", name="code")
    assert "không có ca trực nào lúc này" in browser.page.text
    check(browser)


def test_a_code_leads_into_the_session(browser: Browser, ward: Ward, guided: Guided) -> None:
    put_on_duty(ward)
    guided.place = ON_FORM
    browser.sign_in(VOLUNTEER)
    join(browser, "407 312")
    browser.follow()
    check(browser)
    assert browser.response.request.path == AT
    text = browser.page.text
    assert "Máy 1" in text
    assert "Tên của trẻ" in text, "the page, by its title in the catalogue"
    assert "chưa trả lời" in text
    assert "2 câu khác cần xem lại" in text
    assert "Đã 5 phút" in text
    assert "màn hình của người dân nói rõ với riêng họ" in text, "whoever sits there"


@pytest.mark.parametrize(
    ("kind", "type", "text"),
    [
        (Kind.INVALID, "wrong-code", "Mã không đúng."),
        (Kind.CONFLICT, "code-used", "Mã này đã được dùng."),
        (Kind.CONFLICT, "code-expired", "Mã đã quá 5 phút."),
        (Kind.CONFLICT, "code-of-other-station", "Mã này của một điểm hỗ trợ khác."),
        (Kind.CONFLICT, "guided-session-ended", "Người dân đã thôi nhờ."),
        (Kind.FORBIDDEN, "not-on-duty", "Không có ca trực."),
        (Kind.THROTTLED, "too-many-codes-tried", "Thử quá nhiều lần."),
        (Kind.UNAVAILABLE, "ward-busy", "Đang bận."),
    ],
)
def test_every_refusal_of_a_code_stands_at_its_field(
    browser: Browser, ward: Ward, guided: Guided, kind: Kind, type: str, text: str
) -> None:
    put_on_duty(ward)
    browser.sign_in(VOLUNTEER)
    guided.wards.answers("JoinGuidedSession", Refusal(kind, type, text))
    join(browser, "123456")
    assert browser.response.status_code == 422
    assert browser.page.text.count(text) == 2, "in the summary and at the field"
    assert browser.page.all("input", name="code")[0]["value"] == "123456"
    check(browser)


def test_with_two_consecutive_duties_at_a_station_nobody_has_to_choose(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    put_on_duty(ward)
    put_on_duty(ward)
    browser.sign_in(VOLUNTEER)
    assert browser.page.all("input", name="code")
    assert not browser.page.all("input", name="duty_id")


def test_who_has_duties_at_two_stations_now_says_where_they_are(browser: Browser, ward: Ward, guided: Guided) -> None:
    ward.stations.append(accounts_v1.Station(id="s2", name="Trạm tổ 12", address="3 Hoàng Diệu", contact_phone="0236"))
    put_on_duty(ward)
    put_on_duty(ward, station=1)
    browser.sign_in(VOLUNTEER)
    text = "Xin chọn điểm đang có mặt."
    guided.wards.answers("JoinGuidedSession", invalid("which-duty", text, FieldFault("duty_id", text)))
    join(browser)
    assert text in browser.page.text
    assert [radio["value"] for radio in browser.page.all("input", name="duty_id")] == ["duty-0", "duty-1"]
    check(browser)


@pytest.mark.parametrize("what", ["point:/child/full_name", "phrase:p1", "term:que-quan", "explained:/child/full_name"])
def test_what_a_volunteer_does_is_told_and_listed(browser: Browser, ward: Ward, guided: Guided, what: str) -> None:
    guided.state, guided.place = "open", ON_FORM
    browser.sign_in(VOLUNTEER)
    browser.get(AT)
    browser.post(AT, what=what, key=browser.page.hidden("key"))
    browser.follow()
    kind, _, subject = what.partition(":")
    asked = guided.asked("Guide")[-1]
    assert (asked.session_id, asked.kind, asked.subject) == (SESSION, kind, subject)
    assert wording.TOLD[kind] in browser.page.text
    assert "Đã làm trong buổi này: 1" in browser.page.text


def test_the_script_gets_the_part_alone(browser: Browser, guided: Guided) -> None:
    guided.state, guided.place = "open", ON_FORM
    browser.sign_in(VOLUNTEER)
    browser.get(AT)
    data = {
        "csrf_token": browser.page.hidden("csrf_token"),
        "what": "point:/child/full_name",
        "key": "a-key-of-the-page",
    }
    browser.show(browser.client.post(AT, data=data, headers={"X-Requested-With": "fetch"}))
    assert browser.response.status_code == 200
    assert not browser.page.headings
    assert browser.page.all("div", id="guidance")[0]["data-told"] == wording.TOLD["point"]
    browser.get(f"{AT}/phan")
    assert browser.page.all("div", id="guidance")[0]["data-version"] == "2"


@pytest.mark.parametrize("because", list(Because))
def test_each_end_has_its_words_and_nothing_can_be_done_any_more(
    browser: Browser, guided: Guided, because: str
) -> None:
    guided.state, guided.place = "open", ON_FORM
    browser.sign_in(VOLUNTEER)
    browser.get(AT)
    key = browser.page.hidden("key")
    guided.end(because)
    browser.post(AT, what="point:/child/full_name", key=key)
    browser.follow()
    assert "Buổi hướng dẫn đã kết thúc." in browser.page.text
    assert wording.VOLUNTEER_ENDS[because] in browser.page.text
    assert not browser.page.all("input", name="what")
    check(browser)


def test_a_session_that_is_not_ones_own_leads_back(browser: Browser, ward: Ward, guided: Guided) -> None:
    browser.sign_in(VOLUNTEER)
    browser.get("/tinh-nguyen")
    guided.wards.answers("Guide", not_found("unknown-guided-session", "Không có buổi hướng dẫn này."))
    guided.wards.answers("GetGuidedSession", not_found("unknown-guided-session", "Không có buổi hướng dẫn này."))
    browser.get(AT)
    assert browser.response.status_code == 404
    browser.get("/tinh-nguyen/giay-to/1.001193")
    browser.post(AT, what="point:/child/full_name")
    assert browser.response.headers["Location"] == "/tinh-nguyen"


def test_the_volunteer_is_told_when_the_citizen_is_gone(browser: Browser, guided: Guided) -> None:
    guided.state, guided.place, guided.seen = "open", ON_FORM, 170
    browser.sign_in(VOLUNTEER)
    browser.get(AT)
    assert "im lặng đã 2 phút" in browser.page.text


def test_what_was_explained_before_is_marked(browser: Browser, guided: Guided) -> None:
    guided.state, guided.place, guided.before = "open", ON_FORM, ["que-quan"]
    browser.sign_in(VOLUNTEER)
    browser.get(AT)
    assert "Từ “Quê quán”" in browser.page.text


def test_a_question_that_is_not_named_can_be_pointed_at(browser: Browser, guided: Guided) -> None:
    guided.state = "open"
    guided.place = guidance_v1.Place(
        page="form", procedure="1.001193", procedure_version="2020-09-15", fields=["/here"]
    )
    browser.sign_in(VOLUNTEER)
    browser.get(AT)
    check(browser)
    assert "câu đang hiện trên màn hình" in browser.page.text
    assert "Một trang của tờ khai" in browser.page.text
    assert not browser.page.all("button", id="here-1-explained"), "the next page has the same name"
    browser.post(AT, what="point:/here", key=browser.page.hidden("key"))
    browser.follow()
    assert "Chỉ vào câu “câu đang hiện trên màn hình”" in browser.page.text


def test_the_volunteer_ends_it(browser: Browser, ward: Ward, guided: Guided) -> None:
    guided.state = "open"
    browser.sign_in(VOLUNTEER)
    browser.get(AT)
    browser.post(f"{AT}/ket-thuc", key=browser.page.hidden("key"))
    browser.follow()
    assert guided.state == "ended"
    assert browser.page.headings == ["Trực hướng dẫn"]


def test_sheets_of_what_to_bring_come_from_the_catalogue(browser: Browser, ward: Ward, guided: Guided) -> None:
    browser.sign_in(VOLUNTEER)
    browser.get("/tinh-nguyen/giay-to")
    check(browser)
    assert browser.page.all("a", href="/tinh-nguyen/giay-to/1.001193")
    ward.stations.append(accounts_v1.Station(id="s2", name="Trạm tổ 12", address="3 Hoàng Diệu", contact_phone="0236"))
    browser.get("/tinh-nguyen/giay-to/1.001193")
    check(browser)
    for said in ("Nhà văn hóa tổ 5", "12 Lê Đình Dương", "Trạm tổ 12", "3 Hoàng Diệu", "0236"):
        assert said in browser.page.text, "without a duty today: every station of the ward"
    put_on_duty(ward)
    browser.get("/tinh-nguyen/giay-to/1.001193")
    assert "Trạm tổ 12" not in browser.page.text
    assert "12 Lê Đình Dương" in browser.page.text
    procedure = ward.catalogue.get("1.001193", day_from_now(0) - timedelta(0))
    brought = [one for one in procedure.documents if one.mode == "file" and not one.if_not_looked_up]
    assert all(document.title in browser.page.text for document in brought)


def test_charges_have_a_heading_although_the_ward_sends_none(
    browser: Browser, ward: Ward, guided: Guided, wards: FakeWards
) -> None:
    """A ward that still has, or went back to, the release before `fee_title`."""

    def before(_: str, request: Any) -> Any:
        found = ward.rpc_get_procedure(request)
        found.ClearField("fee_title")
        return found

    wards.answers("GetProcedure", before)
    browser.get("/phuong/nam-duong/thu-tuc/1.001193")
    assert "Phí, lệ phí" in browser.page.words
    browser.sign_in(VOLUNTEER)
    browser.get("/tinh-nguyen/giay-to/1.001193")
    assert "Phí, lệ phí:" in browser.page.text


def test_the_sheet_of_what_is_not_taken_online_leads_to_the_office_and_not_to_the_station(
    browser: Browser, ward: Ward, guided: Guided, wards: FakeWards, district: District
) -> None:
    """NĐ 87/2020 Đ24.3."""

    def listed(_: str, request: Any) -> Any:
        found = ward.rpc_list_procedures(request)
        for each in found.procedures:
            each.not_online = each.code == "1.001193"
        return found

    def one(_: str, request: Any) -> Any:
        found = ward.rpc_get_procedure(request)
        found.not_online = True
        return found

    wards.answers("ListProcedures", listed)
    wards.answers("GetProcedure", one)
    browser.sign_in(VOLUNTEER)
    browser.get("/tinh-nguyen/giay-to")
    check(browser)
    assert browser.page.text.count(": chưa nhận qua mạng") == 1
    browser.get("/tinh-nguyen/giay-to/1.001193")
    check(browser)
    assert district.wards[NAM_DUONG].office.address in browser.page.text
    assert "Giấy chứng sinh" in browser.page.text
    assert "hoặc gửi qua bưu chính" in browser.page.text
    assert not [
        said for said in ("Mang đến điểm hỗ trợ", "Nhà văn hóa tổ 5", "Mã xác nhận") if said in browser.page.text
    ]


@pytest.mark.parametrize("login", ["0905123456", "motcua.nam-duong", "quantri.nam-duong"])
def test_the_pages_are_for_volunteers_alone(browser: Browser, guided: Guided, login: str) -> None:
    browser.sign_in(login)
    for path in ("/tinh-nguyen", AT, f"{AT}/phan", "/tinh-nguyen/giay-to"):
        browser.get(path)
        assert browser.response.status_code == 403
