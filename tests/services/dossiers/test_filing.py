"""Filing: by the applicant's own confirmation, with effect once, after any repetition or crash."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from services.chassis.refusal import Kind, Refusal
from tests.race import race
from tests.services.dossiers.world import (
    DUNG,
    HOA,
    HOSPITAL_PAPER,
    SAU,
    STRANGER,
    World,
    photograph,
    refused,
)
from tests.services.dossiers_papers.reading import pictures_of


def test_an_incomplete_draft_gets_no_code(world: World) -> None:
    draft = world.draft()
    no = refused(lambda: world.confirm(draft.id))
    assert (no.kind, no.type) == (Kind.INVALID, "not-complete")
    assert "/child/situation" in {fault.field for fault in no.fields}
    assert all(fault.text for fault in no.fields)
    assert world.accounts.issued == 0


def test_a_needed_document_that_is_missing_is_named(world: World) -> None:
    draft = world.ready()
    request = pb.RemoveDocumentRequest(dossier_id=draft.id, document_id=draft.documents[0].id)
    world.call("RemoveDocument", request, SAU)
    no = refused(lambda: world.confirm(draft.id))
    assert {fault.field for fault in no.fields} == {f"documents/{HOSPITAL_PAPER}"}


def test_a_wrong_code_files_nothing_and_the_right_one_still_does(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    no = refused(lambda: world.submit(draft.id, confirmation.id, otp="000000"))
    assert (no.kind, no.type) == (Kind.INVALID, "wrong-code")
    assert world.get(draft.id) == draft
    assert world.events() == []
    assert world.submit(draft.id, confirmation.id).dossier.status == 1


def test_a_form_changed_after_its_code_was_sent_needs_a_new_code(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    changed = world.save(draft.id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    no = refused(lambda: world.submit(draft.id, confirmation.id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "draft-changed")
    assert world.get(draft.id) == changed, "nothing is lost"
    assert world.accounts.redeemed == {}, "and the code was not used up"
    assert world.submit(draft.id, world.confirm(draft.id).id).dossier.status == 1


def test_a_document_added_after_the_code_was_sent_needs_a_new_code(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    world.add(draft.id, photograph(1))
    assert refused(lambda: world.submit(draft.id, confirmation.id)).type == "draft-changed"


def test_a_form_changed_while_the_code_is_redeemed_is_not_filed(world: World) -> None:
    """The digest is compared again under the dossier's lock."""
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    world.accounts.after_redeeming = lambda: world.save(draft.id, {"child": {"full_name": "Khác Hẳn"}})
    assert refused(lambda: world.submit(draft.id, confirmation.id)).type == "draft-changed"
    assert world.get(draft.id).status == 0


