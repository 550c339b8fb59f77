"""The notes on entries in the API: what is asked of the services, and what is refused before."""

from __future__ import annotations

from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2
from flask.testing import FlaskClient

from services.chassis.refusal import FieldFault, invalid
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.dossiers import ENTRIES, ENTRY, an_entry, at
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_requests import DOSSIER, fields, problem

NOTE: dict[str, Any] = {
    "kind": "divorce",
    "text": "Đã ly hôn",
    "basis": "Bản án",
    "basis_number": "4/2020",
    "basis_agency": "Tòa án nhân dân quận Hải Châu",
    "basis_date": "2020-10-01",
}


def test_a_note_names_the_register_of_its_entry(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetEntry", an_entry(register="birth"))
    problem(client.post(f"{ENTRIES}/{ENTRY}/notes", json=NOTE, headers=bearer()), 404, "unknown-entry")
    assert [each.rpc for each in wards.asked] == ["GetEntry"]


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
    labels = {ENTRY: "số 02/2020", DOSSIER: "số 03/2020"}
    asked = [dossiers_pb2.EndedMarriage(entry_id=id, label=one, basis="Trích lục") for id, one in labels.items()]
    found = an_entry(register="death", marriages_to_ask=asked)
    wards.answers("GetEntry", found)
    wards.answers("NoteEntry", found)
    path = f"{ENTRIES.replace('/marriage/', '/death/')}/{ENTRY}/notes"
    said = [{"entry_id": ENTRY, "by_this_death": False}, {"entry_id": DOSSIER, "by_this_death": True}]
    for kind in ("declaration-annulled", "annulment"):
        body = NOTE | {"kind": kind, "ended_marriages": said[:1]}
        answer = client.post(path, json=body, headers=bearer())
        [fault] = problem(answer, 400, "missing-field")["fields"]
        assert (fault["field"], "số 03/2020" in fault["text"]) == ("/ended_marriages", True), kind
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
    labels = {ENTRY: "số 05/2020", DOSSIER: "số 06/2020"}
    later = [dossiers_pb2.Remarriage(entry_id=id, label=one) for id, one in labels.items()]
    kinds = {"death": "declaration-annulled", "marriage": "marriage-restored"}
    said = [{"entry_id": ENTRY, "of_spouse": False}, {"entry_id": DOSSIER, "of_spouse": True}]
    for register, kind in kinds.items():
        found = an_entry(register=register, note_kinds=[kind, "annulment"], remarriages_to_ask=later)
        wards.answers("GetEntry", found)
        wards.answers("NoteEntry", found)
        path = f"{ENTRIES.replace('/marriage/', f'/{register}/')}/{ENTRY}/notes"
        answer = client.post(path, json=NOTE | {"kind": kind, "remarriages": said[:1]}, headers=bearer())
        [fault] = problem(answer, 400, "missing-field")["fields"]
        assert (fault["field"], "số 06/2020" in fault["text"]) == ("/remarriages", True), register
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
    [entry] = client.get(f"/api/v1/wards/{NAM_DUONG}/waiting-notes", headers=bearer()).get_json()["entries"]
    assert (entry["id"], entry["proposed_notes"][0]["kind"]) == (ENTRY, "divorce")
    assert "content" not in entry
