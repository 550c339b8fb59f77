"""The desk's view of a dossier: its answers, papers and verifications."""

from __future__ import annotations

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from gateway.acts import AT_THE_DESK
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.desk.conftest import Offer
from tests.unit.gateway_pages.dossiers import a_filed_dossier
from tests.unit.gateway_pages.ward import Ward, at


def test_a_remark_stands_beside_the_answer_that_it_is_about(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    text = "Năm sinh của mẹ không khớp với sổ."
    warns = dossiers_v1.FINDING_KIND_WARNS
    dossier.findings.add(field="/mother/birth_year", check="parent-ages", kind=warns, text=text)
    said = browser.get(path).text
    beside = said.index("Năm sinh của mẹ", said.index("Tờ khai"))
    assert said.index(text, beside) - beside < 60


def test_a_file_that_answers_the_request_is_marked(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    assert "Mới bổ sung" not in browser.get(path).text
    for document in dossier.documents:
        document.added_at.seconds = 2_000_000_000
    dossier.supplement_request.requested_at.seconds = 1_999_999_999
    dossier.supplement_request.answered_at.seconds = 2_000_000_001
    assert "Mới bổ sung" in browser.get(path).text


def test_a_verification_is_sent_as_it_was_written(browser: Browser, path: str, offer: Offer, wards: FakeWards) -> None:
    offer("verification-request")
    typed = {"kind": "inquiry", "recipient": "UBND xã Điện Phong", "person": "Trần Thị Lan", "question": "Hôn nhân"}
    browser.do(path, "verification-request", **typed)
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "RequestVerification"]
    assert {name: getattr(asked, name) for name in typed} == typed


def test_the_officer_names_the_verification_that_was_answered(
    browser: Browser, path: str, offer: Offer, ward: Ward, wards: FakeWards
) -> None:
    (dossier,) = ward.dossiers.values()
    for id, office in (("v1", "UBND xã Điện Phong"), ("v2", "UBND xã Hòa Tiến")):
        dossier.verifications.add(id=id, kind="inquiry", state="sent", recipient=office, outcomes=["replied"])
    offer("verification-reply")
    assert {radio["value"] for radio in browser.page.all("input", name="verification-reply.verification_id")} == {
        "v1",
        "v2",
    }
    browser.do(
        path,
        "verification-reply",
        verification_id="v2",
        outcome="replied",
        finding="contradicts",
        text="Độc thân",
        document_date="8/10/2020",
    )
    (asked,) = [asked.request for asked in wards.asked if asked.rpc == "RecordVerificationReply"]
    assert (asked.verification_id, asked.outcome, asked.document_date) == ("v2", "replied", "2020-10-08")
    assert asked.finding == "contradicts"


@pytest.mark.parametrize("act", ["verification-request", "verification-reply"])
def test_the_officer_ticks_the_answers_that_a_reply_contradicts(
    browser: Browser, path: str, offer: Offer, wards: FakeWards, act: str
) -> None:
    offer(act)
    browser.get(path)
    ticks = {tick["value"]: tick["id"] for tick in browser.page.all("input", name=f"{act}.pick")}
    assert "/child/full_name" in ticks
    assert "/declaration/truthful" not in ticks, "nobody declares it as a fact"
    assert "/requester/phone" not in ticks, "an open question has no answer"
    shown = " ".join(browser.page.text.split())
    assert "Họ, chữ đệm, tên của trẻ Đã khai: Nguyễn Minh An" in shown
    browser.do(path, act, kind="in-hand", outcome="replied", finding="contradicts", pick=["/child/full_name"])
    (asked,) = [each.request for each in wards.asked if hasattr(each.request, "contradicted")]
    assert (asked.finding, list(asked.contradicted)) == ("contradicts", ["/child/full_name"])


def test_the_desk_names_the_answers_that_a_reply_contradicts(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.verifications.add(id="v1", state="replied", answer="Tên khác", contradicted=["/child/full_name", "/gone"])
    browser.get(path)
    assert "Trái với: Trẻ – Họ, chữ đệm, tên của trẻ; /gone" in " ".join(browser.page.text.split())


@pytest.mark.parametrize(
    ("status", "paper", "register", "said"),
    [
        (10, "revoked", "birth", "phải gửi văn bản thu hồi. (Luật Hộ tịch 2014 Đ12.2)"),
        (9, "superseded", "birth", "giấy ghi như ngày ký; trả kèm bản sao trích lục mới nếu người dân cần."),
        (9, "superseded", "marital-status", "đã thay đổi hoặc đã cấp giấy khác. (NĐ 123/2015 Đ23)"),
        (9, "revoked", "birth", ""),
        (9, "valid", "birth", ""),
        (9, "", "birth", ""),
    ],
)
def test_the_desk_reads_that_the_paper_is_no_longer_as_it_was_signed(
    browser: Browser, path: str, ward: Ward, status: int, paper: str, register: str, said: str
) -> None:
    """Luật Hộ tịch 2014 Đ12.2; what is annulled before the hand-over is among the findings."""
    (dossier,) = ward.dossiers.values()
    dossier.status, dossier.result_paper_status, dossier.register = status, paper, register
    page = browser.get(path)
    assert bool(page.all("div", id="giay-da-doi")) is bool(said)
    assert said in " ".join(page.text.split())


def test_the_desk_shows_what_is_verified_what_was_promised_and_how_it_stands(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    dossier.verdict = "late"
    dossier.extension.due_before.CopyFrom(at(17, 30))
    dossier.extension.due_after.CopyFrom(at(18))
    dossier.extension.late = True
    dossier.extension.reason = "Máy hỏng"
    dossier.verifications.add(
        id="v1",
        state="replied",
        state_text="đã có văn bản trả lời",
        recipient="UBND xã Điện Phong",
        answer="Độc thân",
        letter_number="12/CV-UBND",
    )
    browser.get(path)
    for part in ("Trễ hạn", "hẹn khi đã quá hạn", "Máy hỏng", "UBND xã Điện Phong", "số 12/CV-UBND", "Độc thân"):
        assert part in browser.page.text, part


def test_a_paper_stands_beside_the_form_and_another_is_chosen_without_leaving_the_page(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    del dossier.documents[:]
    for id in ("mot", "hai"):
        dossier.documents.add(id=id, kind="birth-certificate-of-hospital", filename=f"{id}.jpg")
    browser.get(path)
    (frame,) = browser.page.all("iframe")
    assert frame["src"].endswith("/tep/mot/khung")
    assert "open" not in browser.page.all("details", id="giay-to")[0], "nobody has looked at it yet"
    assert frame["loading"] == "lazy"
    choices = browser.page.all("a", target=frame["name"])
    assert [one["href"].split("/")[-2] for one in choices] == ["mot", "hai"]
    browser.get(f"{path}?tep=hai")
    assert browser.page.all("iframe")[0]["src"].endswith("/tep/hai/khung")
    assert "open" in browser.page.all("details", id="giay-to")[0]


def test_a_picture_is_as_wide_as_its_frame_and_may_be_framed_by_our_pages_alone(
    browser: Browser, path: str, ward: Ward
) -> None:
    (dossier,) = ward.dossiers.values()
    del dossier.documents[:]
    for id, media_type in (("anh", "image/jpeg"), ("pdf", "application/pdf")):
        dossier.documents.add(id=id, kind="birth-certificate-of-hospital", filename=id, media_type=media_type)
    where = f"/ho-so/nam-duong/{dossier.id}/tep"
    browser.get(f"{where}/anh/khung")
    assert browser.page.all("img", src=f"{where}/anh")
    assert "frame-ancestors 'self'" in browser.response.headers["Content-Security-Policy"]
    assert browser.response.headers["X-Frame-Options"] == "SAMEORIGIN"
    browser.get(f"{where}/pdf/khung")
    assert browser.response.headers["Location"] == f"{where}/pdf"
    browser.get(f"{where}/nichts/khung")
    assert browser.response.status_code == 404


def test_a_dossier_without_papers_has_no_frame_for_them(browser: Browser, path: str, ward: Ward) -> None:
    (dossier,) = ward.dossiers.values()
    del dossier.documents[:]
    browser.get(path)
    assert browser.page.all("iframe") == []
    assert "Không có tệp nào." in browser.page.text


@pytest.mark.parametrize("login", ["motcua.nam-duong", "chutich.nam-duong"])
def test_the_office_is_not_addressed_as_applicants_are(browser: Browser, ward: Ward, login: str) -> None:
    a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    entry = ward.entry("birth", {})
    browser.signed_in(login)
    desk = f"/can-bo/ho-so/{dossier.id}"
    for act in ("", *(act.name for act in AT_THE_DESK)):
        dossier.actions[:] = [act] if act else []
        assert "ông/bà" not in browser.get(desk).text.lower(), act
        if browser.page.all("form", action=f"{desk}/{act}"):
            refused = browser.post(f"{desk}/{act}", key="k", version=browser.page.hidden("version"))
            assert "ông/bà" not in refused.text.lower(), act
    for path in ("/can-bo", "/can-bo/nhan-ho-so", "/can-bo/so-ho-tich", f"/can-bo/so-ho-tich/muc/{entry.id}"):
        assert "ông/bà" not in browser.get(path).text.lower(), path
