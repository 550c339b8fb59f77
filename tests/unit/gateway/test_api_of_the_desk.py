"""The API's calls to the services for the desk, its lists and the money, and its use of the answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2
from flask.testing import FlaskClient

from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer, editing
from tests.unit.gateway.dossiers import a_dossier, at
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_requests import DOSSIER, DOSSIERS, problem


def test_the_desk_is_asked_with_everything_that_narrows_it(client: FlaskClient, wards: FakeWards) -> None:
    summary = dossiers_pb2.DossierSummary(id="1", subject_name="Trần Minh Anh", due_at=at(10))
    wards.answers("ListDesk", dossiers_pb2.ListDossiersResponse(dossiers=[summary], next_cursor="n"))
    narrowed = "status=1&status=2&due=today&procedure=1.001193&queue=to-accept&search=sealed&limit=20&cursor=c"
    path = f"/api/v1/wards/{NAM_DUONG}/desk?{narrowed}"
    found = client.get(path, headers=bearer()).get_json()
    assert found["next_cursor"] == "n"
    request = wards.asked[0].request
    assert (list(request.statuses), request.due, request.search) == ([1, 2], "today", "sealed")
    assert (request.procedure, request.queue) == ("1.001193", "to-accept")
    assert (request.page_size, request.cursor) == (20, "c")


def test_a_name_is_searched_for_by_a_post_and_found_by_an_id(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("StartSearch", dossiers_pb2.StartSearchResponse(id="sealed", expires_at=at(10)))
    path = f"/api/v1/wards/{NAM_DUONG}/desk"
    answer = client.post(f"{path}/searches", json={"q": "minh anh"}, headers=bearer())
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{path}?search=sealed")
    assert answer.get_json()["id"] == "sealed"
    assert wards.asked[0].request.query == "minh anh"
    found = problem(client.get(f"{path}?q=minh+anh", headers=bearer()), 400, "invalid-request")
    assert found["fields"][0]["field"] == "q"
    assert "/desk/searches" in found["fields"][0]["text"], "an old client is told how"


def test_what_waits_for_a_role_is_counted(client: FlaskClient, wards: FakeWards) -> None:
    queues = [
        dossiers_pb2.Queue(name="overdue", text="Đã quá hạn", count=2),
        dossiers_pb2.Queue(name="to-sign", text="Chờ ký", role="signer", count=100),
    ]
    wards.answers("ListQueues", dossiers_pb2.ListQueuesResponse(queues=queues))
    found = client.get(f"/api/v1/wards/{NAM_DUONG}/desk/queues", headers=bearer()).get_json()["queues"]
    assert [(one["name"], one["role"], one["count"]) for one in found] == [
        ("overdue", None, 2),
        ("to-sign", "signer", 100),
    ]


def a_fee() -> dossiers_pb2.Fee:
    return dossiers_pb2.Fee(
        lines=[dossiers_pb2.FeeLine(item="copy", text="Phí bản sao", count=2, price=8000, amount=16_000)],
        total=16_000,
        reference="HT20248K7M2P9QX",
        asked_at=at(2),
        online=True,
    )


def test_an_applicant_is_told_where_to_pay_and_the_dossier_how_much(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("StartPayment", dossiers_pb2.StartedPayment(url="https://pay.example/1"))
    wards.answers("GetDossier", a_dossier(fees=[a_fee()], status=6))
    found = client.post(f"{DOSSIERS}/{DOSSIER}/payment", json={}, headers=bearer()).get_json()
    assert found["url"] == "https://pay.example/1"
    (fee,) = found["dossier"]["fees"]
    assert (fee["total"], fee["settled_at"], fee["transfer"], fee["method"]) == (16_000, None, None, None)
    assert [asked.rpc for asked in wards.asked] == ["StartPayment", "GetDossier"]


def test_what_the_desk_took_is_recorded_on_the_version_that_was_read(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("RecordPayment", a_dossier(status=2))
    headers = bearer() | {"Idempotency-Key": "k", "If-Match": '"4"'}
    answer = client.post(f"{DOSSIERS}/{DOSSIER}/payment", json={"receipt": "BL 1"}, headers=headers)
    assert (answer.status_code, answer.headers["ETag"], answer.get_json()["url"]) == (200, '"4"', None)
    (asked,) = wards.asked
    assert (asked.request.receipt, asked.request.expected_version, asked.idempotency_key) == ("BL 1", 4, "k")
    problem(
        client.post(f"{DOSSIERS}/{DOSSIER}/payment", json={"exemption": "rich"}, headers=headers),
        400,
        "invalid-request",
    )


def test_more_is_asked_for_item_by_item(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("RequestFee", a_dossier(status=6))
    body = {"items": [{"item": "copy", "count": 2}], "reason": "Xin thêm bản sao"}
    assert client.post(f"{DOSSIERS}/{DOSSIER}/fee-request", json=body, headers=editing()).status_code == 200
    (asked,) = wards.asked
    assert [(each.item, each.count) for each in asked.request.items] == [("copy", 2)]
    for wrong in ({**body, "items": []}, {**body, "reason": ""}, {**body, "items": [{"item": "copy", "count": 0}]}):
        problem(client.post(f"{DOSSIERS}/{DOSSIER}/fee-request", json=wrong, headers=editing()), 400, "invalid-request")


def test_what_the_provider_tells_reaches_the_ward_of_its_reference_byte_by_byte(
    client: FlaskClient, wards: FakeWards
) -> None:
    wards.answers("NotePayment", dossiers_pb2.NotedPayment(outcome="settled"))
    body = b'{ "reference":"HT20248K7M2P9QX",  "amount": 16000, "anything": ["more"] }'
    headers = {"Payment-Timestamp": "1601949600", "Payment-Signature": "ab12"}
    answer = client.post("/api/v1/payments/callback", data=body, content_type="application/json", headers=headers)
    assert answer.get_json() == {"outcome": "settled"}
    (asked,) = wards.asked
    assert (asked.ward, asked.token) == (NAM_DUONG, "")
    assert (asked.request.body, asked.request.timestamp, asked.request.signature) == (body, "1601949600", "ab12")


def test_a_payment_reference_without_a_ward_of_ours_goes_nowhere(client: FlaskClient, wards: FakeWards) -> None:
    def post(reference: object) -> Any:
        return client.post("/api/v1/payments/callback", json={"reference": reference})

    problem(post("HT99999K7M2P9QX"), 404, "unknown-ward")
    for wrong in ("", "HT", "20248", "HT20248", "HT2O248AAAA", 7, None):
        problem(post(wrong), 400, "invalid-request")
    problem(client.post("/api/v1/payments/callback", data=b"x", content_type="application/json"), 400, "malformed-json")
    assert all(asked.ward == "99999" for asked in wards.asked)


def test_the_desk_files_for_people_who_came_in_and_compares_papers_by_kind(
    client: FlaskClient, wards: FakeWards
) -> None:
    for rpc in ("CreateDraft", "CompareDocument"):
        wards.answers(rpc, a_dossier())
    wards.answers("SubmitAtCounter", dossiers_pb2.SubmitDossierResponse(dossier=a_dossier(), tracking_key="K7Q2"))
    wanted = {"procedure": "1.001193", "channel": "counter"}
    created = client.post(f"/api/v1/wards/{NAM_DUONG}/desk/dossiers", json=wanted, headers=bearer())
    assert (created.status_code, created.headers["Location"]) == (201, f"{DOSSIERS}/{DOSSIER}")
    place = f"{DOSSIERS}/{DOSSIER}"
    filed = client.post(f"{place}/counter-submission", json={"form_signed": True}, headers=editing())
    assert filed.get_json()["tracking_key"] == "K7Q2"
    compared = client.put(
        f"{place}/comparisons/requester-identity", json={"agrees": False, "note": "Khác số"}, headers=editing()
    )
    assert compared.status_code == 200
    draft, submission, comparison = (asked.request for asked in wards.asked)
    assert (draft.procedure, draft.channel) == ("1.001193", "counter")
    assert submission.form_signed
    assert (comparison.kind, comparison.agrees, comparison.note) == ("requester-identity", False, "Khác số")


def test_the_desk_records_where_a_residence_was_looked_up(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("RecordResidence", a_dossier())
    body = {"field": "/mother/residence", "source": "residence", "result": "not-possible", "note": "Máy chủ hỏng"}
    done = client.post(f"{DOSSIERS}/{DOSSIER}/residence-lookups", json=body, headers=editing())
    assert done.status_code == 200
    (asked,) = wards.asked
    assert {name: getattr(asked.request, name) for name in body} == body


def test_a_new_appointment_is_a_moment_with_its_offset(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("ExtendDossier", a_dossier())
    place = f"{DOSSIERS}/{DOSSIER}/extension"
    body = {"new_due_at": "2020-10-08T10:00:00+07:00", "reason": "Máy hỏng"}
    assert client.post(place, json=body, headers=editing()).status_code == 200
    assert wards.asked[0].request.new_due_at.ToDatetime(UTC) == datetime(2020, 10, 8, 3, tzinfo=UTC)
    for wrong in ("2020-10-08T10:00:00", "2020-10-32T10:00:00+07:00", "0001-01-01T00:00:00+07:00", "ngày mai", ""):
        answer = client.post(place, json=body | {"new_due_at": wrong}, headers=editing())
        assert [each["field"] for each in problem(answer, 400, "invalid-request")["fields"]] == ["/new_due_at"]


def test_an_outcome_that_only_time_brings_is_not_taken(client: FlaskClient) -> None:
    body = {"outcome": "timed-out"}
    problem(
        client.post(f"{DOSSIERS}/{DOSSIER}/verification-reply", json=body, headers=bearer()), 400, "invalid-request"
    )


def test_the_tracking_book_is_a_pdf_of_two_days(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetTrackingBook", dossiers_pb2.Paper(filename="so.pdf", content=b"%PDF-1.7"))
    place = f"/api/v1/wards/{NAM_DUONG}/tracking-book"
    answer = client.get(f"{place}?from=2020-10-01&to=2020-10-06", headers=bearer())
    assert (answer.content_type, answer.data) == ("application/pdf", b"%PDF-1.7")
    request = wards.asked[0].request
    assert (request.from_day, request.to_day) == ("2020-10-01", "2020-10-06")
    problem(client.get(f"{place}?from=2020-10-01", headers=bearer()), 400, "invalid-request")
    problem(client.get(f"{place}?from=1/10/2020&to=2020-10-06", headers=bearer()), 400, "invalid-request")
