"""Re-encodes photographs: only the picture stays, and every viewer shows the same one.

Memory is the concern: a few kilobytes can unpack to hundreds of megabytes. Pillow takes four bytes a pixel, so the open
pixels are limited, and work is done in strips instead of copies of the whole picture; tests measure it
(tests/services/dossiers_papers/test_memory_of_photographs.py), and the memory limit of the dossiers' pods follows.
"""

from __future__ import annotations

import io
import math
import os
import re
from dataclasses import dataclass
from typing import Literal

from PIL import Image, PngImagePlugin

from services.chassis.refusal import Refusal, invalid

#: The most pixels that are opened and stored: a page A4 at 400 dpi, a photograph of 16 megapixels.
OPEN_PIXELS = 17_000_000
#: The most pixels of a JPEG, which its decoder reduces while reading: phones have 48, 50 and 64 megapixels.
MAX_HALVED_PIXELS = 70_000_000
_STRIP_PIXELS = 1_000_000
_JPEG_QUALITY = 88
_LONGEST_SIDE = 3508  # of a page: A4 at 300 dpi
_LOWER_QUALITIES = (60, 45)
_BITS_A_PIXEL = 1.0  # a page full of print at about 120 dpi has this size in the lower of these qualities
#: The most scans of a JPEG: programs write up to 20, and each is a pass over the whole picture.
MAX_SCANS = 40
# A JPEG of several scans, such as a progressive one, is in memory in full size before it is reduced, six bytes a pixel.
# The library has a limit for that, which it reads here whenever it opens a picture.
os.environ["JPEGMEM"] = "110M"
PngImagePlugin.MAX_TEXT_MEMORY = 4 * 1024 * 1024  # of all packed texts beside a picture, which are discarded


def redraw(content: bytes, kind: Literal["JPEG", "PNG"], max_bytes: int) -> bytes:
    """The picture in its own format, JPEG or PNG: turned upright, of at most `OPEN_PIXELS` and `max_bytes`.

    Metadata (place of the photograph, device, thumbnail), colour profile, further frames and data after the picture are
    left out; transparent areas become white. Refuses `image-too-large`, `file-too-complex` and `image-damaged`.
    """
    picture = _decode(content, kind)
    while True:
        out = _encode(picture, kind)
        if len(out) <= max_bytes:
            return out
        picture = picture.reduce(2)


def page_picture(content: bytes, kind: Literal["JPEG", "PNG"], max_bytes: int) -> bytes:
    """The picture as the JPEG of a page: made as by `redraw`, with at most the pixels of A4 at 300 dpi."""
    picture = _decode(content, kind)
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), reducing_gap=2.0)
    while len(out := _encode(picture, "JPEG")) > max_bytes:
        picture = picture.reduce(2)
    return out


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A JPEG in grey or RGB, with its size in pixels."""

    jpeg: bytes
    width: int
    height: int
    is_grey: bool


def fitted(jpeg: bytes, max_bytes: int) -> PagePicture:
    """A JPEG that we made, reduced if it has more than `max_bytes`: first to the size at which it should fit in a
    medium quality, then in quality, then further in size.
    """
    if len(jpeg) <= max_bytes:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            return PagePicture(jpeg, *opened.size, opened.mode == "L")
    picture = _reduced(jpeg, max_bytes * 8 / _BITS_A_PIXEL)
    while True:
        for quality in _LOWER_QUALITIES:
            if len(out := _encode(picture, "JPEG", quality)) <= max_bytes:
                return PagePicture(out, *picture.size, picture.mode == "L")
        share = min(0.95, math.sqrt(max_bytes / len(out)))
        picture = picture.resize((max(1, int(picture.width * share)), max(1, int(picture.height * share))))


def _reduced(jpeg: bytes, pixels: float) -> Image.Image:
    """The picture reduced to about `pixels`; the decoder does most of this while reading."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
        share = min(1.0, math.sqrt(pixels / (opened.width * opened.height)))
        size = max(1, round(opened.width * share)), max(1, round(opened.height * share))
        opened.draft(None, size)
        return opened.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _decode(content: bytes, kind: Literal["JPEG", "PNG"]) -> Image.Image:
    most = OPEN_PIXELS
    if kind == "JPEG" and _scans(content) > MAX_SCANS:
        raise _too_complex()
    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as opened:
            halves = kind == "JPEG" and "progressive" not in opened.info
            if opened.width * opened.height > (most := MAX_HALVED_PIXELS if halves else OPEN_PIXELS):
                raise _too_large(most)
            _halve(opened)
            opened.load()
            turn = _TURNS.get(_orientation(opened))
            picture = _plain(opened)
    except (Refusal, MemoryError):  # `file_worker` answers for what needs too much memory
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(most) from None
    except Exception as error:  # the decoders raise many kinds of exceptions for a broken file
        raise invalid(
            "image-damaged", "Không mở được ảnh này: ảnh bị hỏng hoặc gửi chưa hết. Xin chụp lại rồi gửi lại."
        ) from error
    upright = picture if turn is None else picture.transpose(turn)
    upright.info.clear()  # Pillow would write some of it out again
    return upright


