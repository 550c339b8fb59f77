"""The content of the book of copies and of the copies (2.000635; TT 04/2020 Đ23)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.dossiers.domain.entries import PEOPLE, entry_content
from services.dossiers.domain.people import Person
from tests.unit.dossiers.copy_forms import COPY, DEATH, MARRIAGE, ORGANISATION
from tests.unit.dossiers.worlds import registration

BIRTH_ENTRY: dict[str, Any] = {
    "register": "birth",
    "number": 41,
    "year": 2015,
    "child": {"full_name": "PHAN GIA HÂN", "home_town": None},
    "father": {"full_name": "PHAN THANH TÙNG", "birth_year": "1985"},
    "notes": [],
}
DIVORCE = "Đã ly hôn theo Quyết định số 12/2019/QĐST-HNGĐ ngày 3/6/2019 của Tòa án nhân dân quận Hải Châu"
MARRIAGE_ENTRY: dict[str, Any] = {
    "register": "marriage",
    "number": 9,
    "husband": {"full_name": "PHAN THANH TÙNG"},
    "notes": [],
    "later_notes": [{"text": DIVORCE, "basis": "Quyết định", "on": "2019-06-20", "signer_name": "Lê Thị Hoa"}],
}
REGISTRATION = registration("BS", 31, source=BIRTH_ENTRY)


def content(changes: dict[str, Any] | None = None, source: dict[str, Any] = BIRTH_ENTRY) -> dict[str, Any]:
    return entry_content("copies", COPY.filed(changes), replace(REGISTRATION, source=source))


def test_the_book_says_what_was_copied_how_often_and_for_whom() -> None:
    """The columns of the “Sổ cấp bản sao trích lục”; the day, the number and the signer are every entry's."""
    entry = content()
    assert entry["registered_on"] == "2020-10-06"
    assert entry["signer"] == {"full_name": "Lê Thị Hoa", "title": "Chủ tịch", "capacity": "head"}
    assert (entry["copy_of"], entry["extract"], entry["copies"]) == ("birth", "Bản sao Giấy khai sinh", 3)
    assert entry["subject"] == {"full_name": "PHAN GIA HÂN"}
    assert entry["requester"] == {
        "full_name": "PHAN THANH TÙNG",
        "relation": "Cha hoặc mẹ",
        "identity_paper": "Chứng minh nhân dân số 201456789, Công an thành phố Đà Nẵng cấp ngày 11/04/2012",
        "residence": "27 Hoàng Diệu, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
    }
    assert set(entry["organisation"].values()) == {""}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (DEATH, "Con"),
        (DEATH | {"/requester/kinship": "heir"}, "Người thừa kế"),
        ({"/requester/relation": "guardian"}, "Người đại diện theo pháp luật"),
        ({"/requester/kind": "agent", "/principal/relation": "self"}, "Người được ủy quyền"),
        (ORGANISATION, ""),
    ],
)
def test_the_book_says_in_what_relation_it_was_asked_for(changes: dict[str, Any], said: str) -> None:
    """A copy for an agent is not one for the person's own paper: whose number it is stays with them."""
    source = BIRTH_ENTRY | {"register": changes.get("/copy/kind", "birth")}
    assert content(changes, source)["requester"]["relation"] == said


def test_an_organisation_is_named_with_its_reason() -> None:
    assert content(ORGANISATION)["organisation"] == {
        "name": "Bảo hiểm xã hội quận Hải Châu",
        "address": "76 Bạch Đằng, phường Hải Châu I, quận Hải Châu, thành phố Đà Nẵng",
        "reason": "Giải quyết chế độ tử tuất cho thân nhân",
    }


def test_what_the_copied_entry_does_not_have_stays_blank() -> None:
    """TT 04/2020 Đ23."""
    source = content()["source"]
    assert source == {**BIRTH_ENTRY, "child": {"full_name": "PHAN GIA HÂN", "home_town": ""}}


def test_a_copy_of_a_marriage_after_the_divorce_says_so() -> None:
    """TT 04/2020 Đ23: content of the register with its later changes."""
    entry = content(MARRIAGE, MARRIAGE_ENTRY)
    assert entry["extract"] == "Trích lục kết hôn (bản sao)"
    assert [note["text"] for note in entry["source"]["later_notes"]] == [DIVORCE]


def test_a_death_is_copied_as_an_extract_without_its_cause() -> None:
    """Only the register has the cause."""
    source = {"register": "death", "deceased": {"full_name": "PHAN VĂN ĐỨC"}, "cause_of_death": "Bệnh"}
    entry = content(DEATH, source)
    assert entry["extract"] == "Trích lục khai tử (bản sao)"
    assert entry["source"] == {"register": "death", "deceased": {"full_name": "PHAN VĂN ĐỨC"}}


def test_a_copy_keeps_the_places_as_the_register_has_them() -> None:
    """TT 04/2020: place names are those that were valid at registration, and not today's."""
    places = {"birth_place": "Xã Hòa Cường, huyện Hòa Vang, tỉnh Quảng Nam – Đà Nẵng", "place": "UBND xã Hòa Cường"}
    source = {**BIRTH_ENTRY, **places}
    copied = entry_content("copies", COPY.form, replace(REGISTRATION, source=source))["source"]
    assert {name: copied[name] for name in places} == places


@pytest.mark.parametrize("changes", [MARRIAGE, DEATH, {"/copy/kind": "other"}])
def test_an_entry_of_another_register_than_asked_for_is_not_copied(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs the entry"):
        content(changes)


def test_nothing_is_copied_without_an_entry() -> None:
    with pytest.raises(ValueError, match="needs the entry"):
        entry_content("copies", COPY.filed(), replace(REGISTRATION, source=None))


def test_a_copy_in_the_book_is_found_by_the_person_of_the_copied_entry() -> None:
    child = Person("Phan Gia Hân", date(2015, 9, 12))
    assert PEOPLE["copies"](COPY.filed(), REGISTRATION) == {"subject": child}
    himself = Person("Phan Thanh Tùng", date(1985, 2, 17), frozenset({"201456789"}))
    assert PEOPLE["copies"](COPY.filed(MARRIAGE), REGISTRATION) == {"subject": himself}
