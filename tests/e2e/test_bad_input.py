"""Wrong requests of a client over HTTP: each gets its status and problem document, and saved data stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from tests.e2e.api import Api, Phone
from tests.e2e.birth import HOSPITAL_PAPER, PROCEDURE, photograph
from tests.e2e.drafts import WARD, Draft, begin, refused
from tests.services.dossiers_papers.making import pdf

NOT_YET = (date.today() + timedelta(days=2)).isoformat()  # for any time of this machine's clock

# --- what does not exist, what cannot be read


@pytest.mark.parametrize(
    ("method", "path", "status", "type"),
    [
        ("POST", "/wards/99999/dossiers", 404, "unknown-ward"),
        ("GET", "/wards/99999/dossiers/00000000-0000-0000-0000-000000000000", 404, "unknown-ward"),
        ("POST", f"/wards/{WARD}/nothing-here", 404, "not-found"),
        ("GET", "/procedures/9.999999", 404, "unknown-procedure"),
        ("GET", f"/wards/{WARD}/dossiers/00000000-0000-0000-0000-000000000000", 404, "unknown-dossier"),
        ("GET", f"/wards/{WARD}/dossiers/not-an-id", 404, "not-found"),
        ("PATCH", f"/wards/{WARD}/dossiers", 405, "method-not-allowed"),
        ("DELETE", "/sessions/everybody", 404, "not-found"),
    ],
)
def test_what_does_not_exist_is_not_found(citizen: Api, method: str, path: str, status: int, type: str) -> None:
    answer = citizen.send(method, path, json={"procedure": PROCEDURE} if method in ("POST", "PATCH") else None)
    refused(answer, status, type)
    assert (status == 405) == ("Allow" in answer.headers)


def test_an_unknown_procedure_starts_no_draft(citizen: Api) -> None:
    before = citizen.get("/me/dossiers")
    answer = citizen.send("POST", f"/wards/{WARD}/dossiers", json={"procedure": "9.999999"})
    refused(answer, 404, "unknown-procedure")
    assert citizen.get("/me/dossiers") == before


@pytest.mark.parametrize(
    ("text", "type", "fields"),
    [
        ('{"child": {"full_name": "Lê', "malformed-json", []),
        ("", "malformed-json", []),
        ('{"child": NaN}', "malformed-json", []),
        (b'{"child": "\xff"}', "malformed-json", []),
        ('{"child": {}, "child": {}}', "malformed-json", ["/child"]),
        ('{"child": {"full_name": "a\\u0000b"}}', "invalid-request", ["/child/full_name"]),
        ("[]", "invalid-request", [""]),
        ('"child"', "invalid-request", [""]),
        ('{"child": "Lê Minh Khôi"}', "invalid-form", ["/child"]),
        ('{"child": {"full_name": ["Lê"]}}', "invalid-form", ["/child/full_name"]),
        ('{"mother": {"birth_year": 1992.5}}', "invalid-form", ["/mother/birth_year"]),
        ('{"child": {"nickname": "Tí"}}', "invalid-form", ["/child/nickname"]),
        ('{"owner": {}}', "invalid-form", ["/owner"]),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(draft: Draft, text: str | bytes, type: str, fields: list[str]) -> None:
    headers = {"Content-Type": "application/json"}
    refused(draft.citizen.send("PUT", f"{draft.path}/form", content=text, headers=headers), 400, type, *fields)


def test_another_content_type_is_refused(draft: Draft) -> None:
    headers = {"Content-Type": "text/plain"}
    put = draft.citizen.send("PUT", f"{draft.path}/form", content="{}", headers=headers)
    refused(put, 415, "unsupported-media-type", "Content-Type")
    post = draft.citizen.send("POST", f"{draft.path}/documents", json={"kind": HOSPITAL_PAPER})
    refused(post, 415, "unsupported-media-type", "Content-Type")


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("{ward}/dossiers", {}, ["/procedure"]),
        ("{ward}/dossiers", {"procedure": 1.001193}, ["/procedure"]),
        ("{ward}/dossiers", {"procedure": PROCEDURE, "status": 10}, ["/status"]),
        ("{draft}/submission", {}, ["/confirmation", "/otp"]),
        ("{draft}/submission", {"confirmation": "x", "otp": 123456}, ["/otp"]),
        ("{draft}/withdrawal", {"reason": None}, ["/reason"]),
    ],
)
def test_missing_members_and_wrong_types_are_named(
    draft: Draft, path: str, body: dict[str, Any], fields: list[str]
) -> None:
    place = path.format(ward=f"/wards/{WARD}", draft=draft.path)
    refused(draft.citizen.send("POST", place, json=body), 400, "invalid-request", *fields)


# --- what is filled in wrongly is kept, told at once, and stops the filing


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"child": {"birth_date": NOT_YET}}, "/child/birth_date"),
        ({"requester": {"identity_issued_on": NOT_YET}}, "/requester/identity_issued_on"),
        ({"child": {"full_name": "Lê Minh Khôi 2"}}, "/child/full_name"),
        ({"child": {"full_name": None}}, "/child/full_name"),
        ({"child": {"sex": "boy"}}, "/child/sex"),
        ({"child": {"birth_date": "30-02-2020"}}, "/child/birth_date"),
        ({"mother": {"birth_year": "1992"}}, "/mother/birth_year"),
    ],
)
def test_a_wrong_answer_is_kept_and_stops_the_filing(own: Draft, wrong: dict[str, Any], field: str) -> None:
    saved = own.citizen.put(f"{own.path}/form", wrong)
    assert field in [finding["field"] for finding in saved["findings"] if finding["kind"] == "stops"]
    answer = own.citizen.send("POST", f"{own.path}/confirmations")
    told = [fault["field"] for fault in answer.json()["fields"]]
    assert field in told
    refused(answer, 400, "not-complete", *told)
    assert own.read()["form"] == saved["form"]


def test_a_dossier_without_its_paper_cannot_be_filed(citizen: Api) -> None:
    bare = begin(citizen, papers=False)
    answer = citizen.send("POST", f"{bare.path}/confirmations")
    refused(answer, 400, "not-complete", f"documents/{HOSPITAL_PAPER}")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"full_name": "Nguyễn Thị Sáu 6"}, "/full_name"),
        ({"date_of_birth": NOT_YET}, "/date_of_birth"),
        ({"identity_number": "04815509100"}, "/identity_number"),
        ({"phone": "12345"}, "/phone"),
        ({"password": "123456"}, "/password"),
    ],
)
def test_an_account_with_a_wrong_answer_is_not_opened(url: str, wrong: dict[str, str], field: str) -> None:
    person = {
        "full_name": "Nguyễn Thị Sáu",
        "date_of_birth": "1955-03-08",
        "identity_kind": "cccd",
        "identity_number": "048155999901",
        "phone": "0935999901",
        "password": "sông Hàn mùa nước lớn",
        "address": "Số 12 Lê Đình Dương",
    }
    phone = Phone(url, person["phone"])
    refused(Api(url).send("POST", f"/wards/{WARD}/accounts", json=person | wrong), 400, "invalid-account", field)
    assert phone.messages() == []


# --- files


def add_script(writer: PdfWriter) -> None:
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)


HARMFUL: dict[str, tuple[Callable[[], bytes], str]] = {
    "program.jpg": (lambda: b"MZ\x90\x00" + bytes(4000), "file-type-not-accepted"),
    "page.pdf": (lambda: b"<html><script>alert(1)</script></html>", "file-type-not-accepted"),
    "empty.jpg": (lambda: b"", "file-empty"),
    "broken-png.jpg": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "image-damaged"),
    "cut-off.jpg": (lambda: photograph()[:2000], "image-damaged"),
    "encrypted.pdf": (lambda: pdf(lambda writer: writer.encrypt("bi-mat")), "pdf-encrypted"),
    "scripted.pdf": (lambda: pdf(add_script), "pdf-scripted"),
    "cut-off.pdf": (lambda: pdf()[:-200], "pdf-damaged"),
    "no.pdf": (lambda: b"%PDF-1.7\nnothing of the kind", "pdf-damaged"),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_disguised_or_harmful_file_is_refused(draft: Draft, name: str) -> None:
    make, type = HARMFUL[name]
    refused(draft.citizen.upload(draft.path, HOSPITAL_PAPER, name, make()), 400, type)


@pytest.mark.parametrize(("size", "fields"), [(10 * 1024 * 1024 + 1, ["file"]), (20 * 1024 * 1024, [])])
def test_an_oversized_file_is_refused(draft: Draft, size: int, fields: list[str]) -> None:
    refused(draft.citizen.upload(draft.path, HOSPITAL_PAPER, "anh.jpg", bytes(size)), 413, "file-too-large", *fields)


def test_a_file_of_a_kind_that_was_not_asked_for_is_refused(draft: Draft) -> None:
    answer = draft.citizen.upload(draft.path, "passport-of-the-moon", "anh.jpg", photograph())
    refused(answer, 400, "unknown-document-kind", "kind")


def test_an_upload_without_its_parts_is_told_which(draft: Draft) -> None:
    answer = draft.citizen.send("POST", f"{draft.path}/documents", files={"other": ("anh.jpg", b"x")})
    refused(answer, 400, "invalid-request", "other", "kind", "file")
