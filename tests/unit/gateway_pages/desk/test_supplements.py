"""A supplement is asked for row by row, and what came is marked."""

from __future__ import annotations

from services.chassis.refusal import FieldFault, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.desk.conftest import Offer
from tests.unit.gateway_pages.ward import Ward


def test_a_supplement_names_each_ticked_field_with_its_words(
    browser: Browser, path: str, offer: Offer, wards: FakeWards
) -> None:
    offer("supplement-request")
    pick = browser.page.all("input", name="supplement-request.pick", value="/child/full_name")[0]
    number = pick["id"].removeprefix("pick-")
    paper = browser.page.all("input", name="supplement-request.pick", value="documents/birth-certificate-of-hospital")[
        0
    ]
    browser.do(
        path,
        "supplement-request",
        pick=["/child/full_name", "documents/birth-certificate-of-hospital"],
        **{f"text-{number}": "Thiếu chữ đệm", f"text-{paper['id'].removeprefix('pick-')}": "Ảnh mờ", "text-0": "thừa"},
    )
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "RequestSupplement"]
    assert [(item.field, item.text) for item in asked.items] == [
        ("/child/full_name", "Thiếu chữ đệm"),
        ("documents/birth-certificate-of-hospital", "Ảnh mờ"),
    ]


def test_what_was_asked_for_and_what_the_form_said_before_stand_beside_the_row(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    asked = dossier.supplement_request
    asked.items.add(field="/mother/full_name", text="Xin xem giấy chứng sinh.")
    asked.before_json = '{"/mother/full_name": "Trần Thị Lành", "/child/sex": "female", "/father/phone": null}'
    said = browser.get(path).text
    assert "Trước khi bổ sung: Trần Thị Lành" in said
    assert "Trước khi bổ sung: Nữ" in said
    assert "Đã yêu cầu bổ sung: Xin xem giấy chứng sinh." in said
    assert said.count("Đã sửa") == 2


def test_what_is_wanted_is_written_beside_the_row_and_goes_with_the_form_of_the_act(
    browser: Browser, path: str, offer: Offer
) -> None:
    offer("supplement-request")
    said = browser.page.text
    row = said.index("Năm sinh của mẹ", said.index("Tờ khai"))
    assert said.index("Cần bổ sung", row) - row < 60
    marks = browser.page.all("input", name="supplement-request.pick")
    assert browser.page.all("button", formaction=f"{path}/supplement-request")
    assert len({mark["value"] for mark in marks}) == len(marks), "each once"
    (paper,) = [mark for mark in marks if mark["value"] == "documents/birth-certificate-of-hospital"]
    assert len(browser.page.all("input", name=f"supplement-request.{paper['id'].replace('pick', 'text')}")) == 1


def test_rows_cannot_be_marked_where_no_supplement_can_be_asked_for(browser: Browser, path: str, offer: Offer) -> None:
    offer("stop")
    assert browser.page.all("input", name="supplement-request.pick") == []
    assert "Cần bổ sung" not in browser.page.text


def test_a_row_that_was_marked_without_words_says_so_itself(
    browser: Browser, path: str, offer: Offer, wards: FakeWards
) -> None:
    offer("supplement-request")
    fault = FieldFault("items/1/text", "Xin ghi cần sửa hoặc bổ sung gì.")
    wards.answers("RequestSupplement", invalid("missing-field", "Xin ghi.", fault))
    chosen = [browser.page.all("input", value=field)[0] for field in ("/child/full_name", "/mother/full_name")]
    first, second = (one["id"].replace("pick", "text") for one in chosen)
    fields = {first: "Thiếu chữ đệm", second: ""}
    browser.do(path, "supplement-request", pick=[one["value"] for one in chosen], **fields)
    assert browser.response.status_code == 422
    assert browser.page.all("a", href=f"#{second}")
    assert browser.page.all("input", id=first)[0]["value"] == "Thiếu chữ đệm"
    assert [one["value"] for one in browser.page.all("input", name="supplement-request.pick") if "checked" in one] == [
        "/child/full_name",
        "/mother/full_name",
    ]
    assert browser.page.text.count("Xin ghi cần sửa hoặc bổ sung gì.") == 2, "above, and at the row"
