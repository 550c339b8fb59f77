"""PDFs from citizens: rewritten, or kept byte for byte if signed; refused if they are more than pages."""

from __future__ import annotations

import io
import itertools
import re
import time
import zipfile
import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from services.chassis.refusal import Refusal
from services.dossiers.adapters import page_pictures, pdf_check, pdf_rewriting, uploads
from services.dossiers.adapters.uploads import accept
from tests.services.dossiers_papers import making

PAGES = making.PAGES
CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"


def refusal_type(content: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        accept(content)
    return caught.value.type


def test_the_pages_of_a_pdf_are_rewritten() -> None:
    stored = accept(making.pdf(pages=3))
    assert making.pages_of(stored.content) == 3
    assert (stored.media_type, stored.extension) == ("application/pdf", "pdf")
    again = accept(stored.content)
    assert making.pages_of(again.content) == 3


def test_pictures_and_text_on_the_pages_stay() -> None:
    picture = making.photograph()
    scanned = page_pictures.document_of([(picture, 0), (picture, 90)], 2).content
    assert [each.tobytes() for each in _shown(accept(scanned).content)] == [each.tobytes() for each in _shown(scanned)]
    written = making.raw_pdf(CATALOGUE, *PAGES_WITH_TEXT)
    assert _text(accept(written).content) == _text(written) == "Giay chung sinh"


def test_what_was_typed_into_a_form_stays_to_be_read_and_does_nothing() -> None:
    stored = accept(making.raw_pdf(FORM_CATALOGUE, *FORM)).content
    assert _text(stored) == "Tran Thi Lan"
    assert not {b"/AcroForm", b"/Annots", b"/Widget"} & set(re.findall(rb"/\w+", stored))


def test_an_object_that_only_another_program_would_find_is_not_kept() -> None:
    """The first object 1 is in no table: a program that repairs tables takes it for the catalogue."""
    shadowed = making.raw_pdf(CATALOGUE, *PAGES).replace(b"1 0 obj", SHADOW + b"\n1 0 obj", 1)
    shadowed = _moved(shadowed, len(SHADOW) + 1)
    assert b"JavaScript" in shadowed
    assert b"JavaScript" not in accept(shadowed).content


def test_a_signed_pdf_is_kept_byte_for_byte() -> None:
    signed = making.raw_pdf(CATALOGUE, *PAGES, SIGNATURE)
    assert accept(signed).content == signed


@pytest.mark.parametrize("script", [b"/JavaScript", b"/J#61vaScript", b"/Launch"])
def test_a_signed_pdf_with_a_script_that_stands_in_no_table_is_refused(script: bytes) -> None:
    shadow = SHADOW.replace(b"/JavaScript", script)
    signed = making.raw_pdf(CATALOGUE, *PAGES, SIGNATURE).replace(b"1 0 obj", shadow + b"\n1 0 obj", 1)
    assert refusal_type(_moved(signed, len(shadow) + 1)) == "pdf-damaged"


def test_a_signed_pdf_with_a_script_in_a_packed_stream_that_stands_in_no_table_is_refused() -> None:
    packed = zlib.compress(b"<< /S /JavaScript /JS (app.alert(1)) >>")
    shadow = b"9 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream\nendobj"
    signed = making.raw_pdf(CATALOGUE, *PAGES, SIGNATURE).replace(b"1 0 obj", shadow + b"\n1 0 obj", 1)
    assert b"JavaScript" not in signed
    assert refusal_type(_moved(signed, len(shadow) + 1)) == "pdf-damaged"


def test_a_pdf_that_two_readers_read_differently_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(pdf_rewriting.Doubt):
        pdf_rewriting.rewritten(making.pdf(pages=2), 3)
    with pytest.raises(pdf_rewriting.Doubt):
        pdf_rewriting.refuse_differing(making.pdf(pages=2), 3)
    with pytest.raises(pdf_rewriting.Doubt):
        pdf_rewriting.rewritten(b"%PDF-1.7 of nothing", 1)
    monkeypatch.setattr(uploads, "check_pdf", lambda _: pdf_check.CheckedPdf(9, is_signed=False))
    assert refusal_type(making.pdf(pages=2)) == "pdf-damaged"


PAGES_WITH_TEXT = (
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
    b"<< /Length 52 >>\nstream\nBT /F 24 Tf 72 700 Td (Giay chung sinh) Tj ET         \nendstream",
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)
FORM_CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>"
FORM = (
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] >>",
    (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (ten) /V (Tran Thi Lan) /Rect [72 700 300 730] /F 4"
        b" /AP << /N 5 0 R >> >>"
    ),
    (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 228 30] /Resources << /Font << /F 6 0 R >> >> /Length 40 >>"
        b"\nstream\n"
        b"BT /F 12 Tf 2 8 Td (Tran Thi Lan) Tj ET \nendstream"
    ),
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)
SHADOW = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>\nendobj"
SIGNATURE = b"<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 10 20 30] /Contents <00> >>"


