"""A photograph drawn anew: only the picture stays, and every viewer shows the same one."""

from __future__ import annotations

import io
import threading
from typing import Literal

from PIL import Image

from services.chassis.refusal import Refusal, invalid

MAX_PIXELS = 50_000_000
LONGEST_SIDE = 4000  # of what is stored, in pixels: an A4 page at 340 dpi
_JPEG_QUALITY = 88
_SMALLER = 0.75
# A picture of 50 megapixels takes 150 to 200 MB while it is open: two at once, whatever the number of RPC threads.
_OPEN_PICTURES = threading.BoundedSemaphore(2)


def redraw(content: bytes, kind: Literal["JPEG", "PNG"], max_bytes: int) -> bytes:
    """The picture as JPEG or PNG as it came: turned upright, at most 4000 pixels a side and `max_bytes` long.

    Metadata (place of the photograph, device, thumbnail), colour profile, further frames and whatever stands behind
    the picture are left out; what was transparent becomes white. Refuses `image-too-large` and `image-damaged`.
    """
    with _OPEN_PICTURES:
        picture = _decode(content, kind)
        while True:
            out = _encode(picture, kind)
            if len(out) <= max_bytes:
                return out
            width, height = (max(1, int(side * _SMALLER)) for side in picture.size)
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)


def _decode(content: bytes, kind: Literal["JPEG", "PNG"]) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise _too_large()
            if kind == "JPEG":
                # The decoder itself halves: a large photograph never stands in memory whole.
                share = LONGEST_SIDE / max(opened.size)
                opened.draft(None, (int(opened.width * share), int(opened.height * share)))
            opened.load()
            turn = _TURNS.get(_orientation(opened))
            picture = _on_white(opened)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    except Refusal:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise _too_large() from None
    except Exception as error:  # the decoders raise whatever a broken file brings them to: all of it is a broken file
        raise invalid(
            "image-damaged", "Không mở được ảnh này: ảnh bị hỏng hoặc gửi chưa hết. Xin chụp lại rồi gửi lại."
        ) from error
    upright = picture if turn is None else picture.transpose(turn)
    upright.info.clear()  # Pillow would write some of it out again
    return upright


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


def _on_white(picture: Image.Image) -> Image.Image:
    """Grey or RGB, nothing see-through: a page that shows one thing on white and another on black would deceive."""
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
    """EXIF orientation 1 to 8; 1 where there is none that can be read."""
    try:
        found = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # EXIF is nested binary from who knows where; the picture itself is none the worse for it
        return 1
    return found if isinstance(found, int) else 1


def _encode(picture: Image.Image, kind: Literal["JPEG", "PNG"]) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        picture.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True, progressive=False)
    else:
        picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _too_large() -> Refusal:
    return invalid(
        "image-too-large",
        f"Ảnh này có hơn {MAX_PIXELS // 1_000_000} triệu điểm ảnh. Xin chụp lại ở cỡ ảnh nhỏ hơn.",
    )
