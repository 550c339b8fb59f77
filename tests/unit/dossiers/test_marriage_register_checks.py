"""What the ward's registers say to a marriage (1.000894): standing marriages, deaths and kinship, check by check."""

from __future__ import annotations

from datetime import date

import pytest

from services.dossiers.domain.people import Person
from tests.unit.dossiers.marriage_forms import HUNG, LAN, MARRIAGE, PAPER, divorced
from tests.unit.dossiers.worlds import OFFICER, STOPS, Registers

told, finding = MARRIAGE.told, MARRIAGE.finding


def test_an_existing_marriage_in_the_register_prevents_a_second() -> None:
    """Luật HNGĐ 2014 Đ5.2: found by the number of a paper it is certain."""
    records = Registers(marriages=[(LAN, Person("Lê Văn Tài", date(1990, 1, 1)))])
    standing = finding("standing-marriage", records=records)
    assert (standing.field, standing.kind, standing.article) == ("/wife/full_name", STOPS, "Luật HNGĐ 2014 Đ5.2")
    assert "số 12/2018" in standing.text
    assert told("standing-marriage", divorced("wife"), records=records) == {"/wife/full_name": STOPS}
    ended = Registers(former=[*records.marriages])
    assert told("standing-marriage", records=ended) == {}


def test_a_paper_from_within_the_year_of_a_death_asks_the_officer_which_was_first() -> None:
    """NĐ 123/2015 Đ23; Luật HNGĐ 2014 Đ65: of that death no more than the year is known."""
    records = Registers(former=[(HUNG, MOTHER)], died=(date(2020, 1, 1), date(2020, 12, 31)))
    paper = f"{PAPER}/issued_on"
    for issued, told_of in (
        ("2019-12-31", {paper: STOPS}),
        ("2020-01-01", {paper: OFFICER}),
        ("2020-12-30", {paper: OFFICER}),
        ("2020-12-31", {}),
    ):
        assert told("standing-marriage", {paper: issued}, records=records) == told_of, issued


def test_a_marriage_of_somebody_of_the_same_name_and_birth_asks_the_officer() -> None:
    """Luật HNGĐ 2014 Đ5.2."""
    records = Registers(marriages=[(Person("Lê Thị Mai"), Person("NGUYỄN VĂN HÙNG", date(1994, 11, 20)))])
    assert told("standing-marriage", records=records) == {"/husband/full_name": OFFICER}
    older = Registers(marriages=[(Person("Lê Thị Mai"), Person("Nguyễn Văn Hùng", date(1984, 11, 20)))])
    assert told("standing-marriage", records=older) == {}


def test_a_person_with_a_death_entry_does_not_marry() -> None:
    hung = Person("Nguyễn Văn Hùng", date(1994, 11, 20))
    assert told("party-is-dead", records=Registers(dead=[hung])) == {"/husband/full_name": OFFICER}
    assert told("party-is-dead", records=Registers(dead=[HUNG])) == {"/husband/full_name": STOPS}
    assert told("party-is-dead", records=Registers()) == {}


def test_typing_a_name_does_not_reveal_the_registers() -> None:
    """Without the office's look into the registers these checks do not run."""
    checks = {each.check for each in MARRIAGE.found(records=Registers(dead=[HUNG]))}
    assert "party-is-dead" in checks
    assert not {"party-is-dead", "standing-marriage", "kinship-in-registers"} & {
        each.check for each in MARRIAGE.found()
    }


def known(name: str, year: int) -> Person:
    """Somebody with a number of their own, so that all who name them are sure to mean them."""
    return Person(name, birth_year=year, identity_numbers=frozenset({f"number of {name}"}))


MOTHER, FATHER, UNCLE, GRANDMOTHER, GREAT, GREATER = (
    known("Phạm Thị Hoa", 1970),
    known("Trần Văn Ba", 1968),
    known("Phạm Văn Tư", 1972),
    known("Võ Thị Năm", 1945),
    known("Đỗ Thị Sáu", 1922),
    known("Hồ Thị Bảy", 1900),
)


