"""The signer's page: what is seen there is what is signed, and the next dossier follows."""

from __future__ import annotations

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid, stale
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier, another_like
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import Ward

SEEN = "5" * 64
DECLARED = {"no_conflict_of_interest": "yes"}


@pytest.fixture
def dossier(browser: Browser, ward: Ward) -> dossiers_v1.Dossier:
    """A dossier that waits for the signer, who is signed in."""
    a_filed_dossier(ward)
    (found,) = ward.dossiers.values()
    found.actions[:] = ["signature", "return"]
    browser.signed_in("chutich.nam-duong")
    return found


@pytest.fixture
def path(dossier: dossiers_v1.Dossier) -> str:
    return f"/can-bo/ho-so/{dossier.id}/ky"


def test_the_signer_sees_the_paper_and_what_differs_from_the_declaration(
    browser: Browser, dossier: dossiers_v1.Dossier, path: str
) -> None:
    browser.get(path)
    (picture,) = browser.page.all("img", **{"class": "app-photo app-preview"})
    assert picture["src"] == f"{path}/trang/1?ban={SEEN}"
    assert browser.page.all("a", href=f"{path}/ban-giay?ban={SEEN}")
    said = browser.page.text
    differing = said[said.index("Khác với tờ khai") : said.index("Toàn bộ nội dung")]
    for words in ("Công chức ghi", "Đã xem sổ.", "(không ghi)", "in hoa: 1 mục"):
        assert words in differing
    assert "Giới tính" not in differing, "that is the same"
    assert "Giới tính: Nam" in said


def test_the_signer_reads_above_the_signature_what_warns_and_what_others_answered(
    browser: Browser, dossier: dossiers_v1.Dossier, path: str, wards: FakeWards, ward: Ward
) -> None:
    signing = ward.rpc_get_signing(dossiers_v1.GetSigningRequest(dossier_id=dossier.id))
    for kind, text in (
        (dossiers_v1.FINDING_KIND_ASKS_OFFICER, "Sổ có việc kết hôn số 03/2012."),
        (dossiers_v1.FINDING_KIND_INFORMS, "Chỉ để biết."),
    ):
        signing.findings.add(field="/child/full_name", check="duplicate", kind=kind, text=text)
    signing.verifications.add(recipient="Xã Điện Phong", question="Tình trạng?", answer="Đã đăng ký kết hôn với ông X")
    signing.comparisons.add(
        title="Giấy chứng sinh", agrees=False, note="Khác ngày", officer="Hoa"
    ).compared_at.seconds = 9
    signing.comparisons.add(title="Giấy kết hôn")
    signing.comparisons.add(title="Căn cước", agrees=True).compared_at.seconds = 9
    wards.answers("GetSigning", signing)
    wards.answers("ListQueues", dossiers_v1.ListQueuesResponse(queues=[dossiers_v1.Queue(name="to-sign", count=3)]))
    browser.get(path)
    said = browser.page.text
    assert "Đang có 3 hồ sơ chờ ký" in said
    above = said[: said.index("Ký và đăng ký vào sổ")]
    for words in ("Sổ có việc kết hôn", "Đã đăng ký kết hôn với ông X", "Hoa ghi: Khác ngày", "Giấy kết hôn: chưa"):
        assert words in above
    assert "Chỉ để biết." not in said
    assert "Căn cước:" not in above


def test_what_cannot_be_signed_shows_what_there_is_to_look_at(
    browser: Browser, dossier: dossiers_v1.Dossier, path: str, wards: FakeWards
) -> None:
    dossier.findings.add(kind=dossiers_v1.FINDING_KIND_WARNS, text="Bản chính khác.")
    wards.answers("GetSigning", conflict("verification-open", "Còn chờ trả lời xác minh."))
    assert "Bản chính khác." in browser.get(path).text


def test_the_second_signer_is_told_who_has_signed_and_when(
    browser: Browser, dossier: dossiers_v1.Dossier, path: str, wards: FakeWards
) -> None:
    entry = dossiers_v1.RegisterEntry(number=7, year=2020, signer_title="Chủ tịch", signer_name="Võ Văn Nam")
    browser.get(path)
    dossier.register_entry.CopyFrom(entry)
    dossier.actions[:], dossier.status, dossier.status_text = [], 9, "Chờ trả kết quả"
    wards.answers("SignDossier", conflict("wrong-state", "Hồ sơ đã xong."))
    wards.answers("GetSigning", conflict("wrong-state", "Hồ sơ đã xong."))
    browser.do(path, "signature", seen=SEEN, **DECLARED)
    said = browser.page.text
    assert "đã được Chủ tịch Võ Văn Nam ký lúc" in said
    assert "số 07/2020" in said
    assert "Chờ ký," not in said
    assert browser.page.all("button", formaction=f"{path}/return") == [], "it would be refused"
    browser.get(path)
    assert "đã được Chủ tịch Võ Văn Nam ký lúc" in browser.follow().text


