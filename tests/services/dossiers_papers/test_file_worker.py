"""Files that would keep their reader busy: refused, or ended with the process that reads them."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from deploy.local.waiting import wait_until
from services.chassis.call import Call, reset_current, set_current
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid
from services.chassis.tokens import Principal
from services.dossiers.adapters import file_worker, photographs
from services.dossiers.adapters.uploads import accept
from tests.services.dossiers_papers import making
from tests.services.dossiers_papers.readers import (
    crash,
    end_from_outside,
    fail,
    hoard,
    kind,
    length,
    processor_left,
    refuse,
    sleep,
    spin,
)
from tests.services.dossiers_papers.test_memory_of_photographs import CODE_MB, WORKER_MB

SOS, END = b"\xff\xda", b"\xff\xd9"
OWN_WORKER = """
import sys, time
from services.dossiers.adapters import file_worker
from tests.services.dossiers_papers.readers import length
if __name__ == "__main__":
    print(file_worker.run(length, b"12345"), flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _worker_ends() -> Iterator[None]:
    yield
    file_worker.stop()
    file_worker._paused.clear()
    file_worker._spent.clear()
    file_worker._unfinished.clear()


def progressive(scans: int) -> bytes:
    """A picture of 16 megapixels whose last scan, of some thirty bytes, is there again and again."""
    out = io.BytesIO()
    Image.new("L", (4100, 4100), 128).save(out, "JPEG", progressive=True)
    jpeg = out.getvalue()
    return jpeg[: -len(END)] + jpeg[jpeg.rindex(SOS) : -len(END)] * scans + END


def test_a_small_picture_of_thousands_of_scans_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    content = progressive(3000)
    assert len(content) < 200_000
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(Refusal) as no:
        accept(content)
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "file-too-complex")


def test_a_progressive_picture_as_programs_write_it_is_taken() -> None:
    assert accept(progressive(10)).media_type == "image/jpeg"


@pytest.mark.parametrize(
    ("chunk", "body", "times", "answer"),
    [
        (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(3_000_000), 9), 50, "image-damaged"),
        (b"iCCP", b"profile\0\0" + zlib.compress(bytes(40_000_000), 9), 1, "image-damaged"),
        (b"prVt", b"", 600_000, "image/png"),
        (b"tEXt", b"a\0b", 400_000, "image/png"),
    ],
    ids=["packed texts", "a packed profile", "countless chunks", "countless texts"],
)
def test_a_png_whose_chunks_unpack_or_are_without_number_takes_its_share_and_no_more(
    chunk: bytes, body: bytes, times: int, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, ended, or redrawn without them: the next file is read in any case."""
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 120.0)  # a busy machine gives it its share late
    sent = making.png_with(chunk, body, times)
    assert len(sent) < 10_000_000
    try:
        came = file_worker.run(accept, sent).media_type
    except Refusal as no:
        came = no.type
    assert came in {answer, "file-too-complex"}
    assert file_worker.run(accept, making.png()).media_type == "image/png"


def exif(*entries: tuple[int, int, int, int], follows: int = 0) -> bytes:
    """A picture with a directory of (tag, type, count, value), as TIFF has them, and the offset of the next."""
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    tiff = b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", follows)
    out = io.BytesIO()
    Image.new("L", (64, 64), 128).save(out, "JPEG", exif=tiff)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "content",
    [
        exif((0x0112, 3, 1, 6), follows=8),
        exif((0x8769, 4, 1, 8), (0x0112, 3, 1, 6)),
        exif((0x0112, 3, 0xFFFFFFFF, 8), (0x8769, 4, 0xFFFFFFFF, 8)),
        exif(*[(0x0112, 3, 0xFFFFFFFF, 8)] * 5000),
    ],
    ids=["it follows itself", "it contains itself", "four billion values", "thousands of entries"],
)
def test_a_directory_of_a_picture_that_has_no_end_holds_nobody_up_and_is_not_kept(content: bytes) -> None:
    kept = file_worker.run(accept, content)  # which would end it as too complex
    assert not Image.open(io.BytesIO(kept.content)).getexif()


def test_a_tiff_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    Image.new("L", (64, 64)).save(out, "TIFF")
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(Refusal) as no:
        accept(out.getvalue())
    assert no.value.type == "file-type-not-accepted"


def test_scans_are_counted_where_a_decoder_finds_them() -> None:
    """Neither in the thumbnail that a phone puts before the picture, nor in the data after its end."""
    picture = making.photograph(64, 48)
    thumbnail = b"\xff\xe1" + (len(picture) + 2).to_bytes(2, "big") + picture
    assert photographs._scans(picture[:2] + thumbnail + picture[2:] + progressive(5)) == 1
    assert photographs._scans(progressive(5)) == photographs._scans(progressive(0)) + 5


def test_what_takes_too_much_processor_is_ended_and_the_next_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_worker, "CPU_SECONDS", 1)
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 120.0)  # a busy machine gives it that second late
    with pytest.raises(Refusal) as no:
        file_worker.run(spin, b"")
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "file-too-complex")
    assert file_worker.run(length, b"123") == 3


def test_each_file_has_its_own_share_of_the_processor() -> None:
    """Else the first file after a hundred would be ended for what they took."""
    shares = [file_worker.run(processor_left, b"") for _ in range(3)]
    assert min(shares) > file_worker.CPU_SECONDS - 0.5


def test_what_only_waits_is_ended_too_and_it_is_not_said_to_be_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    file_worker.run(length, b"")  # it has started
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 0.5)
    with pytest.raises(Refusal) as no:
        file_worker.run(sleep, b"")
    assert no.value.kind is Kind.UNAVAILABLE
    monkeypatch.undo()
    assert file_worker.run(length, b"12") == 2


@pytest.mark.parametrize("ends", [sleep, end_from_outside])
def test_who_sends_a_file_again_that_is_never_finished_is_asked_for_another_one(
    ends: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through no fault that can be seen: to be asked to send it again and again would not help."""
    file_worker.run(length, b"")
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 0.5)
    monkeypatch.setattr(file_worker, "MOST_TRIES", 3)
    assert [_answer_to("a", ends) for _ in range(2)] == ["temporarily-unavailable"] * 2
    assert _answer_to("b", ends, content=b"another") == "temporarily-unavailable"
    assert _answer_to("b", ends) == "temporarily-unavailable"  # b's tries are b's own
    with pytest.raises(Refusal) as no:
        file_worker.run(ends, b"12345", sender="a")
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "file-too-complex")
    assert "3 lần" in no.value.text
    monkeypatch.undo()
    assert _answer_to("b", length) == "5"
    assert _answer_to("a", length) == "too-many-complex-files"