KIN = {
    "parent and child": Registers(born=[(LAN, (HUNG,))]),
    "grandparent and grandchild": Registers(born=[(LAN, (MOTHER,)), (MOTHER, (HUNG,))]),
    "siblings": Registers(born=[(LAN, (MOTHER, FATHER)), (HUNG, (MOTHER, FATHER))]),
    "half-siblings": Registers(born=[(LAN, (MOTHER, FATHER)), (HUNG, (MOTHER,))]),
    "uncle and niece": Registers(born=[(LAN, (MOTHER,)), (MOTHER, (GRANDMOTHER,)), (HUNG, (GRANDMOTHER,))]),
    "children of siblings": Registers(
        born=[(LAN, (MOTHER,)), (MOTHER, (GRANDMOTHER,)), (HUNG, (UNCLE,)), (UNCLE, (GRANDMOTHER,))]
    ),
    "father-in-law and daughter-in-law": Registers(former=[(LAN, UNCLE)], born=[(UNCLE, (HUNG,))]),
    "mother-in-law and son-in-law": Registers(former=[(MOTHER, HUNG)], born=[(MOTHER, (LAN,))]),
    "stepfather and stepdaughter": Registers(former=[(MOTHER, HUNG)], born=[(LAN, (MOTHER, FATHER))]),
    "stepmother and stepson": Registers(former=[(LAN, UNCLE)], born=[(HUNG, (UNCLE,))]),
}


@pytest.mark.parametrize("kin", KIN)
def test_prohibited_kinship_that_the_registers_show_stops(kin: str) -> None:
    """Luật HNGĐ 2014 Đ5.2, Đ3.17-18: direct line, three generations, in-laws and stepchildren, now or formerly."""
    found = MARRIAGE.found(records=KIN[kin])
    [related] = [each for each in found if each.check == "kinship-in-registers"]
    assert (related.kind, related.article) == (STOPS, "Luật HNGĐ 2014 Đ5.2"), related.text


def test_the_fourth_generation_may_marry() -> None:
    """Luật HNGĐ 2014 Đ3.18: children of cousins are beyond three generations; so are those who share nobody."""
    second_cousins = Registers(
        born=[
            (LAN, (MOTHER,)),
            (MOTHER, (GRANDMOTHER,)),
            (GRANDMOTHER, (GREAT,)),
            (HUNG, (UNCLE,)),
            (UNCLE, (GREATER,)),
            (GREATER, (GREAT,)),
        ]
    )
    assert told("kinship-in-registers", records=second_cousins) == {}
    assert told("kinship-in-registers", records=Registers(born=[(LAN, (MOTHER,)), (HUNG, (UNCLE,))])) == {}


def test_the_own_parents_are_no_step_parents() -> None:
    married_parents = Registers(marriages=[(MOTHER, FATHER)], born=[(LAN, (MOTHER, FATHER))])
    assert told("kinship-in-registers", records=married_parents) == {}


def test_parents_of_the_same_names_and_years_ask_the_officer() -> None:
    """Registers of births hold no numbers of parents, so their names may be others'."""
    likely = Person("Phạm Thị Hoa", birth_year=1970)
    assert told("kinship-in-registers", records=Registers(born=[(LAN, (likely,)), (HUNG, (likely,))])) == {
        "/husband/full_name": OFFICER
    }
    other = Person("Phạm Thị Hoa", birth_year=1971)
    assert told("kinship-in-registers", records=Registers(born=[(LAN, (likely,)), (HUNG, (other,))])) == {}


def test_a_chain_is_as_sure_as_its_weakest_link() -> None:
    lan, hung = Person("Trần Thị Lan", date(1996, 3, 8)), Person("Nguyễn Văn Hùng", date(1994, 11, 20))
    unsure: list[list[tuple[Person, tuple[Person, ...]]]] = [
        [(lan, (HUNG,))],
        [(lan, (MOTHER,)), (MOTHER, (HUNG,))],
        [(LAN, (MOTHER,)), (hung, (MOTHER,))],
    ]
    for born in unsure:
        assert told("kinship-in-registers", records=Registers(born=born)) == {"/husband/full_name": OFFICER}
