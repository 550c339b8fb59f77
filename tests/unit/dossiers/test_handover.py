"""The reasons against a hand-over, without any service: every combination that the desk can send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.handover import Delivery, Handing, handover_faults, to_compare
from tests.unit.dossiers.birth_forms import BIRTH, TODAY, birth_form
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import CATALOGUE, Filing

COUPLE = frozenset({"/wife/full_name", "/husband/full_name"})


def fields(filing: Filing, compared: dict[str, bool] | None, handing: Handing) -> set[str]:
    papers = to_compare(filing.procedure, filing.filed(), ())
    done = {each.kind: True for each in papers} if compared is None else compared
    return {field for field, _ in handover_faults(filing.procedure, filing.filed(), papers, done, handing)}


def test_papers_are_compared_where_the_form_needs_them_or_the_office_asked() -> None:
    """NĐ 123/2015 Đ3; TT 04/2020 Đ3: nothing outside the list."""
    kinds = [each.kind for each in to_compare(COPY.procedure, COPY.filed(), ())]
    assert kinds == ["requester-identity"]
    assert [each.kind for each in to_compare(COPY.procedure, COPY.filed(), {"authorisation"})] == [
        "authorisation",
        "requester-identity",
    ]


@given(present=st.sets(st.sampled_from([*sorted(COUPLE), "/requester/full_name"])), authorised=st.booleans())
def test_a_marriage_certificate_goes_to_both_spouses_and_nobody_for_them(present: set[str], authorised: bool) -> None:
    """TT 04/2020 Đ2, Đ3.5"""
    handing = Handing("office", "Trần Thị Lan", authorised=authorised, present=frozenset(present))
    expected = ({"present"} if not present >= COUPLE else set()) | ({"authorised"} if authorised else set())
    assert fields(MARRIAGE, None, handing) == expected


def test_results_for_which_nobody_signs_the_register_may_be_sent_and_no_others() -> None:
    """NĐ 87/2020 Đ12.4–6: confirmations of marital status and copies."""
    assert {each.code for each in CATALOGUE if each.handover.remote} == {"1.004873", "2.000635"}
    assert all(each.handover.remote == (each.handover.register_signed == "never") for each in CATALOGUE)


def test_who_is_present_may_be_named_as_in_the_form() -> None:
    names = frozenset({"trần  thị LAN", "Nguyễn Văn Hùng"})
    assert fields(MARRIAGE, None, Handing("office", "Trần Thị Lan", present=names)) == set()
    one = frozenset({"/husband/full_name", "Trần Thị Liên"})
    assert fields(MARRIAGE, None, Handing("office", "Trần Thị Lan", present=one)) == {"present"}


def test_a_name_that_two_have_who_have_to_come_stands_for_neither() -> None:
    form = MARRIAGE.filed()
    alike = {**form, "wife": {**form["wife"], "full_name": form["husband"]["full_name"]}}
    handing = Handing("office", "Lan", present=frozenset({form["husband"]["full_name"]}))
    papers = to_compare(MARRIAGE.procedure, alike, ())
    found = handover_faults(MARRIAGE.procedure, alike, papers, {each.kind: True for each in papers}, handing)
    assert {field for field, _ in found} == {"present"}


@pytest.mark.parametrize("filing", [Filing(BIRTH, birth_form(), TODAY), DEATH], ids=["birth", "death"])
def test_the_filer_of_a_birth_or_a_death_comes_and_signs_the_register(filing: Filing) -> None:
    """TT 04/2020 Đ3; NĐ 87/2020 Đ12: handed over at the office only."""
    assert fields(filing, None, Handing("office", "Nguyễn Văn Bình", register_signed=True)) == set()
    assert fields(filing, None, Handing("office", "Nguyễn Văn Bình")) == {"register_signed"}
    assert fields(filing, None, Handing("post", "Nguyễn Văn Bình", "EA1", register_signed=True)) == {"delivery"}


@given(
    delivery=st.sampled_from([*Delivery, "pigeon"]),
    note=st.sampled_from(["", "EA1", "chị Lan"]),
    compared=st.booleans(),
)
def test_only_what_may_be_sent_is_sent_and_what_is_posted_has_its_number(
    delivery: str, note: str, compared: bool
) -> None:
    """NĐ 87/2020 Đ12"""
    expected = {"delivery"} if delivery == "pigeon" else set()
    expected |= {"delivery_note"} if delivery == "post" and note != "EA1" else set()
    expected |= {"documents/requester-identity"} if delivery == "office" and not compared else set()
    done = {"requester-identity": True} if compared else {}
    assert fields(COPY, done, Handing(delivery, "Phan Thanh Tùng", note)) == expected
    at_home = fields(MARRIAGE, None, Handing(delivery, "Lan", "EA1", present=COUPLE))
    assert at_home == (set() if delivery == "office" else {"delivery"})


@given(st.sampled_from(list(Delivery)))
def test_a_difference_prevents_every_way_of_delivery(delivery: str) -> None:
    handing = Handing(delivery, "Phan Thanh Tùng", "EA1")
    assert fields(COPY, {"requester-identity": False}, handing) == {"documents/requester-identity"}
