"""The pages of one's household, on a service in memory."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.accounts.v1 import guidance_pb2, households_pb2
from google.protobuf.empty_pb2 import Empty

from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid, not_found
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import at

PAGE = "/tai-khoan/ho-gia-dinh"
OWN, OTHER = "11111111-2222-4333-8444-555555555501", "11111111-2222-4333-8444-555555555502"
TEXT = guidance_pb2.ConsentText(
    purpose="household", version="2026-11-28", title="Hộ gia đình", in_short=["Người trong hộ thấy tên của nhau."]
)
NONE = not_found("no-household", "Ông/bà chưa ở hộ nào.")


def household(*, head: bool = True, able: bool = False, group: int = 0) -> households_pb2.Household:
    """A household of two; the other member may be able to do it alone."""
    own = {"id": OWN, "full_name": "Trần Thị Bông", "joined_at": at(8), "is_caller": True, "is_head": head}
    other = {"id": OTHER, "full_name": "Trần Văn Bảy", "joined_at": at(9), "able_alone": able, "is_head": not head}
    members = [households_pb2.HouseholdMember(**one) for one in (own, other)]  # type: ignore[arg-type] # as the fields
    return households_pb2.Household(started_at=at(8), members=members, covered=able, residential_group=group)


@pytest.fixture
def signed_in(browser: Browser, wards: FakeWards) -> Browser:
    """In no household."""
    browser.signed_in()
    wards.answers("GetOwnHousehold", NONE)
    wards.answers("GetConsentText", TEXT)
    for rpc in ("LeaveHousehold", "RemoveHouseholdMember", "HandOverHousehold", "SetResidentialGroup"):
        wards.answers(rpc, Empty())
    return browser


def requests(wards: FakeWards, rpc: str) -> list[Any]:
    return [asked.request for asked in wards.asked if asked.rpc == rpc]


def test_the_way_to_it_is_on_the_pages_of_the_account_and_of_the_dossiers(browser: Browser) -> None:
    browser.signed_in()
    for page in ("/tai-khoan", "/ho-so"):
        browser.get(page)
        assert browser.page.all("a", href=PAGE), page


def test_who_is_in_no_household_starts_one_or_joins_one(signed_in: Browser) -> None:
    signed_in.get(PAGE)
    check(signed_in)
    assert signed_in.page.headings == ["Hộ gia đình của ông/bà"]
    for way in ("bat-dau", "vao"):
        assert signed_in.page.all("a", href=f"{PAGE}/{way}")


def test_a_household_is_started_on_the_text_that_was_read(signed_in: Browser, wards: FakeWards) -> None:
    wards.answers("StartHousehold", household())
    signed_in.get(f"{PAGE}/bat-dau")
    check(signed_in)
    assert "Người trong hộ thấy tên của nhau." in signed_in.page.text
    version = signed_in.page.hidden("text_version")
    signed_in.post(f"{PAGE}/bat-dau", text_version=version, key="k")
    (sent,) = requests(wards, "StartHousehold")
    assert sent.text_version == "2026-11-28"
    assert requests(wards, "GetConsentText")[0].purpose == "household"
    assert signed_in.response.headers["Location"] == PAGE


def test_a_text_that_has_changed_is_read_again(signed_in: Browser, wards: FakeWards) -> None:
    wards.answers("StartHousehold", conflict("text-changed", "Nội dung đồng ý vừa được sửa."))
    signed_in.get(f"{PAGE}/bat-dau")
    signed_in.post(f"{PAGE}/bat-dau", text_version="2026-11-27", key="k")
    assert signed_in.response.status_code == 422
    assert "Nội dung đồng ý vừa được sửa." in signed_in.page.text
    assert signed_in.page.hidden("text_version") == "2026-11-28"


def test_the_code_is_typed_as_it_was_read_out_and_kept_where_it_is_wrong(signed_in: Browser, wards: FakeWards) -> None:
    signed_in.get(f"{PAGE}/vao")
    check(signed_in)
    signed_in.post(f"{PAGE}/vao", code="", text_version="2026-11-28")
    assert "Xin ghi mã tám chữ số." in signed_in.page.text
    text = "Mã không đúng."
    wards.answers("JoinHousehold", invalid("wrong-household-code", text, FieldFault("code", text)))
    signed_in.post(f"{PAGE}/vao", code="4829 1307", text_version="2026-11-28")
    assert signed_in.response.status_code == 422
    assert text in signed_in.page.text
    assert signed_in.page.all("input", name="code")[0]["value"] == "4829 1307"
    wards.answers("JoinHousehold", household(head=False))
    signed_in.post(f"{PAGE}/vao", code="4829 1307", text_version="2026-11-28")
    assert signed_in.response.headers["Location"] == PAGE
    assert requests(wards, "JoinHousehold")[-1].code == "4829 1307"


@pytest.mark.parametrize("way", ["bat-dau", "vao"])
def test_who_is_in_a_household_is_led_to_it(signed_in: Browser, wards: FakeWards, way: str) -> None:
    wards.answers("GetOwnHousehold", household())
    signed_in.get(f"{PAGE}/{way}")
    assert signed_in.response.headers["Location"] == PAGE


def test_members_see_who_can_do_it_alone(signed_in: Browser, wards: FakeWards) -> None:
    wards.answers("GetOwnHousehold", household(head=False))
    signed_in.get(PAGE)
    check(signed_in)
    assert "Trong hộ chưa có ai tự làm được" in signed_in.page.text
    wards.answers("GetOwnHousehold", household(head=False, able=True))
    signed_in.get(PAGE)
    assert "Hộ đã có người tự làm được Trần Văn Bảy." in signed_in.page.text
    assert f"{PAGE}/ma" not in signed_in.response.text
    assert OTHER not in signed_in.response.text


def test_only_the_heads_page_lets_in_removes_and_hands_over(signed_in: Browser, wards: FakeWards) -> None:
    wards.answers("GetOwnHousehold", household(group=12))
    signed_in.get(PAGE)
    check(signed_in)
    links = {one["href"] for one in signed_in.page.all("a")}
    for way in ("ma", "to-dan-pho", "roi", f"thanh-vien/{OTHER}/moi-ra", f"thanh-vien/{OTHER}/giao"):
        assert f"{PAGE}/{way}" in links
        signed_in.get(f"{PAGE}/{way}")
        check(signed_in)
    wards.answers("GetOwnHousehold", household(head=False))
    for way in ("ma", "to-dan-pho", f"thanh-vien/{OTHER}/moi-ra", f"thanh-vien/{OTHER}/giao"):
        signed_in.get(f"{PAGE}/{way}")
        assert signed_in.response.headers["Location"] == PAGE, way


def test_the_code_is_shown_in_two_groups_and_read_out_digit_by_digit(signed_in: Browser, wards: FakeWards) -> None:
    wards.answers("GetOwnHousehold", household())
    wards.answers("IssueHouseholdCode", households_pb2.HouseholdCode(code="48291307", expires_at=at(9, 10)))
    signed_in.get(f"{PAGE}/ma")
    assert "Mã lấy trước, nếu chưa dùng, sẽ hết dùng." in signed_in.page.text, "before it is so"
    signed_in.post(f"{PAGE}/ma", key="k")
    check(signed_in)
    assert "4829 1307" in signed_in.page.text
    assert "4 8 2 9 1 3 0 7" in signed_in.page.text
    assert "đến 9 giờ 10" in signed_in.page.text


def test_a_member_is_removed_and_the_role_handed_over_after_a_page_that_says_what_it_means(
    signed_in: Browser, wards: FakeWards
) -> None:
    wards.answers("GetOwnHousehold", household())
    for way, rpc in (("moi-ra", "RemoveHouseholdMember"), ("giao", "HandOverHousehold")):
        signed_in.get(f"{PAGE}/thanh-vien/{OTHER}/{way}")
        assert "Trần Văn Bảy" in signed_in.page.headings[0]
        signed_in.post(f"{PAGE}/thanh-vien/{OTHER}/{way}", key="k")
        assert requests(wards, rpc)[-1].member_id == OTHER
        assert signed_in.response.headers["Location"] == PAGE
    signed_in.get(f"{PAGE}/thanh-vien/{OWN}/moi-ra")
    assert signed_in.response.status_code == 404


def test_a_page_that_was_open_while_the_household_changed_says_so(signed_in: Browser, wards: FakeWards) -> None:
    """Somebody was removed, or the role handed over, meanwhile."""
    wards.answers("GetOwnHousehold", household())
    signed_in.get(f"{PAGE}/ma")
    text = "Chỉ người đứng đầu hộ làm được việc này."
    wards.answers("IssueHouseholdCode", Refusal(Kind.FORBIDDEN, "not-head-of-household", text))
    signed_in.post(f"{PAGE}/ma", key="k")
    wards.answers("GetOwnHousehold", household(head=False))
    signed_in.follow()
    assert text in signed_in.page.text
    signed_in.get(f"{PAGE}/roi")
    wards.answers("LeaveHousehold", NONE)
    signed_in.post(f"{PAGE}/roi", key="k")
    wards.answers("GetOwnHousehold", NONE)
    signed_in.follow()
    assert "Ông/bà chưa ở hộ nào." in signed_in.page.text


def test_a_residential_group_is_a_number_or_left_out(signed_in: Browser, wards: FakeWards) -> None:
    wards.answers("GetOwnHousehold", household(group=12))
    signed_in.get(f"{PAGE}/to-dan-pho")
    assert signed_in.page.all("input", name="residential_group")[0]["value"] == "12"
    signed_in.post(f"{PAGE}/to-dan-pho", residential_group="tổ 7", key="k")
    assert signed_in.response.status_code == 422
    assert requests(wards, "SetResidentialGroup") == []
    for typed, number in (("7", 7), ("", 0)):
        signed_in.get(f"{PAGE}/to-dan-pho")
        signed_in.post(f"{PAGE}/to-dan-pho", residential_group=typed, shown="12", key="k")
        sent = requests(wards, "SetResidentialGroup")[-1]
        assert (sent.residential_group, sent.shown_group) == (number, 12)


@pytest.mark.parametrize(
    ("present", "typed", "said"),
    [
        (12, "", "Đã bỏ tổ dân phố của hộ."),
        (0, "", "Chưa ghi tổ dân phố."),
        (12, "12", "Chưa có gì thay đổi"),
        (0, "7", "Đã ghi tổ dân phố của hộ."),
    ],
)
def test_what_became_of_the_residential_group_is_said(
    signed_in: Browser, wards: FakeWards, present: int, typed: str, said: str
) -> None:
    wards.answers("GetOwnHousehold", household(group=present))
    signed_in.get(f"{PAGE}/to-dan-pho")
    shown = signed_in.page.hidden("shown")
    signed_in.post(f"{PAGE}/to-dan-pho", residential_group=typed, shown=shown, key="k")
    signed_in.follow()
    assert said in signed_in.page.text
    assert bool(requests(wards, "SetResidentialGroup")) == (typed != str(present or "")), "nothing new is written"
    assert ("Chưa có gì thay đổi" in signed_in.page.text) == bool(present and typed)


def test_a_residential_group_that_was_changed_in_another_tab_is_shown_before_it_is_overwritten(
    signed_in: Browser, wards: FakeWards
) -> None:
    wards.answers("GetOwnHousehold", household(group=12))
    signed_in.get(f"{PAGE}/to-dan-pho")
    shown = signed_in.page.hidden("shown")
    signed_in.post(f"{PAGE}/to-dan-pho", residential_group="tổ 7", shown=shown, key="k")
    assert signed_in.page.hidden("shown") == "12", "a slip in typing hides no change"
    wards.answers("GetOwnHousehold", household(group=15))
    wards.answers("SetResidentialGroup", conflict("residential-group-changed", "Tổ dân phố vừa được đổi ở nơi khác."))
    signed_in.post(f"{PAGE}/to-dan-pho", residential_group="7", shown=shown, key="k")
    assert "nay là “15”" in signed_in.page.text
    wards.answers("SetResidentialGroup", Empty())
    signed_in.post(f"{PAGE}/to-dan-pho", residential_group="7", shown=signed_in.page.hidden("shown"), key="k")
    sent = [(one.residential_group, one.shown_group) for one in requests(wards, "SetResidentialGroup")]
    assert sent == [(7, 12), (7, 15)]


def test_a_former_head_is_told_so_on_the_page_of_the_household(signed_in: Browser, wards: FakeWards) -> None:
    wards.answers("GetOwnHousehold", household(group=12))
    signed_in.get(f"{PAGE}/to-dan-pho")
    text = "Chỉ người đứng đầu hộ làm được việc này."
    wards.answers("SetResidentialGroup", Refusal(Kind.FORBIDDEN, "not-head-of-household", text))
    wards.answers("GetOwnHousehold", household(head=False))
    signed_in.post(f"{PAGE}/to-dan-pho", residential_group="7", shown="12", key="k")
    signed_in.follow()
    assert text in signed_in.page.text


def test_nobody_but_a_resident_has_these_pages(browser: Browser) -> None:
    browser.signed_in("motcua.nam-duong")
    for way in ("", "/bat-dau", "/vao", "/ma", "/roi", "/to-dan-pho"):
        browser.get(f"{PAGE}{way}")
        assert browser.response.status_code == 403


def test_a_consent_to_be_in_a_household_is_listed_and_withdrawn(signed_in: Browser, wards: FakeWards) -> None:
    consent = guidance_pb2.Consent(id=OWN, purpose="household", text_version="2026-11-28", given_at=at(8), ward="20248")
    wards.answers("ListOwnConsents", guidance_pb2.ListOwnConsentsResponse(consents=[consent]))
    signed_in.get("/toi/dong-y")
    check(signed_in)
    assert "Hộ gia đình" in signed_in.page.text
    assert "Rút lại là ra khỏi hộ" in signed_in.page.text
    wards.answers("WithdrawConsent", consent)
    signed_in.post(f"/toi/dong-y/20248/{OWN}/rut", key="k")
    signed_in.follow()
    assert "Ông/bà không còn ở hộ." in signed_in.page.text
