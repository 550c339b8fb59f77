"""Captures: pages that come with a ticket, and become one document of the citizen's draft."""

from __future__ import annotations

import io
import os
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from caunoi.dossiers.v1 import captures_pb2 as pb
from caunoi.dossiers.v1 import dossiers_pb2
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import update

from services.chassis.refusal import Refusal
from services.dossiers.adapters import file_worker
from services.dossiers.adapters.files import content_key
from services.dossiers.domain.captures import MOST_PAGES
from services.dossiers.tables import CapturePageRow
from services.dossiers.use_cases.clock.stray_files import sweep_files
from services.dossiers.use_cases.clock.sweep import sweep_once
from tests.race import race
from tests.services.dossiers.world import (
    DUNG,
    HOSPITAL_PAPER,
    NAM_DUONG,
    SAU,
    STRANGER,
    VOLUNTEER,
    World,
    photograph,
    refused,
)

TITLE = "Giấy chứng sinh"


class Paper:
    """A paper of a draft, as the citizen and the holder of its ticket take it."""

    def __init__(self, world: World, source: str = "scanner", dossier_id: str = "", owner: Any = SAU) -> None:
        self.world = world
        self.owner = owner
        self.dossier_id = dossier_id or world.draft(owner).id
        self.start(source)

    def start(self, source: str = "scanner") -> None:
        request = pb.StartCaptureRequest(dossier_id=self.dossier_id, kind=HOSPITAL_PAPER, source=source)
        started = self.world.call("StartCapture", request, self.owner)
        self.id, self.ticket = started.capture.id, started.ticket

    def send(self, number: int, content: bytes) -> pb.CaptureTicket:
        request = pb.AddCapturePageRequest(ticket=self.ticket, number=number, content=content)
        answer: pb.CaptureTicket = self.world.call("AddCapturePage", request)
        return answer

    def end(self, fault: str = "") -> pb.CaptureTicket:
        answer: pb.CaptureTicket = self.world.call("EndCapture", pb.EndCaptureRequest(ticket=self.ticket, fault=fault))
        return answer

    def seen(self) -> pb.Capture:
        answer: pb.Capture = self.do("GetCapture", pb.GetCaptureRequest)
        return answer

    def picture(self, page: str) -> Image.Image:
        content = self.do("GetCapturePage", pb.GetCapturePageRequest, page_id=page).content
        return Image.open(io.BytesIO(content))

    def keep(self) -> dossiers_pb2.Document:
        answer: dossiers_pb2.Document = self.do("KeepCapture", pb.KeepCaptureRequest)
        return answer

    def do(self, rpc: str, request: Any, who: Any = SAU, **fields: str) -> Any:
        return self.world.call(rpc, request(dossier_id=self.dossier_id, capture_id=self.id, **fields), who)


def sideways(shade: int = 200) -> bytes:
    """A picture twice as wide as high, with a dark left end."""
    picture = Image.new("L", (800, 400), shade)
    picture.paste(0, (0, 0, 100, 400))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def content_of(world: World, dossier_id: str, document: str) -> bytes:
    request = dossiers_pb2.GetDocumentRequest(dossier_id=dossier_id, document_id=document)
    content: bytes = world.call("GetDocument", request, SAU).content
    return content


def test_several_pages_become_one_pdf_in_their_order_turned_as_they_were_turned(world: World) -> None:
    paper = Paper(world)
    assert paper.seen().state == "waiting"
    for number in (1, 2, 3):
        answer = paper.send(number, photograph(60 * number) if number != 2 else sideways())
    assert (answer.title, answer.pages, answer.most_pages) == (TITLE, 3, MOST_PAGES)
    assert paper.seen().state == "receiving"
    paper.end()
    seen = paper.seen()
    assert (seen.state, seen.fault, len(seen.pages)) == ("ended", "", 3)
    turned = paper.do("TurnCapturePage", pb.TurnCapturePageRequest, page_id=seen.pages[1].id)
    assert [page.turned for page in turned.pages] == [0, 90, 0]
    kept = paper.keep()
    assert (kept.media_type, kept.filename, kept.kind) == ("application/pdf", f"{TITLE}.pdf", HOSPITAL_PAPER)
    pages = PdfReader(io.BytesIO(content_of(world, paper.dossier_id, kept.id))).pages
    assert [page.rotation for page in pages] == [0, 90, 0]
    assert [page.images[0].image.size[0] for page in pages if page.images[0].image][1] == 800
    assert [document.id for document in world.get(paper.dossier_id).documents] == [kept.id]
    assert paper.seen().state == "kept"


