"""Appointments, apologies and verdicts: by when a dossier is promised, and the papers of the desk that say so."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import partial

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from caunoi.dossiers.v1 import events_pb2
from pypdf import PdfReader

from services.chassis.refusal import Kind, Refusal
from tests.race import race
from tests.services.dossiers.timing import (
    INQUIRY,
    STATUS,
    at,
    checks,
    extend,
    printed,
    shown,
    sweep,
    verify,
)
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    HOA,
    OFFICER_AND_SIGNER,
    SAU,
    Person,
    World,
    refused,
)
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS


def test_an_apology_that_a_deputy_makes_is_signed_by_a_deputy(world: World) -> None:
    """NĐ 30/2020: KT. by capacity; the slip of an officer is the head's to sign."""
    for who, above in ((DUNG, False), (OFFICER_AND_SIGNER, True)):
        id = world.accepted(STATUS, MARITAL_STATUS.form)
        extend(world, id, "2020-10-12 10:00", who)
        assert ("KT. CHỦ TỊCH PHÓ CHỦ TỊCH" in printed(world, id, "apology")) is above


def test_what_was_filed_online_on_a_saturday_is_promised_from_the_appointment_on(world: World) -> None:
    """NĐ 87/2020 Đ12.3: the appointment goes out with the acceptance, or with the payment that completes it."""
    world.clock.set(at("2020-10-10 09:00"))
    on_monday = world.filed_as(STATUS, MARITAL_STATUS.form)
    on_saturday = world.accepted(STATUS, MARITAL_STATUS.form)
    world.clock.set(at("2020-10-12 08:15"))
    assert world.accept(on_monday).status == 6
    world.call("RecordPayment", pb.RecordPaymentRequest(dossier_id=on_monday, receipt="BL 12"), HOA)
    assert shown(world.get(on_monday).due_at) == "2020-10-15 17:30", "Thursday"
    assert shown(world.get(on_saturday).due_at) == "2020-10-14 17:30", "Wednesday"


def test_the_office_apologises_once_and_names_a_new_hour(world: World) -> None:
    """TT 01/2018/TT-VPCP, mẫu 04: one re-appointment."""
    id = world.accepted()
    world.clock.set(at("2020-10-06 16:00"))
    later = extend(world, id, "2020-10-07 10:00")
    assert (shown(later.due_at), later.verdict, later.extension.late) == ("2020-10-07 10:00", "running", False)
    assert (shown(later.extension.due_before), later.extension.reason) == ("2020-10-06 17:30", "Máy chủ hỏng")
    assert "apology" in world.get(id, SAU).papers
    slip = printed(world, id, "apology", SAU)
    for part in ("17 giờ 30", "10 giờ 00", "Máy chủ hỏng", "Đỗ Tiến Dũng"):
        assert part in slip, (part, slip)
    no = refused(lambda: extend(world, id, "2020-10-08 10:00"))
    assert (no.kind, no.type) == (Kind.CONFLICT, "already-extended")
    assert "07/10/2020" in no.text
    [event] = [each for each in world.events(key=id) if "extended" in each.type]
    assert events_pb2.DossierExtended.FromString(event.payload).facts.due_at == later.due_at
    tracked = world.track(later.code, world.get(id, SAU).tracking_key)
    assert shown(tracked.extension.due_after) == "2020-10-07 10:00"
    told = [tracked.reason, tracked.extension.reason, *(line.reason for line in tracked.history)]
    assert not any("Máy chủ hỏng" in each for each in told), "without signing in nobody reads the office's own words"


def test_a_new_appointment_moves_with_what_is_waited_for_after_it(world: World) -> None:
    id = world.accepted()
    extend(world, id, "2020-10-07 10:00")
    world.clock.set(at("2020-10-07 08:00"))
    world.ask(id, "/child/full_name")
    world.clock.set(at("2020-10-08 08:30"))
    back = world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert shown(back.due_at) == "2020-10-08 10:30"


@pytest.mark.parametrize(
    ("due", "word"),
    [
        ("2020-10-06 17:30", "sau hạn cũ"),
        ("2020-10-10 09:00", "giờ làm việc"),  # Saturday
        ("2020-10-07 12:00", "giờ làm việc"),
        ("2020-10-07 19:00", "giờ làm việc"),
        ("2022-10-06 09:00", "một năm"),
        ("9999-12-31 09:00", "một năm"),
    ],
)
def test_a_new_time_is_later_and_in_working_hours(world: World, due: str, word: str) -> None:
    id = world.accepted()
    no = refused(lambda: extend(world, id, due))
    assert (no.type, [fault.field for fault in no.fields]) == ("invalid-field", ["new_due_at"])
    assert word in no.text
    assert not world.get(id).HasField("extension")


def test_a_stopped_or_unaccepted_dossier_has_no_new_appointment(world: World) -> None:
    id = world.filed().dossier.id
    assert refused(lambda: extend(world, id, "2020-10-08 09:00")).type == "wrong-state"
    world.accept(id)
    verify(world, id, **INQUIRY)
    assert refused(lambda: extend(world, id, "2020-10-08 09:00")).type == "clock-stands-still"
    no = refused(lambda: world.call("ExtendDossier", pb.ExtendDossierRequest(dossier_id=id, reason="x"), HOA))
    assert no.kind is Kind.FORBIDDEN


