"""Every kind of paper says on each of its pages that it is practice, where the practice ward makes it, and nowhere else
(docs/decisions/0036).
"""

from __future__ import annotations

import io
from dataclasses import replace

import pypdfium2
import pytest

from services.dossiers.adapters.papers.rendering import Paper, render
from tests.services.dossiers_papers.samples import ORDINARY

LINE = "TẬP THỬ – không có giá trị, không nộp được ở đâu"


def of_practice(paper: Paper) -> Paper:
    return replace(paper, office=replace(paper.office, is_practice=True))


def pages(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(pdf))]


@pytest.mark.parametrize("name", ORDINARY)
def test_a_paper_of_practice_says_so_across_each_page_and_in_its_title(name: str) -> None:
    pdf = render(of_practice(ORDINARY[name]))
    texts = pages(pdf)
    assert LINE in texts[0]
    assert texts[0].count("TẬP THỬ") >= 2
    assert all("TẬP THỬ" in text for text in texts)
    assert pypdfium2.PdfDocument(io.BytesIO(pdf)).get_metadata_dict()["Title"].startswith("TẬP THỬ: ")
    assert b"pdfaid:conformance" in pdf
    assert len(texts) == len(pages(render(ORDINARY[name]))), "the mark takes no room"


@pytest.mark.parametrize("name", ORDINARY)
def test_no_paper_of_a_real_ward_does(name: str) -> None:
    assert not any("TẬP THỬ" in text for text in pages(render(ORDINARY[name])))


def test_a_paper_of_several_pages_says_so_on_each() -> None:
    book = ORDINARY["tracking_book"]
    long = replace(book, dossiers=book.dossiers * 60)
    texts = pages(render(of_practice(long)))
    assert len(texts) > 2
    assert all("TẬP THỬ" in text for text in texts)
