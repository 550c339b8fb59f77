"""Data are deleted when they are not needed any more: abandoned drafts, files without a row (docs/law.md §18)."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import select

from services.chassis.database.tables import AuditRow
from services.chassis.refusal import Kind
from services.dossiers.adapters.files import Files, content_key
from services.dossiers.tables import ConfirmationRow, DocumentRow, DossierRow
from services.dossiers.use_cases.clock import stray_files
from services.dossiers.use_cases.clock.stray_files import sweep_files
from services.dossiers.use_cases.clock.sweep import sweep_once
from services.dossiers.use_cases.intake import documents
from tests.race import race
from tests.services.dossiers.world import (
    DUNG,
    HOA,
    NAM_DUONG,
    SAU,
    World,
    just_before,
    photograph,
    refused,
)


@pytest.fixture
def files(world: World) -> Files:
    return world.parts.place.files[NAM_DUONG]


def _keys(files: Files) -> set[str]:
    return {key for some in files.listed(NAM_DUONG) for key in some}


def _age(world: World, tmp_path: Path, days: float = 2) -> None:
    """Makes all files that are there so old, by the world's clock."""
    moment = (world.clock.now() - timedelta(days=days)).timestamp()
    for path in (tmp_path / "files").rglob("*"):
        os.utime(path, (moment, moment))


def _sweep(world: World) -> int:
    return sweep_files(world.parts.place, world.cells[NAM_DUONG])


def _remove(world: World, dossier_id: str, document_id: str) -> pb.Dossier:
    request = pb.RemoveDocumentRequest(dossier_id=dossier_id, document_id=document_id)
    answer = world.call("RemoveDocument", request, SAU)
    assert isinstance(answer, pb.Dossier)
    return answer


def test_a_file_that_was_taken_out_goes_after_a_day_and_what_is_there_stays(
    world: World, files: Files, tmp_path: Path
) -> None:
    draft = world.draft()
    kept, out = (world.add(draft.id, photograph(shade)) for shade in (100, 200))
    _remove(world, draft.id, out.id)
    assert _sweep(world) == 0, "a day old or less: its row may still come"
    _age(world, tmp_path)
    assert _sweep(world) == 1
    assert _keys(files) == {content_key(NAM_DUONG, draft.id, kept.sha256)}


def test_a_deleted_draft_is_gone_with_its_form_documents_and_pages(world: World, files: Files, tmp_path: Path) -> None:
    draft = world.ready()
    other = world.draft()
    world.confirm(draft.id)
    request = pb.DeleteDraftRequest(dossier_id=draft.id)
    world.call("DeleteDraft", request, SAU)
    assert refused(lambda: world.get(draft.id)).type == "unknown-dossier"
    assert refused(lambda: world.call("DeleteDraft", request, SAU)).type == "unknown-dossier"
    with world.cells[NAM_DUONG].database.transaction() as session:
        assert [str(id) for id in session.scalars(select(DossierRow.id))] == [other.id]
        for part in (DocumentRow, ConfirmationRow):
            assert session.scalars(select(part)).all() == []
        done = session.scalars(select(AuditRow.subject).where(AuditRow.action == "delete-draft")).all()
        assert done == [f"dossier:{draft.id}"]
    _age(world, tmp_path)
    assert _sweep(world) == 1
    assert _keys(files) == set()


def test_a_draft_that_is_deleted_while_it_is_filed_is_either(world: World) -> None:
    draft = world.ready()
    confirmation = world.confirm(draft.id).id
    delete = partial(world.call, "DeleteDraft", pb.DeleteDraftRequest(dossier_id=draft.id), SAU)
    answers = [str(getattr(one, "type", "done")) for one in race(delete, lambda: world.submit(draft.id, confirmation))]
    assert answers in (["done", "unknown-dossier"], ["wrong-state", "done"])


