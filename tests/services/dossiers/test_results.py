"""Every register's result as a sealed PDF that says what the register says."""

from __future__ import annotations

import io
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from pypdf import PdfReader

from services.dossiers.adapters.seal import verify
from tests.services.dossiers.world import CHAIR, DUNG, HOA, OFFICER_AND_SIGNER, Person, World, birth_form
from tests.unit.dossiers import combined_birth_forms
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

WITHOUT_COPIES = {"/copies/wanted": False}
RESULTS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "birth": ("1.001193", birth_form(), ["GIẤY KHAI SINH", "01/2020", "NGUYỄN MINH AN"]),
    "combined birth": (
        "1.000689",
        dict(changed(combined_birth_forms.COMBINED.form, WITHOUT_COPIES)),
        ["GIẤY KHAI SINH", "01/2020"],
    ),
    "marriage": (
        "1.000894",
        dict(MARRIAGE.form),
        ["GIẤY CHỨNG NHẬN KẾT HÔN", "01/2020", "TRẦN THỊ LAN", "NGUYỄN VĂN HÙNG", "08/03/1996"],
    ),
    "death": (
        "1.000656",
        dict(changed(DEATH.form, WITHOUT_COPIES)),
        ["TRÍCH LỤC KHAI TỬ", "1/TLKT", "NGUYỄN VĂN THÀNH"],
    ),
    "marital status": (
        "1.004873",
        dict(MARITAL_STATUS.form),
        ["GIẤY XÁC NHẬN", "1/UBND-XNTTHN", "TRẦN THỊ MỸ DUYÊN", "LÊ QUANG HUY"],
    ),
}


def _pdf(world: World, dossier: pb.Dossier, who: Person = HOA) -> bytes:
    paper = world.call("GetPaper", pb.GetPaperRequest(dossier_id=dossier.id, kind="certificate"), who)
    return bytes(paper.content)


def _text(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.mark.parametrize("result", RESULTS)
def test_the_paper_says_what_the_register_says_and_is_sealed(world: World, result: str) -> None:
    procedure, form, said = RESULTS[result]
    pdf = _pdf(world, world.registered(procedure, form))
    text = _text(pdf)
    assert [words for words in said if words not in text] == []
    root = world.settings.seals_root_file.read_bytes()
    status = verify(pdf, root, at=world.clock.now())
    assert (status.intact, status.covers_whole_document) == (True, True)


def test_the_extract_has_no_cause_of_death(world: World) -> None:
    died = world.registered("1.000656", changed(DEATH.form, WITHOUT_COPIES))
    assert "Nhồi máu cơ tim" not in _text(_pdf(world, died))


def test_a_copy_says_what_was_noted_since(world: World) -> None:
    """TT 04/2020 Đ23: a marriage that ended is copied with the words that say so."""
    married = world.registered("1.000894", MARRIAGE.form)
    note = pb.NoteEntryRequest(
        entry_id=married.register_entry.id,
        kind="divorce",
        text="Đã ly hôn theo Quyết định số 88/2020/QĐST-HNGĐ.",
        basis="Quyết định số 88/2020/QĐST-HNGĐ của Tòa án nhân dân quận Hải Châu",
        basis_date="2020-10-01",
    )
    world.call("NoteEntry", note, DUNG)
    form = changed(COPY.form, {"/copy/kind": "marriage"})
    copied = world.registered("2.000635", form, source_entry_id=married.register_entry.id)
    text = _text(_pdf(world, copied))
    for words in ("TRÍCH LỤC KẾT HÔN", "1/TLKH-BS", "01/2020", "Đã ly hôn theo Quyết định số 88/2020/QĐST-HNGĐ"):
        assert words in text


def test_a_vice_chairman_signs_for_the_chairman(world: World) -> None:
    """NĐ 30/2020: KT. CHỦ TỊCH, PHÓ CHỦ TỊCH."""
    id = world.ready_to_sign("1.004873", MARITAL_STATUS.form)
    by_the_deputy = world.sign(id, OFFICER_AND_SIGNER)
    assert "KT. CHỦ TỊCH" in _text(_pdf(world, by_the_deputy))
    other = world.sign(world.ready_to_sign("1.004873", MARITAL_STATUS.form), CHAIR)
    assert "KT. CHỦ TỊCH" not in _text(_pdf(world, other))
