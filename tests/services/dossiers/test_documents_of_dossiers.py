"""Documents: recognised by content, stored before they are counted, and staying once filed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind
from services.dossiers.adapters.uploads import MAX_FILES
from services.dossiers.use_cases.clock.sweep import sweep_once
from tests.race import race
from tests.services.dossiers.world import DUNG, HOA, HOSPITAL_PAPER, NAM_DUONG, SAU, World, photograph, refused


def test_a_document_comes_back_as_it_is_stored(world: World) -> None:
    draft = world.draft()
    added = world.add(draft.id, photograph())
    request = pb.GetDocumentRequest(dossier_id=draft.id, document_id=added.id)
    answer = world.call("GetDocument", request, SAU)
    added.ClearField("dossier_version")  # of the answer to adding it alone
    assert answer.document == added
    assert len(answer.content) == added.size
    assert world.get(draft.id).version > draft.version, "other pages see that the draft has moved on"


def test_who_has_added_a_document_knows_the_version_that_the_draft_has_by_that(world: World) -> None:
    draft = world.draft()
    added = world.add(draft.id, photograph())
    assert added.dossier_version == world.get(draft.id).version > draft.version
    again = world.add(draft.id, photograph())
    assert again.dossier_version == world.get(draft.id).version
    saved = world.save(draft.id, {"copies": {"wanted": False}}, version=again.dossier_version)
    assert saved.version > again.dossier_version


def test_the_same_content_for_the_same_kind_is_one_document(world: World) -> None:
    draft = world.draft()
    answers = race(*[lambda: world.add(draft.id, photograph()).id] * 3)
    assert len(set(answers)) == 1, answers
    world.add(draft.id, photograph(), kind="authorisation")
    assert len(world.get(draft.id).documents) == 2


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00" + b"\0" * 200, b"<script>alert(1)</script>"], ids=["empty", "program", "page"]
)
def test_a_disguised_file_is_refused_and_the_draft_stays(world: World, content: bytes) -> None:
    draft = world.ready()
    no = refused(lambda: world.add(draft.id, content))
    assert no.kind is Kind.INVALID
    assert world.get(draft.id) == draft


def test_an_oversized_file_is_refused(world: World) -> None:
    draft = world.draft()
    no = refused(lambda: world.add(draft.id, photograph() + b"\0" * (10 * 1024 * 1024)))
    assert no.kind is Kind.INVALID


def test_a_kind_that_the_procedure_does_not_take_is_refused(world: World) -> None:
    draft = world.draft()
    for kind in ("salary-slip", "residence-proof"):  # the second is only shown at the office
        no = refused(partial(world.add, draft.id, photograph(), kind=kind))
        assert (no.kind, no.type) == (Kind.INVALID, "unknown-document-kind")


def test_a_file_that_the_office_has_already_is_no_supplement(world: World) -> None:
    """It was taken for one that had been sent, and then the supplement was refused for want of it."""
    filed = world.filed().dossier
    world.ask(filed.id, f"documents/{HOSPITAL_PAPER}")
    no = refused(lambda: world.add(filed.id, photograph()))
    assert (no.kind, no.type) == (Kind.CONFLICT, "document-exists")
    assert [each.removable for each in world.get(filed.id).documents] == [False]
    other = world.add(filed.id, photograph(60))
    assert world.add(filed.id, photograph(60)).id == other.id, "of one round, twice is once"
    assert world.supplement(filed.id).status == 1


def test_no_more_than_twenty_files(world: World) -> None:
    draft = world.draft()
    for shade in range(MAX_FILES):
        world.add(draft.id, photograph(10 * shade))
    no = refused(lambda: world.add(draft.id, photograph(255)))
    assert (no.kind, no.type) == (Kind.INVALID, "too-many-files")


def test_a_document_is_removed_until_it_is_filed(world: World) -> None:
    draft = world.ready()
    extra = world.add(draft.id, photograph(10))
    request = pb.RemoveDocumentRequest(dossier_id=draft.id, document_id=extra.id)
    assert [each.id for each in world.call("RemoveDocument", request, SAU).documents] == [draft.documents[0].id]
    assert refused(lambda: world.call("RemoveDocument", request, SAU)).type == "unknown-document"
    filed = world.submit(draft.id, world.confirm(draft.id).id).dossier
    request = pb.RemoveDocumentRequest(dossier_id=filed.id, document_id=filed.documents[0].id)
    assert refused(lambda: world.call("RemoveDocument", request, SAU)).type == "wrong-state"
    world.accept(filed.id)
    world.ask(filed.id, f"documents/{HOSPITAL_PAPER}")
    assert refused(lambda: world.call("RemoveDocument", request, SAU)).type == "document-filed"


def test_after_filing_only_kinds_that_were_asked_for_are_taken(world: World) -> None:
    filed = world.filed().dossier
    assert refused(lambda: world.add(filed.id, photograph(1))).type == "wrong-state"
    world.accept(filed.id)
    world.ask(filed.id, f"documents/{HOSPITAL_PAPER}")
    assert refused(lambda: world.add(filed.id, photograph(1), kind="authorisation")).type == "not-asked-for"
    assert world.add(filed.id, photograph(1)).removable


def test_a_document_of_another_dossier_is_not_found_through_ones_own(world: World) -> None:
    other = world.filed().dossier
    mine = world.draft()
    request = pb.GetDocumentRequest(dossier_id=mine.id, document_id=other.documents[0].id)
    assert refused(lambda: world.call("GetDocument", request, SAU)).type == "unknown-document"


def test_looks_at_the_register_entry_and_what_the_system_did_are_in_the_applicants_access_log(world: World) -> None:
    """docs/architecture.md, rule 7: the entry has the form's values; a person reads names, not those of processes."""
    signed = world.signed()
    world.clock.advance(timedelta(days=2))
    late = world.filed().dossier.id
    world.clock.advance(timedelta(days=2))
    sweep_once(world.parts.place, world.cells[NAM_DUONG])
    world.call("GetEntry", pb.GetEntryRequest(entry_id=signed.register_entry.id), HOA)
    entries = world.call("ListOwnAccessLog", pb.ListOwnAccessLogRequest(page_size=2), SAU).entries
    assert [(entry.action, entry.who, entry.subject) for entry in entries] == [
        ("view-entry", f"{HOA.name}, {HOA.title}", f"entry:{signed.register_entry.id}"),
        ("overdue", "Hệ thống Cầu Nối: xử lý hồ sơ", f"dossier:{late}"),
    ]


def test_each_look_of_the_office_is_in_the_applicants_access_log(world: World) -> None:
    """docs/architecture.md, rule 7"""
    filed = world.filed().dossier
    world.get(filed.id, HOA)
    world.call("GetDocument", pb.GetDocumentRequest(dossier_id=filed.id, document_id=filed.documents[0].id), DUNG)
    world.accept(filed.id)
    world.call("GetPaper", pb.GetPaperRequest(dossier_id=filed.id, kind="receipt"), HOA)
    world.get(filed.id)  # one's own looks are no look of others
    entries = world.call("ListOwnAccessLog", pb.ListOwnAccessLogRequest(), SAU).entries
    seen = [(entry.action, entry.who) for entry in entries]
    hoa, dung = f"{HOA.name}, {HOA.title}", f"{DUNG.name}, {DUNG.title}"
    assert seen == [
        ("view-paper-receipt", hoa),
        ("acceptance", hoa),
        ("view-document", dung),
        ("view-dossier", hoa),
    ]
    assert {entry.subject for entry in entries} == {f"dossier:{filed.id}"}
