"""Answers from the account: offered if the question is about the applicant, and labelled as such."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from caunoi.accounts.v1.accounts_pb2 import Account
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from services.chassis.refusal import Kind, Refusal
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.ward import Ward

ME = Account(
    full_name="Nguyễn Văn Bình",
    date_of_birth="1960-02-03",
    address="12 Lê Đình Dương",
    identity_kind="cccd",
    identity_number_masked="•••••••••123",
    phone_masked="•••••••456",
)
WHOLE = "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"
SAID = "Đã điền sẵn từ tài khoản của ông/bà"
#: Procedure, its page about the applicant, the name there, the answers that make it so and those that do not.
PAGES = [
    ("1.004873", "person", "person.full_name", {"requester": {"for_self": True}}, {"requester": {"for_self": False}}),
    (
        "2.000635",
        "subject",
        "subject.full_name",
        {"requester": {"kind": "person", "relation": "self"}},
        {"requester": {"kind": "agent", "relation": "self"}},
    ),
    ("1.000894", "wife", "wife.full_name", {"requester": {"relation": "wife"}}, {"requester": {"relation": "husband"}}),
    (
        "1.001193",
        "mother",
        "mother.full_name",
        {"requester": {"relation": "mother"}, "child": {"situation": "usual"}, "mother": {"known": True}},
        {"requester": {"relation": "grandparent"}, "child": {"situation": "usual"}, "mother": {"known": True}},
    ),
]


@pytest.fixture
def me(wards: FakeWards, browser: Browser) -> None:
    browser.signed_in()
    wards.answers("GetOwnAccount", ME)


@pytest.fixture
def desk(browser: Browser) -> None:
    browser.signed_in("motcua.nam-duong")


def begun(
    ward: Ward, procedure: str, form: object, channel: str = "", *, prefilled: Sequence[str] = ()
) -> tuple[dossiers_v1.Dossier, str]:
    """A draft with this form; the `prefilled` of its answers came from the account, and nobody has sent them."""
    dossier = ward.rpc_create_draft(dossiers_v1.CreateDraftRequest(procedure=procedure, channel=channel))
    text = json.dumps(form, ensure_ascii=False)
    dossier = ward.rpc_save_form(dossiers_v1.SaveFormRequest(dossier_id=dossier.id, form_json=text))
    dossier.prefilled[:], dossier.prefilled_known = prefilled, True
    return dossier, f"/ho-so/nam-duong/{dossier.id}/to-khai"


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize(("procedure", "page", "name", "own", "other"), PAGES)
def test_only_a_question_about_the_applicant_is_filled_in(
    browser: Browser, ward: Ward, procedure: str, page: str, name: str, own: object, other: object
) -> None:
    for form, value in ((own, ME.full_name), (other, "")):
        dossier, where = begun(ward, procedure, form)
        browser.get(f"{where}/{page}")
        assert browser.page.all("input", name=name)[0].get("value", "") == value
        assert (SAID in browser.page.text) is bool(value)
        assert json.loads(dossier.form_json) == form, "nothing is in the draft before it is sent"


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize(("name", "told"), [(ME.full_name, True), ("Nguyễn Thị Lành", False)])
def test_who_files_for_somebody_else_after_all_is_told_that_their_own_name_still_stands_there(
    browser: Browser, ward: Ward, name: str, told: bool
) -> None:
    person = {"full_name": name, "birth_date": ME.date_of_birth, "sex": "male"}
    _, where = begun(ward, "1.004873", {"requester": {"for_self": False}, "person": person})
    assert ("Vẫn là tên của ông/bà" in browser.get(where).text) is told
    assert ("vẫn là tên của ông/bà" in browser.get(f"{where}/person").text) is told


OWN = {"full_name": ME.full_name, "residence": WHOLE, "phone": "0905 123 456"}
OWN_FIELDS = [f"/requester/{name}" for name in OWN]


@pytest.mark.usefixtures("me")
def test_answers_from_the_account_are_said_to_be_filled_in_until_they_are_sent(browser: Browser, ward: Ward) -> None:
    """Who has sent them, changed or not, has seen them."""
    dossier, where = begun(ward, "1.001193", {"requester": OWN}, prefilled=OWN_FIELDS)
    assert "Người đi khai sinh Đã điền sẵn" in _line(browser, where)
    assert SAID in browser.get(f"{where}/requester").text
    browser.post(f"{where}/requester", version=dossier.version, asked=[*_posted(OWN)], **_posted(OWN), later="yes")
    assert not dossier.prefilled
    assert "Đã điền sẵn" not in _line(browser, where)
    assert SAID not in browser.get(f"{where}/requester").text


@pytest.mark.usefixtures("me")
def test_a_page_that_is_filled_in_says_whether_a_question_is_left(browser: Browser, ward: Ward) -> None:
    _, whole = begun(ward, "1.001193", {"requester": OWN}, prefilled=OWN_FIELDS)
    _, part = begun(ward, "1.004873", {"requester": {"for_self": True}})
    for page, left_open in ((f"{whole}/requester", False), (f"{part}/person", True)):
        text = browser.get(page).text
        assert SAID in text
        assert ("trả lời câu còn trống" in text) is left_open, page


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize(("changes", "said"), [({}, True), ({"residence": "9 Núi Thành"}, False)])
def test_a_draft_of_the_release_before_is_filled_in_where_it_agrees_with_the_account(
    browser: Browser, ward: Ward, wards: FakeWards, changes: dict[str, str], said: bool
) -> None:
    """Which answers were sent is not known then, nor is it of a ward that still has that release."""
    form = OWN | changes
    dossier, where = begun(ward, "1.001193", {"requester": form})
    dossier.prefilled_known = False
    assert ("Người đi khai sinh Đã điền sẵn" in _line(browser, where)) is said
    assert (SAID in browser.get(f"{where}/requester").text) is said
    browser.post(f"{where}/requester", version=dossier.version, asked=[*_posted(form)], **_posted(form), later="yes")
    assert browser.response.status_code == 303
    assert not [asked for asked in wards.asked if asked.rpc == "SaveForm"], "unchanged"


@pytest.mark.usefixtures("me")
def test_who_only_leaves_a_page_has_not_sent_its_answers(browser: Browser, ward: Ward) -> None:
    dossier, where = begun(ward, "1.001193", {"requester": OWN}, prefilled=OWN_FIELDS)
    browser.get(f"{where}/requester")
    browser.post(f"{where}/requester", version=dossier.version, asked=[*_posted(OWN)], **_posted(OWN), next=where)
    assert list(dossier.prefilled) == OWN_FIELDS


@pytest.mark.usefixtures("me")
def test_what_the_applicant_has_typed_stays(browser: Browser, ward: Ward) -> None:
    form = {"requester": {"for_self": True}, "person": {"full_name": "Nguyễn Văn Bính", "birth_date": "1961-01-01"}}
    _, where = begun(ward, "1.004873", form)
    browser.get(f"{where}/person")
    assert browser.page.all("input", name="person.full_name")[0]["value"] == "Nguyễn Văn Bính"
    assert SAID not in browser.page.text


def test_a_page_is_shown_without_prefilled_answers_if_accounts_is_silent(
    browser: Browser, ward: Ward, wards: FakeWards
) -> None:
    browser.signed_in()
    wards.answers("GetOwnAccount", Refusal(Kind.UNAVAILABLE, "service-unavailable", "Xin thử lại."))
    _, where = begun(ward, "1.004873", {"requester": {"for_self": True}})
    browser.get(f"{where}/person")
    assert browser.response.status_code == 200
    assert SAID not in browser.page.text


def _line(browser: Browser, where: str) -> str:
    return " ".join(browser.get(where).text.split())


def _posted(own: dict[str, str]) -> dict[str, str]:
    return {f"requester.{name}": value for name, value in own.items()}


TYPED = "Đã điền sẵn từ phần ghi về người yêu cầu"


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("for_self", "value"), [(True, "Hồ Thị Nữ"), (False, "")])
def test_at_the_counter_what_was_typed_of_who_came_is_not_typed_again(
    browser: Browser, ward: Ward, for_self: bool, value: str
) -> None:
    form = {"requester": {"for_self": for_self, "full_name": "Hồ Thị Nữ"}}
    _, where = begun(ward, "1.004873", form, channel="counter")
    browser.get(f"{where}/person")
    assert browser.page.all("input", name="person.full_name")[0].get("value", "") == value
    assert (TYPED in browser.page.text) is bool(value)
    assert SAID not in browser.page.text


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("name", "told"), [("Hồ Thị Nữ", True), ("Hồ Văn Con", False)])
def test_the_desk_is_told_that_the_requester_s_name_still_stands_for_somebody_else(
    browser: Browser, ward: Ward, name: str, told: bool
) -> None:
    form = {"requester": {"for_self": False, "full_name": "Hồ Thị Nữ"}, "person": {"full_name": name}}
    _, where = begun(ward, "1.004873", form, channel="counter")
    assert ("Dưới đây là tên của người yêu cầu" in browser.get(f"{where}/person").text) is told


@pytest.mark.usefixtures("me")
def test_a_name_that_the_applicant_has_mended_is_offered_as_they_wrote_it(browser: Browser, ward: Ward) -> None:
    _, where = begun(ward, "1.004873", {"requester": {"for_self": True, "full_name": "Nguyễn Văn Bính"}})
    browser.get(f"{where}/person")
    assert browser.page.all("input", name="person.full_name")[0]["value"] == "Nguyễn Văn Bính"
    assert TYPED in browser.page.text
