"""Copies that are requested with a registration: the signer is told about them, and they are printed on the phôi."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from pypdf import PdfReader

from services.chassis.refusal import Kind
from tests.services.dossiers.world import CHAIR, HOA, SAU, World, birth_form, refused
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.worlds import changed

ON_BLANK = "copies-on-blank"
BIRTH = "1.001193"


def _with_copies() -> dict[str, Any]:
    return changed(birth_form(), {"/copies/wanted": True, "/copies/count": 2})


def _layer(world: World, id: str) -> str:
    paper = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind=ON_BLANK), HOA)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages).split())


def test_copies_of_a_birth_that_were_paid_for_with_it_are_printed_on_the_phoi(world: World) -> None:
    """TT 04/2020 Đ27–28: the copy of a birth certificate, too; under its own number, only by the office."""
    signed = world.registered(BIRTH, _with_copies())
    assert ON_BLANK in world.get(signed.id, HOA).papers
    assert ON_BLANK not in world.get(signed.id, SAU).papers
    text = _layer(world, signed.id)
    assert "NGUYỄN MINH AN" in text
    assert "1/TLKS-BS" in text
    world.noted(signed.register_entry.id, "annulment", text="Hủy việc đăng ký.")
    assert ON_BLANK not in world.get(signed.id, HOA).papers
    no = refused(partial(_layer, world, signed.id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "certificate-revoked")


@pytest.mark.parametrize("form", [birth_form(), None])
def test_there_is_no_such_print_without_copies_nor_of_a_death(world: World, form: dict[str, Any] | None) -> None:
    """TT 04/2020 Đ27–28: an extract of a death is the ward's own print."""
    signed = world.registered("1.000656", DEATH.form) if form is None else world.registered(BIRTH, form)
    assert ON_BLANK not in world.get(signed.id, HOA).papers
    assert refused(partial(_layer, world, signed.id)).type == "no-such-paper"


def _line(world: World, id: str) -> pb.SigningLine | None:
    lines = world.call("GetSigning", pb.GetSigningRequest(dossier_id=id), CHAIR).lines
    return next((each for each in lines if "/copies/count" in each.fields), None)


def test_the_signer_reads_how_many_copies_the_signature_makes(world: World) -> None:
    """docs/decisions/0045: nothing is signed that this signer has not looked at."""
    id = world.ready_to_sign(BIRTH, _with_copies())
    line = _line(world, id)
    assert line is not None
    assert (line.declared, line.entered, line.difference) == ("2", "2", "")
    assert _line(world, world.ready_to_sign(BIRTH, birth_form())) is None


def test_copies_that_were_paid_for_since_the_look_are_not_signed_unseen(world: World) -> None:
    """docs/decisions/0045: what was looked at is what is signed."""
    id = world.ready_to_sign(BIRTH, birth_form())
    seen = world.seen(id)
    more = pb.RequestFeeRequest(dossier_id=id, items=[pb.FeeItem(item="copy", count=3)], reason="Xin thêm bản sao")
    world.call("RequestFee", more, HOA)
    world.call("RecordPayment", pb.RecordPaymentRequest(dossier_id=id, receipt="AA/20E 0000124"), HOA)
    no = refused(partial(world.sign, id, seen=seen))
    assert (no.kind, no.type) == (Kind.STALE, "paper-changed")
    line = _line(world, id)
    assert line is not None
    assert (line.declared, line.entered, line.difference) == ("", "3", "office")
    assert world.sign(id).status == 9
