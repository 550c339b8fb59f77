"""The ward office at work: who may do what when, the clock, and the list."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from caunoi.dossiers.v1 import events_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from pypdf import PdfReader

from services.chassis.capacity import Capacity
from services.chassis.clock import VIETNAM
from services.chassis.events.envelope import event_type
from services.chassis.refusal import Kind, Refusal
from tests.race import race
from tests.services.dossiers.world import (
    BIRTH,
    CHAIR,
    DUNG,
    FOREIGN_OFFICER,
    HOA,
    HOSPITAL_PAPER,
    OFFICER_AND_SIGNER,
    SAU,
    STRANGER,
    Person,
    World,
    birth_form,
    photograph,
    refused,
)

REASON = {"reason": "Ngoài thẩm quyền", "article": "Luật Hộ tịch 2014 Đ13"}


def _refuse(world: World, id: str, who: Person = HOA, **changes: str) -> Any:
    fields: dict[str, Any] = {**REASON, **changes}
    return world.call("RefuseDossier", pb.RefuseDossierRequest(dossier_id=id, **fields), who)


def _propose_stop(world: World, id: str, who: Person = DUNG, **changes: str) -> Any:
    fields: dict[str, Any] = {**REASON, **changes}
    return world.call("ProposeStop", pb.ProposeStopRequest(dossier_id=id, **fields), who)


def _stop(world: World, id: str, who: Person = CHAIR, **fields: Any) -> Any:
    return world.call("StopDossier", pb.StopDossierRequest(dossier_id=id, **fields), who)


def _withdraw(world: World, id: str, who: Person = SAU) -> Any:
    return world.call("WithdrawDossier", pb.WithdrawDossierRequest(dossier_id=id, reason="Đổi ý"), who)


def test_only_the_roles_of_an_act_may_do_it(world: World) -> None:
    id = world.filed().dossier.id
    acts: list[tuple[Callable[[Person], object], list[Person]]] = [
        (lambda who: world.accept(id, who), [CHAIR, SAU, FOREIGN_OFFICER]),
        (lambda who: _refuse(world, id, who), [CHAIR, SAU, FOREIGN_OFFICER]),
        (lambda who: world.ask(id, "/child/full_name", who=who), [CHAIR, SAU, FOREIGN_OFFICER]),
        (lambda who: world.approve(id, who), [HOA, CHAIR, SAU, FOREIGN_OFFICER]),
        (lambda who: world.sign(id, who), [HOA, DUNG, SAU]),
        (lambda who: world.hand_over(id, who), [CHAIR, SAU, FOREIGN_OFFICER]),
        (lambda who: _propose_stop(world, id, who), [HOA, CHAIR, SAU, FOREIGN_OFFICER]),
        (lambda who: _stop(world, id, who), [HOA, DUNG, SAU, FOREIGN_OFFICER]),
        (lambda who: world.call("ListDesk", pb.ListDeskRequest(), who), [SAU, FOREIGN_OFFICER]),
    ]
    for act, people in acts:
        for who in people:
            no = refused(partial(act, who))
            assert no.kind is Kind.FORBIDDEN, (who, no)
    assert refused(lambda: world.get(id, FOREIGN_OFFICER)).kind is Kind.FORBIDDEN
    assert world.get(id).status == 1


def test_a_skipped_state_is_refused_and_changes_nothing(world: World) -> None:
    filed = world.filed().dossier
    id = filed.id
    for act in (
        lambda: world.approve(id),
        lambda: world.sign(id),
        lambda: world.hand_over(id),
        lambda: world.supplement(id, {}),
        lambda: _propose_stop(world, id),
        lambda: _stop(world, id),
    ):
        no = refused(act)
        assert (no.kind, no.type) == (Kind.CONFLICT, "wrong-state")
    assert world.get(id).version == filed.version
    world.accept(id)
    assert refused(lambda: world.accept(id)).type == "wrong-state"
    assert refused(lambda: _refuse(world, id)).type == "wrong-state", "what was taken in is not refused any more"


def test_what_is_not_possible_is_refused_with_what_this_caller_may_do_now(world: World) -> None:
    id = world.filed().dossier.id
    of_applicant = refused(lambda: world.supplement(id, {})).text
    assert "Lúc này ông/bà có thể: rút hồ sơ." in of_applicant
    of_officer = refused(lambda: world.approve(id)).text
    assert "tiếp nhận" in of_officer
    assert "rút hồ sơ" not in of_officer, "that is the applicant's"
    _refuse(world, id)
    assert "Hồ sơ đã kết thúc" in refused(lambda: world.supplement(id, {})).text
    other = world.accepted()
    world.approve(other)
    of_preparer = refused(lambda: world.accept(other)).text
    assert "ký và vào sổ" not in of_preparer, "another signs than who has prepared it"
    world.sign(other)
    assert "ông/bà chưa phải làm gì" in refused(lambda: world.supplement(other, {})).text


def test_a_stale_if_match_is_refused(world: World) -> None:
    filed = world.filed().dossier
    no = refused(lambda: world.accept(filed.id, version=filed.version - 1))
    assert (no.kind, no.type) == (Kind.STALE, "stale-version")
    assert world.accept(filed.id, version=filed.version).status == 2


def test_one_of_two_officers_who_act_at_once_is_told_that_the_other_was_first(world: World) -> None:
    filed = world.filed().dossier
    answers = race(
        lambda: world.accept(filed.id, HOA, version=filed.version),
        lambda: world.call(
            "RefuseDossier",
            pb.RefuseDossierRequest(dossier_id=filed.id, expected_version=filed.version, **REASON),
            DUNG,
        ),
    )
    lost = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [no.kind for no in lost] == [Kind.STALE]
    assert len(world.events(key=filed.id)) == 2


def test_acts_at_once_are_numbered_in_the_order_of_their_commits(world: World) -> None:
    id = world.accepted()
    race(*[lambda: world.approve(id)] * 5)
    events = world.events(key=id)
    facts = [events_pb2.DossierApproved.FromString(event.payload).facts.sequence for event in events]
    assert facts == list(range(1, 8))


def test_a_repeated_act_with_one_key_is_done_once(world: World) -> None:
    id = world.filed().dossier.id
    request = pb.AcceptDossierRequest(dossier_id=id)
    answers = race(*[lambda: world.call("AcceptDossier", request, HOA, key="k")] * 3)
    assert len({answer.SerializeToString(deterministic=True) for answer in answers}) == 1  # type: ignore[attr-defined] # a message, or the test fails
    assert len(world.events(key=id)) == 2


def test_accepted_after_fifteen_the_result_is_due_the_next_working_day(world: World) -> None:
    """docs/law.md §9.4"""
    id = world.filed().dossier.id
    world.clock.set(datetime(2020, 10, 6, 15, 1, tzinfo=VIETNAM))
    due = world.accept(id).due_at.ToDatetime(tzinfo=VIETNAM)
    assert due == datetime(2020, 10, 7, 17, 30, tzinfo=VIETNAM)


def test_a_supplement_before_acceptance_restarts_the_check(world: World) -> None:
    id = world.filed().dossier.id
    asked = world.ask(id, "/child/full_name", who=HOA)
    assert (asked.status, list(asked.actions)) == (5, ["assignment"])
    world.clock.set(datetime(2020, 10, 8, 9, 0, tzinfo=VIETNAM))
    back = world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert back.status == 1
    assert not back.HasField("paused_at")
    assert back.due_at.ToDatetime(tzinfo=VIETNAM).date().isoformat() == "2020-10-08"
    assert world.accept(id).status == 2


def test_only_what_was_asked_for_may_change(world: World) -> None:
    id = world.accepted()
    world.ask(id, "/child/full_name", f"documents/{HOSPITAL_PAPER}")
    before = world.get(id)
    no = refused(lambda: world.supplement(id, {"mother": {"full_name": "Khác"}}))
    assert (no.kind, no.type) == (Kind.INVALID, "not-asked-for")
    assert {fault.field for fault in no.fields} == {"/mother/full_name"}
    no = refused(lambda: world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}}))
    assert (no.type, no.fields[0].field) == ("not-complete", f"documents/{HOSPITAL_PAPER}")
    world.add(id, photograph(1))
    no = refused(lambda: world.supplement(id, {"child": {"full_name": "Minh 2"}}))
    assert (no.type, no.fields[0].field) == ("not-complete", "/child/full_name")
    assert world.get(id).form_json == before.form_json
    assert refused(lambda: world.supplement(id, {}, STRANGER)).type == "unknown-dossier"
    done = world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert json.loads(done.form_json)["child"]["full_name"] == "Nguyễn Minh Ân"
    assert done.supplement_request.HasField("answered_at")


def test_an_empty_supplement_is_refused(world: World) -> None:
    id = world.filed().dossier.id
    world.ask(id, "/child/full_name")
    assert refused(lambda: world.supplement(id)).type == "nothing-supplemented"


def test_nothing_outside_the_procedure_may_be_asked_for(world: World) -> None:
    """TT 04/2020 Đ3"""
    id = world.filed().dossier.id
    for field in ("/child/shoe_size", "documents/salary-slip", "child", "", "/"):
        no = refused(partial(world.ask, id, field))
        assert (no.kind, no.type) == (Kind.INVALID, "unknown-field"), field
    assert refused(lambda: world.ask(id)).type == "missing-field"
    assert world.get(id).status == 1


def test_control_characters_in_what_officers_write_are_left_out(world: World) -> None:
    refusal = _refuse(world, world.filed().dossier.id, reason="Ngoài\x00 thẩm\tquyền")
    assert refusal.status == 3
    history = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=refusal.id), SAU).entries
    assert history[-1].reason == "Ngoài thẩm quyền"


def test_a_second_supplement_request_is_possible_and_the_office_is_warned(world: World) -> None:
    """docs/law.md §9.4: one request a dossier is from memory, so it warns and does not stop."""
    id = world.accepted()
    world.ask(id, "/child/full_name")
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert "supplement-asked-before" in {each.check for each in world.get(id, HOA).findings}
    world.clock.advance(timedelta(minutes=30))
    first_due = world.get(id).due_at.ToDatetime()
    world.ask(id, "/mother/full_name")
    world.clock.advance(timedelta(minutes=30))
    due = world.supplement(id, {"mother": {"full_name": "Trần Thị Lan Anh"}}).due_at.ToDatetime()
    assert due > first_due, "no sequence of requests shortens the citizen's time"


def test_a_prepared_entry_is_prepared_again_after_a_supplement(world: World) -> None:
    id = world.accepted()
    world.approve(id)
    world.ask(id, "/child/full_name")
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    no = refused(lambda: world.sign(id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "not-approved")
    world.approve(id)
    assert world.sign(id).status == 9


def test_a_refusal_and_a_rejection_need_reason_and_article(world: World) -> None:
    id = world.filed().dossier.id
    for missing in ("reason", "article"):
        no = refused(partial(_refuse, world, id, HOA, **{missing: " "}))
        assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "missing-field", missing)
    refusal = _refuse(world, id)
    assert (refusal.status, refusal.actions, refusal.papers) == (3, [], ["refusal"])
    answer = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="refusal"), SAU)
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert REASON["article"] in text
    stopped = world.accepted()
    assert refused(lambda: _propose_stop(world, stopped, article="")).type == "missing-field"
    _propose_stop(world, stopped)
    assert _stop(world, stopped).status == 8
    assert refused(lambda: world.approve(stopped)).type == "wrong-state"


def test_the_officer_prepares_a_rejection_and_the_head_signs_it(world: World) -> None:
    """Luật Hộ tịch 2014 Đ5.2"""
    id = world.accepted()
    no = refused(lambda: _stop(world, id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "not-approved")
    proposed = _propose_stop(world, id)
    assert (proposed.status, "stop-proposal" in proposed.actions) == (2, False)
    (why,) = [each.text for each in world.get(id, CHAIR).findings if each.check == "stop-proposed"]
    assert REASON["reason"] in why
    assert REASON["article"] in why
    assert {"stop", "return"} <= set(world.get(id, CHAIR).actions)
    assert not [each for each in world.get(id).findings if each.check == "stop-proposed"], "the citizen is not told"
    history = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), SAU)
    assert "stop-proposed" not in {each.action for each in history.entries}
    stopped = _stop(world, id)
    assert (stopped.status, stopped.papers[-1]) == (8, "control-sheet")
    line = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), SAU).entries[-1]
    assert (line.action, line.reason) == ("stopped", REASON["reason"])
    answer = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="stop-notice"), SAU)
    notice = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert CHAIR.name.upper() in notice.upper()
    assert REASON["article"] in notice


def test_a_rejection_is_signed_in_the_signers_capacity_whatever_their_title_says(world: World) -> None:
    """NĐ 30/2020: KT. by capacity."""
    for who, is_deputy in (
        (replace(CHAIR, title="Phó Chủ tịch phụ trách"), False),
        (replace(CHAIR, title="P. Chủ tịch", capacity=Capacity.DEPUTY), True),
    ):
        id = world.accepted()
        _propose_stop(world, id)
        _stop(world, id, who)
        answer = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="stop-notice"), SAU)
        assert ("KT. CHỦ TỊCH" in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()) == is_deputy


def test_a_rejection_is_given_back_or_goes_with_the_next_act_and_nobody_signs_their_own(world: World) -> None:
    id = world.accepted()
    _propose_stop(world, id, OFFICER_AND_SIGNER)
    assert "stop" not in world.get(id, OFFICER_AND_SIGNER).actions
    assert refused(lambda: _stop(world, id, OFFICER_AND_SIGNER)).type == "signer-prepared-it"
    back = world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason="Hỏi lại đã"), CHAIR)
    assert back.status == 2
    assert [each.text for each in world.get(id, DUNG).findings if each.check == "returned"] == [
        f"{CHAIR.name}, {CHAIR.title} đã trả lại hồ sơ để xem lại: Hỏi lại đã"
    ]
    assert refused(lambda: _stop(world, id)).type == "not-approved"
    _propose_stop(world, id)
    world.assign(id, DUNG)
    assert "stop" in world.get(id, CHAIR).actions, "who works on it changes nothing"
    world.ask(id, "/child/full_name")
    assert refused(lambda: _stop(world, id)).type == "not-approved"
    _propose_stop(world, id)
    world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    assert refused(lambda: _stop(world, id)).type == "not-approved", "the officer looks at what has come"
    world.approve(id)
    _propose_stop(world, id)
    assert refused(lambda: world.sign(id)).type == "not-approved"
    assert _stop(world, id, reason="Đã đăng ký ở nơi khác.").status == 8


def test_what_is_registered_ends_without_a_result_once_its_entry_is_annulled(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.2, Đ70.1h: no dossier is left that can neither be handed over nor ended."""
    signed = world.signed()
    world.compare(signed.id, HOSPITAL_PAPER, differs="Giấy chứng sinh giả")
    assert refused(lambda: world.hand_over(signed.id)).type == "not-complete"
    assert "stop-proposal" not in world.get(signed.id, DUNG).actions
    no = refused(lambda: _propose_stop(world, signed.id))
    assert no.type == "wrong-state"
    assert "ghi chú hủy" in no.text
    world.noted(signed.register_entry.id, "annulment", text="Hủy việc đăng ký khai sinh")
    assert "stop-proposal" in world.get(signed.id, DUNG).actions
    _propose_stop(world, signed.id)
    assert _stop(world, signed.id).status == 8