def test_one_page_becomes_a_picture_upright_as_it_was_shown(world: World) -> None:
    paper = Paper(world)
    paper.send(1, sideways())
    page = paper.seen().pages[0].id
    for _ in range(3):
        paper.do("TurnCapturePage", pb.TurnCapturePageRequest, page_id=page)
    shown = paper.picture(page)
    assert (shown.format, shown.getexif()[0x0112]) == ("JPEG", 8), "viewers turn it"
    paper.end()
    kept = paper.keep()
    assert (kept.media_type, kept.filename) == ("image/jpeg", f"{TITLE}.jpg")
    stored = Image.open(io.BytesIO(content_of(world, paper.dossier_id, kept.id)))
    assert stored.size == (400, 800)
    assert not stored.getexif()
    assert stored.convert("L").getpixel((200, 780)) < 60 < stored.convert("L").getpixel((200, 20))  # type: ignore[operator]


def test_a_page_sent_again_under_its_number_is_there_once_and_equal_pages_are_two(world: World) -> None:
    paper = Paper(world)
    race(*[lambda: paper.send(1, photograph())] * 3)
    assert paper.send(2, photograph()).pages == 2, "two empty pages look alike"
    no = refused(lambda: paper.send(2, photograph(10)))
    assert no.type == "page-differs"
    assert len(paper.seen().pages) == 2


def test_a_removed_page_does_not_come_back_when_it_is_sent_again(world: World) -> None:
    paper = Paper(world)
    for number in (1, 2):
        paper.send(number, photograph(number))
    _, last = (page.id for page in paper.seen().pages)
    paper.do("RemoveCapturePage", pb.RemoveCapturePageRequest, page_id=last)
    assert paper.send(2, photograph(2)).pages == 1
    assert refused(lambda: paper.send(2, photograph(3))).type == "page-differs"
    assert len(paper.seen().pages) == 1
    assert paper.send(3, photograph(3)).pages == 2
    paper.end()
    paper.start("phone")
    paper.send(1, photograph(4))
    assert len(paper.seen().pages) == 3
    assert len(PdfReader(io.BytesIO(content_of(world, paper.dossier_id, paper.keep().id))).pages) == 3


@pytest.mark.parametrize("source", ["scanner", "phone"])
def test_no_other_ticket_is_given_out_while_a_scanner_sends_pages(world: World, source: str) -> None:
    paper = Paper(world)
    ticket = paper.ticket
    world.clock.advance(timedelta(seconds=59))
    assert refused(lambda: paper.start(source)).type == "scanner-at-work"
    paper.send(1, photograph(1))
    world.clock.advance(timedelta(seconds=59))
    assert refused(lambda: paper.start(source)).type == "scanner-at-work"
    assert paper.seen().scanning
    assert paper.send(2, photograph(2)).pages == 2, "nothing of the feed is lost"
    paper.end()
    assert not paper.seen().scanning
    paper.start(source)
    assert paper.ticket != ticket


def test_a_scanner_that_is_silent_for_a_minute_is_not_waited_for(world: World) -> None:
    paper = Paper(world)
    world.clock.advance(timedelta(minutes=1))
    assert not paper.seen().scanning
    paper.start()
    paper.send(1, photograph())
    world.clock.advance(timedelta(minutes=1))
    assert paper.keep().kind == HOSPITAL_PAPER


def test_a_paper_is_kept_whole_and_not_while_a_scanner_sends_it(world: World) -> None:
    paper = Paper(world)
    paper.send(1, photograph(1))
    assert refused(paper.keep).type == "scanner-at-work"
    paper.send(2, photograph(2))
    paper.end()
    assert len(PdfReader(io.BytesIO(content_of(world, paper.dossier_id, paper.keep().id))).pages) == 2


