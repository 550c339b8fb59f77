"""One birth registration from the draft to the giấy khai sinh in the parent's hand."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import datetime, timedelta

from caunoi.dossiers.v1 import dossiers_pb2 as pb
from caunoi.dossiers.v1 import events_pb2
from pypdf import PdfReader

from services.chassis.clock import VIETNAM
from services.dossiers.adapters.seal import verify
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    HOA,
    NAM_DUONG,
    NEIGHBOUR,
    SAU,
    THANH_BINH,
    Person,
    World,
    birth_form,
    photograph,
)


def _paper(world: World, dossier_id: str, kind: str, who: Person = SAU) -> tuple[bytes, str]:
    answer = world.call("GetPaper", pb.GetPaperRequest(dossier_id=dossier_id, kind=kind), who)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    return answer.content, text


def test_a_birth_is_registered_from_the_draft_to_the_certificate(world: World) -> None:
    draft = world.draft()
    assert (draft.status, draft.code, list(draft.actions)) == (0, "", ["submission"])
    begun = json.loads(draft.form_json)
    known = {"full_name": "Nguyễn Thị Sáu", "phone": "0905123456", "identity_number": "048155001001"}
    assert begun["requester"].items() >= known.items(), "filled in from the account"
    for section, members in birth_form().items():
        saved = world.save(draft.id, {section: members})
    assert saved.version > draft.version
    added = world.add(draft.id, photograph())
    assert added.media_type == "image/jpeg"

    confirmation = world.confirm(draft.id)
    assert confirmation.phone_masked == "•••••••101"
    filed = world.submit(draft.id, confirmation.id)
    id, code = filed.dossier.id, filed.dossier.code
    assert code.endswith("-201006-0001")
    assert filed.dossier.status == 1
    assert filed.dossier.tracking_key == filed.tracking_key
    assert not filed.dossier.documents[0].removable

    listed = world.call("ListDesk", pb.ListDeskRequest(query="an minh"), HOA).dossiers
    assert [each.code for each in listed] == [code]
    assert world.track(code, filed.tracking_key).status == 1

    accepted = world.accept(id)
    due = accepted.due_at.ToDatetime(tzinfo=VIETNAM)
    assert due == datetime(2020, 10, 6, 17, 30, tzinfo=VIETNAM), "accepted before 15:00: the same working day"
    assert accepted.papers == ["receipt", "control-sheet"]
    _, receipt = _paper(world, id, "receipt")
    assert code in receipt
    assert "17 giờ 30 phút, ngày 06 tháng 10 năm 2020" in " ".join(receipt.split())

    asked = world.ask(id, "/child/full_name", "documents/birth-certificate-of-hospital")
    assert (asked.status, asked.HasField("due_at"), asked.HasField("paused_at")) == (5, False, True)
    tracked = world.track(code, filed.tracking_key)
    assert tracked.asked_for == ["Họ, chữ đệm, tên của trẻ", "Giấy chứng sinh"]
    assert tracked.reason.startswith("Phường đã ghi rõ lý do"), "the office's own words may name somebody"
    assert [line.reason for line in tracked.history if line.reason] == []
    assert world.get(id, SAU).supplement_request.reason == "Chưa khớp giấy chứng sinh"
    world.clock.advance(timedelta(hours=1))
    world.add(id, photograph(100))
    supplemented = world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert supplemented.status == 4
    assert supplemented.due_at.ToDatetime(tzinfo=VIETNAM) == datetime(2020, 10, 7, 8, 30, tzinfo=VIETNAM), (
        "one working hour waited, one working hour later (QĐ 766/QĐ-TTg)"
    )

    approved = world.approve(id)
    assert approved.proposed_entry.personal_identification_number == "048220000123"
    assert "signature" in world.get(id, CHAIR).actions
    signed = world.sign(id)
    entry = signed.register_entry
    assert (signed.status, entry.number, entry.year, entry.book) == (9, 1, 2020, "01-TP/HT-2020-KS")
    assert "certificate" not in world.get(id).papers, "the applicant's only after the register was signed"

    world.compare_all(id)
    done = world.hand_over(id)
    assert (done.status, list(done.actions)) == (10, [])
    pdf, text = _paper(world, id, "certificate")
    assert "NGUYỄN MINH ÂN" in text
    assert "048220000123" in text
    assert _paper(world, id, "certificate")[0] == pdf, "one certificate is one file"
    assert verify(pdf, world.settings.seals_root_file.read_bytes()).trusted

    status = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=entry.certificate_id))
    assert (status.status, status.paper, status.number) == ("valid", "Giấy khai sinh", "01/2020")
    assert status.sha256 == hashlib.sha256(pdf).hexdigest()


def test_each_step_leaves_one_event_one_line_of_history_and_moves_the_tracking(world: World) -> None:
    filed = world.filed()
    id = filed.dossier.id
    world.accept(id)
    world.ask(id, "/child/full_name")
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    world.approve(id)
    signed = world.sign(id)
    world.compare_all(id)
    world.hand_over(id)
    types = [
        "submitted",
        "accepted",
        "supplement-requested",
        "supplemented",
        "approved",
        "signed",
        "handed-over",
    ]
    events = world.events(key=id)
    assert [event.type for event in events] == [f"vn.caunoi.dossiers.dossier.{each}.v1" for each in types]
    messages = [
        events_pb2.DossierAccepted.FromString(event.payload).facts for event in events
    ]  # `facts` is field 1 in all
    assert [facts.sequence for facts in messages] == [1, 2, 3, 4, 5, 6, 7]
    assert [facts.status for facts in messages] == [1, 2, 5, 4, 4, 9, 10]
    assert [facts.HasField("due_at") for facts in messages] == [False, True, False, True, True, False, False]
    assert {(facts.applicant_account_id, facts.applicant_ward) for facts in messages} == {(SAU.id, NAM_DUONG)}
    asked = events_pb2.DossierSupplementRequested.FromString(events[2].payload)
    assert list(asked.fields) == ["/child/full_name"]
    registered = world.events(key=signed.register_entry.id)
    assert [event.type for event in registered] == ["vn.caunoi.civil-status.birth.registered.v1"]
    fact = events_pb2.BirthRegistered.FromString(registered[0].payload)
    assert (fact.number, fact.year, fact.certificate_id) == (1, 2020, signed.register_entry.certificate_id)

    history = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), SAU).entries
    assert [entry.action for entry in history] == types
    assert [entry.sequence for entry in history] == [1, 2, 3, 4, 5, 6, 7]
    tracked = world.track(filed.dossier.code, filed.tracking_key)
    assert [entry.action for entry in tracked.history] == types


def test_events_and_tracking_name_nobody(world: World) -> None:
    filed = world.filed()
    id = filed.dossier.id
    world.accept(id)
    world.approve(id)
    entry = world.sign(id).register_entry
    world.noted(entry.id, "correction", text="Cải chính họ của mẹ: Nguyễn Thị Lan.")
    payloads = b"".join(event.payload for event in world.events())
    tracked = world.track(filed.dossier.code, filed.tracking_key).SerializeToString()
    check = pb.VerifyCertificateRequest(certificate_id=entry.certificate_id)
    checked = world.call("VerifyCertificate", check).SerializeToString()
    for words in ("Nguyễn", "NGUYỄN", "Minh An", "Thị Lan", "048155001001", "048220000123", DUNG.name, CHAIR.name):
        for told in (payloads, tracked, checked):
            assert words.encode() not in told, words
    assert [event for event in world.events() if "noted" in event.type]


def test_identity_numbers_lie_nowhere_in_the_database(world: World) -> None:
    """docs/architecture.md, rule 7: also not in what is kept to answer a repeated request."""
    draft = world.ready()
    world.submit(draft.id, world.confirm(draft.id, key="k1").id, key="k2")
    world.accept(draft.id)
    world.approve(draft.id)
    world.sign(draft.id)
    with world.cells[NAM_DUONG].database.engine.connect() as connection:
        tables = [
            name
            for (name,) in connection.exec_driver_sql(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            )
        ]
        assert {"dossiers", "idempotency", "outbox", "register_entries", "audit"} <= set(tables)
        for table in tables:
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            dump = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in rows])
            assert "048155001001" not in dump, table
            assert "048220000123" not in dump, table


def test_the_desk_works_while_the_applicant_is_of_another_ward(world: World) -> None:
    draft = world.draft(NEIGHBOUR)
    world.add(draft.id, photograph(), NEIGHBOUR)
    world.save(draft.id, birth_form(), NEIGHBOUR)
    filed = world.submit(draft.id, world.confirm(draft.id, NEIGHBOUR).id, NEIGHBOUR)
    world.accept(filed.dossier.id)
    facts = events_pb2.DossierSubmitted.FromString(world.events(key=draft.id)[0].payload).facts
    assert (facts.ward, facts.applicant_ward) == (NAM_DUONG, THANH_BINH)