def test_one_of_two_apologies_at_once_is_made(world: World) -> None:
    id = world.accepted()
    answers = race(lambda: extend(world, id, "2020-10-07 10:00"), lambda: extend(world, id, "2020-10-08 10:00", CHAIR))
    lost = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [no.type for no in lost] == ["already-extended"]


def test_an_apology_that_comes_late_is_taken_and_the_verdict_stays_late(world: World) -> None:
    """docs/decisions/0014: the citizen is owed a new day all the more; the broken promise stays one."""
    id = world.accepted()
    world.clock.set(at("2020-10-07 08:00"))
    sweep(world)
    late = extend(world, id, "2020-10-08 10:00")
    assert (late.extension.late, late.verdict, late.overdue) == (True, "late", False)
    assert "apology-late" in checks(late)
    world.approve(id)
    assert world.sign(id).verdict == "late"


def test_done_in_time_and_in_time_after_an_apology_are_both_in_time(world: World) -> None:
    """QĐ 766/QĐ-TTg."""
    assert world.signed().verdict == "on-time"
    id = world.accepted()
    extend(world, id, "2020-10-08 10:00")
    world.approve(id)
    world.clock.set(at("2020-10-07 09:00"))
    assert world.sign(id).verdict == "early"
    refused_one = world.filed().dossier.id
    request = pb.RefuseDossierRequest(dossier_id=refused_one, reason="Sai phường", article="Luật Hộ tịch 2014 Đ13")
    assert world.call("RefuseDossier", request, HOA).verdict == "on-time"


def test_a_second_supplement_request_counts_as_late(world: World) -> None:
    """QĐ 766/QĐ-TTg."""
    id = world.accepted()
    for name in ("Nguyễn Minh Ân", "Nguyễn Minh Ấn"):
        world.ask(id, "/child/full_name")
        last = world.supplement(id, {"child": {"full_name": name}})
    assert last.verdict == "late"


def test_the_control_sheet_names_giver_and_receiver_and_says_whether_in_time(world: World) -> None:
    """TT 01/2018/TT-VPCP, mẫu 05."""
    id = world.accepted()
    world.clock.set(at("2020-10-07 08:00"))
    world.approve(id)
    assert "control-sheet" not in world.get(id, SAU).papers
    sheet = printed(world, id, "control-sheet")
    for part in ("Người nộp hồ sơ", "Lê Thị Hoa", "Đỗ Tiến Dũng", "Đúng hạn", "Quá hạn"):
        assert part in sheet, (part, sheet)
    for colleague in ("Lê Thị Hoa", "Đỗ Tiến Dũng"):
        assert sheet.count(colleague) == 2, "who received it, and gave it on"


def test_a_new_time_that_no_calendar_has_is_refused(world: World) -> None:
    id = world.accepted()
    latest = pb.ExtendDossierRequest(dossier_id=id, reason="Máy chủ hỏng")
    latest.new_due_at.FromDatetime(datetime(9999, 12, 31, 23, tzinfo=UTC))  # past the end of years in Đà Nẵng
    assert refused(lambda: world.call("ExtendDossier", latest, DUNG)).type == "invalid-field"
    latest.new_due_at.seconds = 2**62
    assert refused(lambda: world.call("ExtendDossier", latest, DUNG)).type == "invalid-field"


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2200-01-01", "06/10/2020", "20201006", "2020-02-30"])
def test_a_day_that_cannot_be_meant_is_a_fault_of_its_field(world: World, day: str) -> None:
    asked = {
        "on": ("ListProcedures", pb.ListProceduresRequest(on=day)),
        "to": ("GetTrackingBook", pb.GetTrackingBookRequest(from_day="2020-10-06", to_day=day)),
        "from": ("GetTrackingBook", pb.GetTrackingBookRequest(from_day=day, to_day=day)),
        "from_day": ("SearchRegister", pb.SearchRegisterRequest(register="birth", reason="Đối chiếu", from_day=day)),
        "to_day": ("SearchRegister", pb.SearchRegisterRequest(register="birth", reason="Đối chiếu", to_day=day)),
    }
    for field, (rpc, request) in asked.items():
        no = refused(partial(world.call, rpc, request, DUNG))
        assert (no.kind, no.type, [fault.field for fault in no.fields]) == (Kind.INVALID, "invalid-field", [field]), rpc


def test_the_tracking_book_has_the_days_that_are_asked_for_and_is_the_offices_alone(world: World) -> None:
    """TT 01/2018/TT-VPCP, mẫu 06."""
    first = world.get(world.accepted()).code
    world.clock.set(at("2020-10-07 08:00"))
    second = world.get(world.accepted()).code

    def book(start: str, end: str, who: Person = HOA) -> str:
        paper = world.call("GetTrackingBook", pb.GetTrackingBookRequest(from_day=start, to_day=end), who)
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
        return "".join(text.replace("\u200b", "").split())

    assert first in book("2020-10-06", "2020-10-06")
    assert second not in book("2020-10-06", "2020-10-06")
    both = book("2020-10-06", "2020-10-07")
    assert both.index(first) < both.index(second)
    assert refused(lambda: book("2020-10-06", "2020-10-06", SAU)).kind is Kind.FORBIDDEN
    assert refused(lambda: book("2020-10-06", "2020-11-06")).type == "range-too-long"
    assert refused(lambda: book("2020-10-06", "2020-10-05")).type == "invalid-field"
    assert refused(lambda: book("06/10/2020", "2020-10-05")).type == "invalid-field"