def test_a_change_that_is_undone_again_files_what_was_confirmed(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    world.save(draft.id, {"child": {"full_name": "Nguyễn Minh Ân"}})
    world.save(draft.id, {"child": {"full_name": "Nguyễn Minh An"}})
    assert world.submit(draft.id, confirmation.id).dossier.status == 1


def test_a_confirmation_of_another_draft_counts_for_nothing(world: World) -> None:
    one, other = world.ready(), world.ready()
    confirmation = world.confirm(one.id)
    no = refused(lambda: world.submit(other.id, confirmation.id))
    assert (no.kind, no.type) == (Kind.NOT_FOUND, "unknown-confirmation")


def test_somebody_else_cannot_file_it_with_the_code(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    assert refused(lambda: world.submit(draft.id, confirmation.id, STRANGER)).type == "unknown-dossier"


def test_repeating_the_filing_gets_the_first_answer(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    first = world.submit(draft.id, confirmation.id, key="k")
    world.accept(draft.id)
    assert world.submit(draft.id, confirmation.id, key="k") == first
    assert len(world.events()) == 2


def test_a_repetition_that_its_forerunner_overtakes_gets_the_first_answer(world: World) -> None:
    """The repetition finds a draft, and when its code is redeemed the first request has filed it."""
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    first: list[pb.SubmitDossierResponse] = []

    def overtake() -> None:
        world.accounts.after_redeeming = lambda: None
        first.append(world.submit(draft.id, confirmation.id, key="k"))

    world.accounts.after_redeeming = overtake
    assert [world.submit(draft.id, confirmation.id, key="k")] == first
    assert len(world.events()) == 1


def test_repeating_the_request_for_a_code_sends_one(world: World) -> None:
    draft = world.ready()
    assert world.confirm(draft.id, key="k") == world.confirm(draft.id, key="k")
    assert world.accounts.issued == 1


def test_filing_twice_without_a_key_is_refused_the_second_time(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    world.submit(draft.id, confirmation.id)
    no = refused(lambda: world.submit(draft.id, confirmation.id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "wrong-state")


def test_filing_at_the_same_moment_gives_one_code(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    answers = race(*[lambda: world.submit(draft.id, confirmation.id)] * 4)
    filed = [answer for answer in answers if isinstance(answer, pb.SubmitDossierResponse)]
    lost = [answer.type for answer in answers if isinstance(answer, Refusal)]
    assert (len(filed), lost) == (1, ["wrong-state"] * 3)
    same_key = world.ready()
    confirmation = world.confirm(same_key.id)
    answers = race(*[lambda: world.submit(same_key.id, confirmation.id, key="k")] * 4)
    codes = {answer.dossier.code for answer in answers if isinstance(answer, pb.SubmitDossierResponse)}
    keys = {answer.tracking_key for answer in answers if isinstance(answer, pb.SubmitDossierResponse)}
    assert (len(answers), len(codes), len(keys)) == (4, 1, 1), answers
    assert len(world.events()) == 2


def test_a_crash_between_redeeming_and_committing_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("as if the process had been killed here")

    with monkeypatch.context() as broken:
        broken.setattr("services.dossiers.use_cases.intake.filing.perform", crash)
        assert refused(lambda: world.submit(draft.id, confirmation.id, key="k")).kind is Kind.BROKEN
    assert world.accounts.redeemed, "the code is used"
    assert world.get(draft.id).status == 0
    filed = world.submit(draft.id, confirmation.id, key="k")
    assert filed.dossier.code.endswith("-0001"), "the number that was rolled back is given again"


def test_where_accounts_is_away_the_draft_waits(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    world.accounts.away = True
    assert refused(lambda: world.submit(draft.id, confirmation.id)).kind is Kind.UNAVAILABLE
    assert refused(lambda: world.confirm(draft.id)).kind is Kind.UNAVAILABLE
    world.accounts.away = False
    assert world.submit(draft.id, confirmation.id).dossier.status == 1


def test_a_stale_version_files_nothing(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id)
    no = refused(lambda: world.submit(draft.id, confirmation.id, version=draft.version - 1))
    assert no.kind is Kind.STALE
    assert world.submit(draft.id, confirmation.id, version=draft.version).dossier.status == 1


def test_codes_count_from_one_each_day_in_vietnam(world: World) -> None:
    codes = [world.filed().dossier.code for _ in range(2)]
    world.clock.set(datetime(2020, 10, 7, 0, 5, tzinfo=VIETNAM))  # still the 6th in UTC
    codes.append(world.filed().dossier.code)
    agency = world.cells["20248"].ward.agency_id
    assert codes == [f"{agency}-201006-0001", f"{agency}-201006-0002", f"{agency}-201007-0001"]


def test_twenty_dossiers_filed_at_once_get_twenty_numbers_without_gap(world: World) -> None:
    drafts = [world.ready() for _ in range(20)]
    confirmed = [(draft.id, world.confirm(draft.id).id) for draft in drafts]
    answers = race(*[lambda pair=pair: world.submit(*pair).dossier.code[-4:] for pair in confirmed])
    assert sorted(answers, key=str) == [f"{number:04d}" for number in range(1, 21)]


def test_filed_after_fifteen_the_check_is_due_the_next_working_day(world: World) -> None:
    """docs/law.md §9.4"""
    world.clock.set(datetime(2020, 10, 9, 15, 1, tzinfo=VIETNAM))  # a Friday
    filed = world.filed().dossier
    assert filed.due_at.ToDatetime(tzinfo=VIETNAM).date().isoformat() == "2020-10-12"
    world.clock.set(datetime(2020, 10, 13, 8, 0, tzinfo=VIETNAM))
    assert world.get(filed.id).overdue


def test_tracking_opens_with_code_and_key_alone(world: World) -> None:
    filed = world.filed()
    code, key = filed.dossier.code, filed.tracking_key
    assert world.track(f" {code.lower()} ", key.replace("-", " ").lower()).code == code, "as people type it"
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    answers = [
        refused(lambda: world.track(code, wrong)),
        refused(lambda: world.track("001.01.01.H17-201006-9999", key)),
        refused(lambda: world.track(code, "")),
    ]
    assert {(no.kind, no.type, no.text) for no in answers} == {(Kind.NOT_FOUND, "unknown-tracking", answers[0].text)}, (
        "a wrong key and an unknown code are answered alike"
    )


def test_the_qr_code_of_a_receipt_leads_to_the_page_and_not_into_the_dossier(world: World) -> None:
    """NĐ 87/2020 Đ12: who has a photograph of the receipt's corner does not follow the dossier."""
    filed = world.filed()
    world.accept(filed.dossier.id)
    receipt = world.call("GetPaper", pb.GetPaperRequest(dossier_id=filed.dossier.id, kind="receipt"), SAU)
    page = f"{world.settings.public_base_url}/theo-doi"
    assert pictures_of(receipt.content) == [f"Mã QR mở trang theo dõi hồ sơ: {page}"]


def test_the_tracking_key_is_the_applicants_alone(world: World) -> None:
    filed = world.filed()
    assert world.get(filed.dossier.id).tracking_key == filed.tracking_key
    assert world.get(filed.dossier.id, HOA).tracking_key == ""


def test_a_second_dossier_for_the_same_child_asks_the_officer(world: World) -> None:
    """docs/law.md §3: same mother, birth date and name; a warning, never a refusal."""
    others: dict[str, Any] = {
        "requester": {"relation": "relative", "full_name": "Trần Văn Tư"},
        "father": {"full_name": "Lê Văn Tám"},
    }
    first, second = world.filed().dossier, world.filed(child={"full_name": "NGUYỄN  minh an"}, **others).dossier
    third = world.filed(child={"full_name": "Nguyễn Minh Bình"}).dossier
    found = {each.check: each for each in world.get(second.id, HOA).findings}
    assert found["duplicate"].kind == pb.FINDING_KIND_ASKS_OFFICER
    assert first.code in found["duplicate"].text
    assert "duplicate" not in {each.check for each in world.get(second.id).findings}, "no word of it to the applicant"
    assert "duplicate" not in {each.check for each in world.get(third.id, HOA).findings}
    world.clock.advance(timedelta(minutes=1))
    world.call("WithdrawDossier", pb.WithdrawDossierRequest(dossier_id=first.id), SAU)
    assert "duplicate" not in {each.check for each in world.get(second.id, HOA).findings}, (
        "withdrawn, it stands for none"
    )


def test_a_birth_that_was_filed_in_time_is_registered_as_on_time(world: World) -> None:
    """Luật Hộ tịch 2014 Đ15.1: what the office needs for its work does not make it late."""
    world.clock.set(datetime(2020, 11, 16, 9, 0, tzinfo=VIETNAM))
    id = world.filed(child={"birth_date": "2020-09-17"}).dossier.id
    world.accept(id)
    world.clock.set(datetime(2020, 11, 18, 9, 0, tzinfo=VIETNAM))
    world.approve(id)
    entry = world.sign(id).register_entry
    shown = world.call("GetEntry", pb.GetEntryRequest(entry_id=entry.id), DUNG)
    assert json.loads(shown.content_json)["registration_kind"] == "on-time"


@pytest.mark.parametrize(
    ("day", "kind"),
    [(15, "on-time"), (16, "on-time"), (17, "late")],  # the 15th is a Sunday
)
def test_sixty_days_that_end_on_a_sunday_are_kept_on_monday(world: World, day: int, kind: str) -> None:
    """BLDS 2015 Đ148.5: no fee and no note of lateness if nobody could come sooner."""
    world.clock.set(datetime(2020, 11, day, 9, 0, tzinfo=VIETNAM))
    filed = world.filed(child={"birth_date": "2020-09-16"}).dossier
    assert ("late-registration" in {each.check for each in filed.findings}) == (kind == "late")
    assert (world.accept(filed.id).status == 6) == (kind == "late"), "late has its fee"