def test_the_sixty_first_page_is_refused_and_nothing_is_lost(world: World) -> None:
    paper = Paper(world)
    for number in range(1, MOST_PAGES + 1):
        paper.send(number, photograph(number))
    assert refused(lambda: paper.send(MOST_PAGES + 1, photograph(99))).type == "too-many-pages"
    paper.end("too-many-pages")
    assert (paper.seen().fault, len(paper.seen().pages)) == ("too-many-pages", MOST_PAGES)
    kept = paper.keep()
    assert len(PdfReader(io.BytesIO(content_of(world, paper.dossier_id, kept.id))).pages) == MOST_PAGES


def test_pages_before_a_jam_stay_and_the_capture_continues_with_a_new_ticket(world: World) -> None:
    paper = Paper(world)
    paper.send(1, photograph(1))
    paper.end("jammed")
    assert paper.end("").pages == 1, "said again"
    assert (paper.seen().state, paper.seen().fault) == ("ended", "jammed")
    first, ticket = paper.id, paper.ticket
    paper.start("phone")
    assert paper.id == first
    assert (paper.seen().source, paper.seen().fault, paper.seen().state) == ("phone", "", "receiving")
    paper.send(1, photograph(2))
    assert len(paper.seen().pages) == 2
    paper.ticket = ticket
    assert refused(lambda: paper.send(2, photograph(3))).type == "unknown-ticket"


def test_a_phones_ticket_is_used_up_by_its_first_picture(world: World) -> None:
    paper = Paper(world, "phone")
    paper.send(1, photograph(1))
    assert paper.seen().state == "ended"
    assert paper.send(1, photograph(1)).pages == 1, "the answer was lost, and the phone sends again"
    assert refused(lambda: paper.send(1, b"no picture")).type == "page-differs", "it is not even read"
    assert refused(lambda: paper.send(2, photograph(2))).type == "ticket-over"
    assert refused(lambda: world.call("GetCaptureTicket", pb.GetCaptureTicketRequest(ticket=paper.ticket))).type == (
        "ticket-over"
    )


def test_a_page_that_the_release_before_added_is_sent_again_without_a_fault(world: World) -> None:
    paper = Paper(world)
    paper.send(1, photograph(1))
    with world.cells[NAM_DUONG].database.transaction() as session:
        session.execute(update(CapturePageRow).values(sent_digest=None))
    assert paper.send(1, photograph(1)).pages == 1


def test_a_ticket_is_good_for_ten_minutes(world: World) -> None:
    paper = Paper(world)
    world.clock.advance(timedelta(minutes=9, seconds=59))
    assert world.call("GetCaptureTicket", pb.GetCaptureTicketRequest(ticket=paper.ticket)).title == TITLE
    world.clock.advance(timedelta(seconds=1))
    assert refused(lambda: paper.send(1, photograph())).type == "ticket-over"
    assert paper.seen().state == "expired"
    assert refused(paper.keep).type == "no-pages"


def test_each_page_of_a_scanner_gives_it_ten_more_minutes(world: World) -> None:
    paper = Paper(world)
    for number in (1, 2, 3):
        world.clock.advance(timedelta(minutes=9))
        paper.send(number, photograph(number))
    world.clock.advance(timedelta(minutes=10))
    assert refused(lambda: paper.send(4, photograph(4))).type == "ticket-over"
    assert (paper.seen().state, len(paper.seen().pages)) == ("ended", 3), "what came can be used"


def test_a_draft_that_was_filed_in_between_accepts_no_pages(world: World) -> None:
    paper = Paper(world, dossier_id=world.ready().id)
    paper.send(1, photograph(1))
    world.submit(paper.dossier_id, world.confirm(paper.dossier_id).id)
    assert refused(lambda: paper.send(2, photograph(2))).type == "wrong-state"
    assert refused(paper.keep).type == "wrong-state"
    assert refused(paper.start).type == "wrong-state"


def test_a_supplement_takes_pages_of_the_paper_that_was_asked_for(world: World) -> None:
    filed = world.filed().dossier
    world.accept(filed.id)
    world.ask(filed.id, f"documents/{HOSPITAL_PAPER}")
    paper = Paper(world, dossier_id=filed.id)
    paper.send(1, photograph(3))
    paper.end()
    assert paper.keep().removable