def test_the_applicant_withdraws_until_it_is_done(world: World) -> None:
    id = world.filed().dossier.id
    assert refused(lambda: _withdraw(world, id, STRANGER)).type == "unknown-dossier"
    withdrawn = _withdraw(world, id)
    assert (withdrawn.status, withdrawn.actions) == (7, [])
    assert not withdrawn.HasField("due_at")
    draft = world.draft()
    assert refused(lambda: _withdraw(world, draft.id)).type == "wrong-state"
    done = world.signed()
    assert refused(lambda: _withdraw(world, done.id)).type == "wrong-state"


@pytest.mark.parametrize("number", ["12345", "04822000012", "04822000012a", "0482200001234"])
def test_a_personal_identification_number_has_twelve_digits(world: World, number: str) -> None:
    id = world.accepted()
    no = refused(lambda: world.approve(id, number=number))
    assert (no.kind, no.fields[0].field) == (Kind.INVALID, "personal_identification_number")


def test_a_missing_personal_identification_number_is_shown_to_the_signer_and_never_made_up(world: World) -> None:
    """NĐ 87/2020 Đ10–11"""
    id = world.accepted()
    approved = world.approve(id, number="")
    assert approved.proposed_entry.personal_identification_number == ""
    found = {each.check for each in world.get(id, CHAIR).findings}
    assert "no-personal-identification-number" in found
    assert world.sign(id).status == 9