def _scans(jpeg: bytes) -> int:
    """The number of scans (SOS, ISO/IEC 10918-1 B.2.3) that a decoder would find, counted without decoding."""
    at, found = 2, 0
    while (mark := _MARKER.search(jpeg, at)) and (code := mark.group(1)[0]) != _END_OF_IMAGE:
        at = mark.end()
        if code != 0x01 and not 0xD0 <= code <= 0xD8:  # these stand alone, without a length
            at += max(2, int.from_bytes(jpeg[at : at + 2], "big"))
        found += code == _START_OF_SCAN
    return found


_MARKER = re.compile(rb"\xff+([^\x00\xff])")
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


def _halve(opened: Image.Image) -> None:
    """Lets the decoder of a JPEG reduce it to a half, a quarter or an eighth of its width, until it is small enough to
    open.
    """
    share = 1
    while (opened.width // share) * (opened.height // share) > OPEN_PIXELS:
        share *= 2
    if share > 1:
        opened.draft(None, (opened.width // share, opened.height // share))


_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _plain(picture: Image.Image) -> Image.Image:
    """The picture in grey or RGB, on white. Strip by strip, because whole pictures would need up to five copies."""
    if picture.mode in {"L", "RGB"} and "transparency" not in picture.info:
        return picture
    rows = max(1, _STRIP_PIXELS // picture.width)
    first = _on_white(picture.crop((0, 0, picture.width, 1)))
    page = Image.new(first.mode, picture.size)
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        page.paste(_on_white(strip), (0, top))
    return page


def _on_white(picture: Image.Image) -> Image.Image:
    """Grey or RGB without transparency: a page that looks different on white and on black would deceive."""
    if picture.mode in {"1", "L"} and "transparency" not in picture.info:
        return picture.convert("L")
    if picture.mode.startswith("I"):
        # Pillow would cut 16 bits of grey off at 255 instead of scaling them.
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if "transparency" in picture.info or picture.mode in {"LA", "PA", "RGBA", "La", "RGBa"}:
        clear = picture.convert("RGBA")
        page = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(page, clear).convert("RGB")
    return picture.convert("RGB")


def _orientation(picture: Image.Image) -> int:
    """EXIF orientation 1 to 8; 1 if none can be read."""
    try:
        found = picture.getexif().get(_ORIENTATION, 1)
    except MemoryError:
        raise
    except Exception:  # EXIF is untrusted nested binary data; the picture itself is still usable
        return 1
    return found if isinstance(found, int) else 1


def _encode(picture: Image.Image, kind: Literal["JPEG", "PNG"], quality: int = _JPEG_QUALITY) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        optimize = quality == _JPEG_QUALITY  # with many pages at once, time matters more than a few percent of size
        picture.save(out, "JPEG", quality=quality, optimize=optimize, progressive=False)
    else:
        picture.save(out, "PNG", compress_level=3)  # noise in few colours takes 5 s of processor at 6, 2 s at 3
    return out.getvalue()


def _too_complex() -> Refusal:
    return invalid(
        "file-too-complex",
        "Ảnh này được ghi thành quá nhiều lớp nên không mở được. Xin chụp lại bằng máy ảnh của điện thoại, hoặc lưu "
        "lại ảnh thành JPEG thường.",
    )


def _too_large(most: int) -> Refusal:
    return invalid(
        "image-too-large",
        f"Ảnh này quá lớn: ảnh loại này được có nhiều nhất {most // 1_000_000} triệu điểm ảnh. "
        "Xin chụp lại ở cỡ ảnh nhỏ hơn, hoặc gửi ảnh JPEG như máy ảnh của điện thoại chụp.",
    )