@pytest.mark.parametrize(("read", "answer"), [(length, "5"), (refuse, "type")])
def test_a_file_that_was_read_in_the_end_has_all_its_tries_again(
    read: Callable[[bytes], object], answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_worker.run(length, b"")
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 0.5)
    answers = [_answer_to("a", each) for each in (end_from_outside, end_from_outside)]
    monkeypatch.undo()
    answers += [_answer_to("a", each) for each in (read, end_from_outside)]
    assert answers == ["temporarily-unavailable", "temporarily-unavailable", answer, "temporarily-unavailable"]


def test_a_file_that_was_not_begun_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process had not started yet: that is nobody's fault."""
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 0.01)
    monkeypatch.setattr(file_worker, "_TO_BEGIN", 0.0)
    assert [_answer_to("a", length) for _ in range(4)] == ["temporarily-unavailable"] * 4


def test_a_file_that_needs_too_much_memory_is_refused_and_the_next_file_is_read() -> None:
    assert _answer_to("a", hoard) == "file-too-complex"
    assert _answer_to("a", length) == "too-many-complex-files"
    assert _answer_to("b", length) == "5"


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: making.unpacking_pdf(b"0 0 m ", 100_000_000),
        lambda: making.unpacking_pdf(b"ab#41", 9_900_000, is_signed=True),
    ],
    ids=["a page of 600 MB", "a signed page of ten million escapes"],
)
def test_a_small_pdf_that_would_take_a_pods_memory_takes_its_share_and_no_more(
    bomb: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 120.0)
    monkeypatch.setattr(file_worker, "CPU_SECONDS", 60)  # the memory is what ends it
    content = bomb()
    assert len(content) < 1_000_000
    file_worker.run(length, b"")
    with most_memory() as most, pytest.raises(Refusal) as no:
        file_worker.run(accept, content)
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "file-too-complex")
    assert file_worker.MEMORY_BYTES / 2 < most[0] < file_worker.MEMORY_BYTES + CODE_MB * 2**20
    assert file_worker.run(accept, making.photograph()).media_type == "image/jpeg"


@contextmanager
def most_memory() -> Iterator[list[int]]:
    """The most bytes that the worker has in memory within the block."""
    (worker,) = _workers()
    most, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.001):
            with suppress(psutil.NoSuchProcess):
                most[0] = max(most[0], worker.memory_info().rss)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        is_over.set()
        looking.join()


