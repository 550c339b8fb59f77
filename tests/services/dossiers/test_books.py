"""The books of the year: opened, started on paper, followed by the next volume, closed; and searched."""

from __future__ import annotations

import argparse
import io
import json
import threading
from datetime import datetime
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from pypdf import PdfReader

from services.chassis.capacity import Capacity
from services.chassis.clock import VIETNAM
from services.chassis.refusal import Kind
from services.chassis.tokens import Role
from services.dossiers.register_tables import RegisterVolumeRow
from services.dossiers.service import verify_register
from services.dossiers.use_cases.registers.books import keep_open
from tests.services.dossiers.world import CHAIR, DUNG, HOA, NAM_DUONG, SAU, Person, World, refused


def _books(world: World, year: int = 0) -> dict[str, pb.Book]:
    answer = world.call("ListBooks", pb.ListBooksRequest(year=year), HOA)
    return {each.register: each for each in answer.books}


def _close(world: World, *, full: bool = False, year: int = 2020) -> pb.Book:
    answer = world.call("CloseBook", pb.CloseBookRequest(register="birth", year=year, full=full), CHAIR)
    assert isinstance(answer, pb.Book)
    return answer


def _search(world: World, **fields: Any) -> list[pb.FoundEntry]:
    request = pb.SearchRegisterRequest(**{"register": "birth", "reason": "Đối chiếu hồ sơ", **fields})
    return list(world.call("SearchRegister", request, DUNG).entries)


def _open_the_years_books(world: World) -> None:
    stopped = threading.Event()
    loop = threading.Thread(target=keep_open(world.parts.place, NAM_DUONG), args=(stopped,))
    loop.start()
    stopped.set()
    loop.join()


def test_all_books_of_a_year_are_open_from_its_first_day(world: World) -> None:
    """TT 04/2020 Đ29–36."""
    _open_the_years_books(world)
    books = _books(world)
    assert {each.label for each in books.values()} == {
        f"01-TP/HT-2020-{suffix}" for suffix in ("KS", "KH", "KT", "XNHN", "BS")
    }
    assert {(each.first_number, each.last_number) for each in books.values()} == {(1, 0)}


def test_a_year_that_started_on_paper_continues_after_its_last_number(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    request = pb.BeginBookRequest(register="birth", year=2020, paper_number=41)
    begun = world.call("BeginBook", request, DUNG, key="k-1")
    assert world.call("BeginBook", request, DUNG, key="k-1") == begun
    assert (begun.first_number, begun.last_number) == (42, 41)
    assert world.signed().register_entry.number == 42
    no = refused(
        partial(world.call, "BeginBook", pb.BeginBookRequest(register="birth", year=2020, paper_number=50), DUNG)
    )
    assert (no.kind, no.type) == (Kind.CONFLICT, "book-begun")
    options = argparse.Namespace(ward=NAM_DUONG, register="birth", year=2020)
    assert verify_register(options, world.settings, world.cells, world.clock) == 0, capsys.readouterr().out
    assert "1 entries, 0 faults" in capsys.readouterr().out


def test_the_statement_of_a_book_begun_on_paper_says_so_and_takes_no_entry_here_for_its_opening(world: World) -> None:
    """TT 04/2020 Đ36: a book opens with its first event, and the paper says so."""
    world.call("BeginBook", pb.BeginBookRequest(register="birth", year=2020, paper_number=41), DUNG)
    world.signed()
    _close(world, full=True)
    world.signed(child={"full_name": "Nguyễn Minh Bình"})
    _close(world, full=True)
    texts = []
    for volume in (1, 2):
        request = pb.GetClosingStatementRequest(register="birth", year=2020, volume=volume)
        page = PdfReader(io.BytesIO(world.call("GetClosingStatement", request, HOA).content)).pages[0]
        texts.append(" ".join(page.extract_text().split()))
    assert "Ngày mở sổ: như đã ghi trên sổ giấy" in texts[0]
    assert "mở và ghi trên giấy đến số 41/2020" in texts[0]
    assert "Ngày mở sổ: 06/10/2020" in texts[1]
    assert "trên giấy" not in texts[1]


def test_a_full_volume_is_followed_by_the_next_and_numbers_go_on(world: World) -> None:
    """TT 04/2020 Đ29–36: continuous through the year, across volumes."""
    first = world.signed().register_entry
    book = _close(world, full=True)
    second = world.signed(child={"full_name": "Nguyễn Minh Bình"}).register_entry
    assert (first.book, first.number) == ("01-TP/HT-2020-KS", 1)
    assert (second.book, second.number) == ("02-TP/HT-2020-KS", 2)
    assert [(each.label, each.first_number, each.last_number) for each in book.closed_volumes] == [
        ("01-TP/HT-2020-KS", 1, 1)
    ]


def test_a_volume_lasts_from_its_first_event_to_its_last(world: World) -> None:
    """TT 04/2020 Đ36: also into another year."""
    world.signed()
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    world.signed(child={"full_name": "Nguyễn Minh Bình"})
    world.clock.set(datetime(2020, 10, 12, 9, tzinfo=VIETNAM))
    _close(world, full=True)
    assert "Ngày mở sổ: 06/10/2020 Ngày khóa sổ: 08/10/2020" in _statement(world, 1)
    assert "Quyển sổ này đã hết" in _statement(world, 1)
    world.signed(child={"full_name": "Nguyễn Minh Châu", "birth_date": "2020-10-02"})
    world.clock.set(datetime(2020, 12, 31, 17, tzinfo=VIETNAM))
    _close(world)
    assert "Ngày mở sổ: 12/10/2020 Ngày khóa sổ: 31/12/2020" in _statement(world, 2)
    world.clock.set(datetime(2021, 1, 5, 9, tzinfo=VIETNAM))
    world.signed(child={"full_name": "Nguyễn Minh Dũng", "birth_date": "2020-12-20"})
    _close(world, full=True, year=2021)
    assert "Ngày mở sổ: 12/10/2020 Ngày khóa sổ: 05/01/2021" in _statement(world, 1, year=2021)


def _statement(world: World, volume: int, year: int = 2020) -> str:
    request = pb.GetClosingStatementRequest(register="birth", year=year, volume=volume)
    paper = world.call("GetClosingStatement", request, HOA)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages).split())


