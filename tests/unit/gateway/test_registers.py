"""The registers in the API: what is asked of the services, and what is made of their answers."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2
from flask.testing import FlaskClient

from services.chassis.refusal import conflict
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer, editing
from tests.unit.gateway.dossiers import ENTRIES, ENTRY, a_dossier, an_entry, at
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_requests import DOSSIER, DOSSIERS, fields, problem

WARD = f"/api/v1/wards/{NAM_DUONG}"
SEARCHES = f"{WARD}/registers/marriage/searches"
BOOK = f"{WARD}/books/birth/2020"


def a_book(**changes: Any) -> dossiers_pb2.Book:
    closed = dossiers_pb2.ClosedVolume(volume=1, label="01-TP/HT-2020-KS", first_number=1, last_number=200)
    values: dict[str, Any] = {"register": "birth", "year": 2020, "last_number": 211, "closed_volumes": [closed]}
    return dossiers_pb2.Book(**(values | changes))


def test_a_search_is_posted_with_its_reason_and_all_that_narrows_it(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("SearchRegister", dossiers_pb2.SearchRegisterResponse(entries=[an_entry()], next_cursor="n"))
    body = {"q": "tran mai", "year": 2020, "number": 7, "from_day": "2020-01-01", "to_day": "2020-10-06"}
    answer = client.post(SEARCHES, json=body | {"reason": "hồ sơ 0001", "cursor": "c", "limit": 20}, headers=bearer())
    assert answer.status_code == 200, answer.get_json()
    assert wards.asked[0].request == dossiers_pb2.SearchRegisterRequest(
        register="marriage",
        query="tran mai",
        year=2020,
        number=7,
        from_day="2020-01-01",
        to_day="2020-10-06",
        reason="hồ sơ 0001",
        page_size=20,
        cursor="c",
    )
    found = answer.get_json()
    assert found["next_cursor"] == "n"
    (entry,) = found["entries"]
    assert entry["register"] == "marriage"
    assert entry["names"][1] == "LÊ VĂN AN · 01/02/1990"
    assert "content" not in entry


def test_nobody_looks_into_a_register_without_saying_why(client: FlaskClient, wards: FakeWards) -> None:
    assert fields(problem(client.post(SEARCHES, json={"q": "an"}, headers=bearer()), 400, "invalid-request")) == {
        "/reason"
    }
    assert not wards.asked


def test_a_name_in_the_address_of_a_search_is_refused(client: FlaskClient, wards: FakeWards) -> None:
    answer = client.post(f"{SEARCHES}?q=mai", json={"reason": "hồ sơ 0001"}, headers=bearer())
    assert fields(problem(answer, 400, "invalid-request")) == {"q"}


def test_an_entry_is_read_with_all_it_says_and_its_notes(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetEntry", an_entry())
    found = client.get(f"{ENTRIES}/{ENTRY}", headers=bearer()).get_json()
    assert found["content"]["wife"] == {"full_name": "TRẦN THỊ MAI"}
    assert found["notes"][0]["kind"] == "divorce"
    assert found["notes"][0]["at"] == "2020-10-06T10:00:05.123000+07:00"


def test_an_entry_of_another_register_is_not_found_under_this_one(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetEntry", an_entry(register="birth"))
    problem(client.get(f"{ENTRIES}/{ENTRY}", headers=bearer()), 404, "unknown-entry")


def test_the_books_of_a_year_are_listed_with_their_closed_volumes(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("ListBooks", dossiers_pb2.ListBooksResponse(books=[a_book()]))
    (book,) = client.get(f"{WARD}/books?year=2020", headers=bearer()).get_json()["books"]
    assert (book["register"], book["closed_at"]) == ("birth", None)
    assert book["closed_volumes"][0]["last_number"] == 200
    client.get(f"{WARD}/books", headers=bearer())
    assert [each.request.year for each in wards.asked] == [2020, 0]


@pytest.mark.parametrize(
    ("path", "rpc", "body"),
    [("beginning", "BeginBook", {"paper_number": 211}), ("closing", "CloseBook", {"full": True})],
)
def test_a_book_is_started_and_closed_once_under_its_key(
    client: FlaskClient, wards: FakeWards, path: str, rpc: str, body: dict[str, Any]
) -> None:
    wards.answers(rpc, a_book())
    answer = client.post(f"{BOOK}/{path}", json=body, headers=bearer() | {"Idempotency-Key": "k"})
    assert answer.status_code == 200, answer.get_json()
    (asked,) = wards.asked
    assert (asked.rpc, asked.idempotency_key) == (rpc, "k")
    sent = {"register": "birth", "year": 2020} | body
    assert {name: getattr(asked.request, name) for name in sent} == sent


def test_why_a_book_cannot_be_closed_is_told(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("CloseBook", conflict("year-not-over", "Sổ năm chỉ khóa vào ngày 31/12 hoặc sau đó."))
    problem(client.post(f"{BOOK}/closing", json={"full": False}, headers=bearer()), 409, "year-not-over")
    problem(client.post(f"{BOOK}/closing", json={}, headers=bearer()), 400, "invalid-request")


def test_a_closing_statement_is_a_pdf(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetClosingStatement", dossiers_pb2.Paper(filename="khoa-so.pdf", content=b"%PDF-1.7"))
    answer = client.get(f"{BOOK}/volumes/2/statement", headers=bearer())
    assert (answer.content_type, answer.data) == ("application/pdf", b"%PDF-1.7")
    assert wards.asked[0].request == dossiers_pb2.GetClosingStatementRequest(register="birth", year=2020, volume=2)


def test_the_printer_is_corrected_on_a_printed_form_in_tenths_of_a_millimetre(
    client: FlaskClient, wards: FakeWards
) -> None:
    corrected = dossiers_pb2.Blank(
        name="birth-copy", title="Giấy khai sinh (bản sao)", dx=-15, dy=20, changed_by="Hoa", version=4
    )
    wards.answers("SetBlankOffset", corrected)
    wards.answers("ListBlanks", dossiers_pb2.ListBlanksResponse(blanks=[corrected]))
    wards.answers("GetCalibrationPage", dossiers_pb2.Paper(filename="chinh.pdf", content=b"%PDF-1.7"))
    place = f"{WARD}/blanks/birth-copy"
    answer = client.put(f"{place}/offset", json={"dx": -15, "dy": 20}, headers=bearer() | {"If-Match": '"3"'})
    assert answer.headers["ETag"] == '"4"'
    assert (answer.status_code, answer.get_json()["dx"], answer.get_json()["changed_at"]) == (200, -15, None)
    assert client.get(f"{WARD}/blanks", headers=bearer()).get_json()["blanks"] == [answer.get_json()]
    read = client.get(place, headers=bearer())
    assert (read.headers["ETag"], read.get_json()) == ('"4"', answer.get_json())
    problem(client.get(f"{WARD}/blanks/death", headers=bearer()), 404, "unknown-blank")
    assert client.get(f"{place}/calibration", headers=bearer()).data == b"%PDF-1.7"
    assert wards.asked[0].request == dossiers_pb2.SetBlankOffsetRequest(
        blank="birth-copy", dx=-15, dy=20, expected_version=3
    )
    problem(client.put(f"{place}/offset", json={"dx": 1, "dy": 0}, headers=bearer()), 428, "precondition-required")
    problem(client.put(f"{place}/offset", json={"dx": 301, "dy": 0}, headers=bearer()), 400, "invalid-request")
    problem(client.put(f"{place}/offset", json={"dx": 1.5, "dy": 0}, headers=bearer()), 400, "invalid-request")


@pytest.mark.parametrize("path", ["books/birth/20201/beginning", "books/birth/99999999999/closing"])
def test_a_year_that_no_book_can_have_is_no_path(client: FlaskClient, wards: FakeWards, path: str) -> None:
    problem(client.post(f"{WARD}/{path}", json={}, headers=bearer()), 404, "not-found")


def test_an_approval_carries_what_is_confirmed_and_what_is_copied(client: FlaskClient, wards: FakeWards) -> None:
    proposed = dossiers_pb2.ProposedEntry(statement="Chưa đăng ký kết hôn với ai.", source_entry_id=ENTRY)
    answered = a_dossier(
        proposed_entry=proposed, register="copies", copied_register="birth", subject_name="TRẦN MINH ANH"
    )
    wards.answers("ApproveDossier", answered)
    body = {"statement": "Chưa đăng ký kết hôn với ai.", "source_entry_id": ENTRY}
    answer = client.post(f"{DOSSIERS}/{DOSSIER}/approval", json=body, headers=editing())
    assert (wards.asked[0].request.statement, wards.asked[0].request.source_entry_id) == tuple(body.values())
    found = answer.get_json()
    assert {name: found["proposed_entry"][name] for name in body} == body
    assert (found["register"], found["copied_register"]) == ("copies", "birth")
    refused = client.post(f"{DOSSIERS}/{DOSSIER}/approval", json={"source_entry_id": "số 7"}, headers=bearer())
    assert fields(problem(refused, 400, "invalid-request")) == {"/source_entry_id"}


def test_a_certificate_says_until_when_it_holds_and_since_when_it_does_not(
    client: FlaskClient, wards: FakeWards
) -> None:
    status = dossiers_pb2.CertificateStatus(status="expired", valid_until="2020-09-30")
    wards.answers("VerifyCertificate", status)
    found = client.get("/api/v1/verify/20248-7K").get_json()
    assert (found["status"], found["valid_until"], found["changed_at"]) == ("expired", "2020-09-30", None)
    wards.answers("VerifyCertificate", dossiers_pb2.CertificateStatus(status="revoked", changed_at=at(3)))
    found = client.get("/api/v1/verify/20248-7K").get_json()
    assert (found["valid_until"], found["changed_at"]) == (None, "2020-10-06T10:00:05.123000+07:00")


def test_a_typing_slip_in_the_code_of_a_paper_is_told_without_asking_a_ward(
    client: FlaskClient, wards: FakeWards
) -> None:
    problem(client.get("/api/v1/verify/20248-k7pm-3xdn-w9h3"), 404, "mistyped-certificate")
    page = client.get("/gt/20248-k7pm-3xdn-w9h3", headers={"Accept": "text/html"})
    assert (page.status_code, "Mã gõ chưa đúng" in page.get_data(as_text=True)) == (404, True)
    assert not wards.asked


@pytest.mark.parametrize("typed", ["20248-k7pm-3xdn-w9h2", "20248 K7PM 3XDN W9H2", "20248k7pm3xdnw9h2"])
def test_the_address_on_a_paper_is_good_however_it_is_typed(client: FlaskClient, wards: FakeWards, typed: str) -> None:
    status = dossiers_pb2.CertificateStatus(certificate_id="20248-k7pm-3xdn-w9h2", status="valid", number="07/2020")
    wards.answers("VerifyCertificate", status)
    page = client.get(f"/gt/{typed}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, "07/2020" in page.get_data(as_text=True)) == (200, True)
    assert [asked.request.certificate_id for asked in wards.asked] == ["20248-k7pm-3xdn-w9h2"]
    answer = client.get(f"/gt/{typed}", headers={"Accept": "application/json"})
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).get_json()["status"] == "valid"


def test_addresses_of_before_stay_good(client: FlaskClient, wards: FakeWards) -> None:
    old = dossiers_pb2.CertificateStatus(certificate_id="20248-7kq2m9xw4tbc3fhp", status="valid", number="07/2020")
    wards.answers("VerifyCertificate", old)
    assert client.get("/xac-minh/20248-7kq2m9xw4tbc3fhp").status_code == 200
    assert client.get("/api/v1/verify/20248-7kq2m9xw4tbc3fhp").get_json()["status"] == "valid"
    assert {asked.request.certificate_id for asked in wards.asked} == {"20248-7kq2m9xw4tbc3fhp"}
