"""Each procedure from the filing to the result, over HTTP: marriage, death, marital status, copies, births."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.e2e import forms
from tests.e2e.api import SIGNED, Api, Staff
from tests.e2e.cases import file, find_entry, verify
from tests.e2e.drafts import WARD, refused
from tests.e2e.forms import BIRTH, COMBINED_BIRTH, CONFIRM, COPY_OUT, DIE, MARRY
from tests.e2e.payments import pay_online

COUPLE = ["/wife/full_name", "/husband/full_name"]


@pytest.fixture
def couple() -> dict[str, Any]:
    """The form of a marriage between two whom no register knows."""
    return forms.marriage()


@pytest.fixture
def married(url: str, citizen: Api, staff: Staff, couple: dict[str, Any]) -> dict[str, Any]:
    """The register entry of their marriage."""
    return file(url, citizen, staff, MARRY, couple).registered()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_marriage_is_filed_by_one_and_handed_over_to_both(
    url: str, citizen: Api, staff: Staff, couple: dict[str, Any]
) -> None:
    """TT 04/2020 Đ2, Đ3.5, Đ32: one files; both sign on the day of registration, and both are there."""
    case = file(url, citizen, staff, MARRY, couple)
    case.told("da nop")
    taken = case.accept()
    assert (taken["status"], taken["fees"]) == (2, [])  # Luật Hộ tịch 2014 Đ11: nothing is to be paid
    assert moment(taken["due_at"]) > moment(taken["accepted_at"])
    case.told("da tiep nhan")
    receipt = case.paper("receipt")
    assert "Đăng ký kết hôn" in receipt
    assert case.code in receipt

    case.compare()
    unasked = staff.officer.send("POST", f"{case.path}/approval", json={"wife_elsewhere": "only-here"})
    refused(unasked, 400, "missing-field", "/husband_elsewhere")
    assert case.approve()["status"] == 4
    refused(staff.chairman.send("POST", f"{case.path}/signature", json={}), 409, "register-not-signed")
    assert case.tracked()["status"] == 4
    signed = case.sign(register_signed=True)
    entry = signed["register_entry"]
    assert (signed["status"], entry["register"], entry["signer_title"]) == (9, "marriage", "Chủ tịch UBND phường")
    case.told("da xong")
    assert [each["text"] for each in case.at_desk()["findings"] if each["kind"] == "stops"] == []

    alone = {"recipient_name": forms.WIFE, "present": COUPLE[:1]}
    problem = refused(
        staff.reception.send("POST", f"{case.path}/handover", json=alone), 400, "not-complete", "/present"
    )
    assert "Nguyễn Văn Hùng" in problem["fields"][0]["text"]
    assert case.tracked()["status"] == 9
    assert case.hand_over(recipient_name=forms.WIFE, present=COUPLE)["status"] == 10
    assert case.tracked()["status"] == 10
    case.told("UBND phuong Nam Duong da tra ket qua")

    text = case.paper("certificate")
    number = f"{entry['number']:02d}/{entry['year']}"
    for words in ("GIẤY CHỨNG NHẬN KẾT HÔN", number, forms.WIFE.upper(), "NGUYỄN VĂN HÙNG", "08/03/1996"):
        assert words in text
    assert case.is_what_the_check_knows(entry["certificate_id"])
    checked = verify(url, entry["certificate_id"])
    assert (checked["status"], checked["paper"]) == ("valid", "Giấy chứng nhận kết hôn")
    assert "Lan" not in str(checked)
    assert case.actions() == ["submitted", "accepted", "approved", "signed", "handed-over"]


def test_a_death_is_registered_with_three_copies_and_ends_the_marriage(
    url: str, citizen: Api, staff: Staff, couple: dict[str, Any], married: dict[str, Any]
) -> None:
    """Within 15 days the registration is free (Luật Hộ tịch 2014 Đ11); copies are paid for."""
    assert verify(url, married["certificate_id"])["status"] == "valid"
    case = file(url, citizen, staff, DIE, forms.death_of_husband(couple))
    asked = case.accept()
    assert (asked["status"], asked["due_at"], asked["fees"][0]["total"]) == (6, None, 24_000)
    case.told("can nop phi")
    assert (case.tracked()["status"], case.tracked()["owed"]) == (6, 24_000)
    assert "24.000" in case.paper("payment-slip")
    refused(staff.officer.send("POST", f"{case.path}/approval", json={}), 409, "wrong-state")
    paid = case.pay_at_counter("BL 0042")
    assert (paid["status"], paid["fees"][0]["receipt"]) == (2, "BL 0042")
    assert moment(paid["due_at"]) > moment(paid["accepted_at"])
    case.told("da nhan phi")

    case.approve()
    signed = case.sign()
    entry = signed["register_entry"]
    assert (signed["status"], entry["register"]) == (9, "death")
    case.told("da xong")
    case.compare()
    unsigned = {"recipient_name": forms.WIFE}
    refused(
        staff.reception.send("POST", f"{case.path}/handover", json=unsigned), 400, "not-complete", "/register_signed"
    )
    assert case.hand_over(recipient_name=forms.WIFE, register_signed=True)["status"] == 10

    text = case.paper("certificate")
    for words in ("TRÍCH LỤC KHAI TỬ", f"{entry['number']}/TLKT", "NGUYỄN VĂN HÙNG", "20/11/1994"):
        assert words in text
    assert "Nhồi máu cơ tim" not in text  # the extract says nothing of the cause
    assert verify(url, entry["certificate_id"])["status"] == "valid"
    assert verify(url, married["certificate_id"])["status"] == "superseded"


def test_a_confirmation_of_marital_status_waits_for_the_commune_that_knows_and_is_sent(
    url: str, citizen: Api, staff: Staff
) -> None:
    """NĐ 123/2015 Đ22, Đ23: the clock stops while another commune is asked; the paper is valid for six months."""
    case = file(url, citizen, staff, CONFIRM, forms.marital_status())
    asked = case.accept()
    assert (asked["status"], asked["fees"][0]["total"]) == (6, 5_000)
    paid = case.pay_at_counter("BL 0043")
    assert (paid["status"], bool(paid["due_at"])) == (2, True)

    inquiry = {
        "kind": "inquiry",
        "recipient": "Ủy ban nhân dân phường Hòa Cường Bắc, quận Hải Châu, thành phố Đà Nẵng",
        "person": "Trần Thị Mỹ Duyên",
        "birth_date": "21/03/1994",
        "place": "Phường Hòa Cường Bắc",
        "from_day": "2014",
        "until_day": "2019",
        "question": "Trong thời gian thường trú tại phường đã đăng ký kết hôn với ai chưa.",
        "document_number": "57/UBND-TPHT",
    }
    waiting = staff.officer.post(f"{case.path}/verification-request", inquiry)
    assert (waiting["status"], waiting["due_at"]) == (4, None)
    tracked = case.tracked()
    assert tracked["paused_at"]
    # TT 04/2020 Đ4: 20 days, to a working day (BLDS 2015 Đ147–148).
    assert date.fromisoformat(tracked["verifying_until"]) == forms.working_day(date.fromisoformat(forms.ago(-20)))
    case.told("phai xac minh")
    letter = case.at_desk_paper("verification-request")
    assert "TRẦN THỊ MỸ DUYÊN" in letter.upper()
    refused(staff.officer.send("POST", f"{case.path}/approval", json={}), 409, "verification-open")

    answer = {
        "outcome": "replied",
        "finding": "agrees",
        "text": "Chưa đăng ký kết hôn với ai.",
        "document_number": "112/UBND",
        "document_date": forms.ago(0),
    }
    answered = staff.officer.post(f"{case.path}/verification-reply", answer)
    assert (answered["status"], answered["verifications"][0]["state"]) == (4, "replied")
    assert moment(answered["due_at"]) >= moment(paid["due_at"])
    case.told("viec xac minh da ket thuc")

    case.approve()
    signed = case.sign()
    entry = signed["register_entry"]
    sent = case.hand_over(recipient_name="Trần Thị Mỹ Duyên", delivery="electronic")
    assert sent["status"] == 10
    text = case.paper("certificate")
    for words in ("GIẤY XÁC NHẬN", f"{entry['number']}/UBND-XNTTHN", "TRẦN THỊ MỸ DUYÊN", "LÊ QUANG HUY"):
        assert words in text
    checked = verify(url, entry["certificate_id"])
    assert checked["status"] == "valid"
    assert 181 <= (date.fromisoformat(checked["valid_until"]) - date.fromisoformat(forms.ago(0))).days <= 184
    assert case.is_what_the_check_knows(entry["certificate_id"])


def test_a_copy_of_a_marriage_is_paid_online_and_says_what_was_noted_since(
    url: str, citizen: Api, staff: Staff, couple: dict[str, Any], married: dict[str, Any]
) -> None:
    """TT 04/2020 Đ23: a copy carries what was noted; TT 281/2016: 8.000 đồng each."""
    noted = {
        "kind": "divorce",
        "text": "Đã ly hôn theo Quyết định số 88/2026/QĐST-HNGĐ.",
        "basis": "Quyết định công nhận thuận tình ly hôn",
        "basis_number": "88/2026/QĐST-HNGĐ",
        "basis_agency": "Tòa án nhân dân quận Hải Châu, Thẩm phán Lê Văn Tư ký",
        "basis_date": forms.ago(0),
    }
    entry_path = f"/wards/{WARD}/registers/marriage/entries/{married['id']}"
    written = staff.officer.post(f"{entry_path}/notes", noted)["proposed_notes"][0]["id"]
    assert verify(url, married["certificate_id"])["status"] == "valid"
    staff.chairman.post(f"{entry_path}/notes/{written}/decision", {"confirmed": True, **SIGNED})
    assert verify(url, married["certificate_id"])["status"] == "superseded"

    number = f"{married['number']:02d}/{married['year']}"
    case = file(url, citizen, staff, COPY_OUT, forms.copy_of_marriage(couple, number))
    asked = case.accept()
    assert (asked["status"], asked["fees"][0]["total"]) == (6, 16_000)
    assert pay_online(citizen, case.path, url, 16_000)["callback"] == "200"
    paid = case.read()
    assert (paid["status"], paid["fees"][0]["method"]) == (2, "provider")
    case.told("da nhan phi")

    found = find_entry(staff, "marriage", "hung nguyen van hang thanh le", case.code, married["number"])
    assert found == married["id"]
    refused(staff.officer.send("POST", f"{case.path}/approval", json={}), 400, "invalid-field", "/source_entry_id")
    assert case.approve(source_entry_id=found)["status"] == 4
    entry = case.sign()["register_entry"]
    assert case.hand_over(recipient_name=forms.WIFE, delivery="electronic")["status"] == 10
    text = case.paper("certificate")
    for words in ("TRÍCH LỤC KẾT HÔN", f"{entry['number']}/TLKH-BS", number, noted["text"].removesuffix(".")):
        assert words in text
    assert verify(url, entry["certificate_id"])["status"] == "valid"


def test_a_late_birth_is_registered_for_a_fee(url: str, citizen: Api, staff: Staff) -> None:
    """After 60 days: flagged and paid for, never refused (Luật Hộ tịch 2014 Đ11, Đ15)."""
    case = file(url, citizen, staff, BIRTH, forms.late_birth())
    assert "late" in " ".join(finding["check"] for finding in case.at_desk()["findings"])
    asked = case.accept()
    assert (asked["status"], [line["item"] for line in asked["fees"][0]["lines"]]) == (
        6,
        ["birth-registration", "copy"],
    )
    case.pay_at_counter("BL 0044")
    case.approve(personal_identification_number="048226000123")
    entry = case.sign()["register_entry"]
    case.compare()
    assert case.hand_over(recipient_name="Nguyễn Thị Sáu", register_signed=True)["status"] == 10
    text = case.paper("certificate")
    for words in ("GIẤY KHAI SINH", "LÊ HOÀI AN", "048226000123"):
        assert words in text
    assert verify(url, entry["certificate_id"])["status"] == "valid"


def test_a_birth_and_its_recognition_by_the_father_go_the_same_way_by_data_alone(
    url: str, citizen: Api, staff: Staff
) -> None:
    """1.000689, a sixth procedure without any code of its own: both parents come."""
    case = file(url, citizen, staff, COMBINED_BIRTH, forms.combined_birth())
    entry = case.registered()
    case.compare()
    assert entry["register"] == "birth"
    parents = ["/mother/full_name", "/father/full_name"]
    came = {"recipient_name": "Nguyễn Văn Hùng", "register_signed": True}
    refused(
        staff.reception.send("POST", f"{case.path}/handover", json=came | {"present": parents[1:]}),
        400,
        "not-complete",
        "/present",
    )
    assert case.hand_over(**came, present=parents)["status"] == 10
    text = case.paper("certificate")
    for words in ("GIẤY KHAI SINH", "NGUYỄN TRẦN GIA PHÚC", "NGUYỄN VĂN HÙNG", forms.WIFE.upper()):
        assert words in text
    assert verify(url, entry["certificate_id"])["status"] == "valid"