def test_uploads_without_a_committed_row_are_deleted(
    world: World, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = world.draft()

    def crash(*_: object) -> None:
        raise RuntimeError("as if the process had been killed here")

    with monkeypatch.context() as broken:
        broken.setattr(documents, "safe_filename", crash)
        refused(lambda: world.add(draft.id, photograph()))
    assert len(_keys(files)) == 1
    _age(world, tmp_path)
    assert _sweep(world) == 1
    assert _keys(files) == set()


def test_no_file_of_a_filed_dossier_goes_nor_its_certificate_nor_what_is_not_ours(
    world: World, files: Files, tmp_path: Path
) -> None:
    signed = world.signed()
    world.call("GetPaper", pb.GetPaperRequest(dossier_id=signed.id, kind="certificate"), DUNG)
    files.put(f"{NAM_DUONG}/notes/by-hand.txt", b"x", "text/plain")
    before = _keys(files)
    assert len(before) == 3
    _age(world, tmp_path, days=4000)
    assert _sweep(world) == 0
    assert _keys(files) == before


def test_a_file_that_comes_back_while_it_is_swept_is_there_when_its_row_is(
    world: World, files: Files, tmp_path: Path
) -> None:
    """The same photograph again, while a stray copy of it is a day old and the sweep has already looked for its row."""
    draft = world.draft()
    _remove(world, draft.id, world.add(draft.id, photograph()).id)
    _age(world, tmp_path)
    database = world.cells[NAM_DUONG].database
    with just_before(database, "FOR UPDATE", lambda: world.add(draft.id, photograph())):
        assert _sweep(world) == 0
    (document,) = world.get(draft.id).documents
    request = pb.GetDocumentRequest(dossier_id=draft.id, document_id=document.id)
    content = world.call("GetDocument", request, SAU).content
    assert hashlib.sha256(content).hexdigest() == document.sha256


def test_a_file_that_the_sweep_deletes_between_store_and_row_is_stored_again(
    world: World, files: Files, tmp_path: Path
) -> None:
    draft = world.draft()
    document = world.add(draft.id, photograph())
    _remove(world, draft.id, document.id)
    key = content_key(NAM_DUONG, draft.id, document.sha256)
    with just_before(world.cells[NAM_DUONG].database, "FOR UPDATE", partial(files.delete, key)):
        again = world.add(draft.id, photograph())
    assert again.id != document.id
    assert hashlib.sha256(files.get(key)).hexdigest() == document.sha256


def test_no_files_are_deleted_if_the_database_knows_hardly_any_of_them(
    world: World, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is new, or restored from a copy: the files may be all that is left."""
    monkeypatch.setattr(stray_files, "FEW", 3)
    world.add(world.draft().id, photograph())
    for _ in range(4):
        files.put(content_key(NAM_DUONG, str(uuid4()), "0" * 64), b"x", "image/jpeg")
    _age(world, tmp_path)
    assert _sweep(world) == 0
    assert len(_keys(files)) == 5
    monkeypatch.setattr(stray_files, "FEW", 4)
    assert _sweep(world) == 4


def test_nobody_stops_the_deletion_by_making_many_strays_of_one_dossier(
    world: World, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stray_files, "FEW", 3)
    draft = world.draft()
    world.add(draft.id, photograph())
    for number in range(4):
        files.put(content_key(NAM_DUONG, draft.id, f"{number:064}"), b"x", "image/jpeg")
    _age(world, tmp_path)
    assert _sweep(world) == 4


def test_a_certificate_that_is_being_made_is_left_alone(world: World, files: Files, tmp_path: Path) -> None:
    signed = world.signed()
    coming = content_key(NAM_DUONG, signed.id, "0" * 64)
    files.put(coming, b"%PDF", "application/pdf")
    _age(world, tmp_path)
    assert _sweep(world) == 0
    world.call("GetPaper", pb.GetPaperRequest(dossier_id=signed.id, kind="certificate"), DUNG)
    assert _sweep(world) == 1
    assert coming not in _keys(files)


def test_a_draft_that_nobody_goes_on_with_goes_after_the_day_that_is_told_with_its_files(
    world: World, files: Files, tmp_path: Path
) -> None:
    draft = world.ready()
    assert draft.kept_until == "2021-01-04"  # 90 days from 6 October 2020
    other = world.draft()
    start = world.clock.now()
    sweep = partial(sweep_once, world.parts.place, world.cells[NAM_DUONG])
    world.clock.set(start + timedelta(days=90))
    sweep()
    assert world.get(draft.id).form_json == draft.form_json
    world.save(other.id, {"child": {"full_name": "Nguyễn Minh An"}})
    world.clock.set(start + timedelta(days=91))
    sweep()
    no = refused(lambda: world.get(draft.id))
    assert (no.kind, no.type) == (Kind.NOT_FOUND, "unknown-dossier")
    assert world.get(other.id).kept_until == "2021-04-04"
    _age(world, tmp_path)
    assert _sweep(world) == 1
    assert _keys(files) == set()


def test_what_is_filed_is_kept_whatever_its_age(world: World, files: Files, tmp_path: Path) -> None:
    filed = world.filed()
    assert filed.dossier.kept_until == ""
    world.clock.set(world.clock.now() + timedelta(days=4000))
    sweep_once(world.parts.place, world.cells[NAM_DUONG])
    _age(world, tmp_path)
    assert _sweep(world) == 0
    assert world.get(filed.dossier.id).documents


def test_a_draft_of_the_desk_goes_too_and_one_that_is_about_to_be_filed_stays(world: World) -> None:
    at_desk, own = world.draft(HOA, channel="counter"), world.ready()
    world.clock.set(world.clock.now() + timedelta(days=91))
    confirmation = world.confirm(own.id)
    sweep_once(world.parts.place, world.cells[NAM_DUONG])
    assert refused(lambda: world.get(at_desk.id, HOA)).type == "unknown-dossier"
    assert world.submit(own.id, confirmation.id).dossier.status == 1