def test_the_officer_who_prepared_an_entry_does_not_sign_it(world: World) -> None:
    id = world.accepted()
    approved = world.approve(id, OFFICER_AND_SIGNER)
    assert "signature" not in approved.actions
    no = refused(lambda: world.sign(id, OFFICER_AND_SIGNER))
    assert (no.kind, no.type) == (Kind.FORBIDDEN, "signer-prepared-it")
    assert world.sign(id, CHAIR).register_entry.signer_name == CHAIR.name


def test_nobody_signs_who_has_not_declared_that_it_is_nothing_of_their_own(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.1h, Đ12.2; Luật HNGĐ 2014 Đ3.19: neither for oneself nor for a relative."""
    id = world.accepted()
    world.approve(id)
    no = refused(lambda: world.sign(id, no_conflict_of_interest=False))
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "conflict-of-interest", "no_conflict_of_interest")
    assert world.get(id, CHAIR).status == 4
    world.sign(id)
    assert "người thân thích" in _signed(world, id, CHAIR).reason
    assert _signed(world, id, SAU).reason == ""


def test_a_signer_who_is_named_in_the_form_declares_to_be_somebody_else(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.1h: in any spelling of the name, and in any place."""
    form = birth_form()
    form["father"]["full_name"] = "VO VAN NAM"
    id = world.filed_as(BIRTH, form)
    world.accept(id)
    world.approve(id)
    assert "signer-named" in [each.check for each in world.get(id, CHAIR).findings]
    assert "signer-named" not in [each.check for each in world.get(id, DUNG).findings]
    no = refused(lambda: world.sign(id))
    assert (no.type, no.fields[0].field) == ("conflict-of-interest", "namesake")
    world.sign(id, namesake=True)
    assert "người khác" in _signed(world, id, CHAIR).reason


def _signed(world: World, id: str, who: Person) -> Any:
    history = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), who)
    assert isinstance(history, pb.GetHistoryResponse)
    (line,) = [each for each in history.entries if each.action == "signed"]
    return line


