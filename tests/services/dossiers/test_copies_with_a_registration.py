"""Copies that are asked and paid for together with a registration."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from pypdf import PdfReader

from services.dossiers import registers
from services.dossiers.register_tables import CertificateRow
from services.dossiers.use_cases.opened import content_of
from services.dossiers.use_cases.registers.registration import verify_book
from tests.services.dossiers.world import HOA, NAM_DUONG, World, birth_form
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.worlds import changed

COPIES = {"/copies/wanted": True, "/copies/count": 2}


@pytest.mark.parametrize(
    ("procedure", "form", "register", "number", "says"),
    [
        ("1.001193", birth_form(), "birth", "1/TLKS-BS", "NGUYỄN MINH AN"),
        ("1.000656", DEATH.form, "death", "1/TLKT-BS", "NGUYỄN VĂN THÀNH"),
    ],
    ids=["birth", "death"],
)
def test_they_are_numbered_in_the_book_of_copies_when_it_is_signed_and_fetched_with_its_result(
    world: World, procedure: str, form: dict[str, object], register: str, number: str, says: str
) -> None:
    """TT 04/2020 Đ23, Đ29; Luật Hộ tịch 2014 Đ11.2"""
    signed = world.registered(procedure, dict(changed(form, COPIES)))
    assert signed.register_entry.register == register
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        entry, copied = (find(session, UUID(signed.id)) for find in (registers.entry_of, registers.copies_of))
        assert entry is not None
        assert copied is not None
        certificate = session.get(CertificateRow, copied.certificate_id)
        assert certificate is not None
        assert (certificate.number, certificate.source_entry_id) == (number, entry.id)
        content = content_of(cell, copied)
        assert (content["copies"], content["copy_of"]) == (2, register)
        assert verify_book(cell, session, "copies", 2020) == (1, [])
    shown = world.get(signed.id, HOA)
    assert {"certificate", "copies"} <= set(shown.papers)
    (told,) = [each.text for each in shown.findings if each.check == "copies-with-registration"]
    assert "2 bản sao" in told
    assert "giao cùng kết quả" in told
    paper = world.call("GetPaper", pb.GetPaperRequest(dossier_id=signed.id, kind="copies"), HOA)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages).split())
    assert says in text
    assert number in text
    assert "copies" not in world.get(signed.id).papers, "the applicant gets them with the result"


def test_without_a_request_there_are_no_copies_and_more_are_added_once_paid(world: World) -> None:
    none = world.registered("1.001193", birth_form())
    assert "copies" not in world.get(none.id, HOA).papers
    id = world.filed(child={"full_name": "Nguyễn Minh Châu"}).dossier.id
    world.accept(id)
    more = pb.RequestFeeRequest(dossier_id=id, items=[pb.FeeItem(item="copy", count=3)], reason="Xin thêm bản sao")
    world.call("RequestFee", more, HOA)
    world.call("RecordPayment", pb.RecordPaymentRequest(dossier_id=id, receipt="AA/20E 0000124"), HOA)
    world.approve(id)
    world.sign(id)
    with world.cells[NAM_DUONG].database.transaction() as session:
        copied = registers.copies_of(session, UUID(id))
        assert copied is not None
        assert content_of(world.cells[NAM_DUONG], copied)["copies"] == 3


def test_a_note_on_the_entry_ends_its_copies_too(world: World) -> None:
    signed = world.registered("1.001193", dict(changed(birth_form(), COPIES)))
    world.noted(signed.register_entry.id, "correction", text="Cải chính ngày sinh")
    with world.cells[NAM_DUONG].database.transaction() as session:
        copied = registers.copies_of(session, UUID(signed.id))
        assert copied is not None
        certificate = session.get(CertificateRow, copied.certificate_id)
        assert certificate is not None
        assert certificate.status == "superseded"
