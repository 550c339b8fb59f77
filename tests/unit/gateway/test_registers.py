"""The registers in the API: what is asked of the services, and what is made of their answers."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2
from flask.testing import FlaskClient

from services.chassis.refusal import FieldFault, conflict, invalid
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer, editing
from tests.unit.gateway.dossiers import a_dossier, at
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_requests import DOSSIER, DOSSIERS, fields, problem

ENTRY = "0191f7a2-6a3e-7c51-9d0f-000000000001"
WARD = f"/api/v1/wards/{NAM_DUONG}"
ENTRIES = f"{WARD}/registers/marriage/entries"
SEARCHES = f"{WARD}/registers/marriage/searches"
BOOK = f"{WARD}/books/birth/2020"
NOTE: dict[str, Any] = {
    "kind": "divorce",
    "text": "Đã ly hôn",
    "basis": "Bản án",
    "basis_number": "4/2020",
    "basis_agency": "Tòa án nhân dân quận Hải Châu",
    "basis_date": "2020-10-01",
}


def an_entry(**changes: Any) -> dossiers_pb2.FoundEntry:
    values: dict[str, Any] = {
        "id": ENTRY,
        "register": "marriage",
        "label": "01-TP/HT-2020-KH số 7",
        "year": 2020,
        "number": 7,
        "registered_at": at(2),
        "names": ["TRẦN THỊ MAI · 27/03/1992", "LÊ VĂN AN · 01/02/1990"],
        "dossier_id": DOSSIER,
        "certificate_id": "20248-7K",
        "content_json": '{"number": 7, "wife": {"full_name": "TRẦN THỊ MAI"}}',
        "notes": [dossiers_pb2.EntryNote(sequence=1, kind="divorce", text="Đã ly hôn", basis="Bản án", at=at(3))],
    }
    return dossiers_pb2.FoundEntry(**(values | changes))


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
    problem(client.post(f"{ENTRIES}/{ENTRY}/notes", json=NOTE, headers=bearer()), 404, "unknown-entry")
    assert [each.rpc for each in wards.asked] == ["GetEntry", "GetEntry"]


def test_a_note_is_written_once_under_its_key(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetEntry", an_entry())
    wards.answers("NoteEntry", an_entry())
    answer = client.post(f"{ENTRIES}/{ENTRY}/notes", json=NOTE, headers=bearer() | {"Idempotency-Key": "k"})
    assert answer.status_code == 201
    asked = wards.asked[-1]
    assert asked.idempotency_key == "k"
    assert asked.request == dossiers_pb2.NoteEntryRequest(entry_id=ENTRY, **dict[str, Any](NOTE))


def test_a_note_may_give_somebody_a_new_name(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetEntry", an_entry())
    wards.answers("NoteEntry", an_entry())
    body: dict[str, Any] = NOTE | {"kind": "correction", "renamed": "wife", "new_name": "Trần Thị Lan"}
    assert client.post(f"{ENTRIES}/{ENTRY}/notes", json=body, headers=bearer()).status_code == 201
    assert wards.asked[-1].request == dossiers_pb2.NoteEntryRequest(entry_id=ENTRY, **dict[str, Any](body))
    problem(
        client.post(f"{ENTRIES}/{ENTRY}/notes", json=body | {"renamed": "me"}, headers=bearer()), 400, "invalid-request"
    )


def test_a_note_may_change_what_an_entry_says_and_the_entry_tells_what_may_change(
    client: FlaskClient, wards: FakeWards
) -> None:
    changeable = [
        dossiers_pb2.Changeable(at="wife/birth_date", title="Ngày sinh của vợ", value_kind="day-or-year", value="1995")
    ]
    wards.answers("GetEntry", an_entry(changeable=changeable))
    wards.answers("NoteEntry", an_entry(changeable=changeable))
    body: dict[str, Any] = NOTE | {"kind": "correction", "changes": [{"at": "wife/birth_date", "value": "1995-11-11"}]}
    answer = client.post(f"{ENTRIES}/{ENTRY}/notes", json=body, headers=bearer())
    assert answer.status_code == 201
    assert wards.asked[-1].request == dossiers_pb2.NoteEntryRequest(entry_id=ENTRY, **body)
    assert answer.get_json()["changeable"] == [
        {"at": "wife/birth_date", "title": "Ngày sinh của vợ", "value_kind": "day-or-year", "value": "1995"}
    ]


def test_a_wrong_change_is_a_pointer_into_the_body(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetEntry", an_entry())
    wards.answers("NoteEntry", invalid("invalid-field", "Sai.", FieldFault("changes/1/value", "Sai.")))
    changes = [{"at": "wife/residence", "value": "Ở đây"}, {"at": "wife/birth_date", "value": "hôm qua"}]
    answer = client.post(f"{ENTRIES}/{ENTRY}/notes", json=NOTE | {"changes": changes}, headers=bearer())
    assert fields(problem(answer, 400, "invalid-field")) == {"/changes/1/value"}


def test_a_note_may_withdraw_an_earlier_one_and_an_entry_says_which_notes_count(
    client: FlaskClient, wards: FakeWards
) -> None:
    notes = [
        dossiers_pb2.EntryNote(sequence=1, kind="annulment", at=at(3)),
        dossiers_pb2.EntryNote(sequence=2, kind="note-withdrawn", at=at(3), withdraws=1, counts=True),
    ]
    wards.answers("GetEntry", an_entry(notes=notes))
    wards.answers("NoteEntry", an_entry(notes=notes))
    body: dict[str, Any] = NOTE | {"kind": "note-withdrawn", "withdraws": 1}
    answer = client.post(f"{ENTRIES}/{ENTRY}/notes", json=body, headers=bearer())
    assert answer.status_code == 201
    assert [(each["withdraws"], each["counts"]) for each in answer.get_json()["notes"]] == [(0, False), (1, True)]
    assert wards.asked[-1].request == dossiers_pb2.NoteEntryRequest(entry_id=ENTRY, **dict[str, Any](body))
    wrong = client.post(f"{ENTRIES}/{ENTRY}/notes", json=body | {"withdraws": -1}, headers=bearer())
    assert fields(problem(wrong, 400, "invalid-request")) == {"/withdraws"}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("kind", ""),
        ("text", ""),
        ("basis_date", "2020-02-30"),
        ("who_died", "child"),
    ],
)
def test_a_note_without_what_it_needs_is_refused(
    client: FlaskClient, wards: FakeWards, member: str, value: str
) -> None:
    answer = client.post(f"{ENTRIES}/{ENTRY}/notes", json=NOTE | {member: value}, headers=bearer())
    assert fields(problem(answer, 400, "invalid-request")) == {f"/{member}"}
    assert not wards.asked


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({}, {"/who_died", "/died_on"}),
        ({"died_on": " ", "who_died": "wife"}, {"/died_on"}),
        ({"died_on": "2019"}, {"/who_died"}),
    ],
)
def test_a_note_of_a_death_elsewhere_says_who_died_and_when(
    client: FlaskClient, wards: FakeWards, said: dict[str, str], missing: set[str]
) -> None:
    """Luật HNGĐ 2014 Đ65: asked here alone, since a service takes what the gateway of the release before sends."""
    wards.answers("GetEntry", an_entry())
    wards.answers("NoteEntry", an_entry())
    body = NOTE | {"kind": "death"}
    answer = client.post(f"{ENTRIES}/{ENTRY}/notes", json=body | said, headers=bearer())
    assert fields(problem(answer, 400, "missing-field")) == missing
    assert [each.rpc for each in wards.asked] == ["GetEntry"]
    whole = {"died_on": "2019", "who_died": "husband"}
    answer = client.post(f"{ENTRIES}/{ENTRY}/notes", json=body | whole, headers=bearer())
    assert answer.status_code == 201
    assert (wards.asked[-1].request.died_on, wards.asked[-1].request.who_died) == ("2019", "husband")


def test_a_note_about_this_wards_entry_of_a_death_needs_no_other_paper(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetEntry", an_entry())
    wards.answers("NoteEntry", an_entry())
    body: dict[str, Any] = {"kind": "death", "text": "Chồng chết", "death_entry": DOSSIER}
    assert client.post(f"{ENTRIES}/{ENTRY}/notes", json=body, headers=bearer()).status_code == 201
    assert wards.asked[-1].request == dossiers_pb2.NoteEntryRequest(entry_id=ENTRY, **body)


def test_who_takes_a_death_back_answers_about_each_marriage_that_it_may_have_ended(
    client: FlaskClient, wards: FakeWards
) -> None:
    """Luật HNGĐ 2014 Đ67.1: asked here alone, since a service takes what the gateway of the release before sends."""
    asked = [dossiers_pb2.EndedMarriage(entry_id=id, label="số 02/2020", basis="Trích lục") for id in (ENTRY, DOSSIER)]
    found = an_entry(register="death", marriages_to_ask=asked)
    wards.answers("GetEntry", found)
    wards.answers("NoteEntry", found)
    path = f"{ENTRIES.replace('/marriage/', '/death/')}/{ENTRY}/notes"
    said = [{"entry_id": ENTRY, "by_this_death": False}, {"entry_id": DOSSIER, "by_this_death": True}]
    for kind in ("declaration-annulled", "annulment"):
        body = NOTE | {"kind": kind, "ended_marriages": said[:1]}
        answer = client.post(path, json=body, headers=bearer())
        assert fields(problem(answer, 400, "missing-field")) == {"/ended_marriages/1"}, kind
    correction = client.post(path, json=NOTE | {"kind": "correction"}, headers=bearer())
    assert correction.status_code == 201, "it takes nothing back"
    answer = client.post(path, json=NOTE | {"kind": "annulment", "ended_marriages": said}, headers=bearer())
    assert answer.status_code == 201
    (first, _) = answer.get_json()["marriages_to_ask"]
    assert first == {
        "entry_id": ENTRY,
        "label": "số 02/2020",
        "basis": "Trích lục",
        "by_this_death": False,
        "answered": False,
    }
    sent = [(each.entry_id, each.by_this_death) for each in wards.asked[-1].request.ended_marriages]
    assert sent == [(ENTRY, False), (DOSSIER, True)]


def test_where_a_marriage_may_stand_again_each_likely_remarriage_is_answered(
    client: FlaskClient, wards: FakeWards
) -> None:
    """Luật HNGĐ 2014 Đ67.1."""
    later = [dossiers_pb2.Remarriage(entry_id=id, label="số 05/2020") for id in (ENTRY, DOSSIER)]
    kinds = {"death": "declaration-annulled", "marriage": "marriage-restored"}
    said = [{"entry_id": ENTRY, "of_spouse": False}, {"entry_id": DOSSIER, "of_spouse": True}]
    for register, kind in kinds.items():
        found = an_entry(register=register, note_kinds=[kind, "annulment"], remarriages_to_ask=later)
        wards.answers("GetEntry", found)
        wards.answers("NoteEntry", found)
        path = f"{ENTRIES.replace('/marriage/', f'/{register}/')}/{ENTRY}/notes"
        answer = client.post(path, json=NOTE | {"kind": kind, "remarriages": said[:1]}, headers=bearer())
        assert fields(problem(answer, 400, "missing-field")) == {"/remarriages/1"}, register
        assert client.post(path, json=NOTE | {"kind": "correction"}, headers=bearer()).status_code == 201
        assert client.post(path, json=NOTE | {"kind": kind, "remarriages": said}, headers=bearer()).status_code == 201
        sent = [(each.entry_id, each.of_spouse) for each in wards.asked[-1].request.remarriages]
        assert sent == [(ENTRY, False), (DOSSIER, True)]
    annulled = client.post(path, json=NOTE | {"kind": "annulment"}, headers=bearer())
    assert annulled.status_code == 201, "the annulment of a marriage restores none"


def test_the_signer_decides_on_a_note_of_this_register(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetEntry", an_entry())
    wards.answers("DecideNote", an_entry())
    path = f"{ENTRIES}/{ENTRY}/notes/{DOSSIER}/decision"
    assert client.post(path, json={"confirmed": False, "reason": "Sai số"}, headers=bearer()).status_code == 200
    assert wards.asked[-1].request == dossiers_pb2.DecideNoteRequest(
        entry_id=ENTRY, proposed_note_id=DOSSIER, confirmed=False, reason="Sai số"
    )
    wards.answers("GetEntry", an_entry(register="birth"))
    problem(client.post(path, json={"confirmed": True}, headers=bearer()), 404, "unknown-entry")


def test_what_waits_for_the_signer_is_listed_without_its_content(client: FlaskClient, wards: FakeWards) -> None:
    note = dossiers_pb2.ProposedNote(id=DOSSIER, kind="divorce", text="Đã ly hôn", basis="Bản án", at=at(3))
    found = an_entry(content_json="", proposed_notes=[note])
    wards.answers("ListProposedNotes", dossiers_pb2.ListProposedNotesResponse(entries=[found]))
    [entry] = client.get(f"{WARD}/waiting-notes", headers=bearer()).get_json()["entries"]
    assert (entry["id"], entry["proposed_notes"][0]["kind"]) == (ENTRY, "divorce")
    assert "content" not in entry


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
