"""Uploads: their type is recognised by content. They are made harmless, or refused with advice.

Photographs are re-encoded, so only the picture stays; a PDF is rewritten, so only its pages stay. A signed PDF is
stored unchanged, so two readers must find it harmless as it is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic

from services.chassis.letters import normalised
from services.chassis.refusal import Refusal, invalid
from services.dossiers.adapters.pdf_check import check_pdf, damaged_pdf
from services.dossiers.adapters.pdf_rewriting import Doubt, refuse_differing, rewritten
from services.dossiers.adapters.photographs import page_picture, redraw

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_FILES = 20
_FILENAME_LENGTH = 120
_MAGIC_BYTES = 4096
_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_FILES = "Xin gửi ảnh chụp (JPEG hoặc PNG) hoặc tệp PDF."
_SMALLER_FILE = "Xin chụp lại ở cỡ ảnh nhỏ hơn, hoặc tách tệp PDF thành nhiều tệp."
_SMALLER_PAGE = "Xin chụp lại ở cỡ ảnh nhỏ hơn, hoặc quét ở độ phân giải thấp hơn."
_PAGES = "Xin gửi từng trang là một ảnh chụp (JPEG hoặc PNG)."


@dataclass(frozen=True, slots=True)
class AcceptedFile:
    """A file as it is stored. `extension` is `jpg`, `png` or `pdf`; `sha256` is hex, of `content`."""

    media_type: str
    content: bytes
    sha256: str
    extension: str


def accept(content: bytes) -> AcceptedFile:
    """The file to store; its type comes from its content, never from its name or declared type.

    Refuses (INVALID) with `file-empty`, `file-too-large`, `file-type-not-accepted`, `image-damaged`,
    `image-too-large`, `file-too-complex`, `pdf-encrypted`, `pdf-scripted`, `pdf-damaged`.
    """
    _check_size(content, _SMALLER_FILE)
    if content.startswith(_JPEG):
        return _file("image/jpeg", redraw(content, "JPEG", MAX_FILE_BYTES), "jpg")
    if content.startswith(_PNG):
        return _file("image/png", redraw(content, "PNG", MAX_FILE_BYTES), "png")
    if b"%PDF-" in content[:1024]:
        return _file("application/pdf", _harmless_pdf(content), "pdf")
    raise _not_accepted(content, _FILES)


def made_pdf(content: bytes) -> AcceptedFile:
    """Accepts a PDF that we made, unchanged. Refuses as `accept` does."""
    _check_size(content, _SMALLER_FILE)
    check_pdf(content)
    return _file("application/pdf", content, "pdf")


def _harmless_pdf(content: bytes) -> bytes:
    checked = check_pdf(content)
    try:
        if checked.is_signed:
            refuse_differing(content, checked.pages)
            return content
        written = rewritten(content, checked.pages)
    except Doubt:
        raise damaged_pdf() from None
    _check_size(written, _SMALLER_FILE)
    check_pdf(written)
    return written


def accepted_page(content: bytes) -> AcceptedFile:
    """A JPEG or PNG picture as a page of a paper, a JPEG.

    Refuses as `accept` does, and a PDF with `file-type-not-accepted`.
    """
    _check_size(content, _SMALLER_PAGE)
    if content.startswith(_JPEG):
        return _file("image/jpeg", page_picture(content, "JPEG", MAX_FILE_BYTES), "jpg")
    if content.startswith(_PNG):
        return _file("image/jpeg", page_picture(content, "PNG", MAX_FILE_BYTES), "jpg")
    if b"%PDF-" in content[:1024]:
        text = f"Đây là tệp PDF, không phải ảnh của một trang. {_PAGES} Tệp PDF thì tải lên ở mục giấy tờ của hồ sơ."
        raise invalid("file-type-not-accepted", text)
    raise _not_accepted(content, _PAGES)


def _check_size(content: bytes, smaller: str) -> None:
    if not content:
        raise invalid("file-empty", "Tệp này không có nội dung. Xin chọn lại tệp hoặc chụp lại ảnh.")
    if len(content) > MAX_FILE_BYTES:
        raise invalid(
            "file-too-large",
            f"Tệp này lớn hơn {MAX_FILE_BYTES // 1024 // 1024} MB. {smaller}",
        )


def _file(media_type: str, content: bytes, extension: str) -> AcceptedFile:
    return AcceptedFile(media_type, content, hashlib.sha256(content).hexdigest(), extension)


def _not_accepted(content: bytes, accepted: str) -> Refusal:
    """The refusal; it names the type of the file if that helps, and says which types are `accepted`."""
    kind = _recognised(content)
    if kind == "heic":
        text = (
            "Đây là ảnh HEIC của điện thoại iPhone, hệ thống chưa đọc được. Trên điện thoại, xin vào Cài đặt, Camera, "
            "Định dạng, chọn “Tương thích nhất” rồi chụp lại; hoặc chụp màn hình bức ảnh và gửi ảnh chụp màn hình."
        )
    elif kind in {"doc", "docx", "odt", "rtf", "xls", "xlsx"}:
        text = f"Đây là tệp văn bản, không phải ảnh giấy tờ. {accepted}"
        text += " Trong Word, chọn Lưu thành PDF." if accepted is _FILES else ""
    elif kind in {"gif", "webp", "bmp", "tif", "tiff", "avif"}:
        text = f"Đây là ảnh dạng {kind.upper()}, hệ thống không nhận. {accepted}"
    else:
        wanted = "ảnh hay tài liệu PDF" if accepted is _FILES else "ảnh"
        text = f"Tệp vừa chọn không phải {wanted}. {accepted}"
    return invalid("file-type-not-accepted", text)


def _recognised(content: bytes) -> str:
    """The usual extension of the content's type, without the dot; empty if unknown."""
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return "avif" if brand == b"avif" else "heic" if brand in _HEIC_BRANDS else "mp4"
    try:
        return puremagic.from_string(content[:_MAGIC_BYTES]).lstrip(".").lower()
    except (puremagic.PureError, ValueError):
        return ""


_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})


def safe_filename(name: str) -> str:
    """A name fit for a list and a download header: NFC, no path, no control or reserved characters, ≤ 120 characters.

    Keeps Vietnamese letters, and the extension if the name is cut; "tệp" if nothing is left.
    """
    last = re.split(r"[/\\]", normalised(name))[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in _INVISIBLE)
    plain = re.sub(r"\s+", " ", re.sub(r'[<>:"|?*%;]', "_", visible)).strip(" .")
    if len(plain) > _FILENAME_LENGTH:
        suffix = PurePosixPath(plain).suffix[:10]
        plain = plain[: _FILENAME_LENGTH - len(suffix)].rstrip(" .") + suffix
    return plain or "tệp"


# Controls, formats (such as the right-to-left override, which turns "gpj.exe" around), surrogates, private, unassigned.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
