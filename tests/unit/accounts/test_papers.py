"""Which identity paper may follow which, and on what the link of the two may rest."""

from __future__ import annotations

from itertools import product

import pytest

from services.accounts.domain.changes import Paper
from services.accounts.domain.identity import KINDS
from services.accounts.domain.papers import GROUNDS, Replacement, read_replacement
from services.chassis.refusal import Refusal

OLD = {"cccd": "048155001001", "cmnd": "201123456", "passport": "C1234567"}
NEW = {"cccd": "048155009009", "cmnd": "201999999", "passport": "N7654321"}
ALLOWED = {
    ("cmnd", "cccd"): {"old-paper", "new-paper", "number-confirmation"},
    ("passport", "passport"): {"old-paper", "new-paper", "number-confirmation"},
    ("passport", "cccd"): {"old-paper", "new-paper", "number-confirmation"},
    ("cccd", "cccd"): {"number-reissued", "mistyped-at-opening"},
}


def old(kind: str) -> Paper:
    return Paper(kind, OLD[kind])


def refused(old: Paper, kind: str, number: str, ground: str) -> Refusal:
    with pytest.raises(Refusal) as no:
        read_replacement(old, kind, number, ground)
    return no.value


@pytest.mark.parametrize(("before", "after", "ground"), list(product(KINDS, KINDS, GROUNDS)))
def test_a_paper_follows_another_on_the_grounds_that_link_the_two(before: str, after: str, ground: str) -> None:
    grounds = ALLOWED.get((before, after), set())
    if ground in grounds:
        read = read_replacement(old(before), after, NEW[after], ground)
        assert read == Replacement(old(before), Paper(after, NEW[after]), ground)
        return
    no = refused(old(before), after, NEW[after], ground)
    assert no.type == "invalid-replacement"
    assert [fault.field for fault in no.fields] == ["ground" if grounds else "new_identity_kind"]


def test_the_new_number_is_read_as_people_write_it() -> None:
    read = read_replacement(old("cmnd"), "cccd", "048 155 009.009", "old-paper")
    assert read.new == Paper("cccd", "048155009009")


def test_a_number_that_differs_in_more_than_two_digits_is_no_slip() -> None:
    no = refused(old("cccd"), "cccd", "048155009099", "mistyped-at-opening")
    assert [fault.field for fault in no.fields] == ["ground"]
    assert "không coi là gõ nhầm" in no.text


def test_a_card_that_was_renewed_with_its_number_changes_nothing() -> None:
    no = refused(old("cccd"), "cccd", OLD["cccd"], "number-reissued")
    assert [fault.field for fault in no.fields] == ["new_identity_number"]
    assert "tài khoản không phải đổi gì" in no.text


def test_another_number_of_a_citizen_card_asks_for_the_paper_that_says_why() -> None:
    no = refused(old("cccd"), "cccd", NEW["cccd"], "old-paper")
    assert "giấy xác nhận hủy, xác lập lại số định danh cá nhân" in no.text


@pytest.mark.parametrize(("kind", "number", "field"), [("cccd", "123", "number"), ("", NEW["cccd"], "kind")])
def test_what_is_wrong_with_the_new_paper_is_named_at_its_field(kind: str, number: str, field: str) -> None:
    no = refused(old("cmnd"), kind, number, "old-paper")
    assert (no.type, [fault.field for fault in no.fields]) == ("invalid-identity", [f"new_identity_{field}"])


@pytest.mark.parametrize("ground", ["", "khác"])
def test_a_ground_has_to_be_chosen(ground: str) -> None:
    no = refused(old("cmnd"), "cccd", NEW["cccd"], ground)
    assert (no.type, [fault.field for fault in no.fields]) == ("invalid-replacement", ["ground"])
    assert "Xin chọn căn cứ" in no.text
