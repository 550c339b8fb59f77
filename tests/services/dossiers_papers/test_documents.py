"""Files from citizens, recognised by their content."""

from __future__ import annotations

import hashlib
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.refusal import Refusal
from services.dossiers.adapters.uploads import MAX_FILE_BYTES, accept, safe_filename
from tests.services.dossiers_papers import making


def refused(content: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        accept(content)
    return caught.value


def test_the_digest_is_that_of_the_stored_file() -> None:
    stored = accept(making.photograph())

    assert stored.sha256 == hashlib.sha256(stored.content).hexdigest()
    assert stored.sha256 != hashlib.sha256(making.photograph()).hexdigest()


def test_an_empty_file_is_refused() -> None:
    assert refused(b"").type == "file-empty"


def test_a_file_of_ten_megabytes_passes_the_scales_and_one_byte_more_does_not() -> None:
    assert refused(b"x" * MAX_FILE_BYTES).type == "file-type-not-accepted"
    assert refused(b"x" * (MAX_FILE_BYTES + 1)).type == "file-too-large"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"MZ\x90\x00" + b"\0" * 60 + b"PE\0\0" + b"\0" * 400, "không phải ảnh"),
        (b"<!doctype html><html><script>alert(1)</script></html>", "không phải ảnh"),
        (b"PK\x03\x04\x14\x00\x06\x00" + b"\0" * 22 + b"word/document.xml" + b"\0" * 200, "không phải ảnh"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 200, "HEIC"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic" + b"\0" * 200, "HEIC"),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\0" * 30, "GIF"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 30, "WEBP"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "không phải ảnh"),
        ("Tôi là văn bản".encode(), "không phải ảnh"),
    ],
    ids=["exe", "html", "docx", "heic", "heif", "gif", "webp", "svg", "text"],
)
def test_other_kinds_of_files_are_refused_with_what_to_do(content: bytes, word: str) -> None:
    refusal = refused(content)

    assert refusal.type == "file-type-not-accepted"
    assert word in refusal.text


@given(st.binary(max_size=2000), st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n"]))
def test_whatever_comes_is_taken_or_refused_and_never_breaks(noise: bytes, head: bytes) -> None:
    with suppress(Refusal):
        accept(head + noise)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("giấy chứng sinh.jpg", "giấy chứng sinh.jpg"),
        (unicodedata.normalize("NFD", "Giấy chứng sinh của bé Nguyễn.PDF"), "Giấy chứng sinh của bé Nguyễn.PDF"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Lan\\ảnh.png", "ảnh.png"),
        ("a\x00b\r\nc.jpg", "abc.jpg"),
        ("ảnh\u202egpj.exe", "ảnhgpj.exe"),
        ('a"b<c>.jpg', "a_b_c_.jpg"),
        ("...", "tệp"),
        ("", "tệp"),
        ("x/", "tệp"),
    ],
)
def test_a_file_name_keeps_its_vietnamese_and_nothing_that_acts(sent: str, kept: str) -> None:
    assert safe_filename(sent) == kept


def test_a_long_name_is_cut_before_its_extension() -> None:
    name = safe_filename("đ" * 300 + ".jpeg")

    assert len(name) == 120
    assert name.endswith("đ.jpeg")


@given(st.text(max_size=400))
def test_a_safe_name_is_safe_and_stays_as_it_is(name: str) -> None:
    safe = safe_filename(name)

    assert 0 < len(safe) <= 120
    assert not set(safe) & set('/\\\0\r\n"')
    assert safe_filename(safe) == safe
