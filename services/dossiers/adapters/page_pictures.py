"""Pages of a scanned or photographed paper: as pictures, and joined into one PDF.

Pages are opened one at a time, however many there are, by the process that reads files (`file_worker`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import partial

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject

from services.dossiers.adapters import file_worker
from services.dossiers.adapters.photographs import PagePicture, fitted
from services.dossiers.adapters.uploads import MAX_FILE_BYTES, AcceptedFile, accept, made_pdf

_LONG_SIDE = 842  # points: a page is shown as A4 or less
_ROOM = 128 * 1024  # for what a PDF has beside the pictures
_ORIENTATION = 0x0112
_ORIENTED = {0: 1, 90: 6, 180: 3, 270: 8}


def turned(jpeg: bytes, degrees: int) -> bytes:
    """Turns a page clockwise from how viewers show it.

    This changes its EXIF orientation, and does not open the picture.
    """
    if degrees == 0:
        return jpeg
    exif = Image.Exif()
    exif[_ORIENTATION] = _ORIENTED[degrees]
    marked = exif.tobytes()
    return jpeg[:2] + b"\xff\xe1" + (len(marked) + 2).to_bytes(2, "big") + marked + jpeg[2:]


def document_of(pages: Iterable[tuple[bytes, int]], count: int) -> AcceptedFile:
    """One document of `count` pages, each a JPEG with the degrees by which it is turned: a picture for one page, a PDF
    for more, of at most `MAX_FILE_BYTES`. Checked like every upload.

    All pages are one file of the caller's: refusals of `file_worker.run` before the first of them, and of
    `uploads.accept`.
    """
    with file_worker.turn_of() as sender:
        if count == 1:
            ((jpeg, degrees),) = pages
            return file_worker.read(accept, turned(jpeg, degrees), sender)
        return file_worker.read(made_pdf, _joined(pages, count, sender), sender)


def _joined(pages: Iterable[tuple[bytes, int]], count: int, sender: str) -> bytes:
    """Each page may take its share of the bytes, and what the pages before it have left over."""
    writer = PdfWriter()
    left = MAX_FILE_BYTES - _ROOM
    for index, (jpeg, degrees) in enumerate(pages):
        small = file_worker.read(partial(fitted, max_bytes=left // (count - index)), jpeg, sender)
        left -= len(small.jpeg)
        _add_page(writer, small, degrees)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _add_page(writer: PdfWriter, small: PagePicture, degrees: int) -> None:
    """The picture as it is: a PDF holds JPEG data unchanged (ISO 32000-1, 7.4.8)."""
    size = small.width, small.height
    picture = StreamObject.initialize_from_dictionary(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(size[0]),
            NameObject("/Height"): NumberObject(size[1]),
            NameObject("/ColorSpace"): NameObject("/DeviceGray" if small.is_grey else "/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/DCTDecode"),
            "__streamdata__": small.jpeg,
        }
    )
    width, height = (round(side * _LONG_SIDE / max(size), 2) for side in size)
    drawing = DecodedStreamObject()
    drawing.set_data(f"{width} 0 0 {height} 0 0 cm /Page Do".encode())
    add = writer._add_object  # noqa: SLF001  pypdf has no other way to add an object
    page = writer.add_blank_page(width, height)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/Page"): add(picture)})}
    )
    page[NameObject("/Contents")] = add(drawing)
    page.rotate(degrees)
