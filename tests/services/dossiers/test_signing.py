"""Exactly the paper that the signer saw before the signature is sealed, and nothing else is signed."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from PIL import Image
from pypdf import PdfReader

from tests.services.dossiers.test_results import RESULTS
from tests.services.dossiers.timing import INQUIRY, REPLY, reply, verify
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    FOREIGN_OFFICER,
    HOA,
    HOSPITAL_PAPER,
    OFFICER_AND_SIGNER,
    SAU,
    Person,
    World,
    birth_form,
    refused,
)
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.marriage_forms import MARRIAGE, TOGETHER
from tests.unit.dossiers.worlds import changed

COPIES = "2.000635"
NUMBER = "048220000123"


def _to_sign(world: World, result: str = "birth", **entry: Any) -> str:
    procedure, form, _ = RESULTS[result]
    return world.ready_to_sign(procedure, form, **entry)


def _signing(world: World, id: str, who: Person = CHAIR) -> pb.Signing:
    answer = world.call("GetSigning", pb.GetSigningRequest(dossier_id=id), who)
    assert isinstance(answer, pb.Signing)
    return answer


def _preview(world: World, id: str, who: Person = CHAIR, **more: Any) -> pb.Paper:
    answer = world.call("GetPaperPreview", pb.GetPaperPreviewRequest(dossier_id=id, **more), who)
    assert isinstance(answer, pb.Paper)
    return answer


def _sign(world: World, id: str, seen: str, version: int = 0) -> pb.Dossier:
    request = pb.SignDossierRequest(
        dossier_id=id, expected_version=version, register_signed=True, no_conflict_of_interest=True, seen=seen
    )
    answer = world.call("SignDossier", request, CHAIR)
    assert isinstance(answer, pb.Dossier)
    return answer


def _sealed(world: World, id: str) -> bytes:
    paper = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind="certificate"), HOA)
    return bytes(paper.content)


def _words(pdf: bytes) -> list[str]:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return text.split()


def _but_for_the_signature(words: list[str]) -> str:
    """The text of a paper without the mark of a preview, and without number and code, which come with the signature."""
    text = " ".join(words)
    text = text.replace("BẢN XEM TRƯỚC KHI KÝ – chưa có giá trị", "").replace("CHƯA KÝ", "")
    text = re.sub(r"Kiểm tra giấy này tại .* Mã giấy: [0-9]+(?:-[0-9a-z]{4}){3}|Mã kiểm tra có khi ký\.", "", text)
    text = re.sub(r"\b\d+(?=/(?:TL|UBND-))|……", "_", text)
    return re.sub(r"Số: 0?1/2020", "Số: _/2020", " ".join(text.split()))


#: A copy that the mother of the registered child asks for.
OF_HERS = {
    "/requester/full_name": "Trần Thị Lan",
    "/subject/full_name": "Nguyễn Minh An",
    "/subject/birth_date": "2020-09-12",
}


@pytest.mark.parametrize("result", RESULTS)
def test_the_paper_that_is_sealed_says_what_the_signer_was_shown(world: World, result: str) -> None:
    id = _to_sign(world, result)
    seen = _signing(world, id).seen
    shown = _words(_preview(world, id, seen=seen).content)
    _sign(world, id, seen)
    sealed = _words(_sealed(world, id))
    assert "CHƯA" in shown
    assert "CHƯA" not in " ".join(sealed).split("Số:")[0]
    assert sorted(_but_for_the_signature(shown).split()) == sorted(_but_for_the_signature(sealed).split())


def test_both_sides_of_a_certificate_are_shown(world: World) -> None:
    id = world.ready_to_sign("1.000894", changed(MARRIAGE.form, TOGETHER))
    signing = _signing(world, id)
    assert signing.pages == 2
    assert "công nhận kể từ ngày 01/02/1984" in " ".join(_words(_preview(world, id).content))
    (line,) = [each for each in signing.lines if each.title == "Hôn nhân được công nhận từ"]
    assert (line.entered, line.difference) == ("01/02/1984", "law")


def test_a_copy_is_shown_with_the_notes_that_its_entry_has(world: World) -> None:
    born = world.registered("1.001193", birth_form())
    world.noted(born.register_entry.id, "correction", text="Tên mẹ được cải chính.")
    form = changed(COPY.form, OF_HERS)
    id = world.ready_to_sign(COPIES, form, source_entry_id=born.register_entry.id)
    signing = _signing(world, id)
    shown = " ".join(_words(_preview(world, id).content))
    assert "Tên mẹ được cải chính (căn cứ: " in shown
    lines = {line.title: line for line in signing.lines}
    assert lines["Ghi chú về sau của mục"].difference == "law"
    assert lines["Sao từ mục"].difference == "office"


def test_a_note_to_the_copied_entry_after_the_look_keeps_the_copy_from_being_signed(world: World) -> None:
    """The dossier's version is the same: the register has changed."""
    born = world.registered("1.001193", birth_form())
    form = changed(COPY.form, OF_HERS)
    id = world.ready_to_sign(COPIES, form, source_entry_id=born.register_entry.id)
    signing = _signing(world, id)
    world.noted(born.register_entry.id, "correction", text="Tên mẹ được cải chính.")
    assert world.get(id, CHAIR).version == signing.version
    assert refused(lambda: _sign(world, id, signing.seen, signing.version)).type == "paper-changed"
    assert refused(lambda: _preview(world, id, seen=signing.seen)).type == "paper-changed"
    assert _sign(world, id, _signing(world, id).seen).status == 9