def test_what_has_changed_since_the_look_is_named(
    browser: Browser, dossier: dossiers_v1.Dossier, path: str, wards: FakeWards, ward: Ward
) -> None:
    browser.get(path)
    was = browser.page.hidden("was")
    signing = ward.rpc_get_signing(dossiers_v1.GetSigningRequest(dossier_id=dossier.id))
    signing.lines[1].entered = "Đã xem sổ năm 2012."
    wards.answers("GetSigning", signing)
    wards.answers("SignDossier", Refusal(Kind.STALE, "paper-changed", "Bản giấy đã khác."))
    nothing = [(sent, "vẫn như") for sent in ("[1]", "{", "[" * 100_000)]
    for sent, words in ((was, "Đã xem sổ. → Đã xem sổ năm 2012."), *nothing):
        browser.do(path, "signature", seen=SEEN, was=sent, **DECLARED)
        assert words in browser.page.text
        assert "Việc gần nhất ở hồ sơ này: Hồ sơ được gửi đến." in browser.page.text


def test_page_and_pdf_are_those_that_the_signer_saw(browser: Browser, path: str, wards: FakeWards) -> None:
    browser.get(f"{path}/trang/1?ban={SEEN}")
    assert browser.response.mimetype == "image/png"
    browser.get(f"{path}/ban-giay?ban={SEEN}")
    assert browser.response.mimetype == "application/pdf"
    assert browser.response.headers["Cache-Control"] == "no-store"
    asked = [each.request for each in wards.asked if each.rpc == "GetPaperPreview"]
    assert [(each.seen, each.page_number) for each in asked] == [(SEEN, 1), (SEEN, 0)]


def test_what_was_seen_is_signed_once_on_the_version_that_was_shown(
    browser: Browser, path: str, wards: FakeWards
) -> None:
    browser.get(path)
    key, version, seen = (browser.page.all("input", name=name)[0]["value"] for name in ("key", "version", "seen"))
    browser.do(path, "signature", key=key, version=version, seen=seen, namesake="yes", **DECLARED)
    (asked,) = [each for each in wards.asked if each.rpc == "SignDossier"]
    assert asked.idempotency_key == key
    assert (asked.request.seen, asked.request.expected_version) == (SEEN, int(version))
    assert asked.request.no_conflict_of_interest
    assert not asked.request.namesake, "nobody in this form has the signer's name"


def test_both_parties_sign_the_register_before(browser: Browser, dossier: dossiers_v1.Dossier, path: str) -> None:
    dossier.handover.register_signed = "at-signature"
    browser.get(path)
    assert browser.page.all("input", id="signature-register_signed")


def test_after_a_signature_comes_the_next_dossier_and_at_last_a_page_that_says_that_none_waits(
    browser: Browser, ward: Ward, dossier: dossiers_v1.Dossier, path: str
) -> None:
    other = another_like(ward, dossier)
    browser.get(path)
    browser.do(path, "signature", seen=SEEN, **DECLARED)
    assert browser.response.headers["Location"] == f"/can-bo/ho-so/{other.id}/ky"
    assert dossier.code in browser.follow().text, "what was signed"
    del ward.dossiers[dossier.id]
    browser.do(f"/can-bo/ho-so/{other.id}/ky", "return", reason="Xem lại")
    assert browser.response.headers["Location"] == "/can-bo/ky"
    ward.dossiers.clear()
    browser.follow()
    assert browser.page.headings == ["Không có hồ sơ nào chờ ký"]


def test_a_dossier_can_be_left_unsigned_for_the_next(
    browser: Browser, ward: Ward, dossier: dossiers_v1.Dossier, path: str
) -> None:
    browser.get(path)
    (onward,) = [one["href"] for one in browser.page.all("a") if "/can-bo/ky" in one.get("href", "")]
    assert browser.get(onward).headings == ["Không còn hồ sơ nào khác chờ ký"]
    assert browser.page.all("a", href=path)
    other = another_like(ward, dossier)
    browser.get(onward)
    assert browser.response.headers["Location"] == f"/can-bo/ho-so/{other.id}/ky"
    browser.get("/can-bo/ky?sau=../..")
    assert browser.response.status_code == 303, "what is no id is not asked about"


