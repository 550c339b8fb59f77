"""Forbidden callers, invalid codes and steps out of order are refused, and saved data stay."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.api import PASSWORD, Api, Phone, Staff, accepted, sign_in, staff_of
from tests.e2e.birth import HOSPITAL_PAPER, PROCEDURE, photograph, whole_form
from tests.e2e.drafts import APPLICANT, NEIGHBOUR, NEIGHBOUR_APPLICANT, NEIGHBOUR_SLUG, WARD, Draft, begin, refused

# --- one-time codes


def other_code(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_wrong_code_files_nothing_and_after_five_tries_none_does(own: Draft, url: str) -> None:
    body = own.confirm(Phone(url, APPLICANT))
    before = own.read()
    wrong = body | {"otp": other_code(body["otp"])}
    for left in ("Còn 4 lần", "Còn 3 lần", "Còn 2 lần", "Còn 1 lần", "hết lượt"):
        problem = refused(own.citizen.send("POST", f"{own.path}/submission", json=wrong), 400, "wrong-code", "/otp")
        assert left in problem["detail"]
    refused(own.citizen.send("POST", f"{own.path}/submission", json=body), 409, "too-many-tries")
    assert own.read() == before
    # Nothing is lost: a new code files the very same draft.
    assert own.file(url)["status"] == 1


@pytest.mark.parametrize("typed", ["12345", "abcdef", "1234567"])
def test_a_text_that_cannot_be_a_code_is_refused(own: Draft, url: str, typed: str) -> None:
    body = own.confirm(Phone(url, APPLICANT)) | {"otp": typed}
    refused(own.citizen.send("POST", f"{own.path}/submission", json=body), 400, "wrong-code", "/otp")
    assert own.read()["status"] == 0


def test_a_used_code_files_nothing_more(own: Draft, url: str) -> None:
    body = own.confirm(Phone(url, APPLICANT))
    submitted = own.citizen.post(f"{own.path}/submission", body)
    filed = own.read()
    refused(own.citizen.send("POST", f"{own.path}/submission", json=body), 409, "wrong-state")
    assert own.read() == filed
    assert filed["code"] == submitted["code"]
    another = begin(own.citizen, form=whole_form("Lê Gia Hân"))
    refused(own.citizen.send("POST", f"{another.path}/submission", json=body), 404, "unknown-confirmation")
    fresh = own.citizen.post(f"{another.path}/confirmations")
    reused = {"confirmation": fresh["confirmation"], "otp": body["otp"]}
    refused(own.citizen.send("POST", f"{another.path}/submission", json=reused), 400, "wrong-code", "/otp")
    assert another.read()["status"] == 0


@pytest.mark.parametrize("change", ["form", "document"])
def test_a_draft_that_was_changed_after_its_code_was_sent_is_not_filed(own: Draft, url: str, change: str) -> None:
    body = own.confirm(Phone(url, APPLICANT))
    if change == "form":
        own.citizen.put(f"{own.path}/form", {"child": {"full_name": "Lê Minh Khoa"}})
    else:
        accepted(own.citizen.upload(own.path, HOSPITAL_PAPER, "trang-2.jpg", photograph(90)))
    before = own.read()
    refused(own.citizen.send("POST", f"{own.path}/submission", json=body), 409, "draft-changed")
    assert own.read() == before
    assert own.file(url)["status"] == 1


def test_a_wrong_activation_code_opens_no_account(url: str) -> None:
    number = uuid4().int % 1_000_000
    person = {
        "full_name": "Nguyễn Thị Tám",
        "date_of_birth": "1958-02-01",
        "identity_kind": "cccd",
        "identity_number": f"048158{number:06d}",
        "phone": f"0936{number:06d}",
        "password": "sông Hàn mùa nước lớn",
        "address": "Số 14 Lê Đình Dương",
    }
    phone = Phone(url, person["phone"])
    opened = Api(url).post(f"/wards/{WARD}/accounts", person)
    code = phone.next_code()
    place = f"/wards/{WARD}/accounts/{opened['id']}/activation"
    refused(Api(url).send("POST", place, json={"otp": other_code(code)}), 400, "wrong-code", "/otp")
    session = {"login": person["identity_number"], "password": person["password"]}
    refused(Api(url).send("POST", "/sessions", json=session), 409, "account-pending")
    # Nobody has proved yet that the phone is theirs: by it, it would tell whether the phone has another account.
    refused(Api(url).send("POST", "/sessions", json=session | {"login": person["phone"]}), 401, "wrong-login")
    assert Api(url).post(place, {"otp": code})["status"] == "active"


# --- who may not


def test_someone_elses_dossier_is_not_to_be_found(draft: Draft, url: str) -> None:
    stranger = sign_in(url, "0905209101")
    refused(stranger.send("GET", draft.path), 404, "unknown-dossier")
    refused(stranger.send("PUT", f"{draft.path}/form", json={"child": {"full_name": "X"}}), 404, "unknown-dossier")
    refused(stranger.upload(draft.path, HOSPITAL_PAPER, "anh.jpg", photograph()), 404, "unknown-dossier")
    refused(stranger.send("POST", f"{draft.path}/confirmations"), 404, "unknown-dossier")
    refused(stranger.send("POST", f"{draft.path}/withdrawal", json={}), 404, "unknown-dossier")


CITIZEN_PATHS = [
    ("POST", f"/wards/{WARD}/dossiers", {"procedure": PROCEDURE}),
    ("GET", "{draft}", None),
    ("GET", "{draft}/history", None),
    ("PUT", "{draft}/form", {"child": {"full_name": "Lê Minh Khoa"}}),
    ("POST", "{draft}/confirmations", {}),
    ("POST", "{draft}/submission", {"confirmation": "x", "otp": "123456"}),
    ("POST", "{draft}/withdrawal", {}),
]


def _send(api: Api, method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
    return api.send(method, path, json=body) if body is not None else api.send(method, path)


@pytest.mark.parametrize(("method", "path", "body"), CITIZEN_PATHS)
def test_a_volunteer_opens_no_dossier_and_no_form(
    draft: Draft, staff: Staff, method: str, path: str, body: dict[str, Any] | None
) -> None:
    refused(_send(staff.volunteer, method, path.format(draft=draft.path), body), 403, "not-allowed")


def test_a_volunteer_sees_no_desk_and_uploads_nothing(draft: Draft, staff: Staff) -> None:
    refused(staff.volunteer.send("GET", f"/wards/{WARD}/desk"), 403, "not-allowed")
    refused(staff.volunteer.upload(draft.path, HOSPITAL_PAPER, "anh.jpg", photograph()), 403, "not-allowed")


@pytest.mark.parametrize(("method", "path", "body"), CITIZEN_PATHS)
@pytest.mark.parametrize("token", ["", "not-a-token", "aaaa.bbbb.cccc"])
def test_without_a_token_that_counts_nothing_is_done(
    draft: Draft, url: str, token: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = _send(Api(url, token), method, path.format(draft=draft.path), body)
    refused(answer, 401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_with_another_role_written_into_it_does_not_count(draft: Draft, staff: Staff, url: str) -> None:
    citizen, office = draft.citizen.token.split("."), staff.officer.token.split(".")
    forged = ".".join([citizen[0], office[1], citizen[2]])
    refused(Api(url, forged).send("GET", f"/wards/{WARD}/desk"), 401, "not-signed-in")


OFFICE_PATHS = [
    ("GET", f"/wards/{WARD}/desk", None),
    ("POST", "{draft}/acceptance", {}),
    ("POST", "{draft}/approval", {}),
    ("POST", "{draft}/signature", {}),
    ("POST", "{draft}/stop-proposal", {"reason": "Không đủ giấy tờ.", "article": "Luật Hộ tịch 2014, Điều 16"}),
    ("POST", "{draft}/stop", {"reason": "Không đủ giấy tờ.", "article": "Luật Hộ tịch 2014, Điều 16"}),
]


@pytest.mark.parametrize(("method", "path", "body"), OFFICE_PATHS)
def test_a_citizen_does_no_work_of_the_office(
    draft: Draft, method: str, path: str, body: dict[str, Any] | None
) -> None:
    refused(_send(draft.citizen, method, path.format(draft=draft.path), body), 403, "not-allowed")


def test_the_office_of_another_ward_sees_and_does_nothing(own: Draft, url: str) -> None:
    own.file(url)
    filed = own.read()
    there = staff_of(url, NEIGHBOUR, NEIGHBOUR_SLUG)
    for person in (there.reception, there.officer, there.chairman):
        refused(person.send("GET", f"/wards/{WARD}/desk"), 403, "not-allowed")
        refused(person.send("GET", own.path), 403, "not-allowed")
    refused(there.reception.send("POST", f"{own.path}/acceptance"), 403, "not-allowed")
    refused(there.officer.send("POST", f"{own.path}/approval", json={}), 403, "not-allowed")
    refused(there.chairman.send("POST", f"{own.path}/signature"), 403, "not-allowed")
    elsewhere = own.path.replace(WARD, NEIGHBOUR)
    refused(there.reception.send("POST", f"{elsewhere}/acceptance"), 404, "unknown-dossier")
    assert own.read() == filed


def test_an_office_does_not_see_drafts(draft: Draft, staff: Staff) -> None:
    refused(staff.reception.send("GET", draft.path), 404, "unknown-dossier")
    refused(staff.reception.send("POST", f"{draft.path}/acceptance"), 404, "unknown-dossier")


def test_a_receptionist_neither_approves_nor_signs(own: Draft, staff: Staff, url: str) -> None:
    own.file(url)
    staff.reception.post(f"{own.path}/acceptance")
    refused(staff.reception.send("POST", f"{own.path}/approval", json={}), 403, "not-allowed")
    refused(staff.officer.send("POST", f"{own.path}/signature"), 403, "not-allowed")
    assert own.read()["status"] == 2


# --- order and repetition


def test_a_state_cannot_be_skipped(own: Draft, staff: Staff, url: str) -> None:
    own.file(url)
    filed = own.read()
    handover = {"recipient_name": "Nguyễn Thị Sáu", "register_signed": True}
    refused(staff.officer.send("POST", f"{own.path}/approval", json={}), 409, "wrong-state")
    refused(staff.chairman.send("POST", f"{own.path}/signature"), 409, "wrong-state")
    refused(staff.reception.send("POST", f"{own.path}/handover", json=handover), 409, "wrong-state")
    refused(own.citizen.send("POST", f"{own.path}/supplement", json={"form": {}}), 409, "wrong-state")
    refused(own.citizen.send("PUT", f"{own.path}/form", json={"child": {"full_name": "X"}}), 409, "wrong-state")
    assert own.read() == filed
    staff.reception.post(f"{own.path}/acceptance")
    refused(staff.chairman.send("POST", f"{own.path}/signature"), 409, "wrong-state")
    refused(staff.reception.send("POST", f"{own.path}/acceptance"), 409, "wrong-state")
    assert own.read()["status"] == 2


def test_a_stale_version_overwrites_nothing(own: Draft, staff: Staff, url: str) -> None:
    first = own.citizen.send("GET", own.path).headers["ETag"]
    newer = own.citizen.send(
        "PUT", f"{own.path}/form", json={"child": {"full_name": "Lê Minh Khoa"}}, headers={"If-Match": first}
    )
    assert accepted(newer).headers["ETag"] != first
    before = own.read()
    late = own.citizen.send(
        "PUT", f"{own.path}/form", json={"child": {"full_name": "Lê Minh Kha"}}, headers={"If-Match": first}
    )
    refused(late, 412, "stale-version")
    assert own.read() == before
    own.file(url)
    refused(staff.reception.send("POST", f"{own.path}/acceptance", headers={"If-Match": first}), 412, "stale-version")
    blind = staff.reception.send("POST", f"{own.path}/acceptance", headers={"If-Match": ""})
    refused(blind, 428, "precondition-required", "If-Match")
    assert own.read()["status"] == 1


def test_an_if_match_that_is_no_version_is_refused(draft: Draft) -> None:
    answer = draft.citizen.send("PUT", f"{draft.path}/form", json={}, headers={"If-Match": "yesterday"})
    refused(answer, 400, "malformed-if-match", "If-Match")


def test_a_repeated_idempotency_key_gets_the_first_answer_and_another_body_is_refused(citizen: Api) -> None:
    key = uuid4().hex
    path = f"/wards/{WARD}/dossiers"
    first = citizen.post(path, {"procedure": PROCEDURE}, key=key)
    assert citizen.post(path, {"procedure": PROCEDURE}, key=key) == first
    draft = Draft(citizen, f"{path}/{first['id']}")
    before = draft.read()

    key = uuid4().hex
    headers = {"Idempotency-Key": key}
    uploads = [
        citizen.send(
            "POST",
            f"{draft.path}/documents",
            data={"kind": HOSPITAL_PAPER},
            files={"file": ("anh.jpg", content)},
            headers=headers,
        )
        for content in (photograph(1), photograph(2))
    ]
    accepted(uploads[0])
    refused(uploads[1], 409, "idempotency-key-reused", "Idempotency-Key")
    assert [document["id"] for document in draft.read()["documents"]] == [uploads[0].json()["id"]]
    assert draft.read()["form"] == before["form"]


@pytest.mark.parametrize("key", ["x" * 201, "với dấu", "two words"])
def test_an_idempotency_key_that_cannot_be_kept_is_refused(draft: Draft, key: str) -> None:
    answer = draft.citizen.send("POST", f"{draft.path}/confirmations", headers={"Idempotency-Key": key.encode()})
    refused(answer, 400, "malformed-idempotency-key", "Idempotency-Key")


def test_a_key_of_one_person_says_nothing_to_another(citizen: Api, url: str) -> None:
    key, path = uuid4().hex, f"/wards/{WARD}/dossiers"
    own = citizen.post(path, {"procedure": PROCEDURE}, key=key)
    theirs = sign_in(url, NEIGHBOUR_APPLICANT).post(path, {"procedure": PROCEDURE}, key=key)
    assert theirs["id"] != own["id"]


def test_after_a_sign_out_a_copied_token_opens_nothing_at_home_and_elsewhere_in_no_worker(url: str) -> None:
    """It has ten minutes left, and all workers have just learned that its session is still open."""
    with httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
        signed_in = client.post("/sessions", json={"login": "0905209202", "password": PASSWORD}).json()
        copied = {"Authorization": f"Bearer {signed_in['access_token']}"}
        asked = ("/me", "/me/dossiers", "/wards/20242/dossiers/0191f7a2-6a3e-7c51-9d0f-3b2c1a0e9f88")
        assert [client.get(path, headers=copied).status_code for path in asked] == [200, 200, 404]
        # Connections of their own, each of which either worker may take.
        assert {httpx.get(f"{url}/api/v1/me", headers=copied).status_code for _ in range(12)} == {200}
        ended = client.post("/sessions/end", json={"refresh_token": signed_in["refresh_token"]})
        assert ended.status_code == 204
        assert {httpx.get(f"{url}/api/v1/me", headers=copied).status_code for _ in range(12)} == {401}
        assert {client.get(path, headers=copied).status_code for path in asked} == {401}
