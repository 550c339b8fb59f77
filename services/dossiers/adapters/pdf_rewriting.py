"""Writes a PDF anew, so that it is for every program what it is for one.

Two programs may read one file differently: an object that the first never finds, the second runs. So what `pdf_check`
(pypdf) has passed is written anew by PDFium, which browsers show it with: its pages and what stands on them, nothing
else. `uploads` checks the result once more.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pypdfium2

raw: Any = import_module("pypdfium2.raw")  # made from C headers, untyped
# Names that act or carry files, as `pdf_check` refuses them: here wherever they stand in the bytes.
_ACTING = re.compile(
    rb"/(?:JavaScript|JS|AA|OpenAction|Launch|SubmitForm|ImportData|GoToR|GoToE|Rendition|EmbeddedFiles?|EF|XFA|RichMedia"
    rb"|Movie|Sound|3D|Collection)(?=[\s()<>\[\]{}/%]|$)"
)
_DISGUISED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_MOST_UNPACKED = 50 * 1024 * 1024


class Doubt(Exception):
    """The two readers do not agree about a file, or it has what no reader was asked about."""


def rewritten(content: bytes, pages: int) -> bytes:
    """The pages in a PDF that PDFium writes: forms and remarks are drawn onto them, and do nothing any more.

    `pages` is how many the other reader found. Raises Doubt where PDFium cannot read it, or finds another number.
    """
    try:
        with pypdfium2.PdfDocument(content) as found:
            if len(found) != pages:
                raise Doubt
            found.init_forms()
            for page in found:
                if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_FAIL:
                    raise Doubt
                page.close()
            with pypdfium2.PdfDocument.new() as made:
                made.import_pages(found)
                out = io.BytesIO()
                made.save(out)
                return out.getvalue()
    except pypdfium2.PdfiumError as error:
        raise Doubt from error


def refuse_differing(content: bytes, pages: int) -> None:
    """Raises Doubt where a signed PDF, which cannot be written anew, is not the same for both readers, or has a name
    that acts anywhere in its bytes, found by its tables or not.
    """
    try:
        with pypdfium2.PdfDocument(content) as found:
            acting = raw.FPDFDoc_GetJavaScriptActionCount(found), raw.FPDFDoc_GetAttachmentCount(found)
            if len(found) != pages or acting != (0, 0):
                raise Doubt
    except pypdfium2.PdfiumError as error:
        raise Doubt from error
    for part in _parts(content):
        if _ACTING.search(_DISGUISED.sub(lambda code: bytes([int(code.group(1), 16)]), part)):
            raise Doubt


def _parts(content: bytes) -> Iterator[bytes]:
    """The bytes as they are, and each stream unpacked that can be."""
    yield content
    unpacked = 0
    for begin in _STREAM.finditer(content):
        opened = zlib.decompressobj()
        try:
            part = opened.decompress(content[begin.end() :], _MOST_UNPACKED - unpacked)
        except zlib.error:
            continue
        unpacked += len(part)
        if unpacked >= _MOST_UNPACKED:
            raise Doubt
        yield part
