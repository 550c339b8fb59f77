"""The administrator's pages of who works for the ward."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.accounts.v1 import staff_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.refusal import FieldFault, Kind, Refusal, invalid, stale
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.admin import ADMIN
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward

STAFF = "/quan-tri/can-bo"
SIGNER, GONE, VOLUNTEER = (f"{n}1111111-2222-4333-8444-555555555555" for n in "123")
TICKET = "the-ticket-of-forty-three-signs"


def put_staff(wards: FakeWards, ward: Ward) -> None:
    me = ward.people[ADMIN].id
    wards.answers("GetWorkload", dossiers_pb2.Workload())
    wards.answers(
        "ListAdministeredStaff",
        staff_pb2.ListAdministeredStaffResponse(
            staff=[
                staff_pb2.AdministeredStaff(
                    id=SIGNER,
                    username="chutich.nam-duong",
                    full_name="Trần Đình Quang",
                    title="Chủ tịch UBND phường",
                    roles=["signer"],
                    capacity="deputy",
                    authenticators=1,
                    version=3,
                ),
                staff_pb2.AdministeredStaff(id=me, username=ADMIN, full_name="Phạm Gia Bảo", roles=["ward_admin"]),
                staff_pb2.AdministeredStaff(
                    id=VOLUNTEER,
                    username="chin.nam-duong",
                    full_name="Phan Thị Chín",
                    roles=["volunteer"],
                    duties_ahead=2,
                ),
                staff_pb2.AdministeredStaff(
                    id=GONE, username="cu.nam-duong", full_name="Lê Cũ", ended_at=Timestamp(seconds=1_600_000_000)
                ),
            ]
        ),
    )


def asked(wards: FakeWards, rpc: str) -> Any:
    return [each for each in wards.asked if each.rpc == rpc][-1]


def test_the_list_says_who_does_what_and_who_has_left(browser: Browser, wards: FakeWards, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    browser.get(STAFF)
    check(browser)
    assert "Chủ tịch UBND phường" in browser.page.text
    assert "chưa đặt mật khẩu" in browser.page.text
    assert browser.page.all("a", href=f"{STAFF}/{SIGNER}/xac-thuc")
    assert not browser.page.all("a", href=f"{STAFF}/{GONE}")
    assert not browser.page.all("a", href=f"{STAFF}/{ward.people[ADMIN].id}/lien-ket")
    assert not browser.page.all("a", href=f"{STAFF}/{VOLUNTEER}/lien-ket")


def test_who_is_added_gets_a_link_that_is_shown_once(browser: Browser, wards: FakeWards) -> None:
    browser.signed_in(ADMIN)
    browser.get(f"{STAFF}/them")
    check(browser)
    fault = FieldFault("roles", "Xin chọn ít nhất một việc.")
    wards.answers("AddStaff", invalid("invalid-field", fault.text, fault))
    form = {"full_name": "Lê Thị Hà", "username": "ha.le", "title": "Phó Chủ tịch", "phone": "0905300300", "email": ""}
    browser.post(f"{STAFF}/them", **form)
    check(browser)
    assert browser.response.status_code == 422
    assert browser.page.all("a", href="#f-roles")
    assert browser.page.all("input", id="f-full-name")[0]["value"] == "Lê Thị Hà"
    member = staff_pb2.AdministeredStaff(id=SIGNER, username="ha.le.nam-duong", full_name="Lê Thị Hà")
    wards.answers("AddStaff", staff_pb2.StaffLink(member=member, ticket=TICKET, expires_at=Timestamp(seconds=1)))
    browser.post(f"{STAFF}/them", **form, roles=["signer", "civil_status_officer"], key="k")
    check(browser)
    assert f"/can-bo/lan-dau/nam-duong#{TICKET}" in browser.page.text
    assert browser.response.headers["Cache-Control"] == "no-store"
    sent = asked(wards, "AddStaff")
    assert (list(sent.request.roles), sent.request.phone, sent.idempotency_key) == (
        ["signer", "civil_status_officer"],
        "0905300300",
        "k",
    )
    with browser.client.session_transaction() as held:
        assert TICKET not in str(dict(held))


def test_in_what_capacity_a_signer_signs_is_asked_of_signers_alone(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    browser.get(STAFF)
    assert "ký với tư cách Phó Chủ tịch" in browser.page.text
    wards.answers("ChangeStaff", staff_pb2.AdministeredStaff(full_name="Trần Đình Quang"))
    browser.get(f"{STAFF}/{SIGNER}")
    check(browser)
    assert "Ký với tư cách" in browser.page.text
    assert [one["value"] for one in browser.page.all("input", name="capacity") if "checked" in one] == ["deputy"]
    form = {"full_name": "Trần Đình Quang", "title": "Chủ tịch", "phone": "", "email": "", "capacity": "head"}
    browser.post(f"{STAFF}/{SIGNER}", **form, roles=["signer"])
    assert asked(wards, "ChangeStaff").request.capacity == "head"
    browser.get(f"{STAFF}/{SIGNER}")
    browser.post(f"{STAFF}/{SIGNER}", **form, roles=["receptionist"])
    assert asked(wards, "ChangeStaff").request.capacity == ""
    browser.get(f"{STAFF}/them")
    fault = FieldFault("capacity", "Xin chọn người này ký với tư cách nào: Chủ tịch hay Phó Chủ tịch.")
    wards.answers("AddStaff", invalid("invalid-field", fault.text, fault))
    browser.post(f"{STAFF}/them", **{**form, "capacity": ""}, username="ha.le", roles=["signer"])
    check(browser)
    assert browser.page.all("a", href="#f-capacity")
    assert browser.page.all("input", id="f-capacity")


def test_roles_are_changed_but_not_ones_own(browser: Browser, wards: FakeWards, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    wards.answers("ChangeStaff", staff_pb2.AdministeredStaff(full_name="Trần Đình Quang"))
    browser.get(f"{STAFF}/{SIGNER}")
    check(browser)
    assert [one["value"] for one in browser.page.all("input", name="roles") if "checked" in one] == ["signer"]
    form = {"full_name": "Trần Đình Quang", "title": "Chủ tịch", "phone": "", "email": ""}
    browser.post(f"{STAFF}/{SIGNER}", **form, roles=["civil_status_officer"])
    assert list(asked(wards, "ChangeStaff").request.roles) == ["civil_status_officer"]
    assert "Đã lưu" in browser.follow().text
    mine = ward.people[ADMIN].id
    browser.get(f"{STAFF}/{mine}")
    check(browser)
    assert not browser.page.all("input", name="roles")
    browser.post(f"{STAFF}/{mine}", **form, roles=["signer"])
    assert list(asked(wards, "ChangeStaff").request.roles) == ["ward_admin"]


def test_a_member_sent_as_they_came_is_not_saved_again(browser: Browser, wards: FakeWards, ward: Ward) -> None:
    """Otherwise they would have to sign in again without need."""
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    browser.get(f"{STAFF}/{SIGNER}")
    form = {"full_name": "Trần Đình Quang", "title": "Chủ tịch UBND phường", "phone": "", "email": ""}
    browser.post(f"{STAFF}/{SIGNER}", **form, capacity="deputy", roles=["signer"])
    assert "Chưa có gì thay đổi" in browser.follow().text
    assert "ChangeStaff" not in [one.rpc for one in wards.asked]


def test_a_volunteer_is_saved_where_something_has_changed_and_stays_one(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    """The page does not ask for their roles."""
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    browser.get(f"{STAFF}/{VOLUNTEER}")
    check(browser)
    assert not browser.page.all("input", name="roles")
    form = {"full_name": "Phan Thị Chín", "title": "", "phone": "", "email": ""}
    browser.post(f"{STAFF}/{VOLUNTEER}", **form)
    assert "Chưa có gì thay đổi" in browser.follow().text
    assert "ChangeStaff" not in [one.rpc for one in wards.asked]
    wards.answers("ChangeStaff", staff_pb2.AdministeredStaff(full_name="Phan Thị Chính"))
    browser.post(f"{STAFF}/{VOLUNTEER}", **{**form, "full_name": "Phan Thị Chính"}, roles=["signer"], capacity="head")
    sent = asked(wards, "ChangeStaff").request
    assert (sent.full_name, list(sent.roles), sent.capacity) == ("Phan Thị Chính", [], "")
    assert "Đã lưu" in browser.follow().text


def test_what_another_administrator_saved_meanwhile_is_shown_and_what_was_typed_stays(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    browser.get(f"{STAFF}/{SIGNER}")
    version = browser.page.all("input", name="version")[0]["value"]
    later = staff_pb2.AdministeredStaff(
        id=SIGNER,
        username="chutich.nam-duong",
        full_name="Trần Đình Quang",
        title="Chủ tịch UBND phường",
        roles=["civil_status_officer", "signer"],
        capacity="head",
        version=4,
    )
    wards.answers("ListAdministeredStaff", staff_pb2.ListAdministeredStaffResponse(staff=[later]))
    wards.answers("ChangeStaff", stale())
    form = {"full_name": "Trần Đình Quang", "title": "Phó Chủ tịch", "phone": "0905300300", "email": ""}
    nested = "[" * 100_000  # instead of what the page held
    browser.post(f"{STAFF}/{SIGNER}", **form, version=version, capacity="deputy", roles=["signer"], was=nested)
    assert browser.response.status_code == 412
    browser.post(f"{STAFF}/{SIGNER}", **form, version=version, capacity="deputy", roles=["signer"])
    assert browser.response.status_code == 412
    check(browser)
    assert {each.request.expected_version for each in wards.asked if each.rpc == "ChangeStaff"} == {3}
    assert browser.page.all("div", id="dang-luu")
    assert "tải lại trang" not in browser.page.text.partition("Sửa thông tin")[0], "it would lose what was typed"
    for text in (
        "Người khác đã lưu",
        "Chủ tịch UBND phường",
        "Công chức tư pháp – hộ tịch, Người ký",
        "Ký với tư cách",
    ):
        assert text in browser.page.text
    typed = [browser.page.all("input", id=id)[0]["value"] for id in ("f-title", "f-phone")]
    assert typed == ["Phó Chủ tịch", "0905300300"]
    assert [one["value"] for one in browser.page.all("input", name="roles") if "checked" in one] == ["signer"]
    assert [one["value"] for one in browser.page.all("input", name="capacity") if "checked" in one] == ["deputy"]
    wards.answers("ChangeStaff", later)
    version = browser.page.all("input", name="version")[0]["value"]
    browser.post(f"{STAFF}/{SIGNER}", **form, version=version, capacity="deputy", roles=["signer"])
    assert asked(wards, "ChangeStaff").request.expected_version == 4
    assert browser.response.status_code == 303


def test_what_the_other_administrator_changed_is_named_and_not_what_was_typed(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    browser.get(f"{STAFF}/{SIGNER}")
    was = browser.page.all("input", name="was")[0]["value"]
    found = wards_staff(wards)
    found.phone_masked, found.version = "•••••••789", 4
    wards.answers("ChangeStaff", stale())
    form = {"full_name": "Trần Đình Quang", "title": "Phó Chủ tịch", "phone": "", "email": ""}
    browser.post(f"{STAFF}/{SIGNER}", **form, was=was, version="3", capacity="deputy", roles=["signer"])
    told = browser.page.text.partition("Người khác đã lưu")[2].partition("Bấm Lưu")[0]
    assert "•••••••789" in told
    assert "Chức vụ" not in told, "nobody else has changed it"


def wards_staff(wards: FakeWards) -> staff_pb2.AdministeredStaff:
    answer: Any = wards.scripts["ListAdministeredStaff"]("", None)
    found: staff_pb2.AdministeredStaff = next(one for one in answer.staff if one.id == SIGNER)
    return found


@pytest.mark.parametrize(
    ("title", "named"), [("Phó Chủ tịch UBND phường", "Phó Chủ tịch"), ("Chủ tịch UBND phường", "Trần Đình Quang")]
)
def test_a_second_head_or_a_head_against_the_title_has_to_be_confirmed(
    browser: Browser, wards: FakeWards, ward: Ward, title: str, named: str
) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    wards_staff(wards).capacity = "head"
    form = {"full_name": "Lê Văn Ký", "username": "ky.le", "title": title, "phone": "0905300300", "email": ""}
    browser.get(f"{STAFF}/them")
    browser.post(f"{STAFF}/them", **form, capacity="head", roles=["signer"])
    assert browser.response.status_code == 422
    check(browser)
    assert not [each for each in wards.asked if each.rpc == "AddStaff"]
    assert named in browser.page.text.partition("Xin xem lại tư cách ký")[0]
    link = staff_pb2.StaffLink(ticket="t", member=staff_pb2.AdministeredStaff(id=GONE, full_name="Lê Văn Ký"))
    wards.answers("AddStaff", link)
    doubted = browser.page.all("input", name="doubted")[0]["value"]
    browser.post(f"{STAFF}/them", **form, capacity="head", roles=["signer"], doubted=doubted)
    assert asked(wards, "AddStaff").request.capacity == "head"


def test_a_page_that_was_sent_before_is_not_taken_for_somebody_elses_change(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    browser.get(f"{STAFF}/{SIGNER}")
    wards.answers("ChangeStaff", Refusal(Kind.EXISTS, "idempotency-key-reused", "Khóa này đã dùng."))
    form = {"full_name": "Trần Đình Quang", "title": "Phó Chủ tịch", "phone": "", "email": ""}
    browser.post(f"{STAFF}/{SIGNER}", **form, version="3", capacity="deputy", roles=["signer"], key="k")
    assert "đã được gửi một lần" in browser.page.text
    assert not browser.page.all("div", id="dang-luu")


def test_who_was_changed_meanwhile_is_looked_at_again_before_the_end(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    browser.get(f"{STAFF}/{SIGNER}/thoi-viec")
    assert "Chủ tịch UBND phường" in browser.page.text
    version = browser.page.all("input", name="version")[0]["value"]
    wards.answers("EndStaff", stale())
    browser.post(f"{STAFF}/{SIGNER}/thoi-viec", key="k", version=version)
    assert browser.response.status_code == 412
    check(browser)
    assert "Người khác vừa lưu" in browser.page.text
    assert asked(wards, "EndStaff").request.expected_version == 3


SILENT = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.", retry_after=5)
BACK = "Hồ sơ đang xử lý trở lại “Chưa ai nhận”"


@pytest.mark.parametrize(
    ("answer", "held", "becomes"),
    [
        (dossiers_pb2.Workload(dossiers=3), "Đang xử lý 3 hồ sơ", True),
        (dossiers_pb2.Workload(), "Đang xử lý Không có", False),
        (SILENT, "Đang xử lý Chưa xem được lúc này", True),
    ],
)
def test_before_the_end_the_page_says_what_somebody_still_works_on_and_what_becomes_of_it(
    browser: Browser, wards: FakeWards, ward: Ward, answer: dossiers_pb2.Workload | Refusal, held: str, becomes: bool
) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    wards.answers("GetWorkload", answer)
    browser.get(f"{STAFF}/{SIGNER}/thoi-viec")
    check(browser)
    text = " ".join(browser.page.text.split())
    assert held in text
    assert (BACK in text) is becomes
    wards.answers("EndStaff", staff_pb2.AdministeredStaff())
    browser.post(f"{STAFF}/{SIGNER}/thoi-viec", key="k")
    assert ("3 hồ sơ người này đang xử lý trở lại “Chưa ai nhận”" in browser.follow().text) is ("3" in held)


def test_before_a_volunteer_s_end_the_page_says_for_how_many_sessions_they_are_on_duty(
    browser: Browser, wards: FakeWards, ward: Ward
) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    browser.get(f"{STAFF}/{VOLUNTEER}/thoi-viec")
    check(browser)
    text = " ".join(browser.page.text.split())
    assert "Buổi trực sắp tới 2" in text
    assert "xin xếp người khác" in text
    assert not [each for each in wards.asked if each.rpc == "GetWorkload"]


def test_ending_a_link_and_a_reset_are_asked_about_first(browser: Browser, wards: FakeWards, ward: Ward) -> None:
    browser.signed_in(ADMIN)
    put_staff(wards, ward)
    browser.get(f"{STAFF}/{SIGNER}/thoi-viec")
    check(browser)
    refused = Refusal(Kind.CONFLICT, "last-administrator", "Phường phải còn ít nhất một quản trị viên.")
    wards.answers("EndStaff", refused)
    browser.post(f"{STAFF}/{SIGNER}/thoi-viec", key="k")
    check(browser)
    assert refused.text in browser.page.text
    wards.answers("EndStaff", staff_pb2.AdministeredStaff())
    browser.post(f"{STAFF}/{SIGNER}/thoi-viec", key="k")
    assert "không còn vào hệ thống được" in browser.follow().text
    wards.answers("RenewStaffLink", staff_pb2.StaffLink(ticket=TICKET, expires_at=Timestamp(seconds=1)))
    browser.get(f"{STAFF}/{SIGNER}/lien-ket")
    check(browser)
    browser.post(f"{STAFF}/{SIGNER}/lien-ket", key="k")
    check(browser)
    assert TICKET in browser.page.text
    wards.answers("ResetSecondFactor", staff_pb2.AdministeredStaff())
    browser.get(f"{STAFF}/{SIGNER}/xac-thuc")
    check(browser)
    browser.post(f"{STAFF}/{SIGNER}/xac-thuc", reason="mất điện thoại", key="k")
    assert asked(wards, "ResetSecondFactor").request.reason == "mất điện thoại"
    assert "xin tự báo" in browser.follow().text  # no address is known
