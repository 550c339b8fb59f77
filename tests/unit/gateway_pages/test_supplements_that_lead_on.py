"""The page of a supplement whose answers ask for more: more questions, and papers to upload."""

from __future__ import annotations

import json

import pytest

from services.chassis.refusal import FieldFault, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_supplement
from tests.unit.gateway_pages.ward import Ward

MORE = {"copies.wanted": "true", "child.birth_paper": "witness"}


@pytest.fixture
def asked(browser: Browser, ward: Ward) -> str:
    """The page of a supplement that asks whether copies are wanted, and what proves the birth."""
    browser.signed_in()
    where = a_supplement(ward, {"/copies/wanted": "Xin chọn lại.", "/child/birth_paper": "Giấy này của ai?"})
    return f"{where}/bo-sung"


def incomplete(wards: FakeWards, *fields: str) -> None:
    """The service answers with what is missing."""
    missing = [FieldFault(each, "Xin điền.") for each in fields]
    wards.answers("SupplementDossier", invalid("not-complete", "Hồ sơ chưa nộp được.", *missing))


def test_an_answer_brings_its_questions_and_papers_onto_the_page(
    browser: Browser, wards: FakeWards, asked: str
) -> None:
    """The person was sent to "the fields named", and none was named: neither could be answered there."""
    browser.get(asked)
    assert not browser.page.all("input", id="f-copies-count")
    incomplete(wards, "/copies/count", "documents/witness-statement")
    browser.post(asked, version=browser.page.hidden("version"), **MORE)
    assert browser.response.status_code == 422
    assert browser.page.all("input", id="f-copies-count")
    assert browser.page.all("a", href="#f-copies-count")
    assert browser.page.all("a", href="#documents-witness-statement")
    assert browser.page.all("h2", id="documents-witness-statement")
    assert "Câu trả lời của ông/bà cần thêm mục này." in browser.page.text
    browser.post(asked, version=browser.page.hidden("version"), **MORE, **{"copies.count": "2"})
    sent = [json.loads(one.request.form_json) for one in wards.asked if one.rpc == "SupplementDossier"]
    assert sent[-1] == {"copies": {"wanted": True, "count": 2}, "child": {"birth_paper": "witness"}}


def test_what_an_answer_asked_for_is_as_it_was_typed_after_the_paper_was_uploaded(browser: Browser, asked: str) -> None:
    browser.get(asked)
    paper = f"{asked.removesuffix('/bo-sung')}/giay-to/witness-statement?tu=bo-sung"
    browser.post(asked, next=paper, **MORE, **{"copies.count": "7"})
    browser.get(asked)
    assert browser.page.all("input", id="f-copies-count")[0]["value"] == "7"
    assert browser.page.all("h2", id="documents-witness-statement")


def test_a_paper_that_was_uploaded_for_another_answer_may_be_taken_out(
    browser: Browser, ward: Ward, asked: str
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.documents.add(id="d-9", kind="witness-statement", filename="chứng.jpg", removable=True)
    browser.get(asked)
    assert browser.page.all("h2", id="documents-witness-statement")
    assert "Không cần nữa thì bỏ ra cũng được." in browser.page.text


def test_an_answer_that_asks_for_nothing_more_sends_nothing_else(
    browser: Browser, wards: FakeWards, asked: str
) -> None:
    browser.get(asked)
    typed = {"copies.wanted": "false", "child.birth_paper": "hospital", "copies.count": "7"}
    browser.post(asked, version=browser.page.hidden("version"), **typed)
    sent = [json.loads(one.request.form_json) for one in wards.asked if one.rpc == "SupplementDossier"]
    assert sent == [{"copies": {"wanted": False}, "child": {"birth_paper": "hospital"}}]


def test_what_cannot_be_mended_on_the_page_is_named(browser: Browser, wards: FakeWards, asked: str) -> None:
    """It was dropped, and all that was left said to mend "what is named"."""
    browser.get(asked)
    incomplete(wards, "/child/full_name")
    browser.post(asked, version=browser.page.hidden("version"), **MORE)
    said = "Mục này không sửa được ở đây. Xin báo Bộ phận Một cửa của phường: Họ, chữ đệm, tên của trẻ: Xin điền."
    assert said in browser.page.text
