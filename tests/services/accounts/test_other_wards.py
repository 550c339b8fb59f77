"""A token is good in one ward; for another its holder gets one from home (docs/decisions/0047)."""

from __future__ import annotations

import time

import pytest
from caunoi.accounts.v1 import accounts_pb2
from sqlalchemy import update

from services.accounts.storage import people as storage
from services.accounts.tables import AccountRow
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Principal, Role, Verifier, load_verifier
from tests.district import PRACTICE
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts

HAI_CHAU_1 = "20236"


@pytest.fixture
def verifier(keys: object) -> Verifier:
    from pathlib import Path

    return load_verifier(Path(str(keys)) / "trusted.json")


def issue(accounts: Accounts, token: str, *wards: str, for_list: bool = False) -> dict[str, str]:
    asked = accounts_pb2.IssueWardTokensRequest(wards=wards, for_list=for_list)
    answer = accounts.call("IssueWardTokens", asked, token=token)
    return dict(answer.tokens)


def own_wards(accounts: Accounts, token: str) -> list[str]:
    return list(accounts.call("ListOwnWards", accounts_pb2.ListOwnWardsRequest(), token=token).wards)


def refused(accounts: Accounts, token: str, *wards: str) -> tuple[Kind, str]:
    with pytest.raises(Refusal) as no:
        issue(accounts, token, *wards)
    return no.value.kind, no.value.type


def test_a_citizen_gets_for_each_ward_a_token_that_names_them_and_is_good_there_alone(
    accounts: Accounts, citizen: str, verifier: Verifier
) -> None:
    own = accounts.token(citizen)
    issued = issue(accounts, own, THANH_BINH, HAI_CHAU_1)
    named = {ward: verifier.verify(token) for ward, token in issued.items()}
    assert {ward: who.good_in for ward, who in named.items()} == {THANH_BINH: THANH_BINH, HAI_CHAU_1: HAI_CHAU_1}
    assert {(who.id, who.ward, who.roles) for who in named.values()} == {
        (citizen, NAM_DUONG, frozenset({Role.CITIZEN}))
    }
    with pytest.raises(Refusal) as no:  # what Thanh Bình has read opens nothing at home
        accounts.call("ListOwnAccessLog", accounts_pb2.ListOwnAccessLogRequest(), token=issued[THANH_BINH])
    assert no.value.kind is Kind.FORBIDDEN
    assert refused(accounts, issued[THANH_BINH], HAI_CHAU_1)[0] is Kind.FORBIDDEN, "nor makes it further ones"


def test_what_a_draft_elsewhere_needs_of_home_is_asked_with_the_token_for_that_ward(
    accounts: Accounts, citizen: str
) -> None:
    there = issue(accounts, accounts.token(citizen), THANH_BINH)[THANH_BINH]
    account = accounts.call("GetOwnAccount", accounts_pb2.GetOwnAccountRequest(), token=there)
    assert account.id == citizen


def test_a_token_for_another_ward_lasts_no_longer_than_the_own_one(
    accounts: Accounts, citizen: str, verifier: Verifier
) -> None:
    principal = Principal(citizen, NAM_DUONG, frozenset({Role.CITIZEN}))
    own = accounts.cells[NAM_DUONG].issuer.issue(principal, seconds=90)
    there = verifier.verify(issue(accounts, own, THANH_BINH)[THANH_BINH])
    assert there.good_until <= verifier.verify(own).good_until <= time.time() + 90


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.RECEPTIONIST, Role.SIGNER, Role.WARD_ADMIN])
def test_staff_get_none(accounts: Accounts, citizen: str, role: Role) -> None:
    assert refused(accounts, accounts.token(citizen, role), THANH_BINH)[0] is Kind.FORBIDDEN


def test_a_citizen_who_is_also_staff_acts_in_other_wards_as_a_citizen(
    accounts: Accounts, citizen: str, verifier: Verifier
) -> None:
    both = accounts.token(citizen, Role.CITIZEN, Role.SIGNER)
    assert verifier.verify(issue(accounts, both, THANH_BINH)[THANH_BINH]).roles == {Role.CITIZEN}


def test_a_stations_computer_gets_one_that_keeps_its_station(accounts: Accounts, verifier: Verifier) -> None:
    kiosk = Principal("k-1", NAM_DUONG, frozenset({Role.KIOSK}), station="s-1", enrolment="e-1")
    own = accounts.cells[NAM_DUONG].issuer.issue(kiosk)
    assert verifier.verify(issue(accounts, own, THANH_BINH)[THANH_BINH]) == kiosk


@pytest.mark.parametrize("wards", [(), (NAM_DUONG,), ("99999",), (THANH_BINH, "99999"), (PRACTICE,)])
def test_only_other_real_wards_are_issued_to(accounts: Accounts, citizen: str, wards: tuple[str, ...]) -> None:
    assert refused(accounts, accounts.token(citizen), *wards) == (Kind.NOT_FOUND, "unknown-ward")


def test_a_closed_account_gets_no_tokens_although_its_own_is_still_valid(accounts: Accounts, citizen: str) -> None:
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        session.execute(update(AccountRow).values(status=storage.CLOSED))
    assert refused(accounts, accounts.token(citizen), THANH_BINH)[0] is Kind.UNAUTHENTICATED


def test_the_wards_that_were_called_are_those_that_lists_ask(accounts: Accounts, citizen: str) -> None:
    token = accounts.token(citizen)
    assert own_wards(accounts, token) == [NAM_DUONG]
    issue(accounts, token, THANH_BINH, HAI_CHAU_1, for_list=True)
    assert own_wards(accounts, token) == [NAM_DUONG], "to be asked is not to have something"
    for _ in range(2):
        issue(accounts, token, THANH_BINH)
    assert own_wards(accounts, token) == [NAM_DUONG, THANH_BINH]
    assert own_wards(accounts, accounts.token("0a000000-0000-4000-8000-000000000009")) == [NAM_DUONG]