def test_an_open_volume_without_an_entry_is_not_full(world: World) -> None:
    world.signed()
    _close(world, full=True)
    no = refused(partial(_close, world, full=True))
    assert (no.kind, no.type) == (Kind.CONFLICT, "book-empty")


def test_a_year_is_closed_on_its_last_day_with_a_statement(world: World) -> None:
    """NĐ 123/2015 Đ11.3; TT 04/2020 Đ36: closed on 31/12, with its first event, its last day and its total."""
    world.signed()
    ready = world.filed(child={"full_name": "Nguyễn Minh Châu"}).dossier.id
    world.accept(ready)
    world.approve(ready)
    world.clock.set(datetime(2020, 12, 30, 17, tzinfo=VIETNAM))
    no = refused(partial(_close, world))
    assert (no.kind, no.type) == (Kind.CONFLICT, "year-not-over")
    world.clock.set(datetime(2020, 12, 31, 17, tzinfo=VIETNAM))
    closed = _close(world)
    assert closed.HasField("closed_at")
    text = _statement(world, 1)
    assert "01-TP/HT-2020-KS" in text
    assert "Ngày mở sổ: 06/10/2020 Ngày khóa sổ: 31/12/2020" in text
    assert "của năm 2020 đã đăng ký trong quyển: 01 (bằng chữ: một) Từ số: 01 đến số 01" in text
    assert "quyển chưa hết thì được ghi tiếp cho năm sau" in text
    no = refused(partial(world.sign, ready))
    assert (no.kind, no.type) == (Kind.CONFLICT, "book-closed")
    world.clock.set(datetime(2021, 1, 4, 8, tzinfo=VIETNAM))
    entry = world.sign(ready).register_entry
    assert (entry.book, entry.number) == ("01-TP/HT-2020-KS", 1)