def test_a_draft_names_the_pages_that_are_in_no_document(world: World) -> None:
    def waiting(paper: Paper) -> list[tuple[str, str, int]]:
        found = world.call("GetDossier", dossiers_pb2.GetDossierRequest(dossier_id=paper.dossier_id), SAU)
        return [(one.id, one.kind, one.pages) for one in found.open_captures]

    paper = Paper(world)
    assert waiting(paper) == []
    for number in (1, 2):
        paper.send(number, photograph(number))
    assert waiting(paper) == [(paper.id, HOSPITAL_PAPER, 2)], "also while more may come"
    paper.end()
    first, _ = (page.id for page in paper.seen().pages)
    paper.do("RemoveCapturePage", pb.RemoveCapturePageRequest, page_id=first)
    assert waiting(paper) == [(paper.id, HOSPITAL_PAPER, 1)]
    paper.keep()
    assert waiting(paper) == []
    paper.start()
    paper.send(1, photograph(3))
    paper.do("DiscardCapture", pb.DiscardCaptureRequest)
    assert waiting(paper) == []


def test_pages_are_removed_and_discarded(world: World) -> None:
    paper = Paper(world)
    for number in (1, 2):
        paper.send(number, photograph(number))
    first, second = (page.id for page in paper.seen().pages)
    assert [page.id for page in paper.do("RemoveCapturePage", pb.RemoveCapturePageRequest, page_id=first).pages] == [
        second
    ]
    assert refused(lambda: paper.picture(first)).type == "unknown-page"
    again = paper.do("RemoveCapturePage", pb.RemoveCapturePageRequest, page_id=first)
    assert [page.id for page in again.pages] == [second], "once more changes nothing"
    for unknown in (paper.id, "trang"):
        no = refused(lambda: paper.do("RemoveCapturePage", pb.RemoveCapturePageRequest, page_id=unknown))  # noqa: B023
        assert no.type == "unknown-page"
    for _ in range(2):
        assert paper.do("DiscardCapture", pb.DiscardCaptureRequest).state == "discarded"
    assert refused(paper.keep).type == "capture-over"
    assert refused(lambda: paper.send(3, photograph(3))).type == "ticket-over"
    before = paper.id
    paper.start()
    assert paper.id != before
    assert not paper.seen().pages


@pytest.mark.parametrize("pages", [1, 3])
def test_pages_that_are_kept_several_times_at_once_are_one_document(world: World, pages: int) -> None:
    paper = Paper(world)
    for number in range(1, pages + 1):
        paper.send(number, photograph(number))
    paper.end()
    answers = race(*[paper.keep] * file_worker.MOST_AT_ONCE)
    kept = [each for each in answers if isinstance(each, dossiers_pb2.Document)]
    assert [each.type for each in answers if isinstance(each, Refusal)] == ["capture-over"] * (len(answers) - 1)
    assert [document.id for document in world.get(paper.dossier_id).documents] == [each.id for each in kept]
    assert refused(lambda: paper.do("DiscardCapture", pb.DiscardCaptureRequest)).type == "capture-over"


def test_pages_are_kept_or_discarded_and_never_both(world: World) -> None:
    for _ in range(3):
        paper = Paper(world)
        paper.send(1, photograph(1))
        paper.end()
        answers = race(paper.keep, lambda: paper.do("DiscardCapture", pb.DiscardCaptureRequest))  # noqa: B023
        assert [each.type for each in answers if isinstance(each, Refusal)] == ["capture-over"]
        documents = world.get(paper.dossier_id).documents
        assert len(documents) == (paper.seen().state == "kept")


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 what is no picture", b"<script>"], ids=["empty", "pdf", "page of the web"]
)
def test_only_pictures_are_pages(world: World, content: bytes) -> None:
    paper = Paper(world, "phone")
    no = refused(lambda: paper.send(1, content))
    assert no.type in {"file-empty", "file-type-not-accepted"}
    assert "hoặc tệp PDF" not in no.text, "a page is a picture"
    assert paper.seen().state == "waiting", "the ticket is still good"
    assert refused(lambda: paper.send(0, photograph())).type == "invalid-number"
    assert refused(lambda: paper.end("on-fire")).type == "unknown-fault"
    assert refused(lambda: paper.start("fax")).type == "unknown-source"


