"""The desk: who works on what, originals compared one by one, hand-over by the procedure's own rules."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from caunoi.accounts.v1 import accounts_pb2
from caunoi.accounts.v1.events_pb2 import StaffDeparted
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from caunoi.dossiers.v1 import events_pb2
from sqlalchemy import select, update

from services.chassis.events.envelope import Event, event_type, to_record
from services.chassis.events.inbox import Inbox
from services.chassis.refusal import Kind, Refusal
from services.dossiers.tables import DossierRow, SupplementRow
from tests.district import DISTRICT
from tests.race import race
from tests.services.dossiers.world import (
    ADMINISTRATOR,
    CHAIR,
    DUNG,
    HOA,
    HOSPITAL_PAPER,
    NAM_DUONG,
    SAU,
    VOLUNTEER,
    Person,
    World,
    photograph,
    refused,
)
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import Filing

PAPERS = [HOSPITAL_PAPER, "requester-identity", "residence-proof", "marriage-certificate"]
WIFE, HUSBAND = "/wife/full_name", "/husband/full_name"


def staff(*people: Person) -> list[accounts_pb2.StaffMember]:
    return [accounts_pb2.StaffMember(id=each.id, full_name=each.name, title=each.title) for each in people]


def on_desk(world: World, who: Person, assigned: str) -> list[str]:
    found = world.call("ListDesk", pb.ListDeskRequest(assigned=assigned), who)
    return [each.id for each in found.dossiers]


def last_line(world: World, id: str, who: Person) -> pb.HistoryEntry:
    history = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), who)
    assert isinstance(history, pb.GetHistoryResponse)
    return history.entries[-1]


def test_the_work_list_says_to_which_statuses_it_can_be_narrowed(world: World) -> None:
    found = world.call("ListDesk", pb.ListDeskRequest(), HOA)
    assert [(each.status, each.text) for each in found.statuses][::9] == [(1, "Mới đăng ký"), (10, "Đã trả kết quả")]
    for each in found.statuses:
        world.call("ListDesk", pb.ListDeskRequest(statuses=[each.status]), HOA)
    mine = world.call("ListOwnDossiers", pb.ListOwnDossiersRequest(), SAU)
    assert list(mine.statuses) == [], "a citizen's list is not narrowed"


# Who works on what


def test_a_dossier_is_taken_on_and_handed_on_with_a_note(world: World) -> None:
    world.accounts.staff = staff(HOA, DUNG, CHAIR)
    mine, other = world.filed().dossier.id, world.filed().dossier.id
    assert world.assign(mine).assigned_to == HOA.name
    assert (on_desk(world, HOA, "me"), on_desk(world, HOA, "none")) == ([mine], [other])
    handed = world.assign(mine, to=DUNG.id, note="Giấy chứng sinh viết tay, xin anh xem.")
    assert (handed.assigned_to, handed.assigned_to_id) == (DUNG.name, DUNG.id)
    assert (on_desk(world, HOA, "me"), on_desk(world, DUNG, "me")) == ([], [mine])
    assert len(on_desk(world, HOA, "")) == 2
    assert last_line(world, mine, DUNG).reason == f"Giao cho {DUNG.name}. Giấy chứng sinh viết tay, xin anh xem."
    event = world.events(key=mine)[-1]
    facts = events_pb2.DossierAssigned.FromString(event.payload).facts
    assert (facts.dossier_id, facts.status) == (mine, 1)


def test_the_citizen_reads_that_somebody_works_on_it_and_not_who(world: World) -> None:
    world.accounts.staff = staff(DUNG)
    filed = world.filed()
    id = filed.dossier.id
    world.assign(id, to=DUNG.id, note="Xin anh xem giúp")
    assert (world.get(id).assigned_to, world.get(id).assigned_to_id) == ("", "")
    assert (last_line(world, id, SAU).text, last_line(world, id, SAU).reason) == (
        "Hồ sơ được giao cho người xử lý.",
        "",
    )
    tracked = world.track(filed.dossier.code, filed.tracking_key)
    assert "Người yêu cầu đã nộp hồ sơ." in [each.text for each in tracked.history], "the family reads it, too"
    assert DUNG.name not in str(tracked)
    assert "xem giúp" not in str(tracked)


def test_what_somebody_works_on_only_they_or_a_signer_give_away(world: World) -> None:
    world.accounts.staff = staff(HOA, DUNG)
    id = world.filed().dossier.id
    world.assign(id, HOA)
    for grab in (partial(world.assign, id, DUNG), partial(world.assign, id, DUNG, to=DUNG.id)):
        no = refused(grab)
        assert (no.kind, no.type) == (Kind.CONFLICT, "held-by-another")
        assert HOA.name in no.text
    assert world.assign(id, CHAIR, to=DUNG.id).assigned_to == DUNG.name


def leaves(world: World, who: Person, id: str = "left") -> bool:
    """The event of accounts that somebody has left the office; whether it was handled."""
    cell = world.cells[NAM_DUONG]
    handlers = world.parts.handlers(NAM_DUONG)
    inbox = Inbox("caunoi.dossiers.20248", NAM_DUONG, cell.database, handlers, world.clock, DISTRICT)
    told = StaffDeparted(staff_id=who.id, ward=NAM_DUONG)
    source = f"/wards/{NAM_DUONG}/accounts"
    type = event_type(StaffDeparted)
    return inbox.take(to_record(Event(id, type, source, who.id, world.clock.now(), told.SerializeToString()))) == []


def test_dossiers_of_an_officer_who_leaves_are_unassigned_and_listed_as_such(world: World) -> None:
    world.accounts.staff = staff(HOA, DUNG)
    new, accepted, others = (world.filed().dossier.id for _ in range(3))
    world.accept(accepted)
    for id, who in ((new, HOA), (accepted, HOA), (others, DUNG)):
        world.assign(id, who)
    held = partial(world.call, "GetWorkload", pb.GetWorkloadRequest(staff_id=HOA.id), ADMINISTRATOR)
    assert held().dossiers == 2
    assert leaves(world, HOA)
    assert sorted(on_desk(world, DUNG, "none")) == sorted([new, accepted])
    assert (on_desk(world, DUNG, "me"), held().dossiers) == ([others], 0)
    assert [world.get(id, DUNG).assigned_to for id in (new, accepted, others)] == ["", "", DUNG.name]
    line = last_line(world, new, DUNG)
    assert (line.action, line.text) == ("released", "Hồ sơ chưa có người xử lý.")
    assert line.reason == f"{HOA.name} không còn xử lý hồ sơ của phường."
    assert HOA.name not in str(world.call("GetHistory", pb.GetHistoryRequest(dossier_id=new), SAU)), "not told outside"
    facts = events_pb2.DossierReleased.FromString(world.events(key=accepted)[-1].payload).facts
    assert (facts.dossier_id, facts.status) == (accepted, 2)
    assert world.assign(new, DUNG).assigned_to == DUNG.name


def test_an_event_that_comes_again_or_of_who_had_nothing_releases_nothing(world: World) -> None:
    id = world.filed().dossier.id
    world.assign(id, HOA)
    assert leaves(world, HOA)
    world.assign(id, DUNG)
    told = len(world.events(key=id))
    assert leaves(world, HOA), "the same event again"
    assert leaves(world, CHAIR, "another")
    assert leaves(world, HOA, "a third")
    assert (len(world.events(key=id)), world.get(id, DUNG).assigned_to) == (told, DUNG.name)


def test_what_is_finished_keeps_the_name_of_who_worked_on_it(world: World) -> None:
    id = world.filed().dossier.id
    world.assign(id, HOA)
    world.call("RefuseDossier", pb.RefuseDossierRequest(dossier_id=id, reason="Ngoài thẩm quyền", article="Đ13"), HOA)
    assert leaves(world, HOA)
    assert world.get(id, DUNG).assigned_to == HOA.name


def test_only_the_wards_administrator_reads_how_much_somebody_works_on(world: World) -> None:
    for who in (HOA, CHAIR, SAU, VOLUNTEER):
        no = refused(partial(world.call, "GetWorkload", pb.GetWorkloadRequest(staff_id=HOA.id), who))
        assert no.type == "not-allowed"


def test_one_of_two_who_take_a_dossier_on_at_once_has_it(world: World) -> None:
    id = world.filed().dossier.id
    answers = race(partial(world.assign, id, HOA), partial(world.assign, id, DUNG))
    (won,) = [answer for answer in answers if isinstance(answer, pb.Dossier)]
    (lost,) = [answer for answer in answers if isinstance(answer, Refusal)]
    assert lost.type == "held-by-another"
    assert world.get(id, HOA).assigned_to == won.assigned_to


def test_on_the_same_version_the_second_is_told_that_another_was_first(world: World) -> None:
    filed = world.filed().dossier
    answers = race(*[partial(world.assign, filed.id, who, expected_version=filed.version) for who in (HOA, DUNG)])
    (lost,) = [answer for answer in answers if isinstance(answer, Refusal)]
    assert lost.kind is Kind.STALE


def test_a_dossier_is_handed_on_to_a_colleague_and_nobody_else(world: World) -> None:
    world.accounts.staff = staff(DUNG)
    id = world.filed().dossier.id
    no = refused(partial(world.assign, id, HOA, to=SAU.id))
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "unknown-colleague", "to")
    world.accounts.away = True
    assert refused(partial(world.assign, id, HOA, to=DUNG.id)).kind is Kind.UNAVAILABLE
    assert world.assign(id, HOA).assigned_to == HOA.name, "to take it on oneself, nobody has to be asked"


# Originals


def test_the_result_is_handed_over_when_each_paper_is_compared_and_not_before(world: World) -> None:
    """NĐ 87/2020 Đ12; NĐ 123/2015 Đ3"""
    id = world.signed().id
    assert [paper.kind for paper in world.get(id, HOA).comparisons] == PAPERS
    no = refused(partial(world.hand_over, id))
    assert (no.kind, no.type) == (Kind.INVALID, "not-complete")
    assert [fault.field for fault in no.fields] == [f"documents/{kind}" for kind in PAPERS]
    for kind in PAPERS[:-1]:
        world.compare(id, kind)
    assert [fault.field for fault in refused(partial(world.hand_over, id)).fields] == ["documents/marriage-certificate"]
    world.compare(id, PAPERS[-1], DUNG)
    assert world.hand_over(id).status == 10


def test_name_and_moment_stand_on_a_comparison_for_the_office_alone(world: World) -> None:
    id = world.filed().dossier.id
    world.clock.advance(timedelta(hours=1))
    (first, *others) = world.compare(id, HOSPITAL_PAPER).comparisons
    assert (first.mode, first.officer, first.agrees) == ("file", f"{HOA.name}, {HOA.title}", True)
    assert first.compared_at.ToDatetime(UTC) == world.clock.now().astimezone(UTC)
    assert not any(other.HasField("compared_at") for other in others)
    assert not world.get(id).comparisons


def test_a_difference_is_noted_and_prevents_approval_signature_and_hand_over(world: World) -> None:
    """NĐ 123/2015 Đ3; TT 04/2020 Đ3"""
    id = world.filed().dossier.id
    request = pb.CompareDocumentRequest(dossier_id=id, kind=HOSPITAL_PAPER, agrees=False)
    no = refused(partial(world.call, "CompareDocument", request, HOA))
    assert (no.type, no.fields[0].field) == ("missing-field", "note")
    world.accept(id)
    world.compare_all(id)
    world.compare(id, HOSPITAL_PAPER, differs="Bản chính ghi ngày sinh 13/9/2020")
    no = refused(partial(world.approve, id))
    assert (no.type, [fault.field for fault in no.fields]) == ("not-registrable", [f"documents/{HOSPITAL_PAPER}"])
    world.compare(id, HOSPITAL_PAPER)
    world.approve(id)
    world.compare(id, HOSPITAL_PAPER, differs="Bản chính ghi ngày sinh 13/9/2020")
    (warning,) = [each for each in world.get(id, CHAIR).findings if each.check == "original-differs"]
    assert (warning.kind, warning.field) == (pb.FINDING_KIND_WARNS, f"documents/{HOSPITAL_PAPER}")
    assert "13/9/2020" in warning.text
    assert not [each for each in world.get(id).findings if each.check == "original-differs"]
    assert [fault.field for fault in refused(partial(world.sign, id)).fields] == [f"documents/{HOSPITAL_PAPER}"]
    world.compare(id, HOSPITAL_PAPER)
    world.sign(id)
    world.compare(id, HOSPITAL_PAPER, differs="Bản chính ghi ngày sinh 13/9/2020")
    (fault,) = refused(partial(world.hand_over, id)).fields
    assert fault.field == f"documents/{HOSPITAL_PAPER}"
    world.compare(id, HOSPITAL_PAPER)
    assert world.hand_over(id).status == 10


def test_who_files_at_the_counter_shows_the_originals_before_the_registration(world: World) -> None:
    """NĐ 123/2015 Đ3; online they are shown at the hand-over (NĐ 87/2020 Đ12)."""
    id = world.brought().dossier.id
    world.accept(id)
    no = refused(partial(world.approve, id))
    assert (no.type, [fault.field for fault in no.fields]) == (
        "not-registrable",
        [f"documents/{kind}" for kind in PAPERS],
    )
    world.compare_all(id)
    world.approve(id)
    assert world.sign(id).status == 9
    posted = world.brought(channel="post").dossier.id
    world.accept(posted)
    assert world.approve(posted).status == 4


def test_a_paper_for_an_answer_that_has_changed_stands_in_nobodys_way(world: World) -> None:
    """TT 04/2020 Đ3: nothing outside the list."""
    draft = world.ready()
    world.add(draft.id, photograph(31), kind="surrogacy-confirmation")
    (told,) = [each for each in world.get(draft.id).findings if each.check == "paper-not-needed"]
    assert (told.field, told.kind) == ("documents/surrogacy-confirmation", pb.FINDING_KIND_INFORMS)
    assert "Có thể bỏ ra" in told.text
    id = world.submit(draft.id, world.confirm(draft.id).id).dossier.id
    assert [paper.kind for paper in world.get(id, HOA).comparisons] == PAPERS
    (told,) = [each for each in world.get(id, HOA).findings if each.check == "paper-not-needed"]
    assert "Không phải đối chiếu" in told.text
    world.accept(id)
    world.approve(id)
    world.sign(id)
    world.compare_all(id)
    assert world.hand_over(id).status == 10


def test_a_paper_that_the_office_asked_for_is_compared_like_the_others(world: World) -> None:
    id = world.filed().dossier.id
    world.ask(id, "documents/surrogacy-confirmation")
    world.add(id, photograph(31), kind="surrogacy-confirmation")
    world.supplement(id)
    assert "surrogacy-confirmation" in [paper.kind for paper in world.get(id, HOA).comparisons]


def test_only_papers_of_this_dossier_are_compared_and_none_once_it_has_ended(world: World) -> None:
    """Nothing outside the list may be asked for (TT 04/2020 Đ3)."""
    id = world.signed().id
    for kind in ("surrogacy-confirmation", "passport", ""):
        assert refused(partial(world.compare, id, kind)).type == "unknown-document-kind"
    world.compare_all(id)
    world.hand_over(id)
    assert refused(partial(world.compare, id, HOSPITAL_PAPER)).type == "wrong-state"


def test_only_people_who_may_compare_are_told_so_and_only_while_they_may(world: World) -> None:
    id = world.filed().dossier.id
    assert [world.get(id, who).comparable for who in (HOA, DUNG, CHAIR, SAU)] == [True, True, False, False]
    ended = pb.RefuseDossierRequest(dossier_id=id, reason="Sai phường", article="Luật Hộ tịch 2014, Điều 13")
    assert not world.call("RefuseDossier", ended, HOA).comparable


def test_a_supplement_makes_the_comparisons_with_what_it_replaced_void(world: World) -> None:
    id = world.filed().dossier.id
    world.compare_all(id)
    world.ask(id, f"documents/{HOSPITAL_PAPER}")
    world.add(id, photograph(90))
    world.supplement(id)
    done = {paper.kind: paper.HasField("compared_at") for paper in world.get(id, HOA).comparisons}
    assert done == {kind: kind != HOSPITAL_PAPER for kind in PAPERS}
    world.ask(id, "/requester/identity_issued_by")
    world.supplement(id, {"requester": {"identity_issued_by": "Công an thành phố Đà Nẵng"}})
    assert not any(paper.HasField("compared_at") for paper in world.get(id, HOA).comparisons)


def test_who_finds_that_it_is_right_as_it_stands_says_so_instead_of_changing_it(world: World) -> None:
    id = world.filed().dossier.id
    world.ask(id, "/child/full_name", f"documents/{HOSPITAL_PAPER}")
    assert refused(partial(world.supplement, id)).type == "not-complete"
    world.clock.advance(timedelta(hours=1))
    said = "Tên cháu đúng như giấy chứng sinh."
    answer = pb.SupplementDossierRequest(dossier_id=id, right_as_it_is=said)
    done = world.call("SupplementDossier", answer, SAU)
    assert (done.status, done.supplement_request.right_as_it_is) == (1, said)
    assert _left(world, id) == {
        "/child/full_name": f"Người nộp để nguyên mục này và trả lời: “{said}”",
        f"documents/{HOSPITAL_PAPER}": f"Người nộp không gửi giấy tờ này và trả lời: “{said}”",
    }
    with world.cells[NAM_DUONG].database.transaction() as session:
        (sealed,) = session.scalars(select(SupplementRow.right_as_it_is))
    assert sealed is not None
    assert said.encode() not in sealed


def _left(world: World, id: str) -> dict[str, str]:
    """What the office reads at each requested field and paper that the supplement left as it was."""
    found = [each for each in world.get(id, HOA).findings if each.check == "right-as-it-is"]
    assert {each.kind for each in found} <= {pb.FINDING_KIND_ASKS_OFFICER}
    return {each.field: each.text for each in found}


def test_a_requested_answer_that_is_left_as_it_was_needs_a_word(world: World) -> None:
    """Who has changed another one may have overlooked it: it is named, and with a word the office reads it there."""
    id = world.filed().dossier.id
    world.ask(id, "/child/full_name", "/mother/full_name", "/requester/phone")
    changes = {"child": {"full_name": "Nguyễn Minh Ân"}, "requester": {"phone": "0905 111 222"}}
    no = refused(partial(world.supplement, id, changes))
    assert (no.type, [fault.field for fault in no.fields]) == ("nothing-supplemented", ["/mother/full_name"])
    assert "“Họ và tên của mẹ”" in no.fields[0].text
    said = "Tên mẹ cháu đúng như căn cước."
    answer = pb.SupplementDossierRequest(dossier_id=id, form_json=json.dumps(changes), right_as_it_is=said)
    assert world.call("SupplementDossier", answer, SAU).status == 1
    assert _left(world, id) == {"/mother/full_name": f"Người nộp để nguyên mục này và trả lời: “{said}”"}


def test_a_remark_lets_nothing_stay_as_it_was_and_the_office_reads_it(world: World) -> None:
    """A sentence about one answer says nothing about the others, or about a paper that was not sent."""
    id = world.filed().dossier.id
    world.ask(id, "/child/full_name", "/requester/phone", f"documents/{HOSPITAL_PAPER}")
    form: dict[str, Any] = {"requester": {"phone": "0905 111 222"}}
    said = "Số điện thoại mới."

    def send() -> pb.Dossier:
        answer = pb.SupplementDossierRequest(dossier_id=id, form_json=json.dumps(form), remark=said)
        done = world.call("SupplementDossier", answer, SAU)
        assert isinstance(done, pb.Dossier)
        return done

    no = refused(send)
    assert no.type == "not-complete"
    assert {fault.field for fault in no.fields} == {"/child/full_name", f"documents/{HOSPITAL_PAPER}"}
    world.add(id, photograph(98), kind=HOSPITAL_PAPER)
    no = refused(send)
    assert (no.type, [fault.field for fault in no.fields]) == ("nothing-supplemented", ["/child/full_name"])
    form["child"] = {"full_name": "Nguyễn Minh Ân"}
    world.clock.advance(timedelta(hours=1))
    assert send().supplement_request.right_as_it_is == said
    assert _left(world, id) == {"": f"Người nộp viết kèm phần bổ sung: “{said}”"}


def test_all_that_is_left_of_a_request_is_named_at_once(world: World) -> None:
    id = world.filed().dossier.id
    world.ask(id, "/child/full_name", f"documents/{HOSPITAL_PAPER}")
    no = refused(partial(world.supplement, id))
    assert no.type == "not-complete"
    assert {fault.field for fault in no.fields} == {"/child/full_name", f"documents/{HOSPITAL_PAPER}"}


def test_what_stands_in_for_a_field_is_asked_for_with_it(world: World) -> None:
    """For somebody whose year of birth only is known: the year is filled in instead of the date, also in a
    supplement.
    """
    id = filed_as(world, MARRIAGE)
    asked = [each.field for each in world.ask(id, "/wife/birth_date").supplement_request.items]
    assert asked == ["/wife/birth_date", "/wife/birth_year", "/wife/birth_month"]
    assert world.supplement(id, {"wife": {"birth_date": None, "birth_year": 1994}}).status == 1
    copy = filed_as(world, COPY)
    asked = [each.field for each in world.ask(copy, "/subject/birth_date").supplement_request.items]
    assert asked == ["/subject/birth_date", "/registered/number", "/registered/date"]


def test_who_has_an_open_dossier_for_the_same_paper_is_told_before_filing_another(world: World) -> None:
    first = world.get(filed_as(world, COPY))
    draft = world.ready_as(COPY.procedure.code, COPY.form)
    (told,) = [each for each in world.get(draft.id).findings if each.check == "filed-already"]
    assert (told.kind, first.code in told.text) == (pb.FINDING_KIND_WARNS, True)
    second = world.submit(draft.id, world.confirm(draft.id).id).dossier.id
    (alike,) = [each for each in world.get(second, HOA).findings if each.check == "duplicate"]
    assert first.code in alike.text
    world.call("WithdrawDossier", pb.WithdrawDossierRequest(dossier_id=first.id), SAU)
    assert not [each for each in world.get(second, HOA).findings if each.check == "duplicate"]


# Hand-over by the procedure's data


def done(world: World, dossier_id: str) -> str:
    """A filed dossier with its result ready; each register has its own tests of entering and signing."""
    with world.cells[NAM_DUONG].database.transaction() as session:
        session.execute(update(DossierRow).where(DossierRow.id == UUID(dossier_id)).values(status=9))
    return dossier_id


def filed_as(world: World, filing: Filing) -> str:
    return world.filed_as(filing.procedure.code, filing.form)


def married(world: World) -> str:
    id = done(world, filed_as(world, MARRIAGE))
    assert "hai bên cùng đến" in world.get(id).waits_for
    world.compare_all(id)
    return id


@pytest.mark.parametrize("who", [[], [WIFE], [HUSBAND], ["/requester/full_name"]])
def test_one_spouse_alone_does_not_get_the_marriage_certificate(world: World, who: list[str]) -> None:
    """TT 04/2020 Đ3.5"""
    id = married(world)
    (fault,) = refused(partial(world.hand_over, id, register_signed=False, present=who)).fields
    assert fault.field == "present"
    names = {WIFE: "Trần Thị Lan", HUSBAND: "Nguyễn Văn Hùng"}
    assert [name in fault.text for name in names.values()] == [pointer not in who for pointer in names]
    assert "TT 04/2020 Đ3.5" in fault.text


def test_both_spouses_together_do_and_nobody_for_them(world: World) -> None:
    """TT 04/2020 Đ2: no authorisation in matters of marriage."""
    id = married(world)
    shown = [(each.field, each.name) for each in world.get(id, HOA).handover.present]
    assert shown == [(WIFE, "Trần Thị Lan"), (HUSBAND, "Nguyễn Văn Hùng")]
    both: dict[str, Any] = {"register_signed": False, "present": [WIFE, HUSBAND]}
    (fault,) = refused(partial(world.hand_over, id, authorised=True, **both)).fields
    assert fault.field == "authorised"
    assert world.hand_over(id, **both).status == 10


def test_what_is_signed_for_is_not_sent(world: World) -> None:
    """NĐ 87/2020 Đ12: results for which the register is signed are handed over only at the office."""
    id = world.signed().id
    world.compare_all(id)
    for delivery in ("post", "electronic", "pigeon"):
        faults = refused(partial(world.hand_over, id, delivery=delivery, delivery_note="EA123")).fields
        assert [fault.field for fault in faults] == ["delivery"]


def test_a_copy_is_posted_with_its_number_or_sent_electronically_without_comparing_anything(world: World) -> None:
    posted, sent = (done(world, filed_as(world, COPY)) for _ in range(2))
    assert "bưu chính" in world.get(posted).waits_for
    (fault,) = refused(partial(world.hand_over, posted, delivery="post", register_signed=False)).fields
    assert fault.field == "delivery_note"
    world.hand_over(posted, delivery="post", delivery_note="EA123456789VN", register_signed=False)
    assert "certificate" not in world.get(sent).papers
    world.hand_over(sent, delivery="electronic", register_signed=False)
    assert "certificate" in world.get(sent).papers


def test_a_requester_of_a_copy_shows_an_identity_paper(world: World) -> None:
    id = done(world, filed_as(world, COPY))
    (fault,) = refused(partial(world.hand_over, id, register_signed=False)).fields
    assert fault.field == "documents/requester-identity"
    world.compare(id, "requester-identity")
    assert world.hand_over(id, register_signed=False).status == 10


def test_nothing_is_sent_electronically_to_people_without_an_account(world: World) -> None:
    id = done(world, world.submit_at_counter(world.ready_as(COPY.procedure.code, COPY.form, HOA, "post").id).dossier.id)
    (fault,) = refused(partial(world.hand_over, id, delivery="electronic", register_signed=False)).fields
    assert fault.field == "delivery"


def test_the_recipient_of_the_result_is_kept_sealed(world: World) -> None:
    id = world.signed().id
    world.compare_all(id)
    world.hand_over(id, recipient_name="Phạm Thị Hạnh", authorised=True)
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        (sealed,) = session.scalars(select(DossierRow.recipient).where(DossierRow.recipient.is_not(None)))
    assert sealed is not None
    assert "Hạnh".encode() not in sealed
    kept = json.loads(cell.cipher.decrypt(sealed, f"recipient:{id}"))
    assert kept == {"name": "Phạm Thị Hạnh", "authorised": True, "delivery": "office", "note": ""}
