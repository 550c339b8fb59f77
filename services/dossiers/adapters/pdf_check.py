"""Checks that a PDF is intact and only shows pages."""

from __future__ import annotations

import io
import logging
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from services.chassis.refusal import Refusal, invalid

MAX_PAGES = 200
MAX_OBJECTS = 50_000
MAX_VALUES = 1_000_000  # dictionaries, arrays and references in all of them
MAX_SECONDS = 3.0  # of processor

# Keys of a script, an automatic action, a form with scripts of its own, or an embedded file.
_FORBIDDEN_KEYS = frozenset(
    {"/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EF", "/XFA", "/RichMedia", "/RichMediaContent", "/Collection"}
)
# Actions (/S) that do more than move to a page or open a web address in the reader's own browser after asking.
_FORBIDDEN_ACTIONS = frozenset(
    {
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR", "/GoToE", "/Rendition",
        "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/Trans", "/SetOCGState", "/Hide",
    }
)  # fmt: skip
_FORBIDDEN_SUBTYPES = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/FileAttachment"})
_FORBIDDEN_TYPES = frozenset({"/EmbeddedFile"})
# The last lines of a PDF; some programs fill the last block of the disk with zero bytes.
_END = re.compile(rb"startxref\s+\d{1,10}\s+%%EOF[\x00\s]*\Z")
_LONGEST_END = 5000


@dataclass(frozen=True, slots=True)
class CheckedPdf:
    pages: int
    is_signed: bool  # the file has a signature over its bytes; whether it is valid is not checked


def check_pdf(content: bytes) -> CheckedPdf:
    """Refuses a PDF that is encrypted (`pdf-encrypted`), has actions or files (`pdf-scripted`), has too many objects
    (`file-too-complex`), or is damaged or has other data before or after it (`pdf-damaged`).

    Limits: 200 pages, 50,000 objects, three seconds of processor, checked at each object; pypdf limits the unpacked
    size of a stream. Streams of pages are not interpreted. A MemoryError is not caught: what a file needs too much of
    is for `file_worker` to say.
    """
    _check_edges(content)
    try:
        reader = PdfReader(io.BytesIO(content), strict=False, root_object_recovery_limit=1000)
        if reader.is_encrypted:
            raise _encrypted()
        is_signed = _check_objects(reader)
        return CheckedPdf(_check_pages(reader), is_signed)
    except (Refusal, MemoryError):
        raise
    except (LimitReachedError, RecursionError):
        raise damaged_pdf() from None
    except Exception as error:  # pypdf raises many kinds of exceptions for a broken file
        raise damaged_pdf() from error


def _check_edges(content: bytes) -> None:
    """Allows nothing before the header, nothing after the last end mark, and no ZIP archive anywhere.

    A polyglot file would be a PDF for us and another type for its target.
    """
    if not content.startswith(b"%PDF-"):
        raise damaged_pdf()
    if not _END.search(content, max(0, len(content) - _LONGEST_END)):
        raise damaged_pdf()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.namelist():
                raise damaged_pdf()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return


def _check_objects(reader: PdfReader) -> bool:
    """Walks all objects, including unreferenced ones, which another program may find; returns whether one is a
    signature.
    """
    if sum(len(entries) for entries in reader.xref.values()) + len(reader.xref_objStm) > MAX_OBJECTS:
        raise _too_complex()
    deadline = time.thread_time() + MAX_SECONDS
    waiting: list[Any] = [reader.trailer, *_all_references(reader)]
    seen: set[tuple[int, int]] = set()
    count = 0
    is_signed = False
    while waiting:
        item = waiting.pop()
        count += 1
        if count > MAX_VALUES or len(seen) > MAX_OBJECTS or time.thread_time() > deadline:
            raise _too_complex()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in seen:
                continue
            seen.add((item.idnum, item.generation))
            waiting.append(item.get_object())
        elif isinstance(item, DictionaryObject):
            _check_dictionary(item)
            is_signed = is_signed or "/ByteRange" in dict.keys(item)
            waiting.extend(value for value in dict.values(item) if isinstance(value, _CONTAINERS))
        elif isinstance(item, ArrayObject):
            waiting.extend(value for value in list.__iter__(item) if isinstance(value, _CONTAINERS))
    return is_signed


_CONTAINERS = (IndirectObject, DictionaryObject, ArrayObject)


def _all_references(reader: PdfReader) -> Iterator[IndirectObject]:
    for generation, entries in reader.xref.items():
        for number in entries:
            if number and not reader.xref_free_entry.get(generation, {}).get(number, False):
                yield IndirectObject(number, generation, reader)
    for number in reader.xref_objStm:
        yield IndirectObject(number, 0, reader)


def _check_dictionary(item: DictionaryObject) -> None:
    if not _FORBIDDEN_KEYS.isdisjoint(dict.keys(item)):
        raise _scripted()
    if _plain(item, "/S") in _FORBIDDEN_ACTIONS:
        raise _scripted()
    if _plain(item, "/Subtype") in _FORBIDDEN_SUBTYPES or _plain(item, "/Type") in _FORBIDDEN_TYPES:
        raise _scripted()
    opening = item.get("/OpenAction")
    opening = opening.get_object() if opening is not None else None
    # Scanners and Word let a document open at its first page: a destination or GoTo, which runs nothing.
    if isinstance(opening, DictionaryObject) and _plain(opening, "/S") != "/GoTo":
        raise _scripted()


def _plain(item: DictionaryObject, key: str) -> str:
    """The name at a key, also if it is an indirect object."""
    value = item.get(key)
    value = value.get_object() if value is not None else None
    return value if isinstance(value, str) else ""


def _check_pages(reader: PdfReader) -> int:
    pages = len(reader.pages)
    if not 1 <= pages <= MAX_PAGES:
        raise damaged_pdf()
    for page in reader.pages:
        width, height = page.mediabox.width, page.mediabox.height
        if not (width > 0 and height > 0):
            raise damaged_pdf()
        contents = dict.get(page, "/Contents")
        if contents is not None and contents.get_object() is None:
            raise damaged_pdf()
    return pages


def _encrypted() -> Refusal:
    return invalid(
        "pdf-encrypted",
        "Tệp PDF này có mật khẩu hoặc bị khóa. Xin bỏ mật khẩu rồi gửi lại, hoặc in ra và chụp ảnh từng trang.",
    )


def _scripted() -> Refusal:
    return invalid(
        "pdf-scripted",
        "Tệp PDF này có chứa lệnh tự chạy hoặc tệp đính kèm nên không nhận được. "
        "Xin in ra PDF lại (chọn In, rồi Lưu dạng PDF), hoặc chụp ảnh từng trang.",
    )


def _too_complex() -> Refusal:
    return invalid(
        "file-too-complex",
        "Tệp PDF này gồm quá nhiều phần nên không đọc hết được. Xin in ra PDF lại (chọn In, rồi Lưu dạng PDF), hoặc "
        "chụp ảnh từng trang.",
    )


def damaged_pdf() -> Refusal:
    return invalid(
        "pdf-damaged",
        "Không mở được tệp PDF này: tệp bị hỏng, gửi chưa hết hoặc có lẫn nội dung khác. "
        "Xin xuất lại tệp PDF, hoặc chụp ảnh từng trang.",
    )


# pypdf logs each oddity of a file, with its content; people's papers must not be in the log.
logging.getLogger("pypdf").addHandler(logging.NullHandler())
logging.getLogger("pypdf").setLevel(logging.CRITICAL)
