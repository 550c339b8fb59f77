"""Whether a PDF is whole and does nothing but show pages."""

from __future__ import annotations

import io
import logging
import re
import time
import zipfile
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from services.chassis.refusal import Refusal, invalid

MAX_PAGES = 200
MAX_OBJECTS = 50_000
MAX_VALUES = 1_000_000  # dictionaries, arrays and references in all of them
MAX_SECONDS = 3.0

# Keys that carry a script, an automatic action, a form with scripts of its own, or another file.
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
# The last lines of a PDF; some programs fill the last block of the disk up with noughts.
_END = re.compile(rb"startxref\s+\d{1,10}\s+%%EOF[\x00\s]*\Z")
_LONGEST_END = 5000


def check_pdf(content: bytes) -> None:
    """Refuses a PDF that is encrypted (`pdf-encrypted`), acts or carries files (`pdf-scripted`), or is not whole or
    has something before or behind it (`pdf-damaged`).

    Bounded: 200 pages, 50,000 objects, three seconds from object to object; pypdf bounds what a stream unpacks to.
    Streams of pages are not interpreted.
    """
    _check_edges(content)
    try:
        reader = PdfReader(io.BytesIO(content), strict=False, root_object_recovery_limit=1000)
        if reader.is_encrypted:
            raise _encrypted()
        _check_objects(reader)
        _check_pages(reader)
    except Refusal:
        raise
    except (LimitReachedError, RecursionError, MemoryError):
        raise _damaged() from None
    except Exception as error:  # pypdf raises whatever a broken file brings it to: all of it is a broken file
        raise _damaged() from error


def _check_edges(content: bytes) -> None:
    """Nothing before the header, nothing after the last end mark, and no ZIP archive anywhere in it.

    A file that is two things at once is read as one by us and as the other by whoever it is meant for.
    """
    if not content.startswith(b"%PDF-"):
        raise _damaged()
    if not _END.search(content, max(0, len(content) - _LONGEST_END)):
        raise _damaged()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.namelist():
                raise _damaged()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return


def _check_objects(reader: PdfReader) -> None:
    """Walks all objects, those that nothing points to included: another program may find its way to them."""
    if sum(len(entries) for entries in reader.xref.values()) + len(reader.xref_objStm) > MAX_OBJECTS:
        raise _damaged()
    deadline = time.monotonic() + MAX_SECONDS
    waiting: list[Any] = [reader.trailer, *_all_references(reader)]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        item = waiting.pop()
        count += 1
        if count > MAX_VALUES or len(seen) > MAX_OBJECTS or time.monotonic() > deadline:
            raise _damaged()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in seen:
                continue
            seen.add((item.idnum, item.generation))
            waiting.append(item.get_object())
        elif isinstance(item, DictionaryObject):
            _check_dictionary(item)
            waiting.extend(value for value in dict.values(item) if isinstance(value, _CONTAINERS))
        elif isinstance(item, ArrayObject):
            waiting.extend(value for value in list.__iter__(item) if isinstance(value, _CONTAINERS))


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
    """The name at a key, also where it stands in an object of its own."""
    value = item.get(key)
    value = value.get_object() if value is not None else None
    return value if isinstance(value, str) else ""


def _check_pages(reader: PdfReader) -> None:
    pages = len(reader.pages)
    if not 1 <= pages <= MAX_PAGES:
        raise _damaged()
    for page in reader.pages:
        width, height = page.mediabox.width, page.mediabox.height
        if not (width > 0 and height > 0):
            raise _damaged()
        contents = dict.get(page, "/Contents")
        if contents is not None and contents.get_object() is None:
            raise _damaged()


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


def _damaged() -> Refusal:
    return invalid(
        "pdf-damaged",
        "Không mở được tệp PDF này: tệp bị hỏng, gửi chưa hết hoặc có lẫn nội dung khác. "
        "Xin xuất lại tệp PDF, hoặc chụp ảnh từng trang.",
    )


# pypdf tells its log about each oddity of a file, down to what stands in it; people's papers are not for the log.
logging.getLogger("pypdf").addHandler(logging.NullHandler())
logging.getLogger("pypdf").setLevel(logging.CRITICAL)
