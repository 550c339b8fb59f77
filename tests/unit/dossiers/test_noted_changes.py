"""How notes change entries, and which note may follow which."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.dossiers.domain.noted_changes import CHANGEABLE, needs_whole_day, written
from services.dossiers.domain.notes import NOTE_KINDS, former, may_change, updated, wrong_order
from services.dossiers.domain.register import LONG_AGO_PAPER

TODAY = date(2020, 10, 6)
BIRTH: dict[str, Any] = {
    "register": "birth",
    "parentage": "both",
    "child": {"full_name": "LÊ AN", "birth_date": "2020-09-12", "birth_date_words": "Ngày mười hai, …"},
    "mother": {"full_name": "TRẦN THỊ LAN", "birth_year": "1990"},
    "father": {"full_name": "LÊ VĂN AN", "birth_year": "1989"},
}


def note(kind: str, **changes: tuple[str, str]) -> dict[str, Any]:
    said = {at.replace("__", "/"): {"was": was, "now": now} for at, (was, now) in changes.items()}
    return {"kind": kind, "changes": said}


def test_a_man_who_is_not_the_father_leaves_that_part_blank() -> None:
    """Luật HNGĐ 2014 Đ88.2."""
    judged = note("parentage", father__full_name=("LÊ VĂN AN", ""), father__birth_year=("1989", ""))
    now = updated(BIRTH, [judged])
    assert now["father"] == {"full_name": "", "birth_year": ""}
    assert now["parentage"] == "father-unknown"
    assert updated(BIRTH, [judged, {"kind": "note-withdrawn", "withdraws": 1}]) == BIRTH, "it counts no longer"


def test_a_note_of_before_there_were_changes_gives_its_name() -> None:
    named = updated(BIRTH, [{"kind": "correction", "renamed": "child", "new_name": "LÊ BÌNH"}])
    assert named["child"]["full_name"] == "LÊ BÌNH"


def test_the_day_of_a_death_changes_with_its_words_and_keeps_its_hour() -> None:
    death = {
        "date": "2020-10-04",
        "at": "17 giờ 30 phút, ngày 04/10/2020",
        "at_words": "Mười bảy giờ ba mươi phút, ngày bốn",
    }
    entry = {"register": "death", "death": death}
    now = updated(entry, [note("correction", death__date=("2020-10-04", "2020-10-03"))])["death"]
    assert now["at"] == "17 giờ 30 phút, ngày 03/10/2020"
    assert now["at_words"].startswith("Mười bảy giờ ba mươi phút, ngày ba, tháng mười")


@pytest.mark.parametrize(
    ("was", "now", "at", "at_words"),
    [
        ("1968", "1967", "Năm 1967", "Năm một nghìn chín trăm sáu mươi bảy"),
        ("1968", "1967-03", "Tháng 03/1967", "Tháng ba, năm một nghìn chín trăm sáu mươi bảy"),
        ("1968", "1967-03-02", "Ngày 02/03/1967", "Ngày hai, tháng ba, năm một nghìn chín trăm sáu mươi bảy"),
        ("1967-03-02", "1967", "Năm 1967", "Năm một nghìn chín trăm sáu mươi bảy"),
    ],
)
def test_a_death_is_corrected_to_and_from_a_year(was: str, now: str, at: str, at_words: str) -> None:
    """TT 04/2020 Đ29.9: as the writer of entries says a death of which only the year is known."""
    assert written(CHANGEABLE["death"]["death/date"], now, TODAY) == now
    entry = {"register": "death", "death": {"date": was, "at": f"Năm {was}", "at_words": "…"}}
    death = updated(entry, [note("correction", death__date=(was, now))])["death"]
    assert (death["date"], death["at"], death["at_words"]) == (now, at, at_words)


@pytest.mark.parametrize(
    ("kind", "date", "whole"),
    [("Giấy báo tử", "2020-10-04", True), (LONG_AGO_PAPER, "1968-01-02", False), ("", "1968", False)],
)
def test_only_a_death_long_ago_may_be_corrected_to_a_year(kind: str, date: str, whole: bool) -> None:
    """TT 04/2020 Đ29.9."""
    assert needs_whole_day({"death": {"date": date}, "death_paper": {"kind": kind}}, "death/date") is whole


def test_a_former_parent_is_nobody_to_an_entry_that_has_another_and_a_corrected_one_is() -> None:
    """Luật Hộ tịch 2014 Đ63."""
    at = "father__full_name"
    assert former([note("correction", **{at: ("LÊ VAN AN", "LÊ VĂN AN")})], "father/full_name") == ["LÊ VAN AN"]
    assert former([note("parentage", **{at: ("LÊ VĂN AN", "HỒ VĂN BA")})], "father/full_name") == []
    twice = [note("parentage", **{at: ("A", "B")}), note("correction", **{at: ("B", "C")})]
    assert former(twice, "father/full_name") == ["B"]


@pytest.mark.parametrize(
    ("kind", "before", "fits"),
    [
        ("divorce", [], True),
        ("divorce", ["divorce"], False),
        ("divorce", ["annulment"], False),
        ("divorce", ["death"], True),
        ("annulment", ["divorce"], True),
        ("annulment", ["annulment"], False),
        ("death", ["divorce"], False),
        ("death", ["death"], False),
        ("death", ["death", "marriage-restored"], True),
        ("marriage-restored", [], False),
        ("marriage-restored", ["death"], True),
        ("correction", ["divorce"], True),
    ],
)
def test_a_marriage_ends_once(kind: str, before: list[str], fits: bool) -> None:
    """Luật HNGĐ 2014 Đ57, Đ65, Đ67.1."""
    assert (wrong_order(kind, before) == "") is fits


@pytest.mark.parametrize(
    ("at", "typed", "kept"),
    [
        ("child/birth_date", "2020-09-11", "2020-09-11"),
        ("child/birth_date", "2020", None),
        ("child/birth_date", "2020-10-07", None),
        ("child/birth_date", "", None),
        ("child/sex", "male", "Nam"),
        ("child/sex", "", ""),
        ("child/sex", "x", None),
        ("father/full_name", "  lê  văn an ", "LÊ VĂN AN"),
        ("father/full_name", "", ""),
        ("child/full_name", "", None),
        ("father/birth_year", "1990", "1990"),
        ("father/birth_year", "90", None),
        ("father/nationality", "vietnamese", "Việt Nam"),
    ],
)
def test_what_is_typed_is_written_as_the_register_writes_it(at: str, typed: str, kept: str | None) -> None:
    """TT 04/2020 Đ29.5, Đ29.9, Đ31."""
    assert written(CHANGEABLE["birth"][at], typed, TODAY) == kept


def test_a_birth_in_a_marriage_entry_may_have_only_year_or_month() -> None:
    """TTLT 01/2016 Đ2 (quoted)."""
    kept = [written(CHANGEABLE["marriage"]["wife/birth_date"], text, TODAY) for text in ("1955", "1955-03", "1955-13")]
    assert kept == ["1955", "1955-03", None]


def test_a_kind_of_note_changes_what_it_is_about() -> None:
    """TT 04/2020 Đ29.6."""
    changing = {kind for kind in NOTE_KINDS if may_change(kind, "birth", "father/full_name")}
    assert changing == {"recognition", "parentage", "adoption", "adoption-ended", "correction", "other"}
    assert {kind for kind in NOTE_KINDS if may_change(kind, "birth", "child/sex")} == {"sex", "correction", "other"}
    assert not may_change("correction", "marital-status", "person/full_name")