def test_a_paper_that_has_changed_is_shown_again_and_not_signed(browser: Browser, path: str, wards: FakeWards) -> None:
    text = "Bản giấy đã khác với bản vừa xem."
    browser.get(path)
    changed = Refusal(Kind.STALE, "paper-changed", text)
    for refusal, words in ((changed, text), (stale(), "vừa được thay đổi ở nơi khác")):
        wards.answers("SignDossier", refusal)
        browser.do(path, "signature", seen="6" * 64, **DECLARED)
        assert browser.response.status_code == 412
        assert words in browser.page.text
        assert browser.page.title.strip().startswith("Lỗi:")
        assert browser.page.hidden("seen") == SEEN
        (tick,) = browser.page.all("input", name="signature.no_conflict_of_interest")
        assert "checked" not in tick, "what was declared of one paper is not declared of another"


def test_what_was_typed_stays_where_the_dossier_no_longer_waits(
    browser: Browser, dossier: dossiers_v1.Dossier, path: str, wards: FakeWards
) -> None:
    browser.get(path)
    dossier.actions[:] = []
    wards.answers("ReturnDossier", stale())
    wards.answers("GetSigning", conflict("not-approved", "Công chức chưa trình."))
    browser.do(path, "return", reason="Xem lại tên mẹ")
    assert browser.response.status_code == 412
    check(browser)
    for words in ("Xem lại tên mẹ", "Công chức chưa trình.", "chưa gửi"):
        assert words in browser.page.text
    assert browser.page.all("textarea", name="return.reason"), "in the field where it was typed"
    assert not browser.page.all("button", formaction=f"{path}/return")


def test_a_missing_declaration_is_told_at_its_place(browser: Browser, path: str, wards: FakeWards) -> None:
    fault = FieldFault("no_conflict_of_interest", "Xin xác nhận.")
    wards.answers("SignDossier", invalid("conflict-of-interest", "Xin xác nhận.", fault))
    browser.get(path)
    browser.do(path, "signature", seen=SEEN)
    assert browser.response.status_code == 422
    assert browser.page.all("a", href="#signature-no_conflict_of_interest")


def test_giving_back_needs_its_reason_and_keeps_what_was_typed(browser: Browser, path: str, wards: FakeWards) -> None:
    wards.answers("ReturnDossier", invalid("missing-field", "Xin ghi.", FieldFault("reason", "Xin ghi rõ lý do.")))
    browser.get(path)
    browser.do(path, "return", reason="")
    assert browser.response.status_code == 422
    assert browser.page.all("a", href="#return-reason")
    assert "open" in browser.page.all("details", id="act-return")[0]


def test_what_cannot_be_registered_is_said_in_place_of_the_paper_and_can_be_given_back(
    browser: Browser, path: str, wards: FakeWards
) -> None:
    wards.answers("GetSigning", conflict("verification-open", "Còn chờ trả lời xác minh."))
    browser.get(path)
    assert "Còn chờ trả lời xác minh." in browser.page.text
    assert browser.page.all("img", **{"class": "app-photo app-preview"}) == []
    assert browser.page.all("button", formaction=f"{path}/signature") == []
    assert browser.page.all("button", formaction=f"{path}/return")


def test_what_does_not_wait_for_this_signer_leads_to_the_dossier(
    browser: Browser, dossier: dossiers_v1.Dossier, path: str
) -> None:
    dossier.actions[:] = ["return"]
    browser.get(path)
    assert browser.response.headers["Location"] == f"/can-bo/ho-so/{dossier.id}"
    assert "không chờ ký" in browser.follow().text


def test_the_dossiers_page_leads_to_the_paper_and_does_not_sign_without_it(
    browser: Browser, dossier: dossiers_v1.Dossier, path: str, wards: FakeWards
) -> None:
    desk = f"/can-bo/ho-so/{dossier.id}"
    browser.get(desk)
    assert browser.page.all("a", href=path)
    browser.do(desk, "signature", **DECLARED)
    assert browser.response.status_code == 404
    assert [each for each in wards.asked if each.rpc == "SignDossier"] == []


def test_signing_goes_on_where_the_next_dossier_cannot_be_found(browser: Browser, path: str, wards: FakeWards) -> None:
    wards.answers("FindNextDossier", Refusal(Kind.UNAVAILABLE, "ward-busy", "Bận."))
    browser.get(path)
    browser.do(path, "signature", seen=SEEN, **DECLARED)
    assert browser.response.headers["Location"] == "/can-bo/ky"
    browser.get(path)
    browser.do(path, "acceptance")
    assert browser.response.status_code == 404