def test_a_capture_is_its_owners_alone(world: World) -> None:
    paper = Paper(world)
    paper.send(1, photograph())
    page = paper.seen().pages[0].id
    for rpc, request, fields in (
        ("GetCapture", pb.GetCaptureRequest, {}),
        ("GetCapturePage", pb.GetCapturePageRequest, {"page_id": page}),
        ("TurnCapturePage", pb.TurnCapturePageRequest, {"page_id": page}),
        ("RemoveCapturePage", pb.RemoveCapturePageRequest, {"page_id": page}),
        ("KeepCapture", pb.KeepCaptureRequest, {}),
        ("DiscardCapture", pb.DiscardCaptureRequest, {}),
    ):
        assert refused(lambda: paper.do(rpc, request, STRANGER, **fields)).type == "unknown-dossier", rpc  # noqa: B023
        for other in (VOLUNTEER, DUNG):
            assert refused(lambda: paper.do(rpc, request, other, **fields)).type == "not-allowed", rpc  # noqa: B023
    elsewhere = Paper(world)
    elsewhere.id = paper.id
    assert refused(elsewhere.seen).type == "unknown-capture"


def test_pages_that_nobody_kept_are_deleted_with_their_files(world: World, tmp_path: Path) -> None:
    kept, forgotten = Paper(world), Paper(world)
    for paper in (kept, forgotten):
        paper.send(1, photograph(7))
        paper.end()
    document = kept.keep()
    cell = world.cells[NAM_DUONG]
    world.clock.advance(timedelta(hours=23))
    sweep_once(world.parts.place, cell)
    assert len(forgotten.seen().pages) == 1
    world.clock.advance(timedelta(hours=3))
    sweep_once(world.parts.place, cell)
    assert refused(forgotten.seen).type == "unknown-capture"
    for path in (tmp_path / "files").rglob("*"):
        os.utime(path, (0, 0))
    sweep_files(world.parts.place, cell)
    left = {key for some in world.parts.place.files[NAM_DUONG].listed(NAM_DUONG) for key in some}
    assert left == {content_key(NAM_DUONG, kept.dossier_id, document.sha256)}


def test_a_draft_with_pages_is_deleted_like_any_other(world: World) -> None:
    paper = Paper(world)
    paper.send(1, photograph())
    world.clock.advance(timedelta(days=91))
    sweep_once(world.parts.place, world.cells[NAM_DUONG])
    assert refused(lambda: world.get(paper.dossier_id)).type == "unknown-dossier"


def test_a_page_that_takes_the_reader_long_pauses_the_applicant_whose_ticket_it_came_with_and_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All phones and scanners of a ward may come from one network, and a page has no account."""
    monkeypatch.setattr(file_worker, "SENDER_CPU_SECONDS", 0.0)
    monkeypatch.setattr(file_worker, "_SENDER_SHARE", 1e-6)
    mine, another = Paper(world), Paper(world, owner=STRANGER)
    mine.send(1, photograph())
    for each in (mine, Paper(world)):
        assert refused(partial(each.send, 2, photograph())).type == "too-many-complex-files"
    assert another.send(1, photograph()).pages == 1
    file_worker._paused.clear()
    file_worker._spent.clear()


def test_a_document_of_pages_is_charged_to_the_applicant_and_its_pages_stay_while_the_applicant_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service itself opens none of them."""
    opened_here: list[object] = []
    opens = Image.open

    def noted(file: Any, **options: Any) -> Image.Image:
        opened_here.append(file)
        return opens(file, **options)

    monkeypatch.setattr(Image, "open", noted)
    paper = Paper(world)
    for number in (1, 2):
        paper.send(number, photograph(60 * number))
    paper.end()
    monkeypatch.setattr(file_worker, "_spent", {})
    monkeypatch.setattr(file_worker, "_paused", {SAU.id: time.monotonic() + 60})
    assert refused(paper.keep).type == "too-many-complex-files"
    assert len(paper.seen().pages) == 2
    file_worker._paused.clear()
    assert paper.keep().media_type == "application/pdf"
    assert [*file_worker._spent] == [SAU.id]
    assert not opened_here