def test_an_entry_prepared_again_after_the_signer_looked_is_not_signed(world: World) -> None:
    id = _to_sign(world)
    signing = _signing(world, id)
    world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason="Thiếu số định danh"), CHAIR)
    world.approve(id, number=NUMBER)
    assert refused(lambda: _sign(world, id, signing.seen, signing.version)).type == "stale-version"
    refusal = refused(lambda: _sign(world, id, signing.seen))
    assert (refusal.type, refusal.kind.name) == ("paper-changed", "STALE")
    assert world.get(id, CHAIR).status == 4, "nothing was registered"
    assert _sign(world, id, _signing(world, id).seen).status == 9


def test_nothing_is_signed_that_was_not_looked_at(world: World) -> None:
    id = _to_sign(world)
    refusal = refused(lambda: _sign(world, id, ""))
    assert (refusal.type, [fault.field for fault in refusal.fields]) == ("missing-field", ["seen"])
    assert world.get(id, CHAIR).status == 4


def test_what_one_signer_looked_at_is_not_signed_by_another(world: World) -> None:
    """The paper names who signs it."""
    id = _to_sign(world)
    refusal = refused(lambda: _sign(world, id, world.seen(id, OFFICER_AND_SIGNER)))
    assert refusal.type == "paper-changed"
    assert "người ký" in refusal.text


def test_a_signer_is_shown_what_the_officer_was_told_to_look_at(world: World) -> None:
    """The questions and warnings, the answers of others, and the originals that nobody has compared."""
    world.ready_to_sign("1.001193", birth_form())
    id = world.accepted()
    verify(world, id, **INQUIRY)
    said = "Đã đăng ký kết hôn số 5/2012."
    reply(world, id, **REPLY | {"text": said})
    world.compare(id, HOSPITAL_PAPER)
    world.approve(id, number="")
    signing = _signing(world, id)
    checks = [each.check for each in signing.findings]
    assert {"duplicate", "no-personal-identification-number"} <= set(checks)
    assert {each.kind for each in signing.findings} <= {pb.FINDING_KIND_WARNS, pb.FINDING_KIND_ASKS_OFFICER}
    (told,) = signing.verifications
    assert (told.recipient, told.answer) == (INQUIRY["recipient"], said)
    compared = {each.kind: each for each in signing.comparisons}
    assert (compared[HOSPITAL_PAPER].agrees, compared[HOSPITAL_PAPER].HasField("compared_at")) == (True, True)
    assert [kind for kind, each in compared.items() if not each.HasField("compared_at")] != []


def test_another_signature_in_between_changes_the_number_and_not_what_was_seen(world: World) -> None:
    first, second = _to_sign(world), world.ready_to_sign("1.001193", birth_form(child={"full_name": "Nguyễn Minh Bảo"}))
    seen = _signing(world, first).seen
    world.sign(second)
    assert _sign(world, first, seen).register_entry.number == 2


def test_a_preview_has_neither_number_nor_code_and_each_page_says_that_it_is_not_signed(world: World) -> None:
    paper = _preview(world, _to_sign(world))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages]
    assert [page for page in pages if "CHƯA KÝ" not in page] == []
    assert "Mã giấy" not in pages[0]
    assert "……/2020" in pages[0]
    assert paper.filename.startswith("xem-truoc-")


def test_the_pages_of_a_preview_are_pictures_too(world: World) -> None:
    id = _to_sign(world)
    signing = _signing(world, id)
    assert signing.pages == 1
    with Image.open(io.BytesIO(_preview(world, id, page_number=1).content)) as picture:
        assert picture.format == "PNG"
        assert picture.height > picture.width > 1000
    for page in (2, -1):
        assert refused(partial(_preview, world, id, page_number=page)).type == "no-such-paper"


def test_only_who_may_sign_is_shown_the_paper(world: World) -> None:
    id = _to_sign(world)
    for who in (SAU, HOA, DUNG, FOREIGN_OFFICER):
        for look in (_signing, _preview):
            assert refused(partial(look, world, id, who)).kind.name == "FORBIDDEN"
    world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason="Xem lại"), CHAIR)
    assert refused(lambda: _signing(world, id)).type == "not-approved"
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id), OFFICER_AND_SIGNER)
    assert refused(lambda: _preview(world, id, OFFICER_AND_SIGNER)).type == "signer-prepared-it"


