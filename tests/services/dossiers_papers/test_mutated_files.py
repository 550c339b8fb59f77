"""Files that nobody meant to make: mutated pictures and PDFs are stored whole or refused with what to do, and the
reader of files comes back.

`FUZZED_FILES=20000 .venv/bin/python -m pytest tests/services/dossiers_papers/test_mutated_files.py` (`make fuzz`) tries
more than the few seconds of the ordinary run; `FUZZ_SEED` another row of them. A failure names both.
"""

from __future__ import annotations

import io
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import typst
from PIL import Image

from services.chassis.refusal import Kind, Refusal
from services.dossiers.adapters import file_worker
from services.dossiers.adapters.uploads import AcceptedFile, accept, accepted_page
from tests.services.dossiers_papers import making

FILES = int(os.environ.get("FUZZED_FILES", "0"))  # 0: as many as fit into the seconds
SEED = int(os.environ.get("FUZZ_SEED", "20248"))
SECONDS = 12.0
LEAST = 60
KNOWN = {
    *("file-empty", "file-too-large", "file-type-not-accepted", "image-damaged", "image-too-large"),
    *("file-too-complex", "pdf-encrypted", "pdf-scripted", "pdf-damaged"),
}
#: Lengths, counts and offsets that decoders trust.
NUMBERS = [
    number.to_bytes(width, "big")
    for width in (1, 2, 4)
    for number in (0, 1, 2 ** (8 * width - 1), 2 ** (8 * width) - 1)
]


def picture(kind: str, mode: str, **options: object) -> bytes:
    out = io.BytesIO()
    drawn = Image.effect_noise((96, 64), 60).convert(mode)
    drawn.save(out, kind, **options)
    return out.getvalue()


def seeds() -> dict[str, bytes]:
    """One of each form that is taken."""
    return {
        "jpeg": making.photograph(120, 80),
        "jpeg-turned": making.photograph(120, 80, orientation=6),
        "jpeg-progressive": picture("JPEG", "RGB", progressive=True),
        "jpeg-grey": picture("JPEG", "L", restart_marker_blocks=4),
        "jpeg-cmyk": picture("JPEG", "CMYK"),
        "png": making.png(),
        "png-palette": picture("PNG", "P"),
        "png-clear": picture("PNG", "RGBA"),
        "png-deep": picture("PNG", "I;16") if "I;16" in Image.MODES else picture("PNG", "LA"),
        "pdf": making.pdf(pages=2),
        "pdf-raw": making.raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"),
        "pdf-of-picture": pdf_of(making.photograph(80, 60)),
    }


def pdf_of(jpeg: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).save(out, "PDF")
    return out.getvalue()


def overwritten(dice: random.Random, content: bytearray, others: list[bytes]) -> None:
    for _ in range(dice.choice((1, 1, 4, 32))):
        content[dice.randrange(len(content))] = dice.randrange(256)


def flipped(dice: random.Random, content: bytearray, others: list[bytes]) -> None:
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)


def cut(dice: random.Random, content: bytearray, others: list[bytes]) -> None:
    del content[dice.randrange(len(content)) :]


def emptied(dice: random.Random, content: bytearray, others: list[bytes]) -> None:
    at = dice.randrange(len(content))
    del content[at : at + dice.randrange(1, 400)]


def doubled(dice: random.Random, content: bytearray, others: list[bytes]) -> None:
    at = dice.randrange(len(content))
    part = content[at : at + dice.randrange(1, 2000)]
    content[at:at] = part * dice.choice((1, 2, 50))


def numbered(dice: random.Random, content: bytearray, others: list[bytes]) -> None:
    at, number = dice.randrange(len(content)), dice.choice(NUMBERS)
    content[at : at + len(number)] = number


def spliced(dice: random.Random, content: bytearray, others: list[bytes]) -> None:
    other = dice.choice(others)
    content[dice.randrange(len(content)) :] = other[dice.randrange(len(other)) :]


MUTATIONS: list[Callable[[random.Random, bytearray, list[bytes]], None]] = [
    *(overwritten, flipped, cut, emptied, doubled, numbered, spliced)
]


def mutated(dice: random.Random) -> Iterator[tuple[str, bytes]]:
    """Without end: the name of a seed with what was done to it, and the file."""
    known = seeds()
    others = list(known.values())
    while True:
        name = dice.choice(list(known))
        content, told = bytearray(known[name]), [name]
        for _ in range(dice.choice((1, 1, 2, 3))):
            if content:
                mutation = dice.choice(MUTATIONS)
                mutation(dice, content, others)
                told.append(mutation.__name__)
        yield " ".join(told), bytes(content)


def read_again(stored: AcceptedFile, folder: Path) -> None:
    """Read by programs that did not accept it: pictures by Typst's decoders, PDFs again by both of ours."""
    if stored.extension == "pdf":
        pages = len(pypdf.PdfReader(io.BytesIO(stored.content)).pages)
        with pypdfium2.PdfDocument(stored.content) as again:
            assert len(again) == pages
            again[0].render(scale=0.2)
        return
    (folder / f"page.{stored.extension}").write_bytes(stored.content)
    (folder / "page.typ").write_text(f'#image("page.{stored.extension}", width: 20pt)')
    assert typst.compile(folder / "page.typ").startswith(b"%PDF-")


def _run(reader: Callable[[bytes], AcceptedFile], content: bytes) -> AcceptedFile:
    """A machine that is busy with other tests may take longer than people are let wait: then once more."""
    try:
        return file_worker.run(reader, content)
    except Refusal as no:
        if no.kind is not Kind.UNAVAILABLE:
            raise
    return file_worker.run(reader, content)


def outcome(reader: Callable[[bytes], AcceptedFile], content: bytes, folder: Path) -> str:
    """The result for a file: the type of its refusal, or `stored`. Anything else, such as our own fault, is raised."""
    began = time.monotonic()
    try:
        stored = _run(reader, content)
    except Refusal as no:
        if no.kind is not Kind.INVALID or no.type not in KNOWN or not no.text:
            raise
        return no.type
    finally:
        assert time.monotonic() - began < 3 * file_worker.LONGEST_SECONDS
    read_again(stored, folder)
    return "stored"


@pytest.mark.parametrize("reader", [accept, accepted_page])
def test_a_mutated_file_is_stored_readable_or_refused_and_the_reader_comes_back(
    reader: Callable[[bytes], AcceptedFile], tmp_path: Path
) -> None:
    dice = random.Random(SEED)
    found: Counter[str] = Counter()
    began = time.monotonic()
    for number, (told, content) in enumerate(mutated(dice)):
        if number >= FILES if FILES else number >= LEAST and time.monotonic() - began > SECONDS / 2:
            break
        try:
            found[outcome(reader, content, tmp_path)] += 1
        except BaseException as fault:
            (tmp_path / "file").write_bytes(content)
            fault.add_note(f"FUZZ_SEED={SEED}, file {number} ({told}), kept in {tmp_path / 'file'}")
            raise
    print(f"{reader.__name__}: {sum(found.values())} files, {dict(found)}")
    assert found["stored"]
    assert len(found) > 2  # the mutations reach what they are to reach
    assert outcome(reader, making.photograph(), tmp_path) == "stored"


def test_every_seed_is_accepted_except_the_pdf_without_pages(tmp_path: Path) -> None:
    """Else the mutations would only be refused at the door."""
    found = {name: outcome(accept, content, tmp_path) for name, content in seeds().items()}
    assert {name for name, told in found.items() if told != "stored"} <= {"pdf-raw"}
