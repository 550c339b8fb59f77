"""From 1/1/2023 nobody shows a household book (NĐ 104/2022): dossiers started, filed or accepted before, and after."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import update

from services.chassis.clock import VIETNAM
from services.dossiers.catalogue import Catalogue
from services.dossiers.domain.procedures import DocumentMode, DocumentRequirement
from services.dossiers.tables import DocumentRow
from tests.services.dossiers.world import BIRTH, DUNG, HOA, NAM_DUONG, World, photograph, refused

LAST_DAY = datetime(2022, 12, 30, 9, 0, tzinfo=VIETNAM)  # a Friday
FIRST_DAY = datetime(2023, 1, 3, 9, 0, tzinfo=VIETNAM)  # a Tuesday; the 2nd is off
EARLIER, LATER = "2020-09-15", "2023-01-01"
BORN = {"birth_date": "2022-12-20"}


def shown(world: World, dossier_id: str) -> set[str]:
    """The papers that the desk compares when the result is handed over."""
    return {each.kind for each in world.get(dossier_id, HOA).comparisons}


def notices(dossier: pb.Dossier) -> list[str]:
    return [each.text for each in dossier.findings if each.check == "procedure-changed"]


def test_a_dossier_accepted_before_the_change_shows_proof_of_residence_and_one_after_does_not(world: World) -> None:
    world.clock.set(LAST_DAY)
    before = world.accept(world.filed(child=BORN).dossier.id)
    world.clock.set(FIRST_DAY)
    after = world.accept(world.filed(child=BORN).dossier.id)
    assert (before.procedure_version, after.procedure_version) == (EARLIER, LATER)
    assert "residence-proof" in shown(world, before.id)
    assert "residence-proof" not in shown(world, after.id)


def test_a_dossier_keeps_the_version_under_which_it_was_accepted_to_its_end(world: World) -> None:
    world.clock.set(LAST_DAY)
    id = world.filed(child=BORN).dossier.id
    world.accept(id)
    world.clock.set(FIRST_DAY)
    world.ask(id, "/child/home_town")
    world.supplement(id, {"child": {"home_town": "Huế"}})
    world.approve(id)
    assert world.sign(id).procedure_version == EARLIER
    no = refused(lambda: world.hand_over(id))
    assert "documents/residence-proof" in {fault.field for fault in no.fields}


def test_a_draft_from_before_the_change_is_filed_under_the_law_of_the_day_of_filing(world: World) -> None:
    world.clock.set(LAST_DAY)
    draft = world.ready(child=BORN)
    assert (draft.procedure_version, notices(draft)) == (EARLIER, [])
    world.clock.set(FIRST_DAY)
    filed = world.submit(draft.id, world.confirm(draft.id).id).dossier
    assert filed.procedure_version == LATER
    assert "residence-proof" not in shown(world, draft.id)


def test_the_owner_of_a_draft_from_before_the_change_is_informed_and_loses_nothing(world: World) -> None:
    world.clock.set(LAST_DAY)
    draft = world.ready(child=BORN)
    world.clock.set(FIRST_DAY)
    changed = world.get(draft.id)
    assert [text.startswith("Từ ngày 1/1/2023 ") for text in notices(changed)] == [True]
    assert changed.procedure_version == LATER, "pages ask what today's law asks"
    assert (changed.form_json, changed.documents) == (draft.form_json, draft.documents)
    assert notices(world.save(draft.id, {"child": {"home_town": "Huế"}})) == notices(changed)
    filed = world.submit(draft.id, world.confirm(draft.id).id).dossier
    assert notices(filed) == [], "once it is filed there is nothing left to look at"


def test_a_code_sent_before_the_change_does_not_file_what_the_law_asks_after_it(world: World) -> None:
    world.clock.set(datetime(2022, 12, 31, 23, 58, tzinfo=VIETNAM))
    draft = world.ready(child=BORN)
    confirmation = world.confirm(draft.id)
    world.clock.advance(timedelta(minutes=4))
    no = refused(lambda: world.submit(draft.id, confirmation.id))
    assert (no.type, "quy định" in no.text) == ("draft-changed", True)
    assert world.submit(draft.id, world.confirm(draft.id).id).dossier.procedure_version == LATER


def test_what_the_desk_entered_before_the_change_is_filed_under_the_law_of_the_day_as_well(world: World) -> None:
    world.clock.set(LAST_DAY)
    draft = world.ready(HOA, "counter", child=BORN)
    world.clock.set(FIRST_DAY)
    assert world.submit_at_counter(draft.id).dossier.procedure_version == LATER


def test_what_was_filed_before_and_accepted_after_the_change_goes_on_under_the_law_of_acceptance(world: World) -> None:
    world.clock.set(LAST_DAY)
    filed = world.filed(child=BORN).dossier
    world.clock.set(FIRST_DAY)
    assert "residence-proof" in shown(world, filed.id)
    assert world.accept(filed.id).procedure_version == LATER
    assert "residence-proof" not in shown(world, filed.id)


def test_a_dossier_paid_after_the_change_is_accepted_under_it(world: World) -> None:
    """Accepted only when it is paid for (NĐ 87/2020 Đ12)."""
    world.clock.set(LAST_DAY)
    id = world.filed(child=BORN, copies={"wanted": True, "count": 1}).dossier.id
    assert (world.accept(id).status, world.get(id).procedure_version) == (6, EARLIER)
    world.clock.set(FIRST_DAY)
    world.call("RecordPayment", pb.RecordPaymentRequest(dossier_id=id, receipt="AA/20E 0000123"), HOA)
    assert world.get(id, DUNG).procedure_version == LATER


def test_a_paper_that_the_new_law_does_not_know_is_left_out(world: World) -> None:
    """No version shipped takes out a paper that is uploaded, so one of the draft's becomes of a kind of earlier law."""
    world.clock.set(LAST_DAY)
    draft = world.ready(child=BORN)
    world.add(draft.id, photograph(30), kind="authorisation")
    with world.cells[NAM_DUONG].database.transaction() as session:
        query = update(DocumentRow).where(DocumentRow.kind == "authorisation")
        session.execute(query.values(kind="household-book"))
    world.clock.set(FIRST_DAY)
    filed = world.submit(draft.id, world.confirm(draft.id).id).dossier
    assert [each.kind for each in filed.documents] == [each.kind for each in draft.documents]
    assert world.get(draft.id).documents == filed.documents