def test_a_look_at_the_preview_is_recorded_for_the_applicant(world: World) -> None:
    id = _to_sign(world)
    _preview(world, id)
    answer = world.call("ListOwnAccessLog", pb.ListOwnAccessLogRequest(), SAU)
    (look,) = [entry for entry in answer.entries if entry.action == "view-signing"]
    assert "Võ Văn Nam" in look.who
    assert look.dossier_code == world.get(id).code


def test_what_cannot_be_registered_is_said_at_the_look(world: World) -> None:
    """A second death is found when the signer opens it, not when the button is pressed."""
    first, second = _to_sign(world, "death"), _to_sign(world, "death")
    world.sign(first)
    assert refused(lambda: _signing(world, second)).type == "not-registrable"


@pytest.mark.parametrize("result", RESULTS)
def test_if_the_declaration_was_entered_unchanged_only_names_differ(world: World, result: str) -> None:
    lines = _signing(world, _to_sign(world, result)).lines
    assert {line.difference for line in lines if line.declared} <= {"", "capitals"}
    assert [line.title for line in lines if line.difference == "capitals" and "ọ" not in line.title] == [
        line.title for line in lines if line.title == "Dự định kết hôn với"
    ]


def test_what_the_officer_added_or_changed_is_marked_beside_what_was_declared(world: World) -> None:
    born = {line.title: line for line in _signing(world, _to_sign(world)).lines}
    assert born["Số định danh cá nhân"].difference == ""
    id = _to_sign(world, "marital status", statement="Chưa kết hôn lần nào.", note="Đã xem sổ.")
    lines = {line.title: line for line in _signing(world, id).lines}
    said = lines["Tình trạng hôn nhân"]
    assert (said.difference, said.entered) == ("office", "Chưa kết hôn lần nào.")
    assert said.declared
    assert said.declared != said.entered
    assert (lines["Ghi chú trong sổ"].difference, lines["Ghi chú trong sổ"].entered) == ("office", "Đã xem sổ.")


def test_what_the_law_puts_in_is_marked_with_its_article(world: World) -> None:
    dead = {"lives_in": "dead", "residence": None}
    form = birth_form(father={**birth_form()["father"], **dead})
    lines = {line.title: line for line in _signing(world, world.ready_to_sign("1.001193", form)).lines}
    line = lines["Nơi cư trú người cha"]
    assert (line.entered, line.difference) == ("Đã chết", "law")
    assert "TT 04/2020" in line.reason
    assert list(line.fields) == ["/father/residence"]


def test_a_number_from_the_national_database_is_the_officers(world: World) -> None:
    id = world.ready_to_sign("1.001193", birth_form(), personal_identification_number=NUMBER)
    (line,) = [each for each in _signing(world, id).lines if each.title == "Số định danh cá nhân"]
    assert (line.declared, line.entered, line.difference) == ("", NUMBER, "office")


def _next(world: World, who: Person, act: str = "", after: str = "") -> tuple[str, str]:
    request = pb.FindNextDossierRequest(act=act, after_dossier_id=after)
    answer = world.call("FindNextDossier", request, who)
    return answer.dossier.id, answer.act


def test_a_signer_is_led_through_what_waits_and_back_to_the_start(world: World) -> None:
    assert _next(world, CHAIR) == ("", "")
    ids = [
        world.ready_to_sign("1.001193", birth_form(child={"full_name": f"Nguyễn Minh {name}"}))
        for name in ("An", "Bảo", "Châu")
    ]
    first, act = _next(world, CHAIR)
    assert act == "signature"
    second, _ = _next(world, CHAIR, "signature", first)
    third, _ = _next(world, CHAIR, "signature", second)
    assert sorted((first, second, third)) == sorted(ids)
    assert _next(world, CHAIR, "signature", third)[0] == first
    for each in (first, second):
        world.sign(each)
    assert _next(world, CHAIR, "signature", third)[0] == "", "not itself"
    assert _next(world, CHAIR)[0] == third


def test_nobody_is_led_to_what_is_not_theirs_to_do(world: World) -> None:
    id = world.filed().dossier.id
    assert _next(world, HOA, "acceptance") == (id, "acceptance")
    assert _next(world, CHAIR) == ("", "")
    world.accept(id)
    assert _next(world, HOA, "acceptance")[0] == ""
    assert _next(world, DUNG, "approval")[0] == id
    world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id), OFFICER_AND_SIGNER)
    assert _next(world, OFFICER_AND_SIGNER)[0] == "", "who prepared it does not sign it"
    assert _next(world, CHAIR) == (id, "signature")
    assert _next(world, HOA, "signature")[0] == ""
    assert refused(lambda: _next(world, HOA, "handover")).type == "invalid-field"