def test_the_signer_gives_a_dossier_back_and_only_the_office_reads_why(world: World) -> None:
    id = world.accepted()
    no = refused(partial(_give_back, world, id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "not-approved")
    world.approve(id)
    assert "return" in world.get(id, CHAIR).actions
    assert "return" not in world.get(id, DUNG).actions
    back = _give_back(world, id)
    assert back.status == 4
    assert "return" not in back.actions
    assert "signature" not in back.actions
    assert back.proposed_entry.personal_identification_number == "048220000123", "what was prepared is kept"
    last = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), DUNG).entries[-1]
    assert (last.action, last.reason) == ("returned", "Họ tên mẹ chưa khớp giấy chứng sinh")
    own = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), SAU).entries
    assert [(each.sequence, each.action) for each in own] == [(1, "submitted"), (2, "accepted"), (3, "approved")]
    looks = world.call("ListOwnAccessLog", pb.ListOwnAccessLogRequest(page_size=100), SAU).entries
    assert "approval" in {each.action for each in looks}
    assert "return" not in {each.action for each in looks}, "the citizen is told nothing of it"
    assert "chờ ký" not in world.get(id).waits_for
    first = world.get(id, DUNG).findings[0]
    assert (first.check, first.kind) == ("returned", pb.FINDING_KIND_ASKS_OFFICER)
    assert "Họ tên mẹ chưa khớp giấy chứng sinh" in first.text
    assert "returned" not in {each.check for each in world.get(id).findings}, "the reason is the office's own"
    no = refused(partial(_give_back, world, id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "not-approved")
    no = refused(partial(world.sign, id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "not-approved")
    world.approve(id)
    assert "returned" not in {each.check for each in world.get(id, DUNG).findings}
    approved = [event for event in world.events(key=id) if event.type == event_type(events_pb2.DossierApproved)]
    assert [events_pb2.DossierApproved.FromString(event.payload).renewed for event in approved] == [False, True]
    assert world.sign(id).register_entry.number == 1
    own = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), SAU).entries
    assert [each.sequence for each in own] == [1, 2, 3, 4, 5], "no gap tells of it"


