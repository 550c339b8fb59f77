"""Files as people send them, made on the spot."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable

from PIL import Image
from pypdf import PdfReader, PdfWriter


def photograph(width: int = 320, height: int = 240, *, gps: bool = True, orientation: int = 1) -> bytes:
    """A JPEG as a telephone makes it: left half dark, right half light, with place and orientation in its EXIF."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste((20, 20, 20), (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x010F] = "Điện thoại"
    exif[0x0112] = orientation
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (16.0, 3.0, 41.0), 3: "E", 4: (108.0, 13.0, 12.0)})
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, icc_profile=b"x" * 200, comment="ảnh chụp")
    return out.getvalue()


def png(mode: str = "RGB", size: tuple[int, int] = (64, 48), colour: object = None) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour if colour is not None else 0).save(out, "PNG")  # type: ignore[arg-type]  # any colour
    return out.getvalue()


def noise(kind: str, side: int) -> bytes:
    """A picture that cannot be packed small."""
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(1).randbytes(side * side * 3)).save(out, kind, quality=100)
    return out.getvalue()


def bomb_png(width: int, height: int) -> bytes:
    """A few kilobytes that claim width x height pixels of grey, and hold the first thousand rows of them."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\0" * (width + 1)
    data = b"".join(packer.compress(row) for _ in range(min(height, 1000))) + packer.flush()
    chunks = b"".join(_chunk(name, body) for name, body in ((b"IHDR", header), (b"IDAT", data), (b"IEND", b"")))
    return b"\x89PNG\r\n\x1a\n" + chunks


def png_with(name: bytes, body: bytes, times: int) -> bytes:
    """A good picture with a chunk before its pixels again and again."""
    picture = png()
    at = picture.index(b"IDAT") - 4
    return picture[:at] + _chunk(name, body) * times + picture[at:]


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def pdf(change: Callable[[PdfWriter], object] | None = None, *, pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def raw_pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF written by hand: object 1 is the catalogue, the others as given, from number 1 on."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


PAGES = (b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>")


def unpacking_pdf(part: bytes, times: int, *, is_signed: bool = False) -> bytes:
    """A PDF of one page whose content is `part` again and again, packed to about a thousandth. `is_signed` as far as a
    reader looks.
    """
    packer = zlib.compressobj(9)
    many = 100_000
    packed = b"".join(packer.compress(part * many) for _ in range(times // many)) + packer.flush()
    catalogue = b"<< /Type /Catalog /Pages 2 0 R %s>>" % (b"/Perms << /ByteRange [0 1 2 3] >> " if is_signed else b"")
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    content = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
    return raw_pdf(catalogue, PAGES[0], page, content)


def crowded_pdf(streams: int, arrays: int) -> bytes:
    """A PDF of one page with object streams (ISO 32000-1, 7.5.7), each of one array of empty arrays: a few kilobytes
    for hundreds of thousands of values.
    """
    out = bytearray(b"%PDF-1.7\n")
    table = [bytes(8)]
    bodies = [b"<< /Type /Catalog /Pages 2 0 R >>", *PAGES]
    first = len(bodies) + 1
    for number in range(first, first + streams):
        head = b"%d 0 " % (number + streams)
        packed = zlib.compress(head + b"[" + b"[]" * arrays + b"]", 9)
        bodies.append(
            b"<< /Type /ObjStm /N 1 /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
            % (len(head), len(packed), packed)
        )
    for number, body in enumerate(bodies, start=1):
        table.append(struct.pack(">BIHB", 1, len(out), 0, 0))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table += [struct.pack(">BIHB", 2, number, 0, 0) for number in range(first, first + streams)]
    start, entries = len(out), zlib.compress(b"".join(table))
    out += b"%d 0 obj\n<< /Type /XRef /Size %d /W [1 4 3] /Root 1 0 R /Filter /FlateDecode /Length %d >>\n" % (
        len(table), len(table), len(entries),
    )  # fmt: skip
    out += b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (entries, start)
    return bytes(out)


def pages_of(content: bytes) -> int:
    return len(PdfReader(io.BytesIO(content)).pages)