def test_a_process_that_was_ended_while_it_had_no_file_is_replaced() -> None:
    """As the kernel ends one when memory is short. The file is read whether the loss has been noticed or not."""
    for pause in (0.0, 1.0):
        file_worker.run(length, b"")
        (worker,) = _workers()
        worker.kill()
        time.sleep(pause)
        assert file_worker.run(length, b"12") == 2


def test_a_process_that_is_ended_from_outside_is_not_said_to_be_the_files_fault() -> None:
    with pytest.raises(Refusal) as no:
        file_worker.run(end_from_outside, b"")
    assert no.value.kind is Kind.UNAVAILABLE
    assert file_worker.run(length, b"123") == 3


def test_a_decoder_that_crashes_is_the_files_fault() -> None:
    with pytest.raises(Refusal) as no:
        file_worker.run(crash, b"")
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "file-too-complex")


def test_the_log_names_the_account_or_the_network_of_who_sends_bad_files(
    log_lines: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _answer_to("", crash, source="network") == "file-too-complex"
    assert _answer_to("", length, source="network") == "too-many-complex-files"
    assert _answer_to("a", length, source="network") == "5"
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 0.5)
    assert _answer_to("a", sleep, source="network") == "temporarily-unavailable"
    assert [(each["event"], each["sender"]) for each in log_lines] == [
        ("file-worker-ended", "network"),
        ("file-refused-in-pause", "network"),
        ("file-worker-slow", "a"),
    ]


def test_who_sent_a_file_that_was_ended_waits_with_the_next_and_nobody_else_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else one person could keep the only reader busy for everybody."""
    assert _answer_to("a", crash) == "file-too-complex"
    assert _answer_to("a", length) == "too-many-complex-files"
    assert _answer_to("b", length) == "5"
    clock = time.monotonic() + file_worker.PAUSE_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: clock)
    assert _answer_to("a", length) == "5"


def test_who_takes_more_processor_than_a_share_waits_whatever_became_of_the_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """PDFs of 30 kB that take seconds to look through, each with another content than the one before."""
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 120.0)
    monkeypatch.setattr(file_worker, "SENDER_CPU_SECONDS", 1.0)
    assert len(making.crowded_pdf(200, 4000)) < 50_000
    contents = [making.crowded_pdf(200, 4000 - number) for number in range(2)]
    answers = [_answer_to("a", accept, content=each) for each in contents]
    assert answers[0] == "file-too-complex"
    assert answers[-1] == "too-many-complex-files"
    assert _answer_to("b", length) == "5"
    clock = time.monotonic() + file_worker.PAUSE_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: clock)
    assert _answer_to("a", length) == "5"


def test_small_files_cost_their_sender_nothing_that_is_felt() -> None:
    assert [_answer_to("a", length) for _ in range(100)] == ["5"] * 100
    assert file_worker._spent["a"][0] < file_worker.SENDER_CPU_SECONDS / 4


@pytest.mark.parametrize("ends", [sleep, fail])
def test_a_file_that_nobody_saw_the_end_of_counts_as_all_that_it_might_have_taken(
    ends: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    file_worker.run(length, b"")
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 0.5)
    monkeypatch.setattr(file_worker, "SENDER_CPU_SECONDS", 7.0)
    for changed in (b"1", b"2"):
        with suppress(ZeroDivisionError):
            _answer_to("a", ends, content=changed)
    assert _answer_to("a", length) == "too-many-complex-files"


def test_a_sender_has_few_files_here_and_the_next_is_refused_at_once() -> None:
    """A button that was pressed twice is no attack; no thread waits with more."""
    opened_one, leave = threading.Event(), threading.Event()
    answers: list[str] = []

    def hold() -> None:
        with file_worker.PLACES.one():
            opened_one.set()
            leave.wait(30)

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    opened_one.wait(10)
    threads += [threading.Thread(target=lambda who=who: answers.append(_answer_to(who, length))) for who in "aaab"]
    for each in threads[1:]:
        each.start()
    assert wait_until(lambda: {who: of.files for who, of in file_worker._sending.items()} == {"a": 3, "b": 1}, 10)
    try:
        began = time.monotonic()
        assert _answer_to("a", length) == "earlier-file-not-read"
        assert time.monotonic() - began < 5
    finally:
        leave.set()
        for each in threads:
            each.join()
    assert answers == ["5"] * 4
    assert _answer_to("a", length) == "5"


def test_of_three_bad_files_sent_at_once_one_is_read_and_nobody_else_waits_for_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file_worker.run(length, b"")
    read: list[str] = []
    read_one = file_worker._read

    def noted(function: Any, content: bytes, until: float, sender: str) -> Any:
        read.append(sender)
        return read_one(function, content, until, sender)

    monkeypatch.setattr(file_worker, "_read", noted)
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(_answer_to("a", crash))) for _ in range(3)]
    for each in threads:
        each.start()
    assert wait_until(lambda: bool(read), 10)
    assert _answer_to("b", length) == "5"
    for each in threads:
        each.join()
    assert sorted(answers) == ["file-too-complex", "too-many-complex-files", "too-many-complex-files"]
    assert read.count("a") == 1


@pytest.mark.parametrize(("arrays", "answer"), [(1000, "application/pdf"), (4000, "file-too-complex")])
def test_the_process_is_small_again_after_a_file_of_many_objects(
    arrays: int, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its reader holds must not lie about until the next file."""
    monkeypatch.setattr(file_worker, "LONGEST_SECONDS", 120.0)
    file_worker.run(length, b"")
    with most_memory() as most:
        assert _answer_to("a", kind, content=making.crowded_pdf(200, arrays)) == answer
    (worker,) = _workers()
    assert most[0] > 1.25 * WORKER_MB * 2**20
    assert worker.memory_full_info().uss <= WORKER_MB * 2**20


