"""Photographs of papers: re-encoded, without the phone's metadata."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

from services.chassis.refusal import Kind, Refusal
from services.dossiers.adapters import photographs
from services.dossiers.adapters.uploads import MAX_FILE_BYTES, accept
from tests.services.dossiers_papers import making


def refused(content: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        accept(content)
    assert caught.value.kind is Kind.INVALID
    return caught.value


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def test_a_photograph_loses_place_device_profile_and_comment() -> None:
    sent = making.photograph()
    assert b"Exif" in sent
    assert opened(sent).getexif().get_ifd(0x8825)

    stored = accept(sent)

    assert (stored.media_type, stored.extension) == ("image/jpeg", "jpg")
    assert b"Exif" not in stored.content
    assert "Điện thoại".encode() not in stored.content
    assert not opened(stored.content).getexif()
    assert not {"icc_profile", "comment", "exif", "xmp"} & opened(stored.content).info.keys()


@pytest.mark.parametrize(
    ("orientation", "dark_at", "turned"),
    [(1, (5, 100), False), (2, (300, 100), False), (3, (300, 100), False), (6, (100, 5), True), (8, (100, 300), True)],
)
def test_a_photograph_stands_upright_when_its_orientation_is_gone(
    orientation: int, dark_at: tuple[int, int], turned: bool
) -> None:
    picture = opened(accept(making.photograph(orientation=orientation)).content)

    assert picture.size == ((240, 320) if turned else (320, 240))
    pixel = picture.getpixel(dark_at)
    assert isinstance(pixel, tuple)
    assert pixel[0] < 100


def test_a_large_photograph_is_made_smaller_and_keeps_its_shape() -> None:
    picture = opened(accept(making.photograph(8000, 4000)).content)

    assert picture.size == (4000, 2000)


def test_a_photograph_as_a_telephone_takes_it_keeps_its_size() -> None:
    assert opened(accept(making.photograph(4032, 3024)).content).size == (4032, 3024)


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"%PDF-1.7 %%EOF", b"ZIP"], ids=["html", "pdf", "zip"])
@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_data_after_a_picture_is_removed(kind: str, tail: bytes) -> None:
    if tail == b"ZIP":
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as writer:
            writer.writestr("a.exe", b"MZ")
        tail = archive.getvalue()
    sent = (making.photograph() if kind == "jpeg" else making.png()) + tail

    stored = accept(sent).content

    assert tail not in stored
    assert not zipfile.is_zipfile(io.BytesIO(stored))


def test_a_png_stays_a_png_and_loses_its_texts() -> None:
    out = io.BytesIO()
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Author", "Nguyễn Thị Bích Ngọc")
    Image.new("P", (30, 20), 3).save(out, "PNG", pnginfo=texts, dpi=(300, 300))

    stored = accept(out.getvalue())

    assert (stored.media_type, stored.extension) == ("image/png", "png")
    assert b"Author" not in stored.content
    assert opened(stored.content).size == (30, 20)


def test_transparency_becomes_white() -> None:
    pixel = opened(accept(making.png("RGBA", colour=(10, 10, 10, 0))).content).getpixel((3, 3))

    assert pixel == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    assert opened(accept(making.png("I;16", colour=128 * 256)).content).getpixel((3, 3)) == 128


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_taken(mode: str) -> None:
    assert opened(accept(making.png(mode)).content).mode in {"L", "RGB"}


def test_a_photograph_in_printing_colours_becomes_rgb() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (40, 30), (0, 0, 0, 255)).save(out, "JPEG")

    assert opened(accept(out.getvalue()).content).mode == "RGB"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_redrawn_picture_is_never_longer_than_what_may_be_stored(kind: str) -> None:
    content = photographs.redraw(making.noise(kind, 700), "PNG" if kind == "PNG" else "JPEG", 200_000)

    assert len(content) <= 200_000
    assert opened(content).format == kind


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_truncated_picture_is_refused(kind: str, share: float) -> None:
    whole = making.noise("JPEG" if kind == "jpeg" else "PNG", 200)

    assert refused(whole[: int(len(whole) * share)]).type == "image-damaged"


@pytest.mark.parametrize("head", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"])
def test_a_picture_that_is_only_a_beginning_is_refused(head: bytes) -> None:
    assert refused(head + b"MZ this program cannot be run").type == "image-damaged"


@pytest.mark.parametrize("size", [(7100, 7100), (12000, 12000), (30000, 30000)])
def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused_unopened(size: tuple[int, int]) -> None:
    bomb = making.bomb_png(*size)
    assert len(bomb) < MAX_FILE_BYTES

    assert refused(bomb).type == "image-too-large"


def test_broken_exif_does_not_spoil_a_good_photograph() -> None:
    sent = making.photograph()
    place = sent.index(b"Exif\x00\x00") + 6
    spoilt = sent[:place] + b"\xff" * 40 + sent[place + 40 :]

    assert opened(accept(spoilt).content).size == (320, 240)


def test_a_picture_for_which_memory_is_short_is_not_called_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads files has to see it."""
    monkeypatch.setattr(photographs, "_plain", _no_memory)
    with pytest.raises(MemoryError):
        accept(making.photograph())


def _no_memory(_: object) -> None:
    raise MemoryError