def _moved(content: bytes, by: int) -> bytes:
    """With the places in its table moved, since something was put before the first object."""
    table = content.rindex(b"xref\n", 0, content.rindex(b"startxref"))
    places = re.sub(rb"(\d{10}) 00000 n", lambda found: b"%010d 00000 n" % (int(found.group(1)) + by), content[table:])
    return content[:table] + re.sub(rb"startxref\n\d+", b"startxref\n%d" % table, places)


def _text(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as opened:
        text: str = opened[0].get_textpage().get_text_range()
        return text


def _shown(content: bytes) -> list[Image.Image]:
    with pypdfium2.PdfDocument(content) as opened:
        return [page.render(scale=0.5).to_pil() for page in opened]


@pytest.mark.parametrize("password", ["", "mật khẩu"])
def test_an_encrypted_pdf_is_refused_even_where_its_password_is_empty(password: str) -> None:
    def lock(writer: PdfWriter) -> None:
        writer.encrypt(password, "owner", algorithm="AES-256")

    assert refusal_type(making.pdf(lock)) == "pdf-encrypted"


def _javascript(writer: PdfWriter) -> None:
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x()")})
    names = DictionaryObject(
        {NameObject("/JavaScript"): DictionaryObject({NameObject("/Names"): ArrayObject([script])})}
    )
    writer.root_object[NameObject("/Names")] = writer._add_object(names)


def _attachment(writer: PdfWriter) -> None:
    writer.add_attachment("a.exe", b"MZ")


def _catalogue(key: str, value: DictionaryObject | ArrayObject) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        writer.root_object[NameObject(key)] = writer._add_object(value)

    return change


def _action(kind: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("cmd.exe")})


def _annotation(subtype: str) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        note = DictionaryObject({NameObject("/Subtype"): NameObject(subtype)})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    return change


def _page_action(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): _action("/Launch")})


@pytest.mark.parametrize(
    "change",
    [
        _javascript,
        _attachment,
        _page_action,
        _catalogue("/OpenAction", _action("/Launch")),
        _catalogue("/OpenAction", _action("/URI")),
        _catalogue("/AcroForm", DictionaryObject({NameObject("/XFA"): ArrayObject()})),
        _catalogue("/Anything", _action("/SubmitForm")),
        _catalogue("/Anything", ArrayObject([ArrayObject([_action("/Launch")])])),
        _annotation("/RichMedia"),
        _annotation("/FileAttachment"),
    ],
)
def test_a_pdf_that_acts_or_carries_files_is_refused(change: Callable[[PdfWriter], None]) -> None:
    assert refusal_type(making.pdf(change)) == "pdf-scripted"


def test_a_pdf_that_opens_at_its_first_page_as_scanners_write_it_is_taken() -> None:
    opens_at = ArrayObject([NumberObject(0), NameObject("/Fit")])
    goes_to = DictionaryObject({NameObject("/S"): NameObject("/GoTo"), NameObject("/D"): opens_at})

    accept(making.pdf(_catalogue("/OpenAction", opens_at)))
    accept(making.pdf(_catalogue("/OpenAction", goes_to)))


def test_a_script_behind_a_name_in_disguise_is_found() -> None:
    script = b"<< /Type /Catalog /Pages 2 0 R /Names << /J#61vaScript << >> >> >>"

    assert refusal_type(making.raw_pdf(script, *PAGES)) == "pdf-scripted"


def test_a_kind_of_action_in_an_object_of_its_own_is_found() -> None:
    opening = b"<< /Type /Catalog /Pages 2 0 R /Hidden << /S 4 0 R /F (cmd.exe) >> >>"

    assert refusal_type(making.raw_pdf(opening, *PAGES, b"/Launch")) == "pdf-scripted"