def test_a_dossier_is_given_back_with_a_reason(world: World) -> None:
    id = world.accepted()
    world.approve(id)
    no = refused(partial(_give_back, world, id, ""))
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "missing-field", "reason")
    assert "signature" in world.get(id, CHAIR).actions


def _give_back(world: World, id: str, reason: str = "Họ tên mẹ chưa khớp giấy chứng sinh") -> pb.Dossier:
    answer = world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason=reason), CHAIR)
    assert isinstance(answer, pb.Dossier)
    return answer


@pytest.mark.parametrize("missing", ["register_signed", "recipient_name"])
def test_the_result_is_handed_over_only_when_all_was_done(world: World, missing: str) -> None:
    """TT 04/2020 Đ3; NĐ 87/2020 Đ12"""
    id = world.signed().id
    world.compare_all(id)
    no = refused(partial(world.hand_over, id, HOA, **{missing: "" if missing == "recipient_name" else False}))
    assert (no.kind, no.fields[0].field) == (Kind.INVALID, missing)
    assert world.get(id).status == 9
    assert world.hand_over(id, HOA).status == 10


def test_each_sees_the_acts_that_are_theirs(world: World) -> None:
    id = world.filed().dossier.id
    assert world.get(id).actions == ["withdrawal"]
    assert world.get(id, HOA).actions == ["acceptance", "refusal", "supplement-request", "assignment"]
    assert world.get(id, CHAIR).actions == ["assignment"]
    world.accept(id)
    assert world.get(id, DUNG).actions == [
        "supplement-request",
        "fee-request",
        "assignment",
        "verification-request",
        "extension",
        "approval",
        "stop-proposal",
    ]
    world.ask(id, "/child/full_name")
    assert world.get(id).actions == ["supplement", "withdrawal"]