def test_a_book_that_is_not_full_is_used_on_in_the_next_year_and_numbers_begin_again(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """TT 04/2020 Đ29.3; NĐ 87/2020 Đ15.1. The book of the year of opening, until it is full."""
    world.signed()
    _close(world, full=True)
    assert world.signed(child={"full_name": "Nguyễn Minh Bình"}).register_entry.book == "02-TP/HT-2020-KS"
    world.clock.set(datetime(2020, 12, 31, 17, tzinfo=VIETNAM))
    _close(world)
    world.clock.set(datetime(2021, 1, 4, 8, tzinfo=VIETNAM))
    _open_the_years_books(world)
    assert _books(world)["birth"].label == "02-TP/HT-2020-KS"
    assert _books(world)["death"].label == "01-TP/HT-2021-KT", "a book without an entry was never begun"
    born = {"birth_date": "2021-01-02"}
    entry = world.signed(child=born).register_entry
    assert (entry.book, entry.number) == ("02-TP/HT-2020-KS", 1)
    closed = _close(world, full=True, year=2021)
    assert [(each.label, each.first_number, each.last_number) for each in closed.closed_volumes] == [
        ("02-TP/HT-2020-KS", 1, 1)
    ]
    entry = world.signed(child={"full_name": "Nguyễn Minh Chi"} | born).register_entry
    assert (entry.book, entry.number) == ("01-TP/HT-2021-KS", 2)
    request = pb.GetClosingStatementRequest(register="birth", year=2021, volume=1)
    paper = world.call("GetClosingStatement", request, HOA)
    assert "02-TP/HT-2020-KS" in PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    options = argparse.Namespace(ward=NAM_DUONG, register="birth", year=2021)
    assert verify_register(options, world.settings, world.cells, world.clock) == 0, capsys.readouterr().out


def test_a_book_without_entries_is_not_continued(world: World) -> None:
    """TT 04/2020 Đ29.3, Đ36: it would open with its first event."""
    _open_the_years_books(world)
    world.clock.set(datetime(2021, 1, 4, 8, tzinfo=VIETNAM))
    entry = world.signed(child={"birth_date": "2021-01-02"}).register_entry
    assert (entry.book, entry.number) == ("01-TP/HT-2021-KS", 1)


def test_a_year_without_a_birth_leaves_its_book_to_the_next(world: World) -> None:
    """TT 04/2020 Đ29.3."""
    world.signed()
    for year in (2021, 2022):
        world.clock.set(datetime(year, 1, 4, 8, tzinfo=VIETNAM))
        _open_the_years_books(world)
        assert _books(world)["birth"].label == "01-TP/HT-2020-KS"


@pytest.mark.parametrize(
    ("title", "capacity", "for_chairman"),
    [
        ("Phó Chủ tịch phụ trách", Capacity.HEAD, False),
        ("P. Chủ tịch", Capacity.DEPUTY, True),
        ("Chủ tịch", None, False),  # a token of the version before, which has no capacity
        ("Phó Chủ tịch", None, True),
    ],
)
def test_a_closing_statement_is_signed_in_the_signers_capacity_whatever_name_and_title(
    world: World, title: str, capacity: Capacity | None, for_chairman: bool
) -> None:
    """NĐ 30/2020: KT. by capacity. Phó is a surname, too."""
    signer = Person(
        "0b000000-0000-4000-8000-00000000000a", "Phó Đức Chính", (Role.SIGNER,), title=title, capacity=capacity
    )
    world.signed()
    world.call("CloseBook", pb.CloseBookRequest(register="birth", year=2020, full=True), signer)
    paper = world.call("GetClosingStatement", pb.GetClosingStatementRequest(register="birth", year=2020, volume=1), HOA)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert ("KT. CHỦ TỊCH" in text) == for_chairman
    assert "Phó Đức Chính" in text


def test_a_volume_that_the_version_before_closed_is_signed_in_its_signers_capacity(world: World) -> None:
    """During a rolling update pods of the version before close volumes, too: they write name and title in one text."""
    world.signed()
    _close(world, full=True)
    with world.cells[NAM_DUONG].database.transaction() as session:
        session.execute(
            sa.update(RegisterVolumeRow).values(
                closed_by="Phó Đức Chính, Phó Chủ tịch", closed_by_title="", closed_by_capacity=""
            )
        )
    paper = world.call("GetClosingStatement", pb.GetClosingStatementRequest(register="birth", year=2020, volume=1), HOA)
    assert "KT. CHỦ TỊCH" in PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()


def test_entries_are_found_by_names_in_any_order_without_diacritics_by_number_and_by_day(world: World) -> None:
    for name in ("Nguyễn Minh An", "Trần Đức Đạt"):
        world.signed(child={"full_name": name})
    assert [each.number for each in _search(world, query="dat tran")] == [2]
    assert [each.number for each in _search(world, query="Đạt")] == [2]
    assert [each.number for each in _search(world, number=1)] == [1]
    assert [each.number for each in _search(world, year=2020)] == [2, 1]
    assert _search(world, query="dat minh") == []
    assert [each.number for each in _search(world, from_day="2020-10-06", to_day="2020-10-06")] == [2, 1]
    assert _search(world, from_day="2020-10-07") == []
    assert _search(world, query="dat")[0].names == ["TRẦN ĐỨC ĐẠT · 12/09/2020"]


def test_nobody_looks_into_a_register_without_saying_why(world: World) -> None:
    """docs/law.md §18: a search needs a dossier or a reason, and is recorded."""
    no = refused(partial(_search, world, reason=" "))
    assert (no.kind, no.fields[0].field) == (Kind.INVALID, "reason")
    _search(world, reason="Hồ sơ 000.20.48.H17-201006-0001")
    with world.cells[NAM_DUONG].database.transaction() as session:
        looks = session.execute(sa.text("SELECT subject, actor_id FROM audit WHERE action = 'search-register'")).all()
    assert [tuple(look) for look in looks] == [("register:birth: Hồ sơ 000.20.48.H17-201006-0001", DUNG.id)]
    no = refused(partial(world.call, "SearchRegister", pb.SearchRegisterRequest(register="birth", reason="Tò mò"), SAU))
    assert no.kind is Kind.FORBIDDEN


def test_pages_of_a_search_follow_one_another(world: World) -> None:
    for _ in range(3):
        world.signed()
    request = pb.SearchRegisterRequest(register="birth", reason="Thống kê", page_size=2)
    first = world.call("SearchRegister", request, DUNG)
    request.cursor = first.next_cursor
    second = world.call("SearchRegister", request, DUNG)
    assert [each.number for each in (*first.entries, *second.entries)] == [3, 2, 1]
    assert not second.next_cursor
    request.reason = "Hồ sơ 0003"  # recorded, and narrows nothing
    assert len(world.call("SearchRegister", request, DUNG).entries) == 1
    for other in (
        {"register": "marriage"},
        {"query": "An"},
        {"year": 2020},
        {"number": 1},
        {"from_day": "2020-10-06"},
    ):
        strange = pb.SearchRegisterRequest()
        strange.CopyFrom(request)
        strange.MergeFrom(pb.SearchRegisterRequest(**other))
        no = refused(partial(world.call, "SearchRegister", strange, DUNG))
        assert (no.kind, no.type) == (Kind.INVALID, "invalid-cursor"), other


def test_an_entry_is_shown_with_all_it_says_and_its_notes(world: World) -> None:
    entry = world.signed().register_entry
    world.noted(entry.id, "correction", text="Cải chính năm sinh của mẹ.")
    shown = world.call("GetEntry", pb.GetEntryRequest(entry_id=entry.id), HOA)
    assert json.loads(shown.content_json)["child"]["full_name"] == "NGUYỄN MINH AN"
    assert [note.text for note in shown.notes] == ["Cải chính năm sinh của mẹ."]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE register_notes SET content = (SELECT content FROM register_notes WHERE sequence = 1)",
        "UPDATE register_notes SET digest = decode(repeat('00', 32), 'hex') WHERE sequence = 1",
        "DELETE FROM register_notes WHERE sequence = 1",
    ],
)
def test_a_change_of_a_note_behind_the_services_back_is_detected(
    world: World, tampering: str, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = world.signed().register_entry
    for text in ("Cải chính năm sinh của mẹ.", "Cải chính quê quán."):
        world.noted(entry.id, "correction", text=text)
    options = argparse.Namespace(ward=NAM_DUONG, register="birth", year=2020)
    assert verify_register(options, world.settings, world.cells, world.clock) == 0
    with world.cells[NAM_DUONG].database.transaction() as session:
        with pytest.raises(sa.exc.DBAPIError, match="never changed"), session.begin_nested():
            session.execute(sa.text(tampering))
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        session.execute(sa.text(tampering))
    assert verify_register(options, world.settings, world.cells, world.clock) == 1
    assert "2020/1: Ghi chú" in capsys.readouterr().out