def test_what_the_new_law_would_ask_on_top_does_not_send_a_filed_dossier_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.clock.set(LAST_DAY)
    filed = world.filed(child=BORN).dossier
    world.clock.set(FIRST_DAY)
    amend_with_one_paper_more(world, monkeypatch)
    assert world.accept(filed.id).procedure_version == EARLIER


def test_a_draft_meets_the_paper_that_the_new_law_asks_on_top(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.clock.set(LAST_DAY)
    draft = world.ready(child=BORN)
    world.clock.set(FIRST_DAY)
    amend_with_one_paper_more(world, monkeypatch)
    no = refused(lambda: world.confirm(draft.id))
    assert {fault.field for fault in no.fields} == {"documents/one-more"}


def test_a_question_that_the_form_has_only_since_the_filing_does_not_hold_a_dossier_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the law was read wrongly its version is corrected: only what is not filed yet answers the new question."""
    world.clock.set(LAST_DAY)
    id, draft = world.filed(child=BORN).dossier.id, world.ready(child=BORN)
    ask_what_was_optional(world, monkeypatch)
    no = refused(lambda: world.confirm(draft.id))
    assert {fault.field for fault in no.fields} == {NEW_QUESTION}
    world.accept(id)
    found = {each.field: each for each in world.get(id, DUNG).findings}[NEW_QUESTION]
    assert (found.check, found.kind) == ("required", pb.FINDING_KIND_ASKS_OFFICER)
    world.ask(id, "/child/home_town")
    world.supplement(id, {"child": {"home_town": "Huế"}})
    world.approve(id)
    assert world.sign(id).status == world.get(id).status == 9


NEW_QUESTION = "/exemption/kind"


def ask_what_was_optional(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version in force asks a question that nobody had to answer, until the test is over."""
    catalogue = world.parts.place.catalogue
    version = catalogue.version(BIRTH, EARLIER)
    form = deepcopy(dict(version.form))
    del form["properties"]["exemption"]["properties"]["kind"]["x-optional"]
    asking = replace(version, form=form)
    changed = Catalogue(asking if each is version else each for each in catalogue)
    monkeypatch.setattr(catalogue, "_versions", changed._versions)


def amend_with_one_paper_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version of 2023 asks for an upload that nobody has sent, until the test is over."""
    catalogue = world.parts.place.catalogue
    later = catalogue.version(BIRTH, LATER)
    more = DocumentRequirement("one-more", "Giấy khác", "", DocumentMode.FILE)
    amended = replace(later, documents=(*later.documents, more))
    changed = Catalogue(amended if each is later else each for each in catalogue)
    monkeypatch.setattr(catalogue, "_versions", changed._versions)