def test_a_script_that_nothing_points_to_is_found() -> None:
    orphan = b"<< /S /JavaScript /JS (app.alert(1)) >>"

    assert refusal_type(making.raw_pdf(CATALOGUE, *PAGES, orphan)) == "pdf-scripted"


def test_a_script_inside_a_packed_object_stream_is_found() -> None:
    packed = _with_packed_script()
    assert b"JavaScript" not in packed

    assert refusal_type(packed) == "pdf-scripted"


def _with_packed_script() -> bytes:
    """A page, and a script whose dictionary is compressed in an object stream, as PDF 1.5 allows."""
    library: Any = import_module("pyhanko.pdf_utils.writer")  # untyped
    name, generic = library.pdf_name, library.generic
    writer = library.PdfFileWriter(stream_xrefs=True)
    contents = writer.add_object(generic.StreamObject(stream_data=b"q Q"))
    writer.insert_page(library.PageObject(contents=contents, media_box=(0, 0, 595, 842)))
    script = generic.DictionaryObject({name("/S"): name("/JavaScript")})
    writer.root["/Names"] = writer.add_object(script, obj_stream=writer.prepare_object_stream())
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_a_truncated_pdf_is_refused(share: float) -> None:
    whole = making.pdf(pages=5)

    assert refusal_type(whole[: int(len(whole) * share)]) == "pdf-damaged"


@pytest.mark.parametrize("foreign", [b"MZ\x90", b"<html>", b"\n", b"\xef\xbb\xbf"])
def test_a_pdf_with_something_before_it_is_refused(foreign: bytes) -> None:
    assert refusal_type(foreign + making.pdf()) == "pdf-damaged"


@pytest.mark.parametrize("foreign", [b"<script>alert(1)</script>", b"\xff\xd8\xff\xe0", b"%%EOF"])
def test_a_pdf_with_something_behind_it_is_refused(foreign: bytes) -> None:
    assert refusal_type(making.pdf() + foreign) == "pdf-damaged"


def test_a_pdf_may_end_in_line_ends() -> None:
    accept(making.pdf() + b"\r\n\r\n")


def test_a_pdf_that_is_also_a_zip_is_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("a.exe", b"MZ")
    whole = making.pdf()
    tail = whole[whole.rindex(b"startxref") :]

    assert refusal_type(whole + archive.getvalue() + tail) == "pdf-damaged"


def test_a_pdf_without_pages_or_with_too_many_is_refused() -> None:
    empty = making.raw_pdf(CATALOGUE, b"<< /Type /Pages /Kids [] /Count 0 >>")

    assert refusal_type(empty) == "pdf-damaged"
    assert refusal_type(making.pdf(pages=201)) == "pdf-damaged"


def test_a_page_tree_that_holds_itself_ends_in_a_refusal() -> None:
    circle = making.raw_pdf(CATALOGUE, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")

    assert refusal_type(circle) == "pdf-damaged"


def test_cross_references_that_go_in_a_circle_are_followed_once() -> None:
    content = making.raw_pdf(CATALOGUE, *PAGES, trailer=b"/Prev 0000000000 ")
    start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    circle = content.replace(b"/Prev 0000000000", b"/Prev %010d" % start)

    assert making.pages_of(accept(circle).content) == 1


def test_arrays_nested_beyond_reason_end_in_a_refusal() -> None:
    deep = making.raw_pdf(b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 50_000 + b"]" * 50_000 + b" >>", *PAGES)

    assert refusal_type(deep) == "pdf-damaged"


def test_more_objects_than_a_paper_can_have_are_refused() -> None:
    crowd = making.raw_pdf(CATALOGUE, *PAGES, *[b"1"] * pdf_check.MAX_OBJECTS)

    assert refusal_type(crowd) == "file-too-complex"


def test_a_pdf_that_takes_too_much_processor_to_look_through_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_check, "MAX_SECONDS", 0.0)

    assert refusal_type(making.pdf()) == "file-too-complex"


def test_the_time_that_a_busy_machine_lets_a_pdf_wait_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(step=1000)
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))

    assert accept(making.pdf()).media_type == "application/pdf"


def test_a_pdf_for_which_memory_is_short_is_not_called_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads files has to see it."""
    monkeypatch.setattr(pdf_check, "_check_pages", no_memory)
    with pytest.raises(MemoryError):
        accept(making.pdf())


def no_memory(_: object) -> None:
    raise MemoryError
