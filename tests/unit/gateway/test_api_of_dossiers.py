"""The API's calls to the services about a dossier and each act on it, and its use of the answers."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2
from flask.testing import FlaskClient
from google.protobuf.message import Message

from gateway import rpcs
from gateway.acts import ACTS, RETURN
from gateway.rpc import Rpc
from services.chassis.district import District
from services.chassis.refusal import Kind, Refusal
from tests.conftest import NAM_DUONG
from tests.unit.gateway.conftest import bearer
from tests.unit.gateway.dossiers import a_dossier, at
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway.test_requests import DOCUMENTS, DOSSIER, DOSSIERS, problem


def test_a_draft_is_answered_with_its_place_and_version(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("CreateDraft", a_dossier(version=1))
    answer = client.post(DOSSIERS, json={"procedure": "1.001193"}, headers=bearer() | {"Idempotency-Key": "once"})
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{DOSSIERS}/{DOSSIER}"
    assert answer.headers["ETag"] == '"1"'
    assert wards.asked[0].idempotency_key == "once"


def test_a_dossier_is_answered_whole(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers(
        "GetDossier",
        a_dossier(
            code="008.01.01.H17-201006-0001",
            register_entry=dossiers_pb2.RegisterEntry(register="birth", year=2020, number=7, registered_at=at(4)),
            supplement_request=dossiers_pb2.SupplementRequest(reason="r", requested_at=at(2)),
            told=[dossiers_pb2.ToldMessage(channel="sms", template="dossier-accepted", delivered=True, at=at(3))],
            actions=["acceptance"],
        ),
    )
    answer = client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer())
    found = answer.get_json()
    assert answer.headers["ETag"] == '"4"'
    assert found["form"] == {"child": {"full_name": "Trần Minh Anh"}}
    assert found["findings"][0]["kind"] == "stops"
    assert found["register_entry"]["register"] == "birth"
    assert found["supplement_request"]["answered_at"] is None
    assert found["created_at"] == "2020-10-06T08:00:05.123000+07:00"
    assert (found["due_at"], found["tracking_key"], found["proposed_entry"]) == (None, None, None)


def test_a_draft_has_no_code_yet(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetDossier", a_dossier())
    assert client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer()).get_json()["code"] is None


@pytest.mark.parametrize(("header", "version"), [({"If-Match": '"4"'}, 4), ({"If-Match": "*"}, 0)])
def test_the_form_is_handed_on_as_json_with_the_expected_version(
    client: FlaskClient, wards: FakeWards, header: dict[str, str], version: int
) -> None:
    wards.answers("SaveForm", a_dossier())
    form = {"child": {"full_name": "Trần Minh Anh", "note": None}}
    answer = client.put(f"{DOSSIERS}/{DOSSIER}/form", json=form, headers=bearer() | header)
    assert answer.status_code == 200
    (asked,) = wards.asked
    assert json.loads(asked.request.form_json) == form
    assert asked.request.expected_version == version


def test_a_stale_version_is_412(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("SaveForm", Refusal(Kind.STALE, "stale-version", "Đã thay đổi ở nơi khác."))
    answer = client.put(f"{DOSSIERS}/{DOSSIER}/form", json={}, headers=bearer() | {"If-Match": '"3"'})
    problem(answer, 412, "stale-version")


def test_a_document_goes_up_with_its_kind_and_name_in_nfc(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("AddDocument", dossiers_pb2.Document(id=DOSSIER, kind="k", size=3, dossier_version=4))
    decomposed = "gia\u0302\u0301y.jpg"
    answer = client.post(DOCUMENTS, data={"kind": "k", "file": (io.BytesIO(b"abc"), decomposed)}, headers=bearer())
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{DOCUMENTS}/{DOSSIER}"
    assert (answer.headers["ETag"], answer.get_json()["dossier_version"]) == ('"4"', 4), "what a change names next"
    request = wards.asked[0].request
    assert (request.kind, request.filename, request.content) == ("k", "giấy.jpg", b"abc")


def test_a_long_name_of_a_file_keeps_its_extension(client: FlaskClient, wards: FakeWards) -> None:
    """The service cuts it where it knows what an extension is."""
    wards.answers("AddDocument", dossiers_pb2.Document(id=DOSSIER, kind="k", size=3, dossier_version=4))
    name = f"{'giấy ' * 60}.jpg"
    assert (
        client.post(DOCUMENTS, data={"kind": "k", "file": (io.BytesIO(b"abc"), name)}, headers=bearer()).status_code
        == 201
    )
    assert wards.asked[0].request.filename == name


def test_a_document_comes_down_to_be_saved_not_run(client: FlaskClient, wards: FakeWards) -> None:
    own = dossiers_pb2.Document(filename='giấy "1".pdf', media_type="application/pdf")
    wards.answers("GetDocument", dossiers_pb2.DocumentContent(document=own, content=b"%PDF"))
    answer = client.get(f"{DOCUMENTS}/{DOSSIER}", headers=bearer())
    assert answer.data == b"%PDF"
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''gi%E1%BA%A5y%20%221%22.pdf"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_filed_dossier_is_answered_with_code_and_tracking_key(client: FlaskClient, wards: FakeWards) -> None:
    filed = a_dossier(code="008.01.01.H17-201006-0001", status=1, due_at=at(10))
    wards.answers("SubmitDossier", dossiers_pb2.SubmitDossierResponse(dossier=filed, tracking_key="K7Q2"))
    answer = client.post(
        f"{DOSSIERS}/{DOSSIER}/submission", json={"confirmation": "c", "otp": "123456"}, headers=bearer()
    )
    found = answer.get_json()
    assert (found["code"], found["status"], found["tracking_key"]) == ("008.01.01.H17-201006-0001", 1, "K7Q2")
    assert found["dossier"]["id"] == DOSSIER
    assert answer.headers["ETag"] == '"4"'


EXAMPLES = [
    ("acceptance", "AcceptDossier", None, {}),
    ("refusal", "RefuseDossier", {"reason": "r", "article": "a"}, {"reason": "r", "article": "a"}),
    ("approval", "ApproveDossier", {"note": "n"}, {"note": "n", "personal_identification_number": ""}),
    (
        "signature",
        "SignDossier",
        {"no_conflict_of_interest": True},
        {"no_conflict_of_interest": True, "namesake": False},
    ),
    (
        "delivery-change",
        "ChangeDelivery",
        {"delivery": "post", "address": "12 Lê Lợi", "asked_by": "Mai", "asked_how": "called"},
        {"delivery": "post", "address": "12 Lê Lợi", "asked_by": "Mai", "asked_how": "called"},
    ),
    (
        "handover",
        "HandOverDossier",
        {"recipient_name": "Mai", "present": ["/wife/full_name"], "delivery": "post", "delivery_note": "EA1"},
        {"recipient_name": "Mai", "present": ["/wife/full_name"], "delivery": "post", "delivery_note": "EA1"},
    ),
    (
        "signature",
        "SignDossier",
        {"register_signed": True, "no_conflict_of_interest": True, "namesake": True},
        {"register_signed": True, "no_conflict_of_interest": True, "namesake": True},
    ),
    ("assignment", "AssignDossier", None, {"to": ""}),
    ("assignment", "AssignDossier", {"to": "x", "note": "n"}, {"to": "x", "note": "n"}),
    ("withdrawal", "WithdrawDossier", {"request_signed": True}, {"request_signed": True, "reason": ""}),
    ("stop-proposal", "ProposeStop", {"reason": "r", "article": "a"}, {"reason": "r", "article": "a"}),
    ("stop", "StopDossier", {"reason": "r", "article": "a"}, {"reason": "r", "article": "a"}),
    ("stop", "StopDossier", {}, {"reason": "", "article": ""}),
    (
        "verification-request",
        "RequestVerification",
        {"kind": "inquiry", "recipient": "UBND xã Điện Phong", "person": "Lan", "question": "q", "from_day": "2013"},
        {"kind": "inquiry", "recipient": "UBND xã Điện Phong", "person": "Lan", "question": "q", "from_day": "2013"},
    ),
    (
        "verification-reply",
        "RecordVerificationReply",
        {"verification": "v", "outcome": "replied", "finding": "agrees", "text": "t", "document_date": "2020-10-08"},
        {"verification_id": "v", "outcome": "replied", "finding": "agrees", "text": "t", "document_date": "2020-10-08"},
    ),
    ("verification-reply", "RecordVerificationReply", {"outcome": "done", "text": "t"}, {"document_date": ""}),
    ("extension", "ExtendDossier", {"new_due_at": "2020-10-08T10:00:00+07:00", "reason": "r"}, {"reason": "r"}),
    ("withdrawal", "WithdrawDossier", {"reason": "r"}, {"reason": "r"}),
    ("supplement", "SupplementDossier", {"form": {"a": 1}}, {"form_json": '{"a": 1}'}),
    ("supplement", "SupplementDossier", {"right_as_it_is": "Đúng rồi"}, {"right_as_it_is": "Đúng rồi"}),
    ("supplement", "SupplementDossier", {"remark": "Đã sửa"}, {"remark": "Đã sửa", "right_as_it_is": ""}),
    ("return", "ReturnDossier", {"reason": "r"}, {"reason": "r"}),
    (
        "supplement-request",
        "RequestSupplement",
        {"items": [{"field": "/child/full_name", "text": "t"}], "reason": "r"},
        {"items": [dossiers_pb2.SupplementItem(field="/child/full_name", text="t")], "reason": "r"},
    ),
    (
        "fee-request",
        "RequestFee",
        {"items": [{"item": "copy", "count": 2}], "reason": "r"},
        {"items": [dossiers_pb2.FeeItem(item="copy", count=2)], "reason": "r"},
    ),
]


def test_every_act_that_the_api_makes_from_its_record_is_tried_here() -> None:
    assert {path for path, *_ in EXAMPLES} == {act.name for act in ACTS.values() if act.summary}


@pytest.mark.parametrize(("path", "rpc", "body", "wanted"), EXAMPLES)
def test_each_act_reaches_its_rpc_with_version_and_key(
    client: FlaskClient, wards: FakeWards, path: str, rpc: str, body: Any, wanted: dict[str, Any]
) -> None:
    wards.answers(rpc, a_dossier())
    headers = bearer() | {"If-Match": '"4"', "Idempotency-Key": "k"}
    answer = (
        client.post(f"{DOSSIERS}/{DOSSIER}/{path}", json=body, headers=headers)
        if body is not None
        else (client.post(f"{DOSSIERS}/{DOSSIER}/{path}", headers=headers))
    )
    assert answer.status_code == 200, answer.get_json()
    (asked,) = wards.asked
    assert asked.rpc == rpc
    assert asked.idempotency_key == "k"
    assert (asked.request.dossier_id, asked.request.expected_version) == (DOSSIER, 4)
    assert {name: getattr(asked.request, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("rpc", "sent"),
    [
        (rpcs.SAVE_FORM, "k"),
        (RETURN.rpc, "k"),
        (rpcs.GET_DOSSIER, ""),
        (rpcs.CREATE_SESSION, ""),
        (rpcs.START_PAYMENT, ""),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_key_is_sent_only_with_an_rpc_that_keeps_it(wards: FakeWards, rpc: Rpc[..., Message], sent: str) -> None:
    wards.answers(rpc.name, rpc.answer())
    wards.client(NAM_DUONG, key="k").send(rpc, rpc.request())
    assert [asked.idempotency_key for asked in wards.asked] == [sent]


@pytest.mark.parametrize(("path", "rpc", "body", "wanted"), EXAMPLES)
def test_an_act_that_does_not_name_the_version_it_was_decided_on_is_428(
    client: FlaskClient, wards: FakeWards, path: str, rpc: str, body: Any, wanted: dict[str, Any]
) -> None:
    """docs/decisions/0016: nothing is overwritten, signed or decided on a version that nobody has read."""
    answer = client.post(f"{DOSSIERS}/{DOSSIER}/{path}", json=body or {}, headers=bearer() | {"Idempotency-Key": "k"})
    found = problem(answer, 428, "precondition-required")
    assert "If-Match: *" in found["detail"]
    assert [each["field"] for each in found["fields"]] == ["If-Match"]
    assert wards.asked == []


def test_a_form_is_not_saved_over_another_version_unseen(client: FlaskClient, wards: FakeWards) -> None:
    for header in ({}, {"If-Match": ""}):
        answer = client.put(f"{DOSSIERS}/{DOSSIER}/form", json={}, headers=bearer() | header)
        problem(answer, 428, "precondition-required")
    assert wards.asked == []


def test_messages_of_a_dossier_carry_their_attempts(client: FlaskClient, wards: FakeWards) -> None:
    attempt = notifications_pb2.Attempt(at=at(1), succeeded=False, answer="503")
    sent = notifications_pb2.Message(
        id="m", channel="sms", status=notifications_pb2.MESSAGE_STATUS_FAILED, attempts=[attempt]
    )
    wards.answers("ListDossierMessages", notifications_pb2.ListMessagesResponse(messages=[sent]))
    found = client.get(f"{DOSSIERS}/{DOSSIER}/messages", headers=bearer()).get_json()
    assert found["messages"][0]["status"] == "failed"
    assert found["messages"][0]["attempts"][0]["answer"] == "503"


def test_a_paper_is_a_pdf(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("GetPaper", dossiers_pb2.Paper(filename="bien-nhan.pdf", content=b"%PDF-1.7"))
    answer = client.get(f"{DOSSIERS}/{DOSSIER}/papers/receipt", headers=bearer())
    assert (answer.content_type, answer.data) == ("application/pdf", b"%PDF-1.7")


def test_tracking_goes_to_the_ward_of_the_agency_in_the_code(
    client: FlaskClient, wards: FakeWards, district: District
) -> None:
    wards.answers("TrackDossier", dossiers_pb2.TrackedDossier(code="x", status=1, submitted_at=at(2)))
    code = f"{district.wards[NAM_DUONG].agency_id}-201006-0001"
    answer = client.post("/api/v1/tracking", json={"code": f" {code.lower()} ", "key": "k"})
    assert answer.status_code == 200
    assert (wards.asked[0].ward, wards.asked[0].request.code) == (NAM_DUONG, code)


@pytest.mark.parametrize("code", ["999.01.01.H17-201006-0001", "x", "--", "-"])
def test_a_code_of_no_agency_is_a_dossier_that_is_not_found(client: FlaskClient, code: str) -> None:
    problem(client.post("/api/v1/tracking", json={"code": code, "key": "k"}), 404, "unknown-tracking")


def test_a_certificate_is_checked_in_the_ward_that_its_id_opens_with(client: FlaskClient, wards: FakeWards) -> None:
    wards.answers("VerifyCertificate", dossiers_pb2.CertificateStatus(certificate_id="20248-7K", status="valid"))
    assert client.get("/api/v1/verify/20248-7K").get_json()["status"] == "valid"
    assert wards.asked[0].ward == NAM_DUONG
    page = client.get("/api/v1/verify/20248-7K", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, page.headers["Location"]) == (303, "/xac-minh/20248-7K")
    problem(client.get("/api/v1/verify/99999-7K"), 404, "unknown-certificate")
    problem(client.get("/api/v1/verify/abc"), 404, "unknown-certificate")


def test_the_dossier_says_what_is_verified_until_when_and_how_it_stands(client: FlaskClient, wards: FakeWards) -> None:
    verification = dossiers_pb2.Verification(
        id="v", kind="inquiry", state="sent", state_text="đang chờ", sent_at=at(2), waits_until="2020-10-26"
    )
    extension = dossiers_pb2.Extension(at=at(2), due_before=at(3), due_after=at(4), reason="Máy hỏng", late=True)
    wards.answers(
        "GetDossier",
        a_dossier(verifications=[verification], verifying_until="2020-10-26", verdict="late", extension=extension),
    )
    found = client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer()).get_json()
    assert (found["verdict"], found["verifying_until"], found["reminded_at"]) == ("late", "2020-10-26", None)
    assert (found["extension"]["late"], found["extension"]["reason"]) == (True, "Máy hỏng")
    (shown,) = found["verifications"]
    assert (shown["state"], shown["waits_until"], shown["ended_at"]) == ("sent", "2020-10-26", None)


def test_a_draft_says_until_when_it_is_kept_and_what_is_filed_nothing_of_it(
    client: FlaskClient, wards: FakeWards
) -> None:
    for kept_until, said in (("2021-01-04", "2021-01-04"), ("", None)):
        wards.answers("GetDossier", a_dossier(kept_until=kept_until))
        assert client.get(f"{DOSSIERS}/{DOSSIER}", headers=bearer()).get_json()["kept_until"] == said
