"""Rewrites a PDF, so that every program reads the same content.

Two programs may read one file differently: the second may run an object that the first never finds. So PDFium, with
which browsers show PDFs, rewrites each file that `pdf_check` (pypdf) has passed: only its pages and their content.
`uploads` checks the result once more.
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
# Names of actions and embedded files, which `pdf_check` refuses; here they are refused anywhere in the bytes.
_ACTING = re.compile(
    rb"/(?:JavaScript|JS|AA|OpenAction|Launch|SubmitForm|ImportData|GoToR|GoToE|Rendition|EmbeddedFiles?|EF|XFA|RichMedia"
    rb"|Movie|Sound|3D|Collection)(?=[\s()<>\[\]{}/%]|$)"
)
_DISGUISED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_MOST_UNPACKED = 50 * 1024 * 1024


class Doubt(Exception):
    """The two readers do not agree about a file, or it has something that neither reader has checked."""


def rewritten(content: bytes, pages: int) -> bytes:
    """The pages in a PDF that PDFium writes: forms and remarks become part of the drawing, and are no longer active.

    `pages` is the number of pages that the other reader found. Raises Doubt if PDFium cannot read the file, or finds
    another number.
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
    """Checks a signed PDF, which cannot be rewritten.

    Raises Doubt if it is not the same for both readers, or if the name of an action stands anywhere in its bytes, even
    where its tables do not lead.
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
    """The bytes as they are, and each stream that can be unpacked."""
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
