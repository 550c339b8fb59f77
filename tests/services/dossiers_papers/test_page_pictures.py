"""Pages of a paper joined into one document: within 10 MB, legible, in order, one page in memory at a time."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps
from pypdf import PdfReader

from services.chassis.call import Call, reset_current, set_current
from services.chassis.refusal import Refusal
from services.chassis.tokens import Principal
from services.dossiers.adapters import file_worker
from services.dossiers.adapters.page_pictures import document_of, turned
from services.dossiers.adapters.uploads import MAX_FILE_BYTES, accepted_page
from services.dossiers.domain.captures import MOST_PAGES

A4_AT_300_DPI = (2480, 3508)


def printed(seed: int, size: tuple[int, int] = A4_AT_300_DPI, mode: str = "RGB") -> bytes:
    """A page full of print on paper that is not quite white, as a scanner sends it."""
    draw = random.Random(seed)
    page = Image.effect_noise(size, 12).convert(mode)
    page = Image.blend(page, Image.new(mode, size, "white"), 0.9)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=44)
    words = ["giay", "chung", "sinh", "ho", "tich", "phuong", "quan", "thanh", "pho", "ngay", "thang", "nam"]
    for top in range(120, size[1] - 120, 66):
        pen.text((160, top), " ".join(draw.choice(words) for _ in range(12)), fill="black", font=font)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=85)
    return out.getvalue()


@pytest.fixture(scope="module")
def page() -> bytes:
    return accepted_page(printed(1)).content


def test_sixty_pages_fit_and_print_stays_legible(page: bytes) -> None:
    """At 100 dpi and more, print of ten points is read (an A4 page has 8.27 inches across)."""
    document = document_of(((page, 0) for _ in range(MOST_PAGES)), MOST_PAGES)
    assert document.media_type == "application/pdf"
    assert MAX_FILE_BYTES // 2 < len(document.content) <= MAX_FILE_BYTES, "it is not made smaller than it has to be"
    pages = PdfReader(io.BytesIO(document.content)).pages
    assert len(pages) == MOST_PAGES
    for number in (0, MOST_PAGES - 1):
        picture = pages[number].images[0].image
        assert picture is not None
        assert picture.width >= 100 * 8.27


def test_pages_that_fit_are_kept_as_they_are(page: bytes) -> None:
    document = document_of(iter([(page, 0), (page, 270)]), 2)
    pages = PdfReader(io.BytesIO(document.content)).pages
    assert [each["/Resources"]["/XObject"]["/Page"].get_data() for each in pages] == [page, page]  # type: ignore[index]
    assert [each.rotation for each in pages] == [0, 270]
    assert [round(max(each.mediabox[2:])) for each in pages] == [842, 842], "shown as A4"


def test_one_page_is_read_after_the_other() -> None:
    """Sixty open pages would be 1.5 GB: each is asked for when the one before it is done."""
    small = accepted_page(printed(2, (600, 800), "L")).content
    seen: list[int] = []

    def pages() -> Iterator[tuple[bytes, int]]:
        for number in range(5):
            seen.append(number)
            yield small, 0

    reading = pages()
    next(reading)
    assert seen == [0]
    document = document_of(reading, 4)
    pictures = [each.images[0].image for each in PdfReader(io.BytesIO(document.content)).pages]
    assert [picture.mode for picture in pictures if picture] == ["L"] * 4


@pytest.mark.parametrize("count", [1, 3])
def test_a_document_is_one_file_of_its_sender_who_waits_after_it_and_not_in_the_middle(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_worker, "SENDER_CPU_SECONDS", 0.0)
    monkeypatch.setattr(file_worker, "_SENDER_SHARE", 1e-6)
    monkeypatch.setattr(file_worker, "_spent", {})
    monkeypatch.setattr(file_worker, "_paused", {})
    page = accepted_page(printed(4, (600, 800))).content
    token = set_current(Call("KeepCapture", "20248", "r", Principal("a", "20248", frozenset())))
    try:
        document_of(iter([(page, 0)] * count), count)
        assert [*file_worker._spent] == ["a"]
        with pytest.raises(Refusal) as no:
            document_of(iter([(page, 0)] * count), count)
    finally:
        reset_current(token)
    assert no.value.type == "too-many-complex-files"


@pytest.mark.parametrize(("degrees", "size"), [(0, (600, 800)), (90, (800, 600)), (180, (600, 800)), (270, (800, 600))])
def test_a_turned_page_is_shown_and_kept_so(degrees: int, size: tuple[int, int]) -> None:
    page = accepted_page(printed(3, (600, 800))).content
    shown = Image.open(io.BytesIO(turned(page, degrees)))
    assert ImageOps.exif_transpose(shown).size == size
    assert Image.open(io.BytesIO(document_of(iter([(page, degrees)]), 1).content)).size == size


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_page_is_a_jpeg_of_a4_at_300_dpi_at_most(kind: str) -> None:
    picture = Image.new("RGB", (3000, 5000), "white")
    out = io.BytesIO()
    picture.save(out, kind)
    accepted = accepted_page(out.getvalue())
    assert accepted.media_type == "image/jpeg"
    assert Image.open(io.BytesIO(accepted.content)).size == (2105, 3508)