def test_a_phone_without_an_account_is_known_by_its_network() -> None:
    assert _answer_to("", crash, source="network") == "file-too-complex"
    assert _answer_to("", length, source="network") == "too-many-complex-files"
    assert _answer_to("", length, source="another") == "5"


def _answer_to(person: str, function: Callable[[bytes], object], source: str = "", content: bytes = b"12345") -> str:
    principal = Principal(person, "20248", frozenset()) if person else None
    token = set_current(Call("AddDocument", "20248", "r", principal, source=source))
    try:
        return str(file_worker.run(function, content))
    except Refusal as no:
        return no.type
    finally:
        reset_current(token)


def test_a_refusal_comes_through_whole() -> None:
    with pytest.raises(Refusal) as no:
        file_worker.run(refuse, b"")
    found = no.value
    assert (found.kind, found.type, found.text) == (Kind.CONFLICT, "type", "lời")
    assert (found.fields, found.retry_after) == ((FieldFault("/a", "b"),), 3)
    assert str(found) == "type: lời"
    assert invalid("a", "b").fields == ()


def test_one_file_is_read_at_once_and_nobody_waits_beyond_the_deadline_of_their_call() -> None:
    opened_one, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with file_worker.PLACES.one():
            opened_one.set()
            leave.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    opened_one.wait(10)
    token = set_current(Call("AddDocument", "20248", "r", deadline=time.monotonic() + 0.1))
    try:
        with pytest.raises(Refusal) as no:
            file_worker.run(accept, making.photograph())
    finally:
        reset_current(token)
        leave.set()
        other.join()
    assert no.value.kind is Kind.UNAVAILABLE
    assert file_worker.run(accept, making.photograph()).media_type == "image/jpeg"


def test_the_worker_itself_is_small() -> None:
    """As the service starts it: without this module's own imports."""
    file_worker.run(accept, making.photograph())
    assert [each.memory_full_info().uss <= WORKER_MB * 2**20 for each in _workers()] == [True]


def test_the_worker_ends_with_a_service_that_is_killed() -> None:
    service = subprocess.Popen([sys.executable, "-c", OWN_WORKER], stdout=subprocess.PIPE, text=True)
    assert service.stdout is not None
    assert service.stdout.readline() == "5\n"
    workers = psutil.Process(service.pid).children(recursive=True)
    assert workers
    service.kill()
    service.wait()
    service.stdout.close()
    assert wait_until(lambda: not any(_works(each) for each in workers), 10)


def _workers() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "--multiprocessing-fork" in each.cmdline()]


def _works(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


SAMPLES = (making.photograph(), making.noise("PNG", 40), making.pdf())


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=0, max_size=12), st.integers(0, 8)), min_size=1, max_size=6),
)
def test_a_file_that_was_changed_here_and_there_is_taken_or_refused(
    sample: bytes, changes: list[tuple[float, bytes, int]]
) -> None:
    """Bytes put in, overwritten and left out: the decoders meet what no program writes."""
    content = sample
    for where, put, left_out in changes:
        at = int(where * len(content))
        content = content[:at] + put + content[at + left_out :]
    with suppress(Refusal):
        accept(content)
