"""Registers are books: labels, entries, and the chain that shows a changed page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.entries import entry_content
from services.dossiers.domain.register import (
    GENESIS,
    REGISTERS,
    Entry,
    RegistrationKind,
    book_label,
    entry_digest,
    verify_chain,
)
from services.dossiers.forms import asked
from tests.unit.dossiers.birth_forms import BIRTH, birth_form
from tests.unit.dossiers.worlds import CATALOGUE, registration

REGISTRATION = registration(
    "KS",
    137,
    prepared_by="Phạm Văn Tâm",
    personal_identification_number="048320000123",
    note="Ghi theo văn bản số 12",
)


def content(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    return entry_content("birth", asked(BIRTH, birth_form(changes)), REGISTRATION)


def book(length: int) -> list[Entry]:
    entries, previous = [], GENESIS
    for number in range(1, length + 1):
        page = {"number": number, "child": {"full_name": f"TRẺ {number}"}}
        digest = entry_digest(previous, page)
        entries.append(Entry(number, previous, digest, page))
        previous = digest
    return entries


def test_books_are_labelled_by_volume_year_and_kind() -> None:
    """TT 04/2020 Đ29–36."""
    assert book_label(2020, "KS") == "01-TP/HT-2020-KS"
    assert book_label(2021, "KT", 12) == "12-TP/HT-2021-KT"
    with pytest.raises(ValueError, match="volume 1"):
        book_label(2020, "KS", 0)


def test_an_entry_has_all_that_the_register_and_the_certificate_have() -> None:
    """Names in capitals, the date of birth in digits and words (TT 04/2020); content as in NĐ 123/2015 Đ4."""
    assert content() == {
        "register": "birth",
        "book": "01-TP/HT-2020-KS",
        "year": 2020,
        "number": 137,
        "registered_on": "2020-10-06",
        "place_of_registration": "Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        "registration_kind": "on-time",
        "parentage": "both",
        "child": {
            "full_name": "NGUYỄN MINH AN",
            "birth_date": "2020-09-12",
            "birth_date_words": "Ngày mười hai, tháng chín, năm hai nghìn không trăm hai mươi",
            "sex": "Nữ",
            "ethnicity": "Kinh",
            "nationality": "Việt Nam",
            "place_of_birth": (
                "Bệnh viện Phụ sản – Nhi Đà Nẵng, 402 Lê Văn Hiến, phường Khuê Mỹ, quận Ngũ Hành Sơn, thành phố Đà Nẵng"
            ),
            "home_town": "Xã Hòa Tiến, huyện Hòa Vang, thành phố Đà Nẵng",
            "personal_identification_number": "048320000123",
        },
        "mother": {
            "full_name": "TRẦN THỊ LAN",
            "birth_year": "1994",
            "ethnicity": "Kinh",
            "nationality": "Việt Nam",
            "residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        },
        "father": {
            "full_name": "NGUYỄN VĂN HÙNG",
            "birth_year": "1992",
            "ethnicity": "Kinh",
            "nationality": "Việt Nam",
            "residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        },
        "requester": {
            "full_name": "NGUYỄN VĂN BÌNH",
            "relation": "Ông hoặc bà",
            "identity_paper": "Căn cước công dân số 048055000123, Công an thành phố Đà Nẵng cấp ngày 20/05/2018",
        },
        "signer": {"full_name": "Lê Thị Hoa", "title": "Chủ tịch", "capacity": "head"},
        "prepared_by": "Phạm Văn Tâm",
        "notes": ["Ghi theo văn bản số 12"],
    }


def test_the_fathers_part_stays_blank_where_he_is_not_recorded() -> None:
    """NĐ 123/2015 Đ15; unknown fields are blank, never dashes (TT 04/2020)."""
    entry = content({"/father/known": False})
    assert set(entry["father"].values()) == {""}
    assert entry["parentage"] == "father-unknown"
    assert entry["mother"]["full_name"] == "TRẦN THỊ LAN"


@pytest.mark.parametrize(
    ("situation", "parentage", "note"),
    [
        ("abandoned", "abandoned", "Trẻ bị bỏ rơi"),
        ("parents-unknown", "both-unknown", "Trẻ chưa xác định được cha, mẹ"),
    ],
)
def test_a_child_without_parents_is_noted_so_and_its_home_town_is_where_it_was_born(
    situation: str, parentage: str, note: str
) -> None:
    """NĐ 123/2015 Đ14, Đ15."""
    entry = content({"/child/situation": situation})
    assert (entry["parentage"], entry["notes"][0]) == (parentage, note)
    assert entry["child"]["ethnicity"] == ""
    assert entry["child"]["home_town"] == entry["child"]["place_of_birth"] != ""
    assert entry["child"]["nationality"] == "Việt Nam"
    assert set(entry["mother"].values()) | set(entry["father"].values()) == {""}


def test_a_sex_that_is_not_determined_stays_blank() -> None:
    """NĐ 123/2015 Đ4.1d; TT 04/2020 Đ29.9: never guessed."""
    assert content({"/child/sex": "undetermined"})["child"]["sex"] == ""


def test_a_parent_who_has_died_resides_nowhere() -> None:
    """TT 04/2020 Đ10.2, for children by analogy."""
    entry = content({"/father/lives_in": "dead"})
    assert (entry["father"]["full_name"], entry["father"]["residence"]) == ("NGUYỄN VĂN HÙNG", "Đã chết")
    assert entry["mother"]["residence"].startswith("12 Lê Đình Dương")


def test_a_foundling_is_never_late() -> None:
    """NĐ 123/2015 Đ14: record, notice and invitation come first, and take their time."""
    assert BIRTH.late is not None
    found = birth_form({"/child/situation": "abandoned"})
    assert BIRTH.late.is_late(birth_form(), date(2021, 10, 6))
    assert not BIRTH.late.is_late(found, date(2021, 10, 6))


def test_values_left_on_pages_no_longer_shown_do_not_reach_the_register() -> None:
    """Even where the caller forgets to take them away."""
    form = birth_form({"/child/situation": "abandoned", "/birth_place/kind": "elsewhere"})
    entry = entry_content("birth", form, REGISTRATION)
    assert entry["mother"]["full_name"] == entry["child"]["ethnicity"] == ""
    assert entry["child"]["place_of_birth"].startswith("402 ")
    unknown = entry_content("birth", birth_form({"/father/known": False}), REGISTRATION)
    assert set(unknown["father"].values()) == {""}


def test_suffixes_of_volumes_are_those_remembered() -> None:
    """TT 04/2020 Đ29–36; of the suffixes only GH was read in the text (docs/law.md §2.2), so they are data."""
    shipped = {each.register.name: each.register.suffix for each in CATALOGUE}
    assert shipped == {"birth": "KS", "marriage": "KH", "death": "KT", "marital-status": "XNHN", "copies": "BS"}
    assert shipped == {name: register.suffix for name, register in REGISTERS.items()}


def test_late_is_by_the_day_of_filing_not_of_registration() -> None:
    """Luật Hộ tịch 2014 Đ15: 60 days."""
    assert BIRTH.late is not None
    assert not BIRTH.late.is_late(birth_form(), date(2020, 11, 11))
    assert BIRTH.late.is_late(birth_form(), date(2020, 11, 12))
    late = replace(REGISTRATION, kind=RegistrationKind.LATE)
    assert entry_content("birth", birth_form(), late)["registration_kind"] == "late"


def test_an_ethnicity_outside_the_list_is_written_as_it_was_given() -> None:
    assert content({"/child/ethnicity": "other", "/child/ethnicity_other": "Pa Cô"})["child"]["ethnicity"] == "Pa Cô"


def test_a_birth_without_a_date_is_not_registered() -> None:
    with pytest.raises(ValueError, match="without its date"):
        content({"/child/birth_date": "chưa rõ"})


def test_a_whole_book_has_no_faults() -> None:
    assert verify_chain(book(5)) == []
    assert verify_chain([]) == []


@given(st.integers(1, 6), st.data())
def test_any_change_of_a_page_shows(length: int, draw: st.DataObject) -> None:
    entries = book(length)
    at = draw.draw(st.integers(0, length - 1))
    entries[at] = replace(entries[at], content={**entries[at].content, "child": {"full_name": "KHÁC"}})
    assert [fault.number for fault in verify_chain(entries)] == [at + 1]


def test_a_page_changed_with_its_digest_shows_at_the_next() -> None:
    entries = book(4)
    changed = {"number": 2, "child": {"full_name": "KHÁC"}}
    entries[1] = replace(entries[1], content=changed, digest=entry_digest(entries[1].previous, changed))
    assert [fault.number for fault in verify_chain(entries)] == [3]


def test_a_gap_a_double_and_a_wrong_number_show() -> None:
    whole = book(4)
    assert {fault.number for fault in verify_chain([*whole[:1], *whole[2:]])} == {3}
    assert {fault.number for fault in verify_chain([*whole[:2], whole[1], *whole[2:]])} == {2}
    assert {fault.number for fault in verify_chain(whole[1:])} == {2}
    misnumbered = entry_digest(GENESIS, {"number": 7})
    assert [fault.number for fault in verify_chain([Entry(1, GENESIS, misnumbered, {"number": 7})])] == [1]


def test_the_digest_before_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        entry_digest(b"", {"number": 1})
