"""Who may call what."""

from __future__ import annotations

import pytest

from services.accounts.access import RULES
from services.chassis.tokens import OFFICE, Principal, Role

HERE, THERE = "20248", "20227"


def allowed(rpc: str, role: Role, ward: str = HERE) -> bool:
    return RULES[rpc].allows(Principal("somebody", ward, frozenset({role})), HERE)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SERVICE])
def test_only_services_are_told_where_somebody_can_be_reached(role: Role) -> None:
    assert not allowed("GetContact", role)
    assert allowed("GetContact", Role.SERVICE, THERE)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, *sorted(OFFICE), Role.WARD_ADMIN])
def test_a_code_is_the_citizens_alone_and_neither_a_volunteers_nor_an_officers(role: Role) -> None:
    """DESIGN §4.3: guided, not done for you."""
    assert not allowed("IssueOneTimeCode", role)
    assert not allowed("RedeemOneTimeCode", role)


def test_a_citizen_of_another_ward_has_neither_account_nor_code_here() -> None:
    for rpc in ("IssueOneTimeCode", "RedeemOneTimeCode", "GetOwnAccount", "ListOwnAccessLog"):
        assert allowed(rpc, Role.CITIZEN)
        assert not allowed(rpc, Role.CITIZEN, THERE)


@pytest.mark.parametrize(
    "rpc", ["GetOwnAccount", "GetContact", "IssueOneTimeCode", "RedeemOneTimeCode", "ListOwnAccessLog"]
)
def test_what_is_somebodys_is_shown_to_nobody_unknown(rpc: str) -> None:
    assert not RULES[rpc].allows(None, HERE)