def test_the_slip_of_a_supplement_lists_each_item_with_the_name_of_who_asks(world: World) -> None:
    """TT 04/2020 Đ3: in writing, with the officer's name."""
    id = world.accepted()
    world.ask(id, "/child/full_name", "/mother/full_name")
    slip = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="supplement-request"), SAU)
    text = " ".join(PdfReader(io.BytesIO(slip.content)).pages[0].extract_text().split())
    for line in ("1 Họ, chữ đệm, tên của trẻ Xin xem lại mục này.", "2 Họ và tên của mẹ Xin xem lại mục này."):
        assert line in text, (line, text)
    assert re.search(rf"NGƯỜI HƯỚNG DẪN.*\(Ký và ghi rõ họ tên\).*{DUNG.name}", text), text


def test_the_receipt_keeps_what_was_promised_at_acceptance(world: World) -> None:
    """NĐ 123/2015 Đ3: day and hour of reception, which is the acceptance, and of the result as it was promised then."""
    id = world.filed().dossier.id
    world.clock.advance(timedelta(minutes=10))
    accepted = world.accept(id)
    world.ask(id, "/child/full_name")
    world.clock.advance(timedelta(days=3))
    moved = world.supplement(id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    answer = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="receipt"), SAU)
    text = " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
    assert f"Thời điểm nhận hồ sơ: {_moment(accepted.accepted_at)}" in text
    assert f"Thời điểm hẹn trả kết quả: {_moment(accepted.due_at)}" in text
    assert moved.due_at != accepted.due_at
    assert (
        refused(lambda: world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="certificate"), DUNG)).type
        == "no-such-paper"
    )
    assert refused(lambda: world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="../x"), DUNG)).type == (
        "no-such-paper"
    )


