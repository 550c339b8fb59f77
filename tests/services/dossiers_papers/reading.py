"""Papers as somebody sees them who opens the PDF."""

from __future__ import annotations

import ctypes
import io
import re
from functools import cache
from importlib import import_module
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

from services.dossiers.adapters.papers.rendering import render
from tests.services.dossiers_papers.samples import AWKWARD, ORDINARY


@cache
def ordinary(name: str) -> bytes:
    """The ordinary paper of that name, rendered once for all tests."""
    return render(ORDINARY[name])


@cache
def awkward(name: str) -> bytes:
    return render(AWKWARD[name])


def opened(pdf: bytes) -> Any:
    """The document as another PDF library (PDFium, untyped) reads it."""
    return import_module("pypdfium2").PdfDocument(pdf)


@cache
def words_of(pdf: bytes) -> str:
    """The text of all pages, with every run of blanks made one."""
    document = opened(pdf)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    return re.sub(r"\s+", " ", text.replace("\u200b", "").replace("\ufffe", "-"))


def pages_of(pdf: bytes) -> int:
    return len(opened(pdf))


def margin_of(pdf: bytes) -> float:
    """The least room, in points, that any text of any page leaves to an edge; below 0 it is beside the page."""
    return min(_room(page) for page in opened(pdf))


def _room(page: Any) -> float:
    (width, height), text = page.get_size(), page.get_textpage()
    boxes = [text.get_rect(index) for index in range(text.count_rects())]
    return float(min(min(left, bottom, width - right, height - top) for left, bottom, right, top in boxes))


def colours_of_text(pdf: bytes) -> set[tuple[int, ...]]:
    """Red, green and blue of every text of every page, 0 to 255."""
    raw = import_module("pypdfium2.raw")
    found = set()
    for page in opened(pdf):
        for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            parts = [ctypes.c_uint() for _ in range(4)]
            assert raw.FPDFPageObj_GetFillColor(each.raw, *parts)
            found.add(tuple(part.value for part in parts[:3]))
    return found


def metadata_of(pdf: bytes) -> bytes:
    stream = PdfReader(io.BytesIO(pdf)).root_object["/Metadata"]
    assert isinstance(stream, StreamObject)
    return stream.get_data()


def pictures_of(pdf: bytes) -> list[str]:
    """The descriptions of the pictures for people who cannot see them."""
    reader = PdfReader(io.BytesIO(pdf))
    numbers = {number for generation in reader.xref.values() for number in generation} | set(reader.xref_objStm)
    objects = (reader.get_object(number) for number in numbers if number)
    return [str(each["/Alt"]) for each in objects if isinstance(each, DictionaryObject) and "/Alt" in each]


def lines_under(pdf: bytes, words: str) -> list[tuple[float, float]]:
    """The level lines that run just below these words of the first page: how far each begins and ends from the words',
    in points.
    """
    page = opened(pdf)[0]
    text = page.get_textpage()
    at = text.search(words, match_case=True).get_next()
    if at is None:
        return []
    boxes = [text.get_charbox(at[0] + index) for index in range(at[1])]
    left, right, low = min(box[0] for box in boxes), max(box[2] for box in boxes), min(box[1] for box in boxes)
    found = []
    for each in page.get_objects():
        begins, bottom, ends, top = each.get_bounds() if hasattr(each, "get_bounds") else each.get_pos()
        beside = ends < left or begins > right
        if each.type == 2 and top - bottom < 2 and 0 < low - bottom < 10 and not beside:  # a path
            found.append((begins - left, ends - right))
    return found
