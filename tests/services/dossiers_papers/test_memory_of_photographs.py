"""The memory that re-encoding a photograph takes, measured in a process of its own.

A pod of the dossiers service is killed where it takes more than its limit, with all that it was doing for others.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from PIL import Image

from services.chassis.refusal import Refusal
from services.dossiers.adapters import photographs
from services.dossiers.adapters.file_worker import MEMORY_BYTES
from services.dossiers.adapters.uploads import MAX_FILE_BYTES, accepted_page

ROOT = Path(__file__).parents[3]
#: The service itself, with the papers that it typesets and the uploads that it holds.
SERVICE_MB = 320
#: For the pages of a scanner that the service joins to a document; the process that reads files opens them.
KEPT_MB = 96
#: The process in which files are read, before it opens one.
WORKER_MB = 64
#: What of that its limit does not count: code, shared with nobody in a pod.
CODE_MB = 32
#: For one picture; only one is open at a time.
PICTURE_MB = 200
SIDE = 4120  # squared, just what may be opened
#: Prints the outcome, and by how many megabytes the process grew at most. `VmHWM` is the process's own, where
#: `ru_maxrss` begins with what its parent had when it was forked.
CHILD = """
import sys
from services.chassis.refusal import Refusal
from services.dossiers.adapters.page_pictures import document_of
from services.dossiers.adapters.uploads import accept, accepted_page

def status(name):
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(name + ":"))

content = sys.stdin.buffer.read()
open("/proc/self/clear_refs", "w").write("5")  # the highest so far is what the imports took
before = status("VmRSS")
try:
    if "kept" in sys.argv:
        outcome = document_of([(content, 90)] * int(sys.argv[2]), int(sys.argv[2])).media_type
    else:
        outcome = (accepted_page if "page" in sys.argv else accept)(content).media_type
except Refusal as no:
    outcome = no.type
print(outcome, status("VmHWM") - before)
"""


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _jpeg(width: int, height: int, mode: str = "RGB", **options: object) -> Callable[[], bytes]:
    picture = Image.linear_gradient("L").resize((width, height))
    return lambda: _saved(picture.convert(mode), "JPEG", **options)


def _png(mode: str, side: int = SIDE, **options: object) -> Callable[[], bytes]:
    return lambda: _saved(Image.new(mode, (side, side)), "PNG", **options)


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


ACCEPTED = {
    "12 megapixels": _jpeg(4032, 3024),
    "16 megapixels, turned": _jpeg(4624, 3468, exif=_turned()),
    "50 megapixels": _jpeg(8192, 6144),
    "progressive": _jpeg(SIDE, SIDE, progressive=True, subsampling=0, exif=_turned()),
    "in printing colours": _jpeg(SIDE, SIDE, "CMYK"),
    "too long when it is drawn anew": lambda: _saved(
        Image.effect_noise((SIDE, SIDE), 90).convert("RGB"), "JPEG", quality=70
    ),
    "png with a palette, see-through": _png("P", transparency=0),
    "png, see-through": _png("RGBA"),
    "png with one colour see-through": _png("RGB", transparency=(0, 0, 0)),
}
REFUSED = {
    "80 megapixels": _jpeg(10000, 8000),
    "progressive in 24 megapixels": _jpeg(6000, 4000, progressive=True),
    "png with a palette, see-through, of 50 megapixels": _png("P", 7070, transparency=0),
}


def _accepted_by_child(content: bytes, *how: str) -> tuple[str, int]:
    assert len(content) <= MAX_FILE_BYTES
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *how], input=content, cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    outcome, grown = done.stdout.split()
    return outcome.decode(), int(grown)


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_picture_that_is_taken_fits_the_pod(name: str) -> None:
    outcome, grown = _accepted_by_child(ACCEPTED[name]())
    assert outcome in {"image/jpeg", "image/png"}
    assert grown <= PICTURE_MB


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_page_of_a_scanner_fits_the_pod_too(name: str) -> None:
    outcome, grown = _accepted_by_child(ACCEPTED[name](), "page")
    assert outcome == "image/jpeg"
    assert grown <= PICTURE_MB


@pytest.mark.parametrize(("pages", "kind"), [(1, "image/jpeg"), (5, "application/pdf")])
def test_a_document_of_the_largest_pages_of_a_scanner_fits_the_service(pages: int, kind: str) -> None:
    page = accepted_page(_saved(Image.effect_noise((3508, 3508), 20).convert("RGB"), "JPEG")).content
    outcome, grown = _accepted_by_child(page, "kept", str(pages))
    assert outcome == kind
    assert grown <= KEPT_MB


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_that_would_not_fit_is_refused_unopened(name: str) -> None:
    outcome, grown = _accepted_by_child(REFUSED[name]())
    assert outcome == "image-too-large"
    assert grown <= 10


def test_the_library_itself_holds_no_jpeg_of_many_scans_in_memory_that_does_not_fit() -> None:
    """Scans may be many without the word progressive: what the header says is not enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("JPEGMEM")
        content = _jpeg(6000, 4000, progressive=True, subsampling=0)()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(photographs, "OPEN_PIXELS", 30_000_000)
        with pytest.raises(Refusal) as no:
            photographs.redraw(content, "JPEG", MAX_FILE_BYTES)
    assert no.value.type == "image-damaged"


def test_the_limit_of_a_pod_has_room_for_the_service_and_the_process_that_reads_files() -> None:
    manifest = ROOT / "deploy/kubernetes/base/dossiers.yaml"
    deployment = next(each for each in yaml.safe_load_all(manifest.read_text()) if each["kind"] == "Deployment")
    limit = deployment["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"]
    assert limit.endswith("Mi")
    assert int(limit.removesuffix("Mi")) >= SERVICE_MB + KEPT_MB + CODE_MB + MEMORY_BYTES / 2**20
    assert MEMORY_BYTES / 2**20 >= WORKER_MB - CODE_MB + PICTURE_MB
