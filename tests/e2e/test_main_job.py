"""From the first page to the certificate, over HTTP, by a client that knows only docs/api.md and the OpenAPI
document.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.stack import Stack
from deploy.local.waiting import wait_until
from tests.e2e.api import SIGNED, Api, Phone, Staff, accepted, compare_all, sign, sign_in, staff_of
from tests.e2e.birth import HOSPITAL_PAPER, PROCEDURE, photograph, saves, whole_form
from tests.e2e.cases import text_of
from tests.e2e.drafts import WARD
from tests.e2e.people import file_birth, new_person, open_account
from tests.topics import Told, reading


def track(url: str, submitted: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = Api(url).post("/tracking", {"code": submitted["code"], "key": submitted["tracking_key"]})
    return answer


def test_a_birth_is_registered_from_the_first_page_to_the_certificate(stack: Stack, url: str, staff: Staff) -> None:
    person = new_person()
    citizen = open_account(url, person)
    phone, mailbox = Phone(url, person["phone"]), Phone(url, person["email"])

    # The grandmother fills the form over several sittings; what is unfinished is kept.
    draft = citizen.post(f"/wards/{WARD}/dossiers", {"procedure": PROCEDURE})
    path = f"/wards/{WARD}/dossiers/{draft['id']}"
    for part in saves("Lê Minh Khôi"):
        saved = citizen.put(f"{path}/form", part)
    missing = [finding["field"] for finding in saved["findings"] if finding["kind"] == "stops"]
    assert missing == [f"documents/{HOSPITAL_PAPER}"]

    document = accepted(citizen.upload(path, HOSPITAL_PAPER, "giấy chứng sinh.jpg", photograph())).json()
    stored = citizen.send("GET", f"{path}/documents/{document['id']}").content
    assert hashlib.sha256(stored).hexdigest() == document["sha256"]
    assert b"Phone" not in stored  # re-encoded without what the phone wrote into it

    confirmation = citizen.post(f"{path}/confirmations")
    submitted = citizen.post(
        f"{path}/submission", {"confirmation": confirmation["confirmation"], "otp": phone.next_code()}
    )
    assert submitted["status"] == 1
    assert submitted["code"].startswith("009.01.01.H17-")
    phone.wait_for(submitted["code"])

    # The desk sees it with its due day and hour, and accepts it.
    row = next(item for item in staff.reception.get(f"/wards/{WARD}/desk")["dossiers"] if item["id"] == draft["id"])
    assert datetime.fromisoformat(row["due_at"]).utcoffset() is not None
    assert (row["subject_name"], row["overdue"]) == ("Lê Minh Khôi", False)
    accepted_dossier = staff.reception.post(f"{path}/acceptance")
    assert (accepted_dossier["status"], bool(accepted_dossier["due_at"])) == (2, True)
    assert track(url, submitted)["status"] == 2
    due = datetime.fromisoformat(accepted_dossier["due_at"])
    for told in (phone.wait_for("da tiep nhan"), mailbox.wait_for("đã được tiếp nhận")):
        assert submitted["code"] in told["text"]
        assert due.strftime("%d/%m/%Y") in told["text"]

    # One supplement, with the field named; the clock stops until it comes.
    item = {"field": "/mother/full_name", "text": "Tên mẹ chưa khớp giấy chứng sinh; xin ghi lại."}
    asked = staff.officer.post(f"{path}/supplement-request", {"items": [item], "reason": "Tên mẹ chưa khớp."})
    assert (asked["status"], asked["due_at"]) == (5, None)
    tracked = track(url, submitted)
    assert (tracked["status"], len(tracked["asked_for"])) == (5, 1)
    assert tracked["paused_at"]
    phone.wait_for("bo sung")
    supplemented = citizen.post(f"{path}/supplement", {"form": {"mother": {"full_name": "Phạm Thị Thúy Hạnh"}}})
    assert supplemented["status"] == 4
    assert datetime.fromisoformat(supplemented["due_at"]) >= due

    # The officer prepares the entry, the chairman signs, number and certificate come into being.
    approved = staff.officer.post(f"{path}/approval", {"personal_identification_number": "048220000123"})
    assert (approved["status"], approved["proposed_entry"]["personal_identification_number"]) == (4, "048220000123")
    signing = staff.chairman.get(f"{path}/signing")
    differing = {line["title"]: line["difference"] for line in signing["lines"] if line["difference"]}
    assert differing["Số định danh cá nhân"] == "office"
    preview = accepted(staff.chairman.send("GET", f"{path}/paper-preview", params={"seen": signing["seen"]}))
    assert [words for words in ("CHƯA KÝ", "048220000123") if words not in text_of(preview.content)] == []
    refused = staff.chairman.send(
        "POST", f"{path}/signature", json=SIGNED | {"seen": "0" * 64}, headers={"Idempotency-Key": uuid4().hex}
    )
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (412, "paper-changed")
    signed = staff.chairman.post(f"{path}/signature", SIGNED | {"seen": signing["seen"]})
    entry = signed["register_entry"]
    assert (signed["status"], entry["signer_title"]) == (9, "Chủ tịch UBND phường")
    assert entry["book"].endswith("-KS")
    phone.wait_for("da xong")

    # The parent comes to the office, signs the register, and takes the certificate home.
    handover = {"recipient_name": "Nguyễn Thị Sáu", "register_signed": True}
    compare_all(staff.reception, path)
    assert staff.reception.post(f"{path}/handover", handover)["status"] == 10
    assert track(url, submitted)["status"] == 10

    paper = citizen.send("GET", f"{path}/papers/certificate")
    assert paper.headers["Content-Type"] == "application/pdf"
    text = text_of(paper.content)
    for words in ("LÊ MINH KHÔI", f"{entry['number']}/{entry['year']}", "048220000123", "PHẠM THỊ THÚY HẠNH"):
        assert words in text
    genuine = Api(url).get(f"/verify/{entry['certificate_id']}")
    assert (genuine["status"], genuine["sha256"]) == ("valid", hashlib.sha256(paper.content).hexdigest())

    # The history has every step, and the citizen's own record has every look of the office.
    actions = [step["action"] for step in citizen.get(f"{path}/history")["entries"]]
    assert actions == [
        "submitted",
        "accepted",
        "supplement-requested",
        "supplemented",
        "approved",
        "signed",
        "handed-over",
    ]
    told_by_events = told_of(stack, WARD, draft["id"], len(actions))
    assert told_by_events == [f"vn.caunoi.dossiers.dossier.{action}.v1" for action in actions]
    looked = {look["role"] for look in citizen.get("/me/access-log")["entries"]}
    assert {"receptionist", "civil_status_officer", "signer"} <= looked


@pytest.mark.parametrize("place", range(13))
def test_each_of_the_thirteen_wards_registers_a_birth_and_tells_of_each_step_in_its_topic(
    stack: Stack, url: str, place: int
) -> None:
    ward = Api(url).get("/wards")["wards"][place]
    citizen = sign_in(url, f"09052{place + 1:02d}101")
    assert citizen.get("/me")["ward"] == ward["code"]
    phone = Phone(url, f"09052{place + 1:02d}101")
    submitted = file_birth(citizen, phone, ward["code"], "Trần Hải Đăng")
    path = submitted["path"]
    staff = staff_of(url, ward["code"], ward["slug"])
    assert staff.reception.post(f"{path}/acceptance")["status"] == 2
    assert staff.officer.post(f"{path}/approval", {})["status"] == 4
    entry = sign(staff.chairman, path)["register_entry"]
    compare_all(staff.reception, path)
    handover = {"recipient_name": "Trần Thị Bông", "register_signed": True}
    assert staff.reception.post(f"{path}/handover", handover)["status"] == 10
    phone.wait_for(submitted["code"])
    assert Api(url).get(f"/verify/{entry['certificate_id']}")["status"] == "valid"
    assert f"{entry['number']}/{entry['year']}" in text_of(citizen.send("GET", f"{path}/papers/certificate").content)
    steps = ("submitted", "accepted", "approved", "signed", "handed-over")
    told = told_of(stack, ward["code"], path.rsplit("/", 1)[-1], len(steps))
    assert told == [f"vn.caunoi.dossiers.dossier.{step}.v1" for step in steps]


def told_of(stack: Stack, ward: str, dossier: str, expected: int) -> list[str]:
    """Types of a dossier's events in the ward's topic, as they first came; waits until the expected number is there."""
    with reading(stack.urls["kafka"], f"caunoi.{ward}.dossiers.v1") as read:
        found: dict[str, Told] = {}

        def all_came() -> bool:
            found.update({event.id: event for key, event in read() if key == dossier})
            return len(found) >= expected

        wait_until(all_came, 30)
        return [event.type for event in found.values()]


def test_a_repeated_submission_gets_the_first_answer(url: str) -> None:
    citizen, phone = sign_in(url, "0905209202"), Phone(url, "0905209202")
    draft = citizen.post(f"/wards/{WARD}/dossiers", {"procedure": PROCEDURE})
    path = f"/wards/{WARD}/dossiers/{draft['id']}"
    citizen.put(f"{path}/form", whole_form("Lê Gia Bảo"))
    accepted(citizen.upload(path, HOSPITAL_PAPER, "gcs.jpg", photograph()))
    confirmation = citizen.post(f"{path}/confirmations")
    body = {"confirmation": confirmation["confirmation"], "otp": phone.next_code()}
    key = uuid4().hex
    first = citizen.post(f"{path}/submission", body, key=key)
    again = citizen.post(f"{path}/submission", body, key=key)
    assert (again["code"], again["tracking_key"]) == (first["code"], first["tracking_key"])