def _moment(at: Timestamp) -> str:
    """As papers print it, in October."""
    local = at.ToDatetime(VIETNAM)
    return f"{local:%H} giờ {local:%M} phút, ngày {local:%d} tháng {local:%m} năm {local:%Y}"


def _codes(world: World, **request: Any) -> list[str]:
    answer = world.call("ListDesk", pb.ListDeskRequest(**request), HOA)
    return [each.code[-11:] for each in answer.dossiers]


def test_the_desk_sees_the_most_urgent_first_and_what_waits_for_others_last(world: World) -> None:
    first = world.filed().dossier.id  # 0001: the check is due today at half past five
    world.clock.set(datetime(2020, 10, 6, 15, 30, tzinfo=VIETNAM))
    world.filed()  # 0002: due tomorrow
    paused = world.filed().dossier.id  # 0003: waits for the applicant
    world.ask(paused, "/child/full_name")
    world.draft()  # only the applicant sees it
    gone = world.filed().dossier.id
    _withdraw(world, gone)
    assert _codes(world) == ["201006-0001", "201006-0002", "201006-0003"]
    assert _codes(world, due="today") == ["201006-0001"]
    assert _codes(world, due="overdue") == []
    assert _codes(world, statuses=[5]) == ["201006-0003"]
    assert _codes(world, statuses=[7]) == ["201006-0004"]
    world.clock.set(datetime(2020, 10, 7, 8, 0, tzinfo=VIETNAM))
    assert _codes(world, due="overdue") == ["201006-0001"]
    page = world.call("ListDesk", pb.ListDeskRequest(page_size=1), HOA)
    assert page.dossiers[0].id == first
    assert page.overdue == 1
    rest = world.call("ListDesk", pb.ListDeskRequest(page_size=1, cursor=page.next_cursor), HOA)
    assert rest.dossiers[0].code.endswith("0002")
    assert rest.overdue == 0, "told once, above the list"
    for request in ({"due": "later"}, {"statuses": [0, 1]}, {"statuses": [11]}, {"assigned": "Hoa"}, {"cursor": "x"}):
        assert refused(partial(_codes, world, **request)).kind is Kind.INVALID


def test_the_desk_finds_names_in_any_order_without_diacritics_and_codes(world: World) -> None:
    """docs/architecture.md, rule 10"""
    code = world.filed(child={"full_name": "Đặng Thị Hoà"}).dossier.code
    world.filed(child={"full_name": "Nguyễn Minh An"})
    for query in ("dang hoa", "HÒA đặng", "  thi   hoa ", "hoa sau", code, code.lower(), code[-11:]):
        assert _codes(world, query=query) == ["201006-0001"], query
    assert _codes(world, query="hoa an") == []
    assert len(_codes(world, query="sau")) == 2, "the applicant's name finds, too"
    for odd in ("'", "a' & b", "!:*", "\\", "a:*b & |", "((", "\u0000"):
        _codes(world, query=odd)
    renamed = world.call("ListDesk", pb.ListDeskRequest(query=code), HOA).dossiers[0].id
    world.ask(renamed, "/child/full_name")
    world.supplement(renamed, {"child": {"full_name": "Đặng Thị Hiền"}})
    assert _codes(world, query="hien dang") == ["201006-0001"]
    assert _codes(world, query="hoa dang") == []
    _withdraw(world, renamed)
    for query in ("hien", code):
        assert _codes(world, query=query) == ["201006-0001"], "what is searched for is found in whatever status"
