"""Who may call what."""

from __future__ import annotations

import pytest

from services.accounts.access import RULES
from services.chassis.tokens import OFFICE, Principal, Role

HERE, THERE = "20248", "20227"


def allowed(rpc: str, role: Role, ward: str = HERE) -> bool:
    return RULES[rpc].allows(Principal("somebody", ward, frozenset({role})), HERE)


def allowed_to_service(rpc: str, service: str, ward: str) -> bool:
    return RULES[rpc].allows(Principal(f"service:{service}", ward, frozenset({Role.SERVICE})), HERE)


@pytest.mark.parametrize("role", Role)
def test_nobody_but_notifications_is_told_where_somebody_can_be_reached(role: Role) -> None:
    assert not allowed("GetContact", role)
    for ward in (HERE, THERE):
        assert allowed_to_service("GetContact", "notifications", ward)
        assert not allowed_to_service("GetContact", "dossiers", ward)
        assert not allowed_to_service("GetContact", "accounts", ward)


@pytest.mark.parametrize("service", ["accounts", "dossiers", "notifications"])
def test_no_service_has_codes_sent_or_redeems_them(service: str) -> None:
    for ward in (HERE, THERE):
        assert not allowed_to_service("IssueOneTimeCode", service, ward)
        assert not allowed_to_service("RedeemOneTimeCode", service, ward)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, *sorted(OFFICE), Role.WARD_ADMIN])
def test_a_code_is_the_citizens_alone_and_neither_a_volunteers_nor_an_officers(role: Role) -> None:
    """docs/architecture.md, rule 3: guided, not done for you."""
    assert not allowed("IssueOneTimeCode", role)
    assert not allowed("RedeemOneTimeCode", role)


def test_a_citizen_of_another_ward_has_neither_account_nor_code_here() -> None:
    for rpc in ("IssueOneTimeCode", "RedeemOneTimeCode", "GetOwnAccount"):
        assert allowed(rpc, Role.CITIZEN)
        assert not allowed(rpc, Role.CITIZEN, THERE)


def test_a_citizen_reads_who_looked_at_their_data_wherever_they_were_guided() -> None:
    assert allowed("ListOwnAccessLog", Role.CITIZEN, THERE)
    for role in (Role.VOLUNTEER, *sorted(OFFICE), Role.WARD_ADMIN):
        assert allowed("ListOwnAccessLog", role)
        assert not allowed("ListOwnAccessLog", role, THERE)


@pytest.mark.parametrize(
    "rpc", ["GetOwnAccount", "GetContact", "IssueOneTimeCode", "RedeemOneTimeCode", "ListOwnAccessLog"]
)
def test_private_rpcs_need_a_signed_in_person(rpc: str) -> None:
    assert not RULES[rpc].allows(None, HERE)
